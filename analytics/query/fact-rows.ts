import { type RawBuilder, sql } from "kysely";
import type { Aggregate } from "../metrics/definition";
import { type DimensionDefinition, type DimensionId, dimensions, type Join } from "../metrics/dimensions";
import { type FactDefinition, type FactId, type FactSource, facts } from "../metrics/facts";
import type { Bucket } from "./range";
import type { ResolvedFilter, ResolvedQuery } from "./resolve";
import { type RollupUses, readsStandings } from "./rolled";
import { instant, instants, integer, text, texts, uuids } from "./sql-text";

type Sql = RawBuilder<unknown>;

/** Conditions and groups of one reading of the facts. */
export interface Reading {
  resolved: ResolvedQuery;
  dimensions: DimensionDefinition[];
  byTime: boolean;
  byCurrency: boolean;
  buckets: Bucket[];
  /** Start of the whole range, of which `buckets` may be a part. Default: that of the resolved range. */
  opening?: string;
  /** Only rows in this currency. */
  currency?: string;
  /** Only things older than this: what needs time to show is not averaged before. */
  matureDays?: number;
  /** Also grouped by this id of the fact, as `entity_id`. */
  entity?: EntityKey;
  /** Read sums by day where they are kept, and note which; left out, every fact is read row by row. */
  rolled?: RollupUses;
}

/** Columns of facts that name a thing to drill to. */
export type EntityKey = "payment_id" | "order_id" | "contact_id" | "subscription_id";

export const factOf = (id: FactId): FactDefinition => facts[id];

function dimensionsInFilter(filter: ResolvedFilter | null): DimensionDefinition[] {
  if (!filter) return [];
  if ("and" in filter) return filter.and.flatMap(dimensionsInFilter);
  if ("or" in filter) return filter.or.flatMap(dimensionsInFilter);
  if ("not" in filter) return dimensionsInFilter(filter.not);
  return "dimension" in filter ? [dimensions[filter.dimension]] : [];
}

/** The form of the fact that knows everything asked for: items before orders before the whole. In the first two a thing may be several rows. */
function formOf(
  fact: FactDefinition,
  needed: readonly DimensionDefinition[],
): { source: FactSource; byLine: boolean } {
  if (fact.line && needed.some((dimension) => dimension.of === "line"))
    return { source: fact.line, byLine: true };
  if (fact.order && needed.some((dimension) => dimension.of === "order"))
    return { source: fact.order, byLine: true };
  return { source: fact.whole, byLine: false };
}

const knowsOrder = (fact: FactDefinition) => fact.order !== undefined;

/** SQL text of the id of a dimension's value for a row of the fact. */
export function keySql(dimension: DimensionDefinition, fact: FactDefinition): Sql {
  const own = fact.keys?.[dimension.id as DimensionId];
  return sql.raw(own ?? (knowsOrder(fact) ? dimension.key : (dimension.person_key ?? dimension.key)));
}

/** Ends of the buckets, none later than now. */
export const endsOf = ({ resolved: { now }, buckets }: Pick<Reading, "resolved" | "buckets">) =>
  buckets.map(({ end }) => (Date.parse(end) < Date.parse(now) ? end : now));

const token = /(?<!:):(now|zone|starts|ends|opening)\b/;

/**
 * Fixed SQL text with the reading's own moments put in as parameters: `:now`, `:zone`, `:starts` and `:ends` (arrays,
 * one instant per bucket, no end later than now), and `:opening`, when the whole range begins.
 */
export function withMoments(text_: string, reading: Pick<Reading, "resolved" | "buckets" | "opening">): Sql {
  const { now, account } = reading.resolved;
  const moments: Record<string, () => Sql> = {
    now: () => instant(now),
    zone: () => text(account.time_zone),
    opening: () => instant(reading.opening ?? reading.resolved.range.start),
    starts: () => instants(reading.buckets.map(({ start }) => start)),
    ends: () => instants(endsOf(reading)),
  };
  return sql.join(
    text_
      .split(token)
      .map((piece, index) => (index % 2 === 1 ? (moments[piece]?.() ?? sql.raw(piece)) : sql.raw(piece))),
    sql.raw(""),
  );
}

function filterSql(filter: ResolvedFilter, fact: FactDefinition, grouped: ReadonlySet<string>): Sql {
  const all = (filters: ResolvedFilter[]) => filters.map((each) => filterSql(each, fact, grouped));
  if ("and" in filter) return sql`(${sql.join(all(filter.and), sql` and `)})`;
  if ("or" in filter) return sql`(${sql.join(all(filter.or), sql` or `)})`;
  if ("not" in filter) return sql`not ${filterSql(filter.not, fact, grouped)}`;
  if ("tags" in filter) return holdsTag(filter.tags);
  if ("products" in filter) {
    return sql`exists (select 1 from analytics.bought_products bp where bp.account_id = f.account_id and bp.contact_id = f.contact_id and bp.product_id::text = any(${texts(filter.products)}))`;
  }
  if ("segments" in filter) {
    return sql`exists (select 1 from analytics.segment_people sp where sp.account_id = f.account_id and sp.contact_id = f.contact_id and sp.segment_id = any(${uuids(filter.segments)}))`;
  }
  if ("field" in filter) return fieldSql(filter);
  // Somebody with two of the tags must not count twice, unless the tags are the groups.
  if (filter.dimension === "tag" && !grouped.has("tag") && !fact.keys?.tag) return holdsTag(filter.ids);
  if (filter.dimension === "tag_at_the_time" && !grouped.has("tag_at_the_time"))
    return heldTagThen(filter.ids, fact);
  return sql`${keySql(dimensions[filter.dimension], fact)} = any(${texts(filter.ids)})`;
}

