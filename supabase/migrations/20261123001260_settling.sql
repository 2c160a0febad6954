-- What settling a comparison needs, and a letter for every mark that waits for a person.

create function public.sync_read_row(p_account uuid, p_entity text, p_record uuid) returns jsonb
language sql stable security definer set search_path = '' as $$ select sync.row_of(p_entity, p_account, p_record) $$;

-- Rows confirmed gone from Keap, one by one and by an admin: {key, record_id, version}. One that has moved since is left alone.
create function public.sync_drop_confirmed(p_account uuid, p_entity text, p_items jsonb, p_actor text) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[] := '{}'; i jsonb;
begin
  perform private.require_role(p_account, array['admin'], p_actor);
  perform set_config('keapsake.origin', 'keap', true);
  for i in select * from jsonb_array_elements(p_items) loop
    if (sync.row_of(p_entity, p_account, (i ->> 'record_id')::uuid, true) ->> 'version')::bigint = (i ->> 'version')::bigint then
      v_ids := v_ids || (i ->> 'record_id')::uuid;
    end if;
  end loop;
  insert into sync.tombstones (account_id, entity, key, record_id, reason, base)
  select p_account, p_entity, s.key, s.record_id, 'gone_from_keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids)
  on conflict (account_id, entity, key) do nothing;
  insert into sync.journal (account_id, entity, record_id, keap_id, direction, action, origin, changes)
  select p_account, p_entity, s.record_id, s.keap_id, 'in', 'delete', 'keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  delete from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  execute format('update public.%I set deleted_at = now(), version = version + 1, sync_status = ''synced'', sync_error = null,
    last_synced_at = now(), last_modified_by = ''keap'', last_updated_at = now() where account_id = $1 and supabase_id = any ($2)', p_entity)
    using p_account, v_ids;
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
  return cardinality(v_ids);
end $$;

-- Held without a hold, a conflict or a letter, a change would wait where nobody can see it.
create function sync.tell_held() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if new.hold_id is null
    and not exists (select from sync.conflicts c where c.account_id = new.account_id and c.entity = new.entity and c.record_id = new.record_id and c.state = 'held') then
    insert into sync.dead_letters as l (account_id, entity, record_id, other_id, class, reason, cure)
    values (new.account_id, new.entity, new.record_id, new.other_id, 'hold', coalesce(new.reason, 'It waits for a person.'),
      'To keep this side, restore the record in Keap, then replay it. To keep Keap''s side, delete the row here.')
    on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set class = 'hold',
      reason = coalesce(new.reason, l.reason), last_at = now();
  end if;
  return null;
end $$;
create trigger tell_held after update of state on sync.dirty for each row
  when (new.state = 'held' and old.state <> 'held') execute function sync.tell_held();

do $$
declare f text;
begin
  foreach f in array array['public.sync_read_row(uuid, text, uuid)', 'public.sync_drop_confirmed(uuid, text, jsonb, text)', 'sync.tell_held()'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
