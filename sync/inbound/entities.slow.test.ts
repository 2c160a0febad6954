import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { putEmailAddress, putRecord, removeRecord } from "@/sandbox/state";
import { createSmallAccount } from "@/sandbox/testing/small-account";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type SyncWorld, startWorld } from "../testing/world";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

/** A small account, copied and polled once. */
async function copied(switches = {}): Promise<SyncWorld> {
  const world = await startWorld(database, {
    account: createSmallAccount(),
    now: "2026-02-08T12:00:00Z",
    switches: { appointment_ids: true, ...switches },
  });
  expect(await runBackfill(world.deps)).toMatchObject({ complete: true });
  await poll(world);
  expect((await world.compare()).differences).toEqual([]);
  await world.sandbox.clock.advance(90_000);
  return world;
}

async function poll(world: SyncWorld, options: { sweep?: boolean } = {}): Promise<Record<string, number>> {
  const result = await runPoll(world.deps, { force: true, ...options });
  expect(result).toMatchObject({ state: "done", errors: [] });
  return result.changed;
}

async function rows(world: SyncWorld, table: string, columns: string, where = "true"): Promise<unknown[]> {
  return world.sql(`select ${columns} from ${table} where account_id = $1 and ${where} order by keap_id`, [
    world.accountId,
  ]);
}

/** What people see of the updates of a table, by field. */
async function history(world: SyncWorld, entity: string) {
  const { data, error } = await world.database.service
    .from("sync_history")
    .select("field, before, after")
    .eq("account_id", world.accountId)
    .eq("entity", entity)
    .eq("action", "update")
    .order("field");
  if (error) throw error;
  return data;
}

describe("copying what surrounds people and money", () => {
  it("takes every record of the small account", async () => {
    const world = await copied();
    const { compared } = await world.compare();
    expect(compared).toMatchObject({
      companies: 1,
      lead_source_expenses: 1,
      affiliates: 1,
      referrals: 1,
      opportunity_stages: 2,
      opportunities: 1,
      campaigns: 1,
      email_addresses_status: 4,
      // one note, one task, one appointment, one e-mail
      interactions: 4,
      // three of the account's own, and ours for our id and the last writer
      custom_field_definitions: 5,
    });
    expect(await rows(world, "opportunity_stages", "name, outcome")).toEqual([
      { name: "New", outcome: "active" },
      { name: "Won", outcome: "won" },
    ]);
    expect(await rows(world, "lead_source_expenses", "amount_minor::int as amount, currency")).toEqual([
      { amount: 25_000, currency: "USD" },
    ]);
  });

  it("tells which list the account does not have", async () => {
    const world = await startWorld(database, { account: createSmallAccount(), now: "2026-02-08T12:00:00Z" });
    world.sandbox.faults.add({ kind: "status", path: "/v2/opportunities*", status: 403 });
    expect(await runBackfill(world.deps)).toMatchObject({ complete: true });
    expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
    const [cursor] = await world.sql<{ error: string; cure: string }>(
      "select error, cure from sync.cursors where account_id = $1 and entity = 'opportunities' and stream = 'poll'",
      [world.accountId],
    );
    expect(cursor?.error).toContain("403");
    expect(cursor?.cure).toContain("permission");
    // once the key may, they come
    world.sandbox.faults.clear();
    await poll(world);
    expect((await world.compare()).differences).toEqual([]);
  });
});

