import type { PeopleInput } from "../../people/people-input";
import { numberWords } from "./calendar";
import { matchPeriod, type Period, type Today } from "./dates";
import { fold, normalise } from "./normalise";
import { literal } from "./patterns";
import type { IndexedName, NameKind, VocabularyIndex } from "./vocabulary";
import { isEveryday, ownWords } from "./words";

/**
 * Reads which people are meant, clause by clause from the left, and nothing past a word it does not know: a change to
 * the wrong people is worse than a question back. Names of the account stand as `@0@`, `@1@` … while it reads.
 */
export type PeopleReading =
  | { kind: "people"; people: PeopleInput }
  /** Nobody was named. */
  | { kind: "nobody" }
  /** What cannot be said to the tools, as part of a sentence. */
  | { kind: "beyond"; how: string }
  | { kind: "unclear"; text: string };

interface Found {
  names: IndexedName[];
  said: string;
}

type Joint = "and" | "or" | null;

const name = String.raw`(?:(?:the|a|an|any|either|both|our|of) )*(?:(?:tags?|labels?|products?|courses?)(?: called| named)? )?@\d+@(?: (?:tags?|label|products?))?`;
const list = `${name}(?:(?: ?, ?(?:and |or |nor )?| or | and | nor | & )${name})*`;
const buying = "(?:bought|buys?|buying|purchased?|ordered?|orders|owns?|owned|got)";
const no = String.raw`(?:not|never|no longer|haven't|hasn't|didn't|don't)(?: yet| ever| once)*`;

/** Words that stand between clauses and choose nobody. */
const filler =
  /^(?:(?:,|and|but|also|who|that|which|whom|whoever|is|are|was|were|be|being|have|has|had|did|do|does|ever|already|still|currently|people|persons?|contacts?|customers?|clients?|leads?|members|everyone|everybody|anyone|anybody|someone|all|every|each|those|these|the|of|our|my|me|us|we|i|in our crm|list|show|find|get|give|name|see|look up|pull up|export|please|now|today|can|could|would|you|a list|to|with us|they|out|there|any|a|at all)(?= |$) ?)+/;

export function readPeople(phrase: string, index: VocabularyIndex, today: Today): PeopleReading {
  const { clean } = normalise(phrase);
  const { text, found } = markNames(` ${clean} `, phrase, index);
  const people: PeopleInput = {};
  let rest = text.trim();
  let previous: NameKind | null = null;
  const add = (
    key:
      | "has_tag"
      | "has_all_tags"
      | "without_tag"
      | "bought_product"
      | "not_bought_product"
      | "country"
      | "region"
      | "lead_source",
    values: string[],
  ) => {
    people[key] = [...new Set([...(people[key] ?? []), ...values])];
  };
  while (rest) {
    rest = rest.replace(filler, "").trim();
    if (!rest) break;
    const read = readClause(rest, today);
    if (!read) {
      if (/^or /.test(rest)) return { kind: "beyond", how: "by one condition or another" };
      return unknownWords(rest, found);
    }
    const names = read.names.map((at) => found[at]).filter((each) => each !== undefined);
    switch (read.kind) {
      case "beyond":
        return { kind: "beyond", how: read.how };
      case "nothing":
        people.bought_nothing = true;
        break;
      case "since":
        people.no_order_since = read.day;
        break;
      case "ordered":
        people.ordered_from = read.from;
        if (read.to) people.ordered_to = read.to;
        break;
      case "risk":
        people.at_risk = true;
        break;
      case "spent": {
        const { over, under } = read;
        const twice =
          (over !== undefined && people.spent_over !== undefined) ||
          (under !== undefined && people.spent_under !== undefined);
        if (twice) return { kind: "beyond", how: "by two amounts they paid" };
        if (over !== undefined) people.spent_over = over;
        if (under !== undefined) people.spent_under = under;
        break;
      }
      default: {
        // `Texas customers` live there; `kit customers` bought it.
        const loose = read.kind === "bought" && / (?:customers|buyers)$/.test(rest.slice(0, read.length));
        const products = names.every(({ names: own }) => own.some((one) => one.kind === "product"));
        const settled = settle(loose && !products ? "tagged" : read.kind, names, previous);
        if ("text" in settled) return { kind: "unclear", text: settled.text };
        const { kind, values } = settled;
        if (read.kind === "without") {
          if (kind !== "tag" && kind !== "product")
            return { kind: "beyond", how: `without ${kind === "lead_source" ? "a lead source" : "a place"}` };
          add(kind === "tag" ? "without_tag" : "not_bought_product", values);
        } else if (kind === "tag") {
          if (people.has_tag && !people.has_all_tags) return { kind: "beyond", how: "by two lists of tags" };
          add(read.joint === "and" && values.length > 1 ? "has_all_tags" : "has_tag", values);
        } else if (kind === "product") {
          if ((read.joint === "and" && values.length > 1) || people.bought_product)
            return { kind: "beyond", how: "who bought each of several products" };
          add("bought_product", values);
        } else if (kind === "country" || kind === "region" || kind === "lead_source") add(kind, values);
        else return { kind: "beyond", how: `by ${kind.replaceAll("_", " ")}` };
        previous = kind;
      }
    }
    rest = rest.slice(read.length).trim();
    // `the kit last month`: when a product was bought is nothing the tools can tell.
    if (read.kind === "bought" && rest && periodAt(rest, today))
      return { kind: "beyond", how: "by when they bought one product" };
  }
  return Object.keys(people).length === 0 ? { kind: "nobody" } : { kind: "people", people };
}

