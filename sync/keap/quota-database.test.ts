import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createClock } from "@/sandbox/clock";
import { createSandbox } from "@/sandbox/sandbox";
import { startTestDatabase, type TestDatabase } from "@/supabase/testing/database";
import { createKeapClient } from "./client";
import { createScaledClock } from "./clock";
import { documentedLimits } from "./quota";
import { createDatabaseQuota, poolOf } from "./quota-database";

let database: TestDatabase;
beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());

const base = {
  per_second: 10,
  per_minute: 240,
  per_day: 30_000,
  second_reserve: 1,
  minute_reserve: 4,
  wants: true,
  urgent: false,
  keep_minute: 0,
  keep_second: 0,
  used: 0,
  ttl_ms: 40_000,
};

async function lease(pool: string, holder: string, request: object = {}) {
  const { data, error } = await database.service.rpc("keap_quota_lease", {
    p_pool: pool,
    p_holder: holder,
    p_request: { ...base, ...request },
  });
  if (error) throw error;
  return data as Record<string, number> & { halts: Record<string, number> };
}

describe("leases of one pool", () => {
  /** Asks until the share stops growing: it grows by 24 a minute and 3 a second at a time. */
  async function grow(pool: string, holder: string) {
    let held = await lease(pool, holder);
    for (let asked = 0; asked < 12; asked += 1) {
      held = await lease(pool, holder, { keep_minute: held.per_minute, keep_second: held.per_second });
    }
    return held;
  }

  it("grows in blocks up to an even part", async () => {
    // 240 less 4 for urgent calls, 10 less 1 a second.
    expect(await lease("even", "a")).toMatchObject({ per_minute: 24, per_second: 3 });
    expect(await grow("even", "a")).toMatchObject({ per_minute: 236, per_second: 9 });
    expect(await lease("even", "b")).toMatchObject({ per_minute: 0, per_second: 0 });
    expect(await lease("even", "a", { keep_minute: 20, keep_second: 1 })).toMatchObject({
      per_minute: 118,
      per_second: 4,
    });
    expect(await grow("even", "b")).toMatchObject({ per_minute: 118, per_second: 4 });
  });

  it("lends the reserve to urgent calls only", async () => {
    await grow("urgent", "backfill");
    expect(await lease("urgent", "other")).toMatchObject({ per_minute: 0 });
    expect(await lease("urgent", "person", { urgent: true })).toMatchObject({ per_minute: 4, per_second: 1 });
  });

  it("takes no token back that is in use", async () => {
    await grow("in use", "a");
    await lease("in use", "b");
    expect(await lease("in use", "a", { keep_minute: 220, keep_second: 9 })).toMatchObject({
      per_minute: 220,
      per_second: 9,
    });
    expect(await lease("in use", "b")).toMatchObject({ per_minute: 16, per_second: 0 });
    // Nobody can claim to use what was never granted.
    expect(await lease("in use", "b", { keep_minute: 500 })).toMatchObject({ per_minute: 16 });
  });

  it("counts the day over all holders", async () => {
    await lease("day", "a", { per_day: 100, used: 60 });
    expect(await lease("day", "b", { per_day: 100, used: 0 })).toMatchObject({ day_used: 60, day_calls: 0 });
    expect(await lease("day", "a", { per_day: 100, used: 30 })).toMatchObject({
      day_used: 90,
      day_calls: 10,
    });
    expect(await lease("day", "a", { per_day: 100, day_used_seen: 99 })).toMatchObject({
      day_used: 99,
      day_calls: 1,
    });
  });

  it("tells everybody of a halt", async () => {
    await lease("halt", "a", { halts: { backfill: 30_000 } });
    const seen = await lease("halt", "b");
    expect(seen.halts.backfill).toBeGreaterThan(29_000);
    expect(seen.halts.backfill).toBeLessThanOrEqual(30_000);
  });

  it("returns a dead holder's share after it cooled", async () => {
    await grow("dead", "a");
    await lease("dead", "a", { ttl_ms: 1000, keep_minute: 236 });
    await database.sql("update sync.quota_leases set expires_ms = expires_ms - 62000 where pool = 'dead'");
    expect(await lease("dead", "b")).toMatchObject({ per_minute: 0 });
    await database.sql("update sync.quota_leases set expires_ms = expires_ms - 62000 where pool = 'dead'");
    const after = await lease("dead", "b");
    expect(after).toMatchObject({ per_minute: 24, per_second: 3 });
    // It may have made every call it was granted: 2 x 236 + 20.
    expect(after.day_used).toBe(492);
  });

  it("frees ended holders' seconds now, minutes later", async () => {
    const dead = await grow("retired", "dead");
    expect(await lease("retired", "next")).toMatchObject({ per_minute: 0, per_second: 0 });
    const { error } = await database.service.rpc("keap_quota_retire");
    expect(error).toBeNull();
    // What the dead one called a moment ago is still in Keap's minute, but no longer in Keap's second.
    expect(await lease("retired", "next")).toMatchObject({ per_minute: 0, per_second: 3 });
    await database.sql(
      "update sync.quota_leases set expires_ms = expires_ms - 61000 where pool = 'retired' and holder = 'dead'",
    );
    expect(await lease("retired", "next")).toMatchObject({ per_minute: 24 });
    expect(dead.per_minute).toBe(236);
  });

  it("never lends more than there is", async () => {
    const move = fc.record({
      holder: fc.constantFrom("a", "b", "c", "d", "e"),
      wants: fc.boolean(),
      urgent: fc.boolean(),
      keeps: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(move, { minLength: 4, maxLength: 14 }), async (moves) => {
        const pool = `property ${run++}`;
        const held = new Map<string, { minute: number; second: number }>();
        for (const { holder, wants, urgent, keeps } of moves) {
          const before = held.get(holder) ?? { minute: 0, second: 0 };
          const keep = {
            minute: Math.floor(before.minute * keeps),
            second: Math.floor(before.second * keeps),
          };
          const after = await lease(pool, holder, {
            wants,
            urgent,
            keep_minute: keep.minute,
            keep_second: keep.second,
          });
          // What is in use stays; and all shares together are within the limits.
          expect(after.per_minute).toBeGreaterThanOrEqual(keep.minute);
          expect(after.per_second).toBeGreaterThanOrEqual(keep.second);
          held.set(holder, { minute: after.per_minute as number, second: after.per_second as number });
          const all = [...held.values()];
          expect(all.reduce((sum, { minute }) => sum + minute, 0)).toBeLessThanOrEqual(240);
          expect(all.reduce((sum, { second }) => sum + second, 0)).toBeLessThanOrEqual(10);
        }
      }),
      { numRuns: 12 },
    );
  }, 60_000);

  it("is closed to everybody but the service", async () => {
    const { account_id } = await database.createAccount();
    const admin = await database.signUp({ account_id, role: "admin" });
    const { error } = await admin.client.rpc("keap_quota_lease", {
      p_pool: "x",
      p_holder: "y",
      p_request: base,
    });
    expect(error?.code).toBe("42501");
  });
});

