import { monthNumbers, numberWords, weekdayNumbers } from "./calendar";
import { nearest, tolerance } from "./fuzzy";
import {
  dimensionPhraseTable,
  drawingWords,
  metricPhraseTable,
  outOfScope,
  rankWords,
  stopwords,
  unknownDimensions,
} from "./lexicon";
import type { VocabularyIndex } from "./vocabulary";

const grammar = `day days week weeks month months quarter quarters year years daily weekly monthly quarterly yearly annual annually today yesterday tomorrow
  last previous past prior trailing this current next since until before after between from to vs versus compare compared comparison against than ytd mtd qtd wtd
  completed complete full including ago half first second third fourth trend trends trending timeline history historically beginning start
  excluding exclude except without not tag tagged tags label holding having bought source sources channel pin save board boards dashboard chart charts
  describe define definition explain meaning calculated computed formula metrics metric forecast predict why reason approve approved approval proposal proposals pending
  sync synced syncing fresh share percent percentage search notes note wrote written mention mentions contact contacts people customers risk remove drop clear reset filter filters
  instead also only just everything everywhere total yoy mom wow qoq black friday quarter's month's year's week's today's yesterday's`;

/** Every-day words that are one slip away from a word of ours and must not be taken for a typo of it. */
const falseFriends = new Set(
  "weak sake make male sales tale lead load leader leaders loads lean head heads beads refuge marsh matches later latter those house mouth moth mothers works world word words form forms farm coast cast lost cause course courses costs list least lease best beast rest test text next most post host cost boast board bored stage state states stats static status start star stare store stores story order older border product produce produced project projects object profit profits county country count counts court source sauce course force three there these thing think trend tend friend friends spend send sent tent week seek peek book look took cook bit but buy boy pay play plan plane plans price prize piece place pace pie pin ping ink line link like life live love move more mode model modern made mad map may maybe".split(
    " ",
  ),
);

export interface Correction {
  from: string;
  to: string;
}

let ownWordsCache: Set<string> | undefined;

/** All words with a meaning in a question, whatever the account. */
export function ownWords(): Set<string> {
  ownWordsCache ??= new Set(
    [
      ...stopwords,
      ...grammar.split(/\s+/),
      ...metricPhraseTable().map(({ phrase }) => phrase),
      ...dimensionPhraseTable().map(({ phrase }) => phrase),
      ...[
        monthNumbers,
        weekdayNumbers,
        numberWords,
        drawingWords,
        outOfScope,
        rankWords,
        unknownDimensions,
      ].flatMap(Object.keys),
    ].flatMap((text) => text.split(/[\s/-]+/)),
  );
  return ownWordsCache;
}

/** Words worth correcting a slip to: those that carry meaning, long enough to be recognised. */
let targetsCache: string[] | undefined;
function targets(): string[] {
  targetsCache ??= [...ownWords()].filter((word) => word.length >= 4 && /^[a-z]+$/.test(word));
  return targetsCache;
}

/**
 * Mends slips of the pen word by word (`revnue by mnth`). A word is only replaced when one known word is clearly the
 * nearest and begins with the same letter; what was replaced is reported, so that the answer can say so.
 */
export function mend(clean: string, index: VocabularyIndex): { text: string; corrections: Correction[] } {
  const corrections: Correction[] = [];
  const names = [...index.words].filter((word) => word.length >= 4);
  const text = clean.replace(/[\p{L}][\p{L}']*/gu, (word) => {
    const slip = commonSlips[word];
    if (slip && !index.words.has(word)) {
      corrections.push({ from: word, to: slip });
      return slip;
    }
    if (word.length < 4 || ownWords().has(word) || index.words.has(word) || falseFriends.has(word))
      return word;
    const plain = word.replace(/'s$/, "");
    if (ownWords().has(plain) || index.words.has(plain)) return word;
    const to = closest(word, targets()) ?? closest(word, names);
    if (!to || to === word) return word;
    corrections.push({ from: word, to });
    return to;
  });
  return { text, corrections };
}

/** Slips that are too short for the distance rule, and the ones everybody makes. */
const commonSlips: Record<string, string> = Object.fromEntries(
  "mnth:month mnths:months wek:week wk:week wks:weeks yr:year yrs:years qtr:quarter qtrs:quarters mo:month mos:months prdct:product tody:today teh:the cutsomers:customers ordr:order ordrs:orders tgas:tags tgs:tags"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);

function closest(word: string, candidates: string[]): string | undefined {
  const limit = tolerance(word.length);
  const near = nearest(
    word,
    candidates.filter((candidate) => candidate[0] === word[0]),
    (candidate) => candidate,
    limit,
  );
  const distinct = [...new Set(near.map(({ item }) => item))];
  if (distinct.length === 1) return distinct[0];
  // `prodcts` is as near to `product` as to `products`: the same word twice is no ambiguity.
  const stems = new Set(distinct.map((item) => item.replace(/(?:es|s|ed|ing)$/, "")));
  return stems.size === 1
    ? distinct.sort((a, b) => Math.abs(a.length - word.length) - Math.abs(b.length - word.length))[0]
    : undefined;
}
