import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";
import { formatPercent } from "../format";
import { ToolError } from "./errors";

type Shared = Pick<QueryResult, "columns" | "rows" | "totals" | "query" | "truncated">;

/**
 * What part each row is of the whole: a row of the same keys whose metrics are fractions. The whole is the total of its
 * currency, which was computed apart; with periods and groups it is the period's own sum. Nothing is a part of a whole
 * that is zero or less.
 * @throws ToolError where there is no whole the rows could be parts of.
 */
export function sharesOf({ columns, rows, totals, query, truncated }: Shared): ResultRow[] {
  const keys = columns.filter(({ kind }) => kind === "dimension" || kind === "time");
  const metrics = columns.filter(({ kind }) => kind === "metric");
  if (keys.length === 0)
    throw new ToolError("invalid_input", "A share needs groups or periods: split the number first.");
  const onlyTime = keys.every(({ kind }) => kind === "time");
  const partless = metrics.find(({ id, metric = id }) => !hasParts(metric) || (onlyTime && isStock(metric)));
  if (partless)
    throw new ToolError(
      "invalid_input",
      `${partless.label} of several ${keys[0]?.label.toLowerCase()} rows is no part of one whole, so it has no shares.`,
    );
  const perPeriod = keys.length > 1 && keys.some(({ kind }) => kind === "time");
  const cut = truncated || (query.limit !== undefined && !query.others);
  if (perPeriod && (cut || metrics.some(({ additive }) => additive === false)))
    throw new ToolError(
      "invalid_input",
      "Shares within each period need all groups, and groups that do not overlap. Leave out the limit or the period.",
    );
  const wholes = perPeriod ? sumsByPeriod(rows, metrics) : totals;
  return rows.map((row) => {
    const whole = wholes.find(
      (each) => (each.currency ?? null) === (row.currency ?? null) && (!perPeriod || each.time === row.time),
    );
    const share = ({ id }: ResultColumn) => {
      const [part, all] = [row[id], whole?.[id]];
      return typeof part === "number" && typeof all === "number" && all > 0 ? part / all : null;
    };
    return {
      ...Object.fromEntries(keys.map(({ id }) => [id, row[id] ?? null])),
      ...(row.time_label === undefined ? {} : { time_label: row.time_label }),
      ...(row.currency === undefined ? {} : { currency: row.currency }),
      ...Object.fromEntries(metrics.map((metric) => [metric.id, share(metric)])),
    };
  });
}

/** Amounts and counts have parts; a rate or a mean has none. */
export function hasParts(id: string): boolean {
  const metric = getMetric(id);
  const kind = metric?.measure.kind;
  return (metric?.unit === "money" || metric?.unit === "count") && kind !== "ratio" && kind !== "formula";
}

function sumsByPeriod(rows: readonly ResultRow[], metrics: readonly ResultColumn[]): ResultRow[] {
  const sums = new Map<string, ResultRow>();
  for (const row of rows) {
    const key = JSON.stringify([row.time, row.currency ?? null]);
    const sum = sums.get(key) ?? { time: row.time ?? null, currency: row.currency ?? null };
    for (const { id } of metrics) sum[id] = Number(sum[id] ?? 0) + Number(row[id] ?? 0);
    sums.set(key, sum);
  }
  return [...sums.values()];
}

/** `Share of the total: Courses **45.2%**, Coaching **30.1%** …`, the largest first. */
export function sharesText({ columns }: Pick<Shared, "columns">, shares: readonly ResultRow[]): string {
  const metrics = columns.filter(({ kind }) => kind === "metric");
  const keys = columns.filter(({ kind }) => kind === "dimension" || kind === "time");
  const perPeriod = keys.length > 1 && keys.some(({ kind }) => kind === "time");
  const lines = metrics.map((metric) => {
    const known = shares.filter((row) => typeof row[metric.id] === "number");
    const sorted = perPeriod ? known : known.toSorted((a, b) => Number(b[metric.id]) - Number(a[metric.id]));
    const parts = sorted
      .slice(0, perPeriod ? 24 : 12)
      .map((row) => `${nameOf(row, keys)} **${formatPercent(Number(row[metric.id]))}**`);
    const whole = perPeriod ? "of its period" : "of the total";
    return parts.length === 0
      ? `${metric.label}: there is no total above zero, so there are no shares.`
      : `Share ${whole} (${metric.label.toLowerCase()}): ${parts.join(", ")}${known.length > parts.length ? "; the table has the others" : ""}.`;
  });
  return lines.join("\n");
}

function nameOf(row: ResultRow, keys: readonly ResultColumn[]): string {
  return keys
    .map(({ id, kind }) => String((kind === "time" ? (row.time_label ?? row.time) : row[id]) ?? "unknown"))
    .map((name) =>
      name
        .replace(/[*_`|<>[\]#\s]+/g, " ")
        .trim()
        .slice(0, 80),
    )
    .join(", ");
}
