import { type PeopleInput, peopleInWords } from "../../../people/people-input";
import type { Where } from "../../../people/where";
import { type Memory, onlyTheFirst } from "../memory";
import { peopleIn } from "../people/choose";
import { readMore } from "../people/follow-up";
import { nested, type PeopleReading, readPeople } from "../people/read-people";
import { countedBefore } from "../people/those-shown";
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
  "create_alert",
  "sync_status",
  "propose_update",
  "save_question",
  "saved_questions",
  "list_boards",
]);

const purposes: Record<string, string> = {
  find_contacts: "people's records",
  get_contact: "people's records",
  keap_lookup: "live look-ups in Keap",
  list_conflicts: "sync conflicts",
  create_alert: "alerts",
  create_segment: "segments",
  get_board: "boards",
  save_question: "saved questions",
  saved_questions: "saved questions",
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

const back =
  /^(?:for |with |to |about )?(?:them(?: all)?|(?:their|the) (?:people|customers|clients|contacts)|those|these|it|this|(?:this|that|the) (?:group|list)|(?:those|these|the same|all of (?:them|those|these)) ?(?:people|contacts|customers|members|leads|ones)?|(?:everyone|everybody|all|the people) (?:in|on|from) (?:this|that|the) (?:list|group)|all of (?:them|those|these)|each of them)$/i;
/** `those over 500`, `only the ones from Canada`, `them who opened`: some of the people shown last. */
const someOf =
  /^(?:only |just )?(?:those|them|these|the ones|the people|ones)(?: (?:of|among|in) (?:them|those|that list))?(?:,? (?:who|that|which))? (.+)$/i;

/** People a request names, or those of the answer before. */
export function whom(phrase: string, memory: Memory, context: PlanContext): PeopleReading {
  const said = phrase.trim();
  const shownFirst = back.test(said) && !/\b(?:all|every)/i.test(said) ? noneButTheFirst(memory) : null;
  if (shownFirst) return { kind: "unclear", text: shownFirst };
  const behind =
    back.test(said) && !memory.people && !memory.unanswered ? peopleOfRecords(memory.records) : null;
  if (behind)
    return { kind: "people", people: { where: behind }, meanings: ["Them: the people of the list before."] };
  const counted =
    back.test(said) && !memory.people && !memory.unanswered ? countedBefore(memory, context) : null;
  if (counted)
    return {
      kind: "people",
      people: { where: counted },
      meanings: ["Them: the people whom the number before has counted."],
    };
  if (back.test(said))
    return memory.people && !memory.unanswered
      ? { kind: "people", people: memory.people, meanings: [] }
      : {
          kind: "unclear",
          text: memory.unanswered
            ? "Your last question was not answered, so I don't know whom you mean. Ask for the people first, or say who they are."
            : "I don't know whom you mean: no list of people was shown before this.",
        };
  const some = someOf.exec(said)?.[1];
  const before = some && memory.people && !memory.unanswered ? nested(memory.people) : null;
  if (some && before) {
    const more = readMore(some, false, memory, context);
    const added = more && nested(more.people);
    if (added)
      return { kind: "people", people: { where: { and: [before, added] } }, meanings: more.meanings };
  }
  const whole = readPeople(said, context.index, context.today);
  if (whole.kind !== "unclear") return whole;
  const chosen = peopleIn(said, context);
  // A name that was completed must not decide whom a change is for; where it could be the only one, it is asked back.
  return chosen
    ? {
        kind: "unclear",
        text: `${chosen.meanings[0] ?? "That name is only half said."} Say the name in full.`,
      }
    : whole;
}

/** Whose deals, tasks or orders were listed last, where conditions on people can say exactly that. */
export function peopleOfRecords(records: Memory["records"]): Where | null {
  if (!records) return null;
  const { kind, state, from, to, reason, limit, order, cursor: _, ...others } = records;
  // The ten biggest are no condition.
  if (order !== undefined && limit !== undefined && ![5, 20, 100].includes(Number(limit))) return null;
  const span = {
    ...(typeof from === "string" ? { from } : {}),
    ...(typeof to === "string" ? { to } : {}),
  };
  const plain = from === undefined && to === undefined;
  const { waiting_over_days, value_over, value_under, ...more } = others;
  if (Object.keys(more).length > 0) return null;
  const unpaid = state === "open" || state === "overdue";
  if (kind === "order" && plain && unpaid && typeof waiting_over_days === "number")
    return value_over === undefined && value_under === undefined ? { overdue_days: waiting_over_days } : null;
  if (waiting_over_days !== undefined) return null;
  if (value_over !== undefined || value_under !== undefined) return null;
  if (kind === "deal" && (state === "lost" || state === "won" || (state === "open" && plain)))
    return { deal: state, ...(typeof reason === "string" ? { reason } : {}), ...span };
  if (kind === "task" && plain && (state === "open" || state === "overdue"))
    return { is: state === "open" ? "task_open" : "task_overdue" };
  if (kind === "order" && plain && unpaid) return { is: state === "open" ? "owes" : "overdue" };
  return null;
}

/** The five best of Texas were shown: a change for `them` would be for all of Texas. */
function noneButTheFirst(memory: Memory): string | null {
  const { people } = memory;
  const first = onlyTheFirst(memory);
  if (!first) return null;
  return people
    ? `The answer before showed the first ${first} of those who ${peopleInWords(people)}. A proposal is for all who meet conditions, not for the first of a list. Say "all of them" if you mean everyone, or narrow it by what they spent.`
    : `The answer before showed the first ${first} of a ranking. A proposal is for people who meet conditions: say for example "people who spent over 1000".`;
}

/** A change for the first so many of a list: which they are may differ when it is carried out. */
export function firstFew(phrase: string): Say | null {
  return /^(?:only |just )?(?:the )?(?:first|top|next|last) (?:\d+|\p{L}+)(?: of (?:them|those|these))?\b/iu.test(
    phrase,
  )
    ? {
        kind: "say",
        topic: "refuse",
        text: "A proposal is for people who meet conditions, not for the first so many of a list, which may be others by the time it is approved. Narrow the list by what sets those people apart, such as what they spent.",
        suggestions: [],
      }
    : null;
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
