import type { QueryResult, ResultRow } from "@/analytics/query/result";
import { averagesText } from "../../tools/averages";
import { behindText } from "../../tools/shape";
import { composeResult, sayDirection } from "./compose";
import { composeTool } from "./compose-tools";
import type { Reply } from "./plan";
import { composeShape, type ShapeAnswer } from "./shapes/compose-shape";
import { exampleQuestions } from "./suggest";

export interface ToolAnswer {
  tool: string;
  error?: string;
  /** What the tool returned. */
  output: unknown;
}

/** The text under the charts: what the words were taken to mean, then what the results say. */
export function answer(
  reply: Extract<Reply, { kind: "call" }>,
  results: ToolAnswer[],
): { text: string; suggestions: string[] } {
  const failed = results.find(({ error }) => error);
  if (failed)
    return {
      text: `${failed.error}`.replace(/^(?:\w*Error: )+/, ""),
      suggestions: exampleQuestions.slice(0, 2),
    };
  const meanings = reply.meanings.length > 0 ? [reply.meanings.join(" ")] : [];
  const bodies = results.map(({ tool, output }) => {
    if (tool === "shape") return composeShape(output as ShapeAnswer);
    const result = tool === "query_metric" ? resultIn(output) : null;
    return result ? sayMetric(reply, result, output) : composeTool(tool, output);
  });
  return {
    text: [...bodies.filter(Boolean), ...meanings].join("\n\n"),
    suggestions: nextQuestions(reply, results),
  };
}

/** The answer to what was asked comes first: yes or no, the average, then the number; who is behind it comes last. */
function sayMetric(
  { understanding }: Extract<Reply, { kind: "call" }>,
  result: QueryResult,
  output: unknown,
): string {
  const { averages, behind } = output as {
    averages?: ResultRow[];
    behind?: Parameters<typeof behindText>[0];
  };
  const { copying, ...rest } = result;
  const said = composeResult(rest as QueryResult);
  const first = averages
    ? averagesText(result, averages)
    : understanding.direction
      ? sayDirection(result, understanding.direction)
      : "";
  return [[copying, first, said].filter(Boolean).join(" "), ...(behind ? [behindText(behind)] : [])].join(
    "\n\n",
  );
}

function resultIn(output: unknown): QueryResult | null {
  const result = (output as { result?: QueryResult } | null)?.result;
  return result && Array.isArray(result.rows) ? result : null;
}

/** Follow-ups that fit the answer just given. */
function nextQuestions({ understanding }: Extract<Reply, { kind: "call" }>, results: ToolAnswer[]): string[] {
  if (results.some(({ tool }) => tool === "shape")) return ["Pin it", "And last year?"];
  // Other tools have results of other shapes.
  const result = results
    .filter(({ tool }) => tool === "query_metric")
    .map(({ output }) => resultIn(output))
    .find(Boolean);
  if (!result) return [];
  const { dimensions, comparison } = result.query;
  const next: string[] = [];
  if (!dimensions.includes("product") && result.definitions[0]?.dimensions.includes("product"))
    next.push("By product");
  if (!dimensions.includes("lead_source")) next.push("By lead source");
  if (!comparison && understanding.intent === "metric") next.push("Compare with last year");
  if (!dimensions.includes("time")) next.push("By month");
  return [...next.slice(0, 3), "Pin it"];
}
