import { z } from "zod";
import { anyChartSchema } from "@/analytics/charts/any-chart";
import { shapeCellSchema } from "@/analytics/shapes/cell";
import { listShape } from "../tools/find-contacts";

/** One number of a chart, to be opened. */
export const chartCellSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("shape"), cell: shapeCellSchema }),
  z.object({
    kind: z.literal("metric"),
    cell: z.strictObject({
      metric: z.string().max(100),
      time: z.iso.date().optional(),
      dimensions: z.record(z.string(), z.string().max(500)).optional(),
      currency: z.string().length(3).optional(),
    }),
  }),
]);

/** What can be had as a file: all rows of a chart, all behind one of its numbers, all people of a list or a segment. */
export const exportSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("chart"), chart: anyChartSchema }),
  z.strictObject({ kind: z.literal("cell"), chart: anyChartSchema, cell: chartCellSchema }),
  z.strictObject({ kind: z.literal("people"), people: z.strictObject(listShape) }),
  z.strictObject({ kind: z.literal("segment"), segment: z.uuid() }),
]);
export type ExportRequest = z.infer<typeof exportSchema>;
export type ExportInput = z.input<typeof exportSchema>;
