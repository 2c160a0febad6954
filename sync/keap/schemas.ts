import { z } from "zod";

/**
 * What Keap answers, as zod schemas. Neither of Keap's specs marks anything nullable and almost nothing required,
 * so every field but the id may be absent or null. Unknown fields of a record end in `raw`; unknown fields of a
 * nested object stay where they are. Closed word lists are kept open: a word Keap adds must not lose a record.
 */

const text = z.string().nullish();
const flag = z.boolean().nullish();
const whole = z.int().nullish();
const decimal = z.number().nullish();
/** Ids are numeric text in v2 and integers in v1 and in a few corners of v2. */
const id = z.union([z.string().min(1), z.int()]).transform(String);
const ref = id.nullish();
/** ISO 8601 text. Kept as sent: `normalise.ts` parses it where it is stored. */
const time = z.string().nullish();
/** A calendar date, `2026-11-23`. Some of Keap's dates arrive with a time behind them: `toDate` cuts it. */
const date = z.string().nullish();

function words<const T extends readonly string[]>(..._known: T) {
  return z.string().nullish() as unknown as z.ZodType<T[number] | (string & {}) | null | undefined>;
}

function list<T extends z.ZodType>(item: T) {
  return z.array(item).nullish();
}

function nested<S extends z.ZodRawShape>(shape: S) {
  return z.looseObject(shape);
}

type Tail = { raw?: Record<string, unknown> };

/** A record whose unknown fields are moved into `raw`, so that a field Keap adds tomorrow is never lost. */
function record<S extends z.ZodRawShape>(shape: S) {
  const known = new Set(Object.keys(shape));
  return z.looseObject(shape).transform((value): z.output<z.ZodObject<S>> & Tail => {
    const raw: Record<string, unknown> = {};
    const kept: Record<string, unknown> = {};
    for (const [key, field] of Object.entries(value)) (known.has(key) ? kept : raw)[key] = field;
    return { ...kept, raw } as z.output<z.ZodObject<S>> & Tail;
  });
}

// ── Shared pieces ────────────────────────────────────────────────────────────────────────────────────────────

/** `amount` is an integer in the smallest unit of `currency_code`. */
export const currencyValueSchema = nested({ amount: whole, currency_code: text, formatted_amount: text });
export type WireCurrencyValue = z.infer<typeof currencyValueSchema>;

export const addressSchema = nested({
  field: words("BILLING", "SHIPPING", "OTHER", "ADDRESS_FIELD_UNSPECIFIED"),
  line1: text,
  line2: text,
  locality: text,
  region: text,
  region_code: text,
  country: text,
  country_code: text,
  postal_code: text,
  zip_code: text,
  zip_four: text,
});
export type WireAddress = z.infer<typeof addressSchema>;

export const emailOptStatuses = [
  "UNENGAGED_MARKETABLE",
  "SINGLE_OPT_IN",
  "DOUBLE_OPT_IN",
  "CONFIRMED",
  "UNENGAGED_NON_MARKETABLE",
  "NON_MARKETABLE",
  "LOCKDOWN",
  "BOUNCE",
  "HARD_BOUNCE",
  "MANUAL",
  "ADMIN",
  "SYSTEM",
  "LIST_UNSUBSCRIBE",
  "FEEDBACK",
  "SPAM",
  "INVALID",
  "DEACTIVATED",
] as const;

export const emailSchema = nested({
  email: text,
  field: words("EMAIL1", "EMAIL2", "EMAIL3", "EMAIL_FIELD_UNSPECIFIED"),
  opt_in_reason: text,
  is_opt_in: flag,
  email_opt_status: words(...emailOptStatuses),
});
export type WireEmail = z.infer<typeof emailSchema>;

export const phoneSchema = nested({
  field: words("PHONE1", "PHONE2", "PHONE3", "PHONE4", "PHONE5", "PHONE_NUMBER_FIELD_UNSPECIFIED"),
  number: text,
  number_e164: text,
  extension: text,
  type: text,
});
export type WirePhone = z.infer<typeof phoneSchema>;

export const faxSchema = nested({
  field: words("FAX1", "FAX2", "FAX_NUMBER_FIELD_UNSPECIFIED"),
  number: text,
  type: text,
});

