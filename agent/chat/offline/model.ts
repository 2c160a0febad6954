import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4Prompt,
  LanguageModelV4StreamPart,
} from "@ai-sdk/provider";
import { DateTime } from "luxon";
import { answer } from "./answer";
import { type PastCall, remember } from "./memory";
import { type PlanContext, plan, type Reply } from "./plan";
import { indexVocabulary, type Vocabulary, withNames } from "./vocabulary";

export interface OfflineAnalystOptions {
  account: { name: string; time_zone: string; week_start: number };
  /** The account's own names. */
  vocabulary: () => Promise<Vocabulary>;
  /** The names as they are now, where the ones above were kept for a while; null where they are new. */
  renew?: (() => Promise<Vocabulary>) | null;
  clock: () => Date;
  /**
   * The result of a tool call as the tool returned it. The prompt holds only the text meant for language models, and
   * the analyst quotes cells, not text.
   */
  resultOf: (toolCallId: string) => unknown;
}

export const offlineModelId = "offline-analyst";

/**
 * The analyst that needs no model provider: a language model of the AI SDK that reads questions by rules, calls the same
 * tools and answers from their cells. Given the same prompt, vocabulary and clock it always says the same.
 */
export function createOfflineAnalyst(options: OfflineAnalystOptions): LanguageModelV4 {
  const respond = async (call: LanguageModelV4CallOptions): Promise<Turn> => {
    call.abortSignal?.throwIfAborted();
    const { question, past, unanswered, current } = readPrompt(call.prompt, options.resultOf);
    const context = (vocabulary: Vocabulary): PlanContext => ({
      index: indexVocabulary(vocabulary),
      today: {
        now: DateTime.fromJSDate(options.clock(), { zone: options.account.time_zone }),
        weekStart: options.account.week_start,
      },
      available: new Set((call.tools ?? []).map(({ name }) => name)),
      accountName: options.account.name,
    });
    const memory = remember(past, unanswered);
    let known = context(await options.vocabulary());
    let reply = plan(question, memory, known);
    // A name given a moment ago is not known yet, or is taken for a slip of the pen.
    if (options.renew && missedSomething(reply)) {
      known = context(await options.renew());
      reply = plan(question, memory, known);
    }
    if (reply.kind === "say") return { text: reply.text, suggestions: reply.suggestions, calls: [] };
    if (current.length === 0)
      return { calls: reply.calls.map((call) => ({ ...call, input: withTitle(call.input, known) })) };
    const results = current.map(({ id, tool, error, output }) => ({
      tool,
      error,
      output: options.resultOf(id) ?? output,
    }));
    const said = answer(reply, results);
    return { ...said, text: withNames(said.text, known.index), calls: [] };
  };
  return {
    specificationVersion: "v4",
    provider: "keapsake",
    modelId: offlineModelId,
    supportedUrls: {},
    doGenerate: async (call) => {
      const turn = await respond(call);
      return { content: contentOf(turn), finishReason: finishOf(turn), usage: noUsage, warnings: [] };
    },
    doStream: async (call) => ({ stream: streamOf(await respond(call)) }),
  };
}

/** A chart's title says names, whatever its filter is given. */
function withTitle(input: Record<string, unknown>, { index }: PlanContext): Record<string, unknown> {
  return typeof input.title === "string" ? { ...input, title: withNames(input.title, index) } : input;
}

function missedSomething(reply: Reply): boolean {
  if (reply.kind === "say") return reply.topic !== "chat";
  const { corrections, names } = reply.understanding;
  return corrections.length > 0 || names.some(({ said }) => said !== undefined);
}

interface Turn {
  text?: string;
  suggestions?: string[];
  calls: { tool: string; input: Record<string, unknown> }[];
}

interface CurrentCall {
  id: string;
  tool: string;
  error?: string;
  output: unknown;
}

interface ReadPrompt {
  question: string;
  /** Calls of earlier turns. */
  past: PastCall[];
  /** The question before, when it led to no call. */
  unanswered?: string;
  /** Calls of this turn that already have a result. */
  current: CurrentCall[];
}

