import { type RawBuilder, sql } from "kysely";
import {
  type Aggregate,
  type Expression,
  isMedian,
  type Measure,
  type MetricDefinition,
} from "../metrics/definition";
import { type DimensionDefinition, type DimensionId, dimensions, type Join } from "../metrics/dimensions";
import { type FactDefinition, type FactId, type FactSource, facts } from "../metrics/facts";
import type { Bucket } from "./range";
import type { ResolvedFilter, ResolvedQuery } from "./resolve";
import { countsUp, isKeptSpans, type RollupUses, readsStandings, rolledSelect } from "./rolled";
import { instant, instants, integer, type Statement, text, texts, toStatement, uuids } from "./sql-text";

type Sql = RawBuilder<unknown>;

/** A column of the inner selects that holds one aggregate of one metric. */
export interface Part {
  column: string;
  metric: MetricDefinition;
  aggregate: Aggregate;
}

/** The aggregates of a metric with the columns they land in. A metric that is one aggregate keeps its own name. */
export function partsOf(metric: MetricDefinition): Part[] {
  const { measure } = metric;
  switch (measure.kind) {
    case "value":
      return [{ column: metric.id, metric, aggregate: measure.value }];
    case "difference":
      return [
        { column: `${metric.id}__plus`, metric, aggregate: measure.plus },
        { column: `${metric.id}__minus`, metric, aggregate: measure.minus },
      ];
    case "ratio":
      return [
        { column: `${metric.id}__numerator`, metric, aggregate: measure.numerator },
        { column: `${metric.id}__denominator`, metric, aggregate: measure.denominator },
      ];
    case "formula":
      return Object.entries(measure.parts).map(([name, aggregate]) => ({
        column: `${metric.id}__${name}`,
        metric,
        aggregate,
      }));
  }
}

/** SQL of a metric's value from its parts' columns, which hold whole numbers. */
function valueSql(metric: MetricDefinition, suffix: string, aggregate: "sum" | "none"): string {
  const part = (column: string) => (aggregate === "sum" ? `sum(${column}${suffix})` : `${column}${suffix}`);
  const { measure } = metric;
  switch (measure.kind) {
    case "value":
      return part(metric.id);
    case "difference":
      return `${part(`${metric.id}__plus`)} - ${part(`${metric.id}__minus`)}`;
    case "ratio": {
      const times = measure.times ? ` * ${measure.times}` : "";
      const ratio = `${part(`${metric.id}__numerator`)}::numeric${times} / nullif(${part(`${metric.id}__denominator`)}, 0)`;
      return metric.unit === "money" ? `round(${ratio})` : `round(${ratio}, 6)`;
    }
    case "formula": {
      const value = expressionSql(measure.value, (name) => `${part(`${metric.id}__${name}`)}::numeric`);
      return metric.unit === "money" ? `round(${value})` : `round(${value}, 6)`;
    }
  }
}

/** SQL text of an expression; `part` gives a part's own. Null is n/a. */
function expressionSql(expression: Expression, part: (name: string) => string): string {
  if (typeof expression === "string") return part(expression);
  if (typeof expression === "number") return String(expression);
  if ("at_least" in expression) {
    const [name, least] = expression.at_least;
    return `case when ${part(name)} >= ${least} then ${expressionSql(expression.of, part)} end`;
  }
  const [left, right] = expression.of.map((each) => `(${expressionSql(each, part)})`);
  if (expression.op === "/") return `${left} / nullif(${right}, 0)`;
  // Not least(), which passes over what is n/a.
  if (expression.op === "min")
    return `case when ${left} <= ${right} then ${left} when ${right} < ${left} then ${right} end`;
  return `${left} ${expression.op} ${right}`;
}

/** The same as `expressionSql`, worked out here from the parts' numbers. */
function evaluate(expression: Expression, part: (name: string) => number): number | null {
  if (typeof expression === "string") return part(expression);
  if (typeof expression === "number") return expression;
  if ("at_least" in expression) {
    const [name, least] = expression.at_least;
    return part(name) >= least ? evaluate(expression.of, part) : null;
  }
  const [first, second] = expression.of;
  const left = evaluate(first, part);
  const right = evaluate(second, part);
  if (left === null || right === null) return null;
  switch (expression.op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return right === 0 ? null : left / right;
    case "min":
      return Math.min(left, right);
  }
}

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

const factOf = (id: FactId): FactDefinition => facts[id];

