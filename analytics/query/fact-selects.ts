import { type RawBuilder, sql } from "kysely";
import { dimensions } from "../metrics/dimensions";
import type { FactDefinition, FactId } from "../metrics/facts";
import { aggregateSql, changeRows, factOf, factRows, keySql, type Reading, withMoments } from "./fact-rows";
import { type Part, partsOf } from "./parts";
import type { Bucket } from "./range";
import type { ResolvedFilter, ResolvedQuery } from "./resolve";
import { countsUp, isKeptSpans, rolledSelect } from "./rolled";
import { instant, instants, integer, text, texts } from "./sql-text";

type Sql = RawBuilder<unknown>;

/** Suffix of the columns that hold the same numbers for the earlier range. */
export const beforeSuffix = "__before";

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

export const dimensionColumn = (dimension: { id: string }) => `${dimension.id}_id`;

/** Group columns that every inner select has. */
export function groupColumns(reading: Reading): string[] {
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

/** The condition that all parts have, of a fact whose other rows are other things: those need not be grouped. */
function commonCondition({ of_kinds }: FactDefinition, parts: readonly Part[]): string | undefined {
  if (!of_kinds) return undefined;
  const [first, ...others] = parts.map(({ aggregate }) => aggregate.where);
  return others.every((where) => where === first) ? first : undefined;
}

/** One select per fact: all parts that come from it, grouped. */
function factSelect(
  fact: FactDefinition,
  parts: readonly Part[],
  reading: Reading,
  suffix: string,
  only?: string,
): Sql {
  const conditions = [only, commonCondition(fact, parts)].filter(Boolean).join(" and ");
  const { from, where, byLine } = factRows(fact, reading, conditions || undefined);
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

export interface FactColumns {
  name: string;
  columns: string[];
  select: Sql;
}

const partsByFact = ({ metrics }: ResolvedQuery) => {
  const byFact = new Map<FactId, Part[]>();
  for (const part of metrics.flatMap(partsOf))
    byFact.set(part.aggregate.fact, [...(byFact.get(part.aggregate.fact) ?? []), part]);
  return byFact;
};

/** What makes rows depend on the range they are asked for, other than by the time they happened. */
const ofRange = /(?<!:):(starts|ends|opening)\b/;

/**
 * Facts that are read row by row for a range and for the one it is compared with: once for both, each part counting what
 * lies in its own range.
 */
export function comparedSelects(
  reading: Reading,
  comparison: readonly Bucket[],
): (FactColumns & { id: FactId })[] {
  if (reading.byTime || reading.entity) return [];
  const [now, before] = [reading.buckets[0], comparison[0]];
  const joins = reading.dimensions.flatMap((dimension) => dimension.joins.map((join) => join.sql));
  if (!now || !before || joins.some((join) => ofRange.test(join))) return [];
  const both = before.start < now.start ? [before, now] : [now, before];
  const whole: Bucket = { ...now, start: both[0]?.start ?? now.start, end: both[1]?.end ?? now.end };
  return [...partsByFact(reading.resolved)].flatMap(([id, parts]) => {
    const fact = factOf(id);
    const views = [fact.whole, fact.order, fact.line].map((source) => source?.view ?? "");
    if (fact.kind !== "flow" && fact.kind !== "cumulative") return [];
    if (views.some((view) => ofRange.test(view)) || rolledSelect(id, parts, reading, "")) return [];
    const { from, where, byLine } = factRows(
      fact,
      { ...reading, buckets: [whole] },
      commonCondition(fact, parts),
    );
    const time = sql.raw(`f.${fact.time}`);
    const within = ({ start, end }: Bucket) =>
      fact.kind === "flow"
        ? sql`${time} >= ${instant(start)} and ${time} < ${instant(end)}`
        : sql`${time} < ${instant(end)}`;
    const values = parts.flatMap((part) =>
      [
        { bucket: now, column: part.column },
        { bucket: before, column: part.column + beforeSuffix },
      ].map(({ bucket, column }) => {
        const apart = byLine ? withoutTheirOrders(part, fact, reading) : undefined;
        const also = apart ? sql`${within(bucket)} and ${apart}` : within(bucket);
        return sql`${aggregateSql(part.aggregate, fact, byLine, also)} as ${sql.raw(column)}`;
      }),
    );
    const groups = factGroups(fact, reading);
    return [
      {
        id,
        name: `${id}_rows`,
        columns: parts.flatMap(({ column }) => [column, column + beforeSuffix]),
        select: sql`select
    ${sql.join([...groups, ...values], sql`,\n    `)}
  from ${from}${where}${groupedBy(groups)}`,
      },
    ];
  });
}

/** Selects of all facts that are not read for both ranges at once. */
export function factSelects(reading: Reading, suffix: string, but: ReadonlySet<FactId>): FactColumns[] {
  return [...partsByFact(reading.resolved)].flatMap(([id, parts]) => {
    if (but.has(id)) return [];
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
