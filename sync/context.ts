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
  /** What lists of changes leave out (merges, deletions of children, absences) needs it; without it, that is not followed. */
  hooks?: HookStore;
}

/** One run: its dependencies, what is known of the account, and its id in the journal. */
export interface RunContext extends Required<Omit<SyncDeps, "signal" | "hooks">> {
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
