import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { runPush } from "../outbound/push";
import { type SyncWorld, startWorld } from "../testing/world";
import { type PlannedChange, previewSync } from "./preview";
import { operationsOf } from "./testing";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let ids: number[];
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 40 });
  await runBackfill(world.deps);
  ids = [...world.sandbox.account.contacts.keys()].sort((a, b) => a - b);
});
afterAll(() => database.stop());

const sql = <T>(text: string, ...params: unknown[]) => world.sql<T>(text, [world.accountId, ...params]);

/** Edits of every kind, on both sides. */
async function editBothSides() {
  const at = (n: number) => ids[n] as number;
  // here
  await sql(
    "update contacts set given_name = 'Here', job_title = 'Potter' where account_id = $1 and keap_id = $2",
    at(0),
  );
  await sql(
    `update contacts set phone_numbers = phone_numbers || '{"PHONE2": {"number": "+1 480 555 0142"}}' where account_id = $1 and keap_id = $2`,
    at(1),
  );
  await sql(
    "update tags set name = name || '!' where account_id = $1 and keap_id = (select min(keap_id) from tags where account_id = $1)",
  );
  await sql("update contacts set score_value = 99 where account_id = $1 and keap_id = $2", at(2));
  await sql(
    "update orders set title = 'Forged' where account_id = $1 and keap_id = (select min(keap_id) from orders where account_id = $1)",
  );
  const [made] = await sql<{ supabase_id: string }>(
    `insert into contacts (account_id, given_name, email_addresses) values ($1, 'Nova', '{"EMAIL1": {"email": "nova@example.com"}}') returning supabase_id`,
  );
  await sql(
    `insert into contact_tags (account_id, contact_id, tag_id) select $1, $2, supabase_id from tags where account_id = $1 and keap_id is not null order by keap_id limit 1`,
    made?.supabase_id,
  );
  await sql(
    `insert into contact_tags (account_id, contact_id, tag_id) select $1, c.supabase_id, t.supabase_id
     from contacts c, tags t where c.account_id = $1 and t.account_id = $1 and c.keap_id = any ($2)
       and t.keap_id = (select max(keap_id) from tags where account_id = $1) on conflict do nothing`,
    [at(3), at(4), at(5)],
  );
  await sql(
    "update contact_tags set removed_at = now() where account_id = $1 and contact_keap_id = $2 and removed_at is null",
    at(6),
  );
  // there
  await world.keap.contacts.update(String(at(7)), { given_name: "There", family_name: "Too" });
  await world.keap.tags.applyTo(String(Math.min(...world.sandbox.account.tags.keys())), [String(at(8))]);
  // both: different fields, and one field to different values
  await world.keap.contacts.update(String(at(9)), { family_name: "Keap" });
  await sql("update contacts set given_name = 'Ours' where account_id = $1 and keap_id = $2", at(9));
  await world.keap.contacts.update(String(at(10)), { given_name: "K" });
  await sql("update contacts set given_name = 'P' where account_id = $1 and keap_id = $2", at(10));
}

/** What the database holds: nothing of it may change by looking. */
async function fingerprint() {
  const tables = ["contacts", "tags", "contact_tags", "orders"];
  const hashes = await Promise.all(
    tables.map((table) =>
      sql<{ h: string }>(
        `select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as h from ${table} t where account_id = $1`,
      ),
    ),
  );
  const sync = await Promise.all(
    ["dirty", "shadow", "journal", "conflicts", "intents", "cursors", "runs", "holds", "leases"].map(
      (table) =>
        sql<{ h: string }>(
          `select md5(coalesce(string_agg(md5(t::text), '' order by md5(t::text)), '')) as h from sync.${table} t where account_id = $1`,
        ),
    ),
  );
  return [...hashes, ...sync].map(([row]) => row?.h);
}

