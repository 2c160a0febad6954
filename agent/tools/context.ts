import type { SupabaseClient } from "@supabase/supabase-js";
import type { QueryDoor } from "@/analytics/query/door";
import type { Principal } from "@/supabase/contract/principal";
import type { Embedder } from "../knowledge/embedder";
import type { Planner } from "../sql/planner";
import type { LookupKind } from "./keap-lookup";
import type { Preferences } from "./preferences";

/** The account a conversation is about: its zone and currency decide what every date and amount means. */
export interface ToolAccount {
  id: string;
  name: string;
  /** IANA zone, such as `America/New_York`. */
  time_zone: string;
  /** ISO 4217 code. */
  currency: string;
  /** 1 = Monday … 7 = Sunday. */
  week_start: number;
  /** Settings of the account as stored; `preferencesOf` reads the ones that concern the agent. */
  settings?: Record<string, unknown>;
}

/** One record of Keap itself, read live; the doors supply it. It never throws. `left` is what today still allows. */
export interface KeapReader {
  find(
    kind: LookupKind,
    keapId: number,
  ): Promise<
    | { state: "found"; record: Record<string, unknown>; left: number }
    | { state: "absent"; left: number }
    | { state: "unavailable"; reason: string; left: number }
    | { state: "capped"; cap: number }
  >;
}

/**
 * Everything a tool may touch. The doors (`app/_server/deps.ts`, `mcp-server/deps.ts`, `inngest/deps.ts`) supply it;
 * nothing below reads the environment, the clock or the network by itself.
 */
export interface ToolContext {
  principal: Principal;
  account: ToolAccount;
  /** Every aggregate goes through it. */
  door: QueryDoor;
  /**
   * The signed-in person's client (row security applies) or, over MCP and in jobs, the service client. Tools filter by
   * `principal.account_id` in either case, so that the rights never rest on which one it is.
   */
  db: SupabaseClient;
  /** Estimates ad-hoc SQL before it runs; without it `run_sql` is not offered. */
  planner?: Planner;
  /** Live reads of Keap, counted; without it `keap_lookup` is not offered. */
  keap?: KeapReader;
  /** Finds texts by meaning as well, where an embedding model is set. */
  embedder?: Embedder | null;
  /** Overrides the account's own, in tests. */
  preferences?: Preferences;
  clock: () => Date;
  /** Public address of the app, for links to approve or open something. */
  app_url?: string;
  /** Tells someone who runs the product about an unexpected error; never shown to the caller. */
  report?: (error: unknown, where: string) => void;
}
