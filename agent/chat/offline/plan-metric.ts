import { DateTime } from "luxon";
import type { Drawing, DrawingKind } from "@/analytics/charts/chart-spec";
import { suggestDrawing } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import {
  type Filter,
  type Grain,
  type QueryInput as LooseQueryInput,
  type Query,
  querySchema,
} from "@/analytics/query/query";
import { filterOf } from "../../people/people-input";
import { allOf, filterInWords, filtersOf, partsOf, subjectOf } from "./build-filters";
import { compare, grainFits, rangeOf } from "./build-range";
import { dateOrderOf, type Period } from "./dates";
import type { Memory } from "./memory";
import { fold } from "./normalise";
import type { PlanContext, PlannedCall, Reply } from "./plan";
import { nameInWords } from "./read-names";
import { exampleQuestions, knownMetrics } from "./suggest";
import type { Understanding } from "./understand";

/** The schema is recursive there, so its input type is loose. */
type QueryInput = Omit<LooseQueryInput, "filters"> & { filters?: Filter };

/** Ranked lists without a number show this many. */
const defaultTop = 10;

/** Turns what was understood into calls of `query_metric`, on its own or as a change of the last answer. */
export function planMetric(understanding: Understanding, memory: Memory, context: PlanContext): Reply {
  const narrowed = narrowedByNumber(understanding, memory) ?? ofWhom(understanding, memory);
  if (narrowed) return narrowed;
  const draft =
    isFollowUp(understanding, memory) && memory.last
      ? follow(understanding, memory.last, context)
      : fresh(understanding, context);
  if ("kind" in draft) return draft;
  const theirs = understanding.pronoun ? theirsOf(memory) : null;
  if (theirs) {
    if (
      !understanding.time.period &&
      /\b(?:in total|altogether|in all|ever|so far|lifetime)\b/i.test(understanding.raw)
    )
      draft.query.range = { preset: "all_time" };
    const all = allOf([...partsOf(draft.query.filters), ...partsOf(theirs)]);
    if (all) draft.query.filters = all;
    draft.meanings.push(`I took that of the people shown before: ${filterInWords(theirs)}.`);
  }
  const { query, drawing, second, meanings } = draft;
  const first = call(query, drawing, draft.keptTitle);
  if (draft.average || understanding.average) first.input.average = true;
  if (draft.behind) first.input.behind = true;
  const calls: PlannedCall[] = [first];
  if (second) calls.push(call(second, drawing));
  return { kind: "call", calls, meanings: [...readings(understanding), ...meanings], understanding };
}

