import { entitySpecs } from "../mapping/entities";
import type { Json } from "../mapping/types";
import { type OperationDeps, Refusal } from "./deps";

export type TimelineItem = { id: string; at: string; entity?: string; tag?: string | null } & (
  | {
      kind: "change";
      /** `in`: came from Keap · `out`: Keap took it · `agree`: both said the same · `local`: decided here. */
      direction: "in" | "out" | "agree" | "local";
      action: string;
      origin: string;
      changes: Record<string, Json>;
      run_id: string | null;
      run_kind: string | null;
      log_id: number;
    }
  /** Sent, and not confirmed by Keap. */
  | {
      kind: "push";
      action: string;
      state: "sent" | "unknown" | "failed" | "abandoned";
      fields: Record<string, Json>;
      error: string | null;
      settled_at: string | null;
    }
  | {
      kind: "conflict";
      field: string;
      base: Json;
      keap: Json;
      supabase: Json;
      decision: "keap" | "supabase" | "merged" | "held";
      state: "decided" | "held" | "resolved";
      policy: string;
      resolved_by: string | null;
      resolved_at: string | null;
    }
  | {
      kind: "letter";
      class: "retry" | "hold" | "dead";
      reason: string;
      cure: string | null;
      state: "open" | "replayed" | "solved" | "dismissed";
      attempts: number;
    }
  /** An edit that has not reached Keap. */
  | {
      kind: "waiting";
      state: "waiting" | "claimed" | "held" | "dead";
      origin: string;
      operation: string;
      reason: string | null;
      attempts: number;
      next_attempt_at: string;
    }
);

export interface Timeline {
  name: string;
  row: {
    keap_id: number | null;
    sync_status: "synced" | "pending" | "pushing" | "conflict" | "error" | "held";
    sync_error: string | null;
    deleted_at: string | null;
    last_synced_at: string | null;
    version: number;
  } | null;
  items: TimelineItem[];
  /** Older ones exist: ask again with `before`. */
  more: boolean;
  /** Member → what they sign in with, for the origins `user:<id>`. */
  people: Record<string, string>;
}

/**
 * Everything known about one record, newest first.
 * @throws Refusal where there is no such table.
 */
export async function timelineOf(
  { rpc, accountId }: Pick<OperationDeps, "rpc" | "accountId">,
  {
    entity,
    record_id,
    before,
    limit = 100,
  }: { entity: string; record_id: string; before?: string; limit?: number },
): Promise<Timeline> {
  if (!Object.hasOwn(entitySpecs, entity)) throw new Refusal(`There is no synced table called "${entity}".`);
  return rpc("sync_timeline", {
    p_account: accountId,
    p_entity: entity,
    p_record: record_id,
    p_before: before ?? null,
    p_limit: limit,
  });
}
