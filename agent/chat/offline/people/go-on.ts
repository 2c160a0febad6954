import { getMetric } from "@/analytics/metrics/catalog";
import { filterOf } from "../../../people/people-input";
import type { Where } from "../../../people/where";
import { numberWords } from "../calendar";
import { type Memory, onlyTheFirst } from "../memory";
import { normalise } from "../normalise";
import type { PlanContext, Reply } from "../plan";
import { callPeople, peopleIn } from "./choose";
import type { Span } from "./clause";
import { periodAt, spanOf } from "./periods";
import { nested } from "./read-people";
import { countedBefore } from "./those-shown";

/**
 * Words that name nobody themselves, behind people who were shown or counted: `bought already`, `but not this year`,
 * `in october`, `the others`. They are of those people or of nobody; whichever way they are said, what was asked of the
 * people before stays asked of them.
 */
export function goesOn(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { people, unanswered, records, search } = memory;
  if (unanswered || records || search || people?.at_risk) return null;
  if (onlyTheFirst(memory)) return null;
  const before = people ? nested(people) : countedBefore(memory, context);
  if (!before) return null;
  return narrowedBy(raw, before, memory, context);
}

// ── The same in other days ────────────────────────────────────────────────────────────────────────────────────────

const leads =
  /^(?:(?:and|but|so|ok|okay|now|then|also|only|just|please|pls|actually|what about|how about|same|again|the same|those|the ones|ones) )*/i;
const denied = /^(?:not|never|nothing|none|nobody|not again|no longer)(?: (?:any|anything|again))* /i;
const versus = /^(.+?),? (?:vs\.?|versus|against|compared (?:to|with)|and|or) (.+)$/i;

type Dated = Where & Span;
const isEvent = (part: Where): part is Dated =>
  "bought" in part ||
  "did" in part ||
  "paid_over" in part ||
  "paid_under" in part ||
  "order_over" in part ||
  ("subscription" in part && (part.subscription === "started" || part.subscription === "ended")) ||
  ("deal" in part && part.deal !== "open");
const isDated = (part: Where) => isEvent(part) && (part.from !== undefined || part.to !== undefined);

/** The whole of a text as days; null where a word is left over. */
export function onlyDays(text: string, { today }: PlanContext): Span | null {
  const { clean } = normalise(text);
  for (const said of [clean, clean.replace(/^(?:in|from|of|for|during|within|over) /, "")]) {
    const found = periodAt(said, today);
    const span = found && found.length === said.length ? spanOf(found.period, today) : null;
    if (span) return span;
  }
  return null;
}

/** A bare period is one of what they did; with `not` before it, one in which they did not. */
export function inOtherDays(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { people, unanswered } = memory;
  if (!people || people.at_risk || unanswered || onlyTheFirst(memory)) return null;
  const before = nested(people);
  if (!before) return null;
  const said = raw.replace(leads, "");
  const no = denied.exec(said)?.[0];
  const rest = said.slice(no?.length ?? 0).replace(/ (?:only|instead|too|as well|please|pls)$/i, "");
  const parts =
    "and" in before ? before.and.flatMap((part) => ("and" in part ? part.and : [part])) : [before];
  const span = onlyDays(rest, context);
  if (span) {
    if (no) return denyIn(span, parts, context);
    // `but last year`, of those who did not this year: then they did.
    const back = /^but\b/i.test(raw) ? doneIn(span, parts) : null;
    if (back) return callPeople({ where: { and: [...parts, back] }, limit: 20 }, context, []);
    const moved = movedTo(span, parts);
    const also = /^(?:and )?also\b| (?:too|as well)$/i.test(raw.trim());
    // `last year too`: in both.
    const where = moved && also ? bothOf(parts, moved) : moved;
    if (where)
      return callPeople(
        { where, limit: 20 },
        context,
        also ? ["In those days as well as in those before."] : [],
      );
    return parts.some(isEvent) ? askWhich : null;
  }
  // `this year vs last`: both, counted one beside the other.
  const two = no ? null : versus.exec(rest);
  if (!two?.[1] || !two[2]) return null;
  const unit = /\b(year|month|quarter|week)\b/i.exec(two[1])?.[1];
  const first = onlyDays(two[1], context);
  const second =
    onlyDays(two[2], context) ?? (unit && /^last$/i.test(two[2]) ? onlyDays(`last ${unit}`, context) : null);
  if (!first || !second) return null;
  // October against the year before would be October's, not the whole year's.
  const days = parts.filter(isDated) as Dated[];
  if (days.some(({ from, to }) => ![first, second].some((each) => each.from === from && each.to === to)))
    return null;
  const wheres = [first, second].map((each) => movedTo(each, parts));
  const [one, other] = wheres;
  if (!one || !other) return null;
  const reply = callPeople({ where: one, limit: 5 }, context, [
    `First "${two[1].trim()}", then "${two[2].trim()}".`,
  ]);
  return reply.kind === "call"
    ? {
        ...reply,
        calls: [...reply.calls, { tool: "find_contacts", input: { where: other, limit: 5 } }],
      }
    : reply;
}

