import { DateTime } from "luxon";
import { getMetric } from "@/analytics/metrics/catalog";
import { peopleInWords } from "../../people/people-input";
import { conditionsInSearches, unmetSigns } from "./audit-signs";
import { closed, type Evidence, kinds, stem, timeWords, turned, turns, unaudited } from "./audit-words";
import { monthNumbers, numberWords, shift, startOf, type Unit, units, weekdayNumbers } from "./calendar";
import type { Today } from "./dates";
import { isEnglish } from "./english";
import { editDistance } from "./fuzzy";
import { dimensionPhraseTable, drawingWords, metricPhraseTable, rankWords } from "./lexicon";
import { fold, normalise } from "./normalise";
import type { PlannedCall } from "./plan";
import type { IndexedName, VocabularyIndex } from "./vocabulary";
import { mend } from "./words";

/**
 * The last look before an answer. The readers take words out of a question one after the other, and each of them may
 * take one too many: a "not", a third year, an amount. So every word is held against the finished plan here, by rules
 * that know nothing of how it was read. What stands for nothing in the plan is named, and the analyst asks instead of
 * answering another question.
 */
export interface Audited {
  calls: readonly PlannedCall[];
  /** What is said with the answer; a word quoted there is accounted for openly. */
  meanings: readonly string[];
}

/** The words of a question, in order, that nothing in the plan stands for. Pure. */
export function unaccounted(question: string, plan: Audited, context: AuditContext): string[] {
  return auditor(question, context)(plan);
}

interface AuditContext {
  index: VocabularyIndex;
  today: Today;
}

/** One question, to be held against several plans. */
export function auditor(question: string, { index, today }: AuditContext): (plan: Audited) => string[] {
  const clean = mend(normalise(question).clean, index).text;
  const words = wordsOf(clean);
  return (plan) => {
    if (plan.calls.every(({ tool }) => unaudited.has(tool))) return conditionsInSearches(plan.calls);
    const evidence = evidenceOf(plan, index, today);
    evidence.named = new Set(evidence.names.filter((name) => clean.includes(name)).flatMap(wordsOf));
    const left = words.filter((word, at) => !isAccounted(word, words, at, evidence, today));
    return [...new Set([...left, ...unmetSigns(words, evidence, index, plan.calls)])];
  };
}

const evidenceKept = new WeakMap<readonly PlannedCall[], { day: string; evidence: Evidence }>();

/** What a plan holds, worked out once for a plan that is looked at again and again. */
function evidenceOf(plan: Audited, index: VocabularyIndex, today: Today): Evidence {
  const day = today.now.toISODate() ?? "";
  const known = evidenceKept.get(plan.calls);
  if (known?.day === day) return known.evidence;
  const evidence = collect(plan, index, today);
  evidenceKept.set(plan.calls, { day, evidence });
  return evidence;
}

function collect({ calls, meanings }: Audited, index: VocabularyIndex, today: Today): Evidence {
  const evidence: Evidence = {
    stems: new Set(),
    does: new Set(),
    names: [],
    named: new Set(),
    numbers: new Set(),
    spans: [],
    metrics: [],
    keys: new Set(),
    tools: new Set(calls.map(({ tool }) => tool)),
    several: calls.length > 1,
  };
  const learn = (text: string, does = false) => {
    for (const each of stemsOf(text)) {
      evidence.stems.add(each);
      if (does) evidence.does.add(each);
    }
  };
  const visit = (value: unknown, key: string): void => {
    // `at least 200` is more than 199.99.
    if (typeof value === "number") evidence.numbers.add(value).add(Math.round(value));
    else if (typeof value === "string") visitText(value, key);
    else if (Array.isArray(value)) {
      if (value.length > 1 && sideBySide.has(key)) evidence.several = true;
      for (const each of value) visit(each, key);
    } else if (value && typeof value === "object") {
      evidence.spans.push(...spansOf(value as Record<string, unknown>, today));
      for (const [name, child] of Object.entries(value)) {
        if (child === undefined || child === false || name === "title") continue;
        if (!Array.isArray(child) || child.length > 0) evidence.keys.add(name);
        learn(name, true);
        visit(child, name);
      }
    }
  };
  const visitText = (value: string, key: string) => {
    const own = ownWords.has(key) || value === "purchase" || value === "lead";
    learn(value, own);
    if (/^\d{4}-\d{2}-\d{2}$/.test(value) && key !== "from" && key !== "to")
      evidence.spans.push([value, value]);
    if (getMetric(value)) evidence.metrics.push(value);
    const name = value.replace(/^(?:tag|product):/, "");
    if (value.startsWith("product:")) learn("bought", true);
    for (const { key: said, kind } of namesFor(index).get(name) ?? []) {
      learn(`${said} ${kind}`);
      evidence.names.push(said);
    }
    for (const phrase of phrases().get(value) ?? []) learn(phrase, true);
  };
  for (const { tool, input } of calls) {
    learn(tool, true);
    visit(input, "");
    if (choosesPeople.has(tool)) learn(peopleInWords(input), true);
  }
  for (const line of meanings)
    for (const [, said = ""] of line.matchAll(/"([^"]+)"/g)) {
      learn(said);
      for (const number of said.match(/\d+/g) ?? []) evidence.numbers.add(Number(number));
    }
  return evidence;
}

