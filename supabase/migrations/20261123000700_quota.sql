-- Quota: how the processes that use one Keap credential share its rate limits.
--
-- A lease is a share of the windows for a short time: so many calls in any minute, so many in any second, so many of
-- the day. Its holder keeps the share's windows itself and may use its tokens again and again without asking; the
-- sum of all shares never exceeds the limits, so neither do all holders together. A holder that dies keeps its share
-- until its last call has certainly left Keap's windows.
--
-- Nothing here knows a token: a pool is named by a hash of the credential. Times are milliseconds of the server's
-- clock, and what is answered are durations, so clocks of other machines do not matter.

create table sync.quota_pools (
  pool text primary key check (length(pool) between 1 and 200),
  day_used bigint not null default 0 check (day_used >= 0),
  day_resets_ms double precision not null default 0,
  halts jsonb not null default '{}' check (jsonb_typeof(halts) = 'object'),
  updated_at timestamptz not null default now()
);
comment on table sync.quota_pools is 'One row per Keap credential (named by a hash): the day''s count and the halts all processes obey.';
comment on column sync.quota_pools.day_used is 'Calls of the running day (Keap''s day ends 00:00 UTC) that were reported or seen in Keap''s headers.';
comment on column sync.quota_pools.halts is 'lane -> time in ms until which it and the lanes after it stand still.';

create table sync.quota_leases (
  pool text not null references sync.quota_pools on delete cascade,
  holder text not null check (length(holder) between 1 and 200),
  per_minute integer not null check (per_minute >= 0),
  per_second integer not null check (per_second >= 0),
  day_calls integer not null default 0 check (day_calls >= 0),
  wants boolean not null default true,
  expires_ms double precision not null,
  primary key (pool, holder)
);
comment on table sync.quota_leases is 'Shares of a pool''s windows held by processes. Their sum never exceeds the limits.';
comment on column sync.quota_leases.day_calls is 'Calls of the day granted and not yet reported as used.';

alter table sync.quota_pools enable row level security;
alter table sync.quota_leases enable row level security;
revoke all on sync.quota_pools, sync.quota_leases from public, anon, authenticated;

