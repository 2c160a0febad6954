import { DateTime } from "luxon";
import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { type Filter, type Query, querySchema } from "@/analytics/query/query";
import { allOf, partsOf } from "../../build-filters";
import type { PlanContext, Reply } from "../../plan";
import { refuseSplit } from "../replies";
import { call } from "../set-form";
import { comparisonOf, daysOf } from "../shown-days";
import { asInput, callOf, gapSaid, groupsOf, labelOf, refuse, reply, type Shown } from "./shown";

/** `the difference`: between the last two numbers, as the later one beside the earlier one. */
export function change(shown: Shown, match: RegExpExecArray): Reply | null {
  const { now, pair, said, today } = shown;
  const [query, another] = now;
  const beside = [`The change ("${said.slice(0, 60)}") stands beside the number.`];
  if (query?.comparison && !another) return reply(shown, [callOf(asInput(query), shown)], beside);
  // `by how much` is the best ahead: of the ranking just shown.
  if (query && !another && groupsOf(query).length > 0) {
    const several = partsOf(query.filters).some(
      (part) => "dimension" in part && query.dimensions.includes(part.dimension) && part.is.length > 1,
    );
    if (!several && (query.dimensions.includes("time") || !query.order)) return null;
    if (query.dimensions.includes("time") && query.metrics.some(isStock)) return null;
    const limit = query.limit === undefined ? {} : { limit: Math.max(2, query.limit) };
    const order = query.order ?? { by: query.metrics[0] ?? "", direction: "desc" as const };
    return reply(
      shown,
      [call(asInput({ ...withoutTime(query), ...limit, order }), query.order ? shown.drawing : undefined)],
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
        `The two answers before side by side ("${said.slice(0, 60)}"): their periods are no neighbours and may be of different length.`,
      ],
    );
  }
  const merged = mergedGroups(one, other);
  if (!merged && /diff|gap|more|less|higher|lower/.test(match[0]))
    return refuse(
      "The last two answers are of different things, so there is no difference between them. Say which two you mean, such as one number in two periods.",
    );
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

function withoutTime(query: Query): Query {
  if (!query.dimensions.includes("time")) return query;
  const { grain: _, ...rest } = query;
  return { ...rest, dimensions: groupsOf(query) };
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
export function together(shown: Shown): Reply | null {
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
export function sum(shown: Shown): Reply | null {
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

/** `is it better` after the same number of two periods: of those two, not of the one before the last. */
export function betweenTheTwo(shown: Shown): Reply | null {
  const { pair, today, said } = shown;
  if (!pair || !sameBut(pair[0], pair[1], "range") || groupsOf(pair[1]).length > 0) return null;
  const [later, earlier] = inOrder(pair[0], pair[1], today);
  const comparison = comparisonOf(later.range, earlier.range, today);
  return comparison
    ? reply(
        shown,
        [callOf(asInput({ ...later, comparison }), shown)],
        [`The two answers before are set side by side ("${said.slice(0, 60)}").`],
      )
    : null;
}
