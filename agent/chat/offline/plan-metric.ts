import { getMetric } from "@/analytics/metrics/catalog";
import type { Filter, Query, Range } from "@/analytics/query/query";
import { allOf, filterInWords, filtersOf, partsOf } from "./build-filters";
import type { Period } from "./dates";
import type { Memory } from "./memory";
import { chooseMetrics, mainNumbers } from "./numbers/choose-metrics";
import type { Draft, QueryInput } from "./numbers/draft";
import { follow, isFollowUp, narrowedByNumber, ofWhom, theirsOf, worthOf } from "./numbers/follow";
import { keepsConditions, ofEverybody } from "./numbers/of-the-answer";
import { commonNames } from "./numbers/read-contrast";
import { readings } from "./numbers/readings";
import {
  buyersInPeriod,
  lost,
  ofWhat,
  partOfWhat,
  refuseFilter,
  refuseSplit,
  tooMany,
} from "./numbers/replies";
import { byChange, call, draw, growthRank, knownOnly, productsAlone, setRank } from "./numbers/set-form";
import {
  defaultRange,
  keepPeriod,
  setOverview,
  setTime,
  sinceItsStart,
  widenForBuckets,
} from "./numbers/set-time";
import { shareOf, wholeTitle } from "./numbers/share-of";
import { daysOf } from "./numbers/shown-days";
import type { PlanContext, PlannedCall, Reply } from "./plan";
import type { Understanding } from "./understand";

/** Turns what was understood into calls of `query_metric`, on its own or as a change of the last answer. */
export function planMetric(read: Understanding, memory: Memory, context: PlanContext): Reply {
  const ofPart = againOfWhole(read, memory, context);
  if (ofPart) return ofPart;
  const understanding = inMoney(read, memory);
  const mails = mailsByCampaign(understanding, memory);
  if (mails) return mails;
  const asked = narrowedByNumber(understanding, memory) ?? ofWhom(understanding, memory);
  if (asked) return asked;
  const goesOn = isFollowUp(understanding, memory);
  const anybody = goesOn ? null : ofEverybody(understanding, memory);
  if (anybody) return anybody;
  const drafts = goesOn
    ? subjectsOf(memory).map((last) => follow(understanding, last, context))
    : [fresh(understanding, context)];
  const said = drafts.find((draft) => "kind" in draft);
  if (said && "kind" in said) return said;
  const ready = asOneStretch(
    drafts.filter((draft): draft is Draft => !("kind" in draft)),
    understanding,
    context,
  );
  for (const { query, meanings } of ready) {
    keepPeriod(query, understanding, memory, meanings);
    widenForBuckets(query, understanding, meanings);
    ofTheChange(query, understanding, memory, meanings);
  }
  const theirs = understanding.pronoun ? theirsOf(memory) : null;
  if (!goesOn && !theirs)
    for (const { query, meanings } of ready) {
      const kept = keepsConditions(query, understanding, memory);
      if (kept) meanings.push(kept);
    }
  const calls: PlannedCall[] = [];
  const known = new Set<string>();
  for (const { query, second, drawing, keptTitle, average, behind } of ready)
    for (const each of second ? [query, second] : [query])
      for (const one of sideBySide(theirs ? narrowedTo(theirs, each, understanding) : each, understanding)) {
        const narrowed = refuseFilter(one);
        if (narrowed) return narrowed;
        // What is to be ranked was lost on the way.
        if (one.order && (one.dimensions ?? []).length === 0) return ofWhat(one.metrics[0] ?? "", read.raw);
        const key = JSON.stringify(one);
        if (known.has(key)) continue;
        known.add(key);
        const planned = call(one, drawing, keptTitle);
        if (calls.length === 0 && (average || understanding.average)) planned.input.average = true;
        if (calls.length === 0 && behind) planned.input.behind = true;
        if (memory.last?.share && keepsShares(one, memory.last.query) && isFollowUp(understanding, memory))
          planned.input.share = true;
        calls.push(planned);
      }
  if (calls.length > mostCalls) return tooMany(calls.length);
  const meanings = new Set([
    ...readings(understanding),
    ...ready.flatMap((draft) => draft.meanings),
    ...(theirs ? [`I took that of the people shown before: ${filterInWords(theirs)}.`] : []),
  ]);
  return { kind: "call", calls, meanings: [...meanings], understanding };
}

