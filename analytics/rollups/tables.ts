import { type RawBuilder, sql } from "kysely";
import { netMoney } from "../metrics/customers";
import { instant } from "../query/sql-text";
import type { DailyTableId } from "./daily";

/** Statements of the sums that shapes are read from. Each day is worked out by itself, so `dim` says what else is to be known. */
interface DailyTable {
  /** Rows of the days from `from` on and before `to`: day, dim, currency, last_at, sums. */
  rows: (from: string, to: string) => RawBuilder<unknown>;
  /** Lists the days on which there is anything to hold. */
  days: string;
}

const zone = "(select a.time_zone from analytics.account a)";
const dayOf = (time: string) => `((${time}) at time zone ${zone})::date`;
const monthOf = (time: string) => `to_char((${time}) at time zone ${zone}, 'YYYY-MM')`;
const within = (column: string, from: string, to: string) =>
  sql`${sql.raw(column)} >= ${instant(from)} and ${sql.raw(column)} < ${instant(to)}`;

/** How a payment without a counted order is told from one of an order's day. */
export const noOrder = "none";

export const tables: Record<DailyTableId, DailyTable> = {
  /** What was collected on a day, by the day of the order it is for; and what was invoiced on it ('' as order's day). */
  settlements: {
    rows: (from, to) => sql`select x.day, x.dim, x.currency, max(x.at) as last_at,
    array[sum(x.collected), sum(x.sales), sum(x.total)]::bigint[] as sums
  from (
    select ${sql.raw(dayOf("p.paid_at"))} as day, coalesce(${sql.raw(dayOf("o.order_time"))}::text, ${sql.raw(`'${noOrder}'`)}) as dim,
      p.currency, p.paid_at as at, p.amount_minor as collected, 0 as sales, 0 as total
    from analytics.payment_orders p
    left join analytics.orders o on o.account_id = p.account_id and o.order_id = p.order_id
    where p.kind = 'payment' and ${within("p.paid_at", from, to)}
    union all
    select ${sql.raw(dayOf("o.order_time"))}, '', o.currency, o.order_time, 0, o.sales_minor, o.total_minor
    from analytics.orders o where ${within("o.order_time", from, to)}
  ) x
  group by 1, 2, 3`,
    days: `select distinct ${dayOf("x.at")} as day from (
    select p.paid_at as at from analytics.payments p union all select o.order_time from analytics.orders o
  ) x where x.at is not null`,
  },
  /**
   * Net money of a day by the month of the person's first purchase and the month it counts in: the payment's own, a refund
   * in that of the payment it gives back, none before the first purchase.
   */
  cohort_money: {
    rows: (from, to) => sql`select ${sql.raw(dayOf("f.paid_at"))} as day,
    ${sql.raw(monthOf("p.first_bought_at"))} || ' ' || ${sql.raw(monthOf("greatest(case when f.kind = 'payment' then f.paid_at else r.undone_at end, p.first_bought_at)"))} as dim,
    f.currency, max(greatest(f.paid_at, p.first_bought_at)) as last_at,
    array[sum(${sql.raw(netMoney)})]::bigint[] as sums
  from analytics.payments f
  join analytics.first_purchases p on p.contact_id = f.contact_id
  left join (
    select o.payment_id, o.undone_at from analytics.refund_origins o where ${within("o.paid_at", from, to)}
  ) r on r.payment_id = f.payment_id and f.kind = 'refund'
  where ${within("f.paid_at", from, to)}
  group by 1, 2, 3`,
    days: `select distinct ${dayOf("p.paid_at")} as day from analytics.payments p where p.paid_at is not null`,
  },
  /** Who came back on a day, by the month in which they had lapsed. */
  returns: {
    rows: (
      from,
      to,
    ) => sql`select ${sql.raw(dayOf("o.occasion_at"))} as day, ${sql.raw(monthOf("o.previous_at + w.span"))} as dim,
    '' as currency, max(o.occasion_at) as last_at, array[count(*)]::bigint[] as sums
  from analytics.occasions o cross join analytics.active_span w
  where ${within("o.occasion_at", from, to)} and o.occasion_at > o.previous_at + w.span
  group by 1, 2`,
    days: `select distinct ${dayOf("o.occasion_at")} as day from analytics.occasions o cross join analytics.active_span w where o.occasion_at > o.previous_at + w.span`,
  },
};
