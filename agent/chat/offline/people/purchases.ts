import { DateTime } from "luxon";
import { numberWords, shift, startOf, type Unit } from "../calendar";
import type { Today } from "../dates";
import {
  anything,
  type Before,
  begins,
  buying,
  type Clause,
  list,
  namesIn,
  no,
  type Span,
  whereClause,
} from "./clause";
import { periodAt, periodBehind, sinceDay, spanAfter, spanOf, spanOfLate } from "./periods";

/** What people bought and did not buy, from whom they are named and where they live. */
export function purchaseAt(rest: string, today: Today, before: Before): Clause | null {
  return (
    eachPeriodAt(rest, today) ??
    afterAt(rest, today, before) ??
    notBackAt(rest, before) ??
    notBoughtAt(rest, today) ??
    notAt(rest) ??
    boughtAt(rest, today)
  );
}

/** `never came back after their first order`, `bought once and never again`. */
export function onceOnlyAt(rest: string): Clause | null {
  const match = begins(
    `(?:${no} (?:came|come|been|bought|buy|order|ordered|returned?)(?: (?:back|again|anything|something))* after (?:the|their|that|an?) (?:first|one|single|initial) (?:order|purchase|buy|one)|${buying}(?: (?:only|just))? (?:once|one time)(?: (?:and|but|then|,))* (?:never|not)(?: (?:again|came back|come back|bought again|returned?|since|after(?:wards)?))+)`,
  ).exec(rest);
  return match
    ? whereClause({ and: [{ bought: [] }, { not: { bought: [], at_least: 2 } }] }, match[0].length, {
        bought: true,
      })
    : null;
}

const object = `(?: (?:anything|something|stuff|from us|with us|at least once|at least one order))*`;

/** `bought in each of the last 3 years`, `every month this year`, `in 2024 and 2025`, `in both May and June`: in each of them. */
function eachPeriodAt(rest: string, today: Today): Clause | null {
  const opening = begins(`${buying}${object}`).exec(rest);
  if (!opening) return null;
  const behind = rest.slice(opening[0].length);
  const spans = eachIn(behind, today) ?? severalIn(behind, today);
  if (!spans) return null;
  const parts = spans.list.map((span) => ({ bought: [], ...span }));
  return whereClause(spans.any ? { or: parts } : { and: parts }, opening[0].length + spans.length, {
    bought: true,
  });
}

interface Spans {
  list: Span[];
  any: boolean;
  length: number;
}

function eachIn(behind: string, today: Today): Spans | null {
  const rolling =
    /^,? (?:in |during |within )?(?:each|every|all)(?: (?:single|one))?(?: of)? (?:the )?(?:last|past|previous) (\d{1,2}|[a-z]+) (year|quarter|month)s(?= |$|,)/u.exec(
      behind,
    );
  const inside =
    /^,? (?:in |during )?(?:each|every)(?: single)? (month|quarter)(?: (?:of|in))?( (?:this|last) (?:year|quarter)| \d{4})(?: so far)?(?= |$|,)/u.exec(
      behind,
    );
  const now = today.now.startOf("day");
  if (rolling) {
    const said = rolling[1] ?? "";
    const count = numberWords[said] ?? (/^\d+$/.test(said) ? Number(said) : Number.NaN);
    const unit = rolling[2] as Unit;
    if (!(count > 0 && count <= 12)) return null;
    const current = startOf(now, unit, today.weekStart);
    const list = Array.from({ length: count }, (_, at) => between(shift(current, at - count, unit), unit));
    return { list, any: false, length: rolling[0].length };
  }
  if (!inside) return null;
  const found = periodAt((inside[2] ?? "").trim(), today);
  const span = found && spanOf(found.period, today);
  if (!span?.from) return null;
  const unit = inside[1] as Unit;
  const last = span.to ?? now.toISODate() ?? "";
  const list: Span[] = [];
  let at: DateTime = DateTime.fromISO(span.from, { zone: now.zone });
  for (; (at.toISODate() ?? "") <= last && list.length < 13; at = shift(at, 1, unit))
    list.push(between(at, unit));
  return { list, any: false, length: inside[0].length };
}

/** `in 2023, 2024 and 2025`, `in both september and october`: all of them; with `or` any. */
function severalIn(behind: string, today: Today): Spans | null {
  const begin = /^,? (?:in|during) (?:both )?/u.exec(behind);
  if (!begin) return null;
  let at = begin[0].length;
  const list: Span[] = [];
  let any = false;
  for (let turn = 0; turn < 6; turn++) {
    const found = periodAt(behind.slice(at), today);
    const span = found && spanOf(found.period, today);
    if (!found || !span?.from) break;
    list.push(span);
    at += found.length;
    const joint =
      /^(?: ?,? (and|or|&)(?: (?:also|again))?(?: in)? |, | (?=\d{4}(?: |$)))(?!not|never|no )/u.exec(
        behind.slice(at),
      );
    if (!joint || !periodAt(behind.slice(at + joint[0].length), today)) break;
    if (joint[1] === "or") any = true;
    at += joint[0].length;
  }
  return list.length > 1 ? { list, any, length: at } : null;
}

