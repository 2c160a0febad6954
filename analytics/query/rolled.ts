import { type RawBuilder, sql } from "kysely";
import { DateTime } from "luxon";
import { netMoney } from "../metrics/customers";
import { type DimensionId, dimensions } from "../metrics/dimensions";
import { type FactDefinition, type FactId, facts } from "../metrics/facts";
import { rfmKeptAt } from "../metrics/rfm";
import { activityChanges, span } from "../rollups/activity";
import {
  type DailyRollup,
  type DailyTableId,
  dailyFactOf,
  dailyFacts,
  type FactRollup,
  gapsBetween,
  isSpans,
  placeOf,
  rollupKey,
} from "../rollups/daily";
import type { AnalyticsAccount } from "./account";
import type { Reading } from "./fact-rows";
import type { Part } from "./parts";
import { dayIn } from "./range";
import type { ResolvedFilter } from "./resolve";
import { date, dates, instant, instants, text, texts } from "./sql-text";

type Sql = RawBuilder<unknown>;

/**
 * A rollup a statement reads, and the instant of its last day up to which it counts (null: whole days). With `earlier` no
 * row of the days before may know of anything later either.
 */
export interface RollupUse {
  rollup: DailyRollup;
  until: { instant: string; day: string; earlier?: true } | null;
}

/** Rollups that a statement reads, by key; filled while it is compiled. */
export interface RollupUses extends Map<string, RollupUse> {
  /** Days for which it must be kept where customers stood when they began. */
  standings?: string[];
}

/** Notes that a statement reads a table (rollups/tables.ts), and up to now where it must know of nothing later. */
export function readsTable(
  uses: RollupUses,
  table: DailyTableId,
  until?: { account: AnalyticsAccount; now: string },
): void {
  const day = until && dayIn(until.now, until.account.time_zone);
  uses.set(table, {
    rollup: { table },
    until: until && day ? { instant: until.now, day, earlier: true } : null,
  });
}

/** More than a series over two years needs; each day holds a row per customer. */
const mostStandings = 26;

/**
 * True where a statement may read where customers stood at these instants from what is kept, and notes for which days.
 * Kept are this day and those on which a month begins.
 */
export function readsStandings(
  uses: RollupUses | undefined,
  at: readonly string[],
  { account: { time_zone: zone }, now }: { account: AnalyticsAccount; now: string },
): boolean {
  if (!uses) return false;
  const dayOf = (iso: string) => dayIn(iso, zone);
  const days = new Set([...(uses.standings ?? []), ...at.map(dayOf)]);
  if (days.size > mostStandings) return false;
  if ([...days].some((day) => day !== dayOf(now) && !day.endsWith("-01"))) return false;
  uses.standings = [...days];
  return true;
}

const dimensionsOf = (filter: ResolvedFilter): (DimensionId | null)[] => {
  if ("and" in filter) return filter.and.flatMap(dimensionsOf);
  if ("or" in filter) return filter.or.flatMap(dimensionsOf);
  if ("not" in filter) return dimensionsOf(filter.not);
  return ["dimension" in filter ? filter.dimension : null];
};

function conditionSql(filter: ResolvedFilter): Sql {
  if ("and" in filter) return sql`(${sql.join(filter.and.map(conditionSql), sql` and `)})`;
  if ("or" in filter) return sql`(${sql.join(filter.or.map(conditionSql), sql` or `)})`;
  if ("not" in filter) return sql`not ${conditionSql(filter.not)}`;
  if ("dimension" in filter) return sql`d.dim = any(${texts(filter.ids)})`;
  throw new Error("Conditions on people have no rollup.");
}

