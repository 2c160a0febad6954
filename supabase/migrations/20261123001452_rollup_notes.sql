-- What changed, noted for the rollups in the same commit: which days, people and orders it touched.

create index payments_of_several on public.payments using gin (order_keap_ids) where cardinality(order_keap_ids) > 1;
create index payments_refunded on public.payments (account_id, refund_of_keap_id) where refund_of_keap_id is not null;

-- As analytics.addresses compares them.
create index contacts_by_address on public.contacts (account_id, lower(btrim(email))) where email is not null;

-- Few among many: what is owed, and charges that failed. The conditions are those of the views word for word.
create index orders_open on public.orders (account_id, order_time)
  where deleted_at is null and status <> 'DRAFT' and order_time is not null
    and total_minor > greatest(coalesce(total_paid_minor, 0), 0);
create index transactions_failed on public.transactions (account_id, transaction_at)
  where is_successful is false and transaction_method = 'CAPTURE' and not is_test and deleted_at is null;

create function rollups.note(p_account uuid, p_topic text, p_days date[], p_people uuid[], p_everything boolean default false)
returns void language sql volatile set search_path = '' as $$
  insert into rollups.marks (account_id, topic, days, people, everything)
  select p_account, p_topic, p_days, p_people, p_everything
  where p_everything or cardinality(p_days) > 0 or cardinality(p_people) > 0;
$$;

-- Whatever hangs on these orders and payments. The rows themselves are read as they are now; days and people of what
-- they were come as arguments.
create function rollups.note_money(
  p_account uuid, p_orders uuid[], p_order_keaps bigint[], p_subscriptions bigint[], p_payments uuid[],
  p_order_days date[], p_payment_days date[], p_people uuid[], p_payment_keaps bigint[] default '{}'
) returns void language plpgsql volatile set search_path = '' as $$
declare
  v_zone text := (select a.time_zone from public.accounts a where a.id = p_account);
  v_subscriptions bigint[] := p_subscriptions;
  v_orders uuid[] := p_orders;
  v_payments uuid[] := p_payments;
  v_payment_keaps bigint[];
  v_order_days date[] := p_order_days;
  v_payment_days date[] := p_payment_days;
  v_people uuid[] := p_people;
  v_more_days date[];
  v_more_people uuid[];
