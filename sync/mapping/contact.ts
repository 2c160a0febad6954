import type { WireContact } from "../keap/schemas";
import { customFieldsFromWire, customFieldsToWire } from "./custom-fields";
import type { FieldSpec, Json, MapContext, MappedRow, Values } from "./types";
import { asJson, bySlot, date, flag, instant, keapId, number, objectOf, text } from "./values";

const emailSlots = ["EMAIL1", "EMAIL2", "EMAIL3"];
const phoneSlots = ["PHONE1", "PHONE2", "PHONE3", "PHONE4", "PHONE5"];
const addressSlots = ["BILLING", "SHIPPING", "OTHER"];
const faxSlots = ["FAX1", "FAX2"];

const plainText = { kind: "text", writable: true } as const;
const read = { writable: false } as const;

/** Everything a contact carries, how it is compared and whether Keap takes it back. */
export const contactFields: readonly FieldSpec[] = [
  ...[
    "given_name",
    "family_name",
    "middle_name",
    "preferred_name",
    "prefix",
    "suffix",
    "job_title",
    "contact_type",
    "spouse_name",
    "time_zone",
    "preferred_locale",
    "source_type",
    "referral_code",
    "assistant_name",
    "assistant_phone",
    "billing_information",
  ].map((name) => ({ name, ...plainText })),
  { name: "website", kind: "website", writable: true },
  { name: "birth_date", kind: "date", writable: true },
  { name: "anniversary_date", kind: "date", writable: true },
  { name: "company_keap_id", kind: "number", writable: true },
  { name: "company_name", kind: "text", writable: false },
  { name: "owner_keap_id", kind: "number", writable: true },
  { name: "lead_source_keap_id", kind: "number", writable: true },
  {
    name: "email_addresses",
    kind: "slots",
    writable: true,
    leaves: {
      email: { kind: "email", writable: true },
      opt_in_reason: plainText,
      is_opt_in: { kind: "boolean", ...read },
      email_opt_status: { kind: "text", ...read },
    },
  },
  {
    name: "phone_numbers",
    kind: "slots",
    writable: true,
    leaves: { number: { kind: "phone", writable: true }, extension: plainText, type: plainText },
  },
  {
    name: "addresses",
    kind: "slots",
    writable: true,
    leaves: {
      line1: plainText,
      line2: plainText,
      locality: plainText,
      region: plainText,
      region_code: plainText,
      country_code: plainText,
      postal_code: plainText,
      zip_four: plainText,
    },
  },
  {
    name: "fax_numbers",
    kind: "slots",
    writable: true,
    leaves: { number: { kind: "phone", writable: true }, type: plainText },
  },
  { name: "social_accounts", kind: "map", writable: true },
  { name: "custom_fields", kind: "map", writable: true },
  { name: "utm_parameters", kind: "json", ...read },
  { name: "origin_at", kind: "instant", ...read },
  { name: "origin_ip_address", kind: "text", ...read },
  { name: "score_value", kind: "number", ...read },
  { name: "keap_created_by", kind: "number", ...read },
  { name: "keap_last_updated_by", kind: "number", ...read },
  { name: "notes", kind: "text", ...read },
  { name: "raw", kind: "json", ...read },
];

/** Which property of Keap's body carries a column; the rest have the column's own name. */
const wireNames: Readonly<Record<string, string>> = {
  company_keap_id: "company",
  owner_keap_id: "owner_id",
  lead_source_keap_id: "leadsource_id",
};