/** `by month` behind now against January: every month from the one to the other, and not one of each. */
function asOneStretch(drafts: Draft[], { time }: Understanding, { today }: PlanContext): Draft[] {
  const [first, second] = drafts;
  if (!first || !second || drafts.length > 2 || !time.grain || time.grain === "auto" || time.period)
    return drafts;
  const { range, ...one } = first.query;
  const { range: other, ...same } = second.query;
  if (!range || !other || JSON.stringify(one) !== JSON.stringify(same)) return drafts;
  const days = [range, other].map((each) => daysOf(each as Range, today));
  if (days.some((each) => !each)) return drafts;
  const from = days.flatMap((each) => each?.from ?? []).sort()[0] ?? "";
  const to =
    days
      .flatMap((each) => each?.to ?? [])
      .sort()
      .at(-1) ?? "";
  const stretch = { ...first, query: { ...first.query, range: { from, to } } };
  stretch.meanings.push("These are all from the earlier of the two periods to the later one.");
  return [stretch];
}

/** `which product dropped most` behind what changed in October: in October against September, and of the same number. */
function ofTheChange(
  query: QueryInput,
  { time, raw, metrics }: Understanding,
  { explained, unanswered }: Memory,
  meanings: string[],
): void {
  if (!explained || unanswered || time.period || time.against?.period || !growthRank.test(raw)) return;
  query.range = explained.range;
  query.comparison = explained.comparison;
  if (metrics.ids.length === 0 || metrics.weak) query.metrics = [explained.metric];
  if (query.order) query.order = { ...query.order, by: query.metrics[0] ?? "" };
  meanings.push("Over the days whose change was explained before.");
}

/** `and california` after a part and its whole: another part of the same whole. */
function againOfWhole(read: Understanding, memory: Memory, context: PlanContext): Reply | null {
  const [query, another] = memory.beside ?? [];
  if (!memory.last || memory.last.title !== wholeTitle || !query || another) return null;
  if (read.metrics.ids.length > 0 || read.intent !== "metric") return null;
  const { beside: _, ...rest } = memory;
  const ofPart: Memory = { ...rest, last: { query } };
  return isFollowUp(read, ofPart) ? shareOf(read, ofPart, context) : null;
}

/** `which campaign did best` of mails: they are not told apart by campaign, and a UTM campaign is how people came. */
function mailsByCampaign({ splits, metrics, raw }: Understanding, { last }: Memory): Reply | null {
  const ids = metrics.ids.length > 0 ? metrics.ids : (last?.query.metrics ?? []);
  const ofMails = ids.length > 0 && ids.every((id) => getMetric(id)?.section === "email");
  if (!ofMails || !splits.ids.includes("utm_campaign") || /\butm\b/i.test(raw)) return null;
  const label = getMetric(ids[0] ?? "")?.label ?? "E-mail open rate";
  return {
    kind: "say",
    topic: "refuse",
    text: "Mails are not told apart by campaign here. By campaign I only know the UTM campaign through which people came, and can show how the mails to them did.",
    suggestions: [`${label} by utm campaign this year`, `${label} by month this year`],
  };
}

/** `in dollars` right after a number of things is what those are worth. */
function inMoney(understanding: Understanding, { last }: Memory): Understanding {
  const ids = last && worthOf(understanding, last.query.metrics);
  if (!ids) return understanding;
  const meanings = ids.map((id) => ({ said: understanding.raw.trim(), id }));
  return { ...understanding, metrics: { ...understanding.metrics, ids, meanings, weak: false } };
}

/** `same for this year` after shares: shares again, as long as there are groups of the same number. */
const keepsShares = (query: QueryInput, last: Query): boolean =>
  JSON.stringify(query.metrics) === JSON.stringify(last.metrics) &&
  (query.dimensions ?? []).some((id) => id !== "time") &&
  !query.comparison;

/** What a follow-up changes: every question of the answer before, in the order they were answered. */
function subjectsOf({ last, beside = [] }: Memory): NonNullable<Memory["last"]>[] {
  return last ? [...beside.map((query) => ({ ...last, query })), last] : [];
}

/** `how much did they spend in total`: of the people spoken of before. */
function narrowedTo(theirs: Filter, query: QueryInput, { time, raw }: Understanding): QueryInput {
  const ever = !time.period && /\b(?:in total|altogether|in all|ever|so far|lifetime)\b/i.test(raw);
  const filters = allOf([...partsOf(query.filters), ...partsOf(theirs)]);
  return {
    ...query,
    ...(ever ? { range: { preset: "all_time" as const } } : {}),
    ...(filters ? { filters } : {}),
  };
}

/** More results than this are no answer any more. */
const mostCalls = 4;

/** A query for each of the groups that are set side by side. */
function sideBySide(query: QueryInput, { sides, bought, joint }: Understanding): QueryInput[] {
  if (!sides) return [query];
  return sides.map(({ names }) => {
    const own = filtersOf({ names, bought, joint }, query.metrics, query.dimensions);
    const filters = allOf([...partsOf(query.filters), ...own]);
    return { ...query, ...(filters ? { filters } : {}) };
  });
}

