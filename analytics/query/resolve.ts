import { z } from "zod";
import { getMetric, metrics as registered } from "../metrics/catalog";
import type { MetricDefinition } from "../metrics/definition";
import { type DimensionDefinition, type DimensionId, dimensions } from "../metrics/dimensions";
import type { AnalyticsAccount } from "./account";
import { QueryError } from "./errors";
import type { NamedField, NamedSegment, NamedValue } from "./names";
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
  | { products: string[] }
  | { segments: string[] }
  | { field: string; is: string[] }
  /** The value as it is shown, several joined. */
  | { field: string; whole: string[] }
  /** One of the values of a field that holds several, as it is shown. */
  | { field: string; member: string[] }
  | { field: string; at_least?: number | string; at_most?: number | string };

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
  /** Saved segments: live ones with the conditions they are made of, frozen ones without. */
  segments?(): Promise<NamedSegment[]>;
  /** Custom fields of contacts. */
  fields?(): Promise<NamedField[]>;
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

/** How to write a split by a custom field. */
export const anyField = "field:<custom field of contacts>";

/** Whether there is somebody behind what is counted, whose custom fields and segments can be asked for. */
export const isOfPeople = ({ dimensions: allowed }: { dimensions: readonly string[] }) =>
  allowed.includes("lead_source");

