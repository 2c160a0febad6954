import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drill } from "../query/drill";
import type { QueryInput } from "../query/query";
import { runMetricQuery } from "../query/run";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const range = { from: "2026-01-01", to: "2026-11-22" };
const ask = (world: World, query: Partial<QueryInput> & { metrics: string[] }) =>
  runMetricQuery({ range, ...query }, world.at("2026-11-22T17:00:00Z"));

describe("orders", () => {
  it("counts neither drafts nor free orders", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await sell(world, [
      { keap_id: 1, at, total: 100, items: [{ price: 100 }] },
      { keap_id: 2, at, total: 100, status: "SENT", items: [{ price: 100 }] },
      { keap_id: 3, at, total: 100, status: "DRAFT", items: [{ price: 100 }] },
      { keap_id: 4, at, total: 0, items: [{ price: 0 }] },
    ]);
    expect((await ask(world, { metrics: ["orders"] })).rows).toEqual([{ orders: 2 }]);
  });

  it("counts an order once per product", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await world.insert("products", [
      { keap_id: 1, name: "Book" },
      { keap_id: 2, name: "Course" },
    ]);
    await sell(world, [
      {
        keap_id: 1,
        at,
        total: 300,
        items: [
          { product: 1, price: 100 },
          { product: 1, price: 100 },
          { product: 2, price: 100 },
        ],
      },
      { keap_id: 2, at, total: 50, items: [{ product: 2, price: 50 }] },
    ]);
    const result = await ask(world, { metrics: ["orders"], dimensions: ["product"] });
    expect(result.rows.map((row) => [row.product, row.orders])).toEqual([
      ["Course", 2],
      ["Book", 1],
    ]);
    expect(result.totals).toEqual([{ orders: 2 }]);
    expect(result.columns.find(({ id }) => id === "orders")?.additive).toBe(false);
  });

  it("goes by the names of categories, of which products carry ids", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await world.insert("product_categories", [
      { keap_id: 3, name: "Kits" },
      { keap_id: 6, name: "Books" },
    ]);
    await world.insert("products", [
      { keap_id: 1, name: "Clay kit", categories: ["3", "6"] },
      { keap_id: 2, name: "Guide", categories: ["6"] },
      { keap_id: 3, name: "Odd", categories: ["99"] },
      { keap_id: 4, name: "Loose", categories: [] },
    ]);
    await sell(
      world,
      [1, 2, 3, 4].map((product) => ({
        keap_id: product,
        at,
        total: 100 * (5 - product),
        items: [{ product, price: 100 * (5 - product) }],
      })),
    );
    const query = { metrics: ["sales_invoiced"], dimensions: ["category" as const] };
    const { rows } = await ask(world, query);
    expect(rows.map((row) => [row.category, row.sales_invoiced])).toEqual([
      ["Kits", 400],
      ["Books", 300],
      ["99", 200],
      ["unknown", 100],
    ]);
    const only = await ask(world, { ...query, filters: { dimension: "category", is: ["Kits"] } });
    expect(only.totals).toEqual([{ currency: "USD", sales_invoiced: 400 }]);
  });

  it("leaves out whole orders with a product", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await world.insert("products", [
      { keap_id: 1, name: "Book" },
      { keap_id: 2, name: "Course" },
    ]);
    await sell(world, [
      {
        keap_id: 1,
        at,
        total: 300,
        items: [
          { product: 1, price: 100 },
          { product: 2, price: 200 },
        ],
      },
      { keap_id: 2, at, total: 50, items: [{ product: 2, price: 50 }] },
      {
        keap_id: 3,
        at,
        total: 70,
        items: [
          { product: 1, price: 60 },
          { price: 10, type: "SHIPPING" },
        ],
      },
    ]);
    const filters = { not: { dimension: "product", is: ["Book"] } };
    // Only the second order holds no book; its 50 is also the average of such orders.
    const counted = await ask(world, { metrics: ["orders", "aov"], filters });
    expect(counted.rows).toMatchObject([{ orders: 1, aov: 50 }]);
    const behind = await drill(
      { metrics: ["orders"], range, filters },
      { metric: "orders" },
      world.at("2026-11-22T17:00:00Z"),
    );
    expect(behind.rows.map((row) => row.keap_id)).toEqual([2]);
    const split = await ask(world, { metrics: ["orders"], dimensions: ["product"], filters });
    expect(split.rows.map((row) => [row.product, row.orders])).toEqual([["Course", 2]]);
  });

  it("stays zero where nothing was sold", async () => {
    const world = await worlds.world();
    const result = await ask(world, {
      metrics: ["orders"],
      grain: "month",
      range: { from: "2026-01-01", to: "2026-02-28" },
    });
    expect(result.rows.map((row) => [row.time_label, row.orders])).toEqual([
      ["Jan 2026", 0],
      ["Feb 2026", 0],
    ]);
    expect(result.notes).toContain("Nothing happened in this range under these conditions.");
  });
});

