import { DateTime } from "luxon";
import { isStock } from "../metrics/stock";
import { flagAnomalies } from "../models/anomalies";
import { type ForecastMethod, type ForecastStep, fewestValues, forecastSeries } from "../models/forecast";
import { QueryError } from "./errors";
import type { Filter, Grain, Range } from "./query";
import type { QueryResult, ResultRow } from "./result";
import { type QueryContext, runCompleteQuery } from "./run";

/** How many buckets make a season. A quarter's is a year, a year has none. */
const seasons: Record<Grain, number> = { day: 7, week: 52, month: 12, quarter: 4, year: 1 };
/** How much history is looked at, so that old habits do not weigh on tomorrow. */
const history: Record<Grain, number> = { day: 182, week: 156, month: 60, quarter: 28, year: 15 };

export interface ForecastPoint {
  /** First day of the bucket. */
  time: string;
  expected: number;
  low: number;
  high: number;
}

export interface MetricForecast {
  metric: string;
  grain: Grain;
  /** Null where the metric is no money. One forecast per currency. */
  currency: string | null;
  /** Completed buckets the forecast is made from. */
  past: { time: string; value: number }[];
  /** The bucket under way, which is the first of `points`: what it holds so far, and how much of its time is over (0 to 1). */
  running: { time: string; value: number; elapsed: number } | null;
  /** The bucket under way first. */
  points: ForecastPoint[];
  /** Share of futures the interval is meant to hold. */
  level: number;
  method: ForecastMethod;
  /** Mean absolute error on the last completed buckets, held back while choosing the method. */
  error: number;
  naive_error: number;
  held_back: number;
  /** The history it rests on, with all currencies. */
  result: QueryResult;
}

interface Series {
  currency: string | null;
  points: { time: string; value: number | null }[];
  running: { time: string; value: number } | null;
}

function seriesOf(result: QueryResult, metric: string): Series[] {
  const series = new Map<string, ResultRow[]>();
  for (const row of result.rows) {
    const key = String(row.currency ?? "");
    series.set(key, [...(series.get(key) ?? []), row]);
  }
  return [...series].map(([currency, rows]) => {
    const running = rows.at(-1);
    return {
      currency: currency || null,
      points: rows
        .filter((row) => row.incomplete !== true && row.immature !== true)
        .map((row) => ({ time: String(row.time), value: row[metric] === null ? null : Number(row[metric]) })),
      running:
        running?.incomplete === true && typeof running[metric] === "number"
          ? { time: String(running.time), value: running[metric] }
          : null,
    };
  });
}

/** Share of the bucket's time that is over, from 0 to 1. */
function elapsedShare(day: string, grain: Grain, { account, clock }: QueryContext): number {
  const start = DateTime.fromISO(day, { zone: account.time_zone });
  const end = DateTime.fromISO(plus(day, grain, 1), { zone: account.time_zone });
  const now = (clock?.() ?? new Date()).getTime();
  return Math.min(1, Math.max(0, (now - start.toMillis()) / (end.toMillis() - start.toMillis())));
}

/**
 * What the bucket under way already holds is known. Of a flow (payments, orders) only the rest of the time is still to be
 * expected; a stock (members, recurring revenue) goes on from where it stands now, and so does all that follows.
 */
function knowing(
  steps: readonly ForecastStep[],
  { so_far, elapsed, last, stock }: { so_far: number; elapsed: number; last: number; stock: boolean },
): ForecastStep[] {
  const left = 1 - elapsed;
  const [first] = steps;
  if (!first) return [];
  if (!stock) {
    const rest = (value: number) => so_far + left * value;
    return [
      { expected: rest(first.expected), low: rest(first.low), high: rest(first.high) },
      ...steps.slice(1),
    ];
  }
  const expected = so_far + left * (first.expected - last);
  const moved = expected - first.expected;
  const narrower = Math.sqrt(left);
  return steps.map((step, at) =>
    at === 0
      ? {
          expected,
          low: expected - narrower * (first.expected - first.low),
          high: expected + narrower * (first.high - first.expected),
        }
      : { expected: step.expected + moved, low: step.low + moved, high: step.high + moved },
  );
}

/** From the first bucket with anything in it on: before that there was no business to learn from. */
function sinceFirst(points: readonly Series["points"][number][]): { time: string; value: number }[] {
  const first = points.findIndex(({ value }) => value !== null && value !== 0);
  if (first < 0) return [];
  return points.slice(first).map(({ time, value }) => ({ time, value: value ?? 0 }));
}

