import type { KeapAccount } from "../account";
import { type Answer, type Call, created, noContent, ok, writerOf } from "../http/call";
import { badRequest } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import { readFields } from "../query/fields";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { ContactRecord, UtmRecord } from "../records";
import { putRecord, removeRecord, removeTag, takeId } from "../state";
import { mergeContacts } from "./contact-merge";
import { contactFields, contactWire } from "./contact-wire";
import * as s from "./shared";

const sourceTypes = [
  "SOURCE_TYPE_UNSPECIFIED",
  "API",
  "APPOINTMENT",
  "FORM_API_HOSTED",
  "FORM_API_INTERNAL",
  "IMPORT",
  "INTERNAL_FORM",
  "LANDING_PAGE",
  "MANUAL",
  "OTHER",
  "UNKNOWN",
  "WEBFORM",
];
const socialTypes = [
  "SOCIAL_ACCOUNT_TYPE_UNSPECIFIED",
  "FACEBOOK",
  "LINKED_IN",
  "TWITTER",
  "INSTAGRAM",
  "SNAPCHAT",
  "YOUTUBE",
  "PINTEREST",
];

const timeZone: b.Check = (value, path) => {
  const zone = b.text()(value, path) as string;
  // Keap takes a published subset of zone names; fixed offsets and unknown names are refused.
  if (
    zone !== "" &&
    (!/^[A-Z][A-Za-z_]+\/[A-Za-z_/-]+$|^UTC$/.test(zone) ||
      !Intl.supportedValuesOf("timeZone").concat("UTC").includes(zone))
  ) {
    throw badRequest(`${path} "${zone}" is not a supported time zone`, path);
  }
  return zone;
};

const shape: b.Shape = {
  addresses: b.list(s.address),
  company: b.object({ id: b.id, company_name: b.text() }),
  origin: b.object({ ip_address: b.text() }),
  prefix: b.text(),
  suffix: b.text(),
  website: b.text(100),
  anniversary_date: b.text(),
  birth_date: b.text(),
  contact_type: b.text(),
  custom_fields: s.customFields,
  email_addresses: b.list(s.email),
  family_name: b.text(40),
  fax_numbers: b.list(s.fax),
  given_name: b.text(40),
  job_title: b.text(255),
  leadsource_id: b.id,
  middle_name: b.text(100),
  owner_id: b.id,
  phone_numbers: b.list(s.phone),
  preferred_locale: b.text(),
  preferred_name: b.text(100),
  referral_code: b.text(),
  social_accounts: b.list(b.object({ name: b.text(255), type: b.oneOf(socialTypes) }, ["type"])),
  source_type: b.oneOf(sourceTypes),
  spouse_name: b.text(100),
  time_zone: timeZone,
  utm_parameters: b.object(
    {
      keap_source_id: b.text(),
      utm_source: b.text(),
      utm_medium: b.text(),
      utm_term: b.text(),
      utm_campaign: b.text(),
      utm_content: b.text(),
    },
    ["keap_source_id"],
  ),
  assistant_name: b.text(20),
  assistant_phone: b.text(15),
  billing_information: b.text(100),
};
const writable = Object.keys(shape);
/** The mask also names read-only properties; they write nothing. */
const mask = [
  ...writable,
  "id",
  "create_time",
  "update_time",
  "links",
  "tag_ids",
  "groups",
  "score_value",
  "notes",
  "account_id",
  "created_by",
  "last_updated_by",
];

function addUtm(call: Call, held: UtmRecord[] | undefined, sent: unknown): UtmRecord[] | undefined {
  if (!sent) return held;
  const utm = sent as Record<string, string | undefined>;
  const record: UtmRecord = fresh({
    id: Number(takeId(call.account, "utm")),
    keapSourceId: utm.keap_source_id,
    utmSource: utm.utm_source,
    utmMedium: utm.utm_medium,
    utmTerm: utm.utm_term,
    utmCampaign: utm.utm_campaign,
    utmContent: utm.utm_content,
    firstTouch: !held?.length,
    lastTouch: true,
    dateCreated: call.now,
  });
  return [...(held ?? []).map((one) => ({ ...one, lastTouch: false })), record];
}