export const socialAccountSchema = nested({
  type: words("FACEBOOK", "LINKED_IN", "TWITTER", "INSTAGRAM", "SNAPCHAT", "YOUTUBE", "PINTEREST"),
  name: text,
});

/** `content` is untyped on the wire: text, number, boolean, or an array for list boxes. */
export const customFieldValueSchema = nested({ id, content: z.unknown() });
export type WireCustomFieldValue = z.infer<typeof customFieldValueSchema>;

const basicContact = nested({ id: ref, email: text, given_name: text, family_name: text });
const basicUser = nested({ id: ref, given_name: text, family_name: text, email_address: text });
const merchantTypes = ["PAYPAL", "UNSUPPORTED", "AUTHORIZE", "EWAY", "WEPAY", "STRIPE", "KEAP_PAY"] as const;

// ── Contacts and companies ───────────────────────────────────────────────────────────────────────────────────

export const sourceTypes = [
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
] as const;

/** UTM answers are the one camelCase corner of v2 (requests are snake_case). */
export const utmSchema = nested({
  id: z.union([z.int(), z.string()]).nullish(),
  keapSourceId: text,
  utmSource: text,
  utmMedium: text,
  utmTerm: text,
  utmCampaign: text,
  utmContent: text,
  firstTouch: flag,
  lastTouch: flag,
  dateCreated: time,
});
export type WireUtm = z.infer<typeof utmSchema>;

export const contactLinkSchema = nested({
  id: ref,
  linked_contact_id: ref,
  contact1_id: ref,
  contact2_id: ref,
  link_type_id: ref,
  link_type_name: text,
});
export type WireContactLink = z.infer<typeof contactLinkSchema>;

export const contactSchema = record({
  id,
  given_name: text,
  middle_name: text,
  family_name: text,
  preferred_name: text,
  prefix: text,
  suffix: text,
  job_title: text,
  company: nested({ id: ref, company_name: text }).nullish(),
  email_addresses: list(emailSchema),
  phone_numbers: list(phoneSchema),
  addresses: list(addressSchema),
  fax_numbers: list(faxSchema),
  social_accounts: list(socialAccountSchema),
  custom_fields: list(customFieldValueSchema),
  website: text,
  birth_date: date,
  anniversary_date: date,
  spouse_name: text,
  contact_type: text,
  owner_id: ref,
  leadsource_id: ref,
  referral_code: text,
  source_type: words(...sourceTypes),
  origin: nested({ date: time, ip_address: text }).nullish(),
  utm_parameters: list(utmSchema),
  tag_ids: list(id),
  groups: text,
  links: list(contactLinkSchema),
  score_value: z.union([z.string(), z.number()]).nullish(),
  time_zone: text,
  preferred_locale: text,
  notes: text,
  assistant_name: text,
  assistant_phone: text,
  billing_information: text,
  account_id: ref,
  create_time: time,
  update_time: time,
  created_by: ref,
  last_updated_by: ref,
});
export type WireContact = z.infer<typeof contactSchema>;

export const companySchema = record({
  id,
  company_name: text,
  title: text,
  first_name: text,
  middle_name: text,
  last_name: text,
  preferred_name: text,
  suffix: text,
  job_title: text,
  contact_type: text,
  address: addressSchema.nullish(),
  email_address: emailSchema.nullish(),
  phone_number: phoneSchema.nullish(),
  fax_number: faxSchema.nullish(),
  website: text,
  notes: text,
  groups: text,
  custom_fields: list(customFieldValueSchema),
  birth_date: date,
  anniversary_date: date,
  spouse_name: text,
  assistant_name: text,
  assistant_phone: text,
  billing_information: text,
  owner_id: ref,
  referral_code: text,
  account_id: ref,
  create_time: time,
  update_time: time,
  created_by: ref,
  last_updated_by: ref,
});
export type WireCompany = z.infer<typeof companySchema>;

/** `score` is a flame count, as text. */
export const leadScoreSchema = record({ score: text, last_updated: time });
export type WireLeadScore = z.infer<typeof leadScoreSchema>;

// ── Custom fields ────────────────────────────────────────────────────────────────────────────────────────────

