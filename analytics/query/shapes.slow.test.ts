import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fillRandomAccount, randomSpan } from "../testing/random-account";
import { sell, subscribe } from "../testing/sell";
import { openWorlds } from "../testing/world";
import { runCohorts, runMrrBridge } from "./shapes";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
beforeAll(async () => {
  worlds = await openWorlds();
});
afterAll(() => worlds.stop());

describe("the bridge of recurring revenue", () => {
  it("closes to the cent for random accounts", async () => {
    for (const seed of [7, 8, 9]) {
      const world = await worlds.world({ time_zone: "Europe/Berlin" });
      await fillRandomAccount(world, seed);
      for (const grain of ["week", "month", "quarter"] as const) {
        const bridge = await runMrrBridge({ range: randomSpan, grain }, world.at("2026-11-20T20:00:00Z"));
        expect(bridge.steps.some(({ new_minor }) => new_minor > 0)).toBe(true);
        expect(bridge.closes, `seed ${seed} by ${grain}`).toBe(true);
      }
    }
  });

  it("opens with what was there before", async () => {
    const world = await worlds.world();
    await world.insert("contacts", [{ keap_id: 1 }, { keap_id: 2 }]);
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 1_000, from: "2026-01-10", until: "2026-03-10" },
      { keap_id: 2, contact: 2, amount: 300, from: "2026-02-10" },
    ]);
    const { steps } = await runMrrBridge(
      { range: { from: "2026-02-01", to: "2026-03-31" }, grain: "month" },
      world.at("2026-06-15T12:00:00Z"),
    );
    expect(
      steps.map((step) => [step.opening_minor, step.new_minor, step.churn_minor, step.closing_minor]),
    ).toEqual([
      [1_000, 300, 0, 1_300],
      [1_300, 0, 1_000, 300],
    ]);
  });
});

describe("cohorts", () => {
  it("follows subscribers to each month's end", async () => {
    // Four join in January; one leaves in January, one in March, one comes back in March: 75, 75, 75 % and, so far, 75 %.
    const world = await worlds.world();
    await world.insert(
      "contacts",
      [1, 2, 3, 4, 5].map((keap_id) => ({ keap_id })),
    );
    await subscribe(world, [
      { keap_id: 1, contact: 1, amount: 100, from: "2026-01-05" },
      { keap_id: 2, contact: 2, amount: 100, from: "2026-01-05", until: "2026-01-20" },
      { keap_id: 3, contact: 3, amount: 100, from: "2026-01-05", until: "2026-03-05" },
      { keap_id: 4, contact: 4, amount: 100, from: "2026-01-05" },
      { keap_id: 5, contact: 2, amount: 100, from: "2026-03-15" },
      { keap_id: 6, contact: 5, amount: 100, from: "2026-02-05" },
    ]);
    const table = await runCohorts(
      { kind: "subscription", range: { from: "2026-01-01", to: "2026-04-30" } },
      world.at("2026-04-15T12:00:00Z"),
    );
    expect(table.cohorts.map(({ time, size }) => [time, size])).toEqual([
      ["2026-01-01", 4],
      ["2026-02-01", 1],
      ["2026-03-01", 0],
      ["2026-04-01", 0],
    ]);
    expect(table.cohorts[0]?.cells.map(({ people, rate, immature }) => [people, rate, immature])).toEqual([
      [3, 0.75, false],
      [3, 0.75, false],
      [3, 0.75, false],
      [3, 0.75, true],
    ]);
    // Month 2: January's 3 of 4; February's own month 2 is April and immature. Month 3 is immature everywhere.
    expect(table.average).toEqual([0.8, 0.8, 0.75, null]);
  });

  it("counts buyers in the months they bought", async () => {
    const world = await worlds.world();
    await world.insert(
      "contacts",
      [1, 2].map((keap_id) => ({ keap_id })),
    );
    const buy = (keap_id: number, contact: number, at: string) => ({
      keap_id,
      contact,
      at: `${at}T12:00:00Z`,
      total: 100,
      items: [{ price: 100 }],
    });
    await sell(world, [
      buy(1, 1, "2026-01-05"),
      buy(2, 2, "2026-01-06"),
      buy(3, 1, "2026-03-07"),
      buy(4, 1, "2026-03-20"),
    ]);
    const table = await runCohorts(
      { kind: "purchase", range: { from: "2026-01-01", to: "2026-03-31" } },
      world.at("2026-06-15T12:00:00Z"),
    );
    expect(table.cohorts[0]?.cells.map(({ people, rate }) => [people, rate])).toEqual([
      [2, 1],
      [0, 0],
      [1, 0.5],
    ]);
  });
});
