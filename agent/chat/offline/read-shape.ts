import type { DrawingKind } from "@/analytics/charts/chart-spec";
import type { Grain } from "@/analytics/query/query";
import { numberWords } from "./calendar";
import {
  dimensionPhraseTable,
  drawingWords,
  metricPhraseTable,
  rankWords,
  unknownDimensions,
} from "./lexicon";
import { literal } from "./patterns";
import { readRankedBucket } from "./read-time";
import type { Scanner } from "./scanner";

const before = String.raw`(?<![\p{L}\p{N}])`;
const after = String.raw`(?![\p{L}\p{N}])`;
const any = (words: readonly string[]) =>
  [...words]
    .sort((a, b) => b.length - a.length)
    .map(literal)
    .join("|");

/** `as a bar chart`, `make it a pie`, `in a table`. */
export function readDrawing(scanner: Scanner): DrawingKind | undefined {
  const words = any(Object.keys(drawingWords));
  const asked = scanner.take(
    new RegExp(
      `${before}(?:as|in|into|using|with|make (?:it|this|that|them)|turn (?:it|this|that) into|change (?:it|this|that)?(?: ?to)?|switch(?: it)? to|show (?:it|this|that|them) as|draw (?:it|this|that)(?: as)?|like|to)(?: an?| the)?(?: simple)? (${words})(?: instead| please)?${after}(?! (?:size|health|value))`,
      "u",
    ),
  );
  if (asked) return drawingWords[asked[1] ?? ""];
  if (scanner.take(/(?<![\p{L}])stacked(?! (?:bar|area|chart|column|line)s?)(?![\p{L}])/u))
    return "stacked_bar";
  const chart = scanner.take(
    new RegExp(
      `${before}(?:an? )?(${any(Object.keys(drawingWords).filter((word) => / |chart/.test(word)))}|pie|donut|histogram|table)(?: of| with| for| showing)?${after}`,
      "u",
    ),
  );
  return chart ? drawingWords[chart[1] ?? ""] : undefined;
}

export interface Rank {
  direction: "asc" | "desc";
  limit?: number;
  /** `best` and `worst` say which end is good, and that depends on the number: the best cost is the lowest. */
  quality?: boolean;
  /** `best month`: the time bucket is what is ranked. */
  bucket?: Grain;
}

/** `top 5`, `5 best`, `best month`, `worst performing`. */
export function readRank(scanner: Scanner): Rank | undefined {
  const word = /(?<![\p{L}])(?:best|worst|strongest|weakest|poorest)(?! ?sell)(?![\p{L}])/u.exec(
    scanner.rest,
  );
  const rank = readOrder(scanner);
  const quality = rank && word && !scanner.rest.includes(word[0]);
  return quality ? { ...rank, quality: true } : rank;
}

