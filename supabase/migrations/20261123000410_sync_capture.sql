-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Capture
--
-- Two triggers per table, always on:
--   track_<table>   (before, per row): an edit raises version, names its writer, sets pending. It runs when the statement left
--                   `version` alone; our own functions set version themselves, together with the shadow's.
--   capture_<table> (after, per statement, transition tables): marks every row whose version is not the one in the shadow.
-- Both decide from data. The transaction-local `keapsake.origin` only names the writer (user:…, agent:…, automation:…, keap).
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Who writes, where the session says so: user:…, agent:…, automation:…, keap.
create function sync.writer() returns text language sql stable set search_path = '' as $$
  select coalesce(nullif(current_setting('keapsake.origin', true), ''), nullif(current_setting('keapsake.writer', true), ''))
$$;

create function sync.mark_dirty(p_account uuid[], p_entity text, p_record uuid[], p_other uuid[], p_origin text[], p_operation text)
returns void language sql set search_path = '' as $$
  insert into sync.dirty as d (account_id, entity, record_id, other_id, origin, operation)
  select m.account_id, p_entity, m.record_id, coalesce(m.other_id, '00000000-0000-0000-0000-000000000000'), m.origin, p_operation
  from unnest(p_account, p_record, p_other, p_origin) m (account_id, record_id, other_id, origin)
  -- an account on its way out takes its marks along
  join public.accounts a on a.id = m.account_id
  on conflict (account_id, entity, record_id, other_id) do update set
    marks = d.marks + 1,
    -- what the sync itself writes along the way (a link to a tag just made) is no edit: the approval of the edit still holds
    marked_at = case when excluded.origin = 'keap' then d.marked_at else now() end,
    origin = case when excluded.origin = 'keap' then d.origin
      -- what somebody else wrote before it is not approved along with it
      when excluded.origin like 'agent:%' and d.origin not like 'agent:%' and d.passed_at is null then d.origin else excluded.origin end,
    operation = case when d.operation = 'insert' and excluded.operation = 'update' then 'insert' else excluded.operation end,
    -- a person's edit gives a stuck record a new chance; our own writes do not
    state = case when excluded.origin = 'keap' or d.state = 'claimed' then d.state else 'waiting' end,
    attempts = case when excluded.origin = 'keap' then d.attempts else 0 end,
    -- an edit is looked at by the push guard anew
    passed_at = case when excluded.origin = 'keap' then d.passed_at end,
    next_attempt_at = case when excluded.origin = 'keap' then d.next_attempt_at else now() end;
$$;

do $gen$
declare
  e record;
  r record;
  resolve text;
  neutral text;
  all_columns text[];
  c text;
