import { fold } from "./normalise";
import { literal } from "./patterns";
import { placeName } from "./places";
import type { Scanner } from "./scanner";
import { type IndexedName, kindLabel, type NameKind, type VocabularyIndex } from "./vocabulary";
import { isEveryday } from "./words";

export type { NameKind } from "./vocabulary";

/** A name found in the question, with how it was said. */
export interface FoundName {
  kind: NameKind;
  value: string;
  filter: string;
  /** `excluding X`, `not X`. */
  negated: boolean;
  /** Said with its kind: `tag X`, `product X`. */
  hinted: boolean;
  /** What stood in the question, when it differs from the name. */
  said?: string;
  /** Names said by what they have in common: `annual` for the plans that bill by the year. */
  group?: string;
}

export interface NameChoice {
  said: string;
  options: { kind: NameKind; value: string; filter: string }[];
}

export interface NamesReading {
  found: FoundName[];
  /** Several names fit equally well: one clarifying question. */
  choices: NameChoice[];
  /** `with A and B` (all of them) or `A or B` (any). */
  joint: "and" | "or";
}

const hintWords: Partial<Record<NameKind, string>> = {
  tag: "(?:people |contacts |customers |leads )?tagged(?: with| as)?|(?:with |having |have |has |holding |for |in |under )?(?:the |a )?(?:tags?|label)(?: called| named| of)?",
  product:
    "(?:for |of |from |bought |buying )?(?:the |our )?(?:products?|items?|courses?|offers?)(?: called| named)?",
  lead_source:
    "(?:from |for |by |of |with )?(?:the )?(?:lead sources?|leadsources?|sources?|channels?)(?: called| named| of)?",
  country: "(?:in |from |for )?(?:the )?(?:country|countries)(?: of)?",
  region: "(?:in |from |for )?(?:the )?(?:states?|regions?|provinces?)(?: of)?",
};

export const negations =
  "excluding|exclude|except(?: for)?|without|other than|besides|minus|ignoring|leaving out|leave out|but leave out|but no|not counting|not including|sans|(?<=^ ?(?:(?:and|now|ok|please) )*)(?:drop|remove|take out|hide)|but not|not(?: in| from| for| with)?|no longer|outside(?: of)?|who (?:do not|don't) have|not having";

const edge = String.raw`(?<![\p{L}\p{N}])`;
const end = String.raw`(?![\p{L}\p{N}])`;

/**
 * Takes the account's names out of the question, longest first. A name that is also a word of ours (`Orders`, `March`)
 * counts as a name only when it is quoted or said with its kind.
 */
