-- Rollups: sums by day and copies of costly facts, so that a chart over a million orders reads a few thousand rows.
--
-- What a rollup holds is told by the one who asks (analytics/rollups): a key, a version made from its statement, and
-- the topics it depends on. This file keeps them true:
--   1. triggers on the mirrored tables note, in the same commit as the change, which days and people it touched;
--   2. rollups_claim turns the notes into what each rollup must work out again;
--   3. rollups_store_days and rollups_store_people work it out, through the query door's own reader;
--   4. run_rolled_query answers from rollups only when nothing is left to work out, and says so otherwise.
-- A rollup is built only after every transaction that could not know of it has ended; from then on each change is noted.

create schema rollups;
comment on schema rollups is 'Daily sums and copies of facts, worked out again where the data changed. Private: read through analytics views.';
grant usage on schema rollups to keapsake_facts;

-- The facts that are copied, and every view over them, under the names they have in analytics: a statement reads the
-- copies when that schema's name is put in the place of the other.
create schema copied;
comment on schema copied is 'Views of schema analytics over the copies of costly facts, same names, same rows.';
grant usage on schema copied to keapsake_reader;
grant usage on schema copied to keapsake_facts;

-- 1. What is kept ---------------------------------------------------------------------------------------------------

create table rollups.built (
  account_id uuid not null references public.accounts (id) on delete cascade,
  key text not null,
  version text not null,
  kind text not null check (kind in ('days', 'people')),
  topics text[] not null,
  state text not null default 'new' check (state in ('new', 'fenced', 'building', 'ready')),
  -- What it has to hold was listed. A build that was cut short before holds nothing and must not count as done.
  begun boolean not null default false,
  -- How many of the parts of that list are made.
  parts int not null default 0,
  -- Transactions below this one may have changed data without noting it.
  fence xid8,
  primary key (account_id, key)
);
comment on table rollups.built is 'Rollups of an account: from new over fenced (waiting for older transactions) and building to ready.';

create table rollups.marks (
  id bigint generated always as identity primary key,
  account_id uuid not null,
  topic text not null,
  days date[],
  people uuid[],
  orders uuid[],
  everything boolean not null default false
);
create index marks_of_account on rollups.marks (account_id, topic);
comment on table rollups.marks is 'One row per statement and topic: the days and people whose facts may have changed. Written by triggers, never updated.';

create table rollups.dirty_days (
  account_id uuid not null,
  key text not null,
  day date not null,
  primary key (account_id, key, day)
);
-- Subscriptions of nobody known are kept as those of the person with the id of zeros.
create table rollups.dirty_people (
  account_id uuid not null,
  contact_id uuid not null,
  primary key (account_id, contact_id)
);

-- Orders of which it must be found out again whether they renew a subscription.
create table rollups.dirty_orders (
  account_id uuid not null,
  order_id uuid not null,
  primary key (account_id, order_id)
);

