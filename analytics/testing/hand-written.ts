/**
 * What somebody who knows the tables and METRICS would write for a ready chart, by `board: title`: straight over the
 * mirrored tables, for the same rows, at the bench's clock. Used by the bench alone, to compare with.
 */

const zone = "'America/New_York'";
const at = (day: string) => `(timestamp '${day}' at time zone ${zone})`;
const month = (column: string) => `date_trunc('month', ${column} at time zone ${zone})`;
const between = (column: string, from: string, to: string) =>
  `${column} >= ${at(from)} and ${column} < ${at(to)}`;
const thisMonth = (column: string) => between(column, "2026-11-01", "2026-11-21");
const lastMonth = (column: string) => between(column, "2026-10-01", "2026-10-21");
const year = (column: string) => between(column, "2025-12-01", "2026-11-21");
const thisYear = (column: string) => between(column, "2026-01-01", "2026-11-21");

const notVoid = `not exists (select 1 from public.transactions v where v.account_id = p.account_id and v.payment_keap_id = p.keap_id
  and v.transaction_method = 'VOID' and v.is_successful is not false and v.deleted_at is null)`;
const counts = `p.account_id = :account and p.deleted_at is null and not p.is_test and not p.is_void
  and (p.status in ('APPROVED', 'COMPLETED') or p.status = 'NONE' and p.is_manual) and ${notVoid}`;
const paid = `${counts} and p.kind = 'payment'`;
const ordered =
  "o.account_id = :account and o.deleted_at is null and o.status <> 'DRAFT' and o.total_minor > 0 and o.order_time is not null";
const amount = "sum(p.amount_minor) filter (where p.kind = 'payment')";
const refund = "sum(p.amount_minor) filter (where p.kind = 'refund')";
const lead = "c.account_id = :account and c.deleted_at is null";

const twoMonths = (select: string, from: string, where: string, column: string) =>
  `select (select ${select} from ${from} where ${where} and ${thisMonth(column)}), (select ${select} from ${from} where ${where} and ${lastMonth(column)})`;
const byMonth = (select: string, from: string, where: string, column: string) =>
  `select ${month(column)} as month, ${select} from ${from} where ${where} and ${year(column)} group by 1 order by 1`;

/** Orders of subscriptions that were billed before. */
const renewals = `select i.order_id from public.order_items i
  join (select distinct on (i.subscription_keap_id) i.subscription_keap_id, i.order_id from public.order_items i
    join public.orders o on o.account_id = i.account_id and o.supabase_id = i.order_id and o.deleted_at is null and o.status <> 'DRAFT'
    where i.account_id = :account and i.subscription_keap_id is not null and i.deleted_at is null
    order by i.subscription_keap_id, o.order_time, i.order_id) f using (subscription_keap_id)
  where i.account_id = :account and i.deleted_at is null group by i.order_id having bool_and(f.order_id <> i.order_id)`;
/** An order's total without its tax and shipping items. */
const netSales = `o.total_minor - coalesce((select sum(i.quantity * i.price_per_unit_minor) from public.order_items i
  where i.account_id = o.account_id and i.order_id = o.supabase_id and i.item_type in ('TAX', 'SHIPPING', 'DISCOUNT_SHIPPING') and i.deleted_at is null), 0)`;
const average = (where: string) =>
  `select sum(${netSales}) / count(*) from public.orders o where ${ordered} and o.supabase_id not in (${renewals}) and ${where}`;

/** A payment's money over the items of its order, pro rata to their prices. */
const byProduct = (where: string, groups: string) => `select ${groups} round(sum(x.share)) from (
  select p.paid_at, i.product_id, p.amount_minor * i.price_per_unit_minor * i.quantity
    / nullif(sum(i.price_per_unit_minor * i.quantity) over (partition by p.supabase_id), 0) as share
  from public.payments p join public.order_items i on i.account_id = p.account_id and i.order_id = p.order_id and i.deleted_at is null
  where ${paid} and ${where}) x`;
const topProducts = (where: string) =>
  `${byProduct(where, "x.product_id,")} group by x.product_id order by 2 desc limit 10`;

