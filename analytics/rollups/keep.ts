import type { SupabaseClient } from "@/supabase/client";
import { type RefreshReport, refreshRollups } from "./refresh";

/** Below this many orders the facts themselves answer as quickly, and nothing is kept. */
export const ordersWorthKeeping = 1_000;

/**
 * Makes and refreshes the rollups of one account, as far as the time goes; the next call goes on from there. Returns
 * null for an account too small to need any. Throws when the database does not answer.
 */
export async function keepRollups(
  service: SupabaseClient,
  accountId: string,
  options: { budgetMs: number; fewestOrders?: number },
): Promise<RefreshReport | null> {
  const fewest = options.fewestOrders ?? ordersWorthKeeping;
  const { data: account, error } = await service
    .from("accounts")
    .select("id, name, time_zone, currency, week_start")
    .eq("id", accountId)
    .maybeSingle();
  if (error) throw new Error(`The account ${accountId} could not be read: ${error.message}`);
  if (!account) return null;
  const { data: many, error: refused } = await service
    .from("orders")
    .select("supabase_id")
    .eq("account_id", accountId)
    .range(fewest - 1, fewest - 1);
  if (refused) throw new Error(`The orders of ${accountId} could not be counted: ${refused.message}`);
  if (many.length === 0) return null;
  return refreshRollups(service, { account, create: true, budgetMs: options.budgetMs });
}
