import { clarify, type EvalCase, tool } from "./case";

const people = (input: Record<string, unknown>) => tool("find_contacts", input);
const october = { from: "2026-10-01", to: "2026-10-31" };

/**
 * Lists of people by what stands in their records and by what they did, follow-ups after such a list, and acts on it, in
 * the words in which they are typed. The clock stands at Monday 23 November 2026 in New York.
 */
export const listCases: EvalCase[] = [
  {
    group: "lists: amounts",
    wordings: [
      "who spent 200-500 this year",
      "people that spent between 200 and 500 in 2026",
      "customers who paid $200 to $500 this year",
    ],
    expected: people({ where: { paid_over: 199.99, paid_under: 500.01, from: "2026-01-01" } }),
  },
  {
    group: "lists: amounts",
    wordings: [
      "customers who spent over 1k but nothing in the last 6 months",
      "spent > 1k but not in the last 6 months",
    ],
    expected: people({ spent_over: 1_000 }),
  },
  {
    group: "lists: amounts",
    wordings: [
      "who placed a single order over 300 last month",
      "people with an order of more than 300 in october",
    ],
    expected: people({ where: { order_over: 300, ...october } }),
  },
  {
    group: "lists: amounts",
    wordings: ["who owes us money for more than 30 days", "people more than 30 days late with a payment"],
    expected: people({ where: { overdue_days: 30 } }),
  },
  {
    group: "lists: amounts",
    wordings: ["who owes us the most", "top 10 debtors", "outstanding balance by customer, top ten"],
    expected: people({ order: { by: "owes" }, limit: 10 }),
  },
  {
    group: "lists: records",
    wordings: [
      "people with an overdue invoice and no phone number",
      "who has an invoice overdue but no phone",
    ],
    expected: people({ where: { and: [{ is: "overdue" }, { not: { is: "has_phone" } }] } }),
  },
  {
    group: "lists: records",
    wordings: ["contacts w a gmail address", "people with gmail adresses", "who has a gmail account"],
    expected: people({ where: { mail_domain: ["gmail"] } }),
  },
  {
    group: "lists: records",
    wordings: ["contacts added in october without an owner", "contacts created last month with no owner"],
    expected: people({ where: { and: [{ did: "joined", ...october }, { not: { is: "has_owner" } }] } }),
  },
  {
    group: "lists: records",
    wordings: ["people we cant email anymore", "how many people cant we email anymore"],
    expected: people({ where: { and: [{ is: "has_email" }, { not: { is: "mailable" } }] } }),
  },
  {
    group: "lists: records",
    wordings: ["customers in springfield", "people who live in springfield"],
    expected: people({}),
  },
  {
    group: "lists: records",
    wordings: ["whose birthday is in december", "list people with a birthday in december"],
    expected: people({ where: { birthday_month: 12 } }),
  },
  {
    group: "lists: places",
    wordings: ["people in texas or new jersey who spent over 100"],
    expected: people({ region: ["US-TX"], spent_over: 100 }),
  },
  { group: "lists: places", wordings: ["customers in new jersey who spent over 100"], expected: clarify },
  {
    group: "lists: memberships",
    wordings: [
      "whose subscription ends in the next 30 days",
      "people with a subscription that expires within 30 days",
      "pls list everyone whos membership runs out in the next 30 days",
    ],
    expected: people({ where: { subscription: "ends", from: "2026-11-23", to: "2026-12-23" } }),
  },
  {
    group: "lists: memberships",
    wordings: ["annual members up for renewal next month", "yearly members who renew next month"],
    expected: people({
      where: { every: "year", subscription: "renews", from: "2026-12-01", to: "2026-12-31" },
    }),
  },
  {
    group: "lists: memberships",
    wordings: ["members who cancelled last month", "who cancelled their membership in october"],
    expected: people({ where: { subscription: "ended", ...october } }),
  },
  {
    group: "lists: memberships",
    wordings: ["members who cancelled because of the price", "who quit their subscription due to pricing"],
    expected: people({ where: { subscription: "ended", reason: "pric" } }),
  },
  {
    group: "lists: memberships",
    wordings: [
      "which members had a failed payment this month, list em",
      "members whose payment failed this month, list them",
    ],
    expected: people({
      where: { and: [{ is: "subscriber" }, { did: "failed_payment", from: "2026-11-01" }] },
    }),
  },
  {
    group: "lists: groups",
    wordings: ["who are our champions", "show me the champions"],
    expected: people({ where: { rfm: ["champions"] } }),
  },
  {
    group: "lists: groups",
    wordings: ["champions that are slipping", "show me champions who are cooling off"],
    expected: people({
      where: { and: [{ rfm: ["champions"], on: "2026-08-25" }, { not: { rfm: ["champions"] } }] },
    }),
  },
  {
    group: "lists: after a tag",
    wordings: [
      "people who bought the starter kit within 14 days of getting the tag VIP",
      "who bought the Starter Kit within two weeks of getting the tag VIP",
    ],
    expected: people({ where: { bought: ["Starter Kit"], within_days: 14, after_tag: ["VIP"] } }),
  },
  {
    group: "lists: after a tag",
    wordings: [
      "people tagged At risk who later bought something",
      "those tagged At risk that bought something afterwards",
    ],
    expected: people({ has_tag: ["At risk"], where: { bought: [], after_tag: ["At risk"] } }),
  },
  {
    group: "lists: refunds",
    wordings: [
      "who bought the starter kit then asked for a refund",
      "people who bought the starter kit and got a refund",
    ],
    expected: people({
      bought_product: ["Starter Kit"],
      where: { did: "got_refund", product: ["Starter Kit"] },
    }),
  },
  {
    group: "lists: asked for at the end",
    wordings: ["new customers last month, list them", "first time buyers last month list"],
    expected: people({ where: { did: "first_bought", ...october } }),
  },
  {
    group: "lists: sources",
    wordings: [
      "facebook leads from last month who haven't bought",
      "leads from facebook last month that never bought",
    ],
    expected: people({
      lead_source: ["Facebook Ads"],
      bought_nothing: true,
      where: { did: "joined", ...october },
    }),
  },
  {
    group: "lists: follow-ups",
    before: ["people in texas who bought the starter kit"],
    wordings: ["how many is that", "count only", "how many are they"],
    expected: people({ region: ["US-TX"], bought_product: ["Starter Kit"], limit: 5 }),
  },
  {
    group: "lists: follow-ups",
    before: ["people in texas who bought the starter kit"],
    wordings: ["sort by spend", "biggest first", "sort them by how much they spent"],
    expected: people({ region: ["US-TX"], bought_product: ["Starter Kit"], order: { by: "spent" } }),
  },
  {
    group: "lists: follow-ups",
    before: ["people in texas who bought the starter kit"],
    wordings: ["when did they last buy", "sort by last order"],
    expected: people({ region: ["US-TX"], bought_product: ["Starter Kit"], order: { by: "last_order" } }),
  },
  {
    group: "lists: follow-ups",
    before: ["people in texas who bought the starter kit"],
    wordings: ["who is the biggest", "who of them spent the most"],
    expected: people({ region: ["US-TX"], order: { by: "spent" }, limit: 1 }),
  },
  {
    group: "lists: follow-ups",
    before: ["people in texas who bought the starter kit"],
    wordings: ["only those with more than one order", "of those, who ordered more than once"],
    expected: people({
      where: {
        and: [{ and: [{ bought: ["Starter Kit"] }, { region: ["US-TX"] }] }, { bought: [], at_least: 2 }],
      },
    }),
  },
  {
    group: "lists: follow-ups",
    before: ["people in texas"],
    wordings: ["and in california", "what about in california"],
    expected: people({ where: { region: ["US-CA"] } }),
  },
  {
    group: "lists: follow-ups",
    before: ["customers in texas"],
    wordings: ["who of them bought in the last 90 days", "which of them bought in the last 90 days"],
    expected: people({
      where: {
        and: [
          { and: [{ is: "customer" }, { region: ["US-TX"] }] },
          { bought: [], from: "2026-08-25", to: "2026-11-22" },
        ],
      },
    }),
  },
  {
    group: "lists: acts",
    before: ["people in texas who bought the starter kit"],
    wordings: ["tag them VIP", "add the tag VIP to them", 'give them the tag "VIP"'],
    expected: tool("propose_tags", { tag: "VIP", region: ["US-TX"], bought_product: ["Starter Kit"] }),
  },
  {
    group: "lists: acts",
    wordings: [
      'give facebook leads from last month the tag "Lead"',
      "add the tag Lead to facebook leads from last month",
    ],
    expected: tool("propose_tags", {
      tag: "Lead",
      lead_source: ["Facebook Ads"],
      where: { did: "joined", ...october },
    }),
  },
  {
    group: "lists: nothing chosen",
    wordings: ["tag them VIP", "how much did they spend", "give me their emails"],
    expected: clarify,
  },
  {
    group: "lists: nothing chosen",
    before: ["people in texas", "only those who dance the tango"],
    wordings: ["tag them VIP", "how many is that", "their emails"],
    expected: clarify,
  },
  {
    group: "lists: written",
    wordings: [
      "anyone mention allergies",
      "did anybody mention allergies",
      "has anyone asked about allergies",
    ],
    expected: tool("search_knowledge", { query: "allergies" }),
  },
  {
    group: "lists: digests",
    wordings: [
      "tell me every friday how many leads came in",
      "remind me every monday about new leads",
      "send me new leads every week",
    ],
    expected: tool("create_alert", { metric: "new_leads", when: "digest", period: "week" }),
  },
  {
    group: "lists: deals",
    before: ["show me the open deals"],
    wordings: ["biggest ones first", "sort by value"],
    expected: tool("find_records", { kind: "deal", state: "open", order: "value" }),
  },
  {
    group: "lists: deals",
    wordings: ["deals over 2000", "open deals worth more than 2000"],
    expected: tool("find_records", { kind: "deal", state: "open", value_over: 2_000 }),
  },
  {
    group: "lists: deals",
    wordings: ["deals expected to close this month", "which deals are closing this month"],
    expected: tool("find_records", {
      kind: "deal",
      dated: "expected_close",
      from: "2026-11-01",
      to: "2026-11-30",
    }),
  },
  {
    group: "lists: orders",
    wordings: ["orders over 500 last month", "show orders above $500 from last month"],
    expected: tool("find_records", { kind: "order", value_over: 500, ...october }),
  },
  {
    group: "lists: orders",
    wordings: ["biggest single order this year", "the largest order this year"],
    expected: tool("find_records", { kind: "order", order: "value", from: "2026-01-01" }),
  },
  {
    group: "lists: tasks",
    wordings: ["who has the most open tasks", "open tasks per person"],
    expected: tool("find_records", { kind: "task", state: "open", by_owner: true }),
  },
  {
    group: "lists: one person",
    wordings: [
      "what did sophie lindholm buy",
      "when did sophie lindholm last order",
      "show me sophie lindholm's history",
    ],
    expected: tool("get_contact", { search: "sophie lindholm" }),
  },
  {
    group: "lists: sync",
    wordings: ["what changed in keap today", "what's new in keap"],
    expected: tool("sync_status"),
  },
];
