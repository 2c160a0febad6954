import type { RecordKind, RecordState } from "../../records/select-records";
import { alternation, numberWords, shift, startOf, type Unit, weekdayNumbers } from "./calendar";
import { dateOrderOf, type Today } from "./dates";
import { normalise } from "./normalise";
import { literal } from "./patterns";
import { type PlanContext, type Reply, say } from "./plan";
import { readTime } from "./read-time";
import { Scanner } from "./scanner";
import { understand } from "./understand";
import type { VocabularyIndex } from "./vocabulary";

/**
 * Deals, tasks and appointments one by one: `any deals stuck in proposal for more than 3 weeks`, `what tasks are overdue
 * for theo`, `appointments next week`. Null where something else is asked, such as a number over time.
 */
export function planRecords(question: string, context: PlanContext): Reply | null {
  if (question.length > 500 || numbersOrActs.test(question)) return null;
  const { clean } = normalise(question);
  const scanner = new Scanner(clean);
  const kind = readKind(scanner);
  if (!kind) return null;
  const asked = listing.test(clean);
  const reading: Reading = { scanner, kind, context, meanings: [] };
  const state = readState(reading);
  // `deals won in october`: a number, which a metric gives with its comparison and chart; `which deals did we win` is a list.
  if ((state?.state === "won" || state?.state === "lost") && !listing.test(clean)) return null;
  const waiting = readWaiting(reading);
  const order = readOrder(reading);
  if (!asked && !state && waiting === undefined && !order.order) return null;
  if (!context.available.has("find_records"))
    return say(
      "refuse",
      "Your role, or this installation, does not include lists of deals, tasks and appointments. An administrator of this account can change that.",
    );
  const stage = readStage(reading);
  const owner = readOwner(reading);
  if (owner === "mine")
    return say(
      "clarify",
      `I don't know which user in Keap you are, so I can't tell which ${kind}s are yours. Name the user, for example "${kind}s of ${anyOwner(context.index) ?? "Ann"}".`,
      anyOwner(context.index) ? [`Open ${kind}s of ${anyOwner(context.index)}`] : [],
    );
  const days = readDays(reading);
  if (typeof days === "string")
    return say("refuse", `${days} Name another period, such as "this week".`, examplesOf(kind));
  const left = scanner.leftovers().filter((word) => !fillers.has(word.replace(/'s$/, "")));
  if (left.length > 0)
    return say(
      "clarify",
      `I did not understand ${left.map((word) => `"${word}"`).join(", ")} beside ${kind}s, so I don't answer past it. I list ${kind}s by ${kind === "deal" ? "stage, owner, state and how long they have stood there" : "owner, state and day"}.`,
      examplesOf(kind),
    );
  const input = {
    kind,
    state: state?.state ?? "open",
    ...(owner ? { owner: [owner] } : {}),
    ...(stage ? { stage: [stage] } : {}),
    ...days,
    ...(waiting === undefined ? {} : { waiting_over_days: waiting }),
    ...order,
  };
  return {
    kind: "call",
    calls: [{ tool: "find_records", input }],
    meanings: [...(state?.meaning ? [state.meaning] : []), ...reading.meanings],
    understanding: understand("", context.index, context.today),
  };
}

interface Reading {
  scanner: Scanner;
  kind: RecordKind;
  context: PlanContext;
  meanings: string[];
}

/** A number over time, a split, a reason or an act: other readers know better. */
const numbersOrActs =
  /\b(?:by|per|each|every|trends?|rates?|worth|values?|valued|totals?|sum|averages?|avg|mean|vs\.?|versus|compared?|than (?:last|the)|funnels?|pipeline|forecast|how much|revenue|sales|why|cohorts?|charts?|graph|plot|ratio|velocity|percent(?:age)?|share|propose|create|add|make|schedule|book|remind|alert|notify|pin|email|delete|remove|complete the|mark|search|notes?|completed? (?:this|last|in|since))\b|%/i;

/** Words that ask for the things themselves. */
const listing =
  /(?:^| )(?:show|list|which|what|whats|any|find|see|give|get|are there|is there|who has|display|pull up|all|my|our)(?: |$)/;

const kinds: [RegExp, RecordKind][] = [
  [/(?<![\p{L}])(?<! to )(?:sales )?(?:deals?(?! with)|opportunit(?:y|ies)|opps?)(?![\p{L}])/u, "deal"],
  [/(?<![\p{L}])(?:tasks?|to-?dos?|follow-?ups? (?:tasks?))(?![\p{L}])/u, "task"],
  [/(?<![\p{L}])(?:appointments?|meetings?|bookings?)(?![\p{L}])/u, "appointment"],
];

/** Exactly one kind of record; two in one question are not one list. */
function readKind(scanner: Scanner): RecordKind | null {
  const found = kinds.filter(([pattern]) => scanner.find(pattern));
  const [only, another] = found;
  if (!only || another) return null;
  while (scanner.take(only[0]));
  return only[1];
}

const word = (pattern: string) => new RegExp(`(?<![\\p{L}])(?:${pattern})(?![\\p{L}])`, "u");
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
  [word("won|(?:did )?we (?:won|win)"), "won", ["deal"]],
  [word("lost|(?:did )?we (?:lost|lose)"), "lost", ["deal"]],
  [word("done|completed|finished|ticked off"), "done", ["task"]],
  [
    word("open|pending|outstanding|unfinished|active|current(?:ly)?|still open|to do|left to do|due"),
    "open",
    ["deal", "task"],
  ],
  [word("upcoming|coming(?: up)?|scheduled|planned|booked|to come"), "open", ["appointment"]],
  [word("past|previous"), "done", ["appointment"]],
];

function readState({
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

const number = String.raw`\d{1,4}|${alternation(numberWords)}|an`;
const unitDays: Record<string, number> = { day: 1, week: 7, month: 30, quarter: 90, year: 365 };

/** `for more than 3 weeks`, `over 30 days`: days that have to be exceeded. */
function readWaiting({ scanner, kind, meanings }: Reading): number | undefined {
  if (kind === "appointment") return undefined;
  const match = scanner.take(
    new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:for |been |there |since |by )*(more than|over|longer than|above|>|at least|for|older than)(?: the last)? (${number}) ?(day|week|month|quarter|year)s?(?: (?:now|late|overdue|old|or more))?(?![\p{L}])`,
      "u",
    ),
  );
  if (!match) return undefined;
  const [, how = "", count = "", unit = ""] = match;
  const named = count === "an" ? 1 : (numberWords[count] ?? Number(count));
  const days = named * (unitDays[unit] ?? 1);
  if (unit !== "day" && unit !== "week") meanings.push(`A ${unit} was taken as ${unitDays[unit]} days.`);
  return how === "at least" || how === "for" ? Math.max(0, days - 1) : days;
}

function readOrder({ scanner, kind }: Reading): { order?: "oldest" | "newest" | "value"; limit?: number } {
  const value = kind === "deal" ? scanner.take(word("biggest|largest|most valuable|highest|top|best")) : null;
  const newest = scanner.take(word("newest|latest|most recent(?:ly)?|recent|new"));
  const oldest = scanner.take(
    word(
      "oldest|longest|stuck|stalled|sitting|idle|stale|gone (?:cold|quiet)|(?:not|n't) (?:moved|moving)|waiting(?: the)?(?: longest)?|(?:have|has) (?:not|n't) moved",
    ),
  );
  const limit = scanner.take(
    /(?<![\p{L}\p{N}])(?:top |first |last )?(\d{1,2})(?! ?(?:day|week|month|year|st|nd|rd|th|\/|-|:))(?![\p{L}\p{N}])/u,
  );
  const order = value ? "value" : newest ? "newest" : oldest ? "oldest" : undefined;
  return {
    ...(order ? { order } : {}),
    ...(limit && Number(limit[1]) > 0 ? { limit: Number(limit[1]) } : {}),
  };
}

/** A stage by its name, or by its first word where only one stage begins so (`proposal` for `Proposal sent`). */
function readStage({ scanner, kind, context, meanings }: Reading): string | undefined {
  if (kind !== "deal") return undefined;
  const stages = context.index.byLength.filter((name) => name.kind === "stage");
  for (const { key, value } of stages) {
    if (
      scanner.take(
        new RegExp(
          String.raw`(?<![\p{L}\p{N}])(?:(?:at|in|on) )?(?:the )?(?:stage )?${literal(key)}(?: stage)?(?![\p{L}\p{N}])`,
          "u",
        ),
      )
    )
      return value;
  }
  for (const { key, value } of stages) {
    const [first = ""] = key.split(" ");
    if (first.length < 4 || stages.filter((other) => other.key.split(" ")[0] === first).length > 1) continue;
    if (
      scanner.take(
        new RegExp(
          String.raw`(?<![\p{L}\p{N}])(?:at|in|on) (?:the )?(?:stage )?${literal(first)}s?(?: stage)?(?![\p{L}\p{N}])`,
          "u",
        ),
      )
    ) {
      meanings.push(`I took "${first}" for the stage "${value}".`);
      return value;
    }
  }
  return undefined;
}

/** A user by the whole name or by a part of it that only one has. */
function readOwner({ scanner, context }: Reading): string | "mine" | undefined {
  const owners = context.index.byLength.filter((name) => name.kind === "owner");
  const before = String.raw`(?<![\p{L}\p{N}])(?:(?:that|who|which) )?(?:(?:belong(?:s|ing)? to|assigned to|owned by|(?:is|are) with|for|of|from|with|does|has|on|is|are) )*`;
  const after = String.raw`(?:'s?|s)?(?: (?:has|have|owns?|is working on|needs to do|got|still))?(?![\p{L}\p{N}])`;
  for (const { key, value } of owners)
    if (scanner.take(new RegExp(`${before}${literal(key)}${after}`, "u"))) return value;
  for (const { key, value } of owners) {
    for (const part of key.split(" ")) {
      if (
        part.length < 2 ||
        new Set(owners.filter((other) => other.key.split(" ").includes(part)).map((other) => other.value))
          .size > 1
      )
        continue;
      if (scanner.take(new RegExp(`${before}${literal(part)}${after}`, "u"))) return value;
    }
  }
  if (scanner.find(/(?<![\p{L}])(?:my|mine|i have|assigned to me|do i)(?![\p{L}])/u)) return "mine";
  return undefined;
}

const anyOwner = (index: VocabularyIndex) => index.byLength.find(({ kind }) => kind === "owner")?.value;

/** Days named for what is due, starts or was created; a sentence where they cannot be. */
function readDays(reading: Reading): { from?: string; to?: string } | string {
  const { scanner, context, kind } = reading;
  const coming = readComing(scanner, context.today);
  if (coming) return coming;
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
function readComing(scanner: Scanner, { now, weekStart }: Today): { from?: string; to?: string } | null {
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
    const count = numberWords[next[1] ?? ""] ?? Number(next[1]);
    return { from: iso(today), to: iso(shift(today, count, next[2] as Unit).minus({ days: 1 })) };
  }
  const unit = scanner.take(new RegExp(`${lead}(this|next) (week|month|quarter|year)${end}`, "u"));
  if (unit) {
    const size = unit[2] as Unit;
    const start = startOf(today, size, weekStart);
    const from = unit[1] === "next" ? shift(start, 1, size) : start;
    return { from: iso(from), to: iso(shift(from, 1, size).minus({ days: 1 })) };
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

const examplesOf = (kind: RecordKind) =>
  ({
    deal: ["Which deals have stood in their stage for more than 30 days?", "Show the biggest open deals"],
    task: ["Which tasks are overdue?", "What tasks are due this week?"],
    appointment: ["Which appointments are coming up?", "Show appointments this week"],
  })[kind];

const fillers = new Set(
  `a about all already an and any anything are assigned at be been being can could created do does did due everybody everyone for from get give got had has have hello hey hi how i in
  is it just keep kept list look looking many me need needs now number of on open or our out owned over people person please pull really right see shall should show still stage stages
  standing stand stood starting starts so team that the their them there these they this those to up us we were what whats when where which who whose with would you your ones someone that's
  let made put thanks ok okay`
    .split(/\s+/)
    .filter(Boolean),
);
