import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { Client as OldClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as OldTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPlanner } from "@/agent/sql/planner";
import { toolList } from "@/agent/tools/catalog";
import type { ToolContext } from "@/agent/tools/context";
import { pay, sell } from "@/analytics/testing/sell";
import { openWorlds, type World } from "@/analytics/testing/world";
import { createMcpEndpoint, type McpEndpointDeps } from "./http";
import { findKeyOwner } from "./keys";
import { createRateLimit } from "./rate-limit";

const address = new URL("http://keapsake.test/api/mcp");

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
let deps: McpEndpointDeps;
let admin: { user_id: string };

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", email: "ann@example.test", keap_created_at: "2026-01-05T12:00:00Z" },
    { keap_id: 2, given_name: "Bob", email: "bob@example.test", keap_created_at: "2026-01-06T12:00:00Z" },
  ]);
  const [vip = ""] = await world.insert("tags", [{ keap_id: 5, name: "VIP" }]);
  const [ann = ""] = (
    await world.database.sql<{ supabase_id: string }>(
      "select supabase_id from public.contacts where account_id = $1 and keap_id = 1",
      [world.account.id],
    )
  ).map((row) => row.supabase_id);
  await world.database.sql(
    "insert into public.contact_tags (account_id, contact_id, tag_id, contact_keap_id, tag_keap_id) values ($1, $2, $3, 1, 5)",
    [world.account.id, ann, vip],
  );
  await sell(world, [
    { keap_id: 100, contact: 1, at: "2026-02-10T15:00:00Z", total: 10_000, items: [{ price: 10_000 }] },
  ]);
  await pay(world, [
    { keap_id: 1000, contact: 1, orders: [100], at: "2026-02-10T15:00:00Z", amount: 10_000 },
  ]);
  admin = await world.database.signUp({ account_id: world.account.id, role: "admin" });
  const service = world.database.service;
  deps = {
    findKeyOwner: (key) => findKeyOwner(key, service),
    contextFor: ({ principal, account }): ToolContext => ({
      principal,
      account,
      door: world.door,
      planner: openPlanner(service),
      db: service,
      keap: {
        find: async (kind, keapId) => ({
          state: "found",
          record: { id: String(keapId), given_name: `A ${kind}`, ssn: "123-45-6789" },
          left: 7,
        }),
      },
      clock: () => new Date("2026-11-23T15:00:00Z"),
      app_url: "http://keapsake.test",
    }),
    rateLimit: createRateLimit({ burst: 1_000 }),
  };
});
afterAll(() => worlds.stop());

async function makeKey(
  options: { role?: string; scopes?: string[]; groups?: string[] } = {},
): Promise<{ id: string; key: string }> {
  const { data, error } = await world.database.service.rpc("create_api_key", {
    p_account: world.account.id,
    p_name: "test",
    p_role: options.role ?? "admin",
    p_scopes: options.scopes ?? ["read", "propose"],
    p_tool_groups: options.groups ?? [],
    p_user: admin.user_id,
  });
  if (error) throw error;
  return { id: data.key_id, key: data.key };
}

function fetchInto(endpoint = createMcpEndpoint(deps)): typeof fetch {
  return (input, init) => endpoint(new Request(input as URL, init));
}

async function connect(key: string, version: "2026" | "2025" = "2026"): Promise<Client> {
  const client = new Client(
    { name: "test", version: "1" },
    { versionNegotiation: { mode: version === "2026" ? "auto" : "legacy" } },
  );
  await client.connect(
    new StreamableHTTPClientTransport(address, {
      fetch: fetchInto(),
      requestInit: { headers: { authorization: `Bearer ${key}` } },
    }),
  );
  return client;
}

const revenueThisYear = {
  query: {
    metrics: ["revenue_collected"],
    dimensions: ["time"],
    grain: "month",
    range: { preset: "this_year" },
  },
};

