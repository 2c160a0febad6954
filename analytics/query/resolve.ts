import { z } from "zod";
import { getMetric, metrics as registered } from "../metrics/catalog";
import type { MetricDefinition } from "../metrics/definition";
import { type DimensionDefinition, type DimensionId, dimensions } from "../metrics/dimensions";
import type { AnalyticsAccount } from "./account";
import { QueryError } from "./errors";
import type { NamedValue } from "./names";
import { nearest } from "./nearest";
import { type Filter, type Grain, grains, type Query, type QueryInput, querySchema } from "./query";
import { type Bucket, chooseGrain, comparisonRange, cutBuckets, resolveRange } from "./range";
import type { ResolvedRange } from "./result";

/** Conditions with names turned into ids. */
export type ResolvedFilter =
  | { and: ResolvedFilter[] }
  | { or: ResolvedFilter[] }
  | { not: ResolvedFilter }
  | { dimension: DimensionId; ids: string[] }
  | { tags: string[] }
  | { products: string[] };

/** A query whose every part is known to be valid, with its instants and ids. */
export interface ResolvedQuery {
  query: Query;
  account: AnalyticsAccount;
  /** The moment the question is asked. */
  now: string;
  metrics: MetricDefinition[];
  /** Without time. */
  dimensions: DimensionDefinition[];
  /** Null when the query is not split by time. */
  grain: Grain | null;
  range: ResolvedRange;
  /** The whole range as one bucket when the query is not split by time. */
  buckets: Bucket[];
  comparison: { range: ResolvedRange; buckets: Bucket[] } | null;
  filter: ResolvedFilter | null;
  order: { by: string; direction: "asc" | "desc" } | null;
}

/** What resolving asks of the database. */
export interface ResolveSource {
  /** All values of a dimension in the account. */
  values(dimension: DimensionId): Promise<NamedValue[]>;
  /** Instant of the oldest fact, null in an empty account. */
  firstInstant(): Promise<string | null>;
}

const metricChoices = registered.map(({ id, label, synonyms }) => ({ id, names: [label, ...synonyms] }));
const dimensionChoices = [
  { id: "time", names: ["date", "period", ...grains] },
  ...Object.values(dimensions).map(({ id, label, synonyms }) => ({ id, names: [label, ...synonyms] })),
];

function findMetric(id: string): MetricDefinition {
  const metric = getMetric(id);
  if (metric) return metric;
  const suggestions = nearest(id, metricChoices);
  throw new QueryError(
    "unknown_metric",
    `There is no metric "${id}". The nearest ${suggestions.length > 1 ? "are" : "is"} ${suggestions.join(", ")}.`,
    suggestions,
  );
}

function findDimension(id: string): DimensionDefinition {
  const found = Object.values(dimensions).find((dimension) => dimension.id === id);
  if (found) return found;
  const suggestions = nearest(id, dimensionChoices);
  throw new QueryError(
    "unknown_dimension",
    `There is no dimension "${id}". The nearest ${suggestions.length > 1 ? "are" : "is"} ${suggestions.join(", ")}.`,
    suggestions,
  );
}

function checkAllowed(
  dimension: DimensionDefinition,
  asked: readonly MetricDefinition[],
  use: "split" | "filter",
): void {
  const against = asked.find((metric) => !metric.dimensions.includes(dimension.id as DimensionId));
  if (!against) return;
  const allowed = ["time", ...against.dimensions];
  const hint =
    use === "filter" && dimension.id === "product"
      ? " To look at the people who bought a product, use the condition bought_product."
      : "";
  throw new QueryError(
    "dimension_not_allowed",
    `${against.label} (${against.id}) cannot be ${use === "split" ? "split" : "filtered"} by ${dimension.id}. It allows ${allowed.join(", ")}.${hint}`,
    allowed,
  );
}

/** Accepts `month` where `time` by month is meant, and adds time when only a grain was given. */
function normalize(query: Query): Query {
  const grain =
    query.grain ?? query.dimensions.find((id): id is Grain => (grains as readonly string[]).includes(id));
  const named = query.dimensions.map((id) => ((grains as readonly string[]).includes(id) ? "time" : id));
  const wanted = grain && !named.includes("time") ? ["time", ...named] : named;
  return { ...query, grain, dimensions: [...new Set(wanted)], metrics: [...new Set(query.metrics)] };
}

