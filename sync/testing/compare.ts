import type { SupabaseClient } from "@/supabase/client";

/**
 * An independent look at both sides: reads Keap over HTTP with nothing but fetch and the tables through PostgREST, and
 * compares record for record. It shares no code with the mapping or the sync, so that it can catch their mistakes.
 */
export interface CompareOptions {
  /** Keap's host, so that contacts are at `{keapUrl}/crm/rest/v2/contacts`. */
  keapUrl: string;
  keapToken: string;
  fetch?: (request: Request) => Promise<Response>;
  service: SupabaseClient;
  accountId: string;
  /** Unit of `Subscription.billing_amount`, which Keap does not state. Default: decimals. */
  subscriptionUnit?: "major" | "minor";
  /** Stop collecting after this many. */
  maxDifferences?: number;
}

export interface Comparison {
  /** Records seen in Keap, by table. */
  compared: Record<string, number>;
  /** Empty when both sides are equal. */
  differences: string[];
}

type Wire = Record<string, unknown>;
type Row = Record<string, unknown>;

export async function compareAccounts(options: CompareOptions): Promise<Comparison> {
  const { maxDifferences = 50 } = options;
  const keap = reader(options);
  const table = tables(options);
  const compared: Record<string, number> = {};
  const differences: string[] = [];
  const say = (text: string) => {
    if (differences.length < maxDifferences) differences.push(text);
  };

  async function compareTable(
    name: string,
    wires: Wire[],
    expect: (wire: Wire) => Record<string, unknown>,
    keyOf: (wire: Wire) => string = (wire) => String(wire.id),
    rowKey: (row: Row) => string = (row) => String(row.keap_id),
  ) {
    const rows = new Map<string, Row>();
    for (const row of await table(name)) {
      if (row.deleted_at) continue;
      if (rows.has(rowKey(row))) say(`${name} ${rowKey(row)}: stored twice`);
      rows.set(rowKey(row), row);
    }
    compared[name] = wires.length;
    const seen = new Set<string>();
    for (const wire of wires) {
      const key = keyOf(wire);
      seen.add(key);
      const row = rows.get(key);
      if (!row) {
        say(`${name} ${key}: missing here`);
        continue;
      }
      for (const [field, wanted] of Object.entries(expect(wire))) {
        if (!equal(wanted, row[field]))
          say(`${name} ${key}.${field}: Keap ${show(wanted)}, here ${show(row[field])}`);
      }
    }
    for (const key of rows.keys()) if (!seen.has(key)) say(`${name} ${key}: not in Keap`);
    return rows;
  }

  const currency = String(((await keap.get("/v2/businessProfile")) as Wire).currency_code ?? "USD");
  const users = await compareTable(
    "users",
    await keap.all(
      "/v2/users",
      "users",
      "page_size=100&filter=include_inactive%3D%3Dtrue%3Binclude_partners%3D%3Dtrue",
    ),
    (w) => ({
      given_name: w.given_name ?? null,
      family_name: w.family_name ?? null,
    }),
  );
  await compareTable("tag_categories", await keap.all("/v2/tags/categories", "tag_categories"), (w) => ({
    name: w.name ?? null,
  }));
  const tags = await compareTable("tags", await keap.all("/v2/tags", "tags"), (w) => ({
    name: w.name ?? null,
    category_keap_id: id((w.category as Wire | undefined)?.id),
  }));
  const categories = new Map(
    (await keap.all("/v2/leadSourceCategories", "lead_source_categories")).map((w) => [String(w.id), w.name]),
  );
  await compareTable("lead_sources", await keap.all("/v2/leadSources", "lead_sources"), (w) => ({
    name: w.name ?? null,
    vendor: w.vendor ?? null,
    category_name: categories.get(String(w.lead_source_category_id)) ?? null,
  }));
  await compareTable(
    "product_categories",
    await keap.all("/v2/productCategories", "product_categories"),
    (w) => ({ name: w.name ?? null }),
  );
  await compareTable("products", await keap.all("/v2/products", "products"), (w) => ({
    name: w.name ?? null,
    price_minor: (w.price as Wire | undefined)?.amount ?? null,
    sku: w.sku ?? null,
  }));
  await compareTable(
    "subscription_plans",
    await keap.all("/v2/products/-/subscriptions", "subscriptions"),
    (w) => ({
      plan_price_minor: (w.plan_price as Wire | undefined)?.amount ?? null,
      cycle_type: w.cycle_type ?? null,
    }),
  );

  // social security numbers are never copied
  const model = (await keap.get("/v2/contacts/model")) as Wire;
  const secret = new Set(
    list(model.custom_fields)
      .filter((one) => one.field_type === "SOCIAL_SECURITY_NUMBER")
      .map((one) => String(one.id)),
  );
  const fields = [
    "id",
    "given_name",
    "family_name",
    "middle_name",
    "job_title",
    "email_addresses",
    "phone_numbers",
    "addresses",
    "custom_fields",
    "tag_ids",
    "owner_id",
    "leadsource_id",
    "birth_date",
    "create_time",
    "update_time",
    "website",
    "company",
    "utm_parameters",
    "score_value",
  ].join(",");
  const wireContacts = await keap.all("/v2/contacts", "contacts", `fields=${fields}&order_by=id%20asc`);
  const contacts = await compareTable("contacts", wireContacts, (w) => ({
    given_name: blank(w.given_name),
    family_name: blank(w.family_name),
    middle_name: blank(w.middle_name),
    job_title: blank(w.job_title),
    website: blank(w.website),
    birth_date: w.birth_date ? String(w.birth_date).slice(0, 10) : null,
    email: blank(slot(w.email_addresses, "EMAIL1")?.email),
    email_addresses: slots(w.email_addresses, ["email", "opt_in_reason", "is_opt_in", "email_opt_status"]),
    phone_numbers: slots(w.phone_numbers, ["number", "extension", "type"]),
    addresses: slots(w.addresses, [
      "line1",
      "line2",
      "locality",
      "region",
      "region_code",
      "country_code",
      "postal_code",
      "zip_four",
    ]),
    custom_fields: Object.fromEntries(
      list(w.custom_fields)
        .filter((one) => !secret.has(String(one.id)) && one.content !== null && one.content !== "")
        .map((one) => [String(one.id), one.content]),
    ),
    owner_keap_id: id(w.owner_id),
    lead_source_keap_id: id(w.leadsource_id),
    keap_created_at: time(w.create_time),
    keap_updated_at: time(w.update_time),
  }));

  await compareTags();
  async function compareTags() {
    const wanted = new Map<string, string | null>();
    for (const contact of wireContacts)
      for (const tag of (contact.tag_ids as unknown[] | undefined) ?? [])
        wanted.set(`${contact.id}:${tag}`, null);
    for (const tag of tags.keys()) {
      for (const one of await keap.all(`/v2/tags/${tag}/contacts`, "contacts")) {
        const key = `${one.id}:${tag}`;
        if (!wanted.has(key)) say(`contact_tags ${key}: Keap names it for the tag, not for the contact`);
        wanted.set(key, (one.applied_time as string | null) ?? null);
      }
    }
    const here = new Map<string, Row>();
    const contactIds = new Map([...contacts.values()].map((row) => [row.supabase_id, row.keap_id]));
    const tagIds = new Map([...tags.values()].map((row) => [row.supabase_id, row.keap_id]));
    for (const row of await table("contact_tags", "contact_id,tag_id")) {
      if (!row.removed_at) here.set(`${contactIds.get(row.contact_id)}:${tagIds.get(row.tag_id)}`, row);
    }
    compared.contact_tags = wanted.size;
    for (const [key, applied] of wanted) {
      const row = here.get(key);
      if (!row) say(`contact_tags ${key}: missing here`);
      else if (!equal(time(applied), row.applied_at))
        say(`contact_tags ${key}: applied ${show(applied)}, here ${show(row.applied_at)}`);
    }
    for (const key of here.keys()) if (!wanted.has(key)) say(`contact_tags ${key}: not in Keap`);
  }

  await compareTable("subscriptions", await keap.all("/v2/subscriptions", "subscriptions"), (w) => ({
    active: w.active ?? null,
    billing_amount_minor:
      options.subscriptionUnit === "minor" ? w.billing_amount : cents(w.billing_amount, currency),
    next_bill_date: w.next_bill_date ?? null,
    contact_keap_id: id(w.contact_id),
    contact_id: contacts.get(String(w.contact_id))?.supabase_id ?? null,
  }));
  const orders = await keap.all("/v2/orders", "orders");
  const storedOrders = await compareTable("orders", orders, (w) => ({
    title: blank(w.title),
    status: w.status ?? null,
    total_minor: (w.total as Wire | undefined)?.amount ?? null,
    total_paid_minor: (w.total_paid as Wire | undefined)?.amount ?? null,
    refund_total_minor: (w.refund_total as Wire | undefined)?.amount ?? null,
    order_time: time(w.order_time),
    contact_id: contacts.get(String((w.contact as Wire | undefined)?.id))?.supabase_id ?? null,
  }));
  const items = orders.flatMap((order) =>
    list(order.order_items).map((item) => ({ ...item, order_id: order.id })),
  );
  await compareTable("order_items", items, (w) => ({
    name: blank(w.name),
    quantity: w.quantity ?? null,
    price_per_unit_minor: (w.price_per_unit as Wire | undefined)?.amount ?? null,
    item_type: w.item_type ?? null,
    order_id: storedOrders.get(String(w.order_id))?.supabase_id ?? null,
    product_keap_id: id((w.product as Wire | undefined)?.id),
  }));
  const payments = await keap.all("/v2/sales/payments", "payments");
  const refunds = new Map(
    payments.flatMap((one) =>
      one.refund_payment_id ? [[String(one.refund_payment_id), Number(one.id)] as const] : [],
    ),
  );
  const testMerchants = new Set(
    (await keap.all("/v2/merchants", "merchant_accounts", ""))
      .filter((one) => one.is_test)
      .map((one) => String(one.id)),
  );
  await compareTable("payments", payments, (w) => ({
    amount_minor: Math.abs(cents(w.amount, currency) ?? 0),
    kind: refunds.has(String(w.id)) || Number(w.amount) < 0 ? "refund" : "payment",
    refund_of_keap_id: refunds.get(String(w.id)) ?? null,
    status: w.status ?? null,
    paid_at: time(w.payment_time),
    is_test: testMerchants.has(String(w.merchant_account_id)),
    contact_id: contacts.get(String(w.contact_id))?.supabase_id ?? null,
  }));
  const transactions = await keap.all("/v2/sales/transactions", "transactions");
  const storedTransactions = (await table("transactions")).filter((row) => !row.deleted_at);
  compared.transactions = transactions.length;
  const sum = (values: (number | null)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0);
  if (storedTransactions.length !== transactions.length)
    say(`transactions: Keap ${transactions.length}, here ${storedTransactions.length}`);
  const wantedSum = sum(transactions.map((one) => cents(one.amount, currency)));
  const haveSum = sum(storedTransactions.map((row) => row.amount_minor as number | null));
  if (wantedSum !== haveSum) say(`transactions: Keap's sum ${wantedSum}, here ${haveSum}`);
  void users;
  await compareOthers();
  return { compared, differences };

  /** Everything beside people, tags and money. */
  async function compareOthers() {
    const ref = (value: unknown) => id((value as Wire | undefined)?.id);
    const fieldsOf = (w: Wire) =>
      Object.fromEntries(
        list(w.custom_fields)
          .filter((one) => one.content !== null && one.content !== "")
          .map((one) => [String(one.id), one.content]),
      );
    await compareTable(
      "lead_source_expenses",
      await keap.all("/v2/leadSources/-/expenses", "lead_source_expenses"),
      (w) => ({
        title: blank(w.title),
        amount_minor: (w.amount as Wire | undefined)?.amount ?? null,
        incurred_at: time(w.incurred_time),
        lead_source_keap_id: id(w.lead_source_id),
      }),
    );
    const companyFields =
      "id,company_name,address,custom_fields,email_address,phone_number,fax_number,website,notes,create_time,update_time";
    const companies = await compareTable(
      "companies",
      await keap.all("/v2/companies", "companies", `fields=${companyFields}`),
      (w) => ({
        company_name: blank(w.company_name),
        email: blank((w.email_address as Wire | undefined)?.email),
        phone: blank((w.phone_number as Wire | undefined)?.number),
        fax: blank((w.fax_number as Wire | undefined)?.number),
        website: blank(w.website),
        notes: blank(w.notes),
        tag_keap_ids: String(w.groups ?? "")
          .split(",")
          .filter((one) => one !== "")
          .map(Number)
          .sort((a, b) => a - b),
        address: Object.fromEntries(
          Object.entries((w.address as Wire | undefined) ?? {}).filter(([key]) =>
            [
              "line1",
              "line2",
              "locality",
              "region",
              "region_code",
              "country_code",
              "postal_code",
              "zip_four",
            ].includes(key),
          ),
        ),
        custom_fields: fieldsOf(w),
        owner_keap_id: id(w.owner_id),
        keap_updated_at: time(w.update_time),
      }),
    );
    for (const wire of wireContacts) {
      const company = id((wire.company as Wire | undefined)?.id);
      const row = contacts.get(String(wire.id));
      if (row && !equal(companies.get(String(company))?.supabase_id ?? null, row.company_id))
        say(`contacts ${wire.id}: works for company ${company}, here ${show(row.company_keap_id)}`);
    }
    const affiliates = await compareTable(
      "affiliates",
      await keap.all("/v2/affiliates", "affiliates"),
      (w) => ({
        code: blank(w.code),
        name: blank(w.name),
        status: blank(w.status),
        contact_id: contacts.get(String(w.contact_id))?.supabase_id ?? null,
        custom_fields: fieldsOf(w),
      }),
    );
    await compareTable("referrals", await keap.all("/v2/referrals", "referrals"), (w) => ({
      referred_at: time(w.referral_time),
      referral_type: blank(w.referral_type),
      contact_id: contacts.get(String(w.contact_id))?.supabase_id ?? null,
      affiliate_id: affiliates.get(String(w.referral_partner_id))?.supabase_id ?? null,
    }));
    const stageStates = (
      (await keap.get("/v2/settings/applications:getConfiguration?fields=OPPORTUNITY")) as {
        opportunity?: { states?: { win?: Wire; loss?: Wire } };
      }
    ).opportunity?.states;
    const outcome = (stage: unknown) =>
      String(stageStates?.win?.stage ?? "") === String(stage)
        ? "won"
        : String(stageStates?.loss?.stage ?? "") === String(stage)
          ? "lost"
          : "active";
    const stages = await compareTable(
      "opportunity_stages",
      await keap.all("/v2/opportunities/stages", "stages"),
      (w) => ({
        name: blank(w.name),
        stage_order: w.order ?? null,
        probability: w.probability ?? null,
        outcome: outcome(w.id),
      }),
    );
    const deals = await compareTable(
      "opportunities",
      await keap.all(
        "/v2/opportunities",
        "opportunities",
        "fields=custom_fields&fields=created_by&fields=last_updated_by",
      ),
      (w) => ({
        title: blank(w.opportunity_title),
        notes: blank(w.opportunity_notes),
        projected_revenue_low_minor: cents(w.projected_revenue_low, currency),
        projected_revenue_high_minor: cents(w.projected_revenue_high, currency),
        next_action_at: time(w.next_action_time),
        contact_id: contacts.get(String((w.contact as Wire | undefined)?.id))?.supabase_id ?? null,
        stage_id: stages.get(String(ref(w.stage)))?.supabase_id ?? null,
        user_id: users.get(String(ref(w.user)))?.supabase_id ?? null,
        custom_fields: fieldsOf(w),
        keap_created_at: time(w.created_time),
        keap_updated_at: time(w.last_updated_time),
      }),
    );
    await compareTable("stage_moves", await keap.all("/v2/opportunities/stageMoves", "stage_moves"), (w) => ({
      moved_at: time(w.move_time),
      opportunity_id: deals.get(String(w.opportunity_id))?.supabase_id ?? null,
      from_stage_id: stages.get(String(w.move_from_stage_id))?.supabase_id ?? null,
      to_stage_id: stages.get(String(w.move_to_stage_id))?.supabase_id ?? null,
    }));
    const campaigns = await keap.all("/v2/campaigns", "campaigns");
    const goals = new Map<string, number>();
    for (const one of campaigns)
      if (one.published_status)
        goals.set(
          String(one.id),
          list(((await keap.get(`/v2/campaigns/${one.id}/goals`)) as Wire).goals).length,
        );
    const storedCampaigns = await compareTable("campaigns", campaigns, (w) => ({
      name: blank(w.name),
      is_published: w.published_status ?? null,
      active_contact_count: w.active_contact_count ?? null,
      completed_contact_count: w.completed_contact_count ?? null,
    }));
    for (const [key, count] of goals) {
      const have = list(storedCampaigns.get(key)?.goals).length;
      if (have !== count) say(`campaigns ${key}: ${count} goals, here ${have}`);
    }
    await compareTable(
      "email_addresses_status",
      await keap.all("/v2/emailAddresses", "email_addresses"),
      (w) => ({
        status: w.status ?? null,
        opted_in: w.opted_in ?? null,
        last_open_at: time(w.last_open_time),
        last_click_at: time(w.last_click_time),
      }),
      (w) => String(w.email).toLowerCase(),
      (row) => String(row.email),
    );
    const person = (w: Wire) => contacts.get(String(w.contact_id))?.supabase_id ?? null;
    const notes = (await keap.all("/v2/notes", "notes", "fields=custom_fields")).map((w) => ({
      key: `note:${w.id}`,
      title: blank(w.title),
      body: blank(w.text),
      type: blank(w.type),
      occurred_at: time(w.create_time),
      keap_updated_at: time(w.update_time),
      is_pinned: Boolean(w.pinned_at),
      user_keap_id: ref(w.assigned_to_user),
      contact_id: person(w),
      custom_fields: fieldsOf(w),
    }));
    const tasks = (await keap.all("/v2/tasks", "tasks", "fields=custom_fields")).map((w) => ({
      key: `task:${w.id}`,
      title: blank(w.title),
      body: blank(w.description),
      due_at: time(w.due_time),
      completed_at: time(w.completion_time),
      is_completed: w.completed ?? null,
      keap_updated_at: time(w.modification_time),
      user_keap_id: id(w.assigned_to_user_id),
      contact_id: person(w),
      custom_fields: fieldsOf(w),
    }));
    const emails = (await keap.all("/v2/emails", "emails")).map((w) => ({
      key: `email:${w.id}`,
      title: blank(w.subject),
      occurred_at: time(w.sent_time) ?? time(w.received_time),
      opened_at: time(w.opened_time),
      clicked_at: time(w.clicked_time),
      contact_id: person(w),
    }));
    // without an id there is nothing to hold an appointment by
    const appointments = list(((await keap.get("/v1/appointments?limit=1000")) as Wire).appointments)
      .filter((w) => w.id !== undefined)
      .map((w) => ({
        key: `appointment:${w.id}`,
        title: blank(w.title),
        occurred_at: time(w.start_date),
        ended_at: time(w.end_date),
        contact_id: person(w),
      }));
    await compareTable(
      "interactions",
      [...notes, ...tasks, ...emails, ...appointments],
      ({ key: _key, ...rest }) => rest,
      (w) => String(w.key),
      (row) => `${row.kind}:${row.keap_id}`,
    );
    const definitions: Wire[] = [];
    for (const kind of [
      "contacts",
      "companies",
      "orders",
      "subscriptions",
      "opportunities",
      "tasks",
      "affiliates",
    ])
      definitions.push(...list(((await keap.get(`/v2/${kind}/model`)) as Wire).custom_fields));
    await compareTable(
      "custom_field_definitions",
      definitions,
      (w) => ({ label: blank(w.label), field_type: blank(w.field_type), field_name: blank(w.field_name) }),
      (w) => `${w.record_type}:${w.id}`,
      (row) => `${row.record_type}:${row.keap_id}`,
    );
  }
}

