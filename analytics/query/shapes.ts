import { sql } from "kysely";
import { spans } from "../metrics/spans";
import { ask } from "./ask";
import { describeCopying, entitiesOfShape } from "./copying";
import type { Range } from "./query";
import { cutBuckets, resolveRange } from "./range";
import type { ResolvedRange } from "./result";
import { type QueryContext, runMetricQuery } from "./run";
import { instant, instants, toStatement } from "./sql-text";

/** Answers that are tables of their own: a movement bridge and cohorts. */

const bridgeMetrics = [
  "mrr_new",
  "mrr_reactivation",
  "mrr_expansion",
  "mrr_contraction",
  "mrr_churn",
] as const;

/** One step of the bridge, in minor units of `currency`; opening plus what came less what went is closing, to the cent. */
export interface BridgeStep {
  time: string;
  time_label: string;
  incomplete: boolean;
  currency: string;
  opening_minor: number;
  new_minor: number;
  reactivation_minor: number;
  expansion_minor: number;
  contraction_minor: number;
  churn_minor: number;
  closing_minor: number;
}

export interface MrrBridge {
  steps: BridgeStep[];
  range: ResolvedRange;
  /** Null before the first copy of Keap is complete. */
  as_of: string | null;
  /** False would be a fault of ours: a step whose movements do not explain its change. */
  closes: boolean;
  sql: string;
  params: unknown[];
}

export const dayBefore = (day: string) =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

/** How monthly recurring revenue moved from period to period (METRICS 4), per currency. */
export async function runMrrBridge(
  options: { range: Range; grain: "week" | "month" | "quarter" | "year" },
  context: QueryContext,
): Promise<MrrBridge> {
  const { range, grain } = options;
  const moved = await runMetricQuery({ metrics: ["mrr", ...bridgeMetrics], grain, range }, context);
  const start = dayBefore(moved.range.from);
  const before = await runMetricQuery({ metrics: ["mrr"], range: { from: start, to: start } }, context);
  const opening = new Map(before.rows.map((row) => [String(row.currency), Number(row.mrr)]));
  const steps = moved.rows.map((row): BridgeStep => {
    const currency = String(row.currency);
    const step: BridgeStep = {
      time: String(row.time),
      time_label: String(row.time_label),
      incomplete: row.incomplete === true,
      currency,
      opening_minor: opening.get(currency) ?? 0,
      new_minor: Number(row.mrr_new),
      reactivation_minor: Number(row.mrr_reactivation),
      expansion_minor: Number(row.mrr_expansion),
      contraction_minor: Number(row.mrr_contraction),
      churn_minor: Number(row.mrr_churn),
      closing_minor: Number(row.mrr),
    };
    opening.set(currency, step.closing_minor);
    return step;
  });
  const explained = (step: BridgeStep) =>
    step.opening_minor +
    step.new_minor +
    step.reactivation_minor +
    step.expansion_minor -
    step.contraction_minor -
    step.churn_minor;
  return {
    steps,
    range: moved.range,
    as_of: moved.as_of,
    closes: steps.every((step) => explained(step) === step.closing_minor),
    sql: moved.sql,
    params: moved.params,
  };
}

/** How many of a month's newcomers are still there k months later. */
export interface CohortCell {
  /** 0 is the cohort's own month. */
  month: number;
  people: number;
  /** Share of the cohort. */
  rate: number;
  /** The month is not over yet: show it grey and leave it out of averages. */
  immature: boolean;
}

export interface Cohort {
  time: string;
  time_label: string;
  size: number;
  cells: CohortCell[];
}

export interface CohortTable {
  kind: CohortKind;
  definition: string;
  cohorts: Cohort[];
  /** Size-weighted rate per month over mature cells only; null where there is none. */
  average: (number | null)[];
  range: ResolvedRange;
  /** Null before the first copy of Keap is complete. */
  as_of: string | null;
  /** Set while what it rests on is still being copied: the first sentence of whatever shows it. */
  copying?: string;
  sql: string;
  params: unknown[];
}

