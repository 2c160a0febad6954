import type { Principal } from "@/supabase/contract/principal";
import { summarizeMetric } from "../metrics/catalog";
import { countryName } from "../metrics/countries";
import type { MetricDefinition } from "../metrics/definition";
import { describeSettings } from "../metrics/settings";
import type { AnalyticsAccount } from "./account";
import { ask } from "./ask";
import {
  canAddOthers,
  compileQuery,
  compileTotals,
  matureDaysOf,
  needsCurrency,
  partsAddUp,
} from "./compile";
import { describeCopying, entitiesOf } from "./copying";
import type { DoorAnswer, QueryDoor } from "./door";
import { QueryError } from "./errors";
import { beforeSuffix } from "./fact-selects";
import { openNames } from "./names";
import { partsOf, valueFromParts } from "./parts";
import type { Query, QueryInput } from "./query";
import type { Bucket } from "./range";
import { type ResolvedQuery, resolveQuery } from "./resolve";
import { dataIncompleteNote, type QueryResult, type ResultColumn, type ResultRow } from "./result";
import type { RollupUses } from "./rolled";
import type { Statement } from "./sql-text";

/** Who asks, through which door, about which account, and when. */
export interface QueryContext {
  principal: Principal;
  door: QueryDoor;
  account: AnalyticsAccount;
  clock?: () => Date;
  /** False where nobody looks at totals that do not follow from the rows: they cost a question of their own, and are then none. */
  totals?: false;
}

/** A part of a raw row; null where there is none, which a median keeps. */
const partIn =
  (raw: ResultRow, suffix = "") =>
  (column: string): number | null => {
    const value = raw[column + suffix];
    return value === null || value === undefined ? null : Number(value);
  };

const numberOf = (value: ResultRow[string] | undefined): number =>
  value === null || value === undefined ? 0 : Number(value);

/** (now − then) ÷ |then|; null where there is nothing to compare with. */
function changeOf(now: number | null, then: number | null): number | null {
  if (now === null || then === null || then === 0) return null;
  return Math.round(((now - then) / Math.abs(then)) * 1e6) / 1e6;
}

/** Values of each metric (and of the earlier range) from the parts in a raw row. */
function metricValues(resolved: ResolvedQuery, raw: ResultRow): ResultRow {
  const values: ResultRow = {};
  for (const metric of resolved.metrics) {
    const now = valueFromParts(metric, partIn(raw));
    values[metric.id] = now;
    for (const part of partsOf(metric)) {
      if (part.column !== metric.id) values[part.column] = numberOf(raw[part.column]);
    }
    if (!resolved.comparison) continue;
    const then = valueFromParts(metric, partIn(raw, beforeSuffix));
    values[`${metric.id}__previous`] = then;
    values[`${metric.id}__change`] = changeOf(now, then);
  }
  return values;
}

const timeValues = (bucket: Bucket): ResultRow => ({
  time: bucket.time,
  time_label: bucket.label,
  incomplete: bucket.incomplete,
});

/** True while things of the bucket may still turn out either way. */
function isImmature(resolved: ResolvedQuery, bucket: Bucket): boolean {
  const days = matureDaysOf(resolved);
  return (
    resolved.grain !== null &&
    days > 0 &&
    Date.parse(bucket.end) + days * 86_400_000 > Date.parse(resolved.now)
  );
}

/** Id and name of each dimension's value in a raw row. */
function dimensionValues(resolved: ResolvedQuery, raw: ResultRow): ResultRow {
  const values: ResultRow = {};
  for (const { id } of resolved.dimensions) {
    const key = String(raw[`${id}_id`]);
    values[id] = id === "country" && key.length === 3 ? countryName(key) : String(raw[id] ?? key);
    values[`${id}_id`] = key;
  }
  return values;
}