function reader({ keapUrl, keapToken, fetch: send = (request) => fetch(request) }: CompareOptions) {
  const credentials: Record<string, string>[] = [
    { authorization: `Bearer ${keapToken}` },
    { "x-keap-api-key": keapToken },
  ];
  let form = 0;
  async function get(path: string): Promise<unknown> {
    for (let attempt = 0; ; attempt += 1) {
      const response = await send(
        new Request(`${keapUrl}/crm/rest${path}`, {
          // Keap documents both headers
          headers: { ...credentials[form], accept: "application/json" },
        }),
      );
      if (response.ok) return response.json();
      if (response.status === 401 && form === 0) {
        form = 1;
        continue;
      }
      if (attempt >= 60 || ![429, 500, 502, 503, 504].includes(response.status))
        throw new Error(`Keap answered ${response.status} to ${path}`);
      await new Promise((resolve) => setTimeout(resolve, 1000 + 200 * attempt));
    }
  }
  return {
    get,
    async all(path: string, key: string, query = "page_size=1000"): Promise<Wire[]> {
      const full = query.includes("page_size") || query === "" ? query : `${query}&page_size=1000`;
      const records: Wire[] = [];
      let token: string | null = null;
      do {
        const separator = full ? "&" : "";
        const page = (await get(
          `${path}?${full}${token ? `${separator}page_token=${encodeURIComponent(token)}` : ""}`,
        )) as Wire;
        records.push(...((page[key] as Wire[] | null) ?? []));
        token = nextToken(page.next_page_token);
      } while (token);
      return records;
    },
  };
}