export const customFieldTypes = [
  "CURRENCY",
  "DATE",
  "DATE_TIME",
  "DAY_OF_WEEK",
  "DECIMAL_NUMBER",
  "DRILLDOWN",
  "DROPDOWN",
  "EMAIL",
  "LIST_BOX",
  "MONTH",
  "NAME",
  "PERCENT",
  "PHONE_NUMBER",
  "RADIO",
  "SOCIAL_SECURITY_NUMBER",
  "STATE",
  "TEXT",
  "TEXT_AREA",
  "USER",
  "USER_LIST_BOX",
  "WEBSITE",
  "WHOLE_NUMBER",
  "YEAR",
  "YES_NO",
] as const;
export type CustomFieldType = (typeof customFieldTypes)[number];

const recordTypes = [
  "CONTACT",
  "REFERRAL_PARTNER",
  "OPPORTUNITY",
  "TASK_NOTE_APPOINTMENT",
  "COMPANY",
  "ORDER",
  "SUBSCRIPTION",
] as const;

export const customFieldSchema = record({
  id,
  label: text,
  options: list(nested({ id: ref, label: text })),
  record_type: words(...recordTypes),
  field_type: words(...customFieldTypes),
  default_value: text,
  group_id: ref,
  group_name: text,
  field_name: text,
});
export type WireCustomField = z.infer<typeof customFieldSchema>;

/** `custom_fields` is parsed field by field where it is read, so that one bad definition does not hide the rest. */
export const objectModelSchema = record({
  custom_fields: list(z.unknown()),
  optional_properties: list(z.string()),
});

export const customFieldGroupSchema = record({
  id,
  name: text,
  order: whole,
  tab_id: ref,
  record_type: words(...recordTypes),
});
export type WireCustomFieldGroup = z.infer<typeof customFieldGroupSchema>;

export const customFieldTabSchema = record({
  id,
  name: text,
  order: whole,
  record_type: words(...recordTypes),
});
export type WireCustomFieldTab = z.infer<typeof customFieldTabSchema>;

// ── Tags ─────────────────────────────────────────────────────────────────────────────────────────────────────

const tagShape = {
  id,
  name: text,
  description: text,
  category: nested({ id: ref }).nullish(),
  create_time: time,
  update_time: time,
};
export const tagSchema = record(tagShape);
export type WireTag = z.infer<typeof tagSchema>;

export const tagCategorySchema = record({
  id,
  name: text,
  description: text,
  create_time: time,
  update_time: time,
});
export type WireTagCategory = z.infer<typeof tagCategorySchema>;

export const appliedTagSchema = record({ tag: nested(tagShape), applied_time: time });
export type WireAppliedTag = z.infer<typeof appliedTagSchema>;

export const taggedContactSchema = record({
  id,
  email: text,
  given_name: text,
  family_name: text,
  applied_time: time,
});
export type WireTaggedContact = z.infer<typeof taggedContactSchema>;

export const taggedCompanySchema = record({
  company: nested({ id, company_name: text, email: text }),
  applied_time: time,
});
export type WireTaggedCompany = z.infer<typeof taggedCompanySchema>;

/** Words seen per contact when a tag is applied; a 200 may hold failures. */
export const tagResultWords = [
  "SUCCESS",
  "DUPLICATE",
  "CONTACT_NOT_FOUND",
  "TAG_ID_NOT_FOUND",
  "FAILURE",
  "NO_PERMISSION",
] as const;

/** Results per id, `{ "12": "SUCCESS" }`: tags applied, sequences joined and left, email records removed. */
export const resultMapSchema = z.record(z.string(), z.string()).nullish();

// ── Products and plans ───────────────────────────────────────────────────────────────────────────────────────

/** The plan as embedded in a product: the same plan carries other names in the plan calls. */
const embeddedPlan = nested({
  id: ref,
  active: flag,
  prorate: flag,
  billing_cycle: words("DAILY", "WEEKLY", "MONTHLY", "YEARLY"),
  billing_frequency: whole,
  number_of_cycles: whole,
  plan_price: currencyValueSchema.nullish(),
  order_index: whole,
});

