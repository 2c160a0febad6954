import { DateTime } from "luxon";
import { matchSimplePeriod, type Period, type Today } from "../dates";
import type { FoundName } from "../read-names";
import type { Scanner } from "../scanner";

const who = "(?:customers?|clients?|buyers?|shoppers?)";
const came =
  "(?:got|gained|won|acquired|added|signed up|signed|first bought|bought first|joined|came in|came|started buying|were new|became customers)";
const acquired = new RegExp(
  `(?<![\\p{L}])(?:from|by|of|with|for|to) (?:(?:the|our|all|those|new) )*${who} (?:(?:that|who|which|we|i) )*${came}(?: (?:in|during|since|over))? (?=\\p{L}|\\d)`,
  "u",
);
const fresh = new RegExp(
  `(?<![\\p{L}])(?:from|by|of|to) (?:(?:the|our|all) )*(?:brand[- ])?new ${who}(?! (?:vs|versus|and|or) )(?![\\p{L}])`,
  "u",
);

/** Months whose first purchases lie in a period of whole months, none later than the running one. */
function monthsOf({ from, to }: Period, { now }: Today): string[] | null {
  if (!from || !to || !from.endsWith("-01") || !to.endsWith("-01")) return null;
  const months: string[] = [];
  for (
    let at = DateTime.fromISO(from, { zone: "utc" });
    (at.toISODate() ?? "") < to;
    at = at.plus({ months: 1 })
  ) {
    if (at.toFormat("yyyy-MM") > now.toFormat("yyyy-MM") || months.length > 60) break;
    months.push(at.toFormat("yyyy-MM"));
  }
  return months.length > 0 ? months : null;
}

const cohorts = (months: string[], said: string): FoundName[] =>
  months.map((month) => ({
    kind: "cohort",
    value: month,
    filter: month,
    negated: false,
    hinted: true,
    said,
    group: said,
  }));

/** `from customers we got this year`: whose first purchase was in those months. Read before the period of the question. */
export function readAcquired(scanner: Scanner, today: Today, notes: string[]): FoundName[] {
  const match = scanner.find(acquired);
  if (!match) return [];
  const end = match.index + match[0].length;
  const period = matchSimplePeriod(scanner.rest.slice(end), today);
  if (!period || "problem" in period) return [];
  const months = monthsOf(period.period, today);
  if (!months) return [];
  const said = scanner.rest.slice(match.index, end + period.length).trim();
  scanner.blank(match.index, end + period.length);
  notes.push(`"${said}": whose first purchase was from ${months[0]} to ${months.at(-1)}.`);
  return cohorts(months, said);
}

const otherNumber =
  /(?<![\p{L}])(?:revenue|sales|money|income|much|orders?|units|aov|average|refunds?|spend|spent|earned|made)(?![\p{L}])/u;

/** Takes `from new customers` where another number is asked of them; what was said. */
export function takeNewcomers(scanner: Scanner): string | undefined {
  return otherNumber.test(scanner.rest) ? scanner.take(fresh)?.[0].trim() : undefined;
}

/** `revenue from new customers this year`: of those whose first purchase was in the period that is asked for. */
export function newcomersOf(
  said: string,
  period: Period | undefined,
  today: Today,
  notes: string[],
): FoundName[] {
  const months = period ? monthsOf(period, today) : null;
  if (months) {
    notes.push(`"${said}": whose first purchase was in the period.`);
    return cohorts(months, said);
  }
  notes.push(`"${said}": first purchases, with all orders within a day of them.`);
  return [
    { kind: "purchase", value: "first", filter: "first", negated: false, hinted: true, said, group: said },
  ];
}
