import type {
  OrderItemRecord,
  OrderPaymentRecord,
  OrderRecord,
  PaymentRecord,
  PayStatus,
  SubscriptionRecord,
  TransactionRecord,
} from "../records";
import { fieldsOf } from "./build-fields";
import { minuteMs, timeText } from "./calendar";
import { createRandom } from "./random";
import { idOf, type Person, put, type World } from "./world";

/** How somebody pays. Manual kinds make no transaction. */
export type Tender = "card" | "paypal" | "check" | "cash";

const paymentTypes: Record<Tender, string> = {
  card: "Credit Card",
  paypal: "PayPal",
  check: "Check",
  cash: "Cash",
};
const payStatuses: Record<Tender, PayStatus> = {
  card: "APPROVED",
  paypal: "PAYPAL_PAID",
  check: "MANUAL_PAID",
  cash: "MANUAL_PAID",
};
const declines = [
  ["51", "Insufficient funds"],
  ["05", "Do not honor"],
  ["54", "Expired card"],
  ["14", "Invalid account number"],
  ["91", "Issuer unavailable"],
] as const;

/** An order on its way into the account: ids come when all orders are known and sorted by time. */
export interface OrderDraft {
  record: OrderRecord;
  person: Person;
  at: number;
  modified: number;
  /** Subscription record by item, for items that bill one: its id is not known yet. */
  billed: Map<OrderItemRecord, SubscriptionRecord>;
}

interface AllocationDraft {
  record: OrderPaymentRecord;
  order: OrderDraft;
}

interface PaymentDraft {
  record: PaymentRecord;
  at: number;
  allocations: AllocationDraft[];
  /** The refund of this payment. */
  refund?: PaymentDraft;
  /** The payment this one refunds. */
  refundOf?: PaymentDraft;
}

interface TransactionDraft {
  record: TransactionRecord;
  at: number;
  orders: OrderDraft[];
  payment?: PaymentDraft;
}

/** A captured payment: what a refund or a void is made of. */
export type Captured = PaymentDraft;

/** Collects orders, payments, transactions and subscriptions; `settle` numbers them by time and stores them. */
export interface Ledger {
  order(
    person: Person,
    at: number,
    fields: Omit<OrderRecord, DerivedOrderField>,
    billed?: SubscriptionRecord,
  ): OrderDraft;
  /** Takes money for one order or several (`amounts` in the same order). */
  pay(options: PayOptions): Captured;
  /** A declined attempt: a transaction, and no payment. */
  decline(order: OrderDraft, amount: number, at: number): void;
  /** Gives back part or all of a payment; a payment is refunded at most once. */
  refund(captured: Captured, amount: number, at: number): void;
  /** Takes a capture back before it settled: as if it had never happened. */
  voidPayment(captured: Captured, at: number): void;
  subscription(person: Person, at: number, record: Omit<SubscriptionRecord, "id">): SubscriptionRecord;
  settle(): void;
}

type DerivedOrderField =
  | "id"
  | "invoice_id"
  | "contact_id"
  | "order_time"
  | "creation_time"
  | "modification_time";

export interface PayOptions {
  orders: readonly OrderDraft[];
  amounts: readonly number[];
  at: number;
  tender: Tender;
  /** Not yet settled: no money so far. */
  pending?: boolean;
  merchant?: string;
  note?: string;
}

/** What is to be paid for an order: quantity × price less discount of each item. */
export function totalOf(items: readonly OrderItemRecord[]): number {
  let total = 0;
  for (const item of items) total += item.quantity * item.price_per_unit_minor - (item.discount_minor ?? 0);
  return total;
}

function merchantKey(world: World, tender: Tender, at: number): string {
  if (tender === "paypal") return "paypal";
  // The studio moved from Stripe to Keap Pay after its first year.
  return at < world.start + 365 * 86_400_000 ? "stripe" : "card";
}

