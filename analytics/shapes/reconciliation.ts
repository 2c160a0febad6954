import { type RawBuilder, sql } from "kysely";
import { DateTime } from "luxon";
import type { ResolvedRange, ResultRow } from "../query/result";
import { readsTable } from "../query/rolled";
import type { QueryContext } from "../query/run";
import { date, instant, text, toStatement } from "../query/sql-text";
import { noOrder } from "../rollups/tables";
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

/** SQL of the step `parts` over orders and payments one by one. */
const partsOfFacts = ({ start: from, end: to }: ResolvedRange) => {
  const [start, end] = [instant(from), instant(to)];
  return sql`paid as (
  select p.order_id, p.currency, p.amount_minor, p.paid_at, o.order_time
  from analytics.payment_orders p left join analytics.orders o on o.account_id = p.account_id and o.order_id = p.order_id
  where p.kind = 'payment' and p.paid_at < ${end}
),
parts as (
  select o.currency, o.sales_minor as invoiced_minor, o.total_minor - o.sales_minor as tax_minor, -o.total_minor as open_minor,
    0::bigint as prepaid_minor, 0::bigint as earlier_minor, 0::bigint as later_minor, 0::bigint as elsewhere_minor, 0::bigint as collected_minor
  from analytics.orders o where o.order_time >= ${start} and o.order_time < ${end}
  union all
  ${collected({ paid: "p.paid_at", ordered: "p.order_time", amount: "p.amount_minor" }, start, end)}
  from paid p where p.paid_at >= ${start} or (p.order_time >= ${start} and p.order_time < ${end})
)`;
};

/** The same from what was collected by day and day of the order. */
const partsOfDays = (
  { start: from, end: to }: ResolvedRange,
  { time_zone: zone }: QueryContext["account"],
) => {
  const dayOf = (iso: string) => date(DateTime.fromISO(iso, { zone }).toISODate() ?? "");
  const [start, end] = [dayOf(from), dayOf(to)];
  return sql`paid as (
  select d.currency, d.day, case when d.dim <> ${text(noOrder)} then d.dim::date end as ordered, d.sums[1] as amount
  from analytics.daily d where d.key = 'settlements' and d.day < ${end} and d.dim <> ''
),
parts as (
  select d.currency, d.sums[2] as invoiced_minor, d.sums[3] - d.sums[2] as tax_minor, -d.sums[3] as open_minor,
    0::bigint as prepaid_minor, 0::bigint as earlier_minor, 0::bigint as later_minor, 0::bigint as elsewhere_minor, 0::bigint as collected_minor
  from analytics.daily d where d.key = 'settlements' and d.day >= ${start} and d.day < ${end} and d.dim = ''
  union all
  ${collected({ paid: "p.day", ordered: "p.ordered", amount: "p.amount" }, start, end)}
  from paid p where p.day >= ${start} or (p.ordered >= ${start} and p.ordered < ${end})
)`;
};

/** What a payment adds to each line, by when it came and when its order was placed. */
const collected = (
  columns: Record<"paid" | "ordered" | "amount", string>,
  start: RawBuilder<unknown>,
  end: RawBuilder<unknown>,
) => {
  const [paid, ordered, amount] = [columns.paid, columns.ordered, columns.amount].map((each) =>
    sql.raw(each),
  );
  return sql`select p.currency, 0, 0,
    case when ${ordered} >= ${start} and ${ordered} < ${end} then ${amount} else 0 end,
    case when ${ordered} >= ${start} and ${ordered} < ${end} and ${paid} < ${start} then -${amount} else 0 end,
    case when ${paid} >= ${start} and ${ordered} < ${start} then ${amount} else 0 end,
    case when ${paid} >= ${start} and ${ordered} >= ${end} then ${amount} else 0 end,
    case when ${paid} >= ${start} and ${ordered} is null then ${amount} else 0 end,
    case when ${paid} >= ${start} then ${amount} else 0 end`;
};

/**
 * Why what was invoiced is not what was collected (METRICS 1): per currency, lines whose sum is revenue_collected to
 * the cent. An overpaid order has a negative open amount.
 */
export async function runReconciliation(
  query: ShapeOf<"reconciliation">,
  context: QueryContext,
): Promise<ShapeCore> {
  const range = await rangeFor(query.range, context);
  const sums = (parts: RawBuilder<unknown>) =>
    toStatement(sql`with ${parts}
select currency, ${sql.raw(reconciliationLines.map(([id]) => `sum(${id})::bigint as ${id}`).join(", "))}
from parts group by currency order by currency`);
  const statement = sums(partsOfFacts(range));
  const answer = await ask((uses) => {
    if (!uses) return statement;
    readsTable(uses, "settlements");
    return sums(partsOfDays(range, context.account));
  }, context);
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
