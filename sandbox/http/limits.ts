import type { SandboxClock } from "../clock";
import type { Switches } from "../switches";
import type { Credential } from "./auth";
import { gatewayFault, Refusal } from "./errors";

export interface Limits {
  per_second: number;
  per_minute: number;
  per_day: number;
  tenant_per_minute: number;
  tenant_per_day: number;
}

const tenant = { tenant_per_minute: 10_000, tenant_per_day: 250_000 };

/** Keap's published limits: one OAuth client over all tenants; one PAT or SAK; one tenant over everything. */
export const keapLimits: Record<Credential["kind"], Limits> = {
  oauth: { per_second: 25, per_minute: 1_500, per_day: 150_000, ...tenant },
  pat: { per_second: 10, per_minute: 240, per_day: 30_000, ...tenant },
  sak: { per_second: 10, per_minute: 240, per_day: 30_000, ...tenant },
};

interface Window {
  start: number;
  used: number;
}

interface Counters {
  minute: Window;
  day: Window;
  /** Times of the last calls, for the spike policy. */
  recent: number[];
  limits: { minute: number; day: number };
}

const minuteMs = 60_000;
const dayMs = 86_400_000;

const freshCounters = (): Counters => ({
  minute: { start: 0, used: 0 },
  day: { start: 0, used: 0 },
  recent: [],
  limits: { minute: 0, day: 0 },
});

function roll(window: Window, length: number, now: number): void {
  const start = Math.floor(now / length) * length;
  if (window.start === start) return;
  window.start = start;
  window.used = 0;
}

export interface LimitReport {
  headers: Record<string, string>;
  refusal: Refusal | null;
}

export interface QuotaUsage {
  who: string;
  minute_used: number;
  minute_limit: number;
  day_used: number;
  day_limit: number;
}

/** Counts calls per credential and for the tenant, and says when Keap would answer 429. */
export function createLimiter(options: {
  clock: SandboxClock;
  tenantId: string;
  switches: () => Switches;
  limitsFor: (credential: Credential) => Limits | null;
}) {
  const counters = new Map<string, Counters>();
  const countersOf = (who: string) => {
    const held = counters.get(who) ?? freshCounters();
    counters.set(who, held);
    return held;
  };
  // Named by kind and a number, never by the token itself.
  const names = new Map<string, string>();
  const whoIs = (credential: Credential) => {
    const key = credential.clientId ?? credential.token;
    const held = names.get(key) ?? `${credential.kind} ${names.size + 1}`;
    names.set(key, held);
    return held;
  };

  function spiked(own: Counters, limit: number, now: number, smooth: boolean): boolean {
    const length = smooth ? 1000 / limit : 1000;
    while (own.recent.length > 0 && (own.recent[0] ?? 0) <= now - length) own.recent.shift();
    return own.recent.length >= (smooth ? 1 : limit);
  }

  function headersOf(limits: Limits, own: Counters, all: Counters, now: number): Record<string, string> {
    const left = (limit: number, window: Window) => String(Math.max(0, limit - window.used));
    return {
      "x-keap-product-quota-limit": String(limits.per_day),
      "x-keap-product-quota-time-unit": "day",
      "x-keap-product-quota-interval": "1",
      "x-keap-product-quota-available": left(limits.per_day, own.day),
      "x-keap-product-quota-used": String(own.day.used),
      "x-keap-product-quota-expiry-time": String(Math.floor(now / dayMs) * dayMs + dayMs),
      "x-keap-product-throttle-limit": String(limits.per_minute),
      "x-keap-product-throttle-time-unit": "minute",
      "x-keap-product-throttle-interval": "1",
      "x-keap-product-throttle-available": left(limits.per_minute, own.minute),
      "x-keap-product-throttle-used": String(own.minute.used),
      "x-keap-product-spike-limit": `${limits.per_second}ps`,
      "x-keap-tenant-id": options.tenantId,
      "x-keap-tenant-throttle-limit": `${limits.tenant_per_minute}|${limits.tenant_per_day}`,
      "x-keap-tenant-throttle-time-unit": "minute|day",
      "x-keap-tenant-throttle-interval": "1|1",
      "x-keap-tenant-throttle-available": `${left(limits.tenant_per_minute, all.minute)}|${left(limits.tenant_per_day, all.day)}`,
      "x-keap-tenant-throttle-used": `${all.minute.used}|${all.day.used}`,
    };
  }

  return {
    /** Counts one call. A refused call uses nothing up. */
    take(credential: Credential): LimitReport {
      const limits = options.limitsFor(credential);
      if (!limits) return { headers: {}, refusal: null };
      const now = options.clock.now();
      const own = countersOf(whoIs(credential));
      const all = countersOf("tenant");
      own.limits = { minute: limits.per_minute, day: limits.per_day };
      all.limits = { minute: limits.tenant_per_minute, day: limits.tenant_per_day };
      for (const one of [own, all]) {
        roll(one.minute, minuteMs, now);
        roll(one.day, dayMs, now);
      }
      const { spike, spike_body, retry_after } = options.switches();
      const overDay = own.day.used >= limits.per_day || all.day.used >= limits.tenant_per_day;
      const overMinute = own.minute.used >= limits.per_minute || all.minute.used >= limits.tenant_per_minute;
      const overSecond = spiked(own, limits.per_second, now, spike === "smooth");
      if (overDay || overMinute || overSecond) {
        const length = overDay ? dayMs : overMinute ? minuteMs : 1000;
        const wait = overDay || overMinute ? length - (now % length) : 1000;
        const headers = {
          ...headersOf(limits, own, all, now),
          ...(retry_after ? { "retry-after": String(Math.max(1, Math.ceil(wait / 1000))) } : {}),
        };
        const onlySpike = !overDay && !overMinute;
        const refusal =
          onlySpike && spike_body === "fault"
            ? gatewayFault(
                429,
                "policies.ratelimit.SpikeArrestViolation",
                `Spike arrest violation. Allowed rate : ${limits.per_second}ps`,
                headers,
              )
            : throttled(headers);
        return { headers, refusal };
      }
      own.minute.used += 1;
      own.day.used += 1;
      all.minute.used += 1;
      all.day.used += 1;
      own.recent.push(now);
      return { headers: headersOf(limits, own, all, now), refusal: null };
    },
    usage(): QuotaUsage[] {
      const now = options.clock.now();
      return [...counters].map(([who, one]) => {
        roll(one.minute, minuteMs, now);
        roll(one.day, dayMs, now);
        return {
          who,
          minute_used: one.minute.used,
          minute_limit: one.limits.minute,
          day_used: one.day.used,
          day_limit: one.limits.day,
        };
      });
    },
    reset(): void {
      counters.clear();
    },
  };
}

export type Limiter = ReturnType<typeof createLimiter>;

/** Keap's throttle answer; `code` is text here, though a number in v2's error schema. */
export function throttled(headers: Record<string, string> = {}): Refusal {
  return new Refusal(
    429,
    { code: "429", message: "Quota Exceeded", status: "Request Throttled", details: null },
    headers,
  );
}
