import { DateTime } from "luxon";
import {
  alternation,
  monthNumbers,
  numberWords,
  shift,
  startOf,
  type Unit,
  weekdayNumbers,
} from "./calendar";

/** When the question is asked and how the account counts its days. */
export interface Today {
  /** The moment, in the account's zone. */
  now: DateTime;
  /** 1 = Monday … 7 = Sunday. */
  weekStart: number;
  /** Which comes first in `3/4/2025`, where another date of the question shows it; else the account's zone decides. */
  dateOrder?: "day" | "month";
}

/** A rolling period: a saved chart that uses it moves with the calendar. */
export type RollingPeriod =
  | { kind: "current"; unit: Unit }
  | { kind: "previous"; unit: Unit }
  | { kind: "last"; count: number; unit: Unit; including_current: boolean }
  | { kind: "all" };

/** Days that fall on another date each year. */
const nthWeekday = (year: number, month: number, weekday: number, nth: number): DateTime => {
  const first = DateTime.utc(year, month, 1);
  return first.plus({ days: ((weekday - first.weekday + 7) % 7) + 7 * (nth - 1) });
};
const movingDays: Record<string, (year: number) => DateTime> = {
  thanksgiving: (year) => nthWeekday(year, 11, 4, 4),
  "black friday": (year) => nthWeekday(year, 11, 4, 4).plus({ days: 1 }),
  "cyber monday": (year) => nthWeekday(year, 11, 4, 4).plus({ days: 4 }),
  "giving tuesday": (year) => nthWeekday(year, 11, 4, 4).plus({ days: 5 }),
  "labor day": (year) => nthWeekday(year, 9, 1, 1),
  "memorial day": (year) => nthWeekday(year, 6, 1, 1).minus({ days: 7 }),
  "easter sunday": easter,
  "good friday": (year) => easter(year).minus({ days: 2 }),
  "easter monday": (year) => easter(year).plus({ days: 1 }),
};

/** Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher's algorithm). */
function easter(year: number): DateTime {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  return DateTime.utc(year, Math.floor((h + l - 7 * m + 114) / 31), ((h + l - 7 * m + 114) % 31) + 1);
}

/** Local days, half-open: `from` is in, `to` is not. Null means unbounded on that side. */
export interface Period {
  from: string | null;
  to: string | null;
  rolling?: RollingPeriod;
  /** Size of what was named: `2025` is a year, `last 90 days` are days. */
  unit: Unit;
  /** Where the one before is not the stretch just before, or not the same dates a year earlier: feasts and weekends. */
  before?: Record<"previous_period" | "previous_year", Period>;
}

export type PeriodMatch = { length: number } & ({ period: Period } | { problem: string });

/**
 * Reads a period at the very start of `text` (folded, lower case), such as `q3 2025`, `last 6 completed weeks`,
 * `since march` or `from 1 may to 15 june`. Null when no period starts there; a problem when one does that cannot be.
 */
export function matchPeriod(text: string, today: Today): PeriodMatch | null {
  return matchSpan(text, today) ?? matchOpen(text, today) ?? matchSimplePeriod(text, today);
}

const word = String.raw`(?![\p{L}\p{N}])`;
const months = alternation(monthNumbers);
const numbers = String.raw`\d{1,3}|${alternation(numberWords)}`;
const unitWords = "days?|weeks?|months?|quarters?|years?|wks?|mos?|qtrs?|yrs?|fortnights?";
const yearWord = String.raw`(?:19|20)\d\d|'\d\d|this year|last year|the year before last`;
const completed = "completed?|full|whole|finished|closed|calendar";

type Reader = (match: RegExpExecArray, today: Today) => { period: Period } | { problem: string } | null;

