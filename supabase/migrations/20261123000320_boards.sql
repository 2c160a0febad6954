-- Boards --------------------------------------------------------------------------------------------------------------

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

-- Share links ---------------------------------------------------------------------------------------------------------

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
