-- What is due is worked out again, and questions are answered from what is true to the data.

-- 1. Working out what is due ---------------------------------------------------------------------------------------

create function rollups.lock_account(p_account uuid) returns void language sql volatile set search_path = '' as $$
  select pg_advisory_xact_lock(hashtextextended('keapsake rollups ' || p_account, 0));
$$;

create function public.rollups_claim(p_account uuid, p_rollups jsonb) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_snapshot constant pg_snapshot := pg_current_snapshot();
begin
  -- Views defined anew: what is kept was worked out by the old ones.
  if not rollups.are_of_these_views() then
    if not exists (select from jsonb_to_recordset(p_rollups) as r ("create" boolean) where r."create") then
      return '[]';
    end if;
    lock table rollups.copied_at in exclusive mode;
    if not rollups.are_of_these_views() then perform rollups.copy_views(); end if;
  end if;
  perform rollups.lock_account(p_account);
  delete from rollups.built b using jsonb_to_recordset(p_rollups) as r (key text, version text)
  where b.account_id = p_account and b.key = r.key and b.version <> r.version;
  -- Made by an earlier call, which has ended: whoever starts from now on sees it. Then those before it must end.
  update rollups.built set state = 'fenced', fence = pg_snapshot_xmax(v_snapshot)
  where account_id = p_account and state = 'new';
  update rollups.built set state = 'building'
  where account_id = p_account and state = 'fenced' and fence <= pg_snapshot_xmin(v_snapshot);
  insert into rollups.built (account_id, key, version, kind, topics)
  select p_account, r.key, r.version, r.kind, r.topics
  from jsonb_to_recordset(p_rollups) as r (key text, version text, kind text, topics text[], "create" boolean)
  where r."create" on conflict do nothing;

  with taken as (
    delete from rollups.marks m where m.account_id = p_account returning m.*
  ),
  by_day as (
    insert into rollups.dirty_days (account_id, key, day)
    select distinct p_account, b.key, d.day
    from taken t
    join rollups.built b on b.account_id = p_account and b.kind = 'days' and t.topic = any (b.topics)
    cross join lateral (
      select unnest(t.days) as day
      union select f.day from rollups.daily f where t.everything and f.account_id = p_account and f.key = b.key
    ) d
    where d.day is not null
    on conflict do nothing
  ),
  by_order as (
    insert into rollups.dirty_orders (account_id, order_id)
    select distinct p_account, order_id from taken t cross join unnest(t.orders) as order_id
    where exists (select from rollups.built b where b.account_id = p_account and b.kind = 'people')
    on conflict do nothing
  )
  insert into rollups.dirty_people (account_id, contact_id)
  select distinct p_account, person.contact_id
  from (
    -- And whom they were merged into, for there their money is counted.
    with recursive them as (
      select unnest(t.people) as contact_id from taken t
      union
      select c.merged_into_id from them t
      join public.contacts c on c.account_id = p_account and c.supabase_id = t.contact_id
      where c.merged_into_id is not null
    )
    select x.contact_id from them x
  ) person
  where person.contact_id is not null and exists (select from rollups.built b where b.account_id = p_account and b.kind = 'people')
  on conflict do nothing;

  return (
    select coalesce(jsonb_agg(jsonb_build_object(
      'key', b.key, 'version', b.version, 'state', b.state, 'begun', b.begun,
      'days', case when b.kind = 'days' then (
        select coalesce(jsonb_agg(d.day order by d.day desc), '[]')
        from (select day from rollups.dirty_days d where d.account_id = p_account and d.key = b.key order by day desc limit 5000) d) end,
      'people', case when b.kind = 'people' then (select count(*) from rollups.dirty_people d where d.account_id = p_account)
        + (select count(*) from rollups.dirty_orders d where d.account_id = p_account) end
    )), '[]')
    from rollups.built b
    where b.account_id = p_account and b.key in (select r.key from jsonb_to_recordset(p_rollups) as r (key text))
  );
end $$;
comment on function public.rollups_claim is
  'Sorts the notes of what changed to the rollups they concern and says what each must work out again. Service role only.';

-- The statement over the copies instead of the facts they are copied from.
create function rollups.over_copies(p_query text) returns text language sql stable set search_path = '' as $$
  select regexp_replace(p_query, '\manalytics\.(' || string_agg(c.name, '|') || ')\M', 'copied.\1', 'g') from rollups.copies c
