import type { SupabaseClient } from "@/supabase/client";
import type { Json } from "../mapping/types";
import { createRpc, type Rpc } from "../operations/deps";
import { StoreError } from "../stores/supabase";

export type HookState = "verified" | "unverified" | "inactive";

export interface HookSubscription {
  event_key: string;
  hook_key: string | null;
  state: HookState;
}

/** What is known of an account's hooks without asking Keap. */
export interface HookKnowledge {
  secret_hashes: string[];
  /** Of addresses that are not used any more: hooks that still point there are ours too. */
  retired_hashes: string[];
  subscriptions: (HookSubscription & { checked_at: string | null; last_event_at: string | null })[];
  watch: {
    address: string | null;
    event_keys: string[] | null;
    event_keys_read_at: string | null;
    checked_at: string | null;
    next_check_at: string;
    failures: number;
    error: string | null;
    cure: string | null;
  } | null;
  /** Tables of which changes may have been missed, and when that was noted. */
  gaps: Record<string, string>;
  waiting: number;
}

export interface HookWatchNote {
  address?: string | null;
  event_keys?: string[] | null;
  event_keys_read_at?: string | null;
  checked_at?: string | null;
  next_check_at: string;
  failures: number;
  error: string | null;
  cure: string | null;
}

export interface ReceivedHook {
  secret_hash: string;
  /** Null for a body that was refused. */
  body: Json;
  body_hash: string;
  event_key: string | null;
  objects: number;
  /** Every object carries a time, so that the same text twice is the same event twice. */
  dated: boolean;
  refusal?: string;
}

export type ReceiveOutcome =
  | { outcome: "unknown" }
  | { outcome: "gone" }
  | { outcome: "stored" | "repeated" | "refused" | "full"; account_id: string; wake: boolean };

export interface ClaimedDelivery {
  delivery_id: number;
  body: Json;
  attempts: number;
  received_at: string;
}

export interface FinishedDelivery {
  delivery_id: number;
  state: "done" | "waiting" | "refused";
  reason?: string;
  retry_in_seconds?: number;
}

/** What one look at all accounts found to be due. */
export interface DueWork {
  account_id: string;
  /** Tables whose copy is complete. */
  copied: string[];
  /** No run is copying right now. */
  copy_idle: boolean;
  poll: boolean;
  push: boolean;
  hooks: boolean;
  watch: boolean;
  /** Keap refuses the credential. */
  unauthorized: boolean;
  /** Keap's limit holds everything back until then. */
  retry_at: string | null;
}

/** Reads and writes of the hooks; each method is one round trip and one transaction. */
export interface HookStore {
  receive(hook: ReceivedHook): Promise<ReceiveOutcome>;
  findEndpoint(secretHash: string): Promise<{ account_id: string | null; retired: boolean } | null>;
  claim(accountId: string, limit: number, owner: string): Promise<ClaimedDelivery[]>;
  finish(accountId: string, owner: string, items: readonly FinishedDelivery[]): Promise<number>;
  forget(): Promise<number>;
  read(accountId: string): Promise<HookKnowledge>;
  addEndpoint(accountId: string, secretHash: string): Promise<void>;
  /** Every other address of the account is answered 410 from now on. */
  retireEndpoints(accountId: string, keep?: readonly string[]): Promise<number>;
  note(
    accountId: string,
    subscriptions: readonly HookSubscription[] | null,
    watch: HookWatchNote,
  ): Promise<void>;
  noteGaps(accountId: string, entities: readonly string[], reason: string): Promise<void>;
  closeGaps(accountId: string, gaps: Readonly<Record<string, string>>): Promise<number>;
  due(now: Date): Promise<DueWork[]>;
  ordersOf(
    accountId: string,
    invoices: readonly number[],
    invoicePayments: readonly number[],
  ): Promise<{
    invoices: Record<string, number>;
    payments: Record<string, { order: number; payment: number | null }>;
  }>;
  markRereads(accountId: string, orders: readonly number[]): Promise<void>;
  tagWatermarks(accountId: string, tags: readonly number[]): Promise<Record<string, string | null>>;
  /** People who have the tag here and are not among those Keap names for it. */
  tagDifferences(accountId: string, tag: number, contacts: readonly number[]): Promise<number[]>;
  absent(
    accountId: string,
    entity: string,
    seen: readonly number[],
    range: { after: number; upto: number | null },
  ): Promise<number[]>;
  known(accountId: string, entity: string, keapIds: readonly number[]): Promise<number[]>;
  recordsOfContacts(
    accountId: string,
    contacts: readonly number[],
  ): Promise<Record<string, Record<string, number[]>>>;
  /** Contacts that were merged, and into whom: linked once they are taken for gone. */
  expectMerged(accountId: string, survivors: ReadonlyMap<number, number>): Promise<void>;
  /** Does this record of Keap hold anything the person is known by here? */
  showsPerson(accountId: string, keapId: number, record: object): Promise<boolean>;
  /** Tells a person that Keap announced a redaction and shows the contact as before. */
  doubtRedaction(accountId: string, keapId: number): Promise<void>;
  rpc: Rpc;
}

