import { z } from "zod";
import type { DimensionId } from "@/analytics/metrics/dimensions";
import { openNames } from "@/analytics/query/names";
import { nearest } from "@/analytics/query/nearest";
import { type After, type Key, pageOf, readPage } from "@/analytics/query/pages";
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

/** What people can be put in order by; each is shown with them. */
export const orders = ["spent", "orders", "last_order", "first_order", "added", "owes"] as const;
export interface PeopleOrder {
  by: (typeof orders)[number];
  /** The least, or the longest ago, first. */
  ascending?: boolean;
  /** Days in which what was spent and ordered counts. */
  from?: string;
  to?: string;
}
/** An amount in the account's currency, a number of orders, or when. */
export interface Ranked {
  value: number | null;
  at: string | null;
}

/** Conditions that all have to hold; lists match any of their values. Ids throughout, days in `time_zone`. */
export interface PeopleConditions {
  tag_ids?: string[];
  /** Each list is one tag that has to be held, under any of its ids. */
  all_tag_ids?: string[][];
  without_tag_ids?: string[];
  product_ids?: string[];
  without_product_ids?: string[];
  country_ids?: string[];
  region_ids?: string[];
  lead_source_ids?: string[];
  bought_nothing?: boolean;
  no_order_since?: string;
  ordered_from?: string;
  ordered_to?: string;
  /** Payments less refunds in `currency`, in its smallest unit; both ends left out. */
  spent_over_minor?: number;
  spent_under_minor?: number;
  currency?: string;
  time_zone?: string;
  contact_ids?: string[];
  /** Part of a name or an e-mail address. */
  search?: string;
  /** Further conditions, as SQL over `c`. */
  where?: { text: string; params: unknown[] } | undefined;
}

const given = (index: number) => `jsonb_array_length($1->${index}) = 0`;
const values = (index: number) => `(select jsonb_array_elements_text($1->${index}))`;
const holds = (ids: string) => `exists (
    select from analytics.contact_tags t
    where t.contact_id = c.contact_id and t.removed_at is null and t.tag_id::text in ${ids})`;
const bought = (ids: string) => `exists (
    select from analytics.bought_products b where b.contact_id = c.contact_id and b.product_id::text in ${ids})`;
const dayStart = (index: number) => `(($1->>${index})::date::timestamp at time zone ($1->>13))`;

const within = (column: string) => `
    and (($1->>20) is null or ${column} >= ${dayStart(20)})
    and (($1->>21) is null or ${column} < ((($1->>21)::date + 1)::timestamp at time zone ($1->>13)))`;
const measures: Record<PeopleOrder["by"], { columns: string; join: string; order: string }> = {
  spent: {
    columns: ", m.value, null as at",
    join: `join (
  select y.contact_id, sum(case when y.kind = 'payment' then y.amount_minor else -y.amount_minor end)::bigint as value
  from analytics.payments y
  where y.contact_id is not null and y.currency = ($1->>19)${within("y.paid_at")}
  group by y.contact_id
) m on m.contact_id = c.contact_id and m.value > 0`,
    order: "m.value",
  },
  orders: {
    columns: ", m.value, null as at",
    join: `join (
  select o.contact_id, count(*) as value from analytics.orders o
  where o.contact_id is not null and not o.is_renewal${within("o.order_time")}
  group by o.contact_id
) m on m.contact_id = c.contact_id`,
    order: "m.value",
  },
  last_order: {
    columns: ", null as value, m.at",
    join: `join (
  select o.contact_id, max(o.order_time) as at from analytics.orders o where o.contact_id is not null${within("o.order_time")} group by o.contact_id
) m on m.contact_id = c.contact_id`,
    order: "m.at",
  },
  first_order: {
    columns: ", null as value, m.customer_since as at",
    join: "join analytics.customers m on m.contact_id = c.contact_id",
    order: "m.customer_since",
  },
  owes: {
    columns: ", m.value, null as at",
    join: `join (
  select r.contact_id, sum(r.open_minor)::bigint as value from analytics.receivables r
  where r.contact_id is not null and r.open_minor > 0 and r.currency = ($1->>19)${within("r.due_at")}
  group by r.contact_id
) m on m.contact_id = c.contact_id`,
    order: "m.value",
  },
  added: { columns: ", null as value, c.created_at as at", join: "", order: "c.created_at" },
};

