import type { Aggregate, MetricDefinition } from "./definition";
import type { DimensionId } from "./dimensions";

const moneyDimensions: DimensionId[] = ["product", "tag", "lead_source", "country", "region"];

const collected: Aggregate = {
  fact: "payments",
  kind: "sum",
  expression: "f.amount_minor",
  where: "f.kind = 'payment'",
};
const refunded: Aggregate = {
  fact: "payments",
  kind: "sum",
  expression: "f.amount_minor",
  where: "f.kind = 'refund'",
};

export const revenueMetrics: MetricDefinition[] = [
  {
    id: "revenue_collected",
    version: 1,
    section: "revenue",
    label: "Revenue collected",
    unit: "money",
    description: "Money that came in, by the day it was paid, tax included and refunds not yet taken off.",
    formula:
      "Σ payments by payment time: status APPROVED or COMPLETED, and NONE when the payment is manual; without voided ones",
    synonyms: [
      "revenue",
      "sales",
      "income",
      "turnover",
      "money in",
      "collected",
      "payments",
      "cash",
      "earnings",
      "gross revenue",
    ],
    dimensions: moneyDimensions,
    edge_cases: [
      "A part payment counts what was paid, when it was paid.",
      "Pending payments never count.",
      "A payment whose transaction was voided never happened.",
      "Refunds are a metric of their own; see revenue_net.",
      "Payments through a test merchant are left out.",
    ],
    source: "METRICS 1",
    measure: { kind: "value", value: collected },
    drill: "payments",
    better: "up",
  },
  {
    id: "refunds",
    version: 1,
    section: "revenue",
    label: "Refunds",
    unit: "money",
    description: "Money given back, by the day of the refund.",
    formula: "Σ refund payments by refund time; a REFUND transaction where there is no refund payment",
    synonyms: ["refund", "money back", "refunded", "returns", "given back"],
    dimensions: moneyDimensions,
    edge_cases: [
      "Booked on the day of the refund, not of the sale.",
      "A refund and the payment it reverses are one pair: it is counted once.",
    ],
    source: "METRICS 0.7 and 1",
    measure: { kind: "value", value: refunded },
    drill: "payments",
    better: "down",
  },
  {
    id: "revenue_net",
    version: 1,
    section: "revenue",
    label: "Net revenue",
    unit: "money",
    description: "Revenue collected less refunds, each on its own day.",
    formula: "revenue_collected − refunds",
    synonyms: ["net revenue", "net sales collected", "revenue after refunds", "net income", "net"],
    dimensions: moneyDimensions,
    edge_cases: ["May be negative in a period with more refunds than payments."],
    source: "METRICS 1",
    measure: { kind: "difference", plus: collected, minus: refunded },
    drill: "payments",
    better: "up",
  },
];
