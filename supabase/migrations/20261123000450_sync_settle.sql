-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- The way back: claim, intend, settle
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create function sync.claim(p_account uuid, p_entity text, p_limit integer, p_owner text, p_seconds integer, p_guarded boolean)
returns setof sync.dirty language plpgsql set search_path = '' as $$
begin
  -- nothing goes to Keap that the guard has not let through
  if p_guarded then perform sync.guard_push(p_account, p_entity); end if;
  return query
  -- a record made here costs several calls: a few at a time, so that no mark is held longer than its lease
  with made as materialized (
    select q.record_id, q.other_id from sync.dirty q
    where q.account_id = p_account and q.entity = p_entity and q.operation = 'insert' and p_entity <> 'contact_tags'
      and ((q.state = 'waiting' and q.next_attempt_at <= now()) or (q.state = 'claimed' and q.lease_until < now()))
      and (q.passed_at is not null or not p_guarded)
    order by q.first_marked_at limit least(p_limit, 10) for update skip locked
  ), edited as materialized (
    select q.record_id, q.other_id from sync.dirty q
    where q.account_id = p_account and q.entity = p_entity and (q.operation <> 'insert' or p_entity = 'contact_tags')
      and ((q.state = 'waiting' and q.next_attempt_at <= now()) or (q.state = 'claimed' and q.lease_until < now()))
      and (q.passed_at is not null or not p_guarded)
    order by q.first_marked_at limit p_limit for update skip locked
  )
  update sync.dirty d set state = 'claimed', lease_owner = p_owner, lease_until = now() + make_interval(secs => p_seconds)
  from (select * from made union all select * from edited) c
  where d.account_id = p_account and d.entity = p_entity and d.record_id = c.record_id and d.other_id = c.other_id
  returning d.*;
end $$;

-- `p_guarded` false: nothing of these marks goes to Keap (edits of what Keap owns, that are put back).
create function public.sync_claim_dirty(p_account uuid, p_entity text, p_limit integer, p_owner text, p_seconds integer default 120,
  p_guarded boolean default true) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  execute format($q$
    with claimed as materialized (select * from sync.claim($1, %1$L, $2, $3, $4, $5))
    select coalesce(jsonb_agg(jsonb_build_object('record_id', c.record_id, 'origin', c.origin, 'operation', c.operation,
      'marked_at', c.marked_at, 'attempts', c.attempts, 'row', to_jsonb(p), 'version', p.version,
      'key', s.key, 'keap_id', coalesce(s.keap_id, p.keap_id), 'base', s.base, 'keap', s.keap, 'keap_updated_at', s.keap_updated_at,
      'open_intents', (select coalesce(jsonb_agg(jsonb_build_object('intent_id', i.intent_id, 'action', i.action, 'marker', i.marker,
          'fields', i.fields, 'state', i.state, 'created_at', i.created_at)), '[]')
        from sync.intents i where i.account_id = $1 and i.entity = %1$L and i.record_id = c.record_id and i.state in ('sent', 'unknown')))), '[]')
    from claimed c
    left join public.%1$I p on p.account_id = $1 and p.supabase_id = c.record_id
    left join sync.shadow s on s.account_id = $1 and s.entity = %1$L and s.record_id = c.record_id
  $q$, p_entity) into v_result using p_account, p_limit, p_owner, p_seconds, p_guarded;
  return v_result;
end $$;

create function public.sync_claim_members(p_account uuid, p_limit integer, p_owner text, p_seconds integer default 120)
returns jsonb language sql security definer set search_path = '' as $$
  with claimed as materialized (select * from sync.claim(p_account, 'contact_tags', p_limit, p_owner, p_seconds, true))
  select coalesce(jsonb_agg(jsonb_build_object('contact_id', c.record_id, 'tag_id', c.other_id, 'origin', c.origin, 'attempts', c.attempts,
    'contact_keap_id', k.keap_id, 'tag_keap_id', t.keap_id, 'version', l.version,
    'orphaned', k.supabase_id is null or t.supabase_id is null,
    'present', l.contact_id is not null and l.removed_at is null, 'in_base', coalesce(t.keap_id = any (s.members), false))), '[]')
  from claimed c
  left join public.contact_tags l on l.account_id = p_account and l.contact_id = c.record_id and l.tag_id = c.other_id
  left join public.contacts k on k.account_id = p_account and k.supabase_id = c.record_id
  left join public.tags t on t.account_id = p_account and t.supabase_id = c.other_id
  left join sync.shadow s on s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.record_id
