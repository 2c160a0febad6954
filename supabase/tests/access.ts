/**
 * Who may do what with every relation and function that the API exposes. The role-matrix test enumerates the catalogue:
 * whatever is not listed here fails it, so that nothing new is exposed without somebody saying to whom.
 */
export type Person = "anon" | "viewer" | "analyst" | "admin";

/** Members who see the rows of their own account. Strangers and `anon` see none, of anything. */
type Readers = "everyone" | "analysts" | "admins" | "own" | "author";

export interface RelationAccess {
  readers: Readers;
  /** What the service role may do. */
  service: string[];
}

const all = ["DELETE", "INSERT", "SELECT", "UPDATE"];
const readOnly = ["SELECT"];

function each(names: string, access: RelationAccess): Record<string, RelationAccess> {
  return Object.fromEntries(
    names
      .split(/\s+/)
      .filter(Boolean)
      .map((name) => [name, access]),
  );
}

export const relations: Record<string, RelationAccess> = {
  ...each("accounts boards board_charts goals", { readers: "everyone", service: all }),
  members: { readers: "own", service: all },
  notifications: { readers: "author", service: all },
  feedback: { readers: "author", service: all },
  chats: { readers: "author", service: all },
  chat_messages: { readers: "author", service: all },
  ...each(
    `users lead_sources companies contacts custom_field_definitions email_addresses_status tag_categories tags contact_tags
     product_categories products subscription_plans affiliates referrals subscriptions orders order_items payments payment_allocations
     transactions opportunity_stages opportunities stage_moves campaigns lead_source_expenses interactions
     affiliate_commissions`,
    { readers: "analysts", service: all },
  ),
  ...each(
    `saved_queries segments segment_members alerts alert_deliveries prediction_models predictions automations
     automation_runs automation_contacts knowledge_documents knowledge_chunks verified_answers evaluation_questions`,
    { readers: "analysts", service: all },
  ),
  ...each("proposals proposal_items predictions_current share_links", {
    readers: "analysts",
    service: readOnly,
  }),
  audit_log: { readers: "admins", service: readOnly },
  api_keys: { readers: "author", service: readOnly },
  ...each(
    "sync_log sync_history sync_conflicts sync_dead_letters sync_rejected sync_verification sync_runs",
    { readers: "analysts", service: readOnly },
  ),
  ...each("sync_connection sync_health sync_hooks sync_verification_state", {
    readers: "everyone",
    service: readOnly,
  }),
};

/** `members`: signed-in people and the service; the function checks the role. `session`: signed-in people only. */
export type Callers = "members" | "session" | "service";

export const functions: Record<string, Callers> = {
  ...Object.fromEntries(
    `update_account list_members set_member remove_member create_chat append_chat_message truncate_chat rename_chat
     share_chat delete_chat create_board update_board delete_board pin_chart update_chart arrange_board remove_chart
     create_share_link revoke_share_link save_item save_frozen_segment delete_item create_proposal update_contact create_tag apply_tag
     remove_tag store_upload remove_upload give_feedback create_api_key revoke_api_key sync_holds sync_release_hold sync_reject_hold`
      .split(/\s+/)
      .map((name) => [name, "members" as const]),
  ),
  ...Object.fromEntries(
    "approve_proposal reject_proposal undo_proposal settle_held_person verify_answer revoke_verified_answer mark_notifications_read"
      .split(/\s+/)
      .map((name) => [name, "session" as const]),
  ),
  ...Object.fromEntries(
    `run_query explain_query record_audit read_share_link set_segment_members claim_proposal finish_proposal
     carry_out_proposal start_outreach settle_outreach close_outreach count_keap_lookup knowledge_changes knowledge_store knowledge_forget
     knowledge_unembedded knowledge_embed expire_proposals record_predictions notify_members verify_api_key rollups_claim rollups_begin_days rollups_begin_people
     rollups_store_days rollups_store_people rollups_store_standings run_rolled_query run_rolled_queries`
      .split(/\s+/)
      .map((name) => [name, "service" as const]),
  ),
};

/** What the sync and the Keap client call is all the service's own; their functions share a prefix. */
export function expectedCallers(name: string): Callers | undefined {
  return functions[name] ?? (/^(sync|keap)_/.test(name) ? "service" : undefined);
}
