import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { createSmallAccount } from "@/sandbox/testing/small-account";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../inbound/backfill";
import { runPoll } from "../inbound/poll";
import { invalidRequest } from "../keap/errors";
import { runPush } from "../outbound/push";
import { type SyncWorld, startWorld } from "../testing/world";
import { Refusal } from "./deps";
import { operationsOf } from "./testing";
import { timelineOf } from "./timeline";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { account: createSmallAccount(), now: "2026-02-08T12:00:00Z" });
  await runBackfill(world.deps);
});
afterAll(() => database.stop());

const sql = <T = Record<string, unknown>>(text: string, ...params: unknown[]) =>
  world.sql<T>(text, [world.accountId, ...params]);

it("tells who changed what, and where it stands", async () => {
  const { user_id, email } = await database.signUp({ account_id: world.accountId, role: "admin" });
  const [row] = await sql<{ id: string }>(
    "select supabase_id as id from contacts where account_id = $1 and keap_id = 1",
  );
  const id = row?.id ?? "";
  const rpc = (name: string, args: object) =>
    database.service.rpc(name, { p_account: world.accountId, p_actor: `user:${user_id}`, ...args });
  // ours, and taken by Keap
  await rpc("update_contact", { p_contact: id, p_changes: { job_title: "Founder" } });
  await runPush(world.deps);
  // Keap's
  await world.keap.contacts.update("1", { website: "https://able.example" });
  await world.sandbox.clock.advance(90_000);
  await runPoll(world.deps, { force: true, only: ["contacts"] });
  // a tag of ours
  const [tag] = await sql<{ id: string; name: string }>(
    "select supabase_id as id, name from tags where account_id = $1 and keap_id = 2",
  );
  await rpc("remove_tag", { p_contact_ids: [id], p_tag: tag?.id });
  await runPush(world.deps);
  // refused by Keap, then corrected and still waiting
  await sql("update contacts set contact_type = 'Nobody' where account_id = $1 and supabase_id = $2", id);
  const refused = {
    ...world.deps,
    keap: { ...world.deps.keap, contacts: { ...world.deps.keap.contacts, update: refuse } },
  };
  await runPush(refused as never);
  const {
    items: all,
    name,
    more,
    people,
  } = await timelineOf(operationsOf(world), { entity: "contacts", record_id: id });
  // what Keap noted by itself along with our write (who saved last) stands there too
  const items = all.filter((one) => one.kind !== "change" || one.direction !== "agree");
  expect({ name, more, who: people[user_id] }).toEqual({ name: "Ann Able", more: false, who: email });
  expect(
    items.map((one) => [one.kind, "direction" in one ? one.direction : one.state, one.tag ?? null]),
  ).toEqual([
    ["letter", "open", null],
    ["push", "failed", null],
    ["waiting", "dead", null],
    ["change", "out", "Newsletter"],
    ["change", "in", null],
    ["change", "out", null],
    ["change", "in", null],
  ]);
  expect(items[5]).toMatchObject({
    origin: `user:${user_id}`,
    changes: { job_title: [null, "Founder"] },
    run_kind: "push",
  });
  expect(items[4]).toMatchObject({ origin: "keap", changes: { website: [null, "https://able.example"] } });
  expect(items[6]).toMatchObject({ action: "create", run_kind: "backfill" });

  // in pages, and of this account alone
  const page = await timelineOf(operationsOf(world), { entity: "contacts", record_id: id, limit: 2 });
  expect([page.items.length, page.more]).toEqual([2, true]);
  const rest = await timelineOf(operationsOf(world), {
    entity: "contacts",
    record_id: id,
    before: items[3]?.at,
  });
  expect(rest.items.map((one) => one.id)).toEqual(
    all.slice(all.indexOf(items[3] as never) + 1).map((one) => one.id),
  );
  const { account_id } = await database.createAccount({});
  const other = { ...operationsOf(world), accountId: account_id };
  expect((await timelineOf(other, { entity: "contacts", record_id: id })).items).toEqual([]);
  await expect(timelineOf(other, { entity: "pg_authid", record_id: id })).rejects.toThrow(Refusal);
});

async function refuse(): Promise<never> {
  throw invalidRequest("PATCH /v2/contacts/{contact_id}", "contact_type must be one of Lead, Customer");
}
