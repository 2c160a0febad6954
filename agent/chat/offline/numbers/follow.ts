import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import type { Filter, Query } from "@/analytics/query/query";
import { filterOf } from "../../../people/people-input";
import { allOf, filtersOf, partsOf, subjectOf } from "../build-filters";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { exampleQuestions } from "../suggest";
import type { Understanding } from "../understand";
import type { Draft, QueryInput } from "./draft";
import { commonNames } from "./read-contrast";
import { countOf, ratedBy, rates, worth } from "./read-pairs";
import { ofWhat, refuseSplit } from "./replies";
import { byChange, draw, knownOnly, productsAlone, setRank } from "./set-form";
import { defaultRange, isDefault, setTime, stretchBefore, wholeBuckets } from "./set-time";

/** `only new customers` or `from subscriptions` after revenue asks to narrow it, not for another number. */
export function narrowedByNumber({ metrics, raw }: Understanding, { last }: Memory): Reply | null {
  const [id] = metrics.ids;
  const unvalued = last && withoutWorth(raw, last.query.metrics);
  if (unvalued) return unvalued;
  if (!last || !id || metrics.weak || last.query.metrics.includes(id)) return null;
  if (!/^\s*(?:and |but |now )?(?:only|just|from|of|without|excluding)\b|\bonly\s*[?.!]*$/i.test(raw))
    return null;
  const before = getMetric(last.query.metrics[0] ?? "")?.label ?? "the last number";
  const label = getMetric(id)?.label ?? id;
  return {
    kind: "say",
    topic: "clarify",
    text: `I can't narrow ${before.toLowerCase()} by ${label.toLowerCase()}, which is a number of its own. Do you want that one instead?`,
    suggestions: [`${label} last month`, `${before} and ${label.toLowerCase()} last month`],
  };
}

const aboutPeople = new Set([
  "contacts",
  "new_leads",
  "customers",
  "new_customers",
  "active_customers",
  "lapsed_customers",
  "buyers",
  "subscribers",
]);

/** Who `they` are: the people listed last, or those of a number of people that was narrowed. */
export function theirsOf({ people, last }: Memory): Filter | null {
  if (people) return filterOf(people);
  const counted = last?.query.metrics.every((id) => aboutPeople.has(id)) && last.query.filters;
  return counted || null;
}

/** A number of people spoken of before: theirs where a filter can say who they are, else a question back. */
export function ofWhom(understanding: Understanding, memory: Memory): Reply | null {
  const { people, last, unanswered } = memory;
  const { metrics, names, time, splits, raw } = understanding;
  // `how much did each spend` after a list of people: each of those.
  const pronoun = understanding.pronoun || (people !== undefined && /\beach\b/i.test(raw));
  const filter = theirsOf({ people, last });
  if (pronoun && metrics.ids.length > 0 && !filter)
    return {
      kind: "say",
      topic: "clarify",
      text: people
        ? "I can't take that list into a number: its conditions are more than a filter can say. Ask for who spent the most among them, or save the list as a segment."
        : "I don't know whom you mean: no people were chosen before this. Say who they are, by a tag or a product for example.",
      suggestions: ["Revenue this year for people tagged VIP", "Top 10 customers by lifetime spend"].slice(
        people ? 1 : 0,
      ),
    };
  // `net?` after subscribers lost and gained is about those.
  const bare =
    metrics.weak &&
    names.length === 0 &&
    splits.ids.length === 0 &&
    !time.period &&
    raw.trim().split(/\s+/).length <= 2;
  const money = last?.query.metrics.some((id) => getMetric(id)?.unit === "money");
  if (bare && last && !money)
    return {
      kind: "say",
      topic: "clarify",
      text: `I don't know what "${raw.trim().slice(0, 60)}" is of the answer before. Ask it in full.`,
      suggestions: exampleQuestions.slice(0, 2),
    };
  // After a question that was not answered, a word like `in dollars` has nothing to be about.
  const fragment =
    metrics.weak &&
    names.length === 0 &&
    splits.ids.length === 0 &&
    !time.period &&
    raw.trim().split(/\s+/).length <= 4;
  // `per lead` after a question that was not answered is per lead of nothing.
  const perNothing =
    unanswered &&
    /^\s*(?:and )?per [\p{L} ]{3,20}\s*[?.!]*$/iu.test(raw) &&
    !time.period &&
    !time.grain &&
    splits.ids.length === 0;
  if (perNothing && metrics.ids.length > 0)
    return {
      kind: "say",
      topic: "clarify",
      text: "The question before was not answered, so I don't know what this is to be about. Ask it in full.",
      suggestions: exampleQuestions.slice(0, 2),
    };
  if (unanswered && fragment && /^\s*(?:in|by|as|and|with|per|only|just)\b/i.test(raw))
    return {
      kind: "say",
      topic: "clarify",
      text: "The question before was not answered, so I don't know what this is to be about. Ask it in full.",
      suggestions: exampleQuestions.slice(0, 2),
    };
  return null;
}

