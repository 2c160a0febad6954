import { z } from "zod";
import { keapId, reference, syncedRecord, syncStatusSchema, text, timestamp, uuid } from "./fields";

/** A group of tags. */
export const tagCategorySchema = z.strictObject({
  ...syncedRecord,
  name: text.nullable(),
  description: text.nullable(),
});
export type TagCategory = z.infer<typeof tagCategorySchema>;

/** A tag. */
export const tagSchema = z.strictObject({
  ...syncedRecord,
  name: text,
  description: text.nullable(),
  ...reference("category"),
});
export type Tag = z.infer<typeof tagSchema>;

/** Who holds which tag; `removed_at` is when a removal was seen. */
export const contactTagSchema = z.strictObject({
  account_id: uuid,
  contact_id: uuid,
  tag_id: uuid,
  contact_keap_id: keapId.nullable(),
  tag_keap_id: keapId.nullable(),
  applied_at: timestamp.nullable(),
  applied_by: text.nullable(),
  removed_at: timestamp.nullable(),
  sync_status: syncStatusSchema,
  sync_error: text.nullable(),
  last_synced_at: timestamp.nullable(),
  last_modified_by: text,
  last_updated_at: timestamp,
  version: z.int(),
});
export type ContactTag = z.infer<typeof contactTagSchema>;
