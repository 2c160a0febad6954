import type { EntityName, Json, MappedRow, Values } from "../../mapping/types";
import type { StoredPolicy } from "../../plan/policies";
import type { ConnectionState, Cursor, JournalEntry, RejectedRow, RunOutcome, SyncState } from "../../store";

/**
 * What the tables of schema `sync` and the synced tables of `public` hold, in memory. It follows the SQL functions of the
 * sync's migration statement by statement; the differential property test keeps the two in step. Times are milliseconds
 * of the database's clock, which never shows the same time twice.
 */
export interface MemoryState {
  now: () => number;
  accounts: Map<string, AccountRow>;
  /** Table → row id → row. Memberships are in `links`. */
  tables: Map<string, Map<string, Row>>;
  /** By contact and tag. */
  links: Map<string, LinkRow>;
  /** By account, entity and Keap's key. */
  shadows: Map<string, Shadow>;
  dirty: Map<string, Mark>;
  intents: Map<string, IntentRow>;
  cursors: Map<string, Cursor & { account_id: string }>;
  journal: JournalRow[];
  conflicts: ConflictRow[];
  tombstones: Map<string, { record_id: string; reason: string; base: Values; at: number }>;
  rejected: Map<string, RejectedRow & { account_id: string; entity: string; times: number }>;
  letters: LetterRow[];
  leases: Map<string, { owner: string; until: number }>;
  connections: Map<string, ConnectionState>;
  policies: (StoredPolicy & { account_id: string })[];
  switches: (SyncState["switches"][number] & { account_id: string })[];
  rereads: Map<string, Map<string, number>>;
  /** By account and contact: into whom it was merged, until it is gone here. */
  merges: Map<string, number>;
  runs: Map<string, RunOutcome & { account_id: string; kind: string; finished: boolean }>;
  holds: HoldRow[];
  /** By account, entity, kind and record: when the guard let it through. */
  passes: Map<string, { account_id: string; entity: string; kind: string; at: number }>;
  /** The transaction's writer, where it says so. */
  nextId: number;
}

export interface AccountRow {
  account_id: string;
  time_zone: string;
  currency: string;
  settings: Record<string, Json>;
  as_of: string | null;
}

export interface Meta {
  supabase_id: string;
  account_id: string;
  keap_id: number | null;
  version: number;
  sync_status: string;
  sync_error: string | null;
  last_synced_at: number | null;
  last_modified_by: string;
  last_updated_at: number;
  deleted_at: number | null;
  keap_created_at: string | null;
  keap_updated_at: string | null;
}

/** A row of a synced table: its bookkeeping, and the values Keap knows. */
export interface Row extends Meta {
  values: Values;
}

export interface LinkRow {
  account_id: string;
  contact_id: string;
  tag_id: string;
  contact_keap_id: number | null;
  tag_keap_id: number | null;
  applied_at: string | null;
  removed_at: number | null;
  version: number;
  sync_status: string;
  sync_error: string | null;
  last_modified_by: string;
  last_updated_at: number;
}

export interface Shadow {
  account_id: string;
  entity: string;
  key: string;
  keap_id: number | null;
  record_id: string;
  base: Values;
  keap: Values | null;
  k_hash: string;
  members: number[] | null;
  members_waiting: number[] | null;
  row_version: number;
  keap_updated_at: string | null;
  agreed_at: number;
}

export interface Mark {
  account_id: string;
  entity: string;
  record_id: string;
  other_id: string | null;
  origin: string;
  operation: "insert" | "update" | "delete" | "restore";
  first_marked_at: number;
  marked_at: number;
  state: "waiting" | "claimed" | "held" | "dead";
  attempts: number;
  next_attempt_at: number;
  reason: string | null;
  lease_until: number;
  hold_id: string | null;
  passed_at: number | null;
}

export interface IntentRow {
  intent_id: string;
  account_id: string;
  entity: string;
  record_id: string;
  other_id: string | null;
  keap_id: number | null;
  action: string;
  fields: Values;
  marker: string | null;
  state: string;
  created_at: number;
}

export interface JournalRow extends Omit<JournalEntry, "action" | "direction"> {
  account_id: string;
  run_id: string | null;
  at: number;
  entity: string;
  record_id: string;
  other_id: string | null;
  keap_id: number | null;
  action: string;
  direction: string;
  changes: Record<string, Json>;
}

export interface ConflictRow {
  account_id: string;
  entity: string;
  record_id: string;
  field: string;
  base: Json;
  keap: Json;
  supabase: Json;
  policy: string;
  decision: string;
  chosen: Json;
  state: string;
  intent_id: string | null;
}

export interface LetterRow {
  letter_id: string;
  account_id: string;
  entity: string;
  record_id: string;
  other_id: string | null;
  class: string;
  reason: string;
  state: "open" | "replayed" | "solved";
}

