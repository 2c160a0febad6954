import { type EvalCase, numbers, shape, tool } from "./case";

const mainNumbers = [
  "revenue_collected",
  "orders",
  "new_leads",
  "new_customers",
  "mrr",
  "customer_churn_rate",
];

/** Numbers, names, periods and splits put together in ways that no single phrase says. */
export const composedCases: EvalCase[] = [
  {
    group: "composed: how things go",
    wordings: ["how was last week", "how did last week go?", "give me the numbers for last week"],
    expected: numbers({
      metrics: mainNumbers,
      range: { preset: "previous_week" },
      comparison: "previous_period",
    }),
  },
  {
    group: "composed: how things go",
    wordings: ["are we doing ok", "how's business", "show me the key numbers"],
    expected: numbers({
      metrics: mainNumbers,
      range: { last: 30, unit: "day", including_current: false },
      comparison: "previous_period",
    }),
  },
  {
    group: "composed: several numbers",
    wordings: [
      "how much and how many orders last month",
      "orders last month, and how much was that in total",
    ],
    expected: numbers({ metrics: ["revenue_collected", "orders"], range: { preset: "previous_month" } }),
  },
  {
    group: "composed: several numbers",
    wordings: [
      "how many refunds did we give this year and how much",
      "number of refunds this year and their value",
    ],
    expected: numbers({ metrics: ["refunds_given", "refunds"], range: { preset: "this_year" } }),
  },
  {
    group: "composed: side by side",
    wordings: [
      "aov of facebook people vs referral people this year",
      "facebook vs referral: average order value this year",
    ],
    expected: numbers({
      metrics: ["aov"],
      dimensions: ["lead_source"],
      filters: { dimension: "lead_source", is: ["Facebook Ads", "Referral"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "composed: side by side",
    wordings: [
      "revenue this year from people with and without the tag Course Buyers",
      "revenue this year: people tagged Course Buyers vs those without",
    ],
    expected: numbers(
      {
        metrics: ["revenue_collected"],
        filters: { has_tag: ["Course Buyers"] },
        range: { preset: "this_year" },
      },
      {
        metrics: ["revenue_collected"],
        filters: { not: { has_tag: ["Course Buyers"] } },
        range: { preset: "this_year" },
      },
    ),
  },
  {
    group: "composed: side by side",
    before: ["revenue this year from people with and without the tag Course Buyers"],
    wordings: ["and orders?", "now orders"],
    expected: numbers(
      { metrics: ["orders"], filters: { has_tag: ["Course Buyers"] }, range: { preset: "this_year" } },
      {
        metrics: ["orders"],
        filters: { not: { has_tag: ["Course Buyers"] } },
        range: { preset: "this_year" },
      },
    ),
  },
  {
    group: "composed: best and worst",
    wordings: ["which product has the worst refund rate this year", "worst refund rate by product this year"],
    expected: numbers({
      metrics: ["refund_rate"],
      dimensions: ["product"],
      range: { preset: "this_year" },
      order: { by: "refund_rate", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "composed: best and worst",
    wordings: ["best converting source this year, min 5 leads"],
    expected: numbers({
      metrics: ["lead_conversion_rate", "new_leads"],
      dimensions: ["lead_source"],
      range: { preset: "this_year" },
      order: { by: "lead_conversion_rate", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "composed: ahead",
    wordings: ["how much money is due to come in over the next month", "cash coming in in the next 30 days"],
    expected: numbers({ metrics: ["expected_cash"], range: { preset: "today" } }),
  },
  {
    group: "composed: everyday names",
    wordings: ["what does an email earn us this year", "this year, how much does each email bring in"],
    expected: numbers({ metrics: ["revenue_per_email"], range: { preset: "this_year" } }),
  },
  {
    group: "composed: everyday names",
    wordings: ["what share of our members cancels per month on average"],
    expected: numbers({
      metrics: ["customer_churn_rate"],
      dimensions: ["time"],
      grain: "month",
      range: { last: 12, unit: "month", including_current: false },
    }),
  },
  {
    group: "composed: costs",
    wordings: ["cost vs revenue per channel this year", "which source cost the most this year"],
    expected: shape({ shape: "attribution", by: "touch", range: { preset: "this_year" } }),
  },
  {
    group: "composed: cohorts",
    wordings: [
      "compare jan 25 and jan 26 cohort retention",
      "retention of the january 2025 vs january 2026 cohorts",
    ],
    expected: shape({
      shape: "retention_cohorts",
      kind: "purchase",
      range: { from: "2025-01-01", to: "2026-01-31" },
    }),
  },
  {
    group: "composed: cohorts",
    wordings: [
      "retention of customers who joined in jan 25",
      "retention of people who first bought in january 2025",
    ],
    expected: shape({
      shape: "retention_cohorts",
      kind: "purchase",
      range: { from: "2025-01-01", to: "2025-01-31" },
    }),
  },
  {
    group: "composed: partners",
    wordings: ["best affiliates this year", "top affiliates this year"],
    expected: numbers({
      metrics: ["affiliate_revenue"],
      dimensions: ["sale_affiliate"],
      range: { preset: "this_year" },
      order: { by: "affiliate_revenue", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "composed: why",
    wordings: ["why did revenue jump in october", "why did revenue spike in october"],
    expected: tool("explain_change", {
      metric: "revenue_collected",
      range: { from: "2026-10-01", to: "2026-10-31" },
    }),
  },
  {
    group: "composed: follow-ups",
    before: ["revenue by lead source last month"],
    wordings: ["without unknown", "drop unknown"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["lead_source"],
      filters: { not: { dimension: "lead_source", is: ["unknown"] } },
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "composed: follow-ups",
    before: ["new leads by lead source this month"],
    wordings: ["which of these turned into customers best"],
    expected: numbers({
      metrics: ["lead_conversion_rate"],
      dimensions: ["lead_source"],
      range: { preset: "this_month" },
      order: { by: "lead_conversion_rate", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
];
