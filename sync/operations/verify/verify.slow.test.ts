import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import { runPush } from "../../outbound/push";
import { type SyncWorld, startWorld } from "../../testing/world";
import { setPolicy } from "../policies";
import { setSwitches } from "../switches";
import { operationsOf } from "../testing";
import { settleUnexplained } from "./settle";
import { listMismatches, runVerify, verificationStatus } from "./verify";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let ids: number[];
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 24 });
  await runBackfill(world.deps);
  ids = [...world.sandbox.account.contacts.keys()].sort((a, b) => a - b);
});
afterAll(() => database.stop());

/** Of the tables that are edited here; the first and the last test compare all. */
const edited = { restart: true, entities: ["contacts", "orders"] };
const verify = (options = {}) => runVerify(operationsOf(world), { ...edited, ...options });
const verifyAll = (options = {}) => runVerify(operationsOf(world), { restart: true, ...options });
const sql = (text: string, ...params: unknown[]) => world.sql(text, [world.accountId, ...params]);
/** Changes a row behind the sync's back: no trigger sees it. */
async function behind(text: string, ...params: unknown[]) {
  await world.sql("set session_replication_role = replica");
  try {
    await sql(text, ...params);
  } finally {
    await world.sql("set session_replication_role = origin");
  }
}

describe("comparing both sides", () => {
  it("finds nothing after a whole copy", async () => {
    const result = await verifyAll();
    expect(result.mismatches).toEqual([]);
    expect(result).toMatchObject({ state: "done", complete: true, verified: true, unexplained: 0 });
    const contacts = result.tables.find((one) => one.entity === "contacts");
    expect(contacts).toMatchObject({ compared: 24, here: 24, finished: true });
    const orders = result.tables.find((one) => one.entity === "orders");
    expect(orders?.compared).toBe(world.sandbox.account.orders.size);
    expect(result.tables.map((one) => one.entity)).toContain("custom_field_definitions");
  });

  it("names every value changed behind it", async () => {
    const [a, b] = [ids[0] as number, ids[1] as number];
    const [item] = await sql(
      "select keap_id, name from order_items where account_id = $1 order by keap_id limit 1",
    );
    await behind("update contacts set given_name = 'Forged' where account_id = $1 and keap_id = $2", a);
    await behind(
      "delete from contact_tags where account_id = $1 and contact_id = (select supabase_id from contacts where account_id = $1 and keap_id = $2)",
      b,
    );
    await behind(
      "update order_items set name = 'Forged' where account_id = $1 and keap_id = $2",
      item?.keap_id,
    );
    const tags = world.sandbox.account.contactTags.get(b)?.size ?? 0;
    expect(tags).toBeGreaterThan(0);
    const result = await verify();
    const unexplained = result.mismatches.filter((one) => one.class === "unexplained");
    expect(unexplained.map((one) => `${one.entity} ${one.key}`).sort()).toEqual(
      [`contacts ${a}`, `contacts ${b}`, `order_items ${item?.keap_id}`].sort(),
    );
    expect(unexplained.find((one) => one.key === String(a))?.fields).toEqual(["given_name"]);
    expect(unexplained.find((one) => one.key === String(b))?.fields).toHaveLength(tags);
    expect(result).toMatchObject({ unexplained: 3, complete: true, verified: false });
    expect(await listMismatches(operationsOf(world), "unexplained")).toHaveLength(3);
  });

  it("takes Keap's side when asked", async () => {
    expect(await settleUnexplained(operationsOf(world), "keap")).toEqual({
      decided: 3,
      taken: 3,
      dropped: 0,
      left: [],
    });
    const writes = world.writes().length;
    await runPush(world.deps);
    expect(world.writes()).toHaveLength(writes);
    expect(await verify()).toMatchObject({ unexplained: 0, verified: true });
    // times of memberships
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags", "orders"] });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("sends our side when asked", async () => {
    const [a, b] = [ids[0] as number, ids[1] as number];
    await behind("update contacts set given_name = 'Ours' where account_id = $1 and keap_id = $2", a);
    await behind(
      "update contact_tags set removed_at = now() where account_id = $1 and contact_keap_id = $2",
      b,
    );
    await verify({ entities: ["contacts"] });
    expect(await settleUnexplained(operationsOf(world), "supabase")).toMatchObject({ decided: 2 });
    await runPush(world.deps);
    expect(world.sandbox.account.contacts.get(a)).toMatchObject({ given_name: "Ours" });
    expect(world.sandbox.account.contactTags.get(b)?.size ?? 0).toBe(0);
    expect(await verify()).toMatchObject({ unexplained: 0, verified: true });
    // times of memberships
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags", "orders"] });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("sees rows missing on either side", async () => {
    const [gone, extra] = [ids[2] as number, 900_001];
    await behind("delete from contact_tags where account_id = $1 and contact_keap_id = $2", gone);
    await behind("delete from contacts where account_id = $1 and keap_id = $2", gone);
    await behind(
      "insert into contacts (account_id, keap_id, given_name, sync_status) values ($1, $2, 'Ghost', 'synced')",
      extra,
    );
    const result = await verify({ entities: ["contacts"] });
    expect(result.mismatches.map((one) => [one.class, one.key, one.detail.why])).toEqual([
      ["unexplained", String(gone), "In Keap, but not here."],
      ["unexplained", String(extra), "Here, but not in Keap."],
    ]);
    expect(await settleUnexplained(operationsOf(world), "keap")).toEqual({
      decided: 2,
      taken: 1,
      dropped: 1,
      left: [],
    });
    expect(await verify()).toMatchObject({ unexplained: 0 });
    // times of memberships
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags", "orders"] });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("leaves rows edited since it compared", async () => {
    const [a, b] = [ids[8] as number, ids[9] as number];
    await behind("update contacts set given_name = 'Forged' where account_id = $1 and keap_id = any ($2)", [
      a,
      b,
    ]);
    await verify({ entities: ["contacts"] });
    await sql("update contacts set job_title = 'Edited since' where account_id = $1 and keap_id = $2", a);
    const result = await settleUnexplained(operationsOf(world), "keap");
    expect(result).toMatchObject({ decided: 2, taken: 1, left: [{ key: String(a) }] });
    const rows = await sql(
      "select keap_id, job_title from contacts where account_id = $1 and keap_id = $2",
      a,
    );
    expect(rows).toEqual([{ keap_id: a, job_title: "Edited since" }]);
    await runPush(world.deps);
    await verify({ entities: ["contacts"] });
  });

  it("drops no record Keap still has", async () => {
    const id = ids[10] as number;
    await behind("update contacts set given_name = 'Forged' where account_id = $1 and keap_id = $2", id);
    await verify({ entities: ["contacts"] });
    const wire = world.sandbox.account.contacts.get(id) as unknown as Record<string, unknown>;
    const born = wire.birth_date;
    wire.birth_date = "2026-02-31";
    expect(await settleUnexplained(operationsOf(world), "keap")).toMatchObject({ taken: 0, dropped: 0 });
    const rows = await sql("select deleted_at from contacts where account_id = $1 and keap_id = $2", id);
    expect(rows).toEqual([{ deleted_at: null }]);
    wire.birth_date = born;
    await verify({ entities: ["contacts"] });
    expect(await settleUnexplained(operationsOf(world), "keap")).toMatchObject({ taken: 1 });
  });

  it("says nothing about what it cannot compare (I17)", async () => {
    await expect(verify({ entities: ["contact"] })).rejects.toThrow(/no table "contact"/);
  });

  it("calls news from Keap no fault", async () => {
    await world.keap.contacts.update(String(ids[3]), { given_name: "News" });
    const result = await verify({ entities: ["contacts"] });
    expect(result).toMatchObject({ unexplained: 0, complete: true });
    const [row] = await sql("select given_name from contacts where account_id = $1 and keap_id = $2", ids[3]);
    expect(row).toEqual({ given_name: "News" });
  });

  it("tells changes on their way from held ones", async () => {
    const deps = operationsOf(world);
    await setPolicy(deps, { entity: "contacts", field: "given_name", policy: "hold" });
    const [held, waiting, dead] = [ids[4] as number, ids[5] as number, ids[6] as number];
    await world.keap.contacts.update(String(held), { given_name: "K" });
    await sql("update contacts set given_name = 'P' where account_id = $1 and keap_id = $2", held);
    await sql(
      `update contacts set email_addresses = '{"EMAIL1": {"email": "wrong"}}' where account_id = $1 and keap_id = $2`,
      dead,
    );
    await runPush(world.deps);
    await sql("update contacts set family_name = 'Soon' where account_id = $1 and keap_id = $2", waiting);
    const result = await verify({ entities: ["contacts"] });
    expect(result).toMatchObject({ in_flight: 1, conflict_held: 2, unexplained: 0, excluded: 0 });
    const of = (key: number) => result.mismatches.find((one) => one.key === String(key));
    expect(of(held)).toMatchObject({ class: "conflict_held", fields: ["given_name"] });
    expect(of(dead)?.detail.why).toMatch(/e-?mail/i);
    expect(of(waiting)).toMatchObject({ class: "in_flight", fields: ["family_name"] });
  });

  it("calls a switched-off way excluded", async () => {
    const deps = operationsOf(world);
    await setSwitches(deps, "contacts", { outbound: false });
    await sql("update contacts set job_title = 'Kept here' where account_id = $1 and keap_id = $2", ids[7]);
    const result = await verify({ entities: ["contacts"] });
    expect(result.mismatches.find((one) => one.key === String(ids[7]))?.class).toBe("excluded");
    expect(result.unexplained).toBe(0);
    await setSwitches(deps, "contacts", { outbound: true });
  });

  it("goes on where the budget ended", async () => {
    const since = new Date().toISOString();
    const first = await verifyAll({ maxCalls: 8, since });
    expect(first).toMatchObject({ state: "paused", complete: false, verified: false });
    let last = first;
    for (let round = 0; !last.complete && round < 40; round += 1) {
      last = await runVerify(operationsOf(world), { maxCalls: 8, since });
    }
    expect(last.complete).toBe(true);
    const status = await verificationStatus(operationsOf(world));
    expect(status.every((one) => Date.parse(one.finished_at ?? "") >= Date.parse(since))).toBe(true);
    expect(status.every((one) => one.under_way_since === null)).toBe(true);
    expect(status.find((one) => one.entity === "contacts")?.compared).toBe(24);
    expect(await runVerify(operationsOf(world), { since })).toMatchObject({ calls: 0 });
  });
});
