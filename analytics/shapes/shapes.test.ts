import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chartOf, shapeChartSchema } from "../charts/any-chart";
import { pay, sell, subscribe } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { drillShape } from "./drill-shape";
import { runShape } from "./run-shape";
import { survivalAt } from "./survival";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

describe("survival", () => {
  it("follows Kaplan and Meier by hand", () => {
    // Five people: ends after 10, 20 and 30 days, seen for 15 and 40 days without an end.
    const stays = [
      { days: 10, ended: true, count: 1 },
      { days: 15, ended: false, count: 1 },
      { days: 20, ended: true, count: 1 },
      { days: 30, ended: true, count: 1 },
      { days: 40, ended: false, count: 1 },
    ];
    expect(survivalAt(stays, 9)).toBe(1);
    expect(survivalAt(stays, 10)).toBeCloseTo(4 / 5, 12);
    expect(survivalAt(stays, 20)).toBeCloseTo((4 / 5) * (2 / 3), 12);
    expect(survivalAt(stays, 35)).toBeCloseTo((4 / 5) * (2 / 3) * (1 / 2), 12);
  });

  it("keeps the young subscriptions in", async () => {
    const world = await worlds.world();
    await world.insert(
      "contacts",
      [1, 2, 3].map((keap_id) => ({ keap_id, given_name: `P${keap_id}` })),
    );
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-01", until: "2026-02-15" },
      { keap_id: 2, contact: 2, amount: 1_000, from: "2026-01-01" },
      // Twenty days old at the moment of the question: no longer watched when the first one ends.
      { keap_id: 3, contact: 3, amount: 1_000, from: "2026-06-10" },
    ]);
    const { rows } = await runShape(
      { shape: "survival", range: { from: "2026-01-01", to: "2026-06-30" }, months: 3 },
      world.at("2026-06-30T12:00:00Z"),
    );
    expect(rows.map(({ watched, still_paying }) => [watched, still_paying])).toEqual([
      [3, 1],
      [2, 1],
      [1, 0.5],
      [1, 0.5],
    ]);
    expect(rows.map(({ left }) => left)).toEqual([0, 0, 1, 0]);
  });

  it("goes on through an upgrade", async () => {
    const world = await worlds.world({ time_zone: "UTC" });
    await world.insert(
      "contacts",
      [1, 2, 3, 4].map((keap_id) => ({ keap_id, given_name: `P${keap_id}` })),
    );
    await subscribe(world, [
      // 1 upgrades after 59 days, 2 stays.
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-01", until: "2026-03-01" },
      { keap_id: 2, contact: 1, amount: 3_000, from: "2026-03-01" },
      { keap_id: 3, contact: 2, amount: 1_000, from: "2026-01-01" },
      // 3 pays for two at once and drops one of them after 31 days.
      { keap_id: 4, contact: 3, amount: 1_000, from: "2026-01-01", until: "2026-02-01" },
      { keap_id: 5, contact: 3, amount: 1_000, from: "2026-01-15" },
      // 4 leaves after 31 days and comes back 28 days later, beyond the swap window of 7: two stays.
      { keap_id: 6, contact: 4, amount: 1_000, from: "2026-01-01", until: "2026-02-01" },
      { keap_id: 7, contact: 4, amount: 1_000, from: "2026-03-01" },
    ]);
    const { rows } = await runShape(
      { shape: "survival", range: { from: "2026-01-01", to: "2026-06-30" }, months: 2 },
      world.at("2026-06-30T12:00:00Z"),
    );
    // Five stays, all longer than 30.4 days. The one end comes after 30.5 days, whole: 30, within the first month.
    expect(rows).toMatchObject([
      { still_paying: 1, watched: 5, left: 0 },
      { still_paying: 0.8, watched: 4, left: 1 },
      { still_paying: 0.8, watched: 4, left: 0 },
    ]);
  });
});

