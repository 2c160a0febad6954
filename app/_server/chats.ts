import "server-only";
import { z } from "zod";
import type { ChatMessage } from "@/agent/chat/messages";
import type { Session } from "./session";

const chatSchema = z.object({ id: z.string(), title: z.string().nullable(), updated_at: z.string() });
export type ChatSummary = z.infer<typeof chatSchema>;

/** The person's own chats, newest first. */
export async function listChats({ db, account, principal }: Session, limit = 30): Promise<ChatSummary[]> {
  const { data, error } = await db
    .from("chats")
    .select("id, title, updated_at")
    .eq("account_id", account.id)
    .eq("user_id", principal.user_id)
    .order("updated_at", { ascending: false })
    .limit(limit);
  if (error) throw new Error(`The chats could not be read (${error.message}).`);
  return chatSchema.array().parse(data);
}

const messageSchema = z.object({
  id: z.string(),
  role: z.enum(["user", "assistant", "system"]),
  parts: z.array(z.record(z.string(), z.unknown())),
  metadata: z.record(z.string(), z.unknown()).nullable(),
});

/** Starts a chat of this person, or goes on with it: the database refuses an id that belongs to somebody else. */
export async function openChat({ db, account }: Session, id: string, title: string): Promise<void> {
  const { error } = await db.rpc("create_chat", {
    p_account: account.id,
    p_title: title.slice(0, 120),
    p_id: id,
  });
  if (error) throw new Error(`The chat could not be opened (${error.message}).`);
}

/** Stores a turn; one with a known id replaces it. */
export async function storeMessage({ db }: Session, chat: string, message: ChatMessage): Promise<void> {
  const { id, role, parts, metadata } = message;
  const { error } = await db.rpc("append_chat_message", {
    p_chat: chat,
    p_message: { id, role, parts, metadata: metadata ?? {} },
  });
  if (error) throw new Error(`The message could not be stored (${error.message}).`);
}

/** Forgets everything after a turn, so that its question can be asked again. */
export async function forgetAfter({ db }: Session, chat: string, message: string): Promise<void> {
  const { error } = await db.rpc("truncate_chat", { p_chat: chat, p_from: message });
  if (error) throw new Error(`The earlier answer could not be removed (${error.message}).`);
}

/** The turns of a chat in order, or null when there is no such chat for this person. */
export async function loadChat({ db, account }: Session, id: string): Promise<ChatMessage[] | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { data: chat, error: missing } = await db
    .from("chats")
    .select("id")
    .eq("account_id", account.id)
    .eq("id", id)
    .maybeSingle();
  if (missing) throw new Error(`The chat could not be read (${missing.message}).`);
  if (!chat) return null;
  const { data, error } = await db
    .from("chat_messages")
    .select("id, role, parts, metadata")
    .eq("account_id", account.id)
    .eq("chat_id", id)
    .order("position")
    .limit(500);
  if (error) throw new Error(`The chat could not be read (${error.message}).`);
  // Parts were written by this app from the same type; tool outputs of older versions only lose their chart.
  return messageSchema.array().parse(data) as unknown as ChatMessage[];
}
