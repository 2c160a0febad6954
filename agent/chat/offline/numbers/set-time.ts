import { DateTime } from "luxon";
import { isStock } from "@/analytics/metrics/stock";
import type { Grain, Query } from "@/analytics/query/query";
import { compare, grainFits, rangeOf } from "../build-range";
import { numberWords } from "../calendar";
import type { Period } from "../dates";
import type { Memory } from "../memory";
import type { PlanContext } from "../plan";
import type { Understanding } from "../understand";
import type { QueryInput } from "./draft";
import { daysOf } from "./shown-days";

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
  const moment = dayOf(query, raw, today);
  if (moment) {
    query.range = { from: moment.day, to: moment.day };
    delete query.comparison;
    meanings.push(`"${moment.said}": how it stood on that day.`);
    return undefined;
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
  const compared = compare(time.period ?? periodOf(query, today), against.period, today);
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

/** The stretch a query is about already; none where that was taken for want of one, or moves day by day. */
function periodOf({ range }: QueryInput, today: PlanContext["today"]): Period | undefined {
  if (!range || "last" in range) return undefined;
  const named = "preset" in range ? /^(this|previous)_(week|month|quarter|year)$/.exec(range.preset) : null;
  if ("preset" in range && !named) return undefined;
  const unit = named?.[2] as Grain | undefined;
  const days = daysOf(range, today);
  if (!days) return undefined;
  const first = DateTime.fromISO(days.from, { zone: "utc" });
  // A running month lasts to its end, as it does where it is named in the question itself.
  const next =
    named?.[1] === "this" && unit
      ? first.plus({ [`${unit}s`]: 1 })
      : DateTime.fromISO(days.to, { zone: "utc" }).plus({ days: 1 });
  const whole = (["year", "quarter", "month"] as const).find(
    (each) => first.startOf(each).equals(first) && first.plus({ [`${each}s`]: 1 }).equals(next),
  );
  const rolling = unit && {
    kind: named?.[1] === "this" ? ("current" as const) : ("previous" as const),
    unit,
  };
  return {
    from: days.from,
    to: next.toISODate(),
    unit: unit ?? whole ?? "day",
    ...(rolling ? { rolling } : {}),
  };
}

const ago = new RegExp(
  String.raw`\b(\d{1,3}|${Object.keys(numberWords).join("|")}) (day|week|month|quarter|year)s? ago\b`,
  "i",
);

/** `how was it a year ago`, of what stands at a moment: on that day, and not over the whole of that year. */
function dayOf({ metrics, dimensions = [] }: QueryInput, raw: string, { now }: PlanContext["today"]) {
  const match = ago.exec(raw);
  if (!match || !metrics.every(isStock) || dimensions.includes("time")) return undefined;
  if (/\b(?:same|since|from|until|before|between|than|vs|versus|compared?|against)\b/i.test(raw))
    return undefined;
  const count = numberWords[match[1]?.toLowerCase() ?? ""] ?? Number(match[1]);
  const unit = match[2] ?? "day";
  const back = unit === "quarter" ? { months: 3 * count } : { [`${unit}s`]: count };
  const day = now.minus(back).toISODate();
  return day ? { day, said: match[0] } : undefined;
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
  // One of the last twelve months is no best year.
  if (understanding.rank?.bucket === "year") {
    meanings.push("You named no period, so every year to date is counted.");
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

const anyTime =
  /\b(?:ever|overall|in total|altogether|in all|currently|now|in general|generally|all[- ]time|usually|normally|typically|on average|average|so far|history|forecast|today)\b/i;
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
  if (isDefault(range) || raw.trim().split(/\s+/).length > 10 || anyTime.test(raw)) return;
  const now = "preset" in range && range.preset === "today";
  if ((now && metrics.every(isStock)) || ("preset" in range && range.preset === "all_time")) return;
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
