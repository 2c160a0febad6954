-- The app's own tables: chats, boards, proposals, predictions, automations, knowledge, keys, audit (000300 to 000370).
--
-- `authenticated` has SELECT only, through policies. Every write from the app is a function of these files that checks the
-- role. What a person may never do by himself, nobody's client can: proposals and the audit log have no table grants for
-- writing at all, so that an approval is always an admin's own call.

-- Building blocks -----------------------------------------------------------------------------------------------------

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

-- Audit ---------------------------------------------------------------------------------------------------------------

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

-- The account and its people ------------------------------------------------------------------------------------------

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
