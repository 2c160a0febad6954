import type { World } from "./world";

/**
 * The metrics a second time, written from METRICS.md in plain loops over exported rows. It shares nothing with the
 * views and the compiler, so that agreement means something.
 */

export type Raw = Record<string, unknown>;

export interface Exported {
  zone: string;
  currency: string;
  now: string;
  contacts: Raw[];
  orders: Raw[];
  order_items: Raw[];
  payments: Raw[];
  payment_allocations: Raw[];
  transactions: Raw[];
  contact_tags: Raw[];
  lead_sources: Raw[];
  subscriptions: Raw[];
  lead_source_expenses: Raw[];
  interactions: Raw[];
  opportunities: Raw[];
  opportunity_stages: Raw[];
  stage_moves: Raw[];
  products: Raw[];
  tags: Raw[];
  tag_categories: Raw[];
  subscription_plans: Raw[];
  affiliates: Raw[];
  affiliate_commissions: Raw[];
  referrals: Raw[];
  predictions: Raw[];
  email_addresses_status: Raw[];
  email_state_changes: Raw[];
  journal: Raw[];
  verification_runs: Raw[];
  settings: Record<string, unknown>;
  account_created_at: string;
}

const tables = [
  "contacts",
  "orders",
  "order_items",
  "payments",
  "payment_allocations",
  "transactions",
  "contact_tags",
  "lead_sources",
  "subscriptions",
  "lead_source_expenses",
  "interactions",
  "opportunities",
  "opportunity_stages",
  "stage_moves",
  "products",
  "tags",
  "tag_categories",
  "subscription_plans",
  "affiliates",
  "affiliate_commissions",
  "referrals",
  "predictions",
  "email_addresses_status",
  "private.email_state_changes",
  "sync.journal",
  "sync.verification_runs",
] as const;

/** Every row of an account, as stored. */
export async function exportRows(world: World, now: string): Promise<Exported> {
  const rows: Record<string, Raw[]> = {};
  for (const table of tables) {
    const [schema, name = schema] = table.includes(".") ? table.split(".") : ["public", table];
    const found = await world.database.sql<{ row: Raw }>(
      `select to_jsonb(t) as row from ${schema}.${name} t where account_id = $1`,
      [world.account.id],
    );
    rows[String(name)] = found.map(({ row }) => row);
  }
  const [account] = await world.database.sql<{ settings: Record<string, unknown>; created_at: string }>(
    "select settings, created_at from public.accounts where id = $1",
    [world.account.id],
  );
  return {
    settings: account?.settings ?? {},
    account_created_at: account?.created_at ?? "",
    zone: world.account.time_zone,
    currency: world.account.currency,
    now,
    ...rows,
  } as unknown as Exported;
}

/** Something that counts: when, for whom, how much. */
export interface Happening {
  at: string;
  thing: string;
  contact: string | null;
  order: string | null;
  currency: string;
  /** Amount by item of the order; the key is a product id, tax, shipping, fee or unknown. */
  shares: Map<string, number>;
  /** Numerator (and value); the denominator counts things. */
  value: number;
  /** Of money: what was for subscriptions. */
  subscribed?: number;
  /** Values of dimensions that are the thing's own. */
  own?: Record<string, string | null>;
}

/** A subscription while it counts, in milliseconds. */
export interface Span {
  sub: Raw;
  /** Per bill. */
  amount: number;
  mrr: number;
  from: number;
  to: number | null;
  cancelled: number | null;
  unpaidSince: number | null;
  stalled: boolean;
  knownEnd: number | null;
}

export interface ValueOptions {
  dimension: string | null;
  byMonth: boolean;
  from: string;
  to: string;
  money: boolean;
}

/** Metrics that are not sums of what happened. */
export const stateMetrics = new Set([
  "mrr",
  "arr",
  "active_subscriptions",
  "subscribers",
  "arpa",
  "scheduled_churn",
  "revenue_at_risk",
  "stalled_subscriptions",
  "quick_ratio",
  "asp",
  "receivable",
  "receivable_overdue",
  "customers",
  "active_customers",
  "lapsed_customers",
  "retention_rate",
  "reactivation_rate",
  "repeat_purchase_rate",
  "purchase_gap_median",
  "clv",
  "clv_average",
  "contacts",
  "lead_conversion_rate",
  "lead_value",
  "cost_per_lead",
  "cac",
  "revenue_per_customer",
  "items_per_order",
  "email_open_rate",
  "email_click_rate",
  "refund_rate",
  "pipeline_value",
  "pipeline_weighted",
  "win_rate",
  "stage_time",
  "contacts_without_email",
  "duplicate_contacts",
  "customer_churn_rate",
  "revenue_churn_rate",
  "grr",
  "nrr",
]);

export const day = 86_400_000;
export const iso = (instant: number) => new Date(instant).toISOString();
export const sumOf = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0);

function withoutShare(happening: Happening, key: string): Happening {
  const shares = new Map([...happening.shares].filter(([name]) => name !== key));
  return { ...happening, shares, value: sumOf(shares.values()) };
}

export function medianOf(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
  return Math.round(median * 100) / 100;
}

/** Spreads an amount by weights: floor, then a unit each to the largest remainders, earlier first. */
export function spread(amount: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (whole === 0n) return weights.map(() => 0);
  const exact = weights.map((weight) => {
    const product = BigInt(amount) * BigInt(weight);
    const floor =
      product >= 0n === whole > 0n || product % whole === 0n ? product / whole : product / whole - 1n;
    return { floor: Number(floor), rest: product - floor * whole };
  });
  let left = amount - exact.reduce((sum, { floor }) => sum + floor, 0);
  const shares = exact.map(({ floor }) => floor);
  const turns = exact
    .map((_, index) => index)
    .sort((a, b) => {
      const difference = (exact[b]?.rest ?? 0n) - (exact[a]?.rest ?? 0n);
      return difference > 0n ? 1 : difference < 0n ? -1 : a - b;
    });
  for (const index of turns) {
    if (left <= 0) break;
    shares[index] = (shares[index] ?? 0) + 1;
    left--;
  }
  return shares;
}

export const num = (value: unknown) => Number(value ?? 0);
export const text = (value: unknown) => (value === null || value === undefined ? null : String(value));

export class Reference {
  protected readonly itemsOf = new Map<string, Raw[]>();
  protected readonly orderByKeapId = new Map<number, Raw>();
  protected readonly orderById = new Map<string, Raw>();
  private readonly dayFormat: Intl.DateTimeFormat;

  protected readonly data: Exported;
  private readonly kept = new Map<string, unknown>();

  /** Worked out once: the rows do not change. */
  protected once<T>(name: string, work: () => T): T {
    if (!this.kept.has(name)) this.kept.set(name, work());
    return this.kept.get(name) as T;
  }

  constructor(exported: Exported) {
    // What Keap removed stays as a row with the time of deletion; people and orders are judged where they are used.
    const kept = (rows: Raw[]) => rows.filter(({ deleted_at }) => deleted_at === null);
    // Whoever was merged into another is that other, perhaps over several steps.
    const mergedInto = new Map(
      exported.contacts.map((contact) => [text(contact.supabase_id), text(contact.merged_into_id)]),
    );
    const survivor = (contact: unknown) => {
      let id = text(contact);
      for (let next = mergedInto.get(id); next; next = mergedInto.get(id)) id = next;
      return id;
    };
    const moved = (rows: Raw[]) => rows.map((row) => ({ ...row, contact_id: survivor(row.contact_id) }));
    const data: Exported = {
      ...exported,
      orders: moved(exported.orders),
      payments: moved(exported.payments),
      subscriptions: moved(exported.subscriptions),
      interactions: moved(exported.interactions),
      opportunities: moved(exported.opportunities),
      order_items: kept(exported.order_items),
      payment_allocations: kept(exported.payment_allocations),
      transactions: kept(moved(exported.transactions)),
    };
    this.data = data;
    for (const item of data.order_items.toSorted((a, b) => num(a.keap_id) - num(b.keap_id))) {
      const order = String(item.order_id);
      this.itemsOf.set(order, [...(this.itemsOf.get(order) ?? []), item]);
    }
    for (const order of data.orders) {
      this.orderByKeapId.set(num(order.keap_id), order);
      this.orderById.set(String(order.supabase_id), order);
    }
    this.dayFormat = new Intl.DateTimeFormat("en-CA", {
      timeZone: data.zone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
    });
  }

  /** Calendar day of an instant in the account's zone. */
  dayOf(instant: string): string {
    return this.dayFormat.format(new Date(instant));
  }

  protected currencyOf(row: Raw): string {
    return text(row.currency) ?? this.data.currency;
  }