/** The dimension a rollup must have to answer this reading: null for none, undefined where no rollup can. */
function dimensionFor(parts: readonly Part[], reading: Reading): DimensionId | null | undefined {
  const { filter } = reading.resolved;
  const [grouped, second] = reading.dimensions;
  if (second) return undefined;
  const wanted = new Set([
    ...(grouped ? [grouped.id as DimensionId] : []),
    ...(filter ? dimensionsOf(filter) : []),
  ]);
  if (wanted.size > 1 || wanted.has(null)) return undefined;
  const [only] = wanted;
  if (!only) return null;
  if (grouped || !filter) return only;
  const { of } = dimensions[only];
  if (of === "person" || of === "order" || of === "status") return only;
  // One order under two products, one person under two tags: values chosen together would count them twice.
  const one = "dimension" in filter && filter.ids.length === 1;
  const sums = parts.every(({ aggregate }) => aggregate.kind === "sum");
  return one || (of === "line" && sums && "dimension" in filter) ? only : undefined;
}

/** The rollup that answers for a fact in this reading, if there is one. */
function rollupFor(id: FactId, parts: readonly Part[], reading: Reading): FactRollup | undefined {
  const fact = dailyFactOf(id);
  if (!fact || reading.entity || reading.matureDays) return undefined;
  if (parts.some(({ aggregate }) => placeOf(fact, aggregate) === 0)) return undefined;
  const dimension = dimensionFor(parts, reading);
  if (dimension === undefined) return undefined;
  if (dimension && !(dailyFacts[fact].dimensions as readonly string[]).includes(dimension)) return undefined;
  return { fact, dimension };
}

/**
 * The select of a fact's parts from its rollup by day, with the same columns as from the fact itself; undefined where
 * no rollup holds them. Buckets are whole days of the account's zone, so days add up to them.
 */
export function rolledSelect(
  id: FactId,
  parts: readonly Part[],
  reading: Reading,
  suffix: string,
): Sql | undefined {
  if (id === "activity_periods") return rolledRetention(parts, reading, suffix);
  if (id === "occasions" && parts.every(({ aggregate }) => aggregate.kind === "median"))
    return rolledGaps(parts, reading, suffix);
  if (id === "payments_to_date" && reading.dimensions[0]?.id === "rfm_group")
    return rolledValues(parts, reading, suffix);
  const rollup = reading.rolled && rollupFor(id, parts, reading);
  if (!rollup || !reading.rolled) return undefined;
  const fact: FactDefinition = facts[id];
  const { resolved, buckets } = reading;
  const zone = resolved.account.time_zone;
  const dayOf = (iso: string) => dayIn(iso, zone);
  const first = buckets[0]?.start ?? resolved.range.start;
  const last = buckets.at(-1)?.end ?? resolved.range.end;
  const running = countsUp(id);
  const until =
    running && Date.parse(last) > Date.parse(resolved.now)
      ? { instant: resolved.now, day: dayOf(resolved.now) }
      : null;
  const key = rollupKey(rollup);
  const known = reading.rolled.get(key);
  // People lapse at any time of the day: what the last day brought so far is looked up.
  const alsoToday = rollup.fact === "activity" && until;
  reading.rolled.set(key, { rollup, until: alsoToday ? null : (known?.until ?? until) });
  const ends = buckets.map(({ end }) =>
    until && Date.parse(end) > Date.parse(resolved.now)
      ? (DateTime.fromISO(until.day).plus({ days: 1 }).toISODate() ?? "")
      : dayOf(end),
  );
  const bucket = running
    ? sql`width_bucket(d.day, ${dates(ends)}) + 1 as bucket`
    : sql`width_bucket(d.day, ${dates(buckets.map(({ start }) => dayOf(start)))}) as bucket`;
  const currency = fact.has_currency ? sql.raw("d.currency") : text(resolved.account.currency);
  const groups: Sql[] = [
    ...(reading.byTime ? [bucket] : []),
    ...reading.dimensions.map((dimension) => sql`d.dim as ${sql.raw(`${dimension.id}_id`)}`),
    ...(reading.byCurrency ? [sql`${currency} as currency`] : []),
  ];
  const values = parts.map(({ aggregate, column }) =>
    sql.raw(`coalesce(sum(d.sums[${placeOf(rollup.fact, aggregate)}]), 0)::bigint as ${column}${suffix}`),
  );
  const conditions: Sql[] = [
    ...(alsoToday ? [] : [sql`d.key = ${text(key)}`]),
    ...(running ? [] : [sql`d.day >= ${date(dayOf(first))}`]),
    sql`d.day < ${date(ends.at(-1) ?? dayOf(last))}`,
    ...(resolved.filter ? [conditionSql(resolved.filter)] : []),
    ...(reading.currency ? [sql`${currency} = ${text(reading.currency)}`] : []),
  ];
  // Over time what is left is known only once the days are added up.
  const gone = reading.dimensions.length > 0 && !reading.byTime && isKeptSpans(id);
  const some = parts.map(({ aggregate }) => `sum(d.sums[${placeOf(rollup.fact, aggregate)}]) <> 0`);
  return sql`select
    ${sql.join([...groups, ...values], sql`,\n    `)}
  from ${alsoToday ? activityUntil(key, alsoToday, zone) : sql.raw("analytics.daily")} d
  where ${sql.join(conditions, sql`\n    and `)}${
    groups.length > 0
      ? sql.raw(`\n  group by ${groups.map((_, index) => index + 1).join(", ")}`)
      : sql.raw("")
  }${sql.raw(gone ? `\n  having ${some.join(" or ")}` : "")}`;
}

