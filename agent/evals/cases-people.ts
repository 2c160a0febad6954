import { clarify, type EvalCase, numbers, range, refuse, tool, top } from "./case";

const people = (input: Record<string, unknown>) => tool("find_contacts", input);
const lastTwelve = { last: 12, unit: "month", including_current: true } as const;
const october = { from: "2026-10-01", to: "2026-10-31" };

/**
 * Who is meant, how many they are and which share of others, in any mix of conditions; the best and the latest; and the
 * numbers that count what rates are made of. The clock stands at Monday 23 November 2026 in New York.
 */
export const peopleCases: EvalCase[] = [
  {
    group: "people: mixed",
    wordings: [
      "who bought the starter kit but has no VIP tag",
      "bought the starter kit but has no VIP tag",
      "people who bought the Starter Kit without the tag VIP",
    ],
    expected: people({ bought_product: ["Starter Kit"], without_tag: ["VIP"] }),
  },
  {
    group: "people: mixed",
    wordings: [
      "people who bought last year but not this year",
      "customers who bought in 2025 but not in 2026",
      "who ordered last year but not this year",
    ],
    expected: people({
      ordered_from: "2025-01-01",
      ordered_to: "2025-12-31",
    }),
  },
  {
    group: "people: mixed",
    wordings: ["people tagged VIP who bought the starter kit or live in texas"],
    expected: people({
      has_tag: ["VIP"],
      where: { or: [{ bought: ["Starter Kit"] }, { region: ["US-TX"] }] },
    }),
  },
  {
    group: "people: mixed",
    wordings: [
      "people in california or texas who spent more than 1000",
      "who spent over 1000 and lives in california or texas",
    ],
    expected: people({ region: ["US-CA", "US-TX"], spent_over: 1_000 }),
  },
  {
    group: "people: mixed",
    wordings: [
      "people not in california who bought the starter kit",
      "who bought the starter kit and is not in california",
    ],
    expected: people({ bought_product: ["Starter Kit"], where: { not: { region: ["US-CA"] } } }),
  },
  {
    group: "people: mixed",
    wordings: [
      "which customers bought both the starter kit and the coaching call",
      "who bought the starter kit and the coaching call",
    ],
    expected: people({ where: { and: [{ bought: ["Starter Kit"] }, { bought: ["Coaching Call"] }] } }),
  },
  {
    group: "people: mixed",
    wordings: [
      "people tagged VIP or Newsletter who bought the starter kit and spent over 100 or live in texas",
    ],
    expected: clarify,
  },
  {
    group: "people: periods",
    wordings: ["who spent over $500 this year", "people who paid more than 500 dollars this year"],
    expected: people({ where: { paid_over: 500, from: "2026-01-01" } }),
  },
  {
    group: "people: periods",
    wordings: [
      "who signed up last week and hasn't bought yet",
      "show leads from last week who haven't bought",
    ],
    expected: people({
      bought_nothing: true,
      where: { did: "joined", from: "2026-11-16", to: "2026-11-22" },
    }),
  },
  {
    group: "people: periods",
    wordings: [
      "people who haven't opened an email in 90 days",
      "who hasn't opened any of our emails in over 90 days",
    ],
    expected: people({ where: { not: { did: "opened_email", from: "2026-08-25" } } }),
  },
  {
    group: "people: periods",
    wordings: ["vips who haven't opened or clicked an email this year"],
    expected: people({
      has_tag: ["VIP"],
      where: {
        not: {
          or: [
            { did: "opened_email", from: "2026-01-01" },
            { did: "clicked_email", from: "2026-01-01" },
          ],
        },
      },
    }),
  },
  {
    group: "people: periods",
    wordings: ["who got a refund last month", "list people who were refunded in october"],
    expected: people({ where: { did: "got_refund", ...october } }),
  },
  {
    group: "people: periods",
    wordings: ["who became a customer in october", "people who first bought in october"],
    expected: people({ where: { did: "first_bought", ...october } }),
  },
  {
    group: "people: periods",
    wordings: ["people who last ordered more than 6 months ago"],
    expected: people({
      where: { and: [{ bought: [] }, { not: { bought: [], from: "2026-05-23" } }] },
    }),
  },
  {
    group: "people: how often",
    wordings: [
      "people with at least 3 orders",
      "who ordered 3 or more times",
      "people who bought at least three times",
    ],
    expected: people({ where: { bought: [], at_least: 3 } }),
  },
  {
    group: "people: how often",
    wordings: ["list customers who bought twice or more this year"],
    expected: people({ where: { bought: [], at_least: 2, from: "2026-01-01" } }),
  },
  {
    group: "people: how often",
    wordings: ["who bought the starter kit exactly twice"],
    expected: people({ where: { bought: ["Starter Kit"], at_least: 2, at_most: 2 } }),
  },
  {
    group: "people: states",
    wordings: ["contacts with no tags", "people without any tags"],
    expected: people({ where: { not: { is: "tagged" } } }),
  },
  {
    group: "people: states",
    wordings: ["show me people without an email address", "who has no email"],
    expected: people({ where: { not: { is: "has_email" } } }),
  },
  {
    group: "people: states",
    wordings: ["subscribers who spent over 1000", "members who paid more than 1000"],
    expected: people({ spent_over: 1_000, where: { is: "subscriber" } }),
  },
  {
    group: "people: states",
    wordings: ["who owes us money and is in california", "people in california with an unpaid invoice"],
    expected: people({ region: ["US-CA"], where: { is: "owes" } }),
  },
  {
    group: "people: states",
    wordings: ["who clicked an email in the last 30 days but isn't a customer yet"],
    expected: people({
      where: {
        and: [{ did: "clicked_email", from: "2026-10-24", to: "2026-11-22" }, { not: { is: "customer" } }],
      },
    }),
  },
  {
    group: "people: best",
    wordings: [
      "top 5 customers by lifetime spend",
      "top 5 customers by spend",
      "who are our top 5 customers",
      "show me the 5 best customers",
      "the 5 biggest spenders",
      "top 5 buyers by revenue",
    ],
    expected: people({ order: { by: "spent" }, limit: 5 }),
  },
  {
    group: "people: best",
    wordings: [
      "show me the 10 customers who spent the most this year",
      "top 10 customers this year",
      "who spent the most this year",
    ],
    expected: people({ order: { by: "spent", from: "2026-01-01" }, limit: 10 }),
  },
  {
    group: "people: best",
    wordings: ["customers with the most orders", "who ordered the most often", "our most loyal customers"],
    expected: people({ order: { by: "orders" }, limit: 10 }),
  },
  {
    group: "people: best",
    wordings: [
      "biggest spenders that haven't ordered since june",
      "best customers who haven't bought since june",
    ],
    expected: people({ order: { by: "spent" }, no_order_since: "2026-06-01" }),
  },
  {
    group: "people: best",
    wordings: ["best customers in texas by number of orders"],
    expected: people({ order: { by: "orders" }, region: ["US-TX"] }),
  },
  {
    group: "people: best",
    wordings: ["who bought most recently", "10 most recent buyers", "last 10 people who bought"],
    expected: people({ order: { by: "last_order" }, limit: 10 }),
  },
  {
    group: "people: best",
    wordings: ["newest contacts", "latest 10 leads", "last 10 leads"],
    expected: people({ order: { by: "added" }, limit: 10 }),
  },
  {
    group: "people: shares",
    wordings: [
      "what percentage of leads from facebook ads bought something",
      "what share of the leads from Facebook Ads have bought",
      "facebook ads leads - what % bought",
    ],
    expected: people({ where: { bought: [] }, among: { lead_source: ["Facebook Ads"] } }),
  },
  {
    group: "people: shares",
    wordings: ["what share of VIPs bought something this year", "what percent of VIPs ordered this year"],
    expected: people({ where: { bought: [], from: "2026-01-01" }, among: { tag: ["VIP"] } }),
  },
  {
    group: "people: shares",
    wordings: [
      "what percent of customers are subscribers",
      "what share of our customers have a subscription",
    ],
    expected: people({ where: { is: "subscriber" }, among: { is: "customer" } }),
  },
  {
    group: "people: shares",
    wordings: ["what fraction of people who bought the starter kit also bought the coaching call"],
    expected: people({ where: { bought: ["Coaching Call"] }, among: { bought: ["Starter Kit"] } }),
  },
  {
    group: "people: shares",
    wordings: ["what share of customers bought more than once", "what percentage of customers bought again"],
    expected: people({ where: { bought: [], at_least: 2 }, among: { is: "customer" } }),
  },
  {
    group: "people: how many",
    wordings: ["how many VIPs bought the coaching call", "number of VIPs who bought the coaching call"],
    expected: people({ has_tag: ["VIP"], bought_product: ["Coaching Call"] }),
  },
  {
    group: "people: how many",
    wordings: ["how many customers bought more than once"],
    expected: people({ where: { bought: [], at_least: 2 } }),
  },
  {
    group: "people: follow-ups",
    before: ["who hasn't bought in 6 months"],
    wordings: ["give me their emails", "who are they", "list them"],
    expected: people({ no_order_since: "2026-05-23", limit: 100 }),
  },
  {
    group: "people: follow-ups",
    before: ["who hasn't bought in 6 months"],
    wordings: ["only those in texas", "which of them are in texas"],
    expected: people({
      where: { and: [{ not: { bought: [], from: "2026-05-23" } }, { region: ["US-TX"] }] },
    }),
  },
  {
    group: "people: follow-ups",
    before: ["people tagged VIP"],
    wordings: ["how much did they spend this year", "how much revenue came from them this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { preset: "this_year" },
      filters: { has_tag: ["VIP"] },
    }),
  },
  {
    group: "people: follow-ups",
    wordings: ["how much did they spend in total", "give me their emails"],
    expected: clarify,
  },
  {
    group: "counts",
    wordings: [
      "how many members cancelled in october",
      "how many subscribers did we lose in october",
      "subscribers lost in october",
    ],
    expected: numbers({ metrics: ["subscribers_lost"], range: october }),
  },
  {
    group: "counts",
    wordings: ["how many new members did we get last month", "how many subscribers did we gain last month"],
    expected: numbers({ metrics: ["subscribers_gained"], range: { preset: "previous_month" } }),
  },
  {
    group: "counts",
    wordings: [
      "median days between first and second purchase",
      "how long between the first and second purchase",
    ],
    expected: numbers({ metrics: ["second_purchase_gap"], range: lastTwelve }),
  },
  {
    group: "counts",
    wordings: ["how many deals did we lose this year", "deals lost this year"],
    expected: numbers({ metrics: ["deals_lost"], range: { preset: "this_year" } }),
  },
  {
    group: "counts",
    wordings: ["revenue from one-time purchases this year"],
    expected: numbers({ metrics: ["revenue_single"], range: { preset: "this_year" } }),
  },
  {
    group: "counts",
    wordings: ["how many orders does the average customer place this year", "orders per customer this year"],
    expected: numbers({ metrics: ["orders_per_customer"], range: { preset: "this_year" } }),
  },
  {
    group: "counts: beyond",
    wordings: ["how many orders had a promo code"],
    expected: numbers({
      metrics: ["orders"],
      filters: { not: { dimension: "promo_code", is: ["unknown"] } },
      range: { last: 12, unit: "month", including_current: true },
    }),
  },
  {
    group: "counts: beyond",
    wordings: ["orders paid by credit card"],
    expected: refuse,
  },
  {
    group: "definitions",
    wordings: [
      "which lead source brings most money per lead",
      "revenue per lead by source, highest first",
      "which source has the best lead value",
    ],
    expected: numbers({
      metrics: ["lead_value"],
      dimensions: ["lead_source"],
      range: lastTwelve,
      order: { by: "lead_value", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "definitions",
    wordings: ["which lead source converts best", "which source has the highest conversion rate"],
    expected: numbers({
      metrics: ["lead_conversion_rate"],
      dimensions: ["lead_source"],
      range: lastTwelve,
      order: { by: "lead_conversion_rate", direction: "desc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "definitions",
    wordings: ["how long till a new lead buys, typically", "how many days until a lead buys, on average"],
    expected: numbers({ metrics: ["time_to_first_purchase"], range: lastTwelve }),
  },
  {
    group: "definitions",
    wordings: ["how much mrr did we lose last month", "mrr lost last month"],
    expected: numbers({ metrics: ["mrr_churn"], range: { preset: "previous_month" } }),
  },
  {
    group: "averages",
    wordings: [
      "what's our average monthly income",
      "average revenue per month",
      "what do we make in an average month",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "month",
      range: { last: 12, unit: "month", including_current: false },
    }),
  },
  {
    group: "averages",
    wordings: ["average number of orders per week this year", "average weekly orders this year"],
    expected: numbers({
      metrics: ["orders"],
      dimensions: ["time"],
      grain: "week",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "directions",
    wordings: [
      "did email open rate go up this quarter",
      "is our open rate down this quarter",
      "has the open rate improved this quarter",
    ],
    expected: numbers({
      metrics: ["email_open_rate"],
      range: { preset: "this_quarter" },
      comparison: "previous_period",
    }),
  },
  {
    group: "directions",
    wordings: ["did sales improve last month", "did revenue drop last month", "was revenue up last month"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { preset: "previous_month" },
      comparison: "previous_period",
    }),
  },
  {
    group: "directions",
    wordings: ["active vs lapsed customers", "active and lapsed customers"],
    expected: numbers({ metrics: ["active_customers", "lapsed_customers"], range: { preset: "today" } }),
  },
  {
    group: "directions",
    wordings: ["new customers vs returning customers this year"],
    expected: numbers({ metrics: ["buyers"], dimensions: ["purchase"], range: { preset: "this_year" } }),
  },
  {
    group: "directions",
    wordings: ["how many returning buyers this year"],
    expected: numbers({
      metrics: ["buyers"],
      filters: { dimension: "purchase", is: ["repeat"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "directions",
    wordings: ["win rate trend by quarter", "win rate by quarter"],
    expected: numbers({
      metrics: ["win_rate"],
      dimensions: ["time"],
      grain: "quarter",
      range: { last: 5, unit: "quarter", including_current: true },
    }),
  },
  {
    group: "definitions",
    wordings: ["what's the difference between mrr and revenue"],
    expected: tool("describe_metric", { metric: "mrr" }),
  },
  {
    group: "counts: beyond",
    wordings: ["best time of day for opens"],
    expected: numbers({
      metrics: ["email_open_rate"],
      dimensions: ["hour"],
      range: { last: 12, unit: "month", including_current: true },
      ...top("email_open_rate", 10),
    }),
  },
  {
    group: "counts: beyond",
    wordings: ["which hour do we sell the most"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["hour"],
      range: { last: 12, unit: "month", including_current: true },
      ...top("revenue_collected", 10),
    }),
  },
  {
    group: "counts: beyond",
    wordings: ["revenue from california and canada"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: {
        or: [
          { dimension: "country", is: ["CAN"] },
          { dimension: "region", is: ["US-CA"] },
        ],
      },
      range: { last: 12, unit: "month", including_current: true },
    }),
  },
  {
    group: "one person",
    wordings: ["how much has ann smith spent", "what did ann smith buy", "when did ann smith last order"],
    expected: tool("get_contact", { search: "ann smith" }),
  },
  {
    group: "directions",
    wordings: ["q3 2026 vs q2 2026"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: range("2026-07-01", "2026-09-30"),
      comparison: "previous_period",
    }),
  },
];
