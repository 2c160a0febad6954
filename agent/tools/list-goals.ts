import { z } from "zod";
import { followGoal, type GoalProgress } from "@/analytics/goals/follow-goal";
import type { Goal } from "@/analytics/goals/goal";
import { getMetric } from "@/analytics/metrics/catalog";
import { progressInWords, readGoals, standingInWords, targetInWords } from "../goals";
import type { ToolContext } from "./context";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const followedSchema = z.object({
  id: z.string(),
  name: z.string(),
  metric: z.string(),
  label: z.string(),
  target: z.number().describe("In the metric's unit: minor units for money, a fraction for rates."),
  direction: z.enum(["at_least", "at_most"]),
  starts_on: z.string(),
  ends_on: z.string(),
  actual: z.number().nullable(),
  share: z.number().nullable().describe("actual ÷ target."),
  elapsed: z.number().describe("Share of the time gone by."),
  expected: z.number().nullable().describe("What an even pace would have brought by now."),
  standing: z.enum(["not_begun", "on_course", "behind", "met", "missed", "unknown"]),
  said: z.string(),
});

/** Goals followed at a time: each asks for its number. */
const mostFollowed = 30;

export const listGoalsTool = defineTool({
  name: "list_goals",
  group: "boards",
  title: "List goals",
  description:
    'The account\'s goals and how each stands now: actual, share of the target, what an even pace would be. Use it for "are we on track", "how are we doing against the goal". Current and coming goals, unless ended ones are asked for. Example: {"metric":"revenue_collected"}.',
  input: z.strictObject({
    metric: z.string().min(1).max(100).optional().describe("Only goals for this metric."),
    ended: z.boolean().default(false).describe("Goals that are over as well."),
    from: z.iso.date().optional().describe("Only goals with a day at or after this one."),
    to: z.iso.date().optional().describe("Only goals with a day at or before this one."),
  }),
  output: z.object({
    goals: z.array(followedSchema),
    total: z.number(),
    currency: z.string(),
    url: z.string(),
  }),
  annotations: readOnly,
  handler: async ({ metric, ended, from, to }, context) => {
    const { db, principal, account, clock, app_url } = context;
    const today = new Intl.DateTimeFormat("en-CA", { timeZone: account.time_zone }).format(clock());
    const all = await readGoals(db, principal.account_id).catch((cause: unknown) => {
      throw new ToolError("unavailable", "The goals could not be read. Try again.", {
        retryable: true,
        cause,
      });
    });
    const wanted = all.filter(
      (goal) =>
        (!metric || goal.metric === metric) &&
        (ended || goal.ends_on >= today) &&
        (!from || goal.ends_on >= from) &&
        (!to || goal.starts_on <= to),
    );
    const goals = await Promise.all(wanted.slice(0, mostFollowed).map((goal) => followed(goal, context)));
    return { goals, total: wanted.length, currency: account.currency, url: `${app_url ?? ""}/goals` };
  },
  describe: ({ goals, total, url }) =>
    goals.length === 0
      ? `No goal is set for that. Set one by asking ("set a goal of 50,000 revenue for December") or on ${url}.`
      : [
          ...goals.map(({ name, label, said }) => `- ${name === label ? "" : `${name}: `}${said}`),
          ...(total > goals.length ? [`${total - goals.length} more are on ${url}.`] : []),
        ].join("\n"),
});

async function followed(goal: Goal, context: ToolContext): Promise<z.input<typeof followedSchema>> {
  const { principal, account, door, clock } = context;
  const { id, name, metric, target, direction, starts_on, ends_on } = goal;
  const fixed = { id, name, metric, target, direction, starts_on, ends_on };
  const label = getMetric(metric)?.label ?? metric;
  try {
    const progress: GoalProgress = await followGoal(goal, { principal, account, door, clock });
    const { actual, share, elapsed, expected, standing, notes } = progress;
    const said = `${label} ${targetInWords(goal, account.currency)}: ${progressInWords(goal, progress, account.currency)}.${notes.map((note) => ` ${note}`).join("")}`;
    return { ...fixed, label, actual, share, elapsed, expected, standing, said };
  } catch (error) {
    // One goal that cannot be worked out does not hide the others.
    if (!(error instanceof Error) || error.name !== "QueryError") throw error;
    const none = { actual: null, share: null, elapsed: 0, expected: null, standing: "unknown" as const };
    return { ...fixed, label, ...none, said: `${standingInWords.unknown}. ${error.message}` };
  }
}
