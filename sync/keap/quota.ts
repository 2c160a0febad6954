import { type Clock, systemClock } from "./clock";
import { KeapError } from "./errors";
import { type ObservedQuota, readQuotaHeaders } from "./quota-headers";
import { TokenWindow } from "./quota-window";

/** Who is asking, most urgent first. */
export const lanes = ["interactive", "hook", "reconcile", "verify", "backfill"] as const;
export type Lane = (typeof lanes)[number];

/** `polite` is about one call a second, what Keap asks of integrations; `full` is the documented limit. */
export type Pace = "polite" | "full";

export interface QuotaLimits {
  per_second: number;
  per_minute: number;
  per_day: number;
}

/** Per credential, as Keap documents it; the answers' headers correct them. */
export const documentedLimits = {
  token: { per_second: 10, per_minute: 240, per_day: 30_000 },
  oauth: { per_second: 25, per_minute: 1_500, per_day: 150_000 },
} as const satisfies Record<string, QuotaLimits>;

export interface AcquireOptions {
  operation?: string;
  signal?: AbortSignal;
  /** Longest wait for a turn, 120 s unless told. Beyond it the call is refused with the time to come back. */
  maxWaitMs?: number;
}

/** The right to make one call. `settle` must be called once, when the answer came or the call was given up. */
export interface QuotaPermit {
  settle(): void;
}

export interface QuotaSnapshot {
  pace: Pace;
  limits: QuotaLimits;
  minute: { used: number; limit: number };
  day: { used: number; limit: number; resets_at: string };
  halted_until: Partial<Record<Lane, string>>;
  waiting: Partial<Record<Lane, number>>;
}

export interface QuotaForecast {
  calls: number;
  calls_per_minute: number;
  /** When the last of the calls can have been made. */
  finishes_at: string;
  /** When the lane will stop for its share of the day, null if it does not have to. */
  pauses_at: string | null;
  resumes_at: string | null;
}

/** Every call passes one of these: the transport asks before it sends and reports what the answer's headers say. */
export interface QuotaGate {
  acquire(lane: Lane, options?: AcquireOptions): Promise<QuotaPermit>;
  observe(headers: Headers, answer?: { status: number; lane: Lane }): void;
  forecast(lane: Lane, calls: number): QuotaForecast;
  snapshot(): QuotaSnapshot;
}

export interface QuotaOptions {
  limits?: QuotaLimits;
  pace?: Pace;
  clock?: Clock;
  random?: () => number;
}

/** Share of the day kept back from a lane for the ones before it. */
const dayReserve: Record<Lane, number> = {
  interactive: 0,
  hook: 0.02,
  reconcile: 0.1,
  verify: 0.15,
  backfill: 0.2,
};

/** How far ahead of the even rhythm a lane may go, in calls: a person's edit does not wait behind a backfill. */
const burst: Record<Lane, number> = { interactive: 10, hook: 5, reconcile: 0, verify: 0, backfill: 0 };

/** How much of a pause in the even rhythm may be made up for. */
const catchUpMs = 10_000;

const minuteMs = 60_000;
const dayMs = 86_400_000;
export const defaultMaxWaitMs = 120_000;

interface Waiter {
  lane: Lane;
  operation: string;
  deadline: number;
  grant(permit: QuotaPermit): void;
  refuse(error: Error): void;
}

/** Tokens of the minute and second windows that this process may use, and how many are kept from slow lanes. */
export interface QuotaShare {
  perSecond: number;
  perMinute: number;
  /** Tokens of the minute and second that only `interactive` and `hook` may take. */
  minuteReserve: number;
  secondReserve: number;
  /** Calls a minute that the even rhythm aims at, where the share is still growing towards it. */
  rhythm?: number;
}

