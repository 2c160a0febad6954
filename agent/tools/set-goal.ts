import { z } from "zod";
import { followGoal } from "@/analytics/goals/follow-goal";
import type { Goal } from "@/analytics/goals/goal";
import { getMetric } from "@/analytics/metrics/catalog";
import { filterSchema } from "@/analytics/query/query";
import { progressInWords, readGoals, targetInWords } from "../goals";
import { nearestMetrics } from "../metric-names";
import { asToolError } from "../query-errors";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";
import { inUnit } from "./in-unit";

export const setGoalTool = defineTool({
  name: "set_goal",
  group: "boards",
  title: "Set a goal",
  description:
    'Sets a target for one metric between two days, both included. Setting it again for the same metric, conditions and days changes the target. Money is written as people write it (50000 is 50,000.00), rates in percent. Example: {"metric":"revenue_collected","target":50000,"from":"2026-12-01","to":"2026-12-31"}.',
  input: z
    .strictObject({
      name: z.string().trim().min(1).max(200).optional(),
      metric: z.string().min(1).max(100),
      target: z.number().describe("Money in the account's currency, rates in percent."),
      direction: z
        .enum(["at_least", "at_most"])
        .optional()
        .describe("Left out: at most for what is better when it is low, such as churn and refunds."),
      from: z.iso.date(),
      to: z.iso.date().describe("Last day, included."),
      filters: filterSchema.optional(),
    })
    .refine(({ from, to }) => from <= to, { message: "the last day lies before the first", path: ["to"] }),
  output: z.object({
    goal_id: z.string(),
    name: z.string(),
    replaced: z.boolean().describe("True when a goal of the same metric, conditions and days was changed."),
    target_said: z.string(),
    progress: z.string(),
    url: z.string(),
  }),
  annotations: { ...additive, idempotentHint: true },
  handler: async ({ name, metric: id, target: asked, direction, from, to, filters }, context) => {
    const { principal, account, door, clock, db, app_url } = context;
    const metric = getMetric(id);
    if (!metric)
      throw new ToolError(
        "not_found",
        `There is no metric "${id}". Nearest: ${nearestMetrics(id, 3)
          .map((near) => near.id)
          .join(", ")}.`,
      );
    const unavailable = (cause: unknown): never => {
      throw new ToolError("unavailable", "The goal could not be saved. Nothing was changed; try again.", {
        retryable: true,
        cause,
      });
    };
    const before = (await readGoals(db, principal.account_id).catch(unavailable)).find(
      (goal) =>
        goal.metric === id &&
        goal.starts_on === from &&
        goal.ends_on === to &&
        JSON.stringify(goal.filters) === JSON.stringify(filters),
    );
    const goal: Omit<Goal, "id"> = {
      name: name ?? before?.name ?? metric.label,
      metric: id,
      filters,
      target: inUnit(asked, metric.unit, account.currency),
      direction: direction ?? before?.direction ?? (metric.better === "down" ? "at_most" : "at_least"),
      starts_on: from,
      ends_on: to,
    };
    // Asked for first: a condition that does not fit the metric is refused now and not whenever the goal is looked at.
    const progress = await followGoal({ ...goal, id: "" }, { principal, account, door, clock }).catch(
      asToolError,
    );
    const { data, error } = await db.rpc("save_item", {
      p_account: principal.account_id,
      p_kind: "goals",
      p_item: { ...goal, filters: filters ?? [] },
      ...(before ? { p_id: before.id } : {}),
      p_actor: principal.user_id,
    });
    if (error) unavailable(error);
    const whole = { ...goal, id: z.string().parse(data) };
    return {
      goal_id: whole.id,
      name: goal.name,
      replaced: before !== undefined,
      target_said: `${metric.label} ${targetInWords(whole, account.currency)}`,
      progress: progressInWords(whole, progress, account.currency),
      url: `${app_url ?? ""}/goals`,
    };
  },
  describe: ({ replaced, target_said, progress, url }) =>
    `${replaced ? "Changed the goal" : "Set the goal"}: ${target_said}. Now: ${progress}. All goals: ${url}`,
});
