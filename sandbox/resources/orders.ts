import { type Answer, type Call, created, noContent, ok } from "../http/call";
import { badRequest, conflict } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type {
  AddressRecord,
  OrderItemRecord,
  OrderRecord,
  PaymentPlanRecord,
  ShippingRecord,
} from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { toMinor } from "./money";
import { buildItem, itemShape } from "./order-items";
import { lineTotal, orderSums, orderWire } from "./order-wire";
import * as s from "./shared";

/** Sent flat, with other names than the `shipping_information` that comes back. */
const shippingShape = {
  line1: b.text(100),
  line2: b.text(100),
  locality: b.text(100),
  region: b.text(50),
  company: b.text(),
  phone: b.text(),
  zip_code: b.text(20),
  zip_four: b.text(10),
  country_code: b.text(),
  first_name: b.text(),
  middle_name: b.text(),
  last_name: b.text(),
  is_invoice_to_company: b.bool,
};

const header = {
  notes: b.text(),
  terms: b.text(),
  title: b.text(),
  contact_id: b.id,
  order_title: b.filled(),
  order_time: b.time,
  order_type: b.oneOf(["ONLINE", "OFFLINE"]),
  promo_codes: b.list(b.text()),
  lead_affiliate_id: b.id,
  sales_affiliate_id: b.id,
  shipping_address: b.object(shippingShape),
  custom_fields: s.customFields,
  sent_time: b.time,
  due_time: b.time,
  invoice_number: b.text(),
  external_create_user: b.text(),
  external_create_time: b.time,
  external_update_time: b.time,
};
const planShape = {
  auto_charge: b.bool,
  max_charge_attempts: b.int,
  days_between_retries: b.int,
  payment_method_id: b.id,
  initial_payment_amount: b.num,
  initial_payment_date: b.date,
  plan_start_date: b.date,
  number_of_payments: b.int,
  days_between_payments: b.int,
};
const createShape = { ...header, order_items: b.list(b.object(itemShape, ["quantity"])) };
const updateShape = { ...header, payment_plan: b.object(planShape) };
/** `order_items` stands in the mask though no body has it: items change by their own calls. */
const mask = [...Object.keys(updateShape), "order_items"];

function shippingFrom(sent: Record<string, unknown> | undefined): ShippingRecord | undefined {
  if (!sent) return undefined;
  return fresh<ShippingRecord>({
    company: sent.company,
    given_name: sent.first_name,
    family_name: sent.last_name,
    phone_number: sent.phone,
    invoice_to_company: sent.is_invoice_to_company,
    address: fresh<AddressRecord>({
      field: "SHIPPING",
      line1: sent.line1,
      line2: sent.line2,
      locality: sent.locality,
      region: sent.region,
      country_code: sent.country_code,
      zip_code: sent.zip_code,
      zip_four: sent.zip_four,
      postal_code: sent.zip_code,
    }),
  });
}

/** Promo codes of the account's settings become discount items, so the total is Keap's to compute. */
function promoItems(call: Call, codes: string[], items: OrderItemRecord[]): OrderItemRecord[] {
  const sum = items.reduce((total, item) => total + lineTotal(item), 0);
  return codes.flatMap((code) => {
    const promo = call.account.settings.promo_codes.find(
      (one) => one.code.toLowerCase() === code.toLowerCase(),
    );
    if (!promo) return [];
    return [
      {
        id: takeId(call.account, "orderItem"),
        item_type: "DISCOUNT_ORDER_TOTAL" as const,
        name: `Promo code ${promo.code}`,
        quantity: 1,
        price_per_unit_minor: -Math.round((sum * promo.percent) / 100),
      },
    ];
  });
}

