import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Principal } from "../contract/principal";
import { startTestDatabase, type TestDatabase, type TestUser } from "../testing/database";
import { seedWorld, type World } from "./seed";

let database: TestDatabase;
let ours: World<TestUser>;
let theirs: World<TestUser>;
beforeAll(async () => {
  database = await startTestDatabase();
  ours = await seedWorld(database, "Ours");
  theirs = await seedWorld(database, "Theirs");
});
afterAll(() => database.stop());

function principalOf(world: World<TestUser>, changes: Partial<Principal> = {}): Principal {
  return {
    account_id: world.account_id,
    user_id: world.analyst.user_id,
    role: "analyst",
    scopes: [],
    via: "session",
    ...changes,
  };
}

interface Answer {
  columns: string[];
  rows: Record<string, unknown>[];
  row_count: number;
  truncated: boolean;
  as_of: string | null;
}

async function ask(
  query: string,
  options: { params?: unknown[]; principal?: unknown; row_cap?: number } = {},
): Promise<Answer> {
  const { data, error } = await database.service.rpc("run_query", {
    query,
    params: options.params ?? [],
    principal: options.principal ?? principalOf(ours),
    ...(options.row_cap ? { row_cap: options.row_cap } : {}),
  });
  if (error) throw Object.assign(new Error(error.message), { code: error.code });
  return data as Answer;
}

/** Past the word list and the signing function: what the reader's own rights and the signature still stop. */
async function askBehindTheWords(query: string): Promise<unknown> {
  const [row] = await database.sql<{ result: unknown }>(
    "select private.open_query($1), set_config('transaction_read_only', 'on', true), private.read_as_reader($2, '[]', 10) as result",
    [principalOf(ours), query],
  );
  return row?.result;
}

describe("what it returns", () => {
  test("shows one account's rows alone", async () => {
    const query = "select name from analytics.contacts";
    expect((await ask(query)).rows).toEqual([{ name: "Ours" }]);
    expect((await ask(query, { principal: principalOf(theirs) })).rows).toEqual([{ name: "Theirs" }]);
  });

  test("keeps the order of the columns", async () => {
    const full = await ask("select 2::bigint as zebra, 'x' as ant, 1.5 as middle");
    expect(full.columns).toEqual(["zebra", "ant", "middle"]);
    expect(full.rows).toEqual([{ zebra: 2, ant: "x", middle: 1.5 }]);
    const empty = await ask("select 2::bigint as zebra, 'x' as ant where false");
    expect(empty).toMatchObject({ columns: ["zebra", "ant"], rows: [], row_count: 0, truncated: false });
  });

  test("takes values as parameters", async () => {
    const { rows } = await ask("select ($1->>0)::timestamptz as at, ($1->>1)::text as word", {
      params: ["2026-03-01T12:00:00Z", "it's; drop table"],
    });
    expect(rows).toEqual([{ at: "2026-03-01T12:00:00+00:00", word: "it's; drop table" }]);
  });

  test("returns more than a thousand rows", async () => {
    const answer = await ask("select n from generate_series(1, 1001) n");
    expect(answer).toMatchObject({ row_count: 1001, truncated: false });
    expect(answer.rows.length).toBe(1001);
  });

  test("cuts at the cap and says so", async () => {
    const standard = await ask("select n from generate_series(1, 10001) n");
    expect([standard.rows.length, standard.row_count, standard.truncated]).toEqual([10_000, 10_000, true]);
    const small = await ask("select n from generate_series(1, 8) n", { row_cap: 7 });
    expect([small.rows.length, small.truncated]).toEqual([7, true]);
    const exact = await ask("select n from generate_series(1, 7) n", { row_cap: 7 });
    expect([exact.rows.length, exact.truncated]).toEqual([7, false]);
    await expect(ask("select 1 as n", { row_cap: 100_001 })).rejects.toThrow("row_cap");
  });

  test("says how fresh the data is", async () => {
    await database.sql("update public.accounts set data_as_of = '2026-05-01T10:00:00Z' where id = $1", [
      ours.account_id,
    ]);
    expect((await ask("select 1 as n")).as_of).toBe("2026-05-01T10:00:00+00:00");
    // Before the first copy is done there is no such time, and saying "now" would be a false green.
    expect((await ask("select 1 as n", { principal: principalOf(theirs) })).as_of).toBeNull();
  });

  test("accepts trailing comments in the text", async () => {
    expect((await ask("select 1 as n -- the end")).rows).toEqual([{ n: 1 }]);
  });
});

