import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rfmAt, rfmKeptAt } from "../metrics/rfm";
import { openQueryDoor } from "../query/door";
import type { QueryInput } from "../query/query";
import type { ResultRow } from "../query/result";
import { runMetricQuery } from "../query/run";
import { runShape } from "../shapes/run-shape";
import type { ShapeQueryInput } from "../shapes/shape";
import { fillRandomAccount, randomSpan } from "../testing/random-account";
import { openWorlds, type World } from "../testing/world";
import { dailyRollups, rollupKey } from "./daily";
import { keepRollups } from "./keep";
import { type RollupsClient, refreshRollups } from "./refresh";
import { compileDays, nameRollup, peopleRollup } from "./statement";

const now = "2026-11-20T20:00:00Z";
const copies = [
  "occasions",
  "active_span",
  "first_purchases",
  "customers",
  "customer_value",
  "subscriptions",
  "subscription_spans",
  "email_revenue",
  "touches",
  "touch_shares",
  "touch_credits",
  "activity",
  "reactivations",
  "lead_outcomes",
  "lead_values",
];

let worlds: Awaited<ReturnType<typeof openWorlds>>;
let world: World;
beforeAll(async () => {
  worlds = await openWorlds();
  world = await worlds.world({ time_zone: "America/New_York" });
  await fillRandomAccount(world, 7);
});
afterAll(() => worlds.stop());

/** One of each kind: whole, by line, by place, by person, by tag, and over renewals. The others differ in the fact alone. */
const kept = new Set([
  "payments",
  "payments/product",
  "payments/country",
  "payments/tag",
  "affiliate_payments",
  "affiliate_payments/lead_affiliate",
  "orders",
  "orders/lead_source",
  "order_lines/product",
  "invoices/lead_source",
  "leads",
  "leads/owner",
  "emails",
  "emails/tag",
  "tag_applications/tag",
  "occasions",
  "new_customers",
  "activity",
  "lead_values",
  "email_states",
  "email_states/email_state",
  "settlements",
  "cohort_money",
  "returns",
]);
const rollups = dailyRollups.filter((rollup) => kept.has(rollupKey(rollup)));

/** Days on which it is kept where customers stood when they began. */
const keptDays = ["2026-11-20", "2026-11-18", "2026-01-01", "2025-06-01"];

const refresh = (create: boolean) =>
  refreshRollups(world.database.service, {
    account: world.account,
    rollups,
    create,
    standings: keptDays,
    budgetMs: 600_000,
  });

/** What is kept, and what a full working out of all days and people gives now. */
async function keptAndTrue(of = rollups): Promise<[kept: unknown, full: unknown][]> {
  const pairs: [unknown, unknown][] = [];
  for (const rollup of of) {
    const key = rollupKey(rollup);
    const order = "order by day, dim, currency";
    const kept = await world.door(
      `select key, day, dim, currency, last_at, sums from analytics.daily where key = ($1->>0)::text ${order}`,
      [key],
      world.principal,
    );
    const statement = compileDays(rollup, world.account, "2020-01-01", "2030-12-31");
    const full = await world.door(
      `select '${key}'::text as key, * from (${statement.text}) f ${order}`,
      statement.params,
      world.principal,
    );
    pairs.push([kept.rows, full.rows]);
  }
  for (const copy of copies) {
    const rows = async (view: string) => {
      const answer = await world.door(
        `select '${copy}' as source, f.* from ${view} f order by f::text`,
        [],
        world.principal,
      );
      return answer.rows;
    };
    pairs.push([await rows(`copied.${copy}`), await rows(`analytics.${copy}`)]);
  }
  return pairs;
}

/** Where customers stood as it is kept, and as a full working out gives it. */
async function standingsKeptAndTrue(): Promise<[kept: unknown, full: unknown]> {
  const columns = "contact_id, currency, last_at, occasions, value_minor";
  const kept = await world.door(
    `select s.day::text, ${columns.replace("contact_id", "s.contact_id")} from analytics.standings s order by 1, 2`,
    [],
    world.principal,
  );
  const days = [...new Set(kept.rows.map(({ day }) => String(day)))];
  const moments = days.map((day) => `timestamp '${day}' at time zone '${world.account.time_zone}'`);
  const full = await world.door(
    `select (array['${days.join("', '")}'])[r.bucket] as day, ${columns} from ${rfmAt(`(select * from unnest(array[${moments.join(", ")}]) with ordinality as b(at, bucket))`)} r order by 1, 2`,
    [],
    world.principal,
  );
  return [kept.rows, full.rows];
}

