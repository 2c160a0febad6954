import type { KeapAccount } from "@/sandbox/account";
import { createKeapClient, type KeapClient } from "@/sync/keap/client";
import { createMemoryQuota } from "@/sync/keap/quota";
import { modelKinds } from "@/sync/keap/resources/custom-fields";
import { driveClientLists } from "./drive-client-lists";

/** A client call that did not come back with an answer: the sandbox does not serve it, or refuses what is valid. */
export interface BrokenCall {
  call: string;
  error: string;
}

export interface ClientDrive {
  broken: BrokenCall[];
  /** Client methods that no step used: the requests they make were not checked. */
  unused: string[];
  used: number;
}

/** Wraps every resource so that each method used is remembered. */
function remember(client: KeapClient, used: Set<string>): KeapClient {
  const wrapped = Object.entries(client).map(([resource, value]) => {
    if (typeof value === "function") {
      return [
        resource,
        (...args: unknown[]) => {
          used.add(resource);
          return (value as (...all: unknown[]) => unknown)(...args);
        },
      ];
    }
    if (typeof value !== "object" || value === null || resource === "quota") return [resource, value];
    const methods = Object.entries(value).map(([name, method]) => [
      name,
      (...args: unknown[]) => {
        used.add(`${resource}.${name}`);
        return (method as (...all: unknown[]) => unknown)(...args);
      },
    ]);
    return [resource, Object.fromEntries(methods)];
  });
  return Object.fromEntries(wrapped) as KeapClient;
}

function methodsOf(client: KeapClient): string[] {
  return Object.entries(client).flatMap(([resource, value]) => {
    if (typeof value === "function") return resource === "inLane" ? [] : [resource];
    if (typeof value !== "object" || value === null || resource === "quota") return [];
    return Object.keys(value).map((name) => `${resource}.${name}`);
  });
}

const firstId = (table: Map<number, { id: string }>) => [...table.values()][0]?.id ?? "1";

