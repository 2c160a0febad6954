-- Facts about customers, leads, money owed, mails, deals and the team's work.

-- ---------------------------------------------------------------------------------------------------------------------
-- Customers: who kept an order paid, and when people buy, lapse and come back.

create view analytics.customers as
select o.account_id, coalesce(m.survivor_id, o.contact_id) as contact_id, min(o.order_time) as customer_since
from (
  select p.account_id, p.order_id
  from analytics.payment_orders p
  where p.order_id is not null
  group by p.account_id, p.order_id
  having sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end) > 0
) kept
join public.orders o on o.account_id = kept.account_id and o.supabase_id = kept.order_id
left join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
where o.contact_id is not null and o.deleted_at is null and o.order_time is not null
group by o.account_id, coalesce(m.survivor_id, o.contact_id);

comment on view analytics.customers is 'Contacts with an order of which money was kept, since the first such order.';

-- How long after a purchase somebody counts as active: the 90th percentile of the account's own gaps, between 30 and
-- 730 days; 365 while nobody bought twice; or the account's own setting active_customer_days.
create view analytics.active_span as
select a.account_id,
  coalesce(
    a.settings_active_days,
    case when g.days is not null then least(730, greatest(30, ceil(g.days))) end,
    365
  ) * interval '1 day' as span
from analytics.account a
cross join (
  select percentile_cont(0.9) within group (order by extract(epoch from o.occasion_at - o.previous_at) / 86400) as days
  from analytics.occasions o
  where o.previous_at is not null
) g;

-- The span is one row that is costly to find: a step of its own, else it would be worked out again for each purchase.
create view analytics.activity as
with buys as (
  select o.account_id, o.contact_id, o.occasion_at, o.next_at from analytics.occasions o
),
width as materialized (
  select w.span from analytics.active_span w
)
select b.account_id, b.contact_id, 'active' as state, b.occasion_at as valid_from,
  case when b.next_at <= b.occasion_at + (select w.span from width w) then b.next_at
    else b.occasion_at + (select w.span from width w) end as valid_to,
  b.occasion_at
from buys b
union all
select b.account_id, b.contact_id, 'lapsed', b.occasion_at + (select w.span from width w), b.next_at, null
from buys b
where b.next_at is null or b.next_at > b.occasion_at + (select w.span from width w);

comment on view analytics.activity is
  'Half-open spans in which a buyer was active or lapsed. An active span begins with a purchase (occasion_at).';

create view analytics.reactivations as
with width as materialized (
  select w.span from analytics.active_span w
)
select o.account_id, o.contact_id, o.occasion_at as reactivated_at
from analytics.occasions o
where o.occasion_at > o.previous_at + (select w.span from width w);

-- ---------------------------------------------------------------------------------------------------------------------
-- Leads and what became of them.

create view analytics.contact_utm as
select
  c.account_id, c.supabase_id as contact_id,
  nullif(btrim(t.touch ->> 'utm_source'), '') as utm_source,
  nullif(btrim(t.touch ->> 'utm_medium'), '') as utm_medium,
  nullif(btrim(t.touch ->> 'utm_campaign'), '') as utm_campaign
from public.contacts c
cross join lateral (
  select e.touch
  from jsonb_array_elements(c.utm_parameters) with ordinality as e (touch, place)
  order by (e.touch ->> 'first_touch' = 'true') desc nulls last, e.touch ->> 'created_at' nulls last, e.place
  limit 1
) t;

comment on view analytics.contact_utm is 'First touch of each contact that has UTM records: the one Keap marks so, else the oldest.';

create view analytics.lead_outcomes as
select
  l.account_id, l.contact_id, l.created_at,
  p.first_bought_at,
  l.lead_source_id, l.owner_id
from analytics.leads l
left join analytics.first_purchases p on p.account_id = l.account_id and p.contact_id = l.contact_id;

create view analytics.lead_values as
select l.account_id, l.contact_id, l.created_at, v.currency, v.value_minor, l.lead_source_id, l.owner_id
from analytics.leads l
join analytics.customer_value v on v.account_id = l.account_id and v.contact_id = l.contact_id;