export const productSchema = record({
  id,
  name: text,
  sku: text,
  price: currencyValueSchema.nullish(),
  active: flag,
  description: text,
  short_description: text,
  shippable: flag,
  weight: decimal,
  taxable: flag,
  country_taxable: flag,
  state_taxable: flag,
  city_taxable: flag,
  subscription_only: flag,
  storefront_hidden: flag,
  is_package: flag,
  needs_digital_delivery: flag,
  has_legacy_image: flag,
  delivery_description: text,
  top_html: text,
  bottom_html: text,
  categories: list(z.string()),
  options: list(nested({ name: text, type: text, required: flag })),
  inventory: nested({
    inventory_limit: whole,
    inventory_count: whole,
    out_of_stock_enabled: flag,
    email_for_inventory_notifications: text,
  }).nullish(),
  subscription_plans: list(embeddedPlan),
  create_time: time,
  update_time: time,
});
export type WireProduct = z.infer<typeof productSchema>;

const planShape = {
  id,
  subscription_plan_name: text,
  active: flag,
  cycle_type: words("DAILY", "WEEKLY", "MONTHLY", "YEARLY"),
  frequency: whole,
  /** 0 means endless. */
  total_cycles: whole,
  plan_price: currencyValueSchema.nullish(),
  display_order_index: whole,
};
/** Carries no product id: take the product from a subscription or from the product's embedded plans. */
export const subscriptionPlanSchema = record(planShape);
export type WireSubscriptionPlan = z.infer<typeof subscriptionPlanSchema>;

export const productCategorySchema = record({
  id,
  name: text,
  display_order_index: whole,
  parent_category_id: ref,
});
export type WireProductCategory = z.infer<typeof productCategorySchema>;

// ── Orders, payments, transactions ───────────────────────────────────────────────────────────────────────────

const orderItemShape = {
  id,
  name: text,
  description: text,
  notes: text,
  quantity: whole,
  item_type: words(
    "PRODUCT",
    "SHIPPING",
    "TAX",
    "SERVICE",
    "SUBSCRIPTION",
    "DISCOUNT",
    "FEE",
    "TIP",
    "OTHER",
    "UNKNOWN",
  ),
  product: nested({
    id: ref,
    name: text,
    sku: text,
    description: text,
    shippable: flag,
    taxable: flag,
  }).nullish(),
  subscription_id: ref,
  subscription_plan: nested({ ...planShape, id: ref }).nullish(),
  price_per_unit: currencyValueSchema.nullish(),
  cost_per_unit: currencyValueSchema.nullish(),
  discount: currencyValueSchema.nullish(),
  special: nested({
    amount: decimal,
    special_item_id: ref,
    discount_method: words("AMOUNT", "PERCENT"),
  }).nullish(),
};
export const orderItemSchema = record(orderItemShape);
export type WireOrderItem = z.infer<typeof orderItemSchema>;

export const orderSchema = record({
  id,
  title: text,
  status: words("DRAFT", "SENT", "VIEWED", "PAID"),
  order_type: words("ONLINE", "OFFLINE"),
  source_type: words("API", "CHECKOUT_FORM", "INVOICE", "MANUAL_PAYMENT", "QUICKBOOKS", "UNKNOWN"),
  contact: basicContact.nullish(),
  order_time: time,
  creation_time: time,
  modification_time: time,
  sent_time: time,
  due_time: time,
  total: currencyValueSchema.nullish(),
  total_paid: currencyValueSchema.nullish(),
  /** "Not current balance" in Keap's own words: compute the balance from `total` and `total_paid`. */
  total_due: currencyValueSchema.nullish(),
  refund_total: currencyValueSchema.nullish(),
  refund_status: text,
  credit_status: text,
  order_items: list(orderItemSchema),
  payment_plan: nested({}).nullish(),
  shipping_information: nested({ id: ref, address: addressSchema.nullish() }).nullish(),
  notes: text,
  terms: text,
  promo_code: text,
  lead_affiliate_id: ref,
  sales_affiliate_id: ref,
  invoice_id: ref,
  invoice_number: text,
  allow_payment: flag,
  allow_paypal: flag,
  files: list(nested({})),
  synced: flag,
  custom_fields: list(customFieldValueSchema),
  external_create_user: text,
  external_create_time: time,
  external_update_time: time,
});
export type WireOrder = z.infer<typeof orderSchema>;

