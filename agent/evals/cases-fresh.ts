import { chat, clarify, type EvalCase, numbers, range, refuse, shape, tool, top } from "./case";

const revenue = ["revenue_collected"];

/**
 * Written from what users ask, before the analyst was looked at; all of it is kept aside. The share that was right at
 * first sight stands in the folder's README. The clock stands at Monday 23 November 2026 in New York.
 */
export const freshCases: EvalCase[] = [
  {
    group: "fresh: totals",
    wordings: ["hey, how did we do on sales in october?", "give me october's takings"],
    expected: numbers({ metrics: revenue, range: range("2026-10-01", "2026-10-31") }),
  },
  {
    group: "fresh: totals",
    wordings: ["how many ppl joined our list since september"],
    expected: numbers({ metrics: ["new_leads"], range: range("2026-09-01", "2026-11-23") }),
  },
  {
    group: "fresh: totals",
    wordings: ["orders the week of nov 2", "how many orders came in the week of November 2nd?"],
    expected: numbers({ metrics: ["orders"], range: range("2026-11-02", "2026-11-08") }),
  },
  {
    group: "fresh: totals",
    wordings: ["refund rate last quarter", "what share of revenue was refunded last quarter"],
    expected: numbers({ metrics: ["refund_rate"], range: { preset: "previous_quarter" } }),
  },
  {
    group: "fresh: totals",
    wordings: ["avg basket size last 30 days"],
    expected: numbers({ metrics: ["aov"], range: { last: 30, unit: "day", including_current: false } }),
  },
  {
    group: "fresh: totals",
    wordings: ["how many first time buyers did we get in 2025"],
    expected: numbers({ metrics: ["new_customers"], range: range("2025-01-01", "2025-12-31") }),
  },
  {
    group: "fresh: totals",
    wordings: ["how many emails did we send in q3"],
    expected: numbers({ metrics: ["emails_sent"], range: range("2026-07-01", "2026-09-30") }),
  },
  {
    group: "fresh: totals",
    wordings: ["open rate last month"],
    expected: numbers({ metrics: ["email_open_rate"], range: { preset: "previous_month" } }),
  },
  {
    group: "fresh: totals",
    wordings: ["win rate this year"],
    expected: numbers({ metrics: ["win_rate"], range: { preset: "this_year" } }),
  },
  {
    group: "fresh: trends",
    wordings: ["plot weekly orders over the last 12 weeks", "graph orders per week, last 12 weeks"],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["time"],
      grain: "week",
      range: { last: 12, unit: "week", including_current: false },
    }),
  },
  {
    group: "fresh: trends",
    wordings: ["how have new leads been trending month by month this year"],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "fresh: trends",
    wordings: ["daily revenue for the past 30 days please"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "day",
      range: { last: 30, unit: "day", including_current: false },
    }),
  },
  {
    group: "fresh: trends",
    wordings: ["line chart of refunds per quarter since 2024"],
    expected: numbers({
      metrics: ["refunds"],
      dimensions: ["time"],
      grain: "quarter",
      range: range("2024-01-01", "2026-11-23"),
    }),
  },
  {
    group: "fresh: comparisons",
    wordings: [
      "how does this quarter's revenue compare to the same quarter last year",
      "are we ahead of last year's revenue this quarter?",
    ],
    expected: numbers({ metrics: revenue, range: { preset: "this_quarter" }, comparison: "previous_year" }),
  },
  {
    group: "fresh: comparisons",
    wordings: ["new leads year to date vs prior year"],
    expected: numbers({
      metrics: ["new_leads"],
      range: { preset: "this_year" },
      comparison: "previous_year",
    }),
  },
  {
    group: "fresh: comparisons",
    wordings: ["was october better than september for sales?"],
    expected: numbers({
      metrics: revenue,
      range: range("2026-10-01", "2026-10-31"),
      comparison: "previous_period",
    }),
  },
  {
    group: "fresh: splits",
    wordings: [
      "which products bring in the most money this year",
      "what are our best sellers by revenue this year",
    ],
    expected: numbers({
      metrics: revenue,
      dimensions: ["product"],
      range: { preset: "this_year" },
      ...top("revenue_collected", 10),
    }),
  },
  {
    group: "fresh: splits",
    wordings: ["break down last month's orders by state", "orders last month split out per state"],
    expected: numbers({ metrics: ["orders"], dimensions: ["region"], range: { preset: "previous_month" } }),
  },
  {
    group: "fresh: splits",
    wordings: ["what share of this year's revenue comes from each product"],
    expected: numbers({ metrics: revenue, dimensions: ["product"], range: { preset: "this_year" } }),
  },
  {
    group: "fresh: splits",
    wordings: ["which lead source gave us the most leads in 2026"],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["lead_source"],
      range: range("2026-01-01", "2026-12-31"),
      ...top("new_leads", 10),
    }),
  },
  {
    group: "fresh: filters",
    wordings: ["how much did people from Texas spend last year", "tx revenue last year"],
    expected: numbers({
      metrics: revenue,
      range: { preset: "previous_year" },
      filters: { dimension: "region", is: ["US-TX"] },
    }),
  },
  {
    group: "fresh: filters",
    wordings: ["revenue this year without the Starter Kit"],
    expected: numbers({
      metrics: revenue,
      range: { preset: "this_year" },
      filters: { not: { dimension: "product", is: ["Starter Kit"] } },
    }),
  },
  {
    group: "fresh: filters",
    wordings: ["average order of our vips this year vs last year"],
    expected: numbers({
      metrics: ["aov"],
      range: { preset: "this_year" },
      filters: { has_tag: ["VIP"] },
      comparison: "previous_year",
    }),
  },
  {
    group: "fresh: filters",
    wordings: ["monthly orders in Ontario this year"],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
      filters: { dimension: "region", is: ["CA-ON"] },
    }),
  },
  {
    group: "fresh: people",
    wordings: ["who has the VIP tag but not At risk", "list VIPs without the tag At risk"],
    expected: tool("find_contacts", { has_tag: ["VIP"], without_tag: ["At risk"] }),
  },
  {
    group: "fresh: people",
    wordings: [
      "show me people who bought the Starter Kit but never bought the Coaching Call",
      "starter kit buyers who haven't bought a coaching call",
    ],
    expected: tool("find_contacts", {
      bought_product: ["Starter Kit"],
      not_bought_product: ["Coaching Call"],
    }),
  },
  {
    group: "fresh: people",
    wordings: ["list contacts that never ordered anything", "leads that never bought anything, who are they"],
    expected: tool("find_contacts", { bought_nothing: true }),
  },
  {
    group: "fresh: people",
    wordings: ["which customers are about to leave us"],
    expected: tool("find_contacts", { at_risk: true }),
  },
  {
    group: "fresh: people",
    wordings: ["pull up ann smith's record", "tell me about Ann Smith"],
    expected: tool("get_contact", { search: "ann smith" }),
  },
  {
    group: "fresh: cohorts",
    wordings: [
      "show retention by signup cohort",
      "cohort retention of customers by month of first order",
      "of the people who first bought in january, how many came back each month",
      "customer cohorts",
    ],
    expected: tool("cohort"),
  },
  {
    group: "fresh: funnels",
    wordings: ["funnel from Newsletter to VIP to Customers tags"],
    expected: shape({ shape: "funnel", steps: ["tag:Newsletter", "tag:VIP", "tag:Customers"] }),
  },
  {
    group: "fresh: funnels",
    wordings: ["how many people went from the tag Course Buyers to VIP"],
    expected: shape({ shape: "funnel", steps: ["tag:Course Buyers", "tag:VIP"] }),
  },
  {
    group: "fresh: why",
    wordings: ["why did sales fall last month", "what's behind the drop in revenue last month?"],
    expected: tool("explain_change", { metric: "revenue_collected", range: { preset: "previous_month" } }),
  },
  {
    group: "fresh: forecast",
    wordings: [
      "what will revenue look like over the next 3 months",
      "project sales for the next three months",
    ],
    expected: tool("forecast", { metric: "revenue_collected", months: 3 }),
  },
  {
    group: "fresh: knowledge",
    wordings: [
      "what did people say about shipping in their emails",
      "any notes mentioning a broken kiln?",
      "search the notes for refund",
    ],
    expected: tool("search_knowledge"),
  },
  {
    group: "fresh: sync",
    wordings: ["is keap in sync", "how old is this data", "anything stuck in the sync?"],
    expected: tool("sync_status"),
  },
  {
    group: "fresh: sync",
    wordings: ["are there any sync conflicts", "show me the conflicts between keap and our database"],
    expected: tool("list_conflicts"),
  },
  {
    group: "fresh: boards",
    wordings: ["what's on the Sales overview board", "open the sales overview board"],
    expected: tool("get_board", { board: "Sales overview" }),
  },
  {
    group: "fresh: alerts",
    wordings: ["alert me when weekly orders drop below 5", "let me know if orders in a week fall under 5"],
    expected: tool("create_alert", { metric: "orders", when: "below", value: 5 }),
  },
  {
    group: "fresh: alerts",
    wordings: ["notify me if monthly refunds go above $1,000"],
    expected: tool("create_alert", { metric: "refunds", when: "above", value: 1000 }),
  },
  {
    group: "fresh: segments",
    wordings: [
      'save VIPs without the At risk tag as a segment called "Loyal"',
      'create a segment "Loyal" of people tagged VIP but not At risk',
    ],
    expected: tool("create_segment", { name: "Loyal", has_tag: ["VIP"], without_tag: ["At risk"] }),
  },
  {
    group: "fresh: proposals",
    wordings: [
      'tag VIPs who never bought the Coaching Call as "Call offer"',
      'add the tag "Call offer" to people tagged VIP who have not bought the Coaching Call',
    ],
    expected: tool("propose_tags", {
      tag: "Call offer",
      has_tag: ["VIP"],
      not_bought_product: ["Coaching Call"],
    }),
  },
  {
    group: "fresh: proposals",
    wordings: ['remove the tag "Newsletter" from everyone tagged At risk'],
    expected: tool("propose_tags", { tag: "Newsletter", remove: true, has_tag: ["At risk"] }),
  },
  {
    group: "fresh: proposals",
    wordings: [
      'create a task "Call about renewal" for everyone tagged At risk',
      "add a task to call about renewal for people tagged At risk",
    ],
    expected: tool("propose_outreach", { action: "task", has_tag: ["At risk"] }),
  },
  {
    group: "fresh: proposals",
    wordings: [
      "put the people tagged At risk into the Win Back campaign",
      "add everyone tagged At risk to the sequence Reminder Emails in Win Back",
    ],
    expected: tool("propose_outreach", { action: "sequence", has_tag: ["At risk"] }),
  },
  {
    group: "fresh: proposals",
    wordings: [
      "change ann smith's job title to Head of Sales",
      'set the company name of Ann Smith to "Acme"',
    ],
    expected: tool("propose_update"),
  },
  {
    group: "fresh: follow-ups",
    before: ["orders this year", "by month", "only Texas", "vs last year", "what about revenue"],
    wordings: ["drop the comparison", "without the comparison"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
      filters: { dimension: "region", is: ["US-TX"] },
    }),
  },
  {
    group: "fresh: follow-ups",
    before: ["top 5 products by revenue last year"],
    wordings: ["and this year?", "same thing for this year"],
    expected: numbers({
      metrics: revenue,
      dimensions: ["product"],
      range: { preset: "this_year" },
      ...top("revenue_collected", 5),
    }),
  },
  {
    group: "fresh: follow-ups",
    before: ["who is tagged VIP"],
    wordings: ['tag them as "Gold"', 'ok give those people the tag "Gold"'],
    expected: tool("propose_tags", { tag: "Gold", has_tag: ["VIP"] }),
  },
  {
    group: "fresh: follow-ups",
    before: ["revenue last month"],
    wordings: ["why?", "why did it change"],
    expected: tool("explain_change", { metric: "revenue_collected", range: { preset: "previous_month" } }),
  },
  {
    group: "fresh: follow-ups",
    before: ["revenue by product this year", "as a pie"],
    wordings: ["make it a table", "show that as a table instead"],
    expected: numbers({ metrics: revenue, dimensions: ["product"], range: { preset: "this_year" } }),
  },
  {
    group: "fresh: refusals",
    wordings: [
      "how much did we spend on google ads clicks",
      "what's our gross margin on the Starter Kit",
      "who are our competitors",
      "email every customer a coupon",
      "wipe the sandbox",
      "show me the api token for keap",
      "how many staff do we employ",
    ],
    expected: refuse,
  },
  {
    group: "fresh: ambiguous",
    wordings: ["how is Mastery doing this year", "orders in the middle of last month"],
    expected: clarify,
  },
  { group: "fresh: small talk", wordings: ["hiya", "cheers, that helps"], expected: chat },
];
