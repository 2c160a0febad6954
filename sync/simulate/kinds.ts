import type { EntityName, Values } from "../mapping/types";

/** The kinds of record a history can hold. Notes, tasks and e-mails share a table here, and count their ids each in Keap. */
export const kindNames = [
  "companies",
  "contacts",
  "tags",
  "subscriptions",
  "orders",
  "order_items",
  "opportunities",
  "notes",
  "tasks",
  "emails",
] as const;
export type KindName = (typeof kindNames)[number];

type KeapRecord = Record<string, unknown>;

/** Keap's side as far as kinds are looked up in it: its tables by id. */
export type KeapTables = Record<Exclude<KindName, "order_items">, Map<number, unknown>>;

/** One kind of record: where it stands on both sides, and how people make, change and delete it there. */
export interface Kind {
  name: KindName;
  /** The table here. */
  entity: EntityName;
  /** Which rows of the table, where kinds share one. */
  kind?: "note" | "task" | "email";
  /** The list that a poll reads for it; null: it comes with another one. */
  stream: string | null;
  /** The kind each record belongs to, and the column that says so. */
  parent?: { kind: KindName; column: string };
  /** All of Keap's records, by id. */
  records(account: KeapTables): Map<number, KeapRecord>;
  /** A record's own path in Keap, and what goes along with every change. */
  path(id: number, record: KeapRecord): string;
  along?: KeapRecord;
  /** Made in Keap. */
  post(n: number, parent: number): { path: string; body: KeapRecord };
  /** Made here; absent where it is Keap's alone to make. */
  row?(n: number, parent: string): Values;
  /** Deleted in Keap by people. */
  deletable: boolean;
}

const asRecords = (table: Map<number, unknown>) => table as Map<number, KeapRecord>;

/** Items stand inside their orders. */
function itemsOf(account: KeapTables): Map<number, KeapRecord> {
  const found = new Map<number, KeapRecord>();
  for (const order of account.orders.values() as Iterable<{ id: string; items: { id: string }[] }>)
    for (const item of order.items) found.set(Number(item.id), { ...item, order_id: order.id });
  return found;
}

