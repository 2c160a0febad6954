import { clarify, type EvalCase, numbers, range, top } from "./case";

/**
 * Turning the answers just shown: shares, the difference of the last two, both in one chart, their sum and mean, one
 * number per another. What is right follows from the questions before, not from what the analyst says.
 */
const thisYear = { preset: "this_year" as const };
const lastMonth = { preset: "previous_month" as const };
const year = { last: 12, unit: "month" as const, including_current: true };
const now = { preset: "today" as const };
const source = (...is: string[]) => ({ dimension: "lead_source", is });

export const derivedCases: EvalCase[] = [
  {
    group: "derived: change",
    before: ["turnover last month?", "and the month before"],
    wordings: [
      "difference in percent",
      "by how much did it change",
      "what's the difference",
      "the change in %?",
    ],
    expected: numbers({ metrics: ["revenue_collected"], range: lastMonth, comparison: "previous_period" }),
  },
  {
    group: "derived: change",
    before: ["orders in september", "and in august"],
    wordings: ["by how much", "percentage change please"],
    expected: numbers({
      metrics: ["orders"],
      range: range("2026-09-01", "2026-09-30"),
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: change",
    before: ["revenue in june 2026", "and june 2025"],
    wordings: ["difference", "how much more is that"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: range("2026-06-01", "2026-06-30"),
      comparison: "previous_year",
    }),
  },
  {
    group: "derived: change",
    before: ["revenue in may", "and in march"],
    wordings: ["difference", "what is the difference between those"],
    expected: numbers(
      { metrics: ["revenue_collected"], range: range("2026-05-01", "2026-05-31") },
      { metrics: ["revenue_collected"], range: range("2026-03-01", "2026-03-31") },
    ),
  },
  {
    group: "derived: change",
    before: ["revenue this month vs last month"],
    wordings: ["by how much", "and in percent", "what's the change"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { preset: "this_month" },
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: change",
    before: ["revenue from google organic this year", "and from facebook"],
    wordings: ["the difference", "put them in one chart", "side by side", "compare them"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["lead_source"],
      filters: source("Google Organic", "Facebook Ads"),
      range: thisYear,
    }),
  },
  {
    group: "derived: change",
    before: ["top 3 owners by deals won this year"],
    wordings: ["by how much"],
    expected: numbers({
      metrics: ["deals_won"],
      dimensions: ["owner"],
      range: thisYear,
      ...top("deals_won", 3),
    }),
  },
  {
    group: "derived: worth",
    before: ["top 3 owners by deals won this year"],
    wordings: ["in money", "and in dollars"],
    expected: numbers({
      metrics: ["deals_won_value"],
      dimensions: ["owner"],
      range: thisYear,
      ...top("deals_won_value", 3),
    }),
  },
  {
    group: "derived: together",
    before: ["lead conversion by month", "for google only", "same for referral"],
    wordings: ["together in one chart", "both in the same graph"],
    expected: numbers({
      metrics: ["lead_conversion_rate"],
      dimensions: ["time", "lead_source"],
      grain: "month",
      filters: source("Google Organic", "Referral"),
      range: year,
    }),
  },
  {
    group: "derived: together",
    before: ["revenue by month", "orders by month"],
    wordings: ["put both in one chart", "in one graph", "overlay them"],
    expected: numbers({
      metrics: ["revenue_collected", "orders"],
      dimensions: ["time"],
      grain: "month",
      range: year,
    }),
  },
  {
    group: "derived: together",
    before: ["revenue by month this year", "new leads by tag last week"],
    wordings: ["together in one chart"],
    expected: clarify,
  },
  {
    group: "derived: shares",
    before: ["revenue last year by product"],
    wordings: ["as percent", "in %", "as a share of the total", "what share of the total is that"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      range: { preset: "previous_year" },
    }),
  },
  {
    group: "derived: shares",
    before: ["revenue from facebook this year"],
    wordings: ["what share is that of the total", "as % of total revenue", "as percent of the total"],
    expected: numbers(
      { metrics: ["revenue_collected"], filters: source("Facebook Ads"), range: thisYear },
      { metrics: ["revenue_collected"], range: thisYear },
    ),
  },
  {
    group: "derived: shares",
    before: ["refunds this year"],
    wordings: ["in %", "as percent"],
    expected: numbers({ metrics: ["refund_rate"], range: thisYear }),
  },
  {
    group: "derived: shares",
    before: ["churn rate by month"],
    wordings: ["as percent"],
    expected: clarify,
  },
  {
    group: "derived: shares",
    before: ["average order value by product this year"],
    wordings: ["as percent of the total"],
    expected: clarify,
  },
  {
    group: "derived: sum",
    before: ["new leads by month this year"],
    wordings: ["add them up", "what is the total", "all together"],
    expected: numbers({ metrics: ["new_leads"], range: thisYear }),
  },
  {
    group: "derived: sum",
    before: ["revenue from google organic this year", "and from facebook"],
    wordings: ["together", "add them up", "what's the sum"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: source("Google Organic", "Facebook Ads"),
      range: thisYear,
    }),
  },
  {
    group: "derived: sum",
    before: ["top 5 products this year"],
    wordings: ["add them up"],
    expected: clarify,
  },
  {
    group: "derived: sum",
    before: ["mrr by month"],
    wordings: ["add them up"],
    expected: clarify,
  },
  {
    group: "derived: mean",
    before: ["revenue this year"],
    wordings: ["average per month", "on average per month", "and the monthly average"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "month",
      range: thisYear,
    }),
  },
  {
    group: "derived: per",
    before: ["what did we spend on ads this year", "per channel"],
    wordings: ["per new customer", "and per customer"],
    expected: numbers({ metrics: ["cac"], dimensions: ["lead_source"], range: thisYear }),
  },
  {
    group: "derived: per",
    before: ["marketing cost by lead source this year"],
    wordings: ["per lead", "what is that per lead"],
    expected: numbers({ metrics: ["cost_per_lead"], dimensions: ["lead_source"], range: thisYear }),
  },
  {
    group: "derived: per",
    before: ["revenue last month"],
    wordings: ["per order", "and per order"],
    expected: numbers({ metrics: ["aov"], range: lastMonth }),
  },
  {
    group: "derived: per",
    before: ["mrr"],
    wordings: ["per member", "per subscriber"],
    expected: numbers({ metrics: ["arpa"], range: now }),
  },
];