const between = (start: DateTime, unit: Unit): Span => ({
  from: start.toISODate() ?? "",
  to: shift(start, 1, unit).minus({ days: 1 }).toISODate() ?? "",
});

const behindTag =
  "(?:(?:of|after|from) (?:(?:getting|receiving|having|being given|being tagged(?: with)?|they got|requesting|downloading|signing up for|registering for|the) )*)";
const behindJoining =
  "(?:of|after|from) (?:they (?:joined|signed up|were added)|(?:joining|signing up|being added|opting in|sign[- ]?up|becoming (?:an? )?(?:lead|contact)))";

/** `bought the kit within 14 days of getting the guide`, `later bought something`: after a tag, or after they were added. */
function afterAt(rest: string, today: Today, { tags }: Before): Clause | null {
  const negated = new RegExp(`^${no} `, "u").exec(rest);
  const begin = negated?.[0].length ?? 0;
  const text = rest.slice(begin);
  const object = `(?:(?: (?:a|an|the|any|either|both))*( ${list})|(?: ${anything})*)`;
  const within = begins(
    String.raw`(?:later |then |subsequently )*${buying}${object} (?:within|in|inside)(?: the)?(?: first)? (\d{1,3}|[a-z]+) (day|week|month)s?( ${behindJoining}| ${behindTag}${list})?`,
  ).exec(text);
  const count = within?.[2] ?? "";
  const times = numberWords[count] ?? (/^\d+$/.test(count) ? Number(count) : Number.NaN);
  // `with the tag, not bought in 6 months`: the last six, and not those after the tag.
  const lately = negated && !/within|inside|first/.test(within?.[0] ?? "") && !within?.[4];
  if (within && times > 0 && !lately && (within[4] || tags || /within|first/.test(within[0]))) {
    const [said, names = "", , unit = "day", behind = ""] = within;
    const within_days = times * ({ day: 1, week: 7, month: 30 }[unit] ?? 1);
    const tagged = [...behind.matchAll(/@(\d+)@/g)].map(([, digits]) => Number(digits));
    // `within the last 30 days` is a period, read elsewhere.
    if (!behind && !tags) return null;
    const joined = behind !== "" && tagged.length === 0;
    const own = namesIn([names]);
    const after = { within_days, ...(joined ? {} : tagged.length > 0 ? {} : { after_tag: tags ?? [] }) };
    if (own.names.length === 0 && tagged.length === 0) {
      const where = { bought: [], ...after };
      return whereClause(
        negated ? { not: where } : where,
        begin + said.length,
        negated ? {} : { bought: true },
      );
    }
    return {
      kind: "bought",
      ...own,
      names: own.names,
      after,
      ...(tagged.length > 0 ? { afterNames: tagged } : {}),
      ...(negated ? { no: true } : {}),
      length: begin + said.length,
    };
  }
  const later = begins(
    `(?:later|then|afterwards?|subsequently|eventually)(?: (?:on|also|went on to))* ${buying}${object}|${buying}${object}(?: (?:later(?: on)?|afterwards?|since(?: then)?|after(?: that)?|subsequently))+(?= ?$| and| but|,)`,
  ).exec(text);
  if (!later || !tags || periodBehind(text, later[0].length, today)) return null;
  const names = later[1] ?? later[2] ?? "";
  const own = namesIn([names]);
  const after = { after_tag: tags };
  if (own.names.length === 0) {
    const where = { bought: [], ...after };
    return whereClause(
      negated ? { not: where } : where,
      begin + later[0].length,
      negated ? {} : { bought: true },
    );
  }
  return { kind: "bought", ...own, after, ...(negated ? { no: true } : {}), length: begin + later[0].length };
}

/** `cancelled and never came back`: to the membership. */
function notBackAt(rest: string, { previous }: Before): Clause | null {
  const said = JSON.stringify(previous ?? "");
  if (!/subscri/.test(said)) return null;
  const match = begins(
    `${no} (?:come|came|been|returned?|rejoin(?:ed)?|resubscribed?)(?: back| again)*`,
  ).exec(rest);
  return match ? whereClause({ not: { is: "subscriber" } }, match[0].length) : null;
}

