import { randomUUID } from "node:crypto";
import { byDatabaseClock, contextFor, type RunContext, type SyncDeps } from "../context";
import { entitySpecs } from "../mapping/entities";
import { type EntityName, entityNames } from "../mapping/types";
import { readProfile, rememberedProfile } from "../profile";
import type { SyncState } from "../store";
import { troubleOf } from "../trouble";
import { contactAdapter, type OutboundAdapter, tagAdapter } from "./adapters";
import { interactionAdapter } from "./adapters-activity";
import { customFieldAdapter, leadSourceAdapter } from "./adapters-catalog";
import { companyAdapter, opportunityAdapter, productAdapter, tagCategoryAdapter } from "./adapters-crm";
import { orderAdapter, orderItemAdapter, paymentAdapter, subscriptionAdapter } from "./adapters-sales";
import { LeaseLost, type PushLease, takePushLease } from "./push-lease";
import { pushMembers } from "./push-members";
import { pushRecords } from "./push-records";
import { restoreRecords } from "./restore-records";

export interface PushResult {
  state: "done" | "paused" | "error";
  /** Marks looked at. */
  claimed: number;
  /** Records changed in Keap. */
  updated: number;
  created: number;
  deleted: number;
  tags_applied: number;
  tags_removed: number;
  /** Nothing to do: undone, or already the same on both sides. */
  agreed: number;
  /** Edits put back, because the field is Keap's. */
  restored: number;
  held: number;
  failed: number;
  /** Outcome unknown or Keap busy: looked at again soon. */
  retried: number;
  /** More is waiting. */
  more: boolean;
  /** Another run is carrying this account's edits, or has taken over: nothing more was done here. */
  busy: boolean;
  error?: string;
  cure?: string;
}

export interface PushOptions {
  /** Stop after this many marks. */
  maxRecords?: number;
}

/** Parents first; memberships come after all of them. */
const adapters: readonly (readonly [EntityName, OutboundAdapter])[] = [
  ["lead_sources", leadSourceAdapter],
  ["custom_field_definitions", customFieldAdapter],
  ["tag_categories", tagCategoryAdapter],
  ["tags", tagAdapter],
  ["products", productAdapter],
  ["companies", companyAdapter],
  ["contacts", contactAdapter],
  ["subscriptions", subscriptionAdapter],
  ["orders", orderAdapter],
  ["order_items", orderItemAdapter],
  ["payments", paymentAdapter],
  ["opportunities", opportunityAdapter],
  ["interactions", interactionAdapter],
];

const batchSize = 100;

/**
 * Carries what was edited here to Keap. Every record is read again first; what Keap changed meanwhile is merged, not
 * overwritten; each write has its intent before it and its journal after it. Safe to run twice, together, or killed:
 * one run per account works at a time, the others find it busy.
 */
export async function runPush(given: SyncDeps, options: PushOptions = {}): Promise<PushResult> {
  const state = await given.store.readState(given.accountId);
  const deps = byDatabaseClock(given, state.now);
  const result: PushResult = {
    state: "done",
    claimed: 0,
    updated: 0,
    created: 0,
    deleted: 0,
    tags_applied: 0,
    tags_removed: 0,
    agreed: 0,
    restored: 0,
    held: 0,
    failed: 0,
    retried: 0,
    more: false,
    busy: false,
  };
  const waiting = Object.entries(state.dirty)
    .filter(([entity, counts]) => counts.waiting > 0 && !isPaused(state, entity))
    .map(([entity]) => entity);
  if (waiting.length === 0) return result;
  const owner = randomUUID();
  const lease = await takePushLease(deps.store, deps.accountId, owner, deps.time);
  if (!lease) return { ...result, busy: true };
  try {
    return await pushAll(deps, options, state, result, waiting, lease, owner);
  } finally {
    await lease.release();
  }
}

async function pushAll(
  deps: SyncDeps,
  options: PushOptions,
  state: SyncState,
  result: PushResult,
  waiting: readonly string[],
  lease: PushLease,
  owner: string,
): Promise<PushResult> {
  const now = deps.now ?? (() => new Date());
  const runId = await deps.store.startRun(deps.accountId, "push");
  try {
    const mapping = rememberedProfile(state.cursors, now()) ?? (await readProfile(deps));
    const context = { ...contextFor(deps, runId, mapping), owner };
    const limit = options.maxRecords ?? 5000;
    for (const [entity, adapter] of adapters) {
      if (!waiting.includes(entity) || isPaused(state, entity)) continue;
      await drain(result, limit, lease, () =>
        pushRecords(context, entity, adapter, state, result, batchSize, lease),
      );
    }
    if (waiting.includes("contact_tags") && !isPaused(state, "contact_tags")) {
      await drain(result, limit, lease, () => pushMembers(context, result, 500, lease));
    }
    for (const entity of waiting) {
      const known = entityNames.includes(entity as EntityName) ? entitySpecs[entity as EntityName] : null;
      if (known?.outbound || entity === "contact_tags" || isPaused(state, entity)) continue;
      await drain(result, limit, lease, () =>
        restoreRecords(context, entity, known, state, result, batchSize),
      );
    }
    if (result.updated + result.created + result.deleted + result.tags_applied + result.tags_removed > 0) {
      await deps.store.setConnection(deps.accountId, { state: "connected" });
    }
    await deps.store.finishRun(runId, { state: "done", counts: countsOf(result) });
    return result;
  } catch (cause) {
    if (cause instanceof LeaseLost) {
      await deps.store.finishRun(runId, { state: "paused", counts: countsOf(result), error: cause.message });
      return { ...result, busy: true };
    }
    const trouble = troubleOf(cause, now());
    if (trouble.connection) await deps.store.setConnection(deps.accountId, trouble.connection);
    await deps.store.finishRun(runId, { ...trouble.outcome, counts: countsOf(result) });
    return {
      ...result,
      state: trouble.outcome.state,
      error: trouble.outcome.error,
      cure: trouble.outcome.cure,
    };
  }
}

/** Batch after batch until nothing is left to claim; a batch returns how many it claimed. */
async function drain(
  result: PushResult,
  limit: number,
  lease: PushLease,
  batch: () => Promise<number>,
): Promise<void> {
  for (;;) {
    if (result.claimed >= limit) {
      result.more = true;
      return;
    }
    await lease.hold();
    const claimed = await batch();
    result.claimed += claimed;
    if (claimed === 0) return;
  }
}

function isPaused(state: SyncState, entity: string): boolean {
  return state.switches.some(
    (one) => (one.entity === "*" || one.entity === entity) && (one.paused || !one.outbound),
  );
}

function countsOf({
  state: _state,
  more: _more,
  busy: _busy,
  error: _error,
  cure: _cure,
  ...counts
}: PushResult): Record<string, number> {
  return counts;
}

export type { RunContext };
