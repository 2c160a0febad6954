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
  await compareTable("lead_sources", await keap.all("/v2/leadSources", "lead_sources"), (w) => ({
    name: w.name ?? null,
    vendor: w.vendor ?? null,
  }));
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
  return { compared, differences };
}

function reader({ keapUrl, keapToken, fetch: send = (request) => fetch(request) }: CompareOptions) {
  const credentials = [{ authorization: `Bearer ${keapToken}` }, { "x-keap-api-key": keapToken }];
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
