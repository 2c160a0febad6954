import { z } from "zod";
import { drawingSchema, suggestDrawing } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import { drill } from "@/analytics/query/drill";
import { type Query, querySchema } from "@/analytics/query/query";
import { runMetricQuery } from "@/analytics/query/run";
import { asToolError } from "../query-errors";
import { refuseFieldsForViewers } from "../query-rights";
import { resultText } from "../result-text";
import { averagesOf, averagesText } from "./averages";
import { defineTool, readOnly } from "./define-tool";
import { chartSchema, queryResultSchema, rowSchema } from "./schemas";
import { behindSchema, behindText } from "./shape";
import { sharesOf, sharesText } from "./shares";

export const queryMetricTool = defineTool({
  name: "query_metric",
  group: "analytics",
  title: "Query metrics",
  description:
    "Computes registered metrics for a range of days, split and filtered, and draws them. The first choice for every question about numbers; use run_sql only for what no metric covers. Rows hold exact values (money in minor units) and totals are computed apart, so never add rows up yourself. " +
    'Example, revenue by month this year: {"query":{"metrics":["revenue_collected"],"dimensions":["time"],"grain":"month","range":{"preset":"this_year"}}}. ' +
    'Example, top 5 products last quarter for people with a tag: {"query":{"metrics":["revenue_collected"],"dimensions":["product"],"range":{"preset":"previous_quarter"},"filters":{"has_tag":["VIP"]},"limit":5}}.',
  input: z.strictObject({
    query: querySchema,
    title: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe("Title of the chart; made from the query when left out."),
    drawing: drawingSchema.optional().describe("How to draw it; chosen by the query when left out."),
    average: z
      .boolean()
      .optional()
      .describe("With dimension time: also the mean over its completed periods, by group."),
    share: z
      .boolean()
      .optional()
      .describe("With groups or periods: also what part of the total each row is."),
    behind: z
      .boolean()
      .optional()
      .describe("Also list the people, orders, payments or subscriptions the first metric counted."),
  }),
  output: z.object({
    result: queryResultSchema,
    chart: chartSchema,
    averages: z.array(rowSchema).optional(),
    shares: z.array(rowSchema).optional(),
    behind: behindSchema.optional(),
  }),
  annotations: readOnly,
  handler: async ({ query, title, drawing, average, share, behind }, { principal, door, account, clock }) => {
    refuseFieldsForViewers(query, principal);
    const context = { principal, door, account, clock };
    const result = await runMetricQuery(query, context).catch(asToolError);
    const averages = average ? averagesOf(result) : undefined;
    const shares = share ? sharesOf(result) : undefined;
    const [metric = ""] = query.metrics;
    const opened = behind ? await drill(query, { metric }, context, { limit: 50 }).catch(asToolError) : null;
    return {
      result,
      ...(averages ? { averages } : {}),
      ...(shares ? { shares } : {}),
      ...(opened
        ? { behind: { ...opened, cell: { column: getMetric(metric)?.label.toLowerCase() ?? metric } } }
        : {}),
      chart: {
        version: 1 as const,
        title: title ?? titleOf(query),
        query: result.query,
        drawing: drawing ?? suggestDrawing(result.query),
      },
    };
  },
  describe: ({ result, chart, averages, shares, behind }) =>
    [
      chart.title,
      resultText(result),
      ...(averages ? [averagesText(result, averages)] : []),
      ...(shares ? [sharesText(result, shares)] : []),
      ...(behind ? [behindText(behind, result.range.zone)] : []),
    ].join("\n"),
});

/** `Revenue collected and Orders by month and product`. */
export function titleOf(query: Query): string {
  const names = query.metrics.map((id) => getMetric(id)?.label ?? id);
  const splits = query.dimensions.map((id) =>
    id === "time" ? (query.grain ?? "time") : id.replaceAll("_", " "),
  );
  return `${list(names)}${splits.length ? ` by ${list(splits)}` : ""}`.slice(0, 200);
}

function list(words: string[]): string {
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
