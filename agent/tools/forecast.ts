import { DateTime } from "luxon";
import { z } from "zod";
import { suggestDrawing } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import { filterSchema } from "@/analytics/query/query";
import { runCompleteQuery } from "@/analytics/query/run";
import { fewestMonths, forecastMonths } from "../analysis/forecast";
import { formatValue } from "../format";
import { asToolError } from "../query-errors";
import { refuseFieldsForViewers } from "../query-rights";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { chartSchema, metricSummarySchema, queryResultSchema } from "./schemas";

const methodNames = {
  average: "the average of the last twelve months",
  recent_average: "the average of the last three months",
  same_month_last_year: "the same month a year earlier, with the growth since",
  trend: "a damped straight line through the last twelve months",
} as const;

export const forecastTool = defineTool({
  name: "forecast",
  group: "analytics",
  title: "Forecast a metric",
  description:
    'Estimates a metric for the next months from its completed months, with the interval that holds the value four times out of five and the error of its back-test beside a plain baseline. Needs a year of history. Example: {"metric":"revenue_collected","months":3}.',
  input: z.strictObject({
    metric: z.string().min(1).max(100),
    months: z.number().int().min(1).max(12).default(3),
    filters: filterSchema.optional(),
  }),
  output: z.object({
    metric: metricSummarySchema.pick({ id: true, label: true, unit: true }),
    currency: z.string().nullable(),
    points: z.array(z.object({ month: z.string(), expected: z.number(), low: z.number(), high: z.number() })),
    method: z.enum(["average", "recent_average", "same_month_last_year", "trend"]),
    error: z.number().describe("Mean absolute error per month in the back-test."),
    baseline_error: z.number().describe("The same for the average of the last twelve months."),
    beats_baseline: z.boolean(),
    months_used: z.number(),
    result: queryResultSchema.describe("The history it rests on."),
    chart: chartSchema,
  }),
  annotations: readOnly,
  handler: async ({ metric: id, months, filters }, { principal, door, account, clock }) => {
    refuseFieldsForViewers(filters, principal);
    const metric = getMetric(id);
    if (!metric) throw new ToolError("not_found", `There is no metric "${id}". list_metrics shows all.`);
    if (metric.unit !== "money" && metric.unit !== "count")
      throw new ToolError(
        "invalid_input",
        `${metric.label} is a rate, which is not forecast by itself. Forecast revenue_collected, orders or new_leads.`,
      );
    const query = {
      metrics: [id],
      dimensions: ["time"],
      grain: "month" as const,
      range: { last: 36, unit: "month" as const, including_current: false },
      ...(filters ? { filters } : {}),
    };
    const result = await runCompleteQuery(query, { principal, door, account, clock }).catch(asToolError);
    if (result.totals.length > 1)
      throw new ToolError(
        "invalid_input",
        "The history holds several currencies, which can't be added. Filter by country first.",
      );
    const history = result.rows.map((row) => Number(row[id] ?? 0));
    const begun = history.findIndex((value) => value > 0);
    const known = begun < 0 ? [] : history.slice(begun);
    const first = DateTime.fromJSDate(clock(), { zone: account.time_zone }).startOf("month");
    const forecast = forecastMonths(
      known,
      Array.from({ length: months }, (_, index) => first.plus({ months: index }).toISODate() ?? ""),
    );
    if (!forecast)
      throw new ToolError(
        "conflict",
        `A forecast of ${metric.label.toLowerCase()} needs at least ${fewestMonths} completed months with data; there are ${known.length}.`,
      );
    return {
      metric: { id: metric.id, label: metric.label, unit: metric.unit },
      currency: result.currency,
      ...forecast,
      beats_baseline: forecast.error < forecast.baseline_error,
      result,
      chart: {
        version: 1 as const,
        title: `${metric.label}: history behind the forecast`,
        query: result.query,
        drawing: suggestDrawing(result.query),
      },
    };
  },
  describe: ({ metric, currency, points, method, error, baseline_error, beats_baseline, months_used }) => {
    const show = (value: number) => formatValue(value, metric.unit, currency);
    const month = (iso: string) =>
      DateTime.fromISO(iso, { zone: "utc" }).setLocale("en").toFormat("LLL yyyy");
    return [
      `Forecast of ${metric.label.toLowerCase()} (four times out of five within the range):`,
      ...points.map(
        (point) =>
          `- ${month(point.month)}: **${show(point.expected)}** (${show(point.low)} to ${show(point.high)})`,
      ),
      `Method: ${methodNames[method]}, from ${months_used} completed months. In the back-test it was off by ${show(error)} a month on average; the plain average by ${show(baseline_error)}.${beats_baseline ? "" : " It does not beat the plain average, so take it as no more than that."}`,
    ].join("\n");
  },
});
