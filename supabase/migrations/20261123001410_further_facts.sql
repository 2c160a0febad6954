-- Facts behind attribution, survival, renewals, predictions, list health, affiliates, deals' stages and the sync itself.
-- The rules of 000600 hold: each view belongs to keapsake_facts and is read through the query door alone.

-- ---------------------------------------------------------------------------------------------------------------------
-- Survival: how long it takes, where some have not got there yet.

-- Kaplan-Meier (1958): the share not there yet falls at each time t by the factor 1 − events / at risk. The answer is
-- the first time at which that share is 1 − quantile or less; null while it stays above.
create function analytics.survival_quantile(days float8[], observed boolean[], quantile float8) returns float8
language sql immutable parallel safe set search_path = ''
as $$
  select min(c.days)
  from (
    select t.days,
      -- A share of 0 has no logarithm: from the time on at which all who were left got there, nobody is waiting.
      case when bool_or(t.events = t.at_risk) over sofar then 0
        else exp(sum(case when t.events < t.at_risk then ln(1 - t.events / t.at_risk) else 0 end) over sofar) end as waiting
    from (
      select g.days, g.events, sum(g.leaving) over (order by g.days desc)::float8 as at_risk
      from (
        select u.days, (count(*) filter (where u.observed))::float8 as events, count(*) as leaving
        from unnest(days, observed) as u (days, observed)
        group by u.days
      ) g
    ) t
    where t.events > 0
    window sofar as (order by t.days)
  ) c
  -- Products of fractions miss their exact value by a hair.
  where c.waiting <= 1 - quantile + 1e-9
$$;
comment on function analytics.survival_quantile is
  'Kaplan-Meier quantile (0.5 is the median): the time by which that share got there; days of those who did not are how long they have waited.';
grant execute on function analytics.survival_quantile(float8[], boolean[], float8) to keapsake_facts, keapsake_reader;

-- People who may still buy for the first time. Imported people and those whose first order made the contact are aside.
create view analytics.lead_waits as
select
  l.account_id, l.contact_id, l.created_at, o.first_bought_at,
  c.source_type is not distinct from 'IMPORT' as imported,
  coalesce(o.first_bought_at <= l.created_at, false) as bought_before,
  l.lead_source_id, l.owner_id
from analytics.leads l
join public.contacts c on c.account_id = l.account_id and c.supabase_id = l.contact_id
left join analytics.first_purchases o on o.account_id = l.account_id and o.contact_id = l.contact_id;

-- ---------------------------------------------------------------------------------------------------------------------
-- Renewals.

-- Each bill of a subscription that was paid, with the day on which the time it paid for is over.
create view analytics.subscription_bills as
select
  s.account_id, s.subscription_id, s.contact_id, s.product_id, s.plan_id, 'goods' as part, o.order_id, o.order_time,
  row_number() over (partition by s.account_id, s.subscription_id order by o.order_time, o.order_id) as number,
  lead(o.order_time) over (partition by s.account_id, s.subscription_id order by o.order_time, o.order_id) as next_bill_at,
  (o.order_time at time zone a.time_zone + s.every) at time zone a.time_zone as due_at,
  nullif(p.total_cycles, 0) as total_cycles
from analytics.subscriptions s
cross join analytics.account a
left join public.subscription_plans p on p.account_id = s.account_id and p.supabase_id = s.plan_id
join lateral (
  select o.order_id, o.order_time
  from analytics.orders o
  where o.account_id = s.account_id
    and o.order_id in (
      select i.order_id from public.order_items i
      where i.account_id = s.account_id and i.subscription_keap_id = s.keap_id and i.deleted_at is null
    )
    and (coalesce(o.total_paid_minor, 0) > 0 or exists (
      select 1 from analytics.payments q
      where q.account_id = o.account_id and q.order_id = o.order_id and q.kind = 'payment' and q.amount_minor > 0
    ))
) o on true;

create view analytics.renewals as
select
  b.account_id, b.subscription_id, b.contact_id, b.product_id, b.plan_id, b.part, b.due_at,
  coalesce(b.next_bill_at <= b.due_at + interval '30 days', false) as renewed
from analytics.subscription_bills b
where b.total_cycles is null or b.number < b.total_cycles;

comment on view analytics.renewals is
  'Each time a paid cycle ran out. Renewed: billed again and paid by 30 days after. The last cycle of a plan with an end is no renewal.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Touches and attribution.

