import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { EmailAddressRecord } from "@/sandbox/records";
import { emailAddressOf, putEmailAddress } from "@/sandbox/state";
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

  it("hears of an address's state by whichever of its people changed", async () => {
    const [one, ...others] = [...world.sandbox.account.contacts.values()].slice(0, 4);
    const email = "shared@example.test";
    const slots = ["EMAIL1", "EMAIL2", "EMAIL3"] as const;
    const give = (id: string, list: unknown[]) =>
      world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=email_addresses`, {
        email_addresses: list,
      });
    const seen = () =>
      world.sql<{ state: string }>(
        `select distinct e.value ->> 'email_opt_status' as state from contacts c, jsonb_each(c.email_addresses) e
         where c.account_id = $1 and lower(e.value ->> 'email') = $2`,
        [world.accountId, email],
      );
    await give(one?.id ?? "", [{ field: "EMAIL1", email }]);
    for (const [at, other] of others.entries())
      await give(other.id, [
        ...(at > 0 ? [{ field: "EMAIL1", email: `own${at}@example.test` }] : []),
        { field: slots[at], email: "Shared@Example.test" },
      ]);
    await runPoll(world.deps, { force: true });
    expect(await seen()).toEqual([{ state: "UNENGAGED_NON_MARKETABLE" }]);

    // later than what a poll looks back over
    await world.sandbox.clock.advance(60 * 60_000);
    const stranger = [...world.sandbox.account.contacts.keys()].at(-1);
    await world.sandbox.asUser("PATCH", `/v2/contacts/${stranger}?update_mask=job_title`, {
      job_title: "Cook",
    });
    await runPoll(world.deps, { force: true });
    // an opt-in through one of them; then a click on the link in a mail, which touches nobody
    await give(one?.id ?? "", [{ field: "EMAIL1", email, opt_in_reason: "Asked for it" }]);
    world.forgetCalls();
    await runPoll(world.deps, { only: ["contacts"], force: true });
    expect(await seen()).toEqual([{ state: "UNENGAGED_MARKETABLE" }]);
    expect(world.calls().filter(({ path }) => path.endsWith("/contacts"))).toHaveLength(2);
    const held = emailAddressOf(world.sandbox.account, email);
    putEmailAddress(world.sandbox.account, {
      ...(held as EmailAddressRecord),
      status: "LIST_UNSUBSCRIBE",
      last_click_time: world.sandbox.clock.iso(),
    });
    await runPoll(world.deps, { only: ["email_addresses_status"], force: true });
    expect(await seen()).toEqual([{ state: "LIST_UNSUBSCRIBE" }]);
    expect((await world.compare()).differences).toEqual([]);
  });
});
