import type { Where } from "../../../people/where";
import { numberWords } from "../calendar";
import type { Today } from "../dates";
import { amountAt, spentAt } from "./amounts";
import { type Before, begins, type Clause, list, namesIn, whereClause } from "./clause";
import { deedAt } from "./deeds";
import { groupAt } from "./groups";
import { membershipAt } from "./memberships";
import { periodAt, spanAfter, spanOf } from "./periods";
import { onceOnlyAt, purchaseAt } from "./purchases";
import { recordAt, townAt } from "./record";
import { stateAt } from "./states";
import { timesAt } from "./times";

/**
 * Reads one clause at the very beginning of the rest; null where none begins there. A reader per kind of condition, the
 * more particular first; `amounts`, `memberships`, `record`, `groups`, `states`, `deeds`, `times` and `purchases` say
 * what each of them knows.
 */
export function readClause(rest: string, today: Today, before: Before): Clause | null {
  if (
    /^(?:only|just)(?: |$)/.test(rest) &&
    !/^(?:only|just) (?:bought|ordered|purchased) (?:once|twice|one time)/.test(rest)
  )
    return { kind: "beyond", how: "by only one thing they bought or hold", length: 0, names: [] };
  return (
    samePeriodAgain(rest, today, before.previous) ??
    stillAt(rest, before.previous) ??
    forLong(rest, today, before.previous) ??
    alsoAt(rest, before) ??
    amountAt(rest, today) ??
    spentAt(rest, today) ??
    recordAt(rest, today) ??
    membershipAt(rest, today) ??
    groupAt(rest, today) ??
    stateAt(rest, today) ??
    deedAt(rest, today) ??
    onceOnlyAt(rest) ??
    timesAt(rest, today, namesIn) ??
    purchaseAt(rest, today, before) ??
    namedAt(rest, today) ??
    townAt(rest)
  );
}

/** `joined in 2024 and are still active`: what is active is the membership that was spoken of. */
function stillAt(rest: string, previous: Where | null): Clause | null {
  const match = begins(
    "(?:(?:are|is) )?(?:still )?(?:active|around|here|with us|members?|subscribed|subscribers?|running|on board|paying)(?: (?:now|today))?",
  ).exec(rest);
  if (
    !match ||
    !previous ||
    !("subscription" in previous || ("is" in previous && /subscri/.test(previous.is)))
  )
    return null;
  return whereClause({ is: "subscriber" }, match[0].length);
}

/** `on a monthly plan for more than a year`: since when at the latest. */
function forLong(rest: string, today: Today, previous: Where | null): Clause | null {
  if (!previous || !("subscription" in previous || ("is" in previous && previous.is === "subscriber")))
    return null;
  const match =
    /^for (?:over|more than|at least|longer than) (\d{1,3}|[a-z]+) (day|week|month|year)s?(?: now)?(?= |$|,)/u.exec(
      rest,
    );
  const said = match?.[1] ?? "";
  const count = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (!match || !(count > 0)) return null;
  const to = today.now.minus({ [`${match[2]}s`]: count }).toISODate() ?? "";
  return whereClause({ subscription: "started", to }, match[0].length, {
    meaning: "How long somebody has been a member was counted from the first paid subscription.",
  });
}

const parts: [RegExp, "has_phone" | "has_email" | "has_owner" | "has_lead_source" | "tagged"][] = [
  [begins("(?:an? |any )?phone(?: numbers?)?"), "has_phone"],
  [begins("(?:an? |any )?e-?mail(?: address(?:es)?)?"), "has_email"],
  [begins("(?:an? |any )?owner"), "has_owner"],
  [begins("(?:an? |any )?(?:lead )?source"), "has_lead_source"],
  [begins("(?:any )?tags?"), "tagged"],
];

/** `without e-mail and phone`, `with phone and e-mail`: the second is as the first. */
function alsoAt(rest: string, { previous, denied }: Before): Clause | null {
  if (!previous || !("is" in previous) || !parts.some(([, is]) => is === previous.is)) return null;
  for (const [pattern, is] of parts) {
    const match = pattern.exec(rest);
    if (match && is !== previous.is) return whereClause(denied ? { not: { is } } : { is }, match[0].length);
  }
  return null;
}

/** At risk, and what is called by a name of the account: where they live, whom they belong to, which tag they hold. */
function namedAt(rest: string, today: Today): Clause | null {
  const risk = begins(
    "(?:at[ -]risk|likely to (?:churn|leave)|about to (?:churn|leave)|overdue to buy)(?: of (?:not (?:coming back|buying|returning)|leaving|churning))?",
  ).exec(rest);
  if (risk) return { kind: "risk", length: risk[0].length, names: [] };
  const place = begins(
    `(?:living in|based in|located in|live in|lives in|from|in|(?:who )?came (?:in |to us )?(?:from|through|via)|coming from|via|through|acquired (?:from|through|via)) ${list}`,
  ).exec(rest);
  if (place) return { kind: "place", ...namesIn(place) };
  const owned = begins(
    `(?:owned by|assigned to|belong(?:s|ing)? to|looked after by|managed by|handled by|(?:with|have|has) (?:the )?owner|whose owner is|of|under) ${list}`,
  ).exec(rest);
  if (owned && !/^under /.test(owned[0])) return { kind: "owned", ...namesIn(owned) };
  const tagged = begins(
    `(?:(?:tagged|labell?ed|marked|with|having|holding|holds?|wearing|under|carrying|got|given|downloaded|requested|received|took|taken|completed|finished|did|attended|filled (?:in|out)|asked for|opted in(?:to| for)|registered for|signed up for|getting)(?: (?:with|as|by|the|a|tags?|labels?|both|either))* )?${list}`,
  ).exec(rest);
  if (!tagged) return null;
  const read = namesIn(tagged);
  // `tagged VIP last month`: when the tag was put on.
  const { span, length } =
    !/^(?:with|having|hold|wearing|under|carrying|@|the|an?|our|any)(?:ing|s)?(?= |@)/.test(tagged[0])
      ? spanAfter(rest, read.length, today)
      : { span: undefined, length: read.length };
  return { kind: "tagged", ...read, ...(span ? { span } : {}), length };
}

/** `bought last year but not this year`: the same again in another period. */
function samePeriodAgain(rest: string, today: Today, previous: Where | null): Clause | null {
  const money = previous !== null && ("paid_over" in previous || "paid_under" in previous);
  if (!previous || !("bought" in previous || "did" in previous || money)) return null;
  const negated = /^(?:not|never|nothing|none|no (?:orders?|purchases?))(?: since)? /.exec(rest);
  const begin = negated ? negated[0].replace(/since $/, "").length : 0;
  const period = periodAt(rest.slice(begin), today);
  if (!period) return null;
  if (!negated && (money || !/^(?:in|during|since|this|last|also|again) /.test(rest))) return null;
  const span = spanOf(period.period, today);
  if (!span) return null;
  const { from: _, to: __, at_least: ___, at_most: ____, ...what } = previous as Record<string, unknown>;
  const where = money ? { bought: [], ...span } : ({ ...what, ...span } as Where);
  return whereClause(negated ? { not: where } : where, begin + period.length, {
    ...(money ? { meaning: "I read the second period as one without any order." } : {}),
  });
}
