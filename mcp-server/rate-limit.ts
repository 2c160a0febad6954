export interface RateLimit {
  /** Seconds to wait, or 0 when the call may go ahead. */
  take(key: string): number;
}

/** A bucket per key: `burst` calls at once, refilled at `perMinute`. Forgets keys that have been quiet. */
export function createRateLimit({ perMinute = 120, burst = 40, clock = Date.now } = {}): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const perMs = perMinute / 60_000;
  return {
    take(key) {
      const now = clock();
      if (buckets.size > 10_000)
        for (const [each, { at }] of buckets) if (now - at > 600_000) buckets.delete(each);
      const bucket = buckets.get(key) ?? { tokens: burst, at: now };
      const tokens = Math.min(burst, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
      if (tokens < 1) {
        buckets.set(key, { tokens, at: now });
        return Math.ceil((1 - tokens) / perMs / 1_000);
      }
      buckets.set(key, { tokens: tokens - 1, at: now });
      return 0;
    },
  };
}
