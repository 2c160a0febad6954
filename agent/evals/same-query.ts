import { type QueryInput, querySchema } from "@/analytics/query/query";

/** One text for queries that mean the same: order of metrics, of conditions and of values does not matter. */
export function canonicalQuery(query: QueryInput): string {
  const { metrics, filters, ...rest } = querySchema.parse(query);
  return JSON.stringify(sorted({ ...rest, metrics: [...metrics].sort(), filters: filters ?? null }));
}

/** Keys in order; lists in order as well, for they are sets here. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map(sorted).sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  if (value && typeof value === "object")
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, child]) => child !== undefined)
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([key, child]) => [key, sorted(child)]),
    );
  return value;
}