const customers = `select o.contact_id, min(o.order_time) as since from public.orders o
  join (select p.order_id from public.payments p where ${counts} group by 1
    having sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end) > 0) k on k.order_id = o.supabase_id
  where o.account_id = :account and o.deleted_at is null group by 1`;
const firstBought = `select o.contact_id, min(o.order_time) as bought_at from public.orders o
  where ${ordered} and o.supabase_id not in (${renewals}) group by 1`;

/** A person's order more than 24 hours after the one before it: near enough to an occasion to compare times with. */
const occasions = `select o.contact_id, o.order_time, row_number() over person as number, lead(o.order_time) over person as next_at, lag(o.order_time) over person as previous_at
  from public.orders o where ${ordered} and o.supabase_id not in (${renewals}) window person as (partition by o.contact_id order by o.order_time)`;
const gap = `(select ceil(percentile_cont(0.9) within group (order by extract(epoch from w.order_time - w.previous_at) / 86400)) * interval '1 day' from (${occasions}) w)`;
const monthEnds = `generate_series(timestamp '2026-01-01', timestamp '2026-12-01', interval '1 month') as m (ends)`;

export const handWritten: Record<string, string> = {
  "overview: Revenue this month": twoMonths("sum(p.amount_minor)", "public.payments p", paid, "p.paid_at"),
  "overview: Orders this month": twoMonths("count(*)", "public.orders o", ordered, "o.order_time"),
  "overview: New leads this month": twoMonths("count(*)", "public.contacts c", lead, "c.keap_created_at"),
  "overview: Average order this month": `select (${average(thisMonth("o.order_time"))}), (${average(lastMonth("o.order_time"))})`,
  "overview: Revenue and refunds": byMonth(`${amount}, ${refund}`, "public.payments p", counts, "p.paid_at"),
  "overview: Orders": byMonth("count(*)", "public.orders o", ordered, "o.order_time"),
  "overview: New leads": byMonth("count(*)", "public.contacts c", lead, "c.keap_created_at"),
  "overview: Revenue by product this year": topProducts(thisYear("p.paid_at")),
  "overview: Leads by source this year": `select l.name, count(*) from public.contacts c
    left join public.lead_sources l on l.account_id = c.account_id and l.keap_id = c.first_lead_source_keap_id
    where ${lead} and ${thisYear("c.keap_created_at")} group by 1 order by 2 desc limit 10`,
  "overview: Revenue by country this year": `select coalesce(o.shipping_information #>> '{address,country_code}', c.addresses #>> '{BILLING,country_code}', 'unknown'), sum(p.amount_minor)
    from public.payments p left join public.orders o on o.account_id = p.account_id and o.supabase_id = p.order_id
    left join public.contacts c on c.account_id = p.account_id and c.supabase_id = p.contact_id
    where ${paid} and ${thisYear("p.paid_at")} group by 1 order by 2 desc limit 10`,
  "overview: New customers": `select ${month("k.since")}, count(*) from (${customers}) k where ${year("k.since")} group by 1 order by 1`,
  "revenue: Net revenue this month": twoMonths(
    "sum(case when p.kind = 'payment' then p.amount_minor else -p.amount_minor end)",
    "public.payments p",
    counts,
    "p.paid_at",
  ),
  "revenue: Refund rate this month": twoMonths(
    `${refund}::numeric / ${amount}`,
    "public.payments p",
    counts,
    "p.paid_at",
  ),
  "revenue: Receivable": `select sum(o.total_minor - o.total_paid_minor) from public.orders o where ${ordered} and o.total_minor > coalesce(o.total_paid_minor, 0)`,
  "revenue: Overdue": `select sum(o.total_minor - o.total_paid_minor) from public.orders o
    where ${ordered} and o.total_minor > coalesce(o.total_paid_minor, 0) and coalesce(o.due_at, o.order_time) < timestamptz '2026-11-20 12:00Z'`,
  "revenue: Revenue by product": `select ${month("x.paid_at")}, x.product_id, round(sum(x.share)) from (
    select p.paid_at, i.product_id, p.amount_minor * i.price_per_unit_minor * i.quantity / nullif(sum(i.price_per_unit_minor * i.quantity) over (partition by p.supabase_id), 0) as share
    from public.payments p join public.order_items i on i.account_id = p.account_id and i.order_id = p.order_id and i.deleted_at is null
    where ${paid} and ${year("p.paid_at")}) x group by 1, 2`,
  "revenue: Units by product this year": `select i.product_id, sum(i.quantity) from public.orders o join public.order_items i on i.account_id = o.account_id and i.order_id = o.supabase_id
    where ${ordered} and ${thisYear("o.order_time")} and i.deleted_at is null and i.item_type in ('PRODUCT', 'UPSELL', 'PROGRAM', 'SERVICE') and coalesce(o.refund_total_minor, 0) < o.total_minor
    group by 1 order by 2 desc limit 10`,
  "revenue: Revenue by lead source this year": `select c.first_lead_source_keap_id, sum(p.amount_minor) from public.payments p left join public.contacts c on c.account_id = p.account_id and c.supabase_id = p.contact_id
    where ${paid} and ${thisYear("p.paid_at")} group by 1 order by 2 desc limit 10`,
  "revenue: Revenue by tag this year": `select t.tag_id, sum(p.amount_minor) from public.payments p
    left join public.contact_tags t on t.account_id = p.account_id and t.contact_id = p.contact_id and t.removed_at is null
    where ${paid} and ${thisYear("p.paid_at")} group by 1 order by 2 desc limit 10`,
  "revenue: Average order value": `select ${month("o.order_time")}, sum(${netSales}) / count(*) from public.orders o
    where ${ordered} and o.supabase_id not in (${renewals}) and ${year("o.order_time")} group by 1`,
  "leads: New leads this month": twoMonths("count(*)", "public.contacts c", lead, "c.keap_created_at"),
  "leads: New customers this month": `select count(*) filter (where ${thisMonth("k.since")}), count(*) filter (where ${lastMonth("k.since")}) from (${customers}) k`,
  "leads: Conversion within 90 days": `select ${month("c.keap_created_at")}, avg((b.bought_at >= c.keap_created_at and b.bought_at < c.keap_created_at + interval '90 days')::int)
    from public.contacts c left join (${firstBought}) b on b.contact_id = c.supabase_id where ${lead} and ${year("c.keap_created_at")} group by 1`,
  "leads: Tags applied this year": `select t.tag_id, count(*) from public.contact_tags t where t.account_id = :account and ${thisYear("t.applied_at")} group by 1 order by 2 desc limit 10`,
  "retention: Active customers": `with w as (${occasions}) select count(distinct w.contact_id) from w where w.order_time < timestamptz '2026-11-20 12:00Z' and w.order_time >= timestamptz '2026-11-20 12:00Z' - ${gap}`,
  "retention: Repeat purchase rate": `select avg((n > 1)::int) from (select count(*) as n from (${occasions}) w group by w.contact_id) x`,
  "retention: Active and lapsed customers": `with w as materialized (${occasions}), g as (select ${gap} as span)
    select m.ends, count(*) filter (where w.order_time >= m.ends - g.span), count(*) filter (where w.order_time < m.ends - g.span)
    from ${monthEnds} cross join g join w on w.order_time < m.ends and (w.next_at is null or w.next_at >= m.ends) group by 1`,
  "email: Messages sent": `select ${month("i.occurred_at")}, count(*) from public.interactions i where i.account_id = :account and i.kind = 'email' and i.deleted_at is null and ${year("i.occurred_at")} group by 1`,
  "email: Open rate by tag this year": `select t.tag_id, avg((i.opened_at is not null)::int) from public.interactions i left join public.contact_tags t on t.account_id = i.account_id and t.contact_id = i.contact_id and t.removed_at is null
    where i.account_id = :account and i.kind = 'email' and i.deleted_at is null and ${thisYear("i.occurred_at")} group by 1 order by 2 desc limit 10`,
};
