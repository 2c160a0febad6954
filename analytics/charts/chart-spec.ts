import { z } from "zod";
import { getMetric } from "../metrics/catalog";
import { type Query, querySchema } from "../query/query";

export const drawingKinds = [
  "number",
  "line",
  "area",
  "bar",
  "stacked_bar",
  "pie",
  "funnel",
  "cohort",
  "scatter",
  "bridge",
  "table",
] as const;
export const drawingKindSchema = z.enum(drawingKinds);
export type DrawingKind = z.infer<typeof drawingKindSchema>;

/** How a query's rows are drawn. Columns left out are chosen from the query: time or first dimension along the axis. */
export const drawingSchema = z.strictObject({
  kind: drawingKindSchema,
  /** Column along the axis, such as `time` or `product`. */
  x: z.string().optional(),
  /** Metric columns drawn. */
  y: z.array(z.string()).optional(),
  /** Dimension whose values become series (lines, colours). */
  series: z.string().optional(),
  /** Goal line or target in the metric's own unit. */
  goal: z.number().optional(),
});
export type Drawing = z.infer<typeof drawingSchema>;

/** A chart is data: a query and a drawing. One schema for chat, boards, share links, pictures and MCP. */
export const chartSpecSchema = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(200),
  query: querySchema,
  drawing: drawingSchema,
});
export type ChartSpec = z.infer<typeof chartSpecSchema>;
/** A chart as people and models write it: the query's defaults may be left out. */
export type ChartSpecInput = z.input<typeof chartSpecSchema>;

/**
 * The drawing that suits a query: one number without a split, a line over time (stacked bars when time is split again),
 * bars over a dimension, a table for three-way splits or for metrics of different units.
 */
export function suggestDrawing(query: Query): Drawing {
  const hasTime =
    query.dimensions.includes("time") || (query.grain !== undefined && query.dimensions.length < 3);
  const splits = query.dimensions.filter((dimension) => dimension !== "time");
  const y = [...query.metrics];
  const units = new Set(query.metrics.map((id) => getMetric(id)?.unit));
  if (splits.length > 1) return { kind: "table" };
  if (units.size > 1 && (hasTime || splits.length > 0)) return { kind: "table" };
  if (!hasTime && splits.length === 0)
    return query.metrics.length === 1 ? { kind: "number", y } : { kind: "table" };
  const split = splits[0];
  if (!hasTime) return { kind: "bar", x: split, y };
  if (!split) return { kind: "line", x: "time", y };
  if (query.metrics.length > 1) return { kind: "table" };
  const metric = getMetric(query.metrics[0] ?? "");
  const adds = metric !== undefined && metric.measure.kind === "value" && split !== "tag";
  return { kind: adds ? "stacked_bar" : "line", x: "time", y, series: split };
}
