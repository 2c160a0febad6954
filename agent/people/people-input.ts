import { z } from "zod";
import type { Filter } from "@/analytics/query/query";
import { placeName } from "../chat/offline/places";
import { formatDay } from "../format";
import type { ToolContext } from "../tools/context";
import { idsOf, type PeopleConditions } from "./select-people";
import { type Where, whereSchema } from "./where";
import { minorOf, whereSql } from "./where-sql";
import { whereInWords } from "./where-words";

const names = z.array(z.string().min(1)).min(1).max(50).optional();

/**
 * How tools are told which people are meant. All conditions that are given have to hold; a list is met by any of its
 * names.
 */
export const peopleShape = {
  has_tag: names.describe("Names or ids of tags; holding any of them is enough."),
  has_all_tags: names.describe("Names or ids of tags, every one of which has to be held."),
  without_tag: names.describe("Nobody who holds any of these tags."),
  bought_product: names.describe("Names or ids of products; having bought any is enough."),
  not_bought_product: names.describe("Nobody who ever bought any of these products."),
  bought_nothing: z.boolean().optional().describe("Only people without any counted order, ever."),
  no_order_since: z.iso
    .date()
    .optional()
    .describe("Only people whose last counted order is before this day, or who have none."),
  ordered_from: z.iso.date().optional().describe("Only people with a counted order on or after this day …"),
  ordered_to: z.iso.date().optional().describe("… and on or before this day."),
  spent_over: z
    .number()
    .min(0)
    .optional()
    .describe("Only people who paid more than this in all, refunds taken off, as 500 for 500.00."),
  spent_under: z
    .number()
    .min(0)
    .optional()
    .describe("Only people who paid less than this in all, or nothing."),
  country: names.describe("Countries, by name or code."),
  region: names.describe("States or regions, by name or code such as US-CA."),
  lead_source: names.describe("Lead sources first seen."),
  at_risk: z.boolean().optional().describe("Only valuable customers who are overdue to buy."),
  where: whereSchema
    .optional()
    .describe("Any further conditions, nested: periods, numbers of orders, either-or, states, not."),
};

const peopleSchema = z.object(peopleShape);
export type PeopleInput = z.infer<typeof peopleSchema>;

/** Whether anything was said about which people are meant. */
export function namesPeople(input: PeopleInput & { contact_ids?: string[] }): boolean {
  const keys = [...Object.keys(peopleShape), "contact_ids"] as (keyof typeof input)[];
  return keys.some((key) => {
    const value = input[key];
    return Array.isArray(value) ? value.length > 0 : typeof value === "number" || Boolean(value);
  });
}

/** Names turned into ids, days into conditions. @throws ToolError naming what there is none of. */
export async function conditionsOf(
  input: PeopleInput & { contact_ids?: string[]; search?: string },
  context: ToolContext,
): Promise<PeopleConditions> {
  const ids = (kind: Parameters<typeof idsOf>[0], given: string[] | undefined) =>
    idsOf(kind, given ?? [], context);
  const [
    tag_ids,
    without_tag_ids,
    product_ids,
    without_product_ids,
    country_ids,
    region_ids,
    lead_source_ids,
  ] = await Promise.all([
    ids("tag", input.has_tag),
    ids("tag", input.without_tag),
    ids("product", input.bought_product),
    ids("product", input.not_bought_product),
    ids("country", input.country),
    ids("region", input.region),
    ids("lead_source", input.lead_source),
  ]);
  const all_tag_ids = await Promise.all(
    (input.has_all_tags ?? []).map((name) => idsOf("tag", [name], context)),
  );
  const minor = (amount: number | undefined) =>
    amount === undefined ? undefined : minorOf(amount, context.account.currency);
  return {
    tag_ids,
    all_tag_ids,
    without_tag_ids,
    product_ids,
    without_product_ids,
    country_ids,
    region_ids,
    lead_source_ids,
    bought_nothing: input.bought_nothing,
    no_order_since: input.no_order_since,
    ordered_from: input.ordered_from,
    ordered_to: input.ordered_to,
    spent_over_minor: minor(input.spent_over),
    spent_under_minor: minor(input.spent_under),
    currency: context.account.currency,
    time_zone: context.account.time_zone,
    contact_ids: input.contact_ids,
    search: input.search,
    where: input.where && (await whereSql(input.where, context)),
  };
}

