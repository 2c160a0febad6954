import { DateTime } from "luxon";
import type { Period, Today } from "../dates";
import type { Memory } from "../memory";
import { fold } from "../normalise";
import type { Span } from "../people/clause";
import { periodAt, spanOf } from "../people/periods";
import { readPeople } from "../people/read-people";
import type { PlanContext, Reply } from "../plan";
import { ownWords } from "../words";
import { call, unquote } from "./request";

const who =
  "(?:any ?(?:one|body)|some(?:one|body)|people|customers?|clients?|members?|leads?|contacts?|they|anything|any (?:notes?|customers?|clients?|people|members?))";
const speaking =
  "(?:mention(?:ed|s|ing)?(?: anything about)?|complain(?:ed|s|ing)?(?: about| of)?|ask(?:ed|s|ing)? (?:for|about)|talk(?:ed|ing)? about|say(?:ing)?(?: about)?|said(?: about)?|writ(?:e|es|ten|ing)(?: about)?|wrote(?: about)?|report(?:ed|ing)?|request(?:ed|ing)?|had (?:trouble|problems?|issues?) with|ha(?:s|ve|d) (?:trouble|problems?|issues?) with|unhappy (?:with|about)|upset about|about(?! to ))";
const kindsSaid = "notes?|e-?mails?|mails?|messages?|comments?";
const forms: RegExp[] = [
  new RegExp(
    `^(?:(?:did|has|have|does|do|is there|are there|was there) )?${who}(?: (?:ever|who|that|in the notes|written))* ${speaking} (?<what>.+)$`,
    "i",
  ),
  new RegExp(
    `^(?:who|which (?:customers?|clients?|people|members?)) (?:(?:has|have|had|is|are|was|were) )?(?:ever )?${speaking.replace("|about(?! to ))", ")")} (?<what>.+)$`,
    "i",
  ),
  new RegExp(
    `^what (?:do|did|have|has|are|were) (?:the |our )?${who} (?:say|said|saying|writ(?:e|ten|ing)|wrote|think|complain(?:ed|ing)?)(?: about| of| on)? (?<what>.+)$`,
    "i",
  ),
  /^(?:(?:show|find|get|list|search|give|are there|is there|were there|any|all|the|me|for|new|recent) )*(?<topic>complaints?|feedback|praise|requests?|questions?|problems?|issues?|mentions?)(?: (?:about|on|of|with|for|regarding|concerning|from customers about) (?<what>.+))?$/i,
  /^(?:(?:show|find|get|list|are there|is there|were there|any|all|the|me|new|recent) )*(?<topic>complaints?|feedback|praise|mentions?) (?<when>(?:(?:in|from|since|during) )?.{3,30})$/i,
  /^(?:(?:show|get|find|what(?:'s| is| was)?)(?: me)? )?(?:the )?(?:last|latest|newest|most recent) (?:thing|note|e-?mail|message|one)s? (?<who>\p{L}+(?: \p{L}+)?) (?:wrote|noted|said|sent|made|left)(?: down)? (?:about|on|regarding) (?<what>.+)$/iu,
  /^what (?:did|has|have) (?<who>\p{L}+(?: \p{L}+)?) (?:write|written|wrote|say|said|note|noted)(?: down)? (?:about|on|regarding|concerning) (?<what>.+)$/iu,
  /^(?:(?:show|find|get|list|search|give)(?: me)?(?: all| the)? )?(?<kind>notes?|e-?mails?|tasks?|messages?) (?:(?:written |sent |made )?by|from|of) (?<who>\p{L}+(?: \p{L}+)?)(?: (?<when>.{3,30}?))? (?:about|mentioning|on|that mention|regarding|concerning|with) (?<what>.+)$/iu,
  /^(?:(?:show|find|get|list|search|give|look|any|all|the|me|through|for|in) )*(?<kind>notes?|e-?mails?|mails?|messages?)(?: (?:and e-?mails?|or e-?mails?))? (?:about|mentioning|on|that (?:mention|say|contain|talk about)|regarding|concerning|containing|with (?:the )?words?|for|saying|where (?:someone|somebody|people|they|a customer) (?:asked (?:for|about)|mentioned|complained about|wanted|said)) (?<what>.+)$/iu,
];

/** A record that is described, not named: `the customer with the damaged parcel`. */
const described =
  /^(?:find|who is|who was|which (?:customer|client|person|order|one) (?:is|was|had|has)|look for|show me) (?:the )?(?:customer|client|person|member|contact|lead|one|people|customers|guy|lady|woman|man)s? (?:with|who (?:had|has|wanted|wants|asked for|asked about|complained about|mentioned|reported|got)|whose|that (?:had|wanted|asked for)) (?:the |a |an )?(?<what>.+)$/i;

/** Lists of what was written, without a word to look for: `latest notes`, `what has Nadia written this month`. */
const newest: RegExp[] = [
  new RegExp(
    `^(?:(?:show|list|get|give|see|read)(?: me)?(?: all| the| our)* )?(?:latest|newest|most recent|recent|last) (?<kind>${kindsSaid})(?: (?:by|of|from) (?<who>\\p{L}+(?: \\p{L}+)?))?$`,
    "iu",
  ),
  new RegExp(
    `^(?:(?:show|list|get|give|see|read)(?: me)?(?: all| the| our)* )?(?<kind>${kindsSaid}) (?:(?:written |made |sent |taken )?by) (?<who>\\p{L}+(?: (?!this|last|in|since|from|yesterday|today)\\p{L}+)?)(?: (?<when>.{3,30}))?$`,
    "iu",
  ),
  new RegExp(
    `^(?:show|list|get|give|see|read)(?: me)?(?: all| the| our)* (?<kind>${kindsSaid})(?: (?:written|made|from|of|sent))?(?: (?<when>.{3,30}))$`,
    "iu",
  ),
  /^what (?:did|has|have) (?<who>\p{L}+(?: \p{L}+)?) (?:write|written|wrote|note|noted)(?: down)?(?: (?<when>.{3,30}))?$/iu,
];

/** `anyone mention allergies`, `what did Nadia write about invoices in May`, `notes by Nadia about shipping`. */
export function searches(raw: string, _: Memory, context: PlanContext): Reply | null {
  // `people who asked for a refund` are known by their refunds.
  if (readPeople(raw, context.index, context.today).kind === "people") return null;
  for (const form of forms) {
    const said = form.exec(raw)?.groups;
    const what = said?.what ?? said?.topic;
    if (!said || !what) continue;
    const author = said.who ? authorOf(said.who, context) : undefined;
    if (said.who && !author) continue;
    const { text, span } = dated(what, said.when, context);
    if (text === null) continue;
    // What the account calls by a name is a matter of records where nothing else is said.
    const query = wordsToFind(text);
    // `asked about a refund but never got one`: half of it is no matter of words.
    if (
      query.length < 2 ||
      // `wrote or called last`: another deed is nothing that stands in a text.
      /^(?:or|and) /i.test(what) ||
      // `complained in a note and then cancelled`: nothing is left to look for, or another deed.
      /^(?:(?:in|on|by|a|an|any|and|then|the|note|notes|e-?mails?|within|month|week) ?)+$|(?:^| )and then (?=\p{L})/iu.test(
        query,
      ) ||
      /(?:^| )(?:but|never|not|no|without|except|didn't|haven't|hasn't)(?: |$)/i.test(query)
    )
      continue;
    return search(
      { query, ...(author ? { author } : {}), ...kindsOf(said.kind), ...span },
      said.who,
      author,
      context,
    );
  }
  for (const form of newest) {
    const said = form.exec(raw)?.groups;
    if (!said) continue;
    const author = said.who ? authorOf(said.who, context) : undefined;
    if (said.who && !author) continue;
    const { text, span } = dated("", said.when, context);
    if (text === null) continue;
    return search(
      { ...(author ? { author } : {}), ...kindsOf(said.kind ?? "notes"), ...span },
      said.who,
      author,
      context,
    );
  }
  return null;
}

/** `from this month only`, `only by nadia`, `just notes`, after a search: the same search, narrower. */
export function searchesAgain(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { search: before, unanswered } = memory;
  if (!before || unanswered) return null;
  const said = raw
    .toLowerCase()
    .replace(/^(?:(?:and|but|ok|now|only|just|the ones|those|ones|show|with|written) )+/, "")
    .replace(/ (?:only|please|pls)$/, "");
  const kind = /^(?:the )?(notes?|e-?mails?|mails?|tasks?)(?: ones)?$/.exec(said)?.[1];
  if (kind) return call("search_knowledge", { ...before, ...kindsOf(kind) }, context);
  const author = /^(?:by|from|of) (\p{L}+(?: \p{L}+)?)$/u.exec(said)?.[1];
  const who = author ? authorOf(author, context) : undefined;
  if (who)
    return call("search_knowledge", { ...before, author: who }, context, [`I took "${author}" for ${who}.`]);
  const when = said.replace(/^(?:from|in|of|during|on) /, "");
  for (const text of [said, when]) {
    const found = periodAt(text, context.today);
    const span = found && found.length === text.length ? spanOf(found.period, context.today) : null;
    if (span) return call("search_knowledge", { ...before, ...span }, context);
  }
  return null;
}

/** Where no condition on people could be read: somebody who is described by what was written about them. */
export function searchDescribed(raw: string, context: PlanContext): Reply | null {
  const what = described.exec(raw)?.groups?.what;
  const query = what ? wordsToFind(what) : "";
  if (query.length < 4 || query.split(" ").some((word) => ownWords().has(word.toLowerCase()))) return null;
  const reply = call("search_knowledge", { query }, context);
  return reply.kind === "call"
    ? { ...reply, meanings: ["No condition on people's records fits that, so I looked in what was written."] }
    : reply;
}

function search(
  input: Record<string, unknown>,
  said: string | undefined,
  author: string | undefined,
  context: PlanContext,
): Reply {
  const taken = author && said && !author.toLowerCase().startsWith(said.toLowerCase());
  return call("search_knowledge", input, context, [
    ...(taken ? [`I took "${said}" for ${author}.`] : []),
    ...(input.query ? [`Looked for "${input.query}" in what was written; the day is that of the text.`] : []),
  ]);
}

const kindsOf = (said: string | undefined) =>
  said ? { kinds: [/^(?:n|c)/i.test(said) ? "note" : /^t/i.test(said) ? "task" : "email"] } : {};

/** With its end: a task is dated by the day it is due, which may lie beyond the month that was asked about. */
function spanIn(period: Period, today: Today): Span | null {
  const span = spanOf(period, today);
  const to = period.to && DateTime.fromISO(period.to, { zone: "utc" }).minus({ days: 1 }).toISODate();
  return span && (to ? { ...span, to } : span);
}

/** The days that are said apart, or at the end of what is looked for; null where they can't be read. */
function dated(
  what: string,
  when: string | undefined,
  { today }: PlanContext,
): { text: string | null; span: Span } {
  if (when) {
    const found = periodAt(when.toLowerCase(), today);
    const span = found && found.length === when.length ? spanIn(found.period, today) : null;
    return span ? { text: what, span } : { text: null, span: {} };
  }
  const words = what.split(" ");
  for (let at = 1; at < words.length; at++) {
    const behind = words.slice(at).join(" ").toLowerCase();
    const found = periodAt(behind, today);
    const span = found && found.length === behind.length ? spanIn(found.period, today) : null;
    if (span)
      return {
        text: words
          .slice(0, at)
          .join(" ")
          .replace(/ (?:in|during|since|from|on)$/i, ""),
        span,
      };
  }
  return { text: what, span: {} };
}

/** Only the words that can stand in a text: `the kiln and stuff like that` is looked for as `kiln`. */
function wordsToFind(said: string): string {
  if (/"/.test(said)) return unquote(said);
  const kept = said
    .replace(/[?!.]+$/, "")
    .replace(/^(?:(?:about|the|a|an|our|their|his|her|any|some|of|on|being|having|getting|for) )+/i, "")
    .replace(
      /\b(?:stuff(?: like that)?|things?(?: like that)?|something|anything|someone|somebody|(?:in|on|by) (?:the|our|an?|any|some|their) (?:notes?|e-?mails?)|please|pls|at all|lately|recently|or so|and so on|etc)\b/gi,
      " ",
    )
    .replace(
      /\b(?:the|a|an|our|their|was|were|is|are|been|had|has|have|that|which|with|of)\b(?! (?:or|and)\b)/gi,
      " ",
    )
    .replace(/\s+/g, " ")
    .trim()
    .replace(/^(?:or|and) | (?:or|and)$/gi, "")
    .trim();
  return kept || unquote(said);
}

/** A user by the whole name or a part that only one has. */
export function authorOf(said: string, { index }: PlanContext): string | undefined {
  const wanted = fold(said);
  const owners = index.byLength.filter(({ kind }) => kind === "owner");
  const fits = owners.filter(({ key }) => key === wanted || key.split(" ").includes(wanted));
  return new Set(fits.map(({ value }) => value)).size === 1 ? fits[0]?.value : undefined;
}
