import { getMetric } from "@/analytics/metrics/catalog";
import type { Filter } from "@/analytics/query/query";
import { filterOf, type PeopleInput, peopleInWords } from "../../../people/people-input";
import type { Where } from "../../../people/where";
import { filterInWords } from "../build-filters";
import type { Memory } from "../memory";
import { normalise } from "../normalise";
import type { PlanContext, Reply } from "../plan";
import { callPeople } from "./choose";
import { periodAt } from "./periods";
import { nested } from "./read-people";

/**
 * What is asked about the people of the list shown last and is no list itself: where they live, how they found us, what
 * they bought. Null where another reader knows better; a question back where no filter can say who they are, since the
 * number would be everybody's.
 */
export function planTheirNumbers(raw: string, memory: Memory, context: PlanContext): Reply | null {
  const { people } = memory;
  if (!people || memory.unanswered) return null;
  const dimension = dimensionAsked(raw, people);
  const counted = dimension && !filterOf(people) ? countOf(people, context) : null;
  if (dimension && counted)
    return callPeople(
      {
        query: { metrics: [counted.metric], dimensions: [dimension], range: counted.range, ...counted.more },
        title: `${getMetric(counted.metric)?.label ?? counted.metric} by ${dimension.replaceAll("_", " ")}`,
      },
      context,
      [`I took that of the people shown before, who ${peopleInWords(people)}.`],
      "query_metric",
    );
  if (dimension)
    return ofThem(people, context, (filters) => ({
      query: { metrics: ["contacts"], dimensions: [dimension], range: { preset: "today" }, filters },
      title: `Contacts by ${dimension.replaceAll("_", " ")}, ${filterInWords(filters)}`,
    }));
  const bought = whatBought.exec(raw);
  if (!bought) return null;
  const said = normalise(bought.groups?.when ?? "").clean;
  const found = said ? periodAt(said, context.today) : null;
  if (said && (!found || found.length < said.length)) return null;
  const { from, to } = found?.period ?? {};
  return ofThem(people, context, (filters) => ({
    query: {
      metrics: ["units"],
      dimensions: ["product"],
      range: from
        ? { from, to: dayBefore(to ?? undefined) ?? context.today.now.toISODate() }
        : { preset: "all_time" },
      filters,
      order: { by: "units", direction: "desc" },
      limit: 10,
      others: false,
    },
    title: `Units sold by product, ${filterInWords(filters)}`,
  }));
}

/** The number that counts those people, where they are who did one thing in a period: a filter can't say that. */
function countOf(
  people: PeopleInput,
  { today }: PlanContext,
): { metric: string; range: Record<string, unknown>; more: { filters?: Filter } } | null {
  const whole = nested(people);
  if (!whole) return null;
  const parts = "and" in whole ? whole.and : [whole];
  const events = parts.filter((part) => metricOf(part) !== null);
  const [event, another] = events;
  const metric = event && metricOf(event);
  if (!event || another || !metric || !("from" in event) || !event.from) return null;
  const others = parts.filter((part) => part !== event);
  const filters = others.length > 0 ? filterOf({ where: { and: others } }) : null;
  if (others.length > 0 && !filters) return null;
  const to = ("to" in event ? event.to : undefined) ?? today.now.toISODate();
  return { metric, range: { from: event.from, to }, more: filters ? { filters } : {} };
}

function metricOf(part: Where): string | null {
  const keys = Object.keys(part).filter((key) => key !== "from" && key !== "to");
  if (keys.length !== 1) return null;
  if ("did" in part)
    return part.did === "joined" ? "new_leads" : part.did === "first_bought" ? "new_customers" : null;
  if ("subscription" in part)
    return part.subscription === "started"
      ? "subscribers_gained"
      : part.subscription === "ended"
        ? "subscribers_lost"
        : null;
  return null;
}

const dayBefore = (day: string | undefined) =>
  day && new Date(Date.parse(`${day}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

function ofThem(
  people: PeopleInput,
  context: PlanContext,
  input: (filters: Filter) => Record<string, unknown>,
): Reply {
  const filters = filterOf(people);
  if (filters)
    return callPeople(
      input(filters),
      context,
      [`I took that of the people shown before: ${filterInWords(filters)}.`],
      "query_metric",
    );
  return {
    kind: "say",
    topic: "clarify",
    text: `I can list those people (who ${peopleInWords(people)}), but not take them into a number: a filter can't say all of that. Ask for some of them instead, for example "only from Canada".`,
    suggestions: [],
  };
}

const they = "(?:they|those|these|them|those people|these people|the people)";
const livesWhere = new RegExp(
  `^(?:and )?(?:where (?:are|do|did) ${they}(?: all)? (?:from|live|located|based|at)|where (?:are ${they}|do ${they} come) from|(?:which|what) (?<place>countries|country|states?|regions?)(?: (?:are|do|did) ${they}(?: (?:from|in|live in|come from))?)?)$`,
  "i",
);
const foundUs = new RegExp(
  `^(?:and )?(?:(?:where|how) did ${they}(?: all)? (?:come from|find us|hear (?:about|of) us|get (?:here|to us))|(?:which|what) (?:lead )?(?:sources?|channels?)(?: (?:did|do|are|were) ${they}(?: (?:come|came) (?:from|through))?)?)$`,
  "i",
);
const split =
  /^(?:and |now |ok |please )*(?:(?:(?:split|break|group|divide|show|count)(?:ed)? ?(?:them|it|that|these|those|the list)?(?: (?:down|up))?|how many(?: (?:are there|of them|people))?|broken down) )?(?:by|per|for each|in each) (?:the )?(?<by>[\p{L} ]{2,20})$/iu;
const splits: [RegExp, string][] = [
  [/^countr(?:y|ies)$/i, "country"],
  [/^(?:state|region|province)s?$/i, "region"],
  [/^(?:lead )?(?:source|channel)s?$/i, "lead_source"],
  [/^tags?$/i, "tag"],
  [/^(?:owner|rep|user)s?$/i, "owner"],
  [/^(?:customer )?status$/i, "customer_status"],
];
const whatBought = new RegExp(
  `^(?:and )?(?:what|which (?:products?|items?|courses?|things))(?: (?:do|did|have|has))? ${they}(?: all| ever| mostly| usually)? (?:buy|bought|order|ordered|purchased?|own|get)(?: (?:the )?(?:most|mostly|most often|ever|so far|from us|with us|before))*(?: (?<when>(?:in|this|last|since|during|over|within) .{3,30}))?$`,
  "i",
);

function dimensionAsked(raw: string, people: PeopleInput): string | null {
  const lives = livesWhere.exec(raw);
  if (lives) {
    const said = lives.groups?.place;
    if (said) return /^c/i.test(said) ? "country" : "region";
    // Of people of one country, the state is the news.
    return people.country?.length === 1 ? "region" : "country";
  }
  if (foundUs.test(raw)) return "lead_source";
  const by = split.exec(raw)?.groups?.by?.trim();
  return (by && splits.find(([pattern]) => pattern.test(by))?.[1]) ?? null;
}