create view analytics.touch_records as
select c.account_id, c.supabase_id as contact_id,
  coalesce(
    case when case when (u.touch ->> 'created_at') ~ '^[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-](0\d|1[0-5])(:?[0-5]\d)?)?)?$'
      then substr((u.touch ->> 'created_at'), 9, 2)::int <= extract(day from (left((u.touch ->> 'created_at'), 7) || '-01')::date + interval '1 month' - interval '1 day') else false end then (u.touch ->> 'created_at')::timestamptz end,
    case when u.touch ->> 'first_touch' = 'true' then c.keap_created_at end
  ) as touched_at,
  'utm' as touch_kind, btrim(u.touch ->> 'utm_source') as touch, nullif(btrim(u.touch ->> 'utm_campaign'), '') as campaign
from public.contacts c
cross join lateral jsonb_array_elements(c.utm_parameters) as u (touch)
-- A visit without a source says nothing, and is never to take the place of one that does.
where btrim(coalesce(u.touch ->> 'utm_source', '')) <> '' and lower(btrim(u.touch ->> 'utm_source')) not in ('direct', '(direct)')
union all
select c.account_id, c.supabase_id, c.keap_created_at, 'form',
  case c.source_type when 'LANDING_PAGE' then 'Landing page' when 'APPOINTMENT' then 'Booking page'
    when 'FORM_API_HOSTED' then 'Hosted form' when 'FORM_API_INTERNAL' then 'Form'
    when 'INTERNAL_FORM' then 'Internal form' else 'Web form' end,
  null
from public.contacts c
where c.source_type in ('WEBFORM', 'LANDING_PAGE', 'FORM_API_HOSTED', 'FORM_API_INTERNAL', 'INTERNAL_FORM', 'APPOINTMENT')
union all
select ct.account_id, ct.contact_id, ct.applied_at, 'tag', g.name, g.name
from public.contact_tags ct
join public.tags g on g.account_id = ct.account_id and g.supabase_id = ct.tag_id
join public.accounts own on own.id = ct.account_id
where own.settings -> 'campaign_tag_categories' @> to_jsonb(g.category_keap_id)
union all
select i.account_id, i.contact_id, i.clicked_at, 'email', coalesce(nullif(btrim(i.title), ''), 'E-mail'), null
from public.interactions i
where i.kind = 'email' and i.deleted_at is null
union all
select i.account_id, i.contact_id, i.occurred_at, 'appointment', 'Appointment', null
from public.interactions i
where i.kind = 'appointment' and i.deleted_at is null
union all
select r.account_id, r.contact_id, r.referred_at, 'affiliate', coalesce(nullif(btrim(f.name), ''), f.code, 'Affiliate ' || r.affiliate_keap_id, 'Affiliate'), null
from public.referrals r
left join public.affiliates f on f.account_id = r.account_id and f.supabase_id = r.affiliate_id
where r.deleted_at is null;

comment on view analytics.touch_records is 'All that may have brought a contact, as it is recorded, under the contact''s own id.';

create view analytics.touches as
select
  e.account_id, e.contact_id, e.touched_at, e.touch_kind, e.touch, e.campaign,
  e.touched_at <= c.keap_created_at + interval '5 minutes' as before_lead,
  e.touched_at <= d.first_deal_at as before_deal
from (
  -- In this order a look for one person's touches reaches the tables' indexes.
  select distinct on (r.account_id, r.contact_id, r.touch_kind, r.touch, (r.touched_at at time zone a.time_zone)::date)
    r.account_id, r.contact_id, r.touched_at, r.touch_kind, r.touch, r.campaign
  from analytics.touch_records r cross join analytics.account a
  where r.contact_id is not null and r.touched_at is not null and not exists (
    select from analytics.merged_contacts m where m.account_id = r.account_id and m.contact_id = r.contact_id)
  order by r.account_id, r.contact_id, r.touch_kind, r.touch, (r.touched_at at time zone a.time_zone)::date, r.touched_at
  ) e
left join public.contacts c on c.account_id = e.account_id and c.supabase_id = e.contact_id
left join (
  select o.account_id, o.contact_id, min(o.keap_created_at) as first_deal_at
  from public.opportunities o where o.deleted_at is null group by 1, 2
) d on d.account_id = e.account_id and d.contact_id = e.contact_id
union all
-- Who was merged: the touches of each record by itself, as the survivor's.
select
  m.account_id, m.survivor_id, e.touched_at, e.touch_kind, e.touch, e.campaign,
  e.touched_at <= c.keap_created_at + interval '5 minutes',
  e.touched_at <= (
    select min(o.keap_created_at) from public.opportunities o
    where o.account_id = m.account_id and o.contact_id = m.survivor_id and o.deleted_at is null)
from analytics.merged_contacts m
cross join lateral (
  select distinct on (r.touch_kind, r.touch, (r.touched_at at time zone a.time_zone)::date) r.touched_at, r.touch_kind, r.touch, r.campaign
  from analytics.touch_records r cross join analytics.account a
  where r.contact_id = m.contact_id and r.touched_at is not null
  order by r.touch_kind, r.touch, (r.touched_at at time zone a.time_zone)::date, r.touched_at
) e
left join public.contacts c on c.account_id = m.account_id and c.supabase_id = m.survivor_id;

