import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { metrics } from "./metrics/catalog";
import type { MetricDefinition } from "./metrics/definition";
import { personDimensions } from "./metrics/dimensions";
import { drill } from "./query/drill";
import { partsOf } from "./query/parts";
import { isOfPeople } from "./query/resolve";
import type { QueryResult } from "./query/result";
import { runMetricQuery } from "./query/run";
import { CountsReference } from "./testing/counts-reference";
import { fillRandomAccount, randomSpan } from "./testing/random-account";
import { exportRows } from "./testing/reference";
import { openWorlds, type World } from "./testing/world";

const now = "2026-11-20T20:00:00Z";
/** Each with choices of its own, so that what depends on one is seen to. */
const accounts = [
  { seed: 11, time_zone: "America/New_York", settings: { attribution_model: "linear" } },
  {
    seed: 22,
    time_zone: "Australia/Sydney",
    settings: { attribution_model: "position", swap_window_days: 20, deal_value: "high" },
  },
  {
    seed: 33,
    time_zone: "UTC",
    settings: { attribution_model: "decay", attribution_lookback_days: 200, email_revenue_days: 60 },
  },
];

let worlds: Awaited<ReturnType<typeof openWorlds>>;
const filled: { world: World; reference: CountsReference }[] = [];
beforeAll(async () => {
  worlds = await openWorlds();
  for (const { seed, time_zone, settings } of accounts) {
    const world = await worlds.world({ time_zone });
    await fillRandomAccount(world, seed);
    await world.database.sql("update public.accounts set settings = settings || $2::jsonb where id = $1", [
      world.account.id,
      JSON.stringify(settings),
    ]);
    filled.push({ world, reference: new CountsReference(await exportRows(world, now)) });
  }
}, 60_000);
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

/** Metrics that one query can ask together without changing each other: of the same rows, currency and dimensions. */
const groups: MetricDefinition[][] = [];
{
  const alike = new Map<string, MetricDefinition[]>();
  for (const metric of metrics) {
    const rows = partsOf(metric).map(({ aggregate }) => aggregate.fact);
    const perCurrency = metric.unit === "money" || metric.per_currency === true;
    const key = JSON.stringify([
      [...new Set(rows)].sort(),
      metric.matures_days,
      perCurrency,
      metric.dimensions,
    ]);
    const group = alike.get(key);
    if (group && group.length < 8) group.push(metric);
    else {
      const fresh = [metric];
      alike.set(key, fresh);
      groups.push(fresh);
    }
  }
}

describe("agreement with an independent reckoning", () => {
  for (const [index, { seed, time_zone }] of accounts.entries()) {
    for (const [place, group] of groups.entries()) {
      const ids = group.map(({ id }) => id);
      it(`agrees on ${ids.join(", ")} for account ${seed} in ${time_zone}`, async () => {
        const { world, reference } = filled[index] as (typeof filled)[number];
        const [first] = group as [MetricDefinition];
        // Each account takes a third of the metrics' own dimensions and one of those every person has, in turn;
        // together they cover all. The first account takes the whole range as one, the others month by month.
        const [personal, special] = [true, false].map((wanted) =>
          first.dimensions.filter((id) => personDimensions.includes(id) === wanted),
        ) as [string[], string[]];
        const turn = personal[(place * accounts.length + index) % Math.max(1, personal.length)];
        const own = [...special.filter((_, at) => at % accounts.length === index), ...(turn ? [turn] : [])];
        // And one account each group a custom field of people, in turn.
        if (isOfPeople(first) && place % accounts.length === index)
          own.push(place % 2 ? "field_71" : "field_72");
        for (const dimension of [null, ...own]) {
          const byMonth = dimension === null ? index > 0 : index === 0 && dimension === own[0];
          const dimensions = [
            ...(byMonth ? ["time"] : []),
            ...(dimension ? [dimension.replace(/^field_/, "field:")] : []),
          ];
          const result = await runMetricQuery(
            { metrics: ids, dimensions, ...(byMonth ? { grain: "month" } : {}), range: randomSpan },
            world.at(now),
          );
          for (const metric of group) {
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
      }, 120_000);
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
      { numRuns: 20 },
    );
  }, 120_000);

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
      { numRuns: 30 },
    );
  }, 120_000);

  it("never shows another account's rows", async () => {
    const empty = await worlds.world();
    for (const group of groups) {
      const [metric] = group as [MetricDefinition];
      const result = await runMetricQuery(
        {
          metrics: group.map(({ id }) => id),
          dimensions: metric.dimensions.slice(0, 1),
          range: randomSpan,
        },
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
  }, 120_000);

  it("keeps gross retention below net retention", async () => {
    for (const { world } of filled) {
      const { rows } = await runMetricQuery(
        { metrics: ["grr", "nrr"], dimensions: ["time", "owner"], grain: "month", range: randomSpan },
        world.at(now),
      );
      const known = rows.filter((row) => row.grr !== null);
      expect(known.length).toBeGreaterThan(0);
      for (const row of known) {
        expect(Number(row.grr)).toBeLessThanOrEqual(1);
        expect(Number(row.grr)).toBeLessThanOrEqual(Number(row.nrr));
      }
    }
  }, 120_000);

  it("shares out net revenue to the cent", async () => {
    for (const { world } of filled) {
      const ask = async (sql: string) => (await world.door(sql, [], world.principal)).rows;
      const net = await ask(
        "select currency, sum(case when kind = 'payment' then amount_minor else -amount_minor end)::bigint as net from analytics.payments group by 1 order by 1",
      );
      const shared = await ask(
        `select model, currency, sum(amount_minor)::bigint as net, count(*) filter (where touch is not null) as credits
         from analytics.attribution_credits group by 1, 2 order by 2`,
      );
      const models = ["first", "last", "lead_creation", "linear", "position", "w", "full_path", "decay"];
      for (const model of models) {
        const own = shared.filter((row) => row.model === model);
        expect(own.map(({ currency, net }) => ({ currency, net }))).toEqual(net);
        expect(
          own.some((row) => Number(row.credits) > 0),
          `${model} credits something`,
        ).toBe(true);
      }
    }
  }, 120_000);
});
