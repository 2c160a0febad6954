import type { KeapAccount } from "../account";
import { type Call, pathId } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import * as b from "../query/body";
import type { AddressRecord, ContactEmail, ContactRecord, OptStatus } from "../records";
import { emailAddressOf, putEmailAddress } from "../state";

/** Statuses under which Keap may mail the address. */
const marketable = new Set<OptStatus>([
  "UNENGAGED_MARKETABLE",
  "SINGLE_OPT_IN",
  "DOUBLE_OPT_IN",
  "CONFIRMED",
]);
/** Only from these does an opt-in reason make an address marketable again. */
const reopenable = new Set<OptStatus>([
  "UNENGAGED_MARKETABLE",
  "UNENGAGED_NON_MARKETABLE",
  "NON_MARKETABLE",
  "MANUAL",
]);

export const isOptedIn = (status: OptStatus): boolean => marketable.has(status);

/** Notes an address in the account; a reason makes it marketable where Keap allows that. */
export function noteEmailAddress(call: Call, email: string, reason: string | undefined): void {
  const held = emailAddressOf(call.account, email);
  if (!held) {
    const status = reason ? "UNENGAGED_MARKETABLE" : call.switches.email_without_reason;
    putEmailAddress(call.account, { email, status, create_time: call.now });
  } else if (reason && reopenable.has(held.status) && held.status !== "UNENGAGED_MARKETABLE") {
    putEmailAddress(call.account, { ...held, status: "UNENGAGED_MARKETABLE" });
  }
}

export function emailWire(account: KeapAccount, email: ContactEmail) {
  const status = emailAddressOf(account, email.email)?.status ?? "UNENGAGED_NON_MARKETABLE";
  return { ...email, is_opt_in: isOptedIn(status), email_opt_status: status };
}

export const primaryEmail = (contact: ContactRecord | undefined): string | undefined =>
  contact?.email_addresses?.find((one) => one.field === "EMAIL1")?.email ??
  contact?.email_addresses?.[0]?.email;

/** Keap's BasicContact; a contact that is gone leaves its id. */
export function basicContact(account: KeapAccount, id: string) {
  const contact = account.contacts.get(Number(id));
  return {
    id,
    email: primaryEmail(contact),
    given_name: contact?.given_name,
    family_name: contact?.family_name,
  };
}

export const addressFields = ["ADDRESS_FIELD_UNSPECIFIED", "BILLING", "SHIPPING", "OTHER"] as const;

const addressShape = {
  country: b.text(100),
  line1: b.text(100),
  line2: b.text(100),
  locality: b.text(100),
  region: b.text(50),
  field: b.oneOf(addressFields),
  country_code: b.text(3),
  postal_code: b.text(20),
  region_code: b.text(10),
  zip_code: b.text(20),
  zip_four: b.text(10),
};

const regionNames: Record<string, string> = {
  AL: "Alabama",
  AK: "Alaska",
  AZ: "Arizona",
  AR: "Arkansas",
  CA: "California",
  CO: "Colorado",
  CT: "Connecticut",
  DE: "Delaware",
  FL: "Florida",
  GA: "Georgia",
  HI: "Hawaii",
  ID: "Idaho",
  IL: "Illinois",
  IN: "Indiana",
  IA: "Iowa",
  KS: "Kansas",
  KY: "Kentucky",
  LA: "Louisiana",
  ME: "Maine",
  MD: "Maryland",
  MA: "Massachusetts",
  MI: "Michigan",
  MN: "Minnesota",
  MS: "Mississippi",
  MO: "Missouri",
  MT: "Montana",
  NE: "Nebraska",
  NV: "Nevada",
  NH: "New Hampshire",
  NJ: "New Jersey",
  NM: "New Mexico",
  NY: "New York",
  NC: "North Carolina",
  ND: "North Dakota",
  OH: "Ohio",
  OK: "Oklahoma",
  OR: "Oregon",
  PA: "Pennsylvania",
  RI: "Rhode Island",
  SC: "South Carolina",
  SD: "South Dakota",
  TN: "Tennessee",
  TX: "Texas",
  UT: "Utah",
  VT: "Vermont",
  VA: "Virginia",
  WA: "Washington",
  WV: "West Virginia",
  WI: "Wisconsin",
  WY: "Wyoming",
  DC: "District of Columbia",
};

/** An address body. BILLING lines hold 75 characters, its place 50, postal codes 15 (SHIPPING 20). */
export const address: b.Check = (value, path) => {
  const read = b.object(addressShape)(value, path) as AddressRecord;
  const limits: Record<string, number> = read.field === "SHIPPING" ? {} : { postal_code: 15, zip_code: 15 };
  if (read.field === "BILLING") Object.assign(limits, { line1: 75, line2: 75, locality: 50 });
  for (const [name, max] of Object.entries(limits)) {
    const length = (read[name as keyof AddressRecord] as string | undefined)?.length ?? 0;
    if (length > max)
      throw badRequest(`${path}.${name} must be at most ${max} characters, was ${length}`, path);
  }
  if ((read.region || read.region_code) && !read.country_code && !read.country) {
    throw badRequest(`${path}.country_code is required when a region is given`, path);
  }
  if (read.country_code && !/^[A-Z]{3}$/.test(read.country_code)) {
    throw badRequest(`${path}.country_code must be an ISO 3166-1 alpha-3 code such as USA`, path);
  }
  const code = read.region_code?.match(/^US-([A-Z]{2})$/)?.[1];
  return {
    ...read,
    ...(code && !read.region ? { region: regionNames[code] } : {}),
    ...(read.country_code === "USA" && !read.country ? { country: "United States" } : {}),
  };
};

