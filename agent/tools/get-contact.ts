import { z } from "zod";
import { formatCount, formatDay, formatMoney } from "../format";
import { contactProfile, profileSchema } from "../people/contact-profile";
import { selectPeople } from "../people/select-people";
import type { ToolContext } from "./context";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

export const getContactTool = defineTool({
  name: "get_contact",
  group: "crm",
  title: "Get one person",
  description:
    'One person with tags, money kept to date, latest orders, latest notes, tasks, appointments and e-mails, and scores. Give the contact_id from find_contacts, or a name or e-mail address that fits exactly one person. Example: {"contact_id":"…"} or {"search":"jane@example.com"}.',
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
  output: profileSchema,
  annotations: readOnly,
  handler: async ({ contact_id, search }, context) =>
    contactProfile(contact_id ?? (await onlyMatch(search ?? "", context)), context),
  describe: ({ person, tags, value, orders, orders_total, touches, scores }) =>
    [
      `${line(person.name ?? "(no name)")}${person.email ? `, ${person.email}` : ""}${person.country ? `, ${[person.region, person.country].filter(Boolean).join(", ")}` : ""}`,
      `In Keap since ${person.created_at ? formatDay(person.created_at) : "an unknown day"}${person.lead_source ? `, from ${line(person.lead_source)}` : ""}.`,
      `Tags: ${tags.map(line).join(", ") || "none"}.`,
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
    ].join("\n"),
});

async function onlyMatch(search: string, context: ToolContext): Promise<string> {
  const { people, total } = await selectPeople(context, { search }, { limit: 5 });
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
  throw new ToolError(
    "conflict",
    `${formatCount(total)} people match "${search}". List them with find_contacts and take the contact_id.`,
  );
}

function line(text: string): string {
  return text
    .replace(/[\s|*`[\]<>#]+/g, " ")
    .trim()
    .slice(0, 200);
}