/** Turns the values of a body into those of a record; lists are whole lists, `[]` clears. */
function intoRecord(
  call: Call,
  changes: Map<string, unknown>,
  held: ContactRecord | undefined,
): Map<string, unknown> {
  const out = new Map(changes);
  const slots = (name: string, fields: readonly string[]) => {
    if (!out.has(name)) return;
    const items = (out.get(name) as { field?: string }[] | undefined) ?? [];
    out.set(name, items.length ? s.intoSlots(items, fields, name) : undefined);
  };
  slots("email_addresses", s.emailFields.slice(1));
  slots("phone_numbers", s.phoneFields.slice(1));
  slots("fax_numbers", s.faxFields.slice(1));
  slots("addresses", s.addressFields.slice(1));
  if (out.has("social_accounts"))
    out.set(
      "social_accounts",
      (out.get("social_accounts") as unknown[] | undefined)?.length ? out.get("social_accounts") : undefined,
    );
  if (out.has("custom_fields")) {
    s.checkCustomFields(call, "CONTACT", out.get("custom_fields"));
    out.set("custom_fields", s.cleanCustomFields(out.get("custom_fields")));
  }
  if (out.has("company")) {
    const company = out.get("company") as { id?: string; company_name?: string } | undefined;
    out.delete("company");
    out.set("company_id", companyIdOf(call, company));
  }
  if (out.has("origin")) {
    const origin = out.get("origin") as { ip_address?: string } | undefined;
    out.set("origin", { ...held?.origin, ip_address: origin?.ip_address });
  }
  if (out.has("utm_parameters"))
    out.set("utm_parameters", addUtm(call, held?.utm_parameters, out.get("utm_parameters")));
  if (out.get("owner_id")) s.requireRef(call.account.users, out.get("owner_id"), "owner_id");
  if (out.get("leadsource_id"))
    s.requireRef(call.account.leadSources, out.get("leadsource_id"), "leadsource_id");
  return out;
}

function companyIdOf(
  call: Call,
  company: { id?: string; company_name?: string } | undefined,
): string | undefined {
  if (company?.id) return s.requireRef(call.account.companies, company.id, "company.id").id;
  if (!company?.company_name) return undefined;
  const held = findBy(call.account, "companies.company_name", company.company_name.toLowerCase())[0];
  if (held) return held.id;
  const id = takeId(call.account, "companies");
  return putRecord(call.account, "companies", {
    id,
    company_name: company.company_name,
    create_time: call.now,
    update_time: call.now,
  }).id;
}

type Reach = Pick<ContactRecord, "email_addresses" | "phone_numbers" | "addresses">;

function mustBeReachable(contact: Reach): void {
  if (contact.email_addresses?.length || contact.phone_numbers?.length || contact.addresses?.length) return;
  throw badRequest("A contact needs at least one email address, phone number or address", "contact");
}

function store(call: Call, record: ContactRecord): ContactRecord {
  mustBeReachable(record);
  for (const one of record.email_addresses ?? []) s.noteEmailAddress(call, one.email, one.opt_in_reason);
  return putRecord(call.account, "contacts", record);
}

function update(call: Call, contact: ContactRecord, changes: Map<string, unknown>): ContactRecord {
  const next = withChanges(contact, intoRecord(call, changes, contact));
  return store(call, {
    ...next,
    update_time: call.now,
    ...(writerOf(call) ? { last_updated_by: writerOf(call) } : {}),
  });
}

function findDuplicate(call: Call, body: Record<string, unknown>): ContactRecord | undefined {
  const option = call.url.searchParams.get("duplicate_option");
  if (option === null) return undefined;
  if (!["Email", "EmailAndName", "EmailAndNameAndCompany"].includes(option)) {
    throw badRequest(
      `duplicate_option must be Email, EmailAndName or EmailAndNameAndCompany, was "${option}"`,
      "duplicate_option",
    );
  }
  const emails = ((body.email_addresses as { email: string }[] | undefined) ?? []).map((one) =>
    one.email.toLowerCase(),
  );
  const same = (a: unknown, z: unknown) => String(a ?? "").toLowerCase() === String(z ?? "").toLowerCase();
  const matches = emails
    .flatMap((one) => findBy(call.account, "contacts.email", one))
    .filter(
      (one) =>
        option === "Email" ||
        (same(one.given_name, body.given_name) && same(one.family_name, body.family_name)),
    )
    .filter((one) => {
      if (option !== "EmailAndNameAndCompany") return true;
      const name = one.company_id ? call.account.companies.get(Number(one.company_id))?.company_name : "";
      return same(name, (body.company as { company_name?: string } | undefined)?.company_name);
    })
    .sort((a, z) => Number(a.id) - Number(z.id));
  return call.switches.upsert_picks === "oldest" ? matches[0] : matches.at(-1);
}

