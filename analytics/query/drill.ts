import { type DimensionId, dimensions } from "../metrics/dimensions";
import { ask } from "./ask";
import { compileDrill, compileQuery, drillKeys, matureDaysOf, needsCurrency } from "./compile";
import { QueryError } from "./errors";
import type { EntityKey } from "./fact-rows";
import { nearest } from "./nearest";
import { type After, type Key, pageOf, readPage } from "./pages";
import { partsOf, valueFromParts } from "./parts";
import type { Query, QueryInput } from "./query";
import type { ResolvedFilter, ResolvedQuery } from "./resolve";
import type { ResultCell, ResultRow } from "./result";
import { type QueryContext, resolveFor } from "./run";

/** The people, orders, payments or subscriptions behind one cell of a result. */
export interface DrillResult {
  target: "contacts" | "orders" | "payments" | "subscriptions";
  /** Each row has its ids, who and when, and `value`: its share of the cell (for a ratio, of the numerator). */
  rows: ResultRow[];
  /** The metric over all rows, not only those listed; equals the cell. Null is n/a. */
  total: number | null;
  unit: string;
  currency: string | null;
  /** How many things there are behind the cell. */
  row_count: number;
  truncated: boolean;
  /** Where the next page begins, when read page by page; null after the last. */
  next?: After | null;
  as_of: string | null;
  sql: string;
  params: unknown[];
}

/** Which part of what is behind a cell: the first so many, or a page after the keys that the page before gave. */
export interface DrillPage {
  limit?: number;
  offset?: number;
  after?: After;
}

/** What is worth most first, then the latest; each thing stands once. */
export const thingsInOrder: readonly Key[] = [
  { sql: `q.${drillKeys.value}`, type: "numeric", descending: true },
  { sql: "q.at", type: "timestamptz", descending: true },
  { sql: `q.${drillKeys.thing}`, type: "uuid" },
];

export interface Target {
  key: EntityKey;
  columns: string;
  joins: string;
  order: string;
}

const person = "p.contact_id, p.keap_id as contact_keap_id, p.name as contact_name, p.email";

export const targets: Record<DrillResult["target"], Target> = {
  payments: {
    key: "payment_id",
    columns: `e.entity_id as payment_id, d.keap_id, d.kind, d.paid_at as at, d.amount_minor, d.currency, d.payment_type as title, ${person}`,
    joins: `
join analytics.payments d on d.payment_id = e.entity_id
left join analytics.contacts p on p.account_id = d.account_id and p.contact_id = d.contact_id`,
    order: "d.paid_at desc, e.entity_id",
  },
  orders: {
    key: "order_id",
    columns: `e.entity_id as order_id, d.keap_id, d.title, d.order_time as at, d.total_minor as amount_minor, d.currency, ${person}`,
    joins: `
join analytics.orders d on d.order_id = e.entity_id
left join analytics.contacts p on p.account_id = d.account_id and p.contact_id = d.contact_id`,
    order: "d.order_time desc, e.entity_id",
  },
  contacts: {
    key: "contact_id",
    columns: `${person}, p.keap_id, p.created_at as at`,
    joins: "\nleft join analytics.contacts p on p.contact_id = e.entity_id",
    order: "p.created_at desc, e.entity_id",
  },
  subscriptions: {
    key: "subscription_id",
    columns: `e.entity_id as subscription_id, d.keap_id, d.product_name as title, d.started_at as at, d.currency, ${person}`,
    joins: `
join analytics.subscriptions d on d.subscription_id = e.entity_id
left join analytics.contacts p on p.account_id = d.account_id and p.contact_id = d.contact_id`,
    order: "d.started_at desc, e.entity_id",
  },
};

/** Ids that the limit kept apart; the rest is the group others. */
async function keptIds(
  resolved: ResolvedQuery,
  dimension: string,
  cell: ResultCell,
  context: QueryContext,
): Promise<string[]> {
  const statement = compileQuery({ ...resolved, comparison: null });
  const { rows } = await ask(statement, context);
  const same = rows.filter((row) => !cell.currency || !row.currency || row.currency === cell.currency);
  return [...new Set(same.map((row) => String(row[`${dimension}_id`])))].filter((id) => id !== "others");
}

/** A value of a custom field the result is split by is the value as it was shown: of a list one of several, else the whole. */
async function fieldCell(
  resolved: ResolvedQuery,
  id: string,
  field: string,
  value: string,
  cell: ResultCell,
  context: QueryContext,
): Promise<ResolvedFilter> {
  if (resolved.dimensions.find((dimension) => dimension.id === id)?.overlapping)
    return { field, member: [value] };
  if (value !== "others") return { field, whole: [value] };
  return { not: { field, whole: await keptIds(resolved, id, cell, context) } };
}

