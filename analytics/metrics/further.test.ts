import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { pay, sell, subscribe } from "../testing/sell";
import { openWorlds, type Row, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

const now = "2026-06-15T16:00:00Z";
const people = async (count: number, columns: Row = {}): Promise<World> => {
  const world = await worlds.world();
  await world.insert(
    "contacts",
    Array.from({ length: count }, (_, index) => ({ keap_id: index + 1, ...columns })),
  );
  return world;
};
const values = async (world: World, metrics: string[], from: string, to: string) => {
  const row = (await runMetricQuery({ metrics, range: { from, to } }, world.at(now))).totals[0] ?? {};
  return Object.fromEntries(metrics.map((metric) => [metric, row[metric]]));
};
const buy = (keap_id: number, contact: number, day: string, total = 100) => ({
  keap_id,
  contact,
  at: `${day}T12:00:00Z`,
  total,
  items: [{ price: total }],
});

describe("subscribers over time", () => {
  it("looks back to the start of the range", async () => {
    // Four pay on 1 March. One leaves in March, one in April; one more joins in March and counts for nothing.
    const world = await people(5);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-10" },
      { keap_id: 2, contact: 2, amount: 1_000, from: "2026-01-10" },
      { keap_id: 3, contact: 3, amount: 1_000, from: "2026-01-10", until: "2026-03-20" },
      { keap_id: 4, contact: 4, amount: 1_000, from: "2026-01-10", until: "2026-04-20" },
      { keap_id: 5, contact: 5, amount: 1_000, from: "2026-03-10" },
    ]);
    const result = await runMetricQuery(
      { metrics: ["stick_rate"], grain: "month", range: { from: "2026-03-01", to: "2026-05-31" } },
      world.at(now),
    );
    expect(result.rows.map((row) => row.stick_rate)).toEqual([0.75, 0.5, 0.5]);
    expect(result.totals[0]?.stick_rate).toBe(0.5);
  });

  it("caps lifetime value at sixty months", async () => {
    // 10 pay 10.00 a month; 3 of them leave in April: 30 % in 30 days, 30.416667 % of a month of 365/12 days.
    // 10.00 ÷ 0.30416667 is 32.88. With two gone it is n/a; with 3 of 1,000 the cap of 600.00 would hold.
    const world = await people(10);
    const all = Array.from({ length: 10 }, (_, index) => ({
      keap_id: index + 1,
      contact: index + 1,
      amount: 1_000,
      from: "2026-01-10",
      ...(index < 3 ? { until: "2026-04-20" } : {}),
    }));
    await subscribe(world, all);
    expect(await values(world, ["subscription_ltv"], "2026-04-01", "2026-04-30")).toEqual({
      subscription_ltv: 3_288,
    });
    expect(await values(world, ["subscription_ltv"], "2026-05-01", "2026-05-31")).toEqual({
      subscription_ltv: null,
    });
  });

  it("counts cycles that ran out and were renewed", async () => {
    // Billed on 10 January, February and March, then no more: of the three cycles two were renewed.
    const world = await people(1);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-10", until: "2026-04-10" },
    ]);
    const bill = (keap_id: number, day: string) => ({
      ...buy(keap_id, 1, day, 1_000),
      items: [{ price: 1_000, type: "SUBSCRIPTION", subscription: 1 }],
    });
    await sell(world, [bill(2, "2026-02-10"), bill(3, "2026-03-10")]);
    expect(await values(world, ["renewal_rate"], "2026-01-01", "2026-05-01")).toEqual({
      renewal_rate: 0.666667,
    });
  });
});

describe("leads on their way", () => {
  it("keeps who has not bought in the median", async () => {
    // Five leads of 1 January: one buys after 10 days, one after 20, one after 40; two wait. Half have bought by day 40.
    const world = await people(5, { keap_created_at: "2026-01-01T12:00:00Z" });
    const first = [buy(1, 1, "2026-01-11"), buy(2, 2, "2026-01-21")];
    await sell(world, first);
    const ask = () => values(world, ["time_to_first_purchase"], "2026-01-01", "2026-01-31");
    expect(await ask()).toEqual({ time_to_first_purchase: null });
    await sell(world, [buy(3, 3, "2026-02-10")]);
    expect(await ask()).toEqual({ time_to_first_purchase: 40 });
    // Imported people are left out: of four, two bought by day 20.
    await world.database.sql(
      "update public.contacts set source_type = 'IMPORT' where account_id = $1 and keap_id = 5",
      [world.account.id],
    );
    expect(await ask()).toEqual({ time_to_first_purchase: 20 });
  });

  it("spreads a recurring cost over its days", async () => {
    // 31.00 on 1 March and again on 1 April: a unit a day in March. Two leads by 10 March: 10.00 ÷ 2.
    const world = await worlds.world();
    await world.insert("lead_sources", [{ keap_id: 1, name: "Ads" }]);
    await world.insert("contacts", [
      { keap_id: 1, keap_created_at: "2026-03-05T12:00:00Z" },
      { keap_id: 2, keap_created_at: "2026-03-06T12:00:00Z" },
    ]);
    await world.insert(
      "lead_source_expenses",
      ["2026-03-01", "2026-04-01"].map((day, index) => ({
        keap_id: index + 1,
        lead_source_keap_id: 1,
        amount_minor: 3_100,
        currency: "USD",
        incurred_at: `${day}T12:00:00Z`,
        recurring_expense_keap_id: 9,
      })),
    );
    await sell(world, [buy(1, 1, "2026-03-07", 4_000)]);
    await pay(world, [{ keap_id: 1, contact: 1, orders: [1], at: "2026-03-07T12:00:00Z", amount: 4_000 }]);
    // (40.00 − 10.00) ÷ 10.00
    expect(await values(world, ["cost_per_lead", "lead_source_roi"], "2026-03-01", "2026-03-10")).toEqual({
      cost_per_lead: 500,
      lead_source_roi: 3,
    });
  });

  it("counts a first purchase strictly after a tag", async () => {
    const world = await people(4);
    await world.insert("tags", [{ keap_id: 1, name: "Webinar" }]);
    await world.insert(
      "contact_tags",
      [1, 2, 3, 4].map((contact_keap_id) => ({
        contact_keap_id,
        tag_keap_id: 1,
        applied_at: "2026-01-10T12:00:00Z",
      })),
    );
    // One was a customer before, one buys after 89 days, one after 91, one never: 1 of 3.
    await sell(world, [buy(1, 1, "2026-01-05"), buy(2, 2, "2026-04-09"), buy(3, 3, "2026-04-11")]);
    expect(await values(world, ["tag_funnel"], "2026-01-01", "2026-01-31")).toEqual({ tag_funnel: 0.333333 });
  });
});

