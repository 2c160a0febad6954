import { z } from "zod";
import { displayName, searchWords } from "../../_server/contacts";
import { getSession, type Session } from "../../_server/session";

type Found = { kind: "contact" | "board" | "chat"; id: string; label: string; hint: string };

/** What the command palette finds by name: people, boards and one's own chats. Row security decides who sees what. */
export async function GET(request: Request): Promise<Response> {
  const session = await getSession();
  if (!session) return Response.json({ error: "You are signed out. Sign in again." }, { status: 401 });
  const words = searchWords(new URL(request.url).searchParams.get("q")?.slice(0, 100) ?? "");
  if (words.length === 0) return Response.json([]);
  const found = await Promise.all([
    findContacts(session, words),
    findNamed(session, words, "boards"),
    findNamed(session, words, "chats"),
  ]);
  return Response.json(found.flat(), { headers: { "cache-control": "no-store" } });
}

const contactSchema = z.object({
  supabase_id: z.string(),
  keap_id: z.number().nullable(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  email: z.string().nullable(),
});

async function findContacts({ db, account }: Session, words: string[]): Promise<Found[]> {
  let query = db
    .from("contacts")
    .select("supabase_id, keap_id, given_name, family_name, email")
    .eq("account_id", account.id)
    .is("deleted_at", null);
  for (const word of words)
    query = query.or(
      ["given_name", "family_name", "email"].map((name) => `${name}.ilike.*${word}*`).join(","),
    );
  const { data } = await query.limit(6);
  return contactSchema
    .array()
    .parse(data ?? [])
    .map((row) => ({ kind: "contact", id: row.supabase_id, label: displayName(row), hint: row.email ?? "" }));
}

const namedSchema = z.object({ id: z.string(), label: z.string().nullable() });

async function findNamed(
  { db, account }: Session,
  words: string[],
  table: "boards" | "chats",
): Promise<Found[]> {
  const column = table === "boards" ? "name" : "title";
  let query = db.from(table).select(`id, label:${column}`).eq("account_id", account.id);
  for (const word of words) query = query.ilike(column, `%${word}%`);
  const { data } = await query.limit(4);
  const kind = table === "boards" ? "board" : "chat";
  return namedSchema
    .array()
    .parse(data ?? [])
    .map(({ id, label }) => ({ kind, id, label: label ?? "Chat", hint: kind }));
}