export function readNames(
  scanner: Scanner,
  index: VocabularyIndex,
  options: { raw: string; clean: string; quoted: string[]; isOwnWord: (word: string) => boolean },
): NamesReading {
  const reading: NamesReading = { found: [], choices: [], joint: "and" };
  const quoted = new Set(options.quoted.map(fold));
  const seen = new Set<string>();
  const places = new Map<FoundName, { from: number; to: number }>();
  for (const { key } of index.byLength) {
    if (seen.has(key)) continue;
    seen.add(key);
    takeKey(key);
  }
  if (/(?<![\p{L}])or(?![\p{L}])/u.test(scanner.rest)) reading.joint = "or";
  carryNegation();
  return reading;

  /** `excluding California and Texas` leaves out both. */
  function carryNegation(): void {
    const inOrder = [...places].sort((a, b) => a[1].from - b[1].from);
    inOrder.forEach(([name, { from }], at) => {
      const [before, place] = inOrder[at - 1] ?? [];
      if (!before?.negated || !place || name.negated) return;
      if (/^[¤\s]*(?:(?:and|or|nor|&|the|tags?|from|in)[¤\s]*)*$/u.test(scanner.rest.slice(place.to, from)))
        name.negated = true;
    });
  }

  function takeKey(key: string): void {
    if (!scanner.rest.includes(key)) return;
    // Of a name in several words more than one may be meant: `drawing kits`.
    const spoken = `${literal(key)}${key.includes(" ") ? "(?:s|es)?" : ""}`;
    const same = index.byLength.filter((name) => name.key === key);
    const kinds = [...new Set(same.map(({ kind }) => kind))];
    const plain = scanner.find(new RegExp(`${edge}${spoken}${end}`, "u"));
    if (!plain) return;
    const hint = kinds
      .map((kind) => ({
        kind,
        match: scanner.find(
          new RegExp(
            `${edge}(?<!(?:by|per|each|every|across|which|what|top) )(?:(${negations}) )?(?:${hintWords[kind] ?? `(?:for |from |of |with |in )?(?:the )?${literal(kindLabel(kind))}s?`}) (?:(${negations}) )?${spoken}${end}`,
            "u",
          ),
        ),
      }))
      .find(({ match }) => match);
    const trailing = kinds
      .map((kind) => ({
        kind,
        match: scanner.find(
          new RegExp(
            `${edge}(?:(${negations}) )?(?:the )?${spoken} (?:${trailingWords[kind] ?? literal(kindLabel(kind))})${end}`,
            "u",
          ),
        ),
      }))
      .find(({ match }) => match);
    const needsHint =
      !quoted.has(key) &&
      !(key.includes(" ") && same.some((name) => key !== fold(name.value))) &&
      key.split(" ").every((word) => options.isOwnWord(word) || /^\d+$/.test(word));
    const best = hint?.match ? hint : trailing?.match ? trailing : undefined;
    if (needsHint && !best) return;
    const bare =
      best?.match ?? scanner.find(new RegExp(`${edge}(?:(${negations}) )?(?:the )?${spoken}${end}`, "u"));
    if (!bare) return;
    scanner.blank(bare.index, bare.index + bare[0].length);
    accept(
      key,
      best ? same.filter(({ kind }) => kind === best.kind) : same,
      Boolean(bare[1] ?? bare[2]),
      Boolean(best),
      { from: bare.index, to: bare.index + bare[0].length },
    );
    if (reading.found.length < 20) takeKey(key);
  }

  function accept(
    key: string,
    same: IndexedName[],
    negated: boolean,
    hinted: boolean,
    place: { from: number; to: number },
  ): void {
    // Capital letters decide only where the writer used some, or put the name in quotes.
    const exact = same.filter(
      ({ value }) =>
        (value !== value.toLowerCase() || options.quoted.includes(value)) && options.raw.includes(value),
    );
    const likely = withoutTracking(exact.length > 0 ? exact : same, options.clean);
    // `tagged VIP or Newsletter`: a kind that was named decides for the other names as well.
    const said = likely.filter(({ kind }) => kindSaid[kind]?.test(options.clean));
    const pool = said.length > 0 && new Set(likely.map(({ kind }) => kind)).size > 1 ? said : likely;
    const distinct = [...new Map(pool.map((name) => [`${name.kind}:${name.value}`, name])).values()];
    const [only, another] = distinct;
    if (only && !another) {
      const said = fold(only.value) === key ? undefined : key;
      if (!reading.found.some(({ kind, value }) => kind === only.kind && value === only.value)) {
        const name = { kind: only.kind, value: only.value, filter: only.filter, negated, hinted, said };
        reading.found.push(name);
        places.set(name, place);
      }
    } else if (only) {
      reading.choices.push({
        said: key,
        options: distinct.map(({ kind, value, filter }) => ({ kind, value, filter })),
      });
    }
  }
}

/** A UTM record often repeats the name of a lead source; it is meant only when it is asked for. */
function withoutTracking(names: IndexedName[], clean: string): IndexedName[] {
  if (/(?<![\p{L}])(?:utm|campaigns?)(?![\p{L}])/u.test(clean)) return names;
  const own = names.filter(({ kind }) => !kind.startsWith("utm_"));
  return own.length > 0 ? own : names;
}

const kindSaid: Partial<Record<NameKind, RegExp>> = {
  tag: /(?<![\p{L}])(?:tag|tags|tagged|label)(?![\p{L}])/u,
  product: /(?<![\p{L}])(?:product|products|bought|course)(?![\p{L}])/u,
  lead_source: /(?<![\p{L}])(?:source|sources|channel|channels)(?![\p{L}])/u,
  country: /(?<![\p{L}])(?:country|countries)(?![\p{L}])/u,
  region: /(?<![\p{L}])(?:state|states|region|regions|province)(?![\p{L}])/u,
};

const trailingWords: Partial<Record<NameKind, string>> = {
  tag: "tags?|label",
  product: "product|products|course",
  lead_source: "lead source|source|channel",
  country: "country",
  region: "state|region|province",
};

/** What turns a meaning round is no name either: `did not sell` is not about the tag "Do not use". */
const denials = /^(?:no|not|non|never|none|nobody|nothing|neither|nor|without|except|excluding|unless)$/;

