import { sql } from "kysely";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instant, toStatement } from "../query/sql-text";
import { ask, column, rangeFor, type ShapeOf, type ShapeResult } from "./shape";

export const attributionModels = [
  ["first", "First touch"],
  ["last", "Last touch"],
  ["lead_creation", "Lead creation"],
  ["linear", "Linear"],
  ["position", "Position (40/40/20)"],
  ["w", "W (30/30/30/10)"],
  ["full_path", "Full path"],
  ["decay", "Decay (7 days)"],
] as const;

const unattributed = "unattributed";

/**
 * Net revenue by what brought it, under every model side by side (METRICS 13). Under each model the column, with the
 * row "unattributed", adds up to net revenue to the cent.
 */
export async function runAttribution(
  query: ShapeOf<"attribution">,
  context: QueryContext,
): Promise<ShapeResult> {
  const range = await rangeFor(query.range, context);
  const key = sql.raw(
    query.by === "campaign"
      ? `case when c.touch is null then '${unattributed}' else coalesce(c.campaign, 'no campaign') end`
      : `coalesce(c.${query.by}, '${unattributed}')`,
  );
  const statement = toStatement(sql`select ${key} as touch, c.currency, ${sql.join(
    attributionModels.map(
      ([model]) =>
        sql`coalesce(sum(c.amount_minor) filter (where c.model = ${model}::text), 0)::bigint as ${sql.raw(model)}`,
    ),
  )}
from analytics.attribution_credits c
where c.paid_at >= ${instant(range.start)} and c.paid_at < ${instant(range.end)}
group by 1, 2 order by (${key} = ${unattributed}::text), 4 desc, 1`);
  const answer = await ask(statement, context);
  const rows = answer.rows.map(
    (row): ResultRow => ({
      touch: String(row.touch),
      touch_id: String(row.touch),
      currency: String(row.currency),
      ...Object.fromEntries(attributionModels.map(([model]) => [model, Number(row[model])])),
    }),
  );
  return {
    query,
    title: "Net revenue by what brought it",
    definition:
      "Every payment and refund shared over the touches before its sale within the account's look-back, under each model; renewals inherit the shares of the first sale. What no touch brought is unattributed; each column adds up to net revenue.",
    drawing: "table",
    columns: [
      column("touch", "Touch", "text", "dimension"),
      column("currency", "Currency", "text", "dimension"),
      ...attributionModels.map(([model, label]) => ({ ...column(model, label, "money"), currency: null })),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: [],
  };
}
