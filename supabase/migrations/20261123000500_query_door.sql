-- The query door: the one place where SQL text runs, for one principal, read-only, row-capped.
--
-- run_query (owner keapsake_door)        checks the principal, signs the account, hands the text on
--   └ private.read_as_reader (keapsake_reader)  runs it with SELECT on the analytics views and nothing else
--        └ analytics views (keapsake_facts)     read the mirrored tables under policies that compare the signed account
--
-- Three owners, because the text must not be able to sign for another account: keapsake_reader may read, only
-- keapsake_door may sign. Inside a security definer function Postgres refuses to change the role.

-- 1. Who is asked for --------------------------------------------------------------------------------------------

create function private.open_query(p_principal jsonb) returns timestamptz
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_account uuid;
  v_user uuid;
  v_role text := p_principal ->> 'role';
  v_as_of timestamptz;
begin
  begin
    v_account := (p_principal ->> 'account_id')::uuid;
    v_user := (p_principal ->> 'user_id')::uuid;
  exception when invalid_text_representation then
    raise exception 'The principal holds an id that is no uuid.' using errcode = '22023';
  end;
  if v_account is null or v_role is null or v_role not in ('admin', 'analyst', 'viewer') then
    raise exception 'The principal needs an account_id and a role (admin, analyst or viewer).' using errcode = '22023';
  end if;

  select data_as_of into v_as_of from public.accounts where id = v_account;
  if not found then
    raise exception 'There is no account %.', v_account using errcode = '42501';
  end if;

  -- A user may be narrowed (a key with fewer rights) but never widened beyond the membership.
  if v_user is not null and not exists (
    select from public.members
    where account_id = v_account and user_id = v_user
      and array_position(array['viewer', 'analyst', 'admin'], role) >= array_position(array['viewer', 'analyst', 'admin'], v_role)
  ) then
    raise exception 'The user is no member of the account with the role %.', v_role using errcode = '42501';
  end if;

  perform set_config('keapsake.account_id', v_account::text, true);
  perform set_config('keapsake.role', v_role, true);
  perform set_config('keapsake.signature', private.sign_query_context(v_account, v_role), true);
  return v_as_of;
end $$;
comment on function private.open_query is 'Checks a principal and signs its account and role for this transaction. Returns the as-of time; null before the first copy is done.';
grant execute on function private.open_query to keapsake_door;

-- What the account chose that changes a figure's meaning: said with every answer it touches, so it comes with them.
create function private.choices_of_figures(p_principal jsonb) returns jsonb
language sql stable security definer set search_path = pg_catalog as $$
  select coalesce(jsonb_object_agg(s.key, s.value), '{}')
  from public.accounts a cross join lateral jsonb_each(a.settings) s
  where a.id = (p_principal ->> 'account_id')::uuid
    and s.key in ('net_sales_include_shipping', 'churn_date', 'swap_window_days', 'active_customer_days', 'deal_value',
      'attribution_model', 'attribution_lookback_days', 'email_revenue_days')
$$;
revoke all on function private.choices_of_figures from public;
grant execute on function private.choices_of_figures to keapsake_door;

-- 2. The text that is never run ----------------------------------------------------------------------------------

-- Second line of defence: our compiler writes none of these, and the parser's allow-list refuses them before. ts_stat and
-- *_to_xml run text, in which a word could be spelt in pieces.
create function private.refuse_query_text(p_query text) returns void
language plpgsql immutable set search_path = pg_catalog as $$
declare
  v_word text;
begin
  if p_query is null or btrim(p_query) = '' then
    raise exception 'The query is empty.' using errcode = '22023';
  end if;
  if length(p_query) > 200000 then
    raise exception 'The query is longer than 200,000 characters.' using errcode = '54001';
  end if;
  v_word := (regexp_match(p_query,
    '\m(set_config|current_setting|pg_(?!catalog\M)\w+|txid_\w+|ts_stat|ts_rewrite|dblink\w*|lo_\w+|\w+_to_xml\w*|xml\w*|setseed|nextval|setval|copy|private|auth|sync|information_schema)\M', 'i'))[1];
  if v_word is null then
    v_word := (regexp_match(p_query, '(u&["''])', 'i'))[1];
  end if;
  if v_word is not null then
    raise exception 'The query may not use "%".', v_word using errcode = '42501';
  end if;
end $$;
grant execute on function private.refuse_query_text to keapsake_door;

-- 3. The reader --------------------------------------------------------------------------------------------------

create function private.read_as_reader(p_query text, p_params jsonb, p_cap int) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, analytics, extensions, pg_temp as $$
declare
  v_cursor refcursor;
  v_rows json;
  v_first json;
  v_count bigint;
  v_columns jsonb;
