import { type EvalCase, numbers } from "./case";

const twelveMonths = { last: 12, unit: "month", including_current: true } as const;
const revenue = ["revenue_collected"];

/** Totals, trends and periods. The clock stands at Monday 23 November 2026 in New York. */
export const totalCases: EvalCase[] = [
  {
    group: "total",
    wordings: [
      "revenue this year",
      "how much revenue this year?",
      "What's our total revenue so far this year",
      "how much money did we make this year",
      "revenue ytd",
      "sales year to date",
      "revnue this yaer",
    ],
    expected: numbers({ metrics: revenue, range: { preset: "this_year" } }),
  },
  {
    group: "total",
    wordings: [
      "revenue last month",
      "How much did we earn last month?",
      "what were sales last month",
      "total sales in the previous month",
      "last month's revenue",
    ],
    expected: numbers({ metrics: revenue, range: { preset: "previous_month" } }),
  },
  {
    group: "total",
    wordings: [
      "orders last week",
      "how many orders did we get last week",
      "number of orders last week",
      "count of orders in the last week please",
    ],
    expected: numbers({ metrics: ["orders"], range: { preset: "previous_week" } }),
  },
  {
    group: "total",
    wordings: [
      "new leads this month",
      "how many leads this month so far",
      "how many new contacts did we get this month",
      "leads generated this month",
      "sign-ups this month",
    ],
    expected: numbers({ metrics: ["new_leads"], range: { preset: "this_month" } }),
  },
  {
    group: "total",
    wordings: [
      "average order value this quarter",
      "aov this quarter",
      "what's our average order this quarter?",
      "avg order value for the current quarter",
    ],
    expected: numbers({ metrics: ["aov"], range: { preset: "this_quarter" } }),
  },
  {
    group: "total",
    wordings: [
      "refunds in 2025",
      "how much did we refund in 2025",
      "total refunds for 2025",
      "money refunded in 2025",
    ],
    expected: numbers({ metrics: ["refunds"], range: { from: "2025-01-01", to: "2025-12-31" } }),
  },
  {
    group: "total",
    wordings: [
      "net revenue in Q3 2025",
      "revenue after refunds in q3 2025",
      "net sales for the third quarter of 2025",
    ],
    expected: numbers({ metrics: ["revenue_net"], range: { from: "2025-07-01", to: "2025-09-30" } }),
  },
  {
    group: "total",
    wordings: ["units sold yesterday", "how many units did we sell yesterday", "items sold yesterday"],
    expected: numbers({ metrics: ["units"], range: { preset: "yesterday" } }),
  },
  {
    group: "total",
    wordings: [
      "all time revenue",
      "how much money have we made since we started",
      "total revenue ever",
      "lifetime revenue",
    ],
    expected: numbers({ metrics: revenue, range: { preset: "all_time" } }),
  },
  {
    group: "total",
    wordings: ["revenue", "show me the revenue", "what is our revenue?"],
    expected: numbers({ metrics: revenue, range: twelveMonths }),
  },
  {
    group: "period",
    wordings: ["revenue in the last 90 days", "sales over the past 90 days", "revenue for the last 90 days"],
    expected: numbers({ metrics: revenue, range: { last: 90, unit: "day", including_current: false } }),
  },
  {
    group: "period",
    wordings: ["orders in the last 6 completed weeks", "orders over the past six full weeks"],
    expected: numbers({ metrics: ["orders"], range: { last: 6, unit: "week", including_current: false } }),
  },
  {
    group: "period",
    wordings: [
      "revenue from January to March 2026",
      "revenue between jan 1 2026 and mar 31 2026",
      "Q1 2026 revenue",
      "revenue 2026-01-01 to 2026-03-31",
      "revenue in the first quarter of 2026",
    ],
    expected: numbers({ metrics: revenue, range: { from: "2026-01-01", to: "2026-03-31" } }),
  },
  {
    group: "period",
    wordings: ["revenue since June", "revenue since june 1", "sales since the start of june"],
    expected: numbers({ metrics: revenue, range: { from: "2026-06-01", to: "2026-11-23" } }),
  },
  {
    group: "period",
    wordings: ["leads in March", "new leads in march 2026", "how many leads came in during March?"],
    expected: numbers({ metrics: ["new_leads"], range: { from: "2026-03-01", to: "2026-03-31" } }),
  },
  {
    group: "period",
    wordings: ["orders in December", "orders last december", "december 2025 orders"],
    expected: numbers({ metrics: ["orders"], range: { from: "2025-12-01", to: "2025-12-31" } }),
  },
  {
    group: "period",
    wordings: ["revenue on black friday 2025", "revenue on november 28 2025", "revenue on 28 Nov 2025"],
    expected: numbers({ metrics: revenue, range: { from: "2025-11-28", to: "2025-11-28" } }),
  },
  {
    group: "period",
    wordings: ["revenue in the first half of 2026", "h1 2026 revenue"],
    expected: numbers({ metrics: revenue, range: { from: "2026-01-01", to: "2026-06-30" } }),
  },
  {
    group: "period",
    wordings: ["orders 2 months ago", "how many orders two months ago"],
    expected: numbers({ metrics: ["orders"], range: { from: "2026-09-01", to: "2026-09-30" } }),
  },
  {
    group: "trend",
    wordings: [
      "revenue by month this year",
      "monthly revenue this year",
      "revenue per month this year",
      "show me revenue month by month this year",
      "Revenue by month for this year as a line chart",
      "revenu by mnth this year",
      "plot monthly sales this year",
      "this year's revenue by month",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "trend",
    wordings: [
      "orders by week for the last 8 weeks",
      "weekly orders last 8 weeks",
      "orders each week over the past 8 weeks",
    ],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["time"],
      grain: "week",
      range: { last: 8, unit: "week", including_current: false },
    }),
  },
  {
    group: "trend",
    wordings: [
      "daily leads last 14 days",
      "new leads per day for the last 14 days",
      "leads by day past 14 days",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["time"],
      grain: "day",
      range: { last: 14, unit: "day", including_current: false },
    }),
  },
  {
    group: "trend",
    wordings: ["revenue by quarter in 2025", "quarterly revenue 2025", "2025 revenue per quarter"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "quarter",
      range: { from: "2025-01-01", to: "2025-12-31" },
    }),
  },
  {
    group: "trend",
    wordings: ["revenue by year since we started", "annual revenue all time", "yearly revenue for all time"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "year",
      range: { preset: "all_time" },
    }),
  },
  {
    group: "trend",
    wordings: ["net revenue by month", "monthly net revenue"],
    expected: numbers({
      metrics: ["revenue_net"],
      dimensions: ["time"],
      grain: "month",
      range: twelveMonths,
    }),
  },
  {
    group: "trend",
    wordings: ["average order value by quarter last year", "quarterly aov last year"],
    expected: numbers({
      metrics: ["aov"],
      dimensions: ["time"],
      grain: "quarter",
      range: { preset: "previous_year" },
    }),
  },
  {
    group: "several",
    wordings: [
      "revenue and orders by month this year",
      "orders and revenue per month this year",
      "monthly revenue and orders this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected", "orders"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "several",
    wordings: [
      "revenue, refunds and net revenue last quarter",
      "net revenue, revenue and refunds for last quarter",
    ],
    expected: numbers({
      metrics: ["revenue_collected", "refunds", "revenue_net"],
      range: { preset: "previous_quarter" },
    }),
  },
];