/** Scores at instants of the kept days, from the lists and who moved since the day began, and as a full working out gives them. */
async function scoresKeptAndTrue(): Promise<[kept: unknown, full: unknown]> {
  const zone = world.account.time_zone;
  const instants = `(select row_number() over (order by d.day, h.hours) as bucket, d.day::timestamp at time zone '${zone}' + h.hours * interval '1 hour' as at
    from unnest('{${keptDays.join(",")}}'::date[]) as d (day) cross join (values (0), (13), (23)) as h (hours))`;
  const columns = "bucket, contact_id, recency, frequency, monetary, rfm_group";
  const scores = (of: string) =>
    world.door(`select ${columns} from ${of} r order by 1, 2`, [], world.principal);
  return [(await scores(rfmKeptAt(instants))).rows, (await scores(rfmAt(instants))).rows];
}

async function expectTrue(): Promise<void> {
  for (const [kept, full] of await keptAndTrue()) expect(kept).toEqual(full);
  for (const both of [standingsKeptAndTrue, scoresKeptAndTrue]) {
    const [kept, full] = await both();
    expect(kept).toEqual(full);
  }
}

/** `some(table, n)`: ids of n rows chosen by the seed. */
const some = (table: string, seed: number, count = 2) =>
  `(select supabase_id from public.${table} where account_id = $1 order by md5(keap_id::text || '${seed}') limit ${count})`;
const one = (table: string, column: string, seed: number) =>
  `(select ${column} from public.${table} where account_id = $1 order by md5(keap_id::text || '${seed + 5}') limit 1)`;
const moment = (seed: number) => `timestamptz '2025-10-01' + interval '1 hour' * ${(seed * 7919) % 9_500}`;

