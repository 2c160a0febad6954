import type { MetricDefinition } from "./definition";
import { type DimensionId, personDimensions } from "./dimensions";

const personal: DimensionId[] = personDimensions;
const byState: DimensionId[] = ["email_state", ...personDimensions];

/** E-mail beyond what was sent, opened and clicked (see team.ts): its money, and the list itself. */
export const emailMetrics: MetricDefinition[] = [
  {
    id: "revenue_per_email",
    version: 1,
    section: "email",
    label: "Revenue per e-mail",
    unit: "money",
    description: "Net sales of orders placed after a click, for each message sent.",
    formula: "Σ net sales of orders within the account's days after a click ÷ messages sent, by sent time",
    synonyms: ["revenue per email", "email revenue", "money per mail", "earnings per email"],
    dimensions: personal,
    edge_cases: ["An order belongs to the mail clicked last before it.", "Nothing sent: n/a."],
    source: "METRICS 13",
    measure: {
      kind: "ratio",
      numerator: { fact: "email_revenue", kind: "sum", expression: "f.amount_minor" },
      denominator: { fact: "emails", kind: "count" },
    },
    drill: null,
    better: "up",
    settings: ["email_revenue_days", "net_sales_include_shipping"],
  },
  {
    id: "unsubscribes",
    version: 1,
    section: "email",
    label: "Unsubscribes",
    unit: "count",
    description: "Addresses that unsubscribed or complained, by the day on which it was seen.",
    formula: "number of changes of an address into unsubscribed or complained, by when they were seen",
    synonyms: ["unsubscribes", "opt-outs", "unsubscribed", "spam complaints"],
    dimensions: byState,
    edge_cases: [
      "Keap tells the state and not since when: what was so at the first copy has no day and is not counted.",
      "From unsubscribed to complained is not counted again.",
    ],
    source: "METRICS 10",
    measure: { kind: "value", value: { fact: "unsubscribes", kind: "count" } },
    drill: "contacts",
    better: "down",
  },
  {
    id: "list_health",
    version: 1,
    section: "email",
    label: "List health",
    unit: "ratio",
    description: "Share of the people with an e-mail address who may be mailed, at the end of the period.",
    formula: "addresses that are mailable or only soft-bounced ÷ addresses of contacts",
    synonyms: ["list health", "email list health", "mailable share", "deliverable list", "opt-in rate"],
    dimensions: byState,
    edge_cases: [
      "Not mailable: unsubscribed, complained, hard-bounced, locked, deactivated, never opted in, unknown.",
      "Before the first change seen of an address, its state is taken to have been the same.",
      "No addresses: n/a.",
    ],
    source: "METRICS 10",
    measure: {
      kind: "ratio",
      numerator: {
        fact: "email_states",
        kind: "count",
        where: "f.email_state in ('mailable', 'soft_bounced')",
      },
      denominator: { fact: "email_states", kind: "count" },
    },
    drill: "contacts",
    better: "up",
  },
  {
    id: "engagement_score",
    version: 1,
    section: "email",
    label: "Engagement score",
    unit: "number",
    description: "How engaged an average mailable person is, from 0 to 100, at the end of the period.",
    formula:
      "mean over mailable people of min(100, 100 × points ÷ 95th percentile); points: clicks 1, forms and appointments 1.5, purchases 3, opens 0.1, each halved every 30 days",
    synonyms: ["engagement", "engagement score", "how engaged"],
    dimensions: personal,
    edge_cases: [
      "People whom no mail may reach are left out, not low.",
      "The percentile is of people with any points; what is older than a year counts nothing.",
      "Opens weigh little: privacy proxies open by themselves.",
    ],
    source: "METRICS 10",
    measure: {
      kind: "ratio",
      numerator: { fact: "engagement_periods", kind: "sum", expression: "f.score * 10000" },
      denominator: { fact: "engagement_periods", kind: "count" },
      times: 0.0001,
    },
    drill: null,
    better: "up",
  },
];
