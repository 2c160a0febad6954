import type { AddressRecord, OrderItemRecord } from "../records";
import { launchOf } from "./build-catalog";
import { tagPerson } from "./build-contacts";
import { addMonths, atLocal, dateText, dayMs, hourMs, localDate, minuteMs, timeText } from "./calendar";
import {
  type ProductSeed,
  productSeeds,
  shippingElsewhere,
  shippingPrices,
  taxRates,
} from "./catalog-products";
import type { Captured, Ledger, OrderDraft, Tender } from "./ledger";
import { totalOf } from "./ledger";
import { createRandom, type Random, type Weighted } from "./random";
import { drawTimeOn, keptBySeason, thinning } from "./traffic";
import { hits, idOf, type Person, type World } from "./world";

/** How the one-off trade behaves. */
export const shopRules = {
  /** Customers' own rates of buying are gamma distributed: shape, and the mean gap in days. */
  rateShape: 1.3,
  meanGapDays: 110,
  /** After each purchase a customer leaves for good with a probability of Beta(a, b). */
  leaveA: 1.2,
  leaveB: 3.2,
  upsellShare: 0.18,
  welcomeCodeShare: 0.25,
  offlineShare: 0.07,
  paypalShare: 0.15,
  /** Of online orders: the first attempt is declined. */
  declinedShare: 0.05,
  /** Of declined ones: the money comes within three days. */
  recoveredShare: 0.7,
  voidShare: 0.006,
  draftShare: 0.012,
  /** Of offline orders: sent as an invoice, with a deposit. */
  invoiceShare: 0.45,
  freeGuideShare: 0.08,
} as const;

const bySku = new Map(productSeeds.map((seed) => [seed.key, seed]));

export function productSeed(key: string): ProductSeed {
  const seed = bySku.get(key);
  if (!seed) throw new Error(`No product "${key}".`);
  return seed;
}

/** A line for one product of the catalog. */
export function productItem(
  world: World,
  key: string,
  fields: Partial<OrderItemRecord> = {},
): OrderItemRecord {
  const seed = productSeed(key);
  return {
    id: "",
    item_type: "PRODUCT",
    name: seed.name,
    quantity: 1,
    price_per_unit_minor: seed.price,
    ...(seed.cost && { cost_per_unit_minor: seed.cost }),
    product_id: idOf(world, `product:${key}`),
    ...fields,
  };
}

function extraItem(item_type: OrderItemRecord["item_type"], name: string, price: number): OrderItemRecord {
  return { id: "", item_type, name, quantity: 1, price_per_unit_minor: price };
}

/** The fourth Thursday of November. */
function thanksgivingOf(year: number): number {
  const first = new Date(Date.UTC(year, 10, 1)).getUTCDay();
  return Date.UTC(year, 10, 1 + ((11 - first) % 7) + 21);
}

/** Black Friday week: the Monday before Thanksgiving to the Monday after. */
function isFridaySale(time: number): boolean {
  const date = localDate(time);
  const thanksgiving = thanksgivingOf(new Date(date).getUTCFullYear());
  return date >= thanksgiving - 3 * dayMs && date <= thanksgiving + 4 * dayMs;
}

function onSale(world: World, at: number): Weighted<ProductSeed> {
  const month = new Date(localDate(at)).getUTCMonth() + 1;
  return productSeeds
    .filter((seed) => seed.share > 0 && launchOf(world, seed.key) <= at)
    .map((seed) => [seed, seed.share * (seed.season?.includes(month) ? 3 : 1)]);
}

export function billingAddress(person: Person): AddressRecord | undefined {
  return person.record.addresses?.find((address) => address.field === "BILLING");
}

function taxRate(address: AddressRecord | undefined): number {
  return taxRates[address?.region_code ?? ""] ?? taxRates[address?.country_code ?? ""] ?? 0;
}

interface Basket {
  items: OrderItemRecord[];
  products: ProductSeed[];
  promo?: string;
}

