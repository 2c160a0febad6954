import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { pay, sell, subscribe } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const now = "2026-06-15T16:00:00Z";
const range = { from: "2026-01-01", to: "2026-06-15" };
const rows = async (world: World, ...metrics: string[]) =>
  (await runMetricQuery({ metrics, range }, world.at(now))).rows;
const at = "2026-02-10T15:00:00Z";
const refund = (natural_key: string, columns: Record<string, unknown>) => ({
  natural_key,
  contact_keap_id: 1,
  order_keap_ids: [100],
  amount_minor: -2_000,
  transaction_method: "REFUND",
  is_successful: true,
  status: "APPROVED",
  ...columns,
});

async function refunded(): Promise<World> {
  const world = await worlds.world();
  await world.insert("contacts", [{ keap_id: 1 }]);
  await sell(world, [{ keap_id: 100, contact: 1, at, total: 10_000, items: [{ price: 10_000 }] }]);
  await pay(world, [
    { keap_id: 1000, contact: 1, orders: [100], at, amount: 10_000, refunded_by: 1001 },
    {
      keap_id: 1001,
      contact: 1,
      orders: [100],
      at: "2026-02-12T15:00:00Z",
      amount: 2_000,
      kind: "refund",
      refund_of: 1000,
    },
  ]);
  return world;
}

describe("equal refunds of one order", () => {
  // 100.00 paid; 20.00 given back as a payment of its own, and 20.00 once more that Keap shows as a transaction alone.
  it("counts a second one a month later", async () => {
    const world = await refunded();
    await world.insert("transactions", [
      refund("a", { payment_keap_id: 1001, transaction_at: "2026-02-12T15:00:00Z" }),
      refund("b", { payment_keap_id: null, transaction_at: "2026-03-12T15:00:00Z" }),
    ]);
    expect(await rows(world, "refunds", "revenue_net")).toMatchObject([
      { refunds: 4_000, revenue_net: 6_000 },
    ]);
  });

  it("counts a second one of the same day", async () => {
    const world = await refunded();
    await world.insert("transactions", [
      refund("a", { payment_keap_id: 1000, transaction_at: "2026-02-12T15:00:00Z" }),
      refund("b", { payment_keap_id: 1000, transaction_at: "2026-02-12T16:00:00Z" }),
    ]);
    expect(await rows(world, "refunds")).toMatchObject([{ refunds: 4_000 }]);
  });

  it("counts one that nothing names once", async () => {
    const world = await refunded();
    await world.insert("transactions", [
      refund("a", { payment_keap_id: null, transaction_at: "2026-02-12T15:10:00Z" }),
    ]);
    expect(await rows(world, "refunds")).toMatchObject([{ refunds: 2_000 }]);
  });

  it("leaves out what was declined or failed", async () => {
    const world = await refunded();
    await pay(world, [
      {
        keap_id: 7,
        contact: 1,
        orders: [100],
        at: "2026-04-01T12:00:00Z",
        amount: 700,
        kind: "refund",
        status: "DECLINED",
      },
      {
        keap_id: 8,
        contact: 1,
        orders: [100],
        at: "2026-04-01T12:00:00Z",
        amount: 30,
        kind: "refund",
        status: "NONE",
      },
      {
        keap_id: 9,
        contact: 1,
        orders: [100],
        at: "2026-04-01T12:00:00Z",
        amount: 5,
        kind: "refund",
        status: "NONE",
        manual: true,
      },
    ]);
    await world.insert("transactions", [
      refund("a", { payment_keap_id: null, amount_minor: -900, transaction_at: at, status: "FAILED" }),
    ]);
    expect(await rows(world, "refunds")).toMatchObject([{ refunds: 2_005 }]);
  });
});

describe("a refund on its way", () => {
  it("counts by its transaction until its payment does", async () => {
    const world = await refunded();
    await world.database.sql(
      "update public.payments set status = 'PENDING' where account_id = $1 and keap_id = 1001",
      [world.account.id],
    );
    await world.insert("transactions", [
      refund("a", { payment_keap_id: 1001, transaction_at: "2026-02-12T15:00:00Z" }),
    ]);
    expect(await rows(world, "refunds")).toMatchObject([{ refunds: 2_000 }]);
    await world.database.sql(
      "update public.payments set status = 'APPROVED' where account_id = $1 and keap_id = 1001",
      [world.account.id],
    );
    expect(await rows(world, "refunds")).toMatchObject([{ refunds: 2_000 }]);
  });
});