create table rollups.daily (
  account_id uuid not null,
  key text not null,
  day date not null,
  dim text not null,
  currency text not null,
  last_at timestamptz not null,
  sums bigint[] not null,
  primary key (account_id, key, day, dim, currency)
);
comment on table rollups.daily is 'Sums by day of the account''s zone and value of one dimension ('''' where the rollup has none).';
comment on column rollups.daily.last_at is 'Latest fact in the row: a question about an instant within the day must know.';

-- How many gaps between two purchases of one person there are, by whole days (rounded up): enough to tell how long
-- somebody counts as active, without looking at all of them.
create table rollups.gaps (
  account_id uuid not null,
  days int not null,
  gaps bigint not null,
  primary key (account_id, days)
);

-- Where each customer stood when a day began (METRICS 11): the purchases of the 24 months before it. A question about an
-- instant of that day works out anew only who has bought since, or whose purchase of 24 months ago has passed.
create table rollups.standing_days (
  account_id uuid not null,
  day date not null,
  opened_at timestamptz not null,
  -- People up to this id are in it, of those who ever bought.
  up_to uuid not null default '00000000-0000-0000-0000-000000000000',
  ready boolean not null default false,
  -- Its lists are those of its rows.
  listed boolean not null default false,
  primary key (account_id, day)
);
-- The last purchases of those customers in order (currency ''), and what they bought for in each currency: where the
-- fifths of a day end is looked up in them, also after some customers have moved, without sorting all of them again.
create table rollups.standing_lists (
  account_id uuid not null,
  day date not null,
  currency text not null,
  times timestamptz[],
  amounts bigint[],
  primary key (account_id, day, currency)
);
create table rollups.standings (
  account_id uuid not null,
  day date not null,
  contact_id uuid not null,
  currency text not null,
  last_at timestamptz not null,
  occasions int not null,
  value_minor bigint not null,
  primary key (account_id, day, contact_id)
);
create index standings_of_contact on rollups.standings (account_id, contact_id);
comment on table rollups.standings is
  'Last purchase, number of purchases and their value of each customer, of the 24 months before a day of the account''s zone began.';

-- What the views said when they were copied. When one is defined anew, everything kept is out of date.
create table rollups.copies (name text primary key);
comment on table rollups.copies is 'Views of schema analytics that exist a second time in schema copied.';
create table rollups.watched (relation oid primary key);
comment on table rollups.watched is 'Views and functions of schema analytics as they were when they were copied, by object id.';
create table rollups.copied_at (one boolean primary key default true check (one), definitions text not null);
comment on table rollups.copied_at is 'One row: rollups.definitions() of the moment at which the views were copied.';

do $$
declare
  name text;
begin
  for name in select c.relname from pg_class c where c.relnamespace = 'rollups'::regnamespace and c.relkind = 'r' loop
    execute format('alter table rollups.%I enable row level security', name);
  end loop;
end $$;
create policy "the fact views read the account of the query" on rollups.daily
  for select to keapsake_facts using (account_id = (select private.query_account()));
grant select on rollups.daily to keapsake_facts;
create view analytics.daily as select * from rollups.daily;
alter view analytics.daily owner to keapsake_facts;
revoke all on analytics.daily from public;
grant select on analytics.daily to keapsake_reader;
create policy "the fact views read the account of the query" on rollups.standings
  for select to keapsake_facts using (account_id = (select private.query_account()));
grant select on rollups.standings to keapsake_facts;
create view analytics.standings as select * from rollups.standings;
alter view analytics.standings owner to keapsake_facts;
revoke all on analytics.standings from public;
grant select on analytics.standings to keapsake_reader;
create policy "the fact views read the account of the query" on rollups.standing_lists
  for select to keapsake_facts using (account_id = (select private.query_account()));
grant select on rollups.standing_lists to keapsake_facts;
create view analytics.standing_lists as select * from rollups.standing_lists;
alter view analytics.standing_lists owner to keapsake_facts;
revoke all on analytics.standing_lists from public;
grant select on analytics.standing_lists to keapsake_reader;

-- Changes with every new definition of a watched view or function, and costs a look at a hundred rows.
create function rollups.definitions() returns text language sql stable set search_path = '' as $$
  select md5(string_agg(d.mark, ' ' order by d.mark)) from (
    select 'v' || r.ev_class || ':' || r.xmin as mark
    from rollups.watched w join pg_catalog.pg_rewrite r on r.ev_class = w.relation
    union all
    select 'f' || p.oid || ':' || p.xmin
    from rollups.watched w join pg_catalog.pg_proc p on p.oid = w.relation
  ) d
$$;

create function rollups.are_of_these_views() returns boolean language sql stable set search_path = '' as $$
  select coalesce((select c.definitions = rollups.definitions() from rollups.copied_at c), false)
$$;

-- Sums by day over copied facts: the days of what is copied and dropped are worked out again.
create function rollups.note_occasions() returns trigger language plpgsql volatile set search_path = '' as $$
begin
  insert into rollups.dirty_days (account_id, key, day)
  select distinct c.account_id, b.key, d.day
  from changed c
  join public.accounts a on a.id = c.account_id
  left join rollups.active_span w on w.account_id = c.account_id
  join rollups.built b on b.account_id = c.account_id and b.kind = 'days'
  cross join lateral (
    select (c.occasion_at at time zone a.time_zone)::date as day where b.topics && array['copied_occasions', 'copied_activity']
    union all
    select ((c.occasion_at + w.span) at time zone a.time_zone)::date where 'copied_activity' = any (b.topics) and w.span is not null
  ) d
  on conflict do nothing;
  insert into rollups.gaps as g (account_id, days, gaps)
  select c.account_id, ceil(extract(epoch from c.occasion_at - c.previous_at) / 86400), count(*) * tg_argv[0]::int
  from changed c where c.previous_at is not null group by 1, 2
  on conflict (account_id, days) do update set gaps = g.gaps + excluded.gaps;
  return null;
end $$;

create function rollups.note_customers() returns trigger language plpgsql volatile set search_path = '' as $$
begin
  insert into rollups.dirty_days (account_id, key, day)
  select distinct c.account_id, b.key, (c.customer_since at time zone a.time_zone)::date
  from changed c
  join public.accounts a on a.id = c.account_id
  join rollups.built b on b.account_id = c.account_id and b.kind = 'days' and 'copied_customers' = any (b.topics)
  on conflict do nothing;
  return null;
end $$;

-- What leads are worth is kept by the day on which they came.
create function rollups.note_values() returns trigger language plpgsql volatile set search_path = '' as $$
begin
  insert into rollups.dirty_days (account_id, key, day)
  select distinct b.account_id, b.key, (p.keap_created_at at time zone a.time_zone)::date
  from changed c
  join public.accounts a on a.id = c.account_id
  join public.contacts p on p.account_id = c.account_id and p.supabase_id = c.contact_id and p.keap_created_at is not null
  join rollups.built b on b.account_id = c.account_id and b.kind = 'days' and 'copied_customer_value' = any (b.topics)
  on conflict do nothing;
  return null;
end $$;

-- Money by the month of the first purchase: all days on which anything moved for somebody whose month may be another one now.
-- While people are copied for the first time every day is still to be worked out.
create function rollups.note_first_purchases() returns trigger language plpgsql volatile set search_path = '' as $$
begin
  insert into rollups.dirty_days (account_id, key, day)
  select c.account_id, b.key, unnest(rollups.payment_days(c.account_id, a.time_zone, c.people))
  from (select account_id, array_agg(distinct contact_id) as people from changed group by 1) c
  join public.accounts a on a.id = c.account_id
  join rollups.built b on b.account_id = c.account_id and b.kind = 'days' and 'copied_first_purchases' = any (b.topics)
  where exists (select from rollups.built p where p.account_id = c.account_id and p.kind = 'people' and p.state = 'ready')
  on conflict do nothing;
  return null;
end $$;

-- Days on which these people, and whoever was merged into them, paid or got money back.
create function rollups.payment_days(p_account uuid, p_zone text, p_people uuid[]) returns date[]
language sql stable set search_path = '' as $$
  with recursive them as (
    select unnest(p_people) as contact_id
    union
    select c.supabase_id from them t
    join public.contacts c on c.account_id = p_account and c.merged_into_id = t.contact_id
  ),
  everybody as materialized (select array_agg(t.contact_id) as people from them t)
  select coalesce(array_agg(distinct (p.paid_at at time zone p_zone)::date), '{}') from (
    select p.paid_at from public.payments p where p.account_id = p_account and p.contact_id = any ((select e.people from everybody e)::uuid[])
    union all
    select r.paid_at from public.payments p join public.payments r on r.account_id = p.account_id and r.refund_of_keap_id = p.keap_id
    where p.account_id = p_account and p.contact_id = any ((select e.people from everybody e)::uuid[])
    union all
    select t.transaction_at from public.transactions t
    where t.account_id = p_account and t.contact_id = any ((select e.people from everybody e)::uuid[]) and t.transaction_method = 'REFUND'
  ) p where p.paid_at is not null
$$;

-- Keeps how long somebody counts as active. Where that moved, every day on which anybody lapses moves with it.
create function rollups.keep_active_span(p_account uuid) returns void language plpgsql volatile set search_path = '' as $$
declare
  v_chosen int := (select (a.settings ->> 'active_customer_days')::int from public.accounts a where a.id = p_account);
  v_zone text := (select a.time_zone from public.accounts a where a.id = p_account);
  v_gaps bigint;
  v_low int;
  v_high int;
  v_span interval;
begin
  select sum(g.gaps) into v_gaps from rollups.gaps g where g.account_id = p_account;
  if v_chosen is null and v_gaps > 0 then
    -- The two gaps between which the percentile lies; within one day rounding up gives that day whatever they are.
    select min(g.days) filter (where g.so_far > floor(0.9::float8 * (v_gaps - 1))),
      min(g.days) filter (where g.so_far > ceil(0.9::float8 * (v_gaps - 1)))
    into v_low, v_high
    from (select h.days, sum(h.gaps) over (order by h.days) as so_far from rollups.gaps h where h.account_id = p_account and h.gaps > 0) g;
  end if;
  if v_low is distinct from v_high and greatest(v_low, v_high) > 30 and least(v_low, v_high) < 730 then
    select w.span into v_span from rollups.fresh_active_span w;
  else
    v_span := coalesce(v_chosen, least(730, greatest(30, case when v_gaps > 0 then v_low else 365 end))) * interval '1 day';
  end if;
  if v_span is not distinct from (select w.span from rollups.active_span w where w.account_id = p_account) then return; end if;
  delete from rollups.active_span w where w.account_id = p_account;
  insert into rollups.active_span (account_id, span) values (p_account, v_span);
  insert into rollups.dirty_days (account_id, key, day)
  select distinct p_account, b.key, d.day
  from rollups.built b
  cross join lateral (
    select f.day from rollups.daily f where f.account_id = p_account and f.key = b.key
    union
    select (o.occasion_at at time zone v_zone)::date from rollups.occasions o where o.account_id = p_account
    union
    select ((o.occasion_at + v_span) at time zone v_zone)::date from rollups.occasions o where o.account_id = p_account
  ) d
  where b.account_id = p_account and b.kind = 'days' and 'copied_activity' = any (b.topics)
  on conflict do nothing;
end $$;

-- Makes the tables of the copied facts and schema copied, from the views as they are now; whatever was kept is dropped.
-- Called below, and again by rollups_claim when a view was defined anew.
create function rollups.copy_views() returns void language plpgsql volatile set search_path = '' as $body$
declare
  v_copied constant text[] := array['renewal_orders', 'occasions', 'active_span', 'first_purchases', 'customers', 'customer_value', 'subscriptions', 'subscription_spans', 'email_revenue', 'touches', 'touch_shares'];
  v_name text;
  v_view record;
  v_definition text;
  v_narrowed text;
  v_reads_copies boolean;
begin
  delete from rollups.built;
  foreach v_name in array v_copied loop
    execute format('drop table if exists rollups.%I cascade', v_name);
  end loop;
  for v_view in
    select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('copied', 'rollups') and c.relkind = 'v'
  loop
    execute format('drop view if exists %I.%I cascade', v_view.nspname, v_view.relname);
  end loop;
  delete from rollups.copies;
  delete from rollups.watched;
  delete from rollups.copied_at;
  grant create on schema rollups, copied to keapsake_facts;

  foreach v_name in array v_copied loop
    execute format('create table rollups.%1$I as select * from analytics.%1$I with no data', v_name);
    execute format('alter table rollups.%I enable row level security', v_name);
    execute format('create policy %I on rollups.%I for select to keapsake_facts using (account_id = (select private.query_account()))',
      'the fact views read the account of the query', v_name);
    execute format('grant select on rollups.%I to keapsake_facts', v_name);
    execute format('create view copied.%1$I as select * from rollups.%1$I', v_name);
    insert into rollups.copies (name) values (v_name);
  end loop;
  create unique index renewal_orders_of_account on rollups.renewal_orders (account_id, order_id);
  create index occasions_of_contact on rollups.occasions (account_id, contact_id, occasion_at);
  create index occasions_by_time on rollups.occasions (account_id, occasion_at) include (previous_at, next_at);
  create index occasions_by_gap on rollups.occasions (account_id, month, gap_days) where gap_days is not null;
  create index first_purchases_of_contact on rollups.first_purchases (account_id, contact_id);
  create index customers_of_contact on rollups.customers (account_id, contact_id);
  create index customers_by_time on rollups.customers (account_id, customer_since);
  create index customer_value_of_contact on rollups.customer_value (account_id, contact_id);
  create index subscriptions_of_contact on rollups.subscriptions (account_id, contact_id);
  create index subscription_spans_of_contact on rollups.subscription_spans (account_id, contact_id);
  create index email_revenue_of_contact on rollups.email_revenue (account_id, contact_id);
  create index email_revenue_by_time on rollups.email_revenue (account_id, sent_at);
  create index touches_of_contact on rollups.touches (account_id, contact_id);
  create index touches_by_time on rollups.touches (account_id, touched_at);
  create index touch_shares_of_buyer on rollups.touch_shares (account_id, buyer_id);
  create index touch_shares_by_time on rollups.touch_shares (account_id, paid_at);
  create trigger stored after insert on rollups.customer_value referencing new table as changed
    for each statement execute function rollups.note_values();
  create trigger dropped after delete on rollups.customer_value referencing old table as changed
    for each statement execute function rollups.note_values();
  create trigger stored after insert on rollups.first_purchases referencing new table as changed
    for each statement execute function rollups.note_first_purchases();
  create trigger dropped after delete on rollups.first_purchases referencing old table as changed
    for each statement execute function rollups.note_first_purchases();
  create trigger stored after insert on rollups.occasions referencing new table as changed
    for each statement execute function rollups.note_occasions('1');
  create trigger dropped after delete on rollups.occasions referencing old table as changed
    for each statement execute function rollups.note_occasions('-1');
  create trigger stored after insert on rollups.customers referencing new table as changed
    for each statement execute function rollups.note_customers();
  create trigger dropped after delete on rollups.customers referencing old table as changed
    for each statement execute function rollups.note_customers();

  for v_view in
    select c.oid, c.relname, c.relname = any (v_copied) as is_copied
    from pg_catalog.pg_class c
    where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' and c.relname not in ('daily', 'standings', 'standing_lists', 'renewal_orders')
    order by c.oid
  loop
    v_reads_copies := exists (
      select from pg_catalog.pg_depend d
      join pg_catalog.pg_rewrite r on r.oid = d.objid and d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
      join pg_catalog.pg_class used on used.oid = d.refobjid and used.relnamespace = 'analytics'::regnamespace
      join rollups.copies c on c.name = used.relname
      where r.ev_class = v_view.oid and d.refobjid <> v_view.oid);
    continue when not v_reads_copies and not v_view.is_copied;
    -- Without its schema a name is looked up among the copies first.
    perform set_config('search_path', 'analytics', true);
    v_definition := pg_get_viewdef(v_view.oid);
    perform set_config('search_path', 'copied, analytics', true);
    -- A step used twice would be worked out for everybody before a few people are looked for.
    if v_view.relname in ('occasions', 'activity') then
      v_definition := regexp_replace(v_definition, '\m(ordered|chained|chains|starts|buys) AS \(', '\1 AS NOT MATERIALIZED (', 'g');
    end if;
    -- Its steps are worked out once for everybody: here for some people and their orders alone.
    if v_view.relname = 'touch_shares' then
      v_narrowed := regexp_replace(v_definition, 'FROM touch_weights w\s*\)', 'FROM touch_weights w WHERE w.contact_id = ANY ($1))');
      v_narrowed := regexp_replace(v_narrowed, 'FROM orders o\s+WHERE \(', 'FROM orders o WHERE (o.order_id = ANY ($2)) AND (');
      v_narrowed := regexp_replace(v_narrowed, 'FROM payment_orders p\s+WHERE \(', 'FROM payment_orders p WHERE (p.order_id = ANY ($2)) AND (');
      if v_narrowed !~ '\$1' or (select count(*) from regexp_matches(v_narrowed, '\$2', 'g')) <> 2 then
        raise exception 'analytics.touch_shares no longer reads what it did: say here how it is narrowed to some people and their orders.';
      end if;
      execute format('create or replace function rollups.touch_shares_of(p_people uuid[], p_orders uuid[]) returns setof rollups.touch_shares
        language plpgsql stable set search_path = copied, analytics as %L',
        format('begin return query execute %L using p_people, p_orders; end', rtrim(v_narrowed, ';')));
      revoke all on function rollups.touch_shares_of(uuid[], uuid[]) from public;
    end if;
    -- What is copied has a view of its own as well, which its rows are worked out by.
    execute format('create view %s.%I as %s', case when v_view.is_copied then 'rollups' else 'copied' end,
      case when v_view.is_copied then 'fresh_' || v_view.relname else v_view.relname end, v_definition);
    perform set_config('search_path', '', true);
    insert into rollups.copies (name) values (v_view.relname) on conflict do nothing;
  end loop;
  perform set_config('search_path', '', true);
  for v_view in
    select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and n.nspname in ('copied', 'rollups')
  loop
    execute format('alter view %I.%I owner to keapsake_facts', v_view.nspname, v_view.relname);
    execute format('revoke all on %I.%I from public', v_view.nspname, v_view.relname);
    if v_view.nspname <> 'rollups' then execute format('grant select on %I.%I to keapsake_reader', v_view.nspname, v_view.relname); end if;
  end loop;
  revoke create on schema rollups, copied from keapsake_facts;

  insert into rollups.watched (relation)
  select c.oid from pg_catalog.pg_class c
  where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' and c.relname not in ('daily', 'standings', 'standing_lists')
  union all
  select p.oid from pg_catalog.pg_proc p where p.pronamespace = 'analytics'::regnamespace;
  insert into rollups.copied_at (definitions) values (rollups.definitions());
end $body$;

-- 2. Notes of what changed ------------------------------------------------------------------------------------------

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
  -- And those of the payments they give, or gave, back.
  select array_agg(distinct o.contact_id) into v_more_people
  from public.payments original
  join public.orders o on o.account_id = original.account_id
    and (o.supabase_id = original.order_id or o.keap_id = any (original.order_keap_ids))
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

-- 3. Working out what is due ---------------------------------------------------------------------------------------

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

create function rollups.people_are_true(p_account uuid) returns boolean language sql stable set search_path = '' as $$
  select exists (select from rollups.built b where b.account_id = p_account and b.kind = 'people' and b.state = 'ready')
    and not exists (select from rollups.dirty_people d where d.account_id = p_account)
    and not exists (select from rollups.dirty_orders d where d.account_id = p_account)
$$;

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

-- 4. Reading -------------------------------------------------------------------------------------------------------

-- Names of the rollups that are not true to the data as it stands; empty when all are. With `until` a rollup must hold
-- nothing of that day (with `earlier` nor of a day before) which happened at or after that instant.
create function rollups.stale(p_account uuid, p_rollups jsonb) returns text[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(r.key), '{}')
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
        and d.day <= r.day and (r.earlier or d.day = r.day)))
$$;

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
    -- A plan made for any list of people suits none: ten of them are looked up, ten thousand are not.
    execute format('alter function %s set plan_cache_mode = force_custom_plan', signature);
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
