import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { sell, subscribe } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

async function people(count: number): Promise<World> {
  const world = await worlds.world();
  await world.insert(
    "contacts",
    Array.from({ length: count }, (_, index) => ({ keap_id: index + 1 })),
  );
  return world;
}

const now = "2026-06-15T12:00:00Z";
const ask = (world: World, metrics: string[], from: string, to: string, grain?: "month" | "day") =>
  runMetricQuery({ metrics, range: { from, to }, ...(grain ? { grain } : {}) }, world.at(now));
const values = async (world: World, metrics: string[], from: string, to: string) => {
  const row = (await ask(world, metrics, from, to)).totals[0] ?? {};
  return Object.fromEntries(metrics.map((metric) => [metric, row[metric]]));
};

describe("monthly recurring revenue", () => {
  it("brings every cycle to a month", async () => {
    // $1,200 a year is $100; $2,000 a year $166.67; $100 a week × 365 ÷ 84 is $434.52; $10 a day × 365 ÷ 12 is $304.17.
    const world = await people(6);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 120_000, cycle: "YEAR", from: "2026-01-05" },
      { keap_id: 2, contact: 2, amount: 200_000, cycle: "YEAR", from: "2026-01-05" },
      { keap_id: 3, contact: 3, amount: 10_000, cycle: "WEEK", from: "2026-01-05" },
      { keap_id: 4, contact: 4, amount: 1_000, cycle: "DAY", from: "2026-01-05" },
      { keap_id: 5, contact: 5, amount: 9_000, cycle: "MONTH", frequency: 3, from: "2026-01-05" },
      { keap_id: 6, contact: 6, amount: 240_000, cycle: "YEAR", frequency: 2, from: "2026-01-05" },
    ]);
    const expected = [10_000, 16_667, 43_452, 30_417, 3_000, 10_000];
    const total = expected.reduce((sum, each) => sum + each, 0);
    const counts = await values(world, ["mrr", "arr", "active_subscriptions"], "2026-01-01", "2026-01-31");
    expect(counts).toEqual({ mrr: total, arr: 12 * total, active_subscriptions: 6 });
  });

  it("waits for the first payment above zero", async () => {
    const world = await people(3);
    await subscribe(world, [
      {
        keap_id: 1,
        contact: 1,
        amount: 1_000,
        from: "2026-01-05",
        unpaid: true,
        columns: { next_bill_date: "2026-12-05" },
      },
      { keap_id: 2, contact: 2, amount: 0, from: "2026-01-05" },
      { keap_id: 3, contact: 3, amount: 1_000, from: "2026-01-05" },
    ]);
    await world.database.sql(
      "update public.orders set total_paid_minor = 0 where account_id = $1 and keap_id = 100001",
      [world.account.id],
    );
    expect(await values(world, ["mrr", "subscribers"], "2026-01-01", "2026-01-31")).toEqual({
      mrr: 1_000,
      subscribers: 1,
    });
  });

  it("counts each period's end, not its days", async () => {
    const world = await people(2);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-05", until: "2026-03-01" },
      { keap_id: 2, contact: 1, amount: 500, from: "2026-02-10" },
      { keap_id: 3, contact: 2, amount: 200, from: "2026-02-10" },
    ]);
    const result = await ask(world, ["mrr", "subscribers", "arpa"], "2025-12-01", "2026-03-31", "month");
    expect(result.rows.map((row) => [row.mrr, row.subscribers, row.arpa])).toEqual([
      [0, 0, null],
      [1_000, 1, 1_000],
      [1_700, 2, 850],
      [700, 2, 350],
    ]);
    expect(result.totals[0]).toMatchObject({ mrr: 700, subscribers: 2, arpa: 350 });
  });
});

