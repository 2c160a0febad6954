import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createSmallAccount } from "@/sandbox/testing/small-account";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { decideHold, listHolds } from "../operations/holds";
import { setSwitches } from "../operations/switches";
import { operationsOf } from "../operations/testing";
import { type SyncWorld, startWorld } from "../testing/world";
import { runPush } from "./push";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

async function start(switches: object): Promise<void> {
  world = await startWorld(database, {
    account: createSmallAccount(),
    now: "2026-02-08T12:00:00Z",
    switches,
  });
  await runBackfill(world.deps);
}
beforeEach(() => start({ appointment_ids: true }));

const run = <T = Record<string, unknown>>(text: string, ...params: unknown[]) =>
  world.sql<T>(text, [world.accountId, ...params]);
const account = () => world.sandbox.account;
const letters = () =>
  run<{ reason: string; cure: string }>(
    "select reason, cure from sync.dead_letters where account_id = $1 and state = 'open' order by reason",
  );
const allow = (...tables: string[]) =>
  Promise.all(tables.map((one) => setSwitches(operationsOf(world), one, { deletes: true })));

const replay = () => world.deps.store.replay(world.accountId);

async function expectEqual(): Promise<void> {
  await world.sandbox.clock.advance(90_000);
  expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
  expect((await world.compare()).differences).toEqual([]);
}

