import type postgres from "postgres";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type HostedPostgres, startHostedPostgres } from "@/supabase/testing/hosted-postgres";

/** What only several connections can show: approvals that meet at one moment. */
let database: HostedPostgres;
let account: string;
let admin: string;
let campaign: string;
let people: string[];
const open: postgres.Sql[] = [];

beforeAll(async () => {
  database = await startHostedPostgres();
  ({ account_id: account } = await database.createAccount({ name: "Ours" }));
  ({ user_id: admin } = await database.signUp({ account_id: account, role: "admin" }));
  await database.sql(
    `update public.accounts set settings = settings || '{"outreach_per_day": 1}' where id = $1`,
    [account],
  );
  const [made] = await database.sql<{ id: string }>(
    `insert into public.campaigns (account_id, keap_id, name, is_published, goals)
     values ($1, 70, 'Win back', true, '[{"id": "701", "name": "Ask"}]') returning supabase_id as id`,
    [account],
  );
  campaign = made?.id ?? "";
  people = (
    await database.sql<{ id: string }>(
      `insert into public.contacts (account_id, keap_id, given_name) values ($1, 1, 'Ann'), ($1, 2, 'Bob') returning supabase_id as id`,
      [account],
    )
  ).map(({ id }) => id);
});
afterAll(async () => {
  for (const connection of open) await connection.end();
  await database?.stop();
});

function connect(): postgres.Sql {
  const connection = database.connect();
  open.push(connection);
  return connection;
}

async function become(transaction: postgres.TransactionSql, claims: { role: string; sub?: string }) {
  await transaction.unsafe(
    "select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)",
    [JSON.stringify(claims), claims.role],
  );
}

async function propose(person: string): Promise<string> {
  return connect().begin(async (transaction) => {
    await become(transaction, { role: "service_role" });
    const [row] = await transaction.unsafe(
      "select public.create_proposal($1, $2::text::jsonb, $3::text::jsonb) ->> 'proposal_id' as id",
      [
        account,
        JSON.stringify({ kind: "achieve_goal", payload: { campaign_id: campaign, goal_id: "701" } }),
        JSON.stringify([{ contact_id: person }]),
      ],
    );
    return String(row?.id);
  });
}

/** Approves as the admin; the transaction stays open while `hold` waits. */
async function approve(proposal: string, hold: () => Promise<unknown> = async () => {}): Promise<void> {
  await connect().begin(async (transaction) => {
    await become(transaction, { role: "authenticated", sub: admin });
    await transaction.unsafe("select public.approve_proposal($1)", [proposal]);
    await hold();
  });
}

it("lets two approvals at one moment use the day once", async () => {
  const [first, second] = [await propose(people[0] ?? ""), await propose(people[1] ?? "")];
  let commit = () => {};
  let reached = () => {};
  const approved = new Promise<void>((done) => {
    reached = done;
  });
  const held = approve(first, () => {
    reached();
    return new Promise<void>((done) => {
      commit = done;
    });
  });
  await approved;
  // The other one waits for the first instead of counting past it.
  let settled = false;
  const other = approve(second).then(
    () => "approved",
    (error: Error) => error.message,
  );
  void other.then(() => {
    settled = true;
  });
  await new Promise((done) => setTimeout(done, 500));
  expect(settled).toBe(false);
  commit();
  await held;
  expect(await other).toMatch(/Only 0 people more may be sent/);
  const states = await database.sql<{ status: string }>(
    "select status from public.proposals where account_id = $1 order by created_at",
    [account],
  );
  expect(states.map(({ status }) => status)).toEqual(["approved", "proposed"]);
});

it("approves one proposal once, however often it is clicked", async () => {
  await database.sql(
    `update public.accounts set settings = settings || '{"outreach_per_day": 9}' where id = $1`,
    [account],
  );
  const proposal = await propose(people[1] ?? "");
  await Promise.all([approve(proposal), approve(proposal), approve(proposal)]);
  const [{ n } = { n: 0 }] = await database.sql<{ n: number }>(
    "select count(*)::int as n from public.audit_log where account_id = $1 and action = 'proposal.approved' and target = $2",
    [account, `proposal:${proposal}`],
  );
  expect(n).toBe(1);
});
