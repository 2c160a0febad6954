/**
 * The limiter against an enforcing Keap: four processes, one credential, leases in one database, a clock run fast.
 *
 *   npx tsx sync/keap/quota.bench.ts [--calls 10000] [--processes 4] [--scale 60] [--polite-calls 300]
 *
 * Prints, and exits 1 when broken: answers with 429 (0 allowed), share of the allowed rate used (at least 95 %), and
 * calls a second at the default pace (about one).
 */
import { type ChildProcess, fork } from "node:child_process";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClock } from "@/sandbox/clock";
import { createSandbox } from "@/sandbox/sandbox";
import { createServiceClient } from "@/supabase/client";
import { startTestDatabase } from "@/supabase/testing/database";
import { createKeapClient } from "./client";
import { createScaledClock } from "./clock";
import { documentedLimits, type Pace } from "./quota";
import { createDatabaseQuota, poolOf } from "./quota-database";

const self = fileURLToPath(import.meta.url);
const token = "bench-token-of-one-business";

interface WorkerSettings {
  holder: string;
  keapUrl: string;
  databaseUrl: string;
  secretKey: string;
  pace: Pace;
  scale: number;
  pool: string;
  /** Calls waiting for their turn at a time. */
  pipelines: number;
}

/** One process of the product: takes work until there is none, and counts what came back. */
async function runWorker(settings: WorkerSettings): Promise<void> {
  const clock = createScaledClock(settings.scale);
  const service = createServiceClient({ url: settings.databaseUrl, secretKey: settings.secretKey });
  const quota = createDatabaseQuota(service, {
    pool: settings.pool,
    holder: settings.holder,
    limits: documentedLimits.token,
    pace: settings.pace,
    clock,
    clockScale: settings.scale,
    ttlMs: 180_000,
    renewMs: 30_000,
  });
  const statuses: Record<string, number> = {};
  let answerMs = 0;
  const client = createKeapClient({
    baseUrl: settings.keapUrl,
    auth: { kind: "token", token },
    quota,
    clock,
    lane: "backfill",
    maxAttempts: 1,
    onCall: ({ status, error, durationMs }) => {
      answerMs += durationMs;
      const key = String(error ?? status);
      statuses[key] = (statuses[key] ?? 0) + 1;
    },
  });
  let left = 0;
  let asked: Promise<boolean> | null = null;
  const more = (): Promise<boolean> => {
    asked ??= new Promise<boolean>((resolve) => {
      process.once("message", (granted: number) => {
        left += granted;
        asked = null;
        resolve(granted > 0);
      });
      process.send?.({ kind: "more" });
    });
    return asked;
  };
  async function pipeline(): Promise<void> {
    for (;;) {
      while (left === 0) if (!(await more())) return;
      left -= 1;
      await client.tags.list({ pageSize: 10, maxWaitMs: 1e9 }).catch(() => undefined);
    }
  }
  // At once: nobody starts before all are up.
  const go = new Promise((resolve) => process.once("message", resolve));
  process.send?.({ kind: "up" });
  await go;
  await Promise.all(Array.from({ length: settings.pipelines }, pipeline));
  await quota.close();
  process.send?.({ kind: "done", statuses, answerMs });
  process.disconnect();
}