export function createLedger(world: World): Ledger {
  const orders: OrderDraft[] = [];
  const payments: PaymentDraft[] = [];
  const transactions: TransactionDraft[] = [];
  const subscriptions: { record: SubscriptionRecord; at: number }[] = [];
  const random = createRandom(world.seed, "ledger");

  const touch = (order: OrderDraft, at: number) => {
    if (at > order.modified) order.modified = at;
  };

  const ledger: Ledger = {
    order(person, at, fields, billed) {
      const record = { id: "", invoice_id: "", contact_id: person.record.id, ...fields } as OrderRecord;
      record.order_time = timeText(at);
      record.creation_time = record.order_time;
      const draft: OrderDraft = { record, person, at, modified: at, billed: new Map() };
      if (billed) {
        const item = record.items.find((candidate) => candidate.item_type === "SUBSCRIPTION");
        if (item) draft.billed.set(item, billed);
      }
      orders.push(draft);
      return draft;
    },

    pay({ orders: paid, amounts, at, tender, pending, merchant, note }) {
      const manual = tender === "check" || tender === "cash";
      const total = amounts.reduce((sum, amount) => sum + amount, 0);
      const person = (paid[0] as OrderDraft).person;
      const merchantId = idOf(world, `merchant:${merchant ?? merchantKey(world, tender, at)}`);
      const time = timeText(at);
      const reference = `ch_${random.int(0x1000_0000, 0xffff_ffff).toString(16)}${random.int(0x1000, 0xffff).toString(16)}`;
      const status = manual ? "NONE" : pending ? "PENDING" : tender === "paypal" ? "COMPLETED" : "APPROVED";
      const draft: PaymentDraft = {
        at,
        record: {
          id: "",
          kind: "payment",
          type: paymentTypes[tender],
          amount_minor: total,
          status,
          contact_id: person.record.id,
          order_ids: [],
          payment_time: time,
          update_time: time,
          ...(note && { note }),
          commissioned: person.affiliate_id !== undefined,
          ...(!manual && { external_transaction_id: reference, merchant_account_id: merchantId }),
        },
        allocations: paid.map((order, index) => ({
          order,
          record: {
            id: "",
            order_id: "",
            payment_id: "",
            amount_minor: amounts[index] ?? 0,
            pay_status: pending ? ("PENDING" as const) : payStatuses[tender],
            pay_time: time,
            last_updated_time: time,
            skip_commission: false,
          },
        })),
      };
      payments.push(draft);
      for (const order of paid) touch(order, at);
      if (!manual) {
        transactions.push({
          at,
          orders: [...paid],
          payment: draft,
          record: {
            id: "",
            amount_minor: total,
            status: pending ? "PENDING" : "APPROVED",
            transaction_method: "CAPTURE",
            transaction_time: time,
            is_successful: !pending,
            contact_id: person.record.id,
            order_ids: [],
            external_reference_id: reference,
            external_response_code: pending ? "pending" : "00",
            merchant_account_id: merchantId,
          },
        });
      }
      if (!pending && merchant !== "test") {
        person.spent_minor += total;
        person.order_times.push(at);
      }
      return draft;
    },

    decline(order, amount, at) {
      const [code, text] = random.pick(declines);
      transactions.push({
        at,
        orders: [order],
        record: {
          id: "",
          amount_minor: amount,
          status: random.chance(0.05) ? "ERROR" : "FAILED",
          transaction_method: "CAPTURE",
          transaction_time: timeText(at),
          is_successful: false,
          contact_id: order.person.record.id,
          order_ids: [],
          external_reference_id: `ch_${random.int(0x1000_0000, 0xffff_ffff).toString(16)}`,
          external_response_code: code,
          error_details: text,
          merchant_account_id: idOf(world, `merchant:${merchantKey(world, "card", at)}`),
        },
      });
      touch(order, at);
    },

    refund(captured, amount, at) {
      if (captured.refund || at >= world.end) return;
      const first = captured.allocations[0] as AllocationDraft;
      const time = timeText(at);
      const card = captured.record.status !== "NONE";
      const draft: PaymentDraft = {
        at,
        refundOf: captured,
        record: {
          id: "",
          kind: "refund",
          type: "Refund",
          amount_minor: amount,
          status: captured.record.status,
          contact_id: captured.record.contact_id,
          order_ids: [],
          payment_time: time,
          update_time: time,
          note: random.pick([
            "Customer changed their mind",
            "Arrived damaged",
            "Not as expected",
            "Ordered twice",
          ]),
          ...(card && { external_transaction_id: `re_${random.int(0x1000_0000, 0xffff_ffff).toString(16)}` }),
          ...(captured.record.merchant_account_id && {
            merchant_account_id: captured.record.merchant_account_id,
          }),
        },
        allocations: [
          {
            order: first.order,
            record: {
              id: "",
              order_id: "",
              payment_id: "",
              amount_minor: amount,
              pay_status: "REFUNDED",
              pay_time: time,
              last_updated_time: time,
              skip_commission: false,
            },
          },
        ],
      };
      captured.refund = draft;
      captured.record.update_time = time;
      payments.push(draft);
      touch(first.order, at);
      first.order.person.spent_minor -= amount;
      if (card) {
        transactions.push({
          at,
          orders: [first.order],
          payment: draft,
          record: {
            id: "",
            amount_minor: amount,
            status: "APPROVED",
            transaction_method: "REFUND",
            transaction_time: time,
            is_successful: true,
            contact_id: captured.record.contact_id,
            order_ids: [],
            external_reference_id: draft.record.external_transaction_id as string,
            ...(captured.record.merchant_account_id && {
              merchant_account_id: captured.record.merchant_account_id,
            }),
          },
        });
      }
    },

    voidPayment(captured, at) {
      const time = timeText(at);
      captured.record.update_time = time;
      for (const allocation of captured.allocations) {
        allocation.record.pay_status = "VOIDED";
        allocation.record.last_updated_time = time;
        touch(allocation.order, at);
      }
      const person = (captured.allocations[0] as AllocationDraft).order.person;
      person.spent_minor -= captured.record.amount_minor;
      person.order_times.pop();
      transactions.push({
        at,
        orders: captured.allocations.map((allocation) => allocation.order),
        payment: captured,
        record: {
          id: "",
          amount_minor: captured.record.amount_minor,
          status: "APPROVED",
          transaction_method: "VOID",
          transaction_time: time,
          is_successful: true,
          contact_id: captured.record.contact_id,
          order_ids: [],
          external_reference_id: `vd_${random.int(0x1000_0000, 0xffff_ffff).toString(16)}`,
          ...(captured.record.merchant_account_id && {
            merchant_account_id: captured.record.merchant_account_id,
          }),
        },
      });
    },

    subscription(person, at, fields) {
      const record: SubscriptionRecord = { id: "", ...fields };
      subscriptions.push({ record, at });
      person.subscriptions.push(record);
      return record;
    },

    settle() {
      const byTime = (a: { at: number }, b: { at: number }) => a.at - b.at;
      subscriptions.sort(byTime).forEach(({ record }, index) => {
        record.id = String(index + 5);
        Object.assign(
          record,
          fieldsOf(world, createRandom(world.seed, "subscription", index), "SUBSCRIPTION"),
        );
        put(world, "subscriptions", record);
      });
      for (const [person, at] of firstCards(payments.sort(byTime))) storeCard(world, person, at);
      settleOrders(world, orders.sort(byTime));
      settlePayments(world, payments);
      settleTransactions(world, transactions.sort(byTime));
    },
  };
  return ledger;
}

