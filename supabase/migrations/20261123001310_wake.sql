-- An edit wakes the push at once on hosted Supabase: a database webhook in the form Supabase offers, pg_net.
--
-- Inert until `npm run sync -- wake-setup` has said where to call, and wherever pg_net is not installed: then the embedded
-- runner looks by itself, and the tick of the jobs finds every mark within minutes. A webhook may be lost, so nothing
-- depends on it; it may never break an edit, so every trouble of it is swallowed.

create table private.wake (
  singleton boolean primary key default true check (singleton),
  url text not null check (url ~ '^https?://'),
  secret text not null check (length(secret) >= 32),
  set_at timestamptz not null default now()
);
comment on table private.wake is 'Where a marked edit calls, with which secret. One row, or none: then nobody is called.';
alter table private.wake enable row level security;
revoke all on private.wake from public, anon, authenticated;

create function sync.can_wake() returns boolean language sql stable set search_path = '' as $$
  select to_regprocedure('net.http_post(text, jsonb, jsonb, jsonb, integer)') is not null
$$;

create function sync.wake_push() returns trigger language plpgsql security definer set search_path = '' as $$
declare
  v_url text; v_secret text; v_account uuid;
begin
  if not exists (select from private.wake) or not sync.can_wake() then return null; end if;
  begin
    select w.url, w.secret into v_url, v_secret from private.wake w;
    for v_account in select distinct n.account_id from new_rows n where n.origin <> 'keap' and n.state = 'waiting' loop
      -- sent by pg_net after the commit, so the mark is there when the call comes
      execute 'select net.http_post(url := $1, body := $2, headers := $3, timeout_milliseconds := 5000)'
        using v_url, jsonb_build_object('account_id', v_account),
          jsonb_build_object('content-type', 'application/json', 'authorization', 'Bearer ' || v_secret);
    end loop;
  exception when others then
    null;
  end;
  return null;
end $$;
create trigger wake_push after insert on sync.dirty referencing new table as new_rows
  for each statement execute function sync.wake_push();
comment on function sync.wake_push is 'New marks only: an edit of a record that is marked already is carried by the run its first mark asked for, or by the tick.';

-- Sets or clears (p_url null) the address. Answers whether calls will be made: {available, url, cure?}
create function public.sync_set_wake(p_url text, p_secret text) returns jsonb
language plpgsql security definer set search_path = '' as $$
begin
  if p_url is null then delete from private.wake;
  else
    insert into private.wake (url, secret) values (p_url, p_secret)
    on conflict (singleton) do update set url = excluded.url, secret = excluded.secret, set_at = now();
  end if;
  return jsonb_build_object('available', sync.can_wake(), 'url', p_url,
    'cure', case when not sync.can_wake() then 'Switch the extension pg_net on: Database → Extensions in your Supabase project.' end);
end $$;

-- A call has come. {known: the secret is right, waiting: the account has marks to carry}
create function public.sync_check_wake(p_secret text, p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object(
    'known', exists (select from private.wake w where sha256(convert_to(w.secret, 'UTF8')) = sha256(convert_to(p_secret, 'UTF8'))),
    'waiting', exists (select from sync.dirty d where d.account_id = p_account and d.state = 'waiting' and d.next_attempt_at <= now()),
    'busy', exists (select from sync.leases l where l.account_id = p_account and l.name = 'push' and l.lease_until > now()))
$$;

do $$
declare f text;
begin
  foreach f in array array['sync.can_wake()', 'sync.wake_push()', 'public.sync_set_wake(text, text)', 'public.sync_check_wake(text, uuid)'] loop
    execute format('revoke all on function %s from public, anon, authenticated', f);
    execute format('grant execute on function %s to service_role', f);
  end loop;
end $$;
