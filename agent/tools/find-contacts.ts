import { z } from "zod";
import { recencyRiskModel } from "@/analytics/models/recency-risk";
import { type CopiedEntity, describeCopying } from "@/analytics/query/copying";
import { formatCount, formatDay, formatMoney, formatPercent } from "../format";
import { atRiskPeople } from "../people/at-risk";
import { conditionsOf, type PeopleInput, peopleInWords, peopleShape } from "../people/people-input";
import { orders, type PeopleOrder, personSchema, selectPeople } from "../people/select-people";
import { type Where, whereSchema } from "../people/where";
import { whereSql } from "../people/where-sql";
import { asToolError } from "../query-errors";
import { defineTool, readOnly } from "./define-tool";
import { ToolError } from "./errors";

const rowSchema = personSchema.extend({
  risk: z
    .object({ score: z.number(), days_since: z.number().nullable(), scored_at: z.string() })
    .nullable()
    .describe("How overdue: days since the last purchase ÷ the usual gap. Only with at_risk."),
  value: z.number().nullable().describe("With order: what was paid, minor units, or the number of orders."),
  at: z.string().nullable().describe("With order: when."),
});

/** Which people a list holds, and in which order. */
export const listShape = {
  search: z.string().min(1).max(200).optional().describe("Part of a name or an e-mail address."),
  ...peopleShape,
  order: z
    .strictObject({
      by: z.enum(orders),
      ascending: z.boolean().optional(),
      from: z.iso.date().optional().describe("What was spent or ordered from this day on counts …"),
      to: z.iso.date().optional(),
    })
    .optional()
    .describe("Most first, or latest first; leaves out who has none. Default: by name."),
  among: whereSchema.optional().describe("Of these people: the share that meets the conditions is given."),
};

