import { z } from "zod";
import { object, text, timestamp, uuid } from "./fields";
import { roleSchema } from "./principal";

/** A key without its hash. */
export const apiKeySchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  user_id: uuid,
  name: text,
  prefix: text,
  role: roleSchema,
  scopes: z.array(text),
  tool_groups: z.array(text),
  created_by: text,
  created_at: timestamp,
  expires_at: timestamp.nullable(),
  last_used_at: timestamp.nullable(),
  revoked_at: timestamp.nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/** Who did what. */
export const auditEntrySchema = z.strictObject({
  id: z.int(),
  account_id: uuid,
  actor: text,
  action: text,
  target: text.nullable(),
  details: object,
  at: timestamp,
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;
