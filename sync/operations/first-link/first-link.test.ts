import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import { runPush } from "../../outbound/push";
import { type SyncWorld, startWorld } from "../../testing/world";
import { listDeadLetters } from "../dead-letters";
import { operationsOf } from "../testing";
import { decideMatch, planFirstLink, runFirstLink } from "./first-link";
import { matchPeople } from "./match";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const person = (keap_id: number, email: string[], phones: string[] = [], marker: string | null = null) => ({
  keap_id,
  name: `K${keap_id}`,
  emails: email,
  phones,
  marker,
});
const row = (record_id: string, emails: string[], phones: string[] = []) => ({
  record_id,
  name: record_id,
  emails,
  phones,
});

describe("matching people", () => {
  it("takes the surest sign first", () => {
    const plan = matchPeople(
      [
        row("a", ["x@y.z"], ["480 555 0101"]),
        row("b", ["X@Y.Z "]),
        row("c", [], ["(480) 555-0102"]),
        row("d", ["n@o.ne"]),
      ],
      [
        person(1, ["other@y.z"], ["+14805550101"], "a"),
        person(2, ["x@y.z"]),
        person(3, [], ["+1 480 555 0102"]),
      ],
    );
    expect(plan.links.map(({ record_id, keap_id, by }) => [record_id, keap_id, by])).toEqual([
      ["a", 1, "marker"],
      ["b", 2, "email"],
      ["c", 3, "phone"],
    ]);
    expect(plan.alone.map((one) => one.record_id)).toEqual(["d"]);
    expect(plan.ambiguous).toEqual([]);
  });

  it("guesses nothing where several match", () => {
    const two = matchPeople([row("a", ["x@y.z"])], [person(1, ["x@y.z"]), person(2, ["x@y.z"])]);
    expect(two.links).toEqual([]);
    expect(two.ambiguous[0]?.candidates.map((one) => one.keap_id)).toEqual([1, 2]);
    const shared = matchPeople([row("a", ["x@y.z"]), row("b", ["x@y.z"])], [person(1, ["x@y.z"])]);
    expect(shared.links).toEqual([]);
    expect(shared.ambiguous.map((one) => one.record_id)).toEqual(["a", "b"]);
  });
});

describe("linking both sides for the first time", () => {
  let database: TestDatabase;
  let world: SyncWorld;
  let ids: number[];
  beforeAll(async () => {
    database = await startTestDatabase();
    world = await startWorld(database, { contacts: 12 });
    ids = [...world.sandbox.account.contacts.keys()].sort((a, b) => a - b);
    // two people in Keap share an address
    const twin = [ids[2], ids[3]] as number[];
    for (const id of twin)
      await world.keap.contacts.update(String(id), {
        email_addresses: [{ field: "EMAIL1", email: "twin@example.com" }],
      });
    await world.keap.contacts.update(String(ids[0]), {
      email_addresses: [{ field: "EMAIL1", email: "first@example.com" }],
      job_title: "In Keap",
    });
    await world.keap.contacts.update(String(ids[1]), {
      email_addresses: [{ field: "EMAIL1", email: "second@example.com" }],
    });
  });
  afterAll(() => database.stop());

  const sql = <T = Record<string, unknown>>(text: string, ...params: unknown[]) =>
    world.sql<T>(text, [world.accountId, ...params]);
  async function put(email: string, more: Record<string, unknown> = {}): Promise<string> {
    const [made] = await sql<{ supabase_id: string }>(
      "insert into contacts (account_id, given_name, website, email_addresses) values ($1, $2, $3, $4) returning supabase_id",
      more.given_name ?? "Old",
      more.website ?? null,
      { EMAIL1: { email } },
    );
    return made?.supabase_id ?? "";
  }

  it("links before the copy, without doubles", async () => {
    const mine = await put("first@example.com", { website: "https://mine.example" });
    const plan = await planFirstLink(operationsOf(world));
    expect(plan).toMatchObject({ rows: 1, links: [{ record_id: mine, keap_id: ids[0], by: "email" }] });
    expect(await sql("select 1 from contacts where account_id = $1 and keap_id is not null")).toEqual([]);
    expect(await runFirstLink(operationsOf(world))).toEqual({ linked: 1, merged: 0, held: 0 });
    await runBackfill(world.deps);
    await runPush(world.deps);
    const rows = await sql(
      "select supabase_id, website, job_title, sync_status from contacts where account_id = $1 and keap_id = $2",
      ids[0],
    );
    expect(rows).toEqual([
      { supabase_id: mine, website: "https://mine.example", job_title: "In Keap", sync_status: "synced" },
    ]);
    expect(world.sandbox.account.contacts.get(ids[0] as number)).toMatchObject({
      website: "https://mine.example",
    });
    expect(world.sandbox.account.contacts.size).toBe(12);
  });

  it("joins two rows of one person", async () => {
    const mine = await put("second@example.com", { website: "https://two.example" });
    await sql(
      "insert into contact_tags (account_id, contact_id, tag_id) select $1, $2, supabase_id from tags where account_id = $1 order by keap_id limit 1",
      mine,
    );
    await runPush(world.deps);
    expect((await listDeadLetters(operationsOf(world)))[0]?.reason).toMatch(/linked to another row/);
    expect(await runFirstLink(operationsOf(world))).toEqual({ linked: 0, merged: 1, held: 0 });
    await runPush(world.deps);
    await runPoll(world.deps, { force: true, only: ["contacts", "contact_tags"] });
    expect(world.sandbox.account.contacts.get(ids[1] as number)).toMatchObject({
      website: "https://two.example",
    });
    expect(await listDeadLetters(operationsOf(world))).toEqual([]);
    const left = await sql(
      "select count(*)::int as n from contacts where account_id = $1 and deleted_at is null",
    );
    expect(left).toEqual([{ n: 12 }]);
    const different = (await world.compare()).differences.filter((one) =>
      /^(contacts|contact_tags) /.test(one),
    );
    expect(different).toEqual([]);
  });

  it("asks a person where two match", async () => {
    const mine = await put("twin@example.com", { given_name: "Which" });
    expect(await runFirstLink(operationsOf(world))).toMatchObject({ linked: 0, held: 1 });
    const [letter] = await listDeadLetters(operationsOf(world));
    expect(letter).toMatchObject({ class: "hold", record_id: mine, name: "Which" });
    expect(letter?.reason).toMatch(/2 people in Keap have the same e-mail address/);
    await runPush(world.deps);
    expect(world.sandbox.account.contacts.size).toBe(12);
    await expect(decideMatch(operationsOf(world), mine, 999_999)).rejects.toThrow(/no contact 999999/);
    expect(await decideMatch(operationsOf(world), mine, ids[3] as number)).toMatchObject({ merged: 1 });
    expect(await listDeadLetters(operationsOf(world))).toEqual([]);
    expect((await planFirstLink(operationsOf(world))).rows).toBe(0);
  });
});