begin
  -- Which orders renew a subscription depends on its first bill: the earliest one that did not change itself.
  v_subscriptions := v_subscriptions || coalesce((
    select array_agg(distinct i.subscription_keap_id) from public.order_items i
    where i.account_id = p_account and i.order_id = any (p_orders) and i.subscription_keap_id is not null), '{}');
  v_orders := v_orders || coalesce((
    select array_agg(distinct f.supabase_id)
    from (select distinct unnest(v_subscriptions) as keap_id) s
    cross join lateral (
      select o.supabase_id from public.order_items i
      join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id
      where i.account_id = p_account and i.subscription_keap_id = s.keap_id and i.deleted_at is null
        and o.status <> 'DRAFT' and o.deleted_at is null and o.supabase_id <> all (p_orders)
      order by o.order_time, o.supabase_id limit 1
    ) f), '{}');

  -- Payments of the changed orders, and refunds of any changed payment or of its order.
  v_payments := v_payments || coalesce((
    select array_agg(p.supabase_id) from public.payments p where p.account_id = p_account and p.order_id = any (p_orders)), '{}');
  v_payments := v_payments || coalesce((
    select array_agg(p.supabase_id) from public.payments p
    where p.account_id = p_account and cardinality(p.order_keap_ids) > 1
      and p.order_keap_ids && (p_order_keaps || coalesce((
        select array_agg(o.keap_id) from public.orders o where o.supabase_id = any (p_orders) and o.keap_id is not null), '{}'))), '{}');
  v_payment_keaps := p_payment_keaps || coalesce((
    select array_agg(p.keap_id) from public.payments p where p.supabase_id = any (v_payments) and p.keap_id is not null), '{}');
  v_payments := v_payments || coalesce((
    select array_agg(p.supabase_id) from public.payments p
    where p.account_id = p_account and p.refund_of_keap_id = any (v_payment_keaps)), '{}');
  v_payments := v_payments || coalesce((
    select array_agg(r.supabase_id) from public.payments r
    where r.account_id = p_account and r.kind = 'refund' and r.order_id in (
      select p.order_id from public.payments p where p.supabase_id = any (v_payments))), '{}');
  v_payment_keaps := v_payment_keaps || coalesce((
    select array_agg(p.refund_of_keap_id) from public.payments p
    where p.supabase_id = any (v_payments) and p.refund_of_keap_id is not null), '{}');

  select array_agg(distinct (p.paid_at at time zone v_zone)::date), array_agg(distinct p.contact_id)
  into v_more_days, v_more_people
  from public.payments p where p.supabase_id = any (v_payments) and p.paid_at is not null;
  v_payment_days := v_payment_days || coalesce(v_more_days, '{}');
  v_people := v_people || coalesce(v_more_people, '{}');

  -- Orders the payments are for: who keeps one paid is a customer.
  select array_agg(distinct o.contact_id) into v_more_people
  from public.payments p
  join public.orders o on o.account_id = p.account_id and (o.supabase_id = p.order_id or o.keap_id = any (p.order_keap_ids))
  where p.supabase_id = any (v_payments);
  v_people := v_people || coalesce(v_more_people, '{}');
  -- And those of the payments they give, or gave, back, with who paid: a refund that names nobody is theirs.
  select array_agg(distinct known.contact_id) into v_more_people
  from public.payments original
  left join public.orders o on o.account_id = original.account_id
    and (o.supabase_id = original.order_id or o.keap_id = any (original.order_keap_ids))
  cross join lateral (values (original.contact_id), (o.contact_id)) known (contact_id)
  where original.account_id = p_account and original.keap_id = any (v_payment_keaps);
  v_people := v_people || coalesce(v_more_people, '{}');

  select array_agg(distinct (o.order_time at time zone v_zone)::date), array_agg(distinct o.contact_id)
  into v_more_days, v_more_people
  from public.orders o where o.supabase_id = any (v_orders);
  v_order_days := v_order_days || coalesce(v_more_days, '{}');
  v_people := v_people || coalesce(v_more_people, '{}');

  -- Refunds that are transactions alone stand beside payments of the same person, order or payment.
  with refunds as materialized (
    select t.* from public.transactions t
    where t.account_id = p_account and t.transaction_method = 'REFUND' and t.transaction_at is not null
      and (t.contact_id = any (v_people) or t.payment_keap_id = any (v_payment_keaps)
        or t.order_keap_ids && (p_order_keaps || coalesce((
          select array_agg(o.keap_id) from public.orders o where o.supabase_id = any (p_orders) and o.keap_id is not null), '{}')))
  )
  select array_agg(distinct (t.transaction_at at time zone v_zone)::date),
    array_agg(distinct t.contact_id) || array(
      select distinct o.contact_id from refunds r join public.orders o on o.account_id = p_account and o.keap_id = any (r.order_keap_ids))
  into v_more_days, v_more_people
  from refunds t;
  v_payment_days := v_payment_days || coalesce(v_more_days, '{}');
  v_people := v_people || coalesce(v_more_people, '{}');

  -- Subscriptions billed by any of these orders start, and stop being paid, with them.
  select array_agg(distinct coalesce(s.contact_id, '00000000-0000-0000-0000-000000000000')) into v_more_people
  from public.subscriptions s
  where s.account_id = p_account and s.keap_id in (
    select unnest(v_subscriptions)
    union
    select i.subscription_keap_id from public.order_items i
    where i.account_id = p_account and i.subscription_keap_id is not null and i.order_id in (
      select unnest(v_orders)
      union select p.order_id from public.payments p where p.supabase_id = any (v_payments)));
  v_people := v_people || coalesce(v_more_people, '{}');

  perform rollups.note(p_account, 'orders', v_order_days, null);
  perform rollups.note(p_account, 'payments', v_payment_days, null);
  perform rollups.note(p_account, 'people', null, array_remove(v_people, null));
  if cardinality(v_orders) > 0 then
    insert into rollups.marks (account_id, topic, orders) values (p_account, 'people', v_orders);
  end if;
end $$;