function readOrder(scanner: Scanner): Rank | undefined {
  const words = any(Object.keys(rankWords));
  const numbers = String.raw`\d{1,4}|${any(Object.keys(numberWords).filter((word) => word !== "a"))}`;
  const first = scanner.take(
    new RegExp(
      `${before}(?:from )?(?:the )?(?:(${words})(?: ones?)? first|(${words}) to (?:${words}))${after}`,
      "u",
    ),
  );
  if (first) return { direction: rankWords[first[1] ?? first[2] ?? ""] ?? "desc" };
  const row =
    scanner.take(
      new RegExp(
        `${before}(?:the |our |my )?(${words}) (${numbers})(?= (?:single )?(?:days|weeks|months|quarters|years)${after})`,
        "u",
      ),
    ) ??
    swapped(
      scanner.take(
        new RegExp(
          `${before}(?:the |our |my )?(${numbers}) (${words})(?= (?:single )?(?:days|weeks|months|quarters|years)${after})`,
          "u",
        ),
      ),
    );
  const size = row && scanner.take(/(?<![\p{L}])(?:single )?(day|week|month|quarter|year)s(?![\p{L}])/u);
  if (row && size)
    return {
      direction: rankWords[row[1] ?? ""] ?? "desc",
      bucket: size[1] as Grain,
      limit: Math.max(1, toNumber(row[2] ?? "10")),
    };
  const bucket = readRankedBucket(scanner, words);
  if (bucket) return { direction: rankWords[bucket.direction] ?? "desc", bucket: bucket.grain };
  const counted =
    scanner.take(new RegExp(`${before}(?:the |our |my )?(${words}) (${numbers})${after}`, "u")) ??
    swapped(
      scanner.take(
        new RegExp(
          `${before}(?:the |our |my )?(${numbers}) (${words})(?: performing| selling)?${after}`,
          "u",
        ),
      ),
    );
  if (counted)
    return {
      direction: rankWords[counted[1] ?? ""] ?? "desc",
      limit: Math.max(1, toNumber(counted[2] ?? "10")),
    };
  const limited = scanner.take(
    new RegExp(
      `${before}(?:first|just|limit(?: to)?|only(?: the)?) (\\d{1,3})(?! ?(?:days?|weeks?|months?|years?|quarters?))${after}`,
      "u",
    ),
  );
  if (limited) return { direction: "desc", limit: Math.max(1, toNumber(limited[1] ?? "10")) };
  if (scanner.find(/(?<![\p{L}])(?:best[ -]?selling|best ?sellers?)(?![\p{L}])/u))
    return { direction: "desc" };
  const plain = scanner.take(
    new RegExp(`${before}(?:the |our |my )?(${words})(?: performing)?${after}`, "u"),
  );
  if (!plain) return undefined;
  // `which 3 sources have the worst refund rate`
  const few = scanner.take(
    new RegExp(
      `(?<=(?:which|what|the|our|my) )(${numbers})(?= \\p{L})(?! (?:days?|weeks?|months?|quarters?|years?))`,
      "u",
    ),
  );
  return {
    direction: rankWords[plain[1] ?? ""] ?? "desc",
    ...(few ? { limit: Math.max(1, toNumber(few[1] ?? "10")) } : {}),
  };
}

function swapped(match: RegExpExecArray | null): string[] | null {
  return match && [match[0], match[2] ?? "", match[1] ?? ""];
}

function toNumber(text: string): number {
  return numberWords[text] ?? Number(text);
}

export interface MetricsReading {
  /** Registered ids, in the order said. */
  ids: string[];
  /** Known numbers that are not registered yet. */
  unavailable: { id: string; label: string; said: string }[];
  /** Phrases taken that were not the metric's own name, to be said back. */
  meanings: { said: string; id: string; listed?: boolean }[];
  /** Only a word like `people` or `made` pointed at the metric. */
  weak: boolean;
  /** Pairs that stand together without being a list: `orders refunded`, `revenue from subscriptions`. */
  joined: [string, string][];
  /** Words taken for a weaker metric and left aside, although they narrow the stronger one: `paid orders`. */
  dropped: string[];
}

/** Words that point at a metric only when nothing stronger does: `revenue from people who …` is about revenue. */
const weakPhrases = new Set(
  "money|make|makes|made|sold|we make|did we make|earn|earned|bring in|brought in|take in|took in|paid|spend|spends|spent|dollars|sell|selling|best selling|best-selling|bestselling|bestseller|bestsellers|best sellers|items|people|how many people|contacts|how many contacts|customers|buyers|clients|prospects|joined|come in|came in|collected|net".split(
    "|",
  ),
);

/** Weak words that say which orders or leads are meant, where they stand beside a stronger metric. */
const narrowing = new Set(["net", "paid", "spent", "collected", "joined", "items", "prospects"]);

const listWords =
  /(?:^|[^\p{L}])(?:and|&|plus|vs\.?|versus|or|as well as|with|along|against|compared|also|then|next to|to|\/)(?:[^\p{L}]|$)/u;