  /**
   * Money that Keap sends without a currency is in that of its order, and was stored with the decimals of the one it
   * was taken for.
   */
  protected inCurrencyOf(
    order: Raw | null | undefined,
    row: Raw,
    amount: number,
  ): { currency: string; amount: number } {
    const stored = this.currencyOf(row);
    const currency = text(order?.currency) ?? stored;
    const digits = (code: string) =>
      new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions()
        .maximumFractionDigits ?? 2;
    return { currency, amount: Math.round(amount * 10 ** (digits(currency) - digits(stored))) };
  }

  /** An order's total by item: [key, amount] in the order of the items. */
  protected linesOf(order: Raw): { key: string; amount: number; subscription?: boolean }[] {
    const items = this.itemsOf.get(String(order.supabase_id)) ?? [];
    const amountOf = (item: Raw) => num(item.price_per_unit_minor) * num(item.quantity ?? 1);
    const kindOf = (item: Raw) => {
      const type = String(item.item_type);
      if (type === "TAX") return "tax";
      if (type === "SHIPPING" || type === "DISCOUNT_SHIPPING") return "shipping";
      if (["TIP", "FEE", "FINANCE_CHARGE"].includes(type)) return "fee";
      return type.startsWith("DISCOUNT") ? "discount" : "goods";
    };
    const lines: { key: string; amount: number; subscription?: boolean }[] = [];
    const goods = items.filter((item) => kindOf(item) === "goods");
    const fixed = items.filter((item) => ["tax", "shipping", "fee"].includes(kindOf(item)));
    const left = num(order.total_minor) - fixed.reduce((sum, item) => sum + amountOf(item), 0);
    const weights = goods.map((item) => Math.max(0, amountOf(item) - Math.abs(num(item.discount_minor))));
    const any = weights.some((weight) => weight > 0);
    const shares = any ? spread(left, weights) : weights.map(() => 0);
    for (const item of items) {
      const index = goods.indexOf(item);
      if (index >= 0) {
        const key = text(item.product_id) ?? "unknown";
        lines.push({ key, amount: shares[index] ?? 0, subscription: item.subscription_keap_id !== null });
      } else if (kindOf(item) !== "discount") lines.push({ key: kindOf(item), amount: amountOf(item) });
    }
    if (!any) lines.push({ key: "unknown", amount: left });
    return lines;
  }

  protected counted(order: Raw): boolean {
    return order.deleted_at === null && order.status !== "DRAFT" && num(order.total_minor) > 0;
  }

  protected isRenewal(order: Raw): boolean {
    return this.once(`renewal ${order.supabase_id}`, () => this.isRenewalOf_(order));
  }

  private isRenewalOf_(order: Raw): boolean {
    const aside = ["TAX", "SHIPPING", "TIP", "FEE", "FINANCE_CHARGE"];
    const goods = (this.itemsOf.get(String(order.supabase_id)) ?? []).filter(
      (item) => !aside.includes(String(item.item_type)) && !String(item.item_type).startsWith("DISCOUNT"),
    );
    if (goods.length === 0) return false;
    const before = (a: Raw, b: Raw) =>
      Date.parse(String(a.order_time)) - Date.parse(String(b.order_time)) ||
      (String(a.supabase_id) < String(b.supabase_id) ? -1 : 1);
    return goods.every(
      (item) =>
        item.subscription_keap_id !== null &&
        this.data.order_items.some((other) => {
          if (other.subscription_keap_id !== item.subscription_keap_id || other.order_id === item.order_id)
            return false;
          const earlier = this.orderById.get(String(other.order_id));
          return (
            earlier !== undefined &&
            earlier.status !== "DRAFT" &&
            earlier.deleted_at === null &&
            before(earlier, order) < 0
          );
        }),
    );
  }

  /** The order a payment names itself, or the payment it gives back. */
  protected ownOrder(payment: Raw): Raw | null {
    const order = this.orderById.get(String(payment.order_id)) ?? null;
    if (order || !payment.refund_of_keap_id) return order;
    const original = this.data.payments.find((other) => other.keap_id === payment.refund_of_keap_id);
    return this.orderById.get(String(original?.order_id)) ?? null;
  }

  protected amountsByOrder(payment: Raw, amount: number): { order: Raw | null; amount: number }[] {
    const ids = (payment.order_keap_ids as number[] | null) ?? [];
    if (ids.length <= 1) return [{ order: this.ownOrder(payment), amount }];
    const sorted = ids.toSorted((a, b) => a - b);
    const allocated = sorted.map((id) =>
      this.data.payment_allocations
        .filter((row) => row.payment_keap_id === payment.keap_id && row.order_keap_id === id)
        .reduce((sum, row) => sum + Math.abs(num(row.amount_minor)), 0),
    );
    const totals = sorted.map((id) => num(this.orderByKeapId.get(id)?.total_minor));
    const some = (weights: number[]) => weights.some((weight) => weight > 0);
    const weights = some(allocated) ? allocated : some(totals) ? totals : sorted.map(() => 1);
    return spread(amount, weights).map((share, index) => ({
      order: this.orderByKeapId.get(sorted[index] ?? 0) ?? null,
      amount: share,
    }));
  }

  protected moneyOf(payment: Raw, at: string): Happening[] {
    const original = this.data.payments.find((other) => other.keap_id === payment.refund_of_keap_id);
    const money = this.inCurrencyOf(this.ownOrder(payment), payment, Math.abs(num(payment.amount_minor)));
    return this.amountsByOrder(payment, money.amount).map(({ order, amount }) => {
      const shares = new Map<string, number>();
      const total = num(order?.total_minor);
      let subscribed = 0;
      if (order && total > 0) {
        const lines = this.linesOf(order);
        spread(
          amount,
          lines.map((line) => line.amount),
        ).forEach((share, index) => {
          const key = lines[index]?.key ?? "unknown";
          shares.set(key, (shares.get(key) ?? 0) + share);
          if (lines[index]?.subscription) subscribed += share;
        });
      } else shares.set("unknown", amount);
      return {
        at,
        thing: String(payment.supabase_id),
        contact: text(payment.contact_id) ?? text(original?.contact_id),
        order: text(order?.supabase_id),
        currency: money.currency,
        shares,
        value: amount,
        subscribed,
      };
    });
  }

  protected payments(): Happening[] {
    return this.once("payments", () => this.paymentsNow());
  }

  private paymentsNow(): Happening[] {
    return this.countedPayments().flatMap((payment) => this.moneyOf(payment, String(payment.paid_at)));
  }

  /** Payments that count, as stored. */
  protected countedPayments(): Raw[] {
    return this.once("countedPayments", () => this.countedPaymentsNow());
  }

  private countedPaymentsNow(): Raw[] {
    const { payments, transactions } = this.data;
    return payments
      .filter(
        (payment) =>
          payment.kind === "payment" && !payment.is_test && !payment.is_void && payment.deleted_at === null,
      )
      .filter(
        ({ status, is_manual }) =>
          status === "APPROVED" || status === "COMPLETED" || (status === "NONE" && is_manual === true),
      )
      .filter(
        ({ keap_id }) =>
          !transactions.some(
            (other) =>
              other.payment_keap_id === keap_id &&
              other.transaction_method === "VOID" &&
              other.is_successful !== false,
          ),
      );
  }

  protected refunds(): Happening[] {
    return this.once("refunds", () => this.refundsNow());
  }

