import { getMetric } from "@/analytics/metrics/catalog";
import { aboutAnswer, corrected } from "./about-answer";
import { searchDescribed } from "./actions/notes";
import { agreedTo, offersWithout } from "./agreed";
import { unaccounted } from "./audit";
import { turns } from "./audit-words";
import { filterInWords } from "./build-filters";
import { monthNumbers, weekdayNumbers } from "./calendar";
import { type Condition, conditionsIn, goOn } from "./continuation";
import type { Today } from "./dates";
import { withEventTags } from "./event-tags";
import { unframed, withoutAims } from "./framing";
import { guard, turningWords } from "./guards";
import { foreignLanguage } from "./language";
import { nearestToUnavailable, stopwords } from "./lexicon";
import { type Memory, remember } from "./memory";
import { nearestQuestions } from "./nearest-questions";
import { fold, isWordless } from "./normalise";
import { allOfLast, inFull, meanOfLast } from "./numbers/ellipsis";
import { turnOfForecast } from "./numbers/of-forecast";
import { asksForPartners, ofPartners } from "./numbers/partners";
import { turnOfLast } from "./numbers/turn-last";
import { withoutPassable } from "./passable";
import { withPeopleShown } from "./people/from-query";
import { planPeople, planPeopleAnyway } from "./people/plan-people";
import { nested } from "./people/read-people";
import { planAction } from "./plan-actions";
import { planMetric } from "./plan-metric";
import { planRecords } from "./plan-records";
import { planTool } from "./plan-tools";
import { nameInWords } from "./read-names";
import { reword } from "./reword";
import { planShape } from "./shapes/plan-shape";
import { withoutSlips } from "./slips";
import { exampleQuestions, knownMetrics } from "./suggest";
import { type Understanding, understand } from "./understand";
import type { VocabularyIndex } from "./vocabulary";
import { questionMeant, questionsNear } from "./wordings/question-meant";
import { ownWords } from "./words";

export interface PlannedCall {
  tool: string;
  input: Record<string, unknown>;
}

/** What the analyst does next: call tools and answer from their results, or say something at once. */
export type Reply =
  | {
      kind: "call";
      calls: PlannedCall[];
      /** What words were taken to mean, said with the answer. */
      meanings: string[];
      understanding: Understanding;
      /** Read from the first word to the last by a reader that passes over none. */
      whole?: true;
      /** Said before the answer: the question was taken for another one. */
      lead?: string;
    }
  | { kind: "say"; topic: "chat" | "clarify" | "refuse" | "lost"; text: string; suggestions: string[] };

export interface PlanContext {
  index: VocabularyIndex;
  today: Today;
  /** Tools this caller may use. */
  available: ReadonlySet<string>;
  accountName: string;
}

/** Decides what to do with one question. Pure: the same question, memory and clock give the same reply. */
export function plan(asked: string, past: Memory, context: PlanContext): Reply {
  const offered = past.unanswered && asked.length < 80 ? offeredBefore(asked, past, context) : null;
  if (offered) return offered;
  const reply = planOfAll(asked, past, context);
  if (reply.kind === "call" || !past.ranked || past.unanswered) return reply;
  // What can't be asked of a ranking can be asked of the people it showed.
  const { order: _, page: __, ranked, ...others } = past;
  const ofThem = planOfAll(asked, { ...others, people: { where: { ids: [...ranked] } } }, context);
  return ofThem.kind === "call" && ofThem.calls.every(isOfThoseShown)
    ? { ...ofThem, meanings: [...ofThem.meanings, `Of the ${ranked.length} shown before.`] }
    : reply;
}

/** `yes` behind "Should I answer without it?", `the second one` behind several that were offered. */
function offeredBefore(asked: string, { unanswered, ...past }: Memory, context: PlanContext): Reply | null {
  const before = plan(unanswered ?? "", past, context);
  const question = agreedTo(asked, before);
  const reply = question ? plan(question, past, context) : null;
  return reply?.kind === "call"
    ? { ...reply, meanings: [...reply.meanings, `I took "${asked.trim()}" as "${question}".`] }
    : null;
}

/** Something about the people shown, and not about others whom the words fit as well. */
const isOfThoseShown = ({ input }: PlannedCall): boolean =>
  conditionsIn(input, "").some(([key]) => key === "ids");

/** `… and where did they come from`: a question of its own begins here, which goes on of the one before it. */
const second =
  /,? (?:and|&) (?=(?:(?:how (?:many|much|did|do|does|is|are|well|long|often)|where|which|what|who|whose|when|why|is|are|was|were|did|do|does|has|have) )\S+ ?\S*)/giu;

