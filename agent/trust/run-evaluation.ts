import type { LanguageModelV4 } from "@ai-sdk/provider";
import { z } from "zod";
import { querySchema } from "@/analytics/query/query";
import { ask } from "../ask";
import { canonicalQuery } from "../evals/same-query";
import type { ToolContext } from "../tools/context";

/** What a question of the account's own evaluation expects: the query behind a checked answer, or nothing yet. */
export const expectedSchema = z.looseObject({ query: querySchema.optional() });

export type EvaluationGrade = "right" | "wrong" | "refused" | "errored" | "unknown";

export interface EvaluationResult {
  grade: EvaluationGrade;
  text: string;
  model: string;
  duration_ms: number;
}

/**
 * Asks one question as a person would and compares the query that was answered with the one that was checked: the same
 * query on the same data gives the same values. Without an expected query there is nothing to compare: unknown.
 */
export async function evaluateQuestion(
  { question, expected }: { question: string; expected: unknown },
  { context, model }: { context: ToolContext; model?: LanguageModelV4 | null },
): Promise<EvaluationResult> {
  const started = performance.now();
  try {
    const answer = await ask(question, { context, model });
    const wanted = expectedSchema.safeParse(expected);
    const query = wanted.success ? wanted.data.query : undefined;
    const grade = !query
      ? "unknown"
      : !answer.query
        ? "refused"
        : canonicalQuery(answer.query) === canonicalQuery(query)
          ? "right"
          : "wrong";
    return {
      grade,
      text: answer.text.slice(0, 2_000),
      model: answer.model,
      duration_ms: Math.round(performance.now() - started),
    };
  } catch (error) {
    context.report?.(error, "evaluation");
    return { grade: "errored", text: "", model: "", duration_ms: Math.round(performance.now() - started) };
  }
}
