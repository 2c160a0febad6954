import { getDeps } from "../deps";

/** Accounts whose Keap is to be kept up with. A paused one is left alone. */
export async function listSyncedAccounts(): Promise<string[]> {
  const { service } = await getDeps();
  const { data, error } = await service
    .from("accounts")
    .select("id")
    .neq("connection_state", "paused")
    .order("id")
    .limit(1_000);
  if (error) throw new Error(`The accounts could not be read: ${error.message}`);
  return data.map(({ id }) => String(id));
}
