/**
 * What somebody who knows the tables and METRICS would write for a ready chart, by `board: title`: straight over the
 * mirrored tables, for the same rows. Used by the bench alone, to compare with: it checks that both give the same
 * numbers, and sets their times beside each other.
 *
 * Columns v1, v2 … are the chart's values in its order (with a comparison, each followed by the earlier one); others
 * are groups. `:account`, `:now`, `:from`, `:to` (start and end of the range), `:end` (its end, or now where that is
 * earlier) and the same of the range compared with (`:before_from` …) are put in as literals. A row named `others` may
 * be left out.
 */

const zone = "'America/New_York'";
const month = (column: string) => `date_trunc('month', ${column} at time zone ${zone})`;
const within = (column: string) => `${column} >= :from and ${column} < :to`;

/** The same for the range and for the one before it, of a flow. */
const twice = (value: (where: (column: string) => string) => string) =>
  `select (${value(within)}) as v1, (${value((column) => `${column} >= :before_from and ${column} < :before_to`)}) as v2`;
/** The same at the end of the range and of the one before it. */
const atEnds = (value: (at: string) => string) =>
  `select (${value(":end")}) as v1, (${value(":before_end")}) as v2`;
/** Months of the range with the instants at which they begin and end, no later than now. */
const months = `(select m as month, m at time zone ${zone} as opened, least((m + interval '1 month') at time zone ${zone}, :now) as closed
  from generate_series(date_trunc('month', :from at time zone ${zone}), date_trunc('month', (:to - interval '1 second') at time zone ${zone}), interval '1 month') m) b`;

// Money ---------------------------------------------------------------------------------------------------------------

const notVoid = `not exists (select 1 from public.transactions v where v.account_id = p.account_id and v.payment_keap_id = p.keap_id
  and v.transaction_method = 'VOID' and v.is_successful is not false and v.deleted_at is null)`;
const counts = `p.account_id = :account and p.deleted_at is null and not p.is_test and not p.is_void
  and (p.status in ('APPROVED', 'COMPLETED') or p.status = 'NONE' and p.is_manual) and ${notVoid}`;
const paid = `${counts} and p.kind = 'payment'`;
const ordered =
  "o.account_id = :account and o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0 and o.order_time is not null";
const amount = "coalesce(sum(p.amount_minor) filter (where p.kind = 'payment'), 0)";
const refund = "coalesce(sum(p.amount_minor) filter (where p.kind = 'refund'), 0)";
const net = "sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end)";

const lead = "c.account_id = :account and c.deleted_at is null and c.keap_created_at is not null";

const twoRanges = (select: string, from: string, where: string, column: string) =>
  twice((inRange) => `select ${select} from ${from} where ${where} and ${inRange(column)}`);
const byMonth = (values: string[], from: string, where: string, column: string) =>
  `select ${month(column)} as month, ${values.map((value, at) => `${value} as v${at + 1}`).join(", ")} from ${from} where ${where} and ${within(column)} group by 1`;

/** Orders of subscriptions that were billed before. */
const renewals = `select i.order_id from public.order_items i
  join (select distinct on (i.subscription_keap_id) i.subscription_keap_id, i.order_id from public.order_items i
    join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id and o.deleted_at is null and o.status <> 'DRAFT'
    where i.account_id = :account and i.subscription_keap_id is not null and i.deleted_at is null
    order by i.subscription_keap_id, o.order_time, i.order_id) f using (subscription_keap_id)
  where i.account_id = :account and i.deleted_at is null group by i.order_id having bool_and(f.order_id <> i.order_id)`;
/** An order's total without its tax and shipping items. */
const netSales = `o.total_minor - coalesce((select sum(i.quantity * i.price_per_unit_minor) from public.order_items i
  where i.account_id = o.account_id and i.order_id = o.supabase_id and i.item_type in ('TAX', 'SHIPPING', 'DISCOUNT_SHIPPING') and i.deleted_at is null), 0)`;
const firstSales = `public.orders o where ${ordered} and o.supabase_id not in (${renewals})`;

/** A payment's money over the items of its order, pro rata to their prices. */
const shares = `select p.paid_at, i.product_id, p.amount_minor * i.price_per_unit_minor * i.quantity
    / nullif(sum(i.price_per_unit_minor * i.quantity) over (partition by p.supabase_id), 0) as share
  from public.payments p join public.order_items i on i.account_id = p.account_id and i.order_id = p.order_id and i.deleted_at is null
  where ${paid} and ${within("p.paid_at")}`;

const customers = `select o.contact_id, min(o.order_time) as since from public.orders o
  join (select p.order_id from public.payments p where ${counts} group by 1 having ${net} > 0) k on k.order_id = o.supabase_id
  where o.account_id = :account and o.deleted_at is null group by 1`;
const firstBought = `select o.contact_id, min(o.order_time) as bought_at from ${firstSales} group by 1`;
const top = (select: string, limit = 10) => `${select} order by v1 desc nulls last limit ${limit}`;
const openOrders = (at: string, due: string) =>
  `select sum(o.total_minor - coalesce(o.total_paid_minor, 0)) from public.orders o
    where ${ordered} and o.total_minor > coalesce(o.total_paid_minor, 0) and ${due} < ${at}`;

/** Charges that failed, by order, and whether it was paid within 30 days. */
const failures = `select f.failed_at, exists (select 1 from public.payments p where p.account_id = :account and p.order_id = f.order_id and p.kind = 'payment'
    and p.deleted_at is null and not p.is_void and not p.is_test and p.status in ('APPROVED', 'COMPLETED')
    and p.paid_at > f.failed_at and p.paid_at <= f.failed_at + interval '30 days') as recovered
  from (select o.supabase_id as order_id, min(t.transaction_at) as failed_at
    from public.transactions t join public.orders o on o.account_id = t.account_id and o.keap_id = any (t.order_keap_ids)
    where t.account_id = :account and t.is_successful is false and t.transaction_method = 'CAPTURE' and not t.is_test and t.deleted_at is null and ${ordered}
    group by 1) f`;

// People who buy ------------------------------------------------------------------------------------------------------

/** Orders of one person within 24 hours of the first are one purchase; the aggregate is the product's own. */
const occasions = `select s.contact_id, s.at, row_number() over person as number, lead(s.at) over person as next_at, lag(s.at) over person as previous_at
  from (
    select distinct c.contact_id, c.at
    from (select o.contact_id, analytics.occasion_start(o.order_time) over (partition by o.contact_id order by o.order_time, o.supabase_id) as at from ${firstSales}) c
  ) s window person as (partition by s.contact_id order by s.at)`;
const span =
  "select least(730, greatest(30, ceil(percentile_cont(0.9) within group (order by extract(epoch from w.at - w.previous_at) / 86400)))) * interval '1 day' as span from w where w.previous_at is not null";
const withSpan = `with w as materialized (${occasions}), g as materialized (${span})`;
const standing = (at: string, lapsed: boolean) =>
  `select count(*) from w, g where w.at < ${at} and (w.next_at is null or w.next_at >= ${at}) and w.at ${lapsed ? "<" : ">="} ${at} - g.span`;
const repeat = (at: string) =>
  `select (count(*) filter (where w.number = 2))::numeric / nullif(count(*) filter (where w.number = 1), 0) from w where w.at < ${at}`;
const lifetime = (
  at: string,
) => `select (select ${net} from public.payments p where ${counts} and p.paid_at < ${at})::numeric
  / nullif((select count(*) from k where k.since < ${at}), 0)`;

