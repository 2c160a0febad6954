-- Preview: what a run would do, found out by doing it and taking it back.
--
-- Every call of the sync's own functions runs in a subtransaction that is always rolled back; its answer and what it wrote in the
-- journal are kept. So a preview is made by the very code that runs, not by a description of it.

create function public.sync_dry_run(p_account uuid, p_function text, p_args jsonb, p_run uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_oid oid; v_call text; v_result jsonb; v_journal jsonb; v_conflicts jsonb;
begin
  select p.oid into v_oid from pg_proc p join pg_namespace n on n.oid = p.pronamespace
  where n.nspname = 'public' and p.proname = p_function and p.proname ~ '^sync_' and p.proname not like 'sync\_dry\_%';
  if v_oid is null then
    raise exception 'The sync has no function "%".', p_function using errcode = '22023';
  end if;
  select string_agg(format('%I => %s', a.name, case
      when t.typname in ('json', 'jsonb') then format('$1 -> %L', a.name)
      when t.typelem <> 0 and t.typlen = -1 then format('(case when jsonb_typeof($1 -> %1$L) = ''array'' then array(select x::%2$s from jsonb_array_elements_text($1 -> %1$L) x) end)',
        a.name, format_type(t.typelem, null))
      else format('($1 ->> %L)::%s', a.name, format_type(t.oid, null)) end), ', ')
  into v_call
  from pg_proc p
  cross join lateral unnest(p.proargnames, p.proargtypes::oid[]) a (name, type)
  join pg_type t on t.oid = a.type
  where p.oid = v_oid and p_args ? a.name;
  begin
    execute format('select to_jsonb(x) from public.%I(%s) x', p_function, coalesce(v_call, '')) into v_result using p_args;
    select coalesce(jsonb_agg(jsonb_build_object('entity', j.entity, 'record_id', j.record_id, 'other_id', j.other_id, 'keap_id', j.keap_id,
        'direction', j.direction, 'action', j.action, 'origin', j.origin, 'changes', j.changes,
        'name', sync.record_label(sync.row_of(case j.entity when 'contact_tags' then 'contacts' else j.entity end, p_account, j.record_id))) order by j.journal_id), '[]')
    into v_journal from sync.journal j where j.account_id = p_account and j.run_id = p_run;
    select coalesce(jsonb_agg(to_jsonb(c) - 'account_id' - 'run_id' - 'conflict_id'), '[]') into v_conflicts
    from sync.conflicts c where c.account_id = p_account and c.run_id = p_run;
    raise exception 'taken back' using errcode = 'KS001';
  exception when sqlstate 'KS001' then null;
  end;
  return jsonb_build_object('result', v_result, 'journal', v_journal, 'conflicts', v_conflicts);
end $$;

-- Everything a push would claim of a table, and what its breaker would hold back.
create function public.sync_dry_claim(p_account uuid, p_entity text, p_limit integer default 5000) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_all jsonb := '[]'; v_part jsonb; v_holds jsonb;
begin
  begin
    loop
      v_part := case when p_entity = 'contact_tags' then public.sync_claim_members(p_account, 500, 'preview')
        else public.sync_claim_dirty(p_account, p_entity, 500, 'preview') end;
      exit when jsonb_array_length(v_part) = 0;
      v_all := v_all || v_part;
      exit when jsonb_array_length(v_all) >= p_limit;
    end loop;
    select coalesce(jsonb_agg(to_jsonb(h) - 'account_id'), '[]') into v_holds
    from sync.holds h where h.account_id = p_account and h.entity = p_entity and h.state = 'waiting';
    raise exception 'taken back' using errcode = 'KS001';
  exception when sqlstate 'KS001' then null;
  end;
  return jsonb_build_object('items', v_all, 'holds', v_holds);
end $$;

-- What a hold is about: some of its records, each with what was agreed and what it is now.
create function public.sync_hold_examples(p_account uuid, p_hold uuid, p_limit integer default 20) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  h sync.holds; v_result jsonb;
begin
  select * into h from sync.holds x where x.account_id = p_account and x.hold_id = p_hold;
  if not found then
    raise exception 'There is no such hold.' using errcode = 'P0002';
  end if;
  select coalesce(jsonb_agg(jsonb_build_object('record_id', d.record_id, 'other_id', nullif(d.other_id, '00000000-0000-0000-0000-000000000000'),
    'keap_id', coalesce(s.keap_id, (r.r ->> 'keap_id')::bigint), 'operation', d.operation, 'origin', d.origin, 'marked_at', d.marked_at,
    'name', coalesce(sync.record_label(r.r), 'a deleted row'),
    'changes', case when h.entity = 'contact_tags' then (select jsonb_build_object('tag', jsonb_build_array(
          case when l.removed_at is not null or l.contact_id is null then t.name end, case when l.contact_id is not null and l.removed_at is null then t.name end))
        from public.tags t left join public.contact_tags l on l.account_id = p_account and l.contact_id = d.record_id and l.tag_id = d.other_id
        where t.account_id = p_account and t.supabase_id = d.other_id)
      else (select coalesce(jsonb_object_agg(b.key, jsonb_build_array(b.value, r.r -> b.key)), '{}') from jsonb_each(s.base) b
        where r.r is not null and nullif(b.value, 'null') is distinct from nullif(r.r -> b.key, 'null')) end) order by d.record_id), '[]')
  into v_result
  from (select * from sync.dirty d where d.account_id = p_account and d.entity = h.entity and d.hold_id = h.hold_id order by d.record_id limit p_limit) d
  cross join lateral (select sync.row_of(case h.entity when 'contact_tags' then 'contacts' else h.entity end, p_account, d.record_id) as r) r
  left join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = h.entity and s.record_id = d.record_id limit 1) s on true;
  return v_result;
end $$;

do $$
declare f text;
begin
  foreach f in array array['public.sync_dry_run(uuid, text, jsonb, uuid)', 'public.sync_dry_claim(uuid, text, integer)',
    'public.sync_hold_examples(uuid, uuid, integer)'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
