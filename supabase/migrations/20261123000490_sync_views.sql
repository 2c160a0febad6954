-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- What people look at. Owner views over the private tables, cut to the accounts of the caller.
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create view public.sync_log as
select j.journal_id as log_id, j.account_id, j.run_id, j.at, j.entity, j.record_id, j.keap_id, j.direction, j.action, j.origin,
  (select count(*) from jsonb_object_keys(j.changes)) as fields,
  j.changes, j.detail
from sync.journal j
where current_user = 'service_role' or j.account_id in (select private.my_accounts(array['admin', 'analyst']));
comment on view public.sync_log is 'What the sync did, record by record: newest first by log_id.';

create view public.sync_history as
select j.journal_id as log_id, j.account_id, j.at, j.entity, j.record_id, j.keap_id, j.direction, j.action, j.origin, c.key as field,
  case when j.action in ('create', 'delete') then null else c.value -> 0 end as before,
  case when j.action = 'create' then c.value when j.action = 'delete' then null else c.value -> 1 end as after
from sync.journal j cross join lateral jsonb_each(j.changes) c
where current_user = 'service_role' or j.account_id in (select private.my_accounts(array['admin', 'analyst']));
comment on view public.sync_history is 'Per record and field: value before and after, who wrote it and when.';

create view public.sync_conflicts as
select c.* from sync.conflicts c
where current_user = 'service_role' or c.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_dead_letters as
select l.* from sync.dead_letters l
where current_user = 'service_role' or l.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_rejected as
select r.account_id, r.entity, r.key, r.reason, r.times, r.first_at, r.last_at from sync.rejected r
where current_user = 'service_role' or r.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_verification as
select v.* from sync.verification_runs v
where current_user = 'service_role' or v.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_connection as
select c.* from sync.connections c
where current_user = 'service_role' or c.account_id in (select private.my_accounts());

create view public.sync_health as
select c.account_id, c.entity, c.stream, c.state, c.done_count as done, c.estimated_total, c.pages, c.watermark, c.due_at, c.error, c.cure,
  c.started_at, c.finished_at, c.updated_at,
  (select count(*) from sync.dirty d where d.account_id = c.account_id and d.entity = c.entity and d.state in ('waiting', 'claimed')) as waiting,
  (select count(*) from sync.dirty d where d.account_id = c.account_id and d.entity = c.entity and d.state in ('held', 'dead')) as stuck,
  (select count(*) from sync.rejected r where r.account_id = c.account_id and r.entity = c.entity) as rejected
from sync.cursors c
where current_user = 'service_role' or c.account_id in (select private.my_accounts());
comment on view public.sync_health is 'One row per entity and stream: how far the copy and the polls have come, what waits, what is stuck.';

create view public.sync_runs as
select r.* from sync.runs r
where current_user = 'service_role' or r.account_id in (select private.my_accounts(array['admin', 'analyst']));

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- Grants: functions for the service role alone; views for members
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, l.lanname = 'plpgsql' as planned from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where n.nspname = 'sync' or (n.nspname = 'public' and p.proname like 'sync\_%') loop
    -- a plan made while the tables were empty must not be kept for the copy of a whole account
    if f.planned then execute format('alter function %s set plan_cache_mode to force_custom_plan', f.signature); end if;
    execute format('revoke all on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
  end loop;
end $$;
grant usage on schema sync to service_role;
-- the views ask it, whoever reads them
grant execute on function private.my_accounts to service_role;
revoke all on public.sync_log, public.sync_history, public.sync_conflicts, public.sync_dead_letters, public.sync_rejected,
  public.sync_verification, public.sync_connection, public.sync_health, public.sync_runs from public, anon, authenticated;
grant select on public.sync_log, public.sync_history, public.sync_conflicts, public.sync_dead_letters, public.sync_rejected,
  public.sync_verification, public.sync_connection, public.sync_health, public.sync_runs to authenticated, service_role;
grant select on all tables in schema sync to service_role;
