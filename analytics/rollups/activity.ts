import { type RawBuilder, sql } from "kysely";

/**
 * How long after a purchase somebody counts as active. Bounds less it are subselects as a whole: under row level
 * security only a plain value is looked up in an index.
 */
export const span = sql`(select w.span from analytics.active_span w)`;

/**
 * How many people become active, lapse and come back, as changes at instants from `from` on and before `to` (columns
 * `at`, `active`, `lapsed`, `reactivated`): adding them up gives how many are active or lapsed. The same as the spans of
 * analytics.activity, asked so that both halves are found by the time of a purchase: somebody lapses a span after it.
 */
export function activityChanges(from: RawBuilder<unknown>, to: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`(select o.occasion_at as at,
      case when o.occasion_at <= o.previous_at + ${span} then 0 else 1 end as active,
      case when o.occasion_at > o.previous_at + ${span} then -1 else 0 end as lapsed,
      case when o.occasion_at > o.previous_at + ${span} then 1 else 0 end as reactivated
    from analytics.occasions o where o.occasion_at >= ${from} and o.occasion_at < ${to}
    union all
    select o.occasion_at + ${span}, -1, 1, 0
    from analytics.occasions o
    where o.occasion_at >= (select ${from} - w.span from analytics.active_span w)
      and o.occasion_at < (select ${to} - w.span from analytics.active_span w)
      and (o.next_at is null or o.next_at > o.occasion_at + ${span}))`;
}

export const activityDays = `select distinct (d.at at time zone (select a.time_zone from analytics.account a))::date as day from (
  select o.occasion_at as at from analytics.occasions o
  union all
  select o.occasion_at + w.span from analytics.occasions o cross join analytics.active_span w) d`;
