-- Erasure: a person is forgotten everywhere, for good.
--
-- Rows that count (orders, payments, e-mails sent) stay as numbers without anything personal in them, so that every sum of the
-- past still agrees; what is nothing but personal (memberships, scores, index entries) goes. The journal is rewritten, not cut:
-- its lines stand, their personal values are the empty ones that the rows hold now, so that it still rebuilds what was agreed.
-- What Keap still knows does not come back: every way in passes sync.without_erased. No name, address or number is kept to do
-- that: only ids of the two systems and hashes of addresses.
--
-- Read in this order: what is personal · the register · the ways in · traces · redacting · erasing · what is shown.

-- 1. What is personal ------------------------------------------------------------------------------------------------

create table sync.personal (
  entity text primary key references sync.entities,
  owner text not null check (owner in ('self', 'contact', 'order', 'payment')),
  blanks jsonb not null
);
comment on table sync.personal is 'Per synced table: whose record it is, and each personal column with the empty value it is given.';
alter table sync.personal enable row level security;
revoke all on sync.personal from public, anon, authenticated;

-- Every column of text or json is personal unless it is named here: states, kinds, currencies, numbers of invoices.
with kept (entity, owner, columns) as (values
  ('contacts', 'self', array['contact_type', 'source_type']),
  ('interactions', 'contact', array['kind', 'type', 'priority', 'provider', 'sent_from_address']),
  ('orders', 'contact', array['status', 'order_type', 'source_type', 'currency', 'refund_status', 'credit_status', 'promo_code', 'invoice_number', 'payment_plan']),
  ('order_items', 'order', array['item_type', 'currency']),
  ('payments', 'contact', array['kind', 'status', 'payment_type', 'method_type', 'currency', 'merchant_account_type', 'external_transaction_id']),
  ('payment_allocations', 'payment', array['currency', 'pay_status']),
  ('transactions', 'contact', array['natural_key', 'status', 'transaction_method', 'currency', 'external_reference_id', 'external_response_code', 'merchant_account_type']),
  ('subscriptions', 'contact', array['billing_cycle', 'currency', 'promo_code', 'cancelled_source']),
  ('opportunities', 'contact', array['currency', 'lead_source_name', 'objection', 'status']),
  ('referrals', 'contact', array['referral_type']),
  ('affiliates', 'contact', array['status'])
)
insert into sync.personal (entity, owner, blanks)
select k.entity, k.owner, jsonb_object_agg(c.column_name, case
    when c.is_nullable = 'NO' and c.data_type = 'jsonb' then case when c.column_default like '%[]%' then '[]'::jsonb else '{}' end
    else 'null' end)
from kept k join information_schema.columns c on c.table_schema = 'public' and c.table_name = k.entity
where c.is_generated = 'NEVER' and not c.column_name = any (k.columns)
  and (c.column_name = 'raw' or not c.column_name = any (sync.meta_columns()))
  and (c.data_type in ('text', 'jsonb')
    or k.entity = 'contacts' and c.column_name in ('birth_date', 'anniversary_date', 'score_value', 'company_id', 'company_keap_id'))
group by k.entity, k.owner;

