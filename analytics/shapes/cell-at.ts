import type { ResultColumn, ResultRow } from "../query/result";
import type { ShapeCell } from "./cell";
import type { ShapeQuery } from "./shape";

// Types alone are imported: the browser needs this function without the schemas.

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
