/** Edits (insert, delete, replace, swap of neighbours) between two texts. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (before[j - 2] ?? 0) + 1);
      }
      current.push(best);
    }
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

const normal = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^\p{Letter}\p{Number}]+/gu, " ")
    .trim();

/** 0 for the same text, below 1 for a likely typo or a part of it, larger for less alike. */
function unlikeness(wanted: string, name: string): number {
  const a = normal(wanted);
  const b = normal(name);
  if (a === b) return 0;
  if (a.length > 2 && (b.startsWith(a) || a.startsWith(b))) return 0.3;
  if (a.length > 2 && (b.includes(a) || (b.length > 2 && a.includes(b)))) return 0.4;
  return distance(a, b) / Math.max(a.length, b.length, 1);
}

/** One thing that can be meant, with the other names it goes by. */
export interface Choice {
  id: string;
  names: readonly string[];
}

/** Ids of the choices closest to what was written, closest first. At least one where there are any. */
export function nearest(wanted: string, choices: readonly Choice[], count = 3): string[] {
  const ranked = choices
    .map(({ id, names }) => ({
      id,
      unlike: Math.min(...[id, ...names].map((name) => unlikeness(wanted, name))),
    }))
    .sort((a, b) => a.unlike - b.unlike || a.id.localeCompare(b.id));
  const likely = ranked.filter(({ unlike }) => unlike <= 0.5).slice(0, count);
  return (likely.length > 0 ? likely : ranked.slice(0, 1)).map(({ id }) => id);
}
