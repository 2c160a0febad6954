import { type EvalCase, type ExpectedQuery, numbers, range, refuse, shape, tool, top } from "./case";

/**
 * The same numbers in the words people have for them: courtesies around the question, verbs for a number, names by their
 * everyday singular and plural, reasons, first and repeat purchases, weekdays, means, shares, and one word after an
 * answer. Asked of the account of the parser tests.
 */
const lastMonth = { preset: "previous_month" as const };
const thisYear = { preset: "this_year" as const };
const year = { last: 12, unit: "month" as const, including_current: true };
const now = { preset: "today" as const };
const by = (metric: string, dimension: string, rest: Partial<ExpectedQuery> = {}): ExpectedQuery => ({
  metrics: [metric],
  dimensions: [dimension],
  range: year,
  ...rest,
});

export const everydayCases: EvalCase[] = [
  {
    group: "everyday: courtesies",
    wordings: [
      "any idea how much we sold last month",
      "quick question: how much revenue did we make last month",
      "I'd like to know what our revenue was last month, if possible",
      "hey, can you tell me how much we brought in last month please",
      "send me revenue for last month",
      "do you happen to know what we made last month?",
    ],
    expected: numbers({ metrics: ["revenue_collected"], range: lastMonth }),
  },
  {
    group: "everyday: verbs",
    wordings: [
      "what did we turn over last month",
      "how much did we pull in last month",
      "what did we rake in last month",
      "how much did we ring up last month",
      "how much did we take last month",
    ],
    expected: numbers({ metrics: ["revenue_collected"], range: lastMonth }),
  },
  {
    group: "everyday: verbs",
    wordings: [
      "how many customers did we gain this year",
      "how many customers did we pick up this year",
      "how many customers did we win this year",
    ],
    expected: numbers({ metrics: ["new_customers"], range: thisYear }),
  },
  {
    group: "everyday: verbs",
    wordings: ["how many starter kits went out last month", "number of starter kits sold last month"],
    expected: numbers({
      metrics: ["units"],
      filters: { dimension: "product", is: ["Starter Kit"] },
      range: lastMonth,
    }),
  },
  {
    group: "everyday: periods",
    wordings: ["revenue in the last year", "revenue over the past year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { last: 12, unit: "month", including_current: false },
    }),
  },
  {
    group: "everyday: periods",
    wordings: ["what did we turn over in the first half of the year", "revenue first half of this year"],
    expected: numbers({ metrics: ["revenue_collected"], range: range("2026-01-01", "2026-06-30") }),
  },
  {
    group: "everyday: periods",
    wordings: ["orders last summer", "how many orders did we have in summer 2026"],
    expected: numbers({ metrics: ["orders"], range: range("2026-06-01", "2026-08-31") }),
  },
  {
    group: "everyday: periods",
    wordings: ["compare revenue this november with last november", "revenue this november vs last november"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: range("2026-11-01", "2026-11-30"),
      comparison: "previous_year",
    }),
  },
  {
    group: "everyday: periods",
    wordings: ["are sales up on last year", "is revenue up on last year"],
    expected: numbers({ metrics: ["revenue_collected"], range: thisYear, comparison: "previous_year" }),
  },
  {
    group: "everyday: periods",
    wordings: ["what has been coming in per week lately", "revenue per week lately"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "week",
      range: { last: 12, unit: "week", including_current: true },
    }),
  },
  {
    group: "everyday: first and repeat",
    wordings: ["first orders vs repeat orders this year", "first vs repeat orders this year"],
    expected: numbers(by("orders", "purchase", { range: thisYear })),
  },
  {
    group: "everyday: first and repeat",
    wordings: [
      "revenue from repeat customers last month",
      "how much money came from repeat customers last month",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "purchase", is: ["repeat"] },
      range: lastMonth,
    }),
  },
  {
    group: "everyday: first and repeat",
    wordings: ["revenue of new customers last month", "revenue last month from our new customers"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "cohort", is: ["2026-10"] },
      range: lastMonth,
    }),
  },
  {
    group: "everyday: first and repeat",
    wordings: [
      "revenue this year from customers we got in September",
      "this year's revenue from customers acquired in September",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "cohort", is: ["2026-09"] },
      range: thisYear,
    }),
  },
  {
    group: "everyday: promo codes",
    wordings: ["revenue by promo code this year", "revenue by coupon code this year"],
    expected: numbers(by("revenue_collected", "promo_code", { range: thisYear })),
  },
  {
    group: "everyday: promo codes",
    wordings: ["orders with a promo code this year", "how many orders used a coupon this year"],
    expected: numbers({
      metrics: ["orders"],
      filters: { not: { dimension: "promo_code", is: ["unknown"] } },
      range: thisYear,
    }),
  },
  {
    group: "everyday: reasons",
    wordings: [
      "why do people cancel",
      "why are members leaving",
      "what are the main reasons members cancel",
      "cancellation reasons",
    ],
    expected: numbers(by("subscribers_lost", "stop_reason")),
  },
  {
    group: "everyday: reasons",
    wordings: ["why are we losing deals", "why do we lose deals", "lost deals by reason"],
    expected: numbers(by("deals_lost", "loss_reason")),
  },
  {
    group: "everyday: reasons",
    wordings: ["why did more members cancel last month"],
    expected: tool("explain_change", { metric: "subscribers_lost" }),
  },
  {
    group: "everyday: moments",
    wordings: ["orders by weekday this year", "orders this year by day of the week"],
    expected: numbers(by("orders", "weekday", { range: thisYear })),
  },
  {
    group: "everyday: moments",
    wordings: ["best weekday for orders", "which weekday do people buy the most"],
    expected: numbers(by("orders", "weekday", top("orders", 10))),
  },
  {
    group: "everyday: moments",
    wordings: ["best day of the week to send emails"],
    expected: numbers(by("email_open_rate", "weekday", top("email_open_rate", 10))),
  },
  {
    group: "everyday: moments",
    wordings: ["revenue by hour of day", "revenue by hour of the day"],
    expected: numbers(by("revenue_collected", "hour")),
  },
  {
    group: "everyday: moments",
    wordings: ["how much did we make on weekends this year", "revenue on weekends this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "weekday", is: ["Saturday", "Sunday"] },
      range: thisYear,
    }),
  },
  {
    group: "everyday: means",
    wordings: ["average churn over the last 6 months", "average churn rate, last 6 months"],
    expected: numbers({
      metrics: ["customer_churn_rate"],
      dimensions: ["time"],
      grain: "month",
      range: { last: 6, unit: "month", including_current: false },
    }),
  },
  {
    group: "everyday: means",
    before: ["orders per day last week"],
    wordings: ["whats the average", "and the average per day?"],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["time"],
      grain: "day",
      range: { preset: "previous_week" },
    }),
  },
  {
    group: "everyday: means",
    wordings: ["average deal size this year", "what's our average deal worth this year"],
    expected: numbers({ metrics: ["deal_size"], range: thisYear }),
  },
  {
    group: "everyday: means",
    wordings: ["how long does it take to close a deal", "how long does it take us to win a deal"],
    expected: numbers({ metrics: ["days_to_win"], range: year }),
  },
  {
    group: "everyday: means",
    wordings: ["what's our average refund this year", "how big is the average refund this year"],
    expected: numbers({ metrics: ["refunds", "refunds_given"], range: thisYear }),
  },
  {
    group: "everyday: means",
    wordings: ["what does a customer spend on average", "how much does a customer spend on average"],
    expected: numbers({ metrics: ["revenue_per_customer"], range: year }),
  },
  {
    group: "everyday: shares",
    wordings: [
      "what share of revenue comes from the Starter Kit this year",
      "how much of our revenue is the Starter Kit this year",
    ],
    expected: numbers(
      {
        metrics: ["revenue_collected"],
        filters: { dimension: "product", is: ["Starter Kit"] },
        range: thisYear,
      },
      { metrics: ["revenue_collected"], range: thisYear },
    ),
  },
  {
    group: "everyday: shares",
    wordings: [
      "refunds as a share of revenue by month this year",
      "refunds as a percentage of sales by month this year",
    ],
    expected: numbers({ metrics: ["refund_rate"], dimensions: ["time"], grain: "month", range: thisYear }),
  },
  {
    group: "everyday: shares",
    wordings: ["churn % by month this year", "churn in % by month this year"],
    expected: numbers({
      metrics: ["customer_churn_rate"],
      dimensions: ["time"],
      grain: "month",
      range: thisYear,
    }),
  },
  {
    group: "everyday: several",
    wordings: [
      "Facebook vs Referral leads this year: number, conversion and average value",
      "leads this year from Facebook vs Referral: number, conversion, avg value",
    ],
    expected: numbers({
      metrics: ["new_leads", "lead_conversion_rate", "lead_value"],
      dimensions: ["lead_source"],
      filters: { dimension: "lead_source", is: ["Facebook Ads", "Referral"] },
      range: thisYear,
    }),
  },
  {
    group: "everyday: several",
    wordings: [
      "how many emails did we send last month and how many were opened",
      "emails sent and opened last month",
    ],
    expected: numbers({ metrics: ["emails_sent", "emails_opened"], range: lastMonth }),
  },
  {
    group: "everyday: several",
    wordings: ["net new members this year", "members gained and members lost this year"],
    expected: numbers({ metrics: ["subscribers_gained", "subscribers_lost"], range: thisYear }),
  },
  {
    group: "everyday: several",
    wordings: [
      "which payments failed last month and did we get any of them back",
      "failed and recovered payments last month",
    ],
    expected: numbers({ metrics: ["failed_payments", "recovered_payments"], range: lastMonth }),
  },
  {
    group: "everyday: several",
    wordings: ["orders from California, Texas and New York by month this year"],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["time", "region"],
      grain: "month",
      filters: { dimension: "region", is: ["US-CA", "US-TX", "US-NY"] },
      range: thisYear,
    }),
  },
  {
    group: "everyday: several",
    wordings: [
      "which source brought more leads this year, Facebook or Referral",
      "did Facebook or Referral bring more leads this year",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      filters: { dimension: "lead_source", is: ["Facebook Ads", "Referral"] },
      range: thisYear,
    }),
  },
  {
    group: "everyday: partners",
    wordings: ["which affiliate brought the most sales this year", "who is our best affiliate this year"],
    expected: numbers(
      by("affiliate_revenue", "sale_affiliate", { range: thisYear, ...top("affiliate_revenue", 10) }),
    ),
  },
  {
    group: "everyday: partners",
    wordings: ["how much did affiliates bring in this year", "revenue through affiliates this year"],
    expected: numbers({ metrics: ["affiliate_revenue"], range: thisYear }),
  },
  {
    group: "everyday: money owed",
    wordings: ["how much money is owed for more than 60 days", "receivables more than 60 days overdue"],
    expected: numbers({
      metrics: ["receivable"],
      filters: { dimension: "receivable_age", is: ["61 to 90 days", "over 90 days"] },
      range: now,
    }),
  },
  {
    group: "everyday: customers",
    wordings: ["which source brings the best customers", "best customers by source"],
    expected: numbers(by("clv_average", "lead_source", { range: now, ...top("clv_average", 10) })),
  },
  {
    group: "everyday: customers",
    wordings: [
      "how many lapsed customers came back this year",
      "lapsed customers who bought again this year",
    ],
    expected: numbers({ metrics: ["reactivated_customers"], range: thisYear }),
  },
  {
    group: "everyday: customers",
    wordings: ["which tags does nobody have", "tags nobody uses", "tags we never use"],
    expected: numbers({ metrics: ["unused_tags"], range: now }),
  },
  {
    group: "everyday: recurring",
    wordings: ["what was mrr made up of in october", "mrr bridge for october"],
    expected: shape({ shape: "mrr_bridge", range: range("2026-10-01", "2026-10-31") }),
  },
  {
    group: "everyday: recurring",
    wordings: ["mrr growth this year"],
    expected: numbers({
      metrics: ["mrr"],
      range: range("2026-01-01", "2026-11-23"),
      comparison: "previous_period",
    }),
  },
  {
    group: "everyday: recurring",
    wordings: ["what will mrr be in january"],
    expected: tool("forecast", { metric: "mrr", months: 3 }),
  },
  {
    group: "everyday: recurring",
    wordings: ["net new MRR last month", "net MRR growth last month"],
    expected: numbers({ metrics: ["mrr_net_new"], range: lastMonth }),
  },
  {
    group: "everyday: recurring",
    wordings: ["how much does a member bring in altogether", "lifetime value of a member"],
    expected: numbers({ metrics: ["subscription_ltv"], range: now }),
  },
  {
    group: "everyday: recurring",
    wordings: ["what percent of members renew", "what share of our members renews"],
    expected: numbers({ metrics: ["renewal_rate"], range: year }),
  },
  {
    group: "everyday: shares",
    wordings: ["what is the total amount refunded this year, and as a percentage of sales?"],
    expected: numbers({ metrics: ["refunds", "refund_rate"], range: thisYear }),
  },
  {
    group: "everyday: periods",
    wordings: [
      "sum of payments received between 1 and 15 November",
      "payments received from 1 to 15 November",
    ],
    expected: numbers({ metrics: ["revenue_collected"], range: range("2026-11-01", "2026-11-15") }),
  },
  {
    group: "everyday: periods",
    wordings: ["expected cash in december"],
    expected: refuse,
  },
  {
    group: "everyday: after an answer",
    before: ["how much money so far this year?"],
    wordings: ["which months were the weakest?"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "month",
      range: thisYear,
      order: { by: "revenue_collected", direction: "asc" },
    }),
  },
  {
    group: "everyday: after an answer",
    before: ["open rate over the past 6 months", "as a line"],
    wordings: ["clicks too"],
    expected: numbers({
      metrics: ["email_open_rate", "email_click_rate"],
      dimensions: ["time"],
      range: { last: 6, unit: "month", including_current: false },
    }),
  },
  {
    group: "everyday: verbs",
    wordings: ["clicks last week", "how many clicks did we get last week"],
    expected: numbers({ metrics: ["emails_clicked"], range: { preset: "previous_week" } }),
  },
  {
    group: "everyday: customers",
    wordings: ["how many customers came back after being away a long time"],
    expected: numbers({ metrics: ["reactivated_customers"], range: year }),
  },
  {
    group: "everyday: first and repeat",
    wordings: ["what do first time buyers buy"],
    expected: numbers(
      by("units", "product", {
        filters: { dimension: "purchase", is: ["first"] },
        ...top("units", 10),
      }),
    ),
  },
  {
    group: "everyday: customers",
    wordings: ["how much did members spend last month", "revenue last month from people who are members"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "customer_status", is: ["subscriber"] },
      range: lastMonth,
    }),
  },
  {
    group: "everyday: customers",
    wordings: ["how many orders came from members this year", "orders by members this year"],
    expected: numbers({
      metrics: ["orders"],
      filters: { dimension: "customer_status", is: ["subscriber"] },
      range: thisYear,
    }),
  },
  {
    group: "everyday: first and repeat",
    wordings: ["repeat vs first revenue by month this year", "first vs repeat revenue by month this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time", "purchase"],
      grain: "month",
      range: thisYear,
    }),
  },
  {
    group: "everyday: costs",
    wordings: ["marketing spend by source this year", "ad costs by lead source this year"],
    expected: numbers(by("marketing_cost", "lead_source", { range: thisYear })),
  },
  {
    group: "everyday: costs",
    wordings: [
      "ad spend last month",
      "how much did we spend on marketing last month",
      "what did our ads cost last month",
    ],
    expected: numbers({ metrics: ["marketing_cost"], range: lastMonth }),
  },
  {
    group: "everyday: costs",
    wordings: [
      "how much did we spend on Facebook Ads last month",
      "marketing cost of Facebook Ads last month",
    ],
    expected: numbers({
      metrics: ["marketing_cost"],
      filters: { dimension: "lead_source", is: ["Facebook Ads"] },
      range: lastMonth,
    }),
  },
  {
    group: "everyday: list",
    wordings: ["list growth by month", "how fast is our list growing"],
    expected: numbers({ metrics: ["contacts"], dimensions: ["time"], grain: "month", range: year }),
  },
  {
    group: "everyday: after an answer",
    before: ["total number of customers"],
    wordings: ["how many of those are new this year", "and how many of them are new this year?"],
    expected: numbers({ metrics: ["new_customers"], range: thisYear }),
  },
  {
    group: "everyday: after an answer",
    before: ["total number of customers"],
    wordings: ["where are they from", "and where do they live?"],
    expected: numbers(by("customers", "country", { range: now })),
  },
  {
    group: "everyday: after an answer",
    before: ["deals won this year by owner"],
    wordings: ["and lost", "what about lost ones"],
    expected: numbers(by("deals_lost", "owner", { range: thisYear })),
  },
  {
    group: "everyday: after an answer",
    before: ["leads by source, last 30 days"],
    wordings: ["cost per lead for each", "and the cost per lead of each?"],
    expected: numbers(
      by("cost_per_lead", "lead_source", { range: { last: 30, unit: "day", including_current: false } }),
    ),
  },
  {
    group: "everyday: after an answer",
    before: ["leads by source, last 30 days"],
    wordings: ["which one converts best"],
    expected: numbers(
      by("lead_conversion_rate", "lead_source", {
        range: { last: 30, unit: "day", including_current: false },
        ...top("lead_conversion_rate", 10),
      }),
    ),
  },
  {
    group: "everyday: after an answer",
    before: ["how's this month looking"],
    wordings: ["which product dropped the most"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      range: { preset: "this_month" },
      comparison: "previous_period",
      order: { by: "revenue_collected", direction: "desc" },
    }),
  },
  {
    group: "everyday: after an answer",
    before: ["what did we turn over in the first half of the year"],
    wordings: ["and same time last year", "and the same time last year?"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: range("2026-01-01", "2026-06-30"),
      comparison: "previous_year",
    }),
  },
  {
    group: "everyday: after an answer",
    before: ["subscribers this month", "lost"],
    wordings: ["and net"],
    expected: numbers({
      metrics: ["subscribers_gained", "subscribers_lost"],
      range: { preset: "this_month" },
    }),
  },
  {
    group: "everyday: plain verbs",
    wordings: ["plot revenue by week this year", "pls chart revenue by week this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "week",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "everyday: plain verbs",
    wordings: ["lead to customer conversion by month this year", "lead-to-customer rate by month this year"],
    expected: numbers({
      metrics: ["lead_conversion_rate"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "everyday: plain verbs",
    wordings: ["average value of a lead per source this year"],
    expected: numbers({
      metrics: ["lead_value"],
      dimensions: ["lead_source"],
      range: { preset: "this_year" },
    }),
  },
  {
    group: "everyday: all there ever was",
    wordings: ["how many units did we sell in total", "units sold altogether"],
    expected: numbers({ metrics: ["units"], range: { preset: "all_time" } }),
  },
];