/** The hooks' store on Supabase: every method is one `rpc`. */
export function createHookStore(service: SupabaseClient): HookStore {
  async function call<T>(name: string, args: Record<string, unknown>): Promise<T> {
    const { data, error } = await service.rpc(name, args);
    if (error) throw new StoreError(name, error.message, error.code ?? null);
    return data as T;
  }
  return {
    receive: ({ secret_hash, body, body_hash, event_key, objects, dated, refusal }) =>
      call("sync_receive_hook", {
        p_secret_hash: secret_hash,
        p_body: body,
        p_body_hash: body_hash,
        p_event_key: event_key,
        p_objects: objects,
        p_dated: dated,
        p_refusal: refusal ?? null,
      }),
    findEndpoint: (p_secret_hash) => call("sync_find_hook_endpoint", { p_secret_hash }),
    claim: (p_account, p_limit, p_owner) => call("sync_claim_hooks", { p_account, p_limit, p_owner }),
    finish: (p_account, p_owner, p_items) => call("sync_finish_hooks", { p_account, p_owner, p_items }),
    forget: () => call("sync_forget_hooks", {}),
    read: (p_account) => call("sync_read_hooks", { p_account }),
    addEndpoint: (p_account, p_secret_hash) => call("sync_add_hook_endpoint", { p_account, p_secret_hash }),
    retireEndpoints: (p_account, p_keep = []) => call("sync_retire_hook_endpoints", { p_account, p_keep }),
    note: (p_account, p_subscriptions, p_watch) =>
      call("sync_note_hooks", { p_account, p_subscriptions, p_watch }),
    async noteGaps(p_account, p_entities, p_reason) {
      if (p_entities.length > 0) await call("sync_note_gaps", { p_account, p_entities, p_reason });
    },
    closeGaps: (p_account, p_gaps) =>
      Object.keys(p_gaps).length === 0 ? Promise.resolve(0) : call("sync_close_gaps", { p_account, p_gaps }),
    due: (now) => call("sync_due", { p_now: now.toISOString() }),
    ordersOf: (p_account, p_invoices, p_invoice_payments) =>
      call("sync_orders_of", { p_account, p_invoices, p_invoice_payments }),
    markRereads: (p_account, p_orders) => call("sync_mark_rereads", { p_account, p_orders }),
    tagWatermarks: (p_account, p_tags) => call("sync_tag_watermarks", { p_account, p_tags }),
    tagDifferences: (p_account, p_tag, p_contacts) =>
      call("sync_tag_differences", { p_account, p_tag, p_contacts }),
    absent: (p_account, p_entity, p_seen, { after, upto }) =>
      call("sync_absent", { p_account, p_entity, p_seen, p_after: after, p_upto: upto }),
    known: (p_account, p_entity, p_keap_ids) => call("sync_known", { p_account, p_entity, p_keap_ids }),
    recordsOfContacts: (p_account, p_contacts) => call("sync_records_of_contacts", { p_account, p_contacts }),
    async expectMerged(p_account, survivors) {
      if (survivors.size > 0)
        await call("sync_expect_merged", { p_account, p_merges: Object.fromEntries(survivors) });
    },
    showsPerson: (p_account, p_keap_id, p_record) =>
      call("sync_shows_person", { p_account, p_keap_id, p_record }),
    doubtRedaction: (p_account, p_keap_id) => call("sync_doubt_redaction", { p_account, p_keap_id }),
    rpc: createRpc(service),
  };
}
