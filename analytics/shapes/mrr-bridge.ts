import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { runMrrBridge } from "../query/shapes";
import { column, currenciesOf, currencyColumn, moneyColumn, type ShapeCore, type ShapeOf } from "./shape";

/** How monthly recurring revenue went from period to period; what went is negative, so that a row adds up (METRICS 4). */
export async function runBridge(
  { range, grain }: ShapeOf<"mrr_bridge">,
  context: QueryContext,
): Promise<ShapeCore> {
  const bridge = await runMrrBridge({ range, grain }, context);
  if (!bridge.closes) throw new Error("The movements of recurring revenue do not explain its change.");
  const rows = bridge.steps.map(
    (step): ResultRow => ({
      time: step.time,
      time_label: step.time_label,
      incomplete: step.incomplete,
      currency: step.currency,
      opening: step.opening_minor,
      new: step.new_minor,
      reactivation: step.reactivation_minor,
      expansion: step.expansion_minor,
      contraction: -step.contraction_minor || 0,
      churn: -step.churn_minor || 0,
      closing: step.closing_minor,
    }),
  );
  const currencies = currenciesOf(rows);
  const money = (id: string, label: string) => moneyColumn(id, label, currencies);
  return {
    title: `How recurring revenue moved, by ${grain}`,
    definition:
      "Opening + new + reactivation + expansion − contraction − churn = closing, to the cent. MRR at the beginning and end of each period, movements netted per customer and day.",
    drawing: "bridge",
    columns: [
      column("time", "Period", "date", "time"),
      ...currencyColumn(currencies),
      money("opening", "Opening"),
      money("new", "New"),
      money("reactivation", "Reactivation"),
      money("expansion", "Expansion"),
      money("contraction", "Contraction"),
      money("churn", "Churn"),
      money("closing", "Closing"),
    ],
    rows,
    range: bridge.range,
    as_of: bridge.as_of,
    sql: bridge.sql,
    params: bridge.params,
    notes: [],
  };
}
