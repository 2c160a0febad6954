-- Verification: both sides read and compared, without trusting the base.
--
-- Keap's records come page by page with the range of ids they cover. Both sides of a range are counted and hashed here, in
-- the same canonical form; a range that agrees costs nothing more, of one that does not the records that differ are named,
-- with everything known about them (marks, conflicts, letters), so that the difference can be explained or not.

alter table sync.verification_runs add column mode text not null default 'full' check (mode in ('full', 'sample'));
alter table sync.verification_runs add column calls integer not null default 0;
alter table sync.verification_runs add column here bigint not null default 0;
alter table sync.verification_runs add column updated_at timestamptz not null default now();
create index verification_runs_by_entity on sync.verification_runs (account_id, entity, started_at desc);
comment on column sync.verification_runs.compared is 'Records read from Keap and compared so far.';
comment on column sync.verification_runs.here is 'Records here within the ranges read so far.';

alter table sync.verification_mismatches add column entity text;
alter table sync.verification_mismatches add column record_id uuid;
alter table sync.verification_mismatches add column detail jsonb not null default '{}';
alter table sync.verification_mismatches add column seen_at timestamptz not null default now();

create table sync.verification_ranges (
  verification_id uuid not null references sync.verification_runs on delete cascade,
  account_id uuid not null references public.accounts on delete cascade,
  first_key text not null,
  last_key text,
  keap_count integer not null,
  here_count integer not null,
  keap_hash bigint not null,
  here_hash bigint not null,
  differing integer not null,
  checked_at timestamptz not null default now(),
  primary key (verification_id, first_key)
);
alter table sync.verification_ranges enable row level security;
revoke all on sync.verification_ranges from public, anon, authenticated;
grant select on sync.verification_ranges to service_role;
comment on table sync.verification_ranges is 'Counts and hashes of both sides per range of ids, as last compared.';

-- Everything that may explain why a record differs.
create function sync.explain_record(p_account uuid, p_entity text, p_key text, p_record uuid) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'dirty', (select jsonb_build_object('state', d.state, 'operation', d.operation, 'origin', d.origin, 'reason', d.reason, 'marked_at', d.marked_at)
      from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = p_record
        and d.other_id = '00000000-0000-0000-0000-000000000000'),
    'members_dirty', case when p_entity = 'contacts' then (select coalesce(jsonb_object_agg(t.keap_id, d.state), '{}') from sync.dirty d
      join public.tags t on t.account_id = p_account and t.supabase_id = d.other_id and t.keap_id is not null
      where d.account_id = p_account and d.entity = 'contact_tags' and d.record_id = p_record) end,
    'held_fields', (select coalesce(jsonb_agg(c.field), '[]') from sync.conflicts c
      where c.account_id = p_account and c.entity = p_entity and c.record_id = p_record and c.state = 'held'),
    'letter', (select jsonb_build_object('class', l.class, 'reason', l.reason) from sync.dead_letters l
      where l.account_id = p_account and l.entity = p_entity and l.record_id = p_record and l.state = 'open' limit 1),
    'base', (select s.base from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = p_record limit 1),
    'intents', (select count(*) from sync.intents i
      where i.account_id = p_account and i.entity = p_entity and i.record_id = p_record and i.state in ('sent', 'unknown')),
    'rejected', (select j.reason from sync.rejected j where j.account_id = p_account and j.entity = p_entity and j.key = p_key),
    'members_waiting', (select to_jsonb(s.members_waiting) from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = p_record limit 1))
$$;