/** Fills every bucket of every series, so that a month without sales is a zero and not a gap. */
function fillBuckets(resolved: ResolvedQuery, rows: readonly ResultRow[]): ResultRow[] {
  const keys = [
    ...resolved.dimensions.map(({ id }) => `${id}_id`),
    ...(needsCurrency(resolved) ? ["currency"] : []),
  ];
  const series = new Map<string, ResultRow>();
  const byCell = new Map<string, ResultRow>();
  for (const row of rows) {
    const key = JSON.stringify(keys.map((each) => row[each]));
    if (!series.has(key)) {
      const names = [...keys, ...resolved.dimensions.map(({ id }) => id)];
      series.set(key, Object.fromEntries(names.map((name) => [name, row[name] ?? null])));
    }
    byCell.set(`${row.bucket} ${key}`, row);
  }
  if (series.size === 0 && resolved.dimensions.length === 0) {
    series.set("[]", needsCurrency(resolved) ? { currency: resolved.account.currency } : {});
  }
  return resolved.buckets.flatMap((bucket) =>
    [...series].map(
      ([key, names]) => byCell.get(`${bucket.index} ${key}`) ?? { ...names, bucket: bucket.index },
    ),
  );
}

/** One row when a query has no groups, also where nothing happened. */
const orZero = (resolved: ResolvedQuery, rows: readonly ResultRow[]): readonly ResultRow[] =>
  rows.length > 0 || resolved.dimensions.length > 0
    ? rows
    : [needsCurrency(resolved) ? { currency: resolved.account.currency } : {}];

function shapeRows(resolved: ResolvedQuery, raw: readonly ResultRow[]): ResultRow[] {
  return namedRows(
    resolved,
    resolved.grain ? sortFilled(resolved, fillBuckets(resolved, raw)) : orZero(resolved, raw),
  );
}

/** Raw rows as an answer has them: periods and groups by name, values worked out of their parts. */
export function namedRows(resolved: ResolvedQuery, raw: readonly ResultRow[]): ResultRow[] {
  const buckets = new Map(resolved.buckets.map((bucket) => [bucket.index, bucket]));
  return raw.map((row) => {
    const bucket = buckets.get(numberOf(row.bucket));
    return {
      ...(resolved.grain && bucket ? timeValues(bucket) : {}),
      ...(bucket && isImmature(resolved, bucket) ? { immature: true } : {}),
      ...dimensionValues(resolved, row),
      ...(needsCurrency(resolved) ? { currency: row.currency ?? resolved.account.currency } : {}),
      ...metricValues(resolved, row),
    };
  });
}

