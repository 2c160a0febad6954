import type { DimensionId } from "./dimensions";
import { rfmAt, rfmKeptAt } from "./rfm";
import { spans } from "./spans";

/**
 * One form of a fact: a view, or a select in parentheses (alias `f`), and a fixed condition on it. The text may name
 * moments of the query: `:now`, `:zone`, `:opening` (when the whole range begins), `:starts` and `:ends` (arrays with
 * an instant per bucket).
 */
export interface FactSource {
  view: string;
  where?: string;
  /** The same from where customers stood when the days of the buckets' ends began (analytics.standings). */
  kept?: string;
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
  /** Its rows are of several kinds, and a group without any of the kind asked for is no row (elsewhere it is one that says 0). */
  of_kinds?: true;
  /** Where a dimension's value is a column of the fact itself. */
  keys?: Partial<Record<DimensionId, string>>;
}

const runningSpans = `(select s.account_id, s.subscription_id, s.contact_id, s.product_id, s.plan_id, s.part, s.currency, s.mrr_minor,
    s.valid_from, s.ends_at as valid_to, s.alone
  from ${spans} s)`;

/**
 * Changes of a customer's monthly revenue, netted by day, each named by what it is. Of who ever had one subscription it
 * is known what they are: most people, who need not be sorted.
 */
const movements = `(with s as materialized (select e.* from ${spans} e),
  alone as (
    select s.account_id, s.contact_id, s.currency, s.mrr_minor, s.valid_from, s.ends_at,
      date_trunc('day', s.valid_from at time zone :zone) at time zone :zone as first_day,
      date_trunc('day', s.ends_at at time zone :zone) at time zone :zone as last_day
    from s where s.alone and s.valid_from < :now
  )
  select a.account_id, a.contact_id, a.currency, a.first_day as happened_at, a.mrr_minor as change_minor,
    a.mrr_minor as after_minor, 0 as before_minor, 'new' as movement
  from alone a where a.ends_at is null or a.ends_at >= :now or a.last_day > a.first_day
  union all
  select a.account_id, a.contact_id, a.currency, a.last_day, -a.mrr_minor, 0, a.mrr_minor, 'churn'
  from alone a where a.ends_at < :now and a.last_day > a.first_day
  union all
  select m.account_id, m.contact_id, m.currency, m.happened_at, m.change_minor, m.after_minor, m.before_minor, case
      when m.before_minor = 0 and m.peak_minor = 0 then 'new'
      when m.before_minor = 0 then 'reactivation'
      when m.after_minor = 0 then 'churn'
      when m.after_minor > m.before_minor then 'expansion'
      else 'contraction' end
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
          select account_id, contact_id, currency, valid_from as changed_at, mrr_minor as change_minor from s where not alone
          union all
          select account_id, contact_id, currency, ends_at, -mrr_minor from s where not alone and ends_at is not null
        ) c
        where c.changed_at < :now
        group by 1, 2, 3, 4
      ) d
      window customer as (partition by d.account_id, d.contact_id, d.currency order by d.happened_at)
    ) r
    where r.change_minor <> 0
  ) m)`;

/** What each customer paid a month when a period began and when it ended. Who has one subscription needs no adding up. */
const mrrPeriods = `(with s as materialized (select e.* from ${spans} e),
  -- Once per bucket (offset 0 keeps it so), not once per subscription.
  b as materialized (
    select p.*, greatest(1, round(extract(epoch from p.closed_at - p.opened_at) / 86400))::int as days
    from unnest(:starts, :ends) with ordinality as p(opened_at, closed_at, bucket) offset 0
  )
  select b.bucket, s.account_id, s.contact_id, s.currency, b.days,
    case when s.valid_from < b.opened_at and (s.ends_at is null or s.ends_at >= b.opened_at) then s.mrr_minor else 0 end as opening_minor,
    case when s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.closed_at) then s.mrr_minor else 0 end as closing_minor
  from b join s on s.alone and s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.opened_at)
  union all
  select b.bucket, s.account_id, s.contact_id, s.currency, b.days,
    coalesce(sum(s.mrr_minor) filter (where s.valid_from < b.opened_at and (s.ends_at is null or s.ends_at >= b.opened_at)), 0)::bigint,
    coalesce(sum(s.mrr_minor) filter (where s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.closed_at)), 0)::bigint
  from b join s on not s.alone and s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.opened_at)
  group by b.bucket, s.account_id, s.contact_id, s.currency, b.days)`;

