import type { AccountChange, ChangedThing, KeapAccount, KeapTables, TableName } from "./account";
import { reindex } from "./indexes";
import type { AppSettings, BusinessProfile, EmailAddressRecord } from "./records";

/** The only ways to change an account that is being served: they keep indexes, revisions and listeners right. */

function tell(account: KeapAccount, change: AccountChange): void {
  account.revisions.set(change.table, revisionOf(account, change.table) + 1);
  for (const listener of account.listeners) listener(change);
}

/** Grows with every change of the table. */
export function revisionOf(account: KeapAccount, table: ChangedThing): number {
  return account.revisions.get(table) ?? 0;
}

/** A new id for a table or an embedded kind. Ids are never used twice, also after a delete. */
export function takeId(
  account: KeapAccount,
  kind: TableName | "orderItem" | "invoice" | "utm" | "checklistItem" | "option",
): string {
  const id = lastIdOf(account, kind) + 1;
  account.lastIds.set(kind, id);
  return String(id);
}

function lastIdOf(account: KeapAccount, kind: string): number {
  const known = account.lastIds.get(kind);
  if (known !== undefined) return known;
  let last = 0;
  if (kind in account)
    for (const id of (account[kind as TableName] as Map<number, unknown>).keys()) last = Math.max(last, id);
  if (kind === "orderItem")
    for (const o of account.orders.values()) for (const i of o.items) last = Math.max(last, Number(i.id));
  if (kind === "invoice")
    for (const o of account.orders.values()) last = Math.max(last, Number(o.invoice_id));
  if (kind === "utm")
    for (const c of account.contacts.values())
      for (const u of c.utm_parameters ?? []) last = Math.max(last, u.id);
  if (kind === "option")
    for (const f of account.customFields.values())
      for (const o of f.options ?? []) last = Math.max(last, Number(o.id));
  return last;
}

/** Stores a record (new or in place of the old one). `quiet` keeps hooks from firing. */
export function putRecord<T extends TableName>(
  account: KeapAccount,
  table: T,
  record: KeapTables[T],
  options: { quiet?: boolean } = {},
): KeapTables[T] {
  const rows = account[table] as Map<number, KeapTables[T]>;
  const id = Number(record.id);
  const before = rows.get(id);
  if (!before) account.lastIds.set(table, Math.max(lastIdOf(account, table), id));
  rows.set(id, record);
  reindex(account, table, id, before, record);
  tell(account, { table, id, action: before ? "edit" : "add", before, after: record, ...options });
  return record;
}

/** Removes a record; false when there was none. Children are the caller's business. */
export function removeRecord(
  account: KeapAccount,
  table: TableName,
  id: number,
  options: { quiet?: boolean } = {},
): boolean {
  const rows = account[table] as Map<number, unknown>;
  const before = rows.get(id);
  if (!before) return false;
  lastIdOf(account, table);
  account.lastIds.set(table, lastIdOf(account, table));
  rows.delete(id);
  reindex(account, table, id, before, undefined);
  tell(account, { table, id, action: "delete", before, ...options });
  return true;
}

/** The contacts that hold a tag. */
export function contactsOfTag(account: KeapAccount, tagId: number): ReadonlySet<number> {
  if (!account.contactsByTag) {
    const byTag = new Map<number, Set<number>>();
    for (const [contact, tags] of account.contactTags) {
      for (const tag of tags.keys()) {
        const held = byTag.get(tag);
        if (held) held.add(contact);
        else byTag.set(tag, new Set([contact]));
      }
    }
    account.contactsByTag = byTag;
  }
  return account.contactsByTag.get(tagId) ?? new Set();
}

/** Puts a tag on a contact. False when it was there: Keap keeps the first applied time. */
export function applyTag(
  account: KeapAccount,
  contactId: number,
  tagId: number,
  time: string,
  options: { quiet?: boolean } = {},
): boolean {
  const tags = account.contactTags.get(contactId);
  if (tags?.has(tagId)) return false;
  contactsOfTag(account, tagId);
  if (tags) tags.set(tagId, time);
  else account.contactTags.set(contactId, new Map([[tagId, time]]));
  const held = account.contactsByTag?.get(tagId);
  if (held) held.add(contactId);
  else account.contactsByTag?.set(tagId, new Set([contactId]));
  tell(account, { table: "contactTags", id: contactId, tagId, action: "add", ...options });
  return true;
}

/** Takes a tag off a contact. False when it was not there. */
export function removeTag(
  account: KeapAccount,
  contactId: number,
  tagId: number,
  options: { quiet?: boolean } = {},
): boolean {
  const tags = account.contactTags.get(contactId);
  if (!tags?.has(tagId)) return false;
  tags.delete(tagId);
  if (tags.size === 0) account.contactTags.delete(contactId);
  account.contactsByTag?.get(tagId)?.delete(contactId);
  tell(account, { table: "contactTags", id: contactId, tagId, action: "delete", ...options });
  return true;
}

export function applyCompanyTag(
  account: KeapAccount,
  companyId: number,
  tagId: number,
  time: string,
): boolean {
  const tags = account.companyTags.get(companyId) ?? new Map<number, string>();
  if (tags.has(tagId)) return false;
  account.companyTags.set(companyId, tags.set(tagId, time));
  tell(account, { table: "companyTags", id: companyId, tagId, action: "add" });
  return true;
}

export function removeCompanyTag(account: KeapAccount, companyId: number, tagId: number): boolean {
  if (!account.companyTags.get(companyId)?.delete(tagId)) return false;
  tell(account, { table: "companyTags", id: companyId, tagId, action: "delete" });
  return true;
}

/** The address's status; a new address starts as Keap's "unconfirmed, not marketable" unless a reason was given. */
export function emailAddressOf(account: KeapAccount, email: string): EmailAddressRecord | undefined {
  return account.emailAddresses.get(email.toLowerCase());
}

export function putEmailAddress(account: KeapAccount, record: EmailAddressRecord): EmailAddressRecord {
  const key = record.email.toLowerCase();
  const before = account.emailAddresses.get(key);
  account.emailAddresses.set(key, record);
  tell(account, { table: "emailAddresses", id: key, action: before ? "edit" : "add", before, after: record });
  return record;
}

export function putBusinessProfile(account: KeapAccount, profile: BusinessProfile): void {
  const before = account.businessProfile;
  account.businessProfile = profile;
  tell(account, { table: "businessProfile", id: 0, action: "edit", before, after: profile });
}

export function putSettings(account: KeapAccount, settings: AppSettings): void {
  account.settings = settings;
  tell(account, { table: "settings", id: 0, action: "edit", after: settings });
}
