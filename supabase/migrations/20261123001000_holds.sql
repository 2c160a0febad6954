-- The blast radius of the way back to Keap.
--
-- A change of more than max(50, 1 %) records of a table within an hour, and any mass delete, waits for a person. The guard
-- sits inside the claim (sync.claim): nothing is handed to a run that it has not let through, so no run can go round it.
--
-- What arrives in one transaction is one batch. Batches are looked at in the order in which they came; one that fits into
-- what is left of the hour passes, one that does not is held whole, and what comes after it may still pass: a mistaken
-- update of everybody does not delay the edit of one person.

create table sync.holds (
  hold_id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  kind text not null check (kind in ('push', 'delete', 'gone')),
  state text not null default 'waiting' check (state in ('waiting', 'released', 'rejected', 'done')),
  records integer not null default 0,
  limit_records integer not null,
  linked bigint not null,
  origins jsonb not null default '{}',
  keap_ids bigint[] not null default '{}',
  reason text not null,
  cure text not null,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  decided_by text,
  decided_at timestamptz
);
create unique index holds_waiting on sync.holds (account_id, entity, kind) where state = 'waiting';
create index holds_by_account on sync.holds (account_id, first_at desc);
comment on table sync.holds is 'A change of many records at once, waiting for a person: one row per table and kind, with how many, by whom and since when.';
comment on column sync.holds.kind is 'push: rows edited or made here · delete: rows deleted here · gone: records that vanished from Keap, about to be deleted here.';

create table sync.passes (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  record_id uuid not null,
  other_id uuid not null,
  kind text not null,
  passed_at timestamptz not null default now(),
  primary key (account_id, entity, kind, record_id, other_id)
);
comment on table sync.passes is 'Records the guard let through within the last hour; what a person approved is not counted.';

alter table sync.holds enable row level security;
alter table sync.passes enable row level security;
revoke all on sync.holds, sync.passes from public, anon, authenticated;
grant select on sync.holds, sync.passes to service_role;

-- Deleting is rarely done to many: a handful an hour passes.
create function sync.delete_limit() returns integer language sql immutable set search_path = '' as $$ select 10 $$;

-- Rows linked to Keap: what the percentage is taken of.
create function sync.linked_count(p_account uuid, p_entity text) returns bigint language sql stable set search_path = '' as $$
  select case when p_entity = 'contact_tags'
    then (select coalesce(sum(cardinality(s.members)), 0) from sync.shadow s where s.account_id = p_account and s.entity = 'contacts')
    else (select count(*) from sync.shadow s where s.account_id = p_account and s.entity = p_entity) end
$$;

-- A person has said yes to exactly this: an approved proposal, or its undo, names the person and the tag, and was being carried
-- out when the row was written. A writer's name alone says nothing: anybody with SQL can set it.
create function sync.is_approved(p_account uuid, p_entity text, p_record uuid, p_other uuid, p_origin text, p_marked_at timestamptz)
returns boolean language sql stable set search_path = '' as $$
  select p_origin ~ '^(user:|agent:(proposal|undo):)[0-9a-f-]{36}$' and exists (
    select from public.proposals p
    where p.account_id = p_account and p.approved_by is not null and p.executed_at is not null
      and case
        when p_origin like 'agent:proposal:%' then p.id = substr(p_origin, 16)::uuid and p_marked_at between p.executed_at and coalesce(p.finished_at, 'infinity')
        when p_origin like 'agent:undo:%' then p.id = substr(p_origin, 12)::uuid and p_marked_at >= p.executed_at
        else p_origin = 'user:' || p.approved_by and p_marked_at between p.executed_at and coalesce(p.finished_at, 'infinity')
      end
      and (p_entity not in ('contacts', 'contact_tags') or exists (
        select from public.proposal_items i where i.account_id = p_account and i.proposal_id = p.id and i.contact_id = p_record))
      and (p_origin not like 'user:%' or p_entity in ('contacts', 'contact_tags'))
      and (p_entity <> 'contact_tags' or not (p.payload ? 'tag_id' or p.payload ? 'tag_name') or p.payload ->> 'tag_id' = p_other::text or exists (
        select from public.tags t where t.account_id = p_account and t.supabase_id = p_other and t.name = p.payload ->> 'tag_name')))
$$;

