import { getMetric } from "@/analytics/metrics/catalog";
import { isStock } from "@/analytics/metrics/stock";
import { QueryError } from "@/analytics/query/errors";
import { ownTotal } from "@/analytics/query/own-total";
import type { Query } from "@/analytics/query/query";
import type { QueryResult } from "@/analytics/query/result";
import { type QueryContext, runMetricQuery } from "@/analytics/query/run";
import { dimensionName, type Explanation, explainChange } from "../analysis/explain-change";
import { formatDay, formatPercent, formatValue } from "../format";
import { ToolError } from "../tools/errors";
import type { AlertCondition, AlertPeriod } from "./alert";
import { isUnusual, leastHistory } from "./unusual";

export interface AlertFinding {
  fired: boolean;
  /** First day of the period that was looked at; an alert tells once per period. */
  period: string;
  /** What was seen, also when it did not fire. */
  title: string;
  body: string;
  /** The number that was compared, in the metric's unit. Null where there is none (digests, nothing to divide by). */
  value: number | null;
}

interface Watch {
  query: Query;
  condition: AlertCondition;
}

/** Periods an unusual value is compared with, and how many of them make a season. */
const looksBack: Record<AlertPeriod, { history: number; season: number }> = {
  day: { history: 56, season: 7 },
  week: { history: 26, season: 1 },
  month: { history: 36, season: 12 },
};

/** Looks at one alert now. Numbers come from the query's result, printed by the same formatter as everywhere. */
export async function checkAlert({ query, condition }: Watch, context: QueryContext): Promise<AlertFinding> {
  if (condition.kind === "digest") return digest(query, condition.period, context);
  const id = query.metrics[0] ?? "";
  const metric = getMetric(id);
  if (!metric)
    throw new ToolError("not_found", `There is no metric "${id}" any more. Change or delete this alert.`);
  const { currency } = context.account;
  const base = { metrics: [id], ...(query.filters ? { filters: query.filters } : {}) };
  const say = (value: number | null) => (value === null ? "n/a" : formatValue(value, metric.unit, currency));
  const complete = { last: 1, unit: condition.period, including_current: false } as const;
  const stock = isStock(id);
  if (condition.kind === "threshold") {
    // A sum that is over the line before its period ends stays over it; one that is under it may still grow.
    const early = condition.when === "above" && !stock && metric.unit !== "ratio";
    const ranges = stock
      ? [{ preset: "today" } as const]
      : early
        ? [{ preset: `this_${condition.period === "day" ? "week" : condition.period}` } as const, complete]
        : [complete];
    const looked = await Promise.all(
      (early && condition.period === "day" ? [{ preset: "today" } as const, complete] : ranges).map((range) =>
        runMetricQuery({ ...base, range }, context),
      ),
    );
    const fits = (value: number | null) =>
      value !== null && (condition.when === "above" ? value > condition.value : value < condition.value);
    const result = looked.find((each) => fits(ownTotal(each, id, currency))) ?? looked.at(-1);
    if (!result) throw new Error("An alert looked at no period.");
    const value = ownTotal(result, id, currency);
    const fired = fits(value);
    const moved = fired ? await explained(id, query.filters, result.query.range, context) : null;
    return {
      fired,
      period: result.range.from,
      value,
      title: `${metric.label}: ${say(value)} ${periodInWords(result)}`,
      body: `The line is ${say(condition.value)}; you asked to be told when it is ${condition.when}.${moved ? ` ${changeInWords(moved)}${reasonIn(moved)}` : ""}`,
    };
  }
  if (condition.kind === "change") {
    const result = await runMetricQuery({ ...base, range: complete, comparison: "previous_period" }, context);
    const value = ownTotal(result, id, currency);
    const before = ownTotal(result, `${id}__previous`, currency);
    const change =
      value === null || before === null || before === 0 ? null : (value - before) / Math.abs(before);
    const fired =
      change !== null &&
      (condition.when === "rises" ? change >= condition.percent / 100 : -change >= condition.percent / 100);
    const why = fired ? reasonIn(await explained(id, query.filters, complete, context)) : "";
    return {
      fired,
      period: result.range.from,
      value,
      title: `${metric.label}: ${say(value)} ${periodInWords(result)}`,
      body: `${change === null ? "There was nothing to compare with" : `${change < 0 ? "Down" : "Up"} ${formatPercent(Math.abs(change))}`} from ${say(before)} (${result.comparison_range?.label ?? "before"}).${why}`,
    };
  }
  const { history, season } = looksBack[condition.period];
  const result = await runMetricQuery(
    {
      ...base,
      dimensions: ["time"],
      grain: condition.period,
      range: { last: history + 1, unit: condition.period, including_current: false },
    },
    context,
  );
  const values = result.rows.map((row) => row[id]).filter((value) => typeof value === "number");
  const latest = values.at(-1) ?? null;
  const seen =
    latest === null
      ? null
      : isUnusual(latest, values.slice(0, -1), values.length === result.rows.length ? season : 1);
  const why = seen?.unusual ? reasonIn(await explained(id, query.filters, complete, context)) : "";
  const last = result.rows.at(-1);
  return {
    fired: seen?.unusual ?? false,
    period: String(last?.time ?? result.range.from),
    value: latest,
    title: `${metric.label}: ${say(latest)} in ${String(last?.time_label ?? result.range.label)}`,
    body: seen
      ? `Usually between ${say(Math.max(0, seen.low))} and ${say(seen.high)}.${why}`
      : `Needs ${leastHistory} completed periods to know what is usual.`,
  };
}

