import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { type Grain, querySchema } from "@/analytics/query/query";
import { hasParts } from "../../../../tools/shares";
import { allOf, filterInWords, partsOf, subjectOf } from "../../build-filters";
import { metricPhraseTable } from "../../lexicon";
import type { Reply } from "../../plan";
import { perThing } from "../denominators";
import { ratedBy, rates } from "../read-pairs";
import { refuseSplit } from "../replies";
import { call } from "../set-form";
import { wholeTitle } from "../share-of";
import { change } from "./of-two";
import { asInput, callOf, groupsOf, labelOf, refuse, reply, type Shown } from "./shown";

/** Numbers whose reasons are written down with each. */
const reasonOf: Record<string, string> = {
  subscribers_lost: "stop_reason",
  deals_lost: "loss_reason",
};

/** `as percent`: of groups their shares, of something narrowed the part and the whole, of two periods the change. */
export function shares(shown: Shown, match: RegExpExecArray): Reply | null {
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
  if ((groupsOf(query).length === 0 || ofRate) && rated.length === query.metrics.length) {
    const refused = refuseSplit(rated, groupsOf(query));
    if (refused) return refused;
    const { order, ...rest } = query;
    const by = order && rates[order.by];
    return reply(
      shown,
      [
        call(
          asInput({
            ...rest,
            metrics: [...new Set(rated)],
            ...(order && by ? { order: { ...order, by } } : {}),
          }),
          shown.drawing,
        ),
      ],
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

const bucketOf: Record<string, Grain> = {
  daily: "day",
  weekly: "week",
  monthly: "month",
  quarterly: "quarter",
  yearly: "year",
};

/** `why`, `what made the difference`: of the number just shown, in its days. */
export function cause(shown: Shown): Reply | null {
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
  const { leader } = shown;
  if (!leader && "preset" in query.range && query.range.preset === "all_time")
    return refuse(
      "Before all time there is nothing to compare it with. Name the period whose change I should explain.",
      [`Why did ${labelOf(metric).toLowerCase()} change last month?`],
    );
  // Of the overview the first number speaks for the business.
  const told = more.length > 0 ? ` Of those numbers I took ${labelOf(metric).toLowerCase()}.` : "";
  return reply(
    shown,
    [
      {
        tool: "explain_change",
        input: {
          metric,
          range: leader ?? query.range,
          comparison: leader ? "previous_period" : (query.comparison ?? "previous_period"),
          ...(query.filters ? { filters: query.filters } : {}),
        },
      },
    ],
    [
      `"${shown.said.slice(0, 60)}": what changed ${leader ? "in the first period of the answer before, against the one before it" : "in the days of the answer before"}.${told}`,
    ],
  );
}

/** `fastest one`, `which is cheapest`: an end of the list that depends on what is measured. */
export function ends(shown: Shown, match: RegExpExecArray): Reply | null {
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

const boughtIn = new Set([
  "revenue_collected",
  "revenue_net",
  "revenue_collected_ex_tax",
  "orders",
  "units",
  "aov",
]);
const ofPeople = /contacts|leads|customers|buyers|subscribers|members|subscriptions|rfm/;

/** `how many people` after sales are those who bought; of other numbers nobody knows, and it is never everybody. */
export function howManyPeople(shown: Shown): Reply | null {
  const [query, another] = shown.now;
  const [metric = ""] = query?.metrics ?? [];
  if (!query || another || ofPeople.test(metric)) return null;
  if (!boughtIn.has(metric))
    return refuse(
      `I can't say how many people ${labelOf(metric).toLowerCase()} is of. I can list who stands behind it: ask "who".`,
    );
  const { order: _, comparison: __, ...rest } = query;
  return reply(
    shown,
    [call(asInput({ ...rest, metrics: ["buyers"] }), undefined)],
    [`"${shown.said.slice(0, 60)}": different people who bought.`],
  );
}

/** `how many did we sell of it` after a ranking: which of them it is only the answer told. */
export function whichOfThem(shown: Shown): Reply | null {
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
export function inAmounts(shown: Shown): Reply | null {
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
export function mean(shown: Shown, match: RegExpExecArray): Reply | null {
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
export function per(shown: Shown, match: RegExpExecArray): Reply | null {
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
