import type { ChatChunk } from "./run-chat";

/**
 * Sees to it that nothing is left open when an answer is stopped or breaks: texts end, calls without a result say so,
 * and a stop that nobody asked for (the time was over) is told. What is stored has no part that still streams.
 */
export function closeParts({
  timedOut,
}: {
  /** In words, when the time was over; null when somebody stopped it. */
  timedOut: () => string | null;
}): TransformStream<ChatChunk, ChatChunk> {
  const texts = new Map<string, "text" | "reasoning">();
  const calls = new Set<string>();
  let told = false;
  const close = (controller: TransformStreamDefaultController<ChatChunk>) => {
    for (const [id, kind] of texts) controller.enqueue({ type: `${kind}-end`, id });
    for (const toolCallId of calls)
      controller.enqueue({
        type: "tool-output-error",
        toolCallId,
        errorText: "Stopped before there was a result.",
      });
    texts.clear();
    calls.clear();
  };
  return new TransformStream({
    transform(chunk, controller) {
      if (chunk.type === "text-start" || chunk.type === "reasoning-start")
        texts.set(chunk.id, chunk.type === "text-start" ? "text" : "reasoning");
      if (chunk.type === "text-end" || chunk.type === "reasoning-end") texts.delete(chunk.id);
      if (chunk.type === "tool-input-available") calls.add(chunk.toolCallId);
      if (chunk.type === "tool-output-available" || chunk.type === "tool-output-error")
        calls.delete(chunk.toolCallId);
      if (chunk.type === "abort" || chunk.type === "error" || chunk.type === "finish") {
        close(controller);
        const words = chunk.type === "abort" && !told ? timedOut() : null;
        if (words) {
          told = true;
          controller.enqueue({ type: "data-notice", data: { kind: "limit", text: words } });
        }
      }
      controller.enqueue(chunk);
    },
    flush: close,
  });
}
