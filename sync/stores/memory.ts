import type { EntityName, Json } from "../mapping/types";
import { objectOf } from "../mapping/values";
import type { Cursor, CursorMove, Intent, PageContext, SyncStore } from "../store";
import { applyMembers, applyRows, journal } from "./memory/apply";
import { confirmGone, confirmGoneKeys } from "./memory/gone";
import { claim, guardGone } from "./memory/marks";
import { settle, settleDeleted, settleMembers } from "./memory/settle";
import {
  copy,
  iso,
  linkKey,
  type MemoryState,
  markKey,
  newId,
  rowByKeapId,
  rowValues,
  sameJson,
  shadowKey,
  shadowOfRecord,
  tableOf,
} from "./memory/state";

/**
 * The whole store in memory, with the semantics of the SQL functions: for simulations of many thousand histories, where a
 * database would be too slow. A property proves it equal to the database on random histories. What the database works
 * out beside the sync (kinds of payments, cancellation times, plans' products) is not part of it.
 */
export function createMemoryStore(state: MemoryState): SyncStore {
  const pageOptions = (account: string, context: PageContext) => ({
    account,
    runId: context.runId ?? null,
    at: state.now(),
    readAt: context.readAt ? Date.parse(context.readAt) : null,
    rereads: context.rereads,
  });
  const moveCursor = (account: string, entity: string, move: CursorMove) => {
    const key = `${account}|${entity}|${move.stream}`;
    state.cursors.set(key, movedCursor(state, account, entity, state.cursors.get(key), move));
  };
  const store: SyncStore = {
    async readState(account) {
      return stateOf(state, account);
    },
    async startRun(account, kind) {
      const id = newId(state);
      state.runs.set(id, { account_id: account, kind, state: "done", finished: false });
      return id;
    },
    async finishRun(run, outcome) {
      const known = state.runs.get(run);
      if (known) Object.assign(known, copy(outcome), { finished: true });
    },
    async moveCursor(account, entity, move) {
      moveCursor(account, entity, move);
    },
    async setConnection(account, connection) {
      state.connections.set(account, copy(connection));
    },
    async setAsOf(account, at) {
      const known = state.accounts.get(account);
      if (known && (known.as_of === null || known.as_of < at)) known.as_of = at;
    },
    async setProfile(account, { time_zone, currency }) {
      const known = state.accounts.get(account);
      if (!known) return;
      if (known.settings.time_zone_from !== "user") known.time_zone = time_zone ?? known.time_zone;
      if (known.settings.currency_from !== "user") known.currency = currency ?? known.currency;
    },
    async clock() {
      return new Date(state.now()).toISOString();
    },
    async acquireLease(account, name, owner, seconds) {
      const key = `${account}|${name}`;
      const at = state.now();
      const held = state.leases.get(key);
      if (held && held.owner !== owner && held.until >= at) return false;
      state.leases.set(key, { owner, until: at + seconds * 1000 });
      return true;
    },
    async releaseLease(account, name, owner) {
      if (state.leases.get(`${account}|${name}`)?.owner === owner) state.leases.delete(`${account}|${name}`);
    },
    async applyPage(account, entity, rows, context = {}) {
      const options = pageOptions(account, context);
      const result = applyRows(state, entity, rows, options);
      for (const one of context.rejected ?? []) {
        const key = shadowKey(account, entity, one.key);
        state.rejected.set(key, {
          ...copy(one),
          account_id: account,
          entity,
          times: (state.rejected.get(key)?.times ?? 0) + 1,
        });
      }
      for (const row of rows) state.rejected.delete(shadowKey(account, entity, row.key));
      answerRereads(state, account, context, options.at);
      if (context.rereads) {
        const marked = [...(state.rereads.get(account) ?? [])].filter(([, at]) => at === options.at);
        result.rereads = Object.fromEntries(marked.map(([id, at]) => [id, iso(at) ?? ""]));
      }
      if (context.cursor) moveCursor(account, context.cursorEntity ?? entity, context.cursor);
      result.rejected = (context.rejected ?? []).map(({ key, reason }) => ({ key, reason }));
      return result;
    },
    async applyTagTimes(account, tagKeapId, rows, context = {}) {
      let updated = 0;
      const tag = rowByKeapId(state, account, "tags", tagKeapId);
      for (const { contact_keap_id, applied_at } of rows) {
        const contact = rowByKeapId(state, account, "contacts", contact_keap_id);
        const link = contact && tag && state.links.get(linkKey(contact.supabase_id, tag.supabase_id));
        if (!link || link.applied_at === applied_at) continue;
        link.applied_at = applied_at;
        updated += 1;
      }
      if (context.cursor) moveCursor(account, "contact_tags", context.cursor);
      return updated;
    },
    async applyMemberPage(account, { rows, after, upto }, context = {}) {
      const options = { ...pageOptions(account, context), first: false };
      const asked = options.readAt ?? Number.POSITIVE_INFINITY;
      const changed = rows.flatMap(({ keap_id, members }) => {
        const shadow = state.shadows.get(shadowKey(account, "contacts", String(keap_id)));
        if (!shadow || shadow.agreed_at > asked || sameJson(shadow.members ?? [], members)) return [];
        const all = [...(shadow.members ?? []), ...(shadow.members_waiting ?? [])].sort((a, b) => a - b);
        return shadow.members && sameJson(all, members) ? [] : [{ contact: shadow.record_id, members }];
      });
      const seen = new Set(rows.map((one) => one.keap_id));
      const absent = [...tableOf(state, "contacts").values()].flatMap((row) => {
        if (row.account_id !== account || row.keap_id === null || row.deleted_at !== null) return [];
        return row.keap_id > after && (upto === null || row.keap_id <= upto) && !seen.has(row.keap_id)
          ? [row.keap_id]
          : [];
      });
      const result = {
        changed: applyMembers(state, changed, options),
        unknown: rows
          .map((one) => one.keap_id)
          .filter((id) => {
            const key = shadowKey(account, "contacts", String(id));
            return !state.shadows.has(key) && !state.rejected.has(key);
          }),
        absent,
      };
      if (context.cursor) moveCursor(account, "contacts", context.cursor);
      return result;
    },
    async missingTagTimes(account) {
      const at = state.now();
      const byTag = new Map<number, number[]>();
      for (const link of state.links.values()) {
        if (link.account_id !== account || link.applied_at !== null || link.removed_at !== null) continue;
        if (link.sync_status !== "synced" || link.tag_keap_id === null || link.contact_keap_id === null)
          continue;
        if (link.last_updated_at <= at - 60 * 60 * 1000) continue;
        byTag.set(link.tag_keap_id, [...(byTag.get(link.tag_keap_id) ?? []), link.contact_keap_id]);
      }
      return [...byTag]
        .sort(([a], [b]) => a - b)
        .map(([tag_keap_id, contact_keap_ids]) => ({ tag_keap_id, contact_keap_ids }));
    },
    async contactsSharing(account, addresses, except) {
      const states = new Map(addresses.map((one) => [one.email.trim().toLowerCase(), one]));
      const differs = (slot: Record<string, Json>) => {
        const { email, email_opt_status: status, is_opt_in: optedIn } = slot;
        const known = typeof email === "string" ? states.get(email.trim().toLowerCase()) : undefined;
        if (!known) return false;
        return (
          (typeof status === "string" && status !== known.status) ||
          (typeof optedIn === "boolean" && known.opted_in !== null && optedIn !== known.opted_in)
        );
      };
      return [...tableOf(state, "contacts").values()]
        .filter((row) => row.account_id === account && row.deleted_at === null)
        .filter((row) =>
          Object.values(objectOf(row.values.email_addresses)).some((one) => differs(objectOf(one))),
        )
        .flatMap((row) => (row.keap_id === null || except.includes(row.keap_id) ? [] : [row.keap_id]))
        .sort((a, b) => a - b)
        .slice(0, 500);
    },
    async tagSizes(account) {
      const people = new Map<number, number>();
      for (const { account_id, removed_at, contact_keap_id, tag_keap_id } of state.links.values())
        if (account_id === account && removed_at === null && contact_keap_id !== null && tag_keap_id !== null)
          people.set(tag_keap_id, (people.get(tag_keap_id) ?? 0) + 1);
      return [...tableOf(state, "tags").values()]
        .flatMap((row) =>
          row.account_id === account && row.keap_id !== null && row.deleted_at === null ? [row.keap_id] : [],
        )
        .sort((a, b) => a - b)
        .map((id) => ({ id, people: people.get(id) ?? 0 }));
    },
    async analyze() {},
    async confirmGone(account, entity, keapIds, runId) {
      return confirmGone(state, account, entity, keapIds, runId);
    },
    async absentKeys(account, entity, { seen, prefix, after, upto, before }) {
      const named = new Set(seen);
      return [...state.shadows.values()]
        .filter(
          (one) =>
            one.account_id === account &&
            one.entity === entity &&
            one.agreed_at < Date.parse(before) &&
            (!prefix || one.key.startsWith(prefix)) &&
            (after === null || after === undefined || (one.keap_id !== null && one.keap_id > after)) &&
            (upto === null || upto === undefined || (one.keap_id !== null && one.keap_id <= upto)) &&
            !named.has(one.key),
        )
        .map((one) => one.key)
        .sort();
    },
    async confirmGoneKeys(account, entity, keys, runId) {
      return confirmGoneKeys(state, account, entity, keys, runId);
    },
    async guardGone(account, entity, keapIds) {
      return guardGone(state, account, entity, keapIds, state.now());
    },
    async claimDirty(account, entity, limit, _owner, { guarded = true } = {}) {
      return claim(state, account, entity, limit, state.now(), guarded).map((mark) => {
        const row = tableOf(state, entity).get(mark.record_id);
        const shadow = shadowOfRecord(state, entity, mark.record_id);
        return {
          record_id: mark.record_id,
          origin: mark.origin,
          operation: mark.operation,
          attempts: mark.attempts,
          row: row ? rowValues(row) : null,
          version: row?.version ?? null,
          key: shadow?.key ?? null,
          keap_id: shadow?.keap_id ?? row?.keap_id ?? null,
          base: copy(shadow?.base ?? null),
          keap: copy(shadow?.keap ?? null),
          keap_updated_at: shadow?.keap_updated_at ?? null,
          open_intents: openIntents(state, account, entity, mark.record_id),
        };
      });
    },
    async claimMembers(account, limit) {
      return claim(state, account, "contact_tags", limit, state.now(), true).map((mark) => {
        const tag_id = mark.other_id ?? "";
        const link = state.links.get(linkKey(mark.record_id, tag_id));
        const contact = tableOf(state, "contacts").get(mark.record_id);
        const tag = tableOf(state, "tags").get(tag_id);
        const members = shadowOfRecord(state, "contacts", mark.record_id)?.members ?? [];
        return {
          contact_id: mark.record_id,
          tag_id,
          origin: mark.origin,
          attempts: mark.attempts,
          contact_keap_id: contact?.keap_id ?? null,
          tag_keap_id: tag?.keap_id ?? null,
          orphaned: !contact || !tag,
          version: link?.version ?? null,
          present: link !== undefined && link.removed_at === null,
          in_base: tag?.keap_id !== null && tag?.keap_id !== undefined && members.includes(tag.keap_id),
        };
      });
    },
    async linkedRows(account, entity, keapIds) {
      const found: Record<string, string> = {};
      for (const id of keapIds) {
        const row = rowByKeapId(state, account, entity, id);
        if (row) found[String(id)] = row.supabase_id;
      }
      return found;
    },
    async writeIntents(account, entity, intents, runId) {
      const at = state.now();
      return intents.map((one) => {
        const intent_id = newId(state);
        state.intents.set(intent_id, {
          intent_id,
          account_id: account,
          entity,
          record_id: one.record_id,
          other_id: one.other_id ?? null,
          keap_id: one.keap_id ?? null,
          action: one.action,
          fields: copy(one.fields ?? {}),
          marker: one.marker ?? null,
          state: "sent",
          created_at: at,
        });
        for (const conflict of one.conflicts ?? []) {
          // an earlier attempt that was never confirmed has said the same
          state.conflicts = state.conflicts.filter(
            (known) =>
              known.intent_id === null ||
              known.record_id !== one.record_id ||
              known.entity !== entity ||
              known.field !== conflict.field ||
              !sameJson(known.keap, conflict.keap) ||
              state.intents.get(known.intent_id)?.state === "done",
          );
          const { field, base, keap, supabase, policy, decision, chosen } = copy(conflict);
          state.conflicts.push({
            account_id: account,
            entity,
            record_id: one.record_id,
            field,
            base,
            keap,
            supabase,
            policy,
            decision,
            chosen,
            state: "decided",
            intent_id,
          });
        }
        for (const entry of one.journal ?? [])
          journal(
            state,
            { account, runId, at },
            {
              entity,
              record_id: one.record_id,
              keap_id: one.keap_id ?? null,
              ...entry,
              changes: copy(entry.changes ?? {}),
            },
          );
        // a run that stood still past its lease, while another one settled the mark, sends nothing more
        const mark = state.dirty.get(markKey(account, entity, one.record_id, one.other_id ?? null));
        if (mark?.state === "claimed") showPushing(state, entity, one);
        return { intent_id, record_id: one.record_id, other_id: one.other_id ?? null };
      });
    },
    async settle(account, entity, items, runId) {
      return settle(state, entity, items, { account, runId, at: state.now() });
    },
    async settleMembers(account, items, runId) {
      return settleMembers(state, items, { account, runId, at: state.now() });
    },
    // Keap's answers in a simulation lose no field
    lostColumns: async () => [],
    async settleDeleted(account, entity, items, runId) {
      const at = state.now();
      for (const item of items) settleDeleted(state, entity, item, { account, runId, at });
      return items.length;
    },
    async bringBack(account, entity, rows, runId) {
      for (const row of rows) {
        const shadow = state.shadows.get(shadowKey(account, entity, row.key));
        if (!shadow) continue;
        Object.assign(shadow, { k_hash: "", agreed_at: Number.NEGATIVE_INFINITY });
        // its lines went with it, and come back with it: else what is marked as deleted here would be deleted in Keap
        for (const [child, lines] of Object.entries(row.children ?? {}))
          for (const line of lines ?? []) {
            const known = state.shadows.get(shadowKey(account, child, line.key));
            if (known) Object.assign(known, { k_hash: "", agreed_at: Number.NEGATIVE_INFINITY });
          }
        const here = tableOf(state, entity).get(shadow.record_id);
        if (here) Object.assign(here, { deleted_at: null, version: shadow.row_version });
        state.dirty.delete(markKey(account, entity, shadow.record_id, null));
      }
      await store.applyPage(account, entity as EntityName, rows, { runId });
    },
    async replay(account, deadLetterId) {
      const at = state.now();
      let marks = 0;
      for (const letter of state.letters) {
        if (letter.account_id !== account || letter.state !== "open") continue;
        if (deadLetterId && letter.letter_id !== deadLetterId) continue;
        letter.state = "replayed";
        const mark = state.dirty.get(markKey(account, letter.entity, letter.record_id, letter.other_id));
        if (!mark) continue;
        Object.assign(mark, { state: "waiting", attempts: 0, next_attempt_at: at });
        marks += 1;
      }
      return marks;
    },
  };
  return store;
}

