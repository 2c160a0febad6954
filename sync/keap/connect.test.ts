import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox } from "@/sandbox/sandbox";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { createKeapConnector } from "./connect";
import { keapSettingsSchema } from "./settings";
import { readHandshake, readHookDelivery } from "./webhook";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const problem = (env: Record<string, string>) => keapSettingsSchema.safeParse(env).error?.issues[0]?.message;

describe("settings", () => {
  it("name the variable and the cure", () => {
    expect(problem({})).toContain("set KEAP_TOKEN");
    expect(problem({ KEAP_TOKEN: "t", KEAP_BASE_URL: "keap" })).toContain("KEAP_BASE_URL");
    expect(problem({ KEAP_TOKEN: "t", KEAPSAKE_KEAP_PACE: "fast" })).toContain("KEAPSAKE_KEAP_PACE");
    expect(
      problem({ KEAP_CLIENT_ID: "a", KEAP_CLIENT_SECRET: "b", KEAPSAKE_ENCRYPTION_KEY: "short" }),
    ).toContain("32 bytes");
    expect(problem({ KEAP_TOKEN: "t" })).toBeUndefined();
  });
});

describe("the connector", () => {
  it("serves a key with a shared limit", async () => {
    const sandbox = createSandbox({ contacts: 3 });
    const options = {
      service: database.service,
      settings: keapSettingsSchema.parse({ KEAP_TOKEN: sandbox.token, KEAPSAKE_KEAP_PACE: "full" }),
      fetch: ((input: string, init?: RequestInit) => sandbox.fetch(new Request(input, init))) as typeof fetch,
    };
    const [one, two] = [createKeapConnector(options), createKeapConnector(options)];
    expect((await one.clientFor("a").contacts.list()).items.length).toBeGreaterThan(0);
    await two.clientFor("a").tags.list();
    expect(one.tokensFor("a")).toBeNull();
    expect(await database.sql("select pool from sync.quota_leases")).toHaveLength(2);
    expect(await database.sql("select pool from sync.quota_pools")).toHaveLength(1);
    await Promise.all([one.close(), two.close()]);
    sandbox.stop();
  });

  it("serves each account its own OAuth connection", async () => {
    const sandbox = createSandbox({ contacts: 0 });
    const { account_id } = await database.createAccount();
    const connector = createKeapConnector({
      service: database.service,
      settings: keapSettingsSchema.parse({
        KEAP_CLIENT_ID: "sandbox-client",
        KEAP_CLIENT_SECRET: "sandbox-secret",
        KEAPSAKE_ENCRYPTION_KEY: randomBytes(32).toString("base64"),
      }),
      fetch: ((input: string, init?: RequestInit) => sandbox.fetch(new Request(input, init))) as typeof fetch,
    });
    await expect(connector.clientFor(account_id).userInfo()).rejects.toMatchObject({
      kind: "auth",
      message: expect.stringContaining("not connected"),
    });
    const consent = new URL(
      "https://accounts.test/?client_id=sandbox-client&response_type=code&redirect_uri=https://app.example/back",
    );
    const code = new URL(sandbox.oauth.authorize(consent) as string).searchParams.get("code") as string;
    await connector.tokensFor(account_id)?.connect(code, "https://app.example/back");
    expect((await connector.clientFor(account_id).userInfo()).tenant_id).toBeTruthy();
    await connector.close();
    sandbox.stop();
  });
});

describe("a hook's body", () => {
  it("is read with ids of both types", () => {
    const delivery = readHookDelivery({
      event_key: "contact.edit",
      object_type: "contact",
      object_keys: [
        { id: 123, apiUrl: "https://x", timestamp: "2026-01-01T00:00:00Z" },
        { id: "124" },
        { key: 5 },
      ],
      surprise: true,
    });
    expect(delivery.objects).toEqual([
      { id: "123", timestamp: "2026-01-01T00:00:00Z" },
      { id: "124", timestamp: null },
    ]);
    expect(delivery.unreadable).toBe(1);
    expect(() => readHookDelivery({ hello: 1 })).toThrow();
    expect(readHandshake(new Headers({ "X-Hook-Secret": "s" }))).toBe("s");
    expect(readHandshake(new Headers())).toBeNull();
  });
});
