import { DateTime } from "luxon";
import { type Grain, grains } from "@/analytics/query/query";
import { numberWords } from "./calendar";
import { matchPeriod, matchSimplePeriod, type Period, type Today } from "./dates";
import type { Scanner } from "./scanner";

export interface TimeReading {
  period?: Period;
  /** A second period named after `vs`, `compared with`, `than`. */
  against?: { period?: Period; relative?: "previous_period" | "previous_year"; yearsBack?: number };
  /** `auto`: a trend was asked for without a bucket size. */
  grain?: Grain | "auto";
  problem?: string;
  /** `and the month before`: the stretch before the one of the answer before. */
  before?: Grain;
}

const joints = String.raw`(?<![\p{L}\p{N}])(?:vs\.?|versus|compared? (?:it |this |that |them )?(?:to|with|against)|comparing (?:to|with)|in comparison (?:to|with)|against|relative to|as opposed to|ahead of|behind(?= (?:the )?(?:last|previous|prior|same))|(?:more|less|better|worse|higher|lower|up|down|fewer|greater)(?: \p{L}+)? than|than|beats?|beating|outperform(?:s|ed|ing)?|outdo(?:es)?|outdid)(?: the)?(?: same (?:period|time|month|quarter|week|days?)(?: of| in| a)?)? `;

const relativeAgainst: [RegExp, "previous_period" | "previous_year"][] = [
  [
    /^(?:the )?(?:previous|prior|preceding|last|earlier|same) (?:period|one|time)(?: before| last time)?(?![\p{L}])/u,
    "previous_period",
  ],
  [
    /^(?:the )?(?:one|period|month|week|fortnight|weekend|quarter|day|days|weeks|months) (?:before|earlier|prior|ago|preceding)(?: that)?(?![\p{L}])/u,
    "previous_period",
  ],
  [
    /^(?:the )?(?:year (?:before|earlier|prior|ago)|previous year|prior year|a year (?:ago|earlier|before)|last year|year ago)(?![\p{L}])/u,
    "previous_year",
  ],
  [/^before(?![\p{L}])/u, "previous_period"],
];

const yearsBack = new RegExp(
  String.raw`^(?:the )?(?:same (?:period|time|month|quarter|week|days?) )?(\d{1,2}|${Object.keys(numberWords).join("|")}) years? (?:ago|earlier|before|prior)(?![\p{L}])`,
  "u",
);

/** `October vs 2 years ago` is October two years earlier, as far into it as we are. */
function settleYearsBack(reading: TimeReading, { now }: Today): void {
  const years = reading.against?.yearsBack;
  if (!years) return;
  const { period } = reading;
  if (years === 1) {
    reading.against = { relative: "previous_year" };
    return;
  }
  if (!period?.from || !period.to) {
    const from = now.startOf("year").minus({ years });
    reading.against = {
      period: { from: from.toISODate() ?? "", to: from.plus({ years: 1 }).toISODate(), unit: "year" },
    };
    return;
  }
  const tomorrow = now.startOf("day").plus({ days: 1 }).toISODate() ?? period.to;
  const back = (iso: string) => DateTime.fromISO(iso, { zone: "utc" }).minus({ years }).toISODate();
  reading.against = {
    period: {
      from: back(period.from),
      to: back(period.to < tomorrow ? period.to : tomorrow),
      unit: period.unit,
    },
  };
}

/** Black Friday a year earlier is the Black Friday of that year; the weekend before is no Thursday and Friday. */
function settleBefore({ period, against }: TimeReading): void {
  const lastYear = against?.period?.rolling?.kind === "previous" && against.period.unit === "year";
  const relative = lastYear ? "previous_year" : against?.relative;
  if (!period?.before || !against || !relative) return;
  against.period = period.before[relative];
  delete against.relative;
}

/** `this quarter compared with the last 4 quarters`: five quarters in a row, the current one among them. */
function settleRow(reading: TimeReading): void {
  const { period, against } = reading;
  const row = against?.period?.rolling;
  if (row?.kind !== "last" || row.count < 2) return;
  if (period && (period.rolling?.kind !== "current" || period.unit !== row.unit)) return;
  reading.period = {
    from: against?.period?.from ?? null,
    to: period?.to ?? against?.period?.to ?? null,
    unit: row.unit,
    rolling: {
      kind: "last",
      count: row.count + (period ? 1 : 0),
      unit: row.unit,
      including_current: Boolean(period),
    },
  };
  reading.grain ??= row.unit;
  delete reading.against;
}

