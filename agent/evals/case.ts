import type { Filter, QueryInput as LooseQueryInput } from "@/analytics/query/query";
import type { ShapeCell } from "@/analytics/shapes/cell";
import type { ShapeInput } from "../tools/shape";

export type ExpectedQuery = Omit<LooseQueryInput, "filters"> & { filters?: Filter };

/**
 * What a right answer is. Numbers are graded by value: the rows of the answer must equal the rows of the expected query.
 * A refusal or a question back is right only where that is expected; a number there is a silent wrong.
 */
export type Expected =
  | { kind: "numbers"; queries: ExpectedQuery[] }
  | { kind: "shape"; input: ShapeInput; open?: ShapeCell }
  | { kind: "tool"; tool: string; input?: Record<string, unknown> }
  | { kind: "clarify" }
  | { kind: "refuse" }
  | { kind: "chat" };

export interface EvalCase {
  /** Kind of question, by which results are counted. */
  group: string;
  /** The same question in several wordings; each is asked in a conversation of its own. */
  wordings: string[];
  /** Questions asked before, in the same conversation. */
  before?: string[];
  expected: Expected;
}

export const numbers = (...queries: ExpectedQuery[]): Expected => ({ kind: "numbers", queries });
/** A shape graded by its rows; with `open` also by what stands behind that cell. */
export const shape = (input: ShapeInput, open?: ShapeCell): Expected => ({
  kind: "shape",
  input,
  ...(open ? { open } : {}),
});
export const clarify: Expected = { kind: "clarify" };
export const refuse: Expected = { kind: "refuse" };
export const chat: Expected = { kind: "chat" };
export const tool = (name: string, input?: Record<string, unknown>): Expected => ({
  kind: "tool",
  tool: name,
  input,
});

/** Every fifth question is kept aside while the analyst is built, so that its share says how it fares on new ones. */
export function isHeldOut(index: number): boolean {
  return index % 5 === 4;
}

/** Days from and to, both included. */
export const range = (from: string, to: string) => ({ from, to });

/** The first so many by a metric, without a row for the others. */
export const top = (by: string, limit: number) => ({
  order: { by, direction: "desc" as const },
  limit,
  others: false,
});
