-- What the sync page shows beside the views: the quota of the credential in use.

create function public.sync_quota_state(p_pool text) returns jsonb
language sql stable security definer set search_path = '' as $$
  select jsonb_build_object('day_used', case when q.day_resets_ms <= extract(epoch from now()) * 1000 then 0 else q.day_used end,
    'resets_at', to_timestamp(q.day_resets_ms / 1000), 'halts', q.halts, 'updated_at', q.updated_at)
  from sync.quota_pools q where q.pool = p_pool
$$;

do $$
begin
  revoke all on function public.sync_quota_state(text) from public, anon, authenticated;
  grant execute on function public.sync_quota_state(text) to service_role;
end $$;
