-- The sync's private state and its set-based functions.
--
-- Per linked record three states are kept: K (Keap as last read), P (the row in public) and B (the values both sides last
-- agreed on). `sync.shadow` holds B, K where it differs, and `row_version`: the version P had when it was last equal to B.
-- So "P was edited" is a fact read from the data (version <> row_version), never a session flag that could leak.
--
-- Read in this order: entities and references (what is synced) · state tables · capture triggers · applying a page ·
-- settling pushes and merges · the views people look at.

create schema if not exists sync;
revoke all on schema sync from public;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 1. What is synced
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create table sync.entities (
  entity text primary key,
  key_column text not null default 'keap_id',
  key_expression text not null default 'keap_id::text',
  parent_entity text references sync.entities,
  parent_key_column text,
  columns text[] not null,
  derived text[] not null default '{}'
);
comment on table sync.entities is 'One row per synced table of public; filled from the catalogue below. Drives the generic functions.';
comment on column sync.entities.key_expression is 'What names a record of Keap within its table; key_column is the indexed column to look it up by.';
comment on column sync.entities.columns is 'Columns that hold a value of Keap and so take part in K, P and B.';
comment on column sync.entities.derived is 'Columns the database works out itself; changing them is not an edit.';

create table sync.refs (
  entity text not null references sync.entities,
  id_column text not null,
  keap_column text not null,
  parent text not null,
  primary key (entity, id_column)
);
comment on table sync.refs is 'References between synced tables: the uuid column, its twin as on the wire, and the table meant.';

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 2. State
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create table sync.shadow (
  account_id uuid not null,
  entity text not null,
  key text not null,
  keap_id bigint,
  record_id uuid not null,
  base jsonb not null,
  keap jsonb,
  k_hash text not null,
  members bigint[],
  members_waiting bigint[],
  row_version bigint not null,
  keap_updated_at timestamptz,
  read_at timestamptz not null default now(),
  agreed_at timestamptz not null default now(),
  primary key (account_id, entity, key)
);
-- not led by the account: a second index with the same beginning as the key tempts the planner where there are no statistics
create unique index shadow_by_record on sync.shadow (record_id, entity);
create index shadow_members_waiting on sync.shadow (account_id) where members_waiting is not null;
comment on column sync.shadow.base is 'B: the canonical values both sides last agreed on.';
comment on column sync.shadow.keap is 'K: canonical values as last read from Keap; null where equal to base.';
comment on column sync.shadow.k_hash is 'Hash of everything last read for this record (values, members, children): an unchanged read costs nothing.';
comment on column sync.shadow.members is 'B of the set-valued link (contacts: Keap ids of tags).';
comment on column sync.shadow.members_waiting is 'Members Keap names whose own record has not arrived yet.';
comment on column sync.shadow.agreed_at is 'When Keap was read, or answered, for what was agreed last: an older read says nothing new.';
comment on column sync.shadow.row_version is 'Version of P that equals B; any other version of P means P was edited. 0 = P is known to differ.';

create table sync.dirty (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  record_id uuid not null,
  other_id uuid not null default '00000000-0000-0000-0000-000000000000',
  origin text not null,
  operation text not null default 'update' check (operation in ('insert', 'update', 'delete', 'restore')),
  marks integer not null default 1,
  first_marked_at timestamptz not null default now(),
  marked_at timestamptz not null default now(),
  state text not null default 'waiting' check (state in ('waiting', 'claimed', 'held', 'dead')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  reason text,
  lease_owner text,
  lease_until timestamptz,
  hold_id uuid,
  passed_at timestamptz,
  primary key (account_id, entity, record_id, other_id)
);
create index dirty_waiting on sync.dirty (account_id, entity, next_attempt_at) where state in ('waiting', 'claimed');
comment on table sync.dirty is 'Record r changed here. A mark is no command: N edits are one mark, an undone edit is a mark that leads to nothing.';
comment on column sync.dirty.passed_at is 'When the push guard let it through; null: not looked at since the last edit. Nothing else is claimed for Keap.';
comment on column sync.dirty.hold_id is 'The change of many records at once it is part of, which a person decides on.';

create table sync.intents (
  intent_id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  record_id uuid not null,
  other_id uuid,
  keap_id bigint,
  action text not null check (action in ('create', 'update', 'delete', 'apply_tag', 'remove_tag', 'deactivate')),
  fields jsonb not null default '{}',
  marker text,
  expected_version bigint,
  state text not null default 'sent' check (state in ('sent', 'done', 'failed', 'unknown', 'abandoned')),
  attempts integer not null default 1,
  result_hash text,
  error_kind text,
  error text,
  run_id uuid,
  created_at timestamptz not null default now(),
  settled_at timestamptz
);
create index intents_open on sync.intents (account_id, entity, record_id) where state in ('sent', 'unknown');
create index intents_by_account on sync.intents (account_id, created_at desc);
comment on table sync.intents is 'Written before every call that changes Keap; settled in the transaction that records the answer.';

create table sync.cursors (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  stream text not null check (stream in ('backfill', 'poll', 'sweep', 'trailing')),
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'paused', 'error')),
  position jsonb not null default '{}',
  watermark timestamptz,
  done_count bigint not null default 0,
  estimated_total bigint,
  pages integer not null default 0,
  due_at timestamptz,
  error text,
  cure text,
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (account_id, entity, stream)
);
comment on table sync.cursors is 'How far each stream has read; moves only in the transaction that stores the rows before it.';

create table sync.rereads (
  account_id uuid not null references public.accounts on delete cascade,
  order_keap_id bigint not null,
  marked_at timestamptz not null default now(),
  primary key (account_id, order_keap_id)
);
comment on table sync.rereads is 'Orders whose money moved: to be read again by id, with their payments. Marked with the rows that moved, cleared with the rows that answer.';

create table sync.runs (
  run_id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts on delete cascade,
  kind text not null check (kind in ('backfill', 'poll', 'push', 'sweep', 'verify', 'undo', 'erase', 'resolve')),
  trigger text,
  state text not null default 'running' check (state in ('running', 'done', 'paused', 'error')),
  counts jsonb not null default '{}',
  calls integer not null default 0,
  error_kind text,
  error text,
  cure text,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  finished_at timestamptz
);
create index runs_by_account on sync.runs (account_id, started_at desc);

create table sync.journal (
  journal_id bigint generated always as identity,
  account_id uuid not null,
  run_id uuid,
  at timestamptz not null default now(),
  entity text not null,
  record_id uuid not null,
  other_id uuid,
  keap_id bigint,
  direction text not null check (direction in ('in', 'out', 'agree', 'local')),
  action text not null check (action in ('create', 'update', 'delete', 'restore', 'adopt', 'link', 'add_member', 'remove_member',
    'agree', 'conflict', 'violation', 'refuse', 'undo', 'redact')),
  origin text not null,
  changes jsonb not null default '{}',
  detail jsonb,
  primary key (account_id, journal_id)
);
create index journal_by_record on sync.journal (record_id, journal_id);
-- whole rows stay in their page: compressing each of a thousand records a call costs more than the space
alter table sync.journal set (toast_tuple_target = 8160);
alter table sync.shadow set (toast_tuple_target = 8160);
comment on table sync.journal is 'One row per record and run. changes: field -> [from, to] of B; a create holds the whole of B under from null.';
comment on column sync.journal.changes is 'field -> [before, after] of B; for action create, and restore of what was gone: field -> value.';
comment on column sync.journal.detail is 'For create and restore: {members: the tags B began with}.';

-- Two rows per copied record are written here: a foreign key would look up the account for each of them. The account takes
-- them along itself.
create function sync.forget_account() returns trigger language plpgsql security definer set search_path = '' as $$
begin
  delete from sync.shadow where account_id = old.id;
  delete from sync.journal where account_id = old.id;
  return null;
end $$;
create trigger forget_account after delete on public.accounts for each row execute function sync.forget_account();

create table sync.conflicts (
  conflict_id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  record_id uuid not null,
  keap_id bigint,
  field text not null,
  base jsonb,
  keap jsonb,
  supabase jsonb,
  policy text not null,
  decision text not null check (decision in ('keap', 'supabase', 'merged', 'held')),
  chosen jsonb,
  state text not null default 'decided' check (state in ('decided', 'held', 'resolved')),
  supabase_changed_by text,
  supabase_changed_at timestamptz,
  keap_changed_at timestamptz,
  run_id uuid,
  intent_id uuid,
  detected_at timestamptz not null default now(),
  resolved_by text,
  resolved_at timestamptz
);
create index conflicts_by_account on sync.conflicts (account_id, detected_at desc);
create index conflicts_by_intent on sync.conflicts (intent_id) where intent_id is not null;
create unique index conflicts_held on sync.conflicts (account_id, entity, record_id, field) where state = 'held';

create table sync.tombstones (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  key text not null,
  record_id uuid not null,
  reason text not null check (reason in ('gone_from_parent', 'gone_from_keap', 'deleted_here', 'merged', 'redacted')),
  merged_into text,
  base jsonb,
  seen_at timestamptz not null default now(),
  primary key (account_id, entity, key)
);

create table sync.rejected (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  key text not null,
  reason text not null,
  record jsonb,
  times integer not null default 1,
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now(),
  primary key (account_id, entity, key)
);
comment on table sync.rejected is 'Records of Keap that could not be stored, set aside with the reason; gone once a later read can be stored.';

create table sync.dead_letters (
  dead_letter_id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  record_id uuid not null,
  other_id uuid not null default '00000000-0000-0000-0000-000000000000',
  keap_id bigint,
  class text not null check (class in ('retry', 'hold', 'dead')),
  reason text not null,
  cure text,
  error_kind text,
  fields jsonb not null default '{}',
  attempts integer not null default 1,
  state text not null default 'open' check (state in ('open', 'replayed', 'solved', 'dismissed')),
  first_at timestamptz not null default now(),
  last_at timestamptz not null default now()
);
create unique index dead_letters_open on sync.dead_letters (account_id, entity, record_id, other_id) where state = 'open';

create table sync.leases (
  account_id uuid not null references public.accounts on delete cascade,
  name text not null,
  owner text not null,
  lease_until timestamptz not null,
  primary key (account_id, name)
);

create table sync.connections (
  account_id uuid primary key references public.accounts on delete cascade,
  state text not null default 'unknown' check (state in ('unknown', 'connected', 'paused', 'attention', 'throttled')),
  error_kind text,
  message text,
  cure text,
  retry_at timestamptz,
  since timestamptz not null default now(),
  last_ok_at timestamptz
);
comment on table sync.connections is 'An error is a state of the connection with a cure, never the end of the sync.';

create table sync.policies (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  field text not null default '*',
  policy text not null check (policy in ('keap', 'supabase', 'newest', 'set-merge', 'hold')),
  owner text check (owner in ('keap', 'supabase', 'both')),
  updated_at timestamptz not null default now(),
  primary key (account_id, entity, field)
);

create table sync.switches (
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null default '*',
  paused boolean not null default false,
  outbound boolean not null default true,
  creates boolean not null default false,
  deletes boolean not null default false,
  updated_at timestamptz not null default now(),
  primary key (account_id, entity)
);

create table sync.hook_subscriptions (
  account_id uuid not null references public.accounts on delete cascade,
  event_key text not null,
  hook_key text,
  secret_hash text,
  state text not null default 'unverified' check (state in ('unverified', 'verified', 'inactive')),
  checked_at timestamptz,
  last_event_at timestamptz,
  primary key (account_id, event_key)
);
create table sync.hook_deliveries (
  delivery_id bigint generated always as identity primary key,
  account_id uuid not null references public.accounts on delete cascade,
  body jsonb not null,
  body_hash text not null,
  received_at timestamptz not null default now(),
  state text not null default 'waiting' check (state in ('waiting', 'claimed', 'done', 'refused')),
  reason text,
  lease_until timestamptz
);
create index hook_deliveries_waiting on sync.hook_deliveries (account_id, delivery_id) where state in ('waiting', 'claimed');

create table sync.verification_runs (
  verification_id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts on delete cascade,
  entity text not null,
  compared bigint not null default 0,
  total bigint,
  in_flight bigint not null default 0,
  conflict_held bigint not null default 0,
  excluded bigint not null default 0,
  unexplained bigint not null default 0,
  position jsonb not null default '{}',
  started_at timestamptz not null default now(),
  finished_at timestamptz
);
create table sync.verification_mismatches (
  verification_id uuid not null references sync.verification_runs on delete cascade,
  account_id uuid not null references public.accounts on delete cascade,
  key text not null,
  class text not null check (class in ('in_flight', 'conflict_held', 'excluded', 'unexplained')),
  fields text[] not null default '{}',
  primary key (verification_id, key)
);

-- Nobody but the functions below and the views' owner reads these tables.
do $$
declare t text;
begin
  for t in select tablename from pg_tables where schemaname = 'sync' loop
    execute format('alter table sync.%I enable row level security', t);
    execute format('revoke all on sync.%I from public, anon, authenticated', t);
  end loop;
end $$;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 3. Fill the entity table from the catalogue
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- The bookkeeping of a synced row: these columns describe the copy, not the record.
create function sync.meta_columns() returns text[] language sql immutable set search_path = '' as $$
  select array['supabase_id', 'account_id', 'keap_id', 'last_synced_at', 'sync_status', 'sync_error', 'source_of_truth',
    'last_modified_by', 'last_updated_at', 'version', 'deleted_at', 'keap_created_at', 'keap_updated_at']
$$;

-- Columns the database derives: kept equal to a slot, worked out from other rows, or insert-only.
create function sync.derived_columns(p_table text) returns text[] language sql immutable set search_path = '' as $$
  select case p_table
    when 'contacts' then array['email', 'phone', 'first_lead_source_keap_id', 'merged_into_keap_id']
    when 'payments' then array['kind', 'refund_of_keap_id', 'is_void']
    when 'subscription_plans' then array['product_keap_id']
    when 'subscriptions' then array['cancelled_at', 'cancelled_source']
    else '{}'::text[]
  end
$$;

do $$
declare
  t record;
