import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillRandomAccount } from "../testing/random-account";
import { sell } from "../testing/sell";
import { openWorlds } from "../testing/world";
import { explainChange } from "./explain";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

describe("explaining a change", () => {
  it("names what moved most, either way", async () => {
    // April 10 against March 8: books 7 less 2 is +5, mugs 0 less 4 is −4, pens 3 less 2 is +1; together +2.
    const world = await worlds.world();
    await world.insert(
      "products",
      ["Book", "Mug", "Pen"].map((name, index) => ({ keap_id: index + 1, name })),
    );
    const sale = (keap_id: number, at: string, product: number, quantity: number) => ({
      keap_id,
      at: `${at}T12:00:00Z`,
      total: 100,
      items: [{ product, price: 100, quantity }],
    });
    await sell(world, [
      sale(1, "2026-03-05", 1, 2),
      sale(2, "2026-03-05", 2, 4),
      sale(3, "2026-03-05", 3, 2),
      sale(4, "2026-04-05", 1, 7),
      sale(5, "2026-04-05", 3, 3),
    ]);
    const range = { from: "2026-04-01", to: "2026-04-30" };
    const [explained] = await explainChange(
      { metric: "units", dimension: "product", range, comparison: "previous_period" },
      world.at("2026-06-15T12:00:00Z"),
    );
    expect(explained).toMatchObject({ now: 10, before: 8, change: 2 });
    expect(explained?.contributions.map(({ label, change, share }) => [label, change, share])).toEqual([
      ["Book", 5, 2.5],
      ["Mug", -4, -2],
      ["Pen", 1, 0.5],
    ]);
  });

  it("adds contributions up to the change", async () => {
    const world = await worlds.world();
    await fillRandomAccount(world, 3);
    for (const metric of ["revenue_collected", "revenue_net", "new_leads", "sales_invoiced", "mrr"]) {
      for (const dimension of ["lead_source", "country", "customer_status"]) {
        const range = { from: "2026-06-01", to: "2026-08-31" };
        const answers = await explainChange(
          { metric, dimension, range, comparison: "previous_period" },
          world.at("2026-11-15T12:00:00Z"),
        );
        for (const { change, contributions } of answers) {
          expect(
            contributions.reduce((sum, each) => sum + each.change, 0),
            `${metric} by ${dimension}`,
          ).toBe(change);
        }
      }
    }
  });

  it("refuses what does not add up", async () => {
    const world = await worlds.world();
    const explain = (metric: string, dimension: string) =>
      explainChange(
        { metric, dimension, range: { preset: "this_month" }, comparison: "previous_period" },
        world.at("2026-06-15T12:00:00Z"),
      );
    await expect(explain("aov", "product")).rejects.toThrow("do not add up");
    await expect(explain("revenue_collected", "tag")).rejects.toThrow("another dimension such as product");
  });
});