/** Says how or which, and is no name by itself: `what's new` is not about the stage "New enquiry". */
const describing =
  /^(?:new|newer|newest|old|older|oldest|big|bigger|small|smaller|good|bad|great|free|full|half|open|opened|close|closed|first|last|next|early|high|low|long|short|former|past|current|recent|active|inactive|single|whole|real|main|customers?|clients?|buyers?|members?|subscribers?|leads?|contacts?|orders?|affiliates?)$/;

/** Never a part of a name: `two days late` is not about "Watercolor in 30 Days". */
const timeWords =
  /^(?:second|minute|hour|day|night|week|weekend|fortnight|month|quarter|year|decade|today|yesterday|tomorrow|late|early|before|after|ago)s?$/;

/**
 * What was left over may be part of a name (`Mastery` of `Mindset Mastery Course`). One name that fits is taken and
 * said; several make a choice.
 */
export function readPartialNames(
  words: string[],
  index: VocabularyIndex,
): { found: FoundName[]; choices: NameChoice[]; unknown: string[] } {
  const result: { found: FoundName[]; choices: NameChoice[]; unknown: string[] } = {
    found: [],
    choices: [],
    unknown: [],
  };
  const singular = (word: string) => {
    if (index.words.has(word)) return word;
    const forms = [word.replace(/s$/, ""), word.replace(/es$/, ""), word.replace(/ies$/, "y")];
    return forms.find((form) => index.words.has(form)) ?? word.replace(/s$/, "");
  };
  // Numbers and every-day words occur in many names by chance.
  const isPart = (word: string) =>
    word.length > 2 &&
    !/^\d+$/.test(word) &&
    !timeWords.test(word) &&
    !denials.test(word) &&
    !describing.test(word) &&
    !isEveryday(word) &&
    index.words.has(singular(word));
  // `mini course` is a part of "Free mini-course", though `course` alone is no name.
  const beside = (word: string, at: number) =>
    word.length > 2 &&
    !timeWords.test(word) &&
    !denials.test(word) &&
    [words[at - 1], words[at + 1]].some(
      (next) =>
        next &&
        isPart(next) &&
        areBeside(word, next) &&
        namesWith([singular(next), singular(word)], index).length > 0,
    );
  const areBeside = (one: string, other: string) =>
    index.byLength.some(({ key }) => {
      const parts = key.split(/[^\p{L}\p{N}]+/u);
      const at = parts.indexOf(singular(one));
      return at >= 0 && (parts[at - 1] === singular(other) || parts[at + 1] === singular(other));
    });
  const taken = words.map((word, at) => isPart(word) || beside(word, at));
  const rest = words.filter((_, at) => taken[at]).map(singular);
  result.unknown = words.filter((_, at) => !taken[at]);
  for (let from = 0; from < rest.length; ) {
    // The longest run of words that stand in one name: `nadia` and `ben` are two people.
    let to = rest.length;
    while (to > from && namesWith(rest.slice(from, to), index).length === 0) to--;
    const run = rest.slice(from, Math.max(to, from + 1));
    const distinct = to > from ? namesWith(run, index) : [];
    const [only, another] = distinct;
    const said = run.join(" ");
    if (only && !another)
      result.found.push({
        kind: only.kind,
        value: only.value,
        filter: only.filter,
        negated: false,
        hinted: false,
        said,
      });
    else if (only)
      result.choices.push({
        said,
        options: distinct.slice(0, 12).map(({ kind, value, filter }) => ({ kind, value, filter })),
      });
    else result.unknown.push(...run);
    from += run.length;
  }
  return result;
}

/** Names that hold all of the words. */
function namesWith(words: string[], index: VocabularyIndex): IndexedName[] {
  const fits = index.byLength
    .filter(({ key, value }) => key === fold(value))
    .filter(({ key }) => words.every((word) => key.split(/[^\p{L}\p{N}]+/u).includes(word)));
  return [
    ...new Map(
      withoutTracking(fits, words.join(" ")).map((name) => [`${name.kind}:${name.value}`, name]),
    ).values(),
  ];
}

/** `the product "Mindset Mastery"`. */
export function nameInWords({ kind, value }: { kind: NameKind; value: string }): string {
  return `the ${kindLabel(kind)} "${placeName(kind, value)}"`;
}
