import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { dimensionPhraseTable, metricPhraseTable } from "../../lexicon";
import { refuseFilter, refuseSplit } from "../replies";
import { asInput, callOf, groupsOf, labelOf, refuse, reply, type Shown, type Turn } from "./shown";

const up =
  "ascending(?:ly)?|asc|(?:lowest|smallest|least|fewest|cheapest) (?:ones? )?(?:first|on top|at the top)|low(?:est)? to high(?:est)?";
const down =
  "descending(?:ly)?|desc|(?:highest|biggest|largest|most|top|priciest|most expensive) (?:ones? )?(?:first|on top|at the top)|high(?:est)? to low(?:est)?";
const good = "best (?:ones? )?(?:first|on top|at the top)";
const bad = "worst (?:ones? )?(?:first|on top|at the top)";
const ends = `${up}|${down}|${good}|${bad}`;
const sorting = "sort(?:ed)?|order(?:ed)?|rank(?:ed)?|arrange(?:d)?";
const it = "it|them|that|this|those|these|the (?:table|list|rows|result)|(?:table|list|rows)";

/** `sort by units`, `cheapest first`, `order it by leads descending`: the table just shown, in another order. */
export const inOrderTurn: [RegExp, Turn] = [
  new RegExp(
    `^(?:(?:${sorting})(?: (?:${it}))?(?: by (?:the )?(?<by>[\\p{L}%][\\p{L}% -]*?))?(?:,? ?(?:in )?(?<end>${ends})(?: order)?)?|(?:${it} )?(?:in )?(?<only>${ends})(?: order)?)$`,
    "u",
  ),
  ordered,
];

function ordered(shown: Shown, match: RegExpExecArray): ReturnType<Turn> {
  const [query, another] = shown.now;
  if (!query || another) return null;
  const { by, end, only } = match.groups ?? {};
  if (groupsOf(query).length === 0 && !query.dimensions.includes("time"))
    return refuse("The answer before is one number, so there is nothing to put in order. Split it first.", [
      `${labelOf(query.metrics[0] ?? "")} by lead source this year`,
    ]);
  const split = by && splitCalled(by, query.dimensions);
  const metric = by && !split ? metricCalled(by, query.metrics) : undefined;
  if (by && !split && !metric) return null;
  const id = split || metric || query.order?.by || query.metrics[0] || "";
  const direction = directionOf(end ?? only, id) ?? (split ? "asc" : "desc");
  const metrics = metric && !query.metrics.includes(metric) ? [...query.metrics, metric] : query.metrics;
  if (metric && metrics.length > query.metrics.length) {
    const refused =
      refuseSplit([metric], groupsOf(query)) ?? refuseFilter({ ...asInput(query), metrics: [metric] });
    if (refused) return refused;
    if (!isStock(metric) && query.metrics.every(isStock))
      return refuse(
        `The answer before is how things stand at a moment, and ${labelOf(metric).toLowerCase()} is counted over a stretch of time: I don't put them into one table.`,
        [`${labelOf(metric)} by ${(groupsOf(query)[0] ?? "lead source").replaceAll("_", " ")} this year`],
      );
  }
  const planned = callOf(asInput({ ...query, metrics, order: { by: id, direction } }), shown);
  const cut = query.limit ? `; of all of them these are the first "${query.limit}" in that order` : "";
  const added =
    metrics.length > query.metrics.length ? `; ${labelOf(id).toLowerCase()} stands beside it` : "";
  return reply(
    shown,
    [planned],
    [
      `In the order of ${split ? split.replaceAll("_", " ") : labelOf(id).toLowerCase()} ("${shown.said.slice(0, 60)}")${added}${cut}.`,
    ],
  );
}

function directionOf(said: string | undefined, id: string): "asc" | "desc" | undefined {
  if (!said) return undefined;
  const of = (words: string) => new RegExp(`^(?:${words})$`).test(said);
  const lower = getMetric(id)?.better === "down";
  if (of(up)) return "asc";
  if (of(down)) return "desc";
  return of(good) === lower ? "asc" : "desc";
}

/** One of the splits of the answer, by any of its names; periods go by their size or by `date`. */
function splitCalled(by: string, dimensions: readonly string[]): string | undefined {
  if (dimensions.includes("time") && /^(?:time|date|day|week|month|quarter|year|period)s?$/.test(by))
    return "time";
  const found = dimensionPhraseTable().find(
    ({ phrase, id }) => (phrase === by || phrase === `${by}s`) && dimensions.includes(id),
  );
  const [only, more] = dimensions.filter((id) => id !== "time");
  return found?.id ?? (/^(?:name|names|alphabet|alphabetical(?:ly)?)$/.test(by) && !more ? only : undefined);
}

/** A registered number by its name; of several that go by it, the one that is shown already. */
function metricCalled(by: string, shown: readonly string[]): string | undefined {
  const bare = by
    .replace(/^(?:number|amount|total|value|share|sum|count) of /, "")
    .replace(/ (?:amount|total|number|count)$/, "");
  for (const name of [by, bare, `${bare}s`]) {
    const ids = metricPhraseTable().flatMap(({ phrase, id }) => (phrase === name ? [id] : []));
    const id = ids.find((each) => shown.includes(each)) ?? ids[0];
    if (id && getMetric(id)) return id;
  }
  // `sort by cost` of what a lead cost.
  const [part, more] = shown.filter((id) =>
    labelOf(id)
      .toLowerCase()
      .split(/\P{L}+/u)
      .includes(by),
  );
  return more ? undefined : part;
}
