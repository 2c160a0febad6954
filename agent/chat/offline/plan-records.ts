import type { RecordKind, RecordState } from "../../records/select-records";
import { alternation, numberWords, shift, startOf, type Unit, weekdayNumbers } from "./calendar";
import { dateOrderOf, type Today } from "./dates";
import type { Memory } from "./memory";
import { normalise } from "./normalise";
import { literal } from "./patterns";
import { type PlanContext, type Reply, say } from "./plan";
import { readTime } from "./read-time";
import { recordsAgain } from "./records-follow-up";
import { Scanner } from "./scanner";
import { understand } from "./understand";
import type { VocabularyIndex } from "./vocabulary";

/**
 * Deals, tasks and appointments one by one: `any deals stuck in proposal for more than 3 weeks`, `what tasks are overdue
 * for theo`, `appointments next week`. Null where something else is asked, such as a number over time.
 */
export function planRecords(question: string, memory: Memory, context: PlanContext): Reply | null {
  if (question.length > 500) return null;
  const again = recordsAgain(question, memory, context);
  if (again) return again;
  const { clean: said } = normalise(question);
  // `deals we lost last month and why`: the reasons stand with the deals.
  const clean = said.replace(
    /(?<= lost?(?:e)?(?: .*)?),? (?:and|with)(?: the)? (?:why|reasons?)(?: for each| why)?$/u,
    "",
  );
  // `worth more than 2000` is a bound, no sum; whoever placed an order is a person.
  const asksNumber = numbersOrActs.test(
    clean.replace(
      /(?<![\p{L}])(?:worth|valued at|value of) (?=(?:more|less|over|under|above|below|at|between) )/gu,
      "",
    ),
  );
  if (asksNumber && !byOwner.test(clean)) return null;
  const scanner = new Scanner(clean);
  const kind = readKind(scanner);
  if (!kind) return null;
  if (kind === "order" && ofPeople.test(clean)) return null;
  // `people with an open deal` are people.
  if (
    /(?<![\p{L}])(?:people|customers?|clients?|contacts?|leads?|members?|everyone) (?:\p{L}+ ){0,4}(?:with|without|have|having) (?:an? |any |no )?(?:\p{L}+ )?(?:deals?|opportunit)/u.test(
      clean,
    )
  )
    return null;
  const grouped = kind === "order" ? null : scanner.take(byOwner);
  // `meetings tomorrow`: what lies ahead is a list, never a number.
  const ahead =
    (kind === "appointment" || kind === "task") &&
    /(?<![\p{L}])(?:tomorrow|next (?:week|month)|coming)(?![\p{L}])/u.test(clean);
  const asked = listing.test(clean) || grouped !== null || ahead || clean !== said;
  const reading: Reading = { scanner, kind, context, meanings: [] };
  const bounds = readBounds(reading);
  const dated = readDated(reading);
  const state = readState(reading);
  // `deals won in october`: a number, which a metric gives with its comparison and chart; `which deals did we win` is a list.
  if ((state?.state === "won" || state?.state === "lost") && !asked) return null;
  const waiting = readWaiting(reading);
  const order = readOrder(reading);
  // A number of orders, or what they come to, is for the numbers; one by one they are asked for by size, rank or debt.
  if (kind === "order" && ((!bounds && !order.order && !order.limit) || state?.state === "done")) return null;
  if (!asked && !state && waiting === undefined && !order.order && !order.limit && !bounds && !dated)
    return null;
  if (!context.available.has("find_records"))
    return say(
      "refuse",
      "Your role, or this installation, does not include lists of deals, tasks and appointments. An administrator of this account can change that.",
    );
  const stage = readStage(reading);
  const owners = readOwners(reading);
  if (owners === "mine")
    return say(
      "clarify",
      `I don't know which user in Keap you are, so I can't tell which ${kind}s are yours. Name the user, for example "${kind}s of ${anyOwner(context.index) ?? "Ann"}".`,
      anyOwner(context.index) ? [`Open ${kind}s of ${anyOwner(context.index)}`] : [],
    );
  const days = readDays(reading, dated === "expected_close");
  if (typeof days === "string" && kind === "order") return null;
  if (typeof days === "string")
    return say("refuse", `${days} Name another period, such as "this week".`, examplesOf(kind));
  const left = scanner.leftovers().filter((word) => !fillers.has(word.replace(/'s$/, "")));
  if (left.length > 0 && kind === "order") return null;
  if (left.length > 0)
    return say(
      "clarify",
      `I did not understand ${left.map((word) => `"${word}"`).join(", ")} beside ${kind}s, so I don't answer past it. I list ${kind}s by ${kind === "deal" ? "stage, owner, state, value and how long they have stood there" : kind === "order" ? "size, day and whether they are paid" : "owner, state and day"}.`,
      examplesOf(kind),
    );
  const input = {
    kind,
    state: state?.state ?? (kind === "order" || dated === "created" ? "any" : "open"),
    ...(owners.length > 0 ? { owner: owners } : {}),
    ...(stage ? { stage: [stage] } : {}),
    ...days,
    ...(waiting === undefined ? {} : { waiting_over_days: waiting }),
    ...(dated ? { dated } : {}),
    ...bounds,
    ...(grouped ? { by_owner: true } : {}),
    ...order,
  };
  return {
    kind: "call",
    calls: [{ tool: "find_records", input }],
    meanings: [...(state?.meaning ? [state.meaning] : []), ...reading.meanings],
    understanding: understand("", context.index, context.today),
  };
}

const ofPeople =
  /(?<![\p{L}])(?:people|who|whoever|customers?|clients?|buyers?|contacts?|leads?|members?|everyone|anyone)(?![\p{L}])/u;

export interface Reading {
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
  [/(?<![\p{L}])(?:orders?|invoices?|bills?|sales orders?)(?![\p{L}])(?! by)/u, "order"],
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
    word("open|pending|outstanding|unfinished|active|current(?:ly)?|still open|to do|left to do|due"),
    "open",
    ["deal", "task"],
  ],
  [word("upcoming|coming(?: up)?|scheduled|planned|booked|to come"), "open", ["appointment"]],
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
function readDated({ scanner, kind, meanings }: Reading): "created" | "expected_close" | undefined {
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
    word("(?:(?:that|which) (?:were|was|came) )?(?:created|added|opened|started|entered|new)"),
  ) && !/(?<![\p{L}])(?:won|lost)(?![\p{L}])/u.test(scanner.rest)
    ? "created"
    : undefined;
}

/** `per person`, `who has the most`: how many each owner has. */
const byOwner =
  /(?<![\p{L}])(?:(?:by|per|for each|each) (?:owners?|person|people|users?|reps?|sales ?reps?|team ?members?|employees?|staff|assignees?)|who has (?:the )?(?:most|fewest|least)(?: of (?:the|our))?|how many .{0,30}(?:does|has) each (?:person|user|rep|owner)(?: have)?)(?![\p{L}])/u;

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
  const value =
    kind === "deal" || kind === "order"
      ? scanner.take(word("biggest|largest|most valuable|highest|top|best"))
      : null;
  const newest = scanner.take(word("newest|latest|most recent(?:ly)?|recent|new"));
  const oldest = scanner.take(
    word(
      "oldest|longest|stuck|stalled|sitting|idle|stale|gone (?:cold|quiet)|(?:not|n't) (?:moved|moving)|waiting(?: the)?(?: longest)?|(?:have|has) (?:not|n't) moved",
    ),
  );
  // `orders on 31 june` are not thirty-one orders.
  const limit = scanner.take(
    kind === "order" && !value
      ? /(?<![\p{L}\p{N}])(top |first |last |latest )(\d{1,2})(?! ?(?:day|week|month|year|st|nd|rd|th|\/|-|:))(?![\p{L}\p{N}])/u
      : /(?<![\p{L}\p{N}])(top |first |last |latest )?(\d{1,2})(?! ?(?:day|week|month|year|st|nd|rd|th|\/|-|:))(?![\p{L}\p{N}])/u,
  );
  // `the last 10 orders` are the newest; `the biggest order` is one.
  const last = limit && /^(?:last|latest) $/.test(limit[1] ?? "");
  const order = value ? "value" : newest || last ? "newest" : oldest ? "oldest" : undefined;
  const one = value && !limit && scanner.take(/(?<![\p{L}])(?:single|one)(?![\p{L}])/u);
  return {
    ...(order ? { order } : {}),
    ...(limit && Number(limit[2]) > 0 ? { limit: Number(limit[2]) } : one ? { limit: 1 } : {}),
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

/** `ben or nadia`: everyone who is named. */
export function readOwners(reading: Reading): string[] | "mine" {
  const found: string[] = [];
  for (let turns = 0; turns < 5; turns++) {
    const owner = readOwner(reading);
    if (owner === "mine") return found.length > 0 ? found : "mine";
    if (!owner || found.includes(owner)) break;
    found.push(owner);
  }
  if (found.length > 1) while (reading.scanner.take(/(?<![\p{L}])(?:or|and|&)(?![\p{L}])/u));
  return found;
}

/** A user by the whole name or by a part of it that only one has. */
export function readOwner({ scanner, context }: Reading): string | "mine" | undefined {
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
export function readDays(reading: Reading, ahead = false): { from?: string; to?: string } | string {
  const { scanner, context, kind } = reading;
  // Orders, and deals that were won or created, lie in the past: `this month` ends today.
  const coming = kind !== "order" || ahead ? readComing(scanner, context.today) : null;
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
    order: ["Orders over 500 last month", "Unpaid invoices"],
  })[kind];

const fillers = new Set(
  `placed single whole a about all already an and any anything are assigned at be been being can could created do does did due everybody everyone for from get give got had has have hello hey hi how i in
  is it just keep kept list look looking many me need needs now number of on open or our out owned over people person please pull really right see shall should show still stage stages
  standing stand stood starting starts so team that the their them there these they this those to up us we were what whats when where which who whose with would you your ones someone that's
  let made put thanks ok okay`
    .split(/\s+/)
    .filter(Boolean),
);