  private refundsNow(): Happening[] {
    const { payments, transactions } = this.data;
    const paired = payments.filter((payment) => payment.kind === "refund" && payment.deleted_at === null);
    const counts = ({ status, is_manual }: Raw) =>
      status === "APPROVED" || status === "COMPLETED" || (status === "NONE" && is_manual === true);
    // What is pending or was declined stands for nothing yet; what was undone or a test stands for what did not happen.
    const settled = paired.filter((refund) => counts(refund) || refund.is_void || refund.is_test);
    const voided = (id: unknown) =>
      transactions.some(
        (other) =>
          other.payment_keap_id === id &&
          other.transaction_method === "VOID" &&
          other.is_successful !== false,
      );
    const moved = transactions
      .filter(
        (row) =>
          row.transaction_method === "REFUND" &&
          row.is_successful !== false &&
          !row.is_test &&
          (row.status === null || row.status === "APPROVED" || row.status === "NONE"),
      )
      .sort((a, b) => {
        const difference = Date.parse(String(a.transaction_at)) - Date.parse(String(b.transaction_at));
        return difference || (String(a.natural_key) < String(b.natural_key) ? -1 : 1);
      });
    const isOf = (transaction: Raw, refund: Raw) => transaction.payment_keap_id === refund.keap_id;
    const namesNone = moved.filter((transaction) => !settled.some((refund) => isOf(transaction, refund)));
    const unnamed = settled.filter((refund) => !moved.some((transaction) => isOf(transaction, refund)));
    // The same money: one person and order (or one payment given back), the same amount, within two days.
    const overlap = (a: Raw, b: Raw) =>
      (a.order_keap_ids as number[]).some((id) => (b.order_keap_ids as number[]).includes(id));
    const samePerson = (a: Raw, b: Raw) =>
      a.contact_id !== null && a.contact_id === b.contact_id && overlap(a, b);
    const timeOf = (row: Raw) => Date.parse(String(row.transaction_at ?? row.paid_at));
    const near = (a: Raw, b: Raw) => Math.abs(timeOf(a) - timeOf(b)) <= 2 * day;
    const sum = (row: Raw) => Math.abs(num(row.amount_minor));
    const alone = namesNone.filter((transaction, index) => {
      const accounted = unnamed.filter(
        (refund) =>
          sum(refund) === sum(transaction) &&
          near(refund, transaction) &&
          ((transaction.payment_keap_id !== null &&
            refund.refund_of_keap_id === transaction.payment_keap_id) ||
            samePerson(refund, transaction)),
      ).length;
      const before = namesNone
        .slice(0, index)
        .filter(
          (other) =>
            sum(other) === sum(transaction) &&
            near(other, transaction) &&
            ((other.payment_keap_id !== null && other.payment_keap_id === transaction.payment_keap_id) ||
              samePerson(other, transaction)),
        ).length;
      return before + 1 > accounted;
    });
    return [
      ...paired
        .filter((refund) => counts(refund) && !refund.is_test && !refund.is_void)
        .filter(({ keap_id }) => !voided(keap_id))
        .flatMap((refund) => this.moneyOf(refund, String(refund.paid_at))),
      ...alone.flatMap((transaction) => {
        const ids = transaction.order_keap_ids as number[];
        const order = this.orderByKeapId.get(ids[0] ?? 0);
        // What one transaction covers is split like a payment, but Keap allocates payments only.
        const like = {
          ...transaction,
          keap_id: null,
          order_id: order?.supabase_id ?? null,
          refund_of_keap_id: null,
        };
        return this.moneyOf(like, String(transaction.transaction_at));
      }),
    ];
  }

  protected orders(
    worthOf: (order: Raw) => number,
    keep: (order: Raw) => boolean,
    apart: string[] = ["tax", "shipping"],
  ): Happening[] {
    return this.data.orders
      .filter((order) => this.counted(order) && keep(order))
      .map((order) => {
        const shares = new Map<string, number>();
        for (const { key, amount } of this.linesOf(order)) {
          if (apart.includes(key)) continue;
          shares.set(key, (shares.get(key) ?? 0) + amount);
        }
        // The rest without an item is no line when it holds nothing.
        const items = this.itemsOf.get(String(order.supabase_id)) ?? [];
        const unnamed = items.some(
          (item) =>
            item.product_id === null &&
            !/^(TAX|SHIPPING|DISCOUNT|TIP|FEE|FINANCE)/.test(String(item.item_type)),
        );
        if (shares.get("unknown") === 0 && !unnamed) shares.delete("unknown");
        return {
          at: String(order.order_time),
          thing: String(order.supabase_id),
          contact: text(order.contact_id),
          order: String(order.supabase_id),
          currency: this.currencyOf(order),
          shares,
          value: worthOf(order),
        };
      });
  }

  protected netSales(order: Raw): number {
    const items = this.itemsOf.get(String(order.supabase_id)) ?? [];
    const apart = items
      .filter(
        ({ item_type }) =>
          item_type === "TAX" || item_type === "SHIPPING" || item_type === "DISCOUNT_SHIPPING",
      )
      .reduce((sum, item) => sum + num(item.price_per_unit_minor) * num(item.quantity), 0);
    return num(order.total_minor) - apart;
  }

  protected units(): Happening[] {
    const sold = this.data.orders.filter(
      (order) => this.counted(order) && num(order.refund_total_minor) < num(order.total_minor),
    );
    return sold.map((order) => {
      const shares = new Map<string, number>();
      const items = (this.itemsOf.get(String(order.supabase_id)) ?? []).filter(({ item_type }) =>
        ["PRODUCT", "UPSELL", "PROGRAM", "SERVICE"].includes(String(item_type)),
      );
      for (const item of items) {
        const key = text(item.product_id) ?? "unknown";
        shares.set(key, (shares.get(key) ?? 0) + num(item.quantity));
      }
      const value = [...shares.values()].reduce((sum, share) => sum + share, 0);
      return {
        at: String(order.order_time),
        thing: String(order.supabase_id),
        contact: text(order.contact_id),
        order: String(order.supabase_id),
        currency: this.currencyOf(order),
        shares,
        value,
      };
    });
  }

  /** What a metric is made of: happenings that add to it, and those it is divided by (as a count). */
  protected partsOf(metric: string): {
    plus: Happening[];
    minus: Happening[];
    counted: "value" | "count";
    over?: Happening[];
  } {
    switch (metric) {
      case "revenue_collected":
        return { plus: this.payments(), minus: [], counted: "value" };
      case "refunds":
        return { plus: this.refunds(), minus: [], counted: "value" };
      case "revenue_net":
        return { plus: this.payments(), minus: this.refunds(), counted: "value" };
      case "orders":
        return {
          plus: this.orders(
            () => 1,
            () => true,
          ),
          minus: [],
          counted: "count",
        };
      case "aov": {
        const first = this.orders(
          (order) => this.netSales(order),
          (order) => !this.isRenewal(order),
        );
        return { plus: first, minus: [], counted: "value", over: first };
      }
      case "units":
        return { plus: this.units(), minus: [], counted: "value" };
      case "new_leads":
        return {
          plus: this.data.contacts
            .filter(({ deleted_at, keap_created_at }) => deleted_at === null && keap_created_at !== null)
            .map((contact) => ({
              at: String(contact.keap_created_at),
              thing: String(contact.supabase_id),
              contact: String(contact.supabase_id),
              order: null,
              currency: this.data.currency,
              shares: new Map(),
              value: 1,
            })),
          minus: [],
          counted: "count",
        };
      case "mrr_new":
      case "mrr_expansion":
      case "mrr_contraction":
      case "mrr_churn":
      case "mrr_reactivation":
        return {
          plus: this.movements().filter(({ kind }) => `mrr_${kind}` === metric),
          minus: [],
          counted: "value",
        };
      case "revenue_collected_ex_tax":
        return {
          plus: this.payments().map((payment) => withoutShare(payment, "tax")),
          minus: [],
          counted: "value",
        };
      case "sales_invoiced": {
        const invoices = this.orders(
          () => 0,
          () => true,
          ["tax"],
        );
        return {
          plus: invoices.map((each) => ({ ...each, value: sumOf(each.shares.values()) })),
          minus: [],
          counted: "value",
        };
      }
      case "failed_payments":
        return { plus: this.failures().map(({ happening }) => happening), minus: [], counted: "value" };
      case "recovered_payments":
        return {
          plus: this.failures()
            .filter(({ recovered }) => recovered)
            .map(({ happening }) => happening),
          minus: [],
          counted: "value",
        };
      case "new_customers":
        return {
          plus: this.customersSince().map(([contact, at]) => this.person(contact, at)),
          minus: [],
          counted: "value",
        };
      case "reactivated_customers":
        return {
          plus: this.activity()
            .filter(({ state, to }) => state === "lapsed" && to !== null)
            .map(({ contact, to }) => this.person(contact, to ?? 0)),
          minus: [],
          counted: "value",
        };
      case "tags_applied":
        return {
          plus: this.data.contact_tags
            .filter(({ applied_at }) => applied_at !== null)
            .map((row) => ({
              ...this.person(text(row.contact_id), Date.parse(String(row.applied_at))),
              own: { tag: text(row.tag_id) },
            })),
          minus: [],
          counted: "value",
        };
      case "emails_sent":
        return { plus: this.touches("email"), minus: [], counted: "value" };
      case "notes":
        return { plus: this.touches("note"), minus: [], counted: "value" };
      case "appointments":
        return { plus: this.touches("appointment"), minus: [], counted: "value" };
      case "tasks_completed":
        return { plus: this.touches("task"), minus: [], counted: "value" };
      case "deals_won":
      case "deals_won_value":
        return {
          plus: this.deals()
            .filter(({ outcome }) => outcome === "won")
            .map((deal) => ({
              ...deal.happening,
              at: iso(deal.closed ?? 0),
              value: metric === "deals_won" ? 1 : deal.value,
            })),
          minus: [],
          counted: "value",
        };
      default:
        throw new Error(`The reference does not know ${metric}.`);
    }
  }