export const compareCases: EvalCase[] = [
  {
    group: "comparison",
    wordings: [
      "revenue this year vs last year",
      "compare revenue this year with last year",
      "revenue this year compared to last year",
      "is revenue this year higher than last year?",
      "how does this year's revenue compare to last year",
      "revenue yoy this year",
      "revenue vs last year",
    ],
    expected: numbers({ metrics: revenue, range: { preset: "this_year" }, comparison: "previous_year" }),
  },
  {
    group: "comparison",
    wordings: [
      "orders this month vs last month",
      "did we get more orders this month than last month",
      "compare orders this month to last month",
      "orders this month against last month",
    ],
    expected: numbers({
      metrics: ["orders"],
      range: { preset: "this_month" },
      comparison: "previous_period",
    }),
  },
  {
    group: "comparison",
    wordings: [
      "Q3 2025 revenue vs last year",
      "revenue in Q3 2025 vs Q3 2024",
      "revenue q3 2025 compared with the same quarter last year",
      "revenue in q3 2025 year over year",
    ],
    expected: numbers({
      metrics: revenue,
      range: { from: "2025-07-01", to: "2025-09-30" },
      comparison: "previous_year",
    }),
  },
  {
    group: "comparison",
    wordings: [
      "Q3 2025 vs Q2 2025 revenue",
      "revenue in Q3 2025 compared to Q2 2025",
      "revenue q3 2025 versus q2 2025",
    ],
    expected: numbers({
      metrics: revenue,
      range: { from: "2025-07-01", to: "2025-09-30" },
      comparison: "previous_period",
    }),
  },
  {
    group: "comparison",
    wordings: [
      "revenue by month this year vs last year",
      "monthly revenue this year compared with last year",
      "compare revenue by month this year to last year",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
      comparison: "previous_year",
    }),
  },
  {
    group: "comparison",
    wordings: ["leads last week vs the week before", "new leads last week compared to the previous week"],
    expected: numbers({
      metrics: ["new_leads"],
      range: { preset: "previous_week" },
      comparison: "previous_period",
    }),
  },
  {
    group: "comparison",
    wordings: ["2025 vs 2024 orders", "orders in 2025 compared to 2024", "compare orders 2025 and 2024"],
    expected: numbers({
      metrics: ["orders"],
      range: { from: "2025-01-01", to: "2025-12-31" },
      comparison: "previous_year",
    }),
  },
  {
    group: "comparison",
    wordings: [
      "last 30 days revenue vs the previous 30 days",
      "revenue last 30 days compared to the prior 30 days",
    ],
    expected: numbers({
      metrics: revenue,
      range: { last: 30, unit: "day", including_current: false },
      comparison: "previous_period",
    }),
  },
  {
    group: "comparison",
    wordings: [
      "how did revenue change from September to October",
      "revenue october vs september",
      "compare revenue september and october",
    ],
    expected: numbers({
      metrics: revenue,
      range: { from: "2026-10-01", to: "2026-10-31" },
      comparison: "previous_period",
    }),
  },
  {
    group: "comparison",
    wordings: [
      "revenue by product this year vs last year",
      "compare product revenue this year with last year",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["product"],
      range: { preset: "this_year" },
      comparison: "previous_year",
    }),
  },
  {
    group: "comparison",
    wordings: ["2025 vs 2023 revenue"],
    expected: numbers(
      { metrics: revenue, range: { from: "2025-01-01", to: "2025-12-31" } },
      { metrics: revenue, range: { from: "2023-01-01", to: "2023-12-31" } },
    ),
  },
];