comment on view analytics.touches is
  'What brought people: UTM records, forms, tags of campaign categories, clicks, appointments, referrals. The same source counts once a day.';

-- The views below join each other by ids alone, which no two accounts share: with the account, of which there is only
-- one, the planner joins by that and compares everything with everything.

-- What a sale goes back to: its own purchase occasion; a renewal's is that of the first bill.
create view analytics.order_conversions as
with own as (
  select o.account_id, o.order_id, o.contact_id, o.order_time,
    max(n.occasion_at) as converted_at
  from analytics.orders o
  join analytics.occasions n on n.contact_id = o.contact_id and n.occasion_at <= o.order_time
  where not o.is_renewal
  group by 1, 2, 3, 4
),
first_bills as (
  select distinct on (i.account_id, i.subscription_keap_id) i.account_id, i.subscription_keap_id, i.order_id
  from public.order_items i
  join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id
  where i.subscription_keap_id is not null and i.deleted_at is null and o.status <> 'DRAFT' and o.deleted_at is null
  order by i.account_id, i.subscription_keap_id, o.order_time, i.order_id
)
select account_id, order_id, contact_id, converted_at from own
union all
select o.account_id, o.order_id, o.contact_id, min(w.converted_at)
from analytics.orders o
join public.order_items i on i.account_id = o.account_id and i.order_id = o.order_id and i.deleted_at is null
join first_bills b on b.account_id = i.account_id and b.subscription_keap_id = i.subscription_keap_id
join own w on w.order_id = b.order_id and w.contact_id = o.contact_id
where o.is_renewal
group by 1, 2, 3;

-- How a conversion's credit is shared, in whole numbers, per model. Key touches: the first; the one before the lead came
-- to be; the one before the first deal; the last. A share nobody has goes back to the others pro rata.
create view analytics.touch_weights as
with within_reach as (
  select
    v.account_id, v.contact_id, v.converted_at, t.touched_at, t.touch_kind, t.touch, t.campaign, t.before_lead, t.before_deal
  -- Every purchase is the conversion of an order: the first one in it.
  from (select n.account_id, n.contact_id, n.occasion_at as converted_at from analytics.occasions n) v
  cross join analytics.account a
  join analytics.touches t on t.contact_id = v.contact_id
    and t.touched_at <= v.converted_at
    and t.touched_at > v.converted_at - a.attribution_lookback_days * interval '1 day'
),
placed as (
  select w.*,
    row_number() over conversion as place,
    count(*) over whole as touches,
    max(case when w.before_lead then w.touched_at end) over whole as lead_at,
    max(case when w.before_deal then w.touched_at end) over whole as deal_at,
    max(w.touched_at) over whole as last_at
  from within_reach w
  window whole as (partition by w.account_id, w.contact_id, w.converted_at),
    conversion as (partition by w.account_id, w.contact_id, w.converted_at order by w.touched_at, w.touch_kind, w.touch)
),
keyed as (
  select p.*,
    p.place = 1 as is_first,
    p.place = p.touches as is_last,
    -- Of touches at one instant the later in order.
    p.before_lead and p.place = max(case when p.touched_at = p.lead_at then p.place end) over whole as is_lead,
    p.before_deal and p.place = max(case when p.touched_at = p.deal_at then p.place end) over whole as is_deal
  from placed p
  window whole as (partition by p.account_id, p.contact_id, p.converted_at)
),
counted as (
  select k.*,
    coalesce(k.is_lead, false) as lead_touch,
    coalesce(k.is_deal, false) as deal_touch,
    count(*) filter (where not k.is_first and not coalesce(k.is_lead, false)) over whole as other_position,
    count(*) filter (where not k.is_first and not coalesce(k.is_lead, false) and not coalesce(k.is_deal, false)) over whole as other_w,
    count(*) filter (where not k.is_first and not k.is_last and not coalesce(k.is_lead, false) and not coalesce(k.is_deal, false)) over whole as other_path
  from keyed k
  window whole as (partition by k.account_id, k.contact_id, k.converted_at)
)
select c.account_id, c.contact_id, c.converted_at, c.touched_at, c.touch_kind, c.touch, c.campaign, c.place, w.model,
  round(w.weight * 1000000000)::bigint as weight
