import { stem } from "./audit-words";
import { fold } from "./normalise";
import type { VocabularyIndex } from "./vocabulary";

const came = /\b(?:attended|attendee|came|present|participated|watched|showed up)\b/;

/** What people do with an event, and the words by which the tags for it are told apart. */
const deeds: { said: string; status: RegExp }[] = [
  {
    said: "(?:did(?:n't|nt| not) (?:come to|attend|show up (?:to|for|at)|make it to|turn up (?:to|for|at))|missed|skipped|no[- ]?showed(?: for| at)?|stayed away from)",
    status: /\b(?:no[- ]?show|missed|absent|not attended|did not attend)\b/,
  },
  {
    said: "(?:(?:have |has |had )?(?:registered for|signed up (?:for|to)|enrolled in|rsvp'?d (?:to|for)))",
    status: /\b(?:registered|registrant|signed up|sign[- ]?up|rsvp|enrolled)\b/,
  },
  {
    said: "(?:(?:have |has |had |did )?(?:came to|come to|attended|attend|showed up (?:to|for|at)|turned up (?:to|for|at)|were at|was at|been (?:to|at)|took part in|joined|watched))",
    status: came,
  },
];

/** Of the event that was just named. */
const stayedAway =
  /\b(?:but|and|who) (?:then |later )?(?:never|did(?:n't|nt| not)) (?:actually )?(?:come|came|attend(?:ed)?|show(?:ed)? up|turn(?:ed)? up)\b(?! (?:to|for|at))/i;

/**
 * `who came to the webinar but did not buy`: that somebody was there stands in a tag, such as "Webinar: attended". Where
 * one tag alone fits the event and what was done, the words become that tag, which is said; else they stay. Pure.
 */
export function withEventTags(
  question: string,
  { byLength }: VocabularyIndex,
): { text: string; meanings: string[] } {
  const meanings: string[] = [];
  if (question.length > 300 || /["“”]/.test(question)) return { text: question, meanings };
  const tags = byLength.filter(({ kind }) => kind === "tag");
  let text = question;
  for (const { said, status } of deeds) {
    const match = new RegExp(
      `(?<![\\p{L}'])${said} (?:the |our |my |a |an |last |any )*(?<event>\\p{L}[\\p{L}']*(?: \\p{L}[\\p{L}']*){0,4})`,
      "iu",
    ).exec(text);
    const event = match?.groups?.event;
    if (!match || !event) continue;
    const words = event.split(" ");
    // The shortest run of words whose last one names an event that is tagged so.
    for (let length = 1; length <= words.length; length++) {
      const noun = fold(words[length - 1] ?? "").replace(/s$/, "");
      const fits = tags.filter(({ key }) => status.test(key) && new RegExp(`\\b${noun}s?\\b`, "u").test(key));
      const [tag, another] = fits;
      if (noun.length < 4 || !tag || another || status.test(noun)) continue;
      const phrase = match[0].slice(0, match[0].length - words.slice(length).join(" ").length).trim();
      const before = text.slice(0, match.index);
      const joint = /\b(?:who|that|which|people|ppl|customers|leads|members|many|and|but|or)\s*$/i.test(
        before,
      )
        ? "are tagged"
        : "tagged";
      text = `${before}${joint} "${tag.value}"${text.slice(match.index + phrase.length)}`;
      meanings.push(`I took "${phrase}" for the tag "${tag.value}".`);
      const there = tags.filter(({ key }) => came.test(key) && new RegExp(`\\b${noun}s?\\b`, "u").test(key));
      const [attended, more] = there;
      const absent = attended && !more && attended !== tag ? stayedAway.exec(text) : null;
      if (attended && absent) {
        text = text.replace(stayedAway, `but are not tagged "${attended.value}"`);
        meanings.push(`I took "${absent[0]}" for being without the tag "${attended.value}".`);
      }
      return { text, meanings };
    }
  }
  return meanings.length > 0 ? { text, meanings } : inOtherWords(question, tags);
}

const showing = "showed up|show up|turned up|attended";
/** Words that say nothing of a tag. */
const around = new Set(
  `who whos whose which what how many people customers contacts members leads do does did we have has had got is are was were the their a an our my with and of in all any currently now right still so
  show list me give tell find get actually really on them`.split(/\s+/),
);
const wordsOf = (text: string): string[] =>
  fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/**
 * `who has their membership paused`, where a tag "Membership paused" exists; `how many showed up`, where one tag alone
 * tells of it: all that the question says is that tag.
 */
function inOtherWords(question: string, tags: readonly { key: string; value: string }[]) {
  const counts = /^(?:and |so )*how many\b/i.test(question.trim());
  const words = wordsOf(question).filter((word) => !around.has(word));
  const said = new Set(words.map(stem));
  const fits = tags.filter(({ key }) => {
    const own = new Set(wordsOf(key).map(stem));
    return own.size > 1 && own.size === said.size && [...own].every((word) => said.has(word));
  });
  const rest = words.join(" ");
  const deed = new RegExp(`^(?:${showing})$`).test(rest)
    ? came
    : /^(?:no shows?|noshows?)$/.test(rest)
      ? /\bno[- ]?show\b/
      : null;
  const [tag, another] = deed ? tags.filter(({ key }) => deed.test(key)) : fits;
  if (!tag || another) return { text: question, meanings: [] };
  return {
    text: `${counts ? "how many people are tagged" : "people tagged"} "${tag.value}"`,
    meanings: [`I took "${question.trim().replace(/[?.!"]+/g, "")}" for the tag "${tag.value}".`],
  };
}
