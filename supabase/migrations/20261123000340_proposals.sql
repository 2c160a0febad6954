-- Proposals: what goes back to Keap waits for a person ----------------------------------------------------------------

create table public.proposals (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  kind text not null,
  title text not null check (length(btrim(title)) between 1 and 300),
  summary text,
  status text not null default 'proposed'
    check (status in ('proposed', 'approved', 'rejected', 'executing', 'done', 'partly', 'failed', 'expired', 'undone')),
  payload jsonb not null,
  preview jsonb not null default '{}',
  probe text not null check (probe in ('yes', 'no')),
  reversible text not null check (reversible in ('yes', 'partly', 'no')),
  idempotency_key text,
  created_by text not null,
  created_via text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null default now() + interval '7 days',
  approved_by uuid,
  approved_at timestamptz,
  rejected_by uuid,
  rejected_at timestamptz,
  reject_reason text,
  executed_at timestamptz,
  finished_at timestamptz,
  result jsonb,
  unique (account_id, id),
  unique (account_id, idempotency_key)
);
create index proposals_of_account on public.proposals (account_id, status, created_at desc);
comment on table public.proposals is 'A write to the CRM with its exact preview, waiting for an admin. Written by functions only.';
comment on column public.proposals.probe is 'Can we find out afterwards whether the action happened? Without a probe it runs at most once.';
comment on column public.proposals.reversible is 'Can it be undone: yes, partly, no.';
comment on column public.proposals.preview is 'What is shown to the approver: counts, Keap calls it costs, warnings.';

create table public.proposal_items (
  id bigint generated always as identity primary key,
  proposal_id uuid not null,
  account_id uuid not null,
  contact_id uuid,
  before jsonb not null default '{}',
  after jsonb not null default '{}',
  status text not null default 'planned' check (status in ('planned', 'done', 'skipped', 'failed', 'unknown', 'undone')),
  error text,
  changed_at timestamptz,
  unique (proposal_id, contact_id),
  foreign key (account_id, proposal_id) references public.proposals (account_id, id) on delete cascade,
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete set null (contact_id)
);
create index proposal_items_of_proposal on public.proposal_items (account_id, proposal_id, id);
create index proposal_items_of_contact on public.proposal_items (account_id, contact_id);
comment on table public.proposal_items is 'The people a proposal is about, with the values before and after.';

call private.make_app_table('proposals', array['admin', 'analyst'], 'select');
call private.make_app_table('proposal_items', array['admin', 'analyst'], 'select');

-- What an approver saw is what runs: the content never changes, only the state does.
create function private.keep_proposal_content() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  content constant text[] := case tg_table_name
    when 'proposals' then array['id', 'account_id', 'kind', 'title', 'summary', 'payload', 'preview', 'probe', 'reversible',
                                'idempotency_key', 'created_by', 'created_via', 'created_at']
    else array['id', 'proposal_id', 'account_id', 'before', 'after'] end;
begin
  if exists (select from unnest(content) c where to_jsonb(new) -> c is distinct from to_jsonb(old) -> c) then
    raise exception 'The content of a proposal cannot change. Make a new proposal.' using errcode = '42501';
  end if;
  return new;
end $$;
create trigger keep_content before update on public.proposals for each row execute function private.keep_proposal_content();
create trigger keep_content before update on public.proposal_items for each row execute function private.keep_proposal_content();