/** Changes as a sync or a person makes them: late, back-dated, moved, deleted, brought back. Each is one statement. */
const edits: Record<string, (seed: number) => string> = {
  "moves orders in time": (s) =>
    `update public.orders set order_time = ${moment(s)} where supabase_id in ${some("orders", s, 3)}`,
  "changes what orders are worth": (s) =>
    `update public.orders set total_minor = ${1 + (s % 9_000)}, total_paid_minor = ${s % 5_000} where supabase_id in ${some("orders", s)}`,
  "moves orders to somebody else": (s) =>
    `update public.orders set contact_id = ${one("contacts", "supabase_id", s)} where supabase_id in ${some("orders", s)}`,
  "makes orders drafts": (s) =>
    `update public.orders set status = 'DRAFT' where supabase_id in ${some("orders", s)}`,
  "makes drafts orders": (s) =>
    `update public.orders set status = 'PAID' where account_id = $1 and status = 'DRAFT' and keap_id % 2 = ${s % 2}`,
  "deletes orders here": (s) =>
    `update public.orders set deleted_at = now() where supabase_id in ${some("orders", s)}`,
  "brings orders back": () => `update public.orders set deleted_at = null where account_id = $1`,
  "removes orders for good": (s) => `delete from public.orders where supabase_id in ${some("orders", s, 1)}`,
  "ships orders elsewhere": (s) =>
    `update public.orders set shipping_information = '{"address": {"country_code": "${s % 2 ? "FRA" : ""}"}}' where supabase_id in ${some("orders", s)}`,
  "adds a late order": (s) =>
    `insert into public.orders (account_id, keap_id, contact_id, status, order_time, total_minor, total_paid_minor, currency) values ($1, ${1_000_000 + s}, ${one("contacts", "supabase_id", s)}, 'PAID', ${moment(s)}, 5000, 5000, 'USD') on conflict do nothing`,
  "adds items": (s) =>
    `insert into public.order_items (account_id, keap_id, order_id, product_id, item_type, quantity, price_per_unit_minor) values ($1, ${2_000_000 + s}, ${one("orders", "supabase_id", s)}, ${one("products", "supabase_id", s)}, 'PRODUCT', 2, 700), ($1, ${3_000_000 + s}, ${one("orders", "supabase_id", s + 1)}, null, 'TAX', 1, 30) on conflict do nothing`,
  "changes items": (s) =>
    `update public.order_items set price_per_unit_minor = ${s % 4_000}, product_id = ${one("products", "supabase_id", s)} where supabase_id in ${some("order_items", s, 4)}`,
  "moves items to another order": (s) =>
    `update public.order_items set order_id = ${one("orders", "supabase_id", s)} where supabase_id in ${some("order_items", s)}`,
  "makes items bills of a subscription": (s) =>
    `update public.order_items set subscription_keap_id = ${one("subscriptions", "keap_id", s)}, item_type = 'SUBSCRIPTION' where supabase_id in ${some("order_items", s)}`,
  "takes items out of subscriptions": (s) =>
    `update public.order_items set subscription_keap_id = null where account_id = $1 and subscription_keap_id is not null and keap_id % 5 = ${s % 5}`,
  "deletes items": (s) => `delete from public.order_items where supabase_id in ${some("order_items", s)}`,
  "moves payments in time": (s) =>
    `update public.payments set paid_at = ${moment(s)} where supabase_id in ${some("payments", s, 3)}`,
  "changes amounts paid": (s) =>
    `update public.payments set amount_minor = ${s % 7_000} where supabase_id in ${some("payments", s)}`,
  "moves payments to another order": (s) =>
    `update public.payments set order_id = ${one("orders", "supabase_id", s)}, order_keap_ids = array[${one("orders", "keap_id", s)}] where supabase_id in ${some("payments", s)}`,
  "spreads payments over two orders": (s) =>
    `update public.payments set order_keap_ids = array[${one("orders", "keap_id", s)}, ${one("orders", "keap_id", s + 3)}] where supabase_id in ${some("payments", s)}`,
  "moves payments to somebody else": (s) =>
    `update public.payments set contact_id = ${one("contacts", "supabase_id", s)} where supabase_id in ${some("payments", s)}`,
  "makes payments refunds of others": (s) =>
    `update public.payments set kind = 'refund', contact_id = null, order_id = null, order_keap_ids = '{}', refund_of_keap_id = ${one("payments", "keap_id", s)} where supabase_id in ${some("payments", s, 1)}`,
  "voids and deletes payments": (s) =>
    `update public.payments set is_void = ${s % 2 === 0}, deleted_at = ${s % 3 === 0 ? "now()" : "null"} where supabase_id in ${some("payments", s)}`,
  "removes payments for good": (s) =>
    `delete from public.payments where supabase_id in ${some("payments", s, 1)}`,
  "voids by transaction": (s) =>
    `update public.transactions set transaction_method = '${s % 2 ? "VOID" : "REFUND"}', payment_keap_id = ${one("payments", "keap_id", s)} where supabase_id in (select supabase_id from public.transactions where account_id = $1 order by md5(natural_key || '${s}') limit 2)`,
  "moves transactions in time": (s) =>
    `update public.transactions set transaction_at = ${moment(s)} where supabase_id in (select supabase_id from public.transactions where account_id = $1 order by md5(natural_key || '${s}') limit 2)`,
  "removes transactions": (s) =>
    `delete from public.transactions where supabase_id in (select supabase_id from public.transactions where account_id = $1 order by md5(natural_key || '${s}') limit 1)`,
  "changes allocations": (s) =>
    `update public.payment_allocations set amount_minor = ${s % 3_000} where account_id = $1 and payment_keap_id % 3 = ${s % 3}`,
  "ends subscriptions": (s) =>
    `update public.subscriptions set active = false, next_bill_date = (${moment(s)})::date, cancelled_at = ${moment(s)} where supabase_id in ${some("subscriptions", s)}`,
  "changes what subscriptions cost": (s) =>
    `update public.subscriptions set active = true, billing_amount_minor = ${s % 9_000} where supabase_id in ${some("subscriptions", s)}`,
  "moves subscriptions to somebody else": (s) =>
    `update public.subscriptions set contact_id = ${one("contacts", "supabase_id", s)} where supabase_id in ${some("subscriptions", s)}`,
  "begins subscriptions": (s) =>
    `insert into public.subscriptions (account_id, keap_id, contact_id, product_id, active, quantity, billing_amount_minor, currency, billing_cycle, billing_frequency, auto_charge, start_date, next_bill_date) values ($1, ${7_000_000 + s}, ${one("contacts", "supabase_id", s)}, ${one("products", "supabase_id", s)}, true, 1, ${1 + (s % 9_000)}, 'USD', '${s % 2 ? "MONTH" : "YEAR"}', 1, true, (${moment(s)})::date, (${moment(s)})::date + 30) on conflict do nothing`,
  "removes subscriptions": (s) =>
    `delete from public.subscriptions where supabase_id in ${some("subscriptions", s, 1)}`,
  "changes where people came from": (s) =>
    `update public.contacts set first_lead_source_keap_id = ${1 + (s % 4)}, owner_id = ${one("users", "supabase_id", s)} where supabase_id in ${some("contacts", s, 3)}`,
  "moves people": (s) =>
    `update public.contacts set addresses = '{"BILLING": {"country_code": "ITA"}}' where supabase_id in ${some("contacts", s)}`,
  "merges people": (s) =>
    `update public.contacts set merged_into_id = ${one("contacts", "supabase_id", s)} where supabase_id in ${some("contacts", s, 1)} and supabase_id <> ${one("contacts", "supabase_id", s)}`,
  "takes merges back": (s) =>
    `update public.contacts set merged_into_id = null where account_id = $1 and merged_into_id is not null and keap_id % 2 = ${s % 2}`,
  "changes the currency of orders": (s) =>
    `update public.orders set currency = '${s % 2 ? "JPY" : "USD"}' where supabase_id in ${some("orders", s)}`,
  "changes when people came": (s) =>
    `update public.contacts set keap_created_at = ${moment(s)} where supabase_id in ${some("contacts", s)}`,
  "deletes people here": (s) =>
    `update public.contacts set deleted_at = ${s % 2 ? "now()" : "null"} where supabase_id in ${some("contacts", s)}`,
  "removes people for good": (s) =>
    `delete from public.contacts where supabase_id in ${some("contacts", s, 1)}`,
  "adds people": (s) =>
    `insert into public.contacts (account_id, keap_id, given_name, keap_created_at) values ($1, ${4_000_000 + s}, 'New', ${moment(s)}) on conflict do nothing`,
  "names a missing lead source": (s) =>
    `insert into public.lead_sources (account_id, keap_id, name) values ($1, ${4 + (s % 2)}, 'Found later') on conflict do nothing`,
  "applies tags": (s) =>
    `insert into public.contact_tags (account_id, contact_id, tag_id, applied_at) values ($1, ${one("contacts", "supabase_id", s)}, ${one("tags", "supabase_id", s)}, ${moment(s)}) on conflict do nothing`,
  "removes and renews tags": (s) =>
    `update public.contact_tags set removed_at = case when removed_at is null then now() end where account_id = $1 and contact_id in ${some("contacts", s, 3)}`,
  "forgets tags": (s) =>
    `delete from public.contact_tags where account_id = $1 and contact_id in ${some("contacts", s, 1)}`,
  "moves mails in time": (s) =>
    `update public.interactions set occurred_at = ${moment(s)}, opened_at = now() where account_id = $1 and keap_id % 7 = ${s % 7}`,
  "sees clicks": (s) =>
    `update public.interactions set clicked_at = case when clicked_at is null then ${moment(s)} end where account_id = $1 and kind = 'email' and keap_id % 5 = ${s % 5}`,
  "changes addresses": (s) =>
    `update public.contacts set email = ${one("contacts", "email", s)} where supabase_id in ${some("contacts", s)}`,
  "changes what addresses allow": (s) =>
    `update public.contacts set email_addresses = jsonb_build_object('EMAIL1', jsonb_build_object('email', email, 'email_opt_status', '${s % 2 ? "LOCKDOWN" : "CONFIRMED"}')) where supabase_id in ${some("contacts", s, 3)}`,
  "is told the states of addresses": (s) =>
    `update public.email_addresses_status set status = '${s % 2 ? "SPAM" : "SINGLE_OPT_IN"}', opted_in = ${s % 3 === 0} where account_id = $1 and md5(email || '${s}') < '8'`,
  "forgets states of addresses": (s) =>
    `delete from public.email_addresses_status where account_id = $1 and md5(email || '${s}') < '3'`,
  "sees addresses change": (s) =>
    `insert into private.email_state_changes (account_id, email, seen_at, state_before, state_after) select $1, lower(btrim(c.email)), ${moment(s)}, 'CONFIRMED', 'SPAM' from public.contacts c where c.supabase_id in ${some("contacts", s)} and c.email is not null on conflict do nothing`,
  "forgets that addresses changed": (s) =>
    `delete from private.email_state_changes where account_id = $1 and md5(email || '${s}') < '4'`,
  "renames and files tags": (s) =>
    `update public.tags set name = 'Tag named ${s}', category_keap_id = ${s % 3 === 0 ? "null" : 1 + (s % 2)} where supabase_id in ${some("tags", s)}`,
  "tells how people came": (s) =>
    `update public.contacts set source_type = '${s % 2 ? "LANDING_PAGE" : "IMPORT"}', utm_parameters = '[{"utm_source": "ads ${s % 3}", "created_at": "2025-1${s % 3}-0${1 + (s % 9)}T10:00:00Z"}]' where supabase_id in ${some("contacts", s, 3)}`,
  "refers people": (s) =>
    `insert into public.referrals (account_id, keap_id, contact_id, affiliate_id, referred_at) values ($1, ${5_000_000 + s}, ${one("contacts", "supabase_id", s)}, ${one("affiliates", "supabase_id", s)}, ${moment(s)}) on conflict do nothing`,
  "moves referrals": (s) =>
    `update public.referrals set contact_id = ${one("contacts", "supabase_id", s)}, referred_at = ${moment(s)} where supabase_id in ${some("referrals", s)}`,
  "renames affiliates": (s) =>
    `update public.affiliates set name = 'Partner ${s}' where supabase_id in ${some("affiliates", s)}`,
  "sells orders through others": (s) =>
    `update public.orders set sales_affiliate_keap_id = ${s % 3 ? 1 + (s % 4) : "null"}, lead_affiliate_keap_id = ${s % 2 ? 1 + (s % 3) : "null"} where supabase_id in ${some("orders", s, 3)}`,
  "finds a missing affiliate": (s) =>
    `insert into public.affiliates (account_id, keap_id, name) values ($1, ${1 + (s % 4)}, 'Found later') on conflict do nothing`,
  "gives affiliates another number": (s) =>
    `update public.affiliates a set keap_id = keap_id + 10 * ${s % 2 ? 1 : -1} where supabase_id in ${some("affiliates", s, 1)} and keap_id + 10 * ${s % 2 ? 1 : -1} > 0 and not exists (select 1 from public.affiliates o where o.account_id = a.account_id and o.keap_id = a.keap_id + 10 * ${s % 2 ? 1 : -1})`,
  "makes and moves appointments": (s) =>
    `update public.interactions set kind = 'appointment', title = 'Talk', occurred_at = ${moment(s)} where account_id = $1 and keap_id % 13 = ${s % 13}`,
  "begins deals": (s) =>
    `update public.opportunities set keap_created_at = ${moment(s)}, contact_id = ${one("contacts", "supabase_id", s)} where supabase_id in ${some("opportunities", s)}`,
  "gives money of an order back": (s) =>
    `insert into public.payments (account_id, keap_id, kind, status, amount_minor, currency, paid_at, is_manual, order_id, order_keap_ids) select $1, ${6_000_000 + s}, 'refund', 'APPROVED', 900, 'USD', o.order_time + interval '40 days', false, o.supabase_id, array[o.keap_id] from public.orders o where o.supabase_id in ${some("orders", s, 1)} and o.order_time is not null and o.keap_id is not null on conflict do nothing`,
  "removes mails": (s) =>
    `delete from public.interactions where account_id = $1 and kind = 'email' and keap_id % 11 = ${s % 11}`,
};

