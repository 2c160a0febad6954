import { z } from "zod";

/** The rows of the sync views as the page needs them; what a view adds later is ignored. */
export const connectionSchema = z.object({
  state: z.string(),
  message: z.string().nullable(),
  cure: z.string().nullable(),
  retry_at: z.string().nullable(),
  since: z.string(),
  last_ok_at: z.string().nullable(),
});

export const healthSchema = z.object({
  entity: z.string(),
  stream: z.enum(["backfill", "poll", "sweep", "trailing"]),
  state: z.enum(["waiting", "running", "done", "paused", "error"]),
  done: z.number(),
  estimated_total: z.number().nullable(),
  pages: z.number(),
  watermark: z.string().nullable(),
  due_at: z.string().nullable(),
  error: z.string().nullable(),
  cure: z.string().nullable(),
  started_at: z.string().nullable(),
  finished_at: z.string().nullable(),
  updated_at: z.string(),
  waiting: z.number(),
  stuck: z.number(),
  rejected: z.number(),
});
export type Health = z.infer<typeof healthSchema>;

export const runSchema = z.object({
  run_id: z.string(),
  kind: z.string(),
  trigger: z.string().nullable(),
  state: z.enum(["running", "done", "paused", "error"]),
  counts: z.record(z.string(), z.unknown()),
  calls: z.number(),
  error: z.string().nullable(),
  cure: z.string().nullable(),
  started_at: z.string(),
  finished_at: z.string().nullable(),
});
export type Run = z.infer<typeof runSchema>;

export const logSchema = z.object({
  log_id: z.number(),
  at: z.string(),
  entity: z.string(),
  record_id: z.string(),
  keap_id: z.number().nullable(),
  direction: z.enum(["in", "out", "agree", "local"]),
  action: z.string(),
  origin: z.string(),
  fields: z.number(),
  changes: z.record(z.string(), z.unknown()),
});
export type LogEntry = z.infer<typeof logSchema>;

export const deadLetterSchema = z.object({
  dead_letter_id: z.string(),
  entity: z.string(),
  record_id: z.string(),
  keap_id: z.number().nullable(),
  class: z.enum(["retry", "hold", "dead"]),
  reason: z.string(),
  cure: z.string().nullable(),
  attempts: z.number(),
  last_at: z.string(),
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

export const conflictSchema = z.object({
  conflict_id: z.string(),
  entity: z.string(),
  record_id: z.string(),
  keap_id: z.number().nullable(),
  field: z.string(),
  base: z.unknown(),
  keap: z.unknown(),
  supabase: z.unknown(),
  policy: z.string(),
  detected_at: z.string(),
});
export type Conflict = z.infer<typeof conflictSchema>;

export const rejectedSchema = z.object({
  entity: z.string(),
  key: z.string(),
  reason: z.string(),
  times: z.number(),
  last_at: z.string(),
});
export type Rejected = z.infer<typeof rejectedSchema>;
