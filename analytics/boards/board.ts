import { z } from "zod";
import { type AnyChart, shapeChartSchema } from "../charts/any-chart";
import { chartSpecSchema } from "../charts/chart-spec";

/** Where a chart sits on a grid of twelve columns. */
export const chartLayoutSchema = z.strictObject({
  x: z.number().int().min(0).max(11),
  y: z.number().int().min(0),
  w: z.number().int().min(1).max(12),
  h: z.number().int().min(1).max(24),
});
export type ChartLayout = z.infer<typeof chartLayoutSchema>;

/** A board as it is stored and copied: charts re-run their queries when it is opened. */
export const boardSchema = z.strictObject({
  id: z.string().min(1),
  name: z.string().min(1).max(200),
  description: z.string().max(1000).default(""),
  charts: z.array(z.strictObject({ spec: chartSpecSchema, layout: chartLayoutSchema })).max(40),
  /** Charts of shapes, on the same grid. */
  shapes: z
    .array(z.strictObject({ spec: shapeChartSchema, layout: chartLayoutSchema }))
    .max(20)
    .default([]),
});
export type Board = z.infer<typeof boardSchema>;

/** All charts of a board as they stand on its grid: row by row, from left to right. */
export const chartsInOrder = ({ charts, shapes }: Board): { spec: AnyChart; layout: ChartLayout }[] =>
  [...charts, ...shapes].sort((a, b) => a.layout.y - b.layout.y || a.layout.x - b.layout.x);
