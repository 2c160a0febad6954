/** A JSON value as stored in jsonb. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Values = Record<string, Json>;

/** The synced tables this module maps, in the order in which parents come before children. */
export const entityNames = [
  "users",
  "lead_sources",
  "lead_source_expenses",
  "tag_categories",
  "tags",
  "custom_field_definitions",
  "companies",
  "product_categories",
  "products",
  "subscription_plans",
  "contacts",
  "subscriptions",
  "orders",
  "order_items",
  "payments",
  "payment_allocations",
  "transactions",
  "affiliates",
  "referrals",
  "opportunity_stages",
  "opportunities",
  "stage_moves",
  "campaigns",
  "email_addresses_status",
  "interactions",
] as const;
export type EntityName = (typeof entityNames)[number];

/** One record as the database takes it: columns of P in `values`, links and children beside them. */
export interface MappedRow {
  /** Keap's id as text, or the natural key where Keap gives none. */
  key: string;
  keap_id: number | null;
  values: Values;
  created_at: string | null;
  updated_at: string | null;
  /** Keap ids of the set-valued link (a contact's tags). */
  members?: number[];
  children?: Partial<Record<EntityName, MappedRow[]>>;
}

/** What a mapping must know about the account. */
export interface MapContext {
  /** Currency of the tenant: payments and subscriptions carry none. */
  currency: string;
  /** Merchants whose charges are tests: their payments are no facts. */
  testMerchants: ReadonlySet<string>;
  /** Custom fields that are never mirrored (social security numbers). */
  excludedCustomFields: ReadonlySet<string>;
  /** Unit of a subscription's billing amount, which Keap does not state: decimals unless the account shows otherwise. */
  subscriptionUnit?: MoneyUnit;
  /** Stages in which a deal is won or lost, by the account's settings. */
  wonStages?: ReadonlySet<string>;
  lostStages?: ReadonlySet<string>;
  /** Our own custom fields, by kind of record as its model is called. */
  ownFields?: Readonly<Record<string, OwnFields>>;
}

/** A custom field of ours in Keap: its id to write by, its name to filter by. */
export interface OwnField {
  id: string;
  field_name: string;
}

/** Our id and the last writer; null where the field does not exist. */
export interface OwnFields {
  id: OwnField | null;
  writer: OwnField | null;
}

export type MoneyUnit = "major" | "minor";

/**
 * How two values of a field are compared.
 * `slots` is an object by slot whose leaves are merged one by one; `map` an object whose keys are merged one by one.
 */
export type FieldKind =
  | "text"
  | "email"
  | "phone"
  | "website"
  | "date"
  | "instant"
  | "number"
  | "boolean"
  | "json"
  | "slots"
  | "map";

export interface FieldSpec {
  /** Column in the table, and key in `values`. */
  name: string;
  kind: FieldKind;
  /** Keap accepts writes of it. */
  writable: boolean;
  /** Leaves of a `slots` field: kind, and whether Keap accepts writes. */
  leaves?: Readonly<Record<string, { kind: FieldKind; writable: boolean }>>;
}