/** Stems of the words of a text; the same few texts come again with every plan. */
function stemsOf(text: string): string[] {
  const known = stemsKept.get(text);
  if (known) return known;
  const stems = wordsOf(fold(text.replaceAll("_", " "))).map(stem);
  if (stemsKept.size < 5_000) stemsKept.set(text, stems);
  return stems;
}
const stemsKept = new Map<string, string[]>();

let phrasesKept: Map<string, string[]> | undefined;

/** All ways to say a metric or a dimension, by its id. */
function phrases(): Map<string, string[]> {
  if (!phrasesKept) {
    phrasesKept = new Map();
    for (const { id, phrase } of [...metricPhraseTable(), ...dimensionPhraseTable()])
      phrasesKept.set(id, [...(phrasesKept.get(id) ?? []), phrase]);
  }
  return phrasesKept;
}

const namesKept = new WeakMap<VocabularyIndex, Map<string, IndexedName[]>>();

/** The account's names by what a plan holds of them. */
function namesFor(index: VocabularyIndex): Map<string, IndexedName[]> {
  const known = namesKept.get(index);
  if (known) return known;
  const made = new Map<string, IndexedName[]>();
  for (const name of index.byLength)
    for (const text of new Set([name.filter, name.value])) made.set(text, [...(made.get(text) ?? []), name]);
  namesKept.set(index, made);
  return made;
}

/** Tools whose conditions on people are said back in words. */
const choosesPeople = new Set([
  "find_contacts",
  "propose_tags",
  "propose_outreach",
  "propose_update",
  "create_segment",
]);

/** Lists whose members are shown side by side. */
const sideBySide = new Set(["metrics", "is", "models", "steps", "country", "region", "lead_source"]);

/** Keys under which the product's own words stand, not names of the account. */
const ownWords = new Set(
  "metrics metric dimensions did is kind shape state preset comparison grain unit by when order column row direction period models status fields".split(
    " ",
  ),
);

/** First and last day of a range and of what it is compared with; rolling ones as they stand today. */
function spansOf(part: Record<string, unknown>, today: Today): [string, string][] {
  const span = spanOf(part, today);
  const range = part.range as Record<string, unknown> | undefined;
  const main = part.comparison && range ? spanOf(range, today) : null;
  if (!main) return span ? [span] : [];
  const [from, to] = main.map((day) => DateTime.fromISO(day));
  if (!from?.isValid || !to?.isValid) return [];
  const before =
    part.comparison === "previous_year"
      ? [from.minus({ years: 1 }), to.minus({ years: 1 })]
      : [from.minus(to.diff(from)).minus({ days: 1 }), from.minus({ days: 1 })];
  return [[before[0]?.toISODate() ?? "", before[1]?.toISODate() ?? ""]];
}