describe("polling what surrounds people and money", () => {
  it("brings every kind of change made in Keap", async () => {
    const world = await copied();
    const { sandbox } = world;
    const as = async (method: string, path: string, body?: unknown) => {
      const answer = await sandbox.asUser(method, path, body);
      expect([200, 201, 204], `${method} ${path}: ${JSON.stringify(answer.body)}`).toContain(answer.status);
      return answer.body as { id: string };
    };
    await as("PATCH", "/v2/companies/1?update_mask=company_name&update_mask=address", {
      company_name: "Acme Ltd",
      address: { line1: "2 High St", locality: "Mesa", region_code: "US-AZ", country_code: "USA" },
    });
    const company = await as("POST", "/v2/companies", { company_name: "Bolt" });
    await as("PATCH", "/v2/contacts/2?update_mask=company", { company: { id: company.id } });
    await as("POST", "/v2/companies/1/tags/2");
    await as("POST", "/v2/companies/1/tags/1");
    await as("PATCH", "/v2/opportunities/1?update_mask=stage_id&update_mask=projected_revenue_high", {
      stage_id: "2",
      projected_revenue_high: 1234.5,
    });
    await as("PATCH", "/v2/contacts/1/notes/1?update_mask=text&update_mask=is_pinned", {
      user_id: "1",
      text: "Wants two",
      is_pinned: true,
    });
    await as("POST", "/v2/contacts/3/notes", { user_id: "1", title: "Met Cleo" });
    await as("PATCH", "/v2/tasks/1?update_mask=completed", { completed: true });
    await as("POST", "/v2/tasks", { title: "Send offer", assigned_to_user_id: "1", contact_id: "2" });
    await as("PATCH", "/v1/appointments/1", {
      title: "Demo two",
      start_date: sandbox.clock.iso(),
      end_date: sandbox.clock.iso(),
    });
    await as("POST", "/v2/emails", {
      sent_to_address: "ben@example.com",
      subject: "Hi Ben",
      sent_time: sandbox.clock.iso(),
    });
    await as("PATCH", "/v2/leadSources/1?update_mask=vendor", { vendor: "Zoom" });
    await as("POST", "/v2/leadSources/1/expenses", {
      amount: 7_550,
      title: "More ads",
      incurred_time: sandbox.clock.iso(),
    });
    await as("PATCH", "/v2/affiliates/1?update_mask=name", { name: "Best friend" });
    await as("POST", "/v2/referrals", { contact_id: "4", referral_partner_id: "1", referral_type: "MANUAL" });
    await as("PATCH", "/v2/emailAddresses/ben@example.com/status", { opted_in: false, reason: "asked" });
    await as("POST", "/v2/opportunities/model/customFields", { label: "Budget", field_type: "CURRENCY" });

    // the status of an address has no list of changes: the whole reading finds it
    await poll(world, { sweep: true });
    expect((await world.compare()).differences).toEqual([]);
    expect(await rows(world, "companies", "tag_keap_ids as tags")).toEqual([{ tags: [1, 2] }, { tags: [] }]);
    expect(
      await rows(
        world,
        "stage_moves",
        "to_stage_keap_id::int as stage, opportunity_id is not null as linked",
      ),
    ).toEqual([{ stage: 2, linked: true }]);
    expect(
      await rows(
        world,
        "opportunities",
        "projected_revenue_high_minor::int as high, stage_keap_id::int as stage",
      ),
    ).toEqual([{ high: 123_450, stage: 2 }]);
    // an unchanged world changes nothing
    expect(await poll(world, { sweep: true })).toEqual({});
  });

  it("finds an e-mail opened weeks after it was sent", async () => {
    const world = await copied();
    const { sandbox } = world;
    const at = sandbox.clock.iso();
    const email = sandbox.account.emails.get(1);
    const address = sandbox.account.emailAddresses.get("ann@example.com");
    if (!email || !address) throw new Error("no e-mail");
    putRecord(sandbox.account, "emails", { ...email, opened_time: at, clicked_time: at });
    putEmailAddress(sandbox.account, { ...address, last_open_time: at, last_click_time: at });
    world.forgetCalls();
    await poll(world);
    const [clicked] = (await rows(world, "interactions", "clicked_at", "kind = 'email'")) as {
      clicked_at: string;
    }[];
    expect(Date.parse(clicked?.clicked_at ?? "")).toBe(Date.parse(at));
    expect((await world.compare()).differences).toEqual([]);
    // found by address, not by reading every e-mail again
    expect(world.calls().filter((one) => one.query.includes("email%3D%3D")).length).toBeGreaterThan(0);
  });

  it("follows an order's bill to its subscription", async () => {
    const world = await copied();
    const subscription = world.sandbox.account.subscriptions.get(1);
    if (!subscription) throw new Error("no subscription");
    const { billOneCycle } = await import("@/sandbox/resources/subscriptions");
    billOneCycle(world.sandbox.insideCall(), subscription);
    await poll(world);
    expect(await rows(world, "subscriptions", "next_bill_date::text as next", "keap_id = 1")).toEqual([
      { next: "2026-03-08" },
    ]);
    expect((await world.compare()).differences).toEqual([]);
  });
});

