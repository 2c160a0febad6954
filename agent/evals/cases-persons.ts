import { type EvalCase, refuse, tool } from "./case";

/** What is asked about one person, who stands in no list of names: only what else the words could be tells. */
const record = (search: string) => tool("get_contact", { search });

export const personCases: EvalCase[] = [
  {
    group: "person: in the record",
    wordings: [
      "what tags has priya sharma got",
      "which tags does Priya Sharma have",
      "priya sharma's tags",
      "phone of priya sharma",
      "when did priya sharma last buy",
      "when did priya sharma last open an email",
      "how much has priya sharma spent with us",
      "is priya sharma still a member",
      "who looks after priya sharma",
      "does priya sharma owe us anything",
      "where does priya sharma live",
      "everything we know about priya sharma",
    ],
    expected: record("priya sharma"),
  },
  {
    group: "person: in the record",
    wordings: ["which tags does rebecca have", "rebecca's phone number", "is rebecca still a member"],
    expected: record("rebecca"),
  },
  {
    group: "person: orders",
    wordings: ["whats the last order of the carter family", "last order of the carters"],
    expected: tool("find_records", {
      kind: "order",
      search: "carter",
      state: "any",
      order: "newest",
      limit: 1,
    }),
  },
  {
    group: "person: orders",
    wordings: ["what did priya sharma buy in 2025", "orders of priya sharma in 2025"],
    expected: tool("find_records", {
      kind: "order",
      search: "priya sharma",
      state: "any",
      from: "2025-01-01",
      to: "2025-12-31",
    }),
  },
  {
    group: "person: orders",
    wordings: ["unpaid invoices of priya sharma", "priya sharma's outstanding orders"],
    expected: tool("find_records", { kind: "order", search: "priya sharma", state: "open" }),
  },
  {
    group: "person: spend of a period",
    wordings: ["how much did priya sharma spend this year"],
    expected: tool("find_contacts", { search: "priya sharma", order: { by: "spent", from: "2026-01-01" } }),
  },
  {
    group: "person: what was written",
    wordings: ["what did we promise rebecca", "what did we last discuss with rebecca"],
    expected: tool("search_knowledge", { person: "rebecca" }),
  },
  {
    group: "person: what was written",
    wordings: ["what did priya sharma say about shipping", "notes on priya sharma about shipping"],
    expected: tool("search_knowledge", { person: "priya sharma", query: "shipping" }),
  },
  {
    group: "person: follow-up",
    before: ["when did priya sharma last order"],
    wordings: ["and her tags?", "is she a member"],
    expected: record("priya sharma"),
  },
  {
    group: "person: follow-up",
    before: ["when did priya sharma last order"],
    wordings: ["tag her VIP"],
    expected: tool("propose_tags", { tag: "VIP", person: "priya sharma" }),
  },
  {
    group: "person: task",
    wordings: [
      "add a task for priya sharma to send the invoice tomorrow",
      "todo about priya sharma: send the invoice tomorrow",
    ],
    expected: tool("propose_outreach", {
      action: "task",
      task_title: "Send the invoice",
      person: "priya sharma",
      due_on: "2026-11-24",
    }),
  },
  { group: "person: note", wordings: ["add a note for priya sharma: call back"], expected: refuse },
  {
    group: "person: by a name",
    wordings: ["who else is called garcia", "who is in the garcia family"],
    expected: tool("find_contacts", { search: "garcia" }),
  },
];