from counted c
cross join lateral (values
  ('first', c.is_first::int::numeric),
  ('last', c.is_last::int::numeric),
  ('lead_creation', c.lead_touch::int::numeric),
  ('linear', 1::numeric),
  ('position', case when c.touches <= 2 then 1 else
    40 * c.is_first::int + 40 * c.lead_touch::int
      + case when c.is_first or c.lead_touch then 0 else 20::numeric / c.other_position end end),
  ('w', case when c.touches <= 2 then 1 else
    30 * c.is_first::int + 30 * c.lead_touch::int + 30 * c.deal_touch::int
      + case when c.is_first or c.lead_touch or c.deal_touch then 0 else 10::numeric / c.other_w end end),
  ('full_path', case when c.touches <= 2 then 1 else
    22.5 * (c.is_first::int + c.lead_touch::int + c.deal_touch::int + c.is_last::int)
      + case when c.is_first or c.is_last or c.lead_touch or c.deal_touch then 0 else 10::numeric / c.other_path end end),
  -- Against the last touch, so that touches long before the purchase keep their proportions.
  ('decay', power(0.5::float8, extract(epoch from c.last_at - c.touched_at)::float8 / 604800)::numeric)
) as w (model, weight)
where round(w.weight * 1000000000) > 0;

comment on view analytics.touch_weights is
  'Touches within the look-back before each conversion and the share of credit each gets under each model, in billionths.';

-- Twice the same: under every model, and under the account's own, which a condition on the first would find only after
-- all eight had been worked out.
do $views$
declare
  v_view text := $view$
create view analytics.%I as
with money as (
  select
    p.account_id, p.payment_id, p.order_id, p.contact_id, p.paid_at, p.currency,
    case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end as signed_minor,
    p.amount_minor::numeric as amount_minor, p.kind,
    v.contact_id as buyer_id, v.converted_at, models.model
  from analytics.payment_orders p
  left join analytics.order_conversions v on v.order_id = p.order_id
  cross join (%s) as models (model)
),
shared as (
  select m.*, w.touch_kind, w.touch, w.campaign, w.touched_at, w.place, w.weight::numeric as weight,
    sum(w.weight) over (partition by m.account_id, m.model, m.payment_id, m.order_id, m.paid_at) as weights
  from money m
  left join analytics.touch_weights w on w.contact_id = m.buyer_id
    and w.converted_at = m.converted_at and w.model = m.model
),
floored as (
  select s.*, case when s.weights > 0 then floor(s.amount_minor * s.weight / s.weights) else s.amount_minor end as base_minor
  from shared s
),
ranked as (
  select f.*,
    f.amount_minor - sum(f.base_minor) over (partition by f.account_id, f.model, f.payment_id, f.order_id, f.paid_at) as left_minor,
    row_number() over (
      partition by f.account_id, f.model, f.payment_id, f.order_id, f.paid_at
      order by f.amount_minor * f.weight - f.base_minor * f.weights desc, f.place
    ) as turn
  from floored f
)
select
  r.account_id, r.model, r.payment_id, r.order_id, r.contact_id, r.paid_at, r.currency,
  r.touch_kind, r.touch, r.campaign, r.touched_at,
  ((r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end) * case when r.kind = 'payment' then 1 else -1 end)::bigint as amount_minor
from ranked r
$view$;
begin
  execute format(v_view, 'attribution_credits',
    $$values ('first'), ('last'), ('lead_creation'), ('linear'), ('position'), ('w'), ('full_path'), ('decay')$$);
  execute format(v_view, 'attribution_own', 'select a.attribution_model from analytics.account a');
end $views$;

comment on view analytics.attribution_credits is
  'Every payment and refund (negative) shared over the touches that brought its sale, per model. touch is null where nothing did: credits and the unattributed add up to net revenue to the cent under each model. Filter by one model.';

comment on view analytics.attribution_own is 'analytics.attribution_credits under the account''s own model.';

