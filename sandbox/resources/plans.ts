import type { KeapAccount } from "../account";
import { type Call, created, noContent, ok, pathId } from "../http/call";
import { badRequest, notFound } from "../http/errors";
import { del, get, patch, post, type Route } from "../http/router";
import { findBy } from "../indexes";
import * as b from "../query/body";
import * as f from "../query/filter";
import { type ListSpec, listPage } from "../query/list";
import { readChanges, withChanges } from "../query/mask";
import type { SubscriptionPlanRecord } from "../records";
import { putRecord, removeRecord, takeId } from "../state";
import { currencyValue } from "./money";
import * as s from "./shared";

const cycleTypes = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];

/** The plan shape has no product id. */
export function planWire(account: KeapAccount, plan: SubscriptionPlanRecord) {
  return {
    id: plan.id,
    frequency: plan.frequency,
    active: plan.active,
    subscription_plan_name: plan.subscription_plan_name,
    cycle_type: plan.cycle_type,
    total_cycles: plan.total_cycles,
    plan_price: currencyValue(account, plan.plan_price_minor),
    display_order_index: plan.display_order_index,
  };
}

const list: ListSpec<SubscriptionPlanRecord> = {
  answerKey: "subscriptions",
  rows: (call) =>
    call.params.product_id === "-"
      ? call.account.plans.values()
      : findBy(call.account, "plans.product_id", String(pathId(call, "product_id"))),
  tables: ["plans"],
  filters: {
    active: f.flag((plan) => plan.active),
    cycle_type: f.oneOf((plan) => plan.cycle_type, cycleTypes),
  },
  orders: { id: (plan) => Number(plan.id), product_id: (plan) => Number(plan.product_id) },
  wire: (plan, call) => planWire(call.account, plan),
};

/** `plan_price` is a number in the smallest unit. */
const shape = {
  active: b.bool,
  frequency: b.int,
  allow_prorating: b.bool,
  cycle_type: b.oneOf(cycleTypes),
  display_order_index: b.int,
  plan_price: b.num,
  total_cycles: b.int,
};
/** PATCH needs them too, whatever it changes. */
const required = ["cycle_type", "plan_price"];

function planOf(call: Call): SubscriptionPlanRecord {
  const product = s.require(call.account.products, call, "product_id", "Product");
  const plan = s.require(call.account.plans, call, "subscription_plan_id", "Subscription plan");
  if (plan.product_id !== product.id) throw notFound("Subscription plan", plan.id);
  return plan;
}

const adverbs: Record<string, string> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" };

function nameOf(productName: string, cycle: string, frequency: number): string {
  return `${productName} (every ${frequency === 1 ? "" : `${frequency} `}${adverbs[cycle] ?? cycle}${frequency === 1 ? "" : "s"})`;
}

export const planRoutes: Route[] = [
  get("/v2/products/{product_id}/subscriptions", (call) => {
    if (call.params.product_id !== "-") s.require(call.account.products, call, "product_id", "Product");
    return listPage(call, list);
  }),
  post("/v2/products/{product_id}/subscriptions", (call) => {
    const product = s.require(call.account.products, call, "product_id", "Product");
    const body = b.readBody(call, shape, required);
    if (Number(body.plan_price) < 0) throw badRequest("plan_price must not be negative", "plan_price");
    const frequency = Number(body.frequency ?? 1);
    const plan: SubscriptionPlanRecord = {
      id: takeId(call.account, "plans"),
      product_id: product.id,
      subscription_plan_name: nameOf(product.name, String(body.cycle_type), frequency),
      cycle_type: body.cycle_type as SubscriptionPlanRecord["cycle_type"],
      frequency,
      total_cycles: Number(body.total_cycles ?? 0),
      plan_price_minor: Math.round(Number(body.plan_price)),
      active: (body.active as boolean | undefined) ?? true,
      allow_prorating: (body.allow_prorating as boolean | undefined) ?? false,
      display_order_index: Number(body.display_order_index ?? 0),
    };
    return created(planWire(call.account, putRecord(call.account, "plans", plan)));
  }),
  get("/v2/products/{product_id}/subscriptions/{subscription_plan_id}", (call) =>
    ok(planWire(call.account, planOf(call))),
  ),
  patch("/v2/products/{product_id}/subscriptions/{subscription_plan_id}", (call) => {
    const plan = planOf(call);
    const names = Object.keys(shape);
    const changes = readChanges(call, b.readBody(call, shape, required), { mask: names, writable: names });
    if (changes.has("plan_price"))
      changes.set("plan_price_minor", Math.round(Number(changes.get("plan_price"))));
    changes.delete("plan_price");
    if (changes.has("active")) changes.set("active", changes.get("active") ?? true);
    if (changes.has("frequency")) changes.set("frequency", changes.get("frequency") ?? 1);
    if (changes.has("total_cycles")) changes.set("total_cycles", changes.get("total_cycles") ?? 0);
    return ok(planWire(call.account, putRecord(call.account, "plans", withChanges(plan, changes))));
  }),
  del("/v2/products/{product_id}/subscriptions/{subscription_plan_id}", (call) => {
    removeRecord(call.account, "plans", Number(planOf(call).id));
    return noContent();
  }),
];
