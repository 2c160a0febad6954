-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Applying what was read from Keap
--
-- A row of a page: {key, keap_id, values: {column: value, …}, updated_at, created_at, members: [keap ids]?,
--                   children: {entity: [rows]}?}. All rows of a page carry the same columns in `values`.
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create type sync.member_change as (contact_id uuid, contact_keap_id bigint, tag_id uuid, tag_keap_id bigint, added boolean);

-- One hash for everything read about a record. Independent of key order; a server that hashes otherwise only applies once more.
create function sync.read_hash(r jsonb) returns text language sql immutable set search_path = '' as $$
  select jsonb_hash_extended(r -> 'values', 0) || ':' || coalesce(jsonb_hash_extended(r -> 'children', 0), 0)
    || ':' || coalesce(jsonb_hash_extended(r -> 'members', 0), 0)
$$;

create function sync.difference(p_from jsonb, p_to jsonb) returns jsonb language sql immutable set search_path = '' as $$
  select coalesce(jsonb_object_agg(k.key, jsonb_build_array(p_from -> k.key, k.value)), '{}')
  from jsonb_each(p_to) k where p_from -> k.key is distinct from k.value
$$;

create function sync.merge_counts(a jsonb, b jsonb) returns jsonb language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'inserted', (a ->> 'inserted')::int + (b ->> 'inserted')::int,
    'updated', (a ->> 'updated')::int + (b ->> 'updated')::int,
    'unchanged', (a ->> 'unchanged')::int + (b ->> 'unchanged')::int,
    'removed', (a ->> 'removed')::int + (b ->> 'removed')::int,
    'to_plan', (a -> 'to_plan') || (b -> 'to_plan'),
    'rejected', (a -> 'rejected') || (b -> 'rejected'))
$$;

-- What a refused record is told, in plain words.
create function sync.refusal(p_state text, p_message text) returns text language sql immutable set search_path = '' as $$
  select case left(p_state, 2)
    when '22' then 'A value does not fit its column: ' || p_message
    when '23' then 'The record breaks a rule of the table: ' || p_message
    else 'The record could not be stored: ' || p_message
  end
$$;

-- Parents that arrived late: give them to the rows that wait for them.
create function sync.adopt_orphans(p_account uuid, p_entity text, p_keap_ids bigint[]) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  for r in select * from sync.refs where parent = p_entity loop
    execute format($q$
      update public.%1$I c set %2$I = (select p.supabase_id from public.%4$I p where p.account_id = $1 and p.keap_id = c.%3$I)
      where c.account_id = $1 and c.%2$I is null and c.%3$I is not null and c.%3$I = any ($2)
    $q$, r.entity, r.id_column, r.keap_column, r.parent) using p_account, p_keap_ids;
  end loop;
end $$;

-- Members (tags of contacts): result = (B ∪ added in K ∪ added in P) − removed in K − removed in P. Rows whose P differs from B
-- are left to the push; everything else follows K.
create function sync.apply_members(p_account uuid, p_contacts uuid[], p_members jsonb[], p_run uuid, p_first boolean)
returns integer language plpgsql set search_path = '' as $$
declare
  v_changes sync.member_change[];
  v_changed integer := 0;
begin
  select array_agg((n.contact_id, n.contact_keap_id, t.supabase_id, n.tag, n.added)::sync.member_change) into v_changes
  from (
    select s.record_id as contact_id, s.keap_id as contact_keap_id, k.value::bigint as tag, true as added
    from unnest(p_contacts, p_members) c (id, members)
    cross join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.id limit 1) s
    cross join lateral jsonb_array_elements_text(c.members) k
    where s.members is null or not k.value::bigint = any (s.members)
    union all
    select s.record_id, s.keap_id, b.tag, false
    from unnest(p_contacts, p_members) c (id, members)
    cross join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.id limit 1) s
    cross join lateral unnest(s.members) b (tag)
    where not c.members @> to_jsonb(b.tag)
  ) n
  left join public.tags t on t.account_id = p_account and t.keap_id = n.tag;

  update sync.shadow s set
    members = (select coalesce(array_agg(k.value::bigint order by k.value::bigint), '{}') from jsonb_array_elements_text(c.members) k
      where w.tags is null or not k.value::bigint = any (w.tags)),
    members_waiting = w.tags
  from unnest(p_contacts, p_members) c (id, members)
  left join (select m.contact_id, array_agg(m.tag_keap_id) as tags from unnest(v_changes) m
    where m.tag_id is null and m.added group by 1) w on w.contact_id = c.id
  where s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.id;
  if v_changes is null then return 0; end if;

  with gone as (
    update public.contact_tags l set removed_at = now(), version = l.version + 1, sync_status = 'synced', sync_error = null,
      last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now()
    from unnest(v_changes) m
    where not m.added and l.account_id = p_account and l.contact_id = m.contact_id and l.tag_id = m.tag_id and l.removed_at is null
    returning 1
  ), here as (
    insert into public.contact_tags as l (account_id, contact_id, tag_id, contact_keap_id, tag_keap_id, sync_status,
      last_synced_at, last_modified_by, last_updated_at, version)
    select p_account, m.contact_id, m.tag_id, m.contact_keap_id, m.tag_keap_id, 'synced', now(), 'keap', now(), 1
    from unnest(v_changes) m where m.added and m.tag_id is not null
    on conflict (account_id, contact_id, tag_id) do update set
      removed_at = null, applied_at = case when l.removed_at is null then l.applied_at end, sync_status = 'synced', sync_error = null,
      contact_keap_id = excluded.contact_keap_id, tag_keap_id = excluded.tag_keap_id,
      last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now(), version = l.version + 1
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from here) into v_changed;

  -- a membership changed here and there to the same end has nothing left to push
  delete from sync.dirty d using unnest(v_changes) m
  where d.account_id = p_account and d.entity = 'contact_tags' and d.record_id = m.contact_id and d.other_id = m.tag_id;

  -- a first copy is told by the contact's own journal row
  if not p_first then
    insert into sync.journal (account_id, run_id, entity, record_id, other_id, keap_id, direction, action, origin, changes)
    select p_account, p_run, 'contact_tags', m.contact_id, m.tag_id, m.contact_keap_id, 'in',
      case when m.added then 'add_member' else 'remove_member' end, 'keap',
      jsonb_build_object('tag_keap_id', jsonb_build_array(case when not m.added then m.tag_keap_id end, case when m.added then m.tag_keap_id end))
    from unnest(v_changes) m where m.tag_id is not null;
  end if;
  return v_changed;
