import { type Call, created, noContent, ok } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import * as b from "../query/body";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { OrderItemRecord, OrderItemType, OrderRecord } from "../records";
import { putRecord, takeId } from "../state";
import { toMinor } from "./money";
import { orderItemWire } from "./order-wire";
import * as s from "./shared";

/** All but SERVICE, UPSELL, PROGRAM, TIP and UNKNOWN can be created. */
const creatable = [
  "PRODUCT",
  "SHIPPING",
  "TAX",
  "FINANCE_CHARGE",
  "SUBSCRIPTION",
  "DISCOUNT",
  "DISCOUNT_FREE_TRIAL",
  "DISCOUNT_ORDER_TOTAL",
  "DISCOUNT_PRODUCT",
  "DISCOUNT_PRODUCT_CATEGORY",
  "DISCOUNT_SHIPPING",
  "OTHER",
  "FEE",
];

const quantity: b.Check = (value, path) => {
  const read = b.int(value, path) as number;
  if (read < 1) throw badRequest(`${path} must be at least 1`, path);
  return read;
};

/** Prices here are decimals in the major unit, unlike the CurrencyValue that comes back. */
const updateShape = {
  name: b.filled(),
  description: b.filled(),
  notes: b.filled(),
  quantity,
  product_id: b.id,
  subscription_plan_id: b.id,
  subscription_plan_description: b.text(),
  price_per_unit: b.num,
  cost_per_unit: b.num,
};
export const itemShape = { ...updateShape, item_type: b.oneOf(creatable) };

/** A stored item from a request's: name and price default to the product's, a discount lowers the total. */
export function buildItem(call: Call, sent: Record<string, unknown>): OrderItemRecord {
  const { account } = call;
  const item_type = ((sent.item_type as string | undefined) ?? "PRODUCT") as OrderItemType;
  const product = sent.product_id ? s.requireRef(account.products, sent.product_id, "product_id") : undefined;
  const plan = sent.subscription_plan_id
    ? s.requireRef(account.plans, sent.subscription_plan_id, "subscription_plan_id")
    : undefined;
  if ((item_type === "PRODUCT" || item_type === "SUBSCRIPTION") && !product)
    throw badRequest(`product_id is required for ${item_type}`, "product_id");
  if (item_type === "SUBSCRIPTION" && !plan)
    throw badRequest("subscription_plan_id is required for SUBSCRIPTION", "subscription_plan_id");
  const name = sent.name ?? product?.name;
  if (!name) throw badRequest(`name is required for ${item_type} without a product`, "name");
  const price =
    sent.price_per_unit === undefined || sent.price_per_unit === null
      ? (plan?.plan_price_minor ?? product?.price_minor ?? 0)
      : toMinor(account, Number(sent.price_per_unit));
  return fresh<OrderItemRecord>({
    id: takeId(account, "orderItem"),
    item_type,
    name,
    description: sent.description ?? product?.short_description,
    notes: sent.notes,
    quantity: sent.quantity,
    price_per_unit_minor: item_type.startsWith("DISCOUNT") ? -Math.abs(price) : price,
    cost_per_unit_minor:
      sent.cost_per_unit === undefined || sent.cost_per_unit === null
        ? undefined
        : toMinor(account, Number(sent.cost_per_unit)),
    product_id: product?.id,
    subscription_plan_id: plan?.id,
  });
}

function storeItems(call: Call, order: OrderRecord, items: OrderItemRecord[]): void {
  const moved = call.switches.item_moves_modification_time ? { modification_time: call.now } : {};
  putRecord(call.account, "orders", { ...order, items, ...moved });
}

function find(call: Call): { order: OrderRecord; item: OrderItemRecord } {
  const order = s.require(call.account.orders, call, "order_id", "Order");
  const item = order.items.find((one) => one.id === String(Number(call.params.order_item_id)));
  if (!item) throw notFound("Order item", String(call.params.order_item_id));
  return { order, item };
}

export const orderItemRoutes: Route[] = [
  post("/v2/orders/{order_id}/items", (call) => {
    const order = s.require(call.account.orders, call, "order_id", "Order");
    const item = buildItem(call, b.readBody(call, itemShape, ["quantity"]));
    storeItems(call, order, [...order.items, item]);
    return created(orderItemWire(call.account, item));
  }),
  get("/v2/orders/{order_id}/items/{order_item_id}", (call) =>
    ok(orderItemWire(call.account, find(call).item)),
  ),
  patch("/v2/orders/{order_id}/items/{order_item_id}", (call) => {
    const { order, item } = find(call);
    const names = Object.keys(updateShape);
    const changes = readChanges(call, b.readBody(call, updateShape), { mask: names, writable: names });
    const money = (from: string, to: string) => {
      if (!changes.has(from)) return;
      const value = changes.get(from);
      changes.delete(from);
      if (value !== undefined)
        changes.set(
          to,
          toMinor(call.account, Number(value)) *
            (to === "price_per_unit_minor" && item.price_per_unit_minor < 0 && Number(value) > 0 ? -1 : 1),
        );
    };
    money("price_per_unit", "price_per_unit_minor");
    money("cost_per_unit", "cost_per_unit_minor");
    changes.delete("subscription_plan_description");
    for (const name of ["name", "quantity", "product_id", "subscription_plan_id"])
      if (changes.has(name) && changes.get(name) === undefined) changes.delete(name);
    if (changes.has("product_id"))
      s.requireRef(call.account.products, changes.get("product_id"), "product_id");
    if (changes.has("subscription_plan_id"))
      s.requireRef(call.account.plans, changes.get("subscription_plan_id"), "subscription_plan_id");
    const next = withChanges(item, changes);
    storeItems(
      call,
      order,
      order.items.map((one) => (one.id === item.id ? next : one)),
    );
    return ok(orderItemWire(call.account, next));
  }),
  del("/v2/orders/{order_id}/items/{order_item_id}", (call) => {
    const { order, item } = find(call);
    storeItems(
      call,
      order,
      order.items.filter((one) => one.id !== item.id),
    );
    return noContent();
  }),
  post("/v2/orders/{order_id}/items/{order_item_id}:applyCommission", (call) => {
    const { item } = find(call);
    const body = b.readBody(
      call,
      {
        affiliate_id: b.id,
        payout_type: b.oneOf(["UPFRONT", "PAYMENT_RECEIVED"]),
        pay_percent: b.num,
        commission_amount: b.num,
        description: b.text(),
        commission_date: b.date,
      },
      ["affiliate_id", "payout_type"],
    );
    s.requireRef(call.account.affiliates, body.affiliate_id, "affiliate_id");
    return ok(orderItemWire(call.account, item));
  }),
];
