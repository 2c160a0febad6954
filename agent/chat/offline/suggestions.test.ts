import { expect, it } from "vitest";
import { metrics } from "@/analytics/metrics/catalog";
import { questions } from "../../evals/cases";
import { converse } from "../../testing/offline";

/** Questions that are refused or asked back about: each split a number does not have, and what nobody keeps. */
const beyond = [
  ...metrics
    .filter((_, at) => at % 9 === 0)
    .flatMap(({ label }) => [
      `${label} by product`,
      `${label} by city`,
      `${label} by stage last month`,
      `how many ${label}`,
      `${label} of the zorblax`,
      `${label} not from the moon`,
    ]),
  "top 5",
  "best",
  "VIP",
  "Starter Kit",
  "last month",
  "profit",
  "website visitors",
  "orders over $500",
  "orders with a promo code",
  "the largest order",
  "how much did they spend",
  "give me their emails",
  "revenue by weekday",
  "running total of revenue",
  "who bought only the Starter Kit",
  "people tagged VIP or Newsletter and Customers or who bought it",
  "forecast revenue for 2031",
  "delete all contacts",
  "revenue on february 30",
];

it("offers only questions that it answers", () => {
  const failed = new Map<string, string>();
  const seen = new Set<string>();
  for (const turns of [
    // Every eighth is enough: most refuse for the same few reasons.
    ...questions.filter((_, at) => at % 8 === 0).map((question) => question.turns),
    ...beyond.map((question) => [question]),
  ]) {
    const reply = converse(turns);
    if (reply.kind !== "say") continue;
    for (const suggestion of reply.suggestions) {
      const key = `${turns.length > 1 ? turns.join("|") : ""}${suggestion}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const then = converse([...turns, suggestion]);
      if (then.kind !== "call") failed.set(suggestion, `${turns.join(" → ")}: ${then.text.slice(0, 120)}`);
    }
  }
  expect(seen.size).toBeGreaterThan(40);
  expect([...failed]).toEqual([]);
}, 60_000);
