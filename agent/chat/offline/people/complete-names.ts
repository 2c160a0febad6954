import { stopwords } from "../lexicon";
import { fold } from "../normalise";
import { nameInWords, readPartialNames } from "../read-names";
import type { VocabularyIndex } from "../vocabulary";
import { ownWords } from "../words";

const longestRun = 3;

/** `the summit ticket` is `the Summit 2025 Ticket` where no other name holds both words. */
export function completeNames(
  phrase: string,
  index: VocabularyIndex,
): { phrase: string; meanings: string[] } {
  const words = phrase.split(" ");
  const meanings: string[] = [];
  const done: string[] = [];
  for (let at = 0; at < words.length; ) {
    const found = runAt(words, at, index);
    if (found) {
      meanings.push(`I took "${found.said}" for ${nameInWords(found.name)}.`);
      done.push(found.name.value);
    } else done.push(words[at] ?? "");
    at += found?.length ?? 1;
  }
  return { phrase: done.join(" "), meanings };
}

function runAt(words: string[], at: number, index: VocabularyIndex) {
  for (let length = Math.min(longestRun, words.length - at); length > 0; length--) {
    const said = fold(words.slice(at, at + length).join(" "));
    const parts = said.split(" ");
    if (parts.every((part) => ownWords().has(part)) || parts.some((part) => stopwords.has(part))) continue;
    const { found, choices, unknown } = readPartialNames(parts, index);
    const [name, another] = found.filter(
      ({ kind }) => kind === "tag" || kind === "product" || kind === "lead_source",
    );
    if (name && !another && choices.length === 0 && unknown.length === 0 && fold(name.value) !== said)
      return { name, length, said };
  }
  return null;
}
