-- Facts: what happened in the business, as views over the mirrored tables.
--
-- Every view belongs to keapsake_facts and runs with its rights. That role does not bypass row level security: the
-- policies of the mirrored tables give it the rows of the account in the setting keapsake.account_id and no others.
-- keapsake_reader (the owner of run_query) may read the views and nothing else.
--
-- Money is bigint minor units beside a currency. Instants are timestamptz. Aggregation happens in analytics/query.
-- Time columns take part in every PARTITION BY, so that a filter on time reaches the tables' indexes.

grant usage on schema analytics to keapsake_reader;
grant usage, create on schema analytics to keapsake_facts;

-- ---------------------------------------------------------------------------------------------------------------------
-- The account: zone, currency and the settings that change a meaning.

create view analytics.account as
select
  a.id as account_id,
  a.name,
  a.time_zone,
  a.currency,
  a.week_start,
  coalesce((a.settings ->> 'net_sales_include_shipping')::boolean, false) as net_sales_include_shipping,
  (a.settings ->> 'active_customer_days')::int as settings_active_days,
  coalesce(a.settings ->> 'churn_date' = 'cancelled_at', false) as churn_at_cancellation,
  coalesce((a.settings ->> 'swap_window_days')::int, 7) as swap_window_days,
  coalesce(a.settings ->> 'deal_value', 'mean') as deal_value,
  coalesce(a.settings ->> 'attribution_model', 'last') as attribution_model,
  coalesce((a.settings ->> 'attribution_lookback_days')::int, 90) as attribution_lookback_days,
  coalesce((a.settings ->> 'email_revenue_days')::int, 7) as email_revenue_days
from public.accounts a;

comment on view analytics.account is 'One row: the account of the principal that asks.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Names: what dimension values are called.

create view analytics.products as
select
  p.account_id, p.supabase_id as product_id, p.keap_id, p.name, p.sku,
  -- Keap sends the ids of a product''s categories; the first counts. An id that no category has stays as it is.
  coalesce(p.categories -> 0 ->> 'name', g.name, p.categories ->> 0) as category
from public.products p
left join public.product_categories g on g.account_id = p.account_id and g.keap_id::text = p.categories ->> 0 and g.deleted_at is null;

create view analytics.tags as
select t.account_id, t.supabase_id as tag_id, t.keap_id, t.name, t.deleted_at
from public.tags t;

create view analytics.lead_sources as
select l.account_id, l.supabase_id as lead_source_id, l.keap_id, l.name
from public.lead_sources l;

create view analytics.users as
select
  u.account_id, u.supabase_id as user_id, u.keap_id,
  coalesce(nullif(btrim(concat_ws(' ', u.given_name, u.family_name)), ''), u.email, 'User ' || u.keap_id) as name
from public.users u;

-- ---------------------------------------------------------------------------------------------------------------------
-- People.

-- A contact merged away lives on in another, which may itself have been merged: money and orders follow.
create view analytics.merged_contacts as
with recursive moved as (
  select c.account_id, c.supabase_id as contact_id, c.merged_into_id as survivor_id, 1 as step
  from public.contacts c
  where c.merged_into_id is not null
  union all
  select m.account_id, m.contact_id, c.merged_into_id, m.step + 1
  from moved m
  join public.contacts c on c.account_id = m.account_id and c.supabase_id = m.survivor_id
  where c.merged_into_id is not null and m.step < 20
)
select distinct on (m.account_id, m.contact_id) m.account_id, m.contact_id, m.survivor_id
from moved m
order by m.account_id, m.contact_id, m.step desc;

comment on view analytics.merged_contacts is 'Contacts merged away and who they are now.';

create view analytics.contacts as
select
  c.account_id,
  c.supabase_id as contact_id,
  c.keap_id,
  coalesce(nullif(btrim(concat_ws(' ', c.given_name, c.family_name)), ''), c.email, 'Contact ' || c.keap_id) as name,
  c.email,
  c.keap_created_at as created_at,
  c.deleted_at,
  -- First seen, never the current value: Keap overwrites leadsource_id.
  l.supabase_id as lead_source_id,
  c.owner_id
from public.contacts c
left join public.lead_sources l
  on l.account_id = c.account_id and l.keap_id = coalesce(c.first_lead_source_keap_id, c.lead_source_keap_id);

comment on view analytics.contacts is 'Every contact once, also deleted ones: what they paid stays true.';

create view analytics.leads as
select
  c.account_id,
  c.supabase_id as contact_id,
  c.keap_created_at as created_at,
  -- As analytics.contacts has them, so that leads are split by these without reading everybody once more.
  l.supabase_id as lead_source_id,
  c.owner_id