const simple: [RegExp, Reader][] = [
  [
    rule(
      String.raw`(?:the )?(?:last|past|previous|prior|trailing|most recent|preceding) (${numbers}) (?:(?:${completed}|business) )?(${unitWords})( (?:including|incl|counting|and|with) (?:this|the current|today)(?: one| day| week| month| quarter| year)?| (?:including|incl) (?:it|current))?`,
    ),
    ([, count = "", unit = "", including], today) =>
      lastUnits(toNumber(count), unit, Boolean(including), today),
  ],
  [
    rule(String.raw`(${numbers}) (${unitWords}) ago`),
    ([, count = "", unit = ""], today) => ago(toNumber(count), unit, today),
  ],
  [
    rule(String.raw`(?:the )?past (year|quarter|month|week)`),
    ([, unit = ""], today) => pastUnit(unit as Unit, today),
  ],
  [
    rule(
      String.raw`(?:the )?(?:last|previous|prior|preceding) (?:(?:${completed}|calendar) )?(day|week|month|quarter|year)`,
    ),
    ([, unit = ""], today) => previousUnit(unit as Unit, today),
  ],
  [
    rule(String.raw`(?:so far )?(?:this|the current|current) (week|month|quarter|year)(?: so far| to date)?`),
    ([, unit = ""], today) => currentUnit(unit as Unit, today),
  ],
  [
    rule("ytd|year to date|year-to-date|since the start of the year|since new year"),
    (_, today) => currentUnit("year", today),
  ],
  [rule("qtd|quarter to date|quarter-to-date"), (_, today) => currentUnit("quarter", today)],
  [rule("mtd|month to date|month-to-date"), (_, today) => currentUnit("month", today)],
  [rule("wtd|week to date|week-to-date"), (_, today) => currentUnit("week", today)],
  [rule("today"), (_, today) => currentUnit("day", today)],
  [
    rule(
      "yesterday and (?:the )?day before(?: yesterday| that)?|(?:the )?day before yesterday and yesterday",
    ),
    (_, { now }) => span(now.startOf("day").minus({ days: 2 }), now.startOf("day")),
  ],
  [rule("yesterday"), (_, today) => previousUnit("day", today)],
  [rule("(?:the )?day before yesterday"), (_, { now }) => days(now.startOf("day").minus({ days: 2 }), "day")],
  [
    rule("tomorrow|next (?:day|week|month|quarter|year)|the coming (?:week|month|quarter|year)"),
    ([found = ""]) => ({ problem: `"${found}" has not happened yet, so there is nothing to count.` }),
  ],
  [
    rule(
      "all[- ]?time|of all time|for all time|ever|all history|(?:the )?(?:whole|entire) history|lifetime|since (?:the )?(?:beginning|start|day one)|since we (?:started|began)",
    ),
    () => ({ period: { from: null, to: null, unit: "year", rolling: { kind: "all" } } }),
  ],
  [
    rule(String.raw`((?:19|20)\d\d)[ -]?q([1-4])`),
    ([, year, quarter], today) => quarterOf(Number(quarter), year, today),
  ],
  [
    rule(String.raw`q([1-4])(?:[ -]?(?:of |in )?(${yearWord}))?`),
    ([, quarter, year], today) => quarterOf(Number(quarter), year, today),
  ],
  [
    rule(
      String.raw`(?:the )?(first|second|third|fourth|1st|2nd|3rd|4th) quarter(?: (?:of |in )?(${yearWord}))?`,
    ),
    ([, ordinal = "", year], today) => quarterOf(ordinals[ordinal] ?? 1, year, today),
  ],
  [
    rule(String.raw`(?:h([12])|(?:the )?(first|second|1st|2nd) half)(?: (?:of |in )?(${yearWord}))?`),
    ([, half, ordinal = "", year], today) => halfOf(Number(half ?? ordinals[ordinal]), year, today),
  ],
  [rule(String.raw`(\d{4})-(\d{2})-(\d{2})`), ([, y, m, d]) => dayOf(Number(y), Number(m), Number(d))],
  [
    rule(String.raw`(\d{1,2})[/.](\d{1,2})[/.](\d{4})`),
    ([, a, b, y], today) => slashDay(Number(a), Number(b), Number(y), today),
  ],
  [rule(String.raw`((?:19|20)\d\d)-(\d{2})`), ([, y, m]) => monthOf(Number(m), Number(y))],
  [
    rule(String.raw`(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? (${months})(?:,? (?:of |in )?(${yearWord}))?`),
    ([, day, month = "", year], today) => namedDay(Number(day), month, year, today),
  ],
  [
    rule(String.raw`(${months}) (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:,? (?:of |in )?(${yearWord}))?`),
    ([, month = "", day, year], today) => namedDay(Number(day), month, year, today),
  ],
  [
    rule(String.raw`(?:last )?(${months})(?:,? (?:of |in )?(${yearWord}))?`),
    ([, month = "", year], today) => namedMonth(month, year, today),
  ],
  [
    rule(String.raw`(?:last |this past |on )?(${alternation(weekdayNumbers)})`),
    ([, name = ""], { now }) => weekday(weekdayNumbers[name] ?? 1, now),
  ],
  [
    rule(String.raw`(?:the )?(${alternation(movingDays)})(?: (?:of |in )?(${yearWord}))?`),
    ([, name = "", year], today) => movingDay(name, year, today),
  ],
  [
    rule(
      String.raw`(?:the )?(last |this past |past |this )?(spring|summer|autumn|fall|winter)(?: (?:of )?(${yearWord}))?`,
    ),
    // `why did sales fall last month`
    ([, which, name = "", year], today) =>
      name === "fall" && !which && !year ? null : season(which?.trim(), name, year, today),
  ],
  [rule("(?:the )?(?:last|past|previous) fortnight"), (_, today) => lastUnits(14, "days", false, today)],
  [
    rule("(?:the )?(last|past|previous|this|this past) weekend"),
    ([, which = ""], today) => weekend(which !== "this", today),
  ],
  [
    rule(String.raw`(?:the )?(?:calendar |whole )?(?:year )?((?:19|20)\d\d)`),
    ([, year], today) => yearOf(resolveYear(year, today)),
  ],
];

