import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { operationsOf } from "@/sync/operations/testing";
import { type SyncWorld, startWorld } from "@/sync/testing/world";
import { commandNames, parseCommand, runCommand, UsageError, usage } from "./commands";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
let first: number;
beforeAll(async () => {
  database = await startTestDatabase();
  world = await startWorld(database, { contacts: 8 });
  first = Math.min(...world.sandbox.account.contacts.keys());
});
afterAll(() => database.stop());

/** A command as it is typed. */
function run(line: string) {
  const {
    command = "",
    rest,
    values,
  } = parseCommand(line.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', "")) ?? []);
  return runCommand(command, operationsOf(world), rest, values);
}
const sql = (text: string, ...params: unknown[]) => world.sql(text, [world.accountId, ...params]);

describe("the sync's command line", () => {
  it("names every command in its help", () => {
    for (const name of commandNames) expect(usage).toMatch(new RegExp(`(^|· |\\s)${name}\\b`));
    expect(commandNames).toEqual(
      expect.arrayContaining(
        "status backfill poll push preview verify conflicts resolve undo dead-letters replay pause resume".split(
          " ",
        ),
      ),
    );
  });

  it("copies, previews, pushes, polls and verifies", async () => {
    expect(await run("backfill")).toMatchObject({ ok: true });
    await sql("update contacts set job_title = 'Typed' where account_id = $1 and keap_id = $2", first);
    const preview = await run("preview --json");
    expect(preview.value).toMatchObject({
      to_keap: [{ entity: "contacts", keap_id: first, action: "update" }],
    });
    expect(preview.text).toContain("job_title:");
    expect(await run("push")).toMatchObject({ ok: true, value: { updated: 1 } });
    expect((await run("poll")).ok).toBe(true);
    const verified = await run("verify --json");
    expect(verified).toMatchObject({ ok: true, value: { unexplained: 0, verified: true } });
    expect(verified.text).toContain("nothing unexplained");
    expect((await run("status")).text).toContain("Copy: complete");
  });

  it("fails where both sides differ unexplained", async () => {
    await world.sql("set session_replication_role = replica");
    await sql("update contacts set job_title = 'Forged' where account_id = $1 and keap_id = $2", first);
    await world.sql("set session_replication_role = origin");
    const found = await run("verify --table contacts --restart");
    expect(found).toMatchObject({ ok: false, value: { unexplained: 1 } });
    expect(found.text).toContain("differ");
    await run("settle --with keap");
    expect(await run("verify --table contacts --restart")).toMatchObject({ value: { unexplained: 0 } });
  });

  it("settles conflicts as it is told", async () => {
    await run("policy contacts given_name hold");
    await world.keap.contacts.update(String(first), { given_name: "Keap" });
    await sql("update contacts set given_name = 'Here' where account_id = $1 and keap_id = $2", first);
    await run("push");
    expect((await run("conflicts")).text).toContain("given_name");
    await expect(run("resolve --all")).rejects.toThrow(UsageError);
    expect((await run('resolve --all --value "Both"')).ok).toBe(true);
    await run("push");
    expect(world.sandbox.account.contacts.get(first)?.given_name).toBe("Both");
    await run("policy contacts given_name default");
  });

  it("plans an undo and then runs it", async () => {
    const [now] = await sql("select clock_timestamp() as at from accounts where id = $1");
    await sql("update contacts set job_title = 'Undone' where account_id = $1 and keap_id = $2", first);
    await run("push");
    const from = String(now?.at);
    const planned = await run(`undo --from ${from}`);
    expect(planned.value).toMatchObject({ done: false, plan: { edits: [{ keap_id: first }] } });
    expect(world.sandbox.account.contacts.get(first)?.job_title).toBe("Undone");
    expect(await run(`undo --from ${from} --run`)).toMatchObject({
      ok: true,
      value: { result: { edited: 1 } },
    });
    expect(world.sandbox.account.contacts.get(first)?.job_title).toBe("Typed");
  });

  it("pauses, switches and refuses in words", async () => {
    await run("pause");
    expect((await run("status")).text).toContain("Paused: everything");
    expect(await run("poll")).toMatchObject({ ok: false, text: expect.stringContaining("paused") });
    await run("resume");
    expect((await run("switch contacts deletes on")).text).toContain("deletes on");
    await run("switch contacts deletes off");
    await expect(run("policy contacts shoe_size keap")).rejects.toThrow(/no synced field/);
    expect(() => run("no-such-command")).toThrow(UsageError);
    expect(() => parseCommand(["verify", "--colour", "red"])).toThrow(UsageError);
    expect((await run("dead-letters")).text).toBe("Nothing was refused.");
    expect((await run("holds")).text).toContain("No change of many records");
  });

  it("shows an erasure, then carries it out", async () => {
    const person = Math.max(...world.sandbox.account.contacts.keys());
    const shown = await run(`erase ${person}`);
    expect(shown.value).toMatchObject({ done: false, preview: { keap_id: person, in_keap: true } });
    expect(shown.text).toContain("Nothing was changed, and it cannot be undone. Add --run to carry it out.");
    expect(
      (await sql("select deleted_at from contacts where account_id = $1 and keap_id = $2", person))[0],
    ).toEqual({
      deleted_at: null,
    });
    const done = await run(`erase ${person} --run --in-keap --json`);
    expect(done).toMatchObject({ ok: true, value: { done: true, erasure: { keap_state: "deleted" } } });
    expect(world.sandbox.account.contacts.has(person)).toBe(false);
    const rows = await sql(
      "select given_name, family_name, email, custom_fields from contacts where account_id = $1 and keap_id = $2",
      person,
    );
    expect(rows).toEqual([{ given_name: null, family_name: null, email: null, custom_fields: {} }]);
    expect((await run(`erase ${person}`)).text).toContain("Keap does not have the contact any more.");
    await expect(run("erase nobody@example.com")).rejects.toThrow("There is nobody with the id or address");
    await expect(run("erase")).rejects.toThrow(UsageError);
  });
});