/** Filled rows come in the order of time; a query may ask for another. */
function sortFilled(resolved: ResolvedQuery, rows: ResultRow[]): ResultRow[] {
  const order = resolved.order;
  if (!order) return rows;
  const sign = order.direction === "desc" ? -1 : 1;
  if (order.by === "time")
    return sign === 1 ? rows : rows.toSorted((a, b) => numberOf(b.bucket) - numberOf(a.bucket));
  const metric = resolved.metrics.find(({ id }) => id === order.by);
  if (!metric || resolved.dimensions.length > 0) return rows;
  const value = (row: ResultRow) => valueFromParts(metric, partIn(row));
  return rows.toSorted((a, b) => {
    const [left, right] = [value(a), value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    return sign * (left - right);
  });
}

/** Adds raw rows up, one total per currency. */
function addUp(resolved: ResolvedQuery, rows: readonly ResultRow[]): ResultRow[] {
  const totals = new Map<string, ResultRow>();
  const columns = resolved.metrics
    .flatMap(partsOf)
    .flatMap(({ column }) => (resolved.comparison ? [column, column + beforeSuffix] : [column]));
  for (const row of rows) {
    const currency = String(row.currency ?? "");
    const total = totals.get(currency) ?? { ...(row.currency ? { currency: row.currency } : {}) };
    for (const column of columns) total[column] = numberOf(total[column]) + numberOf(row[column]);
    totals.set(currency, total);
  }
  return [...totals.keys()].sort().map((currency) => totals.get(currency) ?? {});
}

/** Groups whose rows add up need no second question to the database. */
const totalsMayFollow = (resolved: ResolvedQuery) =>
  isOneNumber(resolved) ||
  (partsAddUp(resolved) && (resolved.query.limit === undefined || canAddOthers(resolved)));

/** One row, or one per currency: the total is the answer itself. */
const isOneNumber = ({ dimensions, grain }: ResolvedQuery) => dimensions.length === 0 && grain === null;

function resultColumns(resolved: ResolvedQuery, currencies: readonly string[]): ResultColumn[] {
  const columns: ResultColumn[] = [];
  if (resolved.grain) columns.push({ id: "time", label: "Time", kind: "time", unit: "date" });
  for (const { id, label } of resolved.dimensions)
    columns.push({ id, label, kind: "dimension", unit: "text" });
  if (currencies.length > 1)
    columns.push({ id: "currency", label: "Currency", kind: "dimension", unit: "text" });
  for (const metric of resolved.metrics) columns.push(...metricColumns(metric, resolved, currencies));
  return columns;
}

function metricColumns(
  metric: MetricDefinition,
  resolved: ResolvedQuery,
  currencies: readonly string[],
): ResultColumn[] {
  const common = { unit: metric.unit, metric: metric.id };
  const money =
    metric.unit === "money" ? { currency: currencies.length === 1 ? (currencies[0] ?? null) : null } : {};
  const additive =
    !["ratio", "formula"].includes(metric.measure.kind) && partsAddUp({ ...resolved, metrics: [metric] });
  const now: ResultColumn = {
    ...common,
    ...money,
    id: metric.id,
    label: metric.label,
    kind: "metric",
    additive,
  };
  if (!resolved.comparison) return [now];
  const when = resolved.query.comparison === "previous_year" ? "a year before" : "the period before";
  return [
    now,
    {
      ...common,
      ...money,
      id: `${metric.id}__previous`,
      label: `${metric.label}, ${when}`,
      kind: "comparison",
      additive,
    },
    {
      unit: "ratio",
      metric: metric.id,
      id: `${metric.id}__change`,
      label: `${metric.label}, change`,
      kind: "change",
      additive: false,
    },
  ];
}

function notesFor(
  resolved: ResolvedQuery,
  rows: readonly ResultRow[],
  answer: DoorAnswer,
  currencies: readonly string[],
): string[] {
  const notes: string[] = answer.as_of === null ? [dataIncompleteNote] : [];
  const { range, dimensions, metrics, query } = resolved;
  const asked = query.range;
  if (!range.complete) notes.push(`The period is still running: the numbers end on ${range.to}.`);
  if ("to" in asked && asked.to > range.to)
    notes.push(`The range was cut at today, ${range.to}; ${asked.to} lies ahead.`);
  for (const dimension of dimensions.filter(({ overlapping }) => overlapping)) {
    notes.push(
      `${dimension.label}: ${dimension.description} The rows overlap and do not add up to the total, which was computed apart.`,
    );
  }
  const counted = metrics.filter((metric) =>
    partsOf(metric).some(({ aggregate }) => aggregate.kind === "count"),
  );
  if (dimensions.some(({ of }) => of === "line") && counted.length > 0) {
    notes.push("An order with several products counts under each of them; the total counts it once.");
  }
  if (query.limit !== undefined && query.others && dimensions.length > 0 && !canAddOthers(resolved)) {
    notes.push("Groups beyond the limit were left out: they overlap and cannot be added up.");
  }
  if (currencies.length > 1)
    notes.push(`Amounts in ${currencies.join(", ")} are kept apart and never added.`);
  if (answer.truncated)
    notes.push(`Only the first ${answer.row_count} rows are shown; the totals cover all.`);
  if (rows.every((row) => metrics.every(({ id }) => row[id] === 0 || row[id] === null))) {
    notes.push("Nothing happened in this range under these conditions.");
  }
  return notes;
}

/** Asks the rollups where they are kept and true to the data, else the facts; both give the same rows. */
const answerQuickest = (
  compile: (resolved: ResolvedQuery, rolled?: RollupUses) => Statement,
  resolved: ResolvedQuery,
  context: QueryContext,
): Promise<DoorAnswer> => ask((uses) => compile(resolved, uses), context);

/** Runs a query that was already resolved. */
export async function runResolved(resolved: ResolvedQuery, context: QueryContext): Promise<QueryResult> {
  // Totals that do not follow from the rows are asked for beside them.
  const follow = totalsMayFollow(resolved);
  const without = !follow && context.totals === false;
  const [answer, apart, statement] = await Promise.all([
    answerQuickest(compileQuery, resolved, context),
    follow || without ? null : answerQuickest(compileTotals, resolved, context),
    // What is shown beside the answer, while the database works.
    new Promise((go) => setImmediate(go)).then(() => compileQuery(resolved)),
  ]);
  const totalled =
    apart ?? (answer.truncated && !without ? await answerQuickest(compileTotals, resolved, context) : null);
  const sums: readonly ResultRow[] =
    totalled?.rows ?? (isOneNumber(resolved) ? answer.rows : addUp(resolved, answer.rows));
  const rows = shapeRows(resolved, answer.rows);
  const withoutGroups = { ...resolved, dimensions: [], grain: null };
  const totals = (without ? [] : orZero(withoutGroups, sums)).map((row) => ({
    ...(needsCurrency(resolved) ? { currency: row.currency ?? resolved.account.currency } : {}),
    ...metricValues(resolved, row),
  }));
  const inCurrency = (row: ResultRow) => String(row.currency ?? resolved.account.currency);
  const currencies = needsCurrency(resolved)
    ? [...new Set((without ? orZero(withoutGroups, rows) : totals).map(inCurrency))].sort()
    : [];
  return {
    query: resolved.query,
    columns: resultColumns(resolved, currencies),
    rows,
    totals,
    range: resolved.range,
    comparison_range: resolved.comparison?.range ?? null,
    grain: resolved.grain,
    currency: currencies.length === 1 ? (currencies[0] ?? null) : null,
    as_of: answer.as_of,
    sql: statement.shown,
    params: statement.shown_params,
    definitions: resolved.metrics.map(summarizeMetric),
    row_count: rows.length,
    truncated: answer.truncated,
    notes: [
      ...notesFor(resolved, rows, answer, currencies),
      ...describeSettings(resolved.metrics, answer.settings ?? {}),
    ],
    drill: Object.fromEntries(resolved.metrics.map(({ id, drill }) => [id, drill])),
  };
}

/** Checks a query against the registry and the account, without running it. Throws QueryError. */
export async function resolveFor(query: QueryInput | Query, context: QueryContext): Promise<ResolvedQuery> {
  refuseFields(query, context.principal);
  const now = context.clock?.() ?? new Date();
  return resolveQuery(query, context.account, now, openNames(context.door, context.principal));
}

/** Viewers do not see people; custom fields hold anything, and a count of one per value is the person's record. */
function refuseFields(query: QueryInput | Query, { role }: Principal): void {
  if (role !== "viewer" || !mentionsField([query.dimensions, query.filters])) return;
  throw new QueryError(
    "not_allowed",
    'Custom fields and segments of people are not open to the role "viewer". Split by product, tag, lead source, country or region instead.',
  );
}

function mentionsField(value: unknown): boolean {
  if (typeof value === "string") return value.startsWith("field:");
  if (Array.isArray(value)) return value.some(mentionsField);
  if (!value || typeof value !== "object") return false;
  return "field" in value || "in_segment" in value || Object.values(value).some(mentionsField);
}

/**
 * Answers a metric query for a principal. Throws QueryError when the question cannot be answered as asked (its message
 * names the nearest that can) and QueryDoorError when the database did not answer.
 */
export async function runMetricQuery(query: QueryInput | Query, context: QueryContext): Promise<QueryResult> {
  const resolved = await resolveFor(query, context);
  const result = await runResolved(resolved, context);
  return result.as_of === null ? sayWhatIsMissing(result, resolved, context) : result;
}

/**
 * The same for what reads more out of numbers than they say, such as a forecast or the reasons of a change: over half
 * a copy it would be about the copy. Throws QueryError until the records behind it are complete.
 */
export async function runCompleteQuery(
  query: QueryInput | Query,
  context: QueryContext,
): Promise<QueryResult> {
  const result = await runMetricQuery(query, context);
  if (!result.copying) return result;
  throw new QueryError(
    "still_copying",
    `${result.copying} Reasons and forecasts need all of it; ask again when the Sync page says the first copy is complete.`,
  );
}

/** While the first copy runs: which of the records behind the answer are still missing, or that none are. */
async function sayWhatIsMissing(
  result: QueryResult,
  { metrics, dimensions, filter }: ResolvedQuery,
  context: QueryContext,
): Promise<QueryResult> {
  const facts = metrics.flatMap((metric) => partsOf(metric).map(({ aggregate }) => aggregate.fact));
  const conditions = [...JSON.stringify(filter ?? {}).matchAll(/"(?:dimension":"(\w+)"|(tags|products)":)/g)];
  const copying = await describeCopying(
    entitiesOf({
      facts,
      dimensions: [
        ...dimensions.map(({ id }) => id),
        ...conditions.map(([, dimension, people]) => dimension ?? (people === "tags" ? "tag" : "product")),
      ],
    }),
    context,
  );
  const notes = result.notes.filter((note) => note !== dataIncompleteNote);
  return copying ? { ...result, copying, notes: [copying, ...notes] } : { ...result, notes };
}
