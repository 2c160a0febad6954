import { sql } from "kysely";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instant, toStatement } from "../query/sql-text";
import {
  ask,
  column,
  currenciesOf,
  currencyColumn,
  moneyColumn,
  rangeFor,
  type ShapeCore,
  type ShapeOf,
} from "./shape";

/** The lines from what was invoiced to what was collected, in order; signs as they are added. */
export const reconciliationLines = [
  ["invoiced_minor", "Sales invoiced, without tax"],
  ["tax_minor", "Tax on them"],
  ["open_minor", "Not yet paid of them at the end (less)"],
  ["prepaid_minor", "Paid for them before the period (less)"],
  ["earlier_minor", "Collected for earlier orders"],
  ["later_minor", "Collected for orders placed later"],
  ["elsewhere_minor", "Collected without a counted order"],
  ["collected_minor", "Revenue collected"],
] as const;

/**
 * Why what was invoiced is not what was collected (METRICS 1): per currency, lines whose sum is revenue_collected to
 * the cent. An overpaid order has a negative open amount.
 */
export async function runReconciliation(
  query: ShapeOf<"reconciliation">,
  context: QueryContext,
): Promise<ShapeCore> {
  const range = await rangeFor(query.range, context);
  const [start, end] = [instant(range.start), instant(range.end)];
  const statement = toStatement(sql`with paid as (
  select p.order_id, p.currency, p.amount_minor, p.paid_at, o.order_time
  from analytics.payment_orders p left join analytics.orders o on o.account_id = p.account_id and o.order_id = p.order_id
  where p.kind = 'payment' and p.paid_at < ${end}
),
parts as (
  select o.currency, o.sales_minor as invoiced_minor, o.total_minor - o.sales_minor as tax_minor, -o.total_minor as open_minor,
    0::bigint as prepaid_minor, 0::bigint as earlier_minor, 0::bigint as later_minor, 0::bigint as elsewhere_minor, 0::bigint as collected_minor
  from analytics.orders o where o.order_time >= ${start} and o.order_time < ${end}
  union all
  select p.currency, 0, 0,
    case when p.order_time >= ${start} and p.order_time < ${end} then p.amount_minor else 0 end,
    case when p.order_time >= ${start} and p.order_time < ${end} and p.paid_at < ${start} then -p.amount_minor else 0 end,
    case when p.paid_at >= ${start} and p.order_time < ${start} then p.amount_minor else 0 end,
    case when p.paid_at >= ${start} and p.order_time >= ${end} then p.amount_minor else 0 end,
    case when p.paid_at >= ${start} and p.order_time is null then p.amount_minor else 0 end,
    case when p.paid_at >= ${start} then p.amount_minor else 0 end
  from paid p
)
select currency, ${sql.raw(reconciliationLines.map(([id]) => `sum(${id})::bigint as ${id}`).join(", "))}
from parts group by currency order by currency`);
  const answer = await ask(statement, context);
  const rows = answer.rows.flatMap((row) =>
    reconciliationLines.map(
      ([id, label]): ResultRow => ({
        line: label,
        line_id: id.replace(/_minor$/, ""),
        currency: String(row.currency),
        amount: Number(row[id]),
      }),
    ),
  );
  const currencies = currenciesOf(rows);
  return {
    title: "From invoiced to collected",
    definition:
      "Sales invoiced + tax − not yet paid − paid before + collected for earlier and later orders and without one = revenue collected. Orders are counted by order time, money by payment time; refunds are apart.",
    drawing: "table",
    columns: [
      column("line", "Line", "text", "dimension"),
      ...currencyColumn(currencies),
      moneyColumn("amount", "Amount", currencies),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: rows.length === 0 ? ["Nothing was invoiced or collected in this period."] : [],
  };
}
