import { z } from "zod";
import { listMetrics } from "@/analytics/metrics/catalog";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";
import { metricSummarySchema } from "./schemas";

const shortSchema = metricSummarySchema.pick({
  id: true,
  label: true,
  section: true,
  unit: true,
  description: true,
  dimensions: true,
  synonyms: true,
});

export const listMetricsTool = defineTool({
  name: "list_metrics",
  group: "analytics",
  title: "List metrics",
  description:
    'Every number Keapsake can compute, with what it means and how it can be split. Use it first when you are not sure which metric a question is about. Use describe_metric for the formula and edge cases of one. Example: {} or {"section":"revenue"}.',
  input: z.strictObject({
    section: z
      .string()
      .max(40)
      .optional()
      .describe("Only metrics of this section, such as revenue, orders or leads."),
  }),
  output: z.object({ metrics: z.array(shortSchema), total: z.number() }),
  annotations: readOnly,
  handler: async ({ section }) => {
    const sections = [...new Set(listMetrics().map((metric) => metric.section))];
    if (section && !sections.some((known) => known === section)) {
      throw new ToolError(
        "invalid_input",
        `There is no section "${section}". Sections: ${sections.join(", ")}.`,
      );
    }
    const metrics = listMetrics(section).map((metric) => shortSchema.parse(metric));
    return { metrics, total: metrics.length };
  },
  describe: ({ metrics, total }) =>
    [
      `${total} metrics:`,
      ...metrics.map(
        ({ id, label, unit, description, dimensions }) =>
          `- ${id} (${label}, ${unit}): ${description} Split by: ${dimensions.join(", ")}.`,
      ),
    ].join("\n"),
});
