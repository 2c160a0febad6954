import { DateTime, IANAZone } from "luxon";
import type { AnalyticsAccount } from "./account";
import { QueryError } from "./errors";
import { nearest } from "./nearest";
import type { Comparison, Grain, Range } from "./query";
import { remember } from "./remember";
import type { ResolvedRange } from "./result";

/** Half-open piece of time, `[start, end)`, cut in the account's zone. */
export interface Bucket {
  /** 1 for the first bucket of the range. */
  index: number;
  /** First day of the whole period, also where the range begins later in it. */
  time: string;
  label: string;
  start: string;
  end: string;
  /** The range or the present cuts it short. */
  incomplete: boolean;
}

const day = (date: DateTime) => date.toFormat("yyyy-MM-dd");
const instant = (date: DateTime) => date.toUTC().toISO() ?? "";

/** The calendar day of an instant in a zone. */
export const dayIn = remember(
  (instant: string, zone: string) => DateTime.fromISO(instant, { zone }).toISODate() ?? "",
  (instant, zone) => `${instant} ${zone}`,
);

const knownZones = new Set<string>();

/** Throws QueryError when the zone is not in the IANA database of this machine. */
export function checkZone(zone: string): void {
  if (knownZones.has(zone)) return;
  if (IANAZone.isValidZone(zone)) {
    knownZones.add(zone);
    return;
  }
  const choices = Intl.supportedValuesOf("timeZone").map((id) => ({
    id,
    names: [id.split("/").at(-1) ?? id],
  }));
  const suggestions = nearest(zone, choices);
  throw new QueryError(
    "unknown_zone",
    `The account's time zone "${zone}" does not exist. Did you mean ${suggestions.join(" or ")}? Set it in the account's settings.`,
    suggestions,
  );
}

/** Start of the period a day lies in. Weeks begin on the account's day. */
export function startOf(date: DateTime, grain: Grain, weekStart: number): DateTime {
  if (grain !== "week") return date.startOf(grain);
  const first = weekStart === 0 ? 7 : weekStart;
  return date.startOf("day").minus({ days: (date.weekday - first + 7) % 7 });
}

const plus = (date: DateTime, grain: Grain, count: number) =>
  grain === "quarter" ? date.plus({ months: 3 * count }) : date.plus({ [`${grain}s`]: count });

function labelOf(start: DateTime, grain: Grain): string {
  const text = start.setLocale("en");
  switch (grain) {
    case "day":
      return text.toFormat("d LLL yyyy");
    case "week":
      return `Week of ${text.toFormat("d LLL yyyy")}`;
    case "month":
      return text.toFormat("LLL yyyy");
    case "quarter":
      return text.toFormat("'Q'q yyyy");
    case "year":
      return text.toFormat("yyyy");
  }
}

function describe(from: DateTime, to: DateTime): string {
  const last = to.setLocale("en");
  const first = from.setLocale("en");
  if (day(first) === day(last)) return last.toFormat("d LLL yyyy");
  return `${first.toFormat(first.year === last.year ? "d LLL" : "d LLL yyyy")} – ${last.toFormat("d LLL yyyy")}`;
}

/** A range from its first day to its last, both included, as instants of the zone. */
function resolved(from: DateTime, to: DateTime, today: DateTime): ResolvedRange {
  return {
    from: day(from),
    to: day(to),
    start: instant(from),
    end: instant(to.plus({ days: 1 }).startOf("day")),
    zone: today.zoneName ?? "",
    label: describe(from, to),
    complete: to < today,
  };
}

/** Instant of the oldest fact, asked for only by "all time". */
export type FirstInstant = () => Promise<string | null>;

function presetDays(preset: string, today: DateTime, weekStart: number): [DateTime, DateTime] {
  if (preset === "today") return [today, today];
  if (preset === "yesterday") return [today.minus({ days: 1 }), today.minus({ days: 1 })];
  const unit = preset.replace(/^(this_|previous_)|(_to_date)$/g, "") as Grain;
  const current = startOf(today, unit, weekStart);
  if (preset.startsWith("previous_")) return [plus(current, unit, -1), current.minus({ days: 1 })];
  return [current, today];
}

/**
 * The days a range means for this account at this moment. Throws QueryError for a range that is empty, in the future,
 * or whose zone does not exist.
 */
export async function resolveRange(
  range: Range,
  account: AnalyticsAccount,
  now: Date,
  firstInstant: FirstInstant,
): Promise<ResolvedRange> {
  checkZone(account.time_zone);
  const zone = account.time_zone;
  const today = DateTime.fromJSDate(now, { zone }).toISODate() ?? "";
  if (!("preset" in range) || range.preset !== "all_time")
    return { ...rangeAsOf(range, zone, account.week_start, today) };
  const first = await firstInstant();
  const [from, to] = [first ?? today, today].map((each) => DateTime.fromISO(each, { zone }).startOf("day"));
  return resolved(from as DateTime, to as DateTime, to as DateTime);
}

const rangeAsOf = remember(
  daysOn,
  (range, zone, weekStart, today) => `${JSON.stringify(range)} ${zone} ${weekStart} ${today}`,
);