describe("average order value", () => {
  it("leaves out renewals, tax and shipping", async () => {
    // First bill 20.00 and book 40.00 count: 30.00. The renewals of 20.00 do not, nor tax 4.00 and shipping 6.00.
    const world = await worlds.world();
    await world.insert("subscriptions", [{ keap_id: 5, active: true }]);
    const bill = [{ price: 2_000, type: "SUBSCRIPTION", subscription: 5 }];
    await sell(world, [
      { keap_id: 1, at: "2026-01-01T12:00:00Z", total: 2_000, items: bill },
      { keap_id: 2, at: "2026-02-01T12:00:00Z", total: 2_000, items: bill },
      { keap_id: 3, at: "2026-03-01T12:00:00Z", total: 2_200, items: [...bill, { price: 200, type: "TAX" }] },
      {
        keap_id: 4,
        at: "2026-03-02T12:00:00Z",
        total: 5_000,
        items: [{ price: 4_000 }, { price: 400, type: "TAX" }, { price: 600, type: "SHIPPING" }],
      },
    ]);
    const result = await ask(world, { metrics: ["aov", "orders"] });
    expect(result.rows[0]).toMatchObject({
      aov: 3_000,
      aov__numerator: 6_000,
      aov__denominator: 2,
      orders: 4,
    });
  });

  it("counts a renewal with a new product", async () => {
    const world = await worlds.world();
    await world.insert("subscriptions", [{ keap_id: 5, active: true }]);
    const bill = { price: 2_000, type: "SUBSCRIPTION", subscription: 5 };
    await sell(world, [
      { keap_id: 1, at: "2026-01-01T12:00:00Z", total: 2_000, items: [bill] },
      { keap_id: 2, at: "2026-02-01T12:00:00Z", total: 5_000, items: [bill, { price: 3_000 }] },
    ]);
    expect((await ask(world, { metrics: ["aov"] })).rows[0]?.aov).toBe(3_500);
  });

  it("is not available without orders", async () => {
    const world = await worlds.world();
    expect((await ask(world, { metrics: ["aov"] })).rows[0]?.aov).toBeNull();
  });

  it("rounds half a cent up", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await sell(world, [
      { keap_id: 1, at, total: 101, items: [{ price: 101 }] },
      { keap_id: 2, at, total: 100, items: [{ price: 100 }] },
    ]);
    expect((await ask(world, { metrics: ["aov"] })).rows[0]?.aov).toBe(101);
  });
});

describe("units", () => {
  it("counts pieces of orders not wholly refunded", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await sell(world, [
      {
        keap_id: 1,
        at,
        total: 600,
        items: [
          { price: 100, quantity: 3 },
          { price: 100, quantity: 2, type: "UPSELL" },
          { price: 100, type: "SHIPPING" },
        ],
      },
      { keap_id: 2, at, total: 500, refunded: 500, items: [{ price: 100, quantity: 5 }] },
      { keap_id: 3, at, total: 700, refunded: 100, items: [{ price: 100, quantity: 7 }] },
      { keap_id: 4, at, total: 900, items: [{ price: 900, type: "SUBSCRIPTION" }] },
    ]);
    expect((await ask(world, { metrics: ["units"] })).rows).toEqual([{ units: 12 }]);
  });
});

