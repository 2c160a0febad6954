-- The app's own tables: chats, boards, proposals, predictions, automations, knowledge, keys, audit.
--
-- `authenticated` has SELECT only, through policies. Every write from the app is a function of this file that checks the
-- role. What a person may never do by himself, nobody's client can: proposals and the audit log have no table grants for
-- writing at all, so that an approval is always an admin's own call.

-- 1. Building blocks ---------------------------------------------------------------------------------------------

-- Primary key (account_id, id) beside id, so that references inside an account are composite like the mirror's.
create procedure private.make_app_table(p_table text, p_reader_roles text[], p_service text default 'select, insert, update, delete')
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('alter table public.%I enable row level security', p_table);
  if cardinality(p_reader_roles) > 0 then
    execute format('create policy %I on public.%I for select to authenticated using (account_id in (select private.my_accounts(%L::text[])))',
      left(array_to_string(p_reader_roles, 's and ') || 's read ' || replace(p_table, '_', ' ') || ' of their accounts', 63), p_table, p_reader_roles);
    execute format('grant select on public.%I to authenticated', p_table);
  end if;
  execute format('grant %s on public.%I to service_role', p_service, p_table);
end $$;

create procedure private.let_facts_read(p_table text)
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('create policy %I on public.%I for select to keapsake_facts using (account_id = (select private.query_account()))',
    left('the fact views read ' || p_table || ' of the account of the query', 63), p_table);
  execute format('grant select on public.%I to keapsake_facts', p_table);
end $$;

create function private.touch_updated_at() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  new.updated_at := now();
  return new;
end $$;

create function private.only_keys(p_given jsonb, p_allowed text[], p_what text) returns void
language plpgsql immutable set search_path = pg_catalog as $$
declare
  v_unknown text;
begin
  if p_given is null or jsonb_typeof(p_given) <> 'object' then
    raise exception '% must be a JSON object.', p_what using errcode = '22023';
  end if;
  select string_agg(key, ', ' order by key) into v_unknown from jsonb_object_keys(p_given) key where not key = any (p_allowed);
  if v_unknown is not null then
    raise exception '% may not set: %. Allowed: %.', p_what, v_unknown, array_to_string(p_allowed, ', ') using errcode = '22023';
  end if;
end $$;
comment on function private.only_keys is 'Raises unless the object holds allowed keys only: a typo is told, never ignored.';

-- 2. Audit -------------------------------------------------------------------------------------------------------

create table public.audit_log (
  id bigint generated always as identity primary key,
  account_id uuid not null references public.accounts (id) on delete cascade,
  actor text not null,
  action text not null,
  target text,
  details jsonb not null default '{}',
  at timestamptz not null default now()
);
create index audit_log_by_account on public.audit_log (account_id, at desc);
create index audit_log_by_target on public.audit_log (account_id, target);
comment on table public.audit_log is 'Who did what: writes, approvals, keys, members, settings. Rows are added, never changed.';
comment on column public.audit_log.actor is 'user:<uuid>, agent:<id>, automation:<id> or service.';
comment on column public.audit_log.target is '<kind>:<id> of what was changed.';
call private.make_app_table('audit_log', array['admin'], 'select');

create function private.audit(p_account uuid, p_actor text, p_action text, p_target text, p_details jsonb default '{}') returns void
language sql volatile security definer set search_path = pg_catalog as $$
  insert into public.audit_log (account_id, actor, action, target, details) values (p_account, p_actor, p_action, p_target, coalesce(p_details, '{}'))
$$;

