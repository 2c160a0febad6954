import { Inngest, type InngestFunction, NonRetriableError, RetryAfterError } from "inngest";
import { serve } from "inngest/edge";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createRunnerApp } from "./http";
import { LocalRunner } from "./runner";

const signingKey = "signkey-test-0123456789abcdef";
const serveUrl = "http://127.0.0.1:1/api/inngest";

/** The SDK logs every refused signature and failed step; here they are the point of the test. */
const silent = { info() {}, warn() {}, error() {}, debug() {} };

const runners: LocalRunner[] = [];
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
});

function client() {
  return new Inngest({
    id: "test",
    checkpointing: false,
    signingKey,
    eventKey: "k".repeat(20),
    isDev: false,
    logger: silent,
  });
}

/** A runner over the SDK's own serve handler: the protocol is real, only the network is missing. */
async function start(inngest: Inngest, functions: InngestFunction.Any[], key = signingKey) {
  const handler = serve({ client: inngest, functions });
  const waits: number[] = [];
  const runner = new LocalRunner({
    serveUrl,
    signingKey: key,
    fetch: (async (url: string, init?: RequestInit) => {
      const headers = new Headers(init?.headers);
      headers.set("host", new URL(url).host);
      return handler(new Request(url, { ...init, headers }));
    }) as typeof fetch,
    sleep: async (ms) => {
      waits.push(ms);
    },
  });
  runners.push(runner);
  await runner.sync();
  return { runner, handler, waits };
}

