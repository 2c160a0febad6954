import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openWorlds, type World } from "../testing/world";
import { runMetricQuery } from "./run";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

async function shop(): Promise<World> {
  const world = await worlds.world();
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ada", keap_created_at: "2026-01-10T12:00:00Z" },
  ]);
  await world.insert("products", [{ keap_id: 7, name: "Starter kit" }]);
  await world.insert("orders", [
    {
      keap_id: 100,
      contact_keap_id: 1,
      status: "PAID",
      order_time: "2026-02-01T15:00:00Z",
      total_minor: 11_000,
      total_paid_minor: 11_000,
      currency: "USD",
    },
  ]);
  await world.insert("order_items", [
    {
      keap_id: 1,
      order_keap_id: 100,
      product_keap_id: 7,
      item_type: "PRODUCT",
      quantity: 2,
      price_per_unit_minor: 5_000,
      currency: "USD",
    },
    {
      keap_id: 2,
      order_keap_id: 100,
      item_type: "TAX",
      quantity: 1,
      price_per_unit_minor: 1_000,
      currency: "USD",
    },
  ]);
  await world.insert("payments", [
    {
      keap_id: 500,
      contact_keap_id: 1,
      order_keap_id: 100,
      order_keap_ids: [100],
      kind: "payment",
      status: "APPROVED",
      amount_minor: 11_000,
      currency: "USD",
      paid_at: "2026-02-01T15:00:00Z",
    },
  ]);
  return world;
}

describe("running a metric query", () => {
  it("answers revenue by month and product", async () => {
    const world = await shop();
    const result = await runMetricQuery(
      {
        metrics: ["revenue_collected", "aov", "units", "orders"],
        dimensions: ["time", "product"],
        grain: "month",
        range: { preset: "this_year" },
        comparison: "previous_year",
      },
      world.at("2026-03-15T12:00:00Z"),
    );
    console.log(result.sql, result.params, result.rows, result.totals, result.notes);
  });
});
