import type { Json, Values } from "../../mapping/types";
import type { Policy } from "../../plan/policies";
import type { SyncStore } from "../../store";
import { createMemoryStore } from "../../stores/memory";
import { deleteRow, insertRow, setMember, updateRow } from "../../stores/memory/edits";
import { createMemoryHooks, type MemoryHooks } from "../../stores/memory/hooks";
import { copy, createMemoryState, type MemoryState, rowValues } from "../../stores/memory/state";
import { alwaysThere, isOfKind, type KindName, kindNames, kinds } from "../kinds";

/** No rows of any kind. */
export function noRows(): Record<KindName, RowView[]> {
  const rows: Partial<Record<KindName, RowView[]>> = {};
  for (const name of kindNames) rows[name] = [];
  // every name has its list now
  return rows as Record<KindName, RowView[]>;
}

/** The database's side, in memory or in Postgres: what people do to the tables, and everything the checks look at. */
export interface DatabaseSide {
  store: SyncStore;
  /** What a poll asks of the hooks' store. */
  hooks: MemoryHooks;
  accountId: string;
  /** The kinds of record that are looked at. */
  cast: readonly KindName[];
  insert(entity: string, values: Values, origin?: string): Promise<string>;
  update(entity: string, id: string, values: Values, origin?: string): Promise<void>;
  remove(entity: string, id: string): Promise<void>;
  member(contact: string, tag: string, present: boolean): Promise<void>;
  setPolicy(
    entity: string,
    field: string,
    policy: Policy,
    owner?: "keap" | "supabase" | "both",
  ): Promise<void>;
  setSwitch(entity: string, values: { creates?: boolean; deletes?: boolean }): Promise<void>;
  /** Lets time pass, as far as anything stored knows. */
  advance(ms: number): Promise<void>;
  view(): Promise<DatabaseView>;
  /** Of the view, the rows of one kind. */
  rowsOf(name: KindName): Promise<RowView[]>;
}

export interface DatabaseView {
  rows: Record<KindName, RowView[]>;
  links: { contact_id: string; tag_id: string; present: boolean; sync_status: string; version: number }[];
  marks: { entity: string; record_id: string; other_id: string | null; state: string }[];
  shadows: {
    entity: string;
    key: string;
    record_id: string;
    base: Values;
    members: number[] | null;
    row_version: number;
  }[];
  conflicts: {
    entity: string;
    record_id: string;
    field: string;
    keap: Json;
    supabase: Json;
    state: string;
  }[];
  journal: {
    entity: string;
    record_id: string;
    other_id: string | null;
    keap_id: number | null;
    direction: string;
    action: string;
    changes: Record<string, Json>;
    detail: Json;
  }[];
  intents: { record_id: string; action: string; state: string }[];
  letters: { entity: string; record_id: string; class: string; state: string; reason: string }[];
}

export interface RowView {
  id: string;
  keap_id: number | null;
  version: number;
  sync_status: string;
  deleted: boolean;
  values: Values;
}

/** Time that only moves when told to. */
export interface SimClock {
  now(): number;
  advance(ms: number): void;
}

export function createSimClock(start = Date.parse("2026-11-01T12:00:00Z")): SimClock {
  let at = start;
  return {
    now: () => at,
    advance(ms) {
      at += ms;
    },
  };
}

export function createMemorySide(
  clock: SimClock,
  accountId = "11111111-1111-4111-8111-111111111111",
  state: MemoryState = createMemoryState(() => clock.now()),
): DatabaseSide & { state: MemoryState } {
  // the state's clock never stands still: time goes on for everybody
  const ticking = state.now;
  state.now = () => {
    clock.advance(1);
    return ticking();
  };
  state.accounts.set(accountId, {
    account_id: accountId,
    time_zone: "America/New_York",
    currency: "USD",
    settings: {},
    as_of: null,
  });
  const mine = <T extends { account_id: string }>(rows: Iterable<T>) =>
    [...rows].filter((one) => one.account_id === accountId);
  const rowsOf = (name: KindName): RowView[] =>
    mine(state.tables.get(kinds[name].entity)?.values() ?? [])
      .filter((row) => isOfKind(kinds[name], row.values))
      .map((row) => ({
        id: row.supabase_id,
        keap_id: row.keap_id,
        version: row.version,
        sync_status: row.sync_status,
        deleted: row.deleted_at !== null,
        values: rowValues(row),
      }));
  const side: DatabaseSide & { state: MemoryState } = {
    state,
    store: createMemoryStore(state),
    hooks: createMemoryHooks(state),
    accountId,
    cast: alwaysThere,
    insert: async (entity, values, origin) => insertRow(state, accountId, entity, values, origin),
    async update(entity, id, values, origin) {
      updateRow(state, entity, id, values, origin);
    },
    async remove(entity, id) {
      deleteRow(state, entity, id);
    },
    async member(contact, tag, present) {
      setMember(state, contact, tag, present);
    },
    async setPolicy(entity, field, policy, owner) {
      state.policies = state.policies.filter(
        (one) => one.account_id !== accountId || one.entity !== entity || one.field !== field,
      );
      state.policies.push({ account_id: accountId, entity, field, policy, owner: owner ?? null });
    },
    async setSwitch(entity, values) {
      state.switches.push({
        account_id: accountId,
        entity,
        paused: false,
        outbound: true,
        creates: true,
        deletes: false,
        ...values,
      });
    },
    async advance(ms) {
      clock.advance(ms);
    },
    rowsOf: async (name) => copy(rowsOf(name)),
    async view() {
      const rows = noRows();
      for (const name of side.cast) rows[name] = rowsOf(name);
      return copy({
        rows,
        links: mine(state.links.values()).map((one) => ({
          contact_id: one.contact_id,
          tag_id: one.tag_id,
          present: one.removed_at === null,
          sync_status: one.sync_status,
          version: one.version,
        })),
        marks: mine(state.dirty.values()).map(({ entity, record_id, other_id, state: stands }) => ({
          entity,
          record_id,
          other_id,
          state: stands,
        })),
        shadows: mine(state.shadows.values()),
        conflicts: mine(state.conflicts),
        journal: mine(state.journal).map((one) => ({ ...one, detail: one.detail ?? null })),
        intents: mine(state.intents.values()),
        letters: mine(state.letters),
      });
    },
  };
  return side;
}
