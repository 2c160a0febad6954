import type { Where } from "../../../people/where";
import type { Memory } from "../memory";
import { normalise } from "../normalise";
import type { PlanContext, Reply } from "../plan";
import { callPeople, peopleIn } from "./choose";
import type { Span } from "./clause";
import { peopleOfQuery } from "./from-query";
import { periodAt, spanOf } from "./periods";
import { nested } from "./read-people";

/** What is asked in a word or two about the people shown, or counted, just before: it never becomes everybody's. */

const marked =
  /^(?:(?:and|but|so|ok|now) )*(?:(?:are|is|do|does|have|has|did) (?:they|any(?: of (?:them|those))?|some|those|these)(?: of them)?(?: all| each| both)? |(?:still|also|already|currently|ever) )+(?<phrase>[\p{L}\p{N}' -]{3,60}?)(?: too| as well| now| right now| left)?$/iu;
const debts =
  /^(?:(?:and|but|so|ok|now) )*(?:any |with |an? )*(?<phrase>(?:open|unpaid|outstanding|overdue|late) (?:balances?|invoices?|bills?|orders?|payments?|tasks?|to-?dos?|deals?))$/iu;

/** `still open balance?`, `unpaid invoices?`: of the people shown or counted before, never of everybody. */
export function stillThose(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const phrase = (marked.exec(raw) ?? debts.exec(raw))?.groups?.phrase;
  if (!phrase || memory.unanswered || phrase.split(" ").length > 6) return null;
  const before = memory.people ? nested(memory.people) : countedBefore(memory, context);
  if (!before) return null;
  for (const form of [phrase, `with ${phrase}`, `with an ${phrase}`, `are ${phrase}`]) {
    const read = peopleIn(form, context);
    const added = read && nested(read.people);
    if (added)
      return callPeople({ where: { and: [before, added] }, limit: 20 }, context, [
        "I took this for those shown before.",
        ...read.meanings,
      ]);
  }
  return null;
}

const sinceForm =
  /^(?:(?:and|but|only|just|the ones|those|ones) )*(?=(?:from|in|of|since|within|during|over) )(?<when>.{4,40})$/i;
const began: Record<string, (span: Span) => Where> = {
  subscribers: (span) => ({ subscription: "started", ...span }),
  customers: (span) => ({ did: "first_bought", ...span }),
  contacts: (span) => ({ did: "joined", ...span }),
};

/** `from the last 60 days`, after how many members there are: who became one in those days, not how many there were then. */
export function sinceThen(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const when = sinceForm.exec(raw)?.groups?.when;
  const counted = when && !memory.people && !memory.unanswered ? countedBefore(memory, context) : null;
  const metric = memory.last?.query.metrics[0] ?? "";
  const since = began[metric];
  if (!when || !counted || !since || !memory.last?.query.filters) return null;
  const said = normalise(when).clean.replace(/^(?:from|in|of|within|during|over) (?!now)/, "");
  const found = periodAt(said, context.today) ?? periodAt(normalise(when).clean, context.today);
  const span = found && spanOf(found.period, context.today);
  if (!found || !span || found.length < said.length) return null;
  return callPeople({ where: { and: [counted, since(span)] }, limit: 20 }, context, [
    `I took "${when}" for when they began: ${metric === "subscribers" ? "their first paid subscription" : metric === "customers" ? "their first purchase" : "when they were added"}.`,
  ]);
}

/** Whether a question is one of those, so that no other reader takes it for everybody's. */
export const isOfThoseShown = (question: string, memory: Memory): boolean => {
  const { people, order, unanswered, shown, last } = memory;
  const raw = question.trim().replace(/[?.!\s]+$/, "");
  const counted = shown === "number" && (last?.query.metrics.every((id) => countsPeople.has(id)) ?? false);
  return Boolean((people || order || counted) && !unanswered && (marked.test(raw) || debts.test(raw)));
};

const countsPeople = new Set(
  "contacts customers active_customers lapsed_customers subscribers new_leads new_customers subscribers_gained subscribers_lost mailable_contacts".split(
    " ",
  ),
);

/** The people a number just shown has counted; null for everybody, for a series and for a number of something else. */
export function countedBefore({ last, shown }: Memory, context: PlanContext): Where | null {
  if (!last || shown !== "number") return null;
  const { query } = last;
  const [metric = "", another] = query.metrics;
  if (another || !countsPeople.has(metric) || query.dimensions.length > 0 || query.comparison) return null;
  if (metric === "contacts" && !query.filters) return null;
  return peopleOfQuery(query, context.today);
}
