import { type RawBuilder, sql } from "kysely";
import { DateTime } from "luxon";
import { type DimensionId, dimensions } from "../metrics/dimensions";
import { type FactDefinition, type FactId, facts } from "../metrics/facts";
import { type DailyRollup, dailyFactOf, dailyFacts, placeOf, rollupKey } from "../rollups/daily";
import type { Part, Reading } from "./compile";
import type { ResolvedFilter } from "./resolve";
import { date, dates, text, texts } from "./sql-text";

type Sql = RawBuilder<unknown>;

/** A rollup a statement reads, and the instant of its last day up to which it counts (null: whole days). */
export interface RollupUse {
  rollup: DailyRollup;
  until: { instant: string; day: string } | null;
}

/** Rollups that a statement reads, by key; filled while it is compiled. */
export type RollupUses = Map<string, RollupUse>;

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
  if (of === "person" || of === "order") return only;
  // One order under two products, one person under two tags: values chosen together would count them twice.
  const one = "dimension" in filter && filter.ids.length === 1;
  const sums = parts.every(({ aggregate }) => aggregate.kind === "sum");
  return one || (of === "line" && sums && "dimension" in filter) ? only : undefined;
}

/** The rollup that answers for a fact in this reading, if there is one. */
function rollupFor(id: FactId, parts: readonly Part[], reading: Reading): DailyRollup | undefined {
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
  const rollup = reading.rolled && rollupFor(id, parts, reading);
  if (!rollup || !reading.rolled) return undefined;
  const fact: FactDefinition = facts[id];
  const { resolved, buckets } = reading;
  const zone = resolved.account.time_zone;
  const dayOf = (iso: string) => DateTime.fromISO(iso, { zone }).toISODate() ?? "";
  const first = buckets[0]?.start ?? resolved.range.start;
  const last = buckets.at(-1)?.end ?? resolved.range.end;
  const running = fact.kind === "cumulative";
  const until =
    running && Date.parse(last) > Date.parse(resolved.now)
      ? { instant: resolved.now, day: dayOf(resolved.now) }
      : null;
  const key = rollupKey(rollup);
  const known = reading.rolled.get(key);
  reading.rolled.set(key, { rollup, until: known?.until ?? until });
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
    sql`d.key = ${text(key)}`,
    ...(running ? [] : [sql`d.day >= ${date(dayOf(first))}`]),
    sql`d.day < ${date(ends.at(-1) ?? dayOf(last))}`,
    ...(resolved.filter ? [conditionSql(resolved.filter)] : []),
    ...(reading.currency ? [sql`${currency} = ${text(reading.currency)}`] : []),
  ];
  return sql`select
    ${sql.join([...groups, ...values], sql`,\n    `)}
  from analytics.daily d
  where ${sql.join(conditions, sql`\n    and `)}${
    groups.length > 0
      ? sql.raw(`\n  group by ${groups.map((_, index) => index + 1).join(", ")}`)
      : sql.raw("")
  }`;
}