/** Takes the period, what it is compared with and the size of the buckets out of the question. */
export function readTime(scanner: Scanner, today: Today): TimeReading {
  const reading: TimeReading = {};
  const before = scanner.take(
    /^ ?(?:and |or |now |then |what about |how about |for |in )*the (day|week|month|quarter|year) (?:before|prior|earlier)(?: that)? *$/u,
  );
  if (before) return { before: before[1] as Grain };
  if (readRowOf(scanner, today, reading)) {
    readGrainBeside(scanner, reading);
    return reading;
  }
  readYearOverYear(scanner, reading);
  readSameTime(scanner, reading);
  readPair(scanner, today, reading);
  readAgainst(scanner, today, reading);
  readGrain(scanner, reading);
  readPeriod(scanner, today, reading);
  settleYearsBack(reading, today);
  settleBefore(reading);
  settleRow(reading);
  return reading;
}

function readYearOverYear(scanner: Scanner, reading: TimeReading): void {
  if (scanner.take(/(?<![\p{L}])(?:yoy|y\/y|y-o-y|year[ -](?:over|on)[ -]year)(?![\p{L}])/u)) {
    reading.against = { relative: "previous_year" };
  }
  const over = scanner.take(
    /(?<![\p{L}])(?:(month|week|quarter|day)[ -](?:over|on|by)[ -]\1|(mom|m\/m|wow|w\/w|qoq|q\/q))(?![\p{L}])/u,
  );
  if (over) {
    const short: Record<string, Grain> = {
      mom: "month",
      "m/m": "month",
      wow: "week",
      "w/w": "week",
      qoq: "quarter",
      "q/q": "quarter",
    };
    reading.grain = (over[1] as Grain | undefined) ?? short[over[2] ?? ""] ?? "month";
  }
}

/** `and this time last year?`: the same question a year back, shown beside the answer. */
function readSameTime(scanner: Scanner, reading: TimeReading): void {
  if (
    scanner.take(
      /(?<![\p{L}])(?:(?:vs|versus|compared? (?:to|with)|than|and|what about|how about) )?(?:at |for |in )?(?:(?:this|the same|same) time|(?:the )?same (?:period|day|days|week|month|quarter)(?: of| in| but)?) (?:last year|a year (?:ago|earlier|before)|the year before|the previous year)(?![\p{L}])/u,
    )
  )
    reading.against = { relative: "previous_year" };
}

const comparing =
  /(?<![\p{L}])(?:compar(?:e|ed|ing|ison)|differ(?:ence|s)?|chang(?:e|ed|ing)|grow|grew|growth|increas(?:e|ed)|decreas(?:e|ed)|move[ds]?|go|went|vs|versus|better|worse|higher|lower|more|less|beat|beats|outperform(?:s|ed)?|outdo(?:es)?|outdid|exceed(?:s|ed)?)(?![\p{L}])/u;

/** `compare orders this quarter to last quarter`, `change from May to June`: two periods joined by a plain word. */
function readPair(scanner: Scanner, today: Today, reading: TimeReading): void {
  if (reading.against || !comparing.test(scanner.rest)) return;
  const text = scanner.rest;
  const joint = /(?<![\p{L}])(?:from |between |in |of |for )?/u;
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}'/.-])[\p{L}\p{N}']/gu)) {
    const opening = joint.exec(text.slice(index))?.[0] ?? "";
    const start = index + (/^(?:from|between|in|of|for) $/.test(opening) ? opening.length : 0);
    const first = matchSimplePeriod(text.slice(start), today);
    if (!first || "problem" in first || isModalVerb(text, start, first.length)) continue;
    const after = text.slice(start + first.length);
    const middle =
      /^ (?:to|with|and|against|or|vs\.?|versus|compared (?:to|with)|beats?|outperform(?:s|ed)?|outdo(?:es)?|outdid|exceed(?:s|ed)?) (?:the )?(?:same (?:period|time) )?(?:in |of )?/.exec(
        after,
      );
    if (!middle) continue;
    const second = matchSimplePeriod(after.slice(middle[0].length), today);
    if (!second || "problem" in second) continue;
    const back = yearsBack.exec(after.slice(middle[0].length));
    if (back) {
      reading.period = first.period;
      reading.against = { yearsBack: numberWords[back[1] ?? ""] ?? Number(back[1]) };
      scanner.blank(index, start + first.length + middle[0].length + back[0].length);
      return;
    }
    reading.period = namesYear(text.slice(start, start + first.length))
      ? first.period
      : borrowYear(first.period, second.period);
    reading.against = { period: second.period };
    scanner.blank(index, start + first.length + middle[0].length + second.length);
    return;
  }
}

