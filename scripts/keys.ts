import { parseArgs } from "node:util";
import { z } from "zod";
import { toolGroups } from "@/agent/tools/rights";
import { createServiceClient, createUserClient, type SupabaseClient } from "@/supabase/client";
import { type DevFile, readDevFile } from "./start/dev-file";

/**
 * `npm run keys -- create|list|revoke`: keys for MCP clients. A key has at most the rights of its owner, is shown once
 * and is stored as a hash.
 */

const usage = `Usage:
  npm run keys -- create [NAME] [--role admin|analyst|viewer] [--groups analytics,boards] [--read-only] [--days 90] [--email OWNER] [--json]
  npm run keys -- list [--json]
  npm run keys -- revoke ID`;

class UsageError extends Error {}

const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  role: z.string(),
  scopes: z.array(z.string()),
  tool_groups: z.array(z.string()),
  created_at: z.string(),
  expires_at: z.string().nullable(),
  last_used_at: z.string().nullable(),
  revoked_at: z.string().nullable(),
});

const createdSchema = z.object({ key_id: z.string(), key: z.string(), name: z.string(), role: z.string() });

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      role: { type: "string", default: "analyst" },
      groups: { type: "string" },
      "read-only": { type: "boolean", default: false },
      days: { type: "string" },
      email: { type: "string" },
      json: { type: "boolean", default: false },
    },
  });
  const [command, argument] = positionals;
  const dev = readDevFile();
  switch (command) {
    case "create":
      return create(dev, argument ?? "Command line", values);
    case "list":
      return list(dev, values.json);
    case "revoke":
      return revoke(dev, argument);
    default:
      throw new UsageError(usage);
  }
}

interface CreateOptions {
  role: string;
  groups?: string;
  "read-only": boolean;
  days?: string;
  email?: string;
  json: boolean;
}

async function create(dev: DevFile, name: string, options: CreateOptions): Promise<void> {
  const groups =
    options.groups
      ?.split(",")
      .map((group) => group.trim())
      .filter(Boolean) ?? [];
  // An empty list means every group, so a list that came out empty by mistake must not pass for it.
  if (options.groups !== undefined && groups.length === 0)
    throw new UsageError(
      `--groups names no group. Known: ${toolGroups.join(", ")}. Leave it out for all of them.`,
    );
  const unknown = groups.filter((group) => !(toolGroups as readonly string[]).includes(group));
  if (unknown.length > 0)
    throw new UsageError(`Unknown tool group: ${unknown.join(", ")}. Known: ${toolGroups.join(", ")}.`);
  const { client, accountId } = await signIn(dev, options.email);
  const { data, error } = await client.rpc("create_api_key", {
    p_account: accountId,
    p_name: name,
    p_role: options.role,
    p_scopes: options["read-only"] ? ["read"] : ["read", "propose"],
    p_tool_groups: groups,
    p_expires_at: options.days ? expiry(options.days) : null,
  });
  if (error) throw new UsageError(`The key was not made: ${error.message}`);
  const made = createdSchema.parse(data);
  if (options.json) return console.log(JSON.stringify({ ...data, url: `${dev.url}/api/mcp` }, null, 2));
  console.log(
    [
      `Key "${made.name}" with the role ${made.role}. It is shown only now:`,
      "",
      `  ${made.key}`,
      "",
      `Over HTTP:  ${dev.url}/api/mcp with the header  Authorization: Bearer ${made.key}`,
      `Over stdio: KEAPSAKE_MCP_KEY=${made.key} npm run --silent mcp`,
    ].join("\n"),
  );
}

function expiry(days: string): string {
  const count = Number(days);
  if (!Number.isFinite(count) || count <= 0 || count > 3650)
    throw new UsageError("--days must be a number from 1 to 3650.");
  return new Date(Date.now() + count * 86_400_000).toISOString();
}

async function list(dev: DevFile, json: boolean): Promise<void> {
  const { client, accountId } = await signIn(dev);
  const { data, error } = await client
    .from("api_keys")
    .select("*")
    .eq("account_id", accountId)
    .order("created_at")
    .order("id");
  if (error) throw new Error(`The keys could not be read: ${error.message}`);
  const keys = z.array(keySchema).parse(data);
  if (json) return console.log(JSON.stringify(keys, null, 2));
  if (keys.length === 0) return console.log("There are no keys yet. Make one with: npm run keys -- create");
  for (const key of keys) {
    const state = key.revoked_at
      ? "revoked"
      : key.expires_at && Date.parse(key.expires_at) < Date.now()
        ? "expired"
        : "active";
    const groups = key.tool_groups.length > 0 ? key.tool_groups.join(",") : "all tools";
    console.log(
      `${key.id}  ${key.prefix}…  ${state.padEnd(8)} ${key.role.padEnd(8)} ${key.scopes.join(",")}  ${groups}  ${key.name}  used ${key.last_used_at ?? "never"}`,
    );
  }
}

async function revoke(dev: DevFile, id: string | undefined): Promise<void> {
  if (!id || !z.uuid().safeParse(id).success)
    throw new UsageError(`Which key? Take its id from the list.\n${usage}`);
  const { client } = await signIn(dev);
  const { error } = await client.rpc("revoke_api_key", { p_key_id: id });
  if (error) throw new UsageError(`The key was not revoked: ${error.message}`);
  console.log("Revoked. Clients that use it are refused from now on.");
}

/** Signs in as the demo admin, or as another demo person by e-mail address. */
async function signIn(dev: DevFile, email?: string): Promise<{ client: SupabaseClient; accountId: string }> {
  const person = email ? dev.demo.users?.find((user) => user.email === email) : dev.demo;
  if (!person)
    throw new UsageError(
      `There is no demo person ${email}. People: ${dev.demo.users?.map((user) => user.email).join(", ") ?? dev.demo.email}.`,
    );
  const anonymous = createUserClient({ url: dev.supabase_url, publishableKey: dev.publishable_key });
  const { data, error } = await anonymous.auth.signInWithPassword({
    email: person.email,
    password: person.password,
  });
  if (error)
    throw new Error(
      `Could not sign in as ${person.email}: ${error.message}. Is npm start still running? With a Supabase of your own, set KEAPSAKE_ADMIN_EMAIL and KEAPSAKE_ADMIN_PASSWORD before npm start.`,
    );
  const service = createServiceClient({ url: dev.supabase_url, secretKey: dev.secret_key });
  const { data: memberships, error: unread } = await service
    .from("members")
    .select("account_id")
    .eq("user_id", data.user.id)
    .order("account_id")
    .limit(1);
  const accountId = memberships?.[0]?.account_id;
  if (unread || !accountId)
    throw new Error(`${person.email} belongs to no account yet. Let npm start finish, then try again.`);
  const client = createUserClient({
    url: dev.supabase_url,
    publishableKey: dev.publishable_key,
    accessToken: data.session.access_token,
  });
  return { client, accountId };
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