create function public.record_audit(p_account uuid, p_action text, p_target text, p_details jsonb default '{}', p_actor text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  perform private.audit(p_account, coalesce(p_actor, 'service'), p_action, p_target, p_details);
end $$;
comment on function public.record_audit is 'Adds to the audit log what happened outside the database (sign-ins, exports). Service role only.';

-- 3. The account and its people ----------------------------------------------------------------------------------

create function public.update_account(p_account uuid, p_changes jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin']);
  v_row public.accounts;
begin
  perform private.only_keys(p_changes, array['name', 'time_zone', 'currency', 'week_start', 'settings'], 'An account');
  update public.accounts set
    name = coalesce(p_changes ->> 'name', name),
    time_zone = coalesce(p_changes ->> 'time_zone', time_zone),
    currency = coalesce(p_changes ->> 'currency', currency),
    week_start = coalesce((p_changes ->> 'week_start')::smallint, week_start),
    settings = (
      select coalesce(jsonb_object_agg(key, value), '{}')
      from jsonb_each(settings || coalesce(p_changes -> 'settings', '{}')
        -- What an admin chose is not overwritten by Keap's profile.
        || case when p_changes ? 'time_zone' then '{"time_zone_from": "user"}'::jsonb else '{}' end
        || case when p_changes ? 'currency' then '{"currency_from": "user"}'::jsonb else '{}' end)
      where value <> 'null')
  where id = p_account returning * into v_row;
  perform private.audit(p_account, v_actor, 'account.updated', 'account:' || p_account, p_changes);
  return to_jsonb(v_row);
exception when check_violation or not_null_violation or invalid_text_representation then
  raise exception 'A value does not fit: %. Settings the figures read: net_sales_include_shipping (true or false), active_customer_days (1 to 9999), churn_date (service_end or cancelled_at).', sqlerrm
    using errcode = '22023';
end $$;
comment on function public.update_account is 'Changes name, zone, currency, week start; merges settings by key, null takes one away. Admins.';

create function public.list_members(p_account uuid) returns jsonb
language plpgsql stable security definer set search_path = pg_catalog as $$
begin
  perform private.require_role(p_account, array['admin']);
  return (select coalesce(jsonb_agg(jsonb_build_object('user_id', m.user_id, 'email', u.email, 'role', m.role, 'created_at', m.created_at)
                                    order by u.email), '[]')
          from public.members m join auth.users u on u.id = m.user_id where m.account_id = p_account);
end $$;
comment on function public.list_members is 'Members with their e-mail addresses. Admins.';

create function private.keep_an_admin(p_account uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  if not exists (select from public.members where account_id = p_account and role = 'admin') then
    raise exception 'An account needs at least one admin. Make somebody else an admin first.' using errcode = '23514';
  end if;
end $$;

create function public.set_member(p_account uuid, p_email text, p_role text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin']);
  v_user uuid;
begin
  if p_role not in ('admin', 'analyst', 'viewer') then
    raise exception 'The role % does not exist. Use admin, analyst or viewer.', p_role using errcode = '22023';
  end if;
  select id into v_user from auth.users where lower(email) = lower(btrim(p_email));
  if v_user is null then
    raise exception 'Nobody has signed up as %. Ask them to sign up, then add them.', p_email using errcode = 'P0002';
  end if;
  insert into public.members (account_id, user_id, role) values (p_account, v_user, p_role)
  on conflict (account_id, user_id) do update set role = excluded.role;
  perform private.keep_an_admin(p_account);
  perform private.audit(p_account, v_actor, 'member.set', 'user:' || v_user, jsonb_build_object('role', p_role));
  return jsonb_build_object('user_id', v_user, 'role', p_role);
end $$;
comment on function public.set_member is 'Adds a person who has signed up, or changes their role. Admins.';

create function public.remove_member(p_account uuid, p_user uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin']);
begin
  delete from public.members where account_id = p_account and user_id = p_user;
  perform private.keep_an_admin(p_account);
  perform private.audit(p_account, v_actor, 'member.removed', 'user:' || p_user);
end $$;
comment on function public.remove_member is 'Takes a person out of the account; the last admin stays. Admins.';

-- 4. Chats -------------------------------------------------------------------------------------------------------

create table public.chats (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null default 'New chat' check (length(title) <= 200),
  shared boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);
create index chats_of_author on public.chats (account_id, user_id, updated_at desc);
comment on table public.chats is 'Conversations with the analyst. An author''s own until shared with the account.';

create table public.chat_messages (
  chat_id uuid not null,
  id text not null check (length(id) between 1 and 200),
  account_id uuid not null,
  role text not null check (role in ('user', 'assistant', 'system')),
  parts jsonb not null check (jsonb_typeof(parts) = 'array'),
  metadata jsonb not null default '{}',
  position int not null,
  created_at timestamptz not null default now(),
  primary key (chat_id, id),
  unique (chat_id, position),
  foreign key (account_id, chat_id) references public.chats (account_id, id) on delete cascade
);
create index chat_messages_of_account on public.chat_messages (account_id, chat_id);
comment on table public.chat_messages is 'Messages of a chat in order of position; parts as the UI renders them.';

alter table public.chats enable row level security;
alter table public.chat_messages enable row level security;
create policy "authors read their chats, admins and analysts the shared ones" on public.chats for select to authenticated
  using (account_id in (select private.my_accounts(array['admin', 'analyst']))
         and (user_id = (select auth.uid()) or shared));
create policy "whoever reads a chat reads its messages" on public.chat_messages for select to authenticated
  using (account_id in (select private.my_accounts(array['admin', 'analyst']))
         and exists (select from public.chats c where c.id = chat_id and (c.user_id = (select auth.uid()) or c.shared)));
grant select on public.chats, public.chat_messages to authenticated;
grant select, insert, update, delete on public.chats, public.chat_messages to service_role;

create function private.require_own_chat(p_chat uuid) returns public.chats
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_chat public.chats;
begin
  select * into v_chat from public.chats where id = p_chat for update;
  if not private.is_service()
     and (v_chat.id is null or v_chat.user_id is distinct from auth.uid()
          or private.my_role(v_chat.account_id) is null or private.my_role(v_chat.account_id) = 'viewer') then
    v_chat := null;
  end if;
  if v_chat.id is null then
    raise exception 'You have no chat %. Open one of your own, or start a new one.', p_chat using errcode = 'P0002';
  end if;
  return v_chat;
end $$;

create function public.create_chat(p_account uuid, p_title text default null, p_id uuid default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_id uuid := coalesce(p_id, gen_random_uuid());
  v_existing public.chats;
begin
  perform private.require_role(p_account, array['admin', 'analyst']);
  if auth.uid() is null then
    raise exception 'A chat needs a signed-in author.' using errcode = '42501';
  end if;
  select * into v_existing from public.chats where id = v_id;
  if found then
    if v_existing.user_id = auth.uid() and v_existing.account_id = p_account then
      return v_id;
    end if;
    raise exception 'The chat id % is taken. Use a new one.', v_id using errcode = '23505';
  end if;
  insert into public.chats (id, account_id, user_id, title)
  values (v_id, p_account, auth.uid(), coalesce(nullif(left(btrim(p_title), 200), ''), 'New chat'));
  return v_id;
end $$;
comment on function public.create_chat is 'Starts a chat of the caller; with the id of an own chat it returns that one. Admins and analysts.';

create function public.append_chat_message(p_chat uuid, p_message jsonb) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_chat public.chats := private.require_own_chat(p_chat);
  v_position int;
begin
  perform private.only_keys(p_message, array['id', 'role', 'parts', 'metadata'], 'A message');
  insert into public.chat_messages as m (chat_id, id, account_id, role, parts, metadata, position)
  values (p_chat, p_message ->> 'id', v_chat.account_id, p_message ->> 'role', p_message -> 'parts',
          coalesce(nullif(p_message -> 'metadata', 'null'), '{}'),
          (select coalesce(max(position), -1) + 1 from public.chat_messages where chat_id = p_chat))
  on conflict (chat_id, id) do update set role = excluded.role, parts = excluded.parts, metadata = excluded.metadata
  returning m.position into v_position;
  update public.chats set updated_at = now() where id = p_chat;
  return v_position;
end $$;
comment on function public.append_chat_message is 'Adds {id, role, parts, metadata} at the end of an own chat; a known id is replaced in place. Returns the position.';

create function public.truncate_chat(p_chat uuid, p_from text) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_removed int;
begin
  perform private.require_own_chat(p_chat);
  delete from public.chat_messages where chat_id = p_chat
    and position >= (select position from public.chat_messages where chat_id = p_chat and id = p_from);
  get diagnostics v_removed = row_count;
  return v_removed;
end $$;
comment on function public.truncate_chat is 'Removes a message and all after it from an own chat (to ask again). Returns how many.';

create function public.rename_chat(p_chat uuid, p_title text) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  perform private.require_own_chat(p_chat);
  update public.chats set title = coalesce(nullif(left(btrim(p_title), 200), ''), title), updated_at = now() where id = p_chat;
end $$;

create function public.share_chat(p_chat uuid, p_shared boolean) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_chat public.chats := private.require_own_chat(p_chat);
begin
  update public.chats set shared = p_shared where id = p_chat;
  perform private.audit(v_chat.account_id, 'user:' || v_chat.user_id, case when p_shared then 'chat.shared' else 'chat.unshared' end, 'chat:' || p_chat);
end $$;
comment on function public.share_chat is 'Lets the account''s admins and analysts read an own chat, or stops it.';

create function public.delete_chat(p_chat uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  perform private.require_own_chat(p_chat);
  delete from public.chats where id = p_chat;
end $$;

-- 5. Boards ------------------------------------------------------------------------------------------------------

create table public.boards (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  description text,
  filters jsonb not null default '{}',
  settings jsonb not null default '{}',
  position int not null default 0,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);
create index boards_of_account on public.boards (account_id, position);
comment on table public.boards is 'Saved boards; all members read them.';
comment on column public.boards.filters is 'Filters every chart of the board takes on, in the form of a query''s filters.';

create table public.board_charts (
  id uuid primary key default gen_random_uuid(),
  board_id uuid not null,
  account_id uuid not null,
  title text not null check (length(btrim(title)) between 1 and 200),
  spec jsonb not null check (jsonb_typeof(spec) = 'object'),
  layout jsonb not null default '{}',
  position int not null default 0,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id),
  foreign key (account_id, board_id) references public.boards (account_id, id) on delete cascade
);
create index board_charts_of_board on public.board_charts (account_id, board_id, position);
comment on table public.board_charts is 'Charts of a board: a spec (query and drawing), run again whenever the board is opened.';
comment on column public.board_charts.layout is '{x, y, w, h} in cells of a 12-column grid; empty = placed after the others.';

call private.make_app_table('boards', array['admin', 'analyst', 'viewer']);
call private.make_app_table('board_charts', array['admin', 'analyst', 'viewer']);
create trigger touch before update on public.boards for each row execute function private.touch_updated_at();
create trigger touch before update on public.board_charts for each row execute function private.touch_updated_at();

create function public.create_board(p_account uuid, p_name text, p_description text default null, p_actor text default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin', 'analyst'], p_actor);
  v_id uuid;
begin
  insert into public.boards (account_id, name, description, created_by, position)
  values (p_account, btrim(p_name), p_description, v_actor,
          (select coalesce(max(position), -1) + 1 from public.boards where account_id = p_account))
  returning id into v_id;
  perform private.audit(p_account, v_actor, 'board.created', 'board:' || v_id, jsonb_build_object('name', btrim(p_name)));
  return v_id;
end $$;
comment on function public.create_board is 'Makes a board. Admins and analysts.';

create function private.require_board(p_board uuid, p_account uuid default null) returns public.boards
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_board public.boards;
begin
  select * into v_board from public.boards where id = p_board and (p_account is null or account_id = p_account);
  if not found or not (private.is_service() or private.my_role(v_board.account_id) is not null) then
    raise exception 'There is no board % in your accounts.', p_board using errcode = 'P0002';
  end if;
  return v_board;
end $$;

create function public.update_board(p_board uuid, p_changes jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_board public.boards := private.require_board(p_board);
  v_actor text := private.require_role(v_board.account_id, array['admin', 'analyst']);
begin
  perform private.only_keys(p_changes, array['name', 'description', 'filters', 'settings', 'position'], 'A board');
  update public.boards set
    name = coalesce(btrim(p_changes ->> 'name'), name),
    description = case when p_changes ? 'description' then p_changes ->> 'description' else description end,
    filters = coalesce(p_changes -> 'filters', filters),
    settings = coalesce(p_changes -> 'settings', settings),
    position = coalesce((p_changes ->> 'position')::int, position)
  where id = p_board;
  perform private.audit(v_board.account_id, v_actor, 'board.updated', 'board:' || p_board, p_changes);
end $$;
comment on function public.update_board is 'Changes name, description, filters, settings or position. Admins and analysts.';

create function public.delete_board(p_board uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_board public.boards := private.require_board(p_board);
  v_actor text := private.require_role(v_board.account_id, array['admin', 'analyst']);
begin
  delete from public.boards where id = p_board;
  perform private.audit(v_board.account_id, v_actor, 'board.deleted', 'board:' || p_board, jsonb_build_object('name', v_board.name));
end $$;

create function public.pin_chart(p_account uuid, p_board uuid, p_title text, p_spec jsonb, p_actor text default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin', 'analyst'], p_actor);
  v_board public.boards;
  v_chart uuid;
begin
  -- One at a time per account: two first pins must not make two boards.
  perform from public.accounts where id = p_account for no key update;
  if p_board is not null then
    v_board := private.require_board(p_board, p_account);
  else
    select * into v_board from public.boards where account_id = p_account order by position, created_at limit 1;
    if not found then
      insert into public.boards (account_id, name, created_by) values (p_account, 'My board', v_actor) returning * into v_board;
    end if;
  end if;
  insert into public.board_charts (board_id, account_id, title, spec, created_by, position)
  values (v_board.id, p_account, left(btrim(p_title), 200), p_spec, v_actor,
          (select coalesce(max(position), -1) + 1 from public.board_charts where board_id = v_board.id))
  returning id into v_chart;
  perform private.audit(p_account, v_actor, 'chart.pinned', 'chart:' || v_chart, jsonb_build_object('board_id', v_board.id, 'title', p_title));
  return jsonb_build_object('chart_id', v_chart, 'board_id', v_board.id, 'board_name', v_board.name);
end $$;
comment on function public.pin_chart is 'Puts a chart on a board; without one, on the first board, made when there is none. Admins and analysts.';

create function private.require_chart(p_chart uuid) returns public.board_charts
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  v_chart public.board_charts;
begin
  select * into v_chart from public.board_charts where id = p_chart;
  if not found or not (private.is_service() or private.my_role(v_chart.account_id) is not null) then
    raise exception 'There is no chart % on your boards.', p_chart using errcode = 'P0002';
  end if;
  return v_chart;
end $$;

create function public.update_chart(p_chart uuid, p_changes jsonb) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_chart public.board_charts := private.require_chart(p_chart);
begin
  perform private.require_role(v_chart.account_id, array['admin', 'analyst']);
  perform private.only_keys(p_changes, array['title', 'spec', 'layout', 'position'], 'A chart');
  update public.board_charts set
    title = coalesce(left(btrim(p_changes ->> 'title'), 200), title),
    spec = coalesce(p_changes -> 'spec', spec),
    layout = coalesce(p_changes -> 'layout', layout),
    position = coalesce((p_changes ->> 'position')::int, position)
  where id = p_chart;
end $$;
comment on function public.update_chart is 'Changes title, spec, layout or position of a chart. Admins and analysts.';

create function public.arrange_board(p_board uuid, p_layouts jsonb) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_board public.boards := private.require_board(p_board);
  v_moved int;
begin
  perform private.require_role(v_board.account_id, array['admin', 'analyst']);
  update public.board_charts c set
    layout = coalesce(moved.layout, c.layout), position = coalesce(moved.position, c.position)
  from jsonb_to_recordset(p_layouts) as moved (chart_id uuid, layout jsonb, position int)
  where c.id = moved.chart_id and c.board_id = p_board;
  get diagnostics v_moved = row_count;
  return v_moved;
end $$;
comment on function public.arrange_board is 'Places many charts of a board at once: [{chart_id, layout, position}]. Admins and analysts.';

create function public.remove_chart(p_chart uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_chart public.board_charts := private.require_chart(p_chart);
  v_actor text := private.require_role(v_chart.account_id, array['admin', 'analyst']);
begin
  delete from public.board_charts where id = p_chart;
  perform private.audit(v_chart.account_id, v_actor, 'chart.removed', 'chart:' || p_chart, jsonb_build_object('title', v_chart.title));
end $$;

-- 6. Share links -------------------------------------------------------------------------------------------------

create table private.share_links (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  kind text not null check (kind in ('board', 'chart', 'chat')),
  target_id uuid not null,
  token_hash text not null unique,
  frozen jsonb not null,
  created_by text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  last_read_at timestamptz,
  reads bigint not null default 0
);
alter table private.share_links enable row level security;
comment on table private.share_links is 'Links that show a frozen result without sign-in. The token is kept as a SHA-256 hash.';

create view public.share_links with (security_barrier) as
select l.id, l.account_id, l.kind, l.target_id, l.created_by, l.created_at, l.expires_at, l.revoked_at, l.last_read_at, l.reads
from private.share_links l
where current_user = 'service_role' or l.account_id in (select private.my_accounts(array['admin', 'analyst']));
comment on view public.share_links is 'Share links without token and content. Admins and analysts of the account.';
grant select on public.share_links to authenticated, service_role;

create function private.random_token() returns text
language sql volatile set search_path = pg_catalog as $$
  select translate(encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'base64'), '+/=', '-_')
$$;
comment on function private.random_token is '43 characters holding 244 random bits.';

create function private.hash_token(p_token text) returns text
language sql immutable set search_path = pg_catalog as $$
  select encode(sha256(convert_to(p_token, 'UTF8')), 'hex')
$$;

create function public.create_share_link(p_account uuid, p_kind text, p_target uuid, p_frozen jsonb, p_expires_at timestamptz default null) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_actor text := private.require_role(p_account, array['admin', 'analyst']);
  v_token text := private.random_token();
  v_expires timestamptz := coalesce(p_expires_at, now() + interval '30 days');
  v_id uuid;
begin
  if v_expires <= now() or v_expires > now() + interval '1 year' then
    raise exception 'A share link expires within a year from now.' using errcode = '22023';
  end if;
  if p_kind = 'board' and not exists (select from public.boards where id = p_target and account_id = p_account)
     or p_kind = 'chart' and not exists (select from public.board_charts where id = p_target and account_id = p_account)
     or p_kind = 'chat' and not exists (select from public.chats where id = p_target and account_id = p_account and user_id = auth.uid()) then
    raise exception 'There is no % % to share.', p_kind, p_target using errcode = 'P0002';
  end if;
  insert into private.share_links (account_id, kind, target_id, token_hash, frozen, created_by, expires_at)
  values (p_account, p_kind, p_target, private.hash_token(v_token), p_frozen, v_actor, v_expires) returning id into v_id;
  perform private.audit(p_account, v_actor, 'share_link.created', p_kind || ':' || p_target, jsonb_build_object('link_id', v_id, 'expires_at', v_expires));
  return jsonb_build_object('link_id', v_id, 'token', v_token, 'expires_at', v_expires);
end $$;
comment on function public.create_share_link is 'Freezes a result behind a token that is returned once. Admins and analysts.';

create function public.read_share_link(p_token text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_link private.share_links;
begin
  update private.share_links set reads = reads + 1, last_read_at = now()
  where token_hash = private.hash_token(p_token) and revoked_at is null and expires_at > now()
  returning * into v_link;
  if v_link.id is null then
    return null;
  end if;
  return jsonb_build_object('link_id', v_link.id, 'account_id', v_link.account_id, 'kind', v_link.kind, 'target_id', v_link.target_id,
                            'frozen', v_link.frozen, 'created_at', v_link.created_at, 'expires_at', v_link.expires_at);
end $$;
comment on function public.read_share_link is 'The frozen result behind a token; null when unknown, expired or revoked. Service role only.';

create function public.revoke_share_link(p_link uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_account uuid := (select account_id from private.share_links where id = p_link);
  v_actor text := private.require_role(v_account, array['admin', 'analyst']);
begin
  update private.share_links set revoked_at = coalesce(revoked_at, now()) where id = p_link;
  perform private.audit(v_account, v_actor, 'share_link.revoked', 'share_link:' || p_link);
end $$;

-- 7. Saved questions, segments, goals, alerts --------------------------------------------------------------------

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
create index saved_queries_of_account on public.saved_queries (account_id, name);
comment on table public.saved_queries is 'Named queries of the account.';

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
comment on table public.segments is 'Groups of contacts: dynamic by a definition, static by a list.';
comment on column public.segments.definition is 'Filters in the form of a query''s filters; people who meet them are members after the next refresh.';

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

-- 8. Proposals: what goes back to Keap waits for a person --------------------------------------------------------

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

-- 9. Writing to the mirrored tables ------------------------------------------------------------------------------

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

-- 10. Predictions ------------------------------------------------------------------------------------------------

create table public.prediction_models (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  model text not null,
  version text not null default '1',
  fitted_at timestamptz not null default now(),
  usable boolean not null default true,
  gate text,
  card jsonb not null default '{}',
  unique (account_id, id)
);
create index prediction_models_latest on public.prediction_models (account_id, model, fitted_at desc);
comment on table public.prediction_models is 'Each fit of a model: its card (hold-out, baseline, calibration, lift) and, where the data is too thin, the reason in gate.';

create table public.predictions (
  account_id uuid not null references public.accounts (id) on delete cascade,
  contact_id uuid not null,
  model text not null,
  scored_at timestamptz not null default now(),
  score numeric,
  horizon text,
  details jsonb not null default '{}',
  is_current boolean not null default true,
  primary key (account_id, model, contact_id, scored_at),
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index predictions_current_score on public.predictions (account_id, model, score desc) where is_current;
create index predictions_of_contact on public.predictions (account_id, contact_id, scored_at desc);
comment on table public.predictions is 'Scores per person and model, kept as history; is_current marks the newest.';
comment on column public.predictions.horizon is 'What the score looks ahead to, such as 365 days.';

call private.make_app_table('prediction_models', array['admin', 'analyst']);
call private.make_app_table('predictions', array['admin', 'analyst']);
call private.let_facts_read('prediction_models');
call private.let_facts_read('predictions');

create function private.keep_newest_prediction() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update public.predictions p set is_current = false
  from (select account_id, model, contact_id, max(scored_at) as newest
        from public.predictions
        where (account_id, model, contact_id) in (select account_id, model, contact_id from fresh) and is_current
        group by 1, 2, 3 having count(*) > 1) latest
  where (p.account_id, p.model, p.contact_id) = (latest.account_id, latest.model, latest.contact_id)
    and p.is_current and p.scored_at < latest.newest;
  return null;
end $$;
create trigger keep_newest after insert on public.predictions referencing new table as fresh
  for each statement execute function private.keep_newest_prediction();

create view public.predictions_current with (security_invoker) as
select account_id, contact_id, model, score, details, horizon, scored_at from public.predictions where is_current;
comment on view public.predictions_current is 'The newest score per person and model.';
grant select on public.predictions_current to authenticated, service_role;

create function public.record_predictions(p_account uuid, p_model text, p_rows jsonb, p_horizon text default null, p_scored_at timestamptz default now()) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  insert into public.predictions as p (account_id, contact_id, model, score, horizon, details, scored_at)
  select p_account, r.contact_id, p_model, r.score, p_horizon, coalesce(r.details, '{}'), p_scored_at
  from jsonb_to_recordset(p_rows) as r (contact_id uuid, score numeric, details jsonb)
  join public.contacts c on c.account_id = p_account and c.supabase_id = r.contact_id
  on conflict (account_id, model, contact_id, scored_at) do update
    set score = excluded.score, details = excluded.details, horizon = excluded.horizon;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.record_predictions is 'Stores scores [{contact_id, score, details}] of one model at one time; run again, it stores the same. Service role only.';

-- 11. Automations ------------------------------------------------------------------------------------------------

create table public.automations (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  description text,
  enabled boolean not null default false,
  trigger jsonb not null,
  conditions jsonb not null default '[]',
  action jsonb not null,
  mode text not null default 'approve_each' check (mode in ('approve_each', 'automatic')),
  caps jsonb not null default '{"per_run": 100, "per_day": 500}',
  cooldown_days int not null default 30 check (cooldown_days >= 0),
  state jsonb not null default '{}',
  next_run_at timestamptz,
  last_run_at timestamptz,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);
create index automations_due on public.automations (next_run_at) where enabled;
comment on table public.automations is 'When (trigger) and if (conditions) then (action), within caps and a cooldown per contact.';

create table public.automation_runs (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  automation_id uuid not null,
  dry_run boolean not null default false,
  status text not null default 'running' check (status in ('running', 'done', 'failed', 'waiting')),
  counts jsonb not null default '{}',
  proposal_id uuid,
  error text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, automation_id) references public.automations (account_id, id) on delete cascade,
  foreign key (account_id, proposal_id) references public.proposals (account_id, id) on delete set null (proposal_id)
);
create index automation_runs_of_automation on public.automation_runs (account_id, automation_id, started_at desc);
comment on table public.automation_runs is 'Each run of an automation, also dry ones, with its counts.';

create table public.automation_contacts (
  account_id uuid not null,
  automation_id uuid not null,
  contact_id uuid not null,
  run_id uuid,
  outcome text not null default 'acted',
  last_at timestamptz not null default now(),
  primary key (account_id, automation_id, contact_id),
  foreign key (account_id, automation_id) references public.automations (account_id, id) on delete cascade,
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index automation_contacts_by_contact on public.automation_contacts (account_id, contact_id);
comment on table public.automation_contacts is 'When an automation last acted on a person: the cooldown is counted from here.';

call private.make_app_table('automations', array['admin', 'analyst']);
call private.make_app_table('automation_runs', array['admin', 'analyst']);
call private.make_app_table('automation_contacts', array['admin', 'analyst']);
create trigger touch before update on public.automations for each row execute function private.touch_updated_at();

-- 12. Knowledge --------------------------------------------------------------------------------------------------

create table public.knowledge_documents (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  kind text not null check (kind in ('note', 'task', 'appointment', 'email', 'profile', 'company', 'product', 'upload')),
  source_id uuid,
  contact_id uuid,
  title text,
  content_hash text not null,
  metadata jsonb not null default '{}',
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  indexed_at timestamptz,
  unique (account_id, id),
  unique (account_id, kind, source_id),
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index knowledge_documents_of_contact on public.knowledge_documents (account_id, contact_id);
comment on table public.knowledge_documents is 'What answers may cite: CRM texts (source_id = their row here) and uploads.';

create table public.knowledge_chunks (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  document_id uuid not null,
  position int not null,
  content text not null,
  search tsvector generated always as (to_tsvector('english'::regconfig, content)) stored,
  embedding extensions.vector,
  embedding_model text,
  created_at timestamptz not null default now(),
  unique (document_id, position),
  foreign key (account_id, document_id) references public.knowledge_documents (account_id, id) on delete cascade
);
create index knowledge_chunks_of_document on public.knowledge_chunks (account_id, document_id, position);
create index knowledge_chunks_search on public.knowledge_chunks using gin (search);
create index knowledge_chunks_trigram on public.knowledge_chunks using gin (content extensions.gin_trgm_ops);
comment on table public.knowledge_chunks is 'Pieces of documents for hybrid search: full text, trigram and, when an embedding model is set, vector.';
comment on column public.knowledge_chunks.embedding is 'Any number of dimensions; compare only rows of the same embedding_model. Null without a model.';

call private.make_app_table('knowledge_documents', array['admin', 'analyst']);
call private.make_app_table('knowledge_chunks', array['admin', 'analyst']);

-- 13. Trust: feedback, verified answers, evaluation --------------------------------------------------------------

create table public.feedback (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  user_id uuid not null references auth.users (id) on delete cascade,
  chat_id uuid references public.chats (id) on delete set null,
  message_id text,
  rating smallint not null check (rating in (-1, 1)),
  comment text check (length(comment) <= 4000),
  question text,
  answer jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (user_id, chat_id, message_id)
);
create index feedback_of_account on public.feedback (account_id, created_at desc);
comment on table public.feedback is 'Thumbs and comments on answers; they feed the evaluation questions.';

create table public.verified_answers (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  question text not null,
  query jsonb not null,
  spec jsonb,
  fingerprint text not null,
  status text not null default 'verified' check (status in ('verified', 'stale', 'revoked')),
  stale_reason text,
  verified_by uuid references auth.users (id) on delete set null,
  verified_at timestamptz not null default now(),
  unique (account_id, id),
  unique (account_id, fingerprint)
);
comment on table public.verified_answers is 'Answers an admin has checked. The badge drops (stale) when the query or a metric''s version changes the fingerprint.';

create table public.evaluation_questions (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  question text not null check (length(btrim(question)) between 1 and 2000),
  expected jsonb not null default '{}',
  active boolean not null default true,
  last_result jsonb,
  last_run_at timestamptz,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  unique (account_id, id)
);
create index evaluation_questions_of_account on public.evaluation_questions (account_id, active);
comment on table public.evaluation_questions is 'Questions with the tool calls and numbers expected, run in CI and in the product.';

alter table public.feedback enable row level security;
create policy "people read their own feedback, admins all of the account" on public.feedback for select to authenticated
  using (account_id in (select private.my_accounts(array['admin']))
         or user_id = (select auth.uid()) and account_id in (select private.my_accounts(array['admin', 'analyst'])));
grant select on public.feedback to authenticated;
grant select, insert, update, delete on public.feedback to service_role;
call private.make_app_table('verified_answers', array['admin', 'analyst']);
call private.make_app_table('evaluation_questions', array['admin', 'analyst']);

create function public.give_feedback(p_account uuid, p_rating smallint, p_chat uuid default null, p_message text default null,
  p_comment text default null, p_question text default null, p_answer jsonb default '{}') returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_id uuid;
begin
  perform private.require_role(p_account, array['admin', 'analyst']);
  if auth.uid() is null then
    raise exception 'Feedback needs a signed-in person.' using errcode = '42501';
  end if;
  if p_chat is not null and not exists (select from public.chats where id = p_chat and account_id = p_account and (user_id = auth.uid() or shared)) then
    raise exception 'There is no chat % of yours in the account.', p_chat using errcode = 'P0002';
  end if;
  insert into public.feedback (account_id, user_id, chat_id, message_id, rating, comment, question, answer)
  values (p_account, auth.uid(), p_chat, p_message, p_rating, p_comment, p_question, coalesce(p_answer, '{}'))
  on conflict (user_id, chat_id, message_id) do update
    set rating = excluded.rating, comment = excluded.comment, question = excluded.question, answer = excluded.answer, created_at = now()
  returning id into v_id;
  return v_id;
end $$;
comment on function public.give_feedback is 'Rates an answer 1 or -1; rating it again replaces the first. Admins and analysts.';

create function public.verify_answer(p_account uuid, p_question text, p_query jsonb, p_fingerprint text, p_spec jsonb default null) returns uuid
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_user uuid := private.require_admin_session(p_account);
  v_id uuid;
begin
  insert into public.verified_answers (account_id, question, query, spec, fingerprint, verified_by)
  values (p_account, p_question, p_query, p_spec, p_fingerprint, v_user)
  on conflict (account_id, fingerprint) do update
    set question = excluded.question, query = excluded.query, spec = excluded.spec, status = 'verified', stale_reason = null,
        verified_by = excluded.verified_by, verified_at = now()
  returning id into v_id;
  perform private.audit(p_account, 'user:' || v_user, 'answer.verified', 'verified_answer:' || v_id, jsonb_build_object('question', p_question));
  return v_id;
end $$;
comment on function public.verify_answer is 'Marks an answer as checked. Signed-in admins only.';

create function public.revoke_verified_answer(p_answer uuid, p_reason text default null) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_account uuid := (select account_id from public.verified_answers where id = p_answer);
  v_user uuid := private.require_admin_session(v_account);
begin
  update public.verified_answers set status = 'revoked', stale_reason = p_reason where id = p_answer;
  perform private.audit(v_account, 'user:' || v_user, 'answer.revoked', 'verified_answer:' || p_answer, jsonb_build_object('reason', p_reason));
end $$;

-- 14. Notifications ----------------------------------------------------------------------------------------------

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

-- 15. API keys ---------------------------------------------------------------------------------------------------

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

-- 16. Who may call what ------------------------------------------------------------------------------------------

do $$
declare
  signature regprocedure;
begin
  -- Members of an account; each function checks the role itself.
  for signature in select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname = any (array[
    'update_account', 'list_members', 'set_member', 'remove_member',
    'create_chat', 'append_chat_message', 'truncate_chat', 'rename_chat', 'share_chat', 'delete_chat',
    'create_board', 'update_board', 'delete_board', 'pin_chart', 'update_chart', 'arrange_board', 'remove_chart',
    'create_share_link', 'revoke_share_link', 'save_item', 'delete_item',
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