/**
 * Two questions in one sentence, each read by itself and the second as what goes on of the first. Where only the first is
 * understood it is answered and the other one is named: nothing is left out in silence. Null where there is one.
 */
function planInTwo(asked: string, past: Memory, context: PlanContext): Reply | null {
  if (asked.length > 300 || /["“”«»]/.test(asked)) return null;
  const cuts = [...asked.matchAll(second)];
  const cut = cuts.length === 1 ? cuts[0] : undefined;
  if (!cut) return null;
  const [one, other] = [asked.slice(0, cut.index), asked.slice(cut.index + cut[0].length)];
  if (one.split(" ").length < 3) return null;
  const first = planAsIs(one, past, context);
  if (first.kind !== "call" || first.calls.some(({ tool }) => !readsOnly.has(tool))) return null;
  const next = planAsIs(other, remember(first.calls.map((call) => ({ ...call, turn: 0 }))), context);
  if (next.kind !== "call" || next.calls.some(({ tool }) => !readsOnly.has(tool)))
    return {
      ...first,
      meanings: [...first.meanings, `I answered this alone; "${other}" I did not understand.`],
    };
  if (JSON.stringify(next.calls) === JSON.stringify(first.calls)) return null;
  const meanings = [...first.meanings, ...next.meanings];
  // The total stands in the sentence of its split.
  const [calls, added] = [first.calls, next.calls];
  if (calls.length === 1 && added.length === 1 && splits(calls[0], added[0])) return { ...next, meanings };
  return { ...next, calls: [...calls, ...added], meanings };
}

/** The other number is the first one, split. */
function splits(first: PlannedCall | undefined, other: PlannedCall | undefined): boolean {
  const [one, two] = [first, other].map((call) => call?.input.query as Record<string, unknown> | undefined);
  if (!one || !two || first?.input.behind || JSON.stringify(one.dimensions) !== "[]") return false;
  const { dimensions: _, others: __, ...rest } = one;
  const { dimensions, others: ___, ...same } = two;
  return Array.isArray(dimensions) && dimensions.length > 0 && sameIn(rest, same);
}

const sameIn = (one: object, other: object): boolean =>
  JSON.stringify(Object.entries(one).sort()) === JSON.stringify(Object.entries(other).sort());

const readsOnly = new Set([
  "query_metric",
  "find_contacts",
  "find_records",
  "cohort",
  "shape",
  "sync_status",
  "list_conflicts",
]);

function planOfAll(asked: string, past: Memory, context: PlanContext): Reply {
  const aimless = withoutAims(asked);
  const known = asKnown(aimless.text, past, context);
  if (known) return named(known, aimless.passed);
  const reply = planAsIs(aimless.text, past, context);
  if (reply.kind === "call") return named(reply, aimless.passed);
  if (reply.topic === "chat") return reply;
  const inside = unframed(asked);
  const framed = inside && inside.text !== aimless.text ? planAsIs(inside.text, past, context) : reply;
  if (framed.kind === "call" && inside) return named(framed, inside.passed);
  const core = inside ?? aimless;
  const plain = withoutPassable(core.text);
  const bare = plain.words.length > 0 ? planAsIs(plain.text, past, context) : reply;
  if (bare.kind === "call") return named(bare, [...core.passed, ...plain.words]);
  const both = reply.topic === "refuse" ? null : planInTwo(asked, past, context);
  if (both) return both;
  const language = foreignLanguage(asked);
  if (language)
    return say(
      "lost",
      `That looks like ${language}. I only understand questions in English so far, for example:`,
      exampleQuestions,
    );
  // What is known to be beyond us stays refused.
  const near = reply.topic === "refuse" ? null : asNear(core.text, past, context);
  if (near) return near;
  return withNearest(core.text, reply, past, context) ?? reply;
}

/** A wording that is known to stand for a question of ours. */
function asKnown(question: string, past: Memory, context: PlanContext): Planned | null {
  const meant = questionMeant(question, past, context, "known");
  if (!meant?.sure || meant.missing.length > 0) return null;
  const reply = planAsIs(meant.question, {}, context);
  return reply.kind === "call"
    ? { ...reply, meanings: [`I took this as "${meant.question}".`, ...reply.meanings] }
    : null;
}

/** What was not understood, with the known questions that are put most like it before what else is offered. */
function withNearest(question: string, reply: Reply, past: Memory, context: PlanContext): Reply | null {
  if (reply.kind !== "say" || reply.topic === "refuse" || reply.text.includes(offersWithout)) return null;
  const own = reply.suggestions.filter((each) => !exampleQuestions.includes(each));
  const after = { ...past, unanswered: question.slice(0, longestTried) };
  const near = questionsNear(question, past, context).filter(
    (each) => planAsIs(each, after, context).kind === "call",
  );
  return near.length > 0
    ? { ...reply, suggestions: [...new Set([...near, ...own, ...reply.suggestions])].slice(0, 4) }
    : null;
}

/** Somebody's own words for a question of ours: answered as that one, which is said before the answer. */
function asNear(question: string, past: Memory, context: PlanContext): Reply | null {
  const meant = questionMeant(question, past, context);
  // A word of ours that the other question has no place for would be passed over.
  if (!meant || meant.missing.some((word) => isWeighty(word) || ownWords().has(word))) return null;
  const reply = planAsIs(meant.question, {}, context);
  if (reply.kind !== "call") return null;
  const left =
    meant.missing.length > 0 ? `, without ${meant.missing.map((word) => `"${word}"`).join(", ")}` : "";
  return { ...reply, lead: `I took this as "${meant.question}"${left}.` };
}

const named = (reply: Planned, passed: readonly string[]): Reply =>
  passed.length === 0
    ? reply
    : { ...reply, meanings: [...reply.meanings, ...passed.map((part) => `I passed over "${part}".`)] };

function planAsIs(asked: string, past: Memory, context: PlanContext): Reply {
  const plain = planAsSaid(asked, past, context);
  if (plain.kind === "call") return plain;
  const events = withEventTags(asked, context.index);
  const reply = events.meanings.length > 0 ? planAsSaid(events.text, past, context) : plain;
  return reply.kind === "call" ? { ...reply, meanings: [...reply.meanings, ...events.meanings] } : plain;
}

function planAsSaid(asked: string, past: Memory, context: PlanContext): Reply {
  const question = inFull(reword(withoutSlips(corrected(asked))), past);
  const memory = withPeopleShown(past, context.today);
  const planned = planOnce(question, memory, context);
  const sure = planned.kind === "call" ? audited(question, planned, context) : planned;
  // A number that leaves words over may be a question about people who are chosen by them.
  const people = sure !== planned && sure.kind === "say" ? planPeopleAnyway(question, memory, context) : null;
  const reply = people?.kind === "call" ? audited(question, people, context) : sure;
  if (reply.kind === "call" && memory.records && isOfOthers(question, reply))
    return say(
      "clarify",
      `I can't narrow the ${String(memory.records.kind)}s of the answer before by that: I list them by owner, state, stage, value and day. Ask it in full if it is about something else.`,
      exampleQuestions.slice(0, 1),
    );
  if (reply.kind === "call" && isOfThem(question, reply, memory))
    return say(
      "clarify",
      'You ask about the people shown before, and I could only count everybody. Say what they have or did, for example "which of them bought this month".',
      [],
    );
  // What follows a question that was not answered may be about its people.
  const told =
    reply.kind === "call" && reply.meanings.some((line) => line.startsWith("Your last question was not"));
  if (reply.kind === "call" && past.unanswered && !told && isFragmentOfPeople(question, reply))
    return say(
      "clarify",
      "Your last question was not answered, so I don't know whether this is about its people or about everybody. Ask it in full, with who they are.",
      [],
    );
  if (reply.kind === "call" && past.unanswered && !told && isOfThosePeople(question, reply))
    return say(
      "clarify",
      "Your last question was not answered, so I don't know which people you mean. Ask it in full, with who they are.",
      [],
    );
  if (reply.kind === "call" && isOneForSome(question, reply))
    return say(
      "clarify",
      'You ask which of them, and I could only give one number for all. Ask for them in full, for example "people whose card failed this month", and go on from there.',
      exampleQuestions.slice(0, 1),
    );
  if (reply.kind === "call" && isWidened(question, reply, memory))
    return say(
      "clarify",
      "I don't know of whom: this would be everybody, not only the people of the answer before. Ask it in full, with who they are.",
      exampleQuestions.slice(0, 1),
    );
  if (reply.kind === "call") {
    const going = goOn(question, reply, past.people ? past : memory);
    return typeof going === "string" ? say("clarify", going, []) : going;
  }
  if (reply.topic === "chat") return reply;
  const written = searchDescribed(question.trim().replace(/[?.!]+$/, ""), context);
  if (written?.kind === "call") return written;
  // What is offered is tried first: a suggestion that is refused as well would be a poor joke.
  const works = reply.suggestions.filter((each) => answers(each, question, memory, context));
  const own = works.filter((each) => !exampleQuestions.includes(each));
  const near = reply.topic === "refuse" || own.length > 1 ? [] : nearest(question, memory, context);
  const some = [...new Set([...own, ...near, ...works])].slice(0, Math.max(3, works.length));
  if (reply.suggestions.length === 0) return reply;
  return { ...reply, suggestions: some.length > 0 ? some : exampleQuestions.slice(0, 2) };
}

/** Questions that can be answered and are nearest to one that was not understood. */
function nearest(question: string, memory: Memory, context: PlanContext): string[] {
  const { names } = understand(question, context.index, context.today);
  const near = nearestQuestions(question, names, context, (each) => planAlone(each, context), 6);
  return near.filter((each) => answers(each, question, memory, context)).slice(0, 3);
}

type Planned = Extract<Reply, { kind: "call" }>;
const alone = new WeakMap<VocabularyIndex, Map<string, Planned | null>>();

/** The plan of a known question that nothing was asked before; kept, since they are the same few each time. */
function planAlone(question: string, context: PlanContext): Planned | null {
  const known = alone.get(context.index) ?? new Map<string, Planned | null>();
  alone.set(context.index, known);
  const key = `${question}|${context.today.now.toISODate()}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const reply = planOnce(question, {}, context);
  const whole = reply.kind === "call" && unaccounted(question, reply, context).length === 0 ? reply : null;
  if (known.size < 2_000) known.set(key, whole);
  return whole;
}

const fragment =
  /^\s*(?:(?:and|but|only|just|also|ok|now) )*(?:with|without|w\/?o?|having|in|from|over|under|no|not)\b/i;
/** After a list of people a deed without anybody is one of theirs as well. */
const deed =
  /^\s*(?:(?:and|but|only|just|also|ok|now|that|which|who|still|already|not|any) )*(?:open|overdue|unpaid|outstanding|owing|have|has|had|never|(?:have|has|had|did|do|does|are|is)n'?t|bought|ordered|spent|paid|opened|clicked|tagged|living|live|based|joined|added|owes?|unsubscribed)\b/i;
/** `created this month` after a list of deals, which would be people who came this month. */
const isOfOthers = (question: string, { calls }: Planned): boolean =>
  calls.every(({ tool }) => tool === "find_contacts" || tool === "query_metric") &&
  !whoever.test(question) &&
  (fragment.test(question) ||
    /^\s*(?:(?:and|but|only|just|also|which|the ones|those|that|ones|are|were) )*(?:older|newer|created|added|due|assigned|owned|overdue|above|below|more than|less than|at least|between|since|before|after)\b/i.test(
      question,
    ));
const whoever =
  /\b(?:people|persons?|customers?|contacts?|clients?|leads?|members?|subscribers?|buyers?|everybody|everyone|anybody|anyone|who)\b/i;

/** `with a phone number` after a list means some of it: people chosen by that alone would be other people. */
function isWidened(question: string, { calls }: Planned, { people, last, order }: Memory): boolean {
  const [call] = calls;
  // The same ranking again, or some of it.
  if (!people && order && JSON.stringify(call?.input.order) === JSON.stringify(order)) return false;
  const isFragment = fragment.test(question) || (people !== undefined && deed.test(question));
  if (call?.tool !== "find_contacts" || !isFragment || whoever.test(question)) return false;
  // In one form: what a list is asked for by name is nested where more is added to it.
  const before = conditionsIn(people ? (nested(people) ?? people) : last?.query.filters, "");
  const now = conditionsIn(nested(call.input) ?? call.input, "");
  // a later `in California` takes the place of Texas; the rest stays as it was
  const kept = ([key, value]: Condition) => now.some(([name, other]) => other === value || name === key);
  return before.length === 0 || !before.every(kept);
}

/** `which of them are on the annual plan` after a list of people is never a number of everybody. */
const isOfThem = (question: string, { calls }: Planned, { people }: Memory): boolean =>
  people !== undefined &&
  /^\s*(?:and |but |so )*(?:which|who|how many|what (?:share|percent\w*|%))\b.*\bof (?:them|these|those)\b/i.test(
    question,
  ) &&
  calls.every(
    ({ tool, input }) => tool === "query_metric" && !(input.query as { filters?: unknown }).filters,
  );

/** `which of those have paid since` behind a number: one number for all of them tells none apart. */
const isOneForSome = (question: string, { calls }: Planned): boolean =>
  /^\s*(?:(?:and|but|so|ok) )*(?:which|who) of (?:those|these|them)\b/i.test(question) &&
  calls.every(
    ({ tool, input }) =>
      tool === "query_metric" &&
      !input.behind &&
      ((input.query as { dimensions?: unknown[] }).dimensions ?? []).length === 0,
  );

/** `list the people who paid and still come`: some of those that were asked about, and never everybody's number. */
const isOfThosePeople = (question: string, { calls }: Planned): boolean =>
  /\b(?:the|those|these) (?:people|ones|persons|customers|clients|members|contacts|leads) (?:who|that)\b/i.test(
    question,
  ) &&
  calls.every(
    ({ tool, input }) => tool === "query_metric" && !(input.query as { filters?: unknown }).filters,
  );

/** Conditions without anybody they are about, for the first time: `haven't bought anything since June`. */
const isFragmentOfPeople = (question: string, { calls }: Planned): boolean =>
  calls.every(({ tool, input }) => tool === "find_contacts" && !("search" in input)) &&
  !whoever.test(question) &&
  /^\s*(?:(?:and|but|only|just|also|that|which) )*(?:have|has|had|not|never|no|haven'?t|hasn'?t|didn'?t|don'?t|bought|ordered|spent|paid|opened|clicked|with|without|in|from|over|under|tagged)\b/i.test(
    question,
  );

/** The plan, or a question back where a word of the question stands for nothing in it. */
function audited(question: string, reply: Extract<Reply, { kind: "call" }>, context: PlanContext): Reply {
  // A person's name may hold any word.
  if (reply.calls.every(({ tool, input }) => tool === "find_contacts" && typeof input.search === "string"))
    return reply;
  const missed = [...new Set(unaccounted(question, reply, context))];
  const left = reply.whole ? missed.filter(isWeighty) : missed;
  if (left.length === 0) return reply;
  const words = left
    .map((word) => `"${word}"`)
    .join(", ")
    .slice(0, 200);
  const title = reply.calls.length === 1 && reply.calls[0]?.input.title;
  const read =
    typeof title === "string" ? `I read this as "${title}", in which ` : "In what I would answer, ";
  if (left.some((word) => turningWords.has(word)))
    return say(
      "clarify",
      `${read}${words} ${left.length === 1 ? "has" : "have"} no place, and may turn the meaning round. So I don't answer past it: can you say it another way?`,
      exampleQuestions.slice(0, 2),
    );
  const without = tidy(left.reduce((text, word) => rephrase(text, word, ""), question));
  return say(
    "clarify",
    `${read}${words} ${left.length === 1 ? "has" : "have"} no place. ${offersWithout}, or can you say it another way?`,
    left.length === 1 && without.length > 2 && without.length < 300
      ? [without, ...exampleQuestions.slice(0, 1)]
      : exampleQuestions.slice(0, 2),
  );
}

const weighty = new Set(
  `customer customers client clients only just first last both each every most least top best worst half vs versus than except ${Object.keys(monthNumbers).join(" ")} ${Object.keys(weekdayNumbers).join(" ")}`.split(
    " ",
  ),
);

/** Words that decide whom an answer is about, which even a reader that passed over none is held to. */
const isWeighty = (word: string): boolean =>
  /\d/.test(word) || weighty.has(word) || turns.has(word) || turningWords.has(word);

/** As much of the question as a suggestion is tried after; a longer one is read anew for each of them. */
const longestTried = 300;
const tried = new WeakMap<VocabularyIndex, Map<string, boolean>>();

/** Whether a suggestion leads to an answer; most are the same few questions again and again. */
function answers(suggestion: string, question: string, memory: Memory, context: PlanContext): boolean {
  const known = tried.get(context.index) ?? new Map<string, boolean>();
  tried.set(context.index, known);
  const key = `${suggestion}|${JSON.stringify([memory.last, memory.people, memory.shape])}|${context.today.now.toISODate()}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const reply = planOnce(suggestion, { ...memory, unanswered: question.slice(0, longestTried) }, context);
  const works = reply.kind === "call" && audited(suggestion, reply, context) === reply;
  if (known.size < 2_000) known.set(key, works);
  return works;
}

/** Averages and lengths of deals are numbers, however much the question sounds like a list of deals. */
const dealNumbers =
  /\b(?:average|mean|typical) (?:won )?(?:deal|opportunity)|\bdeals? (?:size|value on average|cycle|take|takes)\b|\b(?:how long|how many days|how quickly|time|days)\b.*\b(?:close|win|sign|land)\b.*\bdeals?\b|\bwin rate\b|\b(?:deals?|loss|lost)\b.*\breasons?\b|\b(?:why|how come)\b.*\b(?:lose|losing|lost)\b.*\bdeals?\b/i;

function planOnce(question: string, memory: Memory, context: PlanContext): Reply {
  if (isWordless(question))
    return say(
      "chat",
      `Ask me about your numbers in plain words, for example "${exampleQuestions[0]}".`,
      exampleQuestions,
    );
  const read = () => understand(question, context.index, context.today);
  const ahead = memory.unanswered ? null : turnOfForecast(question, memory, context, read);
  if (ahead) return ahead;
  const about = aboutAnswer(question, memory, read);
  if (about) return about;
  const turned = allOfLast(question, memory, read) ?? turnOfLast(question, memory, context, read);
  if (turned) return turned;
  const records = dealNumbers.test(question) ? null : planRecords(question, memory, context);
  // What marketing costs is a number; who gets the credit is another question.
  const costs = /\b(?:marketing|ads?|advertising) (?:spend|spending|costs?)\b/i.test(question);
  const drawn = costs ? null : planShape(question, memory, context);
  // A list that was read to its end wins over a shape of which a word was not.
  const shape = drawn?.kind === "say" && records?.kind === "call" ? records : (drawn ?? records);
  if (shape?.kind === "call") return shape;
  const people = asksForPartners(question) ? null : planPeople(question, memory, context);
  if (people) return people;
  const reply = shape ?? planAction(question, memory, context) ?? planQuestion(question, memory, context);
  if (reply.kind === "call" || reply.topic === "chat") return reply;
  return planPeopleAnyway(question, memory, context) ?? reply;
}

function planQuestion(question: string, memory: Memory, context: PlanContext): Reply {
  const settled = settleChoice(question, memory, context);
  const alone = settled ?? understand(question, context.index, context.today);
  const average = meanOfLast(question, memory, alone);
  if (average) return average;
  const read = settled ?? afterRefusal(alone, memory, context);
  if ("kind" in read) return read;
  const understanding = ofPartners(read);
  return (
    smallTalk(understanding) ??
    refusal(understanding, memory) ??
    planTool(understanding, memory, context) ??
    refusal(understanding, memory, true) ??
    planMetric(understanding, memory, context)
  );
}

/** The answer to our own question back: `the tag`, `the product`, or the name itself. */
function settleChoice(question: string, memory: Memory, { index, today }: PlanContext): Understanding | null {
  if (!memory.unanswered || question.length > 200) return null;
  const before = understand(memory.unanswered, index, today);
  const [choice] = before.choices;
  if (!choice) return null;
  const lower = question.toLowerCase();
  const byKind = choice.options.filter(({ kind }) => lower.includes(kind.replaceAll("_", " ")));
  const words = fold(question)
    .split(" ")
    .filter((word) => !stopwords.has(word));
  const whole = choice.options.filter(({ value }) => lower.includes(value.toLowerCase()));
  const partly = choice.options.filter(
    ({ value }) => words.length > 0 && words.every((word) => fold(value).split(" ").includes(word)),
  );
  const byValue = whole.length > 0 ? whole : partly;
  const fits = byKind.length > 0 ? byKind : byValue;
  const exact = fits.filter(({ value }) => question.includes(value));
  const [option, another] = exact.length === 1 ? exact : fits;
  if (!option) return null;
  if (another) {
    const narrower = { ...choice, options: fits };
    return fits.length < choice.options.length
      ? { ...before, choices: [narrower, ...before.choices.slice(1)] }
      : null;
  }
  return {
    ...before,
    choices: before.choices.slice(1),
    names: [...before.names, { ...option, negated: false, hinted: true }],
  };
}

/**
 * `by country` after a question that was refused: put together with what was understood of it. What the answers before
 * that were about must not decide it; where the refused question was not understood, the new one has to be whole.
 */
function afterRefusal(
  alone: Understanding,
  { unanswered, last, shape }: Memory,
  { index, today }: PlanContext,
): Understanding | Reply {
  const { metrics, time, raw, intent } = alone;
  const strong = metrics.ids.length > 0 && !metrics.weak;
  if (!unanswered || intent !== "metric" || (strong && time.period)) return alone;
  const carries =
    /^\s*(?:and|also|too|just|only|but|what about|how about|by|per|as|with|without|in|for|split|same|then|now|which|net|gross|vs)\b|\b(?:too|as well)\s*\??$/i.test(
      raw,
    ) || /\b(?:it|that|this|they|them|those)\b/i.test(raw);
  const short = raw.trim().split(/\s+/).length <= 3;
  if (!carries && !(short && !strong)) return alone;
  // A change of something that was not answered either says nothing by itself.
  const changes =
    /^\s*(?:(?:and|also|just|only|but)\b|(?:sort|order|rank)(?:ed)? by\b|(?:split|broken down) by\b|(?:by|per|as|with|without|in|since)\b)/i;
  const before = understand(changes.test(unanswered) ? "" : unanswered, index, today);
  const known =
    before.metrics.ids.length > 0 &&
    before.unknown.length === 0 &&
    before.choices.length === 0 &&
    !before.time.problem &&
    before.outOfScope.length === 0;
  if (known && !strong && !guard(before))
    return {
      ...before,
      raw: `${unanswered} ${raw}`,
      splits: alone.splits.ids.length > 0 ? alone.splits : { ...before.splits, unknown: [] },
      names: [...before.names, ...alone.names],
      time: {
        ...before.time,
        ...Object.fromEntries(Object.entries(time).filter(([, value]) => value !== undefined)),
      },
      drawing: alone.drawing ?? before.drawing,
      rank: alone.rank ?? before.rank,
      unknown: alone.unknown,
      choices: alone.choices,
      outOfScope: alone.outOfScope,
      followUp: false,
    };
  // The refused one was itself a change of the answer before: so is this.
  const changed = before.metrics.ids.length === 0 && before.unknown.length === 0 && !before.time.problem;
  if ((last || shape) && (known || changed)) return alone;
  return say(
    "clarify",
    "The question before was not answered, so I don't know what this is to be about. Ask it in full, with the number and the period.",
    exampleQuestions.slice(0, 2),
  );
}

function smallTalk({ intent, metrics, names }: Understanding): Reply | null {
  switch (intent) {
    case "greeting":
      return say(
        "chat",
        `Hello! I can compute ${knownMetrics()}, over time and by product, tag, lead source, country or region. What would you like to know?`,
        exampleQuestions,
      );
    case "thanks":
      return say("chat", "You're welcome. Ask on whenever you like.", exampleQuestions.slice(0, 2));
    case "help":
      return say(
        "chat",
        [
          `**Numbers**: ${knownMetrics()}, over any period, split, filtered and compared ("revenue by product last quarter vs the year before", "why did churn rise"). Follow up with "by lead source", "only last quarter", "as a bar chart".`,
          '**People**: by tags, products, orders, money, place, source, memberships, e-mails opened ("VIPs who have not bought since May", "members whose subscription ends this month"); then "how many", "only from Canada", "sort by spend". One person: "look up Ann Smith".',
          '**Deals, tasks, appointments, orders**: "open deals over 2000 of Nadia", "overdue tasks per person", "unpaid invoices, oldest first". **Notes and e-mails**: "did anyone mention shipping".',
          '**To do**: "tag them Winback", "create a task to call them on Friday", "add them to the campaign Renewal", "save them as segment Loyal" prepare a proposal; an administrator approves it before anything is written to Keap. "Alert me when refunds go over 500 in a week", "pin it to the Sales board".',
          '**The copy**: "when was the last sync", "are there conflicts".',
        ].join("\n\n"),
        exampleQuestions,
      );
    case "injection":
      return metrics.ids.length > 0 && names.length > 0
        ? null
        : say(
            "refuse",
            "I can't do that. I compute numbers from your CRM and prepare proposals; I hold no keys or passwords and take no instructions that go around that.",
            exampleQuestions,
          );
    case "refuse_approval":
      return say(
        "refuse",
        "Only an administrator can approve, and only in the app, on the Approvals page. I can list what is waiting.",
        ["Which proposals are waiting for approval?"],
      );
    case "refuse_write":
      return say(
        "refuse",
        "I don't change, delete or send anything in Keap by myself. I can prepare tags, tasks, campaign starts and changes of a field for people you choose, which an administrator then approves in the app.",
        exampleQuestions.slice(0, 3),
      );
    default:
      return null;
  }
}

const aboutNumbers = new Set<Understanding["intent"]>([
  "metric",
  "pin",
  "why",
  "forecast",
  "share",
  "greeting",
]);

/** What cannot be answered is refused by name, with the nearest number that can. */
function refusal(understanding: Understanding, memory: Memory, whatever = false): Reply | null {
  const { outOfScope, metrics, splits, choices, unknown, time, intent } = understanding;
  if (!aboutNumbers.has(intent) && !whatever) return null;
  const guarded = guard(understanding);
  if (guarded) return guarded;
  const [beyond] = outOfScope;
  if (beyond)
    return nearestInstead(`I can't answer that: Keapsake does not hold ${beyond.what}.`, beyond.nearest);
  const [missing] = metrics.unavailable;
  if (missing) {
    return nearestInstead(
      `I can't compute "${missing.said}" (${missing.label}) yet.`,
      nearestToUnavailable[missing.id] ?? metrics.ids[0] ?? "revenue_collected",
    );
  }
  const [noSplit] = splits.unknown;
  if (noSplit && intent !== "define") {
    const metric = getMetric(metrics.ids[0] ?? memory.last?.query.metrics[0] ?? "revenue_collected");
    const offered = (metric?.dimensions ?? []).map((id) => id.replaceAll("_", " "));
    return say(
      "refuse",
      `I can't split by ${noSplit}. ${metric?.label ?? "This number"} can be split by time, ${offered.join(", ")}.`,
      offered.slice(0, 3).map((split) => `${metric?.label ?? "Revenue"} by ${split} this year`),
    );
  }
  if (time.problem && intent !== "forecast")
    return say(
      "refuse",
      `${time.problem} Name another period, such as "last month" or "2025".`,
      exampleQuestions.slice(0, 2),
    );
  const [choice] = choices;
  if (choice) {
    const options = choice.options.slice(0, 5).map(nameInWords);
    return say(
      "clarify",
      `"${choice.said}" fits more than one name. Do you mean ${options.slice(0, -1).join(", ")} or ${options.at(-1)}?`,
      choice.options
        .slice(0, 5)
        .map((option) => rephrase(understanding.raw, choice.said, nameInWords(option))),
    );
  }
  if (unknown.length > 0) return notUnderstood(understanding, memory);
  return null;
}

function nearestInstead(reason: string, nearestId: string): Reply {
  const metric = getMetric(nearestId);
  const label = metric?.label ?? "Revenue collected";
  return say(
    "refuse",
    `${reason} The nearest number I have is ${label.toLowerCase()}: ${lowerFirst(metric?.description ?? "")}`,
    [`${label} this year`, `${label} by month this year`],
  );
}

const leavingOut = new Set(
  "without except excluding exclude but other besides apart aside minus not non".split(" "),
);

/** Something was left that nobody understood: never answer past it. */
function notUnderstood({ unknown, raw, metrics, names, time, splits }: Understanding, memory: Memory): Reply {
  const words = unknown.map((word) => `"${word}"`).join(", ");
  const anything = metrics.ids.length + names.length + splits.ids.length > 0 || time.period || memory.last;
  if (!anything) {
    const foreign = unknown.some((word) => /[^\p{Script=Latin}\p{Script=Common}]/u.test(word));
    return say(
      "lost",
      foreign
        ? `I only understand questions in English so far. I compute ${knownMetrics()}.`
        : `I did not understand that (${words.slice(0, 200)}). I compute ${knownMetrics()}, over time and by product, tag, lead source, country or region.`,
      exampleQuestions,
    );
  }
  if (unknown.some((word) => turningWords.has(word)))
    return say(
      "clarify",
      `I did not understand ${words.slice(0, 200)}, and it may turn the meaning round, so I don't answer past it.${
        unknown.some((word) => leavingOut.has(word))
          ? ' I can exclude a tag, a product, a lead source, a country or a region that is named right behind it ("excluding California", "without the tag VIP").'
          : ""
      }`,
      exampleQuestions.slice(0, 3),
    );
  const without = tidy(unknown.reduce((text, word) => rephrase(text, word, ""), raw));
  const offers = without && unknown.length === 1 && without.length < 300 && metrics.ids.length > 0;
  return say(
    "clarify",
    `I did not understand ${words.slice(0, 200)}: ${unknown.length === 1 ? "it is" : "these are"} no number, name or period I know. ${offers ? `${offersWithout}?` : "Can you say it another way?"}`,
    offers ? [without, ...exampleQuestions.slice(0, 2)] : exampleQuestions.slice(0, 3),
  );
}

function rephrase(text: string, said: string, instead: string): string {
  const at = text.toLowerCase().indexOf(said.toLowerCase());
  if (at < 0) return `${text} ${instead}`.trim();
  // "tagged the tag "VIP"" and "the tag the tag "VIP"" are no English: what stands before says the kind already.
  const before = text.slice(0, at);
  const named = instead.match(/^the (.+?) (".+)$/s);
  const told =
    named &&
    (before
      .trimEnd()
      .toLowerCase()
      .endsWith(named[1] ?? "") ||
      /\btagged\s*$/i.test(before));
  return `${before}${told ? named[2] : instead}${text.slice(at + said.length)}`.replace(/\s+/g, " ").trim();
}

/** A question that a word was taken out of, without what hung on it: `can you` stays, `revenue in the` does not. */
const tidy = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(
      /^[\s,;:.-]+|(?:[\s,;:-]+(?:an?|the|of|by|to|for|with|in|on|at|and|or|our|my|any))*[\s,;:-]*$/gi,
      "",
    )
    .trim();

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

export function say(
  topic: Extract<Reply, { kind: "say" }>["topic"],
  text: string,
  suggestions: string[] = [],
): Reply {
  return { kind: "say", topic, text, suggestions };
}

export { filterInWords };
