import { placesElsewhere } from "../places";
import { type IndexedName, kindLabel, type NameKind, type VocabularyIndex } from "../vocabulary";
import { buying } from "./clause";
import type { Found } from "./names";

/**
 * Names that were only half said: `bought the kiln`, `leads from facebook`, `nadias customers`. What stands before them
 * says which kind of name they are; what was taken for them is said with the answer.
 */
export function completeMarks(
  marked: string,
  found: Found[],
  index: VocabularyIndex,
): { text: string; meanings: string[] } {
  const meanings: string[] = [];
  // Nobody types so much; a reader must not be made to work for it.
  if (marked.length > longestRead) return { text: marked, meanings };
  let text = marked;
  for (const { before, kinds, generic } of contexts) {
    let from = 0;
    // Each finding changes the text behind it, so that the search goes on from there.
    for (let turns = 0; turns < 12; turns++) {
      const pattern = new RegExp(before.source, "gu");
      pattern.lastIndex = from;
      const match = pattern.exec(text);
      if (!match) break;
      const start = match.index + match[0].length;
      from = start;
      if (text.startsWith("@", start)) continue;
      const run = longestRun(text.slice(start), kinds, index, Boolean(generic && genericWord.test(match[0])));
      if (!run) continue;
      const [only, another] = run.names;
      if (only && !another && only.key !== run.said)
        meanings.push(`I took "${run.said}" for the ${kindLabel(only.kind)} "${only.value}".`);
      found.push({ names: run.names, said: run.said });
      const mark = `@${found.length - 1}@`;
      text = text.slice(0, start) + mark + text.slice(start + run.said.length);
      // The mark itself may be what the next name follows: `a course and a kit`.
      from = start;
    }
  }
  text = sourcesIn(text, found, index, meanings);
  text = ownersIn(text, found, index);
  for (const place of placesElsewhere(text)) {
    const here = index.byLength.some(
      ({ key, kind }) => key === place.key && (kind === "region" || kind === "country"),
    );
    if (here) continue;
    text = text.replace(place.pattern, () => {
      found.push({
        names: [{ kind: place.kind, value: place.name, filter: "", key: place.key, absent: true }],
        said: place.name,
      });
      return `@${found.length - 1}@`;
    });
  }
  return { text, meanings };
}

const longestRead = 400;
const article = "(?:(?:a|an|the|any|either|both|our|no|one|some) )*";
const genericWord = /(?<![\p{L}])(?:a|an|any|no|some)(?: )$|(?:bought|buy|buys|buying|ordered|purchased) $/u;
/** `have the watercolor set`: of what somebody has, only the one product or tag that is called so. */
const havings = /(?<![p{L}])(?:have|has|had|having|with|without|own|owns) (?:the|their|our) /;
const contexts: { before: RegExp; kinds: NameKind[]; generic?: true }[] = [
  {
    before: new RegExp(
      `(?<![\\p{L}])(?:${buying}|buyers of|owners of|purchasers of|subscribed to|joined|refund (?:of|for|on)|money back (?:of|for|on)) ${article}|@\\d+@,? ?(?:and|or|nor|but not|but never|but no|&|not|never|no) (?:the |a |an |any )*|(?<=(?:bought|buys?|ordered|purchased) .*)(?:but|and) (?:no|never|not|without)(?: bought| buying| any)? (?:the |a |an |any )*`,
    ),
    kinds: ["product"],
    generic: true,
  },
  // `have no course`
  {
    before:
      /(?<![p{L}])(?:have|has|had|with|own|owns|and|but|or) no (?:an? |any )?(?!memberships?|subscriptions?|(?:open |active |paying )|orders?|tags?|phone|e-?mail|owner|tasks?|deals?|invoices?|purchases?)/,
    kinds: ["product"],
    generic: true,
  },
  { before: havings, kinds: ["product", "tag"] },
  {
    before:
      /(?<![p{L}])(?:from|via|through|leads? of|source|came (?:in )?(?:from|through|via)) (?:the |our )?/,
    kinds: ["lead_source"],
  },
  {
    before:
      /(?<![p{L}])(?:tagged(?: with| as)?|tags?(?: called| named)?|hold(?:s|ing)?(?: the)? tag) (?:the |a )?/,
    kinds: ["tag"],
  },
];

/** Words that belong to the sentence, never to a half said name. */
const ends =
  /^(?:and|or|nor|but|who|that|which|in|at|on|this|last|next|since|before|after|within|during|then|later|once|twice|again|from|for|with|without|not|never|no|more|less|over|under|least|most|only|just|to|of|by|anything|something|nothing|stuff|it|them|us|first|ever|yet|live|lives|living|based|are|is|have|has|had|was|were|people|customers?|contacts?|leads?|members?|buyers?|clients?|order|orders|today|yesterday|now|ago|as|so|if|via|get|got|where|how|many|much|times?|days?|weeks?|months?|years?|any|all|\d.*|@.*)$/;

