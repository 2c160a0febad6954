import { getSession } from "../../../_server/session";
import { readSyncStatus } from "../../../_server/sync-status";

/** The sync page asks this every two seconds while something moves. */
export async function GET(): Promise<Response> {
  const session = await getSession();
  if (!session) return Response.json({ error: "You are signed out. Sign in again." }, { status: 401 });
  return Response.json(await readSyncStatus(session), { headers: { "cache-control": "no-store" } });
}
