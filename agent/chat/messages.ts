import type { UIMessage } from "ai";
import type { z } from "zod";
import type { tools } from "../tools/catalog";

/** Input and output of every tool, by name: parts are `tool-query_metric`, `tool-pin_chart`, … */
export type ChatTools = {
  [Name in keyof typeof tools]: {
    input: z.output<(typeof tools)[Name]["input"]>;
    output: z.output<(typeof tools)[Name]["output"]>;
  };
};

/** Parts beside text and tools, as `data-notice` and `data-suggestions`. */
export type ChatData = {
  /** Something the reader must know about this answer: a fallback, a limit reached, an unproven number. */
  notice: {
    kind: "fallback" | "limit" | "unproven_number" | "data_incomplete" | "error";
    text: string;
    /** The numbers that stand in no result, as they were written. */
    numbers?: string[];
  };
  /** What an answer without a chart rests on: a list of people or records, texts, a person. */
  basis: AnswerBasis;
  /** Questions that could follow, or the readings to choose from when the analyst asks back. */
  suggestions: { kind: "next" | "clarify"; questions: string[] };
};

/** How a tool came to what it answered, where its result does not say so itself. */
export interface AnswerBasis {
  tool_call_id: string;
  title: string;
  /** What was looked for, in words. */
  definition: string;
  time_zone: string;
  /** Null while the first copy is not complete. */
  as_of: string | null;
  shown: number;
  total: number;
  /** What ran, in order. */
  statements: { sql: string; params: unknown[] }[];
}

export interface ChatMetadata {
  /** Who answered: `offline-analyst` or the model's id. */
  model: string;
  created_at: string;
  duration_ms?: number;
  input_tokens?: number;
  output_tokens?: number;
  /** US dollars, where the prices of the model are set. */
  cost_usd?: number;
  steps?: number;
}

/** A message of a chat as stored and streamed. */
export type ChatMessage = UIMessage<ChatMetadata, ChatData, ChatTools>;
