import { alternation, monthNumbers, shift, startOf, type Unit, weekdayNumbers } from "../calendar";
import { dateOrderOf, type Today } from "../dates";
import { readTime } from "../read-time";
import type { Scanner } from "../scanner";
import { countOf, number, type Reading } from "./read-words";

/** Days named for what is due, starts or was created; a sentence where they cannot be. */
export function readDays(
  reading: Reading,
  ahead = false,
  upTo = false,
): { from?: string; to?: string } | string {
  const { scanner, context, kind } = reading;
  // Orders, and deals that were won or created, lie in the past: `this month` ends today.
  const coming =
    kind !== "order" || ahead ? readComing(scanner, context.today, ahead || kind !== "deal") : null;
  // What is to be done today is also what was due before.
  if (coming) return upTo && coming.to ? { to: coming.to } : coming;
  const time = readTime(scanner, { ...context.today, dateOrder: dateOrderOf(scanner.rest) });
  if (time.problem) return time.problem;
  if (time.against || (time.grain && time.grain !== "auto"))
    return `A list of ${kind}s can't be set against another period or split by time.`;
  const { from, to } = time.period ?? {};
  return {
    ...(from ? { from } : {}),
    ...(to ? { to: dayBefore(to) } : {}),
  };
}

const iso = (day: Today["now"]) => day.toISODate() ?? "";
function dayBefore(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - 1);
  return date.toISOString().slice(0, 10);
}

/** Periods that lie ahead, which numbers never ask for: `today`, `tomorrow`, `next 2 weeks`, `this week`, `by friday`. */
function readComing(
  scanner: Scanner,
  { now, weekStart }: Today,
  months: boolean,
): { from?: string; to?: string } | null {
  const today = now.startOf("day");
  const lead = String.raw`(?<![\p{L}])(?:for |in |on |over |during |starting )*(?:the )?`;
  const end = String.raw`(?![\p{L}])`;
  const single = scanner.take(new RegExp(`${lead}(today|tomorrow|yesterday)${end}`, "u"));
  if (single) {
    const day = today.plus({ days: single[1] === "tomorrow" ? 1 : single[1] === "yesterday" ? -1 : 0 });
    return { from: iso(day), to: iso(day) };
  }
  const next = scanner.take(
    new RegExp(`${lead}(?:next|coming|following) (${number}) ?(day|week|month)s?${end}`, "u"),
  );
  if (next) {
    const count = countOf(next[1] ?? "1");
    return { from: iso(today), to: iso(shift(today, count, next[2] as Unit).minus({ days: 1 })) };
  }
  const unit = scanner.take(new RegExp(`${lead}(this|next) (week|month|quarter|year)${end}`, "u"));
  if (unit) {
    const size = unit[2] as Unit;
    const start = startOf(today, size, weekStart);
    const from = unit[1] === "next" ? shift(start, 1, size) : start;
    return { from: iso(from), to: iso(shift(from, 1, size).minus({ days: 1 })) };
  }
  // A month without a year is the next of that name: `expected to close in december`.
  const month = months
    ? scanner.take(
        new RegExp(
          `(?<![\\p{L}])(?:in|for|during|by|through) (${alternation(monthNumbers)})(?! (?:\\d|last|this))${end}`,
          "u",
        ),
      )
    : null;
  const numbered = monthNumbers[month?.[1] ?? ""];
  if (month && numbered && numbered < today.month - 6) {
    const from = today.set({ month: numbered, day: 1 }).plus({ years: 1 });
    return { from: iso(from), to: iso(from.endOf("month")) };
  }
  if (month && numbered) {
    const from = today.set({ month: numbered, day: 1 });
    return { from: iso(from), to: iso(from.endOf("month")) };
  }
  const weekday = scanner.take(
    new RegExp(`(?<![\\p{L}])(by|before|until|on|this|next)? ?(${alternation(weekdayNumbers)})${end}`, "u"),
  );
  if (!weekday) return null;
  const ahead = ((weekdayNumbers[weekday[2] ?? ""] ?? 1) - today.weekday + 7) % 7;
  const day = today.plus({ days: ahead });
  if (weekday[1] === "by" || weekday[1] === "until") return { to: iso(day) };
  if (weekday[1] === "before") return { to: iso(day.minus({ days: 1 })) };
  return { from: iso(day), to: iso(day) };
}
