import { z } from "zod";
import type { ToolAccount } from "@/agent/tools/context";
import { groupScope } from "@/agent/tools/rights";
import type { SupabaseClient } from "@/supabase/client";
import { type Principal, roleSchema } from "@/supabase/contract/principal";

/** What a key stands for: who, in which account, with which rights. */
export interface KeyOwner {
  key_id: string;
  principal: Principal;
  account: ToolAccount;
}

const verifiedSchema = z.object({
  key_id: z.string(),
  account_id: z.string(),
  user_id: z.string(),
  role: roleSchema,
  scopes: z.array(z.string()),
  tool_groups: z.array(z.string()),
});

const accountSchema = z.object({
  id: z.string(),
  name: z.string(),
  time_zone: z.string(),
  currency: z.string(),
  week_start: z.number(),
  settings: z.record(z.string(), z.unknown()),
});

/**
 * Looks a key up by its hash (in the database, which also notes the use). Null when it is unknown, expired, revoked or
 * its owner has left. A scope this version does not know grants nothing.
 */
export async function findKeyOwner(key: string, service: SupabaseClient): Promise<KeyOwner | null> {
  if (!/^ksk_[\w-]{20,100}$/.test(key)) return null;
  const { data, error } = await service.rpc("verify_api_key", { p_key: key });
  if (error) throw new Error(`The key could not be checked: ${error.message}`, { cause: error });
  if (!data) return null;
  const { key_id, account_id, user_id, role, scopes, tool_groups } = verifiedSchema.parse(data);
  const { data: account, error: unread } = await service
    .from("accounts")
    .select("id, name, time_zone, currency, week_start, settings")
    .eq("id", account_id)
    .single();
  if (unread)
    throw new Error(`The account of the key could not be read: ${unread.message}`, { cause: unread });
  return {
    key_id,
    account: accountSchema.parse(account),
    principal: {
      account_id,
      user_id,
      role,
      scopes: [...scopes, ...tool_groups.map(groupScope)],
      via: "mcp_key",
    },
  };
}
