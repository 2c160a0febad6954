/**
 * How long the ready boards take on a large account: `npm run bench -- metrics`, or `tsx analytics/testing/bench.ts
 * [--orders 1000000] [--database pglite|postgres|both] [--board overview] [--alone] [--folder where the data is kept]`.
 * With --alone nothing is asked by hand. Data in a folder is filled and built once, and used again by the next run with the
 * same migrations; `--board none` only fills and builds.
 *
 * Fills a database with a tenth as many contacts as orders (two items and a payment each, renewals, refunds, mails,
 * deals), builds the rollups, and prints for each chart its time beside that of hand-written SQL over the mirrored
 * tables, checked to give the same numbers; and for each board how long all its charts asked at once take. Both ways go
 * through the same client as the same role; what a call costs that asks for nothing is printed as the floor, and beside
 * each chart (fixed) what the same question costs of an account without rows: checks, planning, drawing up.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import postgres from "postgres";
import { createServiceClient } from "@/supabase/client";
import type { Principal } from "@/supabase/contract/principal";
import { openEngine } from "@/supabase/local/engine";
import { migrate, readMigrations } from "@/supabase/local/migrate";
import { testKeys } from "@/supabase/testing/database";
import { startHostedPostgres } from "@/supabase/testing/hosted-postgres";
import { readyBoards } from "../boards/ready";
import { runChart } from "../charts/run-chart";
import type { AnalyticsAccount } from "../query/account";
import { openQueryDoor, type RpcClient } from "../query/door";
import type { QueryResult } from "../query/result";
import type { QueryContext } from "../query/run";
import { refreshRollups } from "../rollups/refresh";
import type { ShapeResult } from "../shapes/shape";
import { fillLarge } from "./bench-fill";
import { growsTooFast, handWrittenFor } from "./hand-written";

/** A database to measure: statements as its superuser, functions as the service calls them. */
interface Measured {
  name: string;
  sql<T = Record<string, unknown>>(text: string, params?: unknown[]): Promise<T[]>;
  service: RpcClient;
  stop(): Promise<void>;
}

const now = "2026-11-20T12:00:00Z";
/** Longest that a statement may take, where the database can be told. */
const patienceMs = 60_000;
/** What PostgreSQL says of a statement that took longer. */
const cancelled = "57014";

/** Embedded, as the product runs it: in a folder. One that is kept is filled once. */
async function openPglite(folder?: string): Promise<Measured> {
  const own = folder ?? mkdtempSync(join(tmpdir(), "keapsake-bench-"));
  const fresh = !existsSync(join(own, "PG_VERSION"));
  const engine = await openEngine({ keys: testKeys, dataFolder: own });
  if (fresh) await migrate(engine, readMigrations());
  const service = createServiceClient({
    url: "http://127.0.0.1",
    secretKey: testKeys.secret_key,
    fetch: (input, init) => engine.fetch(input, init),
  });
  return {
    name: "PGlite",
    sql: (text, params) => engine.query(text, params),
    service,
    async stop() {
      await engine.close();
      if (!folder) rmSync(own, { recursive: true, force: true });
    },
  };
}

/** Runs hand-written SQL for the service: over the tables themselves, with the same settings and answer as the query door. */
const byHandFunction = `create or replace function public.bench_by_hand(query text) returns jsonb
language plpgsql volatile security definer set search_path = pg_catalog, public, extensions set jit = off set work_mem = '64MB' as $$
declare
  v_rows json;
begin
  execute format('select json_agg(row_to_json(x)) from (%s) x', query) into v_rows;
  return coalesce(v_rows::jsonb, '[]');
end $$;
revoke all on function public.bench_by_hand(text) from public, anon, authenticated;
grant execute on function public.bench_by_hand(text) to service_role`;

