-- Notifications -------------------------------------------------------------------------------------------------------

create table public.notifications (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  kind text not null,
  title text not null,
  body text,
  link text,
  dedupe_key text,
  created_at timestamptz not null default now(),
  read_at timestamptz,
  unique (account_id, user_id, dedupe_key)
);
create index notifications_of_user on public.notifications (user_id, account_id, created_at desc);
comment on table public.notifications is 'What a person should see: alerts, finished runs, proposals to decide.';
alter table public.notifications enable row level security;
create policy "people read their own notifications" on public.notifications for select to authenticated
  using (user_id = (select auth.uid()) and account_id in (select private.my_accounts()));
grant select on public.notifications to authenticated;
grant select, insert, update, delete on public.notifications to service_role;

create function public.notify_members(p_account uuid, p_roles text[], p_notification jsonb) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  perform private.only_keys(p_notification, array['kind', 'title', 'body', 'link', 'dedupe_key'], 'A notification');
  insert into public.notifications (account_id, user_id, kind, title, body, link, dedupe_key)
  select p_account, m.user_id, p_notification ->> 'kind', p_notification ->> 'title', p_notification ->> 'body',
         p_notification ->> 'link', p_notification ->> 'dedupe_key'
  from public.members m where m.account_id = p_account and m.role = any (p_roles)
  on conflict (account_id, user_id, dedupe_key) do nothing;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.notify_members is 'Notifies all members with one of the roles, once per dedupe_key. Service role only.';

create function public.mark_notifications_read(p_account uuid, p_ids uuid[] default null) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  update public.notifications set read_at = now()
  where account_id = p_account and user_id = auth.uid() and read_at is null and (p_ids is null or id = any (p_ids));
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.mark_notifications_read is 'Marks own notifications as read: those named, or all.';

-- API keys ------------------------------------------------------------------------------------------------------------

create table private.api_keys (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null,
  name text not null check (length(btrim(name)) between 1 and 200),
  prefix text not null,
  hash text not null unique,
  role text not null check (role in ('admin', 'analyst', 'viewer')),
  scopes text[] not null default '{}',
  tool_groups text[] not null default '{}',
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  -- A key has the rights of its owner: it goes when the membership goes.
  foreign key (account_id, user_id) references public.members (account_id, user_id) on delete cascade
);
create index api_keys_of_account on private.api_keys (account_id, created_at desc);
alter table private.api_keys enable row level security;
comment on table private.api_keys is 'Keys for MCP clients and scripts, kept as SHA-256 hashes; the key itself is shown once.';

create view public.api_keys with (security_barrier) as
select k.id, k.account_id, k.user_id, k.name, k.prefix, k.role, k.scopes, k.tool_groups, k.created_by, k.created_at,
       k.expires_at, k.last_used_at, k.revoked_at
from private.api_keys k
where current_user = 'service_role'
   or k.account_id in (select private.my_accounts(array['admin']))
   or k.user_id = auth.uid() and k.account_id in (select private.my_accounts());
comment on view public.api_keys is 'Keys without their hash: owners see their own, admins all of the account.';
grant select on public.api_keys to authenticated, service_role;

