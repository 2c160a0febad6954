import type { RunContext } from "../context";
import { invalidRequest } from "../keap/errors";
import { inBatches } from "../keap/filter";
import type { WireOrder, WireOrderItem, WirePayment, WireSubscription } from "../keap/schemas";
import {
  orderFromWire,
  orderItemFromWire,
  orderItemToWire,
  orderToWire,
  paymentFromWire,
  subscriptionFromWire,
  subscriptionToWire,
} from "../mapping/commerce";
import type { Json } from "../mapping/types";
import { fromMinor, toMinor } from "../mapping/values";
import { afterWrite, lane, recordAdapter } from "./adapter-kit";
import { type KeapRecord, missingParent, type OutboundAdapter } from "./adapters";

/**
 * Sales. Keap owns them unless the account's owner says otherwise, by a policy for edits and a switch for creates. Nothing
 * here ever names a payment method, bills a cycle or lets Keap charge by itself.
 */

const text = (value: Json | undefined) =>
  typeof value === "string" && value.trim() !== "" ? value.trim() : null;
const sameInstant = (a: unknown, b: unknown) => Date.parse(String(a)) === Date.parse(String(b));

async function ordersAt(context: RunContext, ids: readonly number[]): Promise<WireOrder[]> {
  const found: WireOrder[] = [];
  for (const batch of inBatches(ids))
    found.push(...(await context.keap.orders.list({ filter: { ids: batch }, lane })).items);
  return found;
}

export const orderAdapter = recordAdapter<WireOrder>({
  words: { one: "order", other: "title" },
  fields: { model: "orders", recordType: "ORDER" },
  marksChanges: true,
  byNature: "none",
  parents: { contact: "contact" },
  needs: { contact_keap_id: "a contact", title: "a title" },
  byIds: ordersAt,
  byMarker: async (context, field, recordId) =>
    (await context.keap.orders.list({ filter: { custom: { [field]: recordId } }, lane })).items,
  alike: async () => null,
  toRow: (wire, { mapping }) => orderFromWire(wire, mapping),
  toWire: (columns, values) => orderToWire(columns, values),
  patch: (context, id, { body, mask }) =>
    context.keap.orders.update(id, body as never, mask as never, { lane }),
  remove: (context, id) => context.keap.orders.delete(id, { lane }),
  post: (context, body) =>
    context.keap.orders.create(
      { order_time: context.now().toISOString(), order_type: "OFFLINE", ...body } as never,
      { lane },
    ),
});

interface HeldItem {
  order: WireOrder;
  item: WireOrderItem;
}

/** Money of an order is in the order's currency, which need not be the account's. */
function currencyOf(context: RunContext, order: WireOrder | undefined): string {
  return order?.total?.currency_code ?? context.mapping.currency;
}

function itemRecord(context: RunContext, { order, item }: HeldItem): KeapRecord {
  return {
    row: orderItemFromWire(item, order.id, currencyOf(context, order)),
    hidden: [],
    wire: { order, item },
  };
}

async function itemsOf(context: RunContext, orders: readonly number[]): Promise<HeldItem[]> {
  const found = await ordersAt(context, [...new Set(orders)]);
  return found.flatMap((order) =>
    (order.order_items ?? []).map((item) => ({ order, item: item as WireOrderItem })),
  );
}

/** The order's totals follow its items: it is read again at the next poll. */
async function afterItem(context: RunContext, orderId: number, itemId: string): Promise<KeapRecord> {
  await context.hooks?.markRereads(context.accountId, [orderId]);
  const items = await afterWrite("write an order item", () => itemsOf(context, [orderId]));
  const held = items.find(({ item }) => item.id === itemId);
  if (!held) throw invalidRequest("write an order item", `Keap's order ${orderId} does not show the item`);
  return itemRecord(context, held);
}