async function cellFilters(
  resolved: ResolvedQuery,
  cell: ResultCell,
  context: QueryContext,
): Promise<ResolvedFilter[]> {
  const filters: ResolvedFilter[] = [];
  for (const [id, value] of Object.entries(cell.dimensions ?? {})) {
    if (!resolved.dimensions.some((dimension) => dimension.id === id)) {
      throw new QueryError("invalid_cell", `The query is not split by "${id}", so a cell has no ${id}.`, [
        ...resolved.dimensions.map((dimension) => dimension.id),
      ]);
    }
    const field = /^field_(\d+)$/.exec(id)?.[1];
    if (field) {
      filters.push(await fieldCell(resolved, id, field, value, cell, context));
      continue;
    }
    const dimension = dimensions[id as DimensionId].id as DimensionId;
    if (value !== "others") filters.push({ dimension, ids: [value] });
    else filters.push({ not: { dimension, ids: await keptIds(resolved, id, cell, context) } });
  }
  return filters;
}

function cellBuckets(resolved: ResolvedQuery, cell: ResultCell): ResolvedQuery["buckets"] {
  if (cell.time === undefined) return resolved.buckets;
  const bucket = resolved.buckets.filter(({ time }) => time === cell.time);
  if (bucket.length > 0) return bucket;
  const times = resolved.buckets.map(({ time }) => time);
  throw new QueryError(
    "invalid_cell",
    `The result has no period that begins on ${cell.time}. It begins with ${times[0]}.`,
    times.slice(0, 3),
  );
}

/**
 * What is behind a cell of a result: leave a coordinate out to take all of it (a cell with no coordinates is the
 * total). Throws QueryError for a cell the query does not have, and for viewers, who may not read contacts.
 */
export async function drill(
  query: QueryInput | Query,
  cell: ResultCell,
  context: QueryContext,
  options: DrillPage = {},
): Promise<DrillResult> {
  if (context.principal.role === "viewer") {
    throw new QueryError(
      "not_allowed",
      "Viewers see the numbers, not the people behind them. Ask an admin for the role of analyst.",
    );
  }
  const resolved = await resolveFor(query, context);
  const metric = resolved.metrics.find(({ id }) => id === cell.metric);
  if (!metric) {
    const ids = resolved.metrics.map(({ id }) => id);
    const suggestions = nearest(
      cell.metric,
      ids.map((id) => ({ id, names: [] })),
    );
    throw new QueryError(
      "invalid_cell",
      `The query has no metric "${cell.metric}". It has ${ids.join(", ")}.`,
      suggestions,
    );
  }
  if (!metric.drill) throw new QueryError("invalid_cell", `${metric.label} cannot be drilled into.`);
  const target = targets[metric.drill];
  const filters = await cellFilters(resolved, cell, context);
  const all = [...(resolved.filter ? [resolved.filter] : []), ...filters];
  const narrowed: ResolvedQuery = {
    ...resolved,
    metrics: [metric],
    dimensions: [],
    filter: all.length > 0 ? { and: all } : null,
    buckets: cellBuckets(resolved, cell),
    order: null,
  };
  const currency = needsCurrency(narrowed) ? (cell.currency ?? context.account.currency) : undefined;
  const limit = options.limit ?? 100;
  const matureDays = cell.time === undefined ? matureDaysOf(narrowed) : 0;
  const { after } = options;
  const statement = compileDrill(narrowed, target.key, target, {
    currency,
    matureDays,
    limit: after ? null : limit,
    offset: options.offset ?? 0,
  });
  const asked = after ? { ...statement, ...pageOf(statement, thingsInOrder, after, limit) } : statement;
  const answer = await ask(asked, context);
  const page = after ? readPage(answer.rows, thingsInOrder, limit) : { rows: answer.rows };
  let first = answer.rows[0];
  if (!first && options.offset) {
    // A page past the end still says what the whole is.
    const start = compileDrill(narrowed, target.key, target, { currency, matureDays, limit: 1, offset: 0 });
    first = (await ask(start, context)).rows[0];
  }
  const rowCount = Number(first?.things ?? 0);
  const share = partsOf(metric).map(({ column }) => column);
  return {
    target: metric.drill,
    rows: page.rows.map((row) => {
      const shown = Object.entries(row).filter(
        ([name]) => name !== "things" && !name.endsWith("__whole") && !share.includes(name),
      );
      const value =
        metric.measure.kind === "ratio"
          ? Number(row[`${metric.id}__numerator`] ?? 0)
          : valueFromParts(metric, (column) => Number(row[column] ?? 0));
      return { ...Object.fromEntries(shown), value };
    }),
    total: valueFromParts(metric, (column) => Number(first?.[`${column}__whole`] ?? 0)),
    unit: metric.unit,
    currency: currency ?? null,
    row_count: rowCount,
    truncated: rowCount > (options.offset ?? 0) + answer.rows.length,
    ...("next" in page ? { next: page.next } : {}),
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
  };
}
