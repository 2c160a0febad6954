import { z } from "zod";
import { list, object, text, timestamp, uuid } from "./fields";

/** When, if, then. */
export const automationSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  name: text,
  description: text.nullable(),
  enabled: z.boolean(),
  trigger: object,
  conditions: list,
  action: object,
  mode: z.enum(["approve_each", "automatic"]),
  caps: object,
  cooldown_days: z.int(),
  state: object,
  next_run_at: timestamp.nullable(),
  last_run_at: timestamp.nullable(),
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Automation = z.infer<typeof automationSchema>;

/** One run of an automation. */
export const automationRunSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  automation_id: uuid,
  dry_run: z.boolean(),
  status: z.enum(["running", "done", "failed", "waiting"]),
  counts: object,
  proposal_id: uuid.nullable(),
  error: text.nullable(),
  started_at: timestamp,
  finished_at: timestamp.nullable(),
});
export type AutomationRun = z.infer<typeof automationRunSchema>;

/** When an automation last acted on a person. */
export const automationContactSchema = z.strictObject({
  account_id: uuid,
  automation_id: uuid,
  contact_id: uuid,
  run_id: uuid.nullable(),
  outcome: text,
  last_at: timestamp,
});
export type AutomationContact = z.infer<typeof automationContactSchema>;