/** `cost per lead for each`, `which one converts best`: of the groups of the answer before. */
export function ofEach({ splits, time, raw }: Understanding, { last, beside }: Memory): boolean {
  if (!last || splits.ids.length > 0 || time.period) return false;
  if (!beside && !(last.query.dimensions ?? []).some((id) => id !== "time")) return false;
  return /\b(?:(?:for|of|per|by|in|from|to) (?:each|every|all)(?: (?:one|of (?:them|these|those)))?|each(?: of (?:them|these|those))?|(?:which|what) (?:one|ones|of (?:them|these|those)))\b/i.test(
    raw,
  );
}

export function worthOf({ raw }: Understanding, before: readonly string[]): string[] | undefined {
  const table = inDollars.test(raw)
    ? worth
    : inPercent.test(raw)
      ? rates
      : howMany.test(raw)
        ? countOf
        : undefined;
  const of =
    table === rates
      ? /\bof (?:(?:our|the|all|total) )*([a-z -]+?)\s*\??$/i.exec(raw)?.[1]?.toLowerCase()
      : "";
  const wanted = table && before.map((id) => table[id]);
  if (of && !/^(?:it|all|total)$/.test(of) && wanted?.some((id) => id && !ratedBy[id]?.test(of)))
    return undefined;
  return wanted?.every((id): id is string => id !== undefined) ? [...new Set(wanted)] : undefined;
}

/** `how much money is that`, of something whose amount is not known: anything else in money would be about everything. */
function withoutWorth(raw: string, before: readonly string[]): Reply | null {
  const [id = ""] = before;
  const metric = getMetric(id);
  if (!metric || metric.unit !== "count" || !inDollars.test(raw) || worthOfAll(before)) return null;
  return {
    kind: "say",
    topic: "clarify",
    text: `What ${metric.label.toLowerCase()} come to in money is no number I have.`,
    suggestions: [`${metric.label} by month this year`],
  };
}

const worthOfAll = (ids: readonly string[]) => ids.every((id) => worth[id] !== undefined);

const ofThat = String.raw`^\s*(?:and |now |but |so )?(?:what(?:'s|s| is| are) (?:that|those|they|this|it) )?`;
const inDollars = new RegExp(
  String.raw`${ofThat}(?:in|by|worth in) (?:dollars|money|value|cash|\$|usd|revenue terms)\s*\??$|^\s*(?:and |so |ok )*(?:(?:what|which|their|the|total) )*(?:value|worth)\s*\??$|^\s*(?:and |so )*(?:worth (?:how much|what)|for how much|how much (?:are they|is (?:that|it)|were they) worth|what (?:are|were) they worth)(?: (?:in total|altogether))?\s*\??$|^\s*(?:and |so )?how much (?:money )?(?:was|is|were|are|did|do) (?:that|those|they|it|these|this)(?: (?:worth|come to|make|bring in|in total|altogether|in all))*\s*\??$`,
  "i",
);
const howMany =
  /^\s*(?:and |so )?how many (?:orders |deals )?(?:was|is|were) (?:that|those|it)(?: in (?:total|all))?\s*\??$/i;
