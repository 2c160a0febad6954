-- First link: rows that were here before the sync, and records that were in Keap before it, may be the same people.

-- Rows that no record of Keap is linked to, with what they can be known by.
create function public.sync_unlinked_contacts(p_account uuid, p_after uuid default null, p_limit integer default 500) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('record_id', c.supabase_id, 'name', sync.record_label(to_jsonb(c)), 'version', c.version,
    'emails', (select coalesce(jsonb_agg(e.value ->> 'email'), '[]') from jsonb_each(c.email_addresses) e where e.value ->> 'email' is not null),
    'phones', (select coalesce(jsonb_agg(e.value ->> 'number'), '[]') from jsonb_each(c.phone_numbers) e where e.value ->> 'number' is not null),
    'row', to_jsonb(c)) order by c.supabase_id), '[]')
  from (select * from public.contacts c where c.account_id = p_account and c.keap_id is null and c.deleted_at is null
    and (p_after is null or c.supabase_id > p_after) order by c.supabase_id limit p_limit) c
$$;

-- {record_id, keap_id}: the row becomes the one of that Keap record; the next read of it merges by policy. `taken`: another row holds the id.
create function public.sync_link_rows(p_account uuid, p_items jsonb, p_actor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_writer text; v_holder uuid; v_result jsonb := '[]'; v_outcome text;
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  perform set_config('keapsake.origin', v_writer, true);
  for i in select * from jsonb_array_elements(p_items) loop
    v_holder := (select c.supabase_id from public.contacts c where c.account_id = p_account and c.keap_id = (i ->> 'keap_id')::bigint);
    if v_holder is not null then
      v_outcome := 'taken';
    else
      update public.contacts c set keap_id = (i ->> 'keap_id')::bigint where c.account_id = p_account and c.supabase_id = (i ->> 'record_id')::uuid
        and c.keap_id is null and c.deleted_at is null;
      v_outcome := case when found then 'linked' else 'gone' end;
      update sync.dead_letters l set state = 'solved', last_at = now()
      where l.account_id = p_account and l.entity = 'contacts' and l.record_id = (i ->> 'record_id')::uuid and l.state = 'open';
    end if;
    v_result := v_result || (i || jsonb_build_object('outcome', v_outcome, 'holder', v_holder));
  end loop;
  return v_result;
end $$;

-- Two rows for one person: what only the unlinked one knew goes to the linked one, with its tags and whatever points to it.
create function public.sync_absorb_contact(p_account uuid, p_from uuid, p_into uuid, p_patch jsonb, p_actor text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  v_writer text; r record;
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  perform set_config('keapsake.origin', v_writer, true);
  if p_patch <> '{}' then perform sync.edit_row(p_account, 'contacts', p_into, p_patch); end if;
  insert into public.contact_tags as l (account_id, contact_id, tag_id, last_modified_by)
  select p_account, p_into, o.tag_id, v_writer from public.contact_tags o where o.account_id = p_account and o.contact_id = p_from and o.removed_at is null
  on conflict (account_id, contact_id, tag_id) do update set removed_at = null where l.removed_at is not null;
  for r in select * from sync.refs f where f.parent = 'contacts' and not (f.entity = 'contacts' and f.id_column = 'merged_into_id') loop
    execute format('update public.%1$I set %2$I = $3 where account_id = $1 and %2$I = $2', r.entity, r.id_column) using p_account, p_from, p_into;
  end loop;
  delete from public.contact_tags o where o.account_id = p_account and o.contact_id = p_from;
  perform set_config('keapsake.origin', 'keap', true);
  update public.contacts c set deleted_at = now(), merged_into_id = p_into, version = c.version + 1, sync_status = 'synced', sync_error = null
  where c.account_id = p_account and c.supabase_id = p_from;
  delete from sync.dirty d where d.account_id = p_account and d.record_id = p_from and d.entity in ('contacts', 'contact_tags');
  update sync.dead_letters l set state = 'solved', last_at = now() where l.account_id = p_account and l.entity = 'contacts' and l.record_id = p_from and l.state = 'open';
  insert into sync.journal (account_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
  select p_account, 'contacts', p_from, c.keap_id, 'local', 'link', v_writer, '{}', jsonb_build_object('merged_into', p_into)
  from public.contacts c where c.account_id = p_account and c.supabase_id = p_into;
  perform private.audit(p_account, v_writer, 'sync_first_link', 'contacts/' || p_from, jsonb_build_object('into', p_into));
end $$;

-- {record_id, candidates: [{keap_id, by, name}], reason}: a person must say which one it is.
create function public.sync_hold_matches(p_account uuid, p_items jsonb) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_count integer := 0;
begin
  perform set_config('keapsake.origin', 'keap', true);
  for i in select * from jsonb_array_elements(p_items) loop
    update sync.dirty d set state = 'held', reason = i ->> 'reason', lease_owner = null, lease_until = null
    where d.account_id = p_account and d.entity = 'contacts' and d.record_id = (i ->> 'record_id')::uuid;
    insert into sync.dead_letters as l (account_id, entity, record_id, class, reason, cure, fields)
    values (p_account, 'contacts', (i ->> 'record_id')::uuid, 'hold', i ->> 'reason',
      'Say which one it is: npm run sync -- link ROW KEAP_ID. If it is none of them, change its e-mail address and phone; it is made in Keap then.',
      jsonb_build_object('candidates', i -> 'candidates'))
    on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set reason = excluded.reason, cure = excluded.cure,
      fields = excluded.fields, last_at = now();
    update public.contacts c set sync_status = 'held', sync_error = i ->> 'reason' where c.account_id = p_account and c.supabase_id = (i ->> 'record_id')::uuid;
    v_count := v_count + 1;
  end loop;
  return v_count;
end $$;

do $$
declare f text;
begin
  foreach f in array array['public.sync_unlinked_contacts(uuid, uuid, integer)', 'public.sync_link_rows(uuid, jsonb, text)',
    'public.sync_absorb_contact(uuid, uuid, uuid, jsonb, text)', 'public.sync_hold_matches(uuid, jsonb)'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
