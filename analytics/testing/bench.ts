/**
 * How long the ready boards take on a large account: `npm run bench -- metrics`, or
 * `tsx analytics/testing/bench.ts [--orders 1000000] [--database pglite|postgres|both] [--board overview]`.
 *
 * Fills a database with a tenth as many contacts as orders (two items and a payment each, renewals, refunds, mails),
 * builds the rollups, and prints for each chart its time, the time of hand-written SQL over the mirrored tables for the
 * same rows, and for each board how long all its charts take one after the other (95th percentile).
 */
import { parseArgs } from "node:util";
import type { Principal } from "@/supabase/contract/principal";
import { startTestDatabase } from "@/supabase/testing/database";
import { startHostedPostgres } from "@/supabase/testing/hosted-postgres";
import { readyBoards } from "../boards/ready";
import type { AnalyticsAccount } from "../query/account";
import { openQueryDoor, type RpcClient } from "../query/door";
import { type QueryContext, runMetricQuery } from "../query/run";
import { refreshRollups } from "../rollups/refresh";
import { fillLarge } from "./bench-fill";
import { handWritten } from "./hand-written";

/** A database to measure: statements as its superuser, functions as the service calls them. */
interface Measured {
  name: string;
  sql<T = Record<string, unknown>>(text: string, params?: unknown[]): Promise<T[]>;
  service: RpcClient;
  stop(): Promise<void>;
}

const now = "2026-11-20T12:00:00Z";

async function openPglite(): Promise<Measured> {
  const database = await startTestDatabase();
  return {
    name: "PGlite",
    sql: (text, params) => database.sql(text, params),
    service: database.service,
    stop: () => database.stop(),
  };
}

async function openPostgres(): Promise<Measured> {
  const database = await startHostedPostgres();
  const migrating = database.connect();
  const { default: postgres } = await import("postgres");
  const { options } = migrating;
  const admin = postgres(`postgres://supabase_admin@127.0.0.1:${options.port[0]}/${options.database}`, {
    max: 1,
    onnotice: () => undefined,
  });
  await migrating.unsafe("set role service_role");
  return {
    name: "PostgreSQL",
    sql: async <T>(text: string, params: unknown[] = []) => [
      ...((await admin.unsafe(text, params as never[])) as unknown as T[]),
    ],
    service: {
      async rpc(name, args) {
        const names = Object.keys(args);
        const values = Object.values(args).map((value) =>
          typeof value === "object" && value !== null && !isDays(value) ? JSON.stringify(value) : value,
        );
        try {
          const [row] = await migrating.unsafe(
            `select public.${name}(${names.map((each, at) => `${each} => $${at + 1}`).join(", ")}) as result`,
            values as never[],
          );
          return { data: parsed(row?.result), error: null };
        } catch (error) {
          return { data: null, error: error as { message: string; code?: string } };
        }
      },
    },
    async stop() {
      await Promise.all([migrating.end(), admin.end()]);
      await database.stop();
    },
  };
}

const isDays = (value: unknown) =>
  Array.isArray(value) && value.every((each) => /^\d{4}-\d\d-\d\d$/.test(each));
const parsed = (value: unknown) => (typeof value === "string" ? JSON.parse(value) : value);

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const p95 = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0;
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

async function timed(run: () => Promise<unknown>, times: number): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < times; index++) {
    const begun = performance.now();
    await run();
    taken.push(performance.now() - begun);
  }
  return median(taken);
}

async function measure(database: Measured, orders: number, only: string | undefined): Promise<boolean> {
  let begun = performance.now();
  const [made] = await database.sql<{ id: string }>(
    "insert into public.accounts (name, time_zone, data_as_of) values ('Large', 'America/New_York', now()) returning id",
  );
  const account: AnalyticsAccount = {
    id: made?.id ?? "",
    name: "Large",
    time_zone: "America/New_York",
    currency: "USD",
    week_start: 1,
  };
  await fillLarge((text) => database.sql(text), account.id, orders);
  console.log(
    `\n${database.name}: ${orders} orders filled in ${Math.round((performance.now() - begun) / 1000)} s`,
  );
  begun = performance.now();
  const built = await refreshRollups(database.service, { account, create: true, budgetMs: 3_600_000 });
  await database.sql("analyze");
  console.log(
    `rollups built in ${Math.round((performance.now() - begun) / 1000)} s: ${built.days} days, ${built.people} people, ready: ${built.ready}`,
  );
  const principal: Principal = {
    account_id: account.id,
    user_id: null,
    role: "analyst",
    scopes: [],
    via: "cli",
  };
  const context: QueryContext = {
    principal,
    door: openQueryDoor(database.service),
    account,
    clock: () => new Date(now),
  };
  let good = built.ready;
  for (const { id, name, charts } of readyBoards.filter((each) => !only || each.id === only)) {
    console.log(`\n${name}`);
    for (const { spec } of charts) {
      await runMetricQuery(spec.query, context);
      const own = await timed(() => runMetricQuery(spec.query, context), 3);
      const text = handWritten[`${id}: ${spec.title}`];
      const hand = text
        ? await timed(() => database.sql(text.replaceAll(":account", `'${account.id}'`)), 3)
        : undefined;
      const ratio = hand === undefined ? "" : `${(own / hand).toFixed(2)} ×`;
      if (hand !== undefined && own > 1.3 * hand) good = false;
      console.log(
        `  ${spec.title.padEnd(40)} ${ms(own).padStart(9)} ${hand === undefined ? "" : `by hand ${ms(hand).padStart(9)}  ${ratio}`}`,
      );
    }
    const boards: number[] = [];
    for (let round = 0; round < 10; round++) {
      const start = performance.now();
      for (const { spec } of charts) await runMetricQuery(spec.query, context);
      boards.push(performance.now() - start);
    }
    console.log(`  all ${charts.length} charts: p50 ${ms(median(boards))}, p95 ${ms(p95(boards))}`);
    if (id === "overview" && p95(boards) > 500) good = false;
  }
  return good;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      orders: { type: "string", default: "1000000" },
      board: { type: "string" },
      database: { type: "string", default: "both" },
    },
  });
  const open = { pglite: [openPglite], postgres: [openPostgres], both: [openPostgres, openPglite] }[
    values.database
  ];
  if (!open) throw new Error(`There is no database "${values.database}". Take pglite, postgres or both.`);
  for (const each of open) {
    const database = await each();
    try {
      const good = await measure(database, Number(values.orders), values.board);
      console.log(`\n${database.name}: ${good ? "within" : "NOT within"} the budgets`);
    } finally {
      await database.stop();
    }
  }
}

await main();
