import { type Call, noContent, ok } from "../http/call";
import { notFound } from "../http/errors";
import { del, get, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import type { MerchantRecord, PaymentMethodRecord, PaymentRecord, TransactionRecord } from "../records";
import { putRecord, putSettings, removeRecord } from "../state";
import { toMajor } from "./money";
import { paymentMethodWire, signed } from "./order-wire";
import { basicContact, require } from "./shared";

const merchantTypes = ["PAYPAL", "UNSUPPORTED", "AUTHORIZE", "EWAY", "WEPAY", "STRIPE", "KEAP_PAY"];

type Merchantable = { merchant_account_id?: string };
const merchantOf = (row: Merchantable, call: Call): MerchantRecord | undefined =>
  row.merchant_account_id ? call.account.merchants.get(Number(row.merchant_account_id)) : undefined;

function merchantAndCard(row: Merchantable & { payment_method_id?: string }, call: Call) {
  const merchant = merchantOf(row, call);
  const card = row.payment_method_id
    ? call.account.paymentMethods.get(Number(row.payment_method_id))
    : undefined;
  return {
    ...(merchant ? { merchant_account_id: merchant.id, merchant_account_type: merchant.type } : {}),
    ...(card ? { payment_method: paymentMethodWire(call.account, card) } : {}),
  };
}

const payments: ListSpec<PaymentRecord> = {
  answerKey: "payments",
  rows: (call) => call.account.payments.values(),
  tables: ["payments"],
  filters: {
    id: f.idRange((p) => p.id),
    ids: f.ids(
      (p) => p.id,
      (value, call) =>
        call.account.payments.get(Number(value))
          ? [call.account.payments.get(Number(value)) as PaymentRecord]
          : [],
    ),
    amount: f.number(
      (p, call) => signed(call, toMajor(call.account, p.amount_minor), p.kind === "refund"),
      "<>!",
    ),
    order_id: f.id((p) => p.order_ids, {
      candidates: (value, call) => findBy(call.account, "payments.order_id", value),
    }),
    order_ids: f.ids(
      (p) => p.order_ids,
      (value, call) => findBy(call.account, "payments.order_id", value),
    ),
    contact_id: f.id((p) => p.contact_id, {
      candidates: (value, call) => findBy(call.account, "payments.contact_id", value),
    }),
    since_time: f.since((p) => p.payment_time),
    until_time: f.until((p) => p.payment_time),
    merchant_account_id: f.id((p) => p.merchant_account_id),
    merchant_account_type: f.oneOf((p, call) => merchantOf(p, call)?.type, merchantTypes),
  },
  orders: {
    id: (p) => Number(p.id),
    amount: (p) => p.amount_minor,
    payment_time: (p) => p.payment_time,
    contact_id: (p) => Number(p.contact_id),
  },
  wire: (payment, call) => {
    const { kind, amount_minor, payment_method_id, merchant_account_id, ...rest } = payment;
    return {
      ...rest,
      amount: signed(call, toMajor(call.account, amount_minor), kind === "refund"),
      commissioned: payment.commissioned ?? false,
      synced: payment.synced ?? false,
      ...merchantAndCard(payment, call),
    };
  },
};

const transactions: ListSpec<TransactionRecord> = {
  answerKey: "transactions",
  rows: (call) => call.account.transactions.values(),
  tables: ["transactions"],
  filters: {
    amount: f.number(
      (t, call) => signed(call, toMajor(call.account, t.amount_minor), t.transaction_method === "REFUND"),
      "<>!",
    ),
    order_id: f.id((t) => t.order_ids, {
      candidates: (value, call) => findBy(call.account, "transactions.order_id", value),
    }),
    contact_id: f.id((t) => t.contact_id, {
      candidates: (value, call) => findBy(call.account, "transactions.contact_id", value),
    }),
    since_time: f.since((t) => t.transaction_time),
    until_time: f.until((t) => t.transaction_time),
    merchant_account_id: f.id((t) => t.merchant_account_id),
    merchant_account_type: f.oneOf((t, call) => merchantOf(t, call)?.type, merchantTypes),
    status: f.oneOf((t) => t.status, ["APPROVED", "PENDING", "ERROR", "FAILED", "NONE"]),
    transaction_method: f.oneOf((t) => t.transaction_method, ["CAPTURE", "REFUND", "VOID", "MANUAL"]),
    is_successful: f.flag((t) => t.is_successful),
  },
  orders: {
    amount: (t) => t.amount_minor,
    transaction_time: (t) => t.transaction_time,
    contact_id: (t) => Number(t.contact_id),
  },
  // A transaction has no id on the wire.
  wire: (transaction, call) => {
    const { id, amount_minor, payment_id, payment_method_id, merchant_account_id, ...rest } = transaction;
    const share =
      payment_id && call.switches.transaction_payment_id === "order_payment"
        ? findBy(call.account, "orderPayments.payment_id", payment_id)[0]?.id
        : payment_id;
    return {
      ...rest,
      ...(share ? { payment_id: share } : {}),
      amount: signed(call, toMajor(call.account, amount_minor), transaction.transaction_method === "REFUND"),
      contact: basicContact(call.account, transaction.contact_id),
      ...merchantAndCard(transaction, call),
    };
  },
};

const cards: ListSpec<PaymentMethodRecord> = {
  answerKey: "payment_methods",
  rows: (call) => [...call.account.paymentMethods.values()].filter((card) => !card.deactivated),
  tables: ["paymentMethods"],
  filters: {
    payment_method_id: f.id((m) => m.id),
    credit_card_id: f.id((m) => m.credit_card_id),
    contact_id: f.id((m) => m.contact_id),
    merchant_account_id: f.id((m) => m.merchant_account_id),
    since_time: f.since((m) => m.created_time),
    until_time: f.until((m) => m.created_time),
  },
  orders: {
    payment_method_id: (m) => Number(m.id),
    created_time: (m) => m.created_time,
    contact_id: (m) => Number(m.contact_id),
    merchant_account_id: (m) => Number(m.merchant_account_id ?? 0),
  },
  wire: (card, call) => paymentMethodWire(call.account, card),
};

const contactCards: ListSpec<PaymentMethodRecord> = {
  ...cards,
  answerKey: "records",
  rows: (call) =>
    findBy(call.account, "paymentMethods.contact_id", String(Number(call.params.contact_id))).filter(
      (card) => !card.deactivated,
    ),
  filters: { merchant_account_id: f.id((m) => m.merchant_account_id) },
  orders: { created_time: (m) => m.created_time },
};

function cardOf(call: Call): PaymentMethodRecord {
  const contact = require(call.account.contacts, call, "contact_id", "Contact");
  const card = require(call.account.paymentMethods, call, "payment_method_id", "Payment method");
  if (card.contact_id !== contact.id) throw notFound("Payment method", card.id);
  return card;
}

const merchants: ListSpec<MerchantRecord> = {
  answerKey: "merchant_accounts",
  rows: (call) => call.account.merchants.values(),
  tables: ["merchants", "settings"],
  filters: {},
  orders: {},
  wire: (merchant) => merchant,
  extra: (_rows, call) => ({ default_merchant_account_id: call.account.settings.default_merchant_id }),
};

export const paymentRoutes: Route[] = [
  get("/v2/sales/payments", (call) => listPage(call, payments)),
  get("/v2/sales/transactions", (call) => listPage(call, transactions)),
  get("/v2/paymentMethods", (call) => listPage(call, cards)),
  get("/v2/contacts/{contact_id}/paymentMethods", (call) => {
    require(call.account.contacts, call, "contact_id", "Contact");
    return listPage(call, contactCards);
  }),
  del("/v2/contacts/{contact_id}/paymentMethods/{payment_method_id}", (call) => {
    removeRecord(call.account, "paymentMethods", Number(cardOf(call).id));
    return noContent();
  }),
  post("/v2/contacts/{contact_id}/paymentMethods/{payment_method_id}:deactivate", (call) => {
    putRecord(call.account, "paymentMethods", { ...cardOf(call), deactivated: true });
    return noContent();
  }),
  post("/v2/paymentMethodConfigs", (call) => {
    const { contact_id } = b.readBody(call, { contact_id: b.id }, ["contact_id"]);
    return ok({ session_key: `session-${String(contact_id)}-${call.clock.now()}` });
  }),
  get("/v2/merchants", (call) => listPage(call, merchants)),
  post("/v2/sales/merchants/{id}:setDefault", (call) => {
    const merchant = require(call.account.merchants, call, "id", "Merchant");
    putSettings(call.account, { ...call.account.settings, default_merchant_id: merchant.id });
    return ok();
  }),
];
