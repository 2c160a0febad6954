-- Chats ---------------------------------------------------------------------------------------------------------------

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
