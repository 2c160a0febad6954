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
async function mergeTwo(): Promise<{ lost: number; survivor: number }> {
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
  return { lost, survivor };
}

async function unexplained(): Promise<unknown[]> {
  const deps = { ...world.deps, rpc: world.hooks.rpc, actor: "test" };
  const { mismatches, complete } = await runVerify(deps, { restart: true });
  expect(complete).toBe(true);
  return mismatches.filter((one) => one.class === "unexplained");
}

describe("a person who was merged into another", () => {
  it.each(["before", "after"])(
    "leaves nothing behind when the worker dies %s it is gone here",
    async (when) => {
      const { lost, survivor } = await mergeTwo();
      const { store } = world.deps;
      const dying = {
        ...store,
        async confirmGoneKeys(...args: Parameters<typeof store.confirmGoneKeys>) {
          if (when === "after") await store.confirmGoneKeys(...args);
          throw new Killed();
        },
      };
      await expect(runPoll({ ...world.deps, store: dying }, { force: true })).rejects.toThrow(Killed);
      await runPoll(world.deps, { force: true });
      const [attempts] = await world.sql<{ lost: number; here: number }>(
        `select count(*) filter (where contact_keap_id = $2)::int as lost, count(*)::int as here
       from transactions where account_id = $1 and deleted_at is null`,
        [world.accountId, lost],
      );
      expect(attempts).toEqual({ lost: 0, here: world.sandbox.account.transactions.size });
      expect(await unexplained()).toEqual([]);
      // who it was merged into, though what told so was moved by the run that was killed
      const [gone] = await world.sql<{ into: number | null; survivor: string | null }>(
        `select c.merged_into_keap_id::int as into, s.supabase_id as survivor from contacts c
       left join contacts s on s.account_id = c.account_id and s.supabase_id = c.merged_into_id and s.keap_id = c.merged_into_keap_id
       where c.account_id = $1 and c.keap_id = $2 and c.deleted_at is not null`,
        [world.accountId, lost],
      );
      expect(gone).toEqual({ into: survivor, survivor: expect.any(String) });
      // the tag's earlier time as well
      expect((await world.compare()).differences).toEqual([]);
    },
  );

  it("is told by what a page has moved before anybody missed them", async () => {
    const { account } = world.sandbox;
    const [order] = [...account.orders.values()].filter((one) =>
      account.contacts.has(Number(one.contact_id)),
    );
    const lost = Number(order?.contact_id);
    const survivor = [...account.contacts.keys()].find((id) => id !== lost) ?? 0;
    await runPoll(world.deps, { force: true });
    await world.sandbox.asUser("POST", "/v2/contacts:merge", {
      contact_id: String(survivor),
      duplicate_contact_id: String(lost),
    });
    const changed = await world.sandbox.asUser("PATCH", `/v2/orders/${order?.id}?update_mask=order_title`, {
      order_title: "Moved",
    });
    expect(changed.status).toBe(200);
    await world.sandbox.clock.advance(90_000);
    await runPoll(world.deps, { force: true, only: ["orders"] });
    const moved = await world.sql(
      "select contact_keap_id::int as contact from orders where account_id = $1 and keap_id = $2",
      [world.accountId, Number(order?.id)],
    );
    expect(moved).toEqual([{ contact: survivor }]);
    const hung = await world.deps.hooks?.recordsOfContacts(world.accountId, [lost]);
    expect(hung?.orders?.[lost]).toContain(Number(order?.id));
    await runPoll(world.deps, { force: true });
    const gone = await world.sql(
      "select merged_into_keap_id::int as into from contacts where account_id = $1 and keap_id = $2 and deleted_at is not null",
      [world.accountId, lost],
    );
    expect(gone).toEqual([{ into: survivor }]);
  });
});
