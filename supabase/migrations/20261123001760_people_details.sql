-- What people are chosen by beside tags, orders and places: whether there is a number to call, the town, the month of
-- the birthday. The number and the day themselves stay in the record.

create view analytics.contact_details as
select
  c.account_id,
  c.supabase_id as contact_id,
  coalesce(nullif(btrim(c.phone), ''), (
    select nullif(btrim(p.value ->> 'number'), '')
    from jsonb_each(c.phone_numbers) p
    where nullif(btrim(p.value ->> 'number'), '') is not null
    limit 1
  )) is not null as has_phone,
  coalesce(
    nullif(btrim(c.addresses #>> '{BILLING,locality}'), ''),
    nullif(btrim(c.addresses #>> '{SHIPPING,locality}'), ''),
    nullif(btrim(c.addresses #>> '{OTHER,locality}'), '')
  ) as city,
  extract(month from c.birth_date)::int as birth_month
from public.contacts c;

comment on view analytics.contact_details is
  'Of every contact whether a phone number is kept, the town of the billing address (else of any) and the month of the birthday.';

-- Why a deal was lost: what Keap keeps as the objection.
create view analytics.deal_reasons as
select o.account_id, o.supabase_id as deal_id, nullif(btrim(o.objection), '') as reason
from public.opportunities o;

comment on view analytics.deal_reasons is 'The objection that was written down with a deal; null where none was.';

do $$
declare
  name text;
begin
  foreach name in array array['contact_details', 'deal_reasons'] loop
    execute format('alter view analytics.%I owner to keapsake_facts', name);
    execute format('revoke all on analytics.%I from public', name);
    execute format('grant select on analytics.%I to keapsake_reader', name);
  end loop;
end $$;