const plus = (day: string, grain: Grain, count: number): string =>
  DateTime.fromISO(day, { zone: "UTC" })
    .plus(grain === "quarter" ? { months: 3 * count } : { [`${grain}s`]: count })
    .toISODate() ?? day;

const rounded = (value: number, unit: string) =>
  unit === "money" || unit === "count" ? Math.round(value) : Math.round(value * 1e6) / 1e6;

/**
 * Forecasts a metric's next buckets, the one under way among them, from its completed ones and what the one under way
 * holds so far: expected value and interval, with the error of the chosen method and of the naive one on buckets held
 * back. Throws QueryError where there is too little history.
 */
export async function forecastMetric(
  options: { metric: string; grain: Grain; ahead: number; filters?: Filter; level?: number },
  context: QueryContext,
): Promise<MetricForecast[]> {
  const { metric, grain, ahead, filters, level = 0.8 } = options;
  const result = await runCompleteQuery(
    {
      metrics: [metric],
      dimensions: ["time"],
      grain,
      range: { last: history[grain] + 1, unit: grain, including_current: true },
      ...(filters ? { filters } : {}),
    },
    context,
  );
  const unit = result.columns.find(({ id }) => id === metric)?.unit ?? "number";
  const counted = unit === "money" || unit === "count";
  const found = seriesOf(result, metric).flatMap(({ currency, points, running }): MetricForecast[] => {
    const past = sinceFirst(points);
    const forecast = forecastSeries(
      past.map(({ value }) => value),
      {
        period: seasons[grain],
        ahead,
        level,
        ...(past.every(({ value }) => value >= 0) ? { least: 0 } : {}),
      },
    );
    const last = past.at(-1);
    if (!forecast || !last) return [];
    const known =
      counted && running && running.time === plus(last.time, grain, 1)
        ? { ...running, elapsed: elapsedShare(running.time, grain, context) }
        : null;
    const steps = known
      ? knowing(forecast.steps, {
          so_far: known.value,
          elapsed: known.elapsed,
          last: last.value,
          stock: isStock(metric),
        })
      : forecast.steps;
    return [
      {
        metric,
        grain,
        currency,
        past,
        running: known,
        points: steps.map(({ expected, low, high }, at) => ({
          time: plus(last.time, grain, at + 1),
          expected: rounded(expected, unit),
          low: rounded(low, unit),
          high: rounded(high, unit),
        })),
        level,
        method: forecast.method,
        error: rounded(forecast.error, unit),
        naive_error: rounded(forecast.naive_error, unit),
        held_back: forecast.held_back,
        result,
      },
    ];
  });
  if (found.length > 0) return found;
  const most = Math.max(0, ...seriesOf(result, metric).map(({ points }) => sinceFirst(points).length));
  throw new QueryError(
    "empty_range",
    `A forecast of ${metric} needs at least ${fewestValues} completed ${grain}s with data; there are ${most}. Ask by a finer grain, such as week or day.`,
    ["week", "day"],
  );
}

export interface MetricAnomaly {
  time: string;
  time_label: string;
  currency: string | null;
  value: number;
  expected: number;
  /** How many usual distances from the expected; beyond ±3.5. */
  distance: number;
}

/**
 * Completed buckets of a metric that its trend and season do not explain, latest first. Counts and sums only make sense
 * here with every bucket present, so n/a counts as nothing. Empty where there are fewer than two seasons.
 */
export async function findAnomalies(
  options: { metric: string; grain: Grain; range: Range; filters?: Filter; threshold?: number },
  context: QueryContext,
): Promise<MetricAnomaly[]> {
  const { metric, grain, range, filters, threshold } = options;
  const result = await runCompleteQuery(
    { metrics: [metric], dimensions: ["time"], grain, range, ...(filters ? { filters } : {}) },
    context,
  );
  const unit = result.columns.find(({ id }) => id === metric)?.unit ?? "number";
  const labels = new Map(result.rows.map((row) => [String(row.time), String(row.time_label)]));
  return seriesOf(result, metric)
    .flatMap(({ currency, points }) => {
      const past = sinceFirst(points);
      return flagAnomalies(
        past.map(({ value }) => value),
        { period: seasons[grain], ...(threshold ? { threshold } : {}) },
      ).map(({ index, value, expected, distance }): MetricAnomaly => {
        const time = past[index]?.time ?? "";
        const label = labels.get(time) ?? time;
        return { time, time_label: label, currency, value, expected: rounded(expected, unit), distance };
      });
    })
    .sort((a, b) => b.time.localeCompare(a.time));
}
