import type {
  WireOrder,
  WireOrderItem,
  WirePayment,
  WireSubscription,
  WireSubscriptionPlan,
  WireTransaction,
} from "../keap/schemas";
import { customFieldsFromWire, customFieldsToWire } from "./custom-fields";
import type { FieldSpec, Json, MapContext, MappedRow, MoneyUnit, Values } from "./types";
import { asJson, date, flag, fromMinor, instant, keapId, minorDigits, number, text, toMinor } from "./values";

/**
 * Orders with their items, payments, transactions, subscriptions. Keap owns them unless the owner of the account says
 * otherwise: until then an edit here is put back and logged. Units: order and item money arrives in minor units with a currency; payments,
 * transactions and subscriptions in decimals of the tenant's currency.
 */

function readOnly(values: readonly string[], kind: FieldSpec["kind"]): FieldSpec[] {
  return values.map((name) => ({ name, kind, writable: false }));
}

function writable(values: readonly string[], kind: FieldSpec["kind"]): FieldSpec[] {
  return values.map((name) => ({ name, kind, writable: true }));
}

export const orderFields: readonly FieldSpec[] = [
  ...writable(["title", "order_type", "notes", "terms", "external_create_user"], "text"),
  ...readOnly(
    ["status", "source_type", "currency", "refund_status", "credit_status", "invoice_number", "promo_code"],
    "text",
  ),
  ...writable(["contact_keap_id", "lead_affiliate_keap_id", "sales_affiliate_keap_id"], "number"),
  ...readOnly(["invoice_keap_id"], "number"),
  ...readOnly(["total_minor", "total_paid_minor", "total_due_minor", "refund_total_minor"], "number"),
  ...writable(["order_time", "sent_at", "due_at", "external_created_at", "external_updated_at"], "instant"),
  ...readOnly(["allow_payment", "allow_paypal"], "boolean"),
  ...readOnly(["shipping_information", "payment_plan", "raw"], "json"),
  ...writable(["custom_fields"], "map"),
];

export function orderFromWire(wire: WireOrder, context: MapContext): MappedRow {
  const currency = text(wire.total?.currency_code) ?? context.currency;
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: instant(wire.creation_time),
    updated_at: instant(wire.modification_time),
    values: {
      title: text(wire.title),
      status: text(wire.status),
      order_type: text(wire.order_type),
      source_type: text(wire.source_type),
      contact_keap_id: keapId(wire.contact?.id),
      order_time: instant(wire.order_time),
      total_minor: number(wire.total?.amount),
      total_paid_minor: number(wire.total_paid?.amount),
      total_due_minor: number(wire.total_due?.amount),
      refund_total_minor: number(wire.refund_total?.amount),
      currency,
      refund_status: text(wire.refund_status),
      credit_status: text(wire.credit_status),
      notes: text(wire.notes),
      terms: text(wire.terms),
      lead_affiliate_keap_id: keapId(wire.lead_affiliate_id),
      sales_affiliate_keap_id: keapId(wire.sales_affiliate_id),
      invoice_keap_id: keapId(wire.invoice_id),
      invoice_number: text(wire.invoice_number),
      promo_code: text(wire.promo_code),
      shipping_information: asJson(wire.shipping_information ?? {}),
      payment_plan: asJson(wire.payment_plan ?? {}),
      sent_at: instant(wire.sent_time),
      due_at: instant(wire.due_time),
      allow_payment: flag(wire.allow_payment),
      allow_paypal: flag(wire.allow_paypal),
      external_create_user: text(wire.external_create_user),
      external_created_at: instant(wire.external_create_time),
      external_updated_at: instant(wire.external_update_time),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "ORDER"),
      raw: asJson(wire.raw ?? {}),
    },
    children: {
      order_items: (wire.order_items ?? []).map((item) =>
        orderItemFromWire(item as WireOrderItem, wire.id, currency),
      ),
    },
  };
}

export const orderItemFields: readonly FieldSpec[] = [
  ...writable(["name", "description", "notes"], "text"),
  ...readOnly(["item_type", "currency"], "text"),
  ...writable(
    [
      "product_keap_id",
      "subscription_plan_keap_id",
      "quantity",
      "price_per_unit_minor",
      "cost_per_unit_minor",
    ],
    "number",
  ),
  ...readOnly(["order_keap_id", "subscription_keap_id", "discount_minor"], "number"),
  ...readOnly(["special", "raw"], "json"),
];

