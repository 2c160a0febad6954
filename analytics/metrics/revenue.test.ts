import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const noon = "2026-11-22T17:00:00Z";
const year = { from: "2026-01-01", to: "2026-11-22" };

async function totals(world: World, range = year) {
  const result = await runMetricQuery(
    { metrics: ["revenue_collected", "refunds", "revenue_net"], range },
    world.at(noon),
  );
  const { revenue_collected, refunds, revenue_net } = result.totals[0] ?? {};
  return { revenue_collected, refunds, revenue_net };
}

describe("revenue collected", () => {
  it("counts approved, completed and manual payments", async () => {
    const world = await worlds.world();
    const at = "2026-03-05T12:00:00Z";
    await pay(world, [
      { keap_id: 1, at, amount: 100, status: "APPROVED" },
      { keap_id: 2, at, amount: 20, status: "COMPLETED" },
      { keap_id: 3, at, amount: 3, status: "NONE", manual: true },
      { keap_id: 4, at, amount: 4_000, status: "NONE", manual: false },
      { keap_id: 5, at, amount: 50_000, status: "PENDING" },
      { keap_id: 6, at, amount: 600_000, status: "PENDING", manual: true },
      { keap_id: 7, at, amount: 7_000_000, test: true },
    ]);
    expect(await totals(world)).toEqual({ revenue_collected: 123, refunds: 0, revenue_net: 123 });
  });

  it("leaves out payments that were voided", async () => {
    const world = await worlds.world();
    const at = "2026-03-05T12:00:00Z";
    await pay(world, [
      { keap_id: 1, at, amount: 100 },
      { keap_id: 2, at, amount: 900 },
    ]);
    await world.insert("transactions", [
      {
        keap_id: 1,
        natural_key: "a",
        payment_keap_id: 2,
        transaction_method: "VOID",
        is_successful: true,
        amount_minor: 900,
        transaction_at: at,
      },
      {
        keap_id: 2,
        natural_key: "b",
        payment_keap_id: 1,
        transaction_method: "CAPTURE",
        is_successful: true,
        amount_minor: 100,
        transaction_at: at,
      },
    ]);
    expect(await totals(world)).toEqual({ revenue_collected: 100, refunds: 0, revenue_net: 100 });
  });

  it("counts part payments when they were paid", async () => {
    const world = await worlds.world();
    await sell(world, [
      { keap_id: 10, at: "2026-01-10T12:00:00Z", total: 30_000, items: [{ price: 30_000 }] },
    ]);
    await pay(world, [
      { keap_id: 1, orders: [10], at: "2026-01-10T12:00:00Z", amount: 10_000 },
      { keap_id: 2, orders: [10], at: "2026-02-10T12:00:00Z", amount: 10_000 },
    ]);
    const result = await runMetricQuery(
      {
        metrics: ["revenue_collected", "orders"],
        grain: "month",
        range: { from: "2026-01-01", to: "2026-03-31" },
      },
      world.at(noon),
    );
    expect(result.rows.map((row) => [row.time, row.revenue_collected, row.orders])).toEqual([
      ["2026-01-01", 10_000, 1],
      ["2026-02-01", 10_000, 0],
      ["2026-03-01", 0, 0],
    ]);
  });

  it("cuts months at midnight of the account", async () => {
    // 2026-02-01 05:00 UTC is midnight in New York; one second before is still January there.
    const world = await worlds.world({ time_zone: "America/New_York" });
    await pay(world, [
      { keap_id: 1, at: "2026-02-01T04:59:59Z", amount: 1 },
      { keap_id: 2, at: "2026-02-01T05:00:00Z", amount: 20 },
    ]);
    const result = await runMetricQuery(
      { metrics: ["revenue_collected"], grain: "month", range: { from: "2026-01-01", to: "2026-02-28" } },
      world.at(noon),
    );
    expect(result.rows.map((row) => row.revenue_collected)).toEqual([1, 20]);
    expect(result.range).toMatchObject({
      start: "2026-01-01T05:00:00.000Z",
      end: "2026-03-01T05:00:00.000Z",
    });
  });

  it("cuts days of 23 and 25 hours rightly", async () => {
    // New York changed its clocks on 8 March (23 h) and 1 November 2026 (25 h).
    const world = await worlds.world({ time_zone: "America/New_York" });
    await pay(world, [
      { keap_id: 1, at: "2026-03-09T03:59:59Z", amount: 1 },
      { keap_id: 2, at: "2026-03-09T04:00:00Z", amount: 20 },
      { keap_id: 3, at: "2026-11-02T04:59:59Z", amount: 300 },
      { keap_id: 4, at: "2026-11-02T05:00:00Z", amount: 4_000 },
    ]);
    const days = async (from: string, to: string) => {
      const query = { metrics: ["revenue_collected"], grain: "day" as const, range: { from, to } };
      const result = await runMetricQuery(query, world.at(noon));
      return result.rows.map((row) => [row.time, row.revenue_collected]);
    };
    expect(await days("2026-03-08", "2026-03-09")).toEqual([
      ["2026-03-08", 1],
      ["2026-03-09", 20],
    ]);
    expect(await days("2026-11-01", "2026-11-02")).toEqual([
      ["2026-11-01", 300],
      ["2026-11-02", 4_000],
    ]);
  });

  it("keeps currencies apart and never adds", async () => {
    const world = await worlds.world();
    await pay(world, [
      { keap_id: 1, at: "2026-03-05T12:00:00Z", amount: 100 },
      { keap_id: 2, at: "2026-03-05T12:00:00Z", amount: 900, currency: "EUR" },
    ]);
    const result = await runMetricQuery({ metrics: ["revenue_collected"], range: year }, world.at(noon));
    expect(result.currency).toBeNull();
    expect(result.rows).toEqual([
      { currency: "EUR", revenue_collected: 900 },
      { currency: "USD", revenue_collected: 100 },
    ]);
    expect(result.notes.join()).toContain("never added");
  });
});

