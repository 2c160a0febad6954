import type { World } from "./world";

/** An order as a test writes it: amounts in minor units, items with what matters. */
export interface Sale {
  keap_id: number;
  contact?: number;
  at: string;
  total: number;
  status?: string;
  currency?: string;
  items?: {
    product?: number;
    price: number;
    quantity?: number;
    type?: string;
    discount?: number;
    subscription?: number;
  }[];
  ship_to?: { country_code?: string; region_code?: string };
  refunded?: number;
}

let nextItem = 1;

/** Inserts orders with their items. */
export async function sell(world: World, sales: readonly Sale[]): Promise<void> {
  await world.insert(
    "orders",
    sales.map((sale) => ({
      keap_id: sale.keap_id,
      contact_keap_id: sale.contact ?? null,
      status: sale.status ?? "PAID",
      order_time: sale.at,
      total_minor: sale.total,
      total_paid_minor: sale.total,
      refund_total_minor: sale.refunded ?? 0,
      currency: sale.currency ?? "USD",
      title: `Order ${sale.keap_id}`,
      shipping_information: sale.ship_to ? { address: sale.ship_to } : {},
    })),
  );
  await world.insert(
    "order_items",
    sales.flatMap((sale) =>
      (sale.items ?? []).map((item) => ({
        keap_id: nextItem++,
        order_keap_id: sale.keap_id,
        product_keap_id: item.product ?? null,
        subscription_keap_id: item.subscription ?? null,
        item_type: item.type ?? "PRODUCT",
        quantity: item.quantity ?? 1,
        price_per_unit_minor: item.price,
        discount_minor: item.discount ?? 0,
        currency: sale.currency ?? "USD",
      })),
    ),
  );
}

/** A payment or refund as a test writes it. */
export interface Paid {
  keap_id: number;
  contact?: number;
  orders?: number[];
  at: string;
  amount: number;
  kind?: "payment" | "refund";
  status?: string;
  manual?: boolean;
  currency?: string;
  refund_of?: number;
  refunded_by?: number;
  test?: boolean;
}

/** Inserts payments and refunds. */
export async function pay(world: World, payments: readonly Paid[]): Promise<void> {
  await world.insert(
    "payments",
    payments.map((payment) => ({
      keap_id: payment.keap_id,
      contact_keap_id: payment.contact ?? null,
      order_keap_id: payment.orders?.[0] ?? null,
      order_keap_ids: payment.orders ?? [],
      kind: payment.kind ?? "payment",
      status: payment.status ?? "APPROVED",
      is_manual: payment.manual ?? false,
      is_void: false,
      is_test: payment.test ?? false,
      amount_minor: payment.amount,
      currency: payment.currency ?? "USD",
      paid_at: payment.at,
      refund_of_keap_id: payment.refund_of ?? null,
      refund_payment_keap_id: payment.refunded_by ?? null,
    })),
  );
}

/** A subscription as a test writes it, with its first bill paid on `from`; `until` is when the paid service ended. */
export interface Subscribed {
  keap_id: number;
  contact: number;
  amount: number;
  from: string;
  until?: string;
  cycle?: "YEAR" | "MONTH" | "WEEK" | "DAY";
  frequency?: number;
  currency?: string;
  /** Other columns as the sync leaves them. */
  columns?: Record<string, unknown>;
  unpaid?: boolean;
}

/** Inserts subscriptions, each with an order that bills it and (unless unpaid) the payment. */
export async function subscribe(world: World, subscriptions: readonly Subscribed[]): Promise<void> {
  await world.insert(
    "subscriptions",
    subscriptions.map((each) => ({
      keap_id: each.keap_id,
      contact_keap_id: each.contact,
      active: each.until === undefined,
      billing_amount_minor: each.amount,
      billing_cycle: each.cycle ?? "MONTH",
      billing_frequency: each.frequency ?? 1,
      currency: each.currency ?? "USD",
      auto_charge: true,
      start_date: each.from,
      next_bill_date: each.until ?? null,
      ...each.columns,
    })),
  );
  const orderOf = (each: Subscribed) => 100_000 + each.keap_id;
  await sell(
    world,
    subscriptions.map((each) => ({
      keap_id: orderOf(each),
      contact: each.contact,
      at: `${each.from}T12:00:00Z`,
      total: Math.max(1, each.amount),
      currency: each.currency,
      items: [{ price: Math.max(1, each.amount), type: "SUBSCRIPTION", subscription: each.keap_id }],
    })),
  );
  const paid = subscriptions.filter((each) => !each.unpaid);
  await pay(
    world,
    paid.map((each) => ({
      keap_id: orderOf(each),
      contact: each.contact,
      orders: [orderOf(each)],
      at: `${each.from}T12:00:00Z`,
      amount: Math.max(1, each.amount),
      currency: each.currency,
    })),
  );
}