/** The people in other days: the one thing they did in a period moves, or the one that had none gets one. */
function movedTo(span: Span, parts: Where[]): Where | null {
  const inner = (part: Where) => ("not" in part ? part.not : part);
  const dated = parts.filter((part) => isDated(inner(part)));
  const events = dated.length > 0 ? dated : parts.filter(isEvent);
  const [event, another] = events;
  // `between 200 and 500` are two bounds of one amount.
  if (another && events.length === 2 && events.every((part) => "paid_over" in part || "paid_under" in part))
    return all([
      ...parts.filter((part) => !events.includes(part)),
      { ...events[0], ...events[1], ...span } as Where,
    ]);
  if (!event || another) return null;
  // Exactly once in all, and then: not once in those days.
  if ("bought" in event && event.at_most !== undefined && !isDated(event)) {
    const { at_least: _, at_most: __, ...what } = event;
    return all([...parts, { ...what, ...span }]);
  }
  const move = (part: Where): Where => {
    const { from: _, to: __, ...what } = part as Record<string, unknown>;
    return { ...what, ...span } as Where;
  };
  return all(
    parts.map((part) => (part === event ? ("not" in part ? { not: move(part.not) } : move(part)) : part)),
  );
}

/** The one thing they did not do in other days, done in these. */
function doneIn(span: Span, parts: Where[]): Where | null {
  const [denial, another] = parts.filter((part) => "not" in part && isDated(part.not));
  if (!denial || another || parts.some(isDated) || !("not" in denial)) return null;
  const { from: _, to: __, at_least: ___, at_most: ____, ...what } = denial.not as Record<string, unknown>;
  return { ...what, ...span } as Where;
}

/** What they did in both periods. */
function bothOf(parts: Where[], moved: Where): Where {
  const others = "and" in moved ? moved.and : [moved];
  return { and: [...parts, ...others.filter((part) => !parts.some((each) => same(each, part)))] };
}

/** `but not this year`: what they did before, not in those days. */
function denyIn(span: Span, parts: Where[], context: PlanContext): Reply | null {
  const events = parts.filter(isEvent);
  const last = events.filter(isDated).at(-1) ?? events.at(-1);
  if (!last) return null;
  const { from: _, to: __, at_least: ___, at_most: ____, ...what } = last as Record<string, unknown>;
  const money = "paid_over" in what || "paid_under" in what || "order_over" in what;
  const not = money ? { bought: [], ...span } : ({ ...what, ...span } as Where);
  return callPeople({ where: all([...parts, { not }]) ?? { not }, limit: 20 }, context, [
    ...(money ? ["I read the second period as one without any order."] : []),
  ]);
}

const askWhich: Reply = {
  kind: "say",
  topic: "clarify",
  text: 'I can\'t tell which of the conditions of the people before those days are for. Ask it in full, for example "customers who bought this year".',
  suggestions: [],
};

// ── The rest of them ──────────────────────────────────────────────────────────────────────────────────────────────

const others =
  /^(?:(?:and|but|so|what about|how about|show|list|give|who are|only|now|me|us) )*(?:the )?(?:others|other ones|remaining(?: ones)?|rest|rest of (?:them|those))$/i;

/** `the others`, after some of those before: those before who are none of them. */
export function othersOf(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { page, people, order, unanswered } = memory;
  const before = people && !order && !unanswered ? nested(people) : null;
  if (!before || !others.test(raw) || !("and" in before) || before.and.length !== 2) return null;
  // What did not fit on the page is the rest as well.
  if (/\b(?:rest|remaining)/i.test(raw) && page && page.limit > 5) return null;
  const [group, some] = before.and;
  if (!group || !some) return null;
  return callPeople(
    { where: { and: [group, "not" in some ? some.not : { not: some }] }, limit: 20 },
    context,
    ["The others: of the people before, those for whom the last condition does not hold."],
  );
}

