import type { SupabaseClient } from "@supabase/supabase-js";
import type { GoalProgress } from "@/analytics/goals/follow-goal";
import { type Goal, goalSchema, type Standing } from "@/analytics/goals/goal";
import { getMetric } from "@/analytics/metrics/catalog";
import { formatDay, formatPercent, formatValue } from "./format";

/** The account's goals, those that end last first. Throws when they cannot be read. */
export async function readGoals(db: SupabaseClient, account: string): Promise<Goal[]> {
  const { data, error } = await db
    .from("goals")
    .select(Object.keys(goalSchema.shape).join(", "))
    .eq("account_id", account)
    .order("ends_on", { ascending: false })
    .order("name")
    .order("starts_on")
    .order("id")
    .limit(200);
  if (error) throw new Error(`The goals could not be read (${error.message}).`, { cause: error });
  // A goal whose conditions another version wrote is left out, rather than followed without them.
  return (data as unknown[]).flatMap((row) => {
    const read = goalSchema.safeParse(row);
    return read.success ? [read.data] : [];
  });
}

export const standingInWords: Record<Standing, string> = {
  not_begun: "not begun",
  on_course: "on course",
  behind: "behind",
  met: "met",
  missed: "missed",
  unknown: "no number yet",
};

/** `at least $50,000.00 from 1 Dec 2026 to 31 Dec 2026` */
export function targetInWords(
  { metric, target, direction, starts_on, ends_on }: Goal,
  currency: string,
): string {
  const amount = formatValue(target, getMetric(metric)?.unit ?? "count", currency);
  return `${direction === "at_least" ? "at least" : "at most"} ${amount} from ${formatDay(starts_on)} to ${formatDay(ends_on)}`;
}

/** How a goal stands, in one line: what there is, of how much, and what an even pace would have brought by now. */
export function progressInWords(goal: Goal, progress: GoalProgress, currency: string): string {
  const unit = getMetric(goal.metric)?.unit ?? "count";
  const say = (value: number) => formatValue(value, unit, currency);
  const { actual, share, expected, per_day_left, standing, elapsed } = progress;
  if (standing === "not_begun") return "not begun yet";
  if (actual === null) return "n/a: there is nothing to compute it from yet";
  return [
    `${say(actual)} of ${say(goal.target)}${share === null ? "" : ` (${formatPercent(share)})`}: ${standingInWords[standing]}`,
    ...(expected !== null && elapsed < 1
      ? [`an even pace would be ${say(rounded(expected, unit))} by now`]
      : []),
    ...(per_day_left === null ? [] : [`${say(rounded(per_day_left, unit))} a day still to come`]),
  ].join("; ");
}

/** Whole cents and whole things; of fewer than ten, to one place. */
const rounded = (value: number, unit: string): number =>
  unit === "money" || value >= 10 ? Math.round(value) : Math.round(value * 10) / 10;
