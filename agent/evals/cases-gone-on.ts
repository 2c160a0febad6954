import { chat, clarify, type EvalCase, tool } from "./case";

const people = (input: Record<string, unknown>) => tool("find_contacts", input);
const records = (input: Record<string, unknown>) => tool("find_records", input);
const thisYear = { from: "2026-01-01" };
const lastYear = { from: "2025-01-01", to: "2025-12-31" };

/** Words that name nobody behind people and records, requests for tasks, and lists that are asked for in other words. */
export const goneOnCases: EvalCase[] = [
  {
    group: "gone on: in other days",
    before: ["who bought the Glaze Kit last year"],
    wordings: ["and this year", "what about this year", "this year instead"],
    expected: people({ where: { bought: ["Glaze Kit"], ...thisYear } }),
  },
  {
    group: "gone on: not in other days",
    before: ["who bought the Glaze Kit last year"],
    wordings: ["but not this year", "not this year", "but never this year"],
    expected: people({
      where: {
        and: [{ bought: ["Glaze Kit"], ...lastYear }, { not: { bought: ["Glaze Kit"], ...thisYear } }],
      },
    }),
  },
  {
    group: "gone on: but then they did",
    before: ["customers without an order this year"],
    wordings: ["but last year", "but in 2025"],
    expected: people({
      where: {
        and: [{ not: { bought: [], ...thisYear } }, { is: "customer" }, { bought: [], ...lastYear }],
      },
    }),
  },
  {
    group: "gone on: or is no and",
    before: ["people tagged Advanced"],
    wordings: ["or Newsletter", "or Beginner"],
    expected: clarify,
  },
  {
    group: "people: never had one is not has none now",
    wordings: ["people who never had a membership", "people who have never been a member"],
    expected: people({ where: { not: { is: "ever_subscribed" } } }),
  },
  {
    group: "gone on: in both",
    before: ["who got a refund this year"],
    wordings: ["last year too", "last year as well"],
    expected: people({
      where: {
        and: [
          { did: "got_refund", ...thisYear },
          { did: "got_refund", ...lastYear },
        ],
      },
    }),
  },
  {
    group: "gone on: a bare period is never revenue",
    before: ["how many cancelled this year because too expensive"],
    wordings: ["this year vs last", "this year versus last year"],
    expected: people({ where: { subscription: "ended", reason: "expensive", ...thisYear } }),
  },
  {
    group: "gone on: of those counted",
    before: ["how many members in texas"],
    wordings: ["never bought a kit", "but never bought a kit", "who never bought a kit"],
    expected: people({
      where: {
        and: [
          { and: [{ is: "subscriber" }, { region: ["US-TX"] }] },
          { not: { bought: [], category: ["Kits & tools"] } },
        ],
      },
    }),
  },
  {
    group: "gone on: of those counted",
    before: ["customers in canada"],
    wordings: ["not members", "but no members", "who are not members"],
    expected: people({
      where: { and: [{ and: [{ is: "customer" }, { country: ["CAN"] }] }, { not: { is: "subscriber" } }] },
    }),
  },
  {
    group: "gone on: of those counted",
    before: ["leads from instagram this month"],
    wordings: ["with a phone number", "only with a phone number"],
    expected: people({
      where: {
        and: [
          { and: [{ did: "joined", from: "2026-11-01" }, { lead_source: ["Instagram"] }] },
          { is: "has_phone" },
        ],
      },
    }),
  },
  {
    group: "gone on: the second takes the place of its opposite",
    before: ["who joined in october", "who of them bought"],
    wordings: ["never bought", "those who never bought"],
    expected: people({
      where: { and: [{ did: "joined", from: "2026-10-01", to: "2026-10-31" }, { not: { bought: [] } }] },
    }),
  },
  {
    group: "gone on: the others",
    before: ["people tagged Advanced in texas", "with the tag Newsletter"],
    wordings: ["the others", "and the others", "what about the others"],
    expected: people({
      where: {
        and: [{ and: [{ tag: ["Advanced"] }, { region: ["US-TX"] }] }, { not: { tag: ["Newsletter"] } }],
      },
    }),
  },
  {
    group: "gone on: also and not a product",
    before: ["who bought the Glaze Kit"],
    wordings: ["also the Home Kiln", "and the Home Kiln too"],
    expected: people({ where: { and: [{ bought: ["Glaze Kit"] }, { bought: ["Home Kiln"] }] } }),
  },
  {
    group: "gone on: not those of a place",
    before: ["who bought the Glaze Kit"],
    wordings: ["but not the ones from canada", "without those in canada"],
    expected: people({ where: { and: [{ bought: ["Glaze Kit"] }, { not: { country: ["CAN"] } }] } }),
  },
  {
    group: "gone on: as long as that",
    before: ["who owes us money"],
    wordings: ["more than 90 days", "only over 90 days", "those longer than 90 days"],
    expected: people({ where: { and: [{ is: "owes" }, { overdue_days: 90 }] } }),
  },
  {
    group: "gone on: behind a refusal of somebody",
    before: ["everyone who wobbled at the frobnication"],
    wordings: ["and of those who bought something", "have they all an open task", "not a member"],
    expected: clarify,
  },
  {
    group: "sorted: by more columns",
    before: ["who bought the Glaze Kit"],
    wordings: ["sort it by date", "sort by order date", "sort them by when they last bought"],
    expected: people({ bought_product: ["Glaze Kit"], order: { by: "last_order" } }),
  },
  {
    group: "sorted: the first by a measure",
    before: ["who bought the Glaze Kit"],
    wordings: ["top 5 by number of orders", "only the top five by orders"],
    expected: people({ order: { by: "orders" }, limit: 5 }),
  },
  {
    group: "people: neither of two",
    wordings: ["customers who have neither a membership nor a course"],
    expected: people({
      where: {
        and: [
          { is: "customer" },
          { not: { is: "subscriber" } },
          { not: { bought: [], category: ["Courses"] } },
        ],
      },
    }),
  },
  {
    group: "people: members who left are none",
    wordings: ["list members who cancelled", "who cancelled and did not come back"],
    expected: people({ where: { and: [{ is: "ever_subscribed" }, { not: { is: "subscriber" } }] } }),
  },
  {
    group: "people: has not paid yet",
    wordings: ["who hasn't paid yet", "who has still to pay"],
    expected: people({ where: { is: "owes" } }),
  },
  {
    group: "people: mails and lists",
    wordings: ["subscribers to the Newsletter who are customers too"],
    expected: people({ has_tag: ["Newsletter"], where: { is: "customer" } }),
  },
  {
    group: "people: mails and lists",
    wordings: ["people who opened but never clicked"],
    expected: people({ where: { and: [{ did: "opened_email" }, { not: { did: "clicked_email" } }] } }),
  },
  {
    group: "records: calls that have a day",
    wordings: [
      "how many calls are scheduled next week",
      "calls booked next week",
      "sessions planned next week",
    ],
    expected: records({ kind: "appointment", state: "open", from: "2026-11-30", to: "2026-12-06" }),
  },
  {
    group: "records: calls that have a day",
    wordings: ["what appointments did we have last week", "which appointments did we have last week"],
    expected: records({ kind: "appointment", state: "done", from: "2026-11-16", to: "2026-11-22" }),
  },
  {
    group: "records: unpaid since so long",
    wordings: [
      "invoices unpaid for over two months",
      "unpaid invoices over 60 days",
      "which invoices are not paid since more than 60 days",
    ],
    expected: records({ kind: "order", state: "open", waiting_over_days: 60 }),
  },
  {
    group: "records: deals that do not move",
    wordings: ["deals going nowhere", "which deals are dragging", "deals that are not going anywhere"],
    expected: records({ kind: "deal", state: "open", waiting_over_days: 30 }),
  },
  {
    group: "records: whose they are",
    before: ["orders over 1000 this year"],
    wordings: ["by whom", "who are the clients", "whose", "which customers"],
    expected: records({ kind: "order", value_over: 1000, limit: 100 }),
  },
  {
    group: "records: I am somebody",
    before: ["my open deals"],
    wordings: ["I am joel", "i'm joel", "my name is joel adeyemi"],
    expected: records({ kind: "deal", state: "open", owner: ["Joel Adeyemi"] }),
  },
  { group: "records: I am somebody", wordings: ["I am joel", "this is Joel Adeyemi"], expected: chat },
  {
    group: "tasks: in any order",
    wordings: [
      "make follow up task for all unpaid orders over 30 days, assign to joel, due friday",
      "create follow-ups for people more than 30 days late with a payment, for joel, by friday",
    ],
    expected: tool("propose_outreach", {
      action: "task",
      task_title: "Follow up",
      task_owner: "Joel Adeyemi",
      due_on: "2026-11-27",
      where: { overdue_days: 30 },
    }),
  },
  {
    group: "tasks: in any order",
    wordings: [
      "new task for joel on friday: call everyone with an open deal",
      "task for joel: call everyone with an open deal, due friday",
    ],
    expected: tool("propose_outreach", {
      task_title: "Call",
      task_owner: "Joel Adeyemi",
      due_on: "2026-11-27",
      where: { deal: "open" },
    }),
  },
  {
    group: "tasks: for each of those shown",
    before: ["who owes us more than 200 dollars"],
    wordings: ["make a task for each, due tomorrow, assigned to joel"],
    expected: tool("propose_outreach", {
      task_owner: "Joel Adeyemi",
      due_on: "2026-11-24",
      where: { owes_over: 200 },
    }),
  },
  {
    group: "tasks: of records that are no condition",
    wordings: ["make follow up tasks for all open deals older than 30 days"],
    expected: clarify,
  },
  {
    group: "tags: all customers are customers",
    wordings: ["remove the tag Beginner from all customers"],
    expected: tool("propose_tags", { tag: "Beginner", remove: true, where: { is: "customer" } }),
  },
  {
    group: "one person: without a subject",
    before: ["find liam smith"],
    wordings: ["since when", "which products", "last payment", "when was his last payment"],
    expected: tool("get_contact", { search: "liam smith" }),
  },
  {
    group: "one person: check whether",
    wordings: ["check whether noah brown is a customer", "pls check if noah brown is active member"],
    expected: tool("get_contact", { search: "noah brown" }),
  },
  {
    group: "boards and saved questions",
    wordings: ["show me the charts i pinned", "which charts are pinned"],
    expected: tool("list_boards", {}),
  },
  {
    group: "boards and saved questions",
    wordings: ["what questions do i have saved", "which reports have i saved"],
    expected: tool("saved_questions", {}),
  },
];
