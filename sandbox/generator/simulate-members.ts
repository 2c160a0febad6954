import type { OrderItemRecord, SubscriptionRecord } from "../records";
import { tagPerson } from "./build-contacts";
import { addMonths, atLocal, dateText, dayMs, hourMs, localDate, minuteMs, timeText } from "./calendar";
import { type ProductPlan, productSeeds } from "./catalog-products";
import type { Ledger, OrderDraft } from "./ledger";
import { createRandom, type Random } from "./random";
import { affiliateFields, billingAddress, productSeed } from "./simulate-shop";
import { hits, idOf, type Person, type World } from "./world";

/** How memberships behave. The churn driver is planted: who skips the onboarding leaves three times as often. */
export const memberRules = {
  /** Share of members who complete the onboarding in their first twelve days. */
  onboardedShare: 0.6,
  /** Chance of cancelling per monthly bill, for members who completed the onboarding. */
  monthlyCancel: 0.02,
  quarterlyCancel: 0.055,
  yearlyCancel: 0.18,
  /** Planted: times this, for those who did not. Capped at 0.7 a bill. */
  notOnboardedFactor: 3,
  /** The bill that first asks the higher price is followed by this many times as many cancellations. */
  priceRiseFactor: 2.5,
  declinedShare: 0.045,
  recoveredShare: 0.68,
  pauseShare: 0.006,
  upgradeShare: 0.009,
  toYearlyShare: 0.008,
  downgradeShare: 0.02,
  returnShare: 0.13,
  trialShare: 0.3,
  trialCancelShare: 0.35,
  trialDays: 14,
  /** A bill after which the membership is given for nothing (a scholarship). */
  scholarshipShare: 0.002,
} as const;

const plans = new Map<string, ProductPlan & { product: string }>(
  productSeeds.flatMap((seed) =>
    (seed.plans ?? []).map((plan) => [plan.key, { ...plan, product: seed.key }] as const),
  ),
);

type PlanKey = string;

const reasons: readonly (readonly [string, number])[] = [
  ["Too expensive", 26],
  ["Not enough time", 28],
  ["Not using it", 16],
  ["Found something else", 8],
  ["Moved / travelling", 6],
  ["Technical problems", 5],
  ["Customer request", 11],
];

/** Ends by itself, by the customer or by the card: what the next step is. */
type Ending = "cancelled" | "declined" | "completed" | "changed" | "running";

interface Stay {
  subscription: SubscriptionRecord;
  ending: Ending;
  /** Local date of the last bill, and when the subscription ended. */
  endedAt: number;
  next?: { plan: PlanKey; date: number };
}

function planOf(key: PlanKey) {
  const plan = plans.get(key);
  if (!plan) throw new Error(`No plan "${key}".`);
  return plan;
}

function monthsPerCycle(plan: ProductPlan): number {
  return plan.cycle_type === "YEARLY" ? 12 * plan.frequency : plan.frequency;
}

function cancelChance(plan: ProductPlan, person: Person): number {
  const months = monthsPerCycle(plan);
  const base =
    months === 12
      ? memberRules.yearlyCancel
      : months === 3
        ? memberRules.quarterlyCancel
        : memberRules.monthlyCancel;
  const factor = person.tags.has("onboarded") ? 1 : memberRules.notOnboardedFactor;
  return Math.min(0.7, base * factor * (1.25 - 0.5 * person.warmth));
}

/** A price that was raised while the subscription ran: what it is at a bill. */
function priceAt(world: World, plan: ProductPlan, current: number, billDate: number): number {
  if (current === 0 || !plan.until_price_change || billDate < world.priceChangeExisting) return current;
  return plan.cycle_type === "YEARLY" ? planOf("circle_year").price : planOf("circle_month").price;
}

function billItem(
  world: World,
  plan: ProductPlan & { product: string },
  price: number,
  quantity: number,
): OrderItemRecord {
  return {
    id: "",
    item_type: "SUBSCRIPTION",
    name: plan.name,
    quantity,
    price_per_unit_minor: price,
    ...(productSeed(plan.product).cost && { cost_per_unit_minor: productSeed(plan.product).cost as number }),
    product_id: idOf(world, `product:${plan.product}`),
    subscription_plan_id: idOf(world, `plan:${plan.key}`),
  };
}

