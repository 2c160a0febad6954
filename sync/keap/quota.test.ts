import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeapError } from "./errors";
import {
  createMemoryQuota,
  documentedLimits,
  type Lane,
  lanes,
  type QuotaGate,
  type QuotaLimits,
} from "./quota";
import { createVirtualClock, type VirtualClock } from "./testing/virtual-clock";

/** Most calls that any window of the given length holds. */
function busiest(times: readonly number[], windowMs: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  let from = 0;
  let most = 0;
  for (let at = 0; at < sorted.length; at += 1) {
    while ((sorted[at] as number) - (sorted[from] as number) >= windowMs) from += 1;
    most = Math.max(most, at - from + 1);
  }
  return most;
}

/** Makes calls through a gate; Keap counts each at a moment between its sending and its answer. */
function caller(
  gate: QuotaGate,
  clock: VirtualClock,
  options: { answerMs: () => number; countedAt: () => number },
) {
  const counted: number[] = [];
  const granted: { lane: Lane; at: number }[] = [];
  async function call(lane: Lane) {
    const permit = await gate.acquire(lane, { maxWaitMs: 1e12 });
    const sent = clock.now();
    granted.push({ lane, at: sent });
    const takes = options.answerMs();
    counted.push(sent + takes * options.countedAt());
    await clock.sleep(takes);
    permit.settle();
  }
  return { counted, granted, call };
}

const headers = (values: Record<string, string>) => new Headers(values);

