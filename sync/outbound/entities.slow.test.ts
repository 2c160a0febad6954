import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createSmallAccount } from "@/sandbox/testing/small-account";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { type SyncWorld, startWorld } from "../testing/world";
import { runPush } from "./push";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, {
    account: createSmallAccount(),
    now: "2026-02-08T12:00:00Z",
    switches: { appointment_ids: true },
  });
  await runBackfill(world.deps);
});
afterAll(() => database.stop());

const run = (text: string) => world.sql(text, [world.accountId]);
const account = () => world.sandbox.account;

async function push(expected: object): Promise<void> {
  expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 0, held: 0, ...expected });
  expect(await run("select entity, reason from sync.dirty where account_id = $1")).toEqual([]);
}

async function expectEqual(): Promise<void> {
  await world.sandbox.clock.advance(90_000);
  expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
  expect((await world.compare()).differences).toEqual([]);
  world.forgetCalls();
  expect(await runPush(world.deps)).toMatchObject({ claimed: 0 });
  expect(world.writes()).toEqual([]);
}

describe("what records refer to", () => {
  it("is made and renamed in Keap from here", async () => {
    await run(`insert into lead_sources (account_id, name, medium, start_at)
      values ($1, 'Spring fair', 'Event', '2026-02-01T00:00:00Z')`);
    await run("update lead_sources set vendor = 'Zoom' where account_id = $1 and keap_id = 1");
    await run(`insert into custom_field_definitions (account_id, record_type, label, field_type, options)
      values ($1, 'CONTACT', 'Plan', 'DROPDOWN', '[{"label": "Gold"}, {"label": "Silver"}]'),
        ($1, 'COMPANY', 'Tier', 'TEXT', '[]')`);
    world.forgetCalls();
    await push({ created: 3, updated: 1 });
    expect([...account().leadSources.values()]).toMatchObject([
      { name: "Webinar", vendor: "Zoom" },
      { name: "Spring fair", medium: "Event" },
    ]);
    const made = await world.sql(
      `select label, record_type, field_type, keap_id is not null as linked, jsonb_path_query_array(options, '$[*].label') as options
       from custom_field_definitions where account_id = $1 and label in ('Plan', 'Tier') order by label`,
      [world.accountId],
    );
    expect(made).toEqual([
      {
        label: "Plan",
        record_type: "CONTACT",
        field_type: "DROPDOWN",
        linked: true,
        options: ["Gold", "Silver"],
      },
      { label: "Tier", record_type: "COMPANY", field_type: "TEXT", linked: true, options: [] },
    ]);
    await expectEqual();
    await run("update custom_field_definitions set label = 'Rank' where account_id = $1 and label = 'Tier'");
    await push({ updated: 1 });
    expect([...account().customFields.values()].map((one) => one.label)).toContain("Rank");
    await expectEqual();
  });

  it("is refused where the API changes none", async () => {
    await run(
      "update custom_field_definitions set label = 'Colour' where account_id = $1 and label = 'Favourite Colour'",
    );
    expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 1 });
    const [letter] = await world.sql<{ reason: string }>(
      "select reason from sync.dead_letters where account_id = $1 and state = 'open'",
      [world.accountId],
    );
    expect(letter?.reason).toContain("Keap's API changes none. Rename it in Keap");
    await run(
      "update custom_field_definitions set label = 'Favourite Colour' where account_id = $1 and label = 'Colour'",
    );
    await push({ agreed: 1 });
  });
});