create function public.create_api_key(p_account uuid, p_name text, p_role text, p_scopes text[] default '{}', p_tool_groups text[] default '{}',
  p_expires_at timestamptz default null, p_user uuid default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  levels constant text[] := array['viewer', 'analyst', 'admin'];
  known_scopes constant text[] := array['read', 'propose', 'approve'];
  known_groups constant text[] := array['analytics', 'crm', 'keap', 'sync', 'sql', 'boards', 'knowledge'];
  v_user uuid := case when private.is_service() then p_user else auth.uid() end;
  v_actor text := private.require_role(p_account, array['admin', 'analyst'], case when private.is_service() then p_user::text end);
  v_key text;
  v_row private.api_keys;
begin
  if v_user is null or p_user is not null and p_user <> v_user then
    raise exception 'A key belongs to a member of the account; only the service names one in p_user.' using errcode = '42501';
  end if;
  -- Unknown options fail closed: a typo never widens rights.
  if not p_scopes <@ known_scopes then
    raise exception 'Unknown scope in %. Known: %.', p_scopes, known_scopes using errcode = '22023';
  end if;
  if not p_tool_groups <@ known_groups then
    raise exception 'Unknown tool group in %. Known: %.', p_tool_groups, known_groups using errcode = '22023';
  end if;
  if p_role is null or not p_role = any (levels) then
    raise exception 'The role % does not exist. Use admin, analyst or viewer.', p_role using errcode = '22023';
  end if;
  if array_position(levels, p_role) > array_position(levels, (select role from public.members where account_id = p_account and user_id = v_user)) then
    raise exception 'A key cannot have more rights than its owner.' using errcode = '42501';
  end if;
  if p_expires_at is not null and p_expires_at <= now() then
    raise exception 'The key would already have expired. Name a time to come.' using errcode = '22023';
  end if;
  v_key := 'ksk_' || private.random_token();
  insert into private.api_keys (account_id, user_id, name, prefix, hash, role, scopes, tool_groups, created_by, expires_at)
  values (p_account, v_user, btrim(p_name), left(v_key, 10), private.hash_token(v_key), p_role, p_scopes, p_tool_groups, v_actor, p_expires_at)
  returning * into v_row;
  perform private.audit(p_account, v_actor, 'api_key.created', 'api_key:' || v_row.id, jsonb_build_object('name', v_row.name, 'role', p_role, 'scopes', p_scopes));
  return jsonb_build_object('key_id', v_row.id, 'key', v_key, 'prefix', v_row.prefix, 'name', v_row.name, 'role', v_row.role,
    'scopes', to_jsonb(v_row.scopes), 'tool_groups', to_jsonb(v_row.tool_groups), 'expires_at', v_row.expires_at);
end $$;
comment on function public.create_api_key is 'Makes a key with at most its owner''s rights and returns it once. tool_groups empty = all. Admins and analysts for themselves; the service for a member.';

create function public.verify_api_key(p_key text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  levels constant text[] := array['viewer', 'analyst', 'admin'];
  v_key private.api_keys;
  v_member text;
begin
  select * into v_key from private.api_keys where hash = private.hash_token(p_key);
  if not found or v_key.revoked_at is not null or v_key.expires_at <= now() then
    return null;
  end if;
  select role into v_member from public.members where account_id = v_key.account_id and user_id = v_key.user_id;
  if not found then
    return null;
  end if;
  update private.api_keys set last_used_at = now()
  where id = v_key.id and (last_used_at is null or last_used_at < now() - interval '1 minute');
  return jsonb_build_object('key_id', v_key.id, 'account_id', v_key.account_id, 'user_id', v_key.user_id, 'name', v_key.name,
    -- The owner may have lost rights since the key was made.
    'role', levels[least(array_position(levels, v_key.role), array_position(levels, v_member))],
    'scopes', to_jsonb(v_key.scopes), 'tool_groups', to_jsonb(v_key.tool_groups), 'expires_at', v_key.expires_at);
end $$;
comment on function public.verify_api_key is 'Rights of a key; null when unknown, expired, revoked or its owner has left. Service role only.';

create function public.revoke_api_key(p_key_id uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_key private.api_keys;
  v_actor text;
begin
  select * into v_key from private.api_keys where id = p_key_id;
  if v_key.user_id is not null and v_key.user_id = auth.uid() then
    v_actor := private.require_role(v_key.account_id, array['admin', 'analyst', 'viewer']);
  else
    v_actor := private.require_role(v_key.account_id, array['admin']);
  end if;
  update private.api_keys set revoked_at = coalesce(revoked_at, now()) where id = p_key_id;
  perform private.audit(v_key.account_id, v_actor, 'api_key.revoked', 'api_key:' || p_key_id);
end $$;
comment on function public.revoke_api_key is 'Ends a key at once. Its owner or an admin.';

-- Who may call what ---------------------------------------------------------------------------------------------------

do $$
declare
  signature regprocedure;
begin
  -- Members of an account; each function checks the role itself.
  for signature in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any (array[
    'update_account', 'list_members', 'set_member', 'remove_member',
    'create_chat', 'append_chat_message', 'truncate_chat', 'rename_chat', 'share_chat', 'delete_chat',
    'create_board', 'update_board', 'delete_board', 'pin_chart', 'update_chart', 'arrange_board', 'remove_chart',
    'create_share_link', 'revoke_share_link', 'save_item', 'save_frozen_segment', 'delete_item',
    'create_proposal', 'update_contact', 'create_tag', 'apply_tag', 'remove_tag',
    'give_feedback', 'create_api_key', 'revoke_api_key'])
  loop
    execute format('grant execute on function %s to authenticated, service_role', signature);
  end loop;

  -- A signed-in person only: nobody decides on another's behalf.
  for signature in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any (array[
    'approve_proposal', 'reject_proposal', 'verify_answer', 'revoke_verified_answer', 'mark_notifications_read'])
  loop
    execute format('grant execute on function %s to authenticated', signature);
  end loop;

  -- Jobs and doors.
  for signature in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any (array[
    'record_audit', 'read_share_link', 'set_segment_members', 'claim_proposal', 'finish_proposal', 'expire_proposals',
    'record_predictions', 'notify_members', 'verify_api_key'])
  loop
    execute format('grant execute on function %s to service_role', signature);
  end loop;
end $$;
