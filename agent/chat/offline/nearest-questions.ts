import { auditor } from "./audit";
import { closed, stem, timeWords, turns } from "./audit-words";
import { matchPeriod } from "./dates";
import { turningWords } from "./guards";
import { normalise } from "./normalise";
import type { PlanContext, PlannedCall } from "./plan";
import { type FoundName, nameInWords } from "./read-names";
import { mend } from "./words";

/**
 * Questions that can be answered, one for each thing there is to ask. `{when:this year}` stands for the period of the
 * question at hand, or the one given; `{tag}`, `{product}` and the like for a name in it.
 */
export const knownQuestions = `
revenue {when:this year}
revenue by month {when:this year}
revenue {when:this month} vs last year
net revenue {when:this year}
refunds {when:this year}
refund rate by product {when:this year}
how many refunds did we give {when:last month}
average order value {when:this year}
average order value by month {when:this year}
orders {when:last month}
orders by week {when:last 12 weeks}
units sold by product {when:this year}
top 5 products by revenue {when:this year}
revenue by product {when:this year}
revenue by category {when:this year}
revenue by country {when:this year}
revenue by lead source {when:this year}
revenue by owner {when:this year}
subscription revenue {when:last month}
revenue from single purchases {when:last month}
new leads {when:last month}
new leads by lead source {when:this month}
new leads by month {when:this year}
lead conversion rate by lead source {when:this year}
cost per lead by lead source {when:this year}
CAC by lead source {when:this year}
lead source ROI {when:this year}
value per lead by lead source {when:this year}
median days to the first purchase {when:this year}
funnel from lead to first purchase {when:this year}
attribution of revenue by campaign {when:this year}
new customers {when:last month}
new customers by month {when:this year}
customers
active customers
lapsed customers
repeat purchase rate {when:this year}
customers by RFM group
how did customers move between RFM groups {when:this year}
average lifetime value
customer cohorts
revenue by cohort {when:this year}
MRR
MRR by month {when:this year}
MRR bridge {when:this year}
ARR
active subscriptions by plan
churn rate by month {when:this year}
MRR churn rate {when:last month}
subscribers lost {when:last month}
subscribers gained {when:last month}
how long do subscribers stay
NRR {when:last month}
revenue at risk
failed payments {when:last month}
recovered payments {when:last month}
receivable by receivable age
who owes us money
who has an overdue invoice
emails sent {when:last month}
open rate by month {when:this year}
click rate {when:last month}
emails opened {when:last month}
emails clicked {when:last month}
unsubscribes {when:last month}
mailable contacts
revenue per email {when:last month}
deals won {when:this quarter}
value of deals won {when:this quarter}
deals lost {when:this quarter}
win rate by owner {when:this year}
pipeline by stage
show open deals
show the biggest open deals
deals won by owner {when:this year}
show overdue tasks
show open tasks
show appointments {when:this week}
notes by owner {when:this month}
tasks completed by owner {when:this month}
appointments by owner {when:this month}
affiliate revenue by sale affiliate {when:this year}
affiliate commissions by affiliate {when:this year}
duplicate contacts
contacts without email
contacts by country
contacts by tag
tags applied {when:this month}
why did revenue change {when:last month}
why did new leads change {when:last month}
forecast revenue for the next 3 months
forecast MRR for the next 6 months
top 10 customers by spend
top 10 customers by number of orders
who bought most recently
last 10 leads
who are our newest customers
people who never bought
people who have not bought in 6 months
people who bought more than once
people without an email address
who is at risk of not coming back
who bought {when:this month}
who became a customer {when:last month}
who joined {when:last month}
sync status
show conflicts
which proposals are waiting for approval
list metrics
revenue for {product} {when:this year}
units sold of {product} by month {when:this year}
who bought {product}
people who bought {product} {when:this year}
people who never bought {product}
people with {tag}
revenue from people with {tag} {when:this year}
people with {tag} who never bought
new leads from {lead_source} {when:this year}
revenue from {lead_source} {when:this year}
lead conversion rate for {lead_source} {when:this year}
customers in {country}
people in {country} who bought {when:this year}
revenue from {country} {when:this year}
customers in {region}
revenue from {region} {when:this year}
show open deals of {owner}
deals won by {owner} {when:this year}
show open tasks of {owner}
active subscriptions for {plan}
revenue for {category} {when:this year}
revenue for {category} by month {when:this year}
`
  .trim()
  .split("\n");