describe("mcp over http", () => {
  it("lists tools with annotations and schemas", async () => {
    const { key } = await makeKey();
    const { tools } = await (await connect(key)).listTools();
    expect(tools.map(({ name }) => name)).toEqual(toolList.map(({ name }) => name));
    for (const tool of tools) {
      expect(tool.title, tool.name).toBeTruthy();
      expect(
        Object.values(tool.annotations ?? {}).filter((value) => typeof value === "boolean"),
        tool.name,
      ).toHaveLength(4);
      expect(tool.inputSchema, tool.name).toMatchObject({ type: "object", additionalProperties: false });
      expect(tool.outputSchema, tool.name).toMatchObject({ type: "object" });
    }
  });

  for (const version of ["2026", "2025"] as const) {
    it(`answers a number under the ${version} protocol`, async () => {
      const client = await connect((await makeKey()).key, version);
      const answer = await client.callTool({ name: "query_metric", arguments: revenueThisYear });
      const structured = answer.structuredContent as { result: { totals: unknown[] } };
      expect(structured.result.totals).toMatchObject([{ revenue_collected: 10_000 }]);
      expect(answer.content).toMatchObject([{ type: "text", text: expect.stringContaining("$100.00") }]);
    });
  }

  it("serves a client of the first SDK", async () => {
    const { key } = await makeKey();
    const client = new OldClient({ name: "old", version: "1" });
    await client.connect(
      new OldTransport(address, {
        fetch: fetchInto(),
        requestInit: { headers: { authorization: `Bearer ${key}` } },
      }),
    );
    const answer = await client.callTool({ name: "query_metric", arguments: revenueThisYear });
    expect(answer.structuredContent).toMatchObject({ result: { totals: [{ revenue_collected: 10_000 }] } });
  });

  it("only proposes when asked to write", async () => {
    const client = await connect((await makeKey()).key);
    const answer = await client.callTool({
      name: "propose_tags",
      arguments: { tag: "Gold", has_tag: ["VIP"] },
    });
    expect(answer.structuredContent).toMatchObject({
      created: true,
      status: "proposed",
      preview: { people: 1 },
    });
    expect(JSON.stringify(answer)).toContain("http://keapsake.test/approvals");
    const tags = await world.database.sql(
      "select 1 from public.tags where account_id = $1 and name = 'Gold'",
      [world.account.id],
    );
    expect(tags).toEqual([]);
    const again = await client.callTool({
      name: "propose_tags",
      arguments: { tag: "Gold", has_tag: ["VIP"] },
    });
    expect(again.structuredContent).toMatchObject({ created: false });
  });

  it("serves the later tools with what they promise", async () => {
    const client = await connect((await makeKey()).key);
    const call = async (name: string, args: Record<string, unknown>) => {
      const answer = await client.callTool({ name, arguments: args });
      expect(answer.isError, `${name}: ${JSON.stringify(answer.content)}`).toBeFalsy();
      return answer.structuredContent as Record<string, unknown>;
    };
    const people = await call("find_contacts", { without_tag: ["VIP"] });
    expect(people).toMatchObject({ total: 1, people: [{ name: "Bob" }] });
    const cohorts = (await call("cohort", { range: { from: "2026-02-01", to: "2026-02-28" } })) as {
      cohorts: { size: number }[];
    };
    expect(cohorts.cohorts[0]?.size).toBe(1);
    expect(await call("propose_update", { person: "Bob", changes: { job_title: "Potter" } })).toMatchObject({
      status: "proposed",
      probe: "yes",
      reversible: "yes",
      preview: { people: 1 },
    });
    expect(
      await call("propose_outreach", { action: "task", task_title: "Call", has_tag: ["VIP"] }),
    ).toMatchObject({ title: 'Make the task "Call" for 1 person', reversible: "partly" });
    expect(await call("create_segment", { name: "Not VIP", without_tag: ["VIP"] })).toMatchObject({
      people_now: 1,
    });
    expect(await call("create_alert", { metric: "orders", when: "below", value: 5 })).toMatchObject({
      preview: { would_fire: true },
    });
    expect(await call("list_conflicts", {})).toMatchObject({ total: 0 });
    const looked = await call("keap_lookup", { kind: "contact", keap_id: 2 });
    expect(looked).toMatchObject({
      found: true,
      record: { id: "2", given_name: "A contact" },
      left_today: 7,
    });
    expect(JSON.stringify(looked)).not.toContain("123-45");
    // Nothing of it has happened to anybody.
    const [bob] = await world.database.sql(
      "select job_title from public.contacts where account_id = $1 and keap_id = 2",
      [world.account.id],
    );
    expect(bob).toEqual({ job_title: null });
  });

  it("tells a wrong input how to be right", async () => {
    const client = await connect((await makeKey()).key);
    const unknown = await client.callTool({
      name: "query_metric",
      arguments: { query: { metrics: ["revnue"], range: { preset: "this_year" } } },
    });
    expect(unknown).toMatchObject({ isError: true });
    expect(JSON.stringify(unknown.content)).toContain("revenue");
    const tag = await client.callTool({ name: "find_contacts", arguments: { has_tag: ["VlP"] } });
    expect(tag).toMatchObject({ isError: true, content: [{ text: expect.stringContaining("VIP") }] });
  });

  it("hides what a key may not do", async () => {
    const names = async (options: Parameters<typeof makeKey>[0]) => {
      const client = await connect((await makeKey(options)).key);
      return (await client.listTools()).tools.map(({ name }) => name);
    };
    expect(await names({ scopes: ["read"] })).not.toContain("propose_tags");
    expect(await names({ groups: ["analytics"] })).toEqual(
      toolList.filter(({ group }) => group === "analytics").map(({ name }) => name),
    );
    const viewer = await names({ role: "viewer" });
    expect(viewer).toContain("query_metric");
    for (const closed of ["find_contacts", "propose_tags", "list_proposals", "pin_chart"])
      expect(viewer).not.toContain(closed);
  });

  it("reads definitions as resources", async () => {
    const client = await connect((await makeKey()).key);
    const { contents } = await client.readResource({ uri: "keapsake://metrics/revenue_collected" });
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({
      id: "revenue_collected",
      unit: "money",
    });
  });

  it("refuses missing, unknown and revoked keys", async () => {
    const endpoint = createMcpEndpoint(deps);
    const status = async (headers: Record<string, string>) =>
      (
        await endpoint(
          new Request(address, {
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
            body: "{}",
          }),
        )
      ).status;
    expect(await status({})).toBe(401);
    expect(await status({ authorization: "Bearer ksk_0000000000000000000000000000000000000000000" })).toBe(
      401,
    );
    const { id, key } = await makeKey();
    await world.database.sql("update private.api_keys set revoked_at = now() where id = $1", [id]);
    expect(await status({ authorization: `Bearer ${key}` })).toBe(401);
  });

  it("slows a key that calls too often", async () => {
    const { key } = await makeKey();
    const endpoint = createMcpEndpoint({
      ...deps,
      rateLimit: createRateLimit({ burst: 2, perMinute: 60, clock: () => 0 }),
    });
    const call = () =>
      endpoint(
        new Request(address, {
          method: "POST",
          headers: {
            "content-type": "application/json",
            accept: "application/json, text/event-stream",
            authorization: `Bearer ${key}`,
          },
          body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }),
        }),
      );
    await call();
    await call();
    const third = await call();
    expect(third.status).toBe(429);
    expect(third.headers.get("retry-after")).toBe("1");
  });
});

