import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { createSmallAccount } from "@/sandbox/testing/small-account";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { createKeapClient } from "../keap/client";
import { runPush } from "../outbound/push";
import { keapUrl, type SyncWorld, startWorld, unlimited } from "../testing/world";
import { runBackfill } from "./backfill";
import { runPoll } from "./poll";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let database: TestDatabase;
let world: SyncWorld;
/** Fields that Keap's answers about people no longer hold, whatever is asked for. */
let vanished: string[];
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

beforeEach(async () => {
  vanished = [];
  world = await startWorld(database, { account: createSmallAccount(), now: "2026-02-08T12:00:00Z" });
  const keap = createKeapClient({
    baseUrl: keapUrl,
    auth: { kind: "token", token: world.sandbox.token },
    quota: unlimited,
    maxAttempts: 1,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const answer = await world.sandbox.fetch(request);
      if (!new URL(request.url).pathname.includes("/v2/contacts")) return answer;
      return new Response(cut(await answer.text()), { status: answer.status, headers: answer.headers });
    },
  });
  world.deps = { ...world.deps, keap };
  for (const id of ["1", "2", "3"])
    await world.keap.contacts.update(id, { job_title: `Title ${id}`, website: "https://before.example" });
  await runBackfill(world.deps);
});

function cut(text: string): string {
  if (text === "") return text;
  const body = JSON.parse(text) as { contacts?: object[] };
  for (const one of body.contacts ?? [body]) for (const name of vanished) delete (one as never)[name];
  return JSON.stringify(body);
}

const change = (id: number, fields: object) =>
  world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=${Object.keys(fields).join(",")}`, fields);
const poll = async () => {
  await world.sandbox.clock.advance(90_000);
  expect(await runPoll(world.deps, { force: true, only: ["contacts"] })).toMatchObject({
    state: "done",
    errors: [],
  });
};
const titles = async () =>
  (
    await world.sql<{ job_title: string | null; website: string | null }>(
      "select job_title, website from contacts where account_id = $1 and keap_id in (1, 2, 3) order by keap_id",
      [world.accountId],
    )
  ).map((one) => [one.job_title, one.website]);
const before = "https://before.example";

it("keeps values when Keap stops answering a field", async () => {
  vanished = ["job_title"];
  await change(2, { website: "https://after.example" });
  await poll();
  expect(await titles()).toEqual([
    ["Title 1", before],
    ["Title 2", "https://after.example"],
    ["Title 3", before],
  ]);
  // it comes back as it is
  vanished = [];
  await change(2, { job_title: "New" });
  await poll();
  expect((await titles())[1]).toEqual(["New", "https://after.example"]);
  expect((await world.compare()).differences.filter((one) => one.startsWith("contacts "))).toEqual([]);
});

it("empties what Keap's people emptied", async () => {
  await change(2, { job_title: null });
  world.forgetCalls();
  await poll();
  expect((await titles()).map(([title]) => title)).toEqual(["Title 1", null, "Title 3"]);
  expect((await world.compare()).differences.filter((one) => one.startsWith("contacts "))).toEqual([]);
});

it("sends an edit without emptying the field", async () => {
  vanished = ["job_title"];
  await world.sql(
    "update contacts set website = 'https://ours.example' where account_id = $1 and keap_id = 1",
    [world.accountId],
  );
  expect(await runPush(world.deps)).toMatchObject({ state: "done", updated: 1, failed: 0 });
  expect(world.sandbox.account.contacts.get(1)).toMatchObject({
    website: "https://ours.example",
    job_title: "Title 1",
  });
  await poll();
  expect((await titles())[0]).toEqual(["Title 1", "https://ours.example"]);
});