from public.contacts c
left join public.lead_sources l
  on l.account_id = c.account_id and l.keap_id = coalesce(c.first_lead_source_keap_id, c.lead_source_keap_id)
where c.deleted_at is null and c.keap_created_at is not null;

comment on view analytics.leads is 'Contacts that exist now, by creation time in Keap. One not yet in Keap has no such time.';

create view analytics.contact_places as
select
  c.account_id,
  c.supabase_id as contact_id,
  upper(coalesce(
    nullif(c.addresses #>> '{BILLING,country_code}', ''),
    nullif(c.addresses #>> '{SHIPPING,country_code}', ''),
    nullif(c.addresses #>> '{OTHER,country_code}', '')
  )) as country,
  -- The region of the same address as the country; of the first with a region where no address names a country.
  case
    when nullif(c.addresses #>> '{BILLING,country_code}', '') is not null
      then coalesce(nullif(c.addresses #>> '{BILLING,region_code}', ''), nullif(c.addresses #>> '{BILLING,region}', ''))
    when nullif(c.addresses #>> '{SHIPPING,country_code}', '') is not null
      then coalesce(nullif(c.addresses #>> '{SHIPPING,region_code}', ''), nullif(c.addresses #>> '{SHIPPING,region}', ''))
    when nullif(c.addresses #>> '{OTHER,country_code}', '') is not null
      then coalesce(nullif(c.addresses #>> '{OTHER,region_code}', ''), nullif(c.addresses #>> '{OTHER,region}', ''))
    else coalesce(
      nullif(c.addresses #>> '{BILLING,region_code}', ''), nullif(c.addresses #>> '{BILLING,region}', ''),
      nullif(c.addresses #>> '{SHIPPING,region_code}', ''), nullif(c.addresses #>> '{SHIPPING,region}', ''),
      nullif(c.addresses #>> '{OTHER,region_code}', ''), nullif(c.addresses #>> '{OTHER,region}', '')
    )
  end as region
from public.contacts c;

comment on view analytics.contact_places is
  'Where a contact lives: billing address, else any. Three-letter country, ISO 3166-2 region (its name where there is no code).';

create view analytics.order_places as
select
  o.account_id,
  o.supabase_id as order_id,
  upper(nullif(o.shipping_information #>> '{address,country_code}', '')) as country,
  coalesce(
    nullif(o.shipping_information #>> '{address,region_code}', ''),
    nullif(o.shipping_information #>> '{address,region}', '')
  ) as region
from public.orders o;

comment on view analytics.order_places is 'Shipping address of an order; null where it has none, then the contact''s place counts.';

create view analytics.contact_tags as
select ct.account_id, ct.contact_id, ct.tag_id, ct.applied_at, ct.removed_at
from public.contact_tags ct;

comment on view analytics.contact_tags is 'Tag applications. removed_at is when the sync saw it gone; null while the tag is held.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Orders.

create index if not exists order_items_billed on public.order_items (account_id, subscription_keap_id)
  where subscription_keap_id is not null;
-- What is set apart from net sales: few items, so that orders without any are passed over quickly.
create index if not exists order_items_apart on public.order_items (account_id, order_id)
  where item_type in ('TAX', 'SHIPPING', 'DISCOUNT_SHIPPING');

-- A renewal bills only subscriptions that were billed before. Worked out for all orders at once: a query then asks a
-- hash table, where a lookup per order would cost more than everything else.
create view analytics.renewal_orders as
with bills as (
  select i.account_id, i.order_id, i.subscription_keap_id, o.order_time
  from public.order_items i
  join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id
  where i.subscription_keap_id is not null and i.deleted_at is null and o.status <> 'DRAFT' and o.deleted_at is null
),
firsts as (
  select distinct on (b.account_id, b.subscription_keap_id) b.account_id, b.subscription_keap_id, b.order_id
  from bills b
  order by b.account_id, b.subscription_keap_id, b.order_time, b.order_id
)
select i.account_id, i.order_id
from public.order_items i
left join firsts f on f.account_id = i.account_id and f.subscription_keap_id = i.subscription_keap_id
where i.order_id in (select b.order_id from bills b)
  and i.deleted_at is null
  and i.item_type not in ('TAX', 'SHIPPING', 'TIP', 'FEE', 'FINANCE_CHARGE')
  and i.item_type not like 'DISCOUNT%'
group by i.account_id, i.order_id
having bool_and(i.subscription_keap_id is not null and f.order_id <> i.order_id);

create view analytics.orders as
select
  o.account_id,
  o.supabase_id as order_id,
  o.keap_id,
  o.title,
  o.person_id as contact_id,
  o.order_time,
  coalesce(o.currency, (select a.currency from analytics.account a)) as currency,
  o.status,
  o.total_minor,
  o.total_paid_minor,
  o.refund_total_minor,
  -- The order's total without tax; without shipping unless the account wants it in.
  o.total_minor - coalesce((
    select sum(coalesce(i.quantity, 1) * coalesce(i.price_per_unit_minor, 0))
    from public.order_items i
    where i.account_id = o.account_id and i.order_id = o.supabase_id
      and i.item_type in ('TAX', 'SHIPPING', 'DISCOUNT_SHIPPING') and i.deleted_at is null
      and (i.item_type = 'TAX' or not (select a.net_sales_include_shipping from analytics.account a))
  ), 0)::bigint as net_sales_minor,
  o.total_minor - coalesce((
    select sum(coalesce(i.quantity, 1) * coalesce(i.price_per_unit_minor, 0))
    from public.order_items i
    where i.account_id = o.account_id and i.order_id = o.supabase_id
      and i.item_type in ('TAX', 'SHIPPING', 'DISCOUNT_SHIPPING') and i.item_type = 'TAX' and i.deleted_at is null
  ), 0)::bigint as sales_minor,
  o.supabase_id in (select r.order_id from analytics.renewal_orders r) as is_renewal
-- Two branches instead of an outer join, so that a look for one person's orders reaches the index on contact_id.
from (
  select o.*, o.contact_id as person_id from public.orders o
  where not exists (select from analytics.merged_contacts m where m.account_id = o.account_id and m.contact_id = o.contact_id)
  union all
  select o.*, m.survivor_id from public.orders o
  join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
) o
where o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0 and o.order_time is not null;

comment on view analytics.orders is
  'Counted orders: not a draft, total above 0, still in Keap. Columns that look at items cost only when they are used.';

-- An item as seen by the split of an order's money. fixed_minor is money that belongs to tax, shipping or fees as it
-- stands; weight is an item''s own net, by which all other money is spread. Each order has one more part without an
-- item: it takes the money when nothing has a weight, so that parts always add up to the total.
create view analytics.order_parts as
select
  i.account_id,
  i.order_id,
  i.supabase_id as item_id,
  case
    when i.item_type = 'TAX' then 'tax'
    when i.item_type in ('SHIPPING', 'DISCOUNT_SHIPPING') then 'shipping'
    when i.item_type in ('TIP', 'FEE', 'FINANCE_CHARGE') then 'fee'
    when i.item_type like 'DISCOUNT%' then 'discount'
    else 'goods'
  end as part,
  i.product_id,
  i.item_type,
  i.subscription_keap_id is not null as is_subscription,
  coalesce(i.quantity, 1) as quantity,
  i.keap_id as position,
  case
    when i.item_type in ('TAX', 'SHIPPING', 'DISCOUNT_SHIPPING', 'TIP', 'FEE', 'FINANCE_CHARGE')
      then coalesce(i.quantity, 1) * coalesce(i.price_per_unit_minor, 0)
    else 0
  end::numeric as fixed_minor,
  case
    when i.item_type in ('TAX', 'SHIPPING', 'TIP', 'FEE', 'FINANCE_CHARGE') or i.item_type like 'DISCOUNT%' then 0
    else greatest(coalesce(i.quantity, 1) * coalesce(i.price_per_unit_minor, 0) - abs(coalesce(i.discount_minor, 0)), 0)
  end::numeric as weight
from public.order_items i
where i.deleted_at is null
union all
select o.account_id, o.supabase_id, null, 'rest', null, null, false, 0, null, 0, 0
from public.orders o;

create view analytics.order_lines as
with spread as (
  select
    o.account_id, o.order_id, o.contact_id, o.order_time, o.currency, o.total_minor, o.is_renewal,
    p.item_id, p.part, p.product_id, p.position, p.weight, p.fixed_minor,
    o.total_minor - sum(p.fixed_minor) over order_window as goods_minor,
    sum(p.weight) over order_window as weights
  from analytics.orders o
  join lateral (
    select q.* from analytics.order_parts q where q.account_id = o.account_id and q.order_id = o.order_id offset 0
  ) p on true
  window order_window as (partition by o.account_id, o.order_id, o.order_time)
),
floored as (
  select
    s.*,
    case
      when s.part = 'goods' and s.weights > 0 then floor(s.goods_minor * s.weight / s.weights)
      when s.part = 'goods' then 0
      when s.part = 'rest' and s.weights = 0 then s.goods_minor
      else s.fixed_minor
    end as base_minor
  from spread s
),
ranked as (
  select
    f.*,
    f.total_minor - sum(f.base_minor) over (partition by f.account_id, f.order_id, f.order_time) as left_minor,
    row_number() over (
      partition by f.account_id, f.order_id, f.order_time
      order by
        (f.part = 'goods' and f.weights > 0) desc,
        case when f.weights > 0 then f.goods_minor * f.weight - f.base_minor * f.weights end desc,
        f.position nulls last, f.item_id
    ) as turn
  from floored f
)
select
  r.account_id, r.order_id, r.contact_id, r.order_time, r.currency,
  r.item_id, r.part, r.product_id,
  r.is_renewal,
  (r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end)::bigint as amount_minor,
  -- Named as in analytics.orders, whose net sales these lines add up to.
  (r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end)::bigint as net_sales_minor,
  (r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end)::bigint as sales_minor,
  r.part <> 'tax' and (r.part <> 'shipping' or (select a.net_sales_include_shipping from analytics.account a))
    as in_net_sales
from ranked r
where r.part <> 'discount' and not (r.part = 'rest' and r.base_minor = 0);

comment on view analytics.order_lines is
  'A counted order''s total spread over its items pro rata to item net, tax, shipping and fees apart, largest remainder: lines add up to the order to the cent. Part rest has no item.';

create view analytics.order_units as
select
  o.account_id, o.supabase_id as order_id, coalesce(m.survivor_id, o.contact_id) as contact_id, o.order_time,
  coalesce(o.currency, (select a.currency from analytics.account a)) as currency,
  i.supabase_id as item_id, 'goods' as part, i.product_id,
  coalesce(i.quantity, 1)::bigint as units
from public.orders o
left join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
join public.order_items i on i.account_id = o.account_id and i.order_id = o.supabase_id
where o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0 and o.order_time is not null
  and coalesce(o.refund_total_minor, 0) < o.total_minor
  and i.deleted_at is null
  and i.item_type in ('PRODUCT', 'UPSELL', 'PROGRAM', 'SERVICE');

create view analytics.bought_products as
select o.account_id, coalesce(m.survivor_id, o.contact_id) as contact_id, i.product_id
from public.orders o
left join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
join public.order_items i on i.account_id = o.account_id and i.order_id = o.supabase_id
where o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0 and i.deleted_at is null
  and i.product_id is not null and i.item_type <> 'TAX' and i.item_type <> 'SHIPPING' and i.item_type not like 'DISCOUNT%';

comment on view analytics.bought_products is 'Which products a contact ever bought on a counted order.';

comment on view analytics.order_units is 'Pieces sold by counted orders that were not refunded as a whole.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Payments.

create index if not exists transactions_voids on public.transactions (account_id, payment_keap_id)
  where transaction_method = 'VOID';
create index if not exists transactions_refunds on public.transactions (account_id, transaction_at)
  where transaction_method = 'REFUND';

create index if not exists payments_refunds on public.payments (account_id, paid_at) where kind = 'refund';

-- Keap sends payments, transactions and subscriptions without a currency; the mirror then holds the account's. The
-- money is in the order's currency: taken from the order, then from the row, then from the account, and scaled anew
-- where the two have another number of decimals (5,000 yen are no 5,000.00). Orders of another currency than the
-- account's are few and found by an index, so that this costs nothing where there are none.
create index if not exists orders_by_currency on public.orders (account_id, currency);

create view analytics.foreign_orders as
select o.account_id, o.supabase_id as order_id, o.keap_id, o.currency
from public.orders o
cross join (select a.currency from analytics.account a) own
where o.currency < own.currency or o.currency > own.currency;

comment on view analytics.foreign_orders is 'Orders in another currency than the account''s.';

create function analytics.currency_digits(currency text) returns int
language sql immutable parallel safe set search_path = ''
as $$
  select case
    when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF', 'XPF') then 0
    when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 3
    else 2
  end
$$;
comment on function analytics.currency_digits is 'Decimals of a currency (ISO 4217): how many digits of an amount in minor units stand behind the point.';

create function analytics.restate(amount_minor bigint, was text, is_in text) returns bigint
language sql immutable parallel safe
return case
  when was is null or is_in is null or was = is_in then amount_minor
  else round(amount_minor * power(10::numeric, analytics.currency_digits(is_in) - analytics.currency_digits(was)))::bigint
end;
comment on function analytics.restate is 'The same decimal amount in the minor units of another currency, for amounts stored with the wrong currency''s decimals. No exchange.';

grant execute on function analytics.currency_digits(text), analytics.restate(bigint, text, text) to keapsake_facts, keapsake_reader;

-- Refunds as transactions. One names its refund payment itself, another only the payment given back, or neither: place
-- numbers those of one person, amount and order that happened within two days, so that each refund payment accounts
-- for one of them. A refund payment that does not count (pending, declined) accounts for nothing; one that was undone or
-- was a test does: what it stands for did not happen.
create view analytics.refund_transactions as
select
  t.account_id, t.supabase_id, t.keap_id, t.contact_id, t.transaction_at, t.amount_minor, t.currency, t.order_keap_ids,
  t.payment_keap_id, t.error_details, n.names_refund,
  case when not n.names_refund then 1 + (
    select count(*) from public.transactions b
    where b.account_id = t.account_id and b.transaction_method = 'REFUND' and b.deleted_at is null and not b.is_test
      and b.is_successful is not false and (b.status is null or b.status in ('APPROVED', 'NONE'))
      and abs(b.amount_minor) = abs(t.amount_minor)
      and b.transaction_at between t.transaction_at - interval '2 days' and t.transaction_at
      and (b.transaction_at, b.natural_key) < (t.transaction_at, t.natural_key)
      and (b.payment_keap_id = t.payment_keap_id or (b.contact_id = t.contact_id and b.order_keap_ids && t.order_keap_ids))
      and not exists (
        select 1 from public.payments r
        where r.account_id = b.account_id and r.keap_id = b.payment_keap_id and r.kind = 'refund' and r.deleted_at is null
          and (r.status in ('APPROVED', 'COMPLETED') or (r.status = 'NONE' and r.is_manual) or r.is_void or r.is_test)
      )
  ) end as place
from public.transactions t
cross join lateral (
  select exists (
    select 1 from public.payments r
    where r.account_id = t.account_id and r.keap_id = t.payment_keap_id and r.kind = 'refund' and r.deleted_at is null
      and (r.status in ('APPROVED', 'COMPLETED') or (r.status = 'NONE' and r.is_manual) or r.is_void or r.is_test)
  ) as names_refund
) n
where t.transaction_method = 'REFUND'
  and t.deleted_at is null
  and t.transaction_at is not null
  and not t.is_test
  and t.is_successful is not false
  and (t.status is null or t.status in ('APPROVED', 'NONE'));

create view analytics.payments as
select
  p.account_id,
  p.supabase_id as payment_id,
  p.keap_id,
  'payment' as kind,
  p.paid_at,
  case when f.currency is null then p.amount_minor
    else analytics.restate(p.amount_minor, coalesce(p.currency, (select a.currency from analytics.account a)), f.currency)
  end as amount_minor,
  case
    when f.currency is not null then f.currency
    when p.currency <> (select a.currency from analytics.account a) and p.order_id is not null
      then coalesce((select o.currency from public.orders o where o.account_id = p.account_id and o.supabase_id = p.order_id), p.currency)
    else coalesce(p.currency, (select a.currency from analytics.account a))
  end as currency,
  p.person_id as contact_id,
  p.order_id,
  p.order_keap_ids,
  p.payment_type,
  p.note
from (
  select p.*, p.contact_id as person_id from public.payments p
  where not exists (select from analytics.merged_contacts m where m.account_id = p.account_id and m.contact_id = p.contact_id)
  union all
  select p.*, m.survivor_id from public.payments p
  join analytics.merged_contacts m on m.account_id = p.account_id and m.contact_id = p.contact_id
) p
left join analytics.foreign_orders f on f.account_id = p.account_id and f.order_id = p.order_id
where p.kind = 'payment'
  and (p.status in ('APPROVED', 'COMPLETED') or (p.status = 'NONE' and p.is_manual))
  and p.deleted_at is null
  and p.paid_at is not null
  and not p.is_test
  and not p.is_void
  and not exists (
    select 1 from public.transactions v
    where v.account_id = p.account_id and v.payment_keap_id = p.keap_id and v.transaction_method = 'VOID'
      and v.is_successful is not false and v.deleted_at is null
  )
union all
-- A refund may name neither person nor order: then those of the payment it gives back.
select
  p.account_id,
  p.supabase_id,
  p.keap_id,
  'refund',
  p.paid_at,
  analytics.restate(p.amount_minor, coalesce(p.currency, (select a.currency from analytics.account a)),
    coalesce(o.currency, p.currency, (select a.currency from analytics.account a))),
  coalesce(o.currency, p.currency, (select a.currency from analytics.account a)),
  coalesce(m.survivor_id, p.contact_id, original.contact_id),
  coalesce(p.order_id, original.order_id),
  p.order_keap_ids,
  p.payment_type,
  p.note
from public.payments p
left join public.payments original on original.account_id = p.account_id and original.keap_id = p.refund_of_keap_id
left join lateral (
  select q.currency from public.orders q
  -- Not coalesce(), with which row level security keeps the index from being used.
  where q.account_id = p.account_id
    and q.supabase_id = case when p.order_id is not null then p.order_id else original.order_id end
  offset 0
) o on true
left join analytics.merged_contacts m on m.account_id = p.account_id and m.contact_id = coalesce(p.contact_id, original.contact_id)
where p.kind = 'refund'
  and (p.status in ('APPROVED', 'COMPLETED') or (p.status = 'NONE' and p.is_manual))
  and p.deleted_at is null
  and p.paid_at is not null
  and not p.is_test
  and not p.is_void
  and not exists (
    select 1 from public.transactions v
    where v.account_id = p.account_id and v.payment_keap_id = p.keap_id and v.transaction_method = 'VOID'
      and v.is_successful is not false and v.deleted_at is null
  )
union all
-- A refund that Keap shows as a transaction alone.
select
  t.account_id,
  t.supabase_id,
  -- Its id counts apart from those of payments, whose allocations must not be taken for its own.
  null,
  'refund',
  t.transaction_at,
  analytics.restate(abs(t.amount_minor), coalesce(t.currency, (select a.currency from analytics.account a)),
    coalesce(o.currency, t.currency, (select a.currency from analytics.account a))),
  coalesce(o.currency, t.currency, (select a.currency from analytics.account a)),
  coalesce(m.survivor_id, t.contact_id),
  o.supabase_id,
  t.order_keap_ids,
  'Refund',
  t.error_details
from analytics.refund_transactions t
left join public.orders o on o.account_id = t.account_id and o.keap_id = t.order_keap_ids[1]
left join analytics.merged_contacts m on m.account_id = t.account_id and m.contact_id = t.contact_id
where not t.names_refund
  -- Refund payments of the same money: as many of the transactions, earliest first, are theirs. What is left is alone.
  and t.place > (
    select count(*) from public.payments r
    where r.account_id = t.account_id and r.kind = 'refund' and r.deleted_at is null
      and (r.status in ('APPROVED', 'COMPLETED') or (r.status = 'NONE' and r.is_manual) or r.is_void or r.is_test)
      and r.amount_minor = abs(t.amount_minor)
      and r.paid_at between t.transaction_at - interval '2 days' and t.transaction_at + interval '2 days'
      and (r.refund_of_keap_id = t.payment_keap_id
        or (r.contact_id = t.contact_id and r.order_keap_ids && t.order_keap_ids))
      and not exists (
        select 1 from public.transactions own
        where own.account_id = r.account_id and own.payment_keap_id = r.keap_id and own.transaction_method = 'REFUND'
          and own.is_successful is not false and own.deleted_at is null and not own.is_test
          and (own.status is null or own.status in ('APPROVED', 'NONE'))
      )
  );

comment on view analytics.payments is
  'Money that moved: payments (approved, completed, or manual without a status; never voided, pending or test) and refunds, both positive, by kind.';

-- A payment over several orders is split by what Keap says each order got, else by the orders'' totals.
create view analytics.payment_orders as
select
  p.account_id, p.payment_id, p.kind, p.paid_at, p.amount_minor, p.currency, p.contact_id, p.order_id
from analytics.payments p
where coalesce(cardinality(p.order_keap_ids), 0) <= 1
union all
select
  r.account_id, r.payment_id, r.kind, r.paid_at,
  (r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end)::bigint,
  r.currency, r.contact_id, r.order_id
from (
  select
    f.*,
    f.amount_minor - sum(f.base_minor) over (partition by f.account_id, f.payment_id, f.paid_at) as left_minor,
    row_number() over (
      partition by f.account_id, f.payment_id, f.paid_at
      order by f.amount_minor * f.weight - f.base_minor * f.weights desc, f.order_keap_id
    ) as turn
  from (
    select s.*, floor(s.amount_minor * s.weight / s.weights) as base_minor
    from (
      select
        w.account_id, w.payment_id, w.kind, w.paid_at, w.amount_minor, w.currency, w.contact_id, w.order_id, w.order_keap_id,
        case when w.known = 0 then 1 else w.raw_weight end as weight,
        case when w.known = 0 then w.orders else w.known end as weights
      from (
        select
          p.account_id, p.payment_id, p.kind, p.paid_at, p.amount_minor::numeric as amount_minor, p.currency, p.contact_id,
          o.supabase_id as order_id,
          ids.order_keap_id,
          case when p.allocated > 0 then coalesce(a.amount_minor, 0) else coalesce(o.total_minor, 0) end as raw_weight,
          sum(case when p.allocated > 0 then coalesce(a.amount_minor, 0) else coalesce(o.total_minor, 0) end)
            over payment_window as known,
          count(*) over payment_window as orders
        from (
          select q.*, (
            select coalesce(sum(abs(a.amount_minor)), 0) from public.payment_allocations a
            where a.account_id = q.account_id and a.payment_keap_id = q.keap_id and a.deleted_at is null
          ) as allocated
          from analytics.payments q
          where cardinality(q.order_keap_ids) > 1
        ) p
        cross join lateral (select distinct unnest(p.order_keap_ids) as order_keap_id) ids
        left join public.orders o on o.account_id = p.account_id and o.keap_id = ids.order_keap_id
        left join lateral (
          select sum(abs(x.amount_minor)) as amount_minor from public.payment_allocations x
          where x.account_id = p.account_id and x.payment_keap_id = p.keap_id and x.order_keap_id = ids.order_keap_id
            and x.deleted_at is null
        ) a on true
        window payment_window as (partition by p.account_id, p.payment_id, p.paid_at)
      ) w
    ) s
  ) f
) r;

comment on view analytics.payment_orders is 'Payments and refunds by order; parts add up to the payment to the cent.';

create view analytics.payment_lines as
with spread as (
  select
    p.account_id, p.payment_id, p.order_id, p.contact_id, p.kind, p.paid_at, p.currency, p.amount_minor,
    i.item_id, coalesce(i.part, 'rest') as part, i.product_id, i.position, coalesce(i.is_subscription, false) as is_subscription,
    coalesce(i.weight, 0) as weight, coalesce(i.fixed_minor, 0) as fixed_minor,
    coalesce(o.total_minor, 0)::numeric as total_minor,
    coalesce(o.total_minor, 0) - sum(coalesce(i.fixed_minor, 0)) over order_window as goods_minor,
    sum(coalesce(i.weight, 0)) over order_window as weights
  from analytics.payment_orders p
  left join lateral (
    select q.total_minor from public.orders q where q.account_id = p.account_id and q.supabase_id = p.order_id offset 0
  ) o on true
  -- Looked up order by order (offset 0 keeps it so): a join would sort the items of all orders for a week's payments.
  left join lateral (
    select q.* from analytics.order_parts q where q.account_id = p.account_id and q.order_id = p.order_id offset 0
  ) i on true
  window order_window as (partition by p.account_id, p.payment_id, p.order_id, p.paid_at)
),
floored as (
  select
    s.*,
    case
      when s.part = 'goods' and s.weights > 0 then floor(s.goods_minor * s.weight / s.weights)
      when s.part = 'goods' then 0
      when s.part = 'rest' and s.weights = 0 then s.goods_minor
      else s.fixed_minor
    end as base_minor
  from spread s
),
ranked as (
  select
    f.*,
    f.total_minor - sum(f.base_minor) over (partition by f.account_id, f.payment_id, f.order_id, f.paid_at) as left_minor,
    row_number() over (
      partition by f.account_id, f.payment_id, f.order_id, f.paid_at
      order by
        (f.part = 'goods' and f.weights > 0) desc,
        case when f.weights > 0 then f.goods_minor * f.weight - f.base_minor * f.weights end desc,
        f.position nulls last, f.item_id
    ) as turn
  from floored f
),
-- From here the order''s own lines are known; the payment follows them.
shared as (
  select
    r.account_id, r.payment_id, r.order_id, r.contact_id, r.kind, r.paid_at, r.currency, r.amount_minor,
    r.item_id, r.part, r.product_id, r.position, r.is_subscription, r.total_minor,
    r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end as line_minor
  from ranked r
),
shared_floored as (
  select
    h.*,
    case
      when h.total_minor > 0 then floor(h.amount_minor * h.line_minor / h.total_minor)
      when h.part = 'rest' then h.amount_minor
      else 0
    end as base_minor
  from shared h
),
shared_ranked as (
  select
    f.*,
    f.amount_minor - sum(f.base_minor) over (partition by f.account_id, f.payment_id, f.order_id, f.paid_at) as left_minor,
    row_number() over (
      partition by f.account_id, f.payment_id, f.order_id, f.paid_at
      order by
        f.amount_minor * f.line_minor - f.base_minor * f.total_minor desc,
        f.position nulls last, f.item_id
    ) as turn
  from shared_floored f
)
select
  r.account_id, r.payment_id, r.order_id, r.contact_id, r.kind, r.paid_at, r.currency,
  r.item_id, r.part, r.product_id, r.is_subscription,
  (r.base_minor + case when r.turn <= r.left_minor then 1 else 0 end)::bigint as amount_minor
from shared_ranked r
where r.base_minor <> 0 or r.turn <= r.left_minor;

comment on view analytics.payment_lines is
  'Payments and refunds spread over their order''s items as the order itself is; lines add up to the payment to the cent.';

-- ---------------------------------------------------------------------------------------------------------------------
-- Purchase occasions and customers.

-- All non-renewal orders of one customer within 24 hours of the first are one occasion.
create function analytics.next_occasion(current_start timestamptz, order_time timestamptz) returns timestamptz
language sql immutable parallel safe set search_path = ''
as $$ select case when current_start is null or order_time >= current_start + interval '24 hours' then order_time else current_start end $$;

create aggregate analytics.occasion_start(timestamptz) (
  sfunc = analytics.next_occasion,
  stype = timestamptz,
  parallel = safe
);

grant execute on function analytics.next_occasion(timestamptz, timestamptz) to keapsake_facts, keapsake_reader;
grant execute on function analytics.occasion_start(timestamptz) to keapsake_facts, keapsake_reader;

-- Orders less than 24 hours apart form a chain. Nearly every chain is shorter than a day and is one occasion; only
-- longer ones are cut by the aggregate above.
create view analytics.occasions as
with ordered as (
  select
    o.account_id, o.contact_id, o.order_id, o.order_time,
    lag(o.order_time) over (partition by o.account_id, o.contact_id order by o.order_time, o.order_id) as previous_time
  from analytics.orders o
  where o.contact_id is not null and not o.is_renewal
),
chained as (
  select
    r.account_id, r.contact_id, r.order_id, r.order_time,
    max(case when r.previous_time is null or r.order_time >= r.previous_time + interval '24 hours' then r.order_time end)
      over (partition by r.account_id, r.contact_id order by r.order_time, r.order_id) as chain_at
  from ordered r
),
chains as (
  select c.account_id, c.contact_id, c.chain_at, count(*) as orders, max(c.order_time) as last_time
  from chained c
  group by c.account_id, c.contact_id, c.chain_at
),
starts as (
  select c.account_id, c.contact_id, c.chain_at as occasion_at, c.orders
  from chains c
  where c.last_time < c.chain_at + interval '24 hours'
  union all
  select l.account_id, l.contact_id, l.occasion_at, count(*)
  from (
    select
      d.account_id, d.contact_id,
      analytics.occasion_start(d.order_time) over (
        partition by d.account_id, d.contact_id, d.chain_at order by d.order_time, d.order_id
      ) as occasion_at
    from chained d
    join chains c on c.account_id = d.account_id and c.contact_id = d.contact_id and c.chain_at = d.chain_at
      and c.last_time >= c.chain_at + interval '24 hours'
  ) l
  group by l.account_id, l.contact_id, l.occasion_at
)
select
  s.account_id, s.contact_id, s.occasion_at, s.orders,
  row_number() over (partition by s.account_id, s.contact_id order by s.occasion_at) as number,
  lag(s.occasion_at) over (partition by s.account_id, s.contact_id order by s.occasion_at) as previous_at,
  lead(s.occasion_at) over (partition by s.account_id, s.contact_id order by s.occasion_at) as next_at,
  -- What a median of a month is found by where occasions are copied: in the order of an index.
  date_trunc('month', s.occasion_at at time zone (select a.time_zone from analytics.account a))::date as month,
  extract(epoch from s.occasion_at
    - lag(s.occasion_at) over (partition by s.account_id, s.contact_id order by s.occasion_at))::float8 / 86400 as gap_days
from starts s;

comment on view analytics.occasions is 'Purchase occasions: non-renewal orders of one customer within 24 hours of the first. number counts from 1.';

-- The same as each person's first occasion, without working out the others.
create view analytics.first_purchases as
select o.account_id, o.contact_id, min(o.order_time) as first_bought_at
from analytics.orders o
where o.contact_id is not null and not o.is_renewal
group by o.account_id, o.contact_id;

create view analytics.customer_value as
select
  p.account_id, p.contact_id, p.currency,
  sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end)::bigint as value_minor
from analytics.payments p
where p.contact_id is not null
group by p.account_id, p.contact_id, p.currency;

comment on view analytics.customer_value is 'Net revenue of a contact to date, per currency.';

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