describe("local job runner", () => {
  it("runs steps once and in order", async () => {
    const inngest = client();
    const calls: string[] = [];
    const fn = inngest.createFunction(
      { id: "two-steps", triggers: [{ event: "go" }] },
      async ({ event, step }) => {
        const first = await step.run("first", () => {
          calls.push("first");
          return { n: event.data.n as number };
        });
        return step.run("second", () => {
          calls.push(`second ${first.n}`);
          return first.n + 1;
        });
      },
    );
    const { runner } = await start(inngest, [fn]);
    runner.send({ name: "go", data: { n: 4 } });
    await runner.idle();
    expect(runner.recentRuns()).toMatchObject([{ status: "completed", error: null }]);
    expect(calls).toEqual(["first", "second 4"]);
    expect(runner.recentRuns()[0]).toMatchObject({ function_id: "test-two-steps", status: "completed" });
  });

  it("retries a failing step without repeating finished ones", async () => {
    const inngest = client();
    const calls: string[] = [];
    const fn = inngest.createFunction(
      { id: "flaky", retries: 3, triggers: [{ event: "go" }] },
      async ({ step }) => {
        await step.run("steady", () => void calls.push("steady"));
        await step.run("flaky", () => {
          calls.push("flaky");
          if (calls.filter((name) => name === "flaky").length < 3) throw new Error("not yet");
        });
      },
    );
    const { runner, waits } = await start(inngest, [fn]);
    runner.send({ name: "go" });
    await runner.idle();
    expect(calls).toEqual(["steady", "flaky", "flaky", "flaky"]);
    expect(waits).toEqual([1000, 2000]);
    expect(runner.recentRuns()[0]?.status).toBe("completed");
  });

  it("waits as long as the step asks", async () => {
    const inngest = client();
    let tries = 0;
    const fn = inngest.createFunction({ id: "later", triggers: [{ event: "go" }] }, async ({ step }) => {
      await step.run("throttled", () => {
        tries += 1;
        if (tries === 1) throw new RetryAfterError("quota", "30s");
      });
    });
    const { runner, waits } = await start(inngest, [fn]);
    runner.send({ name: "go" });
    await runner.idle();
    expect(waits).toEqual([30_000]);
  });

  it("gives up at once on a final error", async () => {
    const inngest = client();
    const failures: unknown[] = [];
    const fn = inngest.createFunction(
      {
        id: "broken",
        triggers: [{ event: "go" }],
        onFailure: ({ error }) => void failures.push(error.message),
      },
      async () => {
        throw new NonRetriableError("this cannot work");
      },
    );
    const { runner, waits } = await start(inngest, [fn]);
    runner.send({ name: "go" });
    await runner.idle();
    await vi.waitFor(() => expect(failures).toEqual(["this cannot work"]));
    expect(waits).toEqual([]);
    expect(runner.recentRuns().at(-1)).toMatchObject({ status: "failed", error: "this cannot work" });
  });

  it("lets a function catch its failed step", async () => {
    const inngest = client();
    const fn = inngest.createFunction(
      { id: "catches", retries: 1, triggers: [{ event: "go" }] },
      async ({ step }) => {
        const outcome = await step
          .run("fails", () => {
            throw new Error("no luck");
          })
          .catch((error: Error) => error.message);
        await step.run("after", () => void seen.push(outcome));
      },
    );
    const seen: unknown[] = [];
    const { runner } = await start(inngest, [fn]);
    runner.send({ name: "go" });
    await runner.idle();
    expect(seen).toEqual(["no luck"]);
  });

  it("runs planned steps side by side", async () => {
    const inngest = client();
    let together = 0;
    let most = 0;
    const fn = inngest.createFunction({ id: "parallel", triggers: [{ event: "go" }] }, async ({ step }) => {
      const work = (id: string) =>
        step.run(id, async () => {
          together += 1;
          most = Math.max(most, together);
          await new Promise((resolve) => setTimeout(resolve, 20));
          together -= 1;
          return id;
        });
      return Promise.all([work("a"), work("b"), work("c")]);
    });
    const { runner } = await start(inngest, [fn]);
    runner.send({ name: "go" });
    await runner.idle();
    expect(runner.recentRuns()[0]?.status).toBe("completed");
    expect(most).toBe(3);
  });

  it("holds one run per account at a time", async () => {
    const inngest = client();
    const running = new Map<string, number>();
    let worst = 0;
    let done = 0;
    const fn = inngest.createFunction(
      {
        id: "one-each",
        concurrency: { limit: 1, key: "event.data.account_id" },
        triggers: [{ event: "go" }],
      },
      async ({ event }) => {
        const account = event.data.account_id as string;
        running.set(account, (running.get(account) ?? 0) + 1);
        worst = Math.max(worst, running.get(account) ?? 0);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running.set(account, (running.get(account) ?? 0) - 1);
        done += 1;
      },
    );
    const { runner } = await start(inngest, [fn]);
    for (let index = 0; index < 6; index += 1)
      runner.send({ name: "go", data: { account_id: index % 2 ? "a" : "b" } });
    await runner.idle();
    expect({ worst, done }).toEqual({ worst: 1, done: 6 });
  });

  it("starts nothing for a repeated event id", async () => {
    const inngest = client();
    let runs = 0;
    const fn = inngest.createFunction({ id: "once", triggers: [{ event: "go" }] }, async () => {
      runs += 1;
    });
    const { runner } = await start(inngest, [fn]);
    runner.send({ name: "go", id: "same" });
    runner.send({ name: "go", id: "same" });
    await runner.idle();
    expect(runs).toBe(1);
  });

  it("fires crons of synced functions", async () => {
    const inngest = client();
    let runs = 0;
    const fn = inngest.createFunction({ id: "tick", triggers: [{ cron: "* * * * * *" }] }, async () => {
      runs += 1;
    });
    await start(inngest, [fn]);
    await vi.waitFor(() => expect(runs).toBeGreaterThan(0), { timeout: 5000 });
  });

  it("refuses functions that need more", async () => {
    const inngest = client();
    const fn = inngest.createFunction(
      { id: "debounced", debounce: { period: "5s" }, triggers: [{ event: "go" }] },
      async () => undefined,
    );
    await expect(start(inngest, [fn])).rejects.toThrow(/test-debounced uses "debounce"/);
  });

  it("answers 401 to an unsigned call", async () => {
    const inngest = client();
    const fn = inngest.createFunction({ id: "secret", triggers: [{ event: "go" }] }, async () => "leaked");
    const { handler } = await start(inngest, [fn]);
    const response = await handler(
      new Request(`${serveUrl}?fnId=test-secret&stepId=step`, {
        method: "POST",
        headers: { "content-type": "application/json", host: "127.0.0.1:1" },
        body: JSON.stringify({
          event: { name: "go", data: {} },
          events: [],
          steps: {},
          ctx: { run_id: "r" },
          version: 2,
        }),
      }),
    );
    expect(response.status).toBe(401);
    await expect(start(inngest, [fn], "signkey-test-ffffffffffffffff")).rejects.toThrow(
      /INNGEST_SIGNING_KEY/,
    );
  });

  it("takes events only with its key", async () => {
    const inngest = client();
    let runs = 0;
    const fn = inngest.createFunction({ id: "door", triggers: [{ event: "go" }] }, async () => {
      runs += 1;
    });
    const { runner } = await start(inngest, [fn]);
    const app = createRunnerApp(runner, "right-key-right-key");
    const post = (key: string) =>
      app.request(`/e/${key}`, { method: "POST", body: JSON.stringify([{ name: "go", data: {} }]) });
    expect((await post("wrong-key-wrong-key")).status).toBe(401);
    const accepted = await post("right-key-right-key");
    expect(await accepted.json()).toMatchObject({ status: 200, ids: [expect.any(String)] });
    await runner.idle();
    expect(runs).toBe(1);
  });
});
