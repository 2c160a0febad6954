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

export interface ContactPage {
  rows: ContactRow[];
  total: number;
}

/** One page of people, newest change first; with text by name, e-mail or company, with a tag its holders. */
export async function listContacts(session: Session, filter: ContactFilter): Promise<ContactPage> {
  if (!filter.tag) return searchContacts(session, filter.text, filter.page * pageSize, pageSize);
  return filter.text
    ? searchHolders(session, filter.tag, filter)
    : pageOfHolders(session, filter.tag, filter.page);
}

async function searchContacts(
  { db, account }: Session,
  text: string,
  from: number,
  size: number,
): Promise<ContactPage> {
  let query = db
    .from("contacts")
    .select(rowColumns, { count: "exact" })
    .eq("account_id", account.id)
    .is("deleted_at", null);
  for (const word of searchWords(text)) {
    query = query.or(
      ["given_name", "family_name", "email", "company_name"]
        .map((name) => `${name}.ilike.*${word}*`)
        .join(","),
    );
  }
  const { data, count, error } = await query
    .order("last_updated_at", { ascending: false })
    .order("supabase_id")
    .range(from, from + size - 1);
  if (error) throw new Error(`The contacts could not be read (${error.message}).`);
  return { rows: contactRowSchema.array().parse(data), total: count ?? 0 };
}

/**
 * The holders of a tag, page by page along the memberships. Two reads instead of an embedded one: references inside an
 * account are composite, and the embedded Supabase joins an embed by their first column alone.
 */
async function pageOfHolders({ db, account }: Session, tag: string, page: number): Promise<ContactPage> {
  const { data, count, error } = await db
    .from("contact_tags")
    .select("contact_id", { count: "exact" })
    .eq("account_id", account.id)
    .eq("tag_id", tag)
    .is("removed_at", null)
    .order("last_updated_at", { ascending: false })
    .order("contact_id")
    .range(page * pageSize, (page + 1) * pageSize - 1);
  if (error) throw new Error(`The people with this tag could not be read (${error.message}).`);
  const ids = holderSchema
    .array()
    .parse(data)
    .map(({ contact_id }) => contact_id);
  return { rows: await contactsById({ db, account }, ids), total: count ?? 0 };
}

const holderSchema = z.object({ contact_id: z.string() });

async function contactsById(
  { db, account }: Pick<Session, "db" | "account">,
  ids: string[],
): Promise<ContactRow[]> {
  if (ids.length === 0) return [];
  const { data, error } = await db
    .from("contacts")
    .select(rowColumns)
    .eq("account_id", account.id)
    .in("supabase_id", ids)
    .is("deleted_at", null);
  if (error) throw new Error(`The contacts could not be read (${error.message}).`);
  const rows = new Map(
    contactRowSchema
      .array()
      .parse(data)
      .map((row) => [row.supabase_id, row]),
  );
  return ids.flatMap((id) => rows.get(id) ?? []);
}

/** The first thousand people that match the text, cut to the holders of the tag. */
async function searchHolders(
  session: Session,
  tag: string,
  { text, page }: ContactFilter,
): Promise<ContactPage> {
  const { db, account } = session;
  const { rows } = await searchContacts(session, text, 0, 1_000);
  const chunks = Array.from({ length: Math.ceil(rows.length / 100) }, (_, at) =>
    rows.slice(at * 100, (at + 1) * 100),
  );
  const found = await Promise.all(
    chunks.map((chunk) =>
      db
        .from("contact_tags")
        .select("contact_id")
        .eq("account_id", account.id)
        .eq("tag_id", tag)
        .is("removed_at", null)
        .in(
          "contact_id",
          chunk.map(({ supabase_id }) => supabase_id),
        ),
    ),
  );
  const failed = found.find(({ error }) => error)?.error;
  if (failed) throw new Error(`The people with this tag could not be read (${failed.message}).`);
  const holders = new Set(
    found.flatMap(({ data }) => holderSchema.array().parse(data)).map(({ contact_id }) => contact_id),
  );
  const matching = rows.filter(({ supabase_id }) => holders.has(supabase_id));
  return { rows: matching.slice(page * pageSize, (page + 1) * pageSize), total: matching.length };
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
  lead_source_id: z.string().nullable(),
});
export type Contact = z.infer<typeof contactSchema>;

const contactColumns = Object.keys(contactSchema.shape).join(", ");

/** One person, or null when there is none by that id in this account. */
export async function findContact({ db, account }: Session, id: string): Promise<Contact | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { data, error } = await db
    .from("contacts")
    .select(contactColumns)
    .eq("account_id", account.id)
    .eq("supabase_id", id)
    .maybeSingle();
  if (error) throw new Error(`The contact could not be read (${error.message}).`);
  return contactSchema.nullable().parse(data);
}

const tagSchema = z.object({ supabase_id: z.string(), name: z.string() });
export type Tag = z.infer<typeof tagSchema>;

/** The name of a lead source, or null. */
export async function findLeadSource({ db, account }: Session, id: string | null): Promise<string | null> {
  if (!id) return null;
  const { data } = await db
    .from("lead_sources")
    .select("name")
    .eq("account_id", account.id)
    .eq("supabase_id", id)
    .maybeSingle();
  return z.object({ name: z.string().nullable() }).nullable().parse(data)?.name ?? null;
}

const heldTagSchema = z.object({ tag_id: z.string(), sync_status: syncStatusSchema });
export type HeldTag = { id: string; name: string; sync_status: SyncState };

/** The tags a person holds now, in no order. */
export async function listTagsOf(
  { db, account }: Session,
  contact: string,
): Promise<z.infer<typeof heldTagSchema>[]> {
  const { data, error } = await db
    .from("contact_tags")
    .select("tag_id, sync_status")
    .eq("account_id", account.id)
    .eq("contact_id", contact)
    .is("removed_at", null)
    .limit(1_000);
  if (error) throw new Error(`The tags could not be read (${error.message}).`);
  return heldTagSchema.array().parse(data);
}

/** Joins what a person holds with the names of the account's tags. */
export function nameTags(held: z.infer<typeof heldTagSchema>[], tags: Tag[]): HeldTag[] {
  const names = new Map(tags.map(({ supabase_id, name }) => [supabase_id, name]));
  return held
    .flatMap(({ tag_id, sync_status }) => {
      const name = names.get(tag_id);
      return name ? [{ id: tag_id, name, sync_status }] : [];
    })
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