/** Of who paid when the whole range began, who pays at the end of each bucket. */
const stickPeriods = `(with s as materialized (
    select e.* from ${spans} e where not e.alone or (e.valid_from < :opening and (e.ends_at is null or e.ends_at >= :opening))
  ),
  b as materialized (select u.* from unnest(:ends) with ordinality as u(closed_at, bucket))
  select b.bucket, s.account_id, s.contact_id,
    s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.closed_at) as stuck
  from b join s on s.alone
  union all
  select b.bucket, x.account_id, x.contact_id,
    bool_or(x.valid_from < b.closed_at and (x.ends_at is null or x.ends_at >= b.closed_at))
  from b
  join (
    select s.*, bool_or(s.valid_from < :opening and (s.ends_at is null or s.ends_at >= :opening)) over (partition by s.account_id, s.contact_id) as there
    from s where not s.alone
  ) x on x.there
  group by 1, 2, 3)`;

/** Everybody who ever subscribed by the end of a bucket, with the month in which they began, and who still pays. */
const subscriberCohorts = `(select b.bucket, s.account_id, s.contact_id,
    to_char(s.joined_at at time zone :zone, 'YYYY-MM') as subscription_cohort,
    bool_or(s.valid_from < b.closed_at and (s.ends_at is null or s.ends_at >= b.closed_at)) as pays
  from unnest(:ends) with ordinality as b(closed_at, bucket)
  join (
    select e.*, min(e.valid_from) over (partition by e.account_id, e.contact_id) as joined_at from ${spans} e
  ) s on s.joined_at < b.closed_at
  group by 1, 2, 3, 4)`;

/** Money known to come: what is open and due, and bills of subscriptions that are charged by themselves. */
const expectedCash = `(select r.account_id, r.contact_id, r.currency, r.open_minor as amount_minor,
    greatest(r.due_at - interval '30 days', r.order_time) as valid_from, r.due_at as valid_to
  from analytics.receivables r
  where r.due_at > r.order_time
  union all
  select s.account_id, s.contact_id, s.currency, s.amount_minor,
    greatest(d.due_at - interval '30 days', s.counts_from), d.due_at
  from analytics.subscriptions s
  cross join generate_series(0, 31) as n (number)
  cross join lateral (
    select s.next_bill_date + n.number * s.every as due_day,
      (s.next_bill_date + n.number * s.every)::timestamp at time zone :zone as due_at
  ) d
  where s.active and s.auto_charge and s.amount_minor > 0 and s.counts_from is not null and s.unpaid_since is null
    and s.next_bill_date >= (:now at time zone :zone)::date
    and d.due_at < :now + interval '31 days'
    and (s.end_date is null or d.due_day < s.end_date))`;

/**
 * How engaged each person was at the end of a bucket: what they did in the year before, each thing worth half after 30
 * days, against the 95th percentile of those who did anything. Whom no mail may reach is left out.
 */
const engagementPeriods = `(with raw as (
    select b.bucket, b.at, e.account_id, e.contact_id,
      sum(e.weight * power(0.5::float8, extract(epoch from b.at - e.happened_at)::float8 / 2592000)) as raw
    from unnest(:ends) with ordinality as b(at, bucket)
    join analytics.engagement_events e on e.happened_at < b.at and e.happened_at >= b.at - interval '365 days'
    where e.contact_id is not null
    group by 1, 2, 3, 4
  ),
  tops as (
    select bucket, percentile_cont(0.95) within group (order by raw) as top from raw group by 1
  )
  select b.bucket, s.account_id, s.contact_id,
    -- Not least() of a null, which would be 100.
    case when r.raw is null then 0 else round(least(100, 100 * r.raw / t.top)::numeric, 4) end as score
  from unnest(:ends) with ordinality as b(at, bucket)
  join analytics.email_states s on s.valid_from < b.at and (s.valid_to is null or s.valid_to >= b.at)
    and s.email_state in ('mailable', 'soft_bounced')
  left join raw r on r.bucket = b.bucket and r.account_id = s.account_id and r.contact_id = s.contact_id
  left join tops t on t.bucket = b.bucket)`;

const instantsAtEnds = "unnest(:ends) with ordinality as b(at, bucket)";

/** When each customer with two occasions or more is due to buy again, in days from the end of a bucket. */
const nextOrders = `(select c.bucket, c.account_id, c.contact_id,
    extract(epoch from c.last_at - c.at)::float8 / 86400 + coalesce(case when c.occasions >= 3 then c.own_gap end, u.gap) as days
  from (
    select b.bucket, b.at, o.account_id, o.contact_id, max(o.occasion_at) as last_at, count(*) as occasions,
      percentile_cont(0.5) within group (order by extract(epoch from o.occasion_at - o.previous_at)::float8 / 86400)
        filter (where o.previous_at is not null) as own_gap
    from ${instantsAtEnds} join analytics.occasions o on o.occasion_at < b.at
    group by 1, 2, 3, 4
    having count(*) >= 2
  ) c
  join (
    select b.bucket, percentile_cont(0.5) within group (order by extract(epoch from o.occasion_at - o.previous_at)::float8 / 86400) as gap
    from ${instantsAtEnds} join analytics.occasions o on o.occasion_at < b.at and o.previous_at is not null
    group by 1
  ) u on u.bucket = c.bucket)`;

