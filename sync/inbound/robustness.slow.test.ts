import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { putRecord } from "@/sandbox/state";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { runPush } from "../outbound/push";
import { createSupabaseStore } from "../stores/supabase";
import { type SyncWorld, startWorld } from "../testing/world";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 90_000 });

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

describe("a copy that is interrupted", () => {
  it("reads at most one page again", async () => {
    const world = await startWorld(database, { contacts: 40 });
    const undisturbed = await startWorld(database, { contacts: 40 });
    await runBackfill(undisturbed.deps);
    const least = undisturbed.calls().length;

    const store = createSupabaseStore(database.service);
    let kills = 0;
    for (let n = 0; n < 200; n += 1) {
      // every process lives for one page; every third dies between Keap's answer and the commit
      const dying = n % 3 === 2;
      const deps = dying
        ? {
            ...world.deps,
            store: {
              ...store,
              applyPage: async () => {
                kills += 1;
                throw new Killed();
              },
            },
          }
        : world.deps;
      const step = await runBackfill(deps, { maxPages: 1 }).catch((cause: unknown) => {
        if (cause instanceof Killed) return null;
        throw cause;
      });
      if (step?.complete) break;
    }
    expect(kills).toBeGreaterThan(2);
    // a killed page is read again, and with it, on a table's first page, where the table begins and ends
    expect(world.calls().length).toBeLessThanOrEqual(least + 3 * kills);
    expect((await world.compare()).differences).toEqual([]);
    const [progress] = await world.sql<{ done: number }>(
      "select done_count::int as done from sync.cursors where account_id = $1 and entity = 'contacts' and stream = 'backfill'",
      [world.accountId],
    );
    expect(progress?.done).toBe(40);
  });

  it("reads every part of the longest list to its end", async () => {
    const world = await startWorld(database, { contacts: 40 });
    const { list } = world.keap.emails;
    const keap = {
      ...world.keap,
      emails: { ...world.keap.emails, list: (options = {}) => list({ ...options, pageSize: 40 }) },
    } as typeof world.keap;
    let pages = 0;
    for (let run = 0, complete = false; !complete; run += 1) {
      expect(run).toBeLessThan(100);
      // every third process dies with a page of e-mails that is read and not stored
      const { store } = world.deps;
      const dying: typeof store = {
        ...store,
        applyPage: (account, entity, rows, context) =>
          context?.cursorEntity === "emails" && pages++ % 5 === 4
            ? Promise.reject(new Killed())
            : store.applyPage(account, entity, rows, context),
      };
      const deps = { ...world.deps, keap, store: run % 3 === 2 ? dying : store };
      const step = await runBackfill(deps, { manyContacts: 1, maxPages: 12 }).catch((cause: unknown) => {
        if (cause instanceof Killed) return null;
        throw cause;
      });
      complete = step?.complete ?? false;
    }
    expect(pages).toBeGreaterThan(4);
    const [emails] = await world.sql<{ parts: number; done: number; state: string }>(
      `select jsonb_array_length(position -> 'parts') as parts, done_count::int as done, state from sync.cursors
       where account_id = $1 and entity = 'emails' and stream = 'backfill'`,
      [world.accountId],
    );
    expect(emails).toMatchObject({ parts: 6, state: "done" });
    // what lies at the end of one part and the beginning of the next is read twice
    expect(emails?.done).toBeGreaterThanOrEqual(world.sandbox.account.emails.size);
    expect((await world.compare()).differences).toEqual([]);
  });
});

class Killed extends Error {}

describe("a record that cannot be stored", () => {
  it("is set aside while others go in", async () => {
    const world = await startWorld(database, { contacts: 20 });
    const ids = [...world.sandbox.account.contacts.keys()];
    const poisoned = world.sandbox.account.contacts.get(ids[3] ?? 0);
    if (!poisoned) throw new Error("no contact");
    putRecord(world.sandbox.account, "contacts", { ...poisoned, birth_date: "2026-02-31" });
    expect(await runBackfill(world.deps)).toMatchObject({ complete: true });
    expect(
      await world.sql("select key, reason from sync.rejected where account_id = $1", [world.accountId]),
    ).toEqual([{ key: String(ids[3]), reason: 'A value cannot be stored: "2026-02-31" is not a date' }]);
    expect(
      await world.sql("select count(*)::int as n from contacts where account_id = $1", [world.accountId]),
    ).toEqual([{ n: 19 }]);

    // once Keap's value is right again it comes in and is no longer set aside
    await world.sandbox.asUser("PATCH", `/v2/contacts/${ids[3]}?update_mask=birth_date`, {
      birth_date: "1990-02-28",
    });
    await runPoll(world.deps, { force: true });
    expect(await world.sql("select key from sync.rejected where account_id = $1", [world.accountId])).toEqual(
      [],
    );
    expect((await world.compare()).differences).toEqual([]);
  });
});

