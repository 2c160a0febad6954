import type { KeapAccount, KeapTables, TableName } from "./account";

type Keys<T> = (record: T) => readonly (string | undefined)[];

const definitions = {
  "contacts.email": (c: KeapTables["contacts"]) => c.email_addresses?.map((e) => e.email.toLowerCase()) ?? [],
  "contacts.company_id": (c: KeapTables["contacts"]) => [c.company_id],
  "companies.company_name": (c: KeapTables["companies"]) => [c.company_name?.toLowerCase()],
  "plans.product_id": (p: KeapTables["plans"]) => [p.product_id],
  "orders.contact_id": (o: KeapTables["orders"]) => [o.contact_id],
  "orders.invoice_id": (o: KeapTables["orders"]) => [o.invoice_id],
  "orderPayments.order_id": (p: KeapTables["orderPayments"]) => [p.order_id],
  "orderPayments.payment_id": (p: KeapTables["orderPayments"]) => [p.payment_id],
  "payments.contact_id": (p: KeapTables["payments"]) => [p.contact_id],
  "payments.order_id": (p: KeapTables["payments"]) => p.order_ids,
  "transactions.contact_id": (t: KeapTables["transactions"]) => [t.contact_id],
  "transactions.order_id": (t: KeapTables["transactions"]) => t.order_ids,
  "paymentMethods.contact_id": (m: KeapTables["paymentMethods"]) => [m.contact_id],
  "subscriptions.contact_id": (s: KeapTables["subscriptions"]) => [s.contact_id],
  "opportunities.contact_id": (o: KeapTables["opportunities"]) => [o.contact_id],
  "stageMoves.opportunity_id": (m: KeapTables["stageMoves"]) => [m.opportunity_id],
  "notes.contact_id": (n: KeapTables["notes"]) => [n.contact_id],
  "tasks.contact_id": (t: KeapTables["tasks"]) => [t.contact_id],
  "appointments.contact_id": (a: KeapTables["appointments"]) => [a.contact_id],
  "emails.contact_id": (e: KeapTables["emails"]) => [e.contact_id],
  "affiliates.contact_id": (a: KeapTables["affiliates"]) => [a.contact_id],
  "referrals.contact_id": (a: KeapTables["referrals"]) => [a.contact_id],
  "contactLinks.contact_id": (l: KeapTables["contactLinks"]) => [l.contact1_id, l.contact2_id],
  "leadSourceExpenses.lead_source_id": (e: KeapTables["leadSourceExpenses"]) => [e.lead_source_id],
} as const;

export type IndexName = keyof typeof definitions;
type TableOf<I extends IndexName> = I extends `${infer T extends TableName}.${string}` ? T : never;

const namesByTable = new Map<TableName, IndexName[]>();
for (const name of Object.keys(definitions) as IndexName[]) {
  const table = name.split(".")[0] as TableName;
  namesByTable.set(table, [...(namesByTable.get(table) ?? []), name]);
}

function keysOf(name: IndexName, record: unknown): readonly (string | undefined)[] {
  return (definitions[name] as Keys<unknown>)(record);
}

function add(index: Map<string, number | number[]>, key: string | undefined, id: number): void {
  if (key === undefined || key === "") return;
  const held = index.get(key);
  if (held === undefined) index.set(key, id);
  else if (typeof held === "number") {
    if (held !== id) index.set(key, [held, id]);
  } else if (!held.includes(id)) held.push(id);
}

function drop(index: Map<string, number | number[]>, key: string | undefined, id: number): void {
  if (key === undefined) return;
  const held = index.get(key);
  if (held === id) index.delete(key);
  else if (Array.isArray(held)) {
    const left = held.filter((other) => other !== id);
    if (left.length === 0) index.delete(key);
    else index.set(key, left);
  }
}

/** Called by every write: moves the record in each index of its table that has been built. */
export function reindex(
  account: KeapAccount,
  table: TableName,
  id: number,
  before: unknown,
  after: unknown,
): void {
  for (const name of namesByTable.get(table) ?? []) {
    const index = account.indexes.get(name);
    if (!index) continue;
    if (before) for (const key of keysOf(name, before)) drop(index, key, id);
    if (after) for (const key of keysOf(name, after)) add(index, key, id);
  }
}

/** Records whose indexed field has the value, ascending by id. The index is built on first use. */
export function findBy<I extends IndexName>(
  account: KeapAccount,
  name: I,
  value: string,
): KeapTables[TableOf<I>][] {
  const table = name.split(".")[0] as TableOf<I>;
  const rows = account[table] as Map<number, KeapTables[TableOf<I>]>;
  let index = account.indexes.get(name);
  if (!index) {
    index = new Map();
    for (const [id, record] of rows) for (const key of keysOf(name, record)) add(index, key, id);
    account.indexes.set(name, index);
  }
  const held = index.get(value);
  if (held === undefined) return [];
  const ids = typeof held === "number" ? [held] : held.toSorted((a, b) => a - b);
  return ids.flatMap((id) => rows.get(id) ?? []);
}