function spanOf(range: Record<string, unknown>, { now, weekStart }: Today): [string, string] | null {
  const iso = (day: DateTime) => day.toISODate() ?? "";
  const { from, to, preset, last, unit, months } = range;
  // A forecast counts the running month as its first.
  if (typeof months === "number" && range.metric) return [iso(now), iso(now.plus({ months: months - 1 }))];
  if (typeof from === "string" || typeof to === "string")
    return [typeof from === "string" ? from : "0000", typeof to === "string" ? to : "9999"];
  const tomorrow = now.startOf("day").plus({ days: 1 });
  if (typeof last === "number" && units.includes(unit as Unit)) {
    const current = startOf(now, unit as Unit, weekStart);
    const first = shift(current, range.including_current ? 1 - last : -last, unit as Unit);
    return [iso(first), iso((range.including_current ? tomorrow : current).minus({ days: 1 }))];
  }
  if (typeof preset !== "string") return null;
  if (preset === "all_time") return ["0000", "9999"];
  if (preset === "today") return [iso(now), iso(now)];
  if (preset === "yesterday") return [iso(now.minus({ days: 1 })), iso(now.minus({ days: 1 }))];
  const size = preset.replace(/^(this_|previous_)|(_to_date)$/g, "");
  if (!units.includes(size as Unit)) return null;
  const current = startOf(now, size as Unit, weekStart);
  if (preset.startsWith("previous_"))
    return [iso(shift(current, -1, size as Unit)), iso(current.minus({ days: 1 }))];
  return [iso(current), iso(now)];
}

