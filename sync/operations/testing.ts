import type { SyncWorld } from "../testing/world";
import { createRpc, type OperationDeps } from "./deps";

/** The operations of a test's world, asked for by the command line. */
export function operationsOf(world: SyncWorld, actor = "cli"): OperationDeps {
  return { ...world.deps, rpc: createRpc(world.database.service), actor };
}

/** Where the two sides differ in people and their tags; in tests that edit these, the other tables are not polled. */
export async function differencesOfPeople(world: SyncWorld): Promise<string[]> {
  return (await world.compare()).differences.filter((one) => /^(contacts|contact_tags) /.test(one));
}

/** A person as the sandbox holds them, its fields by their names on the wire: the record itself, which tests write into. */
export const personInKeap = (world: SyncWorld, id: number) =>
  // the cast lets a test store what Keap should never hold
  world.sandbox.account.contacts.get(id) as unknown as Record<string, unknown>;

/** The row of a person by Keap's id; empty where there is none. */
export async function rowOfPerson(world: SyncWorld, id: number): Promise<Record<string, unknown>> {
  const [row] = await world.sql("select * from contacts where account_id = $1 and keap_id = $2", [
    world.accountId,
    id,
  ]);
  return row ?? {};
}
