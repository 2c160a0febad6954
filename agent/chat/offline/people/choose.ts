import type { PeopleInput } from "../../../people/people-input";
import type { PlanContext, Reply } from "../plan";
import { understand } from "../understand";
import { completeNames } from "./complete-names";
import { readPeople } from "./read-people";

/** People that were read from a phrase, and what words of it were taken to mean. */
export interface Chosen {
  people: PeopleInput;
  meanings: string[];
}

/** The people a phrase names; null where a word of it is not known. `tags` are those that were spoken of before. */
export function peopleIn(phrase: string, { index, today }: PlanContext, tags?: string[]): Chosen | null {
  const reading = readPeople(phrase, index, today, tags);
  if (reading.kind === "people") return reading;
  if (reading.kind !== "unclear") return null;
  // A name that is only half said (`facebook leads`) may be completed where it fits one; the answer says it in full.
  const completed = completeNames(phrase, index);
  if (completed.meanings.length === 0) return null;
  const again = readPeople(completed.phrase, index, today, tags);
  return again.kind === "people"
    ? { people: again.people, meanings: [...completed.meanings, ...again.meanings] }
    : null;
}

export function callPeople(
  input: Record<string, unknown>,
  context: PlanContext,
  meanings: string[] = [],
  tool = "find_contacts",
): Reply {
  if (!context.available.has(tool))
    return {
      kind: "say",
      topic: "refuse",
      text: "Your role does not include people's records. An administrator of this account can change that. Numbers I can compute for you at any time.",
      suggestions: ["Customers", "New customers last month"],
    };
  return {
    kind: "call",
    calls: [{ tool, input }],
    meanings,
    understanding: understand("", context.index, context.today),
    ...(tool === "find_contacts" ? { whole: true as const } : {}),
  };
}