describe("edits of what surrounds people", () => {
  it("reach Keap, each in its own shape", async () => {
    await run(`update companies set company_name = 'Acme Ltd', phone = '+1 602 555 0188', address = '{"line1": "2 High St", "locality": "Mesa", "region_code": "US-AZ", "country_code": "USA"}'
      where account_id = $1 and keap_id = 1`);
    await run(`update opportunities set stage_id = (select supabase_id from opportunity_stages where account_id = $1 and keap_id = 2),
      projected_revenue_high_minor = 123450 where account_id = $1 and keap_id = 1`);
    await run(
      "update interactions set body = 'Wants two', is_pinned = true where account_id = $1 and kind = 'note'",
    );
    await run(
      "update interactions set is_completed = true, priority = 'CRITICAL' where account_id = $1 and kind = 'task'",
    );
    await run("update interactions set title = 'Demo two' where account_id = $1 and kind = 'appointment'");
    await run(
      "update products set price_minor = 12000, name = 'Long course' where account_id = $1 and keap_id = 1",
    );
    await run("update tag_categories set name = 'Phase' where account_id = $1 and keap_id = 1");
    world.forgetCalls();
    await push({ updated: 7 });
    expect(account().companies.get(1)).toMatchObject({
      company_name: "Acme Ltd",
      phone_number: { number: "+1 602 555 0188" },
      address: { line1: "2 High St", locality: "Mesa" },
    });
    expect(account().opportunities.get(1)).toMatchObject({ stage_id: "2", projected_revenue_high: 1234.5 });
    expect([...account().stageMoves.values()].at(-1)).toMatchObject({
      move_from_stage_id: "1",
      move_to_stage_id: "2",
    });
    expect(account().notes.get(1)).toMatchObject({
      text: "Wants two",
      title: "Called about the course",
      user_id: "1",
    });
    expect(account().notes.get(1)?.pinned_at).toBeDefined();
    expect(account().tasks.get(1)).toMatchObject({
      completed: true,
      priority: "CRITICAL",
      title: "Call back",
    });
    expect(account().appointments.get(1)).toMatchObject({ title: "Demo two" });
    expect(account().products.get(1)).toMatchObject({ price_minor: 12_000, name: "Long course", sku: "C-1" });
    expect(account().tagCategories.get(1)).toMatchObject({ name: "Phase" });
    // one write each
    expect(world.writes()).toHaveLength(7);
    await expectEqual();
  });

  it("leave the custom fields of the record alone", async () => {
    await run("update contacts set job_title = 'Founder' where account_id = $1 and keap_id = 1");
    await run("update companies set notes = 'Old friends' where account_id = $1 and keap_id = 1");
    world.forgetCalls();
    await push({ updated: 2 });
    // a list sent for our own fields' sake would undo what Keap's people changed since it was read
    expect(world.writes().map((one) => Object.keys(one.body as object))).toEqual([["notes"], ["job_title"]]);
    await expectEqual();
  });

  it("clear the only custom field of a note", async () => {
    const made = await world.sandbox.asUser("POST", "/v2/notes/model/customFields", {
      label: "Mood",
      field_type: "TEXT",
    });
    const { id } = made.body as { id: string };
    await run(
      `update interactions set custom_fields = '{"${id}": "glad"}' where account_id = $1 and kind = 'note' and keap_id = 1`,
    );
    await push({ updated: 1 });
    expect(account().notes.get(1)?.custom_fields).toEqual([{ id, content: "glad" }]);
    await run(
      "update interactions set custom_fields = '{}' where account_id = $1 and kind = 'note' and keap_id = 1",
    );
    await push({ updated: 1 });
    expect(account().notes.get(1)?.custom_fields ?? []).toEqual([]);
    await expectEqual();
  });

  it("are put back where Keap takes none", async () => {
    await run("update interactions set title = 'Another subject' where account_id = $1 and kind = 'email'");
    await run("update campaigns set name = 'Mine' where account_id = $1");
    world.forgetCalls();
    await push({ updated: 0, restored: 2 });
    expect(world.writes()).toEqual([]);
    await expectEqual();
  });
});

describe("our own field, deleted in Keap", () => {
  it("stops neither edits nor creates", async () => {
    await run("insert into contacts (account_id, given_name, email) values ($1, 'First', 'first@own.test')");
    await push({ created: 1 });
    const ours = () =>
      [...account().customFields.values()].filter(
        (one) => one.record_type === "CONTACT" && String(one.label).startsWith("Keapsake"),
      );
    expect(ours()).toHaveLength(2);
    for (const one of ours()) account().customFields.delete(Number(one.id));
    await run(
      'update contacts set custom_fields = custom_fields || \'{"1": "Blue"}\' where account_id = $1 and keap_id = 2',
    );
    await run(
      "insert into contacts (account_id, given_name, email) values ($1, 'Second', 'second@own.test')",
    );
    await push({ created: 1, updated: 1 });
    expect(account().contacts.get(2)?.custom_fields).toContainEqual({ id: "1", content: "Blue" });
    expect([...account().contacts.values()].filter((one) => one.given_name === "Second")).toHaveLength(1);
  });
});

