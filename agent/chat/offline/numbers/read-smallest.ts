import type { MetricsReading } from "../read-shape";
import type { Scanner } from "../scanner";

const counted: [RegExp, string][] = [
  [/^(?:orders?|sales|purchases?)$/, "orders"],
  [/^(?:leads?|contacts|people)$/, "new_leads"],
  [/^(?:customers?|buyers?)$/, "new_customers"],
  [/^(?:e-?mails?|sends)$/, "emails_sent"],
  [/^(?:deals?)$/, "deals_won"],
];

/** Where groups are ranked or listed. */
const ofGroups =
  /(?<![\p{L}])(?:best|worst|top|highest|lowest|rank|which)(?![\p{L}]).*(?<![\p{L}])(?:sources?|channels?|countries|country|regions?|states?|products?|categories|category|campaigns?|tags?|reps?|owners?)(?![\p{L}])|(?<![\p{L}])by (?!month|week|day|year|quarter)/u;

/**
 * `best converting source, min 20 leads`: groups can't be left out by their size, so the size is shown beside the
 * number, and that is said. Read before the numbers, or its noun would be one of them.
 */
export function readSmallest(scanner: Scanner): { said: string; id: string } | undefined {
  if (!ofGroups.test(scanner.rest)) return undefined;
  const match = scanner.take(
    /(?<![\p{L}])(?:(?:with|and|having|that have|only|those|the ones|leave out those with under|ignoring those under) )*(?:at least|min(?:imum)?(?: of)?|more than|over|no fewer than|>=?|under|fewer than|less than) (\d{1,6}) (orders?|sales|purchases?|leads?|contacts|people|customers?|buyers?|e-?mails?|sends|deals?)(?: each)?(?![\p{L}])/u,
  );
  const id = counted.find(([words]) => words.test(match?.[2] ?? ""))?.[1];
  return match && id ? { said: match[0].trim(), id } : undefined;
}

/** Adds the size beside the number; what is said about it. */
export function showSize({ said, id }: { said: string; id: string }, metrics: MetricsReading): string {
  if (metrics.ids.length > 0 && !metrics.ids.includes(id)) metrics.ids.push(id);
  return `I can't leave groups out by their size, so "${said}" is not applied: how many there were stands beside it.`;
}