/** A payment as one order sees it. The unit of `amount` is not settled by the spec; decimal is assumed. */
export const orderPaymentSchema = record({
  id,
  amount: decimal,
  note: text,
  invoice_id: ref,
  payment_id: ref,
  pay_time: time,
  pay_status: words(
    "MANUAL_PAID",
    "REFUNDED",
    "VOIDED",
    "PAYPAL_PAID",
    "APPROVED",
    "FAILED",
    "ERROR",
    "PENDING",
  ),
  last_updated_time: time,
  skip_commission: flag,
  refund_invoice_payment_id: ref,
});
export type WireOrderPayment = z.infer<typeof orderPaymentSchema>;

export const paymentResultSchema = record({
  id: ref,
  invoice_id: ref,
  payment_amount: decimal,
  payment_status_message: text,
  transaction_id: ref,
});
export type WirePaymentResult = z.infer<typeof paymentResultSchema>;

/** Card data is last four digits at most. */
export const paymentMethodSchema = record({
  payment_method_id: ref,
  contact_id: ref,
  credit_card_id: ref,
  payment_method_type: text,
  merchant_account_id: ref,
  merchant_account_type: words(...merchantTypes),
  created_time: time,
  status: text,
  card_info: nested({
    brand: text,
    card_type: text,
    last_four: text,
    expiration_month: text,
    expiration_year: text,
  }).nullish(),
});
export type WirePaymentMethod = z.infer<typeof paymentMethodSchema>;

/** `amount` is a decimal in major units. `refund_payment_id` sits on the original and names its refund. */
export const paymentSchema = record({
  id,
  type: text,
  amount: decimal,
  note: text,
  status: words("PENDING", "APPROVED", "COMPLETED", "NONE"),
  commissioned: flag,
  synced: flag,
  payment_time: time,
  update_time: time,
  refund_payment_id: ref,
  contact_id: ref,
  order_ids: list(id),
  external_transaction_id: text,
  merchant_account_id: ref,
  merchant_account_type: words(...merchantTypes),
  payment_method: nested({ payment_method_id: ref, payment_method_type: text }).nullish(),
});
export type WirePayment = z.infer<typeof paymentSchema>;

/** Has no id of its own in v2. `amount` is a decimal in major units. */
export const transactionSchema = record({
  amount: decimal,
  status: words("APPROVED", "PENDING", "ERROR", "FAILED", "NONE"),
  description: text,
  contact: basicContact.nullish(),
  contact_id: ref,
  order_ids: list(id),
  transaction_method: words("CAPTURE", "REFUND", "VOID", "MANUAL"),
  transaction_time: time,
  external_reference_id: text,
  external_response_code: text,
  error_details: text,
  payment_id: ref,
  is_successful: flag,
  merchant_account_id: ref,
  merchant_account_type: words(...merchantTypes),
  payment_method: nested({ payment_method_id: ref, payment_method_type: text }).nullish(),
});
export type WireTransaction = z.infer<typeof transactionSchema>;

export const merchantSchema = record({ id, name: text, type: words(...merchantTypes), is_test: flag });
export type WireMerchant = z.infer<typeof merchantSchema>;

// ── Subscriptions ────────────────────────────────────────────────────────────────────────────────────────────

export const subscriptionSchema = record({
  id,
  contact_id: ref,
  product_id: ref,
  subscription_plan_id: ref,
  active: flag,
  quantity: whole,
  /** A plain number; its unit and whether it is per piece are not stated by the spec (decimal is assumed). */
  billing_amount: decimal,
  billing_cycle: words("YEAR", "MONTH", "WEEK", "DAY"),
  billing_frequency: whole,
  auto_charge: flag,
  start_date: date,
  last_bill_date: date,
  next_bill_date: date,
  end_date: date,
  payment_method_id: ref,
  merchant_account_id: ref,
  allow_tax: flag,
  max_charge_attempts: whole,
  days_between_retries: whole,
  lead_affiliate_id: ref,
  sale_affiliate_id: ref,
  shipping_address: addressSchema.nullish(),
  promo_code: text,
  shipping_option_id: ref,
  reason_stopped: text,
  modification_time: time,
  custom_fields: list(customFieldValueSchema),
});
export type WireSubscription = z.infer<typeof subscriptionSchema>;