$$;

-- Which days a rollup that was just made has to hold: the statement lists them. Once, however often it is called.
create function public.rollups_begin_days(p_principal jsonb, p_key text, p_version text, p_query text) returns int
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_account uuid := (p_principal ->> 'account_id')::uuid;
  v_count int;
begin
  perform rollups.lock_account(v_account);
  perform private.refuse_query_text(p_query);
  update rollups.built b set begun = true
  where b.account_id = v_account and b.key = p_key and b.version = p_version and b.kind = 'days'
    and b.state = 'building' and not b.begun;
  if not found then return 0; end if;
  perform private.open_query(p_principal);
  insert into rollups.dirty_days (account_id, key, day)
  select v_account, p_key, (row ->> 'day')::date
  -- What is summed up over copies has the days of the copies: more come as more people are copied.
  from jsonb_array_elements(private.read_as_reader(case when exists (
    select from rollups.built b where b.account_id = v_account and b.key = p_key and 'people' = any (b.topics)
  ) then rollups.over_copies(p_query) else p_query end, '[]', 100000) -> 'rows') as row
  where row ->> 'day' is not null on conflict do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end $$;

-- Whom the copies have to hold, a part of the list with each call; says how many parts are left. What changes meanwhile
-- is noted like any other change.
create function public.rollups_begin_people(p_principal jsonb) returns int
language plpgsql volatile security definer set search_path = '' as $$
declare
  p_account uuid := (p_principal ->> 'account_id')::uuid;
  v_parts constant int := 4;
  v_part int;
begin
  perform rollups.lock_account(p_account);
  update rollups.built b set parts = b.parts + 1, begun = b.parts + 1 = v_parts
  where b.account_id = p_account and b.kind = 'people' and b.state = 'building' and not b.begun
  returning b.parts into v_part;
  if not found then return 0; end if;
  perform private.open_query(p_principal);
  if v_part = 1 then
    delete from rollups.renewal_orders r where r.account_id = p_account;
    insert into rollups.renewal_orders select v.* from analytics.renewal_orders v;
  elsif v_part = 2 then
    insert into rollups.dirty_people (account_id, contact_id)
    select distinct p_account, o.contact_id from public.orders o where o.account_id = p_account and o.contact_id is not null
    on conflict do nothing;
  elsif v_part = 3 then
    insert into rollups.dirty_people (account_id, contact_id)
    select distinct p_account, p.contact_id from public.payments p where p.account_id = p_account and p.contact_id is not null
    on conflict do nothing;
  else
    insert into rollups.dirty_people (account_id, contact_id)
    select p_account, known.contact_id from (
      select t.contact_id from public.transactions t where t.account_id = p_account
      union select s.contact_id from public.subscriptions s where s.account_id = p_account
      union select r.contact_id from analytics.touch_records r where r.touched_at is not null
      union select c.merged_into_id from public.contacts c where c.account_id = p_account
      union select '00000000-0000-0000-0000-000000000000'
    ) known where known.contact_id is not null on conflict do nothing;
  end if;
  return v_parts - v_part;
end $$;

create function rollups.people_are_true(p_account uuid) returns boolean
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return exists (select from rollups.built b where b.account_id = p_account and b.kind = 'people' and b.state = 'ready')
    and not exists (select from rollups.dirty_people d where d.account_id = p_account)
    and not exists (select from rollups.dirty_orders d where d.account_id = p_account);
end $$;

create function public.rollups_store_days(p_principal jsonb, p_key text, p_version text, p_days date[], p_query text, p_params jsonb)
returns jsonb language plpgsql volatile security definer set search_path = '' as $$
declare
  v_account uuid := (p_principal ->> 'account_id')::uuid;
  v_answer jsonb;