/** Goods, the upsell at the checkout, then discount, shipping and tax, in the order a checkout adds them. */
function fillBasket(world: World, person: Person, random: Random, at: number, offline: boolean): Basket {
  const choices = onSale(world, at);
  const count = random.weighted([
    [1, 72],
    [2, 21],
    [3, 7],
  ] as const);
  const products: ProductSeed[] = [];
  while (products.length < count) {
    const seed = random.weighted(choices);
    if (!products.includes(seed)) products.push(seed);
  }
  const items = products.map((seed) =>
    productItem(world, seed.key, {
      quantity: seed.shippable && seed.price < 10000 && random.chance(0.12) ? random.int(2, 4) : 1,
    }),
  );
  if (
    !offline &&
    products.some((seed) => seed.category === "Courses") &&
    random.chance(shopRules.upsellShare)
  ) {
    items.push(
      productItem(world, "workbook", { item_type: "UPSELL", description: "Offered at the checkout" }),
    );
  }
  const goods = totalOf(items);
  const percent = isFridaySale(at)
    ? (["FRIDAY20", 20] as const)
    : person.order_times.length === 0 && random.chance(shopRules.welcomeCodeShare)
      ? (["WELCOME10", 10] as const)
      : person.tags.has("teacher")
        ? (["TEACHER15", 15] as const)
        : undefined;
  const discount = percent ? Math.round((goods * percent[1]) / 100) : 0;
  if (percent) items.push(extraItem("DISCOUNT_ORDER_TOTAL", `${percent[0]} (${percent[1]} %)`, -discount));
  const parcel = products.filter((seed) => seed.shippable);
  if (parcel.length > 0 && !offline) {
    const price = shippingPrices[person.country.code] ?? shippingElsewhere;
    items.push(extraItem("SHIPPING", "Shipping", price));
    if (goods - discount >= 15000 && person.country.code === "USA") {
      items.push(extraItem("DISCOUNT_SHIPPING", "Free shipping over $150", -price));
    }
  }
  const taxable = items.reduce((sum, item, index) => {
    const line = item.quantity * item.price_per_unit_minor;
    return products[index]?.taxable ? sum + line - (goods > 0 ? (discount * line) / goods : 0) : sum;
  }, 0);
  const tax = Math.round(taxable * taxRate(billingAddress(person)));
  if (tax > 0) items.push(extraItem("TAX", "Sales tax", tax));
  if (offline && random.chance(0.05)) items.push(extraItem("TIP", "Tip for the studio", 500));
  return { items, products, ...(percent && { promo: percent[0] }) };
}

function shippingOf(
  person: Person,
): { shipping: { given_name?: string; family_name?: string; address: AddressRecord } } | undefined {
  const list = person.record.addresses;
  const address = list?.find((candidate) => candidate.field === "SHIPPING") ?? billingAddress(person);
  if (!address) return undefined;
  const { field: _field, ...rest } = address;
  return {
    shipping: {
      ...(person.record.given_name && { given_name: person.record.given_name }),
      ...(person.record.family_name && { family_name: person.record.family_name }),
      address: rest,
    },
  };
}

/** Who is credited: an affiliate who brought the person, for sales too in two of three cases. */
export function affiliateFields(person: Person, random: Random) {
  if (!person.affiliate_id) return {};
  return {
    lead_affiliate_id: person.affiliate_id,
    ...(random.chance(0.66) && { sales_affiliate_id: person.affiliate_id }),
  };
}

/** Refunds at the planted share: the whole order, or one product's line. */
export function maybeRefund(
  world: World,
  random: Random,
  ledger: Ledger,
  captured: Captured,
  order: OrderDraft,
  refundShare: number,
  lineTotal: number,
): number | undefined {
  if (!hits(world, `refund:${refundShare}`, refundShare)) return undefined;
  const at = captured.at + Math.round(random.int(3, 28) * dayMs + random.int(0, 8) * hourMs);
  const whole = totalOf(order.record.items);
  const amount = Math.min(
    captured.record.amount_minor,
    lineTotal > 0 && random.chance(0.6) ? lineTotal : whole,
  );
  ledger.refund(captured, random.chance(0.15) ? Math.round(amount / 2) : amount, at);
  return at;
}