function rule(source: string): RegExp {
  return new RegExp(`^(?:${source})${word}`, "u");
}

const ordinals: Record<string, number> = {
  first: 1,
  second: 2,
  third: 3,
  fourth: 4,
  "1st": 1,
  "2nd": 2,
  "3rd": 3,
  "4th": 4,
};

/** One named period without `from … to` or `since`. */
export function matchSimplePeriod(text: string, today: Today): PeriodMatch | null {
  const part = partOf(text, today);
  if (part) return part;
  const week = /^(?:the )?week (?:of|starting|beginning|from) (?:the )?/.exec(text);
  if (week) return weekOf(text, week[0].length, today);
  for (const [pattern, read] of simple) {
    const match = pattern.exec(text);
    const reading = match && read(match, today);
    if (match && reading) return { length: match[0].length, ...reading };
  }
  return null;
}

const opening = new RegExp(
  String.raw`^(?:the )?(first|last) (?:(${numbers}) )?(days?|weeks?) (?:of|in) (?:the )?(?=[\p{L}\p{N}])`,
  "u",
);

/** `the first 10 days of November`, `the last week of October`: so many days from its beginning or before its end. */
function partOf(text: string, today: Today): PeriodMatch | null {
  const said = opening.exec(text);
  if (!said) return null;
  const [whole, side, count, unit = ""] = said;
  const of = matchSimplePeriod(text.slice(whole.length), today);
  if (!of) return null;
  const length = whole.length + of.length;
  if ("problem" in of) return { length, problem: of.problem };
  const size = (count ? toNumber(count) : 1) * (unit.startsWith("week") ? 7 : 1);
  const [from, to] = [of.period.from, of.period.to].map((day) =>
    DateTime.fromISO(day ?? "", { zone: "utc" }),
  );
  if (!from?.isValid || !to?.isValid || to.diff(from, "days").days < size) return null;
  const start = side === "first" ? from : to.minus({ days: size });
  return { length, period: { from: iso(start), to: iso(start.plus({ days: size })), unit: "day" } };
}

/** `the week of November 2`: the week that holds the day, as weeks start in the account. */
function weekOf(text: string, at: number, today: Today): PeriodMatch | null {
  const day = matchSimplePeriod(text.slice(at), today);
  if (!day) return null;
  const length = at + day.length;
  if ("problem" in day) return { length, problem: day.problem };
  if (day.period.unit !== "day" || !day.period.from) return null;
  const start = startOf(DateTime.fromISO(day.period.from, { zone: "utc" }), "week", today.weekStart);
  return { length, period: { from: iso(start), to: iso(start.plus({ days: 7 })), unit: "week" } };
}