-- Rows of a statement before and after, where more than the sync's own bookkeeping differs. The first argument of the
-- trigger lists the columns that matter; '*' means all but the bookkeeping. The second is the key.
create function rollups.changed_rows(p_operation text, p_columns text, p_key text) returns text
language sql immutable set search_path = '' as $$
  select case p_operation
    when 'INSERT' then 'select true as is_new, n.* from new_rows n'
    when 'DELETE' then 'select false as is_new, o.* from old_rows o'
    else replace(replace(
      'select false as is_new, o.* from old_rows o join new_rows n using (KEY) where DIFFER '
      || 'union all select true as is_new, n.* from old_rows o join new_rows n using (KEY) where DIFFER', 'KEY', p_key), 'DIFFER',
      case p_columns when '*' then
        $q$(to_jsonb(o) - '{last_synced_at,sync_status,sync_error,last_updated_at,last_modified_by,version,raw,source_of_truth}'::text[])
          is distinct from (to_jsonb(n) - '{last_synced_at,sync_status,sync_error,last_updated_at,last_modified_by,version,raw,source_of_truth}'::text[])$q$
      else (
        select format('(%s) is distinct from (%s)', string_agg('o.' || name, ', ' order by place), string_agg('n.' || name, ', ' order by place))
        from unnest(string_to_array(p_columns, ' ')) with ordinality as named (name, place)
      ) end)
  end
$$;

create function rollups.note_change() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_changed text;
  v_row record;
  -- Above this many people a change is noted as one of all days: finding out which would cost the writer too much.
  v_many constant int := 3000;