export function readMetrics(scanner: Scanner, raw = ""): MetricsReading {
  const text = scanner.rest;
  const counted = scanner.find(
    /(?<![\p{L}])(?:how many|number of|count of)(?![\p{L}])[^?]*(?<![\p{L}])(?:sold|sell|sells|selling)(?![\p{L}])/u,
  );
  const strong: {
    at: number;
    end: number;
    id: string;
    said: string;
    available: boolean;
    label: string;
    listed: boolean;
  }[] = [];
  const weak: typeof strong = [];
  for (const { phrase, id, available, label } of metricPhraseTable()) {
    if (!scanner.rest.includes(phrase)) continue;
    const plural = /(?:rate|value|size|share|ratio|count|volume|score|cost|total|amount)$/.test(phrase);
    const pattern = new RegExp(
      `${before}${literal(phrase)}${plural ? "(?:'s|s'|s)?" : "(?:'s|s')?"}${after}`,
      "u",
    );
    if (startsWithSplit(phrase, scanner)) continue;
    for (let match = scanner.take(pattern); match; match = scanner.take(pattern)) {
      const listed = isListed(scanner.rest, match);
      const isWeak = weakPhrases.has(phrase) && !listed;
      (isWeak ? weak : strong).push({
        at: match.index,
        end: match.index + match[0].length,
        id,
        said: phrase,
        available,
        label,
        listed,
      });
    }
  }
  // `how many kits did we sell` counts pieces, not money.
  if (counted && strong.length === 0 && !weak.some(({ said }) => /people|contacts|customers/.test(said))) {
    return {
      ids: ["units"],
      unavailable: [],
      meanings: [{ said: "how many … sold", id: "units" }],
      weak: false,
      joined: [],
      dropped: [],
    };
  }
  const chosen = (strong.length > 0 ? strong : soleMeaning(weak)).sort((a, b) => a.at - b.at);
  const ids = [...new Set(chosen.filter(({ available }) => available).map(({ id }) => id))];
  return {
    ids,
    unavailable: chosen
      .filter(({ available }) => !available)
      .map(({ id, label, said }) => ({ id, label, said })),
    meanings: chosen
      .filter(({ available }) => available)
      .map(({ said, id, listed }) => ({ said, id, listed })),
    weak: strong.length === 0 && weak.length > 0,
    joined: chosen.flatMap((item, index): [string, string][] => {
      const next = chosen[index + 1];
      // `orders aov and revenue`: side by side in a list of three or more.
      const tail = chosen.slice(index + 1);
      const inList =
        tail.length > 1 &&
        tail.some((each, at) => {
          const after = tail[at + 1];
          return after !== undefined && listWords.test(text.slice(each.end, after.at));
        });
      if (next && inList && /^[\s,]*$/.test(text.slice(item.end, next.at))) return [];
      if (!next || next.id === item.id || isList(text.slice(item.end, next.at), item.said, raw)) return [];
      return [[item.id, next.id]];
    }),
    dropped:
      strong.length > 0
        ? weak
            .filter(({ said, id }) => narrowing.has(said) && !ids.includes(id))
            // `collected net of refunds`: the one is worked out from the other.
            .filter(({ id }) => !(id === "revenue_collected" && ids.every((each) => each === "revenue_net")))
            .map(({ said }) => said)
        : [],
  };
}

/** `revenue, orders` and `revenue and orders` are a list; `orders refunded` and `revenue from leads` are not. */
function isList(between: string, said: string, raw: string): boolean {
  if (listWords.test(between)) return true;
  return new RegExp(`${literal(said)}(?:'s|s)?(?: [\\p{L}\\p{N}]+){0,4} ?[,;\n]`, "iu").test(raw);
}

/** In `which products sold the most` the products are what is ranked, not a part of `products sold`. */
function startsWithSplit(phrase: string, scanner: Scanner): boolean {
  return (
    /^(?:products?|items?) /.test(phrase) &&
    Boolean(
      scanner.find(new RegExp(`${before}(?:which|what|top|best|worst) ${literal(phrase)}${after}`, "u")),
    )
  );
}

/** `contacts and revenue`: named in a list, even a weak word is meant. */
function isListed(text: string, match: RegExpExecArray): boolean {
  const against = /people|contacts|customers|buyers|clients|prospects|leads/.test(match[0])
    ? ""
    : "|vs|versus";
  return (
    new RegExp(`[\\p{L}¤].* (?:and|&|plus${against}) $`, "u").test(text.slice(0, match.index)) ||
    new RegExp(`^,? ?(?:and|&|plus${against}) `).test(text.slice(match.index + match[0].length))
  );
}