-- What an approver reads is written by the database, from the payload that will run: no caller supplies words for it.
-- Each kind of action brings its own words, people and checks (private.describe_proposal, private.people_of_proposal and
-- private.check_proposal, migration 001500).
create function public.create_proposal(p_account uuid, p_proposal jsonb, p_items jsonb default '[]', p_actor text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin', 'analyst'], p_actor);
  v_items jsonb := coalesce(p_items, '[]');
  v_via text := coalesce(p_proposal ->> 'created_via', case when private.is_service() then null else 'app' end);
  v_key text := v_actor || '/' || (p_proposal ->> 'idempotency_key');
  v_people uuid[];
  v_seen jsonb;
  v_row public.proposals;
begin
  perform private.only_keys(p_proposal, array['kind', 'summary', 'payload', 'expires_at', 'idempotency_key', 'created_via'], 'A proposal');
  -- An automation's name is its own: it decides what the automation does next.
  if v_via not in ('app', 'chat') and not private.is_service() or v_via like 'automation:%' and v_via <> v_actor then
    raise exception 'A proposal made by % may not say it came via "%".', v_actor, v_via using errcode = '42501';
  end if;
  if jsonb_typeof(v_items) <> 'array' or jsonb_array_length(v_items) not between 1 and 10000 then
    raise exception 'A proposal names between 1 and 10,000 people.' using errcode = '22023';
  end if;
  if exists (select from jsonb_array_elements(v_items) item, jsonb_object_keys(item) key
             where key <> 'contact_id' and not (key = 'risk' and private.is_service())) then
    raise exception 'A person of a proposal has a contact_id only: before and after follow from the payload.' using errcode = '22023';
  end if;
  select array_agg((item ->> 'contact_id')::uuid order by place) into v_people
  from jsonb_array_elements(v_items) with ordinality items (item, place);
  if (select count(*) from public.contacts c where c.account_id = p_account and c.supabase_id = any (v_people) and c.deleted_at is null)
     <> cardinality(v_people) then
    raise exception 'Each person must be in the account, and once in the list.' using errcode = '22023';
  end if;
  v_seen := private.describe_proposal(p_account, p_proposal ->> 'kind', p_proposal -> 'payload', v_people);
  insert into public.proposals (account_id, kind, title, summary, payload, preview, probe, reversible, idempotency_key, created_by, created_via, expires_at)
  values (p_account, p_proposal ->> 'kind', v_seen ->> 'title', p_proposal ->> 'summary', v_seen -> 'payload', v_seen -> 'preview',
          v_seen ->> 'probe', v_seen ->> 'reversible', v_key, v_actor, v_via,
          least(coalesce((p_proposal ->> 'expires_at')::timestamptz, now() + interval '7 days'), now() + interval '30 days'))
  on conflict (account_id, idempotency_key) do nothing
  returning * into v_row;
  if v_row.id is null then
    select * into v_row from public.proposals where account_id = p_account and idempotency_key = v_key;
    return jsonb_build_object('proposal_id', v_row.id, 'status', v_row.status, 'created', false, 'title', v_row.title, 'preview', v_row.preview);
  end if;
  insert into public.proposal_items (proposal_id, account_id, contact_id, before, after)
  select v_row.id, p_account, person.contact_id, person.before, person.after || jsonb_strip_nulls(jsonb_build_object('risk', item -> 'risk'))
  from jsonb_array_elements(v_items) with ordinality items (item, place)
  join private.people_of_proposal(v_row, v_people) person on person.contact_id = (item ->> 'contact_id')::uuid
  order by place;
  perform private.audit(p_account, v_actor, 'proposal.created', 'proposal:' || v_row.id,
    jsonb_build_object('kind', v_row.kind, 'title', v_row.title, 'items', cardinality(v_people)));
  return jsonb_build_object('proposal_id', v_row.id, 'status', 'proposed', 'created', true, 'title', v_row.title, 'preview', v_row.preview);
end $$;
comment on function public.create_proposal is 'Proposes a write to people. Title, preview, before and after are written here from the payload that will run; the same actor and idempotency_key return the first. Admins, analysts, the service.';

-- The caller must be the admin himself: a session's own token, never the service on somebody's behalf.
create function private.require_admin_session(p_account uuid) returns uuid
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if private.is_service() or auth.uid() is null then
    raise exception 'Only an admin who is signed in can decide this, in the app.' using errcode = '42501';
  end if;
  perform private.require_role(p_account, array['admin']);
  return auth.uid();
end $$;

create function public.approve_proposal(p_proposal uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
  v_user uuid;
begin
  select * into v_row from public.proposals where id = p_proposal for update;
  if not found then
    -- The same words as for a stranger: whether an id exists is not told.
    raise exception 'This needs the role admin in the account. Ask an admin of the account.' using errcode = '42501';
  end if;
  v_user := private.require_admin_session(v_row.account_id);
  if v_row.status = 'proposed' and v_row.expires_at <= now() then
    update public.proposals set status = 'expired' where id = p_proposal;
    perform private.audit(v_row.account_id, 'user:' || v_user, 'proposal.expired', 'proposal:' || p_proposal);
    return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', 'expired', 'changed', true);
  end if;
  if v_row.status <> 'proposed' then
    return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', v_row.status, 'changed', false);
  end if;
  -- Renamed or deleted since it was proposed: what was shown is no longer what would run.
  perform private.check_proposal(v_row);
  update public.proposals set status = 'approved', approved_by = v_user, approved_at = now() where id = p_proposal;
  perform private.audit(v_row.account_id, 'user:' || v_user, 'proposal.approved', 'proposal:' || p_proposal,
    jsonb_build_object('kind', v_row.kind, 'title', v_row.title));
  return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', 'approved', 'changed', true);
end $$;
comment on function public.approve_proposal is 'Approves a proposal. Signed-in admins of the account only; asked again, it says what became of it and changes nothing.';

create function public.reject_proposal(p_proposal uuid, p_reason text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
  v_user uuid;
begin
  select * into v_row from public.proposals where id = p_proposal for update;
  if not found then
    raise exception 'This needs the role admin in the account. Ask an admin of the account.' using errcode = '42501';
  end if;
  v_user := private.require_admin_session(v_row.account_id);
  if v_row.status <> 'proposed' then
    return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', v_row.status, 'changed', false);
  end if;
  update public.proposals set status = 'rejected', rejected_by = v_user, rejected_at = now(), reject_reason = p_reason where id = p_proposal;
  perform private.audit(v_row.account_id, 'user:' || v_user, 'proposal.rejected', 'proposal:' || p_proposal, jsonb_build_object('reason', p_reason));
  return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', 'rejected', 'changed', true);
end $$;
comment on function public.reject_proposal is 'Rejects a proposal, with a reason. Signed-in admins of the account only.';

create function public.claim_proposal(p_proposal uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
begin
  update public.proposals set status = 'executing', executed_at = now()
  where id = p_proposal and status = 'approved' returning * into v_row;
  if not found then
    return (select jsonb_build_object('claimed', false, 'status', status) from public.proposals where id = p_proposal);
  end if;
  return jsonb_build_object('claimed', true, 'status', 'executing', 'proposal', to_jsonb(v_row),
    'items', (select coalesce(jsonb_agg(jsonb_build_object('contact_id', contact_id, 'before', before, 'after', after, 'status', status) order by id), '[]')
              from public.proposal_items where proposal_id = p_proposal));
end $$;
comment on function public.claim_proposal is 'Takes an approved proposal to carry it out; exactly one caller gets it, with all its people. Service role only.';

create function public.finish_proposal(p_proposal uuid, p_status text, p_result jsonb default '{}', p_items jsonb default '[]') returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
begin
  if p_status not in ('done', 'partly', 'failed', 'undone') then
    raise exception 'A proposal ends as done, partly, failed or undone.' using errcode = '22023';
  end if;
  update public.proposals set status = p_status, result = p_result, finished_at = now()
  where id = p_proposal and (status = 'executing' or p_status = 'undone' and status in ('done', 'partly')) returning * into v_row;
  if not found then
    raise exception 'The proposal % is not being carried out.', p_proposal using errcode = '55000';
  end if;
  update public.proposal_items i set status = r.status, error = r.error, changed_at = now()
  from jsonb_to_recordset(coalesce(p_items, '[]')) as r (contact_id uuid, status text, error text)
  where i.proposal_id = p_proposal and i.contact_id = r.contact_id;
  perform private.audit(v_row.account_id, 'service', 'proposal.' || p_status, 'proposal:' || p_proposal, p_result);
  return jsonb_build_object('proposal_id', p_proposal, 'status', p_status);
end $$;
comment on function public.finish_proposal is 'Records the outcome of a claimed proposal and of its people. Service role only.';

create function public.expire_proposals() returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  update public.proposals set status = 'expired' where status = 'proposed' and expires_at <= now();
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.expire_proposals is 'Closes proposals nobody decided in time. Service role only.';

-- Writing to the mirrored tables --------------------------------------------------------------------------------------

create function private.merge_slots(p_old jsonb, p_new jsonb, p_slots text[], p_what text) returns jsonb
language plpgsql immutable set search_path = pg_catalog as $$
begin
  perform private.only_keys(p_new, p_slots, p_what);
  -- A slot set to null is emptied; fields of a slot merge.
  return (select coalesce(jsonb_object_agg(key, value), '{}') from (
    select key, value from jsonb_each(p_old) where not p_new ? key
    union all
    select n.key, coalesce(p_old -> n.key, '{}') || n.value from jsonb_each(p_new) n where jsonb_typeof(n.value) = 'object'
    union all
    select n.key, n.value from jsonb_each(p_new) n where jsonb_typeof(n.value) not in ('object', 'null')) merged);
end $$;

create function public.update_contact(p_account uuid, p_contact uuid, p_changes jsonb, p_actor text default null, p_expected_version bigint default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  plain constant text[] := array['given_name', 'family_name', 'middle_name', 'preferred_name', 'prefix', 'suffix', 'job_title', 'company_name',
    'email', 'phone', 'website', 'birth_date', 'anniversary_date', 'contact_type', 'spouse_name', 'time_zone', 'preferred_locale',
    'referral_code', 'assistant_name', 'assistant_phone', 'billing_information', 'owner_id', 'company_id', 'lead_source_id'];
  slotted constant text[] := array['email_addresses', 'phone_numbers', 'addresses', 'fax_numbers', 'social_accounts', 'custom_fields'];
  v_actor text := private.require_role(p_account, array['admin'], p_actor);
  v_old public.contacts;
  v_new public.contacts;
  v_assignments text;
  v_changed text[];
begin
  perform private.only_keys(p_changes, plain || slotted, 'A contact');
  select * into v_old from public.contacts where account_id = p_account and supabase_id = p_contact for update;
  if not found or v_old.deleted_at is not null then
    raise exception 'There is no contact % in the account.', p_contact using errcode = 'P0002';
  end if;
  if p_expected_version is not null and v_old.version <> p_expected_version then
    raise exception 'The contact changed meanwhile (version % instead of %). Reload it and try again.', v_old.version, p_expected_version
      using errcode = '40001';
  end if;

  p_changes := p_changes
    || case when p_changes ? 'email_addresses' then jsonb_build_object('email_addresses', private.merge_slots(v_old.email_addresses, p_changes -> 'email_addresses', array['EMAIL1', 'EMAIL2', 'EMAIL3'], 'email_addresses')) else '{}' end
    || case when p_changes ? 'phone_numbers' then jsonb_build_object('phone_numbers', private.merge_slots(v_old.phone_numbers, p_changes -> 'phone_numbers', array['PHONE1', 'PHONE2', 'PHONE3', 'PHONE4', 'PHONE5'], 'phone_numbers')) else '{}' end
    || case when p_changes ? 'addresses' then jsonb_build_object('addresses', private.merge_slots(v_old.addresses, p_changes -> 'addresses', array['BILLING', 'SHIPPING', 'OTHER'], 'addresses')) else '{}' end
    || case when p_changes ? 'fax_numbers' then jsonb_build_object('fax_numbers', private.merge_slots(v_old.fax_numbers, p_changes -> 'fax_numbers', array['FAX1', 'FAX2'], 'fax_numbers')) else '{}' end
    || case when p_changes ? 'social_accounts' then jsonb_build_object('social_accounts', private.merge_slots(v_old.social_accounts, p_changes -> 'social_accounts', array['FACEBOOK', 'LINKED_IN', 'TWITTER', 'INSTAGRAM', 'SNAPCHAT', 'YOUTUBE', 'PINTEREST'], 'social_accounts')) else '{}' end
    || case when p_changes ? 'custom_fields' then jsonb_build_object('custom_fields', v_old.custom_fields || (p_changes -> 'custom_fields')) else '{}' end;

  select string_agg(format('%1$I = r.%1$I', key), ', ') into v_assignments from jsonb_object_keys(p_changes) key;
  if v_assignments is null then
    return jsonb_build_object('contact_id', p_contact, 'version', v_old.version, 'changed', '[]'::jsonb);
  end if;
  perform set_config('keapsake.origin', v_actor, true);
  execute format('update public.contacts c set %s from jsonb_populate_record(null::public.contacts, $1) r where c.account_id = $2 and c.supabase_id = $3 returning c.*', v_assignments)
    into v_new using p_changes, p_account, p_contact;
  perform set_config('keapsake.origin', '', true);

  select array_agg(c order by c) into v_changed from unnest(plain || slotted) c where to_jsonb(v_new) -> c is distinct from to_jsonb(v_old) -> c;
  if v_changed is not null then
    perform private.audit(p_account, v_actor, 'contact.updated', 'contact:' || p_contact, jsonb_build_object('fields', to_jsonb(v_changed)));
  end if;
  return jsonb_build_object('contact_id', p_contact, 'version', v_new.version, 'changed', coalesce(to_jsonb(v_changed), '[]'));
end $$;
comment on function public.update_contact is 'Changes a contact; the sync carries it to Keap. Slots (EMAIL1, BILLING …) and custom fields merge, a slot set to null is emptied. Admins.';

create function public.create_tag(p_account uuid, p_name text, p_category uuid default null, p_description text default null, p_actor text default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin'], p_actor);
  v_name text := left(btrim(p_name), 255);
  v_id uuid;
begin
  if v_name is null or v_name = '' then
    raise exception 'A tag needs a name.' using errcode = '22023';
  end if;
  -- Keap keeps names unique: two callers get one tag.
  perform from public.accounts where id = p_account for no key update;
  select supabase_id into v_id from public.tags
  where account_id = p_account and lower(name) = lower(v_name) and deleted_at is null order by keap_id nulls last limit 1;
  if v_id is not null then
    return v_id;
  end if;
  perform set_config('keapsake.origin', v_actor, true);
  insert into public.tags (account_id, name, description, category_id, last_modified_by)
  values (p_account, v_name, p_description, p_category, v_actor) returning supabase_id into v_id;
  perform set_config('keapsake.origin', '', true);
  perform private.audit(p_account, v_actor, 'tag.created', 'tag:' || v_id, jsonb_build_object('name', v_name));
  return v_id;
end $$;
comment on function public.create_tag is 'Returns the tag of that name, making it when there is none. Admins.';

create function private.require_tag(p_account uuid, p_tag uuid, p_contact_ids uuid[]) returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if not exists (select from public.tags where account_id = p_account and supabase_id = p_tag and deleted_at is null) then
    raise exception 'There is no tag % in the account.', p_tag using errcode = 'P0002';
  end if;
  if coalesce(cardinality(p_contact_ids), 0) not between 1 and 10000 then
    raise exception 'Name between 1 and 10,000 contacts in one call.' using errcode = '22023';
  end if;
end $$;

create function private.tag_result(p_account uuid, p_contact_ids uuid[], p_changed int) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  with asked as (select distinct unnest(p_contact_ids) id),
  known as (select a.id from asked a join public.contacts c on c.account_id = p_account and c.supabase_id = a.id and c.deleted_at is null)
  select jsonb_build_object('changed', p_changed, 'unchanged', (select count(*) from known) - p_changed,
    'unknown', (select coalesce(jsonb_agg(id), '[]') from asked where id not in (select id from known)))
$$;

create function public.apply_tag(p_account uuid, p_contact_ids uuid[], p_tag uuid, p_actor text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin'], p_actor);
  v_changed int;
begin
  perform private.require_tag(p_account, p_tag, p_contact_ids);
  perform set_config('keapsake.origin', v_actor, true);
  insert into public.contact_tags as held (account_id, contact_id, tag_id, applied_at, applied_by, last_modified_by)
  select distinct p_account, c.supabase_id, p_tag, now(), v_actor, v_actor
  from public.contacts c where c.account_id = p_account and c.supabase_id = any (p_contact_ids) and c.deleted_at is null
  on conflict (account_id, contact_id, tag_id) do update
    set removed_at = null, applied_at = excluded.applied_at, applied_by = excluded.applied_by, last_modified_by = excluded.last_modified_by
    where held.removed_at is not null;
  get diagnostics v_changed = row_count;
  perform set_config('keapsake.origin', '', true);
  if v_changed > 0 then
    perform private.audit(p_account, v_actor, 'tag.applied', 'tag:' || p_tag, jsonb_build_object('contacts', v_changed));
  end if;
  return private.tag_result(p_account, p_contact_ids, v_changed);
end $$;
comment on function public.apply_tag is 'Puts a tag on up to 10,000 contacts; those who hold it stay as they are. Returns {changed, unchanged, unknown}. Admins.';

create function public.remove_tag(p_account uuid, p_contact_ids uuid[], p_tag uuid, p_actor text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin'], p_actor);
  v_changed int;
begin
  perform private.require_tag(p_account, p_tag, p_contact_ids);
  perform set_config('keapsake.origin', v_actor, true);
  update public.contact_tags set removed_at = now(), last_modified_by = v_actor
  where account_id = p_account and tag_id = p_tag and contact_id = any (p_contact_ids) and removed_at is null;
  get diagnostics v_changed = row_count;
  perform set_config('keapsake.origin', '', true);
  if v_changed > 0 then
    perform private.audit(p_account, v_actor, 'tag.removed', 'tag:' || p_tag, jsonb_build_object('contacts', v_changed));
  end if;
  return private.tag_result(p_account, p_contact_ids, v_changed);
end $$;
comment on function public.remove_tag is 'Takes a tag off up to 10,000 contacts. Returns {changed, unchanged, unknown}. Admins.';
