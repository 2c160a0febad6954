import { allOf, partsOf } from "../../build-filters";
import { dimensionPhraseTable, metricPhraseTable } from "../../lexicon";
import { fold } from "../../normalise";
import type { Reply } from "../../plan";
import { nameInWords } from "../../read-names";
import type { VocabularyIndex } from "../../vocabulary";
import { call } from "../set-form";
import { asInput, groupsOf, reply, type Shown } from "./shown";

/**
 * `and pro` after the sales of one product, `vs ben` after one seller's deals: another of the kind that was just asked
 * for, where exactly one is called so and nothing else of the account goes by that name as a whole.
 */
export function sibling(shown: Shown, said: string, index: VocabularyIndex): Reply | null {
  const left = leftOut(shown, said, index);
  if (left) return left;
  const [query, another] = shown.now;
  const match =
    /^(?<joint>vs\.?|versus|against|compared (?:to|with)|or)? ?(?:the )?(?<word>[\p{L}\p{N}][\p{L}\p{N} &'-]{1,40})$/u.exec(
      said,
    );
  const { joint, word = "" } = match?.groups ?? {};
  const joined = joint !== undefined || /^\s*(?:and|or|what about|how about|vs)\b/i.test(shown.said);
  if (!query || another || !match || !joined) return null;
  const parts = partsOf(query.filters);
  const [own, ...more] = parts.filter((part) => "dimension" in part && part.is.length === 1);
  if (!own || more.length > 0 || !("dimension" in own)) return null;
  if (!siblingKinds.has(own.dimension) || query.dimensions.includes(own.dimension)) return null;
  const words = fold(word).split(" ");
  if (metricPhraseTable().some(({ phrase }) => phrase === word)) return null;
  if (dimensionPhraseTable().some(({ phrase }) => phrase === word)) return null;
  if (index.byLength.some(({ kind, key }) => kind !== own.dimension && key === fold(word))) return null;
  const called = index.byLength.filter(
    ({ kind, key, filter }) =>
      kind === own.dimension &&
      filter !== own.is[0] &&
      words.every((each) => key.split(/[^\p{L}\p{N}]+/u).includes(each)),
  );
  const [only, second] = new Map(called.map((name) => [name.filter, name])).values();
  if (!only || second) return null;
  const values = joint ? [...own.is, only.filter] : [only.filter];
  const filters = allOf([...parts.filter((part) => part !== own), { dimension: own.dimension, is: values }]);
  const { filters: _, ...rest } = query;
  const dimensions = joint ? [...query.dimensions, own.dimension].slice(0, 3) : query.dimensions;
  return reply(
    shown,
    [
      call(
        asInput({ ...rest, dimensions, ...(filters ? { filters } : {}) }),
        joint ? undefined : shown.drawing,
      ),
    ],
    [`I took "${word}" to mean ${nameInWords({ kind: only.kind, value: only.value })}.`],
  );
}

/** `without the kiln` of a list of products: one of those that are listed. */
function leftOut(shown: Shown, said: string, index: VocabularyIndex): Reply | null {
  const [query, another] = shown.now;
  const [group = "", more] = query ? groupsOf(query) : [];
  const word =
    /^(?:without|excluding|exclude|except(?: for)?|minus|leave out|hide) (?:the )?(?<word>[\p{L}\p{N}][\p{L}\p{N} &'-]{1,40})$/u.exec(
      said,
    )?.groups?.word;
  if (!query || another || more || !word || !siblingKinds.has(group)) return null;
  const words = fold(word).split(" ");
  if (index.byLength.some(({ kind, key }) => kind !== group && key === fold(word))) return null;
  const called = index.byLength.filter(
    ({ kind, key }) => kind === group && words.every((each) => key.split(/[^\p{L}\p{N}]+/u).includes(each)),
  );
  const [only, second] = new Map(called.map((name) => [name.filter, name])).values();
  if (!only || second) return null;
  const filters = allOf([...partsOf(query.filters), { not: { dimension: group, is: [only.filter] } }]);
  return reply(
    shown,
    [call(asInput({ ...query, ...(filters ? { filters } : {}) }), shown.drawing)],
    [`I took "${word}" to mean ${nameInWords({ kind: only.kind, value: only.value })}.`],
  );
}

const siblingKinds = new Set(["product", "owner", "lead_source", "category", "plan"]);
