import type { LanguageModelV4 } from "@ai-sdk/provider";
import { readUIMessageStream } from "ai";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { MetricSummary } from "@/analytics/metrics/definition";
import type { Query } from "@/analytics/query/query";
import type { ResolvedRange, ResultColumn, ResultRow } from "@/analytics/query/result";
import type { ShapeQuery } from "@/analytics/shapes/shape";
import type { ChatMessage } from "./chat/messages";
import { runChat } from "./chat/run-chat";
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
  const shown = message.parts.find(
    (part) => part.type === "tool-query_metric" && part.state === "output-available",
  );
  const numbers =
    shown?.type === "tool-query_metric" && shown.state === "output-available" ? shown.output : null;
  const formed = message.parts.flatMap((part) =>
    part.type === "tool-shape" && part.state === "output-available" ? [part.output] : [],
  )[0];
  const output = numbers ?? formed ?? null;
  return {
    text: message.parts
      .map((part) => (part.type === "text" ? part.text : ""))
      .join("")
      .trim(),
    query: numbers?.result.query ?? null,
    shape: numbers ? null : (formed?.result.query ?? null),
    definition: output?.result.definitions[0] ?? null,
    sql: output?.result.sql ?? null,
    range: output?.result.range ?? null,
    as_of: output?.result.as_of ?? null,
    rows: output?.result.rows ?? null,
    chart: output?.chart ?? null,
    columns: output?.result.columns ?? null,
    totals: output?.result.totals ?? null,
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
