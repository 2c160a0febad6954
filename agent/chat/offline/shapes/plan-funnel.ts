import type { ShapeInput } from "../../../tools/shape";
import { nameInWords, readPartialNames } from "../read-names";
import { clarify, leftOver, type Reading, readRange, readWindow, refuse, type Say, settle } from "./reading";
import { fillers } from "./words";

type Planned = { input: ShapeInput & { open?: Record<string, unknown> }; meanings?: string[] };

interface Step {
  at: number;
  text: string;
}

const w = (source: string) => new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${source})(?![\p{L}\p{N}])`, "u");

const lead =
  "(?:new )?leads?|(?:new )?(?:prospects?|contacts?|sign[- ]?ups?|opt[- ]?ins?)|becoming a (?:lead|contact)";
const purchase =
  "(?:the |their |a |an )?(?:first )?(?:bought|buys?|buying|purchas(?:e|es|ed|ing)|orders?|ordered|sales?|paid)(?: (?:something|anything|at all|for the first time))?|(?:become |became |becoming |be |being |is |are )?(?:an? )?(?:paying |new |first[- ]time )?(?:customers?|buyers?|clients?)";

/** `leads become customers`, in the ways people say it. */
const leadsBecome = w(
  "leads?(?: (?:from|in|of|created|who came|that came|added)(?: in| on| during)?)?[ ¤]+(?:how many |take to |need to |ever |then |eventually |finally |actually |really |who |that |do |did |have |has |had |go on to |went on to |later )*(?:become|became|becoming|turn(?:s|ed)? into|turn(?:s|ed)? to|convert(?:s|ed)?(?: in)?to|buy|bought|purchase[ds]?|order(?:ed)?|end(?:s|ed)? up (?:as )?(?:buying|customers?)|to customers?|to purchases?|to sales?|-> ?customers?)",
);
/** The same with a period between, which is read only once it is a funnel. */
const leadsBecomeLater = w(
  "leads?(?: [\\p{L}\\d'-]+){0,7} (?:become|became|becoming|turn(?:ed)? into|convert(?:ed)? (?:in)?to) (?:paying |new )?(?:customers?|buyers?|clients?)",
);
const journey = w("funnels?|drop(?:ped|s)?[- ]?offs?|journey");
const wentFrom = w(
  "(?:went|go|goes|going|mov(?:e|es|ed|ing)|convert(?:s|ed|ing)?|progress(?:es|ed|ing)?|com(?:e|es|ing)|came|conversions?(?: rates?)?|get|gets|got|pass(?:es|ed)?) (?:on )?from",
);
const tagThen =
  /tag(?:ged)?(?: with)?[^¤]*¤+.*(?<![\p{L}])(?:then|and then|went on|go on|later|ended up|afterwards|next|bought|buy|purchased?)(?![\p{L}])/u;

/**
 * A funnel: steps in the order said, tags and products by name, `lead` and `bought` as such. Told from other questions
 * by the word, by `from A to B` between tags, by `leads become customers`, or by a tag and what came then.
 */
export function planFunnel(reading: Reading): Planned | Say | null {
  const { scanner, names } = reading;
  const text = scanner.rest;
  const tags = names.filter(({ options }) => options.some(({ kind }) => kind === "tag"));
  const said = journey.test(text);
  const becomes =
    (leadsBecome.test(text) || leadsBecomeLater.test(text)) &&
    w("how many|how long|share|percent(?:age)?|funnel|which|what|how fast|how quickly|do|conversion").test(
      text,
    );
  const moved = wentFrom.test(text) && tags.length > 0 && names.length + Number(w(purchase).test(text)) > 1;
  const then =
    w("how many|share|percent(?:age)?|how long").test(text) &&
    tags.length > 0 &&
    tagThen.test(text) &&
    w("then|went on|go on|afterwards|later|ended up").test(text);
  if (!said && !becomes && !moved && !then) return null;
  // `what part of the podcast's leads become customers`: a rate, which knows lead sources; a funnel does not.
  const other = names.some(
    ({ options }) => !options.some(({ kind }) => kind === "tag" || kind === "product"),
  );
  if (other && !said && !moved && !then) return null;
  if (w("pipeline|deals?|opportunit(?:y|ies)|stages? of").test(text) && !tags.length) return null;
  if (
    w(
      "revenue|money|how much|average|rate by|by (?:product|country|region|state|lead source|source|tag|owner|month|week|day|quarter|year)",
    ).test(text)
  )
    return refuse(
      "A funnel counts people from step to step; it can't be split or counted in money. Ask for it without the split, or for a metric such as lead conversion rate.",
      ["Funnel from lead to first purchase this year", "Lead conversion rate by lead source this year"],
    );
  if (w("not|never|without|except|excluding|no|neither|nor|but not").test(text))
    return refuse(
      "A funnel counts who took each step. It can't count who lacks a tag or has not bought; the column of those who went no further says who stopped.",
      ["Funnel from lead to first purchase this year"],
    );
  const days = readWindow(scanner);
  if (days === null)
    return clarify("The window of a funnel is 1 to 730 days. How many days from the first step to the last?");
  if (names.length === 0 && w("stages?").test(text))
    return clarify(
      "The stages of deals are no steps of this funnel. Do you want the pipeline, or how deals pass from stage to stage?",
      ["Pipeline value by stage", "Stage conversion by stage this year"],
    );
  scanner.take(w("(?:sales|marketing|conversion)(?= funnels?)"));
  // Before the steps: `between March and May` is no part of a tag that is called after a month.
  const problem = readRange(reading, "A funnel");
  if (problem) return problem;
  const steps = readSteps(reading);
  if ("topic" in steps) return steps;
  scanner.take(w("how long|how fast|how quickly|drop(?:ped|s)?[- ]?offs?|where"));
  while (
    scanner.take(
      w(
        "funnels?|journey|tags?|tagged|label|products?|conversion|converted?|converts?|converting|went|got|get|gets|getting|become|became|turn(?:ed|s)? into|end up|ended up|on|later|afterwards|finally|eventually|actually|ever|really|next|step|steps|first|marketing|sales|the way|path|stage|stages|into|progress(?:ed)?|lose|lost|reach(?:ed)?|arrow|people|subsequently|it|took|did|whoever|everyone|everybody|those|who|that",
      ),
    )
  );
  const left = leftOver(reading, "the funnel", ["->", "-", ">", "=>", "→"]);
  if (left) return left;
  const meanings = [
    ...(steps.assumed ? ["You named no steps, so this is from lead to first purchase."] : []),
    ...(steps.guessed ?? []),
    ...(reading.range
      ? []
      : [
          "You named no period, so this is who took the first step in the last 12 months, the current one included.",
        ]),
    ...(days ? [] : ["You named no window, so later steps count within 90 days of the first."]),
  ];
  return {
    input: {
      shape: "funnel",
      steps: steps.list.map(({ text: step }) => step),
      ...(days ? { window_days: days } : {}),
      ...(reading.range ? { range: reading.range } : {}),
    },
    meanings,
  };
}

