import { z } from "zod";
import { keapId, object, reference, syncedRecord, text, timestamp } from "./fields";

/** A note, task, appointment or email. */
export const interactionSchema = z.strictObject({
  ...syncedRecord,
  kind: z.enum(["note", "task", "appointment", "email"]),
  title: text.nullable(),
  body: text.nullable(),
  type: text.nullable(),
  occurred_at: timestamp.nullable(),
  due_at: timestamp.nullable(),
  completed_at: timestamp.nullable(),
  ended_at: timestamp.nullable(),
  is_completed: z.boolean().nullable(),
  is_pinned: z.boolean().nullable(),
  priority: text.nullable(),
  location: text.nullable(),
  remind_minutes: z.int().nullable(),
  sent_from_address: text.nullable(),
  sent_to_address: text.nullable(),
  opened_at: timestamp.nullable(),
  clicked_at: timestamp.nullable(),
  provider: text.nullable(),
  provider_source_id: text.nullable(),
  opportunity_keap_id: keapId.nullable(),
  keap_created_by: z.int().nullable(),
  keap_last_updated_by: z.int().nullable(),
  custom_fields: object,
  ...reference("contact"),
  ...reference("user"),
});
export type Interaction = z.infer<typeof interactionSchema>;
