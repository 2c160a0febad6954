-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Runs, leases, the connection's state
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create function public.sync_start_run(p_account uuid, p_kind text, p_trigger text default null) returns uuid
language sql security definer set search_path = '' as $$
  insert into sync.runs (account_id, kind, trigger) values (p_account, p_kind, p_trigger) returning run_id
$$;

create function public.sync_finish_run(p_run uuid, p_outcome jsonb) returns void
language sql security definer set search_path = '' as $$
  update sync.runs set state = coalesce(p_outcome ->> 'state', 'done'), counts = coalesce(p_outcome -> 'counts', counts),
    calls = coalesce((p_outcome ->> 'calls')::int, calls), error_kind = p_outcome ->> 'error_kind', error = p_outcome ->> 'error',
    cure = p_outcome ->> 'cure', finished_at = now()
  where run_id = p_run
$$;

create function public.sync_move_cursor(p_account uuid, p_entity text, p_cursor jsonb) returns void
language sql security definer set search_path = '' as $$ select sync.move_cursor(p_account, p_entity, p_cursor) $$;

create function public.sync_set_connection(p_account uuid, p_state jsonb) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into sync.connections as c (account_id, state, error_kind, message, cure, retry_at, last_ok_at)
  values (p_account, p_state ->> 'state', p_state ->> 'error_kind', p_state ->> 'message', p_state ->> 'cure',
    (p_state ->> 'retry_at')::timestamptz, case when p_state ->> 'state' = 'connected' then now() end)
  on conflict (account_id) do update set
    since = case when c.state is distinct from excluded.state then now() else c.since end,
    state = excluded.state, error_kind = excluded.error_kind, message = excluded.message, cure = excluded.cure,
    retry_at = excluded.retry_at, last_ok_at = coalesce(excluded.last_ok_at, c.last_ok_at);
  update public.accounts set
    connection_state = case p_state ->> 'state' when 'connected' then 'connected' when 'paused' then 'paused' when 'throttled' then 'degraded'
      when 'attention' then case when p_state ->> 'error_kind' = 'auth' then 'unauthorized' else 'degraded' end else connection_state end,
    connection_detail = p_state ->> 'cure'
  where id = p_account;
end $$;

-- Keap's changes up to this time are here.
create function public.sync_set_as_of(p_account uuid, p_at timestamptz) returns void
language sql security definer set search_path = '' as $$
  update public.accounts set data_as_of = greatest(data_as_of, p_at) where id = p_account
$$;

create function public.sync_set_profile(p_account uuid, p_time_zone text, p_currency text) returns void
language sql security definer set search_path = '' as $$
  update public.accounts a set time_zone = k.time_zone, currency = k.currency
  from (
    -- what an admin chose in the settings stays
    select id,
      case when settings ->> 'time_zone_from' = 'user' then time_zone else coalesce(p_time_zone, time_zone) end as time_zone,
      case when settings ->> 'currency_from' = 'user' then currency else coalesce(p_currency, currency) end as currency
    from public.accounts where id = p_account) k
  where a.id = k.id and (a.time_zone, a.currency) is distinct from (k.time_zone, k.currency)
$$;

create function public.sync_acquire_lease(p_account uuid, p_name text, p_owner text, p_seconds integer) returns boolean
language sql security definer set search_path = '' as $$
  with taken as (
    insert into sync.leases as l (account_id, name, owner, lease_until)
    values (p_account, p_name, p_owner, now() + make_interval(secs => p_seconds))
    on conflict (account_id, name) do update set owner = excluded.owner, lease_until = excluded.lease_until
      where l.lease_until < now() or l.owner = excluded.owner
    returning 1
  ) select exists (select from taken)
$$;

create function public.sync_release_lease(p_account uuid, p_name text, p_owner text) returns void
language sql security definer set search_path = '' as $$
  delete from sync.leases where account_id = p_account and name = p_name and owner = p_owner
$$;

-- Everything a run needs to decide what to do next, in one read.
create function public.sync_read_state(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'now', clock_timestamp(),
    'account', (select jsonb_build_object('account_id', a.id, 'time_zone', a.time_zone, 'currency', a.currency, 'settings', a.settings)
      from public.accounts a where a.id = p_account),
    'connection', (select to_jsonb(c) from sync.connections c where c.account_id = p_account),
    'cursors', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from sync.cursors c where c.account_id = p_account),
    'dirty', (select coalesce(jsonb_object_agg(g.entity, g.counts), '{}') from (
      select d.entity, jsonb_build_object('waiting', count(*) filter (where d.state in ('waiting', 'claimed')),
        'held', count(*) filter (where d.state = 'held'), 'dead', count(*) filter (where d.state = 'dead'),
        'oldest_at', min(d.first_marked_at)) as counts
      from sync.dirty d where d.account_id = p_account group by 1) g),
    'policies', (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from sync.policies p where p.account_id = p_account),
    'switches', (select coalesce(jsonb_agg(to_jsonb(w)), '[]') from sync.switches w where w.account_id = p_account),
    'rereads', (select coalesce(jsonb_object_agg(m.order_keap_id, m.marked_at), '{}') from (
      select * from sync.rereads m where m.account_id = p_account order by m.marked_at limit 1000) m),
    'rejected', (select count(*) from sync.rejected j where j.account_id = p_account),
    'dead_letters', (select count(*) from sync.dead_letters l where l.account_id = p_account and l.state = 'open'),
    'conflicts_held', (select count(*) from sync.conflicts c where c.account_id = p_account and c.state = 'held'),
    'runs', (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (
      select * from sync.runs r where r.account_id = p_account order by r.started_at desc limit 10) r))
$$;

-- Fresh statistics after a whole copy: the embedded database has nobody who gathers them.
create function public.sync_analyze() returns void language plpgsql security definer set search_path = '' as $$
declare t text;
begin
  for t in select entity from sync.entities loop execute format('analyze public.%I', t); end loop;
  analyze public.contact_tags;
  analyze sync.shadow;
end $$;

-- Accounts with something to push now: one cheap look, called every second by the embedded runner.
create function public.sync_wake() returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('account_id', g.account_id, 'waiting', g.waiting, 'latest_at', g.latest)), '[]') from (
    select d.account_id, count(*) as waiting, max(d.marked_at) as latest from sync.dirty d
    where ((d.state = 'waiting' and d.next_attempt_at <= now()) or (d.state = 'claimed' and d.lease_until < now()))
      and not exists (select from sync.switches w where w.account_id = d.account_id and w.paused and w.entity in ('*', d.entity))
    group by 1) g
$$;
