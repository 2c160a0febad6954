-- How far the first copy has come, for whoever asks about numbers meanwhile: an answer says what it does not cover yet.

create view analytics.copy_progress as
select c.account_id, c.entity, c.state = 'done' as complete, c.done_count as done, c.estimated_total
from sync.cursors c
join public.accounts own on own.id = c.account_id
where c.stream = 'backfill';

comment on view analytics.copy_progress is
  'One row per kind of record of the first copy: whether it is complete, how many have arrived, about how many there are.';

create policy "the fact views read the cursors of the account of the query" on sync.cursors
  for select to keapsake_facts using (account_id = (select private.query_account()));
grant select on sync.cursors to keapsake_facts;
alter view analytics.copy_progress owner to keapsake_facts;
revoke all on analytics.copy_progress from public;
grant select on analytics.copy_progress to keapsake_reader;
