import type { PeopleInput } from "../../../people/people-input";
import type { SubscriptionCondition, Where } from "../../../people/where";
import type { Today } from "../dates";
import { normalise } from "../normalise";
import type { NameKind, VocabularyIndex } from "../vocabulary";
import { type Clause, whereClause } from "./clause";
import { type Found, markNames, settle } from "./names";
import { periodAt, spanOf } from "./periods";
import { inPlainForms } from "./plain-forms";
import { readClause } from "./read-clause";
import { tagDeedAt } from "./tag-deeds";

/**
 * Reads which people are meant, clause by clause from the left, and nothing past a word it does not know: a change to
 * the wrong people is worse than a question back. Names of the account stand as `@0@`, `@1@` … while it reads.
 */
export type PeopleReading =
  | { kind: "people"; people: PeopleInput; meanings: string[] }
  /** Nobody was named. */
  | { kind: "nobody" }
  /** What cannot be said to the tools, as part of a sentence. */
  | { kind: "beyond"; how: string }
  | { kind: "unclear"; text: string };

/** A word that stands between clauses and chooses nobody. */
const filler =
  /^(?:,|and|but|also|too|as well|plus|who|that|which|whom|whoever|whose|is|are|was|were|be|being|been|have|has|had|did|do|does|ever|already|still|currently|people|persons?|contacts?|(?:customers?|clients?|buyers?|owners?|purchasers?)(?! of (?:the |our |a )?@)|leads?|prospects?|everyone|everybody|anyone|anybody|someone|all|every|each|those|these|the|of|our|my|me|us|we|i|in our crm|in the crm|list|show|find|get|give|name|names of|see|look up|pull up|export|please|now|today|can|could|would|you|a list|to|with us|they|out|there|any|an?|at all|yet|got(?= who| that| with| in| from|$)|new(?= (?:people|contacts?|customers?|leads?) who))(?= |$|,) ?/;
/** `new leads from Texas in May`: the period stands further on, or is missing. */
const newNoun =
  /^(?:(?:brand[- ])?new|recent) (?:leads?|contacts?|sign[- ]?ups?|opt[- ]?ins?|prospects?)(?= |$|,) ?/;
const newDays = 30;
const leadNoun = /(?:^| )(?:leads?|contacts?|sign[- ]?ups?|prospects?)(?= |$|,)/;
const buyerNoun = /(?:^| )(?:customers?|clients?|buyers?)(?= |$|,)/;
const relative = /(?:^| )(?:who|that|which|whom|whoever|whose)(?= |$)/;

/** Conditions that all have to hold: those the tools take by name, and others. */
interface Group {
  flat: PeopleInput;
  wheres: Where[];
  clauses: number;
}
const group = (): Group => ({ flat: {}, wheres: [], clauses: 0 });

