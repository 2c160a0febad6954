-- A record's whole story, newest first: what changed it and from which side, what was sent and how that ended, what was
-- decided, and what waits now.

-- Items: {at, kind: change | push | conflict | letter | waiting, id, entity, …}. Older than p_before, if given.
create function public.sync_timeline(p_account uuid, p_entity text, p_record uuid, p_before timestamptz default null, p_limit integer default 100)
returns jsonb language sql stable security definer set search_path = '' as $$
  with items as (
    select j.at, 'change' as kind, 'j' || j.journal_id as id, jsonb_build_object('entity', j.entity, 'direction', j.direction, 'action', j.action,
        'origin', j.origin, 'changes', j.changes, 'run_id', j.run_id, 'run_kind', r.kind, 'log_id', j.journal_id,
        'tag', (select t.name from public.tags t where t.account_id = p_account and (t.supabase_id = j.other_id or (j.other_id is null and j.entity = 'contact_tags'
          and t.keap_id = coalesce((j.changes #>> '{tag_keap_id,1}')::bigint, (j.changes #>> '{tag_keap_id,0}')::bigint))) limit 1)) as facts
    from sync.journal j left join sync.runs r on r.run_id = j.run_id
    where j.record_id = p_record and j.account_id = p_account and (j.entity = p_entity or p_entity = 'contacts' and j.entity = 'contact_tags')
    union all
    -- one that Keap took stands in the journal
    select i.created_at, 'push', 'i' || i.intent_id, jsonb_build_object('entity', i.entity, 'action', i.action, 'state', i.state, 'fields', i.fields,
        'error', i.error, 'settled_at', i.settled_at, 'tag', (select t.name from public.tags t where t.account_id = p_account and t.supabase_id = i.other_id))
    from sync.intents i where i.account_id = p_account and i.record_id = p_record and i.state <> 'done'
      and (i.entity = p_entity or p_entity = 'contacts' and i.entity = 'contact_tags')
    union all
    select c.detected_at, 'conflict', 'c' || c.conflict_id, jsonb_build_object('field', c.field, 'base', c.base, 'keap', c.keap, 'supabase', c.supabase,
        'decision', c.decision, 'state', c.state, 'policy', c.policy, 'resolved_by', c.resolved_by, 'resolved_at', c.resolved_at)
    from sync.conflicts c where c.account_id = p_account and c.entity = p_entity and c.record_id = p_record
    union all
    select l.last_at, 'letter', 'l' || l.dead_letter_id, jsonb_build_object('class', l.class, 'reason', l.reason, 'cure', l.cure, 'state', l.state, 'attempts', l.attempts)
    from sync.dead_letters l where l.account_id = p_account and l.record_id = p_record and (l.entity = p_entity or p_entity = 'contacts' and l.entity = 'contact_tags')
    union all
    select d.marked_at, 'waiting', 'd' || d.entity || d.other_id, jsonb_build_object('entity', d.entity, 'state', d.state, 'origin', d.origin, 'operation', d.operation,
        'reason', d.reason, 'attempts', d.attempts, 'next_attempt_at', d.next_attempt_at,
        'tag', (select t.name from public.tags t where t.account_id = p_account and t.supabase_id = d.other_id))
    from sync.dirty d where d.account_id = p_account and d.record_id = p_record and (d.entity = p_entity or p_entity = 'contacts' and d.entity = 'contact_tags')
  ), page as (
    select * from items i where p_before is null or i.at < p_before order by i.at desc, i.id desc limit p_limit + 1
  )
  select jsonb_build_object(
    'name', coalesce(sync.record_label(sync.row_of(p_entity, p_account, p_record)), 'A deleted row'),
    'row', (select jsonb_build_object('keap_id', w -> 'keap_id', 'sync_status', w -> 'sync_status', 'sync_error', w -> 'sync_error', 'deleted_at', w -> 'deleted_at',
        'last_synced_at', w -> 'last_synced_at', 'version', w -> 'version') from sync.row_of(p_entity, p_account, p_record) w where w is not null),
    'items', (select coalesce(jsonb_agg(jsonb_build_object('at', p.at, 'kind', p.kind, 'id', p.id) || p.facts order by p.at desc, p.id desc), '[]')
      from (select * from page order by at desc, id desc limit p_limit) p),
    'more', (select count(*) > p_limit from page),
    -- the people behind user:…, by what they sign in with
    'people', (select coalesce(jsonb_object_agg(m.user_id, u.email), '{}') from public.members m join auth.users u on u.id = m.user_id where m.account_id = p_account))
$$;

do $$
begin
  revoke all on function public.sync_timeline(uuid, text, uuid, timestamptz, integer) from public, anon, authenticated;
  grant execute on function public.sync_timeline(uuid, text, uuid, timestamptz, integer) to service_role;
end $$;