describe("the cancel date", () => {
  // Monthly, billed 1 March, next 1 April, cancelled 10 March, no end date.
  const cancelled = async (settings: Record<string, unknown> = {}) => {
    const world = await people(1);
    await world.database.sql("update public.accounts set settings = $2::jsonb where id = $1", [
      world.account.id,
      JSON.stringify(settings),
    ]);
    await subscribe(world, [
      {
        keap_id: 1,
        contact: 1,
        amount: 1_000,
        from: "2026-01-01",
        until: "2026-04-01",
        columns: {
          last_bill_date: "2026-03-01",
          cancelled_at: "2026-03-10T15:00:00Z",
          cancelled_source: "observed",
        },
      },
    ]);
    return world;
  };
  const churnDays = async (world: World) => {
    const { rows } = await ask(world, ["mrr_churn"], "2026-03-01", "2026-04-30", "day");
    return rows.filter((row) => row.mrr_churn !== 0).map((row) => [row.time, row.mrr_churn]);
  };

  it("books churn when the paid service ends", async () => {
    expect(await churnDays(await cancelled())).toEqual([["2026-04-01", 1_000]]);
  });

  it("books it at the cancellation if set so", async () => {
    expect(await churnDays(await cancelled({ churn_date: "cancelled_at" }))).toEqual([["2026-03-10", 1_000]]);
  });

  it("believes an end date within the paid period", async () => {
    const world = await cancelled();
    await world.database.sql(
      "update public.subscriptions set end_date = '2026-03-20' where account_id = $1",
      [world.account.id],
    );
    expect(await churnDays(world)).toEqual([["2026-03-20", 1_000]]);
    await world.database.sql(
      "update public.subscriptions set end_date = '2026-04-20' where account_id = $1",
      [world.account.id],
    );
    expect(await churnDays(world)).toEqual([["2026-04-01", 1_000]]);
    await world.database.sql(
      "update public.subscriptions set end_date = null, next_bill_date = null where account_id = $1",
      [world.account.id],
    );
    expect(await churnDays(world)).toEqual([["2026-04-01", 1_000]]);
  });

  it("shows a known end as scheduled churn", async () => {
    const world = await cancelled();
    expect(await values(world, ["scheduled_churn", "mrr"], "2026-03-01", "2026-03-31")).toEqual({
      scheduled_churn: 1_000,
      mrr: 1_000,
    });
    expect(await values(world, ["scheduled_churn", "mrr"], "2026-04-01", "2026-04-30")).toEqual({
      scheduled_churn: 0,
      mrr: 0,
    });
  });
});

describe("movements", () => {
  const kinds = ["mrr_new", "mrr_expansion", "mrr_contraction", "mrr_churn", "mrr_reactivation"];
  const moved = async (world: World, from: string, to: string) => {
    const row = await values(world, kinds, from, to);
    return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== 0));
  };

  it("takes a second subscription as expansion", async () => {
    const world = await people(1);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-05" },
      { keap_id: 2, contact: 1, amount: 400, from: "2026-02-05", until: "2026-04-05" },
    ]);
    expect(await moved(world, "2026-01-01", "2026-01-31")).toEqual({ mrr_new: 1_000 });
    expect(await moved(world, "2026-02-01", "2026-02-28")).toEqual({ mrr_expansion: 400 });
    expect(await moved(world, "2026-04-01", "2026-04-30")).toEqual({ mrr_contraction: 400 });
  });

  it("nets a swap within seven days", async () => {
    // The old one ends on 1 April, a larger one starts on 6 April: only 500 more, dated 6 April.
    const world = await people(2);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-01", until: "2026-04-01" },
      { keap_id: 2, contact: 1, amount: 1_500, from: "2026-04-06" },
      { keap_id: 3, contact: 2, amount: 1_000, from: "2026-01-01", until: "2026-04-01" },
      { keap_id: 4, contact: 2, amount: 1_500, from: "2026-04-20" },
    ]);
    expect(await moved(world, "2026-04-01", "2026-04-10")).toEqual({ mrr_expansion: 500, mrr_churn: 1_000 });
    expect(await moved(world, "2026-04-11", "2026-04-30")).toEqual({ mrr_reactivation: 1_500 });
  });

  it("never counts both sides of a swap", async () => {
    // Upgraded on 10 March, the day the old one was cancelled; the old one was paid until 1 April.
    const world = await people(1);
    await subscribe(world, [
      {
        keap_id: 1,
        contact: 1,
        amount: 1_000,
        from: "2026-01-01",
        until: "2026-04-01",
        columns: { cancelled_at: "2026-03-10T15:00:00Z" },
      },
      { keap_id: 2, contact: 1, amount: 1_200, from: "2026-03-10" },
    ]);
    expect(await values(world, ["mrr"], "2026-03-01", "2026-03-31")).toEqual({ mrr: 1_200 });
    expect(await moved(world, "2026-03-01", "2026-04-30")).toEqual({ mrr_expansion: 200 });
  });

  it("ends what is unpaid for thirty days", async () => {
    // A renewal of 1 May is open: at risk until 31 May, lost as of 1 May from then on.
    const world = await people(1);
    await subscribe(world, [{ keap_id: 1, contact: 1, amount: 1_000, from: "2026-04-01" }]);
    await sell(world, [
      {
        keap_id: 900,
        contact: 1,
        at: "2026-05-01T12:00:00Z",
        total: 1_000,
        items: [{ price: 1_000, type: "SUBSCRIPTION", subscription: 1 }],
      },
    ]);
    await world.database.sql(
      "update public.orders set total_paid_minor = 0 where account_id = $1 and keap_id = 900",
      [world.account.id],
    );
    const at = async (moment: string) => {
      const query = {
        metrics: ["mrr", "revenue_at_risk", "mrr_churn"],
        range: { preset: "this_month" as const },
      };
      const { mrr, revenue_at_risk, mrr_churn } =
        (await runMetricQuery(query, world.at(moment))).totals[0] ?? {};
      return [mrr, revenue_at_risk, mrr_churn];
    };
    expect(await at("2026-05-20T12:00:00Z")).toEqual([1_000, 1_000, 0]);
    expect(await at("2026-05-31T23:00:00Z")).toEqual([0, 0, 1_000]);
    await world.database.sql(
      "update public.orders set total_paid_minor = 1000 where account_id = $1 and keap_id = 900",
      [world.account.id],
    );
    expect(await at("2026-05-31T23:00:00Z")).toEqual([1_000, 0, 0]);
  });
});

