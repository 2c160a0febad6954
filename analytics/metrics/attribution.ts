import type { Aggregate, MetricDefinition } from "./definition";
import { type DimensionId, personDimensions } from "./dimensions";

const dimensions: DimensionId[] = ["touch_kind", "touch", ...personDimensions];
const credit = (where: string): Aggregate => ({
  fact: "attribution",
  kind: "sum",
  expression: "f.amount_minor",
  where,
});
const rules = [
  "Touches: UTM records, forms, landing pages and bookings, tags of campaign categories, clicks in mails, appointments, referrals; the same source counts once a day, direct visits never.",
  "A renewal inherits the shares of the subscription's first sale; a refund takes credit back as it was given.",
  "Touches after the purchase never count. With one touch it takes all, with two each takes half.",
];

export const attributionMetrics: MetricDefinition[] = [
  {
    id: "attributed_revenue",
    version: 1,
    section: "attribution",
    label: "Attributed revenue",
    unit: "money",
    description: "Net revenue that some touch brought, under the account's model.",
    formula:
      "Σ (payments − refunds), each shared over the touches before its sale by the account's model; Σ credits + unattributed = revenue_net",
    synonyms: ["attribution", "attributed revenue", "marketing revenue", "revenue by touch"],
    dimensions,
    edge_cases: rules,
    source: "METRICS 13",
    measure: { kind: "value", value: credit("f.touch is not null") },
    drill: "payments",
    better: "up",
    settings: ["attribution_model", "attribution_lookback_days"],
  },
  {
    id: "attribution_coverage",
    version: 1,
    section: "attribution",
    label: "Attribution coverage",
    unit: "ratio",
    description:
      "Share of the net revenue that some touch explains, of people who came since tracking began.",
    formula:
      "attributed_revenue ÷ revenue_net, both of contacts created since the first touch known to the account",
    synonyms: ["attribution coverage", "coverage", "tracked revenue share"],
    dimensions: personDimensions,
    edge_cases: ["People who came before tracking began are out of both.", "No such revenue: n/a.", ...rules],
    source: "METRICS 13",
    measure: {
      kind: "ratio",
      numerator: credit("f.since_tracking and f.touch is not null"),
      denominator: credit("f.since_tracking"),
    },
    drill: "payments",
    better: "up",
    per_currency: true,
    settings: ["attribution_model", "attribution_lookback_days"],
  },
];
