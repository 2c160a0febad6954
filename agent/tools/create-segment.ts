import { z } from "zod";
import { formatCount } from "../format";
import { atRiskPeople } from "../people/at-risk";
import { conditionsOf, filterOf, namesPeople, peopleInWords, peopleShape } from "../people/people-input";
import { personSchema, selectPeople } from "../people/select-people";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";

export const createSegmentTool = defineTool({
  name: "create_segment",
  group: "crm",
  title: "Save a segment",
  description:
    'Saves a group of people under a name, kept up to date by its conditions. Changes nothing in Keap. Use it for "save these people as". The conditions are those of find_contacts. Example: {"name":"Loyal","has_tag":["VIP"],"without_tag":["At risk"]}.',
  input: z
    .strictObject({
      name: z.string().trim().min(1).max(200),
      description: z.string().max(1_000).optional(),
      ...peopleShape,
    })
    .refine((input) => namesPeople(input), {
      message: "name the people: has_tag, bought_product, at_risk …",
    }),
  output: z.object({
    segment_id: z.string(),
    name: z.string(),
    definition: z.string(),
    people_now: z.number(),
    sample: z.array(personSchema),
    url: z.string(),
  }),
  annotations: additive,
  handler: async ({ name, description, ...who }, context) => {
    const { db, principal, app_url } = context;
    const conditions = await conditionsOf(who, context);
    const found = who.at_risk
      ? await atRiskPeople(context, conditions, { limit: 5 })
      : await selectPeople(context, conditions, { limit: 5 });
    const { data, error } = await db.rpc("save_item", {
      p_account: principal.account_id,
      p_kind: "segments",
      p_item: {
        name,
        ...(description ? { description } : {}),
        kind: "dynamic",
        definition: { people: who, filters: filterOf(who) },
      },
      p_actor: principal.user_id,
    });
    if (error?.code === "23505")
      throw new ToolError("conflict", `There is a segment "${name}" already. Choose another name.`);
    if (error)
      throw new ToolError("unavailable", "The segment could not be saved. Nothing was made; try again.", {
        retryable: true,
        cause: error,
      });
    return {
      segment_id: z.string().parse(data),
      name,
      definition: peopleInWords(who),
      people_now: found.total,
      sample: found.people.map(({ contact_id, keap_id, name: called, email, created_at }) => ({
        contact_id,
        keap_id,
        name: called,
        email,
        created_at,
      })),
      url: `${app_url ?? ""}/segments`,
    };
  },
  describe: ({ name, definition, people_now, url }) =>
    `Saved the segment "${name}": people who ${definition}. ${formatCount(people_now)} ${people_now === 1 ? "person fits" : "people fit"} now. ${url}`,
});