/** Questions of every kind a rollup answers: whole, by time, split, filtered, cumulative, compared, limited. */
const questions: QueryInput[] = [
  { metrics: ["revenue_collected", "refunds"], dimensions: ["time"], grain: "month", range: randomSpan },
  { metrics: ["revenue_net"], dimensions: ["product"], range: randomSpan, limit: 2 },
  { metrics: ["refund_rate"], dimensions: ["time", "country"], grain: "quarter", range: randomSpan },
  { metrics: ["aov", "orders"], dimensions: ["lead_source"], range: { last: 3, unit: "month" } },
  { metrics: ["orders"], dimensions: ["lead_source"], range: randomSpan, comparison: "previous_year" },
  { metrics: ["revenue_net"], filters: { dimension: "country", is: ["unknown"] }, range: randomSpan },
  { metrics: ["refunds"], filters: { dimension: "product", is: ["Product 1"] }, range: randomSpan },
  { metrics: ["sales_invoiced"], filters: { not: { dimension: "lead_source", is: ["Source 1"] } } },
  { metrics: ["revenue_collected"], dimensions: ["tag"], range: randomSpan },
  {
    metrics: ["affiliate_revenue"],
    dimensions: ["time"],
    grain: "month",
    comparison: "previous_period",
    range: randomSpan,
  },
  { metrics: ["affiliate_revenue"], dimensions: ["lead_affiliate"], range: randomSpan, limit: 2 },
  { metrics: ["units"], dimensions: ["time", "product"], grain: "week", range: { last: 8, unit: "week" } },
  { metrics: ["clv", "clv_average"], dimensions: ["time"], grain: "month" },
  { metrics: ["contacts", "new_leads"], dimensions: ["time", "owner"], grain: "quarter" },
  { metrics: ["tags_applied"], dimensions: ["tag"], range: randomSpan },
  { metrics: ["emails_sent", "email_open_rate"], dimensions: ["time"], grain: "month", range: randomSpan },
  { metrics: ["new_customers", "customers"], dimensions: ["time"], grain: "month" },
  { metrics: ["active_customers", "retention_rate", "repeat_purchase_rate"] },
  {
    metrics: ["active_customers", "lapsed_customers"],
    dimensions: ["time"],
    grain: "week",
    range: randomSpan,
  },
  { metrics: ["active_customers", "reactivated_customers"], comparison: "previous_period" },
  { metrics: ["reactivated_customers", "reactivation_rate"], dimensions: ["time"], grain: "month" },
  { metrics: ["retention_rate"], dimensions: ["time"], grain: "month", range: randomSpan },
  { metrics: ["retention_rate"], dimensions: ["time"], grain: "year", range: randomSpan },
  { metrics: ["retention_rate"], range: { preset: "this_month" }, comparison: "previous_period" },
  { metrics: ["repeat_purchase_rate", "purchase_gap_median"], dimensions: ["time"], grain: "quarter" },
  { metrics: ["lead_value"], dimensions: ["time"], grain: "month", range: randomSpan },
  { metrics: ["purchase_gap_median"], dimensions: ["time"], grain: "month", range: { preset: "this_year" } },
  { metrics: ["mrr", "mrr_new", "mrr_churn"], dimensions: ["time"], grain: "month" },
  { metrics: ["revenue_per_email"], dimensions: ["time"], grain: "month", range: randomSpan },
  { metrics: ["list_health"], dimensions: ["time"], grain: "month" },
  { metrics: ["list_health"], dimensions: ["time", "email_state"], grain: "quarter" },
  { metrics: ["list_health"], dimensions: ["email_state"], comparison: "previous_year" },
  { metrics: ["list_health"], filters: { dimension: "email_state", is: ["mailable", "locked"] } },
  { metrics: ["rfm"], dimensions: ["rfm_group"] },
  { metrics: ["rfm"], dimensions: ["time", "rfm_group"], grain: "month", range: { last: 6, unit: "month" } },
  { metrics: ["rfm"], dimensions: ["lead_source"], comparison: "previous_year" },
  { metrics: ["clv"], dimensions: ["rfm_group"], comparison: "previous_period" },
  { metrics: ["orders"], dimensions: ["rfm_group"], range: randomSpan },
];

