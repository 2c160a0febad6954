import type { Where } from "../../../people/where";
import type { Today } from "../dates";
import { spentAt } from "./amounts";
import { anything, buying, type Clause, type Joint, list, no } from "./clause";
import { deedAt } from "./deeds";
import { periodAt, periodBehind, sinceDay, spanAfter, spanOf, spanOfLate } from "./periods";
import { stateAt } from "./states";
import { timesAt } from "./times";

/** Reads one clause at the very beginning of the rest; null where none begins there. */
export function readClause(rest: string, today: Today, previous: Where | null): Clause | null {
  const at = (pattern: string) => new RegExp(`^${pattern}(?= |$|,)`, "u").exec(rest);
  const named = (match: RegExpExecArray) => ({
    length: match[0].length,
    names: [...match[0].matchAll(/@(\d+)@/g)].map(([, digits]) => Number(digits)),
    joint: (/ or | nor |, or /.test(match[0])
      ? "or"
      : / and | & |, | as well as /.test(match[0])
        ? "and"
        : null) as Joint,
  });
  if (
    /^(?:only|just)(?: |$)/.test(rest) &&
    !/^(?:only|just) (?:bought|ordered|purchased) (?:once|twice|one time)/.test(rest)
  )
    return { kind: "beyond", how: "by only one thing they bought or hold", length: 0, names: [] };
  return (
    samePeriodAgain(rest, today, previous) ??
    spentAt(rest, today) ??
    stateAt(rest, today) ??
    deedAt(rest, today) ??
    timesAt(rest, today, named) ??
    purchaseAt()
  );

  function purchaseAt(): Clause | null {
    const notThis = at(`${no} ${buying} ${list}`);
    if (notThis) {
      const read = named(notThis);
      const { span, length } = spanAfter(rest, read.length, today);
      return span
        ? { kind: "bought", ...read, no: true, span, length }
        : { kind: "without", ...read, length: read.length };
    }
    const notBoughtAny = at(
      `(?:${no} ${buying}(?: ${anything})*|${no} been back|${no} (?:come|came) back|${buying} nothing(?: at all)?|(?:with |without |having |have |made |placed )?(?:no|zero|without|any) (?:orders?|purchases?))`,
    );
    if (notBoughtAny) {
      const length = notBoughtAny[0].length;
      const ago = spanOfLate(rest.slice(length), today);
      if (ago) return { kind: "since", day: ago.day, length: length + ago.length, names: [] };
      const period = periodBehind(rest, length, today);
      if (!period) return { kind: "nothing", length, names: [] };
      const day = sinceDay(period.period, today);
      if (day) return { kind: "since", day, length: period.length, names: [] };
      const span = spanOf(period.period, today);
      return span
        ? { kind: "where", where: { not: { bought: [], ...span } }, length: period.length, names: [] }
        : null;
    }
    const notPlace = at(
      `(?:outside(?: of)?|(?:not|never)(?: living| based| located)?(?: in| from)|not (?:live|living|coming|came|come) (?:in|from)) ${list}`,
    );
    if (notPlace) return { kind: "place", ...named(notPlace), no: true };
    const without = at(
      `(?:without|lacking|lacks?|missing|except(?: for)?|excluding|other than|besides|minus|non-?|not|no|never)(?: (?:tagged|having|have|has|holding|hold|with|as|people|contacts|customers|those|anyone|who|are|been|got|get))*(?: the| a| any)*(?: tags?)? ?${list}`,
    );
    if (without) return { kind: "without", ...named(without) };
    const owners =
      at(`${list} (?:buyers|owners|purchasers|customers)`) ??
      at(`(?:buyers|owners|purchasers|customers) of ${list}`);
    if (owners) {
      const read = named(owners);
      const { span, length } = spanAfter(rest, read.length, today);
      return { kind: "bought", ...read, ...(span ? { span } : {}), length };
    }
    const bought = at(`${buying}(?: either| both| a| an| the)* ${list}`);
    if (bought) {
      const read = named(bought);
      const { span, length } = spanAfter(rest, read.length, today);
      return { kind: "bought", ...read, ...(span ? { span } : {}), length };
    }
    const again = at(
      `(?:${buying}(?: ${anything})* again|(?:came|come|coming|been) back(?: (?:to buy|again|for more))*)`,
    );
    if (again) {
      const { span, length } = spanAfter(rest, again[0].length, today);
      // Again in a period: whether the first time lies in it as well, the words leave open.
      if (span) return { kind: "beyond", how: "who bought again in a period", length, names: [] };
      return { kind: "where", where: { bought: [], at_least: 2 }, bought: true, length, names: [] };
    }
    const ordered = at(`${buying}(?: ${anything})*`);
    if (ordered) {
      const period = periodBehind(rest, ordered[0].length, today);
      const span = period && spanOf(period.period, today);
      if (period && span?.from)
        return {
          kind: "ordered",
          from: span.from,
          ...(span.to ? { to: span.to } : {}),
          length: period.length,
          names: [],
        };
      if (period && span)
        return {
          kind: "where",
          where: { bought: [], ...span },
          bought: true,
          length: period.length,
          names: [],
        };
      if (!/^(?:get|got|owns?|owned|order|orders)$/.test(ordered[0]))
        return { kind: "where", where: { bought: [] }, bought: true, length: ordered[0].length, names: [] };
      return null;
    }
    const risk = at(
      "(?:at[ -]risk|likely to (?:churn|leave)|about to (?:churn|leave)|overdue to buy)(?: of (?:not (?:coming back|buying|returning)|leaving|churning))?",
    );
    if (risk) return { kind: "risk", length: risk[0].length, names: [] };
    const place = at(
      `(?:living in|based in|located in|live in|lives in|from|in|(?:who )?came (?:in |to us )?(?:from|through|via)|coming from|via|through|acquired (?:from|through|via)) ${list}`,
    );
    if (place) return { kind: "place", ...named(place) };
    const tagged = at(
      `(?:(?:tagged|with|having|holding|holds?|wearing|under|carrying|got|given)(?: (?:with|as|by|the|a|tags?|labels?|both|either))* )?${list}`,
    );
    if (!tagged) return null;
    const read = named(tagged);
    // `tagged VIP last month`: when the tag was put on.
    const { span, length } = /^(?:tagged|got|given)/.test(tagged[0])
      ? spanAfter(rest, read.length, today)
      : { span: undefined, length: read.length };
    return { kind: "tagged", ...read, ...(span ? { span } : {}), length };
  }
}

/** `bought last year but not this year`: the same again in another period. */
function samePeriodAgain(rest: string, today: Today, previous: Where | null): Clause | null {
  if (!previous || !("bought" in previous || "did" in previous)) return null;
  const negated = /^(?:not|never|nothing|none|no (?:orders?|purchases?))(?: since)? /.exec(rest);
  const begin = negated ? negated[0].replace(/since $/, "").length : 0;
  const period = periodAt(rest.slice(begin), today);
  if (!period) return null;
  if (!negated && !/^(?:in|during|since|this|last|also|again) /.test(rest)) return null;
  const span = spanOf(period.period, today);
  if (!span) return null;
  const {
    from: _,
    to: __,
    at_least: ___,
    at_most: ____,
    ...what
  } = previous as unknown as Record<string, unknown>;
  const where = { ...what, ...span } as Where;
  return {
    kind: "where",
    where: negated ? { not: where } : where,
    length: begin + period.length,
    names: [],
  };
}
