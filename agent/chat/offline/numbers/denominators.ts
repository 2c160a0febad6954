import { getMetric } from "@/analytics/metrics/catalog";

/** What a number can be taken per, and the words for it. */
const things: [string, string][] = [
  ["newcomer", "new customers?|new buyers?|new clients?|acquired customers?|customers? acquired|acquisition"],
  ["customer", "customers?|buyers?|clients?|shoppers?|persons?|people|head"],
  ["lead", "leads?|new leads?|contacts?|new contacts?|sign-?ups?|opt-?ins?|prospects?"],
  ["order", "orders?|sales?|purchases?|invoices?|transactions?|baskets?"],
  ["email", "e-?mails?|mails?|messages?|emails? sent|broadcasts?"],
  ["newmember", "new (?:members?|subscribers?|subscriptions?)"],
  ["member", "members?|subscribers?|subscriptions?|accounts?|users?"],
  ["deal", "deals?|won deals?|deals? won|opportunit(?:y|ies)"],
];

/** Registered numbers that are the one divided by the other. */
const quotients: Record<string, Record<string, string>> = {
  marketing_cost: { newcomer: "cac", customer: "cac", lead: "cost_per_lead" },
  revenue_collected: {
    order: "aov",
    customer: "revenue_per_customer",
    lead: "lead_value",
    email: "revenue_per_email",
  },
  revenue_net: {
    order: "aov",
    customer: "revenue_per_customer",
    lead: "lead_value",
    email: "revenue_per_email",
  },
  sales_invoiced: { order: "aov" },
  attributed_revenue: { lead: "lead_value", email: "revenue_per_email" },
  mrr: { member: "arpa", customer: "arpa" },
  mrr_new: { newmember: "asp", member: "asp" },
  orders: { customer: "orders_per_customer" },
  units: { order: "items_per_order" },
  deals_won_value: { deal: "deal_size" },
  clv: { customer: "clv_average" },
};

/** A quotient stands for what is divided in it: `per new customer` after the cost per lead. */
const dividedIn: Record<string, string> = {
  cac: "marketing_cost",
  cost_per_lead: "marketing_cost",
  aov: "revenue_collected",
  revenue_per_customer: "revenue_collected",
  lead_value: "revenue_collected",
  revenue_per_email: "revenue_collected",
};

export const denominatorWords = things.map(([, words]) => words).join("|");

/** The registered number that is `metric` per thing; null where none is. */
export function perThing(metric: string, said: string): string | null {
  const of = quotients[metric] ?? quotients[dividedIn[metric] ?? ""];
  const thing = things.find(([, words]) => new RegExp(`^(?:${words})$`, "u").test(said))?.[0];
  const found = of && thing ? of[thing] : undefined;
  return found && getMetric(found) ? found : null;
}
