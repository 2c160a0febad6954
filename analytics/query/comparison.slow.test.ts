import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metrics } from "../metrics/catalog";
import { fillRandomAccount } from "../testing/random-account";
import { openWorlds, type World } from "../testing/world";
import { runMetricQuery } from "./run";

const now = "2026-11-20T20:00:00Z";
const range = { from: "2026-07-01", to: "2026-09-30" };
let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world({ time_zone: "America/New_York" });
  await fillRandomAccount(world, 51);
}, 60_000);
afterAll(() => worlds.stop());

/** Value of a metric by currency; a currency without any row is zero or n/a. */
const byCurrency = (rows: readonly Record<string, unknown>[], column: string) =>
  Object.fromEntries(
    rows.filter((row) => row[column]).map((row) => [String(row.currency ?? ""), row[column]]),
  );

describe("comparisons, totals and others of every metric", () => {
  for (const metric of metrics) {
    const { id } = metric;
    it(`compares ${id} with what it was then`, async () => {
      for (const comparison of ["previous_period", "previous_year"] as const) {
        const both = await runMetricQuery({ metrics: [id], range, comparison }, world.at(now));
        const { from, to } = both.comparison_range ?? { from: "", to: "" };
        expect([from, to]).toEqual(
          comparison === "previous_year" ? ["2025-07-01", "2025-09-30"] : ["2026-04-01", "2026-06-30"],
        );
        const then = await runMetricQuery({ metrics: [id], range: { from, to } }, world.at(now));
        expect(byCurrency(both.totals, `${id}__previous`)).toEqual(byCurrency(then.totals, id));
      }
    }, 60_000);

    it(`adds what ${id} cuts off to the others`, async () => {
      const [dimension] = metric.dimensions;
      const whole = await runMetricQuery({ metrics: [id], range }, world.at(now));
      const cut = await runMetricQuery(
        { metrics: [id], dimensions: [dimension as string], limit: 1, range },
        world.at(now),
      );
      // Whatever is shown, the total is that of the whole, worked out apart where rows do not add up.
      expect(byCurrency(cut.totals, id)).toEqual(byCurrency(whole.totals, id));
      if (!cut.columns.find((column) => column.id === id)?.additive) return;
      for (const total of cut.totals) {
        const rows = cut.rows.filter((row) => row.currency === total.currency);
        expect(rows.reduce((sum, row) => sum + Number(row[id]), 0)).toBe(Number(total[id]));
      }
    }, 60_000);
  }
});
