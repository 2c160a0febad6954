-- The mirrored tables: Keap's records as rows of ours.
--
-- Every synced entity has the same bookkeeping columns (private.synced_record). A reference to another entity is a pair:
-- <name>_id, our uuid with a composite foreign key (account_id, id), null until the other record is known, and
-- <name>_keap_id, Keap's number as it came over the wire. Money is an integer in minor units with one currency per row.

-- 1. What every synced entity has --------------------------------------------------------------------------------

create table private.synced_record (
  supabase_id uuid not null default gen_random_uuid(),
  account_id uuid not null,
  keap_id bigint check (keap_id > 0),
  last_synced_at timestamptz,
  sync_status text not null default 'pending'
    check (sync_status in ('synced', 'pending', 'pushing', 'conflict', 'error', 'held')),
  sync_error text,
  source_of_truth text not null default 'both' check (source_of_truth in ('keap', 'supabase', 'both')),
  last_modified_by text not null default 'sql',
  last_updated_at timestamptz not null default now(),
  version bigint not null default 1,
  deleted_at timestamptz,
  keap_created_at timestamptz,
  keap_updated_at timestamptz,
  raw jsonb not null default '{}'
);
comment on table private.synced_record is 'Template: the bookkeeping columns of every synced entity. Holds no rows.';
comment on column private.synced_record.supabase_id is 'Our id of the record; also kept in Keap where a custom field can hold it.';
comment on column private.synced_record.keap_id is 'Keap''s id; null until the record exists in Keap.';
comment on column private.synced_record.last_synced_at is 'When both sides were last known to agree.';
comment on column private.synced_record.sync_status is 'synced | pending | pushing | conflict | error | held.';
comment on column private.synced_record.sync_error is 'Why the last attempt failed, in words for a person.';
comment on column private.synced_record.source_of_truth is 'Which side may change the record: keap, supabase or both.';
comment on column private.synced_record.last_modified_by is 'keap | user:<uuid> | agent:<id> | automation:<id> | service | sql.';
comment on column private.synced_record.last_updated_at is 'When a value of this row last changed here.';
comment on column private.synced_record.version is 'Grows with every change of a value; the sync compares and sets on it.';
comment on column private.synced_record.deleted_at is 'Tombstone: the record is gone from Keap.';
comment on column private.synced_record.keap_created_at is 'When Keap says the record was created.';
comment on column private.synced_record.keap_updated_at is 'When Keap says the record last changed.';
comment on column private.synced_record.raw is 'Fields of the wire that have no column here, as received.';

-- 2. Building blocks, used by this file and by later tables -------------------------------------------------------

create procedure private.make_synced(p_table text)
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('alter table public.%I add primary key (supabase_id)', p_table);
  execute format('alter table public.%I add constraint %I unique (account_id, supabase_id)', p_table, p_table || '_account_record');
  execute format('alter table public.%I add constraint %I unique (account_id, keap_id)', p_table, p_table || '_account_keap');
  execute format('alter table public.%I add constraint %I foreign key (account_id) references public.accounts (id) on delete cascade',
                 p_table, p_table || '_account');
  execute format('create index %I on public.%I (account_id, sync_status) where sync_status <> ''synced''', p_table || '_unsynced', p_table);
end $$;

create procedure private.add_reference(p_table text, p_name text, p_target text, p_on_delete text default 'set null')
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('alter table public.%I add column %I uuid, add column %I bigint', p_table, p_name || '_id', p_name || '_keap_id');
  execute format('alter table public.%I add constraint %I foreign key (account_id, %I) references public.%I (account_id, supabase_id) on delete %s',
                 p_table, p_table || '_' || p_name, p_name || '_id', p_target,
                 case p_on_delete when 'set null' then format('set null (%I)', p_name || '_id') else p_on_delete end);
  execute format('create index %I on public.%I (account_id, %I)', p_table || '_by_' || p_name, p_table, p_name || '_id');
  -- Records that came before the one they point at: the inbound apply fills them in when it arrives.
  execute format('create index %I on public.%I (account_id, %I) where %I is null and %I is not null',
                 p_table || '_orphan_' || p_name, p_table, p_name || '_keap_id', p_name || '_id', p_name || '_keap_id');
  execute format('comment on column public.%I.%I is %L', p_table, p_name || '_id',
                 format('Our id of the record in %s; null until it is known here.', p_target));
  execute format('comment on column public.%I.%I is %L', p_table, p_name || '_keap_id',
                 format('Keap''s id of the record in %s, as received.', p_target));
