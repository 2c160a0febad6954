import type { Memory } from "../memory";
import { fold } from "../normalise";
import type { PlanContext, Reply } from "../plan";
import { understand } from "../understand";
import { isEveryday, ownWords } from "../words";
import { call, unquote } from "./request";

export function lookup(raw: string, _: Memory, context: PlanContext): Reply | null {
  const match =
    /^(?:look up|lookup|check|read|get|show me|what does keap (?:say|have|know) (?:about|for|on))(?: the)? (contact|company|order|subscription|tag|product|opportunity|task)(?: (?:number|no|id))? ?#?(\d{1,15})(?: (?:live )?(?:in|from|at) keap(?: itself)?)?$/i.exec(
      raw,
    );
  if (!match || !/\bkeap\b/i.test(raw)) return null;
  return call("keap_lookup", { kind: (match[1] ?? "").toLowerCase(), keap_id: Number(match[2]) }, context);
}

export function person(raw: string, _: Memory, context: PlanContext): Reply | null {
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
  const read = understand(person, context.index, context.today);
  const known =
    read.metrics.ids.length + read.names.length + read.choices.length + read.splits.ids.length > 0;
  if (known || read.unknown.length !== person.split(" ").length || read.unknown.some(isEveryday)) return null;
  return call("get_contact", { search: person }, context);
}
