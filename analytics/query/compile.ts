import { type RawBuilder, sql } from "kysely";
import { type Aggregate, isMedian, type MetricDefinition } from "../metrics/definition";
import { type DimensionDefinition, dimensions } from "../metrics/dimensions";
import type { FactDefinition, FactId } from "../metrics/facts";
import {
  aggregateSql,
  changeRows,
  type EntityKey,
  factOf,
  factRows,
  keySql,
  type Reading,
  withMoments,
} from "./fact-rows";
import { type Part, partsOf, valueSql } from "./parts";
import type { Bucket } from "./range";
import type { ResolvedFilter, ResolvedQuery } from "./resolve";
import { countsUp, isKeptSpans, type RollupUses, rolledSelect } from "./rolled";
import { instants, integer, type Statement, text, texts, toStatement } from "./sql-text";

type Sql = RawBuilder<unknown>;

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

/** Groups of a select over a fact, apart from time. */
function factGroups(fact: FactDefinition, reading: Reading): Sql[] {
  return [
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
}

const groupedBy = (groups: readonly Sql[]) =>
  sql.raw(groups.length > 0 ? `\n  group by ${groups.map((_, index) => index + 1).join(", ")}` : "");

/** One select per fact: all parts that come from it, grouped. */
function factSelect(
  fact: FactDefinition,
  parts: readonly Part[],
  reading: Reading,
  suffix: string,
  only?: string,
): Sql {
  const { from, where, byLine } = factRows(fact, reading, only);
  const groups: Sql[] = [...(reading.byTime ? [bucketSql(fact, reading)] : []), ...factGroups(fact, reading)];
  const values = parts.map((part) => {
    const also = byLine ? withoutTheirOrders(part, fact, reading) : undefined;
    return sql`${aggregateSql(part.aggregate, fact, byLine, also)} as ${sql.raw(`${part.column}${suffix}`)}`;
  });
  return sql`select
    ${sql.join([...groups, ...values], sql`,\n    `)}
  from ${from}${where}${groupedBy(groups)}`;
}

/** How many things of a stock hold, beside the sums of what they are worth. */
const holding = "holding__";

/**
 * What holds at the end of each bucket as what began less what ended before it, which runningSum adds up: each thing is
 * looked at once, not once for every bucket. For sums and counts.
 */
function changesSelect(fact: FactDefinition, parts: readonly Part[], reading: Reading, suffix: string): Sql {
  const { from, where } = changeRows(fact, reading);
  const groups = [
    sql`width_bucket(e.at, ${withMoments(":ends", reading)}) + 1 as bucket`,
    ...factGroups(fact, reading),
  ];
  const values = parts.map(({ aggregate: { kind, expression, where: held, alone }, column }) => {
    const value =
      kind === "sum"
        ? `e.sign * (${expression})`
        : kind === "distinct"
          ? `e.sign * (${expression} is not null)::int`
          : "e.sign";
    const conditions = [held, kind === "distinct" ? alone : undefined].filter(Boolean).join(" and ");
    const filtered = conditions ? ` filter (where ${conditions})` : "";
    return sql.raw(`coalesce(sum(${value})${filtered}, 0)::bigint as ${column}${suffix}`);
  });
  return sql`select
    ${sql.join([...groups, ...values, sql.raw(`sum(e.sign)::bigint as ${holding}`)], sql`,\n    `)}
  from ${from}${where}${groupedBy(groups)}`;
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
  return [...byFact].flatMap(([id, parts]) => {
    const columnsOf = (some: readonly Part[]) => some.map((part) => part.column + suffix);
    const fact = factOf(id);
    const name = `${id}_rows${suffix}`;
    const columns = columnsOf(parts);
    const kept = rolledSelect(id, parts, reading, suffix);
    if (!kept && reading.byTime && fact.kind === "stock" && parts.every(isSumOfChanges)) {
      const select = runningSum(changesSelect(fact, parts, reading, suffix), columns, reading, holding);
      // Who has several of them is compared; the two parts of a column are added up with the others.
      const compared = parts.filter(({ aggregate }) => aggregate.kind === "distinct");
      const [first] = compared;
      if (!first) return [{ name, columns, select }];
      const among = compared.map(({ column, aggregate: { alone: _, ...aggregate } }) => ({
        column,
        aggregate,
      }));
      return [
        { name, columns, select },
        {
          name: `${id}_compared${suffix}`,
          columns: columnsOf(compared),
          select: factSelect(fact, among as Part[], reading, suffix, `not ${first.aggregate.alone}`),
        },
      ];
    }
    const select = kept ?? factSelect(fact, parts, reading, suffix);
    const running = reading.byTime && (kept ? countsUp(id) : fact.kind === "cumulative");
    const ending = kept && isKeptSpans(id);
    return [{ name, columns, select: running ? runningSum(select, columns, reading, ending) : select }];
  });
}

/** True for what changes of a stock add up to: sums, counts, and different values of rows that alone have theirs. */
const isSumOfChanges = ({ aggregate: { kind, alone } }: Part) =>
  kind === "sum" || kind === "count" || (kind === "distinct" && alone !== undefined);

/**
 * Adds up what each bucket brought, so that a bucket holds all that came before it. Of what may end a group that is gone is
 * no row: where `ending` names a column, that counts what is left, else nothing is where all columns are 0.
 */
function runningSum(
  select: Sql,
  columns: readonly string[],
  reading: Reading,
  ending: string | boolean | undefined,
): Sql {
  const keys = groupColumns(reading).filter((column) => column !== "bucket");
  const groups = ["b.bucket", ...keys.map((key) => `i.${key}`)].join(", ");
  const sums = columns.map((column) => `sum(i.${column})::bigint as ${column}`).join(", ");
  return sql`select ${sql.raw(groups)}, ${sql.raw(sums)}
  from (
  ${select}
  ) i join generate_series(1, ${integer(reading.buckets.length)}) as b(bucket) on i.bucket <= b.bucket
  group by ${sql.raw(groups)}${sql.raw(
    ending
      ? `\n  having ${(ending === true ? columns : [ending]).map((column) => `sum(i.${column}) <> 0`).join(" or ")}`
      : "",
  )}`;
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
  const columns = [...new Set(sources.flatMap((source) => source.columns))];
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
