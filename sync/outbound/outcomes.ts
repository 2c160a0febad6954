import type { KeapError } from "../keap/errors";
import type { Letter } from "../store";

/** How often a call may fail for a while before a person is asked. */
export const maxAttempts = 8;

/** What becomes of a record whose call failed. */
export interface Outcome {
  status: "pending" | "error";
  mark: "retry" | "dead";
  retry_at?: string;
  intent_state: "unknown" | "failed" | "abandoned";
  letter?: Letter;
  error: string | null;
  /** Nobody else's call can work either: the run ends. */
  stops: boolean;
}

/** Seconds until the next look: 2, 4, 8 … at most ten minutes. */
export function retryAt(now: Date, attempts: number, atLeastMs = 0): string {
  return new Date(
    now.getTime() + Math.max(atLeastMs, Math.min(600_000, 2000 * 2 ** Math.min(attempts, 10))),
  ).toISOString();
}

const cures: Partial<Record<KeapError["kind"], string>> = {
  invalid: "Correct the value here, then the record is sent again by itself.",
  not_found: "The record is gone from Keap. Restore it there, or delete the row here.",
  forbidden: "Grant the user behind the key this permission in Keap, then replay the dead letter.",
  conflict:
    "Keap holds something that collides with this change. Look at the record in Keap, then replay the dead letter.",
};

/** A timeout is not a failure but an unknown: the next step is a read, never a second write. */
export function outcomeOf(error: KeapError, attempts: number, now: Date, fields: Letter["fields"]): Outcome {
  const reason = error.message;
  if (
    error.kind === "auth" ||
    error.kind === "throttled" ||
    // stopped before it went out; one that was stopped on its way may have arrived
    (error.kind === "aborted" && error.outcome === "not_applied") ||
    (error.kind === "network" && error.outcome === "not_applied")
  ) {
    return {
      status: "pending",
      mark: "retry",
      // no attempt was made that the record could be blamed for
      retry_at: retryAt(now, 4, error.retryAfterMs ?? 0),
      intent_state: "abandoned",
      error: null,
      stops: true,
    };
  }
  if (error.outcome === "unknown" || error.retryable) {
    if (attempts + 1 < maxAttempts) {
      return {
        status: "pending",
        mark: "retry",
        retry_at: retryAt(now, attempts, error.retryAfterMs ?? 0),
        intent_state: error.outcome === "unknown" ? "unknown" : "failed",
        error: null,
        letter: attempts > 0 ? { class: "retry", reason, error_kind: error.kind, fields } : undefined,
        stops: false,
      };
    }
  }
  return {
    status: "error",
    mark: "dead",
    intent_state: error.outcome === "unknown" ? "unknown" : "failed",
    letter: {
      class: "dead",
      reason,
      cure: cures[error.kind] ?? "Replay the dead letter when Keap is well again.",
      error_kind: error.kind,
      fields,
    },
    error: reason,
    stops: false,
  };
}