end $$;

-- When the page that is being stored was asked for. A record agreed upon later (a push wrote it meanwhile) is not in it as it is now.
create function sync.page_read_at() returns timestamptz language sql stable set search_path = '' as $$
  select nullif(current_setting('keapsake.page_read_at', true), '')::timestamptz
$$;

-- The database's clock, for the time a page is asked for.
create function public.sync_now() returns timestamptz language sql volatile security definer set search_path = '' as $$ select clock_timestamp() $$;

-- The page lies in a temporary table while it is applied: as a parameter its megabytes would be copied into the plan of every
-- statement that mentions it. Nobody analyses that table, nor, in the embedded database, any other; so lookups by key are written
-- as `lateral (… limit 1)`, which leaves the planner no choice but the index.
create function sync.open_page(p_account uuid, p_entity text, p_rows jsonb) returns void language plpgsql set search_path = '' as $$
declare
  v_read_at timestamptz := coalesce(sync.page_read_at(), 'infinity');
  -- whether anything went away since the page was asked for: most pages need not look further
  v_buried boolean := exists (select from sync.tombstones b where b.account_id = p_account and b.entity = p_entity and b.seen_at > v_read_at);
  -- what a push is deleting in Keap just now: a page neither agrees to what Keap holds meanwhile nor brings it back
  v_going uuid[] := array(select n.record_id from sync.intents n where n.account_id = p_account and n.entity = p_entity
    and n.action = 'delete' and n.state = 'sent' and n.created_at > now() - interval '2 minutes');
begin
  if to_regclass('pg_temp.sync_page') is null then
    create temp table sync_page (entity text, at integer, key text, keap_id bigint, hash text, stamp timestamptz, record_id uuid,
      agreed bigint, known boolean, fresh boolean, class text, version bigint, r jsonb, made jsonb) on commit delete rows;
    alter table pg_temp.sync_page set (toast_tuple_target = 8160);
  else
    delete from pg_temp.sync_page where entity = p_entity;
  end if;
  -- the last copy of a key wins; what the base knows comes along
  insert into pg_temp.sync_page
  select p_entity, t.at, t.key, (t.r ->> 'keap_id')::bigint, h.hash,
    case when s.keap_updated_at is distinct from h.stamp and coalesce(s.agreed_at <= v_read_at, true)
      and coalesce(s.agreed_at = '-infinity' or s.record_id <> all (v_going), true) then h.stamp end,
    coalesce(s.record_id, gen_random_uuid()), s.row_version, s.record_id is not null,
    -- read before the last agreement: passed over, its hash left as it is, so that the next read counts
    s.k_hash = h.hash or s.agreed_at > v_read_at or (s.agreed_at > '-infinity' and s.record_id = any (v_going))
      -- read before it went away: it does not come back by that
      or (v_buried and s.record_id is null and exists (select from sync.tombstones b where b.account_id = p_account and b.entity = p_entity
        and b.key = t.key and b.seen_at > v_read_at)),
    case when s.record_id is null then 'insert' end, 0, t.r
  from (select x.r, x.at, x.r ->> 'key' as key, max(x.at) over (partition by x.r ->> 'key') as last_at
    from jsonb_array_elements(sync.without_erased(p_account, p_entity, p_rows)) with ordinality x (r, at)) t
  cross join lateral (select sync.read_hash(t.r) as hash, (t.r ->> 'updated_at')::timestamptz as stamp offset 0) h
  left join lateral (select s.record_id, s.row_version, s.k_hash, s.keap_updated_at, s.agreed_at from sync.shadow s
    where s.account_id = p_account and s.entity = p_entity and s.key = t.key limit 1) s on true
  where t.at = t.last_at;
end $$;

create function sync.apply_rows(p_account uuid, p_entity text, p_rows jsonb, p_run uuid) returns jsonb
language plpgsql set search_path = '' as $$
begin
  perform sync.open_page(p_account, p_entity, p_rows);
  return sync.apply_opened(p_account, p_entity, p_run);
end $$;