/** `from A to B`, `between A and B`, `A to B`, `jan-mar 2025`. */
function matchSpan(text: string, today: Today): PeriodMatch | null {
  const opening = /^(from|between) /.exec(text);
  const offset = opening?.[0].length ?? 0;
  const first = matchSimplePeriod(text.slice(offset), today);
  if (!first) return null;
  const between = text.slice(offset + first.length);
  const joints = opening?.[1] === "between" ? "and|to|-" : "to|until|till|through|thru|up to|-";
  const joint = new RegExp(`^ ?(${joints}) ?(?:the )?(?:(end|start|beginning) of )?`).exec(between);
  if (!joint) return null;
  const tail = between.slice(joint[0].length);
  const nowLength = /^(?:now|today|date)(?![\p{L}\p{N}])/u.exec(tail)?.[0].length;
  const second: PeriodMatch | null = nowLength
    ? { length: nowLength, ...currentUnit("day", today) }
    : matchSimplePeriod(tail, today);
  if (!second) return null;
  const length = offset + first.length + joint[0].length + second.length;
  if ("problem" in first) return { length, problem: first.problem };
  if ("problem" in second) return { length, problem: second.problem };
  // `this quarter to last quarter` is a comparison, not a stretch of time.
  if (first.period.rolling && second.period.rolling && !nowLength) return null;
  const end = joint[2] && joint[2] !== "end" ? second.period.from : second.period.to;
  return { length, ...join(lendYear(first.period, text, second.period), end, second.period) };
}

/** `jan to mar 2025`: a start without a year of its own takes the end's. */
function lendYear(first: Period, text: string, second: Period): Period {
  if (first.rolling || second.rolling) return first;
  const yearless = !new RegExp(
    `^(?:from |between )?(?:[a-z0-9]+ )?(?:${months}) (?:\\d{1,2}(?:st|nd|rd|th)? )?(?:${yearWord})`,
  ).test(text);
  if (
    !yearless ||
    !first.from ||
    !second.from ||
    !first.to ||
    !/^[^\d]*(?:\d{1,2}(?:st|nd|rd|th)? )?[a-z]{3,9}/.test(text)
  )
    return first;
  if (first.from <= second.from && first.from.slice(0, 4) === second.from.slice(0, 4)) return first;
  if (first.unit !== "month" && first.unit !== "day" && first.unit !== "quarter") return first;
  const delta = Number(second.from.slice(0, 4)) - Number(first.from.slice(0, 4));
  const moved = (iso: string) =>
    DateTime.fromISO(iso, { zone: "utc" }).plus({ years: delta }).toISODate() ?? iso;
  const candidate = { ...first, from: moved(first.from), to: moved(first.to) };
  // `nov to feb 2025` crosses the new year: the start belongs to the year before.
  if (candidate.from <= second.from) return candidate;
  const back = (iso: string) => DateTime.fromISO(iso, { zone: "utc" }).minus({ years: 1 }).toISODate() ?? iso;
  return { ...candidate, from: back(candidate.from), to: back(candidate.to) };
}

function join(first: Period, end: string | null, second: Period): { period: Period } | { problem: string } {
  if (first.from && end && first.from >= end) {
    return { problem: `That range ends (${second.from}) before it starts (${first.from}).` };
  }
  return { period: { from: first.from, to: end, unit: first.unit } };
}

/** `since A`, `after A`, `before A`, `until A`. */
function matchOpen(text: string, today: Today): PeriodMatch | null {
  const opening =
    /^(since|starting(?: from| in)?|from|after|before|prior to|until|till|up to)(?: the)?(?: (?:start|beginning|end) of)? /.exec(
      text,
    );
  if (!opening) return null;
  const found = matchSimplePeriod(text.slice(opening[0].length), today);
  if (!found) return null;
  let length = opening[0].length + found.length;
  const onwards = /^ (?:onwards?|until now|till now|to date|on)(?![\p{L}\p{N}])/u.exec(text.slice(length));
  if (onwards) length += onwards[0].length;
  if ("problem" in found) return { length, problem: found.problem };
  const { from, to, unit } = found.period;
  const tomorrow = iso(today.now.startOf("day").plus({ days: 1 }));
  switch (opening[1]) {
    case "before":
    case "prior to":
      return { length, period: { from: null, to: from, unit } };
    case "until":
    case "till":
    case "up to":
      return { length, period: { from: null, to, unit } };
    case "after":
      return to && to >= tomorrow
        ? { length, problem: "That is in the future, so there is nothing to count." }
        : { length, period: { from: to, to: tomorrow, unit } };
    case "from":
      // `from march 2025` without an end means that period, `from march onwards` an open range.
      return onwards ? { length, period: { from, to: tomorrow, unit } } : { length, period: found.period };
    default:
      return { length, period: { from, to: tomorrow, unit } };
  }
}