describe("gates that share a pool", () => {
  it("never see a 429 from an enforcing Keap", async () => {
    const scale = 60;
    const sandbox = createSandbox({ contacts: 0, clock: createClock({ scale }) });
    const statuses: (number | null)[] = [];
    const workers = ["one", "two", "three"].map((holder) => {
      const clock = createScaledClock(scale);
      const quota = createDatabaseQuota(database.service, {
        pool: poolOf(sandbox.token),
        holder,
        limits: documentedLimits.token,
        pace: "full",
        clock,
        clockScale: scale,
        ttlMs: 120_000,
        renewMs: 20_000,
      });
      const client = createKeapClient({
        auth: { kind: "token", token: sandbox.token },
        quota,
        clock,
        lane: "backfill",
        maxAttempts: 1,
        fetch: (input, init) => sandbox.fetch(new Request(input as string, init)),
        onCall: ({ status }) => statuses.push(status),
      });
      return { client, quota };
    });
    await Promise.all(
      workers.map(async ({ client, quota }) => {
        const calls = Array.from({ length: 150 }, () => client.tags.list({ maxWaitMs: 1e9 }));
        await Promise.all(calls);
        await quota.close();
      }),
    );
    sandbox.stop();
    expect(statuses).toHaveLength(450);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  it("says so when the database cannot be reached", async () => {
    const broken = { rpc: async () => ({ data: null, error: { message: "connection refused" } }) };
    const quota = createDatabaseQuota(broken as never, { pool: "none", clock: createScaledClock(200) });
    await expect(quota.acquire("interactive", { operation: "GET /v2/tags" })).rejects.toThrow(
      "Check the connection to Supabase",
    );
    await quota.close();
  });
});
