import { z } from "zod";
import { recencyRiskModel } from "@/analytics/models/recency-risk";
import { formatCount, formatDay } from "../format";
import { atRiskPeople, type Risk } from "../people/at-risk";
import { conditionsOf, peopleShape } from "../people/people-input";
import { type Person, personSchema, selectPeople } from "../people/select-people";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const rowSchema = personSchema.extend({
  risk: z
    .object({ score: z.number(), days_since: z.number().nullable(), scored_at: z.string() })
    .nullable()
    .describe("How overdue: days since the last purchase ÷ the usual gap. Only with at_risk."),
});

export const findContactsTool = defineTool({
  name: "find_contacts",
  group: "crm",
  title: "Find people",
  description:
    'Finds people by name or e-mail address, by tag held or not held, by product bought or not bought, by when they ordered, by what they paid in all, by place, or those at risk of not coming back. Returns a page and the total counted in SQL. Use it for lists of people; for counts over time use query_metric. Example: {"has_tag":["VIP"],"not_bought_product":["Starter Kit"],"limit":20} or {"search":"jane@example.com"}.',
  input: z.strictObject({
    search: z.string().min(1).max(200).optional().describe("Part of a name or an e-mail address."),
    ...peopleShape,
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().max(20).optional().describe("next_cursor of the page before."),
  }),
  output: z.object({
    people: z.array(rowSchema),
    total: z.number(),
    truncated: z.boolean(),
    next_cursor: z.string().nullable(),
  }),
  annotations: readOnly,
  handler: async (input, context) => {
    const offset = input.cursor ? Number(input.cursor) : 0;
    if (!Number.isInteger(offset) || offset < 0) {
      throw new ToolError(
        "invalid_input",
        "The cursor is not one this tool gave out. Leave it out to start at the first page.",
      );
    }
    const page = { limit: input.limit, offset };
    const conditions = await conditionsOf(input, context);
    const found: { people: (Person & { risk?: Risk })[]; total: number } = input.at_risk
      ? await atRiskPeople(context, conditions, page)
      : await selectPeople(context, conditions, page);
    const people = found.people.map(({ risk, ...person }) => ({ ...person, risk: risk ?? null }));
    const end = offset + people.length;
    return {
      people,
      total: found.total,
      truncated: end < found.total,
      next_cursor: end < found.total ? String(end) : null,
    };
  },
  describe: ({ people, total, truncated }) =>
    [
      total === 0
        ? "Nobody matches."
        : `${formatCount(total)} ${total === 1 ? "person matches" : "people match"}${truncated ? `; the first ${people.length}` : ""}:`,
      ...people.map(({ name, email, risk }) => {
        const late = risk
          ? `, ${formatCount(risk.score)} times the usual gap${risk.days_since === null ? "" : `, last purchase ${formatCount(Math.round(risk.days_since))} days ago`}`
          : "";
        return `- ${plain(name) || "(no name)"}${email ? `, ${email.replace(/[\s|*`[\]<>#]+/g, " ").trim()}` : ""}${late}`;
      }),
      ...(people[0]?.risk ? [`Scored ${formatDay(people[0].risk.scored_at)} by ${recencyRiskModel}.`] : []),
    ].join("\n"),
});

/** One line, without marks that could pass for markup. */
function plain(text: string | null): string {
  return (text ?? "")
    .replace(/[\s|*_`[\]<>#]+/g, " ")
    .trim()
    .slice(0, 120);
}
