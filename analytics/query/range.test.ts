import { describe, expect, it } from "vitest";
import type { AnalyticsAccount } from "./account";
import type { Range } from "./query";
import { comparisonRange, cutBuckets, resolveRange } from "./range";

const account = (options: Partial<AnalyticsAccount> = {}): AnalyticsAccount => ({
  id: "a",
  name: "Test",
  time_zone: "America/New_York",
  currency: "USD",
  week_start: 1,
  ...options,
});
// Sunday evening in New York, already Monday in UTC.
const now = new Date("2026-11-23T01:00:00Z");
const never = async () => null;
const days = async (range: Range, own = account()) => {
  const { from, to, complete } = await resolveRange(range, own, now, never);
  return [from, to, complete];
};

describe("ranges", () => {
  it("means the account's own today", async () => {
    expect(await days({ preset: "today" })).toEqual(["2026-11-22", "2026-11-22", false]);
    expect(await days({ preset: "today" }, account({ time_zone: "UTC" }))).toEqual([
      "2026-11-23",
      "2026-11-23",
      false,
    ]);
    expect(await days({ preset: "yesterday" })).toEqual(["2026-11-21", "2026-11-21", true]);
  });

  it("takes completed periods unless asked otherwise", async () => {
    expect(await days({ last: 6, unit: "month", including_current: false })).toEqual([
      "2026-05-01",
      "2026-10-31",
      true,
    ]);
    expect(await days({ last: 6, unit: "month", including_current: true })).toEqual([
      "2026-06-01",
      "2026-11-22",
      false,
    ]);
    expect(await days({ last: 2, unit: "quarter", including_current: false })).toEqual([
      "2026-04-01",
      "2026-09-30",
      true,
    ]);
    expect(await days({ preset: "previous_quarter" })).toEqual(["2026-07-01", "2026-09-30", true]);
    expect(await days({ preset: "year_to_date" })).toEqual(["2026-01-01", "2026-11-22", false]);
  });

  it("starts weeks on the account's day", async () => {
    expect(await days({ preset: "previous_week" })).toEqual(["2026-11-09", "2026-11-15", true]);
    expect(await days({ preset: "previous_week" }, account({ week_start: 0 }))).toEqual([
      "2026-11-15",
      "2026-11-21",
      true,
    ]);
  });

  it("refuses empty and future ranges", async () => {
    await expect(days({ from: "2026-02-01", to: "2026-01-01" })).rejects.toThrow(
      "Did you mean 2026-01-01 to 2026-02-01?",
    );
    await expect(days({ from: "2027-01-01", to: "2027-02-01" })).rejects.toThrow("lies in the future");
  });

  it("cuts a range at today", async () => {
    expect(await days({ from: "2026-11-01", to: "2026-12-31" })).toEqual(["2026-11-01", "2026-11-22", false]);
  });

  it("names the zone nearest to a wrong one", async () => {
    await expect(days({ preset: "today" }, account({ time_zone: "America/New_Yrok" }))).rejects.toThrow(
      "America/New_York",
    );
  });
});

describe("buckets", () => {
  it("marks cut and running periods incomplete", async () => {
    const range = await resolveRange({ from: "2026-09-15", to: "2026-11-22" }, account(), now, never);
    const buckets = cutBuckets(range, "month", account());
    expect(buckets.map(({ time, start, incomplete }) => [time, start, incomplete])).toEqual([
      ["2026-09-01", "2026-09-15T04:00:00.000Z", true],
      ["2026-10-01", "2026-10-01T04:00:00.000Z", false],
      ["2026-11-01", "2026-11-01T04:00:00.000Z", true],
    ]);
    expect(buckets.at(-1)?.end).toBe("2026-11-23T05:00:00.000Z");
  });

  it("joins without gap or overlap", async () => {
    const range = await resolveRange({ from: "2024-02-10", to: "2026-11-22" }, account(), now, never);
    for (const grain of ["day", "week", "month", "quarter", "year"] as const) {
      const buckets = cutBuckets(range, grain, account({ week_start: 0 }));
      expect(buckets[0]?.start).toBe(range.start);
      expect(buckets.at(-1)?.end).toBe(range.end);
      expect(buckets.slice(1).every(({ start }, index) => start === buckets[index]?.end)).toBe(true);
    }
  });

  it("offers a coarser grain for too many", async () => {
    const range = await resolveRange({ from: "2015-01-01", to: "2026-11-22" }, account(), now, never);
    expect(() => cutBuckets(range, "day", account())).toThrow("such as year");
  });
});

describe("comparison ranges", () => {
  const compared = async (range: Range, comparison: "previous_period" | "previous_year") => {
    const resolved = await resolveRange(range, account(), now, never);
    const { from, to } = comparisonRange(range, resolved, comparison, account());
    return [from, to];
  };

  it("compares running periods over passed days", async () => {
    expect(await compared({ preset: "this_month" }, "previous_period")).toEqual(["2026-10-01", "2026-10-22"]);
    expect(await compared({ preset: "this_year" }, "previous_period")).toEqual(["2025-01-01", "2025-11-22"]);
    expect(await compared({ preset: "this_year" }, "previous_year")).toEqual(["2025-01-01", "2025-11-22"]);
  });

  it("takes as many periods before", async () => {
    const six: Range = { last: 6, unit: "month", including_current: false };
    expect(await compared(six, "previous_period")).toEqual(["2025-11-01", "2026-04-30"]);
    expect(await compared(six, "previous_year")).toEqual(["2025-05-01", "2025-10-31"]);
    expect(await compared({ from: "2026-02-01", to: "2026-02-28" }, "previous_period")).toEqual([
      "2026-01-01",
      "2026-01-31",
    ]);
    expect(await compared({ from: "2026-02-03", to: "2026-02-12" }, "previous_period")).toEqual([
      "2026-01-24",
      "2026-02-02",
    ]);
  });

  it("keeps whole months over leap years", async () => {
    expect(await compared({ from: "2025-02-01", to: "2025-02-28" }, "previous_year")).toEqual([
      "2024-02-01",
      "2024-02-29",
    ]);
  });
});
