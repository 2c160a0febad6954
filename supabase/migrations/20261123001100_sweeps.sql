-- Sweeps over whole lists, by key: what Keap no longer names, and what follows from a record that is gone.
--
-- A key is what names a record within its table (its Keap id; `note:12` where kinds share a table; an address). Linked
-- records are those with a base, so absence is asked of `sync.shadow`.

-- Linked records that a whole reading did not name. {seen: [keys], prefix?, after?, upto?, before: when the reading began}:
-- what was agreed upon since then may be younger than the reading and is no absence.
create function public.sync_absent_keys(p_account uuid, p_entity text, p_reading jsonb) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(s.key order by s.key), '[]') from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity
    and s.agreed_at < (p_reading ->> 'before')::timestamptz
    and (p_reading ->> 'prefix' is null or left(s.key, length(p_reading ->> 'prefix')) = p_reading ->> 'prefix')
    and (p_reading ->> 'after' is null or s.keap_id > (p_reading ->> 'after')::bigint)
    and (p_reading ->> 'upto' is null or s.keap_id <= (p_reading ->> 'upto')::bigint)
    and not s.key = any (array(select jsonb_array_elements_text(p_reading -> 'seen')))
$$;

-- Records confirmed gone from Keap, by key, with what goes with them: lines of an order, memberships of a contact or a tag.
-- A row that was edited here is a conflict for a person: it stays, held.
create function public.sync_confirm_gone_keys(p_account uuid, p_entity text, p_keys text[], p_run uuid default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[]; v_edited uuid[]; v_keap_ids bigint[]; c record;
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  execute format($q$select array_agg(p.supabase_id), array_agg(p.keap_id) from public.%I p
    join sync.shadow s on s.account_id = $1 and s.entity = $3 and s.record_id = p.supabase_id and s.row_version = p.version
    where p.account_id = $1 and s.key = any ($2) and p.deleted_at is null$q$, p_entity)
    into v_ids, v_keap_ids using p_account, p_keys, p_entity;
  execute format($q$select array_agg(p.supabase_id) from public.%I p
    join sync.shadow s on s.account_id = $1 and s.entity = $4 and s.key = any ($2) and s.record_id = p.supabase_id
    where p.account_id = $1 and p.deleted_at is null and not p.supabase_id = any ($3)$q$, p_entity)
    into v_edited using p_account, p_keys, coalesce(v_ids, '{}'), p_entity;
  if v_edited is not null then perform sync.hold_gone(p_account, p_entity, v_edited); end if;
  if v_ids is null then return 0; end if;

  for c in select * from sync.entities x where x.parent_entity = p_entity loop
    perform sync.open_page(p_account, c.entity, '[]');
    perform sync.remove_children(p_account, c.entity, c.parent_key_column, v_keap_ids, p_run);
  end loop;
  if p_entity in ('contacts', 'tags') then
    -- the membership went with its contact or tag; it is no removal a push would carry out
    update public.contact_tags l set removed_at = now(), version = l.version + 1, sync_status = 'synced', sync_error = null,
      last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now()
    where l.account_id = p_account and l.removed_at is null
      and ((p_entity = 'contacts' and l.contact_id = any (v_ids)) or (p_entity = 'tags' and l.tag_id = any (v_ids)));
    if p_entity = 'tags' then
      update sync.shadow s set members = array(select x from unnest(s.members) x where x <> all (v_keap_ids))
      where s.account_id = p_account and s.entity = 'contacts' and s.members && v_keap_ids;
    end if;
    delete from sync.dirty d where d.account_id = p_account and d.entity = 'contact_tags'
      and ((p_entity = 'contacts' and d.record_id = any (v_ids)) or (p_entity = 'tags' and d.other_id = any (v_ids)));
  end if;

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
  -- who is gone because of a merge is linked to whoever it was merged into
  if p_entity = 'contacts' then perform sync.link_merged(p_account, v_keap_ids, p_run); end if;
  return cardinality(v_ids);
end $$;

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'public' and p.proname in ('sync_absent_keys', 'sync_confirm_gone_keys') loop
    execute format('revoke all on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
  end loop;
end $$;
alter function public.sync_confirm_gone_keys(uuid, text, text[], uuid) set plan_cache_mode to force_custom_plan;