/** Facts that hold from one instant to another, or on, and are added up from their changes. */
export const countsUp = (id: FactId) =>
  facts[id].kind === "cumulative" || id === "activity" || isKeptSpans(id);

/** Of such a fact a value that has come and gone is no row. */
export const isKeptSpans = (id: FactId): boolean => {
  const fact = dailyFactOf(id);
  return fact !== undefined && isSpans(fact);
};

const startOf = (day: string, zone: string) => DateTime.fromISO(day, { zone }).toUTC().toISO() ?? "";

/** Sums of the days before the last one, and of the last one as far as it went. */
function activityUntil(key: string, until: { instant: string; day: string }, zone: string): Sql {
  return sql`(
    select d.day, d.dim, d.currency, d.sums from analytics.daily d where d.key = ${text(key)} and d.day < ${date(until.day)}
    union all
    select ${date(until.day)}, '', '', array[sum(c.active), sum(c.lapsed), sum(c.reactivated)]::bigint[]
    from ${activityChanges(instant(startOf(until.day, zone)), instant(until.instant))} c
  )`;
}

/**
 * What the people of each RFM group brought to date: what each brought in all less what came since the end. Who is in no
 * group, and money of nobody known, is what is left of the whole. Undefined for anything but net money by group alone.
 */
function rolledValues(parts: readonly Part[], reading: Reading, suffix: string): Sql | undefined {
  const { resolved, buckets } = reading;
  const [part, second] = parts;
  const { now } = resolved;
  const [join] = dimensions.rfm_group.joins;
  const plain = !resolved.filter && !reading.entity && !reading.currency && !reading.byTime;
  if (!reading.rolled || !part || second || !plain || !reading.byCurrency || reading.dimensions.length !== 1)
    return undefined;
  const whole: FactId = "payments_to_date";
  if (part.aggregate.expression !== netMoney || part.aggregate.where || !join?.kept) return undefined;
  const last = buckets.at(-1)?.end ?? resolved.range.end;
  const end = Date.parse(last) < Date.parse(now) ? last : now;
  const rest = rolledSelect(whole, parts, { ...reading, dimensions: [] }, suffix);
  if (!rest || !readsStandings(reading.rolled, [now], resolved)) return undefined;
  const column = sql.raw(`${part.column}${suffix}`);
  const moments = rfmKeptAt("(select 1 as bucket, :now as at)").replaceAll(
    ":now",
    "(select m.at from asked m)",
  );
  return sql`select g.rfm_group_id, g.currency, sum(g.amount)::bigint as ${column}
  from (
    with asked as (select ${instant(now)} as at),
    people as materialized (select r.contact_id, r.rfm_group from ${sql.raw(moments)} r),
    grouped as (
      select p.rfm_group, v.currency, sum(v.value_minor) as amount
      from people p join analytics.customer_value v on v.contact_id = p.contact_id group by 1, 2
      union all
      select p.rfm_group, f.currency, -sum(${sql.raw(netMoney)})
      from analytics.payments f join people p on p.contact_id = f.contact_id
      where f.paid_at >= ${instant(end)} group by 1, 2
    )
    select x.rfm_group as rfm_group_id, x.currency, x.amount from grouped x
    union all
    select 'unknown', w.currency, w.${column} from (${rest}) w
    union all
    select 'unknown', x.currency, -x.amount from grouped x
  ) g
  group by 1, 2
  having sum(g.amount) <> 0`;
}

