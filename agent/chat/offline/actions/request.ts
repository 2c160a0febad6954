import { type PeopleInput, peopleInWords } from "../../../people/people-input";
import type { Memory } from "../memory";
import { nested, type PeopleReading, readPeople } from "../people/read-people";
import type { PlanContext, Reply } from "../plan";
import { exampleQuestions } from "../suggest";
import { understand } from "../understand";

/** What all requests have in common: the call, whom it is about, and what is said where that is not clear. */
export type Say = Extract<Reply, { kind: "say" }>;

export function call(
  tool: string,
  input: Record<string, unknown>,
  context: PlanContext,
  meanings: string[] = [],
): Reply {
  if (!context.available.has(tool)) return notOpen(tool);
  return {
    kind: "call",
    calls: [{ tool, input }],
    meanings,
    understanding: understand("", context.index, context.today),
    ...(readWhole.has(tool) ? { whole: true as const } : {}),
  };
}

/** Their people are read word by word, and the rest of the request has a form of its own. */
const readWhole = new Set([
  "find_contacts",
  "propose_tags",
  "propose_outreach",
  "create_segment",
  "propose_update",
]);

const purposes: Record<string, string> = {
  find_contacts: "people's records",
  get_contact: "people's records",
  keap_lookup: "live look-ups in Keap",
  list_conflicts: "sync conflicts",
  create_alert: "alerts",
  create_segment: "segments",
  get_board: "boards",
  cohort: "cohorts",
};

export function notOpen(tool: string): Say {
  return {
    kind: "say",
    topic: "refuse",
    text: `Your role, or this installation, does not include ${purposes[tool] ?? "proposing changes"}. An administrator of this account can change that. Numbers I can compute for you at any time.`,
    suggestions: exampleQuestions.slice(0, 3),
  };
}

export const clarify = (text: string, suggestions: string[] = exampleQuestions.slice(0, 2)): Say => ({
  kind: "say",
  topic: "clarify",
  text,
  suggestions,
});

/** People a request names, or those of the answer before. */
export function whom(phrase: string, memory: Memory, context: PlanContext): PeopleReading {
  const back =
    /^(?:them|those|these|it|that (?:group|list)|(?:those|these|the same|all of (?:them|those)) ?(?:people|contacts|customers|ones)?|everyone (?:in|on) (?:that|the) list|all of them)$/i;
  if (back.test(phrase.trim()))
    return memory.people && !memory.unanswered
      ? { kind: "people", people: memory.people, meanings: [] }
      : {
          kind: "unclear",
          text: memory.unanswered
            ? "Your last question was not answered, so I don't know whom you mean. Ask for the people first, or say who they are."
            : "I don't know whom you mean: no list of people was shown before this.",
        };
  // `those over 500`, `the ones who opened`: some of the people shown last.
  const some = /^(?:those|them|these|the ones)(?: of (?:them|those))?(?:,? (?:who|that|which))? (.+)$/i.exec(
    phrase.trim(),
  )?.[1];
  const before = some && memory.people ? nested(memory.people) : null;
  if (some && before) {
    const said = /^(?:over|above|under|below|at least|more than|less than) [$€£]?\d/i.test(some)
      ? `spent ${some}`
      : some;
    const more = readPeople(said, context.index, context.today);
    const added = more.kind === "people" && nested(more.people);
    if (added) return { ...more, people: { where: { and: [before, added] } } };
  }
  return readPeople(phrase, context.index, context.today);
}

export function sayWhy(reading: Exclude<PeopleReading, { kind: "people" }>): Say {
  if (reading.kind === "unclear") return clarify(reading.text);
  return {
    kind: "say",
    topic: reading.kind === "beyond" ? "refuse" : "clarify",
    text:
      reading.kind === "beyond"
        ? `I can't choose people ${reading.how}. I can choose them by tags they hold or lack, products they bought or never bought, whether and since when they ordered, what they paid in all, country, state, lead source and risk.`
        : 'Whom do you mean? For example "people tagged VIP who never bought the Coaching Call", or "everyone at risk".',
    suggestions: ["Who is at risk of not coming back?", ...exampleQuestions.slice(0, 2)],
  };
}

export const unquote = (text: string) =>
  text
    .trim()
    .replace(/^["']|["']$/g, "")
    .trim();

export const reasonOf = (people: PeopleInput) =>
  Object.keys(people).length === 0
    ? "For everyone."
    : `For people who ${peopleInWords(people)}.`.slice(0, 500);
