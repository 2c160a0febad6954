import type { LanguageModelV4 } from "@ai-sdk/provider";
import {
  convertToModelMessages,
  createUIMessageStream,
  type InferUIMessageChunk,
  isStepCount,
  streamText,
  toUIMessageStream,
} from "ai";
import { z } from "zod";
import { dataIncompleteNote } from "@/analytics/query/result";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";
import { preferencesOf } from "../tools/preferences";
import { loadNames } from "../vocabulary";
import { chatTools } from "./chat-tools";
import { closeParts } from "./close-parts";
import { createMasker, namesThrough, withMasking } from "./masking";
import type { ChatMessage } from "./messages";
import { createOfflineAnalyst, offlineModelId } from "./offline/model";
import { proveText } from "./prove-text";
import { systemPrompt } from "./system-prompt";
import { providerErrorInWords, withFallback } from "./with-fallback";

/** What the tools returned in the turns before, by call. */
const outputsOf = (messages: readonly ChatMessage[]): Map<string, unknown> =>
  new Map(
    messages.flatMap(({ parts }) =>
      parts.flatMap((part) =>
        "toolCallId" in part && part.state === "output-available"
          ? [[part.toolCallId, part.output] as const]
          : [],
      ),
    ),
  );

export type ChatChunk = InferUIMessageChunk<ChatMessage>;

export interface RunChatOptions {
  /** The conversation, the question last. Older messages than the latest few are not sent to a model. */
  messages: ChatMessage[];
  context: ToolContext;
  /** Null or left out: the offline analyst answers. */
  model?: LanguageModelV4 | null;
  /** US dollars per million tokens, for the cost that is kept with an answer. */
  prices?: { input: number; output: number } | null;
  abortSignal?: AbortSignal;
  generateId?: () => string;
  /** The finished answer, also when it was stopped or failed: store it. */
  onEnd?: (event: { message: ChatMessage; aborted: boolean }) => void | Promise<void>;
  /** Limits, shortened in tests. */
  limits?: Partial<typeof defaultLimits>;
}

const defaultLimits = {
  steps: 8,
  /** Whole answer. */
  totalMs: 120_000,
  toolMs: 30_000,
  stallMs: 45_000,
  retryDelayMs: 800,
  /** Messages of the conversation that a model sees. */
  messages: 24,
};

/**
 * Answers the last message of a chat as a stream of UI message chunks: text, tool calls with their results, notices and
 * suggestions. Whatever happens, the stream ends: failing providers are replaced by the offline analyst with a notice,
 * failing tools say so in words, and steps, time and silence are limited.
 */
export function runChat(options: RunChatOptions): ReadableStream<ChatChunk> {
  const { context, messages, abortSignal } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const started = context.clock().getTime();
  let answering = options.model?.modelId ?? offlineModelId;
  return createUIMessageStream<ChatMessage>({
    originalMessages: messages,
    generateId: options.generateId,
    onError: (error) => errorInWords(error, context),
    onEnd: ({ responseMessage, isAborted }) =>
      options.onEnd?.({ message: responseMessage, aborted: isAborted }),
    execute: async ({ writer }) => {
      const { vocabulary, renew } = await loadNames(context);
      const results = new Map<string, unknown>();
      const before = outputsOf(messages.slice(-limits.messages));
      const refusals: string[] = [];
      const tools = chatTools(context, {
        results,
        refusals,
        onBasis: (basis) => writer.write({ type: "data-basis", data: basis }),
        nameOf: (id) => vocabulary.names.find((name) => name.id === id)?.value ?? null,
      });
      const offline = createOfflineAnalyst({
        account: context.account,
        clock: context.clock,
        vocabulary: async () => vocabulary,
        renew,
        resultOf: (id) => results.get(id) ?? before.get(id),
      });
      const model = options.model
        ? withFallback({
            primary: preferencesOf(context).mask_personal_data
              ? withMasking(
                  options.model,
                  createMasker(namesThrough(context.door, context.principal)),
                  () => [...results.values()],
                )
              : options.model,
            fallback: offline,
            stallMs: limits.stallMs,
            retryDelayMs: limits.retryDelayMs,
            onFallback: (reason, error) => {
              answering = offlineModelId;
              context.report?.(error, "model provider");
              writer.write({
                type: "data-notice",
                data: { kind: "fallback", text: `Answered without the language model: ${reason}.` },
              });
            },
          })
        : offline;
      const recent = messages.slice(-limits.messages);
      const result = streamText({
        model,
        tools,
        instructions: options.model ? systemPrompt(context, vocabulary) : undefined,
        messages: await convertToModelMessages(recent, { tools, ignoreIncompleteToolCalls: true }),
        stopWhen: isStepCount(limits.steps),
        maxRetries: 0,
        abortSignal,
        timeout: { totalMs: limits.totalMs, toolMs: limits.toolMs },
        onError: ({ error }) => context.report?.(error, "chat"),
        onEnd: ({ steps, finishReason }) => {
          if (steps.length >= limits.steps && finishReason === "tool-calls") {
            writer.write({
              type: "data-notice",
              data: {
                kind: "limit",
                text: `I stopped after ${limits.steps} steps. Ask for a part of it, and I can go on.`,
              },
            });
          }
        },
      });
      const chunks = toUIMessageStream<typeof tools, ChatMessage>({
        stream: result.stream,
        tools,
        originalMessages: messages,
        onError: (error) => errorInWords(error, context),
        messageMetadata: ({ part }) => {
          if (part.type === "start") return { model: answering, created_at: context.clock().toISOString() };
          if (part.type !== "finish") return undefined;
          return {
            model: answering,
            created_at: new Date(started).toISOString(),
            duration_ms: context.clock().getTime() - started,
            input_tokens: part.totalUsage.inputTokens,
            output_tokens: part.totalUsage.outputTokens,
            ...costOf(part.totalUsage, options.prices),
          };
        },
      });
      writer.merge(
        chunks
          .pipeThrough(
            proveText({
              results: () => [...results.values(), ...resultsIn(recent)],
              given: () => [...givenIn(recent), ...refusals],
            }),
          )
          .pipeThrough(
            closeParts({
              timedOut: () =>
                abortSignal?.aborted
                  ? null
                  : `I stopped after ${Math.round(limits.totalMs / 1_000)} seconds. Ask for a shorter range or a smaller part.`,
            }),
          )
          .pipeThrough(tellIncompleteData()),
      );
    },
  });
}

