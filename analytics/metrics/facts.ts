import type { DimensionId } from "./dimensions";

/**
 * One form of a fact: a view, or a select in parentheses (alias `f`), and a fixed condition on it. The text may name
 * moments of the query: `:now`, `:zone`, `:starts` and `:ends` (arrays with an instant per bucket).
 */
export interface FactSource {
  view: string;
  where?: string;
}

/**
 * A row source the metrics count over. A `flow` happens at an instant (`time`); a `stock` holds over a half-open span
 * (`valid_from`, `valid_to`, null while it lasts) and is counted at the end of each bucket; a `period` compares the
 * ends of a bucket and names its `bucket` itself.
 *
 * The same columns exist in each form: `whole` has a row per thing, `order` a row per thing and order, `line` a row
 * per thing and item of its order.
 */
export interface FactDefinition {
  id: string;
  kind: "flow" | "stock" | "period";
  /** Instant that decides the bucket of a flow. */
  time?: string;
  has_currency: boolean;
  /** Identifies the thing itself, whichever form is read. */
  key: string;
  whole: FactSource;
  order?: FactSource;
  line?: FactSource;
  /** Where a dimension's value is a column of the fact itself. */
  keys?: Partial<Record<DimensionId, string>>;
}

/**
 * Subscriptions while they count. One that is active but 30 days behind with a bill ended when that bill fell due; it
 * comes back as soon as it is paid.
 */
const spans = `(select e.* from (
    select s.*, case
      when s.active and s.unpaid_since + interval '30 days' <= :now then s.unpaid_since
      else s.valid_to end as ends_at
    from analytics.subscription_spans s
  ) e where e.ends_at is null or e.ends_at > e.valid_from)`;

const runningSpans = `(select s.account_id, s.subscription_id, s.contact_id, s.product_id, s.plan_id, s.part, s.currency, s.mrr_minor,
    s.valid_from, s.ends_at as valid_to
  from ${spans} s)`;

/** Changes of a customer's monthly revenue, netted by day, each named by what it is. */
const movements = `(select m.*, case
      when m.before_minor = 0 and m.peak_minor = 0 then 'new'
      when m.before_minor = 0 then 'reactivation'
      when m.after_minor = 0 then 'churn'
      when m.after_minor > m.before_minor then 'expansion'
      else 'contraction' end as movement
  from (
    select r.*, coalesce(max(r.after_minor) over (
        partition by r.account_id, r.contact_id, r.currency order by r.happened_at rows between unbounded preceding and 1 preceding
      ), 0) as peak_minor
    from (
      select d.*,
        (sum(d.change_minor) over customer)::bigint as after_minor,
        (sum(d.change_minor) over customer - d.change_minor)::bigint as before_minor
      from (
        select c.account_id, c.contact_id, c.currency,
          date_trunc('day', c.changed_at at time zone :zone) at time zone :zone as happened_at,
          sum(c.change_minor)::bigint as change_minor
        from (
          select account_id, contact_id, currency, valid_from as changed_at, mrr_minor as change_minor from ${spans} begun
          union all
          select account_id, contact_id, currency, ends_at, -mrr_minor from ${spans} done where ends_at is not null
        ) c
        where c.changed_at < :now
        group by 1, 2, 3, 4
      ) d
      window customer as (partition by d.account_id, d.contact_id, d.currency order by d.happened_at)
    ) r
    where r.change_minor <> 0
  ) m)`;

/** What each customer paid a month when a period began and when it ended. */
const mrrPeriods = `(select b.bucket, s.account_id, s.contact_id, s.currency,
    coalesce(sum(s.mrr_minor) filter (where s.valid_from < b.opened_at and (s.ends_at is null or s.ends_at >= b.opened_at)), 0)::bigint as opening_minor,
    coalesce(sum(s.mrr_minor) filter (where s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.closed_at)), 0)::bigint as closing_minor
  from unnest(:starts, :ends) with ordinality as b(opened_at, closed_at, bucket)
  join ${spans} s on s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.opened_at)
  group by 1, 2, 3, 4)`;

export const facts = {
  subscription_spans: {
    id: "subscription_spans",
    kind: "stock",
    has_currency: true,
    key: "subscription_id",
    whole: { view: runningSpans },
  },
  mrr_movements: {
    id: "mrr_movements",
    kind: "flow",
    time: "happened_at",
    has_currency: true,
    key: "contact_id",
    whole: { view: movements },
  },
  mrr_periods: {
    id: "mrr_periods",
    kind: "period",
    has_currency: true,
    key: "contact_id",
    whole: { view: mrrPeriods },
  },
  scheduled_ends: {
    id: "scheduled_ends",
    kind: "stock",
    has_currency: true,
    key: "subscription_id",
    whole: {
      // Known to end, and not yet ended: cancelled but paid ahead, or active with an end date.
      view: `(select s.account_id, s.subscription_id, s.contact_id, s.product_id, s.plan_id, s.part, s.currency, s.mrr_minor,
    coalesce(s.cancelled_at, s.counts_from) as valid_from,
    coalesce(s.counts_to, s.end_date::timestamp at time zone :zone) as valid_to
  from analytics.subscriptions s
  where s.mrr_minor > 0 and s.counts_from is not null
    and coalesce(s.counts_to, s.end_date::timestamp at time zone :zone) > coalesce(s.cancelled_at, s.counts_from))`,
    },
  },
  unpaid_subscriptions: {
    id: "unpaid_subscriptions",
    kind: "stock",
    has_currency: true,
    key: "subscription_id",
    whole: {
      view: `(select s.account_id, s.subscription_id, s.contact_id, s.product_id, s.plan_id, s.part, s.currency, s.mrr_minor,
    s.stalled_since,
    s.unpaid_since as valid_from,
    s.unpaid_since + interval '30 days' as valid_to
  from analytics.subscriptions s
  where s.active and s.mrr_minor > 0 and s.counts_from is not null and s.unpaid_since is not null)`,
    },
  },
  payments: {
    id: "payments",
    kind: "flow",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: { view: "analytics.payments" },
    order: { view: "analytics.payment_orders" },
    line: { view: "analytics.payment_lines" },
  },
  orders: {
    id: "orders",
    kind: "flow",
    time: "order_time",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.orders" },
    order: { view: "analytics.orders" },
    line: { view: "analytics.order_lines", where: "f.in_net_sales" },
  },
  order_lines: {
    id: "order_lines",
    kind: "flow",
    time: "order_time",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.order_units" },
    order: { view: "analytics.order_units" },
    line: { view: "analytics.order_units" },
  },
  leads: {
    id: "leads",
    kind: "flow",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.leads" },
  },
} satisfies Record<string, FactDefinition>;

export type FactId = keyof typeof facts;
