import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSmallAccount } from "@/sandbox/testing/small-account";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { type SyncWorld, startWorld } from "../testing/world";
import { runPush } from "./push";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { account: createSmallAccount(), now: "2026-02-08T12:00:00Z" });
  await runBackfill(world.deps);
});
afterAll(() => database.stop());

const run = (text: string) => world.sql(text, [world.accountId]);
const account = () => world.sandbox.account;

async function expectEqual(): Promise<void> {
  await world.sandbox.clock.advance(90_000);
  expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
  expect((await world.compare()).differences).toEqual([]);
  expect(await run("select entity, reason from sync.dirty where account_id = $1")).toEqual([]);
  world.forgetCalls();
  expect(await runPush(world.deps)).toMatchObject({ claimed: 0 });
  expect(world.writes()).toEqual([]);
}

/** What the owner of the account does in the sync settings. */
async function allowSales(): Promise<void> {
  for (const table of ["orders", "order_items", "subscriptions"])
    await run(
      `insert into sync.policies (account_id, entity, policy, owner) values ($1, '${table}', 'newest', 'both') on conflict do nothing`,
    );
}

describe("sales, as long as nobody says otherwise", () => {
  it("are Keap's: an edit is put back", async () => {
    await run("update orders set notes = 'mine' where account_id = $1 and keap_id = 1");
    await run("update subscriptions set active = false where account_id = $1 and keap_id = 1");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 0, restored: 2 });
    expect(world.writes()).toEqual([]);
    await expectEqual();
  });

  it("are not made in Keap", async () => {
    await run(
      "insert into orders (account_id, title, contact_id) select $1, 'Not yet', supabase_id from contacts where account_id = $1 and keap_id = 2",
    );
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", held: 1 });
    expect(world.writes()).toEqual([]);
    expect(
      await run("select sync_status, sync_error from orders where account_id = $1 and title = 'Not yet'"),
    ).toMatchObject([{ sync_status: "held", sync_error: expect.stringContaining("switched off") }]);
    await run("delete from orders where account_id = $1 and title = 'Not yet'");
  });
});

