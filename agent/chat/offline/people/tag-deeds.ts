import type { Today } from "../dates";
import type { VocabularyIndex } from "../vocabulary";
import { type Clause, whereClause } from "./clause";
import { saysPurchase } from "./names";
import { spanAfter } from "./periods";

/**
 * What people did that the account notes with a tag: `registered for the webinar` is the tag "Webinar: registered",
 * `finished onboarding` is "Onboarding completed". One tag that holds all the words, or none is taken.
 */
export function tagDeedAt(
  rest: string,
  index: VocabularyIndex,
  today: Today,
  before: string[] | null,
): Clause | null {
  const negated =
    /^(?:not|never|no longer|no|without|non-?)(?: (?:yet|ever|even|actually|done|having))* ?/u.exec(rest);
  const begin = negated?.[0].length ?? 0;
  const words: string[] = [];
  for (const word of rest.slice(begin).split(" ")) {
    const bare = word.replace(/,$/, "");
    if (
      words.length === 6 ||
      /^(?:and|but|or|nor|who|that|which|within|since|in|last|this|during|@.*|\d.*)$/.test(bare)
    )
      break;
    words.push(bare);
    if (word.endsWith(",")) break;
  }
  for (let length = words.length; length > 0; length--) {
    const said = words.slice(0, length);
    const stems = stemsOf(said);
    if (stems.every((each) => generic.has(each)) || little.test(said.at(-1) ?? "")) continue;
    const tag = onlyTag(stems, index, before);
    if (!tag) continue;
    const text = said.join(" ");
    const { span, length: end } = spanAfter(rest, begin + text.length, today);
    const where = { tag: [tag], ...span };
    return whereClause(negated ? { not: where } : where, end, {
      meaning: `I took "${text}" for the tag "${tag}".`,
    });
  }
  return null;
}

const little =
  /^(?:from|by|into|onto|as|about|over|than|then|not|no|never|or|and|but|since|before|after|without|who|that|which|when|while|if|so|also|only|just|any|some|this|there|here|out|off|down|old|new|day|days|people|customers?|contacts?|leads?|shop|for|the|to|a|an|our|their|up|in|at|of|on|with|my|is|are|was|were|be|been|have|has|had|did|do|it|all|any|did|get|got)$/;
/** Words that mean the same in the names of tags. */
const alike: Record<string, string> = {
  finish: "complet",
  finished: "complet",
  done: "complet",
  complete: "complet",
  attend: "attend",
  showed: "attend",
  registration: "regist",
  registered: "regist",
  attendee: "attend",
  attendees: "attend",
  attended: "attend",
  downloaded: "",
  download: "",
  downloading: "",
  downloaders: "",
  requested: "",
  takers: "",
  took: "",
  taken: "",
  filled: "",
  received: "",
  joined: "",
  opted: "",
  register: "regist",
  registering: "regist",
  going: "",
  coming: "",
  booked: "",
  noshow: "no-show",
  started: "start",
  starting: "start",
};
const stem = (word: string) =>
  alike[word] ??
  word.replace(/(?:ations?|ments?|ings?|ees?|ed|es|s|e)$/, (ending) =>
    word.length - ending.length < 4 ? ending : "",
  );
/** Words for what is done with anything: alone they name no tag. */
const generic = new Set([
  "complet",
  "start",
  "regist",
  "attend",
  "fail",
  "check",
  "address",
  "addres",
  "phon",
  "birthday",
  "lik",
  "bought",
  "us",
  "had",
  "free",
  "plan",
  "cours",
  "member",
  // what is done with e-mails, orders and memberships
  ..."open click bounc order purchas pay paid refund cancel renew subscrib unsubscrib visit join sign buy used show left gone stopp last new".split(
    " ",
  ),
]);
const stemsOf = (words: string[]) =>
  words
    .flatMap((word) => word.split(/[^\p{L}\p{N}-]+/u))
    .filter((word) => word && !little.test(word))
    .map(stem)
    .filter(Boolean);

function onlyTag(stems: string[], index: VocabularyIndex, before: string[] | null): string | null {
  const tags = index.byLength.filter(({ kind }) => kind === "tag");
  const fits = [
    ...new Map(
      tags
        .filter(({ key }) => {
          const own = stemsOf(key.split(" "));
          return !saysPurchase.test(key) && stems.every((each) => own.includes(each));
        })
        .map((tag) => [tag.filter, tag]),
    ).values(),
  ];
  // `registered for the webinar but didn't attend`: the same webinar.
  const related = before
    ? fits.filter(({ key, value }) => {
        const own = stemsOf(key.split(" "));
        return (
          !before.includes(value) &&
          before.some((tag) => stemsOf(tag.toLowerCase().split(" ")).some((each) => own.includes(each)))
        );
      })
    : [];
  const [only, another] = related.length === 1 ? related : fits;
  return only && !another ? only.filter : null;
}
