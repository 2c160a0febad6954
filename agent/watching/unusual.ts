/** Completed periods needed before anything can be called unusual. */
export const leastHistory = 8;

/**
 * Whether a value lies outside what its history makes usual: more than 3.5 scaled median deviations from the median
 * (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993: modified z-score). With two whole seasons or more
 * (`season` values each: 7 days, 12 months) what that day or month usually has on top is taken out first, so that a quiet
 * Sunday is no news and an empty Monday is. Null with too little history. A history that never moved makes any other
 * value unusual.
 */
export function isUnusual(
  value: number,
  history: readonly number[],
  season = 1,
): { unusual: boolean; low: number; high: number } | null {
  if (history.length < leastHistory) return null;
  const figures = seasonOf(history, season);
  const bare = history.map((each, at) => each - (figures[at % figures.length] ?? 0));
  const middle = median(bare);
  // 1.4826 makes the median deviation of a normal distribution its standard deviation.
  const spread = 1.4826 * median(bare.map((each) => Math.abs(each - middle)));
  const usual = middle + (figures[history.length % figures.length] ?? 0);
  const [low, high] = [usual - 3.5 * spread, usual + 3.5 * spread];
  return { unusual: value < low || value > high, low, high };
}

/** What each place of the season usually has more or less than the median around it; one nought where there is no season to see. */
function seasonOf(history: readonly number[], season: number): number[] {
  if (season < 2 || history.length < 2 * season) return [0];
  const half = Math.floor(season / 2);
  const bare = history.map((each, at) => each - median(history.slice(Math.max(0, at - half), at + half + 1)));
  return Array.from({ length: season }, (_, place) => median(bare.filter((_, at) => at % season === place)));
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}