begin
  -- A cursor takes exactly one statement, so text that closes the parenthesis and adds another cannot run.
  open v_cursor for execute format(
    'select count(*), json_agg(row_to_json(capped)) from (select * from (%s%s%s) asked limit %s) capped',
    E'\n', p_query, E'\n', p_cap + 1) using p_params;
  fetch v_cursor into v_count, v_rows;
  close v_cursor;

  v_first := v_rows -> 0;
  if v_first is null then
    -- No row to read the names from: one row of nulls, for which the planner never starts the query.
    open v_cursor for execute format(
      'select row_to_json(empty) from (select asked.* from (values (1)) one (row) left join (%s%s%s) asked on false) empty', E'\n', p_query, E'\n')
      using p_params;
    fetch v_cursor into v_first;
    close v_cursor;
  end if;
  -- json keeps the order of the columns, jsonb does not.
  select jsonb_agg(name order by place) into v_columns
  from json_object_keys(v_first) with ordinality as named (name, place);

  return jsonb_build_object(
    'columns', v_columns,
    'rows', case when v_count > p_cap then (v_rows::jsonb) - p_cap else coalesce(v_rows::jsonb, '[]') end,
    'row_count', least(v_count, p_cap),
    'truncated', v_count > p_cap);
end $$;

create function private.explain_as_reader(p_query text, p_params jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, analytics, extensions, pg_temp as $$
declare
  v_cursor refcursor;
  v_plan json;
begin
  -- Planned and thrown away: fails unless the text is one statement, which `execute` alone would not insist on.
  open v_cursor for execute format('select * from (%s%s%s) asked', E'\n', p_query, E'\n') using p_params;
  close v_cursor;
  execute format('explain (format json) select * from (%s%s%s) asked', E'\n', p_query, E'\n') into v_plan using p_params;
  return (v_plan::jsonb) -> 0 -> 'Plan';
end $$;

-- 4. The door ----------------------------------------------------------------------------------------------------

create function public.run_query(query text, params jsonb, principal jsonb, row_cap int default 10000) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_as_of timestamptz;
begin
  perform private.refuse_query_text(query);
  if row_cap is null or row_cap not between 1 and 100000 then
    raise exception 'row_cap must lie between 1 and 100,000.' using errcode = '22023';
  end if;
  v_as_of := private.open_query(principal);
  perform set_config('transaction_read_only', 'on', true);
  return private.read_as_reader(query, coalesce(params, '[]'), row_cap)
    || jsonb_build_object('as_of', v_as_of, 'settings', private.choices_of_figures(principal));
end $$;
comment on function public.run_query is
  'Runs one SELECT over the analytics views for a principal. Parameters are read as ($1->>0)::type. Service role only; the one caller is analytics/query/door.ts.';

create function public.explain_query(query text, params jsonb, principal jsonb) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_plan jsonb;
begin
  perform private.refuse_query_text(query);
  perform private.open_query(principal);
  perform set_config('transaction_read_only', 'on', true);
  v_plan := private.explain_as_reader(query, coalesce(params, '[]'));
  return jsonb_build_object(
    'total_cost', v_plan -> 'Total Cost',
    'plan_rows', v_plan -> 'Plan Rows',
    'largest_node_rows', (select max((node #>> '{}')::numeric) from jsonb_path_query(v_plan, '$.**."Plan Rows"') node),
    'plan', v_plan);
end $$;
comment on function public.explain_query is
  'Estimated cost and rows of what run_query would run, without running it. Service role only; the gate in front of ad-hoc SQL.';

-- 5. Owners and rights -------------------------------------------------------------------------------------------

grant create on schema private to keapsake_reader;
grant create on schema public to keapsake_door;

alter function private.read_as_reader(text, jsonb, int) owner to keapsake_reader;
alter function private.explain_as_reader(text, jsonb) owner to keapsake_reader;
alter function public.run_query(text, jsonb, jsonb, int) owner to keapsake_door;
alter function public.explain_query(text, jsonb, jsonb) owner to keapsake_door;

revoke create on schema private from keapsake_reader;
revoke create on schema public from keapsake_door;

-- The new owner's own default privileges do not apply to a function that changes hands: say it outright.
revoke all on function private.read_as_reader(text, jsonb, int) from public;
revoke all on function private.explain_as_reader(text, jsonb) from public;
revoke all on function public.run_query(text, jsonb, jsonb, int) from public, anon, authenticated;
revoke all on function public.explain_query(text, jsonb, jsonb) from public, anon, authenticated;
grant execute on function private.read_as_reader(text, jsonb, int) to keapsake_door;
grant execute on function private.explain_as_reader(text, jsonb) to keapsake_door;
grant execute on function public.run_query(text, jsonb, jsonb, int) to service_role;
grant execute on function public.explain_query(text, jsonb, jsonb) to service_role;
