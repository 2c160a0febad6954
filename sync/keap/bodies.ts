/**
 * What we send. Written by hand from Keap's v2 specification: the answer's shape and the request's differ in names,
 * units and nesting. Money carries its unit in a comment, since Keap mixes decimals and smallest units.
 */

export interface AddressBody {
  field?: "BILLING" | "SHIPPING" | "OTHER";
  line1?: string | null;
  line2?: string | null;
  locality?: string | null;
  /** Long name, deprecated: write `region_code`. */
  region?: string | null;
  /** ISO 3166-2, such as `US-AZ`. */
  region_code?: string | null;
  country?: string | null;
  /** Three letters, ISO 3166-1, such as `USA`. */
  country_code?: string | null;
  postal_code?: string | null;
  zip_code?: string | null;
  zip_four?: string | null;
}

export interface EmailBody {
  email?: string | null;
  field?: "EMAIL1" | "EMAIL2" | "EMAIL3";
  opt_in_reason?: string;
}

export interface PhoneBody {
  field?: "PHONE1" | "PHONE2" | "PHONE3" | "PHONE4" | "PHONE5";
  number?: string | null;
  extension?: string | null;
  type?: string | null;
}

export interface FaxBody {
  field?: "FAX1" | "FAX2";
  number?: string | null;
  type?: string | null;
}

export interface SocialAccountBody {
  type: "FACEBOOK" | "LINKED_IN" | "TWITTER" | "INSTAGRAM" | "SNAPCHAT" | "YOUTUBE" | "PINTEREST";
  name?: string | null;
}

export interface CustomFieldValueBody {
  id: string;
  content: unknown;
}

/**
 * Lists are replaced whole: an item not sent is removed, `[]` clears the list. Read, merge the change in, write the
 * whole list, with a mask that names only the lists touched.
 */
export interface ContactBody {
  given_name?: string | null;
  middle_name?: string | null;
  family_name?: string | null;
  preferred_name?: string | null;
  prefix?: string | null;
  suffix?: string | null;
  job_title?: string | null;
  company?: { id?: string | null; company_name?: string | null } | null;
  email_addresses?: EmailBody[];
  phone_numbers?: PhoneBody[];
  addresses?: AddressBody[];
  fax_numbers?: FaxBody[];
  social_accounts?: SocialAccountBody[];
  custom_fields?: CustomFieldValueBody[];
  website?: string | null;
  birth_date?: string | null;
  anniversary_date?: string | null;
  spouse_name?: string | null;
  contact_type?: string | null;
  owner_id?: string | null;
  leadsource_id?: string | null;
  referral_code?: string | null;
  source_type?: string;
  origin?: { ip_address?: string };
  utm_parameters?: {
    keap_source_id: string;
    utm_source?: string;
    utm_medium?: string;
    utm_term?: string;
    utm_campaign?: string;
    utm_content?: string;
  };
  time_zone?: string | null;
  preferred_locale?: string | null;
  assistant_name?: string | null;
  assistant_phone?: string | null;
  billing_information?: string | null;
}

export interface CompanyBody {
  company_name?: string | null;
  title?: string | null;
  first_name?: string | null;
  middle_name?: string | null;
  last_name?: string | null;
  preferred_name?: string | null;
  suffix?: string | null;
  job_title?: string | null;
  contact_type?: string | null;
  address?: AddressBody | null;
  email_address?: EmailBody | null;
  phone_number?: PhoneBody | null;
  fax_number?: FaxBody | null;
  website?: string | null;
  notes?: string | null;
  custom_fields?: CustomFieldValueBody[];
  birth_date?: string | null;
  anniversary_date?: string | null;
  spouse_name?: string | null;
  assistant_name?: string | null;
  assistant_phone?: string | null;
  billing_information?: string | null;
  owner_id?: string | null;
  referral_code?: string | null;
}

export interface CustomFieldBody {
  label: string;
  field_type: string;
  options?: { label: string }[];
  group_id?: string;
  user_group_id?: string;
}

/** `group_id` must be sent even when only the label changes. The type cannot change. */
export interface CustomFieldPatch {
  group_id: string;
  label?: string;
  options?: { id?: string; label?: string }[];
}

/** Names are unique and cut at 255 characters. */
export interface TagBody {
  name?: string;
  description?: string | null;
  category?: { id: string } | null;
}

export interface TagCategoryBody {
  name?: string;
  description?: string | null;
}

/** Sent flat; comes back nested as `shipping_information`. */
export interface OrderAddressBody {
  first_name?: string;
  middle_name?: string;
  last_name?: string;
  company?: string;
  phone?: string;
  line1?: string;
  line2?: string;
  locality?: string;
  region?: string;
  country_code?: string;
  zip_code?: string;
  zip_four?: string;
  is_invoice_to_company?: boolean;
}

export interface OrderItemBody {
  /** At least 1. */
  quantity: number;
  /** PRODUCT unless told; cannot be changed. SUBSCRIPTION needs a plan. */
  item_type?: string;
  product_id?: string;
  subscription_plan_id?: string;
  subscription_plan_description?: string;
  name?: string;
  description?: string;
  notes?: string;
  /** Decimal, major units. */
  price_per_unit?: number;
  /** Decimal, major units. */
  cost_per_unit?: number;
}
export type OrderItemPatch = Partial<Omit<OrderItemBody, "item_type">>;