export const emailFields = ["EMAIL_FIELD_UNSPECIFIED", "EMAIL1", "EMAIL2", "EMAIL3"] as const;
export const phoneFields = [
  "PHONE_NUMBER_FIELD_UNSPECIFIED",
  "PHONE1",
  "PHONE2",
  "PHONE3",
  "PHONE4",
  "PHONE5",
] as const;
export const faxFields = ["FAX_NUMBER_FIELD_UNSPECIFIED", "FAX1", "FAX2"] as const;

/** EMAIL1 holds 75 characters, the others 100. */
export const email: b.Check = (value, path) => {
  const read = b.object({ email: b.text(100), field: b.oneOf(emailFields), opt_in_reason: b.text() })(
    value,
    path,
  ) as Partial<ContactEmail>;
  if (!read.email || !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(read.email))
    throw badRequest(`${path}.email is not a valid email address`, path);
  if (read.field === "EMAIL1" && read.email.length > 75)
    throw badRequest(`${path}.email must be at most 75 characters`, path);
  return read;
};

/** PHONE1–3 hold 40 characters, PHONE4–5 20. */
export const phone: b.Check = (value, path) => {
  const read = b.object({
    extension: b.text(),
    number: b.text(40),
    type: b.text(),
    field: b.oneOf(phoneFields),
    number_e164: b.text(),
  })(value, path) as { number?: string; field?: string; number_e164?: string };
  const max = /^PHONE[45]$/.test(read.field ?? "") ? 20 : 40;
  if ((read.number?.length ?? 0) > max)
    throw badRequest(`${path}.number must be at most ${max} characters`, path);
  const digits = read.number?.replaceAll(/[^\d+]/g, "") ?? "";
  const e164 = digits.startsWith("+") ? digits : digits.length === 10 ? `+1${digits}` : undefined;
  return { ...read, ...(e164 && !read.number_e164 ? { number_e164: e164 } : {}) };
};

export const fax = b.object({ number: b.text(), type: b.text(), field: b.oneOf(faxFields) });

export const customFields = b.list(b.object({ id: b.id, content: b.any }, ["id"]));

/** The slot list of a body: two entries in one slot are a 400; entries without a slot take the first free one. */
export function intoSlots<T extends { field?: string }>(
  items: T[],
  slots: readonly string[],
  path: string,
): T[] {
  const taken = new Set<string>();
  const placed = items.map((item) => {
    let field = item.field;
    if (!field || field.includes("UNSPECIFIED")) {
      field = slots.find((slot) => !taken.has(slot) && !items.some((other) => other.field === slot));
      if (!field) throw badRequest(`${path} has more entries than slots`, path);
    }
    if (taken.has(field)) throw badRequest(`${path} names ${field} twice`, path);
    taken.add(field);
    return { ...item, field };
  });
  return placed.sort((a, z) => slots.indexOf(a.field) - slots.indexOf(z.field));
}

/** The record a path names, or Keap's 404. */
export function require<R>(rows: Map<number, R>, call: Call, param: string, what: string): R {
  const id = pathId(call, param);
  const record = rows.get(id);
  if (!record) throw notFound(what, String(id));
  return record;
}

/** A record a body refers to; an unknown id is a 400. */
export function requireRef<R>(rows: Map<number, R>, id: unknown, name: string): R {
  const record = rows.get(Number(id));
  if (!record) throw badRequest(`${name} ${String(id)} does not exist`, name);
  return record;
}

/** Custom field values of a body must name fields of the record's own model. */
export function checkCustomFields(call: Call, recordType: string, values: unknown): void {
  if (!Array.isArray(values)) return;
  for (const { id, content } of values as { id: string; content: unknown }[]) {
    const field = call.account.customFields.get(Number(id));
    if (field?.record_type !== recordType)
      throw badRequest(`Custom field ${id} does not exist on ${recordType}`, "custom_fields");
    if (typeof content === "string" && content.length > 65535)
      throw badRequest(`Custom field ${id} holds at most 65535 characters`, "custom_fields");
  }
}

/** Empty custom values are not stored. */
export function cleanCustomFields(values: unknown): { id: string; content: unknown }[] | undefined {
  if (!Array.isArray(values)) return undefined;
  const left = (values as { id: string; content: unknown }[]).filter(
    ({ content }) => content !== null && content !== undefined && content !== "",
  );
  return left.length > 0 ? left : undefined;
}

/** On notes and tasks an empty `custom_fields` list resets every field to its default. */
export function orDefaults(call: Call, values: unknown): { id: string; content: unknown }[] | undefined {
  if (!Array.isArray(values) || values.length > 0) return cleanCustomFields(values);
  const defaults = [...call.account.customFields.values()]
    .filter((field) => field.record_type === "TASK_NOTE_APPOINTMENT" && field.default_value)
    .map((field) => ({ id: field.id, content: field.default_value as unknown }));
  return defaults.length > 0 ? defaults : undefined;
}
