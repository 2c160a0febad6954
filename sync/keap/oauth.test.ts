import { randomBytes } from "node:crypto";
import { EventEmitter, once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "@/sandbox/sandbox";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { createKeapClient } from "./client";
import { authorizeUrl, createOAuthTokens, type OAuthTokens } from "./oauth";
import { createMemoryQuota } from "./quota";
import { createSecretBox } from "./secret-box";

const box = createSecretBox(randomBytes(32).toString("base64"));
const redirectUri = "https://app.example/keap/callback";
let database: TestDatabase;
let sandbox: Sandbox;
let accountId: string;
let tokenCalls: number;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  sandbox = createSandbox({ contacts: 0, scale: 0 });
  accountId = (await database.createAccount()).account_id;
  tokenCalls = 0;
});

/** One process of the product. The wrapped fetch may break what the test wants broken. */
function process(
  around: (send: () => Promise<Response>) => Promise<Response> = (send) => send(),
): OAuthTokens {
  return createOAuthTokens({
    service: database.service,
    accountId,
    clientId: "sandbox-client",
    clientSecret: "sandbox-secret",
    box,
    baseUrl: "https://keap.test",
    clock: {
      now: () => sandbox.clock.now(),
      sleep: (ms) => new Promise((wake) => setTimeout(wake, Math.min(ms, 20))),
    },
    fetch: (input, init) => {
      tokenCalls += 1;
      return around(() => sandbox.fetch(new Request(input as string, init)));
    },
  });
}

async function connected(tokens = process()): Promise<OAuthTokens> {
  const consent = new URL(authorizeUrl({ clientId: "sandbox-client", redirectUri, state: "s1" }));
  const back = new URL(sandbox.oauth.authorize(consent) as string);
  expect(back.searchParams.get("state")).toBe("s1");
  await tokens.connect(back.searchParams.get("code") as string, redirectUri);
  tokenCalls = 0;
  return tokens;
}

const day = 24 * 3_600_000;
const account = async () =>
  (
    await database.sql<{ connection_state: string; connection_detail: string | null }>(
      "select connection_state, connection_detail from accounts where id = $1",
      [accountId],
    )
  )[0];

