import type { QueryResult, ResultRow } from "@/analytics/query/result";
import { formatCell, formatPercent } from "../../format";
import { averagesText } from "../../tools/averages";
import { behindText } from "../../tools/shape";
import { sharesText } from "../../tools/shares";
import { composeResult, nameOf, sayDirection } from "./compose";
import { composeTool } from "./compose-tools";
import { changeSaid } from "./numbers/set-form";
import { wholeTitle } from "./numbers/share-of";
import { gapSaid } from "./numbers/turned/shown";
import { placeName } from "./places";
import type { Reply } from "./plan";
import { composeShape, type ShapeAnswer } from "./shapes/compose-shape";
import { exampleQuestions } from "./suggest";

export interface ToolAnswer {
  tool: string;
  error?: string;
  /** What the tool returned. */
  output: unknown;
}

/** The text under the charts: what the words were taken to mean, then what the results say. */
export function answer(
  reply: Extract<Reply, { kind: "call" }>,
  results: ToolAnswer[],
): { text: string; suggestions: string[] } {
  const failed = results.find(({ error }) => error);
  if (failed)
    return {
      text: `${failed.error}`.replace(/^(?:\w*Error: )+/, ""),
      suggestions: exampleQuestions.slice(0, 2),
    };
  const meanings = reply.meanings.length > 0 ? [reply.meanings.join(" ")] : [];
  const bodies = results.map(({ tool, output }) => {
    if (tool === "shape") return composeShape(output as ShapeAnswer);
    const result = tool === "query_metric" ? resultIn(output) : null;
    return result ? sayMetric(reply, result, output) : composeTool(tool, output);
  });
  const between = sayBetween(reply, results);
  return {
    text: [
      ...(reply.lead ? [reply.lead] : []),
      ...(between ? [between] : []),
      ...bodies.filter(Boolean),
      ...meanings,
    ].join("\n\n"),
    suggestions: nextQuestions(reply, results),
  };
}

/** How far the first of a list is ahead of the second; the lists are in order of the number. */
function sayGap(result: QueryResult): string {
  const [metric, more] = result.columns.filter(({ kind }) => kind === "metric");
  const [split, another] = result.columns.filter(({ kind }) => kind === "dimension" || kind === "time");
  const [first, second] = result.rows.filter((row) => split && row[`${split.id}_id`] !== "others");
  if (!metric || more || !split || another || !first || !second) return "";
  const [a, b] = [first[metric.id], second[metric.id]];
  if (typeof a !== "number" || typeof b !== "number") return "";
  if ((first.currency ?? null) !== (second.currency ?? null)) return "";
  const names = [first, second].map((row) => nameOf(placeName(split.id, String(row[split.id] ?? "unknown"))));
  if (a === b) return `${names[0]} and ${names[1]} are level.`;
  const amount = formatCell(metric, { ...first, [metric.id]: Math.abs(a - b) });
  const gap = metric.unit === "ratio" ? `${amount.replace("%", "")} points` : amount;
  const part = metric.unit === "ratio" || b <= 0 ? "" : ` (${formatPercent(Math.abs(a - b) / b)})`;
  return `${names[0]} is **${gap}**${part} ${a > b ? "ahead of" : "below"} ${names[1]}.`;
}

/** What two single numbers come to: the first as a part of the second, or how the later differs from the earlier. */
function sayBetween({ calls, meanings }: Extract<Reply, { kind: "call" }>, results: ToolAnswer[]): string {
  const [first, second, third] = results.map(({ output }) => resultIn(output));
  if (first && results.length === 1 && meanings.some((line) => line.startsWith(gapSaid)))
    return sayGap(first);
  if (!first || !second || third !== undefined) return "";
  const numbers = [first, second].map((result) => {
    const metrics = result.columns.filter(({ kind }) => kind === "metric");
    const row = result.totals[0] ?? result.rows[0];
    const single = metrics.length === 1 && result.query.dimensions.length === 0 && result.totals.length < 2;
    const value = metrics[0] && row?.[metrics[0].id];
    return single && typeof value === "number" ? { column: metrics[0], value, row } : null;
  });
  const [one, other] = numbers;
  if (!one?.column || !other?.column || !one.row) return "";
  if (one.column.id !== other.column.id || first.currency !== second.currency) return "";
  if (calls[1]?.input.title === wholeTitle)
    return other.value > 0 ? `That is **${formatPercent(one.value / other.value)}** of it.` : "";
  const same = (result: QueryResult) => JSON.stringify(result.query.filters ?? null);
  if (same(first) !== same(second) || first.range.from === second.range.from) return "";
  const [later, earlier] = first.range.from > second.range.from ? [one, other] : [other, one];
  const labels = (first.range.from > second.range.from ? [first, second] : [second, first]).map(
    ({ range }) => range.label,
  );
  const moved = later.value - earlier.value;
  if (moved === 0) return `${labels[0]} and ${labels[1]} are the same.`;
  const amount = formatCell(one.column, { ...one.row, [one.column.id]: Math.abs(moved) });
  // A rate that went from 2 % to 3 % rose by a point, not by half.
  const part =
    one.column.unit === "ratio" || earlier.value <= 0
      ? ""
      : ` (${formatPercent(Math.abs(moved) / earlier.value)})`;
  const points = one.column.unit === "ratio" ? `${amount.replace("%", "")} points` : amount;
  return `${labels[0]} is **${points}**${part} ${moved > 0 ? "above" : "below"} ${labels[1]}.`;
}

