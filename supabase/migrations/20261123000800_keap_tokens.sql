-- Keap tokens: one OAuth connection per account, refreshed by one process at a time.
--
-- Keap's refresh tokens work once: each refresh answers a new pair, which must be stored before it is used, and a
-- pair that is lost is a lost connection. So a refresh is a state of this row: who is at it, since when, and whether
-- its outcome is known. The tokens are encrypted by the application (AES-256-GCM, key in its environment); the
-- database sees neither them nor the key.

create table private.keap_tokens (
  account_id uuid primary key references public.accounts on delete cascade,
  -- Rises by one with every pair stored: a process that holds an older pair knows it.
  generation bigint not null default 1 check (generation > 0),
  client_id text not null,
  tenant text,
  access_token_encrypted text not null,
  refresh_token_encrypted text not null,
  access_expires_at timestamptz not null,
  issued_at timestamptz not null default now(),
  state text not null default 'active' check (state in ('active', 'refreshing', 'uncertain', 'reauthorise')),
  state_reason text,
  lease_owner text,
  lease_until timestamptz,
  updated_at timestamptz not null default now()
);
comment on table private.keap_tokens is 'Encrypted OAuth pair per account. Read and written through the keap_tokens_* functions only.';
comment on column private.keap_tokens.state is
  'active · refreshing: lease_owner is at it · uncertain: a refresh ended without an answer, the pair may be spent · reauthorise: a person must connect Keap again.';
comment on column private.keap_tokens.issued_at is 'When the pair was stored. Refresh tokens die after about 45 idle days.';

alter table private.keap_tokens enable row level security;
revoke all on private.keap_tokens from public, anon, authenticated;

create function private.keap_tokens_json(p_row private.keap_tokens) returns jsonb
language sql immutable set search_path = '' as $$
  select jsonb_build_object(
    'generation', p_row.generation, 'client_id', p_row.client_id, 'tenant', p_row.tenant,
    'access_token_encrypted', p_row.access_token_encrypted, 'refresh_token_encrypted', p_row.refresh_token_encrypted,
    'access_expires_at', p_row.access_expires_at, 'issued_at', p_row.issued_at,
    'state', p_row.state, 'state_reason', p_row.state_reason)
$$;

create function public.keap_tokens_read(p_account uuid) returns jsonb
language sql stable security definer set search_path = '' as $$
  select private.keap_tokens_json(t) from private.keap_tokens t where t.account_id = p_account
$$;
comment on function public.keap_tokens_read is 'The encrypted pair and its state; null when the account was never connected by OAuth.';