/** The header values of a body, as the record holds them. */
function headerChanges(call: Call, sent: Map<string, unknown>): Map<string, unknown> {
  const out = new Map(sent);
  const rename = (from: string, to: string, value: unknown) => {
    if (!out.has(from)) return;
    out.delete(from);
    out.set(to, value);
  };
  if (out.get("contact_id")) s.requireRef(call.account.contacts, out.get("contact_id"), "contact_id");
  for (const name of ["lead_affiliate_id", "sales_affiliate_id"]) {
    if (out.get(name)) s.requireRef(call.account.affiliates, out.get(name), name);
  }
  if (out.has("custom_fields")) {
    s.checkCustomFields(call, "ORDER", out.get("custom_fields"));
    out.set("custom_fields", s.cleanCustomFields(out.get("custom_fields")));
  }
  rename("title", "invoice_title", sent.get("title"));
  rename("order_title", "title", sent.get("order_title"));
  rename("promo_codes", "promo_code", (sent.get("promo_codes") as string[] | undefined)?.join(","));
  rename(
    "shipping_address",
    "shipping",
    shippingFrom(sent.get("shipping_address") as Record<string, unknown> | undefined),
  );
  return out;
}

function createOrder(call: Call): Answer {
  const body = b.readBody(call, createShape, ["contact_id", "order_title", "order_time", "order_type"]);
  s.requireRef(call.account.contacts, body.contact_id, "contact_id");
  const { order_items, ...rest } = body;
  const items = ((order_items as Record<string, unknown>[] | undefined) ?? []).map((item) =>
    buildItem(call, item),
  );
  items.push(...promoItems(call, (body.promo_codes as string[] | undefined) ?? [], items));
  const order = fresh<OrderRecord>({
    ...Object.fromEntries(headerChanges(call, new Map(Object.entries(rest)))),
    id: takeId(call.account, "orders"),
    invoice_id: takeId(call.account, "invoice"),
    status: body.sent_time ? "SENT" : "DRAFT",
    source_type: "API",
    creation_time: call.now,
    modification_time: call.now,
    items,
  });
  return created(orderWire(putRecord(call.account, "orders", order), call));
}

function readPlan(
  call: Call,
  order: OrderRecord,
  sent: Record<string, unknown> | undefined,
): PaymentPlanRecord | undefined {
  if (!sent) return undefined;
  const { initial_payment_amount, ...rest } = sent;
  const plan = {
    ...order.payment_plan,
    ...rest,
    ...(initial_payment_amount === undefined
      ? {}
      : { initial_payment_amount_minor: toMinor(call.account, Number(initial_payment_amount)) }),
  } as Partial<PaymentPlanRecord>;
  if (!plan.plan_start_date || !plan.number_of_payments || plan.days_between_payments === undefined) {
    throw badRequest(
      "payment_plan needs plan_start_date, number_of_payments and days_between_payments",
      "payment_plan",
    );
  }
  return plan as PaymentPlanRecord;
}

function updateOrder(call: Call): Answer {
  const order = s.require(call.account.orders, call, "order_id", "Order");
  const changes = readChanges(call, b.readBody(call, updateShape), {
    mask,
    writable: Object.keys(updateShape),
  });
  const plan = changes.get("payment_plan") as Record<string, unknown> | undefined;
  const hasPlan = changes.delete("payment_plan");
  const mapped = headerChanges(call, changes);
  if (hasPlan) mapped.set("payment_plan", readPlan(call, order, plan));
  // What a record cannot be without stays, also under an unmasked PATCH that did not send it.
  for (const name of ["contact_id", "title", "order_time", "order_type"])
    if (mapped.has(name) && !mapped.get(name)) mapped.delete(name);
  return ok(
    orderWire(
      putRecord(call.account, "orders", { ...withChanges(order, mapped), modification_time: call.now }),
      call,
    ),
  );
}

function deleteOrder(call: Call): Answer {
  const order = s.require(call.account.orders, call, "order_id", "Order");
  const recorded =
    findBy(call.account, "orderPayments.order_id", order.id).length +
    findBy(call.account, "transactions.order_id", order.id).length;
  if (recorded > 0) throw conflict(`Order ${order.id} has transactions and cannot be deleted`, "Order");
  removeRecord(call.account, "orders", Number(order.id));
  return noContent();
}