begin
  perform rollups.lock_account(v_account);
  perform private.refuse_query_text(p_query);
  if not exists (select from rollups.built b where b.account_id = v_account and b.key = p_key and b.version = p_version and b.begun
    and ('people' <> all (b.topics) or rollups.people_are_true(v_account))) then
    return jsonb_build_object('stored', false);
  end if;
  perform private.open_query(p_principal);
  delete from rollups.dirty_days d where d.account_id = v_account and d.key = p_key and d.day = any (p_days);
  delete from rollups.daily d where d.account_id = v_account and d.key = p_key and d.day = any (p_days);
  v_answer := private.read_as_reader(
    case when rollups.people_are_true(v_account) then rollups.over_copies(p_query) else p_query end, p_params, 100000);
  if (v_answer ->> 'truncated')::boolean then
    raise exception 'The rollup % has too many rows for % days at once. Store fewer days.', p_key, cardinality(p_days) using errcode = '54000';
  end if;
  insert into rollups.daily (account_id, key, day, dim, currency, last_at, sums)
  select v_account, p_key, r.day, r.dim, r.currency, r.last_at, r.sums
  from jsonb_to_recordset(v_answer -> 'rows') as r (day date, dim text, currency text, last_at timestamptz, sums bigint[])
  where r.day = any (p_days);
  update rollups.built b set state = 'ready'
  where b.account_id = v_account and b.key = p_key and b.state = 'building' and b.begun
    and not exists (select from rollups.dirty_days d where d.account_id = v_account and d.key = p_key);
  return jsonb_build_object('stored', true);
end $$;
comment on function public.rollups_store_days is 'Works out some days of a rollup again. The statement runs as the query door''s reader. Service role only.';

-- Works out where these people stood when these days began. What stays as it was is left alone: the lists hang on the rest.
create function rollups.stand(p_account uuid, p_people uuid[], p_days date[]) returns void language sql volatile set search_path = '' as $$
  with fresh as materialized (
    select n.day, n.contact_id, v.currency, n.last_at, n.occasions, v.value_minor
    from (
      select d.day, o.contact_id, max(o.occasion_at) as last_at, count(*)::int as occasions
      from rollups.standing_days d
      join rollups.occasions o on o.account_id = p_account and o.contact_id = any (p_people)
        and o.occasion_at < d.opened_at and o.occasion_at >= d.opened_at - interval '24 months'
      where d.account_id = p_account and d.day = any (p_days)
      group by 1, 2
    ) n
    join (
      select distinct on (x.day, x.contact_id) x.* from (
        select d.day, o.contact_id, o.currency, sum(o.total_minor - coalesce(o.refund_total_minor, 0))::bigint as value_minor
        from rollups.standing_days d
        join copied.orders o on o.contact_id = any (p_people) and not o.is_renewal
          and o.order_time < d.opened_at and o.order_time >= d.opened_at - interval '24 months'
        where d.account_id = p_account and d.day = any (p_days)
        group by 1, 2, 3
      ) x
      cross join public.accounts a
      where a.id = p_account and x.value_minor > 0
      order by x.day, x.contact_id, (x.currency = a.currency) desc, x.currency
    ) v on v.day = n.day and v.contact_id = n.contact_id
  ),
  gone as (
    delete from rollups.standings s
    where s.account_id = p_account and s.contact_id = any (p_people) and s.day = any (p_days)
      and not exists (select from fresh f where f.day = s.day and f.contact_id = s.contact_id)
    returning s.day
  ),
  stored as (
    insert into rollups.standings as s (account_id, day, contact_id, currency, last_at, occasions, value_minor)
    select p_account, f.day, f.contact_id, f.currency, f.last_at, f.occasions, f.value_minor from fresh f
    on conflict (account_id, day, contact_id) do update
    set currency = excluded.currency, last_at = excluded.last_at, occasions = excluded.occasions, value_minor = excluded.value_minor
    where (s.currency, s.last_at, s.occasions, s.value_minor) is distinct from (excluded.currency, excluded.last_at, excluded.occasions, excluded.value_minor)
    returning s.day
  )
  update rollups.standing_days d set listed = false
  where d.account_id = p_account and d.listed and d.day in (select g.day from gone g union all select x.day from stored x);
$$;

create function rollups.list_standings(p_account uuid, p_day date) returns void language sql volatile set search_path = '' as $$
  delete from rollups.standing_lists l where l.account_id = p_account and l.day = p_day;
  insert into rollups.standing_lists (account_id, day, currency, times)
  select p_account, p_day, '', array_agg(s.last_at order by s.last_at)
  from rollups.standings s where s.account_id = p_account and s.day = p_day;
  insert into rollups.standing_lists (account_id, day, currency, amounts)
  select p_account, p_day, s.currency, array_agg(s.value_minor order by s.value_minor)
  from rollups.standings s where s.account_id = p_account and s.day = p_day group by s.currency;
  update rollups.standing_days d set listed = true where d.account_id = p_account and d.day = p_day;
