import { randomUUID } from "node:crypto";
import type { HookStore } from "./hooks/store";
import type { KeapClient } from "./keap/client";
import type { MapContext } from "./mapping/types";
import type { SyncStore } from "./store";

/** What a run of the sync needs of the world. */
export interface SyncDeps {
  accountId: string;
  keap: KeapClient;
  store: SyncStore;
  now?: () => Date;
  signal?: AbortSignal;
  /** Pauses and timers of a run; the machine's own unless told. */
  time?: RunTime;
  /** What lists of changes leave out (merges, deletions of children, absences) needs it; without it, that is not followed. */
  hooks?: HookStore;
}

/** One run: its dependencies, what is known of the account, and its id in the journal. */
/** Time that passes while a run works, apart from what any clock says the time is. */
export interface RunTime {
  /** Milliseconds since some moment; never goes back. */
  elapsed(): number;
  /** Does the work again and again without keeping the process alive; the answer ends it. */
  every(ms: number, work: () => void): () => void;
}

export const machineTime: RunTime = {
  elapsed: () => performance.now(),
  every(ms, work) {
    const timer = setInterval(work, ms);
    timer.unref?.();
    return () => clearInterval(timer);
  },
};

/**
 * The same dependencies by the database's clock. What a run stores (when to look again, how long a call may be on its
 * way) is compared with that clock by other runs on other machines; this machine's own may be off by a day.
 */
export function byDatabaseClock<D extends SyncDeps>(deps: D, databaseNow: string | undefined): D {
  const now = deps.now ?? (() => new Date());
  const ahead = databaseNow === undefined ? 0 : now().getTime() - Date.parse(databaseNow);
  return { ...deps, now: () => new Date(now().getTime() - ahead) };
}

export interface RunContext extends Required<Omit<SyncDeps, "signal" | "hooks" | "time">> {
  hooks?: HookStore;
  signal?: AbortSignal;
  runId: string | null;
  mapping: MapContext;
  owner: string;
}

export const unknownAccount: MapContext = {
  currency: "USD",
  testMerchants: new Set(),
  excludedCustomFields: new Set(),
};

export function contextFor(deps: SyncDeps, runId: string | null, mapping: MapContext): RunContext {
  return { ...deps, now: deps.now ?? (() => new Date()), runId, mapping, owner: randomUUID() };
}