async function findValues(
  dimension: DimensionId,
  names: readonly string[],
  source: ResolveSource,
): Promise<string[]> {
  const values = await source.values(dimension);
  const known = new Map<string, string[]>();
  for (const value of values) {
    for (const name of [value.id, ...value.names]) {
      const key = name.trim().toLowerCase();
      known.set(key, [...(known.get(key) ?? []), value.id]);
    }
  }
  return names.flatMap((name) => {
    if (name.trim().toLowerCase() === "unknown") return ["unknown"];
    const ids = known.get(name.trim().toLowerCase());
    if (ids) return [...new Set(ids)];
    const label = dimensions[dimension].label.toLowerCase();
    const close = nearest(name, values).map((id) => values.find((value) => value.id === id)?.names[0] ?? id);
    throw new QueryError(
      "unknown_value",
      close.length > 0
        ? `No ${label} is called "${name}". The nearest ${close.length > 1 ? "are" : "is"} ${close.map((each) => `"${each}"`).join(", ")}.`
        : `No ${label} is called "${name}"; this account has no ${label} yet.`,
      close,
    );
  });
}

async function resolveFilter(
  filter: Filter,
  asked: readonly MetricDefinition[],
  source: ResolveSource,
): Promise<ResolvedFilter> {
  const all = (filters: readonly Filter[]) =>
    Promise.all(filters.map((each) => resolveFilter(each, asked, source)));
  if ("and" in filter) return { and: await all(filter.and) };
  if ("or" in filter) return { or: await all(filter.or) };
  if ("not" in filter) return { not: await resolveFilter(filter.not, asked, source) };
  if ("has_tag" in filter) return { tags: await findValues("tag", filter.has_tag, source) };
  if ("bought_product" in filter)
    return { products: await findValues("product", filter.bought_product, source) };
  const dimension = findDimension(filter.dimension);
  checkAllowed(dimension, asked, "filter");
  return {
    dimension: dimension.id as DimensionId,
    ids: await findValues(dimension.id as DimensionId, filter.is, source),
  };
}

function resolveOrder(query: Query): ResolvedQuery["order"] {
  if (!query.order) return null;
  const choices = [...query.metrics, ...query.dimensions];
  if (choices.includes(query.order.by)) return query.order;
  const suggestions = nearest(
    query.order.by,
    choices.map((id) => ({ id, names: [] })),
  );
  throw new QueryError(
    "unknown_order",
    `Cannot order by "${query.order.by}", which is not part of this query. Order by ${choices.join(" or ")}.`,
    suggestions,
  );
}

function parseQuery(input: QueryInput | Query): Query {
  const parsed = querySchema.safeParse(input);
  if (parsed.success) return normalize(parsed.data);
  throw new QueryError("invalid_query", `The query is not valid.\n${z.prettifyError(parsed.error)}`);
}

/**
 * Checks a query against the registry and the account's own names and clock. Throws QueryError, whose message names
 * the nearest valid choice.
 */
export async function resolveQuery(
  input: QueryInput | Query,
  account: AnalyticsAccount,
  now: Date,
  source: ResolveSource,
): Promise<ResolvedQuery> {
  const query = parseQuery(input);
  const asked = query.metrics.map(findMetric);
  const split = query.dimensions.filter((id) => id !== "time").map(findDimension);
  for (const dimension of split) checkAllowed(dimension, asked, "split");
  const order = resolveOrder(query);
  const range = await resolveRange(query.range, account, now, () => source.firstInstant());
  const filter = query.filters ? await resolveFilter(query.filters, asked, source) : null;
  const grain = query.dimensions.includes("time") ? (query.grain ?? chooseGrain(range)) : null;
  const cut = (each: ResolvedRange): Bucket[] =>
    grain ? cutBuckets(each, grain, account) : [wholeRange(each)];
  const earlier = query.comparison ? comparisonRange(query.range, range, query.comparison, account) : null;
  return {
    query: grain ? { ...query, grain } : query,
    account,
    now: now.toISOString(),
    metrics: asked,
    dimensions: split,
    grain,
    range,
    buckets: cut(range),
    comparison: earlier ? { range: earlier, buckets: cut(earlier) } : null,
    filter,
    order,
  };
}

const wholeRange = (range: ResolvedRange): Bucket => ({
  index: 1,
  time: range.from,
  label: range.label,
  start: range.start,
  end: range.end,
  incomplete: !range.complete,
});