function dimensionsInFilter(filter: ResolvedFilter | null): DimensionDefinition[] {
  if (!filter) return [];
  if ("and" in filter) return filter.and.flatMap(dimensionsInFilter);
  if ("or" in filter) return filter.or.flatMap(dimensionsInFilter);
  if ("not" in filter) return dimensionsInFilter(filter.not);
  return "dimension" in filter ? [dimensions[filter.dimension]] : [];
}

/** The form of the fact that knows everything asked for: items before orders before the whole. */
function formOf(
  fact: FactDefinition,
  needed: readonly DimensionDefinition[],
): { source: FactSource; byLine: boolean } {
  if (fact.line && needed.some((dimension) => dimension.of === "line"))
    return { source: fact.line, byLine: true };
  if (fact.order && needed.some((dimension) => dimension.of === "order"))
    return { source: fact.order, byLine: false };
  return { source: fact.whole, byLine: false };
}

const knowsOrder = (fact: FactDefinition) => fact.order !== undefined;

/** SQL text of the id of a dimension's value for a row of the fact. */
export function keySql(dimension: DimensionDefinition, fact: FactDefinition): Sql {
  const own = fact.keys?.[dimension.id as DimensionId];
  return sql.raw(own ?? (knowsOrder(fact) ? dimension.key : (dimension.person_key ?? dimension.key)));
}

/** Ends of the buckets, none later than now. */
const endsOf = ({ resolved: { now }, buckets }: Pick<Reading, "resolved" | "buckets">) =>
  buckets.map(({ end }) => (Date.parse(end) < Date.parse(now) ? end : now));

const token = /(?<!:):(now|zone|starts|ends|opening)\b/;

/**
 * Fixed SQL text with the reading's own moments put in as parameters: `:now`, `:zone`, `:starts` and `:ends` (arrays,
 * one instant per bucket, no end later than now), and `:opening`, when the whole range begins.
 */
