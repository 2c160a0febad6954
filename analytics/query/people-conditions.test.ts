import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { drill } from "./drill";
import type { Filter, QueryInput } from "./query";
import { runMetricQuery } from "./run";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;

/** Ann (VIP, likes red, 30 points) paid 10 for a kit, Bob (red and blue, 5) 20 for a course, Cy (no field) 40 for both. */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await world.insert("custom_field_definitions", [
    {
      keap_id: 7,
      record_type: "CONTACT",
      label: "Favourite colour",
      field_name: "colour",
      field_type: "LIST_BOX",
    },
    { keap_id: 8, record_type: "CONTACT", label: "Points", field_name: "points", field_type: "WHOLE_NUMBER" },
    { keap_id: 9, record_type: "CONTACT", label: "Met on", field_name: "met", field_type: "DATE" },
    { keap_id: 10, record_type: "CONTACT", label: "Sizes", field_name: "sizes", field_type: "TEXT" },
  ]);
  await world.insert("tags", [{ keap_id: 1, name: "VIP" }]);
  await world.insert("products", [
    { keap_id: 1, name: "Kit" },
    { keap_id: 2, name: "Course" },
  ]);
  const people = await world.insert("contacts", [
    { keap_id: 1, given_name: "Ann", custom_fields: { "7": "Red", "8": 30, "9": "2026-02-01" } },
    {
      keap_id: 2,
      given_name: "Bob",
      custom_fields: { "7": ["Red", "Blue", " Red ", ""], "8": "5", "9": "2025-02-01", "10": ["S", "M"] },
    },
    { keap_id: 3, given_name: "Cy", custom_fields: { "8": "many" } },
  ]);
  await world.insert("contact_tags", [
    { contact_keap_id: 1, tag_keap_id: 1, applied_at: "2026-01-01T00:00:00Z" },
  ]);
  const bought: [number, number, number[]][] = [
    [1, 1_000, [1]],
    [2, 2_000, [2]],
    [3, 4_000, [1, 2]],
  ];
  for (const [person, total, products] of bought) {
    await sell(world, [
      {
        keap_id: person,
        contact: person,
        at: "2026-03-10T12:00:00Z",
        total,
        items: products.map((product) => ({ product, price: total / products.length })),
      },
    ]);
    await pay(world, [
      { keap_id: person, contact: person, orders: [person], at: "2026-03-10T12:00:00Z", amount: total },
    ]);
  }
  const segments = await world.database.sql<{ id: string }>(
    `insert into public.segments (account_id, name, kind, definition) values
      ($1, 'Frozen', 'static', '{}'), ($1, 'Reds', 'dynamic', '{"filters": {"field": "Favourite colour", "is": ["red"]}}') returning id`,
    [world.account.id],
  );
  await world.database.sql(
    "insert into public.segment_members (account_id, segment_id, contact_id) values ($1, $2, $3)",
    [world.account.id, segments[0]?.id, people[2]],
  );
});
afterAll(() => worlds.stop());

it("shows viewers no custom fields of people", async () => {
  const context = world.at("2026-04-10T12:00:00Z");
  const viewer = { ...context, principal: { ...context.principal, role: "viewer" as const } };
  for (const question of [
    { metrics: ["revenue_collected"], dimensions: ["field:Favourite colour"], range },
    {
      metrics: ["revenue_collected"],
      filters: { not: { field: "Favourite colour", is: ["red"] } } as Filter,
      range,
    },
  ]) {
    await expect(runMetricQuery(question, viewer)).rejects.toThrow(/not open to the role "viewer"/);
  }
});

const range = { from: "2026-03-01", to: "2026-03-31" };
const revenue = async (filters: Filter) => {
  const { totals } = await runMetricQuery(
    { metrics: ["revenue_collected"], filters, range },
    world.at("2026-04-10T12:00:00Z"),
  );
  return totals[0]?.revenue_collected;
};

