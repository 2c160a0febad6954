import { DateTime } from "luxon";
import type { Comparison, Grain, Range } from "@/analytics/query/query";
import type { Period, Today } from "./dates";

const oldestDay = "2000-01-01";

/** The range of a query for a period; rolling ones stay rolling, so that a pinned chart moves with the calendar. */
export function rangeOf(period: Period): Range {
  const { rolling } = period;
  if (rolling?.kind === "all") return { preset: "all_time" };
  if (rolling?.kind === "current")
    return { preset: rolling.unit === "day" ? "today" : `this_${rolling.unit}` };
  if (rolling?.kind === "previous")
    return { preset: rolling.unit === "day" ? "yesterday" : `previous_${rolling.unit}` };
  if (rolling?.kind === "last")
    return { last: rolling.count, unit: rolling.unit, including_current: rolling.including_current };
  if (!period.from && !period.to) return { preset: "all_time" };
  const to = period.to ? DateTime.fromISO(period.to, { zone: "utc" }).minus({ days: 1 }).toISODate() : null;
  return { from: period.from ?? oldestDay, to: to ?? "2100-12-31" };
}

export type Against =
  | { kind: "comparison"; comparison: Comparison; period?: Period }
  /** Two periods without a calendar relation: two queries side by side. */
  | { kind: "separate"; period: Period };

/**
 * How to compare `period` with `against`. `Q3 2025 vs last year` is the same quarter a year earlier; `May vs June`
 * compares the later with the earlier; `2025 vs 2022` are two queries.
 */
export function compare(
  period: Period | undefined,
  against: Period,
  today: Today,
): Against & { main: Period } {
  const main = period ?? counterpart(against, today);
  if (against.rolling?.kind === "previous" && against.unit === "year" && main.unit !== "year") {
    return { kind: "comparison", comparison: "previous_year", main };
  }
  // `last week compared to the previous week` means the one before, and October beside `last October` the one a year ago.
  if (main.from === against.from && main.to === against.to)
    return {
      kind: "comparison",
      comparison: main.rolling || against.rolling ? "previous_period" : "previous_year",
      main,
    };
  const [later, earlier] = (main.from ?? "") >= (against.from ?? "") ? [main, against] : [against, main];
  if (!later.from || !later.to || !earlier.from || !earlier.to)
    return { kind: "separate", main, period: against };
  if (yearBefore(later.from) === earlier.from && yearBefore(later.to) === earlier.to) {
    return { kind: "comparison", comparison: "previous_year", main: later };
  }
  if (earlier.to === later.from && later.unit === earlier.unit)
    return { kind: "comparison", comparison: "previous_period", main: later };
  return { kind: "separate", main, period: against };
}

/** `revenue vs last year` without a period of its own is about the current one of the same size. */
function counterpart(against: Period, { now, weekStart }: Today): Period {
  const unit = against.unit;
  const first =
    unit === "week"
      ? now.startOf("day").minus({ days: (now.weekday - weekStart + 7) % 7 })
      : now.startOf(unit);
  return {
    from: first.toISODate(),
    to: first.plus({ [`${unit}s`]: 1 }).toISODate(),
    unit,
    rolling: { kind: "current", unit },
  };
}

function yearBefore(iso: string): string | null {
  return DateTime.fromISO(iso, { zone: "utc" }).minus({ years: 1 }).toISODate();
}

const daysIn: Record<Grain, number> = { day: 1, week: 7, month: 28, quarter: 89, year: 365 };

/** False when buckets of this size would not cut the period into at least two. */
export function grainFits(grain: Grain, period: Period | undefined): boolean {
  if (!period?.from || !period.to) return true;
  const days = DateTime.fromISO(period.to).diff(DateTime.fromISO(period.from), "days").days;
  return days >= daysIn[grain] * 2 - 1;
}
