-- Foundation: schemas, roles, privileges, accounts, members, and the helpers every policy uses.
--
-- Runs unchanged on the embedded database, on hosted Supabase (where the migrating role is not a superuser)
-- and on a self-hosted one. Nothing is granted by default: every table, view and function names who may use it.

-- 1. Schemas -----------------------------------------------------------------------------------------------------

create schema if not exists extensions;
create schema if not exists analytics;
create schema if not exists sync;
create schema if not exists private;

comment on schema analytics is 'Fact views over the mirrored tables. Not exposed; read through run_query only.';
comment on schema sync is 'State of the synchronisation: shadow, dirty marks, intents, cursors, journal. Not exposed.';
comment on schema private is 'Keys, secrets and the helpers of policies. Not exposed.';

do $$
declare
  wanted record;
begin
  for wanted in select * from (values ('pg_trgm', 'extensions.gtrgm'), ('vector', 'extensions.vector')) as e (name, type) loop
    continue when to_regtype(wanted.type) is not null;
    if exists (select from pg_extension where extname = wanted.name) then
      raise exception 'The extension % is installed in another schema. Run: alter extension % set schema extensions; then migrate again.',
        wanted.name, wanted.name;
    elsif not exists (select from pg_available_extensions where name = wanted.name) then
      raise exception 'The extension % is not available on this server. Install it (vector is pgvector), then migrate again.', wanted.name;
    end if;
    execute format('create extension %I with schema extensions', wanted.name);
  end loop;
end $$;

-- 2. Roles -------------------------------------------------------------------------------------------------------

do $$
declare
  wanted text;
begin
  -- keapsake_facts owns the fact views, keapsake_reader runs the SQL of the query door, keapsake_door owns the door
  -- itself. None can log in, none bypasses row level security, none can write a table.
  foreach wanted in array array['keapsake_facts', 'keapsake_reader', 'keapsake_door'] loop
    if not exists (select from pg_roles where rolname = wanted) then
      execute format('create role %I nologin noinherit', wanted);
    end if;
    -- The migrating role must be a member to hand objects over to them (it is no superuser on hosted Supabase).
    if not pg_has_role(current_user, wanted, 'usage') then
      execute format('grant %I to %I', wanted, current_user);
    end if;
  end loop;
end $$;

-- 3. Privileges: nothing by default ------------------------------------------------------------------------------

alter default privileges revoke execute on functions from public;
alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke all on functions from anon, authenticated, service_role;

grant usage on schema public to anon, authenticated, service_role;
grant usage on schema extensions to anon, authenticated, service_role, keapsake_facts, keapsake_reader;
grant usage on schema analytics to keapsake_facts, keapsake_reader;
grant usage on schema private to authenticated, service_role, keapsake_facts, keapsake_reader, keapsake_door;
grant usage on schema public to keapsake_facts;

-- Views are handed to keapsake_facts by later migrations; a new owner needs CREATE on the schema.
grant create on schema analytics to keapsake_facts;

-- 4. Accounts and members ----------------------------------------------------------------------------------------

create table public.accounts (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(btrim(name)) between 1 and 200),
  keap_app_id text unique,
  time_zone text not null default 'America/New_York',
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  week_start smallint not null default 1 check (week_start in (0, 1)),
  settings jsonb not null default '{}' check (jsonb_typeof(settings) = 'object'),
  connection_state text not null default 'unconnected'
    check (connection_state in ('unconnected', 'connected', 'backfilling', 'degraded', 'unauthorized', 'paused')),
  connection_detail text,
  data_as_of timestamptz,
  created_at timestamptz not null default now(),
  -- What the fact views read must have the type they expect, or every question of the account would fail.
  constraint accounts_known_settings check (
    coalesce(jsonb_typeof(settings -> 'net_sales_include_shipping'), 'boolean') = 'boolean'
    and (not settings ? 'active_customer_days' or settings ->> 'active_customer_days' ~ '^[1-9][0-9]{0,3}$')
    and coalesce(settings ->> 'churn_date', 'service_end') in ('service_end', 'cancelled_at'))
);