-- After a person has agreed: replaces whatever was there.
create function public.keap_tokens_connect(p_account uuid, p_tokens jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  stored private.keap_tokens%rowtype;
begin
  insert into private.keap_tokens as t (account_id, client_id, tenant, access_token_encrypted, refresh_token_encrypted, access_expires_at)
  values (p_account, p_tokens ->> 'client_id', p_tokens ->> 'tenant', p_tokens ->> 'access_token_encrypted',
    p_tokens ->> 'refresh_token_encrypted', (p_tokens ->> 'access_expires_at')::timestamptz)
  on conflict (account_id) do update set generation = t.generation + 1, client_id = excluded.client_id, tenant = excluded.tenant,
    access_token_encrypted = excluded.access_token_encrypted, refresh_token_encrypted = excluded.refresh_token_encrypted,
    access_expires_at = excluded.access_expires_at, issued_at = now(), state = 'active', state_reason = null,
    lease_owner = null, lease_until = null, updated_at = now()
  returning * into stored;
  update public.accounts set connection_state = 'connected', connection_detail = null
    where id = p_account and connection_state in ('unconnected', 'unauthorized');
  return private.keap_tokens_json(stored);
end $$;
comment on function public.keap_tokens_connect is 'Stores the first pair after consent, or a new one after re-authorisation.';

-- One winner: of all processes that find the same generation stale, one gets granted = true.
create function public.keap_tokens_begin_refresh(p_account uuid, p_owner text, p_generation bigint, p_lease_ms integer default 60000)
returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  held private.keap_tokens%rowtype;
  granted boolean;
begin
  select * into held from private.keap_tokens where account_id = p_account for update;
  if not found then
    return jsonb_build_object('granted', false);
  end if;
  -- An old lease without an end is a process that died in between: the pair may be spent, but trying it is the only
  -- way to know, and a refusal then says so.
  granted := held.generation = p_generation and held.state <> 'reauthorise'
    and (held.state in ('active', 'uncertain') or held.lease_until is null or held.lease_until <= clock_timestamp());
  if granted then
    update private.keap_tokens set state = 'refreshing', lease_owner = p_owner,
      lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond', updated_at = now()
    where account_id = p_account returning * into held;
  end if;
  return private.keap_tokens_json(held) || jsonb_build_object('granted', granted);
end $$;
comment on function public.keap_tokens_begin_refresh is 'Asks for the right to refresh the pair of that generation; granted to one process at a time.';

-- Stores the new pair if nobody stored a newer one meanwhile; also when the lease ran out, since this pair is the
-- only one Keap still honours.
create function public.keap_tokens_finish_refresh(p_account uuid, p_generation bigint, p_tokens jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  stored private.keap_tokens%rowtype;
begin
  update private.keap_tokens set generation = generation + 1, tenant = coalesce(p_tokens ->> 'tenant', tenant),
    access_token_encrypted = p_tokens ->> 'access_token_encrypted', refresh_token_encrypted = p_tokens ->> 'refresh_token_encrypted',
    access_expires_at = (p_tokens ->> 'access_expires_at')::timestamptz, issued_at = now(), state = 'active', state_reason = null,
    lease_owner = null, lease_until = null, updated_at = now()
  where account_id = p_account and generation = p_generation
  returning * into stored;
  if not found then
    return jsonb_build_object('stored', false) || coalesce(public.keap_tokens_read(p_account), '{}');
  end if;
  update public.accounts set connection_state = 'connected', connection_detail = null
    where id = p_account and connection_state = 'unauthorized';
  return private.keap_tokens_json(stored) || jsonb_build_object('stored', true);
end $$;
comment on function public.keap_tokens_finish_refresh is 'Stores the pair a refresh answered, before anybody uses it.';

-- p_outcome: refused (Keap will not take this pair again), unsent (nothing happened), unknown (no answer came).
create function public.keap_tokens_fail_refresh(p_account uuid, p_owner text, p_generation bigint, p_outcome text, p_reason text)
returns void
language plpgsql security definer set search_path = '' as $$
begin
  if p_outcome not in ('refused', 'unsent', 'unknown') then
    raise exception 'The outcome of a refresh is refused, unsent or unknown, not "%".', p_outcome using errcode = '22023';
  end if;
  update private.keap_tokens set
    state = case p_outcome when 'refused' then 'reauthorise' when 'unsent' then 'active' else 'uncertain' end,
    state_reason = p_reason, lease_owner = null, lease_until = null, updated_at = now()
  where account_id = p_account and generation = p_generation and lease_owner = p_owner;
  if found and p_outcome = 'refused' then
    update public.accounts set connection_state = 'unauthorized', connection_detail = p_reason where id = p_account;
  end if;
end $$;
comment on function public.keap_tokens_fail_refresh is 'Ends a refresh without a new pair; refused means a person must connect Keap again.';

revoke all on function private.keap_tokens_json from public, anon, authenticated;
revoke all on function public.keap_tokens_read, public.keap_tokens_connect, public.keap_tokens_begin_refresh,
  public.keap_tokens_finish_refresh, public.keap_tokens_fail_refresh from public, anon, authenticated;
grant execute on function public.keap_tokens_read, public.keap_tokens_connect, public.keap_tokens_begin_refresh,
  public.keap_tokens_finish_refresh, public.keap_tokens_fail_refresh to service_role;
