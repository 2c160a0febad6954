import type { KeapAccount } from "../account";
import type { Call } from "../http/call";
import { findBy } from "../indexes";
import type { OrderItemRecord, OrderPaymentRecord, OrderRecord, PaymentMethodRecord } from "../records";
import { currencyValue, toMajor } from "./money";
import { planWire } from "./plans";
import { basicContact } from "./shared";

/** Sums of an order in the smallest unit, from its items and its payments. */
export interface OrderSums {
  total: number;
  /** Money that came in, refunds not taken off. */
  paid: number;
  refunded: number;
  /** What may still be paid. */
  balance: number;
}

const paidStatuses = new Set(["MANUAL_PAID", "PAYPAL_PAID", "APPROVED"]);

export function lineTotal(item: OrderItemRecord): number {
  return item.quantity * item.price_per_unit_minor - (item.discount_minor ?? 0);
}

export function orderSums(account: KeapAccount, order: OrderRecord): OrderSums {
  const total = order.items.reduce((sum, item) => sum + lineTotal(item), 0);
  let paid = 0;
  let refunded = 0;
  for (const payment of findBy(account, "orderPayments.order_id", order.id)) {
    if (payment.refund_invoice_payment_id)
      refunded += payment.pay_status === "VOIDED" ? 0 : payment.amount_minor;
    else if (paidStatuses.has(payment.pay_status)) paid += payment.amount_minor;
  }
  return { total, paid, refunded, balance: total - paid };
}

/** Only DRAFT, SENT, VIEWED and PAID exist; refunds do not show here. */
export function orderStatus(order: OrderRecord, sums: OrderSums): string {
  return sums.paid > 0 && sums.paid >= sums.total ? "PAID" : order.status;
}

export function orderItemWire(account: KeapAccount, item: OrderItemRecord) {
  const product = item.product_id ? account.products.get(Number(item.product_id)) : undefined;
  const plan = item.subscription_plan_id ? account.plans.get(Number(item.subscription_plan_id)) : undefined;
  return {
    id: item.id,
    name: item.name,
    description: item.description,
    notes: item.notes,
    quantity: item.quantity,
    item_type: item.item_type,
    price_per_unit: currencyValue(account, item.price_per_unit_minor),
    cost_per_unit: currencyValue(account, item.cost_per_unit_minor ?? 0),
    ...(item.discount_minor ? { discount: currencyValue(account, item.discount_minor) } : {}),
    ...(item.special ? { special: item.special } : {}),
    ...(item.product_id
      ? {
          product: {
            id: item.product_id,
            name: product?.name ?? item.name,
            sku: product?.sku,
            description: product?.description,
            shippable: product?.shippable,
            taxable: product?.taxable,
          },
        }
      : {}),
    ...(item.subscription_id ? { subscription_id: item.subscription_id } : {}),
    ...(plan ? { subscription_plan: planWire(account, plan) } : {}),
  };
}

function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** The instalments of a pay plan; what was paid fills them from the first on. */
function planItems(account: KeapAccount, order: OrderRecord, sums: OrderSums) {
  const plan = order.payment_plan;
  if (!plan) return [];
  const first = Math.min(plan.initial_payment_amount_minor ?? 0, sums.total);
  const rest = sums.total - first;
  const each = Math.floor(rest / plan.number_of_payments);
  const parts = Array.from({ length: plan.number_of_payments }, (_, i) => ({
    due_date: addDays(plan.plan_start_date, i * plan.days_between_payments),
    amount: i === plan.number_of_payments - 1 ? rest - each * (plan.number_of_payments - 1) : each,
  }));
  if (first > 0)
    parts.unshift({ due_date: plan.initial_payment_date ?? plan.plan_start_date, amount: first });
  let left = sums.paid;
  return parts.map(({ due_date, amount }) => {
    const got = Math.min(left, amount);
    left -= got;
    return {
      status: got >= amount ? "PAID" : plan.auto_charge ? "UNPAID_AUTOCHARGE" : "UNPAID_MANUAL",
      due_date,
      amount_due: currencyValue(account, amount),
      amount_paid: currencyValue(account, got),
    };
  });
}

