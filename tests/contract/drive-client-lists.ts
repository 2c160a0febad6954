import type { CustomFieldRecord } from "@/sandbox/records";
import type { KeapClient } from "@/sync/keap/client";
import { type ListName, lists } from "@/sync/keap/lists";

/** The calls that read each of the client's lists; `any parent` ids come from the account. */
function listCalls(
  client: KeapClient,
  ids: Record<"contact" | "company" | "tag" | "order" | "product" | "leadSource", string>,
) {
  type Call = (options: never) => Promise<unknown>;
  return {
    contacts: (options) => client.contacts.list(options),
    contactTags: (options) => client.contacts.tags(ids.contact, options),
    contactNotes: (options) => client.notes.listOfContact(ids.contact, options),
    contactPaymentMethods: (options) => client.contacts.paymentMethods(ids.contact, options),
    companies: (options) => client.companies.list(options),
    companyTags: (options) => client.companies.tags(ids.company, options),
    tags: (options) => client.tags.list(options),
    tagCategories: (options) => client.tagCategories.list(options),
    taggedContacts: (options) => client.tags.contacts(ids.tag, options),
    taggedCompanies: (options) => client.tags.companies(ids.tag, options),
    orders: (options) => client.orders.list(options),
    orderPayments: (options) => client.orders.payments(ids.order, options),
    payments: (options) => client.payments.list(options),
    transactions: (options) => client.transactions.list(options),
    paymentMethods: (options) => client.paymentMethods.list(options),
    subscriptions: (options) => client.subscriptions.list(options),
    products: (options) => client.products.list(options),
    plans: (options) => client.plans.list("-", options),
    productCategories: (options) => client.productCategories.list(options),
    opportunities: (options) => client.opportunities.list(options),
    opportunityStages: (options) => client.opportunityStages.list(options),
    stageMoves: (options) => client.stageMoves.list(options),
    notes: (options) => client.notes.list(options),
    tasks: (options) => client.tasks.list(options),
    emails: (options) => client.emails.list(options),
    emailAddresses: (options) => client.emailAddresses.list(options),
    emailTemplates: (options) => client.emails.templates(options),
    leadSources: (options) => client.leadSources.list(options),
    leadSourceCategories: (options) => client.leadSourceCategories.list(options),
    leadSourceExpenses: (options) => client.leadSourceExpenses.list("-", options),
    leadSourceRecurringExpenses: (options) => client.leadSourceRecurringExpenses.list("-", options),
    affiliates: (options) => client.affiliates.list(options),
    referrals: (options) => client.referrals.list(options),
    campaigns: (options) => client.campaigns.list(options),
    automations: (options) => client.automations.list(options),
    users: (options) => client.users.list(options),
    merchants: (options) => client.merchants.list(options),
    webforms: (options) => client.webforms.list(options),
  } satisfies Record<ListName, Call>;
}

/** Words that a key takes from a closed set; by list where lists differ. */
const words: Record<string, string> = {
  "transactions.status": "APPROVED",
  "automations.status": "PUBLISHED",
  "subscriptions.status": "Active",
  status: "ACTIVE",
  cycle_type: "MONTHLY",
  order_type: "ONLINE",
  priority: "ESSENTIAL",
  pay_status: "APPROVED",
  transaction_method: "CAPTURE",
  merchant_account_type: "STRIPE",
  webform_type: "LEGACY",
  type: "MANUAL",
};

function sample(list: string, key: string, kind: string): unknown {
  switch (kind) {
    case "prefix":
      return { startsWith: "A" };
    case "compare":
      return { gte: 1 };
    case "compare_not":
      return { not: 1 };
    case "list":
      return key === "phone_fields"
        ? ["PHONE1"]
        : key === "statuses"
          ? ["SINGLE_OPT_IN"]
          : key === "emails"
            ? ["a@example.com"]
            : ["1", "2"];
    case "time":
      return new Date("2026-01-01T00:00:00.000Z");
    case "flag":
      return true;
    default:
      return words[`${list}.${key}`] ?? words[key] ?? "5";
  }
}

/** Whose custom fields a list filters by. */
const recordTypes: Partial<Record<ListName, CustomFieldRecord["record_type"]>> = {
  contacts: "CONTACT",
  companies: "COMPANY",
  orders: "ORDER",
  subscriptions: "SUBSCRIPTION",
  opportunities: "OPPORTUNITY",
  notes: "TASK_NOTE_APPOINTMENT",
  contactNotes: "TASK_NOTE_APPOINTMENT",
  tasks: "TASK_NOTE_APPOINTMENT",
  affiliates: "REFERRAL_PARTNER",
};

interface ListDefinition {
  filter: Record<string, string>;
  order: readonly string[];
  custom?: boolean;
}

/** Asks every list of the client by every filter key and in every order that its table allows. */
export async function driveClientLists(
  client: KeapClient,
  step: (call: string, run: () => Promise<unknown>) => Promise<unknown>,
  ids: Parameters<typeof listCalls>[1],
  customFields: readonly CustomFieldRecord[],
): Promise<void> {
  const calls = listCalls(client, ids);
  for (const name of Object.keys(calls) as ListName[]) {
    const ask = calls[name] as (options: unknown) => Promise<unknown>;
    const definition = lists[name] as unknown as ListDefinition;
    const together: Record<string, Record<string, unknown>> = {
      phone_number: { phone_fields: ["PHONE1"] },
      phone_fields: { phone_number: "5" },
    };
    for (const [key, kind] of Object.entries(definition.filter)) {
      const filter = { [key]: sample(name, key, kind), ...together[key] };
      await step(`${name} by ${key}`, () => ask({ filter, pageSize: 5 }));
    }
    if (definition.custom) {
      const text = customFields.find(
        (field) =>
          field.record_type === recordTypes[name] &&
          ["TEXT", "DROPDOWN", "WHOLE_NUMBER"].includes(field.field_type),
      );
      const field = text?.field_name ?? "NoSuchField";
      await step(`${name} by a custom field`, () => ask({ filter: { custom: { [field]: 7 } }, pageSize: 5 }));
    }
    for (const key of definition.order) {
      for (const direction of ["asc", "desc"]) {
        await step(`${name} ordered by ${key} ${direction}`, () =>
          ask({ orderBy: `${key} ${direction}`, pageSize: 5 }),
        );
      }
    }
  }
}