/** What the provider charges for an answer; left out where prices or tokens are not known. */
function costOf(
  { inputTokens, outputTokens }: { inputTokens?: number; outputTokens?: number },
  prices: RunChatOptions["prices"],
): { cost_usd?: number } {
  if (!prices || inputTokens === undefined || outputTokens === undefined) return {};
  return { cost_usd: (inputTokens * prices.input + outputTokens * prices.output) / 1e6 };
}

/** Says once, before the answer goes on, that a result rests on a copy that is not complete. */
function tellIncompleteData(): TransformStream<ChatChunk, ChatChunk> {
  let told = false;
  return new TransformStream<ChatChunk, ChatChunk>({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      if (told || chunk.type !== "tool-output-available") return;
      const text = missingFrom(chunk.output);
      if (text === null) return;
      told = true;
      controller.enqueue({ type: "data-notice", data: { kind: "data_incomplete", text } });
    },
  });
}

const saysWhatIsMissing = z.looseObject({ copying: z.string() });
const asOfNull = z.looseObject({ as_of: z.null() });
const counted = z.looseObject({ notes: z.array(z.string()), rows: z.array(z.unknown()) });

/** What a result rests on that has not arrived yet; null where all of it has. */
function missingFrom(output: unknown): string | null {
  const inner = z.looseObject({ result: z.looseObject({}) }).safeParse(output);
  const result = inner.success ? inner.data.result : output;
  const said = saysWhatIsMissing.safeParse(result);
  if (said.success) return said.data.copying;
  // Rows of metrics and shapes know what they rest on: without a sentence, all of it is there.
  return asOfNull.safeParse(result).success && !counted.safeParse(result).success ? dataIncompleteNote : null;
}

/** What a person wrote or an earlier question was run with may be repeated in prose. */
function givenIn(messages: ChatMessage[]): unknown[] {
  return messages.flatMap(({ role, parts }) =>
    parts.flatMap((part): unknown[] => {
      if (part.type === "text") return role === "user" ? [part.text] : [];
      return "output" in part && part.output ? [part.input] : [];
    }),
  );
}

/**
 * Results of earlier answers, which prove a number as this answer's own do. Earlier prose proves nothing: a number that
 * was made up once would be taken for known ever after.
 */
function resultsIn(messages: ChatMessage[]): unknown[] {
  return messages.flatMap(({ parts }) =>
    parts.flatMap((part) => ("output" in part && part.output ? [part.output] : [])),
  );
}

/** An error for the reader of the chat. Tools speak for themselves; everything else is ours to explain and to log. */
function errorInWords(error: unknown, context: ToolContext): string {
  if (error instanceof ToolError) return error.message;
  const name = error instanceof Error ? error.name : "";
  if (name === "AbortError" || name === "ResponseAborted") return "Stopped.";
  if (name === "TimeoutError")
    return "This took too long and was stopped. Ask for a shorter range or a smaller part.";
  if (name === "AI_InvalidToolInputError" || name === "AI_NoSuchToolError")
    return "The model called a tool in a way that does not exist. It will try again.";
  context.report?.(error, "chat");
  return `Something failed while answering: ${providerErrorInWords(error)}. Ask again; your question is kept.`;
}
