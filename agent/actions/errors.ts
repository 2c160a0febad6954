/** Trying again later may help: the database or Keap was away, not unwilling. */
export class RetryableActionError extends Error {
  override readonly name = "RetryableActionError";
}
