import { DateTime } from "luxon";
import { isStock } from "@/analytics/metrics/stock";
import type { Grain, Query } from "@/analytics/query/query";
import { compare, grainFits, rangeOf } from "../build-range";
import type { Period } from "../dates";
import type { Memory } from "../memory";
import type { PlanContext } from "../plan";
import type { Understanding } from "../understand";
import type { QueryInput } from "./draft";

/** Sets range and comparison; returns the second query when two periods have no calendar relation. */
export function setTime(
  query: QueryInput,
  { time, raw }: Understanding,
  today: PlanContext["today"],
  meanings: string[],
): QueryInput | undefined {
  const sameDay = dayAWeekBefore(time.period ? rangeOf(time.period) : query.range, raw, today);
  if (sameDay) {
    if (time.period) query.range = rangeOf(time.period);
    delete query.comparison;
    meanings.push("The second is the same weekday a week before.");
    return { ...query, range: sameDay };
  }
  if (time.period) query.range = rangeOf(time.period);
  dropUnfitGrain(query, time.period);
  const { against } = time;
  if (!against) return undefined;
  if (against.relative) {
    query.comparison = against.relative;
    if (!time.period && against.relative && !query.range) query.range = { preset: "this_year" };
    return undefined;
  }
  if (!against.period) return undefined;
  const compared = compare(time.period ?? periodOf(query), against.period, today);
  if (time.period || !query.range || compared.kind === "separate") query.range = rangeOf(compared.main);
  if (compared.kind === "comparison") {
    query.comparison = compared.comparison;
    return undefined;
  }
  meanings.push("These two periods are no neighbours, so they are shown side by side.");
  return { ...query, comparison: undefined, range: rangeOf(compared.period) };
}

/** `yesterday vs the same day last week`, where the range is a single day. */
function dayAWeekBefore(
  range: QueryInput["range"],
  raw: string,
  { now }: PlanContext["today"],
): Query["range"] | undefined {
  if (!range || !/\bsame (?:week)?day (?:of |in )?(?:last|the previous|the) week\b/i.test(raw))
    return undefined;
  const day =
    "preset" in range
      ? { today: now, yesterday: now.minus({ days: 1 }) }[range.preset as "today" | "yesterday"]
      : "from" in range && range.from === range.to
        ? DateTime.fromISO(range.from, { zone: now.zone })
        : undefined;
  const before = day?.minus({ weeks: 1 }).toISODate();
  return before ? { from: before, to: before } : undefined;
}

/** The day, week, month, quarter or year before the one a range covers whole or so far; null where it covers another stretch. */
export function stretchBefore(
  range: Query["range"],
  unit: Grain,
  { now, weekStart }: PlanContext["today"],
): Query["range"] | null {
  const startOf = (day: DateTime) =>
    unit === "week"
      ? day.startOf("day").minus({ days: (day.weekday - weekStart + 7) % 7 })
      : day.startOf(unit);
  let start: DateTime;
  if ("preset" in range) {
    const names =
      unit === "day" ? ["today", "yesterday"] : [`this_${unit}`, `previous_${unit}`, `${unit}_to_date`];
    const at = names.indexOf(range.preset);
    if (at < 0) return null;
    start = startOf(now).minus({ [`${unit}s`]: at === 1 ? 1 : 0 });
  } else if ("from" in range) {
    start = DateTime.fromISO(range.from, { zone: now.zone });
    const whole =
      start
        .plus({ [`${unit}s`]: 1 })
        .minus({ days: 1 })
        .toISODate() === range.to;
    if (!whole || startOf(start).toISODate() !== range.from) return null;
  } else {
    if (range.last !== 1 || range.unit !== unit || range.including_current) return null;
    start = startOf(now).minus({ [`${unit}s`]: 1 });
  }
  const from = start.minus({ [`${unit}s`]: 1 }).toISODate();
  const to = start.minus({ days: 1 }).toISODate();
  return from && to ? { from, to } : null;
}

