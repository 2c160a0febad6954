import type { WireCompany } from "../keap/schemas";
import { customFieldsFromWire, customFieldsToWire } from "./custom-fields";
import type { FieldSpec, Json, MapContext, MappedRow, Values } from "./types";
import { asJson, date, instant, keapId, objectOf, text } from "./values";

const texts = [
  "company_name",
  "title",
  "first_name",
  "middle_name",
  "last_name",
  "suffix",
  "preferred_name",
  "job_title",
  "contact_type",
  "referral_code",
  "notes",
] as const;

/** Everything a company carries, how it is compared and whether Keap takes it back. */
export const companyFields: readonly FieldSpec[] = [
  ...texts.map((name): FieldSpec => ({ name, kind: "text", writable: true })),
  { name: "email", kind: "email", writable: true },
  { name: "phone", kind: "phone", writable: true },
  { name: "fax", kind: "phone", writable: true },
  { name: "website", kind: "website", writable: true },
  { name: "address", kind: "map", writable: true },
  { name: "birth_date", kind: "date", writable: true },
  { name: "anniversary_date", kind: "date", writable: true },
  { name: "owner_keap_id", kind: "number", writable: true },
  { name: "custom_fields", kind: "map", writable: true },
  { name: "email_opt_status", kind: "text", writable: false },
  { name: "tag_keap_ids", kind: "json", writable: false },
  { name: "keap_created_by", kind: "number", writable: false },
  { name: "keap_last_updated_by", kind: "number", writable: false },
  { name: "raw", kind: "json", writable: false },
];

const addressLeaves = [
  "line1",
  "line2",
  "locality",
  "region",
  "region_code",
  "country_code",
  "postal_code",
  "zip_four",
] as const;

/** A company has one address, one number and one e-mail address. Its tags come as a text of ids, `groups`. */
export function companyFromWire(wire: WireCompany, context: MapContext): MappedRow {
  const address: Partial<NonNullable<WireCompany["address"]>> = wire.address ?? {};
  const leaves = addressLeaves.flatMap((leaf): [string, Json][] => {
    const value = text(leaf === "postal_code" ? (address.postal_code ?? address.zip_code) : address[leaf]);
    return value === null ? [] : [[leaf, value]];
  });
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.create_time),
    updated_at: instant(wire.update_time),
    values: {
      ...Object.fromEntries(texts.map((name) => [name, text(wire[name])])),
      email: text(wire.email_address?.email),
      email_opt_status: text(wire.email_address?.email_opt_status),
      tag_keap_ids: idsIn(wire.groups),
      phone: text(wire.phone_number?.number),
      fax: text(wire.fax_number?.number),
      website: text(wire.website),
      address: Object.fromEntries(leaves),
      birth_date: date(wire.birth_date),
      anniversary_date: date(wire.anniversary_date),
      owner_keap_id: keapId(wire.owner_id),
      keap_created_by: keapId(wire.created_by),
      keap_last_updated_by: keapId(wire.last_updated_by),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "COMPANY"),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

function idsIn(list: string | null | undefined): number[] {
  const ids = (list ?? "").split(",").map((one) => Number(one.trim()));
  return [...new Set(ids.filter((id) => Number.isInteger(id) && id > 0))].sort((a, b) => a - b);
}

const wireNames: Readonly<Record<string, string>> = {
  email: "email_address",
  phone: "phone_number",
  fax: "fax_number",
  owner_keap_id: "owner_id",
};

/** Body and mask of a PATCH or POST. What the row leaves out of a number or an address stays as Keap holds it. */
export function companyToWire(
  columns: readonly string[],
  values: Values,
  held?: WireCompany,
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    const value = values[column] ?? null;
    body[wireNames[column] ?? column] = wireValue(column, value, held);
  }
  return { body, mask: Object.keys(body) };
}

function wireValue(column: string, value: Json, held?: WireCompany): Json {
  switch (column) {
    case "email":
      return value === null ? null : { email: value, field: "EMAIL1" };
    case "phone":
      return value === null
        ? null
        : withoutNulls({
            number: value,
            field: "PHONE1",
            extension: held?.phone_number?.extension ?? null,
            type: held?.phone_number?.type ?? null,
          });
    case "fax":
      return value === null
        ? null
        : withoutNulls({ number: value, field: "FAX1", type: held?.fax_number?.type ?? null });
    case "address": {
      const leaves = objectOf(value);
      return Object.keys(leaves).length === 0 ? null : withoutNulls({ ...leaves, field: "BILLING" });
    }
    case "owner_keap_id":
      return value === null ? null : String(value);
    case "custom_fields":
      return customFieldsToWire(value);
    default:
      return value;
  }
}

function withoutNulls(value: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(value).filter(([, content]) => content !== null));
}