describe("new leads", () => {
  it("counts contacts by their creation day", async () => {
    const world = await worlds.world({ time_zone: "Asia/Tokyo" });
    await world.insert("contacts", [
      { keap_id: 1, keap_created_at: "2026-01-31T14:59:59Z" },
      { keap_id: 2, keap_created_at: "2026-01-31T15:00:00Z" },
      { keap_id: 3, keap_created_at: "2026-02-10T15:00:00Z", deleted_at: "2026-03-01T00:00:00Z" },
      { keap_id: 4 },
    ]);
    const result = await ask(world, {
      metrics: ["new_leads"],
      grain: "month",
      range: { from: "2026-01-01", to: "2026-02-28" },
    });
    expect(result.rows.map((row) => row.new_leads)).toEqual([1, 1]);
  });
});

describe("conditions, limits and comparisons", () => {
  async function shop(): Promise<World> {
    const world = await worlds.world();
    await world.insert("tags", [
      { keap_id: 1, name: "VIP" },
      { keap_id: 2, name: "Webinar" },
    ]);
    await world.insert(
      "products",
      ["Book", "Course", "Mug", "Pen"].map((name, index) => ({ keap_id: index + 1, name })),
    );
    await world.insert(
      "contacts",
      [1, 2, 3].map((keap_id) => ({ keap_id })),
    );
    await world.insert("contact_tags", [
      { contact_keap_id: 1, tag_keap_id: 1 },
      { contact_keap_id: 1, tag_keap_id: 2 },
      { contact_keap_id: 2, tag_keap_id: 2 },
    ]);
    await sell(world, [
      {
        keap_id: 1,
        contact: 1,
        at: "2026-03-01T12:00:00Z",
        total: 100,
        items: [{ product: 1, price: 100, quantity: 1 }],
      },
      {
        keap_id: 2,
        contact: 2,
        at: "2026-03-01T12:00:00Z",
        total: 200,
        items: [{ product: 2, price: 100, quantity: 2 }],
      },
      {
        keap_id: 3,
        contact: 3,
        at: "2026-03-01T12:00:00Z",
        total: 300,
        items: [{ product: 3, price: 100, quantity: 3 }],
      },
      {
        keap_id: 4,
        contact: 3,
        at: "2025-03-01T12:00:00Z",
        total: 400,
        items: [{ product: 4, price: 100, quantity: 4 }],
      },
    ]);
    return world;
  }

  it("counts a person with two tags once", async () => {
    const world = await shop();
    const count = async (filters: QueryInput["filters"]) =>
      (await ask(world, { metrics: ["orders"], filters })).rows[0]?.orders;
    expect(await count({ dimension: "tag", is: ["VIP", "Webinar"] })).toBe(2);
    expect(await count({ has_tag: ["vip"] })).toBe(1);
    expect(await count({ not: { has_tag: ["Webinar"] } })).toBe(1);
    expect(await count({ and: [{ has_tag: ["Webinar"] }, { not: { bought_product: ["Book"] } }] })).toBe(1);
    expect(await count({ or: [{ has_tag: ["VIP"] }, { bought_product: ["Mug"] }] })).toBe(2);
    expect(await count({ dimension: "tag", is: ["unknown"] })).toBe(1);
    expect(await count({ dimension: "product", is: ["Course", "Mug"] })).toBe(2);
  });

  it("adds cut groups up as others", async () => {
    const result = await ask(await shop(), {
      metrics: ["units"],
      dimensions: ["product"],
      limit: 1,
      range: { preset: "all_time" },
    });
    expect(result.rows.map((row) => [row.product, row.units])).toEqual([
      ["Pen", 4],
      ["others", 6],
    ]);
    expect(result.totals).toEqual([{ units: 10 }]);
    expect(result.range.from).toBe("2025-03-01");
  });

  it("leaves out what cannot be added", async () => {
    const result = await ask(await shop(), { metrics: ["orders"], dimensions: ["tag"], limit: 1 });
    expect(result.rows.map((row) => [row.tag, row.orders])).toEqual([["Webinar", 2]]);
    expect(result.totals).toEqual([{ orders: 3 }]);
    expect(result.notes.join()).toContain("cannot be added up");
  });

  it("compares with the year before", async () => {
    const result = await ask(await shop(), {
      metrics: ["units"],
      comparison: "previous_year",
      range: { from: "2026-03-01", to: "2026-03-31" },
    });
    expect(result.rows).toEqual([{ units: 6, units__previous: 4, units__change: 0.5 }]);
    expect(result.comparison_range).toMatchObject({ from: "2025-03-01", to: "2025-03-31" });
  });

  it("orders groups as the query asks", async () => {
    const world = await shop();
    const names = async (order: QueryInput["order"]) =>
      (await ask(world, { metrics: ["units"], dimensions: ["product"], order })).rows.map(
        (row) => row.product,
      );
    expect(await names({ by: "units", direction: "asc" })).toEqual(["Book", "Course", "Mug"]);
    expect(await names({ by: "product", direction: "desc" })).toEqual(["Mug", "Course", "Book"]);
  });
});