begin
  if not exists (select from rollups.built) then return null; end if;
  v_changed := rollups.changed_rows(tg_op, tg_argv[0], tg_argv[1]);

  case tg_table_name
  when 'orders' then
    for v_row in execute format($q$
      select c.account_id, array_agg(c.supabase_id) as orders, array_remove(array_agg(c.keap_id), null) as keaps,
        array_remove(array_agg(distinct (c.order_time at time zone a.time_zone)::date), null) as days, array_agg(distinct c.contact_id) as people
      from (%s) c join public.accounts a on a.id = c.account_id
      where exists (select from rollups.built b where b.account_id = c.account_id) group by 1$q$, v_changed)
    loop
      perform rollups.note_money(v_row.account_id, v_row.orders, v_row.keaps, '{}', '{}', v_row.days, '{}', v_row.people);
    end loop;
  when 'order_items' then
    for v_row in execute format($q$
      select c.account_id, array_remove(array_agg(distinct c.order_id), null) as orders,
        array_remove(array_agg(distinct c.subscription_keap_id), null) as subscriptions
      from (%s) c where exists (select from rollups.built b where b.account_id = c.account_id) group by 1$q$, v_changed)
    loop
      perform rollups.note_money(v_row.account_id, v_row.orders, '{}', v_row.subscriptions, '{}', '{}', '{}', '{}');
    end loop;
  when 'payments' then
    for v_row in execute format($q$
      select c.account_id, array_agg(c.supabase_id) as payments,
        array_remove(array_agg(distinct (c.paid_at at time zone a.time_zone)::date), null) as days, array_agg(distinct c.contact_id) as people,
        (select array_agg(o.contact_id) from public.orders o where o.account_id = c.account_id
          and (o.supabase_id = any (array_agg(c.order_id)) or o.keap_id in (select k.id from (%1$s) x, unnest(x.order_keap_ids) as k (id)))) as buyers,
        (select array_agg(r.supabase_id) from public.payments r where r.account_id = c.account_id
          and (r.refund_of_keap_id = any (array_agg(c.keap_id)) or (r.kind = 'refund' and r.order_id = any (array_agg(c.order_id))))) as refunds,
        (select array_agg(o.keap_id) from public.orders o where o.account_id = c.account_id and o.keap_id is not null
          and o.supabase_id = any (array_agg(c.order_id))) as order_keaps,
        array_remove(array_agg(distinct c.keap_id) || array_agg(distinct c.refund_of_keap_id), null) as keaps,
        (select array_agg(i.subscription_keap_id) from public.order_items i where i.account_id = c.account_id
          and i.order_id = any (array_agg(c.order_id)) and i.subscription_keap_id is not null) as subscriptions
      from (%1$s) c join public.accounts a on a.id = c.account_id
      where exists (select from rollups.built b where b.account_id = c.account_id) group by c.account_id$q$, v_changed)
    loop
      perform rollups.note_money(v_row.account_id, '{}', coalesce(v_row.order_keaps, '{}'), coalesce(v_row.subscriptions, '{}'), v_row.payments || coalesce(v_row.refunds, '{}'),
        '{}', v_row.days, v_row.people || coalesce(v_row.buyers, '{}'), v_row.keaps);
    end loop;
  when 'payment_allocations' then
    for v_row in execute format($q$
      select c.account_id, array_agg(distinct p.supabase_id) as payments
      from (%s) c join public.payments p on p.account_id = c.account_id and p.keap_id = c.payment_keap_id
      where exists (select from rollups.built b where b.account_id = c.account_id) group by 1$q$, v_changed)
    loop
      perform rollups.note_money(v_row.account_id, '{}', '{}', '{}', v_row.payments, '{}', '{}', '{}');
    end loop;
  when 'transactions' then
    for v_row in execute format($q$
      select c.account_id,
        (select array_agg(p.supabase_id) from public.payments p where p.account_id = c.account_id
          and p.keap_id = any (array_agg(c.payment_keap_id))) as payments,
        array_remove(array_agg(distinct (c.transaction_at at time zone a.time_zone)::date) filter (where c.transaction_method = 'REFUND'), null) as days,
        array_agg(distinct c.contact_id) as people, array_remove(array_agg(distinct c.payment_keap_id), null) as keaps,
        (select array_agg(o.contact_id) from public.orders o where o.account_id = c.account_id
          and o.keap_id in (select k.id from (%1$s) x, unnest(x.order_keap_ids) as k (id))) as buyers
      from (%1$s) c join public.accounts a on a.id = c.account_id
      where exists (select from rollups.built b where b.account_id = c.account_id)
        and c.transaction_method in ('REFUND', 'VOID') group by c.account_id$q$, v_changed)
    loop
      perform rollups.note_money(v_row.account_id, '{}', '{}', '{}', coalesce(v_row.payments, '{}'),
        '{}', coalesce(v_row.days, '{}'), v_row.people || coalesce(v_row.buyers, '{}'), v_row.keaps);
    end loop;
  when 'subscriptions' then
    execute format($q$
      insert into rollups.marks (account_id, topic, people)
      select c.account_id, 'people', array_agg(distinct coalesce(c.contact_id, '00000000-0000-0000-0000-000000000000')) from (%s) c
      where exists (select from rollups.built b where b.account_id = c.account_id) group by 1$q$, v_changed);
  when 'contacts' then
    for v_row in execute format($q$
      select c.account_id, a.time_zone, array_agg(distinct c.supabase_id) || array_remove(array_agg(distinct c.merged_into_id), null) as people,
        array_agg(distinct c.supabase_id) filter (where c.merged_into_id is not null) as merged,
        array_remove(array_agg(distinct (c.keap_created_at at time zone a.time_zone)::date), null) as days
      from (%s) c join public.accounts a on a.id = c.account_id
      where exists (select from rollups.built b where b.account_id = c.account_id) group by 1, 2$q$, v_changed)
    loop
      perform rollups.note(v_row.account_id, 'leads', v_row.days, null);
      perform rollups.note(v_row.account_id, 'people', null, v_row.people);
      -- A person who is new has nothing yet that could move.
      if tg_op <> 'INSERT' then perform rollups.note_people(v_row.account_id, v_row.time_zone, 'people', v_row.people, v_many); end if;
      -- What one who was merged bought counts under the tags of the other.
      if v_row.merged is not null then perform rollups.note_people(v_row.account_id, v_row.time_zone, 'tags', v_row.merged, v_many); end if;
    end loop;
  when 'contact_tags' then
    for v_row in execute format($q$
      select c.account_id, a.time_zone, array_agg(distinct c.contact_id) as people,
        array_remove(array_agg(distinct (c.applied_at at time zone a.time_zone)::date), null) as days
      from (%s) c join public.accounts a on a.id = c.account_id
      where exists (select from rollups.built b where b.account_id = c.account_id) group by 1, 2$q$, v_changed)
    loop
      perform rollups.note(v_row.account_id, 'tags_applied', v_row.days, null);
      perform rollups.note_people(v_row.account_id, v_row.time_zone, 'tags', v_row.people, v_many);
    end loop;
    -- Tags of a campaign are touches.
    execute format($q$
      insert into rollups.marks (account_id, topic, people)
      select c.account_id, 'people', array_agg(distinct c.contact_id) from (%s) c
      join public.tags g on g.account_id = c.account_id and g.supabase_id = c.tag_id
      join public.accounts a on a.id = c.account_id and a.settings -> 'campaign_tag_categories' @> to_jsonb(g.category_keap_id)
      where exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, v_changed);
  when 'interactions' then
    execute format($q$
      insert into rollups.marks (account_id, topic, days)
      select c.account_id, 'emails', array_agg(distinct (c.occurred_at at time zone a.time_zone)::date)
      from (%s) c join public.accounts a on a.id = c.account_id
      where c.kind = 'email' and c.occurred_at is not null and exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, v_changed);
    -- What was bought after a click or an appointment.
    execute format($q$
      insert into rollups.marks (account_id, topic, people)
      select c.account_id, 'people', array_agg(distinct c.contact_id) from (%s) c
      where (c.kind = 'appointment' or c.kind = 'email' and c.clicked_at is not null) and c.contact_id is not null
        and exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, v_changed);
  -- Whom these brought, or with whom a deal began.
  when 'referrals', 'opportunities' then
    execute format($q$
      insert into rollups.marks (account_id, topic, people)
      select c.account_id, 'people', array_agg(distinct c.contact_id) from (%s) c
      where c.contact_id is not null and exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, v_changed);
  when 'affiliates' then
    execute format($q$
      insert into rollups.marks (account_id, topic, people)
      select c.account_id, 'people', array_agg(distinct r.contact_id) from (%s) c
      join public.referrals r on r.account_id = c.account_id and r.affiliate_id = c.supabase_id and r.contact_id is not null
      where exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, v_changed);
    -- Who becomes known, or no longer is, earned by orders that name them: their payments count on other days' sums.
    for v_row in execute format($q$
      select c.account_id, array_agg(distinct o.supabase_id) as orders, array_remove(array_agg(distinct o.keap_id), null) as keaps
      from (%s) c
      join public.orders o on o.account_id = c.account_id and c.keap_id in (o.sales_affiliate_keap_id, o.lead_affiliate_keap_id)
        and (o.sales_affiliate_keap_id is not null or o.lead_affiliate_keap_id is not null)
      where exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, rollups.changed_rows(tg_op, 'keap_id', tg_argv[1]))
    loop
      if cardinality(v_row.orders) > v_many then
        perform rollups.note(v_row.account_id, 'payments', (
          select array_agg(distinct d.day) from rollups.daily d where d.account_id = v_row.account_id and d.key = 'payments'), null);
      else
        perform rollups.note_money(v_row.account_id, v_row.orders, v_row.keaps, '{}', '{}', '{}', '{}', '{}');
      end if;
    end loop;
  when 'tags' then
    execute format($q$
      insert into rollups.marks (account_id, topic, people)
      select c.account_id, 'people', array_agg(distinct t.contact_id) from (%s) c
      join public.accounts a on a.id = c.account_id and a.settings -> 'campaign_tag_categories' @> to_jsonb(c.category_keap_id)
      join public.contact_tags t on t.account_id = c.account_id and t.tag_id = c.supabase_id
      where exists (select from rollups.built b where b.account_id = c.account_id)
      group by 1$q$, v_changed);
  when 'lead_sources' then
    execute format($q$
      insert into rollups.marks (account_id, topic, everything)
      select distinct c.account_id, topic, true from (%s) c
      cross join unnest(array['leads', 'payments_people', 'orders_people', 'emails_people', 'tags_applied']) as topic
      where exists (select from rollups.built b where b.account_id = c.account_id)$q$, v_changed);
  end case;
  return null;
