import { DateTime } from "luxon";
import { z } from "zod";
import { suggestDrawing } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { type ForecastMethod, fewestValues } from "@/analytics/models/forecast";
import { QueryError } from "@/analytics/query/errors";
import { forecastMetric } from "@/analytics/query/forecast";
import { filterSchema } from "@/analytics/query/query";
import { formatValue } from "../format";
import { asToolError } from "../query-errors";
import { refuseFieldsForViewers } from "../query-rights";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { chartSchema, metricSummarySchema, queryResultSchema } from "./schemas";

const methodNames: Record<ForecastMethod, string> = {
  seasonal: "exponential smoothing with a trend and a yearly season that is added",
  seasonal_growing: "exponential smoothing with a trend and a yearly season that grows with the value",
  trend: "exponential smoothing with a damped trend",
  level: "exponential smoothing of the level, without trend or season",
};

export const forecastTool = defineTool({
  name: "forecast",
  group: "analytics",
  title: "Forecast a metric",
  description:
    'Estimates a metric for the next months from its history and the month so far, with the range that holds four times out of five and its error on months held back beside that of a naive guess. Example: {"metric":"revenue_collected","months":3}.',
  input: z.strictObject({
    metric: z.string().min(1).max(100),
    months: z.number().int().min(1).max(12).default(3),
    filters: filterSchema.optional(),
  }),
  output: z.object({
    metric: metricSummarySchema.pick({ id: true, label: true, unit: true }),
    currency: z.string().nullable(),
    points: z.array(z.object({ month: z.string(), expected: z.number(), low: z.number(), high: z.number() })),
    so_far: z
      .number()
      .nullable()
      .describe("What the month under way, the first of points, holds already; null where there is none."),
    method: z.enum(["seasonal", "seasonal_growing", "trend", "level"]),
    error: z.number().describe("Mean absolute error on the months held back."),
    naive_error: z.number().describe("The same for the month a year before."),
    held_back: z.number(),
    beats_naive: z.boolean(),
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
    const found = await forecastMetric(
      { metric: id, grain: "month", ahead: months, ...(filters ? { filters } : {}) },
      { principal, door, account, clock },
    ).catch((error: unknown) => tooLittle(error, metric.label));
    const [forecast, another] = found;
    if (!forecast) throw new ToolError("conflict", "There is no history to forecast from.");
    if (another)
      throw new ToolError(
        "invalid_input",
        "The history holds several currencies, which can't be added. Filter by country first.",
      );
    const { result } = forecast;
    return {
      metric: { id: metric.id, label: metric.label, unit: metric.unit },
      currency: forecast.currency,
      points: forecast.points.map(({ time, ...point }) => ({ month: time, ...point })),
      so_far: forecast.running?.value ?? null,
      method: forecast.method,
      error: forecast.error,
      naive_error: forecast.naive_error,
      held_back: forecast.held_back,
      beats_naive: forecast.error < forecast.naive_error,
      months_used: forecast.past.length,
      result,
      chart: {
        version: 1 as const,
        title: `${metric.label}: history behind the forecast`,
        query: result.query,
        drawing: suggestDrawing(result.query),
      },
    };
  },
  describe: ({
    metric,
    currency,
    points,
    so_far,
    method,
    error,
    naive_error,
    held_back,
    beats_naive,
    months_used,
  }) => {
    const show = (value: number) => formatValue(value, metric.unit, currency);
    const month = (iso: string) =>
      DateTime.fromISO(iso, { zone: "utc" }).setLocale("en").toFormat("LLL yyyy");
    const stock = isStock(metric.id);
    return [
      `Forecast of ${metric.label.toLowerCase()} (four times out of five within the range):`,
      ...points.map(
        (point, at) =>
          `- ${month(point.month)}: **${show(point.expected)}** (${show(point.low)} to ${show(point.high)})${at === 0 && so_far !== null ? (stock ? `; it is **${show(so_far)}** now` : `, of which **${show(so_far)}** are in already`) : ""}`,
      ),
      `Method: ${methodNames[method]}, from ${months_used} completed months. On the ${held_back} months held back while choosing it was off by ${show(error)} a month on average; taking the month a year before by ${show(naive_error)}.${beats_naive ? "" : " It does not beat that plain guess, so take it as no more."}`,
    ].join("\n");
  },
});

/** Too little history in this tool's own words: it forecasts by month alone. */
function tooLittle(error: unknown, label: string): never {
  const few = error instanceof QueryError && /; there are (\d+)/.exec(error.message);
  if (few)
    throw new ToolError(
      "conflict",
      `A forecast of ${label.toLowerCase()} needs at least ${fewestValues} completed months with data; there are ${few[1]}.`,
      { cause: error },
    );
  return asToolError(error);
}