/** Uses every method of the client once or more, with valid input, against an account that has everything. */
export async function driveClient(
  fetch: typeof globalThis.fetch,
  { account, token, now }: { account: KeapAccount; token: string; now: Date },
): Promise<ClientDrive> {
  const quota = createMemoryQuota({
    pace: "full",
    limits: { per_second: 1000, per_minute: 60_000, per_day: 10_000_000 },
  });
  const raw = createKeapClient({ auth: { kind: "token", token }, fetch, quota, maxAttempts: 1 });
  const used = new Set<string>();
  const client = remember(raw, used);
  const broken: BrokenCall[] = [];

  /** Runs a step; a failure is noted and the later steps go on without its result. */
  async function step<T>(call: string, run: () => Promise<T>): Promise<T | undefined> {
    try {
      return await run();
    } catch (error) {
      broken.push({ call, error: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  const ids = {
    contact: firstId(account.contacts),
    user: firstId(account.users),
    product: firstId(account.products),
    order: firstId(account.orders),
    company: firstId(account.companies),
    tag: firstId(account.tags),
    leadSource: firstId(account.leadSources),
    stage: firstId(account.stages),
    affiliate: firstId(account.affiliates),
    plan: [...account.plans.values()].find((plan) => plan.active)?.id ?? "1",
    campaign: firstId(account.campaigns),
    sequence: [...account.campaigns.values()][0]?.sequences[0]?.id ?? "1",
  };
  const day = (offset: number) => new Date(now.getTime() + offset * 86_400_000).toISOString().slice(0, 10);
  const at = (offset: number) => new Date(now.getTime() + offset * 86_400_000).toISOString();
  const context = { client, step, ids, account, day, at };

  await contacts(context);
  await companies(context);
  await tags(context);
  await catalog(context);
  await sales(context);
  await subscriptions(context);
  await deals(context);
  await activities(context);
  await mail(context);
  await campaigns(context);
  await attribution(context);
  await customFields(context);
  await hooks(context);
  await settings(context);
  await driveClientLists(client, step, ids, [...account.customFields.values()]);

  return { broken, unused: methodsOf(raw).filter((method) => !used.has(method)), used: used.size };
}

interface Context {
  client: KeapClient;
  step: <T>(call: string, run: () => Promise<T>) => Promise<T | undefined>;
  ids: Record<
    | "contact"
    | "user"
    | "product"
    | "order"
    | "company"
    | "tag"
    | "leadSource"
    | "stage"
    | "affiliate"
    | "plan"
    | "campaign"
    | "sequence",
    string
  >;
  account: KeapAccount;
  day: (offset: number) => string;
  at: (offset: number) => string;
}

/** Every page of a list, so that every kind of record the generator makes is checked. */
async function wholeList(
  { step }: Context,
  call: string,
  page: (pageToken: string | null) => Promise<{ nextPageToken: string | null }>,
): Promise<void> {
  let pageToken: string | null = null;
  let pages = 0;
  do {
    const found: { nextPageToken: string | null } | undefined = await step(call, () => page(pageToken));
    pageToken = found?.nextPageToken ?? null;
  } while (pageToken && ++pages < 200);
}

async function contacts(context: Context): Promise<void> {
  const { client, step, ids } = context;
  await wholeList(context, "contacts.list", (pageToken) =>
    client.contacts.list({ pageToken, pageSize: 1000 }),
  );
  await step("contacts.list filtered", () =>
    client.contacts.list({
      filter: { ids: [ids.contact], email: { startsWith: "a" } },
      orderBy: "update_time desc",
      fields: ["id"],
    }),
  );
  await step("contacts.get", () => client.contacts.get(ids.contact));
  const made = await step("contacts.create", () =>
    client.contacts.create({
      given_name: "Zoë",
      family_name: "Контракт",
      email_addresses: [
        { email: "zoe.contract@example.com", field: "EMAIL1", opt_in_reason: "Asked for mail" },
      ],
      phone_numbers: [{ number: "(207) 555-0199", field: "PHONE1", type: "Mobile", extension: "7" }],
      fax_numbers: [{ number: "(207) 555-0198", field: "FAX1", type: "Work" }],
      addresses: [
        {
          field: "BILLING",
          line1: "1 Test Way",
          locality: "Portland",
          region_code: "US-ME",
          country_code: "USA",
          postal_code: "04101",
        },
      ],
      social_accounts: [{ type: "INSTAGRAM", name: "zoe" }],
      owner_id: ids.user,
      leadsource_id: ids.leadSource,
      source_type: "API",
      origin: { ip_address: "203.0.113.9" },
      utm_parameters: { keap_source_id: "1", utm_source: "contract", utm_medium: "test" },
      birth_date: "1980-02-29",
      time_zone: "America/New_York",
    }),
  );
  const id = made?.contact.id ?? ids.contact;
  await step("contacts.create again", () =>
    client.contacts.create(
      { given_name: "Zoe", email_addresses: [{ email: "zoe.contract@example.com", field: "EMAIL1" }] },
      { duplicateOption: "Email", fields: ["id", "given_name", "email_addresses", "update_time"] },
    ),
  );
  await step("contacts.update", () => client.contacts.update(id, { given_name: "Zoé", middle_name: "Q" }));
  await step("contacts.update blank", () => client.contacts.update(id, { job_title: null }, ["job_title"]));
  await step("contacts.update lists", () =>
    client.contacts.update(id, { phone_numbers: [], custom_fields: [] }),
  );
  const second = await step("contacts.create second", () =>
    client.contacts.create({
      given_name: "Copy",
      email_addresses: [{ email: "copy@example.com", field: "EMAIL1" }],
    }),
  );
  if (second) {
    const other = second.contact.id;
    await step("contacts.link", () => client.contacts.link(id, other, "2"));
    await step("contacts.links", () => client.contacts.links(id));
    await step("contacts.unlink", () => client.contacts.unlink(id, other, "2"));
    await step("contacts.merge", () => client.contacts.merge(id, other));
  }
  await step("contacts.tags", () => client.contacts.tags(ids.contact, { orderBy: "applied_time desc" }));
  await step("contacts.leadScore", () => client.contacts.leadScore(ids.contact));
  const payer = [...context.account.paymentMethods.values()][0]?.contact_id ?? ids.contact;
  await step("contacts.paymentMethods", () => client.contacts.paymentMethods(payer));
  await step("contactTagsV1.applyTags", () => client.contactTagsV1.applyTags(id, [ids.tag]));
  await step("contactTagsV1.removeTags", () => client.contactTagsV1.removeTags(id, [ids.tag]));
  await step("contacts.delete", () => client.contacts.delete(id));
}

async function companies(context: Context): Promise<void> {
  const { client, step, ids } = context;
  await wholeList(context, "companies.list", (pageToken) => client.companies.list({ pageToken }));
  await step("companies.get", () => client.companies.get(ids.company));
  const made = await step("companies.create", () =>
    client.companies.create({
      company_name: "Contract & Söhne",
      address: { line1: "2 Test Way", locality: "Bangor", region_code: "US-ME", country_code: "USA" },
      email_address: { email: "office@contract.example", field: "EMAIL1", opt_in_reason: "Asked" },
      phone_number: { number: "(207) 555-0188", field: "PHONE1", type: "Work" },
      website: "https://contract.example",
      notes: "Made by the contract test",
    }),
  );
  const id = made?.id ?? ids.company;
  await step("companies.update", () => client.companies.update(id, { company_name: "Contract AG" }));
  await step("companies.applyTag", () => client.companies.applyTag(id, ids.tag));
  await step("companies.tags", () => client.companies.tags(id));
  await step("tags.companies", () => client.tags.companies(ids.tag));
  await step("companies.removeTag", () => client.companies.removeTag(id, ids.tag));
  if (made) await step("companies.delete", () => client.companies.delete(id));
}

async function tags(context: Context): Promise<void> {
  const { client, step, ids } = context;
  await wholeList(context, "tags.list", (pageToken) => client.tags.list({ pageToken, pageSize: 15 }));
  await step("tags.list filtered", () =>
    client.tags.list({ filter: { name: "VIP" } as never, orderBy: "update_time desc" }),
  );
  await step("tags.get", () => client.tags.get(ids.tag));
  const category = await step("tagCategories.create", () =>
    client.tagCategories.create({ name: "Contract", description: "Test" }),
  );
  await step("tagCategories.list", () => client.tagCategories.list());
  if (category?.id) {
    const categoryId = category.id;
    await step("tagCategories.get", () => client.tagCategories.get(categoryId));
    await step("tagCategories.update", () =>
      client.tagCategories.update(categoryId, { description: "Changed" }),
    );
  }
  const made = await step("tags.create", () =>
    client.tags.create({
      name: "At risk (contract)",
      description: "x",
      ...(category?.id && { category: { id: category.id } }),
    }),
  );
  if (made) {
    const id = made.id;
    const people = [...context.account.contacts.values()].slice(0, 3).map((contact) => contact.id);
    await step("tags.update", () => client.tags.update(id, { name: "At risk – contract" }));
    await step("tags.applyTo", () => client.tags.applyTo(id, [...people, "99999999"]));
    await step("tags.contacts", () => client.tags.contacts(id, { orderBy: "applied_time desc" }));
    await step("tags.removeFrom", () => client.tags.removeFrom(id, people));
    await step("tags.delete", () => client.tags.delete(id));
  }
  if (category?.id)
    await step("tagCategories.delete", () => client.tagCategories.delete(category.id as string));
  await wholeList(context, "tags.contacts", (pageToken) =>
    client.tags.contacts("94", { pageToken, pageSize: 500 }),
  );
}

async function catalog(context: Context): Promise<void> {
  const { client, step, ids } = context;
  await wholeList(context, "products.list", (pageToken) =>
    client.products.list({ pageToken, orderBy: "last_updated_time desc" }),
  );
  await step("products.get", () => client.products.get(ids.product));
  const made = await step("products.create", () =>
    client.products.create({
      name: "Contract Pencil",
      price: 123,
      short_description: "A pencil",
      sku: "CT-1",
      active: true,
      weight: 0.02,
      inventory: { inventory_limit: 5, out_of_stock_enabled: true },
    }),
  );
  if (made) {
    const id = made.id;
    await step("products.update", () => client.products.update(id, { price: 150, inventory_limit: 7 }));
    await step("products.adjustInventory", () => client.products.adjustInventory(id, "INCREASE", 4));
    const plan = await step("plans.create", () =>
      client.plans.create(id, {
        cycle_type: "MONTHLY",
        plan_price: 900,
        frequency: 1,
        total_cycles: 0,
        active: true,
      }),
    );
    if (plan?.id) {
      const planId = plan.id;
      await step("plans.get", () => client.plans.get(id, planId));
      await step("plans.update", () =>
        client.plans.update(id, planId, { cycle_type: "MONTHLY", plan_price: 950 }),
      );
      await step("plans.list", () => client.plans.list(id));
      await step("plans.delete", () => client.plans.delete(id, planId));
    }
    const category = await step("productCategories.create", () =>
      client.productCategories.create({ name: "Contract things" }),
    );
    if (category?.id) {
      const categoryId = category.id;
      await step("productCategories.get", () => client.productCategories.get(categoryId));
      await step("productCategories.update", () =>
        client.productCategories.update(categoryId, { name: "Contract goods" }),
      );
      await step("productCategories.assignProducts", () =>
        client.productCategories.assignProducts(categoryId, [id]),
      );
      await step("productCategories.delete", () => client.productCategories.delete(categoryId));
    }
    await step("products.delete", () => client.products.delete(id));
  }
  await step("productCategories.list", () => client.productCategories.list());
  await step("plans.list all", () => client.plans.list("-"));
}

async function sales(context: Context): Promise<void> {
  const { client, step, ids, at, day, account } = context;
  await wholeList(context, "orders.list", (pageToken) =>
    client.orders.list({ pageToken, orderBy: "modification_time desc" }),
  );
  await wholeList(context, "payments.list", (pageToken) =>
    client.payments.list({ pageToken, pageSize: 1000 }),
  );
  await wholeList(context, "transactions.list", (pageToken) => client.transactions.list({ pageToken }));
  await wholeList(context, "paymentMethods.list", (pageToken) => client.paymentMethods.list({ pageToken }));
  await step("merchants.list", () => client.merchants.list());
  await step("orders.get", () => client.orders.get(ids.order));
  for (const kind of ["REFUNDED", "VOIDED", "MANUAL_PAID", "PAYPAL_PAID"]) {
    const share = [...account.orderPayments.values()].find((one) => one.pay_status === kind);
    if (share) await step(`orders.payments ${kind}`, () => client.orders.payments(share.order_id));
  }
  const made = await step("orders.create", () =>
    client.orders.create({
      contact_id: ids.contact,
      order_title: "Contract order",
      title: "Invoice of the contract test",
      order_time: at(-1),
      order_type: "OFFLINE",
      order_items: [{ product_id: ids.product, quantity: 2, price_per_unit: 1.23 }],
      shipping_address: {
        first_name: "Zoë",
        line1: "1 Test Way",
        locality: "Portland",
        region: "Maine",
        country_code: "USA",
        zip_code: "04101",
      },
      notes: "Made by the contract test",
      external_create_user: "contract",
      external_create_time: at(-2),
    }),
  );
  if (!made) return;
  const id = made.id;
  await step("orders.update", () =>
    client.orders.update(id, { order_title: "Contract order 2", notes: "changed" }),
  );
  await step("orders.update plan", () =>
    client.orders.update(id, {
      payment_plan: {
        auto_charge: false,
        initial_payment_amount: 1,
        initial_payment_date: day(0),
        plan_start_date: day(30),
        number_of_payments: 2,
        days_between_payments: 30,
      },
    }),
  );
  const item = await step("orders.addItem", () =>
    client.orders.addItem(id, {
      product_id: ids.product,
      quantity: 1,
      name: "One more",
      price_per_unit: 2.5,
    }),
  );
  if (item?.id) {
    const itemId = item.id;
    await step("orders.getItem", () => client.orders.getItem(id, itemId));
    await step("orders.updateItem", () => client.orders.updateItem(id, itemId, { quantity: 3 }));
    await step("orders.deleteItem", () => client.orders.deleteItem(id, itemId));
  }
  await step("orders.recordPayment", () =>
    client.orders.recordPayment(id, {
      payment_amount: 1.23,
      payment_method_type: "Check",
      apply_to_commissions: false,
      payment_time: at(0),
      notes: "keapsake",
    }),
  );
  await step("orders.payments", () => client.orders.payments(id));
  await step("orders.get paid", () => client.orders.get(id));
  const second = await step("orders.create second", () =>
    client.orders.create({
      contact_id: ids.contact,
      order_title: "To delete",
      order_time: at(0),
      order_type: "ONLINE",
    }),
  );
  if (second) await step("orders.delete", () => client.orders.delete(second.id));
}

async function subscriptions(context: Context): Promise<void> {
  const { client, step, ids, day } = context;
  await wholeList(context, "subscriptions.list", (pageToken) =>
    client.subscriptions.list({ pageToken, orderBy: "modification_time desc" }),
  );
  await step("subscriptions.get", () => client.subscriptions.get(firstId(context.account.subscriptions)));
  const made = await step("subscriptions.create", () =>
    client.subscriptions.create({
      contact_id: ids.contact,
      subscription_plan_id: ids.plan,
      start_date: day(5),
      billing_amount: 12.5,
      quantity: 1,
    }),
  );
  if (!made) return;
  await step("subscriptions.update", () =>
    client.subscriptions.update(made.id, { billing_amount: 13, next_bill_date: day(9) }),
  );
  await step("subscriptions.deactivate", () => client.subscriptions.deactivate(made.id, "Contract test"));
  await step("subscriptions.get stopped", () => client.subscriptions.get(made.id));
}

async function deals(context: Context): Promise<void> {
  const { client, step, ids, at } = context;
  await wholeList(context, "opportunities.list", (pageToken) =>
    client.opportunities.list({ pageToken, orderBy: "update_time desc" }),
  );
  await wholeList(context, "stageMoves.list", (pageToken) =>
    client.stageMoves.list({ pageToken, orderBy: "move_date desc" }),
  );
  await step("stageMoves.get", () => client.stageMoves.get(firstId(context.account.stageMoves)));
  await step("opportunityStages.list", () => client.opportunityStages.list());
  await step("opportunityStages.get", () => client.opportunityStages.get(ids.stage));
  const stage = await step("opportunityStages.create", () =>
    client.opportunityStages.create({
      name: "Contract",
      order: 9,
      probability: 40,
      target_number_days: 3,
      checklist_items: [{ description: "Check", required: false, order: 1 }],
    }),
  );
  const made = await step("opportunities.create", () =>
    client.opportunities.create({
      opportunity_title: "Contract deal",
      contact_id: ids.contact,
      stage_id: ids.stage,
      user_id: ids.user,
      estimated_close_time: at(30),
      projected_revenue_low: 100,
      projected_revenue_high: 200,
    }),
  );
  if (made) {
    await step("opportunities.get", () => client.opportunities.get(made.id));
    await step("opportunities.update", () =>
      client.opportunities.update(made.id, {
        ...(stage?.id && { stage_id: stage.id }),
        next_action_notes: "Call",
      }),
    );
    await step("opportunities.delete", () => client.opportunities.delete(made.id));
  }
  if (stage?.id) {
    const stageId = stage.id;
    await step("opportunityStages.update", () =>
      client.opportunityStages.update(stageId, {
        name: "Contract 2",
        order: 9,
        probability: 45,
        target_number_days: 4,
      }),
    );
    await step("opportunityStages.delete", () => client.opportunityStages.delete(stageId));
  }
}

async function activities(context: Context): Promise<void> {
  const { client, step, ids, at } = context;
  await wholeList(context, "notes.list", (pageToken) =>
    client.notes.list({ pageToken, orderBy: "update_time desc" }),
  );
  await wholeList(context, "tasks.list", (pageToken) =>
    client.tasks.list({ pageToken, orderBy: "update_time desc" }),
  );
  await step("notes.listOfContact", () => client.notes.listOfContact(ids.contact));
  const note = await step("notes.create", () =>
    client.notes.create(ids.contact, {
      user_id: ids.user,
      title: "Contract",
      text: "Grüße 🎨",
      type: "Call",
      is_pinned: true,
    }),
  );
  if (note) {
    await step("notes.get", () => client.notes.get(ids.contact, note.id));
    await step("notes.update", () =>
      client.notes.update(ids.contact, note.id, { user_id: ids.user, text: "changed" }),
    );
    await step("notes.delete", () => client.notes.delete(ids.contact, note.id));
  }
  const task = await step("tasks.create", () =>
    client.tasks.create({
      title: "Contract",
      assigned_to_user_id: ids.user,
      contact_id: ids.contact,
      due_time: at(3),
      remind_time_mins: 30,
      priority: "ESSENTIAL",
    }),
  );
  if (task) {
    await step("tasks.get", () => client.tasks.get(task.id));
    await step("tasks.update", () =>
      client.tasks.update(task.id, { completed: true, completion_time: at(0) }),
    );
    await step("tasks.delete", () => client.tasks.delete(task.id));
  }
  await step("appointments.list", () =>
    client.appointments.list({ contactId: ids.contact, since: new Date(at(-30)), until: new Date(at(30)) }),
  );
  await step("appointments.list all", () => client.appointments.list());
  await step("appointments.create", () =>
    client.appointments.create({
      title: "Contract",
      start_date: at(1),
      end_date: at(1.05),
      contact_id: Number(ids.contact),
      user: Number(ids.user),
      remind_time: 60,
    }),
  );
  const last = [...context.account.appointments.keys()].at(-1);
  const id = String(last ?? 1);
  await step("appointments.get", () => client.appointments.get(id));
  await step("appointments.update", () =>
    client.appointments.update(id, {
      title: "Contract",
      start_date: at(2),
      end_date: at(2.05),
      location: "Zoom",
    }),
  );
  await step("appointments.delete", () => client.appointments.delete(id));
}

async function mail(context: Context): Promise<void> {
  const { client, step, ids, at } = context;
  await wholeList(context, "emails.list", (pageToken) =>
    client.emails.list({ pageToken, orderBy: "created_time desc" }),
  );
  await step("emails.get", () => client.emails.get(firstId(context.account.emails)));
  await step("emails.templates", () => client.emails.templates());
  await step("emails.send", () =>
    client.emails.send({
      contacts: [ids.contact],
      subject: "Contract",
      user_id: ids.user,
      html_content: "<p>Hi</p>",
      plain_content: "Hi",
      address_field: "Email",
    }),
  );
  await step("emails.sendTemplate", () =>
    client.emails.sendTemplate({ template_id: "1", contact_ids: [ids.contact], user_id: ids.user }),
  );
  const record = await step("emails.createRecord", () =>
    client.emails.createRecord({
      sent_to_address: "zoe@example.com",
      subject: "Elsewhere",
      contact_id: ids.contact,
      sent_time: at(-1),
      opened_time: at(-0.5),
      plain_content: "Hi",
      original_provider: "UNKNOWN",
      original_provider_id: "contract-1",
    }),
  );
  const more = await step("emails.createRecords", () =>
    client.emails.createRecords([
      {
        sent_to_address: "zoe@example.com",
        subject: "Two",
        original_provider: "UNKNOWN",
        original_provider_id: "contract-2",
      },
      { sent_to_address: "not an address", subject: "Three" },
    ]),
  );
  await step("emails.deleteRecords", () =>
    client.emails.deleteRecords([...(more?.items ?? []).map((one) => one.id), "99999999"]),
  );
  if (record) await step("emails.deleteRecord", () => client.emails.deleteRecord(record.id));
  await wholeList(context, "emailAddresses.list", (pageToken) =>
    client.emailAddresses.list({ pageToken, orderBy: "last_open_time desc" }),
  );
  const address =
    [...context.account.emailAddresses.values()].find((one) => one.status === "SINGLE_OPT_IN")?.email ??
    "a@example.com";
  await step("emailAddresses.getStatus", () => client.emailAddresses.getStatus(address));
  await step("emailAddresses.setStatus", () =>
    client.emailAddresses.setStatus(address, { opted_in: false, reason: "Asked to stop" }),
  );
}

async function campaigns(context: Context): Promise<void> {
  const { client, step, ids } = context;
  await step("campaigns.list", () => client.campaigns.list({ orderBy: "lastupdated desc" }));
  for (const campaign of context.account.campaigns.values()) {
    await step("campaigns.get", () => client.campaigns.get(campaign.id));
    await step("campaigns.goals", () => client.campaigns.goals(campaign.id));
    await step("campaigns.sequences", () => client.campaigns.sequences(campaign.id));
  }
  const people = [ids.contact, "99999999"];
  await step("campaigns.addToSequence", () =>
    client.campaigns.addToSequence(ids.campaign, ids.sequence, people),
  );
  await step("campaigns.removeFromSequence", () =>
    client.campaigns.removeFromSequence(ids.campaign, ids.sequence, people),
  );
  await step("automations.list", () => client.automations.list());
  await step("automations.get", () => client.automations.get(ids.campaign));
  await step("automations.addToSequence", () =>
    client.automations.addToSequence(ids.campaign, ids.sequence, people),
  );
  await step("automations.achieveGoal", () =>
    client.automations.achieveGoal({
      contact_id: ids.contact,
      integration: "keapsake",
      call_name: "win_back",
    }),
  );
  const goal = [...context.account.campaigns.values()][0]?.goals[0]?.id ?? "1";
  await step("automations.achieveGoal by id", () =>
    client.automations.achieveGoal({ contact_id: ids.contact, automation_id: ids.campaign, goal_id: goal }),
  );
}

async function attribution(context: Context): Promise<void> {
  const { client, step, ids, at } = context;
  await step("leadSources.list", () => client.leadSources.list({ orderBy: "update_time desc" }));
  await step("leadSourceCategories.list", () => client.leadSourceCategories.list());
  await wholeList(context, "leadSourceExpenses.list", (pageToken) =>
    client.leadSourceExpenses.list("-", { pageToken, orderBy: "update_time desc" }),
  );
  await step("leadSourceRecurringExpenses.list", () => client.leadSourceRecurringExpenses.list("-"));
  const category = await step("leadSourceCategories.create", () =>
    client.leadSourceCategories.create({ name: "Contract", description: "x" }),
  );
  if (category) {
    await step("leadSourceCategories.get", () => client.leadSourceCategories.get(category.id as string));
    await step("leadSourceCategories.update", () =>
      client.leadSourceCategories.update(category.id as string, { description: "y" }),
    );
  }
  const source = await step("leadSources.create", () =>
    client.leadSources.create({
      name: "Contract radio",
      medium: "radio",
      status: "ACTIVE",
      start_time: at(-3),
      ...(category?.id && { lead_source_category_id: category.id }),
    }),
  );
  if (source) {
    const id = source.id;
    await step("leadSources.get", () => client.leadSources.get(id));
    await step("leadSources.update", () => client.leadSources.update(id, { vendor: "WXYZ" }));
    const expense = await step("leadSourceExpenses.create", () =>
      client.leadSourceExpenses.create(id, { amount: 12345, title: "Spot", incurred_time: at(-1) }),
    );
    if (expense) {
      await step("leadSourceExpenses.get", () => client.leadSourceExpenses.get(id, expense.id));
      await step("leadSourceExpenses.update", () =>
        client.leadSourceExpenses.update(id, expense.id, { amount: 12300 }),
      );
      await step("leadSourceExpenses.delete", () => client.leadSourceExpenses.delete(id, expense.id));
    }
    const recurring = await step("leadSourceRecurringExpenses.create", () =>
      client.leadSourceRecurringExpenses.create(id, {
        amount: 5000,
        title: "Monthly spot",
        start_time: at(-1),
      }),
    );
    if (recurring) {
      await step("leadSourceRecurringExpenses.get", () =>
        client.leadSourceRecurringExpenses.get(id, recurring.id),
      );
      await step("leadSourceRecurringExpenses.update", () =>
        client.leadSourceRecurringExpenses.update(id, recurring.id, { amount: 5100 }),
      );
      await step("leadSourceRecurringExpenses.delete", () =>
        client.leadSourceRecurringExpenses.delete(id, recurring.id),
      );
    }
    await step("leadSources.delete", () => client.leadSources.delete(id));
  }
  if (category)
    await step("leadSourceCategories.delete", () =>
      client.leadSourceCategories.delete(category.id as string),
    );
  await step("affiliates.list", () => client.affiliates.list());
  await step("affiliates.get", () => client.affiliates.get(ids.affiliate));
  const partner = [...context.account.contacts.values()][9]?.id ?? ids.contact;
  const affiliate = await step("affiliates.create", () =>
    client.affiliates.create({ code: "CONTRACT", contact_id: partner, name: "Contract" }),
  );
  if (affiliate) {
    await step("affiliates.update", () => client.affiliates.update(affiliate.id, { status: "ACTIVE" }));
    await step("referrals.create", () =>
      client.referrals.create({
        contact_id: ids.contact,
        referral_partner_id: affiliate.id,
        referral_type: "MANUAL",
        referral_time: at(-1),
      }),
    );
    await step("affiliates.delete", () => client.affiliates.delete(affiliate.id));
  }
  await step("referrals.list", () => client.referrals.list());
}

async function customFields({ client, step }: Context): Promise<void> {
  for (const kind of modelKinds) {
    await step(`customFields.model ${kind}`, () => client.customFields.model(kind));
    await step(`customFields.groups ${kind}`, () => client.customFields.groups(kind));
    const tab = await step(`customFields.createTab ${kind}`, () =>
      client.customFields.createTab(kind, { name: `Tab ${kind}` }),
    );
    await step(`customFields.tabs ${kind}`, () => client.customFields.tabs(kind));
    const group = await step(`customFields.createGroup ${kind}`, () =>
      client.customFields.createGroup(kind, { name: `Group ${kind}`, ...(tab?.id && { tab_id: tab.id }) }),
    );
    const field = await step(`customFields.create ${kind}`, () =>
      client.customFields.create(kind, {
        label: `Keapsake ${kind}`,
        field_type: "DROPDOWN",
        options: [{ label: "One" }, { label: "Two" }],
        ...(group?.id && { group_id: group.id }),
      }),
    );
    if (field?.id && kind !== "contacts") {
      const groupId = group?.id ?? field.group_id ?? "1";
      await step(`customFields.update ${kind}`, () =>
        client.customFields.update(kind, field.id, { group_id: groupId, label: `Keapsake id ${kind}` }),
      );
    }
    if (field?.id)
      await step(`customFields.delete ${kind}`, () => client.customFields.delete(kind, field.id));
    if (group?.id) {
      const groupId = group.id;
      await step(`customFields.updateGroup ${kind}`, () =>
        client.customFields.updateGroup(kind, groupId, { name: "Renamed" }),
      );
      await step(`customFields.deleteGroup ${kind}`, () => client.customFields.deleteGroup(kind, groupId));
    }
    if (tab?.id) {
      const tabId = tab.id;
      await step(`customFields.updateTab ${kind}`, () =>
        client.customFields.updateTab(kind, tabId, { name: "Renamed" }),
      );
      await step(`customFields.deleteTab ${kind}`, () => client.customFields.deleteTab(kind, tabId));
    }
  }
}

async function hooks({ client, step }: Context): Promise<void> {
  await step("hooks.eventKeys", () => client.hooks.eventKeys());
  const hook = await step("hooks.create", () =>
    client.hooks.create({ eventKey: "contact.edit", hookUrl: "https://hooks.example/contract" }),
  );
  await step("hooks.list", () => client.hooks.list());
  if (!hook) return;
  await step("hooks.get", () => client.hooks.get(hook.key));
  await step("hooks.update", () =>
    client.hooks.update(hook.key, { eventKey: "contact.add", hookUrl: "https://hooks.example/contract2" }),
  );
  await step("hooks.verify", () => client.hooks.verify(hook.key));
  await step("hooks.delayedVerify", () => client.hooks.delayedVerify(hook.key, "secret"));
  await step("hooks.delete", () => client.hooks.delete(hook.key));
}

async function settings({ client, step, ids }: Context): Promise<void> {
  await step("users.list", () =>
    client.users.list({ filter: { include_inactive: true, include_partners: true } as never }),
  );
  await step("users.get", () => client.users.get(ids.user));
  await step("users.update", () =>
    client.users.update(ids.user, { title: "Founder", website: "https://northlight.example" }),
  );
  await step("businessProfile.get", () => client.businessProfile.get());
  await step("businessProfile.update", () => client.businessProfile.update({ phone: "(207) 555-0101" }));
  await step("settings.getConfiguration", () => client.settings.getConfiguration());
  await step("webforms.list", () => client.webforms.list());
  await step("userInfo", () => client.userInfo());
}
