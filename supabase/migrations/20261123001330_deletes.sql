-- Deletes carried to Keap, and records that are gone on both sides: what was agreed about them ends.

-- Items: {record_id, key, keap_id, intent_id?, origin, direction: 'out' (deleted in Keap from here) | 'agree' (gone there already)}.
create function public.sync_settle_deleted(p_account uuid, p_entity text, p_items jsonb, p_run uuid default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[]; v_keap_ids bigint[]; v_back integer := 0; v_again uuid[]; v_keys text[]; v_parts jsonb; v_child record;
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  v_ids := array(select (i ->> 'record_id')::uuid from jsonb_array_elements(p_items) i);
  -- a page that showed it a moment before has brought the row back: what stands here goes as with any other that is gone
  execute format('select array_agg(s.record_id), array_agg(s.key) from sync.shadow s
    join public.%I p on p.account_id = $1 and p.supabase_id = s.record_id and p.deleted_at is null
    where s.account_id = $1 and s.entity = $2 and s.record_id = any ($3)', p_entity) into v_again, v_keys using p_account, p_entity, v_ids;
  if v_again is not null then
    perform public.sync_confirm_gone_keys(p_account, p_entity, v_keys, p_run);
    update sync.intents n set state = 'done', settled_at = now()
    where n.account_id = p_account and n.entity = p_entity and n.record_id = any (v_again) and n.state in ('sent', 'unknown');
    v_ids := array(select x from unnest(v_ids) x where x <> all (v_again));
    p_items := (select coalesce(jsonb_agg(i), '[]') from jsonb_array_elements(p_items) i where (i ->> 'record_id')::uuid = any (v_ids));
  end if;
  v_keap_ids := array(select (i ->> 'keap_id')::bigint from jsonb_array_elements(p_items) i where i ->> 'keap_id' is not null);
  for v_child in select * from sync.entities x where x.parent_entity = p_entity loop
    -- lines that were deleted here with their order are gone with it
    execute format($q$
      select jsonb_agg(jsonb_build_object('record_id', s.record_id, 'key', s.key, 'keap_id', s.keap_id, 'origin', d.origin, 'direction', i ->> 'direction'))
      from sync.dirty d
      join sync.shadow s on s.account_id = $1 and s.entity = %1$L and s.record_id = d.record_id
      join jsonb_array_elements($2) i on i ->> 'keap_id' = s.base ->> %2$L
      where d.account_id = $1 and d.entity = %1$L and d.operation = 'delete'
        and not exists (select from public.%1$I p where p.account_id = $1 and p.supabase_id = d.record_id)
    $q$, v_child.entity, v_child.parent_key_column) into v_parts using p_account, p_items;
    if v_parts is not null then perform public.sync_settle_deleted(p_account, v_child.entity, v_parts, p_run); end if;
  end loop;
  insert into sync.tombstones (account_id, entity, key, record_id, reason, base)
  select p_account, p_entity, s.key, s.record_id, 'deleted_here', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids)
  on conflict (account_id, entity, key) do nothing;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
  select p_account, p_run, p_entity, s.record_id, s.keap_id, coalesce(i ->> 'direction', 'agree'), 'delete', coalesce(i ->> 'origin', 'sql'), s.base
  from jsonb_array_elements(p_items) i
  join sync.shadow s on s.account_id = p_account and s.entity = p_entity and s.record_id = (i ->> 'record_id')::uuid;
  delete from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  if p_entity = 'tags' then
    update sync.shadow s set members = array(select x from unnest(s.members) x where x <> all (v_keap_ids))
    where s.account_id = p_account and s.entity = 'contacts' and s.members && v_keap_ids;
  end if;
  if p_entity in ('contacts', 'tags') then
    -- the membership went with its person or its tag
    delete from sync.dirty d where d.account_id = p_account and d.entity = 'contact_tags'
      and ((p_entity = 'contacts' and d.record_id = any (v_ids)) or (p_entity = 'tags' and d.other_id = any (v_ids)));
  end if;
  -- a row that only says it is deleted stays, and says that both sides agree
  execute format('update public.%I p set sync_status = ''synced'', sync_error = null, last_synced_at = now()
    where p.account_id = $1 and p.supabase_id = any ($2) and p.deleted_at is not null', p_entity) using p_account, v_ids;
  update sync.intents n set state = 'done', settled_at = now()
  where n.account_id = p_account and n.entity = p_entity and n.record_id = any (v_ids) and n.state in ('sent', 'unknown');
  update sync.dead_letters l set state = 'solved', last_at = now()
  where l.account_id = p_account and l.entity = p_entity and l.record_id = any (v_ids) and l.state = 'open';
  update sync.conflicts c set state = 'resolved', resolved_by = 'sync', resolved_at = now()
  where c.account_id = p_account and c.entity = p_entity and c.record_id = any (v_ids) and c.state = 'held';
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
  get diagnostics v_back = row_count;
  return v_back;
end $$;

-- Deleted here while Keap changed it: the row comes back as Keap has it, however often that was read before.
create function public.sync_bring_back(p_account uuid, p_entity text, p_rows jsonb, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  perform set_config('keapsake.origin', 'keap', true);
  update sync.shadow s set k_hash = '', agreed_at = '-infinity'
  where s.account_id = p_account and s.entity = p_entity and s.key in (select r ->> 'key' from jsonb_array_elements(p_rows) r);
  -- its lines went with it, and come back with it: else what is marked as deleted here would be deleted in Keap
  update sync.shadow s set k_hash = '', agreed_at = '-infinity'
  from sync.entities e, jsonb_array_elements(p_rows) r, jsonb_array_elements(r -> 'children' -> e.entity) c
  where e.parent_entity = p_entity and s.account_id = p_account and s.entity = e.entity and s.key = c ->> 'key';
  -- a row that only says it is deleted is taken for gone, so that it is written anew
  execute format($q$
    update public.%1$I p set deleted_at = null, version = s.row_version
    from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key in (select r ->> 'key' from jsonb_array_elements($2) r)
      and p.supabase_id = s.record_id and p.deleted_at is not null
  $q$, p_entity) using p_account, p_rows;
  delete from sync.dirty d using sync.shadow s where s.account_id = p_account and s.entity = p_entity
    and s.key in (select r ->> 'key' from jsonb_array_elements(p_rows) r)
    and d.account_id = p_account and d.entity = p_entity and d.record_id = s.record_id;
  return public.sync_apply_page(p_account, p_entity, p_rows, p_run);
end $$;

do $$
declare f text;
begin
  foreach f in array array['public.sync_settle_deleted(uuid, text, jsonb, uuid)', 'public.sync_bring_back(uuid, text, jsonb, jsonb)'] loop
    execute format('alter function %s set plan_cache_mode to force_custom_plan', f);
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
