import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  currencyExponent,
  currencyValueToMinor,
  decimalToMinor,
  minorToDecimal,
  toDate,
  toInstant,
  toKeapId,
} from "./normalise";

describe("money", () => {
  it.each([
    [1.23, "USD", 123],
    [1.005, "USD", 101],
    [-1.005, "USD", -101],
    [0.1, "USD", 10],
    ["19.99", "EUR", 1999],
    [1500, "JPY", 1500],
    [1500.5, "JPY", 1501],
    [1.2345, "KWD", 1235],
    [1e21 / 1e20, "USD", 1000],
    [1e-7, "USD", 0],
    [5e-3, "USD", 1],
    [0, "USD", 0],
    [".5", "USD", 50],
  ])("reads %s %s as %i minor units", (amount, currency, minor) => {
    expect(decimalToMinor(amount, currency)).toBe(minor);
  });

  it("keeps nothing as nothing", () => {
    expect(decimalToMinor(null, "USD")).toBeNull();
    expect(decimalToMinor("", "USD")).toBeNull();
    expect(currencyValueToMinor(null, "USD")).toBeNull();
    expect(currencyValueToMinor({ currency_code: "USD" }, "USD")).toBeNull();
  });

  it("refuses text that is no amount", () => {
    for (const wrong of ["1,5", "abc", ".", "NaN", "Infinity"]) {
      expect(() => decimalToMinor(wrong, "USD"), wrong).toThrow(RangeError);
    }
    expect(() => decimalToMinor(1e20, "USD")).toThrow("too large");
  });

  it("returns every minor amount after a round trip", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e12, max: 1e12 }),
        fc.constantFrom("USD", "JPY", "KWD", "CLF"),
        (minor, currency) => {
          expect(decimalToMinor(minorToDecimal(minor, currency), currency)).toBe(minor);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("writes minor units as Keap's decimals", () => {
    expect(minorToDecimal(1235, "USD")).toBe(12.35);
    expect(minorToDecimal(-5, "USD")).toBe(-0.05);
    expect(minorToDecimal(1235, "JPY")).toBe(1235);
    expect(currencyExponent("jpy")).toBe(0);
  });

  it("takes a currency value's amount as it is", () => {
    expect(currencyValueToMinor({ amount: 123, currency_code: "usd" }, "EUR")).toEqual({
      amount_minor: 123,
      currency: "USD",
    });
    expect(currencyValueToMinor({ amount: 0 }, "EUR")).toEqual({ amount_minor: 0, currency: "EUR" });
  });
});

describe("times", () => {
  it.each([
    ["2026-04-16T20:33:02.321Z", "2026-04-16T20:33:02.321Z"],
    ["2026-04-16T20:33:02.000+0000", "2026-04-16T20:33:02.000Z"],
    ["2026-04-16T20:33:02-07:00", "2026-04-17T03:33:02.000Z"],
    ["2026-04-16T20:33:02.123456Z", "2026-04-16T20:33:02.123Z"],
    ["2026-04-16 20:33", "2026-04-16T20:33:00.000Z"],
    ["2026-04-16", "2026-04-16T00:00:00.000Z"],
    ["1723680000000", "2024-08-15T00:00:00.000Z"],
    [1723680000000, "2024-08-15T00:00:00.000Z"],
  ])("reads %s as an instant", (value, instant) => {
    expect(toInstant(value)).toBe(instant);
  });

  it("refuses times Keap never sends", () => {
    for (const wrong of ["tomorrow", "2026-13-40T00:00:00Z", "16/04/2026"])
      expect(() => toInstant(wrong), wrong).toThrow(RangeError);
  });

  it("keeps a date as the same day", () => {
    expect(toDate("2026-04-16")).toBe("2026-04-16");
    expect(toDate("2026-04-16T23:30:00-08:00")).toBe("2026-04-16");
    expect(toDate("")).toBeNull();
    expect(() => toDate("2026-02-30")).toThrow("no calendar date");
  });

  it("reads ids and drops zero", () => {
    expect(toKeapId("42")).toBe(42);
    expect(toKeapId("0")).toBeNull();
    expect(() => toKeapId("4x")).toThrow(RangeError);
  });
});
