import { stem, turns } from "../audit-words";
import { turningWords } from "../guards";
import { dimensionPhraseTable, metricPhraseTable } from "../lexicon";
import { growthWordings } from "./growth";
import { moneyWordings } from "./money";
import { peopleWordings } from "./people";

/**
 * The wording of a bank that is nearest to a question the readers could not follow. Compared by the cosine of tf-idf
 * weights (Salton and Buckley, 1988) over words, pairs of words, what else is said for a word, and the numbers and splits
 * they may name: what stands in many blocks of the bank says little, what stands in none counts fully against it. A block
 * is as near as its nearest wording and the mean of the next two: one odd wording does not make a question.
 */
export interface NearWording {
  /** The question as the readers know it, with its `{slots}`. */
  form: string;
  /** The way of putting it that is nearest. */
  wording: string;
  /** 0 to 1. */
  score: number;
  /** The words are those of the wording, but for what only holds a sentence together. */
  exact: boolean;
  /** It asks for the same kind of thing: a count, a list, of customers or of leads, of the past or of what is to come. */
  sameKind: boolean;
  /** How far ahead of the best wording of any other form. */
  margin: number;
  /** The forms with the nearest wordings, best first. */
  forms: string[];
  /** How many words of the question tell it from others. */
  size: number;
  /** Words of the question, as they stand in it, that the wording does not have. */
  missing: string[];
}

interface Known {
  form: string;
  wording: string;
  features: Map<string, number>;
  length: number;
  /** The part of it that are words and pairs of words, for telling whether a question is the wording itself. */
  wordLength: number;
  slots: string;
  turned: string;
  kinds: ReadonlySet<string>;
}

/** Hold a sentence together and are in any wording or none. `how many`, `who` and `when` tell what is asked, and stay. */
const fillers = new Set(
  `a an the our my your of for to in on at from is are was were be been being am do does did done have has had having we i you it me us can could would should will
  please that this there here as so just really actually and s what's get gets got give tell show see look know want need let with by which`.split(
    /\s+/,
  ),
);

/** Past forms that no ending is cut off from. */
const irregular: Record<string, string> = Object.fromEntries(
  `made:make brought:bring sold:sell sales:sell sale:sell bought:buy spent:spend paid:pay came:come left:leave lost:lose won:win grew:grow went:go gone:go wrote:write written:write sent:send
  began:begin begun:begin earned:earn took:take taken:take kept:keep stopped:stop quit:stop stuck:stick owed:owe owes:owe fell:fall fallen:fall rose:rise risen:rise dropped:drop found:find heard:hear
  ran:run held:hold met:meet said:say told:tell gave:give given:give chose:choose chosen:choose broke:break broken:break best:top highest:top biggest:top largest:top greatest:top strongest:top
  worst:bottom lowest:bottom weakest:bottom smallest:bottom least:bottom poorest:bottom clients:customer client:customer ppl:people folks:people persons:people person:people emails:mail email:mail e-mails:mail e-mail:mail
  mails:mail newsletters:mail subscribers:member subscriber:member memberships:member membership:member subscriptions:subscription cash:money dollars:money turnover:revenue takings:revenue`
    .split(/\s+/)
    .filter(Boolean)
    .map((pair) => pair.split(":") as [string, string]),
);

/** Said for each other. Not the same thing to the readers, and near enough to find what may be meant. */
const alike: ReadonlyMap<string, string> = new Map(
  `revenue sales turnover takings income earnings money cash proceeds
  customer client buyer shopper purchaser
  lead prospect enquiry inquiry signup
  product item thing article goods
  buy purchase order
  people person folk contact everyone everybody who whom anybody anyone
  cancel quit churn leave stop end
  list show name names
  top most highest
  source channel origin
  mail email newsletter mailing broadcast
  deal opportunity quote
  task todo followup
  invoice bill
  owe unpaid outstanding owing due
  overdue late past
  month monthly
  year yearly annual
  week weekly
  day daily
  refund reimburse return back
  member subscriber subscription membership
  rise grow increase up
  fall drop decrease decline down
  staff rep owner user team employee colleague
  appointment meeting call booking
  plan tier level
  bring make earn generate
  new fresh
  recent late`
    .split("\n")
    .flatMap((line) => {
      const words = line.trim().split(" ");
      return words.map((word) => [stem(word), words[0] ?? ""] as const);
    }),
);

/** What each kind of feature counts against a word by itself; found by leaving each wording of the bank out in turn. */
const weights = { pair: 0.3, alike: 1.3, registered: 1 };
/** What is left of a score where one side asks for another kind of thing. */
const otherKind = 0.55;

const joined: [RegExp, string][] = [
  [/\b(?:the )?(?:number|count) of\b/g, "howmany"],
  [/\bto[- ]dos?\b/g, "todo"],
  [/\bhow (many|much|long|often|old|far|well|big|fast|quick(?:ly)?)\b/g, "how$1"],
  [/\bno longer\b/g, "nolonger"],
  [/\be-mail/g, "email"],
];

