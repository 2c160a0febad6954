import { z } from "zod";
import { openNames } from "@/analytics/query/names";
import { describeProposed, proposeAction, proposedOutput } from "../actions/propose-action";
import { chooseTargets, mostPeople } from "../people/choose-targets";
import { namesPeople, peopleShape } from "../people/people-input";
import type { ToolContext } from "./context";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";
import { onePerson } from "./propose-update";

export const proposeTagsTool = defineTool({
  name: "propose_tags",
  group: "crm",
  title: "Propose a tag",
  description:
    'Proposes to put one tag on people, or with remove to take it off. Changes nothing: it stores a proposal with its preview, and an administrator approves or rejects it in the app. People for whom it changes nothing are left out. Name the people by contact id, tags, products, orders, place or risk. Example: {"tag":"Win back","has_tag":["VIP"],"not_bought_product":["Coaching Call"],"reason":"VIPs who never booked a call"}.',
  input: z
    .strictObject({
      tag: z
        .string()
        .trim()
        .min(1)
        .max(255)
        .describe("Name of the tag; made when approved if there is none."),
      remove: z.boolean().default(false).describe("Take the tag off instead of putting it on."),
      person: z.string().min(1).max(200).optional(),
      contact_ids: z.array(z.uuid()).max(mostPeople).optional(),
      ...peopleShape,
      reason: z.string().max(500).optional().describe("Why, shown to the approver."),
    })
    .refine((input) => input.person !== undefined || namesPeople(input) || input.remove, {
      message: "name the people: contact_ids, has_tag, bought_product, at_risk …",
    }),
  output: proposedOutput,
  annotations: { ...additive, idempotentHint: true },
  handler: async ({ tag: name, remove, reason, person, ...given }, context) => {
    const tag = await tagNamed(name, context);
    const who = person ? { contact_ids: [(await onePerson(person, context)).contact_id] } : given;
    if (remove && !tag.id) throw new ToolError("not_found", `There is no tag "${name}", so nobody holds it.`);
    const people = await chooseTargets(who, context, {
      also: remove ? { all_tag_ids: [[tag.id ?? ""]] } : { without_tag_ids: tag.id ? [tag.id] : [] },
      nobody: remove
        ? `Nobody who matches holds "${tag.name}".`
        : `Nobody is left to tag: everyone who matches holds "${tag.name}" already, or nobody matches.`,
    });
    return proposeAction(
      {
        kind: remove ? "remove_tag" : "apply_tag",
        payload: { tag_id: tag.id, tag_name: tag.name },
        people,
        reason,
      },
      context,
    );
  },
  describe: describeProposed,
});

async function tagNamed(
  name: string,
  { door, principal }: ToolContext,
): Promise<{ id: string | null; name: string }> {
  const values = await openNames(door, principal).values("tag");
  const known = values.filter(({ names }) =>
    names.some((each) => each.trim().toLowerCase() === name.toLowerCase()),
  );
  const found = known.find(({ names }) => names[0] === name) ?? known[0];
  return found ? { id: found.id, name: found.names[0] ?? name } : { id: null, name };
}