/** Each card payer with the time of the first charge, in that order. `payments` are sorted by time. */
function firstCards(payments: readonly PaymentDraft[]): Map<Person, number> {
  const first = new Map<Person, number>();
  for (const { record, allocations, at } of payments) {
    const person = allocations[0]?.order.person;
    if (person && record.type === "Credit Card" && !first.has(person)) first.set(person, at);
  }
  return first;
}

/** The card a person pays with; it is on their payments, transactions and subscriptions. */
function storeCard(world: World, person: Person, at: number): void {
  const random = createRandom(world.seed, "card", person.index);
  const id = String((world.account.lastIds.get("paymentMethods") ?? 60) + 1);
  const year = new Date(at).getUTCFullYear() + random.int(1, 5);
  const month = random.int(1, 12);
  person.card_id = id;
  put(world, "paymentMethods", {
    id,
    contact_id: person.record.id,
    credit_card_id: String(Number(id) + 4000),
    merchant_account_id: idOf(world, "merchant:card"),
    created_time: timeText(at),
    ...(Date.UTC(year, month, 1) < world.end && { expired: true }),
    card_info: {
      brand: random.weighted([
        ["VISA", 55],
        ["MASTERCARD", 30],
        ["AMEX", 10],
        ["DISCOVER", 5],
      ] as const),
      card_type: random.chance(0.6) ? "CREDIT" : "DEBIT",
      last_four: String(random.int(0, 9999)).padStart(4, "0"),
      expiration_year: String(year),
      expiration_month: String(month).padStart(2, "0"),
    },
  });
  for (const subscription of person.subscriptions) subscription.payment_method_id = id;
}

function settleOrders(world: World, orders: OrderDraft[]): void {
  let orderId = 1000;
  let itemId = 0;
  for (const { record, modified, billed } of orders) {
    // An order's id and its invoice's differ: 1 in 50 ids went to an order that was deleted again.
    orderId += orderId % 50 === 0 ? 2 : 1;
    record.id = String(orderId);
    record.invoice_id = String(orderId + 7);
    record.modification_time = timeText(Math.min(modified + 2 * minuteMs, world.end - 1000));
    Object.assign(record, fieldsOf(world, createRandom(world.seed, "order", orderId), "ORDER"));
    for (const item of record.items) {
      item.id = String(++itemId);
      const subscription = billed.get(item);
      if (subscription) item.subscription_id = subscription.id;
    }
    put(world, "orders", record);
    world.account.lastIds.set("invoice", orderId + 7);
  }
  world.account.lastIds.set("orderItem", itemId);
}

function settlePayments(world: World, payments: PaymentDraft[]): void {
  payments.forEach(({ record, allocations }, index) => {
    record.id = String(index + 301);
    record.order_ids = allocations.map((allocation) => allocation.order.record.id);
  });
  let allocationId = 400;
  for (const payment of payments) {
    if (payment.refund) payment.record.refund_payment_id = payment.refund.record.id;
    const card = payment.allocations[0]?.order.person.card_id;
    if (card && payment.record.type === "Credit Card") payment.record.payment_method_id = card;
    put(world, "payments", payment.record);
    for (const { record, order } of payment.allocations) {
      record.id = String(++allocationId);
      record.order_id = order.record.id;
      record.payment_id = payment.record.id;
      if (payment.refundOf) {
        const original = payment.refundOf.allocations[0] as AllocationDraft;
        record.refund_invoice_payment_id = original.record.id;
      }
      put(world, "orderPayments", record);
    }
  }
}

function settleTransactions(world: World, transactions: TransactionDraft[]): void {
  transactions.forEach(({ record, orders, payment }, index) => {
    record.id = String(index + 701);
    record.order_ids = orders.map((order) => order.record.id);
    if (payment) record.payment_id = payment.record.id;
    const card = payment?.record.payment_method_id;
    if (card) record.payment_method_id = card;
    put(world, "transactions", record);
  });
}