describe("the OAuth connection", () => {
  it("connects with a code and reads", async () => {
    const tokens = await connected();
    const client = createKeapClient({
      auth: { kind: "oauth", tokens },
      quota: createMemoryQuota({ pace: "full" }),
      fetch: (input, init) => sandbox.fetch(new Request(input as string, init)),
    });
    expect((await client.userInfo()).tenant_id).toBeTruthy();
    expect(await tokens.connectionState()).toMatchObject({
      state: "active",
      tenant: "sandbox.infusionsoft.com",
    });
    expect(await account()).toMatchObject({ connection_state: "connected" });
  });

  it("stores nothing that can be read", async () => {
    const tokens = await connected();
    const token = await tokens.current();
    const [row] = await database.sql("select * from private.keap_tokens where account_id = $1", [accountId]);
    expect(JSON.stringify(row)).not.toContain(token);
  });

  it("refreshes ahead of the end, once", async () => {
    const tokens = await connected();
    const first = await tokens.current();
    await sandbox.clock.advance(day - 9 * 60_000);
    const [second, third] = await Promise.all([tokens.current(), tokens.current()]);
    expect(second).not.toBe(first);
    expect(third).toBe(second);
    expect(tokenCalls).toBe(1);
  });

  it("makes one refresh call for two processes", async () => {
    const one = await connected();
    const two = process();
    await two.current();
    await sandbox.clock.advance(day + 1000);
    const got = await Promise.all([one.current(), two.current(), one.current(), two.current()]);
    expect(new Set(got).size).toBe(1);
    expect(tokenCalls).toBe(1);
  });

  it("replaces a revoked token and repeats the call", async () => {
    const tokens = await connected();
    const revoked = await tokens.current();
    sandbox.credentials.delete(revoked);
    const client = createKeapClient({
      auth: { kind: "oauth", tokens },
      quota: createMemoryQuota({ pace: "full" }),
      fetch: (input, init) => sandbox.fetch(new Request(input as string, init)),
    });
    await expect(client.tags.list()).resolves.toMatchObject({ items: [] });
    expect(await tokens.current()).not.toBe(revoked);
    expect(tokenCalls).toBe(1);
  });

  it("asks for a person after a spent token", async () => {
    const tokens = await connected();
    await sandbox.clock.advance(46 * day);
    await expect(tokens.current()).rejects.toMatchObject({
      kind: "auth",
      code: "reauthorise",
      message: expect.stringContaining("connect Keap again"),
    });
    expect(await tokens.connectionState()).toMatchObject({
      state: "reauthorise",
      cure: expect.stringContaining("Settings"),
    });
    expect(await account()).toMatchObject({
      connection_state: "unauthorized",
      connection_detail: expect.stringContaining("connect Keap again"),
    });
    await expect(tokens.current()).rejects.toMatchObject({ code: "reauthorise" });
    expect(tokenCalls).toBe(1);
    await connected(tokens);
    expect(await tokens.connectionState()).toMatchObject({ state: "active" });
    expect(await account()).toMatchObject({ connection_state: "connected", connection_detail: null });
  });

  it("never loses the connection silently after a crash", async () => {
    await connected();
    await sandbox.clock.advance(day);
    // The process dies with the new pair in hand: Keap has spent the old one, nothing is stored.
    const dying = process(async (send) => {
      await send();
      return new Promise<Response>(() => undefined);
    });
    void dying.current().catch(() => undefined);
    await expect.poll(async () => (await process().connectionState()).state).toBe("refreshing");
    await expect.poll(() => sandbox.oauth.refreshes.size).toBe(1);
    // Its lease ends; the next process finds that the old pair is spent, and says so.
    await database.sql(
      "update private.keap_tokens set lease_until = now() - interval '1 second' where account_id = $1",
      [accountId],
    );
    const next = process();
    await expect(next.current()).rejects.toMatchObject({ code: "reauthorise" });
    expect(await next.connectionState()).toMatchObject({ state: "reauthorise" });
    expect(await account()).toMatchObject({ connection_state: "unauthorized" });
  });

  it("goes on after a crash before the call", async () => {
    await connected();
    await sandbox.clock.advance(day);
    const [row] = await database.sql<{ generation: number }>(
      "select generation from private.keap_tokens where account_id = $1",
      [accountId],
    );
    await database.service.rpc("keap_tokens_begin_refresh", {
      p_account: accountId,
      p_owner: "died",
      p_generation: row?.generation,
      p_lease_ms: 0,
    });
    await expect(process().current()).resolves.toEqual(expect.any(String));
    expect(tokenCalls).toBe(1);
  });

  it("keeps a late answer that is the last good one", async () => {
    await connected();
    await sandbox.clock.advance(day);
    const held = new EventEmitter();
    const slow = process(async (send) => {
      const response = await send();
      await once(held, "release");
      return response;
    });
    const late = slow.current();
    await expect.poll(() => tokenCalls).toBe(1);
    await database.sql(
      "update private.keap_tokens set lease_until = now() - interval '1 second' where account_id = $1",
      [accountId],
    );
    await expect(process().current()).rejects.toMatchObject({ code: "reauthorise" });
    held.emit("release");
    const token = await late;
    expect(await process().current()).toBe(token);
    expect(await account()).toMatchObject({ connection_state: "connected" });
  });

  it("tries again after an answer that never came", async () => {
    await connected();
    await sandbox.clock.advance(day);
    let breaks = 1;
    const tokens = process(async (send) => {
      if (breaks-- > 0)
        throw Object.assign(new TypeError("fetch failed"), {
          cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }),
        });
      return send();
    });
    await expect(tokens.current()).rejects.toMatchObject({ kind: "network", outcome: "unknown" });
    expect(await tokens.connectionState()).toMatchObject({ state: "uncertain" });
    await expect(tokens.current()).resolves.toEqual(expect.any(String));
    expect(await tokens.connectionState()).toMatchObject({ state: "active" });
  });

  it("stores the new pair through a blinking database", async () => {
    await connected();
    await sandbox.clock.advance(day);
    let failures = 3;
    const service = {
      rpc: (name: string, args: object) =>
        name === "keap_tokens_finish_refresh" && failures-- > 0
          ? Promise.resolve({ data: null, error: { message: "connection lost" } })
          : database.service.rpc(name, args),
    };
    const tokens = createOAuthTokens({
      service: service as never,
      accountId,
      clientId: "sandbox-client",
      clientSecret: "sandbox-secret",
      box,
      baseUrl: "https://keap.test",
      clock: { now: () => sandbox.clock.now(), sleep: async () => undefined },
      fetch: (input, init) => sandbox.fetch(new Request(input as string, init)),
    });
    const token = await tokens.current();
    expect(await process().current()).toBe(token);
  });

  it("refreshes an idle connection on a schedule", async () => {
    const tokens = await connected();
    await database.sql(
      "update private.keap_tokens set issued_at = now() - interval '8 days' where account_id = $1",
      [accountId],
    );
    expect(await tokens.refreshIfOlderThan(7 * day)).toBe(true);
    expect(await tokens.refreshIfOlderThan(7 * day)).toBe(false);
    expect(tokenCalls).toBe(1);
  });

  it("keeps tokens from everybody but the service", async () => {
    const callers = await database.sql<{ name: string; role: string }>(
      `select p.proname as name, r.role from pg_proc p, (values ('anon'), ('authenticated'), ('service_role')) r (role)
       where p.proname like 'keap_tokens%' and has_function_privilege(r.role, p.oid, 'execute')`,
    );
    expect(callers).toHaveLength(5);
    expect(new Set(callers.map(({ role }) => role))).toEqual(new Set(["service_role"]));
  });
});

describe("the secret box", () => {
  it("opens only what it sealed, where it belongs", () => {
    const sealed = box.seal("refresh-me", "account-1:refresh_token");
    expect(box.open(sealed, "account-1:refresh_token")).toBe("refresh-me");
    expect(() => box.open(sealed, "account-2:refresh_token")).toThrow("damaged");
    expect(() => box.open(`${sealed.slice(0, -2)}xx`, "account-1:refresh_token")).toThrow("damaged");
    expect(() =>
      createSecretBox(randomBytes(32).toString("base64")).open(sealed, "account-1:refresh_token"),
    ).toThrow("another KEAPSAKE_ENCRYPTION_KEY");
    expect(() => createSecretBox("c2hvcnQ=")).toThrow("32 bytes");
    expect(box.seal("x", "c")).not.toBe(box.seal("x", "c"));
  });
});
