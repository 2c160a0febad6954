-- What an order was for the person who placed it, and the code it came with.
create view analytics.order_traits as
select
  o.account_id, o.order_id,
  case
    when o.is_renewal then 'renewal'
    when f.first_bought_at is null then 'unknown'
    -- Orders within a day of the first are one purchase with it.
    when o.order_time < f.first_bought_at + interval '24 hours' then 'first'
    else 'repeat'
  end as purchase,
  nullif(btrim(r.promo_code), '') as promo_code
from analytics.orders o
join public.orders r on r.account_id = o.account_id and r.supabase_id = o.order_id
left join analytics.first_purchases f on f.account_id = o.account_id and f.contact_id = o.contact_id;

comment on view analytics.order_traits is
  'Of every counted order whether it was its person''s first purchase, a later one or the renewal of a subscription, and its promo code.';

do $$
begin
  execute 'alter view analytics.order_traits owner to keapsake_facts';
  execute 'revoke all on analytics.order_traits from public';
  execute 'grant select on analytics.order_traits to keapsake_reader';
end $$;