function readAgainst(scanner: Scanner, today: Today, reading: TimeReading): void {
  const joint = scanner.find(new RegExp(joints, "u"));
  if (joint) {
    const start = joint.index + joint[0].length;
    const tail = scanner.rest.slice(start);
    for (const [pattern, relative] of relativeAgainst) {
      const match = pattern.exec(tail);
      if (!match) continue;
      reading.against = { relative };
      scanner.blank(joint.index, start + match[0].length);
      return;
    }
    const back = yearsBack.exec(tail);
    if (back) {
      reading.against = { yearsBack: numberWords[back[1] ?? ""] ?? Number(back[1]) };
      scanner.blank(joint.index, start + back[0].length);
      return;
    }
    const match = matchPeriod(tail.replace(/^in /, ""), today);
    if (match) {
      const skipped = tail.startsWith("in ") ? 3 : 0;
      if ("problem" in match) reading.problem = match.problem;
      else
        reading.against = /^(?:previous|prior|preceding) \d/.test(tail)
          ? { relative: "previous_period" }
          : { period: match.period };
      scanner.blank(joint.index, start + skipped + match.length);
      return;
    }
  }
  if (scanner.take(/(?<![\p{L}])(?:with (?:a |the )?|and )?(?:year|annual) comparison(?![\p{L}])/u))
    reading.against = { relative: "previous_year" };
  else if (
    scanner.take(/(?<![\p{L}])(?:with|and) (?:a |the )?comparison(?: to the previous period)?(?![\p{L}])/u)
  )
    reading.against = { relative: "previous_period" };
}

const adverbs: Record<string, Grain> = {
  daily: "day",
  weekly: "week",
  monthly: "month",
  quarterly: "quarter",
  yearly: "year",
  annually: "year",
  annual: "year",
};

function readGrain(scanner: Scanner, reading: TimeReading): void {
  const by = scanner.take(
    /(?<![\p{L}])(?:(?:broken|break|split)(?: it)?(?: down| out| up)? )?(?:by|per|each|every|for each|for every|in each|and by|grouped by|across|a|over the)(?: the)?(?: calendar)? (day|week|month|quarter|year)s?(?![\p{L}])(?! ago| before| earlier)/u,
  );
  if (by) reading.grain = by[1] as Grain;
  const adverb = scanner.take(
    new RegExp(
      String.raw`(?<![\p{L}])(${Object.keys(adverbs).join("|")})(?: basis| breakdown)?(?![\p{L}])`,
      "u",
    ),
  );
  if (adverb) reading.grain ??= adverbs[adverb[1] ?? ""];
  if (
    !reading.grain &&
    scanner.take(
      /(?<![\p{L}])(?:over time|trends?|trending|trendline|timeline|time series|evolution|evolved?|development|progression|historically|over the (?:months|years|weeks|days))(?![\p{L}])/u,
    )
  ) {
    reading.grain = "auto";
  }
}

/** Tries every word as the start of a period and keeps the first that is one. */
function readPeriod(scanner: Scanner, today: Today, reading: TimeReading): void {
  if (reading.period) return;
  const text = scanner.rest;
  const starts = [...text.matchAll(/(?<![\p{L}\p{N}'/.-])[\p{L}\p{N}']/gu)].map(({ index }) => index);
  for (const start of starts) {
    const match = matchPeriod(text.slice(start), today);
    if (!match || isModalVerb(text, start, match.length)) continue;
    if ("problem" in match) reading.problem ??= match.problem;
    else reading.period = match.period;
    scanner.blank(start, start + match.length);
    if (readList(scanner, today, reading, start, match.length, text)) return;
    readSecond(scanner, today, reading, {
      at: start + match.length,
      said: text.slice(start, start + match.length),
    });
    return;
  }
}

/**
 * `2024 vs 2025 vs 2026`: three periods or more set against each other are one stretch, cut at each of them; where they
 * do not follow each other that is said, since an answer can hold two at most.
 */
function readRowOf(scanner: Scanner, today: Today, reading: TimeReading): boolean {
  const text = scanner.rest;
  const joint = /^(?:,| and| &| or| vs\.?| versus| against| compared (?:to|with)| to)+ (?:in |for |the )?/;
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}'/.-])[\p{L}\p{N}']/gu)) {
    const periods: Period[] = [];
    let at = index;
    let compared = false;
    for (;;) {
      const between = periods.length === 0 ? "" : (joint.exec(text.slice(at))?.[0] ?? null);
      if (between === null) break;
      const match = matchSimplePeriod(text.slice(at + between.length), today);
      if (!match || "problem" in match || match.period.unit !== (periods[0] ?? match.period).unit) break;
      compared ||= /vs|versus|against|compared/.test(between);
      periods.push(match.period);
      at += between.length + match.length;
    }
    if (periods.length < 3 || !compared) continue;
    scanner.blank(index, at);
    const sorted = periods.toSorted((a, b) => ((a.from ?? "") < (b.from ?? "") ? -1 : 1));
    const [first, last] = [sorted[0], sorted.at(-1)];
    if (
      first &&
      last &&
      sorted.every((period, place) => place === 0 || period.from === sorted[place - 1]?.to)
    ) {
      reading.period = { from: first.from, to: last.to, unit: last.unit };
      reading.grain = last.unit;
    } else
      reading.problem = `I can set two periods against each other, or several that follow each other, but not these ${periods.length}.`;
    return true;
  }
  return false;
}

