import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runChart } from "../charts/run-chart";
import { fillRandomAccount } from "../testing/random-account";
import { openWorlds, type World } from "../testing/world";
import { chartsInOrder } from "./board";
import { getReadyBoard, readyBoards } from "./ready";

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world();
  await fillRandomAccount(world, 5);
});
afterAll(() => worlds.stop());

describe("ready boards", () => {
  for (const board of readyBoards) {
    const { id } = board;
    const charts = chartsInOrder(board);
    it(`answers every chart of ${id}`, async () => {
      for (const { spec } of charts) {
        const result = await runChart(spec, world.at("2026-11-20T20:00:00Z"));
        // Nobody here has tags without use, waits on affiliates or a sync of their own.
        if (["affiliates", "sync", "hygiene"].includes(id)) continue;
        expect(result.rows.length, spec.title).toBeGreaterThan(0);
      }
    });

    it(`lays ${id} out without overlap`, () => {
      const taken = new Set<string>();
      for (const { layout } of charts) {
        expect(layout.x + layout.w).toBeLessThanOrEqual(12);
        for (let x = layout.x; x < layout.x + layout.w; x++) {
          for (let y = layout.y; y < layout.y + layout.h; y++) {
            expect(taken.has(`${x} ${y}`)).toBe(false);
            taken.add(`${x} ${y}`);
          }
        }
      }
    });
  }

  it("finds a board by its id", () => {
    expect(getReadyBoard("revenue")?.name).toBe("Revenue");
    expect(getReadyBoard("nothing")).toBeUndefined();
  });
});
