import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { type SyncWorld, startWorld } from "../testing/world";
import { runPush } from "./push";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let admin: string;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 80 });
  await runBackfill(world.deps);
  admin = (await database.signUp({ account_id: world.accountId, role: "admin" })).user_id;
});
afterAll(() => database.stop());

beforeEach(async () => {
  // an hour later
  await world.sql("delete from sync.passes where account_id = $1", [world.accountId]);
  world.forgetCalls();
});

interface Hold {
  hold_id: string;
  entity: string;
  kind: string;
  state: string;
  records: number;
  limit_records: number;
  origins: Record<string, number>;
  reason: string;
  decided_by: string | null;
}

const holds = async () => {
  const { data, error } = await database.service.rpc("sync_holds", { p_account: world.accountId });
  if (error) throw new Error(error.message);
  return (data as Hold[]).filter((one) => one.state === "waiting");
};
const onlyHold = async () => {
  const [first, ...others] = await holds();
  expect(others).toEqual([]);
  if (!first) throw new Error("Nothing is held.");
  return first;
};
const decide = async (what: "release" | "reject", hold: string, p_actor: string | null = admin) => {
  const args = { p_account: world.accountId, p_hold: hold, p_actor };
  return database.service.rpc(`sync_${what}_hold`, args);
};
/** The first `count` people after `offset`, by Keap's id. */
const people = (count: number, offset = 0) =>
  world.sql<{ supabase_id: string; keap_id: number }>(
    "select supabase_id, keap_id from contacts where account_id = $1 and keap_id is not null and deleted_at is null order by keap_id offset $2 limit $3",
    [world.accountId, offset, count],
  );
const statusOf = async (id: string) =>
  (
    await world.sql<{ sync_status: string; sync_error: string | null; job_title: string | null }>(
      "select sync_status, sync_error, job_title from contacts where supabase_id = $1",
      [id],
    )
  )[0];
const setTitle = (ids: readonly string[], title: string) =>
  world.sql("update contacts set job_title = $2 where supabase_id = any ($1::uuid[])", [ids, title]);
/** Which values of people and tags differ; a membership's time is Keap's only once a poll has asked for it. */
const differences = async () =>
  (await world.compare()).differences.filter((one) =>
    /^(contacts|tags|contact_tags (?!.*applied))/.test(one),
  );
const titleInKeap = (id: number) =>
  (world.sandbox.account.contacts.get(id) as { job_title?: string } | undefined)?.job_title;