const falling = /(?<![\p{L}])(?:declin|drop|fell|fall|shr[aiu]nk|lost|loss|lose|loser|worst|decreas|down)/iu;

/** Which groups rose or fell most between two periods, by the difference of the two numbers beside each. */
function sayMovers(result: QueryResult, asked: string): string {
  const [metric, more] = result.columns.filter(({ kind }) => kind === "metric");
  const [split, another] = result.columns.filter(({ kind }) => kind === "dimension" || kind === "time");
  if (!metric || more || !split || another || result.totals.length > 1) return "";
  const down = falling.test(asked);
  const moved = result.rows
    .filter((row) => row[`${split.id}_id`] !== "others")
    .flatMap((row) => {
      const [now, before] = [row[metric.id], row[`${metric.id}__previous`]];
      return typeof now === "number" && typeof before === "number" ? [{ row, by: now - before }] : [];
    })
    .filter(({ by }) => (down ? by < 0 : by > 0))
    .sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
    .slice(0, 3);
  const said = moved.map(({ row, by }) => {
    const amount = formatCell(metric, { ...row, [metric.id]: Math.abs(by) });
    const name = nameOf(placeName(split.id, String(row[split.id] ?? "unknown")));
    return `${name} ${down ? "−" : "+"}${metric.unit === "ratio" ? `${amount.replace("%", "")} points` : amount}`;
  });
  return said.length > 0
    ? `${down ? "Fell" : "Rose"} most: ${said.join(", ")}.`
    : `None of them ${down ? "fell" : "rose"}.`;
}

/** The answer to what was asked comes first: yes or no, the average, then the number; who is behind it comes last. */
function sayMetric(
  { understanding, meanings }: Extract<Reply, { kind: "call" }>,
  result: QueryResult,
  output: unknown,
): string {
  const { averages, shares, behind } = output as {
    averages?: ResultRow[];
    shares?: ResultRow[];
    behind?: Parameters<typeof behindText>[0];
  };
  const { copying, ...rest } = result;
  const said = composeResult(rest as QueryResult);
  const first = meanings.some((line) => line.startsWith(changeSaid))
    ? sayMovers(rest as QueryResult, understanding.raw)
    : averages
      ? averagesText(result, averages)
      : shares
        ? sharesText(result, shares)
        : understanding.direction
          ? sayDirection(result, understanding.direction)
          : "";
  return [
    [copying, first, said].filter(Boolean).join(" "),
    ...(behind ? [behindText(behind, result.range.zone)] : []),
  ].join("\n\n");
}

function resultIn(output: unknown): QueryResult | null {
  const result = (output as { result?: QueryResult } | null)?.result;
  return result && Array.isArray(result.rows) ? result : null;
}

/** Follow-ups that fit the answer just given. */
function nextQuestions({ understanding }: Extract<Reply, { kind: "call" }>, results: ToolAnswer[]): string[] {
  if (results.some(({ tool }) => tool === "shape")) return ["Pin it", "And last year?"];
  // Other tools have results of other shapes.
  const result = results
    .filter(({ tool }) => tool === "query_metric")
    .map(({ output }) => resultIn(output))
    .find(Boolean);
  if (!result) return [];
  const { dimensions, comparison } = result.query;
  const next: string[] = [];
  if (!dimensions.includes("product") && result.definitions[0]?.dimensions.includes("product"))
    next.push("By product");
  if (!dimensions.includes("lead_source")) next.push("By lead source");
  if (!comparison && understanding.intent === "metric") next.push("Compare with last year");
  if (!dimensions.includes("time")) next.push("By month");
  return [...next.slice(0, 3), "Pin it"];
}
