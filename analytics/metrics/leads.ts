import type { MetricDefinition } from "./definition";

export const leadMetrics: MetricDefinition[] = [
  {
    id: "new_leads",
    version: 1,
    section: "leads",
    label: "New leads",
    unit: "count",
    description: "People who came into the CRM, by the day they were created in Keap.",
    formula: "number of contacts by creation time",
    synonyms: [
      "leads",
      "lead",
      "new contacts",
      "signups",
      "sign-ups",
      "opt-ins",
      "new people",
      "subscribers gained",
      "contacts created",
    ],
    dimensions: ["tag", "lead_source", "country", "region"],
    edge_cases: ["Deleted contacts are left out.", "Imported contacts count on the day Keap created them."],
    source: "METRICS 12",
    measure: { kind: "value", value: { fact: "leads", kind: "count" } },
    drill: "contacts",
    better: "up",
  },
];