const plain = (changes: PlannedChange[]) =>
  changes
    .map(({ entity, record_id, other_id, action, changes: fields }) => ({
      entity,
      record_id,
      other_id,
      action,
      changes: fields,
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

describe("previewing a run", () => {
  it("changes nothing on either side", async () => {
    await editBothSides();
    world.forgetCalls();
    const before = await fingerprint();
    const preview = await previewSync(operationsOf(world));
    expect(preview.state).toBe("done");
    expect(preview.to_keap.length).toBeGreaterThan(5);
    expect(world.writes()).toEqual([]);
    expect(await fingerprint()).toEqual(before);
  });

  it("plans exactly what then runs", async () => {
    const preview = await previewSync(operationsOf(world));
    const [{ n: lastIntent } = { n: "" }] = await sql<{ n: string }>(
      "select now()::text as n from accounts where id = $1",
    );
    const [{ j } = { j: 0 }] = await sql<{ j: number }>(
      "select coalesce(max(journal_id), 0)::int as j from sync.journal where account_id = $1",
    );
    world.forgetCalls();
    await runPoll(world.deps, { force: true });
    await runPush(world.deps);
    await runPush(world.deps);
    const writes = world.writes().length;

    const sent = await sql<{
      entity: string;
      record_id: string;
      other_id: string | null;
      action: string;
      fields: object;
    }>(
      "select entity, record_id, other_id, action, fields from sync.intents where account_id = $1 and created_at >= $2 and action <> 'x'",
      lastIntent,
    );
    const planned = preview.to_keap.map(
      (one) => `${one.entity} ${one.action} ${one.record_id} ${one.other_id ?? ""}`,
    );
    expect(
      sent.map((one) => `${one.entity} ${one.action} ${one.record_id} ${one.other_id ?? ""}`).sort(),
    ).toEqual(planned.sort());
    for (const one of sent) {
      if (one.entity === "contact_tags") continue;
      const plan = preview.to_keap.find(
        (other) => other.record_id === one.record_id && other.entity === one.entity,
      );
      const after = Object.fromEntries(
        Object.entries(plan?.changes ?? {}).map(([field, value]) => [
          field,
          one.action === "create" ? value : (value as unknown[])[1],
        ]),
      );
      expect(after).toEqual(one.fields);
    }
    const arrived = await sql<PlannedChange>(
      "select entity, record_id, other_id, action, changes from sync.journal where account_id = $1 and journal_id > $2 and direction = 'in' and origin <> 'x'",
      j,
    );
    const seen = plain(arrived);
    for (const one of plain(preview.from_keap)) expect(seen).toContainEqual(one);
    // the run tells nothing of what it pulled that was not in the plan, but Keap's own rewriting of what it was sent
    const sentRecords = new Set(sent.map((one) => one.record_id));
    const plannedIn = plain(preview.from_keap);
    for (const one of seen) if (!sentRecords.has(one.record_id)) expect(plannedIn).toContainEqual(one);
    expect(preview.conflicts.map((one) => one.field)).toEqual(["given_name"]);
    expect(preview.calls.writes).toBeGreaterThanOrEqual(writes - 1);
    expect(preview.calls.writes).toBeLessThanOrEqual(writes + 1);
    // the echo of what was made, and when the tags were put on
    await runPoll(world.deps, { force: true });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("plans nothing for a settled world", async () => {
    expect(await previewSync(operationsOf(world))).toMatchObject({
      to_keap: [],
      from_keap: [],
      conflicts: [],
      held: [],
    });
  });

  it("shows a batch the breaker would hold", async () => {
    await sql(
      "insert into contacts (account_id, keap_id, given_name, sync_status) select $1, 800000 + n, 'Many', 'synced' from generate_series(1, 60) n",
    );
    await sql("update contacts set job_title = 'All of them' where account_id = $1 and deleted_at is null");
    const preview = await previewSync(operationsOf(world), { only: "to_keap" });
    expect(preview.held_batches).toMatchObject([{ entity: "contacts", kind: "push" }]);
    expect(preview.held_batches[0]?.records).toBeGreaterThan(50);
    expect(preview.to_keap).toEqual([]);
  });
});
