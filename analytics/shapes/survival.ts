import { sql } from "kysely";
import { spans } from "../metrics/spans";
import type { Range } from "../query/query";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instant, toStatement } from "../query/sql-text";
import { ask, column, nowOf, rangeFor, type ShapeCore, type ShapeOf } from "./shape";

const monthDays = 365 / 12;

/** How long somebody stayed, and whether the end was seen (else they are still there). */
export interface Stay {
  days: number;
  ended: boolean;
  count: number;
}

/**
 * Kaplan-Meier (1958): share still there after `days`. At each end the share falls by the ended ÷ those who had stayed
 * so long; whoever is still there counts until they were last seen.
 */
export function survivalAt(stays: readonly Stay[], days: number): number {
  const ends = [...new Set(stays.filter(({ ended }) => ended).map((stay) => stay.days))]
    .filter((end) => end <= days)
    .sort((a, b) => a - b);
  return ends.reduce((left, end) => {
    const atRisk = stays.reduce((sum, stay) => sum + (stay.days >= end ? stay.count : 0), 0);
    const ended = stays.reduce((sum, stay) => sum + (stay.ended && stay.days === end ? stay.count : 0), 0);
    return left * (1 - ended / atRisk);
  }, 1);
}

/**
 * SQL of one row per stay of a subscriber: from the first payment until nothing was paid for more than the account's
 * swap window. Subscriptions side by side are one stay, and so is an upgrade, which ends the old one where the new
 * one begins (METRICS 4 and 6). Days are whole; `ended` says whether the end was seen.
 */
export async function stays(range: Range, context: QueryContext) {
  const resolved = await rangeFor(range, context);
  const now = nowOf(context).toISOString();
  const clocked = spans.replaceAll(":now", "(select asked_at from clock)");
  const rows = sql`with clock as (select ${instant(now)} as asked_at),
marked as (
  select s.contact_id, s.subscription_id, s.valid_from, s.ends_at,
    -- The latest end so far; one that still runs has none.
    max(coalesce(s.ends_at, 'infinity')) over (
      partition by s.contact_id order by s.valid_from, s.subscription_id rows between unbounded preceding and 1 preceding
    ) as reached
  from ${sql.raw(clocked)} s
),
numbered as (
  select m.*, count(*) filter (
    where m.reached is null or m.valid_from > m.reached + (select swap_window_days * interval '1 day' from analytics.account)
  ) over (partition by m.contact_id order by m.valid_from, m.subscription_id) as stay
  from marked m
),
stays as (
  select n.contact_id, n.stay, min(n.valid_from) as began_at,
    (array_agg(n.subscription_id order by n.valid_from, n.subscription_id))[1] as subscription_id,
    nullif(max(coalesce(n.ends_at, 'infinity')), 'infinity') as ended_at
  from numbered n group by 1, 2
),
followed as (
  select s.*, coalesce(s.ended_at <= c.asked_at, false) as ended,
    floor(extract(epoch from least(coalesce(s.ended_at, c.asked_at), c.asked_at) - s.began_at) / 86400)::int as days
  from stays s cross join clock c
  where s.began_at >= ${instant(resolved.start)} and s.began_at < ${instant(resolved.end)} and s.began_at <= c.asked_at
)`;
  return { range: resolved, with: rows };
}

/** Days after which month `month` of a stay begins. */
export const daysOf = (month: number): number => month * monthDays;

/** Share of subscribers still paying by age (METRICS 6), for stays begun in the range; the young stay in, censored. */
export async function runSurvival(query: ShapeOf<"survival">, context: QueryContext): Promise<ShapeCore> {
  const { range, with: followed } = await stays(query.range, context);
  const statement = toStatement(
    sql`${followed} select f.days, f.ended, count(*) as people from followed f group by 1, 2 order by 1, 2`,
  );
  const answer = await ask(statement, context);
  const seen = answer.rows.map(
    (row): Stay => ({ days: Number(row.days), ended: row.ended === true, count: Number(row.people) }),
  );
  const count = (is: (stay: Stay) => boolean) =>
    seen.reduce((sum, stay) => sum + (is(stay) ? stay.count : 0), 0);
  const total = count(() => true);
  const oldest = Math.max(0, ...seen.map(({ days }) => days));
  const rows = Array.from({ length: query.months + 1 }, (_, month): ResultRow => {
    const days = daysOf(month);
    // Beyond the oldest stay nobody knows, unless the last one was seen to end.
    const left = survivalAt(seen, days);
    const known = total > 0 && (days <= oldest || left === 0);
    return {
      month,
      month_id: String(month),
      still_paying: known ? Math.round(left * 1e6) / 1e6 : null,
      watched: count((stay) => stay.days >= days),
      left: count(
        (stay) => stay.ended && stay.days <= days && (month === 0 || stay.days > daysOf(month - 1)),
      ),
    };
  });
  return {
    title: "How long subscribers stay",
    definition:
      "Kaplan-Meier share of subscribers still paying so many months after their first payment, of those who began in the period; the younger ones count for as long as they have been seen. An upgrade, a swap or a second subscription goes on with the same stay; whoever comes back after the swap window begins another. A month is 365 ÷ 12 days.",
    drawing: "line",
    columns: [
      column("month", "Months since the first payment", "number", "dimension"),
      column("still_paying", "Still paying", "ratio"),
      column("watched", "Seen that long", "count"),
      column("left", "Left in the month before", "count"),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: total === 0 ? ["Nobody began to pay for a subscription in this period."] : [],
  };
}
