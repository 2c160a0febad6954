import type { Range } from "@/analytics/query/query";
import { rangeOf } from "../build-range";
import { numberWords } from "../calendar";
import { dateOrderOf } from "../dates";
import { fold, normalise } from "../normalise";
import { literal } from "../patterns";
import type { PlanContext, Reply } from "../plan";
import { nameInWords } from "../read-names";
import { readTime } from "../read-time";
import { Scanner } from "../scanner";
import { exampleQuestions } from "../suggest";
import { type IndexedName, kindLabel } from "../vocabulary";
import { mend, ownWords } from "../words";
import { fillers, mendShapeWords, shapeWords } from "./words";

export type Say = Extract<Reply, { kind: "say" }>;

/** A name of the account in the question, with where it stood. */
export interface PlacedName {
  at: number;
  end: number;
  options: IndexedName[];
}

/** A question about a shape on its way to being understood: what is taken is blank, what is left nobody understood. */
export interface Reading {
  raw: string;
  scanner: Scanner;
  names: PlacedName[];
  range?: Range;
  /** Said with the answer. */
  meanings: string[];
  /** Names taken from a slip or a part are said back. */
  context: PlanContext;
}

export const clarify = (text: string, suggestions: string[] = exampleQuestions.slice(0, 2)): Say => ({
  kind: "say",
  topic: "clarify",
  text,
  suggestions,
});
export const refuse = (text: string, suggestions: string[] = exampleQuestions.slice(0, 2)): Say => ({
  kind: "say",
  topic: "refuse",
  text,
  suggestions,
});

const edge = String.raw`(?<![\p{L}\p{N}])`;
const end = String.raw`(?![\p{L}\p{N}])`;

/** Reads a question as far as all shapes do: slips and the account's names. */
export function openReading(question: string, context: PlanContext): Reading {
  const { clean, quoted } = normalise(question);
  const first = mendShapeWords(clean, context.index);
  const second = mendOthers(first.text, context);
  const scanner = new Scanner(second.text);
  const corrections = [...first.corrections, ...second.corrections].filter(({ to }) => !fillers.has(to));
  const names = takeNames(scanner, question, quoted, context);
  return {
    raw: question,
    scanner,
    names,
    meanings: corrections.map(({ from, to }) => `I read "${from}" as "${to}".`),
    context,
  };
}

/** Mends the other words; those of shapes are right as they are, however near they lie to some other word. */
function mendOthers(clean: string, { index }: PlanContext): ReturnType<typeof mend> {
  const corrections: ReturnType<typeof mend>["corrections"] = [];
  const text = clean.replace(/[\p{L}][\p{L}']*/gu, (word) => {
    if (shapeWords.includes(word)) return word;
    const mended = mend(word, index);
    corrections.push(...mended.corrections);
    return mended.text;
  });
  return { text, corrections };
}

/** Every name, longest first. One made of every-day words counts only in quotes or beside the word for its kind. */
function takeNames(scanner: Scanner, raw: string, quoted: string[], { index }: PlanContext): PlacedName[] {
  const found: PlacedName[] = [];
  const inQuotes = new Set(quoted.map(fold));
  const whole = scanner.rest;
  const tagsSaid = /(?<![\p{L}])tags(?![\p{L}])/u.test(whole);
  for (const key of new Set(index.byLength.map((name) => name.key))) {
    if (!scanner.rest.includes(key)) continue;
    const pattern = new RegExp(`${edge}${literal(key)}${end}`, "u");
    for (let match = scanner.find(pattern); match; match = scanner.find(pattern)) {
      const at = match.index;
      const same = index.byLength.filter((name) => name.key === key);
      const before = whole.slice(Math.max(0, at - 24), at);
      const after = whole.slice(at + key.length, at + key.length + 10);
      const asTag =
        /(?:tag|tags|tagged|label)(?: as| with| called| named| of)? $/u.test(before) ||
        /^ (?:tag|tags|label)(?![\p{L}])/u.test(after);
      const asProduct =
        /(?:product|products|item|course|bought|buy|buys|buying|buyers of|purchased|purchase|ordered)(?: the| a| an| called| named| of)? $/u.test(
          before,
        ) || /^ (?:product|course)(?![\p{L}])/u.test(after);
      const kinds = asTag ? ["tag"] : asProduct ? ["product"] : null;
      const hinted = kinds ? same.filter(({ kind }) => kinds.includes(kind)) : [];
      const everyday = key
        .split(" ")
        .every((word) => ownWords().has(word) || fillers.has(word) || /^\d+$/.test(word));
      const known =
        hinted.length > 0 ||
        inQuotes.has(key) ||
        !everyday ||
        (tagsSaid && same.some(({ kind, value }) => kind === "tag" && raw.includes(value)));
      if (!known) break;
      const pool =
        hinted.length > 0
          ? hinted
          : tagsSaid && same.some(({ kind }) => kind === "tag")
            ? same.filter(({ kind }) => kind === "tag")
            : same;
      const exact = pool.filter(({ value }) => value !== value.toLowerCase() && raw.includes(value));
      found.push({ at, end: at + key.length, options: distinct(exact.length > 0 ? exact : pool) });
      scanner.blank(at, at + key.length);
    }
  }
  return found.sort((a, b) => a.at - b.at);
}

