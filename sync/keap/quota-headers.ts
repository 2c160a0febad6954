/** One window of a rate limit as a response header shows it. */
export interface ObservedWindow {
  unit: "second" | "minute" | "day";
  limit: number | null;
  available: number | null;
  used: number | null;
  /** When the window starts anew, where Keap says so (day quota only). */
  resetsAtMs: number | null;
}

export interface ObservedQuota {
  day: ObservedWindow | null;
  minute: ObservedWindow | null;
  perSecond: number | null;
  tenantMinute: ObservedWindow | null;
  tenantDay: ObservedWindow | null;
  tenantId: string | null;
  retryAfterMs: number | null;
}

/**
 * Reads Keap's rate-limit headers. The tenant headers carry two windows joined by a pipe (`minute|day`) since Keap
 * caps the tenant's day, so nothing here is a plain number before it is split.
 */
export function readQuotaHeaders(headers: Headers, nowMs: number): ObservedQuota {
  const tenant = windows(headers, "x-keap-tenant-throttle");
  return {
    day: windows(headers, "x-keap-product-quota").find(({ unit }) => unit === "day") ?? null,
    minute: windows(headers, "x-keap-product-throttle").find(({ unit }) => unit === "minute") ?? null,
    perSecond: toNumber(headers.get("x-keap-product-spike-limit")?.replace(/ps$/i, "")),
    tenantMinute: tenant.find(({ unit }) => unit === "minute") ?? null,
    tenantDay: tenant.find(({ unit }) => unit === "day") ?? null,
    tenantId: headers.get("x-keap-tenant-id") || null,
    retryAfterMs: readRetryAfter(headers.get("retry-after"), nowMs),
  };
}

function windows(headers: Headers, prefix: string): ObservedWindow[] {
  const parts = (name: string) =>
    (headers.get(`${prefix}-${name}`) ?? "").split("|").map((part) => part.trim());
  const [units, limits, available, used, expiry] = [
    "time-unit",
    "limit",
    "available",
    "used",
    "expiry-time",
  ].map(parts);
  return (units ?? []).flatMap((word, at): ObservedWindow[] => {
    const unit = word.toLowerCase();
    if (unit !== "second" && unit !== "minute" && unit !== "day") return [];
    return [
      {
        unit,
        limit: toNumber(limits?.[at]),
        available: toNumber(available?.[at]),
        used: toNumber(used?.[at]),
        resetsAtMs: toNumber(expiry?.[at]),
      },
    ];
  });
}

/** `Retry-After` is seconds or an HTTP date, and not guaranteed. */
export function readRetryAfter(value: string | null, nowMs: number): number | null {
  if (!value) return null;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}

function toNumber(text: string | undefined): number | null {
  if (text === undefined || text.trim() === "") return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}
