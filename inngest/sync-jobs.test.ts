import { serve as listen } from "@hono/node-server";
import { serve } from "inngest/edge";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type HookWorld, startHookWorld } from "@/sync/hooks/testing/hook-world";
import { type JobDeps, useDeps } from "./deps";
import { createRunnerApp } from "./local/http";
import { signBody } from "./local/protocol";
import { LocalRunner } from "./local/runner";

const signingKey = "signkey-test-0123456789abcdef";
const serveUrl = "http://127.0.0.1:1/api/inngest";

let database: TestDatabase;
let world: HookWorld;
let handler: (request: Request) => Promise<Response>;
let runner: LocalRunner;
let server: ReturnType<typeof listen>;
/** What the serve handler answered to the job system: the steps' results among it. */
let answers: string[] = [];
/** Called before each call to the handler; may answer in its place. */
let meddle: (body: unknown, url: string) => Promise<Response | null> = async () => null;

const depsOf = (service = database.service): JobDeps => ({
  service,
  keapFor: () => world.keap,
  now: () => new Date(world.now()),
  appUrl: "https://us.test",
  pollIdleSeconds: 1,
});

beforeAll(async () => {
  database = await startTestDatabase();
  world = await startHookWorld(database, { contacts: 40 });
  useDeps(depsOf());
  runner = new LocalRunner({ serveUrl, signingKey, sleep: async () => undefined, fetch: callHandler });
  const eventKey = "k".repeat(20);
  const url = await new Promise<string>((resolve) => {
    server = listen(
      { fetch: createRunnerApp(runner, eventKey).fetch, hostname: "127.0.0.1", port: 0 },
      (to) => resolve(`http://127.0.0.1:${to.port}`),
    );
  });
  Object.assign(process.env, {
    INNGEST_SIGNING_KEY: signingKey,
    INNGEST_EVENT_KEY: eventKey,
    INNGEST_BASE_URL: url,
    INNGEST_DEV: "0",
  });
  // the client reads these when it is made
  const [{ inngest }, { functions }] = await Promise.all([import("./client"), import("./index")]);
  handler = serve({ client: inngest, functions });
  await runner.sync();
  send("keap/backfill.requested");
  await idle();
});
afterAll(async () => {
  await runner.stop();
  server.close();
  useDeps(undefined);
  world.sandbox.stop();
  await database.stop();
});
beforeEach(() => {
  answers = [];
  meddle = async () => null;
});

const callHandler = (async (url: string, init?: RequestInit) => {
  const headers = new Headers(init?.headers);
  headers.set("host", new URL(url).host);
  const made = init?.method === "POST" ? await meddle(JSON.parse(String(init.body)), url) : null;
  const answer = made ?? (await handler(new Request(url, { ...init, headers })));
  const text = await answer.text();
  if (init?.method === "POST") answers.push(text);
  return new Response(text, { status: answer.status, headers: answer.headers });
}) as typeof fetch;

function send(...names: string[]): void {
  for (const name of names) runner.send({ name, data: { account_id: world.accountId } });
}

/** Until no run is left, those that the runs asked for included. */
async function idle(): Promise<void> {
  for (let quiet = 0; quiet < 3; quiet += 1) {
    await runner.idle();
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (runner.recentRuns().some((run) => run.status === "queued" || run.status === "running")) quiet = -1;
  }
}

const contacts = (count: number) => [...world.sandbox.account.contacts.keys()].slice(0, count);
/** What the jobs are asked for here: definitions and sending rights come with the whole lists, hours later. */
async function differences(): Promise<string[]> {
  const all = (await world.compare()).differences;
  return all.filter((one) => !/^(email_addresses_status|custom_field_definitions)\b/.test(one));
}
const failures = () =>
  runner
    .recentRuns()
    .filter((run) => run.status === "failed")
    .map((run) => `${run.function_id}: ${run.error}`);