interface OrderFields {
  /** The invoice's title; the order's is `order_title`. */
  title?: string | null;
  notes?: string | null;
  terms?: string | null;
  promo_codes?: string[];
  lead_affiliate_id?: string | null;
  sales_affiliate_id?: string | null;
  shipping_address?: OrderAddressBody;
  custom_fields?: CustomFieldValueBody[];
  sent_time?: string;
  due_time?: string;
  invoice_number?: string;
  external_create_user?: string;
  external_create_time?: string;
  external_update_time?: string;
}

export interface OrderBody extends OrderFields {
  contact_id: string;
  order_title: string;
  order_time: string;
  order_type: "ONLINE" | "OFFLINE";
  order_items?: OrderItemBody[];
}

export interface OrderPatch extends OrderFields {
  contact_id?: string;
  order_title?: string;
  order_time?: string;
  order_type?: "ONLINE" | "OFFLINE";
  payment_plan?: {
    auto_charge?: boolean;
    max_charge_attempts?: number;
    days_between_retries?: number;
    /** Unit not settled by the spec. */
    initial_payment_amount?: number;
    initial_payment_date?: string;
    plan_start_date?: string;
    number_of_payments?: number;
    days_between_payments?: number;
  };
}

/**
 * Records a payment taken elsewhere. A `payment_method_id` would **charge the card**, so it has no place here:
 * the type must be one configured in the account (Credit Card (Manual), Check, Cash, Money Order, Adjustment).
 */
export interface ManualPaymentBody {
  /** Decimal, major units; at most the balance. */
  payment_amount: number;
  payment_method_type: string;
  apply_to_commissions: boolean;
  payment_time?: string;
  notes?: string;
  external_source?: string;
  external_source_value?: string;
  external_status_value?: string;
  external_create_time?: string;
  external_update_time?: string;
  external_create_user?: string;
}

interface SubscriptionFields {
  quantity?: number;
  active?: boolean;
  billing_amount?: number;
  max_charge_attempts?: number;
  days_between_retries?: number;
  allow_tax?: boolean;
  lead_affiliate_id?: string | null;
  sale_affiliate_id?: string | null;
  shipping_address?: AddressBody;
  promo_code?: string | null;
  shipping_option_id?: string | null;
  reason_stopped?: string | null;
  custom_fields?: CustomFieldValueBody[];
}

/** Keap would charge the contact's latest card by default: the client always sends `auto_charge: false`. */
export interface SubscriptionBody extends SubscriptionFields {
  contact_id: string;
  subscription_plan_id: string;
  /** Not in the past. */
  start_date?: string;
  allow_duplicate?: boolean;
}

export interface SubscriptionPatch extends SubscriptionFields {
  contact_id?: string;
  subscription_plan_id?: string;
  /** Only false can be written by us. */
  auto_charge?: false;
  billing_frequency?: number;
  billing_cycle?: "YEAR" | "MONTH" | "WEEK" | "DAY";
  next_bill_date?: string;
  end_date?: string;
}

export interface ProductFields {
  name?: string;
  sku?: string | null;
  /** Integer, smallest unit. */
  price?: number;
  active?: boolean;
  description?: string | null;
  short_description?: string;
  shippable?: boolean;
  weight?: number;
  taxable?: boolean;
  country_taxable?: boolean;
  state_taxable?: boolean;
  city_taxable?: boolean;
  subscription_only?: boolean;
  storefront_hidden?: boolean;
  top_html?: string;
  bottom_html?: string;
  is_package?: boolean;
  needs_digital_delivery?: boolean;
  delivery_description?: string;
}

interface InventoryFields {
  inventory_limit?: number;
  out_of_stock_enabled?: boolean;
  email_for_inventory_notifications?: string;
}

export interface ProductBody extends ProductFields {
  name: string;
  price: number;
  short_description: string;
  inventory?: InventoryFields;
}
export interface ProductPatch extends ProductFields, InventoryFields {}

/** A PATCH needs `cycle_type` and `plan_price` too. */
export interface PlanBody {
  cycle_type: "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY";
  /** Smallest unit. */
  plan_price: number;
  active?: boolean;
  frequency?: number;
  /** 0 = endless. */
  total_cycles?: number;
  allow_prorating?: boolean;
  display_order_index?: number;
}

export interface ProductCategoryBody {
  name?: string;
  display_order_index?: number;
  parent_category_id?: string;
}

export interface OpportunityPatch {
  opportunity_title?: string;
  contact_id?: string;
  stage_id?: string;
  user_id?: string;
  next_action_time?: string | null;
  next_action_notes?: string | null;
  opportunity_notes?: string | null;
  estimated_close_time?: string | null;
  include_in_forecast?: boolean;
  projected_revenue_low?: number;
  projected_revenue_high?: number;
  custom_fields?: CustomFieldValueBody[];
  affiliate_id?: string;
}
export interface OpportunityBody extends OpportunityPatch {
  opportunity_title: string;
  contact_id: string;
  stage_id: string;
}

