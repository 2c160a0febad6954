import type { PeopleInput } from "../../../people/people-input";
import type { Where } from "../../../people/where";
import type { Today } from "../dates";
import { normalise } from "../normalise";
import type { NameKind, VocabularyIndex } from "../vocabulary";
import type { Clause } from "./clause";
import { type Found, markNames, settle } from "./names";
import { readClause } from "./read-clause";

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

/** Words that stand between clauses and choose nobody. */
const filler =
  /^(?:(?:,|and|but|also|as well|plus|who|that|which|whom|whoever|whose|is|are|was|were|be|being|been|have|has|had|did|do|does|ever|already|still|currently|people|persons?|contacts?|(?:customers?|clients?|buyers?|owners?|purchasers?)(?! of (?:the |our |a )?@)|leads?|everyone|everybody|anyone|anybody|someone|all|every|each|those|these|the|of|our|my|me|us|we|i|in our crm|in the crm|list|show|find|get|give|name|names of|see|look up|pull up|export|please|now|today|can|could|would|you|a list|to|with us|they|out|there|any|a|at all|yet)(?= |$|,) ?)+/;
const buyerNoun = /(?:^| )(?:customers?|clients?|buyers?)(?= |$|,)/;
const relative = /(?:^| )(?:who|that|which|whom|whoever|whose)(?= |$)/;

/** Conditions that all have to hold: those the tools take by name, and others. */
interface Group {
  flat: PeopleInput;
  wheres: Where[];
  clauses: number;
}
const group = (): Group => ({ flat: {}, wheres: [], clauses: 0 });

