import { z } from "zod";
import { formatCount } from "../format";
import { atRiskPeople } from "../people/at-risk";
import { conditionsOf, namesPeople, peopleInWords, peopleShape } from "../people/people-input";
import { saveSegment } from "../people/save-segment";
import { personSchema, selectPeople } from "../people/select-people";
import { additive, defineTool } from "./define-tool";

export const createSegmentTool = defineTool({
  name: "create_segment",
  group: "crm",
  title: "Save a segment",
  description:
    'Saves a group of people under a name, kept up to date by its conditions unless frozen. Changes nothing in Keap. Use it for "save these people as". The conditions are those of find_contacts. Example: {"name":"Loyal","has_tag":["VIP"],"without_tag":["At risk"]}.',
  input: z
    .strictObject({
      name: z.string().trim().min(1).max(200),
      description: z.string().max(1_000).optional(),
      kind: z
        .enum(["live", "frozen"])
        .default("live")
        .describe("frozen keeps the people of now, whatever becomes of them."),
      ...peopleShape,
    })
    .refine((input) => namesPeople(input), {
      message: "name the people: has_tag, bought_product, at_risk …",
    }),
  output: z.object({
    segment_id: z.string(),
    name: z.string(),
    kind: z.enum(["live", "frozen"]),
    definition: z.string(),
    people_now: z.number(),
    sample: z.array(personSchema),
    url: z.string(),
  }),
  annotations: additive,
  handler: async ({ name, description, kind, ...who }, context) => {
    const { app_url } = context;
    const conditions = await conditionsOf(who, context);
    const found = who.at_risk
      ? await atRiskPeople(context, conditions, { limit: 5 })
      : await selectPeople(context, conditions, { limit: 5 });
    const { segment_id, frozen } = await saveSegment({ name, description, kind, who }, context);
    return {
      segment_id,
      kind,
      name,
      definition: peopleInWords(who),
      people_now: frozen ?? found.total,
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
  describe: ({ name, kind, definition, people_now, url }) => {
    const people = `${formatCount(people_now)} ${people_now === 1 ? "person" : "people"}`;
    return kind === "frozen"
      ? `Froze the segment "${name}": the ${people} who now ${definition}. It does not change when they do. ${url}`
      : `Saved the segment "${name}": people who ${definition}. ${people} ${people_now === 1 ? "fits" : "fit"} now. ${url}`;
  },
});