begin
  -- Every table of public with the columns of a synced entity is one.
  for t in
    select c.table_name as name from information_schema.columns c
    join information_schema.tables b on b.table_schema = 'public' and b.table_name = c.table_name and b.table_type = 'BASE TABLE'
    where c.table_schema = 'public' and c.column_name in ('supabase_id', 'keap_id', 'account_id', 'version', 'sync_status')
    group by c.table_name having count(*) = 5
  loop
    insert into sync.entities (entity, columns, derived)
    select t.name, coalesce(array_agg(c.column_name::text order by c.ordinal_position), '{}'), sync.derived_columns(t.name)
    from information_schema.columns c
    where c.table_schema = 'public' and c.table_name = t.name
      and c.column_name <> all (sync.meta_columns())
      and c.column_name <> all (sync.derived_columns(t.name))
      and c.is_generated = 'NEVER'
      -- the uuid of a reference follows its twin
      and not (c.data_type = 'uuid' and c.column_name like '%\_id');
  end loop;

  -- Records that Keap gives no id, or counts per kind.
  update sync.entities set key_column = 'natural_key', key_expression = 'natural_key' where entity = 'transactions';
  update sync.entities set key_column = 'email', key_expression = 'email' where entity = 'email_addresses_status';
  update sync.entities set key_expression = 'kind || '':'' || keap_id' where entity = 'interactions';
  update sync.entities set key_expression = 'record_type || '':'' || keap_id' where entity = 'custom_field_definitions';
  update sync.entities set key_expression = 'coalesce(keap_id::text, payment_keap_id || '':'' || order_keap_id)' where entity = 'payment_allocations';

  -- x_id beside x_keap_id, with a composite foreign key (account_id, x_id), is a reference.
  insert into sync.refs (entity, id_column, keap_column, parent)
  select e.entity, a.attname, k.attname, p.relname
  from sync.entities e
  join pg_class r on r.oid = format('public.%I', e.entity)::regclass
  join pg_constraint f on f.conrelid = r.oid and f.contype = 'f' and cardinality(f.conkey) = 2
  join pg_attribute a on a.attrelid = r.oid and a.attnum = any (f.conkey) and a.attname <> 'account_id'
  join pg_attribute k on k.attrelid = r.oid and not k.attisdropped and k.attname = regexp_replace(a.attname, '_id$', '_keap_id')
  join pg_class p on p.oid = f.confrelid
  where p.relname in (select entity from sync.entities) and k.attname <> a.attname
  on conflict do nothing;

  update sync.entities set parent_entity = 'orders', parent_key_column = 'order_keap_id' where entity = 'order_items';
  update sync.entities set parent_entity = 'payments', parent_key_column = 'payment_keap_id' where entity = 'payment_allocations';
end $$;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 4. Capture
--
-- Two triggers per table, always on:
--   track_<table>   (before, per row): an edit raises version, names its writer, sets pending. It runs when the statement left
--                   `version` alone; our own functions set version themselves, together with the shadow's.
--   capture_<table> (after, per statement, transition tables): marks every row whose version is not the one in the shadow.
-- Both decide from data. The transaction-local `keapsake.origin` only names the writer (user:…, agent:…, automation:…, keap).
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Who writes, where the session says so: user:…, agent:…, automation:…, keap.
create function sync.writer() returns text language sql stable set search_path = '' as $$
  select coalesce(nullif(current_setting('keapsake.origin', true), ''), nullif(current_setting('keapsake.writer', true), ''))
$$;

create function sync.mark_dirty(p_account uuid[], p_entity text, p_record uuid[], p_other uuid[], p_origin text[], p_operation text)
returns void language sql set search_path = '' as $$
  insert into sync.dirty as d (account_id, entity, record_id, other_id, origin, operation)
  select m.account_id, p_entity, m.record_id, coalesce(m.other_id, '00000000-0000-0000-0000-000000000000'), m.origin, p_operation
  from unnest(p_account, p_record, p_other, p_origin) m (account_id, record_id, other_id, origin)
  -- an account on its way out takes its marks along
  join public.accounts a on a.id = m.account_id
  on conflict (account_id, entity, record_id, other_id) do update set
    marks = d.marks + 1,
    -- what the sync itself writes along the way (a link to a tag just made) is no edit: the approval of the edit still holds
    marked_at = case when excluded.origin = 'keap' then d.marked_at else now() end,
    origin = case when excluded.origin = 'keap' then d.origin
      -- what somebody else wrote before it is not approved along with it
      when excluded.origin like 'agent:%' and d.origin not like 'agent:%' and d.passed_at is null then d.origin else excluded.origin end,
    operation = case when d.operation = 'insert' and excluded.operation = 'update' then 'insert' else excluded.operation end,
    -- a person's edit gives a stuck record a new chance; our own writes do not
    state = case when excluded.origin = 'keap' or d.state = 'claimed' then d.state else 'waiting' end,
    attempts = case when excluded.origin = 'keap' then d.attempts else 0 end,
    -- an edit is looked at by the push guard anew
    passed_at = case when excluded.origin = 'keap' then d.passed_at end,
    next_attempt_at = case when excluded.origin = 'keap' then d.next_attempt_at else now() end;
$$;

do $gen$
declare
  e record;
  r record;
  resolve text;
  neutral text;
  all_columns text[];
  c text;
begin
  for e in select * from sync.entities loop
    -- References: whichever of the pair was written leads, the other follows.
    resolve := '';
    neutral := '';
    for r in select * from sync.refs f where f.entity = e.entity loop
      resolve := resolve || format($t$
  if new.%1$I is not null and (tg_op = 'INSERT' or new.%1$I is distinct from old.%1$I) then
    new.%2$I := (select p.keap_id from public.%3$I p where p.account_id = new.account_id and p.supabase_id = new.%1$I);
  elsif tg_op = 'UPDATE' and new.%1$I is null and old.%1$I is not null and new.%2$I is not distinct from old.%2$I then
    -- unless it is the foreign key that lets go of a parent whose row was removed here
    if exists (select from public.%3$I p where p.account_id = old.account_id and p.supabase_id = old.%1$I) then new.%2$I := null; end if;
  elsif new.%2$I is not null and (tg_op = 'INSERT' or new.%2$I is distinct from old.%2$I) then
    new.%1$I := (select p.supabase_id from public.%3$I p where p.account_id = new.account_id and p.keap_id = new.%2$I);
  elsif tg_op = 'UPDATE' and new.%2$I is null and old.%2$I is not null then
    new.%1$I := null;
  end if;$t$, r.id_column, r.keap_column, r.parent);
      -- finding the parent of an orphan is not an edit
      neutral := neutral || format($t$
  if %3$s new.%2$I is not null and new.%2$I is not distinct from old.%2$I then probe.%1$I := old.%1$I; end if;$t$,
        r.id_column, r.keap_column, case when r.keap_column = any (e.derived) then 'true or' else '' end);
    end loop;

    select array_agg(column_name::text) into all_columns from information_schema.columns
    where table_schema = 'public' and table_name = e.entity;
    foreach c in array array['last_synced_at', 'sync_status', 'sync_error', 'last_modified_by', 'last_updated_at', 'version',
      'keap_created_at', 'keap_updated_at', 'raw'] || e.derived loop
      if c = any (all_columns) then neutral := neutral || format(E'\n  probe.%1$I := old.%1$I;', c); end if;
    end loop;
    for c in select column_name::text from information_schema.columns
      where table_schema = 'public' and table_name = e.entity and is_generated = 'ALWAYS' loop
      neutral := neutral || format(E'\n  probe.%1$I := old.%1$I;', c);
    end loop;

    execute format($f$
create function sync.track_%1$s() returns trigger language plpgsql set search_path = '' as $body$
declare
  writer text := sync.writer();
  probe public.%1$I%%rowtype;
begin%2$s
  if tg_op = 'INSERT' then
    new.last_modified_by := coalesce(writer, new.last_modified_by, 'sql');
    new.last_updated_at := now();
    return new;
  end if;
  if new.account_id <> old.account_id then
    raise exception 'A record cannot move to another account.' using errcode = '42501';
  end if;
  probe := new;%3$s
  if probe is not distinct from old then return new; end if;
  new.version := old.version + 1;
  new.last_updated_at := now();
  new.last_modified_by := coalesce(writer,
    case when new.last_modified_by is distinct from old.last_modified_by then new.last_modified_by end, 'sql');
  new.sync_status := 'pending';
  new.sync_error := null;
  return new;
end $body$;

create function sync.capture_%1$s() returns trigger language plpgsql security definer set search_path = '' as $body$
declare
  writer text := sync.writer();
begin
  if tg_op = 'INSERT' then
    perform sync.mark_dirty(array_agg(n.account_id), %1$L, array_agg(n.supabase_id), array_agg(null::uuid),
      array_agg(coalesce(writer, n.last_modified_by)), 'insert')
    from new_rows n left join lateral (select s.row_version from sync.shadow s
      where s.account_id = n.account_id and s.entity = %1$L and s.record_id = n.supabase_id limit 1) s on true
    where s.row_version is distinct from n.version having count(*) > 0;
  elsif tg_op = 'UPDATE' then
    perform sync.mark_dirty(array_agg(n.account_id), %1$L, array_agg(n.supabase_id), array_agg(null::uuid),
      array_agg(coalesce(writer, n.last_modified_by)), 'update')
    from new_rows n
    join old_rows o on o.supabase_id = n.supabase_id and o.version is distinct from n.version
    left join lateral (select s.row_version from sync.shadow s
      where s.account_id = n.account_id and s.entity = %1$L and s.record_id = n.supabase_id limit 1) s on true
    where s.row_version is distinct from n.version having count(*) > 0;
  else
    perform sync.mark_dirty(array_agg(o.account_id), %1$L, array_agg(o.supabase_id), array_agg(null::uuid),
      array_agg(coalesce(writer, 'sql')), 'delete')
    from old_rows o join sync.shadow s on s.account_id = o.account_id and s.entity = %1$L and s.record_id = o.supabase_id
    having count(*) > 0;
    -- never known to Keap: nothing is left to say
    delete from sync.dirty d using old_rows o
    where d.account_id = o.account_id and d.entity = %1$L and d.record_id = o.supabase_id
      and not exists (select from sync.shadow s where s.account_id = d.account_id and s.entity = d.entity and s.record_id = d.record_id);
  end if;
  return null;
end $body$;

-- one stamp per table: this one knows base and references
drop trigger if exists b_stamp_write on public.%1$I;
create trigger zz_track_insert before insert on public.%1$I for each row
  when (new.sync_status = 'pending') execute function sync.track_%1$s();
create trigger zz_track_update before update on public.%1$I for each row
  when (new.version = old.version) execute function sync.track_%1$s();
create trigger capture_insert after insert on public.%1$I referencing new table as new_rows
  for each statement execute function sync.capture_%1$s();
create trigger capture_update after update on public.%1$I referencing old table as old_rows new table as new_rows
  for each statement execute function sync.capture_%1$s();
create trigger capture_delete after delete on public.%1$I referencing old table as old_rows
  for each statement execute function sync.capture_%1$s();
$f$, e.entity, resolve, neutral);
  end loop;
end $gen$;

-- Membership rows have no keap_id of their own: base is the contact's member set.
create function sync.track_contact_tags() returns trigger language plpgsql set search_path = '' as $$
declare
  writer text := sync.writer();
begin
  if tg_op = 'INSERT' then
    new.contact_keap_id := (select c.keap_id from public.contacts c where c.account_id = new.account_id and c.supabase_id = new.contact_id);
    new.tag_keap_id := (select t.keap_id from public.tags t where t.account_id = new.account_id and t.supabase_id = new.tag_id);
    new.last_modified_by := coalesce(writer, new.last_modified_by, 'sql');
    new.last_updated_at := now();
    return new;
  end if;
  if (new.removed_at is null) = (old.removed_at is null) then return new; end if;
  new.version := old.version + 1;
  new.last_updated_at := now();
  new.last_modified_by := coalesce(writer,
    case when new.last_modified_by is distinct from old.last_modified_by then new.last_modified_by end, 'sql');
  new.sync_status := 'pending';
  new.sync_error := null;
  return new;
end $$;

create function sync.capture_contact_tags() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  writer text := sync.writer();
begin
  if tg_op = 'DELETE' then
    perform sync.mark_dirty(array_agg(o.account_id), 'contact_tags', array_agg(o.contact_id), array_agg(o.tag_id),
      array_agg(coalesce(writer, 'sql')), 'delete')
    from old_rows o
    join sync.shadow s on s.account_id = o.account_id and s.entity = 'contacts' and s.record_id = o.contact_id
    where o.tag_keap_id = any (s.members) having count(*) > 0;
  else
    perform sync.mark_dirty(array_agg(n.account_id), 'contact_tags', array_agg(n.contact_id), array_agg(n.tag_id),
      array_agg(coalesce(writer, n.last_modified_by)), lower(tg_op))
    from new_rows n left join lateral (select s.members from sync.shadow s
      where s.account_id = n.account_id and s.entity = 'contacts' and s.record_id = n.contact_id limit 1) s on true
    where (n.removed_at is null) is distinct from coalesce(n.tag_keap_id = any (s.members), false)
    having count(*) > 0;
  end if;
  return null;
end $$;

drop trigger if exists b_stamp_write on public.contact_tags;
create trigger zz_track_insert before insert on public.contact_tags for each row
  when (new.sync_status = 'pending') execute function sync.track_contact_tags();
create trigger zz_track_update before update on public.contact_tags for each row
  when (new.version = old.version) execute function sync.track_contact_tags();
create trigger capture_insert after insert on public.contact_tags referencing new table as new_rows
  for each statement execute function sync.capture_contact_tags();
create trigger capture_update after update on public.contact_tags referencing old table as old_rows new table as new_rows
  for each statement execute function sync.capture_contact_tags();
create trigger capture_delete after delete on public.contact_tags referencing old table as old_rows
  for each statement execute function sync.capture_contact_tags();

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 5. What the database works out itself
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Keap keeps no cancellation time: it is when we saw `active` turn false. Unknown for what was inactive at first sight.
create function sync.note_cancellation() returns trigger language plpgsql set search_path = '' as $$
begin
  new.cancelled_at := coalesce(new.keap_updated_at, now());
  new.cancelled_source := case when new.keap_updated_at is null then 'observed' else 'modification_time' end;
  return new;
end $$;
create trigger note_cancellation before update on public.subscriptions for each row
  when (old.active and not new.active and new.cancelled_at is not distinct from old.cancelled_at)
  execute function sync.note_cancellation();

-- The first lead source seen is never overwritten.
create function sync.keep_first_lead_source() returns trigger language plpgsql set search_path = '' as $$
begin
  new.first_lead_source_keap_id := new.lead_source_keap_id;
  return new;
end $$;
create trigger keep_first_lead_source before insert or update on public.contacts for each row
  when (new.first_lead_source_keap_id is null and new.lead_source_keap_id is not null)
  execute function sync.keep_first_lead_source();

-- A refund is the payment another payment names, or one that came with a negative amount.
create index payments_naming_refunds on public.payments (account_id, refund_payment_keap_id) where refund_payment_keap_id is not null;
create function sync.derive_payments(p_account uuid, p_keap_ids bigint[]) returns void language plpgsql set search_path = '' as $$
declare
  v_ids bigint[];
