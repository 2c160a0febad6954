/** About 20,000 tokens: with the text beside it a result stays below what clients take. */
const mostCharacters = 60_000;

/**
 * Cuts the longest list of a result until it fits, and says so where the result can say so (`truncated`). Totals are
 * computed apart in SQL, so they stay right.
 */
export function fitOutput<T>(output: T): T {
  if (JSON.stringify(output).length <= mostCharacters) return output;
  const copy = structuredClone(output);
  for (let turn = 0; turn < 40 && JSON.stringify(copy).length > mostCharacters; turn++) {
    const longest = longestList(copy);
    if (!longest || longest.list.length < 2) break;
    longest.list.length = Math.floor(longest.list.length * 0.7);
    if ("truncated" in longest.owner) longest.owner.truncated = true;
  }
  return copy;
}

interface Found {
  list: unknown[];
  owner: Record<string, unknown>;
  size: number;
}

function longestList(value: unknown): Found | null {
  if (!value || typeof value !== "object" || Array.isArray(value)) return null;
  const owner = value as Record<string, unknown>;
  let best: Found | null = null;
  for (const child of Object.values(owner)) {
    const found = Array.isArray(child)
      ? { list: child, owner, size: JSON.stringify(child).length }
      : longestList(child);
    if (found && (!best || found.size > best.size)) best = found;
  }
  return best;
}
