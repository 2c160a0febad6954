import { DateTime } from "luxon";
import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { type Filter, type Grain, type Query, querySchema } from "@/analytics/query/query";
import { hasParts } from "../../../tools/shares";
import { allOf, filterInWords, partsOf, subjectOf } from "../build-filters";
import { dimensionPhraseTable, metricPhraseTable } from "../lexicon";
import type { Memory } from "../memory";
import { fold } from "../normalise";
import type { PlanContext, PlannedCall, Reply } from "../plan";
import { nameInWords } from "../read-names";
import type { Understanding } from "../understand";
import type { VocabularyIndex } from "../vocabulary";
import { denominatorWords, perThing } from "./denominators";
import type { QueryInput } from "./draft";
import { ratedBy, rates } from "./read-pairs";
import { refuseSplit } from "./replies";
import { call } from "./set-form";
import { wholeTitle } from "./share-of";
import { comparisonOf, daysOf } from "./shown-days";

/**
 * Turning the answers just shown: their shares, the difference between the last two, both in one chart, their sum, their
 * mean, the number per lead or per order. Each of these is read whole, from the first word to the last, so that nothing
 * else is ever taken for it; what can't be derived is said.
 */
export function turnOfLast(
  question: string,
  memory: Memory,
  { today, index }: PlanContext,
  read: () => Understanding,
): Reply | null {
  if (memory.unanswered) return null;
  const said = bare(question);
  const ofList = turnOfList(said, question, memory, read);
  if (ofList) return ofList;
  if (!memory.last || memory.people || memory.records || memory.shape) return null;
  const shown: Shown = {
    now: [...(memory.beside ?? []), memory.last.query],
    pair: pairOf(memory),
    drawing: memory.last.drawing,
    title: memory.last.title,
    said: question.trim().replace(/"/g, ""),
    today,
    read,
  };
  for (const [pattern, turn] of turns) {
    const match = pattern.exec(said);
    const reply = match && turn(shown, match);
    if (reply) return reply;
  }
  return sibling(shown, said, index);
}

interface Shown {
  /** The queries of the answer just given. */
  now: Query[];
  /** The last two queries, the older first: of one answer, or of the last two. */
  pair: [Query, Query] | null;
  drawing: NonNullable<Memory["last"]>["drawing"];
  title: string | undefined;
  said: string;
  today: PlanContext["today"];
  read: () => Understanding;
}
type Turn = (shown: Shown, match: RegExpExecArray) => Reply | null;

function pairOf({ last, beside = [], earlier }: Memory): [Query, Query] | null {
  if (!last || beside.length > 1) return null;
  const before = beside[0] ?? earlier;
  return before ? [before, last.query] : null;
}

/** Politeness and joints at both ends say nothing. */
function bare(question: string): string {
  let text = question
    .toLowerCase()
    .replace(/[?.!,;:]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(
        /^(?:and|so|ok|okay|now|then|please|pls|but|also|hm+|great|thanks|(?:can|could|would) you|i want|i'd like|let's see|just|tell me|what about|how about) /,
        "",
      )
      .replace(/ (?:please|pls|too|as well|then|thanks|instead|again)$/, "");
  }
  return text;
}

/** Begins what is said with a gap, which the answer works out from the first two rows. */
export const gapSaid = "By how much";

const percent = "percent(?:age)?s?|%|pct|per cent|shares?|proportions?|parts?";
const ofTotal =
  "of (?:the |our |all )*(?:all|total|whole|overall|sum|entire|[a-z][a-z -]*?)(?: [a-z][a-z -]*?)?";
const those =
  "them|these|those|it|that|this|they|the two|both|all|everything|all of (?:them|these|those)|both of them";
const moved =
  "change[sd]?|gr[eo]w(?:n|th)?|go(?:ne)? (?:up|down)|drop(?:ped)?|f[ae]ll(?:en)?|rise|rose|increase[sd]?|decrease[sd]?|differ";
const direction = "more|less|higher|lower|better|worse|fewer|bigger|smaller|greater|up|down";

const movement =
  "difference|change|drop|fall|dip|decline|decrease|rise|increase|jump|spike|growth|gap|loss|gain|improvement";
const why = new RegExp(
  `^(?:why|how come)(?: (?:is|was|did|has|are|were)? ?(?:${those})(?: (?:so|such|that))?(?: (?:${moved}|change|high|low|good|bad|down|up|happen|happened|much|many|few|little|the case|more|less))*)?$|^(?:what|who)(?: has| have| is| was)? (?:made|caused|cause|causing|drove|driving|explains?|explained|behind|brought|led to|responsible for)(?: (?:the|that|this|it|such an?))*(?: (?:big|small|sudden|${movement}))*$|^where (?:did|does|do|is|was|has|have) (?:the |that |this |most of the )?(?:${movement}|it|that|this)(?: all)? (?:come|came|coming|happen|happened)(?: from)?$|^what happened(?: there| then)?$|^(?:what(?:'s| is| was| are| were) )?(?:the )?(?:reasons?|causes?|drivers?)(?: (?:for|of|behind) (?:that|this|it|the (?:${movement})))?$|^what reasons?(?: (?:is|are|were) (?:that|those|there))?$|^explain (?:that|this|it|the (?:${movement}))$`,
);
/** Numbers whose reasons are written down with each. */
const reasonOf: Record<string, string> = {
  subscribers_lost: "stop_reason",
  deals_lost: "loss_reason",
};

/** `how much in total` after who owes, `why` after who left: the number of the list that was shown. */
function turnOfList(said: string, question: string, memory: Memory, read: () => Understanding): Reply | null {
  const shown = { read, said: question.trim().replace(/"/g, "") };
  const where = memory.people && Object.keys(memory.people).length === 1 ? memory.people.where : undefined;
  const one = where as Record<string, unknown> | undefined;
  if (one && one.is === "owes" && Object.keys(one).length === 1 && inAll.test(said))
    return reply(
      shown,
      [call({ metrics: ["receivable"], range: { preset: "today" } }, undefined)],
      [`"${shown.said.slice(0, 60)}": what all of them owe now.`],
    );
  const left = one && one.subscription === "ended" && Object.keys(one).every((key) => leaverKeys.has(key));
  if (left && (why.test(said) || whyLeft.test(said))) {
    const from = typeof one.from === "string" ? one.from : undefined;
    const range: Query["range"] = from
      ? { from, to: typeof one.to === "string" ? one.to : "2100-12-31" }
      : { preset: "all_time" };
    return reply(
      shown,
      [call({ metrics: ["subscribers_lost"], dimensions: ["stop_reason"], range }, undefined)],
      [
        `The reasons of those days ("${shown.said.slice(0, 60)}") are what was written down with each; unknown are those without one.`,
      ],
    );
  }
  const { records } = memory;
  if (records && (records.kind === "deal" || records.kind === "order") && inAll.test(said))
    return reply(
      shown,
      [{ tool: "find_records", input: records }],
      [`"${shown.said.slice(0, 60)}": what they come to stands above the list.`],
    );
  const steps = memory.shape?.shape === "funnel" ? (memory.shape.steps ?? []).map(stepName) : [];
  return steps.join(",") === "lead,purchase" ? conversionBy(said, shown, memory) : null;
}

const turns: [RegExp, Turn][] = [
  [why, cause],
  [
    /^(?:who|which)(?: one| of (?:them|those|the two))? (?:has|had|won|made|sold|did|got|gets|brought|is|was|were)(?: the)? (?:more|most|higher|highest|bigger|biggest|better|best|ahead|less|fewer|least|lower|lowest)$/,
    change,
  ],
  [
    /^(?:(?:and|which(?: one)?|what|who)(?: is| was)? )?(?:the )?(?<end>fastest|quickest|slowest|cheapest|priciest|most expensive)(?: one| of (?:them|those|all))?$/,
    ends,
  ],
  [/\b(?:of|bought|buys?|for|with|by|about|from|to|sell|sold) (?:it|that one|this one)$/, whichOfThem],
  [
    /^(?:in|as) (?:money|dollars|cash|absolute (?:numbers|terms|values|amounts)|absolutes|numbers|real money|usd|\$)$/,
    inAmounts,
  ],
  [
    new RegExp(
      `^(?:(?:show|give|put|make|turn|see|express|have|get|what(?:'s| is| are)|how much is)(?: me| us)? )?(?:(?:${those}) )?(?:(?:as|in|into|by) )?(?:an? |the )?(?:${percent})(?: (?:share|split|breakdown|terms|wise|points))?(?: (?:of each|for each|each))?(?: ${ofTotal})?$`,
    ),
    shares,
  ],
  [
    new RegExp(
      `^(?:what|which|how big an?|how much) ?(?:${percent}|fraction)?(?: ${ofTotal})? (?:is|are|was|were|do|does|did|has|have) (?:${those}|each)(?: (?:make up|come to|represent|one|account for|of))?(?: (?:${ofTotal}|in (?:percent|%)))?$`,
    ),
    shares,
  ],
  [
    new RegExp(
      `^(?:what(?:'s| is| was)? |show (?:me )?|give me )?(?:the |a )?(?:% |percent(?:age)? |relative |absolute |total )?(?:difference|diff|delta|change|gap)(?: (?:between|of) (?:${those}|the last two|the two (?:months|years|numbers|periods)))?(?: there)?(?: (?:in|as)(?: an?)? (?:percent(?:age)?|%|pct|absolute (?:terms|numbers)|total|numbers|money|dollars|%))?$`,
    ),
    change,
  ],
  [
    new RegExp(
      `^(?:by )?how (?:much|many)(?: %| percent)?(?: (?:did (?:${those}|we|things)|has (?:${those})|is (?:${those})|was (?:${those})))?(?: (?:${moved}|${direction}))?(?: (?:is|was|were|are) (?:${those}))?(?: (?:in|as)(?: an?)? (?:percent(?:age)?|%))?$`,
    ),
    change,
  ],
  [
    new RegExp(
      `^(?:(?:put|show|draw|plot|chart|see|have|combine|merge|overlay|display)(?: me)? )?(?:(?:${those}) )?(?:(?:together|combined|side by side|overlaid|next to each other|merged|stacked up) )?(?:in|on|into) (?:one|a single|the same|1) (?:chart|graph|diagram|plot|picture|table|view)$|^(?:(?:put|show|draw|plot|chart|see|have|display)(?: me)? )?(?:(?:${those}) )?(?:side by side|next to each other|overlaid)$|^(?:(?:put|show|draw|plot|chart)(?: me)? )(?:${those}) together$|^(?:combine|merge|overlay|compare) (?:${those})$`,
    ),
    together,
  ],
  [
    new RegExp(
      `^(?:add|sum|total)(?: (?:${those}))?(?: (?:up|together))*$|^(?:what(?:'s| is) )?(?:the )?(?:sum|total)(?: (?:of|for) (?:${those}))?$|^(?:all )?(?:together|altogether|combined|in sum|all in all)$|^what(?:'s| is| does| do| are)(?: the (?:total|sum))?(?: (?:${those}))? (?:make|come to|add up to|altogether|combined|together|in total|in all)(?: (?:in total|altogether|together))?$`,
    ),
    sum,
  ],
  [
    new RegExp(
      `^(?:(?:what(?:'s| is| was| are)|show|give)(?: me)? )?(?:the |an? |on )?(?:(?:monthly|weekly|daily|quarterly|yearly) )?(?:average|avg|mean)(?: (?:of|for) (?:${those}))?(?: (?:over|across|for|of|in) (?:the |this |that |all )?(?:whole |entire |full )?(?:year|quarter|month|period|time|range|months|weeks|days|quarters|years))?(?: (?:per|a|each|by) (?<unit>day|week|month|quarter|year))?$|^(?:per|a|each|by) (?<unit2>day|week|month|quarter|year) on average$|^on average(?: (?:per|a|each|by) (?<unit3>day|week|month|quarter|year))?$`,
    ),
    mean,
  ],
  [
    new RegExp(
      `^(?:(?:what(?:'s| is)|how much is) (?:that|it|this) |that |it |on average |(?:the |an? )?(?:average|avg|mean) )?(?:per|for each|for every) (?:single |each |one )?(?<thing>${denominatorWords})$`,
    ),
    per,
  ],
];

function reply(
  { read, said }: Pick<Shown, "read" | "said">,
  calls: PlannedCall[],
  meanings: string[] = [],
): Reply {
  return {
    kind: "call",
    calls,
    meanings: meanings.length > 0 ? meanings : [`I took "${said.slice(0, 80)}" of the answer just shown.`],
    understanding: read(),
    whole: true,
  };
}

const refuse = (text: string, suggestions: string[] = []): Reply => ({
  kind: "say",
  topic: "clarify",
  text,
  suggestions,
});

const inAll =
  /^(?:how much|what)(?: (?:is|are|was|were|do|does)(?: (?:that|it|they|those|these|them|all))?)?(?: (?:owe|worth|come to|make))?(?: (?:us|in total|altogether|in all|all together|together|overall|worth|money))*$|^worth (?:how much|what)$|^(?:what|which|the|their)? ?(?:total |combined )?(?:value|worth|amount|sum|total)(?: (?:owed|of (?:them|those|these|it)|in all))?$|^(?:in|for how much) ?(?:money|total|dollars)?$/;
const leaverKeys = new Set(["subscription", "from", "to"]);
const whyLeft =
  /^(?:why|how come|for what reasons?|what made) (?:did )?(?:they|those|these|them|those people|these people)(?: all)? (?:leave|left|quit|cancel(?:l?ed)?|go|stop|end(?: their membership)?)$/;

const stepName = (step: unknown): string =>
  typeof step === "string" ? step : String((step as { kind?: unknown } | null)?.kind ?? "");

/** `by source` after the share of leads that buy: the registered rate, which counts the same 90 days. */
function conversionBy(said: string, shown: Pick<Shown, "read" | "said">, { shape }: Memory): Reply | null {
  const by = /^(?:by|per|split by|for each|broken down by) (?<split>[a-z ]+)$/.exec(said)?.groups?.split;
  const split = by && dimensionPhraseTable().find(({ phrase }) => phrase === by)?.id;
  const metric = "lead_conversion_rate";
  if (!split || !getMetric(metric)?.dimensions.some((known) => known === split)) return null;
  const { range, filters } = shape as { range?: Query["range"]; filters?: Filter };
  return reply(
    shown,
    [
      call(
        {
          metrics: [metric],
          dimensions: [split],
          range: range ?? { last: 12, unit: "month", including_current: true },
          ...(filters ? { filters } : {}),
        },
        undefined,
      ),
    ],
    [`Of each ("${shown.said.slice(0, 60)}") the share of the leads that bought within 90 days.`],
  );
}

const labelOf = (id: string) => getMetric(id)?.label ?? id;
const groupsOf = ({ dimensions }: Query) => dimensions.filter((id) => id !== "time");
const asInput = (query: Query) => query as QueryInput;
const callOf = (query: QueryInput, shown: Pick<Shown, "drawing">): PlannedCall => call(query, shown.drawing);

/** `as percent`: of groups their shares, of something narrowed the part and the whole, of two periods the change. */
function shares(shown: Shown, match: RegExpExecArray): Reply | null {
  const [query, another] = shown.now;
  if (!query || another) return null;
  const [, told = ""] =
    /\bof (?:(?:the|our|all) )*(.+?)(?: (?:is|are|was|were|do|does|did)\b.*)?$/.exec(match[0]) ?? [];
  const of = told.replace(/\b(?:total|whole|overall|sum|entire|all|each|it|them|of|the|our)\b/g, "").trim();
  const [metric = ""] = query.metrics;
  // `share of total orders` after revenue is of another number.
  const rated = query.metrics.flatMap((id) => rates[id] ?? []);
  const ofRate =
    of !== "" && rated.length === query.metrics.length && rated.every((id) => ratedBy[id]?.test(of));
  if (
    of &&
    !ofRate &&
    !metricPhraseTable().some(({ phrase, id }) => phrase === of && query.metrics.includes(id))
  )
    return null;
  if (!/%|percent|pct|share|proportion|part|fraction|of (?:all|the total|the whole|total)\b/.test(match[0]))
    return null;
  if (query.comparison && groupsOf(query).length === 0 && !query.dimensions.includes("time"))
    return change(shown, match);
  if (query.metrics.every((id) => getMetric(id)?.unit === "ratio"))
    return refuse(
      `${labelOf(metric)} is a percentage already.`,
      groupsOf(query).length > 0 ? [] : [`${labelOf(metric)} by month this year`],
    );
  const time = query.dimensions.includes("time");
  // Of what happens, the parts of the year; a rate of its own says more where there is one.
  if (groupsOf(query).length === 0 && rated.length === query.metrics.length) {
    const refused = refuseSplit(rated, []);
    if (refused) return refused;
    const { order: _, ...rest } = query;
    return reply(
      shown,
      [call(asInput({ ...rest, metrics: [...new Set(rated)] }), shown.drawing)],
      [
        `I took "${shown.said.slice(0, 60)}" to mean ${rated.map((id) => labelOf(id).toLowerCase()).join(" and ")}.`,
      ],
    );
  }
  if (groupsOf(query).length > 0 || (time && !query.metrics.some(isStock))) {
    const partless = query.metrics.find((id) => !hasParts(id));
    if (partless)
      return refuse(
        `${labelOf(partless)} is a mean, and its groups are no parts of a whole. I can show the shares of what it is made of, such as revenue or orders.`,
        [`Revenue by ${(groupsOf(query)[0] ?? "product").replaceAll("_", " ")} this year as a pie`],
      );
    const { comparison: _, ...input } = query;
    const planned = callOf(asInput(input), shown);
    planned.input.share = true;
    return reply(shown, [planned], [`"${shown.said.slice(0, 60)}": what part of the total each row is.`]);
  }
  // One number with a condition is a part of the number without it.
  const parts = partsOf(query.filters);
  const own = parts.find((part) => !["country", "region"].includes(subjectOf(part))) ?? parts[0];
  if (!own || !hasParts(metric)) return null;
  const rest = allOf(parts.filter((part) => part !== own));
  const { filters: _, ...unfiltered } = query;
  const whole = { ...unfiltered, ...(rest ? { filters: rest } : {}) };
  return reply(
    shown,
    [callOf(asInput(query), shown), { tool: "query_metric", input: { query: whole, title: wholeTitle } }],
    [
      `"${shown.said.slice(0, 60)}": the first number (${filterInWords(own)}) is the part, the second what it is a part of.`,
    ],
  );
}

/** `the difference`: between the last two numbers, as the later one beside the earlier one. */
function change(shown: Shown, _: RegExpExecArray): Reply | null {
  const { now, pair, said, today } = shown;
  const [query, another] = now;
  const beside = [`The change ("${said.slice(0, 60)}") stands beside the number.`];
  if (query?.comparison && !another) return reply(shown, [callOf(asInput(query), shown)], beside);
  // `by how much` is the best ahead: of the ranking just shown.
  if (query && !another && groupsOf(query).length > 0) {
    const several = partsOf(query.filters).some(
      (part) => "dimension" in part && query.dimensions.includes(part.dimension) && part.is.length > 1,
    );
    if (query.dimensions.includes("time") || !(query.order || several)) return null;
    const limit = query.limit === undefined ? {} : { limit: Math.max(2, query.limit) };
    const order = query.order ?? { by: query.metrics[0] ?? "", direction: "desc" as const };
    return reply(
      shown,
      [callOf(asInput({ ...query, ...limit, order }), shown)],
      [`${gapSaid} ("${said.slice(0, 60)}") is between the first two rows.`],
    );
  }
  if (!pair) return null;
  const [one, other] = pair;
  if (sameBut(one, other, "range")) {
    const [later, earlier] = inOrder(one, other, today);
    const comparison = comparisonOf(later.range, earlier.range, today);
    if (comparison) {
      const { comparison: _, ...rest } = later;
      return reply(
        shown,
        [callOf(asInput({ ...rest, comparison }), shown)],
        [`The two answers before are set side by side ("${said.slice(0, 60)}").`],
      );
    }
    return reply(
      shown,
      [callOf(asInput(later), shown), callOf(asInput(earlier), shown)],
      [
        `The two answers before side by side ("${said.slice(0, 60)}"): their periods are no neighbours, so that no change can be computed in one go.`,
      ],
    );
  }
  const merged = mergedGroups(one, other);
  return merged
    ? reply(
        shown,
        [
          callOf(
            asInput({
              ...merged,
              ...(merged.dimensions.includes("time")
                ? {}
                : { order: { by: merged.metrics[0] ?? "", direction: "desc" as const } }),
            }),
            shown,
          ),
        ],
        [`${gapSaid} ("${said.slice(0, 60)}") is between the two, side by side.`],
      )
    : null;
}

/** Everything but one part of two queries is the same. */
function sameBut(one: Query, other: Query, part: "range" | "filters" | "metrics"): boolean {
  const rest = (query: Query) => JSON.stringify({ ...query, [part]: null, order: null, comparison: null });
  return rest(one) === rest(other) && JSON.stringify(one[part]) !== JSON.stringify(other[part]);
}

function inOrder(one: Query, other: Query, today: PlanContext["today"]): [Query, Query] {
  const [a, b] = [one, other].map(({ range }) => daysOf(range, today)?.from ?? "");
  return (a ?? "") > (b ?? "") ? [one, other] : [other, one];
}

/** Two answers that differ in one condition of the same kind, as two groups of one. */
function mergedGroups(one: Query, other: Query): Query | null {
  const both = inOneFilter(one, other);
  if (!both || !sameBut(one, other, "filters")) return null;
  const { dimension, values, rest } = both;
  if (!one.metrics.every((id) => getMetric(id)?.dimensions.some((known) => known === dimension))) return null;
  const dimensions = [...new Set([...one.dimensions, dimension])];
  if (dimensions.length > 3) return null;
  const filters = allOf([...rest, { dimension, is: values }]);
  const { filters: _, order: __, limit: ___, ...kept } = one;
  return querySchema.parse({ ...kept, dimensions, ...(filters ? { filters } : {}) });
}

/** What two conditions of the same kind ask for, and what else both have. */
function inOneFilter(
  one: Query,
  other: Query,
): { dimension: string; values: string[]; rest: Filter[]; own: Filter } | null {
  const [first, second] = [partsOf(one.filters), partsOf(other.filters)];
  const text = (part: Filter) => JSON.stringify(part);
  const rest = first.filter((part) => second.some((each) => text(each) === text(part)));
  const [a, more] = first.filter((part) => !rest.includes(part));
  const [b, yet] = second.filter((part) => !rest.some((each) => text(each) === text(part)));
  if (!a || !b || more || yet) return null;
  if ("dimension" in a && "dimension" in b && a.dimension === b.dimension)
    return { dimension: a.dimension, values: [...new Set([...a.is, ...b.is])], rest, own: a };
  if ("has_tag" in a && "has_tag" in b)
    return { dimension: "tag", values: [...new Set([...a.has_tag, ...b.has_tag])], rest, own: a };
  return null;
}

/** `together in one chart`: the last two answers as one. */
function together(shown: Shown): Reply | null {
  const { pair, today, said } = shown;
  if (!pair) return null;
  const [one, other] = pair;
  const told = [`The last two answers in one ("${said.slice(0, 60)}").`];
  const grouped = mergedGroups(one, other);
  if (grouped) return reply(shown, [call(asInput(grouped), undefined)], told);
  if (sameBut(one, other, "metrics")) {
    const metrics = [...new Set([...one.metrics, ...other.metrics])].slice(0, 8);
    const refused = refuseSplit(metrics, groupsOf(one));
    if (refused) return refused;
    const { order: _, comparison: __, ...rest } = one;
    return reply(shown, [call(asInput({ ...rest, metrics }), undefined)], told);
  }
  if (sameBut(one, other, "range")) {
    const [later, earlier] = inOrder(one, other, today);
    const comparison = comparisonOf(later.range, earlier.range, today);
    if (comparison) return reply(shown, [call(asInput({ ...later, comparison }), undefined)], told);
  }
  return refuse(
    "The last two answers differ in more than one thing, so one chart would mix what can't be compared. Ask for both in one question, with the same period and split.",
    [],
  );
}

/** `add them up`: the groups or the two answers before as one number. */
function sum(shown: Shown): Reply | null {
  const { now, pair, said } = shown;
  const [query, another] = now;
  if (!query) return null;
  const told = [`All of it as one number ("${said.slice(0, 60)}").`];
  if (!another && query.dimensions.length > 0) {
    const stock = query.metrics.find((id) => isStock(id));
    if (stock && query.dimensions.includes("time"))
      return refuse(
        `${labelOf(stock)} is how things stand at a moment: the months don't add up. I can give where it stands now, or the mean of the months.`,
        [labelOf(stock)],
      );
    if (query.limit !== undefined && !query.others)
      return refuse(
        `I don't add up the first ${query.limit} alone. I can give the total of all, or what part of it each is.`,
        [`${labelOf(query.metrics[0] ?? "")} in total`],
      );
    const { dimensions: _, grain: __, order: ___, limit: ____, ...rest } = query;
    return reply(shown, [call(asInput(querySchema.parse(rest)), undefined)], told);
  }
  const joinedDays = pair && query.dimensions.length === 0 ? daysOfBoth(pair, shown.today) : null;
  if (pair && joinedDays)
    return reply(
      shown,
      [call(asInput({ ...pair[1], range: joinedDays, comparison: undefined }), undefined)],
      told,
    );
  const both = pair && sameBut(pair[0], pair[1], "filters") ? inOneFilter(pair[0], pair[1]) : null;
  if (!pair || !both) return null;
  const joined: Filter =
    "has_tag" in both.own ? { has_tag: both.values } : { dimension: both.dimension, is: both.values };
  const filters = allOf([...both.rest, joined]);
  return reply(shown, [call(asInput({ ...pair[1], ...(filters ? { filters } : {}) }), undefined)], told);
}

/** From the first day of the one to the last of the other, where no day lies between them. */
function daysOfBoth([one, other]: [Query, Query], today: PlanContext["today"]): Query["range"] | null {
  if (!sameBut(one, other, "range") || one.metrics.some(isStock)) return null;
  const [first, second] = [one, other]
    .map(({ range }) => daysOf(range, today))
    .toSorted((a, b) => (a?.from ?? "").localeCompare(b?.from ?? ""));
  if (!first || !second) return null;
  const next = DateTime.fromISO(first.to, { zone: "utc" }).plus({ days: 1 }).toISODate();
  return next === second.from ? { from: first.from, to: second.to } : null;
}

const bucketOf: Record<string, Grain> = {
  daily: "day",
  weekly: "week",
  monthly: "month",
  quarterly: "quarter",
  yearly: "year",
};

/** `why`, `what made the difference`: of the number just shown, in its days. */
function cause(shown: Shown): Reply | null {
  const [query, another] = shown.now;
  const [metric = "", ...more] = query?.metrics ?? [];
  if (!query || another) return null;
  const reason = reasonOf[metric];
  if (reason && more.length === 0 && !query.comparison) {
    const { order: _, limit: __, grain: ___, ...rest } = query;
    return reply(
      shown,
      [call(asInput({ ...rest, dimensions: [reason] }), undefined)],
      [
        `The reasons ("${shown.said.slice(0, 60)}") are what was written down with each; unknown are those without one.`,
      ],
    );
  }
  // Of the overview the first number speaks for the business.
  const told = more.length > 0 ? ` Of those numbers I took ${labelOf(metric).toLowerCase()}.` : "";
  return reply(
    shown,
    [
      {
        tool: "explain_change",
        input: {
          metric,
          range: query.range,
          comparison: query.comparison ?? "previous_period",
          ...(query.filters ? { filters: query.filters } : {}),
        },
      },
    ],
    [`"${shown.said.slice(0, 60)}": what changed in the days of the answer before.${told}`],
  );
}

/**
 * `and pro` after the sales of one product, `vs ben` after one seller's deals: another of the kind that was just asked
 * for, where exactly one is called so and nothing else of the account goes by that name as a whole.
 */
function sibling(shown: Shown, said: string, index: VocabularyIndex): Reply | null {
  const [query, another] = shown.now;
  const match =
    /^(?<joint>vs\.?|versus|against|compared (?:to|with)|or)? ?(?:the )?(?<word>[\p{L}\p{N}][\p{L}\p{N} &'-]{1,40})$/u.exec(
      said,
    );
  const { joint, word = "" } = match?.groups ?? {};
  const joined = joint !== undefined || /^\s*(?:and|or|what about|how about|vs)\b/i.test(shown.said);
  if (!query || another || !match || !joined) return null;
  const parts = partsOf(query.filters);
  const [own, ...more] = parts.filter((part) => "dimension" in part && part.is.length === 1);
  if (!own || more.length > 0 || !("dimension" in own)) return null;
  if (!siblingKinds.has(own.dimension) || query.dimensions.includes(own.dimension)) return null;
  const words = fold(word).split(" ");
  if (metricPhraseTable().some(({ phrase }) => phrase === word)) return null;
  if (dimensionPhraseTable().some(({ phrase }) => phrase === word)) return null;
  if (index.byLength.some(({ kind, key }) => kind !== own.dimension && key === fold(word))) return null;
  const called = index.byLength.filter(
    ({ kind, key, filter }) =>
      kind === own.dimension &&
      filter !== own.is[0] &&
      words.every((each) => key.split(/[^\p{L}\p{N}]+/u).includes(each)),
  );
  const [only, second] = new Map(called.map((name) => [name.filter, name])).values();
  if (!only || second) return null;
  const values = joint ? [...own.is, only.filter] : [only.filter];
  const filters = allOf([...parts.filter((part) => part !== own), { dimension: own.dimension, is: values }]);
  const { filters: _, ...rest } = query;
  const dimensions = joint ? [...query.dimensions, own.dimension].slice(0, 3) : query.dimensions;
  return reply(
    shown,
    [
      call(
        asInput({ ...rest, dimensions, ...(filters ? { filters } : {}) }),
        joint ? undefined : shown.drawing,
      ),
    ],
    [`I took "${word}" to mean ${nameInWords({ kind: only.kind, value: only.value })}.`],
  );
}

const siblingKinds = new Set(["product", "owner", "lead_source", "category", "plan"]);

/** `fastest one`, `which is cheapest`: an end of the list that depends on what is measured. */
function ends(shown: Shown, match: RegExpExecArray): Reply | null {
  const [query, another] = shown.now;
  const [metric = "", more] = query?.metrics ?? [];
  if (!query || another || more || groupsOf(query).length !== 1 || query.dimensions.includes("time"))
    return null;
  const { end = "" } = match.groups ?? {};
  const unit = getMetric(metric)?.unit;
  const slow = /slow/.test(end);
  if (/fast|quick|slow/.test(end) ? unit !== "days" : unit !== "money") return null;
  const direction = slow || /pric|expens/.test(end) ? ("desc" as const) : ("asc" as const);
  const planned = callOf(
    asInput({ ...query, order: { by: metric, direction }, limit: 10, others: false }),
    shown,
  );
  return reply(shown, [planned], [`"${shown.said.slice(0, 60)}": it stands first.`]);
}

/** `how many did we sell of it` after a ranking: which of them it is only the answer told. */
function whichOfThem(shown: Shown): Reply | null {
  const [query, another] = shown.now;
  const [group, more] = query ? groupsOf(query) : [];
  if (!query || another || !group || more || !query.order || query.limit === 1) return null;
  if (
    partsOf(query.filters).some(
      (part) => "dimension" in part && part.dimension === group && part.is.length === 1,
    )
  )
    return null;
  const what = group.replaceAll("_", " ");
  return refuse(
    `The answer before is a list, so I don't know which ${what} you mean. Ask again with its name.`,
  );
}

/** `in money` of what is money already: the amounts again, which stand beside each other. */
function inAmounts(shown: Shown): Reply | null {
  const [query, another] = shown.now;
  if (!query || another || !query.metrics.every((id) => getMetric(id)?.unit === "money")) return null;
  return reply(
    shown,
    [callOf(asInput(query), shown)],
    [
      `${labelOf(query.metrics[0] ?? "")} is money already ("${shown.said.slice(0, 60)}"): here are the amounts.`,
    ],
  );
}

/** The mean of the periods shown, or of those that a period is made of. */
function mean(shown: Shown, match: RegExpExecArray): Reply | null {
  const [query, another] = shown.now;
  if (!query || another) return null;
  const adverb = /\b(?:monthly|weekly|daily|quarterly|yearly)\b/.exec(match[0])?.[0];
  const { unit, unit2, unit3 } = match.groups ?? {};
  const grain = (unit ?? unit2 ?? unit3 ?? bucketOf[adverb ?? ""]) as Grain | undefined;
  const time = query.dimensions.includes("time");
  if (!time && !grain) return null;
  const { order: _, limit: __, comparison: ___, ...kept } = query;
  const dimensions = time ? query.dimensions : ["time", ...query.dimensions].slice(0, 3);
  const planned = callOf(
    asInput(querySchema.parse({ ...kept, dimensions, ...(grain ? { grain } : {}) })),
    shown,
  );
  planned.input.average = true;
  if (time && shown.title) planned.input.title = shown.title;
  return reply(shown, [planned], [`"${shown.said.slice(0, 60)}": the mean of the periods shown.`]);
}

/** `per new customer` after what was spent: the registered number that is the one by the other. */
function per(shown: Shown, match: RegExpExecArray): Reply | null {
  const [query, another] = shown.now;
  const thing = match.groups?.thing ?? "";
  const [metric, more] = query?.metrics ?? [];
  if (!query || !metric || another || more) return null;
  const found = perThing(metric, thing);
  if (!found) return null;
  const refused = refuseSplit([found], groupsOf(query));
  if (refused) return refused;
  const { order, ...rest } = query;
  const planned = call(
    asInput({ ...rest, metrics: [found], ...(order ? { order: { ...order, by: found } } : {}) }),
    shown.drawing,
  );
  return reply(
    shown,
    [planned],
    [`I took "${shown.said.slice(0, 60)}" to mean ${labelOf(found).toLowerCase()}.`],
  );
}