  /** What is not paid, by order and instalment. */
  protected owed(): { happening: Happening; due: number; amount: number }[] {
    const now = Date.parse(this.data.now);
    return this.data.orders.flatMap((order) => {
      const paid = Math.max(0, num(order.total_paid_minor));
      const total = num(order.total_minor);
      if (order.deleted_at !== null || order.status === "DRAFT" || total <= paid) return [];
      const placed = Date.parse(String(order.order_time));
      const plan = (order.payment_plan ?? {}) as {
        payment_plan_items?: { due_date: string; amount_due: { amount: number } }[];
      };
      const parts: [number, number][] = [];
      if (order.due_at !== null) parts.push([Date.parse(String(order.due_at)), total - paid]);
      else if (plan.payment_plan_items?.length) {
        const items = plan.payment_plan_items.toSorted((a, b) => (a.due_date < b.due_date ? -1 : 1));
        let [asked, left] = [0, paid];
        for (const [index, item] of items.entries()) {
          const amount = index === items.length - 1 ? total - asked : item.amount_due.amount;
          asked += amount;
          const settled = Math.min(left, amount);
          left -= settled;
          if (amount > settled) parts.push([this.midnight(item.due_date), amount - settled]);
        }
      } else parts.push([placed, total - paid]);
      return parts.map(([due, amount]) => {
        const days = (now - due) / day;
        const receivable_age =
          days < 0
            ? "not due"
            : days < 30
              ? "1 to 30 days"
              : days < 60
                ? "31 to 60 days"
                : days < 90
                  ? "61 to 90 days"
                  : "over 90 days";
        const happening = {
          ...this.person(text(order.contact_id), placed),
          order: String(order.supabase_id),
          currency: this.currencyOf(order),
          own: { receivable_age },
        };
        return { happening, due, amount };
      });
    });
  }

  /** What lead sources cost: a recurring expense spread evenly over the days until the next of its kind. */
  protected costs(): Happening[] {
    const expenses = this.data.lead_source_expenses
      .filter(({ deleted_at }) => deleted_at === null)
      .toSorted(
        (a, b) =>
          Date.parse(String(a.incurred_at)) - Date.parse(String(b.incurred_at)) ||
          (String(a.supabase_id) < String(b.supabase_id) ? -1 : 1),
      );
    const cost = (expense: Raw, at: number, value: number): Happening => ({
      ...this.person(null, at),
      currency: this.currencyOf(expense),
      own: { lead_source: text(expense.lead_source_id) },
      value,
    });
    const between = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / day;
    return expenses.flatMap((expense) => {
      const amount = num(expense.amount_minor);
      const first = this.dayOf(String(expense.incurred_at));
      if (expense.recurring_expense_keap_id === null)
        return [cost(expense, Date.parse(String(expense.incurred_at)), amount)];
      const series = expenses.filter(
        (other) =>
          other.recurring_expense_keap_id === expense.recurring_expense_keap_id &&
          other.lead_source_id === expense.lead_source_id,
      );
      const place = series.indexOf(expense);
      const dayAt = (index: number) => {
        const other = series[index];
        return other ? this.dayOf(String(other.incurred_at)) : null;
      };
      const [before, after] = [dayAt(place - 1), dayAt(place + 1)];
      const days =
        (after && between(first, after)) ||
        (before && between(before, first)) ||
        between(first, this.addPeriod(first, "M", 1));
      let spent = 0;
      return Array.from({ length: days }, (_, index) => {
        const upTo = Math.floor((amount * (index + 1)) / days);
        const share = upTo - spent;
        spent = upTo;
        return cost(expense, this.midnight(this.addPeriod(first, "D", index)), share);
      });
    });
  }

  protected person(contact: string | null, at: number): Happening {
    return {
      at: iso(at),
      thing: `${contact} ${at}`,
      contact,
      order: null,
      currency: this.data.currency,
      shares: new Map(),
      value: 1,
    };
  }

  protected touches(kind: string): Happening[] {
    return this.data.interactions
      .filter((row) => row.kind === kind && row.deleted_at === null)
      .map((row) => ({ row, at: kind === "task" ? row.completed_at : row.occurred_at }))
      .filter(({ at }) => at !== null)
      .map(({ row, at }) => ({
        ...this.person(text(row.contact_id), Date.parse(String(at))),
        thing: String(row.supabase_id),
        ...(kind === "email" ? {} : { own: { owner: text(row.user_id) } }),
      }));
  }

  protected failures(): { happening: Happening; recovered: boolean }[] {
    const first = new Map<Raw, number>();
    for (const row of this.data.transactions) {
      if (row.is_successful !== false || row.transaction_method !== "CAPTURE" || row.is_test) continue;
      for (const id of row.order_keap_ids as number[]) {
        const order = this.orderByKeapId.get(id);
        if (!order || !this.counted(order)) continue;
        const at = Date.parse(String(row.transaction_at));
        first.set(order, Math.min(first.get(order) ?? at, at));
      }
    }
    return [...first].map(([order, at]) => ({
      happening: {
        ...this.person(text(order.contact_id), at),
        order: String(order.supabase_id),
        thing: String(order.supabase_id),
      },
      recovered: this.data.payments.some((payment) => {
        const paid = Date.parse(String(payment.paid_at));
        const counts =
          payment.status === "APPROVED" ||
          payment.status === "COMPLETED" ||
          (payment.status === "NONE" && payment.is_manual === true);
        return (
          payment.order_id === order.supabase_id &&
          payment.kind === "payment" &&
          !payment.is_test &&
          counts &&
          paid > at &&
          paid <= at + 30 * day
        );
      }),
    }));
  }

  protected customersSince(): [string, number][] {
    return this.once("customersSince", () => this.customersSinceNow());
  }

  private customersSinceNow(): [string, number][] {
    const kept = new Map<string, number>();
    for (const payment of this.payments())
      if (payment.order) kept.set(payment.order, (kept.get(payment.order) ?? 0) + payment.value);
    for (const refund of this.refunds())
      if (refund.order) kept.set(refund.order, (kept.get(refund.order) ?? 0) - refund.value);
    const since = new Map<string, number>();
    for (const [id, net] of kept) {
      const order = this.orderById.get(id);
      if (net <= 0 || !order || order.deleted_at !== null || order.contact_id === null) continue;
      const contact = String(order.contact_id);
      const at = Date.parse(String(order.order_time));
      since.set(contact, Math.min(since.get(contact) ?? at, at));
    }
    return [...since];
  }

  /** Instants at which each person bought, renewals left out, orders within a day of the first as one. */
  protected occasions(): Map<string, number[]> {
    return this.once("occasions", () => this.occasionsNow());
  }

  private occasionsNow(): Map<string, number[]> {
    const times = new Map<string, number[]>();
    for (const order of this.data.orders) {
      if (!this.counted(order) || order.contact_id === null || this.isRenewal(order)) continue;
      const contact = String(order.contact_id);
      times.set(contact, [...(times.get(contact) ?? []), Date.parse(String(order.order_time))]);
    }
    for (const [contact, own] of times) {
      const starts: number[] = [];
      for (const at of own.sort((a, b) => a - b)) {
        const last = starts.at(-1);
        if (last === undefined || at - last >= day) starts.push(at);
      }
      times.set(contact, starts);
    }
    return times;
  }

  protected activity(): {
    contact: string;
    state: string;
    from: number;
    to: number | null;
    bought: number | null;
  }[] {
    return this.once("activity", () => this.activityNow());
  }

  private activityNow(): {
    contact: string;
    state: string;
    from: number;
    to: number | null;
    bought: number | null;
  }[] {
    const occasions = this.occasions();
    const gaps = [...occasions.values()]
      .flatMap((own) => own.slice(1).map((at, index) => (at - (own[index] ?? 0)) / day))
      .sort((a, b) => a - b);
    const place = 0.9 * (gaps.length - 1);
    const low = gaps[Math.floor(place)] ?? 0;
    const high = gaps[Math.ceil(place)] ?? 0;
    const days =
      gaps.length === 0
        ? 365
        : Math.min(730, Math.max(30, Math.ceil(low + (high - low) * (place - Math.floor(place)))));
    return [...occasions].flatMap(([contact, own]) =>
      own.flatMap((at, index) => {
        const next = own[index + 1] ?? null;
        const lapses = at + days * day;
        const active = {
          contact,
          state: "active",
          from: at,
          to: next !== null && next <= lapses ? next : lapses,
          bought: at,
        };
        return next !== null && next <= lapses
          ? [active]
          : [active, { contact, state: "lapsed", from: lapses, to: next, bought: null }];
      }),
    );
  }

