import { routes } from "@/sandbox/resources/index";
import { notSimulatedRoutes } from "@/sandbox/resources/not-simulated";
import type { Sandbox } from "@/sandbox/sandbox";
import { listWords, type Operation, type Specs } from "./spec";

const host = "https://api.infusionsoft.com/crm/rest";

/** Whose custom fields a model's path is about. */
const recordTypes: Record<string, string> = {
  contacts: "CONTACT",
  companies: "COMPANY",
  orders: "ORDER",
  subscriptions: "SUBSCRIPTION",
  opportunities: "OPPORTUNITY",
  tasks: "TASK_NOTE_APPOINTMENT",
  notes: "TASK_NOTE_APPOINTMENT",
  affiliates: "REFERRAL_PARTNER",
};

/** Known ids for the placeholders of a path, by their name and the path before them. */
function sampleId(sandbox: Sandbox, operation: Operation, name: string): string {
  const { account } = sandbox;
  const first = (table: Map<number, { id: string }>) => [...table.values()][0]?.id ?? "1";
  const path = operation.path;
  if (name === "email") return [...account.emailAddresses.keys()][0] ?? "a@example.com";
  if (/^\/v\d\/hooks/.test(path)) return [...account.hooks.values()][0]?.key ?? "1";
  const model = /^\/v2\/(\w+)\/model/.exec(path)?.[1];
  if (model) {
    const ofKind = (table: Map<number, { id: string; record_type: string }>) =>
      [...table.values()].find((one) => one.record_type === recordTypes[model])?.id ?? "1";
    if (name === "group_id") return ofKind(account.customFieldGroups);
    return ofKind(name === "tab_id" ? account.customFieldTabs : account.customFields);
  }
  if (/item/i.test(name)) return [...account.orders.values()][0]?.items[0]?.id ?? "1";
  const tables: readonly (readonly [RegExp, Map<number, { id: string }>])[] = [
    [/tag_?category/i, account.tagCategories],
    [/tag/i, account.tags],
    [/company/i, account.companies],
    [/note/i, account.notes],
    [/contact/i, account.contacts],
    [/order/i, account.orders],
    [/product_?category|^category/i, account.productCategories],
    [/subscription_plan/i, account.plans],
    [/product/i, account.products],
    [/subscription/i, account.subscriptions],
    [/stage_?move/i, account.stageMoves],
    [/stage/i, account.stages],
    [/opportunity/i, account.opportunities],
    [/task/i, account.tasks],
    [/appointment/i, account.appointments],
    [/recurring/i, account.leadSourceRecurringExpenses],
    [/expense/i, account.leadSourceExpenses],
    [/lead_?source_?category/i, account.leadSourceCategories],
    [/lead_?source/i, account.leadSources],
    [/affiliate/i, account.affiliates],
    [/campaign|automation/i, account.campaigns],
    [/user/i, account.users],
    [/merchant/i, account.merchants],
    [/^id$/i, /emails/.test(path) ? account.emails : account.tags],
  ];
  const table = tables.find(([pattern]) => pattern.test(name))?.[1];
  return table ? first(table) : "1";
}

function pathOf(operation: Operation, fill: (name: string) => string): string {
  return operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(fill(name)));
}

/** A value for each kind of filter key: times, ids, lists, texts. */
function sampleValue(key: string): string {
  if (/time|_date/.test(key)) return "2026-01-01T00:00:00.000Z";
  if (/^(paid|active|opted_in|is_|has_|include_|skip_)/.test(key)) return "true";
  if (key === "emails" || key === "email") return "nobody@example.com";
  if (key === "statuses") return "SINGLE_OPT_IN";
  if (key === "phone_fields") return "PHONE1";
  if (/ids$/.test(key)) return "1,2";
  if (/(^|_)id$|amount|revenue/.test(key)) return "5";
  if (key === "status") return "ACTIVE";
  if (key === "cycle_type") return "MONTHLY";
  if (key === "order_type") return "ONLINE";
  if (key === "priority") return "ESSENTIAL";
  if (key === "pay_status") return "APPROVED";
  if (key === "transaction_method") return "CAPTURE";
  if (key === "merchant_account_type") return "STRIPE";
  if (key === "webform_type") return "LEGACY";
  if (key === "type") return "MANUAL";
  if (key === "categories") return "Events";
  return "Nobody";
}