/** The plan of a question that stands for itself, or null where it has none. */
export type PlanOf = (
  question: string,
) => { calls: readonly PlannedCall[]; meanings: readonly string[] } | null;

/**
 * The known questions nearest to one that was not understood: those whose plans account for most of its words and that
 * add the fewest of their own. Best first; only such as share more than they miss.
 */
export function nearestQuestions(
  question: string,
  names: readonly FoundName[],
  context: PlanContext,
  planOf: PlanOf,
  most = 3,
): string[] {
  const clean = mend(normalise(question).clean, context.index).text;
  const when = periodIn(clean, context);
  const timeless = when ? clean.replace(when, " ") : clean;
  const asked = content(timeless);
  if (timeless.split(" ").some((word) => turningWords.has(word) && !turns.has(word))) return [];
  const whole = weigh(asked);
  const leftBy = auditor(timeless, context);
  const near = knownQuestions.flatMap((form) => {
    const usual = fill(form, undefined, names);
    const planned = usual && planOf(usual);
    if (!planned) return [];
    const words = leftBy(planned);
    // what turns a question round is never left out of one that is offered
    if (words.some((word) => turns.has(word))) return [];
    const left = new Set(words.map(stem));
    const missing = weigh(asked.filter((word) => left.has(word)));
    if (missing >= 0.6 * whole) return [];
    return [{ form, missing, added: weigh(content(usual).filter((word) => !asked.includes(word))) }];
  });
  return near
    .sort((a, b) => 2 * (a.missing - b.missing) + a.added - b.added || a.form.length - b.form.length)
    .map(({ form }) => fill(form, when, names) ?? "")
    .map((each) => each.charAt(0).toUpperCase() + each.slice(1))
    .filter((each) => planOf(each) !== null)
    .slice(0, most);
}

/** Stems of the words that carry meaning; words of time are looked after by the period. */
function content(text: string): string[] {
  const words = text
    .split(/[^\p{L}\p{N}%]+/u)
    .filter((word) => word && !closed.has(word) && !timeWords.has(word));
  return [...new Set(words.filter((word) => !/^\d/.test(word)).map(stem))];
}

/** Words that stand in many of the known questions say little about which is meant. */
let weights: Map<string, number> | undefined;
function weightOf(word: string): number {
  if (!weights) {
    weights = new Map();
    for (const form of knownQuestions)
      for (const each of content(form.replace(/\{[^}]*\}/g, "")))
        weights.set(each, (weights.get(each) ?? 0) + 1);
  }
  return Math.log(1 + knownQuestions.length / (1 + (weights.get(word) ?? 0)));
}
const weigh = (words: string[]) => words.reduce((total, word) => total + weightOf(word), 0);

/** The first period in the question, in its own words. */
export function periodIn(clean: string, { today }: PlanContext): string | undefined {
  const words = clean.split(" ");
  for (let at = 0; at < words.length; at++) {
    const rest = words.slice(at).join(" ");
    const match = matchPeriod(rest, today);
    if (!match || !("period" in match)) continue;
    const before = /^(?:in|for|during|on)$/.test(words[at - 1] ?? "") ? `${words[at - 1]} ` : "";
    return before + rest.slice(0, match.length).trim();
  }
  return undefined;
}

/** The form with the period and the names of the question; null where it needs a name that is not there. */
export function fill(
  form: string,
  when: string | undefined,
  names: readonly FoundName[],
  inWords: (name: FoundName) => string = nameInWords,
): string | null {
  let whole = true;
  const filled = form.replace(/\{([a-z_]+)(?::([^}]*))?\}/g, (_, slot: string, usual = "") => {
    if (slot === "when") return when ?? usual;
    const name = names.find(({ kind, negated }) => kind === slot && !negated);
    if (!name) whole = false;
    return name ? inWords(name) : "";
  });
  return whole ? filled : null;
}