  protected deals(): {
    happening: Happening;
    value: number;
    probability: number;
    forecast: boolean;
    outcome: string;
    created: number;
    closed: number | null;
  }[] {
    return this.data.opportunities
      .filter(({ deleted_at }) => deleted_at === null)
      .map((deal) => {
        const stage = this.data.opportunity_stages.find(({ supabase_id }) => supabase_id === deal.stage_id);
        const outcome = String(stage?.outcome);
        const moves = this.data.stage_moves
          .filter((move) => move.opportunity_id === deal.supabase_id && move.to_stage_id === deal.stage_id)
          .map(({ moved_at }) => Date.parse(String(moved_at)));
        const low = deal.projected_revenue_low_minor ?? deal.projected_revenue_high_minor;
        const high = deal.projected_revenue_high_minor ?? deal.projected_revenue_low_minor;
        const created = Date.parse(String(deal.keap_created_at));
        const closed = moves.length > 0 ? Math.max(...moves) : created;
        return {
          happening: {
            ...this.person(text(deal.contact_id), created),
            thing: String(deal.supabase_id),
            currency: this.currencyOf(deal),
            own: { owner: text(deal.user_id), stage: text(deal.stage_id) },
          },
          value:
            this.data.settings.deal_value === "high" ? num(high) : Math.round((num(low) + num(high)) / 2),
          probability: num(stage?.probability),
          forecast: deal.include_in_forecast !== false,
          outcome,
          created,
          closed: outcome === "won" || outcome === "lost" ? closed : null,
        };
      });
  }

  protected placeOfPerson(contact: string | null): { country: string | null; region: string | null } {
    const row = this.data.contacts.find(({ supabase_id }) => supabase_id === contact);
    const slots = (row?.addresses ?? {}) as Record<string, Record<string, string>>;
    const places = ["BILLING", "SHIPPING", "OTHER"]
      .map((slot) => slots[slot])
      .filter((place) => place !== undefined);
    const withCountry = places.find((place) => place.country_code);
    const regionOf = (place: Record<string, string> | undefined) =>
      place?.region_code || place?.region || null;
    if (withCountry) return { country: withCountry.country_code ?? null, region: regionOf(withCountry) };
    const codes = places.flatMap((place) => [place.region_code, place.region]);
    return { country: null, region: codes.find((code) => code) ?? null };
  }

  protected placeOf(happening: Happening): { country: string | null; region: string | null } {
    const person = this.placeOfPerson(happening.contact);
    const order = happening.order ? this.orderById.get(happening.order) : undefined;
    const address = ((order?.shipping_information ?? {}) as { address?: Record<string, string> }).address;
    const country = address?.country_code || null;
    const region = address?.region_code || address?.region || null;
    return { country: country ?? person.country, region: country || region ? region : person.region };
  }

  protected statuses: Map<string, string> | null = null;

  protected statusOf(contact: string | null): string {
    if (contact === null) return "unknown";
    if (this.statuses === null) {
      const now = Date.parse(this.data.now);
      const runs = (span: { from: number; to: number | null }) =>
        span.from <= now && (span.to === null || span.to > now);
      this.statuses = new Map(
        this.activity()
          .filter(runs)
          .map((span) => [span.contact, span.state]),
      );
      for (const span of this.spans().filter(runs))
        this.statuses.set(String(span.sub.contact_id), "subscriber");
    }
    return this.statuses.get(contact) ?? "lead";
  }

  protected rfmGroups: Map<string, string> | null = null;

  protected rfmNow(): Map<string, string> {
    this.rfmGroups ??= this.rfmAt(Date.parse(this.data.now));
    return this.rfmGroups;
  }

  /** Customers of the 24 months before an instant and the group they are in. */
  protected rfmAt(instant: number): Map<string, string> {
    const back = new Date(instant);
    back.setUTCMonth(back.getUTCMonth() - 24);
    const within = (at: number) => at >= back.getTime() && at < instant;
    const people: { contact: string; currency: string; last: number; times: number; value: number }[] = [];
    for (const [contact, times] of this.occasions()) {
      const recent = times.filter(within);
      const worth = new Map<string, number>();
      for (const order of this.data.orders) {
        if (order.contact_id !== contact || !this.counted(order) || this.isRenewal(order)) continue;
        if (!within(Date.parse(String(order.order_time)))) continue;
        const currency = this.currencyOf(order);
        worth.set(
          currency,
          (worth.get(currency) ?? 0) + num(order.total_minor) - num(order.refund_total_minor),
        );
      }
      const positive = [...worth].filter(([, value]) => value > 0).sort(([a], [b]) => (a < b ? -1 : 1));
      const [currency, value] = positive.find(([code]) => code === this.data.currency) ?? positive[0] ?? [];
      if (recent.length === 0 || currency === undefined || value === undefined) continue;
      people.push({ contact, currency, last: Math.max(...recent), times: recent.length, value });
    }
    const fifth = (values: number[], value: number) =>
      Math.ceil((5 * (values.filter((other) => other < value).length + 1)) / values.length);
    return new Map(
      people.map(({ contact, currency, last, times, value }) => {
        const r = fifth(
          people.map((each) => each.last),
          last,
        );
        const f = times >= 6 ? 5 : Math.min(times, 4);
        const same = people.filter((each) => each.currency === currency);
        const m = fifth(
          same.map((each) => each.value),
          value,
        );
        // The grid of METRICS 11 as printed, a row per R from 5 down, a column per mean of F and M from 5 down.
        const grid = ["CCLRR", "CLLRR", "LLNNN", "AAAII", "AAIII"];
        const names: Record<string, string> = {
          C: "champions",
          L: "loyal",
          R: "recent",
          N: "needs attention",
          A: "at risk",
          I: "inactive",
        };
        return [contact, names[grid[5 - r]?.[5 - Math.round((f + m) / 2)] ?? ""] ?? ""];
      }),
    );
  }

  /** Values a person holds of a custom field: of a list each, of others the one. */
  private heldOf(contact: string | null, field: string): string[] {
    const person = this.data.contacts.find(({ supabase_id }) => supabase_id === contact);
    const held = (person?.custom_fields as Record<string, unknown> | undefined)?.[field] ?? [];
    return [held].flat().map(String);
  }

  protected keysOf(happening: Happening, dimension: string | null): [string, number][] {
    const { value } = happening;
    if (dimension && happening.own && dimension in happening.own)
      return [[happening.own[dimension] ?? "unknown", value]];
    const field = dimension?.match(/^field_(\d+)$/)?.[1];
    if (field) {
      const held = this.heldOf(happening.contact, field);
      return held.length > 0 ? held.map((each) => [each, value]) : [["unknown", value]];
    }
    switch (dimension) {
      case null:
        return [["", value]];
      case "product":
        return [...happening.shares];
      case "tag": {
        const held = this.data.contact_tags.filter(
          (row) => row.contact_id === happening.contact && row.removed_at === null,
        );
        return held.length > 0 ? held.map((row) => [String(row.tag_id), value]) : [["unknown", value]];
      }
      case "tag_at_the_time": {
        const at = Date.parse(happening.at);
        const held = this.data.contact_tags.filter(
          (row) =>
            row.contact_id === happening.contact &&
            row.applied_at !== null &&
            Date.parse(String(row.applied_at)) <= at &&
            (row.removed_at === null || Date.parse(String(row.removed_at)) > at),
        );
        return held.length > 0 ? held.map((row) => [String(row.tag_id), value]) : [["unknown", value]];
      }
      case "lead_source": {
        const contact = this.data.contacts.find(({ supabase_id }) => supabase_id === happening.contact);
        const keapId = contact?.first_lead_source_keap_id ?? contact?.lead_source_keap_id;
        const source = this.data.lead_sources.find(({ keap_id }) => keap_id === keapId);
        return [[text(source?.supabase_id) ?? "unknown", value]];
      }
      case "owner": {
        const contact = this.data.contacts.find(({ supabase_id }) => supabase_id === happening.contact);
        return [[text(contact?.owner_id) ?? "unknown", value]];
      }
      case "customer_status":
        return [[this.statusOf(happening.contact), value]];
      case "category": {
        const byCategory = new Map<string, number>();
        for (const [key, share] of happening.shares) {
          const product = this.data.products.find(({ supabase_id }) => supabase_id === key);
          const first = (product?.categories as unknown[] | undefined)?.[0] as
            | string
            | { name: string }
            | undefined;
          const name = ["tax", "shipping", "fee"].includes(key)
            ? key
            : ((typeof first === "object" ? first.name : first) ?? "unknown");
          byCategory.set(name, (byCategory.get(name) ?? 0) + share);
        }
        return [...byCategory];
      }
      case "cohort": {
        const first = this.occasions().get(String(happening.contact))?.[0];
        const bought = first !== undefined && first < Date.parse(this.data.now);
        return [[bought ? this.dayOf(iso(first)).slice(0, 7) : "unknown", value]];
      }
      case "weekday":
      case "hour": {
        const parts = new Intl.DateTimeFormat("en-GB", {
          timeZone: this.data.zone,
          ...(dimension === "weekday" ? { weekday: "long" } : { hour: "2-digit", hourCycle: "h23" }),
        }).format(new Date(happening.at));
        return [[dimension === "weekday" ? parts : `${parts}:00`, value]];
      }
      case "purchase": {
        const order = this.data.orders.find(({ supabase_id }) => supabase_id === happening.order);
        if (!order || !this.counted(order)) return [["unknown", value]];
        if (this.isRenewal(order)) return [["renewal", value]];
        const first = this.occasions().get(String(order.contact_id))?.[0];
        if (first === undefined) return [["unknown", value]];
        return [[Date.parse(String(order.order_time)) < first + day ? "first" : "repeat", value]];
      }
      case "loss_reason": {
        const deal = this.data.opportunities.find(({ supabase_id }) => supabase_id === happening.thing);
        return [[text(deal?.objection)?.trim() || "unknown", value]];
      }
      case "stop_reason": {
        const day = this.dayOf(happening.at);
        const ended = this.spans()
          .filter(
            ({ sub, to }) =>
              sub.contact_id === happening.contact && to !== null && this.dayOf(iso(to)) === day,
          )
          .map(({ sub, to }) => ({ to: to ?? 0, reason: text(sub.reason_stopped)?.trim() || null }))
          .sort((a, b) => b.to - a.to || (a.reason ?? "\uffff").localeCompare(b.reason ?? "\uffff"));
        return [[ended[0]?.reason ?? "unknown", value]];
      }
      case "promo_code": {
        const order = this.data.orders.find(({ supabase_id }) => supabase_id === happening.order);
        const code = order && this.counted(order) ? text(order.promo_code)?.trim() : "";
        return [[code || "unknown", value]];
      }
      case "rfm_group":
        return [[this.rfmNow().get(String(happening.contact)) ?? "unknown", value]];
      case "utm_source":
      case "utm_medium":
      case "utm_campaign": {
        const contact = this.data.contacts.find(({ supabase_id }) => supabase_id === happening.contact);
        const touches = (contact?.utm_parameters ?? []) as Record<string, string | boolean>[];
        const oldest = touches.toSorted((a, b) => (String(a.created_at) < String(b.created_at) ? -1 : 1));
        const first = oldest.find((touch) => touch.first_touch === true) ?? oldest[0];
        return [[text(first?.[dimension]) || "unknown", value]];
      }
      case "country":
        return [[this.placeOf(happening).country ?? "unknown", value]];
      case "region":
        return [[this.placeOf(happening).region ?? "unknown", value]];
      default:
        throw new Error(`The reference does not know the dimension ${dimension}.`);
    }
  }