export interface ServedOperations {
  /** What the sandbox serves. */
  served: Operation[];
  /** Operations it knows and declines with 501: the product never calls them. */
  declined: Operation[];
  /** Routes that neither specification has. */
  unknownRoutes: string[];
}

/** The operations the sandbox serves, matched with the specifications. */
export function servedOperations(specs: Specs): ServedOperations {
  const unknownRoutes: string[] = [];
  const declining = new Set(notSimulatedRoutes);
  const find = (route: { method: string; path: string }) =>
    specs.find(route.method, route.path.replaceAll(/\{\w+\}/g, "1"));
  const served = routes
    .filter((route) => !declining.has(route))
    .flatMap((route) => {
      const operation = find(route);
      if (!operation) unknownRoutes.push(`${route.method} ${route.path}`);
      return operation ? [operation] : [];
    });
  const declined = notSimulatedRoutes
    .flatMap((route) => find(route) ?? [])
    .filter((one) => !served.includes(one));
  return { unknownRoutes, served: [...new Set(served)], declined: [...new Set(declined)] };
}

interface Drive {
  sandbox: Sandbox;
  right: typeof fetch;
  wrong: typeof fetch;
}

function call(
  { sandbox }: Drive,
  send: typeof fetch,
  method: string,
  path: string,
  options: { token?: string; body?: unknown; raw?: string } = {},
) {
  const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
  return send(`${host}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${options.token ?? sandbox.token}`,
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body }),
  });
}

/** Reads every list in every order and by every filter, page by page, and every single record once. */
export async function driveReads(drive: Drive, served: readonly Operation[]): Promise<void> {
  for (const operation of served.filter((one) => one.method === "GET")) {
    const path = pathOf(operation, (name) => sampleId(drive.sandbox, operation, name));
    const send = (query: string) => call(drive, drive.right, "GET", query ? `${path}?${query}` : path);
    await send("");
    const words = listWords(operation);
    const pages = operation.parameters.some((one) => one.name === "page_size");
    for (const key of words.orderKeys) {
      for (const direction of ["asc", "desc"])
        await send(`order_by=${key}%20${direction}${pages ? "&page_size=25" : ""}`);
    }
    for (const key of words.filterKeys.filter((one) => /^[a-z]/.test(one))) {
      const extra =
        key === "phone_number"
          ? "%3Bphone_fields%3D%3DPHONE1"
          : key === "phone_fields"
            ? "%3Bphone_number%3D%3D5"
            : "";
      await send(`filter=${key}%3D%3D${encodeURIComponent(sampleValue(key))}${extra}`);
    }
    if (!pages) continue;
    const first = (await (await send("page_size=2")).json()) as { next_page_token?: string };
    if (first.next_page_token && !first.next_page_token.startsWith("http")) {
      await send(`page_size=2&page_token=${encodeURIComponent(first.next_page_token)}`);
    }
  }
}

/** Bad input of every kind: the answers must be declared errors of the declared shape. */
export async function driveErrors(drive: Drive, served: readonly Operation[]): Promise<void> {
  for (const operation of served) {
    const send = (path: string, options: { token?: string; body?: unknown; raw?: string } = {}) =>
      call(drive, drive.wrong, operation.method, path, options);
    const good = pathOf(operation, (name) => sampleId(drive.sandbox, operation, name));
    const body = operation.body ? { body: {} } : {};
    await send(good, { token: "revoked", ...body });
    if (operation.names.length > 0) {
      await send(
        pathOf(operation, () => "987654321"),
        body,
      );
      await send(
        pathOf(operation, () => "no-number"),
        body,
      );
    }
    if (operation.body) {
      await send(good, { raw: "{not json" });
      await send(good, { raw: "[]" });
      await send(good, { body: { invented_field: 1 } });
      if (operation.method === "POST") await send(good, { body: {} });
    }
    if (operation.parameters.some((one) => one.name === "filter")) {
      for (const filter of ["nonsense", "invented==1", "id>=x", "=="])
        await send(`${good}?filter=${encodeURIComponent(filter)}`);
    }
    if (operation.parameters.some((one) => one.name === "order_by")) {
      for (const order of ["invented asc", "id sideways"])
        await send(`${good}?order_by=${encodeURIComponent(order)}`);
    }
    if (operation.parameters.some((one) => one.name === "page_size")) {
      for (const size of ["1001", "-1", "many"]) await send(`${good}?page_size=${size}`);
      await send(`${good}?page_token=forged`);
    }
    if (operation.parameters.some((one) => one.name === "fields"))
      await send(`${good}?fields=invented`, body);
    if (operation.parameters.some((one) => one.name === "update_mask"))
      await send(`${good}?update_mask=invented`, body);
  }
  await call(drive, drive.wrong, "GET", "/v2/no-such-thing");
  await call(drive, drive.wrong, "DELETE", "/v2/contacts");
}