describe("refunds", () => {
  it("counts one side of a refund pair", async () => {
    const world = await worlds.world();
    await pay(world, [
      { keap_id: 1, at: "2026-03-05T12:00:00Z", amount: 5_000, refunded_by: 2 },
      { keap_id: 2, at: "2026-04-05T12:00:00Z", amount: 2_000, kind: "refund", refund_of: 1 },
    ]);
    await world.insert("transactions", [
      {
        keap_id: 9,
        natural_key: "r",
        payment_keap_id: 2,
        transaction_method: "REFUND",
        is_successful: true,
        amount_minor: 2_000,
        transaction_at: "2026-04-05T12:00:00Z",
      },
    ]);
    expect(await totals(world)).toEqual({ revenue_collected: 5_000, refunds: 2_000, revenue_net: 3_000 });
  });

  it("takes a lone refund transaction instead", async () => {
    const world = await worlds.world();
    await pay(world, [{ keap_id: 1, at: "2026-03-05T12:00:00Z", amount: 5_000 }]);
    await world.insert("transactions", [
      {
        keap_id: 9,
        natural_key: "r",
        payment_keap_id: 1,
        transaction_method: "REFUND",
        is_successful: true,
        amount_minor: -1_500,
        currency: "USD",
        transaction_at: "2026-04-05T12:00:00Z",
      },
      {
        keap_id: 10,
        natural_key: "s",
        payment_keap_id: 1,
        transaction_method: "REFUND",
        is_successful: false,
        amount_minor: -900,
        currency: "USD",
        transaction_at: "2026-04-05T12:00:00Z",
      },
    ]);
    expect(await totals(world)).toEqual({ revenue_collected: 5_000, refunds: 1_500, revenue_net: 3_500 });
  });

  it("counts a transaction whose refund payment is pending", async () => {
    const world = await worlds.world();
    await pay(world, [
      { keap_id: 1, at: "2026-03-05T12:00:00Z", amount: 5_000 },
      {
        keap_id: 2,
        at: "2026-04-05T12:00:00Z",
        amount: 1_500,
        kind: "refund",
        refund_of: 1,
        status: "PENDING",
      },
      { keap_id: 3, at: "2026-03-06T12:00:00Z", amount: 4_000 },
      {
        keap_id: 4,
        at: "2026-04-06T12:00:00Z",
        amount: 700,
        kind: "refund",
        refund_of: 3,
        status: "PENDING",
      },
    ]);
    // The first names the payment given back, the second its own refund payment: the money went either way.
    const refund = (keap_id: number, payment_keap_id: number, amount: number) => ({
      keap_id,
      natural_key: `r${keap_id}`,
      payment_keap_id,
      transaction_method: "REFUND",
      is_successful: true,
      status: "APPROVED",
      amount_minor: -amount,
      currency: "USD",
      transaction_at: "2026-04-06T12:00:00Z",
    });
    await world.insert("transactions", [refund(9, 1, 1_500), refund(10, 4, 700)]);
    expect(await totals(world)).toEqual({ revenue_collected: 9_000, refunds: 2_200, revenue_net: 6_800 });
    // Keap settles them: still the same money once.
    await world.database.sql("update public.payments set status = 'APPROVED' where account_id = $1", [
      world.account.id,
    ]);
    expect(await totals(world)).toEqual({ revenue_collected: 9_000, refunds: 2_200, revenue_net: 6_800 });
  });

  it("books a refund when it happened", async () => {
    const world = await worlds.world();
    await pay(world, [
      { keap_id: 1, at: "2026-03-05T12:00:00Z", amount: 5_000, refunded_by: 2 },
      { keap_id: 2, at: "2026-04-05T12:00:00Z", amount: 5_000, kind: "refund", refund_of: 1 },
    ]);
    expect(await totals(world, { from: "2026-04-01", to: "2026-04-30" })).toEqual({
      revenue_collected: 0,
      refunds: 5_000,
      revenue_net: -5_000,
    });
  });
});