/** The days a range means on a day of a zone. */
function daysOn(range: Range, zone: string, weekStart: number, on: string): ResolvedRange {
  const today = DateTime.fromISO(on, { zone });
  if ("last" in range) {
    const current = startOf(today, range.unit, weekStart);
    if (range.including_current) return resolved(plus(current, range.unit, 1 - range.last), today, today);
    return resolved(plus(current, range.unit, -range.last), current.minus({ days: 1 }), today);
  }
  if ("preset" in range) {
    const [from, to] = presetDays(range.preset, today, weekStart);
    return resolved(from, to, today);
  }
  const from = DateTime.fromISO(range.from, { zone });
  const to = DateTime.fromISO(range.to, { zone });
  if (from > to) {
    throw new QueryError(
      "empty_range",
      `The range is empty: ${range.from} comes after ${range.to}. Did you mean ${range.to} to ${range.from}?`,
      [`${range.to} to ${range.from}`],
    );
  }
  if (from > today) {
    throw new QueryError(
      "future_range",
      `The range ${range.from} to ${range.to} lies in the future; nothing has happened there yet. Today is ${day(today)} in ${zone}. The latest possible range ends today.`,
      ["this_month", "this_year"],
    );
  }
  return resolved(from, DateTime.min(to, today), today);
}

const grainsByLength: [number, Grain][] = [
  [31, "day"],
  [186, "week"],
  [1100, "month"],
  [3700, "quarter"],
];

/** A grain that gives between about ten and about forty buckets. */
export function chooseGrain(range: ResolvedRange): Grain {
  const days = (Date.parse(range.end) - Date.parse(range.start)) / 86_400_000;
  return grainsByLength.find(([most]) => days <= most)?.[1] ?? "year";
}

const maxBuckets = 1_500;

/** Cuts a range into buckets of the zone. The first and the last may be shorter than their period. */
export const cutBuckets = (range: ResolvedRange, grain: Grain, account: AnalyticsAccount): Bucket[] =>
  bucketsOf(range, grain, account.week_start).map((bucket) => ({ ...bucket }));

const bucketsOf = remember(
  cut,
  ({ from, to, zone, complete }, grain, weekStart) =>
    `${from} ${to} ${zone} ${complete} ${grain} ${weekStart}`,
  500,
);

function cut(range: ResolvedRange, grain: Grain, weekStart: number): Bucket[] {
  const zone = range.zone;
  const from = DateTime.fromISO(range.from, { zone });
  const end = DateTime.fromISO(range.to, { zone }).plus({ days: 1 }).startOf("day");
  const buckets: Bucket[] = [];
  const first = startOf(from, grain, weekStart);
  for (let index = 1, start = first; start < end; index++) {
    if (index > maxBuckets) {
      const days = Math.round((Date.parse(range.end) - Date.parse(range.start)) / 86_400_000);
      throw new QueryError(
        "too_many_buckets",
        `${days} days by ${grain} are more than ${maxBuckets} points. Take a coarser grain, such as ${chooseGrain(range)}.`,
        [chooseGrain(range)],
      );
    }
    const next = plus(first, grain, index).startOf("day");
    buckets.push({
      index,
      time: day(start),
      label: labelOf(start, grain),
      start: instant(DateTime.max(start, from)),
      end: instant(DateTime.min(next, end)),
      incomplete: start < from || next > end || (next.equals(end) && !range.complete),
    });
    start = next;
  }
  return buckets;
}

/** The period a range is made of, when it says so itself. */
function unitOf(range: Range): Grain | null {
  if ("last" in range) return range.unit;
  if (!("preset" in range) || range.preset === "all_time") return null;
  if (range.preset === "today" || range.preset === "yesterday") return "day";
  return range.preset.replace(/^(this_|previous_)|(_to_date)$/g, "") as Grain;
}

/**
 * The range to compare with: the same stretch a year earlier, or the one just before of as many periods. Of a period
 * that is still running only as many days are compared as have passed.
 */
export const comparisonRange = (
  asked: Range,
  range: ResolvedRange,
  comparison: Comparison,
  account: AnalyticsAccount,
): ResolvedRange => ({ ...earlierRange(asked, range, comparison, account.week_start) });

const earlierRange = remember(
  before,
  (asked, { from, to, zone }, comparison, weekStart) =>
    `${JSON.stringify(asked)} ${from} ${to} ${zone} ${comparison} ${weekStart}`,
);

function before(
  asked: Range,
  range: ResolvedRange,
  comparison: Comparison,
  weekStart: number,
): ResolvedRange {
  const zone = range.zone;
  const from = DateTime.fromISO(range.from, { zone });
  const to = DateTime.fromISO(range.to, { zone });
  const after = to.plus({ days: 1 });
  // Whatever is compared lies in the past: its own last day is never still running.
  const today = after.plus({ days: 1 });
  const startsUnit = (date: DateTime, unit: Grain) => startOf(date, unit, weekStart).equals(date);
  if (comparison === "previous_year") {
    const earlier = startsUnit(after, "month")
      ? plus(after, "year", -1).minus({ days: 1 })
      : plus(to, "year", -1);
    return resolved(plus(from, "year", -1), earlier, today);
  }
  const larger: Grain[] = ["year", "quarter", "month", "week", "day"];
  const unit =
    unitOf(asked) ??
    larger.find((candidate) => startsUnit(from, candidate) && startsUnit(after, candidate)) ??
    "day";
  let count = 1;
  while (plus(from, unit, count) <= to) count++;
  const earlierEnd = startsUnit(after, unit)
    ? plus(after, unit, -count).minus({ days: 1 })
    : plus(to, unit, -count);
  return resolved(plus(from, unit, -count), earlierEnd, today);
}
