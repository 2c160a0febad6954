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
