-- Tags of companies.
--
-- Keap shows them as a part of the company (`groups`, a text of tag ids). They are copied as such, and are Keap's to write:
-- memberships with a life of their own are those of people.

alter table public.companies add column tag_keap_ids jsonb not null default '[]'
  constraint companies_tags_are_a_list check (jsonb_typeof(tag_keap_ids) = 'array');
comment on column public.companies.tag_keap_ids is 'Keap ids of the company''s tags, ascending. Written in Keap alone; an edit here is put back.';

update sync.entities set columns = columns || 'tag_keap_ids'::text where entity = 'companies';