begin
  -- the payments themselves, and the refunds they name
  select array_agg(distinct k) into v_ids from (
    select unnest(p_keap_ids) union all
    select o.refund_payment_keap_id from public.payments o
    where o.account_id = p_account and o.keap_id = any (p_keap_ids) and o.refund_payment_keap_id is not null
  ) x (k);
  update public.payments p set kind = t.kind, refund_of_keap_id = t.original, is_void = t.is_void
  from (
    select p.supabase_id, o.original, v.is_void,
      case when o.original is not null or p.raw ->> 'negative' = 'true' then 'refund' else 'payment' end as kind
    from public.payments p
    cross join lateral (select min(o.keap_id) as original from public.payments o
      where o.account_id = p_account and o.refund_payment_keap_id = p.keap_id) o
    cross join lateral (select exists (select from public.transactions v where v.account_id = p_account and v.payment_keap_id = p.keap_id
      and v.transaction_method = 'VOID' and v.is_successful is not false) as is_void) v
    where p.account_id = p_account and p.keap_id = any (v_ids)
  ) t
  where p.supabase_id = t.supabase_id
    and (p.kind is distinct from t.kind or p.refund_of_keap_id is distinct from t.original or p.is_void is distinct from t.is_void);
end $$;
create index if not exists transactions_voiding on public.transactions (account_id, payment_keap_id) where transaction_method = 'VOID';

-- The orders of an opened page whose money may have moved, where the page asks for it: of the rows that changed, or of all.
create function sync.mark_rereads(p_account uuid, p_entity text) returns void language plpgsql set search_path = '' as $$
declare
  v_which text := coalesce(current_setting('keapsake.rereads', true), '');
begin
  if v_which = '' then return; end if;
  insert into sync.rereads as m (account_id, order_keap_id)
  select distinct p_account, o.id
  from pg_temp.sync_page w
  cross join lateral (
    select w.keap_id where p_entity = 'orders'
    union
    select x.value::bigint from jsonb_array_elements_text(case when p_entity <> 'orders' then w.r #> '{values,order_keap_ids}' end) x
  ) o (id)
  where w.entity = p_entity and o.id is not null and (v_which = 'all' or w.fresh is not true)
  on conflict (account_id, order_keap_id) do update set marked_at = greatest(m.marked_at, excluded.marked_at);
end $$;

-- A plan names no product; the product's answer names its plans.
create function sync.derive_plans(p_account uuid) returns void language sql set search_path = '' as $$
  update public.subscription_plans p set product_keap_id = o.keap_id, product_id = o.supabase_id
  from public.products o cross join lateral jsonb_array_elements(coalesce(o.raw -> 'subscription_plans', '[]')) e
  where p.account_id = p_account and o.account_id = p_account and (e ->> 'id')::bigint = p.keap_id
    and (p.product_keap_id is distinct from o.keap_id or p.product_id is distinct from o.supabase_id)
$$;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 6. Applying what was read from Keap
--
-- A row of a page: {key, keap_id, values: {column: value, …}, updated_at, created_at, members: [keap ids]?,
--                   children: {entity: [rows]}?}. All rows of a page carry the same columns in `values`.
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create type sync.member_change as (contact_id uuid, contact_keap_id bigint, tag_id uuid, tag_keap_id bigint, added boolean);

-- One hash for everything read about a record. Independent of key order; a server that hashes otherwise only applies once more.
create function sync.read_hash(r jsonb) returns text language sql immutable set search_path = '' as $$
  select jsonb_hash_extended(r -> 'values', 0) || ':' || coalesce(jsonb_hash_extended(r -> 'children', 0), 0)
    || ':' || coalesce(jsonb_hash_extended(r -> 'members', 0), 0)
$$;

create function sync.difference(p_from jsonb, p_to jsonb) returns jsonb language sql immutable set search_path = '' as $$
  select coalesce(jsonb_object_agg(k.key, jsonb_build_array(p_from -> k.key, k.value)), '{}')
  from jsonb_each(p_to) k where p_from -> k.key is distinct from k.value
$$;

create function sync.merge_counts(a jsonb, b jsonb) returns jsonb language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'inserted', (a ->> 'inserted')::int + (b ->> 'inserted')::int,
    'updated', (a ->> 'updated')::int + (b ->> 'updated')::int,
    'unchanged', (a ->> 'unchanged')::int + (b ->> 'unchanged')::int,
    'removed', (a ->> 'removed')::int + (b ->> 'removed')::int,
    'to_plan', (a -> 'to_plan') || (b -> 'to_plan'),
    'rejected', (a -> 'rejected') || (b -> 'rejected'))
$$;

-- What a refused record is told, in plain words.
create function sync.refusal(p_state text, p_message text) returns text language sql immutable set search_path = '' as $$
  select case left(p_state, 2)
    when '22' then 'A value does not fit its column: ' || p_message
    when '23' then 'The record breaks a rule of the table: ' || p_message
    else 'The record could not be stored: ' || p_message
  end
$$;

-- Parents that arrived late: give them to the rows that wait for them.
create function sync.adopt_orphans(p_account uuid, p_entity text, p_keap_ids bigint[]) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  for r in select * from sync.refs where parent = p_entity loop
    execute format($q$
      update public.%1$I c set %2$I = (select p.supabase_id from public.%4$I p where p.account_id = $1 and p.keap_id = c.%3$I)
      where c.account_id = $1 and c.%2$I is null and c.%3$I is not null and c.%3$I = any ($2)
    $q$, r.entity, r.id_column, r.keap_column, r.parent) using p_account, p_keap_ids;
  end loop;
end $$;

-- Members (tags of contacts): result = (B ∪ added in K ∪ added in P) − removed in K − removed in P. Rows whose P differs from B
-- are left to the push; everything else follows K.
create function sync.apply_members(p_account uuid, p_contacts uuid[], p_members jsonb[], p_run uuid, p_first boolean)
returns integer language plpgsql set search_path = '' as $$
declare
  v_changes sync.member_change[];
  v_changed integer := 0;
begin
  select array_agg((n.contact_id, n.contact_keap_id, t.supabase_id, n.tag, n.added)::sync.member_change) into v_changes
  from (
    select s.record_id as contact_id, s.keap_id as contact_keap_id, k.value::bigint as tag, true as added
    from unnest(p_contacts, p_members) c (id, members)
    cross join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.id limit 1) s
    cross join lateral jsonb_array_elements_text(c.members) k
    where s.members is null or not k.value::bigint = any (s.members)
    union all
    select s.record_id, s.keap_id, b.tag, false
    from unnest(p_contacts, p_members) c (id, members)
    cross join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.id limit 1) s
    cross join lateral unnest(s.members) b (tag)
    where not c.members @> to_jsonb(b.tag)
  ) n
  left join public.tags t on t.account_id = p_account and t.keap_id = n.tag;

  update sync.shadow s set
    members = (select coalesce(array_agg(k.value::bigint order by k.value::bigint), '{}') from jsonb_array_elements_text(c.members) k
      where w.tags is null or not k.value::bigint = any (w.tags)),
    members_waiting = w.tags
  from unnest(p_contacts, p_members) c (id, members)
  left join (select m.contact_id, array_agg(m.tag_keap_id) as tags from unnest(v_changes) m
    where m.tag_id is null and m.added group by 1) w on w.contact_id = c.id
  where s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.id;
  if v_changes is null then return 0; end if;

  with gone as (
    update public.contact_tags l set removed_at = now(), version = l.version + 1, sync_status = 'synced', sync_error = null,
      last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now()
    from unnest(v_changes) m
    where not m.added and l.account_id = p_account and l.contact_id = m.contact_id and l.tag_id = m.tag_id and l.removed_at is null
    returning 1
  ), here as (
    insert into public.contact_tags as l (account_id, contact_id, tag_id, contact_keap_id, tag_keap_id, sync_status,
      last_synced_at, last_modified_by, last_updated_at, version)
    select p_account, m.contact_id, m.tag_id, m.contact_keap_id, m.tag_keap_id, 'synced', now(), 'keap', now(), 1
    from unnest(v_changes) m where m.added and m.tag_id is not null
    on conflict (account_id, contact_id, tag_id) do update set
      removed_at = null, applied_at = case when l.removed_at is null then l.applied_at end, sync_status = 'synced', sync_error = null,
      contact_keap_id = excluded.contact_keap_id, tag_keap_id = excluded.tag_keap_id,
      last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now(), version = l.version + 1
    returning 1
  )
  select (select count(*) from gone) + (select count(*) from here) into v_changed;

  -- a membership changed here and there to the same end has nothing left to push
  delete from sync.dirty d using unnest(v_changes) m
  where d.account_id = p_account and d.entity = 'contact_tags' and d.record_id = m.contact_id and d.other_id = m.tag_id;

  -- a first copy is told by the contact's own journal row
  if not p_first then
    insert into sync.journal (account_id, run_id, entity, record_id, other_id, keap_id, direction, action, origin, changes)
    select p_account, p_run, 'contact_tags', m.contact_id, m.tag_id, m.contact_keap_id, 'in',
      case when m.added then 'add_member' else 'remove_member' end, 'keap',
      jsonb_build_object('tag_keap_id', jsonb_build_array(case when not m.added then m.tag_keap_id end, case when m.added then m.tag_keap_id end))
    from unnest(v_changes) m where m.tag_id is not null;
  end if;
  return v_changed;
end $$;

-- When the page that is being stored was asked for. A record agreed upon later (a push wrote it meanwhile) is not in it as it is now.
create function sync.page_read_at() returns timestamptz language sql stable set search_path = '' as $$
  select nullif(current_setting('keapsake.page_read_at', true), '')::timestamptz
$$;

-- The database's clock, for the time a page is asked for.
create function public.sync_now() returns timestamptz language sql volatile security definer set search_path = '' as $$ select clock_timestamp() $$;

-- The page lies in a temporary table while it is applied: as a parameter its megabytes would be copied into the plan of every
-- statement that mentions it. Nobody analyses that table, nor, in the embedded database, any other; so lookups by key are written
-- as `lateral (… limit 1)`, which leaves the planner no choice but the index.
create function sync.open_page(p_account uuid, p_entity text, p_rows jsonb) returns void language plpgsql set search_path = '' as $$
declare
  v_read_at timestamptz := coalesce(sync.page_read_at(), 'infinity');
  -- whether anything went away since the page was asked for: most pages need not look further
  v_buried boolean := exists (select from sync.tombstones b where b.account_id = p_account and b.entity = p_entity and b.seen_at > v_read_at);
  -- what a push is deleting in Keap just now: a page neither agrees to what Keap holds meanwhile nor brings it back
  v_going uuid[] := array(select n.record_id from sync.intents n where n.account_id = p_account and n.entity = p_entity
    and n.action = 'delete' and n.state = 'sent' and n.created_at > now() - interval '2 minutes');
begin
  if to_regclass('pg_temp.sync_page') is null then
    create temp table sync_page (entity text, at integer, key text, keap_id bigint, hash text, stamp timestamptz, record_id uuid,
      agreed bigint, known boolean, fresh boolean, class text, version bigint, r jsonb, made jsonb) on commit delete rows;
    alter table pg_temp.sync_page set (toast_tuple_target = 8160);
  else
    delete from pg_temp.sync_page where entity = p_entity;
  end if;
  -- the last copy of a key wins; what the base knows comes along
  insert into pg_temp.sync_page
  select p_entity, t.at, t.key, (t.r ->> 'keap_id')::bigint, h.hash,
    case when s.keap_updated_at is distinct from h.stamp and coalesce(s.agreed_at <= v_read_at, true)
      and coalesce(s.agreed_at = '-infinity' or s.record_id <> all (v_going), true) then h.stamp end,
    coalesce(s.record_id, gen_random_uuid()), s.row_version, s.record_id is not null,
    -- read before the last agreement: passed over, its hash left as it is, so that the next read counts
    s.k_hash = h.hash or s.agreed_at > v_read_at or (s.agreed_at > '-infinity' and s.record_id = any (v_going))
      -- read before it went away: it does not come back by that
      or (v_buried and s.record_id is null and exists (select from sync.tombstones b where b.account_id = p_account and b.entity = p_entity
        and b.key = t.key and b.seen_at > v_read_at)),
    case when s.record_id is null then 'insert' end, 0, t.r
  from (select x.r, x.at, x.r ->> 'key' as key, max(x.at) over (partition by x.r ->> 'key') as last_at
    from jsonb_array_elements(sync.without_erased(p_account, p_entity, p_rows)) with ordinality x (r, at)) t
  cross join lateral (select sync.read_hash(t.r) as hash, (t.r ->> 'updated_at')::timestamptz as stamp offset 0) h
  left join lateral (select s.record_id, s.row_version, s.k_hash, s.keap_updated_at, s.agreed_at from sync.shadow s
    where s.account_id = p_account and s.entity = p_entity and s.key = t.key limit 1) s on true
  where t.at = t.last_at;
end $$;

create function sync.apply_rows(p_account uuid, p_entity text, p_rows jsonb, p_run uuid) returns jsonb
language plpgsql set search_path = '' as $$
begin
  perform sync.open_page(p_account, p_entity, p_rows);
  return sync.apply_opened(p_account, p_entity, p_run);
end $$;

-- Whether a record of Keap is what an open create made: by our marker in a custom field. What can hold none is known by its
-- name, and a line of an order, which may have the name of another, by all that was sent.
create function sync.answers_create(p_entity text, p_marker text, p_fields jsonb, p_values jsonb) returns boolean
language sql immutable set search_path = '' as $$
  select coalesce(case
    when p_entity in ('tags', 'tag_categories', 'lead_sources', 'products') then p_fields ->> 'name' = p_values ->> 'name'
    when p_entity = 'order_items' then p_fields ? 'order_keap_id' and p_values @> p_fields
    else p_marker is not null and exists (
      select from jsonb_each_text(case jsonb_typeof(p_values -> 'custom_fields') when 'object' then p_values -> 'custom_fields' else '{}' end) f
      where f.value = p_marker) end, false)
$$;