export function orderItemFromWire(wire: WireOrderItem, orderId: string, currency: string): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: null,
    updated_at: null,
    values: {
      order_keap_id: Number(orderId),
      product_keap_id: keapId(wire.product?.id),
      subscription_keap_id: keapId(wire.subscription_id),
      subscription_plan_keap_id: keapId(wire.subscription_plan?.id),
      name: text(wire.name),
      description: text(wire.description),
      notes: text(wire.notes),
      quantity: number(wire.quantity),
      item_type: text(wire.item_type),
      price_per_unit_minor: number(wire.price_per_unit?.amount),
      cost_per_unit_minor: number(wire.cost_per_unit?.amount),
      discount_minor: number(wire.discount?.amount),
      currency: text(wire.price_per_unit?.currency_code) ?? currency,
      special: asJson(wire.special ?? null),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

export const paymentFields: readonly FieldSpec[] = [
  ...readOnly(
    [
      "currency",
      "status",
      "payment_type",
      "note",
      "method_type",
      "merchant_account_type",
      "external_transaction_id",
    ],
    "text",
  ),
  ...readOnly(
    [
      "contact_keap_id",
      "order_keap_id",
      "amount_minor",
      "refund_payment_keap_id",
      "merchant_account_keap_id",
    ],
    "number",
  ),
  ...readOnly(["paid_at"], "instant"),
  ...readOnly(["is_manual", "is_test", "commissioned"], "boolean"),
  ...readOnly(["order_keap_ids", "raw"], "json"),
];

/**
 * A payment with a positive amount. Whether it is a refund is settled in the database, where its original is known
 * (the original names its refund); a negative amount is remembered in `raw.negative` and says so by itself.
 */
export function paymentFromWire(wire: WirePayment, context: MapContext): MappedRow {
  const minor = toMinor(wire.amount, context.currency);
  const orders = (wire.order_ids ?? []).map(Number);
  const merchant = keapId(wire.merchant_account_id);
  const amount = minor === null ? null : Math.abs(minor);
  const paidAt = instant(wire.payment_time);
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: null,
    updated_at: instant(wire.update_time),
    values: {
      contact_keap_id: keapId(wire.contact_id),
      order_keap_ids: orders,
      order_keap_id: orders[0] ?? null,
      amount_minor: amount,
      currency: context.currency,
      refund_payment_keap_id: keapId(wire.refund_payment_id),
      status: text(wire.status),
      payment_type: text(wire.type),
      note: text(wire.note),
      paid_at: paidAt,
      method_type: text(wire.payment_method?.payment_method_type),
      is_manual: merchant === null && text(wire.external_transaction_id) === null,
      merchant_account_keap_id: merchant,
      merchant_account_type: text(wire.merchant_account_type),
      external_transaction_id: text(wire.external_transaction_id),
      is_test: context.testMerchants.has(String(wire.merchant_account_id ?? "")),
      commissioned: flag(wire.commissioned),
      raw: {
        ...(asJson(wire.raw ?? {}) as Values),
        ...(minor !== null && minor < 0 ? { negative: true } : {}),
      },
    },
    children: {
      // one order: it has the whole amount. How several share it stands only in each order's own payments.
      payment_allocations:
        orders.length === 1 ? [wholeAllocation(wire.id, orders[0] as number, amount, paidAt, context)] : [],
    },
  };
}

function wholeAllocation(
  paymentId: string,
  orderId: number,
  amount: number | null,
  paidAt: string | null,
  context: MapContext,
): MappedRow {
  return {
    key: `${paymentId}:${orderId}`,
    keap_id: null,
    created_at: null,
    updated_at: null,
    values: {
      payment_keap_id: Number(paymentId),
      order_keap_id: orderId,
      amount_minor: amount,
      currency: context.currency,
      paid_at: paidAt,
    },
  };
}

export const paymentAllocationFields: readonly FieldSpec[] = [
  ...readOnly(["payment_keap_id", "order_keap_id", "amount_minor"], "number"),
  ...readOnly(["currency"], "text"),
  ...readOnly(["paid_at"], "instant"),
];

