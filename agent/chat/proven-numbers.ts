/** A number written in prose: where, its value and how precisely it was written. */
export interface WrittenNumber {
  text: string;
  /** Its place in the text; the end is left out. */
  start: number;
  end: number;
  value: number;
  /** Half a unit of the last digit written. */
  tolerance: number;
}

const scales: Record<string, number> = {
  k: 1e3,
  thousand: 1e3,
  m: 1e6,
  mn: 1e6,
  million: 1e6,
  b: 1e9,
  bn: 1e9,
  billion: 1e9,
};

/** Parts of prose that look like numbers and are names of days, years or places in a list. */
const notNumbers = [
  /\b\d{4}-\d{2}(?:-\d{2})?(?:T[\d:.]+Z?)?\b/g,
  /\b\d{1,2}(?:st|nd|rd|th)?(?: of)? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,?(?: \d{4})?\b/gi,
  /\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?(?:,? \d{4})?\b/gi,
  /\b[qh][1-4](?: \d{4})?\b/gi,
  // Money is never a year.
  /(?<![$€£¥]\s?)\b(?:19|20)\d\d\b(?![.,]\d)/g,
  /^\s*\d{1,2}[.)]\s/gm,
  /\b\d{1,2}:\d{2}\b/g,
  /\b(?:from )?\d{1,2}(?: (?:to|and) \d{1,2})? o'clock\b/gi,
];

/** The numbers in a text that claim something, dates and list marks apart. */
export function writtenNumbers(text: string): WrittenNumber[] {
  // Left out means blank, so that places stay what they are.
  const claims = [/"[^"]*"/g, ...notNumbers].reduce(
    (rest, pattern) => rest.replace(pattern, (found) => " ".repeat(found.length)),
    text,
  );
  const inDigits = [
    ...claims.matchAll(
      /(?<![\p{L}\d.])(\d[\d,]*(?:\.\d+)?)\s?(%|percent|[kmb]n?\b|thousand|million|billion)?/giu,
    ),
  ].map(({ 0: whole, 1: digits = "0", 2: unit = "", index }) => {
    const scale = scales[unit.toLowerCase()] ?? 1;
    const decimals = digits.split(".")[1]?.length ?? 0;
    return {
      text: whole.trim(),
      start: index,
      end: index + whole.trimEnd().length,
      value: Number(digits.replaceAll(",", "")) * scale,
      tolerance: 0.5 * 10 ** -decimals * scale,
    };
  });
  return [...inDigits, ...spelledOut(claims)].sort((a, b) => a.start - b.start);
}

