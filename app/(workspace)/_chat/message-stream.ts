import type { UIMessageChunk } from "ai";
import type { ChatMessage } from "@/agent/chat/messages";

/**
 * Builds an answer from the chunks of a UI message stream (ai-sdk.dev, "Stream Protocol"), for the kinds our agent
 * sends; other kinds are left out. The SDK's own reader brings its server half and a schema library with it, more
 * script than the rest of the page together. `message-stream.test.ts` holds this one equal to it.
 */
export interface PartialAnswer {
  message: ChatMessage;
  /** Set when the server reported a failure inside the stream. */
  error: string | null;
  /** Places of the text and reasoning parts that still grow, by their id in the stream. */
  open: Map<string, number>;
}

export function startAnswer(id: string): PartialAnswer {
  return { message: { id, role: "assistant", parts: [] }, error: null, open: new Map() };
}

type Part = Record<string, unknown> & { type: string };

/** Applies one chunk. Returns a new value where something changed, so that React sees it. */
export function applyChunk(answer: PartialAnswer, chunk: UIMessageChunk): PartialAnswer {
  switch (chunk.type) {
    case "start":
      return withMessage(answer, {
        ...(chunk.messageId ? { id: chunk.messageId } : {}),
        ...mergedMetadata(answer, chunk.messageMetadata),
      });
    case "finish":
    case "message-metadata":
      return withMessage(answer, mergedMetadata(answer, chunk.messageMetadata));
    case "start-step":
      return append(answer, { type: "step-start" });
    case "text-start":
    case "reasoning-start":
      return begin(answer, chunk.id, {
        ...(chunk.type === "text-start" ? { type: "text" } : { type: "reasoning", id: chunk.id }),
        text: "",
        state: "streaming",
      });
    case "text-delta":
    case "reasoning-delta":
      return change(answer, answer.open.get(chunk.id), (part) => ({
        ...part,
        text: `${String(part.text)}${chunk.delta}`,
      }));
    case "text-end":
    case "reasoning-end":
      return change(answer, answer.open.get(chunk.id), (part) => ({ ...part, state: "done" }));
    case "tool-input-start":
      return setTool(answer, chunk, { state: "input-streaming" });
    case "tool-input-available":
      return setTool(answer, chunk, { state: "input-available", input: chunk.input });
    case "tool-input-error":
      return setTool(answer, chunk, {
        state: "output-error",
        input: chunk.input,
        errorText: chunk.errorText,
      });
    case "tool-output-available":
      return change(answer, findTool(answer, chunk.toolCallId), (part) => ({
        ...part,
        state: "output-available",
        output: chunk.output,
      }));
    case "tool-output-error":
      return change(answer, findTool(answer, chunk.toolCallId), (part) => ({
        ...part,
        state: "output-error",
        errorText: chunk.errorText,
      }));
    case "error":
      return { ...answer, error: chunk.errorText };
    default:
      return isData(chunk) ? putData(answer, chunk) : answer;
  }
}

const partsOf = ({ message }: PartialAnswer): Part[] => message.parts as unknown as Part[];

function withMessage(answer: PartialAnswer, changes: Partial<ChatMessage>): PartialAnswer {
  return { ...answer, message: { ...answer.message, ...changes } };
}

// The parts were made by the server from the same types; this file only carries them.
const withParts = (answer: PartialAnswer, parts: Part[]): PartialAnswer =>
  withMessage(answer, { parts: parts as unknown as ChatMessage["parts"] });

const append = (answer: PartialAnswer, part: Part): PartialAnswer =>
  withParts(answer, [...partsOf(answer), part]);

function begin(answer: PartialAnswer, id: string, part: Part): PartialAnswer {
  return append({ ...answer, open: new Map(answer.open).set(id, partsOf(answer).length) }, part);
}

function change(answer: PartialAnswer, place: number | undefined, edit: (part: Part) => Part): PartialAnswer {
  if (place === undefined || place < 0) return answer;
  return withParts(
    answer,
    partsOf(answer).map((part, index) => (index === place ? edit(part) : part)),
  );
}

const findTool = (answer: PartialAnswer, call: string): number =>
  partsOf(answer).findLastIndex((part) => part.toolCallId === call);

function setTool(
  answer: PartialAnswer,
  { toolCallId, toolName, title }: { toolCallId: string; toolName: string; title?: string },
  fields: Record<string, unknown>,
): PartialAnswer {
  const place = findTool(answer, toolCallId);
  const part = { type: `tool-${toolName}`, toolCallId, ...(title ? { title } : {}), ...fields };
  return place < 0 ? append(answer, part) : change(answer, place, (before) => ({ ...before, ...part }));
}

type DataChunk = { type: `data-${string}`; id?: string; data: unknown; transient?: boolean };
const isData = (chunk: UIMessageChunk): chunk is DataChunk & UIMessageChunk => chunk.type.startsWith("data-");

/** A data part with a known id takes the place of the earlier one; a transient one is never kept. */
function putData(answer: PartialAnswer, { type, id, data, transient }: DataChunk): PartialAnswer {
  if (transient) return answer;
  const place =
    id === undefined ? -1 : partsOf(answer).findIndex((part) => part.type === type && part.id === id);
  return place < 0
    ? append(answer, { type, ...(id === undefined ? {} : { id }), data })
    : change(answer, place, (part) => ({ ...part, data }));
}

function mergedMetadata({ message }: PartialAnswer, metadata: unknown): Partial<ChatMessage> {
  if (!metadata || typeof metadata !== "object") return {};
  return { metadata: { ...message.metadata, ...metadata } as NonNullable<ChatMessage["metadata"]> };
}

/** The chunks of a response body: server-sent events whose data is JSON, ended by `[DONE]`. */
export async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<UIMessageChunk> {
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const events = (rest + value).split(/\r?\n\r?\n/);
      rest = events.pop() ?? "";
      for (const event of events) {
        const data = dataOf(event);
        if (data && data !== "[DONE]") yield JSON.parse(data) as UIMessageChunk;
      }
    }
  } finally {
    // Whoever stops reading also stops the answer.
    await reader.cancel().catch(() => undefined);
  }
}

const dataOf = (event: string): string =>
  event
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trimStart())
    .join("\n");
