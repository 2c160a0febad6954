import { DateTime } from "luxon";
import { getMetric } from "../metrics/catalog";
import { otherCurrencies, ownTotal } from "../query/own-total";
import { type QueryContext, runMetricQuery } from "../query/run";
import { type Goal, type Pace, paceOf } from "./goal";

export interface GoalProgress extends Pace {
  /** In the metric's unit; null before the goal begins and for n/a. */
  actual: number | null;
  /** Days the actual number is of; null before the goal begins. */
  range: { from: string; to: string } | null;
  /** Currency of money; null for everything else. */
  currency: string | null;
  as_of: string | null;
  notes: string[];
}

/**
 * The number a goal is about, from its first day until now, and how that stands. Money of other currencies than the
 * account's is left out and said. Throws QueryError as the question does, also for a metric that is no more.
 */
export async function followGoal(goal: Goal, context: QueryContext): Promise<GoalProgress> {
  const { account } = context;
  const now = context.clock?.() ?? new Date();
  const zone = account.time_zone;
  const today = DateTime.fromJSDate(now, { zone }).toISODate() ?? "";
  const currency = getMetric(goal.metric)?.unit === "money" ? account.currency : null;
  if (goal.starts_on > today)
    return {
      actual: null,
      range: null,
      currency,
      as_of: null,
      notes: [],
      ...paceOf(goal, null, { now, zone }),
    };
  const isOver = goal.ends_on < today;
  const range = { from: goal.starts_on, to: isOver ? goal.ends_on : today };
  const result = await runMetricQuery(
    { metrics: [goal.metric], range, ...(goal.filters ? { filters: goal.filters } : {}) },
    context,
  );
  const actual = ownTotal(result, goal.metric, account.currency);
  return {
    actual,
    range,
    currency,
    as_of: result.as_of,
    notes: [
      ...(result.copying ? [result.copying] : []),
      ...otherCurrencies(result, account.currency).map(
        (other) => `What came in ${other} is left out: the goal is in ${account.currency}.`,
      ),
    ],
    ...paceOf(goal, actual, { now, zone }),
  };
}
