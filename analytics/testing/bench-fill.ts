/** Ids made from numbers, so that rows can point at each other without look-ups. */
const id = (letter: string, number: string) =>
  `('${letter}0000000-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/**
 * Fills an account with many orders over 1,115 days up to 19 November 2026: a tenth as many contacts with sources,
 * owners, places and three tags each; two items and a payment an order; one order in ten bills a subscription; one in
 * a hundred is unpaid, refunded or failed; a mail for every third order, a deal for every tenth contact with its moves,
 * notes, tasks and appointments, and what the sources cost. Everything follows from the numbers, so two
 * databases hold the same. What happens on a change (capture, journal) is left out.
 */
export async function fillLarge(
  run: (text: string) => Promise<Record<string, unknown>[]>,
  account: string,
  orders: number,
): Promise<void> {
  const contacts = Math.max(10, Math.round(orders / 10));
  const subscriptions = Math.max(5, Math.round(orders / 50));
  // People buy at random, so that gaps differ; a bill goes to whom its subscription belongs to.
  const somebody = (number: string) => `1 + abs(hashint8((${number})::bigint)::bigint) % ${contacts}`;
  const buyer = somebody(`case when g % 10 = 0 then (1 + (g / 10 - 1) % ${subscriptions}) * 10 else g end`);
  const moment = `timestamptz '2023-11-01' + (g::float8 / ${orders}) * interval '1115 days'`;
  const total = "5000 + (g % 90) * 100";
  const paid = `case when g % 100 = 7 then 0 else ${total} end`;
  await run("set session_replication_role = replica");
  // Made again at the end: filling row by row into thirty of them takes many times longer.
  const indexes =
    await run(`select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
    from pg_index i join pg_class t on t.oid = i.indrelid
    where t.relnamespace = 'public'::regnamespace and not i.indisunique
      and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
      and t.relname in ('contacts', 'contact_tags', 'orders', 'order_items', 'payments', 'interactions', 'transactions')`);
  for (const { name } of indexes) await run(`drop index ${name}`);
  const named = (table: string, letter: string, count: number, label: string) =>
    run(
      `insert into public.${table} (supabase_id, account_id, keap_id, name) select ${id(letter, "g")}, '${account}', g, '${label} ' || g from generate_series(1, ${count}) g`,
    );
  await named("products", "a", 40, "Product");
  await named("tags", "b", 60, "Tag");
  await named("lead_sources", "d", 20, "Source");
  await run(
    `insert into public.users (supabase_id, account_id, keap_id, given_name) select ${id("8", "g")}, '${account}', g, 'User ' || g from generate_series(1, 8) g`,
  );
  await run(`insert into public.contacts (supabase_id, account_id, keap_id, given_name, email, keap_created_at, first_lead_source_keap_id, owner_id, owner_keap_id, addresses)
    select ${id("c", "g")}, '${account}', g, 'Person ' || g, 'p' || g || '@example.test', timestamptz '2023-11-01' + (g * 37 % 1115) * interval '1 day',
      1 + g % 20, ${id("8", "1 + g % 8")}, 1 + g % 8,
      jsonb_build_object('BILLING', jsonb_build_object('country_code', (array['USA', 'CAN', 'GBR', 'DEU'])[1 + g % 4], 'region_code', 'US-AZ'))
    from generate_series(1, ${contacts}) g`);
  await run(`insert into public.contact_tags (account_id, contact_id, tag_id, applied_at)
    select '${account}', ${id("c", "g")}, ${id("b", "1 + (g * 7 + k * 13) % 60")}, timestamptz '2024-01-01' + (g % 1000) * interval '1 day'
    from generate_series(1, ${contacts}) g, generate_series(1, 3) k on conflict do nothing`);
  await run(`insert into public.subscriptions (supabase_id, account_id, keap_id, contact_id, contact_keap_id, product_id, product_keap_id, active, auto_charge, billing_cycle, billing_frequency, billing_amount_minor, currency, start_date, next_bill_date)
    select ${id("7", "g")}, '${account}', g, ${id("c", somebody("g * 10"))}, ${somebody("g * 10")}, ${id("a", "1 + g % 40")}, 1 + g % 40,
      g % 3 > 0, true, 'MONTH', 1, 2900, 'USD', date '2023-11-01' + (g * 10 * 1115::bigint / ${orders})::int,
      case when g % 3 > 0 then date '2026-12-10' else date '2023-11-01' + (g * 10 * 1115::bigint / ${orders})::int + 60 + (g % 700)::int end
    from generate_series(1, ${subscriptions}) g`);
  await run(`insert into public.orders (supabase_id, account_id, keap_id, contact_id, contact_keap_id, status, order_time, total_minor, total_paid_minor, refund_total_minor, currency)
    select ${id("e", "g")}, '${account}', g, ${id("c", buyer)}, ${buyer}, case when g % 100 = 7 then 'SENT' else 'PAID' end, ${moment}, ${total}, ${paid}, 0, 'USD' from generate_series(1, ${orders}) g`);
  await run(`insert into public.order_items (supabase_id, account_id, keap_id, order_id, order_keap_id, product_id, product_keap_id, item_type, quantity, price_per_unit_minor, currency, subscription_id, subscription_keap_id)
    select ${id("f", "g * 2 + k")}, '${account}', g * 2 + k, ${id("e", "g")}, g, ${id("a", "1 + (g * 3 + k) % 40")}, 1 + (g * 3 + k) % 40,
      case when g % 10 = 0 then 'SUBSCRIPTION' else 'PRODUCT' end, 1, (${total}) / 2, 'USD',
      case when g % 10 = 0 then ${id("7", `1 + (g / 10 - 1) % ${subscriptions}`)} end, case when g % 10 = 0 then 1 + (g / 10 - 1) % ${subscriptions} end
    from generate_series(1, ${orders}) g, generate_series(0, 1) k`);
  await run(`insert into public.payments (supabase_id, account_id, keap_id, contact_id, contact_keap_id, order_id, order_keap_id, order_keap_ids, kind, status, amount_minor, currency, paid_at, is_manual)
    select ${id("9", "g")}, '${account}', g, ${id("c", buyer)}, ${buyer}, ${id("e", "g")}, g, array[g]::bigint[], 'payment', 'APPROVED', ${total}, 'USD', ${moment}, false
    from generate_series(1, ${orders}) g where g % 100 <> 7`);
  await run(`insert into public.payments (supabase_id, account_id, keap_id, contact_id, contact_keap_id, order_id, order_keap_id, order_keap_ids, kind, status, amount_minor, currency, paid_at, is_manual, refund_of_keap_id)
    select ${id("6", "g")}, '${account}', 100000000 + g, ${id("c", buyer)}, ${buyer}, ${id("e", "g")}, g, array[g]::bigint[], 'refund', 'APPROVED', 1000, 'USD', ${moment} + interval '2 days', false, g
    from generate_series(1, ${orders}) g where g % 100 = 11 and ${moment} < timestamptz '2026-11-15'`);
  await run(`insert into public.transactions (supabase_id, account_id, natural_key, contact_id, contact_keap_id, order_keap_ids, amount_minor, currency, status, transaction_method, transaction_at, is_successful)
    select ${id("5", "g")}, '${account}', 'n' || g, ${id("c", buyer)}, ${buyer}, array[g]::bigint[], ${total}, 'USD', case when g % 100 = 7 then 'DECLINED' else 'APPROVED' end, 'CAPTURE', ${moment}, g % 100 <> 7
    from generate_series(1, ${orders}) g where g % 100 in (7, 8, 9)`);
  await run(`insert into public.interactions (supabase_id, account_id, keap_id, kind, contact_id, contact_keap_id, occurred_at, opened_at, clicked_at)
    select ${id("4", "g")}, '${account}', g, 'email', ${id("c", buyer)}, ${buyer}, ${moment}, case when g % 4 = 0 then ${moment} + interval '1 hour' end, case when g % 20 = 0 then ${moment} + interval '2 hours' end
    from generate_series(1, ${orders}, 3) g`);
  await run(`insert into public.opportunity_stages (supabase_id, account_id, keap_id, name, stage_order, outcome, probability)
    select ${id("3", "g")}, '${account}', g, 'Stage ' || g, g, case g when 5 then 'won' when 6 then 'lost' end, g * 15 from generate_series(1, 6) g`);
  const deals = Math.max(12, Math.round(contacts / 10));
  const made = `timestamptz '2024-01-01' + (g % 1000) * interval '1 day'`;
  await run(`insert into public.opportunities (supabase_id, account_id, keap_id, title, contact_id, contact_keap_id, user_id, user_keap_id, stage_id, stage_keap_id, projected_revenue_low_minor, projected_revenue_high_minor, currency, keap_created_at, stage_entered_at)
    select ${id("2", "g")}, '${account}', g, 'Deal ' || g, ${id("c", `1 + g % ${contacts}`)}, 1 + g % ${contacts}, ${id("8", "1 + g % 8")}, 1 + g % 8, ${id("3", "1 + g % 6")}, 1 + g % 6,
      10000 + (g % 50) * 1000, 20000 + (g % 50) * 1000, 'USD', ${made}, ${made} + (g % 6) * interval '5 days'
    from generate_series(1, ${deals}) g`);
  await run(`insert into public.stage_moves (supabase_id, account_id, keap_id, opportunity_id, opportunity_keap_id, from_stage_id, from_stage_keap_id, to_stage_id, to_stage_keap_id, moved_at, previous_move_at)
    select ${id("1", "g * 8 + k")}, '${account}', g * 8 + k, ${id("2", "g")}, g, ${id("3", "k")}, k, ${id("3", "k + 1")}, k + 1, ${made} + k * interval '5 days', ${made} + (k - 1) * interval '5 days'
    from generate_series(1, ${deals}) g, generate_series(1, 5) k where k <= g % 6`);
  await run(`insert into public.interactions (supabase_id, account_id, keap_id, kind, contact_id, contact_keap_id, user_id, user_keap_id, occurred_at, completed_at)
    select ${id("0", "g")}, '${account}', 100000000 + g, (array['note', 'task', 'appointment'])[1 + g % 3], ${id("c", buyer)}, ${buyer}, ${id("8", "1 + g % 8")}, 1 + g % 8, ${moment}, case when g % 3 = 1 then ${moment} + interval '1 day' end
    from generate_series(1, ${orders}, 20) g`);
  await run(`insert into public.lead_source_expenses (supabase_id, account_id, keap_id, lead_source_id, lead_source_keap_id, amount_minor, currency, incurred_at)
    select gen_random_uuid(), '${account}', g, ${id("d", "1 + g % 20")}, 1 + g % 20, 20000 + g * 10, 'USD', timestamptz '2023-12-01' + g * interval '2 days'
    from generate_series(1, 500) g`);
  for (const { definition } of indexes) await run(String(definition));
  await run("set session_replication_role = origin");
  await run("analyze");
}
