import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { runPush } from "../outbound/push";
import { type SyncWorld, startWorld } from "../testing/world";
import { listDeadLetters, replayLetters, replaySetAside } from "./dead-letters";
import { listPolicies, setPolicy } from "./policies";
import { pause, resume, setSwitches, switchesOf } from "./switches";
import { differencesOfPeople, operationsOf, personInKeap, rowOfPerson } from "./testing";

vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let ids: number[];
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 15 });
  await runBackfill(world.deps);
  ids = [...world.sandbox.account.contacts.keys()].sort((a, b) => a - b);
});
afterAll(() => database.stop());

const differences = () => differencesOfPeople(world);
const inKeap = (id: number) => personInKeap(world, id);
const rowOf = (id: number) => rowOfPerson(world, id);
const rename = (id: number, name: string) =>
  world.sql("update contacts set given_name = $3 where account_id = $1 and keap_id = $2", [
    world.accountId,
    id,
    name,
  ]);
const state = () => world.deps.store.readState(world.accountId);

describe("pausing and switching", () => {
  it("moves nothing while the account is paused", async () => {
    const deps = operationsOf(world);
    await pause(deps);
    const [here, there] = [ids[0] as number, ids[1] as number];
    await rename(here, "Waiting");
    await world.keap.contacts.update(String(there), { given_name: "There" });
    world.forgetCalls();
    await runPush(world.deps);
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags"] });
    await runBackfill(world.deps);
    expect(world.calls()).toEqual([]);
    expect(await state()).toMatchObject({ connection: { state: "paused" } });
    const [account] = await world.sql("select connection_state from accounts where id = $1", [
      world.accountId,
    ]);
    expect(account).toEqual({ connection_state: "paused" });

    await resume(deps);
    expect((await state()).connection?.state).not.toBe("paused");
    await runPush(world.deps);
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags"] });
    expect(inKeap(here).given_name).toBe("Waiting");
    expect((await rowOf(there)).given_name).toBe("There");
    expect(await differences()).toEqual([]);
  });

  it("stays paused when a run ends late", async () => {
    await pause(operationsOf(world));
    await world.deps.store.setConnection(world.accountId, { state: "connected" });
    expect((await state()).connection?.state).toBe("paused");
    const [account] = await world.sql("select connection_state from accounts where id = $1", [
      world.accountId,
    ]);
    expect(account).toEqual({ connection_state: "paused" });
    await resume(operationsOf(world));
  });

  it("pauses one table and no other", async () => {
    const deps = operationsOf(world);
    await pause(deps, "tags");
    await rename(ids[2] as number, "Goes");
    await world.sql("update tags set name = name || ' waits' where account_id = $1", [world.accountId]);
    const tags = [...world.sandbox.account.tags.values()].map((tag) => (tag as { name: string }).name);
    await runPush(world.deps);
    expect(inKeap(ids[2] as number).given_name).toBe("Goes");
    expect([...world.sandbox.account.tags.values()].map((tag) => (tag as { name: string }).name)).toEqual(
      tags,
    );
    await world.sql("update tags set name = regexp_replace(name, ' waits$', '') where account_id = $1", [
      world.accountId,
    ]);
    await resume(deps, "tags");
    await runPush(world.deps);
    expect((await state()).dirty.tags?.waiting ?? 0).toBe(0);
  });

  it("keeps the other switches of the table", async () => {
    const deps = operationsOf(world);
    expect(switchesOf(await state(), "contacts")).toMatchObject({ creates: true, deletes: false });
    await pause(deps, "contacts");
    await resume(deps, "contacts");
    expect(switchesOf(await state(), "contacts")).toMatchObject({
      paused: false,
      outbound: true,
      creates: true,
      deletes: false,
    });
  });

  it("sends held rows once creating is on", async () => {
    const deps = operationsOf(world);
    await setSwitches(deps, "contacts", { creates: false });
    await world.sql("insert into contacts (account_id, given_name, email_addresses) values ($1, 'Neu', $2)", [
      world.accountId,
      { EMAIL1: { email: "neu@example.com" } },
    ]);
    await runPush(world.deps);
    const letters = await listDeadLetters(deps);
    expect(letters).toMatchObject([{ class: "hold", entity: "contacts", name: "Neu" }]);
    await setSwitches(deps, "contacts", { creates: true });
    expect(await runPush(world.deps)).toMatchObject({ created: 1 });
    expect(await listDeadLetters(deps)).toEqual([]);
  });

  it("refuses switches and tables there are not", async () => {
    const deps = operationsOf(world);
    await expect(setSwitches(deps, "people", { paused: true })).rejects.toThrow(
      /no synced table called "people"/,
    );
    await expect(setSwitches(deps, "*", { creates: true })).rejects.toThrow(/table by table/);
    await expect(setSwitches(deps, "users", { creates: true })).rejects.toThrow(
      /cannot be written from here/,
    );
  });
});