const listNames = [
  "addresses",
  "email_addresses",
  "phone_numbers",
  "fax_numbers",
  "social_accounts",
  "custom_fields",
];

/** Without the cut, an upsert adds to lists by slot (or id, or type) instead of replacing them. */
function joinLists(contact: ContactRecord, body: Record<string, unknown>): Record<string, unknown> {
  const key = (item: Record<string, unknown>) => String(item.field ?? item.id ?? item.type);
  const joined = listNames
    .filter((name) => Array.isArray(body[name]))
    .map((name) => {
      const held = (contact[name as keyof ContactRecord] as Record<string, unknown>[] | undefined) ?? [];
      const sent = body[name] as Record<string, unknown>[];
      return [
        name,
        [...held.filter((one) => !sent.some((other) => key(other) === key(one))), ...sent],
      ] as const;
    });
  return { ...body, ...Object.fromEntries(joined) };
}

function createContact(call: Call): Answer {
  const body = b.object(shape)(call.body ?? {}, "") as Record<string, unknown>;
  const fields = readFields(call, contactFields);
  const held = findDuplicate(call, body);
  if (held) {
    const sent = call.switches.upsert_cuts_lists ? body : joinLists(held, body);
    return ok(contactWire(update(call, held, new Map(Object.entries(sent))), call, fields));
  }
  mustBeReachable(body as Reach);
  const id = takeId(call.account, "contacts");
  const values = Object.fromEntries(intoRecord(call, new Map(Object.entries(body)), undefined));
  const writer = writerOf(call);
  const record = store(call, {
    ...fresh<ContactRecord>({ source_type: "API", ...values }),
    id,
    origin: { date: call.now, ...(values.origin as object | undefined) },
    account_id: call.account.tenantId,
    create_time: call.now,
    update_time: call.now,
    ...(writer ? { created_by: writer, last_updated_by: writer } : {}),
  });
  return created(contactWire(record, call, fields));
}

/** Removes a contact with its own notes, tasks, opportunities, links and memberships; orders stay. */
export function removeContact(
  account: KeapAccount,
  contact: ContactRecord,
  options: { quiet?: boolean } = {},
): void {
  const id = Number(contact.id);
  for (const tag of [...(account.contactTags.get(id)?.keys() ?? [])])
    removeTag(account, id, tag, { quiet: true });
  for (const note of findBy(account, "notes.contact_id", contact.id))
    removeRecord(account, "notes", Number(note.id), options);
  for (const task of findBy(account, "tasks.contact_id", contact.id))
    removeRecord(account, "tasks", Number(task.id), options);
  for (const one of findBy(account, "opportunities.contact_id", contact.id))
    removeRecord(account, "opportunities", Number(one.id), options);
  for (const link of findBy(account, "contactLinks.contact_id", contact.id))
    removeRecord(account, "contactLinks", Number(link.id));
  removeRecord(account, "contacts", id, options);
}

function deleteContact(call: Call): Answer {
  removeContact(call.account, s.require(call.account.contacts, call, "contact_id", "Contact"));
  return noContent();
}

const addressOf =
  (field: string, name: "line1" | "locality" | "region" | "postal_code" | "country_code") =>
  (contact: ContactRecord) =>
    contact.addresses?.find((one) => one.field === field)?.[name];

const addressFilters = Object.fromEntries(
  ["BILLING", "SHIPPING", "OTHER"].flatMap((field) =>
    (["line1", "locality", "region", "postal_code", "country_code"] as const).map((name) => [
      `${field.toLowerCase()}_address_${name}`,
      f.text<ContactRecord>(addressOf(field, name)),
    ]),
  ),
);

/** `phone_number` looks in the slots that `phone_fields` names beside it, and is a 400 alone. */
const phoneNumber: f.FilterKey<ContactRecord> = {
  operators: ["=="],
  compile(value, _operator, call) {
    const filter = call.url.searchParams.get("filter") ?? "";
    const slots = f
      .parseFilter(filter)
      .find((clause) => clause.key === "phone_fields")
      ?.value.split(",");
    if (!slots) throw badRequest("phone_number needs phone_fields beside it", "filter");
    const digits = value.replaceAll(/\D/g, "");
    return (contact) =>
      contact.phone_numbers?.some(
        (one) => slots.includes(one.field) && one.number.replaceAll(/\D/g, "") === digits,
      ) ?? false;
  },
};

