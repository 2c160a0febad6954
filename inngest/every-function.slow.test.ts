import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { signBody } from "./local/protocol";
import { type JobWorld, signingKey, startJobWorld } from "./testing/job-world";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let jobs: JobWorld;
let admin: { user_id: string; client: JobWorld["database"]["service"] };
beforeAll(async () => {
  jobs = await startJobWorld({ contacts: 40, pollIdleSeconds: 1 });
  admin = await jobs.database.signUp({ account_id: jobs.world.accountId, role: "admin" });
});
afterAll(() => jobs.stop());

const sql = <T = Record<string, unknown>>(text: string, ...params: unknown[]) =>
  jobs.world.sql<T>(text, [jobs.world.accountId, ...params]);
const count = async (text: string, ...params: unknown[]) =>
  Number((await sql<{ n: number }>(`select count(*)::int as n from ${text}`, ...params))[0]?.n);
const keap = () => jobs.world.sandbox.account;
const ids = () => [...keap().contacts.keys()].sort((a, b) => a - b);
const inKeap = (mark: string) =>
  [...keap().contacts.values()].filter((one) => JSON.stringify(one).includes(mark)).length;

/**
 * The worst a job system does: the first attempt of every call is carried out and its answer lost, and the next one is
 * carried out twice, the second time with what the first had already done.
 */
async function doubled(body: unknown, url: string): Promise<Response | null> {
  const { attempt = 0 } = (body as { ctx?: { attempt?: number } }).ctx ?? {};
  const headers = new Headers({ host: new URL(url).host, "content-type": "application/json" });
  headers.set("x-inngest-signature", signBody(body, signingKey, Math.round(Date.now() / 1000)));
  await jobs.handler(new Request(url, { method: "POST", headers, body: JSON.stringify(body) }));
  return attempt === 0 ? new Response("the connection was cut", { status: 502 }) : null;
}

async function propose(tag: string): Promise<string> {
  const people = await sql<{ contact_id: string }>(
    "select supabase_id as contact_id from contacts where account_id = $1 and deleted_at is null order by keap_id limit 3",
  );
  const { data, error } = await jobs.database.service.rpc("create_proposal", {
    p_account: jobs.world.accountId,
    p_proposal: { kind: "apply_tag", payload: { tag_name: tag } },
    p_items: people,
    p_actor: `user:${admin.user_id}`,
  });
  if (error) throw new Error(error.message);
  const { proposal_id: id } = data as { proposal_id: string };
  const approved = await admin.client.rpc("approve_proposal", { p_proposal: id });
  if (approved.error) throw new Error(approved.error.message);
  return id;
}

interface Case {
  /** Gives the function something to do. */
  prepare?: () => Promise<unknown>;
  /** Runs it; by its schedule, where it answers no event. */
  start?: () => Promise<unknown> | unknown;
  /** What must be so afterwards, however often it ran. */
  check: () => Promise<unknown>;
  expected: unknown;
}

const edit = (column: string, value: string, at: number) =>
  sql(`update contacts set ${column} = $2 where account_id = $1 and keap_id = $3`, value, ids()[at]);
const changeInKeap = async (given_name: string, at: number) => {
  await jobs.world.sandbox.asUser("PATCH", `/v2/contacts/${ids()[at]}?update_mask=given_name`, {
    given_name,
  });
  await jobs.world.sandbox.clock.advance(60_000);
};
const named = (name: string) => count("contacts where account_id = $1 and given_name = $2", name);

