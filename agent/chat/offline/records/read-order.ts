import type { RecordState } from "../../../records/select-records";
import { shift, type Unit } from "../calendar";
import { countOf, number, type Reading, word } from "./read-words";

/** `per person`, `who has the most`: how many each owner has. */
export const byOwner =
  /(?<![\p{L}])(?:(?:by|per|for each|each) (?:owners?|person|people|users?|reps?|sales ?reps?|team ?members?|employees?|staff|assignees?)|who has (?:the )?(?:most|fewest|least)(?: of (?:the|our))?|how many .{0,30}(?:does|has) each (?:person|user|rep|owner)(?: have)?)(?![\p{L}])/u;

const unitDays: Record<string, number> = { day: 1, week: 7, month: 30, quarter: 90, year: 365 };

/** `for more than 3 weeks`, `over 30 days`: days that have to be exceeded. */
export function readWaiting({ scanner, kind, meanings }: Reading): number | undefined {
  if (kind === "appointment") return undefined;
  const match = scanner.take(
    new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:idle |for |been |there |since |by )*(more than|over|longer than|above|>|at least|for)(?: the last)? (${number}) ?(day|week|month|quarter|year)s?(?: (?:now|late|overdue|old|or more))?(?![\p{L}])`,
      "u",
    ),
  );
  if (!match) return undefined;
  const [, how = "", count = "", unit = ""] = match;
  const days = countOf(count) * (unitDays[unit] ?? 1);
  if (/^idle /.test(match[0]) && kind === "deal")
    meanings.push(
      "Keap does not tell when a deal was last touched, so that is how long it has stood in its stage.",
    );
  if (kind === "order") meanings.push(`I took "${match[0].trim()}" for how long it is past its due date.`);
  if (unit !== "day" && unit !== "week") meanings.push(`A ${unit} was taken as ${unitDays[unit]} days.`);
  return how === "at least" || how === "for" ? Math.max(0, days - 1) : days;
}

/** `older than 60 days`: placed, created or due that long ago. */
export function readAge(
  { scanner, kind, context, meanings }: Reading,
  state: RecordState | undefined,
): { to: string; dated?: "created" } | { waiting_over_days: number } | undefined {
  const match = scanner.take(
    new RegExp(
      String.raw`(?<![\p{L}\p{N}])(?:(?:older than|more than|over|from (?:more|longer) than|(?:created|opened|added|placed|made|from) (?:more than|over))(?: the last)? (${number}) (day|week|month|quarter|year)s? (?:ago|old)|older than (${number}) (day|week|month|quarter|year)s?)(?![\p{L}])`,
      "u",
    ),
  );
  if (!match) return undefined;
  const count = countOf(match[1] ?? match[3] ?? "1");
  const unit = (match[2] ?? match[4]) as Unit;
  if (kind === "task") {
    meanings.push("Older: the day it was due is that long ago.");
    return { waiting_over_days: count * (unitDays[unit] ?? 1) };
  }
  const to = shift(context.today.now.startOf("day"), -count, unit).toISODate() ?? "";
  // Of a deal that was won or lost, a day is the one it was closed on.
  return kind === "deal" && state !== "won" && state !== "lost" ? { to, dated: "created" } : { to };
}

export function readOrder({ scanner, kind }: Reading): {
  order?: "oldest" | "newest" | "value" | "smallest";
  limit?: number;
} {
  // `the 5 oldest unpaid invoices`: the number stands before the order.
  const counted = scanner.find(
    /(?<![\p{L}\p{N}])(\d{1,2}) (?=(?:oldest|newest|latest|biggest|largest|smallest|highest|lowest|cheapest|most )(?![\p{L}\p{N}]))/u,
  );
  if (counted) scanner.blank(counted.index, counted.index + counted[0].length - 1);
  const smallest =
    kind === "deal" || kind === "order"
      ? scanner.take(word("smallest|lowest|least valuable|cheapest|tiniest"))
      : null;
  const value =
    kind === "deal" || kind === "order"
      ? scanner.take(word("biggest|largest|most valuable|highest|top|best"))
      : null;
  // `top 10 by value`: the second says the same.
  if (value) while (scanner.take(word("biggest|largest|most valuable|highest|top(?! \\d)|best")));
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
  const order = smallest
    ? "smallest"
    : value
      ? "value"
      : newest || last
        ? "newest"
        : oldest
          ? "oldest"
          : undefined;
  const one = value && !limit && scanner.take(/(?<![\p{L}])(?:single|one)(?![\p{L}])/u);
  return {
    ...(order ? { order } : {}),
    ...(counted && Number(counted[1]) > 0
      ? { limit: Number(counted[1]) }
      : limit && Number(limit[2]) > 0
        ? { limit: Number(limit[2]) }
        : one
          ? { limit: 1 }
          : {}),
  };
}
