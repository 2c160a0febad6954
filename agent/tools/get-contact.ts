import { z } from "zod";
import { formatCount, formatDay, formatMoney } from "../format";
import { contactProfile, profileSchema } from "../people/contact-profile";
import { type Person, personSchema, selectPeople } from "../people/select-people";
import type { ToolContext } from "./context";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

/** As many as can be told apart at a glance. */
const mostCandidates = 10;

export const getContactTool = defineTool({
  name: "get_contact",
  group: "crm",
  title: "Get one person",
  description:
    'One person with owner, phone, tags, memberships, money kept to date, latest orders, notes, tasks, appointments and e-mails, and scores. Give the contact_id, or a name or e-mail address; where it fits several, the candidates come instead. Example: {"contact_id":"…"} or {"search":"jane@example.com"}.',
  input: z
    .strictObject({
      contact_id: z.uuid().optional(),
      search: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe("Name or e-mail address, when the id is not known."),
    })
    .refine(({ contact_id, search }) => (contact_id === undefined) !== (search === undefined), {
      message: "give either contact_id or search",
    }),
  output: z.object({
    profile: profileSchema.nullable(),
    candidates: z.array(personSchema).describe("Instead of the profile: who the name could mean."),
    candidates_total: z.number(),
  }),
  annotations: readOnly,
  handler: async ({ contact_id, search }, context) => {
    const found = contact_id ?? (await meant(search ?? "", context));
    if (typeof found === "string")
      return { profile: await contactProfile(found, context), candidates: [], candidates_total: 0 };
    return { profile: null, candidates: found.people, candidates_total: found.total };
  },
  describe: ({ profile, candidates, candidates_total }) =>
    profile
      ? described(profile)
      : [
          `${formatCount(candidates_total)} people could be meant${candidates_total > candidates.length ? `; the first ${candidates.length}` : ""}:`,
          ...candidates.map(
            ({ name, email }) => `- ${line(name ?? "(no name)")}${email ? `, ${line(email)}` : ""}`,
          ),
          "Say which one, by the full name or the e-mail address.",
        ].join("\n"),
});

function described({
  person,
  memberships,
  last_opened_email_at: opened,
  tags,
  value,
  orders,
  orders_total,
  touches,
  scores,
}: z.output<typeof profileSchema>): string {
  return [
    `${line(person.name ?? "(no name)")}${person.email ? `, ${person.email}` : ""}${person.phone ? `, ${line(person.phone)}` : ", no phone number"}${person.country ? `, ${[person.region, person.country].filter(Boolean).join(", ")}` : ""}`,
    `In Keap since ${person.created_at ? formatDay(person.created_at) : "an unknown day"}${person.lead_source ? `, from ${line(person.lead_source)}` : ""}${person.birthday ? `, born ${formatDay(person.birthday)}` : ""}. ${person.owner ? `Looked after by ${line(person.owner)}.` : "Nobody looks after them."}`,
    `Tags: ${tags.map(line).join(", ") || "none"}.`,
    `Memberships: ${
      memberships
        .map(
          ({ name, active, since, until, months, next_bill }) =>
            `${line(name ?? "membership")}, ${active ? "running" : "over"}${since ? ` since ${formatDay(active || !until ? since : until)}` : ""}${months ? `, billed every ${months === 1 ? "month" : months === 12 ? "year" : `${months} months`}` : ""}${next_bill ? `, next on ${formatDay(next_bill)}` : ""}`,
        )
        .join("; ") || "none"
    }.`,
    `Last opened an e-mail: ${opened ? formatDay(opened) : "never, as far as Keap says"}.`,
    `Kept to date: ${value.map(({ minor, currency }) => formatMoney(minor, currency)).join(" and ") || "nothing"} from ${formatCount(orders_total)} orders.`,
    ...orders.map(
      ({ at, title, total_minor, currency, status }) =>
        `- ${formatDay(at)}: ${line(title ?? "Order")}, ${formatMoney(total_minor, currency)}${status ? ` (${status.toLowerCase()})` : ""}`,
    ),
    ...touches.map(
      ({ at, kind, title, text }) =>
        `- ${at ? formatDay(at) : "no date"}, ${kind}: ${line(title ?? "")}${text ? `: ${line(text)}` : ""}`,
    ),
    ...scores.map(
      ({ model, score, scored_at }) =>
        `Score ${model}: ${score === null ? "n/a" : formatCount(score)} (${formatDay(scored_at)})`,
    ),
  ].join("\n");
}

/**
 * Whom a name or an address means: the id of the one, or those it could be.
 * @throws ToolError when it is nobody.
 */
export async function meant(
  search: string,
  context: ToolContext,
): Promise<string | { people: Person[]; total: number }> {
  const { people, total } = await selectPeople(context, { search }, { limit: mostCandidates });
  const exact = people.filter(({ name, email }) =>
    [name, email].some((text) => text?.toLowerCase() === search.trim().toLowerCase()),
  );
  const [only] = exact.length === 1 ? exact : people;
  if (only && (exact.length === 1 || total === 1)) return only.contact_id;
  if (total === 0)
    throw new ToolError(
      "not_found",
      `Nobody is called "${search}". Try a part of the name with find_contacts.`,
    );
  return { people, total };
}

function line(text: string): string {
  return text
    .replace(/[\s|*`[\]<>#]+/g, " ")
    .trim()
    .slice(0, 200);
}