-- What touches brought, without what nothing did: found from the touches on, which are few beside the orders.
create view analytics.touch_shares as
with weighed as materialized (
  select w.contact_id, w.converted_at, w.touched_at, w.touch_kind, w.touch, w.campaign, w.place, w.model, w.weight
  from analytics.touch_weights w
),
converted as materialized (
  select distinct w.contact_id, w.converted_at from weighed w
),
-- Once, for how few people there are is not known beforehand.
bought as materialized (
  select o.account_id, o.order_id, o.contact_id, o.order_time, o.is_renewal
  from analytics.orders o
  where o.contact_id in (select c.contact_id from converted c)
),
sold as materialized (
  select o.account_id, o.order_id, c.contact_id, c.converted_at
  from converted c
  join analytics.occasions n on n.contact_id = c.contact_id and n.occasion_at = c.converted_at
  join bought o on o.contact_id = c.contact_id and o.order_time >= c.converted_at and (n.next_at is null or o.order_time < n.next_at)
  where not o.is_renewal
),
-- Renewals of what was sold so: each goes by the earliest of the purchases that its first bills belong to.
renewed as materialized (
  select distinct i.order_id
  from sold s
  join public.order_items b on b.account_id = s.account_id and b.order_id = s.order_id and b.subscription_keap_id is not null and b.deleted_at is null
  join public.order_items i on i.account_id = b.account_id and i.subscription_keap_id = b.subscription_keap_id and i.deleted_at is null
),
renewals as (
  select o.order_id, o.contact_id, min(n.occasion_at) as converted_at
  from renewed r
  join bought o on o.order_id = r.order_id and o.is_renewal
  join public.order_items i on i.account_id = o.account_id and i.order_id = o.order_id and i.deleted_at is null and i.subscription_keap_id is not null
  cross join lateral (
    select f.supabase_id as order_id, f.order_time
    from public.order_items x
    join public.orders f on f.account_id = x.account_id and f.supabase_id = x.order_id
    where x.account_id = i.account_id and x.subscription_keap_id = i.subscription_keap_id and x.deleted_at is null
      and f.status <> 'DRAFT' and f.deleted_at is null
    order by f.order_time, f.supabase_id limit 1
  ) b
  -- One by one (offset 0 keeps it so): there are few.
  cross join lateral (
    select q.contact_id, q.order_time, q.is_renewal from analytics.orders q where q.order_id = b.order_id offset 0
  ) first
  join analytics.occasions n on n.contact_id = o.contact_id and n.occasion_at <= first.order_time
    and (n.next_at is null or n.next_at > first.order_time)
  where first.contact_id = o.contact_id and not first.is_renewal
  group by 1, 2
),
sales as materialized (
  select v.order_id, v.contact_id, v.converted_at from sold v union all select * from renewals
),
paid as materialized (
  select p.account_id, p.payment_id, p.order_id, p.contact_id, p.paid_at, p.currency, p.kind, p.amount_minor
  from analytics.payment_orders p
  where p.order_id in (select v.order_id from sales v)
),
shared as (
  select
    p.account_id, w.contact_id as buyer_id, p.payment_id, p.order_id, p.contact_id, p.paid_at, p.currency, p.kind, p.amount_minor::numeric as amount_minor,
    w.touch_kind, w.touch, w.campaign, w.touched_at, w.place, w.model, w.weight::numeric as weight,
    sum(w.weight) over (partition by w.model, p.payment_id, p.order_id, p.paid_at) as weights
  from sales v
  join paid p on p.order_id = v.order_id
  join weighed w on w.contact_id = v.contact_id and w.converted_at = v.converted_at
),
ranked as (
  select f.*,
    f.amount_minor - sum(f.base_minor) over (partition by f.model, f.payment_id, f.order_id, f.paid_at) as left_minor,
    row_number() over (
      partition by f.model, f.payment_id, f.order_id, f.paid_at
      order by f.amount_minor * f.weight - f.base_minor * f.weights desc, f.place
    ) as turn
  from (select s.*, floor(s.amount_minor * s.weight / s.weights) as base_minor from shared s) f
),
credited as (
  select r.*,
    ((r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end) * case when r.kind = 'payment' then 1 else -1 end)::bigint as credit_minor
  from ranked r
)
select
  c.account_id, c.buyer_id, c.payment_id, c.order_id, c.contact_id, c.paid_at, c.currency,
  c.touch_kind, c.touch, c.campaign, c.touched_at, c.place,
  array[
    max(c.credit_minor) filter (where c.model = 'first'),
    max(c.credit_minor) filter (where c.model = 'last'),
    max(c.credit_minor) filter (where c.model = 'lead_creation'),
    max(c.credit_minor) filter (where c.model = 'linear'),
    max(c.credit_minor) filter (where c.model = 'position'),
    max(c.credit_minor) filter (where c.model = 'w'),
    max(c.credit_minor) filter (where c.model = 'full_path'),
    max(c.credit_minor) filter (where c.model = 'decay')
  ] as amounts
from credited c
group by c.account_id, c.buyer_id, c.payment_id, c.order_id, c.contact_id, c.paid_at, c.currency,
  c.touch_kind, c.touch, c.campaign, c.touched_at, c.place;

comment on view analytics.touch_shares is
  'What each touch brought of each payment and refund (negative), as an array by model: first, last, lead creation, linear, position, W, full path, decay; null where a model gives it nothing.';

create view analytics.touch_credits as
select
  s.account_id, m.model, s.payment_id, s.order_id, s.contact_id, s.paid_at, s.currency,
  s.touch_kind, s.touch, s.campaign, s.touched_at, s.amounts[m.place] as amount_minor
from analytics.touch_shares s
join (values ('first', 1), ('last', 2), ('lead_creation', 3), ('linear', 4), ('position', 5), ('w', 6), ('full_path', 7), ('decay', 8)) as m (model, place) on s.amounts[m.place] is not null;

comment on view analytics.touch_credits is
  'The rows of analytics.attribution_credits that have a touch. What is left of net revenue is unattributed.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Tags as entries of a funnel.

