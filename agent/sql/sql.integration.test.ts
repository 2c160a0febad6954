import type postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HostedPostgres, startHostedPostgres } from "@/supabase/testing/hosted-postgres";
import { seedWorld, type World } from "@/supabase/tests/seed";
import { bypasses, harmless } from "./bypasses";
import { checkSelect } from "./check-select";

/**
 * The corpus on a PostgreSQL set up like a hosted project. The gate refuses each statement before any database sees it;
 * here the second wall stands alone: every statement goes straight through the query door, and whatever it answers must
 * not hold another account's rows, a secret, or leave a trace.
 */
let database: HostedPostgres;
let connection: postgres.Sql;
let ours: World;

beforeAll(async () => {
  database = await startHostedPostgres();
  ours = await seedWorld(database, "Ours");
  await seedWorld(database, "Theirs-secret-marker");
  connection = database.connect();
});
afterAll(async () => {
  await connection?.end();
  await database?.stop();
});

const principal = () => ({
  account_id: ours.account_id,
  user_id: null,
  role: "analyst",
  scopes: [],
  via: "mcp_key",
});

/** As the service calls the door, with a time limit: on PostgreSQL a statement that sleeps is stopped. */
async function throughTheDoor(sql: string): Promise<{ answer: string | null; error: string | null }> {
  try {
    const rows = await connection.begin(async (transaction) => {
      await transaction.unsafe("set local statement_timeout = '2s'");
      await transaction.unsafe(
        "select set_config('request.jwt.claims', $1, true), set_config('role', 'service_role', true)",
        [JSON.stringify({ role: "service_role" })],
      );
      return transaction.unsafe("select public.run_query($1, '[]'::jsonb, $2::jsonb) as result", [
        sql,
        JSON.stringify(principal()),
      ]);
    });
    return { answer: JSON.stringify(rows), error: null };
  } catch (error) {
    return { answer: null, error: (error as Error).message };
  }
}

/** What must be the same afterwards: every table's size, roles, functions and settings. */
async function fingerprint(): Promise<string> {
  const [row] = await database.sql<{ state: string }>(
    `select jsonb_build_object(
       'contacts', (select count(*) from public.contacts), 'names', (select md5(string_agg(coalesce(given_name, ''), ',' order by supabase_id)) from public.contacts),
       'accounts', (select md5(string_agg(name || settings::text, ',' order by id)) from public.accounts),
       'members', (select md5(string_agg(user_id::text || role, ',' order by user_id)) from public.members),
       'proposals', (select count(*) from public.proposals), 'keys', (select count(*) from private.api_keys),
       'functions', (select count(*) from pg_proc), 'relations', (select count(*) from pg_class where relpersistence = 'p'),
       'roles', (select md5(string_agg(rolname || rolsuper || rolbypassrls, ',' order by rolname)) from pg_roles))::text as state`,
  );
  return row?.state ?? "";
}

describe("the corpus of bypasses on PostgreSQL", () => {
  it("is refused by the gate, all of it", async () => {
    const through: string[] = [];
    for (const sql of bypasses)
      await checkSelect(sql).then(
        () => through.push(sql),
        () => undefined,
      );
    expect(bypasses.length).toBeGreaterThan(100);
    expect(through).toEqual([]);
  });

  it("gets nothing through the door alone", async () => {
    const [secret] = await database.sql<{ value: string }>("select value from private.secrets limit 1");
    const before = await fingerprint();
    const leaks: string[] = [];
    for (const sql of bypasses) {
      const { answer } = await throughTheDoor(sql);
      if (answer && (answer.includes("Theirs-secret-marker") || answer.includes(secret?.value ?? "-")))
        leaks.push(sql);
    }
    expect(leaks).toEqual([]);
    expect(await fingerprint()).toBe(before);
    // The connection is as it was: no role, setting or search path stuck.
    const [left] = await connection.unsafe(
      "select current_user <> session_user as switched, current_setting('search_path') as path",
    );
    expect(left).toMatchObject({ switched: false });
    expect(String(left?.path)).not.toMatch(/private|sync/);
  });

  it("answers what is harmless", async () => {
    const failed: string[] = [];
    for (const sql of harmless) {
      const { error } = await throughTheDoor(sql);
      if (error) failed.push(`${sql}: ${error}`);
    }
    expect(failed).toEqual([]);
  });
});
