import "server-only";
import { z } from "zod";
import type { Session } from "./session";

const syncStatusSchema = z.enum(["synced", "pending", "pushing", "conflict", "error", "held"]);
export type SyncState = z.infer<typeof syncStatusSchema>;

const contactRowSchema = z.object({
  supabase_id: z.string(),
  keap_id: z.number().nullable(),
  given_name: z.string().nullable(),
  family_name: z.string().nullable(),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  company_name: z.string().nullable(),
  sync_status: syncStatusSchema,
  last_updated_at: z.string(),
  keap_created_at: z.string().nullable(),
});
export type ContactRow = z.infer<typeof contactRowSchema>;

const rowColumns = Object.keys(contactRowSchema.shape).join(", ");
export const pageSize = 50;

export interface ContactFilter {
  text: string;
  tag: string | null;
  /** 0-based page. */
  page: number;
}

/** One page of people, newest change first; with text by name, e-mail or company. */
export async function listContacts(
  { db, account }: Session,
  filter: ContactFilter,
): Promise<{ rows: ContactRow[]; total: number }> {
  const from = filter.page * pageSize;
  const tagged = filter.tag ? ", contact_tags!contact_tags_contact!inner(tag_id)" : "";
  let query = db
    .from("contacts")
    .select(`${rowColumns}${tagged}`, { count: "exact" })
    .eq("account_id", account.id)
    .is("deleted_at", null);
  if (filter.tag) query = query.eq("contact_tags.tag_id", filter.tag).is("contact_tags.removed_at", null);
  for (const word of searchWords(filter.text)) {
    query = query.or(
      ["given_name", "family_name", "email", "company_name"]
        .map((name) => `${name}.ilike.*${word}*`)
        .join(","),
    );
  }
  const { data, count, error } = await query
    .order("last_updated_at", { ascending: false })
    .order("supabase_id")
    .range(from, from + pageSize - 1);
  if (error) throw new Error(`The contacts could not be read (${error.message}).`);
  return { rows: contactRowSchema.array().parse(data), total: count ?? 0 };
}

/** The words of a search without the characters that mean something in a filter. */
export const searchWords = (text: string): string[] =>
  text
    .replace(/[^\p{L}\p{N}@._+-]+/gu, " ")
    .split(" ")
    .filter(Boolean)
    .slice(0, 5);

const contactSchema = contactRowSchema.extend({
  job_title: z.string().nullable(),
  website: z.string().nullable(),
  birth_date: z.string().nullable(),
  contact_type: z.string().nullable(),
  notes: z.string().nullable(),
  addresses: z.record(z.string(), z.record(z.string(), z.unknown())),
  sync_error: z.string().nullable(),
  last_synced_at: z.string().nullable(),
  last_modified_by: z.string(),
  version: z.number(),
  deleted_at: z.string().nullable(),
  lead_source: z.object({ name: z.string().nullable() }).nullable(),
});
export type Contact = z.infer<typeof contactSchema>;

const contactColumns = Object.keys(contactSchema.shape)
  .filter((name) => name !== "lead_source")
  .join(", ");

/** One person, or null when there is none by that id in this account. */
export async function findContact({ db, account }: Session, id: string): Promise<Contact | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { data, error } = await db
    .from("contacts")
    .select(`${contactColumns}, lead_source:lead_sources!contacts_lead_source(name)`)
    .eq("account_id", account.id)
    .eq("supabase_id", id)
    .maybeSingle();
  if (error) throw new Error(`The contact could not be read (${error.message}).`);
  return contactSchema.nullable().parse(data);
}

const tagSchema = z.object({ supabase_id: z.string(), name: z.string() });
export type Tag = z.infer<typeof tagSchema>;

const heldTagSchema = z.object({
  applied_at: z.string().nullable(),
  sync_status: syncStatusSchema,
  tag: tagSchema.nullable(),
});
export type HeldTag = { id: string; name: string; applied_at: string | null; sync_status: SyncState };

/** The tags a person holds now. */
export async function listTagsOf({ db, account }: Session, contact: string): Promise<HeldTag[]> {
  const { data, error } = await db
    .from("contact_tags")
    .select("applied_at, sync_status, tag:tags!contact_tags_tag(supabase_id, name)")
    .eq("account_id", account.id)
    .eq("contact_id", contact)
    .is("removed_at", null)
    .limit(500);
  if (error) throw new Error(`The tags could not be read (${error.message}).`);
  return heldTagSchema
    .array()
    .parse(data)
    .flatMap(({ applied_at, sync_status, tag }) =>
      tag ? [{ id: tag.supabase_id, name: tag.name, applied_at, sync_status }] : [],
    )
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Every tag of the account by name, for choosing one. */
export async function listTags({ db, account }: Session): Promise<Tag[]> {
  const { data, error } = await db
    .from("tags")
    .select("supabase_id, name")
    .eq("account_id", account.id)
    .is("deleted_at", null)
    .order("name")
    .limit(1_000);
  if (error) throw new Error(`The tags could not be read (${error.message}).`);
  return tagSchema.array().parse(data);
}

const orderSchema = z.object({
  supabase_id: z.string(),
  keap_id: z.number().nullable(),
  title: z.string().nullable(),
  status: z.string().nullable(),
  order_time: z.string().nullable(),
  total_minor: z.number().nullable(),
  total_paid_minor: z.number().nullable(),
  currency: z.string().nullable(),
});
export type ContactOrder = z.infer<typeof orderSchema>;

/** A person's orders, newest first. */
export async function listOrdersOf({ db, account }: Session, contact: string): Promise<ContactOrder[]> {
  const { data, error } = await db
    .from("orders")
    .select(Object.keys(orderSchema.shape).join(", "))
    .eq("account_id", account.id)
    .eq("contact_id", contact)
    .is("deleted_at", null)
    .order("order_time", { ascending: false })
    .limit(50);
  if (error) throw new Error(`The orders could not be read (${error.message}).`);
  return orderSchema.array().parse(data);
}

const historySchema = z.object({
  log_id: z.number(),
  at: z.string(),
  direction: z.enum(["in", "out", "agree", "local"]),
  action: z.string(),
  origin: z.string(),
  field: z.string(),
  before: z.unknown(),
  after: z.unknown(),
});
export type HistoryEntry = z.infer<typeof historySchema>;

/** What the sync changed in this record, newest first; the first copy itself is left out. */
export async function listHistoryOf({ db, account }: Session, contact: string): Promise<HistoryEntry[]> {
  const { data, error } = await db
    .from("sync_history")
    .select("log_id, at, direction, action, origin, field, before, after")
    .eq("account_id", account.id)
    .eq("record_id", contact)
    .neq("action", "create")
    .order("log_id", { ascending: false })
    .limit(40);
  if (error) throw new Error(`The history could not be read (${error.message}).`);
  return historySchema.array().parse(data);
}

/** A name to show: the person's, else the e-mail, else the number. */
export function displayName(
  contact: Pick<ContactRow, "given_name" | "family_name" | "email" | "keap_id">,
): string {
  const name = [contact.given_name, contact.family_name].filter(Boolean).join(" ");
  return name || contact.email || `Contact ${contact.keap_id ?? "without a name"}`;
}
