import type { TestDatabase } from "@/supabase/testing/database";
import type { SyncDeps } from "../../context";
import { drainHooks } from "../../hooks/drain";
import type { HookStore } from "../../hooks/store";
import { type HookWorld, startHookWorld } from "../../hooks/testing/hook-world";
import { watchHooks } from "../../hooks/watch";
import { runBackfill } from "../../inbound/backfill";
import { runPoll } from "../../inbound/poll";
import { createKeapClient } from "../../keap/client";
import { runVerify, type VerifyResult } from "../../operations/verify/verify";
import { runPush } from "../../outbound/push";
import type { SyncStore } from "../../store";
import { compareAccounts } from "../../testing/compare";
import { keapUrl, unlimited } from "../../testing/world";
import { cells } from "../cells";
import { createRandom, type Random } from "../random";
import { createDayLife, type DayEdit } from "./day-life";
import { createPgliteSide } from "./pglite-side";
import { type Ending, type ProcessPlan, SimProcess } from "./process";

/**
 * A day in the life of a whole account, on Postgres: people work on both sides, hooks arrive late, twice or never, Keap
 * fails, workers are killed, and hours pass. In the evening everything is quiet, and then nothing may be unexplained.
 */
export interface DayOptions {
  contacts: number;
  seed: number;
  hours?: number;
  /** Things people do in an hour. */
  deeds?: number;
  tell?: (line: string) => void;
}

export interface DayReport {
  done: Record<string, number>;
  /** How the processes of the day ended. */
  endings: Record<string, number>;
  /** Marks that wait for a person in the evening, with their reason. */
  waiting: { entity: string; reason: string; count: number }[];
  rounds: number;
  /** Empty when all is well. */
  broken: string[];
  verify: Pick<
    VerifyResult,
    "verified" | "complete" | "compared" | "in_flight" | "conflict_held" | "excluded" | "unexplained"
  >;
  compared: Record<string, number>;
}

const hour = 3_600_000;

export async function liveDay(database: TestDatabase, options: DayOptions): Promise<DayReport> {
  const { contacts, seed, hours = 24, deeds = Math.max(6, Math.min(60, contacts / 30)), tell } = options;
  const random = createRandom(seed);
  const world = await startHookWorld(database, { contacts, seed, now: Date.now() });
  const { sandbox } = world;
  const side = createPgliteSide(database, world.accountId);
  const endings: Record<string, number> = {};
  const run = async <T>(
    name: string,
    plan: ProcessPlan,
    work: (deps: DayDeps) => Promise<T>,
  ): Promise<Ending<T>> => {
    const process = new SimProcess(plan);
    const ending = await process.run(() => work(depsOf(world, process)));
    process.killed = true;
    const key = `${name} ${ending.kind}`;
    endings[key] = (endings[key] ?? 0) + 1;
    if (ending.kind === "failed" && !/connection was lost|answer was lost/.test(String(ending.error)))
      throw ending.error;
    return ending;
  };
  const pass = async (ms: number) => {
    await sandbox.clock.advance(ms);
    await side.advance(ms);
  };
  const work = async (plan: () => ProcessPlan, force = false) => {
    await run("drain", plan(), drainHooks);
    await run("poll", plan(), async (deps) => {
      const { gaps } = await deps.hooks.read(deps.accountId);
      const result = await runPoll(deps, { also: Object.keys(gaps), force });
      if (result.state === "done") await deps.hooks.closeGaps(deps.accountId, gaps);
      return result;
    });
    await run("push", plan(), (deps) => runPush(deps));
  };

  for (const entity of ["contacts", "interactions"]) await side.setSwitch(entity, { creates: true });
  await world.watch();
  await run("copy", {}, (deps) => runBackfill(deps));
  tell?.("copied");
  await run("poll", {}, (deps) => runPoll(deps, { force: true }));

  const life = createDayLife(world, random);
  armFaults(world);
  for (let tick = 0; tick < hours; tick += 1) {
    for (let n = 0; n < deeds; n += 1) await life.act();
    await pass(hour);
    await run("watch", {}, (deps) => watchHooks({ ...deps, appUrl: "https://us.test" }));
    await work(() => planOf(random));
    tell?.(`hour ${tick + 1}: ${life.edits.length} values written`);
  }

  sandbox.faults.clear();
  const broken: string[] = [];
  // a night: what is read once a day is read
  await pass(24 * hour);
  const rounds = await untilQuiet(world, pass, () => work(() => ({}), true));
  if (rounds === null) broken.push("it does not come to rest");
  tell?.(`quiet after ${rounds} rounds`);
  broken.push(...(await lostValues(world, life.edits)));
  tell?.(`${life.edits.length} written values looked for`);
  const waiting = await world.sql<DayReport["waiting"][number]>(
    `select entity, coalesce(reason, '') as reason, count(*)::int as count from sync.dirty
     where account_id = $1 and state <> 'waiting' group by 1, 2 order by 1, 2`,
    [world.accountId],
  );
  const verify = await verifyAll(world);
  tell?.(`${verify.compared} records verified, ${verify.unexplained} unexplained`);
  if (verify.unexplained > 0 || !verify.complete)
    broken.push(
      `verify: ${verify.unexplained} unexplained, complete ${verify.complete}: ${JSON.stringify(verify.mismatches.slice(0, 5))}`,
    );
  const told = await toldToAPerson(world);
  const { compared, differences } = await compareAccounts({
    keapUrl,
    keapToken: sandbox.token,
    fetch: (request) => sandbox.fetch(request),
    service: database.service,
    accountId: world.accountId,
    maxDifferences: 10_000,
  });
  tell?.(`compared from outside, ${differences.length} differences`);
  // what hung on a person who was deleted in Keap keeps them here, and has nobody there
  const orphaned = /\.(contact|opportunity)_id: Keap null, here/;
  broken.push(
    ...differences.filter((one) => !orphaned.test(one) && !told.some((name) => one.startsWith(name))),
  );
  sandbox.stop();
  const { verified, complete, in_flight, conflict_held, excluded, unexplained } = verify;
  return {
    done: life.done,
    endings,
    waiting,
    rounds: rounds ?? -1,
    broken,
    verify: {
      verified,
      complete,
      compared: verify.compared,
      in_flight,
      conflict_held,
      excluded,
      unexplained,
    },
    compared,
  };
}

