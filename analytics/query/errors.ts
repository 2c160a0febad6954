/** What was wrong with a question, in words the asker can act on. Never carries SQL. */
export type QueryErrorCode =
  | "unknown_metric"
  | "unknown_dimension"
  | "dimension_not_allowed"
  | "unknown_value"
  | "unknown_order"
  | "empty_range"
  | "future_range"
  | "too_many_buckets"
  | "unknown_zone"
  | "invalid_query"
  | "invalid_cell"
  | "not_allowed"
  /** Nothing of what the answer rests on has arrived from Keap yet. */
  | "still_copying";

/** The asker can fix it: `message` says what is wrong and names the nearest valid choice, `suggestions` lists them. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  readonly retryable = false;

  constructor(
    readonly code: QueryErrorCode,
    message: string,
    readonly suggestions: readonly string[] = [],
  ) {
    super(message);
  }
}

/** The database did not answer a question that was well formed. */
export class QueryDoorError extends Error {
  override readonly name = "QueryDoorError";

  constructor(
    message: string,
    readonly retryable: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
