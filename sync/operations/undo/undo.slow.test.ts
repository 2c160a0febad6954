import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import { runPush } from "../../outbound/push";
import { type SyncWorld, startWorld } from "../../testing/world";
import { operationsOf } from "../testing";
import { planUndoOf, runUndo } from "./undo";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let ids: number[];
let tags: number[];
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 12 });
  await runBackfill(world.deps);
  ids = [...world.sandbox.account.contacts.keys()].sort((a, b) => a - b);
  tags = [...world.sandbox.account.tags.keys()].sort((a, b) => a - b);
});
afterAll(() => database.stop());

const sql = <T = Record<string, unknown>>(text: string, ...params: unknown[]) =>
  world.sql<T>(text, [world.accountId, ...params]);
const at = (n: number) => ids[n] as number;
const inKeap = (id: number) => world.sandbox.account.contacts.get(id) as unknown as Record<string, unknown>;
const deps = () => operationsOf(world);

async function settle() {
  for (let n = 0; n < 2; n += 1) {
    await runPush(world.deps);
    await runPoll(world.deps, { force: true, only: ["contacts", "tags", "contact_tags"] });
  }
}

/** Of what is edited here; the other tables are not polled. */
async function differences() {
  return (await world.compare()).differences.filter((one) => /^(contacts|contact_tags|tags) /.test(one));
}

async function clock(): Promise<string> {
  const [row] = await sql<{ at: string }>("select clock_timestamp() as at from accounts where id = $1");
  return row?.at ?? "";
}

async function undo(scope: Parameters<typeof planUndoOf>[1]) {
  const plan = await planUndoOf(deps(), scope);
  const result = await runUndo(deps(), plan);
  await settle();
  return { plan, result };
}

/** What people can change about a person, on both sides. */
async function picture() {
  const rows = await sql(
    `select c.keap_id, c.given_name, c.job_title, c.website, c.phone_numbers, c.custom_fields, c.email_addresses, c.deleted_at,
       (select jsonb_agg(l.tag_keap_id order by l.tag_keap_id) from contact_tags l
        where l.account_id = c.account_id and l.contact_id = c.supabase_id and l.removed_at is null) as tags
     from contacts c where c.account_id = $1 order by c.keap_id`,
  );
  const wires = ids.map((id) => {
    const { given_name, job_title, website, phone_numbers, email_addresses, custom_fields } = inKeap(id);
    const filled = (custom_fields as { id: string; content: unknown }[] | undefined)
      ?.filter((one) => one.content !== null && one.content !== "")
      .sort((a, b) => Number(a.id) - Number(b.id));
    return {
      given_name: given_name ?? null,
      job_title: job_title ?? null,
      website: website ?? null,
      phone_numbers: ((phone_numbers as unknown[] | undefined) ?? [])
        .map((one) => JSON.stringify(one))
        .sort(),
      email_addresses,
      filled,
      tags: [...(world.sandbox.account.contactTags.get(id)?.keys() ?? [])].sort((a, b) => a - b),
    };
  });
  return JSON.parse(JSON.stringify({ rows, wires }));
}

