import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsx = fileURLToPath(new URL("../node_modules/tsx/dist/cli.mjs", import.meta.url));

let database: TestDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await startTestDatabase();
  const { account_id } = await database.createAccount();
  const { user_id } = await database.signUp({ account_id, role: "analyst" });
  const { data, error } = await database.service.rpc("create_api_key", {
    p_account: account_id,
    p_name: "stdio",
    p_role: "analyst",
    p_scopes: ["read"],
    p_user: user_id,
  });
  if (error) throw error;
  env = {
    PATH: process.env.PATH ?? "",
    SUPABASE_URL: database.url,
    SUPABASE_SECRET_KEY: database.secretKey,
    KEAPSAKE_MCP_KEY: data.key,
  };
});
afterAll(() => database.stop());

it("speaks the protocol over stdin and stdout", async () => {
  const client = new Client({ name: "test", version: "1" });
  const errors: Error[] = [];
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [tsx, "mcp-server/stdio.ts"],
    cwd: root,
    env,
  });
  transport.onerror = (error) => errors.push(error);
  await client.connect(transport);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toContain("query_metric");
  const answer = await client.callTool({ name: "list_metrics", arguments: { section: "leads" } });
  expect(JSON.stringify(answer.structuredContent)).toContain("new_leads");
  await client.close();
  // Anything on stdout that is not protocol would have been an error here.
  expect(errors).toEqual([]);
}, 60_000);

it("says on stderr what is missing", async () => {
  const child = spawn(process.execPath, [tsx, "mcp-server/stdio.ts"], {
    cwd: root,
    env: {
      NODE_ENV: "test",
      PATH: env.PATH,
      SUPABASE_URL: env.SUPABASE_URL,
      SUPABASE_SECRET_KEY: env.SUPABASE_SECRET_KEY,
    },
  });
  const [out, err] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(1);
  expect(await out).toBe("");
  expect(await err).toContain("npm run keys -- create");
}, 60_000);

async function collect(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