describe("funnels", () => {
  let world: World;
  let opened = "";
  /**
   * Tag Opened → tag Clicked → first purchase, within 30 days. 1 does all three; 2 clicks on day 31; 3 clicks and does
   * not buy; 4 clicked before opening; 5 had bought before; 6 opened last week and still has time.
   */
  beforeAll(async () => {
    world = await worlds.world({ time_zone: "UTC" });
    const [first] = await world.insert("tags", [
      { keap_id: 1, name: "Opened" },
      { keap_id: 2, name: "Clicked" },
    ]);
    opened = first ?? "";
    await world.insert(
      "contacts",
      [1, 2, 3, 4, 5, 6].map((keap_id) => ({ keap_id, given_name: `P${keap_id}` })),
    );
    const tagged = (contact_keap_id: number, tag_keap_id: number, day: string) => ({
      contact_keap_id,
      tag_keap_id,
      applied_at: `${day}T00:00:00Z`,
    });
    await world.insert("contact_tags", [
      tagged(1, 1, "2026-03-01"),
      tagged(1, 2, "2026-03-03"),
      tagged(2, 1, "2026-03-01"),
      tagged(2, 2, "2026-04-01"),
      tagged(3, 1, "2026-03-02"),
      tagged(3, 2, "2026-03-08"),
      tagged(4, 1, "2026-03-05"),
      tagged(4, 2, "2026-03-04"),
      tagged(5, 1, "2026-03-10"),
      tagged(5, 2, "2026-03-11"),
      tagged(6, 1, "2026-05-25"),
    ]);
    await sell(world, [
      { keap_id: 1, contact: 1, at: "2026-03-20T00:00:00Z", total: 1_000, items: [{ price: 1_000 }] },
      { keap_id: 5, contact: 5, at: "2026-01-20T00:00:00Z", total: 1_000, items: [{ price: 1_000 }] },
    ]);
  });
  const query = {
    shape: "funnel" as const,
    steps: [{ tag: "Opened" }, { tag: "Clicked" }, { purchase: true as const }],
    range: { from: "2026-03-01", to: "2026-05-31" },
    window_days: 30,
  };

  it("counts each step after the last", async () => {
    const answer = await runShape(query, world.at("2026-06-01T00:00:00Z"));
    const { rows, notes } = answer;
    expect(rows).toMatchObject([
      { step: "Got the tag Opened", people: 5, mature_people: 4, from_start: 1 },
      { step: "Got the tag Clicked", people: 2, from_previous: 0.5, from_start: 0.5, median_days: 4 },
      { step: "Bought for the first time", people: 1, from_previous: 0.5, from_start: 0.25, median_days: 17 },
    ]);
    expect(notes).toEqual(["1 of 5 people still have time to go on: rates leave them out."]);
    expect(shapeChartSchema.parse(chartOf(answer))).toMatchObject({ drawing: { kind: "funnel" } });
  });

  it("calls a step by its name, however it was given", async () => {
    const steps = [{ tag: opened }, { tag: "CLICKED" }];
    const { title, rows } = await runShape({ ...query, steps }, world.at("2026-06-01T00:00:00Z"));
    expect(rows.map(({ step }) => step)).toEqual(["Got the tag Opened", "Got the tag Clicked"]);
    expect(title).toBe("Funnel from tag Opened to tag Clicked");
  });

  it("lists who dropped off where", async () => {
    const context = world.at("2026-06-01T00:00:00Z");
    const dropped = await drillShape(query, { column: "lost", row: "2" }, context);
    expect(dropped.rows.map((row) => row.contact_keap_id)).toEqual([3]);
    const reached = await drillShape(query, { column: "people", row: "2" }, context);
    expect([reached.row_count, reached.total]).toEqual([2, 2]);
    const viewer = world.at("2026-06-01T00:00:00Z", "viewer");
    await expect(drillShape(query, { column: "people", row: "1" }, viewer)).rejects.toThrow(
      "Viewers see the numbers",
    );
  });

  it("names the nearest column and step", async () => {
    const context = world.at("2026-06-01T00:00:00Z");
    await expect(drillShape(query, { column: "poeple", row: "1" }, context)).rejects.toThrow(
      'the nearest is "people"',
    );
    await expect(drillShape(query, { column: "people", row: "4" }, context)).rejects.toThrow(
      "It can be 1, 2, 3.",
    );
    await expect(runShape({ shape: "funel" } as never, context)).rejects.toThrow("The nearest is funnel");
  });

  it("names the nearest tag", async () => {
    const wrong = { ...query, steps: [{ tag: "Opend" }, { tag: "Clicked" }] };
    await expect(runShape(wrong, world.at("2026-06-01T00:00:00Z"))).rejects.toThrow(
      'The nearest is "Opened"',
    );
  });
});

describe("reconciliation", () => {
  it("explains each line by hand", async () => {
    const world = await worlds.world({ time_zone: "UTC" });
    const item = (price: number, type = "PRODUCT") => ({ price, type });
    await sell(world, [
      // March: 100.00 + 10.00 tax, of which 30.00 came in February and 50.00 in March.
      { keap_id: 1, at: "2026-03-05T00:00:00Z", total: 11_000, items: [item(10_000), item(1_000, "TAX")] },
      // February's 40.00, paid in March. April's 20.00, paid ahead in March.
      { keap_id: 2, at: "2026-02-05T00:00:00Z", total: 4_000, items: [item(4_000)] },
      { keap_id: 3, at: "2026-04-05T00:00:00Z", total: 2_000, items: [item(2_000)] },
    ]);
    await pay(world, [
      { keap_id: 1, orders: [1], at: "2026-02-20T00:00:00Z", amount: 3_000 },
      { keap_id: 2, orders: [1], at: "2026-03-20T00:00:00Z", amount: 5_000 },
      { keap_id: 3, orders: [2], at: "2026-03-21T00:00:00Z", amount: 4_000 },
      { keap_id: 4, orders: [3], at: "2026-03-22T00:00:00Z", amount: 2_000 },
      { keap_id: 5, at: "2026-03-23T00:00:00Z", amount: 700 },
    ]);
    const { rows } = await runShape(
      { shape: "reconciliation", range: { from: "2026-03-01", to: "2026-03-31" } },
      world.at("2026-06-01T00:00:00Z"),
    );
    expect(rows.map((row) => [row.line_id, row.amount])).toEqual([
      ["invoiced", 10_000],
      ["tax", 1_000],
      ["open", -3_000],
      ["prepaid", -3_000],
      ["earlier", 4_000],
      ["later", 2_000],
      ["elsewhere", 700],
      ["collected", 11_700],
    ]);
  });
});

