import type { QueryResult, ResultRow } from "@/analytics/query/result";
import { formatCell } from "../format";
import { ToolError } from "./errors";

type Averaged = Pick<QueryResult, "columns" | "rows" | "query" | "grain" | "truncated">;

/**
 * The mean of each metric over the periods of a result, one row per group and currency. A running period would pull it
 * down and one whose outcome is open would distort it, so that only whole ones count; n/a is left out, not zero.
 * @throws ToolError where there are no periods to take a mean of.
 */
export function averagesOf({ columns, rows, truncated }: Averaged): ResultRow[] {
  if (!columns.some(({ kind }) => kind === "time"))
    throw new ToolError(
      "invalid_input",
      "An average needs the dimension time: the periods it is taken over.",
    );
  if (truncated)
    throw new ToolError(
      "invalid_input",
      "There are more rows than fit, so that an average over them would leave some out. Narrow the range or take a coarser grain.",
    );
  const keys = columns.filter(({ kind }) => kind === "dimension").map(({ id }) => id);
  const metrics = columns.filter(({ kind }) => kind === "metric");
  const whole = rows.filter((row) => row.incomplete !== true && row.immature !== true);
  const groups = new Map<string, ResultRow[]>();
  for (const row of whole) {
    const key = JSON.stringify([...keys.map((id) => row[`${id}_id`] ?? row[id]), row.currency ?? null]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => {
    const [first = {}] = group;
    const mean = ({ id, unit }: (typeof metrics)[number]) => {
      const values = group.flatMap((row) => (typeof row[id] === "number" ? [row[id]] : []));
      if (values.length === 0) return null;
      const value = values.reduce((sum, each) => sum + each, 0) / values.length;
      return unit === "money" ? Math.round(value) : value;
    };
    return {
      ...Object.fromEntries(keys.map((id) => [id, first[id] ?? null])),
      ...(first.currency === undefined ? {} : { currency: first.currency }),
      ...Object.fromEntries(metrics.map((metric) => [metric.id, mean(metric)])),
      periods: group.length,
    };
  });
}

/** `On average **$1,200.00** revenue collected a month, over 12 completed months.` */
export function averagesText({ columns, grain }: Averaged, averages: readonly ResultRow[]): string {
  if (averages.length === 0) return "No period is complete yet, so there is no average.";
  const metrics = columns.filter(({ kind }) => kind === "metric");
  const groups = columns.filter(({ kind }) => kind === "dimension");
  const unit = grain ?? "month";
  const shown = averages.slice(0, 10).map((row) => {
    const whose = groups
      .map(({ id }) =>
        String(row[id] ?? "unknown")
          .replace(/[*_`|<>[\]#\s]+/g, " ")
          .trim(),
      )
      .join(", ");
    const values = metrics.map((metric) => `${metric.label} **${formatCell(metric, row)}**`).join(", ");
    return `${whose ? `${whose}: ` : ""}${values}`;
  });
  const [first] = averages;
  const periods = Number(first?.periods ?? 0);
  const over = `average of ${periods} completed ${periods === 1 ? unit : `${unit}s`}`;
  return shown.length === 1
    ? `${shown[0]} a ${unit} on average (${over}).`
    : `A ${unit} on average (${over}):\n${shown.map((line) => `- ${line}`).join("\n")}`;
}