  /**
   * Values by `month|dimension value|currency`; month is empty without `byMonth`. Currency is empty for counts. A cell
   * that is not in the map is zero (or n/a).
   */
  values(metric: string, options: ValueOptions): Map<string, number | null> {
    if (stateMetrics.has(metric)) return this.states(metric, options);
    const { plus, minus, counted, over } = this.partsOf(metric);
    const inRange = (happening: Happening) => {
      const day = this.dayOf(happening.at);
      return day >= options.from && day <= options.to;
    };
    const gather = (happenings: Happening[], how: "value" | "count") => {
      const cells = new Map<string, { sum: number; things: Set<string> }>();
      for (const happening of happenings.filter(inRange)) {
        for (const [key, share] of this.keysOf(happening, options.dimension)) {
          const month = options.byMonth ? this.dayOf(happening.at).slice(0, 7) : "";
          const name = `${month}|${key}|${options.money ? happening.currency : ""}`;
          const cell = cells.get(name) ?? { sum: 0, things: new Set<string>() };
          cell.sum += share;
          cell.things.add(happening.thing);
          cells.set(name, cell);
        }
      }
      return new Map(
        [...cells].map(([name, { sum, things }]) => [name, how === "count" ? things.size : sum]),
      );
    };
    const values: Map<string, number | null> = gather(plus, counted);
    for (const [name, value] of gather(minus, counted)) values.set(name, (values.get(name) ?? 0) - value);
    if (!over) return values;
    const divisors = gather(over, "count");
    for (const [name, value] of values) {
      const ratio = (value ?? 0) / (divisors.get(name) ?? 0);
      values.set(name, Math.sign(ratio) * Math.round(Math.abs(ratio)));
    }
    return values;
  }

  /** First instant of a calendar day in the account's zone. */
  protected midnight(day: string): number {
    let instant = Date.parse(`${day}T00:00:00Z`);
    const parts = new Intl.DateTimeFormat("en-US", { timeZone: this.data.zone, timeZoneName: "longOffset" });
    for (let turn = 0; turn < 2; turn++) {
      const name = parts.formatToParts(instant).find(({ type }) => type === "timeZoneName")?.value ?? "GMT";
      const [, sign, hours, minutes] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? [];
      const offset = sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
      instant = Date.parse(`${day}T00:00:00Z`) - offset * 60_000;
    }
    return instant;
  }

  protected nextDay(day: string): string {
    return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  }

  /** When a subscription counts, in milliseconds; null while it never does. Swaps are settled later. */
  protected countsOf(sub: Raw): Span | null {
    return this.once(`counts ${sub.supabase_id}`, () => this.countsOfOf_(sub));
  }

  private countsOfOf_(sub: Raw): Span | null {
    const cycle = String(sub.billing_cycle ?? "MONTH")[0];
    const every = Math.max(1, num(sub.billing_frequency ?? 1));
    const bills = this.data.order_items.filter(
      ({ subscription_keap_id }) => subscription_keap_id === sub.keap_id,
    );
    const billed = [...new Set(bills.map(({ order_id }) => String(order_id)))]
      .map((id) => this.orderById.get(id))
      .filter((order): order is Raw => order !== undefined);
    const latest = billed
      .filter(({ deleted_at, currency }) => deleted_at === null && currency !== null)
      .toSorted(
        (a, b) =>
          Date.parse(String(b.order_time)) - Date.parse(String(a.order_time)) ||
          (String(a.supabase_id) < String(b.supabase_id) ? 1 : -1),
      )[0];
    const { currency, amount } = this.inCurrencyOf(latest, sub, num(sub.billing_amount_minor));
    const factor =
      { Y: 1 / (12 * every), W: 365 / 84 / every, D: 365 / 12 / every }[cycle ?? "M"] ?? 1 / every;
    const mrr = Math.round(amount * factor);
    const orders = billed.filter((order) => this.counted(order));
    const paid: number[] = [];
    const unpaid: number[] = [];
    for (const order of orders) {
      const payments = this.data.payments.filter(
        (payment) =>
          payment.order_id === order.supabase_id &&
          payment.kind === "payment" &&
          !payment.is_test &&
          !payment.is_void &&
          num(payment.amount_minor) > 0 &&
          (payment.status === "APPROVED" ||
            payment.status === "COMPLETED" ||
            (payment.status === "NONE" && payment.is_manual === true)),
      );
      const times = payments.map(({ paid_at }) => Date.parse(String(paid_at)));
      if (times.length > 0) paid.push(Math.min(...times));
      else if (num(order.total_paid_minor) > 0) paid.push(Date.parse(String(order.order_time)));
      if (num(order.total_paid_minor) < num(order.total_minor))
        unpaid.push(Date.parse(String(order.due_at ?? order.order_time)));
    }
    if (paid.length === 0 || mrr <= 0) return null;
    const from = Math.max(
      Math.min(...paid),
      sub.start_date ? this.midnight(String(sub.start_date)) : Number.NEGATIVE_INFINITY,
    );
    const [last, next, end] = [text(sub.last_bill_date), text(sub.next_bill_date), text(sub.end_date)];
    const unpaidSince =
      unpaid.length > 0 ? Math.min(...unpaid) : sub.auto_charge !== true && next ? this.midnight(next) : null;
    let serviceEnd: string | null = null;
    if (end && (!last || end >= last) && (!next || end <= next)) serviceEnd = end;
    else if (next) serviceEnd = next;
    else if (last) serviceEnd = this.addPeriod(last, cycle ?? "M", every);
    const cancelled = sub.cancelled_at ? Date.parse(String(sub.cancelled_at)) : null;
    let to: number | null = null;
    if (!sub.active) to = serviceEnd ? this.midnight(serviceEnd) : (cancelled ?? Number.NEGATIVE_INFINITY);
    const knownEnd = to ?? (end ? this.midnight(end) : null);
    return {
      sub: { ...sub, currency },
      amount,
      mrr,
      from,
      to,
      cancelled,
      unpaidSince: sub.active ? unpaidSince : null,
      stalled: unpaid.length === 0,
      knownEnd,
    };
  }

  protected addPeriod(day: string, cycle: string, every: number): string {
    const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
    if (cycle === "W" || cycle === "D") {
      return new Date(Date.parse(`${day}T00:00:00Z`) + every * (cycle === "W" ? 7 : 1) * 86_400_000)
        .toISOString()
        .slice(0, 10);
    }
    const months = month - 1 + every * (cycle === "Y" ? 12 : 1);
    const lastDay = new Date(Date.UTC(year, months + 1, 0)).getUTCDate();
    return new Date(Date.UTC(year, months, Math.min(date, lastDay))).toISOString().slice(0, 10);
  }

