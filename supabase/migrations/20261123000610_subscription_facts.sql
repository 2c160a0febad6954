-- Facts about subscriptions: what each is worth a month, when it counts, and how a customer's monthly revenue moves.
-- Rules: when a subscription starts to count (first payment above 0), when it ends (the end of the paid service), and
-- swaps (a new one within 7 days of an old one's end, or the account's swap_window_days). Money per month is rounded to the minor unit per subscription,
-- so that sums and movements close to the cent.

create view analytics.subscriptions as
with dated as (
  select
    s.account_id,
    s.supabase_id as subscription_id,
    s.keap_id,
    s.person_id as contact_id,
    s.product_id,
    s.subscription_plan_id as plan_id,
    coalesce(bill.currency, s.currency, a.currency) as currency,
    coalesce(s.active, false) as active,
    coalesce(s.auto_charge, false) as auto_charge,
    s.cancelled_at,
    s.reason_stopped,
    s.start_date, s.last_bill_date, s.next_bill_date, s.end_date,
    upper(left(coalesce(s.billing_cycle, 'MONTH'), 1)) as cycle,
    greatest(coalesce(s.billing_frequency, 1), 1) as frequency,
    coalesce(analytics.restate(s.billing_amount_minor, coalesce(s.currency, a.currency), coalesce(bill.currency, s.currency, a.currency)), 0)
      as amount_minor,
    a.time_zone,
    a.churn_at_cancellation
  from (
    select s.*, s.contact_id as person_id from public.subscriptions s
    where not exists (select from analytics.merged_contacts m where m.account_id = s.account_id and m.contact_id = s.contact_id)
    union all
    select s.*, m.survivor_id from public.subscriptions s
    join analytics.merged_contacts m on m.account_id = s.account_id and m.contact_id = s.contact_id
  ) s
  cross join analytics.account a
  -- Keap sends a subscription without a currency: that of its latest bill.
  left join lateral (
    select b.currency
    -- By way of the items (offset 0 keeps it so): else all orders are walked through, latest first.
    from (
      select o.currency, o.order_time, o.supabase_id
      from public.order_items i
      join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id
      where i.account_id = s.account_id and i.subscription_keap_id = s.keap_id and i.deleted_at is null
        and o.deleted_at is null and o.currency is not null
      offset 0
    ) b
    order by b.order_time desc, b.supabase_id desc
    limit 1
  ) bill on true
  where s.deleted_at is null
),
ended as (
  select
    d.*,
    case d.cycle
      when 'Y' then round(d.amount_minor::numeric / (12 * d.frequency))
      when 'W' then round(d.amount_minor * 365::numeric / 84 / d.frequency)
      when 'D' then round(d.amount_minor * 365::numeric / 12 / d.frequency)
      else round(d.amount_minor::numeric / d.frequency)
    end::bigint as mrr_minor,
    -- A date typed by hand counts while it lies in the paid period; else the period that was paid ends.
    case
      when d.end_date between coalesce(d.last_bill_date, '-infinity') and coalesce(d.next_bill_date, 'infinity') then d.end_date
      when d.next_bill_date is not null then d.next_bill_date
      else (d.last_bill_date + d.frequency * case d.cycle
        when 'Y' then interval '1 year' when 'W' then interval '1 week' when 'D' then interval '1 day' else interval '1 month'
      end)::date
    end as service_end,
    case
      when d.end_date between coalesce(d.last_bill_date, '-infinity') and coalesce(d.next_bill_date, 'infinity') then 'end_date'
      when d.cancelled_at is not null then 'observed'
      else 'inferred'
    end as end_source
  from dated d
)
select
  e.account_id, e.subscription_id, e.keap_id, e.contact_id, e.product_id, e.plan_id,
  'goods' as part,
  e.currency, e.active, e.auto_charge, e.cancelled_at, e.reason_stopped, e.mrr_minor, e.service_end, e.end_source,
  e.start_date, e.last_bill_date, e.next_bill_date, e.end_date,
  e.amount_minor,
  e.frequency * case e.cycle
    when 'Y' then interval '1 year' when 'W' then interval '1 week' when 'D' then interval '1 day' else interval '1 month'
  end as every,
  (select p.name from public.products p where p.account_id = e.account_id and p.supabase_id = e.product_id) as product_name,
  e.start_date::timestamp at time zone e.time_zone as started_at,
  billed.first_paid_at,
  -- Counts from the first payment, not before it starts. greatest() skips nulls, so unpaid ones are said outright.
  case when billed.first_paid_at is not null
    then greatest(e.start_date::timestamp at time zone e.time_zone, billed.first_paid_at) end as counts_from,
  case
    when e.active then null
    when e.churn_at_cancellation then coalesce(e.cancelled_at, e.service_end::timestamp at time zone e.time_zone)
    else coalesce(e.service_end::timestamp at time zone e.time_zone, e.cancelled_at, '-infinity')
  end as counts_to,
  -- When an active one stopped being paid: the oldest open bill, or a due date that passed without one being made.
  case when e.active then coalesce(
    billed.unpaid_since,
    case when not e.auto_charge then e.next_bill_date::timestamp at time zone e.time_zone end
  ) end as unpaid_since,
  case when e.active and not e.auto_charge and billed.unpaid_since is null
    then e.next_bill_date::timestamp at time zone e.time_zone end as stalled_since
