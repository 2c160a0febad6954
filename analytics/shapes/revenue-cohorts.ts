import { sql } from "kysely";
import { DateTime } from "luxon";
import { firstBuyers } from "../metrics/customers";
import type { AnalyticsAccount } from "../query/account";
import { type Bucket, cutBuckets } from "../query/range";
import type { ResolvedRange, ResultRow } from "../query/result";
import { type RollupUses, readsTable } from "../query/rolled";
import type { QueryContext } from "../query/run";
import { date, dates, instant, instants, text, texts, toStatement } from "../query/sql-text";
import { placeOf, rollupKey } from "../rollups/daily";
import {
  ask,
  column,
  currenciesOf,
  currencyColumn,
  moneyColumn,
  nowOf,
  rangeFor,
  type ShapeCore,
  type ShapeOf,
} from "./shape";

/** SQL of the people of each month of first purchase, and of what each paid and got back, by month. */
export async function cohortMoney(query: ShapeOf<"revenue_cohorts">, context: QueryContext) {
  const range = await rangeFor(query.range, context);
  const now = nowOf(context).toISOString();
  const months = cutBuckets(range, "month", context.account);
  const starts = instants(months.map(({ start }) => start));
  const [from, to] = [instant(range.start), instant(range.end)];
  const money = sql`with people as (
  select contact_id, width_bucket(first_bought_at, ${starts}) as cohort from analytics.first_purchases
  where first_bought_at >= ${from} and first_bought_at < ${to} and first_bought_at <= ${instant(now)}
),
undone as materialized (
  select payment_id, undone_at from analytics.refund_origins
),
money as (
  -- What was paid before the first purchase counts in its month; a refund where the payment it gives back does.
  select p.cohort, p.contact_id, f.payment_id, f.currency,
    greatest(width_bucket(case when f.kind = 'payment' then f.paid_at else r.undone_at end, ${starts}), p.cohort) as bucket,
    case when f.kind = 'payment' then f.amount_minor else -f.amount_minor end as amount
  from people p
  join analytics.payments f on f.contact_id = p.contact_id and f.paid_at < ${to} and f.paid_at <= ${instant(now)}
  left join undone r on r.payment_id = f.payment_id and f.kind = 'refund'
)`;
  return { range, months, now, with: money };
}

/** The same from money by day and months, where the range goes by whole months; undefined where it does not. */
function compileKept(
  uses: RollupUses,
  { range, months, now }: { range: ResolvedRange; months: readonly Bucket[]; now: string },
  account: AnalyticsAccount,
) {
  const dayOf = (iso: string) => DateTime.fromISO(iso, { zone: account.time_zone }).toISODate() ?? "";
  const runs = Date.parse(range.end) > Date.parse(now);
  if (!range.from.endsWith("-01") || !(runs || dayOf(range.end).endsWith("-01"))) return undefined;
  const today = dayOf(now);
  // What is known of later instants would have to be left out row by row.
  readsTable(uses, "cohort_money", { account, now });
  const occasions = { fact: "occasions", dimension: null } as const;
  uses.set(rollupKey(occasions), { rollup: occasions, until: { instant: now, day: today } });
  const end = runs ? (DateTime.fromISO(today).plus({ days: 1 }).toISODate() ?? "") : dayOf(range.end);
  const starts = dates(months.map(({ start }) => dayOf(start)));
  const names = texts(months.map(({ start }) => dayOf(start).slice(0, 7)));
  return toStatement(sql`select width_bucket(d.day, ${starts}) as cohort, null::int as bucket, null::text as currency,
  sum(d.sums[${sql.raw(String(placeOf("occasions", firstBuyers)))}])::bigint as amount
from analytics.daily d where d.key = ${text(rollupKey(occasions))} and d.day >= ${date(dayOf(range.start))} and d.day < ${date(end)}
group by 1
union all
select m.cohort, greatest(m.bucket, m.cohort), m.currency, sum(m.amount)::bigint
from (
  select array_position(${names}, left(d.dim, 7)) as cohort, coalesce(array_position(${names}, right(d.dim, 7)), 0) as bucket, d.currency, d.sums[1] as amount
  from analytics.daily d where d.key = 'cohort_money' and d.day < ${date(end)}
) m
where m.cohort is not null
group by 1, 2, 3`);
}

/**
 * What the people of each month of first purchase have brought up to k months later: net revenue to date, whole and per
 * person (METRICS 8). A month that is not over is marked immature.
 */
export async function runRevenueCohorts(
  query: ShapeOf<"revenue_cohorts">,
  context: QueryContext,
): Promise<ShapeCore> {
  const { range, months, now, with: money } = await cohortMoney(query, context);
  const statement = toStatement(sql`${money}
select p.cohort, null::int as bucket, null::text as currency, count(*)::bigint as amount from people p group by 1
union all
select m.cohort, m.bucket, m.currency, sum(m.amount)::bigint from money m group by 1, 2, 3`);
  const answer = await ask(
    (uses) => (uses && compileKept(uses, { range, months, now }, context.account)) || statement,
    context,
  );
  const cells = new Map(
    answer.rows.map((row) => [`${row.cohort} ${row.bucket} ${row.currency}`, Number(row.amount)]),
  );
  const currencies = currenciesOf(answer.rows);
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
          immature: Date.parse(month.end) > Date.parse(now),
        };
      });
    }),
  );
  return {
    title: "Revenue by month of first purchase",
    definition:
      "Cohort: month of the first purchase. Cell k: net revenue (payments − refunds) of its people up to the end of month k, whole and per person. A refund is taken from the month of the payment it gives back. Money paid before the cohort's month counts in month 0.",
    drawing: "cohort",
    columns: [
      column("time", "First purchase", "date", "time"),
      ...currencyColumn(currencies),
      column("month", "Months later", "number", "dimension"),
      column("people", "People", "count"),
      moneyColumn("revenue", "Net revenue to date", currencies),
      moneyColumn("per_person", "Per person", currencies),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes: rows.length === 0 ? ["Nobody bought for the first time in this period."] : [],
  };
}