const cohortKinds = {
  subscription: {
    definition:
      "Cohort: month of the first paid subscription. Cell k: share still paying at the end of month k.",
    people: (now: string, _range: ResolvedRange) =>
      sql`select contact_id, min(valid_from) as joined_at from ${sql.raw(spansAt)} s where valid_from < ${instant(now)} group by contact_id`,
    there: (now: string) =>
      sql`select distinct b.bucket, s.contact_id from months b join ${sql.raw(spansAt)} s
    on s.valid_from < least(b.ends_at, ${instant(now)}) and (s.ends_at is null or s.ends_at >= least(b.ends_at, ${instant(now)}))
    where s.contact_id in (select c.contact_id from cohorts c)`,
  },
  purchase: {
    definition: "Cohort: month of the first purchase occasion. Cell k: share who bought in month k.",
    // The first purchase occasion is the first order that renews nothing.
    people: (now: string, { start, end }: ResolvedRange) =>
      sql`select contact_id, first_bought_at as joined_at from analytics.first_purchases
    where first_bought_at >= ${instant(start)} and first_bought_at < ${instant(end)} and first_bought_at < ${instant(now)}`,
    there: (now: string) =>
      sql`select distinct b.bucket, o.contact_id from months b join analytics.occasions o
    on o.occasion_at >= b.starts_at and o.occasion_at < least(b.ends_at, ${instant(now)})
    where o.contact_id in (select c.contact_id from cohorts c)`,
  },
} as const;
export type CohortKind = keyof typeof cohortKinds;

// The clock of the question stands in a select of its own, so that the fixed text needs no value.
const spansAt = spans.replaceAll(":now", "(select asked_at from clock)");

/** SQL of who joined in which month (`cohorts`) and who was there in which (`there`). */
export async function cohortPeople(options: { kind: CohortKind; range: Range }, context: QueryContext) {
  const clock = context.clock?.() ?? new Date();
  const now = clock.toISOString();
  const range = await resolveRange(options.range, context.account, clock, async () => null);
  const months = cutBuckets(range, "month", context.account);
  const { definition, people, there } = cohortKinds[options.kind];
  const tables = sql`with clock as (
  select ${instant(now)} as asked_at
),
months as (
  select * from unnest(${instants(months.map(({ start }) => start))}, ${instants(months.map(({ end }) => end))}) with ordinality as m(starts_at, ends_at, bucket)
),
people as (
  ${people(now, range)}
),
cohorts as (
  select p.contact_id, m.bucket from people p join months m on p.joined_at >= m.starts_at and p.joined_at < m.ends_at
),
there as (
  ${there(now)}
)`;
  return { clock, range, months, definition, with: tables };
}

/** Cohort retention by month (METRICS 6 and 7). `range` chooses the cohorts; cells run up to now. */
export async function runCohorts(
  options: { kind: CohortKind; range: Range },
  context: QueryContext,
): Promise<CohortTable> {
  const { clock, range, months, definition, with: tables } = await cohortPeople(options, context);
  const statement = toStatement(sql`${tables}
select c.bucket::int as cohort, t.bucket::int as bucket, count(*) as people from cohorts c join there t on t.contact_id = c.contact_id and t.bucket >= c.bucket group by 1, 2
union all
select bucket::int, null, count(*) from cohorts group by 1`);
  const answer = await ask(statement, context);
  const copying =
    answer.as_of === null ? await describeCopying(entitiesOfShape("retention_cohorts"), context) : null;
  const counts = new Map(answer.rows.map((row) => [`${row.cohort} ${row.bucket}`, Number(row.people)]));
  const cohorts = months.map((month): Cohort => {
    const size = counts.get(`${month.index} null`) ?? 0;
    const cells = months.slice(month.index - 1).map((later): CohortCell => {
      const stayed = counts.get(`${month.index} ${later.index}`) ?? 0;
      return {
        month: later.index - month.index,
        people: stayed,
        rate: size === 0 ? 0 : Math.round((stayed / size) * 1e6) / 1e6,
        immature: Date.parse(later.end) > clock.getTime(),
      };
    });
    return { time: month.time, time_label: month.label, size, cells: size === 0 ? [] : cells };
  });
  const average = months.map((_, k) => {
    const mature = cohorts.flatMap(({ size, cells }) => {
      const cell = cells[k];
      return cell && !cell.immature ? [{ size, people: cell.people }] : [];
    });
    const size = mature.reduce((sum, each) => sum + each.size, 0);
    if (size === 0) return null;
    return Math.round((mature.reduce((sum, each) => sum + each.people, 0) / size) * 1e6) / 1e6;
  });
  return {
    kind: options.kind,
    definition,
    cohorts,
    average,
    range,
    as_of: answer.as_of,
    ...(copying ? { copying } : {}),
    sql: statement.shown,
    params: statement.shown_params,
  };
}
