import { fold } from "../normalise";
import { literal } from "../patterns";
import type { FoundName } from "../read-names";
import type { Scanner } from "../scanner";
import type { IndexedName, VocabularyIndex } from "../vocabulary";

/**
 * Names that are said by what they have in common: plans by how often they bill (`annual members`), categories of
 * products by one word (`kit sales`), and everything whose name begins alike (`all the Studio Circle stuff`).
 */

const intervals: { id: string; said: string; named: RegExp }[] = [
  { id: "weekly", said: "weekly|weeklies", named: /(?<!\p{L})weekly(?!\p{L})/u },
  { id: "monthly", said: "monthly|monthlies", named: /(?<!\p{L})monthly(?!\p{L})/u },
  { id: "quarterly", said: "quarterly|quarterlies", named: /(?<!\p{L})quarterly(?!\p{L})/u },
  {
    id: "annual",
    said: "annual|annuals|annually|yearly|yearlies",
    named: /(?<!\p{L})(?:annual|yearly)(?!\p{L})/u,
  },
];
const anyInterval = intervals.map(({ said }) => said).join("|");
const edge = String.raw`(?<![\p{L}\p{N}])`;
const end = String.raw`(?![\p{L}\p{N}])`;
const leftOut =
  "excluding|exclude|except(?: for)?|but not|but no|without|not|minus|leaving out|leave out|drop|remove|take out|skip|ignore|hide";

const asName = (
  { kind, value, filter }: IndexedName,
  negated: boolean,
  said: string,
  group: string,
): FoundName => ({ kind, value, filter, negated, hinted: true, said, group });

/** `monthly vs annual members`, `people on the quarterly plan`: the plans of the account whose names say so. */
export function readBilling(scanner: Scanner, index: VocabularyIndex): FoundName[] {
  const plans = index.byLength.filter(({ kind, key, value }) => kind === "plan" && key === fold(value));
  if (plans.length === 0) return [];
  const text = scanner.rest;
  const said = intervals.filter((each) => new RegExp(`${edge}(?:${each.said})${end}`, "u").test(text));
  const contrast =
    said.length > 1 &&
    new RegExp(
      `${edge}(?:${anyInterval})(?: [\\p{L}']+){0,6} (?:vs|versus|or|and|than|against|compared (?:to|with)|to)(?: [\\p{L}']+){0,3} (?:${anyInterval})${end}`,
      "u",
    ).test(text);
  const noun = "plans?|members?|memberships?|billing|ones|payers|customers";
  return said.flatMap(({ id, said: words, named }) => {
    const fits = plans.filter(({ key }) => named.test(key));
    // `monthly subscribers` are mostly a line by month; nobody counts them by year.
    const nouns = id === "annual" || id === "quarterly" ? `${noun}|subscribers?|subscriptions?` : noun;
    const alone = new RegExp(
      `${edge}(?<!tag )(?<!tagged )(?:${words}) (?:${nouns})${end}|${edge}on (?:an? |the |our )?(?:${words})${end}|${edge}(?<=(?:how much|share|part|percent(?:age)?|portion) of [^?]*)(?:is|are|comes? from|from) (?:the )?(?:${words})(?= *$)|${edge}(?:monthlies|quarterlies|annuals|yearlies)${end}`,
      "u",
    );
    if (fits.length === 0 || !(contrast || alone.test(text))) return [];
    const place = scanner.take(
      new RegExp(
        `${edge}(?:(${leftOut}) )?(?:on (?:an? |the |our )?)?(?:${words})(?: (?:plans?|billing|ones|payers))?${end}`,
        "u",
      ),
    );
    return fits.map((plan) => asName(plan, Boolean(place?.[1]), id, id));
  });
}

const measured =
  "sales|revenue|income|orders|refunds|units|turnover|takings|money|earnings|buyers|purchases|returns|refund rate|aov";

/**
 * `which course sold the most`, `top 3 kits`, `revenue by course`: the things of a category are its products, so the
 * category is the condition and the products are the split.
 */
