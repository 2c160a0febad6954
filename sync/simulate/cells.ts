import type { Json, Values } from "../mapping/types";
import type { KindName } from "./kinds";

/**
 * What the simulation writes and compares: single values of a record, each read from either side in its own way and not
 * by the sync's mapping.
 */
export interface Cell {
  /** The kind of record it is part of. */
  entity: KindName;
  name: string;
  /** Keap, or the table, wants something in it. */
  required?: true;
  /** No call of Keap's changes it. */
  fixedInKeap?: true;
  /** The part of Keap's mask. */
  mask: string;
  /** A value nobody else writes. */
  token(n: number): string;
  /** From Keap's record, as stored there. */
  ofKeap(record: Record<string, unknown>): string | null;
  /** Keap's property with the value set: lists go whole. */
  toKeap(record: Record<string, unknown>, value: string | null): unknown;
  /** From a row. */
  ofRow(row: Values): string | null;
  /** The column to write, with the value set. */
  toRow(row: Values, value: string | null): Values;
}

type Item = Record<string, unknown>;

const text = (value: unknown): string | null => {
  const trimmed = value === null || value === undefined ? "" : String(value).trim();
  return trimmed === "" ? null : trimmed;
};
const items = (value: unknown): Item[] => (Array.isArray(value) ? (value as Item[]) : []);
const objectOf = (value: unknown): Record<string, Json> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, Json>) : {};

function plain(entity: Cell["entity"], name: string): Cell {
  return {
    entity,
    name,
    mask: name,
    token: (n) => `w${n}`,
    ofKeap: (record) => text(record[name]),
    toKeap: (_record, value) => value,
    ofRow: (row) => text(row[name]),
    toRow: (_row, value) => ({ [name]: value }),
  };
}

function slot(
  list: string,
  name: string,
  leaf: string,
  token: Cell["token"],
  read: (raw: string | null) => string | null = (raw) => raw,
): Cell {
  return {
    entity: "contacts",
    name: `${list}.${name}.${leaf}`,
    mask: list,
    token,
    ofKeap: (record) => read(text(items(record[list]).find((one) => one.field === name)?.[leaf])),
    toKeap(record, value) {
      const others = items(record[list]).filter((one) => one.field !== name);
      return value === null ? others : [...others, { field: name, [leaf]: value }];
    },
    ofRow: (row) => read(text(objectOf(objectOf(row[list])[name])[leaf])),
    toRow(row, value) {
      const { [name]: slotNow, ...others } = objectOf(row[list]);
      return {
        [list]: value === null ? others : { ...others, [name]: { ...objectOf(slotNow), [leaf]: value } },
      };
    },
  };
}

const digits = (raw: string | null) => (raw === null ? null : raw.replace(/\D/g, "").slice(-10));

function customField(id: string): Cell {
  return {
    entity: "contacts",
    name: `custom_fields.${id}`,
    mask: "custom_fields",
    token: (n) => `w${n}`,
    ofKeap: (record) => text(items(record.custom_fields).find((one) => String(one.id) === id)?.content),
    toKeap(record, value) {
      const others = items(record.custom_fields).filter((one) => String(one.id) !== id);
      return value === null ? others : [...others, { id, content: value }];
    },
    ofRow: (row) => text(objectOf(row.custom_fields)[id]),
    toRow(row, value) {
      const { [id]: _now, ...others } = objectOf(row.custom_fields);
      return { custom_fields: value === null ? others : { ...others, [id]: value } };
    },
  };
}

export const cells: readonly Cell[] = [
  plain("contacts", "given_name"),
  plain("contacts", "family_name"),
  plain("contacts", "job_title"),
  slot("phone_numbers", "PHONE2", "number", (n) => `(602) 555-${String(1000 + (n % 9000))}`, digits),
  slot("email_addresses", "EMAIL2", "email", (n) => `w${n}@example.test`),
  customField("1"),
  customField("2"),
  plain("tags", "name"),
  plain("tags", "description"),
];

/** A text that Keap calls otherwise than the table does. */
function named(
  entity: KindName,
  column: string,
  {
    mask = column,
    held = mask,
    ...more
  }: { mask?: string; held?: string } & Pick<Cell, "required" | "fixedInKeap"> = {},
): Cell {
  return { ...plain(entity, column), mask, ofKeap: (record) => text(record[held]), ...more };
}

/** Of the kinds that join some histories. The first of each is what a record is made with. */
export const guestCells: readonly Cell[] = [
  named("companies", "company_name", { required: true }),
  named("companies", "notes"),
  named("companies", "job_title"),
  named("notes", "title", { required: true }),
  named("notes", "body", { mask: "text" }),
  named("tasks", "title", { required: true }),
  named("tasks", "body", { mask: "description" }),
  named("opportunities", "title", { mask: "opportunity_title", required: true }),
  named("opportunities", "notes", { mask: "opportunity_notes" }),
  named("opportunities", "next_action_notes"),
  named("orders", "title", { mask: "order_title", held: "title", required: true }),
  named("order_items", "name", { required: true }),
  named("order_items", "description", { required: true }),
  named("subscriptions", "promo_code", { required: true }),
  named("emails", "title", { mask: "subject", required: true, fixedInKeap: true }),
];

const everyCell: readonly Cell[] = [...cells, ...guestCells];
const byKind = new Map<KindName, readonly Cell[]>();

export function cellsOf(kind: KindName): readonly Cell[] {
  const known = byKind.get(kind) ?? everyCell.filter((one) => one.entity === kind);
  byKind.set(kind, known);
  return known;
}

/** Which other record a record names, by Keap's id: compared, and changed by people and merges. */
interface Link {
  column: string;
  ofKeap(record: Record<string, unknown>): string | null;
  ofRow(row: Values): string | null;
}

const link = (name: string): Link => ({
  column: `${name}_keap_id`,
  ofKeap: (record) => text(record[`${name}_id`]),
  ofRow: (row) => text(row[`${name}_keap_id`]),
});
const links: Partial<Record<KindName, readonly Link[]>> = {
  contacts: [link("company")],
  notes: [link("contact")],
  tasks: [link("contact")],
  opportunities: [link("contact")],
  orders: [link("contact")],
  order_items: [link("order")],
  subscriptions: [link("contact")],
  emails: [link("contact")],
};

export const linksOf = (kind: KindName): readonly Link[] => links[kind] ?? [];
