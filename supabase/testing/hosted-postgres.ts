import { execFileSync, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { migrate } from "../local/migrate";

/**
 * A real PostgreSQL set up as a hosted project is: the migrating role `postgres` is no superuser, Auth's tables belong to
 * somebody else, and the old default grants on new objects of `public` are in place (a project made before October 2026).
 */
export interface HostedPostgres {
  /** A statement as `postgres`, the role that migrates. */
  sql<T = Record<string, unknown>>(text: string, params?: unknown[]): Promise<T[]>;
  createAccount(options?: { name?: string }): Promise<{ account_id: string }>;
  signUp(options: { account_id: string; role: string }): Promise<{ user_id: string }>;
  /** A connection of its own, as `postgres`, for what needs two at a time. */
  connect(): ReturnType<typeof postgres>;
  stop(): Promise<void>;
}

/** What a hosted project holds before the first migration, as far as the migrations can notice. */
const hostedSetup = `
  create role postgres login createrole createdb bypassrls nosuperuser;
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  create role authenticator login noinherit;
  grant anon, authenticated, service_role to authenticator;
  grant anon, authenticated, service_role to postgres with admin option;
  create role supabase_auth_admin nologin noinherit createrole;
  create schema auth authorization supabase_auth_admin;
  create table auth.users (id uuid primary key, email text, created_at timestamptz default now());
  alter table auth.users owner to supabase_auth_admin;
  create function auth.uid() returns uuid language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.sub', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'))::uuid $$;
  create function auth.role() returns text language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim.role', true), ''),
      (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'))::text $$;
  create function auth.jwt() returns jsonb language sql stable as $$
    select coalesce(nullif(current_setting('request.jwt.claim', true), ''), nullif(current_setting('request.jwt.claims', true), ''))::jsonb $$;
  grant usage on schema auth to anon, authenticated, service_role, postgres;
  grant all on all tables in schema auth to postgres;
  create schema extensions authorization postgres;
  grant usage on schema extensions to anon, authenticated, service_role;
  alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
  alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;
  create database app owner postgres;
`;

/**
 * A hosted project lets `postgres` create these two though it is no superuser; here the superuser does. Where pgvector is
 * not installed a stand-in of its type lets everything but vector search be tested.
 */
async function addExtensions(database: postgres.Sql): Promise<void> {
  await database.unsafe("create extension pg_trgm with schema extensions");
  const [vector] = await database.unsafe("select from pg_available_extensions where name = 'vector'");
  await database.unsafe(
    vector ? "create extension vector with schema extensions" : "create domain extensions.vector as text",
  );
}

const perDatabase = hostedSetup
  .split(";\n")
  .map((statement) => statement.trim())
  .filter(Boolean);

/** With `kept`, its data stays in that folder, where the next start finds it; otherwise it is gone when it is stopped. */
export async function startHostedPostgres({ kept }: { kept?: string } = {}): Promise<HostedPostgres> {
  const bin = findBinaries();
  const folder = kept ?? mkdtempSync(join(tmpdir(), "keapsake-hosted-"));
  mkdirSync(folder, { recursive: true });
  const owner = serverUser();
  if (owner) chownSync(folder, owner.uid, owner.gid);
  const port = await freePort();
  const data = join(folder, "data");
  const fresh = !existsSync(data);
  if (fresh)
    run(
      join(bin, "initdb"),
      ["-D", data, "-U", "supabase_admin", "--auth=trust", "-E", "UTF8", "--no-sync"],
      owner,
    );
  run(
    join(bin, "pg_ctl"),
    ["-D", data, "-w", "-l", join(folder, "log"), "-o", `-p ${port} -k ${folder} -h 127.0.0.1 -F`, "start"],
    owner,
  );
  const address = (user: string, database: string) => `postgres://${user}@127.0.0.1:${port}/${database}`;

  try {
    if (fresh) await setUp(address("supabase_admin", "postgres"), address("supabase_admin", "app"));
    const connection = postgres(address("postgres", "app"), {
      max: 1,
      onnotice: () => undefined,
      types,
    });
    await migrate({
      query: async <T>(text: string) => [...(await connection.unsafe(text))] as T[],
      execute: async (script) => {
        await connection.unsafe(script);
      },
    });
    const sql = async <T>(text: string, params: unknown[] = []): Promise<T[]> => [
      ...((await connection.unsafe(text, params as never[])) as unknown as T[]),
    ];
    return {
      sql,
      connect: () => postgres(address("postgres", "app"), { max: 1, onnotice: () => undefined, types }),
      async createAccount({ name = "Test account" } = {}) {
        const [row] = await sql<{ id: string }>(
          "insert into public.accounts (name) values ($1) returning id",
          [name],
        );
        return { account_id: row?.id ?? "" };
      },
      async signUp({ account_id, role }) {
        const user_id = randomUUID();
        await sql("insert into auth.users (id, email) values ($1, $2)", [user_id, `${user_id}@example.test`]);
        await sql("insert into public.members (account_id, user_id, role) values ($1, $2, $3)", [
          account_id,
          user_id,
          role,
        ]);
        return { user_id };
      },
      async stop() {
        await connection.end();
        stopServer(bin, data, owner);
        if (!kept) rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    stopServer(bin, data, owner);
    if (!kept) rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Roles live in the cluster, everything else in the database: one statement at a time to the right one. */
async function setUp(cluster: string, database: string): Promise<void> {
  const first = postgres(cluster, { max: 1, onnotice: () => undefined });
  const isClusterWide = (statement: string) => /^(create role|grant anon|create database)/.test(statement);
  for (const statement of perDatabase.filter(isClusterWide)) await first.unsafe(statement);
  await first.end();
  const second = postgres(database, { max: 1, onnotice: () => undefined });
  for (const statement of perDatabase.filter((each) => !isClusterWide(each))) await second.unsafe(statement);
  await addExtensions(second);
  await second.end();
}

/** As the embedded engine takes and gives values: bigint as a number, JSON text as it is instead of encoded twice. */
const json = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
});
const types = {
  bigint: {
    to: 20,
    from: [20],
    serialize: (value: number) => String(value),
    parse: (text: string) => Number(text),
  },
  json: json(114),
  jsonb: json(3802),
};

function findBinaries(): string {
  const root = "/usr/lib/postgresql";
  const version = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  if (!version)
    throw new Error("This test needs a PostgreSQL server: apt-get install postgresql (15 or newer).");
  return join(root, version, "bin");
}

/** PostgreSQL refuses to run as root: then it runs as the user its package made. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

function run(file: string, args: string[], owner: { uid: number; gid: number } | undefined): void {
  const result = spawnSync(file, args, {
    ...owner,
    cwd: "/",
    encoding: "utf8",
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (result.status !== 0) throw new Error(`${file} failed: ${result.stderr || result.error?.message}`);
}

function stopServer(bin: string, data: string, owner: { uid: number; gid: number } | undefined): void {
  run(join(bin, "pg_ctl"), ["-D", data, "-m", "fast", "-w", "stop"], owner);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
