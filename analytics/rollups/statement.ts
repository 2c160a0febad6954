import { createHash } from "node:crypto";
import { sql } from "kysely";
import { DateTime } from "luxon";
import { dimensions } from "../metrics/dimensions";
import { type FactDefinition, facts } from "../metrics/facts";
import type { AnalyticsAccount } from "../query/account";
import { aggregateSql, factRows, keySql } from "../query/fact-rows";
import type { ResolvedQuery } from "../query/resolve";
import { instant, type Statement, text, toStatement } from "../query/sql-text";
import { activityChanges, activityDays } from "./activity";
import { type DailyRollup, type FactRollup, isSpans, rollupKey, sumsOf, topicsOf } from "./daily";
import { tables } from "./tables";

/** What the facts of some days are read with; only the zone, the currency and the days matter. */
function reading(account: AnalyticsAccount, from: string, to: string): ResolvedQuery {
  const zone = account.time_zone;
  const instant = (day: string, plus: number) =>
    DateTime.fromISO(day, { zone }).plus({ days: plus }).startOf("day").toUTC().toISO() ?? "";
  const [start, end] = [instant(from, 0), instant(to, 1)];
  const range = { from, to, start, end, zone, label: "", complete: true };
  return {
    query: { metrics: [], dimensions: [], range: { from, to }, others: true },
    account,
    now: end,
    metrics: [],
    dimensions: [],
    grain: null,
    range,
    buckets: [{ index: 1, time: from, label: "", start, end, incomplete: false }],
    comparison: null,
    filter: null,
    order: null,
  };
}

/** The sums of a rollup's days from `from` to `to`, both included, worked out from the facts themselves. */
export function compileDays(
  rollup: DailyRollup,
  account: AnalyticsAccount,
  from: string,
  to: string,
): Statement {
  if (!rollup.fact) {
    const { start, end } = reading(account, from, to).range;
    return toStatement(tables[rollup.table].rows(start, end));
  }
  if (rollup.fact === "activity") return compileActivityDays(account, from, to);
  if (isSpans(rollup.fact)) return compileSpanDays(rollup, account, from, to);
  const fact: FactDefinition = facts[rollup.fact];
  const dimension = rollup.dimension ? dimensions[rollup.dimension] : null;
  const resolved = reading(account, from, to);
  const source = factRows(fact, {
    resolved,
    dimensions: dimension ? [dimension] : [],
    buckets: resolved.buckets,
  });
  const time = sql.raw(`f.${fact.time}`);
  const sums = sumsOf(rollup.fact).map((each) => aggregateSql(each, fact, source.byLine));
  return toStatement(sql`select
    (${time} at time zone ${text(account.time_zone)})::date as day,
    ${dimension ? keySql(dimension, fact) : sql.raw("''::text")} as dim,
    ${sql.raw(fact.has_currency ? "f.currency" : "''::text")} as currency,
    max(${time}) as last_at,
    array[${sql.join(sums)}]::bigint[] as sums
  from ${source.from}${source.where}
  group by 1, 2, 3`);
}

function compileActivityDays(account: AnalyticsAccount, from: string, to: string): Statement {
  const { range } = reading(account, from, to);
  return toStatement(sql`select
    (c.at at time zone ${text(account.time_zone)})::date as day, ''::text as dim, ''::text as currency, max(c.at) as last_at,
    array[sum(c.active), sum(c.lapsed), sum(c.reactivated)]::bigint[] as sums
  from ${activityChanges(instant(range.start), instant(range.end))} c
  group by 1`);
}

/** What began on each day less what ended on it: adding up the days before an instant gives what holds there. */
function compileSpanDays(
  { fact: id, dimension }: FactRollup,
  account: AnalyticsAccount,
  from: string,
  to: string,
): Statement {
  const fact: FactDefinition = facts[id];
  const { start, end } = reading(account, from, to).range;
  const view = sql.raw(fact.whole.view);
  const within = (column: string) =>
    sql`${sql.raw(`f.${column}`)} >= ${instant(start)} and ${sql.raw(`f.${column}`)} < ${instant(end)}`;
  const sums = sumsOf(id).map(({ kind, expression, where }) => {
    const value = kind === "count" ? "f.sign" : `f.sign * (${expression})`;
    return sql.raw(`coalesce(sum(${value})${where ? ` filter (where ${where})` : ""}, 0)`);
  });
  return toStatement(sql`select
    (f.at at time zone ${text(account.time_zone)})::date as day,
    ${dimension ? keySql(dimensions[dimension], fact) : sql.raw("''::text")} as dim,
    ${sql.raw(fact.has_currency ? "f.currency" : "''::text")} as currency,
    max(f.at) as last_at,
    array[${sql.join(sums)}]::bigint[] as sums
  from (
    select f.*, f.valid_from as at, 1 as sign from ${view} f where ${within("valid_from")}
    union all
    select f.*, f.valid_to, -1 from ${view} f where ${within("valid_to")}
  ) f
  group by 1, 2, 3`);
}

/** Lists the days on which a rollup has anything to hold. */
export function compileKnownDays(rollup: DailyRollup): string {
  if (!rollup.fact) return tables[rollup.table].days;
  if (rollup.fact === "activity") return activityDays;
  const fact: FactDefinition = facts[rollup.fact];
  if (isSpans(rollup.fact))
    return `select distinct (d.at at time zone (select a.time_zone from analytics.account a))::date as day from ${fact.whole.view} f cross join lateral (values (f.valid_from), (f.valid_to)) d (at) where d.at is not null`;
  // Items have their order's time: its days are all they can have, and are listed without a look at the items.
  const { view } = rollup.fact === "order_lines" ? facts.orders.whole : fact.whole;
  return `select distinct (f.${fact.time} at time zone (select a.time_zone from analytics.account a))::date as day from ${view} f where f.${fact.time} is not null`;
}

/** A rollup as the database knows it. Its version changes with the statement it is worked out by. */
export interface NamedRollup {
  key: string;
  version: string;
  kind: "days" | "people";
  topics: string[];
}

const named = new Map<string, NamedRollup>();

export function nameRollup(rollup: DailyRollup): NamedRollup {
  const key = rollupKey(rollup);
  const known = named.get(key);
  if (known) return known;
  const anyAccount = { id: "", name: "", time_zone: "UTC", currency: "USD", week_start: 1 };
  const { text: statement } = compileDays(rollup, anyAccount, "2026-01-01", "2026-01-01");
  const version = createHash("sha256").update(statement).digest("hex").slice(0, 16);
  const made: NamedRollup = { key, version, kind: "days", topics: topicsOf(rollup) };
  named.set(key, made);
  return made;
}

/** Copies of the facts that hang on a person's whole history; their definition is in the database. */
export const peopleRollup: NamedRollup = { key: "people", version: "3", kind: "people", topics: ["people"] };

/** Where customers stood when days began; which days, is said by who asks. */
export const standingsKey = "standings";
