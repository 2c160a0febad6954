/**
 * Seasonal exponential smoothing after Holt (1957) and Winters (1960), with the start values of R's
 * stats::HoltWinters: level and trend from a line through the moving average of the first two seasons, seasonal
 * figures from what the values are against it.
 */
export interface Smoothing {
  seasonal: "none" | "additive" | "multiplicative";
  /** Weights in [0, 1] of the latest value in level, trend and season. beta null is no trend, gamma unused without season. */
  alpha: number;
  beta: number | null;
  gamma: number;
}

/** Where a series stands after its last value, and how far each one-step forecast was off. */
export interface Smoothed {
  level: number;
  trend: number;
  /** Seasonal figures of the next values, in order; empty without season. */
  season: number[];
  /** Value − one-step forecast, for the values after the start. */
  residuals: number[];
  /** The one-step forecasts those belong to. */
  fitted: number[];
  sse: number;
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Centred moving average over one season; null at the ends. */
export function movingAverage(values: readonly number[], period: number): (number | null)[] {
  const half = Math.floor(period / 2);
  return values.map((_, at) => {
    if (at < half || at + half >= values.length) return null;
    const inside = values.slice(at - half, at + half + 1);
    // An even season is as long as two halves and what lies between: its ends weigh half.
    const sum = inside.reduce((total, value) => total + value, 0);
    if (period % 2 === 1) return sum / period;
    return (sum - ((inside[0] ?? 0) + (inside.at(-1) ?? 0)) / 2) / period;
  });
}

function line(values: readonly number[]): { start: number; slope: number } {
  const middle = (values.length + 1) / 2;
  const average = mean(values);
  const covariance = values.reduce((sum, value, at) => sum + (at + 1 - middle) * (value - average), 0);
  const spread = values.reduce((sum, _, at) => sum + (at + 1 - middle) ** 2, 0);
  const slope = spread > 0 ? covariance / spread : 0;
  return { start: average - slope * middle, slope };
}

interface Start {
  level: number;
  trend: number;
  season: number[];
  from: number;
}

function startOf(values: readonly number[], period: number, smoothing: Smoothing): Start {
  if (smoothing.seasonal === "none") {
    const [first = 0, second = first] = values;
    if (smoothing.beta === null) return { level: first, trend: 0, season: [], from: 1 };
    return { level: second, trend: second - first, season: [], from: 2 };
  }
  const early = values.slice(0, 2 * period);
  const trend = movingAverage(early, period);
  const multiplicative = smoothing.seasonal === "multiplicative";
  const figures = Array.from({ length: period }, (_, phase) =>
    mean(
      early.flatMap((value, at) => {
        const around = trend[at];
        if (at % period !== phase || around === null || around === undefined) return [];
        return [multiplicative ? value / around : value - around];
      }),
    ),
  );
  const middle = mean(figures);
  const known = trend.filter((each): each is number => each !== null);
  const { start, slope } = line(known);
  return {
    level: start,
    trend: smoothing.beta === null ? 0 : slope,
    season: figures.map((figure) => (multiplicative ? figure / middle : figure - middle)),
    from: period,
  };
}

/**
 * Runs the recursions over a series. A seasonal one needs two whole seasons; multiplicative seasons need values above
 * 0. Throws RangeError otherwise.
 */
export function smooth(values: readonly number[], period: number, smoothing: Smoothing): Smoothed {
  if (smoothing.seasonal !== "none" && values.length < 2 * period)
    throw new RangeError(
      `A season of ${period} needs at least ${2 * period} values; there are ${values.length}.`,
    );
  if (smoothing.seasonal === "multiplicative" && values.some((value) => value <= 0))
    throw new RangeError("Multiplicative seasons need values above 0.");
  const start = startOf(values, period, smoothing);
  const season = [...start.season];
  let { level, trend } = start;
  const residuals: number[] = [];
  const fitted: number[] = [];
  for (let at = start.from; at < values.length; at++) {
    const value = values[at] ?? 0;
    const figure = season[at - start.from] ?? 0;
    const expected =
      smoothing.seasonal === "multiplicative" ? (level + trend) * figure : level + trend + figure;
    residuals.push(value - expected);
    fitted.push(expected);
    const bare = smoothing.seasonal === "multiplicative" ? value / figure : value - figure;
    const next = smoothing.alpha * bare + (1 - smoothing.alpha) * (level + trend);
    if (smoothing.beta !== null) trend = smoothing.beta * (next - level) + (1 - smoothing.beta) * trend;
    level = next;
    if (smoothing.seasonal !== "none") {
      const seen = smoothing.seasonal === "multiplicative" ? value / level : value - level;
      season.push(smoothing.gamma * seen + (1 - smoothing.gamma) * figure);
    }
  }
  return {
    level,
    trend,
    season: season.slice(season.length - (smoothing.seasonal === "none" ? 0 : period)),
    residuals,
    fitted,
    sse: residuals.reduce((sum, residual) => sum + residual ** 2, 0),
  };
}

/** The value `ahead` steps after the last one. */
export function expectedAt(state: Smoothed, smoothing: Smoothing, ahead: number): number {
  const base = state.level + ahead * state.trend;
  const figure = state.season[(ahead - 1) % Math.max(1, state.season.length)];
  if (figure === undefined || smoothing.seasonal === "none") return base;
  return smoothing.seasonal === "multiplicative" ? base * figure : base + figure;
}

/** Weights with the least squared one-step errors: a coarse grid, then ever smaller steps around the best. */
export function fitSmoothing(
  values: readonly number[],
  period: number,
  kind: Pick<Smoothing, "seasonal"> & { trend: boolean },
): Smoothing {
  const make = ([alpha = 0, beta = 0, gamma = 0]: readonly number[]): Smoothing => ({
    seasonal: kind.seasonal,
    alpha,
    beta: kind.trend ? beta : null,
    gamma,
  });
  const used = [true, kind.trend, kind.seasonal !== "none"];
  const cost = (weights: readonly number[]) => smooth(values, period, make(weights)).sse;
  const grid = [0.05, 0.3, 0.7];
  let best = [0.3, 0.1, 0.1];
  let least = cost(best);
  for (const alpha of grid)
    for (const beta of used[1] ? grid : [0])
      for (const gamma of used[2] ? grid : [0]) {
        const found = cost([alpha, beta, gamma]);
        if (found < least) [best, least] = [[alpha, beta, gamma], found];
      }
  for (let step = 0.16; step > 0.0005; ) {
    let better = false;
    for (let place = 0; place < 3; place++) {
      if (!used[place]) continue;
      for (const sign of [1, -1]) {
        const tried = best.map((weight, at) =>
          at === place ? Math.min(1, Math.max(0, weight + sign * step)) : weight,
        );
        const found = cost(tried);
        if (found < least) [best, least, better] = [tried, found, true];
      }
    }
    if (!better) step /= 2;
  }
  return make(best);
}
