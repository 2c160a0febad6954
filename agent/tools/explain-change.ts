import { z } from "zod";
import { comparisonSchema, filterSchema, rangeSchema } from "@/analytics/query/query";
import { dimensionName, explainChange } from "../analysis/explain-change";
import { placeName } from "../chat/offline/places";
import { formatValue } from "../format";
import { asToolError } from "../query-errors";
import { refuseFieldsForViewers } from "../query-rights";
import { defineTool, readOnly } from "./define-tool";
import { chartSchema, metricSummarySchema, queryResultSchema } from "./schemas";

const driverSchema = z.object({
  dimension: z.string(),
  segment: z.string(),
  now: z.number(),
  before: z.number(),
  delta: z.number(),
  share: z
    .number()
    .nullable()
    .describe("Part of the whole change; above 1 or below 0 where segments moved against each other."),
});

/** All splits are in the data; a text with all of them hides what matters. */
const splitsTold = 4;

export const explainChangeTool = defineTool({
  name: "explain_change",
  group: "analytics",
  title: "Explain a change",
  description:
    'Breaks the change of a metric between two periods down into the segments that made it, per dimension. Use it for "why did revenue drop". Only for numbers that add up (revenue, orders, units, leads), not for averages and rates. It says where a change happened, not what caused it. Example: {"metric":"revenue_collected","range":{"preset":"previous_month"},"comparison":"previous_period"}.',
  input: z.strictObject({
    metric: z.string().min(1).max(100),
    range: rangeSchema,
    comparison: comparisonSchema.default("previous_period"),
    filters: filterSchema.optional(),
  }),
  output: z.object({
    metric: metricSummarySchema.pick({ id: true, label: true, unit: true }),
    currency: z.string().nullable(),
    now: z.number(),
    before: z.number(),
    change: z.number(),
    change_share: z.number().nullable(),
    drivers: z.array(driverSchema),
    result: queryResultSchema,
    chart: chartSchema,
  }),
  annotations: readOnly,
  handler: async (input, { principal, door, account, clock }) => {
    refuseFieldsForViewers(input, principal);
    const { metric, ...rest } = await explainChange(input, { principal, door, account, clock }).catch(
      asToolError,
    );
    return {
      metric: { id: metric.id, label: metric.label, unit: metric.unit },
      currency: rest.result.currency,
      ...rest,
    };
  },
  describe: ({ metric, currency, now, before, change, change_share, drivers, result }) => {
    const show = (value: number) => formatValue(value, metric.unit, currency);
    const earlier = result.comparison_range?.label ?? "before";
    if (change === 0)
      return `${metric.label} did not change: ${show(now)} (${result.range.label}), as before (${earlier}).`;
    const percent = change_share === null ? "" : ` (${formatValue(Math.abs(change_share), "ratio", null)})`;
    const lines = [
      `${metric.label} ${change > 0 ? "rose" : "fell"} by **${show(Math.abs(change))}**${percent}: from ${show(before)} (${earlier}) to ${show(now)} (${result.range.label}).`,
    ];
    const splits = [...new Set(drivers.map((driver) => driver.dimension))];
    for (const dimension of splits.slice(0, splitsTold)) {
      const moved = drivers.filter((driver) => driver.dimension === dimension);
      lines.push(
        `By ${dimensionName(dimension)}: ${moved.map(({ segment, delta }) => `${oneLine(placeName(dimension, segment))} ${delta > 0 ? "+" : "−"}${show(Math.abs(delta))}`).join(", ")}.`,
      );
    }
    lines.push(
      splits.length > 0
        ? "This says where the change happened, not what caused it."
        : "Nothing it can be split by has more than one part in these periods, so nothing more can be said of it.",
    );
    return lines.join("\n\n");
  },
});

function oneLine(text: string): string {
  return text
    .replace(/[\s|*_`[\]<>#]+/g, " ")
    .trim()
    .slice(0, 80);
}
