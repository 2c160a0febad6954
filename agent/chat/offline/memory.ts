import type { Drawing } from "@/analytics/charts/chart-spec";
import { drawingSchema } from "@/analytics/charts/chart-spec";
import { type Query, querySchema } from "@/analytics/query/query";

/** A tool call of the conversation so far, as the model sees it. */
export interface PastCall {
  tool: string;
  input: unknown;
}

/** What a follow-up can refer to. */
export interface Memory {
  /** The latest question about numbers that was answered. */
  last?: { query: Query; drawing?: Drawing; title?: string };
  /** The question before this one, when it was answered with a question of ours instead of numbers. */
  unanswered?: string;
}

/** Remembers the latest valid `query_metric` call; calls that were malformed are passed over. */
export function remember(calls: readonly PastCall[], unanswered?: string): Memory {
  for (const { tool, input } of [...calls].reverse()) {
    if (tool !== "query_metric" || typeof input !== "object" || input === null) continue;
    const { query, drawing, title } = input as { query?: unknown; drawing?: unknown; title?: unknown };
    const parsed = querySchema.safeParse(query);
    if (!parsed.success) continue;
    const drawn = drawingSchema.safeParse(drawing);
    return {
      last: {
        query: parsed.data,
        ...(drawn.success ? { drawing: drawn.data } : {}),
        ...(typeof title === "string" ? { title } : {}),
      },
      unanswered,
    };
  }
  return { unanswered };
}
