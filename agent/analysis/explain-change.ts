import { suggestDrawing } from "@/analytics/charts/chart-spec";
import { getMetric } from "@/analytics/metrics/catalog";
import type { MetricDefinition } from "@/analytics/metrics/definition";
import { type DimensionId, dimensions } from "@/analytics/metrics/dimensions";
import type { Comparison, Filter, Range } from "@/analytics/query/query";
import type { QueryResult, ResultRow } from "@/analytics/query/result";
import { type QueryContext, runCompleteQuery } from "@/analytics/query/run";
import { ToolError } from "../tools/errors";

/** One segment's part in a change: `delta` is now − before in the metric's unit, `share` its part of the whole change. */
export interface Driver {
  dimension: string;
  segment: string;
  now: number;
  before: number;
  delta: number;
  share: number | null;
}

export interface Explanation {
  metric: MetricDefinition;
  now: number;
  before: number;
  change: number;
  /** (now − before) ÷ |before|; null when there was nothing before. */
  change_share: number | null;
  /** Per dimension, the most telling first, the segments that moved most; dimensions whose parts overlap are left out. */
  drivers: Driver[];
  /** The split that explains most, for the chart. */
  result: QueryResult;
  chart: {
    version: 1;
    title: string;
    query: QueryResult["query"];
    drawing: ReturnType<typeof suggestDrawing>;
  };
}

/** What a dimension is called inside a sentence: `month of first purchase`, `RFM group`. */
export function dimensionName(id: string): string {
  const label = dimensions[id as DimensionId]?.label ?? id.replaceAll("_", " ");
  return /^[A-Z]{2}/.test(label) ? label : `${label.charAt(0).toLowerCase()}${label.slice(1)}`;
}

const driversPerDimension = 3;

/**
 * Where in the week or the day something happened is no segment of the business. Whose first purchase lies in the period
 * itself can't have bought before it, so that split always looks the most telling and says nothing.
 */
const untelling = new Set(["weekday", "hour", "cohort"]);

/**
 * Breaks a change down into the segments that made it. Exact for numbers that add up over segments: the deltas of a
 * dimension sum to the whole change. Ratios and stocks of distinct people do not, and are refused with what to ask.
 */
export async function explainChange(
  input: { metric: string; range: Range; comparison: Comparison; filters?: Filter },
  context: QueryContext,
): Promise<Explanation> {
  const metric = getMetric(input.metric);
  if (!metric)
    throw new ToolError("not_found", `There is no metric "${input.metric}". list_metrics shows all.`);
  if (!addsUp(metric)) {
    throw new ToolError(
      "invalid_input",
      `${metric.label} is no sum of its segments, so a change of it can't be shared out among them. Explain revenue_collected or orders instead.`,
    );
  }
  const splits = metric.dimensions.filter((id) => !dimensions[id].overlapping && !untelling.has(id));
  const base = {
    metrics: [metric.id],
    range: input.range,
    comparison: input.comparison,
    ...(input.filters ? { filters: input.filters } : {}),
  };
  const results: QueryResult[] = [];
  // One after the other: the embedded database answers one query at a time anyway.
  for (const split of splits) results.push(await runCompleteQuery({ ...base, dimensions: [split] }, context));
  const [first] = results;
  const total = first?.totals[0];
  if (!first || !total)
    throw new ToolError("not_found", "There was nothing in either period, so nothing changed.");
  if (first.totals.length > 1)
    throw new ToolError(
      "invalid_input",
      "The periods hold several currencies, which can't be added. Filter by country first.",
    );
  const now = numberAt(total, metric.id);
  const before = numberAt(total, `${metric.id}__previous`);
  const change = now - before;
  const perDimension = results
    .map((result, index) => ({ result, moved: driversOf(result, splits[index] ?? "", metric.id, change) }))
    // One segment alone says little more than the whole did, and nothing where it is not known.
    .filter(
      ({ result, moved }) => moved.length > 0 && (result.rows.length > 1 || moved[0]?.segment !== "unknown"),
    )
    .map((one) => ({
      ...one,
      surprise: one.result.rows.length > 1 ? surpriseOf(one.moved, now, before) : leastSurprise,
    }))
    .sort((one, other) => other.surprise - one.surprise);
  const best = perDimension[0]?.result ?? first;
  return {
    metric,
    now,
    before,
    change,
    change_share: before === 0 ? null : change / Math.abs(before),
    drivers: perDimension.flatMap(({ moved }) => moved.slice(0, driversPerDimension)),
    result: best,
    chart: {
      version: 1,
      title: `${metric.label}: what changed`,
      query: best.query,
      drawing: suggestDrawing(best.query),
    },
  };
}

function addsUp({ measure }: MetricDefinition): boolean {
  const additive = (kind: string) => kind === "sum" || kind === "count";
  if (measure.kind === "value") return additive(measure.value.kind);
  return measure.kind === "difference" && additive(measure.plus.kind) && additive(measure.minus.kind);
}

function driversOf(result: QueryResult, dimension: string, metric: string, change: number): Driver[] {
  return result.rows
    .map((row) => {
      const now = numberAt(row, metric);
      const before = numberAt(row, `${metric}__previous`);
      const delta = now - before;
      return {
        dimension,
        segment: String(row[dimension] ?? "unknown"),
        now,
        before,
        delta,
        share: change === 0 ? null : delta / change,
      };
    })
    .filter(({ delta }) => delta !== 0)
    .sort((a, b) => Math.abs(b.delta) - Math.abs(a.delta) || a.segment.localeCompare(b.segment));
}

/** A segment below this part of the change explains nothing by itself; above the second, a few explain enough together. */
const [leastPart, enough] = [0.1, 0.67];
/** Below every split that has parts to tell apart. */
const leastSurprise = -2;

/**
 * How telling a split is: by how much the few segments that explain the change took another part of the whole than
 * before (Jensen–Shannon divergence). After Bhagwan et al., "Adtributor: Revenue Debugging in Advertising Systems",
 * NSDI 2014. A split whose larger segments do not explain two thirds of the change comes after all that do.
 */
function surpriseOf(moved: readonly Driver[], now: number, before: number): number {
  const bySurprise = moved
    .map((driver) => ({
      part: driver.share ?? 0,
      surprise: divergence(before === 0 ? 0 : driver.before / before, now === 0 ? 0 : driver.now / now),
    }))
    .sort((one, other) => other.surprise - one.surprise);
  let [surprise, explained] = [0, 0];
  for (const one of bySurprise) {
    if (one.part <= leastPart) continue;
    surprise += one.surprise;
    explained += one.part;
    if (explained > enough) return surprise;
  }
  return surprise - 1;
}

/** One segment's part of the divergence between two distributions; refunds can make a part negative, which counts as none. */
function divergence(p: number, q: number): number {
  const [was, is] = [Math.max(0, p), Math.max(0, q)];
  const term = (x: number) => (x === 0 ? 0 : x * Math.log((2 * x) / (was + is)));
  return (term(was) + term(is)) / 2;
}

function numberAt(row: ResultRow, column: string): number {
  const value = row[column];
  return typeof value === "number" ? value : 0;
}