export interface HoldRow {
  hold_id: string;
  account_id: string;
  entity: string;
  kind: "push" | "delete" | "gone";
  state: "waiting" | "released" | "rejected";
  records: number;
  keap_ids?: number[];
  decided_at: number | null;
}

export function createMemoryState(clock: () => number): MemoryState {
  let last = 0;
  return {
    // two transactions never see the same time
    now: () => {
      last = Math.max(last + 1, clock());
      return last;
    },
    accounts: new Map(),
    tables: new Map(),
    links: new Map(),
    shadows: new Map(),
    dirty: new Map(),
    intents: new Map(),
    cursors: new Map(),
    journal: [],
    conflicts: [],
    tombstones: new Map(),
    rejected: new Map(),
    letters: [],
    leases: new Map(),
    connections: new Map(),
    policies: [],
    switches: [],
    rereads: new Map(),
    merges: new Map(),
    runs: new Map(),
    holds: [],
    passes: new Map(),
    nextId: 1,
  };
}

export function newId(state: MemoryState): string {
  return `00000000-0000-4000-8000-${(state.nextId++).toString(16).padStart(12, "0")}`;
}

export function tableOf(state: MemoryState, entity: string): Map<string, Row> {
  const known = state.tables.get(entity);
  if (known) return known;
  const table = new Map<string, Row>();
  state.tables.set(entity, table);
  return table;
}

export const shadowKey = (account: string, entity: string, key: string) => `${account}|${entity}|${key}`;
export const markKey = (account: string, entity: string, record: string, other: string | null) =>
  `${account}|${entity}|${record}|${other ?? ""}`;
export const linkKey = (contact: string, tag: string) => `${contact}|${tag}`;

/** Keeps what is stored apart from what callers hold. */
export function copy<T>(value: T): T {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(copy) as T;
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const content = (value as Record<string, unknown>)[key];
    if (content === undefined) continue;
    const own = typeof content === "object" && content !== null ? copy(content) : content;
    // assigned, this name would set the prototype
    if (key === "__proto__")
      Object.defineProperty(result, key, {
        value: own,
        enumerable: true,
        configurable: true,
        writable: true,
      });
    else result[key] = own;
  }
  return result as T;
}

/** Equal as jsonb: without the order of keys. */
export function sameJson(a: unknown, b: unknown): boolean {
  return a === b || stable(a) === stable(b);
}

export function stable(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map(stable).join(",")}]`;
  const object = value as Record<string, unknown>;
  return `{${Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stable(object[key])}`)
    .join(",")}}`;
}

export function readHash(row: MappedRow | undefined): string {
  return row ? `${stable(row.values)}:${stable(row.children ?? null)}:${stable(row.members ?? null)}` : "";
}

export function shadowOfRecord(state: MemoryState, entity: string, record: string): Shadow | undefined {
  for (const one of state.shadows.values()) if (one.record_id === record && one.entity === entity) return one;
  return undefined;
}

export function rowByKeapId(
  state: MemoryState,
  account: string,
  entity: string,
  keapId: number | null,
): Row | undefined {
  if (keapId === null) return undefined;
  for (const row of tableOf(state, entity).values())
    if (row.keap_id === keapId && row.account_id === account) return row;
  return undefined;
}

export const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

/** A row as `to_jsonb` gives it. */
export function rowValues(row: Row): Values {
  const email =
    (row.values.email_addresses as { EMAIL1?: { email?: Json } } | undefined)?.EMAIL1?.email ?? null;
  const { values, ...meta } = row;
  return {
    ...copy(values),
    ...("email_addresses" in values ? { email } : {}),
    ...meta,
    last_synced_at: iso(row.last_synced_at),
    last_updated_at: iso(row.last_updated_at),
    deleted_at: iso(row.deleted_at),
  };
}

/** The tables whose rows live inside a row of another one: items of an order, allocations of a payment. */
export const parentOf: Partial<Record<string, { entity: EntityName; column: string }>> = {
  order_items: { entity: "orders", column: "order_keap_id" },
  payment_allocations: { entity: "payments", column: "payment_keap_id" },
};

/** What names a record within its table, as in `sync.entities`. */
export function keyOf(entity: string, row: Row): string {
  switch (entity) {
    case "transactions":
      return String(row.values.natural_key);
    case "email_addresses_status":
      return String(row.values.email);
    case "interactions":
      return `${row.values.kind}:${row.keap_id}`;
    case "custom_field_definitions":
      return `${row.values.record_type}:${row.keap_id}`;
    case "payment_allocations":
      return row.keap_id === null
        ? `${row.values.payment_keap_id}:${row.values.order_keap_id}`
        : String(row.keap_id);
    default:
      return String(row.keap_id);
  }
}
