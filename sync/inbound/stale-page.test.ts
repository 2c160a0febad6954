import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import type { SyncDeps } from "../context";
import { runPush } from "../outbound/push";
import { type SyncWorld, startWorld } from "../testing/world";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 12 });
  await runBackfill(world.deps);
  await runPoll(world.deps, { force: true });
});
afterAll(() => database.stop());

type ListOptions = Parameters<SyncWorld["keap"]["contacts"]["list"]>[0];

/** Something happens after Keap has answered a list of contacts and before the page is stored. */
function between(when: (options: ListOptions) => boolean, happens: () => Promise<void>): SyncDeps {
  const { contacts } = world.keap;
  let once = true;
  const list: typeof contacts.list = async (options) => {
    const page = await contacts.list(options);
    if (once && when(options)) {
      once = false;
      await happens();
    }
    return page;
  };
  return { ...world.deps, keap: { ...world.keap, contacts: { ...contacts, list } } };
}

const person = async (offset: number) => {
  const [row] = await world.sql<{ supabase_id: string; keap_id: number }>(
    "select supabase_id, keap_id from contacts where account_id = $1 and deleted_at is null order by keap_id offset $2 limit 1",
    [world.accountId, offset],
  );
  if (!row) throw new Error("There is no such contact.");
  return row;
};

describe("a page read before a push", () => {
  it("does not undo what was pushed", async () => {
    const { supabase_id, keap_id } = await person(0);
    const asUser = (change: Record<string, string>) =>
      world.sandbox.asUser("PATCH", `/v2/contacts/${keap_id}?update_mask=${Object.keys(change)}`, change);
    await asUser({ job_title: "Seen by the poll" });
    const deps = between(
      (options) => options?.filter?.start_update_time !== undefined,
      async () => {
        await world.sql("update contacts set given_name = 'Pushed meanwhile' where supabase_id = $1", [
          supabase_id,
        ]);
        expect(await runPush(world.deps)).toMatchObject({ updated: 1 });
      },
    );
    const row = async () =>
      (
        await world.sql("select given_name, job_title, sync_status from contacts where supabase_id = $1", [
          supabase_id,
        ])
      )[0];
    await runPoll(deps, { force: true, only: ["contacts"] });
    const pushed = { given_name: "Pushed meanwhile", job_title: "Seen by the poll", sync_status: "synced" };
    expect(await row()).toEqual(pushed);

    // what Keap changes later still arrives
    await asUser({ job_title: "Changed later" });
    await runPoll(world.deps, { force: true, only: ["contacts"] });
    expect(await row()).toEqual({ ...pushed, job_title: "Changed later" });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("does not take off a tag just applied", async () => {
    const { supabase_id } = await person(1);
    const [tag] = await world.sql<{ supabase_id: string }>(
      `select supabase_id from tags t where account_id = $1 and keap_id is not null
        and not exists (select from contact_tags l where l.tag_id = t.supabase_id and l.contact_id = $2) limit 1`,
      [world.accountId, supabase_id],
    );
    const deps = between(
      (options) => options?.filter?.contact_id !== undefined,
      async () => {
        await world.sql("insert into contact_tags (account_id, contact_id, tag_id) values ($1, $2, $3)", [
          world.accountId,
          supabase_id,
          tag?.supabase_id,
        ]);
        expect(await runPush(world.deps)).toMatchObject({ tags_applied: 1 });
        // the page was on its way with the tags as they were before
      },
    );
    await runPoll(deps, { force: true, only: ["contact_tags"] });
    expect(
      await world.sql(
        "select sync_status from contact_tags where contact_id = $1 and tag_id = $2 and removed_at is null",
        [supabase_id, tag?.supabase_id],
      ),
    ).toEqual([{ sync_status: "synced" }]);
    await runPoll(world.deps, { force: true });
    expect((await world.compare()).differences).toEqual([]);
  });
});
