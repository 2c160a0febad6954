import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { fillRandomAccount, randomSpan } from "../testing/random-account";
import { pay, sell, subscribe } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { attributionModels } from "./attribution";
import { funnelPeople } from "./funnel";
import { runShape } from "./run-shape";
import { chartOf, shapeChartSchema, shapeQuerySchema } from "./shape";
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
  });
});

describe("funnels", () => {
  let world: World;
  /**
   * Tag Opened → tag Clicked → first purchase, within 30 days. 1 does all three; 2 clicks on day 31; 3 clicks and does
   * not buy; 4 clicked before opening; 5 had bought before; 6 opened last week and still has time.
   */
  beforeAll(async () => {
    world = await worlds.world({ time_zone: "UTC" });
    await world.insert("tags", [
      { keap_id: 1, name: "Opened" },
      { keap_id: 2, name: "Clicked" },
    ]);
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

  it("lists who dropped off where", async () => {
    const parsed = shapeQuerySchema.parse(query);
    if (parsed.shape !== "funnel") throw new Error("no funnel");
    const context = world.at("2026-06-01T00:00:00Z");
    const dropped = await funnelPeople(parsed, { step: 2 }, context);
    expect(dropped.rows.map((row) => row.contact_keap_id)).toEqual([3]);
    const stayed = await funnelPeople(parsed, { step: 1, went_on: true }, context);
    expect(stayed.row_count).toBe(2);
    const viewer = world.at("2026-06-01T00:00:00Z", "viewer");
    await expect(funnelPeople(parsed, { step: 1 }, viewer)).rejects.toThrow("Viewers see the numbers");
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

describe("shapes over a random account", () => {
  let world: World;
  const context = () => world.at("2026-11-20T20:00:00Z");
  beforeAll(async () => {
    world = await worlds.world({ time_zone: "America/New_York" });
    await fillRandomAccount(world, 41);
  });

  it("explains collected money to the cent", async () => {
    for (const range of [
      randomSpan,
      { from: "2026-02-01", to: "2026-02-28" },
      { from: "2026-05-10", to: "2026-09-30" },
    ]) {
      const { rows } = await runShape({ shape: "reconciliation", range }, context());
      const metric = await runMetricQuery(
        { metrics: ["revenue_collected", "sales_invoiced"], range },
        context(),
      );
      for (const total of metric.totals) {
        const own = rows.filter(({ currency }) => currency === total.currency);
        const amount = (id: string) => Number(own.find(({ line_id }) => line_id === id)?.amount ?? 0);
        const explained = own
          .filter(({ line_id }) => line_id !== "collected")
          .reduce((sum, row) => sum + Number(row.amount), 0);
        expect(explained).toBe(amount("collected"));
        expect(amount("collected")).toBe(total.revenue_collected);
        expect(amount("invoiced")).toBe(total.sales_invoiced);
      }
    }
  }, 60_000);

  it("credits all net revenue under each model", async () => {
    const { rows } = await runShape({ shape: "attribution", by: "touch", range: randomSpan }, context());
    const { totals } = await runMetricQuery({ metrics: ["revenue_net"], range: randomSpan }, context());
    expect(totals.length).toBeGreaterThan(0);
    for (const total of totals) {
      const own = rows.filter(({ currency }) => currency === total.currency);
      for (const [model] of attributionModels)
        expect(
          own.reduce((sum, row) => sum + Number(row[model]), 0),
          model,
        ).toBe(total.revenue_net);
    }
    expect(rows.some(({ touch_id }) => touch_id !== "unattributed")).toBe(true);
  }, 60_000);

  it("moves everybody between RFM groups once", async () => {
    const { rows } = await runShape({ shape: "rfm_moves", from: "2026-05-31", to: "2026-10-31" }, context());
    expect(rows.length).toBeGreaterThan(1);
    const people = rows.reduce((sum, row) => sum + Number(row.people), 0);
    const [known] = await world.database.sql<{ n: number }>(
      "select count(distinct contact_id)::int as n from public.orders where account_id = $1",
      [world.account.id],
    );
    expect(people).toBeGreaterThan(0);
    expect(people).toBeLessThanOrEqual(known?.n ?? 0);
  }, 60_000);

  it("adds cohorts up to what first buyers paid", async () => {
    const { rows } = await runShape({ shape: "revenue_cohorts", range: randomSpan }, context());
    const last = new Map(rows.map((row) => [`${row.time} ${row.currency}`, Number(row.revenue)]));
    const inDollars = [...last]
      .filter(([key]) => key.endsWith("USD"))
      .reduce((sum, [, revenue]) => sum + revenue, 0);
    const buyers = await world.door(
      `select coalesce(sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end), 0)::bigint as net
       from analytics.payments p join analytics.first_purchases f on f.contact_id = p.contact_id
       where p.currency = 'USD' and p.paid_at <= ($1->>0)::timestamptz and f.first_bought_at >= timestamp '2025-10-01' at time zone 'America/New_York'`,
      ["2026-11-20T20:00:00Z"],
      world.principal,
    );
    expect(inDollars).toBe(Number(buyers.rows[0]?.net));
    expect(rows.length).toBeGreaterThan(5);
  }, 60_000);
});
