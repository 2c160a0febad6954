import type { SubscriptionCondition } from "../../../people/where";
import { numberWords } from "../calendar";
import type { Today } from "../dates";
import { aNo, begins, type Clause, list, namesIn, no, whereClause } from "./clause";
import { spanAfter, spanAhead } from "./periods";

const thing = "(?:subscriptions?|memberships?|plans?|contracts?)";
const member = "(?:members?|subscribers?|subscriptions?|memberships?|plans?|plan holders?|memberships?)";
const every: [RegExp, NonNullable<SubscriptionCondition["every"]>][] = [
  [/^(?:annual|yearly|annually|year(?:ly)?)$/, "year"],
  [/^(?:monthly|month(?:ly)?)$/, "month"],
  [/^quarterly$/, "quarter"],
  [/^(?:half-?yearly|semi-?annual|six-month(?:ly)?)$/, "half-year"],
  [/^weekly$/, "week"],
];
const interval = "annual|yearly|annually|monthly|quarterly|half-?yearly|semi-?annual|weekly";
const everyOf = (said: string | undefined) =>
  said ? every.find(([pattern]) => pattern.test(said))?.[1] : undefined;

/**
 * Memberships that run, began, ended or are about to: `annual members`, `whose subscription ends in 30 days`, `up for
 * renewal next month`, `new members last month`, `cancelled because of the price`.
 */
export function membershipAt(rest: string, today: Today): Clause | null {
  return (
    comingAt(rest, today) ??
    forLongAt(rest, today) ??
    startedAt(rest, today) ??
    leftAt(rest, today) ??
    endedAt(rest, today) ??
    intervalAt(rest)
  );
}

/** What is still to come: the end, or the next bill. */
function comingAt(rest: string, today: Today): Clause | null {
  const renews = begins(
    `(?:(?:${interval}) )?(?:(?:whose|their|with|have|has)(?: an?| their)* )?(?:${thing} )?(?:(?:(?:are|is|comes?|coming) )?(?:up|due) for (?:a )?renewal|(?:that |which |who )?(?:will )?renew(?:s|ing|al)?(?: (?:is )?(?:due|coming up))?|renewals? due|due to renew|(?:to be )?billed again)`,
  ).exec(rest);
  const ends = begins(
    `(?:(?:whose|their|with|have|has|having)(?: an?| their)* )?(?:${thing} )(?:(?:that|which|will|is|are|about to|going to|due to|set to) )*(?:ends?|ending|expires?|expiring|runs? out|running out|stops?|stopping|lapses?|lapsing|finish(?:es|ing)?)|(?:about to|going to|set to|due to) (?:end|expire|run out)|whose (?:paid )?time (?:is|runs|will be|will run) (?:up|out|over)`,
  ).exec(rest);
  const match = renews ?? ends;
  if (!match) return null;
  const ahead = spanAhead(rest, match[0].length, today);
  const from = ahead?.span.from ?? today.now.toISODate() ?? "";
  const said = everyOf(new RegExp(`^(${interval}) `).exec(match[0])?.[1]);
  return whereClause(
    {
      subscription: renews ? "renews" : "ends",
      ...(said ? { every: said } : {}),
      from,
      ...(ahead?.span.to ? { to: ahead.span.to } : {}),
    },
    ahead?.length ?? match[0].length,
  );
}

/** Who became a member: their first paid subscription. A period has to be said, or `new members` are anyone. */
function startedAt(rest: string, today: Today): Clause | null {
  const match = begins(
    `(?:new|first[- ]time|recent) (?:(${interval}) )?(?:members?|subscribers?)|(?:became|become|becoming|turned) (?:an? )?(?:new |paying )*(?:members?|subscribers?)|(?:members?|subscribers?) (?:who |that |which )?(?:have |has )?(?:joined|started|signed up|subscribed|came in|came on board|came aboard|since)|(?:started|took out|taken out|bought|got|began)(?: (?:an?|their|the|our|first|paid|new))* (?:subscriptions?|memberships?)|subscribed(?: for the first time)?`,
  ).exec(rest);
  if (!match) return null;
  const length = / since$/.test(match[0]) ? match[0].length - " since".length : match[0].length;
  const { span, length: whole } = spanAfter(rest, length, today);
  if (!span) return null;
  const said = everyOf(match[1]);
  return whereClause({ subscription: "started", ...(said ? { every: said } : {}), ...span }, whole, {
    meaning: "Members joined with their first paid subscription.",
  });
}

