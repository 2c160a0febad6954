import { listChats } from "../../_server/chats";
import { getSession } from "../../_server/session";

/** The person's chats, for the list at the side. */
export async function GET(): Promise<Response> {
  const session = await getSession();
  if (!session) return Response.json({ error: "You are signed out. Sign in again." }, { status: 401 });
  return Response.json(await listChats(session, 20), { headers: { "cache-control": "no-store" } });
}