describe("the quota gate", () => {
  it("never exceeds a limit in any window", async () => {
    const limits = fc.record({
      per_second: fc.integer({ min: 1, max: 12 }),
      per_minute: fc.integer({ min: 2, max: 60 }),
      per_day: fc.constant(100_000),
    });
    await fc.assert(
      fc.asyncProperty(
        limits,
        fc.constantFrom("polite" as const, "full" as const),
        fc.array(fc.constantFrom(...lanes), { minLength: 1, maxLength: 150 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (limit: QuotaLimits, pace, work, noise) => {
          const random = () => noise.next().value as number;
          const clock = createVirtualClock();
          const gate = createMemoryQuota({ limits: limit, pace, clock, random: () => 0.5 });
          const keap = caller(gate, clock, { answerMs: () => random() * 3000, countedAt: random });
          let open = work.length;
          for (const lane of work) void keap.call(lane).then(() => (open -= 1));
          await clock.runUntil(() => open === 0);
          expect(busiest(keap.counted, 1000)).toBeLessThanOrEqual(limit.per_second);
          expect(busiest(keap.counted, 60_000)).toBeLessThanOrEqual(limit.per_minute);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("uses almost all of the documented rate", async () => {
    const clock = createVirtualClock();
    const gate = createMemoryQuota({ limits: documentedLimits.token, pace: "full", clock });
    const keap = caller(gate, clock, { answerMs: () => 100, countedAt: () => 0 });
    const began = clock.now();
    let open = 2400;
    for (let made = 0; made < 2400; made += 1) void keap.call("backfill").then(() => (open -= 1));
    await clock.runUntil(() => open === 0);
    const minutes = (clock.now() - began) / 60_000;
    expect(2400 / minutes / 240).toBeGreaterThan(0.95);
    expect(busiest(keap.counted, 60_000)).toBeLessThanOrEqual(240);
  });

  it("keeps about one call a second when polite", async () => {
    const clock = createVirtualClock();
    const gate = createMemoryQuota({ clock });
    const keap = caller(gate, clock, { answerMs: () => 50, countedAt: () => 0 });
    const began = clock.now();
    let open = 300;
    for (let made = 0; made < 300; made += 1) void keap.call("reconcile").then(() => (open -= 1));
    await clock.runUntil(() => open === 0);
    const perSecond = 300 / ((clock.now() - began) / 1000);
    expect(perSecond).toBeGreaterThan(0.95);
    expect(perSecond).toBeLessThan(1.05);
  });

  it("lets a person's edit pass a backfill", async () => {
    const clock = createVirtualClock();
    const gate = createMemoryQuota({ clock, pace: "full", limits: documentedLimits.token });
    const keap = caller(gate, clock, { answerMs: () => 100, countedAt: () => 0 });
    for (let made = 0; made < 1000; made += 1) void keap.call("backfill");
    await clock.advance(90_000);
    const asked = clock.now();
    void keap.call("interactive");
    await clock.advance(1000);
    const turn = keap.granted.find(({ lane }) => lane === "interactive");
    expect(turn?.at).toBeLessThanOrEqual(asked + 250);
  });

  it("halts a lane and its followers after a 429", async () => {
    const clock = createVirtualClock();
    const gate = createMemoryQuota({ clock, pace: "full", random: () => 0 });
    gate.observe(headers({ "retry-after": "30" }), { status: 429, lane: "reconcile" });
    const keap = caller(gate, clock, { answerMs: () => 10, countedAt: () => 0 });
    const began = clock.now();
    void keap.call("backfill");
    void keap.call("hook");
    await clock.advance(29_000);
    expect(keap.granted.map(({ lane }) => lane)).toEqual(["hook"]);
    await clock.advance(2000);
    expect(keap.granted.at(-1)).toMatchObject({ lane: "backfill" });
    expect(keap.granted.at(-1)?.at).toBeGreaterThanOrEqual(began + 30_000);
  });

  it("refuses a call that would wait too long", async () => {
    const clock = createVirtualClock(Date.UTC(2026, 10, 23, 22));
    const gate = createMemoryQuota({ clock });
    gate.observe(headers({ "retry-after": "600" }), { status: 429, lane: "interactive" });
    const refused = await gate.acquire("interactive").catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(KeapError);
    expect(refused).toMatchObject({ kind: "throttled", retryable: true, outcome: "not_applied" });
    expect((refused as KeapError).retryAfterMs).toBeGreaterThanOrEqual(600_000);
  });

  it("keeps the day's rest for urgent lanes", async () => {
    const clock = createVirtualClock(Date.UTC(2026, 10, 23, 22));
    const gate = createMemoryQuota({ clock });
    // 80 % of 30,000 are used: nothing is left for a backfill, two hours before 00:00 UTC.
    gate.observe(
      headers({
        "x-keap-product-quota-limit": "30000",
        "x-keap-product-quota-time-unit": "day",
        "x-keap-product-quota-available": "6000",
        "x-keap-product-quota-used": "24000",
        "x-keap-product-quota-expiry-time": String(Date.UTC(2026, 10, 24)),
      }),
      { status: 200, lane: "backfill" },
    );
    await expect(gate.acquire("backfill")).rejects.toMatchObject({
      kind: "throttled",
      retryAfterMs: 2 * 3_600_000,
    });
    await expect(gate.acquire("interactive")).resolves.toBeDefined();
    await clock.advance(2 * 3_600_000);
    await expect(gate.acquire("backfill")).resolves.toBeDefined();
  });

  it("reads both tenant windows joined by a pipe", async () => {
    const clock = createVirtualClock(Date.UTC(2026, 10, 23, 22));
    const gate = createMemoryQuota({ clock });
    gate.observe(
      headers({
        "x-keap-tenant-throttle-time-unit": "minute|day",
        "x-keap-tenant-throttle-interval": "1|1",
        "x-keap-tenant-throttle-limit": "10000|250000",
        "x-keap-tenant-throttle-available": "9999|0",
        "x-keap-tenant-throttle-used": "1|250000",
      }),
      { status: 200, lane: "interactive" },
    );
    await expect(gate.acquire("interactive")).rejects.toMatchObject({ retryAfterMs: 2 * 3_600_000 });
  });

  it("gives up a turn when the caller cancels", async () => {
    const clock = createVirtualClock();
    const gate = createMemoryQuota({ clock, limits: { per_second: 1, per_minute: 1, per_day: 10 } });
    await gate.acquire("interactive");
    const stop = new AbortController();
    const waiting = gate.acquire("interactive", { signal: stop.signal });
    stop.abort(new Error("no longer needed"));
    await expect(waiting).rejects.toMatchObject({ kind: "aborted" });
    expect(gate.snapshot().waiting).toEqual({});
  });

  it("foresees when a backfill pauses and ends", () => {
    const clock = createVirtualClock(Date.UTC(2026, 10, 23, 0));
    const gate = createMemoryQuota({
      clock,
      pace: "full",
      limits: { per_second: 10, per_minute: 240, per_day: 1000 },
    });
    // 236 a minute, 800 a day for a backfill: 2,000 calls are 800 today, 800 tomorrow, 400 the day after.
    const forecast = gate.forecast("backfill", 2000);
    expect(forecast.pauses_at).toBe(new Date(Date.UTC(2026, 10, 23) + (800 / 236) * 60_000).toISOString());
    expect(forecast.resumes_at).toBe("2026-11-24T00:00:00.000Z");
    expect(forecast.finishes_at).toBe(new Date(Date.UTC(2026, 10, 25) + (400 / 236) * 60_000).toISOString());
    expect(gate.forecast("backfill", 236)).toMatchObject({
      pauses_at: null,
      finishes_at: "2026-11-23T00:01:00.000Z",
    });
  });
});
