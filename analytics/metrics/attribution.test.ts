import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { pay, sell } from "../testing/sell";
import { openWorlds, type Row, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const now = "2026-06-15T16:00:00Z";
const range = { from: "2026-01-01", to: "2026-06-15" };
const bought = "2026-03-31T12:00:00Z";
const visit = (utm_source: string, created_at: string) => ({ utm_source, created_at });

/** One person with visits who buys for 100.00 on 31 March, under a model. */
async function buyer(visits: Row[], settings: Row = {}, contact: Row = {}): Promise<World> {
  const world = await worlds.world();
  await world.database.sql("update public.accounts set settings = $2::jsonb where id = $1", [
    world.account.id,
    JSON.stringify(settings),
  ]);
  await world.insert("contacts", [
    { keap_id: 1, keap_created_at: "2026-03-10T12:00:00Z", utm_parameters: visits, ...contact },
  ]);
  await sell(world, [{ keap_id: 1, contact: 1, at: bought, total: 10_000, items: [{ price: 10_000 }] }]);
  await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at: bought, amount: 10_000 }]);
  return world;
}

async function credits(world: World): Promise<Record<string, unknown>> {
  const { rows } = await runMetricQuery(
    { metrics: ["attributed_revenue"], dimensions: ["touch"], range },
    world.at(now),
  );
  return Object.fromEntries(rows.map((row) => [row.touch, row.attributed_revenue]));
}

const four = [
  visit("fair", "2026-03-03T12:00:00Z"),
  visit("blog", "2026-03-10T12:00:00Z"),
  visit("ads", "2026-03-17T12:00:00Z"),
  visit("mail", "2026-03-24T12:00:00Z"),
];

describe("attribution models", () => {
  it("gives all to the last touch by default", async () => {
    expect(await credits(await buyer(four))).toEqual({ mail: 10_000 });
  });

  it("gives all to one touch where named", async () => {
    expect(await credits(await buyer(four, { attribution_model: "first" }))).toEqual({ fair: 10_000 });
    // The contact was made on 10 March, with the blog's visit.
    expect(await credits(await buyer(four, { attribution_model: "lead_creation" }))).toEqual({
      blog: 10_000,
    });
  });

  it("shares out by position, evenly and by age", async () => {
    // 40 first, 40 lead creation, 20 over the two others.
    expect(await credits(await buyer(four, { attribution_model: "position" }))).toEqual({
      fair: 4_000,
      blog: 4_000,
      ads: 1_000,
      mail: 1_000,
    });
    expect(await credits(await buyer(four.slice(0, 3), { attribution_model: "linear" }))).toEqual({
      fair: 3_334,
      blog: 3_333,
      ads: 3_333,
    });
    // Half a week's credit each week: 1 : 2 : 4 : 8 of 15, to the cent.
    expect(await credits(await buyer(four, { attribution_model: "decay" }))).toEqual({
      fair: 667,
      blog: 1_333,
      ads: 2_667,
      mail: 5_333,
    });
  });

  it("halves between two, gives one touch all", async () => {
    const two = four.slice(0, 2);
    expect(await credits(await buyer(two, { attribution_model: "position" }))).toEqual({
      fair: 5_000,
      blog: 5_000,
    });
    expect(await credits(await buyer(two.slice(0, 1), { attribution_model: "w" }))).toEqual({ fair: 10_000 });
  });

  it("gives a missing middle back pro rata", async () => {
    // First and lead creation are the same visit, so 40 + 40 against 20 for the two others.
    const visits = [four[1], four[2], four[3]] as Row[];
    expect(await credits(await buyer(visits, { attribution_model: "position" }))).toEqual({
      blog: 8_000,
      ads: 1_000,
      mail: 1_000,
    });
  });

  it("never shares out more than came", async () => {
    // Both visits lie 31 half-lives and more before the purchase.
    const old = [visit("fair", "2024-01-01T12:00:00Z"), visit("blog", "2024-01-08T12:00:00Z")];
    const settings = { attribution_model: "decay", attribution_lookback_days: 2_000 };
    expect(await credits(await buyer(old, settings))).toEqual({ fair: 3_333, blog: 6_667 });
  });
});

describe("what counts as a touch", () => {
  it("leaves out late, old, direct and repeated ones", async () => {
    const visits = [
      visit("ancient", "2025-12-01T12:00:00Z"),
      visit("blog", "2026-03-20T12:00:00Z"),
      visit("blog", "2026-03-20T18:00:00Z"),
      visit("ads", "2026-03-21T12:00:00Z"),
      visit("direct", "2026-03-30T12:00:00Z"),
      visit("late", "2026-04-01T12:00:00Z"),
      visit("broken", "2026-02-31T10:00"),
      // Times no zone is at: a cast would fail, and with it every question about attribution.
      visit("far", "2026-03-20T10:00:00+99:00"),
      visit("odd", "2026-03-20T10:00:00+05:75"),
    ];
    expect(await credits(await buyer(visits, { attribution_model: "linear" }))).toEqual({
      blog: 5_000,
      ads: 5_000,
    });
  });

  it("takes credit back with a refund", async () => {
    const world = await buyer(four.slice(0, 2), { attribution_model: "linear" });
    await pay(world, [
      {
        keap_id: 2,
        contact: 1,
        orders: [1],
        at: "2026-04-10T12:00:00Z",
        amount: 3_001,
        kind: "refund",
        refund_of: 1,
      },
    ]);
    // 50.00 each, less 15.01 and 15.00.
    expect(await credits(world)).toEqual({ fair: 3_499, blog: 3_500 });
  });

  it("lets a renewal inherit the first sale", async () => {
    const world = await buyer(
      [visit("ads", "2026-03-21T12:00:00Z")],
      {},
      { keap_created_at: "2026-03-21T12:00:00Z" },
    );
    await world.insert("subscriptions", [{ keap_id: 5, active: true, contact_keap_id: 1 }]);
    const bill = (keap_id: number, at: string) => ({
      keap_id,
      contact: 1,
      at,
      total: 2_000,
      items: [{ price: 2_000, type: "SUBSCRIPTION", subscription: 5 }],
    });
    await sell(world, [bill(10, "2026-03-31T13:00:00Z"), bill(11, "2026-05-31T13:00:00Z")]);
    await world.insert("interactions", [
      {
        keap_id: 1,
        kind: "email",
        contact_keap_id: 1,
        title: "News",
        occurred_at: "2026-05-20T12:00:00Z",
        clicked_at: "2026-05-20T13:00:00Z",
      },
    ]);
    await pay(world, [
      { keap_id: 10, contact: 1, orders: [10], at: "2026-03-31T13:00:00Z", amount: 2_000 },
      { keap_id: 11, contact: 1, orders: [11], at: "2026-05-31T13:00:00Z", amount: 2_000 },
    ]);
    // The click in May lies before the renewal, but the sale was brought by the advertisement.
    expect(await credits(world)).toEqual({ ads: 14_000 });
  });
});