/** A finer cut may be asked for beside: `2024 vs 2025 vs 2026 by month`. */
function readGrainBeside(scanner: Scanner, reading: TimeReading): void {
  const asked: TimeReading = {};
  readGrain(scanner, asked);
  if (asked.grain && asked.grain !== "auto") reading.grain = asked.grain;
  scanner.take(/(?<![\p{L}])(?:compar(?:e|ed|ing|ison)(?: (?:of|between))?)(?![\p{L}])/u);
}

/** `June, July and August`: three or more periods in a row are one stretch, cut at each of them. */
function readList(
  scanner: Scanner,
  today: Today,
  reading: TimeReading,
  start: number,
  length: number,
  text: string,
): boolean {
  const periods = [reading.period];
  let at = start + length;
  for (;;) {
    const joint = /^(?:,| and| &|, and| or) ?/.exec(text.slice(at))?.[0] ?? /^ /.exec(text.slice(at))?.[0];
    const match = joint ? matchSimplePeriod(text.slice(at + joint.length), today) : null;
    if (
      !joint ||
      !match ||
      "problem" in match ||
      match.period.unit !== reading.period?.unit ||
      match.period.rolling
    )
      break;
    periods.push(match.period);
    at += joint.length + match.length;
  }
  const last = periods.at(-1);
  if (periods.length < 3 || !last?.from) return false;
  const row = periods.map((period) =>
    period && !reading.period?.rolling ? borrowYear(period, last) : period,
  );
  const inRow = row.every((period, index) => index === 0 || period?.from === row[index - 1]?.to);
  if (!inRow || !row[0]) return false;
  reading.period = { from: row[0].from, to: last.to, unit: last.unit };
  reading.grain ??= last.unit;
  scanner.blank(start, at);
  return true;
}

/** `Q1 and Q2 2026`: the second of two periods is what the first is compared with. */
function readSecond(
  scanner: Scanner,
  today: Today,
  reading: TimeReading,
  { at, said }: { at: number; said: string },
): void {
  if (reading.against || !reading.period) return;
  const text = scanner.rest;
  const joint = /^ ?(?:and|&|or|,) ?(?:in |for )?/.exec(text.slice(at));
  if (!joint) return;
  const match = matchPeriod(text.slice(at + joint[0].length), today);
  if (!match || "problem" in match || match.period.unit !== reading.period.unit) return;
  const first = reading.period;
  const earlier = namesYear(said) ? first : borrowYear(first, match.period);
  scanner.blank(at, at + joint[0].length + match.length);
  // `by quarter, 2024 and 2025`: cut smaller than the periods themselves, two in a row are one stretch.
  const cutSmaller = reading.grain && reading.grain !== "auto" && reading.grain !== match.period.unit;
  if (cutSmaller && !first.rolling && earlier.to && earlier.to === match.period.from) {
    reading.period = { from: earlier.from, to: match.period.to, unit: match.period.unit };
    return;
  }
  reading.period = earlier;
  reading.against = { period: match.period };
}

/** A period that says its year keeps it. */
function namesYear(text: string): boolean {
  return /\d{4}|'\d\d|year/.test(text);
}

/** `q1 and q2 2026`: a first period later than the second was meant in the second's year. */
function borrowYear(first: Period, second: Period): Period {
  if (!first.from || !first.to || !second.from) return first;
  if (first.rolling || second.rolling) return first;
  const years = Number(second.from.slice(0, 4)) - Number(first.from.slice(0, 4));
  if (years >= 0 || first.unit === "year") return first;
  const move = (iso: string) => `${Number(iso.slice(0, 4)) + years}${iso.slice(4)}`;
  return { ...first, from: move(first.from), to: move(first.to) };
}

/** `may` is a month only after a preposition or before a number. */
function isModalVerb(text: string, start: number, length: number): boolean {
  if (text.slice(start, start + length) !== "may") return false;
  return (
    !/(?:in|for|during|of|since|from|until|before|after|and|vs|last|this|only|about) $/.test(
      text.slice(0, start),
    ) && text.trim() !== "may"
  );
}

/** `best month`, `highest day`: the bucket that ranks first. */
export function readRankedBucket(
  scanner: Scanner,
  ranks: string,
): { direction: string; grain: Grain } | null {
  const match = scanner.take(
    new RegExp(
      String.raw`(?<![\p{L}])(?:our |the )?(${ranks})(?: single)? (${grains.join("|")})s?(?![\p{L}])(?! (?:between|to|until|in (?:a |the )?stage))`,
      "u",
    ),
  );
  return match ? { direction: match[1] ?? "", grain: match[2] as Grain } : null;
}
