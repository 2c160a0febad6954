import type { ShownResult } from "@/agent/chat/shown";
import type { AnyChart, ShapeChart } from "@/analytics/charts/any-chart";
import type { QueryResult, ResultCell, ResultColumn, ResultRow } from "@/analytics/query/result";
import type { ShapeCell } from "@/analytics/shapes/cell";
import { cellAt } from "@/analytics/shapes/cell-at";
import type { ShapeResult } from "@/analytics/shapes/shape";

/** What drawing, exporting and explaining need of an answer, be it of metrics or a shape. */
export type Drawn = ShownResult;

export type Answer = QueryResult | ShapeResult;

export const isShape = (chart: AnyChart): chart is ShapeChart => "shape" in chart;

/** A cell to open: of a metric, or of a shape. */
export type OpenedCell = { kind: "metric"; cell: ResultCell } | { kind: "shape"; cell: ShapeCell };

/** The cell at a row and column as the question of who is behind it; null where nothing can be listed. */
export function openable(
  chart: AnyChart,
  result: Drawn,
  row: ResultRow,
  column: ResultColumn,
): OpenedCell | null {
  if (isShape(chart)) {
    const cell = cellAt(chart.shape, row, column);
    return cell && { kind: "shape", cell };
  }
  const { id, kind } = column;
  if (kind !== "metric" || !result.drill?.[id] || typeof row[id] !== "number") return null;
  const splits = result.columns.filter((each) => each.kind === "dimension" && each.id !== "currency");
  return {
    kind: "metric",
    cell: {
      metric: id,
      ...(typeof row.time === "string" ? { time: row.time } : {}),
      ...(splits.length > 0
        ? {
            dimensions: Object.fromEntries(
              splits.map(({ id: split }) => [split, String(row[`${split}_id`])]),
            ),
          }
        : {}),
      ...(typeof row.currency === "string" ? { currency: row.currency } : {}),
    },
  };
}
