import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { type SyncWorld, startWorld } from "../testing/world";
import { runPush } from "./push";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 12 });
  await runBackfill(world.deps);
});
afterAll(() => database.stop());

async function addPeople(name: string, count: number): Promise<void> {
  await world.sql(
    "insert into contacts (account_id, given_name, email) select $1::uuid, $2, $2 || n || '@example.test' from generate_series(1, $3::int) n",
    [world.accountId, name, count],
  );
}

/** A new address gets its sending rights in Keap; they come with the next look at that list. */
async function differences(): Promise<string[]> {
  return (await world.compare()).differences.filter((one) => !one.startsWith("email_addresses_status"));
}

/** How often each address of this name stands in Keap. */
function inKeap(name: string): number[] {
  const found = new Map<string, number>();
  for (const one of world.sandbox.account.contacts.values()) {
    const [email] = JSON.stringify(one).match(new RegExp(`${name}\\d+@example`)) ?? [];
    if (email) found.set(email, (found.get(email) ?? 0) + 1);
  }
  return [...found.values()];
}

/** What a run that took too long looks like to the next one. */
const age = async () => {
  await world.sql(
    "update sync.leases set lease_until = now() - interval '1 s' where account_id = $1 and name = 'push'",
    [world.accountId],
  );
  await world.sql(
    "update sync.dirty set lease_until = now() - interval '1 s' where account_id = $1 and state = 'claimed'",
    [world.accountId],
  );
};

/** A run that stops right before Keap gets the n-th create, until told to go on. */
function stalled(n: number) {
  let reached: () => void = () => undefined;
  let go: () => void = () => undefined;
  const atCreate = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const told = new Promise<void>((resolve) => {
    go = resolve;
  });
  let creates = 0;
  const { contacts } = world.keap;
  const create: typeof contacts.create = async (body, options) => {
    creates += 1;
    if (creates === n) {
      reached();
      await told;
    }
    return contacts.create(body, options);
  };
  const deps = { ...world.deps, keap: { ...world.keap, contacts: { ...contacts, create } } };
  return { run: runPush(deps), atCreate, goOn: () => go() };
}

describe("two pushes of one account", () => {
  it("do not work side by side", async () => {
    await addPeople("Pair", 3);
    const first = stalled(1);
    await first.atCreate;
    expect(await runPush(world.deps)).toMatchObject({ state: "done", busy: true, claimed: 0, created: 0 });
    first.goOn();
    expect(await first.run).toMatchObject({ created: 3, busy: false });
    expect(inKeap("Pair")).toEqual([1, 1, 1]);
  });

  it("create a person once when the second takes over", async () => {
    await addPeople("Late", 4);
    const first = stalled(2);
    await first.atCreate;
    await age();
    // the second makes what is left, and leaves alone what may be on its way
    expect(await runPush(world.deps)).toMatchObject({ state: "done", created: 2, retried: 1, busy: false });
    await world.sql(
      "insert into sync.leases (account_id, name, owner, lease_until) values ($1, 'push', 'third', now() + interval '1 min')",
      [world.accountId],
    );
    first.goOn();
    expect(await first.run).toMatchObject({ state: "done", busy: true, created: 2 });
    expect(inKeap("Late").sort()).toEqual([1, 1, 1, 1]);
    await world.sql("delete from sync.leases where account_id = $1", [world.accountId]);
    await world.sql("update sync.dirty set next_attempt_at = now() where account_id = $1", [world.accountId]);
    expect(await runPush(world.deps)).toMatchObject({ state: "done", created: 0, failed: 0 });
    expect(inKeap("Late").sort()).toEqual([1, 1, 1, 1]);
    expect(await differences()).toEqual([]);
  });

  it("hold a few creates at a time", async () => {
    await addPeople("Many", 12);
    const first = stalled(1);
    await first.atCreate;
    const [held] = await world.sql(
      "select count(*)::int as n from sync.dirty where account_id = $1 and state = 'claimed'",
      [world.accountId],
    );
    expect(held).toEqual({ n: 10 });
    first.goOn();
    expect(await first.run).toMatchObject({ created: 12 });
  });
});

describe("a tag changed in Keap while the person was edited here", () => {
  it("arrives with the push", async () => {
    const [person] = await world.sql<{ supabase_id: string; keap_id: number }>(
      "select supabase_id, keap_id from contacts where account_id = $1 and deleted_at is null order by keap_id limit 1",
      [world.accountId],
    );
    const id = person?.keap_id ?? 0;
    const held = world.sandbox.account.contactTags.get(id) ?? new Map<number, string>();
    const [off] = [...held.keys()];
    const on = [...world.sandbox.account.tags.keys()].find((tag) => !held.has(tag)) ?? 0;
    await world.sandbox.asUser("POST", `/v2/tags/${on}/contacts:applyTags`, { contact_ids: [String(id)] });
    if (off)
      await world.sandbox.asUser("POST", `/v2/tags/${off}/contacts:removeTags`, {
        contact_ids: [String(id)],
      });
    await world.sql("update contacts set given_name = 'Edited here' where supabase_id = $1", [
      person?.supabase_id,
    ]);
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1 });
    await runPoll(world.deps, { force: true, only: ["contacts"] });
    expect(
      await world.sql(
        "select tag_keap_id from contact_tags where contact_id = $1 and removed_at is null order by 1",
        [person?.supabase_id],
      ),
    ).toEqual(
      [...(world.sandbox.account.contactTags.get(id)?.keys() ?? [])]
        .sort((a, b) => a - b)
        .map((tag_keap_id) => ({ tag_keap_id })),
    );
    expect(await differences()).toEqual([]);
  });
});