// Subscriptions -------------------------------------------------------------------------------------------------------

/**
 * When each subscription counts: from its first payment to the end of the time paid for; no longer than 30 days past an
 * open bill; replaced by one that begins within a week of its end.
 */
const spans = `with billed as materialized (
    select i.subscription_keap_id as keap_id,
      min(case when o.total_paid_minor > 0 then coalesce(p.paid_at, o.order_time) else p.paid_at end) as first_paid_at,
      min(coalesce(o.due_at, o.order_time)) filter (where coalesce(o.total_paid_minor, 0) < o.total_minor) as unpaid_since
    from public.order_items i
    join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id and o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0
    left join public.payments p on p.account_id = o.account_id and p.order_id = o.supabase_id and p.kind = 'payment' and p.deleted_at is null
      and not p.is_void and not p.is_test and p.amount_minor > 0 and p.status in ('APPROVED', 'COMPLETED')
    where i.account_id = :account and i.subscription_keap_id is not null and i.deleted_at is null group by 1),
  subs as materialized (
    select s.supabase_id, s.contact_id, s.product_id, s.active, s.cancelled_at, s.end_date,
      case left(s.billing_cycle, 1) when 'Y' then round(s.billing_amount_minor / 12.0 / s.billing_frequency) else round(s.billing_amount_minor::numeric / s.billing_frequency) end as mrr,
      greatest(s.start_date::timestamp at time zone ${zone}, b.first_paid_at) as since,
      case when not s.active then coalesce(coalesce(s.end_date, s.next_bill_date)::timestamp at time zone ${zone}, s.cancelled_at) end as until,
      case when s.active then coalesce(b.unpaid_since, case when not s.auto_charge then s.next_bill_date::timestamp at time zone ${zone} end) end as unpaid_since
    from public.subscriptions s join billed b on b.keap_id = s.keap_id and b.first_paid_at is not null
    where s.account_id = :account and s.deleted_at is null and s.billing_amount_minor > 0),
  next as materialized (
    select s.supabase_id, min(n.since) as since from subs s
    join subs n on n.contact_id = s.contact_id and n.supabase_id <> s.supabase_id and n.since > s.since
      and n.since between s.until - interval '7 days' and s.until + interval '7 days'
    where not s.active group by 1),
  spans as materialized (
    select x.* from (
      select s.contact_id, s.product_id, s.mrr, s.since,
        coalesce(n.since, s.until, case when s.active and s.unpaid_since + interval '30 days' <= :now then s.unpaid_since end) as until
      from subs s left join next n on n.supabase_id = s.supabase_id where s.until is null or s.until > s.since) x
    where x.until is null or x.until > x.since)`;
const runs = (at: string) => `s.since < ${at} and (s.until is null or s.until >= ${at})`;
const runningByMonth = (values: string[]) =>
  `${spans} select b.month, ${values.map((value, at) => `${value} as v${at + 1}`).join(", ")} from ${months} join spans s on ${runs("b.closed")} group by 1`;
/** What each subscriber paid a month when a month began and when it ended. */
const openAndClose = (
  values: string[],
) => `${spans} select x.month, ${values.map((value, at) => `${value} as v${at + 1}`).join(", ")} from (
    select b.month, s.contact_id, coalesce(sum(s.mrr) filter (where ${runs("b.opened")}), 0) as opening, coalesce(sum(s.mrr) filter (where ${runs("b.closed")}), 0) as closing
    from ${months} join spans s on s.since < b.closed and (s.until is null or s.until >= b.opened) group by 1, 2) x group by 1`;
const churnIn = (
  from: string,
  to: string,
) => `select (count(*) filter (where x.opening > 0 and x.closing = 0))::numeric / nullif(count(*) filter (where x.opening > 0), 0) from (
    select s.contact_id, coalesce(sum(s.mrr) filter (where ${runs(from)}), 0) as opening, coalesce(sum(s.mrr) filter (where ${runs(to)}), 0) as closing
    from spans s where s.since < ${to} and (s.until is null or s.until >= ${from}) group by 1) x`;
const movement = (value: string, condition: string) =>
  `coalesce(sum(${value}) filter (where m.at >= :from and ${condition}), 0)`;
const movements = `${spans}, steps as (
    select d.contact_id, d.at, d.change, sum(d.change) over person as after, sum(d.change) over person - d.change as before
    from (select e.contact_id, date_trunc('day', e.at at time zone ${zone}) at time zone ${zone} as at, sum(e.change) as change
      from (select contact_id, since as at, mrr as change from spans union all select contact_id, until, -mrr from spans where until is not null) e
      where e.at < :now group by 1, 2) d
    window person as (partition by d.contact_id order by d.at)),
  m as (select s.*, coalesce(max(s.after) over (partition by s.contact_id order by s.at rows between unbounded preceding and 1 preceding), 0) as peak
    from steps s where s.change <> 0)
  select ${month("m.at")} as month,
    ${movement("m.change", "m.before = 0 and m.peak = 0")} as v2, ${movement("m.change", "m.before = 0 and m.peak > 0")} as v3,
    ${movement("m.change", "m.before > 0 and m.after > 0 and m.change > 0")} as v4, ${movement("m.change", "m.before > 0 and m.after > 0 and m.change < 0")} as v5,
    ${movement("m.change", "m.after = 0")} as v6
  from m where ${within("m.at")} group by 1`;
const bridge = `${movements.replace(/\n {2}select \S*date_trunc/, ", moved as (select date_trunc")}), total as (
    select b.month, coalesce(sum(s.mrr) filter (where ${runs("b.opened")}), 0) as opening, coalesce(sum(s.mrr) filter (where ${runs("b.closed")}), 0) as closing
    from ${months} join spans s on s.since < b.closed and (s.until is null or s.until >= b.opened) group by 1)
  select t.month, t.opening as v1, m.v2, m.v3, m.v4, m.v5, m.v6, t.closing as v7 from total t left join moved m using (month)`;

// Leads, mails, deals -------------------------------------------------------------------------------------------------

const inTime = "(b.bought_at >= c.keap_created_at and b.bought_at < c.keap_created_at + interval '90 days')";
const value = `select p.contact_id, ${net} as value from public.payments p where ${counts} group by 1`;
const source = "coalesce(c.first_lead_source_keap_id, c.lead_source_keap_id)";
const mail = "i.account_id = :account and i.kind = 'email' and i.deleted_at is null";
const holdsTag =
  "left join public.contact_tags t on t.account_id = i.account_id and t.contact_id = i.contact_id and t.removed_at is null";
const did = (kind: string, column: string) =>
  top(`select i.user_id, count(*) as v1 from public.interactions i where i.account_id = :account and i.kind = '${kind}' and i.deleted_at is null
    and ${within(column)} group by 1`);
const worth = "(d.projected_revenue_low_minor + d.projected_revenue_high_minor) / 2";
const deal = "d.account_id = :account and d.deleted_at is null and d.keap_created_at is not null";
const deals = `select d.user_id, d.stage_id, ${worth} as worth, s.probability, s.outcome, d.keap_created_at as since, coalesce(d.include_in_forecast, true) as in_forecast,
    case when s.outcome in ('won', 'lost') then coalesce((select max(m.moved_at) from public.stage_moves m where m.account_id = d.account_id and m.opportunity_id = d.supabase_id
      and m.to_stage_id = d.stage_id and m.deleted_at is null), d.stage_entered_at, d.keap_updated_at, d.keap_created_at) end as closed_at
  from public.opportunities d left join public.opportunity_stages s on s.account_id = d.account_id and s.supabase_id = d.stage_id where ${deal}`;
