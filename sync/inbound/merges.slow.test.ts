import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type HookWorld, startHookWorld } from "../hooks/testing/hook-world";
import { runVerify } from "../operations/verify/verify";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: HookWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startHookWorld(database, { contacts: 30 });
  await runBackfill(world.deps);
  await runPoll(world.deps, { force: true });
});
afterAll(() => database.stop());

class Killed extends Error {}

/** Two people, the first with an attempt to pay, and a tag both have that the first had earlier. */
async function mergeTwo(): Promise<number> {
  const { account } = world.sandbox;
  const lost = Number([...account.transactions.values()].find((one) => one.contact_id)?.contact_id);
  const survivor = [...account.contacts.keys()].find((id) => id !== lost) ?? 0;
  const tag = [...account.tags.keys()][0] ?? 0;
  for (const [contact, time] of [
    [lost, "2026-01-02T00:00:00.000Z"],
    [survivor, "2026-03-04T00:00:00.000Z"],
  ] as const)
    account.contactTags.set(contact, new Map([...(account.contactTags.get(contact) ?? []), [tag, time]]));
  await runPoll(world.deps, { force: true });
  await world.sandbox.asUser("POST", "/v2/contacts:merge", {
    contact_id: String(survivor),
    duplicate_contact_id: String(lost),
  });
  return lost;
}

async function unexplained(): Promise<unknown[]> {
  const deps = { ...world.deps, rpc: world.hooks.rpc, actor: "test" };
  const { mismatches, complete } = await runVerify(deps, { restart: true });
  expect(complete).toBe(true);
  return mismatches.filter((one) => one.class === "unexplained");
}

describe("a person who was merged into another", () => {
  it("leaves nothing behind, also where the worker was killed", async () => {
    const lost = await mergeTwo();
    const { store } = world.deps;
    const dying = { ...store, confirmGoneKeys: () => Promise.reject(new Killed()) };
    await expect(runPoll({ ...world.deps, store: dying }, { force: true })).rejects.toThrow(Killed);
    await runPoll(world.deps, { force: true });
    const [attempts] = await world.sql<{ lost: number; here: number }>(
      `select count(*) filter (where contact_keap_id = $2)::int as lost, count(*)::int as here
       from transactions where account_id = $1 and deleted_at is null`,
      [world.accountId, lost],
    );
    expect(attempts).toEqual({ lost: 0, here: world.sandbox.account.transactions.size });
    expect(await unexplained()).toEqual([]);
    // the tag's earlier time as well
    expect((await world.compare()).differences).toEqual([]);
  });
});
