import { type Answer, type Call, created } from "../http/call";
import { badRequest } from "../http/errors";
import { get, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh } from "../query/mask";
import type {
  OrderPaymentRecord,
  OrderRecord,
  PaymentMethodRecord,
  PaymentRecord,
  TransactionRecord,
} from "../records";
import { putRecord, takeId } from "../state";
import { toMajor, toMinor } from "./money";
import { orderPaymentWire, orderSums } from "./order-wire";
import * as s from "./shared";

const payStatuses = [
  "MANUAL_PAID",
  "REFUNDED",
  "VOIDED",
  "PAYPAL_PAID",
  "APPROVED",
  "FAILED",
  "ERROR",
  "PENDING",
];

const list: ListSpec<OrderPaymentRecord> = {
  answerKey: "invoice_order_payments",
  rows: (call) => findBy(call.account, "orderPayments.order_id", String(Number(call.params.order_id))),
  tables: ["orderPayments"],
  filters: {
    invoice_id: f.id((p, call) => call.account.orders.get(Number(p.order_id))?.invoice_id),
    payment_id: f.id((p) => p.payment_id),
    amount: f.number((p, call) => toMajor(call.account, p.amount_minor)),
    pay_status: f.oneOf((p) => p.pay_status, payStatuses),
    skip_commission: f.flag((p) => p.skip_commission ?? false),
  },
  orders: {
    invoice_id: (p, call) => Number(call.account.orders.get(Number(p.order_id))?.invoice_id ?? 0),
    payment_id: (p) => Number(p.payment_id),
    amount: (p) => p.amount_minor,
    pay_time: (p) => p.pay_time,
    pay_status: (p) => p.pay_status,
    skip_commission: (p) => Number(p.skip_commission ?? false),
    last_updated_time: (p) => p.last_updated_time,
  },
  wire: orderPaymentWire,
};

const shape = {
  notes: b.text(),
  payment_method_id: b.id,
  payment_method_type: b.text(),
  payment_time: b.time,
  payment_amount: b.num,
  apply_to_commissions: b.bool,
  external_source: b.text(),
  external_source_value: b.text(),
  external_status_value: b.text(),
  external_create_time: b.time,
  external_update_time: b.time,
  external_create_user: b.text(),
};

export interface PaymentFacts {
  amount_minor: number;
  time: string;
  note?: string;
  type: string;
  card?: PaymentMethodRecord;
  declined?: string;
  skip_commission?: boolean;
}

export interface PaymentOutcome {
  orderPayment: OrderPaymentRecord;
  payment?: PaymentRecord;
  transaction?: TransactionRecord;
}

/** Books a payment (or a declined charge) on an order: order payment, payment and, for a card, a transaction. */
export function bookPayment(call: Call, order: OrderRecord, facts: PaymentFacts): PaymentOutcome {
  const { account } = call;
  const paymentId = takeId(account, "payments");
  const merchant =
    facts.card?.merchant_account_id ?? (facts.card ? account.settings.default_merchant_id : undefined);
  const transaction = facts.card
    ? putRecord(
        account,
        "transactions",
        fresh<TransactionRecord>({
          id: takeId(account, "transactions"),
          amount_minor: facts.amount_minor,
          status: facts.declined ? "FAILED" : "APPROVED",
          transaction_method: "CAPTURE",
          transaction_time: facts.time,
          is_successful: !facts.declined,
          contact_id: order.contact_id,
          order_ids: [order.id],
          payment_id: paymentId,
          error_details: facts.declined,
          external_reference_id: `ch_${order.id}_${paymentId}`,
          merchant_account_id: merchant,
          payment_method_id: facts.card.id,
        }),
      )
    : undefined;
  const payment = facts.declined
    ? undefined
    : putRecord(
        account,
        "payments",
        fresh<PaymentRecord>({
          id: paymentId,
          kind: "payment",
          type: facts.type,
          amount_minor: facts.amount_minor,
          status: "APPROVED",
          contact_id: order.contact_id,
          order_ids: [order.id],
          payment_time: facts.time,
          update_time: call.now,
          note: facts.note,
          commissioned: !facts.skip_commission,
          external_transaction_id: transaction?.external_reference_id,
          merchant_account_id: merchant,
          payment_method_id: facts.card?.id,
        }),
      );
  const orderPayment = putRecord(
    account,
    "orderPayments",
    fresh<OrderPaymentRecord>({
      id: takeId(account, "orderPayments"),
      order_id: order.id,
      payment_id: paymentId,
      amount_minor: facts.amount_minor,
      pay_status: facts.declined ? "FAILED" : facts.card ? "APPROVED" : "MANUAL_PAID",
      pay_time: facts.time,
      last_updated_time: call.now,
      note: facts.note,
      skip_commission: facts.skip_commission ?? false,
    }),
  );
  if (call.switches.payment_moves_modification_time)
    putRecord(account, "orders", { ...order, modification_time: call.now });
  return { orderPayment, ...(payment ? { payment } : {}), ...(transaction ? { transaction } : {}) };
}