describe("undoing", () => {
  it("brings a mistaken update of many back", async () => {
    const before = await picture();
    const from = await clock();
    await sql(
      "update contacts set job_title = 'Oops', website = 'https://oops.example' where account_id = $1",
    );
    await settle();
    expect(inKeap(at(0)).job_title).toBe("Oops");
    world.forgetCalls();
    const { plan, result } = await undo({ from });
    expect(plan.edits).toHaveLength(12);
    expect(result).toMatchObject({ edited: 12, left: [] });
    expect(await picture()).toEqual(before);
    expect(world.writes().filter((one) => one.method === "PATCH")).toHaveLength(12);
    expect(plan.calls).toBe(13);
    expect(await differences()).toEqual([]);
  });

  it("changes nothing while it only plans", async () => {
    const from = await clock();
    await sql("update contacts set job_title = 'Planned' where account_id = $1 and keap_id = $2", at(0));
    await settle();
    const before = await picture();
    const plan = await planUndoOf(deps(), { from });
    expect(plan.edits).toMatchObject([{ keap_id: at(0), changes: [{ field: "job_title", now: "Planned" }] }]);
    expect(await picture()).toEqual(before);
    // previewed by an admin, it needs no second yes for being many
    await runUndo(deps(), plan);
    const marks = await sql(
      "select entity, passed_at is not null as passed from sync.dirty where account_id = $1",
    );
    expect(marks).toEqual([{ entity: "contacts", passed: true }]);
    await settle();
    expect(inKeap(at(0)).job_title).not.toBe("Planned");
  });

  it("undoes what Keap changed as well", async () => {
    const before = await picture();
    const from = await clock();
    await world.keap.contacts.update(String(at(1)), { given_name: "Elsewhere" });
    await settle();
    const { plan } = await undo({ from });
    expect(plan.edits).toHaveLength(1);
    expect(inKeap(at(1)).given_name).toBe(before.wires[1].given_name);
    expect((await picture()).rows).toEqual(before.rows);
  });

  it("leaves newer values and says so", async () => {
    const from = await clock();
    await sql(
      "update contacts set given_name = 'First', job_title = 'First' where account_id = $1 and keap_id = $2",
      at(2),
    );
    await settle();
    const to = await clock();
    await sql("update contacts set given_name = 'Second' where account_id = $1 and keap_id = $2", at(2));
    await settle();
    const { plan } = await undo({ from, to });
    expect(plan.refused).toMatchObject(
      [{ field: "given_name", reason: /changed again/ }].map(({ field }) => ({ field })),
    );
    expect(plan.edits).toMatchObject([{ changes: [{ field: "job_title", now: "First" }] }]);
    expect(inKeap(at(2))).toMatchObject({ given_name: "Second" });
    expect(inKeap(at(2)).job_title).not.toBe("First");
  });

  it("says what can never be undone", async () => {
    const from = await clock();
    const { contact } = await world.keap.contacts.create({
      given_name: "New",
      email_addresses: [{ email: "new@example.com", field: "EMAIL1" }],
    });
    await settle();
    const plan = await planUndoOf(deps(), { from, entity: "contacts" });
    expect(plan.edits).toEqual([]);
    expect(plan.refused.find((one) => one.name === "New")?.reason).toMatch(/made in Keap.*Delete it in Keap/);
    await world.keap.contacts.delete(contact.id);
    await settle();
    const gone = await planUndoOf(deps(), { from, entity: "contacts" });
    expect(gone.edits).toEqual([]);
    expect(gone.refused.length).toBeGreaterThan(0);
  });

  it("undoes one run or one record", async () => {
    const before = await picture();
    for (const n of [3, 4])
      await sql("update contacts set job_title = 'Run' where account_id = $1 and keap_id = $2", at(n));
    await runPush(world.deps);
    const [run] = await sql<{ run_id: string }>(
      "select run_id from sync.runs where account_id = $1 and kind = 'push' order by started_at desc limit 1",
    );
    const [record] = await sql<{ supabase_id: string }>(
      "select supabase_id from contacts where account_id = $1 and keap_id = $2",
      at(3),
    );
    const one = await planUndoOf(deps(), { run_id: run?.run_id, record_id: record?.supabase_id });
    expect(one.edits.map((edit) => edit.keap_id)).toEqual([at(3)]);
    await undo({ run_id: run?.run_id });
    expect((await picture()).rows).toEqual(before.rows);
  });

  it("refuses a scope that says nothing", async () => {
    await expect(planUndoOf(deps(), {})).rejects.toThrow(/Say what to undo/);
    await expect(planUndoOf(deps(), { from: "yesterday-ish" })).rejects.toThrow(/not a time/);
    await expect(planUndoOf(deps(), { from: "2026-02-01", to: "2026-01-01" })).rejects.toThrow(
      /before the beginning/,
    );
  });

  it("is the inverse of any edits (I14)", async () => {
    const word = fc.constantFrom("", "a", "Ünï", "b c");
    const edit = fc.record({
      who: fc.nat({ max: 5 }),
      side: fc.constantFrom("here", "keap"),
      what: fc.constantFrom("given_name", "job_title", "phone", "custom", "tag", "untag", "email"),
      value: word,
      tag: fc.nat({ max: 3 }),
      sync: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 8 }), async (edits) => {
        const before = await picture();
        const from = await clock();
        for (const one of edits) {
          await apply(one);
          if (one.sync) await settle();
        }
        await settle();
        await undo({ from });
        expect(await picture()).toEqual(before);
      }),
      { numRuns: Number(process.env.UNDO_RUNS ?? 3), seed: Number(process.env.UNDO_SEED ?? 20261123) },
    );
    expect(await differences()).toEqual([]);
  });
});

