import { z } from "zod";
import { querySchema } from "@/analytics/query/query";

export const alertPeriods = ["day", "week", "month"] as const;
export const alertPeriodSchema = z.enum(alertPeriods);
export type AlertPeriod = z.infer<typeof alertPeriodSchema>;

/** What an alert waits for, looked at in completed periods. Values are in the metric's unit (money: minor units). */
export const alertConditionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("threshold"),
    when: z.enum(["above", "below"]),
    value: z.number(),
    period: alertPeriodSchema,
  }),
  z.object({
    kind: z.literal("change"),
    when: z.enum(["rises", "falls"]),
    percent: z.number().positive(),
    period: alertPeriodSchema,
  }),
  z.object({ kind: z.literal("unusual"), period: alertPeriodSchema }),
  z.object({ kind: z.literal("digest"), period: alertPeriodSchema }),
]);
export type AlertCondition = z.infer<typeof alertConditionSchema>;

export const alertChannelSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("app") }),
  z.object({ kind: z.literal("webhook"), url: z.url() }),
  z.object({ kind: z.literal("email"), to: z.array(z.email()).min(1).max(10) }),
]);
export type AlertChannel = z.infer<typeof alertChannelSchema>;

/** An alert as stored, read for checking. The query's own range is not used: the condition says the period. */
export const storedAlertSchema = z.object({
  id: z.string(),
  account_id: z.string(),
  name: z.string(),
  query: querySchema,
  condition: alertConditionSchema,
  channels: z.array(alertChannelSchema).default([{ kind: "app" }]),
  state: z.looseObject({ told_period: z.string().optional() }).default({}),
});
export type StoredAlert = z.infer<typeof storedAlertSchema>;