function notBoughtAt(rest: string, today: Today): Clause | null {
  const notThis = begins(
    `(?:${no} ${buying}|no|without buying|without having bought|${buying} no) ${list}`,
  ).exec(rest);
  if (notThis && !/^no @/.test(notThis[0])) {
    const read = namesIn(notThis);
    const { span, length } = spanAfter(rest, read.length, today);
    return span
      ? { kind: "bought", ...read, no: true, span, length }
      : /(?:bought|buy|purchas|order)/.test(notThis[0])
        ? { kind: "bought", ...read, no: true, length: read.length }
        : { kind: "without", ...read, length: read.length };
  }
  const notAny = begins(
    `(?:${no} ${buying}(?: ${anything})*|${no} been back|${no} (?:come|came) back|${buying} nothing(?: at all)?|(?:with |having |have |has |had |made |placed )?(?:no|zero) (?:single )?(?:orders?|purchases?)(?: at all)?|without (?:an? |any |a single |having an? )?(?:orders?|purchases?)|${no} (?:have|has|had) (?:an? |any |a single )?(?:orders?|purchases?)|(?:buy|bought|purchase|order) (?:zilch|zero))`,
  ).exec(rest);
  if (!notAny) return null;
  const length = notAny[0].length;
  const ago = spanOfLate(rest.slice(length), today);
  if (ago) return { kind: "since", day: ago.day, length: length + ago.length, names: [] };
  const period = periodBehind(rest, length, today);
  if (!period) return { kind: "nothing", length, names: [] };
  const day = sinceDay(period.period, today);
  if (day) return { kind: "since", day, length: period.length, names: [] };
  const span = spanOf(period.period, today);
  return span ? whereClause({ not: { bought: [], ...span } }, period.length) : null;
}

/** Names that are denied: a place, a tag, or what the clause before was about. */
function notAt(rest: string): Clause | null {
  const notPlace = begins(
    `(?:(?:living|live|lives|based|located|is|are|comes?|from) )?(?:outside(?: of)?|(?:not|never)(?: living| based| located)?(?: in| from)|not (?:live|living|coming|came|come) (?:in|from)) ${list}`,
  ).exec(rest);
  if (notPlace) return { kind: "place", ...namesIn(notPlace), no: true };
  const notOwned = begins(`(?:not|never) (?:owned by|assigned to|belong(?:s|ing)? to) ${list}`).exec(rest);
  if (notOwned) return { kind: "owned", ...namesIn(notOwned), no: true };
  const without = begins(
    `(?:without|lacking|lacks?|missing|except(?: for)?|excluding|other than|besides|minus|non-?|not|no|never|nor|neither)(?: (?:tagged|having|have|has|holding|hold|with|as|people|contacts|customers|those|anyone|who|are|been|got|get))*(?: the| a| any)*(?: tags?)? ?${list}`,
  ).exec(rest);
  return without ? { kind: "without", ...namesIn(without) } : null;
}

function boughtAt(rest: string, today: Today): Clause | null {
  const owners =
    begins(`${list} (?:buyers|owners|purchasers|customers)`).exec(rest) ??
    begins(`(?:buyers|owners|purchasers|customers) of ${list}`).exec(rest);
  if (owners) return dated(owners);
  const joined = begins(
    `(?:joined|subscribed to|signed up (?:for|to)|started|took out|members of|subscribers (?:of|to)|on(?: the| a)?) ${list}`,
  ).exec(rest);
  if (joined) {
    const read = namesIn(joined);
    const { span, length } = spanAfter(rest, read.length, today);
    return { kind: "joined", ...read, ...(span ? { span } : {}), length };
  }
  const bought = begins(`${buying}(?: either| both| a| an| the)* ${list}`).exec(rest);
  if (bought) return dated(bought);
  const again = begins(
    `(?:${buying}(?: ${anything})* again|(?:came|come|coming|been) back(?: (?:to buy|again|for more))*)`,
  ).exec(rest);
  if (again) {
    const { span, length } = spanAfter(rest, again[0].length, today);
    // Again in a period: whether the first time lies in it as well, the words leave open.
    if (span) return { kind: "beyond", how: "who bought again in a period", length, names: [] };
    return whereClause({ bought: [], at_least: 2 }, length, { bought: true });
  }
  const ordered = begins(`${buying}(?: ${anything})*`).exec(rest);
  if (ordered) {
    const period = /^(?:gets?|got|owns?|owned)$/.test(ordered[0])
      ? null
      : periodBehind(rest, ordered[0].length, today);
    const span = period && spanOf(period.period, today);
    if (period && span?.from)
      return {
        kind: "ordered",
        from: span.from,
        ...(span.to ? { to: span.to } : {}),
        length: period.length,
        names: [],
      };
    if (period && span) return whereClause({ bought: [], ...span }, period.length, { bought: true });
    if (!/^(?:get|got|owns?|owned|order|orders)$/.test(ordered[0]))
      return whereClause({ bought: [] }, ordered[0].length, { bought: true });
  }
  return null;

  function dated(match: RegExpExecArray): Clause {
    const read = namesIn(match);
    const { span, length } = spanAfter(rest, read.length, today);
    return { kind: "bought", ...read, ...(span ? { span } : {}), length };
  }
}
