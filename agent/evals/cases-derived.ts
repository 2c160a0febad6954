import { clarify, type EvalCase, numbers, range, refuse, tool, top } from "./case";

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
    wordings: ["put them in one chart", "side by side", "compare them"],
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
  {
    group: "derived: why",
    before: ["how did we do last week", "better or worse than the week before"],
    wordings: ["what made the difference", "why is that", "what's behind the change"],
    expected: tool("explain_change", {
      metric: "revenue_collected",
      range: { preset: "previous_week" },
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: why",
    before: ["mrr this month vs last month"],
    wordings: ["where did the change come from", "what caused the drop", "why"],
    expected: tool("explain_change", {
      metric: "mrr",
      range: { preset: "this_month" },
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: why",
    before: ["who cancelled in october"],
    wordings: ["why did they leave", "what reasons", "why"],
    expected: numbers({
      metrics: ["subscribers_lost"],
      dimensions: ["stop_reason"],
      range: range("2026-10-01", "2026-10-31"),
    }),
  },
  {
    group: "derived: why",
    before: ["deals lost this quarter"],
    wordings: ["what reasons", "what are the reasons", "why"],
    expected: numbers({
      metrics: ["deals_lost"],
      dimensions: ["loss_reason"],
      range: { preset: "this_quarter" },
    }),
  },
  {
    group: "derived: of the list",
    before: ["who owes us money"],
    wordings: ["how much in total", "how much is that altogether", "what do they owe in total"],
    expected: numbers({ metrics: ["receivable"], range: now }),
  },
  {
    group: "derived: of the list",
    before: ["what percentage of leads become customers"],
    wordings: ["by source", "per lead source"],
    expected: numbers({ metrics: ["lead_conversion_rate"], dimensions: ["lead_source"], range: year }),
  },
  {
    group: "derived: keeps the days",
    before: ["how many failed payments in october"],
    wordings: ["how many were recovered", "how many of those were recovered"],
    expected: numbers({ metrics: ["recovered_payments"], range: range("2026-10-01", "2026-10-31") }),
  },
  {
    group: "derived: keeps the days",
    before: ["how many deals we won this month"],
    wordings: ["what value", "worth how much", "for how much"],
    expected: numbers({ metrics: ["deals_won_value"], range: { preset: "this_month" } }),
  },
  {
    group: "derived: keeps the days",
    before: ["how many members do we have"],
    wordings: ["from the last 60 days", "in the last 30 days"],
    expected: clarify,
  },
  {
    group: "derived: keeps the list",
    before: ["what were our top ten products last month"],
    wordings: ["by number sold instead", "by quantity"],
    expected: numbers({ metrics: ["units"], dimensions: ["product"], range: lastMonth, ...top("units", 10) }),
  },
  {
    group: "derived: keeps the list",
    before: ["how much leads did we get in october"],
    wordings: ["from where they came", "where did they come from"],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      range: range("2026-10-01", "2026-10-31"),
    }),
  },
  {
    group: "derived: words",
    wordings: ["how much leads did we get in october", "how much new leads in october"],
    expected: numbers({ metrics: ["new_leads"], range: range("2026-10-01", "2026-10-31") }),
  },
  {
    group: "derived: words",
    wordings: ["average invoice size per month this year", "avg order amount by month this year"],
    expected: numbers({ metrics: ["aov"], dimensions: ["time"], grain: "month", range: thisYear }),
  },
  {
    group: "derived: words",
    wordings: [
      "cash collected last 12 months vs the 12 months before",
      "revenue last 12 months compared to the previous 12 months",
      "revenue last 12 months against the 12 months prior",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { last: 12, unit: "month" },
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: words",
    wordings: [
      "what is our strongest month in general",
      "our best month overall",
      "which month was the strongest ever",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "all_time" },
      order: { by: "revenue_collected", direction: "desc" },
    }),
  },
  {
    group: "derived: hours",
    wordings: ["do we sell more in the evening or morning", "sales in the morning vs the afternoon"],
    expected: numbers({ metrics: ["revenue_collected"], dimensions: ["hour"], range: year }),
  },
  {
    group: "derived: hours",
    wordings: ["orders in the evening this year", "orders during the evening this year"],
    expected: numbers({
      metrics: ["orders"],
      filters: { dimension: "hour", is: ["17:00", "18:00", "19:00", "20:00", "21:00"] },
      range: thisYear,
    }),
  },
  {
    group: "derived: rows that are no products",
    wordings: ["shipping revenue this year", "how much did we charge for shipping this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "product", is: ["shipping"] },
      range: thisYear,
    }),
  },
  {
    group: "derived: rows that are no products",
    wordings: [
      "revenue by product this year without shipping and tax",
      "hide shipping and tax from revenue by product this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: { not: { dimension: "product", is: ["shipping", "tax"] } },
      range: thisYear,
    }),
  },
  {
    group: "derived: loss reasons",
    wordings: [
      "deals lost to price by month this year",
      "deals we lost because of price per month this year",
    ],
    expected: numbers({
      metrics: ["deals_lost"],
      dimensions: ["time"],
      grain: "month",
      filters: { dimension: "loss_reason", is: ["Price"] },
      range: thisYear,
    }),
  },
  {
    group: "derived: closers",
    wordings: ["who's our best closer this year", "our best closers this year"],
    expected: numbers({
      metrics: ["deals_won"],
      dimensions: ["owner"],
      range: thisYear,
      ...top("deals_won", 10),
    }),
  },
  {
    group: "derived: overview",
    wordings: ["what changed this week", "what's new this week", "what has changed this week"],
    expected: numbers({
      metrics: ["revenue_collected", "orders", "new_leads", "new_customers", "mrr", "customer_churn_rate"],
      range: { preset: "this_week" },
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: recovered",
    wordings: [
      "failed charges this year and what % we recovered",
      "failed payments this year and what percentage was recovered",
    ],
    expected: numbers({ metrics: ["failed_payments", "recovered_payments"], range: thisYear }),
  },
  {
    group: "derived: brings most",
    wordings: [
      "which channel brought the most customers this year",
      "which source brings most customers this year",
    ],
    expected: numbers({
      metrics: ["new_customers"],
      dimensions: ["lead_source"],
      range: thisYear,
      ...top("new_customers", 10),
    }),
  },
  {
    group: "derived: upgrade rate",
    wordings: ["upgrade rate", "what's our upgrade rate this year"],
    expected: refuse,
  },
  {
    group: "derived: deals",
    wordings: [
      "new deals per month this year",
      "deals created by month this year",
      "deals we opened per month this year",
    ],
    expected: numbers({ metrics: ["deals_created"], dimensions: ["time"], grain: "month", range: thisYear }),
  },
  {
    group: "derived: deals",
    before: ["new deals per month this year"],
    wordings: ["split by owner"],
    expected: numbers({
      metrics: ["deals_created"],
      dimensions: ["time", "owner"],
      grain: "month",
      range: thisYear,
    }),
  },
  {
    group: "derived: deals",
    wordings: [
      "how much did we lose in lost deals this year",
      "value of deals lost this year",
      "lost deal value this year",
    ],
    expected: numbers({ metrics: ["deals_lost_value"], range: thisYear }),
  },
  {
    group: "derived: deals",
    wordings: ["value of lost deals by reason this year"],
    expected: numbers({ metrics: ["deals_lost_value"], dimensions: ["loss_reason"], range: thisYear }),
  },
  {
    group: "derived: deals",
    before: ["deals lost this year"],
    wordings: ["worth how much", "in money", "what value"],
    expected: numbers({ metrics: ["deals_lost_value"], range: thisYear }),
  },
  {
    group: "derived: shares",
    before: ["how many refunds did we give this year"],
    wordings: ["as % of orders"],
    expected: clarify,
  },
  {
    group: "derived: shares",
    before: ["refunds last quarter"],
    wordings: ["what percent of revenue is that", "as percent of sales"],
    expected: numbers({ metrics: ["refund_rate"], range: { preset: "previous_quarter" } }),
  },
  {
    group: "derived: shares",
    wordings: ["share of new customers from facebook this year"],
    expected: numbers(
      { metrics: ["new_customers"], filters: source("Facebook Ads"), range: thisYear },
      { metrics: ["new_customers"], range: thisYear },
    ),
  },
  {
    group: "derived: shares",
    before: ["receivables older than 60 days"],
    wordings: ["how much is that of all", "what share is that"],
    expected: numbers(
      {
        metrics: ["receivable"],
        filters: { dimension: "receivable_age", is: ["61 to 90 days", "over 90 days"] },
        range: now,
      },
      { metrics: ["receivable"], range: now },
    ),
  },
  {
    group: "derived: amounts again",
    before: ["revenue this month vs last month"],
    wordings: ["in money", "in dollars", "in absolute numbers"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { preset: "this_month" },
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: since its start",
    wordings: [
      "do we have more members than at the start of the year",
      "members compared to the beginning of the year",
      "members vs the start of this year",
    ],
    expected: numbers({
      metrics: ["subscribers"],
      range: range("2026-01-01", "2026-11-23"),
      comparison: "previous_period",
    }),
  },
  {
    group: "derived: since its start",
    wordings: ["orders compared to the start of the year"],
    expected: clarify,
  },
  {
    group: "derived: won back",
    wordings: ["how many members did we win back this year", "members we won back this year"],
    expected: numbers({ metrics: ["subscribers_returned"], range: thisYear }),
  },
  {
    group: "derived: ranks what was shown",
    before: ["revenue by weekday this year"],
    wordings: ["which day is best", "which day was the strongest"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["weekday"],
      range: thisYear,
      order: { by: "revenue_collected", direction: "desc" },
    }),
  },
  {
    group: "derived: movements",
    before: ["expansion this year by month", "and contraction"],
    wordings: ["net", "and net"],
    expected: numbers({ metrics: ["mrr_net_new"], dimensions: ["time"], grain: "month", range: thisYear }),
  },
  {
    group: "derived: reasons",
    before: ["lost deals by owner this year"],
    wordings: ["by reason"],
    expected: numbers({ metrics: ["deals_lost"], dimensions: ["loss_reason"], range: thisYear }),
  },
  {
    group: "derived: each",
    wordings: ["revenue last 3 months each"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "month",
      range: { last: 3, unit: "month" },
    }),
  },
  {
    group: "derived: opted out",
    wordings: ["how many opted out this month"],
    expected: numbers({ metrics: ["unsubscribes"], range: { preset: "this_month" } }),
  },
  {
    group: "derived: change",
    before: ["revenue from google organic this year", "and from facebook"],
    wordings: ["the difference", "by how much"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["lead_source"],
      filters: source("Google Organic", "Facebook Ads"),
      range: thisYear,
      order: { by: "revenue_collected", direction: "desc" },
    }),
  },
  {
    group: "derived: another of the kind",
    before: ["sales of the coaching call in october"],
    wordings: ["and membership", "and mastery membership"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "product", is: ["Mastery Membership"] },
      range: range("2026-10-01", "2026-10-31"),
    }),
  },
  {
    group: "derived: another of the kind",
    before: ["sales of the coaching call in october"],
    wordings: ["vs starter kit", "versus the kit"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: { dimension: "product", is: ["Coaching Call", "Starter Kit"] },
      range: range("2026-10-01", "2026-10-31"),
    }),
  },
  {
    group: "derived: another part",
    before: ["what share of customers come from texas"],
    wordings: ["and california", "and from california?"],
    expected: numbers(
      { metrics: ["customers"], filters: { dimension: "region", is: ["US-CA"] }, range: now },
      { metrics: ["customers"], range: now },
    ),
  },
  {
    group: "derived: side by side by month",
    before: ["revenue from new customers vs existing this year"],
    wordings: ["by month", "per month"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time", "purchase"],
      grain: "month",
      range: thisYear,
    }),
  },
  {
    group: "derived: which of them",
    before: ["which product makes the most money this year"],
    wordings: ["how many did we sell of it", "how many orders for it"],
    expected: clarify,
  },
  {
    group: "derived: sum",
    before: ["how many orders yesterday", "and the day before"],
    wordings: ["total of both", "add them up"],
    expected: numbers({ metrics: ["orders"], range: range("2026-11-21", "2026-11-22") }),
  },
  {
    group: "derived: movements",
    before: ["show mrr by month this year"],
    wordings: ["add new and churned", "and add new and churn"],
    expected: numbers({
      metrics: ["mrr", "mrr_new", "mrr_churn"],
      dimensions: ["time"],
      grain: "month",
      range: thisYear,
    }),
  },
  {
    group: "derived: ranks what was shown",
    before: ["average days from lead to first order by source this year"],
    wordings: ["fastest one", "which one is the fastest", "the quickest"],
    expected: numbers({
      metrics: ["time_to_first_purchase"],
      dimensions: ["lead_source"],
      range: thisYear,
      order: { by: "time_to_first_purchase", direction: "asc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "derived: ranks what was shown",
    before: ["refunds by product this year"],
    wordings: ["which has the highest rate", "which one has the highest rate"],
    expected: numbers({
      metrics: ["refund_rate"],
      dimensions: ["product"],
      range: thisYear,
      ...top("refund_rate", 1),
    }),
  },
  {
    group: "derived: per",
    before: ["customers in california", "how much did they spend in total"],
    wordings: ["average per person", "per customer"],
    expected: numbers({
      metrics: ["revenue_per_customer"],
      filters: { dimension: "region", is: ["US-CA"] },
      range: { preset: "all_time" },
    }),
  },
  {
    group: "derived: campaigns of mails",
    before: ["open rate this month"],
    wordings: ["which campaign did best"],
    expected: refuse,
  },
  {
    group: "derived: change",
    before: ["revenue last month", "and orders"],
    wordings: ["what is the difference", "how much more is that"],
    expected: clarify,
  },
  {
    group: "derived: change",
    before: ["churn last month", "and the month before"],
    wordings: ["is it better", "did it go up"],
    expected: numbers({ metrics: ["customer_churn_rate"], range: lastMonth, comparison: "previous_period" }),
  },
  {
    group: "derived: people",
    before: ["how much is overdue"],
    wordings: ["how many people", "how many customers is that"],
    expected: clarify,
  },
  {
    group: "derived: people",
    before: ["orders in california this year"],
    wordings: ["how many people", "how many different people is that"],
    expected: numbers({
      metrics: ["buyers"],
      filters: { dimension: "region", is: ["US-CA"] },
      range: thisYear,
    }),
  },
  {
    group: "derived: without one",
    before: ["top products this year"],
    wordings: ["without the summit ticket", "excluding the summit"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: { not: { dimension: "product", is: ["Summit 2025 Ticket"] } },
      range: thisYear,
      ...top("revenue_collected", 10),
    }),
  },
  {
    group: "derived: nothing to be about",
    before: ["leads by source this year", "cost of each"],
    wordings: ["per lead"],
    expected: clarify,
  },
  {
    group: "derived: best customers",
    wordings: [
      "which source gives the best customers",
      "which channel brings us the most valuable customers",
    ],
    expected: numbers({
      metrics: ["clv_average"],
      dimensions: ["lead_source"],
      range: now,
      ...top("clv_average", 10),
    }),
  },
];
