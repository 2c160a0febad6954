import { z } from "zod";
import { currency, object, text, timestamp, uuid } from "./fields";
import { roleSchema } from "./principal";

/** One connected Keap application. */
export const accountSchema = z.strictObject({
  id: uuid,
  name: text,
  keap_app_id: text.nullable(),
  time_zone: text,
  currency: currency,
  week_start: z.union([z.literal(0), z.literal(1)]),
  settings: object,
  connection_state: z.enum(["unconnected", "connected", "backfilling", "degraded", "unauthorized", "paused"]),
  connection_detail: text.nullable(),
  data_as_of: timestamp.nullable(),
  created_at: timestamp,
});
export type Account = z.infer<typeof accountSchema>;

/** Who may use which account, and as what. */
export const memberSchema = z.strictObject({
  account_id: uuid,
  user_id: uuid,
  role: roleSchema,
  created_at: timestamp,
});
export type Member = z.infer<typeof memberSchema>;
