import { createUIMessageStreamResponse } from "ai";
import type { ChatMessage } from "@/agent/chat/messages";
import { runChat } from "@/agent/chat/run-chat";
import { forgetAfter, loadChat, openChat, storeMessage } from "../../_server/chats";
import { getModel, getPrices, toolContextFor } from "../../_server/deps";
import { isSameOrigin } from "../../_server/same-origin";
import { getSession, type Session } from "../../_server/session";
import { chatRequestSchema } from "./schema";

export const maxDuration = 120;

/** Answers one question as a stream, and stores question and answer as turns of the chat. */
export async function POST(request: Request): Promise<Response> {
  if (!isSameOrigin(request)) return refuse(403, "This request came from another site.");
  const session = await getSession();
  if (!session) return refuse(401, "You are signed out. Sign in again; your question is still here.");
  if (session.principal.role === "viewer")
    return refuse(403, "Viewers read boards. Ask an admin for more rights.");
  const parsed = chatRequestSchema.safeParse(await request.json().catch(() => null));
  if (!parsed.success)
    return refuse(400, parsed.error.issues[0]?.message ?? "The question could not be read.");
  const { id, message } = parsed.data;
  const messages = await recordQuestion(session, id, message as ChatMessage);
  return createUIMessageStreamResponse({
    stream: runChat({
      messages,
      context: toolContextFor(session),
      model: getModel(),
      prices: getPrices(),
      abortSignal: request.signal,
      generateId: () => crypto.randomUUID(),
      onEnd: ({ message: answer }) => storeMessage(session, id, answer),
    }),
  });
}

/** Stores the question; one that is asked again takes the place of itself and all after it. Returns the turns so far. */
async function recordQuestion(session: Session, id: string, question: ChatMessage): Promise<ChatMessage[]> {
  const text = question.parts.map((part) => (part.type === "text" ? part.text : "")).join(" ");
  await openChat(session, id, text);
  const before = (await loadChat(session, id)) ?? [];
  const again = before.findIndex((turn) => turn.id === question.id);
  if (again >= 0) await forgetAfter(session, id, question.id);
  await storeMessage(session, id, question);
  return [...(again >= 0 ? before.slice(0, again) : before), question];
}

const refuse = (status: number, error: string) => Response.json({ error }, { status });
