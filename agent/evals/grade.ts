import { querySchema } from "@/analytics/query/query";
import { parseShape } from "@/analytics/shapes/run-shape";
import type { Reply } from "../chat/offline/plan";
import { type ShapeInput, toShapeQuery } from "../tools/shape";
import type { Expected, ExpectedQuery } from "./case";

/** `wrong` is the bad one: a confident answer to something else. Refusing or asking back needlessly is `refused`. */
export type Grade = "right" | "wrong" | "refused";

/** Grades a plan without a database: the same query on the same data gives the same values. */
export function gradeReply(reply: Reply, expected: Expected): Grade {
  if (reply.kind === "say") {
    if (expected.kind === "numbers" || expected.kind === "shape" || expected.kind === "tool")
      return "refused";
    const allowed: Record<string, string[]> = {
      clarify: ["clarify"],
      refuse: ["refuse", "lost", "clarify"],
      chat: ["chat"],
    };
    return allowed[expected.kind]?.includes(reply.topic) ? "right" : "refused";
  }
  if (expected.kind === "numbers") {
    if (reply.calls.some(({ tool }) => tool !== "query_metric")) return "wrong";
    const asked = reply.calls.map(({ input }) => canonical(input.query as ExpectedQuery));
    return same(asked, expected.queries.map(canonical)) ? "right" : "wrong";
  }
  if (expected.kind === "shape") {
    const [call, another] = reply.calls;
    if (call?.tool !== "shape" || another) return "wrong";
    const { open, ...input } = call.input as ShapeInput & { open?: unknown };
    const asked = [canonicalShape(input), open ?? null];
    return same(asked, [canonicalShape(expected.input), expected.open ?? null]) ? "right" : "wrong";
  }
  if (expected.kind !== "tool") return "wrong";
  const call = reply.calls.find(({ tool }) => tool === expected.tool);
  if (!call) return "wrong";
  return contains(call.input, expected.input ?? {}) ? "right" : "wrong";
}

/** One form for queries that mean the same: order of metrics, of conditions and of values does not matter. */
export function canonical(query: ExpectedQuery): unknown {
  const { metrics, filters, ...rest } = querySchema.parse(query);
  return { ...rest, metrics: [...metrics].sort(), filters: filters ? sorted(filters) : undefined };
}

/** Every default filled in; steps stay in their order. */
export function canonicalShape(input: ShapeInput): unknown {
  const query = parseShape(toShapeQuery(input));
  return query.shape === "funnel" ? { ...query, steps: JSON.stringify(query.steps) } : query;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (value && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, child]) => [key, sorted(child)]),
    );
  return value;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** Every part of `expected` is in `actual`. */
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