const small =
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
  seventeen eighteen nineteen`.split(/\s+/);
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const word = [...small, ...tens].join("|");
/**
 * `twelve thousand`, `two hundred and fifty`, `thirty-seven percent`: a claim in words. Small counts by themselves
 * ("two readings", "one of them") claim nothing.
 */
const spelled = new RegExp(
  `\\b(?:${word})(?:[\\s-]+(?:and\\s+)?(?:${word}|hundred|thousand|million|billion))*(?:\\s+(percent|dollars|euros|pounds))?\\b`,
  "gi",
);

function spelledOut(text: string): WrittenNumber[] {
  return [...text.matchAll(spelled)].flatMap(({ 0: whole, 1: unit, index }) => {
    if (!unit && !/hundred|thousand|million|billion/i.test(whole)) return [];
    let [sum, group, last] = [0, 0, 1];
    for (const part of whole.toLowerCase().match(/[a-z]+/g) ?? []) {
      if (small.includes(part)) [group, last] = [group + small.indexOf(part), 1];
      else if (tens.includes(part)) [group, last] = [group + 10 * (tens.indexOf(part) + 2), 1];
      else if (part === "hundred") [group, last] = [group * 100, 100];
      else if (scales[part]) [sum, group, last] = [sum + group * (scales[part] ?? 1), 0, scales[part] ?? 1];
    }
    // Said in hundreds or thousands means rounded to them.
    return [
      { text: whole, start: index, end: index + whole.length, value: sum + group, tolerance: last / 2 },
    ];
  });
}

/**
 * Numbers of a text that no result holds. A number is proven when it is a cell as it stands, as money (minor units ÷
 * 100), as a percentage, or rounded to the digits written; or when the question or the query itself named it.
 */
export function unprovenNumbers(
  text: string,
  results: readonly unknown[],
  given: readonly unknown[],
): string[] {
  return proverOf(results, given)(text);
}

/** The same for many sentences of one answer: the results are read once, with the first number that is looked up. */
export function proverOf(results: readonly unknown[], given: readonly unknown[]): (text: string) => string[] {
  let known: { cells: number[]; named: Set<number> } | undefined;
  return (text) => {
    const written = writtenNumbers(text);
    if (written.length === 0) return [];
    known ??= {
      cells: [...results.flatMap(numbersIn), ...derived(results).map(({ value }) => value)],
      named: new Set([...given, ...results].flatMap(numbersInText)),
    };
    const { cells, named } = known;
    return written
      .filter((number) => !named.has(number.value) && !cells.some((cell) => isWrittenAs(cell, number)))
      .map(({ text: number }) => number);
  };
}

/** Whether a number in prose is this cell: as it stands, as money, as a percentage or in thousands, rounded as written. */
export function isWrittenAs(
  cell: number,
  { value, tolerance }: Pick<WrittenNumber, "value" | "tolerance">,
): boolean {
  const size = Math.abs(cell);
  const slack = tolerance * 1.000001;
  return [size, size / 100, size * 100, size / 1000].some(
    (reading) => Math.abs(reading - value) <= Math.min(slack, 0.5 + Math.abs(value) * 0.005),
  );
}

export interface DerivedNumber {
  value: number;
  /** `difference of Revenue collected and Revenue collected`. */
  of: string;
}

/** Headline numbers that are held against each other; more of them would prove anything by chance. */
const mostHeadlines = 6;
/** Rows of a split that are headlines themselves: two or three set side by side. */
const fewRows = 3;

/**
 * What follows from two headline numbers (a total, or one of a few rows) of the same unit: their difference, the one as a
 * part of the other and the change from one to the other. It is computed here, so prose that says it says it rightly.
 */
export function derived(results: readonly unknown[]): DerivedNumber[] {
  const heads = results.flatMap(headlines).slice(-mostHeadlines);
  return heads.flatMap((a, at) =>
    heads.slice(at + 1).flatMap((b) => {
      if (a.unit !== b.unit) return [];
      const both = a.label === b.label ? `two numbers of ${a.label}` : `${a.label} and ${b.label}`;
      const [large, less] = Math.abs(a.value) >= Math.abs(b.value) ? [a.value, b.value] : [b.value, a.value];
      return [
        { value: Math.abs(a.value - b.value), of: `difference of ${both}` },
        ...(large === 0 ? [] : [{ value: less / large, of: `share: ${both}` }]),
        ...[a.value, b.value].flatMap((base) =>
          base === 0 ? [] : [{ value: (a.value - b.value) / base, of: `change between ${both}` }],
        ),
      ];
    }),
  );
}

interface Headline {
  value: number;
  unit: string;
  label: string;
}

function headlines(output: unknown): Headline[] {
  const { result } = (output ?? {}) as { result?: unknown };
  const { columns, rows, totals } = (result ?? {}) as Record<string, unknown>;
  if (!Array.isArray(columns) || !Array.isArray(rows) || !Array.isArray(totals)) return [];
  const shown = rows.length <= fewRows ? rows : totals;
  return columns.flatMap(({ id, kind, unit, label }: Record<string, unknown>) =>
    kind !== "metric"
      ? []
      : shown.flatMap((row: Record<string, unknown>) => {
          const value = row[String(id)];
          return typeof value === "number" ? [{ value, unit: String(unit), label: String(label) }] : [];
        }),
  );
}

/** All numbers in a JSON value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (Array.isArray(value)) {
    // How many rows a list shows is a number of the result as well.
    const rows = value.some((item) => typeof item === "object") ? [value.length] : [];
    return [...rows, ...value.flatMap(numbersIn)];
  }
  if (value && typeof value === "object") return Object.values(value).flatMap(numbersIn);
  return [];
}

/** Numbers named in strings: the question, names of products, definitions ("within 24 h"). */
function numbersInText(value: unknown): number[] {
  if (typeof value === "number") return [value];
  if (typeof value === "string")
    return writtenNumbers(value.slice(0, 5_000)).map(({ value: number }) => number);
  if (Array.isArray(value)) return value.slice(0, 200).flatMap(numbersInText);
  if (value && typeof value === "object") return Object.values(value).flatMap(numbersInText);
  return [];
}