export const splitCases: EvalCase[] = [
  {
    group: "split",
    wordings: [
      "revenue by product this year",
      "sales per product this year",
      "this year's revenue broken down by product",
      "revenue for each product this year",
      "how much revenue did each product make this year",
      "revenue by prodct this year",
    ],
    expected: numbers({ metrics: revenue, dimensions: ["product"], range: { preset: "this_year" } }),
  },
  {
    group: "split",
    wordings: [
      "new leads by lead source last quarter",
      "leads by source last quarter",
      "where did our leads come from last quarter",
      "leads per channel last quarter",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      range: { preset: "previous_quarter" },
    }),
  },
  {
    group: "split",
    wordings: ["revenue by country in 2025", "2025 revenue per country", "sales by country 2025"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["country"],
      range: { from: "2025-01-01", to: "2025-12-31" },
    }),
  },
  {
    group: "split",
    wordings: ["orders by state this year", "orders per region this year", "orders by us state this year"],
    expected: numbers({ metrics: ["orders"], dimensions: ["region"], range: { preset: "this_year" } }),
  },
  {
    group: "split",
    wordings: [
      "revenue by tag last year",
      "last year's revenue by tag",
      "revenue split by tag for last year",
    ],
    expected: numbers({ metrics: revenue, dimensions: ["tag"], range: { preset: "previous_year" } }),
  },
  {
    group: "split",
    wordings: [
      "revenue by month and product this year",
      "monthly revenue by product this year",
      "revenue by product by month this year",
      "revenue by product and month this year",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time", "product"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "split",
    wordings: ["orders by country and product this year", "orders by product and country this year"],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["country", "product"],
      range: { preset: "this_year" },
    }),
  },
  {
    group: "split",
    wordings: ["pie chart of revenue by lead source this year", "revenue by lead source this year as a pie"],
    expected: numbers({ metrics: revenue, dimensions: ["lead_source"], range: { preset: "this_year" } }),
  },
  {
    group: "top",
    wordings: [
      "top 5 products by revenue this year",
      "our 5 best products by revenue this year",
      "five best products by revenue this year",
      "top five products this year by revenue",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["product"],
      range: { preset: "this_year" },
      order: { by: "revenue_collected", direction: "desc" },
      limit: 5,
      others: false,
    }),
  },
  {
    group: "top",
    wordings: [
      "top 3 lead sources by new leads last quarter",
      "best 3 lead sources by new leads last quarter",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      range: { preset: "previous_quarter" },
      order: { by: "new_leads", direction: "desc" },
      limit: 3,
      others: false,
    }),
  },
  {
    group: "top",
    wordings: ["which product sold the most units in 2025", "which products sold the most units in 2025?"],
    expected: numbers({
      metrics: ["units"],
      dimensions: ["product"],
      range: { from: "2025-01-01", to: "2025-12-31" },
      order: { by: "units", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "top",
    wordings: [
      "worst 3 products by revenue last quarter",
      "bottom 3 products by revenue last quarter",
      "3 worst products by revenue last quarter",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["product"],
      range: { preset: "previous_quarter" },
      filters: { not: { dimension: "product", is: ["tax", "shipping", "fee"] } },
      order: { by: "revenue_collected", direction: "asc" },
      limit: 3,
      others: false,
    }),
  },
  {
    group: "top",
    wordings: [
      "best month for revenue in 2025",
      "which month had the highest revenue in 2025",
      "highest revenue month in 2025",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "month",
      range: { from: "2025-01-01", to: "2025-12-31" },
      order: { by: "revenue_collected", direction: "desc" },
    }),
  },
  {
    group: "top",
    wordings: ["which country brings the most revenue this year", "country with the most revenue this year"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["country"],
      range: { preset: "this_year" },
      order: { by: "revenue_collected", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
];

export const filterCases: EvalCase[] = [
  {
    group: "filter",
    wordings: [
      "revenue from California this year",
      "revenue in california this year",
      "this year's revenue only California",
      "california revenue this year",
      "revenue for the state of california this year",
      "revenue from Californa this year",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { dimension: "region", is: ["US-CA"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "revenue in the US this year",
      "revenue from the United States this year",
      "us revenue this year",
      "revenue from USA this year",
      "American revenue this year",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { dimension: "country", is: ["USA"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "orders excluding Canada this year",
      "orders outside of Canada this year",
      "orders this year except Canada",
      "orders this year without Canada",
    ],
    expected: numbers({
      metrics: ["orders"],
      range: { preset: "this_year" },
      filters: { not: { dimension: "country", is: ["CAN"] } },
    }),
  },
  {
    group: "filter",
    wordings: [
      "revenue for tag VIP this year",
      "revenue from people tagged VIP this year",
      "revenue from VIP customers this year",
      "how much did VIP customers spend this year",
      "revenue this year for contacts with the tag VIP",
    ],
    expected: numbers({ metrics: revenue, range: { preset: "this_year" }, filters: { has_tag: ["VIP"] } }),
  },
  {
    group: "filter",
    wordings: [
      "revenue for Starter Kit by month this year",
      "monthly revenue of the Starter Kit this year",
      "starter kit revenue by month this year",
      "revenue by month for the product Starter Kit this year",
      "revenue for Startr Kit by month this year",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
      filters: { dimension: "product", is: ["Starter Kit"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "how many Starter Kits did we sell in 2026",
      "how many starter kits were sold in 2026",
      "units of Starter Kit sold in 2026",
      "units sold of starter kit in 2026",
    ],
    expected: numbers({
      metrics: ["units"],
      range: { from: "2026-01-01", to: "2026-12-31" },
      filters: { dimension: "product", is: ["Starter Kit"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "new leads from Facebook Ads last month",
      "facebook ads leads last month",
      "leads from facebook last month",
      "new leads with the lead source Facebook Ads last month",
      "leads from facebok ads last month",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      range: { preset: "previous_month" },
      filters: { dimension: "lead_source", is: ["Facebook Ads"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "revenue from people who bought the Starter Kit this year",
      "revenue this year from customers who bought Starter Kit",
      "revenue from buyers of Starter Kit this year",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { bought_product: ["Starter Kit"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "revenue from people tagged VIP and Course Buyers this year",
      "revenue this year for customers with tags VIP and Course Buyers",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { and: [{ has_tag: ["VIP"] }, { has_tag: ["Course Buyers"] }] },
    }),
  },
  {
    group: "filter",
    wordings: ["revenue from people tagged VIP or Course Buyers this year"],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { has_tag: ["VIP", "Course Buyers"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "revenue from Texas for the Starter Kit last year",
      "last year's starter kit revenue in texas",
    ],
    expected: numbers({
      metrics: revenue,
      range: { preset: "previous_year" },
      filters: {
        and: [
          { dimension: "product", is: ["Starter Kit"] },
          { dimension: "region", is: ["US-TX"] },
        ],
      },
    }),
  },
  {
    group: "filter",
    wordings: ["revenue in California vs Texas this year", "compare revenue California vs Texas this year"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["region"],
      range: { preset: "this_year" },
      filters: { dimension: "region", is: ["US-CA", "US-TX"] },
    }),
  },
  {
    group: "filter",
    wordings: ["how many contacts are in California", "how many people in California do we have"],
    expected: numbers({
      metrics: ["contacts"],
      range: { preset: "today" },
      filters: { dimension: "region", is: ["US-CA"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "how many contacts have the tag VIP",
      "how many people are tagged VIP",
      "number of contacts with tag VIP",
    ],
    expected: numbers({
      metrics: ["contacts"],
      range: { preset: "today" },
      filters: { has_tag: ["VIP"] },
    }),
  },
  {
    group: "filter",
    wordings: ["aov for Google Organic this year", "average order value from google organic this year"],
    expected: numbers({
      metrics: ["aov"],
      range: { preset: "this_year" },
      filters: { dimension: "lead_source", is: ["Google Organic"] },
    }),
  },
  {
    group: "filter",
    wordings: [
      "revenue for the mastery membership last 6 months by month",
      "mastery membership monthly revenue for the last 6 months",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "month",
      range: { last: 6, unit: "month", including_current: false },
      filters: { dimension: "product", is: ["Mastery Membership"] },
    }),
  },
];
