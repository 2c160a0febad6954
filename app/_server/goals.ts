import "server-only";
import { cache } from "react";
import { progressInWords, readGoals, targetInWords } from "@/agent/goals";
import { followGoal, type GoalProgress } from "@/analytics/goals/follow-goal";
import type { Goal } from "@/analytics/goals/goal";
import { getMetric } from "@/analytics/metrics/catalog";
import { getQueryDoor } from "./deps";
import type { Session } from "./session";

export interface FollowedGoal extends Goal {
  /** `Revenue collected at least $50,000.00 from 1 Dec 2026 to 31 Dec 2026`, without the number where it is the name. */
  aims: string;
  /** One line, or why there is none. */
  said: string;
  progress: GoalProgress | null;
}

/** The account's goals, read once for a page. */
const goalsOf = cache(readGoals);

/** Every goal with how it stands now, those that end last first. */
export async function listGoals({ db, account, principal }: Session): Promise<FollowedGoal[]> {
  const context = { principal, account, door: getQueryDoor() };
  return Promise.all(
    (await goalsOf(db, account.id)).map(async (goal) => {
      const label = getMetric(goal.metric)?.label ?? goal.metric;
      const target = targetInWords(goal, account.currency);
      const aims = goal.name === label ? target : `${label} ${target}`;
      try {
        const progress = await followGoal(goal, context);
        return { ...goal, aims, progress, said: progressInWords(goal, progress, account.currency) };
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "QueryError") throw error;
        return { ...goal, aims, progress: null, said: error.message };
      }
    }),
  );
}

/** Goals for a chart to draw; none where they cannot be read, since the numbers are there all the same. */
export const goalsForCharts = ({ db, account }: Session): Promise<Goal[]> =>
  goalsOf(db, account.id).catch(() => []);
