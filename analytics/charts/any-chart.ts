import { z } from "zod";
import { type ShapeResult, shapeQuerySchema } from "../shapes/shape";
import { chartSpecSchema, drawingSchema } from "./chart-spec";

/** A chart of a shape is data, as one of a query is: the question and how its rows are drawn. */
export const shapeChartSchema = z.strictObject({
  version: z.literal(1),
  title: z.string().min(1).max(200),
  shape: shapeQuerySchema,
  drawing: drawingSchema,
});
export type ShapeChart = z.infer<typeof shapeChartSchema>;

/** Whatever a board holds, a chat shows and a tool pins. */
export const anyChartSchema = z.union([chartSpecSchema, shapeChartSchema]);
export type AnyChart = z.infer<typeof anyChartSchema>;
export type AnyChartInput = z.input<typeof anyChartSchema>;

/** The chart that shows an answer. */
export const chartOf = ({ title, query, drawing }: ShapeResult): ShapeChart => ({
  version: 1,
  title,
  shape: query,
  drawing: { kind: drawing },
});
