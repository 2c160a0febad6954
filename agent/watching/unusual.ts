/** Completed periods needed before anything can be called unusual. */
export const leastHistory = 8;

/**
 * Whether a value lies outside what its history makes usual: more than 3.5 scaled median deviations from the median
 * (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993: modified z-score). Null with too little history. A
 * history that never moved makes any other value unusual.
 */
export function isUnusual(
  value: number,
  history: readonly number[],
): { unusual: boolean; low: number; high: number } | null {
  if (history.length < leastHistory) return null;
  const middle = median(history);
  // 1.4826 makes the median deviation of a normal distribution its standard deviation.
  const spread = 1.4826 * median(history.map((each) => Math.abs(each - middle)));
  const [low, high] = [middle - 3.5 * spread, middle + 3.5 * spread];
  return { unusual: value < low || value > high, low, high };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
