-- Rollups: sums by day and copies of costly facts, so that a chart over a million orders reads a few thousand rows.
--
-- What a rollup holds is told by the one who asks (analytics/rollups): a key, a version made from its statement, and
-- the topics it depends on. This file makes what is kept and the copied facts; the two after it keep them true:
--   1. triggers on the mirrored tables note, in the same commit as the change, which days and people it touched (rollup_notes);
--   2. rollups_claim turns the notes into what each rollup must work out again;
--   3. rollups_store_days and rollups_store_people work it out, through the query door's own reader;
--   4. run_rolled_query answers from rollups only when nothing is left to work out, and says so otherwise (rollup_answers).
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
create table rollups.watched (relation oid primary key, mark xid not null);
comment on table rollups.watched is 'Views and functions of schema analytics as they were when they were copied: by object id, with the transaction that defined them.';
create table rollups.copied_at (one boolean primary key default true check (one), at timestamptz not null default now());
comment on table rollups.copied_at is 'One row: when the views were copied.';

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

-- Every question asks this, and what is stale: in this language the session keeps their plans, which always look things up,
-- since a table that is empty now may be long before they are planned anew.
create function rollups.are_of_these_views() returns boolean
language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off as $$
begin
  return exists (select from rollups.copied_at)
    and not exists (
      select from rollups.watched w
      where w.mark is distinct from coalesce(
        (select r.xmin from pg_catalog.pg_rewrite r where r.ev_class = w.relation and r.rulename = '_RETURN'),
        (select p.xmin from pg_catalog.pg_proc p where p.oid = w.relation)));
end $$;

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

  -- What was defined by another transaction since then is not what was copied.
  insert into rollups.watched (relation, mark)
  select r.ev_class, r.xmin from pg_catalog.pg_rewrite r
  join pg_catalog.pg_class c on c.oid = r.ev_class and r.rulename = '_RETURN'
  where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' and c.relname not in ('daily', 'standings', 'standing_lists')
  union all
  select p.oid, p.xmin from pg_catalog.pg_proc p where p.pronamespace = 'analytics'::regnamespace;
  insert into rollups.copied_at default values;
end $body$;
