/**
 * Edit distance that counts a swap of neighbours as one (optimal string alignment), cut off above `limit`: typing
 * mistakes are mostly swaps, slips and doubled letters.
 */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (before[j - 2] ?? 0) + 1);
      }
      row.push(value);
      best = Math.min(best, value);
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? limit + 1;
}

/** How many slips a word of this length may have and still be taken for another. */
export function tolerance(length: number): number {
  if (length < 4) return 0;
  if (length < 8) return 1;
  return length < 14 ? 2 : 3;
}

export interface Near<T> {
  item: T;
  distance: number;
}

/** The items whose text is closest to `text` within the tolerance; several only when equally close. */
export function nearest<T>(
  text: string,
  items: readonly T[],
  textOf: (item: T) => string,
  limit = tolerance(text.length),
): Near<T>[] {
  let best = limit;
  let found: Near<T>[] = [];
  for (const item of items) {
    const distance = editDistance(text, textOf(item), best);
    if (distance > best) continue;
    if (distance < best) found = [];
    best = distance;
    found.push({ item, distance });
  }
  return limit === 0 ? found.filter(({ distance }) => distance === 0) : found;
}
