import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { EmailAddressRecord } from "@/sandbox/records";
import { emailAddressOf, putEmailAddress } from "@/sandbox/state";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { type SyncWorld, startWorld } from "../testing/world";
import { runPush } from "./push";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 30 });
  await runBackfill(world.deps);
});
afterAll(() => database.stop());

async function contactAt(offset: number): Promise<{ keap_id: number; supabase_id: string }> {
  const [row] = await world.sql<{ keap_id: number; supabase_id: string }>(
    "select keap_id, supabase_id from contacts where account_id = $1 and deleted_at is null order by keap_id offset $2 limit 1",
    [world.accountId, offset],
  );
  if (!row) throw new Error("There is no such contact.");
  return row;
}

async function rowOf(keapId: number): Promise<Record<string, unknown>> {
  const [row] = await world.sql("select * from contacts where account_id = $1 and keap_id = $2", [
    world.accountId,
    keapId,
  ]);
  return row ?? {};
}

const inKeap = (id: number) => world.sandbox.account.contacts.get(id) as Record<string, unknown> | undefined;
const marks = () =>
  world.sql("select entity, state from sync.dirty where account_id = $1", [world.accountId]);

describe("carrying edits to Keap", () => {
  beforeEach(() => world.forgetCalls());

  it("sends an SQL edit exactly once", async () => {
    const { keap_id } = await contactAt(0);
    await world.sql("update contacts set given_name = 'Zora' where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
    ]);
    await world.sql("update contacts set given_name = 'Zora Neale' where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
    ]);
    expect(await rowOf(keap_id)).toMatchObject({ sync_status: "pending", last_modified_by: "sql" });

    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1, failed: 0 });
    expect(inKeap(keap_id)?.given_name).toBe("Zora Neale");
    const writes = world.writes();
    expect(writes).toHaveLength(1);
    expect(writes[0]).toMatchObject({ method: "PATCH", status: 200, body: { given_name: "Zora Neale" } });
    expect(decodeURIComponent(writes[0]?.query ?? "")).toContain("update_mask=given_name");
    expect(await rowOf(keap_id)).toMatchObject({ sync_status: "synced", given_name: "Zora Neale" });
    expect(await marks()).toEqual([]);
  });

  it("lets the echo change nothing", async () => {
    const versions = await world.sql("select sum(version)::int as v from contacts where account_id = $1", [
      world.accountId,
    ]);
    expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", changed: {} });
    expect(await runPush(world.deps)).toMatchObject({ claimed: 0 });
    expect(world.writes()).toEqual([]);
    expect(
      await world.sql("select sum(version)::int as v from contacts where account_id = $1", [world.accountId]),
    ).toEqual(versions);
    expect((await world.compare()).differences).toEqual([]);
  });

  it("writes nothing for an undone edit", async () => {
    const { keap_id } = await contactAt(1);
    const before = (await rowOf(keap_id)).family_name;
    await world.sql("update contacts set family_name = 'X' where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
    ]);
    await world.sql("update contacts set family_name = $3 where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
      before,
    ]);
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 0, agreed: 1 });
    expect(world.writes()).toEqual([]);
    expect(await rowOf(keap_id)).toMatchObject({ sync_status: "synced" });
    expect(await marks()).toEqual([]);
  });

  it("opts nobody in again by an edit of something else", async () => {
    const { keap_id } = await contactAt(4);
    const email = "opted-out@example.test";
    const path = `/v2/contacts/${keap_id}?update_mask=email_addresses`;
    await world.sandbox.asUser("PATCH", path, {
      email_addresses: [{ field: "EMAIL1", email, opt_in_reason: "Signed up on the website" }],
    });
    const address = () => emailAddressOf(world.sandbox.account, email);
    putEmailAddress(world.sandbox.account, { ...(address() as EmailAddressRecord), status: "MANUAL" });
    await runPoll(world.deps, { force: true });
    const addSecond = (second: string) =>
      world.sql(
        `update contacts set email_addresses = email_addresses || jsonb_build_object('EMAIL2', jsonb_build_object('email', $3::text))
         where account_id = $1 and keap_id = $2`,
        [world.accountId, keap_id, second],
      );
    for (const second of ["second@example.test", "third@example.test"]) {
      await addSecond(second);
      expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1, failed: 0 });
      await runPoll(world.deps, { force: true });
      expect(address()?.status).toBe("MANUAL");
    }
    expect(await runPush(world.deps)).toMatchObject({ updated: 0, failed: 0 });
    expect((await world.compare()).differences).toEqual([]);
    expect(await marks()).toEqual([]);
    // a reason given anew is meant
    await world.sql(
      `update contacts set email_addresses = jsonb_set(email_addresses, '{EMAIL1,opt_in_reason}', '"Asked for it on the phone"')
       where account_id = $1 and keap_id = $2`,
      [world.accountId, keap_id],
    );
    expect(await runPush(world.deps)).toMatchObject({ updated: 1, failed: 0 });
    expect(address()?.status).toBe("UNENGAGED_MARKETABLE");
    putEmailAddress(world.sandbox.account, { ...(address() as EmailAddressRecord), status: "MANUAL" });
    await world.sandbox.asUser("PATCH", path.replace("email_addresses", "job_title"), {
      job_title: "Called",
    });
    await runPoll(world.deps, { force: true });
  });

  it("keeps every other slot and field", async () => {
    const { keap_id } = await contactAt(2);
    const before = structuredClone(inKeap(keap_id));
    await world.sql(
      `update contacts set phone_numbers = phone_numbers || '{"PHONE3": {"number": "+1 480 555 0199", "type": "Home"}}',
        custom_fields = custom_fields || '{"7": "Pottery"}' where account_id = $1 and keap_id = $2`,
      [world.accountId, keap_id],
    );
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1, failed: 0 });
    const after = inKeap(keap_id);
    expect(after?.email_addresses).toEqual(before?.email_addresses);
    expect(after?.addresses).toEqual(before?.addresses);
    const phones = (list: unknown) => (list as { field: string; number: string }[] | undefined) ?? [];
    expect(phones(after?.phone_numbers).map((one) => one.field)).toEqual([
      ...phones(before?.phone_numbers).map((one) => one.field),
      "PHONE3",
    ]);
    const fields = (record: Record<string, unknown> | undefined) =>
      new Map(
        ((record?.custom_fields as { id: string; content: unknown }[] | undefined) ?? []).map((one) => [
          one.id,
          one.content,
        ]),
      );
    for (const [id, content] of fields(before))
      if (id !== "7") expect(fields(after).get(id)).toEqual(content);
    expect(fields(after).get("7")).toBe("Pottery");
    expect((await world.compare()).differences).toEqual([]);
  });

  it("merges edits of different fields", async () => {
    const { keap_id } = await contactAt(3);
    await world.sql("update contacts set job_title = 'Captain' where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
    ]);
    await world.sandbox.asUser("PATCH", `/v2/contacts/${keap_id}?update_mask=given_name`, {
      given_name: "Keapname",
    });
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1 });
    expect(inKeap(keap_id)).toMatchObject({ job_title: "Captain", given_name: "Keapname" });
    expect(await rowOf(keap_id)).toMatchObject({
      job_title: "Captain",
      given_name: "Keapname",
      sync_status: "synced",
    });
    expect(await world.sql("select * from sync.conflicts where account_id = $1", [world.accountId])).toEqual(
      [],
    );
  });

  it("decides a conflict by policy and logs it", async () => {
    const { keap_id } = await contactAt(4);
    const base = (await rowOf(keap_id)).given_name;
    await world.sandbox.asUser("PATCH", `/v2/contacts/${keap_id}?update_mask=given_name`, {
      given_name: "From Keap",
    });
    await world.sql(
      "insert into sync.policies (account_id, entity, field, policy) values ($1, 'contacts', 'given_name', 'keap')",
      [world.accountId],
    );
    await world.sql("update contacts set given_name = 'From here' where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
    ]);
    await runPush(world.deps);
    expect(
      world
        .writes()
        .filter((one) => one.who !== "inside" && one.method === "PATCH" && one.path.includes("/contacts/"))
        .length,
    ).toBeLessThanOrEqual(1);
    expect(await rowOf(keap_id)).toMatchObject({ given_name: "From Keap", sync_status: "synced" });
    expect(
      await world.sql(
        "select field, base, keap, supabase, policy, decision from sync.conflicts where account_id = $1",
        [world.accountId],
      ),
    ).toEqual([
      {
        field: "given_name",
        base,
        keap: "From Keap",
        supabase: "From here",
        policy: "keap",
        decision: "keap",
      },
    ]);
  });

  it("puts a tag on people in one call", async () => {
    const [tag] = await world.sql<{ supabase_id: string; keap_id: number }>(
      "select supabase_id, keap_id from tags t where account_id = $1 order by (select count(*) from contact_tags l where l.tag_id = t.supabase_id), keap_id limit 1",
      [world.accountId],
    );
    const people = await world.sql<{ supabase_id: string; keap_id: number }>(
      `select supabase_id, keap_id from contacts c where account_id = $1 and deleted_at is null
        and not exists (select from contact_tags l where l.contact_id = c.supabase_id and l.tag_id = $2) order by keap_id limit 5`,
      [world.accountId, tag?.supabase_id],
    );
    expect(people.length).toBe(5);
    for (const person of people) {
      await world.sql("insert into contact_tags (account_id, contact_id, tag_id) values ($1, $2, $3)", [
        world.accountId,
        person.supabase_id,
        tag?.supabase_id,
      ]);
    }
    expect(await runPush(world.deps)).toMatchObject({ state: "done", tags_applied: 5, failed: 0 });
    expect(world.writes().map((one) => one.path.split("/").slice(-1)[0])).toEqual(["contacts:applyTags"]);
    for (const person of people)
      expect(world.sandbox.account.contactTags.get(person.keap_id)?.has(tag?.keap_id ?? 0)).toBe(true);
    expect(await marks()).toEqual([]);

    // and taken off again
    world.forgetCalls();
    await world.sql(
      "update contact_tags set removed_at = now() where account_id = $1 and contact_id = $2 and tag_id = $3",
      [world.accountId, people[0]?.supabase_id, tag?.supabase_id],
    );
    expect(await runPush(world.deps)).toMatchObject({ state: "done", tags_removed: 1 });
    expect(world.sandbox.account.contactTags.get(people[0]?.keap_id ?? 0)?.has(tag?.keap_id ?? 0)).not.toBe(
      true,
    );
    await runPoll(world.deps, { force: true });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("creates a person, a tag and the membership", async () => {
    const [person] = await world.sql<{ supabase_id: string }>(
      `insert into contacts (account_id, given_name, email) values ($1, 'Newt', 'newt@example.test') returning supabase_id`,
      [world.accountId],
    );
    const [tag] = await world.sql<{ supabase_id: string }>(
      "insert into tags (account_id, name) values ($1, 'At risk (test)') returning supabase_id",
      [world.accountId],
    );
    await world.sql("insert into contact_tags (account_id, contact_id, tag_id) values ($1, $2, $3)", [
      world.accountId,
      person?.supabase_id,
      tag?.supabase_id,
    ]);
    expect(await runPush(world.deps)).toMatchObject({
      state: "done",
      created: 2,
      tags_applied: 1,
      failed: 0,
      held: 0,
    });
    const [row] = await world.sql<{ keap_id: number; sync_status: string }>(
      "select keap_id, sync_status from contacts where supabase_id = $1",
      [person?.supabase_id],
    );
    expect(row?.sync_status).toBe("synced");
    expect(inKeap(row?.keap_id ?? 0)).toMatchObject({ given_name: "Newt" });
    await runPoll(world.deps, { force: true });
    expect((await world.compare()).differences).toEqual([]);
    expect(await marks()).toEqual([]);
  });

  it("restores what belongs to Keap", async () => {
    const [order] = await world.sql<{ supabase_id: string; total_minor: number }>(
      "select supabase_id, total_minor from orders where account_id = $1 limit 1",
      [world.accountId],
    );
    await world.sql("update orders set total_minor = 1 where supabase_id = $1", [order?.supabase_id]);
    expect(await runPush(world.deps)).toMatchObject({ state: "done", restored: 1 });
    expect(world.writes()).toEqual([]);
    const [after] = await world.sql<{ total_minor: number; sync_status: string }>(
      "select total_minor, sync_status from orders where supabase_id = $1",
      [order?.supabase_id],
    );
    expect(after).toEqual({ total_minor: order?.total_minor, sync_status: "synced" });
    expect(await marks()).toEqual([]);
  });
});

