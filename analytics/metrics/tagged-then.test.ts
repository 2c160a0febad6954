import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drill } from "../query/drill";
import { runMetricQuery } from "../query/run";
import { pay, sell } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
const now = "2026-06-15T16:00:00Z";
const range = { from: "2026-01-01", to: "2026-05-31" };

/** Ada: VIP since February, Trial from January to March. She pays 10.00 in January, 20.00 in February, 40.00 in April. */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world({ time_zone: "UTC" });
  await world.insert("tags", [
    { keap_id: 1, name: "VIP" },
    { keap_id: 2, name: "Trial" },
  ]);
  await world.insert("contacts", [{ keap_id: 1, given_name: "Ada" }]);
  await world.insert("contact_tags", [
    { contact_keap_id: 1, tag_keap_id: 1, applied_at: "2026-02-01T00:00:00Z" },
    {
      contact_keap_id: 1,
      tag_keap_id: 2,
      applied_at: "2026-01-15T00:00:00Z",
      removed_at: "2026-03-01T00:00:00Z",
    },
  ]);
  const payments = [
    [1, "2026-01-10T00:00:00Z", 1_000],
    [2, "2026-02-10T00:00:00Z", 2_000],
    [3, "2026-04-10T00:00:00Z", 4_000],
  ] as const;
  await sell(
    world,
    payments.map(([keap_id, at, total]) => ({ keap_id, contact: 1, at, total, items: [{ price: total }] })),
  );
  await pay(
    world,
    payments.map(([keap_id, at, amount]) => ({ keap_id, contact: 1, orders: [keap_id], at, amount })),
  );
});
afterAll(() => worlds.stop());

const query = { metrics: ["revenue_collected"], dimensions: ["tag_at_the_time"], range };

describe("tags held at the time", () => {
  it("counts what was paid while the tag was held", async () => {
    const { rows, totals, notes } = await runMetricQuery(query, world.at(now));
    expect(Object.fromEntries(rows.map((row) => [row.tag_at_the_time, row.revenue_collected]))).toEqual({
      VIP: 6_000,
      Trial: 2_000,
      unknown: 1_000,
    });
    expect(totals).toMatchObject([{ revenue_collected: 7_000 }]);
    expect(notes.join(" ")).toContain("do not add up to the total");
  });

  it("differs from the tags held now", async () => {
    const { rows } = await runMetricQuery({ ...query, dimensions: ["tag"] }, world.at(now));
    expect(rows.map((row) => [row.tag, row.revenue_collected])).toEqual([["VIP", 7_000]]);
  });

  it("narrows to it without counting twice", async () => {
    const of = async (is: string[]) => {
      const { totals } = await runMetricQuery(
        { metrics: ["revenue_collected"], range, filters: { dimension: "tag_at_the_time", is } },
        world.at(now),
      );
      return totals[0]?.revenue_collected;
    };
    expect([await of(["VIP", "Trial"]), await of(["Trial"]), await of(["unknown"])]).toEqual([
      6_000, 2_000, 1_000,
    ]);
  });

  it("opens to the payments of the cell", async () => {
    const { rows } = await runMetricQuery(query, world.at(now));
    for (const row of rows) {
      const cell = {
        metric: "revenue_collected",
        dimensions: { tag_at_the_time: String(row.tag_at_the_time_id) },
        currency: "USD",
      };
      expect((await drill(query, cell, world.at(now))).total).toBe(row.revenue_collected);
    }
  });

  it("is not offered where nothing happens at a time", async () => {
    await expect(
      runMetricQuery({ metrics: ["mrr"], dimensions: ["tag_at_the_time"], range }, world.at(now)),
    ).rejects.toThrow("cannot be split by tag_at_the_time");
  });
});
