import { createEmptyAccount, type KeapAccount } from "@/sandbox/account";
import { type KindName, kindNames, kinds } from "../kinds";

export interface TinyOptions {
  contacts?: number;
  tags?: number;
  /** Kinds of record that stand beside people and tags. */
  guests?: readonly KindName[];
  /** The time everything in it was made. */
  made?: string;
  /** Each record is so much younger than the one before it, milliseconds: no two polls overlap by so much. */
  apart?: number;
}

/** A Keap account of a handful of records: histories are many, so each must be small. */
export function createTinyAccount({
  contacts = 3,
  tags = 2,
  guests = [],
  made = "2026-10-01T09:00:00.000Z",
  apart = 0,
}: TinyOptions = {}): KeapAccount {
  const account = createEmptyAccount({ name: "Tiny Business" });
  const times = { create_time: made, update_time: made };
  const timesOf = (id: number) => {
    const at = new Date(Date.parse(made) + (id - 1) * apart).toISOString();
    return { create_time: at, update_time: at };
  };
  account.users.set(1, {
    id: "1",
    given_name: "Key",
    family_name: "Owner",
    status: "ACTIVE",
    admin: true,
    email_addresses: [],
    ...times,
  });
  account.users.set(2, {
    id: "2",
    given_name: "Pat",
    family_name: "Person",
    status: "ACTIVE",
    email_addresses: [],
    ...times,
  });
  account.customFields.set(1, {
    id: "1",
    record_type: "CONTACT",
    label: "Colour",
    field_name: "Colour",
    field_type: "TEXT",
  });
  account.customFields.set(2, {
    id: "2",
    record_type: "CONTACT",
    label: "Size",
    field_name: "Size",
    field_type: "TEXT",
  });
  for (let id = 1; id <= tags; id += 1)
    account.tags.set(id, { id: String(id), name: `Tag ${id}`, description: `About ${id}`, ...timesOf(id) });
  for (let id = 1; id <= contacts; id += 1) {
    account.contacts.set(id, {
      id: String(id),
      given_name: `Given ${id}`,
      family_name: `Family ${id}`,
      email_addresses: [{ field: "EMAIL1", email: `person${id}@example.test` }],
      phone_numbers: [{ field: "PHONE1", number: `(602) 555-010${id % 10}` }],
      custom_fields: [{ id: "1", content: `Colour ${id}` }],
      ...timesOf(id),
    });
    if (id <= tags) account.contactTags.set(id, new Map([[id, made]]));
  }
  for (const guest of guests) addGuests(account, guest, made);
  // Keap never gives an id twice, also not one that was deleted before the next was made
  for (const name of kindNames)
    account.lastIds.set(
      name === "order_items" ? "orderItem" : name,
      Math.max(0, ...kinds[name].records(account).keys()),
    );
  return account;
}

/** One or two records of a kind, the first person's. */
function addGuests(account: KeapAccount, guest: KindName, made: string): void {
  const times = { create_time: made, update_time: made };
  const changed = { create_time: made, modification_time: made };
  switch (guest) {
    case "companies": {
      for (const id of [1, 2])
        account.companies.set(id, { id: String(id), company_name: `Company ${id}`, ...times });
      const person = account.contacts.get(1);
      if (person) account.contacts.set(1, { ...person, company_id: "1" });
      return;
    }
    case "notes":
      account.notes.set(1, {
        id: "1",
        contact_id: "1",
        title: "Note 1",
        text: "Text 1",
        user_id: "2",
        ...times,
      });
      return;
    case "tasks":
      account.tasks.set(1, {
        id: "1",
        contact_id: "1",
        title: "Task 1",
        description: "Text 1",
        completed: false,
        assigned_to_user_id: "2",
        ...changed,
      });
      return;
    case "opportunities":
      account.stages.set(1, {
        id: "1",
        name: "New",
        order: 1,
        target_number_days: 1,
        probability: 50,
        created_time: made,
        updated_time: made,
      });
      account.opportunities.set(1, {
        id: "1",
        contact_id: "1",
        stage_id: "1",
        opportunity_title: "Deal 1",
        created_time: made,
        last_updated_time: made,
      });
      return;
    case "orders":
      account.orders.set(1, {
        id: "1",
        invoice_id: "101",
        title: "Order 1",
        contact_id: "1",
        status: "SENT",
        order_type: "OFFLINE",
        source_type: "API",
        order_time: made,
        creation_time: made,
        modification_time: made,
        items: [1, 2].map((id) => ({
          id: String(id),
          item_type: "OTHER",
          name: `Item ${id}`,
          description: `Text ${id}`,
          quantity: id,
          price_per_unit_minor: 500,
        })),
      });
      return;
    case "subscriptions":
      account.products.set(1, {
        id: "1",
        name: "Course",
        price_minor: 2900,
        short_description: "Monthly",
        active: true,
        subscription_only: true,
        ...times,
      });
      account.plans.set(1, {
        id: "1",
        product_id: "1",
        subscription_plan_name: "Monthly",
        cycle_type: "MONTHLY",
        frequency: 1,
        total_cycles: 0,
        plan_price_minor: 2900,
        active: true,
      });
      account.subscriptions.set(1, {
        id: "1",
        contact_id: "1",
        product_id: "1",
        subscription_plan_id: "1",
        active: true,
        quantity: 1,
        billing_amount_minor: 2900,
        billing_cycle: "MONTH",
        billing_frequency: 1,
        auto_charge: false,
        start_date: made.slice(0, 10),
        promo_code: "Code 1",
        modification_time: made,
      });
      return;
    case "emails":
      account.emails.set(1, {
        id: "1",
        contact_id: "1",
        subject: "Mail 1",
        sent_to_address: "person1@example.test",
        original_provider: "GOOGLE",
        original_provider_id: "mail1",
        sent_time: made,
        created_time: made,
      });
      return;
    default:
  }
}