/**
 * Of who was active when each bucket began, how many are when it ends: those who were, from the sums by day, less those
 * who lapsed in between and did not come back. And of who had lapsed, who bought in it. Only for these two ratios, and
 * for everybody; else undefined.
 */
function rolledRetention(parts: readonly Part[], reading: Reading, suffix: string): Sql | undefined {
  const { resolved, buckets } = reading;
  const { filter, account, now } = resolved;
  const sums: Record<string, string> = {
    "f.was_active": "p.was",
    "f.was_active and f.is_active": "p.was - p.gone",
    "f.was_lapsed": "p.lapsed",
    "f.was_lapsed and f.bought": "p.back",
  };
  const asked = parts.map(({ aggregate }) => sums[aggregate.where ?? ""]);
  const plain = !filter && !reading.entity && !reading.currency && !reading.matureDays;
  if (!reading.rolled || !plain || reading.dimensions.length > 0 || asked.includes(undefined))
    return undefined;
  // An end that lies before the last day's own is no matter: the lapses are looked up to the instant.
  const rollup: DailyRollup = { fact: "activity", dimension: null };
  const zone = account.time_zone;
  if (buckets.some(({ start }) => Date.parse(start) > Date.parse(now))) return undefined;
  const key = rollupKey(rollup);
  reading.rolled.set(key, { rollup, until: null });
  const starts = buckets.map(({ start }) => start);
  const ends = buckets.map(({ end }) => (Date.parse(end) < Date.parse(now) ? end : now));
  const days = starts.map((start) => dayIn(start, zone));
  const columns = parts.map(({ column }, at) => sql.raw(`sum(${asked[at]})::bigint as ${column}${suffix}`));
  const perCurrency = reading.byCurrency ? [sql`${text(account.currency)} as currency`] : [];
  const groups = [...(reading.byTime ? [sql.raw("p.bucket::int as bucket")] : []), ...perCurrency];
  // Over whole months the sums tell it all; else whoever lapsed or came back is looked up.
  const whole = buckets.map(({ end }, at) => {
    const [from, to] = [days[at] ?? "", dayIn(end, zone)];
    return from.endsWith("-01") && to.endsWith("-01") && Date.parse(end) <= Date.parse(now) ? to : "";
  });
  if (whole.some(Boolean)) readsTable(reading.rolled, "returns");
  const sum = (place: number, from: string, to: string) =>
    sql.raw(
      `coalesce((select sum(d.sums[${place}]) from analytics.daily d where d.key = '${key}' and d.day >= ${from} and d.day < ${to}), 0)`,
    );
  const back = sql`coalesce((select sum(d.sums[1]) from analytics.daily d
        where d.key = 'returns' and d.day >= b.day and d.day < b.until and d.dim < to_char(b.day, 'YYYY-MM')), 0)`;
  return sql`select ${sql.join([...groups, ...columns])}
  from (
    select b.bucket,
      ${sum(1, "'-infinity'", "b.day")} as was,
      ${sum(2, "'-infinity'", "b.day")} as lapsed,
      case when b.until is not null then ${back} else (select count(*)
        from analytics.occasions o
        where o.occasion_at >= b.opened_at and o.occasion_at < b.closed_at and o.previous_at < b.first) end as back,
      -- Nobody lapses twice in less than the span: who lapsed less who came back is all that changed.
      case when b.until is not null and b.last <= b.opened_at then ${sum(2, "b.day", "b.until")} + ${back} else (select count(*)
        from analytics.occasions o
        where o.occasion_at >= b.first and o.occasion_at < b.last
          and (o.next_at is null or o.next_at >= b.closed_at)
        -- Who bought since the bucket began was active then only by an earlier purchase.
          and (o.occasion_at < b.opened_at or exists (
            select 1 from analytics.occasions e
            where e.contact_id = o.contact_id and e.occasion_at < b.opened_at and e.occasion_at + ${span} >= b.opened_at))) end as gone
    from (
      select u.*, u.opened_at - ${span} as first, u.closed_at - ${span} as last
      from unnest(${instants(starts)}, ${instants(ends)}, ${dates(days)}, ${nullableDates(whole)}) with ordinality as u(opened_at, closed_at, day, until, bucket)
      offset 0
    ) b
  ) p${groups.length > 0 ? sql.raw(` group by ${groups.map((_, at) => at + 1).join(", ")}`) : sql.raw("")}`;
}

