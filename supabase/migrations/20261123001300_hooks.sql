-- Keap's REST hooks and the rhythm of the background work.
--
-- A hook is a hint: its body is stored and answered at once, a job reads the records it names again by id, and nothing in
-- the body is ever taken for a value. Where hints may have been lost (a subscription that went silent, a body that was
-- refused) the table concerned is noted in `sync.gaps` and read again from its watermark.
--
-- Read in this order: endpoints · deliveries · subscriptions and their watch · gaps · what is due · helpers of the re-reads.

-- ── Endpoints: the secret in the hook's address says whose it is. Only its hash is kept; Keap keeps the address. ──────
create table sync.hook_endpoints (
  secret_hash text primary key,
  account_id uuid references public.accounts on delete set null,
  created_at timestamptz not null default now(),
  retired_at timestamptz
);
create index hook_endpoints_by_account on sync.hook_endpoints (account_id);
comment on table sync.hook_endpoints is 'SHA-256 of the secret in each hook address we gave to Keap. Retired, or its account gone: Keap is told 410 and stops at once.';

alter table sync.hook_deliveries
  add column event_key text,
  add column objects integer not null default 0,
  add column repeats integer not null default 0,
  add column attempts integer not null default 0,
  add column next_attempt_at timestamptz not null default now(),
  add column lease_owner text,
  add column finished_at timestamptz;
create index hook_deliveries_by_hash on sync.hook_deliveries (account_id, body_hash);
create index hook_deliveries_finished on sync.hook_deliveries (finished_at) where finished_at is not null;
comment on column sync.hook_deliveries.repeats is 'How often the same body came again while it was known.';

create table sync.hook_watch (
  account_id uuid primary key references public.accounts on delete cascade,
  address text,
  event_keys text[],
  event_keys_read_at timestamptz,
  checked_at timestamptz,
  next_check_at timestamptz not null default now(),
  failures integer not null default 0,
  error text,
  cure text
);
comment on table sync.hook_watch is 'When the account''s subscriptions were last compared with Keap''s list, and what stands in the way.';

create table sync.gaps (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  reason text not null,
  noted_at timestamptz not null default clock_timestamp(),
  primary key (account_id, entity)
);
comment on table sync.gaps is 'Tables of which changes may have been missed: read from their watermark at once. contact_tags means the sweep over memberships.';

do $$
declare t text;
begin
  foreach t in array array['hook_endpoints', 'hook_watch', 'gaps'] loop
    execute format('alter table sync.%I enable row level security', t);
    execute format('revoke all on sync.%I from public, anon, authenticated', t);
    execute format('grant select on sync.%I to service_role', t);
  end loop;
end $$;

create function sync.note_gaps(p_account uuid, p_entities text[], p_reason text) returns void
language sql set search_path = '' as $$
  insert into sync.gaps as g (account_id, entity, reason)
  select p_account, e, p_reason from unnest(p_entities) e
  on conflict (account_id, entity) do update set reason = excluded.reason, noted_at = clock_timestamp()
$$;

create function public.sync_note_gaps(p_account uuid, p_entities text[], p_reason text) returns void
language sql security definer set search_path = '' as $$ select sync.note_gaps(p_account, p_entities, p_reason) $$;

-- Read by id after all, or from the watermark: cleared unless it was noted again meanwhile.
create function public.sync_close_gaps(p_account uuid, p_gaps jsonb) returns integer
language sql security definer set search_path = '' as $$
  with closed as (
    delete from sync.gaps g using jsonb_each_text(p_gaps) x
    where g.account_id = p_account and g.entity = x.key and g.noted_at <= x.value::timestamptz returning 1
  ) select count(*)::integer from closed
$$;

-- ── Receiving: one round trip between Keap's call and our answer ───────────────────────────────────────────────────
-- p_body null: the body was refused for p_refusal; what it may have said is read from the watermarks instead.
-- p_dated: every object in it carries a time, so that the same text twice is the same event twice.
-- Answer: {outcome: unknown | gone | stored | repeated | refused | full, account_id?, wake: the queue was empty before}
create function public.sync_receive_hook(
  p_secret_hash text, p_body jsonb, p_body_hash text, p_event_key text, p_objects integer, p_dated boolean, p_refusal text default null
) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  v_endpoint sync.hook_endpoints;
  v_known bigint;
  v_waiting boolean;