/** When a row of the fact happened; a dimension that asks for it is offered by facts that have it alone. */
const timeOf = (fact: FactDefinition) => `f.${fact.time}`;

/** Held one of the tags when it happened; unknown: held none. */
function heldTagThen(ids: readonly string[], fact: FactDefinition): Sql {
  const at = sql.raw(timeOf(fact));
  const then = sql`select 1 from analytics.contact_tags t where t.account_id = f.account_id and t.contact_id = f.contact_id and t.applied_at <= ${at} and (t.removed_at is null or t.removed_at > ${at})`;
  const held = sql`exists (${then} and t.tag_id = any(${uuids(ids.filter((id) => id !== "unknown"))}))`;
  return ids.includes("unknown") ? sql`(${held} or not exists (${then}))` : held;
}

/** A condition on a custom field. A value of another kind than the bound (a word where a number is asked) never meets it. */
function fieldSql(filter: Extract<ResolvedFilter, { field: string }>): Sql {
  const held = (condition: Sql) =>
    sql`exists (select 1 from analytics.contact_field_values fv where fv.account_id = f.account_id and fv.contact_id = f.contact_id and fv.field_id = ${text(filter.field)} and ${condition})`;
  if ("is" in filter) {
    const is = held(sql`fv."values" && ${texts(filter.is)}`);
    return filter.is.includes("unknown") ? sql`(${is} or not ${held(sql`fv.value is not null`)})` : is;
  }
  if ("whole" in filter) {
    const whole = held(sql`fv.value = any(${texts(filter.whole)})`);
    return filter.whole.includes("unknown")
      ? sql`(${whole} or not ${held(sql`fv.value is not null`)})`
      : whole;
  }
  if ("member" in filter) {
    const member = held(sql`fv.members && ${texts(filter.member)}`);
    return filter.member.includes("unknown")
      ? sql`(${member} or not ${held(sql`cardinality(fv.members) > 0`)})`
      : member;
  }
  const bound = (value: number | string, sign: ">=" | "<=") =>
    typeof value === "number"
      ? sql`case when fv.value ~ '^-?[0-9]+([.][0-9]+)?$' then fv.value::numeric ${sql.raw(sign)} ${text(String(value))}::numeric else false end`
      : sql`case when fv.value ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}' then left(fv.value, 10) ${sql.raw(sign)} ${text(value)} else false end`;
  return held(
    sql.join(
      [
        ...(filter.at_least === undefined ? [] : [bound(filter.at_least, ">=")]),
        ...(filter.at_most === undefined ? [] : [bound(filter.at_most, "<=")]),
      ],
      sql` and `,
    ),
  );
}

function holdsTag(ids: readonly string[]): Sql {
  const held = sql`exists (select 1 from analytics.contact_tags t where t.account_id = f.account_id and t.contact_id = f.contact_id and t.removed_at is null and t.tag_id = any(${uuids(ids.filter((id) => id !== "unknown"))}))`;
  if (!ids.includes("unknown")) return held;
  return sql`(${held} or not exists (select 1 from analytics.contact_tags t where t.account_id = f.account_id and t.contact_id = f.contact_id and t.removed_at is null))`;
}

/** Joins the dimensions need, each once; tags only when they are groups (else they are a condition). */
function joinsFor(
  fact: FactDefinition,
  needed: readonly DimensionDefinition[],
  grouped: ReadonlySet<string>,
): Join[] {
  const found = new Map<string, Join>();
  for (const dimension of needed) {
    if (fact.keys?.[dimension.id as DimensionId]) continue;
    for (const join of dimension.joins) {
      if (join.name === "order_place" && !knowsOrder(fact)) continue;
      if (join.name === "held_tag" && !grouped.has("tag")) continue;
      if (join.name === "tagged_then" && !grouped.has("tag_at_the_time")) continue;
      found.set(join.name, join);
    }
  }
  return [...found.values()];
}