describe("customers in groups", () => {
  it("scores recency, frequency and value", async () => {
    // Five people, bought last in January to May for 10 to 50.00, once each but the last, who bought six times.
    // R 1 to 5; F 1,1,1,1,5; M 1 to 5 (the last: 6 × 50.00). FM: 1, 2 (1.5 up), 2, 3 (2.5 up), 5.
    const world = await people(5);
    const days = ["2026-01-10", "2026-02-10", "2026-03-10", "2026-04-10", "2026-05-10"];
    await sell(world, [
      ...days.map((day, index) => buy(index + 1, index + 1, day, (index + 1) * 1_000)),
      ...[1, 2, 3, 4, 5].map((index) => buy(10 + index, 5, `2026-01-0${index}`, 5_000)),
    ]);
    const { rows } = await runMetricQuery(
      {
        metrics: ["rfm"],
        dimensions: ["rfm_group"],
        range: { from: "2026-06-01", to: "2026-06-10" },
      },
      world.at(now),
    );
    expect(Object.fromEntries(rows.map((row) => [row.rfm_group, row.rfm]))).toEqual({
      inactive: 2,
      "needs attention": 1,
      loyal: 1,
      champions: 1,
    });
  });
});

describe("deals", () => {
  it("counts skipped stages as reached", async () => {
    // A went 1 → 3, B stays in 1, C went 1 → 2 → 1, D began in 2 and was lost.
    const world = await worlds.world();
    await world.insert("opportunity_stages", [
      { keap_id: 1, name: "New", stage_order: 10, outcome: "active" },
      { keap_id: 2, name: "Offer", stage_order: 20, outcome: "active" },
      { keap_id: 3, name: "Won", stage_order: 30, outcome: "won" },
      { keap_id: 4, name: "Lost", stage_order: 40, outcome: "lost" },
    ]);
    const deal = (keap_id: number, stage_keap_id: number) => ({
      keap_id,
      stage_keap_id,
      keap_created_at: "2026-03-01T12:00:00Z",
    });
    await world.insert("opportunities", [deal(1, 3), deal(2, 1), deal(3, 1), deal(4, 4)]);
    const move = (keap_id: number, opportunity_keap_id: number, from: number, to: number, day: string) => ({
      keap_id,
      opportunity_keap_id,
      from_stage_keap_id: from,
      to_stage_keap_id: to,
      moved_at: `${day}T12:00:00Z`,
    });
    await world.insert("stage_moves", [
      move(1, 1, 1, 3, "2026-03-05"),
      move(2, 3, 1, 2, "2026-03-06"),
      move(3, 3, 2, 1, "2026-03-07"),
      move(4, 4, 2, 4, "2026-03-08"),
    ]);
    const { rows } = await runMetricQuery(
      {
        metrics: ["stage_conversion"],
        dimensions: ["stage"],
        range: { from: "2026-03-01", to: "2026-03-31" },
      },
      world.at(now),
    );
    // New: all four were there or further (D began beyond it); A, C and D went on. Offer: A, C, D; only A went on.
    expect(Object.fromEntries(rows.map((row) => [row.stage, row.stage_conversion]))).toEqual({
      New: 0.75,
      Offer: 0.333333,
    });
  });
});

describe("the state of addresses", () => {
  it("dates a change by when it was seen", async () => {
    const world = await worlds.world();
    const address = (email: string, email_opt_status: string) => ({
      EMAIL1: { email, email_opt_status, is_opt_in: true },
    });
    await world.insert("contacts", [
      {
        keap_id: 1,
        keap_created_at: "2026-01-05T12:00:00Z",
        email_addresses: address("ann@x.test", "CONFIRMED"),
      },
      { keap_id: 2, keap_created_at: "2026-01-05T12:00:00Z", email_addresses: address("bob@x.test", "SPAM") },
    ]);
    const clock = new Date().toISOString();
    const today = clock.slice(0, 10);
    const ask = async () => {
      const { rows } = await runMetricQuery(
        { metrics: ["list_health", "unsubscribes"], range: { preset: "this_year" } },
        world.at(new Date(Date.now() + 60_000).toISOString()),
      );
      return [rows[0]?.list_health, rows[0]?.unsubscribes];
    };
    expect(await ask(), today).toEqual([0.5, 0]);
    await world.database.sql(
      `update public.contacts set email_addresses = jsonb_set(email_addresses, '{EMAIL1,email_opt_status}', '"LIST_UNSUBSCRIBE"')
       where account_id = $1 and keap_id = 1`,
      [world.account.id],
    );
    expect(await ask()).toEqual([0, 1]);
  });
});
