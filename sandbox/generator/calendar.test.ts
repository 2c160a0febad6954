import { describe, expect, it } from "vitest";
import { addMonths, atLocal, dateText, hoursBehindUtc, localDate, timeText } from "./calendar";

const date = (text: string) => Date.parse(`${text}T00:00:00Z`);

describe("calendar of New York", () => {
  it("follows daylight saving", () => {
    expect(timeText(atLocal(date("2026-01-15"), 10))).toBe("2026-01-15T15:00:00.000Z");
    expect(timeText(atLocal(date("2026-07-15"), 10))).toBe("2026-07-15T14:00:00.000Z");
    // 2026: 8 March and 1 November, 02:00 local.
    expect(hoursBehindUtc(Date.parse("2026-03-08T06:59:59Z"))).toBe(5);
    expect(hoursBehindUtc(Date.parse("2026-03-08T07:00:00Z"))).toBe(4);
    expect(hoursBehindUtc(Date.parse("2026-11-01T05:59:59Z"))).toBe(4);
    expect(hoursBehindUtc(Date.parse("2026-11-01T06:00:00Z"))).toBe(5);
  });

  it("agrees with the platform's time zones", () => {
    const format = new Intl.DateTimeFormat("en-CA", { timeZone: "America/New_York", dateStyle: "short" });
    for (
      let time = Date.parse("2023-10-20T03:30:00Z");
      time < Date.parse("2027-01-01");
      time += 17 * 3_600_000
    ) {
      expect(dateText(localDate(time))).toBe(format.format(time));
    }
  });

  it("keeps the billing day over short months", () => {
    const anchor = 31;
    expect([1, 2, 3].map((months) => dateText(addMonths(date("2025-01-31"), months, anchor)))).toEqual([
      "2025-02-28",
      "2025-03-31",
      "2025-04-30",
    ]);
    expect(dateText(addMonths(date("2024-02-29"), 12, 29))).toBe("2025-02-28");
  });
});