-- p_request: per_second, per_minute, per_day, second_reserve, minute_reserve (kept for urgent lanes), wants (work is
-- waiting), urgent (a person or a hook waits), keep_minute and keep_second (tokens in use, which cannot be taken back),
-- used (calls made since the last report), day_used_seen, day_resets_in_ms (from Keap's headers), halts (lane -> ms),
-- ttl_ms, clock_scale (simulations only).
create function public.keap_quota_lease(p_pool text, p_holder text, p_request jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  -- After a lease has run out, its last call may still be under way (60 s) and then in Keap's minute (60 s).
  cooling_ms constant double precision := 120000;
  day_ms constant double precision := 86400000;
  now_ms double precision := extract(epoch from clock_timestamp()) * 1000 * coalesce((p_request ->> 'clock_scale')::double precision, 1);
  ttl_ms double precision := least(300000, greatest(1000, coalesce((p_request ->> 'ttl_ms')::double precision, 40000)));
  limit_minute integer := (p_request ->> 'per_minute')::integer;
  limit_second integer := (p_request ->> 'per_second')::integer;
  limit_day bigint := (p_request ->> 'per_day')::bigint;
  slow_minute integer := limit_minute - coalesce((p_request ->> 'minute_reserve')::integer, 0);
  slow_second integer := limit_second - coalesce((p_request ->> 'second_reserve')::integer, 0);
  wants boolean := coalesce((p_request ->> 'wants')::boolean, false);
  urgent boolean := wants and coalesce((p_request ->> 'urgent')::boolean, false);
  keep_minute integer := coalesce((p_request ->> 'keep_minute')::integer, 0);
  keep_second integer := coalesce((p_request ->> 'keep_second')::integer, 0);
  block_minute integer := greatest(10, limit_minute / 10);
  pool_row sync.quota_pools%rowtype;
  mine sync.quota_leases%rowtype;
  others record;
  open_halts jsonb;
  target_minute integer;
  target_second integer;
  new_minute integer;
  new_second integer;
  new_day integer;
begin
  if limit_minute is null or limit_second is null or limit_day is null or limit_minute < 1 or limit_second < 1 then
    raise exception 'A lease needs per_second, per_minute and per_day of at least 1.' using errcode = '22023';
  end if;
  insert into sync.quota_pools (pool) values (p_pool) on conflict (pool) do nothing;
  select * into pool_row from sync.quota_pools where pool = p_pool for update;

  if now_ms >= pool_row.day_resets_ms then
    pool_row.day_used := 0;
    pool_row.day_resets_ms := (floor(now_ms / day_ms) + 1) * day_ms;
    update sync.quota_leases set day_calls = 0 where pool = p_pool;
  end if;
  if (p_request ->> 'day_resets_in_ms')::double precision between 1 and day_ms then
    pool_row.day_resets_ms := now_ms + (p_request ->> 'day_resets_in_ms')::double precision;
  end if;

  -- A dead holder may have made every call it was granted.
  with dead as (
    delete from sync.quota_leases where pool = p_pool and holder <> p_holder and expires_ms + cooling_ms < now_ms returning day_calls
  )
  select pool_row.day_used + coalesce(sum(day_calls), 0) into pool_row.day_used from dead;

  select * into mine from sync.quota_leases where pool = p_pool and holder = p_holder;
  pool_row.day_used := greatest(
    pool_row.day_used + coalesce((p_request ->> 'used')::bigint, 0),
    coalesce((p_request ->> 'day_used_seen')::bigint, 0));

  select coalesce(sum(l.per_minute), 0)::integer as minute, coalesce(sum(l.per_second), 0)::integer as second,
    coalesce(sum(l.day_calls), 0)::bigint as day, count(*) filter (where l.wants and l.expires_ms > now_ms)::integer as wanting
  into others from sync.quota_leases l where l.pool = p_pool and l.holder <> p_holder;

  -- Everybody who has work gets the same share; the reserve is for urgent work alone.
  target_minute := greatest(1, slow_minute / greatest(1, others.wanting + 1));
  target_second := greatest(1, slow_second / greatest(1, others.wanting + 1));
  -- Shares grow in blocks: whoever comes first must not hold everything when the next one comes.
  if wants then
    new_minute := least(target_minute, coalesce(mine.per_minute, 0) + block_minute, (case when urgent then limit_minute else slow_minute end) - others.minute);
    new_second := least(target_second, coalesce(mine.per_second, 0) + 3, (case when urgent then limit_second else slow_second end) - others.second);
  else
    new_minute := 0;
    new_second := 0;
  end if;
  -- Tokens in use stay, but never more than the holder had.
  new_minute := greatest(0, new_minute, least(keep_minute, coalesce(mine.per_minute, 0)));
  new_second := greatest(0, new_second, least(keep_second, coalesce(mine.per_second, 0)));
  new_day := case when wants then greatest(0, least(limit_day - pool_row.day_used - others.day, new_minute * 2 + 20)) else 0 end;

  if new_minute = 0 and new_second = 0 and not wants then
    delete from sync.quota_leases where pool = p_pool and holder = p_holder;
  else
    insert into sync.quota_leases as l (pool, holder, per_minute, per_second, day_calls, wants, expires_ms)
    values (p_pool, p_holder, new_minute, new_second, new_day, wants, now_ms + ttl_ms)
    on conflict (pool, holder) do update set per_minute = excluded.per_minute, per_second = excluded.per_second,
      day_calls = excluded.day_calls, wants = excluded.wants, expires_ms = excluded.expires_ms;
  end if;

  select coalesce(jsonb_object_agg(h.lane, h.until_ms), '{}') into open_halts from (
    select lane, max(until_ms) as until_ms from (
      select key as lane, value::double precision as until_ms from jsonb_each_text(pool_row.halts)
      union all
      select key, now_ms + least(value::double precision, day_ms) from jsonb_each_text(coalesce(p_request -> 'halts', '{}'))
    ) every_halt where until_ms > now_ms group by lane
  ) h;
  update sync.quota_pools set day_used = pool_row.day_used, day_resets_ms = pool_row.day_resets_ms, halts = open_halts,
    updated_at = now() where pool = p_pool;

  return jsonb_build_object(
    'per_minute', new_minute, 'per_second', new_second, 'day_calls', new_day, 'day_used', pool_row.day_used,
    'day_resets_in_ms', pool_row.day_resets_ms - now_ms, 'target_minute', target_minute, 'target_second', target_second,
    'holders', others.wanting + case when wants then 1 else 0 end, 'ttl_ms', ttl_ms,
    'halts', (select coalesce(jsonb_object_agg(key, value::double precision - now_ms), '{}') from jsonb_each_text(open_halts)));
end $$;
comment on function public.keap_quota_lease is 'Renews a process''s share of a Keap credential''s rate limits; see the head of its migration.';

-- Without it, a start after a crash would wait for leases of processes that are known to have ended: what they called in
-- the last minute still counts with Keap, what they might have called until the lease ran out does not.
create function public.keap_quota_retire() returns integer
language plpgsql security definer set search_path = '' as $$
declare
  cooling_ms constant double precision := 120000;
  minute_ms constant double precision := 60000;
  now_ms double precision := extract(epoch from clock_timestamp()) * 1000;
  retired integer;
begin
  update sync.quota_leases set per_second = 0, wants = false,
    expires_ms = least(expires_ms, now_ms + minute_ms - cooling_ms)
  where wants or expires_ms > now_ms + minute_ms - cooling_ms;
  get diagnostics retired = row_count;
  return retired;
end $$;
comment on function public.keap_quota_retire is
  'Ends every lease. Only for the one process that knows that all holders have ended: npm start on its embedded database. Returns how many.';

revoke all on function public.keap_quota_lease, public.keap_quota_retire from public, anon, authenticated;
grant execute on function public.keap_quota_lease, public.keap_quota_retire to service_role;