describe("the sync under the serve protocol", () => {
  it("copies, subscribes and catches up by itself", async () => {
    expect(failures()).toEqual([]);
    expect(await differences()).toEqual([]);
    expect(new Set(Object.values(world.statuses()))).toEqual(new Set(["Verified"]));
    const { gaps } = await world.hooks.read(world.accountId);
    expect(gaps).toEqual({});
  });

  it("carries a hook's change here and an edit there", async () => {
    const [theirs = 0, ours = 0] = contacts(2);
    await world.sandbox.asUser("PATCH", `/v2/contacts/${theirs}?update_mask=given_name`, {
      given_name: "Hook",
    });
    await world.sandbox.clock.advance(60_000);
    await world.sql("update contacts set given_name = 'Pushed' where account_id = $1 and keap_id = $2", [
      world.accountId,
      ours,
    ]);
    send("keap/hooks.received", "keap/push.requested");
    await idle();
    expect(world.sandbox.account.contacts.get(ours)?.given_name).toBe("Pushed");
    expect(await differences()).toEqual([]);
  });

  it("changes nothing when steps are repeated, replayed and doubled", async () => {
    const ids = contacts(12);
    for (const id of ids.slice(0, 6))
      await world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, {
        given_name: `K${id}`,
      });
    await world.sandbox.clock.advance(60_000);
    await world.sql(
      "update contacts set family_name = 'P' || keap_id where account_id = $1 and keap_id = any ($2)",
      [world.accountId, ids.slice(6)],
    );
    await world.sql(
      "insert into contacts (account_id, given_name, email) values ($1, 'Once', 'once@example.test')",
      [world.accountId],
    );
    world.forgetCalls();
    // every third call is made twice, and its first answer lost: the job system then asks again
    let calls = 0;
    meddle = async (body, url) => {
      calls += 1;
      if (calls % 3 !== 0) return null;
      const headers = new Headers({ host: new URL(url).host, "content-type": "application/json" });
      headers.set("x-inngest-signature", signBody(body, signingKey, Math.round(Date.now() / 1000)));
      await handler(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }));
      return new Response("the connection was cut", { status: 502 });
    };
    send("keap/hooks.received", "keap/push.requested", "keap/poll.requested", "keap/push.requested");
    await idle();
    meddle = async () => null;
    send("keap/hooks.received", "keap/push.requested", "keap/poll.requested");
    await idle();
    expect(calls).toBeGreaterThan(6);
    expect(await differences()).toEqual([]);
    const once = [...world.sandbox.account.contacts.values()].filter((one) =>
      JSON.stringify(one).includes("once@example.test"),
    );
    expect(once).toHaveLength(1);
    // six edits and one create, each written once, and nothing sent back of what came from Keap
    const people = world.writes().filter((one) => /\/v2\/contacts(\/\d+)?$/.test(one.path));
    expect(people.map((one) => one.method).sort()).toEqual([...Array(6).fill("PATCH"), "POST"]);
  });

  it("keeps personal data out of events and results", async () => {
    const [id = 0] = contacts(1);
    await world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, {
      given_name: "Wilhelmina-Secret",
    });
    await world.sandbox.clock.advance(60_000);
    await world.sql(
      "update contacts set given_name = 'Theodora-Secret' where account_id = $1 and keap_id = $2",
      [world.accountId, contacts(2)[1]],
    );
    world.sandbox.faults.add({ kind: "status", status: 400, times: 1, method: "PATCH" });
    answers = [];
    send("keap/hooks.received", "keap/push.requested", "keap/poll.requested");
    await idle();
    const said = answers.join("\n");
    expect(said).not.toMatch(/Secret|example\.(com|test)|@/);
    expect(Math.max(...answers.map((one) => one.length))).toBeLessThan(4_000);
    world.sandbox.faults.clear();
    // the edit Keap refused is given another chance by the next one
    await world.sql("update contacts set given_name = 'Theodora' where account_id = $1 and keap_id = $2", [
      world.accountId,
      contacts(2)[1],
    ]);
    send("keap/push.requested");
    await idle();
    expect(await differences()).toEqual([]);
  });

  it("writes a failure and its cure on the connection", async () => {
    const refusing = new Proxy(database.service, {
      get: (target, name) =>
        name !== "rpc"
          ? Reflect.get(target, name)
          : (called: string, args: object) =>
              called === "sync_read_state"
                ? Promise.reject(new Error("out of memory"))
                : target.rpc(called, args),
    });
    // the SDK logs every step that fails; here that is the point
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    useDeps(depsOf(refusing));
    send("keap/push.requested");
    await idle();
    useDeps(depsOf());
    log.mockRestore();
    const [state] = await world.sql(
      "select state, error_kind, message, cure from sync.connections where account_id = $1",
      [world.accountId],
    );
    expect(state).toEqual({
      state: "attention",
      error_kind: "job",
      message: expect.stringContaining("carries edits to Keap failed again and again"),
      cure: expect.stringContaining("tried again by itself"),
    });
    runner.send({ name: "keap/poll.requested", data: { account_id: world.accountId, force: true } });
    await idle();
    expect(
      await world.sql("select state from sync.connections where account_id = $1", [world.accountId]),
    ).toEqual([{ state: "connected" }]);
  });

  it("finds by the tick what every event missed", async () => {
    const [id = 0] = contacts(1);
    await world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, { given_name: "Tick" });
    await world.sandbox.clock.advance(60_000);
    await world.sql("update contacts set family_name = 'Tick' where account_id = $1 and keap_id = $2", [
      world.accountId,
      id,
    ]);
    await runTick();
    expect(await differences()).toEqual([]);
    expect(world.sandbox.account.contacts.get(id)).toMatchObject({ given_name: "Tick", family_name: "Tick" });
  });
});

/** Fires the cron of keep-up once, as its schedule does. */
async function runTick(): Promise<void> {
  const inside = runner as unknown as {
    functions: { id: string; triggers: { cron?: string }[] }[];
    fireCron(config: unknown, cron: string): void;
  };
  const config = inside.functions.find((one) => one.id === "keapsake-keep-up");
  inside.fireCron(config, config?.triggers[0]?.cron ?? "");
  await idle();
}