function lastUnits(
  count: number,
  unitText: string,
  includingCurrent: boolean,
  { now, weekStart }: Today,
): { period: Period } | { problem: string } {
  const { unit, factor } = toUnit(unitText);
  const size = count * factor;
  if (size < 1) return { problem: "A period needs at least one day." };
  const start = startOf(now, unit, weekStart);
  const end = includingCurrent ? shift(start, 1, unit) : start;
  const from = shift(end, -size, unit);
  return {
    period: {
      from: iso(from),
      to: iso(end),
      unit,
      rolling: { kind: "last", count: size, unit, including_current: includingCurrent },
    },
  };
}

/** `the past year` without a number trails behind today, unlike `last year`, which is a calendar year. */
function pastUnit(unit: Unit, today: Today): { period: Period } | { problem: string } {
  const trailing: Record<Unit, [number, string]> = {
    year: [12, "months"],
    quarter: [3, "months"],
    month: [30, "days"],
    week: [7, "days"],
    day: [1, "days"],
  };
  return lastUnits(...trailing[unit], false, today);
}

function ago(count: number, unitText: string, { now, weekStart }: Today): { period: Period } {
  const { unit, factor } = toUnit(unitText);
  const from = shift(startOf(now, unit, weekStart), -count * factor, unit);
  return days(from, unit);
}

function previousUnit(unit: Unit, { now, weekStart }: Today): { period: Period } {
  const end = startOf(now, unit, weekStart);
  return {
    period: { from: iso(shift(end, -1, unit)), to: iso(end), unit, rolling: { kind: "previous", unit } },
  };
}

function currentUnit(unit: Unit, { now, weekStart }: Today): { period: Period } {
  const from = startOf(now, unit, weekStart);
  return {
    period: { from: iso(from), to: iso(shift(from, 1, unit)), unit, rolling: { kind: "current", unit } },
  };
}

function span(from: DateTime, to: DateTime): { period: Period } {
  return { period: { from: iso(from), to: iso(to), unit: "day" } };
}

function days(from: DateTime, unit: Unit): { period: Period } {
  return { period: { from: iso(from), to: iso(shift(from, 1, unit)), unit } };
}

function yearOf(year: number): { period: Period } {
  return { period: { from: `${year}-01-01`, to: `${year + 1}-01-01`, unit: "year" } };
}

/** Without a year: the latest one that has begun. */
function quarterOf(quarter: number, yearText: string | undefined, today: Today): { period: Period } {
  const year = yearText ? resolveYear(yearText, today) : latestYear(today, (quarter - 1) * 3 + 1);
  const from = DateTime.fromObject({ year, month: (quarter - 1) * 3 + 1, day: 1 }, { zone: today.now.zone });
  return days(from, "quarter");
}

function halfOf(half: number, yearText: string | undefined, today: Today): { period: Period } {
  const year = yearText ? resolveYear(yearText, today) : latestYear(today, half === 2 ? 7 : 1);
  return half === 2
    ? { period: { from: `${year}-07-01`, to: `${year + 1}-01-01`, unit: "quarter" } }
    : { period: { from: `${year}-01-01`, to: `${year}-07-01`, unit: "quarter" } };
}

function namedMonth(
  name: string,
  yearText: string | undefined,
  today: Today,
): { period: Period } | { problem: string } {
  const month = monthNumbers[name] ?? 1;
  return monthOf(month, yearText ? resolveYear(yearText, today) : latestYear(today, month));
}

function monthOf(month: number, year: number): { period: Period } | { problem: string } {
  const from = DateTime.fromObject({ year, month, day: 1 }, { zone: "utc" });
  if (!from.isValid) return { problem: `There is no month ${month}.` };
  return days(from, "month");
}

function namedDay(
  day: number,
  monthName: string,
  yearText: string | undefined,
  today: Today,
): { period: Period } | { problem: string } {
  const month = monthNumbers[monthName] ?? 1;
  return dayOf(yearText ? resolveYear(yearText, today) : latestYear(today, month, day), month, day);
}

function dayOf(year: number, month: number, day: number): { period: Period } | { problem: string } {
  const from = DateTime.fromObject({ year, month, day }, { zone: "utc" });
  if (!from.isValid) return { problem: `There is no such date as ${year}-${pad(month)}-${pad(day)}.` };
  return days(from, "day");
}