/** Answers with rollups, which must be what answers, and without. */
async function bothWays(question: QueryInput) {
  const door = openQueryDoor(world.database.service);
  const { rolled } = door;
  let used = 0;
  door.rolled = async (...args) => {
    const answer = (await rolled?.(...args)) ?? null;
    const [statement, , , , uses] = args;
    const readsKept =
      uses.size > 0 || uses.standings || copies.some((copy) => statement.includes(`analytics.${copy}`));
    if (answer && readsKept) used++;
    return answer;
  };
  const plain = { ...world.at(now), door: openQueryDoor(world.database.service) };
  delete plain.door.rolled;
  const fromRollups = await runMetricQuery(question, { ...world.at(now), door });
  const fromFacts = await runMetricQuery(question, plain);
  return { used, fromRollups, fromFacts };
}

describe("rollups", () => {
  it("hold what the facts say once built", async () => {
    expect(await refresh(true)).toMatchObject({ ready: true });
    const pairs = await keptAndTrue();
    for (const [own, full] of pairs) expect(own).toEqual(full);
    expect(pairs.filter(([rows]) => (rows as unknown[]).length === 0)).toEqual([]);
  }, 600_000);

  it("answer questions as the facts do", async () => {
    for (const question of questions) {
      const { used, fromRollups, fromFacts } = await bothWays(question);
      expect(used, JSON.stringify(question)).toBeGreaterThan(0);
      expect(fromRollups).toEqual(fromFacts);
    }
  }, 300_000);

  it("share credit out as the facts do", async () => {
    const door = openQueryDoor(world.database.service);
    const plain = openQueryDoor(world.database.service);
    delete plain.rolled;
    const question = { shape: "attribution", by: "touch", range: randomSpan } as const;
    const fromRollups = await runShape(question, { ...world.at(now), door });
    const fromFacts = await runShape(question, { ...world.at(now), door: plain });
    expect(fromRollups).toEqual(fromFacts);
    expect(fromFacts.rows.length).toBeGreaterThan(3);
    const others: ShapeQueryInput[] = [
      { shape: "rfm_moves", range: { preset: "this_year" } },
      { shape: "reconciliation", range: randomSpan },
      { shape: "reconciliation", range: { preset: "this_month" } },
      { shape: "revenue_cohorts", range: { last: 12, unit: "month", including_current: true } },
      { shape: "revenue_cohorts", range: { last: 6, unit: "month" } },
      { shape: "revenue_cohorts", range: { from: "2026-02-10", to: "2026-08-20" } },
    ];
    for (const each of others) {
      const { sql: _, params: __, ...kept } = await runShape(each, { ...world.at(now), door });
      const { sql: ___, params: ____, ...full } = await runShape(each, { ...world.at(now), door: plain });
      expect(kept).toEqual(full);
      expect(full.rows.length).toBeGreaterThan(1);
    }
  }, 300_000);

  it("equal a full working out after any edits", async () => {
    const anyEdit = fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.nat(100_000));
    await fc.assert(
      fc.asyncProperty(fc.array(anyEdit, { minLength: 8, maxLength: 20 }), async (chosen) => {
        for (const [name, seed] of chosen) {
          const text = (edits[name] as (seed: number) => string)(seed);
          await world.database.sql(text, text.includes("$1") ? [world.account.id] : []);
        }
        expect(await refresh(false)).toMatchObject({ ready: true });
        await expectTrue();
      }),
      {
        numRuns: Number(process.env.ROLLUP_RUNS ?? 1),
        endOnFailure: true,
        // A failure hangs on what the runs before it did: it is seen again with its seed and as many runs.
        ...(process.env.ROLLUP_SEED ? { seed: Number(process.env.ROLLUP_SEED) } : {}),
      },
    );
  }, 600_000);

  it("are brought up to date before they answer", async () => {
    const question: QueryInput = { metrics: ["revenue_collected"], range: { last: 1, unit: "month" } };
    const dollars = ({ rows }: { rows: ResultRow[] }) =>
      Number(rows.find(({ currency }) => currency === "USD")?.revenue_collected ?? 0);
    const before = dollars((await bothWays(question)).fromRollups);
    await world.insert("payments", [
      {
        keap_id: 9_000_001,
        kind: "payment",
        status: "APPROVED",
        amount_minor: 12_300,
        currency: "USD",
        paid_at: "2026-10-31T23:59:00-04:00",
        is_manual: false,
      },
    ]);
    const { used, fromRollups } = await bothWays(question);
    expect(used).toBeGreaterThan(0);
    expect(dollars(fromRollups)).toBe(before + 12_300);
  });

  it("know whose a refund is that names neither person nor order", async () => {
    const [person] = await world.database.sql<{ keap_id: number }>(
      "select keap_id from public.contacts where account_id = $1 and deleted_at is null and merged_into_id is null order by keap_id limit 1",
      [world.account.id],
    );
    const common = { status: "APPROVED", amount_minor: 7_700, currency: "USD", is_manual: true };
    const paid = { ...common, keap_id: 9_000_002, kind: "payment", contact_keap_id: person?.keap_id };
    await world.insert("payments", [{ ...paid, paid_at: "2026-10-30T12:00:00Z" }]);
    expect(await refresh(false)).toMatchObject({ ready: true });
    const back = { ...common, keap_id: 9_000_003, kind: "refund", refund_of_keap_id: 9_000_002 };
    await world.insert("payments", [{ ...back, paid_at: "2026-10-31T12:00:00Z" }]);
    expect(await refresh(false)).toMatchObject({ ready: true });
    const values = async (view: string) =>
      (await world.door(`select v.* from ${view} v order by v::text`, [], world.principal)).rows;
    expect(await values("copied.customer_value")).toEqual(await values("analytics.customer_value"));
  });

  it("are kept for large accounts alone", async () => {
    const { service } = world.database;
    expect(await keepRollups(service, world.account.id, { budgetMs: 1 })).toBeNull();
    expect(await keepRollups(service, world.account.id, { budgetMs: 1, fewestOrders: 3 })).not.toBeNull();
  });
});