describe("setting policies", () => {
  it("refuses unknown fields with the reason", async () => {
    const deps = operationsOf(world);
    const ask = (entity: string, field: string, policy: string, owner?: string) =>
      setPolicy(deps, { entity, field, policy: policy as never, owner: owner as never });
    await expect(ask("contacts", "shoe_size", "keap")).rejects.toThrow(
      /no synced field "shoe_size".*given_name/,
    );
    await expect(ask("contacts", "email_addresses.EMAIL1.colour", "keap")).rejects.toThrow(
      /no part "colour".*email/,
    );
    await expect(ask("contacts", "given_name.first", "keap")).rejects.toThrow(/single value/);
    await expect(ask("contacts", "given_name", "loudest")).rejects.toThrow(/no policy "loudest"/);
    await expect(ask("contacts", "score_value", "supabase")).rejects.toThrow(
      /does not take contacts.score_value/,
    );
    await expect(ask("transactions", "*", "supabase")).rejects.toThrow(/only Keap can win/);
    expect((await state()).policies).toEqual([]);
    // the database refuses as well, whoever asks
    await expect(
      deps.rpc("sync_set_policy", {
        p_account: world.accountId,
        p_entity: "contacts",
        p_field: "shoe_size",
        p_policy: "keap",
        p_owner: null,
        p_actor: "cli",
      }),
    ).rejects.toThrow(/no synced field "shoe_size"/);
  });

  it("decides conflicts by the policy set", async () => {
    const deps = operationsOf(world);
    const id = ids[3] as number;
    await setPolicy(deps, { entity: "contacts", field: "given_name", policy: "keap" });
    const own = listPolicies(await state()).filter((one) => one.own);
    expect(own).toMatchObject([{ entity: "contacts", field: "given_name", policy: "keap", owner: "both" }]);
    await world.keap.contacts.update(String(id), { given_name: "Keap wins" });
    await rename(id, "Loses");
    await runPush(world.deps);
    expect((await rowOf(id)).given_name).toBe("Keap wins");
    await setPolicy(deps, { entity: "contacts", field: "given_name", policy: null });
    expect((await state()).policies).toEqual([]);
  });
});

describe("replaying what was refused", () => {
  it("replays one dead letter of several", async () => {
    const deps = operationsOf(world);
    const bad = [ids[4] as number, ids[5] as number];
    for (const id of bad)
      await world.sql("update contacts set email_addresses = $3 where account_id = $1 and keap_id = $2", [
        world.accountId,
        id,
        { EMAIL1: { email: "not an address" } },
      ]);
    await runPush(world.deps);
    const letters = await listDeadLetters(deps);
    expect(letters).toHaveLength(2);
    expect(letters[0]).toMatchObject({ class: "dead", entity: "contacts", error_kind: "invalid" });
    expect(letters[0]?.reason).toMatch(/e-?mail/i);
    expect(await replayLetters(deps, letters[0]?.dead_letter_id)).toBe(1);
    expect(await replayLetters(deps, letters[0]?.dead_letter_id)).toBe(0);
    await runPush(world.deps);
    // still wrong, so it is a dead letter again, counted on
    expect(await listDeadLetters(deps)).toHaveLength(2);
    for (const id of bad)
      await world.sql("update contacts set email_addresses = $3 where account_id = $1 and keap_id = $2", [
        world.accountId,
        id,
        { EMAIL1: { email: `c${id}@example.com` } },
      ]);
    await runPush(world.deps);
    expect(await listDeadLetters(deps)).toEqual([]);
  });

  it("stores a record set aside once it can", async () => {
    const deps = operationsOf(world);
    const id = ids[6] as number;
    const wire = inKeap(id);
    const born = wire.birth_date;
    wire.birth_date = "2026-02-31";
    wire.update_time = "2026-11-02T10:00:00.000Z";
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags"] });
    expect(await replaySetAside(deps)).toMatchObject({ read: 1, stored: 0, still: [{ key: String(id) }] });
    wire.birth_date = born ?? null;
    wire.given_name = "Readable";
    expect(await replaySetAside(deps, { entity: "contacts", key: String(id) })).toEqual({
      read: 1,
      stored: 1,
      dropped: 0,
      still: [],
    });
    expect((await rowOf(id)).given_name).toBe("Readable");
    expect((await state()).rejected).toBe(0);
  });
});
