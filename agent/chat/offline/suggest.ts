import { listMetrics } from "@/analytics/metrics/catalog";

/** Questions that always work, shown in greetings and when the analyst is lost. */
export const exampleQuestions = [
  "Revenue by month this year",
  "Top 5 products last quarter",
  "New leads by lead source, last 90 days",
  "Average order value this year vs last year",
];

/** The numbers the analyst knows, as a sentence. */
export function knownMetrics(): string {
  const names = listMetrics().map(({ label }) => label.toLowerCase());
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