const distinct = (names: IndexedName[]) => [
  ...new Map(names.map((name) => [`${name.kind}:${name.value}`, name])).values(),
];

/** The one name meant, among the kinds a shape can take; a sentence where there are several or none. */
export function settle(name: PlacedName, kinds: readonly string[], what: string): IndexedName | Say {
  const fits = name.options.filter(({ kind }) => kinds.includes(kind));
  const [only, another] = fits;
  if (only && !another) return only;
  const [first] = name.options;
  if (fits.length > 1)
    return clarify(
      `"${first?.key}" fits more than one name: ${fits.map(nameInWords).join(" or ")}. Which one do you mean?`,
      [],
    );
  return refuse(
    `${what} can't be narrowed by ${first ? `${kindLabel(first.kind)} ("${first.value}")` : "that"}.`,
  );
}

const spans: Record<string, number> = { day: 1, week: 7, month: 30, quarter: 90, year: 365 };

/** `within 30 days`, `30-day window`: days from the first step to the last. */
export function readWindow(scanner: Scanner): number | null | undefined {
  const numbers = String.raw`\d{1,3}|${Object.keys(numberWords).join("|")}`;
  const match =
    scanner.take(
      new RegExp(
        `${edge}(?:within|in under|inside|in less than) (?:the first )?(${numbers}) ?(day|week|month|quarter|year)s?(?: of (?:each other|that|it|the first))?${end}`,
        "u",
      ),
    ) ??
    scanner.take(
      new RegExp(
        `${edge}(?:with |and )?(?:an? |the )?(${numbers})[ -](day|week|month|quarter|year)s? (?:conversion )?window${end}`,
        "u",
      ),
    ) ??
    scanner.take(
      new RegExp(
        `${edge}(?:with )?(?:an? |the )?(?:conversion )?window of (${numbers}) (day|week|month|quarter|year)s?${end}`,
        "u",
      ),
    );
  if (!match) return undefined;
  const count = numberWords[match[1] ?? ""] ?? Number(match[1]);
  const days = count * (spans[match[2] ?? ""] ?? Number.NaN);
  return Number.isInteger(days) && days >= 1 && days <= 730 ? days : null;
}

/** Takes the period; says why where it cannot be one. A grain or comparison is not what a shape can give. */
export function readRange(reading: Reading, what: string): Say | null {
  const { scanner, context } = reading;
  const time = readTime(scanner, { ...context.today, dateOrder: dateOrderOf(scanner.rest) });
  if (time.problem) return refuse(`${time.problem} Name another period, such as "last month" or "2025".`);
  if (time.against)
    return refuse(`${what} can't be set against another period in one answer. Ask for each period.`);
  if (time.grain && time.grain !== "auto")
    return refuse(`${what} can't be split by ${time.grain}. Ask for one period at a time.`);
  if (time.period) reading.range = rangeOf(time.period);
  return null;
}

/** What nobody understood, as a question back; null where every word was. */
export function leftOver(
  { scanner, names }: Reading,
  what: string,
  also: readonly string[] = [],
): Say | null {
  const kinds = names.flatMap(({ options }) => options.map(({ key }) => key));
  const strange = scanner
    .leftovers()
    .map((word) => word.replace(/'s$/, ""))
    .filter(
      (word) =>
        !fillers.has(word) && !also.includes(word) && !kinds.includes(word) && !/^[-&+#%']*$/.test(word),
    );
  if (strange.length === 0) return null;
  const words = strange.map((word) => `"${word}"`).join(", ");
  return clarify(`I did not understand ${words.slice(0, 200)} beside ${what}, so I don't answer past it.`);
}