-- The marks wait for a person, and their rows say so.
create function sync.hold_marks(p_account uuid, p_entity text, p_kind text, p_records uuid[], p_others uuid[], p_limit integer) returns void
language plpgsql set search_path = '' as $$
declare
  v_hold uuid; v_reason text; v_what text := case p_kind when 'delete' then 'deleted' else 'changed' end;
begin
  insert into sync.holds as h (account_id, entity, kind, limit_records, linked, reason, cure)
  values (p_account, p_entity, p_kind, p_limit, sync.linked_count(p_account, p_entity), '',
    'Look at the change on the sync page. Approve it to send it to Keap, or reject it to put the rows back.')
  on conflict (account_id, entity, kind) where state = 'waiting' do update set last_at = now()
  returning hold_id into v_hold;
  update sync.dirty d set state = 'held', hold_id = v_hold, lease_owner = null, lease_until = null
  from unnest(p_records, p_others) m (record_id, other_id)
  where d.account_id = p_account and d.entity = p_entity and d.record_id = m.record_id and d.other_id = m.other_id;
  update sync.holds h set records = g.records, origins = g.origins,
    reason = format('%s records of %s were %s here; up to %s an hour go to Keap by themselves. Nothing of it was sent.', g.records, p_entity, v_what, p_limit)
  from (select sum(o.n)::integer as records, jsonb_object_agg(o.origin, o.n) as origins from (
    select d.origin, count(*) as n from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.hold_id = v_hold group by 1) o) g
  where h.hold_id = v_hold returning h.reason into v_reason;
  update sync.dirty d set reason = v_reason where d.account_id = p_account and d.entity = p_entity and d.hold_id = v_hold;
  v_reason := v_reason || ' Approve or reject it on the sync page.';
  if p_entity = 'contact_tags' then
    update public.contact_tags l set sync_status = 'held', sync_error = v_reason
    from unnest(p_records, p_others) m (record_id, other_id)
    where l.account_id = p_account and l.contact_id = m.record_id and l.tag_id = m.other_id;
  else
    execute format('update public.%I p set sync_status = ''held'', sync_error = $3 where p.account_id = $1 and p.supabase_id = any ($2)', p_entity)
      using p_account, p_records, v_reason;
  end if;
end $$;

-- Looks at every mark nobody has looked at since its last edit: it passes, or it is held.
create function sync.guard_push(p_account uuid, p_entity text) returns void language plpgsql set search_path = '' as $$
declare
  b record;
  v_limit integer; v_pushes integer; v_deletes integer; v_used integer; v_linked bigint; v_push_limit integer := 50;
  v_pushed uuid[] := '{}'; v_pushed_others uuid[] := '{}'; v_deleted uuid[] := '{}'; v_deleted_others uuid[] := '{}';
