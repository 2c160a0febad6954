import type { Values } from "../../mapping/types";
import type { DeletedRecord, MemberSettlement, Settlement, SettleOutcome } from "../../store";
import { applyMembers, difference, journal } from "./apply";
import { confirmGoneKeys } from "./gone";
import { markDirty, settleMark } from "./marks";
import { linkReferring, parentsOf } from "./references";
import {
  copy,
  iso,
  linkKey,
  type MemoryState,
  markKey,
  parentOf,
  readHash,
  rowByKeapId,
  sameJson,
  shadowKey,
  shadowOfRecord,
  tableOf,
} from "./state";

interface SettleContext {
  account: string;
  runId: string | null;
  at: number;
}

/** `sync_settle`: a batch of outcomes, each with compare-and-set on the row's version. */
export function settle(
  state: MemoryState,
  entity: string,
  items: readonly Settlement[],
  context: SettleContext,
): SettleOutcome[] {
  return items.map((item) => settleOne(state, entity, item, context));
}

function settleOne(
  state: MemoryState,
  entity: string,
  item: Settlement,
  context: SettleContext,
): SettleOutcome {
  const { account, at } = context;
  const record = item.record_id;
  const mark = { account, entity, record, other: null };
  const row = tableOf(state, entity).get(record);
  const moved = (row?.version ?? null) !== item.version;
  if (moved && item.acknowledged === undefined) {
    settleMark(state, mark, item, true, at);
    return { record_id: record, outcome: "moved" };
  }
  const holder = row ? undefined : state.shadows.get(shadowKey(account, entity, item.key ?? ""));
  if (holder && holder.record_id !== record) {
    // deleted here while it was being made, and a page has brought what was made as a row of its own
    settleMark(state, mark, { ...item, mark: "clear", letter: undefined }, false, at);
    return { record_id: record, outcome: "settled" };
  }
  const refusal = refusalOf(state, entity, item, context);
  if (refusal) {
    settleMark(
      state,
      mark,
      {
        intent_id: item.intent_id,
        mark: "dead",
        intent_state: (item.intent_state ?? "done") === "done" ? "unknown" : item.intent_state,
        letter: { class: "dead", reason: refusal },
      },
      false,
      at,
    );
    if (row) Object.assign(row, { sync_status: "error", sync_error: refusal });
    return { record_id: record, outcome: "refused", reason: refusal };
  }
  const patch: Values = moved ? {} : (item.patch ?? {});
  const patched = Object.keys(patch).length > 0;
  const linkedBefore = row?.keap_id ?? null;
  const baseBefore = state.shadows.get(shadowKey(account, entity, item.key ?? ""))?.base ?? {};
  const links = linkedBefore === null && item.keap_id !== null && item.keap_id !== undefined;
  const next = (row?.version ?? 0) + (patched || links ? 1 : 0);
  if (item.base !== undefined || item.acknowledged !== undefined) {
    const key = shadowKey(account, entity, item.key ?? "");
    const known = state.shadows.get(key);
    const base = moved ? { ...known?.base, ...copy(item.acknowledged ?? {}) } : copy(item.base ?? {});
    state.shadows.set(key, {
      account_id: account,
      entity,
      key: item.key ?? "",
      members: null,
      members_waiting: null,
      ...known,
      keap_id: known ? known.keap_id : (item.keap_id ?? null),
      record_id: record,
      base,
      keap: item.keap ?? null,
      k_hash: item.seen || !known ? readHash(item.seen) : known.k_hash,
      row_version: item.clean && !moved ? next : 0,
      keap_updated_at: item.seen?.updated_at ?? known?.keap_updated_at ?? null,
      agreed_at: item.read_at ? Date.parse(item.read_at) : at,
    });
    // what was read of its parent holds this line as it was: the parent's next page is compared, though it be that one again
    const parent = parentOf[entity];
    const held = parent && row && shadowKey(account, parent.entity, String(row.values[parent.column]));
    const parentShadow = held ? state.shadows.get(held) : undefined;
    if (parentShadow) parentShadow.k_hash = "";
    // deleted here meanwhile, or moved: what Keap has taken is no longer what stands here
    if (!row || moved)
      markDirty(
        state,
        {
          account_id: account,
          entity,
          record_id: record,
          other_id: null,
          origin: "keap",
          operation: row ? "update" : "delete",
        },
        at,
      );
    if (row && moved && row.sync_status === "synced") row.sync_status = "pending";
  } else if (item.seen) {
    const shadow = shadowOfRecord(state, entity, record);
    if (shadow) {
      shadow.keap = item.keap ?? null;
      shadow.k_hash = readHash(item.seen);
    }
  }
  applySeenMembers(state, entity, item, context);
  if (row) {
    const known = state.dirty.get(markKey(account, entity, record, null));
    const waits = item.mark === "leave" && known?.state === "held" && known.hold_id !== null;
    if (!moved && !waits) Object.assign(row, { sync_status: item.status, sync_error: item.error ?? null });
    if (item.status === "synced" || item.status === "pending") row.last_synced_at = at;
    row.keap_updated_at = item.seen?.updated_at ?? row.keap_updated_at;
    row.keap_created_at ??= item.seen?.created_at ?? null;
    row.keap_id ??= item.keap_id ?? null;
    if (patched) {
      const { deleted_at, ...values } = patch;
      row.last_modified_by = "keap";
      row.last_updated_at = at;
      if (deleted_at !== undefined) row.deleted_at = null;
      row.values = { ...row.values, ...copy(values), ...parentsOf(state, account, entity, values) };
    }
    if (row.version !== next) {
      row.version = next;
      if (shadowOfRecord(state, entity, record)?.row_version !== next)
        markDirty(
          state,
          {
            account_id: account,
            entity,
            record_id: record,
            other_id: null,
            origin: "keap",
            operation: "update",
          },
          at,
        );
    }
  }
  for (const entry of item.journal ?? []) {
    if (moved && entry.direction !== "out") continue;
    journal(state, context, {
      entity,
      record_id: record,
      keap_id: item.keap_id ?? linkedBefore,
      ...entry,
      // only what was sent has moved the base
      changes: !moved
        ? copy(entry.changes ?? {})
        : entry.action === "create"
          ? copy(item.acknowledged ?? {})
          : difference(baseBefore, item.acknowledged ?? {}),
    });
  }
  if (!moved) noteConflicts(state, entity, item, account);
  settleMark(state, mark, item, moved, at);
  if (links) {
    linkChildren(state, account, entity, record, item.keap_id as number, at);
    for (const one of state.intents.values())
      if (one.account_id === account && one.entity === entity && one.record_id === record)
        if (one.action === "create" && (one.state === "sent" || one.state === "unknown")) one.state = "done";
    state.tombstones.delete(shadowKey(account, entity, item.key ?? ""));
  }
  return { record_id: record, outcome: moved ? "moved" : "settled" };
}

