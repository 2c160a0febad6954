"use server";

import { redirect } from "next/navigation";
import { z } from "zod";
import { createSessionClient, getServiceClient } from "../_server/deps";

export type SignInState = { email: string; error?: string };

const credentialsSchema = z.object({ email: z.string().trim().email(), password: z.string().min(1) });

/** Signs a person in with e-mail and password; a failure says which of the two things it can be. */
export async function signIn(_before: SignInState, form: FormData): Promise<SignInState> {
  const email = String(form.get("email") ?? "");
  const parsed = credentialsSchema.safeParse({ email, password: form.get("password") });
  if (!parsed.success) return { email, error: "Enter your e-mail address and your password." };
  const db = await createSessionClient();
  const { data, error } = await db.auth.signInWithPassword(parsed.data);
  if (error) return { email, error: explain(error) };
  await recordSignIn(data.user.id);
  redirect("/");
}

/** Writes the sign-in to the audit log of each account the person belongs to. A failing log keeps nobody out. */
async function recordSignIn(user: string): Promise<void> {
  const service = getServiceClient();
  const { data } = await service.from("members").select("account_id").eq("user_id", user);
  await Promise.all(
    (data ?? []).map(({ account_id }) =>
      service.rpc("record_audit", {
        p_account: account_id,
        p_action: "signed_in",
        p_target: `user:${user}`,
        p_actor: `user:${user}`,
      }),
    ),
  );
}

/** Ends the session on this device. */
export async function signOut(): Promise<void> {
  const db = await createSessionClient();
  await db.auth.signOut({ scope: "local" });
  redirect("/sign-in");
}

function explain(error: { message: string; status?: number | undefined; code?: string | undefined }): string {
  if (error.status === 429) return "Too many tries. Wait a minute, then sign in again.";
  if (error.code === "email_not_confirmed")
    return "This address is not confirmed yet. Open the link in the mail we sent you.";
  if (error.status && error.status >= 400 && error.status < 500) {
    return "That e-mail and password do not match an account here. Check both and try again.";
  }
  return "The sign-in service does not answer. Check that the database is running, then try again.";
}