/** The longest run of words that some names hold in full, of the kind that fits here. */
function longestRun(
  behind: string,
  kinds: NameKind[],
  index: VocabularyIndex,
  generic: boolean,
): { names: IndexedName[]; said: string } | null {
  const words: string[] = [];
  for (const word of behind.split(" ")) {
    if (!word || words.length === 4 || ends.test(word.replace(/,$/, ""))) break;
    words.push(word.replace(/,$/, ""));
    if (word.endsWith(",")) break;
  }
  for (let length = words.length; length > 0; length--) {
    const said = words.slice(0, length);
    const names = fits(said, kinds, index);
    // `a kit` is any of the category; `the kit` is the one product that is called so.
    const ofCategory = kinds.includes("product") && length === 1 ? fits(said, ["category"], index) : [];
    const chosen = (generic || names.length === 0) && ofCategory.length === 1 ? ofCategory : names;
    if (chosen.length > 0) return { names: chosen, said: said.join(" ") };
  }
  return null;
}

const stem = (word: string) => word.replace(/'?s$/, "");
const wordsOf = (key: string) => key.split(/[^\p{L}\p{N}]+/u).map(stem);

function fits(said: string[], kinds: NameKind[], index: VocabularyIndex): IndexedName[] {
  const wanted = said.flatMap(wordsOf).filter(Boolean);
  if (wanted.length === 0 || wanted.every((word) => word.length < 3)) return [];
  const all = index.byLength.filter(
    ({ kind, key }) => kinds.includes(kind) && wanted.every((word) => wordsOf(key).includes(word)),
  );
  return [...new Map(all.map((name) => [`${name.kind}:${name.value}`, name])).values()];
}

/** `facebook leads`: the source stands before the noun. */
function sourcesIn(text: string, found: Found[], index: VocabularyIndex, meanings: string[]): string {
  return text.replace(
    /(?<![\p{L}@])(\p{L}{3,}) (?=(?:leads?|sign[- ]?ups?|contacts?|customers?|people|buyers?)(?![\p{L}]))/gu,
    (said, word: string) => {
      if (ends.test(word)) return said;
      const [only, another] = fits([word], ["lead_source"], index);
      const other = index.byLength.some(
        ({ key, kind }) => key === word && kind !== "lead_source" && !kind.startsWith("utm"),
      );
      if (!only || another || other) return said;
      meanings.push(`I took "${word}" for the ${kindLabel(only.kind)} "${only.value}".`);
      found.push({ names: [only], said: word });
      return `from @${found.length - 1}@ `;
    },
  );
}

/** `nadias leads`, `owned by ben`: a user by a part of the name that only one has. */
function ownersIn(text: string, found: Found[], index: VocabularyIndex): string {
  const owners = index.byLength.filter(({ kind }) => kind === "owner");
  let changed = text;
  const mark = (name: IndexedName, said: string) => {
    found.push({ names: [name], said });
    return `@${found.length - 1}@`;
  };
  for (const owner of owners) {
    for (const part of [owner.key, ...owner.key.split(" ")]) {
      if (
        part.length < 3 ||
        owners.some((other) => other.value !== owner.value && other.key.split(" ").includes(part))
      )
        continue;
      changed = changed
        .replace(
          new RegExp(
            `(?<=(?:owned by|assigned to|belong(?:s|ing)? to|(?:managed|handled|looked after|served|run) by|owner(?: is)?|rep(?: is)?|under|with) )${part}(?![\\p{L}])`,
            "gu",
          ),
          (said) => mark(owner, said),
        )
        .replace(
          new RegExp(
            `(?<![\\p{L}])${part}(?:'s|'|s) (?=(?:[\\p{L}@\\d-]+ ){0,2}(?:contacts?|customers?|leads?|people|clients?|members?|subscribers?|buyers?|book|portfolio)(?![\\p{L}]))`,
            "gu",
          ),
          (said) => `owned by ${mark(owner, said.trim())} `,
        )
        // `who does ben look after`, `contacts ben owns`
        .replace(
          new RegExp(
            `(?<![\\p{L}])(?:(?:does|is|do) )?${part} (?:looks? after|looking after|owns?|manages?|managing|handles?|handling|(?:is|are) responsible for|takes? care of)(?= |$)`,
            "gu",
          ),
          (said) => `owned by ${mark(owner, said.trim())}`,
        );
    }
  }
  // A whole name of a user that was marked before the noun.
  return changed.replace(
    /(?<!(?:by|to|is|owner|rep) )@(\d+)@(?:'s|'|s)? (?=(?:contacts|leads|people|clients)(?![\p{L}]))/gu,
    (said, digits: string) =>
      found[Number(digits)]?.names.every(({ kind }) => kind === "owner") ? `owned by @${digits}@ ` : said,
  );
}