type Clause = { length: number; names: number[] } & (
  | { kind: "tagged" | "without" | "bought" | "place"; joint: Joint }
  | { kind: "nothing" }
  | { kind: "since"; day: string }
  | { kind: "ordered"; from: string; to?: string }
  | { kind: "risk" }
  | { kind: "spent"; over?: number; under?: number }
  | { kind: "beyond"; how: string }
);

function readClause(rest: string, today: Today): Clause | null {
  const at = (pattern: string) => new RegExp(`^${pattern}(?= |$|,)`, "u").exec(rest);
  const named = (match: RegExpExecArray) => ({
    length: match[0].length,
    names: [...match[0].matchAll(/@(\d+)@/g)].map(([, digits]) => Number(digits)),
    joint: (/ or | nor |, or /.test(match[0]) ? "or" : / and | & |, /.test(match[0]) ? "and" : null) as Joint,
  });
  if (/^(?:only|just)(?: |$)/.test(rest))
    return { kind: "beyond", how: "by only one thing they bought or hold", length: 0, names: [] };

  const spent = spentAt(rest, today);
  if (spent) return spent;
  const notBoughtAny = at(
    `(?:${no} ${buying}(?: (?:anything|something|again|from us|at all|yet|stuff))*|${buying} nothing(?: at all)?|(?:with |without |having |have )?(?:no|zero|without|any) (?:orders?|purchases?))`,
  );
  const notThis = at(`${no} ${buying} ${list}`);
  if (notThis) return { kind: "without", ...named(notThis) };
  if (notBoughtAny) {
    const length = notBoughtAny[0].length;
    const span =
      /^ (?:(?:in|for|within|over|during) )?(?:(?:the|at least) )?(?:(?:last|past) )?(\d{1,3}|[a-z]+) (day|week|month|year)s?(?= |$)/u.exec(
        rest.slice(length),
      );
    const count = span ? (numberWords[span[1] ?? ""] ?? Number(span[1])) : Number.NaN;
    if (span && count > 0) {
      const day = today.now.minus({ [`${span[2]}s`]: count }).toISODate() ?? "";
      return { kind: "since", day, length: length + span[0].length, names: [] };
    }
    const period = periodAt(rest.slice(length).trimStart(), today);
    if (!period) return { kind: "nothing", length, names: [] };
    const whole =
      length + (rest.slice(length).length - rest.slice(length).trimStart().length) + period.length;
    const day = sinceDay(period.period, today);
    return day
      ? { kind: "since", day, length: whole, names: [] }
      : { kind: "beyond", how: "who did not order in a period of the past", length: whole, names: [] };
  }
  const without = at(
    `(?:without|lacking|missing|except(?: for)?|excluding|other than|besides|minus|non-?|not|no|never)(?: (?:tagged|having|have|has|holding|hold|with|as|in|from|people|contacts|customers|those|anyone|who|are))*(?: the)?(?: tags?)? ?${list}`,
  );
  if (without) return { kind: "without", ...named(without) };
  const owners =
    at(`${list} (?:buyers|owners|purchasers|customers)`) ??
    at(`(?:buyers|owners|purchasers|customers) of ${list}`);
  if (owners) return { kind: "bought", ...named(owners) };
  const bought = at(`${buying} ${list}`);
  if (bought) return { kind: "bought", ...named(bought) };
  const ordered = at(`${buying}(?: (?:something|anything|from us))*`);
  if (ordered) {
    const after = rest.slice(ordered[0].length);
    const period = periodAt(after.trimStart(), today);
    if (!period?.period.from) return null;
    const length = ordered[0].length + (after.length - after.trimStart().length) + period.length;
    const to = period.period.to ? dayBefore(period.period.to) : undefined;
    return {
      kind: "ordered",
      from: period.period.from,
      ...(to && to < iso(today) ? { to } : {}),
      length,
      names: [],
    };
  }
  const risk = at(
    "(?:at[ -]risk|likely to (?:churn|leave)|about to (?:churn|leave)|overdue to buy)(?: of (?:not (?:coming back|buying|returning)|leaving|churning))?",
  );
  if (risk) return { kind: "risk", length: risk[0].length, names: [] };
  const place = at(
    `(?:living in|based in|located in|live in|lives in|from|in|who came from|came from|coming from) ${list}`,
  );
  if (place) return { kind: "place", ...named(place) };
  const tagged = at(
    `(?:(?:tagged|with|having|holding|holds?|wearing|under|carrying)(?: (?:with|as|by|the|a|tags?|labels?|both|either))* )?${list}`,
  );
  return tagged ? { kind: "tagged", ...named(tagged) } : null;
}