describe("a change of many records at once", () => {
  it("waits whole while a lone edit passes", async () => {
    const crowd = await people(51);
    const [lone] = await people(1, 60);
    if (!lone || !crowd[0]) throw new Error("Too few people.");
    await setTitle(
      crowd.map((one) => one.supabase_id),
      "Everybody",
    );
    await setTitle([lone.supabase_id], "Captain");
    const result = await runPush(world.deps);

    expect(result.updated).toBe(1);
    expect(titleInKeap(lone.keap_id)).toBe("Captain");
    expect(world.writes()).toHaveLength(1);
    const hold = await onlyHold();
    expect(hold).toMatchObject({
      entity: "contacts",
      kind: "push",
      records: 51,
      limit_records: 50,
      origins: { sql: 51 },
      reason:
        "51 records of contacts were changed here; up to 50 an hour go to Keap by themselves. Nothing of it was sent.",
    });
    expect(await statusOf(crowd[0].supabase_id)).toMatchObject({ sync_status: "held" });
    expect((await statusOf(crowd[0].supabase_id))?.sync_error).toContain("Approve or reject it");
  });

  it("stays held when one of its records is edited", async () => {
    const [first] = await people(1);
    if (!first) throw new Error("Too few people.");
    await setTitle([first.supabase_id], "Slips through");
    expect((await runPush(world.deps)).updated).toBe(0);
    expect((await onlyHold()).records).toBe(51);
    expect(await statusOf(first.supabase_id)).toMatchObject({ sync_status: "held" });
  });

  it("is released by a person alone, once", async () => {
    const hold = await onlyHold();
    expect((await decide("release", hold.hold_id, null)).error?.message).toContain("Say who you are");
    expect((await decide("release", hold.hold_id, "agent:mcp")).error?.message).toContain("A person decides");
    const analyst = await database.signUp({ account_id: world.accountId, role: "analyst" });
    expect((await decide("release", hold.hold_id, analyst.user_id)).error?.code).toBe("42501");

    const grown = {
      p_account: world.accountId,
      p_hold: hold.hold_id,
      p_actor: admin,
      p_seen: { records: 50 },
    };
    expect((await database.service.rpc("sync_release_hold", grown)).error?.message).toContain(
      "It has changed since you looked: 51 records",
    );
    expect((await decide("release", hold.hold_id)).data).toMatchObject({
      state: "released",
      records: 51,
      changed: true,
    });
    expect((await decide("release", hold.hold_id)).data).toMatchObject({ changed: false });
    const result = await runPush(world.deps);
    expect(result.updated).toBe(51);
    const [first] = await people(1);
    expect(titleInKeap(first?.keap_id ?? 0)).toBe("Slips through");
    expect(await holds()).toEqual([]);
  });

  it("leaves the hour's budget to others after its release", async () => {
    const [lone] = await people(1, 61);
    if (!lone) throw new Error("Too few people.");
    await setTitle([lone.supabase_id], "Next");
    expect((await runPush(world.deps)).updated).toBe(1);
  });

  it("is put back when a person rejects it", async () => {
    const crowd = await people(60);
    const before = await statusOf(crowd[5]?.supabase_id ?? "");
    await setTitle(
      crowd.map((one) => one.supabase_id),
      "Oops",
    );
    await runPush(world.deps);
    const hold = await onlyHold();
    expect((await decide("reject", hold.hold_id)).data).toMatchObject({
      state: "rejected",
      restored: 60,
      kept: 0,
    });
    expect((await statusOf(crowd[5]?.supabase_id ?? ""))?.job_title).toBe(before?.job_title);
    world.forgetCalls();
    await runPush(world.deps);
    expect(world.writes()).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it("counts edits one by one over the hour", async () => {
    const crowd = await people(52);
    for (const one of crowd) await setTitle([one.supabase_id], `One by one ${one.keap_id}`);
    const result = await runPush(world.deps);
    expect(result.updated).toBe(50);
    // a name alone approves nothing
    await world.sql(
      "update contacts set job_title = 'Enriched', last_modified_by = 'agent:enricher' where supabase_id = $1",
      [(await people(1, 60))[0]?.supabase_id],
    );
    expect((await runPush(world.deps)).updated).toBe(0);
    const hold = await onlyHold();
    expect(hold.records).toBe(3);
    await decide("reject", hold.hold_id);
    await runPush(world.deps);
  });

  it("keeps rows made here and does not send them", async () => {
    await world.sql(
      "insert into contacts (account_id, given_name, email) select $1::uuid, 'New ' || n, 'new' || n || '@example.test' from generate_series(1, 51) n",
      [world.accountId],
    );
    await runPush(world.deps);
    const hold = await onlyHold();
    expect((await decide("reject", hold.hold_id)).data).toMatchObject({ restored: 0, kept: 51 });
    const result = await runPush(world.deps);
    expect(result.created).toBe(0);
    await world.sql("delete from contacts where account_id = $1 and keap_id is null", [world.accountId]);
  });

  it("passes when an approved proposal made it", async () => {
    const crowd = await people(55);
    const [tag] = await world.sql<{ supabase_id: string; name: string }>(
      "select supabase_id, name from tags t where account_id = $1 and keap_id is not null and not exists (select from contact_tags l where l.tag_id = t.supabase_id) order by keap_id limit 1",
      [world.accountId],
    );
    const fresh =
      tag?.supabase_id ??
      (
        await database.service.rpc("create_tag", {
          p_account: world.accountId,
          p_name: "Unused",
          p_actor: admin,
        })
      ).data;
    await runPush(world.deps);
    const [proposal] = await world.sql<{ id: string }>(
      `insert into proposals (account_id, kind, title, status, payload, probe, reversible, created_by, approved_by, approved_at, executed_at)
       values ($1, 'apply_tag', 'Tag them', 'executing', jsonb_build_object('tag_id', $3::text), 'yes', 'yes', 'agent:chat', $2, now(), now()) returning id`,
      [world.accountId, admin, fresh],
    );
    await world.sql(
      "insert into proposal_items (proposal_id, account_id, contact_id) select $1, $2, unnest($3::uuid[])",
      [proposal?.id, world.accountId, crowd.map((one) => one.supabase_id)],
    );
    const { data } = await database.service.rpc("apply_tag", {
      p_account: world.accountId,
      p_contact_ids: crowd.map((one) => one.supabase_id),
      p_tag: fresh,
      p_actor: admin,
    });
    expect(data).toMatchObject({ changed: 55 });
    const result = await runPush(world.deps);
    expect(result.tags_applied).toBe(55);
    expect(await holds()).toEqual([]);
  });

  it("passes when the approved proposal makes the tag", async () => {
    // The tag gets its Keap id after the memberships were marked; linking them must not undo the approval.
    const crowd = await people(55);
    const [proposal] = await world.sql<{ id: string }>(
      `insert into proposals (account_id, kind, title, status, payload, probe, reversible, created_by, approved_by, approved_at)
       values ($1, 'apply_tag', 'Tag them', 'approved', '{"tag_id": null, "tag_name": "Made by it"}', 'yes', 'yes', 'agent:chat', $2, now()) returning id`,
      [world.accountId, admin],
    );
    await world.sql(
      "insert into proposal_items (proposal_id, account_id, contact_id) select $1, $2, unnest($3::uuid[])",
      [proposal?.id, world.accountId, crowd.map((one) => one.supabase_id)],
    );
    const { data } = await database.service.rpc("carry_out_proposal", {
      p_proposal: proposal?.id,
      p_account: world.accountId,
    });
    expect(data).toMatchObject({ changed: 55 });
    expect((await runPush(world.deps)).tags_applied).toBe(55);
    expect(await holds()).toEqual([]);
  });

  it("waits when tags go on without a proposal", async () => {
    const crowd = await people(51);
    await database.service.rpc("create_tag", {
      p_account: world.accountId,
      p_name: "By hand",
      p_actor: admin,
    });
    await runPush(world.deps);
    const [tag] = await world.sql<{ supabase_id: string }>(
      "select supabase_id from tags where account_id = $1 and name = 'By hand'",
      [world.accountId],
    );
    await database.service.rpc("apply_tag", {
      p_account: world.accountId,
      p_contact_ids: crowd.map((one) => one.supabase_id),
      p_tag: tag?.supabase_id,
      p_actor: admin,
    });
    expect((await runPush(world.deps)).tags_applied).toBe(0);
    const hold = await onlyHold();
    expect(hold).toMatchObject({ entity: "contact_tags", records: 51, origins: { [`user:${admin}`]: 51 } });
    expect((await decide("reject", hold.hold_id)).data).toMatchObject({ restored: 51 });
    await runPush(world.deps);
    expect(await differences()).toEqual([]);
  });
});

describe("a mass delete", () => {
  it("waits for a person and comes back when rejected", async () => {
    const crowd = await people(11, 20);
    await world.sql("delete from contacts where supabase_id = any ($1::uuid[])", [
      crowd.map((one) => one.supabase_id),
    ]);
    await runPush(world.deps);
    const hold = await onlyHold();
    expect(hold).toMatchObject({ entity: "contacts", kind: "delete", records: 11, limit_records: 10 });
    expect((await decide("reject", hold.hold_id)).data).toMatchObject({ restored: 11 });
    await runPush(world.deps);
    expect(await statusOf(crowd[0]?.supabase_id ?? "")).toMatchObject({ sync_status: "synced" });
    expect(world.writes()).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it("in Keap deletes nothing here until released", async () => {
    const ids = Array.from({ length: 51 }, (_, at) => at + 1);
    const ask = async () =>
      (
        await database.service.rpc("sync_guard_gone", {
          p_account: world.accountId,
          p_entity: "contacts",
          p_keap_ids: ids,
          p_run: null,
        })
      ).data as { allowed: boolean; hold_id: string };
    const { allowed, hold_id } = await ask();
    expect(allowed).toBe(false);
    expect((await onlyHold()).kind).toBe("gone");
    await decide("release", hold_id);
    expect((await ask()).allowed).toBe(true);
  });
});
