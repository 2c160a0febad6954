import type { EntityName } from "../../mapping/types";
import { journal } from "./apply";
import { tablesOfContacts } from "./references";
import { type MemoryState, rowByKeapId, shadowKey, tableOf } from "./state";

/** What a poll asks the hooks' store for: absences, what hung on a contact that is gone, and into whom it was merged. */
export interface MemoryHooks {
  absent(
    account: string,
    entity: string,
    seen: readonly number[],
    range: { after: number; upto: number | null },
  ): Promise<number[]>;
  recordsOfContacts(
    account: string,
    contacts: readonly number[],
  ): Promise<Record<string, Record<string, number[]>>>;
  expectMerged(account: string, survivors: ReadonlyMap<number, number>): Promise<void>;
  markRereads(account: string, orders: readonly number[]): Promise<void>;
  noteGaps(account: string, entities: readonly string[], reason: string): Promise<void>;
}

/** The part of the hooks' store a simulation needs, in memory. */
export function createMemoryHooks(state: MemoryState): MemoryHooks {
  const living = (account: string, entity: string) =>
    [...tableOf(state, entity).values()].filter(
      (row) => row.account_id === account && row.keap_id !== null && row.deleted_at === null,
    );
  return {
    async absent(account, entity, seen, { after, upto }) {
      return living(account, entity)
        .map((row) => row.keap_id as number)
        .filter((id) => id > after && (upto === null || id <= upto) && !seen.includes(id));
    },
    async recordsOfContacts(account, contacts) {
      const found: Record<string, Record<string, number[]>> = {};
      const note = (table: string, contact: number, id: number) => {
        const byContact = found[table] ?? {};
        found[table] = byContact;
        byContact[contact] = [...(byContact[contact] ?? []), id];
      };
      for (const table of tablesOfContacts) {
        for (const row of living(account, table)) {
          const contact = row.values.contact_keap_id as number | null;
          if (contact === null || !contacts.includes(contact)) continue;
          note(table === "interactions" ? `${row.values.kind}s` : table, contact, row.keap_id as number);
        }
      }
      // what a page has moved to another contact just before the loss was noticed tells the survivor as well
      const since = state.now() - 2 * 24 * 60 * 60 * 1000;
      for (const one of state.journal) {
        if (one.account_id !== account || one.direction !== "in" || one.action !== "update") continue;
        const [from] = (one.changes.contact_keap_id ?? []) as [(number | null)?];
        if (one.at <= since || typeof from !== "number" || !contacts.includes(from)) continue;
        const row = living(account, one.entity).find((held) => held.supabase_id === one.record_id);
        const table = one.entity === "interactions" ? `${row?.values.kind}s` : one.entity;
        if (row && !found[table]?.[from]?.includes(row.keap_id as number))
          note(table, from, row.keap_id as number);
      }
      for (const byContact of Object.values(found))
        for (const ids of Object.values(byContact)) ids.sort((a, b) => a - b);
      // of what happened with a person the newest few are asked after
      for (const kind of ["notes", "tasks", "emails"])
        for (const [contact, ids] of Object.entries(found[kind] ?? {}))
          (found[kind] as Record<string, number[]>)[contact] = ids.reverse().slice(0, 3);
      return found;
    },
    async expectMerged(account, survivors) {
      for (const [contact, survivor] of survivors) state.merges.set(`${account}|${contact}`, survivor);
    },
    async markRereads(account, orders) {
      const marks = state.rereads.get(account) ?? new Map<string, number>();
      state.rereads.set(account, marks);
      const at = state.now();
      for (const id of orders) marks.set(String(id), at);
    },
    // a gap makes a table due at once; a simulation reads every table whole in the end
    noteGaps: async () => undefined,
  };
}

/** `sync.link_merged`: of contacts that are gone now, those that were merged are linked to their survivors. */
export function linkMerged(
  state: MemoryState,
  contacts: readonly number[],
  context: { account: string; runId: string | null; at: number },
): void {
  const { account, at } = context;
  for (const contact of contacts) {
    const survivor = state.merges.get(`${account}|${contact}`);
    if (survivor === undefined) continue;
    state.merges.delete(`${account}|${contact}`);
    const into = rowByKeapId(state, account, "contacts" satisfies EntityName, survivor);
    const gone = rowByKeapId(state, account, "contacts", contact);
    if (!into || into.deleted_at !== null || !gone || gone.deleted_at === null) continue;
    if (gone.values.merged_into_keap_id === survivor) continue;
    gone.values.merged_into_id = into.supabase_id;
    gone.values.merged_into_keap_id = survivor;
    gone.version += 1;
    gone.last_modified_by = "keap";
    gone.last_updated_at = at;
    const tomb = state.tombstones.get(shadowKey(account, "contacts", String(contact)));
    if (tomb) tomb.reason = "merged";
    journal(state, context, {
      entity: "contacts",
      record_id: gone.supabase_id,
      keap_id: contact,
      direction: "in",
      action: "link",
      origin: "keap",
      changes: {},
      detail: { merged_into_keap_id: survivor, merged_into_id: into.supabase_id },
    });
  }
}