describe("what was removed in Keap", () => {
  it("counts no item removed from its order", async () => {
    // The row stays with a time of deletion. Order 2 bills subscription 5 for the first time: that item left order 1.
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await world.insert("contacts", [{ keap_id: 1, given_name: "Ann" }]);
    await world.insert("products", [
      { keap_id: 1, name: "Kept" },
      { keap_id: 2, name: "Gone" },
    ]);
    await world.insert("subscriptions", [{ keap_id: 5, active: true }]);
    const items = [
      { product: 1, price: 10_000 },
      { product: 2, price: 5_000, quantity: 3 },
      { price: 2_000, type: "TAX" },
      { price: 1_000, type: "SUBSCRIPTION", subscription: 5 },
    ];
    await sell(world, [
      { keap_id: 1, contact: 1, at, total: 10_000, items },
      {
        keap_id: 2,
        contact: 1,
        at: "2026-04-01T12:00:00Z",
        total: 30_000,
        items: [{ price: 30_000, type: "SUBSCRIPTION", subscription: 5 }],
      },
    ]);
    await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at, amount: 10_000 }]);
    await world.database.sql(
      `update public.order_items set deleted_at = now() where account_id = $1 and order_keap_id = 1
       and product_keap_id is distinct from 1`,
      [world.account.id],
    );
    const byProduct = async (metric: string) =>
      (await ask(world, { metrics: [metric], dimensions: ["product"] })).rows
        .map((row) => [row.product, row[metric]])
        .filter(([, amount]) => amount !== 0);
    expect(await byProduct("units")).toEqual([["Kept", 1]]);
    expect(await byProduct("revenue_collected")).toEqual([["Kept", 10_000]]);
    // Neither order is a renewal, and no tax is left to take out: (100.00 + 300.00) / 2.
    expect((await ask(world, { metrics: ["aov"] })).rows[0]).toMatchObject({
      aov: 20_000,
      aov__denominator: 2,
    });
  });

  it("splits a payment without removed allocations", async () => {
    const world = await worlds.world();
    const at = "2026-03-01T12:00:00Z";
    await world.insert("products", [
      { keap_id: 1, name: "Book" },
      { keap_id: 2, name: "Course" },
    ]);
    await sell(world, [
      { keap_id: 1, at, total: 300, items: [{ product: 1, price: 300 }] },
      { keap_id: 2, at, total: 100, items: [{ product: 2, price: 100 }] },
    ]);
    await pay(world, [{ keap_id: 1, orders: [1, 2], at, amount: 400 }]);
    await world.insert("payment_allocations", [
      { keap_id: 1, payment_keap_id: 1, order_keap_id: 2, amount_minor: 400, deleted_at: at },
    ]);
    const { rows } = await ask(world, { metrics: ["revenue_collected"], dimensions: ["product"] });
    expect(rows.map((row) => [row.product, row.revenue_collected])).toEqual([
      ["Book", 300],
      ["Course", 100],
    ]);
  });
});