function readSteps(reading: Reading): { list: Step[]; assumed?: boolean; guessed?: string[] } | Say {
  const { scanner, names } = reading;
  const list: Step[] = [];
  for (const name of names) {
    const found = settle(name, ["tag", "product"], "A funnel");
    if ("topic" in found) return found;
    // `customers with the tag VIP` says which customers, not what came next.
    const narrows = /(?:with|who (?:have|had|hold|held)|having|holding)(?: the| a)?(?: tags?)? $/u.test(
      scanner.rest.slice(0, name.at),
    );
    if (found.kind === "tag" && narrows && w(`${lead}|${purchase}`).test(scanner.rest.slice(0, name.at)))
      return refuse(
        "A funnel can't be narrowed to people with a tag. A tag can be a step of it: what people got, in order.",
        ["Funnel from lead to first purchase this year"],
      );
    list.push({ at: name.at, text: `${found.kind === "tag" ? "tag" : "product"}:${found.filter}` });
    // `bought the Starter Kit`: the verb belongs to the product.
    if (found.kind === "product") {
      const before =
        /(?<![\p{L}])(?:and |then )*(?:bought|buy|buys|buying|purchased?|purchasing|ordered|paid for|buyers of|customers of)(?: the| a| an| product| products)* $/u.exec(
          scanner.rest.slice(0, name.at),
        );
      if (before) scanner.blank(before.index, name.at);
    }
  }
  // `people who have the tag`: who is meant, not a step.
  scanner.take(
    w(
      "(?:how many |which |what share of |what percentage of |share of |percent of |the |of |our |all )*(?:people|persons?|contacts|customers|clients|leads|subscribers|folks|everyone|those)(?= (?:who|that|with|tagged|got|get|have|had|went|go|moved?|holding|in|came|come|from|progress(?:ed)?) )",
    ),
  );
  const guessed: string[] = [];
  const become = scanner.take(leadsBecome);
  if (become) {
    list.push({ at: become.index, text: "lead" });
    // `leads become customers`: what they become is the first purchase, unless a product is named behind it.
    scanner.take(w("(?:paying |new |first[- ]time )?(?:customers?|buyers?|clients?)|something|anything"));
    if (!list.some(({ at, text: step }) => at > become.index && step.startsWith("product:")))
      list.push({ at: become.index + 1, text: "purchase" });
  }
  for (let match = scanner.take(w(lead)); match; match = scanner.take(w(lead)))
    list.push({ at: match.index, text: "lead" });
  for (let match = scanner.take(w(purchase)); match; match = scanner.take(w(purchase)))
    list.push({ at: match.index, text: "purchase" });
  const part = partialSteps(reading);
  if ("topic" in part) return part;
  guessed.push(...part.guessed);
  list.push(...part.list);
  list.sort((a, b) => a.at - b.at);
  const plain = list.filter((step, at) => step.text !== list[at - 1]?.text);
  if (plain.length === 0)
    return {
      list: [
        { at: 0, text: "lead" },
        { at: 1, text: "purchase" },
      ],
      assumed: true,
    };
  if (plain.length === 1)
    return clarify("A funnel needs at least two steps: tags, products, becoming a lead or buying.", [
      "Funnel from lead to first purchase this year",
    ]);
  if (plain.length > 8) return refuse("A funnel has eight steps at most.");
  if (plain.findIndex(({ text: step }) => step === "lead") > 0)
    return clarify("Becoming a lead can only be the first step of a funnel. In which order are the steps?");
  return { list: plain, guessed };
}