function paymentPlanWire(account: KeapAccount, order: OrderRecord, sums: OrderSums) {
  if (!order.payment_plan) return {};
  const { initial_payment_amount_minor, ...plan } = order.payment_plan;
  return {
    payment_plan: {
      ...plan,
      ...(initial_payment_amount_minor === undefined
        ? {}
        : { initial_payment_amount: currencyValue(account, initial_payment_amount_minor) }),
      payment_plan_items: planItems(account, order, sums),
    },
  };
}

function refundStatus(sums: OrderSums): string {
  if (sums.refunded === 0) return "NO_REFUND";
  return sums.refunded >= sums.paid ? "FULL_REFUND" : "PARTIAL_REFUND";
}

/** An order as v2 answers it: totals follow the items and the payments. */
export function orderWire(order: OrderRecord, call: Pick<Call, "account" | "switches">) {
  const { account, switches } = call;
  const sums = orderSums(account, order);
  // `invoice_number` is left out: Keap's spec notes that reading it is not yet supported.
  const { items, invoice_title, contact_id, shipping, payment_plan, file_ids, invoice_number, ...rest } =
    order;
  const title = switches.order_title_answers === "title" ? (invoice_title ?? order.title) : order.title;
  return {
    ...rest,
    title,
    status: orderStatus(order, sums),
    contact: basicContact(account, contact_id),
    total: currencyValue(account, sums.total),
    total_paid: currencyValue(account, sums.paid - (switches.total_paid_net_of_refunds ? sums.refunded : 0)),
    total_due: currencyValue(account, switches.total_due === "total" ? sums.total : sums.balance),
    refund_total: currencyValue(account, sums.refunded),
    refund_status: refundStatus(sums),
    credit_status: order.credit_status ?? "NO_CREDIT",
    allow_payment: order.allow_payment ?? true,
    allow_paypal: order.allow_paypal ?? false,
    synced: order.synced ?? false,
    order_items: items.map((item) => orderItemWire(account, item)),
    ...(shipping ? { shipping_information: { id: order.id, ...shipping } } : {}),
    ...paymentPlanWire(account, order, sums),
    files: file_ids?.map((file_id) => ({ file_id })) ?? [],
    custom_fields: order.custom_fields ?? [],
  };
}

/** The sign of a refund's amount is a switch. */
export const signed = (call: Pick<Call, "switches">, amount: number, refund: boolean) =>
  refund && call.switches.refund_sign === "negative" ? -amount : amount;

export function orderPaymentWire(payment: OrderPaymentRecord, call: Pick<Call, "account" | "switches">) {
  const { order_id, amount_minor, ...rest } = payment;
  const amount = signed(call, amount_minor, payment.refund_invoice_payment_id !== undefined);
  return {
    ...rest,
    invoice_id: call.account.orders.get(Number(order_id))?.invoice_id,
    amount: call.switches.order_payment_unit === "minor" ? amount : toMajor(call.account, amount),
    skip_commission: payment.skip_commission ?? false,
  };
}

export function paymentMethodWire(account: KeapAccount, method: PaymentMethodRecord) {
  const merchant = method.merchant_account_id
    ? account.merchants.get(Number(method.merchant_account_id))
    : undefined;
  return {
    contact_id: method.contact_id,
    payment_method_id: method.id,
    credit_card_id: method.credit_card_id,
    ...(merchant ? { merchant_account_id: merchant.id, merchant_account_type: merchant.type } : {}),
    payment_method_type: "CARD",
    created_time: method.created_time,
    card_info: method.card_info,
    ...(method.expired ? { status: "EXPIRED" } : {}),
  };
}