-- Whether a record of Keap is what an open create made: by our marker in a custom field. What can hold none is known by its
-- name, and a line of an order, which may have the name of another, by all that was sent.
create function sync.answers_create(p_entity text, p_marker text, p_fields jsonb, p_values jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select coalesce(case
    when p_entity in ('tags', 'tag_categories', 'lead_sources', 'products') then p_fields ->> 'name' = p_values ->> 'name'
    when p_entity = 'order_items' then p_fields ? 'order_keap_id' and p_values @> p_fields
    else p_marker is not null and exists (
      select from jsonb_each_text(case jsonb_typeof(p_values -> 'custom_fields') when 'object' then p_values -> 'custom_fields' else '{}' end) f
      where f.value = p_marker) end, false)
$$;

create function sync.apply_opened(p_account uuid, p_entity text, p_run uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  e sync.entities;
  v_total integer; v_touched integer; v_stamped boolean;
  v_columns text[]; v_into text; v_pick text; v_set text; v_joins text; v_from_update text;
  v_inserted integer := 0; v_updated integer := 0; v_removed integer := 0; v_has_insert boolean; v_has_update boolean; v_has_other boolean;
  v_returned boolean := false;
  v_plan jsonb := '[]'; v_to_plan jsonb := '[]'; v_child jsonb; v_children jsonb; c record;
  v_ids uuid[]; v_members jsonb[]; v_unknown bigint[]; v_keap_ids bigint[];
begin
  select * into e from sync.entities where entity = p_entity;
  if not found then raise exception 'No synced table is called "%".', p_entity using errcode = '22023'; end if;

  -- 1. What really changed? An unchanged hash costs nothing more.
  select bool_or(w.fresh and w.stamp is not null), count(*) filter (where w.fresh is not true), count(*)
  into v_stamped, v_touched, v_total from pg_temp.sync_page w where w.entity = p_entity;
  if v_stamped then
    -- same content, newer stamp (an echo of our own write, a save without a change): only the stamp moves
    execute format('update public.%1$I p set keap_updated_at = w.stamp from pg_temp.sync_page w
      where w.entity = %1$L and w.fresh and w.stamp is not null and p.supabase_id = w.record_id', p_entity);
    update sync.shadow s set keap_updated_at = k.stamp, read_at = now() from (
      select w.stamp, l.tid from pg_temp.sync_page w
      cross join lateral (select s.ctid as tid from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = w.key limit 1) l
      where w.entity = p_entity and w.fresh and w.stamp is not null
    ) k where s.ctid = k.tid;
  end if;
  if p_entity in ('orders', 'payments', 'transactions') then perform sync.mark_rereads(p_account, p_entity); end if;
  if v_touched = 0 then
    return jsonb_build_object('inserted', 0, 'updated', 0, 'unchanged', v_total, 'removed', 0, 'to_plan', '[]'::jsonb, 'rejected', '[]'::jsonb);
  end if;
  delete from pg_temp.sync_page w where w.entity = p_entity and w.fresh;

  -- 2. Lock the rows that may change and look at their versions; a record without a base may still have a row.
  --    insert: new here · update: P is as agreed · same: only members or children moved · plan: edited here as well
  if exists (select from pg_temp.sync_page w where w.entity = p_entity and w.known) then
    execute format('select count(*) from (select from public.%1$I p
      where p.supabase_id = any (array(select w.record_id from pg_temp.sync_page w where w.entity = %1$L and w.known))
      order by p.supabase_id for update) l', p_entity) into v_touched;
    execute format($q$
      update pg_temp.sync_page w set (version, class) = (
        select p.version, case when s.base = w.r -> 'values' then 'same' when w.agreed = p.version then 'update' else 'plan' end
        from public.%1$I p, lateral (select s.base from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key = w.key limit 1) s
        where p.supabase_id = w.record_id)
      where w.entity = %1$L and w.known
    $q$, p_entity) using p_account;
  end if;
  if exists (select from pg_temp.sync_page w where w.entity = p_entity and w.known is not true) then
    execute format($q$
      with locked as materialized (
        select p.supabase_id, p.version, p.deleted_at, %2$s as key from public.%1$I p
        where p.account_id = $1 and %3$I = any (array(select w.%4$I from pg_temp.sync_page w where w.entity = %1$L and w.known is not true))
        order by p.supabase_id for update
      )
      update pg_temp.sync_page w set version = p.version, record_id = p.supabase_id,
        class = case when p.deleted_at is not null then 'update' else 'plan' end
      from locked p where w.entity = %1$L and w.known is not true and p.key = w.key
    $q$, p_entity, e.key_expression, e.key_column, case e.key_column when 'keap_id' then 'keap_id' else 'key' end) using p_account;
  end if;
  if exists (select from sync.intents i where i.account_id = p_account and i.entity = p_entity and i.action = 'create' and i.state in ('sent', 'unknown')) then
    -- made here, and its answer has not arrived yet, or never will: this is that row, not a second one
    execute format($q$
      update pg_temp.sync_page w set version = m.version, record_id = m.supabase_id, class = 'plan', made = case when %1$L <> 'tags' then m.fields end
      from (
        select distinct on (p.supabase_id) p.supabase_id, p.version, i.fields, x.key
        from sync.intents i
        join public.%1$I p on p.account_id = $1 and p.supabase_id = i.record_id and p.keap_id is null and p.deleted_at is null
        join pg_temp.sync_page x on x.entity = %1$L and x.known is not true and x.class = 'insert' and x.keap_id is not null
          and sync.answers_create(%1$L, i.marker, i.fields, x.r -> 'values')
        where i.account_id = $1 and i.entity = %1$L and i.action = 'create' and i.state in ('sent', 'unknown')
        order by p.supabase_id, i.created_at desc
      ) m where w.entity = %1$L and w.key = m.key
    $q$, p_entity) using p_account;
  end if;
  if exists (select from pg_temp.sync_page w where w.entity = p_entity and w.class is null) then
    -- known, and deleted here: while Keap shows it with its lines as agreed, what becomes of it is the push's to say
    update pg_temp.sync_page w set class = 'same', version = 0
    from sync.shadow s, sync.dirty d
    where w.entity = p_entity and w.class is null
      and s.account_id = p_account and s.entity = p_entity and s.key = w.key and s.agreed_at > '-infinity' and s.base = w.r -> 'values'
      and d.account_id = p_account and d.entity = p_entity and d.record_id = w.record_id and d.operation = 'delete'
      and (not w.r ? 'members' or coalesce(to_jsonb(s.members), '[]') = w.r -> 'members')
      and not exists (
        select from sync.entities x cross join lateral jsonb_array_elements(w.r -> 'children' -> x.entity) k
        left join sync.shadow l on l.account_id = p_account and l.entity = x.entity and l.key = k ->> 'key'
        where x.parent_entity = p_entity
          and (l.record_id is null or (l.agreed_at <= coalesce(sync.page_read_at(), 'infinity') and l.base <> k -> 'values')));
    -- else it comes back as Keap has it
    update pg_temp.sync_page w set class = 'insert', version = 0 where w.entity = p_entity and w.class is null;
  end if;
  select bool_or(w.class = 'insert'), bool_or(w.class = 'update'), bool_or(w.class in ('same', 'plan'))
  into v_has_insert, v_has_update, v_has_other from pg_temp.sync_page w where w.entity = p_entity;

  -- 3. Columns of this page, and the parents its references mean.
  select array_agg(k) into v_columns from unnest(e.columns) k
  where (select r.r -> 'values' ? k from pg_temp.sync_page r where r.entity = p_entity limit 1);
  select string_agg(format('%I', k), ', '), string_agg(format('v.%I', k), ', '), string_agg(format('%1$I = v.%1$I', k), ', ')
  into v_into, v_pick, v_set from unnest(v_columns) k;
  v_from_update := v_pick;
  select coalesce(string_agg(format(' left join lateral (select p.supabase_id from public.%1$I p where p.account_id = $1 and p.keap_id = v.%3$I limit 1) %2$I on true',
      f.parent, 'ref_' || f.id_column, f.keap_column), ''), ''),
    v_into || coalesce(string_agg(format(', %I', f.id_column), ''), ''),
    v_pick || coalesce(string_agg(format(', %I.supabase_id', 'ref_' || f.id_column), ''), ''),
    v_set || coalesce(string_agg(format(', %1$I = v.%1$I', f.id_column), ''), ''),
    v_from_update || coalesce(string_agg(format(', %I.supabase_id as %I', 'ref_' || f.id_column, f.id_column), ''), '')
  into v_joins, v_into, v_pick, v_set, v_from_update
  from sync.refs f where f.entity = p_entity and f.keap_column = any (v_columns);
  if p_entity = 'contacts' then
    -- tags Keap names before they have arrived
    select array_agg(m.tag) into v_unknown from (
      select distinct x.value::bigint as tag from pg_temp.sync_page r cross join lateral jsonb_array_elements_text(r.r -> 'members') x
      where r.entity = 'contacts'
    ) m where not exists (select from public.tags t where t.account_id = p_account and t.keap_id = m.tag);
  end if;

  -- 4. Base, journal and row in one statement: the capture trigger fires at its end and finds them equal.
  if v_has_insert then
    execute format($q$
      with src as not materialized (
        select * from pg_temp.sync_page w where w.entity = %1$L and w.class = 'insert'
      ), base as (
        insert into sync.shadow as s (account_id, entity, key, keap_id, record_id, base, k_hash, row_version, keap_updated_at, members, members_waiting, agreed_at)
        select $1, %1$L, w.key, w.keap_id, w.record_id, w.r -> 'values', w.hash, 1, (w.r ->> 'updated_at')::timestamptz,
          case when w.r ? 'members' then array(select x::bigint from jsonb_array_elements_text(w.r -> 'members') x
            where $3 is null or x::bigint <> all ($3) order by 1) end,
          case when $3 is not null then (select array_agg(x::bigint) from jsonb_array_elements_text(w.r -> 'members') x where x::bigint = any ($3)) end, $4
        from src w
        on conflict (account_id, entity, key) do update set base = excluded.base, keap = null, k_hash = excluded.k_hash, row_version = 1,
          record_id = excluded.record_id, keap_updated_at = excluded.keap_updated_at, members = excluded.members,
          members_waiting = excluded.members_waiting, read_at = now(), agreed_at = excluded.agreed_at
      ), told as (
        insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
        select $1, $2, %1$L, w.record_id, w.keap_id, 'in', case when w.known then 'restore' else 'create' end, 'keap', w.r -> 'values',
          case when w.r ? 'members' then jsonb_build_object('members', array(select x::bigint from jsonb_array_elements_text(w.r -> 'members') x
            where $3 is null or x::bigint <> all ($3) order by 1)) end
        from src w
      )
      insert into public.%1$I (supabase_id, account_id, keap_id, keap_created_at, keap_updated_at, last_synced_at, sync_status,
        last_modified_by, last_updated_at, version, %2$s)
      select w.record_id, $1, w.keap_id, (w.r ->> 'created_at')::timestamptz, (w.r ->> 'updated_at')::timestamptz, now(), 'synced', 'keap',
        now(), 1, %3$s
      from src w cross join lateral jsonb_populate_record(null::public.%1$I, w.r -> 'values') v%4$s
    $q$, p_entity, v_into, v_pick, v_joins) using p_account, p_run, v_unknown, coalesce(sync.page_read_at(), now());
    get diagnostics v_inserted = row_count;
    -- a row that was deleted here and comes back has nothing left to decide
    v_returned := exists (select from pg_temp.sync_page w where w.entity = p_entity and w.class = 'insert' and w.known);
    if v_returned then
      v_ids := array(select w.record_id from pg_temp.sync_page w where w.entity = p_entity and w.class = 'insert' and w.known);
      delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
      update sync.dead_letters l set state = 'solved', last_at = now()
      where l.account_id = p_account and l.entity = p_entity and l.record_id = any (v_ids) and l.state = 'open';
    end if;
    if p_entity = 'contacts' then
      insert into public.contact_tags as l (account_id, contact_id, tag_id, contact_keap_id, tag_keap_id, sync_status,
        last_synced_at, last_modified_by, last_updated_at, version)
      select p_account, w.record_id, t.supabase_id, w.keap_id, t.keap_id, 'synced', now(), 'keap', now(), 1
      from pg_temp.sync_page w
      cross join lateral jsonb_array_elements_text(w.r -> 'members') x
      cross join lateral (select t.supabase_id, t.keap_id from public.tags t where t.account_id = p_account and t.keap_id = x.value::bigint limit 1) t
      where w.entity = 'contacts' and w.class = 'insert'
      on conflict (account_id, contact_id, tag_id) do update set removed_at = null, sync_status = 'synced', sync_error = null,
        last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now(), version = l.version + 1;
    end if;
  end if;
  if v_has_update then
    execute format($q$
      with src as not materialized (
        select * from pg_temp.sync_page w where w.entity = %1$L and w.class = 'update'
      ), told as (
        insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
        select $1, $2, %1$L, w.record_id, w.keap_id, 'in', case when w.known then 'update' else 'restore' end, 'keap',
          case when w.known then sync.difference(s.base, w.r -> 'values') else w.r -> 'values' end
        from src w left join lateral (select s.base from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key = w.key limit 1) s on true
      ), base as (
        insert into sync.shadow as s (account_id, entity, key, keap_id, record_id, base, k_hash, row_version, keap_updated_at, agreed_at)
        select $1, %1$L, w.key, w.keap_id, w.record_id, w.r -> 'values', w.hash, w.version + 1, (w.r ->> 'updated_at')::timestamptz, $3 from src w
        on conflict (account_id, entity, key) do update set base = excluded.base, keap = null, k_hash = excluded.k_hash,
          row_version = excluded.row_version, record_id = excluded.record_id, keap_updated_at = excluded.keap_updated_at,
          read_at = now(), agreed_at = excluded.agreed_at
      )
      update public.%1$I p set keap_id = v.keap_id, keap_created_at = v.keap_created_at, keap_updated_at = v.keap_updated_at,
        deleted_at = null, last_synced_at = now(), sync_status = 'synced', sync_error = null, last_modified_by = 'keap',
        last_updated_at = now(), version = v.new_version, %2$s
      from (
        select w.record_id as row_id, w.version + 1 as new_version, w.keap_id, (w.r ->> 'created_at')::timestamptz as keap_created_at,
          (w.r ->> 'updated_at')::timestamptz as keap_updated_at, %3$s
        from src w cross join lateral jsonb_populate_record(null::public.%1$I, w.r -> 'values') v%4$s
      ) v where p.supabase_id = v.row_id
    $q$, p_entity, v_set, v_from_update, v_joins) using p_account, p_run, coalesce(sync.page_read_at(), now());
    get diagnostics v_updated = row_count;
  end if;
  if v_has_other then
    update sync.shadow s set k_hash = k.hash, keap_updated_at = coalesce(k.stamp, s.keap_updated_at), read_at = now(),
      keap = case when k.class = 'plan' then k.vals else s.keap end
    from (
      select w.hash, w.stamp, w.class, w.r -> 'values' as vals, l.tid from pg_temp.sync_page w
      cross join lateral (select s.ctid as tid from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = w.key limit 1) l
      where w.entity = p_entity and w.class in ('same', 'plan')
    ) k where s.ctid = k.tid;
    -- only members or children moved: the record's own stamp moves with them
    execute format('update public.%1$I p set keap_updated_at = w.stamp from pg_temp.sync_page w
      where w.entity = %1$L and w.class = ''same'' and w.stamp is not null and p.supabase_id = w.record_id', p_entity);
  end if;
  delete from sync.tombstones t where t.account_id = p_account and t.entity = p_entity
    and t.key = any (array(select w.key from pg_temp.sync_page w where w.entity = p_entity and w.class in ('insert', 'update')));

  -- 5. Members and children of everything that changed, edited here or not: they have bases of their own.
  if p_entity = 'contacts' and (v_has_update or v_has_other) then
    select array_agg(w.record_id), array_agg(w.r -> 'members') into v_ids, v_members
    from pg_temp.sync_page w
    cross join lateral (select s.members from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = w.key limit 1) s
    where w.entity = 'contacts' and w.class <> 'insert' and w.r ? 'members' and coalesce(to_jsonb(s.members), '[]') <> w.r -> 'members';
    if v_ids is not null then perform sync.apply_members(p_account, v_ids, v_members, p_run, false); end if;
  end if;
  for c in select * from sync.entities x where x.parent_entity = p_entity loop
    select coalesce(jsonb_agg(k), '[]') into v_children
    from pg_temp.sync_page w cross join lateral jsonb_array_elements(w.r -> 'children' -> c.entity) k where w.entity = p_entity;
    if v_returned then
      -- its lines come along: else what is marked as deleted here would be deleted in Keap
      execute format($q$
        update sync.shadow s set k_hash = '', agreed_at = '-infinity'
        from pg_temp.sync_page w cross join lateral jsonb_array_elements(w.r -> 'children' -> %1$L) k
        where w.entity = $2 and w.class = 'insert' and w.known and s.account_id = $1 and s.entity = %1$L and s.key = k ->> 'key'
          and not exists (select from public.%1$I p where p.account_id = $1 and p.supabase_id = s.record_id)
      $q$, c.entity) using p_account, p_entity;
    end if;
    perform sync.open_page(p_account, c.entity, v_children);
    select array_agg(w.keap_id) into v_keap_ids from pg_temp.sync_page w
    where w.entity = p_entity and w.known and w.r -> 'children' ? c.entity;
    v_removed := v_removed + sync.remove_children(p_account, c.entity, c.parent_key_column, v_keap_ids, p_run);
    if v_children <> '[]' then
      v_child := sync.apply_opened(p_account, c.entity, p_run);
      v_to_plan := v_to_plan || (v_child -> 'to_plan');
    end if;
  end loop;

  -- 6. What waited for these records, and what follows from them.
  if v_inserted > 0 then
    select array_agg(w.keap_id) into v_keap_ids from pg_temp.sync_page w
    where w.entity = p_entity and w.class = 'insert' and w.keap_id is not null;
    perform sync.adopt_orphans(p_account, p_entity, v_keap_ids);
    if p_entity = 'tags' then perform sync.adopt_waiting_members(p_account, v_keap_ids, p_run); end if;
  end if;
  if p_entity = 'payments' then
    select array_agg(w.keap_id) into v_keap_ids from pg_temp.sync_page w where w.entity = p_entity;
    perform sync.derive_payments(p_account, v_keap_ids);
  elsif p_entity = 'transactions' then
    select array_agg((r.r #>> '{values,payment_keap_id}')::bigint) into v_keap_ids from pg_temp.sync_page r
    where r.entity = p_entity and r.r #>> '{values,transaction_method}' = 'VOID';
    if v_keap_ids is not null then perform sync.derive_payments(p_account, v_keap_ids); end if;
  elsif p_entity in ('products', 'subscription_plans') then
    perform sync.derive_plans(p_account);
  end if;

  if v_has_other then
    execute format($q$
      select coalesce(jsonb_agg(jsonb_build_object('entity', %1$L::text, 'record_id', w.record_id, 'key', w.key, 'seen', w.r,
        'base', s.base, 'made', w.made, 'row', to_jsonb(p), 'version', p.version)), '[]')
      from pg_temp.sync_page w
      join public.%1$I p on p.supabase_id = w.record_id
      left join lateral (select s.base from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key = w.key limit 1) s on true
      where w.entity = %1$L and w.class = 'plan'
    $q$, p_entity) into v_plan using p_account;
  end if;
  return jsonb_build_object('inserted', v_inserted, 'updated', v_updated, 'removed', v_removed,
    'unchanged', v_total - v_inserted - v_updated - jsonb_array_length(v_plan), 'to_plan', v_to_plan || v_plan, 'rejected', '[]'::jsonb);
end $$;

-- Records that are gone from Keap and were edited here: they stay, and a person is told where they can decide, and what to do about it.
create function sync.hold_gone(p_account uuid, p_entity text, p_ids uuid[]) returns void language plpgsql set search_path = '' as $$
begin
  execute format('update public.%I p set sync_status = ''held'', sync_error = ''Deleted in Keap while it was edited here. Decide which side is right.''
    where p.account_id = $1 and p.supabase_id = any ($2)', p_entity) using p_account, p_ids;
  with held as (
    update sync.dirty d set state = 'held', reason = 'Deleted in Keap while it was edited here.'
    where d.account_id = p_account and d.entity = p_entity and d.record_id = any (p_ids)
    returning d.record_id
  )
  insert into sync.dead_letters as l (account_id, entity, record_id, keap_id, class, reason, cure)
  select p_account, p_entity, h.record_id, s.keap_id, 'hold', 'Deleted in Keap while it was edited here. Decide which side is right.',
    'To keep Keap''s side, delete the row here. To keep this one, restore the record in Keap, then replay it.'
  from held h join sync.shadow s on s.account_id = p_account and s.entity = p_entity and s.record_id = h.record_id
  on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set
    class = excluded.class, reason = excluded.reason, cure = excluded.cure, last_at = now();
end $$;

-- Children Keap no longer names under a parent that was read whole. One that was edited here is a conflict for a person: it stays, held.
create function sync.remove_children(p_account uuid, p_entity text, p_parent_key text, p_parents bigint[], p_run uuid)
returns integer language plpgsql set search_path = '' as $$
declare
  v_ids uuid[]; v_edited uuid[];
begin
  if p_parents is null then return 0; end if;
  -- the children Keap does name are in the opened page
  execute format('select array_agg(c.supabase_id) filter (where s.row_version = c.version), array_agg(c.supabase_id) filter (where s.row_version <> c.version)
    from public.%1$I c
    join sync.shadow s on s.account_id = $1 and s.entity = %1$L and s.record_id = c.supabase_id
    where c.account_id = $1 and c.%2$I = any ($2) and c.deleted_at is null
      -- one agreed upon since the page was asked for is not in it
      and ($3 is null or s.agreed_at <= $3)
      and not exists (select from pg_temp.sync_page r where r.entity = %1$L and r.key = s.key)', p_entity, p_parent_key)
    into v_ids, v_edited using p_account, p_parents, sync.page_read_at();
  if v_edited is not null then perform sync.hold_gone(p_account, p_entity, v_edited); end if;
  if v_ids is null then return 0; end if;
  insert into sync.tombstones (account_id, entity, key, record_id, reason, base)
  select p_account, p_entity, s.key, s.record_id, 'gone_from_parent', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids)
  on conflict (account_id, entity, key) do nothing;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
  select p_account, p_run, p_entity, s.record_id, s.keap_id, 'in', 'delete', 'keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  delete from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  execute format('update public.%I set deleted_at = now(), version = version + 1, sync_status = ''synced'', sync_error = null,
    last_synced_at = now(), last_modified_by = ''keap'', last_updated_at = now() where supabase_id = any ($1)', p_entity) using v_ids;
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
  return cardinality(v_ids);
end $$;

create function sync.adopt_waiting_members(p_account uuid, p_tags bigint[], p_run uuid) returns void
language plpgsql set search_path = '' as $$
declare
  v_ids uuid[]; v_members jsonb[];
begin
  select array_agg(s.record_id), array_agg(to_jsonb(coalesce(s.members, '{}') || s.members_waiting)) into v_ids, v_members
  from sync.shadow s
  where s.account_id = p_account and s.entity = 'contacts' and s.members_waiting is not null and s.members_waiting && p_tags;
  if v_ids is not null then perform sync.apply_members(p_account, v_ids, v_members, p_run, false); end if;
end $$;

-- One bad record must not stop the others: halve the page until it stands alone.
create function sync.apply_tolerant(p_account uuid, p_entity text, p_rows jsonb, p_run uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_count integer := jsonb_array_length(p_rows);
  v_state text; v_message text;
begin
  if v_count = 0 then
    return '{"inserted":0,"updated":0,"unchanged":0,"removed":0,"to_plan":[],"rejected":[]}';
  end if;
  begin
    return sync.apply_rows(p_account, p_entity, p_rows, p_run);
  exception
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
  end;
  if v_count = 1 then
    return jsonb_build_object('inserted', 0, 'updated', 0, 'unchanged', 0, 'removed', 0, 'to_plan', '[]'::jsonb, 'rejected',
      jsonb_build_array(jsonb_build_object('key', p_rows -> 0 ->> 'key', 'keap_id', p_rows -> 0 -> 'keap_id',
        'reason', sync.refusal(v_state, v_message), 'record', p_rows -> 0)));
  end if;
  return sync.merge_counts(
    sync.apply_tolerant(p_account, p_entity, (select jsonb_agg(r) from jsonb_array_elements(p_rows) with ordinality t (r, i) where i <= v_count / 2), p_run),
    sync.apply_tolerant(p_account, p_entity, (select jsonb_agg(r) from jsonb_array_elements(p_rows) with ordinality t (r, i) where i > v_count / 2), p_run));
end $$;

-- Where a stream stands; part of the transaction that stored the rows before it.
create function sync.move_cursor(p_account uuid, p_entity text, p_cursor jsonb) returns void
language sql set search_path = '' as $$
  insert into sync.cursors as c (account_id, entity, stream, state, position, watermark, done_count, estimated_total, pages, due_at,
    error, cure, started_at, finished_at)
  values (p_account, p_entity, p_cursor ->> 'stream', coalesce(p_cursor ->> 'state', 'running'), coalesce(p_cursor -> 'position', '{}'),
    (p_cursor ->> 'watermark')::timestamptz, coalesce((p_cursor ->> 'done')::bigint, 0), (p_cursor ->> 'estimated_total')::bigint,
    coalesce((p_cursor ->> 'pages')::int, 0), (p_cursor ->> 'due_at')::timestamptz, p_cursor ->> 'error', p_cursor ->> 'cure', now(),
    case when p_cursor ->> 'state' = 'done' then now() end)
  on conflict (account_id, entity, stream) do update set
    state = coalesce(p_cursor ->> 'state', c.state),
    position = coalesce(p_cursor -> 'position', c.position),
    watermark = coalesce((p_cursor ->> 'watermark')::timestamptz, c.watermark),
    done_count = case when (p_cursor ->> 'restart')::boolean then 0 else c.done_count end + coalesce((p_cursor ->> 'done')::bigint, 0),
    estimated_total = coalesce((p_cursor ->> 'estimated_total')::bigint, c.estimated_total),
    pages = case when (p_cursor ->> 'restart')::boolean then 0 else c.pages end + coalesce((p_cursor ->> 'pages')::int, 0),
    due_at = coalesce((p_cursor ->> 'due_at')::timestamptz, c.due_at),
    error = p_cursor ->> 'error', cure = p_cursor ->> 'cure',
    started_at = case when (p_cursor ->> 'restart')::boolean then now() else coalesce(c.started_at, now()) end,
    finished_at = case when p_cursor ->> 'state' = 'done' then now() when (p_cursor ->> 'restart')::boolean then null else c.finished_at end,
    updated_at = now()
$$;

create function public.sync_apply_page(p_account uuid, p_entity text, p_rows jsonb, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_result jsonb;
  v_run uuid := (p_run ->> 'run_id')::uuid;
begin
  if jsonb_array_length(p_rows) > 1000 then
    raise exception 'A page holds at most 1,000 records, this one has %. Send it in parts.', jsonb_array_length(p_rows) using errcode = '22023';
  end if;
  perform set_config('keapsake.origin', 'keap', true);
  perform set_config('keapsake.rereads', coalesce(p_run ->> 'rereads', ''), true);
  perform set_config('keapsake.page_read_at', coalesce(p_run ->> 'read_at', ''), true);
  -- one writer per table and account: pages of a poll and a backfill queue up instead of deadlocking
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  v_result := sync.apply_tolerant(p_account, p_entity, p_rows, v_run);

  -- refused here, or already by the mapping
  insert into sync.rejected as j (account_id, entity, key, reason, record)
  select distinct on (r ->> 'key') p_account, p_entity, r ->> 'key', r ->> 'reason', r -> 'record'
  from jsonb_array_elements((v_result -> 'rejected') || coalesce(p_run -> 'rejected', '[]')) r
  on conflict (account_id, entity, key) do update set reason = excluded.reason, record = excluded.record, times = j.times + 1, last_at = now();
  delete from sync.rejected j where j.account_id = p_account and j.entity = p_entity
    and j.key in (select r ->> 'key' from jsonb_array_elements(p_rows) r)
    and not exists (select from jsonb_array_elements(v_result -> 'rejected') x where x ->> 'key' = j.key);

  -- the page that answers marks leaves none for what it moved itself; what was marked meanwhile stays
  delete from sync.rereads m using jsonb_each_text(coalesce(p_run -> 'answers_rereads', '{}')) a
  where m.account_id = p_account and m.order_keap_id = a.key::bigint and (m.marked_at <= a.value::timestamptz or m.marked_at = now());
  if p_run ->> 'rereads' <> '' then
    v_result := v_result || jsonb_build_object('rereads', (select coalesce(jsonb_object_agg(m.order_keap_id, m.marked_at), '{}')
      from sync.rereads m where m.account_id = p_account and m.marked_at = now()));
  end if;
  if p_run ? 'cursor' then
    perform sync.move_cursor(p_account, coalesce(p_run ->> 'cursor_entity', p_entity), p_run -> 'cursor');
  end if;
  update sync.runs set heartbeat_at = now() where run_id = v_run;
  return jsonb_set(v_result, '{rejected}', (select coalesce(jsonb_agg(r - 'record'), '[]')
    from jsonb_array_elements((v_result -> 'rejected') || coalesce(p_run -> 'rejected', '[]')) r));
end $$;

-- A page of a sweep over ids: memberships compared, absent records named. Rows: {keap_id, members}; the page covers (p_after, p_upto].
create function public.sync_apply_member_page(p_account uuid, p_rows jsonb, p_after bigint, p_upto bigint, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[]; v_members jsonb[]; v_changed integer := 0; v_unknown jsonb; v_absent jsonb;
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || 'contacts', 0));
  select array_agg(s.record_id), array_agg(r -> 'members') into v_ids, v_members
  from jsonb_array_elements(p_rows) r
  cross join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = r ->> 'keap_id' limit 1) s
  where to_jsonb(coalesce(s.members, '{}')) <> r -> 'members' and s.agreed_at <= coalesce((p_run ->> 'read_at')::timestamptz, 'infinity')
    and not coalesce(to_jsonb((select array_agg(x order by x) from unnest(s.members || s.members_waiting) x)) = r -> 'members', false);
  if v_ids is not null then
    v_changed := sync.apply_members(p_account, v_ids, v_members, (p_run ->> 'run_id')::uuid, false);
  end if;
  select coalesce(jsonb_agg((r ->> 'keap_id')::bigint), '[]') into v_unknown from jsonb_array_elements(p_rows) r
  where not exists (select from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = r ->> 'keap_id')
    and not exists (select from sync.rejected j where j.account_id = p_account and j.entity = 'contacts' and j.key = r ->> 'keap_id')
    and not exists (select from sync.erased e where e.account_id = p_account and e.keap_id = (r ->> 'keap_id')::bigint);
  select coalesce(jsonb_agg(p.keap_id), '[]') into v_absent from public.contacts p
  where p.account_id = p_account and p.keap_id > p_after and (p_upto is null or p.keap_id <= p_upto) and p.deleted_at is null
    and not p.keap_id = any (array(select (r ->> 'keap_id')::bigint from jsonb_array_elements(p_rows) r));
  if p_run ? 'cursor' then perform sync.move_cursor(p_account, 'contacts', p_run -> 'cursor'); end if;
  return jsonb_build_object('changed', v_changed, 'unknown', v_unknown, 'absent', v_absent);
end $$;

create index contact_tags_without_time on public.contact_tags (account_id) where applied_at is null and removed_at is null;

-- Memberships whose time is not known yet, by tag; young ones only, so that a time Keap never tells is not asked for ever.
create function public.sync_missing_tag_times(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('tag_keap_id', g.tag_keap_id, 'contact_keap_ids', g.contacts) order by g.tag_keap_id), '[]') from (
    select l.tag_keap_id, jsonb_agg(l.contact_keap_id) as contacts from public.contact_tags l
    where l.account_id = p_account and l.applied_at is null and l.removed_at is null and l.sync_status = 'synced'
      and l.tag_keap_id is not null and l.contact_keap_id is not null and l.last_updated_at > now() - interval '1 hour'
    group by 1) g
$$;

-- Every linked tag, and how many people have it here.
create function public.sync_tag_sizes(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', t.keap_id, 'people', coalesce(n.people, 0)) order by t.keap_id), '[]') from public.tags t
  left join (select l.tag_id, count(*) as people from public.contact_tags l
    where l.account_id = p_account and l.removed_at is null and l.contact_keap_id is not null group by 1) n on n.tag_id = t.supabase_id
  where t.account_id = p_account and t.keap_id is not null and t.deleted_at is null
$$;

-- The times of one tag's applications.
create function public.sync_apply_tag_times(p_account uuid, p_tag_keap_id bigint, p_rows jsonb, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_updated integer;
  v_tag uuid := (select t.supabase_id from public.tags t where t.account_id = p_account and t.keap_id = p_tag_keap_id);
begin
  perform set_config('keapsake.origin', 'keap', true);
  update public.contact_tags l set applied_at = k.applied_at from (
    select r.applied_at, m.tid from jsonb_to_recordset(p_rows) r (contact_keap_id bigint, applied_at timestamptz)
    cross join lateral (select c.supabase_id from public.contacts c where c.account_id = p_account and c.keap_id = r.contact_keap_id limit 1) c
    cross join lateral (select m.ctid as tid from public.contact_tags m
      where m.account_id = p_account and m.contact_id = c.supabase_id and m.tag_id = v_tag and m.applied_at is distinct from r.applied_at limit 1) m
  ) k where l.ctid = k.tid;
  get diagnostics v_updated = row_count;
  if p_run ? 'cursor' then perform sync.move_cursor(p_account, 'contact_tags', p_run -> 'cursor'); end if;
  update sync.runs set heartbeat_at = now() where run_id = (p_run ->> 'run_id')::uuid;
  return jsonb_build_object('updated', v_updated);
end $$;