const all: readonly Kind[] = [
  {
    name: "contacts",
    entity: "contacts",
    stream: "contacts",
    records: (account) => asRecords(account.contacts),
    path: (id) => `/v2/contacts/${id}`,
    post: (n) => ({
      path: "/v2/contacts",
      body: { given_name: `w${n}`, email_addresses: [{ field: "EMAIL1", email: `made${n}@example.test` }] },
    }),
    row: (n) => ({
      given_name: `w${n}`,
      email_addresses: { EMAIL1: { email: `made${n}@example.test` } },
      phone_numbers: {},
      custom_fields: {},
    }),
    deletable: true,
  },
  {
    name: "tags",
    entity: "tags",
    stream: "tags",
    records: (account) => asRecords(account.tags),
    path: (id) => `/v2/tags/${id}`,
    post: (n) => ({ path: "/v2/tags", body: { name: `w${n}` } }),
    row: (n) => ({ name: `w${n}`, description: null, category_keap_id: null }),
    deletable: false,
  },
  {
    name: "companies",
    entity: "companies",
    stream: "companies",
    records: (account) => asRecords(account.companies),
    path: (id) => `/v2/companies/${id}`,
    post: (n) => ({ path: "/v2/companies", body: { company_name: `w${n}` } }),
    row: (n) => ({ company_name: `w${n}`, custom_fields: {} }),
    deletable: true,
  },
  {
    name: "notes",
    entity: "interactions",
    kind: "note",
    stream: "notes",
    parent: { kind: "contacts", column: "contact" },
    records: (account) => asRecords(account.notes),
    path: (id, { contact_id }) => `/v2/contacts/${contact_id}/notes/${id}`,
    along: { user_id: "2" },
    post: (n, parent) => ({
      path: `/v2/contacts/${parent}/notes`,
      body: { title: `w${n}`, user_id: "2" },
    }),
    row: (n, parent) => ({ kind: "note", title: `w${n}`, contact_id: parent, custom_fields: {} }),
    deletable: true,
  },
  {
    name: "tasks",
    entity: "interactions",
    kind: "task",
    stream: "tasks",
    parent: { kind: "contacts", column: "contact" },
    records: (account) => asRecords(account.tasks),
    path: (id) => `/v2/tasks/${id}`,
    post: (n, parent) => ({
      path: "/v2/tasks",
      body: { title: `w${n}`, assigned_to_user_id: "2", contact_id: String(parent) },
    }),
    row: (n, parent) => ({ kind: "task", title: `w${n}`, contact_id: parent, custom_fields: {} }),
    deletable: true,
  },
  {
    name: "opportunities",
    entity: "opportunities",
    stream: "opportunities",
    parent: { kind: "contacts", column: "contact" },
    records: (account) => asRecords(account.opportunities),
    path: (id) => `/v2/opportunities/${id}`,
    post: (n, parent) => ({
      path: "/v2/opportunities",
      body: { opportunity_title: `w${n}`, contact_id: String(parent), stage_id: "1" },
    }),
    row: (n, parent) => ({ title: `w${n}`, contact_id: parent, stage_keap_id: 1, custom_fields: {} }),
    deletable: true,
  },
  {
    name: "orders",
    entity: "orders",
    stream: "orders",
    parent: { kind: "contacts", column: "contact" },
    records: (account) => asRecords(account.orders),
    path: (id) => `/v2/orders/${id}`,
    post: (n, parent) => ({
      path: "/v2/orders",
      body: {
        contact_id: String(parent),
        order_title: `w${n}`,
        order_type: "OFFLINE",
        order_time: "2026-10-20T10:00:00.000Z",
        order_items: [{ name: `w${n}`, quantity: 1, item_type: "OTHER", price_per_unit: 5 }],
      },
    }),
    row: (n, parent) => ({ title: `w${n}`, contact_id: parent, custom_fields: {} }),
    deletable: true,
  },
  {
    name: "order_items",
    entity: "order_items",
    stream: null,
    parent: { kind: "orders", column: "order" },
    records: itemsOf,
    path: (id, { order_id }) => `/v2/orders/${order_id}/items/${id}`,
    post: (n, parent) => ({
      path: `/v2/orders/${parent}/items`,
      body: { name: `w${n}`, notes: `made${n}`, quantity: 1, item_type: "OTHER", price_per_unit: 3 },
    }),
    row: (n, parent) => ({
      name: `w${n}`,
      notes: `made${n}`,
      quantity: 1,
      item_type: "OTHER",
      price_per_unit_minor: 300,
      order_id: parent,
    }),
    deletable: true,
  },
  {
    name: "subscriptions",
    entity: "subscriptions",
    stream: "subscriptions",
    parent: { kind: "contacts", column: "contact" },
    records: (account) => asRecords(account.subscriptions),
    path: (id) => `/v2/subscriptions/${id}`,
    post: (n, parent) => ({
      path: "/v2/subscriptions",
      body: { contact_id: String(parent), subscription_plan_id: "1", promo_code: `w${n}` },
    }),
    deletable: false,
  },
  {
    name: "emails",
    entity: "interactions",
    kind: "email",
    stream: "emails",
    parent: { kind: "contacts", column: "contact" },
    records: (account) => asRecords(account.emails),
    path: (id) => `/v2/emails/${id}`,
    post: (n, parent) => ({
      path: "/v2/emails",
      body: {
        subject: `w${n}`,
        sent_to_address: `person${parent}@example.test`,
        contact_id: String(parent),
        original_provider: "GOOGLE",
        original_provider_id: `made${n}`,
      },
    }),
    deletable: false,
  },
];

export const kinds = Object.fromEntries(all.map((one) => [one.name, one])) as Record<KindName, Kind>;

/** Every history holds these; the others join some of them. */
export const alwaysThere = ["contacts", "tags"] as const satisfies readonly KindName[];

/** Which kinds can join, each with what it needs. */
export const guests: readonly (readonly KindName[])[] = [
  ["companies"],
  ["notes"],
  ["tasks"],
  ["opportunities"],
  ["orders", "order_items"],
  ["subscriptions"],
  ["emails"],
];

export function isOfKind({ kind }: Kind, row: Values): boolean {
  return kind === undefined || row.kind === kind;
}

/** The kind and id a path of Keap's names; null for lists and everything else. */
export function targetOf(path: string): { kind: KindName; id: number } | null {
  const found =
    /^\/v2\/orders\/\d+\/(items)\/(\d+)$/.exec(path) ??
    /^\/v2\/contacts\/\d+\/(notes)\/(\d+)$/.exec(path) ??
    /^\/v2\/(\w+)\/(\d+)$/.exec(path);
  if (!found) return null;
  const name = found[1] === "items" ? "order_items" : (found[1] as KindName);
  return kindNames.includes(name) ? { kind: name, id: Number(found[2]) } : null;
}