/** Where each customer stood when a period began and ended. */
const activityPeriods = `(select b.bucket, a.account_id, a.contact_id,
    coalesce(bool_or(a.state = 'active' and a.valid_from < b.opened_at and (a.valid_to is null or a.valid_to >= b.opened_at)), false) as was_active,
    coalesce(bool_or(a.state = 'active' and a.valid_from < b.closed_at and (a.valid_to is null or a.valid_to >= b.closed_at)), false) as is_active,
    coalesce(bool_or(a.state = 'lapsed' and a.valid_from < b.opened_at and (a.valid_to is null or a.valid_to >= b.opened_at)), false) as was_lapsed,
    coalesce(bool_or(a.occasion_at >= b.opened_at and a.occasion_at < b.closed_at), false) as bought
  from unnest(:starts, :ends) with ordinality as b(opened_at, closed_at, bucket)
  join analytics.activity a on a.valid_from < b.closed_at and (a.valid_to is null or a.valid_to >= b.opened_at)
  group by 1, 2, 3)`;

/** Credits under the account's model, and whether the person came since any touch is known. */
const credits = `(select c.*, p.created_at >= began.at as since_tracking
  from analytics.attribution_own c
  left join analytics.contacts p on p.account_id = c.account_id and p.contact_id = c.contact_id
  cross join (select min(t.touched_at) as at from analytics.touches t) began)`;

/** What is open, with how long it has been due by now. */
const receivablesByAge = `(select r.*, case
      when r.due_at > :now then 'not due'
      when r.due_at > :now - interval '30 days' then '1 to 30 days'
      when r.due_at > :now - interval '60 days' then '31 to 60 days'
      when r.due_at > :now - interval '90 days' then '61 to 90 days'
      else 'over 90 days' end as receivable_age
  from analytics.receivables r)`;