function checkAllowed(
  dimension: DimensionDefinition,
  asked: readonly MetricDefinition[],
  use: "split" | "filter",
): void {
  const against = asked.find((metric) => !metric.dimensions.includes(dimension.id as DimensionId));
  if (!against) return;
  const allowed = ["time", ...against.dimensions, ...(isOfPeople(against) ? [anyField] : [])];
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

const months = new Set<DimensionId>(["cohort", "subscription_cohort"]);

export async function findValues(
  dimension: DimensionId,
  names: readonly string[],
  source: ResolveSource,
): Promise<string[]> {
  const values = await source.values(dimension);
  const known = new Map<string, { id: string; name: string }[]>();
  for (const value of values) {
    for (const name of [value.id, ...value.names]) {
      const key = name.trim().toLowerCase();
      known.set(key, [...(known.get(key) ?? []), { id: value.id, name: name.trim() }]);
    }
  }
  return names.flatMap((name) => {
    if (name.trim().toLowerCase() === "unknown") return ["unknown"];
    // A month is one although nobody began in it.
    if (months.has(dimension) && /^\d{4}-(?:0[1-9]|1[0-2])$/.test(name.trim())) return [name.trim()];
    const alike = known.get(name.trim().toLowerCase());
    // Of two names that differ by their capitals, the one that was written is meant.
    const exact = alike?.filter((one) => one.name === name.trim());
    if (alike) return [...new Set((exact?.length ? exact : alike).map(({ id }) => id))];
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

function pickNamed<T extends NamedValue>(what: string, name: string, values: readonly T[]): T {
  const key = name.trim().toLowerCase();
  const found = values.find(({ id, names }) =>
    [id, ...names].some((each) => each.trim().toLowerCase() === key),
  );
  if (found) return found;
  const close = nearest(name, values).map((id) => values.find((each) => each.id === id)?.names[0] ?? id);
  throw new QueryError(
    "unknown_value",
    close.length > 0
      ? `No ${what} is called "${name}". The nearest ${close.length > 1 ? "are" : "is"} ${close.map((each) => `"${each}"`).join(", ")}.`
      : `No ${what} is called "${name}"; this account has no ${what} yet.`,
    close,
  );
}

/** People's conditions need somebody behind what is counted. */
function checkPeople(asked: readonly MetricDefinition[], what: string): void {
  const against = asked.find((metric) => !isOfPeople(metric));
  if (!against) return;
  throw new QueryError(
    "dimension_not_allowed",
    `${against.label} (${against.id}) is not about people, so it cannot be asked for ${what}. It allows ${["time", ...against.dimensions].join(", ")}.`,
    against.dimensions,
  );
}

const deepestSegment = 5;

/** A live segment is its conditions, so that it is never behind; a frozen one is who was put into it. */
async function resolveSegments(
  names: readonly string[],
  asked: readonly MetricDefinition[],
  source: ResolveSource,
  depth: number,
): Promise<ResolvedFilter> {
  checkPeople(asked, "a segment");
  if (depth >= deepestSegment)
    throw new QueryError("invalid_query", `Segments are nested more than ${deepestSegment} deep. Use fewer.`);
  const known = (await source.segments?.()) ?? [];
  const or = await Promise.all(
    names.map((name): Promise<ResolvedFilter> | ResolvedFilter => {
      const segment = pickNamed("segment", name, known);
      if (!segment.filters) return { segments: [segment.id] };
      return resolveFilter(segment.filters, asked, source, depth + 1);
    }),
  );
  const [only] = or;
  return or.length === 1 && only ? only : { or };
}

async function resolveField(name: string, source: ResolveSource): Promise<NamedField> {
  return pickNamed("custom field", name, (await source.fields?.()) ?? []);
}

const fieldPrefix = /^field:\s*/;

/** A row for each value that somebody holds of a field. */
const membersOf = (id: string) =>
  `(select v.account_id, v.contact_id, v.field_id, m.member from analytics.contact_field_values v cross join unnest(v.members) as m (member) where v.field_id = '${id}')`;

/** A custom field to split by, written `field:Name`; the id is one of Keap's numbers. */
async function fieldDimension(
  written: string,
  asked: readonly MetricDefinition[],
  source: ResolveSource,
): Promise<DimensionDefinition> {
  checkPeople(asked, "a custom field");
  const field = await resolveField(written.replace(fieldPrefix, ""), source);
  if (!/^\d+$/.test(field.id)) throw new Error(`The custom field ${field.id} has no number.`);
  const name = `field_${field.id}`;
  return {
    id: name,
    label: field.names[0] ?? name,
    description: `Custom field of the contact, as it is now.${field.many ? " Who holds several of its values counts under each." : ""}`,
    synonyms: [],
    of: "person",
    overlapping: field.many,
    values: "",
    joins: [
      {
        // One join per field: the name is what tells two fields apart.
        name: name as DimensionDefinition["joins"][number]["name"],
        sql: `left join ${field.many ? membersOf(field.id) : "analytics.contact_field_values"} ${name} on ${name}.account_id = f.account_id and ${name}.contact_id = f.contact_id and ${name}.field_id = '${field.id}'`,
      },
    ],
    key: `coalesce(${name}.${field.many ? "member" : "value"}, 'unknown')`,
    names: null,
  };
}

async function resolveFilter(
  filter: Filter,
  asked: readonly MetricDefinition[],
  source: ResolveSource,
  depth = 0,
): Promise<ResolvedFilter> {
  const all = (filters: readonly Filter[]) =>
    Promise.all(filters.map((each) => resolveFilter(each, asked, source, depth)));
  if ("and" in filter) return { and: await all(filter.and) };
  if ("or" in filter) return { or: await all(filter.or) };
  if ("not" in filter) return { not: await resolveFilter(filter.not, asked, source, depth) };
  if ("has_tag" in filter) return { tags: await findValues("tag", filter.has_tag, source) };
  if ("without_tag" in filter) return { not: { tags: await findValues("tag", filter.without_tag, source) } };
  if ("bought_product" in filter)
    return { products: await findValues("product", filter.bought_product, source) };
  if ("not_bought_product" in filter)
    return { not: { products: await findValues("product", filter.not_bought_product, source) } };
  if ("in_segment" in filter) return resolveSegments(filter.in_segment, asked, source, depth);
  if ("field" in filter) {
    checkPeople(asked, "a custom field");
    const field = (await resolveField(filter.field, source)).id;
    if ("is" in filter) return { field, is: filter.is.map((value) => value.trim().toLowerCase()) };
    if (filter.at_least === undefined && filter.at_most === undefined)
      throw new QueryError(
        "invalid_query",
        `The condition on "${filter.field}" says nothing: give is, at_least or at_most.`,
      );
    return { ...filter, field };
  }
  const dimension = findDimension(filter.dimension);
  checkAllowed(dimension, asked, "filter");
  return {
    dimension: dimension.id as DimensionId,
    ids: await findValues(dimension.id as DimensionId, filter.is, source),
  };
}

/** `split`: the dimensions as they were written, and what they are. */
function resolveOrder(
  query: Query,
  split: readonly [written: string, DimensionDefinition][],
): ResolvedQuery["order"] {
  if (!query.order) return null;
  const { by, direction } = query.order;
  const field = split.find(([written, { id }]) => fieldPrefix.test(written) && (written === by || id === by));
  if (field) return { by: field[1].id, direction };
  const choices = [...query.metrics, ...query.dimensions];
  if (choices.includes(by)) return query.order;
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
  const split = await Promise.all(
    query.dimensions
      .filter((id) => id !== "time")
      .map(async (id): Promise<[string, DimensionDefinition]> => {
        if (fieldPrefix.test(id)) return [id, await fieldDimension(id, asked, source)];
        const dimension = findDimension(id);
        checkAllowed(dimension, asked, "split");
        return [id, dimension];
      }),
  );
  const order = resolveOrder(query, split);
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
    // A field may be named twice, by its name and by its number.
    dimensions: [...new Map(split.map(([, dimension]) => [dimension.id, dimension])).values()],
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
