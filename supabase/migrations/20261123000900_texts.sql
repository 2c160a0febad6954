-- Texts people wrote or were sent, as one view: what the analyst searches. Read through the query door only.

-- Twice the same text: the fact view runs under the policies of the account that asks; the indexer's functions, which are
-- the owner's, read all accounts and name theirs.
do $do$
declare
  texts constant text := $texts$
select
  i.account_id, i.kind, i.supabase_id as source_id, i.contact_id, i.title, i.body,
  coalesce(i.occurred_at, i.due_at, i.keap_created_at) as written_at
from public.interactions i
where i.deleted_at is null and coalesce(i.title, i.body) is not null
union all
select c.account_id, 'profile', c.supabase_id, c.supabase_id, 'Notes on the profile', c.notes, c.keap_updated_at
from public.contacts c
where c.deleted_at is null and nullif(btrim(c.notes), '') is not null
union all
select p.account_id, 'product', p.supabase_id, null, p.name, coalesce(p.description, p.short_description), p.keap_updated_at
from public.products p
where p.deleted_at is null
union all
select o.account_id, 'company', o.supabase_id, null, o.company_name, o.notes, o.keap_updated_at
from public.companies o
where o.deleted_at is null and nullif(btrim(o.notes), '') is not null
  $texts$;
begin
  execute 'create view analytics.texts as ' || texts;
  execute 'create view private.texts as ' || texts;
end $do$;

comment on view analytics.texts is 'Notes, tasks, appointments, e-mails, profile notes, product descriptions and notes on companies. What is deleted here or in Keap is not in it.';

alter view analytics.texts owner to keapsake_facts;
revoke all on analytics.texts from public;
grant select on analytics.texts to keapsake_reader;