const byId = (value: string, call: Call) => {
  const contact = call.account.contacts.get(Number(value));
  return contact ? [contact] : [];
};

const list: ListSpec<ContactRecord> = {
  answerKey: "contacts",
  rows: (call) => call.account.contacts.values(),
  tables: ["contacts", "companies", "leadSources"],
  filters: {
    email: f.text((c) => c.email_addresses?.map((one) => one.email), {
      prefix: true,
      candidates: (value, call) => findBy(call.account, "contacts.email", value.toLowerCase()),
    }),
    given_name: f.text((c) => c.given_name, { prefix: true }),
    family_name: f.text((c) => c.family_name, { prefix: true }),
    middle_name: f.text((c) => c.middle_name, { prefix: true }),
    company_id: f.id((c) => c.company_id),
    contact_ids: f.ids((c) => c.id, byId),
    ids: f.ids((c) => c.id, byId),
    contact_id: f.idRange((c) => c.id),
    start_update_time: f.since((c) => c.update_time),
    end_update_time: f.until((c) => c.update_time),
    phone_number: phoneNumber,
    phone_fields: f.steers(),
    city: f.text((c) => c.addresses?.map((one) => one.locality), { prefix: true }),
    state: f.text((c) => c.addresses?.map((one) => one.region), { prefix: true }),
    website: f.text((c) => c.website, { prefix: true }),
    lead_source_name: f.text((c, call) => call.account.leadSources.get(Number(c.leadsource_id))?.name, {
      prefix: true,
    }),
    ...addressFilters,
  },
  custom: { recordType: "CONTACT", of: (c) => c.custom_fields },
  orders: {
    id: (c) => Number(c.id),
    create_time: (c) => c.create_time,
    email: (c) => s.primaryEmail(c)?.toLowerCase(),
    update_time: (c) => c.update_time,
  },
  defaultOrder: "id asc",
  fields: contactFields,
  wire: contactWire,
};

export const contactRoutes: Route[] = [
  get("/v2/contacts", (call) => listPage(call, list)),
  post("/v2/contacts", createContact),
  get("/v2/contacts/{contact_id}", (call) => {
    const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
    return ok(contactWire(contact, call, readFields(call, contactFields)));
  }),
  patch("/v2/contacts/{contact_id}", (call) => {
    const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
    const changes = readChanges(call, b.readBody(call, shape), { mask, writable });
    const fields = readFields(call, contactFields);
    return ok(contactWire(update(call, contact, changes), call, fields));
  }),
  del("/v2/contacts/{contact_id}", deleteContact),
  post("/v2/contacts:merge", (call) => {
    const body = b.readBody(call, { contact_id: b.id, duplicate_contact_id: b.id }, [
      "contact_id",
      "duplicate_contact_id",
    ]);
    const fields = readFields(call, contactFields);
    return ok(
      contactWire(
        mergeContacts(call, String(body.contact_id), String(body.duplicate_contact_id)),
        call,
        fields,
      ),
    );
  }),
  get("/v2/contacts/{contact_id}/leadScore", (call) => {
    const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
    return ok({ score: contact.score_value ?? "0", last_updated: contact.update_time });
  }),
  // v1 takes and gives camelCase, with another id name than v2.
  post("/v1/contacts/{contact_id}/utm", (call) => {
    const contact = s.require(call.account.contacts, call, "contact_id", "Contact");
    const body = b.readBody(
      call,
      {
        keapSourceId: b.text(),
        utmSource: b.text(),
        utmMedium: b.text(),
        utmTerm: b.text(),
        utmCampaign: b.text(),
        utmContent: b.text(),
      },
      ["keapSourceId"],
    );
    const snake = {
      keap_source_id: body.keapSourceId,
      utm_source: body.utmSource,
      utm_medium: body.utmMedium,
      utm_term: body.utmTerm,
      utm_campaign: body.utmCampaign,
      utm_content: body.utmContent,
    };
    const utm_parameters = addUtm(call, contact.utm_parameters, snake) ?? [];
    putRecord(call.account, "contacts", { ...contact, utm_parameters, update_time: call.now });
    return created({ contactUtmId: utm_parameters.at(-1)?.id, ...body });
  }),
];