function showPushing(state: MemoryState, entity: string, one: Intent): void {
  if (entity === "contact_tags") {
    const link = state.links.get(linkKey(one.record_id, one.other_id ?? ""));
    if (link) link.sync_status = "pushing";
    return;
  }
  const row = tableOf(state, entity).get(one.record_id);
  if (row && row.version === one.version) row.sync_status = "pushing";
}

function openIntents(state: MemoryState, account: string, entity: string, record: string) {
  return [...state.intents.values()]
    .filter(
      (one) =>
        one.account_id === account &&
        one.entity === entity &&
        one.record_id === record &&
        (one.state === "sent" || one.state === "unknown"),
    )
    .map(({ intent_id, action, marker, fields, state: stands, created_at }) => ({
      intent_id,
      action,
      marker,
      fields: copy(fields),
      state: stands,
      created_at: new Date(created_at).toISOString(),
    }));
}

function answerRereads(state: MemoryState, account: string, context: PageContext, at: number): void {
  const marks = state.rereads.get(account);
  for (const [id, until] of Object.entries(context.answersRereads ?? {})) {
    const marked = marks?.get(id);
    if (marked !== undefined && (marked <= Date.parse(until) || marked === at)) marks?.delete(id);
  }
}

/** `sync.move_cursor`. */
function movedCursor(
  state: MemoryState,
  account: string,
  entity: string,
  known: Cursor | undefined,
  move: CursorMove,
): Cursor & { account_id: string } {
  const at = iso(state.now());
  const again = move.restart === true;
  return {
    account_id: account,
    entity,
    stream: move.stream,
    state: move.state ?? known?.state ?? "running",
    position: copy(move.position ?? known?.position ?? {}),
    watermark: move.watermark ?? known?.watermark ?? null,
    done_count: (again ? 0 : (known?.done_count ?? 0)) + (move.done ?? 0),
    estimated_total: move.estimated_total ?? known?.estimated_total ?? null,
    pages: (again ? 0 : (known?.pages ?? 0)) + (move.pages ?? 0),
    due_at: move.due_at ?? known?.due_at ?? null,
    error: move.error ?? null,
    cure: move.cure ?? null,
    started_at: again ? at : (known?.started_at ?? at),
    finished_at: move.state === "done" ? at : again ? null : (known?.finished_at ?? null),
    updated_at: at ?? "",
  };
}