function lineOf(order: OrderDraft, product_id: string): number {
  const item = order.record.items.find((candidate) => candidate.product_id === product_id);
  return item ? item.quantity * item.price_per_unit_minor : 0;
}

/** Taking the money: at once, after a declined card, in parts by invoice, never, or not yet settled. */
function collect(
  world: World,
  ledger: Ledger,
  random: Random,
  order: OrderDraft,
  offline: boolean,
): Captured | undefined {
  const total = totalOf(order.record.items);
  const at = order.at + random.int(1, 4) * 1000;
  if (offline) {
    const tender: Tender = random.chance(0.55) ? "cash" : "check";
    if (order.record.source_type !== "INVOICE")
      return ledger.pay({ orders: [order], amounts: [total], at, tender });
    const deposit = Math.round(total * 0.4);
    const first = ledger.pay({
      orders: [order],
      amounts: [deposit],
      at: at + 2 * dayMs < world.end ? at + 2 * dayMs : at,
      tender: "check",
      note: "Deposit",
    });
    const rest = at + random.int(12, 60) * dayMs;
    // A few balances are never paid: receivables that grow old.
    if (rest < world.end && random.chance(0.88)) {
      ledger.pay({ orders: [order], amounts: [total - deposit], at: rest, tender: "check", note: "Balance" });
    }
    return first;
  }
  const tender: Tender = random.chance(shopRules.paypalShare) ? "paypal" : "card";
  const pending = tender === "paypal" && at > world.end - 3 * dayMs;
  if (tender === "card" && random.chance(shopRules.declinedShare)) {
    ledger.decline(order, total, at);
    const retry =
      at +
      random.weighted([
        [6 * minuteMs, 5],
        [1 * dayMs, 3],
        [3 * dayMs, 2],
      ] as const);
    if (retry < world.end && random.chance(shopRules.recoveredShare)) {
      return ledger.pay({ orders: [order], amounts: [total], at: retry, tender });
    }
    return undefined;
  }
  const captured = ledger.pay({ orders: [order], amounts: [total], at, tender, pending });
  if (!pending && tender === "card" && random.chance(shopRules.voidShare) && at + 2 * hourMs < world.end) {
    ledger.voidPayment(captured, at + 40 * minuteMs);
    return ledger.pay({ orders: [order], amounts: [total], at: at + 50 * minuteMs, tender });
  }
  return pending ? undefined : captured;
}

function tagPurchase(world: World, person: Person, products: readonly ProductSeed[], at: number): void {
  tagPerson(world, person, "customer", at);
  for (const seed of products) {
    if (seed.category === "Courses") tagPerson(world, person, "bought_course", at);
    if (seed.category === "Kits & tools") tagPerson(world, person, "bought_kit", at);
    if (seed.category === "Coaching") tagPerson(world, person, "bought_coaching", at);
    if (seed.key === "kiln") tagPerson(world, person, "bought_kiln", at);
  }
}