interface Bill {
  subscription: SubscriptionRecord;
  plan: ProductPlan & { product: string };
  at: number;
  first: boolean;
  free?: boolean;
}

function placeBill(world: World, ledger: Ledger, person: Person, random: Random, bill: Bill): OrderDraft {
  const { subscription, plan, at, first, free } = bill;
  const price = Math.round(subscription.billing_amount_minor / subscription.quantity);
  const item = billItem(world, plan, price, subscription.quantity);
  const trial: OrderItemRecord[] = free
    ? [
        {
          id: "",
          item_type: "DISCOUNT_FREE_TRIAL",
          name: "14 days free",
          quantity: 1,
          price_per_unit_minor: -item.price_per_unit_minor * item.quantity,
        },
      ]
    : [];
  return ledger.order(
    person,
    at,
    {
      title: first ? plan.name : `${plan.name} (renewal)`,
      status: "SENT",
      order_type: "ONLINE",
      source_type: first ? "CHECKOUT_FORM" : "UNKNOWN",
      items: [item, ...trial],
      ...(first && affiliateFields(person, random)),
    },
    subscription,
  );
}

/** Charges a bill; declined cards are tried again after three and six days. Undefined = never paid. */
function charge(
  world: World,
  ledger: Ledger,
  random: Random,
  order: OrderDraft,
  amount: number,
): number | undefined {
  if (amount === 0) return order.at;
  if (!random.chance(memberRules.declinedShare)) {
    ledger.pay({ orders: [order], amounts: [amount], at: order.at + minuteMs, tender: "card" });
    return order.at;
  }
  ledger.decline(order, amount, order.at + minuteMs);
  const recovers = random.chance(memberRules.recoveredShare);
  const attempt = recovers ? random.int(1, 2) : 0;
  for (let retry = 1; retry <= 2; retry++) {
    const at = order.at + retry * 3 * dayMs;
    if (at >= world.end) return undefined;
    if (retry === attempt) {
      ledger.pay({ orders: [order], amounts: [amount], at, tender: "card" });
      return at;
    }
    ledger.decline(order, amount, at);
  }
  return undefined;
}

interface StartOptions {
  plan: PlanKey;
  date: number;
  /** The instant of the checkout; a start later than it is billed on its date at dawn. */
  at: number;
  trial?: boolean;
}