const openDeals = (value_: string, at: string) =>
  `select sum(${value_}) from (${deals}) x where x.since < ${at} and (x.closed_at is null or x.closed_at >= ${at})`;

const addresses = `select c.keap_created_at as since, case
      when coalesce(s.status, c.email_addresses #>> '{EMAIL1,email_opt_status}') in ('UNENGAGED_MARKETABLE', 'SINGLE_OPT_IN', 'DOUBLE_OPT_IN', 'CONFIRMED') then 'mailable'
      when coalesce(s.status, c.email_addresses #>> '{EMAIL1,email_opt_status}') = 'BOUNCE' then 'soft_bounced'
      when s.status is null and c.email_addresses #>> '{EMAIL1,email_opt_status}' is null and not (c.email_addresses #>> '{EMAIL1,is_opt_in}')::boolean then 'not_opted_in'
      when s.status is null and c.email_addresses #>> '{EMAIL1,email_opt_status}' is null then 'unknown' else 'not mailable' end as state
  from public.contacts c left join public.email_addresses_status s on s.account_id = c.account_id and s.email = lower(btrim(c.email)) and s.deleted_at is null
  where ${lead} and nullif(btrim(c.email), '') is not null`;
const predicted = (model: string) =>
  atEnds(
    (
      at,
    ) => `select coalesce(${model === "clv" ? "sum" : "avg"}(x.score), 0) from (select distinct on (p.contact_id) p.score from public.predictions p
      where p.account_id = :account and p.model like '${model}%' and p.scored_at < ${at} and p.score is not null order by p.contact_id, p.scored_at desc) x`,
  );
const rfm = `with w as materialized (${occasions}),
  n as (select w.contact_id, max(w.at) as last_at, count(*) as times from w where w.at < :end and w.at >= :end - interval '24 months' group by 1),
  v as (select o.contact_id, sum(o.total_minor - coalesce(o.refund_total_minor, 0)) as value from ${firstSales} and o.order_time < :end and o.order_time >= :end - interval '24 months' group by 1),
  s as (select n.contact_id, ceil(5.0 * rank() over (order by n.last_at) / count(*) over ()) as r, ceil(5.0 * rank() over (order by v.value) / count(*) over ()) as m,
      case when n.times >= 6 then 5 when n.times >= 4 then 4 else n.times end as f from n join v on v.contact_id = n.contact_id and v.value > 0),
  r as (select x.contact_id, case when x.r >= 4 and x.fm = 5 or x.r = 5 and x.fm = 4 then 'champions' when x.r >= 3 and x.fm >= 4 or x.r >= 4 and x.fm = 3 then 'loyal'
      when x.r >= 4 then 'recent' when x.r = 3 then 'needs attention' when x.fm >= 4 or x.r = 2 and x.fm = 3 then 'at risk' else 'inactive' end as name
    from (select s.*, floor((s.f + s.m + 1) / 2) as fm from s) x)`;
/** The newest passage of each record since the account was connected. */
const lags = `select distinct on (j.record_id) j.entity, j.at, extract(epoch from j.at - c.keap_updated_at) as seconds from sync.journal j
  join public.contacts c on c.account_id = j.account_id and c.supabase_id = j.record_id and c.last_modified_by = 'keap'
  where j.account_id = :account order by j.record_id, j.journal_id desc`;
const verified = (at: string) =>
  `select distinct on (v.entity) v.entity, v.unexplained from sync.verification_runs v where v.account_id = :account and v.finished_at < ${at} order by v.entity, v.finished_at desc`;

// Tables of their own -------------------------------------------------------------------------------------------------

/** What was paid up to the end of the range, with the time of the order it was for. */
const reconciliation = `with paid as (
    select p.amount_minor as amount, p.paid_at, o.order_time from public.payments p
    left join public.orders o on o.account_id = p.account_id and o.supabase_id = p.order_id and ${ordered}
    where ${paid} and p.paid_at < :to),
  invoiced as (
    select sum(o.total_minor) as total, coalesce(sum(i.tax), 0) as tax from public.orders o
    left join (select i.order_id, sum(i.quantity * i.price_per_unit_minor) as tax from public.order_items i
      where i.account_id = :account and i.item_type = 'TAX' and i.deleted_at is null group by 1) i on i.order_id = o.supabase_id
    where ${ordered} and ${within("o.order_time")}),
  sums as (
    select coalesce(sum(amount) filter (where ${within("order_time")}), 0) as theirs,
      coalesce(sum(amount) filter (where ${within("order_time")} and paid_at < :from), 0) as before,
      coalesce(sum(amount) filter (where order_time < :from and paid_at >= :from), 0) as earlier,
      coalesce(sum(amount) filter (where order_time >= :to and paid_at >= :from), 0) as later,
      coalesce(sum(amount) filter (where order_time is null and paid_at >= :from), 0) as elsewhere,
      coalesce(sum(amount) filter (where paid_at >= :from), 0) as collected from paid)
  select unnest(array[i.total - i.tax, i.tax, s.theirs - i.total, -s.before, s.earlier, s.later, s.elsewhere, s.collected]) as v1 from invoiced i, sums s`;

/** Stays: subscriptions of one person that overlap, or follow each other within a week. */
const survival = `${spans}, marked as (
    select s.*, s.since > max(coalesce(s.until, 'infinity')) over (partition by s.contact_id order by s.since rows between unbounded preceding and 1 preceding) + interval '7 days' as anew
    from spans s),
  numbered as (select m.*, count(*) filter (where coalesce(m.anew, true)) over (partition by m.contact_id order by m.since) as stay from marked m),
  stays as (select n.contact_id, n.stay, min(n.since) as since, nullif(max(coalesce(n.until, 'infinity')), 'infinity') as until from numbered n group by 1, 2),
  lives as (select coalesce(s.until <= :now, false) as ended, floor(extract(epoch from least(coalesce(s.until, :now), :now) - s.since) / 86400) as days from stays s
    where ${within("s.since")} and s.since <= :now),
  steps as (select g.days, g.ended, sum(g.leaving) over (order by g.days desc) as at_risk
    from (select l.days, count(*) filter (where l.ended) as ended, count(*) as leaving from lives l group by 1) g)
  select n as month,
    case when n * 365 / 12.0 <= (select max(days) from lives) then coalesce((select exp(sum(ln(1 - x.ended / x.at_risk))) from steps x where x.ended > 0 and x.days <= n * 365 / 12.0), 1) end as v1,
    (select count(*) from lives l where l.days >= n * 365 / 12.0) as v2,
    (select count(*) from lives l where l.ended and l.days <= n * 365 / 12.0 and (n = 0 or l.days > (n - 1) * 365 / 12.0)) as v3
  from generate_series(0, 12) n`;

/** Of who joined in each month, who was there in it and in each later one. */
const cohorts = (
  joined: string,
  there: string,
) => `, c as (select b.month, j.contact_id from ${months} join (${joined}) j on j.joined_at >= b.opened and j.joined_at < b.closed),
  t as (${there}),
  s as (select month, count(*) as size from c group by 1),
  n as (select c.month, t.month as later, count(*) as people from c join t using (contact_id) where t.month >= c.month group by 1, 2)
  select s.month, b.month as later, s.size as v1, coalesce(n.people, 0) as v2, coalesce(n.people, 0)::numeric / s.size as v3
  from s join ${months} on b.month >= s.month left join n on n.month = s.month and n.later = b.month`;

