-- Deals, tasks and appointments one by one, for lists of what waits and whose it is.

create view analytics.deal_records as
select
  d.account_id, d.deal_id, d.keap_id, d.title, d.contact_id, d.user_id, d.stage_id, d.currency, d.value_minor, d.outcome,
  d.created_at, d.closed_at, o.next_action_at, o.next_action_notes, o.estimated_close_at,
  -- Into this stage by the last move; Keap keeps moves only from when it began to, so the record's own time and its creation follow.
  coalesce((
    select max(m.moved_at) from public.stage_moves m
    where m.account_id = o.account_id and m.opportunity_id = o.supabase_id and m.to_stage_id = o.stage_id and m.deleted_at is null
  ), o.stage_entered_at, o.keap_created_at) as in_stage_since
from analytics.deals d
join public.opportunities o on o.account_id = d.account_id and o.supabase_id = d.deal_id;

comment on view analytics.deal_records is 'One row per deal as it stands now, with when it came into its stage and what is planned next.';

create view analytics.tasks as
select
  i.account_id, i.supabase_id as task_id, i.keap_id, i.title, i.priority, coalesce(m.survivor_id, i.contact_id) as contact_id, i.user_id,
  i.due_at, i.completed_at, coalesce(i.is_completed, i.completed_at is not null) as done, i.keap_created_at as created_at
from public.interactions i
left join analytics.merged_contacts m on m.account_id = i.account_id and m.contact_id = i.contact_id
where i.kind = 'task' and i.deleted_at is null;

comment on view analytics.tasks is 'One row per task; overdue is one that is not done and whose due_at is past.';

create view analytics.appointments as
select
  i.account_id, i.supabase_id as appointment_id, i.keap_id, i.title, i.location, coalesce(m.survivor_id, i.contact_id) as contact_id, i.user_id,
  i.occurred_at as starts_at, i.ended_at as ends_at
from public.interactions i
left join analytics.merged_contacts m on m.account_id = i.account_id and m.contact_id = i.contact_id
where i.kind = 'appointment' and i.deleted_at is null and i.occurred_at is not null;

comment on view analytics.appointments is 'One row per appointment, past and to come.';

do $$
declare
  name text;
begin
  foreach name in array array['deal_records', 'tasks', 'appointments'] loop
    execute format('alter view analytics.%I owner to keapsake_facts', name);
    execute format('revoke all on analytics.%I from public', name);
    execute format('grant select on analytics.%I to keapsake_reader', name);
  end loop;
end $$;
