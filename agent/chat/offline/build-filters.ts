import { getMetric } from "@/analytics/metrics/catalog";
import type { Filter } from "@/analytics/query/query";
import { fold } from "./normalise";
import { literal } from "./patterns";
import { placeName } from "./places";
import type { FoundName, NameKind } from "./read-names";
import type { Understanding } from "./understand";
import { nameKinds } from "./vocabulary";

/** Kinds of which one lies within the other: `workshops and coaching` are a product and a category, and both are meant. */
const kindred: (readonly [string, string])[] = [
  ["product", "category"],
  ["country", "region"],
];

/** An `and` or `or` stands between a name of the one kind and one of the other. */
function areJoined(
  [one, other]: readonly [string, string],
  names: readonly FoundName[],
  asked: string,
): boolean {
  const said = (of: string) =>
    names
      .filter(({ kind, negated }) => kind === of && !negated)
      .map((name) => literal(name.said ?? fold(name.value)).replace(/s$/, ""))
      .join("|");
  const [first, second] = [said(one), said(other)];
  if (!first || !second) return false;
  const between = "(?:e?s|'s)? ?,? ?(?:and|or|plus|&|\\+) (?:(?:in|from|the|our|of|for|all) )*";
  return new RegExp(`(?:${first})${between}(?:${second})|(?:${second})${between}(?:${first})`, "u").test(
    asked,
  );
}

/** `California and Canada`: one or the other, since nothing is in both. */
function eitherOf(filters: Filter[], [one, other]: readonly [string, string]): Filter[] {
  const of = (kind: string) => filters.find((filter) => "dimension" in filter && filter.dimension === kind);
  const [first, second] = [of(one), of(other)];
  if (!first || !second) return filters;
  return [...filters.filter((filter) => filter !== first && filter !== second), { or: [first, second] }];
}

/** The filter that says what the names in a question say, or undefined. */
export function filtersOf(
  understanding: Pick<Understanding, "names" | "bought" | "joint"> & { raw?: string },
  metrics: readonly string[],
  splits: readonly string[] = [],
): Filter[] {
  const { names, bought, joint, raw = "" } = understanding;
  const filters: Filter[] = [];
  for (const negated of [false, true]) {
    for (const kind of nameKinds) {
      const values = names
        .filter((name) => name.kind === kind && name.negated === negated)
        .map(({ filter }) => filter);
      if (values.length === 0) continue;
      // `by tag for VIP and Newsletter` names two groups; otherwise people hold or bought each of them.
      const groups = splits.includes(kind) && values.length > 1 && !negated;
      const each = joint === "and" && !negated && (kind === "tag" || (kind === "product" && bought));
      const parts: Filter[] = groups
        ? [{ dimension: kind, is: values }]
        : each
          ? values.map((value) => one(kind, [value]))
          : [one(kind, values)];
      filters.push(...parts.map((part) => (negated ? { not: part } : part)));
    }
  }
  return kindred.filter((kinds) => areJoined(kinds, names, fold(raw))).reduce(eitherOf, filters);

  function one(kind: NameKind, values: string[]): Filter {
    // What was put on is a tag of its own; else people are chosen by what they hold.
    if (kind === "tag" && metrics.length === 1 && metrics[0] === "tags_applied")
      return { dimension: "tag", is: values };
    if (kind === "tag") return { has_tag: values };
    const splits = metrics.every((id) => getMetric(id)?.dimensions.includes(kind));
    // People who bought in a period bought the product in it.
    const within = metrics.every((id) => id === "buyers");
    if (kind === "product" && ((bought && !within) || !splits)) return { bought_product: values };
    return { dimension: kind, is: values };
  }
}

export function allOf(filters: Filter[]): Filter | undefined {
  if (filters.length === 0) return undefined;
  return filters.length === 1 ? filters[0] : { and: filters };
}

/** The conditions of a query as a flat list (a lone one or the parts of an `and`). */
export function partsOf(filter: Filter | undefined): Filter[] {
  if (!filter) return [];
  return "and" in filter ? filter.and : [filter];
}

/** What a condition is about: a later one about the same replaces it (`only Texas` after `only California`). */
export function subjectOf(filter: Filter): string {
  if ("not" in filter) return `not ${subjectOf(filter.not)}`;
  if ("dimension" in filter) return filter.dimension;
  if ("has_tag" in filter) return "tag";
  if ("bought_product" in filter) return "product";
  if ("without_tag" in filter) return "not tag";
  if ("not_bought_product" in filter) return "not product";
  if ("in_segment" in filter) return "segment";
  if ("field" in filter) return `field ${filter.field}`;
  return JSON.stringify(filter);
}

/** A filter in words, such as `people tagged "VIP" and country "USA"`. */
export function filterInWords(filter: Filter | undefined): string {
  if (!filter) return "";
  if ("and" in filter) return filter.and.map(filterInWords).join(" and ");
  if ("or" in filter) return filter.or.map(filterInWords).join(" or ");
  if ("not" in filter) return `without ${filterInWords(filter.not)}`;
  if ("has_tag" in filter) return `people tagged ${quoted(filter.has_tag)}`;
  if ("bought_product" in filter) return `people who bought ${quoted(filter.bought_product)}`;
  if ("without_tag" in filter) return `people without the tag ${quoted(filter.without_tag)}`;
  if ("not_bought_product" in filter) return `people who never bought ${quoted(filter.not_bought_product)}`;
  if ("in_segment" in filter) return `people in the segment ${quoted(filter.in_segment)}`;
  if ("field" in filter) {
    if ("is" in filter) return `${filter.field} ${quoted(filter.is)}`;
    const bounds = [
      filter.at_least !== undefined && `at least ${filter.at_least}`,
      filter.at_most !== undefined && `at most ${filter.at_most}`,
    ];
    return `${filter.field} ${bounds.filter(Boolean).join(" and ")}`;
  }
  const values = filter.is.map((value) => placeName(filter.dimension, value));
  return `${filter.dimension.replaceAll("_", " ")} ${quoted(values)}`;
}

function quoted(values: string[]): string {
  return values.map((value) => `"${value}"`).join(" or ");
}

export type { FoundName };
