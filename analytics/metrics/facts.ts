/** One form of a fact: a view (alias `f`) and a fixed condition on it. */
export interface FactSource {
  view: string;
  where?: string;
}

/**
 * A row source the metrics count over (views of 20261123000600_facts.sql). The same columns exist in each of its forms:
 * `whole` has a row per thing, `order` a row per thing and order, `line` a row per thing and item of its order.
 */
export interface FactDefinition {
  id: string;
  /** Instant that decides the bucket. */
  time: string;
  has_currency: boolean;
  /** Identifies the thing itself, whichever form is read. */
  key: string;
  whole: FactSource;
  order?: FactSource;
  line?: FactSource;
}

export const facts = {
  payments: {
    id: "payments",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: { view: "analytics.payments" },
    order: { view: "analytics.payment_orders" },
    line: { view: "analytics.payment_lines" },
  },
  orders: {
    id: "orders",
    time: "order_time",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.orders" },
    order: { view: "analytics.orders" },
    line: { view: "analytics.order_lines", where: "f.in_net_sales" },
  },
  order_lines: {
    id: "order_lines",
    time: "order_time",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.order_units" },
    order: { view: "analytics.order_units" },
    line: { view: "analytics.order_units" },
  },
  leads: {
    id: "leads",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.leads" },
  },
} as const satisfies Record<string, FactDefinition>;

export type FactId = keyof typeof facts;
