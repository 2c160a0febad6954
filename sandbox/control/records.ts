import { type KeapAccount, type KeapTables, type TableName, tableNames } from "../account";
import { findBy } from "../indexes";
import { primaryEmail } from "../resources/shared";
import { putRecord } from "../state";

export interface RecordLine {
  id: string;
  label: string;
  detail: string;
}

const updateTimeNames = ["update_time", "modification_time", "last_updated_time", "updated_time"] as const;
/** Tables whose record shows when it changed, though an old record may lack the value. */
const updateTimeOf: Partial<Record<TableName, string>> = { subscriptions: "modification_time" };

export const isTable = (name: string): name is TableName => (tableNames as readonly string[]).includes(name);

/** Records per table, for the list at the left of the page. */
export function countTables(account: KeapAccount): { table: TableName; records: number }[] {
  return tableNames.map((table) => ({ table, records: account[table].size }));
}

function textOf(record: Record<string, unknown>, ...names: string[]): string {
  return names
    .map((name) => record[name])
    .filter((value) => typeof value === "string" && value !== "")
    .join(" ");
}

function lineOf(account: KeapAccount, table: TableName, record: KeapTables[TableName]): RecordLine {
  const row = record as unknown as Record<string, unknown>;
  const contactId = typeof row.contact_id === "string" ? row.contact_id : undefined;
  const contact = contactId ? account.contacts.get(Number(contactId)) : undefined;
  const who = contact
    ? textOf(contact as unknown as Record<string, unknown>, "given_name", "family_name") ||
      `contact ${contactId}`
    : "";
  const label =
    textOf(row, "given_name", "family_name") ||
    textOf(row, "name") ||
    textOf(row, "company_name") ||
    textOf(row, "title") ||
    textOf(row, "opportunity_title") ||
    textOf(row, "subject") ||
    textOf(row, "subscription_plan_name") ||
    textOf(row, "label") ||
    textOf(row, "code") ||
    textOf(row, "eventKey") ||
    textOf(row, "type", "transaction_method", "pay_status") ||
    `${table} ${record.id}`;
  const email = table === "contacts" ? primaryEmail(record as KeapTables["contacts"]) : undefined;
  const money = typeof row.amount_minor === "number" ? (row.amount_minor / 100).toFixed(2) : "";
  const time =
    textOf(row, "update_time") ||
    textOf(row, "modification_time") ||
    textOf(row, "last_updated_time") ||
    textOf(row, "payment_time") ||
    textOf(row, "create_time");
  return {
    id: record.id,
    label,
    detail: [email, who, money, time.slice(0, 16).replace("T", " ")].filter(Boolean).join(" · "),
  };
}

function matches(record: KeapTables[TableName], words: string[]): boolean {
  const text = JSON.stringify(record).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** A page of lines, newest ids first; every word of the search must stand somewhere in the record. */
export function searchRecords(
  account: KeapAccount,
  table: TableName,
  search: string,
  offset: number,
  limit: number,
): { total: number; lines: RecordLine[] } {
  const rows = account[table] as Map<number, KeapTables[TableName]>;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const exact = words.length === 1 && /^\d+$/.test(words[0] ?? "") ? rows.get(Number(words[0])) : undefined;
  const found = exact
    ? [exact]
    : words.length
      ? [...rows.values()].filter((record) => matches(record, words))
      : [...rows.values()];
  const lines = found
    .toReversed()
    .slice(offset, offset + limit)
    .map((record) => lineOf(account, table, record));
  return { total: found.length, lines };
}

/** What belongs to a contact, as lines under it. */
export function relatedTo(account: KeapAccount, contactId: string): Record<string, RecordLine[]> {
  const tags = [...(account.contactTags.get(Number(contactId)) ?? [])].flatMap(([id, time]) => {
    const tag = account.tags.get(id);
    return tag ? [{ id: tag.id, label: tag.name, detail: time.slice(0, 10) }] : [];
  });
  const lines = <T extends TableName>(table: T, rows: KeapTables[T][]) =>
    rows
      .toReversed()
      .slice(0, 12)
      .map((row) => lineOf(account, table, row));
  return {
    tags,
    orders: lines("orders", findBy(account, "orders.contact_id", contactId)),
    payments: lines("payments", findBy(account, "payments.contact_id", contactId)),
    subscriptions: lines("subscriptions", findBy(account, "subscriptions.contact_id", contactId)),
    opportunities: lines("opportunities", findBy(account, "opportunities.contact_id", contactId)),
    tasks: lines("tasks", findBy(account, "tasks.contact_id", contactId)),
    notes: lines("notes", findBy(account, "notes.contact_id", contactId)),
  };
}

/**
 * A user's edit of any record: the named values replace the old ones (null clears), the record's change time moves
 * and hooks fire. Answers the record, or null when there is none.
 */
export function editRecord(
  account: KeapAccount,
  table: TableName,
  id: number,
  changes: Record<string, unknown>,
  now: string,
  options: { quiet?: boolean } = {},
): unknown {
  const held = account[table].get(id) as Record<string, unknown> | undefined;
  if (!held) return null;
  const next: Record<string, unknown> = { ...held };
  for (const [name, value] of Object.entries(changes)) {
    if (name === "id") continue;
    if (value === null || value === "") delete next[name];
    else next[name] = value;
  }
  const timeName = updateTimeNames.find((name) => name in held) ?? updateTimeOf[table];
  if (timeName && !(timeName in changes)) next[timeName] = now;
  return putRecord(account, table, next as never, options);
}
