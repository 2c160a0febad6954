import { readUIMessageStream } from "ai";
import type { ChatMessage } from "../chat/messages";
import { type RunChatOptions, runChat } from "../chat/run-chat";

let nextId = 1;

export function userMessage(text: string): ChatMessage {
  return { id: `user-${nextId++}`, role: "user", parts: [{ type: "text", text }] };
}

/** Runs one turn to its end and returns the finished answer as the UI would hold it. */
export async function answerTo(options: RunChatOptions): Promise<ChatMessage> {
  let last: ChatMessage | undefined;
  for await (const message of readUIMessageStream<ChatMessage>({ stream: runChat(options) })) last = message;
  if (!last) throw new Error("The chat answered nothing.");
  return last;
}

/** Asks several questions in a row, each seeing the ones before. */
export async function talk(
  questions: string[],
  options: Omit<RunChatOptions, "messages">,
): Promise<ChatMessage[]> {
  const messages: ChatMessage[] = [];
  for (const question of questions) {
    messages.push(userMessage(question));
    messages.push(await answerTo({ ...options, messages }));
  }
  return messages.filter(({ role }) => role === "assistant");
}

export function textOf(message: ChatMessage): string {
  return message.parts.map((part) => (part.type === "text" ? part.text : "")).join("");
}
