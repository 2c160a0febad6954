import { z } from "zod";
import { describeProposed, proposeAction, proposedOutput } from "../actions/propose-action";
import { chooseTargets } from "../people/choose-targets";
import { namesPeople, peopleShape } from "../people/people-input";
import { selectPeople } from "../people/select-people";
import type { ToolContext } from "./context";
import { additive, defineTool } from "./define-tool";
import { ToolError } from "./errors";

const text = z.string().max(1_000).nullable().optional();

/** Fields a proposal may set, as the database lists them. Null empties one. */
export const changesSchema = z
  .strictObject({
    given_name: text,
    family_name: text,
    middle_name: text,
    preferred_name: text,
    prefix: text,
    suffix: text,
    job_title: text,
    company_name: text,
    email: text.describe("The first e-mail address. For one person only."),
    phone: text.describe("The first phone number. For one person only."),
    website: text,
    birth_date: z.iso.date().nullable().optional(),
    anniversary_date: z.iso.date().nullable().optional(),
    contact_type: text,
    spouse_name: text,
    time_zone: text,
    preferred_locale: text,
    referral_code: text,
    assistant_name: text,
    assistant_phone: text,
  })
  .refine((changes) => Object.keys(changes).length > 0, { message: "name at least one field to change" });

export const proposeUpdateTool = defineTool({
  name: "propose_update",
  group: "crm",
  title: "Propose a change to people",
  description:
    'Proposes to set fields of one person or of a group. Changes nothing: an administrator sees each person before and after, and approves or rejects it in the app. Name one person by contact_id or by a name or address that fits one person, or a group as in find_contacts. Example: {"person":"ann@example.com","changes":{"job_title":"Head of Sales"}}.',
  input: z
    .strictObject({
      changes: changesSchema,
      person: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe("Name or e-mail address that fits exactly one person."),
      contact_ids: z.array(z.uuid()).max(1_000).optional(),
      ...peopleShape,
      reason: z.string().max(500).optional().describe("Why, shown to the approver."),
    })
    .refine((input) => input.person !== undefined || namesPeople(input), {
      message: "name whom to change: person, contact_ids, has_tag …",
    }),
  output: proposedOutput,
  annotations: { ...additive, idempotentHint: true },
  handler: async ({ changes, person, reason, ...who }, context) => {
    const people = person ? [await onePerson(person, context)] : await chooseTargets(who, context);
    return proposeAction({ kind: "update_contact", payload: { changes }, people, reason }, context);
  },
  describe: describeProposed,
});

/** The one person a name or address fits. @throws ToolError when none does, or several do. */
export async function onePerson(
  search: string,
  context: Pick<ToolContext, "door" | "principal">,
): Promise<{ contact_id: string; keap_id: number | null; name: string | null }> {
  const { people, total } = await selectPeople(context, { search }, { limit: 5 });
  const wanted = search.trim().toLowerCase();
  const exact = people.filter(
    ({ name, email }) => name?.trim().toLowerCase() === wanted || email?.trim().toLowerCase() === wanted,
  );
  const [only, another] = exact.length > 0 ? exact : people;
  if (!only) throw new ToolError("not_found", `Nobody fits "${search}". Find people with find_contacts.`);
  if (another)
    throw new ToolError(
      "conflict",
      `${exact.length > 1 ? exact.length : total} people fit "${search}": ${people.map(({ name, email }) => `${name ?? "?"} (${email ?? "no address"})`).join(", ")}. Say which one by address or contact_id.`,
    );
  return only;
}
