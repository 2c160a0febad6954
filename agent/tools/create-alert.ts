import { z } from "zod";
import { getMetric } from "@/analytics/metrics/catalog";
import { filterSchema, querySchema } from "@/analytics/query/query";
import { nearestMetrics } from "../metric-names";
import { asToolError } from "../query-errors";
import { type AlertCondition, alertPeriodSchema } from "../watching/alert";
import { checkAlert } from "../watching/check-alert";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";
import { inUnit } from "./in-unit";

export const createAlertTool = defineTool({
  name: "create_alert",
  group: "boards",
  title: "Create an alert",
  description:
    'Watches a metric and tells the account\'s admins and analysts in the app: when it is above or below a value, rises or falls by a percentage against the period before, is unusual against its own history, or as a regular digest. Checked on completed days, weeks or months. Money is written as people write it (1000 is 1,000.00). Example: {"metric":"orders","when":"below","value":5,"period":"week"} or {"metric":"revenue_collected","when":"falls","percent":20,"period":"month"}.',
  input: z
    .strictObject({
      name: z.string().min(1).max(200).optional(),
      metric: z.string().min(1).max(100),
      also: z.array(z.string().min(1).max(100)).max(7).optional().describe("More metrics, for a digest."),
      filters: filterSchema.optional(),
      when: z.enum(["above", "below", "rises", "falls", "unusual", "digest"]),
      value: z
        .number()
        .optional()
        .describe("For above and below: money in the account's currency, rates in percent."),
      percent: z.number().positive().max(10_000).optional().describe("For rises and falls."),
      period: alertPeriodSchema.default("week"),
    })
    .refine(({ when, value }) => !["above", "below"].includes(when) || value !== undefined, {
      message: "above and below need a value",
      path: ["value"],
    })
    .refine(({ when, percent }) => !["rises", "falls"].includes(when) || percent !== undefined, {
      message: "rises and falls need a percent",
      path: ["percent"],
    }),
  output: z.object({
    alert_id: z.string(),
    name: z.string(),
    metric: z.string(),
    period: alertPeriodSchema,
    preview: z
      .object({ would_fire: z.boolean(), title: z.string(), body: z.string(), value: z.number().nullable() })
      .describe("What it would say now."),
    url: z.string(),
  }),
  annotations: additive,
  handler: async ({ name, metric: id, also = [], filters, when, value, percent, period }, context) => {
    const { principal, account, door, clock, db, app_url } = context;
    const metric = getMetric(id);
    const missing = [id, ...also].find((each) => !getMetric(each));
    if (!metric || missing)
      throw new ToolError(
        "not_found",
        `There is no metric "${missing}". Nearest: ${nearestMetrics(missing ?? id, 3)
          .map((near) => near.id)
          .join(", ")}.`,
      );
    const query = querySchema.parse({
      metrics: [id, ...(when === "digest" ? also : [])],
      ...(filters ? { filters } : {}),
    });
    const condition = conditionOf({ when, value, percent, period }, metric.unit, account.currency);
    const preview = await checkAlert({ query, condition }, { principal, account, door, clock }).catch(
      asToolError,
    );
    const called = name ?? nameOf(metric.label, { when, value, percent, period });
    const { data, error } = await db.rpc("save_item", {
      p_account: principal.account_id,
      p_kind: "alerts",
      p_item: { name: called, query, condition, channels: [{ kind: "app" }], schedule: period },
      p_actor: principal.user_id,
    });
    if (error)
      throw new ToolError("unavailable", "The alert could not be saved. Nothing was made; try again.", {
        retryable: true,
        cause: error,
      });
    return {
      alert_id: z.string().parse(data),
      name: called,
      metric: id,
      period,
      preview: { would_fire: preview.fired, title: preview.title, body: preview.body, value: preview.value },
      url: `${app_url ?? ""}/alerts`,
    };
  },
  describe: ({ name, preview, url }) =>
    [
      `Made the alert "${name}". It tells admins and analysts in the app: ${url}`,
      `Now it would ${preview.would_fire ? "fire" : "stay silent"}: ${preview.title}. ${preview.body}`,
    ].join("\n"),
});

interface Asked {
  when: "above" | "below" | "rises" | "falls" | "unusual" | "digest";
  value?: number;
  percent?: number;
  period: AlertCondition["period"];
}

function conditionOf(
  { when, value = 0, percent = 0, period }: Asked,
  unit: string,
  currency: string,
): AlertCondition {
  switch (when) {
    case "above":
    case "below":
      return { kind: "threshold", when, value: inUnit(value, unit, currency), period };
    case "rises":
    case "falls":
      return { kind: "change", when, percent, period };
    default:
      return { kind: when, period };
  }
}

function nameOf(label: string, { when, value, percent, period }: Asked): string {
  const per = { day: "a day", week: "a week", month: "a month" }[period];
  if (when === "digest") return `${label}, ${period === "day" ? "daily" : `${period}ly`} digest`;
  if (when === "unusual") return `${label} unusual in ${per}`;
  if (when === "above" || when === "below") return `${label} ${when} ${value} in ${per}`;
  return `${label} ${when} by ${percent}% in ${per}`;
}
