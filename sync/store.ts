import type { EntityName, Json, MappedRow, Values } from "./mapping/types";
import type { StoredPolicy } from "./plan/policies";

/** Everything the sync reads and writes. Each method is one round trip and one transaction. */
export interface SyncStore {
  readState(accountId: string): Promise<SyncState>;
  startRun(accountId: string, kind: RunKind, trigger?: string): Promise<string>;
  finishRun(runId: string, outcome: RunOutcome): Promise<void>;
  moveCursor(accountId: string, entity: string, cursor: CursorMove): Promise<void>;
  setConnection(accountId: string, state: ConnectionState): Promise<void>;
  setAsOf(accountId: string, at: string): Promise<void>;
  setProfile(
    accountId: string,
    profile: { time_zone: string | null; currency: string | null },
  ): Promise<void>;
  /** The database's clock: when a page is asked for. */
  clock(): Promise<string>;
  acquireLease(accountId: string, name: string, owner: string, seconds: number): Promise<boolean>;
  releaseLease(accountId: string, name: string, owner: string): Promise<void>;

  /** Stores up to 1,000 records of one table with their base, journal and cursor. */
  applyPage(
    accountId: string,
    entity: EntityName,
    rows: readonly MappedRow[],
    context?: PageContext,
  ): Promise<PageResult>;
  applyTagTimes(
    accountId: string,
    tagKeapId: number,
    rows: readonly TagTime[],
    context?: PageContext,
  ): Promise<number>;
  applyMemberPage(accountId: string, page: MemberPage, context?: PageContext): Promise<MemberPageResult>;
  missingTagTimes(accountId: string): Promise<{ tag_keap_id: number; contact_keap_ids: number[] }[]>;
  /** Every linked tag, and how many people have it here. */
  tagSizes(accountId: string): Promise<TagSize[]>;
  /** People, but for these, whose rows show one of the addresses in another state. */
  contactsSharing(
    accountId: string,
    addresses: readonly AddressState[],
    except: readonly number[],
  ): Promise<number[]>;
  /** Fresh statistics for the planner of queries, after a whole copy. */
  analyze(): Promise<void>;
  /** Linked records of a table that a whole reading of its list did not name. */
  absentKeys(accountId: string, entity: EntityName, reading: WholeReading): Promise<string[]>;
  /** As `confirmGone`, by key: where kinds share a table, or there is no number. Takes lines and memberships along. */
  confirmGoneKeys(
    accountId: string,
    entity: EntityName,
    keys: readonly string[],
    runId: string | null,
  ): Promise<number>;
  confirmGone(
    accountId: string,
    entity: EntityName,
    keapIds: readonly number[],
    runId: string | null,
  ): Promise<number>;

  /**
   * May records that vanished from Keap be deleted here? More than max(50, 1 %) at once wait for a person, who releases
   * or rejects the hold.
   */
  guardGone(
    accountId: string,
    entity: EntityName,
    keapIds: readonly number[],
    runId: string | null,
  ): Promise<{ allowed: boolean; hold_id: string | null }>;

  /**
   * Marks of one table, for this owner alone until its lease ends. Only what the push guard has let through: a change of
   * many records at once is held for a person. `guarded: false` where nothing of it goes to Keap.
   */
  claimDirty(
    accountId: string,
    entity: string,
    limit: number,
    owner: string,
    options?: { guarded?: boolean },
  ): Promise<DirtyRecord[]>;
  claimMembers(accountId: string, limit: number, owner: string): Promise<DirtyMember[]>;
  /** Which row here holds each of these Keap ids. */
  linkedRows(accountId: string, entity: string, keapIds: readonly number[]): Promise<Record<string, string>>;
  writeIntents(
    accountId: string,
    entity: string,
    intents: readonly Intent[],
    runId: string | null,
  ): Promise<WrittenIntent[]>;
  settle(
    accountId: string,
    entity: string,
    items: readonly Settlement[],
    runId: string | null,
  ): Promise<SettleOutcome[]>;
  settleMembers(
    accountId: string,
    items: readonly MemberSettlement[],
    runId: string | null,
  ): Promise<SettleOutcome[]>;
  /** Records that are gone on both sides now: what was agreed about them ends, with their marks and open intents. */
  settleDeleted(
    accountId: string,
    entity: string,
    items: readonly DeletedRecord[],
    runId: string | null,
  ): Promise<number>;
  /** Of columns that are empty in these records as just read: those that were not, with other records to look at. */
  lostColumns(
    accountId: string,
    entity: EntityName,
    keys: readonly string[],
    columns: readonly string[],
  ): Promise<LostColumn[]>;
  /** Deleted here while Keap changed them: they come back as Keap has them. */
  bringBack(
    accountId: string,
    entity: string,
    rows: readonly MappedRow[],
    runId: string | null,
  ): Promise<void>;
  replay(accountId: string, deadLetterId?: string): Promise<number>;
}

