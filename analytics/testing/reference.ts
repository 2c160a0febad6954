import type { World } from "./world";

/**
 * The metrics a second time, written from METRICS.md in plain loops over exported rows. It shares nothing with the
 * views and the compiler, so that agreement means something.
 */

type Raw = Record<string, unknown>;

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
] as const;

/** Every row of an account, as stored. */
export async function exportRows(world: World, now: string): Promise<Exported> {
  const rows: Record<string, Raw[]> = {};
  for (const table of tables) {
    const found = await world.database.sql<{ row: Raw }>(
      `select to_jsonb(t) as row from public.${table} t where account_id = $1`,
      [world.account.id],
    );
    rows[table] = found.map(({ row }) => row);
  }
  return {
    zone: world.account.time_zone,
    currency: world.account.currency,
    now,
    ...rows,
  } as unknown as Exported;
}

/** Something that counts: when, for whom, how much. */
interface Happening {
  at: string;
  thing: string;
  contact: string | null;
  order: string | null;
  currency: string;
  /** Amount by item of the order; the key is a product id, tax, shipping, fee or unknown. */
  shares: Map<string, number>;
  /** Numerator (and value); the denominator counts things. */
  value: number;
}

/** Spreads an amount by weights: floor, then a unit each to the largest remainders, earlier first. */
function spread(amount: number, weights: readonly number[]): number[] {
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

const num = (value: unknown) => Number(value ?? 0);
const text = (value: unknown) => (value === null || value === undefined ? null : String(value));

export class Reference {
  private readonly itemsOf = new Map<string, Raw[]>();
  private readonly orderByKeapId = new Map<number, Raw>();
  private readonly orderById = new Map<string, Raw>();
  private readonly dayFormat: Intl.DateTimeFormat;

  constructor(private readonly data: Exported) {
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

  private currencyOf(row: Raw): string {
    return text(row.currency) ?? this.data.currency;
  }

  /** An order's total by item: [key, amount] in the order of the items. */
  private linesOf(order: Raw): { key: string; amount: number }[] {
    const items = this.itemsOf.get(String(order.supabase_id)) ?? [];
    const amountOf = (item: Raw) => num(item.price_per_unit_minor) * num(item.quantity ?? 1);
    const kindOf = (item: Raw) => {
      const type = String(item.item_type);
      if (type === "TAX") return "tax";
      if (type === "SHIPPING" || type === "DISCOUNT_SHIPPING") return "shipping";
      if (["TIP", "FEE", "FINANCE_CHARGE"].includes(type)) return "fee";
      return type.startsWith("DISCOUNT") ? "discount" : "goods";
    };
    const lines: { key: string; amount: number }[] = [];
    const goods = items.filter((item) => kindOf(item) === "goods");
    const fixed = items.filter((item) => ["tax", "shipping", "fee"].includes(kindOf(item)));
    const left = num(order.total_minor) - fixed.reduce((sum, item) => sum + amountOf(item), 0);
    const weights = goods.map((item) => Math.max(0, amountOf(item) - Math.abs(num(item.discount_minor))));
    const any = weights.some((weight) => weight > 0);
    const shares = any ? spread(left, weights) : weights.map(() => 0);
    for (const item of items) {
      const index = goods.indexOf(item);
      if (index >= 0) lines.push({ key: text(item.product_id) ?? "unknown", amount: shares[index] ?? 0 });
      else if (kindOf(item) !== "discount") lines.push({ key: kindOf(item), amount: amountOf(item) });
    }
    if (!any) lines.push({ key: "unknown", amount: left });
    return lines;
  }

  private counted(order: Raw): boolean {
    return order.deleted_at === null && order.status !== "DRAFT" && num(order.total_minor) > 0;
  }

  private isRenewal(order: Raw): boolean {
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

  private amountsByOrder(payment: Raw): { order: Raw | null; amount: number }[] {
    const ids = (payment.order_keap_ids as number[] | null) ?? [];
    const amount = Math.abs(num(payment.amount_minor));
    if (ids.length <= 1) {
      let order = this.orderById.get(String(payment.order_id)) ?? null;
      if (!order && payment.refund_of_keap_id) {
        const original = this.data.payments.find((other) => other.keap_id === payment.refund_of_keap_id);
        order = this.orderById.get(String(original?.order_id)) ?? null;
      }
      return [{ order, amount }];
    }
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

  private moneyOf(payment: Raw, at: string): Happening[] {
    const original = this.data.payments.find((other) => other.keap_id === payment.refund_of_keap_id);
    return this.amountsByOrder(payment).map(({ order, amount }) => {
      const shares = new Map<string, number>();
      const total = num(order?.total_minor);
      if (order && total > 0) {
        const lines = this.linesOf(order);
        spread(
          amount,
          lines.map((line) => line.amount),
        ).forEach((share, index) => {
          const key = lines[index]?.key ?? "unknown";
          shares.set(key, (shares.get(key) ?? 0) + share);
        });
      } else shares.set("unknown", amount);
      return {
        at,
        thing: String(payment.supabase_id),
        contact: text(payment.contact_id) ?? text(original?.contact_id),
        order: text(order?.supabase_id),
        currency: this.currencyOf(payment),
        shares,
        value: amount,
      };
    });
  }

  private payments(): Happening[] {
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
      )
      .flatMap((payment) => this.moneyOf(payment, String(payment.paid_at)));
  }

  private refunds(): Happening[] {
    const { payments, transactions } = this.data;
    const paired = payments.filter((payment) => payment.kind === "refund");
    const voided = (id: unknown) =>
      transactions.some(
        (other) =>
          other.payment_keap_id === id &&
          other.transaction_method === "VOID" &&
          other.is_successful !== false,
      );
    const alone = transactions.filter((transaction) => {
      if (transaction.transaction_method !== "REFUND" || transaction.is_successful === false) return false;
      const named = payments.find(({ keap_id }) => keap_id === transaction.payment_keap_id);
      if (named && (named.kind === "refund" || named.refund_payment_keap_id !== null)) return false;
      return !paired.some(
        (refund) =>
          refund.contact_id !== null &&
          refund.contact_id === transaction.contact_id &&
          num(refund.amount_minor) === Math.abs(num(transaction.amount_minor)) &&
          (refund.order_keap_ids as number[]).some((id) =>
            (transaction.order_keap_ids as number[]).includes(id),
          ),
      );
    });
    return [
      ...paired
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

  private orders(worthOf: (order: Raw) => number, keep: (order: Raw) => boolean): Happening[] {
    return this.data.orders
      .filter((order) => this.counted(order) && keep(order))
      .map((order) => {
        const shares = new Map<string, number>();
        for (const { key, amount } of this.linesOf(order)) {
          if (key === "tax" || key === "shipping") continue;
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

  private netSales(order: Raw): number {
    const items = this.itemsOf.get(String(order.supabase_id)) ?? [];
    const apart = items
      .filter(
        ({ item_type }) =>
          item_type === "TAX" || item_type === "SHIPPING" || item_type === "DISCOUNT_SHIPPING",
      )
      .reduce((sum, item) => sum + num(item.price_per_unit_minor) * num(item.quantity), 0);
    return num(order.total_minor) - apart;
  }

  private units(): Happening[] {
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
  private partsOf(metric: string): {
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
      default:
        throw new Error(`The reference does not know ${metric}.`);
    }
  }

  private placeOfPerson(contact: string | null): { country: string | null; region: string | null } {
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

  private placeOf(happening: Happening): { country: string | null; region: string | null } {
    const person = this.placeOfPerson(happening.contact);
    const order = happening.order ? this.orderById.get(happening.order) : undefined;
    const address = ((order?.shipping_information ?? {}) as { address?: Record<string, string> }).address;
    const country = address?.country_code || null;
    const region = address?.region_code || address?.region || null;
    return { country: country ?? person.country, region: country || region ? region : person.region };
  }

  private keysOf(happening: Happening, dimension: string | null): [string, number][] {
    const { value } = happening;
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
      case "lead_source": {
        const contact = this.data.contacts.find(({ supabase_id }) => supabase_id === happening.contact);
        const keapId = contact?.first_lead_source_keap_id ?? contact?.lead_source_keap_id;
        const source = this.data.lead_sources.find(({ keap_id }) => keap_id === keapId);
        return [[text(source?.supabase_id) ?? "unknown", value]];
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
  values(
    metric: string,
    options: { dimension: string | null; byMonth: boolean; from: string; to: string; money: boolean },
  ): Map<string, number | null> {
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
}
