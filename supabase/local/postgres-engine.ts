import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import type postgres from "postgres";
import type { SupabaseKeys } from "./keys";
import { adaptLite } from "./lite-internals";
import { liteSettings } from "./lite-settings";

/**
 * `@supabase/lite` in front of a PostgreSQL server: PostgREST's and Auth's answers over several connections at once. Tests
 * use it for what one connection cannot show (locks, leases, killed workers); nothing in the product starts it.
 */
export interface PostgresEngine {
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  query<T>(text: string, params?: unknown[]): Promise<T[]>;
  execute(script: string): Promise<void>;
  close(): Promise<void>;
}

/** JSON text goes through as it is: the driver would encode what lite has encoded once more. */
const json = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
});
/** As PostgREST writes them: 2026-03-01T12:00:00+00:00. The session runs in UTC. */
const time = (oid: number, write: (text: string) => string) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)),
  parse: write,
});
export const postgresTypes = {
  bigint: {
    to: 20,
    from: [20],
    serialize: (value: unknown) => String(value),
    parse: (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text),
  },
  json: json(114),
  jsonb: json(3802),
  timestamptz: time(1184, (text) => (text.endsWith("+00") ? `${text.replace(" ", "T")}:00` : text)),
  timestamp: time(1114, (text) => text.replace(" ", "T")),
  date: time(1082, (text) => text),
} as Record<string, postgres.PostgresType>;

/** What Supabase's own set-up does before the first migration; hosted projects come with it. */
const bootstrap = `
do $$ begin
  if not exists (select from pg_roles where rolname = 'anon') then create role anon nologin noinherit; end if;
  if not exists (select from pg_roles where rolname = 'authenticated') then create role authenticated nologin noinherit; end if;
  if not exists (select from pg_roles where rolname = 'service_role') then create role service_role nologin noinherit bypassrls; end if;
end $$;
create schema if not exists extensions;
grant usage on schema auth to anon, authenticated, service_role;
`;

export async function openPostgresEngine(options: {
  keys: SupabaseKeys;
  /** Address of the database, as its superuser. */
  url: string;
  /** Whether the database already has lite's own tables and our migrations. */
  prepared: boolean;
  connections?: number;
}): Promise<PostgresEngine> {
  process.env.LITE_TELEMETRY = "0";
  process.env.DO_NOT_TRACK = "1";
  const connection = createPostgresConnection({
    url: options.url,
    postgresOptions: {
      max: options.connections ?? 6,
      types: postgresTypes,
      onnotice: () => undefined,
    },
  });
  adaptLite(connection);
  const app = new App(liteSettings(connection, options.keys));
  const driver = connection.driver;
  if (!options.prepared) {
    await app.init();
    await app.ensureSystemSchema();
    await driver.unsafe(bootstrap);
  }
  return {
    fetch: async (input, init) => app.fetch(new Request(input, init)),
    query: async <T>(text: string, params: unknown[] = []) => [
      ...((await driver.unsafe(text, params as never[])) as unknown as T[]),
    ],
    execute: async (script) => {
      await driver.unsafe(script);
    },
    close: () => connection.close(),
  };
}