export interface LostColumn {
  column: string;
  /** Key of a record → what was agreed, and when Keap had last changed it. */
  held: Record<string, { value: Json; updated_at: string | null }>;
  /** Records that hold something there, and when Keap last changed them. */
  controls: { keap_id: number; updated_at: string }[];
}

export interface DeletedRecord {
  record_id: string;
  key: string;
  keap_id: number | null;
  origin: string;
  /** `out`: deleted in Keap from here · `agree`: it was gone there already. */
  direction: "out" | "agree";
}

export type RunKind = "backfill" | "poll" | "push" | "sweep" | "verify";

export interface RunOutcome {
  state: "done" | "paused" | "error";
  counts?: Record<string, number>;
  calls?: number;
  error_kind?: string;
  error?: string;
  cure?: string;
}

export type Stream = "backfill" | "poll" | "sweep" | "trailing";

export interface Cursor {
  entity: string;
  stream: Stream;
  state: "waiting" | "running" | "done" | "paused" | "error";
  position: Record<string, Json>;
  watermark: string | null;
  done_count: number;
  estimated_total: number | null;
  pages: number;
  due_at: string | null;
  error: string | null;
  cure: string | null;
  started_at: string | null;
  finished_at: string | null;
  updated_at: string;
}

/** A step of a cursor: counts are added, the rest replaces. `restart` begins counting anew. */
export interface CursorMove {
  stream: Stream;
  state?: Cursor["state"];
  position?: Record<string, Json>;
  watermark?: string | null;
  done?: number;
  pages?: number;
  estimated_total?: number | null;
  due_at?: string | null;
  error?: string | null;
  cure?: string | null;
  restart?: boolean;
}

export interface ConnectionState {
  state: "connected" | "paused" | "attention" | "throttled";
  error_kind?: string | null;
  message?: string | null;
  cure?: string | null;
  retry_at?: string | null;
}

export interface SyncState {
  /** The database's clock. */
  now: string;
  account: { account_id: string; time_zone: string; currency: string; settings: Record<string, Json> };
  connection: (ConnectionState & { since: string; last_ok_at: string | null }) | null;
  cursors: Cursor[];
  dirty: Record<string, { waiting: number; held: number; dead: number; oldest_at: string | null }>;
  policies: StoredPolicy[];
  switches: { entity: string; paused: boolean; outbound: boolean; creates: boolean; deletes: boolean }[];
  /** Orders to be read again by id, with their payments, and since when. */
  rereads: Rereads;
  rejected: number;
  dead_letters: number;
  conflicts_held: number;
  runs: Record<string, Json>[];
}

/** Keap ids of orders whose money may have moved, and when that was seen. */
export type Rereads = Record<string, string>;

export interface RejectedRow {
  key: string;
  reason: string;
  record?: unknown;
}

export interface PageContext {
  runId?: string | null;
  cursor?: CursorMove;
  /** When the page was asked for, by the database's clock: a record agreed upon since then is passed over. */
  readAt?: string;
  /** The table whose cursor moves, where it is not the page's own. */
  cursorEntity?: string;
  /**
   * Marks the orders these rows belong to: those of rows that changed, or of all. A refund made in Keap also shows on
   * the original payment and on the order, which no list of changes names.
   */
  rereads?: "changed" | "all";
  /** Marks this page answers. */
  answersRereads?: Rereads;
  /** Records the mapping could not read: set aside in the same transaction. */
  rejected?: readonly RejectedRow[];
}

export interface PageResult {
  inserted: number;
  updated: number;
  unchanged: number;
  removed: number;
  rejected: { key: string; reason: string }[];
  /** Orders this page marked, where it was asked to. */
  rereads?: Rereads;
  /** Records that were edited here as well: the planner decides, `settle` writes. */
  to_plan: ToPlan[];
}

export interface ToPlan {
  entity: EntityName;
  record_id: string;
  key: string;
  seen: MappedRow;
  base: Values | null;
  /** What a create sent that never got its answer: this is the record it made. */
  made?: Values | null;
  row: Values;
  version: number;
}

export interface AddressState {
  email: string;
  opted_in: boolean | null;
  status: string;
}

export interface TagSize {
  id: number;
  people: number;
}

export interface TagTime {
  contact_keap_id: number;
  applied_at: string | null;
}

export interface MemberPage {
  rows: readonly { keap_id: number; members: number[] }[];
  /** The page covers ids above this … */
  after: number;
  /** … up to this one; null for the last page. */
  upto: number | null;
}