/** Keap's contact as a row. `groups` repeats `tag_ids`; `links` and `account_id` say nothing the product uses. */
export function contactFromWire(wire: WireContact, context: MapContext): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.create_time),
    updated_at: instant(wire.update_time),
    members: (wire.tag_ids ?? []).map(Number).sort((a, b) => a - b),
    values: {
      given_name: text(wire.given_name),
      family_name: text(wire.family_name),
      middle_name: text(wire.middle_name),
      preferred_name: text(wire.preferred_name),
      prefix: text(wire.prefix),
      suffix: text(wire.suffix),
      job_title: text(wire.job_title),
      company_keap_id: keapId(wire.company?.id),
      company_name: text(wire.company?.company_name),
      email_addresses: bySlot(wire.email_addresses, emailSlots, (one) => ({
        email: text(one.email),
        opt_in_reason: text(one.opt_in_reason),
        is_opt_in: flag(one.is_opt_in),
        email_opt_status: text(one.email_opt_status),
      })),
      phone_numbers: bySlot(wire.phone_numbers, phoneSlots, (one) => ({
        number: text(one.number),
        extension: text(one.extension),
        type: text(one.type),
      })),
      addresses: bySlot(wire.addresses, addressSlots, (one) => ({
        line1: text(one.line1),
        line2: text(one.line2),
        locality: text(one.locality),
        region: text(one.region),
        region_code: text(one.region_code),
        country_code: text(one.country_code),
        postal_code: text(one.postal_code ?? one.zip_code),
        zip_four: text(one.zip_four),
      })),
      fax_numbers: bySlot(wire.fax_numbers, faxSlots, (one) => ({
        number: text(one.number),
        type: text(one.type),
      })),
      social_accounts: Object.fromEntries(
        (wire.social_accounts ?? []).flatMap((one) =>
          one.type && text(one.name) ? [[one.type, text(one.name)]] : [],
        ),
      ),
      website: text(wire.website),
      birth_date: date(wire.birth_date),
      anniversary_date: date(wire.anniversary_date),
      contact_type: text(wire.contact_type),
      spouse_name: text(wire.spouse_name),
      time_zone: text(wire.time_zone),
      preferred_locale: text(wire.preferred_locale),
      owner_keap_id: keapId(wire.owner_id),
      lead_source_keap_id: keapId(wire.leadsource_id),
      source_type: text(wire.source_type),
      referral_code: text(wire.referral_code),
      utm_parameters: (wire.utm_parameters ?? []).map((utm) => ({
        keap_source_id: text(utm.keapSourceId),
        utm_source: text(utm.utmSource),
        utm_medium: text(utm.utmMedium),
        utm_term: text(utm.utmTerm),
        utm_campaign: text(utm.utmCampaign),
        utm_content: text(utm.utmContent),
        first_touch: flag(utm.firstTouch),
        last_touch: flag(utm.lastTouch),
        created_at: instant(utm.dateCreated),
      })),
      origin_at: instant(wire.origin?.date),
      origin_ip_address: text(wire.origin?.ip_address),
      score_value: number(wire.score_value),
      keap_created_by: keapId(wire.created_by),
      keap_last_updated_by: keapId(wire.last_updated_by),
      assistant_name: text(wire.assistant_name),
      assistant_phone: text(wire.assistant_phone),
      billing_information: text(wire.billing_information),
      notes: text(wire.notes),
      custom_fields: customFieldsFromWire(wire.custom_fields, context),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

/**
 * The body and mask of a PATCH (or a POST) that sets these columns. Lists go whole, because Keap removes every item
 * that is not sent: `values` must hold the merged list. Nulls are sent: with a mask they blank the field. `held` is what Keap
 * holds now.
 */
export function contactToWire(
  columns: readonly string[],
  values: Values,
  held: Values = {},
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    const value = values[column] ?? null;
    const sent = column === "email_addresses" ? withoutReopening(value, held[column] ?? null) : value;
    body[wireNames[column] ?? column] = wireValue(column, sent);
  }
  return { body, mask: Object.keys(body) };
}

/** From these an opt-in reason makes an address marketable; others stay what they are. */
const reopenedByReason: readonly Json[] = ["UNENGAGED_NON_MARKETABLE", "NON_MARKETABLE", "MANUAL"];

/**
 * To Keap a reason is a new opt-in. Where the address of one that is not opted in goes back only because the list goes
 * whole, its old reason stays behind: nobody who opted out is opted in by an edit of something else.
 */
function withoutReopening(value: Json, held: Json): Json {
  const before = objectOf(held);
  return Object.fromEntries(
    Object.entries(objectOf(value)).map(([name, slot]) => {
      const [now, was] = [objectOf(slot), objectOf(before[name])];
      const same = (leaf: string) => text(now[leaf] as string) === text(was[leaf] as string);
      const reopens = reopenedByReason.includes(was.email_opt_status ?? null);
      return [
        name,
        reopens && same("email") && same("opt_in_reason") ? { ...now, opt_in_reason: null } : slot,
      ];
    }),
  );
}

function wireValue(column: string, value: Json): Json {
  switch (column) {
    case "company_keap_id":
      return value === null ? null : { id: String(value) };
    case "owner_keap_id":
    case "lead_source_keap_id":
      return value === null ? null : String(value);
    case "email_addresses":
      return slotsToList(value, ["email", "opt_in_reason"], "email");
    case "phone_numbers":
      return slotsToList(value, ["number", "extension", "type"], "number");
    case "fax_numbers":
      return slotsToList(value, ["number", "type"], "number");
    case "addresses":
      return slotsToList(value, [
        "line1",
        "line2",
        "locality",
        "region",
        "region_code",
        "country_code",
        "postal_code",
        "zip_four",
      ]);
    case "social_accounts":
      return Object.entries(objectOf(value)).flatMap(([type, name]) =>
        name === null ? [] : [{ type, name }],
      );
    case "custom_fields":
      return customFieldsToWire(value);
    default:
      return value;
  }
}

function slotsToList(value: Json, leaves: readonly string[], needed?: string): Json[] {
  return Object.entries(objectOf(value)).flatMap(([field, slot]) => {
    const item: Record<string, Json> = { field };
    for (const leaf of leaves) {
      const content = objectOf(slot)[leaf] ?? null;
      if (content !== null) item[leaf] = content;
    }
    // a slot without its number or address is an empty slot, and leaving it out empties it
    return (needed ? needed in item : Object.keys(item).length > 1) ? [item] : [];
  });
}