describe("what is made here", () => {
  it("goes to Keap with its parents first", async () => {
    await run("insert into companies (account_id, company_name) values ($1, 'Bolt')");
    await run(
      "insert into contacts (account_id, given_name, email, company_id) select $1, 'Hal', 'hal@example.com', supabase_id from companies where account_id = $1 and company_name = 'Bolt'",
    );
    await run(
      "insert into opportunities (account_id, title, contact_id, stage_id) select $1, 'Deal with Hal', c.supabase_id, s.supabase_id from contacts c, opportunity_stages s where c.account_id = $1 and c.email = 'hal@example.com' and s.account_id = $1 and s.keap_id = 1",
    );
    await run(
      "insert into interactions (account_id, kind, title, body, contact_id) select $1, 'note', 'Met Hal', 'Nice', supabase_id from contacts where account_id = $1 and email = 'hal@example.com'",
    );
    await run(
      "insert into interactions (account_id, kind, title, contact_id, due_at) select $1, 'task', 'Call Hal', supabase_id, '2026-02-10T10:00:00Z' from contacts where account_id = $1 and email = 'hal@example.com'",
    );
    await run("insert into tag_categories (account_id, name) values ($1, 'Region')");
    await run(
      "insert into tags (account_id, name, category_id) select $1, 'North', supabase_id from tag_categories where account_id = $1 and name = 'Region'",
    );
    await run(
      "insert into products (account_id, name, price_minor, short_description) values ($1, 'Book', 2500, 'A book')",
    );
    world.forgetCalls();
    await push({ created: 8 });
    const one = <T extends { id: string }>(rows: Iterable<T>, is: (row: T) => boolean): T => {
      const found = [...rows].filter(is);
      expect(found).toHaveLength(1);
      return found[0] as T;
    };
    const company = one(account().companies.values(), (row) => row.company_name === "Bolt");
    const hal = one(account().contacts.values(), (row) => row.given_name === "Hal");
    expect(hal.company_id).toBe(company.id);
    expect(one(account().opportunities.values(), (row) => row.contact_id === hal.id)).toMatchObject({
      opportunity_title: "Deal with Hal",
      stage_id: "1",
    });
    expect(one(account().notes.values(), (row) => row.contact_id === hal.id)).toMatchObject({
      title: "Met Hal",
      text: "Nice",
    });
    expect(one(account().tasks.values(), (row) => row.contact_id === hal.id)).toMatchObject({
      title: "Call Hal",
      due_time: "2026-02-10T10:00:00.000Z",
    });
    const category = one(account().tagCategories.values(), (row) => row.name === "Region");
    expect(one(account().tags.values(), (row) => row.name === "North")).toMatchObject({
      category_id: category.id,
    });
    expect(one(account().products.values(), (row) => row.name === "Book")).toMatchObject({
      price_minor: 2_500,
    });
    // our id and the writer stand on it in Keap
    const [row] = await run(
      "select supabase_id from contacts where account_id = $1 and email = 'hal@example.com'",
    );
    const field = (label: string, type: string) =>
      [...account().customFields.values()].find((one) => one.label === label && one.record_type === type)?.id;
    expect(hal.custom_fields).toEqual(
      expect.arrayContaining([
        { id: field("Keapsake ID", "CONTACT"), content: (row as { supabase_id: string }).supabase_id },
        { id: field("Keapsake last writer", "CONTACT"), content: "sql" },
      ]),
    );
    await expectEqual();
  });

  it("is found again by its marker after a lost answer", async () => {
    world.sandbox.faults.add({ kind: "reset_after", method: "POST", path: "/v2/opportunities", times: 1 });
    await run(
      "insert into opportunities (account_id, title, contact_id, stage_id) select $1, 'Lost answer', c.supabase_id, s.supabase_id from contacts c, opportunity_stages s where c.account_id = $1 and c.keap_id = 2 and s.account_id = $1 and s.keap_id = 1",
    );
    expect(await runPush(world.deps)).toMatchObject({ created: 0, retried: 1 });
    world.sandbox.faults.clear();
    await run("update sync.dirty set next_attempt_at = now() - interval '1 second' where account_id = $1");
    await push({ created: 0, agreed: 1 });
    expect(
      [...account().opportunities.values()].filter((one) => one.opportunity_title === "Lost answer"),
    ).toHaveLength(1);
    await expectEqual();
  });

  it("is made though another one looks alike", async () => {
    await run(
      "insert into interactions (account_id, kind, title, contact_id) select $1, 'task', 'Call back', supabase_id from contacts where account_id = $1 and keap_id = 1",
    );
    await push({ created: 1 });
    expect(
      [...account().tasks.values()].filter((one) => one.title === "Call back" && one.contact_id === "1"),
    ).toHaveLength(2);
    await expectEqual();
  });

  it("is held where creating is switched off", async () => {
    await run("insert into sync.switches (account_id, entity, creates) values ($1, 'companies', false)");
    await run("insert into companies (account_id, company_name) values ($1, 'Not yet')");
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", held: 1 });
    expect(world.writes()).toEqual([]);
    await run("delete from sync.switches where account_id = $1");
    await run("delete from companies where account_id = $1 and company_name = 'Not yet'");
  });

  it("tells what Keap wants of a deal", async () => {
    await run("insert into opportunities (account_id, title) values ($1, 'Without anybody')");
    expect(await runPush(world.deps)).toMatchObject({ state: "done", failed: 1 });
    const [row] = await run(
      "select sync_status, sync_error from opportunities where account_id = $1 and title = 'Without anybody'",
    );
    expect(row).toMatchObject({
      sync_status: "error",
      sync_error: expect.stringContaining("Keap wants a contact"),
    });
    await run("delete from opportunities where account_id = $1 and title = 'Without anybody'");
  });
});
