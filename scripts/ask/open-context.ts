import { openPlanner } from "@/agent/sql/planner";
import type { ToolContext } from "@/agent/tools/context";
import { openQueryDoor } from "@/analytics/query/door";
import { openKeapReader } from "@/mcp-server/deps";
import { createServiceClient, createUserClient } from "@/supabase/client";
import type { Role } from "@/supabase/contract/principal";
import { readDevFile } from "../start/dev-file";
import { signInAs } from "../start/sign-in";

/** The command line was called wrongly; the message says how to call it. */
export class UsageError extends Error {}

/** An empty variable in `.env` is one that was not set. */
export function withoutEmpty(env: Record<string, string | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
}

/** What the tools get for a person of that role, signed in at the running `npm start`. */
export async function openContext(role: Role): Promise<ToolContext> {
  const dev = readDevFile();
  const people = [{ role: "admin", ...dev.demo }, ...(dev.demo.users ?? [])];
  const person = people.findLast((candidate) => candidate.role === role);
  if (!person)
    throw new UsageError(
      `This installation has no demo person with the role ${role}. It has: ${people.map((each) => each.role).join(", ")}.`,
    );
  const { user_id, access_token, account, role: held } = await signInAs(dev, person);
  const db = createUserClient({
    url: dev.supabase_url,
    publishableKey: dev.publishable_key,
    accessToken: access_token,
  });
  const service = createServiceClient({ url: dev.supabase_url, secretKey: dev.secret_key });
  return {
    principal: {
      account_id: account.id,
      user_id,
      role: held,
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
