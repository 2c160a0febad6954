import { countedReader } from "@/agent/keap/counted-reader";
import { chooseEmbedder } from "@/agent/knowledge/embedder";
import { agentSettingsSchema } from "@/agent/settings";
import { openPlanner } from "@/agent/sql/planner";
import type { ToolContext } from "@/agent/tools/context";
import { openQueryDoor } from "@/analytics/query/door";
import { type DevFile, readDevFile } from "@/scripts/start/dev-file";
import { signInAs } from "@/scripts/start/sign-in";
import { createServiceClient, type SupabaseClient } from "@/supabase/client";
import { createKeapConnector } from "@/sync/keap/connect";
import { createLiveReader } from "@/sync/keap/live-read";
import { keapSettingsSchema } from "@/sync/keap/settings";
import { createMcpEndpoint, type McpEndpointDeps } from "./http";
import { findKeyOwner, type KeyOwner } from "./keys";
import { type McpSettings, mcpSettingsSchema } from "./settings";

type Environment = Record<string, string | undefined>;

/** The real clients behind the MCP server, for both doors. */
export function buildMcpDeps(settings: McpSettings, env: Environment = process.env): McpEndpointDeps {
  const service = createServiceClient({
    url: settings.SUPABASE_URL,
    secretKey: settings.SUPABASE_SECRET_KEY,
  });
  const door = openQueryDoor(service);
  const planner = openPlanner(service);
  const keapOf = openKeapReader(service, env);
  const embedder = chooseEmbedder(
    agentSettingsSchema.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""))),
  );
  const report = (error: unknown, where = "mcp") =>
    console.error(`[${where}]`, error instanceof Error ? error.message : error);
  return {
    findKeyOwner: (key) => findKeyOwner(key, service),
    contextFor: ({ principal, account }): ToolContext => ({
      principal,
      account,
      door,
      planner,
      db: service,
      keap: keapOf(account.id),
      embedder,
      clock: () => new Date(),
      app_url: settings.KEAPSAKE_URL,
      report,
    }),
    report,
  };
}

/** Live reads of Keap for the tools that ask for them; none where this process has no connection to Keap. */
export function openKeapReader(
  service: SupabaseClient,
  env: Environment,
): (accountId: string) => ToolContext["keap"] {
  const filled = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const settings = keapSettingsSchema.safeParse(filled);
  if (!settings.success) return () => undefined;
  const connector = createKeapConnector({ service, settings: settings.data });
  return (account_id) =>
    countedReader(createLiveReader(connector.clientFor(account_id)), { service, account_id });
}

let endpoint: ((request: Request) => Promise<Response>) | undefined;

/** The HTTP endpoint of this process, built on the first request. @throws ZodError naming the variable and the cure. */
export function getMcpEndpoint(): (request: Request) => Promise<Response> {
  endpoint ??= createMcpEndpoint(buildMcpDeps(mcpSettingsSchema.parse(process.env)));
  return endpoint;
}

/**
 * The context of a stdio server: the owner of `KEAPSAKE_MCP_KEY`, or the demo person of a running `npm start`.
 * @throws with the cure when neither is there.
 */
export async function openStdioContext(env: Environment): Promise<ToolContext> {
  const configured = mcpSettingsSchema.safeParse(env);
  const dev = configured.success ? null : readDevFile(env);
  const settings = configured.success
    ? configured.data
    : mcpSettingsSchema.parse({
        SUPABASE_URL: dev?.supabase_url,
        SUPABASE_SECRET_KEY: dev?.secret_key,
        KEAPSAKE_URL: dev?.url,
      });
  const deps = buildMcpDeps(settings, env);
  if (env.KEAPSAKE_MCP_KEY) {
    const owner = await deps.findKeyOwner(env.KEAPSAKE_MCP_KEY);
    if (!owner)
      throw new Error(
        "KEAPSAKE_MCP_KEY is not valid: unknown, expired or revoked. Make one with: npm run keys -- create",
      );
    return deps.contextFor(owner);
  }
  if (!dev)
    throw new Error("KEAPSAKE_MCP_KEY is missing. Make a key in settings, or with: npm run keys -- create");
  return deps.contextFor(await demoOwner(dev));
}

/** The demo person, limited to what a key may do: reading and proposing. */
async function demoOwner(dev: DevFile): Promise<KeyOwner> {
  const { user_id, role, account } = await signInAs(dev, dev.demo);
  return {
    key_id: "demo",
    account,
    principal: { account_id: account.id, user_id, role, scopes: ["read", "propose"], via: "mcp_key" },
  };
}