$$;

create function public.rollups_store_people(p_principal jsonb, p_limit int) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_account uuid := (p_principal ->> 'account_id')::uuid;
  v_people uuid[];
  v_orders uuid[];
  v_left bigint;
begin
  perform rollups.lock_account(v_account);
  if not exists (select from rollups.built b where b.account_id = v_account and b.kind = 'people' and b.begun) then
    return jsonb_build_object('people', 0, 'left', 0, 'stored', false);
  end if;
  perform private.open_query(p_principal);

  -- Which orders renew a subscription: what analytics.renewal_orders says, for these orders by way of the indexes.
  with taken as (delete from rollups.dirty_orders d where d.account_id = v_account returning d.order_id)
  select coalesce(array_agg(t.order_id), '{}') into v_orders from taken t;
  delete from rollups.renewal_orders r where r.account_id = v_account and r.order_id = any (v_orders);
  insert into rollups.renewal_orders (account_id, order_id)
  select i.account_id, i.order_id
  from public.order_items i
  join public.orders billed on billed.account_id = i.account_id and billed.supabase_id = i.order_id
    and billed.status <> 'DRAFT' and billed.deleted_at is null
  left join lateral (
    select o.supabase_id as order_id
    from public.order_items b
    join public.orders o on o.account_id = b.account_id and o.supabase_id = b.order_id
    where b.account_id = i.account_id and b.subscription_keap_id = i.subscription_keap_id and b.deleted_at is null
      and o.status <> 'DRAFT' and o.deleted_at is null
    order by o.order_time, o.supabase_id limit 1
  ) f on i.subscription_keap_id is not null
  where i.account_id = v_account and i.order_id = any (v_orders) and i.deleted_at is null
    and i.item_type not in ('TAX', 'SHIPPING', 'TIP', 'FEE', 'FINANCE_CHARGE') and i.item_type not like 'DISCOUNT%'
    and exists (
      select from public.order_items s
      where s.account_id = i.account_id and s.order_id = i.order_id and s.subscription_keap_id is not null and s.deleted_at is null)
  group by i.account_id, i.order_id
  having bool_and(i.subscription_keap_id is not null and f.order_id <> i.order_id);

  with taken as (
    delete from rollups.dirty_people d
    where d.account_id = v_account and d.contact_id in (
      select x.contact_id from rollups.dirty_people x where x.account_id = v_account order by x.contact_id limit p_limit)
    returning d.contact_id
  )
  select coalesce(array_agg(t.contact_id), '{}') into v_people from taken t;

  delete from rollups.occasions r where r.account_id = v_account and r.contact_id = any (v_people);
  -- Person by person: a list of people would not reach the steps inside.
  insert into rollups.occasions
  select o.* from unnest(v_people) as p (contact_id)
  cross join lateral (select v.* from rollups.fresh_occasions v where v.contact_id = p.contact_id offset 0) o;
  -- What stays as it was is left alone: days hang on what changes.
  with fresh as materialized (select v.* from rollups.fresh_first_purchases v where v.contact_id = any (v_people)),
  gone as (
    delete from rollups.first_purchases r
    where r.account_id = v_account and r.contact_id = any (v_people) and not exists (
      select from fresh f where f.contact_id = r.contact_id and f.first_bought_at = r.first_bought_at)
  )
  insert into rollups.first_purchases
  select f.* from fresh f where not exists (
    select from rollups.first_purchases r
    where r.account_id = v_account and r.contact_id = f.contact_id and r.first_bought_at = f.first_bought_at);
  with fresh as materialized (select v.* from rollups.fresh_customer_value v where v.contact_id = any (v_people)),
  gone as (
    delete from rollups.customer_value r
    where r.account_id = v_account and r.contact_id = any (v_people) and not exists (
      select from fresh f where f.contact_id = r.contact_id and f.currency = r.currency and f.value_minor = r.value_minor)
  )
  insert into rollups.customer_value
  select f.* from fresh f where not exists (
    select from rollups.customer_value r
    where r.account_id = v_account and r.contact_id = f.contact_id and r.currency = f.currency and r.value_minor = f.value_minor);
  delete from rollups.subscriptions r where r.account_id = v_account and r.contact_id = any (v_people);
  insert into rollups.subscriptions select v.* from rollups.fresh_subscriptions v where v.contact_id = any (v_people);
  delete from rollups.subscription_spans r where r.account_id = v_account and r.contact_id = any (v_people);
  insert into rollups.subscription_spans select v.* from rollups.fresh_subscription_spans v where v.contact_id = any (v_people);
  if '00000000-0000-0000-0000-000000000000' = any (v_people) then
    delete from rollups.subscriptions r where r.account_id = v_account and r.contact_id is null;
    insert into rollups.subscriptions select v.* from rollups.fresh_subscriptions v where v.contact_id is null;
    delete from rollups.subscription_spans r where r.account_id = v_account and r.contact_id is null;
    insert into rollups.subscription_spans select v.* from rollups.fresh_subscription_spans v where v.contact_id is null;
  end if;
  delete from rollups.email_revenue r where r.account_id = v_account and r.contact_id = any (v_people);
  insert into rollups.email_revenue select v.* from rollups.fresh_email_revenue v where v.contact_id = any (v_people);
  -- Their orders, and those of whoever was merged into them.
  with recursive them as (
    select unnest(v_people) as contact_id
    union
    select c.supabase_id from them t join public.contacts c on c.account_id = v_account and c.merged_into_id = t.contact_id
  )
  select coalesce(array_agg(o.supabase_id), '{}') into v_orders
  from them t join public.orders o on o.account_id = v_account and o.contact_id = t.contact_id
  where o.deleted_at is null and o.order_time is not null;
  delete from rollups.touches r where r.account_id = v_account and r.contact_id = any (v_people);
  insert into rollups.touches select v.* from rollups.fresh_touches v where v.contact_id = any (v_people);
  delete from rollups.touch_shares r where r.account_id = v_account and r.buyer_id = any (v_people);
  insert into rollups.touch_shares select * from rollups.touch_shares_of(v_people, v_orders);
  perform rollups.stand(v_account, v_people, array(select d.day from rollups.standing_days d where d.account_id = v_account));
  delete from rollups.customers r where r.account_id = v_account and r.contact_id = any (v_people);
  -- What analytics.customers says, but of the payments of these people's orders alone.
  insert into rollups.customers (account_id, contact_id, customer_since)
  select o.account_id, coalesce(m.survivor_id, o.contact_id), min(o.order_time)
  from (
    select p.order_id from analytics.payment_orders p where p.order_id = any (v_orders)
    group by p.order_id having sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end) > 0
  ) kept
  join public.orders o on o.account_id = v_account and o.supabase_id = kept.order_id
  left join analytics.merged_contacts m on m.account_id = o.account_id and m.contact_id = o.contact_id
  where coalesce(m.survivor_id, o.contact_id) = any (v_people)
  group by 1, 2;

  select count(*) into v_left from rollups.dirty_people d where d.account_id = v_account;
  if v_left = 0 then
    perform rollups.keep_active_span(v_account);
    update rollups.built set state = 'ready' where account_id = v_account and kind = 'people' and state = 'building' and begun;
  end if;
  return jsonb_build_object('people', cardinality(v_people), 'left', v_left, 'stored', true);