export const transactionFields: readonly FieldSpec[] = [
  ...readOnly(
    [
      "natural_key",
      "currency",
      "status",
      "transaction_method",
      "description",
      "error_details",
      "external_reference_id",
      "external_response_code",
      "merchant_account_type",
    ],
    "text",
  ),
  ...readOnly(["payment_keap_id", "contact_keap_id", "amount_minor", "merchant_account_keap_id"], "number"),
  ...readOnly(["transaction_at"], "instant"),
  ...readOnly(["is_successful", "is_test"], "boolean"),
  ...readOnly(["order_keap_ids", "raw"], "json"),
];

/** Transactions have no id in v2: what identifies one is everything about it that cannot change. (A merge moves them to another contact.) */
export function transactionKey(wire: WireTransaction): string {
  const parts = [
    wire.payment_id,
    wire.external_reference_id,
    wire.transaction_method,
    wire.transaction_time,
    wire.amount,
    (wire.order_ids ?? []).join(","),
  ];
  return parts.map((part) => part ?? "").join("|");
}

export function transactionFromWire(wire: WireTransaction, context: MapContext): MappedRow {
  const key = transactionKey(wire);
  return {
    key,
    keap_id: null,
    created_at: null,
    updated_at: null,
    values: {
      natural_key: key,
      payment_keap_id: keapId(wire.payment_id),
      contact_keap_id: keapId(wire.contact_id ?? wire.contact?.id),
      order_keap_ids: (wire.order_ids ?? []).map(Number),
      amount_minor: toMinor(wire.amount, context.currency),
      currency: context.currency,
      status: text(wire.status),
      transaction_method: text(wire.transaction_method),
      transaction_at: instant(wire.transaction_time),
      is_successful: flag(wire.is_successful),
      description: text(wire.description),
      error_details: text(wire.error_details),
      external_reference_id: text(wire.external_reference_id),
      external_response_code: text(wire.external_response_code),
      merchant_account_keap_id: keapId(wire.merchant_account_id),
      merchant_account_type: text(wire.merchant_account_type),
      is_test: context.testMerchants.has(String(wire.merchant_account_id ?? "")),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

/** A payment method is never written, and `start_date` only goes with a create. */
export const subscriptionFields: readonly FieldSpec[] = [
  ...writable(["billing_cycle", "reason_stopped", "promo_code"], "text"),
  ...readOnly(["currency"], "text"),
  ...writable(
    [
      "contact_keap_id",
      "subscription_plan_keap_id",
      "quantity",
      "billing_amount_minor",
      "billing_frequency",
      "max_charge_attempts",
      "days_between_retries",
      "shipping_option_keap_id",
      "lead_affiliate_keap_id",
      "sale_affiliate_keap_id",
    ],
    "number",
  ),
  ...readOnly(["product_keap_id", "merchant_account_keap_id", "payment_method_keap_id"], "number"),
  ...writable(["active", "auto_charge", "allow_tax"], "boolean"),
  ...readOnly(["start_date", "last_bill_date"], "date"),
  ...writable(["next_bill_date", "end_date"], "date"),
  ...readOnly(["shipping_address", "raw"], "json"),
  ...writable(["custom_fields"], "map"),
];

export function subscriptionFromWire(wire: WireSubscription, context: MapContext): MappedRow {
  return {
    key: wire.id,
    keap_id: Number(wire.id),
    created_at: null,
    updated_at: instant(wire.modification_time),
    values: {
      contact_keap_id: keapId(wire.contact_id),
      product_keap_id: keapId(wire.product_id),
      subscription_plan_keap_id: keapId(wire.subscription_plan_id),
      active: flag(wire.active),
      quantity: number(wire.quantity),
      billing_amount_minor:
        context.subscriptionUnit === "minor"
          ? number(wire.billing_amount)
          : toMinor(wire.billing_amount, context.currency),
      currency: context.currency,
      billing_cycle: text(wire.billing_cycle),
      billing_frequency: number(wire.billing_frequency),
      auto_charge: flag(wire.auto_charge),
      start_date: date(wire.start_date),
      last_bill_date: date(wire.last_bill_date),
      next_bill_date: date(wire.next_bill_date),
      end_date: date(wire.end_date),
      reason_stopped: text(wire.reason_stopped),
      promo_code: text(wire.promo_code),
      max_charge_attempts: number(wire.max_charge_attempts),
      days_between_retries: number(wire.days_between_retries),
      merchant_account_keap_id: keapId(wire.merchant_account_id),
      payment_method_keap_id: keapId(wire.payment_method_id),
      shipping_option_keap_id: keapId(wire.shipping_option_id),
      shipping_address: asJson(wire.shipping_address ?? {}),
      lead_affiliate_keap_id: keapId(wire.lead_affiliate_id),
      sale_affiliate_keap_id: keapId(wire.sale_affiliate_id),
      allow_tax: flag(wire.allow_tax),
      custom_fields: customFieldsFromWire(wire.custom_fields, context, "SUBSCRIPTION"),
      raw: asJson(wire.raw ?? {}),
    },
  };
}

/**
 * Whether this account's subscriptions carry decimals or smallest units, by comparing each with the price of its plan,
 * whose unit is stated. Half-way between the two is a tenth of the plan's price, so discounts and quantities do not
 * mislead. Null where nothing tells. Source: Keap's v2 specification gives `billing_amount` no unit.
 */
export function subscriptionUnitFrom(
  subscriptions: readonly Pick<WireSubscription, "billing_amount" | "subscription_plan_id">[],
  plans: readonly Pick<WireSubscriptionPlan, "id" | "plan_price">[],
  currency: string,
): MoneyUnit | null {
  const digits = minorDigits(currency);
  if (digits === 0) return null;
  const prices = new Map(plans.map((plan) => [plan.id, plan.plan_price?.amount ?? 0]));
  let minor = 0;
  let major = 0;
  for (const { billing_amount, subscription_plan_id } of subscriptions) {
    const price = prices.get(String(subscription_plan_id)) ?? 0;
    if (price <= 0 || !billing_amount || billing_amount <= 0) continue;
    if (billing_amount / price > 10 ** (-digits / 2)) minor += 1;
    else major += 1;
  }
  return minor === major ? null : minor > major ? "minor" : "major";
}

const orderNames: Readonly<Record<string, string>> = {
  contact_keap_id: "contact_id",
  lead_affiliate_keap_id: "lead_affiliate_id",
  sales_affiliate_keap_id: "sales_affiliate_id",
  sent_at: "sent_time",
  due_at: "due_time",
  external_created_at: "external_create_time",
  external_updated_at: "external_update_time",
};

/** An order and its invoice have a title each, and which of them an answer shows is not stated: both are set. */
export function orderToWire(
  columns: readonly string[],
  values: Values,
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    const value = wireValue(column, values[column] ?? null);
    if (column === "title") Object.assign(body, { order_title: value, title: value });
    else body[orderNames[column] ?? column] = value;
  }
  return { body, mask: Object.keys(body) };
}

/** Prices of requests are decimals, unlike those of answers. */
export function orderItemToWire(
  columns: readonly string[],
  values: Values,
  currency: string,
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    const value = values[column] ?? null;
    if (column.endsWith("_minor"))
      body[column.replace(/_minor$/, "")] = value === null ? null : fromMinor(Number(value), currency);
    else body[column.replace(/_keap_id$/, "_id")] = wireValue(column, value);
  }
  return { body, mask: Object.keys(body) };
}

export function subscriptionToWire(
  columns: readonly string[],
  values: Values,
  context: MapContext,
): { body: Record<string, Json>; mask: string[] } {
  const body: Record<string, Json> = {};
  for (const column of columns) {
    const value = values[column] ?? null;
    if (column === "billing_amount_minor")
      body.billing_amount =
        value === null
          ? null
          : context.subscriptionUnit === "minor"
            ? Number(value)
            : fromMinor(Number(value), context.currency);
    else body[column.replace(/_keap_id$/, "_id")] = wireValue(column, value);
  }
  return { body, mask: Object.keys(body) };
}

function wireValue(column: string, value: Json): Json {
  if (column === "custom_fields") return customFieldsToWire(value) as unknown as Json;
  return column.endsWith("_keap_id") && value !== null ? String(value) : value;
}
