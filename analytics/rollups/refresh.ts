import { DateTime } from "luxon";
import type { Principal } from "@/supabase/contract/principal";
import type { AnalyticsAccount } from "../query/account";
import { type DailyRollup, dailyRollups, rollupKey } from "./daily";
import { Portion } from "./portion";
import { compileDays, compileKnownDays, type NamedRollup, nameRollup, peopleRollup } from "./statement";

/** The only thing needed of a Supabase service client. */
export interface RollupsClient {
  rpc(
    name: string,
    args: Record<string, unknown>,
  ): PromiseLike<{ data: unknown; error: { message: string; code?: string } | null }>;
}

interface Claimed {
  key: string;
  state: "new" | "fenced" | "building" | "ready";
  /** What it has to hold was listed; before that it must not be filled. */
  begun: boolean;
  days: string[] | null;
  people: number | null;
}

export interface RefreshReport {
  /** Every rollup asked for is true to the data. */
  ready: boolean;
  days: number;
  people: number;
}

async function call<T>(client: RollupsClient, name: string, args: Record<string, unknown>): Promise<T> {
  const { data, error } = await client.rpc(name, args);
  if (error) throw new Error(`The rollups could not be brought up to date: ${name} said "${error.message}"`);
  return data as T;
}

/** The first days that lie close together, so that they are one statement. `days` are in order. */
function nextRun(days: readonly string[], from: number, most: number): readonly string[] {
  const apart = (a: string, b: string) => (Date.parse(b) - Date.parse(a)) / 86_400_000;
  const first = days[from] ?? "";
  let end = from + 1;
  while (end < days.length) {
    const day = days[end] ?? "";
    if (apart(days[end - 1] ?? "", day) > 3 || apart(first, day) >= most) break;
    end++;
  }
  return days.slice(from, end);
}

/** Whose rollups, for whom they are worked out, and how long that may take. */
export interface RefreshOptions {
  account: AnalyticsAccount;
  /** Default: every rollup there is. */
  rollups?: readonly DailyRollup[];
  /** Copies of facts about people too. Default true. */
  people?: boolean;
  /** Days for which it is kept where customers stood when they began. Default: none, with `create` today and this year's first. */
  standings?: readonly string[];
  /** Makes rollups that do not exist yet. Without it only those built before are brought up to date. */
  create: boolean;
  /** Stops when this much time has passed; what is left is done by the next call. */
  budgetMs: number;
  clock?: () => number;
  /** Whose day is today. Default: the machine's. */
  now?: Date;
}

/** The days that ready boards ask for. */
function daysOfStandings({ time_zone: zone }: AnalyticsAccount, now = new Date()): string[] {
  const today = DateTime.fromJSDate(now, { zone });
  return [today, today.startOf("year")].map((day) => day.toISODate() ?? "");
}

/**
 * Brings an account's rollups up to date, and makes them with `create`. Safe to run at any time and by several at once;
 * each call to the database handles at most a month or ten thousand people.
 */
export async function refreshRollups(client: RollupsClient, options: RefreshOptions): Promise<RefreshReport> {
  const { account, create } = options;
  const clock = options.clock ?? Date.now;
  const over = clock() + options.budgetMs;
  const principal: Principal = {
    account_id: account.id,
    user_id: null,
    role: "analyst",
    scopes: [],
    via: "schedule",
  };
  const wanted = options.rollups ?? dailyRollups;
  const byKey = new Map(wanted.map((rollup) => [rollupKey(rollup), rollup]));
  const names: NamedRollup[] = [
    ...((options.people ?? true) ? [peopleRollup] : []),
    ...wanted.map(nameRollup),
  ];
  const report: RefreshReport = { ready: false, days: 0, people: 0 };
  const claim = (begin: boolean) =>
    call<Claimed[]>(client, "rollups_claim", {
      p_account: account.id,
      p_rollups: names.map((name) => ({ ...name, create: begin })),
    });
  async function storeDays(rollup: DailyRollup, run: readonly string[]): Promise<boolean> {
    const from = run[0] ?? "2000-01-01";
    const statement = compileDays(rollup, account, from, run.at(-1) ?? from);
    const { stored } = await call<{ stored: boolean }>(client, "rollups_store_days", {
      p_principal: principal,
      p_key: rollupKey(rollup),
      p_version: nameRollup(rollup).version,
      p_days: run,
      p_query: statement.text,
      p_params: statement.params,
    });
    return stored;
  }
  const waits = ({ state }: Claimed) => state === "new" || state === "fenced";
  const unbegun = ({ state, begun }: Claimed) => state === "building" && !begun;
  let claimed = await claim(create);
  for (let round = 0; create && round < 2 && claimed.some(waits); round++) claimed = await claim(true);
  // Whoever made them may have ended before this: each is begun by the first who finds it so.
  if (create && claimed.some(unbegun)) {
    for (const { key } of claimed.filter(unbegun)) {
      const rollup = byKey.get(key);
      if (!rollup)
        while ((await call<number>(client, "rollups_begin_people", { p_principal: principal })) > 0) {
          if (clock() > over) return report;
        }
      else
        await call(client, "rollups_begin_days", {
          p_principal: principal,
          p_key: key,
          p_version: nameRollup(rollup).version,
          p_query: compileKnownDays(rollup),
        });
      if (clock() > over) return report;
    }
    claimed = await claim(false);
  }
  if (claimed.length < names.length || claimed.some((each) => waits(each) || unbegun(each))) return report;

  // People first: what is kept by day may read what is kept by person.
  let left = claimed.some(({ people }) => (people ?? 0) > 0);
  const building = claimed.some(({ key, state }) => key === peopleRollup.key && state === "building");
  const people = new Portion(clock, 1_000, 500, 10_000);
  while (left || building) {
    const done = await people.take(
      () =>
        call<{ people: number; left: number; stored: boolean }>(client, "rollups_store_people", {
          p_principal: principal,
          p_limit: people.size,
        }),
      (answer) => answer.people,
    );
    if (!done.stored) return report;
    report.people += done.people;
    left = done.left > 0;
    if (!left) break;
    if (clock() > over) return report;
  }
  // What is summed up from copied facts: now its days are known.
  if (report.people > 0) claimed = await claim(false);
  for (const { key, state, days } of claimed) {
    const rollup = byKey.get(key);
    if (!rollup) continue;
    const sorted = [...(days ?? [])].sort();
    const portion = new Portion(clock, 31, 3, 400);
    // Nothing to hold is a rollup as well: an empty run makes it ready.
    for (let at = 0; at < sorted.length || (at === 0 && state === "building"); ) {
      const run = nextRun(sorted, at, portion.size).filter(Boolean);
      if (
        !(await portion.take(
          () => storeDays(rollup, run),
          () => run.length,
        ))
      )
        return report;
      report.days += run.length;
      at += Math.max(1, run.length);
      if (clock() > over && at < sorted.length) return report;
    }
    if (sorted.length > 0 && clock() > over && key !== claimed.at(-1)?.key) return report;
  }
  const standings = options.standings ?? (create ? daysOfStandings(account, options.now) : []);
  const customers = new Portion(clock, 2_000, 500, 20_000);
  while ((options.people ?? true) && standings.length > 0) {
    const { stored, left } = await customers.take(
      () =>
        call<{ stored: boolean; left: number; people: number }>(client, "rollups_store_standings", {
          p_principal: principal,
          p_days: standings,
          p_limit: customers.size,
        }),
      (answer) => answer.people,
    );
    if (!stored) return report;
    if (left === 0) break;
    if (clock() > over) return report;
  }
  return { ...report, ready: true };
}