/** The named period a query already has, when it can be said as one. */
function periodOf(query: QueryInput): Period | undefined {
  const { range } = query;
  if (!range || !("from" in range)) return undefined;
  const next = new Date(`${range.to}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return { from: range.from, to: next.toISOString().slice(0, 10), unit: "day" };
}

/** `only last week` after `by year`: buckets larger than the range say nothing. */
function dropUnfitGrain(query: QueryInput, period: Period | undefined): void {
  if (query.grain && !grainFits(query.grain, period)) delete query.grain;
}

/**
 * `MRR growth this year`: what stands at a moment grew since the year began, so that it is set beside how it stood the
 * day before. A range of days says so; the year before would be another comparison.
 */
export function sinceItsStart(
  query: QueryInput,
  { change, time }: Understanding,
  { now, weekStart }: PlanContext["today"],
  meanings: string[],
): void {
  const { range, comparison, dimensions = [] } = query;
  if (!change || comparison !== "previous_period" || !range || !("preset" in range)) return;
  if (dimensions.includes("time") || !query.metrics.every(isStock) || time.against?.period) return;
  const unit = /^this_(week|month|quarter|year)$/.exec(range.preset)?.[1] as Grain | undefined;
  if (!unit) return;
  const start =
    unit === "week"
      ? now.startOf("day").minus({ days: (now.weekday - weekStart + 7) % 7 })
      : now.startOf(unit);
  const [from, to] = [start.toISODate(), now.toISODate()];
  if (!from || !to) return;
  query.range = { from, to };
  meanings.push(`Set beside how it stood when the ${unit} began.`);
}

/** How a business does is said against the stretch before. */
export function setOverview(query: QueryInput, { time }: Understanding, meanings: string[]): void {
  if (!time.period) {
    query.range = { last: 30, unit: "day", including_current: false };
    meanings.push("You named no period, so these are the last 30 completed days beside the 30 before.");
  }
  query.comparison ??= "previous_period";
}

export function defaultRange(
  understanding: Understanding,
  metrics: string[],
  meanings: string[],
): Query["range"] {
  const { time, splits, average } = understanding;
  if (average) {
    const unit = time.grain === "auto" || !time.grain ? "month" : time.grain;
    const last = { day: 30, week: 12, month: 12, quarter: 8, year: 3 }[unit];
    meanings.push(`You named no period, so this is the last ${last} completed ${unit}s.`);
    return { last, unit, including_current: false };
  }
  if (metrics.every(isStock) && !time.grain && !understanding.rank?.bucket) {
    meanings.push("You named no period, so this is as of now.");
    return { preset: "today" };
  }
  if (/\btotal (?:spent|spend|paid)\b|\b(?:spent|paid) in total\b/i.test(understanding.raw)) {
    meanings.push("You named no period, so everything to date is counted.");
    return { preset: "all_time" };
  }
  if (
    /\b(?:have|has) (?:we|i|our business) (?:ever )?(?:made|earned|collected|taken|sold|brought|had)\b.*\b(?:in total|altogether|in all|overall|ever)\b/i.test(
      understanding.raw,
    )
  )
    return { preset: "all_time" };
  // `how many kilns sold in total`, without a period: everything there ever was.
  if (
    /\b(?:in total|altogether|all in all|ever|of all time|all[- ]time|in general|generally|overall|in our history|since (?:the beginning|we started|day one))\b[?.!]*\s*$/i.test(
      understanding.raw.trim(),
    ) &&
    (!time.grain || understanding.rank?.bucket)
  ) {
    meanings.push("You named no period, so everything to date is counted.");
    return { preset: "all_time" };
  }
  const everyone =
    metrics.length === 1 && metrics[0] === "new_leads" && /how many/i.test(understanding.raw) && !time.grain;
  if (everyone && splits.ids.length === 0) {
    meanings.push("You named no period, so everyone ever added is counted.");
    return { preset: "all_time" };
  }
  const { last, unit } = wholeBuckets(time.grain);
  meanings.push(`You named no period, so this is the last ${last} ${unit}s, the current one included.`);
  return { last, unit, including_current: true };
}

/** About a year in whole buckets: a quarter that the range cuts would look like a bad one. */
export function wholeBuckets(grain: Grain | "auto" | undefined): { last: number; unit: Grain } {
  if (grain === "quarter") return { last: 5, unit: "quarter" };
  if (grain === "year") return { last: 3, unit: "year" };
  if (grain === "week") return { last: 52, unit: "week" };
  return { last: 12, unit: "month" };
}

/** The range that is taken where none is named. */
export const isDefault = (range: QueryInput["range"]) =>
  range !== undefined &&
  "last" in range &&
  range.last === 12 &&
  range.unit === "month" &&
  range.including_current === true;

const namedNone = "You named no period, so";

/**
 * `refunds` behind `orders in Q3`: a few words that name a number and no time are of the days just shown. What holds on
 * a day, and a range that was itself taken for want of one, are nothing to keep.
 */
export function keepPeriod(
  query: QueryInput,
  { time, raw }: Understanding,
  { last, unanswered }: Memory,
  meanings: string[],
): void {
  if (!last || unanswered || time.period || time.against || time.grain || !isDefault(query.range)) return;
  const { range, metrics } = last.query;
  if (isDefault(range) || metrics.every(isStock) || raw.trim().split(/\s+/).length > 4) return;
  if ("preset" in range && range.preset === "all_time") return;
  query.range = range;
  const at = meanings.findIndex((line) => line.startsWith(namedNone));
  meanings.splice(Math.max(0, at), at < 0 ? 0 : 1, `${namedNone} I kept that of the answer before.`);
}

/** `by month` behind what stands today: how it stood at the end of each of the last months, for one day is no row of them. */
export function widenForBuckets(query: QueryInput, { time }: Understanding, meanings: string[]): void {
  const isToday = query.range && "preset" in query.range && query.range.preset === "today";
  if (!isToday || time.period || !query.dimensions?.includes("time")) return;
  if (query.metrics.every(isStock)) query.grain ??= "month";
  if (!query.grain) return;
  if (query.grain === "day" || !query.metrics.every(isStock)) return;
  const { last, unit } = wholeBuckets(query.grain);
  query.range = { last, unit, including_current: true };
  meanings.push(
    `One day has no ${query.grain}s, so this is the last ${last} ${unit}s, the current one included.`,
  );
}
