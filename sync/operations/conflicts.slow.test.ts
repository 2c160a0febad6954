import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { runPush } from "../outbound/push";
import { type SyncWorld, startWorld } from "../testing/world";
import { heldConflictIds, listConflicts, resolveConflicts } from "./conflicts";
import { differencesOfPeople, operationsOf, personInKeap, rowOfPerson } from "./testing";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let ids: number[];
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 20 });
  await runBackfill(world.deps);
  ids = [...world.sandbox.account.contacts.keys()].sort((a, b) => a - b);
  const { setPolicy } = await import("./policies");
  for (const field of ["given_name", "email_addresses", "custom_fields"])
    await setPolicy(operationsOf(world), { entity: "contacts", field, policy: "hold" });
});
afterAll(() => database.stop());

const differences = () => differencesOfPeople(world);
const inKeap = (id: number) => personInKeap(world, id);
const rowOf = (id: number) => rowOfPerson(world, id);
const edit = (id: number, name: string) =>
  world.sql("update contacts set given_name = $3 where account_id = $1 and keap_id = $2", [
    world.accountId,
    id,
    name,
  ]);
const editInKeap = (id: number, body: Record<string, unknown>) =>
  world.keap.contacts.update(String(id), body as never);

/** Both sides change the first name; nobody wins. */
async function conflictOver(id: number, keap: string, here: string) {
  const before = (await rowOf(id)).given_name;
  await editInKeap(id, { given_name: keap });
  await edit(id, here);
  await runPush(world.deps);
  const { conflicts } = await listConflicts(operationsOf(world), { state: "held", entity: "contacts" });
  const found = conflicts.find((one) => one.keap_id === id && one.field === "given_name");
  if (!found) throw new Error("No conflict was held.");
  expect(found).toMatchObject({ base: before, keap, supabase: here, policy: "hold", state: "held" });
  return found;
}

async function settle() {
  await runPush(world.deps);
  await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags"] });
}

