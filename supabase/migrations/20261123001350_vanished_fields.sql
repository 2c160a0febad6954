-- A field that Keap stops answering is not a field that was emptied: what is asked before the empty value is believed.

create function sync.is_filled(j jsonb) returns boolean language sql immutable set search_path = '' as $$
  select j is not null and j not in ('null', '""', '{}', '[]')
$$;

-- Of these columns, empty in everything just read: those that held something at last, what each record held and when Keap had last changed it, and up to three
-- other records that hold something there, with the time Keap last gave for them: {column, held: {key: {value, updated_at}}, controls: [{keap_id, updated_at}]}.
create function public.sync_lost_columns(p_account uuid, p_entity text, p_keys text[], p_columns text[]) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('column', l.name, 'held', l.held, 'controls', coalesce((
    select jsonb_agg(jsonb_build_object('keap_id', o.keap_id, 'updated_at', o.keap_updated_at)) from (
      select s.keap_id, s.keap_updated_at from sync.shadow s
      where s.account_id = p_account and s.entity = p_entity and not s.key = any (p_keys) and s.keap_updated_at is not null and sync.is_filled(s.base -> l.name)
      limit 3) o), '[]'))), '[]')
  from (select c.name, jsonb_object_agg(s.key, jsonb_build_object('value', s.base -> c.name, 'updated_at', s.keap_updated_at)) as held
    from unnest(p_columns) c (name) cross join unnest(p_keys) k (key)
    cross join lateral (select s.key, s.base, s.keap_updated_at from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = k.key limit 1) s
    where sync.is_filled(s.base -> c.name) group by c.name) l
$$;

do $$
declare f text;
begin
  foreach f in array array['sync.is_filled(jsonb)', 'public.sync_lost_columns(uuid, text, text[], text[])'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
