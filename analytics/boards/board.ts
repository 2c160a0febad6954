import { z } from "zod";
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
});
export type Board = z.infer<typeof boardSchema>;
