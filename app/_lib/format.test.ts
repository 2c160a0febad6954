import { describe, expect, it } from "vitest";
import { formatAgo, formatBucket, formatChange, formatInstant, formatMoney, formatValue } from "./format";

describe("numbers for readers", () => {
  it("writes money by its currency's digits", () => {
    expect(formatMoney(123_456, "USD")).toBe("$1,234.56");
    expect(formatMoney(123_456, "JPY")).toBe("¥123,456");
    expect(formatMoney(-50, "USD")).toBe("-$0.50");
  });

  it("shortens money on an axis", () => {
    expect(formatMoney(1_234_500, "USD", "short")).toBe("$12.3K");
    expect(formatMoney(95_000, "USD", "short")).toBe("$950");
    expect(formatMoney(0, "USD", "short")).toBe("$0");
  });

  it("gives money without currency no sign", () => {
    expect(formatMoney(123_456, null)).toBe("1,234.56");
  });

  it("writes n/a for what cannot be divided", () => {
    expect(formatValue(null, { unit: "ratio" })).toBe("n/a");
    expect(formatChange(null)).toBe("n/a");
  });

  it("writes a ratio as per cent", () => {
    expect(formatValue(0.256, { unit: "ratio" })).toBe("25.6%");
    expect(formatChange(0.123)).toBe("+12.3%");
    expect(formatChange(-0.05)).toBe("-5%");
  });

  it("never shifts a bucket into another day", () => {
    expect(formatBucket("2026-03-01", "month", false)).toBe("Mar");
    expect(formatBucket("2026-01-01", "month", true)).toBe("Jan ’26");
    expect(formatBucket("2026-10-01", "quarter", true)).toBe("Q4 ’26");
    expect(formatBucket("2026-03-09", "week", false)).toBe("Mar 9");
  });

  it("writes an instant in the account's zone", () => {
    expect(formatInstant("2026-03-01T04:30:00Z", "America/New_York")).toBe("28 Feb 2026, 11:30 PM");
  });

  it("says how long ago in words", () => {
    const now = Date.parse("2026-05-01T12:00:00Z");
    expect(formatAgo("2026-05-01T11:59:40Z", now)).toBe("just now");
    expect(formatAgo("2026-05-01T11:50:00Z", now)).toBe("10 minutes ago");
    expect(formatAgo(null, now)).toBe("never");
  });
});
