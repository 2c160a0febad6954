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
  name: z.string(),
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
  name: z.string(),
  base: z.unknown(),
  keap: z.unknown(),
  supabase: z.unknown(),
  chosen: z.unknown(),
  policy: z.string(),
  decision: z.string(),
  state: z.enum(["held", "decided", "resolved"]),
  supabase_changed_by: z.string().nullable(),
  supabase_changed_at: z.string().nullable(),
  keap_changed_by: z.string().nullable(),
  keap_changed_at: z.string().nullable(),
  detected_at: z.string(),
  resolved_at: z.string().nullable(),
});
export type Conflict = z.infer<typeof conflictSchema>;

export const holdSchema = z.object({
  hold_id: z.string(),
  entity: z.string(),
  kind: z.enum(["push", "delete", "gone"]),
  state: z.string(),
  records: z.number(),
  linked: z.number(),
  origins: z.record(z.string(), z.number()),
  reason: z.string(),
  first_at: z.string(),
  last_at: z.string(),
});
export type Hold = z.infer<typeof holdSchema>;

export const verificationSchema = z.object({
  entity: z.string(),
  finished_at: z.string().nullable(),
  compared: z.number().nullable(),
  in_flight: z.number().nullable(),
  conflict_held: z.number().nullable(),
  excluded: z.number().nullable(),
  unexplained: z.number().nullable(),
  under_way_since: z.string().nullable(),
  under_way_compared: z.number().nullable(),
  under_way_total: z.number().nullable(),
  under_way_unexplained: z.number().nullable(),
});
export type Verification = z.infer<typeof verificationSchema>;

export const mismatchSchema = z.object({
  key: z.string(),
  entity: z.string().nullable(),
  record_id: z.string().nullable(),
  class: z.enum(["in_flight", "conflict_held", "excluded", "unexplained"]),
  fields: z.array(z.string()),
  detail: z.looseObject({ why: z.string().optional() }),
  name: z.string().nullable(),
});
export type Mismatch = z.infer<typeof mismatchSchema>;

export const switchSchema = z.object({
  entity: z.string(),
  paused: z.boolean(),
  outbound: z.boolean(),
  creates: z.boolean(),
  deletes: z.boolean(),
});
export type SwitchRow = z.infer<typeof switchSchema>;

export const storedPolicySchema = z.object({
  entity: z.string(),
  field: z.string(),
  policy: z.enum(["keap", "supabase", "newest", "set-merge", "hold"]),
});
export type StoredPolicy = z.infer<typeof storedPolicySchema>;

export const rejectedSchema = z.object({
  entity: z.string(),
  key: z.string(),
  reason: z.string(),
  times: z.number(),
  last_at: z.string(),
});
export type Rejected = z.infer<typeof rejectedSchema>;
