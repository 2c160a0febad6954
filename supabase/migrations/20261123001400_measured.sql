-- What figures need and no table held: affiliates' commissions, when an address changed its state, and the account's
-- choices that change what a figure means.

-- 1. Commissions ---------------------------------------------------------------------------------------------------

create table public.affiliate_commissions (
  like private.synced_record including all,
  natural_key text not null,
  kind text not null check (kind in ('earned', 'paid', 'clawed_back')),
  amount_minor bigint not null check (amount_minor >= 0),
  currency text,
  occurred_at timestamptz,
  description text,
  product_name text,
  invoice_keap_id bigint,
  payment_type text,
  constraint affiliate_commissions_natural_key unique (account_id, natural_key)
);
call private.make_synced('affiliate_commissions');
call private.add_reference('affiliate_commissions', 'affiliate', 'affiliates');
call private.add_reference('affiliate_commissions', 'contact', 'contacts');
create index affiliate_commissions_by_time on public.affiliate_commissions (account_id, occurred_at);
call private.secure_mirror('affiliate_commissions');
comment on table public.affiliate_commissions is
  'Commissions of referral partners: earned, paid out and clawed back, always a positive amount in minor units of currency. Keap gives earned ones and clawbacks no id: natural_key identifies them.';
comment on column public.affiliate_commissions.occurred_at is 'When it was earned, paid or clawed back.';
comment on column public.affiliate_commissions.invoice_keap_id is 'The order''s invoice in Keap (orders.invoice_keap_id) that earned it.';

-- 2. States of addresses -------------------------------------------------------------------------------------------

-- Keap tells the state of an address and not since when: a change is dated by when it was seen here. What an address
-- was when it was first seen has no date and is no change.
create table private.email_state_changes (
  account_id uuid not null references public.accounts (id) on delete cascade,
  email text not null,
  seen_at timestamptz not null,
  state_before text,
  state_after text,
  primary key (account_id, email, seen_at)
);
alter table private.email_state_changes enable row level security;
create policy "the fact views read the changes of the account of the query" on private.email_state_changes
  for select to keapsake_facts using (account_id = (select private.query_account()));
grant select on private.email_state_changes to keapsake_facts;
comment on table private.email_state_changes is 'Each time the state of an e-mail address (lower case) was seen to change, in Keap''s own words.';

create function private.note_email_states() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into private.email_state_changes as e (account_id, email, seen_at, state_before, state_after)
  select distinct on (lower(is_now.email)) new.account_id, lower(is_now.email), now(), was.state, is_now.state
  from (select s.value ->> 'email' as email, s.value ->> 'email_opt_status' as state from jsonb_each(new.email_addresses) s) is_now
  join (select s.value ->> 'email' as email, s.value ->> 'email_opt_status' as state from jsonb_each(old.email_addresses) s) was
    on lower(was.email) = lower(is_now.email)
  where is_now.email <> '' and was.state is not null and is_now.state is not null and was.state <> is_now.state
    -- Several contacts may share an address: the second to tell brings nothing new.
    and not exists (
      select 1 from private.email_state_changes known
      where known.account_id = new.account_id and known.email = lower(is_now.email) and known.state_after = is_now.state
        and known.seen_at = (select max(l.seen_at) from private.email_state_changes l
                             where l.account_id = new.account_id and l.email = lower(is_now.email))
    )
  order by lower(is_now.email), is_now.state
  on conflict (account_id, email, seen_at) do nothing;
  return null;
end $$;
create trigger z_note_email_states after update of email_addresses on public.contacts
  for each row when (old.email_addresses is distinct from new.email_addresses)
  execute function private.note_email_states();

create function private.note_email_status() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  insert into private.email_state_changes as e (account_id, email, seen_at, state_before, state_after)
  select new.account_id, lower(new.email), now(), old.status, new.status
  where not exists (
    select 1 from private.email_state_changes known
    where known.account_id = new.account_id and known.email = lower(new.email) and known.state_after = new.status
      and known.seen_at = (select max(l.seen_at) from private.email_state_changes l
                           where l.account_id = new.account_id and l.email = lower(new.email))
  )
  on conflict (account_id, email, seen_at) do nothing;
  return null;
end $$;
create trigger z_note_email_status after update of status on public.email_addresses_status
  for each row when (old.status <> new.status)
  execute function private.note_email_status();

-- 3. Choices of the account ----------------------------------------------------------------------------------------

alter table public.accounts add constraint accounts_known_choices check (
  (not settings ? 'swap_window_days' or settings ->> 'swap_window_days' ~ '^[0-9]{1,2}$')
  and coalesce(settings ->> 'deal_value', 'mean') in ('low', 'high', 'mean', 'order', 'monthly')
  and coalesce(settings ->> 'attribution_model', 'last')
    in ('first', 'last', 'lead_creation', 'linear', 'position', 'w', 'full_path', 'decay')
  and (not settings ? 'attribution_lookback_days' or settings ->> 'attribution_lookback_days' ~ '^[1-9][0-9]{0,3}$')
  and (not settings ? 'email_revenue_days' or settings ->> 'email_revenue_days' ~ '^[1-9][0-9]{0,2}$')
  and coalesce(jsonb_typeof(settings -> 'campaign_tag_categories'), 'array') = 'array'
);
comment on constraint accounts_known_choices on public.accounts is 'Choices that figures read must have the type they expect.';

-- 4. What the sync knows of itself ---------------------------------------------------------------------------------

grant usage on schema sync to keapsake_facts;
create policy "the fact views read the verifications of the account of the query" on sync.verification_runs
  for select to keapsake_facts using (account_id = (select private.query_account()));
create policy "the fact views read the journal of the account of the query" on sync.journal
  for select to keapsake_facts using (account_id = (select private.query_account()));
grant select on sync.verification_runs, sync.journal to keapsake_facts;
