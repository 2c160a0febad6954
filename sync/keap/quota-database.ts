import { createHash, randomUUID } from "node:crypto";
import { z } from "zod";
import type { SupabaseClient } from "@/supabase/client";
import type { Clock } from "./clock";
import { KeapError } from "./errors";
import { QuotaCore } from "./quota-core";
import { type Lane, lanes, type QuotaGate, type QuotaOptions, wholeShare } from "./quota-rules";

export interface DatabaseQuotaOptions extends QuotaOptions {
  /** Names the credential without telling it: see `poolOf`. */
  pool: string;
  holder?: string;
  /** How long a share is held without a word of its holder. */
  ttlMs?: number;
  renewMs?: number;
  /** Seconds of `clock` per second of the database's clock: simulations only. */
  clockScale?: number;
}

export interface DatabaseQuota extends QuotaGate {
  /** Gives the share back. Calls under way keep theirs until they are out of Keap's windows. */
  close(): Promise<void>;
}

/** One pool per credential, since Keap counts per credential; an OAuth client is one over all its tenants. */
export function poolOf(credential: string): string {
  return createHash("sha256").update(`keapsake quota pool: ${credential}`).digest("hex").slice(0, 32);
}

const leaseSchema = z.object({
  per_minute: z.int(),
  per_second: z.int(),
  day_calls: z.int(),
  day_used: z.int(),
  target_minute: z.int(),
  target_second: z.int(),
  ttl_ms: z.number(),
  halts: z.partialRecord(z.enum(lanes), z.number()),
});

/** A gate whose limits are shared by every process that names the same pool. Speaks to the database only while there is work. */
export function createDatabaseQuota(service: SupabaseClient, options: DatabaseQuotaOptions): DatabaseQuota {
  const core = new QuotaCore(options);
  const leases = new LeaseKeeper(core, service, options);
  return {
    acquire: (lane, acquireOptions) => {
      leases.noteUse();
      return core.acquire(lane, acquireOptions);
    },
    observe: (headers, answer) => core.observe(headers, answer),
    forecast: (lane, calls) => core.forecast(lane, calls),
    snapshot: () => core.snapshot(),
    close: () => leases.close(),
  };
}

/** Keeps this process's share: asks when work waits, renews while it lasts, shrinks when others want theirs. */
class LeaseKeeper {
  readonly #clock: Clock;
  readonly #holder: string;
  readonly #ttlMs: number;
  readonly #renewMs: number;
  #target = { minute: 0, second: 0 };
  #reported = 0;
  #pendingHalts = new Map<Lane, number>();
  #busy = false;
  #closed = false;
  #lastAskedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;
  #expiry: AbortController | null = null;
  #next: AbortController | null = null;
  #quietRounds = 0;
  #usedAtLastRound = 0;

  constructor(
    readonly core: QuotaCore,
    readonly service: SupabaseClient,
    readonly options: DatabaseQuotaOptions,
  ) {
    this.#clock = core.clock;
    this.#holder = options.holder ?? `${process.pid}-${randomUUID()}`;
    this.#ttlMs = options.ttlMs ?? 40_000;
    this.#renewMs = options.renewMs ?? 10_000;
    core.setShare({ perSecond: 0, perMinute: 0, minuteReserve: 0, secondReserve: 0 });
    core.setDayAllowance(0, null);
    core.onDemand = () => this.#demand();
    core.onHalt = (lane, untilMs) => {
      this.#pendingHalts.set(lane, untilMs);
      void this.#renew();
    };
  }

  noteUse(): void {
    this.#quietRounds = 0;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#next?.abort();
    this.#expiry?.abort();
    await this.#ask(false).catch(() => undefined);
  }