const inPercent = new RegExp(
  String.raw`${ofThat}(?:in|as)(?: an?)? (?:%|percent(?:age)?|share|rate)(?: of (?:our |the |all |total )*(?:sales|revenue|members|subscribers|orders|emails|it|all|total))?\s*\??$`,
  "i",
);

/** Numbers that are two views of one thing: said alone, the other view of the same question is meant. */
const siblings = [
  ["pipeline_value", "pipeline_weighted"],
  ["emails_sent", "emails_opened", "emails_clicked", "email_open_rate", "email_click_rate"],
  ["revenue_collected", "revenue_net", "revenue_collected_ex_tax", "refunds"],
  ["mrr", "arr"],
  ["nrr", "grr"],
  ["subscribers_lost", "subscribers_gained", "subscribers_returned"],
];

function isSibling({ metrics, time, names, splits, raw }: Understanding, before: readonly string[]): boolean {
  if (metrics.ids.length === 0 || metrics.weak || time.period || names.length + splits.ids.length > 0)
    return false;
  if (raw.trim().split(/\s+/).length > 2) return false;
  return siblings.some(
    (group) => metrics.ids.every((id) => group.includes(id)) && before.every((id) => group.includes(id)),
  );
}

/** Views of the same sales: asked in a word or two, of what was narrowed just before. */
const ofSales = new Set([
  "revenue_collected",
  "revenue_net",
  "refunds",
  "refunds_given",
  "refund_rate",
  "orders",
  "units",
  "aov",
  "buyers",
]);

function isViewOfSame(
  { metrics, names, splits, time, raw }: Understanding,
  last: NonNullable<Memory["last"]>,
): boolean {
  if (
    !last.query.filters ||
    names.length + splits.ids.length > 0 ||
    time.period ||
    time.grain ||
    time.against
  )
    return false;
  if (
    raw.trim().split(/\s+/).length > 4 ||
    /\b(?:we|our|total|all|overall|altogether|ever|business)\b/i.test(raw)
  )
    return false;
  return metrics.ids.every((id) => ofSales.has(id)) && last.query.metrics.every((id) => ofSales.has(id));
}

/** `by units instead`: the same list in another order. */
const inOrderOf =
  /^\s*(?:(?:and|now|rank|sort|order|ranked|sorted|them) )*by [\p{L} ]{3,30}?(?: instead)?\s*[?.!]*$/iu;

const carriesOn =
  /^\s*(?:and|now|add|include|plus|put in|throw in|drop|remove|but|ok|okay|also|then|what about|how about|same|the same|do the same|instead|only|just|(?:make|turn|change|switch|swap) (?:it|that|this|them))\b/i;

/** A question without a number of its own changes the last one; one with a number does so only when it says so. */
export function isFollowUp(understanding: Understanding, memory: Memory): boolean {
  if (!memory.last) return false;
  const { metrics, names, splits, time, drawing, rank, clearFilters, clearSplits } = understanding;
  if (
    worthOf(understanding, memory.last.query.metrics) ||
    isSibling(understanding, memory.last.query.metrics)
  )
    return true;
  if (understanding.listing || ofEach(understanding, memory)) return true;
  const changes =
    names.length + splits.ids.length > 0 ||
    time.period ||
    time.grain ||
    time.against ||
    time.before ||
    drawing ||
    rank ||
    clearFilters ||
    clearSplits ||
    understanding.dropUnknown ||
    understanding.clearComparison;
  if (metrics.ids.length === 0) return Boolean(changes);
  if (metrics.weak && understanding.followUp && names.length > 0) return true;
  if (carriesOn.test(understanding.raw) || isViewOfSame(understanding, memory.last)) return true;
  if (memory.last.query.order && inOrderOf.test(understanding.raw)) return true;
  if (isAnotherPartOf(understanding, memory.last.query.metrics)) return true;
  // `which of these turned into customers best`
  if (/\b(?:which|how many|what|who) (?:of )?(?:these|those|them)\b/i.test(understanding.raw) && !time.period)
    return true;
  // `how much revenue was that`: the period is the one of the answer before.
  return !time.period && /\b(?:that|those|these|them|it)\b\s*\??$/i.test(understanding.raw);
}