export const findContactsTool = defineTool({
  name: "find_contacts",
  group: "crm",
  title: "Find people",
  description:
    'Finds people by name or e-mail address, by tag held or not held, by product bought or not bought, by when they ordered, by what they paid, by place, or those at risk of not coming back. Returns a page and the total counted in SQL. Use it for lists of people, the best or latest of them, and shares of people; for counts over time use query_metric. Example: {"has_tag":["VIP"],"not_bought_product":["Starter Kit"],"limit":20} or {"search":"jane@example.com"}.',
  input: z.strictObject({
    ...listShape,
    limit: z.number().int().min(1).max(100).default(20),
    cursor: z.string().max(20).optional().describe("next_cursor of the page before."),
  }),
  output: z.object({
    people: z.array(rowSchema),
    total: z.number(),
    who: z.string().describe("The conditions in words."),
    order: z.enum(orders).nullable(),
    value_total: z.number().nullable().describe("With order: the values of all of them taken together."),
    currency: z.string(),
    among: z
      .object({ total: z.number(), share: z.number().nullable() })
      .nullable()
      .describe("How many the share is of."),
    copying: z.string().optional().describe("Say this first: what is still being copied from Keap."),
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
    if (input.at_risk && input.order)
      throw new ToolError(
        "invalid_input",
        "Those at risk come most overdue first and in no other order. Leave out order or at_risk.",
      );
    const base = input.among && (await whereSql(input.among, context));
    const conditions = await conditionsOf(withAmong(input), context);
    const found = input.at_risk
      ? await atRiskPeople(context, conditions, page)
      : await selectPeople(context, conditions, page, input.order);
    const all = base ? (await selectPeople(context, { where: base }, { limit: 1 })).total : null;
    const copying =
      found.as_of === null ? await describeCopying(entitiesOf(input), context).catch(asToolError) : null;
    const end = offset + found.people.length;
    return {
      people: found.people.map((person) => ({ risk: null, value: null, at: null, ...person })),
      total: found.total,
      who: peopleInWords(input),
      order: input.order?.by ?? null,
      value_total: "value_total" in found ? found.value_total : null,
      currency: context.account.currency,
      among: all === null ? null : { total: all, share: all === 0 ? null : found.total / all },
      ...(copying ? { copying } : {}),
      truncated: end < found.total,
      next_cursor: end < found.total ? String(end) : null,
    };
  },
  describe: ({ people, total, who, order, value_total, currency, among, copying, truncated }) =>
    [
      ...(copying ? [copying] : []),
      ...(among
        ? [
            among.share === null
              ? "There is nobody to take a share of."
              : `**${formatPercent(among.share)}**: ${formatCount(total)} of ${formatCount(among.total)} ${who}.`,
          ]
        : []),
      total === 0
        ? `Nobody matches${who === everybody ? "" : ` (who ${who})`}.`
        : `${formatCount(total)} ${total === 1 ? "person matches" : "people match"}${who === everybody || among ? "" : ` (who ${who})`}${order ? `, ${orderWords[order]} first` : ""}${value_total !== null && order && total > 1 ? `, together ${order === "orders" ? `${formatCount(value_total)} orders` : formatMoney(value_total, currency)}` : ""}${truncated ? `; the first ${people.length}` : ""}:`,
      ...people.map(({ name, email, risk, value, at }) => {
        const late = risk
          ? `, ${formatCount(risk.score)} times the usual gap${risk.days_since === null ? "" : `, last purchase ${formatCount(Math.round(risk.days_since))} days ago`}`
          : "";
        const measure =
          value !== null
            ? `, ${order === "spent" || order === "owes" ? formatMoney(value, currency) : `${formatCount(value)} ${value === 1 ? "order" : "orders"}`}`
            : at !== null
              ? `, ${formatDay(at)}`
              : "";
        return `- ${plain(name) || "(no name)"}${email ? `, ${email.replace(/[\s|*`[\]<>#]+/g, " ").trim()}` : ""}${measure}${late}`;
      }),
      ...(people[0]?.risk ? [`Scored ${formatDay(people[0].risk.scored_at)} by ${recencyRiskModel}.`] : []),
    ].join("\n"),
});

/** The conditions of a list whose share of a larger one is asked for are both. */
export function withAmong<T extends PeopleInput & { among?: Where | undefined }>(input: T): T {
  const where =
    input.among && input.where ? { and: [input.among, input.where] } : (input.among ?? input.where);
  return where ? { ...input, where } : input;
}

/** What `peopleInWords` says where there is no condition. */
const everybody = peopleInWords({});
const orderWords: Record<PeopleOrder["by"], string> = {
  spent: "who paid the most",
  orders: "who ordered the most often",
  last_order: "who ordered last",
  first_order: "the newest customers",
  added: "who was added last",
  owes: "who owes the most",
};

/** The records a list of people rests on. */
function entitiesOf(
  input: PeopleInput & { order?: PeopleOrder | undefined; among?: unknown },
): CopiedEntity[] {
  const said = JSON.stringify([input.where, input.among]) ?? "";
  const money =
    input.at_risk ||
    input.bought_nothing ||
    input.bought_product ||
    input.not_bought_product ||
    input.no_order_since ||
    input.ordered_from ||
    input.ordered_to ||
    input.spent_over !== undefined ||
    input.spent_under !== undefined ||
    (input.order && input.order.by !== "added") ||
    /"(?:bought|paid_|order_|customer|active_|lapsed_|subscri|ever_|owes|overdue|first_bought|got_refund|failed_|rfm)/.test(
      said,
    );
  return [
    "contacts",
    ...(input.has_tag || input.has_all_tags || input.without_tag || /"tag/.test(said)
      ? (["tags"] as const)
      : []),
    ...(input.lead_source || said.includes("lead_source") ? (["lead_sources"] as const) : []),
    ...(money ? (["orders", "payments", "transactions"] as const) : []),
    ...(/"(?:subscriber|ever_)/.test(said) ? (["subscriptions"] as const) : []),
    ...(/"(?:mailable|unsubscribed)/.test(said) ? (["email_addresses_status"] as const) : []),
    ...(/"(?:got_email|opened|clicked)/.test(said) ? (["emails"] as const) : []),
    ...(/"deal"/.test(said) ? (["opportunities"] as const) : []),
    ...(/"task_/.test(said) ? (["tasks"] as const) : []),
    ...(/"met"/.test(said) ? (["appointments"] as const) : []),
  ];
}

/** One line, without marks that could pass for markup. */
function plain(text: string | null): string {
  return (text ?? "")
    .replace(/[\s|*_`[\]<>#]+/g, " ")
    .trim()
    .slice(0, 120);
}
