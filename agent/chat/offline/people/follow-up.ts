import { getMetric } from "@/analytics/metrics/catalog";
import { filterOf, peopleInWords } from "../../../people/people-input";
import type { PeopleOrder } from "../../../people/select-people";
import type { Where } from "../../../people/where";
import { numberWords } from "../calendar";
import { type Memory, onlyTheFirst, sortedLimit } from "../memory";
import { normalise } from "../normalise";
import type { PlanContext, Reply } from "../plan";
import { type Chosen, callPeople, peopleIn } from "./choose";
import { peopleOfQuery } from "./from-query";
import { countAgain, goesOn, inOtherDays, isProduct, othersOf, withoutContradiction } from "./go-on";
import { periodAt, spanOf } from "./periods";
import { nested } from "./read-people";
import { planTheirNumbers } from "./their-numbers";
import { countedBefore, sinceThen, stillThose } from "./those-shown";

/**
 * What is asked about the people shown last: their names, how many they are, some of them, in another order, what they
 * spent and when they bought. Each form has to fit whole.
 */
export function planAboutThem(raw: string, memory: Memory, context: PlanContext): Reply | null {
  return (
    afterRanking(raw, memory, context) ??
    othersOf(raw, memory, context) ??
    names(raw, memory, context) ??
    inOrder(raw, memory, context) ??
    planTheirNumbers(raw, memory, context) ??
    inOtherDays(raw, memory, context) ??
    instead(raw, memory, context) ??
    narrowed(raw, memory, context) ??
    stillThose(raw, memory, context) ??
    sinceThen(raw, memory, context) ??
    countAgain(raw, memory, context) ??
    goesOn(raw, memory, context) ??
    rankingUnclear(raw, memory)
  );
}

const them =
  "(?:them|those|these|that list|the list|those (?:people|customers|contacts|leads|members|ones)|these (?:people|customers|contacts|leads|members|ones))";
const detail =
  "(?:full |first |last )?(?:names?|e-?mails?|e-?mail addresses|addresses|details|contact details|contact info|phones?|phone numbers?|numbers|mobiles?)";
const theirs = new RegExp(
  `^(?:and |ok |so |then )*(?:(?:can|could) (?:i|you|we) )?(?:(?:give|show|list|send|get|tell|name|export|print|see|display|have|add)(?: me| us)? )?(?:(?:all|the|of|with|just|also|and|plus|only) )*(?:(?:(?:their|the) )?${detail}(?: ?(?:and|&|plus|,|\\+) ?(?:the |their )?${detail})*(?: of (?:all of )?${them}| too| as well| for each)?|who (?:are|were) (?:they|${them}|the people)|who(?:'s|s| is| was| were| are)? affected(?: by (?:it|that|this))?|whom? (?:does|did) (?:it|that) affect|${them}|list|everyone|everybody|all|who|which ones|which people|who exactly|export(?: (?:it|this|that|them|the list|as csv|to csv|as a csv|to excel|as excel|csv))*|(?:get |have )?(?:it|this|that|them|the list) (?:as|in|to) (?:an? )?(?:csv|excel|spreadsheet|file|excel file)|download(?: (?:it|this|that|them|the list))?|(?:an? |the )?(?:csv|excel|spreadsheet)(?: file)?(?: of (?:it|them|that|this))?)(?: list)?(?: please| pls)?$`,
  "i",
);
/** `who ordered`, after a number of orders: whoever stands behind it. */
const behindIt =
  /^(?:and |so )*(?:who|which (?:people|customers?|clients?|members?|leads?)) (?:(?:has|have|had|did|was|were|is|are) )*(?:got|get|received|asked for|it|them|those|these|that|this|ordered|bought|purchased|paid|made|placed|refunded|cancell?ed|left|failed|lost|joined|signed up|came in|opened|clicked|behind|did|do|in)(?: (?:it|them|those|these|that|this|there))*$/i;
const nextPages =
  /^(?:and )?(?:(?:show|list|see|load|give)(?: me| us)? )?(?:(?:some )?more|the (?:rest|others|next (?:ones|page|\d{1,3}))|next(?: page| ones| (?<n>\d{1,3}))?|the remaining(?: ones)?|who else|more of (?:them|those))(?: (?:of them|please|pls|people|ones|names))*$/i;
