import type { Drawing, DrawingKind } from "@/analytics/charts/chart-spec";
import { suggestDrawing } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import { type Filter, querySchema } from "@/analytics/query/query";
import { allOf, filterInWords, partsOf } from "../build-filters";
import type { PlannedCall } from "../plan";
import type { Understanding } from "../understand";
import type { QueryInput } from "./draft";

/** Ranked lists without a number show this many. */
const defaultTop = 10;

export function setRank(query: QueryInput, { rank }: Understanding): void {
  if (!rank) return;
  // `top 3` of what was put in order by another of its numbers.
  const by =
    query.order && query.metrics.includes(query.order.by) ? query.order.by : (query.metrics[0] ?? "");
  // The best cost per lead is the lowest, the worst refund rate the highest.
  const turned = rank.quality && getMetric(by)?.better === "down";
  const direction = turned ? (rank.direction === "desc" ? "asc" : "desc") : rank.direction;
  query.order = { by, direction };
  const ranksGroups = !rank.bucket && (query.dimensions ?? []).some((id) => id !== "time");
  // `top 5 products in each country`: groups within groups are not cut one by one.
  const groups = (query.dimensions ?? []).filter((id) => id !== "time");
  if (ranksGroups && groups.length > 1) return;
  if (ranksGroups) {
    query.limit = Math.min(rank.limit ?? defaultTop, 1000);
    query.others = false;
  } else if (rank.limit && !rank.bucket) {
    query.limit = Math.min(rank.limit, 1000);
  }
}

export function draw(query: QueryInput, kind: DrawingKind | undefined): Drawing | undefined {
  if (!kind) return undefined;
  const suggested = suggestDrawing(querySchema.parse(query));
  return { ...suggested, kind };
}

export function call(query: QueryInput, drawing: Drawing | undefined, title?: string): PlannedCall {
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

/** What stands among the products of an order and is none: the smallest of them would lead every list of the worst. */
const noProducts: Filter = { not: { dimension: "product", is: ["tax", "shipping", "fee"] } };

/** The worst sellers are looked for among products alone; those that sold nothing are in no row of sales. */
export function productsAlone(query: QueryInput, meanings: string[]): void {
  if (query.order?.direction !== "asc" || !query.limit || !(query.dimensions ?? []).includes("product"))
    return;
  const parts = partsOf(query.filters);
  if (parts.some((part) => "dimension" in part && part.dimension === "product")) return;
  query.filters = allOf([...parts, noProducts]);
  meanings.push(
    "Tax, shipping and fees are left out. Products that sold nothing are in no row of sales, and so not here.",
  );
}

/** `without unknown`: of every group the result is split by, the ones that have no value are left out. */
export function knownOnly({ dropUnknown }: Understanding, dimensions: readonly string[]): Filter[] {
  if (!dropUnknown) return [];
  return dimensions
    .filter((id) => id !== "time")
    .map((dimension) => ({ not: { dimension, is: ["unknown"] } }));
}

/** Begins what is said with groups whose change was asked for; the answer names those that moved most. */
export const changeSaid = "I can't put groups in the order of their change";
export const growthRank =
  /(?<![\p{L}])(?:gr[eo]w(?:n|s|ing)?|increas(?:ed|es|ing)|improved?|declin(?:ed|ing)|drop(?:ped|ping)?|fell|fallen|shr[aiu]nk|changed|gained|lost) (?:the )?(?:most|fastest|least|quickest|more)|(?:biggest|largest|highest|fastest|strongest|most|worst) (?:growth|increase|drop|decline|fall|loss|change|jump|rise|gain|improvement|growing|mover|loser|gainer|winner)s?|fastest[- ]growing/iu;

/** `which product dropped the most`: every group beside the period before, since groups have no order of their change. */
export function byChange(query: QueryInput, { raw, splits }: Understanding, meanings: string[]): void {
  const groups = (query.dimensions ?? []).some((id) => id !== "time");
  if (!growthRank.test(raw) || (splits.ids.length === 0 && !groups)) return;
  query.comparison ??= "previous_period";
  query.order = { by: query.metrics[0] ?? "", direction: "desc" };
  delete query.limit;
  delete query.others;
  meanings.push(`${changeSaid}: it stands beside each of them.`);
}
