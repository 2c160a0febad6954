import { join } from "node:path";
import { createServiceClient, createUserClient, type SupabaseClient } from "@/supabase/client";
import { ensureDemo } from "@/supabase/local/demo";

export interface PrepareOptions {
  url: string;
  publishableKey: string;
  secretKey: string;
  /** The data folder, where the demo people's passwords are kept. */
  folder: string;
  /** Whether the database is the embedded one, which nobody has signed up to yet. */
  embeddedDatabase: boolean;
  /** Whether Keap is the sandbox. Its account is kept apart from a real one in the same database. */
  sandbox: boolean;
  admin: { email: string; password: string } | null;
}

export interface PreparedAccount {
  account_id: string;
  demo: {
    email: string;
    password: string;
    users?: { role: string; email: string; password: string }[];
  } | null;
}

/**
 * Makes sure that there is an account to copy Keap into and somebody who may sign in to it.
 * @throws saying what to do when the database has no tables yet or nobody could sign in.
 */
export async function prepareAccount(options: PrepareOptions): Promise<PreparedAccount> {
  const keapAppId = options.sandbox ? "keapsake-demo" : "connected";
  const name = options.sandbox ? "Demo business" : "My business";
  if (options.embeddedDatabase) {
    const { account_id, demo, users } = await ensureDemo({
      url: options.url,
      publishableKey: options.publishableKey,
      secretKey: options.secretKey,
      passwordFile: join(options.folder, "demo-users.json"),
      keapAppId,
      name,
    });
    // The data folder is ours alone, so whoever shared Keap's rate limits in it before has ended.
    const service = createServiceClient({ url: options.url, secretKey: options.secretKey });
    const { error } = await service.rpc("keap_quota_retire");
    if (error) throw new Error(`The shares of Keap's rate limits could not be freed: ${error.message}.`);
    return {
      account_id,
      demo: { ...demo, users: users.map(({ role, email, password }) => ({ role, email, password })) },
    };
  }
  const service = createServiceClient({ url: options.url, secretKey: options.secretKey });
  const account_id = await ensureAccount(service, { keap_app_id: keapAppId, name });
  await ensureAdmin(service, account_id, options);
  return { account_id, demo: null };
}

async function ensureAccount(
  service: SupabaseClient,
  account: { keap_app_id: string; name: string },
): Promise<string> {
  const { data, error } = await service
    .from("accounts")
    .upsert(account, { onConflict: "keap_app_id", ignoreDuplicates: true })
    .select("id");
  if (error) {
    throw new Error(
      `Your Supabase project has no Keapsake tables yet (${error.message}). Apply supabase/migrations first: \`npx supabase link\` and \`npx supabase db push\`.`,
    );
  }
  if (data[0]) return data[0].id as string;
  const found = await service.from("accounts").select("id").eq("keap_app_id", account.keap_app_id).single();
  if (found.error) throw new Error(`The account could not be read: ${found.error.message}.`);
  return found.data.id as string;
}

/** The first person of a project of one's own: signed up here because there is nobody yet who could invite them. */
async function ensureAdmin(
  service: SupabaseClient,
  accountId: string,
  options: PrepareOptions,
): Promise<void> {
  const { count, error } = await service
    .from("members")
    .select("*", { count: "exact", head: true })
    .eq("account_id", accountId);
  if (error) throw new Error(`The members could not be read: ${error.message}.`);
  if (count) return;
  if (!options.admin) {
    throw new Error(
      "Nobody may sign in to your Supabase project yet: set KEAPSAKE_ADMIN_EMAIL and KEAPSAKE_ADMIN_PASSWORD for the first admin, then start again.",
    );
  }
  const auth = createUserClient({ url: options.url, publishableKey: options.publishableKey }).auth;
  const known = await auth.signInWithPassword(options.admin);
  const user = known.data.user ?? (await auth.signUp(options.admin)).data.user;
  if (!user) {
    throw new Error(
      `${options.admin.email} could neither sign in nor sign up: ${known.error?.message ?? "no reason given"}.`,
    );
  }
  const added = await service
    .from("members")
    .insert({ account_id: accountId, user_id: user.id, role: "admin" });
  if (added.error)
    throw new Error(`${options.admin.email} could not be made an admin: ${added.error.message}.`);
}
