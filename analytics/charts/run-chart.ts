import type { QueryResult } from "../query/result";
import { type QueryContext, runMetricQuery } from "../query/run";
import { runShape } from "../shapes/run-shape";
import type { ShapeResult } from "../shapes/shape";
import type { AnyChart } from "./any-chart";

/** Kinds of drawings in which totals are to be seen. */
const withTotals: readonly string[] = ["number", "table"];

/**
 * The rows of a chart for one principal, now. Drawings show no totals, and have none where those would have to be asked for
 * apart. Throws QueryError as its question does.
 */
export function runChart(chart: AnyChart, context: QueryContext): Promise<QueryResult | ShapeResult> {
  if ("shape" in chart) return runShape(chart.shape, context);
  const { query, drawing } = chart;
  return runMetricQuery(query, withTotals.includes(drawing.kind) ? context : { ...context, totals: false });
}
