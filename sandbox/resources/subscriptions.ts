import { DateTime } from "luxon";
import { type Answer, type Call, created, ok } from "../http/call";
import { badRequest, conflict } from "../http/errors";
import { get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { fresh, readChanges, withChanges } from "../query/mask";
import type { BillingCycle, CycleType, OrderRecord, SubscriptionRecord } from "../records";
import { putRecord, takeId } from "../state";
import { toMajor, toMinor } from "./money";
import { bookPayment } from "./order-payments";
import { orderWire } from "./order-wire";
import * as s from "./shared";

const cycles: Record<CycleType, BillingCycle> = {
  YEARLY: "YEAR",
  MONTHLY: "MONTH",
  WEEKLY: "WEEK",
  DAILY: "DAY",
};

function amountIn(call: Pick<Call, "account" | "switches">, minor: number): number {
  return call.switches.subscription_amount_unit === "minor" ? minor : toMajor(call.account, minor);
}

function amountOut(call: Call, value: number): number {
  return call.switches.subscription_amount_unit === "minor"
    ? Math.round(value)
    : toMinor(call.account, value);
}

export function subscriptionWire(subscription: SubscriptionRecord, call: Pick<Call, "account" | "switches">) {
  const { billing_amount_minor, ...rest } = subscription;
  return {
    ...rest,
    billing_amount: amountIn(call, billing_amount_minor),
    custom_fields: subscription.custom_fields ?? [],
  };
}

/** Today's calendar date where the business is. */
function today(call: Call): string {
  return (
    DateTime.fromMillis(call.clock.now(), { zone: call.account.businessProfile.time_zone }).toISODate() ??
    call.now.slice(0, 10)
  );
}

const units: Record<BillingCycle, "years" | "months" | "weeks" | "days"> = {
  YEAR: "years",
  MONTH: "months",
  WEEK: "weeks",
  DAY: "days",
};

function nextDate(from: string, cycle: BillingCycle, frequency: number): string {
  return (
    DateTime.fromISO(from, { zone: "utc" })
      .plus({ [units[cycle]]: frequency })
      .toISODate() ?? from
  );
}

const addressRequest = b.object({
  line1: b.text(),
  line2: b.text(),
  locality: b.text(),
  field: b.oneOf(s.addressFields),
  country_code: b.text(),
  postal_code: b.text(),
  region_code: b.text(),
});

const common = {
  quantity: b.int,
  active: b.bool,
  contact_id: b.id,
  subscription_plan_id: b.id,
  billing_amount: b.num,
  auto_charge: b.bool,
  max_charge_attempts: b.int,
  days_between_retries: b.int,
  payment_method_id: b.id,
  allow_tax: b.bool,
  lead_affiliate_id: b.id,
  sale_affiliate_id: b.id,
  shipping_address: addressRequest,
  promo_code: b.text(),
  shipping_option_id: b.id,
  reason_stopped: b.text(),
  custom_fields: s.customFields,
};
const createShape = { ...common, start_date: b.date, allow_duplicate: b.bool };
const updateShape = {
  ...common,
  billing_frequency: b.int,
  billing_cycle: b.oneOf(["YEAR", "MONTH", "WEEK", "DAY"]),
  next_bill_date: b.date,
  end_date: b.date,
};

function notPast(call: Call, value: unknown, name: string): void {
  if (typeof value === "string" && value < today(call))
    throw badRequest(`${name} must not be in the past`, name);
}

function checkCommon(call: Call, get: (name: string) => unknown): void {
  if (get("quantity") !== undefined && Number(get("quantity")) < 1)
    throw badRequest("quantity must be at least 1", "quantity");
  if (get("payment_method_id"))
    s.requireRef(call.account.paymentMethods, get("payment_method_id"), "payment_method_id");
  s.checkCustomFields(call, "SUBSCRIPTION", get("custom_fields"));
}

/** Keap's dangerous defaults: active, and charging the contact's newest card by itself. */
function createSubscription(call: Call): Answer {
  const { account } = call;
  const body = b.readBody(call, createShape, ["contact_id", "subscription_plan_id"]);
  const contact = s.requireRef(account.contacts, body.contact_id, "contact_id");
  const plan = s.requireRef(account.plans, body.subscription_plan_id, "subscription_plan_id");
  notPast(call, body.start_date, "start_date");
  checkCommon(call, (name) => body[name]);
  const same = findBy(account, "subscriptions.contact_id", contact.id).some(
    (one) => one.active && one.subscription_plan_id === plan.id,
  );
  if (same && body.allow_duplicate !== true)
    throw conflict("An identical subscription exists; send allow_duplicate to make another", "Subscription");
  const auto_charge = (body.auto_charge as boolean | undefined) ?? true;
  const newest = findBy(account, "paymentMethods.contact_id", contact.id)
    .filter((card) => !card.deactivated)
    .at(-1);
  const start_date = (body.start_date as string | undefined) ?? today(call);
  const { allow_duplicate, billing_amount, ...rest } = body;
  const subscription = fresh<SubscriptionRecord>({
    ...rest,
    id: takeId(account, "subscriptions"),
    product_id: plan.product_id,
    active: body.active ?? true,
    quantity: body.quantity ?? 1,
    billing_amount_minor:
      billing_amount === undefined || billing_amount === null
        ? plan.plan_price_minor *
          Number(call.switches.subscription_amount_covers === "quantity" ? (body.quantity ?? 1) : 1)
        : amountOut(call, Number(billing_amount)),
    billing_cycle: cycles[plan.cycle_type],
    billing_frequency: plan.frequency,
    auto_charge,
    start_date,
    next_bill_date: start_date,
    payment_method_id: body.payment_method_id ?? (auto_charge ? newest?.id : undefined),
    merchant_account_id: account.settings.default_merchant_id,
    max_charge_attempts: body.max_charge_attempts ?? account.settings.default_charge_max_retry_attempts,
    days_between_retries: body.days_between_retries ?? account.settings.default_days_between_charge_attempts,
    allow_tax: body.allow_tax ?? false,
    custom_fields: s.cleanCustomFields(body.custom_fields),
    modification_time: call.now,
  });
  return created(subscriptionWire(putRecord(account, "subscriptions", subscription), call));
}

function updateSubscription(call: Call): Answer {
  const { account } = call;
  const subscription = s.require(account.subscriptions, call, "subscription_id", "Subscription");
  const names = Object.keys(updateShape);
  const changes = readChanges(call, b.readBody(call, updateShape), { mask: names, writable: names });
  notPast(call, changes.get("next_bill_date"), "next_bill_date");
  notPast(call, changes.get("end_date"), "end_date");
  checkCommon(call, (name) => changes.get(name));
  if (changes.get("contact_id")) s.requireRef(account.contacts, changes.get("contact_id"), "contact_id");
  if (changes.get("subscription_plan_id")) {
    const plan = s.requireRef(account.plans, changes.get("subscription_plan_id"), "subscription_plan_id");
    changes.set("product_id", plan.product_id);
  }
  if (changes.get("billing_amount") !== undefined)
    changes.set("billing_amount_minor", amountOut(call, Number(changes.get("billing_amount"))));
  changes.delete("billing_amount");
  if (changes.has("custom_fields"))
    changes.set("custom_fields", s.cleanCustomFields(changes.get("custom_fields")));
  for (const name of [
    "quantity",
    "active",
    "contact_id",
    "subscription_plan_id",
    "auto_charge",
    "billing_frequency",
    "billing_cycle",
  ]) {
    if (changes.has(name) && changes.get(name) === undefined) changes.delete(name);
  }
  return ok(
    subscriptionWire(
      putRecord(account, "subscriptions", {
        ...withChanges(subscription, changes),
        modification_time: call.now,
      }),
      call,
    ),
  );
}

/** Bills one cycle: an order with the subscription's item, and a charge when a card is to be charged. */
export function billOneCycle(
  call: Call,
  subscription: SubscriptionRecord,
): { order: OrderRecord; subscription: SubscriptionRecord; declined: boolean } {
  const { account } = call;
  const product = account.products.get(Number(subscription.product_id));
  const perUnit =
    call.switches.subscription_amount_covers === "unit"
      ? subscription.billing_amount_minor
      : Math.round(subscription.billing_amount_minor / subscription.quantity);
  const order = putRecord(
    account,
    "orders",
    fresh<OrderRecord>({
      id: takeId(account, "orders"),
      invoice_id: takeId(account, "invoice"),
      title: product?.name ?? "Subscription",
      contact_id: subscription.contact_id,
      status: "SENT",
      order_type: "ONLINE",
      source_type: "INVOICE",
      order_time: call.now,
      creation_time: call.now,
      modification_time: call.now,
      sales_affiliate_id: subscription.sale_affiliate_id,
      lead_affiliate_id: subscription.lead_affiliate_id,
      items: [
        {
          id: takeId(account, "orderItem"),
          item_type: "SUBSCRIPTION",
          name: product?.name ?? "Subscription",
          quantity: subscription.quantity,
          price_per_unit_minor: perUnit,
          product_id: subscription.product_id,
          subscription_plan_id: subscription.subscription_plan_id,
          subscription_id: subscription.id,
        },
      ],
    }),
  );
  const card = subscription.payment_method_id
    ? account.paymentMethods.get(Number(subscription.payment_method_id))
    : undefined;
  const declined = Boolean(card && (card.expired || card.deactivated));
  const amount_minor = perUnit * subscription.quantity;
  if (subscription.auto_charge && card && amount_minor > 0) {
    bookPayment(call, order, {
      amount_minor,
      time: call.now,
      type: "Credit Card",
      card,
      ...(declined ? { declined: "Card declined" } : {}),
    });
  }
  const billed = subscription.next_bill_date ?? today(call);
  const next = putRecord(account, "subscriptions", {
    ...subscription,
    last_bill_date: billed,
    next_bill_date: nextDate(billed, subscription.billing_cycle, subscription.billing_frequency),
    ...(call.switches.bill_moves_modification_time ? { modification_time: call.now } : {}),
  });
  return { order, subscription: next, declined };
}

/** Invoices ALL due cycles and answers only the newest order. */
function invoice(call: Call): Answer {
  let subscription = s.require(call.account.subscriptions, call, "subscription_id", "Subscription");
  let newest: OrderRecord | undefined;
  for (
    let guard = 0;
    guard < 1000 &&
    subscription.active &&
    subscription.next_bill_date &&
    subscription.next_bill_date <= today(call);
    guard++
  ) {
    const billed = billOneCycle(call, subscription);
    newest = billed.order;
    subscription = billed.subscription;
  }
  if (!newest) throw badRequest("No billing cycle is due", "Subscription");
  return ok(orderWire(newest, call));
}

const statusWord = (subscription: SubscriptionRecord) => (subscription.active ? "Active" : "Inactive");

/** `status` has one example and no published words: an unknown word matches nothing, its letter case is a switch. */
const status: f.FilterKey<SubscriptionRecord> = {
  operators: ["=="],
  compile: (value, _operator, call) => (row) => {
    const word = statusWord(row);
    return (
      value === (call.switches.subscription_status_words === "Active/Inactive" ? word : word.toUpperCase())
    );
  },
};

const list: ListSpec<SubscriptionRecord> = {
  answerKey: "subscriptions",
  rows: (call) => call.account.subscriptions.values(),
  tables: ["subscriptions"],
  filters: {
    contact_id: f.id((one) => one.contact_id, {
      candidates: (value, call) => findBy(call.account, "subscriptions.contact_id", value),
    }),
    subscription_plan_id: f.id((one) => one.subscription_plan_id),
    subscription_plan_ids: f.ids((one) => one.subscription_plan_id),
    status,
    id: f.idRange((one) => one.id, true),
    ids: f.ids((one) => one.id),
    billing_amount: f.number((one, call) => amountIn(call, one.billing_amount_minor), "<>!"),
  },
  custom: { recordType: "SUBSCRIPTION", of: (one) => one.custom_fields },
  orders: {
    id: (one) => Number(one.id),
    contact_id: (one) => Number(one.contact_id),
    subscription_plan_id: (one) => Number(one.subscription_plan_id),
    modification_time: (one) => one.modification_time,
  },
  wire: subscriptionWire,
};

export const subscriptionRoutes: Route[] = [
  get("/v2/subscriptions", (call) => listPage(call, list)),
  post("/v2/subscriptions", createSubscription),
  get("/v2/subscriptions/{subscription_id}", (call) =>
    ok(
      subscriptionWire(s.require(call.account.subscriptions, call, "subscription_id", "Subscription"), call),
    ),
  ),
  patch("/v2/subscriptions/{subscription_id}", updateSubscription),
  // Sets no end_date: a client has to note when it saw the cancellation.
  post("/v2/subscriptions/{subscription_id}:deactivate", (call) => {
    const subscription = s.require(call.account.subscriptions, call, "subscription_id", "Subscription");
    const reason = (call.body as { reason?: unknown } | undefined)?.reason;
    const { next_bill_date, ...rest } = subscription;
    putRecord(call.account, "subscriptions", {
      ...rest,
      active: false,
      ...(typeof reason === "string" && reason ? { reason_stopped: reason } : {}),
      modification_time: call.now,
    });
    return ok();
  }),
  post("/v2/subscriptions/{subscription_id}:invoice", invoice),
];