const namesSeveral = ({ filters }: QueryInput, dimension: string): boolean =>
  partsOf(filters).some(
    (part) => "dimension" in part && part.dimension === dimension && part.is.length > 1 && part.is.length < 6,
  );

/** `how many were recovered` after failed payments: of those, in the same days. */
function isAnotherPartOf({ raw, metrics, time }: Understanding, before: readonly string[]): boolean {
  if (time.period || time.grain || metrics.ids.length !== 1) return false;
  const section = (id: string | undefined) => getMetric(id ?? "")?.section;
  return (
    section(metrics.ids[0]) === section(before[0]) &&
    /^\s*(?:(?:and|so|but|ok) )*(?:how (?:many|much)|what (?:share|part))(?: of (?:them|those|these|it))? (?:were|was|are|is|got|did we|have we|have been|has been|we|they)(?: (?:then|later|finally|already|also))* [\p{L}-]+(?: (?:back|again|in the end|later|too|so far))?\s*[?.!]*$/iu.test(
      raw,
    )
  );
}

export function follow(
  understanding: Understanding,
  last: NonNullable<Memory["last"]>,
  { today }: PlanContext,
): Draft | Reply {
  const { splits, time, drawing, rank, clearFilters, clearSplits, metrics } = understanding;
  const meanings: string[] = [];
  const query: QueryInput = structuredClone(last.query);
  let reshaped = false;
  if (metrics.ids.length > 0 && !(metrics.weak && understanding.names.length > 0)) {
    const adds = /\b(?:as well|too|also|add|include|plus|put in|throw in|together with|along with)\b/i.test(
      understanding.raw,
    );
    const drops = /^\s*(?:(?:and|now|please|ok) )*(?:drop|remove|without|take out|leave out|hide)\b/i.test(
      understanding.raw,
    );
    const kept = drops ? query.metrics.filter((id) => !metrics.ids.includes(id)) : [];
    const worthOfSame = query.order && worthOf(understanding, last.query.metrics);
    const ordered =
      query.order && (inOrderOf.test(understanding.raw) || worthOfSame) ? query.order.direction : undefined;
    const stood = query.metrics.every(isStock);
    query.metrics = adds
      ? [...new Set([...query.metrics, ...metrics.ids])]
      : kept.length > 0
        ? kept
        : metrics.ids;
    if (kept.length > 0)
      meanings.push(
        `"${understanding.raw.trim().slice(0, 60)}": ${kept.map((id) => getMetric(id)?.label.toLowerCase()).join(" and ")} stays.`,
      );
    delete query.order;
    if (ordered) query.order = { by: query.metrics[0] ?? "", direction: ordered };
    // How things stand today is asked of a day; what happens needs a stretch of time.
    const today = query.range && "preset" in query.range && query.range.preset === "today";
    if (stood && today && !time.period && !query.metrics.every(isStock))
      query.range = defaultRange(understanding, query.metrics, meanings);
    reshaped = true;
  }
  if (clearSplits) {
    query.dimensions = [];
    delete query.grain;
    delete query.limit;
    delete query.order;
    reshaped = true;
  }
  if (splits.ids.length > 0 || time.grain) {
    const keep =
      !/\binstead\b/i.test(understanding.raw) &&
      /^\s*(?:and|also|then)? ?(?:also |and )?(?:by|per|split)\b.*\b(?:too|as well|also)\b|^\s*(?:and|also) (?:by|per|split)|\b(?:as well|additionally|on top)\b/i.test(
        understanding.raw,
      );
    // `split by plan` of a trend stays a trend; months that were asked for as such give way.
    const within =
      !time.grain &&
      /\b(?:split|break|broken|breakdown|stack(?:ed)?|segment(?:ed)?)\b/i.test(understanding.raw) &&
      !/\binstead\b/i.test(understanding.raw);
    const bare = /^\s*(?:(?:and|now|ok) )*(?:split|stacked) by\b/i.test(understanding.raw);
    const series =
      within && (bare || !query.grain) && (query.dimensions ?? []).includes("time") ? ["time"] : [];
    // Two that were set side by side stay so by month.
    const sides =
      time.grain && splits.ids.length === 0 && !/\binstead\b/i.test(understanding.raw)
        ? (query.dimensions ?? []).filter((id) => id === "purchase" || namesSeveral(query, id))
        : [];
    const old = keep ? (query.dimensions ?? []) : [...series, ...sides];
    const wanted = [...(time.grain ? ["time"] : []), ...splits.ids];
    query.dimensions = [...new Set([...old, ...wanted])]
      .sort((a, b) => Number(b === "time") - Number(a === "time"))
      .slice(0, 3);
    if (time.grain && time.grain !== "auto") query.grain = time.grain;
    else if (!query.dimensions.includes("time") || time.grain === "auto") delete query.grain;
    if (time.grain && time.grain !== "auto" && !time.period && isDefault(query.range))
      query.range = { ...wholeBuckets(time.grain), including_current: true };
    if (!keep) delete query.limit;
    delete query.order;
    reshaped = true;
  }
  // `which months were the weakest`
  // `which day is best` after weekdays is one of those.
  const ownBucket = rank?.bucket === "day" && (query.dimensions ?? []).includes("weekday");
  if (rank?.bucket && splits.ids.length === 0 && !ownBucket) {
    query.dimensions = ["time"];
    query.grain = rank.bucket;
    delete query.limit;
    delete query.comparison;
    reshaped = true;
  }
  // After the overview, the numbers that can be split so: the first of them.
  const wanted = (query.dimensions ?? []).filter((id) => id !== "time");
  if (splits.ids.length > 0 && metrics.ids.length === 0 && query.metrics.length > 2) {
    const [fit] = query.metrics.filter((id) =>
      wanted.every((split) => getMetric(id)?.dimensions.some((known) => known === split)),
    );
    if (fit) {
      query.metrics = [fit];
      meanings.push(`Of those numbers I took ${getMetric(fit)?.label.toLowerCase()}.`);
    }
  }
  // A line of one point is no line.
  if ((drawing === "line" || drawing === "area") && (query.dimensions ?? []).length === 0)
    query.dimensions = ["time"];
  const refused = refuseSplit(
    query.metrics,
    (query.dimensions ?? []).filter((id) => id !== "time"),
  );
  if (refused) return refused;
  const standing = standsNow(understanding, last.query);
  if (standing) return standing;
  setFilters(query, understanding, clearFilters);
  if (understanding.clearComparison) delete query.comparison;
  if (time.before) {
    const range = stretchBefore(last.query.range, time.before, today);
    if (!range)
      return {
        kind: "say",
        topic: "clarify",
        text: `The answer before was not about one ${time.before}, so I don't know which ${time.before} comes before it. Name it, such as "last ${time.before}".`,
        suggestions: exampleQuestions.slice(0, 2),
      };
    query.range = range;
  }
  // `% change?` of what is compared already is the change that stands beside it.
  const kept = understanding.change && !understanding.time.period ? query.comparison : undefined;
  const second = setTime(query, understanding, today, meanings);
  if (kept) query.comparison = kept;
  setRank(query, understanding);
  productsAlone(query, meanings);
  byChange(query, understanding, meanings);
  if (rank && !rank.bucket && (query.dimensions ?? []).every((id) => id === "time") && query.limit)
    return ofWhat(query.metrics[0] ?? "", understanding.raw);
  const keptDrawing = reshaped ? undefined : last.drawing;
  return {
    query,
    drawing: drawing ? draw(query, drawing) : keptDrawing,
    second,
    meanings,
    ...(understanding.listing ? { behind: true } : {}),
  };
}