/** Money to date of who bought for the first time in each month; refunds where the payment they give back was. */
const cohortMoney = `with c as (select f.contact_id, ${month("f.bought_at")} as month from (${firstBought}) f where ${within("f.bought_at")} and f.bought_at <= :now),
  m as (
    select c.month, greatest(${month("case when p.kind = 'payment' then p.paid_at else coalesce(q.paid_at, o.order_time, p.paid_at) end")}, c.month) as later,
      sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end) as amount
    from c join public.payments p on p.contact_id = c.contact_id
    left join public.payments q on p.kind = 'refund' and q.account_id = p.account_id and q.keap_id = p.refund_of_keap_id
    left join public.orders o on p.kind = 'refund' and o.account_id = p.account_id and o.supabase_id = p.order_id
    where ${counts} and p.paid_at <= :now and p.paid_at < :to group by 1, 2),
  s as (select month, count(*) as people from c group by 1)
  select s.month, b.month as later, s.people as v1, x.amount as v2, round(x.amount::numeric / s.people) as v3
  from s join ${months} on b.month >= s.month
  cross join lateral (select coalesce(sum(m.amount), 0) as amount from m where m.month = s.month and m.later <= b.month) x`;

/** Groups when the range began and when it ended, as rows and columns. */
const groupNames = ["champions", "loyal", "recent", "needs attention", "at risk", "inactive", "no customer"];
const rfmMoves = `with w as materialized (${occasions}), ends as (select * from (values (1, :from), (2, :end)) e (n, at)),
  n as (select e.n, w.contact_id, max(w.at) as last_at, count(*) as times from ends e join w on w.at < e.at and w.at >= e.at - interval '24 months' group by 1, 2),
  v as (select e.n, o.contact_id, sum(o.total_minor - coalesce(o.refund_total_minor, 0)) as value from ends e cross join lateral (
      select o.* from ${firstSales} and o.order_time < e.at and o.order_time >= e.at - interval '24 months') o group by 1, 2),
  s as (select n.n, n.contact_id, ceil(5.0 * rank() over (partition by n.n order by n.last_at) / count(*) over (partition by n.n)) as r,
      ceil(5.0 * rank() over (partition by n.n order by v.value) / count(*) over (partition by n.n)) as m,
      case when n.times >= 6 then 5 when n.times >= 4 then 4 else n.times end as f from n join v on v.n = n.n and v.contact_id = n.contact_id and v.value > 0),
  r as (select x.n, x.contact_id, case when x.r >= 4 and x.fm = 5 or x.r = 5 and x.fm = 4 then 'champions' when x.r >= 3 and x.fm >= 4 or x.r >= 4 and x.fm = 3 then 'loyal'
      when x.r >= 4 then 'recent' when x.r = 3 then 'needs attention' when x.fm >= 4 or x.r = 2 and x.fm = 3 then 'at risk' else 'inactive' end as name
    from (select s.*, floor((s.f + s.m + 1) / 2) as fm from s) x),
  moves as (select coalesce(a.name, 'no customer') as was, coalesce(b.name, 'no customer') as is_now
    from (select * from r where n = 1) a full join (select * from r where n = 2) b using (contact_id))
  select was, ${groupNames.map((name, at) => `count(*) filter (where is_now = '${name}') as v${at + 1}`).join(", ")}, count(*) as v8 from moves group by 1`;

/** People made in the range who had not bought before, and when they first bought within 90 days. */
const funnel = `with p as (
    select c.keap_created_at as at, case when b.bought_at > c.keap_created_at and b.bought_at <= c.keap_created_at + :window then b.bought_at end as bought_at,
      c.keap_created_at + :window <= :now as mature
    from public.contacts c left join (${firstBought}) b on b.contact_id = c.supabase_id
    where ${lead} and ${within("c.keap_created_at")} and c.keap_created_at <= :now and (b.bought_at is null or b.bought_at > c.keap_created_at))
  select count(*) as v1, null::numeric as v2, 1::numeric as v3, null::float8 as v4, count(*) filter (where bought_at is null) as v5 from p
  union all
  select count(bought_at), (count(bought_at) filter (where mature))::numeric / nullif(count(*) filter (where mature), 0),
    (count(bought_at) filter (where mature))::numeric / nullif(count(*) filter (where mature), 0),
    percentile_cont(0.5) within group (order by extract(epoch from bought_at - at) / 86400), null from p`.replaceAll(
  ":window",
  "interval '90 days'",
);

/**
 * Money by touch: clicks and appointments (once a day) within 90 days before a purchase, the first, the last or all of
 * them; a renewal goes by the first bill. Shares are rounded down and what is left goes to the earliest.
 */
const attribution = `with w as materialized (${occasions}),
  touches as materialized (
    select distinct on (i.contact_id, i.kind, (x.at at time zone ${zone})::date) i.contact_id, x.at, case i.kind when 'email' then 'E-mail' else 'Appointment' end as touch
    from public.interactions i cross join lateral (select case i.kind when 'email' then i.clicked_at else i.occurred_at end as at) x
    where i.account_id = :account and i.kind in ('email', 'appointment') and i.deleted_at is null and x.at is not null
    order by i.contact_id, i.kind, (x.at at time zone ${zone})::date, x.at),
  reached as materialized (
    select w.contact_id, w.at, w.next_at, t.touch, row_number() over (partition by w.contact_id, w.at order by t.at, lower(t.touch)) as place,
      count(*) over (partition by w.contact_id, w.at) as touches
    from w join touches t on t.contact_id = w.contact_id and t.at <= w.at and t.at > w.at - interval '90 days'),
  sold as (
    select o.supabase_id as order_id, o.contact_id, o.order_time from public.orders o where ${ordered} and o.supabase_id not in (${renewals})
    union all
    select r.order_id, first.contact_id, first.order_time from (${renewals}) r
    cross join lateral (select i.subscription_keap_id from public.order_items i where i.order_id = r.order_id and i.subscription_keap_id is not null limit 1) s
    cross join lateral (select o.contact_id, o.order_time from public.order_items i join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id and o.deleted_at is null and o.status <> 'DRAFT'
      where i.account_id = :account and i.subscription_keap_id = s.subscription_keap_id and i.deleted_at is null order by o.order_time, i.order_id limit 1) first),
  money as materialized (
    select p.supabase_id, case when p.kind = 'payment' then 1 else -1 end as sign, p.amount_minor as amount, s.contact_id, s.order_time
    from public.payments p left join sold s on s.order_id = p.order_id where ${counts} and ${within("p.paid_at")}),
  credits as (
    select r.touch,
      case when r.place = 1 then m.amount else 0 end * m.sign as first,
      case when r.place = r.touches then m.amount else 0 end * m.sign as last,
      (m.amount / r.touches + case when r.place <= m.amount % r.touches then 1 else 0 end) * m.sign as linear
    from money m join reached r on r.contact_id = m.contact_id and r.at <= m.order_time and (r.next_at is null or r.next_at > m.order_time))
  select c.touch, sum(c.first) as v1, sum(c.last) as v2, sum(c.linear) as v3 from credits c group by 1
  union all
  select 'unattributed', x.net - sum(c.first), x.net - sum(c.last), x.net - sum(c.linear) from credits c, (select sum(sign * amount) as net from money) x group by x.net`;