describe("records deleted in Keap", () => {
  it("are gone here after a whole reading", async () => {
    const world = await copied();
    const { account } = world.sandbox;
    await world.sandbox.asUser("DELETE", "/v2/tasks/1");
    await world.sandbox.asUser("DELETE", "/v2/contacts/1/notes/1");
    await world.sandbox.asUser("DELETE", "/v1/appointments/1");
    await world.sandbox.asUser("DELETE", "/v2/opportunities/1");
    await world.sandbox.asUser("DELETE", "/v2/emails/1");
    await world.sandbox.asUser("DELETE", "/v2/leadSources/1/expenses/1");
    await world.sandbox.asUser("DELETE", "/v2/tags/2");
    await world.sandbox.asUser("DELETE", "/v2/contacts/model/customFields/2");
    removeRecord(account, "referrals", 1);
    removeRecord(account, "plans", 1);
    removeRecord(account, "users", 2);
    const changed = await poll(world, { sweep: true });
    expect(changed).toMatchObject({
      opportunities: 1,
      referrals: 1,
      lead_source_expenses: 1,
      users: 1,
      tags: 1,
    });
    expect((await world.compare()).differences).toEqual([]);
    const kept = await rows(world, "interactions", "kind, deleted_at is not null as gone");
    expect(kept).toHaveLength(4);
    expect(kept).toEqual(kept.map((row) => ({ ...(row as object), gone: true })));
    // the tag went, and with it who had it: nothing of that is to be pushed
    expect(await world.sql("select entity from sync.dirty where account_id = $1", [world.accountId])).toEqual(
      [],
    );
  });

  it("stay when only the list left them out", async () => {
    const world = await copied();
    const { opportunities } = world.keap;
    const forgetful = {
      ...world.deps,
      keap: {
        ...world.keap,
        opportunities: {
          ...opportunities,
          list: async (options: Parameters<typeof opportunities.list>[0]) => ({
            ...(await opportunities.list(options)),
            items: [],
          }),
        },
      },
    };
    expect(await runPoll(forgetful, { force: true, sweep: true })).toMatchObject({ state: "done" });
    expect(await rows(world, "opportunities", "deleted_at")).toEqual([{ deleted_at: null }]);
  });

  it("wait for a person when they are many", async () => {
    const world = await copied();
    for (let n = 0; n < 60; n += 1)
      await world.sandbox.asUser("POST", "/v2/contacts/1/notes", { user_id: "1", title: `Note ${n}` });
    await poll(world);
    for (const note of [...world.sandbox.account.notes.values()])
      await world.sandbox.asUser("DELETE", `/v2/contacts/1/notes/${note.id}`);
    const result = await runPoll(world.deps, { force: true, sweep: true });
    expect(result.errors).toMatchObject([{ entity: "notes" }]);
    const [left] = await world.sql<{ n: number }>(
      "select count(*)::int as n from interactions where account_id = $1 and kind = 'note' and deleted_at is null",
      [world.accountId],
    );
    expect(left?.n).toBe(61);
  });
});