create view analytics.first_tags as
select
  t.account_id, coalesce(m.survivor_id, t.contact_id) as contact_id, t.tag_id, t.applied_at, t.removed_at,
  p.first_bought_at
from public.contact_tags t
left join analytics.merged_contacts m on m.account_id = t.account_id and m.contact_id = t.contact_id
left join analytics.first_purchases p on p.account_id = t.account_id and p.contact_id = coalesce(m.survivor_id, t.contact_id)
where t.applied_at is not null;

comment on view analytics.first_tags is 'When people got each tag, and when they first bought: what a tag led to.';

-- ---------------------------------------------------------------------------------------------------------------------
-- E-mail: money after a click, and the state of addresses.

create index interactions_clicked on public.interactions (account_id, contact_id, clicked_at)
  where kind = 'email' and clicked_at is not null and deleted_at is null;

-- By the person as well, to whom an order belongs anyway, so that a look for a few people reaches their orders.
create view analytics.email_revenue as
select distinct on (o.account_id, o.contact_id, o.order_id)
  o.account_id, o.order_id, e.email_id, o.contact_id, e.sent_at, o.currency, o.net_sales_minor as amount_minor
from analytics.orders o
cross join analytics.account a
join analytics.emails e on e.contact_id = o.contact_id
  and e.clicked_at is not null and e.clicked_at <= o.order_time and e.clicked_at > o.order_time - a.email_revenue_days * interval '1 day'
order by o.account_id, o.contact_id, o.order_id, e.clicked_at desc, e.email_id;

comment on view analytics.email_revenue is 'Net sales of orders placed within the account''s days after a click, each to the mail clicked last before it.';

-- A body of its own instead of text: then it becomes part of the statement, where a call per address costs more than
-- everything else.
create function analytics.email_class(state text, opted_in boolean) returns text
language sql immutable parallel safe
return case
    when state in ('UNENGAGED_MARKETABLE', 'SINGLE_OPT_IN', 'DOUBLE_OPT_IN', 'CONFIRMED') then 'mailable'
    when state = 'BOUNCE' then 'soft_bounced'
    when state in ('MANUAL', 'ADMIN', 'SYSTEM', 'LIST_UNSUBSCRIBE') then 'unsubscribed'
    when state in ('FEEDBACK', 'SPAM') then 'complained'
    when state in ('HARD_BOUNCE', 'INVALID') then 'hard_bounced'
    when state in ('LOCKDOWN', 'DEACTIVATED') then 'locked'
    when state in ('NON_MARKETABLE', 'UNENGAGED_NON_MARKETABLE') then 'not_opted_in'
    when opted_in then 'mailable'
    when not opted_in then 'not_opted_in'
    else 'unknown'
  end;
comment on function analytics.email_class is
  'What Keap''s state of an address means for mailing: mailable, soft_bounced (still mailed), unsubscribed, complained, hard_bounced, locked, not_opted_in, unknown.';
grant execute on function analytics.email_class(text, boolean) to keapsake_facts, keapsake_reader;

