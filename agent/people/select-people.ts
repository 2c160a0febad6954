import { z } from "zod";
import { openNames } from "@/analytics/query/names";
import { nearest } from "@/analytics/query/nearest";
import type { ToolContext } from "../tools/context";
import { ToolError } from "../tools/errors";

export const personSchema = z.object({
  contact_id: z.string(),
  keap_id: z.number().nullable(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  created_at: z.string().nullable(),
});
export type Person = z.infer<typeof personSchema>;

/** Conditions that all have to hold; lists match any of their values. Ids throughout. */
export interface PeopleConditions {
  tag_ids?: string[];
  without_tag_ids?: string[];
  product_ids?: string[];
  contact_ids?: string[];
  /** Part of a name or an e-mail address. */
  search?: string;
}

/** People who exist now and meet the conditions, by name; `total` is counted in SQL, whatever the limit. */
const peopleSql = `select c.contact_id, c.keap_id, c.name, c.email, c.created_at, count(*) over () as total
from analytics.contacts c
where c.deleted_at is null
  and (jsonb_array_length($1->0) = 0 or exists (
    select from analytics.contact_tags t
    where t.contact_id = c.contact_id and t.removed_at is null and t.tag_id::text in (select jsonb_array_elements_text($1->0))))
  and not exists (
    select from analytics.contact_tags t
    where t.contact_id = c.contact_id and t.removed_at is null and t.tag_id::text in (select jsonb_array_elements_text($1->1)))
  and (jsonb_array_length($1->2) = 0 or exists (
    select from analytics.bought_products b
    where b.contact_id = c.contact_id and b.product_id::text in (select jsonb_array_elements_text($1->2))))
  and (jsonb_array_length($1->3) = 0 or c.contact_id::text in (select jsonb_array_elements_text($1->3)))
  and (($1->>4) is null or c.name ilike ($1->>4) or c.email ilike ($1->>4))
order by lower(c.name), c.contact_id
limit ($1->>5)::int offset ($1->>6)::int`;

export async function selectPeople(
  { door, principal }: Pick<ToolContext, "door" | "principal">,
  conditions: PeopleConditions,
  page: { limit: number; offset?: number },
): Promise<{ people: Person[]; total: number }> {
  const { tag_ids = [], without_tag_ids = [], product_ids = [], contact_ids = [], search } = conditions;
  const like = search ? `%${search.trim().replace(/[\\%_]/g, "\\$&")}%` : null;
  const params = [tag_ids, without_tag_ids, product_ids, contact_ids, like, page.limit, page.offset ?? 0];
  const { rows } = await door(peopleSql, params, principal);
  return { people: rows.map((row) => personSchema.parse(row)), total: Number(rows[0]?.total ?? 0) };
}

/** Ids of the tags or products with these names (or ids). An unknown name is answered with the nearest ones. */
export async function idsOf(
  kind: "tag" | "product",
  names: readonly string[],
  { door, principal }: Pick<ToolContext, "door" | "principal">,
): Promise<string[]> {
  if (names.length === 0) return [];
  const values = await openNames(door, principal).values(kind);
  return names.flatMap((name) => {
    const wanted = name.trim().toLowerCase();
    const found = values.filter(
      ({ id, names: own }) => id === name || own.some((each) => each.trim().toLowerCase() === wanted),
    );
    if (found.length > 0) return found.map(({ id }) => id);
    const near = nearest(name, values).map((id) => values.find((value) => value.id === id)?.names[0] ?? id);
    const hint = near.length > 0 ? ` The nearest: ${near.map((each) => `"${each}"`).join(", ")}.` : "";
    throw new ToolError("not_found", `No ${kind} is called "${name}".${hint}`);
  });
}
