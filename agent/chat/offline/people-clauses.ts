import type { Where } from "../../people/where";
import { numberWords } from "./calendar";
import { matchPeriod, type Period, type Today } from "./dates";

/** Days of a condition, both included. */
export interface Span {
  from?: string;
  to?: string;
}

/** How names of a list are joined: all of them, any of them, or one alone. */
export type Joint = "and" | "or" | null;

export type Clause = { length: number; names: number[] } & (
  | {
      kind: "tagged" | "without" | "place" | "bought";
      joint: Joint;
      no?: boolean;
      span?: Span;
      times?: Times;
    }
  | { kind: "nothing" }
  | { kind: "since"; day: string }
  | { kind: "ordered"; from: string; to?: string }
  | { kind: "risk" }
  | { kind: "spent"; over?: number; under?: number; span?: Span }
  /** A condition of its own; `bought` says that only a buyer can meet it. */
  | { kind: "where"; where: Where; bought?: boolean }
  | { kind: "beyond"; how: string }
);

/** Numbers of orders. */
export interface Times {
  at_least: number;
  at_most?: number;
}

const name = String.raw`(?:(?:the|a|an|any|either|both|our|of) )*(?:(?:tags?|labels?|products?|courses?)(?: called| named)? )?@\d+@(?: (?:tags?|label|products?|course))?`;
const list = `${name}(?:(?: ?, ?(?:and |or |nor )?| or | and | nor | & | as well as )${name})*`;
const buying =
  "(?:bought|buys?|buying|purchased?|purchasing|ordered|order|orders|ordering|owns?|owned|got|get|picked up|paid for|placed (?:an |any |their )?orders?|made (?:an? |any |their )?purchases?)";
const no = "(?:not|never|no longer|haven't|hasn't|didn't|don't)(?: yet| ever| once| actually)*";
const anything =
  "(?:anything|something|stuff|from us|at all|yet|again|with us|any product|a product|products)";

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

const paying = "(?:spent|spend|spends|paid|pay|pays|brought in|worth|generated)";
const sum = String.raw`(?:[$€£] ?)?(\d[\d,]*(?:\.\d{1,2})?) ?(k)?(?: ?(?:dollars|bucks|usd|eur|euros|gbp|pounds))?`;
const more = "more than|over|above|upwards of|greater than|north of|in excess of|>";
const less = "less than|under|below|fewer than|<";
const least = "at least|no less than|a minimum of";
const most = "at most|no more than|up to|not more than";
const inAll =
  "(?: (?:with us|in total|in all|altogether|overall|so far|ever|lifetime|all time|total|on anything))*";
const spending = new RegExp(
  `^(?:(?:have|has|had|having|who|with) )*(?:${paying}(?: (?:a total of|in total|altogether|with us|us))*|(?:a )?(?:lifetime value|lifetime spend|ltv|clv|total spend|spend)(?: of| is)?)(?: (${more}|${less}|${least}|${most}))? ?${sum}( or more| or less|\\+| plus)?(${inAll})(?= |$|,)`,
  "u",
);
const spendingBetween = new RegExp(
  `^(?:(?:have|has|had|having|who|with) )*${paying}(?: (?:a total of|in total|with us|us))* between ${sum} and ${sum}(${inAll})(?= |$|,)`,
  "u",
);
const number = (digits: string, thousands: string | undefined) =>
  Number(digits.replaceAll(",", "")) * (thousands ? 1_000 : 1);
// A cent below counts as "at least": amounts are whole cents.
const cents = (value: number) => Math.round(value * 100) / 100;

