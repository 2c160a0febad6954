import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";
import { createServiceClient, createUserClient, type SupabaseClient } from "../client";
import { type Role, roles } from "../contract/principal";

export interface DemoUser {
  role: Role;
  email: string;
  password: string;
  user_id: string;
}

export interface Demo {
  account_id: string;
  /** The admin, for sign-in. */
  demo: { email: string; password: string };
  users: DemoUser[];
}

const passwordsSchema = z.record(z.string(), z.string().min(8));

/**
 * Makes the demo account and its three people (admin, analyst, viewer @demo.keapsake.local) through ordinary sign-up, or
 * finds them again. Passwords are made once and kept in `passwordFile` (mode 600).
 */
export async function ensureDemo(options: {
  url: string;
  publishableKey: string;
  secretKey: string;
  passwordFile: string;
  keapAppId?: string;
  name?: string;
  timeZone?: string;
  currency?: string;
}): Promise<Demo> {
  const service = createServiceClient({ url: options.url, secretKey: options.secretKey });
  const account_id = await ensureAccount(service, {
    keap_app_id: options.keapAppId ?? "keapsake-demo",
    name: options.name ?? "Demo business",
    time_zone: options.timeZone ?? "America/New_York",
    currency: options.currency ?? "USD",
  });
  const passwords = loadPasswords(options.passwordFile);
  const users: DemoUser[] = [];
  for (const role of roles) {
    const email = `${role}@demo.keapsake.local`;
    const password = passwords[email] ?? "";
    const user_id = await ensureUser(options, email, password);
    const { error } = await service
      .from("members")
      .upsert({ account_id, user_id, role }, { onConflict: "account_id,user_id" });
    if (error) throw new Error(`${email} could not be made a member of the demo account: ${error.message}.`);
    users.push({ role, email, password, user_id });
  }
  const admin = users.find(({ role }) => role === "admin");
  if (!admin) throw new Error("The demo account has no admin.");
  return { account_id, demo: { email: admin.email, password: admin.password }, users };
}

async function ensureAccount(
  service: SupabaseClient,
  account: { keap_app_id: string; name: string; time_zone: string; currency: string },
): Promise<string> {
  const { data, error } = await service
    .from("accounts")
    .upsert(account, { onConflict: "keap_app_id", ignoreDuplicates: true })
    .select("id");
  if (error)
    throw new Error(`The demo account could not be made: ${error.message}. Is the database migrated?`);
  if (data[0]) return data[0].id as string;
  const found = await service.from("accounts").select("id").eq("keap_app_id", account.keap_app_id).single();
  if (found.error) throw new Error(`The demo account could not be read: ${found.error.message}.`);
  return found.data.id as string;
}

/** There is no admin API everywhere, so people are made the way people are: by signing up. */
async function ensureUser(
  options: { url: string; publishableKey: string; passwordFile: string },
  email: string,
  password: string,
): Promise<string> {
  const auth = createUserClient({ url: options.url, publishableKey: options.publishableKey }).auth;
  const known = await auth.signInWithPassword({ email, password });
  if (known.data.user) return known.data.user.id;
  const made = await auth.signUp({ email, password });
  if (made.data.user && made.data.session) return made.data.user.id;
  throw new Error(
    `The demo user ${email} could neither sign in nor sign up (${made.error?.message ?? known.error?.message ?? "e-mail confirmation is on"}). ` +
      `If ${options.passwordFile} was lost, delete the data folder and start again.`,
  );
}

function loadPasswords(file: string): Record<string, string> {
  if (existsSync(file)) return passwordsSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  const passwords = Object.fromEntries(
    roles.map((role) => [`${role}@demo.keapsake.local`, `demo-${randomBytes(9).toString("base64url")}`]),
  );
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(passwords, null, 2)}\n`, { mode: 0o600 });
  return passwords;
}