describe("money in another currency", () => {
  it("takes a payment's currency from its order", async () => {
    // Keap names no currency on payments: the euro order's payment was stored as the account's dollars, or with none.
    const world = await worlds.world();
    await sell(world, [
      { keap_id: 1, at, total: 10_000, currency: "EUR", items: [{ price: 10_000 }] },
      { keap_id: 2, at, total: 700, currency: "EUR", items: [{ price: 700 }] },
      { keap_id: 3, at, total: 5_000, items: [{ price: 5_000 }] },
    ]);
    await pay(world, [
      { keap_id: 1, orders: [1], at, amount: 10_000, currency: "USD" },
      { keap_id: 3, orders: [3], at, amount: 5_000 },
      { keap_id: 4, orders: [1], at, amount: 1_000, kind: "refund", refund_of: 1 },
    ]);
    await world.insert("payments", [
      {
        keap_id: 2,
        order_keap_id: 2,
        order_keap_ids: [2],
        status: "APPROVED",
        amount_minor: 700,
        paid_at: at,
      },
    ]);
    expect(await rows(world, "revenue_collected", "refunds")).toMatchObject([
      { currency: "EUR", revenue_collected: 10_700, refunds: 1_000 },
      { currency: "USD", revenue_collected: 5_000, refunds: 0 },
    ]);
  });

  it("knows that yen have no cents", async () => {
    // 5,000 yen, stored with a dollar's two decimals as 500,000.
    const world = await worlds.world();
    await world.insert("contacts", [{ keap_id: 1 }]);
    await sell(world, [
      { keap_id: 1, contact: 1, at, total: 5_000, currency: "JPY", items: [{ price: 5_000 }] },
    ]);
    await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at, amount: 500_000, currency: "USD" }]);
    await subscribe(world, [
      {
        keap_id: 5,
        contact: 1,
        amount: 3_000,
        from: "2026-03-01",
        currency: "JPY",
        columns: { currency: "USD", billing_amount_minor: 300_000 },
      },
    ]);
    const [row] = await rows(world, "revenue_collected", "sales_invoiced", "mrr");
    // The subscription's own first bill is paid as well: 5,000 + 3,000, and 3,000 a month.
    expect(row).toMatchObject({
      currency: "JPY",
      revenue_collected: 8_000,
      sales_invoiced: 8_000,
      mrr: 3_000,
    });
  });
});

describe("people who were merged", () => {
  it("counts what they bought as the survivor's", async () => {
    const world = await worlds.world();
    await world.insert("contacts", [{ keap_id: 1 }, { keap_id: 2 }]);
    const sale = (keap_id: number, contact: number, day: string) => ({
      keap_id,
      contact,
      at: `${day}T15:00:00Z`,
      total: 100,
      items: [{ price: 100 }],
    });
    await sell(world, [sale(1, 1, "2026-01-10"), sale(2, 2, "2026-03-10")]);
    await pay(world, [
      { keap_id: 1, contact: 1, orders: [1], at: "2026-01-10T15:00:00Z", amount: 100 },
      { keap_id: 2, contact: 2, orders: [2], at: "2026-03-10T15:00:00Z", amount: 100 },
    ]);
    const metrics = ["customers", "repeat_purchase_rate", "revenue_per_customer"];
    expect(await rows(world, ...metrics)).toMatchObject([
      { customers: 2, repeat_purchase_rate: 0, revenue_per_customer: 100 },
    ]);
    await world.database.sql(
      `update public.contacts c set deleted_at = now(), merged_into_id = s.supabase_id, merged_into_keap_id = 2
       from public.contacts s where s.account_id = c.account_id and s.keap_id = 2 and c.account_id = $1 and c.keap_id = 1`,
      [world.account.id],
    );
    expect(await rows(world, ...metrics)).toMatchObject([
      { customers: 1, repeat_purchase_rate: 1, revenue_per_customer: 200 },
    ]);
  });
});

describe("instalments", () => {
  it("fall due one by one", async () => {
    // 300.00 in three instalments of 100.00 on 1 April, 1 June and 1 August; 150.00 is paid. The first is settled, 50.00
    // of the second is overdue since 1 June, the third is not due yet.
    const world = await worlds.world();
    const plan = {
      payment_plan_items: ["2026-04-01", "2026-06-01", "2026-08-01"].map((due_date) => ({
        due_date,
        amount_due: { amount: 10_000 },
        amount_paid: { amount: 0 },
      })),
    };
    await world.insert("orders", [
      {
        keap_id: 1,
        status: "SENT",
        order_time: "2026-03-20T12:00:00Z",
        total_minor: 30_000,
        total_paid_minor: 15_000,
        currency: "USD",
        payment_plan: plan,
      },
    ]);
    const both = async (to: string) =>
      (
        await runMetricQuery(
          { metrics: ["receivable", "receivable_overdue"], range: { from: "2026-01-01", to } },
          world.at(now),
        )
      ).rows[0];
    expect(await both("2026-05-31")).toMatchObject({ receivable: 15_000, receivable_overdue: 0 });
    expect(await both("2026-06-01")).toMatchObject({ receivable: 15_000, receivable_overdue: 5_000 });
  });
});
