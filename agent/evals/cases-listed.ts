import { clarify, type EvalCase, refuse, tool } from "./case";

const people = (input: Record<string, unknown>) => tool("find_contacts", input);
const records = (input: Record<string, unknown>) => tool("find_records", input);
const october = { from: "2026-10-01", to: "2026-10-31" };
const year = (said: number) => ({ from: `${said}-01-01`, to: `${said}-12-31` });

/**
 * Lists in the words people type them in: conditions of every kind, what follows a list, requests about those people,
 * records one by one, and what was written. The clock stands at Monday 23 November 2026 in New York.
 */
export const listedCases: EvalCase[] = [
  {
    group: "listed: turned round",
    wordings: ["customers who are not members"],
    expected: people({ where: { and: [{ is: "customer" }, { not: { is: "subscriber" } }] } }),
  },
  {
    group: "listed: turned round",
    wordings: ["customers excluding members", "customers without a membership"],
    expected: people({ where: { and: [{ not: { is: "subscriber" } }, { is: "customer" }] } }),
  },
  {
    group: "listed: turned round",
    wordings: ["contacts without email and phone", "people with no email and no phone"],
    expected: people({ where: { and: [{ not: { is: "has_email" } }, { not: { is: "has_phone" } }] } }),
  },
  {
    group: "listed: turned round",
    wordings: ["people who never came back after their first order", "bought once and never again"],
    expected: people({ where: { and: [{ bought: [] }, { not: { bought: [], at_least: 2 } }] } }),
  },
  {
    group: "listed: turned round",
    wordings: ["members who live outside texas", "which members are not from texas"],
    expected: people({ where: { and: [{ is: "subscriber" }, { not: { region: ["US-TX"] } }] } }),
  },
  {
    group: "listed: turned round",
    wordings: ["how many people have we never emailed"],
    expected: people({ where: { not: { did: "got_email" } }, limit: 5 }),
  },
  {
    group: "listed: periods",
    wordings: ["who bought in each of the last 3 years", "people who bought in 2023, 2024 and 2025"],
    expected: people({
      where: { and: [2023, 2024, 2025].map((said) => ({ bought: [], ...year(said) })) },
    }),
  },
  {
    group: "listed: periods",
    wordings: ["who bought in both september and october", "people who ordered in september and october"],
    expected: people({
      where: {
        and: [
          { bought: [], from: "2026-09-01", to: "2026-09-30" },
          { bought: [], ...october },
        ],
      },
    }),
  },
  {
    group: "listed: periods",
    wordings: ["new leads from facebook ads last month that haven't bought"],
    expected: people({
      lead_source: ["Facebook Ads"],
      bought_nothing: true,
      where: { did: "joined", ...october },
    }),
  },
  {
    group: "listed: amounts",
    wordings: [
      "people with more than one order but less than $200 total",
      "people with 2+ orders but under $200 in total",
      "people w/ 2+ orders and less than 200 dollars spent",
    ],
    expected: people({ spent_under: 200, where: { bought: [], at_least: 2 } }),
  },
  {
    group: "listed: amounts",
    wordings: [
      "customers with a lifetime value over 2000",
      "which customers have spent more than two thousand dollars with us",
      "customers who payed more then 2k",
    ],
    expected: people({ spent_over: 2_000 }),
  },
  {
    group: "listed: amounts",
    wordings: ["people with open invoices over 100", "who has unpaid invoices of more than 100"],
    expected: people({ where: { owes_over: 100 } }),
  },
  {
    group: "listed: ranked",
    wordings: ["high spenders from texas", "big spenders in texas"],
    expected: people({ region: ["US-TX"], order: { by: "spent" } }),
  },
  {
    group: "listed: ranked",
    wordings: ["anyone big who stopped buying", "big customers who stopped ordering"],
    expected: people({ where: { is: "lapsed_customer" }, order: { by: "spent" } }),
  },
  { group: "listed: ranked", wordings: ["who bought the most starter kits"], expected: refuse },
  {
    group: "listed: memberships",
    wordings: ["members for over a year", "members for more than 12 months"],
    expected: people({
      where: { and: [{ is: "subscriber" }, { subscription: "started", to: "2025-11-23" }] },
    }),
  },
  {
    group: "listed: memberships",
    wordings: ["members who joined in 2024 and are still active"],
    expected: people({ where: { and: [{ subscription: "started", ...year(2024) }, { is: "subscriber" }] } }),
  },
  {
    group: "listed: memberships",
    wordings: ["contacts who unsubscribed but still pay us"],
    expected: people({ where: { and: [{ is: "unsubscribed" }, { is: "subscriber" }] } }),
  },
  {
    group: "listed: groups",
    wordings: ["champions in june no more", "who were champions in june but not any more"],
    expected: people({
      where: { and: [{ rfm: ["champions"], on: "2026-06-30" }, { not: { rfm: ["champions"] } }] },
    }),
  },
  {
    group: "listed: records of people",
    wordings: ["people with open tasks", "contacts who have an open task"],
    expected: people({ where: { is: "task_open" } }),
  },
  {
    group: "listed: records of people",
    wordings: ["people we had a meeting with last week", "who did we meet last week"],
    expected: people({ where: { did: "met", from: "2026-11-16", to: "2026-11-22" } }),
  },
  {
    group: "listed: records of people",
    wordings: ["is anyone from texas", "do we have anyone in texas", "anybody from texas?"],
    expected: people({ region: ["US-TX"] }),
  },
  {
    group: "listed: beyond",
    wordings: ["who opened the last newsletter", "who opened at least 3 emails"],
    expected: clarify,
  },
  // ── after a list ──
  {
    group: "listed: some of them",
    before: ["people tagged VIP in texas"],
    wordings: [
      "with a phone number",
      "only with a phone number",
      "which of them have a phone number",
      "the ones with a phone number",
      "do any of them have a phone number",
      "who has a phone number",
    ],
    expected: people({
      where: { and: [{ and: [{ tag: ["VIP"] }, { region: ["US-TX"] }] }, { is: "has_phone" }] },
    }),
  },
  {
    group: "listed: some of them",
    before: ["people tagged VIP in texas"],
    wordings: [
      "bought the starter kit",
      "havent bought anything since june",
      "spent more than 500",
      "over 500 only",
    ],
    expected: people({ limit: 20 }),
  },
  {
    group: "listed: some of them",
    before: ["people tagged VIP in texas"],
    wordings: ["havent bought anything since june"],
    expected: people({
      where: {
        and: [
          { and: [{ tag: ["VIP"] }, { region: ["US-TX"] }] },
          { not: { bought: [], from: "2026-06-01" } },
        ],
      },
    }),
  },
  {
    group: "listed: some of them",
    before: ["people tagged VIP in texas"],
    wordings: ["what about california", "and california?", "same for california"],
    expected: people({ where: { and: [{ tag: ["VIP"] }, { region: ["US-CA"] }] } }),
  },
  {
    group: "listed: some of them",
    before: ["people tagged VIP who never bought"],
    wordings: ["from California only", "only from california"],
    expected: people({
      where: { and: [{ and: [{ tag: ["VIP"] }, { not: { bought: [] } }] }, { region: ["US-CA"] }] },
    }),
  },
  {
    group: "listed: some of them",
    before: ["members at risk of leaving"],
    wordings: ["which of them are on annual", "which of these are on an annual plan"],
    expected: people({
      at_risk: true,
      where: { and: [{ is: "subscriber" }, { subscription: "runs", every: "year" }] },
    }),
  },
  {
    group: "listed: some of them",
    before: ["customers who bought last month"],
    wordings: ["just the new ones"],
    expected: people({
      where: {
        and: [
          { bought: [], ...october },
          { did: "first_bought", ...october },
        ],
      },
    }),
  },
  {
    group: "listed: more of them",
    before: ["people tagged VIP"],
    wordings: ["show more", "the next 20", "the rest"],
    expected: people({ has_tag: ["VIP"], cursor: "20" }),
  },
  {
    group: "listed: more of them",
    before: ["people tagged VIP", "sort by spend"],
    wordings: ["leave out members"],
    expected: people({
      where: { and: [{ tag: ["VIP"] }, { not: { is: "subscriber" } }] },
      order: { by: "spent" },
    }),
  },
  {
    group: "listed: their numbers",
    before: ["people tagged VIP in canada"],
    wordings: ["where do they live", "which states are they from", "break them down by state"],
    expected: {
      kind: "numbers",
      queries: [
        {
          metrics: ["contacts"],
          dimensions: ["region"],
          filters: { and: [{ has_tag: ["VIP"] }, { dimension: "country", is: ["CAN"] }] },
          range: { preset: "today" },
        },
      ],
    },
  },
  {
    group: "listed: their numbers",
    before: ["people who spent over 500"],
    wordings: ["where do they live", "what did they buy", "by lead source"],
    expected: clarify,
  },
  {
    group: "listed: behind a number",
    before: ["failed payments this month", "whos affected"],
    wordings: ["how many of those are members", "how many of them are members"],
    expected: people({
      where: { and: [{ did: "failed_payment", from: "2026-11-01" }, { is: "subscriber" }] },
    }),
  },
  {
    group: "listed: behind a number",
    before: ["how many leads did facebook ads bring in this year"],
    wordings: ["how many bought", "how many of them bought"],
    expected: people({
      where: {
        and: [
          { and: [{ did: "joined", from: "2026-01-01" }, { lead_source: ["Facebook Ads"] }] },
          { bought: [] },
        ],
      },
    }),
  },
  {
    group: "listed: rankings",
    before: ["top 10 customers by lifetime spend"],
    wordings: ["how much did each spend this year"],
    expected: people({ order: { by: "spent", from: "2026-01-01" }, limit: 10 }),
  },
  {
    group: "listed: rankings",
    before: ["top 5 customers in texas"],
    wordings: ["tag the first 3 VIP"],
    expected: refuse,
  },
  {
    group: "listed: after a refusal",
    before: ["people who dance the tango"],
    wordings: ["havent bought anything since june", "spent over 500"],
    expected: clarify,
  },
  // ── requests ──
  {
    group: "listed: tags",
    wordings: [
      "tag everyone who spent over 1500 VIP",
      "tag VIP to everyone who spent more than 1500",
      "give VIP to people who spent over 1500",
      "put the VIP tag on everyone who spent more than 1500",
    ],
    expected: tool("propose_tags", { tag: "VIP", spent_over: 1_500 }),
  },
  {
    group: "listed: tags",
    before: ["who bought the starter kit"],
    wordings: [
      "tag those people VIP",
      "can you tag them VIP",
      "tag everyone on this list VIP",
      "give them VIP",
      "add the tag VIP",
    ],
    expected: tool("propose_tags", { tag: "VIP", bought_product: ["Starter Kit"] }),
  },
  {
    group: "listed: tags",
    before: ["who bought the starter kit"],
    wordings: ["tag the ones from texas VIP", "tag only those in texas VIP"],
    expected: tool("propose_tags", {
      tag: "VIP",
      where: { and: [{ bought: ["Starter Kit"] }, { region: ["US-TX"] }] },
    }),
  },
  {
    group: "listed: tags",
    wordings: [
      "take the VIP tag off people who never bought",
      "remove the tag VIP from people who never bought",
    ],
    expected: tool("propose_tags", { tag: "VIP", remove: true, bought_nothing: true }),
  },
  {
    group: "listed: tags",
    wordings: ["tag maria garcia VIP", "add the tag VIP to maria garcia"],
    expected: tool("propose_tags", { tag: "VIP", person: "maria garcia" }),
  },
  {
    group: "listed: tasks",
    wordings: ["create a task to call everyone who owes us money due tomorrow"],
    expected: tool("propose_outreach", {
      action: "task",
      task_title: "Call",
      due_on: "2026-11-24",
      where: { is: "owes" },
    }),
  },
  {
    group: "listed: segments",
    before: ["who bought the starter kit"],
    wordings: [
      'save as segment "Kits"',
      "save this as a segment called Kits",
      'make a segment called "Kits"',
    ],
    expected: tool("create_segment", { name: "Kits", bought_product: ["Starter Kit"] }),
  },
  {
    group: "listed: alerts",
    wordings: [
      "send me an alert when refunds go over 500 in a week",
      "alert me if refunds exceed 500 per week",
    ],
    expected: tool("create_alert", { metric: "refunds", when: "above", value: 500, period: "week" }),
  },
  {
    group: "listed: alerts",
    wordings: ["let me know when a payment fails"],
    expected: tool("create_alert", { metric: "failed_payments", when: "above", value: 0, period: "day" }),
  },
  // ── records ──
  {
    group: "listed: records",
    wordings: ["outstanding invoices as of today, oldest first", "unpaid invoices oldest first"],
    expected: records({ kind: "order", state: "open", order: "oldest" }),
  },
  {
    group: "listed: records",
    before: ["unpaid invoices oldest first"],
    wordings: ["only those above $200", "over 200"],
    expected: records({ kind: "order", state: "open", order: "oldest", value_over: 200 }),
  },
  {
    group: "listed: records",
    wordings: ["deals with no activity for 3 weeks", "deals nobody touched for 3 weeks"],
    expected: records({ kind: "deal", state: "open", waiting_over_days: 21 }),
  },
  {
    group: "listed: records",
    wordings: ["deals expected to close in december"],
    expected: records({ kind: "deal", dated: "expected_close", from: "2026-12-01", to: "2026-12-31" }),
  },
  {
    group: "listed: records",
    wordings: ["what do i have to do today", "whats on my plate today", "what needs doing today"],
    expected: records({ kind: "task", state: "open", to: "2026-11-23" }),
  },
  {
    group: "listed: records",
    before: ["open deals"],
    wordings: ["older than 60 days"],
    expected: records({ kind: "deal", state: "open", dated: "created", to: "2026-09-24" }),
  },
  {
    group: "listed: records",
    before: ["open deals", "which ones are overdue"],
    wordings: ["oldest 5"],
    expected: records({ kind: "deal", state: "overdue", order: "oldest", limit: 5 }),
  },
  // ── what was written, one person, the copy ──
  {
    group: "listed: written",
    wordings: ["did anybody complain about shipping or damaged stuff"],
    expected: tool("search_knowledge", { query: "shipping or damaged" }),
  },
  {
    group: "listed: written",
    wordings: ["find the customer with the damaged parcel"],
    expected: tool("search_knowledge", { query: "damaged parcel" }),
  },
  {
    group: "listed: written",
    wordings: ["latest notes", "show me the newest notes"],
    expected: tool("search_knowledge", { kinds: ["note"] }),
  },
  {
    group: "listed: one person",
    wordings: ["look up maria garcia", "find maria garcia", "search for maria garcia"],
    expected: people({ search: "maria garcia" }),
  },
  {
    group: "listed: the copy",
    before: ["when was the last sync"],
    wordings: ["any errors", "did the copy finish", "anything stuck?"],
    expected: tool("sync_status"),
  },
];
