import type { MetricsReading } from "../read-shape";
import type { Scanner } from "../scanner";

/** What a number of things is worth, and the other way round. */
export const worth: Record<string, string> = {
  orders: "revenue_collected",
  units: "revenue_collected",
  refunds_given: "refunds",
  deals_won: "deals_won_value",
  deals_lost: "deals_lost_value",
  deals_open: "pipeline_value",
  subscribers: "mrr",
  active_subscriptions: "mrr",
  subscribers_lost: "mrr_churn",
  subscribers_gained: "mrr_new",
  subscribers_returned: "mrr_reactivation",
};
/** What a number is as a share of what it is of, for `in percent` right after it. */
export const rates: Record<string, string> = {
  refunds: "refund_rate",
  refunds_given: "refund_rate",
  subscribers_lost: "customer_churn_rate",
  mrr_churn: "revenue_churn_rate",
  emails_opened: "email_open_rate",
  emails_clicked: "email_click_rate",
  revenue_subscription: "revenue_share_subscription",
  deals_won: "win_rate",
  repeat_customers: "repeat_purchase_rate",
};
/** What such a share is of, in words: `as percent of orders` is no share of revenue. */
export const ratedBy: Record<string, RegExp> = {
  refund_rate: /^(?:revenue|sales|income|money|turnover)$/,
  customer_churn_rate: /^(?:members|subscribers|customers|memberships|subscriptions)$/,
  revenue_churn_rate: /^(?:mrr|recurring revenue|revenue)$/,
  email_open_rate: /^(?:e-?mails?|mails?|messages)(?: sent)?$|^sent(?: e-?mails?)?$/,
  email_click_rate: /^(?:e-?mails?|mails?|messages)(?: sent)?$|^sent(?: e-?mails?)?$/,
  revenue_share_subscription: /^(?:revenue|sales|income|money)$/,
  win_rate: /^(?:(?:closed )?deals|deals closed)$/,
  repeat_purchase_rate: /^(?:customers|buyers)$/,
};
export const countOf: Record<string, string> = {
  revenue_collected: "orders",
  sales_invoiced: "orders",
  refunds: "refunds_given",
  deals_won_value: "deals_won",
  deals_lost_value: "deals_lost",
  pipeline_value: "deals_open",
  mrr: "subscribers",
  mrr_churn: "subscribers_lost",
  mrr_new: "subscribers_gained",
};

export interface PairReading {
  which: "worth" | "count";
  said: string;
}

/** `number of refunds last month and how much`, `deals won this year, how many and worth what`. */
export function readPair(scanner: Scanner): PairReading | undefined {
  const much =
    scanner.take(
      /(?<![\p{L}])(?:with|including) (?:the |their |total )*(?:values?|worth|amounts?)(?=[¤ ]*$)/u,
    ) ??
    scanner.take(
      /(?:,|(?<![\p{L}])(?:and|n|plus|&)) (?:for )?(?:how much|worth (?:what|how much)|what (?:were|are|was) they worth|(?:their|its|the) (?:value|worth|amount|total value))(?: (?:money|was that|were they|is that|was it|are they|worth|in all|in total|altogether|in dollars|in money))*(?=[¤ ]*$| (?:by|in|last|this|for) )/u,
    );
  if (much) return { which: "worth", said: much[0].replace(/^[, ]+/, "").trim() };
  const many = scanner.take(
    /(?:,|(?<![\p{L}])(?:and|n|plus|&)) how many(?: (?:were there|was that|were they|is that|are they|of them|in all|in total))*(?=[¤ ]*$| (?:by|in|last|this) )/u,
  );
  return many ? { which: "count", said: many[0].replace(/^[, ]+/, "").trim() } : undefined;
}

/** Adds the other side of the number; false where it has none. */
export function addPair({ which, said }: PairReading, metrics: MetricsReading): boolean {
  const table = which === "worth" ? worth : countOf;
  const added = metrics.ids.flatMap((id) => table[id] ?? []).filter((id) => !metrics.ids.includes(id));
  if (added.length === 0) return false;
  metrics.ids = [...metrics.ids, ...new Set(added)];
  metrics.meanings = [...metrics.meanings, ...added.map((id) => ({ said, id }))];
  return true;
}
