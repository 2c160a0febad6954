import { expectedAt, fitSmoothing, type Smoothed, type Smoothing, smooth } from "./holt-winters";

/** One step ahead: the expected value and the range that holds it as often as `level` says. */
export interface ForecastStep {
  expected: number;
  low: number;
  high: number;
}

export type ForecastMethod = "seasonal" | "seasonal_growing" | "trend" | "level";

export interface SeriesForecast {
  steps: ForecastStep[];
  method: ForecastMethod;
  /** Mean absolute error over the values held back while choosing, in the series' own unit. */
  error: number;
  /** The same for the naive forecast: the value a season before, or the last one where there is no season yet. */
  naive_error: number;
  /** How many values at the end were held back. */
  held_back: number;
  values_used: number;
}

export const fewestValues = 8;

const kinds: Record<ForecastMethod, { seasonal: Smoothing["seasonal"]; trend: boolean }> = {
  seasonal: { seasonal: "additive", trend: true },
  seasonal_growing: { seasonal: "multiplicative", trend: true },
  trend: { seasonal: "none", trend: true },
  level: { seasonal: "none", trend: false },
};

function methodsFor(values: readonly number[], period: number): ForecastMethod[] {
  const seasons = period > 1 && values.length >= 2 * period + 2;
  const positive = values.every((value) => value > 0);
  return [
    ...(seasons ? (["seasonal"] as const) : []),
    ...(seasons && positive ? (["seasonal_growing"] as const) : []),
    "trend",
    "level",
  ];
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Numbers from a seed (mulberry32): the same interval for the same history. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Mean absolute error of forecasting the values held back from those before them. */
function heldBackError(
  before: readonly number[],
  after: readonly number[],
  expected: (ahead: number) => number,
): number {
  return before.length === 0 ? 0 : mean(after.map((value, at) => Math.abs(value - expected(at + 1))));
}

const paths = 400;

/** Futures that could be: the recursions go on with errors drawn from those made so far. */
function simulate(state: Smoothed, smoothing: Smoothing, ahead: number): number[][] {
  const random = randomFrom(20_261_123);
  const growing = smoothing.seasonal === "multiplicative";
  // Where seasons multiply, errors grow with the value: they are drawn as shares of it.
  const errors = state.residuals.map((residual, at) =>
    growing ? residual / (state.fitted[at] || 1) : residual,
  );
  const steps: number[][] = Array.from({ length: ahead }, () => []);
  for (let path = 0; path < paths; path++) {
    let { level, trend } = state;
    const season = [...state.season];
    for (let step = 0; step < ahead; step++) {
      const figure = season[step] ?? 0;
      const expected = growing ? (level + trend) * figure : level + trend + figure;
      const error = errors[Math.floor(random() * errors.length)] ?? 0;
      const value = growing ? expected * (1 + error) : expected + error;
      steps[step]?.push(value);
      const bare = growing ? value / (figure || 1) : value - figure;
      const next = smoothing.alpha * bare + (1 - smoothing.alpha) * (level + trend);
      if (smoothing.beta !== null) trend = smoothing.beta * (next - level) + (1 - smoothing.beta) * trend;
      level = next;
      if (smoothing.seasonal !== "none") {
        const seen = growing ? value / (level || 1) : value - level;
        season.push(smoothing.gamma * seen + (1 - smoothing.gamma) * figure);
      }
    }
  }
  return steps;
}

function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  return below + ((sorted[Math.ceil(place)] ?? below) - below) * (place - Math.floor(place));
}

/**
 * Forecasts the next values of a series by the exponential smoothing (with or without trend and season) that did best
 * on values held back at its end. `period` is the length of a season (12 for months, 7 for days). The interval comes
 * from simulated futures with the method's own past errors, so it widens with distance. Null below `fewestValues`.
 */
export function forecastSeries(
  values: readonly number[],
  options: { period: number; ahead: number; level?: number; least?: number },
): SeriesForecast | null {
  const { period, ahead, level = 0.8, least } = options;
  if (values.length < fewestValues) return null;
  const held = Math.max(1, Math.min(period, Math.floor(values.length / 4)));
  const before = values.slice(0, -held);
  const after = values.slice(-held);
  const naive = (step: number) => {
    const back = before[before.length - period + ((step - 1) % period)];
    return before.length >= period && back !== undefined ? back : (before.at(-1) ?? 0);
  };
  const tried = methodsFor(before, period).map((method) => {
    const smoothing = fitSmoothing(before, period, kinds[method]);
    const state = smooth(before, period, smoothing);
    return { method, error: heldBackError(before, after, (step) => expectedAt(state, smoothing, step)) };
  });
  const best = tried.toSorted((a, b) => a.error - b.error)[0];
  if (!best) return null;
  const smoothing = fitSmoothing(values, period, kinds[best.method]);
  const state = smooth(values, period, smoothing);
  const bounded = (value: number) => (least === undefined ? value : Math.max(least, value));
  const steps = simulate(state, smoothing, ahead).map((reached, at): ForecastStep => {
    const sorted = reached.toSorted((a, b) => a - b);
    const expected = bounded(expectedAt(state, smoothing, at + 1));
    return {
      expected,
      low: Math.min(expected, bounded(quantile(sorted, (1 - level) / 2))),
      high: Math.max(expected, bounded(quantile(sorted, (1 + level) / 2))),
    };
  });
  return {
    steps,
    method: best.method,
    error: best.error,
    naive_error: heldBackError(before, after, naive),
    held_back: held,
    values_used: values.length,
  };
}