describe("a record that cannot be carried", () => {
  const addPerson = async (name: string, email: string | null) => {
    const [row] = await world.sql<{ supabase_id: string }>(
      "insert into contacts (account_id, given_name, email) values ($1, $2, $3) returning supabase_id",
      [world.accountId, name, email],
    );
    return row?.supabase_id ?? "";
  };
  const told = async (id: string) => {
    const [row] = await world.sql(
      `select c.keap_id, c.sync_status, c.sync_error, d.state from contacts c
        left join sync.dirty d on d.entity = 'contacts' and d.record_id = c.supabase_id where c.supabase_id = $1`,
      [id],
    );
    return row;
  };
  const editInnocent = async (value: string) => {
    const { keap_id } = await contactAt(6);
    await world.sql("update contacts set job_title = $3 where account_id = $1 and keap_id = $2", [
      world.accountId,
      keap_id,
      value,
    ]);
    return () => expect(inKeap(keap_id)?.job_title).toBe(value);
  };
  const takenEmail = async () => {
    const [row] = await world.sql<{ email: string }>(
      `select email from contacts c where account_id = $1 and keap_id is not null and deleted_at is null and email is not null
        and not exists (select from contacts o where o.account_id = $1 and o.email = c.email and o.supabase_id <> c.supabase_id)
        order by keap_id limit 1`,
      [world.accountId],
    );
    return row?.email ?? "";
  };
  afterEach(async () => {
    await world.sql("delete from contacts where account_id = $1 and keap_id is null", [world.accountId]);
    await runPush(world.deps);
    expect(await marks()).toEqual([]);
  });

  it("is held when another row has it", async () => {
    const email = await takenEmail();
    const partner = await addPerson("Partner", email);
    const tag = await world.sql<{ supabase_id: string }>(
      "insert into tags (account_id, name) select account_id, name from tags where account_id = $1 and keap_id is not null limit 1 returning supabase_id",
      [world.accountId],
    );
    const arrived = await editInnocent("Beside a held row");
    expect(await runPush(world.deps)).toMatchObject({ state: "done", created: 0, updated: 1, held: 2 });
    arrived();
    expect(await told(partner)).toMatchObject({
      keap_id: null,
      sync_status: "held",
      sync_error: expect.stringMatching(/already .* linked to another row here/),
      state: "held",
    });
    await world.sql("delete from tags where supabase_id = $1", [tag[0]?.supabase_id]);
  });

  it("is refused alone by the database", async () => {
    const partner = await addPerson("Late partner", await takenEmail());
    const arrived = await editInnocent("Beside a refused row");
    // the other row was linked between the look and the settlement
    const store = { ...world.deps.store, linkedRows: async () => ({}) };
    expect(await runPush({ ...world.deps, store })).toMatchObject({ state: "done", updated: 1, failed: 1 });
    arrived();
    expect(await told(partner)).toMatchObject({
      keap_id: null,
      sync_status: "error",
      sync_error: "Keap has this record already, linked to another row here.",
      state: "dead",
    });
  });

  it("lets the others pass after a surprise", async () => {
    const poison = await addPerson("Poison", "poison@example.test");
    const arrived = await editInnocent("Beside a poison row");
    const { contacts } = world.keap;
    const create: typeof contacts.create = async () => {
      throw new TypeError("this value cannot be written");
    };
    const keap = { ...world.keap, contacts: { ...contacts, create } };
    expect(await runPush({ ...world.deps, keap })).toMatchObject({ state: "done", updated: 1, failed: 1 });
    arrived();
    expect(await told(poison)).toMatchObject({
      sync_status: "error",
      sync_error: expect.stringContaining("this value cannot be written"),
      state: "dead",
    });
  });

  it("is not created twice without anything to find", async () => {
    const nameless = await addPerson("Nobody to find", null);
    await world.sql(
      "insert into sync.intents (account_id, entity, record_id, action, state, created_at) values ($1, 'contacts', $2, 'create', 'unknown', now() - interval '1 h')",
      [world.accountId, nameless],
    );
    // a key that may not make custom fields leaves no marker
    await world.sql(
      "update sync.cursors set position = position - 'own_fields' where account_id = $1 and entity = 'account'",
      [world.accountId],
    );
    const model = async () =>
      ({ items: [{ label: "Keapsake ID" }, { label: "Keapsake last writer" }] }) as never;
    const keap = { ...world.keap, customFields: { ...world.keap.customFields, model } };
    world.forgetCalls();
    expect(await runPush({ ...world.deps, keap })).toMatchObject({ state: "done", created: 0, held: 1 });
    expect(world.writes()).toEqual([]);
    expect(await told(nameless)).toMatchObject({ sync_status: "held", state: "held" });
  });
});

describe("a person deleted here with SQL", () => {
  it("leaves nothing waiting and comes back", async () => {
    const [person] = await world.sql<{ supabase_id: string; keap_id: number }>(
      `select supabase_id, keap_id from contacts c where account_id = $1 and deleted_at is null
        and exists (select from contact_tags l where l.contact_id = c.supabase_id and l.removed_at is null) limit 1`,
      [world.accountId],
    );
    await world.sql("delete from contacts where supabase_id = $1", [person?.supabase_id]);
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", held: 1, retried: 0 });
    expect(world.writes()).toEqual([]);
    expect(await marks()).toEqual([{ entity: "contacts", state: "held" }]);

    await world.sandbox.asUser("PATCH", `/v2/contacts/${person?.keap_id}?update_mask=job_title`, {
      job_title: "Changed in Keap",
    });
    await runPoll(world.deps, { force: true });
    expect(await rowOf(person?.keap_id ?? 0)).toMatchObject({ job_title: "Changed in Keap" });
    expect(await marks()).toEqual([]);
    expect((await world.compare()).differences).toEqual([]);
  });
});