/** `13/4/2025` can only begin with the day, `4/13/2025` only with the month: then all dates of the question do. */
export function dateOrderOf(text: string): Today["dateOrder"] {
  for (const [, first, second] of text.matchAll(/(?<!\d)(\d{1,2})[/.](\d{1,2})[/.]\d{4}(?!\d)/g)) {
    if (Number(first) > 12) return "day";
    if (Number(second) > 12) return "month";
  }
  return undefined;
}

/** `3/4/2025` is 4 March in the Americas and 3 April elsewhere; the account's zone decides. */
function slashDay(
  a: number,
  b: number,
  year: number,
  { now, dateOrder }: Today,
): { period: Period } | { problem: string } {
  if (dateOrder) return dateOrder === "day" ? dayOf(year, b, a) : dayOf(year, a, b);
  const american = (now.zoneName ?? "").startsWith("America/") || (now.zoneName ?? "").startsWith("US/");
  return american ? dayOf(year, a, b) : dayOf(year, b, a);
}

function weekday(target: number, now: DateTime): { period: Period } {
  const back = (now.weekday - target + 7) % 7 || 7;
  return days(now.startOf("day").minus({ days: back }), "day");
}

/** The day in that year on which a feast without a fixed date falls; before it comes its own day of the year before. */
function movingDayIn(name: string, year: number): Period {
  const on = (that: number) => days(movingDays[name]?.(that) ?? DateTime.utc(that), "day").period;
  return { ...on(year), before: { previous_period: on(year - 1), previous_year: on(year - 1) } };
}

/** Without a year: the latest that has come. */
function movingDay(name: string, yearText: string | undefined, today: Today): { period: Period } {
  if (yearText) return { period: movingDayIn(name, resolveYear(yearText, today)) };
  const thisYear = movingDayIn(name, today.now.year);
  const come = (thisYear.from ?? "") <= iso(today.now);
  return { period: come ? thisYear : movingDayIn(name, today.now.year - 1) };
}

/**
 * Three whole months: spring from March, summer from June, autumn from September, winter from December of the year
 * before. Without a year it is the one that runs or was the last to begin; `last` is the last that is over.
 */
function season(
  which: string | undefined,
  name: string,
  year: string | undefined,
  today: Today,
): { period: Period } {
  const first = { spring: 3, summer: 6, autumn: 9, fall: 9, winter: 12 }[name] ?? 3;
  const starting = (of: number) => today.now.startOf("year").set({ year: of, month: first });
  const own = year ? resolveYear(year, today) - (first === 12 ? 1 : 0) : today.now.year;
  let from = starting(own);
  if (!year && from > today.now) from = starting(own - 1);
  const over = from.plus({ months: 3 }) <= today.now;
  if (!year && which && /last|past/.test(which) && !over) from = from.minus({ years: 1 });
  return { period: { from: iso(from), to: iso(from.plus({ months: 3 })), unit: "quarter" } };
}

/** Saturday and Sunday: `last` the ones that are over, `this` the ones of the week we are in. */
function weekend(over: boolean, { now }: Today): { period: Period } {
  const monday = now.startOf("day").minus({ days: now.weekday - 1 });
  const from = monday.plus({ days: over ? -2 : 5 });
  const twoDays = (back: number) =>
    span(from.minus({ weeks: back }), from.minus({ weeks: back }).plus({ days: 2 })).period;
  return { period: { ...twoDays(0), before: { previous_period: twoDays(1), previous_year: twoDays(52) } } };
}

function latestYear({ now }: Today, month: number, day = 1): number {
  const begun = month < now.month || (month === now.month && day <= now.day);
  return begun ? now.year : now.year - 1;
}

function resolveYear(text: string | undefined, { now }: Today): number {
  if (text === "this year") return now.year;
  if (text === "last year") return now.year - 1;
  if (text === "the year before last") return now.year - 2;
  if (text?.startsWith("'")) return 2000 + Number(text.slice(1));
  return Number(text);
}

function toNumber(text: string): number {
  return numberWords[text] ?? Number(text);
}

function toUnit(text: string): { unit: Unit; factor: number } {
  if (text.startsWith("fortnight")) return { unit: "week", factor: 2 };
  if (text.startsWith("d")) return { unit: "day", factor: 1 };
  if (text.startsWith("w")) return { unit: "week", factor: 1 };
  if (text.startsWith("m")) return { unit: "month", factor: 1 };
  if (text.startsWith("q")) return { unit: "quarter", factor: 1 };
  return { unit: "year", factor: 1 };
}

function iso(day: DateTime): string {
  return day.toISODate() ?? "";
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}