begin
  select * into v_endpoint from sync.hook_endpoints e where e.secret_hash = p_secret_hash;
  if not found then return '{"outcome": "unknown"}'; end if;
  if v_endpoint.retired_at is not null or v_endpoint.account_id is null then return '{"outcome": "gone"}'; end if;

  if p_body is null then
    update sync.hook_deliveries d set repeats = d.repeats + 1, received_at = now()
    where d.delivery_id = (select x.delivery_id from sync.hook_deliveries x where x.account_id = v_endpoint.account_id
      and x.body_hash = p_body_hash and x.state = 'refused' limit 1);
    if not found then
      insert into sync.hook_deliveries (account_id, body, body_hash, state, reason, finished_at)
      values (v_endpoint.account_id, 'null', p_body_hash, 'refused', p_refusal, now());
    end if;
    perform sync.note_gaps(v_endpoint.account_id, array(select c.entity from sync.cursors c
      where c.account_id = v_endpoint.account_id and c.stream = 'poll' union select 'contact_tags'), p_refusal);
    return jsonb_build_object('outcome', 'refused', 'account_id', v_endpoint.account_id, 'wake', true);
  end if;

  update sync.hook_subscriptions s set last_event_at = now()
  where s.account_id = v_endpoint.account_id and s.event_key = p_event_key;
  -- still waiting: the read to come sees whatever this one announces. Done: only if it is surely the same event.
  select d.delivery_id into v_known from sync.hook_deliveries d
  where d.account_id = v_endpoint.account_id and d.body_hash = p_body_hash
    and (d.state = 'waiting' or (p_dated and d.state in ('claimed', 'done') and d.received_at > now() - interval '1 day'))
  limit 1;
  if found then
    update sync.hook_deliveries d set repeats = d.repeats + 1 where d.delivery_id = v_known;
    return jsonb_build_object('outcome', 'repeated', 'account_id', v_endpoint.account_id, 'wake', false);
  end if;
  -- whoever knows one address must not fill the table: beyond this the tables are read from their watermarks instead
  if (select count(*) from (select from sync.hook_deliveries d where d.account_id = v_endpoint.account_id
    and d.state in ('waiting', 'claimed') limit 2000) w) >= 2000 then
    perform sync.note_gaps(v_endpoint.account_id, array(select c.entity from sync.cursors c
      where c.account_id = v_endpoint.account_id and c.stream = 'poll' union select 'contact_tags'), 'More hooks came than could be kept.');
    return jsonb_build_object('outcome', 'full', 'account_id', v_endpoint.account_id, 'wake', true);
  end if;
  v_waiting := exists (select from sync.hook_deliveries d where d.account_id = v_endpoint.account_id and d.state = 'waiting'
    and d.next_attempt_at <= now());
  insert into sync.hook_deliveries (account_id, body, body_hash, event_key, objects)
  values (v_endpoint.account_id, p_body, p_body_hash, p_event_key, p_objects);
  return jsonb_build_object('outcome', 'stored', 'account_id', v_endpoint.account_id, 'wake', not v_waiting);
end $$;