/** Words left over that are a part of one tag's or product's name; several fits are asked about. */
function partialSteps(reading: Reading): { list: Step[]; guessed: string[] } | Say {
  const { scanner, context } = reading;
  const list: Step[] = [];
  const guessed: string[] = [];
  const pieces = [
    ...scanner.rest.matchAll(
      /[\p{L}\p{N}'&]+(?: [\p{L}\p{N}'&]+)*?(?=$|[¤]| (?:to|then|and|->|→|>|,|within|this|last|in|since|from|for|during)(?![\p{L}])|\s*$)/gu,
    ),
  ];
  for (const { index, 0: piece } of pieces) {
    const words = piece
      .split(" ")
      .filter(
        (word) =>
          word &&
          !fillers.has(word) &&
          !/^(?:funnels?|tags?|products?|to|then|and|within|conversion|journey|this|last|year|month|quarter|week|since)$/.test(
            word,
          ),
      );
    if (words.length === 0) continue;
    const { found, choices } = readPartialNames(words, context.index);
    const [name] = found.filter(({ kind }) => kind === "tag" || kind === "product");
    const several = choices[0]?.options.filter(({ kind }) => kind === "tag" || kind === "product") ?? [];
    if (!name && several.length > 1)
      return clarify(
        `"${choices[0]?.said}" fits more than one name: ${several.map(nameInWords).join(" or ")}. Which one do you mean?`,
        [],
      );
    const only = name ?? several[0];
    if (!only) continue;
    list.push({ at: index, text: `${only.kind === "tag" ? "tag" : "product"}:${only.filter}` });
    guessed.push(`I took "${words.join(" ")}" to mean ${nameInWords(only)}.`);
    for (const word of words) scanner.take(w(word));
  }
  return { list, guessed };
}
