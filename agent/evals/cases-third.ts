import { chat, clarify, type EvalCase, numbers, range, refuse, tool } from "./case";

const revenue = ["revenue_collected"];

/**
 * A third set written blind, after the analyst had learnt from the second: what it says about new questions stands in
 * the folder's README. All of it is kept aside. The clock stands at Monday 23 November 2026 in New York.
 */
export const thirdCases: EvalCase[] = [
  {
    group: "third: totals",
    wordings: ["how'd we do in sales last week", "revenue for the week that just ended"],
    expected: numbers({ metrics: revenue, range: { preset: "previous_week" } }),
  },
  {
    group: "third: totals",
    wordings: ["count of orders in the first half of 2026", "orders jan through june this year"],
    expected: numbers({ metrics: ["orders"], range: range("2026-01-01", "2026-06-30") }),
  },
  {
    group: "third: totals",
    wordings: ["how many leads did we pull in during september?", "september leads?"],
    expected: numbers({ metrics: ["new_leads"], range: range("2026-09-01", "2026-09-30") }),
  },
  {
    group: "third: totals",
    wordings: ["net revenue last quarter after refunds"],
    expected: numbers({ metrics: ["revenue_net"], range: { preset: "previous_quarter" } }),
  },
  {
    group: "third: trends",
    wordings: ["plot average order value by month for 2026", "AOV month by month in 2026"],
    expected: numbers({
      metrics: ["aov"],
      dimensions: ["time"],
      grain: "month",
      range: range("2026-01-01", "2026-12-31"),
    }),
  },
  {
    group: "third: comparisons",
    wordings: [
      "was last quarter better than the one before in revenue?",
      "last quarter's revenue vs the quarter before that",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "previous_quarter" },
      comparison: "previous_period",
    }),
  },
  {
    group: "third: splits",
    wordings: [
      "new leads this year split by where they came from",
      "what brought in leads this year, by source",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      range: { preset: "this_year" },
    }),
  },
  {
    group: "third: splits",
    wordings: ["which country spends the most with us this year"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["country"],
      range: { preset: "this_year" },
      order: { by: "revenue_collected", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "third: filters",
    wordings: [
      "membership revenue this year",
      "how much money did the mastery membership bring in this year",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { dimension: "product", is: ["Mastery Membership"] },
    }),
  },
  {
    group: "third: filters",
    wordings: ["orders last year from people who own the starter kit"],
    expected: numbers({
      metrics: ["orders"],
      range: { preset: "previous_year" },
      filters: { bought_product: ["Starter Kit"] },
    }),
  },
  {
    group: "third: people",
    wordings: ["VIPs who haven't bought since june", "which VIPs have not ordered since june 1"],
    expected: tool("find_contacts", { has_tag: ["VIP"], no_order_since: "2026-06-01" }),
  },
  {
    group: "third: people",
    wordings: ["customers in texas who spent more than 1000", "texas people who paid over $1,000"],
    expected: tool("find_contacts", { region: ["US-TX"], spent_over: 1_000 }),
  },
  {
    group: "third: why",
    wordings: ["what caused the change in leads last month", "why did we get fewer leads last month"],
    expected: tool("explain_change", { metric: "new_leads" }),
  },
  {
    group: "third: alerts",
    wordings: ["ping me if daily orders drop to zero", "notify me when monthly revenue tops 10k"],
    expected: tool("create_alert"),
  },
  {
    group: "third: proposals",
    wordings: ["give everyone in texas the tag Roadshow", "add the tag Roadshow to texans"],
    expected: tool("propose_tags", { tag: "Roadshow", region: ["US-TX"] }),
  },
  {
    group: "third: follow-ups",
    before: ["orders by product this year"],
    wordings: ["make that revenue", "and in dollars?"],
    expected: numbers({ metrics: revenue, dimensions: ["product"], range: { preset: "this_year" } }),
  },
  {
    group: "third: follow-ups",
    before: ["new leads last week"],
    wordings: ["day by day", "show it per day"],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["time"],
      grain: "day",
      range: { preset: "previous_week" },
    }),
  },
  { group: "third: ambiguous", wordings: ["how many newsletter people are there"], expected: clarify },
  {
    group: "third: refusals",
    wordings: [
      "how many hours did the team work last week",
      "what will bitcoin cost tomorrow",
      "cancel all subscriptions in germany",
      "show me everyone's passwords",
      "which competitor is cheaper than us",
      "combien de clients avons-nous",
    ],
    expected: refuse,
  },
  { group: "third: small talk", wordings: ["good morning!", "ok thanks"], expected: chat },
];