-- Whose address is this? For the handshake, which has no body.
create function public.sync_find_hook_endpoint(p_secret_hash text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('account_id', e.account_id, 'retired', e.retired_at is not null or e.account_id is null)
  from sync.hook_endpoints e where e.secret_hash = p_secret_hash
$$;

-- ── Working off ───────────────────────────────────────────────────────────────────────────────────────────────────
create function public.sync_claim_hooks(p_account uuid, p_limit integer, p_owner text, p_seconds integer default 120) returns jsonb
language sql security definer set search_path = '' as $$
  with next as materialized (
    select d.delivery_id from sync.hook_deliveries d
    where d.account_id = p_account
      and ((d.state = 'waiting' and d.next_attempt_at <= now()) or (d.state = 'claimed' and d.lease_until < now()))
    order by d.delivery_id limit p_limit for update skip locked
  ), claimed as (
    update sync.hook_deliveries d set state = 'claimed', lease_owner = p_owner, lease_until = now() + make_interval(secs => p_seconds),
      -- a run that held it ended without a word: that counts, or one that kills its run would be tried for ever
      attempts = d.attempts + case when d.state = 'claimed' then 1 else 0 end
    from next where d.delivery_id = next.delivery_id
    returning d.delivery_id, d.body, d.attempts, d.received_at
  )
  select coalesce(jsonb_agg(jsonb_build_object('delivery_id', c.delivery_id, 'body', c.body, 'attempts', c.attempts,
    'received_at', c.received_at) order by c.delivery_id), '[]') from claimed c
$$;

-- Items: {delivery_id, state: done | waiting | refused, reason?, retry_in_seconds?}. Only by the run that holds them.
create function public.sync_finish_hooks(p_account uuid, p_owner text, p_items jsonb) returns integer
language sql security definer set search_path = '' as $$
  with finished as (
    update sync.hook_deliveries d set
      state = i ->> 'state', reason = i ->> 'reason', lease_owner = null, lease_until = null,
      attempts = d.attempts + case when i ->> 'state' = 'waiting' then 1 else 0 end,
      next_attempt_at = now() + make_interval(secs => coalesce((i ->> 'retry_in_seconds')::double precision, 0)),
      finished_at = case when i ->> 'state' <> 'waiting' then now() end
    from jsonb_array_elements(p_items) i
    where d.account_id = p_account and d.delivery_id = (i ->> 'delivery_id')::bigint and d.state = 'claimed' and d.lease_owner = p_owner
    returning 1
  ) select count(*)::integer from finished
$$;

-- Kept for a week, to see what Keap said; ids only, but of no use later.
create function public.sync_forget_hooks() returns integer
language sql security definer set search_path = '' as $$
  with gone as (
    delete from sync.hook_deliveries d where d.finished_at < now() - interval '7 days' returning 1
  ) select count(*)::integer from gone
$$;

-- ── Subscriptions and their watch ─────────────────────────────────────────────────────────────────────────────────
create function public.sync_read_hooks(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'secret_hashes', (select coalesce(jsonb_agg(e.secret_hash), '[]') from sync.hook_endpoints e
      where e.account_id = p_account and e.retired_at is null),
    'retired_hashes', (select coalesce(jsonb_agg(e.secret_hash), '[]') from sync.hook_endpoints e
      where e.account_id = p_account and e.retired_at is not null),
    'subscriptions', (select coalesce(jsonb_agg(jsonb_build_object('event_key', s.event_key, 'hook_key', s.hook_key, 'state', s.state,
      'checked_at', s.checked_at, 'last_event_at', s.last_event_at) order by s.event_key), '[]')
      from sync.hook_subscriptions s where s.account_id = p_account),
    'watch', (select to_jsonb(w) - 'account_id' from sync.hook_watch w where w.account_id = p_account),
    'gaps', (select coalesce(jsonb_object_agg(g.entity, g.noted_at), '{}') from sync.gaps g where g.account_id = p_account),
    'waiting', (select count(*) from sync.hook_deliveries d where d.account_id = p_account and d.state in ('waiting', 'claimed')))
$$;

create function public.sync_add_hook_endpoint(p_account uuid, p_secret_hash text) returns void
language sql security definer set search_path = '' as $$
  insert into sync.hook_endpoints (secret_hash, account_id) values (p_secret_hash, p_account)
$$;

-- All addresses of an account but these are answered 410 from now on.
create function public.sync_retire_hook_endpoints(p_account uuid, p_keep text[] default '{}') returns integer
language sql security definer set search_path = '' as $$
  with retired as (
    update sync.hook_endpoints e set retired_at = now()
    where e.account_id = p_account and e.retired_at is null and e.secret_hash <> all (p_keep) returning 1
  ) select count(*)::integer from retired
$$;

-- What Keap's list said: p_subscriptions [{event_key, hook_key, state}] is the whole list of ours; p_watch the rest.
create function public.sync_note_hooks(p_account uuid, p_subscriptions jsonb, p_watch jsonb) returns void
language plpgsql security definer set search_path = '' as $$
begin
  if p_subscriptions is not null then
    delete from sync.hook_subscriptions s where s.account_id = p_account
      and s.event_key not in (select i ->> 'event_key' from jsonb_array_elements(p_subscriptions) i);
    insert into sync.hook_subscriptions as s (account_id, event_key, hook_key, state, checked_at)
    select p_account, i ->> 'event_key', i ->> 'hook_key', i ->> 'state', (p_watch ->> 'checked_at')::timestamptz
    from jsonb_array_elements(p_subscriptions) i
    on conflict (account_id, event_key) do update set hook_key = excluded.hook_key, state = excluded.state, checked_at = excluded.checked_at;
  end if;
  insert into sync.hook_watch as w (account_id, address, event_keys, event_keys_read_at, checked_at, next_check_at, failures, error, cure)
  values (p_account, p_watch ->> 'address',
    (select array_agg(x) from jsonb_array_elements_text(nullif(p_watch -> 'event_keys', 'null')) x),
    (p_watch ->> 'event_keys_read_at')::timestamptz, (p_watch ->> 'checked_at')::timestamptz,
    coalesce((p_watch ->> 'next_check_at')::timestamptz, now()), coalesce((p_watch ->> 'failures')::int, 0),
    p_watch ->> 'error', p_watch ->> 'cure')
  on conflict (account_id) do update set
    address = excluded.address,
    event_keys = coalesce(excluded.event_keys, w.event_keys),
    event_keys_read_at = coalesce(excluded.event_keys_read_at, w.event_keys_read_at),
    checked_at = coalesce(excluded.checked_at, w.checked_at), next_check_at = excluded.next_check_at,
    failures = excluded.failures, error = excluded.error, cure = excluded.cure;
end $$;

-- ── What is due: one look for all accounts, so that a tick with nothing to do costs one call ──────────────────────
create function public.sync_due(p_now timestamptz default now()) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object(
    'account_id', a.id,
    'copied', (select coalesce(jsonb_agg(c.entity), '[]') from sync.cursors c
      where c.account_id = a.id and c.stream = 'backfill' and c.state = 'done'),
    'copy_idle', not exists (select from sync.runs r where r.account_id = a.id and r.kind = 'backfill' and r.state = 'running'
      and r.heartbeat_at > p_now - interval '2 minutes'),
    'poll', exists (select from sync.gaps g where g.account_id = a.id) or exists (select from sync.rereads m where m.account_id = a.id) or exists (
      select from sync.cursors c where c.account_id = a.id and c.stream in ('poll', 'sweep') and c.entity <> 'contact_tags' and (c.due_at is null or c.due_at <= p_now)
        and exists (select from sync.cursors b where b.account_id = a.id and b.entity = c.entity and b.stream = 'backfill' and b.state = 'done')),
    'push', exists (select from sync.dirty d where d.account_id = a.id
      and ((d.state = 'waiting' and d.next_attempt_at <= p_now) or (d.state = 'claimed' and d.lease_until < p_now))
      and not exists (select from sync.switches w where w.account_id = a.id and w.paused and w.entity in ('*', d.entity))),
    'hooks', exists (select from sync.hook_deliveries d where d.account_id = a.id
      and ((d.state = 'waiting' and d.next_attempt_at <= p_now) or (d.state = 'claimed' and d.lease_until < p_now))),
    'watch', coalesce((select w.next_check_at <= p_now from sync.hook_watch w where w.account_id = a.id), true),
    'unauthorized', a.connection_state = 'unauthorized',
    'retry_at', (select c.retry_at from sync.connections c where c.account_id = a.id and c.state = 'throttled')
  ) order by a.id), '[]')
  from public.accounts a where a.connection_state <> 'paused'
    and not exists (select from sync.switches w where w.account_id = a.id and w.entity = '*' and w.paused)