-- A recurring expense is booked once a period and spent day by day: it is spread evenly over the days up to the next
-- one of its kind (the last one over as long as the one before it, else a month), to the cent.
create view analytics.lead_source_costs as
with booked as (
  select
    e.account_id, e.supabase_id as expense_id, e.lead_source_id,
    coalesce(e.currency, a.currency) as currency, e.amount_minor, e.incurred_at, e.recurring_expense_keap_id,
    a.time_zone,
    (e.incurred_at at time zone a.time_zone)::date as first_day,
    lead((e.incurred_at at time zone a.time_zone)::date) over recurrence as next_day,
    lag((e.incurred_at at time zone a.time_zone)::date) over recurrence as previous_day
  from public.lead_source_expenses e
  cross join analytics.account a
  where e.deleted_at is null and e.incurred_at is not null and e.amount_minor is not null
  window recurrence as (
    partition by e.account_id, coalesce(e.recurring_expense_keap_id, -e.keap_id), e.lead_source_id
    order by e.incurred_at, e.supabase_id
  )
),
spread as (
  select b.*, greatest(1, coalesce(
    nullif(b.next_day - b.first_day, 0), nullif(b.first_day - b.previous_day, 0),
    (b.first_day + interval '1 month')::date - b.first_day
  )) as days
  from booked b
  where b.recurring_expense_keap_id is not null
)
select b.account_id, b.expense_id, b.lead_source_id, b.incurred_at, null::uuid as contact_id, b.currency, b.amount_minor
from booked b
where b.recurring_expense_keap_id is null
union all
select
  s.account_id, s.expense_id, s.lead_source_id,
  (s.first_day + d.day - 1)::timestamp at time zone s.time_zone,
  null, s.currency,
  (s.amount_minor * d.day / s.days - s.amount_minor * (d.day - 1) / s.days)::bigint
from spread s
cross join lateral generate_series(1, s.days) as d (day);

comment on view analytics.lead_source_costs is 'What lead sources cost: single expenses when they were made, recurring ones day by day.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Money owed and charges that failed.

