-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
-- What the database works out itself
-- ─────────────────────────────────────────────────────────────────────────────────────────────────────────────────────

-- Keap keeps no cancellation time: it is when we saw `active` turn false. Unknown for what was inactive at first sight.
create function sync.note_cancellation() returns trigger language plpgsql set search_path = '' as $$
begin
  new.cancelled_at := coalesce(new.keap_updated_at, now());
  new.cancelled_source := case when new.keap_updated_at is null then 'observed' else 'modification_time' end;
  return new;
end $$;
create trigger note_cancellation before update on public.subscriptions for each row
  when (old.active and not new.active and new.cancelled_at is not distinct from old.cancelled_at)
  execute function sync.note_cancellation();

-- The first lead source seen is never overwritten.
create function sync.keep_first_lead_source() returns trigger language plpgsql set search_path = '' as $$
begin
  new.first_lead_source_keap_id := new.lead_source_keap_id;
  return new;
end $$;
create trigger keep_first_lead_source before insert or update on public.contacts for each row
  when (new.first_lead_source_keap_id is null and new.lead_source_keap_id is not null)
  execute function sync.keep_first_lead_source();

-- A refund is the payment another payment names, or one that came with a negative amount.
create index payments_naming_refunds on public.payments (account_id, refund_payment_keap_id) where refund_payment_keap_id is not null;
create function sync.derive_payments(p_account uuid, p_keap_ids bigint[]) returns void language plpgsql set search_path = '' as $$
declare
  v_ids bigint[];
begin
  -- the payments themselves, and the refunds they name
  select array_agg(distinct k) into v_ids from (
    select unnest(p_keap_ids) union all
    select o.refund_payment_keap_id from public.payments o
    where o.account_id = p_account and o.keap_id = any (p_keap_ids) and o.refund_payment_keap_id is not null
  ) x (k);
  update public.payments p set kind = t.kind, refund_of_keap_id = t.original, is_void = t.is_void
  from (
    select p.supabase_id, o.original, v.is_void,
      case when o.original is not null or p.raw ->> 'negative' = 'true' then 'refund' else 'payment' end as kind
    from public.payments p
    cross join lateral (select min(o.keap_id) as original from public.payments o
      where o.account_id = p_account and o.refund_payment_keap_id = p.keap_id) o
    cross join lateral (select exists (select from public.transactions v where v.account_id = p_account and v.payment_keap_id = p.keap_id
      and v.transaction_method = 'VOID' and v.is_successful is not false) as is_void) v
    where p.account_id = p_account and p.keap_id = any (v_ids)
  ) t
  where p.supabase_id = t.supabase_id
    and (p.kind is distinct from t.kind or p.refund_of_keap_id is distinct from t.original or p.is_void is distinct from t.is_void);
end $$;
create index if not exists transactions_voiding on public.transactions (account_id, payment_keap_id) where transaction_method = 'VOID';

-- The orders of an opened page whose money may have moved, where the page asks for it: of the rows that changed, or of all.
create function sync.mark_rereads(p_account uuid, p_entity text) returns void language plpgsql set search_path = '' as $$
declare
  v_which text := coalesce(current_setting('keapsake.rereads', true), '');
begin
  if v_which = '' then return; end if;
  insert into sync.rereads as m (account_id, order_keap_id)
  select distinct p_account, o.id
  from pg_temp.sync_page w
  cross join lateral (
    select w.keap_id where p_entity = 'orders'
    union
    select x.value::bigint from jsonb_array_elements_text(case when p_entity <> 'orders' then w.r #> '{values,order_keap_ids}' end) x
  ) o (id)
  where w.entity = p_entity and o.id is not null and (v_which = 'all' or w.fresh is not true)
  on conflict (account_id, order_keap_id) do update set marked_at = greatest(m.marked_at, excluded.marked_at);
end $$;

-- A plan names no product; the product's answer names its plans.
create function sync.derive_plans(p_account uuid) returns void language sql set search_path = '' as $$
  update public.subscription_plans p set product_keap_id = o.keap_id, product_id = o.supabase_id
  from public.products o cross join lateral jsonb_array_elements(coalesce(o.raw -> 'subscription_plans', '[]')) e
  where p.account_id = p_account and o.account_id = p_account and (e ->> 'id')::bigint = p.keap_id
    and (p.product_keap_id is distinct from o.keap_id or p.product_id is distinct from o.supabase_id)
$$;
