import type { Aggregate, MetricDefinition } from "./definition";
import { type DimensionId, personDimensions } from "./dimensions";
import { rfmGroups } from "./rfm";

const personal: DimensionId[] = personDimensions;
const predicted = (model: string, expression: string): Aggregate => ({
  fact: "predictions",
  kind: "sum",
  expression,
  where: `f.model = '${model}'`,
});
const scored = (model: string): Aggregate => ({
  fact: "predictions",
  kind: "count",
  where: `f.model = '${model}'`,
});
const untilScored = "Nobody was scored yet: n/a. Models score only accounts with enough history.";
const millionths = "round(f.score * 1000000)";

/** Who customers are and what they will likely do: groups by behaviour, and what models predict. */
export const outlookMetrics: MetricDefinition[] = [
  {
    id: "rfm",
    version: 1,
    section: "customers",
    label: "Customers by RFM",
    unit: "count",
    description:
      "People who bought in the last 24 months, to be split by how lately, how often and for how much.",
    formula: `customers with purchases of the 24 months before, in groups (${rfmGroups.join(", ")}) by fifths of recency and value and fixed cuts of frequency (1, 2, 3, 4-5, 6+)`,
    synonyms: ["rfm", "rfm customers", "recency frequency monetary", "champions", "customer groups"],
    dimensions: personal,
    edge_cases: [
      "Ties share the lower score.",
      "Refunds lower the value; who got everything back is left out.",
      "Group of the end of the period, so that moves between periods show.",
    ],
    source: "METRICS 11",
    measure: { kind: "value", value: { fact: "rfm_scores", kind: "count" } },
    drill: "contacts",
    better: "up",
  },
  {
    id: "next_order_date",
    version: 1,
    section: "customers",
    label: "Median days until the next order is due",
    unit: "days",
    description: "When people who bought twice usually buy again, from the end of the period.",
    formula:
      "median of (last purchase + usual gap − end of the period); usual gap: the person's own median from three purchases on, else the account's",
    synonyms: ["next order date", "next purchase", "expected next order", "when will they buy again"],
    dimensions: personal,
    edge_cases: ["Negative: overdue by so many days.", "Only people with two purchases or more."],
    source: "METRICS 9 and 17",
    measure: { kind: "value", value: { fact: "next_orders", kind: "median", expression: "f.days" } },
    drill: null,
    better: "neutral",
  },
  {
    id: "clv_predicted",
    version: 1,
    section: "customers",
    label: "Predicted value, next 365 days",
    unit: "money",
    description: "Net revenue that the customers scored are expected to bring in the next 365 days.",
    formula: "Σ newest prediction of each person by a model named clv",
    synonyms: ["predicted clv", "predicted lifetime value", "future value", "predicted revenue per customer"],
    dimensions: personal,
    edge_cases: [untilScored],
    source: "METRICS 9",
    measure: {
      kind: "formula",
      parts: { value: predicted("clv", "round(f.score)"), scored: scored("clv") },
      value: { at_least: ["scored", 1], of: "value" },
    },
    drill: null,
    better: "up",
  },
  {
    id: "churn_risk",
    version: 1,
    section: "customers",
    label: "Churn risk",
    unit: "ratio",
    description: "How likely an average customer is not to order in the next 365 days.",
    formula:
      "mean of P(no order in the next 365 days), newest prediction of each person by a model named churn",
    synonyms: ["churn risk", "risk of churn", "churn probability"],
    dimensions: personal,
    edge_cases: [untilScored],
    source: "METRICS 9",
    measure: {
      kind: "ratio",
      numerator: predicted("churn", millionths),
      denominator: scored("churn"),
      times: 0.000001,
    },
    drill: null,
    better: "down",
  },
  {
    id: "conversion_score",
    version: 1,
    section: "leads",
    label: "Conversion score",
    unit: "ratio",
    description: "How likely an average lead is to become a customer.",
    formula: "mean of the newest prediction of each person by a model named conversion",
    synonyms: ["conversion score", "lead score", "likelihood to buy", "conversion probability"],
    dimensions: personal,
    edge_cases: [untilScored, "Not Keap's own lead score."],
    source: "METRICS 18",
    measure: {
      kind: "ratio",
      numerator: predicted("conversion", millionths),
      denominator: scored("conversion"),
      times: 0.000001,
    },
    drill: null,
    better: "up",
  },
];
