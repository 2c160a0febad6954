import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type SyncWorld, startWorld } from "../testing/world";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

describe("copying a whole account", () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await startWorld(database);
  });

  it("equals Keap record for record", async () => {
    const step = await runBackfill(world.deps);
    expect(step).toMatchObject({ complete: true, state: "done" });
    const { compared, differences } = await world.compare();
    expect(differences).toEqual([]);
    expect(compared.contacts).toBe(60);
    expect(compared.orders).toBeGreaterThan(0);
    expect(compared.contact_tags).toBeGreaterThan(0);
  });

  it("changes nothing when polled unchanged", async () => {
    const before = await world.sql(
      "select count(*)::int as n, sum(version)::int as v from contacts where account_id = $1",
      [world.accountId],
    );
    const journal = await world.sql("select count(*)::int as n from sync.journal where account_id = $1", [
      world.accountId,
    ]);
    world.forgetCalls();
    const result = await runPoll(world.deps, { force: true });
    expect(result).toMatchObject({ state: "done", changed: {}, errors: [] });
    expect(world.writes()).toEqual([]);
    expect(
      await world.sql(
        "select count(*)::int as n, sum(version)::int as v from contacts where account_id = $1",
        [world.accountId],
      ),
    ).toEqual(before);
    expect(
      await world.sql("select count(*)::int as n from sync.journal where account_id = $1", [world.accountId]),
    ).toEqual(journal);
    expect(await world.sql("select * from sync.dirty where account_id = $1", [world.accountId])).toEqual([]);
  });
});
