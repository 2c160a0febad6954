import { turningWords } from "../guards";
import type { Memory } from "../memory";
import type { Span } from "../people/clause";
import { periodAt, spanOf } from "../people/periods";
import { type NamedPerson, personIn } from "../people/person-name";
import type { PlanContext, Reply } from "../plan";
import { ownWords } from "../words";
import { call } from "./request";

/**
 * What is asked about one person: `tags of olivia brown`, `when did Rebecca last buy`, `what did we promise the carters`.
 * Whoever it is, the words around the name have to be known, every one of them. What stands in the record is answered by
 * the record, which shows all of it; what was written by a search in it; orders by their list.
 */
export function aboutPerson(raw: string, memory: Memory, context: PlanContext): Reply | null {
  if (raw.length > 200) return null;
  const said = raw
    .replace(/[?!.]+$/, "")
    .replace(/^(?:can|could|would|will) (?:you|u) /i, "")
    .replace(/ (?:for me|for us|please|pls)$/i, "")
    .replace(
      /^(?:(?:please|pls|can you|could you) )*(?:check|see|find out|verify|confirm|look|make sure|know|do (?:we|you) know|i wonder|let me know|tell me)(?: for me)? (?:if|whether|that) (?=\S+ \S)/i,
      "",
    )
    .replace(
      /^(?:(?:please|pls|hey|and|ok|so) )*(?:tell|show|give|get|remind) (?:me|us) (?:again )?(?=\S)/i,
      "",
    )
    .replace(/\b(what|who|where|when|how)(?:'s|s)\b/gi, "$1 is")
    .replace(/\be-mail/gi, "email");
  const named = personIn(said, around, context) ?? lastNamed(said, memory) ?? bareOf(said, memory);
  if (!named) return null;
  const undone = notDone(named);
  if (undone) return undone;
  const { text, span, topic } = partsOf(named.rest.toLowerCase(), context);
  const words = text.split(/[^\p{L}\p{N}'§&-]+/u).filter((each) => each && !/^§/.test(each));
  const many = /(?:last|latest|newest) (\d{1,2}) (?:orders|invoices|purchases)/.exec(text)?.[1];
  const strange = words.filter((each) => !around.has(each) && each !== many);
  if (/§.*§/.test(text)) return null;
  if (strange.length > 0) return noField(named, text, strange, context);
  if (!named.family && named.sure < 1.5 && objectOf.test(text)) return null;
  const asks = (set: ReadonlySet<string>) => words.some((each) => set.has(each));
  const { name } = named;
  const dated = Object.keys(span).length > 0;
  const mails =
    /(?:^| )emails (?:to|from|with|for|of) §|(?:last|latest|newest|recent) emails? (?:to|from|with) §|§'s (?:last|latest|newest) email/.test(
      text,
    );
  if (named.sure >= 1 && /(?:^| )(?:called|named) §/.test(text))
    return call("find_contacts", { search: name, limit: 20 }, context);
  if (asks(writing) || topic || mails) {
    return call(
      "search_knowledge",
      { person: name, ...(topic ? { query: topic } : {}), ...kindIn(words), ...span },
      context,
      topic ? [] : [`This is what was written about "${name}", the newest first.`],
    );
  }
  const single = words.some((each) => /^(?:last|latest|newest|recent)$/.test(each));
  const listsOrders = words.some((each) => /^(?:orders?|invoices?|purchases?)$/.test(each));
  const unpaid = words.some((each) => /^(?:unpaid|outstanding|overdue|open)$/.test(each));
  // Several may be meant by a family: their orders side by side, each with its person.
  if (
    (listsOrders && (unpaid || dated || (single && (many || named.family || named.sure < 1.5)))) ||
    (dated && asks(buying))
  )
    return asks(amounts) && !listsOrders
      ? spentIn(name, span, context)
      : ofOrders(
          name,
          {
            state: unpaid ? "open" : "any",
            ...span,
            order: "newest",
            ...(many
              ? { limit: Math.max(1, Number(many)) }
              : single && /\b(?:order|invoice|purchase)\b/.test(text)
                ? { limit: 1 }
                : {}),
          },
          context,
        );
  if (dated) return asks(amounts) ? spentIn(name, span, context) : null;
  if (named.family && /^who (?:is|are|all is) (?:all )?(?:in )?§$/.test(text))
    return call("find_contacts", { search: name, limit: 20 }, context);
  if (/^(?:who is|find|look up|search for|search) §$/.test(text))
    return call("find_contacts", { search: name, limit: 20 }, context);
  if (!asks(inRecord) && !/(?:^| )is up with §/.test(text)) return null;
  return call("get_contact", { search: name }, context, meaningOf(text, words));
}

function ofOrders(name: string, how: Record<string, unknown>, context: PlanContext): Reply {
  const reply = call("find_records", { kind: "order", search: name, ...how }, context, [
    `I looked for "${name}" in the names of those who ordered.`,
  ]);
  return reply.kind === "call" ? { ...reply, whole: true } : reply;
}

/** `who bought gouache`: what stands behind such a verb is a thing, where a single word could be either. */
const objectOf =
  /(?:^| )(?:bought|buys?|ordered|orders|purchased|owns?|gets?|got|(?:who|which|that|people|customers) (?:has|have|had)|(?:people|customers|who|orders?|sales|leads) (?:with|in|from|for)) §(?!'s)/;

const spentIn = (name: string, span: Span, context: PlanContext) =>
  call("find_contacts", { search: name, order: { by: "spent", ...span }, limit: 10 }, context);

/** `has jim harper signed the contract`: no field says it, so it may be told in what was written about them. */
function noField(named: NamedPerson, text: string, strange: string[], context: PlanContext): Reply | null {
  const { index } = context;
  if (named.sure < 2 || strange.length > 4 || !/^(?:has|have|did|was|is|does|had|will) §(?!'s) /.test(text))
    return null;
  const known = (word: string) => ownWords().has(word) || index.words.has(word);
  if (strange.some((word) => turningWords.has(word) || /\d/.test(word))) return null;
  return strange.every(known)
    ? call("get_contact", { search: named.name }, context, [
        "Where it was noted, it stands in their record: tags, orders, memberships and what was written.",
      ])
    : call("search_knowledge", { person: named.name, query: strange.join(" ") }, context, [
        `No field of the record says "${text.replace(/^\S+ § /, "")}", so I looked in what was written about "${named.name}".`,
      ]);
}

/** What is never done from here: mails to one person, and whatever ends or joins a record. */
function notDone({ rest, name, sure }: NamedPerson): Reply | null {
  const text = rest.toLowerCase();
  if (sure < 1.5) return null;
  if (
    /^(?:please )?(?:email|mail|text|message|write(?: to)?|tell|ask|invite|thank|congratulate|wish) §(?!'s)/.test(
      text,
    )
  )
    return {
      kind: "say",
      topic: "refuse",
      text: "I write to nobody. I can prepare a task about them for one of you; an administrator approves it in the app.",
      suggestions: [`Create a task to contact ${name}`],
    };
  if (
    /^(?:please )?(?:delete|remove|erase|archive|merge|unsubscribe|block|opt out) §(?: |$)/.test(text) &&
    !/ from /.test(text)
  )
    return {
      kind: "say",
      topic: "refuse",
      text: "I delete, merge and unsubscribe nobody; that is done in Keap. I can prepare tags, tasks, campaign starts and changes of a field, which an administrator approves.",
      suggestions: [`Find ${name}`],
    };
  return null;
}

/** A note is nothing that could be proposed; a task about somebody is. */
export function noteWanted(raw: string, memory: Memory, context: PlanContext): Reply | null {
  if (
    !/^(?:add|write|leave|log|make|put|create|save)(?: down)? (?:(?:a|an|the|this|new|quick) )*notes? (?:for|on|to|about|in|that|with|saying)\b/i.test(
      raw,
    )
  )
    return null;
  const name = personIn(raw, noteWords, context)?.name ?? memory.person;
  return {
    kind: "say",
    topic: "refuse",
    text: "I can't write notes into Keap. I can prepare a task about somebody, with what you want to keep as its title; an administrator approves it in the app.",
    suggestions: name ? [`Create a task to call ${name}`] : [],
  };
}
const noteWords = new Set(
  "add write leave log make put create save down a an the this new quick note notes for on to about in that with saying call back".split(
    " ",
  ),
);

/** `her last order`, after one person was shown. */
function lastNamed(said: string, { person }: Memory): NamedPerson | null {
  if (!person) return null;
  const rest = said
    .replace(/\b(?:his|her|hers|their|theirs)\b(?= \p{L})/iu, "§'s")
    .replace(/\b(?:he|she|him|her|they|them)\b/i, "§");
  return rest === said
    ? null
    : { name: person, rest: rest.replace(/§('s)?(?=.*§)/, ""), family: false, sure: 2 };
}

/** `since when`, `which products`, `last payment`, `and this year`, right behind one person: theirs. */
export function bareOf(said: string, { person, people, unanswered }: Memory): NamedPerson | null {
  if (!person || people || unanswered) return null;
  const bare = said
    .toLowerCase()
    .replace(/[?!.]+$/, "")
    .replace(
      /^(?:(?:and|ok|so|now|also|please|pls|show|give me|what about|how about|what is|what's|what are|tell me|when was|when is|who is|who's) )*(?:(?:the|any) )*/,
      "",
    );
  return bareOne.test(bare) ? { name: person, rest: `${bare} of §`, family: false, sure: 2 } : null;
}
const bareOne =
  /^(?:since when|how (?:long|often|much)|how many (?:orders|times)|which (?:products?|courses?|items?|plan)|what (?:products?|courses?|plan|tags?)|why|when|(?:last|latest|first|open|unpaid) (?:payments?|orders?|purchases?|invoices?|bills?|e-?mails?|notes?)|orders?|invoices?|purchases?|payments?|tags?|notes?|phone(?: number)?|e-?mail(?: address)?|address|owner|membership|subscription|plan|birthday|lead source|refunds?|balance|total|lifetime value|(?:which|where) (?:country|city|state|from))$/;

/** The days and the subject that are said with it, taken out of the text. */
function partsOf(rest: string, { today }: PlanContext): { text: string; span: Span; topic?: string } {
  const topic =
    /^(.*§.*) (?:about|on|regarding|concerning) (?!§)((?:the |a |an )?[\p{L}\p{N}' -]{3,60})$/u.exec(rest);
  if (
    topic &&
    /\b(?:said|say|wrote|write|written|talk|talked|discuss|mention|mentioned|promise|promised|complain|complained|asked|ask|told|notes?|emails?)\b/.test(
      topic[1] ?? "",
    )
  )
    return {
      text: topic[1] ?? "",
      span: {},
      topic: (topic[2] ?? "").replace(/^(?:the|a|an|our|her|his|their) /, ""),
    };
  const words = rest.split(" ");
  for (let at = 1; at < words.length; at++) {
    const behind = words.slice(at).join(" ");
    const found =
      periodAt(behind.replace(/^(?:in|during|from|on) (?=\S)/, ""), today) ?? periodAt(behind, today);
    const whole =
      found &&
      [behind.length, behind.replace(/^(?:in|during|from|on) (?=\S)/, "").length].includes(found.length);
    const span = whole ? spanOf(found.period, today) : null;
    if (span) return { text: words.slice(0, at).join(" "), span };
  }
  return { text: rest, span: {} };
}

const kindIn = (words: string[]) =>
  words.some((each) => /^notes?$/.test(each)) && !words.some((each) => /^emails?$/.test(each))
    ? { kinds: ["note"] }
    : words.some((each) => /^emails?$/.test(each))
      ? { kinds: ["email"] }
      : {};

function meaningOf(text: string, words: string[]): string[] {
  if (/\bfamily\b/.test(text)) return [];
  if (words.some((each) => /^open(?:s|ed)?$/.test(each)) && words.some((each) => /mail/.test(each)))
    return ["When they last opened an e-mail stands in their record; which one it was does not."];
  return words.length > 2 ? ["That stands in their record."] : [];
}

const set = (words: string): Set<string> => new Set(words.split(/\s+/).filter(Boolean));

/** What the record of a person tells. */
const inRecord = set(
  `phone phones number numbers cell mobile telephone email emails mail mails address addresses details detail profile record file page info information history everything data
  tag tags tagged spend spent spending paid pay pays owe owes owed balance ltv value worth member members membership memberships subscriber subscribed subscription subscriptions plan customer client lead vip active
  cancel cancelled canceled buy buys bought purchase purchases purchased order orders ordered invoice invoices own owns product products course courses owner rep after responsible handles manages belongs
  live lives living based city town state country come came source sign signed join joined added since open opened opens click clicked read unsubscribed opted birthday born score risk refund refunded status family payment payments item items total lifetime
  know unpaid outstanding overdue account happened happening doing
  manager adviser advisor salesperson seller hear old renew renews renewed renewal annual yearly monthly quarterly bill bills billed upgrade upgraded downgrade downgraded pause paused`,
);
const buying = set("buy buys bought purchase purchased ordered order get got spend spent pay paid");
const amounts = set("spend spent spending pay paid much worth value");
const writing = set(
  `promise promised promises talk talked talking discuss discussed say said says write wrote written mention mentioned note notes conversation conversations complain complained ask asked agree agreed
  speak spoke spoken told tell offer offered quote quoted contacted reached heard reply replied`,
);
const glue = set(
  `what which whats is are was were has have had got get does did do the a an of for from by on with about to in our us we me my their his her they that this it all any anything everything something ever yet still
  already now currently so far total altogether when where who whose whom how much many often long times time first last latest newest recent most recently current show give list see pull up open look looks care takes know find check and also
  until as at be been why called named else placed made up going doing next thing things being there here i you one thing things back over someone somebody anyone anybody u email mail text message tell write delete erase archive merge unsubscribe block thank invite congratulate`,
);
const around: ReadonlySet<string> = new Set([...inRecord, ...writing, ...glue]);
