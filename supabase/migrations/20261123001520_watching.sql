-- Watching without telling twice, and without one trouble holding up the others.

-- A period is told once per alert and channel, however often the run that tells it is begun.
alter table public.alert_deliveries add column period text;
create unique index alert_deliveries_once on public.alert_deliveries (alert_id, channel, period);
comment on column public.alert_deliveries.period is 'First day of the period it is about; null where there is none.';

-- Tried, whether it worked or not: whoever fails waits for its turn like all others.
alter table public.segments add column tried_at timestamptz;
create index segments_by_turn on public.segments (tried_at nulls first) where kind = 'dynamic';
comment on column public.segments.tried_at is 'When its people were last looked for; refreshed_at is when they were last found.';