function isAccounted(word: string, words: string[], at: number, evidence: Evidence, today: Today): boolean {
  if (/^[+&$€£%#'-]+$/.test(word) || evidence.named.has(word)) return true;
  const amount = numberIn(word);
  if (amount !== null) return isNumberIn(amount, word, words, at, evidence, today);
  if (closed.has(word)) return true;
  if (isFilterTakenBack(words, at)) return true;
  // A turned condition is never a matter of a name that happens to hold the same word.
  if (turns.has(word)) return [...turned].some((each) => evidence.does.has(each));
  if (evidence.stems.has(stem(word))) return true;
  if (word in monthNumbers) return isMonthIn(monthNumbers[word] ?? 0, words, evidence);
  if (weekdayWords.has(word)) return isWeekdayIn(word, evidence) || stands(word, evidence);
  // `first quarter` is a time, `first purchase` is none.
  if (word === "first" && !/^(?:\d+|half|day|week|month|quarter|year)s?$/.test(words[at + 1] ?? ""))
    return stands(word, evidence);
  if (timeWords.has(word) && isTimed(evidence)) return true;
  if (word in rankWords && ["order", "limit", "at_risk", "behind"].some((key) => evidence.keys.has(key)))
    return true;
  if (word in drawingWords && (evidence.keys.has("drawing") || evidence.keys.has("limit"))) return true;
  return stands(slipOf(word), evidence);
}

const stands = (word: string, evidence: Evidence): boolean =>
  kinds.some((kind) => kind.said.has(word) && kind.stands(evidence));

let kindWords: string[] | undefined;

/** `movd` is `moved`: a word of no language that is one slip away from one of ours. */
function slipOf(word: string): string {
  if (word.length < 4 || isEnglish(word)) return word;
  kindWords ??= kinds.flatMap(({ said }) => [...said]);
  return kindWords.find((each) => each[0] === word[0] && editDistance(each, word, 1) <= 1) ?? word;
}

/** `without the filter`, `no comparison`: something of the answer before is left out. */
function isFilterTakenBack(words: string[], at: number): boolean {
  return /^(?:without|no|drop|remove|clear) (?:(?:the|any|that|all) )?(?:filters?|restrictions?|compar\w+)/.test(
    words.slice(at, at + 3).join(" "),
  );
}

function isTimed({ spans, keys, tools }: Evidence): boolean {
  const timed = [
    "grain",
    "comparison",
    "period",
    "months",
    "window_days",
    "waiting_over_days",
    "within_days",
    "overdue_days",
  ];
  return (
    spans.length > 0 ||
    timed.some((key) => keys.has(key)) ||
    ["cohort", "shape", "sync_status", "get_contact", "forecast"].some((tool) => tools.has(tool))
  );
}
/** 2,000 and 2k, 3rd and $500; null for a word. */
function numberIn(word: string): number | null {
  const match = /^[$€£]?(\d+(?:\.\d+)?)(k|m|st|nd|rd|th|s)?[%+]?$/.exec(word.replaceAll(",", ""));
  if (match) return Number(match[1]) * (match[2] === "k" ? 1000 : match[2] === "m" ? 1_000_000 : 1);
  return word.length > 2 && word !== "couple" && word in numberWords ? (numberWords[word] ?? null) : null;
}

function isNumberIn(
  number: number,
  word: string,
  words: string[],
  at: number,
  { numbers, spans, stems }: Evidence,
  { now, weekStart }: Today,
): boolean {
  if (numbers.has(number) || numbers.has(number / 100) || numbers.has(number * 100) || stems.has(word))
    return true;
  // `one` is a pronoun as often as a number.
  if (number === 1) return true;
  if (number >= 1990 && number <= 2100 && Number.isInteger(number)) return isYearIn(word, words, spans);
  if (number <= 31 && spans.flat().some((day) => Number(day.slice(8)) === number)) return true;
  // `the last 4 quarters` may be five in a row with the current one.
  if (numbers.has(number + 1)) return true;
  const unit = (words[at + 1] ?? "").replace(/s$/, "");
  if (!units.includes(unit as Unit)) return false;
  const today = now.startOf("day");
  // `2 months ago` is the second month before this one, `in the last 6 months` begins that long ago.
  const ago = shift(startOf(now, unit as Unit, weekStart), -number, unit as Unit).toISODate() ?? "";
  if (spans.some(([from]) => from === ago)) return true;
  // `the same month 2 years ago`: some month of that year.
  const year = String(now.year - number);
  if (unit === "year" && spans.some(([from, to]) => from.startsWith(year) && to.startsWith(year)))
    return true;
  const days = { day: 1, week: 7, month: 30.4, quarter: 91.3, year: 365.25 }[unit as Unit] * number;
  if (numbers.has(days)) return true;
  return spans.some(([from, to]) => {
    const length = DateTime.fromISO(to).diff(DateTime.fromISO(from), "days").days + 1;
    const away = [from, to].map((day) => Math.abs(today.diff(DateTime.fromISO(day), "days").days));
    return [length, ...away].some(
      (each) => Math.abs(each - days) <= (unit === "day" || unit === "week" ? 1 : 3),
    );
  });
}

/** A year is one that a span begins or ends with; in a row of years the ones between count too. */
function isYearIn(year: string, words: string[], spans: Evidence["spans"]): boolean {
  const named = words.filter((word) => /^(?:19|20)\d\d$/.test(word)).length;
  return spans.some((span) => {
    const [first, last] = span.map((day) => day.slice(0, 4));
    return first === year || last === year || (named > 2 && (first ?? "") < year && year < (last ?? ""));
  });
}

/** A month is one that a span begins or ends with; in a row of months the ones between count too. */
function isMonthIn(month: number, words: string[], { spans }: Evidence): boolean {
  const named = words.filter((word) => word in monthNumbers).length;
  return spans.some((span) => {
    const [first, last] = span.map((day) => Number(day.slice(5, 7)));
    if (first === month || last === month) return true;
    return (
      named > 2 && span[0].slice(0, 4) === span[1].slice(0, 4) && (first ?? 13) < month && month < (last ?? 0)
    );
  });
}

const weekdayWords = new Set([...Object.keys(weekdayNumbers), "weekend", "weekends", "weekday", "weekdays"]);

/** `last friday` is a day, `since tuesday` begins on one, `by weekday` is a split. */
function isWeekdayIn(word: string, { spans, stems }: Evidence): boolean {
  if (stems.has(stem("weekday")) || stems.has(stem("day_of_week"))) return true;
  const wanted = weekdayNumbers[word];
  return spans.some(([from, to]) => {
    const [first, last] = [DateTime.fromISO(from), DateTime.fromISO(to)];
    if (wanted === undefined) return last.diff(first, "days").days <= 3;
    return first.weekday === wanted || last.weekday === wanted;
  });
}

function wordsOf(text: string): string[] {
  return text
    .replace(/(\d)[–-](?=\d)/g, "$1 ")
    .split(/[^\p{L}\p{N}'%$€£&+#.,-]+/u)
    .flatMap((word) => word.split(/[-/](?=\p{L})/u))
    .map((word) => word.replace(/^['.,-]+|['.,-]+$/g, "").replace(/'s$/, ""))
    .filter(Boolean);
}
