import type { LanguageModelV4 } from "@ai-sdk/provider";
import type { Query } from "@/analytics/query/query";
import type { ResultRow } from "@/analytics/query/result";
import { runMetricQuery } from "@/analytics/query/run";
import { drillShape } from "@/analytics/shapes/drill-shape";
import { runShape } from "@/analytics/shapes/run-shape";
import { answerIn } from "../ask";
import type { ChatMessage } from "../chat/messages";
import { talk } from "../testing/read-chat";
import type { ToolContext } from "../tools/context";
import { toShapeQuery } from "../tools/shape";
import type { Expected, ExpectedQuery } from "./case";
import type { EvalQuestion } from "./cases";

export type ValueGrade = "right" | "wrong" | "refused" | "errored";

export interface EvalResult {
  question: EvalQuestion;
  grade: ValueGrade;
  held_out: boolean;
  ms: number;
  text: string;
}

/** Asks every question through the whole chat loop and grades the values that came back. */
export async function runEvals(
  questions: EvalQuestion[],
  {
    context,
    model,
    onResult,
  }: { context: ToolContext; model?: LanguageModelV4 | null; onResult?: (result: EvalResult) => void },
): Promise<EvalResult[]> {
  const results: EvalResult[] = [];
  for (const question of questions) {
    const started = performance.now();
    const answers = await talk(question.turns, { context, model });
    const last = answers.at(-1);
    const grade = last ? await gradeAnswer(last, question.expected, context) : "errored";
    const ms = (performance.now() - started) / question.turns.length;
    const result = {
      question,
      grade,
      held_out: question.held_out,
      ms,
      text: last ? answerIn(last).text : "",
    };
    results.push(result);
    onResult?.(result);
  }
  return results;
}

/** A number where none was expected is wrong; words where a number was expected are a refusal. */
export async function gradeAnswer(
  message: ChatMessage,
  expected: Expected,
  context: ToolContext,
): Promise<ValueGrade> {
  const tools = message.parts.filter((part) => part.type.startsWith("tool-"));
  const failed = tools.some((part) => "state" in part && part.state !== "output-available");
  const answered = message.parts.flatMap((part) =>
    part.type === "tool-query_metric" && part.state === "output-available" ? [part.output.result] : [],
  );
  if (expected.kind === "numbers") {
    if (answered.length === 0) return failed ? "errored" : "refused";
    const wanted = await Promise.all(expected.queries.map((query) => valuesOf(query, context)));
    const given = answered.map(({ query, rows, totals }) => comparable(query, rows, totals));
    return JSON.stringify(given) === JSON.stringify(wanted) ? "right" : "wrong";
  }
  if (expected.kind === "shape") {
    const shown = message.parts.flatMap((part) =>
      part.type === "tool-shape" && part.state === "output-available" ? [part.output] : [],
    );
    if (shown.length === 0) return answered.length > 0 ? "wrong" : failed ? "errored" : "refused";
    const wanted = await shapeValues(expected, context);
    const given = shown.map(({ result, behind }) => ({ rows: result.rows, people: behind?.total ?? null }));
    return JSON.stringify(given) === JSON.stringify([wanted]) ? "right" : "wrong";
  }
  if (expected.kind === "tool") {
    const called = tools.find(({ type }) => type === `tool-${expected.tool}`);
    if (!called) return answered.length > 0 ? "wrong" : "refused";
    // A tool that says in its own words why not (nobody matches, no such campaign) has been asked the right thing.
    if ("errorText" in called && /inside Keapsake|could not be/.test(called.errorText ?? ""))
      return "errored";
    return "input" in called && contains(called.input, expected.input ?? {}) ? "right" : "wrong";
  }
  return tools.length === 0 ? "right" : "wrong";
}

async function shapeValues(
  { input, open }: Extract<Expected, { kind: "shape" }>,
  { door, principal, account, clock }: ToolContext,
): Promise<unknown> {
  const asker = { door, principal, account, clock };
  const { rows } = await runShape(toShapeQuery(input), asker);
  const people = open ? (await drillShape(toShapeQuery(input), open, asker)).total : null;
  return { rows, people };
}

async function valuesOf(
  query: ExpectedQuery,
  { door, principal, account, clock }: ToolContext,
): Promise<unknown> {
  const result = await runMetricQuery(query, { door, principal, account, clock });
  return comparable(result.query, result.rows, result.totals);
}

/** What a reader would compare: the metrics' values per group and bucket, in the order they are shown. */
function comparable(query: Query, rows: readonly ResultRow[], totals: readonly ResultRow[]): unknown {
  const metrics = [...query.metrics].sort();
  const keys = [...query.dimensions.map((id) => (id === "time" ? "time" : `${id}_id`)).sort(), ...metrics];
  if (query.comparison) keys.push(...metrics.map((id) => `${id}__previous`));
  const cut = (row: ResultRow) => keys.map((key) => row[key] ?? null);
  const cells = rows.map(cut);
  return {
    keys,
    rows: query.order ? cells : cells.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
    totals: totals.map(cut),
  };
}

function contains(actual: unknown, expected: unknown): boolean {
  if (expected && typeof expected === "object" && !Array.isArray(expected)) {
    return Object.entries(expected).every(([key, value]) =>
      contains((actual as Record<string, unknown> | undefined)?.[key], value),
    );
  }
  if (typeof expected === "string" && typeof actual === "string")
    return actual.toLowerCase() === expected.toLowerCase();
  return JSON.stringify(actual) === JSON.stringify(expected);
}
