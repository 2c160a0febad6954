import type { Json, Values } from "../../mapping/types";
import { markDirty } from "./marks";
import { type MemoryState, type Row, rowByKeapId, shadowOfRecord, tableOf } from "./state";

/** A column pair that names another record: `<name>_id` ours, `<name>_keap_id` Keap's. As in `sync.refs`. */
interface Reference {
  name: string;
  parent: string;
  /** Rows go with their parent, instead of letting go of it. */
  cascade?: true;
}

/** Those a simulation can fill: parents that nothing is read of stay unknown here as they do in the database. */
const references: Partial<Record<string, readonly Reference[]>> = {
  contacts: [{ name: "company", parent: "companies" }],
  opportunities: [{ name: "contact", parent: "contacts" }],
  interactions: [{ name: "contact", parent: "contacts" }],
  orders: [{ name: "contact", parent: "contacts" }],
  subscriptions: [{ name: "contact", parent: "contacts" }],
  order_items: [{ name: "order", parent: "orders", cascade: true }],
};

const referring = Object.entries(references).flatMap(([entity, all]) =>
  (all ?? []).map((one) => ({ entity, ...one })),
);

/** The tables whose rows name a contact. */
export const tablesOfContacts = referring.filter((one) => one.parent === "contacts").map((one) => one.entity);

/** Whichever of a pair was written leads, the other follows: what `sync.track_…` does. `before` is null for a new row. */
export function resolveReferences(
  state: MemoryState,
  account: string,
  entity: string,
  after: Values,
  before: Values | null,
): Values {
  const found: Values = {};
  for (const { name, parent } of references[entity] ?? []) {
    const [id, keapId] = [`${name}_id`, `${name}_keap_id`];
    const was = (column: string): Json => before?.[column] ?? null;
    const is = (column: string): Json => after[column] ?? null;
    if (is(id) !== null && is(id) !== was(id))
      found[keapId] = tableOf(state, parent).get(String(is(id)))?.keap_id ?? null;
    else if (before && is(id) === null && was(id) !== null && is(keapId) === was(keapId)) {
      if (tableOf(state, parent).has(String(was(id)))) found[keapId] = null;
    } else if (is(keapId) !== null && is(keapId) !== was(keapId)) {
      found[id] = rowByKeapId(state, account, parent, Number(is(keapId)))?.supabase_id ?? null;
    } else if (before && is(keapId) === null && was(keapId) !== null) found[id] = null;
  }
  return found;
}

/** The parents a page means, by Keap's ids. */
export function parentsOf(state: MemoryState, account: string, entity: string, values: Values): Values {
  const found: Values = {};
  for (const { name, parent } of references[entity] ?? []) {
    const keapId = values[`${name}_keap_id`];
    if (keapId === undefined) continue;
    found[`${name}_id`] =
      rowByKeapId(state, account, parent, keapId === null ? null : Number(keapId))?.supabase_id ?? null;
  }
  return found;
}

/** Parents that arrived late, for the rows that wait for them: `sync.adopt_orphans`. Finding a parent is no edit. */
export function adoptOrphans(
  state: MemoryState,
  account: string,
  entity: string,
  arrived: readonly { id: string; keap_id: number | null }[],
): void {
  for (const { entity: child, name, parent } of referring) {
    if (parent !== entity) continue;
    for (const row of tableOf(state, child).values()) {
      if (row.account_id !== account || (row.values[`${name}_id`] ?? null) !== null) continue;
      const found = arrived.find(
        (one) => one.keap_id !== null && one.keap_id === (row.values[`${name}_keap_id`] ?? null),
      );
      if (found) row.values[`${name}_id`] = found.id;
    }
  }
}

/** What waited for the record's Keap id goes on at once: `sync.link_children`. */
export function linkReferring(
  state: MemoryState,
  account: string,
  entity: string,
  record: string,
  keapId: number,
  at: number,
): void {
  for (const { entity: child, name, parent } of referring) {
    if (parent !== entity) continue;
    for (const row of tableOf(state, child).values()) {
      if (row.account_id !== account || row.values[`${name}_id`] !== record) continue;
      if ((row.values[`${name}_keap_id`] ?? null) === null) {
        // written by the sync: an edit all the same, as every change of a value is
        row.values[`${name}_keap_id`] = keapId;
        touchedBySync(state, child, row, at);
      }
      for (const mark of state.dirty.values())
        if (mark.account_id === account && mark.entity === child && mark.record_id === row.supabase_id)
          mark.next_attempt_at = at;
    }
  }
}

function touchedBySync(state: MemoryState, entity: string, row: Row, at: number): void {
  row.version += 1;
  row.last_updated_at = at;
  row.last_modified_by = "keap";
  row.sync_status = "pending";
  row.sync_error = null;
  if (shadowOfRecord(state, entity, row.supabase_id)?.row_version === row.version) return;
  const { account_id, supabase_id } = row;
  markDirty(
    state,
    {
      account_id,
      entity,
      record_id: supabase_id,
      other_id: null,
      origin: "keap",
      operation: "update",
    },
    at,
  );
}

/** The rows that named a deleted row: those that go with it, and those that let go of it and were edited by that. */
export function letGo(
  state: MemoryState,
  entity: string,
  id: string,
): { gone: { entity: string; id: string }[]; edited: { entity: string; row: Row }[] } {
  const gone: { entity: string; id: string }[] = [];
  const edited: { entity: string; row: Row }[] = [];
  for (const { entity: child, name, parent, cascade } of referring) {
    if (parent !== entity) continue;
    for (const row of tableOf(state, child).values()) {
      if (row.values[`${name}_id`] !== id) continue;
      if (cascade) {
        gone.push({ entity: child, id: row.supabase_id });
        continue;
      }
      row.values[`${name}_id`] = null;
      // whom Keap means is still known: nothing was said about that
      if ((row.values[`${name}_keap_id`] ?? null) === null) edited.push({ entity: child, row });
    }
  }
  return { gone, edited };
}
