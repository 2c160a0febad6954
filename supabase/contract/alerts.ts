import { z } from "zod";
import { list, object, text, timestamp, uuid } from "./fields";

/** A watch on a query. */
export const alertSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  name: text,
  query: object,
  condition: object,
  channels: list,
  schedule: text,
  enabled: z.boolean(),
  state: object,
  next_check_at: timestamp,
  last_checked_at: timestamp.nullable(),
  last_fired_at: timestamp.nullable(),
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Alert = z.infer<typeof alertSchema>;

/** One telling of an alert, per channel. */
export const alertDeliverySchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  alert_id: uuid,
  fired_at: timestamp,
  channel: text,
  payload: object,
  status: z.enum(["waiting", "sent", "failed"]),
  attempts: z.int(),
  error: text.nullable(),
  sent_at: timestamp.nullable(),
  period: text.nullable(),
});
export type AlertDelivery = z.infer<typeof alertDeliverySchema>;

/** What a person should see. */
export const notificationSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  user_id: uuid,
  kind: text,
  title: text,
  body: text.nullable(),
  link: text.nullable(),
  dedupe_key: text.nullable(),
  created_at: timestamp,
  read_at: timestamp.nullable(),
});
export type Notification = z.infer<typeof notificationSchema>;
