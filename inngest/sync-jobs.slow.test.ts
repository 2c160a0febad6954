import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { setDeps } from "./deps";
import { signBody } from "./local/protocol";
import { type JobWorld, signingKey, startJobWorld } from "./testing/job-world";

let jobs: JobWorld;
beforeAll(async () => {
  jobs = await startJobWorld({ contacts: 40, pollIdleSeconds: 1 });
}, 180_000);
afterAll(() => jobs.stop());
beforeEach(() => {
  jobs.forget();
  jobs.meddle = async () => null;
});

const contacts = (count: number) => [...jobs.world.sandbox.account.contacts.keys()].slice(0, count);
/** What the jobs are asked for here: definitions and sending rights come with the whole lists, hours later. */
async function differences(): Promise<string[]> {
  const all = (await jobs.world.compare()).differences;
  return all.filter((one) => !/^(email_addresses_status|custom_field_definitions)\b/.test(one));
}

describe("the sync under the serve protocol", () => {
  it("copies, subscribes and catches up by itself", async () => {
    expect(jobs.failures()).toEqual([]);
    expect(await differences()).toEqual([]);
    expect(new Set(Object.values(jobs.world.statuses()))).toEqual(new Set(["Verified"]));
    const { gaps } = await jobs.world.hooks.read(jobs.world.accountId);
    expect(gaps).toEqual({});
  });

  it("carries a hook's change here and an edit there", async () => {
    const [theirs = 0, ours = 0] = contacts(2);
    await jobs.world.sandbox.asUser("PATCH", `/v2/contacts/${theirs}?update_mask=given_name`, {
      given_name: "Hook",
    });
    await jobs.world.sandbox.clock.advance(60_000);
    await jobs.world.sql("update contacts set given_name = 'Pushed' where account_id = $1 and keap_id = $2", [
      jobs.world.accountId,
      ours,
    ]);
    jobs.send("keap/hooks.received", "keap/push.requested");
    await jobs.idle();
    expect(jobs.world.sandbox.account.contacts.get(ours)?.given_name).toBe("Pushed");
    expect(await differences()).toEqual([]);
  });

  it("changes nothing when steps are repeated, replayed and doubled", async () => {
    const ids = contacts(12);
    for (const id of ids.slice(0, 6))
      await jobs.world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, {
        given_name: `K${id}`,
      });
    await jobs.world.sandbox.clock.advance(60_000);
    await jobs.world.sql(
      "update contacts set family_name = 'P' || keap_id where account_id = $1 and keap_id = any ($2)",
      [jobs.world.accountId, ids.slice(6)],
    );
    await jobs.world.sql(
      "insert into contacts (account_id, given_name, email) values ($1, 'Once', 'once@example.test')",
      [jobs.world.accountId],
    );
    jobs.world.forgetCalls();
    // every third call is made twice, and its first answer lost: the job system then asks again
    let calls = 0;
    jobs.meddle = async (body, url) => {
      calls += 1;
      if (calls % 3 !== 0) return null;
      const headers = new Headers({ host: new URL(url).host, "content-type": "application/json" });
      headers.set("x-inngest-signature", signBody(body, signingKey, Math.round(Date.now() / 1000)));
      await jobs.handler(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }));
      return new Response("the connection was cut", { status: 502 });
    };
    jobs.send("keap/hooks.received", "keap/push.requested", "keap/poll.requested", "keap/push.requested");
    await jobs.idle();
    jobs.meddle = async () => null;
    jobs.send("keap/hooks.received", "keap/push.requested", "keap/poll.requested");
    await jobs.idle();
    expect(calls).toBeGreaterThan(6);
    expect(await differences()).toEqual([]);
    const once = [...jobs.world.sandbox.account.contacts.values()].filter((one) =>
      JSON.stringify(one).includes("once@example.test"),
    );
    expect(once).toHaveLength(1);
    // six edits and one create, each written once, and nothing sent back of what came from Keap
    const people = jobs.world.writes().filter((one) => /\/v2\/contacts(\/\d+)?$/.test(one.path));
    expect(people.map((one) => one.method).sort()).toEqual([...Array(6).fill("PATCH"), "POST"]);
  });

  it("keeps personal data out of events and results", async () => {
    const [id = 0] = contacts(1);
    await jobs.world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, {
      given_name: "Wilhelmina-Secret",
    });
    await jobs.world.sandbox.clock.advance(60_000);
    await jobs.world.sql(
      "update contacts set given_name = 'Theodora-Secret' where account_id = $1 and keap_id = $2",
      [jobs.world.accountId, contacts(2)[1]],
    );
    jobs.world.sandbox.faults.add({ kind: "status", status: 400, times: 1, method: "PATCH" });
    jobs.forget();
    jobs.send("keap/hooks.received", "keap/push.requested", "keap/poll.requested");
    await jobs.idle();
    const said = jobs.answers.join("\n");
    expect(said).not.toMatch(/Secret|example\.(com|test)|@/);
    expect(Math.max(...jobs.answers.map((one) => one.length))).toBeLessThan(4_000);
    jobs.world.sandbox.faults.clear();
    // the edit Keap refused is given another chance by the next one
    await jobs.world.sql(
      "update contacts set given_name = 'Theodora' where account_id = $1 and keap_id = $2",
      [jobs.world.accountId, contacts(2)[1]],
    );
    jobs.send("keap/push.requested");
    await jobs.idle();
    expect(await differences()).toEqual([]);
  });

  it("writes a failure and its cure on the connection", async () => {
    const refusing = new Proxy(jobs.database.service, {
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
    setDeps(jobs.depsOf(refusing));
    jobs.send("keap/push.requested");
    await jobs.idle();
    setDeps(jobs.depsOf());
    log.mockRestore();
    const [state] = await jobs.world.sql(
      "select state, error_kind, message, cure from sync.connections where account_id = $1",
      [jobs.world.accountId],
    );
    expect(state).toEqual({
      state: "attention",
      error_kind: "job",
      message: expect.stringContaining("carries edits to Keap failed again and again"),
      cure: expect.stringContaining("tried again by itself"),
    });
    jobs.runner.send({
      name: "keap/poll.requested",
      data: { account_id: jobs.world.accountId, force: true },
    });
    await jobs.idle();
    expect(
      await jobs.world.sql("select state from sync.connections where account_id = $1", [
        jobs.world.accountId,
      ]),
    ).toEqual([{ state: "connected" }]);
  });

  it("finds by the tick what every event missed", async () => {
    const [id = 0] = contacts(1);
    await jobs.world.sandbox.asUser("PATCH", `/v2/contacts/${id}?update_mask=given_name`, {
      given_name: "Tick",
    });
    await jobs.world.sandbox.clock.advance(60_000);
    await jobs.world.sql("update contacts set family_name = 'Tick' where account_id = $1 and keap_id = $2", [
      jobs.world.accountId,
      id,
    ]);
    await jobs.fire("keapsake-keep-up");
    expect(await differences()).toEqual([]);
    expect(jobs.world.sandbox.account.contacts.get(id)).toMatchObject({
      given_name: "Tick",
      family_name: "Tick",
    });
  });
});
