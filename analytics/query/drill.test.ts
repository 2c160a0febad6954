import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { drill } from "./drill";
import { runMetricQuery } from "./run";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ada", family_name: "Byron", email: "ada@example.test" },
    { keap_id: 2, given_name: "Grace" },
  ]);
  await world.insert(
    "products",
    ["Book", "Mug", "Pen"].map((name, index) => ({ keap_id: index + 1, name })),
  );
  const at = "2026-03-05T12:00:00Z";
  await sell(world, [
    {
      keap_id: 10,
      contact: 1,
      at,
      total: 3_000,
      items: [
        { product: 1, price: 2_000 },
        { product: 2, price: 1_000 },
      ],
    },
    { keap_id: 11, contact: 2, at, total: 500, items: [{ product: 3, price: 500 }] },
  ]);
  await pay(world, [
    { keap_id: 1, contact: 1, orders: [10], at, amount: 3_000 },
    { keap_id: 2, contact: 2, orders: [11], at, amount: 500 },
    { keap_id: 3, contact: 1, at: "2026-04-05T12:00:00Z", amount: 70 },
  ]);
});
afterAll(() => worlds.stop());

const range = { from: "2026-01-01", to: "2026-06-30" };
const context = (role: "analyst" | "viewer" = "analyst") => world.at("2026-07-01T12:00:00Z", role);

describe("drilling into a cell", () => {
  it("lists payments with their share of it", async () => {
    const query = {
      metrics: ["revenue_collected"],
      dimensions: ["time", "product"],
      grain: "month" as const,
      range,
    };
    const result = await runMetricQuery(query, context());
    const book = result.rows.find((row) => row.product === "Book" && row.time === "2026-03-01");
    const cell = {
      metric: "revenue_collected",
      time: "2026-03-01",
      dimensions: { product: String(book?.product_id) },
    };
    const behind = await drill(query, cell, context());
    expect(behind).toMatchObject({
      target: "payments",
      total: 2_000,
      row_count: 1,
      truncated: false,
      currency: "USD",
    });
    expect(behind.rows[0]).toMatchObject({
      keap_id: 1,
      value: 2_000,
      amount_minor: 3_000,
      contact_name: "Ada Byron",
      email: "ada@example.test",
    });
  });

  it("keeps the total over its pages", async () => {
    const query = { metrics: ["revenue_collected"], range };
    const first = await drill(query, { metric: "revenue_collected" }, context(), { limit: 2 });
    expect(first.rows.map((row) => row.value)).toEqual([3_000, 500]);
    expect(first).toMatchObject({ total: 3_570, row_count: 3, truncated: true });
    const past = await drill(query, { metric: "revenue_collected" }, context(), { limit: 2, offset: 4 });
    expect(past).toMatchObject({ rows: [], total: 3_570, row_count: 3 });
  });

  it("opens what a limit put together", async () => {
    const query = { metrics: ["revenue_collected"], dimensions: ["product"], range, limit: 1 };
    const behind = await drill(
      query,
      { metric: "revenue_collected", dimensions: { product: "others" } },
      context(),
    );
    expect(behind).toMatchObject({ total: 1_570, row_count: 3 });
  });

  it("names the cells a query has", async () => {
    const query = { metrics: ["revenue_collected"], grain: "month" as const, range };
    await expect(drill(query, { metric: "orders" }, context())).rejects.toThrow("It has revenue_collected.");
    await expect(
      drill(query, { metric: "revenue_collected", time: "2025-01-01" }, context()),
    ).rejects.toThrow("begins with 2026-01-01");
    await expect(
      drill(query, { metric: "revenue_collected", dimensions: { tag: "x" } }, context()),
    ).rejects.toThrow('not split by "tag"');
  });

  it("shows people to no viewer", async () => {
    await expect(
      drill({ metrics: ["revenue_collected"], range }, { metric: "revenue_collected" }, context("viewer")),
    ).rejects.toThrow("Viewers see the numbers");
  });
});
