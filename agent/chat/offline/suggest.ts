import { listMetrics } from "@/analytics/metrics/catalog";

/** Questions that always work, shown in greetings and when the analyst is lost. */
export const exampleQuestions = [
  "Revenue by month this year",
  "Top 5 products last quarter",
  "New leads by lead source, last 90 days",
  "Average order value this year vs last year",
];

/** More names than this are no help in a sentence. */
const namesSaid = 7;

/** The numbers the analyst knows, as a part of a sentence. */
export function knownMetrics(): string {
  const names = listMetrics().map(({ label }) => label.toLowerCase());
  const said = names.slice(0, namesSaid);
  if (names.length > said.length) return `${said.join(", ")} and more`;
  return `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}
