import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { pay, sell, subscribe } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
const now = "2026-06-15T16:00:00Z";
const range = { from: "2026-01-01", to: "2026-05-31" };

/**
 * New York. Ada buys on Sunday 4 January 2026 at 22:30 there (Monday in UTC), adds something two hours later, and buys
 * again in March; Bob buys once, with a code.
 */
const orders = [
  { keap_id: 1, contact: 1, at: "2026-01-05T03:30:00Z", total: 10_000 },
  { keap_id: 2, contact: 1, at: "2026-01-05T05:30:00Z", total: 2_000 },
  { keap_id: 3, contact: 1, at: "2026-03-03T15:00:00Z", total: 4_000 },
  { keap_id: 4, contact: 2, at: "2026-03-03T15:20:00Z", total: 8_000 },
];

beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world({ time_zone: "America/New_York" });
  await world.insert("contacts", [
    { keap_id: 1, given_name: "Ada" },
    { keap_id: 2, given_name: "Bob" },
  ]);
  await sell(
    world,
    orders.map(({ total, ...order }) => ({ ...order, total, items: [{ price: total }] })),
  );
  await pay(
    world,
    orders.map(({ keap_id, contact, at, total }) => ({
      keap_id,
      contact,
      orders: [keap_id],
      at,
      amount: total,
    })),
  );
  const { error } = await world.database.service
    .from("orders")
    .update({ promo_code: " SPRING " })
    .eq("account_id", world.account.id)
    .eq("keap_id", 4);
  if (error) throw new Error(error.message);
  await world.insert("opportunity_stages", [
    { keap_id: 1, name: "New", outcome: "active", stage_order: 1 },
    { keap_id: 2, name: "Won", outcome: "won", stage_order: 2 },
    { keap_id: 3, name: "Lost", outcome: "lost", stage_order: 3 },
  ]);
  const deal = { contact_keap_id: 1, keap_created_at: "2026-02-01T12:00:00Z" };
  await world.insert("opportunities", [
    {
      ...deal,
      keap_id: 1,
      stage_keap_id: 2,
      projected_revenue_low_minor: 100_000,
      stage_entered_at: "2026-02-11T12:00:00Z",
    },
    {
      ...deal,
      keap_id: 2,
      stage_keap_id: 2,
      projected_revenue_low_minor: 300_000,
      stage_entered_at: "2026-02-21T12:00:00Z",
    },
    {
      ...deal,
      keap_id: 3,
      stage_keap_id: 3,
      objection: "Too expensive",
      projected_revenue_low_minor: 50_000,
      stage_entered_at: "2026-02-21T12:00:00Z",
    },
    {
      ...deal,
      keap_id: 4,
      stage_keap_id: 3,
      objection: " Too expensive",
      projected_revenue_low_minor: 70_000,
      projected_revenue_high_minor: 90_000,
      stage_entered_at: "2026-02-22T12:00:00Z",
    },
    {
      ...deal,
      keap_id: 5,
      stage_keap_id: 3,
      projected_revenue_low_minor: 10_000,
      stage_entered_at: "2026-02-23T12:00:00Z",
    },
  ]);
});
afterAll(() => worlds.stop());

const ask = async (metric: string, dimension?: string) => {
  const { rows } = await runMetricQuery(
    { metrics: [metric], dimensions: dimension ? [dimension] : [], range },
    world.at(now),
  );
  return Object.fromEntries(rows.map((row) => [dimension ? row[dimension] : "all", row[metric]]));
};

describe("what an order was", () => {
  it("tells first purchases from later ones, all orders within a day of the first with it", async () => {
    expect(await ask("orders", "purchase")).toEqual({ first: 3, repeat: 1 });
    expect(await ask("revenue_collected", "purchase")).toEqual({ first: 20_000, repeat: 4_000 });
    expect(await ask("buyers", "purchase")).toEqual({ first: 2, repeat: 1 });
  });

  it("tells orders apart by their promo code, those without one as unknown", async () => {
    expect(await ask("orders", "promo_code")).toEqual({ SPRING: 1, unknown: 3 });
    expect(await ask("revenue_collected", "promo_code")).toEqual({ SPRING: 8_000, unknown: 16_000 });
  });

  it("can be a condition", async () => {
    const { totals } = await runMetricQuery(
      { metrics: ["aov"], range, filters: { dimension: "purchase", is: ["repeat"] } },
      world.at(now),
    );
    expect(totals).toMatchObject([{ aov: 4_000 }]);
  });
});

