import { z } from "zod";
import { getMetric, summarizeMetric } from "@/analytics/metrics/catalog";
import { anyField, isOfPeople } from "@/analytics/query/resolve";
import { nearestMetrics } from "../metric-names";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { metricSummarySchema } from "./schemas";

export const describeMetricTool = defineTool({
  name: "describe_metric",
  group: "analytics",
  title: "Describe a metric",
  description:
    'The exact definition of one metric: formula, unit, edge cases, how it can be split. Use it when someone asks what a number means or how it is computed. Not for values: that is query_metric. Example: {"metric":"aov"}.',
  input: z.strictObject({
    metric: z
      .string()
      .min(1)
      .max(100)
      .describe("Id of a metric from list_metrics, such as revenue_collected."),
  }),
  output: z.object({ metric: metricSummarySchema }),
  annotations: readOnly,
  handler: async ({ metric: id }) => {
    const metric = getMetric(id);
    if (!metric) {
      const near = nearestMetrics(id, 3).map((candidate) => candidate.id);
      throw new ToolError(
        "not_found",
        `There is no metric "${id}". Nearest: ${near.join(", ")}. list_metrics shows all.`,
      );
    }
    return { metric: summarizeMetric(metric) };
  },
  describe: ({ metric }) =>
    [
      `${metric.label} (${metric.id}, version ${metric.version}, ${metric.unit})`,
      metric.description,
      `Formula: ${metric.formula}`,
      `Split by: ${[...metric.dimensions, ...(isOfPeople(metric) ? [anyField] : [])].join(", ")}`,
      ...metric.edge_cases.map((edge) => `- ${edge}`),
      `Source: ${metric.source}`,
    ].join("\n"),
});
