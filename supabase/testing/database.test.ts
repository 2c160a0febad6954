import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestDatabase, type TestDatabase } from "./database";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

test("records every migration it applied", async () => {
  const rows = await database.sql<{ version: string }>(
    "select version from supabase_migrations.schema_migrations order by version",
  );
  expect(rows.map((row) => row.version).slice(0, 2)).toEqual(["20261123000100", "20261123000200"]);
});

test("answers late callers after its end", async () => {
  const short = await startTestDatabase();
  await short.stop();
  await short.stop();
  const { error, status } = await short.service.from("accounts").select("id").retry(false);
  expect([status, error?.message]).toEqual([503, expect.stringContaining("was closed")]);
  await expect(short.sql("select 1")).rejects.toThrow("was closed");
});

test("signs people up and in", async () => {
  const { account_id } = await database.createAccount();
  const person = await database.signUp({ account_id, role: "viewer" });
  const { data } = await person.client.from("accounts").select("id");
  expect(data).toEqual([{ id: account_id }]);
});