/** Days as one parameter; null for those that are empty. */
const nullableDates = (days: readonly string[]) => sql`array_replace(${texts(days)}, '', null)::date[]`;

/**
 * Medians of the days between purchases, of whole months and of everybody: how many there are is kept by day, and the
 * middle ones are found by an index instead of sorting them all. Undefined for anything else.
 */
function rolledGaps(parts: readonly Part[], reading: Reading, suffix: string): Sql | undefined {
  const { resolved, buckets } = reading;
  const { filter, account, now } = resolved;
  const zone = account.time_zone;
  const plain = !filter && !reading.entity && !reading.currency && reading.dimensions.length === 0;
  if (!reading.rolled || !plain || !reading.byTime) return undefined;
  if (parts.some(({ aggregate }) => aggregate.expression !== "f.gap_days")) return undefined;
  const dayOf = (iso: string) => dayIn(iso, zone);
  const months = buckets.map(({ start, end }) => {
    const day = dayOf(start);
    const next = DateTime.fromISO(day).plus({ months: 1 }).toISODate();
    const over =
      Date.parse(end) > Date.parse(now) ? dayOf(now).slice(0, 7) === day.slice(0, 7) : dayOf(end) === next;
    return day.endsWith("-01") && over ? day : "";
  });
  if (months.includes("")) return undefined;
  const occasions: FactRollup = { fact: "occasions", dimension: null };
  const key = rollupKey(occasions);
  const place = placeOf("occasions", gapsBetween);
  const until = buckets.some(({ end }) => Date.parse(end) > Date.parse(now));
  reading.rolled.set(key, { rollup: occasions, until: until ? { instant: now, day: dayOf(now) } : null });
  const columns = parts.map(({ column }) => sql.raw(`m.median as ${column}${suffix}`));
  const perCurrency = reading.byCurrency ? [sql`${text(account.currency)} as currency`] : [];
  return sql`select ${sql.join([sql.raw("m.bucket::int as bucket"), ...perCurrency, ...columns])}
  from (
    select b.bucket, case when b.n > 0 then (
      select case when b.n % 2 = 1 then min(v.gap_days) else min(v.gap_days) + 0.5::float8 * (max(v.gap_days) - min(v.gap_days)) end
      from (
        select o.gap_days from analytics.occasions o
        where o.month = b.month and o.gap_days is not null order by o.gap_days offset (b.n - 1) / 2 limit 2
      ) v) end as median
    from (
      select u.month, u.bucket, (
        select coalesce(sum(d.sums[${sql.raw(String(place))}]), 0)::bigint from analytics.daily d
        where d.key = ${text(key)} and d.day >= u.month and d.day < u.month + interval '1 month') as n
      from unnest(${dates(months)}) with ordinality as u(month, bucket)
    ) b
  ) m where m.median is not null`;
}
