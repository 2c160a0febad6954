import { z } from "zod";
import { object, text, timestamp, uuid } from "./fields";

/** A group of contacts. */
export const segmentSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  name: text,
  description: text.nullable(),
  kind: z.enum(["dynamic", "static"]),
  definition: object,
  member_count: z.int().nullable(),
  refreshed_at: timestamp.nullable(),
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
  tried_at: timestamp.nullable(),
});
export type Segment = z.infer<typeof segmentSchema>;

/** Who is in a segment, and who left. */
export const segmentMemberSchema = z.strictObject({
  account_id: uuid,
  segment_id: uuid,
  contact_id: uuid,
  entered_at: timestamp,
  left_at: timestamp.nullable(),
});
export type SegmentMember = z.infer<typeof segmentMemberSchema>;