/** `how much did customers spend`: money words win over people words. */
function soleMeaning<T extends { id: string; available: boolean; said: string }>(weak: T[]): T[] {
  const order = ["revenue_collected", "revenue_net", "orders", "units", "customers", "contacts", "new_leads"];
  const best = order.find((id) => weak.some((item) => item.id === id && item.available));
  if (best) return weak.filter(({ id }) => id === best).slice(0, 1);
  return weak.slice(0, 1);
}

export interface DimensionsReading {
  ids: string[];
  /** Asked for as a split, but no metric can be split by it. */
  unknown: string[];
  /** `by X` was said, rather than `which product`. */
  explicit: boolean;
  /** `by product and month`. */
  grain?: Grain;
}

const splitWords =
  "and by|and per|by each|by|per|for each|for every|each|every|across all|across|split by|split up by|broken down by|break down by|break it down by|broken out by|grouped by|group by|split on|in each|from each|in every|from every|according to|for the different|for different|for the various|over the|among|between";

/** Splits said with `by`, taken before metrics so that `by items` is a split and not a count. */
export function readSplits(scanner: Scanner, reading: DimensionsReading): void {
  const table = dimensionPhraseTable();
  const names = any(table.map(({ phrase }) => phrase));
  const pattern = new RegExp(
    `${before}(?:${splitWords})(?: the| all| our| of the| of our)?(?: different| individual| top| best)? (${names})${after}`,
    "u",
  );
  for (let match = scanner.take(pattern); match; match = scanner.take(pattern)) {
    const id = table.find(({ phrase }) => phrase === match?.[1])?.id;
    if (id && !reading.ids.includes(id)) reading.ids.push(id);
    reading.explicit = true;
    const more = new RegExp(`^[¤\\s]*(?:and|,|/|&) ?(?:by )?(${names})${after}`, "u");
    const rest = scanner.rest.slice(match.index + match[0].length);
    const bucket =
      /^(?:[¤\s]*)(?:and|,|\/|&) ?(?:by |per )?(day|week|month|quarter|year)(?![\p{L}\p{N}])/u.exec(rest);
    if (bucket) {
      reading.grain = bucket[1] as Grain;
      scanner.blank(match.index + match[0].length, match.index + match[0].length + bucket[0].length);
    }
    const next = bucket ? null : more.exec(rest);
    if (next) {
      const nextId = table.find(({ phrase }) => phrase === next[1])?.id;
      if (nextId && !reading.ids.includes(nextId)) reading.ids.push(nextId);
      scanner.blank(match.index + match[0].length, match.index + match[0].length + next[0].length);
    }
  }
}

/** `which products`, `top tags`, `countries with the most orders`: a dimension without `by`. */
export function readLooseSplits(
  scanner: Scanner,
  reading: DimensionsReading,
  which: "phrases" | "words",
): void {
  for (const { phrase, id } of dimensionPhraseTable()) {
    if (phrase.includes(" ") !== (which === "phrases") || !scanner.rest.includes(phrase)) continue;
    const match = scanner.take(
      new RegExp(
        `${before}(?:(?:which|what|whose|where|the|our|all|each|my) )*${literal(phrase)}${after}`,
        "u",
      ),
    );
    if (match && !reading.ids.includes(id)) reading.ids.push(id);
  }
}

/** Splits nobody registered (`by city`, `top customers`): named, so that the refusal is precise. Read after the metrics. */
export function readUnknownSplits(scanner: Scanner, reading: DimensionsReading): void {
  const asked = new RegExp(
    `${before}(?:${splitWords})(?: the| all| our)? (${any(Object.keys(unknownDimensions))})${after}`,
    "u",
  );
  for (let match = scanner.take(asked); match; match = scanner.take(asked))
    reading.unknown.push(unknownDimensions[match[1] ?? ""] ?? "");
  const unknown = scanner.take(
    new RegExp(
      `${before}(?:which|what|top|best|worst|biggest|whose|who are (?:the|our|my)(?: best| top)?) (${any(Object.keys(unknownDimensions))})${after}`,
      "u",
    ),
  );
  if (unknown) reading.unknown.push(unknownDimensions[unknown[1] ?? ""] ?? "");
}
