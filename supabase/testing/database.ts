import { createHash, randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getRequestListener } from "@hono/node-server";
import { createServiceClient, createUserClient, type SupabaseClient } from "../client";
import type { Role } from "../contract/principal";
import { type Archive, type Engine, openEngine } from "../local/engine";
import type { SupabaseKeys } from "../local/keys";
import { type Migration, migrate, readMigrations } from "../local/migrate";

/** A fresh Supabase in this process, with every migration applied and nothing else in it. */
export interface TestDatabase {
  /** Loopback address; `service` and the users' clients skip the network. */
  url: string;
  publishableKey: string;
  secretKey: string;
  service: SupabaseClient;
  /** In-process `fetch` of this Supabase, for clients made by hand. */
  fetch: typeof fetch;
  /** One statement as the database's owner. Times are text; bigint is a number where it is safe. */
  sql<T = Record<string, unknown>>(text: string, params?: unknown[]): Promise<T[]>;
  createAccount(options?: {
    name?: string;
    time_zone?: string;
    currency?: string;
    week_start?: 0 | 1;
  }): Promise<{ account_id: string }>;
  /** Signs a new person up and makes them a member; without `account_id` they belong to no account. */
  signUp(options?: { account_id?: string; role?: Role; email?: string }): Promise<TestUser>;
  stop(): Promise<void>;
}

export interface TestUser {
  user_id: string;
  email: string;
  password: string;
  accessToken: string;
  client: SupabaseClient;
}

/** Fixed, so that an archive made by one worker serves all of them. They guard nothing: the data is a test's own. */
export const testKeys: SupabaseKeys = {
  publishable_key: "sb_publishable_test0000000000000000000_00000000",
  secret_key: "sb_secret_test0000000000000000000_00000000",
  jwt_secret: "a-test-secret-that-signs-nothing-but-tests",
};

const keys = testKeys;

/** Where the database of a test lives: PGlite, unless a real PostgreSQL is named. */
async function openTestEngine(): Promise<Pick<Engine, "fetch" | "query" | "close">> {
  const template = process.env.KEAPSAKE_TEST_POSTGRES;
  if (!template) return openEngine({ keys, archive: await migratedArchive() });
  const { copyTemplate } = await import("./postgres-template");
  const { engine, drop } = await copyTemplate(template, keys);
  return { fetch: engine.fetch, query: engine.query, close: drop };
}

export async function startTestDatabase(): Promise<TestDatabase> {
  const engine = await openTestEngine();
  const server = createServer(getRequestListener((request) => engine.fetch(request)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const inProcess: typeof fetch = (input, init) => engine.fetch(input, init);
  const service = createServiceClient({ url, secretKey: keys.secret_key, fetch: inProcess });

  return {
    url,
    publishableKey: keys.publishable_key,
    secretKey: keys.secret_key,
    service,
    fetch: inProcess,
    sql: (text, params) => engine.query(text, params),
    async createAccount(options = {}) {
      const { name = "Test account", ...rest } = options;
      const columns = { name, ...rest };
      const names = Object.keys(columns);
      const [row] = await engine.query<{ id: string }>(
        `insert into public.accounts (${names.join(", ")}) values (${names.map((_, at) => `$${at + 1}`).join(", ")}) returning id`,
        Object.values(columns),
      );
      if (!row) throw new Error("The account was not created.");
      return { account_id: row.id };
    },
    async signUp(options = {}) {
      const email = options.email ?? `person-${randomUUID().slice(0, 8)}@example.test`;
      const password = `password-${randomUUID()}`;
      const anonymous = createUserClient({ url, publishableKey: keys.publishable_key, fetch: inProcess });
      const { data, error } = await anonymous.auth.signUp({ email, password });
      if (error || !data.user || !data.session) throw error ?? new Error(`Could not sign ${email} up.`);
      if (options.account_id) {
        await engine.query("insert into public.members (account_id, user_id, role) values ($1, $2, $3)", [
          options.account_id,
          data.user.id,
          options.role ?? "admin",
        ]);
      }
      const accessToken = data.session.access_token;
      const client = createUserClient({
        url,
        publishableKey: keys.publishable_key,
        accessToken,
        fetch: inProcess,
      });
      return { user_id: data.user.id, email, password, accessToken, client };
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await engine.close();
    },
  };
}

const cacheFolder = fileURLToPath(new URL("../../node_modules/.cache/keapsake-database", import.meta.url));

/**
 * The migrated database as an archive, made once per set of migrations. Two workers may build it at the same time: each
 * writes its own folder and renames it, so that a reader sees a whole one or none.
 */
async function migratedArchive(): Promise<Archive> {
  const migrations = readMigrations();
  const folder = join(cacheFolder, fingerprint(migrations));
  if (!existsSync(folder)) {
    const engine = await openEngine({ keys });
    try {
      await migrate(engine, migrations);
      await storeArchive(await engine.dump(), folder);
    } finally {
      await engine.close();
    }
  }
  return {
    data: new Blob([readFileSync(join(folder, "data.tar"))]),
    catalogue: readFileSync(join(folder, "catalogue.json"), "utf8"),
  };
}

async function storeArchive(archive: Archive, folder: string): Promise<void> {
  const own = `${folder}.${process.pid}.${randomUUID()}`;
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "data.tar"), Buffer.from(await archive.data.arrayBuffer()));
  writeFileSync(join(own, "catalogue.json"), archive.catalogue);
  try {
    renameSync(own, folder);
  } catch (error) {
    // Another worker was faster; its archive is as good.
    if (!existsSync(folder)) throw error;
    rmSync(own, { recursive: true, force: true });
  }
  removeStale(folder);
}

/** Keeps the newest few: branches and edits of migrations would otherwise fill the disk at 40 MB each. */
function removeStale(current: string): void {
  const archives = readdirSync(cacheFolder)
    .filter((name) => !name.includes("."))
    .map((name) => join(cacheFolder, name))
    .filter((path) => path !== current)
    .sort((a, b) => modifiedAt(a) - modifiedAt(b));
  for (const path of archives.slice(0, Math.max(0, archives.length - 4)))
    rmSync(path, { recursive: true, force: true });
}

/** A file that another worker has just removed counts as the oldest. */
function modifiedAt(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function fingerprint(migrations: Migration[]): string {
  const hash = createHash("sha256").update("engine 2 · lite 0.10.0 · pglite 0.4.5");
  for (const { version, name, sql } of migrations) hash.update(`\0${version}\0${name}\0${sql}`);
  return hash.digest("hex").slice(0, 24);
}