describe("a row deleted here", () => {
  it("stays in Keap unless deletes are switched on", async () => {
    await run("delete from interactions where account_id = $1 and kind = 'note' and keap_id = 1");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ held: 1, deleted: 0 });
    expect(world.writes()).toEqual([]);
    expect(await letters()).toEqual([
      {
        reason: "Deleted here, kept in Keap: deleting in Keap is switched off.",
        cure: "Switch deletes of this table on and replay it, or delete it in Keap by hand. A change of it in Keap brings the row back here.",
      },
    ]);
  });

  it("is deleted in Keap, with its memory here", async () => {
    await allow("interactions", "opportunities", "companies", "tags", "tag_categories", "contacts");
    await run("delete from interactions where account_id = $1 and kind <> 'email'");
    await run("delete from opportunities where account_id = $1 and keap_id = 1");
    await run("delete from companies where account_id = $1");
    await run("delete from tags where account_id = $1 and keap_id = 2");
    await run("update contacts set deleted_at = now() where account_id = $1 and keap_id = 4");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 0, held: 0, deleted: 7 });
    expect(world.writes().map((one) => one.method)).toEqual(Array(7).fill("DELETE"));
    expect(account().notes.size + account().tasks.size + account().appointments.size).toBe(0);
    expect([account().companies.size, account().tags.has(2), account().contacts.has(4)]).toEqual([
      0,
      false,
      false,
    ]);
    expect(await run("select entity from sync.dirty where account_id = $1")).toEqual([]);
    const told = await run(
      `select j.entity, j.direction, j.origin, t.reason from sync.journal j
       join sync.tombstones t on t.account_id = j.account_id and t.entity = j.entity and t.record_id = j.record_id
       where j.account_id = $1 and j.action = 'delete' and j.entity = 'tags'`,
    );
    expect(told).toEqual([{ entity: "tags", direction: "out", origin: "sql", reason: "deleted_here" }]);
    await expectEqual();
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ claimed: 0 });
    expect(world.writes()).toEqual([]);
  });

  it("comes back where Keap changed it meanwhile", async () => {
    await allow("contacts");
    await world.keap.contacts.update("3", { job_title: "Still needed" });
    await run("delete from contacts where account_id = $1 and keap_id = 3");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ deleted: 0, restored: 1 });
    expect(world.writes()).toEqual([]);
    const rows = await run("select job_title from contacts where account_id = $1 and keap_id = 3");
    expect(rows).toEqual([{ job_title: "Still needed" }]);
    await expectEqual();
  });

  it("comes back with the lines it had, and none of them is deleted in Keap", async () => {
    await allow("orders", "order_items");
    const [order] = await run<{ keap_id: number; lines: number }>(
      `select o.keap_id::int, count(*)::int as lines from orders o join order_items i on i.order_id = o.supabase_id
       where o.account_id = $1 group by 1 order by 2 desc, 1 limit 1`,
    );
    if (!order) throw new Error("There is no order with lines.");
    expect(order.lines).toBeGreaterThan(1);
    await run("delete from orders where account_id = $1 and keap_id = $2", order.keap_id);
    // nothing changed in Keap, though the page is compared once more: it stays deleted here
    await run("update sync.shadow set k_hash = '' where account_id = $1 and entity = 'orders'");
    await world.sandbox.clock.advance(90_000);
    await runPoll(world.deps, { force: true });
    expect(await run("select from orders where account_id = $1 and keap_id = $2", order.keap_id)).toEqual([]);
    const changed = await world.sandbox.asUser(
      "PATCH",
      `/v2/orders/${order.keap_id}?update_mask=order_title`,
      {
        order_title: "Still needed",
      },
    );
    expect(changed.status).toBe(200);
    await world.sandbox.clock.advance(90_000);
    await runPoll(world.deps, { force: true });
    world.forgetCalls();
    await runPush(world.deps);
    expect(world.writes()).toEqual([]);
    expect(
      await run(
        `select count(*)::int as lines from order_items i join orders o on o.supabase_id = i.order_id
         where o.account_id = $1 and o.keap_id = $2 and i.deleted_at is null`,
        order.keap_id,
      ),
    ).toEqual([{ lines: order.lines }]);
    await expectEqual();
  });

  it("leaves its lines in an order that stays in Keap, and takes them along where it goes", async () => {
    await allow("order_items");
    const items = () => [...account().orders.values()].reduce((sum, one) => sum + one.items.length, 0);
    const before = items();
    const [order] = await run<{ keap_id: number }>(
      `select o.keap_id::int from orders o where o.account_id = $1 and o.total_paid_minor = 0
         and exists (select from order_items i where i.order_id = o.supabase_id) order by 1 limit 1`,
    );
    if (!order) throw new Error("There is no unpaid order with lines.");
    await run("delete from orders where account_id = $1 and keap_id = $2", order.keap_id);
    world.forgetCalls();
    await runPush(world.deps);
    expect(world.writes()).toEqual([]);
    expect(items()).toBe(before);
    expect((await letters()).map((one) => one.reason)).toContain(
      "Deleted here with its order, which is still in Keap.",
    );
    await allow("orders");
    await replay();
    expect(await runPush(world.deps)).toMatchObject({ deleted: 1, failed: 0 });
    expect(world.writes().map((one) => one.method)).toEqual(["DELETE"]);
    expect(await run("select entity from sync.dirty where account_id = $1")).toEqual([]);
    expect(await letters()).toEqual([]);
    await expectEqual();
  });

  it("waits with its kind when they are many", async () => {
    await allow("interactions");
    for (let n = 0; n < 11; n += 1)
      await world.sandbox.asUser("POST", "/v2/contacts/1/notes", { user_id: "1", title: `Note ${n}` });
    await world.sandbox.clock.advance(90_000);
    await runPoll(world.deps, { force: true });
    await run("delete from interactions where account_id = $1 and kind = 'note' and title like 'Note %'");
    expect(await runPush(world.deps)).toMatchObject({ deleted: 0 });
    const [hold] = await listHolds(operationsOf(world));
    expect(hold).toMatchObject({ kind: "delete", records: 11, state: "waiting" });
    await decideHold(operationsOf(world), hold?.hold_id ?? "", "approve");
    expect(await runPush(world.deps)).toMatchObject({ deleted: 11 });
    expect(account().notes.size).toBe(1);
    await expectEqual();
  });

  it("is deleted once by a run that was killed", async () => {
    await allow("contacts");
    await run("delete from contacts where account_id = $1 and keap_id = 4");
    const killed = {
      ...world.deps,
      store: {
        ...world.deps.store,
        settleDeleted: () => Promise.reject(new Error("killed")),
        settle: () => Promise.reject(new Error("killed")),
      },
    };
    await expect(runPush(killed)).rejects.toThrow("killed");
    expect(account().contacts.has(4)).toBe(false);
    await run("update sync.dirty set lease_until = now() - interval '1 minute' where account_id = $1");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 0, held: 0, agreed: 1 });
    expect(world.writes()).toEqual([]);
    expect(await run("select state from sync.intents where account_id = $1 and action = 'delete'")).toEqual([
      { state: "done" },
    ]);
    expect(
      await run("select key from sync.shadow where account_id = $1 and entity = 'contacts' and key = '4'"),
    ).toEqual([]);
    await expectEqual();
  });

  it("says where Keap cannot delete it", async () => {
    await allow("orders", "payments");
    await run("delete from payments where account_id = $1");
    await run("delete from orders where account_id = $1");
    await runPush(world.deps);
    const reasons = (await letters()).map((one) => one.reason);
    expect(reasons).toContain("Keap's API deletes no payment.");
    expect(reasons.some((one) => one.includes("has transactions and cannot be deleted"))).toBe(true);
  });
});

describe("an appointment made here", () => {
  const make = () =>
    run(
      `insert into interactions (account_id, kind, title, occurred_at, ended_at, contact_id)
       select $1, 'appointment', 'First look', '2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z', supabase_id
       from contacts where account_id = $1 and keap_id = 2`,
    );

  it("is made in Keap where Keap shows its id", async () => {
    await make();
    expect(await runPush(world.deps)).toMatchObject({ created: 1, held: 0, failed: 0 });
    expect([...account().appointments.values()].at(-1)).toMatchObject({
      title: "First look",
      contact_id: "2",
    });
    await expectEqual();
  });

  it("is refused where it would have none", async () => {
    await start({ appointment_ids: false });
    await make();
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ created: 0, failed: 1 });
    expect(world.writes()).toEqual([]);
    expect((await letters())[0]?.reason).toContain("shows appointments without their ids");
  });
});
