import { clarify, type EvalCase, numbers, tool } from "./case";

const october = { from: "2026-10-01", to: "2026-10-31" };
const september = { from: "2026-09-01", to: "2026-09-30" };
const facebook = { dimension: "lead_source", is: ["Facebook Ads"] } as const;

/** A few words behind an answer keep its number, its people, its conditions and its days, or are asked back about. */
export const continuedCases: EvalCase[] = [
  {
    group: "continued: why",
    before: ["new leads from facebook in september"],
    wordings: ["why the drop", "why did it fall", "why so few"],
    expected: tool("explain_change", {
      metric: "new_leads",
      range: september,
      filters: facebook,
    }),
  },
  {
    group: "continued: people",
    before: ["how many customers are tagged VIP"],
    wordings: ["who didnt buy a starter kit", "who never bought a starter kit"],
    expected: clarify,
  },
  {
    group: "continued: number",
    before: ["who bought in october"],
    wordings: ["this year vs last"],
    expected: clarify,
  },
  {
    group: "continued: unanswered",
    before: ["gribbled invoices of more than 60 days"],
    wordings: ["who is the client", "which is the customer", "what made the difference"],
    expected: clarify,
  },
  {
    group: "continued: days",
    before: ["orders in october"],
    wordings: ["refunds", "and refunds", "what about refunds"],
    expected: numbers({ metrics: ["refunds"], range: october }),
  },
  {
    group: "continued: buckets",
    before: ["how many customers do we have"],
    wordings: ["by month", "per month"],
    expected: numbers({
      metrics: ["customers"],
      dimensions: ["time"],
      grain: "month",
      range: { last: 12, unit: "month", including_current: true },
    }),
  },
  {
    group: "continued: ourselves",
    wordings: ["how many people bought from us last year", "how many people have ordered from us last year"],
    expected: numbers({ metrics: ["buyers"], range: { preset: "previous_year" } }),
  },
  {
    group: "continued: ourselves",
    wordings: ["customers from the us", "customers in the US"],
    expected: numbers({
      metrics: ["customers"],
      filters: { dimension: "country", is: ["USA"] },
      range: { preset: "today" },
    }),
  },
  {
    group: "continued: bounds",
    wordings: [
      "revenue by country this year, only those with at least 20 customers",
      "share of orders with more than one item",
    ],
    expected: { kind: "refuse" },
  },
];