const paying = "(?:spent|spend|spends|paid|pay|pays|brought in|worth)";
const sum = String.raw`(?:[$€£] ?)?(\d[\d,]*(?:\.\d{1,2})?) ?(k)?(?: ?(?:dollars|bucks|usd|eur|euros|gbp|pounds))?`;
const more = "more than|over|above|upwards of|greater than|north of";
const less = "less than|under|below|fewer than";
const least = "at least|no less than|a minimum of";
const most = "at most|no more than|up to|not more than";
const spending = new RegExp(
  `^(?:(?:have|has|had|having|who|with) )*${paying}(?: (?:a total of|in total|altogether|with us|us))*(?: (${more}|${less}|${least}|${most}))? ${sum}( or more| or less|\\+| plus)?((?: (?:with us|in total|in all|altogether|overall|so far|ever|lifetime|all time|total))*)(?= |$|,)`,
  "u",
);

/** `spent over 500`: what somebody paid in all. An amount in a period, or without a bound, is something else. */
function spentAt(rest: string, today: Today): Clause | null {
  const match = spending.exec(rest);
  if (!match) return null;
  const [said, bound = "", digits = "", thousands, after = ""] = match;
  const length = said.length;
  const amount = Number(digits.replaceAll(",", "")) * (thousands ? 1_000 : 1);
  const beyond = (how: string): Clause => ({ kind: "beyond", how, length, names: [] });
  if (periodAt(rest.slice(length).trimStart(), today)) return beyond("by what they paid in a period");
  const is = (words: string) => new RegExp(`^(?:${words})$`).test(bound);
  // A cent below counts as "at least": amounts are whole cents.
  const round = (value: number) => Math.round(value * 100) / 100;
  if (is(more)) return { kind: "spent", over: amount, length, names: [] };
  if (is(less)) return { kind: "spent", under: amount, length, names: [] };
  if (is(least) || /more|\+|plus/.test(after))
    return { kind: "spent", over: Math.max(0, round(amount - 0.01)), length, names: [] };
  if (is(most) || /less/.test(after))
    return { kind: "spent", under: round(amount + 0.01), length, names: [] };
  return beyond("by an exact amount they paid");
}

/** Which kind of thing the names of a clause are, and their values as a filter takes them. */
function settle(
  clause: "tagged" | "without" | "bought" | "place",
  names: Found[],
  previous: NameKind | null,
): { kind: NameKind; values: string[] } | { text: string } {
  const order: NameKind[] =
    clause === "bought"
      ? ["product"]
      : clause === "place"
        ? ["region", "country", "lead_source", "tag"]
        : clause === "without" && previous === "product"
          ? ["product", "tag"]
          : ["tag", "product", "region", "country", "lead_source"];
  const kind = order.find((each) => names.every(({ names: own }) => own.some((one) => one.kind === each)));
  if (!kind) {
    const said = names.map(({ said: words }) => `"${words}"`).join(" and ");
    return {
      text:
        clause === "bought"
          ? `${said} is no product I know, so I don't choose people past it.`
          : `I can't tell what ${said} is here. Say the tag or the product by its full name.`,
    };
  }
  // `VIP buyers` would be read as a tag; a product that stands where a tag is said is not guessed at.
  if (clause === "tagged" && kind === "product")
    return {
      text: `Do you mean people who bought ${names.map(({ said }) => `"${said}"`).join(", ")}? Say "who bought".`,
    };
  const values: string[] = [];
  for (const { names: own, said } of names) {
    const fits = [
      ...new Map(own.filter((one) => one.kind === kind).map((one) => [one.filter, one])).values(),
    ];
    const [only, another] = fits;
    if (another)
      return {
        text: `"${said}" fits more than one ${kind.replaceAll("_", " ")}: ${fits.map(({ value }) => `"${value}"`).join(", ")}. Which one?`,
      };
    if (only) values.push(only.filter);
  }
  return { kind, values };
}

