import { clarify, type EvalCase, numbers, refuse, tool } from "./case";

const lastTwelve = { last: 12, unit: "month", including_current: true } as const;

/** Words that turn a meaning round or narrow it: understood or refused, never passed over. */
export const turnedCases: EvalCase[] = [
  {
    group: "turned: people",
    wordings: ["people who bought only the Starter Kit"],
    expected: refuse,
  },
  {
    group: "turned: people",
    wordings: ["who bought the Starter Kit last month", "people who bought the Starter Kit in October 2026"],
    expected: tool("find_contacts", {
      where: { bought: ["Starter Kit"], from: "2026-10-01", to: "2026-10-31" },
    }),
  },
  {
    group: "turned: proposals",
    wordings: ['propose the tag "Z" for people tagged VIP or who bought the Starter Kit'],
    expected: tool("propose_tags", { where: { or: [{ tag: ["VIP"] }, { bought: ["Starter Kit"] }] } }),
  },
  {
    group: "turned: people",
    wordings: ["how many people bought last month", "how many customers ordered last month"],
    expected: numbers({ metrics: ["buyers"], range: { preset: "previous_month" } }),
  },
  {
    group: "turned: people",
    wordings: [
      "how many people bought Starter Kit last month",
      "how many different people bought the starter kit last month",
    ],
    expected: numbers({
      metrics: ["buyers"],
      filters: { dimension: "product", is: ["Starter Kit"] },
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "turned: counts",
    wordings: ["number of refunds last month", "how many refunds did we give last month"],
    expected: numbers({ metrics: ["refunds_given"], range: { preset: "previous_month" } }),
  },
  {
    group: "turned: counts",
    wordings: ["how many refunds did we give in 2025"],
    expected: numbers({ metrics: ["refunds_given"], range: { from: "2025-01-01", to: "2025-12-31" } }),
  },
  {
    group: "turned: counts",
    wordings: [
      "how many customers churned in October",
      "how many members cancelled in october",
      "cancellations in october",
    ],
    expected: numbers({ metrics: ["subscribers_lost"], range: { from: "2026-10-01", to: "2026-10-31" } }),
  },
  {
    group: "turned: counts",
    wordings: ["revenue from subscriptions this year", "how much subscription revenue do we have this year"],
    expected: numbers({ metrics: ["revenue_subscription"], range: { preset: "this_year" } }),
  },
  {
    group: "turned: counts",
    wordings: ["subscription revenue last month"],
    expected: numbers({ metrics: ["revenue_subscription"], range: { preset: "previous_month" } }),
  },
  {
    group: "turned: averages",
    wordings: [
      "average revenue per month this year",
      "what is our average monthly revenue this year",
      "what do we make in an average month this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "turned: proposals",
    wordings: [
      'propose the tag "Z" for people who bought only the Starter Kit',
      'tag people who used to be VIP as "Z"',
      'tag the first 10 people who bought Starter Kit as "Z"',
      'propose the tag "Z" for VIPs and remove Newsletter',
      "list people who want the Starter Kit",
    ],
    expected: refuse,
  },
  {
    group: "turned: proposals",
    wordings: [
      "tag people with tag VIP as Cold",
      'tag people tagged VIP as "Cold"',
      'tag all VIPs as "Cold"',
    ],
    expected: tool("propose_tags", { tag: "Cold", has_tag: ["VIP"] }),
  },
  {
    group: "turned: proposals",
    wordings: ['propose the tag "Z" for people tagged VIP who bought the Starter Kit'],
    expected: tool("propose_tags", { tag: "Z", has_tag: ["VIP"], bought_product: ["Starter Kit"] }),
  },
  {
    group: "turned: two numbers",
    wordings: ["paid orders last month", "net orders last month", "orders from new leads this year"],
    expected: clarify,
  },
  {
    group: "turned: other numbers",
    wordings: [
      "cumulative revenue this year",
      "running total of revenue this year",
      "how many orders were refunded last month",
      "refunded orders in 2025",
      "orders paid in cash",
      "orders paid by credit card last month",
      "net income this year",
    ],
    expected: refuse,
  },
  {
    group: "turned: negations",
    wordings: [
      "revenue of people who haven't bought the Starter Kit",
      "revenue from people who didn't buy in 2025",
      "orders without a tag",
      "revenue in 2025 except December",
    ],
    expected: clarify,
  },
  {
    group: "turned: negations",
    wordings: [
      "revenue excluding California and Texas this year",
      "revenue not from California or Texas this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { preset: "this_year" },
      filters: { not: { dimension: "region", is: ["US-CA", "US-TX"] } },
    }),
  },
  {
    group: "turned: other numbers",
    wordings: ["units sold per order", "units per order"],
    expected: numbers({ metrics: ["items_per_order"], range: lastTwelve }),
  },
  {
    group: "turned: groups",
    wordings: ["revenue by tag for VIP and At risk this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["tag"],
      range: { preset: "this_year" },
      filters: { dimension: "tag", is: ["VIP", "At risk"] },
    }),
  },
  {
    group: "turned: periods",
    wordings: [
      "revenue last month compared to the same month 2 years ago",
      "revenue last month vs 2 years ago",
      "revenue last month versus two years earlier",
    ],
    expected: numbers(
      { metrics: ["revenue_collected"], range: { preset: "previous_month" } },
      { metrics: ["revenue_collected"], range: { from: "2024-10-01", to: "2024-10-31" } },
    ),
  },
  {
    group: "turned: periods",
    wordings: ["revenue 01/12/2025 to 31/12/2025", "revenue 12/01/2025 - 12/31/2025"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { from: "2025-12-01", to: "2025-12-31" },
    }),
  },
  {
    group: "turned: chosen",
    wordings: ["people tagged VIP who bought nothing"],
    expected: tool("find_contacts", { has_tag: ["VIP"], bought_nothing: true }),
  },
  {
    group: "turned: chosen",
    wordings: ["customers tagged VIP who have not ordered this year"],
    expected: tool("find_contacts", { has_tag: ["VIP"], no_order_since: "2026-01-01" }),
  },
  {
    group: "turned: chosen",
    wordings: ["list people tagged VIP who haven't bought the Starter Kit"],
    expected: tool("find_contacts", { has_tag: ["VIP"], not_bought_product: ["Starter Kit"] }),
  },
  {
    group: "turned: chosen",
    wordings: ["find people not tagged VIP"],
    expected: tool("find_contacts", { without_tag: ["VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ["list people who dont have the tag VIP"],
    expected: tool("find_contacts", { without_tag: ["VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ["who bought the Starter Kit but not the Coaching Call"],
    expected: tool("find_contacts", {
      bought_product: ["Starter Kit"],
      not_bought_product: ["Coaching Call"],
    }),
  },
  {
    group: "turned: chosen",
    wordings: ["list customers tagged VIP in California"],
    expected: tool("find_contacts", { has_tag: ["VIP"], region: ["US-CA"] }),
  },
  {
    group: "turned: chosen",
    wordings: ["list people tagged VIP and At risk"],
    expected: tool("find_contacts", { has_all_tags: ["VIP", "At risk"] }),
  },
  {
    group: "turned: chosen",
    wordings: ["who is at risk except VIP"],
    expected: tool("find_contacts", { at_risk: true, without_tag: ["VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ["leads who have not bought"],
    expected: tool("find_contacts", { bought_nothing: true }),
  },
  {
    group: "turned: chosen",
    wordings: ["people who never bought"],
    expected: tool("find_contacts", { bought_nothing: true }),
  },
  {
    group: "turned: chosen",
    wordings: ["people who have not bought in 6 months"],
    expected: tool("find_contacts", { no_order_since: "2026-05-23" }),
  },
  {
    group: "turned: chosen",
    wordings: ["contacts who bought this year"],
    expected: tool("find_contacts", { ordered_from: "2026-01-01" }),
  },
  {
    group: "turned: chosen",
    wordings: ['tag everyone except VIP with "Cold"'],
    expected: tool("propose_tags", { tag: "Cold", without_tag: ["VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "X" for people without the tag VIP'],
    expected: tool("propose_tags", { tag: "X", without_tag: ["VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "Y" for people who bought the Starter Kit but not the Coaching Call'],
    expected: tool("propose_tags", {
      tag: "Y",
      bought_product: ["Starter Kit"],
      not_bought_product: ["Coaching Call"],
    }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "Win back" for VIPs who have not ordered this year'],
    expected: tool("propose_tags", { tag: "Win back", has_tag: ["VIP"], no_order_since: "2026-01-01" }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "Cold" for people tagged VIP who bought nothing'],
    expected: tool("propose_tags", { tag: "Cold", has_tag: ["VIP"], bought_nothing: true }),
  },
  {
    group: "turned: chosen",
    wordings: ['tag people who bought nothing as "Cold"'],
    expected: tool("propose_tags", { tag: "Cold", bought_nothing: true }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "Both" for people tagged At risk and VIP'],
    expected: tool("propose_tags", { tag: "Both", has_all_tags: ["At risk", "VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "Z" for VIPs in California'],
    expected: tool("propose_tags", { tag: "Z", has_tag: ["VIP"], region: ["US-CA"] }),
  },
  {
    group: "turned: chosen",
    wordings: ['propose the tag "Z" for non-VIP people'],
    expected: tool("propose_tags", { tag: "Z", without_tag: ["VIP"] }),
  },
  {
    group: "turned: chosen",
    wordings: ['tag people in California as "West"'],
    expected: tool("propose_tags", { tag: "West", region: ["US-CA"] }),
  },
  {
    group: "turned: chosen",
    wordings: ['tag VIPs at risk as "Z"'],
    expected: tool("propose_tags", { tag: "Z", has_tag: ["VIP"], at_risk: true }),
  },
  {
    group: "turned: chosen",
    wordings: ['tag customers lacking the VIP tag as "Z"'],
    expected: tool("propose_tags", { tag: "Z", without_tag: ["VIP"] }),
  },
];
