import type { ShapeInput } from "../../../tools/shape";
import { rangeOf } from "../build-range";
import { alternation, monthNumbers } from "../calendar";
import { dateOrderOf } from "../dates";
import { readTime } from "../read-time";
import { Scanner } from "../scanner";
import type { Reading } from "./reading";

type Planned = { input: ShapeInput; meanings?: string[] };

const w = (source: string) => new RegExp(String.raw`(?<![\p{L}\p{N}])(?:${source})(?![\p{L}\p{N}])`, "u");

const about = "cohorts?|retention";
const came =
  "joined|signed up|started|began|subscribed|first bought|bought first|first ordered|came in|were new";

/**
 * Retention of those who came in one month, or in two that are compared: `retention of customers who joined in January
 * 2025`, `compare the Jan 25 and Jan 26 cohorts`. Null for every other question about cohorts.
 */
export function planCohorts({ scanner: whole, names, context }: Reading): Planned | null {
  if (names.length > 0 || !w(about).test(whole.rest)) return null;
  // A cohort is a month, so `jan 25` is one of 2025 and no day.
  const months = new RegExp(`(?<![\\p{L}])(${alternation(monthNumbers)}) '?(2\\d)(?![\\p{L}\\d])`, "gu");
  const meanings = [...whole.rest.matchAll(months)].map(
    ([said, month, year]) => `I read "${said}" as the month ${month} of 20${year}.`,
  );
  const scanner = new Scanner(whole.rest.trim().replace(months, "$1 20$2"));
  const kind = w("members?|subscribers?|subscriptions?|memberships?").test(scanner.rest)
    ? ("subscription" as const)
    : ("purchase" as const);
  const newcomers = scanner.take(w(came));
  const first = kind === "purchase" ? "purchase" : "subscription";
  if (newcomers) meanings.push(`I took "${newcomers[0]}" to mean the month of the first ${first}.`);
  const time = readTime(scanner, { ...context.today, dateOrder: dateOrderOf(scanner.rest) });
  const [one, other] = [time.period, time.against?.period];
  if (!one?.from || !one.to || time.problem || time.grain || time.against?.relative) return null;
  if (!other && !newcomers) return null;
  while (
    scanner.take(
      w(
        `${about}|compare|comparison|comparing|between|customers?|buyers?|clients?|members?|subscribers?|people|those|who|that|which|in|of|and|vs|versus|with|the|our|for|to|show|me|us|give|month|monthly|rates?|what|is|how|does|do|did|look|like|one|ones|a`,
      ),
    )
  );
  if (scanner.leftovers().length > 0) return null;
  if (!other) return { input: { shape: "retention_cohorts", kind, range: rangeOf(one) }, meanings };
  if (!other.from || !other.to) return null;
  const [from, to] = one.from < other.from ? [one.from, other.to] : [other.from, one.to];
  return {
    input: { shape: "retention_cohorts", kind, range: rangeOf({ from, to, unit: "month" }) },
    meanings: [
      ...meanings,
      "The two cohorts you named are the first and the last row; those between are shown as well.",
      ...(kind === "purchase"
        ? ["Cohorts are by the first purchase; say members for those by the first subscription."]
        : []),
    ],
  };
}
