import { serve as listen } from "@hono/node-server";
import { serve } from "inngest/edge";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { type HookWorld, startHookWorld } from "@/sync/hooks/testing/hook-world";
import { type JobDeps, setDeps } from "../deps";
import { createRunnerApp } from "../local/http";
import type { FunctionConfig } from "../local/protocol";
import { LocalRunner } from "../local/runner";

export const signingKey = "signkey-test-0123456789abcdef";
const serveUrl = "http://127.0.0.1:1/api/inngest";

/** The whole sync as jobs: the real functions behind the real serve handler, driven by the embedded runner. */
export interface JobWorld {
  database: TestDatabase;
  world: HookWorld;
  runner: LocalRunner;
  handler: (request: Request) => Promise<Response>;
  /** What the serve handler answered to the job system since the last `forget`: the steps' results among it. */
  answers: string[];
  forget(): void;
  /** Called before each call to the handler; may answer in its place. */
  meddle: (body: unknown, url: string) => Promise<Response | null>;
  depsOf(service?: TestDatabase["service"]): JobDeps;
  /** Events for the account. */
  send(...names: string[]): void;
  /** Until no run is left, those that the runs asked for included. */
  idle(): Promise<void>;
  /** Fires the schedule of a function once. */
  fire(functionId: string): Promise<void>;
  configs(): FunctionConfig[];
  failures(): string[];
  stop(): Promise<void>;
}

export async function startJobWorld(options: {
  contacts: number;
  pollIdleSeconds?: number;
}): Promise<JobWorld> {
  const database = await startTestDatabase();
  const world = await startHookWorld(database, { contacts: options.contacts });
  const callHandler = (async (url: string, init?: RequestInit) => {
    const headers = new Headers(init?.headers);
    headers.set("host", new URL(url).host);
    const isRun = init?.method === "POST";
    const made = isRun ? await jobs.meddle(JSON.parse(String(init?.body)), url) : null;
    const answer = made ?? (await jobs.handler(new Request(url, { ...init, headers })));
    const text = await answer.text();
    if (isRun) jobs.answers.push(text);
    return new Response(text, { status: answer.status, headers: answer.headers });
  }) as typeof fetch;
  const runner = new LocalRunner({ serveUrl, signingKey, sleep: async () => undefined, fetch: callHandler });
  const eventKey = "k".repeat(20);
  let server: ReturnType<typeof listen> | undefined;
  const url = await new Promise<string>((resolve) => {
    server = listen(
      { fetch: createRunnerApp(runner, eventKey).fetch, hostname: "127.0.0.1", port: 0 },
      (to) => resolve(`http://127.0.0.1:${to.port}`),
    );
  });
  Object.assign(process.env, {
    INNGEST_SIGNING_KEY: signingKey,
    INNGEST_EVENT_KEY: eventKey,
    INNGEST_BASE_URL: url,
    INNGEST_DEV: "0",
  });
  // the client reads these when it is made
  const [{ inngest }, { functions }] = await Promise.all([import("../client"), import("../index")]);
  const inside = runner as unknown as {
    functions: FunctionConfig[];
    fireCron(config: FunctionConfig, cron: string): void;
    crons: { stop(): void }[];
  };
  const jobs: JobWorld = {
    database,
    world,
    runner,
    handler: serve({ client: inngest, functions }),
    answers: [],
    forget() {
      jobs.answers = [];
    },
    meddle: async () => null,
    depsOf: (service = database.service) => ({
      service,
      keapFor: () => world.keap,
      now: () => new Date(world.now()),
      appUrl: "https://us.test",
      pollIdleSeconds: options.pollIdleSeconds,
      pollFollowMs: 0,
    }),
    send(...names) {
      for (const name of names) runner.send({ name, data: { account_id: world.accountId } });
    },
    async idle() {
      for (let quiet = 0; quiet < 3; quiet += 1) {
        await runner.idle();
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (runner.recentRuns().some((run) => run.status === "queued" || run.status === "running"))
          quiet = -1;
      }
    },
    async fire(functionId) {
      const config = inside.functions.find((one) => one.id === functionId);
      const cron = config?.triggers.find((one) => one.cron)?.cron;
      if (!config || !cron) throw new Error(`There is no schedule of ${functionId}.`);
      inside.fireCron(config, cron);
      await jobs.idle();
    },
    configs: () => inside.functions,
    failures: () =>
      runner
        .recentRuns()
        .filter((run) => run.status === "failed")
        .map((run) => `${run.function_id}: ${run.error}`),
    async stop() {
      await runner.stop();
      server?.close();
      setDeps(undefined);
      world.sandbox.stop();
      await database.stop();
    },
  };
  setDeps(jobs.depsOf());
  await runner.sync();
  // the tests decide when a schedule fires
  for (const cron of inside.crons) cron.stop();
  jobs.send("keap/backfill.requested");
  await jobs.idle();
  return jobs;
}