begin
  for e in select * from sync.entities loop
    -- References: whichever of the pair was written leads, the other follows.
    resolve := '';
    neutral := '';
    for r in select * from sync.refs f where f.entity = e.entity loop
      resolve := resolve || format($t$
  if new.%1$I is not null and (tg_op = 'INSERT' or new.%1$I is distinct from old.%1$I) then
    new.%2$I := (select p.keap_id from public.%3$I p where p.account_id = new.account_id and p.supabase_id = new.%1$I);
  elsif tg_op = 'UPDATE' and new.%1$I is null and old.%1$I is not null and new.%2$I is not distinct from old.%2$I then
    -- unless it is the foreign key that lets go of a parent whose row was removed here
    if exists (select from public.%3$I p where p.account_id = old.account_id and p.supabase_id = old.%1$I) then new.%2$I := null; end if;
  elsif new.%2$I is not null and (tg_op = 'INSERT' or new.%2$I is distinct from old.%2$I) then
    new.%1$I := (select p.supabase_id from public.%3$I p where p.account_id = new.account_id and p.keap_id = new.%2$I);
  elsif tg_op = 'UPDATE' and new.%2$I is null and old.%2$I is not null then
    new.%1$I := null;
  end if;$t$, r.id_column, r.keap_column, r.parent);
      -- finding the parent of an orphan is not an edit
      neutral := neutral || format($t$
  if %3$s new.%2$I is not null and new.%2$I is not distinct from old.%2$I then probe.%1$I := old.%1$I; end if;$t$,
        r.id_column, r.keap_column, case when r.keap_column = any (e.derived) then 'true or' else '' end);
    end loop;

    select array_agg(column_name::text) into all_columns from information_schema.columns
    where table_schema = 'public' and table_name = e.entity;
    foreach c in array array['last_synced_at', 'sync_status', 'sync_error', 'last_modified_by', 'last_updated_at', 'version',
      'keap_created_at', 'keap_updated_at', 'raw'] || e.derived loop
      if c = any (all_columns) then neutral := neutral || format(E'\n  probe.%1$I := old.%1$I;', c); end if;
    end loop;
    for c in select column_name::text from information_schema.columns
      where table_schema = 'public' and table_name = e.entity and is_generated = 'ALWAYS' loop
      neutral := neutral || format(E'\n  probe.%1$I := old.%1$I;', c);
    end loop;

    execute format($f$
create function sync.track_%1$s() returns trigger language plpgsql set search_path = '' as $body$
declare
  writer text := sync.writer();
  probe public.%1$I%%rowtype;
begin%2$s
  if tg_op = 'INSERT' then
    new.last_modified_by := coalesce(writer, new.last_modified_by, 'sql');
    new.last_updated_at := now();
    return new;
  end if;
  if new.account_id <> old.account_id then
    raise exception 'A record cannot move to another account.' using errcode = '42501';
  end if;
  probe := new;%3$s
  if probe is not distinct from old then return new; end if;
  new.version := old.version + 1;
  new.last_updated_at := now();
  new.last_modified_by := coalesce(writer,
    case when new.last_modified_by is distinct from old.last_modified_by then new.last_modified_by end, 'sql');
  new.sync_status := 'pending';
  new.sync_error := null;
  return new;
end $body$;

create function sync.capture_%1$s() returns trigger language plpgsql security definer set search_path = '' as $body$
declare
  writer text := sync.writer();
begin
  if tg_op = 'INSERT' then
    perform sync.mark_dirty(array_agg(n.account_id), %1$L, array_agg(n.supabase_id), array_agg(null::uuid),
      array_agg(coalesce(writer, n.last_modified_by)), 'insert')
    from new_rows n left join lateral (select s.row_version from sync.shadow s
      where s.account_id = n.account_id and s.entity = %1$L and s.record_id = n.supabase_id limit 1) s on true
    where s.row_version is distinct from n.version having count(*) > 0;
  elsif tg_op = 'UPDATE' then
    perform sync.mark_dirty(array_agg(n.account_id), %1$L, array_agg(n.supabase_id), array_agg(null::uuid),
      array_agg(coalesce(writer, n.last_modified_by)), 'update')
    from new_rows n
    join old_rows o on o.supabase_id = n.supabase_id and o.version is distinct from n.version
    left join lateral (select s.row_version from sync.shadow s
      where s.account_id = n.account_id and s.entity = %1$L and s.record_id = n.supabase_id limit 1) s on true
    where s.row_version is distinct from n.version having count(*) > 0;
  else
    perform sync.mark_dirty(array_agg(o.account_id), %1$L, array_agg(o.supabase_id), array_agg(null::uuid),
      array_agg(coalesce(writer, 'sql')), 'delete')
    from old_rows o join sync.shadow s on s.account_id = o.account_id and s.entity = %1$L and s.record_id = o.supabase_id
    having count(*) > 0;
    -- never known to Keap: nothing is left to say
    delete from sync.dirty d using old_rows o
    where d.account_id = o.account_id and d.entity = %1$L and d.record_id = o.supabase_id
      and not exists (select from sync.shadow s where s.account_id = d.account_id and s.entity = d.entity and s.record_id = d.record_id);
  end if;
  return null;
end $body$;

-- one stamp per table: this one knows base and references
drop trigger if exists b_stamp_write on public.%1$I;
create trigger zz_track_insert before insert on public.%1$I for each row
  when (new.sync_status = 'pending') execute function sync.track_%1$s();
create trigger zz_track_update before update on public.%1$I for each row
  when (new.version = old.version) execute function sync.track_%1$s();
create trigger capture_insert after insert on public.%1$I referencing new table as new_rows
  for each statement execute function sync.capture_%1$s();
create trigger capture_update after update on public.%1$I referencing old table as old_rows new table as new_rows
  for each statement execute function sync.capture_%1$s();
create trigger capture_delete after delete on public.%1$I referencing old table as old_rows
  for each statement execute function sync.capture_%1$s();
$f$, e.entity, resolve, neutral);
  end loop;
