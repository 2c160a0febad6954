import { isKeapError } from "./keap/errors";
import type { ConnectionState, RunOutcome } from "./store";
import { StoreError } from "./stores/supabase";

/** An error as a state of the connection with a cure; `stops` says that no other call can work either. */
export interface Trouble {
  connection: ConnectionState | null;
  outcome: RunOutcome;
  stops: boolean;
}

const cures: Record<string, string> = {
  auth: "Connect Keap again, or make a new key in Keap under Settings > API and set KEAP_TOKEN.",
  forbidden: "Grant the user behind the key this permission in Keap, or use a service account key.",
  not_found: "Check KEAP_BASE_URL. If the path is right, this Keap plan does not have this part of the API.",
  invalid: "Update Keapsake: Keap no longer takes this request.",
  conflict: "Read the record again, then decide.",
  throttled: "Nothing to do: the sync goes on by itself when Keap's limit resets.",
  server: "Nothing to do: the sync tries again by itself. If it lasts, look at status.keap.com.",
  timeout: "Nothing to do: the sync tries again by itself.",
  network: "Check the network and KEAP_BASE_URL; the sync tries again by itself.",
  malformed:
    "Check that KEAP_BASE_URL is Keap's host and no proxy answers in its place; the sync tries again by itself.",
  aborted: "The run was stopped; start it again to go on where it stood.",
};

/** Turns whatever went wrong into words for a person. Rethrows what is our own bug. */
export function troubleOf(cause: unknown, now: Date): Trouble {
  if (isKeapError(cause)) {
    const cure = cures[cause.kind] ?? "Try again.";
    const waits = cause.kind === "throttled";
    const retryAt =
      cause.retryAfterMs === null ? null : new Date(now.getTime() + cause.retryAfterMs).toISOString();
    return {
      connection:
        cause.kind === "aborted"
          ? null
          : {
              state: waits ? "throttled" : "attention",
              error_kind: cause.kind,
              message: cause.message,
              cure,
              retry_at: retryAt,
            },
      outcome: {
        state: waits || cause.kind === "aborted" ? "paused" : "error",
        error_kind: cause.kind,
        error: cause.message,
        cure,
      },
      stops: ["auth", "throttled", "network", "aborted"].includes(cause.kind),
    };
  }
  if (cause instanceof StoreError) {
    return {
      connection: null,
      outcome: { state: "error", error_kind: "database", error: cause.message, cure: "See the message." },
      stops: true,
    };
  }
  throw cause;
}