-- One page. p_rows: {key, keap_id, values, members?, children?} as the sync maps them. p_range: {after, upto} for a list walked by
-- id (upto null: to the end), {keys: [..]} for certain records, {parents: [ids]} for children, {} for a page of a list that has no order: then only the keys named count.
create function public.sync_verify_page(p_account uuid, p_entity text, p_rows jsonb, p_range jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  e sync.entities; c record;
  v_columns text[]; v_unwanted text[]; v_scope text; v_members text; v_result jsonb; v_child jsonb; v_children jsonb; v_parents jsonb;
  v_ids bigint[]; v_keys text[]; v_kinds text[];
begin
  select * into e from sync.entities where entity = p_entity;
  if not found then raise exception 'No synced table is called "%".', p_entity using errcode = '22023'; end if;
  -- what may not be here is not missing
  p_rows := sync.without_erased(p_account, p_entity, p_rows);
  select array_agg(k) into v_columns from unnest(e.columns) k
  where p_rows = '[]' or (p_rows -> 0 -> 'values') ? k;
  select array_agg(a.column_name::text) into v_unwanted from information_schema.columns a
  where a.table_schema = 'public' and a.table_name = p_entity and not a.column_name = any (v_columns);
  v_scope := case
    when p_range ? 'after' then format('p.keap_id > %s%s', (p_range ->> 'after')::bigint,
      case when p_range ->> 'upto' is null then '' else format(' and p.keap_id <= %s', (p_range ->> 'upto')::bigint) end)
    when p_range ? 'keys' then format('%s = any ($6)', e.key_expression)
    when p_range ? 'parents' then format('p.%I = any ($7)', e.parent_key_column)
    -- the index finds the numbers; where kinds share a table, the same number may be another record
    else format('p.%I = any (%s) and %s = any ($6)', e.key_column, case e.key_column when 'keap_id' then '$5' else '$6' end, e.key_expression)
  end || case when p_range ->> 'prefix' is null then '' else format(' and %s like %L', e.key_expression, (p_range ->> 'prefix') || '%') end;
  -- as arrays, not as rows to join with: without statistics of the table the join may go through it once per row
  select coalesce(array_agg(distinct (r ->> 'keap_id')::bigint), '{}'), coalesce(array_agg(distinct r ->> 'key'), '{}') into v_ids, v_keys
  from jsonb_array_elements(p_rows) r;
  if p_range ? 'keys' then v_keys := array(select jsonb_array_elements_text(p_range -> 'keys')); end if;
  if p_entity = 'interactions' then
    -- said once more in words an index knows: by the key alone every page would go through the whole table
    select coalesce(array_agg(distinct split_part(x, ':', 1)), '{}') into v_kinds
    from unnest(v_keys || (p_range ->> 'prefix')) x where x is not null;
    v_scope := v_scope || format(' and p.kind = any (%L::text[])', v_kinds);
  end if;
  v_members := case when p_entity = 'contacts' and (p_rows -> 0) ? 'members'
    then 'jsonb_build_object(''$members'', (select coalesce(jsonb_agg(l.tag_keap_id order by l.tag_keap_id), ''[]'') from public.contact_tags l
      where l.account_id = $1 and l.contact_id = p.supabase_id and l.removed_at is null and l.tag_keap_id is not null))'
    else '''{}''::jsonb' end;
  execute format($q$
    with k as materialized (
      select distinct on (x.r ->> 'key') x.r ->> 'key' as key, (x.r ->> 'keap_id')::bigint as keap_id,
        (to_jsonb(jsonb_populate_record(null::public.%1$I, x.r -> 'values')) - $4) ||
          case when x.r ? 'members' then jsonb_build_object('$members', x.r -> 'members') else '{}' end as form
      from jsonb_array_elements($2) x (r)
    ), p as materialized (
      select %2$s as key, p.supabase_id, p.version, to_jsonb(p) as whole, (to_jsonb(p) - $4) || %3$s as form
      from public.%1$I p where p.account_id = $1 and p.deleted_at is null and %4$s
    ), pair as materialized (
      select coalesce(k.key, p.key) as key, k.keap_id, k.key is not null as in_keap, p.supabase_id, p.version, p.whole,
        p.form -> '$members' as members, jsonb_hash_extended(k.form, 0) as kh, jsonb_hash_extended(p.form, 0) as ph
      from k full join p on p.key = k.key
    )
    select jsonb_build_object(
      'compared', count(*) filter (where in_keap), 'here', count(*) filter (where supabase_id is not null),
      'keap_hash', coalesce(bit_xor(kh), 0)::text, 'here_hash', coalesce(bit_xor(ph), 0)::text,
      'suspects', coalesce(jsonb_agg(jsonb_build_object('entity', %1$L::text, 'key', key, 'keap_id', keap_id, 'in_keap', in_keap,
        'record_id', coalesce(supabase_id, s.record_id), 'version', version, 'row', whole, 'members', members)
        || sync.explain_record($1, %1$L, key, coalesce(supabase_id, s.record_id))) filter (where kh is distinct from ph), '[]'))
    from pair left join lateral (select s.record_id from sync.shadow s
      where s.account_id = $1 and s.entity = %1$L and s.key = pair.key and pair.supabase_id is null limit 1) s on true
  $q$, p_entity, e.key_expression, v_members, v_scope)
    into v_result using p_account, p_rows, p_range, v_unwanted, v_ids, v_keys,
      array(select jsonb_array_elements_text(coalesce(p_range -> 'parents', '[]'))::bigint);

  -- what hangs on these records
  for c in select * from sync.entities x where x.parent_entity = p_entity loop
    select coalesce(jsonb_agg(y), '[]') into v_children
    from jsonb_array_elements(p_rows) x (r) cross join lateral jsonb_array_elements(x.r -> 'children' -> c.entity) y;
    select jsonb_agg(x.r -> 'keap_id') into v_parents from jsonb_array_elements(p_rows) x (r)
    where x.r -> 'children' ? c.entity and exists (select from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = x.r ->> 'key');
    continue when v_parents is null;
    v_child := public.sync_verify_page(p_account, c.entity, v_children, jsonb_build_object('parents', v_parents));
    v_result := jsonb_set(v_result, '{suspects}', (v_result -> 'suspects') || (v_child -> 'suspects'))
      || jsonb_build_object('children', coalesce(v_result -> 'children', '{}') || jsonb_build_object(c.entity, v_child - 'suspects'));
  end loop;
  return v_result;
end $$;

-- Rows here that Keap's whole list did not name.
create function public.sync_verify_absent(p_account uuid, p_entity text, p_keys jsonb, p_prefix text default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  e sync.entities; v_result jsonb;
begin
  select * into strict e from sync.entities where entity = p_entity;
  execute format($q$
    with seen as materialized (select x from jsonb_array_elements_text($2) x)
    select coalesce(jsonb_agg(jsonb_build_object('entity', %1$L::text, 'key', p.key, 'keap_id', p.keap_id, 'in_keap', false,
      'record_id', p.supabase_id, 'version', p.version, 'row', p.whole, 'members', null) || sync.explain_record($1, %1$L, p.key, p.supabase_id)), '[]')
    from (select %2$s as key, p.keap_id, p.supabase_id, p.version, to_jsonb(p) as whole from public.%1$I p
      where p.account_id = $1 and p.deleted_at is null and p.%3$I is not null and %4$s) p
    where p.key not in (select x from seen) and ($3 is null or p.key like $3 || '%%')
  $q$, p_entity, e.key_expression, e.key_column, case when p_entity = 'interactions' then '($3 is null or p.kind = rtrim($3, '':''))' else 'true' end)
    into v_result using p_account, p_keys, p_prefix;
  return v_result;
end $$;

-- Rows made here that Keap does not have yet.
create function public.sync_verify_unlinked(p_account uuid, p_entity text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  e sync.entities; v_result jsonb;
begin
  select * into strict e from sync.entities where entity = p_entity;
  if e.key_column <> 'keap_id' or e.parent_entity is not null then return '[]'; end if;
  execute format($q$
    select coalesce(jsonb_agg(jsonb_build_object('entity', %1$L::text, 'key', p.supabase_id::text, 'keap_id', null, 'in_keap', false, 'unlinked', true,
      'record_id', p.supabase_id, 'version', p.version, 'row', to_jsonb(p), 'members', null) || sync.explain_record($1, %1$L, '', p.supabase_id)), '[]')
    from (select * from public.%1$I p where p.account_id = $1 and p.keap_id is null and p.deleted_at is null limit 1000) p
  $q$, p_entity) into v_result using p_account;
  return v_result;
end $$;

-- The pass that is under way for a table, or a new one. A pass that nobody has gone on with for three days is given up.
create function public.sync_verify_begin(p_account uuid, p_entity text, p_restart boolean default false) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v sync.verification_runs; v_total bigint;
begin
  delete from sync.verification_runs r where r.account_id = p_account and r.entity = p_entity and r.finished_at is null
    and (p_restart or r.updated_at < now() - interval '3 days');
  select * into v from sync.verification_runs r where r.account_id = p_account and r.entity = p_entity and r.finished_at is null;
  if not found then
    execute format('select count(*) from public.%I p where p.account_id = $1 and p.deleted_at is null', split_part(p_entity, ':', 1)) into v_total using p_account;
    insert into sync.verification_runs (account_id, entity, total) values (p_account, p_entity, v_total) returning * into v;
  end if;
  return to_jsonb(v);
end $$;

-- p_step: {compared, here, calls, position, range?, mismatches: [{key, entity, record_id, class, fields, detail}], settled: [keys],
--   total?, finished?}. Counts of classes are those of the mismatches kept.
create function public.sync_verify_store(p_account uuid, p_verification uuid, p_step jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v sync.verification_runs; r jsonb := nullif(p_step -> 'range', 'null');
begin
  insert into sync.verification_mismatches as m (verification_id, account_id, key, entity, record_id, class, fields, detail)
  select p_verification, p_account, (x ->> 'entity') || ' ' || (x ->> 'key'), x ->> 'entity', (x ->> 'record_id')::uuid, x ->> 'class',
    array(select y from jsonb_array_elements_text(coalesce(x -> 'fields', '[]')) y), coalesce(x -> 'detail', '{}')
  from jsonb_array_elements(coalesce(p_step -> 'mismatches', '[]')) x
  on conflict (verification_id, key) do update set class = excluded.class, fields = excluded.fields, detail = excluded.detail, seen_at = now();
  delete from sync.verification_mismatches m where m.verification_id = p_verification
    and m.key in (select y from jsonb_array_elements_text(coalesce(p_step -> 'settled', '[]')) y);
  if r is not null then
    insert into sync.verification_ranges (verification_id, account_id, first_key, last_key, keap_count, here_count, keap_hash, here_hash, differing)
    -- a table known by addresses keeps none of them here
    values (p_verification, p_account, case when r ->> 'first' like '%@%' then sync.address_hash(p_account, r ->> 'first') else r ->> 'first' end,
      case when r ->> 'last' like '%@%' then sync.address_hash(p_account, r ->> 'last') else r ->> 'last' end, (r ->> 'keap_count')::int, (r ->> 'here_count')::int,
      (r ->> 'keap_hash')::bigint, (r ->> 'here_hash')::bigint, (r ->> 'differing')::int)
    on conflict (verification_id, first_key) do update set last_key = excluded.last_key, keap_count = excluded.keap_count,
      here_count = excluded.here_count, keap_hash = excluded.keap_hash, here_hash = excluded.here_hash, differing = excluded.differing, checked_at = now();
  end if;
  update sync.verification_runs set
    compared = compared + coalesce((p_step ->> 'compared')::bigint, 0), here = here + coalesce((p_step ->> 'here')::bigint, 0),
    calls = calls + coalesce((p_step ->> 'calls')::int, 0), position = coalesce(p_step -> 'position', position),
    total = coalesce((p_step ->> 'total')::bigint, total),
    in_flight = (select count(*) from sync.verification_mismatches m where m.verification_id = p_verification and m.class = 'in_flight'),
    conflict_held = (select count(*) from sync.verification_mismatches m where m.verification_id = p_verification and m.class = 'conflict_held'),
    excluded = (select count(*) from sync.verification_mismatches m where m.verification_id = p_verification and m.class = 'excluded'),
    unexplained = (select count(*) from sync.verification_mismatches m where m.verification_id = p_verification and m.class = 'unexplained'),
    updated_at = now(), finished_at = case when (p_step ->> 'finished')::boolean then now() else finished_at end
  where verification_id = p_verification and account_id = p_account returning * into v;
  if v.finished_at is not null then
    -- the last three passes of a table are kept
    delete from sync.verification_runs o where o.account_id = p_account and o.entity = v.entity and o.finished_at is not null
      and o.verification_id not in (select k.verification_id from sync.verification_runs k
        where k.account_id = p_account and k.entity = v.entity and k.finished_at is not null order by k.finished_at desc limit 3);
  end if;
  return to_jsonb(v);
end $$;

-- Where every table stands: the last whole pass and the one under way.
create function public.sync_verify_status(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(to_jsonb(v) - 'account_id' order by v.entity), '[]') from (
    select e.entity, l.finished_at, l.compared, l.here, l.in_flight, l.conflict_held, l.excluded, l.unexplained, l.calls,
      o.started_at as under_way_since, o.compared as under_way_compared, o.total as under_way_total, o.unexplained as under_way_unexplained
    from (select distinct v.entity from sync.verification_runs v where v.account_id = p_account) e
    left join lateral (select * from sync.verification_runs v where v.account_id = p_account and v.entity = e.entity and v.finished_at is not null
      order by v.finished_at desc limit 1) l on true
    left join lateral (select * from sync.verification_runs v where v.account_id = p_account and v.entity = e.entity and v.finished_at is null limit 1) o on true) v
$$;

create function public.sync_verify_mismatches(p_account uuid, p_class text default null, p_limit integer default 200) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(x.m order by x.seen_at desc), '[]') from (
    select m.seen_at, to_jsonb(m) - 'account_id' || jsonb_build_object('verification_of', v.entity, 'finished', v.finished_at is not null,
      'name', sync.record_label(sync.row_of(m.entity, p_account, m.record_id))) as m
    from sync.verification_mismatches m join sync.verification_runs v on v.verification_id = m.verification_id
    where m.account_id = p_account and (p_class is null or m.class = p_class)
      -- of each table: the pass under way, else the last finished one
      and v.verification_id = (select w.verification_id from sync.verification_runs w where w.account_id = p_account and w.entity = v.entity
        order by w.finished_at is null desc, w.finished_at desc limit 1)
    order by m.seen_at desc limit p_limit) x
$$;

-- A person says that the row is right: it is marked as edited, so that the next push reads Keap again, plans and sends.
create function public.sync_trust_here(p_account uuid, p_items jsonb, p_actor text) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_writer text; g record; v_count integer := 0;
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  for g in select i ->> 'entity' as entity, array_agg((i ->> 'record_id')::uuid) as ids from jsonb_array_elements(p_items) i
    where i ->> 'record_id' is not null group by 1 loop
    perform sync.mark_dirty(array_fill(p_account, array[cardinality(g.ids)]), g.entity, g.ids, array_fill(null::uuid, array[cardinality(g.ids)]),
      array_fill(v_writer, array[cardinality(g.ids)]), 'update');
    update sync.shadow s set row_version = 0 where s.account_id = p_account and s.entity = g.entity and s.record_id = any (g.ids);
    if g.entity = 'contacts' then
      -- memberships that differ from what was agreed
      insert into sync.dirty as d (account_id, entity, record_id, other_id, origin)
      select p_account, 'contact_tags', s.record_id, t.supabase_id, v_writer from sync.shadow s
      join public.tags t on t.account_id = p_account and t.keap_id is not null
      left join public.contact_tags l on l.account_id = p_account and l.contact_id = s.record_id and l.tag_id = t.supabase_id and l.removed_at is null
      where s.account_id = p_account and s.entity = 'contacts' and s.record_id = any (g.ids)
        and (l.contact_id is not null) is distinct from coalesce(t.keap_id = any (s.members), false)
      on conflict (account_id, entity, record_id, other_id) do update set marked_at = now(), origin = excluded.origin, state = 'waiting', attempts = 0,
        next_attempt_at = now(), passed_at = null;
    end if;
    v_count := v_count + cardinality(g.ids);
  end loop;
  perform private.audit(p_account, v_writer, 'sync_verification_settled', 'supabase', jsonb_build_object('records', v_count));
  return v_count;
end $$;

-- A person says that Keap is right. p_rows: the records as just read from Keap; p_items: {entity, key, record_id, version}, the
-- mismatches among them (or among their children). In one transaction what was agreed about them is forgotten and the records are
-- taken as they are. A row that has moved since the comparison is left alone. Returns {taken, moved: [keys]}.
create function public.sync_take_keap(p_account uuid, p_entity text, p_rows jsonb, p_items jsonb, p_actor text) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_writer text; i jsonb; e sync.entities; v_row jsonb; v_parent text; v_moved jsonb := '[]'; v_parents text[] := '{}'; v_taken jsonb := '[]';
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  for i in select * from jsonb_array_elements(p_items) loop
    select * into strict e from sync.entities where entity = i ->> 'entity';
    v_row := case when i ->> 'record_id' is not null then sync.row_of(e.entity, p_account, (i ->> 'record_id')::uuid, true) end;
    if (v_row ->> 'version')::bigint is distinct from (i ->> 'version')::bigint then
      v_moved := v_moved || jsonb_build_array(i ->> 'key');
      continue;
    end if;
    if e.entity <> p_entity then
      select x.r ->> 'key' into v_parent from jsonb_array_elements(p_rows) x (r)
      where exists (select from jsonb_array_elements(x.r -> 'children' -> e.entity) c where c ->> 'key' = i ->> 'key')
        or x.r ->> 'keap_id' = v_row ->> e.parent_key_column limit 1;
    else
      v_parent := i ->> 'key';
    end if;
    continue when v_parent is null or not exists (select from jsonb_array_elements(p_rows) x (r) where x.r ->> 'key' = v_parent);
    v_parents := v_parents || v_parent;
    update sync.shadow s set base = '{}', keap = null, k_hash = '', agreed_at = '-infinity',
      row_version = coalesce((v_row ->> 'version')::bigint, s.row_version),
      members = case when s.members is null then null else (select coalesce(array_agg(l.tag_keap_id order by l.tag_keap_id), '{}')
        from public.contact_tags l where l.account_id = p_account and l.contact_id = s.record_id and l.removed_at is null and l.tag_keap_id is not null) end
    where s.account_id = p_account and s.entity = e.entity and s.key = i ->> 'key';
    delete from sync.dirty d where d.account_id = p_account and d.entity = e.entity and d.record_id = (i ->> 'record_id')::uuid;
  end loop;
  select coalesce(jsonb_agg(x.r), '[]') into v_taken from jsonb_array_elements(p_rows) x (r) where x.r ->> 'key' = any (v_parents);
  update sync.shadow s set k_hash = '', agreed_at = '-infinity'
  where s.account_id = p_account and s.entity = p_entity and s.key = any (v_parents);
  if v_taken <> '[]' then perform public.sync_apply_page(p_account, p_entity, v_taken, '{}'); end if;
  perform private.audit(p_account, v_writer, 'sync_verification_settled', p_entity, jsonb_build_object('side', 'keap', 'records', cardinality(v_parents)));
  return jsonb_build_object('taken', cardinality(v_parents), 'moved', v_moved);
end $$;

-- Per table: the pass under way and the last whole one. Counts only, so every member of the account may see it.
create view public.sync_verification_state as
select e.account_id, e.entity,
  l.finished_at, l.compared, l.here, l.in_flight, l.conflict_held, l.excluded, l.unexplained, l.calls,
  o.started_at as under_way_since, o.compared as under_way_compared, o.total as under_way_total,
  coalesce(o.unexplained, 0) as under_way_unexplained
from (select distinct v.account_id, v.entity from sync.verification_runs v) e
left join lateral (select * from sync.verification_runs v where v.account_id = e.account_id and v.entity = e.entity and v.finished_at is not null
  order by v.finished_at desc limit 1) l on true
left join lateral (select * from sync.verification_runs v where v.account_id = e.account_id and v.entity = e.entity and v.finished_at is null limit 1) o on true
where current_user = 'service_role' or e.account_id in (select private.my_accounts());
comment on view public.sync_verification_state is 'When each table was last compared with Keap record by record, and what was found: differences on their way, held, excluded by policy, unexplained.';

revoke all on public.sync_verification_state from public, anon, authenticated;
grant select on public.sync_verification_state to authenticated, service_role;
do $$
declare f text;
begin
  foreach f in array array['sync.explain_record(uuid, text, text, uuid)', 'public.sync_verify_page(uuid, text, jsonb, jsonb)',
    'public.sync_verify_absent(uuid, text, jsonb, text)', 'public.sync_verify_unlinked(uuid, text)',
    'public.sync_verify_begin(uuid, text, boolean)', 'public.sync_verify_store(uuid, uuid, jsonb)',
    'public.sync_verify_mismatches(uuid, text, integer)', 'public.sync_verify_status(uuid)', 'public.sync_trust_here(uuid, jsonb, text)',
    'public.sync_take_keap(uuid, text, jsonb, jsonb, text)'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
