import { z } from "zod";
import { findCampaignPart } from "../actions/find-campaign-part";
import { describeProposed, proposeAction, proposedOutput } from "../actions/propose-action";
import { chooseTargets } from "../people/choose-targets";
import { namesPeople, peopleShape } from "../people/people-input";
import type { ToolContext } from "./context";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";
import { onePerson } from "./propose-update";

const actions = ["goal", "sequence", "task"] as const;

export const proposeOutreachTool = defineTool({
  name: "propose_outreach",
  group: "crm",
  title: "Propose outreach",
  description:
    'Proposes to send people into a campaign (achieve a goal, add to a sequence) or to make a task about each of them. Changes nothing: an administrator approves or rejects it in the app. What a campaign does cannot be taken back or looked up, so it runs at most once per person. Example: {"action":"task","task_title":"Call about renewal","due_on":"2026-12-01","at_risk":true} or {"action":"sequence","campaign":"Win Back","sequence":"We miss you","has_tag":["At risk"]}.',
  input: z
    .strictObject({
      action: z.enum(actions),
      campaign: z
        .string()
        .min(1)
        .max(300)
        .optional()
        .describe("Name of the campaign, for goal and sequence."),
      goal: z
        .string()
        .min(1)
        .max(300)
        .optional()
        .describe("Name of the goal; needed when the campaign has several."),
      sequence: z
        .string()
        .min(1)
        .max(300)
        .optional()
        .describe("Name of the sequence; needed when the campaign has several."),
      integration: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe("For an API goal that is called by name: its integration …"),
      call_name: z
        .string()
        .min(1)
        .max(100)
        .optional()
        .describe("… and its call name, instead of campaign and goal."),
      task_title: z.string().trim().min(1).max(200).optional(),
      task_text: z.string().max(4_000).optional(),
      due_on: z.iso.date().optional().describe("Day the task is due, in the account's zone."),
      task_owner: z.string().min(1).max(200).optional().describe("Name of the user who gets the task."),
      person: z.string().min(1).max(200).optional(),
      contact_ids: z.array(z.uuid()).max(1_000).optional(),
      ...peopleShape,
      reason: z.string().max(500).optional().describe("Why, shown to the approver."),
    })
    .refine((input) => input.person !== undefined || namesPeople(input), {
      message: "name the people: contact_ids, has_tag, at_risk …",
    })
    .refine((input) => input.action !== "task" || input.task_title, {
      message: "a task needs task_title",
      path: ["task_title"],
    })
    .refine((input) => input.action === "task" || input.campaign || input.call_name, {
      message: "name the campaign",
      path: ["campaign"],
    }),
  output: proposedOutput,
  annotations: { ...additive, idempotentHint: true },
  handler: async (input, context) => {
    const {
      action,
      campaign,
      goal,
      sequence,
      integration,
      call_name,
      task_title,
      task_text,
      due_on,
      task_owner,
      reason,
      person,
      ...given
    } = input;
    const who = person ? { contact_ids: [(await onePerson(person, context)).contact_id] } : given;
    const people = () => chooseTargets(who, context, action === "goal" ? { most: 500 } : {});
    if (action === "task") {
      const user_id = task_owner ? await userNamed(task_owner, context) : undefined;
      const payload = {
        title: task_title ?? "",
        ...(task_text ? { body: task_text } : {}),
        ...(due_on ? { due_on } : {}),
        ...(user_id ? { user_id } : {}),
      };
      return proposeAction({ kind: "create_task", payload, people: await people(), reason }, context);
    }
    if (action === "goal" && call_name) {
      if (!integration)
        throw new ToolError("invalid_input", "An API goal needs its integration beside its call name.");
      return proposeAction(
        { kind: "achieve_goal", payload: { integration, call_name }, people: await people(), reason },
        context,
      );
    }
    const part = await findCampaignPart(
      { campaign: campaign ?? "", kind: action, name: action === "goal" ? goal : sequence },
      context,
    );
    const payload =
      action === "goal"
        ? { campaign_id: part.campaign_id, goal_id: part.id }
        : { campaign_id: part.campaign_id, sequence_id: part.id };
    const kind = action === "goal" ? "achieve_goal" : "add_to_sequence";
    return proposeAction({ kind, payload, people: await people(), reason }, context);
  },
  describe: describeProposed,
});

async function userNamed(name: string, { db, principal }: ToolContext): Promise<string> {
  const { data, error } = await db
    .from("users")
    .select("supabase_id, given_name, family_name, email")
    .eq("account_id", principal.account_id)
    .is("deleted_at", null)
    .limit(1_000);
  if (error)
    throw new ToolError("unavailable", "The users could not be read. Try again.", { retryable: true });
  const wanted = name.trim().toLowerCase();
  const called = (user: (typeof data)[number]) =>
    [`${user.given_name ?? ""} ${user.family_name ?? ""}`.trim(), user.given_name, user.email].map((each) =>
      String(each ?? "").toLowerCase(),
    );
  const fits = data.filter((user) => called(user).includes(wanted));
  const [only, another] = fits;
  if (only && !another) return String(only.supabase_id);
  const all = data
    .map((user) => called(user)[0])
    .filter(Boolean)
    .slice(0, 10)
    .join(", ");
  throw new ToolError(
    "not_found",
    `${another ? "Several users are" : "No user is"} called "${name}". Users: ${all}.`,
  );
}