/** A PostgreSQL of this run's own, or the one at KEAPSAKE_BENCH_POSTGRES (a superuser's address of a migrated database). */
async function openPostgres(folder?: string): Promise<Measured> {
  const address = process.env.KEAPSAKE_BENCH_POSTGRES;
  const database = address ? undefined : await startHostedPostgres(folder ? { kept: folder } : {});
  let url = address ?? "";
  if (database) {
    const migrating = database.connect();
    const { options } = migrating;
    url = `postgres://supabase_admin@127.0.0.1:${options.port[0]}/${options.database}`;
    await migrating.end();
  }
  const admin = postgres(url, { max: 1, onnotice: () => undefined });
  // As many connections as a hosted project's pool would lend one board.
  const asService = postgres(url, {
    max: 4,
    onnotice: () => undefined,
    connection: { role: "service_role", statement_timeout: patienceMs },
    types: { json: asText(114), jsonb: asText(3802) },
  });
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
          const [row] = await asService.unsafe(
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
      await Promise.all([asService.end(), admin.end()]);
      await database?.stop();
    },
  };
}

/** JSON goes and comes as it is, where the driver would encode it twice. */
const asText = (oid: number) => ({
  to: oid,
  from: [oid],
  serialize: (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value)),
  parse: (text: string) => JSON.parse(text) as unknown,
});
const isDays = (value: unknown) =>
  Array.isArray(value) && value.every((each) => /^\d{4}-\d\d-\d\d$/.test(each));
const parsed = (value: unknown) => (typeof value === "string" ? JSON.parse(value) : value);

const at95 = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? 0;
const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const ms = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** Least and most that a chart may take next to hand-written SQL, and a board by itself. */
const mostTimes = 1.3;
const mostBoardMs = 500;
/**
 * A chart that takes no longer than this above a call that asks for nothing is quick, whatever the other way takes. Nor is
 * one over that would be within the ratio without its fixed cost: the time of the same question of an account without rows.
 */
const noiseMs = 10;
const slowMs = 2_000;

async function timed<T>(run: () => Promise<T>): Promise<{ took: number; answer: T }> {
  const start = performance.now();
  const answer = await run();
  return { took: performance.now() - start, answer };
}

/** Medians of two ways, asked in turn so that whatever else the machine does falls on both. */
async function inTurn(own: () => Promise<unknown>, hand: () => Promise<unknown>, most = 5) {
  const taken: [own: number, hand: number][] = [];
  const begun = performance.now();
  do {
    taken.push([(await timed(own)).took, (await timed(hand)).took]);
  } while (taken.length < most && performance.now() - begun < 6_000);
  return { own: median(taken.map(([each]) => each)), hand: median(taken.map(([, each]) => each)) };
}

/** Values of a chart row by row, and those of hand-written SQL, as sorted lists that can be compared. Zeros are left out. */
function sameNumbers(
  result: QueryResult | ShapeResult,
  rows: readonly Record<string, unknown>[],
): { same: boolean; own: string[]; hand: string[] } {
  const shown = result.columns.filter(({ kind }) => kind === "metric" || kind === "comparison");
  const columns = shown.map(({ id }) => id);
  const inOrder = (a: number[], b: number[]): number => {
    const at = a.findIndex((value, place) => value !== b[place]);
    return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
  };
  // Rounded as the chart's own values are, so that both sort alike.
  const digits: Record<string, number> = { ratio: 6, money: 0, count: 0, days: 2 };
  const rounded = (value: unknown, at: number) =>
    Number(Number(value ?? 0).toFixed(digits[shown[at]?.unit ?? ""] ?? 2));
  const listed = (values: unknown[][]) =>
    values
      .map((row) => row.map(rounded))
      .filter((row) => row.some((value) => Math.abs(value) > 1e-9))
      .sort(inOrder);
  const own = listed(
    result.rows
      .filter((row) => !Object.values(row).includes("others"))
      .map((row) => columns.map((column) => row[column])),
  );
  const hand = listed(
    rows
      .filter((row) => !Object.values(row).includes("others"))
      .map((row) => columns.map((_, at) => row[`v${at + 1}`])),
  );
  // As far as the chart's own values are rounded.
  const rounding: Record<string, number> = { ratio: 1.1e-6, money: 0.51, count: 0, days: 0.011 };
  const near = (a: number, b: number, at: number) =>
    Math.abs(a - b) <= (rounding[shown[at]?.unit ?? ""] ?? 0.006);
  const same =
    own.length === hand.length &&
    own.every((row, at) => row.every((value, each) => near(value, hand[at]?.[each] ?? Number.NaN, each)));
  return { same, own: own.map(String), hand: hand.map(String) };
}