begin
  if not exists (select from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.passed_at is null
    and (d.state = 'waiting' or (d.state = 'claimed' and d.lease_until < now()))) then return; end if;
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || 'guard', 0));

  -- part of a change that still waits: an edit of one of its records does not let it slip through
  for b in
    select h.kind, h.limit_records, array_agg(d.record_id) as records, array_agg(d.other_id) as others
    from sync.dirty d join sync.holds h on h.hold_id = d.hold_id and h.state = 'waiting'
    where d.account_id = p_account and d.entity = p_entity and d.passed_at is null
      and (d.state = 'waiting' or (d.state = 'claimed' and d.lease_until < now())) group by 1, 2
  loop
    perform sync.hold_marks(p_account, p_entity, b.kind, b.records, b.others, b.limit_records);
  end loop;

  update sync.dirty d set passed_at = now()
  where d.account_id = p_account and d.entity = p_entity and d.passed_at is null
    and (d.state = 'waiting' or (d.state = 'claimed' and d.lease_until < now()))
    and sync.is_approved(p_account, p_entity, d.record_id, d.other_id, d.origin, d.marked_at);
  if p_entity = 'contact_tags' then
    -- a membership that went with its person or its tag: nothing is sent for it
    update sync.dirty d set passed_at = now()
    where d.account_id = p_account and d.entity = p_entity and d.passed_at is null
      and (d.state = 'waiting' or (d.state = 'claimed' and d.lease_until < now()))
      and not (exists (select from public.contacts c where c.supabase_id = d.record_id) and exists (select from public.tags t where t.supabase_id = d.other_id));
  end if;
  delete from sync.passes s where s.account_id = p_account and s.passed_at <= now() - interval '1 hour';
  select count(*) filter (where s.kind = 'push'), count(*) filter (where s.kind = 'delete') into v_pushes, v_deletes
  from sync.passes s where s.account_id = p_account and s.entity = p_entity;

  for b in execute format($q$
    select k.kind, d.marked_at, array_agg(d.record_id order by d.record_id) as records, array_agg(d.other_id order by d.record_id) as others,
      count(*) filter (where s.record_id is null)::integer as fresh
    from sync.dirty d %2$s
    left join sync.passes s on s.account_id = d.account_id and s.entity = d.entity and s.record_id = d.record_id and s.other_id = d.other_id
      and s.kind = k.kind
    where d.account_id = $1 and d.entity = %1$L and d.passed_at is null
      and (d.state = 'waiting' or (d.state = 'claimed' and d.lease_until < now()))
    group by 1, 2 order by 2, 1
  $q$, p_entity, case when p_entity = 'contact_tags' then 'cross join (select ''push'') k (kind)'
    else format('left join public.%I p on p.account_id = d.account_id and p.supabase_id = d.record_id
      cross join lateral (select case when p.supabase_id is null or p.deleted_at is not null then ''delete'' else ''push'' end) k (kind)', p_entity) end)
    using p_account
  loop
    v_used := case b.kind when 'push' then v_pushes else v_deletes end;
    if b.kind = 'push' and v_linked is null and v_used + b.fresh > v_push_limit then
      v_linked := sync.linked_count(p_account, p_entity);
      v_push_limit := greatest(v_push_limit, (v_linked / 100)::integer);
    end if;
    v_limit := case b.kind when 'push' then v_push_limit else sync.delete_limit() end;
    if b.fresh > 0 and v_used + b.fresh > v_limit then
      if b.kind = 'push' then
        v_pushed := v_pushed || b.records; v_pushed_others := v_pushed_others || b.others;
      else
        v_deleted := v_deleted || b.records; v_deleted_others := v_deleted_others || b.others;
      end if;
    else
      insert into sync.passes (account_id, entity, record_id, other_id, kind)
      select p_account, p_entity, m.record_id, m.other_id, b.kind from unnest(b.records, b.others) m (record_id, other_id)
      on conflict do nothing;
      update sync.dirty d set passed_at = now() from unnest(b.records, b.others) m (record_id, other_id)
      where d.account_id = p_account and d.entity = p_entity and d.record_id = m.record_id and d.other_id = m.other_id;
      if b.kind = 'push' then v_pushes := v_used + b.fresh; else v_deletes := v_used + b.fresh; end if;
    end if;
  end loop;
  if v_pushed <> '{}' then
    perform sync.hold_marks(p_account, p_entity, 'push', v_pushed, v_pushed_others, v_push_limit);
  end if;
  if v_deleted <> '{}' then
    perform sync.hold_marks(p_account, p_entity, 'delete', v_deleted, v_deleted_others, sync.delete_limit());
  end if;
end $$;

-- Records that vanished from Keap, about to be deleted here: more than the limit within an hour wait for a person. A decision
-- holds for a day, for the records that were shown.
create function public.sync_guard_gone(p_account uuid, p_entity text, p_keap_ids bigint[], p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_linked bigint := sync.linked_count(p_account, p_entity);
  v_limit integer := greatest(50, (v_linked / 100)::integer);
  v_passed integer;
  h sync.holds;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || 'guard', 0));
  delete from sync.passes s where s.account_id = p_account and s.passed_at <= now() - interval '1 hour';
  select count(*) into v_passed from sync.passes s where s.account_id = p_account and s.entity = p_entity and s.kind = 'gone'
    and s.record_id <> all (array(select md5(k::text)::uuid from unnest(p_keap_ids) k));
  if v_passed + cardinality(p_keap_ids) <= v_limit then
    insert into sync.passes (account_id, entity, record_id, other_id, kind)
    select distinct p_account, p_entity, md5(k::text)::uuid, '00000000-0000-0000-0000-000000000000'::uuid, 'gone' from unnest(p_keap_ids) k
    on conflict do nothing;
    return jsonb_build_object('allowed', true, 'hold_id', null);
  end if;
  select * into h from sync.holds x where x.account_id = p_account and x.entity = p_entity and x.kind = 'gone'
    and x.state in ('released', 'rejected') and x.decided_at > now() - interval '1 day' and x.keap_ids @> p_keap_ids
  order by x.decided_at desc limit 1;
  if found then
    return jsonb_build_object('allowed', h.state = 'released', 'hold_id', h.hold_id);
  end if;
  insert into sync.holds as x (account_id, entity, kind, limit_records, linked, keap_ids, reason, cure)
  values (p_account, p_entity, 'gone', v_limit, v_linked, p_keap_ids, '',
    'If they were deleted in Keap on purpose, approve it on the sync page; if not, reject it and restore them in Keap.')
  on conflict (account_id, entity, kind) where state = 'waiting'
  do update set keap_ids = array(select distinct k from unnest(x.keap_ids || excluded.keap_ids) k), linked = excluded.linked, last_at = now()
  returning * into h;
  update sync.holds x set records = cardinality(h.keap_ids), origins = jsonb_build_object('keap', cardinality(h.keap_ids)),
    reason = format('%s records of %s that were in Keap are not found there any more. Nothing was deleted here.', cardinality(h.keap_ids), p_entity)
  where x.hold_id = h.hold_id;
  return jsonb_build_object('allowed', false, 'hold_id', h.hold_id);
end $$;

-- Who decides: an admin of the account, or the operator at the command line, who says who they are. Never an agent.
create function sync.decider(p_account uuid, p_actor text) returns text language plpgsql stable set search_path = '' as $$
declare
  v_actor text := private.require_role(p_account, array['admin'], p_actor);
begin
  if v_actor = 'service' or v_actor like 'agent:%' or v_actor like 'automation:%' then
    raise exception 'A person decides about a change of many records. Say who you are.' using errcode = '42501';
  end if;
  return v_actor;
end $$;

create function sync.open_hold(p_account uuid, p_hold uuid) returns sync.holds language plpgsql set search_path = '' as $$
declare
  h sync.holds;
begin
  select * into h from sync.holds x where x.account_id = p_account and x.hold_id = p_hold for update;
  if not found then raise exception 'There is no held change %. List them again.', p_hold using errcode = 'P0002'; end if;
  return h;
end $$;

-- p_seen: {records} as the one who decides saw it; a hold that has grown since is looked at again.
create function public.sync_release_hold(p_account uuid, p_hold uuid, p_actor text default null, p_seen jsonb default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_actor text := sync.decider(p_account, p_actor);
  h sync.holds := sync.open_hold(p_account, p_hold);
  v_records uuid[]; v_others uuid[];
begin
  if h.state <> 'waiting' then
    return jsonb_build_object('hold_id', p_hold, 'state', h.state, 'records', h.records, 'changed', false);
  end if;
  if p_seen ? 'records' and (p_seen ->> 'records')::integer is distinct from h.records then
    raise exception 'It has changed since you looked: % records of % now. Look again, then decide.', h.records, h.entity using errcode = '40001';
  end if;
  perform set_config('keapsake.origin', 'keap', true);
  with let as (
    update sync.dirty d set state = 'waiting', attempts = 0, next_attempt_at = now(), passed_at = now(), reason = null
    where d.account_id = p_account and d.entity = h.entity and d.hold_id = p_hold returning d.record_id, d.other_id
  ) select array_agg(record_id), array_agg(other_id) into v_records, v_others from let;
  if h.entity = 'contact_tags' then
    update public.contact_tags l set sync_status = 'pending', sync_error = null
    from unnest(v_records, v_others) m (record_id, other_id)
    where l.account_id = p_account and l.contact_id = m.record_id and l.tag_id = m.other_id and l.sync_status = 'held';
  elsif v_records is not null then
    execute format('update public.%I p set sync_status = ''pending'', sync_error = null
      where p.account_id = $1 and p.supabase_id = any ($2) and p.sync_status = ''held''', h.entity) using p_account, v_records;
  end if;
  update sync.holds set state = 'released', decided_by = v_actor, decided_at = now(),
    records = case when h.kind = 'gone' then h.records else coalesce(cardinality(v_records), 0) end where hold_id = p_hold;
  perform private.audit(p_account, v_actor, 'sync.hold_released', 'hold:' || p_hold,
    jsonb_build_object('entity', h.entity, 'kind', h.kind, 'records', h.records));
  return jsonb_build_object('hold_id', p_hold, 'state', 'released', 'records', case when h.kind = 'gone' then h.records else coalesce(cardinality(v_records), 0) end,
    'changed', true);
end $$;

-- The rows go back to what both sides last agreed on; the marks stay, so that the next push reads Keap and makes sure.
create function public.sync_reject_hold(p_account uuid, p_hold uuid, p_actor text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_actor text := sync.decider(p_account, p_actor);
  h sync.holds := sync.open_hold(p_account, p_hold);
  v_restored integer := 0; v_kept integer := 0; v_edited integer; v_reason text; v_set text;
begin
  if h.state <> 'waiting' then
    return jsonb_build_object('hold_id', p_hold, 'state', h.state, 'restored', 0, 'kept', 0, 'changed', false);
  end if;
  perform set_config('keapsake.origin', 'keap', true);
  update sync.holds set state = 'rejected', decided_by = v_actor, decided_at = now() where hold_id = p_hold;
  v_reason := 'Not sent to Keap: the change it was part of was rejected. Edit the row to send it, or delete it here.';

  if h.entity = 'contact_tags' then
    with wanted as (
      select d.record_id, d.other_id, coalesce(t.keap_id = any (s.members), false) as present, c.keap_id as contact_keap_id, t.keap_id as tag_keap_id
      from sync.dirty d
      join public.contacts c on c.account_id = p_account and c.supabase_id = d.record_id
      join public.tags t on t.account_id = p_account and t.supabase_id = d.other_id
      left join sync.shadow s on s.account_id = p_account and s.entity = 'contacts' and s.record_id = d.record_id
      where d.account_id = p_account and d.entity = 'contact_tags' and d.hold_id = p_hold
    ), back as (
      insert into public.contact_tags as l (account_id, contact_id, tag_id, contact_keap_id, tag_keap_id, removed_at, sync_status,
        last_synced_at, last_modified_by, last_updated_at, version)
      select p_account, w.record_id, w.other_id, w.contact_keap_id, w.tag_keap_id, case when not w.present then now() end, 'synced',
        now(), v_actor, now(), 1 from wanted w
      on conflict (account_id, contact_id, tag_id) do update set
        removed_at = case when excluded.removed_at is null then null else coalesce(l.removed_at, now()) end,
        sync_status = 'synced', sync_error = null, last_modified_by = v_actor, last_updated_at = now(), version = l.version + 1
      returning 1
    ), undone as (
      insert into sync.journal (account_id, entity, record_id, other_id, keap_id, direction, action, origin, changes)
      select p_account, 'contact_tags', w.record_id, w.other_id, w.contact_keap_id, 'local', 'undo', v_actor,
        jsonb_build_object('tag_keap_id', jsonb_build_array(case when not w.present then w.tag_keap_id end, case when w.present then w.tag_keap_id end))
      from wanted w
    ) select count(*) into v_restored from back;
    update sync.dirty d set state = 'waiting', passed_at = now(), next_attempt_at = now(), reason = null, hold_id = null
    where d.account_id = p_account and d.entity = 'contact_tags' and d.hold_id = p_hold;
  elsif h.kind in ('push', 'delete') then
    -- made here: stays, and is not sent
    execute format($q$
      with kept as (
        update sync.dirty d set state = 'held', hold_id = null, reason = $3 from public.%1$I p
        where d.account_id = $1 and d.entity = %1$L and d.hold_id = $2 and p.supabase_id = d.record_id
          and not exists (select from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.record_id = d.record_id)
        returning d.record_id
      ), told as (
        insert into sync.dead_letters as l (account_id, entity, record_id, class, reason, cure)
        select $1, %1$L, k.record_id, 'hold', $3, 'Edit the row to send it, or delete it here.' from kept k
        on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set reason = excluded.reason, cure = excluded.cure, last_at = now()
      )
      update public.%1$I p set sync_status = 'held', sync_error = $3 from kept k where p.account_id = $1 and p.supabase_id = k.record_id
    $q$, h.entity) using p_account, p_hold, v_reason;
    get diagnostics v_kept = row_count;

    -- deleted here: the next push reads it in Keap and brings it back whole
    execute format($q$
      update sync.dirty d set operation = 'restore', state = 'waiting', passed_at = now(), next_attempt_at = now(), reason = null, hold_id = null
      where d.account_id = $1 and d.entity = %1$L and d.hold_id = $2 and not exists (select from public.%1$I p where p.supabase_id = d.record_id)
    $q$, h.entity) using p_account, p_hold;
    get diagnostics v_restored = row_count;

    -- edited here: its values as agreed
    select string_agg(format('%1$I = v.%1$I', k), ', ') into v_set
    from (select unnest(columns) k from sync.entities where entity = h.entity) c;
    select v_set || coalesce(string_agg(format(', %1$I = (select r.supabase_id from public.%2$I r where r.account_id = $1 and r.keap_id = v.%3$I)',
      f.id_column, f.parent, f.keap_column), ''), '') into v_set from sync.refs f where f.entity = h.entity;
    execute format($q$
      with back as materialized (
        select p.supabase_id, p.version, p.keap_id, to_jsonb(p) || s.base as after, sync.difference(to_jsonb(p), s.base) as changes
        from sync.dirty d
        join sync.shadow s on s.account_id = $1 and s.entity = %1$L and s.record_id = d.record_id
        join public.%1$I p on p.supabase_id = d.record_id
        where d.account_id = $1 and d.entity = %1$L and d.hold_id = $2
      ), base as (
        update sync.shadow s set row_version = b.version + 1 from back b where s.record_id = b.supabase_id and s.entity = %1$L
      ), undone as (
        insert into sync.journal (account_id, entity, record_id, keap_id, direction, action, origin, changes)
        select $1, %1$L, b.supabase_id, b.keap_id, 'local', 'undo', $3, b.changes from back b
      )
      update public.%1$I p set version = b.version + 1, deleted_at = null, sync_status = 'synced', sync_error = null,
        last_modified_by = $3, last_updated_at = now(), %2$s
      from back b cross join lateral jsonb_populate_record(null::public.%1$I, b.after) v where p.supabase_id = b.supabase_id
    $q$, h.entity, v_set) using p_account, p_hold, v_actor;
    get diagnostics v_edited = row_count;
    v_restored := v_restored + v_edited;
    update sync.dirty d set state = 'waiting', passed_at = now(), next_attempt_at = now(), reason = null, hold_id = null
    where d.account_id = p_account and d.entity = h.entity and d.hold_id = p_hold;
  end if;
  perform private.audit(p_account, v_actor, 'sync.hold_rejected', 'hold:' || p_hold,
    jsonb_build_object('entity', h.entity, 'kind', h.kind, 'records', h.records));
  return jsonb_build_object('hold_id', p_hold, 'state', 'rejected', 'restored', v_restored, 'kept', v_kept, 'changed', true);
end $$;

-- What waits, and what was decided in the last month.
create function public.sync_holds(p_account uuid) returns jsonb language plpgsql stable security definer set search_path = '' as $$
begin
  perform private.require_role(p_account, array['admin', 'analyst']);
  return (select coalesce(jsonb_agg(to_jsonb(h) - 'account_id' - 'keap_ids' order by h.state <> 'waiting', h.first_at desc), '[]')
    from sync.holds h where h.account_id = p_account and (h.state = 'waiting' or h.last_at > now() - interval '30 days'));
end $$;
comment on function public.sync_holds is 'Changes of many records at once that wait for a person, then those decided in the last 30 days.';
comment on function public.sync_release_hold is 'Sends a held change to Keap with the next push. Admins.';
comment on function public.sync_reject_hold is 'Puts the rows of a held change back to what both sides last agreed on; rows made here stay and are not sent. Admins.';

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, p.proname, l.lanname = 'plpgsql' as planned from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where (n.nspname = 'sync' and p.proname in ('delete_limit', 'linked_count', 'is_approved', 'hold_marks', 'guard_push', 'decider', 'open_hold'))
      or (n.nspname = 'public' and p.proname in ('sync_holds', 'sync_release_hold', 'sync_reject_hold', 'sync_guard_gone'))
  loop
    if f.planned then execute format('alter function %s set plan_cache_mode to force_custom_plan', f.signature); end if;
    execute format('revoke all on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
    if f.proname in ('sync_holds', 'sync_release_hold', 'sync_reject_hold') then
      execute format('grant execute on function %s to authenticated', f.signature);
    end if;
  end loop;
end $$;
