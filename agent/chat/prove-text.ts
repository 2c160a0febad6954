import { proverOf } from "./proven-numbers";
import type { ChatChunk } from "./run-chat";

/**
 * Holds prose back until a sentence is whole and looks every number in it up in the results. A sentence with a number
 * that stands nowhere is shown after a notice that says so, never before. Suggestions that ride on a text's metadata
 * become chips.
 */
export function proveText({
  results,
  given,
}: {
  results: () => unknown[];
  given: () => unknown[];
}): TransformStream<ChatChunk, ChatChunk> {
  const held = new Map<string, string>();
  let known: { size: number; prove: (text: string) => string[] } | undefined;
  /** Texts that have begun and said nothing yet: a notice about their first sentence stands above them. */
  const starting = new Map<string, ChatChunk>();
  return new TransformStream({
    transform(chunk, controller) {
      if (chunk.type === "text-start") {
        starting.set(chunk.id, chunk);
        return;
      }
      if (chunk.type === "text-delta") {
        const text = (held.get(chunk.id) ?? "") + chunk.delta;
        const cut = sentenceEnd(text);
        held.set(chunk.id, text.slice(cut));
        if (cut > 0) release(chunk.id, text.slice(0, cut), controller);
        return;
      }
      if (chunk.type === "text-end") {
        release(chunk.id, held.get(chunk.id) ?? "", controller);
        held.delete(chunk.id);
        begin(chunk.id, controller);
        controller.enqueue(chunk);
        const questions = suggestionsIn(chunk.providerMetadata);
        if (questions.length > 0)
          controller.enqueue({ type: "data-suggestions", data: { kind: "next", questions } });
        return;
      }
      if (chunk.type === "error" || chunk.type === "abort" || chunk.type === "finish") flushAll(controller);
      controller.enqueue(chunk);
    },
    flush: flushAll,
  });

  /** Read anew where a tool answered or refused since. */
  function prover(): (text: string) => string[] {
    const [found, said] = [results(), given()];
    if (known?.size !== found.length + said.length)
      known = { size: found.length + said.length, prove: proverOf(found, said) };
    return known.prove;
  }

  function release(id: string, text: string, controller: TransformStreamDefaultController<ChatChunk>): void {
    if (!text) return;
    const unproven = prover()(text);
    if (unproven.length > 0) {
      controller.enqueue({
        type: "data-notice",
        data: {
          kind: "unproven_number",
          numbers: unproven,
          text: `Careful: ${unproven.join(", ")} ${unproven.length > 1 ? "stand" : "stands"} in no result. ${results().length > 0 ? "Trust the table, not this sentence." : "Nothing was looked up for this answer."}`,
        },
      });
    }
    begin(id, controller);
    controller.enqueue({ type: "text-delta", id, delta: text });
  }

  function begin(id: string, controller: TransformStreamDefaultController<ChatChunk>): void {
    const start = starting.get(id);
    if (start) controller.enqueue(start);
    starting.delete(id);
  }

  function flushAll(controller: TransformStreamDefaultController<ChatChunk>): void {
    for (const [id, text] of held) release(id, text, controller);
    held.clear();
    starting.clear();
  }
}

/** Position after the last whole sentence or line; a point between digits ends nothing. */
function sentenceEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(/(?:[.!?](?=\s)|\n)\s*/g)) end = match.index + match[0].length;
  return end;
}

function suggestionsIn(metadata: unknown): string[] {
  const suggestions = (metadata as { keapsake?: { suggestions?: unknown } } | undefined)?.keapsake
    ?.suggestions;
  return Array.isArray(suggestions)
    ? suggestions.filter((item): item is string => typeof item === "string").slice(0, 5)
    : [];
}
