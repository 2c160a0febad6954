import { clarify, type EvalCase, numbers, tool } from "./case";

const people = (input: Record<string, unknown>) => tool("find_contacts", input);
const records = (input: Record<string, unknown>) => tool("find_records", input);

/** Lists and requests that name users, stages, plans and tags of a business with memberships, deals and advertising. */
export const listedStudioCases: EvalCase[] = [
  {
    group: "listed: users",
    wordings: ["who does joel look after", "people assigned to joel", "contacts joel owns"],
    expected: people({ where: { owner: ["Joel Adeyemi"] } }),
  },
  {
    group: "listed: tags by what was done",
    wordings: ["webinar attendees who never bought", "who attended the webinar but never bought"],
    expected: people({ bought_nothing: true, where: { tag: ["Webinar: attended"] } }),
  },
  {
    group: "listed: tags by what was done",
    wordings: ["who joined the newsletter last month", "people who signed up for the newsletter last month"],
    expected: people({ where: { tag: ["Newsletter"], from: "2026-10-01", to: "2026-10-31" } }),
  },
  {
    group: "listed: categories",
    wordings: ["who bought a course and a kit", "bought a course and a kit"],
    expected: people({
      where: {
        and: [
          { bought: [], category: ["Courses"] },
          { bought: [], category: ["Kits & tools"] },
        ],
      },
    }),
  },
  {
    group: "listed: categories",
    wordings: ["people who bought any course but no kit"],
    expected: people({
      where: {
        and: [{ bought: [], category: ["Courses"] }, { not: { bought: [], category: ["Kits & tools"] } }],
      },
    }),
  },
  {
    group: "listed: deals",
    wordings: ["deals in negotiation", "how many deals are in negotiation", "open deals in negotiation"],
    expected: records({ kind: "deal", state: "open", stage: ["Negotiation"] }),
  },
  {
    group: "listed: deals",
    before: ["open deals"],
    wordings: ["in negotiation"],
    expected: records({ kind: "deal", state: "open", stage: ["Negotiation"] }),
  },
  {
    group: "listed: deals",
    wordings: ["any new enquiries this week"],
    expected: records({ kind: "deal", stage: ["New enquiry"], from: "2026-11-23", to: "2026-11-29" }),
  },
  {
    group: "listed: deals",
    wordings: ["who is responsible for the biggest open deal", "who has the biggest open deal"],
    expected: records({ kind: "deal", state: "open", order: "value", limit: 1 }),
  },
  { group: "listed: deals", before: ["open deals"], wordings: ["from canada"], expected: clarify },
  {
    group: "listed: tasks",
    wordings: ["joel's tasks", "tasks of joel", "what does joel have to do"],
    expected: records({ kind: "task", state: "open", owner: ["Joel Adeyemi"] }),
  },
  {
    group: "listed: tasks",
    before: ["tasks due this week by person"],
    wordings: ["just joels"],
    expected: records({ kind: "task", owner: ["Joel Adeyemi"], from: "2026-11-23", to: "2026-11-29" }),
  },
  {
    group: "listed: requests",
    wordings: ["remind joel to call maria garcia on friday"],
    expected: tool("propose_outreach", {
      action: "task",
      task_title: "Call",
      task_owner: "Joel Adeyemi",
      due_on: "2026-11-27",
      person: "maria garcia",
    }),
  },
  {
    group: "listed: requests",
    wordings: [
      "task for joel: call people with failed payments this week",
      "put a task for joel to call everyone whos payment failed this week",
    ],
    expected: tool("propose_outreach", {
      action: "task",
      task_owner: "Joel Adeyemi",
      where: { did: "failed_payment", from: "2026-11-23" },
    }),
  },
  {
    group: "listed: written",
    wordings: ["what has joel written this month", "notes by joel this month"],
    expected: tool("search_knowledge", { author: "Joel Adeyemi", from: "2026-11-01" }),
  },
  {
    group: "listed: plans that were left",
    wordings: ["who cancelled Club Annual this year", "people who left Club Annual this year"],
    expected: people({ where: { subscription: "ended", plan: ["Club Annual"], from: "2026-01-01" } }),
  },
  {
    group: "listed: a plan and not a tag like it",
    wordings: ["people on the Club Annual plan"],
    expected: people({ where: { subscription: "runs", plan: ["Club Annual"] } }),
  },
  {
    group: "listed: us is a pronoun",
    wordings: ["refunds from us by item this month"],
    expected: numbers({ metrics: ["refunds"], dimensions: ["product"], range: { preset: "this_month" } }),
  },
  {
    group: "listed: what someone has to do",
    wordings: ["Mara Quint's to do list", "to do list of Mara Quint"],
    expected: records({ kind: "task", state: "open", owner: ["Mara Quint"] }),
  },
  {
    group: "listed: a word that ends like an adverb",
    wordings: ["elderly customers", "curly customers"],
    expected: clarify,
  },
  {
    group: "listed: what is shown anyway",
    wordings: ["open deals by stage with their total value"],
    expected: numbers({
      metrics: ["pipeline_value"],
      dimensions: ["stage"],
      range: { preset: "today" },
    }),
  },
  {
    group: "listed: apostrophes left out",
    wordings: ["yesterdays orders", "how many orders yesterday"],
    expected: numbers({ metrics: ["orders"], range: { preset: "yesterday" } }),
  },
  {
    group: "listed: everyday names",
    wordings: ["mrr month after month this year", "recurring revenue month after month this year"],
    expected: numbers({
      metrics: ["mrr"],
      dimensions: ["time"],
      grain: "month",
      range: { preset: "this_year" },
    }),
  },
  {
    group: "listed: everyday names",
    wordings: [
      "how many charges bounced in the last 30 days",
      "payments that did not go through in the last 30 days",
    ],
    expected: numbers({
      metrics: ["failed_payments"],
      range: { last: 30, unit: "day", including_current: false },
    }),
  },
  {
    group: "listed: everyday names",
    wordings: ["year on year income this month", "income this month year on year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      range: { preset: "this_month" },
      comparison: "previous_year",
    }),
  },
];