/** Lines of orders: no list shows them alone, so they are read with their order. */
export const orderItemAdapter: OutboundAdapter = {
  words: { one: "order item", other: "name, quantity or price" },
  waitsFor: (row) => missingParent(row, { order: "order", product: "product" }),
  partOfRecord: (base) => ({ entity: "orders", keap_id: Number(base.order_keap_id), words: "order" }),
  async read(context, ids, items = []) {
    const orders = items.map((item) => Number((item.row ?? item.base)?.order_keap_id ?? 0));
    const found = new Map<number, KeapRecord>();
    for (const held of await itemsOf(
      context,
      orders.filter((id) => id > 0),
    )) {
      if (ids.includes(Number(held.item.id))) found.set(Number(held.item.id), itemRecord(context, held));
    }
    return found;
  },
  async update(context, id, columns, current) {
    const order = Number(current.row.values.order_keap_id);
    const { order: held } = current.wire as HeldItem;
    const { body, mask } = orderItemToWire(Object.keys(columns), columns, currencyOf(context, held));
    await context.keap.orders.updateItem(String(order), String(id), body as never, mask as never, { lane });
    return afterItem(context, order, String(id));
  },
  async remove(context, id, current) {
    const order = Number(current.row.values.order_keap_id);
    await context.keap.orders.deleteItem(String(order), String(id), { lane });
    await context.hooks?.markRereads(context.accountId, [order]);
  },
  async probe(context, recordId, row) {
    const like = (await itemsOf(context, [Number(row.order_keap_id)])).filter(
      ({ item }) =>
        (text(row.name) === null || item.name?.trim() === text(row.name)) &&
        item.quantity === row.quantity &&
        ((row.product_keap_id ?? null) === null || Number(item.product?.id) === row.product_keap_id),
    );
    // equal lines are common: one that another row has is not this one
    const taken = await context.store.linkedRows(
      context.accountId,
      "order_items",
      like.map(({ item }) => Number(item.id)),
    );
    const free = like.filter(({ item }) => (taken[item.id] ?? recordId) === recordId);
    return { marked: [], alike: free.map((held) => itemRecord(context, held)), looked: true, certain: false };
  },
  async create(context, _recordId, row, columns) {
    const order = Number(row.order_keap_id);
    if (!order) throw invalidRequest("create an order item", "It belongs to no order (order_keap_id)");
    const [held] = await ordersAt(context, [order]);
    if (!held) throw invalidRequest("create an order item", `Keap has no order ${order} (order_keap_id)`);
    const { body } = orderItemToWire(columns, row, currencyOf(context, held));
    const type = text(row.item_type);
    const made = await context.keap.orders.addItem(
      String(order),
      { quantity: 1, ...body, ...(type ? { item_type: type } : {}) } as never,
      { lane },
    );
    return afterItem(context, order, made.id);
  },
};

async function subscriptionsAt(context: RunContext, ids: readonly number[]): Promise<WireSubscription[]> {
  const found: WireSubscription[] = [];
  for (const batch of inBatches(ids))
    found.push(...(await context.keap.subscriptions.list({ filter: { ids: batch }, lane })).items);
  return found;
}