/** The enforcing Keap, over HTTP, in a process of its own. */
async function runKeap(scale: number): Promise<void> {
  const sandbox = createSandbox({ contacts: 0, token, clock: createClock({ scale }) });
  const times: number[] = [];
  const server = createServer(async (incoming, outgoing) => {
    times.push(sandbox.clock.now());
    const response = await sandbox.fetch(
      new Request(new URL(incoming.url ?? "/", "http://keap.test"), {
        method: incoming.method,
        headers: incoming.headers as Record<string, string>,
      }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(await response.text());
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1", () =>
    process.send?.({ kind: "ready", port: (server.address() as AddressInfo).port }),
  );
  process.on("message", () => process.send?.({ kind: "times", times: times.splice(0) }));
  process.on("disconnect", () => process.exit(0));
}

function once<T>(child: ChildProcess, kind: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const listen = (message: { kind: string }) => {
      if (message.kind !== kind) return;
      child.off("message", listen);
      resolve(message as T);
    };
    child.on("message", listen);
    child.once("exit", (code) => code && reject(new Error(`A process ended with ${code}.`)));
  });
}

interface Outcome {
  statuses: Record<string, number>;
  answerMs: number;
  times: number[];
}

async function run(keap: ChildProcess, calls: number, workers: WorkerSettings[]): Promise<Outcome> {
  let left = calls;
  // Small portions, so that no process is left with work when the others have none.
  const batch = Math.max(1, Math.ceil(calls / 1000));
  let answerMs = 0;
  const statuses: Record<string, number> = {};
  const children = workers.map((settings) => fork(self, ["worker", JSON.stringify(settings)]));
  await Promise.all(children.map((child) => once(child, "up")));
  await Promise.all(
    children.map(async (child) => {
      child.on("message", (message: { kind: string }) => {
        if (message.kind !== "more") return;
        const granted = Math.min(batch, left);
        left -= granted;
        child.send(granted);
      });
      child.send("go");
      const done = await once<Pick<Outcome, "statuses" | "answerMs">>(child, "done");
      answerMs += done.answerMs;
      for (const [status, count] of Object.entries(done.statuses)) {
        statuses[status] = (statuses[status] ?? 0) + count;
      }
    }),
  );
  keap.send({ kind: "times" });
  return { statuses, answerMs, times: (await once<{ times: number[] }>(keap, "times")).times };
}

/** Most calls Keap counted in any window of that length. */
function busiest(times: readonly number[], windowMs: number): number {
  let from = 0;
  let most = 0;
  times.forEach((time, at) => {
    while (time - (times[from] ?? 0) >= windowMs) from += 1;
    most = Math.max(most, at - from + 1);
  });
  return most;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      calls: { type: "string", default: "10000" },
      processes: { type: "string", default: "4" },
      scale: { type: "string", default: "60" },
      "polite-calls": { type: "string", default: "300" },
    },
  });
  const [calls, processes, scale, politeCalls] = [
    values.calls,
    values.processes,
    values.scale,
    values["polite-calls"],
  ].map(Number) as [number, number, number, number];
  const database = await startTestDatabase();
  const keap = fork(self, ["keap", String(scale)]);
  const { port } = await once<{ port: number }>(keap, "ready");
  const workers = (pace: Pace): WorkerSettings[] =>
    Array.from({ length: processes }, (_, at) => ({
      holder: `worker ${at + 1}`,
      keapUrl: `http://127.0.0.1:${port}`,
      databaseUrl: database.url,
      secretKey: database.secretKey,
      pace,
      scale,
      pool: `${poolOf(token)}-${pace}`,
      pipelines: pace === "full" ? 8 : 1,
    }));

  const full = await run(keap, calls, workers("full"));
  const polite = politeCalls > 0 ? await run(keap, politeCalls, workers("polite")) : null;
  keap.disconnect();
  await database.stop();

  const span = ((full.times.at(-1) ?? 0) - (full.times[0] ?? 0)) / 60_000;
  const limit = documentedLimits.token.per_minute;
  const used = (full.times.length - 1) / span / limit;
  const politeSeconds = polite ? ((polite.times.at(-1) ?? 0) - (polite.times[0] ?? 0)) / 1000 : 1;
  const politeRate = polite ? (polite.times.length - 1) / politeSeconds : 1;
  const throttled = (full.statuses.throttled ?? 0) + (polite?.statuses.throttled ?? 0);
  const report = {
    calls: full.times.length,
    processes,
    clock_scale: scale,
    answers: full.statuses,
    keap_minutes: Number(span.toFixed(2)),
    calls_per_minute: Number((used * limit).toFixed(1)),
    share_of_allowed_rate: Number(used.toFixed(4)),
    mean_answer_ms_of_keap_time: Math.round(full.answerMs / full.times.length),
    busiest_minute: busiest(full.times, 60_000),
    busiest_second: busiest(full.times, 1000),
    polite: polite && { answers: polite.statuses, calls_per_second: Number(politeRate.toFixed(3)) },
  };
  console.log(JSON.stringify(report, null, 2));
  const allAnswered = full.statuses["200"] === calls && (!polite || polite.statuses["200"] === politeCalls);
  if (throttled > 0 || !allAnswered || used < 0.95 || politeRate > 1.1 || politeRate < 0.8) {
    console.error(
      "The limiter misses its budget: 0 answers with 429, at least 95 % of the rate, about 1 call a second when polite.",
    );
    process.exit(1);
  }
  process.exit(0);
}

const [role, argument = ""] = process.argv.slice(2);
if (role === "worker") await runWorker(JSON.parse(argument) as WorkerSettings);
else if (role === "keap") await runKeap(Number(argument));
else await main();