comment on table public.accounts is 'One row per connected Keap application. Every other table carries its id.';
comment on column public.accounts.time_zone is 'IANA zone in which days, weeks and months of this account are cut.';
comment on column public.accounts.currency is 'ISO 4217 code used where Keap sends an amount without a currency.';
comment on column public.accounts.week_start is '1 = weeks start on Monday, 0 = on Sunday.';
comment on column public.accounts.settings is
  'Choices of the account. Read by figures: net_sales_include_shipping (boolean), active_customer_days (1 to 9999), churn_date (service_end or cancelled_at). time_zone_from and currency_from = "user" once an admin chose them.';
comment on column public.accounts.connection_state is 'State of the connection to Keap; connection_detail says the cure in plain words.';
comment on column public.accounts.data_as_of is 'Keap''s changes up to this time are in the tables. Null before the first complete read.';

create table public.members (
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('admin', 'analyst', 'viewer')),
  created_at timestamptz not null default now(),
  primary key (account_id, user_id)
);
create index members_user on public.members (user_id);

comment on table public.members is 'Who may use which account, and as what: admin, analyst or viewer.';

-- A zone that Postgres does not know would fail every report later. Abbreviations such as EST are refused: they have no
-- summer time. (pg_timezone_names would tell too, but reads every zone file to do so.)
create function private.check_time_zone() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  if new.time_zone !~ '^(UTC|[A-Za-z_]+(/[A-Za-z0-9_+-]+)+)$' then
    raise invalid_parameter_value;
  end if;
  perform now() at time zone new.time_zone;
  return new;
exception when invalid_parameter_value then
  raise exception 'Unknown time zone "%". Use an IANA name such as America/New_York.', new.time_zone
    using errcode = '22023';
end $$;

create trigger accounts_time_zone_is_known before insert or update of time_zone on public.accounts
  for each row execute function private.check_time_zone();

-- 5. Who is asking -----------------------------------------------------------------------------------------------

create function private.my_accounts(p_roles text[] default array['admin', 'analyst', 'viewer']) returns setof uuid
language sql stable security definer set search_path = pg_catalog as $$
  select account_id from public.members where user_id = auth.uid() and role = any (p_roles)
$$;
comment on function private.my_accounts is 'Accounts in which the signed-in user has one of the roles. Used by policies.';
grant execute on function private.my_accounts to authenticated, service_role;

create function private.my_role(p_account uuid) returns text
language sql stable security definer set search_path = pg_catalog as $$
  select role from public.members where user_id = auth.uid() and account_id = p_account
$$;
comment on function private.my_role is 'Role of the signed-in user in an account; null for a stranger.';
grant execute on function private.my_role to authenticated;

-- The role Supabase put on the request. Inside a definer function current_user is the owner, so the claim is asked;
-- only the API layer sets it, and a signed-in user cannot run SQL to change it.
create function private.is_service() returns boolean
language sql stable set search_path = pg_catalog as $$
  select coalesce(auth.role(), nullif(current_setting('role', true), 'none')) is not distinct from 'service_role'
$$;
comment on function private.is_service is 'True when the request came with the secret key.';