end $$;
comment on function public.rollups_store_people is 'Copies the facts of people whose orders, payments or subscriptions changed. Service role only.';

create function rollups.standings_left(p_account uuid, p_days date[]) returns bigint language sql stable set search_path = '' as $$
  select count(*) from rollups.standing_days d
  where d.account_id = p_account and d.day = any (p_days) and not (d.ready and d.listed)
$$;

-- Makes where people stood when these days began, for so many people at most; says how many are left. A day close to one that is
-- there takes over all but those who bought between the two, or 24 months before.
create function public.rollups_store_standings(p_principal jsonb, p_days date[], p_limit int) returns jsonb
language plpgsql volatile security definer set search_path = '' as $$
declare
  v_account uuid := (p_principal ->> 'account_id')::uuid;
  v_zone text;
  v_day rollups.standing_days;
  v_near rollups.standing_days;
  v_people uuid[];
  v_from timestamptz;
  v_to timestamptz;
  v_from_before timestamptz;
  v_to_before timestamptz;
begin
  perform rollups.lock_account(v_account);
  if not rollups.people_are_true(v_account) then return jsonb_build_object('stored', false, 'left', 0, 'people', 0); end if;
  select a.time_zone into v_zone from public.accounts a where a.id = v_account;
  insert into rollups.standing_days (account_id, day, opened_at)
  select v_account, d.day, d.day::timestamp at time zone v_zone from unnest(p_days) as d (day)
  on conflict do nothing;
  select * into v_day from rollups.standing_days d where d.account_id = v_account and d.day = any (p_days) and not (d.ready and d.listed)
  order by d.day desc limit 1;
  if not found then return jsonb_build_object('stored', true, 'left', 0, 'people', 0); end if;
  if v_day.ready then
    perform rollups.list_standings(v_account, v_day.day);
    return jsonb_build_object('stored', true, 'people', 0, 'left', rollups.standings_left(v_account, p_days));
  end if;
  perform private.open_query(p_principal);

  select * into v_near from rollups.standing_days d
  where d.account_id = v_account and d.ready and abs(d.day - v_day.day) <= 10
  order by abs(d.day - v_day.day) limit 1;
  if found then
    -- Plain values: under row level security nothing else is looked up in an index.
    v_from := least(v_near.opened_at, v_day.opened_at);
    v_to := greatest(v_near.opened_at, v_day.opened_at);
    v_from_before := v_from - interval '24 months';
    v_to_before := v_to - interval '24 months';
    select coalesce(array_agg(distinct o.contact_id), '{}') into v_people from (
      select b.contact_id from copied.orders b where b.order_time >= v_from and b.order_time < v_to
      union all
      select b.contact_id from copied.orders b where b.order_time >= v_from_before and b.order_time < v_to_before
    ) o where o.contact_id is not null;
    delete from rollups.standings s where s.account_id = v_account and s.day = v_day.day;
    insert into rollups.standings (account_id, day, contact_id, currency, last_at, occasions, value_minor)
    select s.account_id, v_day.day, s.contact_id, s.currency, s.last_at, s.occasions, s.value_minor
    from rollups.standings s
    where s.account_id = v_account and s.day = v_near.day and s.contact_id <> all (v_people);
    perform rollups.stand(v_account, v_people, array[v_day.day]);
    v_people := '{}';
  else
    select coalesce(array_agg(p.contact_id), '{}') into v_people from (
      select distinct o.contact_id from rollups.occasions o
      where o.account_id = v_account and o.contact_id > v_day.up_to order by o.contact_id limit p_limit
    ) p;
    perform rollups.stand(v_account, v_people, array[v_day.day]);
  end if;
  update rollups.standing_days d
  set ready = cardinality(v_people) < p_limit, up_to = coalesce(v_people[cardinality(v_people)], d.up_to)
  where d.account_id = v_account and d.day = v_day.day;
  if cardinality(v_people) < p_limit then
    perform rollups.list_standings(v_account, v_day.day);
    -- Of days that are over, those on which a month begins are asked for again.
    delete from rollups.standing_lists l using rollups.standing_days d
    where d.account_id = v_account and d.ready and d.day < v_day.day - 1 and extract(day from d.day) <> 1
      and l.account_id = d.account_id and l.day = d.day;
    delete from rollups.standings s using rollups.standing_days d
    where d.account_id = v_account and d.ready and d.day < v_day.day - 1 and extract(day from d.day) <> 1
      and s.account_id = d.account_id and s.day = d.day;
    delete from rollups.standing_days d
    where d.account_id = v_account and d.ready and d.day < v_day.day - 1 and extract(day from d.day) <> 1;
  end if;
  return jsonb_build_object('stored', true, 'people', cardinality(v_people), 'left', rollups.standings_left(v_account, p_days));
