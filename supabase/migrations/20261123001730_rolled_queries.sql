-- The questions of a board in one call: what a call costs by itself is paid once, and with one connection that is most of it.

-- Each element of `asked` is a question as run_rolled_query takes it: query, params, rollups. Answers come in the same
-- order; a question that fails is answered by its error ({"error": {code, message}}) and leaves the others alone.
create function public.run_rolled_queries(asked jsonb, principal jsonb, row_cap int default 10000) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_question jsonb;
  v_answers jsonb[] := '{}';
begin
  if jsonb_array_length(asked) > 20 then
    raise exception 'At most 20 questions at once, not %. Ask the others after them.', jsonb_array_length(asked) using errcode = '54000';
  end if;
  for v_question in select q.value from jsonb_array_elements(asked) with ordinality as q (value, place) order by q.place loop
    begin
      v_answers := v_answers || public.run_rolled_query(
        v_question ->> 'query', v_question -> 'params', principal, v_question -> 'rollups', row_cap);
    exception when others then
      v_answers := v_answers || jsonb_build_object('error', jsonb_build_object('code', sqlstate, 'message', sqlerrm));
    end;
  end loop;
  return to_jsonb(v_answers);
end $$;
comment on function public.run_rolled_queries is
  'run_rolled_query for several questions of one principal, answered in their order. Service role only; the one caller is analytics/query/door.ts.';
revoke all on function public.run_rolled_queries(jsonb, jsonb, int) from public, anon, authenticated;
grant execute on function public.run_rolled_queries(jsonb, jsonb, int) to service_role;