-- An order is due at its due time, else its pay plan says when each instalment is (what was paid fills them from the first
-- on), else when it was placed.
create view analytics.receivables as
with open_orders as (
  select
    o.account_id, o.supabase_id as order_id, coalesce(m.survivor_id, o.contact_id) as contact_id, o.order_time,
    coalesce(o.currency, a.currency) as currency, o.due_at, a.time_zone,
    o.total_minor, greatest(coalesce(o.total_paid_minor, 0), 0) as paid_minor,
    case when o.due_at is null and jsonb_typeof(o.payment_plan -> 'payment_plan_items') = 'array'
      then o.payment_plan -> 'payment_plan_items' end as instalments
  from public.orders o
  cross join analytics.account a
  left join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
  where o.deleted_at is null and o.status <> 'DRAFT' and o.order_time is not null
    and o.total_minor > greatest(coalesce(o.total_paid_minor, 0), 0)
),
-- The last instalment takes what the plan leaves out of the total.
planned as (
  select
    o.*, (i.item ->> 'due_date')::date as due_date,
    case when count(*) over later_too > 1 then coalesce((i.item #>> '{amount_due,amount}')::numeric, 0)::bigint
      else o.total_minor - coalesce(sum(coalesce((i.item #>> '{amount_due,amount}')::numeric, 0)::bigint) over earlier, 0) end as part_minor,
    coalesce(sum(coalesce((i.item #>> '{amount_due,amount}')::numeric, 0)::bigint) over earlier, 0) as before_minor
  from open_orders o
  cross join lateral jsonb_array_elements(o.instalments) with ordinality as i (item, place)
  -- a day that exists (PostgreSQL 15 has no pg_input_is_valid)
  where case when (i.item ->> 'due_date') ~ '^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$'
    then substr((i.item ->> 'due_date'), 9, 2)::int <= extract(day from (left((i.item ->> 'due_date'), 7) || '-01')::date + interval '1 month' - interval '1 day') else false end
  window
    earlier as (partition by o.order_id order by i.item ->> 'due_date', i.place rows between unbounded preceding and 1 preceding),
    later_too as (partition by o.order_id order by i.item ->> 'due_date', i.place rows between current row and unbounded following)
)
select o.account_id, o.order_id, o.contact_id, o.order_time, o.currency, coalesce(o.due_at, o.order_time) as due_at,
  (o.total_minor - o.paid_minor)::bigint as open_minor
from open_orders o
where o.instalments is null
union all
-- Apart, so that the many without a plan are not looked for among instalments.
select o.account_id, o.order_id, o.contact_id, o.order_time, o.currency, coalesce(o.due_at, o.order_time),
  (o.total_minor - o.paid_minor)::bigint
from open_orders o
where o.instalments is not null and not exists (select 1 from planned p where p.order_id = o.order_id)
union all
select p.account_id, p.order_id, p.contact_id, p.order_time, p.currency, p.due_date::timestamp at time zone p.time_zone,
  least(p.part_minor, p.before_minor + p.part_minor - p.paid_minor)::bigint
from planned p
where p.part_minor > 0 and p.before_minor + p.part_minor > p.paid_minor;

comment on view analytics.receivables is 'What is not paid as of now, by order and instalment: total less paid. Keap''s own total_due is not the balance.';

create view analytics.failed_charges as
select
  f.account_id, f.order_id, f.contact_id, f.currency, f.failed_at,
  exists (
    select 1 from public.payments p
    where p.account_id = f.account_id and p.order_id = f.order_id and p.kind = 'payment' and p.deleted_at is null
      and not p.is_void and not p.is_test
      and (p.status in ('APPROVED', 'COMPLETED') or (p.status = 'NONE' and p.is_manual))
      and p.paid_at > f.failed_at and p.paid_at <= f.failed_at + interval '30 days'
  ) as recovered
from (
  select
    o.account_id, o.supabase_id as order_id, coalesce(m.survivor_id, o.contact_id) as contact_id,
    coalesce(o.currency, (select a.currency from analytics.account a)) as currency,
    first.failed_at
  from (
    -- By the number of the order, so that only the orders of the failures asked for are looked up.
    select t.account_id, ids.order_keap_id, min(t.transaction_at) as failed_at
    from public.transactions t
    cross join lateral unnest(t.order_keap_ids) as ids (order_keap_id)
    where t.is_successful is false and t.transaction_method = 'CAPTURE' and not t.is_test and t.deleted_at is null
      and t.transaction_at is not null
    group by t.account_id, ids.order_keap_id
  ) first
  join public.orders o on o.account_id = first.account_id and o.keap_id = first.order_keap_id
    and o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0 and o.order_time is not null
  left join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
) f;

comment on view analytics.failed_charges is
  'Orders of which a charge failed, at the first failure; recovered when the order was paid within 30 days of it.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Mails, notes, tasks, appointments.

create view analytics.emails as
select
  i.account_id, i.supabase_id as email_id, i.person_id as contact_id, i.user_id,
  i.occurred_at as sent_at, i.opened_at, i.clicked_at
-- Two branches, so that a look for one person's mails reaches the index on contact_id.
from (
  select i.*, i.contact_id as person_id from public.interactions i
  where not exists (select from analytics.merged_contacts m where m.account_id = i.account_id and m.contact_id = i.contact_id)
  union all
  select i.*, m.survivor_id from public.interactions i
  join analytics.merged_contacts m on m.account_id = i.account_id and m.contact_id = i.contact_id
) i
where i.kind = 'email' and i.deleted_at is null and i.occurred_at is not null;

create index interactions_completed on public.interactions (account_id, completed_at) where kind = 'task' and completed_at is not null;

create view analytics.activities as
select
  i.account_id, i.supabase_id as activity_id, coalesce(m.survivor_id, i.contact_id) as contact_id, i.user_id, i.kind,
  i.happened_at
-- Two branches, so that a look at some days reaches an index.
from (
  select x.account_id, x.supabase_id, x.contact_id, x.user_id, x.kind, x.occurred_at as happened_at
  from public.interactions x
  where x.kind in ('note', 'appointment') and x.deleted_at is null and x.occurred_at is not null
  union all
  select x.account_id, x.supabase_id, x.contact_id, x.user_id, x.kind, x.completed_at
  from public.interactions x
  where x.kind = 'task' and x.deleted_at is null and x.completed_at is not null
) i
left join analytics.merged_contacts m on m.account_id = i.account_id and m.contact_id = i.contact_id;

comment on view analytics.activities is 'Notes and appointments when they happened, tasks when they were completed.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Deals. The value is the mean of low and high projection, or what the account chose (deal_value). A deal is closed by its last move into a won or lost stage,
-- as long as it still stands there.

create view analytics.stages as
select s.account_id, s.supabase_id as stage_id, s.keap_id, s.name, s.stage_order, s.outcome, s.probability, s.target_number_days
from public.opportunity_stages s;

create view analytics.deals as
select
  o.account_id, o.supabase_id as deal_id, o.keap_id, o.title, coalesce(merged.survivor_id, o.contact_id) as contact_id, o.user_id, o.stage_id,
  coalesce(o.currency, (select a.currency from analytics.account a)) as currency,
  o.keap_created_at as created_at,
  case (select a.deal_value from analytics.account a)
    when 'low' then coalesce(o.projected_revenue_low_minor, o.projected_revenue_high_minor, 0)
    when 'high' then coalesce(o.projected_revenue_high_minor, o.projected_revenue_low_minor, 0)
    when 'order' then coalesce(o.order_revenue_minor, 0)
    when 'monthly' then coalesce(o.monthly_revenue_minor, 0)
    else round((coalesce(o.projected_revenue_low_minor, o.projected_revenue_high_minor, 0)
      + coalesce(o.projected_revenue_high_minor, o.projected_revenue_low_minor, 0)) / 2.0)
  end::bigint as value_minor,
  o.probability,
  coalesce(o.include_in_forecast, true) as in_forecast,
  o.outcome,
  o.closed_at
-- Two branches: when a deal was closed is looked up only for those that are, and nothing of open ones where closed ones are asked for.
from (
  select x.*, coalesce(s.probability, 0) as probability, 'open' as outcome, null::timestamptz as closed_at
  from public.opportunities x
  left join public.opportunity_stages s on s.account_id = x.account_id and s.supabase_id = x.stage_id
  where s.outcome is null or s.outcome not in ('won', 'lost')
  union all
  select x.*, coalesce(s.probability, 0), s.outcome, coalesce(last.moved_at, x.stage_entered_at, x.keap_updated_at, x.keap_created_at)
  from public.opportunities x
  join public.opportunity_stages s on s.account_id = x.account_id and s.supabase_id = x.stage_id
  left join lateral (
    select max(m.moved_at) as moved_at from public.stage_moves m
    where m.account_id = x.account_id and m.opportunity_id = x.supabase_id and m.to_stage_id = x.stage_id and m.deleted_at is null
  ) last on true
  where s.outcome in ('won', 'lost')
) o
left join analytics.merged_contacts merged on merged.account_id = o.account_id and merged.contact_id = o.contact_id
where o.deleted_at is null and o.keap_created_at is not null;

create view analytics.stage_stays as
select
  m.account_id, m.supabase_id as move_id, m.from_stage_id as stage_id, coalesce(merged.survivor_id, o.contact_id) as contact_id,
  o.user_id, m.moved_at,
  extract(epoch from m.moved_at - m.previous_move_at) / 86400 as days
from public.stage_moves m
join public.opportunities o on o.account_id = m.account_id and o.supabase_id = m.opportunity_id
left join analytics.merged_contacts merged on merged.account_id = o.account_id and merged.contact_id = o.contact_id
where m.deleted_at is null and m.from_stage_id is not null and m.moved_at > m.previous_move_at;

-- ---------------------------------------------------------------------------------------------------------------------
-- Hygiene.

create view analytics.contact_hygiene as
select
  c.account_id, c.supabase_id as contact_id, c.keap_created_at as created_at,
  nullif(btrim(c.email), '') is null as without_email,
  -- Worked out only where it is asked for.
  nullif(btrim(c.email), '') is not null and lower(btrim(c.email)) in (
    select lower(btrim(d.email)) from public.contacts d
    where d.deleted_at is null and d.keap_created_at is not null and nullif(btrim(d.email), '') is not null
    group by d.account_id, lower(btrim(d.email)) having count(*) > 1) as duplicate,
  l.supabase_id as lead_source_id,
  c.owner_id
from public.contacts c
left join public.lead_sources l
  on l.account_id = c.account_id and l.keap_id = coalesce(c.first_lead_source_keap_id, c.lead_source_keap_id)
where c.deleted_at is null and c.keap_created_at is not null;

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
