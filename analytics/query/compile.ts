import { type RawBuilder, sql } from "kysely";
import { type Aggregate, isMedian, type MetricDefinition } from "../metrics/definition";
import type { DimensionDefinition } from "../metrics/dimensions";
import { type EntityKey, factOf, type Reading } from "./fact-rows";
import { beforeSuffix, comparedSelects, dimensionColumn, factSelects, groupColumns } from "./fact-selects";
import { partsOf, valueSql } from "./parts";
import type { Bucket } from "./range";
import type { ResolvedQuery } from "./resolve";
import type { RollupUses } from "./rolled";
import { integer, type Statement, toStatement } from "./sql-text";

type Sql = RawBuilder<unknown>;

/** Days until all outcomes of a query are known; 0 where nothing has to mature. */
export const matureDaysOf = (resolved: ResolvedQuery): number =>
  Math.max(0, ...resolved.metrics.map(({ matures_days }) => matures_days ?? 0));

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
      // An order is under several products, a refund over two orders in two countries.
      return !split.some(
        ({ of }) =>
          (of === "line" && factOf(aggregate.fact).line) || (of === "order" && factOf(aggregate.fact).order),
      );
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
  const compared = comparison ? comparedSelects(reading, comparison) : [];
  const done = new Set(compared.map(({ id }) => id));
  const now = factSelects(reading, "", done);
  const before = comparison
    ? factSelects({ ...reading, buckets: comparison, opening: comparison[0]?.start }, beforeSuffix, done)
    : [];
  const sources = [...compared, ...now, ...before];
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

/** Columns by which the things behind a cell are told apart and put in order; no reader sees them. */
export const drillKeys = { thing: "thing__whole", value: "value__whole" } as const;

/**
 * The statement behind one cell: the things of one kind that make it up, each with its share of every part, largest
 * first. `details` is the select list and joins that describe a thing (alias `e`, by `e.entity_id`). Without a limit it
 * is for reading page by page.
 */
export function compileDrill(
  resolved: ResolvedQuery,
  entity: EntityKey,
  details: { columns: string; joins: string; order: string },
  options: { currency?: string; matureDays: number; limit: number | null; offset: number },
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
  const value = valueSql(rankingMetric(resolved), "", "none");
  const selected = [
    details.columns,
    ...columns.map((column) => `e.${column}`),
    ...whole,
    "count(*) over () as things",
    `e.entity_id as ${drillKeys.thing}`,
    `${value} as ${drillKeys.value}`,
  ];
  // A thing of which no part counts (a renewal, where only first sales do) is not behind the cell.
  const counts = columns.map((column) => `${column} <> 0`).join(" or ");
  return toStatement(sql`with ${sql.join(ctes, sql`,\n`)}
select ${sql.raw(selected.join(", "))}
from (select * from cells where ${sql.raw(counts)}) e${sql.raw(details.joins)}
order by ${sql.raw(`${value} desc nulls last, ${details.order}`)}
limit ${integer(limit)} offset ${integer(offset)}`);
}
