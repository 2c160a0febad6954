import { clarify, type EvalCase, numbers, refuse, tool } from "./case";

const people = (input: Record<string, unknown>) => tool("find_contacts", input);

/** People, their lists and what is asked on about them, in a business with deals, memberships and users. */
export const personStudioCases: EvalCase[] = [
  {
    group: "places: a list of them",
    wordings: [
      "list customers from Canada, the uk and the usa",
      "list customers from the usa, Canada or the uk",
    ],
    expected: people({ where: { is: "customer" } }),
  },
  {
    group: "places: one that nobody lives in",
    wordings: ["people from Canada, Austria and Switzerland", "people from canada or austria"],
    expected: people({ country: ["CAN"] }),
  },
  {
    group: "deals lost for a reason",
    wordings: [
      "deals we lost to price",
      "which deals did we lose because of price",
      "list deals lost over pricing",
    ],
    expected: tool("find_records", { kind: "deal", state: "lost", reason: "pric" }),
  },
  {
    group: "deals lost for a reason",
    before: ["list the lost deals from october with reason"],
    wordings: ["only price", "just those because of price"],
    expected: tool("find_records", {
      kind: "deal",
      state: "lost",
      from: "2026-10-01",
      to: "2026-10-31",
      reason: "pric",
    }),
  },
  {
    group: "deals lost: their people",
    before: ["deals we lost to price", "list"],
    wordings: ["tag those people Beginner", "tag them Beginner"],
    expected: tool("propose_tags", { tag: "Beginner", where: { deal: "lost", reason: "pric" } }),
  },
  {
    group: "deals: with reasons is a list",
    wordings: ["list the lost deals from october with reason", "show lost deals in october with reasons"],
    expected: tool("find_records", { kind: "deal", state: "lost", from: "2026-10-01", to: "2026-10-31" }),
  },
  {
    group: "records: mine",
    before: ["show all overdue tasks"],
    wordings: ["only mine", "just my tasks"],
    expected: clarify,
  },
  {
    group: "duplicates as people",
    wordings: ["folks with 2 accounts", "people who have several records", "contacts that exist twice"],
    expected: tool("query_metric", { behind: true, query: { metrics: ["duplicate_contacts"] } }),
  },
  {
    group: "first purchase, and again",
    wordings: [
      "first timers in october who bought again",
      "october first-time buyers who ordered again",
      "people who bought for the first time in october and came back",
    ],
    expected: people({
      where: {
        and: [
          { did: "first_bought", from: "2026-10-01", to: "2026-10-31" },
          { bought: [], at_least: 2 },
        ],
      },
    }),
  },
  {
    group: "likely to leave",
    wordings: ["members who might cancel soon", "which members are likely to leave"],
    expected: people({ at_risk: true, where: { is: "subscriber" } }),
  },
  {
    group: "words for the same condition",
    wordings: [
      "show me the people who came by the podcast and never bought",
      "people who came through the podcast and never bought nothing",
    ],
    expected: people({ lead_source: ["Podcast “Clay Talk”"], bought_nothing: true }),
  },
  {
    group: "words for the same condition",
    wordings: ["annual members whose renewal is in the next 30 days"],
    expected: people({
      where: { subscription: "renews", every: "year", from: "2026-11-23", to: "2026-12-23" },
    }),
  },
  {
    group: "words for the same condition",
    wordings: ["who has no task and is open deal", "people without a task who have an open deal"],
    expected: people({ where: { and: [{ not: { is: "task_open" } }, { deal: "open" }] } }),
  },
  {
    group: "stays within the list",
    before: ["who bought the home kiln"],
    wordings: ["still open balance?", "unpaid invoices?", "do they have open invoices"],
    expected: people({ where: { and: [{ bought: ["Home Kiln"] }, { is: "owes" }] } }),
  },
  {
    group: "stays within those counted",
    before: ["customers in texas"],
    wordings: ["still members?", "are they members"],
    expected: people({
      where: { and: [{ and: [{ is: "customer" }, { region: ["US-TX"] }] }, { is: "subscriber" }] },
    }),
  },
  {
    group: "them: those counted",
    before: ["members without onboarding completed"],
    wordings: ["tag them Beginner"],
    expected: tool("propose_tags", {
      tag: "Beginner",
      where: { and: [{ is: "subscriber" }, { not: { tag: ["Onboarding completed"] } }] },
    }),
  },
  {
    group: "them: nobody was counted",
    before: ["revenue this year"],
    wordings: ["tag them Beginner"],
    expected: clarify,
  },
  {
    group: "them: a split counts many groups",
    before: ["new leads by source this year"],
    wordings: ["tag them Beginner"],
    expected: clarify,
  },
  {
    group: "in those days: when they began",
    before: ["members without onboarding completed"],
    wordings: ["from the last 60 days", "only from the last 60 days"],
    expected: people({
      where: {
        and: [
          { and: [{ is: "subscriber" }, { not: { tag: ["Onboarding completed"] } }] },
          { subscription: "started", from: "2026-09-24", to: "2026-11-22" },
        ],
      },
    }),
  },
  {
    group: "a proposal: how many",
    before: ["tag all customers from texas with Newsletter"],
    wordings: ["how many will that be", "how many people is that", "how many would it affect"],
    expected: people({ region: ["US-TX"], where: { is: "customer" } }),
  },
  {
    group: "a ranking: how many, then them",
    before: ["top 5 customers from texas", "how many"],
    wordings: ["tag them VIP"],
    expected: clarify,
  },
  {
    group: "a ranking of debts",
    before: ["open balances by customer, biggest first"],
    wordings: ["older than 30 days", "only more than 30 days overdue"],
    expected: people({ where: { overdue_days: 30 }, order: { by: "owes" } }),
  },
  {
    group: "a fragment after a refused question",
    before: ["people who frobnicated the gadget"],
    wordings: ["older than 30 days", "only since 2025", "not from texas"],
    expected: clarify,
  },
  {
    group: "records: mine are everybody's, said",
    wordings: ["any overdue tasks for me", "my overdue tasks", "overdue tasks assigned to me"],
    expected: tool("find_records", { kind: "task", state: "overdue" }),
  },
  {
    group: "records: unpaid orders",
    wordings: ["which orders are still unpaid", "unpaid orders", "show orders that are not paid yet"],
    expected: tool("find_records", { kind: "order", state: "open" }),
  },
  {
    group: "records: what somebody works on",
    wordings: ["what is mara working on", "what is Mara busy with these days"],
    expected: tool("find_records", { kind: "task", state: "open", owner: ["Mara Quint"] }),
  },
  {
    group: "search: narrower",
    before: ["any notes about a damaged parcel"],
    wordings: ["from this month only", "only this month"],
    expected: tool("search_knowledge", { query: "damaged parcel", from: "2026-11-01" }),
  },
  {
    group: "search: narrower",
    before: ["any notes about a damaged parcel"],
    wordings: ["only by mara", "just from Mara"],
    expected: tool("search_knowledge", { query: "damaged parcel", author: "Mara Quint" }),
  },
  {
    group: "stays within those counted",
    before: ["members who joined in june"],
    wordings: ["how many are still with us", "how many are still members"],
    expected: people({
      where: {
        and: [{ subscription: "started", from: "2026-06-01", to: "2026-06-30" }, { is: "subscriber" }],
      },
    }),
  },
  {
    group: "the copy: what failed",
    before: ["when was the last sync"],
    wordings: ["did anything fail", "any errors"],
    expected: tool("sync_status"),
  },
  {
    group: "their numbers: who did one thing in a period",
    before: ["who signed up in october"],
    wordings: ["where are they from", "which countries are they from", "by country"],
    expected: numbers({
      metrics: ["new_leads"],
      dimensions: ["country"],
      range: { from: "2026-10-01", to: "2026-10-31" },
    }),
  },
  {
    group: "person: a deed is a task",
    wordings: ["call hannah lopez tomorrow", "remind me to call hannah lopez tomorrow"],
    expected: tool("propose_outreach", { action: "task", person: "hannah lopez", due_on: "2026-11-24" }),
  },
  {
    group: "person: campaign",
    wordings: ["send hannah lopez the win back campaign"],
    expected: tool("propose_outreach", { action: "sequence", person: "hannah lopez" }),
  },
  {
    group: "person: membership",
    wordings: [
      "is hannah lopez on the annual plan",
      "when is hannah lopez's next bill",
      "did hannah lopez renew",
      "who is hannah lopez's account manager",
    ],
    expected: tool("get_contact", { search: "hannah lopez" }),
  },
  {
    group: "nobody's",
    wordings: ["contacts nobody looks after", "list contacts that no one owns"],
    expected: people({ where: { not: { is: "has_owner" } } }),
  },
  {
    group: "person: no field says it",
    wordings: ["has hannah lopez signed the contract", "did hannah lopez approve the contract"],
    expected: tool("search_knowledge", { person: "hannah lopez" }),
  },
  {
    group: "person: the last few orders",
    wordings: ["show hannah lopez's last 3 orders", "last 3 orders of hannah lopez"],
    expected: tool("find_records", { kind: "order", search: "hannah lopez", order: "newest", limit: 3 }),
  },
  {
    group: "person: never done from here",
    wordings: [
      "email hannah lopez about her invoice",
      "unsubscribe hannah lopez",
      "delete hannah lopez",
      "merge hannah lopez and hanna lopez",
    ],
    expected: refuse,
  },
  {
    group: "person: onto a tag",
    wordings: ["add hannah lopez to the Beginner list", "add hannah lopez to Beginner"],
    expected: tool("propose_tags", { tag: "Beginner", person: "hannah lopez" }),
  },
  {
    group: "person: by a first name",
    wordings: ["who is rebecca", "do we have someone called rebecca", "can you find rebecca for me"],
    expected: people({ search: "rebecca" }),
  },
  {
    group: "person: appointments",
    wordings: ["next appointment with rebecca", "appointments with rebecca"],
    expected: tool("find_records", { kind: "appointment", search: "rebecca", state: "open" }),
  },
  {
    group: "records: the biggest that was closed",
    wordings: ["biggest deal ever won", "the largest deal we won"],
    expected: tool("find_records", { kind: "deal", state: "won", order: "value", limit: 1 }),
  },
  {
    group: "a contraction is no name",
    wordings: ["who hasnt bought since june", "who hasn't bought since june"],
    expected: people({ no_order_since: "2026-06-01" }),
  },
  {
    group: "bought after it",
    before: ["find everyone who clicked an email last week"],
    wordings: ["how many of them bought after", "which of them bought afterwards"],
    expected: people({
      where: {
        and: [
          { did: "clicked_email", from: "2026-11-16", to: "2026-11-22" },
          { bought: [], from: "2026-11-16" },
        ],
      },
    }),
  },
  {
    group: "gone since",
    wordings: ["members who joined this year and already left"],
    expected: people({
      where: { and: [{ subscription: "started", from: "2026-01-01" }, { not: { is: "subscriber" } }] },
    }),
  },
  {
    group: "records: a few stay a few",
    before: ["last 5 orders"],
    wordings: ["who placed them", "list them"],
    expected: tool("find_records", { kind: "order", state: "any", order: "newest", limit: 5 }),
  },
  {
    group: "records: a few stay a few",
    before: ["last 5 orders"],
    wordings: ["biggest one"],
    expected: clarify,
  },
  {
    group: "records: number before the order",
    wordings: ["show the 5 oldest unpaid invoices", "5 oldest unpaid orders"],
    expected: tool("find_records", { kind: "order", state: "open", order: "oldest", limit: 5 }),
  },
  {
    group: "search: a topic in a period",
    wordings: ["any complaints this month", "complaints from this month"],
    expected: tool("search_knowledge", { query: "complaints", from: "2026-11-01" }),
  },
  {
    group: "opened nothing",
    wordings: ["how many contacts opened nothing in 6 months", "leads who opened nothing in 6 months"],
    expected: people({ where: { not: { did: "opened_email", from: "2026-05-23" } } }),
  },
  {
    group: "a ranking: one of it",
    before: ["who bought the most this month"],
    wordings: ["what did the top one buy", "what has she bought"],
    expected: clarify,
  },
  {
    group: "words for the same condition",
    wordings: ["customers who havent ordered in a year but spent over 1000 before"],
    expected: people({ no_order_since: "2025-11-23", spent_over: 1000 }),
  },
  {
    group: "words for the same condition",
    wordings: ["who's new since friday", "who is new since last friday"],
    expected: people({ where: { did: "joined", from: "2026-11-20" } }),
  },
  {
    group: "words for the same condition",
    wordings: ["birthday list for december", "people with a birthday in december"],
    expected: people({ where: { birthday_month: 12 } }),
  },
  {
    group: "records: who is in a stage",
    wordings: ["who is in the negotiation stage"],
    expected: tool("find_records", { kind: "deal", state: "open", stage: ["Negotiation"] }),
  },
  {
    group: "likely to leave",
    before: ["who is likely to cancel"],
    wordings: ["top 15", "just the first 15"],
    expected: people({ at_risk: true, where: { is: "subscriber" }, limit: 15 }),
  },
];