describe("conditions on people", () => {
  it("keeps holders of tags in or out", async () => {
    expect(await revenue({ has_tag: ["VIP"] })).toBe(1_000);
    expect(await revenue({ without_tag: ["VIP"] })).toBe(6_000);
  });

  it("keeps buyers of products in or out", async () => {
    expect(await revenue({ bought_product: ["Kit"] })).toBe(5_000);
    expect(await revenue({ not_bought_product: ["Kit"] })).toBe(2_000);
  });

  it("compares custom fields with values", async () => {
    expect(await revenue({ field: "Favourite colour", is: ["red"] })).toBe(3_000);
    expect(await revenue({ field: "colour", is: ["BLUE"] })).toBe(2_000);
    expect(await revenue({ field: "7", is: ["unknown"] })).toBe(4_000);
  });

  it("compares custom fields with bounds", async () => {
    expect(await revenue({ field: "Points", at_least: 6 })).toBe(1_000);
    expect(await revenue({ field: "Points", at_least: 5, at_most: 30 })).toBe(3_000);
    expect(await revenue({ field: "Met on", at_most: "2025-12-31" })).toBe(2_000);
  });

  it("takes live segments by their conditions", async () => {
    expect(await revenue({ in_segment: ["Reds"] })).toBe(3_000);
    expect(await revenue({ in_segment: ["Frozen"] })).toBe(4_000);
    expect(await revenue({ and: [{ in_segment: ["Reds", "Frozen"] }, { not: { has_tag: ["VIP"] } }] })).toBe(
      6_000,
    );
  });

  it("names the nearest segment or field", async () => {
    await expect(revenue({ in_segment: ["Redds"] })).rejects.toThrow(
      'No segment is called "Redds". The nearest is "Reds".',
    );
    await expect(revenue({ field: "Pionts", is: ["1"] })).rejects.toThrow('The nearest is "Points"');
  });

  async function split(dimension: string, id: string, limit?: number) {
    const query: QueryInput = { metrics: ["revenue_collected"], dimensions: [dimension], range, limit };
    const context = world.at("2026-04-10T12:00:00Z");
    const result = await runMetricQuery(query, context);
    for (const row of result.rows) {
      const cell = { metric: "revenue_collected", dimensions: { [id]: String(row[`${id}_id`]) } };
      expect((await drill(query, cell, context)).total).toBe(row.revenue_collected);
    }
    return { ...result, values: result.rows.map((row) => [row[id], row.revenue_collected]) };
  }

  it("splits by each value of a custom field that holds several, and drills", async () => {
    const { values, columns, totals, notes } = await split("field:Favourite colour", "field_7");
    expect(columns[0]).toMatchObject({ id: "field_7", label: "Favourite colour" });
    expect(values).toEqual([
      ["unknown", 4_000],
      ["Red", 3_000],
      ["Blue", 2_000],
    ]);
    expect(totals[0]?.revenue_collected).toBe(7_000);
    expect(notes.join(" ")).toMatch(/Favourite colour: .*counts under each\. The rows overlap/);
  });

  it("splits by the whole value of other custom fields, with what a limit cut", async () => {
    expect((await split("field: 8", "field_8")).values).toEqual([
      ["many", 4_000],
      ["5", 2_000],
      ["30", 1_000],
    ]);
    expect((await split("field:Points", "field_8", 1)).values).toEqual([
      ["many", 4_000],
      ["others", 3_000],
    ]);
    expect((await split("field:Sizes", "field_10")).values).toEqual([
      ["unknown", 5_000],
      ["S, M", 2_000],
    ]);
  });

  it("orders by a custom field and takes one named twice once", async () => {
    const query: QueryInput = {
      metrics: ["revenue_collected"],
      dimensions: ["field:Points", "field:8"],
      order: { by: "field:Points", direction: "asc" },
      range,
    };
    const { rows } = await runMetricQuery(query, world.at("2026-04-10T12:00:00Z"));
    expect(rows.map((row) => row.field_8)).toEqual(["30", "5", "many"]);
  });

  it("names the nearest field, and what is not about people", async () => {
    const context = world.at("2026-04-10T12:00:00Z");
    const ask = (metric: string, dimension: string) =>
      runMetricQuery({ metrics: [metric], dimensions: [dimension], range }, context);
    await expect(ask("orders", "field:Pionts")).rejects.toThrow(
      'No custom field is called "Pionts". The nearest is "Points".',
    );
    await expect(ask("sync_lag", "field:Points")).rejects.toThrow(/not about people/);
  });
});
