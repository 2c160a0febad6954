import type { z } from "zod";
import type { FilterKeys } from "./filter";
import * as s from "./schemas";

/** How a list wants its `fields`: one comma list, or the key repeated. */
export type FieldsForm = "comma" | "repeated";

/**
 * One of Keap's lists: where it is, under which key the rows come, and every parameter it declares. Source: Keap's
 * v2 specification (SDK 2.0.21). What is not in this table cannot be sent.
 */
export interface ListSpec<
  T = unknown,
  K extends FilterKeys = FilterKeys,
  O extends string = string,
  C extends boolean = boolean,
  F extends string = string,
> {
  path: string;
  key: string;
  item: z.ZodType<T>;
  filter: K;
  order: readonly O[];
  custom: C;
  fields: readonly F[];
  fieldsForm: FieldsForm;
  maxPageSize: number;
  timeoutMs: number;
  exclusive: readonly (readonly [string, string])[];
  needs: readonly (readonly [string, string])[];
}

/** Slow endpoints: a production SDK had to raise its timeouts to a minute for these. */
export const slowTimeoutMs = 60_000;
export const defaultTimeoutMs = 30_000;

function list<
  T,
  const K extends FilterKeys,
  const O extends string,
  const C extends boolean = false,
  const F extends string = never,
>(
  path: string,
  key: string,
  item: z.ZodType<T>,
  spec: { filter: K; order: readonly O[]; custom?: C; fields?: readonly F[] } & Partial<
    Pick<ListSpec, "fieldsForm" | "maxPageSize" | "timeoutMs" | "exclusive" | "needs">
  >,
): ListSpec<T, K, O, C, F> {
  return {
    path,
    key,
    item,
    fieldsForm: "comma",
    maxPageSize: 1000,
    timeoutMs: defaultTimeoutMs,
    exclusive: [],
    needs: [],
    ...spec,
    custom: (spec.custom ?? false) as C,
    fields: spec.fields ?? [],
  };
}

const addressKeys = {
  billing_address_line1: "equal",
  billing_address_locality: "equal",
  billing_address_region: "equal",
  billing_address_postal_code: "equal",
  billing_address_country_code: "equal",
  shipping_address_line1: "equal",
  shipping_address_locality: "equal",
  shipping_address_region: "equal",
  shipping_address_postal_code: "equal",
  shipping_address_country_code: "equal",
  other_address_line1: "equal",
  other_address_locality: "equal",
  other_address_region: "equal",
  other_address_postal_code: "equal",
  other_address_country_code: "equal",
} as const;

const createdUpdated = {
  since_create_time: "time",
  until_create_time: "time",
  since_update_time: "time",
  until_update_time: "time",
} as const;

/** Every field the contacts calls declare; ask for all of them unless told otherwise. */
export const contactFields = [
  "addresses",
  "anniversary_date",
  "birth_date",
  "company",
  "contact_type",
  "create_time",
  "custom_fields",
  "email_addresses",
  "family_name",
  "fax_numbers",
  "given_name",
  "id",
  "job_title",
  "leadsource_id",
  "links",
  "middle_name",
  "notes",
  "origin",
  "owner_id",
  "phone_numbers",
  "preferred_locale",
  "preferred_name",
  "prefix",
  "referral_code",
  "score_value",
  "social_accounts",
  "source_type",
  "spouse_name",
  "suffix",
  "tag_ids",
  "time_zone",
  "update_time",
  "utm_parameters",
  "website",
  "account_id",
  "assistant_name",
  "assistant_phone",
  "billing_information",
  "created_by",
  "groups",
  "last_updated_by",
] as const;
export type ContactField = (typeof contactFields)[number];

/** Beside the ones a company list leaves out by default, the plain ones, for the case that `fields` replaces them. */
export const companyFields = [
  "id",
  "company_name",
  "address",
  "custom_fields",
  "email_address",
  "phone_number",
  "fax_number",
  "website",
  "notes",
  "create_time",
  "update_time",
] as const;

/** What a single company may be asked for. */
export const companyDetailFields = [
  "address",
  "custom_fields",
  "email_address",
  "fax_number",
  "phone_number",
  "website",
  "notes",
] as const;

export const customFieldsOnly = ["custom_fields"] as const;

/** The optional fields every tenant has. Five more exist where the legacy opportunities feature is on. */
export const opportunityFields = ["custom_fields", "created_by", "last_updated_by", "status_id"] as const;
export const legacyOpportunityFields = [
  ...opportunityFields,
  "monthly_revenue",
  "order_revenue",
  "objection",
  "status",
  "stage_entrance_time",
] as const;

