-- When the money was paid that a refund gives back: customer and cohort views take a refund from the sale it undoes, not
-- from the month in which it was given.

create view analytics.refund_origins as
select r.account_id, r.payment_id,
  coalesce(named.paid_at, paid.paid_at, o.order_time, r.paid_at) as undone_at, r.paid_at
from analytics.payments r
-- The payment that Keap names: in the refund itself, or in the transaction where there is only that.
left join lateral (
  select p.paid_at from (
    select x.refund_of_keap_id as keap_id from public.payments x
    where x.account_id = r.account_id and x.supabase_id = r.payment_id
    union all
    select t.payment_keap_id from public.transactions t
    where t.account_id = r.account_id and t.supabase_id = r.payment_id
  ) origin
  join public.payments p on p.account_id = r.account_id and p.keap_id = origin.keap_id and p.kind = 'payment'
    and p.deleted_at is null and p.paid_at is not null
  limit 1
) named on true
-- Else the latest payment of the same order before it, else the order itself.
left join lateral (
  select p.paid_at from public.payments p
  where p.account_id = r.account_id and p.order_id = r.order_id and p.kind = 'payment' and p.deleted_at is null
    and not p.is_void and not p.is_test and p.paid_at <= r.paid_at
    and (p.status in ('APPROVED', 'COMPLETED') or (p.status = 'NONE' and p.is_manual))
  order by p.paid_at desc, p.keap_id
  limit 1
) paid on named.paid_at is null
left join public.orders o on o.account_id = r.account_id and o.supabase_id = r.order_id
where r.kind = 'refund';

comment on view analytics.refund_origins is
  'For each refund the instant of the payment it gives back: the one Keap names, else the latest of the same order, else the order''s.';

alter view analytics.refund_origins owner to keapsake_facts;
revoke all on analytics.refund_origins from public;
grant select on analytics.refund_origins to keapsake_reader;
