import { evaluationFile } from "@/agent/trust/evaluation-file";
import { getSession } from "../../_server/session";

/** The account's questions with their checked answers, as a file for `npm run eval -- --file`. */
export async function GET(): Promise<Response> {
  const session = await getSession();
  if (!session) return refuse(401, "You are signed out. Sign in again.");
  if (session.principal.role === "viewer")
    return refuse(403, "Viewers read boards. Ask an admin for more rights.");
  const { data, error } = await session.db
    .from("evaluation_questions")
    .select("question, expected")
    .eq("account_id", session.account.id)
    .eq("active", true)
    .order("created_at")
    .limit(1_000);
  if (error) return refuse(503, "The questions could not be read. Try again.");
  return new Response(`${JSON.stringify(evaluationFile(session.account.name, data), null, 2)}\n`, {
    headers: {
      "content-type": "application/json; charset=utf-8",
      "content-disposition": 'attachment; filename="evaluation.json"',
      "cache-control": "no-store",
    },
  });
}

const refuse = (status: number, error: string) => Response.json({ error }, { status });
