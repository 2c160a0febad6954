import { Worker } from "node:worker_threads";
import type { EngineThreadData, FromWorker, ToWorker } from "./engine-worker";
import type { SupabaseKeys } from "./keys";

/**
 * The embedded database in a thread of its own, watched from this one. PGlite runs a statement on the thread that asked
 * and ignores `statement_timeout`, so one endless query would block sign-in and everything else; here it ends with the
 * thread, and the data folder opens again as after a crash.
 */
export interface SupervisedEngine {
  fetch(request: Request): Promise<Response>;
  /** Versions of the migrations applied at this start. */
  applied: string[];
  close(): Promise<void>;
}

interface Running {
  worker: Worker;
  waiting: Map<number, (response: Response) => void>;
  /** Processor time of this process, in ms, when the thread last answered. */
  lastSeen: number;
  closed: Promise<void>;
}

export async function startSupervisedEngine(options: {
  keys: SupabaseKeys;
  dataFolder: string;
  limitMs: number;
  log?: (line: string) => void;
}): Promise<SupervisedEngine> {
  const log = options.log ?? ((line: string) => console.error(line));
  let sequence = 0;
  let closing = false;
  const first = await launch({ ...options, migrations: true });
  let current: Promise<Running> = Promise.resolve(first.running);

  const restart = (running: Running, reason: string) => {
    if (closing) return;
    log(`${reason} Starting the database again.`);
    for (const answer of running.waiting.values()) answer(unavailable(reason));
    running.waiting.clear();
    current = running.worker
      .terminate()
      .then(() => launch({ ...options, migrations: false }))
      .then(({ running: next }) => {
        watch(next);
        return next;
      });
    current.catch((error: Error) => {
      log(`The database does not start: ${error.message}`);
      process.exitCode = 1;
      process.kill(process.pid, "SIGTERM");
    });
  };

  const watch = (running: Running) => {
    running.lastSeen = processorMs();
    const timer = setInterval(() => {
      running.worker.postMessage({ ping: Date.now() } satisfies ToWorker);
      if (processorMs() - running.lastSeen > options.limitMs) {
        clearInterval(timer);
        restart(running, `A statement held the database for more than ${options.limitMs / 1000} s.`);
      }
    }, 500);
    timer.unref();
    running.worker.once("exit", () => {
      clearInterval(timer);
      if (!closing && processorMs() - running.lastSeen <= options.limitMs)
        restart(running, "The database's thread ended.");
    });
  };
  watch(first.running);

  return {
    applied: first.applied,
    async fetch(request) {
      const body = request.body ? await request.arrayBuffer() : null;
      const running = await current;
      if (closing) return unavailable("The database is stopping.");
      const id = ++sequence;
      return new Promise<Response>((resolve) => {
        running.waiting.set(id, resolve);
        const message: ToWorker = {
          id,
          url: request.url,
          method: request.method,
          headers: [...request.headers],
          body,
        };
        running.worker.postMessage(message, body ? [body] : []);
      });
    },
    async close() {
      closing = true;
      const running = await current;
      running.worker.postMessage({ close: true } satisfies ToWorker);
      await Promise.race([running.closed, new Promise((resolve) => setTimeout(resolve, 5000).unref())]);
      await running.worker.terminate();
    },
  };
}

async function launch({
  keys,
  dataFolder,
  migrations,
}: EngineThreadData): Promise<{ running: Running; applied: string[] }> {
  const worker = new Worker(new URL("./engine-thread.mjs", import.meta.url), {
    workerData: { keys, dataFolder, migrations } satisfies EngineThreadData,
  });
  let closed: () => void = () => undefined;
  const running: Running = {
    worker,
    waiting: new Map(),
    lastSeen: processorMs(),
    closed: new Promise((resolve) => {
      closed = resolve;
    }),
  };
  const applied = await new Promise<string[]>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => reject(new Error("The database's thread ended while it started.")));
    worker.on("message", (message: FromWorker) => {
      running.lastSeen = processorMs();
      if ("ready" in message) resolve(message.applied);
      else if ("failed" in message) reject(new Error(message.failed));
      else if ("closed" in message) closed();
      else if ("id" in message) {
        const { id, status, headers, body } = message;
        const empty = status === 204 || status === 205 || status === 304;
        running.waiting.get(id)?.(new Response(empty ? null : body, { status, headers }));
        running.waiting.delete(id);
      }
    });
  });
  // From here on an error of the thread ends it, and `exit` starts it again.
  worker.on("error", (error) => console.error(error));
  return { running, applied };
}

/** Measured in processor time, since on a busy machine an honest statement may wait long for its turn. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function unavailable(reason: string): Response {
  return Response.json(
    { code: "57014", message: `${reason} Try again in a few seconds.`, details: null, hint: null },
    { status: 503, headers: { "retry-after": "3" } },
  );
}
