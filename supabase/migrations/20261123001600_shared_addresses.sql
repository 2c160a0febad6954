-- People who share an e-mail address.
--
-- Whether an address may be mailed belongs to the address, and Keap shows it on every person who has it. A change of it moves
-- only the person it was made on, or none: the others come up in no list of changes, so they are found here and read again.

create index contacts_by_second_address on public.contacts (account_id, lower(btrim(email_addresses #>> '{EMAIL2,email}')))
  where email_addresses #>> '{EMAIL2,email}' is not null;
create index contacts_by_third_address on public.contacts (account_id, lower(btrim(email_addresses #>> '{EMAIL3,email}')))
  where email_addresses #>> '{EMAIL3,email}' is not null;

-- People other than p_except who have one of these addresses with another state than it has now. p_addresses: {email, opted_in, status}.
create function public.sync_contacts_sharing(p_account uuid, p_addresses jsonb, p_except bigint[]) returns jsonb
language sql stable security definer set search_path = '' as $$
  with a as materialized (
    select distinct on (1) lower(btrim(k.email)) as email, k.opted_in, k.status
    from jsonb_to_recordset(p_addresses) k (email text, opted_in boolean, status text) where k.email is not null
  ), shown as (
    select c.keap_id, c.email_addresses -> 'EMAIL1' as slot, a.opted_in, a.status from a
    join public.contacts c on c.account_id = p_account and lower(btrim(c.email)) = a.email
    where c.email is not null and c.deleted_at is null
    union all
    select c.keap_id, c.email_addresses -> 'EMAIL2', a.opted_in, a.status from a
    join public.contacts c on c.account_id = p_account and lower(btrim(c.email_addresses #>> '{EMAIL2,email}')) = a.email
    where c.email_addresses #>> '{EMAIL2,email}' is not null and c.deleted_at is null
    union all
    select c.keap_id, c.email_addresses -> 'EMAIL3', a.opted_in, a.status from a
    join public.contacts c on c.account_id = p_account and lower(btrim(c.email_addresses #>> '{EMAIL3,email}')) = a.email
    where c.email_addresses #>> '{EMAIL3,email}' is not null and c.deleted_at is null
  )
  -- what one answer leaves out says nothing; more than a few hundred are not one person's doing and come with the next readings
  select coalesce(jsonb_agg(x.keap_id), '[]') from (
    select distinct s.keap_id from shown s
    where s.keap_id is not null and not s.keap_id = any (p_except)
      and (s.status <> s.slot ->> 'email_opt_status' or s.opted_in <> (s.slot ->> 'is_opt_in')::boolean)
    order by 1 limit 500) x
$$;

revoke all on function public.sync_contacts_sharing(uuid, jsonb, bigint[]) from public, anon, authenticated;
grant execute on function public.sync_contacts_sharing(uuid, jsonb, bigint[]) to service_role;