export function readPeople(phrase: string, index: VocabularyIndex, today: Today): PeopleReading {
  const { clean } = normalise(phrase);
  const { text, found } = markNames(` ${clean} `, phrase, index);
  // What stands before `who` holds whatever follows; what follows may come as one thing or another.
  const outer = group();
  const branches: Group[] = [group()];
  let inner = false;
  let customers = false;
  let bought = false;
  let rest = text.trim();
  let previousKind: NameKind | null = null;
  let previous: Where | null = null;
  let previousNo = false;
  while (rest) {
    // Those nouns begin a clause of their own: `new leads last week`, `leads from last week`, `repeat customers`.
    const early = outer.clauses + (branches.at(-1)?.clauses ?? 0) === 0 ? readNoun(rest) : null;
    const passed = early ? null : filler.exec(rest)?.[0];
    if (passed) {
      if (buyerNoun.test(passed) && outer.clauses + branches.length === 1) customers = true;
      if (relative.test(passed)) inner = true;
      rest = rest.slice(passed.length).trim();
      if (!rest) break;
    }
    const or = /^(?:, )?or (?:else )?/.exec(rest)?.[0];
    const current = branches.at(-1) ?? group();
    if (or) {
      if (current.clauses + outer.clauses === 0) return unknownWords(rest, found);
      // `haven't bought or opened anything` is neither.
      const after = rest.slice(or.length).replace(/^(?:ever |even )*/, "");
      if (
        previousNo &&
        !/^(?:who|that|are|have|has|were|was|never|not|no|is|without|tagged|in|from)(?= )/.test(after)
      ) {
        rest = `never ${after}`;
      } else {
        if (current.clauses === 0) {
          // `VIPs or kit buyers`: the whole was one of two.
          branches[0] = { ...outer };
          Object.assign(outer, group());
        }
        branches.push(group());
        inner = true;
        rest = after.replace(/^(?:(?:who|that|which|people|those|are|have|has|were|was) )+/, "");
      }
    }
    const read = early ?? readClause(rest, today, previous);
    if (!read) return unknownWords(rest, found);
    const into = inner || branches.length > 1 ? (branches.at(-1) ?? outer) : outer;
    const problem = take(read, into);
    if (problem) return problem;
    into.clauses++;
    const before: string = rest;
    rest = rest.slice(read.length).trim();
    if (rest === before) return unknownWords(rest, found);
    if (
      /^or /.test(rest) &&
      read.kind !== "where" &&
      read.names.length === 0 &&
      /^or (?:more|less|fewer)/.test(rest)
    )
      return unknownWords(rest, found);
  }
  const alternatives = branches.filter(({ clauses }) => clauses > 0);
  if (alternatives.length > 1 && alternatives.some(({ clauses }) => clauses > 1))
    return {
      kind: "unclear",
      text: 'I can\'t tell which of the conditions belong together: both "and" and "or" are in it. Say it in two questions, or with one of them.',
    };
  if (customers && !bought) outer.wheres.push({ is: "customer" });
  const [only] = alternatives;
  if (alternatives.length > 1) outer.wheres.push({ or: alternatives.map(whereOf) });
  else if (only) {
    const clash = Object.keys(only.flat).some((key) => key in outer.flat);
    if (clash) outer.wheres.push(...partsOf(only.flat), ...only.wheres);
    else {
      Object.assign(outer.flat, only.flat);
      outer.wheres.push(...only.wheres);
    }
  }
  if (outer.wheres.length === 0 && Object.keys(outer.flat).length === 0) return { kind: "nobody" };
  const where = allOf(outer.wheres);
  return { kind: "people", people: { ...outer.flat, ...(where ? { where } : {}) } };

  function readNoun(at: string): Clause | null {
    const bare = at.replace(
      /^(?:(?:the|our|my|all|show|me|list|find|give|get|of|export|name|us|please|who|are|were|is) )+/,
      "",
    );
    const read =
      /^(?:leads?|contacts?|sign[- ]?ups?|opt[- ]?ins?|prospects?|people|new|brand|repeat|returning|one|single|first|active|current|lapsed|inactive|dormant|lost|former|past|previous|ex|cancell?ed|paying|existing|subscribers?|members?|unsubscribed|churned|multiple)(?=[ -]|$)/.test(
        bare,
      )
        ? readClause(bare, today, null)
        : null;
    if (read?.kind !== "where") return null;
    return { ...read, length: read.length + at.length - bare.length };
  }

  function take(read: Clause, into: Group): PeopleReading | null {
    const { flat, wheres } = into;
    const names = read.names.map((at) => found[at]).filter((each) => each !== undefined);
    previousNo = false;
    switch (read.kind) {
      case "beyond":
        return { kind: "beyond", how: read.how };
      case "nothing":
        flat.bought_nothing = true;
        bought = true;
        previousNo = true;
        previous = { bought: [] };
        return null;
      case "since":
        if (flat.no_order_since) wheres.push({ not: { bought: [], from: read.day } });
        else flat.no_order_since = read.day;
        previousNo = true;
        return null;
      case "ordered": {
        const { from, to } = read;
        previous = { bought: [], from, ...(to ? { to } : {}) };
        bought = true;
        if (flat.ordered_from) wheres.push(previous);
        else {
          flat.ordered_from = from;
          if (to) flat.ordered_to = to;
        }
        return null;
      }
      case "risk":
        flat.at_risk = true;
        bought = true;
        return null;
      case "where":
        wheres.push(read.where);
        previous = "not" in read.where ? read.where.not : read.where;
        previousNo = "not" in read.where;
        if (read.bought) bought = true;
        return null;
      case "spent": {
        const { over, under, span } = read;
        if (over !== undefined) bought = true;
        const twice = flat.spent_over !== undefined || flat.spent_under !== undefined;
        if (span || twice)
          wheres.push({
            ...(over !== undefined ? { paid_over: over } : {}),
            ...(under !== undefined ? { paid_under: under } : {}),
            ...span,
          });
        else {
          if (over !== undefined) flat.spent_over = over;
          if (under !== undefined) flat.spent_under = under;
        }
        return null;
      }
      default:
        return takeNames(read, names, into);
    }
  }

  function takeNames(
    read: Extract<Clause, { kind: "tagged" | "without" | "place" | "bought" }>,
    names: Found[],
    { flat, wheres }: Group,
  ): PeopleReading | null {
    const said = rest.slice(0, read.length);
    // `Texas customers` live there; `kit customers` bought it.
    const loose = read.kind === "bought" && / (?:customers|buyers)$/.test(said);
    const products = names.every(({ names: own }) => own.some((one) => one.kind === "product"));
    const settled = settle(loose && !products ? "tagged" : read.kind, names, previousKind);
    if ("text" in settled) return { kind: "unclear", text: settled.text };
    const { kind, values } = settled;
    if (loose && !products && !read.span) customers = true;
    previousKind = kind;
    const each = read.joint === "and" && values.length > 1;
    const not = (where: Where) => wheres.push({ not: where });
    if (read.kind === "without" || read.no) {
      previousNo = true;
      if (kind === "tag" && !read.span) add(flat, "without_tag", values);
      else if (kind === "product" && read.span) not({ bought: values, ...read.span });
      else if (kind === "product") add(flat, "not_bought_product", values);
      else if (kind === "country" || kind === "region" || kind === "lead_source")
        not({ [kind]: values } as Where);
      else return { kind: "beyond", how: `by ${kind.replaceAll("_", " ")}` };
      if (kind === "product") previous = { bought: values, ...read.span };
      return null;
    }
    if (kind === "tag") {
      if (read.span) {
        for (const part of each ? values.map((value) => [value]) : [values])
          wheres.push({ tag: part, ...read.span });
      } else if (flat.has_tag) {
        wheres.push(...(each ? values.map((value) => ({ tag: [value] })) : [{ tag: values }]));
      } else if (each || flat.has_all_tags) {
        if (each || values.length === 1) add(flat, "has_all_tags", values);
        else flat.has_tag = values;
      } else flat.has_tag = values;
      return null;
    }
    if (kind === "product") {
      bought = true;
      const plain = !read.span && !read.times;
      previous = { bought: values, ...read.span };
      if (plain && !each && !flat.bought_product) flat.bought_product = values;
      else
        for (const part of each ? values.map((value) => [value]) : [values])
          wheres.push({ bought: part, ...read.times, ...read.span });
      return null;
    }
    if (kind === "country" || kind === "region" || kind === "lead_source") {
      if (flat[kind]) wheres.push({ [kind]: values } as Where);
      else flat[kind] = values;
      return null;
    }
    return { kind: "beyond", how: `by ${kind.replaceAll("_", " ")}` };
  }
}

