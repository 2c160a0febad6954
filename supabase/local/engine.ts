import type { PGlite } from "@electric-sql/pglite";
import { pg_trgm } from "@electric-sql/pglite/contrib/pg_trgm";
import { vector } from "@electric-sql/pglite/vector";
import { App } from "@supabase/lite";
import { createPgliteConnection } from "@supabase/lite/pglite";
import type { SupabaseKeys } from "./keys";
import { adaptLite } from "./lite-internals";
import { liteSettings } from "./lite-settings";

/**
 * The embedded Supabase: `@supabase/lite` (alpha, pinned) on PGlite. This file is the only one that knows of either.
 *
 * PGlite is one connection. Every request and every statement of ours runs alone (`exclusive`), so that no transaction
 * or role of one request can be seen by another.
 */
export interface Engine {
  /** Answers `/rest/v1` and `/auth/v1` like a hosted project. */
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  /** Runs one statement as the database's owner. Times come back as text, bigint as number where it is safe. */
  query<T>(text: string, params?: unknown[]): Promise<T[]>;
  /** Runs a script of several statements as the database's owner. */
  execute(script: string): Promise<void>;
  /** The whole database and what lite has read of its catalogue, for `openEngine({ archive })`. */
  dump(): Promise<Archive>;
  close(): Promise<void>;
}

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

/** A database to start from, with its catalogue, so that the first request need not read that again (about a second). */
export interface Archive {
  data: Blob;
  catalogue: string;
}

export async function openEngine(options: {
  keys: SupabaseKeys;
  /** Folder on disk; in memory without. */
  dataFolder?: string;
  /** Archive made by `dump`, to start from instead of an empty database. */
  archive?: Archive;
}): Promise<Engine> {
  // Must be set before the package looks: an embedded database phones nobody.
  process.env.LITE_TELEMETRY = "0";
  process.env.DO_NOT_TRACK = "1";
  quietenStatementErrors();

  const connection = await createPgliteConnection({
    ...(options.dataFolder ? { url: options.dataFolder } : {}),
    pgliteOptions: {
      extensions: { vector, pg_trgm },
      // As PostgREST writes them: 2026-03-01T12:00:00+00:00. The session runs in UTC.
      parsers: {
        1184: (value: string) => (value.endsWith("+00") ? `${value.replace(" ", "T")}:00` : value),
        1114: (value: string) => value.replace(" ", "T"),
      },
      ...(options.archive ? { loadDataDir: options.archive.data } : {}),
    },
  });
  adaptLite(connection);

  const catalogue = rememberCatalogue(options.archive?.catalogue);
  connection.config.schemaCache = catalogue;

  const pglite: PGlite = connection.driver;
  await pglite.waitReady;

  const app = new App(liteSettings(connection, options.keys));

  if (!options.archive) {
    await app.init();
    await app.ensureSystemSchema();
    await pglite.exec(bootstrap);
  }

  const exclusive = createMutex();
  const statementErrors = watchStatements(pglite);
  let closed = false;
  const closedError = () => new Error("The database was closed. Start it again to ask it.");
  return {
    // The request is built outside the lock, so that a bad URL cannot hold it.
    fetch: async (input, init) => {
      const request = new Request(input, init);
      // A caller that goes on after the end is told so; lite would print a stack trace of its driver.
      if (closed) return Response.json({ code: "57P01", message: closedError().message }, { status: 503 });
      return exclusive(async () => {
        statementErrors.forget();
        return restoreError(await app.fetch(request), statementErrors.last());
      });
    },
    query: async <T>(text: string, params: unknown[] = []) => {
      if (closed) throw closedError();
      return exclusive(async () => {
        if (changesSchema(text)) await connection.clearSchemaCache();
        return (await pglite.query<T>(text, params)).rows;
      });
    },
    execute: (script) =>
      exclusive(async () => {
        if (changesSchema(script)) await connection.clearSchemaCache();
        try {
          await pglite.exec(script);
        } catch (error) {
          // A failed script leaves its transaction open, and the next caller inside it.
          await pglite.exec("rollback");
          throw error;
        }
      }),
    dump: () =>
      exclusive(async () => {
        await connection.introspect({ useCache: true });
        return { data: await pglite.dumpDataDir("none"), catalogue: catalogue.text() };
      }),
    close: async () => {
      if (closed) return;
      closed = true;
      await exclusive(() => connection.close());
    },
  };
}

/** Where lite keeps what it read of the catalogue: one text, given at the start or written on the first request. */
function rememberCatalogue(given?: string) {
  let stored = given;
  return {
    get: async () => stored,
    set: async (_key: string, value: string) => {
      stored = value;
    },
    delete: async () => {
      stored = undefined;
    },
    text: () => stored ?? "",
  };
}

function changesSchema(text: string): boolean {
  return /\b(create|alter|drop)\b/i.test(text);
}

interface StatementError {
  code: string;
  message: string;
  detail?: string;
  hint?: string;
}

/** Remembers the last error of a statement: lite drops most SQLSTATEs on the way to its answer. */
function watchStatements(pglite: PGlite): { forget(): void; last(): StatementError | undefined } {
  let last: StatementError | undefined;
  const query = pglite.query.bind(pglite);
  pglite.query = async (...args: Parameters<typeof query>) => {
    try {
      return await query(...args);
    } catch (error) {
      if (typeof (error as StatementError).code === "string") last = error as StatementError;
      throw error;
    }
  };
  return {
    forget: () => {
      last = undefined;
    },
    last: () => last,
  };
}

/** The answer PostgREST gives to a failed statement: its own SQLSTATE, and the status that goes with it. */
async function restoreError(response: Response, error: StatementError | undefined): Promise<Response> {
  if (!error || response.status < 400) return response;
  const answer = (await response
    .clone()
    .json()
    .catch(() => null)) as { code?: string } | null;
  if (!answer || (answer.code !== "SUP" && answer.code !== "PGRST205")) return response;
  const headers = new Headers(response.headers);
  headers.delete("content-length");
  return Response.json(
    { code: error.code, message: error.message, details: error.detail ?? null, hint: error.hint ?? null },
    { status: statusOf(error.code), headers },
  );
}

/** Source: PostgREST documentation, "Errors", HTTP status codes by SQLSTATE. */
function statusOf(code: string): number {
  if (code === "42883" || code === "42P01") return 404;
  if (code === "23503" || code === "23505") return 409;
  if (code === "25006") return 405;
  if (/^(0L|0P|28)/.test(code) || code === "42501") return 403;
  if (/^(08|53)/.test(code)) return 503;
  if (/^(09|25|2D|38|39|3B|40|54|55|57|58|F0|HV|XX)/.test(code) || code === "42P17") return 500;
  if (/^P0/.test(code) && code !== "P0001") return 500;
  return 400;
}

function createMutex(): <T>(work: () => T | Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
}

/**
 * lite prints every refused statement with its parameters, and those are people's data. The caller gets the error as the
 * answer; the log keeps code and message of what is not an ordinary refusal.
 */
function quietenStatementErrors(): void {
  const original = console.error as typeof console.error & { quiet?: true };
  if (original.quiet) return;
  const quiet = (...parts: unknown[]) => {
    const [first] = parts as [{ severity?: unknown; code?: unknown; message?: unknown } | undefined];
    if (typeof first?.severity !== "string" || typeof first.code !== "string") return original(...parts);
    if (/^(XX|53|57|58)/.test(first.code)) original(`database: ${first.code} ${String(first.message)}`);
  };
  console.error = Object.assign(quiet, { quiet: true as const });
}