describe("records nobody can read", () => {
  it("keep a name of their own each", async () => {
    const world = await startWorld(database, { account: createSmallAccount(), now: "2026-02-08T12:00:00Z" });
    world.sandbox.faults.add({ kind: "field_drop", path: "/v2/tags*", field: "id" });
    await runBackfill(world.deps);
    const kept = await world.sql<{ key: string }>(
      "select key from sync.rejected where account_id = $1 and entity = 'tags'",
      [world.accountId],
    );
    // both tags of the page, not one in the other's place
    expect(kept).toHaveLength(2);
    // and at the next reading they are the same two
    await runPoll(world.deps, { force: true, only: ["tags"] });
    expect(
      await world.sql("select key from sync.rejected where account_id = $1 and entity = 'tags'", [
        world.accountId,
      ]),
    ).toHaveLength(2);
  });

  it("do not hold up the page after them", async () => {
    const world = await startWorld(database, { account: createSmallAccount(), now: "2026-02-08T12:00:00Z" });
    const { contacts } = world.keap;
    let first = true;
    const slow = {
      ...world.deps,
      keap: {
        ...world.keap,
        contacts: {
          ...contacts,
          list: async (options: Parameters<typeof contacts.list>[0]) => {
            if (options?.orderBy !== "id asc") return contacts.list(options);
            const page = await contacts.list({ ...options, pageSize: 2 });
            if (!first) return page;
            first = false;
            const rejected = page.items.map((record, index) => ({
              index,
              keap_id: null,
              reason: "no id",
              record,
            }));
            return { ...page, items: [], rejected };
          },
        },
      },
    };
    expect(await runBackfill(slow)).toMatchObject({ complete: true });
    expect(await rows(world, "contacts", "keap_id::int as id")).toEqual([{ id: 3 }, { id: 4 }, { id: 5 }]);
  });
});

describe("custom fields that change in Keap", () => {
  it("lose no value and are known by their id", async () => {
    const world = await copied();
    const { account } = world.sandbox;
    const [colour, size] = [account.customFields.get(1), account.customFields.get(2)];
    if (!colour || !size) throw new Error("no custom fields");
    // renamed, retyped, and a new one with a value
    putRecord(account, "customFields", { ...colour, label: "Best Colour" });
    putRecord(account, "customFields", { ...size, field_type: "TEXT" });
    const added = await world.sandbox.asUser("POST", "/v2/contacts/model/customFields", {
      label: "Hat Size",
      field_type: "DECIMAL_NUMBER",
    });
    const hat = (added.body as { id: string }).id;
    await world.sandbox.asUser("PATCH", "/v2/contacts/1?update_mask=custom_fields", {
      custom_fields: [
        { id: "1", content: "Green" },
        { id: "2", content: "42 wide" },
        { id: hat, content: 7.25 },
      ],
    });
    await poll(world);
    expect((await world.compare()).differences).toEqual([]);
    const [row] = await rows(world, "contacts", "custom_fields", "keap_id = 1");
    expect(row).toEqual({ custom_fields: { 1: "Green", 2: "42 wide", [hat]: 7.25 } });
    expect(
      await rows(
        world,
        "custom_field_definitions",
        "label, field_type, deleted_at",
        "keap_id in (1, 2) and record_type = 'CONTACT'",
      ),
    ).toEqual([
      { label: "Best Colour", field_type: "TEXT", deleted_at: null },
      { label: "Shoe Size", field_type: "TEXT", deleted_at: null },
    ]);
    // told: what it was before
    expect(await history(world, "custom_field_definitions")).toEqual([
      { field: "field_type", before: "WHOLE_NUMBER", after: "TEXT" },
      { field: "label", before: "Favourite Colour", after: "Best Colour" },
    ]);
  });

  it("keep the last values of a dropped one in the history", async () => {
    const world = await copied();
    await world.sandbox.asUser("DELETE", "/v2/contacts/model/customFields/1");
    await poll(world);
    // with the field its values go from the people
    await world.sandbox.asUser("PATCH", "/v2/contacts/1?update_mask=custom_fields", {
      custom_fields: [{ id: "2", content: 42 }],
    });
    await poll(world);
    expect((await world.compare()).differences).toEqual([]);
    const [gone] = await rows(
      world,
      "custom_field_definitions",
      "deleted_at is not null as gone",
      "keap_id = 1 and record_type = 'CONTACT'",
    );
    expect(gone).toEqual({ gone: true });
    const told = (await history(world, "contacts")).filter((one) => one.field === "custom_fields");
    expect(told).toMatchObject([{ before: { 1: "Green", 2: 42 }, after: { 2: 42 } }]);
  });
});
