import "server-only";
import type { SupabaseClient } from "@supabase/supabase-js";
import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { cache } from "react";
import { z } from "zod";
import type { ToolAccount } from "@/agent/tools/context";
import { membershipColumns, membershipSchema } from "@/supabase/contract/membership";
import { type Principal, principalSchema } from "@/supabase/contract/principal";
import { createSessionClient } from "./deps";

/** Remembers which of a person's accounts is open. */
export const accountCookie = "keapsake-account";

export interface Session {
  principal: Principal;
  account: ToolAccount;
  email: string;
  /** Acts as this person; row security applies. */
  db: SupabaseClient;
  /** Every account this person belongs to, for the switch in the menu. */
  accounts: { id: string; name: string; role: Principal["role"] }[];
}

/**
 * Who is asking, with exactly one active account; null when nobody is signed in or the person belongs to no account.
 * The token is verified by the auth server, never taken from the cookie on trust. One look-up per request.
 */
export const getSession = cache(async (): Promise<Session | null> => {
  const db = await createSessionClient();
  const { data } = await db.auth.getUser();
  if (!data.user) return null;
  const { data: rows, error } = await db
    .from("members")
    .select(membershipColumns)
    .eq("user_id", data.user.id)
    .order("account_id");
  if (error)
    throw new Error(`Your account could not be read from the database (${error.message}). Reload the page.`);
  const memberships = z.array(membershipSchema).parse(rows);
  const wanted = (await cookies()).get(accountCookie)?.value;
  const active = memberships.find(({ accounts }) => accounts.id === wanted) ?? memberships[0];
  if (!active) return null;
  return {
    principal: principalSchema.parse({
      account_id: active.accounts.id,
      user_id: data.user.id,
      role: active.role,
      scopes: [],
      via: "session",
    }),
    account: active.accounts,
    email: data.user.email ?? "",
    db,
    accounts: memberships.map(({ role, accounts }) => ({ id: accounts.id, name: accounts.name, role })),
  };
});

/** The session, or a redirect to the sign-in page. For pages and actions. */
export async function requireSession(): Promise<Session> {
  return (await getSession()) ?? redirect("/sign-in");
}