describe("churn and retention", () => {
  it("counts who paid at the start only", async () => {
    // METRICS 5: 100 at the start, 50 join; 10 leave, one leaves and comes back, one joins and leaves: 10 %.
    const world = await people(150);
    const month = (contact: number) => ({ keap_id: contact, contact, amount: 1_000 });
    await subscribe(world, [
      ...Array.from({ length: 100 }, (_, index) => ({
        ...month(index + 1),
        from: "2026-01-10",
        ...(index < 10 ? { until: "2026-03-10" } : index === 10 ? { until: "2026-03-05" } : {}),
      })),
      ...Array.from({ length: 50 }, (_, index) => ({
        ...month(index + 101),
        from: "2026-03-06",
        ...(index === 0 ? { until: "2026-03-20" } : {}),
      })),
      { keap_id: 999, contact: 11, amount: 1_000, from: "2026-03-25" },
    ]);
    expect(await values(world, ["customer_churn_rate"], "2026-03-01", "2026-03-31")).toEqual({
      customer_churn_rate: 0.1,
    });
    const bridge = await values(
      world,
      ["mrr_new", "mrr_churn", "mrr_reactivation"],
      "2026-03-01",
      "2026-03-31",
    );
    expect(bridge).toEqual({ mrr_new: 50_000, mrr_churn: 12_000, mrr_reactivation: 1_000 });
  });

  it("keeps new and old customers out of retention", async () => {
    // METRICS 5: opening 10,000; churn 500, contraction 300, expansion 400, reactivation 200, new 1,000: NRR 96 %, GRR 92 %.
    const world = await people(6);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 870_000, from: "2026-01-10" },
      { keap_id: 2, contact: 2, amount: 50_000, from: "2026-01-10", until: "2026-03-10" },
      { keap_id: 3, contact: 3, amount: 50_000, from: "2026-01-10" },
      { keap_id: 4, contact: 3, amount: 30_000, from: "2026-01-10", until: "2026-03-10" },
      { keap_id: 5, contact: 1, amount: 40_000, from: "2026-03-12" },
      { keap_id: 6, contact: 4, amount: 20_000, from: "2026-01-10", until: "2026-02-10" },
      { keap_id: 7, contact: 4, amount: 20_000, from: "2026-03-12" },
      { keap_id: 8, contact: 5, amount: 100_000, from: "2026-03-12" },
    ]);
    const metrics = ["nrr", "grr", "revenue_churn_rate", "quick_ratio"];
    expect(await values(world, metrics, "2026-03-01", "2026-03-31")).toEqual({
      nrr: 0.96,
      grr: 0.92,
      revenue_churn_rate: 0.08,
      quick_ratio: 2,
    });
  });

  it("has no rate without an opening base", async () => {
    const world = await people(1);
    const metrics = ["customer_churn_rate", "nrr", "grr", "quick_ratio"];
    expect(await values(world, metrics, "2026-03-01", "2026-03-31")).toEqual({
      customer_churn_rate: null,
      nrr: null,
      grr: null,
      quick_ratio: null,
    });
  });
});
