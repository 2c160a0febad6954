import type { RecordKind, RecordState } from "../../../records/select-records";
import { alternation, monthNumbers, numberWords, weekdayNumbers } from "../calendar";
import type { PlanContext } from "../plan";
import type { Scanner } from "../scanner";

export interface Reading {
  scanner: Scanner;
  kind: RecordKind;
  context: PlanContext;
  meanings: string[];
}

export const number = String.raw`\d{1,4}|${alternation(numberWords)}|an?`;
export const countOf = (said: string) => (/^an?$/.test(said) ? 1 : (numberWords[said] ?? Number(said)));
const kinds: [RegExp, RecordKind][] = [
  [/(?<![\p{L}])(?<! to )(?:sales )?(?:deals?(?! with)|opportunit(?:y|ies)|opps?)(?![\p{L}])/u, "deal"],
  [/(?<![\p{L}])(?:tasks?|to-?dos?|follow-?ups? (?:tasks?))(?![\p{L}])/u, "task"],
  [/(?<![\p{L}])(?:appointments?|meetings?|bookings?)(?![\p{L}])/u, "appointment"],
  [/(?<![\p{L}])(?:orders?|invoices?|bills?|sales orders?)(?![\p{L}])(?! by)/u, "order"],
];

/** Exactly one kind of record; two in one question are not one list. */
export function readKind(scanner: Scanner): RecordKind | null {
  const found = kinds.filter(([pattern]) => scanner.find(pattern));
  const [only, another] = found;
  if (!only || another) return null;
  while (scanner.take(only[0]));
  return only[1];
}

export const word = (pattern: string) => new RegExp(`(?<![\\p{L}])(?:${pattern})(?![\\p{L}])`, "u");
const stateWords: [RegExp, RecordState, RecordKind[]][] = [
  [
    word(
      "(?:not|never|un)[ -]?(?:yet )?(?:been )?(?:done|completed?|finished|closed|won)|incomplete|(?:have not|haven't|has not|hasn't) been (?:done|completed|finished|closed)",
    ),
    "open",
    ["deal", "task"],
  ],
  [
    word("overdue|past due|past (?:their|its|the) due dates?|late|behind schedule"),
    "overdue",
    ["deal", "task"],
  ],
  [word("won|wins?|winning|closed won|(?:did )?we (?:won|win)"), "won", ["deal"]],
  [word("lost|loses?|losing|closed lost|(?:did )?we (?:lost|lose)"), "lost", ["deal"]],
  [
    word(
      "(?:not|never) (?:been )?(?:yet )?(?:paid|settled)(?: yet| in full)?|unpaid|outstanding|open|due|owed|owing|still to pay",
    ),
    "open",
    ["order"],
  ],
  [word("overdue|past due|late"), "overdue", ["order"]],
  [word("paid(?: in full)?|settled"), "done", ["order"]],
  [word("done|completed|finished|ticked off"), "done", ["task"]],
  [
    word("still open|open|pending|outstanding|unfinished|active|current(?:ly)?|to do|left to do|due"),
    "open",
    ["deal", "task"],
  ],
  [
    word(
      "upcoming|coming(?: up)?|scheduled|planned|booked|to come|next(?! (?:\\d|week|month|year|quarter|few|two|three|four|seven|mon|tue|wed|thu|fri|sat|sun))",
    ),
    "open",
    ["appointment"],
  ],
  [word("past|previous"), "done", ["appointment"]],
];

export function readState({
  scanner,
  kind,
}: Reading): { state: RecordState; meaning?: string | undefined } | undefined {
  let state: RecordState | undefined;
  for (const [pattern, meant, for_] of stateWords) {
    if (!for_.includes(kind)) continue;
    if (!scanner.take(pattern)) continue;
    state ??= meant;
  }
  if (!state) return undefined;
  return {
    state,
    meaning: state === "overdue" && kind === "deal" ? "Overdue: the next action is past." : undefined,
  };
}

const money = String.raw`[$€£]? ?(\d[\d,]*(?:\.\d{1,2})?) ?(k)?(?: ?(?:dollars|usd|eur|euros|gbp|pounds))?`;
const amountOf = (digits: string, thousands?: string) =>
  Number(digits.replaceAll(",", "")) * (thousands ? 1_000 : 1);
const cents = (value: number) => Math.round(value * 100) / 100;

