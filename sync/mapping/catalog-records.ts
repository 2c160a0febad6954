import type {
  WireCustomField,
  WireLeadSource,
  WireProduct,
  WireProductCategory,
  WireSubscriptionPlan,
  WireTag,
  WireTagCategory,
  WireUser,
} from "../keap/schemas";
import type { FieldSpec, Json, MapContext, MappedRow, Values } from "./types";
import { asJson, flag, instant, keapId, number, text } from "./values";

/** The small records other records point at: users, lead sources, tags, custom fields, products, plans. */

const writableText = (name: string): FieldSpec => ({ name, kind: "text", writable: true });
const readText = (name: string): FieldSpec => ({ name, kind: "text", writable: false });
const readJson = (name: string): FieldSpec => ({ name, kind: "json", writable: false });
const readNumber = (name: string): FieldSpec => ({ name, kind: "number", writable: false });
const readFlag = (name: string): FieldSpec => ({ name, kind: "boolean", writable: false });

function row(
  wire: { id: string; raw?: Record<string, unknown> },
  values: Values,
  times: { created?: unknown; updated?: unknown },
): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(times.created),
    updated_at: instant(times.updated),
    values: { ...values, raw: asJson(wire.raw ?? {}) },
  };
}

export const userFields: readonly FieldSpec[] = [
  ...["given_name", "family_name", "email", "job_title", "status"].map(readText),
  ...["is_admin", "is_partner"].map(readFlag),
  ...["email_addresses", "phone_numbers", "raw"].map(readJson),
];

export function userFromWire(wire: WireUser): MappedRow {
  const first = wire.email_addresses?.find((one) => one.field === "EMAIL1") ?? wire.email_addresses?.[0];
  return row(
    wire,
    {
      given_name: text(wire.given_name),
      family_name: text(wire.family_name),
      email: text(first?.email),
      job_title: text(wire.title),
      status: text(wire.status),
      is_admin: flag(wire.admin),
      is_partner: flag(wire.partner),
      email_addresses: asJson(wire.email_addresses ?? []),
      phone_numbers: asJson(wire.phone_numbers ?? []),
    },
    { created: wire.create_time, updated: wire.update_time },
  );
}

export const leadSourceFields: readonly FieldSpec[] = [
  ...["name", "description", "vendor", "medium", "message", "status"].map(writableText),
  readText("category_name"),
  { name: "category_keap_id", kind: "number", writable: true },
  { name: "start_at", kind: "instant", writable: true },
  { name: "end_at", kind: "instant", writable: true },
  readJson("raw"),
];

/** The category comes as an id: its name is handed in. */
export function leadSourceFromWire(
  wire: WireLeadSource,
  categories: ReadonlyMap<string, string> = new Map(),
): MappedRow {
  return row(
    wire,
    {
      name: text(wire.name),
      description: text(wire.description),
      vendor: text(wire.vendor),
      medium: text(wire.medium),
      message: text(wire.message),
      status: text(wire.status),
      category_keap_id: keapId(wire.lead_source_category_id),
      category_name: categories.get(String(wire.lead_source_category_id)) ?? null,
      start_at: instant(wire.start_time),
      end_at: instant(wire.end_time),
    },
    { created: wire.create_time, updated: wire.update_time },
  );
}

export const tagCategoryFields: readonly FieldSpec[] = [
  writableText("name"),
  writableText("description"),
  readJson("raw"),
];

export function tagCategoryFromWire(wire: WireTagCategory): MappedRow {
  return row(
    wire,
    { name: text(wire.name), description: text(wire.description) },
    { created: wire.create_time, updated: wire.update_time },
  );
}

export const tagFields: readonly FieldSpec[] = [
  writableText("name"),
  writableText("description"),
  { name: "category_keap_id", kind: "number", writable: true },
  readJson("raw"),
];

export function tagFromWire(wire: WireTag): MappedRow {
  return row(
    wire,
    {
      name: text(wire.name),
      description: text(wire.description),
      category_keap_id: keapId(wire.category?.id),
    },
    { created: wire.create_time, updated: wire.update_time },
  );
}

/** Tag names are cut at 255 characters by Keap: compare after cutting. */
export const tagNameLength = 255;

export function tagToWire(
  columns: readonly string[],
  values: Values,
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    if (column === "category_keap_id") {
      const id = values.category_keap_id ?? null;
      body.category = id === null ? null : { id: String(id) };
    } else if (column === "name") body.name = String(values.name ?? "").slice(0, tagNameLength);
    else body[column] = values[column] ?? null;
  }
  return { body, mask: Object.keys(body) };
}