/** `spent over 500`, in all or in a period. An amount without a bound is something else. */
function spentAt(rest: string, today: Today): Clause | null {
  const between = spendingBetween.exec(rest);
  if (between) {
    const [said, low = "0", lowK, high = "0", highK] = between;
    const { span, length } = spanAfter(rest, said.length, today);
    return {
      kind: "spent",
      over: Math.max(0, cents(number(low, lowK) - 0.01)),
      under: cents(number(high, highK) + 0.01),
      ...(span ? { span } : {}),
      length,
      names: [],
    };
  }
  const match = spending.exec(rest);
  if (!match) return null;
  const [said, bound = "", digits = "", thousands, after = ""] = match;
  const { span, length } = spanAfter(rest, said.length, today);
  const amount = number(digits, thousands);
  const is = (words: string) => new RegExp(`^(?:${words})$`).test(bound);
  const spent = (bounds: { over?: number; under?: number }): Clause => ({
    kind: "spent",
    ...bounds,
    ...(span ? { span } : {}),
    length,
    names: [],
  });
  if (is(more)) return spent({ over: amount });
  if (is(less)) return spent({ under: amount });
  if (is(least) || /more|\+|plus/.test(after)) return spent({ over: Math.max(0, cents(amount - 0.01)) });
  if (is(most) || /less/.test(after)) return spent({ under: cents(amount + 0.01) });
  return { kind: "beyond", how: "by an exact amount they paid", length, names: [] };
}

const aNo =
  "(?:without|with no|have no|has no|no|lacking|missing|(?:not|never) (?:have|has|having|had))(?: an?| any| their)*";
const withA = "(?:with|have|has|having|who have)?(?: ?(?:an?|any|some|their))*";

/** What people are, and are not. `yes` comes after its own negation is looked for. */
const stateForms: { yes: string; no?: string; where: Where; bought?: boolean }[] = [
  {
    yes: `(?:former|past|previous|ex|cancelled|canceled|churned|lapsed|old|lost)[- ](?:subscribers?|members?)|(?:cancelled|canceled|ended|stopped|quit|dropped)(?: (?:their|the|a|our))? (?:subscriptions?|memberships?)|(?:cancelled|canceled|churned)(?= |$)(?! (?:in|last|this|since|on|during|before|after))`,
    where: { and: [{ is: "ever_subscribed" }, { not: { is: "subscriber" } }] },
  },
  {
    yes: `(?:(?:active|current|currently|paying|existing) )*(?:subscribers?|members?|subscribed)(?: (?:now|currently|right now))?|${withA} ?(?:active|current|paying|running) (?:subscriptions?|memberships?)|(?:running |active |paying )?subscriptions?(?= |$)|(?:on|with|have|has|having)(?: an?| our| the)? (?:subscriptions?|memberships?)`,
    no: `(?:not|never|no longer|non-?)(?: (?:a|an|active|current|currently|paying))* ?(?:subscribers?|members?|subscribed)|${aNo} (?:active |current |paying )*(?:subscriptions?|memberships?)`,
    where: { is: "subscriber" },
  },
  {
    yes: "(?:an? )(?:paying )?(?:customer|buyer|client)(?: yet)?",
    no: "(?:not|never|no longer)(?: (?:an?|yet|yet an?|paying))* (?:customers?|buyers?|clients?)(?: yet)?|non[- ](?:customers|buyers)",
    where: { is: "customer" },
    bought: true,
  },
  { yes: "(?:active|current) (?:customers|buyers|clients)", where: { is: "active_customer" }, bought: true },
  {
    yes: "(?:lapsed|inactive|dormant|lost|former|past) (?:customers|buyers|clients)",
    where: { is: "lapsed_customer" },
    bought: true,
  },
  {
    yes: "(?:repeat|multiple|multi-?time) (?:customers|buyers|purchasers|clients)",
    where: { bought: [], at_least: 2 },
    bought: true,
  },
  {
    yes: "(?:one[- ]time|single|one[- ]off) (?:customers|buyers|purchasers|clients)",
    where: { bought: [], at_least: 1, at_most: 1 },
    bought: true,
  },
  {
    yes: "(?:unsubscribed|unsubscribers?|opted[- ]out|unsubs)(?: (?:from (?:our |the )?(?:e-?mails?|list|newsletter)|people))?(?! (?:in|last|this|since|on|during|before|after))",
    no: "(?:not|never)(?: (?:have|has))? (?:unsubscribed|opted[- ]out)",
    where: { is: "unsubscribed" },
  },
  {
    yes: "(?:mailable|marketable|emailable|opted[- ]in|(?:we )?(?:can|may) (?:still )?(?:be )?(?:e-?mail(?:ed)?|mailed?)|on (?:our|the) (?:mailing|e-?mail) list|(?:can|may) be (?:e-?mailed|mailed))",
    no: "(?:not|un)[- ]?(?:mailable|marketable|emailable)|not opted[- ]in|(?:can|may) not be (?:e-?mailed|mailed)",
    where: { is: "mailable" },
  },
  {
    yes: `(?:with|have|has|having) (?:an? )?e-?mail(?: address(?:es)?)?`,
    no: `${aNo} e-?mails?(?: address(?:es)?)?(?: on file)?`,
    where: { is: "has_email" },
  },
  {
    yes: "(?:with|have|has|having|holding) (?:any|some|at least one) tags?|tagged (?:at all|with anything)",
    no: `${aNo} tags?(?: at all)?|untagged|not tagged(?: at all| with anything)?(?= |$)(?! (?:with|as) @)(?! @)`,
    where: { is: "tagged" },
  },
  {
    yes: `(?:overdue|late|behind)(?: (?:with|on|in))?(?: (?:their|a|an))?(?: (?:payments?|invoices?|bills?|paying))?|${withA} ?(?:overdue|past[- ]due|late) (?:invoices?|payments?|balances?|bills?|orders?)`,
    no: `${aNo} (?:overdue|past[- ]due|late) (?:invoices?|payments?|balances?|bills?|orders?)`,
    where: { is: "overdue" },
  },
  {
    yes: `(?:still )?(?:owes?|owing)(?: us)?(?: (?:money|anything|something|a balance))?|${withA} ?(?:unpaid|open|outstanding) (?:invoices?|balances?|orders?|bills?|amounts?)|(?:not|never) paid (?:their |the |an? )?(?:invoices?|bills?|orders?)`,
    no: `${aNo} (?:unpaid|open|outstanding) (?:invoices?|balances?|orders?|bills?|amounts?)|not (?:owe|owing)(?: us)?(?: (?:money|anything))?`,
    where: { is: "owes" },
  },
];
const states = stateForms.map((form) => ({
  ...form,
  yes: new RegExp(`^(?:${form.yes})(?= |$|,)`, "u"),
  no: form.no ? new RegExp(`^(?:${form.no})(?= |$|,)`, "u") : null,
}));

