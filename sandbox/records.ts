/**
 * What a simulated Keap account stores. Records keep Keap's v2 field names and numeric-text ids; an absent
 * field means "empty". Three things differ from the wire, because they are derived when a record is answered:
 * money is an integer in the smallest unit (`…_minor`, always positive for payments and refunds), names of
 * linked records are not copied, and totals are never stored.
 *
 * Times are ISO 8601 UTC with milliseconds (`2026-01-31T09:15:00.000Z`), dates are `2026-01-31`.
 * Records are replaced, never changed in place: see `putRecord` in account.ts.
 */

export type EmailField = "EMAIL1" | "EMAIL2" | "EMAIL3";
export type PhoneField = "PHONE1" | "PHONE2" | "PHONE3" | "PHONE4" | "PHONE5";
export type AddressField = "BILLING" | "SHIPPING" | "OTHER";
export type SocialType =
  | "FACEBOOK"
  | "LINKED_IN"
  | "TWITTER"
  | "INSTAGRAM"
  | "SNAPCHAT"
  | "YOUTUBE"
  | "PINTEREST";

export const optStatuses = [
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
export type OptStatus = (typeof optStatuses)[number];

export interface CustomFieldContent {
  id: string;
  content: unknown;
}

export interface AddressRecord {
  field?: AddressField;
  line1?: string;
  line2?: string;
  locality?: string;
  region?: string;
  region_code?: string;
  country?: string;
  country_code?: string;
  postal_code?: string;
  zip_code?: string;
  zip_four?: string;
}

/** `is_opt_in` and `email_opt_status` are answered from `emailAddresses`: the status belongs to the address. */
export interface ContactEmail {
  field: EmailField;
  email: string;
  opt_in_reason?: string;
}

export interface ContactPhone {
  field: PhoneField;
  number: string;
  number_e164?: string;
  extension?: string;
  type?: string;
}

export interface FaxRecord {
  field: "FAX1" | "FAX2";
  number: string;
  type?: string;
}

/** camelCase on purpose: Keap answers UTM records so, though it takes them in snake_case. */
export interface UtmRecord {
  id: number;
  keapSourceId: string;
  utmSource?: string;
  utmMedium?: string;
  utmTerm?: string;
  utmCampaign?: string;
  utmContent?: string;
  firstTouch: boolean;
  lastTouch: boolean;
  dateCreated: string;
}

export type SourceType =
  | "API"
  | "APPOINTMENT"
  | "FORM_API_HOSTED"
  | "FORM_API_INTERNAL"
  | "IMPORT"
  | "INTERNAL_FORM"
  | "LANDING_PAGE"
  | "MANUAL"
  | "OTHER"
  | "UNKNOWN"
  | "WEBFORM";

/** Tags, links and groups are answered from `contactTags` and `contactLinks`. */
export interface ContactRecord {
  id: string;
  given_name?: string;
  family_name?: string;
  middle_name?: string;
  preferred_name?: string;
  prefix?: string;
  suffix?: string;
  job_title?: string;
  company_id?: string;
  email_addresses?: ContactEmail[];
  phone_numbers?: ContactPhone[];
  fax_numbers?: FaxRecord[];
  addresses?: AddressRecord[];
  social_accounts?: { type: SocialType; name: string }[];
  website?: string;
  birth_date?: string;
  anniversary_date?: string;
  contact_type?: string;
  spouse_name?: string;
  time_zone?: string;
  preferred_locale?: string;
  owner_id?: string;
  leadsource_id?: string;
  source_type?: SourceType;
  referral_code?: string;
  origin?: { date?: string; ip_address?: string };
  utm_parameters?: UtmRecord[];
  custom_fields?: CustomFieldContent[];
  score_value?: string;
  assistant_name?: string;
  assistant_phone?: string;
  billing_information?: string;
  notes?: string;
  account_id?: string;
  create_time: string;
  update_time: string;
  created_by?: string;
  last_updated_by?: string;
}

export interface CompanyRecord {
  id: string;
  company_name?: string;
  address?: AddressRecord;
  notes?: string;
  website?: string;
  email_address?: ContactEmail;
  phone_number?: ContactPhone;
  fax_number?: FaxRecord;
  custom_fields?: CustomFieldContent[];
  suffix?: string;
  title?: string;
  anniversary_date?: string;
  assistant_name?: string;
  assistant_phone?: string;
  billing_information?: string;
  birth_date?: string;
  contact_type?: string;
  first_name?: string;
  last_name?: string;
  middle_name?: string;
  job_title?: string;
  preferred_name?: string;
  owner_id?: string;
  referral_code?: string;
  spouse_name?: string;
  account_id?: string;
  create_time: string;
  update_time: string;
  created_by?: string;
  last_updated_by?: string;
}

export interface TagRecord {
  id: string;
  name: string;
  description?: string;
  category_id?: string;
  create_time: string;
  update_time: string;
}

export interface TagCategoryRecord {
  id: string;
  name: string;
  description?: string;
  create_time: string;
  update_time: string;
}

export interface ProductRecord {
  id: string;
  name: string;
  price_minor: number;
  active: boolean;
  short_description?: string;
  description?: string;
  sku?: string;
  shippable?: boolean;
  weight?: number;
  taxable?: boolean;
  country_taxable?: boolean;
  state_taxable?: boolean;
  city_taxable?: boolean;
  /** Ids of product categories. */
  category_ids?: string[];
  inventory?: {
    inventory_limit?: number;
    inventory_count?: number;
    out_of_stock_enabled?: boolean;
    email_for_inventory_notifications?: string;
  };
  subscription_only?: boolean;
  storefront_hidden?: boolean;
  is_package?: boolean;
  needs_digital_delivery?: boolean;
  has_legacy_image?: boolean;
  delivery_description?: string;
  top_html?: string;
  bottom_html?: string;
  create_time: string;
  update_time: string;
}

export interface ProductCategoryRecord {
  id: string;
  name: string;
  display_order_index?: number;
  parent_category_id?: string;
}

export type CycleType = "YEARLY" | "MONTHLY" | "WEEKLY" | "DAILY";
export type BillingCycle = "YEAR" | "MONTH" | "WEEK" | "DAY";

export interface SubscriptionPlanRecord {
  id: string;
  product_id: string;
  subscription_plan_name: string;
  cycle_type: CycleType;
  frequency: number;
  /** 0 = endless. */
  total_cycles: number;
  plan_price_minor: number;
  active: boolean;
  allow_prorating?: boolean;
  display_order_index?: number;
}

export const orderItemTypes = [
  "PRODUCT",
  "SHIPPING",
  "TAX",
  "SERVICE",
  "UPSELL",
  "FINANCE_CHARGE",
  "DISCOUNT",
  "PROGRAM",
  "SUBSCRIPTION",
  "DISCOUNT_FREE_TRIAL",
  "DISCOUNT_ORDER_TOTAL",
  "DISCOUNT_PRODUCT",
  "DISCOUNT_PRODUCT_CATEGORY",
  "DISCOUNT_SHIPPING",
  "TIP",
  "OTHER",
  "FEE",
  "UNKNOWN",
] as const;
export type OrderItemType = (typeof orderItemTypes)[number];

/** A line is quantity × price − discount. Items of a DISCOUNT type carry a negative price. */
export interface OrderItemRecord {
  id: string;
  item_type: OrderItemType;
  name: string;
  description?: string;
  notes?: string;
  quantity: number;
  price_per_unit_minor: number;
  cost_per_unit_minor?: number;
  discount_minor?: number;
  product_id?: string;
  subscription_plan_id?: string;
  subscription_id?: string;
  special?: { amount: number; special_item_id: string; discount_method: "AMOUNT" | "PERCENT" };
}

export interface ShippingRecord {
  id?: string;
  company?: string;
  given_name?: string;
  family_name?: string;
  phone_number?: string;
  invoice_to_company?: boolean;
  address?: AddressRecord;
}

export interface PaymentPlanRecord {
  auto_charge?: boolean;
  max_charge_attempts?: number;
  days_between_retries?: number;
  payment_method_id?: string;
  initial_payment_amount_minor?: number;
  initial_payment_date?: string;
  plan_start_date: string;
  number_of_payments: number;
  days_between_payments: number;
}

/** `status` PAID, the totals and the refund total are derived from items and order payments. */
export interface OrderRecord {
  id: string;
  invoice_id: string;
  title: string;
  /** The title of the invoice, which requests send as `title` beside `order_title`. */
  invoice_title?: string;
  contact_id: string;
  /** How far an unpaid order got. */
  status: "DRAFT" | "SENT" | "VIEWED";
  order_type: "ONLINE" | "OFFLINE";
  source_type: "API" | "CHECKOUT_FORM" | "INVOICE" | "MANUAL_PAYMENT" | "QUICKBOOKS" | "UNKNOWN";
  order_time: string;
  creation_time: string;
  modification_time: string;
  items: OrderItemRecord[];
  notes?: string;
  terms?: string;
  lead_affiliate_id?: string;
  sales_affiliate_id?: string;
  shipping?: ShippingRecord;
  payment_plan?: PaymentPlanRecord;
  promo_code?: string;
  credit_status?: string;
  invoice_number?: string;
  file_ids?: string[];
  allow_payment?: boolean;
  allow_paypal?: boolean;
  synced?: boolean;
  custom_fields?: CustomFieldContent[];
  sent_time?: string;
  due_time?: string;
  external_create_user?: string;
  external_create_time?: string;
  external_update_time?: string;
}

export type PayStatus =
  | "MANUAL_PAID"
  | "REFUNDED"
  | "VOIDED"
  | "PAYPAL_PAID"
  | "APPROVED"
  | "FAILED"
  | "ERROR"
  | "PENDING";

/** The share of one payment that went to one order (`InvoiceOrderPayment`). A refund has `refund_invoice_payment_id` naming the original. */
export interface OrderPaymentRecord {
  id: string;
  order_id: string;
  payment_id: string;
  /** Always positive, also for refunds. */
  amount_minor: number;
  pay_status: PayStatus;
  pay_time: string;
  last_updated_time: string;
  note?: string;
  skip_commission?: boolean;
  refund_invoice_payment_id?: string;
}

export type MerchantType = "PAYPAL" | "UNSUPPORTED" | "AUTHORIZE" | "EWAY" | "WEPAY" | "STRIPE" | "KEAP_PAY";

/** A payment or a refund (`kind`). `refund_payment_id` sits on the ORIGINAL and names its refund. */
export interface PaymentRecord {
  id: string;
  kind: "payment" | "refund";
  /** Text such as "Credit Card", "Check", "Cash", "Refund". */
  type: string;
  amount_minor: number;
  status: "PENDING" | "APPROVED" | "COMPLETED" | "NONE";
  contact_id: string;
  order_ids: string[];
  payment_time: string;
  update_time: string;
  note?: string;
  commissioned?: boolean;
  synced?: boolean;
  refund_payment_id?: string;
  external_transaction_id?: string;
  merchant_account_id?: string;
  /** A stored card: id in `paymentMethods`. */
  payment_method_id?: string;
}

/** Transactions have no id on the wire; the one here is only the key of the table. */
export interface TransactionRecord {
  id: string;
  /** Always positive, also for refunds. */
  amount_minor: number;
  status: "APPROVED" | "PENDING" | "ERROR" | "FAILED" | "NONE";
  transaction_method: "CAPTURE" | "REFUND" | "VOID" | "MANUAL";
  transaction_time: string;
  is_successful: boolean;
  contact_id: string;
  order_ids: string[];
  payment_id?: string;
  description?: string;
  external_reference_id?: string;
  external_response_code?: string;
  error_details?: string;
  merchant_account_id?: string;
  payment_method_id?: string;
}

export interface PaymentMethodRecord {
  id: string;
  contact_id: string;
  credit_card_id: string;
  merchant_account_id?: string;
  created_time: string;
  deactivated?: boolean;
  expired?: boolean;
  card_info: {
    brand: string;
    fingerprint?: string;
    card_type?: "CREDIT" | "DEBIT" | "PREPAID" | "ACH";
    last_four: string;
    expiration_year: string;
    expiration_month: string;
  };
}

export interface MerchantRecord {
  id: string;
  name: string;
  type: MerchantType;
  is_test: boolean;
}

export interface SubscriptionRecord {
  id: string;
  contact_id: string;
  product_id: string;
  subscription_plan_id: string;
  active: boolean;
  quantity: number;
  billing_amount_minor: number;
  billing_cycle: BillingCycle;
  billing_frequency: number;
  auto_charge: boolean;
  start_date: string;
  last_bill_date?: string;
  next_bill_date?: string;
  end_date?: string;
  merchant_account_id?: string;
  payment_method_id?: string;
  allow_tax?: boolean;
  max_charge_attempts?: number;
  days_between_retries?: number;
  lead_affiliate_id?: string;
  sale_affiliate_id?: string;
  shipping_address?: AddressRecord;
  promo_code?: string;
  shipping_option_id?: string;
  reason_stopped?: string;
  /** Absent on subscriptions older than Keap's field. */
  modification_time?: string;
  custom_fields?: CustomFieldContent[];
}

export interface OpportunityRecord {
  id: string;
  contact_id: string;
  stage_id: string;
  user_id?: string;
  opportunity_title: string;
  next_action_time?: string;
  next_action_notes?: string;
  opportunity_notes?: string;
  estimated_close_time?: string;
  include_in_forecast?: boolean;
  projected_revenue_low?: number;
  projected_revenue_high?: number;
  affiliate_id?: string;
  lead_source?: string;
  monthly_revenue?: number;
  order_revenue?: number;
  objection?: string;
  status?: string;
  status_id?: string;
  stage_entrance_time?: string;
  custom_fields?: CustomFieldContent[];
  created_time: string;
  last_updated_time: string;
  created_by?: string;
  last_updated_by?: string;
}

export interface StageRecord {
  id: string;
  name: string;
  order: number;
  target_number_days: number;
  probability: number;
  created_time: string;
  updated_time: string;
  checklist_items?: { id: string; description: string; required: boolean; order: number }[];
}

export interface StageMoveRecord {
  id: string;
  opportunity_id: string;
  move_time: string;
  /** "0" = the first move. */
  move_from_stage_id: string;
  move_to_stage_id: string;
  prev_stage_move_time?: string;
  user_id?: string;
  created_by?: string;
  create_time: string;
}

export interface NoteRecord {
  id: string;
  contact_id: string;
  title?: string;
  text?: string;
  type?: string;
  user_id?: string;
  pinned_at?: string;
  custom_fields?: CustomFieldContent[];
  create_time: string;
  update_time: string;
  created_by_user_id?: string;
  last_updated_by_user_id?: string;
}

export interface TaskRecord {
  id: string;
  title?: string;
  description?: string;
  type?: string;
  priority?: "CRITICAL" | "ESSENTIAL" | "NONESSENTIAL";
  completed: boolean;
  completion_time?: string;
  due_time?: string;
  remind_time_mins?: number;
  assigned_to_user_id?: string;
  contact_id?: string;
  opportunity_id?: string;
  accepted?: boolean;
  custom_fields?: CustomFieldContent[];
  create_time: string;
  modification_time: string;
  created_by_user_id?: string;
  last_updated_by_user_id?: string;
}

/** v1 only (Max Classic). The spec's object has no id: whether the wire shows one is a switch. */
export interface AppointmentRecord {
  id: string;
  title: string;
  start_date: string;
  end_date: string;
  description?: string;
  location?: string;
  contact_id?: string;
  user?: string;
  remind_time?: number;
  update_time: string;
}

export interface EmailRecord {
  id: string;
  contact_id?: string;
  subject?: string;
  headers?: string;
  sent_to_address: string;
  sent_to_cc_address_list?: string[];
  sent_to_bcc_address_list?: string[];
  sent_from_address?: string;
  sent_from_reply_address?: string;
  sent_time?: string;
  received_time?: string;
  opened_time?: string;
  clicked_time?: string;
  original_provider?: "UNKNOWN" | "INFUSIONSOFT" | "MICROSOFT" | "GOOGLE";
  original_provider_id?: string;
  provider_source_id?: string;
  /** Base64, answered by the single get alone. */
  plain_content?: string;
  html_content?: string;
  /** The list filters and orders by this; no answer shows it. */
  created_time: string;
}

/** Keyed by the address in lower case. `opted_in` is derived from the status. */
export interface EmailAddressRecord {
  email: string;
  status: OptStatus;
  create_time: string;
  last_click_time?: string;
  last_open_time?: string;
  last_sent_time?: string;
}

export interface CampaignSequenceRecord {
  id: string;
  name: string;
  paths: {
    id: string;
    items: { id: string; name: string; type: string; next_item_id?: string; previous_item_id?: string }[];
  }[];
  /** Contacts now in the sequence: never readable over the API. */
  active_contact_ids: string[];
  completed_count: number;
  last_24_hours: number;
  last_30_days: number;
}

export interface CampaignGoalRecord {
  id: string;
  name: string;
  type: string;
  /** For goals of type API: what `goals/achieve` is called with. In no answer. */
  integration?: string;
  call_name?: string;
  next_sequence_ids: string[];
  previous_sequence_ids: string[];
  last_24_hours: number;
  last_30_days: number;
}

/** Answered as a campaign and, under the same id, as an automation. */
export interface CampaignRecord {
  id: string;
  name: string;
  locked?: boolean;
  date_created: string;
  published_date?: string;
  published: boolean;
  error_message?: string;
  time_zone?: string;
  created_by_global_id?: string;
  categories?: string[];
  last_updated?: string;
  sequences: CampaignSequenceRecord[];
  goals: CampaignGoalRecord[];
  completed_contact_count?: number;
}

export interface LeadSourceRecord {
  id: string;
  name: string;
  description?: string;
  vendor?: string;
  medium?: string;
  message?: string;
  status: "ACTIVE" | "INACTIVE";
  lead_source_category_id?: string;
  start_time?: string;
  end_time?: string;
  create_time: string;
  update_time: string;
}

export interface LeadSourceCategoryRecord {
  id: string;
  name: string;
  description?: string;
  create_time: string;
  update_time: string;
}

export interface LeadSourceExpenseRecord {
  id: string;
  lead_source_id: string;
  lead_source_recurring_expense_id?: string;
  title?: string;
  notes?: string;
  amount_minor: number;
  incurred_time: string;
  create_time: string;
  update_time: string;
}

export interface LeadSourceRecurringExpenseRecord {
  id: string;
  lead_source_id: string;
  title?: string;
  notes?: string;
  amount_minor: number;
  start_time: string;
  end_time?: string;
  next_expense_time?: string;
  create_time: string;
  update_time: string;
}

export interface AffiliateRecord {
  id: string;
  code: string;
  name?: string;
  status: "ACTIVE" | "INACTIVE";
  contact_id: string;
  unique_site_id?: string;
  date_created: string;
  parent_affiliate_id?: string;
  notify_on_sale?: boolean;
  notify_on_lead?: boolean;
  track_leads_days?: number;
  custom_fields?: CustomFieldContent[];
}

export interface ReferralRecord {
  id: string;
  contact_id: string;
  referral_partner_id?: string;
  description?: string;
  source?: string;
  referral_time: string;
  expiration_time?: string;
  ip_address?: string;
  referral_type: "COOKIE" | "MANUAL" | "PERMANENT";
}

export interface UserRecord {
  id: string;
  given_name?: string;
  family_name?: string;
  middle_name?: string;
  nickname?: string;
  title?: string;
  website?: string;
  company_name?: string;
  partner?: boolean;
  admin?: boolean;
  status: "ACTIVE" | "INVITED" | "INACTIVE" | "NOT_A_USER";
  global_user_id?: string;
  keap_id?: string;
  email_addresses: ContactEmail[];
  phone_numbers?: ContactPhone[];
  fax_numbers?: FaxRecord[];
  social_accounts?: { type: SocialType; name: string }[];
  address?: AddressRecord;
  spouse_name?: string;
  suffix?: string;
  time_zone?: string;
  created_by?: number;
  updated_by?: number;
  create_time: string;
  update_time: string;
}

export const customFieldRecordTypes = [
  "CONTACT",
  "REFERRAL_PARTNER",
  "OPPORTUNITY",
  "TASK_NOTE_APPOINTMENT",
  "COMPANY",
  "ORDER",
  "SUBSCRIPTION",
] as const;
export type CustomFieldRecordType = (typeof customFieldRecordTypes)[number];

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

export interface CustomFieldRecord {
  id: string;
  record_type: CustomFieldRecordType;
  label: string;
  /** The filter name. Differs from the id (write key) and from the label. */
  field_name: string;
  field_type: CustomFieldType;
  options?: { id: string; label: string }[];
  default_value?: string;
  group_id?: string;
}

export interface CustomFieldGroupRecord {
  id: string;
  record_type: CustomFieldRecordType;
  name: string;
  order: number;
  tab_id: string;
}

export interface CustomFieldTabRecord {
  id: string;
  record_type: CustomFieldRecordType;
  name: string;
  order: number;
}

export interface ContactLinkRecord {
  id: string;
  contact1_id: string;
  contact2_id: string;
  link_type_id: string;
}

export interface ContactLinkTypeRecord {
  id: string;
  name: string;
  max_links?: number;
  create_time: string;
}

export interface WebformRecord {
  id: string;
  xid?: string;
  name: string;
  webform_type:
    | "LEGACY"
    | "STANDALONE"
    | "FUNNEL"
    | "LANDING_PAGE"
    | "SURVEY"
    | "INTERNAL"
    | "TWITTER"
    | "UNKNOWN";
  duplicate_check_option?: "EMAIL" | "EMAIL_AND_NAME" | "EMAIL_AND_NAME_AND_COMPANY" | "NO_CHECK";
  webform_url?: string;
  thank_you_page_url?: string;
  create_time: string;
  update_time: string;
}

/** `key` is the key on the wire; `id` (numeric text) is the table's. */
export interface HookRecord {
  id: string;
  key: string;
  eventKey: string;
  hookUrl: string;
  status: "Unverified" | "Verified" | "Inactive";
}

export interface BusinessProfile {
  name: string;
  email?: string;
  website?: string;
  phone?: string;
  address?: {
    line1?: string;
    line2?: string;
    locality?: string;
    region?: string;
    country_code?: string;
    postal_code?: string;
  };
  time_zone: string;
  currency_code: string;
  language_tag?: string;
  business_type?: string;
  business_goals?: string[];
  business_primary_color?: string;
  business_secondary_color?: string;
  logo_url?: string;
}

/** What `settings/applications:getConfiguration` answers, as far as a client reads it. Lists become one text. */
export interface AppSettings {
  contact_types: string[];
  phone_types: string[];
  fax_types: string[];
  title_types: string[];
  suffix_types: string[];
  /** Manual payment types: what `payment_method_type` of an order payment may be. */
  payment_types: string[];
  default_country: string;
  default_to_auto_charge: boolean;
  default_charge_max_retry_attempts: number;
  default_days_between_charge_attempts: number;
  default_merchant_id?: string;
  active_stage_ids: string[];
  win_stage_id?: string;
  win_reasons: string[];
  loss_stage_id?: string;
  loss_reasons: string[];
  default_stage_id?: string;
  note_types: string[];
  promo_codes: { code: string; percent: number }[];
}