type DayDeps = SyncDeps & { hooks: HookStore };

function depsOf(world: HookWorld, process: SimProcess): DayDeps {
  const { sandbox } = world;
  const keap = createKeapClient({
    baseUrl: keapUrl,
    auth: { kind: "token", token: sandbox.token },
    quota: unlimited,
    clock: {
      now: () => sandbox.clock.now(),
      sleep: async () => undefined,
      doze: () => new Promise(() => undefined),
    },
    random: () => 0.5,
    maxAttempts: 2,
    fetch: async (input, init) => {
      const request = new Request(input, init);
      const name = `${request.method} ${new URL(request.url).pathname}`;
      await process.boundary("keap", "before", name);
      const answer = await sandbox.fetch(request);
      await process.boundary("keap", "after", name);
      return answer;
    },
  });
  return {
    accountId: world.accountId,
    keap,
    store: process.store(world.deps.store),
    hooks: process.store(world.hooks as unknown as SyncStore) as unknown as HookStore,
    now: () => new Date(sandbox.clock.now()),
    time: { elapsed: () => sandbox.clock.now(), every: () => () => undefined },
  };
}

function armFaults({ sandbox: { faults } }: HookWorld): void {
  faults.add({ kind: "hook_lost", probability: 0.1 });
  faults.add({ kind: "hook_double", probability: 0.1 });
  faults.add({ kind: "hook_late", probability: 0.1, delay_ms: 20 * 60_000 });
  faults.add({ kind: "hook_reorder", probability: 0.05 });
  faults.add({ kind: "status", status: 500, probability: 0.01 });
  faults.add({ kind: "throttle", probability: 0.005 });
  faults.add({ kind: "html", status: 503, probability: 0.005 });
  faults.add({ kind: "reset_before", probability: 0.005 });
  faults.add({ kind: "reset_after", probability: 0.01 });
  faults.add({ kind: "truncate", probability: 0.005 });
}

/** One worker in five is killed somewhere; a call of the database is lost now and then. */
function planOf(random: Random): ProcessPlan {
  return {
    ...(random.chance(0.2) ? { crashAt: random.below(80) } : {}),
    ...(random.chance(0.1)
      ? { storeFault: () => (random.chance(0.03) ? random.pick(["refused", "lost_answer"] as const) : null) }
      : {}),
  };
}

