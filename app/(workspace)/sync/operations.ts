import "server-only";
import { createHookStore } from "@/sync/hooks/store";
import { createKeapConnector, type KeapConnector } from "@/sync/keap/connect";
import { documentedLimits } from "@/sync/keap/quota";
import { poolOf } from "@/sync/keap/quota-database";
import { keapSettingsSchema } from "@/sync/keap/settings";
import { createRpc, type OperationDeps, Refusal } from "@/sync/operations/deps";
import { createSupabaseStore } from "@/sync/stores/supabase";
import { getServiceClient } from "../../_server/deps";
import type { Session } from "../../_server/session";

let connector: KeapConnector | null | undefined;

/** The sync's operations for the signed-in person. Decisions are written down, and checked, in their name. */
export function operationsFor({ account, principal }: Session): OperationDeps {
  const service = getServiceClient();
  return {
    accountId: account.id,
    store: createSupabaseStore(service),
    rpc: createRpc(service),
    hooks: createHookStore(service),
    actor: `user:${principal.user_id}`,
    // most of what this page does needs no call to Keap
    get keap() {
      const keap = getConnector();
      if (!keap)
        throw new Refusal(
          "This server has no connection to Keap of its own. Set KEAP_TOKEN where the app runs.",
        );
      return keap.clientFor(account.id).inLane("interactive");
    },
  };
}

function getConnector(): KeapConnector | null {
  if (connector !== undefined) return connector;
  const settings = keapSettings();
  connector = settings ? createKeapConnector({ service: getServiceClient(), settings }) : null;
  return connector;
}

function keapSettings() {
  const filled = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const settings = keapSettingsSchema.safeParse(filled);
  return settings.success ? settings.data : null;
}

export interface QuotaState {
  day_used: number;
  per_day: number;
  resets_at: string;
}

/** How much of the day's calls is used; null where nothing was asked of Keap yet. */
export async function readQuota(): Promise<QuotaState | null> {
  const settings = keapSettings();
  const credential = settings?.KEAP_TOKEN ?? settings?.KEAP_CLIENT_ID;
  if (!credential) return null;
  const state = await createRpc(getServiceClient())<Omit<QuotaState, "per_day"> | null>("sync_quota_state", {
    p_pool: poolOf(credential),
  });
  const per_day = settings?.KEAP_TOKEN ? documentedLimits.token.per_day : documentedLimits.oauth.per_day;
  return state && { ...state, per_day };
}