$$;

-- ── Helpers of the re-reads ───────────────────────────────────────────────────────────────────────────────────────
-- Which orders do these invoices, or these payments of an invoice, belong to?
-- {invoices: {"<id>": order}, payments: {"<id>": {order, payment}}}
create function public.sync_orders_of(p_account uuid, p_invoices bigint[], p_invoice_payments bigint[]) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'invoices', (select coalesce(jsonb_object_agg(o.invoice_keap_id, o.keap_id), '{}') from public.orders o
      where o.account_id = p_account and o.invoice_keap_id = any (p_invoices) and o.keap_id is not null),
    'payments', (select coalesce(jsonb_object_agg(x.keap_id,
        jsonb_build_object('order', x.order_keap_id, 'payment', x.payment_keap_id)), '{}') from public.payment_allocations x
      where x.account_id = p_account and x.keap_id = any (p_invoice_payments) and x.order_keap_id is not null))
$$;

create function public.sync_mark_rereads(p_account uuid, p_orders bigint[]) returns void
language sql security definer set search_path = '' as $$
  insert into sync.rereads as m (account_id, order_keap_id) select p_account, o from unnest(p_orders) o
  on conflict (account_id, order_keap_id) do update set marked_at = greatest(m.marked_at, excluded.marked_at)
$$;

