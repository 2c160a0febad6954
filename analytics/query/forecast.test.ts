import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pay } from "../testing/sell";
import { openWorlds, type World } from "../testing/world";
import { findAnomalies, forecastMetric } from "./forecast";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;

/** Every day 100.00, Saturdays 300.00, from 1 June to 19 July 2026; on 8 July nothing came in. */
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  const days = Array.from({ length: 49 }, (_, at) =>
    new Date(Date.UTC(2026, 5, 1 + at)).toISOString().slice(0, 10),
  );
  await pay(
    world,
    days
      .filter((day) => day !== "2026-07-08")
      .map((day, at) => ({
        keap_id: at + 1,
        at: `${day}T16:00:00Z`,
        amount: new Date(`${day}T00:00:00Z`).getUTCDay() === 6 ? 30_000 : 10_000,
      })),
  );
});
afterAll(() => worlds.stop());

describe("forecasting a metric", () => {
  it("sees the weekend coming", async () => {
    const [forecast] = await forecastMetric(
      { metric: "revenue_collected", grain: "day", ahead: 7 },
      world.at("2026-07-20T15:00:00Z"),
    );
    expect(forecast).toMatchObject({ currency: "USD", held_back: 7 });
    expect(forecast?.past.length).toBe(49);
    expect(forecast?.points.map(({ time }) => time).at(0)).toBe("2026-07-20");
    const saturday = forecast?.points.find(({ time }) => time === "2026-07-25");
    expect(saturday?.expected).toBeGreaterThan(25_000);
    expect(saturday?.expected).toBeLessThan(35_000);
    expect(forecast?.points[0]?.expected).toBeLessThan(15_000);
  });

  it("knows what the month under way holds so far", async () => {
    const steady = await worlds.world();
    // 1,000.00 on the third of each of 24 months, then 700.00 on 3 June: half of June is over on the 16th at noon in UTC.
    const months = Array.from({ length: 25 }, (_, at) => new Date(Date.UTC(2024, 5 + at, 3, 16)));
    await pay(
      steady,
      months.map((at, index) => ({
        keap_id: index + 1,
        at: at.toISOString(),
        amount: index === 24 ? 70_000 : 100_000,
      })),
    );
    const [forecast] = await forecastMetric(
      { metric: "revenue_collected", grain: "month", ahead: 2 },
      // Midnight of the 16th in New York: 15 of 30 days.
      steady.at("2026-06-16T04:00:00Z"),
    );
    expect(forecast?.running).toEqual({ time: "2026-06-01", value: 70_000, elapsed: 0.5 });
    expect(forecast?.points).toEqual([
      { time: "2026-06-01", expected: 120_000, low: 120_000, high: 120_000 },
      { time: "2026-07-01", expected: 100_000, low: 100_000, high: 100_000 },
    ]);
  });

  it("goes on from where a stock stands now", async () => {
    const growing = await worlds.world();
    // Two people a month for 24 months, then six in the first half of June: 48 + 6.
    const days = [
      ...Array.from({ length: 24 }, (_, at) => [2, at]).flatMap(([many = 0, at = 0]) =>
        Array.from({ length: many }, () => new Date(Date.UTC(2024, 5 + at, 3, 16))),
      ),
      ...Array.from({ length: 6 }, () => new Date(Date.UTC(2026, 5, 3, 16))),
    ];
    await growing.insert(
      "contacts",
      days.map((day, at) => ({ keap_id: at + 1, given_name: "P", keap_created_at: day.toISOString() })),
    );
    const [forecast] = await forecastMetric(
      { metric: "contacts", grain: "month", ahead: 2 },
      growing.at("2026-06-16T04:00:00Z"),
    );
    expect(forecast?.running?.value).toBe(54);
    // Half a month is left of a trend of two a month: one more; then two.
    expect(forecast?.points.map(({ expected }) => expected)).toEqual([55, 57]);
  });

  it("says how much history is missing", async () => {
    await expect(
      forecastMetric(
        { metric: "revenue_collected", grain: "month", ahead: 3 },
        world.at("2026-07-20T15:00:00Z"),
      ),
    ).rejects.toThrow("needs at least 8 completed months with data; there are 1");
  });

  it("flags the day on which nothing came", async () => {
    const found = await findAnomalies(
      { metric: "revenue_collected", grain: "day", range: { from: "2026-06-01", to: "2026-07-19" } },
      world.at("2026-07-20T15:00:00Z"),
    );
    expect(found).toMatchObject([{ time: "2026-07-08", value: 0, expected: 10_000, currency: "USD" }]);
  });
});
