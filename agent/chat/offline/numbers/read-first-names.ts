import { fold } from "../normalise";
import { literal } from "../patterns";
import { type FoundName, negations } from "../read-names";
import type { Scanner } from "../scanner";
import type { VocabularyIndex } from "../vocabulary";
import { isOrdinary, ownWords } from "../words";

const kept = new WeakMap<VocabularyIndex, { first: string; value: string; filter: string }[]>();

/** First names of the account's users that nobody else of them has and that are no word of the language. */
function firstNames(index: VocabularyIndex): { first: string; value: string; filter: string }[] {
  const known = kept.get(index);
  if (known) return known;
  const users = index.byLength.filter(({ kind, key, value }) => kind === "owner" && key === fold(value));
  const made = users.flatMap(({ key, value, filter }) => {
    const [first = ""] = key.split(" ");
    const alone = users.filter((other) => other.key.split(" ")[0] === first).length === 1;
    const named = index.byLength.some((name) => name.kind !== "owner" && name.key.split(" ").includes(first));
    return alone && first.length > 2 && !named && !ownWords().has(first) && !isOrdinary(first)
      ? [{ first, value, filter }]
      : [];
  });
  kept.set(index, made);
  return made;
}

/** `how many deals did ben close`: users by their first name, read early so that verbs find their noun. */
export function readFirstNames(scanner: Scanner, index: VocabularyIndex): FoundName[] {
  return firstNames(index).flatMap(({ first, value, filter }) => {
    const match = scanner.take(
      new RegExp(
        `(?<![\\p{L}\\p{N}])(?:(${negations}) )?(?:by )?${literal(first)}(?:'s|s)?(?![\\p{L}\\p{N}'])`,
        "u",
      ),
    );
    if (!match) return [];
    return [{ kind: "owner" as const, value, filter, negated: Boolean(match[1]), hinted: true, said: first }];
  });
}