// ── Fewer of them ─────────────────────────────────────────────────────────────────────────────────────────────────

const noun =
  /\b(?:people|persons?|customers?|contacts?|clients?|leads?|members?|subscribers?|buyers?|folks|ppl|every(?:body|one)|any(?:body|one)|orders?(?= (?:from|over|of))|deals?|tasks?|invoices|appointments?|revenue|sales|products?)\b/i;
const asksOrActs =
  /^(?:(?:and|but|so|ok|now|then|please) )*(?:what|when|where|why|how|show|list|give|find|get|tag|untag|create|add|make|remove|save|export|download|send|e-?mail|call|remind|assign|start|compare|split|sort|order by|rank|chart|plot|pin|is|does|do|did|are|has|have i|can|could|should|by|per|vs|as|top|first|last \d|next|yes|no|ok|thanks?|hello|hi)$/i;
const asksFirst =
  /^(?:(?:and|but|so|ok|now|then|please) )*(?:what|when|where|why|how|show|list|give|find|get|tag|untag|create|add|make|remove|save|export|download|send|e-?mail (?:them|to)|call|remind|assign|start|compare|split|sort|rank|chart|plot|pin|is|does|do|did|are|can|could|should|by|per|vs|as|top|first|next|yes|thanks?|hello|hi|undo|approve|run)\b/i;

const asTrait =
  /^(?:(?:who|that|which|are|is|were|was|not|no|non|never|without|also|still|already|yet|be|been|became|become|a|an|any) )+(?:(?:active|paying|current|former) )*(?:customers?|clients?|leads?|members?|subscribers?|buyers?)(?=$| (?:yet|too|any ?more|now|as well))/i;

/** Whether a text names nobody itself and asks for nothing else, so that it goes on of those before. */
export const namesNobody = (raw: string): boolean => {
  // `not members` says what they are not, and names nobody.
  const said = raw.replace(leads, "").replace(asTrait, "so");
  return (
    said.length > 0 &&
    said.split(" ").length <= 9 &&
    !noun.test(said) &&
    !asksOrActs.test(raw) &&
    !asksFirst.test(raw)
  );
};

const howLong =
  /^(?:(?:and|but|only|just|those|the ones|ones|for|since|by|already|who|that|are|is|have|been) )*(?:more than|over|longer than|at least|above|>) ?(\d{1,3}|[a-z]+) (day|week|month|year)s?(?: ago| now| late| overdue| old| long)?$/i;