function unknownWords(rest: string, found: Found[]): PeopleReading {
  const words = rest
    .replace(/@(\d+)@/g, (_, digits: string) => found[Number(digits)]?.said ?? "")
    .split(" ")
    .filter(Boolean)
    .slice(0, 6)
    .map((word) => `"${word}"`)
    .join(", ");
  return {
    kind: "unclear",
    text: `I did not understand ${words.slice(0, 200)}, so I don't choose people past it.`,
  };
}

const peopleNouns = new Set(
  "people customer customers contact contacts lead leads buyer buyers member members client clients everyone".split(
    " ",
  ),
);
const peopleKinds = new Set<NameKind>(["tag", "product", "country", "region", "lead_source"]);
const hint =
  /(?:tagged(?: with| as)?|tags?|label|products?|course|bought|bought the|holds?|hold|has the|source|in|from|without|not)(?: the| called| named)* $/u;
const joined = /@\d+@(?: ?,? ?(?:and|or|nor|but not|not) (?:the )?(?:tags? )?)$/u;

/** Replaces the account's names by marks. A name that is an every-day word has to be quoted, hinted at or capital. */
function markNames(clean: string, raw: string, index: VocabularyIndex): { text: string; found: Found[] } {
  const found: Found[] = [];
  let text = clean;
  const seen = new Set<string>();
  const own = ownWords();
  for (const { key } of index.byLength) {
    if (seen.has(key) || key.length < 2) continue;
    seen.add(key);
    const same = index.byLength.filter((one) => one.key === key && peopleKinds.has(one.kind));
    if (same.length === 0 || !text.includes(key)) continue;
    const everyday = key
      .split(" ")
      .every((word) => peopleNouns.has(word) || own.has(word) || isEveryday(word) || /^\d+$/.test(word));
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}@])${literal(key)}(?:'s|'|s)?(?![\\p{L}\\p{N}@])`, "gu");
    text = text.replace(pattern, (said, at: number) => {
      const before = text.slice(0, at);
      const exact = same.filter(({ value }) => value !== value.toLowerCase() && raw.includes(value));
      const capital = exact.some(({ value }) => raw.indexOf(value) > 0);
      const quoted = new RegExp(`["“'‘]${literal(said.trim())}`, "iu").test(
        fold(raw) === fold(said) ? `"${raw}"` : raw.toLowerCase(),
      );
      const kindAfter = /^ tags?(?= |$)(?! of )/u.test(text.slice(at + said.length));
      if (everyday && !capital && !quoted && !hint.test(before) && !joined.test(before) && !kindAfter)
        return said;
      // Capital letters decide between names that differ in nothing else.
      const lower = same.filter(({ value }) => value === value.toLowerCase() && raw.includes(value));
      const chosen =
        exact.length > 0
          ? exact
          : lower.length > 0 && lower.length < same.length && raw.includes(`"`)
            ? lower
            : same;
      found.push({ names: chosen, said: said.trim() });
      return `@${found.length - 1}@`;
    });
  }
  return { text: text.replace(/\s+/g, " "), found };
}

const opening = /^(?:in|during|within|over|for|on|since|from)(?: the)? |^the /;

function periodAt(text: string, today: Today): { period: Period; length: number } | null {
  const skip = opening.exec(text)?.[0].length ?? 0;
  for (const start of skip > 0 ? [0, skip] : [0]) {
    const match = matchPeriod(text.slice(start), today);
    if (match && !("problem" in match)) return { period: match.period, length: start + match.length };
  }
  return null;
}

/** The day from which on nobody ordered, for a period that reaches up to now; null for one that ended before. */
function sinceDay({ from, to, rolling }: Period, today: Today): string | null {
  if (rolling?.kind === "last") return today.now.minus({ [`${rolling.unit}s`]: rolling.count }).toISODate();
  if (!from) return null;
  return !to || to > iso(today) ? from : null;
}

const iso = ({ now }: Today) => now.toISODate() ?? "";
const dayBefore = (day: string) =>
  new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
