-- What a person decides about the sync: conflicts, edits that undo, pauses, switches and policies.
--
-- Every decision is carried out by the sync itself: a decision changes P (and, for a held conflict, what is agreed about
-- one field) and marks the record; the next push reads Keap again and plans. So nothing here writes to Keap, and a
-- decision about values that have moved meanwhile meets the planner, not a blind overwrite.
-- Executable by the service role alone; p_actor names the person, whose role is checked.

-- 1. Values by path ------------------------------------------------------------------------------------------------

-- A copy of the value with one leaf set; null takes it away, and a slot whose leaves are all null disappears.
create function sync.put_leaf(p_value jsonb, p_path text[], p_leaf jsonb) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  v_object jsonb; v_content jsonb;
begin
  if coalesce(cardinality(p_path), 0) = 0 then return p_leaf; end if;
  v_object := case when jsonb_typeof(p_value) = 'object' then p_value else '{}' end;
  v_content := case when cardinality(p_path) = 1 then p_leaf
    else sync.put_leaf(v_object -> p_path[1], p_path[2:], p_leaf) end;
  if v_content is null or jsonb_typeof(v_content) = 'null' or (jsonb_typeof(v_content) = 'object'
    and not exists (select from jsonb_each(v_content) e where jsonb_typeof(e.value) <> 'null')) then
    return v_object - p_path[1];
  end if;
  return v_object || jsonb_build_object(p_path[1], v_content);
end $$;

-- What a person calls the record.
create function sync.record_label(p_row jsonb) returns text language sql immutable set search_path = '' as $$
  select coalesce(
    nullif(btrim(concat_ws(' ', p_row ->> 'given_name', p_row ->> 'family_name')), ''),
    p_row ->> 'company_name', p_row ->> 'name', p_row ->> 'title', p_row ->> 'product_name', p_row ->> 'label',
    p_row ->> 'subject', p_row ->> 'email', 'id ' || (p_row ->> 'keap_id'), left(p_row ->> 'supabase_id', 8))
$$;

-- The whole row of P, locked for the transaction where asked.
create function sync.row_of(p_entity text, p_account uuid, p_record uuid, p_lock boolean default false) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_row jsonb;
begin
  if not exists (select from sync.entities where entity = p_entity) then return null; end if;
  if p_lock then
    execute format('select to_jsonb(p) from public.%I p where p.account_id = $1 and p.supabase_id = $2 for update', p_entity)
      into v_row using p_account, p_record;
  else
    execute format('select to_jsonb(p) from public.%I p where p.account_id = $1 and p.supabase_id = $2', p_entity)
      into v_row using p_account, p_record;
  end if;
  return v_row;
end $$;

-- Sets whole columns of one row, as an edit: the triggers raise its version and mark it. Returns the new version.
create function sync.edit_row(p_account uuid, p_entity text, p_record uuid, p_patch jsonb) returns bigint
language plpgsql set search_path = '' as $$
declare
  v_set text; v_unknown text; v_version bigint;
