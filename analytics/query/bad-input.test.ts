import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import type { QueryInput } from "./query";
import { runMetricQuery } from "./run";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
const now = "2026-06-15T16:00:00Z";
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world({ time_zone: "America/New_York" });
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ada", keap_created_at: "2026-05-20T12:00:00Z" },
  ]);
  await world.insert("products", [{ keap_id: 1, name: "Starter kit" }]);
  await sell(world, [
    {
      keap_id: 1,
      contact: 1,
      at: "2026-05-05T12:00:00Z",
      total: 1_000,
      items: [{ product: 1, price: 1_000 }],
    },
    {
      keap_id: 2,
      contact: 1,
      at: "2026-05-06T12:00:00Z",
      total: 800,
      currency: "EUR",
      items: [{ price: 800 }],
    },
  ]);
  await pay(world, [
    { keap_id: 1, contact: 1, orders: [1], at: "2026-05-05T12:00:00Z", amount: 1_000 },
    { keap_id: 2, contact: 1, orders: [2], at: "2026-05-06T12:00:00Z", amount: 800, currency: "EUR" },
  ]);
});
afterAll(() => worlds.stop());

const may = { from: "2026-05-01", to: "2026-05-31" };
const refused = (query: Partial<QueryInput>) =>
  expect(runMetricQuery({ metrics: ["revenue_collected"], range: may, ...query }, world.at(now))).rejects;

describe("bad input is answered with the nearest that works", () => {
  it("unknown metric", () =>
    refused({ metrics: ["revenue_colected"] }).toThrow(
      /There is no metric "revenue_colected".*revenue_collected/,
    ));

  it("unknown dimension", () =>
    refused({ dimensions: ["prodct"] }).toThrow(/There is no dimension "prodct".*product/));

  it("a dimension the metric does not allow", () =>
    refused({ metrics: ["new_leads"], dimensions: ["product"] }).toThrow(
      /New leads \(new_leads\) cannot be split by product. It allows time, tag, lead_source/,
    ));

  it("a range that ends before it begins", () =>
    refused({ range: { from: "2026-05-31", to: "2026-05-01" } }).toThrow(
      "Did you mean 2026-05-01 to 2026-05-31?",
    ));

  it("a range in the future", () =>
    refused({ range: { from: "2026-07-01", to: "2026-07-31" } }).toThrow(/lies in the future.*2026-06-15/));

  it("a day that does not exist", () =>
    refused({ range: { from: "2026-02-30", to: "2026-03-05" } }).toThrow("range"));

  it("a zone that does not exist", async () => {
    const context = world.at(now);
    const lost = { ...context, account: { ...context.account, time_zone: "America/New_Yrok" } };
    await expect(runMetricQuery({ metrics: ["orders"], range: may }, lost)).rejects.toThrow(
      /"America\/New_Yrok" does not exist. Did you mean America\/New_York/,
    );
  });

  it("a filter value that matches nothing", () =>
    refused({ filters: { dimension: "product", is: ["Starter kid"] } }).toThrow(
      'No product is called "Starter kid". The nearest is "Starter kit".',
    ));

  it("an order that is no part of the question", () =>
    refused({ order: { by: "orders" } }).toThrow(/Order by revenue_collected/));

  it("keeps currencies apart instead of adding them", async () => {
    const { totals, notes } = await runMetricQuery(
      { metrics: ["revenue_collected"], range: may },
      world.at(now),
    );
    expect(totals).toMatchObject([
      { currency: "EUR", revenue_collected: 800 },
      { currency: "USD", revenue_collected: 1_000 },
    ]);
    expect(notes).toContain("Amounts in EUR, USD are kept apart and never added.");
  });

  it("says n/a where there is nothing to divide by", async () => {
    const { totals } = await runMetricQuery(
      { metrics: ["aov"], range: { from: "2026-01-01", to: "2026-01-31" } },
      world.at(now),
    );
    expect(totals).toMatchObject([{ aov: null }]);
  });

  it("marks months in which people may still buy", async () => {
    const { rows } = await runMetricQuery(
      { metrics: ["lead_conversion_rate"], grain: "month", range: { from: "2026-02-01", to: "2026-05-31" } },
      world.at(now),
    );
    // 90 days after the end of February lie before 15 June, those after March do not.
    expect(rows.map(({ time, immature }) => [time, immature === true])).toEqual([
      ["2026-02-01", false],
      ["2026-03-01", true],
      ["2026-04-01", true],
      ["2026-05-01", true],
    ]);
  });
});
