import type { PeopleInput } from "../../../people/people-input";
import type { PeopleOrder } from "../../../people/select-people";
import type { Where } from "../../../people/where";
import { numberWords } from "../calendar";
import type { Memory } from "../memory";
import { normalise } from "../normalise";
import type { PlanContext, Reply } from "../plan";
import { mend } from "../words";
import { callPeople, peopleIn } from "./choose";
import type { Span } from "./clause";
import { planAboutThem } from "./follow-up";
import { wouldBeEverybody } from "./go-on";
import { periodAt, spanOf } from "./periods";
import { nested, readPeople } from "./read-people";
import { specialList } from "./special-lists";

/**
 * Questions about people as a group: the best or latest of them, the share of some who did something, how many they
 * are, and what is asked about the ones shown last. Read whole, like every choice of people.
 */

const limitOf = (said: string | undefined, otherwise: number) =>
  Math.min(
    100,
    Math.max(1, numberWords[said ?? ""] ?? (/^\d+$/.test(said ?? "") ? Number(said) : otherwise)),
  );

const tidy = (question: string) =>
  question
    .slice(0, 2_000)
    .normalize("NFKC")
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[?.!\s]+$/, "")
    .replace(
      /^(?:(?:please|pls|hey|ok|okay|so|and|now|also|can you|could you|would you|tell me|i want to know|i'd like to know|do you know|quick question)[,:]? )+/i,
      "",
    );

/** Forms that are about people and nothing else. */
export function planPeople(question: string, memory: Memory, context: PlanContext): Reply | null {
  const raw = tidy(question);
  const asked = settledTag(raw, memory, context) ?? specialList(raw, memory, context) ?? listed(raw, context);
  if (asked) return asked;
  if (mostOfOne.test(raw))
    return {
      kind: "say",
      topic: "refuse",
      text: "I can't rank people by how much of one thing they bought. I can rank them by what they paid or by the number of their orders, and list who bought something.",
      suggestions: ["Top 10 customers by lifetime spend", "Who ordered most often"],
    };
  for (const plan of [planAboutThem, share, ranked]) {
    const reply = plan(raw, memory, context);
    if (reply) return reply;
  }
  const mended = withoutSlips(raw, context);
  if (!mended) return null;
  const reply = share(mended.text, memory, context) ?? ranked(mended.text, memory, context);
  return reply?.kind === "call" ? { ...reply, meanings: [...mended.meanings, ...reply.meanings] } : null;
}

/** `who bought the most kits` */
const mostOfOne =
  /^(?:who|which (?:customers?|people|clients?|members?)) (?:has |have )?(?:bought|ordered|purchased|buys?|orders?) (?:the )?(?:most|fewest|least) (?!often|frequently|times|orders|things|stuff|recently|from us|in\b|this|last|since|of\b|with\b|money|$)\p{L}+/iu;
const listWords =
  /^(.{6,200}?),? (?:list(?: (?:them|em|those|please|pls))?|as a list|names(?: please| pls)?|who are they|show (?:them|em)|by name)$/i;
const groupNoun =
  "(?:people|persons?|customers?|clients?|buyers?|contacts?|leads?|members?|subscribers?|folks|ppl)";
/** `people in portland`: where somebody lives, before a name that holds the same word is thought of. */
const livesSomewhere = new RegExp(
  `^(?:(?:list|show|find|which|how many|who are|all|the|our|me|give) )*${groupNoun} (?:do we have |are there |live |living |based |who live |that live )*(?:in|from|near) [\\p{L}' .-]{3,30}$`,
  "iu",
);

const withDeal = new RegExp(
  `^(?:(?:list|show|find|which|how many|who|all|the|our|me|give) )*${groupNoun}?.{0,40}\\b(?:with|have|has|having) (?:an? |any |no )*(?:open|running|active|won|lost) (?:deals?|opportunit(?:y|ies))\\b`,
  "i",
);

/** `new customers last month, list them`; people of a town. */
function listed(raw: string, context: PlanContext): Reply | null {
  const phrase = listWords.exec(raw)?.[1];
  if (phrase && ofPeople.test(phrase) && !ofThings.test(phrase)) {
    const read = peopleIn(phrase, context);
    if (read && Object.keys(read.people).length > 0)
      return callPeople({ ...read.people, limit: 100 }, context, read.meanings);
  }
  // `the e-mails of people who …`: they stand in the list.
  const details =
    /^(?:(?:what(?:'s| is| are)|give me|get me|show(?: me)?|list|find|export) )?(?:the |all )*(?:e-?mails?(?: add?ress?es)?|add?ress?es|names?(?: and e-?mails?)?|contact details) (?:of|for) (?:all |the )*(.+)$/i.exec(
      raw,
    )?.[1];
  if (details && ofPeople.test(details) && !ofThings.test(details)) {
    const read = peopleIn(details, context);
    if (read && Object.keys(read.people).length > 0)
      return callPeople({ ...read.people, limit: 100 }, context, read.meanings);
  }
  if (withDeal.test(raw)) {
    const read = peopleIn(counting.exec(raw)?.[1] ?? raw, context);
    if (read)
      return callPeople({ ...read.people, limit: counting.test(raw) ? 5 : 20 }, context, read.meanings);
  }
  // `members for over a year` would be members by year.
  if (
    /^(?:(?:list|show|find|which|how many|who are|all|the|our|me|give) )*(?:members?|subscribers?) (?:(?:who|that|have|has|been|with us) )*for (?:over|more than|at least|longer than) /i.test(
      raw,
    )
  ) {
    const read = peopleIn(counting.exec(raw)?.[1] ?? raw, context);
    if (read)
      return callPeople({ ...read.people, limit: counting.test(raw) ? 5 : 20 }, context, read.meanings);
  }
  if (!livesSomewhere.test(raw)) return null;
  const read = peopleIn(counting.exec(raw)?.[1] ?? raw, context);
  return read?.people.where && JSON.stringify(read.people.where).includes('"city"')
    ? callPeople({ ...read.people, limit: counting.test(raw) ? 5 : 20 }, context, read.meanings)
    : null;
}

/** `top cusotmers this yr`: slips of the pen mended, and said; null where there are none. */
function withoutSlips(raw: string, { index }: PlanContext): { text: string; meanings: string[] } | null {
  const meanings: string[] = [];
  const text = raw.replace(/[\p{L}][\p{L}']*/gu, (word) => {
    const { text: to, corrections } = mend(word.toLowerCase(), index);
    for (const each of corrections) meanings.push(`I read "${each.from}" as "${each.to}".`);
    return corrections.length > 0 ? to : word;
  });
  return meanings.length > 0 ? { text, meanings } : null;
}

/** The rest, once no other reader could place every word: `VIPs that never bought`, `how many people …`. */
export function planPeopleAnyway(question: string, memory: Memory, context: PlanContext): Reply | null {
  const raw = tidy(question);
  // `how many bought`, after a number that is not of people: everybody would be another question.
  if (
    /^(?:and )?how many (?:have |then |also |later )*(?:bought|ordered|purchased|converted|opened|clicked|cancell?ed)$/i.test(
      raw,
    ) &&
    (memory.last || memory.shape || memory.unanswered)
  )
    return {
      kind: "say",
      topic: "clarify",
      text: 'Of whom? The answer before this was not about people I could count on from. Say who they are, for example "leads from last month who bought".',
      suggestions: [],
    };
  // `older than 30 days`, after a question that was not answered: of everybody it would be another question.
  if (
    (memory.unanswered || memory.order || memory.records) &&
    !ofPeople.test(raw.replace(/\b(?:that|with|without|having|never|haven't|hasn't|didn't)\b/gi, "")) &&
    !counting.test(raw) &&
    fragmentary.test(raw)
  )
    return {
      kind: "say",
      topic: "clarify",
      text: memory.unanswered
        ? "Your last question was not answered, so I don't know whom or what this is about. Ask it in full, with who they are."
        : "I can't narrow the answer before by that, and of everybody it would be another question. Ask it in full, with who they are.",
      suggestions: [],
    };
  const { phrase, counted } = groupIn(raw);
  if ((!counted && asksElse.test(phrase)) || ofThings.test(phrase)) return null;
  const read = peopleIn(phrase, context);
  const elsewhere = read ? null : readPeople(phrase, context.index, context.today);
  if (elsewhere?.kind === "unclear" && elsewhere.text.startsWith("Nobody in this account lives"))
    return { kind: "say", topic: "clarify", text: elsewhere.text, suggestions: [] };
  if (elsewhere?.kind === "unclear" && severalTags.test(elsewhere.text))
    return whichTag(raw, elsewhere.text, memory, context);
  if (!read || Object.keys(read.people).length === 0) return null;
  // A name alone, such as a tag's or a country's, says nothing of people.
  if (!ofPeople.test(phrase) && !tells(read.people)) return null;
  const everybody = wouldBeEverybody(raw, memory, context);
  if (everybody) return everybody;
  return callPeople({ ...read.people, limit: counted ? 5 : 20 }, context, read.meanings);
}

const severalTags = /^"(?<said>[^"]+)" fits more than one tag: /;

/** Two tags that differ in capital letters alone: each is offered as a question that works. */
function whichTag(raw: string, text: string, memory: Memory, context: PlanContext): Reply | null {
  const said = severalTags.exec(text)?.groups?.said ?? "";
  const values = [...text.slice(text.indexOf(":")).matchAll(/"([^"]+)"/g)].map(([, value = ""]) => value);
  const at = raw.toLowerCase().indexOf(said.toLowerCase());
  const before = raw.slice(0, Math.max(0, at));
  const behind = raw.slice(at + said.length).replace(/^s\b/i, "");
  const offered = values
    .map((value) =>
      at < 0
        ? undefined
        : [`${before}"${value}"${behind}`, `${before}people tagged "${value}"${behind}`].find(
            (each) => planPeopleAnyway(each, {}, context)?.kind === "call",
          ),
    )
    .filter((each) => each !== undefined);
  return {
    kind: "say",
    topic: "clarify",
    text,
    suggestions: offered.length > 1 || !memory.unanswered ? offered : [],
  };
}

/** `VIP`, or `the first one`, to our question which of two tags is meant: the question again with that one. */
function settledTag(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { unanswered } = memory;
  if (!unanswered || raw.split(" ").length > 5) return null;
  const { phrase } = groupIn(tidy(unanswered));
  const before = readPeople(phrase, context.index, context.today);
  if (before.kind !== "unclear" || !severalTags.test(before.text)) return null;
  const asked = whichTag(tidy(unanswered), before.text, { ...memory, unanswered: undefined }, context);
  const values = [...before.text.slice(before.text.indexOf(":")).matchAll(/"([^"]+)"/g)].map(
    ([, value = ""]) => value,
  );
  const suggestions = asked?.kind === "say" ? asked.suggestions : [];
  const word = raw
    .replace(/^(?:the|tag|only|i mean|i meant) +/gi, "")
    .replace(/["']| (?:tag|one|please)$/gi, "")
    .trim();
  const at = /^(?:first|capitals?|upper ?case|big)/i.test(word)
    ? values.findIndex((value) => /^first/i.test(word) || value !== value.toLowerCase())
    : /^(?:second|small|lower ?case|last)/i.test(word)
      ? values.findIndex((value, index) =>
          /^(?:second|last)/i.test(word) ? index === 1 : value === value.toLowerCase(),
        )
      : values.indexOf(word);
  const again = at >= 0 ? suggestions[at] : undefined;
  return again ? planPeopleAnyway(again, { ...memory, unanswered: undefined }, context) : null;
}

const fragmentary =
  /^(?:(?:and|but|only|just|also|the ones|those|ones|that|which) )*(?:older|newer|younger|earlier|later|more|less|fewer|over|under|above|below|since|before|after|between|within|in|from|with|without|not|never|no|added|created|due|overdue|longer|at least|at most|have|has|had|haven't|hasn't|didn't|bought|ordered|spent|paid|opened|clicked|tagged)\b/i;

/** Conditions that only people meet, whatever noun stands with them. */
const tells = ({ where, ...flat }: PeopleInput): boolean =>
  where !== undefined ||
  ["bought_nothing", "no_order_since", "ordered_from", "spent_over", "spent_under"].some(
    (key) => key in flat,
  );

/** The group that is asked for, without the words that ask: `do we have any …`, `how many …`, `is there anyone who …`. */
function groupIn(raw: string): { phrase: string; counted: boolean } {
  const counted = counting.exec(raw)?.[1];
  const phrase = (counted ?? raw)
    .replace(asking, "")
    .replace(leftBehind, "")
    .replace(/,? (?:who are they|list (?:them|em)|names)$/i, "");
  return { phrase, counted: counted !== undefined };
}

const asking =
  /^(?:(?:did|does|do|has|have|is|are|was|were) (?=(?:any ?(?:one|body)|some(?:one|body)) )|(?:did|does|do|has|have|is|are|was|were) any(?: of)?(?: (?:our|the|these))? (?=(?:people|customers?|contacts?|clients?|leads?|members?|subscribers?|buyers?) )|(?:do|did|have|can|could) (?:we|you|i) (?:have|got|see|find|get|know(?: of)?|show me|list|give me)(?: any(?: of (?:our|the))?| some)?|(?:are|is|were|was) there(?: any(?: of (?:our|the))?| some)?|(?:have we|you) got any|got any|any(?: of (?:our|the))?|what|which(?: of (?:our|the))?) (?=(?:\S+ ){0,4}\S)/i;
const counting =
  /^(?:how many(?: of)?|(?:what(?:'s| is) )?(?:the )?(?:total )?(?:number|count) of|count(?: of)?|(?:give|show) me the (?:number|count) of) (.+)$/i;
const leftBehind =
  / (?:do we have|do we (?:currently )?have(?: right now)?|are there|have we got|we have|did we have|there are|in total|altogether|in all|right now|currently|at the moment|so far)$/i;
/** A question for a reason or a date is no list of people, however its words could be read. */
const asksElse = /^(?:what|how|when|why|where|did|do|does|is|are|has|have|will|can|should)\b/i;

const ofThings =
  /^(?:(?:the|our|all|new|total|unpaid|paid|open|outstanding|overdue|late|failed|recent|last|latest|biggest|largest|old) )*(?:orders?|purchases|sales|refund(?:s|ed)?|payments?|invoices?|e-?mails?|products?|units|items|deals?|tags?|tasks?|notes?|(?:subscriptions|memberships)(?! (?:that |which |are |is |due |up )*(?:end|renew|expir|run))|times|days|weeks|months|dollars|money|appointments?|clicks|opens|campaigns?)\b/i;
const ofPeople =
  /\b(?:who|whose|whoever|people|persons?|customers?|clients?|buyers?|owners|contacts?|leads?|subscribers?|members?|everyone|everybody|anyone|folks|ppl|that|with|without|tagged|having|never|haven't|hasn't|didn't)\b|^(?:bought|ordered|tagged|spent|has|have|not|from|in)\b|^\S+s (?:bought|own|ordered|spent|have|hold|live|opened|clicked)\b/i;

// ── Shares ────────────────────────────────────────────────────────────────────────────────────────────────────────

const asksShare =
  /^(?:(?:what|which|how (?:big|high|large) (?:a |is the )?)(?:'s| is| was)? ?)?(?:the |a )?(?:share|percentage|percent|proportion|fraction|portion|%)(?: of)? (?:(?:the|our|my|all|of|those) )*(.+)$/i;
const verb =
  /(?<= )(?:have|has|had|are|is|were|was|did|do|does|bought|buy|purchased|ordered|order|spent|paid|opened|open|clicked|click|became|become|turned|converted|convert|came|live|subscribed|subscribe|cancelled|canceled|got|get|hold|own|also|never|ever|still|haven't|hasn't|don't|didn't|aren't|joined|unsubscribed|owe)(?= |$)/gi;
const everyone =
  /^(?:(?:the|our|my|all) )*(?:people|persons?|contacts?|leads?|list|crm|database|audience|everyone|everybody)$/i;

/** `what percentage of leads from A bought something`: those who did, of those there are. */
function share(raw: string, _: Memory, context: PlanContext): Reply | null {
  // `podcast leads - what % become customers`
  const turned =
    /^(.{3,80}?)(?: ?[-–—,:] ?| )(?:what|which|how many|how much) ?(?:%|percent(?:age)?|share)(?: of them| of those)? (.+)$/i.exec(
      raw,
    );
  const rest =
    turned && !/^(?:what|which|how)/i.test(raw) ? `${turned[1]} ${turned[2]}` : asksShare.exec(raw)?.[1];
  if (!rest) return null;
  const begins = [...rest.matchAll(verb)].map(({ index }) => index);
  // `leads who bought`: the verb belongs to who they are, unless nothing else is said.
  const who = /(?<= )(?:who|that) /i.exec(rest);
  for (const index of [...begins, ...(who ? [who.index] : [])]) {
    const left = rest.slice(0, index).trim();
    const said = rest.slice(index);
    if (/(?:^| )(?:who|that|which|whom|have|has|had|are|is|were|was|never|not|ever)$/i.test(left)) continue;
    const among = everyone.test(left) ? ({ did: "joined" } as Where) : groupOf(left, context);
    if (!among) continue;
    const did = peopleIn(said.replace(/^(?:who|that) /i, ""), context);
    const where = did && nested(did.people);
    if (!where) continue;
    const noun = /\b(?:leads?|contacts?)\b/i.test(left) && /\bbought|\bbuy|customer|convert/i.test(said);
    return callPeople({ where, among, limit: 20 }, context, [
      ...did.meanings,
      ...(noun && !("did" in where && where.from)
        ? [
            "A purchase counts whenever it was; for purchases within 90 days ask for the lead conversion rate.",
          ]
        : []),
    ]);
  }
  return null;
}

function groupOf(phrase: string, context: PlanContext): Where | null {
  const read = peopleIn(phrase, context);
  if (read) return nested(read.people);
  // `customers` alone choose nobody, and are whom the share is of.
  return /^(?:(?:the|our|my|all) )*(?:customers?|clients?|buyers?)$/i.test(phrase)
    ? { is: "customer" }
    : null;
}

// ── The best, the latest ──────────────────────────────────────────────────────────────────────────────────────────

const some = String.raw`\d{1,3}|${Object.keys(numberWords)
  .filter((word) => word !== "a")
  .join("|")}`;
const buyer = "(?:spenders?|payers?|customers?|clients?|buyers?|shoppers?|purchasers?)";
const person = `(?:${buyer}|people|persons?|contacts?|accounts?|members?|subscribers?|leads?)`;
const great =
  "(?:top|best|biggest|largest|highest|greatest|most valuable|highest[- ](?:value|spending|paying)|most profitable|biggest[- ]spending|top[- ]spending|high[- ]value)";
const little = "(?:worst|smallest|lowest|least valuable|lowest[- ](?:value|spending|paying))";
const money =
  "(?:lifetime |total |overall |all[- ]time |amount |money )*(?:spend|spending|spent|value|revenue|ltv|clv|sales|money|payments?|income)";
const counts =
  "(?:total |number of |count of )*(?:orders?|purchases|order count|frequency|times (?:bought|ordered))";

type Form = {
  pattern: RegExp;
  order: (match: RegExpExecArray) => PeopleOrder;
  /** What stands in its place, so that the rest can be read. */
  instead: string;
  /** Only of people who are called by something they hold: `top VIPs`. */
  held?: true;
};
const re = (source: string) => new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${source})(?![\p{L}\p{N}])`, "iu");
const spent = (ascending = false): PeopleOrder => ({ by: "spent", ...(ascending ? { ascending } : {}) });
/** Behind the people: where it begins needs no edge of a word. */
const tail = (source: string) => new RegExp(String.raw`${source}(?![\p{L}\p{N}])`, "iu");
const least = /least|lowest|fewest|smallest/i;

/** Each begins the question, `who` and `show me` apart, or follows the noun. */
const forms: Form[] = [
  {
    pattern: re(
      `(?:any ?(?:one|body)|some(?:one|body)|people) (?:really )?(?:big|important|valuable|major)|(?:(?<n>${some}) )?(?:big|high|heavy|large|major|huge)(?:[- ](?:value|spending|paying|ticket))? (?:spenders?|payers?|buyers?|customers?|clients?)`,
    ),
    order: () => spent(),
    instead: "people",
  },
  {
    pattern: re(
      `(?:still )?(?:owes?|owing)(?: us)? the (?<end>most|least)(?: (?:money|to us|right now))*|(?:(?<n>${some}) )?(?:top|worst|biggest|largest)(?: (?<m>${some}))? (?:debtors?|(?:outstanding |open |unpaid )(?:balances?|debts?))(?: (?:by|per) (?:customer|person|contact|client)s?)?|(?:outstanding|open|unpaid) (?:balances?|invoices?|amounts?) (?:by|per) (?:customer|person|contact|client)s?`,
    ),
    order: ({ groups }) => ({ by: "owes", ...(least.test(groups?.end ?? "") ? { ascending: true } : {}) }),
    instead: "",
  },
  {
    pattern: re(`(?:(?<n>${some}) )?(?:most )(?:loyal|frequent|active|regular)(?: (?<m>${some}))? ${person}`),
    order: () => ({ by: "orders" }),
    instead: "customers",
  },
  {
    pattern: re(`(?:(?<n>${some}) )?${great}(?: (?<m>${some}))?(?: (?:spending|paying|value))? ${person}`),
    order: () => spent(),
    instead: "people",
  },
  {
    pattern:
      /(?<=^ (?:(?:who|what|show|list|give|are|the|our|my|me|us) )*)(?:top|best|biggest)(?: (?<n>\d{1,3}))?(?= \p{L})/iu,
    order: () => spent(),
    instead: "",
    held: true,
  },
  {
    pattern: re(`(?:(?<n>${some}) )?${little}(?: (?<m>${some}))?(?: (?:spending|paying|value))? ${buyer}`),
    order: () => spent(true),
    instead: "people",
  },
  {
    pattern: re(
      `(?:(?<n>${some}) )?(?:newest|latest|most recent|most recently added)(?: (?<m>${some}))? (?:leads?|contacts?|sign[- ]?ups?|opt[- ]?ins?|people)|last (?<l>${some}) (?:leads?|contacts?|sign[- ]?ups?|people who (?:signed up|joined))`,
    ),
    order: () => ({ by: "added" }),
    instead: "people",
  },
  {
    pattern: re(
      `(?:(?<n>${some}) )?(?:newest|latest|most recent)(?: (?<m>${some}))? (?:new )?(?:customers?|clients?)|last (?<l>${some}) (?:new )?(?:customers?|clients?)`,
    ),
    order: () => ({ by: "first_order" }),
    instead: "people",
  },
  {
    pattern: re(
      `(?:(?<n>${some}) )?(?:latest|most recent)(?: (?<m>${some}))? (?:buyers?|purchasers?)|last (?<l>${some}) (?:buyers?|purchasers?|people (?:who|that|to) (?:bought|buy|ordered|order))`,
    ),
    order: () => ({ by: "last_order" }),
    instead: "people",
  },
  {
    pattern: re(
      `(?:(?<n>${some}) )?(?:oldest|longest[- ]standing|earliest|very first|first)(?: (?<m>${some}))? (?:customers?|clients?|buyers?)`,
    ),
    order: () => ({ by: "first_order", ascending: true }),
    instead: "people",
  },
  {
    pattern: re(
      `(?:(?:have|has|had) )?(?:spent|spend|spends|paid|pay|pays|brought in|generated)(?: us)? the (?<end>most|least)(?: (?:money|with us|in total|overall|altogether|in all))*`,
    ),
    order: ({ groups }) => spent(least.test(groups?.end ?? "")),
    instead: "",
  },
  {
    pattern: re(
      `(?:(?:have|has|had) )?(?:bought|buys?|ordered|orders?|purchased?|purchases) (?:(?:the )?(?<end>most|least)(?: (?:often|frequently|times|orders))|the (?<end2>most|least)(?: (?:things|stuff|from us))?)(?= |$)(?! recent)`,
    ),
    order: ({ groups }) => ({
      by: "orders",
      ...(least.test(groups?.end ?? groups?.end2 ?? "") ? { ascending: true } : {}),
    }),
    instead: "",
  },
  {
    pattern: re(
      `(?:(?:have|has|had) )?(?:bought|ordered|purchased) (?:the )?(?:most recently|latest|last)(?= *$)`,
    ),
    order: () => ({ by: "last_order" }),
    instead: "",
  },
  {
    pattern: re(
      `(?:(?:have|has|had) )?(?:joined|signed up|opted in|was added|were added|came in) (?:the )?(?:most recently|latest|last)(?= *$)`,
    ),
    order: () => ({ by: "added" }),
    instead: "",
  },
  {
    pattern: re(
      `(?:with|have|has|having|had|placed|made) (?:the )?(?<end>most|highest|largest|greatest|fewest|lowest|least) ${counts}`,
    ),
    order: ({ groups }) => ({ by: "orders", ...(least.test(groups?.end ?? "") ? { ascending: true } : {}) }),
    instead: "",
  },
  {
    pattern: re(
      `(?:with|have|has|having|had) (?:the )?(?<end>most|highest|largest|biggest|greatest|lowest|least|smallest) ${money}`,
    ),
    order: ({ groups }) => spent(least.test(groups?.end ?? "")),
    instead: "",
  },
];
const byMoney = tail(
  `(?:,? ?(?:ranked|sorted|ordered|sort|rank|in order of))?,? (?:by|in terms of) (?:(?:their|the|how much) )*(?:${money}|(?:they )?(?:have )?spent)`,
);
const byCount = tail(
  `(?:,? ?(?:ranked|sorted|ordered|sort|rank))?,? (?:by|in terms of) (?:(?:their|the|how many|how often) )*(?:${counts}|(?:they )?(?:bought|ordered))`,
);
const byLast = tail(
  `(?:,? ?(?:ranked|sorted|ordered|sort|rank))?,? by (?:(?:their|the) )*(?:recency|(?:last|latest|most recent) (?:order|purchase)(?: date)?)`,
);
const byAdded = tail(
  `(?:,? ?(?:ranked|sorted|ordered|sort|rank))?,? by (?:(?:their|the) )*(?:(?:date|time|day) (?:added|created|joined)|sign[- ]?up date|creation date)`,
);
const opens = new RegExp(
  `^(?:(?:who|which|what|about|show|list|give|find|name|get|see|pull up|rank|sort|our|my|the|me|us|are|is|was|were|of|have|has|been) )*(?:(?:${some}) )?(?:(?:the|our|my) )?(?:${person}|${great}|${little}|newest|latest|most|last|first|oldest|earliest|longest|people|everyone|anyone|anybody|someone|big|high|heavy|VIPs?|spent|bought|ordered|paid|joined|owes?|outstanding|unpaid|open|debtors?|worst|biggest)\\b`,
  "i",
);

const said: Record<PeopleOrder["by"], string> = {
  spent: "I ranked them by what they paid, refunds taken off",
  orders: "I ranked them by the number of their orders",
  last_order: "I put whoever ordered last first",
  first_order: "I put the newest customers first",
  added: "I put whoever was added last first",
  owes: "I ranked them by what they have not paid yet",
};

/** The same the other way round. */
const saidFrom: Partial<Record<PeopleOrder["by"], string>> = {
  spent: "I put those who paid the least first, refunds taken off",
  orders: "I put those with the fewest orders first",
  first_order: "I put whoever has been a customer longest first",
  added: "I put whoever was added first at the top",
  owes: "I put whoever owes the least first",
};

/** `top 5 customers by lifetime spend`, `who ordered most often this year`, `newest leads from A`. */
function ranked(asked: string, _: Memory, context: PlanContext): Reply | null {
  // What stands beside each name anyway, or in the record, chooses nobody.
  const beside = withDetails.exec(asked);
  const raw = beside ? asked.slice(0, beside.index).trim() : asked;
  const one =
    /(?:best|top|biggest|newest|latest|most loyal) (?:customer|buyer|client|spender|lead|contact|person)(?!\w)/i.test(
      raw,
    );
  let text =
    ` ${raw.replace(/^(?:about|what about) /i, "").replace(/^who(?:'s|'re| is| are)? /i, "who ")} `.replace(
      /\s+/g,
      " ",
    );
  let order: PeopleOrder | null = null;
  let limit: string | undefined;
  let held = false;
  if (!opens.test(raw) && !/^.{2,40}\b(?:customers|buyers|people|leads|VIPs?)\b/i.test(raw)) return null;
  for (const form of forms) {
    const match = form.pattern.exec(text);
    if (!match) continue;
    order = form.order(match);
    limit = match.groups?.n ?? match.groups?.m ?? match.groups?.l;
    // The noun may say more than people: `best subscribers` are subscribers.
    const noun = /(?:(?:members?|subscribers?)$|(?:buyers|purchasers|owners)(?= of$))/i.exec(
      match[0] + (/^ of /.test(text.slice(match.index + match[0].length)) ? " of" : ""),
    )?.[0];
    held = form.held ?? false;
    text = text.replace(match[0], noun ?? form.instead);
    break;
  }
  const listed = /^ ?(?:list|show|rank|sort|give|get|find|our|the|my|all|customers|clients|people)\b/i.test(
    raw,
  );
  for (const [pattern, by] of [
    [byMoney, "spent"],
    [byCount, "orders"],
    [byLast, "last_order"],
    [byAdded, "added"],
  ] as const) {
    const match = pattern.exec(text);
    if (
      !match ||
      !(order || (listed && /\b(?:customers?|clients?|buyers?|people|contacts?|leads?)\b/i.test(text)))
    )
      continue;
    order = { ...(order?.ascending ? { ascending: true } : {}), by };
    text = text.replace(match[0], " ");
    break;
  }
  if (!order) return null;
  // `… top ten`, at the end.
  const atEnd = new RegExp(`,? top (${some}) *$`, "i").exec(text);
  if (atEnd && !limit) {
    limit = atEnd[1];
    text = text.replace(atEnd[0], " ");
  }
  const counted = new RegExp(
    `(?<= )(${some}) (?=(?:customers?|clients?|buyers?|people|contacts?|leads?)\\b)`,
    "i",
  ).exec(text);
  if (counted && !limit) {
    limit = counted[1];
    text = text.replace(counted[0], "");
  }
  const read = withPeriod(text.trim(), order, context);
  if (!read) return null;
  if (held && !read.people.has_tag && !read.people.has_all_tags) return null;
  const by = { ...order, ...(order.by === "added" || order.by === "first_order" ? {} : read.span) };
  const { where, ...flat } = read.people;
  const also: Where[] = where ? [where] : [];
  if (read.span && order.by === "added") also.push({ did: "joined", ...read.span });
  if (read.span && order.by === "first_order") also.push({ did: "first_bought", ...read.span });
  // Whoever is ranked by orders or money has bought.
  const kept = also.filter((part) => !("is" in part && part.is === "customer" && order.by !== "added"));
  const all = kept.length > 1 ? { and: kept } : kept[0];
  return callPeople(
    {
      ...flat,
      ...(all ? { where: all } : {}),
      order: by,
      limit: limitOf(limit?.toLowerCase(), one ? 1 : 10),
    },
    context,
    [
      `${(order.ascending && saidFrom[order.by]) || said[order.by]}${by.from || by.to ? ", in that period" : order.by === "spent" ? " in all" : ""}.`,
      ...(beside && !/e-?mails?|names?|first$/i.test(beside[0])
        ? [`The list has names and e-mail addresses; "${beside[0].trim()}" stands in the record of each.`]
        : []),
    ],
  );
}

const withDetails =
  /,? (?:with|and|incl(?:uding)?) (?:(?:their|the|name|names|and) )*(?:e-?mails?(?: addresses)?|names?|countr(?:y|ies)|states?|cit(?:y|ies)|owners?|reps?|phones?(?: numbers?)?|lead sources?|sources?|tags?|address(?:es)?)(?: (?:of each|each|too|please))*$|,? (?:biggest|highest|largest|most) first$/i;

/** Conditions with a period at the end that no clause took: the days in which the measure counts. */
function withPeriod(
  text: string,
  order: PeopleOrder,
  context: PlanContext,
): { people: PeopleInput; span?: Span } | null {
  const whole = readPeople(text, context.index, context.today);
  if (whole.kind === "people") {
    const period = loneTime(whole.people.where, order);
    return period ?? { people: whole.people };
  }
  if (whole.kind === "nobody") return { people: {} };
  const words = text.split(" ");
  for (let at = 0; at < words.length; at++) {
    const { clean } = normalise(words.slice(at).join(" "));
    const found = periodAt(clean, context.today);
    if (
      !found ||
      clean
        .slice(found.length)
        .replace(/^(?: (?:so far|please|with us))+$/, "")
        .trim()
    )
      continue;
    const span = spanOf(found.period, context.today);
    const left = words
      .slice(0, at)
      .join(" ")
      .replace(/ (?:in|during|for|over|from|since|of)$/i, "");
    const rest = readPeople(left, context.index, context.today);
    if (!span || (rest.kind !== "people" && rest.kind !== "nobody")) return null;
    return { people: rest.kind === "people" ? rest.people : {}, span };
  }
  return null;
}

/** `people this year`, left of `who spent the most this year`, says when they spent it, not when they came. */
function loneTime(where: Where | undefined, order: PeopleOrder): { people: PeopleInput; span: Span } | null {
  if (!where || !("did" in where) || where.did !== "joined" || order.by === "added") return null;
  const { did: _, ...span } = where;
  return { people: {}, span };
}