export interface OpportunityStageBody {
  name: string;
  order: number;
  target_number_days: number;
  probability: number;
  checklist_items?: { id?: string; description?: string; required?: boolean; order?: number }[];
}

/** An empty `custom_fields` list resets every custom field to its default. */
export interface NoteBody {
  user_id: string;
  /** One of title and type is required. */
  title?: string;
  type?: string;
  text?: string | null;
  is_pinned?: boolean;
  custom_fields?: CustomFieldValueBody[];
}
export interface NotePatch extends NoteBody {
  /** Moves the note to another contact. */
  contact_id?: string;
}

/** An empty `custom_fields` list resets every custom field to its default. */
export interface TaskPatch {
  title?: string;
  description?: string | null;
  type?: string;
  priority?: "CRITICAL" | "ESSENTIAL" | "NONESSENTIAL";
  completed?: boolean;
  completion_time?: string;
  due_time?: string | null;
  remind_time_mins?: 5 | 10 | 15 | 30 | 60 | 120 | 240 | 480 | 1440 | 2880;
  assigned_to_user_id?: string;
  contact_id?: string;
  opportunity_id?: string;
  accepted?: boolean;
  custom_fields?: CustomFieldValueBody[];
}
export interface TaskBody extends TaskPatch {
  assigned_to_user_id: string;
}

/** v1. Ids are integers. */
export interface AppointmentBody {
  title: string;
  start_date: string;
  end_date: string;
  description?: string;
  location?: string;
  contact_id?: number;
  user?: number;
  remind_time?: number;
}

/** Exactly one of `user_id` and `from_address`. Bodies are given as plain text here and sent as Base64. */
export interface EmailSendBody {
  contacts: string[];
  subject: string;
  user_id?: string;
  from_address?: string;
  html_content?: string;
  plain_content?: string;
  /** `Email`, `EmailAddress2`, `EmailAddress3` or `_CustomFieldName`. */
  address_field?: string;
}

export interface EmailTemplateSendBody {
  template_id: string;
  contact_ids: string[];
  user_id: string;
  address_field?: string;
}

/** A record of mail sent elsewhere. `original_provider` and `original_provider_id` together are unique. */
export interface EmailRecordBody {
  sent_to_address: string;
  subject?: string;
  headers?: string;
  contact_id?: string;
  sent_to_cc_address_list?: string[];
  sent_to_bcc_address_list?: string[];
  sent_from_address?: string;
  sent_from_reply_address?: string;
  sent_time?: string;
  received_time?: string;
  opened_time?: string;
  clicked_time?: string;
  plain_content?: string;
  html_content?: string;
  original_provider?: "UNKNOWN" | "INFUSIONSOFT" | "MICROSOFT" | "GOOGLE";
  original_provider_id?: string;
  provider_source_id?: string;
}

/** One pair or the other; Keap takes integers here. */
export type GoalBody =
  | { contact_id: string; integration: string; call_name: string }
  | { contact_id: string; automation_id: string; goal_id: string };

export interface LeadSourceBody {
  name?: string;
  description?: string | null;
  vendor?: string | null;
  medium?: string | null;
  message?: string | null;
  status?: "ACTIVE" | "INACTIVE";
  lead_source_category_id?: string | null;
  start_time?: string | null;
  end_time?: string | null;
}

export interface LeadSourceExpenseBody {
  /** Integer, smallest unit. */
  amount: number;
  title?: string;
  notes?: string;
  incurred_time?: string;
}

export interface LeadSourceRecurringExpenseBody {
  /** Integer, smallest unit, per month. */
  amount: number;
  title?: string;
  notes?: string;
  start_time?: string;
  end_time?: string;
}

export interface AffiliatePatch {
  code?: string;
  contact_id?: string;
  name?: string;
  /** INACTIVE unless told. */
  status?: "ACTIVE" | "INACTIVE";
  parent_affiliate_id?: string;
  notify_on_sale?: boolean;
  notify_on_lead?: boolean;
  track_leads_days?: number;
  password?: string;
  custom_fields?: CustomFieldValueBody[];
}
export interface AffiliateBody extends AffiliatePatch {
  code: string;
  contact_id: string;
}

export interface ReferralBody {
  contact_id: string;
  referral_partner_id?: string;
  description?: string;
  source?: string;
  referral_time?: string;
  expiration_time?: string;
  ip_address?: string;
  referral_type?: "COOKIE" | "MANUAL" | "PERMANENT";
}

export interface UserPatch {
  given_name?: string;
  family_name?: string;
  title?: string;
  company_name?: string;
  website?: string;
  time_zone?: string;
  address?: AddressBody;
  email_address?: EmailBody;
  phone_numbers?: PhoneBody[];
  fax_numbers?: FaxBody[];
}

export interface BusinessProfilePatch {
  name?: string;
  email?: string;
  website?: string;
  phone?: string;
  address?: Record<string, string>;
  currency_code?: string;
  business_goals?: string[];
  business_primary_color?: string;
  business_secondary_color?: string;
}