/** The unique keys the tables hold: an id of Keap is linked once, a record has one base. */
function refusalOf(
  state: MemoryState,
  entity: string,
  item: Settlement,
  { account }: SettleContext,
): string | null {
  const row = tableOf(state, entity).get(item.record_id);
  const holder = rowByKeapId(state, account, entity, item.keap_id ?? null);
  if (row && row.keap_id === null && holder && holder.supabase_id !== item.record_id)
    return "Keap has this record already, linked to another row here.";
  if (item.base === undefined && item.acknowledged === undefined) return null;
  const other = shadowOfRecord(state, entity, item.record_id);
  return other && other.key !== item.key ? "The record has a base already." : null;
}

function applySeenMembers(
  state: MemoryState,
  entity: string,
  item: Settlement,
  context: SettleContext,
): void {
  if (entity !== "contacts" || !item.seen?.members) return;
  const shadow = state.shadows.get(shadowKey(context.account, entity, item.seen.key));
  if (shadow?.record_id !== item.record_id) return;
  const known = [...(shadow.members ?? []), ...(shadow.members_waiting ?? [])].sort((a, b) => a - b);
  if (!sameJson(known, item.seen.members))
    applyMembers(state, [{ contact: item.record_id, members: item.seen.members }], {
      ...context,
      first: false,
    });
}

function noteConflicts(state: MemoryState, entity: string, item: Settlement, account: string): void {
  for (const one of item.conflicts ?? []) {
    const open =
      one.state === "held"
        ? state.conflicts.find(
            (known) =>
              known.state === "held" &&
              known.account_id === account &&
              known.entity === entity &&
              known.record_id === item.record_id &&
              known.field === one.field,
          )
        : undefined;
    const values = { base: copy(one.base), keap: copy(one.keap), supabase: copy(one.supabase) };
    if (open) Object.assign(open, values);
    else
      state.conflicts.push({
        account_id: account,
        entity,
        record_id: item.record_id,
        field: one.field,
        ...values,
        policy: one.policy,
        decision: one.decision,
        chosen: copy(one.chosen),
        state: one.state,
        intent_id: null,
      });
  }
}

/** `sync.link_children`: what waited for the record's Keap id. */
function linkChildren(
  state: MemoryState,
  account: string,
  entity: string,
  record: string,
  keapId: number,
  at: number,
): void {
  linkReferring(state, account, entity, record, keapId, at);
  if (entity !== "contacts" && entity !== "tags") return;
  const side = entity === "contacts" ? "contact_id" : "tag_id";
  for (const link of state.links.values()) {
    if (link.account_id !== account || link[side] !== record) continue;
    if (entity === "contacts") link.contact_keap_id ??= keapId;
    else link.tag_keap_id ??= keapId;
  }
  for (const mark of state.dirty.values()) {
    if (mark.account_id !== account || mark.entity !== "contact_tags") continue;
    if ((entity === "contacts" ? mark.record_id : mark.other_id) === record) mark.next_attempt_at = at;
  }
}