function stateOf(state: MemoryState, account: string) {
  const known = state.accounts.get(account);
  const dirty: Record<string, { waiting: number; held: number; dead: number; oldest_at: string | null }> = {};
  for (const mark of state.dirty.values()) {
    if (mark.account_id !== account) continue;
    const counts = dirty[mark.entity] ?? { waiting: 0, held: 0, dead: 0, oldest_at: null };
    dirty[mark.entity] = counts;
    counts[mark.state === "held" || mark.state === "dead" ? mark.state : "waiting"] += 1;
  }
  const mine = <T extends { account_id: string }>(rows: Iterable<T>) =>
    [...rows].filter((one) => one.account_id === account);
  return {
    now: new Date(state.now()).toISOString(),
    account: {
      account_id: account,
      time_zone: known?.time_zone ?? "America/New_York",
      currency: known?.currency ?? "USD",
      settings: known?.settings ?? {},
    },
    connection: null,
    cursors: mine(state.cursors.values()).map(copy),
    dirty,
    policies: mine(state.policies),
    switches: mine(state.switches),
    rereads: Object.fromEntries(
      [...(state.rereads.get(account) ?? [])].map(([id, at]) => [id, iso(at) ?? ""]),
    ),
    rejected: mine(state.rejected.values()).length,
    dead_letters: mine(state.letters).filter((one) => one.state === "open").length,
    conflicts_held: mine(state.conflicts).filter((one) => one.state === "held").length,
    runs: [],
  };
}
