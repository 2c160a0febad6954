/** A value far from what its trend and season make likely. */
export interface Anomaly {
  /** Place in the series, from 0. */
  index: number;
  value: number;
  expected: number;
  /** (value − expected) ÷ the usual distance; beyond ±`threshold`. */
  distance: number;
}

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
};

/** Median absolute deviation × 1.4826 is the standard deviation where errors are normal (Rousseeuw and Croux 1993). */
const toDeviation = 1.4826;

/**
 * Flags values that trend and season do not explain. Both are taken as medians, which a few odd values do not move: the
 * trend over one season around each value, the season over values at the same place of it. Needs two whole seasons;
 * fewer give no flags.
 */
export function flagAnomalies(
  values: readonly number[],
  options: { period: number; threshold?: number },
): Anomaly[] {
  const { period, threshold = 3.5 } = options;
  if (values.length < 2 * period || values.length < 6) return [];
  const half = Math.max(1, Math.floor(period / 2));
  const trend = values.map((_, at) => median(values.slice(Math.max(0, at - half), at + half + 1)));
  const bare = values.map((value, at) => value - (trend[at] ?? 0));
  const season = Array.from({ length: period }, (_, phase) =>
    period === 1 ? 0 : median(bare.filter((_, at) => at % period === phase)),
  );
  const left = bare.map((value, at) => value - (season[at % period] ?? 0));
  const middle = median(left);
  const usual = toDeviation * median(left.map((value) => Math.abs(value - middle)));
  // A series that always does the same: any difference at all is odd, but not a rounding of it.
  const scale = usual > 0 ? usual : Math.max(1e-9, 0.05 * median(values.map(Math.abs)));
  return left.flatMap((value, index) => {
    const distance = (value - middle) / scale;
    if (Math.abs(distance) <= threshold) return [];
    const expected = (trend[index] ?? 0) + (season[index % period] ?? 0) + middle;
    return [{ index, value: values[index] ?? 0, expected, distance: Math.round(distance * 100) / 100 }];
  });
}