/** The conditions as one sentence part: `hold the tag "VIP" and never bought "Coaching Call"`. */
export function peopleInWords(input: PeopleInput & { contact_ids?: string[] }): string {
  const any = (list: string[]) => list.map((name) => `"${name}"`).join(" or ");
  const parts = [
    input.contact_ids?.length && "were named one by one",
    input.has_tag?.length && `hold the tag ${any(input.has_tag)}`,
    input.has_all_tags?.length &&
      `hold the tags ${input.has_all_tags.map((name) => `"${name}"`).join(" and ")}`,
    input.without_tag?.length && `do not hold ${any(input.without_tag)}`,
    input.bought_product?.length && `bought ${any(input.bought_product)}`,
    input.not_bought_product?.length && `never bought ${any(input.not_bought_product)}`,
    input.bought_nothing && "never bought anything",
    input.no_order_since && `have not ordered since ${formatDay(input.no_order_since)}`,
    (input.ordered_from || input.ordered_to) &&
      `ordered ${[input.ordered_from && `from ${formatDay(input.ordered_from)}`, input.ordered_to && `to ${formatDay(input.ordered_to)}`].filter(Boolean).join(" ")}`,
    input.spent_over !== undefined && `paid more than ${input.spent_over.toLocaleString("en-US")} in all`,
    input.spent_under !== undefined && `paid less than ${input.spent_under.toLocaleString("en-US")} in all`,
    input.country?.length && `live in ${any(input.country.map((code) => placeName("country", code)))}`,
    input.region?.length && `live in ${any(input.region.map((code) => placeName("region", code)))}`,
    input.lead_source?.length && `came from ${any(input.lead_source)}`,
    input.at_risk && "are at risk",
    input.where && whereInWords(input.where),
  ].filter((part): part is string => typeof part === "string");
  return parts.length < 2 ? (parts[0] ?? "exist") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`;
}

/** The same conditions as a query's filter, where a filter can say them; null where it can't. */
export function filterOf(input: PeopleInput): Filter | null {
  const beyond =
    input.bought_nothing ||
    input.no_order_since ||
    input.ordered_from ||
    input.ordered_to ||
    input.spent_over !== undefined ||
    input.spent_under !== undefined ||
    input.at_risk;
  const nested = input.where ? filterOfWhere(input.where) : undefined;
  if (beyond || nested === null) return null;
  const parts: Filter[] = [
    ...(input.has_tag ? [{ has_tag: input.has_tag }] : []),
    ...(input.has_all_tags ?? []).map((tag) => ({ has_tag: [tag] })),
    ...(input.without_tag ? [{ not: { has_tag: input.without_tag } }] : []),
    ...(input.bought_product ? [{ bought_product: input.bought_product }] : []),
    ...(input.not_bought_product ? [{ not: { bought_product: input.not_bought_product } }] : []),
    ...(["country", "region", "lead_source"] as const).flatMap((dimension) => {
      const is = input[dimension];
      return is ? [{ dimension, is }] : [];
    }),
    ...(nested ? ("and" in nested ? nested.and : [nested]) : []),
  ];
  const [first, ...rest] = parts;
  if (!first) return null;
  return rest.length === 0 ? first : { and: parts };
}

/** Tags held, products ever bought and places: what happened in a period, or how often, no filter can say. */
function filterOfWhere(where: Where): Filter | null {
  if ("and" in where || "or" in where) {
    const given = ("and" in where ? where.and : where.or).map(filterOfWhere);
    const parts = given.filter((part) => part !== null);
    if (parts.length < given.length) return null;
    return "and" in where
      ? { and: parts.flatMap((part) => ("and" in part ? part.and : [part])) }
      : { or: parts };
  }
  if ("not" in where) {
    const inner = filterOfWhere(where.not);
    return inner && { not: inner };
  }
  const keys = Object.keys(where);
  const [key] = keys;
  if (keys.length !== 1 || !key) return null;
  if ("tag" in where) return { has_tag: where.tag };
  if ("bought" in where) return where.bought.length > 0 ? { bought_product: where.bought } : null;
  if (key === "country" || key === "region" || key === "lead_source" || key === "owner") {
    const is = (where as Partial<Record<typeof key, string[]>>)[key];
    return is ? { dimension: key, is } : null;
  }
  return null;
}