/** Calls every operation the sandbox declines; names those that do not answer 501. */
export async function driveDeclined(drive: Drive, declined: readonly Operation[]): Promise<string[]> {
  const others: string[] = [];
  for (const operation of declined) {
    const path = pathOf(operation, () => "1");
    const response = await call(
      drive,
      drive.wrong,
      operation.method,
      path,
      operation.body ? { body: {} } : {},
    );
    if (response.status !== 501) others.push(`${operation.id} answered ${response.status}`);
  }
  return others;
}

/** The writes that the client has no method for, each once with valid input. */
export async function driveWrites(drive: Drive): Promise<void> {
  const { account } = drive.sandbox;
  const send = async (method: string, path: string, body?: unknown): Promise<Record<string, unknown>> => {
    const response = await call(drive, drive.right, method, path, { body });
    const text = await response.text();
    return text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  };
  const contact = [...account.contacts.keys()][0];
  await send("POST", `/v1/contacts/${contact}/utm`, {
    keapSourceId: "7",
    utmSource: "contract",
    utmMedium: "test",
  });
  const tag = [...account.tags.keys()][0];
  await send("POST", `/v1/contacts/${contact}/tags`, { tagIds: [tag] });
  await send("DELETE", `/v1/contacts/${contact}/tags/${tag}`);

  const type = await send("POST", "/v2/contacts/links/types", { name: "Neighbor", max_links: 3 });
  await send("PATCH", `/v2/contacts/links/types/${type.id}?update_mask=name`, { name: "Neighbour" });
  await send("DELETE", `/v2/contacts/links/types/${type.id}`);

  const order = [...account.orders.values()].find((one) =>
    one.items.some((item) => item.item_type === "PRODUCT"),
  );
  const affiliate = [...account.affiliates.keys()][0];
  if (order) {
    await send("POST", `/v2/orders/${order.id}:applyTax`);
    await send("POST", `/v2/orders/${order.id}:attachFile`, { file_id: "1" });
    await send("POST", `/v2/orders/${order.id}:detachFile`, { file_id: "1" });
    await send("POST", `/v2/orders/${order.id}/items/${order.items[0]?.id}:applyCommission`, {
      affiliate_id: String(affiliate),
      payout_type: "UPFRONT",
      pay_percent: 10,
      description: "Contract",
      commission_date: "2026-11-01",
    });
  }
  const cards = [...account.paymentMethods.values()];
  const [card, second] = cards;
  if (card && second) {
    await send("POST", `/v2/contacts/${card.contact_id}/paymentMethods/${card.id}:deactivate`);
    await send("DELETE", `/v2/contacts/${second.contact_id}/paymentMethods/${second.id}`);
  }
  await send("POST", "/v2/paymentMethodConfigs", { contact_id: String(contact) });
  await send("POST", `/v2/sales/merchants/${[...account.merchants.keys()][0]}:setDefault`);

  const plan = [...account.plans.values()].find((one) => one.active);
  const due = await send("POST", "/v2/subscriptions", {
    contact_id: String(contact),
    subscription_plan_id: plan?.id,
    start_date: "2026-11-23",
    auto_charge: false,
  });
  await send("POST", `/v2/subscriptions/${due.id}:invoice`);

  const appointment = [...account.appointments.keys()][0];
  await send("PUT", `/v1/appointments/${appointment}`, {
    title: "Moved",
    start_date: "2026-12-01T15:00:00.000Z",
    end_date: "2026-12-01T16:00:00.000Z",
  });
  await send("POST", "/v1/campaigns/goals/keapsake/win_back", { contact_id: contact });
}