/** `members for more than a year`, `been a member since before 2025`: still members, and since when at the latest. */
function forLongAt(rest: string, today: Today): Clause | null {
  const match =
    /^(?:(?:have |has )?(?:been )?(?:an? |active |current |paying )*(?:members?|subscribers?|subscribed)|(?:have |has )?(?:been )?paying(?: us)?)(?: (?:who|that|have|has|been|with|us|here))*(?: for)? (?:for )?(?:over|more than|at least|longer than|>) (\d{1,3}|[a-z]+) (day|week|month|year)s?(?: now)?(?= |$|,)/u.exec(
      rest,
    );
  const said = match?.[1] ?? "";
  const count = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (!match || !(count > 0)) return null;
  const to = today.now.minus({ [`${match[2]}s`]: count }).toISODate() ?? "";
  return whereClause({ and: [{ is: "subscriber" }, { subscription: "started", to }] }, match[0].length, {
    meaning: "How long somebody has been a member was counted from the first paid subscription.",
  });
}

const because =
  "(?:because of|because|cause of|cuz of|due to|over|on account of|for|citing|saying|with the reason|as)";
const reasonWords = String.raw`(?:the |our |a |it is |it was |too )*((?:high |no |lack of |not enough )?[\p{L}-]{3,20}(?: (?:increase|increases|rise|rises|hike|issues?|problems?|reasons?|changes?|anymore|enough|time|money))?)`;

/** `cancelled the annual plan in May`: which one they left. */
function leftAt(rest: string, today: Today): Clause | null {
  const match = begins(
    `(?:(?:former|past|previous|ex|lost|cancelled|canceled|churned|lapsed)[- ](?:members?|subscribers?) (?:of|on|in)|(?:have |has )?(?:cancell?ed|quit|left|ended|stopped|dropped|churned from|dropped out of))(?: (?:their|the|our))* ${list}(?: (?:subscriptions?|memberships?|plans?))?`,
  ).exec(rest);
  if (!match) return null;
  const read = namesIn(match);
  const { span, length } = spanAfter(rest, read.length, today);
  return {
    kind: "joined",
    ...read,
    ended: true,
    ...(span ? { span } : {}),
    length,
    meaning: "A membership counts as ended when the paid time is over.",
  };
}

/** Who left: their paid time is over and nothing else runs. */
function endedAt(rest: string, today: Today): Clause | null {
  const match = begins(
    `(?:(?:former|past|previous|ex|lost|cancelled|canceled|churned|lapsed)[- ](?:members?|subscribers?)(?: (?:who|that))?(?: (?:left|cancell?ed|quit|churned))?|(?:members?|subscribers?) (?:who |that |which )?(?:have |has )?(?:cancell?ed|left(?: us)?|quit|churned|stopped|dropped out)|(?:have |has )?(?:cancell?ed|quit|left|churned|ended|stopped|dropped)(?: (?:their|the|a|our|us|paying))*(?: (?:subscriptions?|memberships?|plans?))?)`,
  ).exec(rest);
  if (!match || /^(?:left|ended|stopped|dropped)$/.test(match[0])) return null;
  const first = spanAfter(rest, match[0].length, today);
  const why = new RegExp(`^ (?:,? ?(?:and )?)?${because} ${reasonWords}(?= |$|,)`, "u").exec(
    rest.slice(first.length),
  );
  const reason = why?.[1];
  const dated = why && !first.span ? spanAfter(rest, first.length + why[0].length, today) : null;
  const span = first.span ?? dated?.span;
  if (!span && !reason) return null;
  return whereClause(
    { subscription: "ended", ...(reason ? { reason: stem(reason) } : {}), ...span },
    dated?.length ?? first.length + (why?.[0].length ?? 0),
    {
      meaning: `A membership counts as ended when the paid time is over.${reason ? ` I looked for "${stem(reason)}" in the reason that was written down.` : ""}`,
    },
  );
}

/** `prices` and `pricing` are found by `pric`, as is `Price increase`. */
const stem = (reason: string) => reason.replace(/^(?:high )?pric(?:e|es|ing|ey)$/, "pric");

/** `annual members`, `on a monthly plan`, `paying quarterly`. */
function intervalAt(rest: string): Clause | null {
  const not = begins(`(?:${no}|non-?|without|${aNo})(?: (?:on|an?|the|our))* (${interval}) ${member}`).exec(
    rest,
  );
  const match =
    not ??
    begins(
      `(?:(?:with|have|has|having|on|of)(?: (?:an?|the|our|any))* )?(?:(?:active|current|paying) )?(${interval}) ${member}`,
    ).exec(rest) ??
    begins(`(?:pay|pays|paying|billed|are billed|subscribed) (${interval})`).exec(rest) ??
    new RegExp(`^on (?:an? |the )?(${interval})(?: ones?)?(?= *$|,| and | but )`, "u").exec(rest);
  const said = everyOf(match?.[1]);
  if (!match || !said) return null;
  const where = { subscription: "runs", every: said } as const;
  return whereClause(not ? { not: where } : where, match[0].length);
}
