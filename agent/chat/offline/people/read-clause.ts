import type { Where } from "../../../people/where";
import type { Today } from "../dates";
import { amountAt, spentAt } from "./amounts";
import { type Before, begins, type Clause, list, namesIn, whereClause } from "./clause";
import { deedAt } from "./deeds";
import { groupAt } from "./groups";
import { membershipAt } from "./memberships";
import { periodAt, spanAfter, spanOf } from "./periods";
import { purchaseAt } from "./purchases";
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
    amountAt(rest, today) ??
    spentAt(rest, today) ??
    recordAt(rest, today) ??
    membershipAt(rest, today) ??
    groupAt(rest, today) ??
    stateAt(rest, today) ??
    deedAt(rest, today) ??
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
    `(?:(?:tagged|labell?ed|marked|with|having|holding|holds?|wearing|under|carrying|got|given|downloaded|requested|received|took|taken|completed|attended|filled (?:in|out)|asked for|opted in(?:to| for)|registered for|signed up for|getting)(?: (?:with|as|by|the|a|tags?|labels?|both|either))* )?${list}`,
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
