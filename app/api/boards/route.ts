import { listBoards } from "../../_server/boards";
import { getSession } from "../../_server/session";

/** Names of the boards, for the pin dialog. */
export async function GET(): Promise<Response> {
  const session = await getSession();
  if (!session) return Response.json({ error: "You are signed out. Sign in again." }, { status: 401 });
  const boards = await listBoards(session);
  return Response.json(
    boards.map(({ id, name }) => ({ id, name })),
    { headers: { "cache-control": "no-store" } },
  );
}
