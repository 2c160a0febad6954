import { DateTime } from "luxon";
import { z } from "zod";
import { getMetric } from "../metrics/catalog";
import { isMedian } from "../metrics/definition";
import { isStock } from "../metrics/stock";
import { filterSchema } from "../query/query";

/** A goal as `public.goals` holds it: a target for one metric between two days of the account's zone, both included. */
export const goalSchema = z.object({
  id: z.string(),
  name: z.string(),
  metric: z.string(),
  /** None is an empty list. */
  filters: z.union([filterSchema, z.array(z.never()).transform(() => undefined)]),
  /** In the metric's unit: whole minor units of the account's currency, a fraction for a rate. */
  target: z.coerce.number(),
  direction: z.enum(["at_least", "at_most"]),
  starts_on: z.iso.date(),
  ends_on: z.iso.date(),
});
export type Goal = z.output<typeof goalSchema>;

/**
 * `met` and `missed` are settled, or settled unless something is taken back; `on_course` and `behind` are how it stands
 * today. `unknown` is a number that is n/a.
 */
export type Standing = "not_begun" | "on_course" | "behind" | "met" | "missed" | "unknown";

export interface Pace {
  /** Share of the time gone by, from 0 to 1. */
  elapsed: number;
  /** What an even pace would have brought by now; null for what does not add up over time. */
  expected: number | null;
  /** actual ÷ target; null where either is missing or the target is 0. */
  share: number | null;
  /** What still has to come on each day that is left, today counted; null where nothing adds up or nothing is left. */
  per_day_left: number | null;
  standing: Standing;
}

/** True for sums and counts of what happens day by day; stocks, quotients and medians are as they are. */
export function addsUp(id: string): boolean {
  const measure = getMetric(id)?.measure;
  if (!measure || isStock(id)) return false;
  if (measure.kind === "value") return !isMedian(measure.value);
  return measure.kind === "difference";
}

/** How a goal stands with `actual` of it done at the instant `now`. Pure. */
export function paceOf(
  { metric, target, direction, starts_on, ends_on }: Omit<Goal, "id" | "name" | "filters">,
  actual: number | null,
  { now, zone }: { now: Date; zone: string },
): Pace {
  const moment = DateTime.fromJSDate(now, { zone });
  const start = DateTime.fromISO(starts_on, { zone });
  const end = DateTime.fromISO(ends_on, { zone }).plus({ days: 1 }).startOf("day");
  const elapsed = Math.min(
    1,
    Math.max(0, (moment.toMillis() - start.toMillis()) / (end.toMillis() - start.toMillis())),
  );
  const summed = addsUp(metric);
  const expected = summed ? target * elapsed : null;
  const share = actual === null || target === 0 ? null : actual / target;
  const daysLeft = Math.ceil(end.diff(moment.startOf("day"), "days").days);
  const missing = actual === null ? null : target - actual;
  const per_day_left =
    summed && direction === "at_least" && missing !== null && missing > 0 && daysLeft > 0 && moment >= start
      ? missing / daysLeft
      : null;
  return { elapsed, expected, share, per_day_left, standing: standing() };

  function standing(): Standing {
    if (moment < start) return "not_begun";
    if (actual === null) return "unknown";
    const reached = direction === "at_least" ? actual >= target : actual <= target;
    if (moment >= end) return reached ? "met" : "missed";
    // A sum of things that happened: over the line it stays over it, whichever side was wanted.
    if (summed && actual >= target && direction === "at_least") return "met";
    if (summed && actual > target && direction === "at_most") return "missed";
    if (expected === null) return reached ? "on_course" : "behind";
    return (direction === "at_least" ? actual >= expected : actual <= expected) ? "on_course" : "behind";
  }
}
