import { getMetric } from "@/analytics/metrics/catalog";
import type { Query } from "@/analytics/query/query";
import type { Memory } from "../../memory";
import type { PlanContext, PlannedCall, Reply } from "../../plan";
import type { Understanding } from "../../understand";
import type { QueryInput } from "../draft";
import { call } from "../set-form";

export interface Shown {
  /** The queries of the answer just given. */
  now: Query[];
  /** The last two queries, the older first: of one answer, or of the last two. */
  pair: [Query, Query] | null;
  /** The first of the periods that were put in order. */
  leader?: Memory["leader"];
  drawing: NonNullable<Memory["last"]>["drawing"];
  title: string | undefined;
  said: string;
  today: PlanContext["today"];
  read: () => Understanding;
}
export type Turn = (shown: Shown, match: RegExpExecArray) => Reply | null;

/** Begins what is said with a gap, which the answer works out from the first two rows. */
export const gapSaid = "By how much";

export function reply(
  { read, said }: Pick<Shown, "read" | "said">,
  calls: PlannedCall[],
  meanings: string[] = [],
): Reply {
  return {
    kind: "call",
    calls,
    meanings: meanings.length > 0 ? meanings : [`I took "${said.slice(0, 80)}" of the answer just shown.`],
    understanding: read(),
    whole: true,
  };
}

export const refuse = (text: string, suggestions: string[] = []): Reply => ({
  kind: "say",
  topic: "clarify",
  text,
  suggestions,
});

export const labelOf = (id: string) => getMetric(id)?.label ?? id;
export const groupsOf = ({ dimensions }: Query) => dimensions.filter((id) => id !== "time");
export const asInput = (query: Query) => query as QueryInput;
export const callOf = (query: QueryInput, shown: Pick<Shown, "drawing">): PlannedCall =>
  call(query, shown.drawing);