describe("the month of the first purchase", () => {
  it("can be one in which nobody began", async () => {
    const { totals } = await runMetricQuery(
      {
        metrics: ["revenue_collected"],
        range,
        filters: { dimension: "cohort", is: ["2026-01", "2026-02"] },
      },
      world.at(now),
    );
    // Ada began in January; all she paid counts.
    expect(totals).toMatchObject([{ revenue_collected: 16_000 }]);
  });
});

describe("when it happened", () => {
  it("is told in the account's zone", async () => {
    expect(await ask("orders", "weekday")).toEqual({ Sunday: 1, Monday: 1, Tuesday: 2 });
    expect(await ask("orders", "hour")).toEqual({ "22:00": 1, "00:00": 1, "10:00": 2 });
  });
});

describe("what lead sources cost", () => {
  it("is the sum of what was noted on them in the period", async () => {
    await world.insert("lead_sources", [{ keap_id: 1, name: "Ads" }]);
    await world.insert("lead_source_expenses", [
      { keap_id: 1, lead_source_keap_id: 1, amount_minor: 20_000, incurred_at: "2026-02-10" },
      { keap_id: 2, lead_source_keap_id: 1, amount_minor: 5_000, incurred_at: "2026-03-10" },
      { keap_id: 3, lead_source_keap_id: 1, amount_minor: 9_000, incurred_at: "2025-12-10" },
    ]);
    expect(await ask("marketing_cost")).toEqual({ all: 25_000 });
    expect(await ask("marketing_cost", "lead_source")).toEqual({ Ads: 25_000 });
  });
});

describe("deals", () => {
  it("are lost for the reasons that were written down", async () => {
    expect(await ask("deals_lost", "loss_reason")).toEqual({ "Too expensive": 2, unknown: 1 });
  });

  it("are worth what was hoped for, when they are lost", async () => {
    // 500.00, and 800.00 as the mean of 700.00 and 900.00.
    expect(await ask("deals_lost_value", "loss_reason")).toEqual({
      "Too expensive": 130_000,
      unknown: 10_000,
    });
  });

  it("are created once, whatever becomes of them", async () => {
    expect(await ask("deals_created")).toEqual({ all: 5 });
    expect(await ask("deals_created", "stage")).toEqual({ Won: 2, Lost: 3 });
  });

  it("have a size and take days on average, of those that were won", async () => {
    expect(await ask("deal_size")).toEqual({ all: 200_000 });
    // Ten days and twenty.
    expect(await ask("days_to_win")).toEqual({ all: 15 });
  });
});

describe("memberships", () => {
  it("end for the reason that was written down with the one that ended, and net new MRR is what stays of them", async () => {
    const other = await worlds.world({ time_zone: "America/New_York" });
    await other.insert("contacts", [{ keap_id: 1 }, { keap_id: 2 }, { keap_id: 3 }]);
    const left = (keap_id: number, contact: number, reason: string | null) => ({
      keap_id,
      contact,
      amount: 1_000,
      from: "2026-01-05",
      columns: { active: false, next_bill_date: "2026-03-05", reason_stopped: reason },
    });
    await subscribe(other, [
      left(1, 1, " Too expensive "),
      left(2, 2, null),
      // Replaced by a dearer one, so that nobody left.
      left(3, 3, "Upgraded"),
      { keap_id: 4, contact: 3, amount: 2_500, from: "2026-03-05" },
    ]);
    const of = async (metric: string, dimensions: string[]) => {
      const { rows } = await runMetricQuery({ metrics: [metric], dimensions, range }, other.at(now));
      return Object.fromEntries(rows.map((row) => [dimensions[0] ? row[dimensions[0]] : "all", row[metric]]));
    };
    expect(await of("subscribers_lost", ["stop_reason"])).toEqual({
      "Too expensive": 1,
      unknown: 1,
      Upgraded: 0,
    });
    // 3 × 10.00 came, 2 × 10.00 went, one grew by 15.00.
    expect(await of("mrr_net_new", [])).toEqual({ all: 2_500 });
  });
});
