import { z } from "zod";
import { rangeSchema } from "@/analytics/query/query";
import { runCohorts } from "@/analytics/query/shapes";
import { formatCount, formatPercent } from "../format";
import { asToolError } from "../query-errors";
import { defineTool, readOnly } from "./define-tool";
import { resolvedRangeSchema } from "./schemas";

const cellSchema = z.object({
  month: z.number().describe("0 is the cohort's own month."),
  people: z.number(),
  rate: z.number().describe("Share of the cohort."),
  immature: z.boolean().describe("The month is not over: left out of averages."),
});

export const cohortTool = defineTool({
  name: "cohort",
  group: "analytics",
  title: "Cohorts",
  description:
    'Retention by cohort: of the people who first bought (or first subscribed) in a month, how many bought (or still paid) in each later month. Use it for "do customers come back", "retention by cohort". Not for one rate over time: that is query_metric with retention_rate. Example: {"kind":"purchase","range":{"last":12,"unit":"month","including_current":true}}.',
  input: z.strictObject({
    kind: z
      .enum(["purchase", "subscription"])
      .default("purchase")
      .describe("purchase: by first purchase. subscription: by first paid subscription."),
    range: rangeSchema
      .default({ last: 12, unit: "month", including_current: true })
      .describe("Which months' newcomers. Cells run up to now."),
  }),
  output: z.object({
    kind: z.enum(["purchase", "subscription"]),
    definition: z.string(),
    cohorts: z.array(
      z.object({ time: z.string(), time_label: z.string(), size: z.number(), cells: z.array(cellSchema) }),
    ),
    average: z
      .array(z.number().nullable())
      .describe("By month since joining, mature cells only, weighted by size."),
    range: resolvedRangeSchema,
    as_of: z.string().nullable(),
    copying: z.string().optional().describe("Say this first: what is still being copied from Keap."),
    sql: z.string(),
  }),
  annotations: readOnly,
  handler: async ({ kind, range }, { principal, door, account, clock }) => {
    const { kind: _, ...table } = await runCohorts(
      { kind, range },
      { principal, door, account, clock },
    ).catch(asToolError);
    return { kind, ...table };
  },
  describe: ({ definition, cohorts, average, range, copying }) => {
    const filled = cohorts.filter(({ size }) => size > 0);
    const first = copying ? `${copying} ` : "";
    if (filled.length === 0) return `${first}Nobody joined a cohort in ${range.label}. ${definition}`;
    const later = average
      .map((rate, month) => ({ rate, month }))
      .filter(({ rate, month }) => rate !== null && month > 0);
    const points = [1, 2, 3, 6, 12].flatMap((month) => later.find((each) => each.month === month) ?? []);
    return [
      `${first}${formatCount(filled.length)} cohorts, ${range.label}. ${definition}`,
      points.length > 0
        ? `On average ${points.map(({ rate, month }) => `${formatPercent(rate ?? 0)} after ${formatCount(month)} ${month === 1 ? "month" : "months"}`).join(", ")}.`
        : "No month after the first is over yet.",
      ...filled.map(
        ({ time_label, size, cells }) =>
          `- ${time_label}: ${formatCount(size)} ${size === 1 ? "person" : "people"}; ${cells
            .filter(({ month }) => month > 0)
            .slice(0, 12)
            .map(({ rate, immature }) => `${formatPercent(rate)}${immature ? " so far" : ""}`)
            .join(", ")}`,
      ),
    ].join("\n");
  },
});
