import type { RunContext } from "../context";
import { type EntitySpec, fieldsOf } from "../mapping/entities";
import { planFields } from "../plan/plan-fields";
import { policiesFor } from "../plan/policies";
import { journalOf, text } from "../settlement";
import type { DirtyRecord, Settlement, SyncState } from "../store";
import type { PushResult } from "./push";

/**
 * Tables that Keap owns: an edit here is put back to what Keap last showed and logged; a row made or deleted here is
 * held for a person. Nothing is sent.
 */
export async function restoreRecords(
  context: RunContext,
  entity: string,
  spec: EntitySpec | null,
  state: SyncState,
  result: PushResult,
  limit: number,
): Promise<number> {
  const { store, accountId, owner, runId } = context;
  const items = await store.claimDirty(accountId, entity, limit, owner, { guarded: false });
  if (items.length === 0) return 0;
  await store.settle(
    accountId,
    entity,
    items.map((item) => restore(item, spec, state, result)),
    runId,
  );
  return items.length;
}

function restore(
  item: DirtyRecord,
  spec: EntitySpec | null,
  state: SyncState,
  result: PushResult,
): Settlement {
  const common = { record_id: item.record_id, version: item.version, keap_id: item.keap_id };
  const keap = item.keap ?? item.base;
  if (
    !spec ||
    spec.fields.length === 0 ||
    keap === null ||
    item.key === null ||
    item.row === null ||
    item.row.deleted_at
  ) {
    const reason =
      item.row === null || item.row.deleted_at
        ? "Deleted here, kept in Keap: records of this kind are deleted in Keap only by hand."
        : keap === null
          ? "Records of this kind are made in Keap, not here. Make it there; it arrives by itself."
          : "Changes to records of this kind are not carried to Keap.";
    result.held += 1;
    return {
      ...common,
      status: "held",
      error: reason,
      mark: "hold",
      letter: { class: "hold", reason, cure: "Make the change in Keap." },
    };
  }
  const plan = planFields(
    fieldsOf(spec.entity, item.row),
    {
      keap,
      supabase: item.row,
      base: item.base,
      keapChangedAt: item.keap_updated_at,
      supabaseChangedAt: text(item.row.last_updated_at),
    },
    policiesFor(spec.entity, state.policies),
  );
  result[plan.violations.length > 0 ? "restored" : "agreed"] += 1;
  return {
    ...common,
    key: item.key,
    base: plan.base,
    patch: plan.pull,
    clean: true,
    status: "synced",
    mark: "clear",
    journal: journalOf(plan, item.base, plan.base, item.origin),
  };
}
