import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { z } from "zod";
import { startTestDatabase, type TestDatabase } from "../testing/database";
import { seedWorld } from "../tests/seed";
import { generateTypes } from "./generate-types";
import { type TableName, tables } from "./tables";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
  await seedWorld(database, "Ours");
});
afterAll(() => database.stop());

interface Column {
  name: string;
  type: string;
  nullable: boolean;
  kind: string;
}

async function columnsOf(table: string): Promise<Column[]> {
  return database.sql<Column>(
    `select a.attname as name, format_type(a.atttypid, null) as type, not a.attnotnull as nullable, c.relkind as kind
     from pg_attribute a join pg_class c on c.oid = a.attrelid
     where c.oid = format('public.%I', $1::text)::regclass and a.attnum > 0 and not a.attisdropped order by a.attname`,
    [table],
  );
}

/** A value of the column's type, to see whether the contract takes it. */
function sampleOf(type: string): unknown[] {
  if (type.endsWith("[]")) return [[]];
  if (/^(smallint|integer|bigint|numeric)$/.test(type)) return [1];
  if (type === "boolean") return [true];
  if (type === "jsonb") return [{}, []];
  if (type === "uuid") return ["5f0c3b3e-6f5b-4d8e-9d0e-3d9a1c2b4e5f"];
  if (type === "date") return ["2026-03-01"];
  if (type.startsWith("timestamp")) return ["2026-03-01T12:00:00+00:00"];
  return ["USD"];
}

test("has a contract for every stored entity", async () => {
  const rows = await database.sql<{ relname: string }>(
    `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm')
     and relname not like 'sync\\_%' order by 1`,
  );
  expect(Object.keys(tables).sort()).toEqual(rows.map((row) => row.relname));
});

for (const table of Object.keys(tables) as TableName[]) {
  const fields: Record<string, z.ZodType> = tables[table].shape;

  test(`matches the columns of ${table}`, async () => {
    const columns = await columnsOf(table);
    expect(Object.keys(fields).sort()).toEqual(columns.map((column) => column.name).sort());
    for (const { name, type, nullable, kind } of columns) {
      const field = fields[name];
      // A view's columns know no "not null"; its contract says what the tables below guarantee.
      if (kind !== "v") expect(field?.safeParse(null).success, `${name} takes null`).toBe(nullable);
      if (isEnum(field)) continue;
      const taken = sampleOf(type).some((value) => field?.safeParse(value).success);
      expect(taken, `${name} takes a ${type}`).toBe(true);
    }
  });

  test(`parses a row of ${table} as the API sends it`, async () => {
    const { data, error } = await database.service.from(table).select("*").limit(5);
    expect(error).toBeNull();
    expect(data?.length).toBeGreaterThan(0);
    for (const row of data ?? []) expect(tables[table].safeParse(row).error?.issues).toBeUndefined();
  });
}

test("lists the values each check allows", async () => {
  const checks = await database.sql<{ relation: TableName; name: string; definition: string }>(
    `select c.relname as relation, a.attname as name, pg_get_constraintdef(f.oid) as definition
     from pg_constraint f join pg_class c on c.oid = f.conrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
     where f.contype = 'c' and c.relnamespace = 'public'::regnamespace and cardinality(f.conkey) = 1
       and pg_get_constraintdef(f.oid) like '%ANY (ARRAY[''%::text%' and pg_get_constraintdef(f.oid) not like '%->%'`,
  );
  expect(checks.length).toBeGreaterThan(40);
  for (const { relation, name, definition } of checks) {
    const allowed = [...definition.matchAll(/'([^']*)'::text/g)].map(([, value]) => value).sort();
    const field = (tables[relation].shape as Record<string, z.ZodType>)[name];
    expect(enumValues(field)?.sort(), `${relation}.${name}`).toEqual(allowed);
  }
});

test("keeps the generated types fresh", async () => {
  const fresh = await generateTypes({ query: (text) => database.sql(text) });
  const stored = readFileSync(new URL("./database.types.ts", import.meta.url), "utf8");
  expect(stored === fresh, "database.types.ts is stale: run npm run db:types").toBe(true);
});

function enumValues(field: z.ZodType | undefined): string[] | undefined {
  const inner = field && "unwrap" in field ? (field as z.ZodNullable<z.ZodType>).unwrap() : field;
  return inner && "options" in inner ? [...(inner.options as string[])] : undefined;
}

function isEnum(field: z.ZodType | undefined): boolean {
  return enumValues(field) !== undefined;
}