async function apply(one: { who: number; side: string; what: string; value: string; tag: number }) {
  const id = at(6 + one.who);
  const tag = tags[one.tag] as number;
  const value = one.value === "" ? null : one.value;
  const here = one.side === "here";
  switch (one.what) {
    case "given_name":
    case "job_title":
      if (here)
        await sql(`update contacts set ${one.what} = $3 where account_id = $1 and keap_id = $2`, id, value);
      else await world.keap.contacts.update(String(id), { [one.what]: value });
      return;
    case "phone": {
      const phone = value === null ? null : { number: `+1 480 555 01${value.length}${one.tag}` };
      if (here)
        await sql(
          "update contacts set phone_numbers = (phone_numbers - 'PHONE4') || $3 where account_id = $1 and keap_id = $2",
          id,
          phone ? { PHONE4: phone } : {},
        );
      else {
        const list = ((inKeap(id).phone_numbers as { field: string }[] | undefined) ?? []).filter(
          (old) => old.field !== "PHONE4",
        );
        await world.keap.contacts.update(String(id), {
          phone_numbers: [...list, ...(phone ? [{ field: "PHONE4", ...phone }] : [])],
        } as never);
      }
      return;
    }
    case "custom":
      if (here)
        await sql(
          "update contacts set custom_fields = (custom_fields - '7') || $3 where account_id = $1 and keap_id = $2",
          id,
          value ? { "7": value } : {},
        );
      else {
        const list = ((inKeap(id).custom_fields as { id: string }[] | undefined) ?? []).filter(
          (old) => old.id !== "7",
        );
        await world.keap.contacts.update(String(id), {
          custom_fields: [...list, { id: "7", content: value }],
        } as never);
      }
      return;
    case "email":
      if (here)
        await sql(
          "update contacts set email_addresses = (email_addresses - 'EMAIL3') || $3 where account_id = $1 and keap_id = $2",
          id,
          value ? { EMAIL3: { email: `e${one.tag}@example.com` } } : {},
        );
      return;
    case "tag":
      if (here)
        await sql(
          `insert into contact_tags (account_id, contact_id, tag_id) select $1, c.supabase_id, t.supabase_id from contacts c, tags t
           where c.account_id = $1 and t.account_id = $1 and c.keap_id = $2 and t.keap_id = $3
           on conflict (account_id, contact_id, tag_id) do update set removed_at = null`,
          id,
          tag,
        );
      else await world.keap.tags.applyTo(String(tag), [String(id)]);
      return;
    default:
      if (here)
        await sql(
          "update contact_tags set removed_at = now() where account_id = $1 and contact_keap_id = $2 and tag_keap_id = $3 and removed_at is null",
          id,
          tag,
        );
      else await world.keap.tags.removeFrom(String(tag), [String(id)]);
  }
}