export function readThingsOfCategory(
  scanner: Scanner,
  index: VocabularyIndex,
  splits: { ids: string[] },
): FoundName[] {
  const categories = index.byLength.filter(
    ({ kind, key, value }) => kind === "category" && key === fold(value),
  );
  for (const category of categories) {
    const [word = ""] = category.key.split(/[^\p{L}\p{N}]+/u);
    if (word.length < 4) continue;
    const thing = `${literal(word.replace(/s$/, ""))}s?`;
    const match = scanner.find(
      new RegExp(
        `${edge}(?:(?:which|what)(?: one)? of (?:(?:our|the|my|all) )*|(?:which|what|by|per|each|every|individual|single) |(?:(?:best|worst|top|bottom|biggest|leading|strongest|weakest|most|least|\\d{1,2}|two|three|four|five|ten|selling|performing|earning|popular|[- ])+ ))(${thing})(?: products?| items?)?${end}(?! categor)`,
        "u",
      ),
    );
    if (!match?.[1]) continue;
    // `best selling coaching product`, `which courses and kits`: the other readers know these.
    const from = match.index + match[0].indexOf(match[1]);
    scanner.blank(from, match.index + match[0].length);
    const opening = /^(?:by|per|each|every) $/.exec(match[0].slice(0, match[0].indexOf(match[1])));
    if (opening) scanner.blank(match.index, from);
    // `which states bought the most kits`: the states are what is ranked.
    const others =
      /(?<![\p{L}])(?:which|what|by|per) (?:[\p{L}]+ )?(?:states?|countr(?:y|ies)|regions?|sources?|channels?|months?|weeks?|days?|weekdays?|owners?|reps?|tags?|campaigns?|people|customers?|clients?|members?)(?![\p{L}])/u;
    if (!others.test(scanner.rest) && !splits.ids.includes("product")) splits.ids.push("product");
    return [asName(category, false, word, category.key)];
  }
  return [];
}

/** `kit sales`, `revenue from courses`: a category of products by one of its words. */
export function readCategories(scanner: Scanner, index: VocabularyIndex): FoundName[] {
  const categories = index.byLength.filter(
    ({ kind, key, value }) => kind === "category" && key === fold(value),
  );
  return categories.flatMap((category) => {
    const words = category.key.split(/[^\p{L}\p{N}]+/u).filter((word) => word.length > 3);
    for (const word of words) {
      const stem = literal(word.replace(/s$/, ""));
      const match =
        scanner.find(
          new RegExp(
            `${edge}(?:(${leftOut}) )?(?:the |our |all )*(?<!(?:by|per|which|what|each|every|top|best|\\d) )${stem}s?(?: (?=${measured})| categor(?:y|ies)${end}|(?= (?:vs|versus|and|or|against|compared) [^?]*(?:${measured})))`,
            "u",
          ),
        ) ??
        scanner.find(
          new RegExp(
            `${edge}(?<=(?:of|from|for|in|on|vs|versus|against|with|to|than|through|only|just|and) (?:the |our |all |any )*)(?:(${leftOut}) )?${stem}s?${end}(?! (?:did|do|were|are|have|sold|sell))`,
            "u",
          ),
        ) ??
        scanner.find(
          new RegExp(
            `(?<=(?:did|do|does|have|has) (?:the |our )?)(${leftOut})?${stem}s?(?= (?:bring|brought|make|made|earn|earned|generate|take|took)${end})`,
            "u",
          ),
        ) ??
        scanner.find(
          new RegExp(
            `${edge}(?:(${leftOut}) )?${stem}s?(?= (?:vs|versus|or)${end})|(?<=(?:vs|versus|or) (?:the |our )?)(${leftOut})?${stem}s?${end}`,
            "u",
          ),
        ) ??
        scanner.find(new RegExp(`${edge}(${leftOut}) (?:the |our |all |any )*${stem}s?${end}`, "u")) ??
        scanner.find(
          new RegExp(
            `(?<=(?:how many|number of)(?: [\\p{L}-]+){0,2} )(${leftOut})?${stem}s?(?= (?:did|do|have|were|are|was|we|sold|has)${end})|(?<=(?:is|are|was|were) (?:the |our )?)(${leftOut})?${stem}s?(?=[¤ ]*$| (?:this|last|in) )`,
            "u",
          ),
        );
      if (!match) continue;
      scanner.blank(match.index, match.index + match[0].trimEnd().length);
      return [asName(category, Boolean(match[1]), word, category.key)];
    }
    return [];
  });
}

/** `all the Studio Circle stuff`: every product whose name begins with the one that was named. */
export function widenFamily(
  scanner: Scanner,
  names: FoundName[],
  index: VocabularyIndex,
  notes: string[],
): FoundName[] {
  if (!names.some(({ kind }) => kind === "product")) return names;
  const said = scanner.take(/(?<=¤ )(?:stuff|things|family|range|everything|products)(?![\p{L}])/u);
  if (!said) return names;
  notes.push(`By "${said[0]}" I took every product whose name begins so.`);
  return names.flatMap((name) => {
    if (name.kind !== "product") return [name];
    const opening = fold(name.value);
    return index.byLength
      .filter(({ kind, key, value }) => kind === "product" && key === fold(value) && key.startsWith(opening))
      .map(({ value, filter }) => ({ ...name, value, filter, said: opening }));
  });
}
