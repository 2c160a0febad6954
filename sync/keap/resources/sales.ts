import type {
  ManualPaymentBody,
  OrderBody,
  OrderItemBody,
  OrderItemPatch,
  OrderPatch,
  SubscriptionBody,
  SubscriptionPatch,
} from "../bodies";
import { type Calls, type ListOptions, maskQuery, slow } from "../calls";
import { lists } from "../lists";
import type { MaskOf } from "../masks";
import { orderItemSchema, orderSchema, paymentResultSchema, subscriptionSchema } from "../schemas";
import type { CallOptions } from "../transport";

const orderPath = "/v2/orders/{order_id}";
const itemPath = `${orderPath}/items/{order_item_id}`;

export function ordersResource(calls: Calls) {
  const order = (orderId: string) => ({ order_id: orderId });
  return {
    /** Items come embedded; there is no list of items and no `fields`. */
    list: (options?: ListOptions<typeof lists.orders>) => calls.page(lists.orders, options),

    get: (orderId: string, options?: CallOptions) =>
      calls.record(orderSchema, { method: "GET", path: orderPath, params: order(orderId), ...slow }, options),

    /** Takes no payment. Promo codes apply their discounts: read the total back. */
    create: (body: OrderBody, options?: CallOptions) =>
      calls.record(orderSchema, { method: "POST", path: "/v2/orders", body, ...slow }, options),

    update: (orderId: string, body: OrderPatch, mask?: MaskOf<"order">, options?: CallOptions) =>
      calls.record(
        orderSchema,
        {
          method: "PATCH",
          path: orderPath,
          params: order(orderId),
          query: maskQuery(`PATCH ${orderPath}`, "order", body, mask),
          body,
          ...slow,
        },
        options,
      ),

    /** Only while no transaction is recorded on it. */
    delete: (orderId: string, options?: CallOptions) =>
      calls.nothing({ method: "DELETE", path: orderPath, params: order(orderId) }, options),

    getItem: (orderId: string, itemId: string, options?: CallOptions) =>
      calls.record(
        orderItemSchema,
        { method: "GET", path: itemPath, params: { order_id: orderId, order_item_id: itemId } },
        options,
      ),

    addItem: (orderId: string, body: OrderItemBody, options?: CallOptions) =>
      calls.record(
        orderItemSchema,
        { method: "POST", path: `${orderPath}/items`, params: order(orderId), body },
        options,
      ),

    updateItem: (
      orderId: string,
      itemId: string,
      body: OrderItemPatch,
      mask?: MaskOf<"orderItem">,
      options?: CallOptions,
    ) =>
      calls.record(
        orderItemSchema,
        {
          method: "PATCH",
          path: itemPath,
          params: { order_id: orderId, order_item_id: itemId },
          query: maskQuery(`PATCH ${itemPath}`, "orderItem", body, mask),
          body,
        },
        options,
      ),

    deleteItem: (orderId: string, itemId: string, options?: CallOptions) =>
      calls.nothing(
        { method: "DELETE", path: itemPath, params: { order_id: orderId, order_item_id: itemId } },
        options,
      ),

    payments: (orderId: string, options?: ListOptions<typeof lists.orderPayments>) =>
      calls.page(lists.orderPayments, options, order(orderId)),

    /** Records a payment that was taken elsewhere; charges nothing. */
    recordPayment: (orderId: string, body: ManualPaymentBody, options?: CallOptions) =>
      calls.record(
        paymentResultSchema,
        { method: "POST", path: `${orderPath}/payments`, params: order(orderId), body },
        options,
      ),
  };
}

export function paymentsResource(calls: Calls) {
  return { list: (options?: ListOptions<typeof lists.payments>) => calls.page(lists.payments, options) };
}

export function transactionsResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.transactions>) => calls.page(lists.transactions, options),
  };
}

export function paymentMethodsResource(calls: Calls) {
  return {
    list: (options?: ListOptions<typeof lists.paymentMethods>) => calls.page(lists.paymentMethods, options),
  };
}

/** Which merchant accounts are for testing: v2 marks no payment as a test. */
export function merchantsResource(calls: Calls) {
  return { list: (options?: ListOptions<typeof lists.merchants>) => calls.page(lists.merchants, options) };
}

const subscriptionPath = "/v2/subscriptions/{subscription_id}";

export function subscriptionsResource(calls: Calls) {
  const one = (subscriptionId: string) => ({ subscription_id: subscriptionId });
  return {
    list: (options?: ListOptions<typeof lists.subscriptions>) => calls.page(lists.subscriptions, options),

    get: (subscriptionId: string, options?: CallOptions) =>
      calls.record(
        subscriptionSchema,
        { method: "GET", path: subscriptionPath, params: one(subscriptionId) },
        options,
      ),

    /** Never takes money: `auto_charge` is always false, because Keap's default charges the latest card. */
    create: (body: SubscriptionBody, options?: CallOptions) =>
      calls.record(
        subscriptionSchema,
        { method: "POST", path: "/v2/subscriptions", body: { ...body, auto_charge: false } },
        options,
      ),

    update: (
      subscriptionId: string,
      body: SubscriptionPatch,
      mask?: MaskOf<"subscription">,
      options?: CallOptions,
    ) =>
      calls.record(
        subscriptionSchema,
        {
          method: "PATCH",
          path: subscriptionPath,
          params: one(subscriptionId),
          query: maskQuery(`PATCH ${subscriptionPath}`, "subscription", body, mask),
          body,
        },
        options,
      ),

    /** Cancels. Keap sets no end date by itself and answers no body. */
    deactivate: (subscriptionId: string, reason: string, options?: CallOptions) =>
      calls.nothing(
        {
          method: "POST",
          path: `${subscriptionPath}:deactivate`,
          params: one(subscriptionId),
          body: { reason },
        },
        options,
      ),
  };
}
