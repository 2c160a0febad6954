import { z } from "zod";
import type { ResultColumn, ResultRow } from "../query/result";
import type { ShapeQuery } from "./shape";

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

/** Which column holds the id of a row. */
const rowIds: Record<ShapeQuery["shape"], string | null> = {
  funnel: "step_id",
  survival: "month_id",
  rfm_moves: "was_id",
  reconciliation: "line_id",
  attribution: "touch_id",
  revenue_cohorts: null,
  retention_cohorts: null,
  mrr_bridge: null,
};

/** The cell at a row and column of an answer; null where there is nothing behind it to list. */
export function cellAt(query: ShapeQuery, row: ResultRow, { id, kind }: ResultColumn): ShapeCell | null {
  if (kind !== "metric" || id === "cost") return null;
  if (row[id] === null || row[id] === undefined) return null;
  const rowId = rowIds[query.shape];
  return {
    column: id,
    ...(rowId ? { row: String(row[rowId]) } : {}),
    ...(typeof row.time === "string" ? { time: row.time } : {}),
    ...(typeof row.month === "number" && !rowId ? { month: row.month } : {}),
    ...(typeof row.currency === "string" ? { currency: row.currency } : {}),
  };
}
