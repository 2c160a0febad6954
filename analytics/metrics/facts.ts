import type { DimensionId } from "./dimensions";
import { spans } from "./spans";

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
 * (`valid_from`, `valid_to`, null while it lasts) and is counted at the end of each bucket; a `cumulative` holds from
 * an instant (`time`) on, which is quicker to add up; a `period` compares the ends of a bucket and names its `bucket`.
 *
 * The same columns exist in each form: `whole` has a row per thing, `order` a row per thing and order, `line` a row
 * per thing and item of its order.
 */
export interface FactDefinition {
  id: string;
  kind: "flow" | "stock" | "cumulative" | "period";
  /** Instant that decides the bucket of a flow, and from which a cumulative thing counts. */
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

/** Where each customer stood when a period began and ended. */
const activityPeriods = `(select b.bucket, a.account_id, a.contact_id,
    coalesce(bool_or(a.state = 'active' and a.valid_from < b.opened_at and (a.valid_to is null or a.valid_to >= b.opened_at)), false) as was_active,
    coalesce(bool_or(a.state = 'active' and a.valid_from < b.closed_at and (a.valid_to is null or a.valid_to >= b.closed_at)), false) as is_active,
    coalesce(bool_or(a.state = 'lapsed' and a.valid_from < b.opened_at and (a.valid_to is null or a.valid_to >= b.opened_at)), false) as was_lapsed,
    coalesce(bool_or(a.occasion_at >= b.opened_at and a.occasion_at < b.closed_at), false) as bought
  from unnest(:starts, :ends) with ordinality as b(opened_at, closed_at, bucket)
  join analytics.activity a on a.valid_from < b.closed_at and (a.valid_to is null or a.valid_to >= b.opened_at)
  group by 1, 2, 3)`;

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
  invoices: {
    id: "invoices",
    kind: "flow",
    time: "order_time",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.orders" },
    order: { view: "analytics.orders" },
    line: { view: "analytics.order_lines", where: "f.part <> 'tax'" },
  },
  payments_without_tax: {
    id: "payments_without_tax",
    kind: "flow",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: { view: "analytics.payment_lines", where: "f.part <> 'tax'" },
    order: { view: "analytics.payment_lines", where: "f.part <> 'tax'" },
    line: { view: "analytics.payment_lines", where: "f.part <> 'tax'" },
  },
  receivables: {
    id: "receivables",
    kind: "cumulative",
    time: "order_time",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.receivables" },
    order: { view: "analytics.receivables" },
  },
  receivables_due: {
    id: "receivables_due",
    kind: "cumulative",
    time: "due_at",
    has_currency: true,
    key: "order_id",
    whole: { view: "analytics.receivables" },
    order: { view: "analytics.receivables" },
  },
  failed_charges: {
    id: "failed_charges",
    kind: "flow",
    time: "failed_at",
    has_currency: false,
    key: "order_id",
    whole: { view: "analytics.failed_charges" },
    order: { view: "analytics.failed_charges" },
  },
  customers: {
    id: "customers",
    kind: "cumulative",
    time: "customer_since",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.customers" },
  },
  new_customers: {
    id: "new_customers",
    kind: "flow",
    time: "customer_since",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.customers" },
  },
  activity: {
    id: "activity",
    kind: "stock",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.activity" },
  },
  reactivations: {
    id: "reactivations",
    kind: "flow",
    time: "reactivated_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.reactivations" },
  },
  activity_periods: {
    id: "activity_periods",
    kind: "period",
    has_currency: false,
    key: "contact_id",
    whole: { view: activityPeriods },
  },
  occasions: {
    id: "occasions",
    kind: "flow",
    time: "occasion_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.occasions" },
  },
  occasions_to_date: {
    id: "occasions_to_date",
    kind: "cumulative",
    time: "occasion_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.occasions" },
  },
  payments_to_date: {
    id: "payments_to_date",
    kind: "cumulative",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: { view: "analytics.payments" },
    order: { view: "analytics.payment_orders" },
    line: { view: "analytics.payment_lines" },
  },
  contacts: {
    id: "contacts",
    kind: "cumulative",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.leads" },
  },
  lead_outcomes: {
    id: "lead_outcomes",
    kind: "flow",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.lead_outcomes" },
  },
  lead_values: {
    id: "lead_values",
    kind: "flow",
    time: "created_at",
    has_currency: true,
    key: "contact_id",
    whole: { view: "analytics.lead_values" },
  },
  lead_source_costs: {
    id: "lead_source_costs",
    kind: "flow",
    time: "incurred_at",
    has_currency: true,
    key: "expense_id",
    whole: { view: "analytics.lead_source_costs" },
    keys: { lead_source: "coalesce(f.lead_source_id::text, 'unknown')" },
  },
  tag_applications: {
    id: "tag_applications",
    kind: "flow",
    time: "applied_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.contact_tags" },
    keys: { tag: "f.tag_id::text" },
  },
  emails: {
    id: "emails",
    kind: "flow",
    time: "sent_at",
    has_currency: false,
    key: "email_id",
    whole: { view: "analytics.emails" },
  },
  activities: {
    id: "activities",
    kind: "flow",
    time: "happened_at",
    has_currency: false,
    key: "activity_id",
    whole: { view: "analytics.activities" },
    keys: { owner: "coalesce(f.user_id::text, 'unknown')" },
  },
  open_deals: {
    id: "open_deals",
    kind: "stock",
    has_currency: true,
    key: "deal_id",
    whole: {
      view: "(select d.*, d.created_at as valid_from, d.closed_at as valid_to from analytics.deals d)",
    },
    keys: { owner: "coalesce(f.user_id::text, 'unknown')", stage: "coalesce(f.stage_id::text, 'unknown')" },
  },
  closed_deals: {
    id: "closed_deals",
    kind: "flow",
    time: "closed_at",
    has_currency: true,
    key: "deal_id",
    whole: { view: "analytics.deals", where: "f.closed_at is not null" },
    keys: { owner: "coalesce(f.user_id::text, 'unknown')", stage: "coalesce(f.stage_id::text, 'unknown')" },
  },
  stage_stays: {
    id: "stage_stays",
    kind: "flow",
    time: "moved_at",
    has_currency: false,
    key: "move_id",
    whole: { view: "analytics.stage_stays" },
    keys: { owner: "coalesce(f.user_id::text, 'unknown')", stage: "f.stage_id::text" },
  },
  contact_hygiene: {
    id: "contact_hygiene",
    kind: "cumulative",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.contact_hygiene" },
  },
} satisfies Record<string, FactDefinition>;

export type FactId = keyof typeof facts;
