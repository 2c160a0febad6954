import { DateTime } from "luxon";
import { alternation, monthNumbers, numberWords, shift, startOf, type Unit } from "../calendar";
import { matchPeriod, type Period, type Today } from "../dates";
import type { Span } from "./clause";

const opening = /^(?:in|during|within|over|for|on|of|since|from)(?: the)? |^the /;

export function periodAt(text: string, today: Today): { period: Period; length: number } | null {
  // `in the last year` are twelve months up to now, `last year` is the one before.
  const rolling = /^(?:in|within|during|over) the (?:last|past) (year|quarter|month|week)(?= |$|,)/u.exec(
    text,
  );
  const past = rolling && matchPeriod(`past ${rolling[1]}`, today);
  if (rolling && past && !("problem" in past)) return { period: past.period, length: rolling[0].length };
  const skip = opening.exec(text)?.[0].length ?? 0;
  for (const start of skip > 0 ? [0, skip] : [0]) {
    const match = matchPeriod(text.slice(start), today);
    if (match && !("problem" in match)) return { period: match.period, length: start + match.length };
  }
  return null;
}

/** The period that stands behind `length` characters; its own length counts from the beginning. */
export function periodBehind(rest: string, length: number, today: Today) {
  const behind = rest.slice(length);
  const space = behind.length - behind.trimStart().length;
  const found = periodAt(behind.trimStart(), today);
  return found && { period: found.period, length: length + space + found.length };
}

/** The days of a period behind, where there is one. */
export function spanAfter(
  rest: string,
  length: number,
  today: Today,
): { span: Span | undefined; length: number } {
  const found = periodBehind(rest, length, today);
  const span = found && spanOf(found.period, today);
  return found && span ? { span, length: found.length } : { span: undefined, length };
}

/** Days of a period, both included; no end where it reaches up to now. */
export function spanOf({ from, to, rolling }: Period, today: Today): Span | null {
  if (rolling?.kind === "all") return {};
  const last = to ? dayBefore(to) : undefined;
  if (!from && !last) return null;
  return { ...(from ? { from } : {}), ...(last && last < iso(today) ? { to: last } : {}) };
}

/** `in 6 months`, `for over a year`, `more than 90 days ago`: the day since when nothing happened. */
export function spanOfLate(text: string, today: Today): { day: string; length: number } | null {
  const span =
    /^ (?:(?:in|for|within|over|during) )?(?:(?:the|at least|over|more than|about|almost) )*(?:(?:last|past) )?(\d{1,3}|[a-z]+) (day|week|month|year)s?(?: ago)?(?= |$|,)/u.exec(
      text,
    );
  const said = span?.[1] ?? "";
  const number = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (!span || !(number > 0)) return null;
  const day = today.now.minus({ [`${span[2]}s`]: number }).toISODate() ?? "";
  return { day, length: span[0].length };
}

/** The day from which on nobody ordered, for a period that reaches up to now; null for one that ended before. */
export function sinceDay({ from, to, rolling }: Period, today: Today): string | null {
  if (rolling?.kind === "last") return today.now.minus({ [`${rolling.unit}s`]: rolling.count }).toISODate();
  if (!from) return null;
  return !to || to > iso(today) ? from : null;
}

export const iso = ({ now }: Today) => now.toISODate() ?? "";
const moved = (day: string, by: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
export const dayBefore = (day: string) => moved(day, -1);
export const dayAfter = (day: string) => moved(day, 1);

/** A period that may lie ahead: `in the next 30 days`, `next month`, `this month`, `in december`, `by friday week`. */
export function spanAhead(
  rest: string,
  length: number,
  { now, weekStart }: Today,
): { span: Span; length: number } | null {
  const behind = rest.slice(length);
  const day = now.startOf("day");
  const counted =
    /^,? (?:(?:in|within|over|during|for|inside) )?(?:(?:the|a|an) )?(?:next |coming |following |upcoming )?(\d{1,3}|[a-z]+) (day|week|month|quarter|year)s?(?= |$|,)/u.exec(
      behind,
    );
  const said = counted?.[1] ?? "";
  const number = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (counted && number > 0) {
    const unit = counted[2] as Unit;
    return {
      span: { from: toIso(day), to: toIso(shift(day, number, unit).minus({ days: unit === "day" ? 0 : 1 })) },
      length: length + counted[0].length,
    };
  }
  const named =
    /^,? (?:(?:in|within|during|over) )?(?:the )?(this|next|coming) (week|month|quarter|year)(?= |$|,)/u.exec(
      behind,
    );
  if (named) {
    const unit = named[2] as Unit;
    const start = startOf(day, unit, weekStart);
    const from = named[1] === "this" ? start : shift(start, 1, unit);
    const to = shift(from, 1, unit).minus({ days: 1 });
    return {
      span: { from: toIso(named[1] === "this" ? day : from), to: toIso(to) },
      length: length + named[0].length,
    };
  }
  const month = new RegExp(`^,? (?:in|during|for|this) (${alternation(monthNumbers)})(?= |$|,)`, "u").exec(
    behind,
  );
  if (!month) return null;
  const number12 = monthNumbers[month[1] ?? ""] ?? now.month;
  const start = now.startOf("month").set({ month: number12 });
  const from = number12 < now.month ? start.plus({ years: 1 }) : start;
  return {
    span: { from: toIso(DateTime.max(from, day)), to: toIso(from.endOf("month")) },
    length: length + month[0].length,
  };
}

const toIso = (day: Today["now"]) => day.toISODate() ?? "";
