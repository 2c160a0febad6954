-- What a proposal can do, one kind of action after the other: its words, its people, its checks, carrying it out, undoing.
--
-- Kinds that end as rows (tags, contact fields, tasks) are carried out here, in one transaction; the sync takes the rows to
-- Keap. Kinds that only a call to Keap can do (a campaign goal, a sequence) have no probe: each person is marked before the
-- call and settled after it, so that a call happens at most once and one whose outcome nobody knows is held.

-- 1. Words: title, preview and settled payload ---------------------------------------------------------------------

create function private.require_tag_name(p_account uuid, p_tag uuid, p_name text) returns text
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_name text;
begin
  select name into v_name from public.tags where account_id = p_account and supabase_id = p_tag and deleted_at is null;
  if not found then
    raise exception 'There is no tag % in the account.', p_tag using errcode = 'P0002';
  end if;
  if v_name is distinct from p_name then
    raise exception 'The tag % is called "%", not "%". Propose it again.', p_tag, v_name, p_name using errcode = '22023';
  end if;
  return v_name;
end $$;
comment on function private.require_tag_name is 'Raises unless the tag exists under exactly this name.';

create function private.count_of_people(p_people int) returns text
language sql immutable set search_path = pg_catalog as $$
  select to_char(p_people, 'FM999,999,999') || case p_people when 1 then ' person' else ' people' end
$$;

-- Calls to Keap at most: a look-up and a change per hundred people for tags, per person for fields, one call per person for
-- tasks and goals, one per hundred for sequences.
create function private.describe_tag_proposal(p_account uuid, p_kind text, p_payload jsonb, p_people int) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_tag uuid := (p_payload ->> 'tag_id')::uuid;
  v_asked text := btrim(p_payload ->> 'tag_name');
  v_name text;
begin
  perform private.only_keys(p_payload, array['tag_id', 'tag_name'], 'The payload of a tag proposal');
  if v_asked is null or v_asked = '' or length(v_asked) > 255 then
    raise exception 'The payload needs a tag_name of 1 to 255 characters.' using errcode = '22023';
  end if;
  if v_tag is not null then
    v_name := private.require_tag_name(p_account, v_tag, v_asked);
  else
    select supabase_id, name into v_tag, v_name from public.tags
    where account_id = p_account and lower(name) = lower(v_asked) and deleted_at is null order by keap_id nulls last limit 1;
    v_name := coalesce(v_name, v_asked);
  end if;
  if p_kind = 'remove_tag' and v_tag is null then
    raise exception 'There is no tag "%" to take off.', v_asked using errcode = 'P0002';
  end if;
  return jsonb_build_object(
    'payload', jsonb_build_object('tag_id', v_tag, 'tag_name', v_name),
    'title', format(case p_kind when 'remove_tag' then 'Take the tag "%2$s" off %1$s' else 'Tag %1$s "%2$s"' end,
      private.count_of_people(p_people), v_name),
    -- The tag on a person can be looked up in Keap, and put on or taken off again; what an automation did meanwhile cannot.
    'probe', 'yes',
    'reversible', 'yes',
    'preview', jsonb_build_object(
      'keap_calls', ceil(p_people / 100.0)::int * 2 + case when v_tag is null then 2 else 0 end,
      'makes_tag', v_tag is null,
      'warnings', jsonb_build_array(case p_kind
        when 'remove_tag' then 'Taking a tag off can start or stop automations in Keap. Check what this tag triggers before approving.'
        else 'A tag can start automations in Keap that send e-mail or charge. Check what this tag triggers before approving.' end)));
end $$;

-- Plain fields of a person that a proposal may set. E-mail addresses and phones are the first ones.
create function private.proposable_fields() returns text[]
language sql immutable set search_path = pg_catalog as $$
  select array['given_name', 'family_name', 'middle_name', 'preferred_name', 'prefix', 'suffix', 'job_title', 'company_name', 'email', 'phone',
    'website', 'birth_date', 'anniversary_date', 'contact_type', 'spouse_name', 'time_zone', 'preferred_locale', 'referral_code',
    'assistant_name', 'assistant_phone']
$$;

create function private.describe_update_proposal(p_payload jsonb, p_people int) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_changes jsonb := p_payload -> 'changes';
  v_bad text;
