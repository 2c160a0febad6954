import { monthNumbers, numberWords, weekdayNumbers } from "./calendar";
import { isEnglish } from "./english";
import { editDistance, nearest, tolerance } from "./fuzzy";
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
  bought buying purchased purchase ordered spent paying opened clicked unsubscribed subscribed received cancelled joined registered attended downloaded
  phone birthday everybody everyone anybody anyone invoice invoices payment payments overdue outstanding task tasks membership memberships members
  never nothing none nobody neither nor unless besides
  instead date dates well filtered started start begin began beginning versus instead also only just everything everywhere total yoy mom wow qoq beat beats beating outperform outperforms outperformed outdid exceed exceeded black friday quarter's month's year's week's today's yesterday's`;

/** Every-day words that are one slip away from a word of ours and must not be taken for a typo of it. */
const falseFriends = new Set(
  `weak sake male tale load loads leader leaders lean head heads beads refuge marsh matches later latter those house mouth moth mothers works world word words form forms farm coast cast lost cause
  course courses lease beast rest test text next post host boast board bored stage stages states stats static status star stare store stores story older border project projects object county court force
  these there think thing tent sent send friend friends seek peek book look took cook plane plain prize piece place pace line link like life live love move mode model modern modes maybe might
  about above across after again against almost along already although always among another anything around asked away back bank bases been before behind being below best better between both bring brought
  build built called came cannot card care carry case catch center certain chance check child children choose city class clear close club code cold color company complete consider could couple cover create
  cross current dark data daughter dead deal dear death decide deep design desk detail died different dinner direct doctor door down draw dream dress drink drive drop each early earth easy effect eight either
  else email emails energy enough entire especially even evening event ever every exactly example expect face fact fair fall family famous fast father fear feel feet fell felt field fight figure fill final
  find fine fire first fish five floor fly food foot foreign forget found four free fresh front full fund funds further game garden gave general girl give given glass goal goes gold gone good great green
  ground group grow guess hair half hand happen hard hate have hear heart heat heavy held hello here high hill history hold home hope horse hospital hotel hour huge human hundred hurt idea image imagine
  important inside issue item join jump keep kept kids kill kind king knew know known land language large laugh learn leave left length letter level lie light list listen little local long lord lose loss
  lower lunch machine main make manager many mark market marry master matter mean meant meet meeting member mention message middle mile million mind mine minute miss modern moment money moon morning most
  mountain music must name near need never news nice night nine none normal north nothing notice number ocean offer office often once only open opinion other outside over page paid pain paint pair paper
  parent park part party pass past path pattern peace perfect perhaps period person phone photo pick picture pieces plant play please point police poor popular position possible power prepare present
  press pretty private problem process program promise protect proud prove public pull push quality question quick quiet quite race radio rain raise reach read ready real reason receive record remember
  repeat reply require result return ride right ring rise river road rock role room round rule safe said salt sand save scale school score search season seat second secret section seem self sense serious
  serve service seven several shape share sharp ship shirt shoe shoot short shot should shoulder shout show sick side sight sign silver simple since sing sister site size skin sleep slow small smile snow
  social society soft soldier some song soon sorry sort sound south space speak special speed spell spot spread spring square staff stand start started station stay step stick still stone stop straight
  strange street strong student study stuff style subject success such sudden suggest summer support sure surface sweet swim system table take talk tall teach teacher team tell term thank thick thin third
  though thought thousand three threw through throw thus tire title today together told tomorrow tone tonight tooth topic touch toward town trade train travel tree trip trouble truck true trust truth
  turn twenty type under unit until upon usual value very view village visit voice wait walk wall want warm wash waste watch water wave wear weather website wedding week weight welcome well west wheel where
  white whole whose wide wife wild wind window winter wish woman women wonder wood work worker worry worse worst worth would write written wrong wrote yard young yourself zero poem joke jokes joking`
    .split(/\s+/)
    .filter(Boolean),
);

export function isEveryday(word: string): boolean {
  return falseFriends.has(word);
}

/** A word that was meant as it stands, and is no slip for another. */
export function isOrdinary(word: string): boolean {
  return falseFriends.has(word) || isEnglish(word);
}

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
    if (word.length < 4 || ownWords().has(word) || index.words.has(word) || isOrdinary(word)) return word;
    const plain = word.replace(/'?s$/, "");
    if (ownWords().has(plain) || index.words.has(plain)) return word;
    const to = nearestKnown(word, targets(), names);
    if (!to || to === word) return word;
    corrections.push({ from: word, to });
    return to;
  });
  return { text, corrections };
}

/** Slips that are too short for the distance rule, and the ones everybody makes. */
const commonSlips: Record<string, string> = Object.fromEntries(
  "mnth:month mnths:months wek:week wk:week wks:weeks yr:year yrs:years qtr:quarter qtrs:quarters mo:month mos:months prdct:product tody:today teh:the cutsomers:customers ordr:order ordrs:orders tgas:tags tgs:tags recieve:receive alot:lots wich:which ther:there thier:their becuase:because definately:definitely"
    .split(" ")
    .map((pair) => pair.split(":") as [string, string]),
);

/** A word of ours or of a name, whichever is nearer; as near, the name wins, since it was typed for a reason. */
function nearestKnown(word: string, own: string[], names: string[]): string | undefined {
  const ours = closest(word, own);
  const named = closest(word, names);
  if (!ours || !named) return ours ?? named;
  return editDistance(word, named, 4) <= editDistance(word, ours, 4) ? named : ours;
}

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
