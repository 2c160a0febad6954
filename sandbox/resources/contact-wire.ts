import type { KeapAccount } from "../account";
import type { Call } from "../http/call";
import { findBy } from "../indexes";
import type { ContactRecord } from "../records";
import { emailWire } from "./shared";

/** Every field a contact can be asked for with `fields`. `notes` is allowed though no schema has it. */
export const contactFields = [
  "id",
  "links",
  "addresses",
  "company",
  "origin",
  "prefix",
  "suffix",
  "website",
  "groups",
  "update_time",
  "create_time",
  "score_value",
  "tag_ids",
  "anniversary_date",
  "birth_date",
  "contact_type",
  "custom_fields",
  "email_addresses",
  "family_name",
  "fax_numbers",
  "given_name",
  "job_title",
  "leadsource_id",
  "middle_name",
  "owner_id",
  "phone_numbers",
  "preferred_locale",
  "preferred_name",
  "referral_code",
  "social_accounts",
  "source_type",
  "spouse_name",
  "time_zone",
  "utm_parameters",
  "account_id",
  "assistant_name",
  "assistant_phone",
  "billing_information",
  "created_by",
  "last_updated_by",
  "notes",
] as const;

/** Not sent unless asked for: what the model lists as `optional_properties`. */
export const optionalContactFields = [
  "custom_fields",
  "job_title",
  "leadsource_id",
  "utm_parameters",
  "links",
  "notes",
  "last_updated_by",
  "created_by",
  "account_id",
  "assistant_name",
  "assistant_phone",
  "billing_information",
  "groups",
  "referral_code",
] as const;
const optional = new Set<string>(optionalContactFields);

/** Keeps the record to 39 of its own names that go out as they are stored. */
const plain = contactFields.filter(
  (name) => !["links", "company", "groups", "tag_ids", "email_addresses"].includes(name),
) as (keyof ContactRecord)[];

export function tagIdsOf(account: KeapAccount, contactId: string): string[] {
  return [...(account.contactTags.get(Number(contactId))?.keys() ?? [])].sort((a, b) => a - b).map(String);
}

export function linksOf(account: KeapAccount, contactId: string) {
  return findBy(account, "contactLinks.contact_id", contactId).map((link) => ({
    id: link.id,
    linked_contact_id: link.contact1_id === contactId ? link.contact2_id : link.contact1_id,
    link_type_id: link.link_type_id,
    link_type_name: account.contactLinkTypes.get(Number(link.link_type_id))?.name,
  }));
}

/** A contact as v2 answers it: the wanted fields, or those that come unasked. */
export function contactWire(
  contact: ContactRecord,
  call: Pick<Call, "account" | "switches">,
  fields?: ReadonlySet<string>,
): Record<string, unknown> {
  const { account, switches } = call;
  const wants = (name: string) =>
    fields
      ? fields.has(name)
      : switches.contact_default_fields === "all"
        ? name !== "notes"
        : !optional.has(name);
  const wire: Record<string, unknown> = {};
  for (const name of plain) if (wants(name) && contact[name] !== undefined) wire[name] = contact[name];
  if (wants("email_addresses"))
    wire.email_addresses = contact.email_addresses?.map((one) => emailWire(account, one)) ?? [];
  for (const name of [
    "phone_numbers",
    "addresses",
    "fax_numbers",
    "social_accounts",
    "custom_fields",
    "utm_parameters",
  ] as const) {
    if (wants(name)) wire[name] = contact[name] ?? [];
  }
  if (wants("company") && contact.company_id) {
    wire.company = {
      id: contact.company_id,
      company_name: account.companies.get(Number(contact.company_id))?.company_name,
    };
  }
  if (wants("tag_ids") || wants("groups")) {
    const tagIds = tagIdsOf(account, contact.id);
    if (wants("tag_ids")) wire.tag_ids = tagIds;
    if (wants("groups")) wire.groups = tagIds.join(",");
  }
  if (wants("links")) wire.links = linksOf(account, contact.id);
  if (switches.empty_values === "null") {
    for (const name of contactFields) if (wants(name) && wire[name] === undefined) wire[name] = null;
  }
  return wire;
}
