import { getMetric } from "@/analytics/metrics/catalog";
import { fold } from "../normalise";
import type { FoundName, NameChoice } from "../read-names";
import type { NameKind, VocabularyIndex } from "../vocabulary";

/** Whether these numbers can be asked for of one tag, product or source. */
export function canNarrow(kind: NameKind, metrics: readonly string[]): boolean {
  return metrics.every((id) => {
    const allowed: readonly string[] = getMetric(id)?.dimensions ?? [];
    if (allowed.includes(kind)) return true;
    // Whoever bought a product or holds a tag is a condition on people, where there are people behind the number.
    return (kind === "product" || kind === "tag") && allowed.includes("lead_source") && allowed.length > 1;
  });
}

const trackingSaid = /(?<![\p{L}])(?:utm|campaigns?|medium|mediums)(?![\p{L}])/u;

/**
 * Which kind a name is of, chosen by what the number can be asked of: `ROI of the podcast` is a lead source, since
 * costs are known of those alone. What was typed for a UTM source is the lead source of that name unless UTM is said.
 */
export function settleNames(
  found: FoundName[],
  choices: NameChoice[],
  { metrics, text, index }: { metrics: readonly string[]; text: string; index: VocabularyIndex },
): { found: FoundName[]; choices: NameChoice[] } {
  found = found.map((name) => thingCalled(name, metrics, text, index) ?? name);
  const settled: FoundName[] = [];
  const open: NameChoice[] = [];
  for (const name of found) {
    if (!name.kind.startsWith("utm_") || name.hinted || trackingSaid.test(text)) {
      settled.push(name);
      continue;
    }
    const said = fold(name.value);
    const sources = sourcesCalled(said, index);
    const [only, another] = sources;
    if (only && !another)
      settled.push({ ...name, kind: "lead_source", value: only.value, filter: only.filter, said });
    else if (only) open.push({ said, options: sources });
    else settled.push(name);
  }
  for (const choice of choices) {
    const possible = choice.options.filter(({ kind }) => canNarrow(kind, metrics));
    const plain = thingsFirst(
      possible.filter(({ kind }) => trackingSaid.test(text) || !kind.startsWith("utm_")),
      metrics,
      text,
    );
    const category = choice.options.some(({ kind }) => kind === "product" || kind === "category")
      ? categoryCalled(choice.said, index)
      : undefined;
    const [only, another] = plain;
    const within = settled.find(
      ({ kind, said, negated }) =>
        kind === "category" && !negated && said && text.includes(`${choice.said} ${said.replace(/s$/, "")}`),
    );
    // `watercolor courses`: whatever of the name stands in the category.
    if (within && plain.length > 1 && plain.every(({ kind }) => kind === "product"))
      settled.push(
        ...plain.map((option) => ({
          ...option,
          negated: false,
          hinted: true,
          said: choice.said,
          group: choice.said,
        })),
      );
    else if (category && metrics.length > 0 && canNarrow("category", metrics))
      settled.push({ ...category, negated: false, hinted: false, said: choice.said });
    else if (
      only &&
      !another &&
      (metrics.length > 0 ||
        /(?<![\p{L}])(?:doing|going|selling|performing)(?![\p{L}])/u.test(text) ||
        /^ ?(?:(?:and|but|only|just|now|what about|how about) )*(?:for|of) (?:the |our )?[\p{L}\p{N}' -]{2,30} ?$/u.test(
          text,
        ))
    )
      settled.push({ ...only, negated: false, hinted: false, said: choice.said });
    else open.push(plain.length > 1 ? { ...choice, options: plain } : choice);
  }
  return { found: distinct(settled), choices: open };
}

/**
 * `how much did the summer retreat bring in`: what sells or earns is a thing before it is the people who hold a tag of
 * the same name, where one product or category holds that name whole.
 */
function thingCalled(
  name: FoundName,
  metrics: readonly string[],
  text: string,
  index: VocabularyIndex,
): FoundName | null {
  if (name.kind !== "tag" || name.negated || name.hinted || metrics.length === 0) return null;
  if (!metrics.every((id) => getMetric(id)?.dimensions.includes("product"))) return null;
  const words = fold(name.value)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  if (words.length < 2 || tagSaid.test(text) || aboutHolders.test(text)) return null;
  const called = index.byLength.filter(
    ({ kind, key, value }) =>
      kind === "product" &&
      key === fold(value) &&
      ` ${key.replace(/[^\p{L}\p{N}]+/gu, " ")} `.includes(` ${words.join(" ")} `),
  );
  const [only, another] = called;
  if (!only || another) return null;
  return { ...name, kind: "product", value: only.value, filter: only.filter, said: fold(name.value) };
}

const aboutHolders =
  /(?<![\p{L}])(?:people|customers?|clients?|buyers?|contacts?|leads?|members?|subscribers?|folks|everyone|who|holders?|attendees|participants)(?![\p{L}])/u;

const tagSaid = /(?<![\p{L}])(?:tag|tags|tagged|label)(?![\p{L}])/u;
const sold = new Set(["product", "category", "plan"]);

/**
 * `how is the kiln selling`: money and pieces are of things before they are of people who hold a tag of that name. Where
 * one name begins all the others (`Studio Circle` of its plans), it is the one that was said.
 */
function thingsFirst(
  options: NameChoice["options"],
  metrics: readonly string[],
  text: string,
): NameChoice["options"] {
  if (tagSaid.test(text)) return options;
  const ofThings = metrics.every((id) => getMetric(id)?.dimensions.includes("product"));
  const things = options.filter(({ kind }) => sold.has(kind));
  // Who subscribes has a plan before there is a product of a like name.
  const ofPlans = metrics.length > 0 && metrics.every((id) => getMetric(id)?.section === "subscriptions");
  const plans = ofPlans ? options.filter(({ kind }) => kind === "plan") : [];
  if (plans.length === 1) return plans;
  const kept = ofThings && things.length > 0 ? things : options;
  const [shortest] = kept.toSorted((a, b) => a.value.length - b.value.length);
  return shortest &&
    kept.length > 1 &&
    kept.every(({ kind }) => sold.has(kind)) &&
    kept.every(({ value }) => fold(value).startsWith(fold(shortest.value)))
    ? [shortest]
    : kept;
}

/** Lead sources in whose name the words stand. */
function sourcesCalled(said: string, index: VocabularyIndex): NameChoice["options"] {
  const words = said.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const fits = index.byLength.filter(
    ({ kind, key }) =>
      kind === "lead_source" && words.every((word) => key.split(/[^\p{L}\p{N}]+/u).includes(word)),
  );
  return [...new Map(fits.map(({ kind, value, filter }) => [value, { kind, value, filter }])).values()];
}

const stem = (word: string) => word.replace(/s$/, "");

/** `kits` are the category "Kits & tools" before they are the one product that has the word in its name. */
function categoryCalled(said: string, index: VocabularyIndex): NameChoice["options"][number] | undefined {
  const found = index.byLength.find(
    ({ kind, key }) =>
      kind === "category" &&
      key
        .split(/[^\p{L}\p{N}]+/u)
        .map(stem)
        .includes(stem(said)),
  );
  return found && { kind: found.kind, value: found.value, filter: found.filter };
}

function distinct(names: FoundName[]): FoundName[] {
  return [...new Map(names.map((name) => [`${name.kind}:${name.value}:${name.negated}`, name])).values()];
}
