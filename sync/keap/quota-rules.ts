import type { Clock } from "./clock";

/** Who is asking, most urgent first. */
export const lanes = ["interactive", "hook", "lookup", "reconcile", "verify", "backfill"] as const;
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
export const dayReserve: Record<Lane, number> = {
  interactive: 0,
  hook: 0.02,
  lookup: 0.05,
  reconcile: 0.1,
  verify: 0.15,
  backfill: 0.2,
};

/** How far ahead of the even rhythm a lane may go, in calls: a person's edit does not wait behind a backfill. */
export const burst: Record<Lane, number> = {
  interactive: 10,
  hook: 5,
  lookup: 5,
  reconcile: 0,
  verify: 0,
  backfill: 0,
};

/** How much of a pause in the even rhythm may be made up for. */
export const catchUpMs = 10_000;

export const minuteMs = 60_000;
export const dayMs = 86_400_000;
export const defaultMaxWaitMs = 120_000;

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

/** People and hooks may use the reserve. */
export function isUrgent(lane: Lane): boolean {
  return lane === "interactive" || lane === "hook";
}

/** Keap's day ends at 00:00 UTC. */
export function nextDay(now: number): number {
  return Math.floor(now / dayMs + 1) * dayMs;
}

/** When so many calls of a lane can have been made, and whether its share of the day makes it pause before. */
export function forecastCalls(of: {
  lane: Lane;
  calls: number;
  now: number;
  limits: QuotaLimits;
  pace: Pace;
  dayUsed: number;
  dayResetsAt: number;
}): QuotaForecast {
  const { lane, calls, now, limits, dayResetsAt } = of;
  const share = wholeShare(limits, of.pace);
  const perMinute = share.perMinute - (isUrgent(lane) ? 0 : share.minuteReserve);
  const aDay = Math.max(1, Math.floor(limits.per_day * (1 - dayReserve[lane])));
  const today = Math.max(0, aDay - of.dayUsed);
  const iso = (ms: number) => new Date(ms).toISOString();
  const after = (from: number, count: number) => from + (count / perMinute) * minuteMs;
  if (calls <= today || after(now, today) >= dayResetsAt) {
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
  const lastDay = dayResetsAt + fullDays * dayMs;
  return {
    calls,
    calls_per_minute: perMinute,
    finishes_at: iso(after(lastDay, left - fullDays * perFullDay)),
    pauses_at: iso(after(now, today)),
    resumes_at: iso(dayResetsAt),
  };
}