export const customFieldFields: readonly FieldSpec[] = [
  writableText("label"),
  ...["record_type", "field_name", "field_type", "group_name"].map(readText),
  readNumber("group_keap_id"),
  readJson("options"),
  readText("default_value"),
  readJson("raw"),
];

/** Ids of custom fields count per record type, so the type is part of the key. */
export function customFieldFromWire(wire: WireCustomField, recordType: string): MappedRow {
  const type = text(wire.record_type) ?? recordType;
  const mapped = row(
    wire,
    {
      record_type: type,
      label: text(wire.label),
      field_name: text(wire.field_name),
      field_type: text(wire.field_type),
      group_name: text(wire.group_name),
      group_keap_id: keapId(wire.group_id),
      options: asJson(
        (wire.options ?? []).map((option) => ({ id: text(option.id), label: text(option.label) })),
      ),
      default_value: text(wire.default_value),
    },
    {},
  );
  return { ...mapped, key: `${type}:${wire.id}` };
}

export const productCategoryFields: readonly FieldSpec[] = [
  readText("name"),
  ...["parent_keap_id", "display_order_index"].map(readNumber),
  readJson("raw"),
];

export function productCategoryFromWire(wire: WireProductCategory): MappedRow {
  return row(
    wire,
    {
      name: text(wire.name),
      parent_keap_id: keapId(wire.parent_category_id),
      display_order_index: number(wire.display_order_index),
    },
    {},
  );
}

const writableFlag = (name: string): FieldSpec => ({ name, kind: "boolean", writable: true });

export const productFields: readonly FieldSpec[] = [
  ...["name", "description", "short_description", "sku"].map(writableText),
  readText("currency"),
  { name: "price_minor", kind: "number", writable: true },
  ...["active", "shippable", "taxable", "subscription_only"].map(writableFlag),
  ...[
    "country_taxable",
    "state_taxable",
    "city_taxable",
    "storefront_hidden",
    "is_package",
    "needs_digital_delivery",
  ].map(writableFlag),
  { name: "weight", kind: "number", writable: true },
  ...["categories", "options", "inventory", "raw"].map(readJson),
];

/** The embedded plans stay in `raw`: they alone say which product a plan belongs to. */
export function productFromWire(wire: WireProduct, context: MapContext): MappedRow {
  const kept = {
    ...(wire.raw ?? {}),
    subscription_plans: (wire.subscription_plans ?? []).map((plan) => ({ id: plan.id })),
  };
  return row(
    { id: wire.id, raw: kept },
    {
      name: text(wire.name),
      description: text(wire.description),
      short_description: text(wire.short_description),
      sku: text(wire.sku),
      price_minor: number(wire.price?.amount),
      currency: text(wire.price?.currency_code) ?? context.currency,
      active: flag(wire.active),
      shippable: flag(wire.shippable),
      taxable: flag(wire.taxable),
      subscription_only: flag(wire.subscription_only),
      country_taxable: flag(wire.country_taxable),
      state_taxable: flag(wire.state_taxable),
      city_taxable: flag(wire.city_taxable),
      storefront_hidden: flag(wire.storefront_hidden),
      is_package: flag(wire.is_package),
      needs_digital_delivery: flag(wire.needs_digital_delivery),
      weight: number(wire.weight),
      categories: asJson(wire.categories ?? []),
      options: asJson(wire.options ?? []),
      inventory: asJson(wire.inventory ?? {}),
    },
    { created: wire.create_time, updated: wire.update_time },
  );
}

/** A price goes out as it is kept: an integer in the smallest unit. */
export function productToWire(
  columns: readonly string[],
  values: Values,
): { body: Record<string, Json>; mask: string[] } {
  const body = Object.fromEntries(
    columns.map((column) => [column === "price_minor" ? "price" : column, values[column] ?? null]),
  );
  return { body, mask: Object.keys(body) };
}

export const planFields: readonly FieldSpec[] = [
  ...["name", "cycle_type", "currency"].map(readText),
  ...["frequency", "total_cycles", "plan_price_minor", "display_order_index"].map(readNumber),
  readFlag("active"),
  readJson("raw"),
];

export function planFromWire(wire: WireSubscriptionPlan, context: MapContext): MappedRow {
  return row(
    wire,
    {
      name: text(wire.subscription_plan_name),
      cycle_type: text(wire.cycle_type),
      frequency: number(wire.frequency),
      total_cycles: number(wire.total_cycles),
      plan_price_minor: number(wire.plan_price?.amount),
      currency: text(wire.plan_price?.currency_code) ?? context.currency,
      active: flag(wire.active),
      display_order_index: number(wire.display_order_index),
    },
    {},
  );
}
