import { stem, turns } from "../audit-words";
import { turningWords } from "../guards";
import { growthWordings } from "./growth";
import { moneyWordings } from "./money";
import { peopleWordings } from "./people";

/**
 * The wording of a bank that is nearest to a question the readers could not follow. Compared as bags of words and pairs of
 * words by the cosine of their tf-idf weights (Salton and Buckley, 1988): what stands in many blocks of the bank says
 * little, what stands in none counts fully against it.
 */
export interface NearWording {
  /** The question as the readers know it, with its `{slots}`. */
  form: string;
  /** The way of putting it that is nearest. */
  wording: string;
  /** 0 to 1. */
  score: number;
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
  slots: string;
  turned: string;
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

/** What has to be the same on both sides: a count is no list, a customer no lead, and `not` turns all of it round. */
function decidingIn(text: string): string {
  const words = joinedIn(text).match(/[\p{L}%]+/gu) ?? [];
  const found = words.flatMap((word) => classes[word] ?? (deciding.has(word) ? word : []));
  return [...new Set(found)].sort().join(" ");
}
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
  for (const { form, wordings } of blocks)
    for (const key of new Set([form, ...wordings].flatMap((each) => keysOf(wordsOf(each)))))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  const weightOf = (key: string) => {
    const rarity = Math.log(1 + blocks.length / (1 + (counts.get(key) ?? 0)));
    return key.includes(" ") ? rarity / 2 : rarity;
  };
  const known = blocks.flatMap(({ form, wordings }) =>
    [form, ...wordings].map((wording) => {
      const words = wordsOf(wording);
      const features = new Map(keysOf(words).map((key) => [key, weightOf(key)]));
      return {
        form,
        wording,
        features,
        length: lengthOf(features),
        slots: slotsIn(words),
        turned: decidingIn(wording),
      };
    }),
  );
  const byRarest = new Map<string, string[][]>();
  for (const { features } of known) {
    const keys = [...features.keys()].filter((key) => !key.includes(" ") && !key.startsWith("{"));
    const rarest = keys.toSorted((a, b) => weightOf(b) - weightOf(a))[0] ?? "";
    byRarest.set(rarest, [...(byRarest.get(rarest) ?? []), keys]);
  }
  bankKept = { known, byRarest, weightOf };
  return bankKept;
}

/** Words and pairs of neighbours. */
const keysOf = (words: Word[]): string[] => {
  const keys = words.map(({ key }) => key);
  return [...new Set([...keys, ...keys.slice(1).map((key, at) => `${keys[at]} ${key}`)])];
};

const lengthOf = (features: Map<string, number>) =>
  Math.sqrt([...features.values()].reduce((sum, weight) => sum + weight * weight, 0));

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
  const turned = decidingIn(question);
  const features = new Map(keysOf(words).map((key) => [key, weightOf(key)]));
  const length = lengthOf(features);
  // One word says too little.
  if (words.filter(({ said }) => !said.startsWith("{")).length < 2) return null;
  let best: { each: Known; score: number } | undefined;
  const byForm = new Map<string, number>();
  for (const each of known) {
    if (each.slots !== slots || each.turned !== turned || each.wording === except || each.length === 0)
      continue;
    let common = 0;
    for (const [key, weight] of features) if (each.features.has(key)) common += weight * weight;
    const score = common / (length * each.length);
    if (score > (byForm.get(each.form) ?? 0)) byForm.set(each.form, score);
    if (!best || score > best.score) best = { each, score };
  }
  if (!best || best.score === 0) return null;
  const { each, score } = best;
  const ranked = [...byForm].sort((a, b) => b[1] - a[1]);
  const second = ranked.find(([form]) => form !== each.form)?.[1] ?? 0;
  return {
    form: each.form,
    wording: each.wording,
    score,
    margin: score - second,
    size: words.length,
    forms: ranked.filter(([, other]) => other >= score / 2).map(([form]) => form),
    missing: words.filter(({ key }) => !each.features.has(key)).map(({ said }) => said),
  };
}
