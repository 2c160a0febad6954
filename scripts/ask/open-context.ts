import { z } from "zod";
import { openPlanner } from "@/agent/sql/planner";
import type { ToolAccount, ToolContext } from "@/agent/tools/context";
import { openQueryDoor } from "@/analytics/query/door";
import { openKeapReader } from "@/mcp-server/deps";
import { createServiceClient, createUserClient } from "@/supabase/client";
import { type Role, roleSchema } from "@/supabase/contract/principal";
import { readDevFile } from "../start/dev-file";

/** The command line was called wrongly; the message says how to call it. */
export class UsageError extends Error {}

/** An empty variable in `.env` is one that was not set. */
export function withoutEmpty(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}

const membershipSchema = z.object({
  role: roleSchema,
  accounts: z.object({
    id: z.string(),
    name: z.string(),
    time_zone: z.string(),
    currency: z.string(),
    week_start: z.number(),
    settings: z.record(z.string(), z.unknown()),
  }),
});

/** What the tools get for a person of that role, signed in at the running `npm start`. */
export async function openContext(role: Role): Promise<ToolContext> {
  const dev = readDevFile();
  const people = [{ role: "admin", ...dev.demo }, ...(dev.demo.users ?? [])];
  const person = people.findLast((candidate) => candidate.role === role);
  if (!person)
    throw new UsageError(
      `This installation has no demo person with the role ${role}. It has: ${people.map((each) => each.role).join(", ")}.`,
    );
  const anonymous = createUserClient({ url: dev.supabase_url, publishableKey: dev.publishable_key });
  const { data: session, error } = await anonymous.auth.signInWithPassword({
    email: person.email,
    password: person.password,
  });
  if (error)
    throw new Error(
      `Could not sign in as ${person.email}: ${error.message}. Is npm start still running? With a Supabase of your own, set KEAPSAKE_ADMIN_EMAIL and KEAPSAKE_ADMIN_PASSWORD before npm start.`,
    );
  const db = createUserClient({
    url: dev.supabase_url,
    publishableKey: dev.publishable_key,
    accessToken: session.session.access_token,
  });
  const { data, error: unread } = await db
    .from("members")
    .select("role, accounts(id, name, time_zone, currency, week_start, settings)")
    .eq("user_id", session.user.id)
    .order("account_id")
    .limit(1);
  if (unread) throw new Error(`The account could not be read: ${unread.message}.`);
  const [membership] = z.array(membershipSchema).parse(data);
  if (!membership)
    throw new Error(`${person.email} belongs to no account yet. Let npm start finish, then ask again.`);
  const account: ToolAccount = membership.accounts;
  const service = createServiceClient({ url: dev.supabase_url, secretKey: dev.secret_key });
  return {
    principal: {
      account_id: account.id,
      user_id: session.user.id,
      role: membership.role,
      scopes: [],
      via: "cli",
    },
    account,
    db,
    door: openQueryDoor(service),
    planner: openPlanner(service),
    // Shares the rate limit and the cap of the day with the running product.
    keap: openKeapReader(service, {
      ...process.env,
      KEAP_BASE_URL: dev.keap_url,
      KEAP_TOKEN: dev.keap_token,
      KEAPSAKE_KEAP_PACE: dev.keap_pace,
    })(account.id),
    clock: () => new Date(),
    app_url: dev.url,
    report: (cause, where) => console.error(`[${where}]`, cause instanceof Error ? cause.message : cause),
  };
}
