import { rfmGroups } from "@/analytics/metrics/rfm";
import type { Memory } from "../memory";
import type { PlanContext, Reply } from "../plan";
import { planRecords } from "../plan-records";
import { callPeople, peopleIn } from "./choose";

const group =
  "(?:people|persons?|folks|ppl|customers?|clients?|buyers?|contacts?|leads?|members?|subscribers?|everyone|everybody|anyone|anybody|records?)";

const manyTags = new RegExp(
  `\\b${group}\\b(?: (?:who|that|which|do|we))*(?: (?:with|have|has|having|hold|holding|carry|carrying)) (?:(?:more|less|fewer) than|at least|at most|over|under|exactly|only|just|several|multiple|many|two|three|four|five|\\d+)(?: (?:\\d+|one|two|three|four|five|several))? (?:different )?tags?\\b`,
  "i",
);

/** `former members who never bought again`: since when, the words leave open; never at all would be other people. */
function boughtAgain(raw: string): Reply | null {
  return neverAgain.test(raw) &&
    !/\b(?:bought|ordered|purchased|paid|got|refund)\b.*\b(?:never|not|n't)\b/i.test(raw)
    ? {
        kind: "say",
        topic: "clarify",
        text: 'Since when did they not buy again? Name a day or a period, for example "who have not bought since June"; or ask for people who bought only once.',
        suggestions: ["People who bought only once", "Former members who have not bought in 6 months"],
      }
    : null;
}

const neverAgain =
  /\b(?:never|(?:did|have|has|do|does)(?: not|n't)|not) (?:bought|buy|ordered?|purchased?) (?:anything )?again$/i;

/** People who are described by a sentence of their own, or by what they are called: a number would drop the half of it. */
function toldOfPeople(raw: string, context: PlanContext): Reply | null {
  const counted = countedPeople.exec(raw)?.groups?.phrase;
  const phrase = counted ?? raw;
  if (!told.test(phrase)) return null;
  const read = peopleIn(phrase, context);
  return read && Object.keys(read.people).length > 0
    ? callPeople({ ...read.people, limit: counted ? 5 : 20 }, context, read.meanings)
    : null;
}

const countedPeople =
  /^(?:how many|(?:the )?number of|count(?: of)?) (?<phrase>(?:people|customers?|clients?|buyers?|contacts?|members?|subscribers?)\b.+)$/i;
const told = new RegExp(
  `^(?:(?:list|show|find|get|give|name|the|all|our|me|who are) )*(?:${group} (?:(?:who|that) )?(?:(?:are|is) )?(?:past due|(?:who|that) got no e-?mails?|(?:who|that) unsubscribed|(?:who|that) (?:became|turned into) (?:paying |new )?customers|became (?:paying |new )?customers|with (?:no|an?) (?:e-?mail(?: address)?|phone(?: number)?)|without (?:an? )?(?:e-?mail(?: address)?|phone(?: number)?))|refunded ${group}|unassigned ${group})`,
  "i",
);

const withReason =
  /,? (?:with|and|incl(?:uding)?|showing)(?: the| their)? reasons?(?: why| for each| too)?$/i;
const several = "(?:2|two|3|three|several|multiple|many|more than (?:one|1)|duplicate|double|different)";

/** Lists of people that no condition says: who is there twice, who may leave, who is described in a sentence of their own. */
export function specialList(raw: string, memory: Memory, context: PlanContext): Reply | null {
  // A list of lost deals shows the reason of each; it is no number of deals by their reasons.
  if (
    /^(?:(?:please|can you) )?(?:list|show|give|get|see|name|which)\b.*\blost\b/i.test(raw) &&
    /\b(?:deals?|opportunit(?:y|ies))\b.*\breasons?\b|\breasons?\b.*\b(?:deals?|opportunit(?:y|ies))\b/i.test(
      raw,
    ) &&
    !/\b(?:by|per) (?:loss )?reasons?\b|\bhow many\b/i.test(raw)
  ) {
    const records = planRecords(raw.replace(withReason, ""), memory, context);
    if (records?.kind === "call") return records;
  }
  return (
    inGroupNow(raw, memory) ??
    byTagCount(raw) ??
    boughtAgain(raw) ??
    twice(raw, context) ??
    leaving(raw, context) ??
    introduced(raw) ??
    groupWho(raw, context) ??
    toldOfPeople(raw, context)
  );
}

/** `who is in at risk`, after customers by RFM group: people can't be chosen by that group, and the risk is another list. */
function inGroupNow(raw: string, { last, unanswered }: Memory): Reply | null {
  if (unanswered || !last?.query.dimensions.includes("rfm_group")) return null;
  const said = rfmNamed.exec(raw)?.groups?.group;
  return said
    ? {
        kind: "say",
        topic: "refuse",
        text: `I can count customers by RFM group, and can't list who is in "${said}".`,
        suggestions: ["Customers by RFM group", "Who is at risk of not coming back?"],
      }
    : null;
}

const rfmNamed = new RegExp(
  `^(?:(?:and|so|ok|now|show|list|give|get|me|us|please|the|all|who|which|people|customers?|is|are|those|ones) )*(?:(?:in|of|from) )?(?:(?:the|group|segment) )*(?<group>${rfmGroups.join("|")})(?: (?:ones?|group|segment|people|customers?))*$`,
  "i",
);

/** How many tags somebody holds is in no condition; contacts by tag would be another answer. */
function byTagCount(raw: string): Reply | null {
  return manyTags.test(raw)
    ? {
        kind: "say",
        topic: "refuse",
        text: "I can't choose people by how many tags they hold. I can choose those with any tag, with none, or with certain ones.",
        suggestions: ["People without any tag", "Contacts by tag"],
      }
    : null;
}

const twiceForms = [
  new RegExp(
    `\\b${group}\\b.{0,12}\\b(?:with|has|have|having|got|under) (?:got )?${several} (?:accounts?|records?|entries|profiles?|contacts?|contact records?)$`,
    "i",
  ),
  new RegExp(
    `\\b${group}\\b.{0,20}\\b(?:in (?:the (?:crm|list|system|database)|here|keap) |exists?|listed|stored|saved|kept|are|is|there|registered) ?(?:twice|double|doubled|more than once|two times|in duplicate)(?: in (?:the )?(?:crm|list|system|database|keap))?$`,
    "i",
  ),
  /^(?:(?:list|show|find|get|give|who are|which|the|all|our|me|any) )*(?:duplicate|duplicated|double) (?:contacts?|people|records?|customers?|accounts?|leads?)$/i,
  /^(?:(?:list|show|find|get|give|who are|the|all|our|me|any) )+(?:duplicates|dupes|doubles)$/i,
  /^who (?:is|are|do we have|exists?) (?:in here |in the (?:crm|list) )?(?:twice|double|duplicated)$/i,
];

/** `folks with 2 accounts`: a number with the people behind it. A count alone is left to the numbers. */
function twice(raw: string, context: PlanContext): Reply | null {
  if (/^(?:how many|number of|count)\b/i.test(raw)) return null;
  if (/^duplicate contacts$/i.test(raw) || !twiceForms.some((form) => form.test(raw))) return null;
  const query = { metrics: ["duplicate_contacts"], dimensions: [], range: { preset: "today" } };
  return callPeople(
    { query, title: "Duplicate contacts", behind: true },
    context,
    [`I took "${raw}" for contacts that share their e-mail address with another.`],
    "query_metric",
  );
}

const leavingForm =
  /^(?:(?:show|list|find|get|give|tell)(?: me)? )?(?:who|which (?<a>members?|subscribers?|customers?|people)|(?<b>members?|subscribers?|customers?|people)(?: (?:who|that|which))?)(?: (?:is|are|may|might|could|will|would|probably|be|most|very|soon|seems?|looks?))* (?:likely to|about to|going to|in danger of|at risk of|prone to|ready to|close to|likely)? ?(?:cancel(?:l?ing)?|churn(?:ing)?|leav(?:e|ing)|quit(?:ting)?|drop(?:ping)? out|not renew(?:ing)?|stop (?:buying|paying))(?: (?:us|soon|next|their (?:membership|subscription)))*$/i;

/** `who is likely to cancel`: a guess about what is to come, which the risk says. What has happened is another question. */
function leaving(raw: string, context: PlanContext): Reply | null {
  const said = leavingForm.exec(raw);
  if (
    !said ||
    !/\b(?:likely|might|may|could|will|would|about to|going to|danger|risk|prone|ready|close)\b/i.test(raw)
  )
    return null;
  const noun = said.groups?.a ?? said.groups?.b ?? "";
  const members = /^(?:member|subscriber)/i.test(noun) || (!noun && /cancel|renew/i.test(raw));
  return callPeople(
    { at_risk: true, ...(members ? { where: { is: "subscriber" } } : {}), limit: 20 },
    context,
    ["What somebody is going to do I can't know; these are overdue to buy against their usual gap."],
  );
}

/** How many people an affiliate brought is counted nowhere; what those spent is. */
function introduced(raw: string): Reply | null {
  return /^(?:who|which (?:people|customers?|affiliates?|partners?)) (?:has |have )?(?:referred|recommended|introduced|brought(?: in)?|sent(?: us)?) (?:us )?(?:the )?most(?: (?:new )?(?:people|customers|leads|friends|clients|members))?(?: to us)?$|^(?:our )?(?:top|best|biggest) (?:referrers?|recommenders?)$/i.test(
    raw,
  )
    ? {
        kind: "say",
        topic: "clarify",
        text: "How many people somebody referred is no number here. I can rank affiliates by the revenue of those they brought. Do you want that?",
        suggestions: ["Affiliate revenue by affiliate this year", "Revenue by affiliate this year"],
      }
    : null;
}

const whoDid =
  /^(?!(?:how|what|when|where|why|which month|did|do|does|is|are|has|have|will|can|tag|add|send|make|create|put|save|remove|revenue|sales|orders?|average|share|percent)\b)(?:(?:list|show|find|get|give|name|the|all|our|me|any) )*(?:\S+ ){0,4}(?:buyers?|purchasers?|timers?|owners|shoppers|takers) (?:who|that) .{4,}$/i;

/** `October first-time buyers who ordered again`: read whole it is a list of people, of which a number would lose a half. */
function groupWho(raw: string, context: PlanContext): Reply | null {
  if (!whoDid.test(raw)) return null;
  const read = peopleIn(raw, context);
  return read && Object.keys(read.people).length > 0
    ? callPeople({ ...read.people, limit: 20 }, context, read.meanings)
    : null;
}