function withMoments(text_: string, reading: Pick<Reading, "resolved" | "buckets" | "opening">): Sql {
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

export function aggregateSql(aggregate: Aggregate, fact: FactDefinition, byLine: boolean, also?: Sql): Sql {
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

/** Ids of the products a filter leaves out, where that holds for every row. */
function productsLeftOut(filter: ResolvedFilter | null): string[] {
  if (!filter) return [];
  if ("and" in filter) return filter.and.flatMap(productsLeftOut);
  if ("not" in filter && "or" in filter.not)
    return filter.not.or.flatMap((each) => productsLeftOut({ not: each }));
  if (!("not" in filter) || !("dimension" in filter.not)) return [];
  return filter.not.dimension === "product" ? filter.not.ids : [];
}

/**
 * Orders without a product are those that do not contain it, not those that contain something else beside it. Money
 * and pieces are of items and need nothing; groups by product show each product's own orders.
 */
function withoutTheirOrders(part: Part, fact: FactDefinition, reading: Reading): Sql | undefined {
  const { measure } = part.metric;
  const counted =
    measure.kind === "value" ? measure.value : measure.kind === "ratio" ? measure.denominator : null;
  if (!fact.line || fact.key !== "order_id" || (counted?.kind !== "count" && counted?.kind !== "distinct"))
    return undefined;
  if (reading.resolved.query.dimensions.includes("product")) return undefined;
  const ids = productsLeftOut(reading.resolved.filter);
  if (ids.length === 0) return undefined;
  const key = sql.raw(dimensions.product.key.replaceAll("f.", "held."));
  return sql`not exists (select 1 from ${sql.raw(fact.line.view)} held where held.account_id = f.account_id and held.order_id = f.order_id and ${key} = any(${texts(ids)}))`;
}

const dimensionColumn = (dimension: { id: string }) => `${dimension.id}_id`;

/** Group columns that every inner select has. */
function groupColumns(reading: Reading): string[] {
  return [
    ...(reading.byTime ? ["bucket"] : []),
    ...reading.dimensions.map(dimensionColumn),
    ...(reading.byCurrency ? ["currency"] : []),
    ...(reading.entity ? ["entity_id"] : []),
  ];
}

/** One select per fact: all parts that come from it, grouped. */
function factSelect(fact: FactDefinition, parts: readonly Part[], reading: Reading, suffix: string): Sql {
  const { from, where, byLine } = factRows(fact, reading);
  const groups: Sql[] = [
    ...(reading.byTime ? [bucketSql(fact, reading)] : []),
    ...reading.dimensions.map(
      (dimension) => sql`${keySql(dimension, fact)} as ${sql.raw(dimensionColumn(dimension))}`,
    ),
    ...(reading.byCurrency
      ? [
          sql`${fact.has_currency ? sql.raw("f.currency") : text(reading.resolved.account.currency)} as currency`,
        ]
      : []),
    ...(reading.entity ? [sql.raw(`f.${reading.entity} as entity_id`)] : []),
  ];
  const values = parts.map((part) => {
    const also = byLine ? withoutTheirOrders(part, fact, reading) : undefined;
    return sql`${aggregateSql(part.aggregate, fact, byLine, also)} as ${sql.raw(`${part.column}${suffix}`)}`;
  });
  const grouping =
    groups.length > 0
      ? sql.raw(`\n  group by ${groups.map((_, index) => index + 1).join(", ")}`)
      : sql.raw("");
  return sql`select
    ${sql.join([...groups, ...values], sql`,\n    `)}
  from ${from}${where}${grouping}`;
}

function bucketSql(fact: FactDefinition, reading: Reading): Sql {
  switch (fact.kind) {
    case "flow":
      return sql`width_bucket(${sql.raw(`f.${fact.time}`)}, ${instants(reading.buckets.map(({ start }) => start))}) as bucket`;
    case "cumulative":
      return sql`width_bucket(${sql.raw(`f.${fact.time}`)}, ${withMoments(":ends", reading)}) + 1 as bucket`;
    case "stock":
      return sql.raw("b.bucket::int as bucket");
    case "period":
      return sql.raw("f.bucket::int as bucket");
  }
}

interface FactColumns {
  name: string;
  columns: string[];
  select: Sql;
}

function factSelects(reading: Reading, suffix: string): FactColumns[] {
  const byFact = new Map<FactId, Part[]>();
  for (const part of reading.resolved.metrics.flatMap(partsOf)) {
    byFact.set(part.aggregate.fact, [...(byFact.get(part.aggregate.fact) ?? []), part]);
  }
  return [...byFact].map(([id, parts]) => {
    const columns = parts.map((part) => part.column + suffix);
    const kept = rolledSelect(id, parts, reading, suffix);
    const select = kept ?? factSelect(factOf(id), parts, reading, suffix);
    const running = reading.byTime && (kept ? countsUp(id) : factOf(id).kind === "cumulative");
    return {
      name: `${id}_rows${suffix}`,
      columns,
      select: running ? runningSum(select, columns, reading, Boolean(kept) && isKeptSpans(id)) : select,
    };
  });
}

/** Adds up what each bucket brought, so that a bucket holds all that came before it. */
function runningSum(select: Sql, columns: readonly string[], reading: Reading, mayEnd: boolean): Sql {
  const keys = groupColumns(reading).filter((column) => column !== "bucket");
  const groups = ["b.bucket", ...keys.map((key) => `i.${key}`)].join(", ");
  const sums = columns.map((column) => `sum(i.${column})::bigint as ${column}`).join(", ");
  return sql`select ${sql.raw(groups)}, ${sql.raw(sums)}
  from (
  ${select}
  ) i join generate_series(1, ${integer(reading.buckets.length)}) as b(bucket) on i.bucket <= b.bucket
  group by ${sql.raw(groups)}${sql.raw(mayEnd ? `\n  having ${columns.map((column) => `sum(i.${column}) <> 0`).join(" or ")}` : "")}`;
}

/** Days until all outcomes of a query are known; 0 where nothing has to mature. */
export const matureDaysOf = (resolved: ResolvedQuery): number =>
  Math.max(0, ...resolved.metrics.map(({ matures_days }) => matures_days ?? 0));

/** Suffix of the columns that hold the same numbers for the earlier range. */
export const beforeSuffix = "__before";

/** True when the query is about money, which is never added across currencies. */
export const needsCurrency = (resolved: ResolvedQuery) =>
  resolved.metrics.some((metric) => metric.unit === "money" || metric.per_currency);

/** True when values of the dimensions other than time add up to the whole for this aggregate. */
function groupsAddUp(aggregate: Aggregate, split: readonly DimensionDefinition[]): boolean {
  if (split.some(({ overlapping }) => overlapping)) return false;
  switch (aggregate.kind) {
    case "sum":
      return true;
    case "count":
      return !split.some((dimension) => dimension.of === "line" && factOf(aggregate.fact).line);
    case "distinct":
      // A person is under one value of what is a property of the person, but may buy in two countries.
      return split.every((dimension) => dimension.of === "person" || dimension.of === "status");
    case "median":
    case "survival":
      return false;
  }
}

const everyAggregate = (resolved: ResolvedQuery, test: (aggregate: Aggregate) => boolean) =>
  resolved.metrics.every((metric) => partsOf(metric).every(({ aggregate }) => test(aggregate)));

/** True when parts of the groups, time among them, add up to the total for each part of each metric. */
export function partsAddUp(resolved: ResolvedQuery): boolean {
  if (resolved.metrics.some(({ matures_days }) => matures_days)) return false;
  const overTime = (aggregate: Aggregate) =>
    aggregate.kind !== "distinct" && !isMedian(aggregate) && factOf(aggregate.fact).kind === "flow";
  return everyAggregate(
    resolved,
    (aggregate) =>
      groupsAddUp(aggregate, resolved.dimensions) && (resolved.grain === null || overTime(aggregate)),
  );
}

/**
 * A group named others is right only where cut groups can be added up. It is not for tags (the same person in
 * several) nor for orders by product (the same order under several).
 */
export const canAddOthers = (resolved: ResolvedQuery) =>
  resolved.query.others &&
  everyAggregate(resolved, (aggregate) => groupsAddUp(aggregate, resolved.dimensions));

function cellsSql(
  reading: Reading,
  comparison: Bucket[] | null,
): { ctes: Sql[]; columns: string[]; medians: ReadonlySet<string> } {
  const medians = new Set(
    reading.resolved.metrics
      .flatMap(partsOf)
      .filter(({ aggregate }) => isMedian(aggregate))
      .flatMap(({ column }) => [column, column + beforeSuffix]),
  );
  const now = factSelects(reading, "");
  const before = comparison
    ? factSelects({ ...reading, buckets: comparison, opening: comparison[0]?.start }, beforeSuffix)
    : [];
  const sources = [...now, ...before];
  const columns = sources.flatMap((source) => source.columns);
  const groups = groupColumns(reading);
  const union = sources.map((source) =>
    sql.raw(
      `select ${[...groups, ...columns.map((column) => (source.columns.includes(column) ? column : `null::${medians.has(column) ? "float8" : "bigint"} as ${column}`))].join(", ")} from ${source.name}`,
    ),
  );
  const grouping = groups.length > 0 ? ` group by ${groups.join(", ")}` : "";
  const sums = columns.map((column) =>
    medians.has(column) ? `max(${column}) as ${column}` : `coalesce(sum(${column}), 0)::bigint as ${column}`,
  );
  const cells = sql`cells as (
  select ${sql.raw([...groups, ...sums].join(", "))}
  from (
    ${sql.join(union, sql`\n    union all\n    `)}
  ) parts${sql.raw(grouping)}
)`;
  return {
    ctes: [...sources.map(({ name, select }) => sql`${sql.raw(name)} as (\n  ${select}\n)`), cells],
    columns,
    medians,
  };
}

/** Names of dimension values: special ids first, then the account's names, else the id itself. */
function labelSql(dimension: DimensionDefinition): string {
  const column = `k.${dimensionColumn(dimension)}`;
  const special = `when 'unknown' then 'unknown' when 'others' then 'others' when 'tax' then 'Tax' when 'shipping' then 'Shipping' when 'fee' then 'Fees'`;
  if (!dimension.names) return `${column} as ${dimension.id}`;
  return `case ${column} ${special} else coalesce(${dimension.id}_names.name, 'unnamed') end as ${dimension.id}`;
}

/**
 * The statement that answers a resolved query: one row per bucket and group, with the parts of each metric (and, for
 * a comparison, of the earlier range in columns ending in `__before`). Buckets without rows are left out. With `rolled`
 * it reads sums by day where they are kept, and notes there which.
 */
export function compileQuery(resolved: ResolvedQuery, rolled?: RollupUses): Statement {
  const reading: Reading = {
    resolved,
    ...(rolled ? { rolled } : {}),
    // Over time young buckets are marked; in one number they would pull the average down.
    matureDays: resolved.grain === null ? matureDaysOf(resolved) : 0,
    dimensions: resolved.dimensions,
    byTime: resolved.grain !== null,
    byCurrency: needsCurrency(resolved),
    buckets: resolved.buckets,
  };
  const { ctes, columns, medians } = cellsSql(reading, resolved.comparison?.buckets ?? null);
  const keys = [...resolved.dimensions.map(dimensionColumn)];
  const groups = groupColumns(reading);
  const first = rankingMetric(resolved);
  const limit = keys.length > 0 ? resolved.query.limit : undefined;
  const ranked = keys.length > 0;
  const perCurrency = reading.byCurrency ? ["currency"] : [];
  if (ranked) {
    // Ids differ from copy to copy of an account: groups that tie stand by their names.
    const ties = resolved.dimensions.flatMap(({ id, names }) => (names ? [`max(${id}_names.name)`] : []));
    ctes.push(
      sql.raw(`ranks as (
  select ${[...keys, ...perCurrency].join(", ")}, row_number() over (
    ${perCurrency.length > 0 ? "partition by currency " : ""}order by ${valueSql(first, "", "sum")} ${rankingDirection(resolved)} nulls last, ${[...ties, ...keys].join(", ")}
  ) as rank
  from cells c${namesSql(resolved, "c")} group by ${[...keys, ...perCurrency].join(", ")}
)`),
    );
  }
  const cut = limit !== undefined;
  const others = cut && canAddOthers(resolved);
  const kept = cut ? sql`r.rank <= ${integer(limit)}` : sql.raw("true");
  const keyColumns = keys.map((key) =>
    others
      ? sql`case when ${kept} then c.${sql.raw(key)} else 'others' end as ${sql.raw(key)}`
      : sql.raw(`c.${key}`),
  );
  const plain = groups.filter((group) => !keys.includes(group)).map((group) => sql.raw(`c.${group}`));
  const rank = ranked ? [others ? sql`case when ${kept} then r.rank end as rank` : sql.raw("r.rank")] : [];
  const using = [...keys, ...perCurrency].join(", ");
  const inner = sql`select ${sql.join([...plain, ...keyColumns, ...rank, ...columns.map((column) => sql.raw(`c.${column}`))])}
    from cells c${ranked ? sql.raw(` join ranks r using (${using})`) : sql.raw("")}${cut && !others ? sql` where ${kept}` : sql.raw("")}`;
  const outerGroups = [...groups, ...(ranked ? ["rank"] : [])];
  const summed = columns.map((column) =>
    medians.has(column) ? `max(${column}) as ${column}` : `sum(${column})::bigint as ${column}`,
  );
  ctes.push(
    sql`kept as (
  select ${sql.raw([...outerGroups, ...summed].join(", "))}
  from (
    ${inner}
  ) chosen${sql.raw(outerGroups.length > 0 ? `\n  group by ${outerGroups.join(", ")}` : "")}
)`,
  );
  const labels = resolved.dimensions.map(labelSql);
  const values = resolved.metrics
    .filter((metric) => metric.measure.kind !== "value")
    .flatMap((metric) => [
      `${valueSql(metric, "", "none")} as ${metric.id}`,
      ...(resolved.comparison
        ? [`${valueSql(metric, beforeSuffix, "none")} as ${metric.id}${beforeSuffix}`]
        : []),
    ]);
  const order = orderSql(resolved, ranked);
  return toStatement(sql`with ${sql.join(ctes, sql`,\n`)}
select ${sql.raw(["k.*", ...labels, ...values].join(", "))}
from kept k${sql.raw(namesSql(resolved, "k"))}${sql.raw(order)}`);
}

/** Joins to the names of the groups that have names. */
const namesSql = ({ dimensions }: ResolvedQuery, alias: string): string =>
  dimensions
    .flatMap((dimension) => {
      const { id, names } = dimension;
      if (!names) return [];
      const named = `(select ${names.id}::text as named_id, ${names.name} as name from ${names.view})`;
      return `\nleft join ${named} ${id}_names on ${id}_names.named_id = ${alias}.${dimensionColumn(dimension)}`;
    })
    .join("");

/** The statement for the totals of a query whose groups do not add up: the whole range as one group. */
export function compileTotals(resolved: ResolvedQuery, rolled?: RollupUses): Statement {
  const whole = (buckets: Bucket[]): Bucket[] => {
    const first = buckets[0];
    return first ? [{ ...first, end: buckets.at(-1)?.end ?? first.end }] : [];
  };
  const one = {
    ...resolved,
    dimensions: [],
    grain: null,
    buckets: whole(resolved.buckets),
    comparison: resolved.comparison && {
      ...resolved.comparison,
      buckets: whole(resolved.comparison.buckets),
    },
  };
  return compileQuery(one, rolled);
}

function rankingMetric(resolved: ResolvedQuery): MetricDefinition {
  const ordered = resolved.metrics.find(({ id }) => id === resolved.order?.by) ?? resolved.metrics[0];
  if (!ordered) throw new Error("A resolved query has at least one metric.");
  return ordered;
}

const rankingDirection = (resolved: ResolvedQuery) =>
  resolved.order && resolved.metrics.some(({ id }) => id === resolved.order?.by)
    ? resolved.order.direction
    : "desc";

function orderSql(resolved: ResolvedQuery, ranked: boolean): string {
  const terms: string[] = [];
  const order = resolved.order;
  if (order?.by === "time" && resolved.grain) terms.push(`bucket ${order.direction}`);
  const dimension = resolved.dimensions.find(({ id }) => id === order?.by);
  if (dimension) terms.push(`${dimension.id} ${order?.direction}`);
  const metric = resolved.metrics.find(({ id }) => id === order?.by);
  if (metric && resolved.grain && !ranked)
    terms.push(`${valueSql(metric, "", "none")} ${order?.direction} nulls last`);
  if (resolved.grain && order?.by !== "time") terms.push("bucket");
  if (ranked) terms.push("rank nulls last");
  if (needsCurrency(resolved)) terms.push("currency");
  return terms.length > 0 ? `\norder by ${terms.join(", ")}` : "";
}

/** A measure's value from its parts, as the statement works it out. Null is n/a. */
export function valueFromParts(
  metric: MetricDefinition,
  part: (column: string) => number | null,
): number | null {
  const measure: Measure = metric.measure;
  const number = (column: string) => part(column) ?? 0;
  switch (measure.kind) {
    case "value": {
      if (!isMedian(measure.value)) return number(metric.id);
      const median = part(metric.id);
      return median === null ? null : Math.round(median * 100) / 100;
    }
    case "difference":
      return number(`${metric.id}__plus`) - number(`${metric.id}__minus`);
    case "ratio": {
      const denominator = number(`${metric.id}__denominator`);
      if (denominator === 0) return null;
      const ratio = (number(`${metric.id}__numerator`) * (measure.times ?? 1)) / denominator;
      return metric.unit === "money" ? roundHalfUp(ratio) : Math.round(ratio * 1e6) / 1e6;
    }
    case "formula": {
      const value = evaluate(measure.value, (name) => number(`${metric.id}__${name}`));
      if (value === null) return null;
      return metric.unit === "money" ? roundHalfUp(value) : Math.round(value * 1e6) / 1e6;
    }
  }
}

/** Rounds to whole minor units, halves away from zero as Postgres does. */
const roundHalfUp = (value: number) => Math.sign(value) * Math.round(Math.abs(value));

/**
 * The statement behind one cell: the things of one kind that make it up, each with its share of every part, largest
 * first. `details` is the select list and joins that describe a thing (alias `e`, by `e.entity_id`).
 */
export function compileDrill(
  resolved: ResolvedQuery,
  entity: EntityKey,
  details: { columns: string; joins: string; order: string },
  options: { currency?: string; matureDays: number; limit: number; offset: number },
): Statement {
  const { currency, matureDays, limit, offset } = options;
  const { buckets } = resolved;
  const reading: Reading = {
    resolved,
    dimensions: [],
    byTime: false,
    byCurrency: false,
    buckets,
    currency,
    matureDays,
    entity,
  };
  const { ctes, columns } = cellsSql(reading, null);
  const whole = columns.map((column) => `(sum(e.${column}) over ())::bigint as ${column}__whole`);
  const selected = [
    details.columns,
    ...columns.map((column) => `e.${column}`),
    ...whole,
    "count(*) over () as things",
  ];
  // A thing of which no part counts (a renewal, where only first sales do) is not behind the cell.
  const counts = columns.map((column) => `${column} <> 0`).join(" or ");
  const value = valueSql(rankingMetric(resolved), "", "none");
  return toStatement(sql`with ${sql.join(ctes, sql`,\n`)}
select ${sql.raw(selected.join(", "))}
from (select * from cells where ${sql.raw(counts)}) e${sql.raw(details.joins)}
order by ${sql.raw(`${value} desc nulls last, ${details.order}`)}
limit ${integer(limit)} offset ${integer(offset)}`);
}
