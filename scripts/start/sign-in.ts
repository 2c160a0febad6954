import { z } from "zod";
import { createUserClient } from "@/supabase/client";
import { membershipColumns, membershipSchema } from "@/supabase/contract/membership";
import type { DevFile } from "./dev-file";

/**
 * Signs in as a demo person of the running `npm start`.
 * @throws with the cure when that fails or the person belongs to no account yet.
 */
export async function signInAs(dev: DevFile, { email, password }: { email: string; password: string }) {
  const client = createUserClient({ url: dev.supabase_url, publishableKey: dev.publishable_key });
  const { data, error } = await client.auth.signInWithPassword({ email, password });
  if (error)
    throw new Error(
      `Could not sign in as ${email}: ${error.message}. Is npm start still running? With a Supabase of your own, set KEAPSAKE_ADMIN_EMAIL and KEAPSAKE_ADMIN_PASSWORD before npm start.`,
    );
  const { data: rows, error: unread } = await client
    .from("members")
    .select(membershipColumns)
    .eq("user_id", data.user.id)
    .order("account_id")
    .limit(1);
  if (unread) throw new Error(`The account could not be read: ${unread.message}.`);
  const [membership] = z.array(membershipSchema).parse(rows);
  if (!membership)
    throw new Error(`${email} belongs to no account yet. Let npm start finish, then try again.`);
  return {
    user_id: data.user.id,
    access_token: data.session.access_token,
    role: membership.role,
    account: membership.accounts,
  };
}