create function sync.apply_opened(p_account uuid, p_entity text, p_run uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  e sync.entities;
  v_total integer; v_touched integer; v_stamped boolean;
  v_columns text[]; v_into text; v_pick text; v_set text; v_joins text; v_from_update text;
  v_inserted integer := 0; v_updated integer := 0; v_removed integer := 0; v_has_insert boolean; v_has_update boolean; v_has_other boolean;
  v_returned boolean := false;
  v_plan jsonb := '[]'; v_to_plan jsonb := '[]'; v_child jsonb; v_children jsonb; c record;
  v_ids uuid[]; v_members jsonb[]; v_unknown bigint[]; v_keap_ids bigint[];
begin
  select * into e from sync.entities where entity = p_entity;
  if not found then raise exception 'No synced table is called "%".', p_entity using errcode = '22023'; end if;

  -- 1. What really changed? An unchanged hash costs nothing more.
  select bool_or(w.fresh and w.stamp is not null), count(*) filter (where w.fresh is not true), count(*)
  into v_stamped, v_touched, v_total from pg_temp.sync_page w where w.entity = p_entity;
  if v_stamped then
    -- same content, newer stamp (an echo of our own write, a save without a change): only the stamp moves
    execute format('update public.%1$I p set keap_updated_at = w.stamp from pg_temp.sync_page w
      where w.entity = %1$L and w.fresh and w.stamp is not null and p.supabase_id = w.record_id', p_entity);
    update sync.shadow s set keap_updated_at = k.stamp, read_at = now() from (
      select w.stamp, l.tid from pg_temp.sync_page w
      cross join lateral (select s.ctid as tid from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = w.key limit 1) l
      where w.entity = p_entity and w.fresh and w.stamp is not null
    ) k where s.ctid = k.tid;
  end if;
  if p_entity in ('orders', 'payments', 'transactions') then perform sync.mark_rereads(p_account, p_entity); end if;
  if v_touched = 0 then
    return jsonb_build_object('inserted', 0, 'updated', 0, 'unchanged', v_total, 'removed', 0, 'to_plan', '[]'::jsonb, 'rejected', '[]'::jsonb);
  end if;
  delete from pg_temp.sync_page w where w.entity = p_entity and w.fresh;

  -- 2. Lock the rows that may change and look at their versions; a record without a base may still have a row.
  --    insert: new here · update: P is as agreed · same: only members or children moved · plan: edited here as well
  if exists (select from pg_temp.sync_page w where w.entity = p_entity and w.known) then
    execute format('select count(*) from (select from public.%1$I p
      where p.supabase_id = any (array(select w.record_id from pg_temp.sync_page w where w.entity = %1$L and w.known))
      order by p.supabase_id for update) l', p_entity) into v_touched;
    execute format($q$
      update pg_temp.sync_page w set (version, class) = (
        select p.version, case when s.base = w.r -> 'values' then 'same' when w.agreed = p.version then 'update' else 'plan' end
        from public.%1$I p, lateral (select s.base from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key = w.key limit 1) s
        where p.supabase_id = w.record_id)
      where w.entity = %1$L and w.known
    $q$, p_entity) using p_account;
  end if;
  if exists (select from pg_temp.sync_page w where w.entity = p_entity and w.known is not true) then
    execute format($q$
      with locked as materialized (
        select p.supabase_id, p.version, p.deleted_at, %2$s as key from public.%1$I p
        where p.account_id = $1 and %3$I = any (array(select w.%4$I from pg_temp.sync_page w where w.entity = %1$L and w.known is not true))
        order by p.supabase_id for update
      )
      update pg_temp.sync_page w set version = p.version, record_id = p.supabase_id,
        class = case when p.deleted_at is not null then 'update' else 'plan' end
      from locked p where w.entity = %1$L and w.known is not true and p.key = w.key
    $q$, p_entity, e.key_expression, e.key_column, case e.key_column when 'keap_id' then 'keap_id' else 'key' end) using p_account;
  end if;
  if exists (select from sync.intents i where i.account_id = p_account and i.entity = p_entity and i.action = 'create' and i.state in ('sent', 'unknown')) then
    -- made here, and its answer has not arrived yet, or never will: this is that row, not a second one
    execute format($q$
      update pg_temp.sync_page w set version = m.version, record_id = m.supabase_id, class = 'plan', made = case when %1$L <> 'tags' then m.fields end
      from (
        select distinct on (p.supabase_id) p.supabase_id, p.version, i.fields, x.key
        from sync.intents i
        join public.%1$I p on p.account_id = $1 and p.supabase_id = i.record_id and p.keap_id is null and p.deleted_at is null
        join pg_temp.sync_page x on x.entity = %1$L and x.known is not true and x.class = 'insert' and x.keap_id is not null
          and sync.answers_create(%1$L, i.marker, i.fields, x.r -> 'values')
        where i.account_id = $1 and i.entity = %1$L and i.action = 'create' and i.state in ('sent', 'unknown')
        order by p.supabase_id, i.created_at desc
      ) m where w.entity = %1$L and w.key = m.key
    $q$, p_entity) using p_account;
  end if;
  if exists (select from pg_temp.sync_page w where w.entity = p_entity and w.class is null) then
    -- known, and deleted here: while Keap shows it with its lines as agreed, what becomes of it is the push's to say
    update pg_temp.sync_page w set class = 'same', version = 0
    from sync.shadow s, sync.dirty d
    where w.entity = p_entity and w.class is null
      and s.account_id = p_account and s.entity = p_entity and s.key = w.key and s.agreed_at > '-infinity' and s.base = w.r -> 'values'
      and d.account_id = p_account and d.entity = p_entity and d.record_id = w.record_id and d.operation = 'delete'
      and (not w.r ? 'members' or coalesce(to_jsonb(s.members), '[]') = w.r -> 'members')
      and not exists (
        select from sync.entities x cross join lateral jsonb_array_elements(w.r -> 'children' -> x.entity) k
        left join sync.shadow l on l.account_id = p_account and l.entity = x.entity and l.key = k ->> 'key'
        where x.parent_entity = p_entity
          and (l.record_id is null or (l.agreed_at <= coalesce(sync.page_read_at(), 'infinity') and l.base <> k -> 'values')));
    -- else it comes back as Keap has it
    update pg_temp.sync_page w set class = 'insert', version = 0 where w.entity = p_entity and w.class is null;
  end if;
  select bool_or(w.class = 'insert'), bool_or(w.class = 'update'), bool_or(w.class in ('same', 'plan'))
  into v_has_insert, v_has_update, v_has_other from pg_temp.sync_page w where w.entity = p_entity;

  -- 3. Columns of this page, and the parents its references mean.
  select array_agg(k) into v_columns from unnest(e.columns) k
  where (select r.r -> 'values' ? k from pg_temp.sync_page r where r.entity = p_entity limit 1);
  select string_agg(format('%I', k), ', '), string_agg(format('v.%I', k), ', '), string_agg(format('%1$I = v.%1$I', k), ', ')
  into v_into, v_pick, v_set from unnest(v_columns) k;
  v_from_update := v_pick;
  select coalesce(string_agg(format(' left join lateral (select p.supabase_id from public.%1$I p where p.account_id = $1 and p.keap_id = v.%3$I limit 1) %2$I on true',
      f.parent, 'ref_' || f.id_column, f.keap_column), ''), ''),
    v_into || coalesce(string_agg(format(', %I', f.id_column), ''), ''),
    v_pick || coalesce(string_agg(format(', %I.supabase_id', 'ref_' || f.id_column), ''), ''),
    v_set || coalesce(string_agg(format(', %1$I = v.%1$I', f.id_column), ''), ''),
    v_from_update || coalesce(string_agg(format(', %I.supabase_id as %I', 'ref_' || f.id_column, f.id_column), ''), '')
  into v_joins, v_into, v_pick, v_set, v_from_update
  from sync.refs f where f.entity = p_entity and f.keap_column = any (v_columns);
  if p_entity = 'contacts' then
    -- tags Keap names before they have arrived
    select array_agg(m.tag) into v_unknown from (
      select distinct x.value::bigint as tag from pg_temp.sync_page r cross join lateral jsonb_array_elements_text(r.r -> 'members') x
      where r.entity = 'contacts'
    ) m where not exists (select from public.tags t where t.account_id = p_account and t.keap_id = m.tag);
  end if;

  -- 4. Base, journal and row in one statement: the capture trigger fires at its end and finds them equal.
  if v_has_insert then
    execute format($q$
      with src as not materialized (
        select * from pg_temp.sync_page w where w.entity = %1$L and w.class = 'insert'
      ), base as (
        insert into sync.shadow as s (account_id, entity, key, keap_id, record_id, base, k_hash, row_version, keap_updated_at, members, members_waiting, agreed_at)
        select $1, %1$L, w.key, w.keap_id, w.record_id, w.r -> 'values', w.hash, 1, (w.r ->> 'updated_at')::timestamptz,
          case when w.r ? 'members' then array(select x::bigint from jsonb_array_elements_text(w.r -> 'members') x
            where $3 is null or x::bigint <> all ($3) order by 1) end,
          case when $3 is not null then (select array_agg(x::bigint) from jsonb_array_elements_text(w.r -> 'members') x where x::bigint = any ($3)) end, $4
        from src w
        on conflict (account_id, entity, key) do update set base = excluded.base, keap = null, k_hash = excluded.k_hash, row_version = 1,
          record_id = excluded.record_id, keap_updated_at = excluded.keap_updated_at, members = excluded.members,
          members_waiting = excluded.members_waiting, read_at = now(), agreed_at = excluded.agreed_at
      ), told as (
        insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
        select $1, $2, %1$L, w.record_id, w.keap_id, 'in', case when w.known then 'restore' else 'create' end, 'keap', w.r -> 'values',
          case when w.r ? 'members' then jsonb_build_object('members', array(select x::bigint from jsonb_array_elements_text(w.r -> 'members') x
            where $3 is null or x::bigint <> all ($3) order by 1)) end
        from src w
      )
      insert into public.%1$I (supabase_id, account_id, keap_id, keap_created_at, keap_updated_at, last_synced_at, sync_status,
        last_modified_by, last_updated_at, version, %2$s)
      select w.record_id, $1, w.keap_id, (w.r ->> 'created_at')::timestamptz, (w.r ->> 'updated_at')::timestamptz, now(), 'synced', 'keap',
        now(), 1, %3$s
      from src w cross join lateral jsonb_populate_record(null::public.%1$I, w.r -> 'values') v%4$s
    $q$, p_entity, v_into, v_pick, v_joins) using p_account, p_run, v_unknown, coalesce(sync.page_read_at(), now());
    get diagnostics v_inserted = row_count;
    -- a row that was deleted here and comes back has nothing left to decide
    v_returned := exists (select from pg_temp.sync_page w where w.entity = p_entity and w.class = 'insert' and w.known);
    if v_returned then
      v_ids := array(select w.record_id from pg_temp.sync_page w where w.entity = p_entity and w.class = 'insert' and w.known);
      delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
      update sync.dead_letters l set state = 'solved', last_at = now()
      where l.account_id = p_account and l.entity = p_entity and l.record_id = any (v_ids) and l.state = 'open';
    end if;
    if p_entity = 'contacts' then
      insert into public.contact_tags as l (account_id, contact_id, tag_id, contact_keap_id, tag_keap_id, sync_status,
        last_synced_at, last_modified_by, last_updated_at, version)
      select p_account, w.record_id, t.supabase_id, w.keap_id, t.keap_id, 'synced', now(), 'keap', now(), 1
      from pg_temp.sync_page w
      cross join lateral jsonb_array_elements_text(w.r -> 'members') x
      cross join lateral (select t.supabase_id, t.keap_id from public.tags t where t.account_id = p_account and t.keap_id = x.value::bigint limit 1) t
      where w.entity = 'contacts' and w.class = 'insert'
      on conflict (account_id, contact_id, tag_id) do update set removed_at = null, sync_status = 'synced', sync_error = null,
        last_synced_at = now(), last_modified_by = 'keap', last_updated_at = now(), version = l.version + 1;
    end if;
  end if;
  if v_has_update then
    execute format($q$
      with src as not materialized (
        select * from pg_temp.sync_page w where w.entity = %1$L and w.class = 'update'
      ), told as (
        insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
        select $1, $2, %1$L, w.record_id, w.keap_id, 'in', case when w.known then 'update' else 'restore' end, 'keap',
          case when w.known then sync.difference(s.base, w.r -> 'values') else w.r -> 'values' end
        from src w left join lateral (select s.base from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key = w.key limit 1) s on true
      ), base as (
        insert into sync.shadow as s (account_id, entity, key, keap_id, record_id, base, k_hash, row_version, keap_updated_at, agreed_at)
        select $1, %1$L, w.key, w.keap_id, w.record_id, w.r -> 'values', w.hash, w.version + 1, (w.r ->> 'updated_at')::timestamptz, $3 from src w
        on conflict (account_id, entity, key) do update set base = excluded.base, keap = null, k_hash = excluded.k_hash,
          row_version = excluded.row_version, record_id = excluded.record_id, keap_updated_at = excluded.keap_updated_at,
          read_at = now(), agreed_at = excluded.agreed_at
      )
      update public.%1$I p set keap_id = v.keap_id, keap_created_at = v.keap_created_at, keap_updated_at = v.keap_updated_at,
        deleted_at = null, last_synced_at = now(), sync_status = 'synced', sync_error = null, last_modified_by = 'keap',
        last_updated_at = now(), version = v.new_version, %2$s
      from (
        select w.record_id as row_id, w.version + 1 as new_version, w.keap_id, (w.r ->> 'created_at')::timestamptz as keap_created_at,
          (w.r ->> 'updated_at')::timestamptz as keap_updated_at, %3$s
        from src w cross join lateral jsonb_populate_record(null::public.%1$I, w.r -> 'values') v%4$s
      ) v where p.supabase_id = v.row_id
    $q$, p_entity, v_set, v_from_update, v_joins) using p_account, p_run, coalesce(sync.page_read_at(), now());
    get diagnostics v_updated = row_count;
  end if;
  if v_has_other then
    update sync.shadow s set k_hash = k.hash, keap_updated_at = coalesce(k.stamp, s.keap_updated_at), read_at = now(),
      keap = case when k.class = 'plan' then k.vals else s.keap end
    from (
      select w.hash, w.stamp, w.class, w.r -> 'values' as vals, l.tid from pg_temp.sync_page w
      cross join lateral (select s.ctid as tid from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = w.key limit 1) l
      where w.entity = p_entity and w.class in ('same', 'plan')
    ) k where s.ctid = k.tid;
    -- only members or children moved: the record's own stamp moves with them
    execute format('update public.%1$I p set keap_updated_at = w.stamp from pg_temp.sync_page w
      where w.entity = %1$L and w.class = ''same'' and w.stamp is not null and p.supabase_id = w.record_id', p_entity);
  end if;
  delete from sync.tombstones t where t.account_id = p_account and t.entity = p_entity
    and t.key = any (array(select w.key from pg_temp.sync_page w where w.entity = p_entity and w.class in ('insert', 'update')));

  -- 5. Members and children of everything that changed, edited here or not: they have bases of their own.
  if p_entity = 'contacts' and (v_has_update or v_has_other) then
    select array_agg(w.record_id), array_agg(w.r -> 'members') into v_ids, v_members
    from pg_temp.sync_page w
    cross join lateral (select s.members from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = w.key limit 1) s
    where w.entity = 'contacts' and w.class <> 'insert' and w.r ? 'members' and coalesce(to_jsonb(s.members), '[]') <> w.r -> 'members';
    if v_ids is not null then perform sync.apply_members(p_account, v_ids, v_members, p_run, false); end if;
  end if;
  for c in select * from sync.entities x where x.parent_entity = p_entity loop
    select coalesce(jsonb_agg(k), '[]') into v_children
    from pg_temp.sync_page w cross join lateral jsonb_array_elements(w.r -> 'children' -> c.entity) k where w.entity = p_entity;
    if v_returned then
      -- its lines come along: else what is marked as deleted here would be deleted in Keap
      execute format($q$
        update sync.shadow s set k_hash = '', agreed_at = '-infinity'
        from pg_temp.sync_page w cross join lateral jsonb_array_elements(w.r -> 'children' -> %1$L) k
        where w.entity = $2 and w.class = 'insert' and w.known and s.account_id = $1 and s.entity = %1$L and s.key = k ->> 'key'
          and not exists (select from public.%1$I p where p.account_id = $1 and p.supabase_id = s.record_id)
      $q$, c.entity) using p_account, p_entity;
    end if;
    perform sync.open_page(p_account, c.entity, v_children);
    select array_agg(w.keap_id) into v_keap_ids from pg_temp.sync_page w
    where w.entity = p_entity and w.known and w.r -> 'children' ? c.entity;
    v_removed := v_removed + sync.remove_children(p_account, c.entity, c.parent_key_column, v_keap_ids, p_run);
    if v_children <> '[]' then
      v_child := sync.apply_opened(p_account, c.entity, p_run);
      v_to_plan := v_to_plan || (v_child -> 'to_plan');
    end if;
  end loop;

  -- 6. What waited for these records, and what follows from them.
  if v_inserted > 0 then
    select array_agg(w.keap_id) into v_keap_ids from pg_temp.sync_page w
    where w.entity = p_entity and w.class = 'insert' and w.keap_id is not null;
    perform sync.adopt_orphans(p_account, p_entity, v_keap_ids);
    if p_entity = 'tags' then perform sync.adopt_waiting_members(p_account, v_keap_ids, p_run); end if;
  end if;
  if p_entity = 'payments' then
    select array_agg(w.keap_id) into v_keap_ids from pg_temp.sync_page w where w.entity = p_entity;
    perform sync.derive_payments(p_account, v_keap_ids);
  elsif p_entity = 'transactions' then
    select array_agg((r.r #>> '{values,payment_keap_id}')::bigint) into v_keap_ids from pg_temp.sync_page r
    where r.entity = p_entity and r.r #>> '{values,transaction_method}' = 'VOID';
    if v_keap_ids is not null then perform sync.derive_payments(p_account, v_keap_ids); end if;
  elsif p_entity in ('products', 'subscription_plans') then
    perform sync.derive_plans(p_account);
  end if;

  if v_has_other then
    execute format($q$
      select coalesce(jsonb_agg(jsonb_build_object('entity', %1$L::text, 'record_id', w.record_id, 'key', w.key, 'seen', w.r,
        'base', s.base, 'made', w.made, 'row', to_jsonb(p), 'version', p.version)), '[]')
      from pg_temp.sync_page w
      join public.%1$I p on p.supabase_id = w.record_id
      left join lateral (select s.base from sync.shadow s where s.account_id = $1 and s.entity = %1$L and s.key = w.key limit 1) s on true
      where w.entity = %1$L and w.class = 'plan'
    $q$, p_entity) into v_plan using p_account;
  end if;
  return jsonb_build_object('inserted', v_inserted, 'updated', v_updated, 'removed', v_removed,
    'unchanged', v_total - v_inserted - v_updated - jsonb_array_length(v_plan), 'to_plan', v_to_plan || v_plan, 'rejected', '[]'::jsonb);
end $$;

-- Records that are gone from Keap and were edited here: they stay, and a person is told where they can decide, and what to do about it.
create function sync.hold_gone(p_account uuid, p_entity text, p_ids uuid[]) returns void language plpgsql set search_path = '' as $$
begin
  execute format('update public.%I p set sync_status = ''held'', sync_error = ''Deleted in Keap while it was edited here. Decide which side is right.''
    where p.account_id = $1 and p.supabase_id = any ($2)', p_entity) using p_account, p_ids;
  with held as (
    update sync.dirty d set state = 'held', reason = 'Deleted in Keap while it was edited here.'
    where d.account_id = p_account and d.entity = p_entity and d.record_id = any (p_ids)
    returning d.record_id
  )
  insert into sync.dead_letters as l (account_id, entity, record_id, keap_id, class, reason, cure)
  select p_account, p_entity, h.record_id, s.keap_id, 'hold', 'Deleted in Keap while it was edited here. Decide which side is right.',
    'To keep Keap''s side, delete the row here. To keep this one, restore the record in Keap, then replay it.'
  from held h join sync.shadow s on s.account_id = p_account and s.entity = p_entity and s.record_id = h.record_id
  on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set
    class = excluded.class, reason = excluded.reason, cure = excluded.cure, last_at = now();
end $$;

-- Children Keap no longer names under a parent that was read whole. One that was edited here is a conflict for a person: it stays, held.
create function sync.remove_children(p_account uuid, p_entity text, p_parent_key text, p_parents bigint[], p_run uuid)
returns integer language plpgsql set search_path = '' as $$
declare
  v_ids uuid[]; v_edited uuid[];
begin
  if p_parents is null then return 0; end if;
  -- the children Keap does name are in the opened page
  execute format('select array_agg(c.supabase_id) filter (where s.row_version = c.version), array_agg(c.supabase_id) filter (where s.row_version <> c.version)
    from public.%1$I c
    join sync.shadow s on s.account_id = $1 and s.entity = %1$L and s.record_id = c.supabase_id
    where c.account_id = $1 and c.%2$I = any ($2) and c.deleted_at is null
      -- one agreed upon since the page was asked for is not in it
      and ($3 is null or s.agreed_at <= $3)
      and not exists (select from pg_temp.sync_page r where r.entity = %1$L and r.key = s.key)', p_entity, p_parent_key)
    into v_ids, v_edited using p_account, p_parents, sync.page_read_at();
  if v_edited is not null then perform sync.hold_gone(p_account, p_entity, v_edited); end if;
  if v_ids is null then return 0; end if;
  insert into sync.tombstones (account_id, entity, key, record_id, reason, base)
  select p_account, p_entity, s.key, s.record_id, 'gone_from_parent', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids)
  on conflict (account_id, entity, key) do nothing;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
  select p_account, p_run, p_entity, s.record_id, s.keap_id, 'in', 'delete', 'keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  delete from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  execute format('update public.%I set deleted_at = now(), version = version + 1, sync_status = ''synced'', sync_error = null,
    last_synced_at = now(), last_modified_by = ''keap'', last_updated_at = now() where supabase_id = any ($1)', p_entity) using v_ids;
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
  return cardinality(v_ids);
end $$;

create function sync.adopt_waiting_members(p_account uuid, p_tags bigint[], p_run uuid) returns void
language plpgsql set search_path = '' as $$
declare
  v_ids uuid[]; v_members jsonb[];
begin
  select array_agg(s.record_id), array_agg(to_jsonb(coalesce(s.members, '{}') || s.members_waiting)) into v_ids, v_members
  from sync.shadow s
  where s.account_id = p_account and s.entity = 'contacts' and s.members_waiting is not null and s.members_waiting && p_tags;
  if v_ids is not null then perform sync.apply_members(p_account, v_ids, v_members, p_run, false); end if;
end $$;

-- One bad record must not stop the others: halve the page until it stands alone.
create function sync.apply_tolerant(p_account uuid, p_entity text, p_rows jsonb, p_run uuid) returns jsonb
language plpgsql set search_path = '' as $$
declare
  v_count integer := jsonb_array_length(p_rows);
  v_state text; v_message text;
begin
  if v_count = 0 then
    return '{"inserted":0,"updated":0,"unchanged":0,"removed":0,"to_plan":[],"rejected":[]}';
  end if;
  begin
    return sync.apply_rows(p_account, p_entity, p_rows, p_run);
  exception
    when data_exception or integrity_constraint_violation or program_limit_exceeded then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text;
  end;
  if v_count = 1 then
    return jsonb_build_object('inserted', 0, 'updated', 0, 'unchanged', 0, 'removed', 0, 'to_plan', '[]'::jsonb, 'rejected',
      jsonb_build_array(jsonb_build_object('key', p_rows -> 0 ->> 'key', 'keap_id', p_rows -> 0 -> 'keap_id',
        'reason', sync.refusal(v_state, v_message), 'record', p_rows -> 0)));
  end if;
  return sync.merge_counts(
    sync.apply_tolerant(p_account, p_entity, (select jsonb_agg(r) from jsonb_array_elements(p_rows) with ordinality t (r, i) where i <= v_count / 2), p_run),
    sync.apply_tolerant(p_account, p_entity, (select jsonb_agg(r) from jsonb_array_elements(p_rows) with ordinality t (r, i) where i > v_count / 2), p_run));
end $$;

-- Where a stream stands; part of the transaction that stored the rows before it.
create function sync.move_cursor(p_account uuid, p_entity text, p_cursor jsonb) returns void
language sql set search_path = '' as $$
  insert into sync.cursors as c (account_id, entity, stream, state, position, watermark, done_count, estimated_total, pages, due_at,
    error, cure, started_at, finished_at)
  values (p_account, p_entity, p_cursor ->> 'stream', coalesce(p_cursor ->> 'state', 'running'), coalesce(p_cursor -> 'position', '{}'),
    (p_cursor ->> 'watermark')::timestamptz, coalesce((p_cursor ->> 'done')::bigint, 0), (p_cursor ->> 'estimated_total')::bigint,
    coalesce((p_cursor ->> 'pages')::int, 0), (p_cursor ->> 'due_at')::timestamptz, p_cursor ->> 'error', p_cursor ->> 'cure', now(),
    case when p_cursor ->> 'state' = 'done' then now() end)
  on conflict (account_id, entity, stream) do update set
    state = coalesce(p_cursor ->> 'state', c.state),
    position = coalesce(p_cursor -> 'position', c.position),
    watermark = coalesce((p_cursor ->> 'watermark')::timestamptz, c.watermark),
    done_count = case when (p_cursor ->> 'restart')::boolean then 0 else c.done_count end + coalesce((p_cursor ->> 'done')::bigint, 0),
    estimated_total = coalesce((p_cursor ->> 'estimated_total')::bigint, c.estimated_total),
    pages = case when (p_cursor ->> 'restart')::boolean then 0 else c.pages end + coalesce((p_cursor ->> 'pages')::int, 0),
    due_at = coalesce((p_cursor ->> 'due_at')::timestamptz, c.due_at),
    error = p_cursor ->> 'error', cure = p_cursor ->> 'cure',
    started_at = case when (p_cursor ->> 'restart')::boolean then now() else coalesce(c.started_at, now()) end,
    finished_at = case when p_cursor ->> 'state' = 'done' then now() when (p_cursor ->> 'restart')::boolean then null else c.finished_at end,
    updated_at = now()
$$;

create function public.sync_apply_page(p_account uuid, p_entity text, p_rows jsonb, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_result jsonb;
  v_run uuid := (p_run ->> 'run_id')::uuid;
begin
  if jsonb_array_length(p_rows) > 1000 then
    raise exception 'A page holds at most 1,000 records, this one has %. Send it in parts.', jsonb_array_length(p_rows) using errcode = '22023';
  end if;
  perform set_config('keapsake.origin', 'keap', true);
  perform set_config('keapsake.rereads', coalesce(p_run ->> 'rereads', ''), true);
  perform set_config('keapsake.page_read_at', coalesce(p_run ->> 'read_at', ''), true);
  -- one writer per table and account: pages of a poll and a backfill queue up instead of deadlocking
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  v_result := sync.apply_tolerant(p_account, p_entity, p_rows, v_run);

  -- refused here, or already by the mapping
  insert into sync.rejected as j (account_id, entity, key, reason, record)
  select distinct on (r ->> 'key') p_account, p_entity, r ->> 'key', r ->> 'reason', r -> 'record'
  from jsonb_array_elements((v_result -> 'rejected') || coalesce(p_run -> 'rejected', '[]')) r
  on conflict (account_id, entity, key) do update set reason = excluded.reason, record = excluded.record, times = j.times + 1, last_at = now();
  delete from sync.rejected j where j.account_id = p_account and j.entity = p_entity
    and j.key in (select r ->> 'key' from jsonb_array_elements(p_rows) r)
    and not exists (select from jsonb_array_elements(v_result -> 'rejected') x where x ->> 'key' = j.key);

  -- the page that answers marks leaves none for what it moved itself; what was marked meanwhile stays
  delete from sync.rereads m using jsonb_each_text(coalesce(p_run -> 'answers_rereads', '{}')) a
  where m.account_id = p_account and m.order_keap_id = a.key::bigint and (m.marked_at <= a.value::timestamptz or m.marked_at = now());
  if p_run ->> 'rereads' <> '' then
    v_result := v_result || jsonb_build_object('rereads', (select coalesce(jsonb_object_agg(m.order_keap_id, m.marked_at), '{}')
      from sync.rereads m where m.account_id = p_account and m.marked_at = now()));
  end if;
  if p_run ? 'cursor' then
    perform sync.move_cursor(p_account, coalesce(p_run ->> 'cursor_entity', p_entity), p_run -> 'cursor');
  end if;
  update sync.runs set heartbeat_at = now() where run_id = v_run;
  return jsonb_set(v_result, '{rejected}', (select coalesce(jsonb_agg(r - 'record'), '[]')
    from jsonb_array_elements((v_result -> 'rejected') || coalesce(p_run -> 'rejected', '[]')) r));
end $$;

-- A page of a sweep over ids: memberships compared, absent records named. Rows: {keap_id, members}; the page covers (p_after, p_upto].
create function public.sync_apply_member_page(p_account uuid, p_rows jsonb, p_after bigint, p_upto bigint, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[]; v_members jsonb[]; v_changed integer := 0; v_unknown jsonb; v_absent jsonb;
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || 'contacts', 0));
  select array_agg(s.record_id), array_agg(r -> 'members') into v_ids, v_members
  from jsonb_array_elements(p_rows) r
  cross join lateral (select * from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = r ->> 'keap_id' limit 1) s
  where to_jsonb(coalesce(s.members, '{}')) <> r -> 'members' and s.agreed_at <= coalesce((p_run ->> 'read_at')::timestamptz, 'infinity')
    and not coalesce(to_jsonb((select array_agg(x order by x) from unnest(s.members || s.members_waiting) x)) = r -> 'members', false);
  if v_ids is not null then
    v_changed := sync.apply_members(p_account, v_ids, v_members, (p_run ->> 'run_id')::uuid, false);
  end if;
  select coalesce(jsonb_agg((r ->> 'keap_id')::bigint), '[]') into v_unknown from jsonb_array_elements(p_rows) r
  where not exists (select from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = r ->> 'keap_id')
    and not exists (select from sync.rejected j where j.account_id = p_account and j.entity = 'contacts' and j.key = r ->> 'keap_id')
    and not exists (select from sync.erased e where e.account_id = p_account and e.keap_id = (r ->> 'keap_id')::bigint);
  select coalesce(jsonb_agg(p.keap_id), '[]') into v_absent from public.contacts p
  where p.account_id = p_account and p.keap_id > p_after and (p_upto is null or p.keap_id <= p_upto) and p.deleted_at is null
    and not p.keap_id = any (array(select (r ->> 'keap_id')::bigint from jsonb_array_elements(p_rows) r));
  if p_run ? 'cursor' then perform sync.move_cursor(p_account, 'contacts', p_run -> 'cursor'); end if;
  return jsonb_build_object('changed', v_changed, 'unknown', v_unknown, 'absent', v_absent);
end $$;

create index contact_tags_without_time on public.contact_tags (account_id) where applied_at is null and removed_at is null;

-- Memberships whose time is not known yet, by tag; young ones only, so that a time Keap never tells is not asked for ever.
create function public.sync_missing_tag_times(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('tag_keap_id', g.tag_keap_id, 'contact_keap_ids', g.contacts) order by g.tag_keap_id), '[]') from (
    select l.tag_keap_id, jsonb_agg(l.contact_keap_id) as contacts from public.contact_tags l
    where l.account_id = p_account and l.applied_at is null and l.removed_at is null and l.sync_status = 'synced'
      and l.tag_keap_id is not null and l.contact_keap_id is not null and l.last_updated_at > now() - interval '1 hour'
    group by 1) g
$$;

-- Every linked tag, and how many people have it here.
create function public.sync_tag_sizes(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('id', t.keap_id, 'people', coalesce(n.people, 0)) order by t.keap_id), '[]') from public.tags t
  left join (select l.tag_id, count(*) as people from public.contact_tags l
    where l.account_id = p_account and l.removed_at is null and l.contact_keap_id is not null group by 1) n on n.tag_id = t.supabase_id
  where t.account_id = p_account and t.keap_id is not null and t.deleted_at is null
$$;

-- The times of one tag's applications.
create function public.sync_apply_tag_times(p_account uuid, p_tag_keap_id bigint, p_rows jsonb, p_run jsonb default '{}') returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_updated integer;
  v_tag uuid := (select t.supabase_id from public.tags t where t.account_id = p_account and t.keap_id = p_tag_keap_id);
begin
  perform set_config('keapsake.origin', 'keap', true);
  update public.contact_tags l set applied_at = k.applied_at from (
    select r.applied_at, m.tid from jsonb_to_recordset(p_rows) r (contact_keap_id bigint, applied_at timestamptz)
    cross join lateral (select c.supabase_id from public.contacts c where c.account_id = p_account and c.keap_id = r.contact_keap_id limit 1) c
    cross join lateral (select m.ctid as tid from public.contact_tags m
      where m.account_id = p_account and m.contact_id = c.supabase_id and m.tag_id = v_tag and m.applied_at is distinct from r.applied_at limit 1) m
  ) k where l.ctid = k.tid;
  get diagnostics v_updated = row_count;
  if p_run ? 'cursor' then perform sync.move_cursor(p_account, 'contact_tags', p_run -> 'cursor'); end if;
  update sync.runs set heartbeat_at = now() where run_id = (p_run ->> 'run_id')::uuid;
  return jsonb_build_object('updated', v_updated);
end $$;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 7. Runs, leases, the connection's state
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create function public.sync_start_run(p_account uuid, p_kind text, p_trigger text default null) returns uuid
language sql security definer set search_path = '' as $$
  insert into sync.runs (account_id, kind, trigger) values (p_account, p_kind, p_trigger) returning run_id
$$;

create function public.sync_finish_run(p_run uuid, p_outcome jsonb) returns void
language sql security definer set search_path = '' as $$
  update sync.runs set state = coalesce(p_outcome ->> 'state', 'done'), counts = coalesce(p_outcome -> 'counts', counts),
    calls = coalesce((p_outcome ->> 'calls')::int, calls), error_kind = p_outcome ->> 'error_kind', error = p_outcome ->> 'error',
    cure = p_outcome ->> 'cure', finished_at = now()
  where run_id = p_run
$$;

create function public.sync_move_cursor(p_account uuid, p_entity text, p_cursor jsonb) returns void
language sql security definer set search_path = '' as $$ select sync.move_cursor(p_account, p_entity, p_cursor) $$;

create function public.sync_set_connection(p_account uuid, p_state jsonb) returns void
language plpgsql security definer set search_path = '' as $$
begin
  insert into sync.connections as c (account_id, state, error_kind, message, cure, retry_at, last_ok_at)
  values (p_account, p_state ->> 'state', p_state ->> 'error_kind', p_state ->> 'message', p_state ->> 'cure',
    (p_state ->> 'retry_at')::timestamptz, case when p_state ->> 'state' = 'connected' then now() end)
  on conflict (account_id) do update set
    since = case when c.state is distinct from excluded.state then now() else c.since end,
    state = excluded.state, error_kind = excluded.error_kind, message = excluded.message, cure = excluded.cure,
    retry_at = excluded.retry_at, last_ok_at = coalesce(excluded.last_ok_at, c.last_ok_at);
  update public.accounts set
    connection_state = case p_state ->> 'state' when 'connected' then 'connected' when 'paused' then 'paused' when 'throttled' then 'degraded'
      when 'attention' then case when p_state ->> 'error_kind' = 'auth' then 'unauthorized' else 'degraded' end else connection_state end,
    connection_detail = p_state ->> 'cure'
  where id = p_account;
end $$;

-- Keap's changes up to this time are here.
create function public.sync_set_as_of(p_account uuid, p_at timestamptz) returns void
language sql security definer set search_path = '' as $$
  update public.accounts set data_as_of = greatest(data_as_of, p_at) where id = p_account
$$;

create function public.sync_set_profile(p_account uuid, p_time_zone text, p_currency text) returns void
language sql security definer set search_path = '' as $$
  update public.accounts a set time_zone = k.time_zone, currency = k.currency
  from (
    -- what an admin chose in the settings stays
    select id,
      case when settings ->> 'time_zone_from' = 'user' then time_zone else coalesce(p_time_zone, time_zone) end as time_zone,
      case when settings ->> 'currency_from' = 'user' then currency else coalesce(p_currency, currency) end as currency
    from public.accounts where id = p_account) k
  where a.id = k.id and (a.time_zone, a.currency) is distinct from (k.time_zone, k.currency)
$$;

create function public.sync_acquire_lease(p_account uuid, p_name text, p_owner text, p_seconds integer) returns boolean
language sql security definer set search_path = '' as $$
  with taken as (
    insert into sync.leases as l (account_id, name, owner, lease_until)
    values (p_account, p_name, p_owner, now() + make_interval(secs => p_seconds))
    on conflict (account_id, name) do update set owner = excluded.owner, lease_until = excluded.lease_until
      where l.lease_until < now() or l.owner = excluded.owner
    returning 1
  ) select exists (select from taken)
$$;

create function public.sync_release_lease(p_account uuid, p_name text, p_owner text) returns void
language sql security definer set search_path = '' as $$
  delete from sync.leases where account_id = p_account and name = p_name and owner = p_owner
$$;

-- Everything a run needs to decide what to do next, in one read.
create function public.sync_read_state(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'now', clock_timestamp(),
    'account', (select jsonb_build_object('account_id', a.id, 'time_zone', a.time_zone, 'currency', a.currency, 'settings', a.settings)
      from public.accounts a where a.id = p_account),
    'connection', (select to_jsonb(c) from sync.connections c where c.account_id = p_account),
    'cursors', (select coalesce(jsonb_agg(to_jsonb(c)), '[]') from sync.cursors c where c.account_id = p_account),
    'dirty', (select coalesce(jsonb_object_agg(g.entity, g.counts), '{}') from (
      select d.entity, jsonb_build_object('waiting', count(*) filter (where d.state in ('waiting', 'claimed')),
        'held', count(*) filter (where d.state = 'held'), 'dead', count(*) filter (where d.state = 'dead'),
        'oldest_at', min(d.first_marked_at)) as counts
      from sync.dirty d where d.account_id = p_account group by 1) g),
    'policies', (select coalesce(jsonb_agg(to_jsonb(p)), '[]') from sync.policies p where p.account_id = p_account),
    'switches', (select coalesce(jsonb_agg(to_jsonb(w)), '[]') from sync.switches w where w.account_id = p_account),
    'rereads', (select coalesce(jsonb_object_agg(m.order_keap_id, m.marked_at), '{}') from (
      select * from sync.rereads m where m.account_id = p_account order by m.marked_at limit 1000) m),
    'rejected', (select count(*) from sync.rejected j where j.account_id = p_account),
    'dead_letters', (select count(*) from sync.dead_letters l where l.account_id = p_account and l.state = 'open'),
    'conflicts_held', (select count(*) from sync.conflicts c where c.account_id = p_account and c.state = 'held'),
    'runs', (select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (
      select * from sync.runs r where r.account_id = p_account order by r.started_at desc limit 10) r))
$$;

-- Fresh statistics after a whole copy: the embedded database has nobody who gathers them.
create function public.sync_analyze() returns void language plpgsql security definer set search_path = '' as $$
declare t text;
begin
  for t in select entity from sync.entities loop execute format('analyze public.%I', t); end loop;
  analyze public.contact_tags;
  analyze sync.shadow;
end $$;

-- Accounts with something to push now: one cheap look, called every second by the embedded runner.
create function public.sync_wake() returns jsonb
language sql stable security definer set search_path = '' as $$
  select coalesce(jsonb_agg(jsonb_build_object('account_id', g.account_id, 'waiting', g.waiting, 'latest_at', g.latest)), '[]') from (
    select d.account_id, count(*) as waiting, max(d.marked_at) as latest from sync.dirty d
    where ((d.state = 'waiting' and d.next_attempt_at <= now()) or (d.state = 'claimed' and d.lease_until < now()))
      and not exists (select from sync.switches w where w.account_id = d.account_id and w.paused and w.entity in ('*', d.entity))
    group by 1) g
$$;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 8. The way back: claim, intend, settle
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create function sync.claim(p_account uuid, p_entity text, p_limit integer, p_owner text, p_seconds integer, p_guarded boolean)
returns setof sync.dirty language plpgsql set search_path = '' as $$
begin
  -- nothing goes to Keap that the guard has not let through
  if p_guarded then perform sync.guard_push(p_account, p_entity); end if;
  return query
  -- a record made here costs several calls: a few at a time, so that no mark is held longer than its lease
  with made as materialized (
    select q.record_id, q.other_id from sync.dirty q
    where q.account_id = p_account and q.entity = p_entity and q.operation = 'insert' and p_entity <> 'contact_tags'
      and ((q.state = 'waiting' and q.next_attempt_at <= now()) or (q.state = 'claimed' and q.lease_until < now()))
      and (q.passed_at is not null or not p_guarded)
    order by q.first_marked_at limit least(p_limit, 10) for update skip locked
  ), edited as materialized (
    select q.record_id, q.other_id from sync.dirty q
    where q.account_id = p_account and q.entity = p_entity and (q.operation <> 'insert' or p_entity = 'contact_tags')
      and ((q.state = 'waiting' and q.next_attempt_at <= now()) or (q.state = 'claimed' and q.lease_until < now()))
      and (q.passed_at is not null or not p_guarded)
    order by q.first_marked_at limit p_limit for update skip locked
  )
  update sync.dirty d set state = 'claimed', lease_owner = p_owner, lease_until = now() + make_interval(secs => p_seconds)
  from (select * from made union all select * from edited) c
  where d.account_id = p_account and d.entity = p_entity and d.record_id = c.record_id and d.other_id = c.other_id
  returning d.*;
end $$;

-- `p_guarded` false: nothing of these marks goes to Keap (edits of what Keap owns, that are put back).
create function public.sync_claim_dirty(p_account uuid, p_entity text, p_limit integer, p_owner text, p_seconds integer default 120,
  p_guarded boolean default true) returns jsonb language plpgsql security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  execute format($q$
    with claimed as materialized (select * from sync.claim($1, %1$L, $2, $3, $4, $5))
    select coalesce(jsonb_agg(jsonb_build_object('record_id', c.record_id, 'origin', c.origin, 'operation', c.operation,
      'marked_at', c.marked_at, 'attempts', c.attempts, 'row', to_jsonb(p), 'version', p.version,
      'key', s.key, 'keap_id', coalesce(s.keap_id, p.keap_id), 'base', s.base, 'keap', s.keap, 'keap_updated_at', s.keap_updated_at,
      'open_intents', (select coalesce(jsonb_agg(jsonb_build_object('intent_id', i.intent_id, 'action', i.action, 'marker', i.marker,
          'fields', i.fields, 'state', i.state, 'created_at', i.created_at)), '[]')
        from sync.intents i where i.account_id = $1 and i.entity = %1$L and i.record_id = c.record_id and i.state in ('sent', 'unknown')))), '[]')
    from claimed c
    left join public.%1$I p on p.account_id = $1 and p.supabase_id = c.record_id
    left join sync.shadow s on s.account_id = $1 and s.entity = %1$L and s.record_id = c.record_id
  $q$, p_entity) into v_result using p_account, p_limit, p_owner, p_seconds, p_guarded;
  return v_result;
end $$;

create function public.sync_claim_members(p_account uuid, p_limit integer, p_owner text, p_seconds integer default 120)
returns jsonb language sql security definer set search_path = '' as $$
  with claimed as materialized (select * from sync.claim(p_account, 'contact_tags', p_limit, p_owner, p_seconds, true))
  select coalesce(jsonb_agg(jsonb_build_object('contact_id', c.record_id, 'tag_id', c.other_id, 'origin', c.origin, 'attempts', c.attempts,
    'contact_keap_id', k.keap_id, 'tag_keap_id', t.keap_id, 'version', l.version,
    'orphaned', k.supabase_id is null or t.supabase_id is null,
    'present', l.contact_id is not null and l.removed_at is null, 'in_base', coalesce(t.keap_id = any (s.members), false))), '[]')
  from claimed c
  left join public.contact_tags l on l.account_id = p_account and l.contact_id = c.record_id and l.tag_id = c.other_id
  left join public.contacts k on k.account_id = p_account and k.supabase_id = c.record_id
  left join public.tags t on t.account_id = p_account and t.supabase_id = c.other_id
  left join sync.shadow s on s.account_id = p_account and s.entity = 'contacts' and s.record_id = c.record_id
$$;

-- Which row here holds each of these Keap ids, deleted rows too: an id can be linked once.
create function public.sync_linked_rows(p_account uuid, p_entity text, p_keap_ids bigint[]) returns jsonb
language plpgsql stable security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  execute format('select coalesce(jsonb_object_agg(p.keap_id, p.supabase_id), ''{}'') from public.%I p
    where p.account_id = $1 and p.keap_id = any ($2)', p_entity) into v_result using p_account, p_keap_ids;
  return v_result;
end $$;

-- Intents stand before the call goes out; the rows show it.
create function public.sync_write_intents(p_account uuid, p_entity text, p_items jsonb, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  v_result jsonb;
begin
  p_items := sync.outcomes_without_erased(p_account, p_entity, p_items);
  with written as (
    insert into sync.intents (account_id, entity, record_id, other_id, keap_id, action, fields, marker, expected_version, run_id)
    select p_account, p_entity, (i ->> 'record_id')::uuid, (i ->> 'other_id')::uuid, (i ->> 'keap_id')::bigint, i ->> 'action',
      coalesce(i -> 'fields', '{}'), i ->> 'marker', (i ->> 'version')::bigint, p_run
    from jsonb_array_elements(p_items) i returning intent_id, record_id, other_id
  ) select jsonb_agg(to_jsonb(w)) into v_result from written w;
  -- what is about to be overwritten in Keap; an earlier attempt that was never confirmed has said the same
  if exists (select from jsonb_array_elements(p_items) i where jsonb_array_length(coalesce(i -> 'conflicts', '[]')) > 0) then
    delete from sync.conflicts c using sync.intents n, jsonb_array_elements(p_items) i, jsonb_array_elements(coalesce(i -> 'conflicts', '[]')) j
    where c.account_id = p_account and c.entity = p_entity and c.record_id = (i ->> 'record_id')::uuid and c.field = j ->> 'field'
      and c.keap is not distinct from j -> 'keap' and n.intent_id = c.intent_id and n.state <> 'done';
    insert into sync.conflicts (account_id, entity, record_id, keap_id, field, base, keap, supabase, policy, decision, chosen, state,
      supabase_changed_by, supabase_changed_at, keap_changed_at, run_id, intent_id)
    select p_account, p_entity, (i ->> 'record_id')::uuid, (i ->> 'keap_id')::bigint, j ->> 'field', j -> 'base', j -> 'keap', j -> 'supabase',
      j ->> 'policy', j ->> 'decision', j -> 'chosen', 'decided', j ->> 'supabase_changed_by', (j ->> 'supabase_changed_at')::timestamptz,
      (j ->> 'keap_changed_at')::timestamptz, p_run, (w ->> 'intent_id')::uuid
    from jsonb_array_elements(p_items) i cross join jsonb_array_elements(coalesce(i -> 'conflicts', '[]')) j
    join jsonb_array_elements(v_result) w on w ->> 'record_id' = i ->> 'record_id';
  end if;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
  select p_account, p_run, p_entity, (i ->> 'record_id')::uuid, (i ->> 'keap_id')::bigint, j ->> 'direction', j ->> 'action', j ->> 'origin',
    coalesce(j -> 'changes', '{}'), j -> 'detail'
  from jsonb_array_elements(p_items) i cross join jsonb_array_elements(coalesce(i -> 'journal', '[]')) j;
  -- a run that stood still past its lease, while another one settled the mark, sends nothing more: its rows go on saying what that one found
  if p_entity = 'contact_tags' then
    update public.contact_tags l set sync_status = 'pushing' from jsonb_array_elements(p_items) i
    where l.account_id = p_account and l.contact_id = (i ->> 'record_id')::uuid and l.tag_id = (i ->> 'other_id')::uuid
      and exists (select from sync.dirty d where d.account_id = p_account and d.entity = 'contact_tags' and d.record_id = l.contact_id
        and d.other_id = l.tag_id and d.state = 'claimed');
  else
    execute format('update public.%1$I p set sync_status = ''pushing'' from jsonb_array_elements($2) i
      where p.account_id = $1 and p.supabase_id = (i ->> ''record_id'')::uuid and p.version = (i ->> ''version'')::bigint
        and exists (select from sync.dirty d where d.account_id = $1 and d.entity = %1$L and d.record_id = p.supabase_id and d.state = ''claimed'')', p_entity)
      using p_account, p_items;
  end if;
  return coalesce(v_result, '[]');
end $$;

-- What becomes of the mark, and what a person is told.
create function sync.settle_mark(p_account uuid, p_entity text, p_record uuid, p_other uuid, i jsonb, p_moved boolean) returns void
language plpgsql set search_path = '' as $$
declare
  v_other uuid := coalesce(p_other, '00000000-0000-0000-0000-000000000000');
  v_mark text := coalesce(i ->> 'mark', 'clear');
begin
  if p_moved then
    update sync.dirty set state = 'waiting', lease_until = null, lease_owner = null
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other and state = 'claimed';
  elsif v_mark = 'clear' then
    delete from sync.dirty where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other;
    update sync.dead_letters set state = 'solved', last_at = now()
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other and state = 'open';
    -- both sides agree on the whole record: nothing is left to decide
    update sync.conflicts set state = 'resolved', resolved_by = 'sync', resolved_at = now()
    where account_id = p_account and entity = p_entity and record_id = p_record and state = 'held';
  elsif v_mark = 'leave' then
    -- Keap shows the record anew: what was stuck is planned anew; a change of many that waits for a person goes on waiting
    update sync.dirty set state = 'waiting', attempts = 0, next_attempt_at = now()
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other and state in ('held', 'dead') and hold_id is null;
  else
    update sync.dirty set state = case v_mark when 'retry' then 'waiting' when 'hold' then 'held' else 'dead' end,
      attempts = attempts + 1, reason = i #>> '{letter,reason}', lease_until = null, lease_owner = null,
      next_attempt_at = coalesce((i ->> 'retry_at')::timestamptz, now())
    where account_id = p_account and entity = p_entity and record_id = p_record and other_id = v_other;
  end if;
  if i -> 'letter' is not null and jsonb_typeof(i -> 'letter') = 'object' and not p_moved then
    insert into sync.dead_letters as l (account_id, entity, record_id, other_id, keap_id, class, reason, cure, error_kind, fields)
    values (p_account, p_entity, p_record, v_other, (i ->> 'keap_id')::bigint, i #>> '{letter,class}', i #>> '{letter,reason}',
      i #>> '{letter,cure}', i #>> '{letter,error_kind}', coalesce(i #> '{letter,fields}', '{}'))
    on conflict (account_id, entity, record_id, other_id) where state = 'open' do update set
      class = excluded.class, reason = excluded.reason, cure = excluded.cure, error_kind = excluded.error_kind,
      fields = excluded.fields, attempts = l.attempts + 1, last_at = now();
  end if;
  if i ->> 'intent_id' is not null then
    update sync.intents set state = coalesce(i ->> 'intent_state', 'done'), error = i #>> '{letter,reason}',
      error_kind = i #>> '{letter,error_kind}', keap_id = coalesce(keap_id, (i ->> 'keap_id')::bigint),
      result_hash = case when i ? 'seen' then sync.read_hash(i -> 'seen') end,
      settled_at = case when coalesce(i ->> 'intent_state', 'done') = 'unknown' then null else now() end
    where intent_id = (i ->> 'intent_id')::uuid;
    -- nothing was overwritten after all
    if i ->> 'intent_state' in ('failed', 'abandoned') then
      delete from sync.conflicts c where c.intent_id = (i ->> 'intent_id')::uuid;
    end if;
  end if;
  -- what an earlier, interrupted run left open is answered by the read this run made
  update sync.intents set state = 'done', settled_at = now()
  where account_id = p_account and entity = p_entity and record_id = p_record and state in ('sent', 'unknown')
    and intent_id in (select x::uuid from jsonb_array_elements_text(coalesce(i -> 'answers_intents', '[]')) x);
end $$;

-- One item: {record_id, version, key, keap_id, seen?: the row as read or answered, read_at?: when, now if absent, base?: the new B, patch?: columns for P,
--   acknowledged?: fields Keap confirmed, keap?: K where it differs from B, clean: P equals B now, status, error?,
--   mark: clear|retry|hold|dead|leave, retry_at?, letter?, intent_id?, intent_state?, journal?: [..], conflicts?: [..]}
create function public.sync_settle(p_account uuid, p_entity text, p_items jsonb, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_id uuid; v_version bigint; v_keap_id bigint; v_moved boolean; v_patch jsonb; v_next bigint; v_set text;
  v_result jsonb := '[]'; v_key_column text; v_state text; v_message text; v_constraint text; v_reason text; v_base jsonb; v_waits boolean;
  v_parent text; v_parent_key text;
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  select key_column, parent_entity, parent_key_column into strict v_key_column, v_parent, v_parent_key from sync.entities where entity = p_entity;
  for i in select * from jsonb_array_elements(sync.outcomes_without_erased(p_account, p_entity, p_items)) loop
    v_id := (i ->> 'record_id')::uuid;
    -- a record the tables refuse stands alone: it is told so, the others are settled
    begin
      v_version := null; v_keap_id := null;
      execute format('select version, keap_id from public.%I where account_id = $1 and supabase_id = $2 for update', p_entity)
        into v_version, v_keap_id using p_account, v_id;
      v_moved := v_version is distinct from (i ->> 'version')::bigint;
      v_patch := case when v_moved then '{}' else coalesce(i -> 'patch', '{}') end;
      v_waits := i ->> 'mark' = 'leave' and exists (select from sync.dirty d where d.account_id = p_account and d.entity = p_entity
        and d.record_id = v_id and d.state = 'held' and d.hold_id is not null);
      if v_moved and not (i ? 'acknowledged') and not (i ->> 'restore_row')::boolean is true then
        -- P was edited while we planned: plan again
        perform sync.settle_mark(p_account, p_entity, v_id, null, i, true);
        v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', 'moved');
        continue;
      end if;
      if v_version is null and exists (select from sync.shadow s
        where s.account_id = p_account and s.entity = p_entity and s.key = i ->> 'key' and s.record_id <> v_id)
      then
        -- deleted here while it was being made, and a page has brought what was made as a row of its own
        perform sync.settle_mark(p_account, p_entity, v_id, null, (i - 'letter') || '{"mark": "clear"}', false);
        v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', 'settled');
        continue;
      end if;
      v_next := coalesce(v_version, 0) + case when v_patch <> '{}' or (v_keap_id is null and i ->> 'keap_id' is not null) then 1 else 0 end;

      if v_moved then
        select s.base into v_base from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.key = i ->> 'key';
      end if;
      if i ? 'base' or i ? 'acknowledged' then
        insert into sync.shadow as s (account_id, entity, key, keap_id, record_id, base, keap, k_hash, row_version, keap_updated_at, agreed_at)
        values (p_account, p_entity, i ->> 'key', (i ->> 'keap_id')::bigint, v_id,
          case when v_moved then i -> 'acknowledged' else i -> 'base' end, nullif(i -> 'keap', 'null'),
          coalesce(sync.read_hash(i -> 'seen'), ''), case when (i ->> 'clean')::boolean and not v_moved then v_next else 0 end,
          (i #>> '{seen,updated_at}')::timestamptz, coalesce((i ->> 'read_at')::timestamptz, now()))
        on conflict (account_id, entity, key) do update set
          base = case when v_moved then s.base || (i -> 'acknowledged') else excluded.base end,
          keap = excluded.keap, k_hash = case when i ? 'seen' then excluded.k_hash else s.k_hash end,
          row_version = excluded.row_version, record_id = excluded.record_id,
          keap_updated_at = coalesce(excluded.keap_updated_at, s.keap_updated_at), read_at = now(), agreed_at = excluded.agreed_at;
        if v_parent is not null then
          -- what was read of its parent holds this line as it was: the parent's next page is compared, though it be that one again
          execute format('update sync.shadow s set k_hash = '''' from public.%I c where c.account_id = $1 and c.supabase_id = $2
            and s.account_id = $1 and s.entity = $3 and s.key = c.%I::text', p_entity, v_parent_key) using p_account, v_id, v_parent;
        end if;
        if v_version is null then
          -- deleted here while it was being made in Keap: that is a deletion like any other
          perform sync.mark_dirty(array[p_account], p_entity, array[v_id], array[null::uuid], array['keap'], 'delete');
        elsif v_moved then
          -- what Keap has taken is no longer what stands here, whoever moved it (a poll clears the mark of a row it settles)
          perform sync.mark_dirty(array[p_account], p_entity, array[v_id], array[null::uuid], array['keap'], 'update');
          execute format('update public.%I set sync_status = ''pending'' where account_id = $1 and supabase_id = $2 and sync_status = ''synced''', p_entity)
            using p_account, v_id;
        end if;
      elsif i ? 'seen' then
        update sync.shadow s set keap = nullif(i -> 'keap', 'null'), k_hash = sync.read_hash(i -> 'seen'), read_at = now()
        where s.account_id = p_account and s.entity = p_entity and s.record_id = v_id;
      end if;
      -- the hash just stored speaks for the members as well, so they are applied: the next poll will find nothing new
      if p_entity = 'contacts' and jsonb_typeof(i #> '{seen,members}') = 'array' and exists (
        select from sync.shadow s where s.account_id = p_account and s.entity = 'contacts' and s.key = i #>> '{seen,key}'
          and s.record_id = v_id and (select coalesce(jsonb_agg(x order by x), '[]') from unnest(s.members || s.members_waiting) x) <> i #> '{seen,members}')
      then
        perform sync.apply_members(p_account, array[v_id], array[i #> '{seen,members}'], p_run, false);
      end if;

      select coalesce(string_agg(format(', %1$I = v.%1$I', k), ''), '') into v_set
      from jsonb_object_keys(v_patch) k
      where k in (select unnest(columns) from sync.entities where entity = p_entity) or k in ('deleted_at');
      select v_set || coalesce(string_agg(format(', %1$I = (select r.supabase_id from public.%2$I r where r.account_id = $1 and r.keap_id = v.%3$I)',
        f.id_column, f.parent, f.keap_column), ''), '') into v_set
      from sync.refs f where f.entity = p_entity and v_patch ? f.keap_column;
      execute format($q$
        update public.%1$I p set version = $4, keap_id = coalesce(p.keap_id, $5),
          sync_status = case when $6 then p.sync_status else $7 end, sync_error = case when $6 then p.sync_error else $8 end,
          last_synced_at = case when $7 in ('synced', 'pending') then now() else p.last_synced_at end,
          keap_updated_at = coalesce($9, p.keap_updated_at), keap_created_at = coalesce(p.keap_created_at, $11),
          last_modified_by = case when $10 then 'keap' else p.last_modified_by end,
          last_updated_at = case when $10 then now() else p.last_updated_at end%2$s
        from jsonb_populate_record(null::public.%1$I, $3) v
        where p.account_id = $1 and p.supabase_id = $2
      $q$, p_entity, v_set) using p_account, v_id, v_patch, v_next, (i ->> 'keap_id')::bigint, v_moved or v_waits,
        coalesce(i ->> 'status', 'synced'), i ->> 'error', (i #>> '{seen,updated_at}')::timestamptz, v_patch <> '{}',
        (i #>> '{seen,created_at}')::timestamptz;

      insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
      select p_account, p_run, p_entity, v_id, coalesce((i ->> 'keap_id')::bigint, v_keap_id), j ->> 'direction', j ->> 'action', j ->> 'origin',
        case when not v_moved then coalesce(j -> 'changes', '{}')
          -- only what was sent has moved the base
          when j ->> 'action' = 'create' then i -> 'acknowledged' else sync.difference(coalesce(v_base, '{}'), i -> 'acknowledged') end, j -> 'detail'
      from jsonb_array_elements(coalesce(i -> 'journal', '[]')) j
      where not v_moved or j ->> 'direction' = 'out';
      insert into sync.conflicts (account_id, entity, record_id, keap_id, field, base, keap, supabase, policy, decision, chosen, state,
        supabase_changed_by, supabase_changed_at, keap_changed_at, run_id)
      select p_account, p_entity, v_id, (i ->> 'keap_id')::bigint, j ->> 'field', j -> 'base', j -> 'keap', j -> 'supabase', j ->> 'policy',
        j ->> 'decision', j -> 'chosen', coalesce(j ->> 'state', 'decided'), j ->> 'supabase_changed_by',
        (j ->> 'supabase_changed_at')::timestamptz, (j ->> 'keap_changed_at')::timestamptz, p_run
      from jsonb_array_elements(coalesce(i -> 'conflicts', '[]')) j where not v_moved
      on conflict (account_id, entity, record_id, field) where state = 'held'
      do update set keap = excluded.keap, supabase = excluded.supabase, base = excluded.base, detected_at = now();
      perform sync.settle_mark(p_account, p_entity, v_id, null, i, v_moved);

      -- a record that has just got its Keap id frees what waited for it
      if v_keap_id is null and i ->> 'keap_id' is not null then
        perform sync.link_children(p_account, p_entity, v_id, (i ->> 'keap_id')::bigint);
        -- whatever an earlier create of it came to, this is the record
        update sync.intents n set state = 'done', keap_id = coalesce(n.keap_id, (i ->> 'keap_id')::bigint), settled_at = now()
        where n.account_id = p_account and n.entity = p_entity and n.record_id = v_id and n.action = 'create' and n.state in ('sent', 'unknown');
        delete from sync.tombstones t where t.account_id = p_account and t.entity = p_entity and t.key = i ->> 'key';
      end if;
      v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', case when v_moved then 'moved' else 'settled' end);
    exception when data_exception or integrity_constraint_violation or program_limit_exceeded or raise_exception then
      get stacked diagnostics v_state = returned_sqlstate, v_message = message_text, v_constraint = constraint_name;
      v_reason := case when v_state = '23505' and v_constraint = p_entity || '_account_keap'
        then 'Keap has this record already, linked to another row here.' else sync.refusal(v_state, v_message) end;
      -- what was sent stays open: the next attempt looks for it before it writes
      perform sync.settle_mark(p_account, p_entity, v_id, null, (i - 'answers_intents') || jsonb_build_object('mark', 'dead',
        'intent_state', case when coalesce(i ->> 'intent_state', 'done') = 'done' then 'unknown' else i ->> 'intent_state' end,
        'letter', jsonb_build_object('class', 'dead', 'reason', v_reason, 'error_kind', 'database',
          'cure', 'Correct the row here, then it is tried again by itself.')), false);
      execute format('update public.%I set sync_status = ''error'', sync_error = $3 where account_id = $1 and supabase_id = $2', p_entity)
        using p_account, v_id, v_reason;
      v_result := v_result || jsonb_build_object('record_id', v_id, 'outcome', 'refused', 'reason', v_reason);
    end;
  end loop;
  return v_result;
end $$;

create function sync.link_children(p_account uuid, p_entity text, p_record uuid, p_keap_id bigint) returns void
language plpgsql set search_path = '' as $$
declare
  r record;
begin
  for r in select * from sync.refs where parent = p_entity loop
    execute format('update public.%1$I set %3$I = $3 where account_id = $1 and %2$I = $2 and %3$I is null', r.entity, r.id_column, r.keap_column)
      using p_account, p_record, p_keap_id;
    -- what waited for this parent goes on at once
    execute format('update sync.dirty d set next_attempt_at = now() from public.%1$I c
      where c.account_id = $1 and c.%2$I = $2 and d.account_id = $1 and d.entity = %1$L and d.record_id = c.supabase_id', r.entity, r.id_column)
      using p_account, p_record;
  end loop;
  if p_entity = 'contacts' then
    update public.contact_tags set contact_keap_id = p_keap_id where account_id = p_account and contact_id = p_record and contact_keap_id is null;
    update sync.dirty set next_attempt_at = now() where account_id = p_account and entity = 'contact_tags' and record_id = p_record;
  elsif p_entity = 'tags' then
    update public.contact_tags set tag_keap_id = p_keap_id where account_id = p_account and tag_id = p_record and tag_keap_id is null;
    update sync.dirty set next_attempt_at = now() where account_id = p_account and entity = 'contact_tags' and other_id = p_record;
  end if;
end $$;

-- Outcomes of a batch of memberships, one transaction:
--   {contact_id, tag_id, version, in_keap: true|false|null (unknown), status, error?, mark, retry_at?, letter?, intent_id?,
--    intent_state?, journal?: 'add_member'|'remove_member', origin, applied_at?}
create function public.sync_settle_members(p_account uuid, p_items jsonb, p_run uuid default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  i jsonb; v_moved boolean; v_version bigint; v_tag bigint; v_contact bigint; v_result jsonb := '[]';
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || 'contacts', 0));
  for i in select * from jsonb_array_elements(p_items) loop
    v_version := null;
    select l.version into v_version from public.contact_tags l
    where l.account_id = p_account and l.contact_id = (i ->> 'contact_id')::uuid and l.tag_id = (i ->> 'tag_id')::uuid for update;
    v_moved := v_version is distinct from (i ->> 'version')::bigint;
    select t.keap_id into v_tag from public.tags t where t.account_id = p_account and t.supabase_id = (i ->> 'tag_id')::uuid;
    select c.keap_id into v_contact from public.contacts c where c.account_id = p_account and c.supabase_id = (i ->> 'contact_id')::uuid;
    if jsonb_typeof(i -> 'in_keap') = 'boolean' and v_tag is not null then
      update sync.shadow s set members = case when (i ->> 'in_keap')::boolean
          then (select array_agg(distinct x order by x) from unnest(coalesce(s.members, '{}') || v_tag) x)
          else array_remove(coalesce(s.members, '{}'), v_tag) end, agreed_at = now()
      where s.account_id = p_account and s.entity = 'contacts' and s.record_id = (i ->> 'contact_id')::uuid;
    end if;
    if not v_moved then
      update public.contact_tags l set sync_status = i ->> 'status', sync_error = i ->> 'error',
        contact_keap_id = coalesce(l.contact_keap_id, v_contact), tag_keap_id = coalesce(l.tag_keap_id, v_tag),
        applied_at = coalesce((i ->> 'applied_at')::timestamptz, l.applied_at),
        last_synced_at = case when i ->> 'status' = 'synced' then now() else l.last_synced_at end,
        removed_at = case when i ->> 'follow' = 'keap' then case when (i ->> 'in_keap')::boolean then null else coalesce(l.removed_at, now()) end
          else l.removed_at end,
        version = case when i ->> 'follow' = 'keap' then l.version + 1 else l.version end
      where l.account_id = p_account and l.contact_id = (i ->> 'contact_id')::uuid and l.tag_id = (i ->> 'tag_id')::uuid;
    end if;
    if i ->> 'journal' is not null then
      insert into sync.journal (account_id, run_id, entity, record_id, other_id, keap_id, direction, action, origin, changes)
      values (p_account, p_run, 'contact_tags', (i ->> 'contact_id')::uuid, (i ->> 'tag_id')::uuid, v_contact,
        coalesce(i ->> 'direction', 'out'), i ->> 'journal', coalesce(i ->> 'origin', 'sql'),
        jsonb_build_object('tag_keap_id', jsonb_build_array(case when i ->> 'journal' = 'remove_member' then v_tag end,
          case when i ->> 'journal' = 'add_member' then v_tag end)));
    end if;
    perform sync.settle_mark(p_account, 'contact_tags', (i ->> 'contact_id')::uuid, (i ->> 'tag_id')::uuid, i, v_moved);
    v_result := v_result || jsonb_build_object('contact_id', i -> 'contact_id', 'tag_id', i -> 'tag_id', 'outcome',
      case when v_moved then 'moved' else 'settled' end);
  end loop;
  return v_result;
end $$;

-- Records confirmed gone from Keap (never: merely not seen).
create function public.sync_confirm_gone(p_account uuid, p_entity text, p_keap_ids bigint[], p_run uuid default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  v_ids uuid[];
begin
  perform set_config('keapsake.origin', 'keap', true);
  perform pg_advisory_xact_lock(hashtextextended(p_account::text || p_entity, 0));
  -- an edited row is a conflict for a person: it stays, held
  execute format($q$select array_agg(p.supabase_id) from public.%I p
    join sync.shadow s on s.account_id = $1 and s.entity = $3 and s.record_id = p.supabase_id and s.row_version = p.version
    where p.account_id = $1 and p.keap_id = any ($2) and p.deleted_at is null$q$, p_entity) into v_ids using p_account, p_keap_ids, p_entity;
  execute format($q$update public.%I p set sync_status = 'held',
      sync_error = 'Deleted in Keap while it was edited here. Decide which side is right.'
    where p.account_id = $1 and p.keap_id = any ($2) and p.deleted_at is null and not p.supabase_id = any ($3)$q$, p_entity)
    using p_account, p_keap_ids, coalesce(v_ids, '{}');
  update sync.dirty d set state = 'held', reason = 'Deleted in Keap while it was edited here.'
  from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.keap_id = any (p_keap_ids)
    and d.account_id = p_account and d.entity = p_entity and d.record_id = s.record_id and not s.record_id = any (coalesce(v_ids, '{}'));
  if v_ids is null then return 0; end if;
  insert into sync.tombstones (account_id, entity, key, record_id, reason, base)
  select p_account, p_entity, s.key, s.record_id, 'gone_from_keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids)
  on conflict (account_id, entity, key) do nothing;
  insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes)
  select p_account, p_run, p_entity, s.record_id, s.keap_id, 'in', 'delete', 'keap', s.base from sync.shadow s
  where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  delete from sync.shadow s where s.account_id = p_account and s.entity = p_entity and s.record_id = any (v_ids);
  execute format('update public.%I set deleted_at = now(), version = version + 1, sync_status = ''synced'', last_synced_at = now(),
    last_modified_by = ''keap'', last_updated_at = now() where supabase_id = any ($1)', p_entity) using v_ids;
  delete from sync.dirty d where d.account_id = p_account and d.entity = p_entity and d.record_id = any (v_ids);
  return cardinality(v_ids);
end $$;

-- Replay one dead letter, or all: the marks wait again.
create function public.sync_replay(p_account uuid, p_dead_letter uuid default null) returns integer
language sql security definer set search_path = '' as $$
  with l as (
    update sync.dead_letters set state = 'replayed', last_at = now()
    where account_id = p_account and state = 'open' and (p_dead_letter is null or dead_letter_id = p_dead_letter)
    returning entity, record_id, other_id
  ), d as (
    update sync.dirty d set state = 'waiting', attempts = 0, next_attempt_at = now() from l
    where d.account_id = p_account and d.entity = l.entity and d.record_id = l.record_id and d.other_id = l.other_id returning 1
  ) select count(*)::integer from d
$$;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 9. What people look at. Owner views over the private tables, cut to the accounts of the caller.
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

create view public.sync_log as
select j.journal_id as log_id, j.account_id, j.run_id, j.at, j.entity, j.record_id, j.keap_id, j.direction, j.action, j.origin,
  (select count(*) from jsonb_object_keys(j.changes)) as fields,
  j.changes, j.detail
from sync.journal j
where current_user = 'service_role' or j.account_id in (select private.my_accounts(array['admin', 'analyst']));
comment on view public.sync_log is 'What the sync did, record by record: newest first by log_id.';

create view public.sync_history as
select j.journal_id as log_id, j.account_id, j.at, j.entity, j.record_id, j.keap_id, j.direction, j.action, j.origin, c.key as field,
  case when j.action in ('create', 'delete') then null else c.value -> 0 end as before,
  case when j.action = 'create' then c.value when j.action = 'delete' then null else c.value -> 1 end as after
from sync.journal j cross join lateral jsonb_each(j.changes) c
where current_user = 'service_role' or j.account_id in (select private.my_accounts(array['admin', 'analyst']));
comment on view public.sync_history is 'Per record and field: value before and after, who wrote it and when.';

create view public.sync_conflicts as
select c.* from sync.conflicts c
where current_user = 'service_role' or c.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_dead_letters as
select l.* from sync.dead_letters l
where current_user = 'service_role' or l.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_rejected as
select r.account_id, r.entity, r.key, r.reason, r.times, r.first_at, r.last_at from sync.rejected r
where current_user = 'service_role' or r.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_verification as
select v.* from sync.verification_runs v
where current_user = 'service_role' or v.account_id in (select private.my_accounts(array['admin', 'analyst']));

create view public.sync_connection as
select c.* from sync.connections c
where current_user = 'service_role' or c.account_id in (select private.my_accounts());

create view public.sync_health as
select c.account_id, c.entity, c.stream, c.state, c.done_count as done, c.estimated_total, c.pages, c.watermark, c.due_at, c.error, c.cure,
  c.started_at, c.finished_at, c.updated_at,
  (select count(*) from sync.dirty d where d.account_id = c.account_id and d.entity = c.entity and d.state in ('waiting', 'claimed')) as waiting,
  (select count(*) from sync.dirty d where d.account_id = c.account_id and d.entity = c.entity and d.state in ('held', 'dead')) as stuck,
  (select count(*) from sync.rejected r where r.account_id = c.account_id and r.entity = c.entity) as rejected
from sync.cursors c
where current_user = 'service_role' or c.account_id in (select private.my_accounts());
comment on view public.sync_health is 'One row per entity and stream: how far the copy and the polls have come, what waits, what is stuck.';

create view public.sync_runs as
select r.* from sync.runs r
where current_user = 'service_role' or r.account_id in (select private.my_accounts(array['admin', 'analyst']));

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- 10. Grants: functions for the service role alone; views for members
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

do $$
declare f record;
begin
  for f in select p.oid::regprocedure as signature, l.lanname = 'plpgsql' as planned from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
    where n.nspname = 'sync' or (n.nspname = 'public' and p.proname like 'sync\_%') loop
    -- a plan made while the tables were empty must not be kept for the copy of a whole account
    if f.planned then execute format('alter function %s set plan_cache_mode to force_custom_plan', f.signature); end if;
    execute format('revoke all on function %s from public, anon, authenticated', f.signature);
    execute format('grant execute on function %s to service_role', f.signature);
  end loop;
end $$;
grant usage on schema sync to service_role;
-- the views ask it, whoever reads them
grant execute on function private.my_accounts to service_role;
revoke all on public.sync_log, public.sync_history, public.sync_conflicts, public.sync_dead_letters, public.sync_rejected,
  public.sync_verification, public.sync_connection, public.sync_health, public.sync_runs from public, anon, authenticated;
grant select on public.sync_log, public.sync_history, public.sync_conflicts, public.sync_dead_letters, public.sync_rejected,
  public.sync_verification, public.sync_connection, public.sync_health, public.sync_runs to authenticated, service_role;
grant select on all tables in schema sync to service_role;