/** By the function's name, and how it was started where that differs: nothing here may depend on how often a step ran. */
const cases: Readonly<Record<string, Case>> = {
  "backfill-account": {
    prepare: () =>
      sql(
        "update sync.cursors set state = 'running', position = '{}' where account_id = $1 and stream = 'backfill' and entity = 'tags'",
      ),
    start: () => jobs.send("keap/backfill.requested"),
    check: async () => [
      await count("tags where account_id = $1 and deleted_at is null"),
      await count("sync.cursors where account_id = $1 and stream = 'backfill' and state <> 'done'"),
    ],
    get expected() {
      return [keap().tags.size, 0];
    },
  },
  "poll-account": {
    prepare: () => changeInKeap("Polled", 1),
    start: () =>
      jobs.runner.send({
        name: "keap/poll.requested",
        data: { account_id: jobs.world.accountId, force: true },
      }),
    check: async () => [
      await named("Polled"),
      await count("sync.journal where account_id = $1 and changes #>> '{given_name,1}' = 'Polled'"),
    ],
    expected: [1, 1],
  },
  "push-changes": {
    prepare: async () => {
      jobs.world.forgetCalls();
      await edit("job_title", "Pushed", 2);
      await sql("insert into contacts (account_id, given_name, email) values ($1, 'Once', 'once@push.test')");
    },
    start: () => jobs.send("keap/push.requested"),
    check: async () => [
      inKeap("once@push.test"),
      jobs.world
        .writes()
        .map((one) => one.method)
        .sort(),
      await count(
        "sync.journal where account_id = $1 and direction = 'out' and changes #>> '{job_title,1}' = 'Pushed'",
      ),
    ],
    expected: [1, ["PATCH", "POST"], 1],
  },
  "drain-hooks": {
    prepare: () => changeInKeap("Hooked", 3),
    start: () => jobs.send("keap/hooks.received"),
    check: async () => [
      await named("Hooked"),
      await count("sync.journal where account_id = $1 and changes #>> '{given_name,1}' = 'Hooked'"),
      await count("sync.hook_deliveries where account_id = $1 and state in ('waiting', 'claimed')"),
    ],
    expected: [1, 1, 0],
  },
  "watch-hooks": {
    prepare: async () => {
      const [one] = keap().hooks.values();
      if (one) keap().hooks.delete(Number(one.key));
    },
    start: () => jobs.send("keap/watch.requested"),
    check: async () => {
      const all = [...keap().hooks.values()].map((one) => one.eventKey);
      return [all.length === new Set(all).size, new Set(Object.values(jobs.world.statuses()))];
    },
    expected: [true, new Set(["Verified"])],
  },
  "keep-up": {
    prepare: () => Promise.all([edit("job_title", "Kept up", 4), changeInKeap("Kept", 5)]),
    start: () => jobs.fire("keapsake-keep-up"),
    check: async () => [inKeap("Kept up"), await named("Kept")],
    expected: [1, 1],
  },
  "score-recency-risk": {
    start: () => jobs.send("analytics/score.requested"),
    check: async () => [
      await count(
        "(select 1 from predictions where account_id = $1 and is_current group by model, contact_id having count(*) > 1) twice",
      ),
      await count(
        "(select 1 from proposals where account_id = $1 and created_via like 'schedule%' group by idempotency_key having count(*) > 1) twice",
      ),
    ],
    expected: [0, 0],
  },
  "request-nightly-scores": {
    start: () => jobs.fire("keapsake-request-nightly-scores"),
    check: () =>
      count(
        "(select 1 from predictions where account_id = $1 and is_current group by model, contact_id having count(*) > 1) twice",
      ),
    expected: 0,
  },
  "execute-proposal": {
    prepare: async () => {
      jobs.world.forgetCalls();
      proposal = await propose("Executed once");
    },
    async start() {
      jobs.runner.send({
        name: "proposal/approved",
        data: { account_id: jobs.world.accountId, proposal_id: proposal },
      });
      await jobs.idle();
      // a lost answer may take the request for a push with it: the tick makes up for it
      await jobs.fire("keapsake-keep-up");
    },
    check: async () => [
      (await sql("select status from proposals where account_id = $1 and id = $2", proposal))[0],
      [...keap().tags.values()].filter((one) => one.name === "Executed once").length,
      jobs.world.writes().map((one) => one.path.replace("/crm/rest", "").replace(/tags\/\d+/, "tags/N")),
    ],
    expected: [{ status: "done" }, 1, ["/v2/tags", "/v2/tags/N/contacts:applyTags"]],
  },
  "sweep-proposals": {
    prepare: async () => {
      proposal = await propose("Swept once");
    },
    async start() {
      await jobs.fire("keapsake-sweep-proposals");
      await jobs.fire("keapsake-keep-up");
    },
    check: async () => [
      (await sql("select status from proposals where account_id = $1 and id = $2", proposal))[0],
      [...keap().tags.values()].filter((one) => one.name === "Swept once").length,
    ],
    expected: [{ status: "done" }, 1],
  },
  "refresh-rollups": {
    start: () => jobs.fire("keapsake-refresh-rollups"),
    check: () => count("rollups.built where account_id = $1 and state not in ('ready', 'none')"),
    expected: 0,
  },
  "index-knowledge": {
    prepare: () =>
      sql(`insert into interactions (account_id, kind, title, body, contact_id) select $1, 'note', 'Indexed once', 'Likes turquoise', supabase_id
        from contacts where account_id = $1 and deleted_at is null order by keap_id limit 1`),
    start: () => jobs.fire("keapsake-index-knowledge"),
    check: () => count("knowledge_documents where account_id = $1 and title = 'Indexed once'"),
    expected: 1,
  },
  "index-knowledge (asked for)": {
    prepare: () =>
      sql(`insert into interactions (account_id, kind, title, body, contact_id) select $1, 'note', 'Indexed when asked', 'Likes jade', supabase_id
        from contacts where account_id = $1 and deleted_at is null order by keap_id limit 1`),
    start: () => jobs.send("knowledge/index.requested"),
    check: () => count("knowledge_documents where account_id = $1 and title = 'Indexed when asked'"),
    expected: 1,
  },
  "check-alerts": {
    prepare: () =>
      sql(
        `insert into alerts (account_id, name, query, condition, channels, next_check_at) values ($1, 'People',
           '{"metrics": ["contacts"]}', '{"kind": "threshold", "above": 1}', '[{"kind": "app"}]', now() - interval '1 minute')`,
      ),
    start: () => jobs.fire("keapsake-check-alerts"),
    check: async () => [
      await count(
        "(select 1 from alert_deliveries where account_id = $1 group by alert_id, channel having count(*) > 1) twice",
      ),
      (await count("notifications where account_id = $1 and kind = 'alert'")) <= 1,
    ],
    expected: [0, true],
  },
  "verify-account": {
    start: () => jobs.send("keap/verify.requested"),
    check: async () => [
      await count("sync.verification_runs where account_id = $1 and finished_at is null"),
      Number(
        (await sql("select sum(unexplained)::int as n from sync.verification_runs where account_id = $1"))[0]
          ?.n,
      ),
      (
        await sql(
          "select l.compared = l.here as equal from sync.verification_runs l where l.account_id = $1 and l.entity = 'contacts' order by finished_at desc limit 1",
        )
      )[0],
    ],
    expected: [0, 0, { equal: true }],
  },
};
let proposal = "";

const known = () => jobs.configs().map((one) => one.id.replace(/^keapsake-/, ""));

it("covers every function there is", () => {
  const ours = known().filter((id) => !id.endsWith("-failure"));
  expect(ours.filter((id) => !(id in cases))).toEqual([]);
  expect(ours.length).toBeGreaterThan(10);
});

it.for(Object.keys(cases))("%s comes to the same however often its steps run", async (name, { skip }) => {
  skip(!known().includes(name.replace(/ \(.*\)$/, "")), "not among the functions served");
  const one = cases[name] as Case;
  await one.prepare?.();
  jobs.meddle = doubled;
  await one.start?.();
  await jobs.idle();
  jobs.meddle = async () => null;
  await jobs.idle();
  expect(jobs.failures()).toEqual([]);
  expect(await one.check()).toEqual(one.expected);
  // and once more, with nothing left to do
  await one.start?.();
  await jobs.idle();
  expect(jobs.failures()).toEqual([]);
  expect(await one.check()).toEqual(one.expected);
});
