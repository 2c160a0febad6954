import { z } from "zod";

/** Building blocks of the stored shapes. A row is as PostgREST returns it: times are text, bigint is a number. */
export const uuid = z.uuid();
/** An instant, with its offset: 2026-03-01T12:00:00+00:00. */
export const timestamp = z.iso.datetime({ offset: true });
/** A calendar date in the account's zone, without a time. */
export const date = z.iso.date();
/** Money in minor units (cents) of the row's currency. */
export const minor = z.int();
/** Keap's id of a record. */
export const keapId = z.int();
/** ISO 4217 code. */
export const currency = z.string();
export const text = z.string();
export const object = z.record(z.string(), z.unknown());
export const list = z.array(z.unknown());

export const syncStatusSchema = z.enum(["synced", "pending", "pushing", "conflict", "error", "held"]);
export type SyncStatus = z.infer<typeof syncStatusSchema>;

/** The bookkeeping of every synced record; see the comments of private.synced_record. */
export const syncedRecord = {
  supabase_id: uuid,
  account_id: uuid,
  keap_id: keapId.nullable(),
  last_synced_at: timestamp.nullable(),
  sync_status: syncStatusSchema,
  sync_error: text.nullable(),
  source_of_truth: z.enum(["keap", "supabase", "both"]),
  last_modified_by: text,
  last_updated_at: timestamp,
  version: z.int(),
  deleted_at: timestamp.nullable(),
  keap_created_at: timestamp.nullable(),
  keap_updated_at: timestamp.nullable(),
  raw: object,
};

type Reference<Name extends string> = { [Key in `${Name}_id`]: z.ZodNullable<typeof uuid> } & {
  [Key in `${Name}_keap_id`]: z.ZodNullable<typeof keapId>;
};

/** `<name>_id`, our id, null until the record is known here; `<name>_keap_id`, Keap's number as received. */
export function reference<Name extends string>(name: Name): Reference<Name> {
  return { [`${name}_id`]: uuid.nullable(), [`${name}_keap_id`]: keapId.nullable() } as Reference<Name>;
}