// ── Opportunities ────────────────────────────────────────────────────────────────────────────────────────────

/** Created and changed are spelled `created_time` and `last_updated_time` here. */
export const opportunitySchema = record({
  id,
  opportunity_title: text,
  contact: nested({ id: ref, email: text, first_name: text, last_name: text, company_name: text }).nullish(),
  stage: nested({ id: ref, name: text, reasons: list(z.string()), details: nested({}).nullish() }).nullish(),
  user: nested({ id: ref, first_name: text, last_name: text }).nullish(),
  next_action_time: time,
  next_action_notes: text,
  opportunity_notes: text,
  estimated_close_time: time,
  include_in_forecast: z.union([z.boolean(), z.number()]).nullish(),
  projected_revenue_low: decimal,
  projected_revenue_high: decimal,
  monthly_revenue: decimal,
  order_revenue: decimal,
  objection: text,
  status: text,
  status_id: ref,
  stage_entrance_time: time,
  affiliate_id: ref,
  lead_source: text,
  custom_fields: list(customFieldValueSchema),
  created_time: time,
  last_updated_time: time,
  created_by: ref,
  last_updated_by: ref,
});
export type WireOpportunity = z.infer<typeof opportunitySchema>;

export const opportunityStageSchema = record({
  id,
  name: text,
  order: whole,
  target_number_days: whole,
  probability: whole,
  created_time: time,
  updated_time: time,
  checklist_items: list(nested({ id: ref, description: text, required: flag, order: whole })),
});
export type WireOpportunityStage = z.infer<typeof opportunityStageSchema>;

/** `move_from_stage_id` 0 marks the first move. Ordered by `move_date`, though the field is `move_time`. */
export const stageMoveSchema = record({
  id,
  opportunity_id: ref,
  move_time: time,
  move_from_stage_id: ref,
  move_to_stage_id: ref,
  prev_stage_move_time: time,
  user_id: ref,
  created_by: ref,
  create_time: time,
});
export type WireStageMove = z.infer<typeof stageMoveSchema>;

// ── Notes, tasks, appointments ───────────────────────────────────────────────────────────────────────────────

export const noteSchema = record({
  id,
  title: text,
  text: text,
  type: text,
  contact_id: ref,
  assigned_to_user: basicUser.nullish(),
  pinned_at: time,
  custom_fields: list(customFieldValueSchema),
  create_time: time,
  update_time: time,
  created_by_user_id: ref,
  last_updated_by_user_id: ref,
});
export type WireNote = z.infer<typeof noteSchema>;

export const taskSchema = record({
  id,
  title: text,
  description: text,
  type: text,
  priority: words("CRITICAL", "ESSENTIAL", "NONESSENTIAL"),
  completed: flag,
  completion_time: time,
  due_time: time,
  /** Typed integer with its values listed as text: both are accepted. */
  remind_time_mins: z.union([z.int(), z.string()]).nullish(),
  assigned_to_user_id: ref,
  contact_id: ref,
  opportunity_id: ref,
  accepted: flag,
  custom_fields: list(customFieldValueSchema),
  create_time: time,
  modification_time: time,
  created_by_user_id: ref,
  last_updated_by_user_id: ref,
});
export type WireTask = z.infer<typeof taskSchema>;

/** v1, Keap Max Classic only. The spec's object has no id: `id` is read where the wire shows one. */
export const appointmentSchema = record({
  id: ref,
  title: text,
  description: text,
  location: text,
  contact_id: ref,
  user: ref,
  start_date: time,
  end_date: time,
  remind_time: whole,
});
export type WireAppointment = z.infer<typeof appointmentSchema>;

// ── Emails ───────────────────────────────────────────────────────────────────────────────────────────────────