export interface WholeReading {
  /** Keys the list named. */
  seen: readonly string[];
  /** Only keys that begin so: the kind, where kinds share a table. */
  prefix?: string | null;
  /** Only Keap ids above this … */
  after?: number | null;
  /** … up to this one. */
  upto?: number | null;
  /** When the reading began, by the database's clock: what was agreed upon later is no absence. */
  before: string;
}

export interface MemberPageResult {
  changed: number;
  /** Ids Keap shows and we have not. */
  unknown: number[];
  /** Ids we have and the page should have shown. Absent is not yet gone: confirm. */
  absent: number[];
}

export interface DirtyRecord {
  record_id: string;
  origin: string;
  /** `restore`: deleted here, and a person wants it back. */
  operation: "insert" | "update" | "delete" | "restore";
  attempts: number;
  /** The whole row of P, or null where it was deleted. */
  row: Values | null;
  version: number | null;
  key: string | null;
  keap_id: number | null;
  base: Values | null;
  keap: Values | null;
  keap_updated_at: string | null;
  /** Calls whose outcome is not known yet. */
  open_intents: {
    intent_id: string;
    action: string;
    marker: string | null;
    fields: Values;
    state: string;
    created_at: string;
  }[];
}

export interface DirtyMember {
  contact_id: string;
  tag_id: string;
  origin: string;
  attempts: number;
  contact_keap_id: number | null;
  tag_keap_id: number | null;
  /** The row of the contact or of the tag has been deleted here. */
  orphaned: boolean;
  version: number | null;
  present: boolean;
  in_base: boolean;
}

export interface Intent {
  record_id: string;
  other_id?: string;
  keap_id?: number | null;
  action: "create" | "update" | "delete" | "apply_tag" | "remove_tag";
  fields?: Values;
  marker?: string;
  version: number | null;
  /**
   * What the call is about to overwrite in Keap, noted before it goes out: a worker that dies after the call has told
   * it all the same. Forgotten again when the call turns out not to have been carried out.
   */
  conflicts?: ConflictEntry[];
  journal?: JournalEntry[];
}

export interface WrittenIntent {
  intent_id: string;
  record_id: string;
  other_id: string | null;
}

export interface Letter {
  class: "retry" | "hold" | "dead";
  reason: string;
  cure?: string;
  error_kind?: string;
  fields?: Values;
}

export interface JournalEntry {
  direction: "in" | "out" | "agree";
  action: "create" | "update" | "adopt" | "link" | "agree" | "conflict" | "violation" | "restore" | "refuse";
  origin: string;
  changes?: Record<string, Json>;
  detail?: Json;
}

export interface ConflictEntry {
  field: string;
  base: Json;
  keap: Json;
  supabase: Json;
  policy: string;
  decision: "keap" | "supabase" | "held";
  chosen: Json;
  state: "decided" | "held";
  supabase_changed_by?: string | null;
  supabase_changed_at?: string | null;
  keap_changed_at?: string | null;
}

export interface Settlement {
  record_id: string;
  /** The version of P the plan was made for; another one means: plan again. */
  version: number | null;
  key?: string;
  keap_id?: number | null;
  seen?: MappedRow;
  /** When it was seen, where that was not just now. */
  read_at?: string;
  base?: Values;
  patch?: Values;
  /** What Keap has taken of us: it moves the base even when P has been edited meanwhile. */
  acknowledged?: Values;
  keap?: Values | null;
  clean?: boolean;
  status: "synced" | "pending" | "conflict" | "error" | "held";
  error?: string | null;
  mark: "clear" | "retry" | "hold" | "dead" | "leave";
  retry_at?: string;
  letter?: Letter;
  intent_id?: string;
  intent_state?: "done" | "failed" | "unknown" | "abandoned";
  answers_intents?: string[];
  journal?: JournalEntry[];
  conflicts?: ConflictEntry[];
}

export interface MemberSettlement {
  contact_id: string;
  tag_id: string;
  version: number | null;
  /** What Keap says now; null where it is not known. */
  in_keap: boolean | null;
  status: "synced" | "pending" | "error" | "held";
  error?: string | null;
  mark: "clear" | "retry" | "hold" | "dead" | "leave";
  /** P follows Keap: the membership was changed there. */
  follow?: "keap";
  retry_at?: string;
  letter?: Letter;
  intent_id?: string;
  intent_state?: "done" | "failed" | "unknown";
  journal?: "add_member" | "remove_member";
  direction?: "in" | "out" | "agree";
  origin?: string;
  keap_id?: number | null;
}

export interface SettleOutcome {
  record_id?: string;
  contact_id?: string;
  tag_id?: string;
  /** Refused: the tables would not take it; the record is marked dead, with the reason. */
  outcome: "settled" | "moved" | "refused";
  reason?: string;
}
