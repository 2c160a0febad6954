import { getMetric } from "../metrics/catalog";
import { QueryError } from "./errors";
import type { Comparison, Filter, Range } from "./query";
import type { ResolvedRange } from "./result";
import { type QueryContext, runCompleteQuery } from "./run";

/** What one value of a dimension did to a metric. Contributions of all values add up to the change. */
export interface Contribution {
  id: string;
  label: string;
  now: number;
  before: number;
  /** now − before, in the metric's unit. */
  change: number;
  /** Share of the whole change; null where the whole did not change. */
  share: number | null;
}

export interface ExplainedChange {
  metric: string;
  dimension: string;
  currency: string | null;
  now: number;
  before: number;
  change: number;
  /** Largest movements first, whichever way they went. */
  contributions: Contribution[];
  range: ResolvedRange;
  comparison_range: ResolvedRange;
  as_of: string | null;
  sql: string;
  params: unknown[];
}

/**
 * Decomposes the change of a metric against an earlier range into what each value of a dimension brought. Only for
 * metrics whose parts add up (sums and counts, not rates) and dimensions that do not overlap; throws QueryError
 * otherwise, naming dimensions that work. One answer per currency.
 */
export async function explainChange(
  options: { metric: string; dimension: string; range: Range; comparison: Comparison; filters?: Filter },
  context: QueryContext,
): Promise<ExplainedChange[]> {
  const { metric, dimension, range, comparison, filters } = options;
  const query = {
    metrics: [metric],
    dimensions: [dimension],
    range,
    comparison,
    ...(filters ? { filters } : {}),
  };
  const result = await runCompleteQuery(query, context);
  const column = result.columns.find(({ id }) => id === metric);
  if (!column?.additive || result.truncated) {
    const definition = getMetric(metric);
    const choices = (definition?.dimensions ?? []).filter((id) => id !== "tag" && id !== dimension);
    throw new QueryError(
      "dimension_not_allowed",
      `The change of ${definition?.label ?? metric} cannot be divided among the values of ${dimension}: they do not add up to the whole. Choose a metric that is a sum or a count, or another dimension such as ${choices.slice(0, 3).join(", ")}.`,
      choices,
    );
  }
  const comparisonRange = result.comparison_range;
  if (!comparisonRange) throw new Error("A query with a comparison has a comparison range.");
  return result.totals.map((total) => {
    const currency = total.currency ? String(total.currency) : null;
    const now = Number(total[metric]);
    const before = Number(total[`${metric}__previous`]);
    const contributions = result.rows
      .filter((row) => (row.currency ?? null) === currency)
      .map((row): Contribution => {
        const own = Number(row[metric]);
        const earlier = Number(row[`${metric}__previous`]);
        const change = own - earlier;
        const share = now === before ? null : Math.round((change / (now - before)) * 1e6) / 1e6;
        return {
          id: String(row[`${dimension}_id`]),
          label: String(row[dimension]),
          now: own,
          before: earlier,
          change,
          share,
        };
      })
      .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.label.localeCompare(b.label));
    return {
      metric,
      dimension,
      currency,
      now,
      before,
      change: now - before,
      contributions,
      range: result.range,
      comparison_range: comparisonRange,
      as_of: result.as_of,
      sql: result.sql,
      params: result.params,
    };
  });
}