/** Of facts about contacts themselves: what they are is a column, so that they are not read twice. */
const ofContact: NonNullable<FactDefinition["keys"]> = {
  lead_source: "coalesce(f.lead_source_id::text, 'unknown')",
  owner: "coalesce(f.owner_id::text, 'unknown')",
};

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
    keys: ofContact,
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
    whole: { view: receivablesByAge },
    order: { view: receivablesByAge },
    keys: { receivable_age: "f.receivable_age" },
  },
  receivables_due: {
    id: "receivables_due",
    kind: "cumulative",
    time: "due_at",
    has_currency: true,
    key: "order_id",
    whole: { view: receivablesByAge },
    order: { view: receivablesByAge },
    keys: { receivable_age: "f.receivable_age" },
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
    keys: ofContact,
  },
  lead_outcomes: {
    id: "lead_outcomes",
    kind: "flow",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.lead_outcomes" },
    keys: ofContact,
  },
  lead_values: {
    id: "lead_values",
    kind: "flow",
    time: "created_at",
    has_currency: true,
    key: "contact_id",
    whole: { view: "analytics.lead_values" },
    keys: ofContact,
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
    of_kinds: true,
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
  created_deals: {
    id: "created_deals",
    kind: "flow",
    time: "created_at",
    has_currency: true,
    key: "deal_id",
    whole: { view: "analytics.deals" },
    keys: { owner: "coalesce(f.user_id::text, 'unknown')", stage: "coalesce(f.stage_id::text, 'unknown')" },
  },
  closed_deals: {
    id: "closed_deals",
    kind: "flow",
    time: "closed_at",
    has_currency: true,
    of_kinds: true,
    key: "deal_id",
    whole: { view: "analytics.deals" },
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
    of_kinds: true,
    key: "contact_id",
    whole: { view: "analytics.contact_hygiene" },
    keys: ofContact,
  },
  payments_by_line: {
    id: "payments_by_line",
    kind: "flow",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: { view: "analytics.payment_lines" },
    order: { view: "analytics.payment_lines" },
    line: { view: "analytics.payment_lines" },
  },
  expected_cash: {
    id: "expected_cash",
    kind: "stock",
    has_currency: true,
    key: "contact_id",
    whole: { view: expectedCash },
  },
  stick_periods: {
    id: "stick_periods",
    kind: "period",
    has_currency: false,
    key: "contact_id",
    whole: { view: stickPeriods },
  },
  subscriber_cohorts: {
    id: "subscriber_cohorts",
    kind: "period",
    has_currency: false,
    key: "contact_id",
    whole: { view: subscriberCohorts },
    keys: { subscription_cohort: "f.subscription_cohort" },
  },
  renewals: {
    id: "renewals",
    kind: "flow",
    time: "due_at",
    has_currency: false,
    key: "subscription_id",
    whole: { view: "analytics.renewals" },
  },
  lead_waits: {
    id: "lead_waits",
    kind: "flow",
    time: "created_at",
    has_currency: false,
    key: "contact_id",
    whole: {
      view: `(select w.account_id, w.contact_id, w.created_at, w.lead_source_id, w.owner_id,
    greatest(extract(epoch from coalesce(case when w.first_bought_at < :now then w.first_bought_at end, :now) - w.created_at)::float8 / 86400, 0) as days,
    coalesce(w.first_bought_at < :now, false) as bought
  from analytics.lead_waits w
  where not w.imported and not w.bought_before)`,
    },
    keys: ofContact,
  },
  first_tags: {
    id: "first_tags",
    kind: "flow",
    time: "applied_at",
    has_currency: false,
    key: "contact_id",
    whole: {
      view: "analytics.first_tags",
      // Who was a customer already cannot become one.
      where: "(f.first_bought_at is null or f.first_bought_at > f.applied_at)",
    },
    keys: { tag: "f.tag_id::text" },
  },
  attribution: {
    id: "attribution",
    kind: "flow",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: {
      view: credits,
    },
    order: { view: credits },
    keys: {
      touch: "coalesce(f.touch, 'unknown')",
      touch_kind: "coalesce(f.touch_kind, 'unknown')",
    },
  },
  email_revenue: {
    id: "email_revenue",
    kind: "flow",
    time: "sent_at",
    has_currency: true,
    key: "email_id",
    whole: { view: "analytics.email_revenue" },
  },
  unsubscribes: {
    id: "unsubscribes",
    kind: "flow",
    time: "seen_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.unsubscribes" },
    keys: { email_state: "f.email_state" },
  },
  email_states: {
    id: "email_states",
    kind: "stock",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.email_states" },
    keys: { email_state: "f.email_state" },
  },
  engagement_periods: {
    id: "engagement_periods",
    kind: "period",
    has_currency: false,
    key: "contact_id",
    whole: { view: engagementPeriods },
  },
  rfm_scores: {
    id: "rfm_scores",
    kind: "period",
    has_currency: false,
    key: "contact_id",
    whole: {
      view: rfmAt("(select * from unnest(:ends) with ordinality as b(at, bucket))"),
      kept: rfmKeptAt("(select * from unnest(:ends) with ordinality as b(at, bucket))"),
    },
    keys: { rfm_group: "f.rfm_group" },
  },
  next_orders: {
    id: "next_orders",
    kind: "period",
    has_currency: false,
    key: "contact_id",
    whole: { view: nextOrders },
  },
  predictions: {
    id: "predictions",
    kind: "stock",
    has_currency: true,
    key: "contact_id",
    whole: { view: "analytics.predictions" },
  },
  stage_reaches: {
    id: "stage_reaches",
    kind: "flow",
    time: "reached_at",
    has_currency: false,
    key: "contact_id",
    whole: { view: "analytics.stage_reaches" },
    keys: { owner: "coalesce(f.user_id::text, 'unknown')", stage: "f.stage_id::text" },
  },
  affiliate_commissions: {
    id: "affiliate_commissions",
    kind: "flow",
    time: "occurred_at",
    has_currency: true,
    key: "contact_id",
    whole: { view: "analytics.affiliate_commissions" },
    keys: { affiliate: "coalesce(f.affiliate_id::text, 'unknown')" },
  },
  affiliate_payments: {
    id: "affiliate_payments",
    kind: "flow",
    time: "paid_at",
    has_currency: true,
    key: "payment_id",
    whole: { view: "analytics.affiliate_payments" },
    order: { view: "analytics.affiliate_payments" },
    keys: {
      sale_affiliate: "coalesce(f.sale_affiliate_id::text, 'unknown')",
      lead_affiliate: "coalesce(f.lead_affiliate_id::text, 'unknown')",
    },
  },
  tag_use: {
    id: "tag_use",
    kind: "cumulative",
    time: "created_at",
    has_currency: false,
    key: "tag_id",
    whole: { view: "analytics.tag_use" },
    keys: { tag_category: "coalesce(f.category_id::text, 'unknown')" },
  },
  passages: {
    id: "passages",
    kind: "flow",
    time: "arrived_at",
    has_currency: false,
    key: "passage_id",
    whole: { view: "analytics.passages" },
    keys: { record_type: "f.record_type" },
  },
  verifications: {
    id: "verifications",
    kind: "stock",
    has_currency: false,
    key: "record_type",
    whole: { view: "analytics.verifications" },
    keys: { record_type: "f.record_type" },
  },
} satisfies Record<string, FactDefinition>;

export type FactId = keyof typeof facts;