create view analytics.addresses as
select
  c.account_id, c.supabase_id as contact_id, lower(btrim(c.email)) as email, c.keap_created_at as created_at,
  coalesce(s.status, c.email_addresses #>> '{EMAIL1,email_opt_status}') as state,
  coalesce(s.opted_in, (c.email_addresses #>> '{EMAIL1,is_opt_in}')::boolean) as opted_in,
  s.last_open_at, s.last_click_at, s.last_sent_at
from public.contacts c
left join public.email_addresses_status s
  on s.account_id = c.account_id and s.email = lower(btrim(c.email)) and s.deleted_at is null
where c.deleted_at is null and nullif(btrim(c.email), '') is not null and c.keap_created_at is not null;

comment on view analytics.addresses is 'The first e-mail address of every contact with its state now.';

-- Spans in which an address was in a state: from the changes seen, and before the first of them as it was before.
create view analytics.email_states as
with changes as (
  select e.account_id, e.email, e.seen_at, e.state_before, e.state_after,
    lead(e.seen_at) over (partition by e.account_id, e.email order by e.seen_at) as next_at,
    row_number() over (partition by e.account_id, e.email order by e.seen_at) as number
  from private.email_state_changes e
)
select a.account_id, a.contact_id, a.email, analytics.email_class(a.state, a.opted_in) as email_state,
  a.created_at as valid_from, null::timestamptz as valid_to
from analytics.addresses a
where not exists (select 1 from private.email_state_changes e where e.account_id = a.account_id and e.email = a.email)
union all
select a.account_id, a.contact_id, a.email, analytics.email_class(c.state_before, null), a.created_at, c.seen_at
from analytics.addresses a
join changes c on c.account_id = a.account_id and c.email = a.email and c.number = 1 and c.seen_at > a.created_at
union all
select a.account_id, a.contact_id, a.email, analytics.email_class(c.state_after, null), greatest(c.seen_at, a.created_at), c.next_at
from analytics.addresses a
join changes c on c.account_id = a.account_id and c.email = a.email and (c.next_at is null or c.next_at > a.created_at);

create view analytics.unsubscribes as
select e.account_id, e.email, e.seen_at, owner.contact_id,
  analytics.email_class(e.state_after, null) as email_state
from private.email_state_changes e
left join lateral (
  select a.contact_id from analytics.addresses a
  where a.account_id = e.account_id and a.email = e.email
  order by a.created_at, a.contact_id limit 1
) owner on true
where analytics.email_class(e.state_after, null) in ('unsubscribed', 'complained')
  and analytics.email_class(e.state_before, null) not in ('unsubscribed', 'complained');

-- What people do, with what it weighs for engagement.
create view analytics.engagement_events as
select e.account_id, e.contact_id, e.clicked_at as happened_at, 1.0::float8 as weight from analytics.emails e where e.clicked_at is not null
union all
select e.account_id, e.contact_id, e.opened_at, 0.1 from analytics.emails e where e.opened_at is not null
union all
select t.account_id, t.contact_id, t.touched_at, 1.5 from analytics.touches t where t.touch_kind in ('form', 'appointment')
union all
select o.account_id, o.contact_id, o.occasion_at, 3.0 from analytics.occasions o;

-- ---------------------------------------------------------------------------------------------------------------------
-- Deals: which stages they reached. A stage that was skipped counts as reached; going back takes nothing away.

create view analytics.stage_reaches as
with ranked as (
  select s.account_id, s.stage_id, coalesce(s.stage_order, s.keap_id) as rank,
    max(coalesce(s.stage_order, s.keap_id)) over (partition by s.account_id) as last_rank
  from analytics.stages s
  where s.outcome is distinct from 'lost' and coalesce(s.stage_order, s.keap_id) is not null
),
stood as (
  -- Where it began: the stage its first move left, or the one it has stood in ever since.
  select o.account_id, o.supabase_id as deal_id, coalesce(m.from_stage_id, case when m.moved_at is null then o.stage_id end) as stage_id, o.keap_created_at as at
  from public.opportunities o
  left join (
    select distinct on (x.account_id, x.opportunity_id) x.account_id, x.opportunity_id, x.from_stage_id, x.moved_at
    from public.stage_moves x
    where x.deleted_at is null
    order by x.account_id, x.opportunity_id, x.moved_at, x.keap_id
  ) m on m.account_id = o.account_id and m.opportunity_id = o.supabase_id
  union all
  select m.account_id, m.opportunity_id, m.to_stage_id, m.moved_at
  from public.stage_moves m
  where m.deleted_at is null
),
-- From the furthest stage down: each tells of itself and of those that were skipped on the way to it.
steps as (
  select s.account_id, s.deal_id, w.rank, min(s.at) over down as reached_at,
    lead(w.rank) over down as below, first_value(w.rank) over down as furthest
  from stood s
  join ranked w on w.account_id = s.account_id and w.stage_id = s.stage_id
  window down as (partition by s.account_id, s.deal_id order by w.rank desc)
)
select o.account_id, o.supabase_id as deal_id, coalesce(merged.survivor_id, o.contact_id) as contact_id, o.user_id, r.stage_id,
  x.reached_at, x.furthest > r.rank as went_on
from public.opportunities o
left join analytics.merged_contacts merged on merged.account_id = o.account_id and merged.contact_id = o.contact_id
join steps x on x.account_id = o.account_id and x.deal_id = o.supabase_id
join ranked r on r.account_id = x.account_id and r.rank <= x.rank and (x.below is null or r.rank > x.below) and r.rank < r.last_rank
where o.deleted_at is null and o.keap_created_at is not null;

comment on view analytics.stage_reaches is
  'Stages each deal reached (lost ones and the last apart), when first, and whether it ever went further.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Affiliates.

create view analytics.affiliates as
select f.account_id, f.supabase_id as affiliate_id, f.keap_id, coalesce(nullif(btrim(f.name), ''), f.code, 'Affiliate ' || f.keap_id) as name
from public.affiliates f;

create view analytics.affiliate_commissions as
select
  c.account_id, c.supabase_id as commission_id, c.kind, c.occurred_at, c.affiliate_id, c.contact_id,
  coalesce(c.currency, (select a.currency from analytics.account a)) as currency, c.amount_minor
from public.affiliate_commissions c
where c.deleted_at is null and c.occurred_at is not null;

-- Few among many.
create index orders_of_affiliates on public.orders (account_id, supabase_id)
  where sales_affiliate_keap_id is not null or lead_affiliate_keap_id is not null;

create view analytics.order_affiliates as
select o.account_id, o.supabase_id as order_id, sale.supabase_id as sale_affiliate_id, lead.supabase_id as lead_affiliate_id
from public.orders o
left join public.affiliates sale on sale.account_id = o.account_id and sale.keap_id = o.sales_affiliate_keap_id
left join public.affiliates lead on lead.account_id = o.account_id and lead.keap_id = o.lead_affiliate_keap_id
where (o.sales_affiliate_keap_id is not null or o.lead_affiliate_keap_id is not null)
  and (sale.supabase_id is not null or lead.supabase_id is not null);

create view analytics.affiliate_payments as
select p.account_id, p.payment_id, p.order_id, p.contact_id, p.kind, p.paid_at, p.currency, p.amount_minor,
  a.sale_affiliate_id, a.lead_affiliate_id
from analytics.payment_orders p
join analytics.order_affiliates a on a.account_id = p.account_id and a.order_id = p.order_id;

-- ---------------------------------------------------------------------------------------------------------------------
-- Predictions: the newest score of each person at a time, of the models whose names begin with clv, churn, conversion.

create view analytics.predictions as
select
  p.account_id, p.contact_id, split_part(p.model, '/', 1) as model, p.score,
  (select a.currency from analytics.account a) as currency,
  p.scored_at as valid_from,
  lead(p.scored_at) over (partition by p.account_id, split_part(p.model, '/', 1), p.contact_id order by p.scored_at) as valid_to
from public.predictions p
join public.contacts c on c.account_id = p.account_id and c.supabase_id = p.contact_id and c.deleted_at is null
where p.score is not null;

-- ---------------------------------------------------------------------------------------------------------------------
-- Hygiene and the sync.

create view analytics.tag_use as
select t.account_id, t.supabase_id as tag_id, null::uuid as contact_id, coalesce(t.keap_created_at, '-infinity') as created_at, t.category_id,
  not exists (
    select 1 from public.contact_tags h where h.account_id = t.account_id and h.tag_id = t.supabase_id and h.removed_at is null
  ) as unused
from public.tags t
where t.deleted_at is null;

create view analytics.tag_categories as
select c.account_id, c.supabase_id as category_id, c.keap_id, c.name from public.tag_categories c;

-- The newest passage of each record: when it was changed on the side it came from, and when it had arrived.
create view analytics.passages as
select j.account_id, j.journal_id as passage_id, null::uuid as contact_id, j.entity as record_type, j.direction, j.at as arrived_at, r.changed_at,
  extract(epoch from j.at - r.changed_at)::float8 as seconds
from sync.journal j
join (
  select account_id, supabase_id, case when last_modified_by = 'keap' then keap_updated_at else last_updated_at end as changed_at,
    case when last_modified_by = 'keap' then 'in' else 'out' end as direction from public.contacts
  union all
  select account_id, supabase_id, case when last_modified_by = 'keap' then keap_updated_at else last_updated_at end,
    case when last_modified_by = 'keap' then 'in' else 'out' end from public.companies
  union all
  select account_id, supabase_id, case when last_modified_by = 'keap' then keap_updated_at else last_updated_at end,
    case when last_modified_by = 'keap' then 'in' else 'out' end from public.orders
  union all
  select account_id, supabase_id, case when last_modified_by = 'keap' then keap_updated_at else last_updated_at end,
    case when last_modified_by = 'keap' then 'in' else 'out' end from public.subscriptions
  union all
  select account_id, supabase_id, case when last_modified_by = 'keap' then keap_updated_at else last_updated_at end,
    case when last_modified_by = 'keap' then 'in' else 'out' end from public.opportunities
  union all
  select account_id, supabase_id, case when last_modified_by = 'keap' then keap_updated_at else last_updated_at end,
    case when last_modified_by = 'keap' then 'in' else 'out' end from public.interactions
) r on r.account_id = j.account_id and r.supabase_id = j.record_id and r.direction = j.direction
cross join (select c.id, c.created_at from public.accounts c) own
where j.account_id = own.id
  -- What Keap held before it was connected did not wait for us.
  and r.changed_at >= own.created_at and j.at >= r.changed_at
  and not exists (select 1 from sync.journal later where later.record_id = j.record_id and later.journal_id > j.journal_id);

comment on view analytics.passages is 'How long the newest change of each record took to the other side. What was copied at first is not in it.';

create view analytics.verifications as
select v.account_id, null::uuid as contact_id, v.entity as record_type, v.unexplained, v.finished_at as valid_from,
  lead(v.finished_at) over (partition by v.account_id, v.entity order by v.finished_at, v.verification_id) as valid_to
from sync.verification_runs v
where v.finished_at is not null;

-- ---------------------------------------------------------------------------------------------------------------------
-- Owner and grants, for every view above.

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