/** `more than 60 days`: as long as they have been what they are. */
function longer(raw: string, before: Where, { today }: PlanContext): Where | null {
  const match = howLong.exec(raw);
  const said = (match?.[1] ?? "").toLowerCase();
  const count = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (!match || !(count > 0)) return null;
  const unit = (match[2] ?? "day").toLowerCase();
  const day = today.now.minus({ [`${unit}s`]: count }).toISODate() ?? "";
  const kinds = JSON.stringify(before);
  if (/"owes"|"overdue"|owes_over|overdue_days/.test(kinds))
    return { overdue_days: count * ({ day: 1, week: 7, month: 30, year: 365 }[unit] ?? 1) };
  if (/"lapsed_customer"|\{"not":\{"bought":\[\],"from"/.test(kinds))
    return { not: { bought: [], from: day } };
  return null;
}

function narrowedBy(raw: string, before: Where, memory: Memory, context: PlanContext): Reply | null {
  const late = longer(raw, before, context);
  if (late)
    return callPeople({ where: { and: [before, late] }, limit: 20 }, context, [
      `I took "${raw}" for how long that has lasted.`,
    ]);
  if (/^or\b/i.test(raw))
    return {
      kind: "say",
      topic: "clarify",
      text: 'I can only narrow the people before, not add others to them. Ask for both in one, for example "people tagged A or B".',
      suggestions: [],
    };
  if (!namesNobody(raw) || howLong.test(raw)) return null;
  const said = raw
    .replace(leads, "")
    .replace(/^(?:who|that|which|whoever|are|were|is|of (?:them|those|these)|already|still) (?=\S)/i, "")
    .replace(/ (?:already|though|only|please|pls|so far|too|as well|any ?more)$/i, "");
  const not = /^(?:not|no|never|without|minus|except(?: for)?|excluding) (?:the |an? |any )?(.+)$/i.exec(
    said,
  )?.[1];
  const forms = not
    ? [
        said,
        `without ${not}`,
        `who are not ${not}`,
        `who have not ${not}`,
        `who did not ${not}`,
        `not in ${not}`,
      ]
    : [
        said,
        `who ${said}`,
        `with ${said}`,
        `who are ${said}`,
        `who have ${said}`,
        `in ${said}`,
        `from ${said}`,
      ];
  // Members join with their first paid subscription.
  if (/"subscriber"|"subscription"/.test(JSON.stringify(before)))
    forms.unshift(said.replace(/^(?:joined|signed up|started|came in|subscribed)(?= )/i, "became a member"));
  // `also the drawing kit`, of those who bought something.
  const forBuyers = not ? `never bought ${not}` : `bought ${said}`;
  const bought = /"bought"/.test(JSON.stringify(before)) && said.split(" ").length <= 5;
  for (const form of bought ? [forBuyers, ...forms] : forms) {
    const read = peopleIn(form, context, tagsOf(before));
    const added = read && nested(read.people);
    if (!read || !added) continue;
    if (bought && form === forBuyers && !isProduct(added)) continue;
    // A number's filters are for the numbers, which keep its days and its chart.
    if (!memory.people && filterOf({ where: added })) return null;
    return callPeople({ where: withoutContradiction(before, added), limit: 20 }, context, [
      ...(memory.people ? [] : [`Of those counted before.`]),
      ...read.meanings,
    ]);
  }
  return null;
}

/** Nothing but a product or a kind of them: `the ones from Canada` are none. */
export const isProduct = (where: Where | null): boolean => {
  if (!where) return false;
  const plain = "not" in where ? where.not : where;
  return "bought" in plain && (plain.bought.length > 0 || plain.category !== undefined);
};

const tagsOf = (where: Where): string[] | undefined =>
  "tag" in where ? where.tag : "and" in where ? where.and.map(tagsOf).find(Boolean) : undefined;

const all = (parts: Where[]): Where | null => (parts.length > 1 ? { and: parts } : (parts[0] ?? null));
const same = (a: Where, b: Where) => JSON.stringify(a) === JSON.stringify(b);
const opposite = (part: Where): Where => ("not" in part ? part.not : { not: part });

/** `who of them bought`, then `never bought`: the second takes the place of the first, since nobody is both. */
export function withoutContradiction(before: Where, added: Where): Where {
  const parts = "and" in before ? before.and : [before];
  if (parts.some((part) => same(part, added))) return before;
  const kept = parts.filter((part) => !same(part, opposite(added)));
  return kept.length === parts.length ? { and: [before, added] } : (all([...kept, added]) ?? added);
}

// ── Nobody before ─────────────────────────────────────────────────────────────────────────────────────────────────

const ofThose = /\b(?:of|among|from) (?:them|those|these)\b|\b(?:they|their|them)\b/i;

/** Whether a list that was read from this would be of everybody, where it can only be of those before. */
export function wouldBeEverybody(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const fragment = namesNobody(raw) && !/^who(?:ever|se)?\b/i.test(raw);
  // `whose membership was that`
  const pointing = /^(?:and |so )?(?:who|whose|which)\b.*\b(?:that|it|this)$/i.test(raw);
  if (!fragment && !pointing && !ofThose.test(raw)) return null;
  const shown =
    memory.people ||
    memory.order ||
    (pointing && (memory.last || memory.records)) ||
    countedBefore(memory, context);
  if (!shown && !memory.unanswered) return null;
  return {
    kind: "say",
    topic: "clarify",
    text: memory.unanswered
      ? "Your last question was not answered, so I don't know whether this is about its people or about everybody. Ask it in full, with who they are."
      : "I don't know of whom: this would be everybody, not only those of the answer before. Ask it in full, with who they are.",
    suggestions: [],
  };
}

/** `how many`, `count`, after a number that is a count already: the same again, not a question back. */
export function countAgain(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { last, shown, unanswered } = memory;
  if (!last || shown !== "number" || unanswered || memory.people) return null;
  if (
    !/^(?:and |so |just )*(?:how many(?: (?:is|are) (?:that|they|it|there))?|(?:the )?(?:count|number)(?: of them)?|count (?:them|those))$/i.test(
      raw,
    )
  )
    return null;
  const counts = last.query.metrics.every((id) => getMetric(id)?.unit === "count");
  return counts
    ? callPeople(
        { query: last.query, ...(last.title ? { title: last.title } : {}) },
        context,
        ["The answer before is their number."],
        "query_metric",
      )
    : null;
}
