import { monthNumbers } from "../calendar";
import type { Today } from "../dates";
import { isOrdinary, ownWords } from "../words";
import { aNo, begins, type Clause, whereClause } from "./clause";

/** What stands in somebody's record: phone, mail address, owner, source, birthday and town. */
export function recordAt(rest: string, today: Today): Clause | null {
  return noneOf(rest) ?? mailAt(rest) ?? birthdayAt(rest, today);
}

const phone = "(?:phone|telephone|mobile|cell)(?: ?numbers?| ?phones?|s)?(?: on file)?";
const rep = "(?:owners?|reps?|sales ?(?:reps?|person|people)|account managers?|users?)(?: assigned| set)?";
const source = "(?:lead )?sources?";
const withA = "(?:with|have|has|having|who have) (?:(?:an?|any|some|their) )*";
const presence: [string, "has_phone" | "has_owner" | "has_lead_source", boolean][] = [
  [`${aNo} ${phone}`, "has_phone", false],
  [`${withA}${phone}`, "has_phone", true],
  [
    `${aNo} ${rep}|unassigned|unowned|not (?:assigned|owned)(?: (?:to|by) (?:anyone|anybody|any ?one|somebody|a user))?|belong(?:s|ing)? to (?:no ?one|nobody)|(?:assigned to|owned by) (?:no ?one|nobody)`,
    "has_owner",
    false,
  ],
  [`${withA}${rep}`, "has_owner", true],
  [`${aNo} ${source}|(?:from |of )?(?:an )?unknown ${source}`, "has_lead_source", false],
  [`${withA}${source}`, "has_lead_source", true],
];

/** `no phone number`, `with an owner`, `unassigned`. */
function noneOf(rest: string): Clause | null {
  for (const [pattern, is, has] of presence) {
    const match = begins(pattern).exec(rest);
    if (match) return whereClause(has ? { is } : { not: { is } }, match[0].length);
  }
  return null;
}

const providers =
  "gmail|googlemail|yahoo|hotmail|outlook|icloud|aol|proton(?:mail)?|gmx|live(?= (?:e-?mail )?(?:address|adress|accounts?|mails?|e-?mails?|domains?))|msn|fastmail|zoho|yandex|web\\.de|t-online";
const address =
  "(?: (?:e-?mail )?(?:address(?:es)?|adress(?:es)?|accounts?|mails?|e-?mails?|domains?|users?))";

/** `with a gmail address`, `at acme.com`, `whose mail ends in .edu`. */
function mailAt(rest: string): Clause | null {
  const domain = String.raw`@?((?:${providers})(?![\p{L}\p{N}.])|[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,12})`;
  const match =
    begins(
      `(?:(?:with|have|has|having|use|uses|using|on|at|whose e-?mail(?: address)? is (?:at |from )?)(?: (?:an?|their|the|any))*) ${domain}${address}?`,
    ).exec(rest) ??
    begins(
      `(?:e-?mails?(?: address(?:es)?)?|address(?:es)?) (?:is |are )?(?:at|from|ends? (?:in|with)|ending (?:in|with)|on) ${domain}`,
    ).exec(rest) ??
    begins(`(?:an? )?${domain}${address}`).exec(rest);
  if (match) return whereClause({ mail_domain: [match[1] ?? ""] }, match[0].length);
  const not = begins(`(?:without|not (?:using|with|on)|no)(?: (?:an?|any))* ${domain}${address}?`).exec(rest);
  return not ? whereClause({ not: { mail_domain: [not[1] ?? ""] } }, not[0].length) : null;
}

/** `whose birthday is in december`, `with a birthday this month`. */
function birthdayAt(rest: string, { now }: Today): Clause | null {
  const match = begins(
    String.raw`(?:(?:whose|their|with|have|has|having|celebrate|celebrating)(?: (?:an?|their))* )?birthdays?(?: (?:is|are|falls?|in|this|coming up|on|during|the))* (?<month>\p{L}+)(?: month)?|born in (?<born>\p{L}+)`,
  ).exec(rest);
  if (!match) return null;
  const said = match.groups?.month ?? match.groups?.born ?? "";
  const named =
    monthNumbers[said] ??
    (said === "month" && /(?:this|coming up) month$/.test(match[0])
      ? now.month
      : said === "next" && / next month$/.test(match[0])
        ? now.plus({ months: 1 }).month
        : undefined);
  return named === undefined ? null : whereClause({ birthday_month: named }, match[0].length);
}

const living =
  "(?:living in|based in|located in|live in|lives in|resid(?:e|es|ing) in|from|in|around|near|outside(?: of)?)";

/** A town, which is no name this account keeps: only where every word is neither ours nor ordinary English. */
export function townAt(rest: string): Clause | null {
  const match = new RegExp(
    String.raw`^${living} (?:the (?:city|town) of )?((?:(?!(?:and|or|who|that|with|without|but|not)(?= ))[\p{L}'.-]{3,}(?: |$|(?=,))){1,3})`,
    "u",
  ).exec(rest);
  if (!match || /^(?:outside|around|near)/.test(rest)) return null;
  const words = (match[1] ?? "").trim().split(" ");
  const kept: string[] = [];
  for (const word of words) {
    if (ownWords().has(word) || isOrdinary(word) || monthNumbers[word]) break;
    kept.push(word);
  }
  if (kept.length === 0) return null;
  const town = kept.join(" ");
  return whereClause({ city: [town] }, rest.indexOf(town) + town.length, {
    meaning: `I took "${town}" for a town.`,
  });
}