/** `sync_settle_members`. */
export function settleMembers(
  state: MemoryState,
  items: readonly MemberSettlement[],
  context: SettleContext,
): SettleOutcome[] {
  const { account, at } = context;
  return items.map((item) => {
    const { contact_id, tag_id } = item;
    const link = state.links.get(linkKey(contact_id, tag_id));
    const moved = (link?.version ?? null) !== item.version;
    const tag = tableOf(state, "tags").get(tag_id)?.keap_id ?? null;
    const contact = tableOf(state, "contacts").get(contact_id)?.keap_id ?? null;
    const shadow = shadowOfRecord(state, "contacts", contact_id);
    if (typeof item.in_keap === "boolean" && tag !== null && shadow) {
      const members = shadow.members ?? [];
      shadow.members = item.in_keap
        ? [...new Set([...members, tag])].sort((a, b) => a - b)
        : members.filter((one) => one !== tag);
      shadow.agreed_at = at;
    }
    if (link && !moved) {
      link.sync_status = item.status;
      link.sync_error = item.error ?? null;
      link.contact_keap_id ??= contact;
      link.tag_keap_id ??= tag;
      if (item.follow === "keap") {
        link.removed_at = item.in_keap ? null : (link.removed_at ?? at);
        link.version += 1;
      }
    }
    if (item.journal)
      journal(state, context, {
        entity: "contact_tags",
        record_id: contact_id,
        other_id: tag_id,
        keap_id: contact,
        direction: item.direction ?? "out",
        action: item.journal,
        origin: item.origin ?? "sql",
        changes: {
          tag_keap_id: [
            item.journal === "remove_member" ? tag : null,
            item.journal === "add_member" ? tag : null,
          ],
        },
      });
    settleMark(
      state,
      { account, entity: "contact_tags", record: contact_id, other: tag_id },
      item as Partial<Settlement>,
      moved,
      at,
    );
    return { contact_id, tag_id, outcome: moved ? ("moved" as const) : ("settled" as const) };
  });
}

export { iso, markKey };

/** `sync_settle_deleted`: gone on both sides; what was agreed about the record ends. */
export function settleDeleted(
  state: MemoryState,
  entity: string,
  item: DeletedRecord,
  context: SettleContext,
): void {
  const { account, at } = context;
  const record = item.record_id;
  const shadow = shadowOfRecord(state, entity, record);
  // a page that showed it a moment before has brought the row back: what stands here goes as with any other that is gone
  if (shadow && tableOf(state, entity).get(record)?.deleted_at === null) {
    confirmGoneKeys(state, account, entity, [shadow.key], context.runId);
    settleIntents(state, account, entity, record);
    return;
  }
  settleParts(state, entity, item, context);
  if (shadow) {
    const key = shadowKey(account, entity, shadow.key);
    if (!state.tombstones.has(key))
      state.tombstones.set(key, { record_id: record, reason: "deleted_here", base: shadow.base, at });
    journal(state, context, {
      entity,
      record_id: record,
      keap_id: shadow.keap_id,
      direction: item.direction,
      action: "delete",
      origin: item.origin,
      changes: copy(shadow.base),
    });
    state.shadows.delete(key);
  }
  if (entity === "tags" && item.keap_id !== null) {
    for (const one of state.shadows.values())
      if (one.account_id === account && one.entity === "contacts" && one.members)
        one.members = one.members.filter((id) => id !== item.keap_id);
  }
  if (entity === "contacts" || entity === "tags") {
    for (const [key, mark] of state.dirty)
      if (
        mark.account_id === account &&
        mark.entity === "contact_tags" &&
        (entity === "contacts" ? mark.record_id : mark.other_id) === record
      )
        state.dirty.delete(key);
  }
  const row = tableOf(state, entity).get(record);
  if (row && row.deleted_at !== null)
    Object.assign(row, { sync_status: "synced", sync_error: null, last_synced_at: at });
  settleIntents(state, account, entity, record);
  for (const letter of state.letters)
    if (
      letter.account_id === account &&
      letter.entity === entity &&
      letter.record_id === record &&
      letter.state === "open"
    )
      letter.state = "solved";
  for (const conflict of state.conflicts)
    if (conflict.entity === entity && conflict.record_id === record && conflict.state === "held")
      conflict.state = "resolved";
  state.dirty.delete(markKey(account, entity, record, null));
}

function settleIntents(state: MemoryState, account: string, entity: string, record: string): void {
  for (const intent of state.intents.values())
    if (
      intent.account_id === account &&
      intent.entity === entity &&
      intent.record_id === record &&
      (intent.state === "sent" || intent.state === "unknown")
    )
      intent.state = "done";
}

/** Lines that were deleted here with their order are gone with it. */
function settleParts(state: MemoryState, entity: string, item: DeletedRecord, context: SettleContext): void {
  for (const [child, parent] of Object.entries(parentOf)) {
    if (parent?.entity !== entity) continue;
    for (const mark of [...state.dirty.values()]) {
      if (mark.account_id !== context.account || mark.entity !== child || mark.operation !== "delete")
        continue;
      const shadow = shadowOfRecord(state, child, mark.record_id);
      if (!shadow || shadow.base[parent.column] !== item.keap_id) continue;
      if (tableOf(state, child).has(mark.record_id)) continue;
      const { record_id, origin } = mark;
      const { key, keap_id } = shadow;
      settleDeleted(state, child, { ...item, record_id, key, keap_id, origin }, context);
    }
  }
}