function buy(world: World, ledger: Ledger, person: Person, random: Random, at: number): void {
  const offline = random.chance(shopRules.offlineShare);
  const { items, products, promo } = fillBasket(world, person, random, at, offline);
  const asInvoice = offline && random.chance(shopRules.invoiceShare);
  const shippable = products.some((seed) => seed.shippable);
  const order = ledger.order(person, at, {
    title: offline
      ? "Studio sale"
      : products.length > 1
        ? `${products[0]?.name} and more`
        : (products[0]?.name ?? "Order"),
    status: random.chance(0.3) ? "VIEWED" : "SENT",
    order_type: offline ? "OFFLINE" : "ONLINE",
    source_type: asInvoice
      ? "INVOICE"
      : offline
        ? "MANUAL_PAYMENT"
        : random.chance(0.06)
          ? "API"
          : "CHECKOUT_FORM",
    items,
    ...(promo && { promo_code: promo }),
    ...(shippable && shippingOf(person)),
    ...affiliateFields(person, random),
    ...(asInvoice && { sent_time: timeText(at), due_time: timeText(at + 30 * dayMs), terms: "Net 30" }),
    ...(random.chance(0.03) && {
      notes: random.pick([
        "Gift wrap, please 🎁",
        "Leave with the neighbor",
        "Bitte ohne Rechnung",
        "対応ありがとう",
      ]),
    }),
    allow_payment: true,
    allow_paypal: !offline,
  });
  const captured = collect(world, ledger, random, order, offline);
  tagPurchase(world, person, products, at);
  if (!captured) return;
  const worst = products.reduce((a, b) => (b.refund_share > a.refund_share ? b : a));
  const line = lineOf(order, idOf(world, `product:${worst.key}`));
  const refunded = maybeRefund(
    world,
    random,
    ledger,
    captured,
    order,
    worst.refund_share,
    products.length > 1 ? line : 0,
  );
  if (refunded !== undefined) tagPerson(world, person, "refunded", refunded);
  // A second checkout right after: one purchase occasion. Now and then both are paid in one go later that hour.
  if (!offline && random.chance(0.02) && at + hourMs < world.end) {
    const second = ledger.order(person, at + 12 * minuteMs, {
      title: "Travel Sketchbook",
      status: "SENT",
      order_type: "ONLINE",
      source_type: "CHECKOUT_FORM",
      items: [productItem(world, "travel_book")],
    });
    const third = random.chance(0.5)
      ? ledger.order(person, at + 20 * minuteMs, {
          title: "Brush Trio",
          status: "SENT",
          order_type: "ONLINE",
          source_type: "CHECKOUT_FORM",
          items: [productItem(world, "brushes")],
        })
      : undefined;
    const open = third ? [second, third] : [second];
    ledger.pay({
      orders: open,
      amounts: open.map((draft) => totalOf(draft.record.items)),
      at: at + 30 * minuteMs,
      tender: "card",
    });
  }
}

/** Coaching in four parts: an order with a payment plan, its parts paid month by month, some late or never. */
export function buyCoaching(world: World, ledger: Ledger, person: Person, random: Random, at: number): void {
  const items = [productItem(world, "coaching")];
  const total = totalOf(items);
  const start = localDate(at);
  const inParts = random.chance(0.6);
  const order = ledger.order(person, at, {
    title: "Coaching Package, 3 months",
    status: "VIEWED",
    order_type: "ONLINE",
    source_type: "INVOICE",
    items,
    ...affiliateFields(person, random),
    sent_time: timeText(at),
    due_time: timeText(at + 14 * dayMs),
    ...(inParts && {
      payment_plan: {
        auto_charge: true,
        max_charge_attempts: 3,
        days_between_retries: 3,
        initial_payment_amount_minor: total / 4,
        initial_payment_date: dateText(start),
        plan_start_date: dateText(addMonths(start, 1)),
        number_of_payments: 3,
        days_between_payments: 30,
      },
    }),
  });
  tagPurchase(world, person, [productSeed("coaching")], at);
  if (!inParts) {
    const captured = ledger.pay({ orders: [order], amounts: [total], at: at + minuteMs, tender: "card" });
    maybeRefund(world, random, ledger, captured, order, 0.04, 0);
    return;
  }
  for (let part = 0; part < 4; part++) {
    const due = part === 0 ? at + minuteMs : atLocal(addMonths(start, 1) + (part - 1) * 30 * dayMs, 6, 12);
    if (due >= world.end) return;
    if (part > 0 && random.chance(0.1)) {
      ledger.decline(order, total / 4, due);
      if (!random.chance(0.7) || due + 3 * dayMs >= world.end) return;
      ledger.pay({ orders: [order], amounts: [total / 4], at: due + 3 * dayMs, tender: "card" });
    } else {
      ledger.pay({
        orders: [order],
        amounts: [total / 4],
        at: due,
        tender: "card",
        ...(part > 0 && { note: `Part ${part + 1} of 4` }),
      });
    }
  }
}

