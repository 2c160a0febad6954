import { getMetric } from "@/analytics/metrics/catalog";
import type { Evidence } from "./audit-words";
import { stem, turned } from "./audit-words";
import { dimensionPhraseTable, metricPhraseTable } from "./lexicon";
import type { PlannedCall } from "./plan";
import type { VocabularyIndex } from "./vocabulary";

/** What a question as a whole asks for, where each word by itself would be accounted for. The words that say so. */
export function unmetSigns(
  words: string[],
  evidence: Evidence,
  index: VocabularyIndex,
  calls: readonly PlannedCall[],
): string[] {
  return [
    ...eachOfThem(words, evidence, calls),
    ...money(words, evidence),
    ...percent(words, evidence, calls),
    ...countForAmount(words, evidence),
    ...amountForCount(words, evidence),
    ...duty(words, evidence),
    ...ranked(words, calls),
    ...oneOrTheOther(words, evidence, calls),
    ...askedForPeople(words, evidence),
    ...takenOut(words, evidence),
    ...boundAsLimit(words, calls),
    ...namesAsSplits(words, evidence, index),
  ];
}

/** `only those with at least 20 customers`: a bound on each is no number of rows. */
function boundAsLimit(words: string[], calls: readonly PlannedCall[]): string[] {
  const text = words.join(" ");
  const [, said, number] =
    /\b(at least|more than|over|at most|less than|fewer than|under|minimum(?: of)?) (\d+)\b/.exec(text) ?? [];
  if (!said || !number) return [];
  const isOnlyLimit = calls.some(({ tool, input }) => {
    const { query } = input as { query?: { limit?: number } };
    const rest = JSON.stringify({ ...input, query: { ...query, limit: undefined }, title: undefined });
    return (
      tool === "query_metric" && query?.limit === Number(number) && !new RegExp(`\\D${number}\\D`).test(rest)
    );
  });
  return isOnlyLimit ? [said] : [];
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

/** `list folks who …`. */
const listed =
  /^(?:please |and |now )*(?:list|name|find) (?:me |all |the |our |of )*(?:people|folks|customers|clients|contacts|members|everyone|everybody|anyone|buyers|leads) (?:who|that|whose|which)\b/;

/** `who of them bought in May` wants people, or something that people stand behind: one number is no answer. */
function askedForPeople(words: string[], { tools, keys }: Evidence): string[] {
  const first = words.find((word) => !openings.has(word)) ?? "";
  if (!["who", "whos", "names"].includes(first) && !listed.test(words.join(" "))) return [];
  const answered =
    peopleTools.some((tool) => tools.has(tool)) ||
    !tools.has("query_metric") ||
    keys.has("behind") ||
    keys.has("dimensions");
  return answered ? [] : [first];
}

/** `how much did each spend`: a number for each of several, never one for all of them. */
function eachOfThem(
  words: string[],
  { tools, keys, metrics }: Evidence,
  calls: readonly PlannedCall[],
): string[] {
  const asked = words.includes("each") || words.includes("apiece");
  if (!asked || !tools.has("query_metric") || calls.length > 1) return [];
  // `what does each e-mail bring in` is a number per e-mail by itself.
  const perOne =
    metrics.some((id) => /_per_|average|value/.test(id)) &&
    /^\p{L}/u.test(words[words.indexOf("each") + 1] ?? "");
  return perOne || keys.has("dimensions") || keys.has("grain") || keys.has("behind") ? [] : ["each"];
}

/** `what do regulars spend`, `value of the deals`: an amount, whatever else the words hold. */
const amountAsked =
  /^(?:(?:and|so|ok|but|then) )*(?:how much|what) (?:do|does|did|have|has) (?:\S+ ){1,4}?(spend|spent|earn|earned)\b|^(?:(?:and|so|ok|the|our|show|me|give|what|is|what's) )*(?:total |combined |overall )?(value|worth|amount) of\b(?! (?:people|customers|members|time))/;
const moneyWords = new Set(["money", "dollars", "cash", "$", "$$", "$$$"]);

/** `how much money from regulars` is an amount: a rate or a count is no answer. An amount that bounds (`200 dollars`) asks nothing. */
function money(words: string[], { tools, metrics }: Evidence): string[] {
  const text = words.join(" ");
  const [, asked] = amountAsked.exec(text) ?? [];
  const word = words.find((each, at) => moneyWords.has(each) && !/\d/.test(words[at - 1] ?? "")) ?? asked;
  if (!word || !tools.has("query_metric") || metrics.length === 0) return [];
  return metrics.some((id) => getMetric(id)?.unit === "money") ? [] : [word];
}

const moving =
  /^(?:grow|grew|chang|drop|fell|fall|ris|rose|increas|decreas|shr[aiu]nk|up|down|more|less|fewer)/;

/** `as a percentage of sales`: a rate, a part beside its whole, or a change. Amounts alone are no answer. */
function percent(
  words: string[],
  { tools, metrics, keys }: Evidence,
  calls: readonly PlannedCall[],
): string[] {
  const word = words.find((each) => ["%", "percent", "percentage", "pct"].includes(each));
  if (!word || !tools.has("query_metric") || calls.length > 1) return [];
  const rated = metrics.some((id) => ["ratio", "number"].includes(getMetric(id)?.unit ?? ""));
  const told =
    rated ||
    besideItsWhole(metrics) ||
    keys.has("share") ||
    keys.has("comparison") ||
    words.some((each) => moving.test(each));
  return told ? [] : [word];
}

/** `what % we recovered`: of the payments that failed, which stand beside. */
const besideItsWhole = (metrics: readonly string[]): boolean =>
  metrics.includes("recovered_payments") && metrics.includes("failed_payments");

/** `how much does a member bring in`: never how many of them there are. */
function countForAmount(words: string[], { tools, metrics, keys }: Evidence): string[] {
  const much = words.findIndex((word, at) => word === "much" && words[at - 1] === "how");
  if (much < 0 || !tools.has("query_metric") || metrics.length === 0) return [];
  if (keys.has("comparison") || words.some((word) => moving.test(word))) return [];
  return metrics.every((id) => getMetric(id)?.unit === "count") ? ["much"] : [];
}

const notCounted =
  /^(?:how many|(?:the )?(?:number|count) of) (?:%|percent|per cent|dollars|euros|pounds|bucks|days|weeks|months|years|hours|minutes|times (?:more|as)|points?)\b/;

/** `number of refunds`: never what they come to, and no rate. */
function amountForCount(words: string[], { tools, metrics }: Evidence): string[] {
  const text = words.filter((word) => !openings.has(word)).join(" ");
  if (!/^(?:how many|(?:the )?(?:number|count) of)\b/.test(text) || notCounted.test(text)) return [];
  if (!tools.has("query_metric") || metrics.length === 0) return [];
  // `how many of our leads became customers` is told as a part of a whole.
  const counts = metrics.some((id) => getMetric(id)?.unit !== "money");
  return counts ? [] : [words.includes("many") ? "many" : "number"];
}

/** `who should have paid by now`: what did not happen and ought to have. */
function duty(words: string[], { does, tools }: Evidence): string[] {
  const at = words.findIndex((word, i) => word === "should" && words[i + 1] === "have");
  if (at < 0 || tools.has("forecast")) return [];
  return ["overdue", "owe", "owes", "expected", "late", "not"].some((each) => does.has(stem(each)))
    ? []
    : ["should"];
}

const rankings = new Set(
  "most least best worst strongest weakest highest lowest biggest smallest largest top bottom busiest quietest slowest fastest".split(
    " ",
  ),
);

/** An order of one row means that what was to be ranked was lost. */
function ranked(words: string[], calls: readonly PlannedCall[]): string[] {
  const lost = calls.some(({ tool, input }) => {
    const query = (input.query ?? {}) as { order?: unknown; dimensions?: unknown[] };
    return tool === "query_metric" && query.order !== undefined && (query.dimensions ?? []).length === 0;
  });
  return lost ? [words.find((word) => rankings.has(word)) ?? words.at(-1) ?? ""] : [];
}

/** `asked about a refund but never got one`: half of it is a condition, and a search for texts would drop it. */
export function conditionsInSearches(calls: readonly PlannedCall[]): string[] {
  return calls.flatMap(({ tool, input }) =>
    tool === "search_knowledge" && typeof input.query === "string"
      ? (input.query.toLowerCase().match(/\b(?:never|without|but|except)\b/g) ?? []).slice(0, 1)
      : [],
  );
}

const choosing = new Set(
  "who which better more most higher highest less least fewer lower lowest worse".split(" "),
);

/** `who won more, Nadia or Ben`: two that are to be told apart, so not one number for both. */
function oneOrTheOther(words: string[], { tools, keys }: Evidence, calls: readonly PlannedCall[]): string[] {
  if (calls.length > 1 || !tools.has("query_metric") || keys.has("dimensions")) return [];
  if (!words.includes("or") || !words.some((word) => choosing.has(word))) return [];
  return calls.some(({ input }) => choosesSeveral(input)) ? ["or"] : [];
}

/** A condition that takes any of several values of one kind. */
function choosesSeveral(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(choosesSeveral);
  if (!value || typeof value !== "object") return false;
  const { is } = value as { is?: unknown };
  if (Array.isArray(is) && is.length > 1) return true;
  return Object.values(value).some(choosesSeveral);
}

const outs = new Set(["drop", "remove", "hide", "minus", "leave", "take"]);
const views =
  /^(?:the |that |this |any )?(?:filter|compar|chart|split|table|line|bar|average|total|restriction|date|range|period|last|time)/;

/** `drop coaching`: a condition that leaves something out, unless it is a part of the view that goes. */
function takenOut(words: string[], { does, metrics }: Evidence): string[] {
  const at = words.findIndex((word) => !openings.has(word));
  const verb = words[at] ?? "";
  const rest = words.slice(at + 1).join(" ");
  if (!outs.has(verb) || rest === "" || views.test(rest)) return [];
  if ((verb === "leave" || verb === "take") && !/\b(?:out|off|away)\b/.test(rest)) return [];
  // `drop revenue` from several numbers: the others stay.
  const number = metricPhraseTable().find(({ phrase }) => phrase === rest.replace(/^the /, ""));
  if (number && metrics.length > 0 && !metrics.includes(number.id)) return [];
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
