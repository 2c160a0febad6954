import { DateTime } from "luxon";
import { describe, expect, it } from "vitest";
import { matchPeriod, type Today } from "./dates";

/** Monday 23 November 2026, ten in the morning in New York. */
const today: Today = {
  now: DateTime.fromISO("2026-11-23T10:00:00", { zone: "America/New_York" }),
  weekStart: 1,
};

/** First day and the day after the last one. */
const cases: [string, string | null, string | null][] = [
  ["today", "2026-11-23", "2026-11-24"],
  ["yesterday", "2026-11-22", "2026-11-23"],
  ["day before yesterday", "2026-11-21", "2026-11-22"],
  ["this week", "2026-11-23", "2026-11-30"],
  ["last week", "2026-11-16", "2026-11-23"],
  ["this month", "2026-11-01", "2026-12-01"],
  ["last month", "2026-10-01", "2026-11-01"],
  ["this quarter", "2026-10-01", "2027-01-01"],
  ["last quarter", "2026-07-01", "2026-10-01"],
  ["this year so far", "2026-01-01", "2027-01-01"],
  ["last year", "2025-01-01", "2026-01-01"],
  ["ytd", "2026-01-01", "2027-01-01"],
  ["last 6 completed weeks", "2026-10-12", "2026-11-23"],
  ["last 6 weeks including this one", "2026-10-19", "2026-11-30"],
  ["past two weeks", "2026-11-09", "2026-11-23"],
  ["last 90 days", "2026-08-25", "2026-11-23"],
  ["last 3 months", "2026-08-01", "2026-11-01"],
  ["the past year", "2025-11-01", "2026-11-01"],
  ["past week", "2026-11-16", "2026-11-23"],
  ["2 months ago", "2026-09-01", "2026-10-01"],
  ["3 days ago", "2026-11-20", "2026-11-21"],
  ["q3 2025", "2025-07-01", "2025-10-01"],
  ["2025 q3", "2025-07-01", "2025-10-01"],
  ["q3 last year", "2025-07-01", "2025-10-01"],
  ["q4", "2026-10-01", "2027-01-01"],
  ["third quarter of 2025", "2025-07-01", "2025-10-01"],
  ["h2 2025", "2025-07-01", "2026-01-01"],
  ["first half of this year", "2026-01-01", "2026-07-01"],
  ["march", "2026-03-01", "2026-04-01"],
  ["december", "2025-12-01", "2026-01-01"],
  ["march 2025", "2025-03-01", "2025-04-01"],
  ["sept '25", "2025-09-01", "2025-10-01"],
  ["march last year", "2025-03-01", "2025-04-01"],
  ["3 march 2025", "2025-03-03", "2025-03-04"],
  ["march 3rd 2025", "2025-03-03", "2025-03-04"],
  ["december 24", "2025-12-24", "2025-12-25"],
  ["2025-02-28", "2025-02-28", "2025-03-01"],
  ["2025-02", "2025-02-01", "2025-03-01"],
  ["3/4/2025", "2025-03-04", "2025-03-05"],
  ["2024", "2024-01-01", "2025-01-01"],
  ["from march to may 2025", "2025-03-01", "2025-06-01"],
  ["between january and march", "2026-01-01", "2026-04-01"],
  ["jan-mar 2025", "2025-01-01", "2025-04-01"],
  ["nov to feb 2025", "2024-11-01", "2025-03-01"],
  ["from 2026-01-01 to 2026-03-31", "2026-01-01", "2026-04-01"],
  ["2024 to 2025", "2024-01-01", "2026-01-01"],
  ["since june", "2026-06-01", "2026-11-24"],
  ["since 15 march 2025", "2025-03-15", "2026-11-24"],
  ["from march onwards", "2026-03-01", "2026-11-24"],
  ["after q1 2026", "2026-04-01", "2026-11-24"],
  ["before 2025", null, "2025-01-01"],
  ["until march 2025", null, "2025-04-01"],
  ["all time", null, null],
  ["since we started", null, null],
  ["last friday", "2026-11-20", "2026-11-21"],
  ["black friday 2025", "2025-11-28", "2025-11-29"],
  ["black friday 2024", "2024-11-29", "2024-11-30"],
  ["cyber monday 2025", "2025-12-01", "2025-12-02"],
  ["good friday", "2026-04-03", "2026-04-04"],
  ["memorial day 2025", "2025-05-26", "2025-05-27"],
  ["last weekend", "2026-11-21", "2026-11-23"],
  ["last fortnight", "2026-11-09", "2026-11-23"],
  ["yesterday and the day before", "2026-11-21", "2026-11-23"],
  ["this weekend", "2026-11-28", "2026-11-30"],
];

describe("periods in words", () => {
  for (const [text, from, to] of cases) {
    it(`reads "${text}" as those days`, () => {
      const match = matchPeriod(text, today);
      if (!match || "problem" in match) throw new Error(match ? match.problem : "not read");
      expect({ from: match.period.from, to: match.period.to, length: match.length }).toEqual({
        from,
        to,
        length: text.length,
      });
    });
  }

  for (const text of [
    "30 february 2025",
    "2025-13",
    "next month",
    "tomorrow",
    "from march 2025 to january 2025",
  ]) {
    it(`says what is wrong with "${text}"`, () => {
      expect(matchPeriod(text, today)).toHaveProperty("problem");
    });
  }

  for (const text of ["by month", "revenue", "marching band", "mayor", "last", "quarter"]) {
    it(`takes "${text}" for no period`, () => {
      expect(matchPeriod(text, today)).toBeNull();
    });
  }

  it("starts weeks on Sunday where asked", () => {
    const match = matchPeriod("last week", { ...today, weekStart: 0 });
    expect(match).toMatchObject({ period: { from: "2026-11-15", to: "2026-11-22" } });
  });

  it("reads slashes day first outside America", () => {
    const london = { now: today.now.setZone("Europe/London"), weekStart: 1 };
    expect(matchPeriod("3/4/2025", london)).toMatchObject({
      period: { from: "2025-04-03", to: "2025-04-04" },
    });
  });

  it("knows the account's own day at midnight", () => {
    const late = DateTime.fromISO("2026-01-01T02:00:00Z", { zone: "America/New_York" });
    expect(matchPeriod("this year", { now: late, weekStart: 1 })).toMatchObject({
      period: { from: "2025-01-01" },
    });
  });
});
