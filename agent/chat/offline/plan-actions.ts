import { aboutPerson, noteWanted } from "./actions/about-person";
import { board, changes, elsewhere, pins } from "./actions/boards";
import { goals } from "./actions/goals";
import { searches, searchesAgain } from "./actions/notes";
import { lookup, person } from "./actions/one-person";
import { campaigns, tasks } from "./actions/outreach";
import { call, notOpen, sayWhy, whom } from "./actions/request";
import { saved } from "./actions/saved";
import { cohorts, conflicts, copyState } from "./actions/sync";
import { tags } from "./actions/tags";
import { segments, updates } from "./actions/updates";
import { alerts, digests } from "./actions/watch";
import type { Memory } from "./memory";
import { completeNames } from "./people/complete-names";
import { wouldBeEverybody } from "./people/go-on";
import type { PlanContext, Reply } from "./plan";
import { understand } from "./understand";

/**
 * Requests that name what is to be done: proposals, segments, alerts, one board, one person, cohorts, conflicts. Each
 * has a form of its own; a request that does not fit it whole is left to the readers of questions.
 */
export function planAction(question: string, memory: Memory, context: PlanContext): Reply | null {
  const raw = question
    .slice(0, 2_000)
    .normalize("NFKC")
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[?.!]+$/, "")
    .replace(politely, "");
  for (const plan of [
    tags,
    tasks,
    campaigns,
    updates,
    segments,
    saved,
    elsewhere,
    goals,
    digests,
    alerts,
    pins,
    board,
    changes,
    searchesAgain,
    noteWanted,
    aboutPerson,
    searches,
    copyState,
    conflicts,
    cohorts,
    lookup,
    person,
    people,
  ]) {
    const reply = plan(raw, memory, context);
    if (reply) return reply;
  }
  return null;
}

const politely =
  /^(?:(?:please|pls|can you|could you|would you|i want to|i'd like to|i would like to|let's|ok|okay|now|then|and|go ahead and|propose to|suggest to)[, ]+)+/i;

const asksForPeople =
  /^(?:(?:(?:did|has|have|is|are|does|do) (?:any ?(?:one|body)|some(?:one|body))|list|show|find|get|give me|name|export|see|pull up|look up|which|who|whoever|any ?one|any ?body|everyone|everybody|people|persons|contacts|customers|clients|leads|those|all)\b|.{2,60}\b(?:buyers|owners)\b)/i;
/** `California people who never bought`: no verb, but a group and a condition. */
const groupOfPeople =
  /^(?!what|how|when|why|did|do|does|is|are|has|have|will).{2,60}\b(?:people|folks|ppl|customers|contacts|leads|clients)\b (?:who|that|with|without)\b|^(?!what|how|when|why|did|do|does|is|are|has|have|will).{2,60}s who (?:have|has|had|haven't|hasn't|never|did|didn't|do|don't|spent|spend|paid|bought|ordered|own|live|are)\b/i;
/** `show overdue invoices`: the things themselves. */
const asksForThings =
  /^(?:(?:list|show|find|get|give me|name|export|see|which|all|me|the|our) )*(?:(?:unpaid|open|outstanding|overdue|late|paid|failed|recent|big|biggest|large) )*(?:orders|invoices|bills|deals|tasks|payments|refunds|subscriptions|notes|e-?mails|appointments|products)\b(?! (?:owners|holders|buyers))/i;
const asksForList =
  /\b(?:any ?(?:one|body)|some(?:one|body))\b|^(?:list|show|find|get|give me|name|export|see|pull up|look up|which|who|whoever)\b|\b(?:who|that|which|whose|with|without|tagged|having|never|not|no|haven't|hasn't|didn't)\b/i;
function people(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const phrase = raw.replace(/,? who are they$/i, "");
  if (asksForThings.test(phrase)) return null;
  if (!asksForPeople.test(phrase)) {
    if (!groupOfPeople.test(phrase)) return null;
    const { metrics } = understand(phrase, context.index, context.today);
    if (metrics.ids.length > 0 && !metrics.weak) return null;
  }
  let reading = whom(phrase, memory, context);
  let meanings: string[] = [];
  if (reading.kind === "unclear") {
    // A list shows whom it found: a name that is only half said may be completed, and is said back.
    const completed = completeNames(phrase, context.index);
    if (completed.meanings.length > 0) reading = whom(completed.phrase, memory, context);
    meanings = completed.meanings;
  }
  if (reading.kind === "beyond" && /\b(?:spent|spend|paid)\b/i.test(phrase)) return sayWhy(reading);
  if (reading.kind === "unclear" && reading.text.startsWith("Nobody in this account lives"))
    return sayWhy(reading);
  if (reading.kind !== "people") return null;
  // `leads in March`, `subscribers in Canada`: how many there were, which the numbers say.
  if (reading.people.where && !asksForList.test(phrase)) return null;
  if (!context.available.has("find_contacts")) return notOpen("find_contacts");
  const everybody = wouldBeEverybody(raw, memory, context);
  if (everybody) return everybody;
  return call("find_contacts", { ...reading.people, limit: 20 }, context, [...meanings, ...reading.meanings]);
}
