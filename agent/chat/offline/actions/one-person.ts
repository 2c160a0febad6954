import { stopwords } from "../lexicon";
import type { Memory } from "../memory";
import { fold } from "../normalise";
import { givenNames } from "../people/person-name";
import type { PeopleReading } from "../people/read-people";
import type { PlanContext, Reply } from "../plan";
import { understand } from "../understand";
import { isEveryday, isOrdinary, mend, ownWords } from "../words";
import { call, unquote } from "./request";

export function lookup(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:look up|lookup|check|read|get|show me|what does keap (?:say|have|know) (?:about|for|on))(?: the)? (contact|company|order|subscription|tag|product|opportunity|task)(?: (?:number|no|id))? ?#?(\d{1,15})(?: (?:live )?(?:in|from|at) keap(?: itself)?)?$/i.exec(
      raw,
    );
  if (!match || !/\bkeap\b/i.test(raw)) return null;
  return call("keap_lookup", { kind: (match[1] ?? "").toLowerCase(), keap_id: Number(match[2]) }, context);
}

/** The name or address of one person: two or three words of which one at least is no word of ours or of English. */
export function oneName(said: string, { index }: PlanContext): string | null {
  const text = unquote(said).replace(
    /^(?:the |our |a )?(?:contact|customer|person|lead|client|member) (?:called |named )?/i,
    "",
  );
  if (/^[\w.+-]+@[\w-]+\.[\w.-]+$/.test(text)) return text;
  const words = fold(text).split(" ");
  if (
    words.length < 2 ||
    words.length > 3 ||
    /(?:'s|s') /.test(text) ||
    !words.every((word) => /^[\p{L}][\p{L}'-]*$/u.test(word))
  )
    return null;
  // What goes by such a name as a whole may be a tag; one of these words alone may not.
  const called = index.byLength.filter(({ key }) => key === words.join(" ")).map(({ kind }) => kind);
  const whole = called.some((kind) => kind !== "tag" && kind !== "affiliate");
  const strange = words.filter(
    (word) => !isOrdinary(word) && !ownWords().has(word) && !index.words.has(word),
  );
  const named = called.length > 0;
  if (whole || words.some((word) => stopwords.has(word) || sayNothing.has(word))) return null;
  return strange.length > 0 || (named && words.some((word) => !isOrdinary(word) && !ownWords().has(word)))
    ? text
    : null;
}

/**
 * Whom a request is about, where it is one person. A bare name that is a tag's or an affiliate's as well (`call Rose
 * Bennett`) is hers: whoever means all who hold the tag says `tagged`.
 */
export function personMeant(
  phrase: string,
  reading: PeopleReading,
  context: PlanContext,
  memory: Memory,
): string | null {
  // `tag her`, after one person was shown.
  if (memory.person && !memory.people && !memory.unanswered && pronoun.test(phrase.trim()))
    return memory.person;
  const name = oneName(phrase, context);
  if (!name || reading.kind !== "people") return name;
  const chosen = Object.values(reading.people).flatMap(namesIn);
  return chosen.length === 1 && fold(chosen[0] ?? "") === fold(name) ? name : null;
}

const pronoun = /^(?:him|her|them|(?:this|that) (?:person|customer|contact|client|member|lead|one))$/i;

/** All texts in a condition. */
function namesIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(namesIn);
  return value && typeof value === "object" ? Object.values(value).flatMap(namesIn) : [];
}

const sayNothing = new Set(
  "near nearby around outside inside people customers customer contacts contact leads lead members member clients client buyers subscribers everyone everybody deals deal tasks task orders order notes note invoices emails tags tag products product revenue sales vip vips".split(
    " ",
  ),
);

/** `look up maria garcia`, `find maria`, `maria garcia` alone, `is maria garcia a member`. */
function lookedUp(raw: string, context: PlanContext): Reply | null {
  const verb =
    /^(?:look ?up|look for|find|search(?: for)?|pull up|bring up|open|show(?: me)?|get|see|where is|who is|whos|who's|go to|check)(?: up)? (.+?)(?:'s|s')?(?: (?:record|profile|page|details|file|history|journey|data|info|information|orders and notes))?$/i.exec(
      raw,
    )?.[1];
  const exists =
    /^(?:do we have|is there|have we got)(?: (?:a|any|some))?(?: (?:contact|customer|person|lead|client|member|one|someone|somebody|anyone))?(?: (?:called|named))? (.+?)(?: in (?:our|the|keap).{0,20})?$/i.exec(
      raw,
    )?.[1];
  const state =
    /^(?:is|has|did|was|does) (\p{L}[\p{L}'-]+ \p{L}[\p{L}'-]+)(?: (?:still|ever|already|a|an|our|the|any|been|got|have|had|by|in|we|us|from))* ?(?:members?|customers?|vip|subscrib\w*|bought|buy|order(?:ed)?|paid|pay|tagged|active|unsubscribed|refund(?:ed)?|lead|owed?|owe|anything|cancell?ed|open(?:ed)?|email(?:s|ed)?|here|money|us| )*$/iu.exec(
      raw,
    )?.[1];
  for (const [said, what] of [
    [verb, null],
    [exists, null],
    [state, "That stands in their record."],
    [raw, null],
  ] as const) {
    const name = said && oneName(said, context);
    if (!name) continue;
    // Without a word that says so, only two words that are nothing else at all.
    const strange = fold(name)
      .split(" ")
      .filter((word) => !isOrdinary(word) && !ownWords().has(word) && !context.index.words.has(word));
    const alone = /^\p{L}+ \p{L}+$/u.test(name) && strange.length > 0 && !known(name, context);
    if (said === raw && !alone) continue;
    // Who is looked for may be several; one that is opened is one.
    return said === verb && /^(?:look|find|search|who|where)/i.test(raw)
      ? call("find_contacts", { search: name, limit: 20 }, context)
      : call("get_contact", { search: name }, context, what ? [what] : []);
  }
  // A first name alone fits many: a list of them.
  const first = verb && /^\p{Lu}?[\p{L}'-]{3,20}$/u.test(verb) ? fold(verb) : "";
  if (
    first &&
    /^(?:look|find|search)/i.test(raw) &&
    (!isOrdinary(first) || givenNames.has(first)) &&
    !ownWords().has(first) &&
    !context.index.words.has(first)
  )
    return call("find_contacts", { search: first, limit: 20 }, context);
  return null;
}

/** Some word of it means something here, or would after a slip of the pen is mended. */
const known = (name: string, { index }: PlanContext): boolean =>
  fold(name)
    .split(" ")
    .some(
      (word) => ownWords().has(word) || index.words.has(word) || mend(word, index).corrections.length > 0,
    );

export function person(raw: string, _: Memory, context: PlanContext): Reply | null {
  const found = lookedUp(raw, context);
  if (found) return found;
  const match =
    /^(?:pull up|open|show(?: me)?|get|look up|see) (.{2,80}?)(?:'s|s') (?:record|profile|history|details|journey|page|orders and notes)$/i.exec(
      raw,
    ) ??
    /^(?:tell me (?:more )?about|what do (?:we|you) know about|give me (?:the )?(?:details|history|profile) (?:of|for|on)) (.{2,80})$/i.exec(
      raw,
    );
  const one = namedPerson(raw, context);
  if (one) return one;
  const did =
    /^(?:how much|how many (?:times|orders)|how often|what|when|which (?:products?|courses?)|why) (?:has|have|did|does|is|was) (\p{L}[\p{L}'-]+(?: \p{L}[\p{L}'-]*){1,2}?) (?:spen[dt]|paid|pay|buy|bought|purchased?|order(?:ed)?|own|last (?:buy|bought|order(?:ed)?|purchased?)|sign(?:ed)? up|join(?:ed)?)(?: (?:with us|in total|so far|from us|last|in all|altogether|ever))*$/iu.exec(
      raw,
    );
  if (did?.[1]) {
    const who = understand(did[1], context.index, context.today);
    // A part of a tag's name (`Bennett`) does not keep two words that are no words of ours from being a person.
    const words = fold(did[1]).split(" ");
    const whole = context.index.byLength.some(({ key }) => key === words.join(" "));
    const isName =
      !whole &&
      who.metrics.ids.length + who.splits.ids.length === 0 &&
      who.unknown.length > 0 &&
      !words.some((word) => isEveryday(word) || ownWords().has(word));
    if (isName)
      return call("get_contact", { search: did[1] }, context, [
        "What they paid and ordered stands in their record.",
      ]);
  }
  const called =
    /^(?:pull up|bring up|open|show(?: me)?) (?!(?:the |a |my )*(?:contact|customer|person|lead|client|profile) )(\p{L}[\p{L}'-]+(?: \p{L}[\p{L}'-]*){1,3})$/iu.exec(
      raw,
    );
  const search = unquote((match ?? called)?.[1] ?? "").replace(
    /^(?:the )?(?:contact|customer|person|lead|client) /i,
    "",
  );
  if (!search) return null;
  const read = understand(search, context.index, context.today);
  const known =
    read.metrics.ids.length + read.names.length + read.choices.length + read.splits.ids.length > 0;
  if (known || read.time.period || read.unknown.length === 0) return null;
  // Whose something it is, or everybody: no name of one person.
  if (!match && /'s?(?: |$)|\b(?:every|any|some)(?:one|body)\b|\b(?:all|our|my|your|their)\b/i.test(search))
    return null;
  // Without a word that says so, only words that are nothing else are a name.
  if (!match && (read.unknown.length < search.split(" ").length || read.unknown.some(isEveryday)))
    return null;
  return call("get_contact", { search }, context);
}

/** An address, people of a name, and what belongs to one person: `email of Ann Smith`. */
function namedPerson(raw: string, context: PlanContext): Reply | null {
  const address =
    /^(?:(?:find|look up|lookup|search(?: for)?|show(?: me)?|get|open|who is|pull up)(?: (?:contact|person|customer|lead))? )?([\w.+-]+@[\w-]+\.[\w.-]+)$/i.exec(
      raw,
    )?.[1];
  if (address) return call("get_contact", { search: address }, context);
  const named =
    /^(?:(?:list|show(?: me)?|find|get|who are)(?: (?:the|all|our|me))* )?(?:people|customers?|contacts?|clients?|leads?|everyone|everybody|anyone) (?:named|called|with the (?:first |last )?name|whose (?:first |last )?name is) "?(\p{L}[\p{L}' -]{1,60}?)"?$/iu.exec(
      raw,
    )?.[1];
  if (named) return call("find_contacts", { search: named, limit: 20 }, context);
  const thing =
    "phone(?: number)?|e-?mail(?: address)?|address|orders?|last order|purchases|tags|details|spend|lifetime value|ltv";
  const whose = new RegExp(
    `^(?:(?:what(?:'s| is| are)|show(?: me)?|give me|find|get|look up|pull up) )?(?:the )?(?:(?:${thing}) (?:of|for|by|from) (?<a>\\p{L}[\\p{L}'-]+ \\p{L}[\\p{L}'-]*)|(?<b>\\p{L}[\\p{L}-]+ \\p{L}[\\p{L}-]*)(?:'s|s') (?:${thing}))$`,
    "iu",
  ).exec(raw)?.groups;
  const person = whose?.a ?? whose?.b;
  if (!person) return null;
  // A phone number is of a person, whatever tag goes by that name.
  if (oneName(person, context)) return call("get_contact", { search: person }, context);
  const read = understand(person, context.index, context.today);
  const known =
    read.metrics.ids.length + read.names.length + read.choices.length + read.splits.ids.length > 0;
  if (known || read.unknown.length !== person.split(" ").length || read.unknown.some(isEveryday)) return null;
  return call("get_contact", { search: person }, context);
}