describe("revenue by product", () => {
  const byProduct = async (world: World) => {
    const result = await runMetricQuery(
      { metrics: ["revenue_collected"], dimensions: ["product"], range: year },
      world.at(noon),
    );
    return Object.fromEntries(result.rows.map((row) => [row.product, row.revenue_collected]));
  };

  it("spreads to the cent by largest remainder", async () => {
    // 100.00 over items of equal net: 33.33 each, one cent left for the first.
    const world = await worlds.world();
    await world.insert(
      "products",
      [1, 2, 3].map((keap_id) => ({ keap_id, name: `P${keap_id}` })),
    );
    await sell(world, [
      {
        keap_id: 10,
        at: "2026-03-01T12:00:00Z",
        total: 10_000,
        items: [1, 2, 3].map((product) => ({ product, price: 5_000 })),
      },
    ]);
    await pay(world, [{ keap_id: 1, orders: [10], at: "2026-03-01T12:00:00Z", amount: 10_000 }]);
    expect(await byProduct(world)).toEqual({ P1: 3_334, P2: 3_333, P3: 3_333 });
  });

  it("sets tax and shipping apart", async () => {
    // 2 × 40.00 less 20.00 = 60.00 and 30.00; a coupon of 9.00; tax 8.10; shipping 5.00: total 94.10, goods 81.00.
    // Half is paid: goods 40.50 as 2 to 1 is 27.00 and 13.50, tax 4.05, shipping 2.50.
    const world = await worlds.world();
    await world.insert(
      "products",
      [1, 2].map((keap_id) => ({ keap_id, name: `P${keap_id}` })),
    );
    await sell(world, [
      {
        keap_id: 10,
        at: "2026-03-01T12:00:00Z",
        total: 9_410,
        items: [
          { product: 1, price: 4_000, quantity: 2, discount: 2_000 },
          { product: 2, price: 3_000, type: "UPSELL" },
          { price: -900, type: "DISCOUNT_ORDER_TOTAL" },
          { price: 810, type: "TAX" },
          { price: 500, type: "SHIPPING" },
        ],
      },
    ]);
    await pay(world, [{ keap_id: 1, orders: [10], at: "2026-03-01T12:00:00Z", amount: 4_705 }]);
    expect(await byProduct(world)).toEqual({ P1: 2_700, P2: 1_350, Tax: 405, Shipping: 250 });
  });

  it("keeps money without an order as unknown", async () => {
    const world = await worlds.world();
    await pay(world, [{ keap_id: 1, at: "2026-03-01T12:00:00Z", amount: 777 }]);
    expect(await byProduct(world)).toEqual({ unknown: 777 });
  });

  it("splits one payment over its orders", async () => {
    // 100.00 paid for orders of 75.00 and 50.00: 60.00 and 40.00, unless Keap says how much each got.
    const world = await worlds.world();
    await world.insert(
      "products",
      [1, 2].map((keap_id) => ({ keap_id, name: `P${keap_id}` })),
    );
    await sell(world, [
      { keap_id: 10, at: "2026-03-01T12:00:00Z", total: 7_500, items: [{ product: 1, price: 7_500 }] },
      { keap_id: 11, at: "2026-03-01T12:00:00Z", total: 5_000, items: [{ product: 2, price: 5_000 }] },
    ]);
    await pay(world, [{ keap_id: 1, orders: [10, 11], at: "2026-03-01T12:00:00Z", amount: 10_000 }]);
    expect(await byProduct(world)).toEqual({ P1: 6_000, P2: 4_000 });
    await world.insert("payment_allocations", [
      { keap_id: 1, payment_keap_id: 1, order_keap_id: 10, amount_minor: 7_500 },
      { keap_id: 2, payment_keap_id: 1, order_keap_id: 11, amount_minor: 2_500 },
    ]);
    expect(await byProduct(world)).toEqual({ P1: 7_500, P2: 2_500 });
  });
});

