import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { createRpc } from "../operations/deps";
import { isWaiting, receiveWake, setUpWake } from "./wake";

let database: TestDatabase;
let accountId: string;
const secret = "s".repeat(43);

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  ({ account_id: accountId } = await database.createAccount());
  await setUpWake(createRpc(database.service), null);
});

const edit = () =>
  database.sql(
    "insert into contacts (account_id, given_name, email) values ($1, 'Edited', 'edited@example.test')",
    [accountId],
  );
const marks = () =>
  database.sql<{ n: number }>("select count(*)::int as n from sync.dirty where account_id = $1", [accountId]);
const call = (body: unknown, token = secret) =>
  receiveWake(
    new Request("https://us.test/api/wake", {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    }),
    database.service,
  );

/** What pg_net looks like to the trigger, with a memory of what was asked of it. */
async function installNet(
  body = "insert into net.calls values (url, body, headers); return 1;",
): Promise<void> {
  await database.sql("create schema if not exists net");
  await database.sql("drop table if exists net.calls");
  await database.sql("create table net.calls (url text, body jsonb, headers jsonb)");
  await database.sql(`create or replace function net.http_post(url text, body jsonb default '{}', params jsonb default '{}',
    headers jsonb default '{}', timeout_milliseconds integer default 2000) returns bigint language plpgsql as $$ begin ${body} end $$`);
}
const uninstallNet = () => database.sql("drop schema if exists net cascade");

describe("a database webhook", () => {
  it("is no loss where pg_net is missing", async () => {
    await edit();
    expect(await setUpWake(createRpc(database.service), "https://us.test", () => secret)).toEqual({
      available: false,
      url: "https://us.test/api/wake",
      cure: expect.stringContaining("pg_net"),
    });
    await database.sql("update contacts set given_name = 'Again' where account_id = $1", [accountId]);
    expect(await marks()).toEqual([{ n: 1 }]);
  });

  it("calls once for a new mark, with the secret", async () => {
    await installNet();
    await setUpWake(createRpc(database.service), "https://us.test", () => secret);
    await edit();
    await database.sql("update contacts set given_name = 'Again' where account_id = $1", [accountId]);
    expect(await database.sql("select * from net.calls")).toEqual([
      {
        url: "https://us.test/api/wake",
        body: { account_id: accountId },
        headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
      },
    ]);
    await uninstallNet();
  });

  it("never breaks an edit", async () => {
    await installNet("raise exception 'the network is down';");
    await setUpWake(createRpc(database.service), "https://us.test", () => secret);
    await edit();
    expect(await marks()).toEqual([{ n: 1 }]);
    await uninstallNet();
  });

  it("is believed only with its secret", async () => {
    await setUpWake(createRpc(database.service), "https://us.test", () => secret);
    await edit();
    const wrong = await call({ account_id: accountId }, "x".repeat(43));
    expect([wrong.response.status, wrong.push]).toEqual([401, null]);
    const right = await call({ account_id: accountId });
    expect([right.response.status, right.push]).toEqual([202, accountId]);
    expect((await call({ account_id: "nobody" })).response.status).toBe(400);
  });

  it("asks for no run that has nothing to carry", async () => {
    await setUpWake(createRpc(database.service), "https://us.test", () => secret);
    expect((await call({ account_id: accountId })).push).toBeNull();
    await edit();
    await database.sql(
      "insert into sync.leases (account_id, name, owner, lease_until) values ($1, 'push', 'a run', now() + interval '1 min')",
      [accountId],
    );
    expect(await call({ account_id: accountId })).toMatchObject({ push: null, again: accountId });
    expect(await isWaiting(database.service, accountId)).toBe(false);
    await database.sql("delete from sync.leases where account_id = $1", [accountId]);
    expect(await isWaiting(database.service, accountId)).toBe(true);
  });

  it("keeps its secret from people", async () => {
    const admin = await database.signUp({ account_id: accountId, role: "admin" });
    const { error } = await admin.client.rpc("sync_set_wake", {
      p_url: "https://evil.test",
      p_secret: secret,
    });
    expect(error?.code).toBe("42501");
  });
});
