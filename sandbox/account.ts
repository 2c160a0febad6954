import type * as r from "./records";

/** Every table keyed by numeric id. */
export interface KeapTables {
  contacts: r.ContactRecord;
  companies: r.CompanyRecord;
  tags: r.TagRecord;
  tagCategories: r.TagCategoryRecord;
  products: r.ProductRecord;
  productCategories: r.ProductCategoryRecord;
  plans: r.SubscriptionPlanRecord;
  orders: r.OrderRecord;
  orderPayments: r.OrderPaymentRecord;
  payments: r.PaymentRecord;
  transactions: r.TransactionRecord;
  paymentMethods: r.PaymentMethodRecord;
  merchants: r.MerchantRecord;
  subscriptions: r.SubscriptionRecord;
  opportunities: r.OpportunityRecord;
  stages: r.StageRecord;
  stageMoves: r.StageMoveRecord;
  notes: r.NoteRecord;
  tasks: r.TaskRecord;
  appointments: r.AppointmentRecord;
  emails: r.EmailRecord;
  campaigns: r.CampaignRecord;
  leadSources: r.LeadSourceRecord;
  leadSourceCategories: r.LeadSourceCategoryRecord;
  leadSourceExpenses: r.LeadSourceExpenseRecord;
  leadSourceRecurringExpenses: r.LeadSourceRecurringExpenseRecord;
  affiliates: r.AffiliateRecord;
  referrals: r.ReferralRecord;
  users: r.UserRecord;
  customFields: r.CustomFieldRecord;
  customFieldGroups: r.CustomFieldGroupRecord;
  customFieldTabs: r.CustomFieldTabRecord;
  contactLinks: r.ContactLinkRecord;
  contactLinkTypes: r.ContactLinkTypeRecord;
  webforms: r.WebformRecord;
  hooks: r.HookRecord;
}

export type TableName = keyof KeapTables;

export const tableNames = [
  "contacts",
  "companies",
  "tags",
  "tagCategories",
  "products",
  "productCategories",
  "plans",
  "orders",
  "orderPayments",
  "payments",
  "transactions",
  "paymentMethods",
  "merchants",
  "subscriptions",
  "opportunities",
  "stages",
  "stageMoves",
  "notes",
  "tasks",
  "appointments",
  "emails",
  "campaigns",
  "leadSources",
  "leadSourceCategories",
  "leadSourceExpenses",
  "leadSourceRecurringExpenses",
  "affiliates",
  "referrals",
  "users",
  "customFields",
  "customFieldGroups",
  "customFieldTabs",
  "contactLinks",
  "contactLinkTypes",
  "webforms",
  "hooks",
] as const satisfies readonly TableName[];

type Tables = { [K in TableName]: Map<number, KeapTables[K]> };

export type ChangedThing =
  | TableName
  | "contactTags"
  | "companyTags"
  | "emailAddresses"
  | "businessProfile"
  | "settings";

/** One thing that changed: what the persistence and the hooks are told. */
export interface AccountChange {
  table: ChangedThing;
  id: number | string;
  action: "add" | "edit" | "delete";
  before?: unknown;
  after?: unknown;
  /** For `contactTags` and `companyTags`: the tag. */
  tagId?: number;
  /** Set by an operation that reports its own hook events (a merge). */
  quiet?: boolean;
}

/**
 * A whole simulated Keap account. A generator may fill the maps directly, in ascending order of id (lists by id
 * rely on it), as long as nothing has been served yet; everything after that goes through the functions below,
 * which keep ids, indexes, caches and listeners right.
 */
export interface KeapAccount extends Tables {
  /** Contact id → tag id → applied time. */
  contactTags: Map<number, Map<number, string>>;
  /** Company id → tag id → applied time. */
  companyTags: Map<number, Map<number, string>>;
  /** By address in lower case. */
  emailAddresses: Map<string, r.EmailAddressRecord>;
  businessProfile: r.BusinessProfile;
  settings: r.AppSettings;
  /** `<app>.infusionsoft.com`, answered in headers, token scope and userinfo. */
  tenantId: string;
  /** Highest id ever used per table and per embedded kind ("orderItem", "utm", "invoice"): ids are never reused. */
  lastIds: Map<string, number>;
  /** Counts changes per table: caches compare it. */
  revisions: Map<string, number>;
  listeners: Set<(change: AccountChange) => void>;
  /** Built when first asked for, then kept right. See indexes.ts. */
  indexes: Map<string, Map<string, number | number[]>>;
  /** Tag id → contact ids, built when first asked for. */
  contactsByTag: Map<number, Set<number>> | null;
}

/** An account without any record: USD, New York, Keap's default payment types. */
export function createEmptyAccount(overrides: Partial<r.BusinessProfile> = {}): KeapAccount {
  const tables = Object.fromEntries(tableNames.map((name) => [name, new Map()])) as unknown as Tables;
  return {
    ...tables,
    contactTags: new Map(),
    companyTags: new Map(),
    emailAddresses: new Map(),
    businessProfile: {
      name: "Empty Business",
      time_zone: "America/New_York",
      currency_code: "USD",
      language_tag: "en-US",
      ...overrides,
    },
    settings: {
      contact_types: ["Customer", "Lead", "Prospect", "Other"],
      phone_types: ["Work", "Home", "Mobile", "Other"],
      fax_types: ["Work", "Home", "Other"],
      title_types: ["Mr.", "Mrs.", "Ms.", "Dr."],
      suffix_types: ["Jr", "Sr", "II", "III"],
      payment_types: ["Credit Card (Manual)", "Check", "Cash", "Money Order", "Adjustment"],
      default_country: "USA",
      default_to_auto_charge: true,
      default_charge_max_retry_attempts: 3,
      default_days_between_charge_attempts: 2,
      active_stage_ids: [],
      win_reasons: [],
      loss_reasons: [],
      note_types: ["Appointment", "Call", "Email", "Fax", "Letter", "Other"],
      promo_codes: [],
    },
    tenantId: "sandbox.infusionsoft.com",
    lastIds: new Map(),
    revisions: new Map(),
    listeners: new Set(),
    indexes: new Map(),
    contactsByTag: null,
  };
}