function add(
  flat: PeopleInput,
  key: "has_all_tags" | "without_tag" | "not_bought_product",
  values: string[],
): void {
  flat[key] = [...new Set([...(flat[key] ?? []), ...values])];
}

function allOf(parts: Where[]): Where | undefined {
  return parts.length > 1 ? { and: parts } : parts[0];
}

/** The conditions the tools take by name, as nested ones. */
function partsOf(flat: PeopleInput): Where[] {
  return [
    ...(flat.has_tag ? [{ tag: flat.has_tag }] : []),
    ...(flat.has_all_tags ?? []).map((name) => ({ tag: [name] })),
    ...(flat.without_tag ? [{ not: { tag: flat.without_tag } }] : []),
    ...(flat.bought_product ? [{ bought: flat.bought_product }] : []),
    ...(flat.not_bought_product ? [{ not: { bought: flat.not_bought_product } }] : []),
    ...(flat.bought_nothing ? [{ not: { bought: [] } }] : []),
    ...(flat.no_order_since ? [{ not: { bought: [], from: flat.no_order_since } }] : []),
    ...(flat.ordered_from
      ? [{ bought: [], from: flat.ordered_from, ...(flat.ordered_to ? { to: flat.ordered_to } : {}) }]
      : []),
    ...(flat.spent_over !== undefined ? [{ paid_over: flat.spent_over }] : []),
    ...(flat.spent_under !== undefined ? [{ paid_under: flat.spent_under }] : []),
    ...(flat.country ? [{ country: flat.country }] : []),
    ...(flat.region ? [{ region: flat.region }] : []),
    ...(flat.lead_source ? [{ lead_source: flat.lead_source }] : []),
    ...(flat.where ? [flat.where] : []),
  ];
}

/** People as one nested condition; null where one of theirs cannot be nested. */
export function nested(people: PeopleInput): Where | null {
  if (people.at_risk) return null;
  return allOf(partsOf(people)) ?? null;
}

const whereOf = ({ flat, wheres }: Group): Where => allOf([...partsOf(flat), ...wheres]) ?? { did: "joined" };

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
