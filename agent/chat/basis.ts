import type { QueryDoor } from "@/analytics/query/door";
import type { ToolContext } from "../tools/context";
import type { ToolDefinition } from "../tools/define-tool";
import type { AnswerBasis } from "./messages";

/** Statements kept with an answer; a tool that looks names up first runs a few. */
const mostStatements = 8;
const longestStatement = 20_000;

/** The context with a door that remembers what went through it. */
export function recording(context: ToolContext): { context: ToolContext; seen: Seen } {
  const seen: Seen = { statements: [], as_of: null };
  const door: QueryDoor = async (sql, params, principal) => {
    const answer = await context.door(sql, params, principal);
    if (seen.statements.length < mostStatements)
      seen.statements.push({ sql: sql.slice(0, longestStatement), params: [...params] });
    seen.as_of = answer.as_of;
    return answer;
  };
  return { context: { ...context, door }, seen };
}

/** What a tag, a product or a user is called; null where nobody knows. */
export type NameOf = (id: string) => string | null;

const anId = /[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g;

export interface Seen {
  statements: AnswerBasis["statements"];
  as_of: string | null;
}

/**
 * What a list, a search or a person's record rests on: the words of the condition, the statements that ran, how fresh
 * the data is and how many there are. Null where the result says it itself (metrics and shapes) or nothing was queried.
 */
export function basisOf(
  tool: Pick<ToolDefinition, "title">,
  toolCallId: string,
  { input, output }: { input: unknown; output: unknown },
  { seen, account, nameOf }: { seen: Seen; account: ToolContext["account"]; nameOf: NameOf },
): AnswerBasis | null {
  const said = (output ?? {}) as Record<string, unknown>;
  if (seen.statements.length === 0 || "result" in said || "cohorts" in said || "run" in said) return null;
  // Who could be meant by a name is a question back, not an answer.
  if (said.profile === null) return null;
  const list = ["people", "records", "results", "rows"].map((key) => said[key]).find(Array.isArray);
  const shown = list?.length ?? 1;
  return {
    tool_call_id: toolCallId,
    title: tool.title,
    // Two tags that differ in their capitals are asked for by id; nobody reads those.
    definition: [definitionOf(said), orderIn(input)]
      .filter(Boolean)
      .join(" ")
      .replace(anId, (id) => nameOf(id) ?? id),
    time_zone: account.time_zone,
    as_of: seen.as_of,
    shown,
    total: typeof said.total === "number" ? said.total : shown,
    statements: seen.statements,
  };
}

const searched: Record<string, string> = {
  words: "Texts that hold all the words or other forms of them, the best first.",
  some: "No text holds all the words; these hold some of them, the best first.",
  spelling: "No text holds the words; these hold words that are spelled alike.",
  meaning: "No text holds the words; these are near in meaning.",
  newest: "The newest texts.",
  nothing: "No text fits.",
};

const orders: Record<string, string> = {
  spent: "by what they paid, refunds taken off",
  orders: "by how often they ordered",
  last_order: "by their last order",
  first_order: "by their first order",
  added: "by when they were added",
  owes: "by what they owe",
};

/** How a list of people is put in order, and the days that count for it. */
function orderIn(input: unknown): string {
  const { order } = (input ?? {}) as { order?: unknown };
  const { by, from, to } = (order ?? {}) as Record<string, unknown>;
  if (typeof by !== "string" || !orders[by]) return "";
  const days = [typeof from === "string" ? `from ${from}` : "", typeof to === "string" ? `to ${to}` : ""];
  const period = days.filter(Boolean).join(" ");
  return `In order ${orders[by]}${period && `, ${period}`}.`;
}

function definitionOf({ who, what, matched, label, profile }: Record<string, unknown>): string {
  if (typeof who === "string") return `People who ${who}.`;
  if (typeof what === "string") return `${what.charAt(0).toUpperCase()}${what.slice(1)}.`;
  if (typeof matched === "string") return searched[matched] ?? "";
  if (typeof label === "string") return `${label.charAt(0).toUpperCase()}${label.slice(1)}.`;
  return profile === undefined ? "" : "The record of one person, as it stands here.";
}
