import { randomUUID } from "node:crypto";
import postgres from "postgres";
import type { SupabaseKeys } from "../local/keys";
import { migrate } from "../local/migrate";
import { openPostgresEngine, type PostgresEngine } from "../local/postgres-engine";

/**
 * Databases on one PostgreSQL server, each a copy of a template with every migration applied. `KEAPSAKE_TEST_POSTGRES`
 * is the address of its template; see vitest.postgres.config.ts.
 */
const templateName = "keapsake_template";

/** Makes the template. Answers its address. */
export async function makeTemplate(
  server: { address(name: string): string },
  keys: SupabaseKeys,
): Promise<string> {
  const admin = postgres(server.address("postgres"), { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${templateName}`);
  await admin.end();
  const url = server.address(templateName);
  const engine = await openPostgresEngine({ keys, url, prepared: false, connections: 1 });
  try {
    await engine.execute("create schema if not exists extensions");
    await engine.execute("create extension if not exists pg_trgm with schema extensions");
    await engine.execute("create extension if not exists vector with schema extensions");
    await migrate(engine);
  } finally {
    await engine.close();
  }
  return url;
}

/** A fresh database with every migration, and Supabase in front of it. */
export async function copyTemplate(
  template: string,
  keys: SupabaseKeys,
): Promise<{ engine: PostgresEngine; drop(): Promise<void> }> {
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  const at = (database: string) => template.replace(/\/[^/]+$/, `/${database}`);
  const admin = postgres(at("postgres"), { max: 1, onnotice: () => undefined });
  await admin.unsafe(`create database ${name} template ${templateName}`);
  const engine = await openPostgresEngine({ keys, url: at(name), prepared: true });
  return {
    engine,
    async drop() {
      await engine.close();
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
