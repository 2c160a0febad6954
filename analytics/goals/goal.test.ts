import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addsUp, goalSchema, paceOf } from "./goal";

/** 30,000.00 in November 2026, in cents. */
const november = {
  metric: "revenue_collected",
  target: 3_000_000,
  direction: "at_least" as const,
  starts_on: "2026-11-01",
  ends_on: "2026-11-30",
};
const at = (now: string, zone = "UTC") => ({ now: new Date(now), zone });

describe("how a goal stands", () => {
  it("expects half of it when half of the time is gone", () => {
    expect(paceOf(november, 1_200_000, at("2026-11-16T00:00:00Z"))).toEqual({
      elapsed: 0.5,
      expected: 1_500_000,
      share: 0.4,
      // 18,000.00 over the fifteen days from the 16th to the 30th
      per_day_left: 120_000,
      standing: "behind",
    });
    expect(paceOf(november, 1_500_000, at("2026-11-16T00:00:00Z")).standing).toBe("on_course");
  });

  it("counts the hour that the clocks give back", () => {
    // New York leaves summer time on 1 November 2026: that day has 25 hours, the month 721.
    const { elapsed } = paceOf(november, 0, at("2026-11-16T05:00:00Z", "America/New_York"));
    expect(elapsed).toBeCloseTo(361 / 721, 12);
  });

  it.each([
    ["2026-10-31T23:59:59Z", null, "not_begun"],
    ["2026-11-10T12:00:00Z", null, "unknown"],
    ["2026-11-10T12:00:00Z", 3_000_000, "met"],
    ["2026-12-01T00:00:00Z", 3_000_000, "met"],
    ["2026-12-01T00:00:00Z", 2_999_999, "missed"],
  ])("at %s with %s is %s", (now, actual, standing) => {
    expect(paceOf(november, actual, at(now)).standing).toBe(standing);
  });

  it("is missed at once where a sum was to stay below", () => {
    const refunds = { ...november, metric: "refunds", direction: "at_most" as const };
    expect(paceOf(refunds, 3_000_001, at("2026-11-02T00:00:00Z")).standing).toBe("missed");
    // a thirtieth of the time, a tenth of the sum
    expect(paceOf(refunds, 300_000, at("2026-11-02T00:00:00Z")).standing).toBe("behind");
    expect(paceOf(refunds, 90_000, at("2026-11-02T00:00:00Z")).standing).toBe("on_course");
    expect(paceOf(refunds, 3_000_000, at("2026-12-01T00:00:00Z")).standing).toBe("met");
  });

  it("expects no part of a rate or of a number that holds on a day", () => {
    expect(["revenue_collected", "revenue_net", "orders", "new_leads"].map(addsUp)).toEqual(
      Array(4).fill(true),
    );
    expect(["mrr", "customers", "refund_rate", "aov"].map(addsUp)).toEqual([false, false, false, false]);
    const churn = { ...november, metric: "customer_churn_rate", target: 0.05, direction: "at_most" as const };
    expect(paceOf(churn, 0.04, at("2026-11-16T00:00:00Z"))).toMatchObject({
      expected: null,
      per_day_left: null,
      standing: "on_course",
    });
  });

  it("never calls more of a wanted sum a worse standing", () => {
    const order = ["unknown", "missed", "behind", "on_course", "met"];
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 0, max: 5_000_000 }),
        fc.integer({ min: 0, max: 60 * 24 }),
        (one, more, hours) => {
          const now = at(new Date(Date.UTC(2026, 10, 1) + hours * 3_600_000).toISOString());
          const [less, rest] = [one, one + more].map((actual) => paceOf(november, actual, now).standing);
          expect(order.indexOf(less ?? "")).toBeLessThanOrEqual(order.indexOf(rest ?? ""));
        },
      ),
    );
  });

  it("reads no goal whose conditions it does not know", () => {
    const row = { ...november, id: "1", name: "November" };
    expect(goalSchema.parse({ ...row, filters: [] }).filters).toBeUndefined();
    expect(goalSchema.safeParse({ ...row, filters: { weather: "fine" } }).success).toBe(false);
  });
});