const asksWho =
  /^\s*(?:(?:and|so|ok|please|can you|could you) )*(?:who|whom|whose|which (?:invoices|people|customers?|clients?|contacts?|buyers?|leads?|members?|subscribers?)|(?:list|show(?: me)?|name|give me|get|export|see|find)(?: (?:me|the|all|our|a list of|of|names of))* (?:people|customers?|clients?|contacts?|buyers?|members?|subscribers?|names|everyone|champions|refunds|failed payments|unpaid invoices|orders)|(?:list|names) of (?:people|customers?|contacts?|members?|subscribers?))\b/i;

const things =
  "people|persons?|members|customers|clients|contacts|subscribers|leads|buyers|deals|opportunities|orders|invoices|bills|refunds|payments|tasks|quotes|charges";
/** `list the refunds`, `failed charges one by one`, `which orders came in`, `deals that fell through`: each of them is to be seen. */
const asksForEach = new RegExp(
  `^\\s*(?:(?:and|so|ok|please|can you|could you|i need|we need|show me|give me|show|see) )*(?:(?:a |the )?(?:complete |full )?list\\b|every (?:single )?(?:${things})\\b|all (?:of )?(?:the |our |my )?(?:\\S+ )?(?:${things})\\b|(?:which|what) (?:of (?:our|the|my) )?(?:\\S+ )?(?:orders|invoices|bills|refunds|payments|deals|opportunities|tasks|charges|quotes)\\b|(?:the |our |any )?(?:${things}) (?:who|that|which|whose|with|we|they|put|gone|named|tagged)\\b)|\\b(?:one by one|by name|in a list|as a list|line by line|itemi[sz]ed|(?:${things}|order|invoice|refund|customer|member|payment|deal) list)\\b`,
  "i",
);

/** The mean over the buckets, and the people behind a number that was asked for with `who`. */
function extras(
  { average, raw, listing }: Understanding,
  query: QueryInput,
): Pick<Draft, "average" | "behind"> {
  const single = query.metrics.length === 1 && (query.dimensions ?? []).length === 0;
  const opens =
    single &&
    getMetric(query.metrics[0] ?? "")?.drill &&
    (listing || asksWho.test(raw) || asksForEach.test(raw));
  return { ...(average ? { average } : {}), ...(opens ? { behind: true } : {}) };
}

/** A part was asked for, and the number is a count or an amount with nothing it could be a part of. */
function isPartOfNothing({ intent, splits, names }: Understanding, metrics: string[]): boolean {
  return (
    intent === "share" &&
    splits.ids.length === 0 &&
    names.length === 0 &&
    metrics.length === 1 &&
    getMetric(metrics[0] ?? "")?.unit !== "ratio"
  );
}

function coversToday({ from, to }: Period, { now }: PlanContext["today"]): boolean {
  const day = now.toISODate() ?? "";
  return (from === null || from <= day) && (to === null || to > day);
}

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
    /\bdiff\p{L}*(?: is there)? between\b/iu.test(raw)
  )
    return {
      kind: "call",
      calls: asked.map((metric) => ({ tool: "describe_metric", input: { metric } })),
      meanings: [],
      understanding,
    };
  if (growthRank.test(raw) && splits.ids.length === 0 && rank) {
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
  if (isPartOfNothing(understanding, metrics)) return partOfWhat(metrics);
  if (metrics.length === 0) return lost(understanding);
  if (metrics.includes("expected_cash") && time.period && !coversToday(time.period, today))
    return {
      kind: "say",
      topic: "refuse",
      text: "Of money to come only the next 30 days are known: what is open and due, and the bills of running subscriptions.",
      suggestions: ["Expected cash", "Forecast revenue for the next 3 months"],
    };
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
  const filters = allOf([
    ...filtersOf({ ...understanding, names: commonNames(understanding) }, metrics, splits.ids),
    ...knownOnly(understanding, dimensions),
  ]);
  if (filters) query.filters = filters;
  const second = setTime(query, understanding, today, meanings);
  sinceItsStart(query, understanding, today, meanings);
  if (metrics === mainNumbers) setOverview(query, understanding, meanings);
  else if (!time.period && !time.against) query.range = defaultRange(understanding, metrics, meanings);
  setRank(query, { ...understanding, rank });
  productsAlone(query, meanings);
  byChange(query, understanding, meanings);
  if (rank?.bucket && rank.limit)
    meanings.push(`All of them are shown, so the first "${rank.limit}" are those you asked for.`);
  if (rank && splits.ids.length > 1)
    meanings.push(
      `Groups within groups are not cut one by one${rank.limit ? ` ("${rank.limit}")` : ""}: here are all of them, in order.`,
    );
  return {
    query,
    drawing: draw(query, drawing),
    second,
    meanings,
    ...extras(understanding, query),
  };
}