const literal = (iso: string) => `timestamptz '${iso}'`;

/** The hand-written statement of a chart with its moments put in. */
function handStatement(
  text: string,
  account: string,
  { range, comparison_range }: QueryResult | ShapeResult,
): string {
  const earlier = (iso: string) => (Date.parse(iso) < Date.parse(now) ? iso : now);
  const moments: Record<string, string> = {
    account: `'${account}'`,
    now: literal(now),
    from: literal(range.start),
    to: literal(range.end),
    end: literal(earlier(range.end)),
    ...(comparison_range
      ? {
          before_from: literal(comparison_range.start),
          before_to: literal(comparison_range.end),
          before_end: literal(earlier(comparison_range.end)),
        }
      : {}),
  };
  return text.replace(
    /(?<!:):(account|now|from|to|end|before_from|before_to|before_end)\b/g,
    (_, name: string) => {
      const moment = moments[name];
      if (!moment) throw new Error(`The hand-written statement asks for :${name}, and the chart has none.`);
      return moment;
    },
  );
}

/** An account in which nothing ever happened, with its rollups. */
async function openEmpty(database: Measured, like: AnalyticsAccount): Promise<QueryContext> {
  const [known] = await database.sql<{ id: string }>("select id from public.accounts where name = 'Empty'");
  const [made] = known
    ? [known]
    : await database.sql<{ id: string }>(
        "insert into public.accounts (name, time_zone, data_as_of) values ('Empty', $1, now()) returning id",
        [like.time_zone],
      );
  const account = { ...like, id: made?.id ?? "", name: "Empty" };
  await refreshRollups(database.service, { account, create: true, budgetMs: 600_000, now: new Date(now) });
  return {
    principal: { account_id: account.id, user_id: null, role: "analyst", scopes: [], via: "cli" },
    door: openQueryDoor(database.service),
    account,
    clock: () => new Date(now),
  };
}