/**
 * `from the last 60 days` after how many there are now: of what stands at a moment only the last of those days would be
 * counted, while who came in them is meant as likely.
 */
function standsNow(
  { time, raw, metrics }: Understanding,
  { range, metrics: before, dimensions }: Query,
): Reply | null {
  const now = "preset" in range && range.preset === "today";
  const { period } = time;
  if (!now || !before.every(isStock) || dimensions.includes("time") || metrics.ids.length > 0) return null;
  const since = /^\s*(?:(?:and|only|just|but|those|the ones|that are) )*since /i.test(raw);
  if (!period || time.grain || time.against || (period.rolling?.kind !== "last" && !since)) return null;
  if (
    !/^\s*(?:(?:and|only|just|but|those|the ones|that are) )*(?:from|since|of|in|within|during|over) /i.test(
      raw,
    )
  )
    return null;
  const label = getMetric(before[0] ?? "")?.label ?? "This number";
  return {
    kind: "say",
    topic: "clarify",
    text: `${label} is how things stand at a moment, so I can't narrow it to days that way: I could only say how it stood at the end of them. Do you want how it developed, or those who came in those days?`,
    suggestions: [
      `${label} by month this year`,
      "New members in the last 60 days",
      "New leads in the last 60 days",
    ].slice(0, aboutPeople.has(before[0] ?? "") ? 3 : 1),
  };
}

