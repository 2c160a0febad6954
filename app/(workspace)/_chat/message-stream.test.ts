import { readUIMessageStream, type UIMessageChunk } from "ai";
import { describe, expect, it } from "vitest";
import { applyChunk, readChunks, startAnswer } from "./message-stream";

const chunks: UIMessageChunk[] = [
  {
    type: "start",
    messageId: "a1",
    messageMetadata: { model: "offline-analyst", created_at: "2026-05-01T00:00:00Z" },
  },
  { type: "start-step" },
  { type: "reasoning-start", id: "r" },
  { type: "reasoning-delta", id: "r", delta: "hm" },
  { type: "reasoning-end", id: "r" },
  { type: "text-start", id: "t" },
  { type: "text-delta", id: "t", delta: "Revenue " },
  { type: "text-delta", id: "t", delta: "was…" },
  { type: "text-end", id: "t" },
  { type: "tool-input-start", toolCallId: "c1", toolName: "query_metric" },
  { type: "tool-input-available", toolCallId: "c1", toolName: "query_metric", input: { a: 1 } },
  { type: "tool-output-available", toolCallId: "c1", output: { rows: [] } },
  { type: "tool-input-available", toolCallId: "c2", toolName: "pin_chart", input: {} },
  { type: "tool-output-error", toolCallId: "c2", errorText: "There is no such board." },
  {
    type: "tool-input-error",
    toolCallId: "c3",
    toolName: "query_metric",
    input: { b: 2 },
    errorText: "Wrong.",
  },
  { type: "finish-step" },
  { type: "start-step" },
  { type: "data-notice", id: "n", data: { kind: "limit", text: "first" } },
  { type: "data-notice", id: "n", data: { kind: "limit", text: "second" } },
  { type: "data-notice", data: { kind: "limit", text: "gone" }, transient: true },
  { type: "data-suggestions", data: { kind: "next", questions: ["by product"] } },
  { type: "finish-step" },
  { type: "finish", messageMetadata: { duration_ms: 12 } },
];

function streamOf<T>(items: T[]): ReadableStream<T> {
  return new ReadableStream({
    start(controller) {
      for (const item of items) controller.enqueue(item);
      controller.close();
    },
  });
}

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** Without the properties whose value is undefined, which JSON would drop. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value)) as unknown;

describe("answers read from the stream", () => {
  it("ends equal to the SDK's own reader", async () => {
    let theirs: unknown;
    for await (const message of readUIMessageStream({ stream: streamOf(chunks) })) theirs = message;
    const ours = chunks.reduce(applyChunk, startAnswer("local")).message;
    expect(plain(ours)).toEqual(plain(theirs));
  });

  it("keeps an error apart from the parts", () => {
    const answer = applyChunk(startAnswer("x"), { type: "error", errorText: "The database is away." });
    expect(answer.error).toBe("The database is away.");
    expect(answer.message.parts).toEqual([]);
  });

  it("reads events cut at any byte", async () => {
    const text = `data: {"type":"text-start","id":"t"}\n\ndata: {"type":"text-delta","id":"t","delta":"né €"}\n\ndata: [DONE]\n\n`;
    const bytes = new TextEncoder().encode(text);
    for (let size = 1; size < 9; size += 1) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.slice(at * size, (at + 1) * size),
      );
      const found = await collect(readChunks(streamOf(pieces)));
      expect(found).toEqual([
        { type: "text-start", id: "t" },
        { type: "text-delta", id: "t", delta: "né €" },
      ]);
    }
  });
});
