/**
 * How long the ready boards take on a large account: `tsx analytics/testing/bench.ts [--orders 100000] [--board revenue]`.
 * Fills a database in memory with a tenth as many contacts as orders, two items and a payment each, and prints the
 * milliseconds of every chart and the 95th percentile per board.
 */
import { parseArgs } from "node:util";
import { readyBoards } from "../boards/ready";
import { runMetricQuery } from "../query/run";
import { openWorlds, type World } from "./world";

/** Ids made from numbers, so that rows can point at each other without look-ups. */
const id = (letter: string, number: string) =>
  `('${letter}0000000-0000-4000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

async function fill(world: World, orders: number): Promise<void> {
  const account = world.account.id;
  const contacts = Math.max(10, Math.round(orders / 10));
  const buyer = `1 + (g * 7919) % ${contacts}`;
  const moment = `timestamptz '2023-11-01' + (g::float8 / ${orders}) * interval '1115 days'`;
  const total = "5000 + (g % 90) * 100";
  const run = (text: string) => world.database.sql(text);
  // What happens on a change (capture, journal) is not measured here.
  await run("set session_replication_role = replica");
  await run(
    `insert into public.products (supabase_id, account_id, keap_id, name) select ${id("a", "g")}, '${account}', g, 'Product ' || g from generate_series(1, 40) g`,
  );
  await run(
    `insert into public.tags (supabase_id, account_id, keap_id, name) select ${id("b", "g")}, '${account}', g, 'Tag ' || g from generate_series(1, 60) g`,
  );
  await run(
    `insert into public.lead_sources (supabase_id, account_id, keap_id, name) select ${id("d", "g")}, '${account}', g, 'Source ' || g from generate_series(1, 20) g`,
  );
  await run(`insert into public.contacts (supabase_id, account_id, keap_id, given_name, email, keap_created_at, first_lead_source_keap_id, addresses)
    select ${id("c", "g")}, '${account}', g, 'Person ' || g, 'p' || g || '@example.test', timestamptz '2023-11-01' + (g * 37 % 1115) * interval '1 day', 1 + g % 20,
      jsonb_build_object('BILLING', jsonb_build_object('country_code', (array['USA', 'CAN', 'GBR', 'DEU'])[1 + g % 4], 'region_code', 'US-AZ'))
    from generate_series(1, ${contacts}) g`);
  await run(`insert into public.contact_tags (account_id, contact_id, tag_id, applied_at)
    select '${account}', ${id("c", "g")}, ${id("b", "1 + (g * 7 + k * 13) % 60")}, timestamptz '2024-01-01' + (g % 1000) * interval '1 day'
    from generate_series(1, ${contacts}) g, generate_series(1, 3) k on conflict do nothing`);
  await run(`insert into public.orders (supabase_id, account_id, keap_id, contact_id, contact_keap_id, status, order_time, total_minor, total_paid_minor, refund_total_minor, currency)
    select ${id("e", "g")}, '${account}', g, ${id("c", buyer)}, ${buyer}, 'PAID', ${moment}, ${total}, ${total}, 0, 'USD' from generate_series(1, ${orders}) g`);
  await run(`insert into public.order_items (supabase_id, account_id, keap_id, order_id, order_keap_id, product_id, product_keap_id, item_type, quantity, price_per_unit_minor, currency)
    select ${id("f", "g * 2 + k")}, '${account}', g * 2 + k, ${id("e", "g")}, g, ${id("a", "1 + (g * 3 + k) % 40")}, 1 + (g * 3 + k) % 40, 'PRODUCT', 1, (${total}) / 2, 'USD'
    from generate_series(1, ${orders}) g, generate_series(0, 1) k`);
  await run(`insert into public.payments (supabase_id, account_id, keap_id, contact_id, contact_keap_id, order_id, order_keap_id, order_keap_ids, kind, status, amount_minor, currency, paid_at, is_manual)
    select ${id("9", "g")}, '${account}', g, ${id("c", buyer)}, ${buyer}, ${id("e", "g")}, g, array[g]::bigint[], 'payment', 'APPROVED', ${total}, 'USD', ${moment}, false
    from generate_series(1, ${orders}) g`);
  await run("set session_replication_role = origin");
  await run("analyze");
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { orders: { type: "string", default: "100000" }, board: { type: "string" } },
  });
  const worlds = await openWorlds();
  const world = await worlds.world();
  const begun = performance.now();
  await fill(world, Number(values.orders));
  console.log(`${values.orders} orders filled in ${Math.round(performance.now() - begun)} ms`);
  const context = world.at("2026-11-20T12:00:00Z");
  await runMetricQuery({ metrics: ["orders"] }, context);
  for (const { id: board, charts } of readyBoards.filter(
    (each) => !values.board || each.id === values.board,
  )) {
    const times: number[] = [];
    for (const { spec } of charts) {
      const start = performance.now();
      await runMetricQuery(spec.query, context);
      times.push(performance.now() - start);
      console.log(
        `${board.padEnd(14)} ${spec.title.padEnd(40)} ${String(Math.round(times.at(-1) ?? 0)).padStart(7)} ms`,
      );
    }
    const sorted = times.toSorted((a, b) => a - b);
    const p95 = sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
    const all = times.reduce((sum, time) => sum + time, 0);
    console.log(
      `${board.padEnd(14)} ${charts.length} charts: ${Math.round(all)} ms in all, p95 of a chart ${Math.round(p95)} ms\n`,
    );
  }
  await worlds.stop();
}

await main();