end $$;

-- Days on which these people bought, paid, came or got mail: there a split by what people are may have moved.
create function rollups.note_people(p_account uuid, p_zone text, p_what text, p_people uuid[], p_many int) returns void
language plpgsql volatile set search_path = '' as $$
declare
  v_topic text;
  v_days date[];
begin
  -- Whoever was merged into them counts as them.
  with recursive them as (
    select unnest(p_people) as contact_id
    union
    select c.supabase_id from them t
    join public.contacts c on c.account_id = p_account and c.merged_into_id = t.contact_id
  )
  select array_agg(t.contact_id) into p_people from them t;
  if cardinality(p_people) > p_many then
    foreach v_topic in array array['payments_', 'orders_', 'emails_', 'leads_'] loop
      perform rollups.note(p_account, v_topic || p_what, null, null, true);
    end loop;
    return;
  end if;
  v_days := rollups.payment_days(p_account, p_zone, p_people);
  perform rollups.note(p_account, 'payments_' || p_what, v_days, null);
  select array_agg(distinct (o.order_time at time zone p_zone)::date) into v_days
  from public.orders o where o.account_id = p_account and o.contact_id = any (p_people) and o.order_time is not null;
  perform rollups.note(p_account, 'orders_' || p_what, v_days, null);
  select array_agg(distinct (i.occurred_at at time zone p_zone)::date) into v_days
  from public.interactions i
  where i.account_id = p_account and i.contact_id = any (p_people) and i.kind = 'email' and i.occurred_at is not null;
  perform rollups.note(p_account, 'emails_' || p_what, v_days, null);
  select array_agg(distinct (c.keap_created_at at time zone p_zone)::date) into v_days
  from public.contacts c where c.account_id = p_account and c.supabase_id = any (p_people) and c.keap_created_at is not null;
  perform rollups.note(p_account, 'leads_' || p_what, v_days, null);