end $$;
comment on function public.rollups_store_standings is
  'Works out where customers stood when some days began, a part of them at a time. Service role only.';

-- 2. Reading -------------------------------------------------------------------------------------------------------

-- Names of the rollups that are not true to the data as it stands; empty when all are. With `until` a rollup must hold
-- nothing of that day (with `earlier` nor of a day before) which happened at or after that instant.
create function rollups.stale(p_account uuid, p_rollups jsonb) returns text[]
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return (select coalesce(array_agg(r.key), '{}')
  from jsonb_to_recordset(p_rollups) as r (key text, version text, until timestamptz, day date, earlier boolean, days date[])
  left join rollups.built b on b.account_id = p_account and b.key = r.key and b.version = r.version and b.state = 'ready'
  where case when r.key = 'standings' then exists (
      select from unnest(r.days) as asked (day)
      where not exists (select from rollups.standing_days d where d.account_id = p_account and d.day = asked.day and d.ready and d.listed))
    else b.key is null end
    or exists (select from rollups.marks m where m.account_id = p_account and m.topic = any (b.topics))
    or (b.kind = 'days' and exists (select from rollups.dirty_days d where d.account_id = p_account and d.key = b.key))
    or (b.kind = 'people' and exists (select from rollups.dirty_people d where d.account_id = p_account))
    or (b.kind = 'people' and exists (select from rollups.dirty_orders d where d.account_id = p_account))
    or (b.kind = 'days' and 'people' = any (b.topics) and not rollups.people_are_true(p_account))
    or (r.until is not null and exists (
      select from rollups.daily d where d.account_id = p_account and d.key = r.key and d.last_at >= r.until
        and d.day <= r.day and (r.earlier or d.day = r.day))));