describe("changes made in Keap", () => {
  let world: SyncWorld;
  beforeAll(async () => {
    world = await startWorld(database, { contacts: 60 });
    await runBackfill(world.deps);
  });

  it("arrive with the next poll", async () => {
    const [first = 0, second = 0] = [...world.sandbox.account.contacts.keys()];
    await world.sandbox.asUser("PATCH", `/v2/contacts/${first}?update_mask=given_name`, {
      given_name: "Änne",
    });
    const tag = [...world.sandbox.account.tags.keys()][0] ?? 0;
    await world.sandbox.asUser("POST", `/v2/tags/${tag}/contacts:removeTags`, {
      contact_ids: [String(first)],
    });
    await world.sandbox.asUser("POST", `/v2/tags`, { name: "Brand new" });
    const made = [...world.sandbox.account.tags.keys()].at(-1) ?? 0;
    await world.sandbox.asUser("POST", `/v2/tags/${made}/contacts:applyTags`, {
      contact_ids: [String(second)],
    });
    await world.sandbox.asUser("POST", `/v2/contacts`, {
      given_name: "Neu",
      email_addresses: [{ field: "EMAIL1", email: "neu@example.test" }],
    });
    expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
    expect((await world.compare()).differences).toEqual([]);
    expect(await world.sql("select * from sync.dirty where account_id = $1", [world.accountId])).toEqual([]);
  });

  it("tombstone a contact deleted there", async () => {
    const id = [...world.sandbox.account.contacts.keys()].at(-1) ?? 0;
    await world.sandbox.asUser("DELETE", `/v2/contacts/${id}`);
    expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done" });
    const [row] = await world.sql<{ deleted: boolean }>(
      "select deleted_at is not null as deleted from contacts where account_id = $1 and keap_id = $2",
      [world.accountId, id],
    );
    expect(row).toEqual({ deleted: true });
    expect((await world.compare()).differences).toEqual([]);
  });

  it("date a cancellation by when it was seen", async () => {
    const [active] = await world.sql<{ keap_id: number }>(
      "select keap_id from subscriptions where account_id = $1 and active order by keap_id limit 1",
      [world.accountId],
    );
    const answer = await world.sandbox.asUser("POST", `/v2/subscriptions/${active?.keap_id}:deactivate`, {
      reason: "Moved away",
    });
    expect(answer.status).toBe(200);
    await runPoll(world.deps, { force: true });
    const [row] = await world.sql<{
      active: boolean;
      reason_stopped: string;
      cancelled_source: string;
      dated: boolean;
    }>(
      `select active, reason_stopped, cancelled_source, cancelled_at = keap_updated_at as dated
       from subscriptions where account_id = $1 and keap_id = $2`,
      [world.accountId, active?.keap_id],
    );
    expect(row).toEqual({
      active: false,
      reason_stopped: "Moved away",
      cancelled_source: "modification_time",
      dated: true,
    });
    // one that was inactive at first sight has no such date
    expect(
      await world.sql(
        "select count(*)::int as n from subscriptions where account_id = $1 and cancelled_at is not null",
        [world.accountId],
      ),
    ).toEqual([{ n: 1 }]);
  });

  it("refuse a watermark in the future", async () => {
    await world.sql(
      "update sync.cursors set watermark = '2090-01-01' where account_id = $1 and entity = 'orders' and stream = 'poll'",
      [world.accountId],
    );
    const result = await runPoll(world.deps, { force: true });
    expect(result.state).toBe("error");
    expect(result.errors).toHaveLength(1);
    expect(result.errors[0]).toMatchObject({ entity: "orders" });
    expect(result.errors[0]?.error).toContain("lies in the future");
    expect(result.errors[0]?.cure).toContain("backfill --restart");
    expect(await runBackfill(world.deps, { restart: true })).toMatchObject({ complete: true });
    expect(await runPoll(world.deps, { force: true })).toMatchObject({ state: "done", errors: [] });
  });
});

