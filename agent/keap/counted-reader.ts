import type { SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import type { KeapReader } from "../tools/context";
import type { LookupKind } from "../tools/keap-lookup";

/** What a door supplies: one record of Keap, uncounted. */
export interface LiveReader {
  find(
    kind: LookupKind,
    keapId: number,
  ): Promise<
    | { state: "found"; record: Record<string, unknown> }
    | { state: "absent" }
    | { state: "unavailable"; reason: string }
  >;
}

const countSchema = z.object({ allowed: z.boolean(), left: z.number() });

/** Look-ups a day and account unless told: a thousandth of what a key may call, so that no conversation starves the sync. */
export const lookupsPerDay = 200;

/** Counts every look-up against the account's cap of the day, before it is made, whichever door it came through. */
export function countedReader(
  live: LiveReader,
  { service, account_id, cap = lookupsPerDay }: { service: SupabaseClient; account_id: string; cap?: number },
): KeapReader {
  return {
    async find(kind, keapId) {
      const { data, error } = await service.rpc("count_keap_lookup", { p_account: account_id, p_cap: cap });
      if (error) return { state: "unavailable", reason: "the look-up could not be counted", left: 0 };
      const { allowed, left } = countSchema.parse(data);
      if (!allowed) return { state: "capped", cap };
      return { ...(await live.find(kind, keapId)), left };
    },
  };
}