const howMany = new RegExp(
  `^(?:and |so |just |only )*(?:how many(?: people| of them| contacts| customers)?(?: (?:is|are|was|were|in|will|would|does|do))*(?: (?:that|this|they|${them}|there|it|all|be|get|have|affect|concern|we (?:talking|speaking) about))*(?: in total| altogether)?|(?:the )?(?:count|number|headcount)(?: only| please| of them)?|count (?:them|only|those)|total(?: number| count)?(?: of them)?)$`,
  "i",
);

/** Whether the question before was refused: then `them` may have meant what was not answered. */
const unsure = ({ unanswered, people }: Memory) =>
  // What was refused was about these people as well: in an order that there is none of, where they live.
  Boolean(unanswered && people && !sorted.test(unanswered) && !ofTheirs.test(unanswered));
const ofTheirs =
  /^(?:(?:and|so|ok|what|which|when|where|who|how|how many|how much|since when|show|add) )*(?:are|is|was|were|do|did|does|have|has|owns?)? ?(?:they|them|their|those|these)\b.{0,40}$/i;

function askWhom(memory: Memory): Reply {
  const before = memory.people ? peopleInWords(memory.people) : "";
  return {
    kind: "say",
    topic: "clarify",
    text: `Your last question was not answered, so I am not sure whom you mean. The people shown before it were those who ${before}. Ask for them again, or say whom you mean.`,
    suggestions: [],
  };
}

function names(raw: string, memory: Memory, context: PlanContext): Reply | null {
  // `just e-mails`, after a search in what was written.
  if (memory.search) return null;
  const next = memory.people && memory.page && !memory.people.at_risk ? nextPages.exec(raw) : null;
  if (next && memory.people && memory.page) {
    if (unsure(memory)) return askWhom(memory);
    const { limit, from } = memory.page;
    const order = memory.order ? { order: memory.order } : {};
    const wanted = Math.min(100, Number(next.groups?.n ?? Math.max(20, limit)));
    return callPeople({ ...memory.people, ...order, limit: wanted, cursor: String(from + limit) }, context);
  }
  if (!memory.people && memory.last && !memory.unanswered && behindIt.test(raw)) {
    const [metric = "", another] = memory.last.query.metrics;
    return another || !getMetric(metric)?.drill
      ? null
      : callPeople({ query: memory.last.query, behind: true }, context, [], "query_metric");
  }
  // Without people before it, `can you send emails` is about what can be done.
  const asksNames = theirs.test(raw) && (memory.people || memory.last || !/\bsend\b/i.test(raw));
  if (!asksNames && !howMany.test(raw)) return null;
  if (memory.people) {
    if (unsure(memory)) return askWhom(memory);
    // The count of a ranking is of all it was drawn from; what follows is still about the first of them.
    const first = onlyTheFirst(memory);
    const order = (asksNames || first) && memory.order ? { order: memory.order } : {};
    return callPeople({ ...memory.people, ...order, limit: asksNames ? 100 : (first ?? 5) }, context, [
      ...(/phone|mobile|number/i.test(raw) && asksNames
        ? ["Phone numbers are in no list here; they stand in the record of each person."]
        : []),
      ...(/export|csv|excel|download|file|spreadsheet/i.test(raw)
        ? ["The table can be saved as a CSV file below the answer; it holds up to 100 of them."]
        : []),
    ]);
  }
  if (memory.last && !/\b(?:export|download|csv|excel)\b/i.test(raw)) {
    const [metric = ""] = memory.last.query.metrics;
    if (!getMetric(metric)?.drill || !asksNames) return null;
    return callPeople({ query: memory.last.query, behind: true }, context, [], "query_metric");
  }
  return asksNames && !memory.records && !memory.last
    ? {
        kind: "say",
        topic: "clarify",
        text: "I don't know whom you mean: no people were shown before this. Ask for them first.",
        suggestions: ["Top 10 customers by lifetime spend", "Who is at risk of not coming back?"],
      }
    : null;
}

// ── In another order, or the first of them ────────────────────────────────────────────────────────────────────────