end $gen$;

-- Membership rows have no keap_id of their own: base is the contact's member set.
create function sync.track_contact_tags() returns trigger language plpgsql set search_path = '' as $$
declare
  writer text := sync.writer();
begin
  if tg_op = 'INSERT' then
    new.contact_keap_id := (select c.keap_id from public.contacts c where c.account_id = new.account_id and c.supabase_id = new.contact_id);
    new.tag_keap_id := (select t.keap_id from public.tags t where t.account_id = new.account_id and t.supabase_id = new.tag_id);
    new.last_modified_by := coalesce(writer, new.last_modified_by, 'sql');
    new.last_updated_at := now();
    return new;
  end if;
  if (new.removed_at is null) = (old.removed_at is null) then return new; end if;
  new.version := old.version + 1;
  new.last_updated_at := now();
  new.last_modified_by := coalesce(writer,
    case when new.last_modified_by is distinct from old.last_modified_by then new.last_modified_by end, 'sql');
  new.sync_status := 'pending';
  new.sync_error := null;
  return new;
end $$;

create function sync.capture_contact_tags() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  writer text := sync.writer();
begin
  if tg_op = 'DELETE' then
    perform sync.mark_dirty(array_agg(o.account_id), 'contact_tags', array_agg(o.contact_id), array_agg(o.tag_id),
      array_agg(coalesce(writer, 'sql')), 'delete')
    from old_rows o
    join sync.shadow s on s.account_id = o.account_id and s.entity = 'contacts' and s.record_id = o.contact_id
    where o.tag_keap_id = any (s.members) having count(*) > 0;
  else
    perform sync.mark_dirty(array_agg(n.account_id), 'contact_tags', array_agg(n.contact_id), array_agg(n.tag_id),
      array_agg(coalesce(writer, n.last_modified_by)), lower(tg_op))
    from new_rows n left join lateral (select s.members from sync.shadow s
      where s.account_id = n.account_id and s.entity = 'contacts' and s.record_id = n.contact_id limit 1) s on true
    where (n.removed_at is null) is distinct from coalesce(n.tag_keap_id = any (s.members), false)
    having count(*) > 0;
  end if;
  return null;
end $$;

drop trigger if exists b_stamp_write on public.contact_tags;
create trigger zz_track_insert before insert on public.contact_tags for each row
  when (new.sync_status = 'pending') execute function sync.track_contact_tags();
create trigger zz_track_update before update on public.contact_tags for each row
  when (new.version = old.version) execute function sync.track_contact_tags();
create trigger capture_insert after insert on public.contact_tags referencing new table as new_rows
  for each statement execute function sync.capture_contact_tags();
create trigger capture_update after update on public.contact_tags referencing old table as old_rows new table as new_rows
  for each statement execute function sync.capture_contact_tags();
create trigger capture_delete after delete on public.contact_tags referencing old table as old_rows
  for each statement execute function sync.capture_contact_tags();
