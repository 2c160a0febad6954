import { z } from "zod";
import { date, keapId, list, object, reference, syncedRecord, text, timestamp } from "./fields";

const emailSlots = ["EMAIL1", "EMAIL2", "EMAIL3"] as const;
const phoneSlots = ["PHONE1", "PHONE2", "PHONE3", "PHONE4", "PHONE5"] as const;
const addressSlots = ["BILLING", "SHIPPING", "OTHER"] as const;
const faxSlots = ["FAX1", "FAX2"] as const;
const networks = [
  "FACEBOOK",
  "LINKED_IN",
  "TWITTER",
  "INSTAGRAM",
  "SNAPCHAT",
  "YOUTUBE",
  "PINTEREST",
] as const;

/** Unknown fields of a slot are kept: Keap may add some. */
const emailSlotsSchema = z.partialRecord(
  z.enum(emailSlots),
  z.looseObject({
    email: text.nullish(),
    opt_in_reason: text.nullish(),
    is_opt_in: z.boolean().nullish(),
    email_opt_status: text.nullish(),
  }),
);
const phoneSlotsSchema = z.partialRecord(
  z.enum(phoneSlots),
  z.looseObject({ number: text.nullish(), extension: text.nullish(), type: text.nullish() }),
);
export const addressSchema = z.looseObject({
  line1: text.nullish(),
  line2: text.nullish(),
  locality: text.nullish(),
  region: text.nullish(),
  region_code: text.nullish(),
  country_code: text.nullish(),
  postal_code: text.nullish(),
  zip_four: text.nullish(),
});
export type Address = z.infer<typeof addressSchema>;
const addressSlotsSchema = z.partialRecord(z.enum(addressSlots), addressSchema);
const faxSlotsSchema = z.partialRecord(
  z.enum(faxSlots),
  z.looseObject({ number: text.nullish(), type: text.nullish() }),
);
const socialAccountsSchema = z.partialRecord(z.enum(networks), text);
export const utmParameterSchema = z.looseObject({
  keap_source_id: text.nullish(),
  utm_source: text.nullish(),
  utm_medium: text.nullish(),
  utm_term: text.nullish(),
  utm_campaign: text.nullish(),
  utm_content: text.nullish(),
  first_touch: z.boolean().nullish(),
  last_touch: z.boolean().nullish(),
  created_at: text.nullish(),
});
export type UtmParameter = z.infer<typeof utmParameterSchema>;

/** A person of the account, as in Keap. */
export const contactSchema = z.strictObject({
  ...syncedRecord,
  given_name: text.nullable(),
  family_name: text.nullable(),
  middle_name: text.nullable(),
  preferred_name: text.nullable(),
  prefix: text.nullable(),
  suffix: text.nullable(),
  job_title: text.nullable(),
  company_name: text.nullable(),
  email: text.nullable(),
  phone: text.nullable(),
  email_addresses: emailSlotsSchema,
  phone_numbers: phoneSlotsSchema,
  addresses: addressSlotsSchema,
  fax_numbers: faxSlotsSchema,
  social_accounts: socialAccountsSchema,
  website: text.nullable(),
  birth_date: date.nullable(),
  anniversary_date: date.nullable(),
  contact_type: text.nullable(),
  spouse_name: text.nullable(),
  time_zone: text.nullable(),
  preferred_locale: text.nullable(),
  first_lead_source_keap_id: keapId.nullable(),
  source_type: text.nullable(),
  referral_code: text.nullable(),
  utm_parameters: z.array(utmParameterSchema),
  origin_at: timestamp.nullable(),
  origin_ip_address: text.nullable(),
  score_value: z.number().nullable(),
  keap_created_by: z.int().nullable(),
  keap_last_updated_by: z.int().nullable(),
  assistant_name: text.nullable(),
  assistant_phone: text.nullable(),
  billing_information: text.nullable(),
  notes: text.nullable(),
  custom_fields: object,
  ...reference("company"),
  ...reference("owner"),
  ...reference("lead_source"),
  ...reference("merged_into"),
});
export type Contact = z.infer<typeof contactSchema>;

/** A company. */
export const companySchema = z.strictObject({
  ...syncedRecord,
  company_name: text.nullable(),
  email: text.nullable(),
  phone: text.nullable(),
  fax: text.nullable(),
  website: text.nullable(),
  address: object,
  notes: text.nullable(),
  title: text.nullable(),
  first_name: text.nullable(),
  middle_name: text.nullable(),
  last_name: text.nullable(),
  suffix: text.nullable(),
  preferred_name: text.nullable(),
  job_title: text.nullable(),
  contact_type: text.nullable(),
  referral_code: text.nullable(),
  email_opt_status: text.nullable(),
  tag_keap_ids: z.array(keapId),
  birth_date: date.nullable(),
  anniversary_date: date.nullable(),
  keap_created_by: z.int().nullable(),
  keap_last_updated_by: z.int().nullable(),
  custom_fields: object,
  ...reference("owner"),
});
export type Company = z.infer<typeof companySchema>;

/** A custom field; values are keyed by its keap_id. */
export const customFieldDefinitionSchema = z.strictObject({
  ...syncedRecord,
  record_type: z.enum([
    "CONTACT",
    "REFERRAL_PARTNER",
    "OPPORTUNITY",
    "TASK_NOTE_APPOINTMENT",
    "COMPANY",
    "ORDER",
    "SUBSCRIPTION",
  ]),
  label: text.nullable(),
  field_name: text.nullable(),
  field_type: text.nullable(),
  options: list,
  default_value: text.nullable(),
  group_keap_id: keapId.nullable(),
  group_name: text.nullable(),
});
export type CustomFieldDefinition = z.infer<typeof customFieldDefinitionSchema>;

/** Opt-in and engagement of an address. */
export const emailAddressStatusSchema = z.strictObject({
  ...syncedRecord,
  email: text,
  opted_in: z.boolean().nullable(),
  status: text.nullable(),
  last_click_at: timestamp.nullable(),
  last_open_at: timestamp.nullable(),
  last_sent_at: timestamp.nullable(),
});
export type EmailAddressStatus = z.infer<typeof emailAddressStatusSchema>;

/** One of Keap's own users. */
export const keapUserSchema = z.strictObject({
  ...syncedRecord,
  given_name: text.nullable(),
  family_name: text.nullable(),
  email: text.nullable(),
  job_title: text.nullable(),
  status: text.nullable(),
  is_admin: z.boolean().nullable(),
  is_partner: z.boolean().nullable(),
  email_addresses: list,
  phone_numbers: list,
});
export type KeapUser = z.infer<typeof keapUserSchema>;