/** `over 2000`, `between 100 and 300`, `worth more than 1k`. A number of days or months is no amount. */
export function readBounds({
  scanner,
  kind,
}: Reading): { value_over?: number; value_under?: number } | undefined {
  if (kind !== "deal" && kind !== "order") return undefined;
  const lead = String.raw`(?<![\p{L}\p{N}])(?:(?:worth|of|valued at|for|that (?:are|were)|with a value of|value|sized|bigger|larger|smaller) )*`;
  const notTime = String.raw`(?! ?(?:days?|weeks?|months?|quarters?|years?|%|percent))(?![\p{L}\p{N}])`;
  const between = scanner.take(
    new RegExp(`${lead}(?:between|from) ${money} (?:and|to|-) ${money}${notTime}`, "u"),
  );
  if (between)
    return {
      value_over: Math.max(0, cents(amountOf(between[1] ?? "0", between[2]) - 0.01)),
      value_under: cents(amountOf(between[3] ?? "0", between[4]) + 0.01),
    };
  const over = scanner.take(
    new RegExp(
      `${lead}(more than|over|above|greater than|bigger than|larger than|at least|exceeding) ${money}${notTime}`,
      "u",
    ),
  );
  if (over) {
    const amount = amountOf(over[2] ?? "0", over[3]);
    return { value_over: over[1] === "at least" ? Math.max(0, cents(amount - 0.01)) : amount };
  }
  const under = scanner.take(
    new RegExp(`${lead}(less than|under|below|smaller than|at most|up to) ${money}${notTime}`, "u"),
  );
  if (!under) return undefined;
  const amount = amountOf(under[2] ?? "0", under[3]);
  return { value_under: /at most|up to/.test(under[1] ?? "") ? cents(amount + 0.01) : amount };
}

/** `closing this month`, `created last week`: which day of a deal is meant. */
export function readDated({ scanner, kind, meanings }: Reading): "created" | "expected_close" | undefined {
  // `how many deals did we close`: won ones.
  if (kind !== "deal" || /(?<![\p{L}])did (?:\p{L}+ )+close(?![\p{L}])/u.test(scanner.rest)) return undefined;
  if (
    scanner.take(
      word(
        "(?:(?:that|which) )?(?:(?:are|is|we are|should|will|about to|due to|expected to|supposed to|going to) )*(?:closing|close|expected to close|due to close)(?= |$)(?! (?:won|lost))",
      ),
    )
  ) {
    meanings.push("Closing: by the day the deal is expected to close.");
    return "expected_close";
  }
  return scanner.take(
    word("(?:(?:that|which) (?:were|was|came) )?(?:created|added|opened|started|entered|new|came in)"),
  ) && !/(?<![\p{L}])(?:won|lost)(?![\p{L}])/u.test(scanner.rest)
    ? "created"
    : undefined;
}

const reasonWord = String.raw`(?:(?:a|an|the|their|our|too|no|of) )*((?!this|last|next|these|those|since|all|each|us|me|them|lost|won|nobody|anyone|who|what|why)\p{L}[\p{L}-]{2,24})`;
const because =
  "because of|because|due to|on account of|owing to|over|citing|with (?:the |as )?reasons?(?: of)?|for the reason(?: of)?|reason(?: is| was|:)?";

/** `lost to price`, `lost in October because of the budget`: part of what was written down as the reason. */
export function readReason({ scanner, kind, context, meanings }: Reading): string | undefined {
  if (kind !== "deal" || !scanner.find(/(?<![\p{L}])(?:lost|lose|losing)(?![\p{L}])/u)) return undefined;
  const said =
    scanner.find(
      new RegExp(
        `(?<=(?:lost|lose|losing)(?: (?:them|it))?) (?:to|on|for|over) ${reasonWord}(?![\\p{L}])`,
        "u",
      ),
    ) ?? scanner.find(new RegExp(`(?<![\\p{L}])(?:${because}) ${reasonWord}(?![\\p{L}])`, "u"));
  const word = said?.[1];
  if (!said || !word || isNamed(word, context)) return undefined;
  scanner.blank(said.index, said.index + said[0].length);
  const part = reasonStem(word);
  meanings.push(`I looked for "${word}" and forms of it in the reason that was written down with each.`);
  return part;
}

/** `prices` and `pricing` are found by `pric`. */
export const reasonStem = (word: string): string =>
  word.replace(/^pric(?:e|es|ing|ey)$/, "pric").replace(/(?<=\p{L}{5})(?:s|ies|y)$/u, "");

const isNamed = (word: string, { index }: PlanContext): boolean =>
  word in monthNumbers ||
  word in weekdayNumbers ||
  index.byLength.some(({ kind, key }) => kind === "owner" && key.split(" ").includes(word));