/** Words that have to stand in both or in neither: they turn a question round or set it beside another. */
const deciding = new Set([...turns, ...turningWords, "vs", "versus", "compared", "than", "only", "or"]);

const joinedIn = (text: string) =>
  joined.reduce((all, [pattern, to]) => all.replace(pattern, to), text.toLowerCase());

interface Word {
  said: string;
  key: string;
}

/** The words of a question or wording that tell it from others, in order. */
function wordsOf(text: string): Word[] {
  const plain = joined.reduce((all, [pattern, to]) => all.replace(pattern, to), text.toLowerCase());
  return (
    plain.replace(/\{when(?::[^}]*)?\}/g, " ").match(/\{[a-z_]+\}|[\p{L}\p{N}%][\p{L}\p{N}%'-]*/gu) ?? []
  )
    .map((said) => ({ said, key: keyOf(said) }))
    .filter(({ said }) => !fillers.has(said));
}

function keyOf(said: string): string {
  if (said.startsWith("{")) return said;
  const word = said.replace(/'s$/, "");
  return irregular[word] ?? stem(word);
}

const classes: Record<string, string> = Object.fromEntries(
  [
    "count: howmany number numbers count share percentage percent %",
    "customer: customer customers buyer buyers client clients shopper shoppers purchaser purchasers",
    "member: member members subscriber subscribers",
    "lead: lead leads prospect prospects",
    "deal: deal deals opportunity opportunities",
    "task: task tasks todo todos",
    "past: was were did",
    "future: will next expect expected expecting forecast predict prediction",
  ].flatMap((line) => {
    const [name = "", words = ""] = line.split(": ");
    return words.split(" ").map((word) => [word, name]);
  }),
);

/** What has to be the same on both sides: `not` turns all of it round, and two are never one. */
function turnsIn(text: string): string {
  const words = joinedIn(text).match(/[\p{L}%]+/gu) ?? [];
  return [...new Set(words.filter((word) => deciding.has(word) && !classes[word]))].sort().join(" ");
}

/** What it asks for and of whom: a count is no list, and a customer no lead. */
function kindsIn(text: string): ReadonlySet<string> {
  const words = joinedIn(text).match(/[\p{L}%]+/gu) ?? [];
  return new Set(words.flatMap((word) => classes[word] ?? []));
}

const otherKinds = (one: ReadonlySet<string>, other: ReadonlySet<string>): number =>
  [...one].filter((each) => !other.has(each)).length + [...other].filter((each) => !one.has(each)).length;

const slotsIn = (words: Word[]) =>
  words
    .filter(({ said }) => said.startsWith("{"))
    .map(({ said }) => said)
    .sort()
    .join(" ");

interface Bank {
  known: Known[];
  /** The words of each wording but for its names, under the rarest of them. */
  byRarest: Map<string, string[][]>;
  weightOf: (key: string) => number;
}

let bankKept: Bank | undefined;

/** Blocks of a question, behind `> `, and the ways to put it. */
export function blocksIn(text: string): { form: string; wordings: string[] }[] {
  const blocks: { form: string; wordings: string[] }[] = [];
  for (const line of text.split("\n").map((each) => each.trim()))
    if (line.startsWith("> ")) blocks.push({ form: line.slice(2), wordings: [] });
    else if (line) blocks.at(-1)?.wordings.push(line);
  return blocks;
}

export const allBlocks = () => [moneyWordings, growthWordings, peopleWordings].flatMap(blocksIn);

function bank(): Bank {
  if (bankKept) return bankKept;
  const blocks = allBlocks();
  const counts = new Map<string, number>();
  const plain = blocks.map(({ form, wordings }) => ({
    form,
    each: [form, ...wordings].map((wording) => ({ wording, said: featuresOf(wording, wordsOf(wording)) })),
  }));
  for (const { each } of plain)
    for (const key of new Set(each.flatMap(({ said }) => [...said.keys()])))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  const weightOf = (key: string) => Math.log(1 + blocks.length / (1 + (counts.get(key) ?? 0)));
  const known = plain.flatMap(({ form, each }) =>
    each.map(({ wording, said }) => {
      const features = weighted(said, weightOf);
      return {
        form,
        wording,
        features,
        length: lengthOf(features.values()),
        wordLength: lengthOf(wordsAmong(features).values()),
        slots: slotsIn(wordsOf(wording)),
        turned: turnsIn(wording),
        kinds: kindsIn(wording),
      };
    }),
  );
  const byRarest = new Map<string, string[][]>();
  for (const { features } of known) {
    const keys = [...features.keys()].filter((key) => !/^\{|[ :]/.test(key));
    const rarest = keys.toSorted((a, b) => weightOf(b) - weightOf(a))[0] ?? "";
    byRarest.set(rarest, [...(byRarest.get(rarest) ?? []), keys]);
  }
  bankKept = { known, byRarest, weightOf };
  return bankKept;
}

let registeredKept: { said: string; key: string }[] | undefined;

/** Ways to say a number or a split, with what they name. */
function registered() {
  registeredKept ??= [
    ...metricPhraseTable().map(({ phrase, id }) => ({ said: ` ${phrase} `, key: `number:${id}` })),
    ...dimensionPhraseTable().map(({ phrase, id }) => ({ said: ` ${phrase} `, key: `split:${id}` })),
  ];
  return registeredKept;
}

/** Words, pairs of neighbours, what words are said for, and what they may name, each with what it counts. */
function featuresOf(text: string, words: readonly Word[]): Map<string, number> {
  const keys = words.map(({ key }) => key);
  const found = new Map<string, number>(keys.map((key) => [key, 1]));
  for (const [at, key] of keys.slice(1).entries()) found.set(`${keys[at]} ${key}`, weights.pair);
  for (const key of keys) if (alike.has(key)) found.set(`alike:${alike.get(key)}`, weights.alike);
  const spaced = ` ${joinedIn(text)
    .replace(/\{when(?::[^}]*)?\}/g, " ")
    .replace(/[^\p{L}\p{N}%' -]/gu, " ")
    .replace(/\s+/g, " ")
    .trim()} `;
  for (const { said, key } of registered()) if (spaced.includes(said)) found.set(key, weights.registered);
  return found;
}

const weighted = (features: Map<string, number>, weightOf: (key: string) => number) =>
  new Map([...features].map(([key, counts]) => [key, counts * weightOf(key)]));

const wordsAmong = (features: Map<string, number>) =>
  new Map([...features].filter(([key]) => !key.includes(":")));

const lengthOf = (values: Iterable<number>) =>
  Math.sqrt([...values].reduce((sum, weight) => sum + weight * weight, 0));

/** What two have in common, of the words alone or of everything. */
function common(one: Map<string, number>, other: Map<string, number>, only?: "words"): number {
  let sum = 0;
  for (const [key, weight] of one) {
    const against = only && key.includes(":") ? undefined : other.get(key);
    if (against) sum += weight * against;
  }
  return sum;
}

/**
 * Whether a question holds all the words of some wording, whatever names and days it has besides: what has to be true of
 * one that is known word for word, and is told in no time for the many that are not. Pure.
 */
export function holdsAWording(question: string): boolean {
  const { byRarest } = bank();
  const said = new Set(wordsOf(question).map(({ key }) => key));
  return [...said].some((key) => byRarest.get(key)?.some((keys) => keys.every((each) => said.has(each))));
}

/**
 * The nearest wording to a question in lower case whose names stand as `{tag}`, `{product}` and whose period was taken
 * out; null where no wording has the same names and the same deciding words. `except` leaves one wording out, for
 * measuring. Pure.
 */
export function nearestWording(question: string, except?: string): NearWording | null {
  const { known, weightOf } = bank();
  const words = wordsOf(question);
  const slots = slotsIn(words);
  const turned = turnsIn(question);
  const kinds = kindsIn(question);
  const features = weighted(featuresOf(question, words), weightOf);
  const length = lengthOf(features.values());
  // One word says too little.
  if (words.filter(({ said }) => !said.startsWith("{")).length < 2) return null;
  const own = wordsAmong(features);
  const ownLength = lengthOf(own.values());
  const isItself = ({ features: theirs, wordLength, kinds: asked }: Known) =>
    otherKinds(kinds, asked) === 0 && common(own, theirs, "words") / (ownLength * wordLength) >= same;
  const byForm = new Map<string, { best: Known; scores: number[] }>();
  let itself: Known | undefined;
  for (const each of known) {
    if (each.slots !== slots || each.turned !== turned || each.wording === except || each.length === 0)
      continue;
    const cosine = common(features, each.features) / (length * each.length);
    const score = cosine * otherKind ** otherKinds(kinds, each.kinds);
    if (score === 0) continue;
    if (cosine > 0.8 && !itself && isItself(each)) itself = each;
    const before = byForm.get(each.form);
    if (!before) byForm.set(each.form, { best: each, scores: [score] });
    else {
      if (score > Math.max(...before.scores)) before.best = each;
      before.scores.push(score);
    }
  }
  const ranked = [...byForm]
    .map(([form, { best, scores }]) => ({ form, best, score: ofBlock(scores) }))
    .sort((a, b) => b.score - a.score);
  const first = itself ? ranked.find(({ form }) => form === itself.form) : ranked[0];
  if (!first) return null;
  const { form, score } = first;
  const best = itself ?? first.best;
  const second = ranked.find((each) => each.form !== form);
  return {
    form,
    wording: best.wording,
    score,
    exact: itself !== undefined,
    sameKind: otherKinds(kinds, best.kinds) === 0,
    margin: score - (second?.score ?? 0),
    size: words.length,
    forms: ranked.filter((each) => each.score >= score / 2).map((each) => each.form),
    missing: words.filter(({ key }) => !best.features.has(key)).map(({ said }) => said),
  };
}

/** From here on it is a wording of the bank itself, but for words that only hold a sentence together. */
const same = 0.97;

/** The nearest wording counts half, the next two a quarter each. */
function ofBlock(scores: readonly number[]): number {
  const [first = 0, second = 0, third = 0] = scores.toSorted((a, b) => b - a);
  return first / 2 + (second + third) / 4;
}
