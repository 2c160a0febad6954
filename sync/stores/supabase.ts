import type { SupabaseClient } from "@/supabase/client";
import type { PageContext, SyncStore } from "../store";

/** A call the database refused. Says which, and what to do. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  constructor(
    readonly operation: string,
    message: string,
    readonly code: string | null,
  ) {
    super(
      `The database refused ${operation}: ${message}. Check that all migrations have been applied and that the secret key is the project's.`,
    );
  }
}

/** The store on Supabase: every method is one `rpc`. */
export function createSupabaseStore(service: SupabaseClient): SyncStore {
  async function call<T>(name: string, args: Record<string, unknown>): Promise<T> {
    const { data, error } = await service.rpc(name, args);
    if (error) throw new StoreError(name, error.message, error.code ?? null);
    return data as T;
  }
  const page = (context: PageContext = {}) => ({
    run_id: context.runId ?? null,
    ...(context.cursor ? { cursor: context.cursor } : {}),
    ...(context.cursorEntity ? { cursor_entity: context.cursorEntity } : {}),
    ...(context.readAt ? { read_at: context.readAt } : {}),
    ...(context.rejected ? { rejected: context.rejected } : {}),
    ...(context.rereads ? { rereads: context.rereads } : {}),
    ...(context.answersRereads ? { answers_rereads: context.answersRereads } : {}),
  });
  return {
    readState: (p_account) => call("sync_read_state", { p_account }),
    startRun: (p_account, p_kind, p_trigger) =>
      call("sync_start_run", { p_account, p_kind, p_trigger: p_trigger ?? null }),
    finishRun: (p_run, p_outcome) => call("sync_finish_run", { p_run, p_outcome }),
    moveCursor: (p_account, p_entity, p_cursor) =>
      call("sync_move_cursor", { p_account, p_entity, p_cursor }),
    setConnection: (p_account, p_state) => call("sync_set_connection", { p_account, p_state }),
    setAsOf: (p_account, p_at) => call("sync_set_as_of", { p_account, p_at }),
    setProfile: (p_account, { time_zone, currency }) =>
      call("sync_set_profile", { p_account, p_time_zone: time_zone, p_currency: currency }),
    clock: () => call("sync_now", {}),
    acquireLease: (p_account, p_name, p_owner, p_seconds) =>
      call("sync_acquire_lease", { p_account, p_name, p_owner, p_seconds }),
    releaseLease: (p_account, p_name, p_owner) => call("sync_release_lease", { p_account, p_name, p_owner }),
    applyPage: (p_account, p_entity, p_rows, context) =>
      call("sync_apply_page", { p_account, p_entity, p_rows, p_run: page(context) }),
    async applyTagTimes(p_account, p_tag_keap_id, p_rows, context) {
      const { updated } = await call<{ updated: number }>("sync_apply_tag_times", {
        p_account,
        p_tag_keap_id,
        p_rows,
        p_run: page(context),
      });
      return updated;
    },
    applyMemberPage: (p_account, { rows, after, upto }, context) =>
      call("sync_apply_member_page", {
        p_account,
        p_rows: rows,
        p_after: after,
        p_upto: upto,
        p_run: page(context),
      }),
    missingTagTimes: (p_account) => call("sync_missing_tag_times", { p_account }),
    analyze: () => call("sync_analyze", {}),
    contactsSharing: (p_account, p_addresses, p_except) =>
      call("sync_contacts_sharing", { p_account, p_addresses, p_except }),
    tagSizes: (p_account) => call("sync_tag_sizes", { p_account }),
    absentKeys: (p_account, p_entity, p_reading) =>
      call("sync_absent_keys", { p_account, p_entity, p_reading }),
    confirmGoneKeys: (p_account, p_entity, p_keys, p_run) =>
      call("sync_confirm_gone_keys", { p_account, p_entity, p_keys, p_run }),
    confirmGone: (p_account, p_entity, p_keap_ids, p_run) =>
      call("sync_confirm_gone", { p_account, p_entity, p_keap_ids, p_run }),
    guardGone: (p_account, p_entity, p_keap_ids, p_run) =>
      call("sync_guard_gone", { p_account, p_entity, p_keap_ids, p_run }),
    claimDirty: (p_account, p_entity, p_limit, p_owner, { guarded = true } = {}) =>
      call("sync_claim_dirty", { p_account, p_entity, p_limit, p_owner, p_guarded: guarded }),
    claimMembers: (p_account, p_limit, p_owner) =>
      call("sync_claim_members", { p_account, p_limit, p_owner }),
    linkedRows: (p_account, p_entity, p_keap_ids) =>
      call("sync_linked_rows", { p_account, p_entity, p_keap_ids }),
    writeIntents: (p_account, p_entity, p_items, p_run) =>
      call("sync_write_intents", { p_account, p_entity, p_items, p_run }),
    settle: (p_account, p_entity, p_items, p_run) =>
      call("sync_settle", { p_account, p_entity, p_items, p_run }),
    settleMembers: (p_account, p_items, p_run) => call("sync_settle_members", { p_account, p_items, p_run }),
    lostColumns: (p_account, p_entity, p_keys, p_columns) =>
      call("sync_lost_columns", { p_account, p_entity, p_keys, p_columns }),
    settleDeleted: (p_account, p_entity, p_items, p_run) =>
      call("sync_settle_deleted", { p_account, p_entity, p_items, p_run }),
    async bringBack(p_account, p_entity, p_rows, run_id) {
      await call("sync_bring_back", { p_account, p_entity, p_rows, p_run: { run_id } });
    },
    replay: (p_account, deadLetterId) =>
      call("sync_replay", { p_account, p_dead_letter: deadLetterId ?? null }),
  };
}