/** Splits a prompt into the question asked now, what was done for it already, and what came before. */
function readPrompt(prompt: LanguageModelV4Prompt, resultOf: (id: string) => unknown): ReadPrompt {
  const lastUser = prompt.findLastIndex(({ role }) => role === "user");
  const before = prompt.slice(0, Math.max(0, lastUser));
  const previousUser = before.findLastIndex(({ role }) => role === "user");
  const previousCalls = callsIn(prompt.slice(previousUser < 0 ? lastUser : previousUser, lastUser));
  return {
    question: textOf(prompt[lastUser]),
    past: callsIn(before).map(({ id, ...past }) => ({ ...past, output: resultOf(id) })),
    unanswered: previousUser >= 0 && previousCalls.length === 0 ? textOf(before[previousUser]) : undefined,
    current: resultsIn(prompt.slice(lastUser + 1)),
  };
}

function textOf(message: LanguageModelV4Prompt[number] | undefined): string {
  if (message?.role !== "user") return "";
  return message.content.map((part) => (part.type === "text" ? part.text : "")).join(" ");
}

function callsIn(messages: LanguageModelV4Prompt): (PastCall & { id: string })[] {
  let turn = 0;
  return messages.flatMap((message) => {
    if (message.role === "user") turn++;
    return message.role === "assistant"
      ? message.content.flatMap((part) =>
          part.type === "tool-call"
            ? [{ id: part.toolCallId, tool: part.toolName, input: part.input, turn }]
            : [],
        )
      : [];
  });
}

function resultsIn(messages: LanguageModelV4Prompt): CurrentCall[] {
  return messages.flatMap((message) => {
    if (message.role !== "tool") return [];
    return message.content.flatMap((part): CurrentCall[] => {
      if (part.type !== "tool-result") return [];
      const { output, toolCallId: id, toolName: tool } = part;
      if (output.type === "error-text") return [{ id, tool, error: output.value, output: null }];
      if (output.type === "error-json")
        return [{ id, tool, error: JSON.stringify(output.value), output: null }];
      if (output.type === "json") return [{ id, tool, output: output.value }];
      return [{ id, tool, output: null }];
    });
  });
}

const noUsage = {
  inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 0, text: 0, reasoning: 0 },
};

function finishOf({ calls }: Turn) {
  return { unified: calls.length > 0 ? ("tool-calls" as const) : ("stop" as const), raw: undefined };
}

function contentOf({ text, calls, suggestions }: Turn): LanguageModelV4Content[] {
  return [
    ...(text ? [{ type: "text" as const, text, ...metadataOf(suggestions) }] : []),
    ...calls.map(({ tool, input }, index) => ({
      type: "tool-call" as const,
      toolCallId: callId(index),
      toolName: tool,
      input: JSON.stringify(input),
    })),
  ];
}

/** The chat loop turns these into chips under the answer. */
function metadataOf(suggestions: string[] | undefined) {
  return suggestions?.length ? { providerMetadata: { keapsake: { suggestions } } } : {};
}

function streamOf(turn: Turn): ReadableStream<LanguageModelV4StreamPart> {
  const parts: LanguageModelV4StreamPart[] = [{ type: "stream-start", warnings: [] }];
  for (const content of contentOf(turn)) {
    if (content.type === "text") {
      parts.push({ type: "text-start", id: "answer" });
      for (const delta of content.text.match(/\S+\s*/g) ?? [content.text])
        parts.push({ type: "text-delta", id: "answer", delta });
      parts.push({ type: "text-end", id: "answer", ...metadataOf(turn.suggestions) });
    } else if (content.type === "tool-call") {
      const { toolCallId: id, toolName, input } = content;
      parts.push(
        { type: "tool-input-start", id, toolName },
        { type: "tool-input-delta", id, delta: input },
        { type: "tool-input-end", id },
        content,
      );
    }
  }
  parts.push({ type: "finish", finishReason: finishOf(turn), usage: noUsage });
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });
}

function callId(index: number): string {
  return `call_${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}_${index}`;
}