function stateAt(rest: string, today: Today): Clause | null {
  for (const { yes, no: not, where, bought } of states) {
    const negated = not?.exec(rest);
    if (negated) return { kind: "where", where: { not: where }, length: negated[0].length, names: [] };
    const said = yes.exec(rest);
    if (!said) continue;
    // `repeat customers this year`: so many orders in that period.
    const { span, length } =
      "bought" in where
        ? spanAfter(rest, said[0].length, today)
        : { span: undefined, length: said[0].length };
    return {
      kind: "where",
      where: span ? ({ ...where, ...span } as Where) : where,
      ...(bought ? { bought } : {}),
      length,
      names: [],
    };
  }
  return null;
}

const mails =
  "(?:(?:an?|any|our|one of our|some|the|their|of our|of|at least one|last|latest|recent|single) )*(?:e-?mails?|newsletters?|messages?|mails?|campaigns?|broadcasts?)(?: (?:from us|we sent|of ours))?";
/** What people did, with or without a period; `needs` one where nothing is said otherwise. */
const deedForms: {
  verb: string;
  did: "failed_payment" | "joined" | "first_bought" | "opened_email" | "clicked_email" | "got_refund";
  needs?: true;
}[] = [
  {
    verb: `(?:opened?|read|opens|reads?|opening)(?: (?:${mails}|anything))`,
    did: "opened_email",
  },
  {
    verb: `(?:clicked|clicks?|clicking)(?: (?:on|a|any|the|links?))*(?: (?:in|from))?(?: (?:${mails}|anything))?`,
    did: "clicked_email",
  },
  {
    verb: "(?:got|received|asked for|requested|had|have|given|with) (?:an? |any |their |the )*(?:refunds?|money back)|(?:was |were |been )?refunded",
    did: "got_refund",
  },
  {
    verb: "(?:had|have|has|with) (?:an? |any |their )*(?:failed|declined|bounced) (?:payments?|charges?|cards?)|(?:failed|missed) (?:an? |their |the )*(?:payments?|charges?)|(?:whose |their )?(?:payments?|cards?|charges?)(?: (?:was|were|has|have|got))* (?:failed|declined|bounced|fail)",
    did: "failed_payment",
  },
  {
    verb: "(?:became|become|becoming|turned into|converted(?: to| into)?|were converted to)(?: (?:an?|new|paying|first[- ]time))* (?:customers?|buyers?|clients?)|converted|first (?:bought|ordered|purchased)|(?:bought|ordered|purchased) (?:for the first time|first)|(?:placed|made) (?:their|a) first (?:order|purchase)|new (?:customers?|buyers?|clients?)|first[- ]time (?:customers?|buyers?)",
    did: "first_bought",
    needs: true,
  },
  {
    verb: "(?:signed[- ]?up|joined(?: us)?|opted[- ]in|came in|were added|was added|added|created|registered|entered|became (?:an? )?(?:new )?(?:leads?|contacts?)|(?:brand[- ])?new (?:leads?|contacts?|people|sign[- ]?ups?|opt[- ]?ins?|prospects?))(?: (?:to (?:the|our) (?:list|crm|database)|with us))?",
    did: "joined",
    needs: true,
  },
];
const deeds = deedForms.map((form) => ({
  ...form,
  yes: new RegExp(`^(?:${form.verb})(?= |$|,)`, "u"),
  no: new RegExp(`^(?:${no}|no|without)(?: (?:have|has|been))? (?:${form.verb})(?= |$|,)`, "u"),
}));