begin
  perform private.only_keys(p_payload, array['changes'], 'The payload of a change');
  perform private.only_keys(v_changes, private.proposable_fields(), 'A proposed change');
  if v_changes = '{}' then
    raise exception 'Nothing to change: name at least one field.' using errcode = '22023';
  end if;
  select key into v_bad from jsonb_each(v_changes)
  where jsonb_typeof(value) not in ('string', 'null') or length(value #>> '{}') > 1000 limit 1;
  if v_bad is not null then
    raise exception 'The field % needs a text of up to 1,000 characters, or null to empty it.', v_bad using errcode = '22023';
  end if;
  begin
    perform jsonb_populate_record(null::public.contacts, v_changes);
  exception when others then
    raise exception 'A value does not fit its field: %.', sqlerrm using errcode = '22023';
  end;
  if p_people > 1 and v_changes ?| array['email', 'phone'] then
    raise exception 'One e-mail address or phone cannot belong to several people. Propose it for one person.' using errcode = '22023';
  end if;
  return jsonb_build_object(
    'payload', jsonb_build_object('changes', v_changes),
    'title', left(format('Set %s of %s',
      (select string_agg(format('%s to %s', replace(key, '_', ' '), coalesce('"' || left(value #>> '{}', 60) || '"', 'nothing')), ', ' order by key)
       from jsonb_each(v_changes)), private.count_of_people(p_people)), 300),
    'probe', 'yes',
    'reversible', 'yes',
    'preview', jsonb_build_object('keap_calls', ceil(p_people / 100.0)::int + p_people, 'warnings',
      case when v_changes ? 'email' then jsonb_build_array('A new e-mail address starts without consent in Keap: marketing e-mail stops until the person opts in.') else '[]'::jsonb end));
end $$;

create function private.describe_task_proposal(p_account uuid, p_payload jsonb, p_people int) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_title text := btrim(p_payload ->> 'title');
  v_due date;
  v_user uuid := (p_payload ->> 'user_id')::uuid;
  v_name text;
begin
  perform private.only_keys(p_payload, array['title', 'body', 'due_on', 'user_id', 'user_name'], 'The payload of a task');
  v_due := (p_payload ->> 'due_on')::date;
  if v_title is null or v_title = '' or length(v_title) > 200 or length(p_payload ->> 'body') > 4000 then
    raise exception 'A task needs a title of 1 to 200 characters, and its text at most 4,000.' using errcode = '22023';
  end if;
  if v_user is not null then
    select nullif(btrim(concat_ws(' ', given_name, family_name)), '') into v_name from public.users
    where account_id = p_account and supabase_id = v_user and deleted_at is null;
    if not found then
      raise exception 'There is no user % in the account.', v_user using errcode = 'P0002';
    end if;
  end if;
  return jsonb_build_object(
    'payload', jsonb_strip_nulls(jsonb_build_object('title', v_title, 'body', nullif(btrim(p_payload ->> 'body'), ''), 'due_on', v_due,
      'user_id', v_user, 'user_name', v_name)),
    'title', left(format('Make the task "%s" for %s%s%s', v_title, private.count_of_people(p_people),
      coalesce(', due ' || to_char(v_due, 'FMDD Mon YYYY'), ''), coalesce(', for ' || v_name, '')), 300),
    'probe', 'yes',
    -- A task that was seen cannot be unseen; undoing marks it as completed.
    'reversible', 'partly',
    'preview', jsonb_build_object('keap_calls', p_people * 2, 'warnings',
      jsonb_build_array('Undoing marks the tasks as completed; it does not delete them.')));
exception when invalid_datetime_format or datetime_field_overflow then
  raise exception 'The due day % is no day. Write it as 2026-03-31.', p_payload ->> 'due_on' using errcode = '22023';
end $$;

-- How many people a day may be sent into goals and sequences: these send e-mail, and nothing takes it back.
create function private.outreach_left(p_account uuid) returns int
language sql stable security definer set search_path = pg_catalog as $$
  select greatest(0, coalesce((select (settings ->> 'outreach_per_day')::int from public.accounts where id = p_account), 1000)
    - (select count(*) from public.proposal_items i join public.proposals p on p.account_id = i.account_id and p.id = i.proposal_id
       where p.account_id = p_account and p.kind in ('achieve_goal', 'add_to_sequence') and p.approved_at > now() - interval '24 hours'
         and i.status <> 'failed')::int)
$$;
comment on function private.outreach_left is 'People who may still be sent into goals and sequences in these 24 hours; setting outreach_per_day, 1,000 by default.';

create function private.campaign_part(p_account uuid, p_campaign uuid, p_parts text, p_id text) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  select jsonb_build_object('campaign_id', c.supabase_id, 'campaign_keap_id', c.keap_id, 'campaign_name', c.name, 'id', part ->> 'id', 'name', part ->> 'name',
    'published', coalesce(c.is_published, true))
  from public.campaigns c, jsonb_array_elements(case p_parts when 'goals' then c.goals else c.sequences end) part
  where c.account_id = p_account and c.supabase_id = p_campaign and c.deleted_at is null and part ->> 'id' = p_id
$$;

create function private.describe_outreach_proposal(p_account uuid, p_kind text, p_payload jsonb, p_people int) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_cap constant int := case p_kind when 'achieve_goal' then 500 else 1000 end;
  v_part jsonb;
  v_id_key constant text := case p_kind when 'achieve_goal' then 'goal_id' else 'sequence_id' end;
begin
  perform private.only_keys(p_payload, array['campaign_id', v_id_key, 'campaign_keap_id', 'campaign_name', replace(v_id_key, '_id', '_name'), 'integration', 'call_name'],
    'The payload of outreach');
  if p_people > v_cap then
    raise exception '% are more than the % one such proposal may hold. Narrow it down.', private.count_of_people(p_people), v_cap using errcode = '22023';
  end if;
  if p_kind = 'achieve_goal' and p_payload ? 'call_name' then
    if not (p_payload ->> 'call_name' ~ '^[A-Za-z0-9_-]{1,100}$' and p_payload ->> 'integration' ~ '^[A-Za-z0-9_-]{1,100}$') then
      raise exception 'An API goal needs its integration and its call name: letters, digits, _ and -.' using errcode = '22023';
    end if;
    v_part := jsonb_build_object('integration', p_payload ->> 'integration', 'call_name', p_payload ->> 'call_name', 'name', p_payload ->> 'call_name');
  else
    v_part := private.campaign_part(p_account, (p_payload ->> 'campaign_id')::uuid, case p_kind when 'achieve_goal' then 'goals' else 'sequences' end, p_payload ->> v_id_key);
    if v_part is null then
      raise exception 'There is no such % in the campaign. Look it up again.', replace(v_id_key, '_id', '') using errcode = 'P0002';
    end if;
    if not (v_part ->> 'published')::boolean then
      raise exception 'The campaign "%" is not published, so Keap would do nothing.', v_part ->> 'campaign_name' using errcode = '22023';
    end if;
  end if;
  return jsonb_build_object(
    'payload', case when v_part ? 'call_name' then v_part - 'name' else jsonb_build_object('campaign_id', v_part -> 'campaign_id', 'campaign_keap_id', v_part -> 'campaign_keap_id',
      'campaign_name', v_part -> 'campaign_name', v_id_key, v_part -> 'id', replace(v_id_key, '_id', '_name'), v_part -> 'name') end,
    'title', left(case p_kind
      when 'achieve_goal' then format('Achieve the goal "%s"%s for %s', v_part ->> 'name', coalesce(format(' of the campaign "%s"', v_part ->> 'campaign_name'), ''), private.count_of_people(p_people))
      else format('Add %s to the sequence "%s" of the campaign "%s"', private.count_of_people(p_people), v_part ->> 'name', v_part ->> 'campaign_name') end, 300),
    -- Keap tells nobody who is where in a campaign.
    'probe', 'no',
    'reversible', 'no',
    'preview', jsonb_build_object(
      'keap_calls', case p_kind when 'achieve_goal' then p_people else ceil(p_people / 100.0)::int end,
      'warnings', jsonb_build_array(
        'A campaign sends e-mail and can charge. What it does to a person cannot be taken back.',
        'Keap does not tell whether it happened: each person is tried once, and a call whose outcome is unknown is held for you.')));
end $$;

create function private.describe_proposal(p_account uuid, p_kind text, p_payload jsonb, p_contact_ids uuid[]) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_people constant int := cardinality(p_contact_ids);
  v_seen jsonb;
begin
  case
    when p_kind in ('apply_tag', 'remove_tag') then v_seen := private.describe_tag_proposal(p_account, p_kind, p_payload, v_people);
    when p_kind = 'update_contact' then v_seen := private.describe_update_proposal(p_payload, v_people);
    when p_kind = 'create_task' then v_seen := private.describe_task_proposal(p_account, p_payload, v_people);
    when p_kind in ('achieve_goal', 'add_to_sequence') then v_seen := private.describe_outreach_proposal(p_account, p_kind, p_payload, v_people);
    else raise exception 'Nothing can carry out a proposal of the kind "%". Known: apply_tag, remove_tag, update_contact, create_task, achieve_goal, add_to_sequence.', p_kind
      using errcode = '22023';
  end case;
  return jsonb_set(v_seen, '{preview}', v_seen -> 'preview' || jsonb_build_object('people', v_people, 'sample', (
    select coalesce(jsonb_agg(jsonb_build_object('contact_id', c.supabase_id, 'email', c.email,
      'name', coalesce(nullif(btrim(concat_ws(' ', c.given_name, c.family_name)), ''), c.email, 'Contact ' || c.keap_id)) order by first.place), '[]')
    from unnest(p_contact_ids[1:10]) with ordinality first (id, place)
    join public.contacts c on c.account_id = p_account and c.supabase_id = first.id)));
end $$;
comment on function private.describe_proposal is 'Title, preview, settled payload, probe and reversible of a proposal, by its kind.';

-- 2. People: what each has before and after -------------------------------------------------------------------------

create function private.people_of_proposal(p_row public.proposals, p_people uuid[]) returns table (contact_id uuid, before jsonb, after jsonb)
language sql stable security definer set search_path = pg_catalog as $$
  select c.supabase_id,
    case
      when p_row.kind in ('apply_tag', 'remove_tag') then jsonb_build_object('tags', jsonb_build_object(p_row.payload ->> 'tag_name', held.tag_id is not null))
      when p_row.kind = 'update_contact' then (select coalesce(jsonb_object_agg(key, to_jsonb(c) -> key), '{}') from jsonb_object_keys(p_row.payload -> 'changes') key)
      else '{}'::jsonb
    end,
    case
      when p_row.kind in ('apply_tag', 'remove_tag') then jsonb_build_object('tags', jsonb_build_object(p_row.payload ->> 'tag_name', p_row.kind = 'apply_tag'))
      when p_row.kind = 'update_contact' then p_row.payload -> 'changes'
      when p_row.kind = 'create_task' then jsonb_build_object('task', p_row.payload ->> 'title')
      when p_row.kind = 'achieve_goal' then jsonb_build_object('goal', coalesce(p_row.payload ->> 'goal_name', p_row.payload ->> 'call_name'))
      else jsonb_build_object('sequence', p_row.payload ->> 'sequence_name')
    end || jsonb_build_object('person', jsonb_strip_nulls(jsonb_build_object('name', nullif(btrim(concat_ws(' ', c.given_name, c.family_name)), ''), 'email', c.email)))
  from public.contacts c
  left join public.contact_tags held on held.account_id = c.account_id and held.contact_id = c.supabase_id
    and held.tag_id = (p_row.payload ->> 'tag_id')::uuid and held.removed_at is null
  where c.account_id = p_row.account_id and c.supabase_id = any (p_people)
$$;
comment on function private.people_of_proposal is 'Before and after of each person of a proposal, by its kind.';

-- 3. Checks before an approval --------------------------------------------------------------------------------------

create function private.check_proposal(p_row public.proposals) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_people int;
  v_part jsonb;
begin
  -- Renamed or deleted since it was proposed: what was shown is no longer what would run.
  if p_row.payload ->> 'tag_id' is not null then
    perform private.require_tag_name(p_row.account_id, (p_row.payload ->> 'tag_id')::uuid, p_row.payload ->> 'tag_name');
  end if;
  if p_row.kind in ('achieve_goal', 'add_to_sequence') then
    if p_row.payload ? 'campaign_id' then
      v_part := private.campaign_part(p_row.account_id, (p_row.payload ->> 'campaign_id')::uuid, case p_row.kind when 'achieve_goal' then 'goals' else 'sequences' end,
        coalesce(p_row.payload ->> 'goal_id', p_row.payload ->> 'sequence_id'));
      if v_part is null or v_part ->> 'name' is distinct from coalesce(p_row.payload ->> 'goal_name', p_row.payload ->> 'sequence_name')
         or v_part ->> 'campaign_name' is distinct from p_row.payload ->> 'campaign_name' then
        raise exception 'The campaign changed since this was proposed. Reject it and propose it again.' using errcode = '22023';
      end if;
    end if;
    -- One approval after the other: two at one moment would both see all that is left of the day.
    perform from public.accounts where id = p_row.account_id for no key update;
    select count(*) into v_people from public.proposal_items where account_id = p_row.account_id and proposal_id = p_row.id;
    if v_people > private.outreach_left(p_row.account_id) then
      raise exception 'Only % more may be sent into campaigns in these 24 hours; this would be %. Wait, or raise outreach_per_day in the settings.',
        private.count_of_people(private.outreach_left(p_row.account_id)), private.count_of_people(v_people) using errcode = '22023';
    end if;
  end if;
end $$;
comment on function private.check_proposal is 'Raises when what was shown to the approver is no longer what would run, or a cap is reached.';

-- 4. Carrying out what ends as rows ---------------------------------------------------------------------------------

create function private.require_approver(p_row public.proposals) returns void
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  if p_row.approved_by is null then
    raise exception 'Nobody is on record as the one who approved.' using errcode = '42501';
  end if;
  if not exists (select from public.members where account_id = p_row.account_id and user_id = p_row.approved_by and role = 'admin') then
    raise exception 'This needs the role admin in the account: whoever approved it is no longer an admin. Nothing was changed.' using errcode = '42501';
  end if;
end $$;

create function private.carry_out_tag(p_row public.proposals) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_origin constant text := 'agent:proposal:' || p_row.id;
  v_tag uuid := (p_row.payload ->> 'tag_id')::uuid;
  v_people uuid[];
  v_changed uuid[];
begin
  if v_tag is null then
    v_tag := public.create_tag(p_row.account_id, p_row.payload ->> 'tag_name', null, null, v_origin);
  else
    begin
      perform private.require_tag_name(p_row.account_id, v_tag, p_row.payload ->> 'tag_name');
    exception when others then
      raise exception 'The tag "%" was renamed or deleted after the approval. Nobody was changed; propose it again.', p_row.payload ->> 'tag_name' using errcode = '22023';
    end;
  end if;
  select array_agg(i.contact_id) into v_people from public.proposal_items i
  join public.contacts c on c.account_id = i.account_id and c.supabase_id = i.contact_id and c.deleted_at is null
  where i.account_id = p_row.account_id and i.proposal_id = p_row.id and i.status = 'planned';
  select array_agg(id) into v_changed from unnest(v_people) id
  where exists (select from public.contact_tags h where h.account_id = p_row.account_id and h.contact_id = id and h.tag_id = v_tag and h.removed_at is null) = (p_row.kind = 'remove_tag');
  if cardinality(v_changed) > 0 then
    if p_row.kind = 'apply_tag' then
      perform public.apply_tag(p_row.account_id, v_changed, v_tag, v_origin);
    else
      perform public.remove_tag(p_row.account_id, v_changed, v_tag, v_origin);
    end if;
  end if;
  update public.proposal_items set changed_at = now(),
    status = case when contact_id = any (v_changed) then 'done' else 'skipped' end,
    error = case when contact_id = any (v_changed) then null when p_row.kind = 'apply_tag' then 'Held the tag already.' else 'Did not hold the tag.' end
  where account_id = p_row.account_id and proposal_id = p_row.id and status = 'planned' and contact_id = any (v_people);
  return jsonb_build_object('tag_id', v_tag);
end $$;

-- People of a proposal changed in one call: hosted Supabase ends a call after eight seconds. What is left is asked for again.
create function private.people_a_call() returns int language sql immutable set search_path = pg_catalog as $$ select 400 $$;

create function private.carry_out_update(p_row public.proposals) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_item record;
  v_now jsonb;
  v_changed boolean;
  v_after jsonb := '{}';
begin
  for v_item in
    select i.id, i.contact_id, i.before, to_jsonb(c) as contact from public.proposal_items i
    join public.contacts c on c.account_id = i.account_id and c.supabase_id = i.contact_id and c.deleted_at is null
    where i.account_id = p_row.account_id and i.proposal_id = p_row.id and i.status = 'planned' order by i.id limit private.people_a_call()
  loop
    select coalesce(jsonb_object_agg(key, v_item.contact -> key), '{}') into v_now from jsonb_object_keys(p_row.payload -> 'changes') key;
    -- The approver saw other values: somebody was faster.
    if v_now is distinct from v_item.before and v_now is distinct from p_row.payload -> 'changes' then
      update public.proposal_items set status = 'skipped', changed_at = now(), error = 'The person changed after this was proposed; left as they are.' where id = v_item.id;
      continue;
    end if;
    begin
      v_changed := jsonb_array_length(public.update_contact(p_row.account_id, v_item.contact_id, p_row.payload -> 'changes', 'agent:proposal:' || p_row.id) -> 'changed') > 0;
      update public.proposal_items set changed_at = now(), status = case when v_changed then 'done' else 'skipped' end,
        error = case when v_changed then null else 'Was so already.' end where id = v_item.id;
      -- What the row really holds now: addresses and days are stored in one form, and undoing compares with that.
      v_after := v_after || jsonb_build_object(v_item.contact_id, (
        select jsonb_object_agg(key, to_jsonb(c) -> key) from public.contacts c, jsonb_object_keys(p_row.payload -> 'changes') key
        where c.account_id = p_row.account_id and c.supabase_id = v_item.contact_id));
    exception when check_violation or invalid_parameter_value or unique_violation or invalid_text_representation then
      update public.proposal_items set status = 'failed', changed_at = now(), error = left(sqlerrm, 500) where id = v_item.id;
    end;
  end loop;
  -- with what earlier calls have left behind
  v_after := coalesce(p_row.result -> 'after', '{}') || v_after;
  update public.proposals set result = coalesce(result, '{}') || jsonb_build_object('after', v_after) where id = p_row.id;
  return jsonb_build_object('after', v_after);
end $$;

create function private.carry_out_task(p_row public.proposals) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_origin constant text := 'agent:proposal:' || p_row.id;
  -- Noon of the day in the account's zone: a task is due on a day, whoever looks at it from where.
  v_due constant timestamptz := ((p_row.payload ->> 'due_on')::date + time '12:00')
    at time zone (select time_zone from public.accounts where id = p_row.account_id);
  v_made jsonb;
begin
  perform set_config('keapsake.origin', v_origin, true);
  with made as (
    insert into public.interactions (account_id, kind, title, body, due_at, occurred_at, contact_id, contact_keap_id, user_id, user_keap_id, is_completed, last_modified_by)
    select p_row.account_id, 'task', p_row.payload ->> 'title', p_row.payload ->> 'body', v_due, v_due, c.supabase_id, c.keap_id,
      u.supabase_id, u.keap_id, false, v_origin
    from public.proposal_items i
    join public.contacts c on c.account_id = i.account_id and c.supabase_id = i.contact_id and c.deleted_at is null
    left join public.users u on u.account_id = i.account_id and u.supabase_id = (p_row.payload ->> 'user_id')::uuid
    where i.account_id = p_row.account_id and i.proposal_id = p_row.id and i.status = 'planned'
    returning contact_id, supabase_id)
  select coalesce(jsonb_object_agg(contact_id, supabase_id), '{}') into v_made from made;
  perform set_config('keapsake.origin', '', true);
  update public.proposal_items set status = 'done', changed_at = now(), error = null
  where account_id = p_row.account_id and proposal_id = p_row.id and status = 'planned' and v_made ? contact_id::text;
  return jsonb_build_object('tasks', v_made);
end $$;

-- How the people of a proposal fared, and what that makes of the whole.
create function private.proposal_outcome(p_proposal uuid) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  select jsonb_build_object('changed', count(*) filter (where status = 'done'), 'unchanged', count(*) filter (where status = 'skipped'),
    'failed', count(*) filter (where status = 'failed'), 'unknown', count(*) filter (where status = 'unknown'),
    'waiting', count(*) filter (where status = 'planned'),
    'status', case
      when count(*) filter (where status in ('failed', 'unknown', 'planned')) = 0 then 'done'
      when count(*) filter (where status in ('done', 'skipped', 'unknown')) > 0 then 'partly'
      else 'failed' end)
  from public.proposal_items where proposal_id = p_proposal
$$;

create function public.carry_out_proposal(p_proposal uuid, p_account uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
  v_result jsonb;
  v_reason text;
begin
  select * into v_row from public.proposals where id = p_proposal and account_id = p_account for update;
  if not found or v_row.status not in ('approved', 'executing') then
    return jsonb_build_object('status', 'left_alone', 'changed', 0, 'unchanged', 0, 'failed', 0);
  end if;
  if v_row.kind in ('achieve_goal', 'add_to_sequence') then
    return jsonb_build_object('status', 'needs_keap', 'changed', 0, 'unchanged', 0, 'failed', 0);
  end if;
  update public.proposals set status = 'executing', executed_at = coalesce(executed_at, now()) where id = p_proposal;
  begin
    perform private.require_approver(v_row);
    v_result := case
      when v_row.kind in ('apply_tag', 'remove_tag') then private.carry_out_tag(v_row)
      when v_row.kind = 'update_contact' then private.carry_out_update(v_row)
      when v_row.kind = 'create_task' then private.carry_out_task(v_row)
    end;
    if v_result is null then
      raise exception 'Proposals of the kind "%" cannot be carried out by this version.', v_row.kind using errcode = '22023';
    end if;
  -- Refusals end the proposal; everything else (a lock, a lost connection) is left to the next attempt.
  exception when sqlstate '42501' or sqlstate '22023' or sqlstate 'P0002' or check_violation or foreign_key_violation then
    v_reason := sqlerrm;
    v_result := jsonb_build_object('reason', v_reason);
  end;
  if v_reason is null and v_row.kind = 'update_contact' and exists (select from public.proposal_items i
    join public.contacts c on c.account_id = i.account_id and c.supabase_id = i.contact_id and c.deleted_at is null
    where i.account_id = p_account and i.proposal_id = p_proposal and i.status = 'planned') then
    return private.proposal_outcome(p_proposal) || '{"status": "executing", "more": true}';
  end if;
  update public.proposal_items set status = 'failed', changed_at = now(), error = coalesce(v_reason, 'This person no longer exists.')
  where account_id = p_account and proposal_id = p_proposal and status = 'planned';
  v_result := private.proposal_outcome(p_proposal) || v_result;
  perform public.finish_proposal(p_proposal, v_result ->> 'status', v_result - 'status', '[]');
  return v_result;
end $$;
comment on function public.carry_out_proposal is 'Carries an approved proposal out that ends as rows; while it answers more, ask again. Asked again afterwards, it changes nothing. Service role only.';

-- 5. Carrying out what only a call to Keap can do -------------------------------------------------------------------

create function public.start_outreach(p_proposal uuid, p_account uuid, p_limit int) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
  v_people jsonb;
begin
  select * into v_row from public.proposals where id = p_proposal and account_id = p_account for update;
  if not found or v_row.kind not in ('achieve_goal', 'add_to_sequence') or v_row.status not in ('approved', 'executing') then
    return jsonb_build_object('state', 'left_alone', 'people', '[]'::jsonb);
  end if;
  update public.proposals set status = 'executing', executed_at = coalesce(executed_at, now()) where id = p_proposal;
  begin
    perform private.require_approver(v_row);
  exception when sqlstate '42501' then
    update public.proposal_items set status = 'failed', changed_at = now(), error = sqlerrm
    where account_id = p_account and proposal_id = p_proposal and status = 'planned';
  end;
  update public.proposal_items i set status = 'failed', changed_at = now(), error = 'This person is not in Keap.'
  where i.account_id = p_account and i.proposal_id = p_proposal and i.status = 'planned'
    and not exists (select from public.contacts c where c.account_id = i.account_id and c.supabase_id = i.contact_id and c.deleted_at is null and c.keap_id is not null);
  -- Marked before the call: should this process die now, nobody calls for them again.
  with taken as (
    update public.proposal_items i set status = 'unknown', changed_at = now(), error = 'The call to Keap was begun; its outcome is not known.'
    where i.id in (select id from public.proposal_items where account_id = p_account and proposal_id = p_proposal and status = 'planned' order by id limit p_limit)
    returning i.contact_id)
  select coalesce(jsonb_agg(jsonb_build_object('contact_id', c.supabase_id, 'keap_id', c.keap_id) order by c.keap_id), '[]') into v_people
  from taken t join public.contacts c on c.account_id = p_account and c.supabase_id = t.contact_id;
  return jsonb_build_object('state', case when v_people = '[]' then 'finished' else 'taken' end, 'kind', v_row.kind, 'payload', v_row.payload, 'people', v_people);
end $$;
comment on function public.start_outreach is 'Takes the next people of an outreach proposal and marks them as begun, for one call. Service role only.';

create function public.settle_outreach(p_proposal uuid, p_account uuid, p_items jsonb) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  -- 'planned' puts a person back whose call Keap certainly did not carry out.
  update public.proposal_items i set status = r.status, error = r.error, changed_at = now()
  from jsonb_to_recordset(p_items) as r (contact_id uuid, status text, error text)
  where i.account_id = p_account and i.proposal_id = p_proposal and i.contact_id = r.contact_id and i.status = 'unknown'
    and r.status in ('planned', 'done', 'skipped', 'failed', 'unknown');
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.settle_outreach is 'Records what became of people taken by start_outreach. Service role only.';

create function public.close_outreach(p_proposal uuid, p_account uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_result jsonb := private.proposal_outcome(p_proposal);
begin
  if not exists (select from public.proposals where id = p_proposal and account_id = p_account and status = 'executing') then
    return jsonb_build_object('status', 'left_alone', 'changed', 0, 'unchanged', 0, 'failed', 0);
  end if;
  if (v_result ->> 'waiting')::int = 0 then
    perform public.finish_proposal(p_proposal, v_result ->> 'status', v_result - 'status', '[]');
  end if;
  return v_result;
end $$;
comment on function public.close_outreach is 'Ends an outreach proposal once nobody waits any more. Service role only.';

create function public.settle_held_person(p_proposal uuid, p_contact uuid, p_happened boolean) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
  v_user uuid;
begin
  select * into v_row from public.proposals where id = p_proposal for update;
  v_user := private.require_admin_session(v_row.account_id);
  update public.proposal_items set status = case when p_happened then 'done' else 'failed' end, changed_at = now(),
    error = case when p_happened then null else 'Looked up in Keap by an admin: it did not happen.' end
  where account_id = v_row.account_id and proposal_id = p_proposal and contact_id = p_contact and status = 'unknown';
  if not found then
    raise exception 'This person is not held.' using errcode = 'P0002';
  end if;
  if v_row.status in ('done', 'partly', 'failed') then
    update public.proposals set status = private.proposal_outcome(p_proposal) ->> 'status', result = coalesce(result, '{}') || (private.proposal_outcome(p_proposal) - 'status')
    where id = p_proposal;
  end if;
  perform private.audit(v_row.account_id, 'user:' || v_user, 'proposal.person_settled', 'proposal:' || p_proposal, jsonb_build_object('contact_id', p_contact, 'happened', p_happened));
  return private.proposal_outcome(p_proposal);
end $$;
comment on function public.settle_held_person is 'Says whether a call with an unknown outcome happened. Signed-in admins only.';

-- 6. Undoing ---------------------------------------------------------------------------------------------------------

create function public.undo_proposal(p_proposal uuid) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_row public.proposals;
  v_user uuid;
  v_origin constant text := 'agent:undo:' || p_proposal;
  v_item record;
  v_back jsonb;
  v_tag uuid;
  v_tagged uuid[] := '{}';
  v_upto bigint;
  v_undone int;
  v_kept int;
  v_more boolean;
begin
  select * into v_row from public.proposals where id = p_proposal for update;
  if not found then
    raise exception 'This needs the role admin in the account. Ask an admin of the account.' using errcode = '42501';
  end if;
  v_user := private.require_admin_session(v_row.account_id);
  if v_row.status = 'undone' then
    return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', 'undone', 'changed', false);
  end if;
  if v_row.reversible = 'no' or v_row.status not in ('done', 'partly') then
    raise exception 'This cannot be undone: %.', case when v_row.reversible = 'no' then 'what a campaign does to a person cannot be taken back' else 'it was not carried out' end
      using errcode = '22023';
  end if;
  -- where an earlier call stopped, and what it did
  v_upto := coalesce((v_row.result #>> '{undoing,upto}')::bigint, 0);
  v_undone := coalesce((v_row.result #>> '{undoing,undone}')::int, 0);
  v_kept := coalesce((v_row.result #>> '{undoing,kept}')::int, 0);
  if v_row.kind in ('apply_tag', 'remove_tag') then
    -- all of this call at once: whoever still is as the proposal left them
    v_tag := (v_row.result ->> 'tag_id')::uuid;
    select coalesce(array_agg(p.contact_id), '{}') into v_tagged from (
      select i.contact_id from public.proposal_items i
      where i.account_id = v_row.account_id and i.proposal_id = p_proposal and i.status = 'done' and i.id > v_upto order by i.id limit private.people_a_call()) p
    join public.contacts c on c.account_id = v_row.account_id and c.supabase_id = p.contact_id and c.deleted_at is null
    where exists (select from public.contact_tags h where h.account_id = v_row.account_id and h.contact_id = p.contact_id and h.tag_id = v_tag and h.removed_at is null)
      = (v_row.kind = 'apply_tag');
    if v_tagged <> '{}' and v_row.kind = 'apply_tag' then perform public.remove_tag(v_row.account_id, v_tagged, v_tag);
    elsif v_tagged <> '{}' then perform public.apply_tag(v_row.account_id, v_tagged, v_tag);
    end if;
  end if;
  for v_item in
    select i.id, i.contact_id, i.before, i.after, to_jsonb(c) as contact from public.proposal_items i
    left join public.contacts c on c.account_id = i.account_id and c.supabase_id = i.contact_id and c.deleted_at is null
    where i.account_id = v_row.account_id and i.proposal_id = p_proposal and i.status = 'done' and i.id > v_upto order by i.id limit private.people_a_call()
  loop
    v_upto := v_item.id;
    v_back := null;
    if v_item.contact is not null then
      case
        when v_row.kind in ('apply_tag', 'remove_tag') then
          v_back := case when v_item.contact_id = any (v_tagged) then '{}'::jsonb end;
        when v_row.kind = 'update_contact' then
          -- Only what still is as this proposal left it goes back; a later edit stays.
          select jsonb_object_agg(key, value) into v_back from jsonb_each(v_item.before)
          where v_item.contact -> key is not distinct from coalesce(v_row.result -> 'after' -> v_item.contact_id::text, v_item.after) -> key;
          if v_back is not null then
            perform public.update_contact(v_row.account_id, v_item.contact_id, v_back);
          end if;
        when v_row.kind = 'create_task' then
          perform set_config('keapsake.origin', v_origin, true);
          update public.interactions set is_completed = true, completed_at = now(), last_modified_by = v_origin
          where account_id = v_row.account_id and supabase_id = (v_row.result -> 'tasks' ->> v_item.contact_id::text)::uuid and deleted_at is null and is_completed is not true;
          v_back := case when found then '{}'::jsonb end;
          perform set_config('keapsake.origin', '', true);
      end case;
    end if;
    if v_back is null then
      v_kept := v_kept + 1;
      update public.proposal_items set error = 'Not undone: it was changed since.' where id = v_item.id;
    else
      v_undone := v_undone + 1;
      update public.proposal_items set status = 'undone', changed_at = now(), error = null where id = v_item.id;
    end if;
  end loop;
  -- Taken back by this click, however many they are: what goes to Keap is what was approved before, the other way round.
  update sync.dirty d set origin = v_origin
  where d.account_id = v_row.account_id and d.entity in ('contacts', 'contact_tags') and d.origin = 'user:' || v_user and d.marked_at >= now()
    and d.record_id in (select i.contact_id from public.proposal_items i where i.account_id = v_row.account_id and i.proposal_id = p_proposal and i.status = 'undone');
  v_more := exists (select from public.proposal_items i where i.account_id = v_row.account_id and i.proposal_id = p_proposal and i.status = 'done' and i.id > v_upto);
  if v_more then
    update public.proposals set result = coalesce(result, '{}')
      || jsonb_build_object('undoing', jsonb_build_object('upto', v_upto, 'undone', v_undone, 'kept', v_kept)) where id = p_proposal;
    return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', v_row.status, 'changed', v_undone > 0, 'undone', v_undone, 'kept', v_kept, 'more', true);
  end if;
  update public.proposals set status = 'undone', result = coalesce(result, '{}') - 'undoing' || jsonb_build_object('undone', v_undone, 'kept', v_kept, 'undone_by', v_user, 'undone_at', now())
  where id = p_proposal;
  perform private.audit(v_row.account_id, 'user:' || v_user, 'proposal.undone', 'proposal:' || p_proposal, jsonb_build_object('undone', v_undone, 'kept', v_kept));
  return jsonb_build_object('proposal_id', p_proposal, 'account_id', v_row.account_id, 'status', 'undone', 'changed', v_undone > 0, 'undone', v_undone, 'kept', v_kept);
end $$;
comment on function public.undo_proposal is 'Takes back what a proposal changed, as rows that the sync carries; what was changed since stays. While it answers more, ask again. Signed-in admins only.';

-- 7. Live reads of Keap -----------------------------------------------------------------------------------------------

create table private.keap_lookups (
  account_id uuid not null references public.accounts (id) on delete cascade,
  day date not null,
  calls int not null default 0,
  primary key (account_id, day)
);
alter table private.keap_lookups enable row level security;
comment on table private.keap_lookups is 'Live reads of Keap that people and models asked for, per day (UTC, as Keap counts its own).';

create function public.count_keap_lookup(p_account uuid, p_cap int) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_calls int;
begin
  insert into private.keap_lookups as l (account_id, day, calls) values (p_account, (now() at time zone 'UTC')::date, 1)
  on conflict (account_id, day) do update set calls = l.calls + 1 where l.calls < p_cap
  returning calls into v_calls;
  return jsonb_build_object('allowed', v_calls is not null and v_calls <= p_cap, 'left', greatest(0, p_cap - coalesce(v_calls, p_cap)));
end $$;
comment on function public.count_keap_lookup is 'Counts one live read against the cap of the day. Service role only.';

-- 8. Settings of the account that the agent reads ----------------------------------------------------------------------

alter table public.accounts add constraint accounts_agent_settings check (
  (not settings ? 'outreach_per_day' or settings ->> 'outreach_per_day' ~ '^[0-9]{1,6}$')
  and coalesce(jsonb_typeof(settings -> 'mask_personal_data'), 'boolean') = 'boolean'
  and coalesce(jsonb_typeof(settings -> 'tool_groups_off'), 'array') = 'array');

-- 9. Who may call ------------------------------------------------------------------------------------------------------

grant execute on function public.undo_proposal(uuid), public.settle_held_person(uuid, uuid, boolean) to authenticated;
grant execute on function public.carry_out_proposal(uuid, uuid), public.start_outreach(uuid, uuid, int), public.settle_outreach(uuid, uuid, jsonb),
  public.close_outreach(uuid, uuid), public.count_keap_lookup(uuid, int) to service_role;