describe("deciding conflicts", () => {
  it("says who changed what and when", async () => {
    const one = await conflictOver(ids[0] as number, "Keaps", "Ours");
    expect(one.supabase_changed_by).toBe("sql");
    expect(Date.parse(one.supabase_changed_at ?? "")).toBeGreaterThan(0);
    expect(Date.parse(one.keap_changed_at ?? "")).toBeGreaterThan(0);
    expect(await rowOf(ids[0] as number)).toMatchObject({ sync_status: "conflict", given_name: "Ours" });
  });

  it("keeps Keap's value on both sides", async () => {
    const id = ids[0] as number;
    const [held] = await heldConflictIds(operationsOf(world));
    expect(await resolveConflicts(operationsOf(world), [held as string], { use: "keap" })).toEqual([
      { conflict_id: held, outcome: "resolved", reason: null },
    ]);
    await settle();
    expect(inKeap(id).given_name).toBe("Keaps");
    expect(await rowOf(id)).toMatchObject({ given_name: "Keaps", sync_status: "synced" });
    expect(await differences()).toEqual([]);
  });

  it("restores the value not chosen later", async () => {
    const id = ids[0] as number;
    const { conflicts } = await listConflicts(operationsOf(world), { state: "resolved" });
    const [one] = conflicts;
    expect(one).toMatchObject({ resolution: "keap", supabase: "Ours", keap: "Keaps", resolved_by: "cli" });
    await resolveConflicts(operationsOf(world), [one?.conflict_id as string], { use: "supabase" });
    await settle();
    expect(inKeap(id).given_name).toBe("Ours");
    expect((await rowOf(id)).given_name).toBe("Ours");
    expect(await differences()).toEqual([]);
  });

  it("sends our value where we win", async () => {
    const id = ids[1] as number;
    const one = await conflictOver(id, "Theirs", "Mine");
    await resolveConflicts(operationsOf(world), [one.conflict_id], { use: "supabase" });
    await settle();
    expect(inKeap(id).given_name).toBe("Mine");
    expect(await rowOf(id)).toMatchObject({ given_name: "Mine", sync_status: "synced" });
    expect((await listConflicts(operationsOf(world), { state: "held" })).held).toBe(0);
  });

  it("puts a typed value on both sides", async () => {
    const id = ids[2] as number;
    const one = await conflictOver(id, "Liz", "Beth");
    await resolveConflicts(operationsOf(world), [one.conflict_id], { use: "value", value: " Elizabeth " });
    await settle();
    expect(inKeap(id).given_name).toBe("Elizabeth");
    expect((await rowOf(id)).given_name).toBe("Elizabeth");
  });

  it("asks again where Keap moved meanwhile", async () => {
    const id = ids[3] as number;
    const one = await conflictOver(id, "First", "Ours");
    await resolveConflicts(operationsOf(world), [one.conflict_id], { use: "supabase" });
    await editInKeap(id, { given_name: "Second" });
    await runPush(world.deps);
    const { conflicts } = await listConflicts(operationsOf(world), { state: "held" });
    expect(conflicts).toMatchObject([{ keap_id: id, base: "First", keap: "Second", supabase: "Ours" }]);
    expect(inKeap(id).given_name).toBe("Second");
    await resolveConflicts(operationsOf(world), [conflicts[0]?.conflict_id as string], { use: "keap" });
    await settle();
    expect((await rowOf(id)).given_name).toBe("Second");
  });

  it("refuses Keap's value over a newer edit", async () => {
    const id = ids[4] as number;
    const one = await conflictOver(id, "K", "P");
    await edit(id, "Newer");
    const [outcome] = await resolveConflicts(operationsOf(world), [one.conflict_id], { use: "keap" });
    expect(outcome).toMatchObject({ outcome: "moved" });
    expect((await rowOf(id)).given_name).toBe("Newer");
    await settle();
    const { conflicts } = await listConflicts(operationsOf(world), { state: "held" });
    expect(conflicts).toMatchObject([{ keap: "K", supabase: "Newer" }]);
    await resolveConflicts(operationsOf(world), [conflicts[0]?.conflict_id as string], { use: "supabase" });
    await settle();
    expect(inKeap(id).given_name).toBe("Newer");
  });

  it("decides parts of lists and maps alone", async () => {
    const id = ids[5] as number;
    const email = (await rowOf(id)).email_addresses as Record<string, Record<string, unknown>>;
    const wire = inKeap(id).email_addresses as Record<string, unknown>[];
    await editInKeap(id, {
      email_addresses: wire.map((one) =>
        one.field === "EMAIL1" ? { ...one, email: "keap@example.com" } : one,
      ),
      custom_fields: [{ id: "7", content: "From Keap" }],
    });
    await world.sql(
      `update contacts set email_addresses = $3, custom_fields = custom_fields || '{"7": "From here"}' where account_id = $1 and keap_id = $2`,
      [world.accountId, id, { ...email, EMAIL1: { ...email.EMAIL1, email: "here@example.com" } }],
    );
    await runPush(world.deps);
    const { conflicts } = await listConflicts(operationsOf(world), { state: "held" });
    expect(conflicts.map((one) => one.field).sort()).toEqual([
      "custom_fields.7",
      "email_addresses.EMAIL1.email",
    ]);
    const of = (field: string) => conflicts.find((one) => one.field === field)?.conflict_id as string;
    await resolveConflicts(operationsOf(world), [of("email_addresses.EMAIL1.email")], { use: "supabase" });
    await resolveConflicts(operationsOf(world), [of("custom_fields.7")], { use: "keap" });
    await settle();
    expect(await rowOf(id)).toMatchObject({ email: "here@example.com", sync_status: "synced" });
    expect((await rowOf(id)).custom_fields).toMatchObject({ "7": "From Keap" });
    expect(JSON.stringify(inKeap(id).email_addresses)).toContain("here@example.com");
    expect(await differences()).toEqual([]);
  });

  it("settles many at once", async () => {
    for (const id of ids.slice(6, 12)) await conflictOver(id, `K${id}`, `P${id}`);
    const held = await heldConflictIds(operationsOf(world), { entity: "contacts", field: "given_name" });
    expect(held).toHaveLength(6);
    const outcomes = await resolveConflicts(operationsOf(world), held, { use: "keap" });
    expect(outcomes.every((one) => one.outcome === "resolved")).toBe(true);
    await settle();
    for (const id of ids.slice(6, 12)) expect((await rowOf(id)).given_name).toBe(`K${id}`);
    expect(await differences()).toEqual([]);
  });

  it("lets only an admin decide", async () => {
    const one = await conflictOver(ids[12] as number, "K", "P");
    const analyst = await database.signUp({ account_id: world.accountId, role: "analyst" });
    const ask = (actor: string) =>
      resolveConflicts(operationsOf(world, actor), [one.conflict_id], { use: "keap" });
    await expect(ask(`user:${analyst.user_id}`)).rejects.toThrow(/role admin/);
    const admin = await database.signUp({ account_id: world.accountId, role: "admin" });
    expect(await ask(`user:${admin.user_id}`)).toMatchObject([{ outcome: "resolved" }]);
    const audit = await world.sql<{ actor: string }>(
      "select actor from audit_log where account_id = $1 and action = 'sync_conflict_resolved' and actor like 'user:%'",
      [world.accountId],
    );
    expect(audit).toEqual([{ actor: `user:${admin.user_id}` }]);
  });

  it("refuses what its field cannot hold", async () => {
    const { setPolicy } = await import("./policies");
    await setPolicy(operationsOf(world), { entity: "contacts", field: "birth_date", policy: "hold" });
    const id = ids[13] as number;
    await editInKeap(id, { birth_date: "1980-01-02" });
    await world.sql("update contacts set birth_date = '1981-01-02' where account_id = $1 and keap_id = $2", [
      world.accountId,
      id,
    ]);
    await runPush(world.deps);
    const { conflicts } = await listConflicts(operationsOf(world), { state: "held", field: "birth_date" });
    const typed = resolveConflicts(operationsOf(world), [conflicts[0]?.conflict_id as string], {
      use: "value",
      value: "in spring",
    });
    await expect(typed).rejects.toThrow('birth_date takes a date such as 2026-03-01, not "in spring".');
  });
});
