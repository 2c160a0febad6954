-- Predictions ---------------------------------------------------------------------------------------------------------

create table public.prediction_models (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  model text not null,
  version text not null default '1',
  fitted_at timestamptz not null default now(),
  usable boolean not null default true,
  gate text,
  card jsonb not null default '{}',
  unique (account_id, id)
);
create index prediction_models_latest on public.prediction_models (account_id, model, fitted_at desc);
comment on table public.prediction_models is 'Each fit of a model: its card (hold-out, baseline, calibration, lift) and, where the data is too thin, the reason in gate.';

create table public.predictions (
  account_id uuid not null references public.accounts (id) on delete cascade,
  contact_id uuid not null,
  model text not null,
  scored_at timestamptz not null default now(),
  score numeric,
  horizon text,
  details jsonb not null default '{}',
  is_current boolean not null default true,
  primary key (account_id, model, contact_id, scored_at),
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index predictions_current_score on public.predictions (account_id, model, score desc) where is_current;
create index predictions_of_contact on public.predictions (account_id, contact_id, scored_at desc);
comment on table public.predictions is 'Scores per person and model, kept as history; is_current marks the newest.';
comment on column public.predictions.horizon is 'What the score looks ahead to, such as 365 days.';

call private.make_app_table('prediction_models', array['admin', 'analyst']);
call private.make_app_table('predictions', array['admin', 'analyst']);
call private.let_facts_read('prediction_models');
call private.let_facts_read('predictions');

create function private.keep_newest_prediction() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  update public.predictions p set is_current = false
  from (select account_id, model, contact_id, max(scored_at) as newest
        from public.predictions
        where (account_id, model, contact_id) in (select account_id, model, contact_id from fresh) and is_current
        group by 1, 2, 3 having count(*) > 1) latest
  where (p.account_id, p.model, p.contact_id) = (latest.account_id, latest.model, latest.contact_id)
    and p.is_current and p.scored_at < latest.newest;
  return null;
end $$;
create trigger keep_newest after insert on public.predictions referencing new table as fresh
  for each statement execute function private.keep_newest_prediction();

create view public.predictions_current with (security_invoker) as
select account_id, contact_id, model, score, details, horizon, scored_at from public.predictions where is_current;
comment on view public.predictions_current is 'The newest score per person and model.';
grant select on public.predictions_current to authenticated, service_role;

create function public.record_predictions(p_account uuid, p_model text, p_rows jsonb, p_horizon text default null, p_scored_at timestamptz default now()) returns int
language plpgsql volatile security definer set search_path = pg_catalog as $$
declare
  v_count int;
begin
  insert into public.predictions as p (account_id, contact_id, model, score, horizon, details, scored_at)
  select p_account, r.contact_id, p_model, r.score, p_horizon, coalesce(r.details, '{}'), p_scored_at
  from jsonb_to_recordset(p_rows) as r (contact_id uuid, score numeric, details jsonb)
  join public.contacts c on c.account_id = p_account and c.supabase_id = r.contact_id
  on conflict (account_id, model, contact_id, scored_at) do update
    set score = excluded.score, details = excluded.details, horizon = excluded.horizon;
  get diagnostics v_count = row_count;
  return v_count;
end $$;
comment on function public.record_predictions is 'Stores scores [{contact_id, score, details}] of one model at one time; run again, it stores the same. Service role only.';

-- Automations ---------------------------------------------------------------------------------------------------------

create table public.automations (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null references public.accounts (id) on delete cascade,
  name text not null check (length(btrim(name)) between 1 and 200),
  description text,
  enabled boolean not null default false,
  trigger jsonb not null,
  conditions jsonb not null default '[]',
  action jsonb not null,
  mode text not null default 'approve_each' check (mode in ('approve_each', 'automatic')),
  caps jsonb not null default '{"per_run": 100, "per_day": 500}',
  cooldown_days int not null default 30 check (cooldown_days >= 0),
  state jsonb not null default '{}',
  next_run_at timestamptz,
  last_run_at timestamptz,
  created_by text not null default 'service',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (account_id, id)
);
create index automations_due on public.automations (next_run_at) where enabled;
comment on table public.automations is 'When (trigger) and if (conditions) then (action), within caps and a cooldown per contact.';

create table public.automation_runs (
  id uuid primary key default gen_random_uuid(),
  account_id uuid not null,
  automation_id uuid not null,
  dry_run boolean not null default false,
  status text not null default 'running' check (status in ('running', 'done', 'failed', 'waiting')),
  counts jsonb not null default '{}',
  proposal_id uuid,
  error text,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  unique (account_id, id),
  foreign key (account_id, automation_id) references public.automations (account_id, id) on delete cascade,
  foreign key (account_id, proposal_id) references public.proposals (account_id, id) on delete set null (proposal_id)
);
create index automation_runs_of_automation on public.automation_runs (account_id, automation_id, started_at desc);
comment on table public.automation_runs is 'Each run of an automation, also dry ones, with its counts.';

create table public.automation_contacts (
  account_id uuid not null,
  automation_id uuid not null,
  contact_id uuid not null,
  run_id uuid,
  outcome text not null default 'acted',
  last_at timestamptz not null default now(),
  primary key (account_id, automation_id, contact_id),
  foreign key (account_id, automation_id) references public.automations (account_id, id) on delete cascade,
  foreign key (account_id, contact_id) references public.contacts (account_id, supabase_id) on delete cascade
);
create index automation_contacts_by_contact on public.automation_contacts (account_id, contact_id);
comment on table public.automation_contacts is 'When an automation last acted on a person: the cooldown is counted from here.';

call private.make_app_table('automations', array['admin', 'analyst']);
call private.make_app_table('automation_runs', array['admin', 'analyst']);
call private.make_app_table('automation_contacts', array['admin', 'analyst']);
create trigger touch before update on public.automations for each row execute function private.touch_updated_at();