/** One subscription from its first bill to its end or to the end of the history. */
function stay(world: World, ledger: Ledger, person: Person, random: Random, start: StartOptions): Stay {
  const plan = planOf(start.plan);
  const months = monthsPerCycle(plan);
  const anchorDay = new Date(start.date).getUTCDate();
  const address = billingAddress(person);
  const quantity = plan.key === "box_quarter" && random.chance(0.1) ? 2 : 1;
  const subscription = ledger.subscription(person, start.at, {
    contact_id: person.record.id,
    product_id: idOf(world, `product:${plan.product}`),
    subscription_plan_id: idOf(world, `plan:${plan.key}`),
    active: true,
    quantity,
    // For the whole quantity: see the sandbox's switch `subscription_amount_covers`.
    billing_amount_minor: plan.price * quantity,
    billing_cycle: plan.cycle_type === "YEARLY" ? "YEAR" : "MONTH",
    billing_frequency: plan.frequency,
    auto_charge: true,
    start_date: dateText(start.date),
    merchant_account_id: idOf(world, "merchant:card"),
    allow_tax: false,
    max_charge_attempts: 3,
    days_between_retries: 3,
    ...(person.affiliate_id && { lead_affiliate_id: person.affiliate_id }),
    ...(plan.product === "box" && address && { shipping_address: address }),
  });
  const changedAt = (at: number) => {
    subscription.modification_time = timeText(Math.min(at, world.end - 1000));
  };
  const stop = (at: number, ending: Ending, reason: string, next?: Stay["next"]): Stay => {
    subscription.active = false;
    subscription.reason_stopped = reason;
    if (ending === "completed" || ending === "changed" || random.chance(0.35)) {
      subscription.end_date = dateText(localDate(at));
    }
    changedAt(at);
    return { subscription, ending, endedAt: at, ...(next && { next }) };
  };

  let cycle = 0;
  let billDate = start.date;
  let at = start.at;
  if (start.trial) {
    placeBill(world, ledger, person, random, { subscription, plan, at, first: true, free: true });
    tagPerson(world, person, "trial", at);
    billDate = start.date + memberRules.trialDays * dayMs;
    subscription.next_bill_date = dateText(billDate);
    changedAt(at);
    if (random.chance(memberRules.trialCancelShare)) {
      const cancel = at + random.int(1, memberRules.trialDays - 1) * dayMs + 5 * hourMs;
      if (cancel < world.end) return stop(cancel, "cancelled", "Cancelled during the trial");
      return { subscription, ending: "running", endedAt: world.end };
    }
    at = atLocal(billDate, 6, random.int(0, 50));
  }
  const anchor = start.trial ? new Date(billDate).getUTCDate() : anchorDay;
  const firstDate = billDate;
  while (at < world.end) {
    const before = subscription.billing_amount_minor;
    subscription.billing_amount_minor = priceAt(world, plan, before, billDate);
    const rise = subscription.billing_amount_minor > before;
    const order = placeBill(world, ledger, person, random, {
      subscription,
      plan,
      at,
      first: cycle === 0 && !start.trial,
    });
    const paid = charge(world, ledger, random, order, subscription.billing_amount_minor);
    cycle++;
    const nextDate = addMonths(firstDate, cycle * months, anchor);
    subscription.last_bill_date = dateText(billDate);
    subscription.next_bill_date = dateText(nextDate);
    changedAt(order.modified + minuteMs);
    if (paid === undefined) {
      tagPerson(world, person, "card_failed", order.at);
      const gaveUp = order.at + 9 * dayMs;
      if (gaveUp >= world.end) return { subscription, ending: "running", endedAt: world.end };
      return stop(gaveUp, "declined", "Payment failed: card declined three times");
    }
    if (plan.total_cycles > 0 && cycle >= plan.total_cycles) {
      const done = atLocal(nextDate, 3);
      if (done >= world.end) return { subscription, ending: "running", endedAt: world.end };
      subscription.next_bill_date = undefined;
      return stop(done, "completed", "All payments made");
    }
    if (random.chance(memberRules.scholarshipShare)) subscription.billing_amount_minor = 0;
    const nextAt = atLocal(nextDate, 6, random.int(0, 50), random.int(0, 59));
    const moved = between(random, at, nextAt);
    if (moved < world.end) {
      if (random.chance(cancelChance(plan, person) * (rise ? memberRules.priceRiseFactor : 1))) {
        return stop(
          moved,
          "cancelled",
          rise && random.chance(0.7) ? "Price increase" : random.weighted(reasons),
        );
      }
      const change = planChange(plan.key, random, months);
      if (change) {
        const date = random.chance(0.3) ? localDate(moved) : nextDate;
        const changeAt = date === nextDate ? nextAt - hourMs : moved;
        if (changeAt < world.end)
          return stop(changeAt, "changed", change.reason, {
            plan: currentPlan(world, change.plan, date),
            date,
          });
      }
    }
    if (months === 1 && random.chance(memberRules.pauseShare)) {
      const skipped = random.int(1, 3);
      tagPerson(world, person, "paused", moved);
      const resumeDate = addMonths(firstDate, (cycle + skipped) * months, anchor);
      if (atLocal(resumeDate, 6) >= world.end && moved < world.end) {
        // Paused now: nothing is charged, and the next bill's date lies where it was.
        subscription.auto_charge = false;
        changedAt(moved);
        return { subscription, ending: "running", endedAt: world.end };
      }
      if (moved < world.end) person.tags.delete("paused");
      cycle += skipped;
      billDate = resumeDate;
      at = atLocal(resumeDate, 6, random.int(0, 50));
      continue;
    }
    billDate = nextDate;
    at = nextAt;
  }
  // Some yearly members have said that they will not renew: churn that is only scheduled.
  if (months === 12 && cycle > 0 && random.chance(0.08) && subscription.next_bill_date) {
    subscription.end_date = subscription.next_bill_date;
    subscription.reason_stopped = "Will not renew";
  }
  return { subscription, ending: "running", endedAt: world.end };
}