/** People who exist now and meet the conditions; `total` is counted in SQL, whatever the limit. */
const peopleSql = (order: PeopleOrder | undefined, where: string) => {
  const measure = order ? measures[order.by] : { columns: "", join: "", order: "" };
  const ranked = order ? `${measure.order} ${order.ascending ? "asc" : "desc"} nulls last, ` : "";
  return `select c.contact_id, c.keap_id, c.name, c.email, c.created_at${measure.columns}, count(*) over () as total${measure.columns.includes("m.value") ? ", sum(m.value) over () as value_total" : ""}
from analytics.contacts c
${measure.join}
where c.deleted_at is null
  and (${given(0)} or ${holds(values(0))})
  and not exists (select from jsonb_array_elements($1->7) needed
    where not ${holds("(select jsonb_array_elements_text(needed))")})
  and (${given(1)} or not ${holds(values(1))})
  and (${given(2)} or ${bought(values(2))})
  and (${given(8)} or not ${bought(values(8))})
  and (${given(3)} or c.contact_id::text in ${values(3)})
  and (($1->>4) is null or c.name ilike ($1->>4) or c.email ilike ($1->>4))
  and (${given(9)} or exists (select from analytics.contact_places p where p.contact_id = c.contact_id and p.country in ${values(9)}))
  and (${given(10)} or exists (select from analytics.contact_places p where p.contact_id = c.contact_id and p.region in ${values(10)}))
  and (${given(11)} or c.lead_source_id::text in ${values(11)})
  and (not ($1->>12)::boolean or not exists (select from analytics.orders o where o.contact_id = c.contact_id))
  and (($1->>14) is null or not exists (
    select from analytics.orders o where o.contact_id = c.contact_id and o.order_time >= ${dayStart(14)}))
  and ((($1->>15) is null and ($1->>16) is null) or exists (
    select from analytics.orders o where o.contact_id = c.contact_id
      and (($1->>15) is null or o.order_time >= ${dayStart(15)})
      and (($1->>16) is null or o.order_time < ((($1->>16)::date + 1)::timestamp at time zone ($1->>13)))))
  and (($1->>17) is null or c.contact_id in (select v.contact_id from analytics.customer_value v
    where v.currency = ($1->>19) and v.value_minor > ($1->>17)::bigint))
  and (($1->>18) is null or c.contact_id not in (select v.contact_id from analytics.customer_value v
    where v.contact_id is not null and v.currency = ($1->>19) and v.value_minor >= ($1->>18)::bigint))${where}
order by ${ranked}lower(c.name), c.contact_id
limit ($1->>5)::int offset ($1->>6)::int`;
};
const ownParams = 22;

const byTime: readonly PeopleOrder["by"][] = ["last_order", "first_order", "added"];

/** The order of a list, in which everybody has one place. */
function placesIn(order: PeopleOrder | undefined): Key[] {
  const descending = !order?.ascending;
  return [
    ...(order
      ? [
          byTime.includes(order.by)
            ? { sql: "q.at", type: "timestamptz" as const, descending }
            : { sql: "q.value", type: "numeric" as const, descending },
        ]
      : []),
    { sql: "lower(q.name)", type: "text" },
    { sql: "q.contact_id", type: "uuid" },
  ];
}

export async function selectPeople(
  { door, principal }: Pick<ToolContext, "door" | "principal">,
  conditions: PeopleConditions,
  page: { limit: number; offset?: number; after?: After },
  order?: PeopleOrder,
): Promise<{
  people: (Person & Ranked)[];
  /** Where the next page begins, when read page by page with `after`; null after the last. */
  next: After | null;
  total: number;
  /** Of everybody who meets the conditions, with an order by an amount or a number. */
  value_total: number | null;
  as_of: string | null;
}> {
  const { tag_ids = [], without_tag_ids = [], product_ids = [], contact_ids = [], search } = conditions;
  const like = search ? `%${search.trim().replace(/[\\%_]/g, "\\$&")}%` : null;
  const params = [
    tag_ids,
    without_tag_ids,
    product_ids,
    contact_ids,
    like,
    // Page by page, the page cuts; a limit of null is none.
    page.after ? null : page.limit,
    page.offset ?? 0,
    conditions.all_tag_ids ?? [],
    conditions.without_product_ids ?? [],
    conditions.country_ids ?? [],
    conditions.region_ids ?? [],
    conditions.lead_source_ids ?? [],
    conditions.bought_nothing ?? false,
    conditions.time_zone ?? "UTC",
    conditions.no_order_since ?? null,
    conditions.ordered_from ?? null,
    conditions.ordered_to ?? null,
    conditions.spent_over_minor ?? null,
    conditions.spent_under_minor ?? null,
    conditions.currency ?? null,
    order?.from ?? null,
    order?.to ?? null,
    ...(conditions.where?.params ?? []),
  ];
  const where = conditions.where
    ? `\n  and ${conditions.where.text.replace(/:w(\d+)/g, (_, index: string) => `$1->>${ownParams + Number(index)}`)}`
    : "";
  const whole = { text: peopleSql(order, where), params };
  const places = placesIn(order);
  const asked = page.after ? pageOf(whole, places, page.after, page.limit) : whole;
  const { rows, as_of } = await door(asked.text, asked.params, principal);
  return {
    next: page.after ? readPage(rows, places, page.limit).next : null,
    people: rows.map((row) => ({
      ...personSchema.parse(row),
      value: row.value === null || row.value === undefined ? null : Number(row.value),
      at: typeof row.at === "string" ? row.at : null,
    })),
    total: Number(rows[0]?.total ?? 0),
    value_total:
      typeof rows[0]?.value_total === "undefined" || rows[0]?.value_total === null
        ? null
        : Number(rows[0].value_total),
    as_of,
  };
}

/** Ids of the tags, products … with these names (or ids). An unknown name is answered with the nearest ones. */
export async function idsOf(
  kind: Extract<
    DimensionId,
    "tag" | "product" | "country" | "region" | "lead_source" | "owner" | "plan" | "category"
  >,
  names: readonly string[],
  { door, principal }: Pick<ToolContext, "door" | "principal">,
): Promise<string[]> {
  if (names.length === 0) return [];
  const values = await openNames(door, principal).values(kind);
  return names.flatMap((name) => {
    const wanted = name.trim().toLowerCase();
    const found = values.filter(
      ({ id, names: own }) =>
        id.toLowerCase() === wanted || own.some((each) => each.trim().toLowerCase() === wanted),
    );
    if (found.length > 0) return found.map(({ id }) => id);
    const near = nearest(name, values).map((id) => values.find((value) => value.id === id)?.names[0] ?? id);
    const hint = near.length > 0 ? ` The nearest: ${near.map((each) => `"${each}"`).join(", ")}.` : "";
    throw new ToolError("not_found", `No ${kind.replaceAll("_", " ")} is called "${name}".${hint}`);
  });
}