export function readPeople(
  phrase: string,
  index: VocabularyIndex,
  today: Today,
  tagsBefore?: string[],
): PeopleReading {
  const clean = inPlainForms(normalise(signsSaid(phrase)).clean);
  const marked = markNames(` ${clean} `, phrase, index);
  const { found, meanings } = marked;
  const text = onLists(marked.text, found);
  // What stands before `who` holds whatever follows; what follows may come as one thing or another.
  const outer = group();
  const branches: Group[] = [group()];
  let inner = false;
  let customers = false;
  let leads = false;
  let bought = false;
  let rest = text.trim();
  let previousKind: NameKind | null = null;
  let previous: Where | null = null;
  let previousNo = false;
  let tags: string[] | null = tagsBefore ?? null;
  let products: string[] | null = null;
  let isNew = false;
  while (rest) {
    const or = /^(?:, )?or (?:else )?/.exec(rest)?.[0];
    const current = branches.at(-1) ?? group();
    if (or) {
      if (current.clauses + outer.clauses === 0) return unknownWords(rest, found);
      // `haven't bought or opened anything` is neither.
      const after = rest.slice(or.length).replace(/^(?:ever |even )*/, "");
      const place = /^(?:the )?@(\d+)@/.exec(after)?.[1];
      const ofPlaces = found[Number(place)]?.names.every(
        ({ kind }) => kind === "country" || kind === "region",
      );
      if (
        previousNo &&
        !(place && ofPlaces && previous && !("country" in previous || "region" in previous)) &&
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
    const before = { previous, tags, products, denied: previousNo };
    const clause = readClause(rest, today, before);
    const begun =
      asTagged(clause, () => tagDeedAt(rest, index, today, tags)) ??
      (leads ? addedAt(rest, today) : null) ??
      turnedAt(rest, (text) => readClause(text, today, before) ?? tagDeedAt(text, index, today, tags));
    // A clause may begin with a word that stands between clauses elsewhere, so those are passed one at a time.
    const passed = begun ? undefined : (newNoun.exec(rest) ?? filler.exec(rest))?.[0];
    if (passed) {
      if (buyerNoun.test(passed) && outer.clauses + branches.length === 1) customers = true;
      if (relative.test(passed)) inner = true;
      if (leadNoun.test(passed)) leads = true;
      if (newNoun.test(passed)) isNew = true;
      rest = rest.slice(passed.length).trim();
      continue;
    }
    const read = begun ?? tagDeedAt(rest, index, today, tags);
    if (!read) return unknownWords(rest, found);
    if (read.meaning) meanings.push(read.meaning);
    const into = inner || branches.length > 1 ? (branches.at(-1) ?? outer) : outer;
    const problem = take(read, into);
    if (problem) return problem;
    into.clauses++;
    if (isNew && read.kind === "where" && "did" in read.where && read.where.did === "joined") isNew = false;
    const asBefore: string = rest;
    rest = rest.slice(read.length).trim();
    if (rest === asBefore) return unknownWords(rest, found);
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
  if (isNew) {
    const from = today.now.minus({ days: newDays }).toISODate() ?? "";
    outer.wheres.push({ did: "joined", from });
    meanings.push(`You named no period for "new", so I took the last ${newDays} days.`);
  }
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
  // `members who cancelled` are members no more.
  const wheres = outer.wheres.some(leftUs)
    ? outer.wheres.filter(
        (part) =>
          !("is" in part && part.is === "subscriber") &&
          !("not" in part && "is" in part.not && part.not.is === "subscriber"),
      )
    : outer.wheres;
  const where = allOf(wheres);
  return { kind: "people", people: { ...outer.flat, ...(where ? { where: merged(where) } : {}) }, meanings };

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
        takeWhere(read.where, wheres);
        previous = "not" in read.where ? read.where.not : read.where;
        previousNo = "not" in read.where;
        if (read.bought) bought = true;
        return null;
      case "spent": {
        const { over, under, span } = read;
        previous = over === undefined ? { paid_under: under ?? 0 } : { paid_over: over };
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

  function takeWhere(where: Where, wheres: Where[]): void {
    const plain = "not" in where ? where.not : where;
    if ("tag" in plain) tags = plain.tag;
    // `bought the kiln then asked for a refund`: of the kiln.
    if ("did" in where && where.did === "got_refund" && products && !where.product)
      wheres.push({ ...where, product: products });
    else wheres.push(where);
  }

  function takeNames(
    read: Extract<Clause, { joint: unknown }>,
    names: Found[],
    { flat, wheres }: Group,
  ): PeopleReading | null {
    const said = rest.slice(0, read.length);
    // `Texas customers` live there; `kit customers` bought it; `got the guide` is a tag.
    const got = read.kind === "bought" && /^(?:got|get|gets|getting|given|received) /.test(said);
    const loose = read.kind === "bought" && / (?:customers|buyers)$/.test(said);
    const ofProducts = names.every(({ names: own }) =>
      own.some((one) => one.kind === "product" || one.kind === "category"),
    );
    const here = names.filter(({ names: own }) => !own.every(({ absent }) => absent));
    for (const { said: place } of names.filter((each) => !here.includes(each)))
      meanings.push(`Nobody in this account lives in "${place}".`);
    if (here.length === 0 && names.length > 0)
      return {
        kind: "unclear",
        text: `Nobody in this account lives in ${names.map(({ said: place }) => place).join(" or ")}.`,
      };
    const after = afterOf(read);
    if (after && "kind" in after) return after;
    if (read.kind === "bought" && names.length === 0) {
      const where = { bought: [], ...after, ...read.span };
      wheres.push(read.no ? { not: where } : where);
      bought = true;
      return null;
    }
    const settled = settle((loose || got) && !ofProducts ? "tagged" : read.kind, here, previousKind);
    if ("text" in settled) return { kind: "unclear", text: settled.text };
    const { kind, values } = settled;
    if (read.ended && kind !== "plan" && !(kind === "product" && isMembership(values, index)))
      return {
        kind: "unclear",
        text: `${values.map((value) => `"${value}"`).join(", ")} is no plan that can be cancelled. Say the plan by its full name.`,
      };
    if (loose && !ofProducts && !read.span) customers = true;
    previousKind = kind;
    const each = read.joint === "and" && values.length > 1;
    const not = (where: Where) => wheres.push({ not: where });
    if (read.kind === "without" || read.no) {
      previousNo = true;
      if (kind === "tag" && !read.span) add(flat, "without_tag", values);
      else if (kind === "product" && (read.span || after)) not({ bought: values, ...after, ...read.span });
      else if (kind === "product") add(flat, "not_bought_product", values);
      else if (kind === "category") not({ bought: [], category: values, ...after, ...read.span });
      else if (kind === "country" || kind === "region" || kind === "lead_source" || kind === "owner")
        not({ [kind]: values } as Where);
      else return { kind: "beyond", how: `by ${kind.replaceAll("_", " ")}` };
      if (kind === "product") previous = { bought: values, ...read.span };
      return null;
    }
    if (kind === "tag") {
      tags = values;
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
    if (read.kind === "joined" && (kind === "plan" || (kind === "product" && isMembership(values, index)))) {
      wheres.push({
        subscription: read.ended ? "ended" : read.span ? "started" : "runs",
        ...(kind === "plan" ? { plan: values } : { product: values }),
        ...read.span,
      });
      return null;
    }
    if (kind === "plan") {
      wheres.push({ subscription: "runs", plan: values });
      return null;
    }
    if (kind === "owner") {
      wheres.push({ owner: values });
      return null;
    }
    if (kind === "category") {
      bought = true;
      previous = { bought: [], category: values, ...read.span };
      for (const part of each ? values.map((value) => [value]) : [values])
        wheres.push({ bought: [], category: part, ...read.times, ...after, ...read.span });
      return null;
    }
    if (kind === "product") {
      bought = true;
      products = values;
      const plain = !read.span && !read.times && !after;
      previous = { bought: values, ...read.span };
      if (plain && !each && !flat.bought_product) flat.bought_product = values;
      else
        for (const part of each ? values.map((value) => [value]) : [values])
          wheres.push({ bought: part, ...read.times, ...after, ...read.span });
      return null;
    }
    if (kind === "country" || kind === "region" || kind === "lead_source") {
      if (flat[kind]) wheres.push({ [kind]: values } as Where);
      else flat[kind] = values;
      return null;
    }
    return { kind: "beyond", how: `by ${kind.replaceAll("_", " ")}` };
  }

  /** The tag after which something was bought, named in the same clause. */
  function afterOf(read: Extract<Clause, { joint: unknown }>) {
    if (!read.afterNames) return read.after;
    const named = read.afterNames.map((at) => found[at]).filter((each) => each !== undefined);
    const settled = settle("tagged", named, null);
    if ("text" in settled) return { kind: "unclear" as const, text: settled.text };
    if (settled.kind !== "tag")
      return { kind: "beyond" as const, how: "by days after something that is no tag" };
    return { ...read.after, after_tag: settled.values };
  }
}

/** `subscribers to the newsletter`: who holds a tag that is called so pays for nothing. */
const onLists = (text: string, found: Found[]): string =>
  text.replace(
    /(?<![\p{L}])(?:subscribers?|subscribed|signed up|people|those) (?:to|of|on|for) (?:the |our )?@(\d+)@(?: (?:list|tag))?/gu,
    (said, digits: string) =>
      found[Number(digits)]?.names.some(({ kind }) => kind === "tag") &&
      !found[Number(digits)]?.names.some(({ kind }) => kind === "product" || kind === "plan")
        ? `tagged @${digits}@`
        : said,
  );

/** `with a failed card`, where a tag says who has one now: whose payment failed ever may have a good one. */
function asTagged(clause: Clause | null, tagged: () => Clause | null): Clause | null {
  if (clause?.kind !== "where" || !("did" in clause.where)) return clause;
  const { did, from, to } = clause.where;
  if (did !== "failed_payment" || from || to) return clause;
  const other = tagged();
  return other && other.length >= clause.length ? other : clause;
}

/** Had a membership and has none now. */
const leftUs = (part: Where): boolean =>
  "and" in part &&
  part.and.some((each) => "is" in each && each.is === "ever_subscribed") &&
  part.and.some((each) => "not" in each && "is" in each.not && each.not.is === "subscriber");

/** `> 1k` is a sign that the folding of the text would lose. */
const signsSaid = (phrase: string) =>
  phrase
    .replace(/>\s?=\s?(?=[$€£]?\d)/g, " at least ")
    .replace(/<\s?=\s?(?=[$€£]?\d)/g, " at most ")
    .replace(/>\s?(?=[$€£]?\d)/g, " over ")
    .replace(/<\s?(?=[$€£]?\d)/g, " under ")
    .replace(/\bw\/ ?(?=\d)/gi, "with ");

/** `excluding members`, `not unsubscribed`: one condition turned round, where no reader knows its denial itself. */
function turnedAt(rest: string, read: (text: string) => Clause | null): Clause | null {
  const turning =
    /^(?:(?:not|never|no|non|without|excluding|exclude|except(?: for)?|minus|other than|besides|leaving out|apart from|but not|nor|neither)(?: (?:the|those|ones|people|contacts|customers|who|that|which|are|is|were|was|be|being|been|having|already|currently|any|an?|yet|ever))*)[ -]/u.exec(
      rest,
    );
  if (!turning) return null;
  const clause = read(rest.slice(turning[0].length));
  if (clause?.kind !== "where") return null;
  const { where } = clause;
  return {
    ...clause,
    where: "not" in where ? where.not : { not: where },
    length: turning[0].length + clause.length,
  };
}

/** `leads from facebook last month`: the period is when they came. */
function addedAt(rest: string, today: Today): Clause | null {
  const found = periodAt(rest, today);
  const span = found && spanOf(found.period, today);
  return found && span ? whereClause({ did: "joined", ...span }, found.length) : null;
}

/** A product with plans is subscribed to: the names of its plans begin with its own. */
function isMembership(values: string[], index: VocabularyIndex): boolean {
  const plans = index.byLength.filter(({ kind }) => kind === "plan");
  return values.every((value) =>
    plans.some((plan) => plan.value.toLowerCase().startsWith(value.toLowerCase())),
  );
}

/** `annual members up for renewal`: the membership that renews is the annual one. */
function merged(where: Where): Where {
  if (!("and" in where)) return where;
  const runs = where.and.find((part) => "subscription" in part && part.subscription === "runs");
  // Since when at the latest says nothing of what runs now.
  const event = where.and.find(
    (part) =>
      "subscription" in part &&
      part.subscription !== "runs" &&
      (part.subscription !== "started" || part.from !== undefined),
  );
  if (!runs || !event) return where;
  const { subscription: _, ...details } = runs as SubscriptionCondition;
  const rest = where.and.filter((part) => part !== runs && part !== event);
  const one = { ...details, ...(event as SubscriptionCondition) };
  return rest.length > 0 ? { and: [one, ...rest] } : one;
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