describe("trouble with Keap", () => {
  const cases = [
    ["401", { kind: "status", status: 401 }, "attention", "auth"],
    ["403", { kind: "status", status: 403, path: "/v2/contacts" }, "attention", "forbidden"],
    ["404", { kind: "status", status: 404, path: "/v2/contacts" }, "attention", "not_found"],
    ["429", { kind: "throttle", retry_after: 30 }, "throttled", "throttled"],
    ["500", { kind: "status", status: 500, path: "/v2/contacts" }, "attention", "server"],
    ["HTML", { kind: "html", status: 502, path: "/v2/contacts" }, "attention", "server"],
    ["a broken connection", { kind: "reset_before", path: "/v2/contacts" }, "attention", "network"],
  ] as const;

  let world: SyncWorld;
  beforeAll(async () => {
    world = await startWorld(database, { contacts: 10 });
  });

  for (const [name, fault, state, kind] of cases) {
    it(`tells ${name} with its cure`, async () => {
      const armed = world.sandbox.faults.add({ ...fault });
      const broken = await runBackfill(world.deps);
      world.sandbox.faults.remove(armed.id);
      expect(broken.complete).toBe(false);
      expect(broken.cure).toMatch(/\w/);
      const [connection] = await world.sql<{ state: string; error_kind: string; cure: string }>(
        "select state, error_kind, cure from sync.connections where account_id = $1",
        [world.accountId],
      );
      expect(connection).toMatchObject({ state, error_kind: kind });
      expect(connection?.cure).toMatch(/\w/);
    });
  }

  it("goes on when Keap is well again", async () => {
    expect(await runBackfill(world.deps)).toMatchObject({ complete: true, state: "done" });
    expect((await world.compare()).differences).toEqual([]);
    expect(
      await world.sql("select state from sync.connections where account_id = $1", [world.accountId]),
    ).toEqual([{ state: "connected" }]);
  });
});

describe("trouble while pushing", () => {
  let world: SyncWorld;
  const edit = async (offset: number, name: string) => {
    const [row] = await world.sql<{ keap_id: number }>(
      "select keap_id from contacts where account_id = $1 order by keap_id offset $2 limit 1",
      [world.accountId, offset],
    );
    await world.sql("update contacts set given_name = $3 where account_id = $1 and keap_id = $2", [
      world.accountId,
      row?.keap_id,
      name,
    ]);
    return row?.keap_id ?? 0;
  };
  const due = () =>
    world.sql("update sync.dirty set next_attempt_at = now() where account_id = $1", [world.accountId]);
  beforeAll(async () => {
    world = await startWorld(database, { contacts: 12 });
    await runBackfill(world.deps);
  });

  it("reads again after an unknown outcome", async () => {
    const id = await edit(0, "Unknown");
    world.sandbox.faults.add({ kind: "reset_after", method: "PATCH", times: 1 });
    world.forgetCalls();
    expect(await runPush(world.deps)).toMatchObject({ updated: 0, retried: 1 });
    expect(world.sandbox.account.contacts.get(id)?.given_name).toBe("Unknown");
    await due();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 0, agreed: 1 });
    expect(world.writes()).toHaveLength(1);
    expect(
      await world.sql("select state from sync.intents where account_id = $1", [world.accountId]),
    ).toEqual([{ state: "done" }]);
    const [row] = await world.sql<{ sync_status: string }>(
      "select sync_status from contacts where account_id = $1 and keap_id = $2",
      [world.accountId, id],
    );
    expect(row).toEqual({ sync_status: "synced" });
  });

  it("tells a refusal and carries on", async () => {
    const refused = await edit(1, "x".repeat(80));
    const other = await edit(2, "Fine");
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1, failed: 1 });
    expect(world.sandbox.account.contacts.get(other)?.given_name).toBe("Fine");
    const [row] = await world.sql<{ sync_status: string; sync_error: string }>(
      "select sync_status, sync_error from contacts where account_id = $1 and keap_id = $2",
      [world.accountId, refused],
    );
    expect(row?.sync_status).toBe("error");
    expect(row?.sync_error).toContain("400");
    expect(
      await world.sql("select class, error_kind, state from sync.dead_letters where account_id = $1", [
        world.accountId,
      ]),
    ).toEqual([{ class: "dead", error_kind: "invalid", state: "open" }]);
    // corrected here, it goes by itself
    await world.sql("update contacts set given_name = 'Short' where account_id = $1 and keap_id = $2", [
      world.accountId,
      refused,
    ]);
    expect(await runPush(world.deps)).toMatchObject({ updated: 1, failed: 0 });
    expect(
      await world.sql("select state from sync.dead_letters where account_id = $1", [world.accountId]),
    ).toEqual([{ state: "solved" }]);
  });

  it("keeps edits while the key is refused", async () => {
    const id = await edit(3, "Waiting");
    const armed = world.sandbox.faults.add({ kind: "status", status: 401 });
    expect(await runPush(world.deps)).toMatchObject({ state: "error", updated: 0 });
    world.sandbox.faults.remove(armed.id);
    await due();
    expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1 });
    expect(world.sandbox.account.contacts.get(id)?.given_name).toBe("Waiting");
    expect((await world.compare()).differences).toEqual([]);
  });
});
