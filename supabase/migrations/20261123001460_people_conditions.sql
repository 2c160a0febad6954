-- Conditions on people: saved segments and custom fields.

create view analytics.segments as
select s.account_id, s.id as segment_id, s.name, s.kind, s.definition
from public.segments s;

create view analytics.segment_people as
select m.account_id, m.segment_id, m.contact_id
from public.segment_members m
where m.left_at is null;

comment on view analytics.segment_people is 'Who is in a segment as it was last refreshed.';

create view analytics.contact_fields as
select d.account_id, d.keap_id::text as field_id, coalesce(nullif(btrim(d.label), ''), d.field_name, 'Field ' || d.keap_id) as name, d.field_name, d.field_type
from public.custom_field_definitions d
where d.record_type = 'CONTACT' and d.keap_id is not null and d.deleted_at is null;

-- Of a list of several values: joined, as one value; all of them, as they are looked for; and each once, as people are split by them.
create view analytics.contact_field_values as
select
  c.account_id, c.supabase_id as contact_id, e.field_id,
  nullif(btrim(case jsonb_typeof(e.held) when 'array' then (
    select string_agg(btrim(x.item), ', ' order by x.place) from jsonb_array_elements_text(e.held) with ordinality as x (item, place)
  ) else e.held #>> '{}' end), '') as value,
  case jsonb_typeof(e.held) when 'array' then (
    select array_agg(lower(btrim(x.item))) from jsonb_array_elements_text(e.held) as x (item)
  ) else array[lower(btrim(e.held #>> '{}'))] end as values,
  array(
    select distinct btrim(x.item)
    from jsonb_array_elements_text(case jsonb_typeof(e.held) when 'array' then e.held else jsonb_build_array(e.held) end) as x (item)
    where btrim(x.item) <> ''
  ) as members
from public.contacts c
cross join lateral jsonb_each(c.custom_fields) as e (field_id, held);

comment on view analytics.contact_field_values is 'Values of custom fields of contacts, by the field''s id in Keap.';

do $$
declare
  name text;
begin
  foreach name in array array['segments', 'segment_people', 'contact_fields', 'contact_field_values'] loop
    execute format('alter view analytics.%I owner to keapsake_facts', name);
    execute format('revoke all on analytics.%I from public', name);
    execute format('grant select on analytics.%I to keapsake_reader', name);
  end loop;
end $$;