/** When within a cycle somebody acts: any day of it, at any hour. */
function between(random: Random, from: number, to: number): number {
  return from + Math.floor((0.05 + 0.9 * random.next()) * (to - from));
}

function planChange(
  key: PlanKey,
  random: Random,
  months: number,
): { plan: PlanKey; reason: string } | undefined {
  if (key.startsWith("circle") && random.chance(memberRules.upgradeShare * months)) {
    return { plan: months === 12 ? "pro_year" : "pro_month", reason: "Upgraded to Studio Circle Pro" };
  }
  if ((key === "circle_month" || key === "circle_month_old") && random.chance(memberRules.toYearlyShare)) {
    return { plan: "circle_year", reason: "Moved to the annual plan" };
  }
  if (key === "pro_month" && random.chance(memberRules.downgradeShare)) {
    return { plan: "circle_month", reason: "Downgraded to Studio Circle" };
  }
  return undefined;
}

/** Before the price change the Circle is sold under its old plans. */
function currentPlan(world: World, key: PlanKey, date: number): PlanKey {
  return date < world.priceChange && plans.has(`${key}_old`) ? `${key}_old` : key;
}

function firstPlan(world: World, random: Random, date: number): PlanKey {
  const key = random.weighted([
    ["circle_month", 58],
    ["circle_quarter", 9],
    ["circle_year", 14],
    ["pro_month", 8],
    ["box_quarter", 8],
    ["mentoring_month", 5],
  ] as const);
  if (key === "box_quarter" && date < world.end - 2 * 365 * dayMs)
    return currentPlan(world, "circle_month", date);
  return currentPlan(world, key, date);
}

/** A membership that was signed and begins in the next weeks: nothing is billed yet. */
export function scheduleMembership(world: World, ledger: Ledger, person: Person, random: Random): void {
  const plan = planOf("circle_month");
  const start = dateText(world.end + random.int(3, 20) * dayMs);
  const signed = world.end - random.int(2, 40) * hourMs;
  ledger.subscription(person, signed, {
    contact_id: person.record.id,
    product_id: idOf(world, `product:${plan.product}`),
    subscription_plan_id: idOf(world, `plan:${plan.key}`),
    active: true,
    quantity: 1,
    billing_amount_minor: plan.price,
    billing_cycle: "MONTH",
    billing_frequency: 1,
    auto_charge: true,
    start_date: start,
    next_bill_date: start,
    modification_time: timeText(signed),
  });
}

/** A member's life: joins, perhaps moves between plans, leaves, and now and then comes back. */
export function simulateMembership(world: World, ledger: Ledger, person: Person, joined: number): void {
  const random = createRandom(world.seed, "member", person.index);
  let plan = firstPlan(world, random, localDate(joined));
  if (hits(world, "onboarded", memberRules.onboardedShare)) {
    tagPerson(world, person, "onboarded", joined + random.int(1, 12) * dayMs);
  }
  const trialsOffered = localDate(joined) >= world.priceChange && plan === "circle_month";
  let start: StartOptions = {
    plan,
    date: localDate(joined),
    at: joined,
    trial: trialsOffered && random.chance(memberRules.trialShare),
  };
  tagPerson(world, person, "member", joined);
  for (;;) {
    plan = start.plan;
    if (plan.startsWith("pro")) tagPerson(world, person, "pro", start.at);
    if (plan.includes("year")) tagPerson(world, person, "annual", start.at);
    const result = stay(world, ledger, person, random, start);
    if (result.subscription.last_bill_date) tagPerson(world, person, "customer", joined);
    if (result.next) {
      const at = Math.max(result.endedAt + minuteMs, atLocal(result.next.date, 5, 55));
      if (at >= world.end) return;
      start = { plan: result.next.plan, date: result.next.date, at };
      continue;
    }
    if (result.ending === "running") return;
    if (result.ending !== "completed") tagPerson(world, person, "former_member", result.endedAt);
    const back = result.endedAt + random.int(50, 320) * dayMs;
    if (back >= world.end || !random.chance(memberRules.returnShare)) return;
    start = { plan: currentPlan(world, "circle_month", localDate(back)), date: localDate(back), at: back };
  }
}