async function measure(
  database: Measured,
  orders: number,
  { board: only, alone }: { board?: string | undefined; alone: boolean },
): Promise<boolean> {
  let begun = performance.now();
  const [known] = await database.sql<{ id: string }>("select id from public.accounts where name = 'Large'");
  const [made] = known
    ? [known]
    : await database.sql<{ id: string }>(
        "insert into public.accounts (name, time_zone, data_as_of) values ('Large', 'America/New_York', now()) returning id",
      );
  const account: AnalyticsAccount = {
    id: made?.id ?? "",
    name: "Large",
    time_zone: "America/New_York",
    currency: "USD",
    week_start: 1,
  };
  if (!known) {
    await fillLarge((text) => database.sql(text), account.id, orders);
    console.log(
      `\n${database.name}: ${orders} orders filled in ${Math.round((performance.now() - begun) / 1000)} s`,
    );
  }
  begun = performance.now();
  const calls: number[] = [];
  const steps = new Map<string, { took: number; calls: number }>();
  let told = performance.now();
  const counted: RpcClient = {
    rpc: async (name, args) => {
      const { took, answer } = await timed(async () => database.service.rpc(name, args));
      calls.push(took);
      const step = [
        name.replace("rollups_", ""),
        ...(typeof args.p_key === "string" ? [args.p_key] : []),
      ].join(" ");
      const before = steps.get(step) ?? { took: 0, calls: 0 };
      steps.set(step, { took: before.took + took, calls: before.calls + 1 });
      if (performance.now() - told > 15_000) {
        told = performance.now();
        console.log(`  ${Math.round((told - begun) / 1000)} s: ${calls.length} calls, now ${step}`);
      }
      return answer;
    },
  };
  const built = await refreshRollups(counted, {
    account,
    create: true,
    budgetMs: 3_600_000,
    now: new Date(now),
  });
  if (built.days > 0) await database.sql("analyze");
  console.log(
    `${database.name}: rollups built in ${Math.round((performance.now() - begun) / 1000)} s: ${built.days} days, ${built.people} people, ready: ${built.ready}; ${calls.length} calls, the longest ${ms(Math.max(...calls))}`,
  );
  const costly = [...steps].toSorted(([, a], [, b]) => b.took - a.took).slice(0, 12);
  for (const [step, { took, calls }] of costly)
    console.log(`  ${step.padEnd(48)} ${ms(took).padStart(10)} in ${calls} calls`);
  for (const statement of byHandFunction.split(/;\n(?=revoke|grant)/)) await database.sql(statement);
  /** Null where it took longer than anybody would wait. */
  const byHand = async (query: string): Promise<Record<string, unknown>[] | null> => {
    const { data, error } = await database.service.rpc("bench_by_hand", { query });
    if (error?.code === cancelled) return null;
    if (error) throw new Error(`The hand-written statement failed: ${error.message}\n${query}`);
    return data as Record<string, unknown>[];
  };
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
  // The same questions of an account without a row: what each costs by itself, to be asked, planned and drawn up.
  const empty = await openEmpty(database, account);
  const nothing = "select 1 as one";
  await Promise.all([context.door(nothing, [], principal), byHand(nothing)]);
  const floor = await inTurn(
    () => context.door(nothing, [], principal),
    () => byHand(nothing),
    21,
  );
  console.log(
    `${database.name}: a call that asks for nothing takes ${ms(floor.own)} through the query door, ${ms(floor.hand)} by hand`,
  );
  let good = built.ready;
  const summary: string[] = [];
  const dear = { raw: 0, over: 0 };
  let compared = 0;
  for (const board of readyBoards.filter((each) => !only || each.id === only)) {
    const { id, name } = board;
    const charts = [...board.charts, ...board.shapes].map(({ spec }) => spec);
    console.log(
      `\n${database.name} · ${name}${" ".repeat(Math.max(1, 54 - database.name.length - name.length))}      ours    by hand  ratio    fixed`,
    );
    let slowest = { title: "", took: 0 };
    let dearest = { title: "none over the floor", ratio: 0 };
    for (const spec of charts) {
      const ask = () => runChart(spec, context);
      const overTime = "query" in spec && (spec.query.dimensions ?? []).includes("time");
      const text = alone ? undefined : handWrittenFor(id, spec.title, overTime);
      const answer = await ask();
      const hopeless =
        text !== undefined && database.name === "PGlite" && growsTooFast(id, spec.title, orders);
      const statement = text && !hopeless ? handStatement(text, account.id, answer) : undefined;
      const checked = statement ? await timed(() => byHand(statement)) : undefined;
      if (!statement || !checked?.answer) {
        const { own } = await inTurn(ask, async () => undefined, 3);
        if (own > slowest.took) slowest = { title: spec.title, took: own };
        const why = hopeless
          ? "by hand takes hours, not asked"
          : statement
            ? `by hand more than ${patienceMs / 1000} s, given up`
            : "nothing to compare with";
        console.log(`  ${spec.title.padEnd(56)} ${ms(own).padStart(9)}${alone ? "" : `  ${why}`}`);
        if (!alone && !text) good = false;
        continue;
      }
      const { same, own: ours, hand: theirs } = sameNumbers(answer, checked.answer);
      // What takes seconds by hand is asked that way once.
      const took =
        checked.took > slowMs
          ? { ...(await inTurn(ask, async () => undefined)), hand: checked.took }
          : await inTurn(ask, () => byHand(statement));
      if (took.own > slowest.took) slowest = { title: spec.title, took: took.own };
      const askEmpty = () => runChart(spec, empty);
      await askEmpty();
      const { own: fixed } = await inTurn(askEmpty, async () => undefined, 3);
      const ratio = took.own / took.hand;
      const slow = took.own - floor.own > noiseMs && took.own - fixed > mostTimes * took.hand;
      if (took.own - floor.own > noiseMs && ratio > dearest.ratio) dearest = { title: spec.title, ratio };
      const over = ratio > mostTimes && slow;
      if (ratio > mostTimes) dear.raw++;
      if (over) dear.over++;
      compared++;
      if (!same || over) good = false;
      if (!same)
        console.log(
          `    ${spec.title} differs:\n      ours    ${ours.slice(0, 14).join(" ")}\n      by hand ${theirs.slice(0, 14).join(" ")}`,
        );
      console.log(
        `  ${spec.title.padEnd(56)} ${ms(took.own).padStart(9)}  ${ms(took.hand).padStart(9)}  ${ratio.toFixed(2)} ×  ${ms(fixed).padStart(7)}${same ? "" : "  other numbers"}${over ? "  over" : ""}`,
      );
    }
    const boards: number[] = [];
    for (let round = 0; round < 20; round++) {
      boards.push((await timed(() => Promise.all(charts.map((spec) => runChart(spec, context))))).took);
      if (boards.reduce((sum, each) => sum + each, 0) > 40_000) break;
    }
    const late = at95(boards) > mostBoardMs;
    summary.push(
      `${name.padEnd(24)} ${ms(median(boards)).padStart(9)} ${ms(at95(boards)).padStart(9)}   ${ms(slowest.took)} ${slowest.title}${alone ? "" : `; ${dearest.ratio.toFixed(2)} × ${dearest.title}`}`,
    );
    if (late) good = false;
    console.log(
      `  all ${charts.length} charts (load ${loadavg()[0]?.toFixed(1)}): p50 ${ms(median(boards))}, p95 ${ms(at95(boards))} of ${boards.length}${late ? "  over" : ""}`,
    );
  }
  await database.sql("drop function public.bench_by_hand(text)");
  const heads = `${"board".padEnd(24)} ${"p50".padStart(9)} ${"p95".padStart(9)}   slowest chart; highest ratio to hand-written SQL`;
  console.log(
    `\n${database.name}: of ${compared} charts compared ${compared - dear.raw} take at most ${mostTimes} times as long as by hand as they stand; of the other ${dear.raw} all but ${dear.over} do without what the same question costs of an account without rows (fixed), or are no more than ${noiseMs} ms above a call that asks for nothing`,
  );
  console.log(`\n${database.name}, ${orders} orders\n${[heads, ...summary].join("\n")}`);
  return good;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      orders: { type: "string", default: "1000000" },
      board: { type: "string" },
      database: { type: "string", default: "both" },
      folder: { type: "string" },
      alone: { type: "boolean", default: false },
    },
  });
  const open = { pglite: [openPglite], postgres: [openPostgres], both: [openPostgres, openPglite] }[
    values.database
  ];
  if (!open) throw new Error(`There is no database "${values.database}". Take pglite, postgres or both.`);
  for (const each of open) {
    const database = await each(
      values.folder && join(values.folder, each === openPglite ? "pglite" : "postgres"),
    );
    try {
      const good = await measure(database, Number(values.orders), values);
      console.log(`\n${database.name}: ${good ? "within" : "NOT within"} the budgets`);
    } finally {
      await database.stop();
    }
  }
}

await main();