describe("sales, where the owner switched them on", () => {
  it("change in Keap, header, line and custom field", async () => {
    await allowSales();
    await run(
      `update orders set title = 'Course, twice', notes = 'Call first', custom_fields = '{"3": "A-17"}' where account_id = $1 and keap_id = 2`,
    );
    await run(
      "update order_items set quantity = 3, price_per_unit_minor = 9550 where account_id = $1 and keap_id = 3",
    );
    await run("update subscriptions set billing_amount_minor = 1950 where account_id = $1 and keap_id = 1");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 3, failed: 0, held: 0 });
    expect(account().orders.get(2)).toMatchObject({
      title: "Course, twice",
      notes: "Call first",
      custom_fields: [{ id: "3", content: "A-17" }],
      items: [{ id: "3", quantity: 3, price_per_unit_minor: 9_550, product_id: "1" }],
    });
    expect(account().subscriptions.get(1)).toMatchObject({
      billing_amount_minor: 1_950,
      active: true,
      payment_method_id: "1",
    });
    await expectEqual();
  });

  it("end a subscription with its reason", async () => {
    await run(
      "update subscriptions set active = false, reason_stopped = 'Moved away' where account_id = $1 and keap_id = 1",
    );
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1, failed: 0 });
    expect(world.writes()).toMatchObject([
      { path: expect.stringContaining(":deactivate"), body: { reason: "Moved away" } },
    ]);
    expect(account().subscriptions.get(1)).toMatchObject({ active: false, reason_stopped: "Moved away" });
    await expectEqual();
  });

  it("never start one again, nor charge by themselves", async () => {
    await run("update subscriptions set active = true where account_id = $1 and keap_id = 1");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 1 });
    expect(world.writes()).toEqual([]);
    expect(
      await run("select sync_status, sync_error from subscriptions where account_id = $1 and keap_id = 1"),
    ).toMatchObject([{ sync_status: "error", sync_error: expect.stringContaining("could charge a card") }]);
    await run("update subscriptions set active = false where account_id = $1 and keap_id = 1");
    expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 0 });
    await expectEqual();
  });

  it("are made in Keap, parents first, without a charge", async () => {
    for (const table of ["orders", "order_items", "subscriptions", "payments"])
      await run(`insert into sync.switches (account_id, entity, creates) values ($1, '${table}', true)`);
    await run(
      "insert into orders (account_id, title, contact_id, order_time) select $1, 'Bulk', supabase_id, '2026-02-08T09:00:00Z' from contacts where account_id = $1 and keap_id = 2",
    );
    await run(
      "insert into order_items (account_id, order_id, product_id, quantity, price_per_unit_minor) select $1, o.supabase_id, p.supabase_id, 4, 8000 from orders o, products p where o.account_id = $1 and o.title = 'Bulk' and p.account_id = $1 and p.keap_id = 1",
    );
    await run(
      "insert into payments (account_id, order_id, contact_id, amount_minor, payment_type, paid_at) select $1, o.supabase_id, o.contact_id, 20000, 'Cash', '2026-02-08T10:00:00Z' from orders o where o.account_id = $1 and o.title = 'Bulk'",
    );
    await run(
      "insert into subscriptions (account_id, contact_id, subscription_plan_id) select $1, c.supabase_id, p.supabase_id from contacts c, subscription_plans p where c.account_id = $1 and c.keap_id = 2 and p.account_id = $1 and p.keap_id = 1",
    );
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", created: 4, failed: 0, held: 0 });
    const order = [...account().orders.values()].filter((one) => one.title === "Bulk");
    expect(order).toMatchObject([
      { contact_id: "2", items: [{ quantity: 4, price_per_unit_minor: 8_000, product_id: "1" }] },
    ]);
    expect([...account().payments.values()].at(-1)).toMatchObject({
      amount_minor: 20_000,
      type: "Cash",
      order_ids: [order[0]?.id],
    });
    expect([...account().subscriptions.values()].at(-1)).toMatchObject({
      contact_id: "2",
      auto_charge: false,
      active: true,
    });
    expect([...account().subscriptions.values()].at(-1)?.payment_method_id).toBeUndefined();
    // not a cent was charged: the only transaction is the old one
    expect(account().transactions.size).toBe(1);
    expect(
      world.writes().filter((one) => JSON.stringify(one.body ?? {}).includes("payment_method_id")),
    ).toEqual([]);
    await expectEqual();
  });

  it("are not recorded twice after a lost answer", async () => {
    const before = account().payments.size;
    const pay = (amount: number) =>
      run(
        `insert into payments (account_id, order_id, contact_id, amount_minor, payment_type, paid_at) select $1, supabase_id, contact_id, ${amount}, 'Cash', '2026-02-08T11:00:00Z' from orders where account_id = $1 and title = 'Bulk'`,
      );
    const again = async () => {
      world.sandbox.faults.clear();
      await run("update sync.dirty set next_attempt_at = now() - interval '1 second' where account_id = $1");
      await run("update sync.intents set created_at = created_at - interval '1 hour' where account_id = $1");
      return runPush(world.deps);
    };
    // the payment was recorded, its answer got lost: it is found and linked
    world.sandbox.faults.add({ kind: "reset_after", method: "POST", path: "payments", times: 1 });
    await pay(1_000);
    expect(await runPush(world.deps)).toMatchObject({ created: 0, retried: 1 });
    expect(await again()).toMatchObject({ created: 0, agreed: 1, held: 0 });
    expect(account().payments.size).toBe(before + 1);
    // nothing arrived, but nothing proves it: a person looks, Keap is not asked again
    world.sandbox.faults.add({ kind: "reset_before", method: "POST", path: "payments", times: 1 });
    await pay(1_100);
    expect(await runPush(world.deps)).toMatchObject({ created: 0, retried: 1 });
    world.forgetCalls();
    expect(await again()).toMatchObject({ created: 0, held: 1 });
    expect(world.writes()).toEqual([]);
    expect(account().payments.size).toBe(before + 1);
  });
});
