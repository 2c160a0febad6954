import { sql } from "kysely";
import { cutBuckets } from "../query/range";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instant, instants, toStatement } from "../query/sql-text";
import { ask, column, nowOf, rangeFor, type ShapeOf, type ShapeResult } from "./shape";

/**
 * What the people of each month of first purchase have brought up to k months later: net revenue to date, whole and per
 * person (METRICS 8). A month that is not over is marked immature.
 */
export async function runRevenueCohorts(
  query: ShapeOf<"revenue_cohorts">,
  context: QueryContext,
): Promise<ShapeResult> {
  const range = await rangeFor(query.range, context);
  const now = nowOf(context);
  const months = cutBuckets(range, "month", context.account);
  const starts = instants(months.map(({ start }) => start));
  const [from, to] = [instant(range.start), instant(range.end)];
  const statement = toStatement(sql`with people as (
  select contact_id, width_bucket(first_bought_at, ${starts}) as cohort from analytics.first_purchases
  where first_bought_at >= ${from} and first_bought_at < ${to} and first_bought_at <= ${instant(now.toISOString())}
)
select p.cohort, null::int as bucket, null::text as currency, count(*)::bigint as amount from people p group by 1
union all
select p.cohort, greatest(width_bucket(f.paid_at, ${starts}), p.cohort), f.currency,
  sum(case when f.kind = 'payment' then f.amount_minor else -f.amount_minor end)::bigint
from people p join analytics.payments f on f.contact_id = p.contact_id and f.paid_at < ${to} and f.paid_at <= ${instant(now.toISOString())}
group by 1, 2, 3`);
  const answer = await ask(statement, context);
  const cells = new Map(
    answer.rows.map((row) => [`${row.cohort} ${row.bucket} ${row.currency}`, Number(row.amount)]),
  );
  const currencies = [
    ...new Set(answer.rows.flatMap(({ currency }) => (currency === null ? [] : [String(currency)]))),
  ].sort();
  const rows = currencies.flatMap((currency) =>
    months.flatMap((cohort): ResultRow[] => {
      const people = cells.get(`${cohort.index} null null`) ?? 0;
      if (people === 0) return [];
      let sum = 0;
      return months.slice(cohort.index - 1).map((month, k): ResultRow => {
        sum += cells.get(`${cohort.index} ${month.index} ${currency}`) ?? 0;
        return {
          time: cohort.time,
          time_label: cohort.label,
          currency,
          people,
          month: k,
          revenue: sum,
          per_person: Math.round(sum / people),
          immature: Date.parse(month.end) > now.getTime(),
        };
      });
    }),
  );
  return {
    query,
    title: "Revenue by month of first purchase",
    definition:
      "Cohort: month of the first purchase. Cell k: net revenue (payments − refunds) of its people up to the end of month k, whole and per person. Money paid before the cohort's month counts in month 0.",
    drawing: "cohort",
    columns: [
      column("time", "First purchase", "date", "time"),
      column("month", "Months later", "number", "dimension"),
      column("people", "People", "count"),
      {
        ...column("revenue", "Net revenue to date", "money"),
        currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
      },
      {
        ...column("per_person", "Per person", "money"),
        currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
      },
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: [],
  };
}