const notes = {
  filter: {
    id: "compare_not",
    ids: "list",
    title: "prefix",
    contact_id: "equal",
    assigned_to_user_id: "equal",
    since_time: "time",
    until_time: "time",
  },
  order: ["id", "create_time", "update_time"],
  custom: true,
  fields: customFieldsOnly,
  exclusive: [["ids", "id"]],
} as const;

const tagsOfRecord = {
  filter: {
    name: "equal",
    description: "equal",
    category_id: "equal",
    since_applied_time: "time",
    until_applied_time: "time",
    ...createdUpdated,
  },
  order: ["name", "create_time", "update_time", "applied_time", "category_id"],
} as const;

const expenseKeys = ["title", "amount", "incurred_time", "create_time", "update_time"] as const;
const recurringKeys = [
  "title",
  "amount",
  "start_time",
  "end_time",
  "next_expense_time",
  "create_time",
  "update_time",
] as const;

export const lists = {
  contacts: list("/v2/contacts", "contacts", s.contactSchema, {
    filter: {
      email: "prefix",
      given_name: "prefix",
      family_name: "prefix",
      middle_name: "prefix",
      company_id: "equal",
      contact_ids: "list",
      ids: "list",
      contact_id: "compare",
      start_update_time: "time",
      end_update_time: "time",
      phone_number: "equal",
      phone_fields: "list",
      city: "prefix",
      state: "prefix",
      website: "prefix",
      lead_source_name: "prefix",
      ...addressKeys,
    },
    order: ["id", "create_time", "email", "update_time"],
    custom: true,
    fields: contactFields,
    timeoutMs: slowTimeoutMs,
    needs: [["phone_number", "phone_fields"]],
  }),
  contactTags: list("/v2/contacts/{contact_id}/tags", "tags", s.appliedTagSchema, tagsOfRecord),
  contactNotes: list("/v2/contacts/{contact_id}/notes", "notes", s.noteSchema, notes),
  contactPaymentMethods: list("/v2/contacts/{contact_id}/paymentMethods", "records", s.paymentMethodSchema, {
    filter: { merchant_account_id: "equal" },
    order: ["created_time"],
  }),
  companies: list("/v2/companies", "companies", s.companySchema, {
    filter: {
      company_name: "equal",
      name: "prefix",
      email: "prefix",
      city: "prefix",
      state: "prefix",
      since_time: "time",
      until_time: "time",
      company_id: "compare",
    },
    order: ["id", "create_time", "name", "email"],
    custom: true,
    fields: companyFields,
    timeoutMs: slowTimeoutMs,
  }),
  companyTags: list("/v2/companies/{company_id}/tags", "tags", s.appliedTagSchema, tagsOfRecord),
  tags: list("/v2/tags", "tags", s.tagSchema, {
    filter: { name: "equal", description: "equal", category_id: "equal", tag_ids: "list", ...createdUpdated },
    order: ["name", "create_time", "update_time"],
  }),
  tagCategories: list("/v2/tags/categories", "tag_categories", s.tagCategorySchema, {
    filter: { name: "equal", description: "equal", ...createdUpdated },
    order: ["name", "create_time", "update_time"],
  }),
  taggedContacts: list("/v2/tags/{tag_id}/contacts", "contacts", s.taggedContactSchema, {
    filter: {
      given_name: "equal",
      family_name: "equal",
      email: "equal",
      since_applied_time: "time",
      until_applied_time: "time",
    },
    order: ["given_name", "family_name", "email", "applied_time"],
  }),
  taggedCompanies: list("/v2/tags/{tag_id}/companies", "tagged_companies", s.taggedCompanySchema, {
    filter: { company_name: "equal", email: "equal", since_applied_time: "time", until_applied_time: "time" },
    order: ["company_name", "email", "applied_time"],
  }),
  orders: list("/v2/orders", "orders", s.orderSchema, {
    filter: {
      id: "compare_not",
      ids: "list",
      product_id: "equal",
      contact_id: "equal",
      invoice_id: "equal",
      invoice_xid: "equal",
      paid: "flag",
      created_since_time: "time",
      created_until_time: "time",
      modified_since_time: "time",
      modified_until_time: "time",
      title: "prefix",
      order_type: "equal",
      shipping_locality: "equal",
      shipping_region_code: "equal",
      shipping_postal_code: "equal",
      shipping_country_code: "equal",
    },
    order: ["id", "order_time", "modification_time"],
    custom: true,
    timeoutMs: slowTimeoutMs,
  }),
  orderPayments: list("/v2/orders/{order_id}/payments", "invoice_order_payments", s.orderPaymentSchema, {
    filter: {
      invoice_id: "equal",
      payment_id: "equal",
      amount: "equal",
      pay_status: "equal",
      skip_commission: "flag",
    },
    order: [
      "invoice_id",
      "payment_id",
      "amount",
      "pay_time",
      "pay_status",
      "skip_commission",
      "last_updated_time",
    ],
  }),
  payments: list("/v2/sales/payments", "payments", s.paymentSchema, {
    filter: {
      id: "compare",
      ids: "list",
      amount: "compare_not",
      order_id: "equal",
      order_ids: "list",
      contact_id: "equal",
      since_time: "time",
      until_time: "time",
      merchant_account_id: "equal",
      merchant_account_type: "equal",
    },
    order: ["id", "amount", "payment_time", "contact_id"],
    timeoutMs: slowTimeoutMs,
  }),
  transactions: list("/v2/sales/transactions", "transactions", s.transactionSchema, {
    filter: {
      amount: "compare_not",
      order_id: "equal",
      contact_id: "equal",
      since_time: "time",
      until_time: "time",
      merchant_account_id: "equal",
      merchant_account_type: "equal",
      status: "equal",
      transaction_method: "equal",
      is_successful: "flag",
    },
    order: ["amount", "transaction_time", "contact_id"],
    timeoutMs: slowTimeoutMs,
  }),
  paymentMethods: list("/v2/paymentMethods", "payment_methods", s.paymentMethodSchema, {
    filter: {
      payment_method_id: "equal",
      credit_card_id: "equal",
      contact_id: "equal",
      merchant_account_id: "equal",
      since_time: "time",
      until_time: "time",
    },
    order: ["payment_method_id", "created_time", "contact_id", "merchant_account_id"],
  }),
  subscriptions: list("/v2/subscriptions", "subscriptions", s.subscriptionSchema, {
    filter: {
      contact_id: "equal",
      subscription_plan_id: "equal",
      subscription_plan_ids: "list",
      status: "equal",
      id: "compare_not",
      ids: "list",
      billing_amount: "compare_not",
    },
    order: ["id", "contact_id", "subscription_plan_id", "modification_time"],
    custom: true,
    timeoutMs: slowTimeoutMs,
  }),
  products: list("/v2/products", "products", s.productSchema, {
    filter: {
      name: "prefix",
      sku: "prefix",
      description: "prefix",
      short_description: "prefix",
      product_id: "compare",
      product_ids: "list",
    },
    order: ["name", "sku", "last_updated_time"],
  }),
  /** `-` as the product id means the plans of all products. */
  plans: list("/v2/products/{product_id}/subscriptions", "subscriptions", s.subscriptionPlanSchema, {
    filter: { active: "flag", cycle_type: "equal" },
    order: ["id", "product_id"],
  }),
  productCategories: list("/v2/productCategories", "product_categories", s.productCategorySchema, {
    filter: { product_id: "equal", name: "prefix", product_category_id: "compare_not" },
    order: ["id"],
  }),
  opportunities: list("/v2/opportunities", "opportunities", s.opportunitySchema, {
    filter: {
      stage_id: "equal",
      user_id: "equal",
      contact_id: "equal",
      opportunity_title: "prefix",
      lead_source_name: "prefix",
      affiliate_id: "equal",
      opportunity_id: "compare",
      ids: "list",
      contact_phone: "prefix",
      contact_city: "prefix",
      contact_state: "prefix",
      projected_revenue_high: "compare",
      projected_revenue_low: "compare",
    },
    order: ["next_action_time", "contact_name", "opportunity_title", "created_time", "update_time"],
    custom: true,
    fields: legacyOpportunityFields,
    fieldsForm: "repeated",
    exclusive: [["ids", "opportunity_id"]],
  }),
  opportunityStages: list("/v2/opportunities/stages", "stages", s.opportunityStageSchema, {
    filter: { opportunity_stage_name: "prefix", opportunity_stage_id: "compare" },
    order: ["stage_order"],
  }),
  stageMoves: list("/v2/opportunities/stageMoves", "stage_moves", s.stageMoveSchema, {
    filter: { opportunity_id: "equal", user_id: "equal" },
    order: ["move_date", "id"],
  }),
  notes: list("/v2/notes", "notes", s.noteSchema, notes),
  tasks: list("/v2/tasks", "tasks", s.taskSchema, {
    filter: {
      contact_id: "equal",
      has_due_date: "flag",
      is_completed: "flag",
      user_id: "equal",
      opportunity_id: "equal",
      task_ids: "list",
      priority: "equal",
      since_time: "time",
      until_time: "time",
      id: "compare",
      title: "prefix",
    },
    order: ["id", "create_time", "due_time", "update_time"],
    custom: true,
    fields: customFieldsOnly,
  }),
  emails: list("/v2/emails", "emails", s.emailSentSchema, {
    filter: { contact_id: "equal", email: "equal", start_created_time: "time", end_created_time: "time" },
    order: ["created_time"],
    timeoutMs: slowTimeoutMs,
  }),
  emailAddresses: list("/v2/emailAddresses", "email_addresses", s.emailAddressStatusSchema, {
    filter: { emails: "list", statuses: "list", opted_in: "flag" },
    order: ["email", "status", "create_time", "last_click_time", "last_open_time", "last_sent_time"],
    timeoutMs: slowTimeoutMs,
  }),
  emailTemplates: list("/v2/emails/templates", "email_templates", s.emailTemplateSchema, {
    filter: {},
    order: ["id"],
  }),
  leadSources: list("/v2/leadSources", "lead_sources", s.leadSourceSchema, {
    filter: {
      id: "compare_not",
      name: "prefix",
      status: "equal",
      lead_source_category_id: "equal",
      vendor: "prefix",
      medium: "prefix",
      message: "prefix",
      description: "prefix",
      start_time: "time",
      end_time: "time",
    },
    order: ["name", "status", "vendor", "medium", "start_time", "end_time", "create_time", "update_time"],
  }),
  leadSourceCategories: list(
    "/v2/leadSourceCategories",
    "lead_source_categories",
    s.leadSourceCategorySchema,
    {
      filter: { name: "prefix", description: "prefix" },
      order: ["name"],
    },
  ),
  /** `-` as the lead source id means the expenses of all of them. */
  leadSourceExpenses: list(
    "/v2/leadSources/{lead_source_id}/expenses",
    "lead_source_expenses",
    s.leadSourceExpenseSchema,
    {
      filter: {
        title: "equal",
        amount: "equal",
        incurred_time: "time",
        create_time: "time",
        update_time: "time",
      },
      order: expenseKeys,
    },
  ),
  leadSourceRecurringExpenses: list(
    "/v2/leadSources/{lead_source_id}/recurringExpenses",
    "lead_source_recurring_expenses",
    s.leadSourceRecurringExpenseSchema,
    {
      filter: {
        title: "equal",
        amount: "equal",
        start_time: "time",
        end_time: "time",
        next_expense_time: "time",
        create_time: "time",
        update_time: "time",
      },
      order: recurringKeys,
    },
  ),
  affiliates: list("/v2/affiliates", "affiliates", s.affiliateSchema, {
    filter: {
      id: "compare_not",
      name: "prefix",
      contact_id: "equal",
      referral_contact_id: "equal",
      status: "equal",
      code: "equal",
    },
    order: ["id", "date_created", "name", "status", "code"],
    custom: true,
  }),
  referrals: list("/v2/referrals", "referrals", s.referralSchema, {
    filter: {
      referral_partner_id: "compare_not",
      contact_id: "compare_not",
      source: "prefix",
      description: "prefix",
      type: "equal",
    },
    order: ["id", "referral_time"],
  }),
  campaigns: list("/v2/campaigns", "campaigns", s.campaignSchema, {
    filter: { name: "equal" },
    order: [
      "name",
      "publisheddate",
      "id",
      "completedContactCount",
      "activeContacts",
      "datecreated",
      "lastupdated",
    ],
  }),
  automations: list("/v2/automations", "automations", s.automationSchema, {
    filter: { name: "prefix", id: "compare_not", status: "equal", categories: "list" },
    order: ["name", "category", "activeContacts", "publishedDate"],
    maxPageSize: 25,
  }),
  users: list("/v2/users", "users", s.userSchema, {
    filter: {
      email: "equal",
      given_name: "equal",
      include_inactive: "flag",
      include_partners: "flag",
      user_ids: "list",
    },
    order: ["create_time", "email", "name"],
    maxPageSize: 100,
  }),
  merchants: list("/v2/merchants", "merchant_accounts", s.merchantSchema, { filter: {}, order: [] }),
  webforms: list("/v2/webforms", "webforms", s.webformSchema, {
    filter: { name: "equal", webform_type: "equal", ...createdUpdated },
    order: ["name", "webform_type", "create_time", "update_time"],
  }),
} as const;
export type ListName = keyof typeof lists;
