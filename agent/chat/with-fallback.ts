import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import { APICallError } from "ai";

export interface FallbackOptions {
  primary: LanguageModelV4;
  fallback: LanguageModelV4;
  /** Called once, when the primary is given up; the reason is in plain words. */
  onFallback: (reason: string, error: unknown) => void;
  /** How long to wait for the next piece before the provider counts as stalled. */
  stallMs?: number;
  retryDelayMs?: number;
  sleep?: (ms: number) => Promise<void>;
}

/**
 * A model that hands over to another when its provider fails: before the first word, in the middle of a sentence or by
 * falling silent. One retry for errors that pass; after a hand-over the fallback stays on for the rest of the answer.
 */
export function withFallback(options: FallbackOptions): LanguageModelV4 {
  const { primary, fallback, stallMs = 45_000, retryDelayMs = 800 } = options;
  const sleep = options.sleep ?? ((ms) => new Promise((resolve) => setTimeout(resolve, ms)));
  let gaveUp = false;
  const giveUp = (error: unknown) => {
    if (!gaveUp) options.onFallback(providerErrorInWords(error), error);
    gaveUp = true;
  };
  const attempt = async <T>(call: () => PromiseLike<T>): Promise<T> => {
    try {
      return await within(call(), stallMs);
    } catch (error) {
      if (!isPassing(error)) throw error;
      await sleep(retryDelayMs);
      return await within(call(), stallMs);
    }
  };
  return {
    specificationVersion: "v4",
    provider: primary.provider,
    modelId: primary.modelId,
    supportedUrls: primary.supportedUrls,
    async doGenerate(call) {
      if (gaveUp) return fallback.doGenerate(call);
      try {
        return await attempt(() => primary.doGenerate(call));
      } catch (error) {
        call.abortSignal?.throwIfAborted();
        giveUp(error);
        return fallback.doGenerate(call);
      }
    },
    async doStream(call) {
      if (gaveUp) return fallback.doStream(call);
      try {
        const { stream, ...rest } = await attempt(() => primary.doStream(call));
        return { ...rest, stream: guarded(stream, { call, fallback, giveUp, stallMs }) };
      } catch (error) {
        call.abortSignal?.throwIfAborted();
        giveUp(error);
        return fallback.doStream(call);
      }
    },
  };
}

interface Guard {
  call: LanguageModelV4CallOptions;
  fallback: LanguageModelV4;
  giveUp: (error: unknown) => void;
  stallMs: number;
}

/**
 * Passes a provider's stream on and mends it when it breaks: an open text is closed, calls that were complete are kept,
 * and otherwise the fallback writes on. Half-written tool calls are held back, so that none is left hanging.
 */
function guarded(
  source: ReadableStream<LanguageModelV4StreamPart>,
  guard: Guard,
): ReadableStream<LanguageModelV4StreamPart> {
  return new ReadableStream({
    async start(controller) {
      const reader = source.getReader();
      const open = new Map<string, "text" | "reasoning">();
      let called = false;
      let said = false;
      let finished = false;
      try {
        for (;;) {
          const { done, value } = await within(reader.read(), guard.stallMs);
          if (done) break;
          if (value.type === "error") throw value.error;
          if (
            value.type === "tool-input-start" ||
            value.type === "tool-input-delta" ||
            value.type === "tool-input-end"
          )
            continue;
          if (value.type === "text-start" || value.type === "reasoning-start")
            open.set(value.id, value.type === "text-start" ? "text" : "reasoning");
          if (value.type === "text-end" || value.type === "reasoning-end") open.delete(value.id);
          if (value.type === "tool-call") called = true;
          if (value.type === "text-delta" && value.delta.trim()) said = true;
          if (value.type === "finish") {
            // Filtered, cut at its limit or simply empty: an answer that says nothing is none.
            if (!called && !said) throw new EmptyAnswerError(value.finishReason.unified);
            finished = true;
          }
          controller.enqueue(value);
        }
        if (!finished) throw new Error("The model's answer ended in the middle.");
      } catch (error) {
        reader.cancel(error).catch(() => undefined);
        if (guard.call.abortSignal?.aborted) return controller.error(error);
        guard.giveUp(error);
        for (const [id, kind] of open) controller.enqueue({ type: `${kind}-end`, id });
        if (called)
          controller.enqueue({
            type: "finish",
            finishReason: { unified: "tool-calls", raw: undefined },
            usage: unknownUsage,
          });
        else await writeOn(controller, guard);
      }
      controller.close();
    },
  });
}

async function writeOn(
  controller: ReadableStreamDefaultController<LanguageModelV4StreamPart>,
  { fallback, call }: Guard,
): Promise<void> {
  const { stream } = await fallback.doStream(call);
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    const part = next.value;
    if (part.type === "stream-start") continue;
    const renamed =
      part.type === "text-start" || part.type === "text-delta" || part.type === "text-end"
        ? { ...part, id: `${part.id}-offline` }
        : part;
    controller.enqueue(renamed);
  }
}

const unknownUsage = {
  inputTokens: { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: undefined, text: undefined, reasoning: undefined },
};

class EmptyAnswerError extends Error {
  override readonly name = "EmptyAnswerError";
}

class StallError extends Error {
  override readonly name = "StallError";
}

async function within<T>(promise: PromiseLike<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stalled = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StallError(`Nothing came for ${Math.round(ms / 1000)} seconds.`)),
      ms,
    );
  });
  try {
    return await Promise.race([promise, stalled]);
  } finally {
    clearTimeout(timer);
  }
}

function isPassing(error: unknown): boolean {
  return APICallError.isInstance(error) ? error.isRetryable : error instanceof TypeError;
}

/** What went wrong at the provider, for the reader of the answer; never the provider's own text. */
export function providerErrorInWords(error: unknown): string {
  if (APICallError.isInstance(error)) {
    const status = error.statusCode;
    if (status === 401 || status === 403)
      return `the model provider refused the key (${status}); check OPENAI_API_KEY`;
    if (status === 404)
      return "the model provider does not know this model (404); check OPENAI_MODEL and OPENAI_BASE_URL";
    if (status === 429) return "the model provider's limit is used up (429)";
    if (status && status >= 500) return `the model provider has a problem (${status})`;
    if (status === 400) return "the model provider did not accept the request (400)";
    return "the model provider could not be reached";
  }
  if (error instanceof EmptyAnswerError)
    return error.message === "content-filter"
      ? "the model provider's filter withheld the answer"
      : "the model gave no answer";
  if (error instanceof TypeError) return "the model provider could not be reached";
  if (error instanceof StallError) return "the model provider did not answer in time";
  return "the model's answer was cut off";
}