describe("revenue cohorts", () => {
  it("takes a refund from the month it undoes", async () => {
    const world = await worlds.world({ time_zone: "UTC" });
    await world.insert("contacts", [{ keap_id: 1, given_name: "Ada" }]);
    await sell(world, [
      { keap_id: 1, contact: 1, at: "2026-01-10T00:00:00Z", total: 10_000, items: [{ price: 10_000 }] },
      { keap_id: 2, contact: 1, at: "2026-02-10T00:00:00Z", total: 5_000, items: [{ price: 5_000 }] },
    ]);
    await pay(world, [
      { keap_id: 1, contact: 1, orders: [1], at: "2026-01-10T00:00:00Z", amount: 10_000 },
      { keap_id: 2, contact: 1, orders: [2], at: "2026-02-10T00:00:00Z", amount: 5_000 },
      // In April: 20.00 of January's payment, named; 10.00 of the second order, the payment not named.
      {
        keap_id: 3,
        contact: 1,
        orders: [1],
        at: "2026-04-05T00:00:00Z",
        amount: 2_000,
        kind: "refund",
        refund_of: 1,
      },
      { keap_id: 4, contact: 1, orders: [2], at: "2026-04-06T00:00:00Z", amount: 1_000, kind: "refund" },
    ]);
    // A transaction alone, of January's payment: 3.00.
    await world.insert("transactions", [
      {
        keap_id: 9,
        natural_key: "r",
        contact_keap_id: 1,
        payment_keap_id: 1,
        order_keap_ids: [1],
        transaction_method: "REFUND",
        is_successful: true,
        amount_minor: -300,
        currency: "USD",
        transaction_at: "2026-04-07T00:00:00Z",
      },
    ]);
    const { rows } = await runShape(
      { shape: "revenue_cohorts", range: { from: "2026-01-01", to: "2026-04-30" } },
      world.at("2026-05-10T00:00:00Z"),
    );
    // January 100 − 20 − 3 = 77; February + 50 − 10 = 117; nothing after.
    expect(rows.map(({ month, revenue }) => [month, revenue])).toEqual([
      [0, 7_700],
      [1, 11_700],
      [2, 11_700],
      [3, 11_700],
    ]);
  });
});

describe("attribution beside its cost", () => {
  it("returns what came over what was spent", async () => {
    const world = await worlds.world({ time_zone: "UTC" });
    await world.insert("lead_sources", [
      { keap_id: 1, name: "Facebook Ads" },
      { keap_id: 2, name: "Fair" },
    ]);
    await world.insert("lead_source_expenses", [
      {
        keap_id: 1,
        lead_source_keap_id: 1,
        amount_minor: 4_000,
        currency: "USD",
        incurred_at: "2026-03-01T00:00:00Z",
      },
      {
        keap_id: 2,
        lead_source_keap_id: 2,
        amount_minor: 900,
        currency: "USD",
        incurred_at: "2026-03-02T00:00:00Z",
      },
    ]);
    const visit = (utm_source: string, created_at: string) => ({ utm_source, created_at });
    await world.insert("contacts", [
      {
        keap_id: 1,
        keap_created_at: "2026-03-01T00:00:00Z",
        lead_source_keap_id: 1,
        utm_parameters: [visit("facebook", "2026-03-01T00:00:00Z"), visit("blog", "2026-03-05T00:00:00Z")],
      },
      {
        keap_id: 2,
        keap_created_at: "2026-03-01T00:00:00Z",
        lead_source_keap_id: 1,
        utm_parameters: [visit("facebook", "2026-03-02T00:00:00Z")],
      },
    ]);
    await sell(world, [
      { keap_id: 1, contact: 1, at: "2026-03-10T00:00:00Z", total: 10_000, items: [{ price: 10_000 }] },
    ]);
    await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at: "2026-03-10T00:00:00Z", amount: 10_000 }]);
    const { rows, notes } = await runShape(
      {
        shape: "attribution",
        by: "touch",
        models: ["first", "linear"],
        range: { from: "2026-03-01", to: "2026-03-31" },
      },
      world.at("2026-06-01T00:00:00Z"),
    );
    // facebook: both of the source's people came by it, the blog brought one. First 100.00 over 40.00, linear 50.00.
    expect(rows).toMatchObject([
      { touch: "facebook", first: 10_000, linear: 5_000, cost: 4_000, first_roi: 1.5, linear_roi: 0.25 },
      { touch: "blog", first: 0, linear: 5_000, cost: null, first_roi: null },
    ]);
    expect(notes).toEqual([
      "Coverage: 100.0 % of the net revenue of people who came since tracking began is attributed, under the account's own model.",
      "Cost counted: Facebook Ads at facebook.",
      "Cost that belongs to no touch and is in no ROI: Fair ($9.00).",
    ]);
  });
});