const measures: [RegExp, PeopleOrder["by"]][] = [
  [
    /^(?:(?:the|their|total|lifetime|all[- ]time|amount|overall|what|how much|they|have|most|customer) )*(?:spend|spending|spent|money(?: spent)?|revenue|value|ltv|clv|amount(?: spent)?|total|paid|sales|purchases? (?:value|amount)|order value)$/i,
    "spent",
  ],
  [
    /^(?:(?:the|their|total|most|number of|count of|how many) )*(?:orders?|purchases|order count|frequency|how often(?: they (?:bought|ordered))?)(?: (?:they have|placed|count))?$/i,
    "orders",
  ],
  [
    /^(?:(?:the|their|date of) )*(?:(?:last|latest|most recent|newest) (?:order(?:ed)?|purchased?|bought|buy)(?: date)?|recency|order date|date of (?:last )?(?:order|purchase)|when they (?:last )?(?:bought|ordered)(?: last)?)$/i,
    "last_order",
  ],
  [/^(?:(?:the|their|date of) )*first (?:order|purchase)(?: date)?$/i, "first_order"],
  [
    /^(?:(?:the|their) )*(?:(?:date|day|time)(?: (?:added|created|joined|of joining))?|sign[- ]?up(?: date)?|creation date|newest|latest|most recent|joined|added|created|join(?:ing)? date|when they (?:joined|signed up|came|were added))$/i,
    "added",
  ],
  [
    /^(?:(?:the|their|open|unpaid|outstanding|amount|what they|how much they) )*(?:owe[sd]?|owing|balances?|debts?|due|invoices?)(?: us)?$/i,
    "owes",
  ],
];
/** Said plainly, since the table itself can be put in another order. */
const cannotSort = (asked: string): Reply => ({
  kind: "say",
  topic: "clarify",
  text: `I can't sort people by "${asked}": I can by what they spent, how many orders, their last or first order, when they were added and what they owe.`,
  suggestions: ["Sort them by last order", "Sort them by total spend"],
});
const counts = `\\d{1,3}|${Object.keys(numberWords)
  .filter((word) => word !== "a")
  .join("|")}`;
const sorted =
  /^(?:(?:now|then|and|please|pls|can you) )*(?:sort|order|rank|arrange|put)(?:ed)?(?: (?:them|it|these|those|that|the list))?(?: in order)?(?: (?:by|of)) (.+?)( ascending| desc(?:ending)?| lowest first| smallest first| oldest first| highest first| biggest first)?$|^(?:sorted |ranked |ordered )?by (.+)$/i;
const firstOf = new RegExp(
  `^(?:(?:just|only|show|give|list|and|the|me|us|now|ok|keep|limit|it|them|to) )*(first|top|best|biggest|latest|newest|last) (${counts})(?: (?:of (?:them|those|these)|people|customers|ones|spenders|names|contacts))?(?: (?:only|please|pls|will do|is enough))*(?:,? by (?<by>.{3,30}))?$`,
  "i",
);
const bestFirst =
  /^(?:and |with |the |show )*(biggest|highest|largest|best|top|most valuable|newest|latest|oldest|most recent(?:ly)?)(?: (?:ones|spenders?|customers?|people|buyers?|orders?|purchases?))? (?:first|on top)$/i;
