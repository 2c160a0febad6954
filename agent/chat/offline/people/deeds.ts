import type { Where } from "../../../people/where";
import { numberWords } from "../calendar";
import type { Today } from "../dates";
import { type Clause, no, type Span } from "./clause";
import { dayAfter, periodAt, periodBehind, spanAfter, spanOf, spanOfLate } from "./periods";

const mails =
  "(?:(?:an?|any|our|one of our|some|the|their|of our|of|at least one|single) )*(?:e-?mails?|newsletters?|messages?|mails?|campaigns?|broadcasts?)(?: (?:from us|we sent|of ours))?";
/** What people did, with or without a period; `needs` one where nothing is said otherwise. */
const deedForms: {
  verb: string;
  did:
    | "failed_payment"
    | "joined"
    | "first_bought"
    | "got_email"
    | "opened_email"
    | "clicked_email"
    | "got_refund"
    | "met";
  needs?: true;
}[] = [
  {
    verb: `(?:open(?:ed|s|ing)?|read|reads|reading)(?: (?:${mails}|anything|something))|opened(?= *$|,| but | and | or )|(?:e-?mail )?openers?`,
    did: "opened_email",
  },
  {
    verb: `(?:clicked|clicks?|clicking)(?: (?:on|a|any|the|links?|through))*(?: (?:in|from))?(?: (?:${mails}|anything|something))?|clickers?`,
    did: "clicked_email",
  },
  {
    verb: `(?:got|received|were sent|was sent|been sent|were mailed|was mailed)(?: ${mails})|(?:were |was |been |(?:have |has )?(?:been )?|we )(?:e-?mailed|mailed|contacted by e-?mail)(?= |$|,)|(?:we )?(?:sent|e-?mailed) (?:${mails} to|them)`,
    did: "got_email",
  },
  {
    verb: "(?:got|received|(?:later |then |afterwards )*(?:asked for|requested|wanted)|had|have|given|with) (?:an? |any |their |the )*(?:refunds?|money back)|(?:was |were |been )?refunded|returned (?:it|them|something|anything)",
    did: "got_refund",
  },
  {
    verb: "(?:met(?: with)?(?: us)?|(?:we )?(?:met|meet|saw|see|spoke (?:to|with)|speak (?:to|with)|talked to|talk to)(?: with)?|had (?:an? |any |the )*(?:calls?|meetings?|appointments?|sessions?)(?: with(?: us)?)?|with (?:an? )?(?:past )?(?:appointments?|meetings?))",
    did: "met",
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
    verb: "(?:signed[- ]?up|joined(?: us)?|opted[- ]in|came in|came to us|came on board|got in touch|subscribed|(?:we|i) (?:got|get|acquired|won|win|gained|gain|picked up)|(?:were|was|been|got) (?:added|created|acquired|imported|captured)|added|created|acquired|registered|entered|found us|started (?:with us|as (?:an? )?(?:leads?|contacts?))|became (?:an? )?(?:new )?(?:leads?|contacts?)|(?:brand[- ])?new (?:leads?|contacts?|people|sign[- ]?ups?|opt[- ]?ins?|prospects?))(?: (?:to (?:the|our) (?:list|crm|database)|with us))?",
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

/** One certain e-mail, or a number of them, is in no condition; `opened an e-mail` would be another. */
const certainMail = new RegExp(
  `^(?:${no} )?(?:open(?:ed|s)?|read|click(?:ed|s)?(?: (?:on|in))?|got|received)(?: (?:on|a|any|the|our|links?|in))* (?:(?:last|latest|most recent|recent|newest|first|second|third|previous|this|that|(?:at least|more than|over|less than|fewer than|at most|up to|exactly|only|just) .{1,12}?|all|every|most|many|several|multiple|\\d+|two|three|four|five)(?: (?:of )?(?:our|the))? )+(?:\\p{L}+ )?(?:e-?mails?|newsletters?|mails?|campaigns?|broadcasts?|messages?)(?= |$|,)`,
  "u",
);

export function deedAt(rest: string, today: Today): Clause | null {
  if (certainMail.test(rest))
    return { kind: "beyond", how: "by one certain e-mail or by how many of them", length: 0, names: [] };
  return longAgoAt(rest, today) ?? doneAt(rest, today);
}

/** `older than a year`, `added more than 6 months ago`: the last day on which they can have come. */
function longAgoAt(rest: string, today: Today): Clause | null {
  const match =
    /^(?:(?:that|who|are|were|is|been|have) )*(?:older than|(?:added|created|joined|signed up|came in|from|entered|here|with us)(?: for)? (?:over|more than|at least|longer than)) (\d{1,3}|[a-z]+) (day|week|month|year)s?(?: ago| old)?(?= |$|,)/u.exec(
      rest,
    );
  const said = match?.[1] ?? "";
  const number = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
  if (!match || !(number > 0)) return null;
  const to = today.now.minus({ [`${match[2]}s`]: number }).toISODate() ?? "";
  return { kind: "where", where: { did: "joined", to }, length: match[0].length, names: [] };
}

function doneAt(rest: string, today: Today): Clause | null {
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
    // `opened more than 3 e-mails`, `got a refund twice`: how often is in no condition.
    if (
      /^ (?:twice|(?:more than )?once|(?:\d+|several|multiple|many|few|some) times|again)(?= |$|,)/.test(
        rest.slice(said[0].length),
      )
    )
      return { kind: "beyond", how: "by how often they did that", length: 0, names: [] };
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
