import { parseArgs } from "node:util";
import { startTestDatabase } from "@/supabase/testing/database";
import { checkPlanner } from "../planner-cases";
import { failEverywhere, killEverywhere, scripts } from "./crash-points";
import { createMemorySide } from "./database-side";
import { liveDay } from "./day";
import { createDualSide } from "./dual-store";
import { encounters, meet } from "./encounters";
import { type HistoryReport, playHistory } from "./history";
import { createPgliteSide } from "./pglite-side";
import { provoke } from "./provoke";
import { openSimDatabase, type SimDatabase } from "./sim-database";

/**
 * `npm run test:simulate -- --level planner|crash|engine|pglite|stores|day --runs N --seed S`
 *
 * planner: records through the pure planner alone · crash: small histories killed and failed at every boundary · engine: histories of the whole engine on the in-memory store ·
 * pglite: the same on Postgres · stores: the same on both at once, every answer compared · day: a day of a whole account on Postgres, --contacts N and --hours H. Seeds count up from --seed;
 * one seed is one history, and `--runs 1 --seed S --log` plays it again with everything that happened.
 */
const usage =
  "npm run test:simulate -- --level planner|crash|engine|pglite|stores|day --runs N --seed S [--contacts N] [--hours H] [--calm] [--log] [--only <part of a script's name>] [--until-failure]";
const { values } = parseArgs({
  options: {
    level: { type: "string", default: "engine" },
    runs: { type: "string" },
    seed: { type: "string", default: "1" },
    calm: { type: "boolean", default: false },
    log: { type: "boolean", default: false },
    show: { type: "string", default: "3" },
    only: { type: "string", default: "" },
    contacts: { type: "string", default: "10000" },
    hours: { type: "string", default: "24" },
    "until-failure": { type: "boolean", default: false },
  },
});
const defaults: Record<string, number> = {
  planner: 100_000,
  crash: scripts.length,
  engine: 2000,
  pglite: 200,
  stores: 30,
  day: 1,
};
const level = values.level;
const runs = Number(values.runs ?? defaults[level] ?? 0);
const from = Number(values.seed);
if (!(level in defaults) || !Number.isInteger(runs) || runs < 1 || !Number.isInteger(from)) {
  console.error(`I did not understand that. Use: ${usage}`);
  process.exit(2);
}

const started = performance.now();
const seconds = () => (performance.now() - started) / 1000;
const failures =
  level === "planner"
    ? plannerLevel()
    : level === "crash"
      ? await crashLevel()
      : level === "day"
        ? await dayLevel()
        : await historyLevel();
console.log(`${level}: ${runs} runs from seed ${from} in ${seconds().toFixed(1)} s, ${failures} failed`);
process.exit(failures > 0 ? 1 : 0);

function plannerLevel(): number {
  const { failed, perSecond } = checkPlanner({ runs, seed: from });
  for (const one of failed.slice(0, Number(values.show))) console.error(`seed ${one.seed}: ${one.broken}`);
  console.log(`${Math.round(perSecond)} cases a second`);
  return failed.length;
}

async function crashLevel(): Promise<number> {
  let failed = 0;
  const isMeant = ({ name }: { name: string }) => name.includes(values.only);
  for (const encounter of encounters.filter(isMeant)) {
    const found = await meet(encounter);
    console.log(encounter.name);
    if (found.length === 0) continue;
    failed += 1;
    tell(0, { [encounter.name]: found });
    if (values["until-failure"]) return failed;
  }
  for (const script of scripts.filter(isMeant)) {
    for (const [how, check] of Object.entries({ killed: killEverywhere, failed: failEverywhere })) {
      const { tried, found } = await check(script);
      console.log(`${script.name}: ${how} at ${tried} places`);
      if (found.length === 0) continue;
      failed += 1;
      tell(0, { [script.name]: found });
      if (values["until-failure"]) return failed;
    }
  }
  return failed;
}

async function dayLevel(): Promise<number> {
  let failed = 0;
  for (let seed = from; seed < from + runs; seed += 1) {
    const database = await startTestDatabase();
    const report = await liveDay(database, {
      contacts: Number(values.contacts),
      hours: Number(values.hours),
      seed,
      tell: (line) => console.log(`${seconds().toFixed(0).padStart(5)} s  ${line}`),
    });
    await database.stop();
    console.log(JSON.stringify({ seed, ...report, broken: report.broken.length }, null, 1));
    if (report.broken.length === 0) continue;
    failed += 1;
    tell(seed, { day: report.broken });
  }
  return failed;
}

async function historyLevel(): Promise<number> {
  const database = level === "engine" ? null : await openSimDatabase();
  let failed = 0;
  let endings = { quiet: 0, steps: 0 };
  for (let seed = from; seed < from + runs; seed += 1) {
    const { report, differences } = await play(seed, database);
    endings = { quiet: endings.quiet + 1, steps: endings.steps + report.settled.world.keap.calls.length };
    const broken = { ...report.broken, ...(differences.length > 0 ? { "stores agree": differences } : {}) };
    if (values.log) console.log(report.log.join("\n"));
    if (Object.keys(broken).length > 0) {
      failed += 1;
      if (failed <= Number(values.show)) tell(seed, broken);
      if (values["until-failure"]) break;
    }
    if ((seed - from + 1) % 1000 === 0)
      console.log(`${seed - from + 1} histories, ${failed} failed, ${seconds().toFixed(0)} s`);
  }
  console.log(`${endings.steps} calls reached Keap`);
  await database?.stop();
  return failed;
}

async function play(
  seed: number,
  database: SimDatabase | null,
): Promise<{ report: HistoryReport; differences: string[] }> {
  const common = { seed, calm: values.calm, trace: values.log };
  if (!database) return { report: await playHistory(common), differences: [] };
  const { clock, time } = database;
  await database.begin(seed);
  const { account_id } = await database.createAccount({});
  const postgres = createPgliteSide(database, account_id, { clock, time });
  if (level === "pglite")
    return { report: await playHistory({ ...common, side: postgres, clock }), differences: [] };
  const side = createDualSide(createMemorySide(clock), postgres, database);
  const report = await playHistory({ ...common, side, clock, skew: { worker: 0, keap: 0 } });
  await side.compareAll();
  await provoke(side);
  await side.compareAll();
  return { report, differences: side.differences };
}

function tell(seed: number, broken: Record<string, readonly string[]>): void {
  console.error(`seed ${seed}:`);
  for (const [name, findings] of Object.entries(broken))
    for (const one of findings.slice(0, 5)) console.error(`  ${name}: ${one}`);
  console.error(
    `  again: npm run test:simulate -- --level ${level} --runs 1 --seed ${seed}${level === "day" ? ` --contacts ${values.contacts} --hours ${values.hours}` : `${values.calm ? " --calm" : ""} --log`}`,
  );
}