/** `only new customers` or `from subscriptions` after revenue asks to narrow it, not for another number. */
function narrowedByNumber({ metrics, raw }: Understanding, { last }: Memory): Reply | null {
  const [id] = metrics.ids;
  if (!last || !id || metrics.weak || last.query.metrics.includes(id)) return null;
  if (!/^\s*(?:and |but |now )?(?:only|from|of|without|excluding)\b/i.test(raw)) return null;
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
function theirsOf({ people, last }: Memory): Filter | null {
  if (people) return filterOf(people);
  const counted = last?.query.metrics.every((id) => aboutPeople.has(id)) && last.query.filters;
  return counted || null;
}

/** A number of people spoken of before: theirs where a filter can say who they are, else a question back. */
function ofWhom(understanding: Understanding, { people, last, unanswered }: Memory): Reply | null {
  const { pronoun, metrics, names, time, splits, raw } = understanding;
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
  if (unanswered && fragment && /^\s*(?:in|by|as|and|with|per|only|just)\b/i.test(raw))
    return {
      kind: "say",
      topic: "clarify",
      text: "The question before was not answered, so I don't know what this is to be about. Ask it in full.",
      suggestions: exampleQuestions.slice(0, 2),
    };
  return null;
}

interface Draft {
  query: QueryInput;
  drawing?: Drawing;
  /** The other period of a comparison that is no calendar neighbour. */
  second?: QueryInput;
  keptTitle?: string;
  meanings: string[];
  average?: boolean;
  behind?: boolean;
}

const asksWho =
  /^\s*(?:(?:and|so|ok|please|can you|could you) )*(?:who|whom|whose|which (?:people|customers?|clients?|contacts?|buyers?|leads?|members?|subscribers?)|(?:list|show(?: me)?|name|give me|get|export|see|find)(?: (?:me|the|all|our|a list of|of|names of))* (?:people|customers?|clients?|contacts?|buyers?|members?|subscribers?|names|everyone|champions|refunds|failed payments|unpaid invoices|orders)|(?:list|names) of (?:people|customers?|contacts?|members?|subscribers?))\b/i;

/** The mean over the buckets, and the people behind a number that was asked for with `who`. */
function extras({ average, raw }: Understanding, query: QueryInput): Pick<Draft, "average" | "behind"> {
  const single = query.metrics.length === 1 && (query.dimensions ?? []).length === 0;
  const opens = single && getMetric(query.metrics[0] ?? "")?.drill && asksWho.test(raw);
  return { ...(average ? { average } : {}), ...(opens ? { behind: true } : {}) };
}

const carriesOn =
  /^\s*(?:and|now|but|ok|okay|also|then|what about|how about|same|the same|do the same|instead|only|just|(?:make|turn|change|switch|swap) (?:it|that|this|them))\b/i;

/** A question without a number of its own changes the last one; one with a number does so only when it says so. */
function isFollowUp(understanding: Understanding, memory: Memory): boolean {
  if (!memory.last) return false;
  const { metrics, names, splits, time, drawing, rank, clearFilters, clearSplits } = understanding;
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
    understanding.clearComparison;
  if (metrics.ids.length === 0) return Boolean(changes);
  if (metrics.weak && understanding.followUp && names.length > 0) return true;
  if (carriesOn.test(understanding.raw)) return true;
  // `how much revenue was that`: the period is the one of the answer before.
  return !time.period && /\b(?:that|those|these|them|it)\b\s*\??$/i.test(understanding.raw);
}

const growthRank =
  /(?<![\p{L}])(?:gr[eo]w(?:n|s|ing)?|increas(?:ed|es|ing)|improved?|declin(?:ed|ing)|drop(?:ped|ping)?|fell|fallen|shr[aiu]nk|changed|gained|lost) (?:the )?(?:most|fastest|least|quickest|more)|(?:biggest|largest|highest|fastest|strongest|most|worst) (?:growth|increase|drop|decline|change|jump|improvement|growing)|fastest[- ]growing/iu;

function fresh(understanding: Understanding, { today }: PlanContext): Draft | Reply {
  const { splits, time, drawing, raw } = understanding;
  const meanings: string[] = [];
  let { rank } = understanding;
  // `the difference between MRR and revenue` asks what they are.
  const asked = understanding.metrics.ids;
  if (
    asked.length === 2 &&
    !time.period &&
    !time.against?.period &&
    !time.grain &&
    /\bdifference between\b/i.test(raw)
  )
    return {
      kind: "call",
      calls: asked.map((metric) => ({ tool: "describe_metric", input: { metric } })),
      meanings: [],
      understanding,
    };
  if (growthRank.test(raw) && (splits.ids.length > 0 || rank)) {
    const label = getMetric(understanding.metrics.ids[0] ?? "")?.label ?? "Revenue collected";
    const split = (splits.ids[0] ?? "product").replaceAll("_", " ");
    return {
      kind: "say",
      topic: "refuse",
      text: `I can't put groups in order by how much they changed. I can show ${label.toLowerCase()} by ${split} beside the period before.`,
      suggestions: [
        `${label} by ${split} this year vs last year`,
        `Why did ${label.toLowerCase()} change last month?`,
      ],
    };
  }
  // `when did we have our highest revenue`: of months, which is said.
  if (rank && !rank.bucket && splits.ids.length === 0 && !time.grain && /^\s*when\b/i.test(raw)) {
    rank = { ...rank, bucket: "month" };
    meanings.push("You named no size of period, so I compared months.");
  }
  const metrics = chooseMetrics(understanding, meanings);
  if (metrics.length === 0) return lost(understanding);
  // `tagged VIP this month`: when the tag was put on, which a number of holders does not say.
  const putOn = /(?<![\p{L}])(?:tagged|got|given|received|joined|added)(?![\p{L}])/iu.test(understanding.raw);
  if (
    metrics[0] === "contacts" &&
    time.period &&
    putOn &&
    understanding.names.some(({ kind }) => kind === "tag")
  )
    return {
      kind: "say",
      topic: "clarify",
      text: "Do you mean who got the tag in that period, or who holds it at its end?",
      suggestions: ["How many people hold the tag now?"],
    };
  const unclear = buyersInPeriod(understanding, metrics);
  if (unclear) return unclear;
  const refused = refuseSplit(metrics, splits.ids);
  if (refused) return refused;
  // A line of one point is no line.
  const line = (drawing === "line" || drawing === "area") && splits.ids.length === 0;
  const dimensions = [...(time.grain || rank?.bucket || line ? ["time"] : []), ...splits.ids].slice(0, 3);
  const grain = rank?.bucket ?? (time.grain === "auto" ? undefined : time.grain);
  if (rank && !rank.bucket && splits.ids.length === 0 && !time.grain)
    return ofWhat(metrics[0] ?? "", understanding.raw);
  const query: QueryInput = { metrics, dimensions, ...(grain ? { grain } : {}) };
  const filters = allOf(filtersOf(understanding, metrics, splits.ids));
  if (filters) query.filters = filters;
  const second = setTime(query, understanding, today, meanings);
  if (!time.period && !time.against) query.range = defaultRange(understanding, metrics, meanings);
  setRank(query, { ...understanding, rank });
  return {
    query,
    drawing: draw(query, drawing),
    second,
    meanings,
    ...extras(understanding, query),
  };
}

/** A change of the business as a whole: `are we growing`, `yoy growth`, `October vs September`. */
function asksForChange(raw: string, compared: boolean): boolean {
  const business =
    /^\s*(?:(?:and|so|ok) )*(?:are we|have we|did we|is (?:the |our |my )?business|has (?:the |our |my )?business)(?![\p{L}])|^\s*(?:our |the |what(?:'s| is) (?:our|the) )?(?:yoy|mom|qoq|year[- ]over[- ]year|month[- ]over[- ]month|quarter[- ]over[- ]quarter) (?:growth|change)|^\s*(?:our )?growth(?![\p{L}])/iu;
  const periods =
    /^\s*(?:(?:please |can you )?compare )?[\p{L}\d' -]+ (?:vs\.?|versus|and|with|to|against) [\p{L}\d' -]+\s*\??$/iu;
  if (/(?<![\p{L}])(?:list|people|customers|leads|members|e-?mails?)(?![\p{L}])/iu.test(raw)) return false;
  return business.test(raw) || (compared && periods.test(raw));
}

/** What `list our tags` is answered with: each with the number that says most about it. */
const listedBy: Partial<Record<string, string>> = {
  product: "units",
  category: "units",
  tag: "contacts",
  lead_source: "new_leads",
  country: "customers",
  region: "customers",
  plan: "active_subscriptions",
  stage: "deals_open",
};

function chooseMetrics(
  { metrics, splits, rank, time, names, raw }: Understanding,
  meanings: string[],
): string[] {
  if (metrics.ids.length > 0)
    return metrics.ids.slice(0, 8).map((id) => gained(id, raw, understandingHasPeriod(time), meanings));
  const listed = listedBy[splits.ids[0] ?? ""];
  if (
    listed &&
    !rank &&
    splits.ids.length === 1 &&
    /^\s*(?:please )?(?:list|show|what|which|see|give me|all|where)\b/i.test(raw)
  ) {
    meanings.push(`You named no number, so here is ${getMetric(listed)?.label.toLowerCase()} of each.`);
    return [listed];
  }
  if (rank && (splits.ids.length > 0 || rank.bucket)) {
    meanings.push(`You named no number to rank by, so I took revenue collected.`);
    return ["revenue_collected"];
  }
  const overview =
    /(?<![\p{L}])(?:how (?:are|is|was|were|did|have|has)(?: [\p{L}\d]+){0,3} (?:doing|going|go|gone|been|performing|do|perform|business|look|looking)|what happened|overview|summary|recap|snapshot|performance|business|dashboard|report|kpis?)(?![\p{L}])/iu;
  if (
    overview.test(raw) &&
    names.length > 0 &&
    splits.ids.length === 0 &&
    names.every(({ negated }) => !negated)
  ) {
    meanings.push("You named no number, so here are revenue collected and orders.");
    return ["revenue_collected", "orders"];
  }
  if (overview.test(raw) && names.length === 0 && splits.ids.length === 0) {
    meanings.push("You asked for an overview, so here are revenue collected, orders and new leads.");
    return ["revenue_collected", "orders", "new_leads"];
  }
  if (
    names.length > 0 &&
    names.every(({ kind }) => kind === "tag") &&
    /\b(?:how many|number of|count)\b/i.test(raw)
  ) {
    meanings.push("I counted the people who hold the tag now.");
    return ["contacts"];
  }
  if (names.length === 0 && splits.ids.length === 0 && asksForChange(raw, Boolean(time.against))) {
    meanings.push("You named no number, so I took revenue collected.");
    return ["revenue_collected"];
  }
  if (names.some(({ kind }) => kind !== "tag") && (time.period || time.grain)) {
    meanings.push("You named no number, so I took revenue collected.");
    return ["revenue_collected"];
  }
  return [];
}

const gainedBy: Record<string, string> = { contacts: "new_leads", customers: "new_customers" };

/** `how many customers did we get last month` asks for those who came, not for those there are. */
function gained(id: string, raw: string, hasPeriod: boolean, meanings: string[]): string {
  const came = gainedBy[id];
  if (!came || !getMetric(came) || !hasPeriod) return id;
  if (
    !/\b(?:since|get|got|gain|gained|add|added|acquire|acquired|win|won|join|joined|sign|signed|come|came|receive|received)\b/i.test(
      raw,
    )
  )
    return id;
  meanings.push(`I counted those who came in the period: ${getMetric(came)?.label.toLowerCase()}.`);
  return came;
}

function understandingHasPeriod(time: Understanding["time"]): boolean {
  return Boolean(time.period ?? time.grain);
}

function follow(
  understanding: Understanding,
  last: NonNullable<Memory["last"]>,
  { today }: PlanContext,
): Draft | Reply {
  const { splits, time, drawing, rank, clearFilters, clearSplits, metrics } = understanding;
  const meanings: string[] = [];
  const query: QueryInput = structuredClone(last.query);
  let reshaped = false;
  if (metrics.ids.length > 0 && !(metrics.weak && understanding.names.length > 0)) {
    const adds = /\b(?:as well|too|also|add|together with|along with)\b/i.test(understanding.raw);
    query.metrics = adds ? [...new Set([...query.metrics, ...metrics.ids])] : metrics.ids;
    delete query.order;
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
    const series = within && !query.grain && (query.dimensions ?? []).includes("time") ? ["time"] : [];
    const old = keep ? (query.dimensions ?? []) : series;
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
  const refused = refuseSplit(
    query.metrics,
    (query.dimensions ?? []).filter((id) => id !== "time"),
  );
  if (refused) return refused;
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
  const second = setTime(query, understanding, today, meanings);
  setRank(query, understanding);
  if (rank && !rank.bucket && (query.dimensions ?? []).every((id) => id === "time") && query.limit)
    return ofWhat(query.metrics[0] ?? "", understanding.raw);
  const kept = reshaped ? undefined : last.drawing;
  return { query, drawing: drawing ? draw(query, drawing) : kept, second, meanings };
}

function setFilters(query: QueryInput, understanding: Understanding, clear: boolean): void {
  const added = filtersOf(understanding, query.metrics, query.dimensions);
  const subjects = new Set(added.map(subjectOf));
  const old = clear
    ? []
    : partsOf(query.filters).filter(
        (part) => !subjects.has(subjectOf(part)) && !added.some((other) => areOpposites(part, other)),
      );
  const filters = allOf([...old, ...added]);
  if (filters) query.filters = filters;
  else delete query.filters;
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

/** Sets range and comparison; returns the second query when two periods have no calendar relation. */
function setTime(
  query: QueryInput,
  { time }: Understanding,
  today: PlanContext["today"],
  meanings: string[],
): QueryInput | undefined {
  if (time.period) query.range = rangeOf(time.period);
  dropUnfitGrain(query, time.period);
  const { against } = time;
  if (!against) return undefined;
  if (against.relative) {
    query.comparison = against.relative;
    if (!time.period && against.relative && !query.range) query.range = { preset: "this_year" };
    return undefined;
  }
  if (!against.period) return undefined;
  const compared = compare(time.period ?? periodOf(query), against.period, today);
  if (time.period || !query.range || compared.kind === "separate") query.range = rangeOf(compared.main);
  if (compared.kind === "comparison") {
    query.comparison = compared.comparison;
    return undefined;
  }
  meanings.push("These two periods are no neighbours, so they are shown side by side.");
  return { ...query, comparison: undefined, range: rangeOf(compared.period) };
}

/** The day, week, month, quarter or year before the one a range covers whole or so far; null where it covers another stretch. */
function stretchBefore(
  range: Query["range"],
  unit: Grain,
  { now, weekStart }: PlanContext["today"],
): Query["range"] | null {
  const startOf = (day: DateTime) =>
    unit === "week"
      ? day.startOf("day").minus({ days: (day.weekday - weekStart + 7) % 7 })
      : day.startOf(unit);
  let start: DateTime;
  if ("preset" in range) {
    const names =
      unit === "day" ? ["today", "yesterday"] : [`this_${unit}`, `previous_${unit}`, `${unit}_to_date`];
    const at = names.indexOf(range.preset);
    if (at < 0) return null;
    start = startOf(now).minus({ [`${unit}s`]: at === 1 ? 1 : 0 });
  } else if ("from" in range) {
    start = DateTime.fromISO(range.from, { zone: now.zone });
    const whole =
      start
        .plus({ [`${unit}s`]: 1 })
        .minus({ days: 1 })
        .toISODate() === range.to;
    if (!whole || startOf(start).toISODate() !== range.from) return null;
  } else {
    if (range.last !== 1 || range.unit !== unit || range.including_current) return null;
    start = startOf(now).minus({ [`${unit}s`]: 1 });
  }
  const from = start.minus({ [`${unit}s`]: 1 }).toISODate();
  const to = start.minus({ days: 1 }).toISODate();
  return from && to ? { from, to } : null;
}

/** The named period a query already has, when it can be said as one. */
function periodOf(query: QueryInput): Period | undefined {
  const { range } = query;
  if (!range || !("from" in range)) return undefined;
  const next = new Date(`${range.to}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return { from: range.from, to: next.toISOString().slice(0, 10), unit: "day" };
}

/** `only last week` after `by year`: buckets larger than the range say nothing. */
function dropUnfitGrain(query: QueryInput, period: Period | undefined): void {
  if (query.grain && !grainFits(query.grain, period)) delete query.grain;
}

function setRank(query: QueryInput, { rank }: Understanding): void {
  if (!rank) return;
  const by = query.metrics[0] ?? "";
  query.order = { by, direction: rank.direction };
  const ranksGroups = !rank.bucket && (query.dimensions ?? []).some((id) => id !== "time");
  if (ranksGroups) {
    query.limit = Math.min(rank.limit ?? defaultTop, 1000);
    query.others = false;
  } else if (rank.limit && !rank.bucket) {
    query.limit = Math.min(rank.limit, 1000);
  }
}

function defaultRange(understanding: Understanding, metrics: string[], meanings: string[]): Query["range"] {
  const { time, splits, average } = understanding;
  if (average) {
    const unit = time.grain === "auto" || !time.grain ? "month" : time.grain;
    const last = { day: 30, week: 12, month: 12, quarter: 8, year: 3 }[unit];
    meanings.push(`You named no period, so this is the last ${last} completed ${unit}s.`);
    return { last, unit, including_current: false };
  }
  if (metrics.every(isStock) && !time.grain) {
    meanings.push("You named no period, so this is as of now.");
    return { preset: "today" };
  }
  if (
    /\b(?:have|has) (?:we|i|our business) (?:ever )?(?:made|earned|collected|taken|sold|brought|had)\b.*\b(?:in total|altogether|in all|overall|ever)\b/i.test(
      understanding.raw,
    )
  )
    return { preset: "all_time" };
  const everyone =
    metrics.length === 1 && metrics[0] === "new_leads" && /how many/i.test(understanding.raw) && !time.grain;
  if (everyone && splits.ids.length === 0) {
    meanings.push("You named no period, so everyone ever added is counted.");
    return { preset: "all_time" };
  }
  const { last, unit } = wholeBuckets(time.grain);
  meanings.push(`You named no period, so this is the last ${last} ${unit}s, the current one included.`);
  return { last, unit, including_current: true };
}

/** About a year in whole buckets: a quarter that the range cuts would look like a bad one. */
function wholeBuckets(grain: Grain | "auto" | undefined): { last: number; unit: Grain } {
  if (grain === "quarter") return { last: 5, unit: "quarter" };
  if (grain === "year") return { last: 3, unit: "year" };
  if (grain === "week") return { last: 52, unit: "week" };
  return { last: 12, unit: "month" };
}

/** The range that is taken where none is named. */
const isDefault = (range: QueryInput["range"]) =>
  range !== undefined &&
  "last" in range &&
  range.last === 12 &&
  range.unit === "month" &&
  range.including_current === true;

function draw(query: QueryInput, kind: DrawingKind | undefined): Drawing | undefined {
  if (!kind) return undefined;
  const suggested = suggestDrawing(querySchema.parse(query));
  return { ...suggested, kind };
}

function refuseSplit(metrics: readonly string[], splits: readonly string[]): Reply | null {
  for (const id of metrics) {
    const metric = getMetric(id);
    const bad = splits.find((split) => metric && !metric.dimensions.some((allowed) => allowed === split));
    if (!metric || !bad) continue;
    const offered = metric.dimensions.map((dimension) => dimension.replaceAll("_", " "));
    return {
      kind: "say",
      topic: "refuse",
      text: `${metric.label} can't be split by ${bad.replaceAll("_", " ")}. It can be split by time, ${offered.join(", ")}.`,
      suggestions: offered.slice(0, 3).map((split) => `${metric.label} by ${split} this year`),
    };
  }
  return null;
}

/** `people who bought X last month`: leads of last month are not what was asked, and buyers are no metric of their own. */
function buyersInPeriod({ metrics, bought, names, time }: Understanding, ids: string[]): Reply | null {
  const product = names.find(({ kind }) => kind === "product");
  if (
    !product ||
    !["new_leads", "contacts", "customers"].includes(ids[0] ?? "") ||
    !metrics.weak ||
    (!time.period && !time.grain)
  )
    return null;
  const what = nameInWords(product);
  return {
    kind: "say",
    topic: "clarify",
    text: `I can't count buyers of ${what} in a period yet. I can count orders that hold it or units sold${bought ? ", or everyone who ever bought it" : ""}. Which one?`,
    suggestions: [
      `Orders for ${what} by month this year`,
      `Units sold of ${what} this year`,
      `How many people bought ${what}?`,
    ],
  };
}

function ofWhat(metric: string, raw: string): Reply {
  const label = getMetric(metric)?.label ?? "Revenue collected";
  if (/\b(?:customers?|clients?|buyers?|people|persons?|contacts?|leads?)\b/i.test(raw)) {
    return {
      kind: "say",
      topic: "refuse",
      text: `I can't rank single people by ${label.toLowerCase()} yet. I can rank products, tags, lead sources, countries and regions.`,
      suggestions: [`Top 5 tags by ${label.toLowerCase()}`, `Top 5 lead sources by ${label.toLowerCase()}`],
    };
  }
  return {
    kind: "say",
    topic: "clarify",
    text: `Ranked by what? ${label} can be ranked by product, tag, lead source, country, region or month.`,
    suggestions: [
      `Top 5 products by ${label.toLowerCase()}`,
      `Top 5 lead sources by ${label.toLowerCase()}`,
      `Best month by ${label.toLowerCase()}`,
    ],
  };
}

function lost({ names, time }: Understanding): Reply {
  const [name] = names;
  if (name) {
    const what = nameInWords(name);
    return {
      kind: "say",
      topic: "clarify",
      text: `Which number do you want for ${what}?`,
      suggestions: [`Revenue for ${what} this year`, `Orders for ${what} by month`, `New leads for ${what}`],
    };
  }
  if (time.period) {
    return {
      kind: "say",
      topic: "clarify",
      text: `Which number do you want? I compute ${knownMetrics()}.`,
      suggestions: exampleQuestions,
    };
  }
  return {
    kind: "say",
    topic: "lost",
    text: `I did not find a number in that question. I compute ${knownMetrics()}, over time and by product, tag, lead source, country or region.`,
    suggestions: exampleQuestions,
  };
}

function call(query: QueryInput, drawing: Drawing | undefined, title?: string): PlannedCall {
  return {
    tool: "query_metric",
    input: { query, title: title ?? titleOf(query), ...(drawing ? { drawing } : {}) },
  };
}

/** `Revenue collected by month, product "X"`. */
function titleOf(query: QueryInput): string {
  const names = query.metrics.map((id) => getMetric(id)?.label ?? id).join(" and ");
  const splits = (query.dimensions ?? []).map((id) =>
    id === "time" ? (query.grain ?? "time") : id.replaceAll("_", " "),
  );
  const filters = filterInWords(query.filters);
  return `${names}${splits.length ? ` by ${splits.join(" and ")}` : ""}${filters ? `, ${filters}` : ""}`.slice(
    0,
    200,
  );
}

const plainWords = new Set(["total", "number", "of", "how", "many", "count", "new", "all"]);

/** What words were taken to mean, where that is not obvious. */
function readings({ raw, corrections, metrics, names, cut }: Understanding): string[] {
  const lines: string[] = [];
  for (const { from, to } of corrections) lines.push(`I read "${from}" as "${to}".`);
  for (const { said, id } of metrics.meanings) {
    const label = getMetric(id)?.label ?? id;
    const plain = fold(`${label} ${id}`.replaceAll("_", " "));
    const stem = (word: string) => word.slice(0, 5).replace(/s$/, "");
    if (
      !said
        .split(" ")
        .filter((word) => !plainWords.has(word))
        .every((word) => plain.includes(stem(word)))
    )
      lines.push(`I took "${said}" to mean ${label.toLowerCase()}.`);
  }
  if (
    /\bhow many\b/i.test(raw) &&
    metrics.ids.some((id) => getMetric(id)?.unit === "money") &&
    metrics.ids.length === 1
  ) {
    lines.push(
      `You asked how many; ${getMetric(metrics.ids[0] ?? "")?.label.toLowerCase()} is measured in money here.`,
    );
  }
  if (/(?<!\d)\d{1,2}[/.]\d{1,2}[/.]\d{4}/.test(raw) && !dateOrderOf(raw))
    lines.push("I read the dates in the order that is usual in the time zone of your account.");
  for (const name of names)
    if (name.said && !nameInWords(name).toLowerCase().includes(`"${name.said}"`))
      lines.push(`I took "${name.said}" to mean ${nameInWords(name)}.`);
  if (cut) lines.push("The question was very long; I read only its beginning.");
  return [...new Set(lines)];
}