/** Rows of a fact that a reading is about: view, joins and conditions, for aggregates and for drills alike. */
export function factRows(
  fact: FactDefinition,
  reading: Pick<
    Reading,
    "resolved" | "dimensions" | "buckets" | "opening" | "currency" | "matureDays" | "rolled"
  >,
  /** A condition of ours beside the others. */
  only?: string,
  /** Of a stock: each thing once when it begins and once when it ends (`e.at`, `e.sign`), where that is before the last bucket's end. */
  changes = false,
): { from: Sql; where: Sql; byLine: boolean } {
  const { resolved, buckets } = reading;
  const needed = [...reading.dimensions, ...dimensionsInFilter(resolved.filter)];
  const grouped = new Set(reading.dimensions.map(({ id }) => id));
  const { source, byLine } = formOf(fact, needed);
  const { now } = resolved;
  const joins = joinsFor(fact, needed, grouped).map((join) => {
    const kept = join.kept && readsStandings(reading.rolled, [now], resolved) ? join.kept : join.sql;
    return withMoments(`\n  ${kept.replaceAll(":at", timeOf(fact))}`, reading);
  });
  const start = buckets[0]?.start ?? resolved.range.start;
  const end = buckets.at(-1)?.end ?? resolved.range.end;
  const view = withMoments(
    source.kept && readsStandings(reading.rolled, endsOf(reading), resolved) ? source.kept : source.view,
    reading,
  );
  const conditions: Sql[] = [];
  let from: Sql;
  switch (fact.kind) {
    case "flow":
      from = sql`${view} f`;
      conditions.push(
        sql`${sql.raw(`f.${fact.time}`)} >= ${instant(start)} and ${sql.raw(`f.${fact.time}`)} < ${instant(end)}`,
      );
      break;
    case "stock":
      if (changes) {
        from = sql`${view} f
  cross join lateral (values (f.valid_from, 1), (f.valid_to, -1)) e (at, sign)`;
        conditions.push(
          sql`(f.valid_to is null or f.valid_to > f.valid_from) and e.at < ${instant(endsOf(reading).at(-1) ?? now)}`,
        );
        break;
      }
      // What is true at the end of a bucket: spans are half-open, and the end belongs to the next bucket.
      from = sql`${withMoments("unnest(:ends) with ordinality as b(at, bucket)", reading)}
  join ${view} f on f.valid_from < b.at and (f.valid_to is null or f.valid_to >= b.at)`;
      break;
    case "cumulative": {
      const until = Date.parse(end) < Date.parse(resolved.now) ? end : resolved.now;
      from = sql`${view} f`;
      conditions.push(sql`${sql.raw(`f.${fact.time}`)} < ${instant(until)}`);
      break;
    }
    case "period":
      from = sql`${view} f`;
      break;
  }
  if (source.where) conditions.push(sql.raw(source.where));
  if (only) conditions.push(sql.raw(only));
  if (resolved.filter) conditions.push(filterSql(resolved.filter, fact, grouped));
  if (reading.currency) {
    const own = fact.has_currency ? sql.raw("f.currency") : text(resolved.account.currency);
    conditions.push(sql`${own} = ${text(reading.currency)}`);
  }
  if (reading.matureDays && fact.kind === "flow") {
    conditions.push(
      sql`${sql.raw(`f.${fact.time}`)} + ${integer(reading.matureDays)} * interval '1 day' <= ${instant(resolved.now)}`,
    );
  }
  return {
    from: sql`${from}${sql.join(joins, sql.raw(""))}`,
    where: conditions.length > 0 ? sql`\n  where ${sql.join(conditions, sql`\n    and `)}` : sql.raw(""),
    byLine,
  };
}

/** Rows of a stock as what begins and what ends. */
export const changeRows = (fact: FactDefinition, reading: Parameters<typeof factRows>[1]) =>
  factRows(fact, reading, undefined, true);

export function aggregateSql(aggregate: Aggregate, fact: FactDefinition, byLine: boolean, also?: Sql): Sql {
  if (aggregate.kind === "distinct" && aggregate.alone) {
    const { alone, ...distinct } = aggregate;
    const where = (held: string) => [aggregate.where, held].filter(Boolean).join(" and ");
    const rest = aggregateSql({ ...distinct, where: where(`not ${alone}`) }, fact, byLine, also);
    const single = sql.raw(`count(${aggregate.expression}) filter (where ${where(alone)}`);
    return sql`(${single}${also ? sql` and ${also}` : sql.raw("")}) + ${rest})`;
  }
  const conditions = [...(aggregate.where ? [sql.raw(aggregate.where)] : []), ...(also ? [also] : [])];
  const filtered =
    conditions.length > 0 ? sql` filter (where ${sql.join(conditions, sql` and `)})` : sql.raw("");
  switch (aggregate.kind) {
    case "sum":
      return sql`coalesce(sum(${sql.raw(aggregate.expression ?? "")})${filtered}, 0)::bigint`;
    case "count":
      return byLine ? sql`count(distinct ${sql.raw(`f.${fact.key}`)})${filtered}` : sql`count(*)${filtered}`;
    case "distinct":
      return sql`count(distinct ${sql.raw(aggregate.expression ?? "")})${filtered}`;
    case "median":
      return sql`(percentile_cont(0.5) within group (order by ${sql.raw(aggregate.expression ?? "")})${filtered})::float8`;
    case "survival":
      return sql`analytics.survival_quantile(array_agg((${sql.raw(aggregate.expression ?? "")})::float8)${filtered}, array_agg((${sql.raw(aggregate.observed ?? "true")}))${filtered}, 0.5)::float8`;
  }
}