describe("an account that hides people", () => {
  const masked = (): McpEndpointDeps => ({
    ...deps,
    contextFor: (owner) => ({
      ...deps.contextFor(owner),
      preferences: { mask_personal_data: true, tool_groups_off: [] },
    }),
  });
  const connectMasked = async () => {
    const { key } = await makeKey();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(
      new StreamableHTTPClientTransport(address, {
        fetch: fetchInto(createMcpEndpoint(masked())),
        requestInit: { headers: { authorization: `Bearer ${key}` } },
      }),
    );
    return client;
  };

  it("shows marks instead of them, in text and structure", async () => {
    const client = await connectMasked();
    const found = await client.callTool({ name: "find_contacts", arguments: { has_tag: ["VIP"] } });
    const text = JSON.stringify(found);
    expect(found.isError).toBeFalsy();
    expect(text).not.toMatch(/Ann|ann@example/);
    expect(text).toMatch(/\[person-1\]/);
    expect(text).toMatch(/\[email-1\]/);
    expect(JSON.stringify(found.content)).toMatch(/\[person-1\], \[email-1\]/);
    // Ids stay, so that the next call can name the person.
    const [person] = (found.structuredContent as { people: { contact_id: string }[] }).people;
    const one = await client.callTool({
      name: "get_contact",
      arguments: { contact_id: person?.contact_id ?? "" },
    });
    expect(one.isError, JSON.stringify(one)).toBeFalsy();
    expect(JSON.stringify(one)).not.toMatch(/Ann|ann@example/);
    // Numbers and days are no people.
    const numbers = await client.callTool({ name: "query_metric", arguments: revenueThisYear });
    expect(JSON.stringify(numbers)).toContain("$100.00");
    expect(JSON.stringify(numbers)).not.toMatch(/\[(?:person|phone|email)-/);
  });

  it("refuses marks of another connection", async () => {
    const client = await connectMasked();
    const asked = await client.callTool({ name: "get_contact", arguments: { search: "[person-1]" } });
    expect(asked.isError).toBe(true);
    expect(JSON.stringify(asked)).toContain("contact_id");
    // What was asked by name comes back as a mark, also in words of refusal.
    const none = await client.callTool({ name: "find_contacts", arguments: { search: "ann@example.test" } });
    expect(JSON.stringify(none)).not.toContain("ann@example.test");
  });
});