end $$;

create function public.run_rolled_query(query text, params jsonb, principal jsonb, rollups jsonb, row_cap int default 10000) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_as_of timestamptz;
  v_stale text[];
  v_copied text;
  v_needed jsonb := run_rolled_query.rollups;
begin
  perform private.refuse_query_text(query);
  if row_cap is null or row_cap not between 1 and 100000 then
    raise exception 'row_cap must lie between 1 and 100,000.' using errcode = '22023';
  end if;
  -- Copied facts are named first in the list; they are needed only where the text reads one of them.
  v_copied := rollups.over_copies(query);
  if v_copied = query then v_needed := v_needed - 0; end if;
  v_as_of := private.open_query(principal);
  -- Where nothing of what it reads is kept the facts answer, and nobody has to ask twice.
  if jsonb_array_length(v_needed) > 0 then
    v_stale := rollups.stale((principal ->> 'account_id')::uuid, v_needed);
    if cardinality(v_stale) > 0 or not rollups.are_of_these_views() then
      return jsonb_build_object('stale', to_jsonb(v_stale));
    end if;
  end if;
  perform set_config('transaction_read_only', 'on', true);
  return private.read_as_reader(v_copied, coalesce(params, '[]'), row_cap)
    || jsonb_build_object('as_of', v_as_of, 'settings', private.choices_of_figures(principal));
end $$;
comment on function public.run_rolled_query is
  'As run_query, over rollups; when one of them is not true to the data it runs nothing and names it. The first of `rollups` stands for the copied facts. Service role only.';

-- Compiling a plan to machine code takes longer than most questions; sorting in memory is worth its price here.
do $$
declare
  signature text;
begin
  foreach signature in array array[
    'public.run_rolled_query(text, jsonb, jsonb, jsonb, int)', 'public.run_query(text, jsonb, jsonb, int)',
    'public.rollups_store_days(jsonb, text, text, date[], text, jsonb)', 'public.rollups_store_people(jsonb, int)',
    'public.rollups_begin_days(jsonb, text, text, text)', 'public.rollups_store_standings(jsonb, date[], int)'] loop
    execute format('alter function %s set jit = off', signature);
    execute format('alter function %s set work_mem = %L', signature, '64MB');
    -- A plan made for any list of people suits none: ten of them are looked up, ten thousand are not. What is asked is
    -- planned for its own values anyway.
    if signature not like 'public.run%' then
      execute format('alter function %s set plan_cache_mode = force_custom_plan', signature);
    end if;
  end loop;
end $$;

do $$
declare
  signature regprocedure;
begin
  for signature in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'rollups'::regnamespace
      or (p.pronamespace = 'public'::regnamespace and (p.proname like 'rollups\_%' or p.proname = 'run_rolled_query'))
  loop
    execute format('revoke all on function %s from public, anon, authenticated', signature);
  end loop;
  for signature in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace and (p.proname like 'rollups\_%' or p.proname = 'run_rolled_query')
  loop
    execute format('grant execute on function %s to service_role', signature);
  end loop;
end $$;