export const subscriptionAdapter = recordAdapter<WireSubscription>({
  words: { one: "subscription", other: "plan or contact" },
  fields: { model: "subscriptions", recordType: "SUBSCRIPTION" },
  marksChanges: true,
  byNature: "none",
  parents: { contact: "contact" },
  needs: { contact_keap_id: "a contact", subscription_plan_keap_id: "a plan" },
  byIds: subscriptionsAt,
  byMarker: async (context, field, recordId) =>
    (await context.keap.subscriptions.list({ filter: { custom: { [field]: recordId } }, lane })).items,
  alike: async () => null,
  toRow: (wire, { mapping }) => subscriptionFromWire(wire, mapping),
  toWire: (columns, values, { mapping }) => subscriptionToWire(columns, values, mapping),
  async patch(context, id, { body, mask }, held, row) {
    const { active, ...rest } = body;
    if (active === true)
      throw invalidRequest(
        "write a subscription",
        "An ended subscription is not started again from here, because Keap could charge a card. Start it in Keap",
      );
    if (rest.auto_charge === true)
      throw invalidRequest(
        "write a subscription",
        "Keap is never told from here to charge by itself. Switch it on in Keap",
      );
    const ends = active === false && held.active !== false;
    const reason = text(row.reason_stopped) ?? "Cancelled outside Keap";
    // the reason goes with the cancellation; our own two fields alone are no reason for a second call
    const changes = mask.filter((name) => name !== "active" && !(ends && name === "reason_stopped"));
    if (changes.some((name) => name !== "custom_fields") || (!ends && changes.length > 0)) {
      const sent = Object.fromEntries(changes.map((name) => [name, rest[name] ?? null]));
      await context.keap.subscriptions.update(id, sent as never, changes as never, { lane });
    }
    if (ends) await context.keap.subscriptions.deactivate(id, reason, { lane });
    return afterWrite("PATCH subscription", () => context.keap.subscriptions.get(id, { lane }));
  },
  async post(context, body) {
    const { active: _active, auto_charge: _charge, ...rest } = body;
    return context.keap.subscriptions.create(rest as never, { lane });
  },
});

async function paymentsAt(context: RunContext, ids: readonly number[]): Promise<WirePayment[]> {
  const found: WirePayment[] = [];
  for (const batch of inBatches(ids))
    found.push(...(await context.keap.payments.list({ filter: { ids: batch }, lane })).items);
  return found;
}

/** Payments taken elsewhere can be recorded on an order; nothing about one can be changed, and no card is charged. */
export const paymentAdapter = recordAdapter<WirePayment>({
  words: { one: "payment", other: "amount or time" },
  fields: null,
  marksChanges: false,
  byNature: "likely",
  parents: { order: "order" },
  needs: {
    order_keap_id: "an order",
    amount_minor: "an amount",
    payment_type: "one of the account's manual payment types, such as Cash",
  },
  byIds: paymentsAt,
  async alike(context, row) {
    if (typeof row.order_keap_id !== "number") return null;
    const page = await context.keap.payments.list({ filter: { order_id: row.order_keap_id }, lane });
    const [order] = await ordersAt(context, [row.order_keap_id]);
    return page.items.filter(
      (one) =>
        toMinor(one.amount, currencyOf(context, order)) === Number(row.amount_minor) &&
        (!text(row.paid_at) || sameInstant(one.payment_time, row.paid_at)),
    );
  },
  toRow: (wire, { mapping }) => paymentFromWire(wire, mapping),
  toWire: () => ({ body: {}, mask: [] }),
  patch: async () => {
    throw invalidRequest("write a payment", "Keap changes no payment by its API. Change it in Keap");
  },
  async post(context, _body, row) {
    const order = String(row.order_keap_id);
    const paidAt = text(row.paid_at);
    const note = text(row.note);
    const [held] = await ordersAt(context, [Number(order)]);
    const { id } = await context.keap.orders.recordPayment(
      order,
      {
        payment_amount: fromMinor(Number(row.amount_minor), currencyOf(context, held)),
        payment_method_type: String(row.payment_type),
        apply_to_commissions: row.commissioned === true,
        ...(paidAt ? { payment_time: new Date(paidAt).toISOString() } : {}),
        ...(note ? { notes: note } : {}),
      },
      { lane },
    );
    // the answer names the order's own entry, which names the payment
    const made = await afterWrite("POST payment", async () => {
      const entries = await context.keap.orders.payments(order, { lane });
      const payment = entries.items.find((one) => one.id === id)?.payment_id;
      const [found] = payment ? await paymentsAt(context, [Number(payment)]) : [];
      if (!found) throw invalidRequest("POST payment", `Order ${order} does not show the payment yet`);
      return found;
    });
    await context.hooks?.markRereads(context.accountId, [Number(order)]);
    return made;
  },
});
