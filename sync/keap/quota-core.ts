import { type Clock, systemClock } from "./clock";
import { KeapError } from "./errors";
import { type ObservedQuota, readQuotaHeaders } from "./quota-headers";
import {
  type AcquireOptions,
  burst,
  catchUpMs,
  dayMs,
  dayReserve,
  defaultMaxWaitMs,
  documentedLimits,
  forecastCalls,
  isUrgent,
  type Lane,
  lanes,
  minuteMs,
  nextDay,
  type Pace,
  type QuotaForecast,
  type QuotaGate,
  type QuotaLimits,
  type QuotaOptions,
  type QuotaPermit,
  type QuotaShare,
  type QuotaSnapshot,
  wholeShare,
} from "./quota-rules";
import { TokenWindow } from "./quota-window";

interface Waiter {
  lane: Lane;
  operation: string;
  deadline: number;
  grant(permit: QuotaPermit): void;
  refuse(error: Error): void;
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
    const { used, resetsAt } = this.#day;
    return forecastCalls({
      lane,
      calls,
      now,
      limits: this.limits,
      pace: this.pace,
      dayUsed: used,
      dayResetsAt: resetsAt,
    });
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

function isScarce(window: { available: number | null; limit: number | null } | null, share: number): boolean {
  return window?.available != null && !!window.limit && window.available < window.limit * share;
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
