import { z } from "zod";
import { currency, keapId, list, minor, object, reference, syncedRecord, text, timestamp } from "./fields";

/** A stage of the pipeline. */
export const opportunityStageSchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  stage_order: z.int().nullable(),
  probability: z.int().nullable(),
  target_number_days: z.int().nullable(),
  outcome: z.enum(["active", "won", "lost"]).nullable(),
  checklist_items: list,
});
export type OpportunityStage = z.infer<typeof opportunityStageSchema>;

/** A deal. */
export const opportunitySchema = z.strictObject({
  ...syncedRecord,
  title: text.nullable(),
  notes: text.nullable(),
  next_action_at: timestamp.nullable(),
  next_action_notes: text.nullable(),
  estimated_close_at: timestamp.nullable(),
  include_in_forecast: z.boolean().nullable(),
  projected_revenue_low_minor: minor.nullable(),
  projected_revenue_high_minor: minor.nullable(),
  order_revenue_minor: minor.nullable(),
  monthly_revenue_minor: minor.nullable(),
  currency: currency.nullable(),
  lead_source_name: text.nullable(),
  affiliate_keap_id: keapId.nullable(),
  objection: text.nullable(),
  status: text.nullable(),
  stage_entered_at: timestamp.nullable(),
  keap_created_by: z.int().nullable(),
  keap_last_updated_by: z.int().nullable(),
  custom_fields: object,
  ...reference("contact"),
  ...reference("stage"),
  ...reference("user"),
});
export type Opportunity = z.infer<typeof opportunitySchema>;

/** A deal's move between stages. */
export const stageMoveSchema = z.strictObject({
  ...syncedRecord,
  moved_at: timestamp.nullable(),
  previous_move_at: timestamp.nullable(),
  ...reference("opportunity"),
  ...reference("from_stage"),
  ...reference("to_stage"),
  ...reference("user"),
});
export type StageMove = z.infer<typeof stageMoveSchema>;