/** A payment method charges the card; a payment type only records. One is required, the first wins. */
function pay(call: Call): Answer {
  const order = s.require(call.account.orders, call, "order_id", "Order");
  const body = b.readBody(call, shape, ["payment_amount", "apply_to_commissions"]);
  const amount_minor = toMinor(call.account, Number(body.payment_amount));
  const card = body.payment_method_id
    ? s.requireRef(call.account.paymentMethods, body.payment_method_id, "payment_method_id")
    : undefined;
  const type = body.payment_method_type as string | undefined;
  if (!card && !type)
    throw badRequest("payment_method_id or payment_method_type is required", "payment_method_id");
  if (!card && !call.account.settings.payment_types.includes(String(type))) {
    throw badRequest(
      `payment_method_type must be one of ${call.account.settings.payment_types.join(", ")}`,
      "payment_method_type",
    );
  }
  if (card?.contact_id !== undefined && card.contact_id !== order.contact_id)
    throw badRequest("payment_method_id belongs to another contact", "payment_method_id");
  if (card && amount_minor <= 0)
    throw badRequest("payment_amount must be greater than 0 to charge", "payment_amount");
  const { balance } = orderSums(call.account, order);
  if (amount_minor > balance)
    throw badRequest("payment_amount is greater than the order's balance", "payment_amount");
  const declined = card && (card.expired || card.deactivated) ? "Card declined" : undefined;
  const outcome = bookPayment(call, order, {
    amount_minor,
    time: (body.payment_time as string | undefined) ?? call.now,
    type: card ? "Credit Card" : String(type),
    skip_commission: body.apply_to_commissions === false,
    ...(body.notes ? { note: String(body.notes) } : {}),
    ...(card ? { card } : {}),
    ...(declined ? { declined } : {}),
  });
  return created({
    id: outcome.orderPayment.id,
    invoice_id: order.invoice_id,
    payment_amount: toMajor(call.account, amount_minor),
    payment_status_message: declined ?? "Approved",
    ...(outcome.transaction ? { transaction_id: outcome.transaction.id } : {}),
  });
}

/**
 * What a user does inside Keap and no API call can: pays back a payment, whole or in part. The original payment
 * then names the refund, and the refund's order payment names the original.
 */
export function refundPayment(call: Call, paymentId: string, amount?: number): PaymentRecord {
  const { account } = call;
  const original = s.requireRef(account.payments, paymentId, "payment_id");
  const share = findBy(account, "orderPayments.payment_id", original.id)[0];
  if (original.kind !== "payment" || original.refund_payment_id || !share)
    throw badRequest(`Payment ${paymentId} cannot be refunded`, "payment_id");
  const amount_minor = Math.min(amount ?? original.amount_minor, original.amount_minor);
  const id = takeId(account, "payments");
  if (original.payment_method_id) {
    putRecord(
      account,
      "transactions",
      fresh<TransactionRecord>({
        id: takeId(account, "transactions"),
        amount_minor,
        status: "APPROVED",
        transaction_method: "REFUND",
        transaction_time: call.now,
        is_successful: true,
        contact_id: original.contact_id,
        order_ids: original.order_ids,
        payment_id: id,
        external_reference_id: `re_${id}`,
        merchant_account_id: original.merchant_account_id,
        payment_method_id: original.payment_method_id,
      }),
    );
  }
  const refund = putRecord(
    account,
    "payments",
    fresh<PaymentRecord>({
      id,
      kind: "refund",
      type: "Refund",
      amount_minor,
      status: "APPROVED",
      contact_id: original.contact_id,
      order_ids: original.order_ids,
      payment_time: call.now,
      update_time: call.now,
      merchant_account_id: original.merchant_account_id,
      payment_method_id: original.payment_method_id,
    }),
  );
  putRecord(account, "payments", { ...original, refund_payment_id: id, update_time: call.now });
  putRecord(account, "orderPayments", {
    id: takeId(account, "orderPayments"),
    order_id: share.order_id,
    payment_id: id,
    amount_minor,
    pay_status: "REFUNDED",
    pay_time: call.now,
    last_updated_time: call.now,
    refund_invoice_payment_id: share.id,
  });
  const order = account.orders.get(Number(share.order_id));
  if (order && call.switches.payment_moves_modification_time)
    putRecord(account, "orders", { ...order, modification_time: call.now });
  return refund;
}

export const orderPaymentRoutes: Route[] = [
  get("/v2/orders/{order_id}/payments", (call) => {
    s.require(call.account.orders, call, "order_id", "Order");
    return listPage(call, list);
  }),
  post("/v2/orders/{order_id}/payments", pay),
];