/** The created time that the list filters and orders by is in no field of the answer. Bodies come Base64. */
export const emailSentSchema = record({
  id,
  subject: text,
  headers: text,
  contact_id: ref,
  sent_to_address: text,
  sent_to_cc_address_list: list(z.string()),
  sent_to_bcc_address_list: list(z.string()),
  sent_from_address: text,
  sent_from_reply_address: text,
  sent_time: time,
  received_time: time,
  opened_time: time,
  clicked_time: time,
  original_provider: words("UNKNOWN", "INFUSIONSOFT", "MICROSOFT", "GOOGLE"),
  original_provider_id: text,
  provider_source_id: text,
  plain_content: text,
  html_content: text,
});
export type WireEmailSent = z.infer<typeof emailSentSchema>;

/** Opt status belongs to an address, shared by all contacts that have it. */
export const emailAddressStatusSchema = record({
  email: z.string().min(1),
  opted_in: flag,
  status: words(...emailOptStatuses),
  create_time: time,
  last_click_time: time,
  last_open_time: time,
  last_sent_time: time,
});
export type WireEmailAddressStatus = z.infer<typeof emailAddressStatusSchema>;

export const emailTemplateSchema = record({ id, name: text, subject: text });
export type WireEmailTemplate = z.infer<typeof emailTemplateSchema>;

// ── Campaigns and automations ────────────────────────────────────────────────────────────────────────────────

export const campaignSchema = record({
  id,
  name: text,
  locked: flag,
  date_created: time,
  published_date: time,
  published_status: flag,
  error_message: text,
  time_zone: text,
  published_time_zone: text,
  created_by_global_id: ref,
  active_contact_count: whole,
  completed_contact_count: whole,
});
export type WireCampaign = z.infer<typeof campaignSchema>;

const historicalCounts = nested({ "24_hours": whole, "30_days": whole });

export const campaignGoalSchema = record({
  id,
  name: text,
  type: text,
  historical_contact_counts: historicalCounts.nullish(),
  next_sequence_ids: list(id),
  previous_sequence_ids: list(id),
});
export type WireCampaignGoal = z.infer<typeof campaignGoalSchema>;

export const campaignSequenceSchema = record({
  id,
  name: text,
  paths: list(
    nested({
      id: ref,
      items: list(nested({ id: ref, name: text, type: text, next_item_id: ref, previous_item_id: ref })),
    }),
  ),
  active_contact_count: whole,
  active_contact_count_completed: whole,
  historical_contact_count: historicalCounts.nullish(),
});
export type WireCampaignSequence = z.infer<typeof campaignSequenceSchema>;

export const automationSchema = record({
  id,
  title: text,
  categories: list(z.string()),
  status: words("PUBLISHED", "DRAFT"),
  locked: flag,
  active_contacts: whole,
  error_message: text,
  published_date: time,
  published_by: text,
  published_timezone: text,
  current_edit_lock_status: nested({ locked: flag, user_id: ref, user_name: text }).nullish(),
});
export type WireAutomation = z.infer<typeof automationSchema>;

/** A 2xx may hold `success: false`, or an empty list. */
export const goalResultSchema = record({
  success: flag,
  message: text,
  automation_id: ref,
  goal_id: ref,
  flow_start_results: list(nested({})),
  flow_stop_results: list(nested({})),
});
export type WireGoalResult = z.infer<typeof goalResultSchema>;

// ── Attribution ──────────────────────────────────────────────────────────────────────────────────────────────

export const leadSourceSchema = record({
  id,
  name: text,
  description: text,
  vendor: text,
  medium: text,
  message: text,
  status: words("ACTIVE", "INACTIVE"),
  lead_source_category_id: ref,
  start_time: time,
  end_time: time,
  create_time: time,
  update_time: time,
});
export type WireLeadSource = z.infer<typeof leadSourceSchema>;

export const leadSourceCategorySchema = record({
  id,
  name: text,
  description: text,
  create_time: time,
  update_time: time,
});
export type WireLeadSourceCategory = z.infer<typeof leadSourceCategorySchema>;

export const leadSourceExpenseSchema = record({
  id,
  title: text,
  notes: text,
  amount: currencyValueSchema.nullish(),
  lead_source_id: ref,
  lead_source_recurring_expense_id: ref,
  incurred_time: time,
  create_time: time,
  update_time: time,
});
export type WireLeadSourceExpense = z.infer<typeof leadSourceExpenseSchema>;

