import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runMetricQuery } from "../query/run";
import { fillRandomAccount, randomSpan } from "../testing/random-account";
import { openWorlds, type World } from "../testing/world";
import { runShape } from "./run-shape";
import { attributionModels } from "./shape";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

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
    const { rows } = await runShape(
      { shape: "rfm_moves", range: { from: "2026-06-01", to: "2026-10-31" } },
      context(),
    );
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