end $$;

-- Analysts and admins read, the service writes, the fact views read the account of the query; nobody else anything.
create procedure private.secure_mirror(p_table text)
language plpgsql set search_path = pg_catalog as $$
begin
  execute format('alter table public.%I enable row level security', p_table);
  execute format('create policy %I on public.%I for select to authenticated using (account_id in (select private.my_accounts(array[''admin'', ''analyst''])))',
                 'admins and analysts read ' || p_table || ' of their accounts', p_table);
  execute format('create policy %I on public.%I for select to keapsake_facts using (account_id = (select private.query_account()))',
                 'the fact views read ' || p_table || ' of the account of the query', p_table);
  execute format('grant select on public.%I to authenticated, keapsake_facts', p_table);
  execute format('grant select, insert, update, delete on public.%I to service_role', p_table);
end $$;

-- 3. People and companies ----------------------------------------------------------------------------------------

create table public.users (
  like private.synced_record including all,
  given_name text,
  family_name text,
  email text,
  job_title text,
  status text,
  is_admin boolean,
  is_partner boolean,
  email_addresses jsonb not null default '[]',
  phone_numbers jsonb not null default '[]'
);
call private.make_synced('users');
comment on table public.users is 'Keap''s own users: owners of contacts, deals and tasks. Not the people who sign in here.';

create table public.lead_sources (
  like private.synced_record including all,
  name text,
  description text,
  vendor text,
  medium text,
  message text,
  status text,
  category_keap_id bigint,
  category_name text,
  start_at timestamptz,
  end_at timestamptz
);
call private.make_synced('lead_sources');
comment on table public.lead_sources is 'Where leads come from, as kept in Keap.';

create table public.companies (
  like private.synced_record including all,
  company_name text,
  email text,
  phone text,
  fax text,
  website text,
  address jsonb not null default '{}',
  notes text,
  title text,
  first_name text,
  middle_name text,
  last_name text,
  suffix text,
  preferred_name text,
  job_title text,
  contact_type text,
  referral_code text,
  email_opt_status text,
  birth_date date,
  anniversary_date date,
  keap_created_by bigint,
  keap_last_updated_by bigint,
  custom_fields jsonb not null default '{}'
);
call private.make_synced('companies');
call private.add_reference('companies', 'owner', 'users');
comment on table public.companies is 'Companies. Name parts belong to the company record''s own person, as Keap keeps it.';