export const leadSourceRecurringExpenseSchema = record({
  id,
  title: text,
  notes: text,
  amount: currencyValueSchema.nullish(),
  lead_source_id: ref,
  start_time: time,
  end_time: time,
  next_expense_time: time,
  create_time: time,
  update_time: time,
});
export type WireLeadSourceRecurringExpense = z.infer<typeof leadSourceRecurringExpenseSchema>;

export const affiliateSchema = record({
  id,
  code: text,
  name: text,
  status: words("ACTIVE", "INACTIVE"),
  contact_id: ref,
  unique_site_id: text,
  date_created: time,
  parent_affiliate_id: ref,
  notify_on_sale: flag,
  notify_on_lead: flag,
  track_leads_days: whole,
  custom_fields: list(customFieldValueSchema),
});
export type WireAffiliate = z.infer<typeof affiliateSchema>;

export const referralSchema = record({
  id,
  description: text,
  source: text,
  contact_id: ref,
  referral_partner_id: ref,
  referral_time: time,
  expiration_time: time,
  ip_address: text,
  referral_type: words("COOKIE", "MANUAL", "PERMANENT"),
});
export type WireReferral = z.infer<typeof referralSchema>;

// ── Users, settings, identity, hooks ─────────────────────────────────────────────────────────────────────────

export const userSchema = record({
  id,
  given_name: text,
  middle_name: text,
  family_name: text,
  nickname: text,
  suffix: text,
  spouse_name: text,
  title: text,
  website: text,
  company_name: text,
  status: words("ACTIVE", "INVITED", "INACTIVE", "NOT_A_USER"),
  admin: flag,
  partner: flag,
  global_user_id: ref,
  keap_id: text,
  address: addressSchema.nullish(),
  email_addresses: list(emailSchema),
  phone_numbers: list(phoneSchema),
  fax_numbers: list(faxSchema),
  social_accounts: list(socialAccountSchema),
  created_by: ref,
  create_time: time,
  updated_by: ref,
  update_time: time,
});
export type WireUser = z.infer<typeof userSchema>;

export const userGroupSchema = record({ id, name: text });
export type WireUserGroup = z.infer<typeof userGroupSchema>;

export const businessProfileSchema = record({
  name: text,
  email: text,
  website: text,
  phone: text,
  address: addressSchema.nullish(),
  time_zone: text,
  currency_code: text,
  language_tag: text,
  logo_url: text,
  business_type: text,
  business_goals: list(z.string()),
  business_primary_color: text,
  business_secondary_color: text,
});
export type WireBusinessProfile = z.infer<typeof businessProfileSchema>;

/** Which stages are won and lost comes as text in `opportunity.states.win.stage` and `.loss.stage`. */
export const settingsSchema = record({
  application: nested({ time_zone: text }).nullish(),
  affiliate: nested({}).nullish(),
  appointment: nested({}).nullish(),
  contact: nested({}).nullish(),
  ecommerce: nested({}).nullish(),
  email: nested({}).nullish(),
  forms: nested({}).nullish(),
  fulfillment: nested({}).nullish(),
  invoice: nested({}).nullish(),
  note: nested({}).nullish(),
  opportunity: nested({
    states: nested({
      win: nested({ stage: text }).nullish(),
      loss: nested({ stage: text }).nullish(),
      active: nested({ stages: text }).nullish(),
    }).nullish(),
  }).nullish(),
  task: nested({}).nullish(),
  template: nested({}).nullish(),
});
export type WireSettings = z.infer<typeof settingsSchema>;

export const webformSchema = record({
  id,
  name: text,
  webform_type: text,
  create_time: time,
  update_time: time,
});
export type WireWebform = z.infer<typeof webformSchema>;

/** Who the credential acts as. */
export const userInfoSchema = record({
  id: ref,
  sub: text,
  keap_id: text,
  email: text,
  given_name: text,
  middle_name: text,
  family_name: text,
  preferred_name: text,
  is_admin: flag,
  tenant_id: text,
});
export type WireUserInfo = z.infer<typeof userInfoSchema>;

/** A REST hook (v1). */
export const hookSchema = record({
  key: id,
  eventKey: text,
  hookUrl: text,
  status: words("Unverified", "Verified", "Inactive"),
});
export type WireHook = z.infer<typeof hookSchema>;
