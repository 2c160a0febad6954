import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { pay, sell, subscribe } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;

const now = "2026-06-15T12:00:00Z";
const ask = async (metrics: string[], from: string, to: string, more: object = {}) => {
  const { totals } = await runMetricQuery({ metrics, range: { from, to }, ...more }, world.at(now));
  return Object.fromEntries(metrics.map((metric) => [metric, totals[0]?.[metric] ?? 0]));
};

/**
 * Single purchases: 1 buys in January twice (days apart: 10) and in May; 2 buys in January, given back in February;
 * 3 buys in March twice, 4 days apart. Subscriptions: 4 from January on, ends in March; 5 from February on.
 */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert(
    "contacts",
    [1, 2, 3, 4, 5].map((keap_id) => ({ keap_id, keap_created_at: "2025-12-01T12:00:00Z" })),
  );
  await world.insert("products", [
    { keap_id: 1, name: "Kit" },
    { keap_id: 2, name: "Call" },
  ]);
  const sale = (keap_id: number, contact: number, at: string, product = 1) => ({
    keap_id,
    contact,
    at,
    total: 1_000,
    items: [{ product, price: 1_000 }],
  });
  await sell(world, [
    sale(1, 1, "2026-01-05T15:00:00Z"),
    sale(2, 1, "2026-01-15T15:00:00Z", 2),
    sale(3, 1, "2026-05-15T15:00:00Z"),
    sale(4, 2, "2026-01-20T15:00:00Z"),
    sale(5, 3, "2026-03-01T15:00:00Z"),
    sale(6, 3, "2026-03-05T15:00:00Z"),
  ]);
  const paid = (keap_id: number, contact: number, order: number, at: string) => ({
    keap_id,
    contact,
    orders: [order],
    at,
    amount: 1_000,
  });
  await pay(world, [
    paid(1, 1, 1, "2026-01-05T15:00:00Z"),
    paid(2, 1, 2, "2026-01-15T15:00:00Z"),
    paid(3, 1, 3, "2026-05-15T15:00:00Z"),
    paid(4, 2, 4, "2026-01-20T15:00:00Z"),
    { ...paid(5, 2, 4, "2026-02-01T15:00:00Z"), kind: "refund" as const, refund_of: 4 },
    paid(6, 3, 5, "2026-03-01T15:00:00Z"),
    paid(7, 3, 6, "2026-03-05T15:00:00Z"),
  ]);
});
afterAll(() => worlds.stop());

describe("counts beside shares and amounts", () => {
  it("counts different people who bought, in all and by product", async () => {
    expect(await ask(["buyers", "orders", "orders_per_customer"], "2026-01-01", "2026-01-31")).toEqual({
      buyers: 2,
      orders: 3,
      orders_per_customer: 1.5,
    });
    const kit = { filters: { dimension: "product", is: ["Kit"] } };
    expect(await ask(["buyers"], "2026-01-01", "2026-01-31", kit)).toEqual({ buyers: 2 });
    expect(await ask(["buyers"], "2026-05-01", "2026-05-31", kit)).toEqual({ buyers: 1 });
  });

  it("counts refunds and not what they came to", async () => {
    expect(await ask(["refunds_given", "refunds"], "2026-02-01", "2026-02-28")).toEqual({
      refunds_given: 1,
      refunds: 1_000,
    });
  });

  it("counts who bought twice to date, and how long that took", async () => {
    expect(await ask(["repeat_customers"], "2026-01-01", "2026-02-28")).toEqual({ repeat_customers: 1 });
    expect(await ask(["repeat_customers"], "2026-01-01", "2026-06-01")).toEqual({ repeat_customers: 2 });
    // 10 days and 4 days to the second purchase; the third one of May is none.
    expect(await ask(["second_purchase_gap"], "2026-01-01", "2026-06-01")).toEqual({
      second_purchase_gap: 7,
    });
  });

  it("tells money of subscriptions from all other, which add up", async () => {
    const metrics = ["revenue_subscription", "revenue_single", "revenue_collected"];
    expect(await ask(metrics, "2026-01-01", "2026-05-31")).toEqual({
      revenue_subscription: 0,
      revenue_single: 7_000 - 1_000,
      revenue_collected: 6_000,
    });
  });

  it("counts subscribers that come and go as the movements do", async () => {
    const other = await worlds.world();
    await other.insert("contacts", [{ keap_id: 4 }, { keap_id: 5 }]);
    await subscribe(other, [
      {
        keap_id: 1,
        contact: 4,
        amount: 1_000,
        from: "2026-01-05",
        columns: { active: false, next_bill_date: "2026-03-05" },
      },
      { keap_id: 2, contact: 5, amount: 1_000, from: "2026-02-05" },
    ]);
    const metrics = ["subscribers_gained", "subscribers_lost", "subscribers_returned"];
    const of = async (from: string, to: string) => {
      const { totals } = await runMetricQuery({ metrics, range: { from, to } }, other.at(now));
      return metrics.map((metric) => totals[0]?.[metric] ?? 0);
    };
    expect(await of("2026-01-01", "2026-02-28")).toEqual([2, 0, 0]);
    expect(await of("2026-03-01", "2026-03-31")).toEqual([0, 1, 0]);
    const money = {
      metrics: ["revenue_subscription", "revenue_single"],
      range: { from: "2026-01-01", to: "2026-01-31" },
    };
    expect((await runMetricQuery(money, other.at(now))).totals).toMatchObject([
      { revenue_subscription: 1_000, revenue_single: 0 },
    ]);
  });
});
