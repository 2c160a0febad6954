import { monthNumbers, numberWords, weekdayNumbers } from "../calendar";
import { stopwords } from "../lexicon";
import { fold } from "../normalise";
import type { PlanContext } from "../plan";
import type { VocabularyIndex } from "../vocabulary";
import { isOrdinary, mend, ownWords } from "../words";

/** Somebody a question names, and the question with `§` in their place. */
export interface NamedPerson {
  /** As it was typed, without what makes it a possessive. */
  name: string;
  /** `§` for the person, `§'s` for what is theirs. */
  rest: string;
  /** Several people may be meant: `the carter family`. */
  family: boolean;
  /** From 0.5 for a word that may be a first name to 4 for somebody known; a single strange word is 1. */
  sure: number;
}

const longest = 3;
const word = /^[\p{L}][\p{L}'.-]*$/u;
const particles = new Set("de la da di del van von der den st le el al bin ben o d mc mac dos".split(" "));

/**
 * The person a question is about. Nobody's name is known here, so it is what else the words could be that decides: a
 * name holds a word that is no English, none of ours and in no name of the account; the words around it, which ask
 * something about a person, are given as `around` and are never a part of it.
 */
export function personIn(
  text: string,
  around: ReadonlySet<string>,
  { index }: Pick<PlanContext, "index">,
): NamedPerson | null {
  const mail = /(?<!\S)[\w.+-]+@[\w-]+\.[\w.-]*\w/.exec(text)?.[0];
  if (mail) return { name: mail, rest: text.replace(mail, "§"), family: false, sure: 4 };
  const tokens = text.split(" ");
  let best: { at: number; length: number; sure: number } | null = null;
  for (let at = 0; at < tokens.length; at++) {
    for (let length = Math.min(longest, tokens.length - at); length > 0; length--) {
      const said = tokens.slice(at, at + length);
      // What is possessed or set off by a comma ends the name.
      if (said.slice(0, -1).some((each) => /(?:'s|s'|[,:;])$/i.test(each))) continue;
      const parts = said.map(bare);
      const capital = /^\p{Lu}/u.test(said[0] ?? "") && at > 0;
      // `the miller family`: whatever else the word may mean.
      const named =
        length === 1 &&
        /^the$/i.test(tokens[at - 1] ?? "") &&
        /^(?:family|family's|household)$/i.test(tokens[at + 1] ?? "") &&
        !ownWords().has(parts[0] ?? "") &&
        !namesOfThings(index).has(parts[0] ?? "") &&
        word.test(parts[0] ?? "") &&
        !around.has(parts[0] ?? "");
      const sure = named ? 1 : sureness(parts, around, index, capital);
      if (sure > (best?.sure ?? 0) || (best && sure === best.sure && length > best.length))
        best = { at, length, sure };
    }
  }
  if (!best) return null;
  const { at, length, sure } = best;
  // `asked about left-handed scissors`: what somebody wrote about is a thing, unless it is surely a name.
  if (sure < 3 && /^(?:about|mention(?:ed|s|ing)?|regarding|concerning)$/i.test(tokens[at - 1] ?? ""))
    return null;
  const last = tokens[at + length - 1] ?? "";
  const after = tokens[at + length]?.toLowerCase() ?? "";
  const isFamily = /^(?:family|family's|household)$/.test(after);
  const plural = length === 1 && tokens[at - 1]?.toLowerCase() === "the" && /[^'s]s$/i.test(last);
  // `sanjays phone`, without the apostrophe; a part of a name finds the whole of it.
  const slack = !plural && /[^'s]s$/i.test(last) && !givenNames.has(last.toLowerCase()) && theirs.test(after);
  const name = tokens
    .slice(at, at + length)
    .map((each) => each.replace(/[,:;]$/, ""))
    .join(" ")
    .replace(/(?:'s|(?<=s)')$/i, "")
    .replace(plural || (slack && !/(?:ss|us|is)$/i.test(last)) ? /s$/i : /$^/, "");
  const mark = slack || /(?:'s|s')[,:;]?$/i.test(last) || /'s$/.test(after) ? "§'s" : "§";
  const before = tokens.slice(0, at);
  if ((isFamily || plural) && before.at(-1)?.toLowerCase() === "the") before.pop();
  return {
    name,
    rest: [...before, mark, ...tokens.slice(at + length + (isFamily ? 1 : 0))].join(" "),
    family: isFamily || plural,
    sure,
  };
}

const theirs =
  /^(?:phones?|numbers?|cell|mobile|e?-?mails?|address(?:es)?|tags?|orders?|invoices?|notes?|birthday|record|profile|details|membership|plan|last|latest|owner|rep|balance|spend|history)$/;

const bare = (token: string) => fold(token.replace(/(?:'s|(?<=s)')?[,:;]?$/i, ""));

/** How surely these words are a name: 0 not at all; more words and stranger ones are surer. */
function sureness(
  parts: string[],
  around: ReadonlySet<string>,
  index: VocabularyIndex,
  capital: boolean,
): number {
  if (parts.some((part) => !word.test(part) || around.has(part) || neverNames.has(part))) return 0;
  const [first = "", ...others] = parts;
  const whole = parts.join(" ");
  const called = index.byLength.filter(({ key }) => key === whole).map(({ kind }) => kind);
  if (called.some((kind) => kind === "owner")) return 0;
  if (called.includes("affiliate")) return 4;
  if (called.some((kind) => kind !== "tag")) return 0;
  if (parts.length === 1) {
    if (ownersOf(index).has(first) || first.length < 3) return 0;
    return isStrange(first, index)
      ? 1
      : givenNames.has(first) && (capital || !alsoThings.has(first))
        ? 0.5
        : 0;
  }
  if (others.every((part) => particles.has(part)) || particles.has(parts.at(-1) ?? "")) return 0;
  const strange = parts.filter((part) => isStrange(part, index)).length;
  const given = givenNames.has(first);
  // `shipping rebecca`: a word that means something here stands beside a name, it is none.
  const ours = parts.some(
    (part) =>
      !particles.has(part) &&
      (ownWords().has(part) || (namesOfThings(index).has(part) && !givenNames.has(part))),
  );
  if (ours) return 0;
  if (strange === 0) return given ? 1.5 : 0;
  // An English word before a strange one is no first name unless it is known as one: `wheelchair rebecca`.
  if (!given && !isStrange(first, index)) return 0;
  return 2 + Math.min(strange + (given ? 1 : 0), 2) / 2 + (parts.length === 2 ? 0.1 : 0);
}

/** No English, none of our words, in no name of a thing, and no slip of the pen for any of them. */
function isStrange(part: string, index: VocabularyIndex): boolean {
  // `left-handed` is English, hyphen and all.
  if (part.split("-").every((each) => isOrdinary(each))) return false;
  if (/n't$|^(?:has|have|had|did|do|does|is|are|was|were|wo|ca|would|could|should|must|need)nt$/.test(part))
    return false;
  if (ownWords().has(part) || namesOfThings(index).has(part)) return false;
  return mend(part, index).corrections.every(
    ({ to }) => !ownWords().has(to) && !namesOfThings(index).has(to),
  );
}

const kept = new WeakMap<VocabularyIndex, { things: Set<string>; owners: Set<string> }>();

function wordsOfNames(index: VocabularyIndex) {
  const known = kept.get(index);
  if (known) return known;
  const people = new Set(index.byLength.filter(({ kind }) => kind === "affiliate").map(({ key }) => key));
  const split = (keys: string[]) =>
    new Set(keys.flatMap((key) => key.split(/[^\p{L}\p{N}]+/u)).filter((each) => each.length > 1));
  const made = {
    // A tag that is called like a person is a person's name.
    things: split(
      index.byLength
        .filter(({ kind, key }) => kind !== "affiliate" && kind !== "owner" && !people.has(key))
        .map(({ key }) => key),
    ),
    owners: split(index.byLength.filter(({ kind }) => kind === "owner").map(({ key }) => key)),
  };
  kept.set(index, made);
  return made;
}
const namesOfThings = (index: VocabularyIndex) => wordsOfNames(index).things;
const ownersOf = (index: VocabularyIndex) => wordsOfNames(index).owners;

const neverNames = new Set([
  ...stopwords,
  ...Object.keys(monthNumbers).filter((each) => !["april", "june"].includes(each)),
  ...Object.keys(weekdayNumbers),
  ...Object.keys(numberWords),
  ...`people persons person customers customer contacts contact leads lead members member clients client buyers subscribers everyone everybody anyone somebody someone nobody deals deal tasks task orders order notes note invoices emails tags tag products product revenue sales vip vips family household
  gmail googlemail hotmail yahoo outlook icloud csv pdf excel keap zapier stripe paypal venmo youtube tiktok linkedin twitter pinterest whatsapp facebook instagram google fb ig yt podcast webinar webinars ebook
  newsletter signup signups optin optins checkout upsell upsells online offline website blog seo ppc roi roas ltv clv mrr arr arpu nrr grr aov cac nps ytd mtd qtd yoy mom utm crm sms faq app apps login
  christmas xmas easter thanksgiving halloween valentines`.split(/\s+/),
]);

/** Given names that a sentence without capital letters rather means as words. */
const alsoThings = new Set(
  "summer autumn april june may hope faith joy will max pat ray mark grace iris holly ivy violet daisy hazel bill jack frank nick rob ruby lily sue jasmine heather sandy jade rose joyce jordan georgia florence victoria lee morgan dean carol".split(
    " ",
  ),
);

/** Given names that are English words as well, and the commonest ones. */
export const givenNames = new Set(
  "maria mary john james david peter paul mark rose grace jack frank bill bob tom tim jim joe sue ann anne amy emma eve faith hope iris ivy jade joy lily ruby lee leo max nick pat ray rob sam sandy scott stan ted victor will wade george henry charles charlie christian daniel edward elizabeth florence georgia harry helen jean jennifer jordan joseph kate kelly laura lawrence linda lisa louis lucy margaret martin martha michael nancy oliver oscar patrick philip rachel richard robert robin roger ross ruth sarah simon sophia stephen steven susan thomas tony victoria william olivia anna alice eleanor hazel holly daisy violet heather jasmine april june autumn summer taylor morgan casey riley avery quinn carol diane donna karen janet joyce rebecca".split(
    " ",
  ),
);
