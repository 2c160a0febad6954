import type { DateTime } from "luxon";

export const units = ["day", "week", "month", "quarter", "year"] as const;
export type Unit = (typeof units)[number];

/** First day (local midnight) of the period that holds `day`. Weeks start on `weekStart` (1 = Monday … 7 = Sunday). */
export function startOf(day: DateTime, unit: Unit, weekStart: number): DateTime {
  if (unit !== "week") return day.startOf(unit);
  const back = (day.weekday - weekStart + 7) % 7;
  return day.startOf("day").minus({ days: back });
}

/** Moves by whole calendar units in local time, so that a month is a month whatever its length. */
export function shift(day: DateTime, count: number, unit: Unit): DateTime {
  return day.plus({ [`${unit}s`]: count });
}

export const monthNumbers: Record<string, number> = {
  january: 1,
  jan: 1,
  february: 2,
  feb: 2,
  febr: 2,
  march: 3,
  mar: 3,
  april: 4,
  apr: 4,
  may: 5,
  june: 6,
  jun: 6,
  july: 7,
  jul: 7,
  august: 8,
  aug: 8,
  september: 9,
  sep: 9,
  sept: 9,
  october: 10,
  oct: 10,
  november: 11,
  nov: 11,
  december: 12,
  dec: 12,
};

export const weekdayNumbers: Record<string, number> = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
};

export const numberWords: Record<string, number> = {
  a: 1,
  one: 1,
  two: 2,
  couple: 2,
  "couple of": 2,
  three: 3,
  four: 4,
  five: 5,
  six: 6,
  seven: 7,
  eight: 8,
  nine: 9,
  ten: 10,
  eleven: 11,
  twelve: 12,
  fifteen: 15,
  eighteen: 18,
  twenty: 20,
  thirty: 30,
  sixty: 60,
  ninety: 90,
};

/** Alternation of a table's keys, longest first, so that `sept` wins over `sep`. */
export function alternation(table: Record<string, unknown>): string {
  return Object.keys(table)
    .sort((a, b) => b.length - a.length)
    .join("|");
}