function nextToken(value: unknown): string | null {
  if (typeof value !== "string" || value === "") return null;
  return URL.canParse(value) ? new URL(value).searchParams.get("page_token") : value;
}

function tables({ service, accountId }: CompareOptions) {
  return async (name: string, order = "supabase_id"): Promise<Row[]> => {
    const rows: Row[] = [];
    for (let from = 0; ; from += 1000) {
      let query = service.from(name).select("*").eq("account_id", accountId);
      for (const column of order.split(",")) query = query.order(column);
      const { data, error } = await query.range(from, from + 999);
      if (error) throw new Error(`${name}: ${error.message}`);
      rows.push(...((data as Row[] | null) ?? []));
      if ((data?.length ?? 0) < 1000) return rows;
    }
  };
}

function list(value: unknown): Wire[] {
  return Array.isArray(value) ? (value as Wire[]) : [];
}

function slot(value: unknown, name: string): Wire | undefined {
  return list(value).find((one) => one.field === name);
}

function slots(value: unknown, leaves: string[]): Record<string, Wire> {
  return Object.fromEntries(
    list(value).map((one) => [
      String(one.field),
      Object.fromEntries(
        leaves.map((leaf) => [
          leaf,
          leaf === "postal_code" ? blank(one.postal_code ?? one.zip_code) : blank(one[leaf]),
        ]),
      ),
    ]),
  );
}

function blank(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") return value;
  return value.trim() === "" ? null : value.trim();
}

function id(value: unknown): number | null {
  return value === undefined || value === null || value === "" || Number(value) === 0 ? null : Number(value);
}

function time(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? new Date(value).toISOString() : null;
}

function cents(value: unknown, currency: string): number | null {
  if (value === undefined || value === null) return null;
  return Math.round(Number((Number(value) * (currency === "JPY" ? 1 : 100)).toFixed(4)));
}

/** Nulls and missing keys are the same; times by instant; numbers by value. */
function equal(wanted: unknown, have: unknown): boolean {
  return JSON.stringify(plain(wanted)) === JSON.stringify(plain(have));
}

function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === "string")
    return /^\d{4}-\d\d-\d\d[T ]\d\d:/.test(value) ? new Date(value).toISOString() : value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, content]) => [key, plain(content)] as const)
        .filter(
          ([, content]) =>
            content !== null && !(typeof content === "object" && Object.keys(content as object).length === 0),
        )
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
  return value;
}

function show(value: unknown): string {
  return JSON.stringify(value ?? null).slice(0, 200);
}