/** A client whose connection breaks at the call with this number, before or after the database has done it. */
function breaking(at: number, after: boolean): { client: RollupsClient; calls: () => number } {
  let calls = 0;
  const { service } = world.database;
  return {
    calls: () => calls,
    client: {
      async rpc(name, args) {
        calls++;
        if (calls !== at) return service.rpc(name as never, args as never);
        if (after) await service.rpc(name as never, args as never);
        throw new Error("The connection broke.");
      },
    },
  };
}

describe("a build that is cut short", () => {
  const few = rollups.filter((rollup) => ["orders", "activity"].includes(rollupKey(rollup)));
  const build = (client: RollupsClient, create: boolean, budgetMs = 600_000) =>
    refreshRollups(client, { account: world.account, rollups: few, create, budgetMs });
  const forget = () =>
    world.database.sql("delete from rollups.built where account_id = $1", [world.account.id]);
  async function expectFewTrue(): Promise<void> {
    for (const [kept, full] of await keptAndTrue(few)) expect(kept).toEqual(full);
  }

  it("never counts as done before what it has to hold was listed", async () => {
    await forget();
    const { service } = world.database;
    const named = [peopleRollup, ...few.map(nameRollup)].map((name) => ({ ...name, create: true }));
    for (let n = 0; n < 3; n++)
      await service.rpc("rollups_claim" as never, { p_account: world.account.id, p_rollups: named } as never);
    const states = () =>
      world.database.sql<{ state: string; begun: boolean }>(
        "select distinct state, begun from rollups.built where account_id = $1",
        [world.account.id],
      );
    expect(await states()).toEqual([{ state: "building", begun: false }]);
    expect(await build(service, false)).toMatchObject({ ready: false });
    // Nor when somebody stores what is due, of which nothing is known yet.
    for (const rollup of few) {
      const stored = await service.rpc(
        "rollups_store_days" as never,
        {
          p_principal: world.principal,
          p_key: rollupKey(rollup),
          p_version: nameRollup(rollup).version,
          p_days: [],
          p_query: compileDays(rollup, world.account, "2026-01-01", "2026-01-01").text,
          p_params: compileDays(rollup, world.account, "2026-01-01", "2026-01-01").params,
        } as never,
      );
      expect(stored.data).toEqual({ stored: false });
    }
    const people = await service.rpc(
      "rollups_store_people" as never,
      { p_principal: world.principal, p_limit: 1000 } as never,
    );
    expect(people.data).toMatchObject({ stored: false });
    expect(await states()).toEqual([{ state: "building", begun: false }]);
    expect(await build(service, true)).toMatchObject({ ready: true });
    await expectFewTrue();
  });

  it("goes on from any step to what a full working out gives", async () => {
    let steps = 0;
    // Each step up to the first days stored; of the many that store days, some. What stands after a step is what stands
    // before the next one.
    for (let at = 1; ; at += at < 12 ? 1 : 40) {
      for (const after of at === 1 ? [false, true] : [true]) {
        await forget();
        const { client, calls } = breaking(at, after);
        const cut = await build(client, true).then(
          () => false,
          () => true,
        );
        steps = calls();
        // Somebody asks meanwhile: what counts as done must be true.
        const { ready } = await build(world.database.service, false);
        if (ready) await expectFewTrue();
        if (!cut) {
          expect(steps).toBeGreaterThan(8);
          return;
        }
        expect(await build(world.database.service, true)).toMatchObject({ ready: true });
        await expectFewTrue();
      }
    }
  }, 600_000);

  it("is done in the end with no more time than for one step at once", async () => {
    await forget();
    let runs = 0;
    while (!(await build(world.database.service, true, 0)).ready) expect(++runs).toBeLessThan(1_000);
    expect(runs).toBeGreaterThan(3);
    await expectFewTrue();
  }, 300_000);

  it("starts anew when a table was emptied or a view is defined anew", async () => {
    const { service } = world.database;
    const count = async () =>
      (
        await world.database.sql<{ n: number }>(
          "select count(*)::int as n from rollups.built where account_id = $1",
          [world.account.id],
        )
      )[0]?.n;
    expect(await build(service, true)).toMatchObject({ ready: true });
    expect(await count()).toBeGreaterThan(0);
    await world.database.sql("truncate public.payment_allocations");
    expect(await count()).toBe(0);
    expect(await build(service, true)).toMatchObject({ ready: true });
    await expectFewTrue();

    const question: QueryInput = { metrics: ["orders"], range: randomSpan };
    expect((await bothWays(question)).used).toBeGreaterThan(0);
    const [view] = await world.database.sql<{ text: string }>(
      "select pg_get_viewdef('analytics.orders'::regclass) as text",
    );
    const half = `create or replace view analytics.orders as ${view?.text.replace(/;\s*$/, "")} and o.keap_id % 2 = 0`;
    await world.database.sql(half);
    expect(await build(service, false)).toMatchObject({ ready: false });
    const { used, fromRollups, fromFacts } = await bothWays(question);
    expect(used).toBe(0);
    expect(fromRollups).toEqual(fromFacts);
    expect(await build(service, true)).toMatchObject({ ready: true });
    await expectFewTrue();
    await world.database.sql(`create or replace view analytics.orders as ${view?.text}`);
    expect(await build(service, true)).toMatchObject({ ready: true });
    await expectFewTrue();
  }, 300_000);
});

describe("rollups of an account that changes", () => {
  it("are made anew for another zone", async () => {
    await world.database.sql("update public.accounts set time_zone = 'Asia/Tokyo' where id = $1", [
      world.account.id,
    ]);
    const left = await world.database.sql<{ n: number }>(
      "select count(*)::int as n from rollups.daily where account_id = $1",
      [world.account.id],
    );
    expect(left[0]?.n).toBe(0);
    expect(await refresh(false)).toMatchObject({ ready: false });
  });
});