  /** Work waits and nothing is left of the share: ask now, but not in a tight loop. */
  #demand(): void {
    const { share } = this.core;
    const urgentWaits = this.core.waiting("urgent") > 0;
    const used = this.core.occupied();
    const lacking =
      share.perSecond === 0 ||
      this.core.dayAllowance <= 0 ||
      (used.minute >= share.perMinute && share.perMinute < Math.max(1, this.#target.minute));
    const since = this.#clock.now() - this.#lastAskedAt;
    if (lacking && since >= (urgentWaits ? 250 : 1000)) void this.#renew();
    else if (lacking || this.#next === null) this.#schedule(lacking ? 1000 : this.#renewMs);
  }

  async #renew(): Promise<void> {
    if (this.#busy || this.#closed) return;
    this.#busy = true;
    try {
      const active = this.core.waiting() > 0 || this.core.granted > this.#usedAtLastRound;
      this.#usedAtLastRound = this.core.granted;
      this.#quietRounds = active ? 0 : this.#quietRounds + 1;
      await this.#ask(active || this.#quietRounds < 2);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      // With a share in hand work goes on until it runs out; without one nobody would ever be told why.
      if (this.core.share.perMinute === 0 && this.#failures >= 2)
        this.core.refuseAll((operation) => unreachable(operation, error));
    } finally {
      this.#busy = false;
    }
    const idle = this.#quietRounds >= 2 && this.core.occupied().minute === 0;
    if (this.#closed || idle) return;
    // Without a share, and with more than our part, the next word should come soon.
    const { perMinute } = this.core.share;
    this.#schedule(
      perMinute === 0
        ? 1000
        : perMinute > this.#target.minute
          ? Math.min(3000, this.#renewMs)
          : this.#renewMs,
    );
  }

  async #ask(wants: boolean): Promise<void> {
    const { core } = this;
    const asked = this.#clock.now();
    this.#lastAskedAt = asked;
    const occupied = core.occupied();
    const before = core.share;
    // Tokens in use cannot be given back, and a few more will be taken while the question is under way.
    const shrink = (held: number, inUse: number, target: number) =>
      held <= target && wants ? held : Math.min(held, Math.max(wants ? target : 0, inUse));
    // A lease that ran out leaves its tokens in Keap's windows: they are ours until they are out of them.
    const keepMinute = Math.max(
      occupied.minute,
      shrink(before.perMinute, occupied.minute + (wants ? 3 : 0), this.#target.minute),
    );
    const keepSecond = Math.max(
      occupied.second,
      shrink(before.perSecond, occupied.second, this.#target.second),
    );
    core.setShare({ ...before, perMinute: keepMinute, perSecond: keepSecond });
    const whole = wholeShare(core.limits, core.pace);
    const used = core.granted - this.#reported;
    const halts = Object.fromEntries(
      [...this.#pendingHalts].map(([lane, until]) => [lane, Math.max(0, until - asked)]),
    );
    this.#pendingHalts.clear();
    const daySeen = core.takeDaySeen();
    const { data, error } = await this.service.rpc("keap_quota_lease", {
      p_pool: this.options.pool,
      p_holder: this.#holder,
      p_request: {
        per_second: whole.perSecond,
        per_minute: whole.perMinute,
        per_day: core.limits.per_day,
        minute_reserve: whole.minuteReserve,
        second_reserve: whole.secondReserve,
        wants,
        urgent: core.waiting("urgent") > 0,
        keep_minute: keepMinute,
        keep_second: keepSecond,
        used,
        day_used_seen: daySeen,
        halts,
        ttl_ms: this.#ttlMs,
        clock_scale: this.options.clockScale ?? 1,
      },
    });
    if (error) throw new Error(error.message, { cause: error });
    this.#reported += used;
    this.#apply(leaseSchema.parse(data), asked);
  }

  #apply(lease: z.infer<typeof leaseSchema>, asked: number): void {
    const { core } = this;
    this.#target = { minute: lease.target_minute, second: lease.target_second };
    const usedSince = core.granted - this.#reported;
    core.setDayAllowance(Math.max(0, lease.day_calls - usedSince), lease.day_used + usedSince);
    for (const [lane, ms] of Object.entries(lease.halts))
      core.halt(lane as Lane, this.#clock.now() + ms, { silent: true });
    core.setShare({
      perMinute: lease.per_minute,
      perSecond: lease.per_second,
      // What an urgent call got beyond this process's part stays with urgent calls.
      minuteReserve: Math.max(0, lease.per_minute - lease.target_minute),
      secondReserve: Math.max(0, lease.per_second - lease.target_second),
      rhythm: lease.target_minute,
    });
    // Counted from before the question was sent, so that our end of the lease comes before the database's.
    this.#expiry?.abort();
    const expiry = new AbortController();
    this.#expiry = expiry;
    const left = lease.ttl_ms - (this.#clock.now() - asked);
    this.#doze(left, expiry.signal).then(
      () => {
        core.setShare({ perSecond: 0, perMinute: 0, minuteReserve: 0, secondReserve: 0 });
        core.setDayAllowance(0, null);
      },
      () => undefined,
    );
  }

  /** Upkeep keeps no process alive, unless somebody waits for its turn. */
  #doze(ms: number, signal: AbortSignal): Promise<void> {
    const clock = this.#clock;
    return this.core.waiting() === 0 && clock.doze
      ? clock.doze(Math.max(0, ms), signal)
      : clock.sleep(Math.max(0, ms), signal);
  }

  #schedule(ms: number): void {
    this.#next?.abort();
    const next = new AbortController();
    this.#next = next;
    this.#doze(ms, next.signal).then(
      () => {
        if (this.#next === next) this.#next = null;
        void this.#renew();
      },
      () => undefined,
    );
  }
}

function unreachable(operation: string, cause: unknown): KeapError {
  return new KeapError({
    kind: "throttled",
    operation,
    cause,
    retryAfterMs: 5000,
    message: `${operation} was not sent: the shared rate limit could not be read from the database. Check the connection to Supabase, then try again.`,
  });
}
