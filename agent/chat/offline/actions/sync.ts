import { rangeOf } from "../build-range";
import { matchPeriod } from "../dates";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { call, clarify } from "./request";

/** `any errors`, `did the copy finish`, `when did we last hear from Keap, all good`: how the copy stands. */
export function copyState(raw: string, _: Memory, context: PlanContext): Reply | null {
  return copyQuestions.some((pattern) => pattern.test(raw)) ? call("sync_status", {}, context) : null;
}
const good =
  "(?:,? ?(?:and )?(?:is |are )?(?:all|everything|things|it)(?: still)? (?:good|well|ok|okay|fine|working|in order|green|up to date))?";
const copyQuestions = [
  new RegExp(
    `^when did (?:we|you|it|the (?:sync|copy)) last (?:hear|get anything|get data|sync|update|copy|run|read)(?: (?:from|with|to) keap)?${good}$`,
    "i",
  ),
  /^(?:is|are|has|have|did|does) (?:the |our |all the |everything |all )?(?:copy|sync|data|records?|import|connection|initial (?:copy|sync|import)|first copy|everything|all)(?: (?:already|still|been|now|from keap|of keap|yet|has|have|done|all))* (?:finish(?:ed)?|complete(?:d)?|done|copied|synced|work(?:ing)?|running|ok|okay|healthy|fine|good|stuck|through)(?: (?:ok|okay|well|fine|yet|now|properly|correctly|at the moment|right now))*$/i,
  /^how (?:much|many|far)(?: (?:of|data|records?))*(?: (?:keap|it|everything|the data|the account|the copy))?(?: (?:has|have|is|are|did))?(?: (?:the copy|it|we))? ?(?:been )?(?:copied|synced|imported|come|got(?:ten)?|along|done|finished)(?: (?:so far|yet|already|from keap))*$/i,
  /^(?:(?:are|is|were|was) there )?(?:any|some)?(?: ?(?:new|open|recent))* ?(?:sync(?:ing)? )?(?:errors?|problems?|failures?|failed (?:calls?|syncs?|writes?)|troubles?)(?: (?:with|in|from|during)(?: the)? (?:sync|copy|keap|connection))?(?: (?:lately|recently|today|now|right now))*$/i,
  /^(?:is )?(?:anything|something|everything)(?: (?:in|with) (?:the )?(?:sync|keap|copy|queue))? (?:stuck|broken|failing|failed|wrong|behind|pending|alright|all right|ok|okay|fine|working)(?: (?:with|in) (?:the )?(?:sync|keap|copy|queue|connection))?$/i,
  /^(?:did|has|have) (?:anything|something|any of (?:it|them|that)) (?:fail(?:ed)?|break|broken|broke|go wrong|gone wrong|crash(?:ed)?)(?: (?:there|then|today|lately|in the (?:sync|copy)|with (?:the )?(?:sync|keap|copy)))*$/i,
  /^(?:is )?keap (?:connected|reachable|online|ok|okay|up|working|answering)$/i,
];

export function conflicts(raw: string, _: Memory, context: PlanContext): Reply | null {
  if (!/\bconflict(?:s|ing|ed)?\b/i.test(raw)) return null;
  const rest = raw
    .toLowerCase()
    .replace(
      /\b(?:sync(?:hroni[sz]ation)?|conflict(?:s|ing|ed)?|us|keap|supabase|database|copy|us|between|and|are|is|there|any|show|me|list|the|our|in|of|with|what|which|do|we|have|open|unresolved|held|waiting|settled|decided|how many|see|all|fields?|records?|for|a|person|here|to be|need|needs|deciding|i|to|deal|with|sort|out|fix|handle|look|at|resolve|settle|my|that|any)\b/g,
      " ",
    )
    .replace(/[^a-z0-9]+/g, "");
  if (rest) return null;
  const held = /\b(?:open|unresolved|held|waiting|need)/i.test(raw);
  return call("list_conflicts", held ? { state: "held" } : {}, context);
}

export function cohorts(raw: string, _: Memory, context: PlanContext): Reply | null {
  const said = /\bcohorts?\b/i.test(raw);
  const cameBack =
    /\b(?:first (?:bought|ordered|purchased)|new customers|first[- ]time buyers)\b.*\b(?:came? back|come back|returned?|bought again|ordered again|stayed?)\b/i.test(
      raw,
    ) ||
    /\b(?:come|came|coming|comes) back (?:again )?after (?:their|the|a|an)? ?first (?:order|purchase|buy|sale)\b|\b(?:buy|bought|order|ordered) again after (?:their|the|a|an)? ?first\b/i.test(
      raw,
    );
  if (!said && !cameBack) return null;
  const rest = raw.replace(
    /\b(?:show|me|us|the|our|a|an|by|of|for|in|customer|customers|cohorts?|retention|analysis|table|chart|heat ?map|month|monthly|sign[- ]?up|signup|first|order|purchase|purchases|subscription|subscriptions|subscribers?|membership|members?|people|who|bought|ordered|purchased|how|many|came?|come|back|returned?|again|each|every|what|is|does|look|like|do|did|please|and|from|rate|new|buyers?|stayed?|time|curves?|churn|per|later|after|that|have|plot|draw|display|see|compute|after|their|well|we|retain|retained|keep|kept|back|buy|order|do)\b/gi,
    " ",
  );
  const kind = /\b(?:subscri\w*|member\w*)\b/i.test(raw) ? "subscription" : "purchase";
  const words = rest.replace(/[^\p{L}\p{N}-]+/gu, " ").trim();
  let range: unknown;
  if (words) {
    const match = matchPeriod(words.toLowerCase(), context.today);
    if (!match || "problem" in match || match.length < words.length)
      return said
        ? clarify(
            `I did not understand "${words.slice(0, 60)}" beside cohorts. I can show purchase or subscription cohorts, for a period.`,
            ["Customer cohorts", "Subscription cohorts this year"],
          )
        : null;
    range = rangeOf(match.period);
  }
  const meanings = [
    kind === "purchase"
      ? "Cohorts are the months of people's first purchases; each later month shows the share who bought in it."
      : "Cohorts are the months of people's first paid subscriptions; each later month shows the share still paying.",
  ];
  return call("cohort", { kind, ...(range ? { range } : {}) }, context, meanings);
}
