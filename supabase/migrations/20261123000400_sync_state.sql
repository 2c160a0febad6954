-- The sync's private state and its set-based functions.
--
-- Per linked record three states are kept: K (Keap as last read), P (the row in public) and B (the values both sides last
-- agreed on). `sync.shadow` holds B, K where it differs, and `row_version`: the version P had when it was last equal to B.
-- So "P was edited" is a fact read from the data (version <> row_version), never a session flag that could leak.
--
-- Read in this order: 000400 what is synced, and the state tables · 000410 capture: how an edit is noticed · 000420 what the
-- database works out itself · 000430 applying a page of Keap · 000440 runs, leases, the connection · 000450 the way back: claim,
-- intend, settle · 000490 the views people look at, and the grants.

create schema if not exists sync;
revoke all on schema sync from public;

-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- What is synced
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
-- State
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
-- Fill the entity table from the catalogue
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
