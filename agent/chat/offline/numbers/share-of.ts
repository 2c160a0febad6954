import type { Filter } from "@/analytics/query/query";
import { filterInWords, partsOf, subjectOf } from "../build-filters";
import type { Memory } from "../memory";
import type { PlanContext, PlannedCall, Reply } from "../plan";
import { planMetric } from "../plan-metric";
import type { Understanding } from "../understand";
import type { QueryInput } from "./draft";

/** Title of the second of two answers, of which the first is a part. */
export const wholeTitle = "Of which it is a part";

/**
 * `what share of revenue comes from courses`: the part, and beside it the whole it is of, asked of the same days. The
 * whole keeps every other condition.
 */
export function shareOf(understanding: Understanding, memory: Memory, context: PlanContext): Reply {
  const reply = planMetric({ ...understanding, intent: "metric" }, memory, context);
  const [part, another] = reply.kind === "call" ? reply.calls : [];
  if (reply.kind === "say" || !part || another || part.tool !== "query_metric") return reply;
  const query = withoutRows(part.input.query as QueryInput);
  const conditions = partsOf(query.filters);
  const named = understanding.names.map(({ kind }) => `${kind}`);
  const asked = conditions.find((each) => "dimension" in each && named.includes(each.dimension));
  const own = (memory.last && asked) ?? conditions.find(isPart) ?? conditions[0];
  if (!own) return reply;
  const rest = conditions.filter((condition) => condition !== own);
  const { filters: _, ...unfiltered } = query;
  const filters = rest.length > 1 ? { and: rest } : rest[0];
  const whole: QueryInput = { ...unfiltered, ...(filters ? { filters } : {}) };
  const calls: PlannedCall[] = [
    { ...part, input: { ...part.input, query } },
    { tool: "query_metric", input: { ...part.input, query: whole, title: wholeTitle } },
  ];
  return {
    ...reply,
    calls,
    meanings: [
      ...shareSaid(understanding.raw),
      ...reply.meanings,
      `The first number (${filterInWords(own)}) is the part, the second what it is a part of.`,
    ],
  };
}

/** `what percentage is California` after a list of states: the one and all of them, each as one number. */
function withoutRows(query: QueryInput): QueryInput {
  const one = partsOf(query.filters).find(
    (each) =>
      "dimension" in each && each.is.length === 1 && (query.dimensions ?? []).includes(each.dimension),
  );
  if (!one || !("dimension" in one)) return query;
  const { order: _, limit: __, others: ___, ...rest } = query;
  return { ...rest, dimensions: (query.dimensions ?? []).filter((id) => id !== one.dimension) };
}

/** The words that asked for a share, said back: it is the two numbers side by side. */
const shareSaid = (raw: string): string[] => {
  const said =
    /(?:what |which |how big a |how much of )?(?:share|percent(?:age)?|%|proportion|fraction|part|portion|slice)|how much of/i.exec(
      raw,
    )?.[0];
  return said ? [`For "${said.trim().replace("%", "percent")}" here are the part and the whole.`] : [];
};

/** What is asked about is a thing or a group before it is a place. */
const isPart = (filter: Filter): boolean => !["country", "region"].includes(subjectOf(filter));