/** The free guide: an order of nothing, which no count of orders may include. */
export function takeFreeGuide(world: World, ledger: Ledger, person: Person, at: number): void {
  ledger.order(person, at, {
    title: "Free Starter Guide",
    status: "SENT",
    order_type: "ONLINE",
    source_type: "CHECKOUT_FORM",
    items: [productItem(world, "guide")],
  });
  tagPerson(world, person, "guide", at);
}

/** A quote that was never sent. */
export function draftQuote(world: World, ledger: Ledger, person: Person, random: Random, at: number): void {
  ledger.order(person, at, {
    title: "Quote: workshop for a team",
    status: "DRAFT",
    order_type: "OFFLINE",
    source_type: "INVOICE",
    items: [productItem(world, "drawing_kit", { quantity: random.int(6, 14) }), productItem(world, "review")],
    notes: "Draft, waiting for the number of participants",
  });
}

/** The Friday sale brings back one customer in six, whether or not a purchase was due. */
function buyOnFriday(world: World, ledger: Ledger, person: Person, random: Random, year: number): void {
  const at = drawTimeOn(random, thanksgivingOf(year) + random.int(-3, 4) * dayMs);
  if (at >= world.end || (person.order_times[0] ?? Number.POSITIVE_INFINITY) > at) return;
  if (random.chance(0.06 + 0.2 * person.warmth)) buy(world, ledger, person, random, at);
}

/** July's retreat is sold from April; one in eight customers of the year puts down a deposit. */
function buyRetreat(world: World, ledger: Ledger, person: Person, random: Random, year: number): void {
  const at = drawTimeOn(random, Date.UTC(year, random.int(3, 5), random.int(1, 28)));
  if (at >= world.end || at < person.created || (person.order_times[0] ?? Number.POSITIVE_INFINITY) > at)
    return;
  if (!random.chance(0.03 + 0.06 * person.warmth)) return;
  const order = ledger.order(person, at, {
    title: `Summer Retreat ${year}`,
    status: "SENT",
    order_type: "ONLINE",
    source_type: "CHECKOUT_FORM",
    items: [productItem(world, "retreat")],
  });
  const captured = ledger.pay({ orders: [order], amounts: [30000], at: at + minuteMs, tender: "card" });
  tagPerson(world, person, "retreat", at);
  maybeRefund(world, random, ledger, captured, order, 0.06, 0);
}

/** Everything a person buys once or again, from the first purchase until they leave for good (BG/NBD). */
export function simulateShop(world: World, ledger: Ledger, person: Person, firstPurchase: number): void {
  const random = createRandom(world.seed, "shop", person.index);
  const rate =
    random.gamma(shopRules.rateShape, 1 / (shopRules.rateShape * shopRules.meanGapDays)) *
    (0.5 + person.warmth);
  const leave = random.beta(shopRules.leaveA, shopRules.leaveB);
  let at = firstPurchase;
  while (at < world.end) {
    buy(world, ledger, person, random, at);
    if (random.chance(leave)) break;
    do {
      at += Math.max(2, random.exponential(1 / (rate * thinning))) * dayMs;
    } while (at < world.end && !keptBySeason(random, at));
    if (at >= world.end) break;
    at = drawTimeOn(random, localDate(at));
  }
  for (
    let year = new Date(world.startDate).getUTCFullYear();
    year <= new Date(world.end).getUTCFullYear();
    year++
  ) {
    buyRetreat(world, ledger, person, random, year);
    buyOnFriday(world, ledger, person, random, year);
  }
}