-- Every write function starts here. It returns the writer as it is recorded in last_modified_by and in the audit log.
-- The service may act for somebody: for a person (then the person's own role counts), an agent or an automation.
create function private.require_role(p_account uuid, p_roles text[], p_actor text default null) returns text
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_user uuid := auth.uid();
  v_role text;
begin
  if private.is_service() then
    if not exists (select from public.accounts where id = p_account) then
      raise exception 'There is no account %. Check the id.', p_account using errcode = 'P0002';
    end if;
    if p_actor is null or p_actor !~ '^(user:)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
      return coalesce(nullif(btrim(p_actor), ''), 'service');
    end if;
    v_user := replace(p_actor, 'user:', '')::uuid;
  elsif p_actor is not null and replace(p_actor, 'user:', '') is distinct from v_user::text then
    raise exception 'Only the service may act for somebody else. Leave p_actor out.' using errcode = '42501';
  end if;
  select role into v_role from public.members where user_id = v_user and account_id = p_account;
  if v_role is null or not (v_role = any (p_roles)) then
    raise exception 'This needs the role % in the account. Ask an admin of the account.', array_to_string(p_roles, ' or ')
      using errcode = '42501';
  end if;
  return 'user:' || v_user;
end $$;
comment on function private.require_role is 'Raises 42501 unless the caller (or the person the service acts for) has one of the roles; returns the writer.';

create function private.actor_user(p_actor text) returns uuid
language sql immutable set search_path = pg_catalog as $$
  select case when p_actor like 'user:%' then substr(p_actor, 6)::uuid end
$$;
comment on function private.actor_user is 'The person in a writer text such as user:<uuid>; null for others.';

-- 6. The signed context of the query door ------------------------------------------------------------------------

create table private.secrets (
  name text primary key,
  value text not null,
  created_at timestamptz not null default now()
);
alter table private.secrets enable row level security;
comment on table private.secrets is 'Random values made once per database. No role but the owner reads them.';

insert into private.secrets (name, value)
values ('query_context', replace(gen_random_uuid()::text || gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

-- A plain setting could be changed by the very SQL it is meant to confine (set_config is open to everybody), so the
-- account travels with a signature that only the door can make: account | role | transaction, under a secret.
create function private.sign_query_context(p_account uuid, p_role text) returns text
language sql stable security definer set search_path = pg_catalog as $$
  select encode(sha256(convert_to(
           s.value || '|' || p_account || '|' || p_role || '|' || pg_backend_pid() || '|' || now() || '|' || s.value, 'UTF8')), 'hex')
  from private.secrets s where s.name = 'query_context'
$$;
comment on function private.sign_query_context is 'Signature of the account and role for this transaction. Called by the door alone.';

create function private.query_account() returns uuid
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  account text := nullif(current_setting('keapsake.account_id', true), '');
  claimed_role text := nullif(current_setting('keapsake.role', true), '');
begin
  if account is null or claimed_role is null then
    return null;
  end if;
  if current_setting('keapsake.signature', true)
     is distinct from private.sign_query_context(account::uuid, claimed_role) then
    raise exception 'The account of this query was not set by the query door.' using errcode = '42501';
  end if;
  return account::uuid;
end $$;
comment on function private.query_account is 'Account of the running query, as set and signed by run_query; null outside it.';
grant execute on function private.query_account to keapsake_facts, keapsake_reader;

create function private.query_role() returns text
language sql stable security definer set search_path = pg_catalog as $$
  select case when private.query_account() is not null then current_setting('keapsake.role', true) end
$$;
comment on function private.query_role is 'Role of the principal of the running query (admin, analyst, viewer); null outside run_query.';
grant execute on function private.query_role to keapsake_facts, keapsake_reader;

-- 7. Row level security of the two tables ------------------------------------------------------------------------

alter table public.accounts enable row level security;
alter table public.members enable row level security;

create policy "members read their accounts" on public.accounts
  for select to authenticated using (id in (select private.my_accounts()));
create policy "the fact views read the account of the query" on public.accounts
  for select to keapsake_facts using (id = (select private.query_account()));

create policy "members read their own membership, admins all of the account" on public.members
  for select to authenticated
  using (user_id = (select auth.uid()) or account_id in (select private.my_accounts(array['admin'])));

grant select on public.accounts, public.members to authenticated;
grant select on public.accounts to keapsake_facts;
grant select, insert, update, delete on public.accounts, public.members to service_role;
