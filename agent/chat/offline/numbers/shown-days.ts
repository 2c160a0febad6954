import type { DateTime } from "luxon";
import type { Comparison, Grain, Range } from "@/analytics/query/query";
import { comparisonRange, startOf } from "@/analytics/query/range";
import type { Today } from "../dates";

export interface Days {
  from: string;
  to: string;
}

/** First and last day a range means today; null for all time, whose beginning only the data knows. */
export function daysOf(range: Range, { now, weekStart }: Today): Days | null {
  const today = now.startOf("day");
  const days = (from: DateTime, to: DateTime) => ({ from: from.toISODate() ?? "", to: to.toISODate() ?? "" });
  if ("from" in range) return { from: range.from, to: range.to };
  if ("last" in range) {
    const current = startOf(today, range.unit, weekStart);
    return range.including_current
      ? days(back(current, range.unit, range.last - 1), today)
      : days(back(current, range.unit, range.last), current.minus({ days: 1 }));
  }
  if (range.preset === "all_time") return null;
  if (range.preset === "today") return days(today, today);
  if (range.preset === "yesterday") return days(today.minus({ days: 1 }), today.minus({ days: 1 }));
  const unit = range.preset.replace(/^(this_|previous_)|(_to_date)$/g, "") as Grain;
  const current = startOf(today, unit, weekStart);
  return range.preset.startsWith("previous_")
    ? days(back(current, unit, 1), current.minus({ days: 1 }))
    : days(current, today);
}

const back = (start: DateTime, unit: Grain, count: number) =>
  unit === "quarter" ? start.minus({ months: 3 * count }) : start.minus({ [`${unit}s`]: count });

/** The comparison that sets the later of two ranges beside the earlier one; null where they are no neighbours. */
export function comparisonOf(later: Range, earlier: Range, today: Today): Comparison | null {
  const [now, before] = [daysOf(later, today), daysOf(earlier, today)];
  if (!now || !before) return null;
  const zone = today.now.zoneName ?? "utc";
  const account = { id: "", name: "", time_zone: zone, currency: "USD", week_start: today.weekStart };
  const resolved = { ...now, start: "", end: "", zone, label: "", complete: true };
  const kinds: Comparison[] = ["previous_period", "previous_year"];
  return (
    kinds.find((kind) => {
      const other = comparisonRange(later, resolved, kind, account);
      return other.from === before.from && other.to === before.to;
    }) ?? null
  );
}