/** What one process may use when it is alone on the credential. */
export function wholeShare(limits: QuotaLimits, pace: Pace): QuotaShare {
  const secondReserve = limits.per_second > 1 ? 1 : 0;
  if (pace === "full") {
    const minuteReserve = Math.min(limits.per_minute - 1, Math.ceil(limits.per_minute * 0.015));
    return { perSecond: limits.per_second, perMinute: limits.per_minute, minuteReserve, secondReserve };
  }
  // One call a second for the slow lanes, and a third of that on top for people and hooks.
  const perMinute = Math.min(limits.per_minute, 80);
  return {
    perSecond: limits.per_second,
    perMinute,
    minuteReserve: Math.min(20, perMinute - 1),
    secondReserve,
  };
}

/** A gate for one process. `createDatabaseQuota` shares the same limits between processes. */
export function createMemoryQuota(options: QuotaOptions = {}): QuotaGate {
  return new QuotaCore(options);
}

/**
 * The gate's mechanism: a queue per lane, sliding windows of a second and a minute, an even rhythm, the day's count,
 * and halts. It never grants what the share does not hold; who sets the share (alone, or from leases) is outside.
 */
export class QuotaCore implements QuotaGate {
  readonly clock: Clock;
  readonly pace: Pace;
  limits: QuotaLimits;
  #share: QuotaShare;
  readonly #second: TokenWindow;
  readonly #minute: TokenWindow;
  readonly #queues = new Map<Lane, Waiter[]>(lanes.map((lane) => [lane, []]));
  readonly #haltedUntil = new Map<Lane, number>();
  readonly #random: () => number;
  #nextTurn = 0;
  #day: { used: number; resetsAt: number; allowance: number };
  #spikes = 0;
  #alarm: { at: number; stop: AbortController } | null = null;
  /** Called when a lane waits for tokens this process does not hold, and after each grant. */
  onDemand: (() => void) | null = null;
  onHalt: ((lane: Lane, untilMs: number) => void) | null = null;
  #daySeen: { used: number; until: number } | null = null;
  /** Calls granted since the start. */
  granted = 0;

  constructor({
    limits = documentedLimits.token,
    pace = "polite",
    clock = systemClock,
    random = Math.random,
  }: QuotaOptions) {
    this.clock = clock;
    this.pace = pace;
    this.limits = { ...limits };
    this.#random = random;
    this.#share = wholeShare(this.limits, pace);
    this.#second = new TokenWindow(1000, this.#share.perSecond);
    this.#minute = new TokenWindow(minuteMs, this.#share.perMinute);
    const now = clock.now();
    this.#day = { used: 0, resetsAt: nextDay(now), allowance: Number.POSITIVE_INFINITY };
  }

