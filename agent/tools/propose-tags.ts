import { z } from "zod";
import { openNames } from "@/analytics/query/names";
import { contentKey, proposeTag, tagPreviewSchema } from "../actions/propose-tag";
import { formatCount } from "../format";
import { atRiskPeople } from "../people/at-risk";
import { idsOf, selectPeople } from "../people/select-people";
import type { ToolContext } from "./context";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";

/** People in one proposal at most: more than an approver can look through is no preview. */
const mostPeople = 1_000;

export const proposeTagsTool = defineTool({
  name: "propose_tags",
  group: "crm",
  title: "Propose a tag",
  description:
    'Proposes to put one tag on people. Changes nothing: it stores a proposal with its preview, and an administrator approves or rejects it in the app. People who hold the tag already are left out. Name the people by contact id, tag, product bought or risk. Example: {"tag":"Win back","at_risk":true,"reason":"Overdue by twice their usual gap"}.',
  input: z
    .strictObject({
      tag: z
        .string()
        .trim()
        .min(1)
        .max(255)
        .describe("Name of the tag to put on; made when approved if there is none."),
      contact_ids: z.array(z.uuid()).max(mostPeople).optional(),
      has_tag: z.array(z.string().min(1)).max(50).optional().describe("People who hold any of these tags."),
      bought_product: z
        .array(z.string().min(1))
        .max(50)
        .optional()
        .describe("People who bought any of these products."),
      at_risk: z.boolean().optional().describe("Valuable customers who are overdue by the latest scores."),
      reason: z.string().max(500).optional().describe("Why, shown to the approver."),
    })
    .refine(
      ({ contact_ids, has_tag, bought_product, at_risk }) =>
        contact_ids?.length || has_tag?.length || bought_product?.length || at_risk,
      {
        message: "name the people: contact_ids, has_tag, bought_product or at_risk",
      },
    ),
  output: z.object({
    proposal_id: z.string(),
    status: z.string(),
    created: z.boolean().describe("False when the same change was already proposed."),
    title: z.string(),
    preview: tagPreviewSchema,
    probe: z.literal("yes"),
    reversible: z.literal("yes"),
    review_url: z.string().describe("Where an administrator decides. Nothing happens before."),
  }),
  annotations: { ...additive, idempotentHint: true },
  handler: async (input, context) => {
    const { principal, db, app_url, clock, account } = context;
    const tag = await tagNamed(input.tag, context);
    const people = await targets(input, tag.id, context);
    if (people.length === 0)
      throw new ToolError(
        "conflict",
        `Nobody is left to tag: everyone who matches holds "${tag.name}" already, or nobody matches.`,
      );
    const today = new Intl.DateTimeFormat("en-CA", {
      timeZone: account.time_zone,
      dateStyle: "short",
    }).format(clock());
    const { proposal_id, status, created, title, preview } = await proposeTag(db, {
      account_id: principal.account_id,
      tag,
      people,
      summary: input.reason ?? "Proposed in a conversation with the analyst.",
      created_via: principal.via === "mcp_key" ? "mcp" : "chat",
      actor: principal.user_id,
      idempotency_key: contentKey("tag", [
        tag.name.toLowerCase(),
        today,
        ...people.map(({ contact_id }) => contact_id).sort(),
      ]),
    });
    return {
      proposal_id,
      status,
      created,
      title,
      preview,
      probe: "yes" as const,
      reversible: "yes" as const,
      review_url: `${app_url ?? ""}/approvals?proposal=${proposal_id}`,
    };
  },
  describe: ({ title, created, status, preview, review_url }) =>
    [
      created ? `Proposed: ${title}. Nothing has changed yet.` : `Already proposed: ${title} (${status}).`,
      `People: ${preview.people}. Calls to Keap: at most ${preview.keap_calls}. Can be checked afterwards: yes. Can be undone: yes.`,
      `First: ${preview.sample.map(({ name, email }) => (name ?? email ?? "?").replace(/\s+/g, " ").slice(0, 80)).join(", ")}.`,
      ...preview.warnings,
      `An administrator decides at ${review_url}`,
    ].join("\n"),
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

async function targets(
  input: { contact_ids?: string[]; has_tag?: string[]; bought_product?: string[]; at_risk?: boolean },
  tagId: string | null,
  context: ToolContext,
) {
  const [tag_ids, product_ids] = await Promise.all([
    idsOf("tag", input.has_tag ?? [], context),
    idsOf("product", input.bought_product ?? [], context),
  ]);
  const conditions = {
    tag_ids,
    product_ids,
    contact_ids: input.contact_ids,
    without_tag_ids: tagId ? [tagId] : [],
  };
  const page = { limit: mostPeople };
  const { people, total } = input.at_risk
    ? await atRiskPeople(context, conditions, page)
    : await selectPeople(context, conditions, page);
  if (total > mostPeople) {
    throw new ToolError(
      "invalid_input",
      `${formatCount(total)} people match, more than the ${formatCount(mostPeople)} one proposal may hold. Narrow it down.`,
    );
  }
  return people;
}
