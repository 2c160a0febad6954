-- Saved questions, segments, goals, alerts ----------------------------------------------------------------------------

create table public.saved_queries (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  description text,
  query jsonb not null,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);
-- Asked for by name, in whatever case it is typed.
create unique index saved_queries_of_account on public.saved_queries (account_id, lower(btrim(name)));
comment on table public.saved_queries is 'Questions about numbers that people keep under a name.';
comment on column public.saved_queries.query is 'A chart as on a board: the query or the shape with its drawing and title; run again each time.';
comment on column public.saved_queries.description is 'The question as it was asked in words.';

create table public.segments (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  description text,
  kind text not null default 'dynamic' check (kind in ('dynamic', 'static')),
  definition jsonb not null default '{}',
  member_count bigint,
  refreshed_at timestamptz,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, name)
);
comment on table public.segments is 'Groups of contacts: dynamic (live) by a definition, static (frozen) by a list.';
comment on column public.segments.definition is 'Filters in the form of a query''s filters; people who meet them are members after the next refresh. Of a static one: by what its people were chosen.';

create table public.segment_members (
  account_id uuid not null,
  segment_id uuid not null,
  contact_id uuid not null,
  entered_at timestamptz not null default now(),
  left_at timestamptz,
  primary key (account_id, segment_id, contact_id),
  foreign key (account_id, segment_id) references public.segments (account_id, id) on delete cascade,
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index segment_members_by_contact on public.segment_members (account_id, contact_id);
comment on table public.segment_members is 'Who is in a segment; left_at keeps those who left, so that entries and exits can be seen.';

create table public.goals (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  metric text not null,
  filters jsonb not null default '[]',
  target numeric not null,
  direction text not null default 'at_least' check (direction in ('at_least', 'at_most')),
  starts_on date not null,
  ends_on date not null,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  check (ends_on >= starts_on)
);
create index goals_of_account on public.goals (account_id, metric);
comment on table public.goals is 'Targets for metrics between two dates of the account''s zone, both included. target is in the metric''s unit (money: minor units).';

create table public.alerts (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  query jsonb not null,
  condition jsonb not null,
  channels jsonb not null default '[]',
  schedule text not null default 'daily',
  enabled boolean not null default true,
  state jsonb not null default '{}',
  next_check_at timestamptz not null default now(),
  last_checked_at timestamptz,
  last_fired_at timestamptz,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);
create index alerts_due on public.alerts (next_check_at) where enabled;
comment on table public.alerts is 'Watches a query for a condition (threshold, change, anomaly) and tells the channels.';

create table public.alert_deliveries (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  alert_id uuid not null,
  fired_at timestamptz not null default now(),
  channel text not null,
  payload jsonb not null default '{}',
  status text not null default 'waiting' check (status in ('waiting', 'sent', 'failed')),
  attempts int not null default 0,
  error text,
  sent_at timestamptz,
  foreign key (account_id, alert_id) references public.alerts (account_id, id) on delete cascade
);
create index alert_deliveries_of_alert on public.alert_deliveries (account_id, alert_id, fired_at desc);
create index alert_deliveries_waiting on public.alert_deliveries (fired_at) where status = 'waiting';
comment on table public.alert_deliveries is 'Each time an alert fired, per channel.';

call private.make_app_table('saved_queries', array['admin', 'analyst']);
call private.make_app_table('segments', array['admin', 'analyst']);
call private.make_app_table('segment_members', array['admin', 'analyst']);
call private.make_app_table('goals', array['admin', 'analyst', 'viewer']);
call private.make_app_table('alerts', array['admin', 'analyst']);
call private.make_app_table('alert_deliveries', array['admin', 'analyst']);
call private.let_facts_read('segments');
call private.let_facts_read('segment_members');
call private.let_facts_read('goals');
create trigger touch before update on public.saved_queries for each row execute function private.touch_updated_at();
create trigger touch before update on public.segments for each row execute function private.touch_updated_at();
create trigger touch before update on public.goals for each row execute function private.touch_updated_at();
create trigger touch before update on public.alerts for each row execute function private.touch_updated_at();

-- The four are plain lists of named things: one function saves, one deletes, with the columns that may be set.
create function private.savable(p_table text) returns text[]
language sql immutable set search_path = pg_catalog as $$
  select case p_table
    when 'saved_queries' then array['name', 'description', 'query']
    when 'segments' then array['name', 'description', 'kind', 'definition']
    when 'goals' then array['name', 'metric', 'filters', 'target', 'direction', 'starts_on', 'ends_on']
    when 'alerts' then array['name', 'query', 'condition', 'channels', 'schedule', 'enabled']
    when 'automations' then array['name', 'description', 'enabled', 'trigger', 'conditions', 'action', 'mode', 'caps', 'cooldown_days']
    when 'evaluation_questions' then array['question', 'expected', 'active']
  end
$$;
comment on function private.savable is 'Columns that save_item may set, by table; null for every other table.';

create function public.save_item(p_account uuid, p_kind text, p_item jsonb, p_id uuid default null, p_actor text default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_columns text[] := private.savable(p_kind);
  v_actor text;
  v_given text[];
  v_id uuid;
begin
  if v_columns is null then
    raise exception 'The kind % cannot be saved. Use saved_queries, segments, goals, alerts, automations or evaluation_questions.', p_kind using errcode = '22023';
  end if;
  v_actor := private.require_role(p_account, case p_kind when 'automations' then array['admin'] else array['admin', 'analyst'] end, p_actor);
  perform private.only_keys(p_item, v_columns, p_kind);
  select array_agg(key) into v_given from jsonb_object_keys(p_item) key;
  if v_given is null then
    raise exception 'Nothing to save: the item is empty.' using errcode = '22023';
  end if;
  -- Column names come from the list above, values travel as one parameter.
  if p_id is null then
    execute format('insert into public.%I (account_id, created_by, %s) select $1, $2, %s from jsonb_populate_record(null::public.%I, $3) r returning id',
      p_kind, (select string_agg(format('%I', c), ', ') from unnest(v_given) c),
      (select string_agg(format('r.%I', c), ', ') from unnest(v_given) c), p_kind)
      into v_id using p_account, v_actor, p_item;
  else
    execute format('update public.%I t set %s from jsonb_populate_record(null::public.%I, $3) r where t.id = $1 and t.account_id = $2 returning t.id',
      p_kind, (select string_agg(format('%I = r.%I', c, c), ', ') from unnest(v_given) c), p_kind)
      into v_id using p_id, p_account, p_item;
    if v_id is null then
      raise exception 'There is no % of % in the account.', p_kind, p_id using errcode = 'P0002';
    end if;
  end if;
  perform private.audit(p_account, v_actor, p_kind || case when p_id is null then '.created' else '.updated' end, p_kind || ':' || v_id, p_item);
  return v_id;
end $$;
comment on function public.save_item is 'Creates (no p_id) or changes a saved query, segment, goal, alert, automation or evaluation question. Admins and analysts; automations: admins.';

create function public.delete_item(p_account uuid, p_kind text, p_id uuid) returns boolean
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text;
  v_count int;
begin
  if private.savable(p_kind) is null then
    raise exception 'The kind % cannot be deleted.', p_kind using errcode = '22023';
  end if;
  v_actor := private.require_role(p_account, case p_kind when 'automations' then array['admin'] else array['admin', 'analyst'] end);
  execute format('delete from public.%I where id = $1 and account_id = $2', p_kind) using p_id, p_account;
  get diagnostics v_count = row_count;
  if v_count = 1 then
    perform private.audit(p_account, v_actor, p_kind || '.deleted', p_kind || ':' || p_id);
  end if;
  return v_count = 1;
end $$;
comment on function public.delete_item is 'Deletes what save_item made. Returns whether there was one.';

create function public.set_segment_members(p_account uuid, p_segment uuid, p_contact_ids uuid[]) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_entered int;
  v_left int;
begin
  with entered as (
    insert into public.segment_members as m (account_id, segment_id, contact_id)
    select p_account, p_segment, c.supabase_id from public.contacts c
    where c.account_id = p_account and c.supabase_id = any (p_contact_ids)
    on conflict (account_id, segment_id, contact_id) do update set entered_at = now(), left_at = null where m.left_at is not null
    returning 1)
  select count(*) into v_entered from entered;
  update public.segment_members set left_at = now()
  where account_id = p_account and segment_id = p_segment and left_at is null and not contact_id = any (p_contact_ids);
  get diagnostics v_left = row_count;
  update public.segments set refreshed_at = now(),
    member_count = (select count(*) from public.segment_members where account_id = p_account and segment_id = p_segment and left_at is null)
  where account_id = p_account and id = p_segment;
  return jsonb_build_object('entered', v_entered, 'left', v_left);
end $$;
comment on function public.set_segment_members is 'Makes exactly these contacts the members, in one call. Service role only.';

create function public.save_frozen_segment(p_account uuid, p_item jsonb, p_contact_ids uuid[], p_actor text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_id uuid := public.save_item(p_account, 'segments', p_item || jsonb_build_object('kind', 'static'), null, p_actor);
begin
  return jsonb_build_object('segment_id', v_id,
    'members', public.set_segment_members(p_account, v_id, p_contact_ids) -> 'entered');
end $$;
comment on function public.save_frozen_segment is 'Makes a static segment of exactly these contacts of the account; no refresh changes it. Admins and analysts, as save_item.';
