import { createEmptyAccount, type KeapAccount, type KeapTables, type TableName } from "../account";

function fill<T extends TableName>(account: KeapAccount, table: T, records: KeapTables[T][]): void {
  for (const record of records) (account[table] as Map<number, KeapTables[T]>).set(Number(record.id), record);
}

const day = (n: number) => new Date(Date.UTC(2026, 0, n, 12)).toISOString();

/** Five people, two products and a few sales, small enough to work out by hand. Times lie in January 2026. */
export function createSmallAccount(): KeapAccount {
  const account = createEmptyAccount({ name: "Small Business" });
  fill(account, "users", [
    {
      id: "1",
      given_name: "Ada",
      family_name: "Admin",
      admin: true,
      status: "ACTIVE",
      email_addresses: [{ field: "EMAIL1", email: "ada@business.test" }],
      create_time: day(1),
      update_time: day(1),
    },
    {
      id: "2",
      given_name: "Gone",
      family_name: "Person",
      status: "INACTIVE",
      email_addresses: [{ field: "EMAIL1", email: "gone@business.test" }],
      create_time: day(1),
      update_time: day(1),
    },
  ]);
  fill(account, "leadSources", [
    { id: "1", name: "Webinar", status: "ACTIVE", create_time: day(1), update_time: day(1) },
  ]);
  fill(account, "companies", [{ id: "1", company_name: "Acme", create_time: day(1), update_time: day(1) }]);
  fill(account, "customFields", [
    {
      id: "1",
      record_type: "CONTACT",
      label: "Favourite Colour",
      field_name: "FavouriteColour",
      field_type: "TEXT",
    },
    {
      id: "2",
      record_type: "CONTACT",
      label: "Shoe Size",
      field_name: "ShoeSize",
      field_type: "WHOLE_NUMBER",
    },
    { id: "3", record_type: "ORDER", label: "Our Id", field_name: "OurId", field_type: "TEXT" },
  ]);
  fill(account, "contacts", [
    {
      id: "1",
      given_name: "Ann",
      family_name: "Able",
      email_addresses: [
        { field: "EMAIL1", email: "ann@example.com" },
        { field: "EMAIL2", email: "ann@work.example.com" },
      ],
      phone_numbers: [{ field: "PHONE1", number: "(602) 555-0101" }],
      addresses: [
        {
          field: "BILLING",
          line1: "1 Main St",
          locality: "Phoenix",
          region: "Arizona",
          region_code: "US-AZ",
          country_code: "USA",
        },
      ],
      custom_fields: [
        { id: "1", content: "Green" },
        { id: "2", content: 42 },
      ],
      company_id: "1",
      leadsource_id: "1",
      owner_id: "1",
      create_time: day(2),
      update_time: day(12),
    },
    {
      id: "2",
      given_name: "Ben",
      family_name: "Baker",
      email_addresses: [{ field: "EMAIL1", email: "ben@example.com" }],
      create_time: day(3),
      update_time: day(11),
    },
    {
      id: "3",
      given_name: "Cleo",
      email_addresses: [{ field: "EMAIL1", email: "cleo@example.com" }],
      create_time: day(4),
      update_time: day(10),
    },
    {
      id: "4",
      given_name: "Dee",
      phone_numbers: [{ field: "PHONE1", number: "602-555-0104" }],
      create_time: day(5),
      update_time: day(9),
    },
    {
      id: "5",
      given_name: "Ann",
      family_name: "Able",
      email_addresses: [{ field: "EMAIL1", email: "ann@example.com" }],
      phone_numbers: [{ field: "PHONE1", number: "602-555-0105" }],
      create_time: day(6),
      update_time: day(8),
    },
  ]);
  for (const email of ["ann@example.com", "ann@work.example.com", "ben@example.com", "cleo@example.com"]) {
    account.emailAddresses.set(email, { email, status: "SINGLE_OPT_IN", create_time: day(2) });
  }
  fill(account, "tagCategories", [{ id: "1", name: "Stage", create_time: day(1), update_time: day(1) }]);
  fill(account, "tags", [
    { id: "1", name: "Customer", category_id: "1", create_time: day(1), update_time: day(1) },
    { id: "2", name: "Newsletter", create_time: day(1), update_time: day(2) },
  ]);
  account.contactTags.set(
    1,
    new Map([
      [1, day(7)],
      [2, day(8)],
    ]),
  );
  account.contactTags.set(5, new Map([[1, day(6)]]));
  fill(account, "products", [
    {
      id: "1",
      name: "Course",
      price_minor: 10_000,
      short_description: "A course",
      sku: "C-1",
      active: true,
      taxable: true,
      create_time: day(1),
      update_time: day(1),
    },
    {
      id: "2",
      name: "Membership",
      price_minor: 2_900,
      short_description: "Monthly",
      active: true,
      subscription_only: true,
      create_time: day(1),
      update_time: day(1),
    },
  ]);
  fill(account, "plans", [
    {
      id: "1",
      product_id: "2",
      subscription_plan_name: "Membership (every month)",
      cycle_type: "MONTHLY",
      frequency: 1,
      total_cycles: 0,
      plan_price_minor: 2_900,
      active: true,
    },
  ]);
  fill(account, "merchants", [
    { id: "1", name: "Stripe", type: "STRIPE", is_test: false },
    { id: "2", name: "Test gateway", type: "AUTHORIZE", is_test: true },
  ]);
  account.settings.default_merchant_id = "1";
  fill(account, "paymentMethods", [
    {
      id: "1",
      contact_id: "1",
      credit_card_id: "11",
      merchant_account_id: "1",
      created_time: day(2),
      card_info: {
        brand: "Visa",
        card_type: "CREDIT",
        last_four: "4242",
        expiration_month: "12",
        expiration_year: "2030",
      },
    },
  ]);
  fill(account, "orders", [
    {
      id: "1",
      invoice_id: "101",
      title: "Course",
      contact_id: "1",
      status: "SENT",
      order_type: "ONLINE",
      source_type: "CHECKOUT_FORM",
      order_time: day(8),
      creation_time: day(8),
      modification_time: day(8),
      items: [
        {
          id: "1",
          item_type: "PRODUCT",
          name: "Course",
          quantity: 2,
          price_per_unit_minor: 10_000,
          product_id: "1",
        },
        { id: "2", item_type: "DISCOUNT", name: "Friend", quantity: 1, price_per_unit_minor: -1_550 },
      ],
    },
    {
      id: "2",
      invoice_id: "102",
      title: "Course",
      contact_id: "5",
      status: "SENT",
      order_type: "OFFLINE",
      source_type: "API",
      order_time: day(9),
      creation_time: day(9),
      modification_time: day(9),
      items: [
        {
          id: "3",
          item_type: "PRODUCT",
          name: "Course",
          quantity: 1,
          price_per_unit_minor: 10_000,
          product_id: "1",
        },
      ],
    },
  ]);
  fill(account, "payments", [
    {
      id: "1",
      kind: "payment",
      type: "Credit Card",
      amount_minor: 18_450,
      status: "APPROVED",
      contact_id: "1",
      order_ids: ["1"],
      payment_time: day(8),
      update_time: day(8),
      merchant_account_id: "1",
      payment_method_id: "1",
    },
  ]);
  fill(account, "orderPayments", [
    {
      id: "1",
      order_id: "1",
      payment_id: "1",
      amount_minor: 18_450,
      pay_status: "APPROVED",
      pay_time: day(8),
      last_updated_time: day(8),
    },
  ]);
  fill(account, "transactions", [
    {
      id: "1",
      amount_minor: 18_450,
      status: "APPROVED",
      transaction_method: "CAPTURE",
      transaction_time: day(8),
      is_successful: true,
      contact_id: "1",
      order_ids: ["1"],
      payment_id: "1",
      merchant_account_id: "1",
      external_reference_id: "ch_1",
    },
  ]);
  fill(account, "subscriptions", [
    {
      id: "1",
      contact_id: "1",
      product_id: "2",
      subscription_plan_id: "1",
      active: true,
      quantity: 1,
      billing_amount_minor: 2_900,
      billing_cycle: "MONTH",
      billing_frequency: 1,
      auto_charge: true,
      start_date: "2026-01-08",
      last_bill_date: "2026-01-08",
      next_bill_date: "2026-02-08",
      payment_method_id: "1",
      merchant_account_id: "1",
    },
  ]);
  fill(account, "stages", [
    {
      id: "1",
      name: "New",
      order: 1,
      target_number_days: 7,
      probability: 10,
      created_time: day(1),
      updated_time: day(1),
    },
    {
      id: "2",
      name: "Won",
      order: 2,
      target_number_days: 0,
      probability: 100,
      created_time: day(1),
      updated_time: day(1),
    },
  ]);
  Object.assign(account.settings, { active_stage_ids: ["1"], win_stage_id: "2", default_stage_id: "1" });
  fill(account, "opportunities", [
    {
      id: "1",
      contact_id: "1",
      stage_id: "1",
      user_id: "1",
      opportunity_title: "Big deal",
      created_time: day(3),
      last_updated_time: day(3),
    },
  ]);
  fill(account, "notes", [
    {
      id: "1",
      contact_id: "1",
      title: "Called about the course",
      text: "Wants more",
      type: "Call",
      user_id: "1",
      create_time: day(5),
      update_time: day(5),
    },
  ]);
  fill(account, "tasks", [
    {
      id: "1",
      title: "Call back",
      completed: false,
      assigned_to_user_id: "1",
      contact_id: "1",
      due_time: day(20),
      create_time: day(5),
      modification_time: day(5),
    },
  ]);
  fill(account, "appointments", [
    { id: "1", title: "Demo", start_date: day(14), end_date: day(14), contact_id: "1", update_time: day(5) },
  ]);
  fill(account, "emails", [
    {
      id: "1",
      contact_id: "1",
      subject: "Welcome",
      sent_to_address: "ann@example.com",
      sent_time: day(3),
      created_time: day(3),
      opened_time: day(4),
      original_provider: "INFUSIONSOFT",
      original_provider_id: "m-1",
      plain_content: "SGVsbG8=",
    },
  ]);
  fill(account, "campaigns", [
    {
      id: "1",
      name: "Welcome series",
      published: true,
      date_created: day(1),
      published_date: day(2),
      sequences: [
        {
          id: "1",
          name: "Mails",
          paths: [
            {
              id: "1",
              items: [
                { id: "1", name: "Start", type: "Start", next_item_id: "2" },
                { id: "2", name: "Hello", type: "Email", previous_item_id: "1" },
              ],
            },
          ],
          active_contact_ids: ["2"],
          completed_count: 3,
          last_24_hours: 0,
          last_30_days: 1,
        },
      ],
      goals: [
        {
          id: "1",
          name: "Bought",
          type: "API",
          integration: "keapsake",
          call_name: "bought",
          next_sequence_ids: ["1"],
          previous_sequence_ids: [],
          last_24_hours: 0,
          last_30_days: 0,
        },
      ],
    },
  ]);
  fill(account, "affiliates", [
    { id: "1", code: "friend", name: "Friend", status: "ACTIVE", contact_id: "2", date_created: day(2) },
  ]);
  fill(account, "referrals", [
    { id: "1", contact_id: "3", referral_partner_id: "1", referral_time: day(4), referral_type: "MANUAL" },
  ]);
  fill(account, "leadSourceExpenses", [
    {
      id: "1",
      lead_source_id: "1",
      title: "Ads",
      amount_minor: 25_000,
      incurred_time: day(3),
      create_time: day(3),
      update_time: day(3),
    },
  ]);
  return account;
}
