import type { MetricSummary, Unit } from "../metrics/definition";
import type { Grain, Query } from "./query";

/**
 * One column of an answer. Values of a `money` column are whole minor units (cents) of `currency`; `ratio` is a
 * fraction (0.25 is 25 %); `date` is `YYYY-MM-DD` in the account's zone.
 */
export interface ResultColumn {
  id: string;
  label: string;
  /** `comparison` is the same metric in the earlier range; `change` is (now − then) ÷ |then|, null when then is 0. */
  kind: "time" | "dimension" | "metric" | "comparison" | "change";
  unit: Unit | "text" | "date";
  /** ISO code where every row has the same currency; null where the row's `currency` says it. Only for money. */
  currency?: string | null;
  /** The registered metric a `metric`, `comparison` or `change` column belongs to. */
  metric?: string;
  /** False when the rows of this column must not be added up (the total was computed apart). */
  additive?: boolean;
}

/**
 * A row maps column ids to values. For a dimension `d`, `row.d` is the label and `row.d_id` the stable id (`unknown`
 * and `others` are ids of their own). For time, `row.time` is the first day of the bucket, `row.time_label` its name
 * and `row.incomplete` true while it is running. Null means "n/a" (nothing to divide by, or not applicable).
 */
export type ResultRow = Record<string, string | number | boolean | null>;

/** The days an answer is about: `from` and `to` are included; `start` and `end` are the instants, `end` excluded. */
export interface ResolvedRange {
  from: string;
  to: string;
  start: string;
  end: string;
  zone: string;
  label: string;
  /** False while the last day or period is still running. */
  complete: boolean;
}

export interface QueryResult {
  query: Query;
  columns: ResultColumn[];
  rows: ResultRow[];
  /** One row over the whole range without the dimensions; one per currency where there are several. */
  totals: ResultRow[];
  range: ResolvedRange;
  comparison_range: ResolvedRange | null;
  grain: Grain | null;
  /** The only currency of the answer, or null when there are several (rows then carry `currency`) or none. */
  currency: string | null;
  /** Instant up to which the data was synced; null before the first copy is complete, then `notes` says so. */
  as_of: string | null;
  /** Readable SQL with $1 … $n; `params` holds their values in order. */
  sql: string;
  params: unknown[];
  definitions: MetricSummary[];
  row_count: number;
  truncated: boolean;
  /** Set while the records it rests on are still being copied: the first sentence of whatever shows this answer. */
  copying?: string;
  /** What a reader must know: incomplete periods, overlapping groups, what a ratio left out. */
  notes: string[];
  /** What a click on a cell of each metric leads to. */
  drill: Record<string, "contacts" | "orders" | "payments" | "subscriptions" | null>;
}

/** One cell of a result to drill into: its metric and the ids of its row. A total has no coordinates. */
export interface ResultCell {
  metric: string;
  /** First day of the bucket, when the query has the dimension time. */
  time?: string;
  /** Dimension id to value id, as in `row.<dimension>_id`. */
  dimensions?: Record<string, string>;
  currency?: string;
}

/** What every answer says while records of the first copy are still missing, where nothing more is known. */
export const dataIncompleteNote =
  "The first copy of Keap is not complete: these numbers cover only what has arrived so far.";
