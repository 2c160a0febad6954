import { entomb, holdGone } from "./apply";
import { linkMerged } from "./hooks";
import { type MemoryState, markKey, parentOf, type Row, shadowKey, shadowOfRecord, tableOf } from "./state";

/** Records that are gone from Keap: what the sweeps and the deletes of a push settle. */

/** `sync_confirm_gone`: an edited row is a conflict for a person, every other one is marked deleted. */
export function confirmGone(
  state: MemoryState,
  account: string,
  entity: string,
  keapIds: readonly number[],
  runId: string | null,
): number {
  const at = state.now();
  const ids = new Set(keapIds);
  let gone = 0;
  for (const row of [...tableOf(state, entity).values()]) {
    if (row.account_id !== account || row.keap_id === null || !ids.has(row.keap_id)) continue;
    if (row.deleted_at !== null) continue;
    const shadow = shadowOfRecord(state, entity, row.supabase_id);
    if (shadow?.row_version === row.version) {
      entomb(state, entity, shadow, row, "gone_from_keap", { account, runId, at });
      gone += 1;
      continue;
    }
    const reason = "Deleted in Keap while it was edited here. Decide which side is right.";
    Object.assign(row, { sync_status: "held", sync_error: reason });
    const mark = shadow && state.dirty.get(markKey(account, entity, row.supabase_id, null));
    if (mark) Object.assign(mark, { state: "held", reason });
  }
  return gone;
}

/** `sync_confirm_gone_keys`: as `confirmGone`, and what belongs to the record goes with it. */
export function confirmGoneKeys(
  state: MemoryState,
  account: string,
  entity: string,
  keys: readonly string[],
  runId: string | null,
): number {
  const context = { account, runId, at: state.now() };
  const wanted = keys.flatMap((key) => state.shadows.get(shadowKey(account, entity, key)) ?? []);
  const gone = wanted.flatMap((shadow) => {
    const row = tableOf(state, entity).get(shadow.record_id);
    if (!row) return [];
    if (row.deleted_at === null && row.version === shadow.row_version) return [{ shadow, row }];
    if (row.deleted_at === null) holdGone(state, entity, row, account);
    return [];
  });
  for (const { shadow, row } of gone) {
    removeChildrenOf(state, entity, shadow.keap_id, context);
    if (entity === "contacts" || entity === "tags") removeLinksOf(state, entity, row, context.at);
    entomb(state, entity, shadow, row, "gone_from_keap", context);
  }
  if (entity === "contacts")
    linkMerged(
      state,
      gone.map(({ row }) => row.keap_id as number),
      context,
    );
  return gone.length;
}

function removeChildrenOf(
  state: MemoryState,
  entity: string,
  keapId: number | null,
  context: { account: string; runId: string | null; at: number },
): void {
  for (const [child, parent] of Object.entries(parentOf)) {
    if (parent?.entity !== entity) continue;
    for (const row of tableOf(state, child).values()) {
      const shadow = shadowOfRecord(state, child, row.supabase_id);
      if (!shadow || row.deleted_at !== null || row.values[parent.column] !== keapId) continue;
      if (shadow.row_version !== row.version) holdGone(state, child, row, context.account);
      else entomb(state, child, shadow, row, "gone_from_parent", context);
    }
  }
}

/** Memberships go with their contact or tag: no removal that a push would carry out. */
function removeLinksOf(state: MemoryState, entity: "contacts" | "tags", row: Row, at: number): void {
  const side = entity === "contacts" ? "contact_id" : "tag_id";
  for (const link of state.links.values())
    if (link[side] === row.supabase_id && link.removed_at === null)
      Object.assign(link, {
        removed_at: at,
        version: link.version + 1,
        sync_status: "synced",
        sync_error: null,
        last_modified_by: "keap",
        last_updated_at: at,
      });
  if (entity === "tags")
    for (const shadow of state.shadows.values())
      if (shadow.entity === "contacts" && shadow.account_id === row.account_id)
        shadow.members = shadow.members?.filter((tag) => tag !== row.keap_id) ?? null;
  for (const [key, mark] of state.dirty)
    if (
      mark.entity === "contact_tags" &&
      (entity === "contacts" ? mark.record_id : mark.other_id) === row.supabase_id
    )
      state.dirty.delete(key);
}
