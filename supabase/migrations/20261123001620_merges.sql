-- Who was merged into whom.
--
-- Keap has no event for a merge: the sync finds out when a contact is gone, by whom its records belong to now. What it found
-- out is written down before anything moves, and becomes the link in the transaction that takes the contact for gone: a
-- worker that is killed in between leaves no contact behind that is gone and linked to nobody.

create table sync.merges (
  account_id uuid not null references public.accounts on delete cascade,
  contact bigint not null,
  survivor bigint not null,
  found_at timestamptz not null default now(),
  primary key (account_id, contact)
);
comment on table sync.merges is 'Keap ids of contacts that were merged, until they are taken for gone here and linked to their survivor.';
alter table sync.merges enable row level security;
revoke all on sync.merges from public, anon, authenticated;
grant select on sync.merges to service_role;

-- {"<contact>": <survivor>}: found out, and not yet carried out.
create function public.sync_expect_merged(p_account uuid, p_merges jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into sync.merges (account_id, contact, survivor)
  select p_account, m.key::bigint, m.value::bigint from jsonb_each_text(p_merges) m
  on conflict (account_id, contact) do update set survivor = excluded.survivor, found_at = now()
$$;

-- Of these contacts, which are gone here now: those that were merged, linked to their survivors.
create function sync.link_merged(p_account uuid, p_contacts bigint[], p_run uuid) returns void
language plpgsql set search_path = '' as $$
declare
  m record; v_survivor uuid; v_gone uuid;
begin
  for m in delete from sync.merges x where x.account_id = p_account and x.contact = any (p_contacts) returning x.contact, x.survivor loop
    select c.supabase_id into v_survivor from public.contacts c
    where c.account_id = p_account and c.keap_id = m.survivor and c.deleted_at is null;
    if v_survivor is null then continue; end if;
    update public.contacts c set merged_into_id = v_survivor, merged_into_keap_id = m.survivor, version = c.version + 1,
      last_modified_by = 'keap', last_updated_at = now()
    where c.account_id = p_account and c.keap_id = m.contact and c.deleted_at is not null and c.merged_into_keap_id is distinct from m.survivor
    returning c.supabase_id into v_gone;
    if v_gone is null then continue; end if;
    delete from sync.dirty d where d.account_id = p_account and d.entity = 'contacts' and d.record_id = v_gone;
    update sync.tombstones t set reason = 'merged', merged_into = m.survivor::text
    where t.account_id = p_account and t.entity = 'contacts' and t.record_id = v_gone;
    insert into sync.journal (account_id, run_id, entity, record_id, keap_id, direction, action, origin, changes, detail)
    values (p_account, p_run, 'contacts', v_gone, m.contact, 'in', 'link', 'keap', '{}',
      jsonb_build_object('merged_into_keap_id', m.survivor, 'merged_into_id', v_survivor));
  end loop;
end $$;

revoke all on function public.sync_expect_merged(uuid, jsonb) from public, anon, authenticated;
grant execute on function public.sync_expect_merged(uuid, jsonb) to service_role;
