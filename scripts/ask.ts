import { parseArgs } from "node:util";
import { type AskAnswer, ask } from "@/agent/ask";
import { chooseModel } from "@/agent/chat/model";
import { formatCell, formatMoment } from "@/agent/format";
import { agentSettingsSchema } from "@/agent/settings";
import { roleSchema } from "@/supabase/contract/principal";
import { openContext, UsageError, withoutEmpty } from "./ask/open-context";

/**
 * `npm run ask -- "question" [--json] [--as admin|analyst|viewer]`: the analyst on the command line, against the
 * running `npm start`. It signs in as the demo person of that role, so the rights are the real ones.
 */

const usage = `Usage: npm run ask -- "revenue by month this year" [--json] [--as admin|analyst|viewer]`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      as: { type: "string", default: "admin" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) return console.log(usage);
  const question = positionals.join(" ").trim();
  if (!question) throw new UsageError(`What do you want to know?\n${usage}`);
  const role = roleSchema.safeParse(values.as);
  if (!role.success) throw new UsageError(`There is no role "${values.as}". Use admin, analyst or viewer.`);
  const context = await openContext(role.data);
  const { message: _, ...answer } = await ask(question, {
    context,
    model: chooseModel(agentSettingsSchema.parse(withoutEmpty(process.env))),
  });
  console.log(values.json ? JSON.stringify(answer, null, 2) : pretty(answer));
}

const shownRows = 40;

function pretty(answer: AskAnswer): string {
  const lines = [answer.text.replaceAll("**", "")];
  if (answer.rows && answer.columns?.some(({ kind }) => kind === "time" || kind === "dimension"))
    lines.push(table(answer));
  for (const notice of answer.notices) lines.push(`! ${notice}`);
  if (answer.range && answer.definition) {
    lines.push(
      `${answer.definition.label}: ${answer.definition.formula}\n${answer.range.label} · ${answer.range.zone} · ${answer.as_of ? `data as of ${formatMoment(answer.as_of, answer.range.zone)}` : "first copy not complete"} · ${answer.rows?.length ?? 0} rows`,
    );
  }
  for (const { definition, time_zone, as_of, shown, total } of answer.basis)
    lines.push(
      `${definition ? `${definition}\n` : ""}${time_zone} · ${as_of ? `data as of ${formatMoment(as_of, time_zone)}` : "first copy not complete"} · ${total > shown ? `${shown} of ${total}` : shown} rows`,
    );
  if (answer.suggestions.length > 0)
    lines.push(`Try: ${answer.suggestions.map((question) => `"${question}"`).join(", ")}`);
  return lines.filter(Boolean).join("\n\n");
}

function table({ rows, columns, totals }: AskAnswer): string {
  const head = (columns ?? []).map(({ label }) => label);
  const body = (rows ?? [])
    .slice(0, shownRows)
    .map((row) => (columns ?? []).map((column) => formatCell(column, row)));
  const foot = (totals ?? []).map((row) =>
    (columns ?? []).map((column, index) =>
      column.kind === "time" || column.kind === "dimension"
        ? index === 0
          ? "Total"
          : ""
        : formatCell(column, row),
    ),
  );
  const all = [head, ...body, ...foot];
  const widths = head.map((_, index) => Math.max(...all.map((cells) => (cells[index] ?? "").length)));
  const line = (cells: string[]) =>
    cells
      .map((cell, index) =>
        columns?.[index]?.unit === "text" || columns?.[index]?.kind === "time"
          ? cell.padEnd(widths[index] ?? 0)
          : cell.padStart(widths[index] ?? 0),
      )
      .join("  ");
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const more =
    (rows ?? []).length > shownRows ? [`… ${(rows ?? []).length - shownRows} more rows (use --json)`] : [];
  return [
    line(head),
    rule,
    ...body.map(line),
    ...more,
    ...(foot.length > 0 ? [rule, ...foot.map(line)] : []),
  ].join("\n");
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
