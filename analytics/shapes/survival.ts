import { sql } from "kysely";
import { spans } from "../metrics/spans";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instant, toStatement } from "../query/sql-text";
import { ask, column, nowOf, rangeFor, type ShapeOf, type ShapeResult } from "./shape";

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

/** Share of subscriptions still paying by age (METRICS 6), for those begun in the range; the young stay in, censored. */
export async function runSurvival(query: ShapeOf<"survival">, context: QueryContext): Promise<ShapeResult> {
  const range = await rangeFor(query.range, context);
  const now = nowOf(context).toISOString();
  const clocked = spans.replaceAll(":now", "(select asked_at from clock)");
  const statement = toStatement(sql`with clock as (select ${instant(now)} as asked_at)
select floor(extract(epoch from least(coalesce(s.ends_at, c.asked_at), c.asked_at) - s.valid_from) / 86400)::int as days,
  coalesce(s.ends_at <= c.asked_at, false) as ended, count(*) as people
from ${sql.raw(clocked)} s cross join clock c
where s.valid_from >= ${instant(range.start)} and s.valid_from < ${instant(range.end)} and s.valid_from <= c.asked_at
group by 1, 2 order by 1, 2`);
  const answer = await ask(statement, context);
  const stays = answer.rows.map(
    (row): Stay => ({ days: Number(row.days), ended: row.ended === true, count: Number(row.people) }),
  );
  const total = stays.reduce((sum, { count }) => sum + count, 0);
  const rows = Array.from({ length: query.months + 1 }, (_, month): ResultRow => {
    const days = month * monthDays;
    const watched = stays.reduce((sum, stay) => sum + (stay.days >= days ? stay.count : 0), 0);
    return {
      month,
      watched: month === 0 ? total : watched,
      // Beyond the oldest subscription nobody knows.
      still_paying:
        total === 0 || (watched === 0 && month > 0 && !stays.some(({ days: d }) => d >= days))
          ? null
          : Math.round(survivalAt(stays, days) * 1e6) / 1e6,
    };
  });
  return {
    query,
    title: "Subscriptions still paying, by age",
    definition:
      "Kaplan-Meier share of subscriptions still paying so many months after the first payment; those younger stay in as long as they have been seen. A month is 365 ÷ 12 days.",
    drawing: "line",
    columns: [
      column("month", "Months since the first payment", "number", "dimension"),
      column("still_paying", "Still paying", "ratio"),
      column("watched", "Subscriptions seen that long", "count"),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: total === 0 ? ["No paid subscription began in this period."] : [],
  };
}