from ended e
left join lateral (
  select
    min(case when coalesce(o.total_paid_minor, 0) > 0 then coalesce(p.paid_at, o.order_time) else p.paid_at end) as first_paid_at,
    min(coalesce(o.due_at, o.order_time)) filter (where coalesce(o.total_paid_minor, 0) < o.total_minor) as unpaid_since
  from public.order_items i
  join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id
    and o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0
  left join lateral (
    select min(p.paid_at) as paid_at from public.payments p
    where p.account_id = o.account_id and p.order_id = o.supabase_id and p.kind = 'payment' and p.deleted_at is null
      and not p.is_void and not p.is_test and p.amount_minor > 0
      and (p.status in ('APPROVED', 'COMPLETED') or (p.status = 'NONE' and p.is_manual))
  ) p on true
  where i.account_id = e.account_id and i.subscription_keap_id = e.keap_id and i.deleted_at is null
) billed on true;

comment on view analytics.subscriptions is
  'Every subscription with its worth a month (mrr_minor), from when it counts (counts_from, null while nothing was paid) and to when (counts_to, null while active). unpaid_since is for the 30-day rule, applied by the query with its own clock.';

-- Spans in which a subscription adds to monthly revenue, swaps settled: an old one stops where its successor starts.
create view analytics.subscription_spans as
select
  s.account_id, s.subscription_id, s.contact_id, s.product_id, s.plan_id, s.part, s.currency, s.mrr_minor, s.active,
  s.unpaid_since, s.end_source,
  s.counts_from as valid_from,
  coalesce(successor.counts_from, s.counts_to) as valid_to,
  -- The only one its person ever had: what is counted per person can be read from it as it stands.
  count(*) over (partition by s.account_id, s.contact_id) = 1 as alone
from analytics.subscriptions s
cross join (select swap_window_days * interval '1 day' as swap_window from analytics.account) a
left join lateral (
  select min(n.counts_from) as counts_from
  from analytics.subscriptions n
  where not s.active
    and n.account_id = s.account_id and n.contact_id = s.contact_id and n.currency = s.currency
    and n.subscription_id <> s.subscription_id and n.mrr_minor > 0
    and n.counts_from > s.counts_from
    and (n.counts_from between s.counts_to - a.swap_window and s.counts_to + a.swap_window
      or n.counts_from between s.cancelled_at - a.swap_window and s.cancelled_at + a.swap_window)
) successor on true
where s.mrr_minor > 0 and s.counts_from is not null
  and (s.counts_to is null or s.counts_to > s.counts_from);

comment on view analytics.subscription_spans is
  'Half-open spans [valid_from, valid_to) of subscriptions that count, with monthly worth; valid_to is null while it runs.';

create view analytics.plans as
select
  p.account_id, p.supabase_id as plan_id, p.keap_id,
  coalesce(nullif(p.name, ''), 'Plan ' || p.keap_id) as name
from public.subscription_plans p;

do $$
declare
  name text;
begin
  for name in select c.relname from pg_class c where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' loop
    execute format('alter view analytics.%I owner to keapsake_facts', name);
    execute format('revoke all on analytics.%I from public', name);
    execute format('grant select on analytics.%I to keapsake_reader', name);
  end loop;
end $$;