function applyTax(call: Call): Answer {
  const order = s.require(call.account.orders, call, "order_id", "Order");
  const rate = 0.0825;
  const taxable = order.items.filter(
    (item) => item.product_id && call.account.products.get(Number(item.product_id))?.taxable,
  );
  const amount = Math.round(taxable.reduce((sum, item) => sum + lineTotal(item), 0) * rate);
  const items = order.items.filter((item) => item.item_type !== "TAX");
  if (amount > 0)
    items.push({
      id: takeId(call.account, "orderItem"),
      item_type: "TAX",
      name: "Sales Tax",
      quantity: 1,
      price_per_unit_minor: amount,
    });
  return ok(
    orderWire(putRecord(call.account, "orders", { ...order, items, modification_time: call.now }), call),
  );
}

function changeFiles(call: Call, change: (held: string[], id: string) => string[]): Answer {
  const order = s.require(call.account.orders, call, "order_id", "Order");
  const { file_id } = b.readBody(call, { file_id: b.id }, ["file_id"]);
  const file_ids = change(order.file_ids ?? [], String(file_id));
  return ok(
    orderWire(putRecord(call.account, "orders", { ...order, file_ids, modification_time: call.now }), call),
  );
}

const shippingText = (name: "locality" | "region_code" | "postal_code" | "country_code") =>
  f.text<OrderRecord>(
    (order) =>
      order.shipping?.address?.[name] ??
      (name === "postal_code" ? order.shipping?.address?.zip_code : undefined),
  );

const byId = (value: string, call: Call) => {
  const order = call.account.orders.get(Number(value));
  return order ? [order] : [];
};

const list: ListSpec<OrderRecord> = {
  answerKey: "orders",
  rows: (call) => call.account.orders.values(),
  tables: ["orders", "orderPayments"],
  filters: {
    id: f.idRange((o) => o.id, true),
    ids: f.ids((o) => o.id, byId),
    product_id: f.id((o) => o.items.flatMap((item) => item.product_id ?? [])),
    contact_id: f.id((o) => o.contact_id, {
      candidates: (value, call) => findBy(call.account, "orders.contact_id", value),
    }),
    invoice_id: f.id((o) => o.invoice_id, {
      candidates: (value, call) => findBy(call.account, "orders.invoice_id", value),
    }),
    invoice_xid: f.text((o) => o.invoice_id),
    paid: f.flag((o, call) => {
      const sums = orderSums(call.account, o);
      return sums.paid > 0 && sums.paid >= sums.total;
    }),
    created_since_time: f.since((o) => o.creation_time),
    created_until_time: f.until((o) => o.creation_time),
    modified_since_time: f.since((o) => o.modification_time),
    modified_until_time: f.until((o) => o.modification_time),
    title: f.text((o) => o.title, { prefix: true }),
    order_type: f.oneOf((o) => o.order_type, ["ONLINE", "OFFLINE"]),
    shipping_locality: shippingText("locality"),
    shipping_region_code: shippingText("region_code"),
    shipping_postal_code: shippingText("postal_code"),
    shipping_country_code: shippingText("country_code"),
  },
  custom: { recordType: "ORDER", of: (o) => o.custom_fields },
  orders: {
    id: (o) => Number(o.id),
    order_time: (o) => o.order_time,
    modification_time: (o) => o.modification_time,
  },
  wire: orderWire,
};

export const orderRoutes: Route[] = [
  get("/v2/orders", (call) => listPage(call, list)),
  post("/v2/orders", createOrder),
  get("/v2/orders/{order_id}", (call) =>
    ok(orderWire(s.require(call.account.orders, call, "order_id", "Order"), call)),
  ),
  patch("/v2/orders/{order_id}", updateOrder),
  del("/v2/orders/{order_id}", deleteOrder),
  post("/v2/orders/{order_id}:applyTax", applyTax),
  post("/v2/orders/{order_id}:attachFile", (call) =>
    changeFiles(call, (held, id) => [...new Set([...held, id])]),
  ),
  post("/v2/orders/{order_id}:detachFile", (call) =>
    changeFiles(call, (held, id) => held.filter((one) => one !== id)),
  ),
];
