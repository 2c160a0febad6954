import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";
import { formatCell } from "./format";

/** What a metric query and a shape have in common. */
export type PrintedResult = Pick<
  QueryResult,
  "columns" | "rows" | "totals" | "range" | "comparison_range" | "as_of" | "truncated" | "notes"
> & { copying?: string | undefined; definitions: { id: string; label: string; formula: string }[] };

/** Rows printed at most: a model that needs more asks for a coarser grain or a limit. */
export const printedRows = 200;

/**
 * A result as one compact, complete text: what many MCP clients show their model, and what a chat model reads.
 * Numbers are printed as people write them, with the exact rows cut only when there are very many, which is then said.
 */
export function resultText(result: PrintedResult): string {
  const { range, comparison_range: earlier } = result;
  const shown = result.rows.slice(0, printedRows);
  const lines = [
    ...(result.copying ? [result.copying] : []),
    `Range: ${range.from} to ${range.to} (${range.zone}${range.complete ? "" : ", still running"})${earlier ? `, compared with ${earlier.from} to ${earlier.to}` : ""}. ${result.as_of ? `Data as of ${result.as_of}` : "The first copy is not complete"}.`,
    table(result.columns, shown),
  ];
  if (shown.length < result.rows.length) lines.push(`… ${result.rows.length - shown.length} more rows.`);
  const totalColumns = result.columns.filter(({ kind }) => kind !== "time" && kind !== "dimension");
  const splits = result.columns.some(({ kind }) => kind === "time" || kind === "dimension");
  if (splits) for (const total of result.totals) lines.push(`Total: ${cells(totalColumns, total)}`);
  if (result.truncated) lines.push("There were more rows than fit; narrow the range or set a limit.");
  for (const note of result.notes) if (note !== result.copying) lines.push(`Note: ${note}`);
  for (const { label, id, formula } of result.definitions)
    lines.push(`Definition of ${label} (${id}): ${formula}`);
  return lines.join("\n");
}

function table(columns: ResultColumn[], rows: ResultRow[]): string {
  if (rows.length === 0) return "No rows.";
  const head = columns.map(({ label }) => label).join(" | ");
  const body = rows.map(
    (row) =>
      columns.map((column) => oneLine(formatCell(column, row))).join(" | ") +
      (row.incomplete ? " (running)" : ""),
  );
  return [head, ...body].join("\n");
}

function cells(columns: ResultColumn[], row: ResultRow): string {
  return columns.map((column) => `${column.label} ${formatCell(column, row)}`).join(", ");
}

/** Names come from the CRM and may hold line breaks or bars that would fake another row. */
function oneLine(text: string): string {
  return text
    .replace(/[\s|]+/g, " ")
    .trim()
    .slice(0, 200);
}