-- The values of a record with the personal ones emptied; columns that are not there stay away.
create function sync.forget_values(p_entity text, p_values jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select p_values || coalesce((select jsonb_object_agg(b.key, case
      -- a refund is told by it
      when p.entity = 'payments' and b.key = 'raw' and p_values -> 'raw' ? 'negative' then jsonb_build_object('negative', p_values #> '{raw,negative}')
      -- the name of a product says nothing about who bought it
      when p.entity = 'order_items' and b.key = 'name' and p_values ->> 'product_keap_id' is not null then p_values -> 'name'
      else b.value end)
    from sync.personal p cross join lateral jsonb_each(p.blanks) b where p.entity = p_entity and p_values ? b.key), '{}')
$$;

-- The same of a line of the journal: field -> value of what was made or deleted, else field -> [before, after].
create function sync.forget_changes(p_entity text, p_action text, p_changes jsonb) returns jsonb
language sql stable set search_path = '' as $$
  select case when p_changes = '{}' then p_changes else (
    select jsonb_object_agg(c.key, case
      when not p.blanks ? c.key then c.value
      when p_action in ('create', 'delete') or jsonb_typeof(c.value) <> 'array' or jsonb_array_length(c.value) <> 2
        then sync.forget_values(p_entity, p_changes) -> c.key
      else jsonb_build_array(p.blanks -> c.key, p.blanks -> c.key) end)
    from jsonb_each(p_changes) c cross join (select * from sync.personal where entity = p_entity) p) end
$$;

-- 2. The register ----------------------------------------------------------------------------------------------------

create table sync.erased (
  account_id uuid not null references public.accounts on delete cascade,
  record_id uuid not null,
  keap_id bigint,
  address_hashes text[] not null default '{}',
  cause text not null check (cause in ('asked', 'redacted_in_keap')),
  asked_by text not null,
  erased_at timestamptz not null default now(),
  counts jsonb not null default '{}',
  traces jsonb,
  tables_left text[] not null default '{}',
  finished_at timestamptz,
  keap_state text not null default 'kept' check (keap_state in ('kept', 'waiting', 'deleted', 'refused')),
  keap_error text,
  primary key (account_id, record_id)
);
create index erased_by_keap on sync.erased (account_id, keap_id);
create index erased_unfinished on sync.erased (account_id) where finished_at is null or keap_state = 'waiting';
comment on table sync.erased is 'Who was erased, by ids alone, so that no poll, hook or sweep brings them back.';
comment on column sync.erased.traces is 'What is searched for in free texts, while that search goes on; then null.';
comment on column sync.erased.keap_state is 'kept: nobody asked to delete the person in Keap as well · waiting · deleted · refused (keap_error says why).';
alter table sync.erased enable row level security;
revoke all on sync.erased from public, anon, authenticated;
grant select on sync.erased, sync.personal to service_role;

create function sync.address_hash(p_account uuid, p_email text) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(convert_to(p_account || ' ' || lower(btrim(p_email)), 'UTF8')), 'hex')
$$;

-- 3. The ways in -----------------------------------------------------------------------------------------------------

-- Is this record, given as its values or its row, one of an erased person?
create function sync.is_erased(p_account uuid, p_entity text, v jsonb) returns boolean
language sql stable set search_path = '' as $$
  select coalesce((select case p.owner
    when 'self' then exists (select from sync.erased e where e.account_id = p_account and e.record_id = (v ->> 'supabase_id')::uuid)
      or exists (select from sync.erased e where e.account_id = p_account and e.keap_id = (v ->> 'keap_id')::bigint)
    when 'contact' then exists (select from sync.erased e where e.account_id = p_account and e.keap_id = (v ->> 'contact_keap_id')::bigint)
      or exists (select from sync.erased e where e.account_id = p_account and e.record_id = (v ->> 'contact_id')::uuid)
    when 'order' then exists (select from public.orders o join sync.erased e on e.account_id = p_account
        and (e.record_id = o.contact_id or e.keap_id = o.contact_keap_id)
      where o.account_id = p_account and (o.keap_id = (v ->> 'order_keap_id')::bigint or o.supabase_id = (v ->> 'order_id')::uuid))
    when 'payment' then exists (select from public.payments o join sync.erased e on e.account_id = p_account
        and (e.record_id = o.contact_id or e.keap_id = o.contact_keap_id)
      where o.account_id = p_account and (o.keap_id = (v ->> 'payment_keap_id')::bigint or o.supabase_id = (v ->> 'payment_id')::uuid)) end
  from sync.personal p where p.entity = p_entity), false)
$$;

-- A page as it may come in: erased people left out, what is theirs without what is personal.
create function sync.without_erased(p_account uuid, p_entity text, p_rows jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
begin
  if not exists (select from sync.erased e where e.account_id = p_account) then return p_rows; end if;
  if p_entity = 'contacts' then
    return (select coalesce(jsonb_agg(x.r order by x.at), '[]') from jsonb_array_elements(p_rows) with ordinality x (r, at)
      where not exists (select from sync.erased e where e.account_id = p_account and e.keap_id = (x.r ->> 'keap_id')::bigint));
  elsif p_entity = 'email_addresses_status' then
    -- unless somebody who was not erased has the address
    return (select coalesce(jsonb_agg(x.r order by x.at), '[]') from jsonb_array_elements(p_rows) with ordinality x (r, at)
      where not exists (select from sync.erased e where e.account_id = p_account
          and sync.address_hash(p_account, x.r #>> '{values,email}') = any (e.address_hashes))
        or exists (select from public.contacts c where c.account_id = p_account and lower(c.email) = lower(x.r #>> '{values,email}') and c.deleted_at is null));
  elsif not exists (select from sync.personal p where p.entity = p_entity) then
    return p_rows;
  end if;
  return (select coalesce(jsonb_agg(case when sync.is_erased(p_account, p_entity, x.r -> 'values')
      then jsonb_set(x.r, '{values}', sync.forget_values(p_entity, x.r -> 'values')) else x.r end order by x.at), '[]')
    from jsonb_array_elements(p_rows) with ordinality x (r, at));
end $$;

-- Outcomes of a push that was on its way meanwhile.
create function sync.outcomes_without_erased(p_account uuid, p_entity text, p_items jsonb) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  i jsonb; part text; v_row jsonb; v_result jsonb := '[]';
begin
  if not exists (select from sync.personal p where p.entity = p_entity)
    or not exists (select from sync.erased e where e.account_id = p_account) then return p_items; end if;
  for i in select * from jsonb_array_elements(p_items) loop
    v_row := coalesce(sync.row_of(p_entity, p_account, (i ->> 'record_id')::uuid), i #> '{seen,values}', '{}');
    if not sync.is_erased(p_account, p_entity, v_row) then
      v_result := v_result || i;
      continue;
    end if;
    if p_entity = 'contacts' then
      -- nothing of it is agreed upon any more: it counts as moved
      v_result := v_result || (jsonb_build_object('version', -1)
        || (select coalesce(jsonb_object_agg(k.key, k.value), '{}') from jsonb_each(i) k where k.key in ('record_id', 'key', 'keap_id', 'action', 'intent_id', 'intent_state')));
      continue;
    end if;
    foreach part in array array['base', 'patch', 'acknowledged', 'keap', 'fields'] loop
      if jsonb_typeof(i -> part) = 'object' then i := jsonb_set(i, array[part], sync.forget_values(p_entity, i -> part)); end if;
    end loop;
    if jsonb_typeof(i #> '{seen,values}') = 'object' then
      i := jsonb_set(i, '{seen,values}', sync.forget_values(p_entity, i #> '{seen,values}'));
    end if;
    if i ? 'journal' then
      i := jsonb_set(i, '{journal}', (select coalesce(jsonb_agg((j - 'detail') || jsonb_build_object('changes',
        sync.forget_changes(p_entity, j ->> 'action', coalesce(j -> 'changes', '{}')))), '[]') from jsonb_array_elements(i -> 'journal') j));
    end if;
    if i ? 'conflicts' then
      i := jsonb_set(i, '{conflicts}', (select coalesce(jsonb_agg(j), '[]') from jsonb_array_elements(i -> 'conflicts') j
        where not exists (select from sync.personal p where p.entity = p_entity and p.blanks ? split_part(j ->> 'field', '.', 1))));
    end if;
    v_result := v_result || i;
  end loop;
  return v_result;
end $$;

-- A record that could not be stored is set aside whole: not one of an erased person.
create function sync.keep_erased_out() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  if exists (select from sync.erased e where e.account_id = new.account_id and (
      new.entity = 'contacts' and e.keap_id::text = new.key
      or e.keap_id::text in (new.record #>> '{values,contact_keap_id}', new.record ->> 'contact_id', new.record #>> '{contact,id}')
      or new.entity = 'email_addresses_status' and sync.address_hash(new.account_id, new.key) = any (e.address_hashes))) then
    return null;
  end if;
  return new;
end $$;
create trigger keep_erased_out before insert or update on sync.rejected for each row execute function sync.keep_erased_out();

-- 4. Traces ----------------------------------------------------------------------------------------------------------

create function sync.literal_pattern(p_text text) returns text language sql immutable set search_path = '' as $$
  select regexp_replace(p_text, '([][\\^$.|?*+(){}-])', '\\\1', 'g')
$$;

-- What is known by itself to mean these people, in every version of them that was ever here: addresses, numbers, whole names.
create function sync.known_by(p_account uuid, p_people uuid[]) returns table (kind text, value text)
language sql stable set search_path = '' as $$
  with versions as materialized (
    select to_jsonb(c) as v from public.contacts c where c.account_id = p_account and c.supabase_id = any (p_people)
    union all select s.base from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = any (p_people)
    union all select s.keap from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = any (p_people) and s.keap is not null
    union all select t.base from sync.tombstones t where t.account_id = p_account and t.entity = 'contacts' and t.record_id = any (p_people) and t.base is not null
    union all select j.changes from sync.journal j where j.account_id = p_account and j.entity = 'contacts' and j.record_id = any (p_people)
  ), parts as (
    select x.key, x.value from versions cross join lateral jsonb_each(case jsonb_typeof(v) when 'object' then v else '{}' end) x
    where x.key in ('email', 'email_addresses', 'phone', 'phone_numbers', 'fax_numbers', 'given_name', 'family_name', 'preferred_name')
  ), texts as (
    select p.key, t.text from parts p
    -- a value, or the two of a change
    cross join lateral jsonb_path_query(p.value, 'strict $.**') q
    cross join lateral (select q #>> '{}' as text where jsonb_typeof(q) = 'string') t
    where btrim(t.text) <> ''
  ), firsts as (select distinct btrim(text) as text from texts where key in ('given_name', 'preferred_name')),
  lasts as (select distinct btrim(text) as text from texts where key = 'family_name')
  select distinct 'email', lower(btrim(text)) from texts where key in ('email', 'email_addresses') and text like '%_@_%._%'
  union select distinct 'phone', regexp_replace(text, '[^0-9]', '', 'g') from texts
    where key in ('phone', 'phone_numbers', 'fax_numbers') and length(regexp_replace(text, '[^0-9]', '', 'g')) between 7 and 15
  union select 'name', f.text || chr(9) || l.text from firsts f cross join lasts l
$$;

-- One expression that finds any of them in a text. What somebody who is not erased is known by as well is left out.
create function sync.traces_of(p_account uuid, p_people uuid[]) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  k record; v_one text; v_pattern text; v_shared boolean; v_emails text[] := '{}'; v_left integer := 0;
begin
  for k in select * from sync.known_by(p_account, p_people) loop
    if k.kind = 'email' then
      v_one := '(?<![[:alnum:]._%+-])' || sync.literal_pattern(k.value) || '(?!\.?[[:alnum:]_-])';
      v_shared := exists (select from public.contacts c where c.account_id = p_account and c.deleted_at is null and not c.supabase_id = any (p_people)
        and (lower(c.email) = k.value or c.email_addresses::text ~* v_one));
      if not v_shared then v_emails := v_emails || k.value; end if;
    elsif k.kind = 'phone' then
      -- however it is written, with its country in front or without
      v_one := '(?<![0-9])\+?[0-9]{0,3}[^0-9[:alpha:]]{0,3}' || regexp_replace(left(right(k.value, 10), -1), '([0-9])', '\1[^0-9[:alpha:]]{0,3}', 'g')
        || right(k.value, 1) || '(?![0-9])';
      v_shared := exists (select from public.contacts c where c.account_id = p_account and c.deleted_at is null and not c.supabase_id = any (p_people)
        and c.phone_numbers::text ~ v_one);
    else
      v_one := '(?<![[:alnum:]])(' || sync.literal_pattern(split_part(k.value, chr(9), 1)) || '[[:space:]]+([[:alpha:].]+[[:space:]]+)?' || sync.literal_pattern(split_part(k.value, chr(9), 2))
        || '|' || sync.literal_pattern(split_part(k.value, chr(9), 2)) || ',?[[:space:]]+' || sync.literal_pattern(split_part(k.value, chr(9), 1)) || ')(?![[:alnum:]])';
      v_shared := exists (select from public.contacts c where c.account_id = p_account and c.deleted_at is null and not c.supabase_id = any (p_people)
        and lower(btrim(c.given_name)) = lower(split_part(k.value, chr(9), 1)) and lower(btrim(c.family_name)) = lower(split_part(k.value, chr(9), 2)));
    end if;
    if v_shared then v_left := v_left + 1; else v_pattern := concat_ws('|', v_pattern, v_one); end if;
  end loop;
  return jsonb_build_object('pattern', v_pattern, 'people', to_jsonb(p_people), 'emails', to_jsonb(v_emails), 'shared', v_left);
end $$;

create function sync.scrub_text(p_text text, p_pattern text) returns text language sql immutable set search_path = '' as $$
  select case when p_pattern is null then p_text else left(regexp_replace(p_text, p_pattern, '[erased]', 'gi'), length(p_text)) end
$$;

-- Finds in every text of a document; and where an object is about one of these people, empties what names or describes them.
create function sync.scrub_json(j jsonb, p_pattern text, p_people jsonb, p_about boolean default false) returns jsonb
language plpgsql immutable set search_path = '' as $$
declare
  v_about boolean;
begin
  case jsonb_typeof(j)
    when 'string' then
      if p_pattern is null then return j; end if;
      return to_jsonb(regexp_replace(j #>> '{}', p_pattern, '[erased]', 'gi'));
    when 'array' then
      return (select coalesce(jsonb_agg(sync.scrub_json(x.value, p_pattern, p_people, p_about) order by x.at), '[]')
        from jsonb_array_elements(j) with ordinality x (value, at));
    when 'object' then
      v_about := exists (select from jsonb_each(j) x where jsonb_typeof(x.value) = 'string' and p_people @> x.value);
      return (select coalesce(jsonb_object_agg(coalesce(regexp_replace(x.key, p_pattern, '[erased]', 'gi'), x.key), case
          when v_about and x.key ~* '(name|mail|phone|address|street|city|birth|note|body|title|label|text|before|after|changes|value)' and not p_people @> x.value
            then case jsonb_typeof(x.value) when 'string' then '"[erased]"'::jsonb when 'object' then '{}' when 'array' then '[]' else x.value end
          else sync.scrub_json(x.value, p_pattern, p_people) end), '{}')
        from jsonb_each(j) x);
    else return j;
  end case;
end $$;

-- 5. Redacting -------------------------------------------------------------------------------------------------------

-- These records keep their numbers and lose what is personal: rows, what was agreed, the journal and all that was noted on the way.
create function sync.redact_records(p_account uuid, p_entity text, p_ids uuid[], p_pattern text) returns integer
language plpgsql set search_path = '' as $$
declare
  v_blanks jsonb := (select p.blanks from sync.personal p where p.entity = p_entity);
  v_set text; v_changed integer; v_marked uuid[];
begin
  if coalesce(cardinality(p_ids), 0) = 0 then return 0; end if;
  v_marked := array(select d.record_id from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (p_ids));
  select string_agg(format('%1$I = v.%1$I', k), ', ') into v_set from jsonb_object_keys(v_blanks) k;
  -- what was agreed, first: the capture trigger then finds row and base equal, and an edit that waits goes on waiting
  execute format($q$
    update sync.shadow s set base = sync.forget_values(%1$L, s.base), keap = sync.forget_values(%1$L, s.keap), k_hash = '',
      row_version = case when s.row_version = p.version then p.version + 1 else s.row_version end
    from public.%1$I p where s.account_id = $1 and s.entity = %1$L and s.record_id = any ($2) and p.account_id = $1 and p.supabase_id = s.record_id
  $q$, p_entity) using p_account, p_ids;
  execute format($q$
    update public.%1$I p set %2$s, version = p.version + 1, last_modified_by = 'erasure', last_updated_at = now(),
      sync_error = case when p.sync_error is null then null else 'The person was erased.' end
    from (select r.supabase_id as row_id, (jsonb_populate_record(null::public.%1$I, sync.forget_values(%1$L, to_jsonb(r)))).*
      from public.%1$I r where r.account_id = $1 and r.supabase_id = any ($2)) v
    where p.account_id = $1 and p.supabase_id = v.row_id
  $q$, p_entity, v_set) using p_account, p_ids;
  get diagnostics v_changed = row_count;
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (p_ids) and not d.record_id = any (v_marked);
  update sync.dirty d set reason = sync.scrub_text(d.reason, p_pattern)
  where d.account_id = p_account and d.entity = p_entity and d.record_id = any (p_ids) and d.reason is not null;
  update sync.journal j set changes = sync.forget_changes(p_entity, j.action, j.changes), detail = null
  where j.account_id = p_account and j.entity = p_entity and j.record_id = any (p_ids);
  update sync.tombstones t set base = sync.forget_values(p_entity, t.base)
  where t.account_id = p_account and t.entity = p_entity and t.record_id = any (p_ids) and t.base is not null;
  update sync.intents i set fields = case when i.state in ('sent', 'unknown') then sync.forget_values(p_entity, i.fields) else '{}' end,
    error = sync.scrub_text(i.error, p_pattern)
  where i.account_id = p_account and i.entity = p_entity and i.record_id = any (p_ids);
  update sync.conflicts c set base = null, keap = null, supabase = null, chosen = null,
    state = case when c.state = 'held' then 'resolved' else c.state end, resolved_by = coalesce(c.resolved_by, 'erasure'), resolved_at = coalesce(c.resolved_at, now())
  where c.account_id = p_account and c.entity = p_entity and c.record_id = any (p_ids) and v_blanks ? split_part(c.field, '.', 1);
  update sync.dead_letters l set fields = '{}', reason = sync.scrub_text(l.reason, p_pattern), cure = sync.scrub_text(l.cure, p_pattern)
  where l.account_id = p_account and l.entity = p_entity and l.record_id = any (p_ids);
  return v_changed;
end $$;

-- The records of these people in a table, also of rows that are gone.
create function sync.records_of(p_account uuid, p_entity text, p_people uuid[], p_keap_ids bigint[], p_emails text[]) returns uuid[]
language plpgsql stable set search_path = '' as $$
declare
  v_owner text := (select p.owner from sync.personal p where p.entity = p_entity);
  v_ids uuid[]; v_gone uuid[];
begin
  if v_owner = 'contact' then
    execute format('select array_agg(r.supabase_id) from public.%I r where r.account_id = $1
      and (r.contact_id = any ($2) or r.contact_id is null and r.contact_keap_id = any ($3)%s)', p_entity,
      case p_entity when 'interactions' then ' or r.contact_id is null and lower(r.sent_to_address) = any ($4)' else '' end)
      into v_ids using p_account, p_people, p_keap_ids, p_emails;
    select array_agg(x.record_id) into v_gone from (
      select t.record_id, t.base from sync.tombstones t where t.account_id = p_account and t.entity = p_entity
      union all select s.record_id, s.base from sync.dirty d join sync.shadow s on s.account_id = p_account and s.entity = p_entity and s.record_id = d.record_id
      where d.account_id = p_account and d.entity = p_entity and d.operation = 'delete') x
    where (x.base ->> 'contact_keap_id')::bigint = any (p_keap_ids);
  else
    execute format('select array_agg(r.supabase_id) from public.%1$I r join public.%2$I o on o.account_id = $1 and o.supabase_id = r.%3$I
      where r.account_id = $1 and (o.contact_id = any ($2) or o.contact_id is null and o.contact_keap_id = any ($3))',
      p_entity, v_owner || 's', v_owner || '_id') into v_ids using p_account, p_people, p_keap_ids;
  end if;
  return array(select distinct x from unnest(coalesce(v_ids, '{}') || coalesce(v_gone, '{}')) x);
end $$;

-- The person and whoever was merged into them: one person under several ids.
create function sync.same_person(p_account uuid, p_contact uuid) returns uuid[]
language sql stable set search_path = '' as $$
  with recursive one as (
    select p_contact as id
    union select c.supabase_id from one join public.contacts c on c.account_id = p_account and c.merged_into_id = one.id
  ) select array_agg(id) from one
$$;

-- 6. Erasing ---------------------------------------------------------------------------------------------------------

-- A proposal never changes once it is made, but for a person who is erased from it.
create or replace function private.keep_proposal_content() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  content constant text[] := case tg_table_name
    when 'proposals' then array['id', 'account_id', 'kind', 'title', 'summary', 'payload', 'preview', 'probe', 'reversible',
                                'idempotency_key', 'created_by', 'created_via', 'created_at']
    else array['id', 'proposal_id', 'account_id', 'before', 'after'] end;
begin
  if exists (select from unnest(content) c where to_jsonb(new) -> c is distinct from to_jsonb(old) -> c)
    and not exists (select from sync.erased e where e.account_id = old.account_id and e.finished_at is null
      and e.record_id::text = current_setting('keapsake.erasing', true)) then
    raise exception 'The content of a proposal cannot change. Make a new proposal.' using errcode = '42501';
  end if;
  return new;
end $$;

-- Tables with free texts that may name a person: everything of the account that is neither a copy of Keap nor kept per record.
create function sync.tables_with_texts() returns text[]
language sql stable set search_path = '' as $$
  select coalesce(array_agg(format('%s.%s', n.nspname, c.relname) order by n.nspname, c.relname), '{}')
  from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and n.nspname in ('public', 'private', 'sync', 'rollups')
    and exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attname = 'account_id' and not a.attisdropped)
    and exists (select from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and a.atttypid in ('text'::regtype, 'jsonb'::regtype))
    and not (n.nspname = 'public' and (c.relname in (select e.entity from sync.entities e) or c.relname in ('contact_tags', 'members')))
    and not (n.nspname = 'sync' and c.relname in ('shadow', 'journal', 'intents', 'conflicts', 'tombstones', 'dead_letters', 'dirty', 'erased',
      'switches', 'policies', 'leases', 'hook_endpoints', 'hook_subscriptions'))
    and not (n.nspname = 'private' and c.relname in ('keap_tokens', 'api_keys'))
$$;

-- In one transaction: whatever is theirs. What free texts say about them is searched afterwards, a table a call (sync_erase_next).
create function public.sync_erase(p_account uuid, p_contact uuid, p_actor text, p_cause text default 'asked', p_in_keap boolean default false)
returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  v_writer text; v_people uuid[]; v_keap_ids bigint[]; v_traces jsonb; v_emails text[]; v_counts jsonb := '{}'; v_run uuid;
  v_id uuid; v_ids uuid[]; v_count integer; v_table text; v_entities text[];
begin
  v_writer := private.require_role(p_account, array['admin'], p_actor);
  if exists (select from sync.erased e where e.account_id = p_account and e.record_id = p_contact) then
    if p_in_keap then
      update sync.erased e set keap_state = 'waiting', keap_error = null
      where e.account_id = p_account and e.record_id = p_contact and e.keap_id is not null and e.keap_state in ('kept', 'refused');
    end if;
    return public.sync_erasure(p_account, p_contact);
  end if;
  if not exists (select from public.contacts c where c.account_id = p_account and c.supabase_id = p_contact)
    and not exists (select from sync.journal j where j.account_id = p_account and j.entity = 'contacts' and j.record_id = p_contact) then
    raise exception 'There is no such person in this account. Look them up by Keap''s id or their e-mail address.' using errcode = 'P0002';
  end if;
  -- the sync's own writers of these tables wait here, and find the register when they go on
  v_entities := array(select p.entity from sync.personal p union select 'email_addresses_status' order by 1);
  for v_table in select unnest(v_entities) loop
    perform pg_advisory_xact_lock(hashtextextended(p_account::text || v_table, 0));
  end loop;
  perform set_config('keapsake.origin', 'keap', true);
  perform set_config('keapsake.erasing', p_contact::text, true);
  v_people := sync.same_person(p_account, p_contact);
  v_keap_ids := array(select distinct x.k from (
    select c.keap_id from public.contacts c where c.account_id = p_account and c.supabase_id = any (v_people)
    union all select j.keap_id from sync.journal j where j.account_id = p_account and j.entity = 'contacts' and j.record_id = any (v_people)) x (k) where x.k is not null);
  v_traces := sync.traces_of(p_account, v_people);
  v_emails := array(select jsonb_array_elements_text(v_traces -> 'emails'));
  insert into sync.runs (account_id, kind, trigger) values (p_account, 'erase', p_cause) returning run_id into v_run;
  foreach v_id in array v_people loop
    insert into sync.erased (account_id, record_id, keap_id, address_hashes, cause, asked_by, traces, tables_left, finished_at, keap_state)
    select p_account, v_id, coalesce(c.keap_id, (select j.keap_id from sync.journal j where j.account_id = p_account and j.entity = 'contacts' and j.record_id = v_id and j.keap_id is not null limit 1)),
      array(select sync.address_hash(p_account, x) from unnest(v_emails) x), p_cause, v_writer,
      case when v_id = p_contact then v_traces end, case when v_id = p_contact then sync.tables_with_texts() else '{}' end,
      case when v_id <> p_contact then now() end,
      case when p_cause = 'redacted_in_keap' then 'deleted' when p_in_keap and c.keap_id is not null and c.deleted_at is null then 'waiting' else 'kept' end
    from (select 1) o left join public.contacts c on c.account_id = p_account and c.supabase_id = v_id
    on conflict (account_id, record_id) do nothing;
  end loop;

  -- what is nothing but personal
  delete from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = any (v_people);
  delete from public.contact_tags l where l.account_id = p_account and l.contact_id = any (v_people);
  get diagnostics v_count = row_count;
  v_counts := v_counts || jsonb_build_object('contact_tags', v_count);
  for v_table in select c.table_name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name = 'contact_id' and c.table_name not in ('contact_tags', 'proposal_items')
      and c.table_name not in (select e.entity from sync.entities e)
      -- a copy of Keap's figures is searched like the others
      and not exists (select from information_schema.columns a where a.table_schema = 'public' and a.table_name = c.table_name and a.column_name = 'contact_keap_id') loop
    execute format('delete from public.%I x where x.account_id = $1 and x.contact_id = any ($2)', v_table) using p_account, v_people;
    get diagnostics v_count = row_count;
    v_counts := v_counts || jsonb_build_object(v_table, v_count);
  end loop;
  update public.proposal_items i set before = '{}', after = '{}', error = case when i.error is not null or i.status = 'planned' then 'The person was erased.' end,
    status = case when i.status = 'planned' then 'skipped' else i.status end
  where i.account_id = p_account and i.contact_id = any (v_people);
  get diagnostics v_count = row_count;
  v_counts := v_counts || jsonb_build_object('proposal_items', v_count);

  -- what counts: parents first, their lines are found by them
  foreach v_table in array array['orders', 'order_items', 'payments', 'payment_allocations', 'transactions', 'subscriptions', 'opportunities',
    'interactions', 'referrals', 'affiliates'] loop
    v_ids := sync.records_of(p_account, v_table, v_people, v_keap_ids, v_emails);
    delete from public.knowledge_documents d where d.account_id = p_account and d.source_id = any (v_ids);
    delete from sync.rejected j where j.account_id = p_account and j.entity = v_table and (j.record #>> '{values,contact_keap_id}' = any (v_keap_ids::text[])
      or j.record ->> 'contact_id' = any (v_keap_ids::text[]) or j.record #>> '{contact,id}' = any (v_keap_ids::text[]));
    v_counts := v_counts || jsonb_build_object(v_table, sync.redact_records(p_account, v_table, v_ids, v_traces ->> 'pattern'));
  end loop;

  -- the person: an empty row that orders can point to
  v_counts := v_counts || jsonb_build_object('contacts', sync.redact_records(p_account, 'contacts', v_people, v_traces ->> 'pattern'));
  update public.contacts c set deleted_at = coalesce(c.deleted_at, now()), version = c.version + 1, sync_status = 'synced', sync_error = null
  where c.account_id = p_account and c.supabase_id = any (v_people);
  delete from sync.dirty d where d.account_id = p_account and d.entity in ('contacts', 'contact_tags') and d.record_id = any (v_people);
  delete from sync.rejected j where j.account_id = p_account and j.entity = 'contacts' and j.key = any (v_keap_ids::text[]);
  update sync.intents i set fields = '{}', marker = null, state = case when i.state in ('sent', 'unknown') then 'abandoned' else i.state end,
    settled_at = coalesce(i.settled_at, now()) where i.account_id = p_account and i.entity in ('contacts', 'contact_tags') and i.record_id = any (v_people);
  update sync.dead_letters l set state = 'dismissed', fields = '{}', last_at = now()
  where l.account_id = p_account and l.entity in ('contacts', 'contact_tags') and l.record_id = any (v_people) and l.state = 'open';
  update sync.conflicts c set state = 'resolved', resolved_by = 'erasure', resolved_at = now()
  where c.account_id = p_account and c.entity in ('contacts', 'contact_tags') and c.record_id = any (v_people) and c.state = 'held';
  update sync.journal j set other_id = null, changes = '{"tag_keap_id": [null, null]}'
  where j.account_id = p_account and j.entity = 'contact_tags' and j.record_id = any (v_people);
  delete from sync.tombstones t where t.account_id = p_account and t.entity = 'contacts' and t.record_id = any (v_people);
  insert into sync.tombstones (account_id, entity, key, record_id, reason)
  select p_account, 'contacts', e.keap_id::text, e.record_id, 'redacted' from sync.erased e
  where e.account_id = p_account and e.record_id = any (v_people) and e.keap_id is not null
  on conflict (account_id, entity, key) do update set record_id = excluded.record_id, reason = 'redacted', base = null;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin)
  select p_account, v_run, 'contacts', e.record_id, e.keap_id, 'local', 'redact', v_writer from sync.erased e
  where e.account_id = p_account and e.record_id = any (v_people);

  -- their addresses, where nobody else has them
  v_ids := array(select a.supabase_id from public.email_addresses_status a where a.account_id = p_account and a.email = any (v_emails));
  delete from sync.shadow s where s.account_id = p_account and s.entity = 'email_addresses_status' and s.record_id = any (v_ids);
  delete from public.email_addresses_status a where a.account_id = p_account and a.supabase_id = any (v_ids);
  delete from sync.dirty d where d.account_id = p_account and d.entity = 'email_addresses_status' and d.record_id = any (v_ids);
  delete from sync.tombstones t where t.account_id = p_account and t.entity = 'email_addresses_status' and t.key = any (v_emails);
  delete from sync.rejected j where j.account_id = p_account and j.entity = 'email_addresses_status' and j.key = any (v_emails);
  delete from private.email_state_changes s where s.account_id = p_account and s.email = any (v_emails);
  update sync.journal j set changes = '{}', detail = null
  where j.account_id = p_account and j.entity = 'email_addresses_status' and j.record_id = any (v_ids);
  delete from sync.verification_mismatches m where m.account_id = p_account
    and (m.record_id = any (v_people || v_ids) or (v_traces ->> 'pattern' is not null and (m.key || m.detail::text) ~* (v_traces ->> 'pattern')));
  v_counts := v_counts || jsonb_build_object('email_addresses_status', cardinality(v_ids));

  update sync.erased e set counts = v_counts where e.account_id = p_account and e.record_id = p_contact;
  update sync.runs r set state = 'done', finished_at = now(), counts = v_counts where r.run_id = v_run;
  perform private.audit(p_account, v_writer, 'person_erased', 'contact:' || p_contact, jsonb_build_object('cause', p_cause, 'in_keap', p_in_keap));
  return public.sync_erasure(p_account, p_contact);
end $$;

-- Searches one more table for what free texts say about the person. Interrupted, it begins with that table again.
create function public.sync_erase_next(p_account uuid, p_contact uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  e sync.erased; v_table text; v_class regclass; v_pattern text; v_set text; v_where text; v_ids text; v_changed integer := 0;
begin
  select * into e from sync.erased x where x.account_id = p_account and x.record_id = p_contact for update;
  if not found then raise exception 'Nobody with this id was erased.' using errcode = 'P0002'; end if;
  if e.finished_at is not null then return public.sync_erasure(p_account, p_contact); end if;
  perform set_config('keapsake.erasing', p_contact::text, true);
  v_table := e.tables_left[1];
  v_class := to_regclass(v_table);
  if v_class is not null then
    v_pattern := e.traces ->> 'pattern';
    select string_agg(x, '|') into v_ids from jsonb_array_elements_text(e.traces -> 'people') x;
    select string_agg(case when a.atttypid = 'jsonb'::regtype then format('%1$I = sync.scrub_json(t.%1$I, $2, $3)', a.attname)
        else format('%1$I = sync.scrub_text(t.%1$I, $2)', a.attname) end, ', '),
      string_agg(case when a.atttypid = 'jsonb'::regtype then format('t.%I::text ~* $4', a.attname) else format('t.%I ~* $2', a.attname) end, ' or ')
    into v_set, v_where
    from pg_catalog.pg_attribute a where a.attrelid = v_class and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      and a.atttypid in ('text'::regtype, 'jsonb'::regtype);
    -- what was made of the text goes with it
    if v_table = 'public.knowledge_chunks' then v_set := v_set || ', embedding = null'; end if;
    execute format('update %s t set %s where t.account_id = $1 and (%s)', v_class, v_set, v_where)
      using p_account, v_pattern, e.traces -> 'people', concat_ws('|', v_pattern, v_ids);
    get diagnostics v_changed = row_count;
  end if;
  update sync.erased x set tables_left = x.tables_left[2:],
    counts = case when v_changed > 0 then x.counts || jsonb_build_object(split_part(v_table, '.', 2), coalesce((x.counts ->> split_part(v_table, '.', 2))::int, 0) + v_changed) else x.counts end,
    traces = case when cardinality(x.tables_left) > 1 then x.traces end,
    finished_at = case when cardinality(x.tables_left) > 1 then null else now() end
  where x.account_id = p_account and x.record_id = p_contact;
  return public.sync_erasure(p_account, p_contact);
end $$;

create function public.sync_note_erased_in_keap(p_account uuid, p_contact uuid, p_state text, p_error text default null) returns void
language sql security definer set search_path = '' as $$
  update sync.erased e set keap_state = p_state, keap_error = p_error where e.account_id = p_account and e.record_id = p_contact
$$;

-- 7. What is shown ---------------------------------------------------------------------------------------------------

create function public.sync_erasure(p_account uuid, p_contact uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('record_id', e.record_id, 'keap_id', e.keap_id, 'cause', e.cause, 'asked_by', e.asked_by, 'erased_at', e.erased_at,
    'counts', e.counts, 'tables_left', cardinality(e.tables_left), 'finished_at', e.finished_at, 'keap_state', e.keap_state, 'keap_error', e.keap_error)
  from sync.erased e where e.account_id = p_account and e.record_id = p_contact
$$;

-- Erasures that were interrupted, or that Keap has still to carry out.
create function public.sync_erasures_open(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(public.sync_erasure(p_account, e.record_id) order by e.erased_at), '[]') from sync.erased e
  where e.account_id = p_account and (e.finished_at is null or e.keap_state = 'waiting')
$$;

-- By our id, Keap's id or an address: {record_id, …} of each that fits.
create function public.sync_find_people(p_account uuid, p_which text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('record_id', c.supabase_id, 'keap_id', c.keap_id, 'name', sync.record_label(to_jsonb(c)), 'email', c.email,
    'deleted', c.deleted_at is not null) order by c.keap_id), '[]')
  from public.contacts c where c.account_id = p_account and (c.supabase_id::text = lower(btrim(p_which)) or c.keap_id::text = btrim(p_which) or lower(c.email) = lower(btrim(p_which)))
$$;

-- What an erasure would touch, without touching it.
create function public.sync_erase_preview(p_account uuid, p_contact uuid) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_people uuid[]; v_keap_ids bigint[]; v_traces jsonb; v_emails text[]; v_counts jsonb := '{}'; v_table text; v_count integer; v_mentions integer := 0; c public.contacts;
begin
  select * into c from public.contacts x where x.account_id = p_account and x.supabase_id = p_contact;
  if not found then raise exception 'There is no such person in this account. Look them up by Keap''s id or their e-mail address.' using errcode = 'P0002'; end if;
  v_people := sync.same_person(p_account, p_contact);
  v_keap_ids := array(select x.keap_id from public.contacts x where x.account_id = p_account and x.supabase_id = any (v_people) and x.keap_id is not null);
  v_traces := sync.traces_of(p_account, v_people);
  v_emails := array(select jsonb_array_elements_text(v_traces -> 'emails'));
  for v_table in select p.entity from sync.personal p where p.owner <> 'self' order by 1 loop
    v_counts := v_counts || jsonb_build_object(v_table, cardinality(sync.records_of(p_account, v_table, v_people, v_keap_ids, v_emails)));
  end loop;
  select count(*) into v_count from public.contact_tags l where l.account_id = p_account and l.contact_id = any (v_people);
  v_counts := v_counts || jsonb_build_object('contacts', cardinality(v_people), 'contact_tags', v_count, 'email_addresses_status', cardinality(v_emails));
  select count(*) into v_count from sync.journal j where j.record_id = any (v_people) and j.account_id = p_account;
  v_counts := v_counts || jsonb_build_object('journal', v_count);
  if v_traces ->> 'pattern' is not null then
    -- written in somebody else's record: that is Keap's as well, and stays
    select count(*) into v_mentions from public.interactions i where i.account_id = p_account and i.kind in ('note', 'task', 'appointment')
      and i.deleted_at is null and not coalesce(i.contact_id = any (v_people), false) and concat_ws(' ', i.title, i.body) ~* (v_traces ->> 'pattern');
  end if;
  return jsonb_build_object('record_id', c.supabase_id, 'keap_id', c.keap_id, 'name', sync.record_label(to_jsonb(c)), 'email', c.email,
    'in_keap', c.keap_id is not null and c.deleted_at is null, 'merged', cardinality(v_people) - 1, 'counts', v_counts, 'mentions', v_mentions,
    'shared', v_traces -> 'shared', 'erased', public.sync_erasure(p_account, p_contact));
end $$;

-- Does this record of Keap still show the person? Asked before a redaction that Keap announces is believed.
create function public.sync_shows_person(p_account uuid, p_keap_id bigint, p_record jsonb) returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(bool_or(p_record::text ~* (sync.traces_of(p_account, array[c.supabase_id]) ->> 'pattern')), false)
  from public.contacts c where c.account_id = p_account and c.keap_id = p_keap_id
$$;

-- Keap announced a redaction and shows the person all the same: for a person to decide.
create function public.sync_doubt_redaction(p_account uuid, p_keap_id bigint) returns void
language sql security definer set search_path = '' as $$
  insert into sync.dead_letters as l (account_id, entity, record_id, keap_id, class, reason, cure)
  select p_account, 'contacts', c.supabase_id, c.keap_id, 'hold', 'Keap said that this person is to be forgotten, but shows them as before.',
    'If they are to be forgotten, erase them on their page. If not, dismiss this.'
  from public.contacts c where c.account_id = p_account and c.keap_id = p_keap_id
  on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set reason = excluded.reason, cure = excluded.cure, last_at = now()
$$;

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, l.lanname = 'plpgsql' as planned from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where n.nspname = 'sync' and p.proname in ('forget_values', 'forget_changes', 'address_hash', 'is_erased', 'without_erased', 'outcomes_without_erased',
        'keep_erased_out', 'literal_pattern', 'known_by', 'traces_of', 'scrub_text', 'scrub_json', 'redact_records', 'records_of', 'same_person', 'tables_with_texts')
      or n.nspname = 'public' and p.proname in ('sync_erase', 'sync_erase_next', 'sync_note_erased_in_keap', 'sync_erasure', 'sync_erasures_open',
        'sync_find_people', 'sync_erase_preview', 'sync_shows_person', 'sync_doubt_redaction') loop
    if f.planned then execute format('alter function %s set plan_cache_mode to force_custom_plan', f.signature); end if;
    execute format('revoke all on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
  end loop;
end $$;
