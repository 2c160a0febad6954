import { z } from "zod";
import { date, list, object, text, timestamp, uuid } from "./fields";

/** Cells of a 12-column grid; empty = placed after the others. */
export const layoutSchema = z.looseObject({
  x: z.int().optional(),
  y: z.int().optional(),
  w: z.int().optional(),
  h: z.int().optional(),
});
export type Layout = z.infer<typeof layoutSchema>;

/** A saved board. */
export const boardSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  name: text,
  description: text.nullable(),
  filters: object,
  settings: object,
  position: z.int(),
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Board = z.infer<typeof boardSchema>;

/** A chart of a board: a spec that is run again whenever the board opens. */
export const boardChartSchema = z.strictObject({
  id: uuid,
  board_id: uuid,
  account_id: uuid,
  title: text,
  spec: object,
  layout: layoutSchema,
  position: z.int(),
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
});
export type BoardChart = z.infer<typeof boardChartSchema>;

/** A link to a frozen result, without its token. */
export const shareLinkSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  kind: text,
  target_id: uuid,
  created_by: text,
  created_at: timestamp,
  expires_at: timestamp,
  revoked_at: timestamp.nullable(),
  last_read_at: timestamp.nullable(),
  reads: z.int(),
});
export type ShareLink = z.infer<typeof shareLinkSchema>;

/** A named query. */
export const savedQuerySchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  name: text,
  description: text.nullable(),
  query: object,
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
});
export type SavedQuery = z.infer<typeof savedQuerySchema>;

/** A target for a metric between two dates, both included. */
export const goalSchema = z.strictObject({
  id: uuid,
  account_id: uuid,
  name: text,
  metric: text,
  filters: list,
  target: z.number(),
  direction: z.enum(["at_least", "at_most"]),
  starts_on: date,
  ends_on: date,
  created_by: text,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Goal = z.infer<typeof goalSchema>;