end $$;

do $$
declare
  watched record;
  operation text;
begin
  for watched in
    select * from (values
      ('orders', '*', 'supabase_id'),
      ('order_items', '*', 'supabase_id'),
      ('payments', '*', 'supabase_id'),
      ('payment_allocations', '*', 'supabase_id'),
      ('transactions', '*', 'supabase_id'),
      ('subscriptions', '*', 'supabase_id'),
      ('interactions', 'kind title occurred_at opened_at clicked_at contact_id deleted_at', 'supabase_id'),
      ('referrals', 'contact_id affiliate_id affiliate_keap_id referred_at deleted_at', 'supabase_id'),
      ('affiliates', 'name code keap_id', 'supabase_id'),
      ('tags', 'name category_keap_id', 'supabase_id'),
      ('opportunities', 'contact_id keap_created_at deleted_at', 'supabase_id'),
      ('lead_sources', 'keap_id', 'supabase_id'),
      ('contacts', 'keap_created_at deleted_at merged_into_id first_lead_source_keap_id lead_source_keap_id owner_id utm_parameters source_type addresses', 'supabase_id'),
      ('contact_tags', 'applied_at removed_at', 'account_id, contact_id, tag_id')
    ) as w (table_name, columns, key)
  loop
    foreach operation in array array['insert', 'update', 'delete'] loop
      execute format('create trigger %I after %s on public.%I referencing %s for each statement execute function rollups.note_change(%L, %L)',
        'rollups_note_' || operation, operation, watched.table_name,
        case operation when 'insert' then 'new table as new_rows' when 'delete' then 'old table as old_rows'
          else 'old table as old_rows new table as new_rows' end,
        watched.columns, watched.key);
    end loop;
  end loop;
end $$;

-- States of addresses: from the day on which a contact was made, and on each day on which a change was seen.
create function rollups.note_addresses() returns trigger
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_row record;
  v_days date[];
  v_many constant int := 3000;
begin
  if not exists (select from rollups.built) then return null; end if;
  for v_row in execute format($q$
    select c.account_id, a.time_zone, array_agg(distinct lower(btrim(c.email))) filter (where nullif(btrim(c.email), '') is not null) as emails,
      array_remove(array_agg(distinct (%s at time zone a.time_zone)::date), null) as days
    from (%s) c join public.accounts a on a.id = c.account_id
    where exists (select from rollups.built b where b.account_id = c.account_id) group by 1, 2$q$,
    case tg_table_name when 'contacts' then 'c.keap_created_at' when 'email_state_changes' then 'c.seen_at' else 'null::timestamptz' end,
    rollups.changed_rows(tg_op, tg_argv[0], tg_argv[1]))
  loop
    if cardinality(v_row.emails) > v_many then
      perform rollups.note(v_row.account_id, 'addresses', null, null, true);
    else
      select array_agg(distinct (d.at at time zone v_row.time_zone)::date) into v_days from (
        select c.keap_created_at as at from public.contacts c
        where c.account_id = v_row.account_id and tg_table_name <> 'contacts' and lower(btrim(c.email)) = any (v_row.emails)
        union all
        select e.seen_at from private.email_state_changes e
        where e.account_id = v_row.account_id and e.email = any (v_row.emails)
      ) d where d.at is not null;
    end if;
    perform rollups.note(v_row.account_id, 'addresses', v_row.days || coalesce(v_days, '{}'), null);
  end loop;
  return null;
