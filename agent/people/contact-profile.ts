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
    owner: z.string().nullable().describe("The user who looks after them."),
    phone: z.string().nullable(),
    birthday: z.string().nullable(),
  }),
  memberships: z
    .array(
      z.object({
        name: z.string().nullable(),
        active: z.boolean(),
        since: z.string().nullable(),
        until: z.string().nullable().describe("Over: the day the paid time ended."),
        months: z.number().nullable().describe("Billed every so many months."),
        next_bill: z.string().nullable(),
      }),
    )
    .describe("The running ones first."),
  last_opened_email_at: z.string().nullable(),
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

const personSql = `select c.contact_id, c.keap_id, c.name, c.email, c.created_at, p.country, p.region, l.name as lead_source, u.name as owner
from analytics.contacts c
left join analytics.contact_places p on p.contact_id = c.contact_id
left join analytics.lead_sources l on l.lead_source_id = c.lead_source_id
left join analytics.users u on u.user_id = c.owner_id
where c.contact_id = ($1->>0)::uuid and c.deleted_at is null`;

const tagSql = `select t.name from analytics.contact_tags ct join analytics.tags t on t.tag_id = ct.tag_id
where ct.contact_id = ($1->>0)::uuid and ct.removed_at is null and t.deleted_at is null order by lower(t.name)`;

const valueSql = `select value_minor as minor, currency from analytics.customer_value where contact_id = ($1->>0)::uuid order by currency`;

const orderSql = `select keap_id, order_time as at, title, total_minor, currency, status, count(*) over () as total
from analytics.orders where contact_id = ($1->>0)::uuid order by order_time desc, order_id limit ${latest}`;

const membershipSql = `select product_name as name, active, to_char(start_date, 'YYYY-MM-DD') as since,
  case when not active then to_char(service_end, 'YYYY-MM-DD') end as until,
  nullif((extract(year from every) * 12 + extract(month from every))::int, 0) as months,
  case when active then to_char(next_bill_date, 'YYYY-MM-DD') end as next_bill
from analytics.subscriptions where contact_id = ($1->>0)::uuid order by active desc, start_date desc nulls last limit 5`;

const openedSql = `select max(e.opened_at) as at from analytics.emails e where e.contact_id = ($1->>0)::uuid`;

/** One person and what happened with them, newest first. @throws ToolError when the account has no such person. */
export async function contactProfile(contactId: string, context: ToolContext): Promise<ContactProfile> {
  const read = async (sql: string) => (await context.door(sql, [contactId], context.principal)).rows;
  const [person] = await read(personSql);
  if (!person)
    throw new ToolError(
      "not_found",
      "There is no such person in this account. Find the id with find_contacts.",
    );
  const [details, memberships, opened, tags, value, orders, touches, scores] = [
    await detailsOf(contactId, context),
    await read(membershipSql),
    await read(openedSql),
    await read(tagSql),
    await read(valueSql),
    await read(orderSql),
    await touchesOf(contactId, context),
    await scoresOf(contactId, context),
  ];
  return {
    person: profileSchema.shape.person.parse({
      ...person,
      ...details,
      country: await countryOf(person.country, context),
    }),
    memberships: profileSchema.shape.memberships.parse(memberships),
    last_opened_email_at: typeof opened[0]?.at === "string" ? opened[0].at : null,
    tags: tags.map(({ name }) => String(name)),
    value: value.map(({ minor, currency }) => ({ minor: Number(minor), currency: String(currency) })),
    orders: orders.map(({ total: _, ...order }) => profileSchema.shape.orders.element.parse(order)),
    orders_total: Number(orders[0]?.total ?? 0),
    touches,
    scores,
  };
}

/** What no view of ours holds: it stands in the record alone. */
async function detailsOf(
  contactId: string,
  { db, principal }: ToolContext,
): Promise<{ phone: string | null; birthday: string | null }> {
  const { data, error } = await db
    .from("contacts")
    .select("phone, birth_date")
    .eq("account_id", principal.account_id)
    .eq("supabase_id", contactId)
    .maybeSingle();
  if (error)
    throw new ToolError("unavailable", "The phone number and the birthday could not be read. Try again.", {
      retryable: true,
      cause: error,
    });
  return { phone: data?.phone?.trim() || null, birthday: data?.birth_date ?? null };
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
