import type { Evidence } from "./audit-words";
import { stem, turned } from "./audit-words";
import { dimensionPhraseTable } from "./lexicon";
import type { VocabularyIndex } from "./vocabulary";

/** What a question as a whole asks for, where each word by itself would be accounted for. The words that say so. */
export function unmetSigns(words: string[], evidence: Evidence, index: VocabularyIndex): string[] {
  return [
    ...askedForPeople(words, evidence),
    ...takenOut(words, evidence),
    ...namesAsSplits(words, evidence, index),
  ];
}

const openings = new Set("and so ok now but also then please show me tell".split(" "));
const peopleTools = [
  "find_contacts",
  "find_records",
  "get_contact",
  "shape",
  "cohort",
  "search_knowledge",
  "propose_tags",
];

/** `who of them bought in May` wants people, or something that people stand behind: one number is no answer. */
function askedForPeople(words: string[], { tools, keys }: Evidence): string[] {
  const first = words.find((word) => !openings.has(word)) ?? "";
  if (!["who", "whos", "names"].includes(first)) return [];
  const answered =
    peopleTools.some((tool) => tools.has(tool)) ||
    !tools.has("query_metric") ||
    keys.has("behind") ||
    keys.has("dimensions");
  return answered ? [] : [first];
}

const outs = new Set(["drop", "remove", "hide", "minus", "leave", "take"]);
const views =
  /^(?:the |that |this |any )?(?:filter|compar|chart|split|table|line|bar|average|total|restriction|date|range|period|last|time)/;

/** `drop coaching`: a condition that leaves something out, unless it is a part of the view that goes. */
function takenOut(words: string[], { does }: Evidence): string[] {
  const at = words.findIndex((word) => !openings.has(word));
  const verb = words[at] ?? "";
  const rest = words.slice(at + 1).join(" ");
  if (!outs.has(verb) || rest === "" || views.test(rest)) return [];
  if ((verb === "leave" || verb === "take") && !/\b(?:out|off|away)\b/.test(rest)) return [];
  return [...turned].some((each) => does.has(each)) ? [] : [verb];
}

const splitters = new Set(
  "by per each every which what top best worst all our of across among different many biggest lowest highest".split(
    " ",
  ),
);

const sharedKept = new WeakMap<VocabularyIndex, ReadonlySet<string>>();

/** Words for a split that are a name of this account as well. */
function sharedWords(index: VocabularyIndex): ReadonlySet<string> {
  const known = sharedKept.get(index);
  if (known) return known;
  const names = new Set(index.byLength.map(({ key }) => key));
  const shared = new Set(dimensionPhraseTable().flatMap(({ phrase }) => (names.has(phrase) ? [phrase] : [])));
  sharedKept.set(index, shared);
  return shared;
}

/** `only courses`, where a category goes by that name: the word for a split is a name here unless it is asked for as one. */
function namesAsSplits(words: string[], { named, metrics }: Evidence, index: VocabularyIndex): string[] {
  // `affiliate revenue` is a number, whatever tag is called Affiliate.
  const numbers = new Set(metrics.flatMap((id) => id.split("_")).map(stem));
  const namesOfSplits = sharedWords(index);
  return words.filter((word, at) => {
    if (!namesOfSplits.has(word) || named.has(word) || numbers.has(stem(word))) return false;
    const before = words[at - 1] ?? "";
    return !splitters.has(before) && !/^\d+$/.test(before);
  });
}
