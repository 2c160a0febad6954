-- What the journal says about a range of time, a run or a record, with the rows as they are now: what an undo is planned from.

create index journal_by_time on sync.journal (account_id, at);
create index journal_by_run on sync.journal (run_id) where run_id is not null;

-- p_filter: {from?, to?, run_id?, record_id?, entity?}. Records in the order of their ids, p_after excluded: {entity, record_id, entries, row}.
create function public.sync_read_journal(p_account uuid, p_filter jsonb, p_after jsonb default null, p_limit integer default 200) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  if not (p_filter ? 'from' or p_filter ? 'run_id' or p_filter ? 'record_id') then
    raise exception 'Say what to undo: from a time on, a run, or a record.' using errcode = '22023';
  end if;
  with picked as materialized (
    select j.* from sync.journal j
    where j.account_id = p_account and j.direction in ('in', 'out', 'agree')
      and (not p_filter ? 'from' or j.at >= (p_filter ->> 'from')::timestamptz)
      and (not p_filter ? 'to' or j.at < (p_filter ->> 'to')::timestamptz)
      and (not p_filter ? 'run_id' or j.run_id = (p_filter ->> 'run_id')::uuid)
      and (not p_filter ? 'record_id' or j.record_id = (p_filter ->> 'record_id')::uuid)
      and (not p_filter ? 'entity' or j.entity = p_filter ->> 'entity')
  ), records as materialized (
    select p.entity, p.record_id, min(p.keap_id) as keap_id from picked p
    where p_after is null or (p.entity, p.record_id) > (p_after ->> 'entity', (p_after ->> 'record_id')::uuid)
    group by 1, 2 order by 1, 2 limit p_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object('entity', r.entity, 'record_id', r.record_id, 'keap_id', r.keap_id,
      'row', w.w, 'name', coalesce(sync.record_label(w.w), 'a deleted row'),
      'members', case when r.entity = 'contact_tags' then (select coalesce(jsonb_object_agg(l.tag_id, l.removed_at is null), '{}')
        from public.contact_tags l where l.account_id = p_account and l.contact_id = r.record_id) end,
      'entries', (select jsonb_agg(jsonb_build_object('journal_id', p.journal_id, 'at', p.at, 'run_id', p.run_id, 'other_id', p.other_id,
          'direction', p.direction, 'action', p.action, 'origin', p.origin, 'changes', p.changes) order by p.journal_id)
        from picked p where p.entity = r.entity and p.record_id = r.record_id)) order by r.entity, r.record_id), '[]')
  into v_result
  from records r cross join lateral (select sync.row_of(case r.entity when 'contact_tags' then 'contacts' else r.entity end, p_account, r.record_id) as w) w;
  return v_result;
end $$;

do $$
begin
  revoke all on function public.sync_read_journal(uuid, jsonb, jsonb, integer) from public, anon, authenticated;
  grant execute on function public.sync_read_journal(uuid, jsonb, jsonb, integer) to service_role;
end $$;
