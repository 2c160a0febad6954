import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Engine } from "./engine";

export interface Migration {
  version: string;
  name: string;
  sql: string;
}

export const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** Migration files in order. The name is `<14 digits>_<subject>.sql`, as Supabase's own command line wants it. */
export function readMigrations(folder = migrationsFolder): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => {
      const [, version, name] = /^(\d{14})_([a-z0-9_]+)\.sql$/.exec(file) ?? [];
      if (!version || !name) {
        throw new Error(`The migration ${file} is not named <14 digits>_<subject>.sql. Rename it.`);
      }
      return { version, name, sql: readFileSync(join(folder, file), "utf8") };
    });
}

/** A migration failed, or one that this database already has was changed afterwards. */
export class MigrationFailed extends Error {
  constructor(migration: Migration, what: string, options?: ErrorOptions) {
    super(`Migration ${migration.version}_${migration.name}: ${what}`, options);
    this.name = "MigrationFailed";
  }
}

/** Applies what the database does not have yet, each file in one transaction. Returns the versions applied. */
export async function migrate(
  engine: Pick<Engine, "query" | "execute">,
  migrations = readMigrations(),
): Promise<string[]> {
  await engine.execute(`
    create schema if not exists supabase_migrations;
    create table if not exists supabase_migrations.schema_migrations (
      version text primary key, statements text[], name text);
  `);
  const rows = await engine.query<{ version: string; statements: string[] | null }>(
    "select version, statements from supabase_migrations.schema_migrations",
  );
  const known = new Map(rows.map((row) => [row.version, row.statements]));
  const applied: string[] = [];
  for (const migration of migrations) {
    const before = known.get(migration.version);
    if (before !== undefined) {
      if (before && before.join("\n") !== migration.sql) {
        throw new MigrationFailed(
          migration,
          "the file was changed after this database applied it. Put the change into a new migration; for data that may go, delete the data folder and start again.",
        );
      }
      continue;
    }
    try {
      await engine.execute(`begin;\n${migration.sql}\n;${recordOf(migration)}\ncommit;`);
    } catch (error) {
      throw new MigrationFailed(
        migration,
        `${describe(error)}. Nothing of it was applied; correct the file and start again.`,
        {
          cause: error,
        },
      );
    }
    applied.push(migration.version);
  }
  return applied;
}

function recordOf(migration: Migration): string {
  const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
  return `insert into supabase_migrations.schema_migrations (version, name, statements)
    values (${text(migration.version)}, ${text(migration.name)}, array[${text(migration.sql)}]);`;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { detail, where } = error as { detail?: string; where?: string };
  return [error.message, detail, where].filter(Boolean).join(" · ");
}