export const handWritten: Record<string, string> = {
  "overview: Revenue this month": twoRanges("sum(p.amount_minor)", "public.payments p", paid, "p.paid_at"),
  "overview: Orders this month": twoRanges("count(*)", "public.orders o", ordered, "o.order_time"),
  "overview: New leads this month": twoRanges("count(*)", "public.contacts c", lead, "c.keap_created_at"),
  "overview: Average order this month": twice(
    (inRange) => `select sum(${netSales}) / count(*) from ${firstSales} and ${inRange("o.order_time")}`,
  ),
  "overview: Revenue and refunds": byMonth([amount, refund], "public.payments p", counts, "p.paid_at"),
  "overview: Orders": byMonth(["count(*)"], "public.orders o", ordered, "o.order_time"),
  "overview: New leads": byMonth(["count(*)"], "public.contacts c", lead, "c.keap_created_at"),
  "overview: Monthly recurring revenue": runningByMonth(["sum(s.mrr)"]),
  "overview: Revenue by product this year": top(
    `select x.product_id, round(sum(x.share)) as v1 from (${shares}) x group by 1`,
  ),
  "overview: Leads by source this year": top(
    `select ${source} as source, count(*) as v1 from public.contacts c where ${lead} and ${within("c.keap_created_at")} group by 1`,
  ),
  "overview: Revenue by country this year":
    top(`select coalesce(o.shipping_information #>> '{address,country_code}', c.addresses #>> '{BILLING,country_code}', 'unknown') as country, sum(p.amount_minor) as v1
    from public.payments p left join public.orders o on o.account_id = p.account_id and o.supabase_id = p.order_id
    left join public.contacts c on c.account_id = p.account_id and c.supabase_id = p.contact_id
    where ${paid} and ${within("p.paid_at")} group by 1`),
  "overview: New customers": `select ${month("k.since")} as month, count(*) as v1 from (${customers}) k where ${within("k.since")} group by 1`,

  "revenue: Net revenue this month": twoRanges(net, "public.payments p", counts, "p.paid_at"),
  "revenue: Refund rate this month": twoRanges(
    `${refund}::numeric / ${amount}`,
    "public.payments p",
    counts,
    "p.paid_at",
  ),
  "revenue: Receivable": atEnds((at) => openOrders(at, "o.order_time")),
  "revenue: Overdue": atEnds((at) => openOrders(at, "coalesce(o.due_at, o.order_time)")),
  "revenue: Revenue against the year before": `select * from (
    select extract(month from p.paid_at at time zone ${zone}) as month, sum(p.amount_minor) filter (where ${within("p.paid_at")}) as v1,
      sum(p.amount_minor) filter (where p.paid_at >= :before_from and p.paid_at < :before_to) as v2
    from public.payments p where ${paid} and (${within("p.paid_at")} or p.paid_at >= :before_from and p.paid_at < :before_to) group by 1) x`,
  "revenue: Invoiced and collected": `select month, sum(v1) as v1, sum(v2) as v2 from (
    select ${month("o.order_time")} as month, sum(o.total_minor - coalesce((select sum(i.quantity * i.price_per_unit_minor) from public.order_items i
      where i.account_id = o.account_id and i.order_id = o.supabase_id and i.item_type = 'TAX' and i.deleted_at is null), 0)) as v1, 0 as v2
    from public.orders o where ${ordered} and ${within("o.order_time")} group by 1
    union all
    select ${month("p.paid_at")}, 0, sum(p.amount_minor) from public.payments p where ${paid} and ${within("p.paid_at")} group by 1) x group by 1`,
  "revenue: Revenue by product": `with x as (select ${month("y.paid_at")} as month, y.product_id, sum(y.share) as share from (${shares}) y group by 1, 2),
    r as (select product_id, row_number() over (order by sum(share) desc, product_id::text) as place from x group by 1)
    select x.month, case when r.place <= 6 then x.product_id::text else 'others' end as product, round(sum(x.share)) as v1 from x join r using (product_id) group by 1, 2`,
  "revenue: Units by product this year":
    top(`select i.product_id, sum(i.quantity) as v1 from public.orders o join public.order_items i on i.account_id = o.account_id and i.order_id = o.supabase_id
    where ${ordered} and ${within("o.order_time")} and i.deleted_at is null and i.item_type in ('PRODUCT', 'UPSELL', 'PROGRAM', 'SERVICE')
      and coalesce(o.refund_total_minor, 0) < o.total_minor group by 1`),
  "revenue: Failed and recovered payments": `select ${month("f.failed_at")} as month, count(*) as v1, count(*) filter (where f.recovered) as v2
    from (${failures}) f where ${within("f.failed_at")} group by 1`,
  "revenue: Revenue by lead source this year": top(
    `select ${source} as source, sum(p.amount_minor) as v1 from public.payments p left join public.contacts c on c.account_id = p.account_id and c.supabase_id = p.contact_id
    where ${paid} and ${within("p.paid_at")} group by 1`,
  ),
  "revenue: Revenue by tag this year": top(`select t.tag_id, sum(p.amount_minor) as v1 from public.payments p
    left join public.contact_tags t on t.account_id = p.account_id and t.contact_id = p.contact_id and t.removed_at is null
    where ${paid} and ${within("p.paid_at")} group by 1`),
  "revenue: Average order value": `select ${month("o.order_time")} as month, round(sum(${netSales}) / count(*)) as v1 from ${firstSales} and ${within("o.order_time")} group by 1`,

  "subscriptions: MRR": `${spans} ${atEnds((at) => `select sum(s.mrr) from spans s where ${runs(at)}`)}`,
  "subscriptions: Active subscriptions": `${spans} ${atEnds((at) => `select count(*) from spans s where ${runs(at)}`)}`,
  "subscriptions: Churn this month": `${spans} select (${churnIn(":from", ":end")}) as v1, (${churnIn(":before_from", ":before_end")}) as v2`,
  "subscriptions: Revenue at risk": `${spans} ${atEnds(
    (at) =>
      `select coalesce(sum(s.mrr), 0) from subs s where s.active and s.unpaid_since < ${at} and s.unpaid_since + interval '30 days' >= ${at}`,
  )}`,
  "subscriptions: MRR by month": runningByMonth(["sum(s.mrr)"]),
  "subscriptions: How MRR moved": bridge,
  "subscriptions: How long subscribers stay": survival,
  "subscriptions: Who still pays, by month of first subscription": `${spans}${cohorts(
    "select contact_id, min(since) as joined_at from spans where since < :now group by 1",
    `select distinct b.month, s.contact_id from ${months} join spans s on ${runs("b.closed")}`,
  )}`,
  "revenue: From invoiced to collected this year": reconciliation,
  "leads: From lead to first purchase": funnel,
  "leads: Net revenue by touch, with its return": attribution,
  "retention: Who buys again, by month of first purchase": `with w as materialized (${occasions})${cohorts(
    "select contact_id, at as joined_at from w where number = 1 and at < :now",
    `select distinct ${month("w.at")} as month, w.contact_id from w where ${within("w.at")} and w.at < :now`,
  )}`,
  "retention: Revenue per person, by month of first purchase": cohortMoney,
  "retention: Moves between RFM groups this year": rfmMoves,
  "subscriptions: Retention": openAndClose([
    "sum(least(x.opening, x.closing)) / nullif(sum(x.opening), 0)",
    "sum(x.closing) filter (where x.opening > 0) / nullif(sum(x.opening), 0)",
  ]),
  "subscriptions: Customer and revenue churn": openAndClose([
    "(count(*) filter (where x.opening > 0 and x.closing = 0))::numeric / nullif(count(*) filter (where x.opening > 0), 0)",
    "sum(greatest(x.opening - x.closing, 0)) / nullif(sum(x.opening), 0)",
  ]),
  "subscriptions: MRR by product": top(
    `${spans} select s.product_id, sum(s.mrr) as v1 from spans s where ${runs(":end")} group by 1`,
  ),
  "subscriptions: Revenue per subscriber": runningByMonth([
    "round(sum(s.mrr) / count(distinct s.contact_id))",
  ]),
  "subscriptions: Scheduled churn": `${spans} select b.month, sum(s.mrr) as v1 from ${months} join subs s on coalesce(s.cancelled_at, s.since) < b.closed
    and coalesce(s.until, s.end_date::timestamp at time zone ${zone}) >= b.closed group by 1`,
  "subscriptions: Subscribers": runningByMonth(["count(distinct s.contact_id)"]),

  "leads: New leads this month": twoRanges("count(*)", "public.contacts c", lead, "c.keap_created_at"),
  "leads: New customers this month": `with k as materialized (${customers}) ${twice((inRange) => `select count(*) from k where ${inRange("k.since")}`)}`,
  "leads: Value per lead": `with v as materialized (${value}) ${twice(
    (inRange) =>
      `select sum(v.value)::numeric / nullif(count(*), 0) from public.contacts c left join v on v.contact_id = c.supabase_id where ${lead} and ${inRange("c.keap_created_at")}`,
  )}`,
  "leads: Cost per lead": twice(
    (inRange) =>
      `select sum(e.amount_minor)::numeric / nullif((select count(*) from public.contacts c where ${lead} and ${inRange("c.keap_created_at")}), 0)
      from public.lead_source_expenses e where e.account_id = :account and e.deleted_at is null and ${inRange("e.incurred_at")}`,
  ),
  "leads: Leads by source": `with x as (select ${month("c.keap_created_at")} as month, ${source} as source, count(*) as leads from public.contacts c where ${lead} and ${within("c.keap_created_at")} group by 1, 2),
    s as (select l.keap_id as source, l.supabase_id from public.lead_sources l where l.account_id = :account),
    r as (select source, row_number() over (order by sum(leads) desc, s.supabase_id::text) as place from x left join s using (source) group by source, s.supabase_id)
    select x.month, case when r.place <= 6 then x.source::text else 'others' end as source, sum(x.leads) as v1 from x join r using (source) group by 1, 2`,
  "leads: Conversion within 90 days": `select ${month("c.keap_created_at")} as month, avg(coalesce(${inTime}, false)::int) as v1
    from public.contacts c left join (${firstBought}) b on b.contact_id = c.supabase_id where ${lead} and ${within("c.keap_created_at")} group by 1`,
  "leads: Conversion by source": top(`select ${source} as source, avg(coalesce(${inTime}, false)::int) as v1
    from public.contacts c left join (${firstBought}) b on b.contact_id = c.supabase_id
    where ${lead} and ${within("c.keap_created_at")} and c.keap_created_at + interval '90 days' <= :now group by 1`),
  "leads: Value per lead by source":
    top(`select ${source} as source, round(sum(v.value)::numeric / count(*)) as v1
    from public.contacts c left join (${value}) v on v.contact_id = c.supabase_id where ${lead} and ${within("c.keap_created_at")} group by 1`),
  "leads: Acquisition cost by source":
    top(`select x.source, round(x.cost::numeric / nullif(y.customers, 0)) as v1 from (
      select e.lead_source_keap_id as source, sum(e.amount_minor) as cost from public.lead_source_expenses e
      where e.account_id = :account and e.deleted_at is null and ${within("e.incurred_at")} group by 1) x
    left join (select ${source} as source, count(*) as customers from (${customers}) k join public.contacts c on c.account_id = :account and c.supabase_id = k.contact_id
      where ${within("k.since")} group by 1) y using (source)`),
  "leads: Tags applied this year": top(
    `select t.tag_id, count(*) as v1 from public.contact_tags t where t.account_id = :account and ${within("t.applied_at")} group by 1`,
  ),
  "leads: Contacts": `select b.month, count(*) as v1 from ${months} join public.contacts c on c.keap_created_at < b.closed where ${lead} group by 1`,
  "leads: Leads by country this year":
    top(`select coalesce(c.addresses #>> '{BILLING,country_code}', 'unknown') as country, count(*) as v1
    from public.contacts c where ${lead} and ${within("c.keap_created_at")} group by 1`),

  "email: Sent this month": twoRanges("count(*)", "public.interactions i", mail, "i.occurred_at"),
  "email: Open rate this month": twoRanges(
    "avg((i.opened_at is not null)::int)",
    "public.interactions i",
    mail,
    "i.occurred_at",
  ),
  "email: Click rate this month": twoRanges(
    "avg((i.clicked_at is not null)::int)",
    "public.interactions i",
    mail,
    "i.occurred_at",
  ),
  "email: Messages sent": byMonth(["count(*)"], "public.interactions i", mail, "i.occurred_at"),
  "email: Open and click rate": byMonth(
    ["avg((i.opened_at is not null)::int)", "avg((i.clicked_at is not null)::int)"],
    "public.interactions i",
    mail,
    "i.occurred_at",
  ),
  "email: Open rate by tag this year": top(
    `select t.tag_id, avg((i.opened_at is not null)::int) as v1 from public.interactions i ${holdsTag} where ${mail} and ${within("i.occurred_at")} group by 1`,
  ),
  "email: Click rate by lead source this year":
    top(`select ${source} as source, avg((i.clicked_at is not null)::int) as v1
    from public.interactions i left join public.contacts c on c.account_id = i.account_id and c.supabase_id = i.contact_id
    where ${mail} and ${within("i.occurred_at")} group by 1`),

  "retention: Active customers": `${withSpan} ${atEnds((at) => standing(at, false))}`,
  "retention: Lapsed customers": `${withSpan} ${atEnds((at) => standing(at, true))}`,
  "retention: Repeat purchase rate": `with w as materialized (${occasions}) ${atEnds(repeat)}`,
  "retention: Average lifetime value": `with k as materialized (${customers}) ${atEnds(lifetime)}`,
  "retention: Active and lapsed customers": `${withSpan} select b.month, count(*) filter (where w.at >= b.closed - g.span) as v1, count(*) filter (where w.at < b.closed - g.span) as v2
    from ${months} cross join g join w on w.at < b.closed and (w.next_at is null or w.next_at >= b.closed) group by 1`,
  "retention: Customer retention": `${withSpan}, x as (
      select b.month, w.contact_id,
        bool_or(w.at < b.opened and (w.next_at is null or w.next_at >= b.opened) and w.at >= b.opened - g.span) as was,
        bool_or(w.at < b.closed and (w.next_at is null or w.next_at >= b.closed) and w.at >= b.closed - g.span) as is
      from ${months} cross join g join w on w.at < b.closed and w.at >= b.opened - g.span group by 1, 2)
    select x.month, (count(*) filter (where x.was and x.is))::numeric / nullif(count(*) filter (where x.was), 0) as v1 from x group by 1`,
  "retention: Reactivated customers": `${withSpan} select ${month("w.at")} as month, count(*) as v1 from w, g where w.at > w.previous_at + g.span and ${within("w.at")} group by 1`,
  "retention: Repeat purchase rate by month": `with w as materialized (${occasions}) select b.month, (count(*) filter (where w.number = 2))::numeric / nullif(count(*) filter (where w.number = 1), 0) as v1
    from ${months} join w on w.at < b.closed and w.number <= 2 group by 1`,
  "retention: Days between purchases": `with w as materialized (${occasions}) select ${month("w.at")} as month,
      percentile_cont(0.5) within group (order by extract(epoch from w.at - w.previous_at) / 86400) as v1
    from w where w.previous_at is not null and ${within("w.at")} group by 1`,
  "retention: Average lifetime value by month": `with k as materialized (${customers}), c as (
      select b.month, count(*) as customers from ${months} join k on k.since < b.closed group by 1),
    p as (select ${month("p.paid_at")} as month, ${net} as net from public.payments p where ${counts} and p.paid_at < :end group by 1)
    select c.month, round((select sum(p.net) from p where p.month <= c.month)::numeric / c.customers) as v1 from c`,

  "deals: Open pipeline": atEnds((at) => openDeals("x.worth", at)),
  "deals: Weighted pipeline": atEnds((at) =>
    openDeals("case when x.in_forecast then round(x.worth * coalesce(x.probability, 0) / 100.0) end", at),
  ),
  "deals: Won this month": twice(
    (inRange) =>
      `select sum(x.worth) from (${deals}) x where x.outcome = 'won' and ${inRange("x.closed_at")}`,
  ),
  "deals: Win rate this year": twice(
    (inRange) => `select avg((x.outcome = 'won')::int) from (${deals}) x where ${inRange("x.closed_at")}`,
  ),
  "deals: Pipeline by stage": top(
    `select x.stage_id, sum(x.worth) as v1 from (${deals}) x where x.since < :end and (x.closed_at is null or x.closed_at >= :end) group by 1`,
    12,
  ),
  "deals: Won by owner this year": top(
    `select x.user_id, sum(x.worth) as v1 from (${deals}) x where x.outcome = 'won' and ${within("x.closed_at")} group by 1`,
  ),
  "deals: Deals won": `select ${month("x.closed_at")} as month, count(*) as v1 from (${deals}) x where x.outcome = 'won' and ${within("x.closed_at")} group by 1`,
  "deals: Median days by stage": top(
    `select m.from_stage_id, percentile_cont(0.5) within group (order by extract(epoch from m.moved_at - m.previous_move_at) / 86400) as v1
    from public.stage_moves m join public.opportunities d on d.account_id = m.account_id and d.supabase_id = m.opportunity_id
    where m.account_id = :account and m.deleted_at is null and m.from_stage_id is not null and m.moved_at > m.previous_move_at and ${within("m.moved_at")} group by 1`,
    12,
  ),
  "deals: Appointments by user this year": did("appointment", "i.occurred_at"),
  "deals: Notes by user this year": did("note", "i.occurred_at"),
  "deals: Tasks completed by user this year": did("task", "i.completed_at"),

  "revenue: Receivable by age": `select case when x.due > :now then 'not due' when x.due > :now - interval '30 days' then '1 to 30' when x.due > :now - interval '60 days' then '31 to 60'
      when x.due > :now - interval '90 days' then '61 to 90' else 'over 90' end as age, sum(x.owed) as v1
    from (select coalesce(o.due_at, o.order_time) as due, o.total_minor - coalesce(o.total_paid_minor, 0) as owed from public.orders o
      where ${ordered} and o.total_minor > coalesce(o.total_paid_minor, 0) and o.order_time < :end) x group by 1`,
  "subscriptions: Stick rate of who paid a year ago": `${spans}, there as (select distinct s.contact_id from spans s where ${runs(":from")}),
    kept as (select b.month, count(distinct s.contact_id) as people from ${months} join spans s on ${runs("b.closed")} join there using (contact_id) group by 1)
    select k.month, k.people::numeric / (select count(*) from there) as v1 from kept k`,
  "leads: Bought within 90 days of a tag":
    top(`select t.tag_id, avg(coalesce(b.bought_at < t.applied_at + interval '90 days', false)::int) as v1
    from public.contact_tags t left join (${firstBought}) b on b.contact_id = t.contact_id
    where t.account_id = :account and ${within("t.applied_at")} and t.applied_at + interval '90 days' <= :now
      and (b.bought_at is null or b.bought_at > t.applied_at) group by 1`),
  "leads: Conversion within 90 days by tag": top(`select t.tag_id, avg(coalesce(${inTime}, false)::int) as v1
    from public.contacts c left join (${firstBought}) b on b.contact_id = c.supabase_id
    left join public.contact_tags t on t.account_id = c.account_id and t.contact_id = c.supabase_id and t.removed_at is null
    where ${lead} and ${within("c.keap_created_at")} and c.keap_created_at + interval '90 days' <= :now group by 1`),
  // Kaplan-Meier: the share still waiting, step by step.
  "leads: Median days to the first purchase by source":
    top(`with waits as (select ${source} as source, coalesce(b.bought_at < :now, false) as bought,
        greatest(extract(epoch from coalesce(case when b.bought_at < :now then b.bought_at end, :now) - c.keap_created_at)::float8 / 86400, 0) as days
      from public.contacts c left join (${firstBought}) b on b.contact_id = c.supabase_id
      where ${lead} and ${within("c.keap_created_at")} and c.source_type is distinct from 'IMPORT' and (b.bought_at is null or b.bought_at > c.keap_created_at)),
    steps as (select g.source, g.days, g.events, sum(g.leaving) over (partition by g.source order by g.days desc) as at_risk
      from (select source, days, count(*) filter (where bought) as events, count(*) as leaving from waits group by 1, 2) g),
    shares as (select s.source, s.days, exp(sum(ln(greatest(1 - s.events::float8 / s.at_risk::float8, 1e-300))) over (partition by s.source order by s.days)) as waiting from steps s where s.events > 0)
    select source, min(days) as v1 from shares where waiting <= 0.5 + 1e-9 group by 1`),
  "leads: Return on lead source cost":
    top(`select x.source, (coalesce(y.value, 0) - x.cost)::numeric / x.cost as v1 from (
      select e.lead_source_keap_id as source, sum(e.amount_minor) as cost from public.lead_source_expenses e
      where e.account_id = :account and e.deleted_at is null and ${within("e.incurred_at")} group by 1) x
    left join (select ${source} as source, sum(v.value) as value from public.contacts c join (${value}) v on v.contact_id = c.supabase_id
      where ${lead} and ${within("c.keap_created_at")} group by 1) y using (source)`),
  "email: Revenue per e-mail": `with clicked as (select distinct on (o.supabase_id) i.occurred_at, ${netSales} as net from public.interactions i
      join public.orders o on o.account_id = i.account_id and o.contact_id = i.contact_id and o.order_time >= i.clicked_at and o.order_time < i.clicked_at + interval '7 days'
      where ${mail} and i.clicked_at is not null and ${ordered} order by o.supabase_id, i.clicked_at desc, i.supabase_id)
    select b.month, round(coalesce(r.net, 0)::numeric / b.mails) as v1
    from (select ${month("i.occurred_at")} as month, count(*) as mails from public.interactions i where ${mail} and ${within("i.occurred_at")} group by 1) b
    left join (select ${month("c.occurred_at")} as month, sum(c.net) as net from clicked c where ${within("c.occurred_at")} group by 1) r using (month)`,
  "email: Share of the list that can be mailed": `select b.month, avg((a.state in ('mailable', 'soft_bounced'))::int) as v1 from ${months} join (${addresses}) a on a.since < b.closed group by 1`,
  "email: Addresses by state": `select a.state, avg((a.state in ('mailable', 'soft_bounced'))::int) as v1 from (${addresses}) a where a.since < :end group by 1`,
  "email: Unsubscribes": `select ${month("e.seen_at")} as month, count(*) as v1 from private.email_state_changes e where e.account_id = :account and ${within("e.seen_at")} group by 1`,
  "retention: Predicted value, next 365 days": predicted("clv"),
  "retention: Churn risk": predicted("churn"),
  "retention: Customers by RFM group": `${rfm} select r.name, count(*) as v1 from r group by 1`,
  "retention: Lifetime value by RFM group": `${rfm} select coalesce(r.name, 'unknown') as name, ${net} as v1 from public.payments p left join r on r.contact_id = p.contact_id
    where ${counts} and p.paid_at < :end group by 1`,
  "retention: Reactivation rate": `${withSpan} ${atEnds((at) => {
    const opened = at === ":end" ? ":from" : ":before_from";
    return `select (count(*) filter (where w.next_at >= ${opened} and w.next_at < ${at}))::numeric / nullif(count(*), 0)
      from w, g where w.at + g.span < ${opened} and (w.next_at is null or w.next_at >= ${opened})`;
  })}`,
  "retention: Lifetime value, total": atEnds(
    (at) => `select ${net} from public.payments p where ${counts} and p.paid_at < ${at}`,
  ),
  "deals: Stage conversion": top(
    `with g as (select s.supabase_id, s.stage_order as rank, max(s.stage_order) over () as last from public.opportunity_stages s
        where s.account_id = :account and s.deleted_at is null and s.outcome is distinct from 'lost'),
      stood as (
        select d.supabase_id as deal, coalesce((select m.from_stage_id from public.stage_moves m where m.account_id = d.account_id and m.opportunity_id = d.supabase_id and m.deleted_at is null
          order by m.moved_at, m.keap_id limit 1), d.stage_id) as stage_id, d.keap_created_at as at from public.opportunities d where ${deal}
        union all select m.opportunity_id, m.to_stage_id, m.moved_at from public.stage_moves m where m.account_id = :account and m.deleted_at is null),
      reached as (select s.deal, r.supabase_id as stage_id, min(s.at) as at, bool_or(w.rank > r.rank) as went_on
        from stood s join g w on w.supabase_id = s.stage_id join g r on r.rank <= w.rank and r.rank < r.last group by 1, 2)
    select x.stage_id, avg(x.went_on::int) as v1 from reached x where ${within("x.at")} group by 1`,
    12,
  ),
  "deals: Forecast by owner (weighted)": top(
    `select x.user_id, sum(case when x.in_forecast then round(x.worth * coalesce(x.probability, 0) / 100.0) end) as v1 from (${deals}) x
    where x.since < :end and (x.closed_at is null or x.closed_at >= :end) group by 1`,
  ),
  "affiliates: Commissions this year": twice(
    (inRange) =>
      `select coalesce(sum(a.amount_minor), 0) from public.affiliate_commissions a where a.account_id = :account and a.deleted_at is null and a.kind = 'earned' and ${inRange("a.occurred_at")}`,
  ),
  "affiliates: Commissions by affiliate this year": top(
    `select a.affiliate_id, sum(a.amount_minor) as v1 from public.affiliate_commissions a where a.account_id = :account and a.deleted_at is null and a.kind = 'earned' and ${within("a.occurred_at")} group by 1`,
  ),
  "affiliates: Affiliate revenue this year": twice(
    (
      inRange,
    ) => `select coalesce(${net}, 0) from public.payments p join public.orders o on o.account_id = p.account_id and o.supabase_id = p.order_id
      where ${counts} and (o.sales_affiliate_keap_id is not null or o.lead_affiliate_keap_id is not null) and ${inRange("p.paid_at")}`,
  ),
  "affiliates: Revenue by affiliate of the sale this year":
    top(`select o.sales_affiliate_keap_id as affiliate, ${net} as v1 from public.payments p join public.orders o on o.account_id = p.account_id and o.supabase_id = p.order_id
      where ${counts} and o.sales_affiliate_keap_id is not null and ${within("p.paid_at")} group by 1`),
  "affiliates: Revenue by affiliate of the lead this year":
    top(`select o.lead_affiliate_keap_id as affiliate, ${net} as v1 from public.payments p join public.orders o on o.account_id = p.account_id and o.supabase_id = p.order_id
      where ${counts} and o.lead_affiliate_keap_id is not null and ${within("p.paid_at")} group by 1`),

  "sync: Sync lag in seconds this month": twice(
    (inRange) =>
      `select percentile_cont(0.5) within group (order by x.seconds) from (${lags}) x where ${inRange("x.at")}`,
  ),
  "sync: Unexplained mismatches": atEnds(
    (at) => `select coalesce(sum(x.unexplained), 0) from (${verified(at)}) x`,
  ),
  "sync: Sync lag by day": `select date_trunc('day', x.at at time zone ${zone}) as day, percentile_cont(0.5) within group (order by x.seconds) as v1
    from (${lags}) x where ${within("x.at")} group by 1`,
  "sync: Sync lag by kind of record": top(
    `select x.entity, percentile_cont(0.5) within group (order by x.seconds) as v1 from (${lags}) x where ${within("x.at")} group by 1`,
  ),
  "sync: Mismatches by kind of record": top(
    `select x.entity, sum(x.unexplained) as v1 from (${verified(":end")}) x group by 1`,
  ),
  "hygiene: Unused tags": atEnds(
    (
      at,
    ) => `select count(*) from public.tags t where t.account_id = :account and t.deleted_at is null and coalesce(t.keap_created_at, '-infinity') < ${at}
      and not exists (select 1 from public.contact_tags h where h.account_id = t.account_id and h.tag_id = t.supabase_id and h.removed_at is null)`,
  ),
  "hygiene: Unused tags by category":
    top(`select t.category_id, count(*) as v1 from public.tags t where t.account_id = :account and t.deleted_at is null
      and not exists (select 1 from public.contact_tags h where h.account_id = t.account_id and h.tag_id = t.supabase_id and h.removed_at is null) group by 1`),
  "hygiene: Contacts": atEnds(
    (at) => `select count(*) from public.contacts c where ${lead} and c.keap_created_at < ${at}`,
  ),
  "hygiene: Without e-mail": atEnds(
    (at) =>
      `select count(*) from public.contacts c where ${lead} and c.keap_created_at < ${at} and nullif(btrim(c.email), '') is null`,
  ),
  "hygiene: Duplicates": `with d as materialized (select c.keap_created_at, count(*) over (partition by lower(btrim(c.email))) as n from public.contacts c where ${lead} and nullif(btrim(c.email), '') is not null)
    ${atEnds((at) => `select count(*) from d where d.n > 1 and d.keap_created_at < ${at}`)}`,
  "hygiene: Contacts without e-mail by source": top(
    `select ${source} as source, count(*) filter (where nullif(btrim(c.email), '') is null) as v1 from public.contacts c where ${lead} and c.keap_created_at < :end group by 1`,
  ),
  "hygiene: Contacts by owner": top(
    `select c.owner_id, count(*) as v1 from public.contacts c where ${lead} and c.keap_created_at < :end group by 1`,
  ),
};

/** Two charts of a board may bear one title: the second is drawn over months. */
export const handWrittenFor = (board: string, title: string, overTime: boolean): string | undefined =>
  (overTime ? handWritten[`${board}: ${title} by month`] : undefined) ?? handWritten[`${board}: ${title}`];

/** What grows with the square of the orders: an engine that cannot be told to give up would not come back from it. */
export const growsTooFast = (board: string, title: string, orders: number): boolean =>
  orders > 300_000 && handWritten[`${board}: ${title}`] === attribution;