const best =
  /^(?:and |so )*(?:(?:who(?:'s|s| is| are| was)?|which (?:one )?is) (?:the )?(?:biggest|top|best|largest|highest|most valuable)(?: (?:one|ones|spender|customer|buyer|payer))?(?: (?:of|among) (?:them|those|these))?|who(?: of (?:them|those))? (?:spent|paid|bought) (?:the )?most)$/i;
const money = new RegExp(
  `^(?:and )?(?:(?:how much|what) (?:did|have|do|has) (?:they|each(?: (?:of (?:them|those)|one))?|every(?: one|one)(?: of them)?|${them})(?: all| each)? (?:spen[dt]|paid|pay|bought for|brought in|generated?)|(?:what(?:'s|s| is) )?(?:their|the) (?:total |combined |lifetime )*(?:spend|spending|value|revenue|worth)|total (?:value|spend|revenue)|what are (?:they|${them}) worth)(?: (?:in total|altogether|in all|together|combined|with us|so far|all together|(.+)))?$`,
  "i",
);
const lastBuy = new RegExp(
  `^(?:and )?(?:when did (?:they|${them}|each(?: of them)?) (?:last|most recently) (?:buy|order|purchase|bought)(?: (?:something|anything|from us))?|(?:show )?their last (?:orders?|purchases?)(?: dates?)?)$`,
  "i",
);
const boughtLast = new RegExp(
  `^(?:and )?who(?: of ${them})? (?:bought|ordered|purchased) (?:last|most recently|latest)$`,
  "i",
);
const often =
  /^(?:and )?(?:how (?:many orders|often|many times) did (?:they|those|these|each of them) (?:place|make|order|buy|have)|(?:their )?number of orders)$/i;

/** After a ranking of everybody: the ranking again in another period, or a question back, since the ten are no conditions. */
function afterRanking(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { people, order, page, unanswered } = memory;
  if (people || !order || !page || unanswered) return null;
  // `older than 30 days`, of what is owed: late by so many.
  const late =
    order.by === "owes" &&
    /^(?:(?:and|but|only|just|those|the ones|which|that|are) )*(?:older|late|later|overdue|more|over|longer)(?: by)?(?: (?:more )?than)? (\d{1,4}) days?(?: (?:late|overdue|old))?$/i.exec(
      raw,
    )?.[1];
  if (late)
    return callPeople({ where: { overdue_days: Number(late) }, order, limit: page.limit }, context, [
      `Older: late by more than ${late} days.`,
    ]);
  const sum = money.exec(raw);
  const said = sum?.[1] ?? "";
  const found = said ? periodAt(normalise(said).clean, context.today) : null;
  const span = found && found.length === normalise(said).clean.length && spanOf(found.period, context.today);
  if (sum && order.by === "spent" && (span || !said))
    return callPeople({ order: { by: "spent", ...(span || {}) }, limit: page.limit }, context, [
      span
        ? `These are the ${page.limit} who spent the most in that period; they may be others than before.`
        : "What each spent stands beside the name.",
    ]);
  if (nextPages.test(raw))
    return callPeople({ order, limit: page.limit, cursor: String(page.from + page.limit) }, context);
  if (theirs.test(raw)) return callPeople({ order, limit: page.limit }, context);
  const first = firstOf.exec(raw);
  if (first && !first.groups?.by) {
    const count = first[2] ?? "";
    const limit = Math.min(100, numberWords[count.toLowerCase()] ?? Number(count));
    if (!/^(?:latest|newest|last)$/i.test(first[1] ?? "") || /last_order|first_order|added/.test(order.by))
      return callPeople({ order, limit }, context);
  }
  return null;
}

function rankingUnclear(raw: string, { people, order, page, unanswered }: Memory): Reply | null {
  if (people || !order || !page || unanswered) return null;
  const about =
    new RegExp(`\\b(?:they|their|${them}|each|of them)\\b`, "i").test(raw) ||
    /\b(?:he|she|him|her|his|the (?:top|first|best|biggest|last|second|third|number) (?:one|person|customer|guy|spender|buyer))\b/i.test(
      raw,
    );
  const bare = !newList.test(raw) && new RegExp(`^(?:and |but |only |just )*(?:${verbs})\\b`, "i").test(raw);
  return about || bare
    ? {
        kind: "say",
        topic: "clarify",
        text: `The answer before was the first ${page.limit} of a ranking, which I can't take further one by one. Ask for the ranking again with the condition, for example "top ${page.limit} customers from Canada", or open one of them.`,
        suggestions: [],
      }
    : null;
}

function inOrder(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const people = memory.people;
  // Those at risk come most overdue first, and in no other order.
  const most = people?.at_risk
    ? /^(?:just |only |show |the )*(?:top|first) (\d{1,3})(?: (?:of (?:them|those)|people|ones))?$/i.exec(
        raw,
      )?.[1]
    : null;
  if (people && most)
    return unsure(memory)
      ? askWhom(memory)
      : callPeople({ ...people, limit: Math.min(100, Math.max(1, Number(most))) }, context);
  if (!people || people.at_risk) return null;
  const show = (order: PeopleOrder, limit: number, meanings: string[] = []): Reply =>
    unsure(memory) ? askWhom(memory) : callPeople({ ...people, order, limit }, context, meanings);
  const by = sorted.exec(raw);
  const asked = by?.[1] ?? by?.[3];
  if (asked) {
    const measure =
      /^(?:(?:the|their) )*(?:date|day|time)$/i.test(asked) && /"bought|"ordered/.test(JSON.stringify(people))
        ? "last_order"
        : measures.find(([pattern]) => pattern.test(asked))?.[1];
    if (!measure) return by?.[1] ? cannotSort(asked) : null;
    return show(
      { by: measure, ...(/asc|lowest|smallest|oldest/i.test(by?.[2] ?? "") ? { ascending: true } : {}) },
      sortedLimit,
    );
  }
  const first = firstOf.exec(raw);
  if (first) {
    const [, how = "", count = ""] = first;
    const limit = Math.min(100, numberWords[count.toLowerCase()] ?? Number(count));
    const measured = first.groups?.by
      ? measures.find(([pattern]) => pattern.test(first.groups?.by ?? ""))?.[1]
      : undefined;
    if (first.groups?.by) return measured ? show({ by: measured }, limit) : cannotSort(first.groups.by);
    if (/last/i.test(how) && !memory.order) return show({ by: "added" }, limit);
    if (/first/i.test(how) && !memory.order)
      return unsure(memory) ? askWhom(memory) : callPeople({ ...people, limit }, context);
    return show(memory.order ?? { by: /latest|newest/i.test(how) ? "added" : "spent" }, limit);
  }
  const front = bestFirst.exec(raw);
  if (front)
    return show(
      /most recent/i.test(front[1] ?? "")
        ? { by: "last_order" }
        : /oldest/i.test(front[1] ?? "")
          ? { by: "added", ascending: true }
          : { by: /newest|latest/i.test(front[1] ?? "") ? "added" : "spent" },
      sortedLimit,
    );
  if (best.test(raw)) return show({ by: "spent" }, 1);
  const sum = money.exec(raw);
  // What a filter can say is a number of its own, with its period and chart.
  if (sum && (!filterOf(people) || memory.order || /\beach\b|\bevery ?one\b/i.test(raw))) {
    const said = sum[1];
    const found = said ? periodAt(normalise(said).clean, context.today) : null;
    const span =
      found && found.length === normalise(said ?? "").clean.length && spanOf(found.period, context.today);
    if (said && !span) return null;
    return show({ by: "spent", ...(span || {}) }, 10);
  }
  if (lastBuy.test(raw) || boughtLast.test(raw)) return show({ by: "last_order" }, sortedLimit);
  return often.test(raw) ? show({ by: "orders" }, sortedLimit) : null;
}

// ── Some of them ──────────────────────────────────────────────────────────────────────────────────────────────────

const begin = "(?:(?:and|but|then|ok|okay|now|so|please) )*";
const ones = "(?:the ones|those|ones|people|them|these|customers|contacts|leads|members)";
const verbs =
  "have|has|had|having|are|is|were|was|did|do|does|bought|buy|ordered|order|purchased|spent|paid|opened|clicked|live|lives|living|based|hold|holding|own|owe|owes|got|get|came|come|joined|signed|added|became|subscribed|unsubscribed|cancell?ed|opted|met|in|from|with|without|tagged|also|never|not|no|haven'?t|hasn'?t|hadn'?t|didn'?t|don'?t|doesn'?t|aren'?t|isn'?t|over|above|under|below|more than|less than|at least|at most|up to";
const some: { pattern: RegExp; without?: true; counted?: true; share?: true }[] = [
  {
    pattern: new RegExp(
      `^${begin}(?<how>how many|which|who(?:'s|s)?|what share|what percentage|what percent|what %)(?: ones| people)? (?:of|among|from|amongst) ${them}(?:,? (?:who|which|that))? (?<phrase>.+)$`,
      "i",
    ),
    counted: true,
  },
  {
    pattern: new RegExp(
      `^${begin}(?:of|among|from) ${them},? (?<how>how many|which|who|what share|what percentage)?(?: of them)? ?(?<phrase>.+)$`,
      "i",
    ),
    counted: true,
  },
  // `are any of them members`, `is anyone of those in Texas`; of all of them it is a share.
  {
    pattern: new RegExp(
      `^${begin}(?<how>(?:are|is|were|was|did|do|does|have|has) (?:any|some|anyone|anybody|one)(?: (?:people|one))?) (?:of|among|from|in) ${them} (?<phrase>.+)$`,
      "i",
    ),
    counted: true,
  },
  {
    pattern: new RegExp(
      `^${begin}(?:are|is|were|was|did|do|does|have|has) (?:all|most|many)(?: of)? ${them} (?<phrase>.+)$`,
      "i",
    ),
    share: true,
  },
  {
    pattern: new RegExp(`^${begin}any(?:one|body)?(?: (?:of|among) ${them})? (?<phrase>.+)$`, "i"),
  },
  {
    pattern: new RegExp(
      `^${begin}(?:(?:exclude|excluding|without|except(?: for)?|minus|drop|remove|leave out|leaving out|take out|filter out|skip|ignore|not)) (?:${ones} )?(?:(?:who|that|which) )?(?<phrase>.+)$`,
      "i",
    ),
    without: true,
  },
  {
    pattern: new RegExp(
      `^${begin}(?:only|just|(?:show|keep|narrow|filter|limit|restrict|cut)(?: (?:it|them|the list|that|me))?(?: down)?(?: to)?(?: only| just)?)(?: ${ones})?(?:,? (?:who|which|that))? (?<phrase>.+)$`,
      "i",
    ),
  },
  {
    pattern: new RegExp(
      `^${begin}(?:show (?:me )?)?(?:the ones|those|these|ones)(?:,? (?:who|which|that)| (?=(?:${verbs})\\b)) ?(?<phrase>.+)$`,
      "i",
    ),
  },
  {
    pattern: new RegExp(
      `^(?:and|but|who|which|that) (?:who |which |that )?(?:of them )?(?:also )?(?<phrase>(?:${verbs})\\b.+)$`,
      "i",
    ),
  },
  // `how many bought`, after a number or a list of people: of those.
  {
    pattern: new RegExp(
      `^${begin}(?<how>how many|which)(?: of them)? (?<phrase>(?:have |has |then |also |later )*(?:bought|ordered|purchased|converted|opened|clicked|cancelled|canceled|unsubscribed|came back|became)\\b.*)$`,
      "i",
    ),
    counted: true,
  },
  // After a list, whoever is counted without a noun is in it.
  {
    pattern: new RegExp(
      `^${begin}(?<how>how many|which(?: ones)?)(?: of them)? (?<phrase>(?:${verbs})\\b.+)$`,
      "i",
    ),
  },
  {
    pattern: new RegExp(`^(?<phrase>(?:${verbs})\\b.+)$`, "i"),
  },
];

/** `what about Texas`, `same for the uk`: in the place of what was said of the same kind, or besides. */
const other =
  /^(?:(?:and|ok|now|then|so) )*(?:(?:what about|how about|same(?: thing| list| again)?(?: but)? (?:for|in|with|from)|instead(?: of that)?,?|now|and|try)) (?:the |those |for |in |from |with |only )*(?<phrase>.+?)(?: ones| people| customers| instead| only| too| as well)*$/i;
/** `with the tag Newsletter` is asked of them besides; `in Texas` takes the place of another state. */
const besidesThat = /^(?:(?:but|only|just|and) )*(?:with|having|also|who|that|tagged|without|not|no)\b/i;
const places = ["region", "country", "city"] as const;

function instead(raw: string, memory: Memory, context: PlanContext): Reply | null {
  // `and the uk` comes without its beginning.
  const phrase =
    other.exec(raw)?.groups?.phrase ??
    (raw.split(" ").length <= 4 && !newList.test(raw) && !besidesThat.test(raw) ? raw : undefined);
  const before = memory.people && nested(memory.people);
  if (!phrase || !before || unsure(memory)) return null;
  const named = /^(?:(?:ok|now|then|so) )*(?:what about|how about|same|instead)\b/i.test(raw);
  const read =
    readMore(phrase, false, memory, context) ??
    // `what about the drawing kit`, of people who bought something.
    (named && partsIn(before).some((part) => kindOf(part) === "bought")
      ? readMore(`bought ${phrase}`, false, memory, context)
      : null);
  const added = read && nested(read.people);
  const kind = added && kindOf(added);
  if (!read || !added || !kind) return null;
  const parts = partsIn(before);
  const kept = parts.filter((part) => kindOf(part) !== kind);
  if (kept.length === parts.length && !named) return null;
  return callPeople(
    { where: kept.length > 0 ? { and: [...kept, added] } : added, limit: 20 },
    context,
    read.meanings,
  );
}

/** Which kind of thing a plain condition is about; null for all others. */
function kindOf(part: Where): string | null {
  const [key, another] = Object.keys(part);
  if (!key || another) return null;
  if ((places as readonly string[]).includes(key)) return "place";
  return ["tag", "bought", "lead_source", "owner"].includes(key) ? key : null;
}

const partsIn = (where: Where): Where[] => ("and" in where ? where.and.flatMap(partsIn) : [where]);

/** `just the new ones` of those who bought in the last 30 days: their first purchase was in those days. */
function newAmong(phrase: string, { people }: Memory): Chosen | null {
  const { where } = people ?? {};
  const first = where && "bought" in where && where.from ? where : null;
  if (
    !(people?.ordered_from || first) ||
    !/^(?:the )?(?:brand )?new(?: ones| customers| people| buyers)?$/i.test(phrase)
  )
    return null;
  const from = people?.ordered_from ?? first?.from;
  const to = people?.ordered_to ?? first?.to;
  return {
    people: { where: { did: "first_bought", ...(from ? { from } : {}), ...(to ? { to } : {}) } },
    meanings: ["New: their first purchase was in the same days."],
  };
}

/** `bought after`, of people who did something in a period: from its first day on. */
function boughtAfter(phrase: string, before: Where): Chosen | null {
  if (
    !/^(?:(?:have|has|then|also) )*(?:bought|ordered|purchased)(?: (?:something|anything|from us))? (?:after(?:wards?| that| it)?|since(?: then)?|later(?: on)?|from then on)$/i.test(
      phrase,
    )
  )
    return null;
  const from = partsIn(before)
    .flatMap((part) => ("from" in part && part.from ? [part.from] : []))
    .sort()[0];
  return from
    ? {
        people: { where: { bought: [], from } },
        meanings: [`After: from ${from} on, the first day of the answer before ("${phrase}").`],
      }
    : null;
}

/** `new this year`, of customers: they became customers then. */
function newIn(phrase: string, before: Where): string {
  const said = JSON.stringify(before);
  const kind = /"customer"|first_bought/.test(said)
    ? "became customers"
    : /"subscriber"|subscription/.test(said)
      ? "new members"
      : "were added";
  const stayed = /subscri/.test(said) ? "are members" : "are active customers";
  const here =
    /^(?:(?:are|is|have|has) )?still (?:with us|here|around|active|there|on board)(?: today| now)?$/i;
  return phrase
    .replace(here, stayed)
    .replace(
      /^(?:(?:are|were|is) )?(?:brand )?new(?: ones)?(?= (?:this|last|in|since|from|of|during|the) )/i,
      kind,
    );
}

const pasts: Record<string, string> = {
  cancel: "cancelled",
  buy: "bought",
  order: "ordered",
  purchase: "bought",
  open: "opened",
  click: "clicked",
  join: "joined",
  leave: "left",
  pay: "paid",
  spend: "spent",
  unsubscribe: "unsubscribed",
  own: "own",
  have: "have",
};

/** `did any of them cancel` asks who cancelled. */
const inThePast = (phrase: string): string =>
  phrase.replace(
    /^(?:ever |also |already |since |then )*(\p{L}+)/u,
    (said, verb: string) => pasts[verb.toLowerCase()] ?? said,
  );

/** Asks for people of its own, whatever was shown before. */
const newList =
  /^(?:(?:and|now|ok|then|please) )*(?:(?:list|show|find|get|give|search|name|export)(?: me| us)? )?(?:all |every |the |our |any )*(?:people|persons?|customers|contacts|leads|clients|members|subscribers|buyers|everyone|everybody|vips?)\b(?! (?:of|from|in|among) (?:them|those|these))/i;

function narrowed(raw: string, memory: Memory, context: PlanContext): Reply | null {
  for (const { pattern, without, counted, share } of some) {
    const groups = pattern.exec(raw)?.groups;
    if (!groups?.phrase || (newList.test(raw) && !new RegExp(`\\b${them}\\b`, "i").test(raw))) continue;
    // Who stands in a ranking by money or orders is a customer.
    const ranked = !memory.people && memory.order && memory.page && memory.order.by !== "added";
    // Risk is no condition that could be nested; the rest is added beside it.
    const atRisk = memory.people?.at_risk ? memory.people : null;
    const before: Where | null = memory.people
      ? atRisk
        ? { is: "customer" }
        : nested(memory.people)
      : ranked
        ? { is: "customer" }
        : counted && memory.last
          ? peopleOfQuery(memory.last.query, context.today)
          : groups.how && !memory.unanswered
            ? countedBefore(memory, context)
            : null;
    if (!before) continue;
    const told = /^(?:did|do|does)\b/i.test(groups.how ?? "") ? inThePast(groups.phrase) : groups.phrase;
    const more =
      newAmong(told, memory) ??
      boughtAfter(told, before) ??
      readMore(newIn(told, before), Boolean(without), memory, context);
    const added = more && nested(more.people);
    if (!added) continue;
    if (atRisk) {
      const also = without ? ({ not: added } as Where) : added;
      const { where: had, ...flat } = atRisk;
      return callPeople(
        {
          ...flat,
          where: had ? { and: [had, also] } : also,
          limit: /how many/i.test(groups.how ?? "") ? 5 : 20,
        },
        context,
        more.meanings,
      );
    }
    const meanings = [
      ...(unsure(memory) && memory.people
        ? [
            `Your last question was not answered, so this is about the people before it, who ${peopleInWords(memory.people)}.`,
          ]
        : []),
      ...more.meanings,
    ];
    const { how = "" } = groups;
    if (share || /share|percent|%/i.test(how))
      return callPeople({ where: added, among: before, limit: 20 }, context, meanings);
    const first = onlyTheFirst(memory);
    if (first)
      return {
        kind: "say",
        topic: "clarify",
        text: `The answer before was the first ${first} of a ranking${memory.people ? ` of those who ${peopleInWords(memory.people)}` : ""}. Who of exactly those ${first} it holds for I can't say; I can rank all for whom it does: ask for it in one, for example "top ${first} customers from Canada".`,
        suggestions: rankedAgain(groups.phrase, memory, context),
      };
    // What was put in an order stays in it.
    const top = memory.order && memory.page && !/how many/i.test(how);
    return callPeople(
      {
        where: together(before, without ? { not: added } : added),
        ...(top && memory.order ? { order: memory.order } : {}),
        limit: /how many/i.test(how) ? 5 : top && memory.page ? memory.page.limit : 20,
      },
      context,
      meanings,
    );
  }
  return null;
}

/** The ranking of those for whom it holds, as one question. */
function rankedAgain(phrase: string, { people, order, page }: Memory, { index }: PlanContext): string[] {
  if (people || order?.by !== "spent" || order.ascending || order.from || order.to) return [];
  const place = phrase.replace(/^(?:in|from|living in|based in|live in) (?:the )?/i, "");
  const known = index.byLength.some(
    ({ key, kind }) => (kind === "country" || kind === "region") && key === place.toLowerCase(),
  );
  return known ? [`Top ${page?.limit ?? 10} customers from ${place}`] : [];
}

/** `over 500` is an amount they spent; what is left out must not be turned round a second time. */
export function readMore(
  phrase: string,
  without: boolean,
  { people }: Memory,
  context: PlanContext,
): Chosen | null {
  const said = phrase.replace(
    / (?:ones|only|please|pls|people|customers|though|too|as well|since|from (?:them|those|these|that list))$/i,
    "",
  );
  const amount =
    /^(?:over|above|under|below|at least|at most|more than|less than) [$€£]?\d[\d.,]*k?(?: (?:dollars|bucks|usd|euros?|pounds))?$/i.test(
      said,
    );
  const tags = people && (people.has_tag ?? people.has_all_tags ?? tagsIn(people.where));
  // `but not the kiln`, of those who bought something else: the product, not a tag that is called so.
  const bought = without && people && /"bought(?:_product)?"/.test(JSON.stringify(people));
  for (const form of amount
    ? [`spent ${said}`]
    : [
        ...(bought ? [`bought ${said}`] : []),
        said,
        phrase,
        ...(without ? [`with ${said}`] : [`in ${said}`]),
      ]) {
    const read = peopleIn(form, context, tags);
    if (bought && form === `bought ${said}` && !isProduct(read && nested(read.people))) continue;
    if (read && Object.keys(read.people).length > 0) return read;
  }
  return null;
}

/** Tags that have to be held, of nested conditions. */
function tagsIn(where: Where | undefined): string[] | undefined {
  if (!where) return undefined;
  if ("tag" in where) return where.tag;
  if ("and" in where) return where.and.map(tagsIn).find(Boolean);
  return undefined;
}

/** The same kind of place said again takes the place of the one before: `and in texas`. */
function together(before: Where, added: Where): Where {
  const parts = partsIn(before);
  const kind = places.find((each) => each in added && Object.keys(added).length === 1);
  const kept = kind ? parts.filter((part) => !(kind in part)) : parts;
  if (kept.length === parts.length) return withoutContradiction(before, added);
  return kept.length > 0 ? { and: [...kept, added] } : added;
}
