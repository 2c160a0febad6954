import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metrics } from "./metrics/catalog";
import { drill } from "./query/drill";
import type { QueryResult } from "./query/result";
import { runMetricQuery } from "./query/run";
import { fillRandomAccount, randomSpan } from "./testing/random-account";
import { exportRows, Reference } from "./testing/reference";
import { openWorlds, type World } from "./testing/world";

const now = "2026-11-20T20:00:00Z";
const accounts = [
  { seed: 11, time_zone: "America/New_York" },
  { seed: 22, time_zone: "Australia/Sydney" },
  { seed: 33, time_zone: "UTC" },
];

let worlds: Awaited<ReturnType<typeof openWorlds>>;
const filled: { world: World; reference: Reference }[] = [];
beforeAll(async () => {
  worlds = await openWorlds();
  for (const { seed, time_zone } of accounts) {
    const world = await worlds.world({ time_zone });
    await fillRandomAccount(world, seed);
    filled.push({ world, reference: new Reference(await exportRows(world, now)) });
  }
});
afterAll(() => worlds.stop());

/** Cells of an answer by `month|dimension value|currency`, zeros and n/a left out. */
function cellsOf(result: QueryResult, metric: string, dimension: string | null): Map<string, number> {
  const money = result.rows.some((row) => "currency" in row);
  const cells = new Map<string, number>();
  for (const row of result.rows) {
    const value = row[metric];
    if (value === null || value === undefined || value === 0) continue;
    const month = row.time ? String(row.time).slice(0, 7) : "";
    cells.set(
      `${month}|${dimension ? row[`${dimension}_id`] : ""}|${money ? row.currency : ""}`,
      Number(value),
    );
  }
  return cells;
}

const sorted = (cells: Iterable<[string, number | null]>) =>
  [...cells].filter(([, value]) => value !== 0 && value !== null).sort(([a], [b]) => (a < b ? -1 : 1));

/** Metrics of which some account had something to compare. */
const seen = new Set<string>();

describe("agreement with an independent reckoning", () => {
  for (const [index, { seed, time_zone }] of accounts.entries()) {
    for (const metric of metrics) {
      it(`agrees on ${metric.id} for account ${seed} in ${time_zone}`, async () => {
        const { world, reference } = filled[index] as (typeof filled)[number];
        // Each account takes a third of the dimensions, one of them over time: together they cover all.
        const own = metric.dimensions.filter((_, place) => place % accounts.length === index);
        for (const dimension of [null, ...own]) {
          for (const byMonth of dimension === null ? [false, true] : [dimension === own[0]]) {
            const dimensions = [...(byMonth ? ["time"] : []), ...(dimension ? [dimension] : [])];
            const result = await runMetricQuery(
              { metrics: [metric.id], dimensions, ...(byMonth ? { grain: "month" } : {}), range: randomSpan },
              world.at(now),
            );
            const expected = reference.values(metric.id, {
              dimension,
              byMonth,
              ...randomSpan,
              money: metric.unit === "money" || metric.per_currency === true,
            });
            if (expected.size > 0) seen.add(metric.id);
            expect(
              sorted(cellsOf(result, metric.id, dimension)),
              `${metric.id} by ${dimension} ${byMonth ? "and month" : ""}`,
            ).toEqual(sorted(expected));
          }
        }
      }, 60_000);
    }
  }
});

describe("identities over random accounts", () => {
  it("had something to compare for each metric", () => {
    expect(metrics.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  const anyMetric = fc.constantFrom(...metrics);
  const anyAccount = fc.integer({ min: 0, max: accounts.length - 1 });
  const anyGrain = fc.constantFrom("day", "week", "month", "quarter", "year");

  it("adds parts up to the total", async () => {
    await fc.assert(
      fc.asyncProperty(anyMetric, anyAccount, anyGrain, fc.nat(), async (metric, account, grain, choice) => {
        const { world } = filled[account] as (typeof filled)[number];
        const dimension = metric.dimensions[choice % metric.dimensions.length] as string;
        const grains = grain as "day" | "week" | "month" | "quarter" | "year";
        const result = await runMetricQuery(
          { metrics: [metric.id], dimensions: ["time", dimension], grain: grains, range: randomSpan },
          world.at(now),
        );
        const whole = await runMetricQuery({ metrics: [metric.id], range: randomSpan }, world.at(now));
        expect(result.totals).toEqual(whole.rows);
        if (!result.columns.find(({ id }) => id === metric.id)?.additive) return;
        for (const total of result.totals) {
          const rows = result.rows.filter((row) => row.currency === total.currency);
          expect(rows.reduce((sum, row) => sum + Number(row[metric.id]), 0)).toBe(total[metric.id]);
        }
      }),
      { numRuns: 25 },
    );
  });

  it("drills to what makes the cell", async () => {
    const anyDrilled = fc.constantFrom(...metrics.filter((metric) => metric.drill !== null));
    await fc.assert(
      fc.asyncProperty(
        anyDrilled,
        anyAccount,
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        async (metric, account, choice, at, limited) => {
          const { world } = filled[account] as (typeof filled)[number];
          const dimension = metric.dimensions[choice % metric.dimensions.length] as string;
          const query = {
            metrics: [metric.id],
            dimensions: ["time", dimension],
            grain: "quarter" as const,
            range: randomSpan,
            ...(limited ? { limit: 2 } : {}),
          };
          const result = await runMetricQuery(query, world.at(now));
          const row = result.rows[at % Math.max(1, result.rows.length)];
          if (!row) return;
          const cell = {
            metric: metric.id,
            time: String(row.time),
            dimensions: { [dimension]: String(row[`${dimension}_id`]) },
            ...(row.currency ? { currency: String(row.currency) } : {}),
          };
          const behind = await drill(query, cell, world.at(now), { limit: 1_000 });
          expect(behind.total).toBe(row[metric.id]);
          expect(behind.row_count).toBe(behind.rows.length);
          if (metric.measure.kind === "ratio") return;
          expect(behind.rows.reduce((sum, each) => sum + Number(each.value), 0)).toBe(row[metric.id]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it("never shows another account's rows", async () => {
    const empty = await worlds.world();
    for (const metric of metrics) {
      const result = await runMetricQuery(
        { metrics: [metric.id], dimensions: metric.dimensions.slice(0, 1), range: randomSpan },
        empty.at(now, "viewer"),
      );
      expect(result.rows).toEqual([]);
      if (!metric.drill || metric.better === "down") continue;
      const behind = await drill(
        { metrics: [metric.id], range: randomSpan },
        { metric: metric.id },
        empty.at(now),
      );
      expect(behind.rows).toEqual([]);
    }
    const product = (
      await (filled[0] as (typeof filled)[number]).world.database.sql<{ supabase_id: string }>(
        "select supabase_id from public.products limit 1",
      )
    )[0];
    await expect(
      runMetricQuery(
        { metrics: ["orders"], filters: { dimension: "product", is: [product?.supabase_id ?? ""] } },
        empty.at(now),
      ),
    ).rejects.toThrow("No product is called");
  });
});