  protected spans(): Span[] {
    return this.once("spans", () => this.spansNow());
  }

  private spansNow(): Span[] {
    const all = this.data.subscriptions
      .map((sub) => this.countsOf(sub))
      .filter((span): span is Span => span !== null);
    const week = num(this.data.settings.swap_window_days ?? 7) * 86_400_000;
    const now = Date.parse(this.data.now);
    const settled = all.map((span) => {
      if (span.sub.active) {
        const late = span.unpaidSince !== null && span.unpaidSince + 30 * 86_400_000 <= now;
        return late ? { ...span, to: Math.max(span.unpaidSince ?? 0, span.from) } : span;
      }
      const successors = all.filter(
        (other) =>
          other.sub !== span.sub &&
          other.sub.contact_id !== null &&
          other.sub.contact_id === span.sub.contact_id &&
          this.currencyOf(other.sub) === this.currencyOf(span.sub) &&
          other.from > span.from &&
          (Math.abs(other.from - (span.to ?? 0)) <= week ||
            (span.cancelled !== null && Math.abs(other.from - span.cancelled) <= week)),
      );
      if (span.to !== null && span.to <= span.from) return span;
      return successors.length > 0 ? { ...span, to: Math.min(...successors.map(({ from }) => from)) } : span;
    });
    return settled.filter(
      ({ from, to }, index) =>
        (to === null || to > from) && (all[index]?.to === null || (all[index]?.to ?? 0) > from),
    );
  }

  protected happeningOf({ sub, mrr }: Span, value = mrr): Happening {
    return {
      at: "",
      thing: String(sub.supabase_id),
      contact: text(sub.contact_id),
      order: null,
      currency: this.currencyOf(sub),
      shares: new Map(),
      value,
      own: { product: text(sub.product_id), plan: text(sub.subscription_plan_id) },
    };
  }

  /** Months of a range as `[name, start, end]` in milliseconds, or the whole range; ends lie not after now. */
  protected periods(options: {
    byMonth: boolean;
    from: string;
    to: string;
  }): [string, number, number, number][] {
    const now = Date.parse(this.data.now);
    const cap = (instant: number) => Math.min(instant, now);
    const end = this.midnight(this.nextDay(options.to));
    if (!options.byMonth) return [["", this.midnight(options.from), cap(end), end]];
    const periods: [string, number, number, number][] = [];
    for (let month = options.from.slice(0, 7); month <= options.to.slice(0, 7); ) {
      const next = this.addPeriod(`${month}-01`, "M", 1);
      const first = `${month}-01` < options.from ? options.from : `${month}-01`;
      const last = Math.min(this.midnight(next), end);
      periods.push([month, this.midnight(first), cap(last), last]);
      month = next.slice(0, 7);
    }
    return periods;
  }

  /** Changes of each customer's monthly revenue by day: looks at the sums at both ends of each day something changed. */
  protected movements(): (Happening & { kind: string })[] {
    const now = Date.parse(this.data.now);
    const customers = new Map<string, Span[]>();
    for (const span of this.spans()) {
      const key = `${span.sub.contact_id} ${this.currencyOf(span.sub)}`;
      customers.set(key, [...(customers.get(key) ?? []), span]);
    }
    return [...customers.values()].flatMap((own) => {
      const events = own
        .flatMap(({ from, to }) => (to === null ? [from] : [from, to]))
        .filter((instant) => instant < now);
      const days = [...new Set(events.map((instant) => this.dayOf(new Date(instant).toISOString())))].sort();
      // What begins or ends on a day has changed by the end of it; what is due later than now has not.
      const worth = (day: string) =>
        own
          .filter(({ from }) => from < now && this.dayOf(new Date(from).toISOString()) <= day)
          .filter(({ to }) => to === null || to >= now || this.dayOf(new Date(to).toISOString()) > day)
          .reduce((sum, { mrr }) => sum + mrr, 0);
      let before = 0;
      let ever = false;
      const found: (Happening & { kind: string })[] = [];
      for (const day of days) {
        const after = worth(day);
        const kind =
          after === before
            ? ""
            : before === 0
              ? ever
                ? "reactivation"
                : "new"
              : after === 0
                ? "churn"
                : after > before
                  ? "expansion"
                  : "contraction";
        const first = own[0] as Span;
        if (kind) {
          const at = new Date(this.midnight(day)).toISOString();
          found.push({
            ...this.happeningOf(first, Math.abs(after - before)),
            own: {},
            at,
            kind,
            thing: `${first.sub.contact_id} ${day}`,
          });
        }
        ever ||= after > 0;
        before = after;
      }
      return found;
    });
  }

  /** Metrics that look at how things stand at the ends of each period. */
  protected states(metric: string, options: ValueOptions): Map<string, number | null> {
    const values = new Map<string, number | null>();
    for (const [month, start, end, last] of this.periods(options)) {
      for (const [key, value] of this.stateAt(metric, [start, end, last], options))
        values.set(`${month}|${key}`, value);
    }
    return values;
  }

