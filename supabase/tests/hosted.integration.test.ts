import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type HostedPostgres, startHostedPostgres } from "../testing/hosted-postgres";
import { describeRoleMatrix } from "./role-matrix";
import { asService, seedWorld, type World } from "./seed";

// The same migrations, run by a role that is no superuser, on a server with several connections.
describeRoleMatrix("a PostgreSQL set up like a hosted project", startHostedPostgres);

describe("two connections at once", () => {
  let database: HostedPostgres;
  let ours: World;
  let theirs: World;
  let connections: postgres.Sql[];
  beforeAll(async () => {
    database = await startHostedPostgres();
    ours = await seedWorld(database, "Ours");
    theirs = await seedWorld(database, "Theirs");
    connections = [database.connect(), database.connect()];
  });
  afterAll(async () => {
    await Promise.all(connections.map((connection) => connection.end()));
    await database.stop();
  });

  /** A call in its own transaction, as PostgREST makes it: role and claims first. */
  async function request<T>(
    connection: postgres.Sql,
    role: "authenticated" | "service_role",
    user: string | null,
    call: string,
    params: unknown[],
  ): Promise<T> {
    const rows = await connection.begin(async (transaction) => {
      const claims = JSON.stringify({ role, sub: user });
      await transaction.unsafe(
        "select set_config('request.jwt.claims', $1, true), set_config('role', $2, true)",
        [claims, role],
      );
      return transaction.unsafe(`select public.${call} as result`, params as never[]);
    });
    return (rows[0] as unknown as { result: T }).result;
  }
  const both = <T>(
    role: "authenticated" | "service_role",
    user: string | null,
    call: string,
    params: unknown[],
  ) => Promise.all(connections.map((connection) => request<T>(connection, role, user, call, params)));

  async function propose(): Promise<string> {
    const made = await asService<{ proposal_id: string }>(
      database,
      "create_proposal($1, $2, $3, 'agent:test')",
      [
        ours.account_id,
        { kind: "apply_tag", payload: { tag_id: null, tag_name: "Race" } },
        JSON.stringify([{ contact_id: ours.contact_id }]),
      ],
    );
    return made.proposal_id;
  }

  test("approve and claim a proposal once", async () => {
    for (let round = 0; round < 10; round++) {
      const proposal = await propose();
      const approvals = await both<{ changed: boolean }>(
        "authenticated",
        ours.admin.user_id,
        "approve_proposal($1)",
        [proposal],
      );
      expect(approvals.map(({ changed }) => changed).sort()).toEqual([false, true]);
      const claims = await both<{ claimed: boolean }>("service_role", null, "claim_proposal($1)", [proposal]);
      expect(claims.map(({ claimed }) => claimed).sort()).toEqual([false, true]);
    }
    const [row] = await database.sql<{ n: number }>(
      "select count(*)::int as n from public.audit_log where action = 'proposal.approved'",
    );
    expect(row?.n).toBe(10);
  });

  test("make one tag and one first board", async () => {
    for (let round = 0; round < 5; round++) {
      const tags = await both<string>("authenticated", ours.admin.user_id, "create_tag($1, $2)", [
        ours.account_id,
        `Race ${round}`,
      ]);
      expect(new Set(tags).size).toBe(1);
    }
    const { account_id } = await database.createAccount({ name: "Fresh" });
    const { user_id } = await database.signUp({ account_id, role: "analyst" });
    const pins = await both<{ board_id: string }>(
      "authenticated",
      user_id,
      "pin_chart($1, null, 'Chart', '{}')",
      [account_id],
    );
    expect(new Set(pins.map(({ board_id }) => board_id)).size).toBe(1);
  });

  test("read one account through the door", async () => {
    const ask = (query: string, world: World, role = "analyst") =>
      request<{ rows: unknown[] }>(
        connections[0] as postgres.Sql,
        "service_role",
        null,
        "run_query($1, '[]', $2)",
        [query, JSON.stringify({ account_id: world.account_id, user_id: world.analyst.user_id, role })],
      );
    const query = "select name from analytics.contacts";
    expect((await ask(query, ours)).rows).toEqual([{ name: "Ours" }]);
    expect((await ask(query, theirs)).rows).toEqual([{ name: "Theirs" }]);
    await expect(ask(query, ours, "admin")).rejects.toMatchObject({ code: "42501" });
    await expect(ask("select * from public.contacts", ours)).rejects.toThrow(/permission denied/);
    await expect(ask("select 1) a; select 2", ours)).rejects.toThrow(/syntax error/);
    await expect(
      request(
        connections[0] as postgres.Sql,
        "authenticated",
        ours.admin.user_id,
        "run_query('select 1', '[]', '{}')",
        [],
      ),
    ).rejects.toThrow(/permission denied for function run_query/);
  });

  test("stop crafted text behind the words", async () => {
    const crafted = `with s as materialized (select set_config('keapsake.account_id', '${theirs.account_id}', true) v)
      select v, (select string_agg(name, ',') from analytics.contacts) from s`;
    const attempt = database.sql("select private.open_query($1), private.read_as_reader($2, '[]', 10)", [
      { account_id: ours.account_id, role: "admin" },
      crafted,
    ]);
    await expect(attempt).rejects.toThrow(/was not set by the query door/);
    const climb = database.sql("select private.read_as_reader($1, '[]', 10)", [
      "select set_config('role', 'service_role', true)",
    ]);
    await expect(climb).rejects.toThrow(/cannot set parameter "role"/);
  });
});
