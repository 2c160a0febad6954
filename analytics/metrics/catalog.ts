import { grains } from "../query/query";
import { attributionMetrics } from "./attribution";
import { countMetrics } from "./counts";
import { customerMetrics } from "./customers";
import type { MetricDefinition, MetricSummary } from "./definition";
import { emailMetrics } from "./email";
import { healthMetrics } from "./health";
import { leadMetrics } from "./leads";
import { orderMetrics } from "./orders";
import { outlookMetrics } from "./outlook";
import { revenueMetrics } from "./revenue";
import { subscriptionMetrics } from "./subscriptions";
import { teamMetrics } from "./team";

/** Every registered metric, in the order in which lists show them. Chat and MCP may quote only these. */
export const metrics: readonly MetricDefinition[] = [
  ...revenueMetrics,
  ...orderMetrics,
  ...subscriptionMetrics,
  ...leadMetrics,
  ...customerMetrics,
  ...outlookMetrics,
  ...attributionMetrics,
  ...emailMetrics,
  ...teamMetrics,
  ...countMetrics,
  ...healthMetrics,
];

const byId = new Map(metrics.map((metric) => [metric.id, metric]));

/** The metric with this id, or undefined. */
export function getMetric(id: string): MetricDefinition | undefined {
  return byId.get(id);
}

/** What is shown of a metric beside an answer; leaves out how it is computed. */
export function summarizeMetric(metric: MetricDefinition): MetricSummary {
  const { id, version, section, label, unit, description, formula, synonyms, edge_cases, source, better } =
    metric;
  return {
    id,
    version,
    section,
    label,
    unit,
    description,
    formula,
    synonyms,
    dimensions: ["time", ...metric.dimensions],
    filters: [...metric.dimensions, ...(metric.of_nobody ? [] : ["has_tag", "bought_product"])],
    grains: [...grains],
    edge_cases,
    source,
    better,
    drill: metric.drill,
    settings: [...(metric.settings ?? [])],
  };
}

/** All metrics as shown in lists, optionally of one section. */
export function listMetrics(section?: string): MetricSummary[] {
  return metrics.filter((metric) => !section || metric.section === section).map(summarizeMetric);
}