$$;

-- Which row here holds each of these Keap ids, deleted rows too: an id can be linked once.
create function public.sync_linked_rows(p_account uuid, p_entity text, p_keap_ids bigint[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  execute format('select coalesce(jsonb_object_agg(p.keap_id, p.supabase_id), ''{}'') from public.%I p
    where p.account_id = $1 and p.keap_id = any ($2)', p_entity) into v_result using p_account, p_keap_ids;
  return v_result;
end $$;

-- Intents stand before the call goes out; the rows show it.
create function public.sync_write_intents(p_account uuid, p_entity text, p_items jsonb, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  p_items := sync.outcomes_without_erased(p_account, p_entity, p_items);
  with written as (
    insert into sync.intents (account_id, entity, record_id, other_id, keap_id, action, fields, marker, expected_version, run_id)
    select p_account, p_entity, (i ->> 'record_id')::uuid, (i ->> 'other_id')::uuid, (i ->> 'keap_id')::bigint, i ->> 'action',
      coalesce(i -> 'fields', '{}'), i ->> 'marker', (i ->> 'version')::bigint, p_run
    from jsonb_array_elements(p_items) i returning intent_id, record_id, other_id
  ) select jsonb_agg(to_jsonb(w)) into v_result from written w;
  -- what is about to be overwritten in Keap; an earlier attempt that was never confirmed has said the same
  if exists (select from jsonb_array_elements(p_items) i where jsonb_array_length(coalesce(i -> 'conflicts', '[]')) > 0) then
    delete from sync.conflicts c using sync.intents n, jsonb_array_elements(p_items) i, jsonb_array_elements(coalesce(i -> 'conflicts', '[]')) j
    where c.account_id = p_account and c.entity = p_entity and c.record_id = (i ->> 'record_id')::uuid and c.field = j ->> 'field'
      and c.keap is not distinct from j -> 'keap' and n.intent_id = c.intent_id and n.state <> 'done';
    insert into sync.conflicts (account_id, entity, record_id, keap_id, field, base, keap, supabase, policy, decision, chosen, state,
      supabase_changed_by, supabase_changed_at, keap_changed_at, run_id, intent_id)
    select p_account, p_entity, (i ->> 'record_id')::uuid, (i ->> 'keap_id')::bigint, j ->> 'field', j -> 'base', j -> 'keap', j -> 'supabase',
      j ->> 'policy', j ->> 'decision', j -> 'chosen', 'decided', j ->> 'supabase_changed_by', (j ->> 'supabase_changed_at')::timestamptz,
      (j ->> 'keap_changed_at')::timestamptz, p_run, (w ->> 'intent_id')::uuid
    from jsonb_array_elements(p_items) i cross join jsonb_array_elements(coalesce(i -> 'conflicts', '[]')) j
    join jsonb_array_elements(v_result) w on w ->> 'record_id' = i ->> 'record_id';
  end if;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
  select p_account, p_run, p_entity, (i ->> 'record_id')::uuid, (i ->> 'keap_id')::bigint, j ->> 'direction', j ->> 'action', j ->> 'origin',
    coalesce(j -> 'changes', '{}'), j -> 'detail'
  from jsonb_array_elements(p_items) i cross join jsonb_array_elements(coalesce(i -> 'journal', '[]')) j;
  -- a run that stood still past its lease, while another one settled the mark, sends nothing more: its rows go on saying what that one found
  if p_entity = 'contact_tags' then
    update public.contact_tags l set sync_status = 'pushing' from jsonb_array_elements(p_items) i
    where l.account_id = p_account and l.contact_id = (i ->> 'record_id')::uuid and l.tag_id = (i ->> 'other_id')::uuid
      and exists (select from sync.dirty d where d.account_id = p_account and d.entity = 'contact_tags' and d.record_id = l.contact_id
        and d.other_id = l.tag_id and d.state = 'claimed');
  else
    execute format('update public.%1$I p set sync_status = ''pushing'' from jsonb_array_elements($2) i
      where p.account_id = $1 and p.supabase_id = (i ->> ''record_id'')::uuid and p.version = (i ->> ''version'')::bigint
        and exists (select from sync.dirty d where d.account_id = $1 and d.entity = %1$L and d.record_id = p.supabase_id and d.state = ''claimed'')', p_entity)
      using p_account, p_items;
  end if;
  return coalesce(v_result, '[]');
end $$;

-- What becomes of the mark, and what a person is told.
create function sync.settle_mark(p_account uuid, p_entity text, p_record uuid, p_other uuid, i jsonb, p_moved boolean) returns void
language plpgsql set search_path = '' as $$
declare
  v_other uuid := coalesce(p_other, '00000000-0000-0000-0000-000000000000');
  v_mark text := coalesce(i ->> 'mark', 'clear');
begin
  if p_moved then
    update sync.dirty set state = 'waiting', lease_until = null, lease_owner = null
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other and state = 'claimed';
  elsif v_mark = 'clear' then
    delete from sync.dirty where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other;
    update sync.dead_letters set state = 'solved', last_at = now()
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other and state = 'open';
    -- both sides agree on the whole record: nothing is left to decide
    update sync.conflicts set state = 'resolved', resolved_by = 'sync', resolved_at = now()
    where account_id = p_account and entity = p_entity and record_id = p_record and state = 'held';
  elsif v_mark = 'leave' then
    -- Keap shows the record anew: what was stuck is planned anew; a change of many that waits for a person goes on waiting
    update sync.dirty set state = 'waiting', attempts = 0, next_attempt_at = now()
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other and state in ('held', 'dead') and hold_id is null;
  else
    update sync.dirty set state = case v_mark when 'retry' then 'waiting' when 'hold' then 'held' else 'dead' end,
      attempts = attempts + 1, reason = i #>> '{letter,reason}', lease_until = null, lease_owner = null,
      next_attempt_at = coalesce((i ->> 'retry_at')::timestamptz, now())
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other;
  end if;
  if i -> 'letter' is not null and jsonb_typeof(i -> 'letter') = 'object' and not p_moved then
    insert into sync.dead_letters as l (account_id, entity, record_id, other_id, keap_id, class, reason, cure, error_kind, fields)
    values (p_account, p_entity, p_record, v_other, (i ->> 'keap_id')::bigint, i #>> '{letter,class}', i #>> '{letter,reason}',
      i #>> '{letter,cure}', i #>> '{letter,error_kind}', coalesce(i #> '{letter,fields}', '{}'))
    on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set
      class = excluded.class, reason = excluded.reason, cure = excluded.cure, error_kind = excluded.error_kind,
      fields = excluded.fields, attempts = l.attempts + 1, last_at = now();
  end if;
  if i ->> 'intent_id' is not null then
    update sync.intents set state = coalesce(i ->> 'intent_state', 'done'), error = i #>> '{letter,reason}',
      error_kind = i #>> '{letter,error_kind}', keap_id = coalesce(keap_id, (i ->> 'keap_id')::bigint),
      result_hash = case when i ? 'seen' then sync.read_hash(i -> 'seen') end,
      settled_at = case when coalesce(i ->> 'intent_state', 'done') = 'unknown' then null else now() end
    where intent_id = (i ->> 'intent_id')::uuid;
    -- nothing was overwritten after all
    if i ->> 'intent_state' in ('failed', 'abandoned') then
      delete from sync.conflicts c where c.intent_id = (i ->> 'intent_id')::uuid;
    end if;
  end if;
  -- what an earlier, interrupted run left open is answered by the read this run made
  update sync.intents set state = 'done', settled_at = now()
  where account_id = p_account and entity = p_entity and record_id = p_record and state in ('sent', 'unknown')
    and intent_id in (select x::uuid from jsonb_array_elements_text(coalesce(i -> 'answers_intents', '[]')) x);
end $$;

-- One item: {record_id, version, key, keap_id, seen?: the row as read or answered, read_at?: when, now if absent, base?: the new B, patch?: columns for P,
--   acknowledged?: fields Keap confirmed, keap?: K where it differs from B, clean: P equals B now, status, error?,
--   mark: clear|retry|hold|dead|leave, retry_at?, letter?, intent_id?, intent_state?, journal?: [..], conflicts?: [..]}
create function public.sync_settle(p_account uuid, p_entity text, p_items jsonb, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_id uuid; v_version bigint; v_keap_id bigint; v_moved boolean; v_patch jsonb; v_next bigint; v_set text;
  v_result jsonb := '[]'; v_key_column text; v_state text; v_message text; v_constraint text; v_reason text; v_base jsonb; v_waits boolean;
  v_parent text; v_parent_key text;
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  select key_column, parent_entity, parent_key_column into strict v_key_column, v_parent, v_parent_key from sync.entities where entity = p_entity;
  for i in select * from jsonb_array_elements(sync.outcomes_without_erased(p_account, p_entity, p_items)) loop
    v_id := (i ->> 'record_id')::uuid;
    -- a record the tables refuse stands alone: it is told so, the others are settled
    begin
      v_version := null; v_keap_id := null;
      execute format('select version, keap_id from public.%I where account_id = $1 and supabase_id = $2 for update', p_entity)
        into v_version, v_keap_id using p_account, v_id;
      v_moved := v_version is distinct from (i ->> 'version')::bigint;
      v_patch := case when v_moved then '{}' else coalesce(i -> 'patch', '{}') end;
      v_waits := i ->> 'mark' = 'leave' and exists (select from sync.dirty d where d.account_id = p_account and d.entity = p_entity
        and d.record_id = v_id and d.state = 'held' and d.hold_id is not null);
      if v_moved and not (i ? 'acknowledged') and not (i ->> 'restore_row')::boolean is true then
        -- P was edited while we planned: plan again
        perform sync.settle_mark(p_account, p_entity, v_id, null, i, true);
        v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', 'moved');
        continue;
      end if;
      if v_version is null and exists (select from sync.shadow s
        where s.account_id = p_account and s.entity = p_entity and s.key = i ->> 'key' and s.record_id <> v_id)
      then
        -- deleted here while it was being made, and a page has brought what was made as a row of its own
        perform sync.settle_mark(p_account, p_entity, v_id, null, (i - 'letter') || '{"mark": "clear"}', false);
        v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', 'settled');
        continue;
      end if;
      v_next := coalesce(v_version, 0) + case when v_patch <> '{}' or (v_keap_id is null and i ->> 'keap_id' is not null) then 1 else 0 end;

      if v_moved then
        select s.base into v_base from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = i ->> 'key';
      end if;
      if i ? 'base' or i ? 'acknowledged' then
        insert into sync.shadow as s (account_id, entity, key, keap_id, record_id, base, keap, k_hash, row_version, keap_updated_at, agreed_at)
        values (p_account, p_entity, i ->> 'key', (i ->> 'keap_id')::bigint, v_id,
          case when v_moved then i -> 'acknowledged' else i -> 'base' end, nullif(i -> 'keap', 'null'),
          coalesce(sync.read_hash(i -> 'seen'), ''), case when (i ->> 'clean')::boolean and not v_moved then v_next else 0 end,
          (i #>> '{seen,updated_at}')::timestamptz, coalesce((i ->> 'read_at')::timestamptz, now()))
        on conflict (account_id, entity, key) do update set
          base = case when v_moved then s.base || (i -> 'acknowledged') else excluded.base end,
          keap = excluded.keap, k_hash = case when i ? 'seen' then excluded.k_hash else s.k_hash end,
          row_version = excluded.row_version, record_id = excluded.record_id,
          keap_updated_at = coalesce(excluded.keap_updated_at, s.keap_updated_at), read_at = now(), agreed_at = excluded.agreed_at;
        if v_parent is not null then
          -- what was read of its parent holds this line as it was: the parent's next page is compared, though it be that one again
          execute format('update sync.shadow s set k_hash = '''' from public.%I c where c.account_id = $1 and c.supabase_id = $2
            and s.account_id = $1 and s.entity = $3 and s.key = c.%I::text', p_entity, v_parent_key) using p_account, v_id, v_parent;
        end if;
        if v_version is null then
          -- deleted here while it was being made in Keap: that is a deletion like any other
          perform sync.mark_dirty(array[p_account], p_entity, array[v_id], array[null::uuid], array['keap'], 'delete');
        elsif v_moved then
          -- what Keap has taken is no longer what stands here, whoever moved it (a poll clears the mark of a row it settles)
          perform sync.mark_dirty(array[p_account], p_entity, array[v_id], array[null::uuid], array['keap'], 'update');
          execute format('update public.%I set sync_status = ''pending'' where account_id = $1 and supabase_id = $2 and sync_status = ''synced''', p_entity)
            using p_account, v_id;
        end if;
      elsif i ? 'seen' then
        update sync.shadow s set keap = nullif(i -> 'keap', 'null'), k_hash = sync.read_hash(i -> 'seen'), read_at = now()
        where s.account_id = p_account and s.entity = p_entity and s.record_id = v_id;
      end if;
      -- the hash just stored speaks for the members as well, so they are applied: the next poll will find nothing new
      if p_entity = 'contacts' and jsonb_typeof(i #> '{seen,members}') = 'array' and exists (
        select from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = i #>> '{seen,key}'
          and s.record_id = v_id and (select coalesce(jsonb_agg(x order by x), '[]') from unnest(s.members || s.members_waiting) x) <> i #> '{seen,members}')
      then
        perform sync.apply_members(p_account, array[v_id], array[i #> '{seen,members}'], p_run, false);
      end if;

      select coalesce(string_agg(format(', %1$I = v.%1$I', k), ''), '') into v_set
      from jsonb_object_keys(v_patch) k
      where k in (select unnest(columns) from sync.entities where entity = p_entity) or k in ('deleted_at');
      select v_set || coalesce(string_agg(format(', %1$I = (select r.supabase_id from public.%2$I r where r.account_id = $1 and r.keap_id = v.%3$I)',
        f.id_column, f.parent, f.keap_column), ''), '') into v_set
      from sync.refs f where f.entity = p_entity and v_patch ? f.keap_column;
      execute format($q$
        update public.%1$I p set version = $4, keap_id = coalesce(p.keap_id, $5),
          sync_status = case when $6 then p.sync_status else $7 end, sync_error = case when $6 then p.sync_error else $8 end,
          last_synced_at = case when $7 in ('synced', 'pending') then now() else p.last_synced_at end,
          keap_updated_at = coalesce($9, p.keap_updated_at), keap_created_at = coalesce(p.keap_created_at, $11),
          last_modified_by = case when $10 then 'keap' else p.last_modified_by end,
          last_updated_at = case when $10 then now() else p.last_updated_at end%2$s
        from jsonb_populate_record(null::public.%1$I, $3) v
        where p.account_id = $1 and p.supabase_id = $2
      $q$, p_entity, v_set) using p_account, v_id, v_patch, v_next, (i ->> 'keap_id')::bigint, v_moved or v_waits,
        coalesce(i ->> 'status', 'synced'), i ->> 'error', (i #>> '{seen,updated_at}')::timestamptz, v_patch <> '{}',
        (i #>> '{seen,created_at}')::timestamptz;

      insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
      select p_account, p_run, p_entity, v_id, coalesce((i ->> 'keap_id')::bigint, v_keap_id), j ->> 'direction', j ->> 'action', j ->> 'origin',
        case when not v_moved then coalesce(j -> 'changes', '{}')
          -- only what was sent has moved the base
          when j ->> 'action' = 'create' then i -> 'acknowledged' else sync.difference(coalesce(v_base, '{}'), i -> 'acknowledged') end, j -> 'detail'
      from jsonb_array_elements(coalesce(i -> 'journal', '[]')) j
      where not v_moved or j ->> 'direction' = 'out';
      insert into sync.conflicts (account_id, entity, record_id, keap_id, field, base, keap, supabase, policy, decision, chosen, state,
        supabase_changed_by, supabase_changed_at, keap_changed_at, run_id)
      select p_account, p_entity, v_id, (i ->> 'keap_id')::bigint, j ->> 'field', j -> 'base', j -> 'keap', j -> 'supabase', j ->> 'policy',
        j ->> 'decision', j -> 'chosen', coalesce(j ->> 'state', 'decided'), j ->> 'supabase_changed_by',
        (j ->> 'supabase_changed_at')::timestamptz, (j ->> 'keap_changed_at')::timestamptz, p_run
      from jsonb_array_elements(coalesce(i -> 'conflicts', '[]')) j where not v_moved
      on conflict (account_id, entity, record_id, field) where state = 'held'
      do update set keap = excluded.keap, supabase = excluded.supabase, base = excluded.base, detected_at = now();
      perform sync.settle_mark(p_account, p_entity, v_id, null, i, v_moved);

      -- a record that has just got its Keap id frees what waited for it
      if v_keap_id is null and i ->> 'keap_id' is not null then
        perform sync.link_children(p_account, p_entity, v_id, (i ->> 'keap_id')::bigint);
        -- whatever an earlier create of it came to, this is the record
        update sync.intents n set state = 'done', keap_id = coalesce(n.keap_id, (i ->> 'keap_id')::bigint), settled_at = now()
        where n.account_id = p_account and n.entity = p_entity and n.record_id = v_id and n.action = 'create' and n.state in ('sent', 'unknown');
        delete from sync.tombstones t where t.account_id = p_account and t.entity = p_entity and t.key = i ->> 'key';
      end if;
      v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', case when v_moved then 'moved' else 'settled' end);
    exception when data_exception or integrity_constraint_violation or program_limit_exceeded or raise_exception then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name;
      v_reason := case when v_state = '23505' and v_constraint = p_entity || '_account_keap'
        then 'Keap has this record already, linked to another row here.' else sync.refusal(v_state, v_message) end;
      -- what was sent stays open: the next attempt looks for it before it writes
      perform sync.settle_mark(p_account, p_entity, v_id, null, (i - 'answers_intents') || jsonb_build_object('mark', 'dead',
        'intent_state', case when coalesce(i ->> 'intent_state', 'done') = 'done' then 'unknown' else i ->> 'intent_state' end,
        'letter', jsonb_build_object('class', 'dead', 'reason', v_reason, 'error_kind', 'database',
          'cure', 'Correct the row here, then it is tried again by itself.')), false);
      execute format('update public.%I set sync_status = ''error'', sync_error = $3 where account_id = $1 and supabase_id = $2', p_entity)
        using p_account, v_id, v_reason;
      v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', 'refused', 'reason', v_reason);
    end;
  end loop;
  return v_result;
end $$;

create function sync.link_children(p_account uuid, p_entity text, p_record uuid, p_keap_id bigint) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  for r in select * from sync.refs where parent = p_entity loop
    execute format('update public.%1$I set %3$I = $3 where account_id = $1 and %2$I = $2 and %3$I is null', r.entity, r.id_column, r.keap_column)
      using p_account, p_record, p_keap_id;
    -- what waited for this parent goes on at once
    execute format('update sync.dirty d set next_attempt_at = now() from public.%1$I c
      where c.account_id = $1 and c.%2$I = $2 and d.account_id = $1 and d.entity = %1$L and d.record_id = c.supabase_id', r.entity, r.id_column)
      using p_account, p_record;
  end loop;
  if p_entity = 'contacts' then
    update public.contact_tags set contact_keap_id = p_keap_id where account_id = p_account and contact_id = p_record and contact_keap_id is null;
    update sync.dirty set next_attempt_at = now() where account_id = p_account and entity = 'contact_tags' and record_id = p_record;
  elsif p_entity = 'tags' then
    update public.contact_tags set tag_keap_id = p_keap_id where account_id = p_account and tag_id = p_record and tag_keap_id is null;
    update sync.dirty set next_attempt_at = now() where account_id = p_account and entity = 'contact_tags' and other_id = p_record;
  end if;
end $$;

-- Outcomes of a batch of memberships, one transaction:
--   {contact_id, tag_id, version, in_keap: true|false|null (unknown), status, error?, mark, retry_at?, letter?, intent_id?,
--    intent_state?, journal?: 'add_member'|'remove_member', origin, applied_at?}
create function public.sync_settle_members(p_account uuid, p_items jsonb, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_moved boolean; v_version bigint; v_tag bigint; v_contact bigint; v_result jsonb := '[]';
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || 'contacts', 0));
  for i in select * from jsonb_array_elements(p_items) loop
    v_version := null;
    select l.version into v_version from public.contact_tags l
    where l.account_id = p_account and l.contact_id = (i ->> 'contact_id')::uuid and l.tag_id = (i ->> 'tag_id')::uuid for update;
    v_moved := v_version is distinct from (i ->> 'version')::bigint;
    select t.keap_id into v_tag from public.tags t where t.account_id = p_account and t.supabase_id = (i ->> 'tag_id')::uuid;
    select c.keap_id into v_contact from public.contacts c where c.account_id = p_account and c.supabase_id = (i ->> 'contact_id')::uuid;
    if jsonb_typeof(i -> 'in_keap') = 'boolean' and v_tag is not null then
      update sync.shadow s set members = case when (i ->> 'in_keap')::boolean
          then (select array_agg(distinct x order by x) from unnest(coalesce(s.members, '{}') || v_tag) x)
          else array_remove(coalesce(s.members, '{}'), v_tag) end, agreed_at = now()
      where s.account_id = p_account and s.entity = 'contacts' and s.record_id = (i ->> 'contact_id')::uuid;
    end if;
    if not v_moved then
      update public.contact_tags l set sync_status = i ->> 'status', sync_error = i ->> 'error',
        contact_keap_id = coalesce(l.contact_keap_id, v_contact), tag_keap_id = coalesce(l.tag_keap_id, v_tag),
        applied_at = coalesce((i ->> 'applied_at')::timestamptz, l.applied_at),
        last_synced_at = case when i ->> 'status' = 'synced' then now() else l.last_synced_at end,
        removed_at = case when i ->> 'follow' = 'keap' then case when (i ->> 'in_keap')::boolean then null else coalesce(l.removed_at, now()) end
          else l.removed_at end,
        version = case when i ->> 'follow' = 'keap' then l.version + 1 else l.version end
      where l.account_id = p_account and l.contact_id = (i ->> 'contact_id')::uuid and l.tag_id = (i ->> 'tag_id')::uuid;
    end if;
    if i ->> 'journal' is not null then
      insert into sync.journal (account_id, run_id, entity, record_id, other_id, keap_id, direction, action, origin, changes)
      values (p_account, p_run, 'contact_tags', (i ->> 'contact_id')::uuid, (i ->> 'tag_id')::uuid, v_contact,
        coalesce(i ->> 'direction', 'out'), i ->> 'journal', coalesce(i ->> 'origin', 'sql'),
        jsonb_build_object('tag_keap_id', jsonb_build_array(case when i ->> 'journal' = 'remove_member' then v_tag end,
          case when i ->> 'journal' = 'add_member' then v_tag end)));
    end if;
    perform sync.settle_mark(p_account, 'contact_tags', (i ->> 'contact_id')::uuid, (i ->> 'tag_id')::uuid, i, v_moved);
    v_result := v_result || jsonb_build_object('contact_id', i -> 'contact_id', 'tag_id', i -> 'tag_id', 'outcome',
      case when v_moved then 'moved' else 'settled' end);
  end loop;
  return v_result;
end $$;

-- Records confirmed gone from Keap (never: merely not seen).
create function public.sync_confirm_gone(p_account uuid, p_entity text, p_keap_ids bigint[], p_run uuid default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[];
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  -- an edited row is a conflict for a person: it stays, held
  execute format($q$select array_agg(p.supabase_id) from public.%I p
    join sync.shadow s on s.account_id = $1 and s.entity = $3 and s.record_id = p.supabase_id and s.row_version = p.version
    where p.account_id = $1 and p.keap_id = any ($2) and p.deleted_at is null$q$, p_entity) into v_ids using p_account, p_keap_ids, p_entity;
  execute format($q$update public.%I p set sync_status = 'held',
      sync_error = 'Deleted in Keap while it was edited here. Decide which side is right.'
    where p.account_id = $1 and p.keap_id = any ($2) and p.deleted_at is null and not p.supabase_id = any ($3)$q$, p_entity)
    using p_account, p_keap_ids, coalesce(v_ids, '{}');
  update sync.dirty d set state = 'held', reason = 'Deleted in Keap while it was edited here.'
  from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.keap_id = any (p_keap_ids)
    and d.account_id = p_account and d.entity = p_entity and d.record_id = s.record_id and not s.record_id = any (coalesce(v_ids, '{}'));
  if v_ids is null then return 0; end if;
  insert into sync.tombstones (account_id, entity, key, record_id, reason, base)
  select p_account, p_entity, s.key, s.record_id, 'gone_from_keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids)
  on conflict (account_id, entity, key) do nothing;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
  select p_account, p_run, p_entity, s.record_id, s.keap_id, 'in', 'delete', 'keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  delete from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  execute format('update public.%I set deleted_at = now(), version = version + 1, sync_status = ''synced'', last_synced_at = now(),
    last_modified_by = ''keap'', last_updated_at = now() where supabase_id = any ($1)', p_entity) using v_ids;
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
  return cardinality(v_ids);
end $$;

-- Replay one dead letter, or all: the marks wait again.
create function public.sync_replay(p_account uuid, p_dead_letter uuid default null) returns integer
language sql security definer set search_path = '' as $$
  with l as (
    update sync.dead_letters set state = 'replayed', last_at = now()
    where account_id = p_account and state = 'open' and (p_dead_letter is null or dead_letter_id = p_dead_letter)
    returning entity, record_id, other_id
  ), d as (
    update sync.dirty d set state = 'waiting', attempts = 0, next_attempt_at = now() from l
    where d.account_id = p_account and d.entity = l.entity and d.record_id = l.record_id and d.other_id = l.other_id returning 1
  ) select count(*)::integer from d
$$;
