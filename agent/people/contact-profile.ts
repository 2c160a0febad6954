import { z } from "zod";
import { openNames } from "@/analytics/query/names";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";

const numeric = z.coerce.number();

export const profileSchema = z.object({
  person: z.object({
    contact_id: z.string(),
    keap_id: z.number().nullable(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    created_at: z.string().nullable(),
    country: z.string().nullable(),
    region: z.string().nullable(),
    lead_source: z.string().nullable().describe("The one first seen."),
  }),
  tags: z.array(z.string()),
  value: z.array(
    z.object({ minor: z.number().describe("Payments less refunds, minor units."), currency: z.string() }),
  ),
  orders: z.array(
    z.object({
      keap_id: z.number().nullable(),
      at: z.string(),
      title: z.string().nullable(),
      total_minor: z.number(),
      currency: z.string(),
      status: z.string().nullable(),
    }),
  ),
  orders_total: z.number(),
  touches: z.array(
    z.object({
      kind: z.string(),
      at: z.string().nullable(),
      title: z.string().nullable(),
      text: z.string().nullable(),
    }),
  ),
  scores: z.array(z.object({ model: z.string(), score: z.number().nullable(), scored_at: z.string() })),
});
export type ContactProfile = z.infer<typeof profileSchema>;

const latest = 10;
const longestText = 400;

const personSql = `select c.contact_id, c.keap_id, c.name, c.email, c.created_at, p.country, p.region, l.name as lead_source
from analytics.contacts c
left join analytics.contact_places p on p.contact_id = c.contact_id
left join analytics.lead_sources l on l.lead_source_id = c.lead_source_id
where c.contact_id = ($1->>0)::uuid and c.deleted_at is null`;

const tagSql = `select t.name from analytics.contact_tags ct join analytics.tags t on t.tag_id = ct.tag_id
where ct.contact_id = ($1->>0)::uuid and ct.removed_at is null and t.deleted_at is null order by lower(t.name)`;

const valueSql = `select value_minor as minor, currency from analytics.customer_value where contact_id = ($1->>0)::uuid order by currency`;

const orderSql = `select keap_id, order_time as at, title, total_minor, currency, status, count(*) over () as total
from analytics.orders where contact_id = ($1->>0)::uuid order by order_time desc, order_id limit ${latest}`;

/** One person and what happened with them, newest first. @throws ToolError when the account has no such person. */
export async function contactProfile(contactId: string, context: ToolContext): Promise<ContactProfile> {
  const read = async (sql: string) => (await context.door(sql, [contactId], context.principal)).rows;
  const [person] = await read(personSql);
  if (!person)
    throw new ToolError(
      "not_found",
      "There is no such person in this account. Find the id with find_contacts.",
    );
  const [tags, value, orders, touches, scores] = [
    await read(tagSql),
    await read(valueSql),
    await read(orderSql),
    await touchesOf(contactId, context),
    await scoresOf(contactId, context),
  ];
  return {
    person: profileSchema.shape.person.parse({
      ...person,
      country: await countryOf(person.country, context),
    }),
    tags: tags.map(({ name }) => String(name)),
    value: value.map(({ minor, currency }) => ({ minor: Number(minor), currency: String(currency) })),
    orders: orders.map(({ total: _, ...order }) => profileSchema.shape.orders.element.parse(order)),
    orders_total: Number(orders[0]?.total ?? 0),
    touches,
    scores,
  };
}

async function countryOf(code: unknown, context: ToolContext): Promise<string | null> {
  if (typeof code !== "string") return null;
  const countries = await openNames(context.door, context.principal).values("country");
  return countries.find(({ id }) => id === code)?.names[0] ?? code;
}

const touchSchema = z.object({
  kind: z.string(),
  title: z.string().nullable(),
  body: z.string().nullable(),
  occurred_at: z.string().nullable(),
  due_at: z.string().nullable(),
});

async function touchesOf(
  contactId: string,
  { db, principal }: ToolContext,
): Promise<ContactProfile["touches"]> {
  const { data, error } = await db
    .from("interactions")
    .select("kind, title, body, occurred_at, due_at")
    .eq("account_id", principal.account_id)
    .eq("contact_id", contactId)
    .is("deleted_at", null)
    .order("occurred_at", { ascending: false, nullsFirst: false })
    .limit(latest);
  if (error)
    throw new ToolError("unavailable", "The notes and e-mails could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  return z
    .array(touchSchema)
    .parse(data)
    .map(({ kind, title, body, occurred_at, due_at }) => ({
      kind,
      title,
      at: occurred_at ?? due_at,
      text: body?.slice(0, longestText) ?? null,
    }));
}

const scoreSchema = z.object({ model: z.string(), score: numeric.nullable(), scored_at: z.string() });

async function scoresOf(
  contactId: string,
  { db, principal }: ToolContext,
): Promise<ContactProfile["scores"]> {
  const { data, error } = await db
    .from("predictions_current")
    .select("model, score, scored_at")
    .eq("account_id", principal.account_id)
    .eq("contact_id", contactId)
    .order("model")
    .limit(50);
  if (error)
    throw new ToolError("unavailable", "The scores could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  return z.array(scoreSchema).parse(data);
}