function setFilters(query: QueryInput, understanding: Understanding, clear: boolean): void {
  const added = [
    ...filtersOf({ ...understanding, names: commonNames(understanding) }, query.metrics, query.dimensions),
    ...knownOnly(understanding, query.dimensions ?? []),
  ];
  if (addsMore.test(understanding.raw)) joinSeveral(query, added);
  const subjects = new Set(added.map(subjectOf));
  const old = clear
    ? []
    : partsOf(query.filters).filter(
        (part) =>
          !subjects.has(subjectOf(part)) &&
          (added.some((other) => leavesSome(part, other)) ||
            !added.some((other) => areOpposites(part, other))),
      );
  const filters = allOf([...old, ...added]);
  if (filters) query.filters = filters;
  else delete query.filters;
}

const addsMore = /^\s*(?:(?:and|now|please|ok|also|can you|then) )*(?:add|include|put in|throw in|plus)\b/i;

/** `add Google` behind the revenue of Facebook: both, told apart. */
function joinSeveral(query: QueryInput, added: Filter[]): void {
  for (const part of added) {
    if (!("dimension" in part) || !("is" in part)) continue;
    const before = partsOf(query.filters).find(
      (each) => "dimension" in each && "is" in each && each.dimension === part.dimension,
    );
    if (!before || !("is" in before)) continue;
    part.is = [...new Set([...before.is, ...part.is])];
    const dimensions = query.dimensions ?? [];
    if (!dimensions.includes(part.dimension) && dimensions.length < 3)
      query.dimensions = [...dimensions, part.dimension];
  }
}

/** `drop coaching` from several that were named: the others stay. */
function leavesSome(part: Filter, added: Filter): boolean {
  if ("not" in part || !("not" in added) || subjectOf(part) !== subjectOf(added.not)) return false;
  const out = valuesOf(added.not);
  return valuesOf(part).some((value) => !out.includes(value));
}

/** `only VIP` after `excluding VIP` takes the exclusion back, instead of asking for people who are both. */
function areOpposites(a: Filter, b: Filter): boolean {
  if ("not" in a === "not" in b) return false;
  const plain = (filter: Filter) => ("not" in filter ? filter.not : filter);
  const [one, other] = [plain(a), plain(b)];
  const values = valuesOf(other);
  return subjectOf(one) === subjectOf(other) && valuesOf(one).some((value) => values.includes(value));
}

function valuesOf(filter: Filter): string[] {
  if ("dimension" in filter) return filter.is;
  if ("has_tag" in filter) return filter.has_tag;
  return "bought_product" in filter ? filter.bought_product : [];
}
