import { expect, test } from "vitest";
import { openEngine } from "./engine";
import { generateKeys } from "./keys";
import { type Migration, migrate } from "./migrate";

function migration(version: string, sql: string): Migration {
  return { version, name: "test", sql };
}

test("applies pending files once, whole or not", { timeout: 60_000 }, async () => {
  const engine = await openEngine({ keys: generateKeys() });
  const first = migration("20260101000000", "create table one (id int); insert into one values (1);");
  const broken = migration("20260101000001", "create table two (id int); insert into two values ('x');");
  const tables = () =>
    engine.query("select relname from pg_class where relname in ('one', 'two', 'three') order by 1");

  expect(await migrate(engine, [first])).toEqual(["20260101000000"]);
  expect(await migrate(engine, [first])).toEqual([]);
  await expect(migrate(engine, [first, broken])).rejects.toThrow(
    /20260101000001_test: .*invalid input syntax/,
  );
  expect(await tables()).toEqual([{ relname: "one" }]);

  const next = migration("20260101000002", "create table three (id int);");
  expect(await migrate(engine, [first, next])).toEqual(["20260101000002"]);
  const changed = { ...first, sql: "create table one (id bigint);" };
  await expect(migrate(engine, [changed, next])).rejects.toThrow(/changed after this database applied it/);
  await engine.close();
});

test("answers requests one at a time", { timeout: 60_000 }, async () => {
  const keys = generateKeys();
  const engine = await openEngine({ keys });
  await engine.execute(`
    create function public.whoami() returns text language sql as 'select current_user::text';
    grant usage on schema public to anon, service_role;
    grant execute on function public.whoami() to anon, service_role;
  `);
  const ask = async (key: string) => {
    const response = await engine.fetch("http://localhost/rest/v1/rpc/whoami", {
      method: "POST",
      headers: { apikey: key, "content-type": "application/json" },
      body: "{}",
    });
    return response.json();
  };
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, at) => ask(at % 2 ? keys.secret_key : keys.publishable_key)),
  );
  expect(answers).toEqual(Array.from({ length: 40 }, (_, at) => (at % 2 ? "service_role" : "anon")));
  await engine.close();
});