create table public.contacts (
  like private.synced_record including all,
  given_name text,
  family_name text,
  middle_name text,
  preferred_name text,
  prefix text,
  suffix text,
  job_title text,
  company_name text,
  email text,
  phone text,
  email_addresses jsonb not null default '{}' check (jsonb_typeof(email_addresses) = 'object'),
  phone_numbers jsonb not null default '{}' check (jsonb_typeof(phone_numbers) = 'object'),
  addresses jsonb not null default '{}' check (jsonb_typeof(addresses) = 'object'),
  fax_numbers jsonb not null default '{}' check (jsonb_typeof(fax_numbers) = 'object'),
  social_accounts jsonb not null default '{}' check (jsonb_typeof(social_accounts) = 'object'),
  website text,
  birth_date date,
  anniversary_date date,
  contact_type text,
  spouse_name text,
  time_zone text,
  preferred_locale text,
  first_lead_source_keap_id bigint,
  source_type text,
  referral_code text,
  utm_parameters jsonb not null default '[]' check (jsonb_typeof(utm_parameters) = 'array'),
  origin_at timestamptz,
  origin_ip_address text,
  score_value numeric,
  keap_created_by bigint,
  keap_last_updated_by bigint,
  assistant_name text,
  assistant_phone text,
  billing_information text,
  notes text,
  custom_fields jsonb not null default '{}' check (jsonb_typeof(custom_fields) = 'object')
);
call private.make_synced('contacts');
call private.add_reference('contacts', 'company', 'companies');
call private.add_reference('contacts', 'owner', 'users');
call private.add_reference('contacts', 'lead_source', 'lead_sources');
call private.add_reference('contacts', 'merged_into', 'contacts');
create index contacts_by_email on public.contacts (account_id, lower(email));
create index contacts_by_creation on public.contacts (account_id, keap_created_at);
create index contacts_by_name on public.contacts (account_id, family_name, given_name);
comment on table public.contacts is 'People of the account, as in Keap.';
comment on column public.contacts.email is 'The address in slot EMAIL1. Kept equal to email_addresses by a trigger, whichever of the two is written.';
comment on column public.contacts.phone is 'The number in slot PHONE1. Kept equal to phone_numbers by a trigger, whichever of the two is written.';
comment on column public.contacts.email_addresses is 'By slot: {"EMAIL1": {"email", "opt_in_reason", "is_opt_in", "email_opt_status"}}. Slots EMAIL1 to EMAIL3.';
comment on column public.contacts.phone_numbers is 'By slot: {"PHONE1": {"number", "extension", "type"}}. Slots PHONE1 to PHONE5.';
comment on column public.contacts.addresses is 'By slot BILLING, SHIPPING, OTHER: {line1, line2, locality, region, region_code, country_code, postal_code, zip_four}.';
comment on column public.contacts.custom_fields is 'Values by the id of the custom field; its definition is in custom_field_definitions.';
comment on column public.contacts.first_lead_source_keap_id is 'The first lead source ever seen; never overwritten.';
comment on column public.contacts.utm_parameters is 'List of {keap_source_id, utm_source, utm_medium, utm_term, utm_campaign, utm_content, first_touch, last_touch, created_at}.';
comment on column public.contacts.score_value is 'Keap''s own lead score, as received.';
comment on column public.contacts.merged_into_id is 'The surviving contact, when this one was merged away in Keap.';