begin
  select string_agg(format('%1$I = v.%1$I', k), ', ') into v_set from jsonb_object_keys(p_patch) k
  where k = 'deleted_at' or k in (select unnest(columns) from sync.entities where entity = p_entity);
  select string_agg(k, ', ') into v_unknown from jsonb_object_keys(p_patch) k
  where k <> 'deleted_at' and k not in (select unnest(columns) from sync.entities where entity = p_entity);
  if v_unknown is not null then
    raise exception 'The table % has no synced column %.', p_entity, v_unknown using errcode = '22023';
  end if;
  if v_set is null then return null; end if;
  execute format('update public.%1$I p set %2$s from jsonb_populate_record(null::public.%1$I, $3) v
    where p.account_id = $1 and p.supabase_id = $2 returning p.version', p_entity, v_set)
    into v_version using p_account, p_record, p_patch;
  return v_version;
end $$;

-- Edits guarded by version: {record_id, version, patch: {column: whole value}}. A row that moved meanwhile is left alone.
create function public.sync_edit_records(p_account uuid, p_entity text, p_items jsonb, p_actor text, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_row jsonb; v_result jsonb := '[]'; v_outcome jsonb; v_writer text;
begin
  v_writer := 'undo:' || private.require_role(p_account, array['admin'], p_actor);
  perform set_config('keapsake.origin', v_writer, true);
  for i in select * from jsonb_array_elements(p_items) loop
    begin
      v_row := sync.row_of(p_entity, p_account, (i ->> 'record_id')::uuid, true);
      if v_row is null then
        v_outcome := jsonb_build_object('outcome', 'gone', 'reason', 'The row is not here any more.');
      elsif (v_row ->> 'version')::bigint is distinct from (i ->> 'version')::bigint then
        v_outcome := jsonb_build_object('outcome', 'moved', 'reason', 'It was changed while you decided. Look at it again.');
      else
        perform sync.edit_row(p_account, p_entity, (i ->> 'record_id')::uuid, i -> 'patch');
        -- an admin has seen this very change and said yes: the breaker of the push has nothing left to ask
        update sync.dirty d set passed_at = now() where d.account_id = p_account and d.entity = p_entity and d.record_id = (i ->> 'record_id')::uuid
          and d.other_id = '00000000-0000-0000-0000-000000000000';
        insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
        select p_account, p_run, p_entity, (i ->> 'record_id')::uuid, (v_row ->> 'keap_id')::bigint, 'local', 'undo', v_writer,
          (select coalesce(jsonb_object_agg(k.key, jsonb_build_array(v_row -> k.key, k.value)), '{}') from jsonb_each(i -> 'patch') k),
          i -> 'detail'
        where p_run is not null;
        v_outcome := jsonb_build_object('outcome', 'edited');
      end if;
    exception when data_exception or integrity_constraint_violation or raise_exception then
      v_outcome := jsonb_build_object('outcome', 'refused', 'reason', sync.refusal(sqlstate, sqlerrm));
    end;
    v_result := v_result || (v_outcome || jsonb_build_object('record_id', i -> 'record_id'));
  end loop;
  return v_result;
end $$;

-- Memberships put on or taken off as an edit: {contact_id, tag_id, present, expected: what it must be now}.
create function public.sync_edit_members(p_account uuid, p_items jsonb, p_actor text, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_here boolean; v_result jsonb := '[]'; v_outcome text; v_writer text; v_tag bigint;
begin
  v_writer := 'undo:' || private.require_role(p_account, array['admin'], p_actor);
  perform set_config('keapsake.origin', v_writer, true);
  for i in select * from jsonb_array_elements(p_items) loop
    select coalesce(bool_or(l.removed_at is null), false) into v_here from public.contact_tags l
    where l.account_id = p_account and l.contact_id = (i ->> 'contact_id')::uuid and l.tag_id = (i ->> 'tag_id')::uuid;
    if v_here = (i ->> 'present')::boolean then
      v_outcome := 'nothing';
    elsif not exists (select from public.contacts c where c.account_id = p_account and c.supabase_id = (i ->> 'contact_id')::uuid and c.deleted_at is null)
      or not exists (select from public.tags t where t.account_id = p_account and t.supabase_id = (i ->> 'tag_id')::uuid and t.deleted_at is null) then
      v_outcome := 'gone';
    else
      if (i ->> 'present')::boolean then
        insert into public.contact_tags as l (account_id, contact_id, tag_id, last_modified_by)
        values (p_account, (i ->> 'contact_id')::uuid, (i ->> 'tag_id')::uuid, v_writer)
        on conflict (account_id, contact_id, tag_id) do update set removed_at = null, last_modified_by = v_writer;
      else
        update public.contact_tags l set removed_at = now(), last_modified_by = v_writer
        where l.account_id = p_account and l.contact_id = (i ->> 'contact_id')::uuid and l.tag_id = (i ->> 'tag_id')::uuid;
      end if;
      update sync.dirty d set passed_at = now() where d.account_id = p_account and d.entity = 'contact_tags'
        and d.record_id = (i ->> 'contact_id')::uuid and d.other_id = (i ->> 'tag_id')::uuid;
      select t.keap_id into v_tag from public.tags t where t.account_id = p_account and t.supabase_id = (i ->> 'tag_id')::uuid;
      insert into sync.journal (account_id, run_id, entity, record_id, other_id, direction, action, origin, changes, detail)
      select p_account, p_run, 'contact_tags', (i ->> 'contact_id')::uuid, (i ->> 'tag_id')::uuid, 'local', 'undo', v_writer,
        jsonb_build_object('tag_keap_id', jsonb_build_array(case when v_here then v_tag end, case when not v_here then v_tag end)), i -> 'detail'
      where p_run is not null;
      v_outcome := 'edited';
    end if;
    v_result := v_result || jsonb_build_object('contact_id', i -> 'contact_id', 'tag_id', i -> 'tag_id', 'outcome', v_outcome);
  end loop;
  return v_result;
end $$;

-- 2. Conflicts -----------------------------------------------------------------------------------------------------

alter table sync.conflicts add column resolution text check (resolution in ('keap', 'supabase', 'value'));
comment on column sync.conflicts.resolution is 'Which side a person chose, or a value of their own. base, keap and supabase stay as they were, so any of them can be chosen again.';

-- Newest first. `now` is the value here today, `name` what a person calls the record.
create function public.sync_list_conflicts(p_account uuid, p_filter jsonb default '{}') returns jsonb
language sql stable security definer set search_path = '' as $$
  with c as (
    select c.* from sync.conflicts c
    where c.account_id = p_account
      and (not p_filter ? 'state' or p_filter ->> 'state' = 'all' or c.state = p_filter ->> 'state')
      and (not p_filter ? 'entity' or c.entity = p_filter ->> 'entity')
      and (not p_filter ? 'field' or c.field = p_filter ->> 'field' or c.field like (p_filter ->> 'field') || '.%')
      and (not p_filter ? 'record_id' or c.record_id = (p_filter ->> 'record_id')::uuid)
      and (not p_filter ? 'ids' or c.conflict_id in (select x::uuid from jsonb_array_elements_text(p_filter -> 'ids') x))
      and (not p_filter ? 'before' or c.detected_at < (p_filter ->> 'before')::timestamptz)
    order by c.detected_at desc, c.conflict_id
    limit least(coalesce((p_filter ->> 'limit')::int, 100), 1000)
  )
  select jsonb_build_object(
    'conflicts', (select coalesce(jsonb_agg(to_jsonb(c) - 'account_id' || jsonb_build_object(
        'name', coalesce(sync.record_label(r.r), 'a deleted row'),
        'now', r.r -> split_part(c.field, '.', 1),
        'version', r.r -> 'version',
        'keap_changed_by', (select coalesce(nullif(btrim(concat_ws(' ', u.given_name, u.family_name)), ''), u.email)
          from public.users u where u.account_id = p_account and u.keap_id = (r.r ->> 'keap_last_updated_by')::bigint)
      ) order by c.detected_at desc, c.conflict_id), '[]') from c cross join lateral (select sync.row_of(c.entity, p_account, c.record_id) as r) r),
    'held', (select count(*) from sync.conflicts h where h.account_id = p_account and h.state = 'held'),
    'decided', (select count(*) from sync.conflicts h where h.account_id = p_account and h.state <> 'held'))
$$;

-- {conflict_id, choice: keap|supabase|value, value?, column, path: [..]}: what is chosen becomes the value here, and for a held
-- conflict Keap's value becomes what was agreed: so Keap's choice finds nothing to do, and any other is sent.
create function public.sync_resolve_conflicts(p_account uuid, p_items jsonb, p_actor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; c sync.conflicts; v_row jsonb; v_path text[]; v_column text; v_here jsonb; v_chosen jsonb; v_base jsonb; v_next jsonb;
  v_result jsonb := '[]'; v_outcome text; v_reason text; v_writer text;
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  perform set_config('keapsake.origin', v_writer, true);
  for i in select * from jsonb_array_elements(p_items) loop
    v_outcome := 'resolved'; v_reason := null;
    begin
      select * into c from sync.conflicts x where x.account_id = p_account and x.conflict_id = (i ->> 'conflict_id')::uuid for update;
      if not found then
        raise exception 'There is no such conflict.' using errcode = 'P0002';
      end if;
      v_column := i ->> 'column';
      v_path := array(select x from jsonb_array_elements_text(coalesce(i -> 'path', '[]')) x);
      v_row := sync.row_of(c.entity, p_account, c.record_id, true);
      v_here := case when cardinality(v_path) = 0 then v_row -> v_column else v_row -> v_column #> v_path end;
      v_chosen := case i ->> 'choice' when 'keap' then c.keap when 'supabase' then c.supabase else i -> 'value' end;
      if v_row is null then
        v_outcome := 'gone'; v_reason := 'The row is not here any more, so there is nothing to decide.';
        update sync.conflicts set state = 'resolved', resolved_by = v_writer, resolved_at = now() where conflict_id = c.conflict_id and state = 'held';
      elsif c.state = 'held' and i ->> 'choice' <> 'supabase' and nullif(v_here, 'null') is distinct from nullif(c.supabase, 'null') then
        v_outcome := 'moved'; v_reason := 'The value here was changed after the conflict was found. Look at it again.';
      else
        if c.state = 'held' then
          -- what Keap holds has been seen by the person who decides
          select s.base into v_base from sync.shadow s where s.account_id = p_account and s.entity = c.entity and s.record_id = c.record_id for update;
          v_next := case when cardinality(v_path) = 0 then v_base || jsonb_build_object(v_column, c.keap)
            else v_base || jsonb_build_object(v_column, sync.put_leaf(v_base -> v_column, v_path, c.keap)) end;
          update sync.shadow s set base = v_next, row_version = 0
          where s.account_id = p_account and s.entity = c.entity and s.record_id = c.record_id;
          if v_next -> v_column is distinct from v_base -> v_column then
            insert into sync.journal (account_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
            values (p_account, c.entity, c.record_id, c.keap_id, 'agree', 'agree', v_writer,
              jsonb_build_object(v_column, jsonb_build_array(v_base -> v_column, v_next -> v_column)),
              jsonb_build_object('conflict_id', c.conflict_id, 'choice', i ->> 'choice'));
          end if;
          if i ->> 'choice' = 'supabase' then v_chosen := v_here; end if;
        end if;
        if nullif(v_here, 'null') is distinct from nullif(v_chosen, 'null') then
          perform sync.edit_row(p_account, c.entity, c.record_id, jsonb_build_object(v_column,
            case when cardinality(v_path) = 0 then v_chosen else sync.put_leaf(v_row -> v_column, v_path, v_chosen) end));
        end if;
        -- looked at again by the next push, edited or not
        perform sync.mark_dirty(array[p_account], c.entity, array[c.record_id], array[null::uuid], array[v_writer], 'update');
        update sync.conflicts set state = 'resolved', resolution = i ->> 'choice', chosen = v_chosen, resolved_by = v_writer, resolved_at = now(),
          decision = case i ->> 'choice' when 'value' then 'merged' else i ->> 'choice' end
        where conflict_id = c.conflict_id;
        if not exists (select from sync.conflicts x where x.account_id = p_account and x.entity = c.entity and x.record_id = c.record_id and x.state = 'held') then
          execute format('update public.%I set sync_status = ''pending'', sync_error = null where account_id = $1 and supabase_id = $2 and sync_status = ''conflict''', c.entity)
            using p_account, c.record_id;
        end if;
        perform private.audit(p_account, v_writer, 'sync_conflict_resolved', c.entity || '/' || c.record_id,
          jsonb_build_object('conflict_id', c.conflict_id, 'field', c.field, 'choice', i ->> 'choice'));
      end if;
    exception when data_exception or integrity_constraint_violation or no_data_found then
      v_outcome := 'refused';
      v_reason := case when sqlstate = 'P0002' then sqlerrm else sync.refusal(sqlstate, sqlerrm) end;
    end;
    v_result := v_result || jsonb_build_object('conflict_id', i -> 'conflict_id', 'outcome', v_outcome, 'reason', v_reason);
  end loop;
  return v_result;
end $$;

-- 3. Pauses, switches, policies ------------------------------------------------------------------------------------

alter table sync.switches add column changed_by text;
alter table sync.policies add column changed_by text;

-- All five of a row at once: the caller knows the defaults of the table.
create function public.sync_set_switches(p_account uuid, p_entity text, p_switches jsonb, p_actor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_writer text; w sync.switches;
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  if p_entity not in ('*', 'contact_tags') and not exists (select from sync.entities where entity = p_entity) then
    raise exception 'There is no synced table called "%".', p_entity using errcode = '22023';
  end if;
  insert into sync.switches as s (account_id, entity, paused, outbound, creates, deletes, changed_by)
  values (p_account, p_entity, (p_switches ->> 'paused')::boolean, (p_switches ->> 'outbound')::boolean,
    (p_switches ->> 'creates')::boolean, (p_switches ->> 'deletes')::boolean, v_writer)
  on conflict (account_id, entity) do update set paused = excluded.paused, outbound = excluded.outbound, creates = excluded.creates,
    deletes = excluded.deletes, changed_by = excluded.changed_by, updated_at = now()
  returning * into w;
  if p_entity = '*' then
    if w.paused then
      perform public.sync_set_connection(p_account, jsonb_build_object('state', 'paused', 'message', 'The sync is paused',
        'cure', 'Edits on both sides are kept and carried over when you resume it.'));
    else
      update sync.connections c set state = case when c.last_ok_at is null then 'unknown' else 'connected' end, error_kind = null, message = null,
        cure = null, retry_at = null, since = now() where c.account_id = p_account and c.state = 'paused';
      update public.accounts a set connection_state = case when exists (select from sync.connections c where c.account_id = a.id and c.last_ok_at is not null)
        then 'connected' else 'unconnected' end, connection_detail = null where a.id = p_account and a.connection_state = 'paused';
    end if;
  end if;
  -- what was held because of a switch that is on now is looked at again
  if w.outbound and not w.paused then
    with l as (
      update sync.dead_letters x set state = 'replayed', last_at = now()
      where x.account_id = p_account and (p_entity = '*' or x.entity = p_entity) and x.state = 'open' and x.class = 'hold'
        and ((w.creates and x.reason ilike '%creating%switched off%') or (w.deletes and x.reason ilike '%delet%switched off%'))
      returning x.entity, x.record_id, x.other_id
    )
    update sync.dirty d set state = 'waiting', attempts = 0, next_attempt_at = now() from l
    where d.account_id = p_account and d.entity = l.entity and d.record_id = l.record_id and d.other_id = l.other_id;
  end if;
  perform private.audit(p_account, v_writer, 'sync_switches', p_entity, p_switches);
  return to_jsonb(w) - 'account_id';
end $$;

-- A paused account says so, whatever a run that was under way still reports.
create function sync.stay_paused() returns trigger language plpgsql set search_path = '' as $$
begin
  if exists (select from sync.switches w where w.account_id = new.account_id and w.entity = '*' and w.paused) then
    new.state := 'paused';
    new.error_kind := old.error_kind; new.message := old.message; new.cure := old.cure; new.retry_at := old.retry_at; new.since := old.since;
  end if;
  return new;
end $$;
create trigger stay_paused before update on sync.connections for each row
  when (old.state = 'paused' and new.state <> 'paused') execute function sync.stay_paused();

create function sync.account_stays_paused() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from sync.switches w where w.account_id = new.id and w.entity = '*' and w.paused) then
    new.connection_state := old.connection_state;
    new.connection_detail := old.connection_detail;
  end if;
  return new;
end $$;
create trigger stay_paused before update of connection_state on public.accounts for each row
  when (old.connection_state = 'paused' and new.connection_state <> 'paused') execute function sync.account_stays_paused();

-- p_policy null takes the account's own policy away, so that the default holds again.
create function public.sync_set_policy(p_account uuid, p_entity text, p_field text, p_policy text, p_owner text, p_actor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_writer text; e sync.entities;
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  select * into e from sync.entities where entity = p_entity;
  if not found then
    raise exception 'There is no synced table called "%".', p_entity using errcode = '22023';
  end if;
  if p_field <> '*' and not split_part(p_field, '.', 1) = any (e.columns) then
    raise exception 'The table % has no synced field "%".', p_entity, p_field using errcode = '22023';
  end if;
  if p_policy is null then
    delete from sync.policies p where p.account_id = p_account and p.entity = p_entity and p.field = p_field;
  else
    insert into sync.policies as p (account_id, entity, field, policy, owner, changed_by)
    values (p_account, p_entity, p_field, p_policy, p_owner, v_writer)
    on conflict (account_id, entity, field) do update set policy = excluded.policy, owner = excluded.owner,
      changed_by = excluded.changed_by, updated_at = now();
  end if;
  perform private.audit(p_account, v_writer, 'sync_policy', p_entity || '.' || p_field, jsonb_build_object('policy', p_policy, 'owner', p_owner));
  return jsonb_build_object('entity', p_entity, 'field', p_field, 'policy', p_policy, 'owner', p_owner);
end $$;

-- 4. What was set aside --------------------------------------------------------------------------------------------

create function public.sync_list_rejected(p_account uuid, p_entity text default null, p_key text default null, p_limit integer default 500) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(r) - 'account_id' - 'record' order by r.entity, r.key), '[]') from (
    select * from sync.rejected r where r.account_id = p_account and (p_entity is null or r.entity = p_entity) and (p_key is null or r.key = p_key)
    order by r.last_at desc limit p_limit) r
$$;

-- What was set aside and is not in Keap any more needs no place here.
create function public.sync_drop_rejected(p_account uuid, p_entity text, p_keys text[]) returns integer
language sql security definer set search_path = '' as $$
  with d as (delete from sync.rejected r where r.account_id = p_account and r.entity = p_entity and r.key = any (p_keys) returning 1)
  select count(*)::integer from d
$$;

create function public.sync_list_letters(p_account uuid, p_limit integer default 500) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(l) - 'account_id' || jsonb_build_object('name',
    coalesce(sync.record_label(sync.row_of(case l.entity when 'contact_tags' then 'contacts' else l.entity end, p_account, l.record_id)), 'a deleted row'))
    order by l.last_at desc), '[]') from (
    select * from sync.dead_letters l where l.account_id = p_account and l.state = 'open' order by l.last_at desc limit p_limit) l
$$;

-- Grants -----------------------------------------------------------------------------------------------------------

do $$
declare f text;
begin
  foreach f in array array['sync.put_leaf(jsonb, text[], jsonb)', 'sync.record_label(jsonb)', 'sync.row_of(text, uuid, uuid, boolean)',
    'sync.edit_row(uuid, text, uuid, jsonb)', 'public.sync_edit_records(uuid, text, jsonb, text, uuid)',
    'public.sync_edit_members(uuid, jsonb, text, uuid)', 'public.sync_list_conflicts(uuid, jsonb)',
    'public.sync_resolve_conflicts(uuid, jsonb, text)',
    'public.sync_set_switches(uuid, text, jsonb, text)', 'public.sync_set_policy(uuid, text, text, text, text, text)',
    'public.sync_list_rejected(uuid, text, text, integer)', 'public.sync_drop_rejected(uuid, text, text[])',
    'public.sync_list_letters(uuid, integer)', 'sync.stay_paused()', 'sync.account_stays_paused()'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