async function digest(query: Query, period: AlertPeriod, context: QueryContext): Promise<AlertFinding> {
  const { currency } = context.account;
  const range = { last: 1, unit: period, including_current: false } as const;
  const result = await runMetricQuery(
    {
      metrics: query.metrics,
      range,
      comparison: "previous_period",
      ...(query.filters ? { filters: query.filters } : {}),
    },
    context,
  );
  const numbers = query.metrics.map((id) => {
    const [now, before] = [ownTotal(result, id, currency), ownTotal(result, `${id}__previous`, currency)];
    return { id, now, before, moved: now === null || !before ? 0 : (now - before) / Math.abs(before) };
  });
  // Each reason asks once per way to split: those of what moved most.
  const most = [...numbers].sort((a, b) => Math.abs(b.moved) - Math.abs(a.moved)).slice(0, mostReasons);
  const lines: string[] = [];
  for (const { id, now, before, moved } of numbers) {
    const metric = getMetric(id);
    const show = (value: number | null) =>
      value === null ? "n/a" : formatValue(value, metric?.unit ?? "count", currency);
    const change =
      now === null || !before ? "" : ` (${moved < 0 ? "−" : "+"}${formatPercent(Math.abs(moved))})`;
    const why =
      moved !== 0 && most.some((each) => each.id === id)
        ? reasonIn(await explained(id, query.filters, range, context))
        : "";
    lines.push(`${metric?.label ?? id}: ${show(now)}, before ${show(before)}${change}${why && `.${why}`}`);
  }
  return {
    fired: true,
    period: result.range.from,
    value: null,
    title: `Your ${period === "day" ? "daily" : `${period}ly`} numbers, ${result.range.label}`,
    body: lines.join("\n"),
  };
}

const periodInWords = ({ range }: QueryResult) =>
  range.from === range.to
    ? `on ${formatDay(range.from)}`
    : `from ${formatDay(range.from)} to ${formatDay(range.to)}${range.complete ? "" : " so far"}`;

/** Numbers of a digest whose change is explained. */
const mostReasons = 3;

/** What made a number change against the period before; null where it is no sum of segments or there was nothing. */
async function explained(
  metric: string,
  filters: Query["filters"],
  range: Query["range"],
  context: QueryContext,
): Promise<Explanation | null> {
  try {
    return await explainChange(
      { metric, range, comparison: "previous_period", ...(filters ? { filters } : {}) },
      context,
    );
  } catch (error) {
    // A number that cannot be explained is still told; a database that does not answer is no reason to hide that.
    if (error instanceof ToolError || error instanceof QueryError) return null;
    throw error;
  }
}

function changeInWords({ metric, now, before, change, change_share, result }: Explanation): string {
  const say = (value: number) => formatValue(value, metric.unit, result.currency);
  const earlier = result.comparison_range?.label ?? "the period before";
  if (change === 0) return `As before: ${say(now)} (${earlier}).`;
  const percent = change_share === null ? "" : ` (${formatPercent(Math.abs(change_share))})`;
  return `${change < 0 ? "Down" : "Up"} ${say(Math.abs(change))}${percent} from ${say(before)} (${earlier}).`;
}

/** The segment that moved most the way the whole did; one that moved against it explains nothing. */
function reasonIn(explanation: Explanation | null): string {
  if (!explanation || explanation.change === 0) return "";
  const { drivers, metric, result, change } = explanation;
  const [most] = drivers
    .filter(({ delta }) => Math.sign(delta) === Math.sign(change))
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta));
  if (!most) return "";
  const size = formatValue(Math.abs(most.delta), metric.unit, result.currency);
  const part = (most.share ?? 0) >= 0.5 ? "Most of it" : "The largest part";
  return ` ${part}: ${dimensionName(most.dimension)} "${most.segment.replace(/\s+/g, " ").slice(0, 80)}", ${most.delta < 0 ? "down" : "up"} ${size}.`;
}
