import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { playHistory } from "./testing/history";
import { createPgliteSide } from "./testing/pglite-side";
import { openSimDatabase, type SimDatabase } from "./testing/sim-database";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const databases: SimDatabase[] = [];
beforeAll(async () => {
  for (let n = 0; n < 2; n += 1) databases.push(await openSimDatabase());
});
afterAll(async () => {
  for (const one of databases) await one.stop();
});

async function play(database: SimDatabase, seed: number): Promise<readonly string[]> {
  await database.begin(seed);
  const { account_id } = await database.createAccount({});
  const side = createPgliteSide(database, account_id, database);
  const { broken, log } = await playHistory({ seed, side, clock: database.clock, trace: true });
  expect(broken, `seed ${seed}`).toEqual({});
  return log;
}

it("plays a seed on Postgres twice alike", async () => {
  const [first, second] = databases as [SimDatabase, SimDatabase];
  // what came before it makes no difference
  await play(second, 11);
  for (const seed of [3, 4, 8]) expect(await play(second, seed)).toEqual(await play(first, seed));
});
