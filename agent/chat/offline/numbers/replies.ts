import { getMetric } from "@/analytics/metrics/catalog";
import type { Filter } from "@/analytics/query/query";
import { filterInWords, partsOf } from "../build-filters";
import type { Reply } from "../plan";
import { type NameKind, nameInWords } from "../read-names";
import { exampleQuestions, knownMetrics } from "../suggest";
import type { Understanding } from "../understand";
import type { QueryInput } from "./draft";
import { canNarrow } from "./settle-names";

export function refuseSplit(metrics: readonly string[], splits: readonly string[]): Reply | null {
  for (const id of metrics) {
    const metric = getMetric(id);
    const bad = splits.find((split) => metric && !metric.dimensions.some((allowed) => allowed === split));
    if (!metric || !bad) continue;
    const offered = metric.dimensions.map((dimension) => dimension.replaceAll("_", " "));
    return {
      kind: "say",
      topic: "refuse",
      text: `${metric.label} can't be split by ${bad.replaceAll("_", " ")}. It can be split by time, ${offered.join(", ")}.`,
      suggestions:
        bad === "plan"
          ? ["Renewal rate by plan this year", "Subscribers by plan"]
          : offered.slice(0, 3).map((split) => `${metric.label} by ${split} this year`),
    };
  }
  return null;
}

/** A condition that the number cannot be asked for: said in words, never left to fail as a query. */
export function refuseFilter({ metrics, filters }: QueryInput): Reply | null {
  for (const part of partsOf(filters)) {
    const kind = kindsIn(part).find((each) => !canNarrow(each, metrics));
    const metric = metrics.map(getMetric).find((each) => each && kind && !canNarrow(kind, [each.id]));
    if (!kind || !metric) continue;
    const near = kind === "plan" ? ["renewal_rate", "subscribers"] : [];
    const offered = metric.dimensions.map((dimension) => dimension.replaceAll("_", " "));
    return {
      kind: "say",
      topic: "refuse",
      text: `${metric.label} is not known by ${kind.replaceAll("_", " ")} (${filterInWords(part)}). It can be narrowed by ${offered.join(", ")}.${near.length > 0 ? " What is known by plan is the renewal rate, recurring revenue and how many subscribe." : ""}`,
      suggestions:
        near.length > 0
          ? near.map((id) => `${getMetric(id)?.label} by plan`)
          : offered.slice(0, 2).map((split) => `${metric.label} by ${split} this year`),
    };
  }
  return null;
}

function kindsIn(filter: Filter): NameKind[] {
  if ("and" in filter) return filter.and.flatMap(kindsIn);
  if ("or" in filter) return filter.or.flatMap(kindsIn);
  if ("not" in filter) return kindsIn(filter.not);
  if ("dimension" in filter) return [filter.dimension as NameKind];
  if ("has_tag" in filter || "without_tag" in filter) return ["tag"];
  return "bought_product" in filter || "not_bought_product" in filter ? ["product"] : [];
}

/** `what percentage is …` of a count: a part needs the whole it is of. */
export function partOfWhat([id = ""]: readonly string[]): Reply {
  const label = getMetric(id)?.label ?? "Revenue collected";
  return {
    kind: "say",
    topic: "clarify",
    text: `You asked for a part, and ${label.toLowerCase()} is no part of anything by itself. I can show how it splits, or a rate such as conversion, churn, refunds or opens.`,
    suggestions: [`${label} by lead source this year as a pie`, `${label} this year`],
  };
}

/** An answer holds so many results and no more. */
export function tooMany(count: number): Reply {
  return {
    kind: "say",
    topic: "clarify",
    text: `That would be ${count} answers in one. Ask for fewer groups or periods at a time.`,
    suggestions: exampleQuestions.slice(0, 2),
  };
}

/** `people who bought X last month`: leads of last month are not what was asked, and buyers are no metric of their own. */
export function buyersInPeriod({ metrics, bought, names, time }: Understanding, ids: string[]): Reply | null {
  const product = names.find(({ kind }) => kind === "product");
  if (
    !product ||
    !["new_leads", "contacts", "customers"].includes(ids[0] ?? "") ||
    !metrics.weak ||
    (!time.period && !time.grain)
  )
    return null;
  const what = nameInWords(product);
  return {
    kind: "say",
    topic: "clarify",
    text: `I can't count buyers of ${what} in a period yet. I can count orders that hold it or units sold${bought ? ", or everyone who ever bought it" : ""}. Which one?`,
    suggestions: [
      `Orders for ${what} by month this year`,
      `Units sold of ${what} this year`,
      `How many people bought ${what}?`,
    ],
  };
}

export function ofWhat(metric: string, raw: string): Reply {
  const label = getMetric(metric)?.label ?? "Revenue collected";
  if (/\b(?:customers?|clients?|buyers?|people|persons?|contacts?|leads?)\b/i.test(raw)) {
    return {
      kind: "say",
      topic: "refuse",
      text: `I can't rank single people by ${label.toLowerCase()} yet. I can rank products, tags, lead sources, countries and regions.`,
      suggestions: [`Top 5 tags by ${label.toLowerCase()}`, `Top 5 lead sources by ${label.toLowerCase()}`],
    };
  }
  return {
    kind: "say",
    topic: "clarify",
    text: `Ranked by what? ${label} can be ranked by product, tag, lead source, country, region or month.`,
    suggestions: [
      `Top 5 products by ${label.toLowerCase()}`,
      `Top 5 lead sources by ${label.toLowerCase()}`,
      `Best month by ${label.toLowerCase()}`,
    ],
  };
}

export function lost({ names, time }: Understanding): Reply {
  const [name] = names;
  if (name) {
    const what = nameInWords(name);
    return {
      kind: "say",
      topic: "clarify",
      text: `Which number do you want for ${what}?`,
      suggestions: [`Revenue for ${what} this year`, `Orders for ${what} by month`, `New leads for ${what}`],
    };
  }
  if (time.period) {
    return {
      kind: "say",
      topic: "clarify",
      text: `Which number do you want? I compute ${knownMetrics()}.`,
      suggestions: exampleQuestions,
    };
  }
  return {
    kind: "say",
    topic: "lost",
    text: `I did not find a number in that question. I compute ${knownMetrics()}, over time and by product, tag, lead source, country or region.`,
    suggestions: exampleQuestions,
  };
}
