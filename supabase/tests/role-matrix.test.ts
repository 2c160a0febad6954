import { afterAll, beforeAll, expect, test } from "vitest";
import { createUserClient, type SupabaseClient } from "../client";
import { startTestDatabase, type TestDatabase, type TestUser } from "../testing/database";
import { describeRoleMatrix } from "./role-matrix";
import { seedWorld, type World } from "./seed";

describeRoleMatrix("the embedded database", startTestDatabase);

let database: TestDatabase;
let ours: World<TestUser>;
let theirs: World<TestUser>;
beforeAll(async () => {
  database = await startTestDatabase();
  ours = await seedWorld(database, "Ours");
  theirs = await seedWorld(database, "Theirs");
});
afterAll(() => database.stop());

test("shows the same through the API", async () => {
  const anonymous = createUserClient({
    url: database.url,
    publishableKey: database.publishableKey,
    fetch: database.fetch,
  });
  const emailsSeenBy = async (client: SupabaseClient) => {
    const { data } = await client.from("contacts").select("email");
    return data?.map((row) => row.email);
  };
  expect(await emailsSeenBy(ours.admin.client)).toEqual(["ours@secret.test"]);
  expect(await emailsSeenBy(ours.analyst.client)).toEqual(["ours@secret.test"]);
  expect(await emailsSeenBy(ours.viewer.client)).toEqual([]);
  expect(await emailsSeenBy(theirs.admin.client)).toEqual(["theirs@secret.test"]);
  expect(await emailsSeenBy(anonymous)).toBeUndefined();
  expect((await emailsSeenBy(database.service))?.length).toBe(2);
});

test("refuses every direct write of an admin", async () => {
  for (const relation of ["accounts", "members", "contacts", "proposals", "audit_log", "api_keys"]) {
    const { client } = ours.admin;
    const key = relation === "accounts" ? "id" : "account_id";
    const row: Record<string, string> = { [key]: ours.account_id };
    const written = await client.from(relation).insert(row);
    expect(written.error?.code, `insert into ${relation}`).toBe("42501");
    const changed = await client.from(relation).update(row).eq(key, ours.account_id);
    expect(changed.error?.code, `update ${relation}`).toBe("42501");
    const deleted = await client.from(relation).delete().eq(key, ours.account_id);
    expect(deleted.error?.code, `delete from ${relation}`).toBe("42501");
  }
});

test("exposes no schema but public", async () => {
  for (const schema of ["private", "sync", "analytics", "auth", "extensions"]) {
    const { error } = await ours.admin.client.schema(schema).from("secrets").select("*");
    expect(error, schema).not.toBeNull();
  }
});