/** `opened or clicked an e-mail this year`: the period is of both. */
const bothMails = new RegExp(
  `^(${no} )?(?:opened|read) (or|and|nor) clicked(?: (?:on|in|a|any|the|links?))*(?: (?:${mails}|anything))?(?= |$|,)`,
  "u",
);

function deedAt(rest: string, today: Today): Clause | null {
  // `leads from last week`: when they came.
  const cameIn =
    /^(?:leads?|contacts?|sign[- ]?ups?|opt[- ]?ins?|prospects?|people)(?: (?:from|of|in|since|during|created|added))* /u.exec(
      rest,
    );
  if (cameIn) {
    const begin = cameIn[0].replace(/(?:since|from) $/, "").length;
    const period = periodAt(rest.slice(begin), today) ?? periodAt(rest.slice(cameIn[0].length), today);
    const start = period === null ? 0 : periodAt(rest.slice(begin), today) ? begin : cameIn[0].length;
    const span = period && spanOf(period.period, today);
    if (period && span)
      return { kind: "where", where: { did: "joined", ...span }, length: start + period.length, names: [] };
  }
  const lastOrder =
    /^(?:(?:whose |their )?last (?:order(?:ed)?|purchased?|bought)(?: (?:was|is|were))?|last (?:placed|made) an? (?:order|purchase))(?= )/u.exec(
      rest,
    );
  if (lastOrder) {
    const length = lastOrder[0].length;
    const ago = spanOfLate(rest.slice(length), today);
    if (ago)
      return {
        kind: "where",
        where: { and: [{ bought: [] }, { not: { bought: [], from: ago.day } }] },
        bought: true,
        length: length + ago.length,
        names: [],
      };
    const period = periodBehind(rest, length, today);
    const span = period && spanOf(period.period, today);
    if (period && span) {
      const after = span.to ? dayAfter(span.to) : null;
      return {
        kind: "where",
        where: after
          ? { and: [{ bought: [], ...span }, { not: { bought: [], from: after } }] }
          : { bought: [], ...span },
        bought: true,
        length: period.length,
        names: [],
      };
    }
    return null;
  }
  const both = bothMails.exec(rest);
  if (both) {
    const ago = both[1] ? spanOfLate(rest.slice(both[0].length), today) : null;
    const behind = ago ? null : spanAfter(rest, both[0].length, today);
    const span: Span = ago ? { from: ago.day } : (behind?.span ?? {});
    const parts: Where[] = [
      { did: "opened_email", ...span },
      { did: "clicked_email", ...span },
    ];
    const where: Where = /^(?:or|nor)$/.test(both[2] ?? "") ? { or: parts } : { and: parts };
    return {
      kind: "where",
      where: both[1] ? { not: where } : where,
      length: ago ? both[0].length + ago.length : (behind?.length ?? both[0].length),
      names: [],
    };
  }
  for (const { yes, no: not, did, needs } of deeds) {
    const negated = not.exec(rest);
    const said = negated ?? yes.exec(rest);
    if (!said) continue;
    const ago = negated ? spanOfLate(rest.slice(said[0].length), today) : null;
    const behind = ago ? null : spanAfter(rest, said[0].length, today);
    const span: Span | undefined = ago ? { from: ago.day } : behind?.span;
    if (!span && needs && !negated && did === "joined") continue;
    if (!span && did === "first_bought" && /^new /.test(said[0])) continue;
    const length = ago ? said[0].length + ago.length : (behind?.length ?? said[0].length);
    const where: Where = did === "first_bought" && !span ? { is: "customer" } : { did, ...span };
    return {
      kind: "where",
      where: negated ? { not: where } : where,
      ...(did === "first_bought" && !negated ? { bought: true } : {}),
      length,
      names: [],
    };
  }
  return null;
}