/** Rounds until one of them finds nothing to do; null where none does. */
async function untilQuiet(
  world: HookWorld,
  pass: (ms: number) => Promise<void>,
  work: () => Promise<void>,
): Promise<number | null> {
  const standing = async () =>
    JSON.stringify(
      await world.sql(
        `select (select count(*) from sync.journal where account_id = $1) as journal,
           (select count(*) from sync.dirty where account_id = $1 and state in ('waiting', 'claimed')) as marks,
           (select count(*) from sync.hook_deliveries where account_id = $1 and state in ('waiting', 'claimed')) as hooks,
           (select count(*) from sync.rereads where account_id = $1) as rereads`,
        [world.accountId],
      ),
    );
  let before = "";
  for (let round = 1; round <= 20; round += 1) {
    // longer than any retry waits
    await pass(2 * hour);
    await work();
    const now = await standing();
    if (now === before && /"marks":"?0"?,"hooks":"?0"?,"rereads":"?0"?/.test(now)) return round;
    before = now;
  }
  return null;
}

/** Values that are on neither side, were overwritten by nobody who had seen them, and that nobody was told of. */
async function lostValues(world: HookWorld, edits: readonly DayEdit[]): Promise<string[]> {
  const { sql, accountId, sandbox } = world;
  const logged = new Set(
    (
      await sql<{ value: string }>(
        `select keap::text as value from sync.conflicts where account_id = $1
         union select supabase::text from sync.conflicts where account_id = $1
         union select changes::text from sync.journal where account_id = $1 and action = 'violation'`,
        [accountId],
      )
    ).map(({ value }) => String(value)),
  );
  const isLogged = (value: string) => [...logged].some((one) => one.includes(value));
  const lost: string[] = [];
  for (const [at, edit] of edits.entries()) {
    const table = sandbox.account[edit.entity];
    const record = table.get(Number(edit.keapId)) as Record<string, unknown> | undefined;
    if (!record) continue;
    const mine = (other: DayEdit) =>
      other.entity === edit.entity && other.keapId === edit.keapId && other.field === edit.field;
    if (edits.slice(at + 1).some((later) => mine(later) && later.before === edit.after)) continue;
    if ((await finalsOf(world, edit, record)).includes(edit.after) || isLogged(edit.after)) continue;
    lost.push(
      `${edit.entity} ${edit.keapId} ${edit.field}: "${edit.after}", written ${edit.side}, is nowhere`,
    );
  }
  return lost;
}

const keapNames: Record<string, string> = { body: "text" };

async function finalsOf(
  { sql, accountId }: HookWorld,
  { entity, keapId, field }: DayEdit,
  record: Record<string, unknown>,
): Promise<(string | null)[]> {
  const kind = entity === "notes" ? "note" : entity === "tasks" ? "task" : null;
  const [here] = await sql<{ row: Record<string, never> }>(
    `select to_jsonb(x) as row from public.${kind ? "interactions" : entity} x
     where account_id = $1 and keap_id = $2 ${kind ? `and kind = '${kind}'` : ""}`,
    [accountId, Number(keapId)],
  );
  const cell = entity === "contacts" ? cells.find((one) => one.name === field) : undefined;
  if (cell) return [cell.ofKeap(record), here ? cell.ofRow(here.row) : null];
  return [String(record[keapNames[field] ?? field] ?? ""), here?.row[field] ?? null];
}

async function verifyAll(world: HookWorld): Promise<VerifyResult> {
  const deps = {
    ...depsOf(world, new SimProcess()),
    rpc: world.hooks.rpc,
    actor: "day",
  };
  let result = await runVerify(deps, { restart: true });
  for (let more = 0; !result.complete && more < 10; more += 1) result = await runVerify(deps);
  return result;
}

/** Records that wait for a person, as the comparison names them: that they differ has been said. */
async function toldToAPerson({ sql, accountId }: HookWorld): Promise<string[]> {
  const told: string[] = [];
  for (const entity of ["contacts", "interactions", "companies", "opportunities"])
    for (const { keap_id } of await sql<{ keap_id: number }>(
      `select keap_id from public.${entity} where account_id = $1 and keap_id is not null and sync_status in ('held', 'conflict', 'error')`,
      [accountId],
    ))
      told.push(`${entity} ${keap_id}`);
  return told;
}