end $$;

do $$
declare
  watched record;
  operation text;
begin
  for watched in
    select * from (values
      ('public.contacts', 'keap_created_at deleted_at email email_addresses', 'supabase_id'),
      ('public.email_addresses_status', 'email status opted_in deleted_at', 'supabase_id'),
      ('private.email_state_changes', '*', 'account_id, email, seen_at')
    ) as w (table_name, columns, key)
  loop
    foreach operation in array array['insert', 'update', 'delete'] loop
      execute format('create trigger %I after %s on %s referencing %s for each statement execute function rollups.note_addresses(%L, %L)',
        'rollups_note_address_' || operation, operation, watched.table_name,
        case operation when 'insert' then 'new table as new_rows' when 'delete' then 'old table as old_rows'
          else 'old table as old_rows new table as new_rows' end,
        watched.columns, watched.key);
    end loop;
  end loop;
end $$;

-- A table that was emptied tells nobody which rows it held: every account's rollups are made anew.
create function rollups.forget_all() returns trigger language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from rollups.built;
  return null;
end $$;
do $$
declare
  v_table regclass;
begin
  for v_table in select distinct t.tgrelid::regclass from pg_trigger t where t.tgfoid in ('rollups.note_change'::regproc, 'rollups.note_addresses'::regproc) loop
    execute format('create trigger rollups_note_truncate after truncate on %s for each statement execute function rollups.forget_all()', v_table);
  end loop;
end $$;

-- Another zone has other days, another currency or setting other figures: everything is worked out anew.
create function rollups.reset_account() returns trigger language plpgsql volatile security definer set search_path = '' as $$
begin
  if (old.time_zone, old.currency, old.settings) is distinct from (new.time_zone, new.currency, new.settings) then
    delete from rollups.built where account_id = new.id;
  end if;
  return null;
end $$;
create trigger rollups_reset after update on public.accounts for each row execute function rollups.reset_account();

create function rollups.forget() returns trigger language plpgsql volatile security definer set search_path = '' as $$
begin
  delete from rollups.daily where account_id = old.account_id and key = old.key;
  delete from rollups.dirty_days where account_id = old.account_id and key = old.key;
  if old.kind = 'people' then
    delete from rollups.dirty_people where account_id = old.account_id;
    delete from rollups.dirty_orders where account_id = old.account_id;
    delete from rollups.renewal_orders where account_id = old.account_id;
    delete from rollups.occasions where account_id = old.account_id;
    delete from rollups.active_span where account_id = old.account_id;
    delete from rollups.gaps where account_id = old.account_id;
    delete from rollups.first_purchases where account_id = old.account_id;
    delete from rollups.customers where account_id = old.account_id;
    delete from rollups.customer_value where account_id = old.account_id;
    delete from rollups.subscriptions where account_id = old.account_id;
    delete from rollups.subscription_spans where account_id = old.account_id;
    delete from rollups.email_revenue where account_id = old.account_id;
    delete from rollups.touches where account_id = old.account_id;
    delete from rollups.touch_shares where account_id = old.account_id;
    delete from rollups.standings where account_id = old.account_id;
    delete from rollups.standing_lists where account_id = old.account_id;
    delete from rollups.standing_days where account_id = old.account_id;
  end if;
  if not exists (select from rollups.built b where b.account_id = old.account_id) then
    delete from rollups.marks where account_id = old.account_id;
  end if;
  return null;
end $$;
create trigger rollups_forget after delete on rollups.built for each row execute function rollups.forget();

select rollups.copy_views();