  protected stateAt(
    metric: string,
    [start, end, last]: [number, number, number],
    options: ValueOptions,
  ): Map<string, number | null> {
    interface Cell {
      over: number;
      under: number;
      people: Set<string>;
      all: number[];
    }
    const cells = new Map<string, Cell>();
    const add = (happening: Happening, over: number, under: number) => {
      for (const [key] of this.keysOf(happening, options.dimension)) {
        const name = `${key}|${options.money ? happening.currency : ""}`;
        const cell = cells.get(name) ?? { over: 0, under: 0, people: new Set<string>(), all: [] };
        cell.all.push(over);
        cell.over += over;
        cell.under += under;
        cell.people.add(String(happening.contact));
        cells.set(name, cell);
      }
    };
    // What happens later today is in the bucket of today; how things stand is asked no later than now.
    const within = (instant: number) => instant >= start && instant < last;
    const rounded = (ratio: number) =>
      Number.isFinite(ratio) ? Math.sign(ratio) * Math.round(Math.abs(ratio)) : null;
    const result = (value: (cell: Cell) => number | null) =>
      new Map([...cells].map(([name, cell]) => [name, value(cell)]));
    const share = (over: number, under: number) =>
      under === 0 ? null : Math.round((over / under) * 1e6) / 1e6;
    const holds = (span: Span, instant: number) =>
      span.from < instant && (span.to === null || span.to >= instant);
    switch (metric) {
      case "mrr":
      case "arr":
      case "active_subscriptions":
      case "subscribers":
      case "arpa":
        for (const span of this.spans().filter((each) => holds(each, end)))
          add(this.happeningOf(span), span.mrr, 1);
        if (metric === "mrr") return result(({ over }) => over);
        if (metric === "arr") return result(({ over }) => 12 * over);
        if (metric === "active_subscriptions") return result(({ under }) => under);
        if (metric === "subscribers") return result(({ people }) => people.size);
        return result(({ over, people }) => Math.round(over / people.size));
      case "scheduled_churn": {
        for (const span of this.data.subscriptions.map((sub) => this.countsOf(sub))) {
          if (!span || span.knownEnd === null) continue;
          const from = span.cancelled ?? span.from;
          if (from < end && span.knownEnd >= end && span.knownEnd > from)
            add(this.happeningOf(span), span.mrr, 1);
        }
        return result(({ over }) => over);
      }
      case "revenue_at_risk":
      case "stalled_subscriptions": {
        for (const span of this.data.subscriptions.map((sub) => this.countsOf(sub))) {
          if (!span || span.unpaidSince === null) continue;
          if (metric === "stalled_subscriptions" && !span.stalled) continue;
          if (span.unpaidSince < end && span.unpaidSince + 30 * 86_400_000 >= end)
            add(this.happeningOf(span), span.mrr, 1);
        }
        return result(({ over, under }) => (metric === "revenue_at_risk" ? over : under));
      }
      case "receivable":
      case "receivable_overdue":
        for (const { happening, due, amount } of this.owed()) {
          const from = metric === "receivable" ? Date.parse(happening.at) : due;
          if (from < end) add(happening, amount, 1);
        }
        return result(({ over }) => over);
      case "customers":
        for (const [contact, since] of this.customersSince())
          if (since < end) add(this.person(contact, since), 1, 1);
        return result(({ over }) => over);
      case "active_customers":
      case "lapsed_customers":
        for (const { contact, state, from, to } of this.activity()) {
          if (`${state}_customers` === metric && from < end && (to === null || to >= end))
            add(this.person(contact, from), 1, 1);
        }
        return result(({ over }) => over);
      case "retention_rate":
      case "reactivation_rate": {
        const spans = this.activity();
        for (const contact of new Set(spans.map((span) => span.contact))) {
          const own = spans.filter((span) => span.contact === contact);
          const was = (state: string, at: number) =>
            own.some((span) => span.state === state && span.from < at && (span.to === null || span.to >= at));
          if (metric === "retention_rate" && was("active", start))
            add(this.person(contact, start), was("active", end) ? 1 : 0, 1);
          const bought = own.some((span) => span.bought !== null && within(span.bought));
          if (metric === "reactivation_rate" && was("lapsed", start))
            add(this.person(contact, start), bought ? 1 : 0, 1);
        }
        return result(({ over, under }) => share(over, under));
      }
      case "repeat_purchase_rate":
        for (const [contact, times] of this.occasions()) {
          const past = times.filter((at) => at < end).length;
          if (past > 0) add(this.person(contact, end), past > 1 ? 1 : 0, 1);
        }
        return result(({ over, under }) => share(over, under));
      case "purchase_gap_median":
        for (const [contact, times] of this.occasions()) {
          for (const [index, at] of times.entries()) {
            if (index > 0 && within(at))
              add(this.person(contact, at), (at - (times[index - 1] ?? 0)) / day, 1);
          }
        }
        return result(({ all }) => medianOf(all));
      case "clv":
      case "clv_average":
        for (const payment of this.payments())
          if (Date.parse(payment.at) < end) add(payment, payment.value, 0);
        for (const refund of this.refunds()) if (Date.parse(refund.at) < end) add(refund, -refund.value, 0);
        if (metric === "clv") return result(({ over }) => over);
        for (const [contact, since] of this.customersSince())
          if (since < end) add(this.person(contact, since), 0, 1);
        return result(({ over, under }) => (under === 0 ? null : rounded(over / under)));
      case "contacts":
        for (const lead of this.partsOf("new_leads").plus) if (Date.parse(lead.at) < end) add(lead, 1, 1);
        return result(({ over }) => over);
      case "contacts_without_email":
      case "duplicate_contacts": {
        const addressOf = (contact: Raw) => text(contact.email)?.trim().toLowerCase() || null;
        const people = this.data.contacts.filter(
          ({ deleted_at, keap_created_at }) => deleted_at === null && keap_created_at !== null,
        );
        for (const contact of people) {
          const address = addressOf(contact);
          const shared =
            address !== null && people.some((other) => other !== contact && addressOf(other) === address);
          const created = Date.parse(String(contact.keap_created_at));
          if ((metric === "duplicate_contacts" ? shared : address === null) && created < end)
            add(this.person(text(contact.supabase_id), created), 1, 1);
        }
        return result(({ over }) => over);
      }
      case "lead_conversion_rate": {
        const occasions = this.occasions();
        for (const lead of this.partsOf("new_leads").plus) {
          const at = Date.parse(lead.at);
          if (!within(at) || (!options.byMonth && at + 90 * day > Date.parse(this.data.now))) continue;
          const first = occasions.get(String(lead.contact))?.[0];
          add(lead, first !== undefined && first >= at && first < at + 90 * day ? 1 : 0, 1);
        }
        return result(({ over, under }) => share(over, under));
      }
      case "lead_value": {
        const leads = new Map(this.partsOf("new_leads").plus.map((lead) => [lead.contact, lead]));
        for (const lead of leads.values()) if (within(Date.parse(lead.at))) add(lead, 0, 1);
        const worth = (money: Happening, sign: number) => {
          const lead = leads.get(money.contact);
          if (lead && within(Date.parse(lead.at)))
            add({ ...lead, currency: money.currency }, sign * money.value, 0);
        };
        for (const payment of this.payments()) worth(payment, 1);
        for (const refund of this.refunds()) worth(refund, -1);
        return result(({ over, under }) => (under === 0 ? null : rounded(over / under)));
      }
      case "cost_per_lead":
      case "cac": {
        for (const cost of this.costs()) if (within(Date.parse(cost.at))) add(cost, cost.value, 0);
        const gained =
          metric === "cac"
            ? this.customersSince().map(([contact, at]) => this.person(contact, at))
            : this.partsOf("new_leads").plus;
        for (const each of gained) if (within(Date.parse(each.at))) add(each, 0, 1);
        return result(({ over, under }) => (under === 0 ? null : rounded(over / under)));
      }
      case "revenue_per_customer": {
        const payers = new Set<string>();
        for (const payment of this.payments()) {
          if (!within(Date.parse(payment.at))) continue;
          for (const [key] of this.keysOf(payment, options.dimension)) {
            const name = `${key}|${payment.currency}|${payment.contact}`;
            const known = payment.contact === null || payers.has(name);
            payers.add(name);
            const only = { ...payment, own: { [options.dimension ?? ""]: key } };
            add(only, payment.value, known ? 0 : 1);
          }
        }
        for (const refund of this.refunds()) if (within(Date.parse(refund.at))) add(refund, -refund.value, 0);
        return result(({ over, under }) => (under === 0 ? null : rounded(over / under)));
      }
      case "items_per_order":
        for (const order of this.units()) {
          if (order.shares.size > 0 && within(Date.parse(order.at))) add(order, order.value, 1);
        }
        return result(({ over, under }) => share(over, under));
      case "email_open_rate":
      case "email_click_rate":
        for (const email of this.touches("email").filter(({ at }) => within(Date.parse(at)))) {
          const row = this.data.interactions.find(({ supabase_id }) => supabase_id === email.thing);
          add(email, (metric === "email_open_rate" ? row?.opened_at : row?.clicked_at) ? 1 : 0, 1);
        }
        return result(({ over, under }) => share(over, under));
      case "refund_rate": {
        const options_ = { ...options, byMonth: false };
        const inside = (each: Happening) => within(Date.parse(each.at));
        for (const [over, list] of [
          [0, this.payments()],
          [1, this.refunds()],
        ] as const) {
          for (const each of list.filter(inside)) {
            for (const [key, value] of this.keysOf(each, options_.dimension)) {
              const only = { ...each, own: { [options.dimension ?? ""]: key } };
              add(only, over ? value : 0, over ? 0 : value);
            }
          }
        }
        return result(({ over, under }) => share(over, under));
      }
      case "pipeline_value":
      case "pipeline_weighted":
        for (const deal of this.deals()) {
          const open = deal.created < end && (deal.closed === null || deal.closed >= end);
          if (!open || (metric === "pipeline_weighted" && !deal.forecast)) continue;
          const exact = (deal.value * deal.probability) / 100;
          add(deal.happening, metric === "pipeline_weighted" ? Math.round(exact) : deal.value, 1);
        }
        return result(({ over }) => over);
      case "win_rate":
        for (const deal of this.deals()) {
          if (deal.closed !== null && within(deal.closed))
            add(deal.happening, deal.outcome === "won" ? 1 : 0, 1);
        }
        return result(({ over, under }) => share(over, under));
      case "stage_time":
        for (const move of this.data.stage_moves) {
          const at = Date.parse(String(move.moved_at));
          const days = (at - Date.parse(String(move.previous_move_at))) / day;
          const deal = this.data.opportunities.find(({ supabase_id }) => supabase_id === move.opportunity_id);
          if (!within(at) || days <= 0 || move.from_stage_id === null) continue;
          const own = { stage: text(move.from_stage_id), owner: text(deal?.user_id) };
          add({ ...this.person(text(deal?.contact_id), at), own }, days, 1);
        }
        return result(({ all }) => medianOf(all));
      case "quick_ratio":
      case "asp": {
        for (const movement of this.movements()) {
          const at = Date.parse(movement.at);
          if (at < start || at >= end) continue;
          const gain = ["new", "expansion", "reactivation"].includes(movement.kind);
          if (metric === "quick_ratio") add(movement, gain ? movement.value : 0, gain ? 0 : movement.value);
          else if (movement.kind === "new") add(movement, movement.value, 1);
        }
        return result(({ over, under }) =>
          metric === "asp" ? Math.round(over / under) : share(over, under),
        );
      }
      default: {
        const customers = new Map<string, { span: Span; opening: number; closing: number }>();
        for (const span of this.spans()) {
          const key = `${span.sub.contact_id} ${this.currencyOf(span.sub)}`;
          const customer = customers.get(key) ?? { span, opening: 0, closing: 0 };
          customer.opening += holds(span, start) ? span.mrr : 0;
          customer.closing += holds(span, end) ? span.mrr : 0;
          customers.set(key, customer);
        }
        for (const { span, opening, closing } of customers.values()) {
          if (opening === 0) continue;
          const happening = { ...this.happeningOf(span), own: {} };
          if (metric === "customer_churn_rate") add(happening, closing === 0 ? 1 : 0, 1);
          else if (metric === "revenue_churn_rate") add(happening, Math.max(opening - closing, 0), opening);
          else if (metric === "grr") add(happening, Math.min(opening, closing), opening);
          else if (metric === "nrr") add(happening, closing, opening);
          else throw new Error(`The reference does not know ${metric}.`);
        }
        return result(({ over, under }) => share(over, under));
      }
    }
  }
}