-- email and EMAIL1, phone and PHONE1 are one value each. Whichever changed wins; the plain column, if both did.
create function private.align_contact_slots() returns trigger
language plpgsql set search_path = pg_catalog as $$
declare
  slot_email text := nullif(btrim(new.email_addresses #>> '{EMAIL1,email}'), '');
  slot_phone text := nullif(btrim(new.phone_numbers #>> '{PHONE1,number}'), '');
  column_wrote_email boolean;
  column_wrote_phone boolean;
begin
  if tg_op = 'INSERT' then
    column_wrote_email := nullif(btrim(new.email), '') is not null;
    column_wrote_phone := nullif(btrim(new.phone), '') is not null;
  else
    column_wrote_email := new.email is distinct from old.email;
    column_wrote_phone := new.phone is distinct from old.phone;
  end if;
  new.email := nullif(btrim(new.email), '');
  new.phone := nullif(btrim(new.phone), '');

  if not column_wrote_email then
    new.email := slot_email;
  elsif new.email is null then
    new.email_addresses := new.email_addresses - 'EMAIL1';
  elsif new.email is distinct from slot_email then
    -- Opt-in state belongs to an address: a new address does not inherit it.
    new.email_addresses := new.email_addresses || jsonb_build_object('EMAIL1', jsonb_build_object('email', new.email));
  end if;

  if not column_wrote_phone then
    new.phone := slot_phone;
  elsif new.phone is null then
    new.phone_numbers := new.phone_numbers - 'PHONE1';
  elsif new.phone is distinct from slot_phone then
    new.phone_numbers := new.phone_numbers || jsonb_build_object('PHONE1',
      ((coalesce(new.phone_numbers -> 'PHONE1', '{}') - 'extension') - 'number_e164') || jsonb_build_object('number', new.phone));
  end if;
  return new;
end $$;

-- Triggers run by name: this one before those that watch for edits, so that they see the final values.
create trigger a_align_slots before insert or update on public.contacts
  for each row execute function private.align_contact_slots();

create table public.custom_field_definitions (
  like private.synced_record including all,
  record_type text not null
    check (record_type in ('CONTACT', 'REFERRAL_PARTNER', 'OPPORTUNITY', 'TASK_NOTE_APPOINTMENT', 'COMPANY', 'ORDER', 'SUBSCRIPTION')),
  label text,
  field_name text,
  field_type text,
  options jsonb not null default '[]',
  default_value text,
  group_keap_id bigint,
  group_name text
);
call private.make_synced('custom_field_definitions');
alter table public.custom_field_definitions drop constraint custom_field_definitions_account_keap;
alter table public.custom_field_definitions add constraint custom_field_definitions_account_keap unique (account_id, record_type, keap_id);
comment on table public.custom_field_definitions is 'Custom fields of each record type. Values are keyed by keap_id in the records'' custom_fields.';

create table public.email_addresses_status (
  like private.synced_record including all,
  email text not null,
  opted_in boolean,
  status text,
  last_click_at timestamptz,
  last_open_at timestamptz,
  last_sent_at timestamptz,
  constraint email_addresses_status_address unique (account_id, email)
);
call private.make_synced('email_addresses_status');
comment on table public.email_addresses_status is 'Opt-in and engagement per address (lower case), shared by all contacts that have it. Keap gives it no id.';

-- 4. Tags --------------------------------------------------------------------------------------------------------

create table public.tag_categories (
  like private.synced_record including all,
  name text,
  description text
);
call private.make_synced('tag_categories');
comment on table public.tag_categories is 'Groups of tags.';

create table public.tags (
  like private.synced_record including all,
  name text not null check (length(name) <= 255),
  description text
);
call private.make_synced('tags');
call private.add_reference('tags', 'category', 'tag_categories');
create index tags_by_name on public.tags (account_id, lower(name));
comment on table public.tags is 'Tags. Keap cuts names at 255 characters and keeps them unique.';

create table public.contact_tags (
  account_id uuid not null references public.accounts (id) on delete cascade,
  contact_id uuid not null,
  tag_id uuid not null,
  contact_keap_id bigint,
  tag_keap_id bigint,
  applied_at timestamptz,
  applied_by text,
  removed_at timestamptz,
  sync_status text not null default 'pending'
    check (sync_status in ('synced', 'pending', 'pushing', 'conflict', 'error', 'held')),
  sync_error text,
  last_synced_at timestamptz,
  last_modified_by text not null default 'sql',
  last_updated_at timestamptz not null default now(),
  version bigint not null default 1,
  primary key (account_id, contact_id, tag_id),
  constraint contact_tags_contact foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade,
  constraint contact_tags_tag foreign key (account_id, tag_id) references public.tags (account_id, supabase_id) on delete cascade
);
create index contact_tags_by_tag on public.contact_tags (account_id, tag_id, contact_id) where removed_at is null;
create index contact_tags_unsynced on public.contact_tags (account_id, sync_status) where sync_status <> 'synced';
comment on table public.contact_tags is 'Who holds which tag. A removal keeps the row with removed_at, the time it was seen: Keap reports none.';
comment on column public.contact_tags.applied_at is 'When Keap says the tag was applied; null where only the membership is known.';

-- 5. Products and subscriptions -----------------------------------------------------------------------------------

create table public.product_categories (
  like private.synced_record including all,
  name text,
  parent_keap_id bigint,
  display_order_index int
);
call private.make_synced('product_categories');
comment on table public.product_categories is 'Groups of products, perhaps one in another. A product names the ids of its own.';

create table public.products (
  like private.synced_record including all,
  name text,
  description text,
  short_description text,
  sku text,
  price_minor bigint,
  currency text,
  active boolean,
  shippable boolean,
  taxable boolean,
  country_taxable boolean,
  state_taxable boolean,
  city_taxable boolean,
  subscription_only boolean,
  storefront_hidden boolean,
  is_package boolean,
  needs_digital_delivery boolean,
  weight numeric,
  categories jsonb not null default '[]',
  options jsonb not null default '[]',
  inventory jsonb not null default '{}'
);
call private.make_synced('products');
create index products_by_name on public.products (account_id, lower(name));
comment on table public.products is 'Products. price_minor is in minor units of currency.';
comment on column public.products.categories is 'Ids of the product''s categories, as received.';

create table public.subscription_plans (
  like private.synced_record including all,
  name text,
  cycle_type text,
  frequency int,
  total_cycles int,
  plan_price_minor bigint,
  currency text,
  active boolean,
  prorate boolean,
  display_order_index int
);
call private.make_synced('subscription_plans');
call private.add_reference('subscription_plans', 'product', 'products');
comment on table public.subscription_plans is 'Plans of products: YEARLY, MONTHLY, WEEKLY or DAILY every `frequency`; total_cycles 0 = endless.';

create table public.affiliates (
  like private.synced_record including all,
  code text,
  name text,
  status text,
  unique_site_id text,
  parent_affiliate_keap_id bigint,
  notify_on_sale boolean,
  notify_on_lead boolean,
  track_leads_days int,
  custom_fields jsonb not null default '{}'
);
call private.make_synced('affiliates');
call private.add_reference('affiliates', 'contact', 'contacts');
comment on table public.affiliates is 'Referral partners.';

create table public.referrals (
  like private.synced_record including all,
  description text,
  source text,
  referral_type text,
  referred_at timestamptz,
  expires_at timestamptz,
  ip_address text
);
call private.make_synced('referrals');
call private.add_reference('referrals', 'contact', 'contacts');
call private.add_reference('referrals', 'affiliate', 'affiliates');
comment on table public.referrals is 'Which partner referred which contact.';

create table public.subscriptions (
  like private.synced_record including all,
  active boolean,
  quantity int,
  billing_amount_minor bigint,
  currency text,
  billing_cycle text,
  billing_frequency int,
  auto_charge boolean,
  start_date date,
  last_bill_date date,
  next_bill_date date,
  end_date date,
  reason_stopped text,
  promo_code text,
  max_charge_attempts int,
  days_between_retries int,
  merchant_account_keap_id bigint,
  payment_method_keap_id bigint,
  shipping_option_keap_id bigint,
  lead_affiliate_keap_id bigint,
  sale_affiliate_keap_id bigint,
  shipping_address jsonb not null default '{}',
  allow_tax boolean,
  cancelled_at timestamptz,
  cancelled_source text check (cancelled_source in ('observed', 'modification_time')),
  custom_fields jsonb not null default '{}'
);
call private.make_synced('subscriptions');
call private.add_reference('subscriptions', 'contact', 'contacts');
call private.add_reference('subscriptions', 'product', 'products');
call private.add_reference('subscriptions', 'subscription_plan', 'subscription_plans');
comment on table public.subscriptions is 'Subscriptions. Dates are calendar dates in the account''s zone.';
comment on column public.subscriptions.billing_amount_minor is 'Amount per bill in minor units of currency, as Keap stores it.';
comment on column public.subscriptions.cancelled_at is 'When active was seen to turn false; Keap has no such date. Null before the first sync saw it.';
comment on column public.subscriptions.cancelled_source is 'observed = we saw it turn; modification_time = taken from the record''s last change.';

-- 6. Orders and money ---------------------------------------------------------------------------------------------

create table public.orders (
  like private.synced_record including all,
  title text,
  status text,
  order_type text,
  source_type text,
  order_time timestamptz,
  total_minor bigint,
  total_paid_minor bigint,
  total_due_minor bigint,
  refund_total_minor bigint,
  currency text,
  refund_status text,
  credit_status text,
  notes text,
  terms text,
  promo_code text,
  invoice_keap_id bigint,
  invoice_number text,
  lead_affiliate_keap_id bigint,
  sales_affiliate_keap_id bigint,
  shipping_information jsonb not null default '{}',
  payment_plan jsonb not null default '{}',
  allow_payment boolean,
  allow_paypal boolean,
  sent_at timestamptz,
  due_at timestamptz,
  external_create_user text,
  external_created_at timestamptz,
  external_updated_at timestamptz,
  custom_fields jsonb not null default '{}'
);
call private.make_synced('orders');
call private.add_reference('orders', 'contact', 'contacts');
create index orders_by_time on public.orders (account_id, order_time);
create index orders_by_invoice on public.orders (account_id, invoice_keap_id);
comment on table public.orders is 'Orders (in Keap an order is an invoice). Amounts are minor units of currency.';
comment on column public.orders.order_time is 'When the order was placed, as its user says; keap_created_at is when it was entered.';
comment on column public.orders.total_due_minor is 'What Keap calls due, not the current balance: take the balance from total and paid.';

create table public.order_items (
  like private.synced_record including all,
  name text,
  description text,
  notes text,
  quantity int,
  item_type text,
  price_per_unit_minor bigint,
  cost_per_unit_minor bigint,
  discount_minor bigint,
  currency text,
  special jsonb
);
call private.make_synced('order_items');
call private.add_reference('order_items', 'order', 'orders', 'cascade');
-- Comparisons look the lines of a page of orders up by Keap's ids.
create index order_items_by_keap_order on public.order_items (account_id, order_keap_id);
call private.add_reference('order_items', 'product', 'products');
call private.add_reference('order_items', 'subscription', 'subscriptions');
call private.add_reference('order_items', 'subscription_plan', 'subscription_plans');
comment on table public.order_items is 'Lines of orders; DISCOUNT types are negative, TAX, SHIPPING, TIP and FEE are separable.';

create table public.payments (
  like private.synced_record including all,
  order_keap_ids bigint[] not null default '{}',
  amount_minor bigint check (amount_minor >= 0),
  currency text,
  kind text not null default 'payment' check (kind in ('payment', 'refund')),
  refund_of_keap_id bigint,
  refund_payment_keap_id bigint,
  status text,
  payment_type text,
  note text,
  paid_at timestamptz,
  method_type text,
  is_manual boolean,
  is_void boolean not null default false,
  merchant_account_keap_id bigint,
  merchant_account_type text,
  external_transaction_id text,
  commissioned boolean,
  is_test boolean not null default false
);
call private.make_synced('payments');
call private.add_reference('payments', 'contact', 'contacts');
call private.add_reference('payments', 'order', 'orders');
create index payments_by_time on public.payments (account_id, paid_at);
comment on table public.payments is 'Payments and refunds, always a positive amount; kind says which. A refund names its payment in refund_of_keap_id.';
comment on column public.payments.is_void is 'Its transaction is a VOID: it never happened.';
comment on column public.payments.is_test is 'Taken by a merchant account marked as test; left out of every figure.';
comment on column public.payments.order_keap_ids is 'Every order the payment covers; order_id is the first.';

create table public.payment_allocations (
  like private.synced_record including all,
  amount_minor bigint,
  currency text,
  pay_status text,
  paid_at timestamptz,
  invoice_keap_id bigint,
  refund_of_keap_id bigint,
  note text
);
call private.make_synced('payment_allocations');
call private.add_reference('payment_allocations', 'payment', 'payments', 'cascade');
call private.add_reference('payment_allocations', 'order', 'orders', 'cascade');
create unique index payment_allocations_pair on public.payment_allocations (account_id, payment_keap_id, order_keap_id) where keap_id is null;
comment on table public.payment_allocations is 'How a payment is split over the orders it covers. keap_id is that of the invoice payment.';

create table public.transactions (
  like private.synced_record including all,
  natural_key text not null,
  payment_keap_id bigint,
  order_keap_ids bigint[] not null default '{}',
  amount_minor bigint,
  currency text,
  status text,
  transaction_method text,
  transaction_at timestamptz,
  is_successful boolean,
  description text,
  error_details text,
  external_reference_id text,
  external_response_code text,
  merchant_account_keap_id bigint,
  merchant_account_type text,
  is_test boolean not null default false,
  constraint transactions_natural_key unique (account_id, natural_key)
);
call private.make_synced('transactions');
call private.add_reference('transactions', 'contact', 'contacts');
create index transactions_by_time on public.transactions (account_id, transaction_at);
comment on table public.transactions is 'Attempts to move money, also failed ones. Keap gives them no id: natural_key identifies them.';

-- 7. Deals ---------------------------------------------------------------------------------------------------------

create table public.opportunity_stages (
  like private.synced_record including all,
  name text,
  stage_order int,
  probability int,
  target_number_days int,
  outcome text check (outcome in ('active', 'won', 'lost')),
  checklist_items jsonb not null default '[]'
);
call private.make_synced('opportunity_stages');
comment on table public.opportunity_stages is 'Stages of the pipeline. outcome comes from the account''s settings: which stage is won, which lost.';

create table public.opportunities (
  like private.synced_record including all,
  title text,
  notes text,
  next_action_at timestamptz,
  next_action_notes text,
  estimated_close_at timestamptz,
  include_in_forecast boolean,
  projected_revenue_low_minor bigint,
  projected_revenue_high_minor bigint,
  order_revenue_minor bigint,
  monthly_revenue_minor bigint,
  currency text,
  lead_source_name text,
  affiliate_keap_id bigint,
  objection text,
  status text,
  stage_entered_at timestamptz,
  keap_created_by bigint,
  keap_last_updated_by bigint,
  custom_fields jsonb not null default '{}'
);
call private.make_synced('opportunities');
call private.add_reference('opportunities', 'contact', 'contacts');
call private.add_reference('opportunities', 'stage', 'opportunity_stages');
call private.add_reference('opportunities', 'user', 'users');
comment on table public.opportunities is 'Deals. Amounts are minor units of currency.';

create table public.stage_moves (
  like private.synced_record including all,
  moved_at timestamptz,
  previous_move_at timestamptz
);
call private.make_synced('stage_moves');
call private.add_reference('stage_moves', 'opportunity', 'opportunities', 'cascade');
call private.add_reference('stage_moves', 'from_stage', 'opportunity_stages');
call private.add_reference('stage_moves', 'to_stage', 'opportunity_stages');
call private.add_reference('stage_moves', 'user', 'users');
create index stage_moves_by_time on public.stage_moves (account_id, moved_at);
comment on table public.stage_moves is 'History of deals through the stages. from_stage_keap_id 0 is the first move.';

-- 8. Campaigns, spend, and what happened with people ---------------------------------------------------------------

create table public.campaigns (
  like private.synced_record including all,
  name text,
  is_published boolean,
  published_at timestamptz,
  is_locked boolean,
  time_zone text,
  error_message text,
  active_contact_count int,
  completed_contact_count int,
  goals jsonb not null default '[]',
  sequences jsonb not null default '[]'
);
call private.make_synced('campaigns');
comment on table public.campaigns is 'Campaigns with their goals, sequences and counts. Who is where in one cannot be read from Keap.';

create table public.lead_source_expenses (
  like private.synced_record including all,
  title text,
  notes text,
  amount_minor bigint,
  currency text,
  incurred_at timestamptz,
  recurring_expense_keap_id bigint
);
call private.make_synced('lead_source_expenses');
call private.add_reference('lead_source_expenses', 'lead_source', 'lead_sources');
create index lead_source_expenses_by_time on public.lead_source_expenses (account_id, incurred_at);
comment on table public.lead_source_expenses is 'Money spent on lead sources, minor units of currency. A recurring expense books ordinary ones; only these are here.';

create table public.interactions (
  like private.synced_record including all,
  kind text not null check (kind in ('note', 'task', 'appointment', 'email')),
  title text,
  body text,
  type text,
  occurred_at timestamptz,
  due_at timestamptz,
  completed_at timestamptz,
  ended_at timestamptz,
  is_completed boolean,
  is_pinned boolean,
  priority text,
  location text,
  remind_minutes int,
  sent_from_address text,
  sent_to_address text,
  opened_at timestamptz,
  clicked_at timestamptz,
  provider text,
  provider_source_id text,
  opportunity_keap_id bigint,
  keap_created_by bigint,
  keap_last_updated_by bigint,
  custom_fields jsonb not null default '{}'
);
call private.make_synced('interactions');
-- Notes, tasks, appointments and emails each count their ids from one: the kind is part of the key.
alter table public.interactions drop constraint interactions_account_keap;
alter table public.interactions add constraint interactions_account_keap unique (account_id, kind, keap_id);
call private.add_reference('interactions', 'contact', 'contacts');
call private.add_reference('interactions', 'user', 'users');
create index interactions_by_time on public.interactions (account_id, kind, occurred_at);
create index interactions_of_contact on public.interactions (account_id, contact_id, occurred_at desc);
comment on table public.interactions is 'Notes, tasks, appointments and emails. Keap gives one opened and one clicked time per email, and no form submissions.';
comment on column public.interactions.occurred_at is 'Note: created. Task: due, else created. Appointment: start. Email: sent.';

-- 9. Row level security and grants --------------------------------------------------------------------------------

do $$
declare
  mirrored text;
begin
  foreach mirrored in array array[
    'users', 'lead_sources', 'companies', 'contacts', 'custom_field_definitions', 'email_addresses_status',
    'tag_categories', 'tags', 'contact_tags', 'product_categories', 'products', 'subscription_plans', 'affiliates', 'referrals',
    'subscriptions', 'orders', 'order_items', 'payments', 'payment_allocations', 'transactions',
    'opportunity_stages', 'opportunities', 'stage_moves', 'campaigns', 'lead_source_expenses', 'interactions'
  ] loop
    call private.secure_mirror(mirrored);
  end loop;
end $$;