  acquire(
    lane: Lane,
    { operation = "a call", signal, maxWaitMs = defaultMaxWaitMs }: AcquireOptions = {},
  ): Promise<QuotaPermit> {
    const now = this.clock.now();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(aborted(operation, signal.reason));
      const waiter: Waiter = {
        lane,
        operation,
        deadline: now + maxWaitMs,
        grant: (permit) => {
          signal?.removeEventListener("abort", stop);
          resolve(permit);
        },
        refuse: (error) => {
          signal?.removeEventListener("abort", stop);
          reject(error);
        },
      };
      const stop = () => {
        this.#drop(waiter);
        reject(aborted(operation, signal?.reason));
      };
      signal?.addEventListener("abort", stop, { once: true });
      this.#queue(lane).push(waiter);
      this.pump();
    });
  }

  observe(headers: Headers, answer?: { status: number; lane: Lane }): void {
    const now = this.clock.now();
    const seen = readQuotaHeaders(headers, now);
    this.#rollDay(now);
    this.#learnLimits(seen);
    this.#learnDay(seen, now);
    const nextMinute = Math.floor(now / minuteMs + 1) * minuteMs + this.#random() * 2000;
    if (answer?.status === 429) this.#halt429(answer.lane, seen, nextMinute, now);
    else if (answer) this.#spikes = 0;
    if (seen.minute?.available === 0) this.halt("interactive", nextMinute);
    if (seen.tenantMinute?.available === 0) this.halt("interactive", nextMinute);
    else if (isScarce(seen.tenantMinute, 0.05)) this.halt("reconcile", nextMinute);
    if (seen.tenantDay?.available === 0) this.halt("interactive", nextDay(now));
    else if (isScarce(seen.tenantDay, 0.1)) this.halt("reconcile", nextDay(now));
    this.pump();
  }

  /** Stops a lane, and the ones that come after it, until a time. */
  halt(lane: Lane, untilMs: number, { silent = false } = {}): void {
    for (const later of lanes.slice(lanes.indexOf(lane))) {
      this.#haltedUntil.set(later, Math.max(untilMs, this.#haltedUntil.get(later) ?? 0));
    }
    if (!silent) this.onHalt?.(lane, untilMs);
    this.pump();
  }

  setShare(share: QuotaShare): void {
    this.#share = share;
    this.#second.capacity = share.perSecond;
    this.#minute.capacity = share.perMinute;
    this.pump();
  }

  get share(): QuotaShare {
    return this.#share;
  }

  /** How many calls of the day may still be made before the next word of whoever shares the day out. */
  setDayAllowance(calls: number, usedByAll: number | null): void {
    this.#rollDay(this.clock.now());
    this.#day.allowance = calls;
    if (usedByAll !== null) this.#day.used = usedByAll;
    this.pump();
  }

  /** Keap's own count of the day, once per answer that told it. */
  takeDaySeen(): number | null {
    const seen = this.#daySeen;
    this.#daySeen = null;
    return seen && seen.until > this.clock.now() ? seen.used : null;
  }

  get dayAllowance(): number {
    return this.#day.allowance;
  }

  /** Refuses everybody who waits, with an error made for each. */
  refuseAll(errorFor: (operation: string) => Error): void {
    for (const queue of this.#queues.values()) {
      for (const waiter of queue.splice(0)) waiter.refuse(errorFor(waiter.operation));
    }
  }

  occupied(): { second: number; minute: number } {
    const now = this.clock.now();
    return { second: this.#second.occupied(now), minute: this.#minute.occupied(now) };
  }

  waiting(kind: "any" | "urgent" = "any"): number {
    const which = kind === "any" ? lanes : (["interactive", "hook"] as const);
    return which.reduce((sum, lane) => sum + this.#queue(lane).length, 0);
  }

  forecast(lane: Lane, calls: number): QuotaForecast {
    const now = this.clock.now();
    this.#rollDay(now);
    const share = wholeShare(this.limits, this.pace);
    const perMinute = share.perMinute - (isUrgent(lane) ? 0 : share.minuteReserve);
    const aDay = Math.max(1, Math.floor(this.limits.per_day * (1 - dayReserve[lane])));
    const today = Math.max(0, aDay - this.#day.used);
    const iso = (ms: number) => new Date(ms).toISOString();
    const after = (from: number, count: number) => from + (count / perMinute) * minuteMs;
    if (calls <= today || after(now, today) >= this.#day.resetsAt) {
      return {
        calls,
        calls_per_minute: perMinute,
        finishes_at: iso(after(now, calls)),
        pauses_at: null,
        resumes_at: null,
      };
    }
    const perFullDay = Math.min(aDay, perMinute * 1440);
    const left = calls - today;
    const fullDays = Math.ceil(left / perFullDay) - 1;
    const lastDay = this.#day.resetsAt + fullDays * dayMs;
    return {
      calls,
      calls_per_minute: perMinute,
      finishes_at: iso(after(lastDay, left - fullDays * perFullDay)),
      pauses_at: iso(after(now, today)),
      resumes_at: iso(this.#day.resetsAt),
    };
  }

  snapshot(): QuotaSnapshot {
    const now = this.clock.now();
    this.#rollDay(now);
    const waiting = lanes
      .map((lane) => [lane, this.#queue(lane).length] as const)
      .filter(([, count]) => count > 0);
    const halted = [...this.#haltedUntil].filter(([, until]) => until > now);
    return {
      pace: this.pace,
      limits: { ...this.limits },
      minute: { used: this.#minute.occupied(now), limit: this.#share.perMinute },
      day: {
        used: this.#day.used,
        limit: this.limits.per_day,
        resets_at: new Date(this.#day.resetsAt).toISOString(),
      },
      halted_until: Object.fromEntries(halted.map(([lane, until]) => [lane, new Date(until).toISOString()])),
      waiting: Object.fromEntries(waiting),
    };
  }

  /** Grants every turn that is due, refuses what would wait too long, and sets an alarm for the next change. */
  pump(): void {
    const now = this.clock.now();
    this.#rollDay(now);
    let wake = Number.POSITIVE_INFINITY;
    for (const lane of lanes) {
      const queue = this.#queue(lane);
      while (queue.length > 0) {
        const turn = this.#turnOf(lane, now);
        if (turn.at > now) {
          const blocked = turn.known
            ? queue.filter(({ deadline }) => turn.at > deadline)
            : queue.filter(({ deadline }) => now >= deadline);
          for (const waiter of blocked) {
            this.#drop(waiter);
            waiter.refuse(tooLate(waiter, turn.at - now, turn.why));
          }
          const deadlines = queue.map(({ deadline }) => deadline);
          wake = Math.min(wake, turn.at, ...deadlines);
          break;
        }
        this.#grant(queue.shift() as Waiter, now);
      }
    }
    this.#setAlarm(wake, now);
    if (this.waiting() > 0) this.onDemand?.();
  }

  #turnOf(lane: Lane, now: number): { at: number; known: boolean; why: string } {
    const halted = this.#haltedUntil.get(lane) ?? 0;
    if (halted > now) return { at: halted, known: true, why: "Keap said to wait" };
    const kept = Math.ceil(this.limits.per_day * dayReserve[lane]);
    if (this.#day.used >= this.limits.per_day - kept) {
      return {
        at: this.#day.resetsAt,
        known: true,
        why:
          kept > 0 ? "the rest of today's calls is kept for more urgent work" : "today's calls are used up",
      };
    }
    if (this.#day.allowance <= 0)
      return { at: Number.POSITIVE_INFINITY, known: false, why: "the calls are shared with other processes" };
    const urgent = isUrgent(lane);
    const seconds = this.#second.freeAt(now, urgent ? 0 : this.#share.secondReserve);
    const minutes = this.#minute.freeAt(now, urgent ? 0 : this.#share.minuteReserve);
    if (seconds === null || minutes === null)
      return { at: Number.POSITIVE_INFINITY, known: false, why: "the calls of this minute are used up" };
    const rhythm = this.#nextTurn - burst[lane] * this.#interval();
    return {
      at: Math.max(seconds, minutes, rhythm),
      known: false,
      why: "the calls of this minute are used up",
    };
  }

  /** Even spacing of calls. At full pace a little tighter than the limit: the windows see to the rest. */
  #interval(): number {
    const slow = Math.max(1, this.#share.rhythm ?? this.#share.perMinute - this.#share.minuteReserve);
    return (minuteMs / slow) * (this.pace === "full" ? 0.97 : 1);
  }

  #grant(waiter: Waiter, now: number): void {
    this.#second.take();
    this.#minute.take();
    this.granted += 1;
    this.#day.used += 1;
    this.#day.allowance -= 1;
    const interval = this.#interval();
    // A turn taken late does not push the later ones back: a pause is made up for, as far as the windows allow.
    const made = this.pace === "full" ? catchUpMs : Math.min(catchUpMs, 2 * interval);
    this.#nextTurn = Math.max(now - made, this.#nextTurn) + interval;
    let open = true;
    waiter.grant({
      settle: () => {
        if (!open) return;
        open = false;
        const at = this.clock.now();
        this.#second.settle(at);
        this.#minute.settle(at);
        this.pump();
      },
    });
  }

  #setAlarm(at: number, now: number): void {
    if (this.#alarm && this.#alarm.at === at) return;
    this.#alarm?.stop.abort();
    this.#alarm = null;
    if (!Number.isFinite(at)) return;
    const stop = new AbortController();
    this.#alarm = { at, stop };
    this.clock.sleep(Math.max(0, at - now), stop.signal).then(
      () => {
        if (this.#alarm?.stop === stop) this.#alarm = null;
        this.pump();
      },
      () => undefined,
    );
  }

  #halt429(lane: Lane, seen: ObservedQuota, nextMinute: number, now: number): void {
    this.#spikes += 1;
    const backoff = Math.min(minuteMs, 1000 * 2 ** Math.min(this.#spikes, 6)) * (0.5 + this.#random());
    const until =
      seen.retryAfterMs !== null
        ? now + seen.retryAfterMs + this.#random() * 250
        : seen.day?.available === 0
          ? (seen.day.resetsAtMs ?? nextDay(now))
          : seen.minute?.available === 0
            ? nextMinute
            : now + backoff;
    this.halt(lane, until);
  }

  #learnLimits(seen: ObservedQuota): void {
    const learnt = {
      per_second: seen.perSecond || this.limits.per_second,
      per_minute: seen.minute?.limit || this.limits.per_minute,
      per_day: seen.day?.limit || this.limits.per_day,
    };
    const same = learnt.per_second === this.limits.per_second && learnt.per_minute === this.limits.per_minute;
    this.limits = learnt;
    if (!same && this.onDemand === null) this.setShare(wholeShare(learnt, this.pace));
  }

  /** Keap's count of the day also holds calls made elsewhere with this credential: the larger count is true. */
  #learnDay(seen: ObservedQuota, now: number): void {
    if (!seen.day) return;
    const { used, available, limit, resetsAtMs } = seen.day;
    if (resetsAtMs !== null && resetsAtMs > now && resetsAtMs - now <= dayMs) this.#day.resetsAt = resetsAtMs;
    const counted = used ?? (available !== null && limit !== null ? limit - available : null);
    if (counted === null) return;
    this.#day.used = Math.max(this.#day.used, counted);
    this.#daySeen = { used: counted, until: this.#day.resetsAt };
  }

  #rollDay(now: number): void {
    if (now < this.#day.resetsAt) return;
    this.#day = { used: 0, resetsAt: nextDay(now), allowance: this.#day.allowance };
  }

  #queue(lane: Lane): Waiter[] {
    return this.#queues.get(lane) as Waiter[];
  }

  #drop(waiter: Waiter): void {
    const queue = this.#queue(waiter.lane);
    const at = queue.indexOf(waiter);
    if (at >= 0) queue.splice(at, 1);
  }
}

function isUrgent(lane: Lane): boolean {
  return lane === "interactive" || lane === "hook";
}

function isScarce(window: { available: number | null; limit: number | null } | null, share: number): boolean {
  return window?.available != null && !!window.limit && window.available < window.limit * share;
}

/** Keap's day ends at 00:00 UTC. */
function nextDay(now: number): number {
  return Math.floor(now / dayMs + 1) * dayMs;
}

function tooLate(waiter: Waiter, waitMs: number, why: string): KeapError {
  const retryAfterMs = Number.isFinite(waitMs) ? Math.ceil(waitMs) : minuteMs;
  return new KeapError({
    kind: "throttled",
    operation: waiter.operation,
    retryAfterMs,
    message: `${waiter.operation} was not sent: ${why}. The lane "${waiter.lane}" goes on in ${Math.ceil(retryAfterMs / 1000)} s.`,
  });
}

function aborted(operation: string, cause: unknown): KeapError {
  return new KeapError({
    kind: "aborted",
    operation,
    cause,
    message: `${operation} was cancelled while it waited for its turn.`,
  });
}
