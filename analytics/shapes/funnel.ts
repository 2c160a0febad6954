import { type RawBuilder, sql } from "kysely";
import { openNames } from "../query/names";
import { findValues } from "../query/resolve";
import type { ResultRow } from "../query/result";
import type { QueryContext } from "../query/run";
import { instant, integer, type Statement, toStatement, uuids } from "../query/sql-text";
import { ask, column, type FunnelStep, nowOf, rangeFor, type ShapeCore, type ShapeOf, share } from "./shape";

type Sql = RawBuilder<unknown>;

/** A step with its name found in the account: label and SQL of (contact_id, at). */
interface Source {
  label: string;
  /** In a title: `tag A`. */
  name: string;
  select: Sql;
  isPurchase: boolean;
}

async function sourceOf(step: FunnelStep, context: QueryContext): Promise<Source> {
  const names = openNames(context.door, context.principal);
  if ("lead" in step) {
    const select = sql`select contact_id, created_at as at from analytics.leads`;
    return { label: "Became a contact", name: "lead", select, isPurchase: false };
  }
  if ("purchase" in step) {
    const select = sql`select contact_id, first_bought_at as at from analytics.first_purchases`;
    return { label: "Bought for the first time", name: "first purchase", select, isPurchase: true };
  }
  if ("tag" in step) {
    const ids = await findValues("tag", [step.tag], names);
    const select = sql`select contact_id, min(applied_at) as at from analytics.first_tags where tag_id = any(${uuids(ids)}) group by contact_id`;
    const name = await nameOf("tag", ids, step.tag, names);
    return { label: `Got the tag ${name}`, name: `tag ${name}`, select, isPurchase: false };
  }
  const ids = await findValues("product", [step.bought_product], names);
  const select = sql`select contact_id, order_time as at from analytics.order_units where product_id = any(${uuids(ids)}) and contact_id is not null`;
  const name = await nameOf("product", ids, step.bought_product, names);
  return { label: `Bought ${name}`, name, select, isPurchase: false };
}

/** As the account calls it: a step may be given by id, or in other capitals. */
async function nameOf(
  dimension: "tag" | "product",
  ids: readonly string[],
  given: string,
  names: ReturnType<typeof openNames>,
): Promise<string> {
  if (ids.length !== 1) return given;
  const values = await names.values(dimension);
  return values.find(({ id }) => id === ids[0])?.names[0] ?? given;
}

/** One row per person who took the first step in the range: at1 … atN, null from the step they did not take on. */
export async function reached(query: ShapeOf<"funnel">, context: QueryContext) {
  const sources = await Promise.all(query.steps.map((step) => sourceOf(step, context)));
  const range = await rangeFor(query.range, context);
  const [entry] = sources;
  if (!entry) throw new Error("A funnel has steps.");
  const days = integer(query.window_days);
  // Who had bought before is no longer on the way to a first purchase.
  const before = sources.some(({ isPurchase }, at) => isPurchase && at > 0)
    ? sql` and not exists (select 1 from analytics.first_purchases b where b.contact_id = e.contact_id and b.first_bought_at <= e.at)`
    : sql``;
  let chain: Sql = sql`select e.contact_id, min(e.at) as at1 from (${entry.select}) e where e.at is not null${before} group by 1`;
  chain = sql`select * from (${chain}) s1 where s1.at1 >= ${instant(range.start)} and s1.at1 < ${instant(range.end)} and s1.at1 <= ${instant(nowOf(context).toISOString())}`;
  for (const [index, { select }] of sources.slice(1).entries()) {
    const before = sql.raw(`at${index + 1}`);
    chain = sql`select p.*, (select min(n.at) from (${select}) n where n.contact_id = p.contact_id and n.at > p.${before} and n.at <= p.at1 + ${days} * interval '1 day') as ${sql.raw(`at${index + 2}`)} from (${chain}) p`;
  }
  const mature = sql`p.at1 + ${days} * interval '1 day' <= ${instant(nowOf(context).toISOString())}`;
  return { sources, range, chain, mature };
}

/**
 * How many people went from step to step, each step strictly after the last and all within the window of the first
 * (METRICS 12). Rates are of people whose window is over; the others may still go on.
 */
export async function runFunnel(query: ShapeOf<"funnel">, context: QueryContext): Promise<ShapeCore> {
  const { sources, range, chain, mature } = await reached(query, context);
  const columns = sources.flatMap((_, index) => {
    const at = sql.raw(`p.at${index + 1}`);
    const since = sql.raw(`p.at${Math.max(1, index)}`);
    const next = sources[index + 1] ? sql.raw(`p.at${index + 2}`) : null;
    return [
      next
        ? sql`count(${at}) filter (where ${next} is null) as ${sql.raw(`lost${index + 1}`)}`
        : sql`null::bigint as ${sql.raw(`lost${index + 1}`)}`,
      sql`count(${at}) as ${sql.raw(`people${index + 1}`)}`,
      sql`count(${at}) filter (where ${mature}) as ${sql.raw(`mature${index + 1}`)}`,
      sql`(percentile_cont(0.5) within group (order by extract(epoch from ${at} - ${since}) / 86400))::float8 as ${sql.raw(`days${index + 1}`)}`,
    ];
  });
  const statement: Statement = toStatement(sql`select ${sql.join(columns)} from (${chain}) p`);
  const answer = await ask(statement, context);
  const row = answer.rows[0] ?? {};
  const at = (prefix: string, step: number) => Number(row[`${prefix}${step}`] ?? 0);
  const rows = sources.map(({ label }, index): ResultRow => {
    const step = index + 1;
    const days = row[`days${step}`];
    return {
      step: label,
      step_id: String(step),
      people: at("people", step),
      mature_people: at("mature", step),
      lost: row[`lost${step}`] === null ? null : at("lost", step),
      from_previous: step === 1 ? null : share(at("mature", step), at("mature", step - 1)),
      from_start: share(at("mature", step), at("mature", 1)),
      median_days:
        step === 1 || days === null || days === undefined ? null : Math.round(Number(days) * 100) / 100,
    };
  });
  const waiting = at("people", 1) - at("mature", 1);
  return {
    title: titleOf(sources),
    definition: `People who took the first step in the period; each later step strictly after the one before and within ${query.window_days} days of the first. Who had bought before is left out where a first purchase is a step.`,
    drawing: "funnel",
    columns: [
      column("step", "Step", "text", "dimension"),
      column("people", "People", "count"),
      column("from_previous", "Of the step before", "ratio"),
      column("from_start", "Of the first step", "ratio"),
      column("median_days", "Median days since the step before", "days"),
      column("lost", "Went no further", "count"),
    ],
    rows,
    range,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    notes:
      waiting > 0
        ? [`${waiting} of ${at("people", 1)} people still have time to go on: rates leave them out.`]
        : [],
  };
}

/** `Funnel from the tag A to the first purchase`. */
function titleOf(sources: readonly Source[]): string {
  const [first, ...rest] = sources.map(({ name }) => name);
  return `Funnel from ${first} to ${rest.join(" to ")}`.slice(0, 200);
}
