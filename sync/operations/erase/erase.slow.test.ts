import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { removeContact } from "@/sandbox/resources/contacts";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type HookWorld, startHookWorld } from "../../hooks/testing/hook-world";
import { runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import { runPush } from "../../outbound/push";
import { createRpc, type OperationDeps } from "../deps";
import { operationsOf } from "../testing";
import { planUndoOf } from "../undo/undo";
import { runVerify } from "../verify/verify";
import { erasePerson, findPerson, previewErasure, resumeErasures } from "./erase";

vi.setConfig({ testTimeout: 300_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: HookWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startHookWorld(database, { contacts: 14 });
  await runBackfill(world.deps);
});
afterAll(() => database.stop());

const sql = <T = Record<string, unknown>>(text: string, ...params: unknown[]) =>
  world.sql<T>(text, [world.accountId, ...params]);
const deps = () => operationsOf(world);

interface Person {
  id: string;
  keap_id: number;
  marks: string[];
}

let made = 0;
/** A person of the copy whom one cannot mistake for anybody, with everything the product may know of a person. */
async function somebody(): Promise<Person> {
  made += 1;
  const [buyer] = await sql<{ keap_id: number }>(
    `select c.keap_id from contacts c where c.account_id = $1 and c.deleted_at is null
       and exists (select from orders o where o.contact_id = c.supabase_id) order by c.keap_id limit 1`,
  );
  const keap_id = Number(buyer?.keap_id);
  const given = `Zebulonia${made}`;
  const family = `O'Quennerstedt${made}`;
  const email = `zebu.lonia+${made}@quennerstedt.example`;
  const older = `zebu.before${made}@quennerstedt.example`;
  const digits = `41555501${70 + made}`;
  const phone = `(415) 555-01${70 + made}`;
  const wire = { given_name: given, family_name: family, job_title: `Aide of ${given}` };
  await world.keap.contacts.update(String(keap_id), {
    ...wire,
    email_addresses: [{ email: older, field: "EMAIL1" }],
    phone_numbers: [{ number: phone, field: "PHONE1" }],
  });
  await world.keap.notes.create(String(keap_id), {
    title: `Call of ${given} ${family}`,
    text: `Rang from ${phone}, write to ${email}.`,
    type: "Call",
    user_id: String([...world.sandbox.account.users.keys()][0]),
  } as never);
  await runPoll(world.deps, { force: true, only: ["contacts", "notes"] });
  await sql("update contacts set email = $3 where account_id = $1 and keap_id = $2", keap_id, email);
  await runPush(world.deps);
  await runPoll(world.deps, { force: true, only: ["contacts", "notes", "email_addresses_status"] });
  const [row] = await sql<{ id: string }>(
    "select supabase_id as id from contacts where account_id = $1 and keap_id = $2",
    keap_id,
  );
  const id = row?.id ?? "";
  await mentionEverywhere({ id, email, name: `${given} ${family}`, phone });
  return { id, keap_id, marks: [email, older, digits, `555-01${70 + made}`, given, family] };
}

async function mentionEverywhere(one: { id: string; email: string; name: string; phone: string }) {
  const text = `Ask ${one.name} (${one.email.toUpperCase()}, +1 ${one.phone}).`;
  const { user_id } = await database.signUp({ account_id: world.accountId, role: "admin" });
  const chat = "insert into chats (account_id, user_id, title) values ($1, $2, $3) returning id";
  const [{ id: chatId } = { id: "" }] = await sql<{ id: string }>(chat, user_id, `About ${one.name}`);
  const output = {
    rows: [{ contact_id: one.id, name: one.name, given_name: one.name.split(" ")[0], revenue: 1200 }],
  };
  await sql(
    "insert into chat_messages (account_id, chat_id, id, role, parts, position) values ($1, $2, 'm1', 'assistant', $3, 1)",
    chatId,
    JSON.stringify([
      { type: "text", text },
      { type: "tool-rank_people", state: "output-available", output },
    ]),
  );
  await sql(
    "insert into notifications (account_id, user_id, kind, title, body) values ($1, $2, 'alert', $3, $4)",
    user_id,
    one.name,
    text,
  );
  await sql(
    `insert into knowledge_documents (account_id, kind, source_id, contact_id, title, content_hash)
     values ($1, 'profile', $2, $2, $3, 'x'), ($1, 'upload', gen_random_uuid(), null, $4, 'y')`,
    one.id,
    one.name,
    `Minutes with ${one.email}`,
  );
  await sql(
    `insert into knowledge_chunks (account_id, document_id, position, content)
     select $1, d.id, 1, $2 from knowledge_documents d where d.account_id = $1
       and not exists (select from knowledge_chunks c where c.document_id = d.id)`,
    text,
  );
  await sql(
    "select private.audit($1, 'cli', 'noted', $2, $3)",
    `mail:${one.email}`,
    JSON.stringify({ text }),
  );
  await database.service.rpc("create_proposal", {
    p_account: world.accountId,
    p_proposal: {
      kind: "update_contact",
      summary: text,
      payload: { changes: { job_title: `Friend of ${one.name}` } },
    },
    p_items: [{ contact_id: one.id }],
  });
  await sql(
    "insert into predictions (account_id, contact_id, model, score, details) values ($1, $2, 'churn', 0.4, $3)",
    one.id,
    JSON.stringify({ text }),
  );
}

/** Every text and document of every table that still holds one of these, as `schema.table.column`. */
async function whereabouts(marks: readonly string[]): Promise<string[]> {
  const columns = await world.sql<{ schema: string; relation: string; column: string }>(
    `select n.nspname as schema, c.relname as relation, a.attname as column
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
       and a.atttypid::regtype::text in ('text', 'jsonb', 'json', 'tsvector', 'character varying', 'text[]')
       and n.nspname not in ('pg_catalog', 'information_schema', 'auth', 'pg_toast')`,
  );
  const found: string[] = [];
  for (const { schema, relation, column } of columns) {
    const [row] = await world.sql<{ n: number }>(
      `select count(*)::int as n from "${schema}"."${relation}" t
       where exists (select from jsonb_array_elements_text($1) m where t."${column}"::text ilike '%' || replace(m, '_', '\\_') || '%')`,
      [JSON.stringify(marks)],
    );
    if ((row?.n ?? 0) > 0) found.push(`${schema}.${relation}.${column}`);
  }
  return found.sort();
}

const sums = async () =>
  JSON.stringify(
    await sql(
      `select (select count(*) from sync.journal j where j.account_id = $1 and j.action <> 'redact') as lines,
         (select sum(fields) from sync_log l where l.account_id = $1) as fields,
         (select sum(total_minor) from orders o where o.account_id = $1 and o.deleted_at is null) as orders,
         (select sum(amount_minor) from payments p where p.account_id = $1 and p.deleted_at is null) as payments,
         (select count(*) from interactions i where i.account_id = $1 and i.deleted_at is null) as interactions`,
    ),
  );

/** What the journal says was agreed, against what stands in the base: the same for everybody who was not erased too. */
const rebuilt = () =>
  sql(
    `with last as (
       select distinct on (j.entity, j.record_id, c.key) j.entity, j.record_id, c.key,
         case when j.action in ('create', 'restore') and jsonb_typeof(c.value) is distinct from 'array' or j.action = 'create' then c.value else c.value -> 1 end as value
       from sync.journal j cross join jsonb_each(j.changes) c
       where j.account_id = $1 and j.entity in ('orders', 'payments', 'subscriptions') and j.direction in ('in', 'out', 'agree')
       order by j.entity, j.record_id, c.key, j.journal_id desc)
     select l.entity, l.key, l.value, s.base -> l.key as base from last l
     join sync.shadow s on s.account_id = $1 and s.entity = l.entity and s.record_id = l.record_id
     where l.value is distinct from s.base -> l.key limit 5`,
  );

it("leaves no trace of a person in any table", async () => {
  const person = await somebody();
  expect((await whereabouts(person.marks)).length).toBeGreaterThan(12);
  const before = await sums();
  const preview = await previewErasure(deps(), person.id);
  expect(preview).toMatchObject({ keap_id: person.keap_id, in_keap: true, erased: null });
  expect(preview.counts.orders).toBeGreaterThan(0);
  expect(preview.counts.interactions).toBeGreaterThan(0);
  const erasure = await erasePerson(deps(), person.id);
  expect(erasure).toMatchObject({ tables_left: 0, keap_state: "kept", counts: { contacts: 1 } });
  expect(await whereabouts(person.marks)).toEqual([]);
  expect(await sums()).toBe(before);
  expect(await rebuilt()).toEqual([]);
  const [seen] = await sql<{ parts: unknown }>(
    "select parts from chat_messages where account_id = $1 order by created_at limit 1",
  );
  expect(seen?.parts).toMatchObject([
    { text: expect.stringContaining("Ask [erased] ([erased]") },
    { output: { rows: [{ contact_id: person.id, name: "[erased]", revenue: 1200 }] } },
  ]);

  // Keap still has the person: nothing of it comes back, and the comparison finds nothing amiss
  await world.keap.contacts.update(String(person.keap_id), { job_title: "Back again" });
  await world.keap.notes.create(String(person.keap_id), {
    title: `Again ${person.marks[4]}`,
    text: `Wrote from ${person.marks[0]}`,
    type: "Call",
    user_id: String([...world.sandbox.account.users.keys()][0]),
  } as never);
  await runPoll(world.deps, { force: true });
  await runPush(world.deps);
  await world.settle();
  await runBackfill(world.deps, { restart: true });
  const verified = await runVerify(deps(), { restart: true });
  expect(verified.mismatches).toEqual([]);
  expect(await whereabouts(person.marks)).toEqual([]);

  // twice is once, and an undo of that time brings nothing of it back
  expect((await erasePerson(deps(), person.id)).erased_at).toBe(erasure.erased_at);
  const undo = await planUndoOf(deps(), { from: "2000-01-01T00:00:00Z" });
  expect(JSON.stringify(undo)).not.toContain(person.marks[0]);
  expect(undo.edits.filter((one) => one.record_id === person.id)).toEqual([]);
});

it("forgets whom Keap was asked to redact", async () => {
  const person = await somebody();
  await world.watch();
  // somebody knows the address of the hook: as long as Keap shows the person, nobody is erased
  await world.post({
    event_key: "contact.redact",
    object_type: "contact",
    object_keys: [{ id: person.keap_id }],
  });
  await world.drain();
  expect((await whereabouts(person.marks)).length).toBeGreaterThan(12);
  const letters = await sql<{ reason: string }>(
    "select reason from sync.dead_letters where account_id = $1 and record_id = $2 and state = 'open'",
    person.id,
  );
  expect(letters.map((one) => one.reason)).toEqual([
    "Keap said that this person is to be forgotten, but shows them as before.",
  ]);

  const contact = world.sandbox.account.contacts.get(person.keap_id);
  if (contact) removeContact(world.sandbox.account, contact, { quiet: true });
  await world.post({
    event_key: "contact.redact",
    object_type: "contact",
    object_keys: [{ id: person.keap_id, timestamp: "2026-11-02T00:00:00Z" }],
  });
  await world.settle();
  expect(await whereabouts(person.marks)).toEqual([]);
  const [row] = await sql(
    "select cause, keap_state, traces from sync.erased where account_id = $1 and record_id = $2",
    person.id,
  );
  expect(row).toEqual({ cause: "redacted_in_keap", keap_state: "deleted", traces: null });
});

it("leaves what somebody else shares", async () => {
  const person = await somebody();
  const [other] = await sql<{ id: string; keap_id: number }>(
    "select supabase_id as id, keap_id from contacts where account_id = $1 and deleted_at is null and supabase_id <> $2 order by keap_id desc limit 1",
    person.id,
  );
  const shared = person.marks[0] as string;
  await sql("update contacts set email = $3 where account_id = $1 and supabase_id = $2", other?.id, shared);
  await runPush(world.deps);
  await erasePerson(deps(), person.id, { inKeap: true });
  expect(world.sandbox.account.contacts.has(person.keap_id)).toBe(false);
  const rows = await sql<{ id: string }>(
    "select supabase_id as id from contacts where account_id = $1 and email = $2",
    shared,
  );
  expect(rows).toEqual([{ id: other?.id }]);
  expect(await whereabouts(person.marks.slice(1))).toEqual([]);
  await expect(findPerson(deps(), "nobody@example.com")).rejects.toThrow(
    'There is nobody with the id or address "nobody@example.com" here.',
  );
});

it("goes on after a kill between two tables", async () => {
  const person = await somebody();
  let calls = 0;
  const rpc = createRpc(database.service);
  const killed: OperationDeps = {
    ...deps(),
    rpc: (name, args) => {
      calls += 1;
      return calls > 4 ? Promise.reject(new Error("killed")) : rpc(name, args);
    },
  };
  await expect(erasePerson(killed, person.id)).rejects.toThrow("killed");
  expect(await resumeErasures(deps())).toMatchObject([{ record_id: person.id, tables_left: 0 }]);
  expect(await resumeErasures(deps())).toEqual([]);
  expect(await whereabouts(person.marks)).toEqual([]);
});
