import { type DimensionId, dimensions } from "@/analytics/metrics/dimensions";
import { fold } from "./normalise";

/** Every dimension of the registry has values that go by a name; tags at the time are the same tags again. */
export const nameKinds = (Object.keys(dimensions) as DimensionId[]).filter((id) => id !== "tag_at_the_time");
export type NameKind = DimensionId;

/** Something the account calls by a name: one tag, one product, one country people live in. */
export interface Name {
  kind: NameKind;
  /** Stable id, which a filter is given where two names differ only in capital letters. */
  id?: string;
  /** Exactly as stored, which is what a filter is given. */
  value: string;
  /** Further ways to say it, such as `USA` for `United States`. */
  aliases?: string[];
}

export interface Vocabulary {
  names: Name[];
}

export interface IndexedName extends Name {
  /** What a filter is given: the name, or the id where another name differs only in capital letters. */
  filter: string;
  /** Folded text that was indexed: the value or one of its aliases. */
  key: string;
  /** A place where nobody of the account lives. */
  absent?: true;
}

export interface VocabularyIndex {
  /** Longest key first. */
  byLength: IndexedName[];
  /** All words that occur in names. */
  words: Set<string>;
}

const indexes = new WeakMap<Vocabulary, VocabularyIndex>();

/** Prepares a vocabulary for reading, once for as long as it is kept. */
export function indexVocabulary(vocabulary: Vocabulary): VocabularyIndex {
  const known = indexes.get(vocabulary);
  if (known) return known;
  const index = makeIndex(vocabulary);
  indexes.set(vocabulary, index);
  return index;
}

function makeIndex({ names }: Vocabulary): VocabularyIndex {
  const times = new Map<string, number>();
  const lower = ({ kind, value }: Name) => `${kind}:${value.trim().toLowerCase()}`;
  for (const name of names) times.set(lower(name), (times.get(lower(name)) ?? 0) + 1);
  const byLength = names
    .flatMap((name) => {
      const filter = (times.get(lower(name)) ?? 0) > 1 ? (name.id ?? name.value) : name.value;
      return [name.value, ...(name.aliases ?? [])].map((text) => ({ ...name, filter, key: fold(text) }));
    })
    .filter(({ key }) => key.length > 0)
    .sort((a, b) => b.key.length - a.key.length);
  const words = new Set(
    byLength.flatMap(({ key }) => key.split(/[^\p{L}\p{N}]+/u)).filter((word) => word.length > 1),
  );
  return { byLength, words };
}

/** Text as a person reads it: an id that stands for a name, where two names differ only in capital letters, is that name. */
export function withNames(text: string, { byLength }: VocabularyIndex): string {
  return text.replace(
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g,
    (id) => byLength.find(({ filter }) => filter === id)?.value ?? id,
  );
}

/** `lead source`, as it stands in a sentence. */
export function kindLabel(kind: NameKind): string {
  return dimensions[kind].label.toLowerCase();
}
