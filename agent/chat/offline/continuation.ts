import { getMetric } from "@/analytics/metrics/catalog";
import type { Memory } from "./memory";
import { nested } from "./people/read-people";
import type { Reply } from "./plan";

type Planned = Extract<Reply, { kind: "call" }>;

/**
 * A few words behind an answer go on with it: they keep its number, its conditions and its days, or change one of them
 * by name. Whatever reader made the plan of them, it is held against that here, and where something was lost on the way
 * it is put back or asked for. A number of everybody that looks like one of those just shown is the worst kind of wrong.
 */
export function goOn(question: string, reply: Planned, memory: Memory): Planned | string {
  const { last, people, shape, records, unanswered } = memory;
  const short = question.trim().split(/\s+/).length <= 8;
  if (!short) return reply;
  if (unanswered) return isOfTheUnanswered(question, reply) ? ofTheUnanswered : reply;
  if (!last && !people && !shape && !records) return reply;
  if (reply.meanings.some((line) => /^You named no number/.test(line)) && !ownSubject.test(question))
    return "I don't know which number you mean: it is not clear what of the answer before this is about. Say the number, with its time.";
  if (shape && against.test(question) && reply.calls.every(({ tool }) => tool === "shape"))
    return "I show one of these at a time, not two side by side. Ask for the other by itself.";
  if (losesPeople(question, reply, memory))
    return "I don't know of whom: this would be everybody, not only those of the answer before. Ask it in full, with who they are.";
  return withTheirFilters(reply, memory);
}

const ofTheUnanswered =
  "Your last question was not answered, so I don't know whom this is about. Ask it in full, with who they are.";

const against = /\b(?:vs|versus|against|compared (?:to|with))\b/i;
/** What stands by itself, whatever was shown before. */
const ownSubject = /\b(?:we|business|company|things|everything|shop|sales|overall|today|going)\b/i;

/** `who is the client` behind a question that was refused: one that it was about. */
const isOfTheUnanswered = (question: string, { calls, meanings }: Planned): boolean =>
  !meanings.some((line) => line.startsWith("Your last question was not")) &&
  (calls.every(({ tool }) => tool === "explain_change")
    ? /\b(?:the (?:difference|drop|dip|fall|rise|jump|change)|it|that|this)\b(?! (?:month|week|quarter|year))/i.test(
        question,
      )
    : calls.every(({ tool }) => tool === "find_contacts" || tool === "find_records") &&
      /^\s*(?:and |so |but )?(?:who|which|what|whose)(?:'s| is| are| was| were) (?:the|this|that|these|those|it|they)\b/i.test(
        question,
      ));

const anybody =
  /\b(?:people|persons?|customers?|contacts?|clients?|leads?|members?|subscribers?|buyers?|every(?:body|one)|any(?:body|one))\b/i;
const goesOn =
  /^\s*(?:(?:but|and|or|also|then|only|just|so|who|that|which|ones?|those) )*(?:did(?:n'?t| not)|do(?:n'?t| not)|have(?:n'?t| not)|has(?:n'?t| not)|are(?:n'?t| not)|never|not|without|no)\b/i;

/** `but didn't buy a kit` behind `members who came`: the members, the tag and all that was asked of them. */
function losesPeople(question: string, { calls }: Planned, { last, people, order }: Memory): boolean {
  const [call] = calls;
  if (call?.tool !== "find_contacts" || !goesOn.test(question) || anybody.test(question)) return false;
  if (!people && order) return false;
  const ofPeople = last?.query.metrics.some((id) => {
    const drill = getMetric(id)?.drill;
    return drill === "contacts" || drill === "subscriptions";
  });
  if (!people && !ofPeople) return false;
  const before = conditionsIn(people ? (nested(people) ?? people) : last?.query.filters, "");
  const now = conditionsIn(nested(call.input) ?? call.input, "");
  return before.length === 0 || !before.every(([, value]) => now.some(([, other]) => other === value));
}

/** `why the drop` behind Google's September: of Google, in September. */
function withTheirFilters(reply: Planned, { last, people }: Memory): Planned {
  const filters = last?.query.filters;
  const { names, clearFilters, time } = reply.understanding;
  if (!filters || people || names.length > 0 || clearFilters) return reply;
  const [call, another] = reply.calls;
  if (call?.tool !== "explain_change" || another || call.input.filters) return reply;
  if (call.input.metric !== last?.query.metrics[0] || time.period) return reply;
  return {
    ...reply,
    calls: [{ ...call, input: { ...call.input, filters } }],
    meanings: [...reply.meanings, "Still of what the answer before was narrowed to."],
  };
}

/** The name of a condition and one of the values it asks for. */
export type Condition = readonly [string, unknown];

/** Every condition of a filter or of a choice of people, however deep it stands. */
export function conditionsIn(value: unknown, key: string): Condition[] {
  if (Array.isArray(value)) return value.flatMap((each) => conditionsIn(each, key));
  if (typeof value !== "object" || value === null) return value === undefined ? [] : [[key, value]];
  // A filter says `dimension: region, is: [Texas]` where a choice of people says `region: [Texas]`.
  if ("dimension" in value && "is" in value) return conditionsIn(value.is, String(value.dimension));
  return Object.entries(value).flatMap(([name, child]) => conditionsIn(child, name));
}