describe("whom it answers", () => {
  const query = "select count(*)::int as n from analytics.contacts";

  test("refuses principals without an account", async () => {
    for (const principal of [
      {},
      { account_id: "nonsense", role: "admin" },
      { account_id: "00000000-0000-4000-8000-000000000000", role: "admin" },
      { ...principalOf(ours), role: "owner" },
      { ...principalOf(ours), role: null },
    ]) {
      await expect(ask(query, { principal })).rejects.toThrow(/principal|account|uuid/);
    }
  });

  test("refuses people who are no members", async () => {
    const principal = principalOf(ours, { user_id: theirs.admin.user_id });
    await expect(ask(query, { principal })).rejects.toMatchObject({ code: "42501" });
  });

  test("refuses a role above the membership", async () => {
    await expect(ask(query, { principal: principalOf(ours, { role: "admin" }) })).rejects.toMatchObject({
      code: "42501",
    });
    expect((await ask(query, { principal: principalOf(ours, { role: "viewer" }) })).rows).toEqual([{ n: 1 }]);
  });

  test("answers schedules without a person", async () => {
    const principal = principalOf(ours, { user_id: null, role: "admin", via: "schedule" });
    expect((await ask(query, { principal })).rows).toEqual([{ n: 1 }]);
  });

  test("answers nobody but the service", async () => {
    for (const name of ["run_query", "explain_query"]) {
      for (const world of [ours, theirs]) {
        const { data, error } = await world.admin.client.rpc(name, {
          query,
          params: [],
          principal: principalOf(ours),
        });
        expect([data, error?.code], name).toEqual([null, "42501"]);
      }
    }
  });
});

describe("several questions in one call", () => {
  const question = (query: string, params: unknown[] = []) => ({
    query,
    params,
    rollups: [{ key: "people", version: "none" }],
  });

  test("answers each in its place, a failed one alone by its error", async () => {
    const { data, error } = await database.service.rpc("run_rolled_queries", {
      asked: [
        question("select name from analytics.contacts where name = ($1->>0)::text", ["Nobody"]),
        question("select set_config('role', 'service_role', true)"),
        question("select ($1->>0)::int as n", [7]),
        // Copied facts, of which nothing is kept here: it says so instead of answering.
        question("select count(*) from analytics.occasions"),
      ],
      principal: principalOf(ours),
    });
    expect(error).toBeNull();
    const [none, refused, number, stale] = data as (Partial<Answer> & {
      error?: { code: string };
      stale?: string[];
    })[];
    expect(none?.rows).toEqual([]);
    expect(refused?.error?.code).toBe("42501");
    expect(number?.rows).toEqual([{ n: 7 }]);
    expect(stale?.stale).toEqual(["people"]);
  });

  test("refuses a principal for all of them, and more than twenty", async () => {
    const principal = { ...principalOf(ours), role: "owner" };
    const { data } = await database.service.rpc("run_rolled_queries", {
      asked: [question("select 1 as n")],
      principal,
    });
    expect(data).toMatchObject([{ error: { code: "22023" } }]);
    const { error } = await database.service.rpc("run_rolled_queries", {
      asked: Array.from({ length: 21 }, () => question("select 1 as n")),
      principal: principalOf(ours),
    });
    expect(error?.code).toBe("54000");
  });
});

