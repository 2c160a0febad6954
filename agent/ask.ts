import type { LanguageModelV4 } from "@ai-sdk/provider";
import { readUIMessageStream } from "ai";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { MetricSummary } from "@/analytics/metrics/definition";
import type { Query } from "@/analytics/query/query";
import type { ResolvedRange, ResultColumn, ResultRow } from "@/analytics/query/result";
import type { ShapeQuery } from "@/analytics/shapes/shape";
import type { AnswerBasis, ChatMessage } from "./chat/messages";
import { runChat } from "./chat/run-chat";
import { shownBy } from "./chat/shown";
import type { ToolContext } from "./tools/context";

/** An answer without a screen: the prose and everything it rests on. The numbers' parts are null when there were none. */
export interface AskAnswer {
  text: string;
  query: Query | null;
  /** Where the answer is a shape, such as a funnel: its question; `rows`, `columns` and the rest are the shape's. */
  shape: ShapeQuery | null;
  definition: Pick<MetricSummary, "id" | "label" | "formula"> | null;
  sql: string | null;
  range: ResolvedRange | null;
  as_of: string | null;
  rows: ResultRow[] | null;
  chart: AnyChart | null;
  columns: ResultColumn[] | null;
  totals: ResultRow[] | null;
  /** What lists, searches and records in the answer rest on. */
  basis: AnswerBasis[];
  /** Which tools were called, in order, with whether they worked. */
  tools: { name: string; ok: boolean }[];
  notices: string[];
  suggestions: string[];
  model: string;
}

/** Asks one question, after the messages of `history`, and waits for the whole answer. */
export async function ask(
  question: string,
  options: { context: ToolContext; model?: LanguageModelV4 | null; history?: ChatMessage[] },
): Promise<AskAnswer & { message: ChatMessage }> {
  const asked: ChatMessage = {
    id: crypto.randomUUID(),
    role: "user",
    parts: [{ type: "text", text: question }],
  };
  const messages = [...(options.history ?? []), asked];
  let message: ChatMessage | undefined;
  const stream = runChat({ messages, context: options.context, model: options.model });
  for await (const state of readUIMessageStream<ChatMessage>({ stream })) message = state;
  if (!message)
    throw new Error("The analyst gave no answer. Ask again; if it goes on, look at the server's log.");
  return { ...answerIn(message), message };
}

/** What a finished message of the analyst says, shows and rests on. */
export function answerIn(message: ChatMessage): AskAnswer {
  const shown = message.parts.flatMap((part) => shownBy(part) ?? [])[0] ?? null;
  const numbers = message.parts.flatMap((part) =>
    part.type === "tool-query_metric" && part.state === "output-available" ? [part.output] : [],
  )[0];
  const result = shown?.result ?? null;
  return {
    text: message.parts
      .map((part) => (part.type === "text" ? part.text : ""))
      .join("")
      .trim(),
    query: numbers?.result.query ?? null,
    shape: shown && "shape" in shown.spec ? shown.spec.shape : null,
    definition: result?.definitions[0] ?? null,
    sql: result?.sql ?? null,
    range: result?.range ?? null,
    as_of: result?.as_of ?? null,
    rows: result?.rows ?? null,
    chart: shown?.spec ?? null,
    columns: result?.columns ?? null,
    totals: result?.totals ?? null,
    basis: message.parts.flatMap((part) => (part.type === "data-basis" ? [part.data] : [])),
    tools: message.parts.flatMap((part) =>
      part.type.startsWith("tool-") && "state" in part
        ? [{ name: part.type.slice(5), ok: part.state === "output-available" }]
        : [],
    ),
    notices: message.parts.flatMap((part) => (part.type === "data-notice" ? [part.data.text] : [])),
    suggestions: message.parts.flatMap((part) =>
      part.type === "data-suggestions" ? part.data.questions : [],
    ),
    model: message.metadata?.model ?? "",
  };
}