const count = String.raw`(\d{1,4}|${Object.keys(numberWords)
  .filter((word) => word !== "a")
  .join("|")}|several|multiple)`;
const timesForms: [RegExp, (count: number) => Times][] = [
  [
    /^(?:only|just|exactly) once|^(?:only |just |exactly )?(?:one time|1 time|a single time)/u,
    () => ({ at_least: 1, at_most: 1 }),
  ],
  [
    /^more than once|^repeatedly|^multiple times|^several times|^again and again|^over and over/u,
    () => ({ at_least: 2 }),
  ],
  [/^(?:at least|a minimum of) once/u, () => ({ at_least: 1 })],
  [/^twice or more|^at least twice/u, () => ({ at_least: 2 })],
  [/^more than twice/u, () => ({ at_least: 3 })],
  [/^(?:only |just |exactly )?twice/u, () => ({ at_least: 2, at_most: 2 })],
  [
    new RegExp(`^(?:more than|over|above) ${count} (?:times|orders|purchases)`, "u"),
    (n) => ({ at_least: n + 1 }),
  ],
  [
    new RegExp(`^(?:at least|a minimum of) ${count} (?:times|orders|purchases)`, "u"),
    (n) => ({ at_least: n }),
  ],
  [
    new RegExp(`^${count} (?:times )?(?:or more|\\+|plus)(?: times| orders| purchases)`, "u"),
    (n) => ({ at_least: n }),
  ],
  [new RegExp(`^${count} (?:times|orders|purchases) or more`, "u"), (n) => ({ at_least: n })],
  [new RegExp(`^${count}\\+ (?:times|orders|purchases)`, "u"), (n) => ({ at_least: n })],
  [
    new RegExp(`^(?:less than|fewer than|under) ${count} (?:times|orders|purchases)`, "u"),
    (n) => ({ at_least: 1, at_most: n - 1 }),
  ],
  [
    new RegExp(`^(?:at most|no more than|up to) ${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: 1, at_most: n }),
  ],
  [
    new RegExp(`^(?:only |just |exactly )?${count} (?:times|orders?|purchases?)`, "u"),
    (n) => ({ at_least: n, at_most: n }),
  ],
  [/^once/u, () => ({ at_least: 1, at_most: 1 })],
];

/** `bought more than once`, `with at least 3 orders`, `ordered the kit twice this year`. */
function timesAt(
  rest: string,
  today: Today,
  named: (match: RegExpExecArray) => { names: number[]; joint: Joint },
): Clause | null {
  const opening = new RegExp(
    `^(?:(?:only|just) (?=(?:bought|ordered|purchased) (?:once|twice|one time)))?(?:${buying}(?: (?:anything|something|from us|with us))*(?: ${list})?|with|having|have|has|had|made|placed|who have|who made) `,
    "u",
  ).exec(rest);
  if (!opening) return null;
  const only = /^(?:only|just) /.test(rest);
  const begin = opening[0].length;
  for (const [pattern, timesOf] of timesForms) {
    const match = pattern.exec(rest.slice(begin));
    if (!match || !/^(?: |$|,)/.test(rest.slice(begin + match[0].length))) continue;
    const said = match[1] ?? "";
    const times = timesOf(numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : 2));
    if (/^once$/.test(match[0]) && !only && !/^bought|^ordered|^purchased/.test(rest)) continue;
    const { span, length } = spanAfter(rest, begin + match[0].length, today);
    const { names, joint } = named(opening);
    if (names.length > 0) return { kind: "bought", names, joint, times, ...(span ? { span } : {}), length };
    return { kind: "where", where: { bought: [], ...times, ...span }, bought: true, length, names: [] };
  }
  return null;
}

const opening = /^(?:in|during|within|over|for|on|since|from)(?: the)? |^the /;

export function periodAt(text: string, today: Today): { period: Period; length: number } | null {
  const skip = opening.exec(text)?.[0].length ?? 0;
  for (const start of skip > 0 ? [0, skip] : [0]) {
    const match = matchPeriod(text.slice(start), today);
    if (match && !("problem" in match)) return { period: match.period, length: start + match.length };
  }
  return null;
}

/** The period that stands behind `length` characters; its own length counts from the beginning. */
function periodBehind(rest: string, length: number, today: Today) {
  const behind = rest.slice(length);
  const space = behind.length - behind.trimStart().length;
  const found = periodAt(behind.trimStart(), today);
  return found && { period: found.period, length: length + space + found.length };
}

/** The days of a period behind, where there is one. */
function spanAfter(rest: string, length: number, today: Today): { span: Span | undefined; length: number } {
  const found = periodBehind(rest, length, today);
  const span = found && spanOf(found.period, today);
  return found && span ? { span, length: found.length } : { span: undefined, length };
}

/** Days of a period, both included; no end where it reaches up to now. */
export function spanOf({ from, to, rolling }: Period, today: Today): Span | null {
  if (rolling?.kind === "all") return {};
  const last = to ? dayBefore(to) : undefined;
  if (!from && !last) return null;
  return { ...(from ? { from } : {}), ...(last && last < iso(today) ? { to: last } : {}) };
}

/** `in 6 months`, `for over a year`, `more than 90 days ago`: the day since when nothing happened. */
function spanOfLate(text: string, today: Today): { day: string; length: number } | null {
  const span =
    /^ (?:(?:in|for|within|over|during) )?(?:(?:the|at least|over|more than|about|almost) )*(?:(?:last|past) )?(\d{1,3}|[a-z]+) (day|week|month|year)s?(?: ago)?(?= |$|,)/u.exec(
      text,
    );
  const said = span?.[1] ?? "";
  const number = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (!span || !(number > 0)) return null;
  const day = today.now.minus({ [`${span[2]}s`]: number }).toISODate() ?? "";
  return { day, length: span[0].length };
}

/** The day from which on nobody ordered, for a period that reaches up to now; null for one that ended before. */
function sinceDay({ from, to, rolling }: Period, today: Today): string | null {
  if (rolling?.kind === "last") return today.now.minus({ [`${rolling.unit}s`]: rolling.count }).toISODate();
  if (!from) return null;
  return !to || to > iso(today) ? from : null;
}

const iso = ({ now }: Today) => now.toISODate() ?? "";
const moved = (day: string, by: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
const dayBefore = (day: string) => moved(day, -1);
const dayAfter = (day: string) => moved(day, 1);