describe("what it refuses to run", () => {
  test("stops words that no query of ours holds", async () => {
    for (const query of [
      "select set_config('keapsake.account_id', 'x', true)",
      "select SET_CONFIG('role', 'service_role', true)",
      `select U&"\\0073et_config"('role', 'service_role', true)`,
      "select query_to_xml('select 1', true, true, '')",
      "select pg_sleep(10)",
      "select * from private.secrets",
      "select * from auth.users",
      "select * from sync.journal",
      "select pg_read_file('/etc/passwd')",
      "select current_setting('request.jwt.claims')",
      "select ts_stat('se' || 'lect 1')",
      "select prosrc from pg_catalog.pg_proc",
      "select pg_get_viewdef('analytics.contacts')",
      "select txid_current()",
      "select nextval('public.audit_log_id_seq')",
      "",
      "   ",
    ]) {
      await expect(ask(query), query).rejects.toThrow(/may not use|empty/);
    }
  });

  test("runs one statement only", async () => {
    for (const query of [
      "select 1) a; delete from public.contacts; --",
      "select 1; select 2",
      "delete from public.contacts",
      "with gone as (delete from public.contacts returning 1) select * from gone",
      "select 1 as n) asked limit 1) capped; select (select (1",
    ]) {
      await expect(ask(query), query).rejects.toThrow(
        /syntax error|data-modifying|permission denied|multi-query/,
      );
    }
    const [row] = await database.sql<{ n: number }>("select count(*)::int as n from public.contacts");
    expect(row?.n).toBe(2);
  });

  test("reads nothing but the fact views", async () => {
    for (const query of [
      "select * from public.contacts",
      "select * from contacts_of_nobody",
      "select * from public.api_keys",
      "select * from public.accounts",
    ]) {
      await expect(ask(query), query).rejects.toThrow(/permission denied|relation/);
    }
  });

  test("writes nothing anywhere", async () => {
    await expect(askBehindTheWords("select lo_creat(-1) as n")).rejects.toThrow(/read-only transaction/);
    const [row] = await database.sql(
      `select set_config('request.jwt.claim.role', 'service_role', true), public.run_query('select 1 as n', '[]', $1),
         current_setting('transaction_read_only') as read_only`,
      [principalOf(ours)],
    );
    expect(row).toMatchObject({ read_only: "on" });
  });

  test("lets crafted text reach no other account", async () => {
    const other = theirs.account_id;
    const rows = "(select string_agg(name, ',') from analytics.contacts)";
    for (const query of [
      `with s as materialized (select set_config('keapsake.account_id', '${other}', true) v) select v, ${rows} from s`,
      `select set_config('keapsake.account_id', '${other}', true), x from (select ${rows} x offset 0) y`,
      `select set_config('keapsake.signature', '', true), set_config('keapsake.account_id', '${other}', true), ${rows}`,
      `select set_config('keapsake.role', 'admin', true), ${rows}`,
      `select private.open_query('{"account_id":"${other}","role":"admin"}'), ${rows}`,
      `select private.sign_query_context('${other}', 'admin')`,
      "select value from private.secrets",
      "select public.run_query('select 1', '[]', '{}')",
      `select query_to_xml('select set_config(''keapsake.account_id'', ''${other}'', true)', true, true, ''), ${rows}`,
    ]) {
      const result = await askBehindTheWords(query).catch((error: Error) => error.message);
      expect(JSON.stringify(result), query).not.toContain("Theirs");
    }
  });

  test("lets crafted text take no other role", async () => {
    for (const query of [
      "select set_config('role', 'service_role', true)",
      "select set_config('role', 'postgres', true)",
      "select set_config('session_authorization', 'postgres', true)",
    ]) {
      await expect(askBehindTheWords(query), query).rejects.toThrow(
        /cannot set parameter|permission denied|42501/,
      );
    }
    const climbed = await askBehindTheWords(
      `select set_config('request.jwt.claims', '{"role":"service_role","sub":"${ours.admin.user_id}"}', true) as claims, current_user as me`,
    );
    expect(climbed).toMatchObject({ rows: [{ me: "keapsake_reader" }] });
  });

  test("leaves no context behind", async () => {
    await ask("select 1 as n");
    const [row] = await database.sql<{ account: string | null; n: number }>(
      "select current_setting('keapsake.account_id', true) as account, (select count(*)::int from analytics.contacts) as n",
    );
    expect([row?.account || null, row?.n]).toEqual([null, 0]);
  });
});

describe("the plan gate", () => {
  test("estimates without running", async () => {
    const { data, error } = await database.service.rpc("explain_query", {
      query: "select count(*) from generate_series(1, 100000) a, generate_series(1, ($1->>0)::int) b",
      params: [100_000],
      principal: principalOf(ours),
    });
    expect(error).toBeNull();
    expect(data.total_cost).toBeGreaterThan(1_000_000);
    expect(data.plan_rows).toBe(1);
    expect(data.largest_node_rows).toBeGreaterThan(1_000_000);
  });

  test("refuses what run_query refuses", async () => {
    for (const query of [
      "select 1) a; drop table public.contacts; --",
      "select set_config('a.b', 'c', true)",
    ]) {
      const { error } = await database.service.rpc("explain_query", {
        query,
        params: [],
        principal: principalOf(ours),
      });
      expect(error, query).not.toBeNull();
    }
  });
});
