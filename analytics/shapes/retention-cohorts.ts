import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { runCohorts } from "../query/shapes";
import { column, type ShapeCore, type ShapeOf } from "./shape";

/** Who of each month's newcomers bought (or still paid) in each later month, a row per cell (METRICS 6 and 7). */
export async function runRetentionCohorts(
  { kind, range }: ShapeOf<"retention_cohorts">,
  context: QueryContext,
): Promise<ShapeCore> {
  const table = await runCohorts({ kind, range }, context);
  const rows = table.cohorts.flatMap(({ time, time_label, size, cells }) =>
    cells.map(
      ({ month, people, rate, immature }): ResultRow => ({
        time,
        time_label,
        month,
        size,
        people,
        rate,
        immature,
      }),
    ),
  );
  const joined = kind === "purchase" ? "First purchase" : "First paid subscription";
  return {
    title:
      kind === "purchase"
        ? "Who buys again, by month of first purchase"
        : "Who still pays, by month of first subscription",
    definition: table.definition,
    drawing: "cohort",
    columns: [
      column("time", joined, "date", "time"),
      column("month", "Months later", "number", "dimension"),
      column("size", "People", "count"),
      column("people", kind === "purchase" ? "Bought" : "Still paid", "count"),
      column("rate", "Share", "ratio"),
    ],
    rows,
    range: table.range,
    as_of: table.as_of,
    sql: table.sql,
    params: table.params,
    notes: rows.length === 0 ? ["Nobody joined a cohort in this period."] : [],
  };
}
