import { z } from "zod";

/** One cell of a shape to open: its column, and what tells its row from the others. */
export const shapeCellSchema = z.strictObject({
  column: z.string().min(1).max(50).describe("Id of the column, such as people, left or revenue."),
  row: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe("What the row is: number of the step or month, RFM group before, line, touch."),
  time: z.iso.date().optional().describe("First day of the cohort or period, where rows have one."),
  month: z.number().int().min(0).max(120).optional().describe("Months later, in cohorts."),
  currency: z.string().length(3).optional().describe("Where rows differ in it."),
});
export type ShapeCell = z.infer<typeof shapeCellSchema>;
