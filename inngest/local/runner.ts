import { randomUUID } from "node:crypto";
import { Cron } from "croner";
import { executeRun, type RunOutcome } from "./execute-run";
import { assertSupported, concurrencyOf, matchesTrigger } from "./function-config";
import { KeyedSlots } from "./keyed-slots";
import { type FunctionConfig, type JobEvent, signBody, syncResponseSchema } from "./protocol";

/** Everything the runner touches in the world, so that tests can hold the clock and the network. */
export interface RunnerOptions {
  serveUrl: string;
  signingKey: string;
  fetch?: typeof fetch;
  now?: () => number;
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  log?: (line: string) => void;
}

export interface RunRecord {
  run_id: string;
  event_id: string;
  function_id: string;
  status: "queued" | "running" | "completed" | "failed";
  attempts: number;
  started_at: string | null;
  ended_at: string | null;
  error: string | null;
}

const keptRuns = 200;
const keptEventIds = 5_000;

function sleepFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener("abort", done);
  });
}

/**
 * An executor of Inngest's SDK protocol in one process: events, cron, retries, step memory within a run and
 * concurrency keys. It keeps nothing that matters: a killed runner forgets its runs, and the functions' own
 * schedules find the unfinished work again in the database.
 */
export class LocalRunner {
  private functions: FunctionConfig[] = [];
  private crons: Cron[] = [];
  private readonly slots = new KeyedSlots();
  private readonly runs: RunRecord[] = [];
  private readonly seenEventIds = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly active = new Set<Promise<unknown>>();
  private readonly fetch: typeof fetch;
  private readonly now: () => number;
  private readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  private readonly log: (line: string) => void;

  constructor(private readonly options: RunnerOptions) {
    this.fetch = options.fetch ?? fetch;
    this.now = options.now ?? Date.now;
    this.sleep = options.sleep ?? sleepFor;
    this.log = options.log ?? (() => undefined);
  }

  /**
   * Asks the serve endpoint for its functions (in-band sync) and schedules their crons.
   * @throws when the endpoint does not answer, refuses the signature, or uses what this runner cannot do.
   */
  async sync(): Promise<number> {
    const body = { url: this.options.serveUrl };
    const response = await this.fetch(this.options.serveUrl, {
      method: "PUT",
      headers: { ...this.signedHeaders(body), "x-inngest-sync-kind": "in_band" },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(
        `The job endpoint ${this.options.serveUrl} answered ${response.status} to the sync: ${text.slice(0, 300)}. Check that the app and the runner share INNGEST_SIGNING_KEY.`,
      );
    }
    this.functions = syncResponseSchema.parse(JSON.parse(text)).functions;
    for (const config of this.functions) assertSupported(config, this.log);
    this.scheduleCrons();
    return this.functions.length;
  }

  /** Starts a run of every function that listens to the event; an event id seen before starts nothing. */
  send(event: { id?: string; name: string; data?: Record<string, unknown>; ts?: number }): string {
    const id = event.id ?? randomUUID();
    if (this.seenEventIds.has(id)) return id;
    this.rememberEvent(id);
    const full: JobEvent = { ...event, id, data: event.data ?? {}, ts: event.ts ?? this.now() };
    for (const config of this.functions) {
      if (config.triggers.some((trigger) => matchesTrigger(trigger, full))) this.start(config, full);
    }
    return id;
  }

  /** Function ids as synced, without their crons' state. */
  functionIds(): string[] {
    return this.functions.map((config) => config.id);
  }

  /** Whether a run that the event started has not ended yet. */
  isPending(eventId: string): boolean {
    return this.runs.some(
      (run) => run.event_id === eventId && (run.status === "queued" || run.status === "running"),
    );
  }

  /** Whether a function has work queued or under way. */
  isBusy(functionId: string): boolean {
    return this.runs.some(
      (run) => run.function_id === functionId && (run.status === "queued" || run.status === "running"),
    );
  }

  /** The latest runs, newest first. */
  recentRuns(): RunRecord[] {
    return [...this.runs].reverse();
  }

  /** Resolves when nothing is queued or running. */
  async idle(): Promise<void> {
    while (this.active.size > 0) await Promise.allSettled([...this.active]);
  }

  /** Stops the schedules and waits for the calls that are under way; queued runs are dropped. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const cron of this.crons) cron.stop();
    await this.idle();
  }

  private scheduleCrons(): void {
    for (const cron of this.crons) cron.stop();
    this.crons = this.functions.flatMap((config) =>
      config.triggers.flatMap((trigger) => {
        if (!trigger.cron) return [];
        const [, zone, pattern] = /^(?:TZ=(\S+)\s+)?(.+)$/.exec(trigger.cron) ?? [];
        const fire = () => this.fireCron(config, trigger.cron ?? "");
        return [new Cron(pattern ?? trigger.cron, { timezone: zone ?? "UTC", protect: true }, fire)];
      }),
    );
  }

  private fireCron(config: FunctionConfig, cron: string): void {
    // A slow run must not pile up behind itself: the next tick finds the same work in the database.
    if (this.isBusy(config.id)) return;
    this.start(config, { id: randomUUID(), name: "inngest/scheduled.timer", data: { cron }, ts: this.now() });
  }

  private start(config: FunctionConfig, event: JobEvent): void {
    const record: RunRecord = {
      run_id: randomUUID(),
      event_id: event.id,
      function_id: config.id,
      status: "queued",
      attempts: 0,
      started_at: null,
      ended_at: null,
      error: null,
    };
    this.runs.push(record);
    if (this.runs.length > keptRuns) this.runs.shift();
    const work = this.slots
      .run(concurrencyOf(config, event), () => this.execute(config, event, record))
      .finally(() => this.active.delete(work));
    this.active.add(work);
  }

  private async execute(config: FunctionConfig, event: JobEvent, record: RunRecord): Promise<void> {
    if (this.stopping.signal.aborted) return;
    record.status = "running";
    record.started_at = new Date(this.now()).toISOString();
    const outcome = await executeRun({
      config,
      event,
      runId: record.run_id,
      call: (url, body) => this.call(url, body),
      sleep: (ms) => this.sleep(ms, this.stopping.signal),
      now: this.now,
      stopped: () => this.stopping.signal.aborted,
      onAttempt: () => {
        record.attempts += 1;
      },
    });
    this.finish(config, event, record, outcome);
  }

  private finish(config: FunctionConfig, event: JobEvent, record: RunRecord, outcome: RunOutcome): void {
    record.ended_at = new Date(this.now()).toISOString();
    record.status = outcome.status;
    if (outcome.status === "completed") return;
    record.error = outcome.message;
    this.log(`${config.id} failed: ${outcome.message}`);
    if (outcome.message === "stopped") return;
    this.send({
      name: "inngest/function.failed",
      data: { function_id: config.id, run_id: record.run_id, error: outcome.error, event },
    });
  }

  private async call(url: string, body: unknown): Promise<Response> {
    return this.fetch(url, { method: "POST", headers: this.signedHeaders(body), body: JSON.stringify(body) });
  }

  private signedHeaders(body: unknown): Record<string, string> {
    return {
      "content-type": "application/json",
      "x-inngest-signature": signBody(body, this.options.signingKey, Math.round(this.now() / 1000)),
    };
  }

  private rememberEvent(id: string): void {
    this.seenEventIds.add(id);
    if (this.seenEventIds.size <= keptEventIds) return;
    const oldest = this.seenEventIds.values().next().value;
    if (oldest) this.seenEventIds.delete(oldest);
  }
}
