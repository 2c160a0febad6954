import type { QueryResult } from "../query/result";
import { type QueryContext, runMetricQuery } from "../query/run";
import { runShape } from "../shapes/run-shape";
import type { ShapeResult } from "../shapes/shape";
import type { AnyChart } from "./any-chart";

/** The rows of a chart for one principal, now. Throws QueryError as its question does. */
export function runChart(chart: AnyChart, context: QueryContext): Promise<QueryResult | ShapeResult> {
  return "shape" in chart ? runShape(chart.shape, context) : runMetricQuery(chart.query, context);
}