-- The newest application of each tag that is known here: what came later is read from there. {"<tag>": time | null}
create function public.sync_tag_watermarks(p_account uuid, p_tags bigint[]) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_object_agg(t.keap_id, (select max(l.applied_at) from public.contact_tags l
    where l.account_id = p_account and l.tag_id = t.supabase_id)), '{}')
  from public.tags t where t.account_id = p_account and t.keap_id = any (p_tags)
$$;

-- Of the people Keap names for a tag: those who do not have it here; and those here whom Keap does not name.
create function public.sync_tag_differences(p_account uuid, p_tag bigint, p_contacts bigint[]) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(l.contact_keap_id), '[]') from public.contact_tags l
  where l.account_id = p_account and l.tag_keap_id = p_tag and l.removed_at is null and l.contact_keap_id is not null
    and not l.contact_keap_id = any (p_contacts)
$$;

-- Records of a table within a range of ids that a complete page did not hold.
create function public.sync_absent(p_account uuid, p_entity text, p_seen bigint[], p_after bigint, p_upto bigint) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  if not exists (select from sync.entities e where e.entity = p_entity and e.key_column = 'keap_id') then
    raise exception 'The table "%" is not one that is known by Keap''s ids.', p_entity using errcode = '22023';
  end if;
  execute format('select coalesce(jsonb_agg(p.keap_id), ''[]'') from public.%I p where p.account_id = $1 and p.keap_id > $2
    and ($3 is null or p.keap_id <= $3) and p.deleted_at is null and not p.keap_id = any ($4)', p_entity)
    into v_result using p_account, p_after, p_upto, p_seen;
  return v_result;
end $$;

-- Which of these ids are rows here that are not gone?
create function public.sync_known(p_account uuid, p_entity text, p_keap_ids bigint[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  if not exists (select from sync.entities e where e.entity = p_entity) then return '[]'; end if;
  execute format('select coalesce(jsonb_agg(p.keap_id), ''[]'') from public.%I p where p.account_id = $1 and p.keap_id = any ($2)
    and p.deleted_at is null', p_entity) into v_result using p_account, p_keap_ids;
  return v_result;
end $$;

-- What hangs on these contacts: {"<table>": {"<contact>": [keap ids]}} of every table with a reference to a contact, and
-- the newest notes, tasks and emails.
create function public.sync_records_of_contacts(p_account uuid, p_contacts bigint[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  r record; v_one jsonb; v_result jsonb := '{}'; v_moved jsonb;
begin
  -- what a page has moved to another contact just before the loss was noticed tells the survivor as well
  select coalesce(jsonb_agg(distinct jsonb_build_object('c', j.changes #>> '{contact_keap_id,0}', 'entity', j.entity, 'record_id', j.record_id)), '[]')
  into v_moved from sync.journal j
  where j.account_id = p_account and j.at > now() - interval '2 days' and j.direction = 'in' and j.action = 'update'
    and j.changes #>> '{contact_keap_id,0}' = any (p_contacts::text[]);
  for r in select f.entity, f.keap_column from sync.refs f join sync.entities e using (entity)
    where f.parent = 'contacts' and f.keap_column = 'contact_keap_id' and e.key_expression = 'keap_id::text' loop
    execute format($q$
      select jsonb_object_agg(g.c, g.ids) from (
        select x.c, jsonb_agg(x.keap_id order by x.keap_id) as ids from (
          select p.contact_keap_id as c, p.keap_id from public.%1$I p
          where p.account_id = $1 and p.contact_keap_id = any ($2) and p.keap_id is not null and p.deleted_at is null
          union
          select m.c, p.keap_id from jsonb_to_recordset($3) m (c bigint, entity text, record_id uuid)
          join public.%1$I p on p.account_id = $1 and p.supabase_id = m.record_id and p.keap_id is not null and p.deleted_at is null
          where m.entity = %1$L
        ) x group by 1) g
    $q$, r.entity) into v_one using p_account, p_contacts, v_moved;
    if v_one is not null then v_result := v_result || jsonb_build_object(r.entity, v_one); end if;
  end loop;
  -- what happened with a person is counted per kind; the newest few of each are enough to ask after
  for r in select distinct k.kind from unnest(array['note', 'task', 'email']) k (kind) loop
    select jsonb_object_agg(g.c, g.ids) into v_one from (
      select n.c, jsonb_agg(n.keap_id) as ids from (
        select x.c, x.keap_id, row_number() over (partition by x.c order by x.keap_id desc) as at from (
          select i.contact_keap_id as c, i.keap_id from public.interactions i
          where i.account_id = p_account and i.contact_keap_id = any (p_contacts) and i.kind = r.kind and i.keap_id is not null and i.deleted_at is null
          union
          select m.c, i.keap_id from jsonb_to_recordset(v_moved) m (c bigint, entity text, record_id uuid)
          join public.interactions i on i.account_id = p_account and i.supabase_id = m.record_id and i.kind = r.kind
            and i.keap_id is not null and i.deleted_at is null
          where m.entity = 'interactions'
        ) x) n
      where n.at <= 3 group by 1) g;
    if v_one is not null then v_result := v_result || jsonb_build_object(r.kind || 's', v_one); end if;
  end loop;
  return v_result;
end $$;

-- ── What people see ───────────────────────────────────────────────────────────────────────────────────────────────
create view public.sync_hooks as
select a.id as account_id, w.address, w.checked_at, w.next_check_at, w.error, w.cure,
  (select count(*) from sync.hook_subscriptions s where s.account_id = a.id and s.state = 'verified') as verified,
  (select count(*) from sync.hook_subscriptions s where s.account_id = a.id and s.state = 'inactive') as inactive,
  (select count(*) from sync.hook_subscriptions s where s.account_id = a.id and s.state = 'unverified') as unverified,
  (select max(s.last_event_at) from sync.hook_subscriptions s where s.account_id = a.id) as last_event_at,
  (select count(*) from sync.hook_deliveries d where d.account_id = a.id and d.state in ('waiting', 'claimed')) as waiting,
  (select count(*) from sync.hook_deliveries d where d.account_id = a.id and d.state = 'refused') as refused,
  (select count(*) from sync.gaps g where g.account_id = a.id) as gaps
from public.accounts a join sync.hook_watch w on w.account_id = a.id
where current_user = 'service_role' or a.id in (select private.my_accounts());
comment on view public.sync_hooks is 'One row per account: how many of Keap''s hooks reach us, what stands in the way, what waits.';
revoke all on public.sync_hooks from public, anon, authenticated;
grant select on public.sync_hooks to authenticated, service_role;

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, l.lanname = 'plpgsql' as planned from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where (n.nspname, p.proname) in (('sync', 'note_gaps'), ('public', 'sync_note_gaps'), ('public', 'sync_close_gaps'),
      ('public', 'sync_receive_hook'), ('public', 'sync_find_hook_endpoint'), ('public', 'sync_claim_hooks'),
      ('public', 'sync_finish_hooks'), ('public', 'sync_forget_hooks'), ('public', 'sync_read_hooks'),
      ('public', 'sync_add_hook_endpoint'), ('public', 'sync_retire_hook_endpoints'), ('public', 'sync_note_hooks'),
      ('public', 'sync_due'), ('public', 'sync_orders_of'), ('public', 'sync_mark_rereads'), ('public', 'sync_tag_watermarks'),
      ('public', 'sync_tag_differences'), ('public', 'sync_absent'), ('public', 'sync_known'),
      ('public', 'sync_records_of_contacts')) loop
    if f.planned then execute format('alter function %s set plan_cache_mode to force_custom_plan', f.signature); end if;
    execute format('revoke all on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
  end loop;
end $$;
