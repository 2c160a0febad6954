import { numberWords } from "../calendar";
import type { Today } from "../dates";
import { anything, type Before, begins, buying, type Clause, list, namesIn, no, whereClause } from "./clause";
import { periodBehind, sinceDay, spanAfter, spanOf, spanOfLate } from "./periods";

/** What people bought and did not buy, from whom they are named and where they live. */
export function purchaseAt(rest: string, today: Today, before: Before): Clause | null {
  return afterAt(rest, today, before) ?? notBoughtAt(rest, today) ?? notAt(rest) ?? boughtAt(rest, today);
}

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
  if (within && times > 0 && (within[4] || tags || /within|first/.test(within[0]))) {
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