describe("revenue by tag, source and place", () => {
  async function people(): Promise<World> {
    const world = await worlds.world();
    await world.insert("lead_sources", [
      { keap_id: 1, name: "Podcast" },
      { keap_id: 2, name: "Fair" },
    ]);
    await world.insert("tags", [
      { keap_id: 1, name: "VIP" },
      { keap_id: 2, name: "Webinar" },
    ]);
    await world.insert("contacts", [
      {
        keap_id: 1,
        first_lead_source_keap_id: 1,
        lead_source_keap_id: 2,
        addresses: { BILLING: { country_code: "USA", region_code: "US-AZ" } },
      },
      { keap_id: 2, addresses: { OTHER: { country_code: "DEU" } } },
      { keap_id: 3 },
    ]);
    await world.insert("contact_tags", [
      { contact_keap_id: 1, tag_keap_id: 1 },
      { contact_keap_id: 1, tag_keap_id: 2 },
      { contact_keap_id: 2, tag_keap_id: 2 },
      { contact_keap_id: 3, tag_keap_id: 2, removed_at: "2026-01-01T00:00:00Z" },
    ]);
    await sell(world, [
      {
        keap_id: 10,
        contact: 1,
        at: "2026-03-01T12:00:00Z",
        total: 100,
        items: [{ price: 100 }],
        ship_to: { country_code: "CAN", region_code: "CA-ON" },
      },
    ]);
    await pay(world, [
      { keap_id: 1, contact: 1, orders: [10], at: "2026-03-01T12:00:00Z", amount: 100 },
      { keap_id: 2, contact: 1, at: "2026-03-01T12:00:00Z", amount: 20 },
      { keap_id: 3, contact: 2, at: "2026-03-01T12:00:00Z", amount: 3 },
      { keap_id: 4, contact: 3, at: "2026-03-01T12:00:00Z", amount: 4_000 },
      { keap_id: 5, at: "2026-03-01T12:00:00Z", amount: 50_000 },
    ]);
    return world;
  }
  const by = async (world: World, dimension: string) => {
    const result = await runMetricQuery(
      { metrics: ["revenue_collected"], dimensions: [dimension], range: year },
      world.at(noon),
    );
    return {
      rows: Object.fromEntries(result.rows.map((row) => [row[dimension], row.revenue_collected])),
      total: result.totals[0]?.revenue_collected,
    };
  };

  it("counts a person under each tag", async () => {
    expect(await by(await people(), "tag")).toEqual({
      rows: { VIP: 120, Webinar: 123, unknown: 54_000 },
      total: 54_123,
    });
  });

  it("takes the lead source first seen", async () => {
    expect(await by(await people(), "lead_source")).toEqual({
      rows: { Podcast: 120, unknown: 54_003 },
      total: 54_123,
    });
  });

  it("prefers the order's address to the person's", async () => {
    const world = await people();
    expect((await by(world, "country")).rows).toEqual({
      Canada: 100,
      "United States": 20,
      Germany: 3,
      unknown: 54_000,
    });
    expect((await by(world, "region")).rows).toEqual({ "CA-ON": 100, "US-AZ": 20, unknown: 54_003 });
  });
});
