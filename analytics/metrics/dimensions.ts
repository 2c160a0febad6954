import { spans } from "./spans";

/**
 * Ways to split a number (METRICS 16). `time` is always allowed and is not listed here. Overlapping dimensions put one
 * thing under several values, so their parts do not add up to the total, which is computed apart.
 */
export interface DimensionDefinition {
  id: string;
  label: string;
  description: string;
  synonyms: string[];
  /** `person`: a property of the contact; `order`: of the order; `line`: of the order's items; `tag`: many per person. */
  of: "person" | "order" | "line" | "tag" | "status";
  overlapping: boolean;
  /** Lists the account's values as `id`, `name` and perhaps `also` (another name). */
  values: string;
  /** Joins needed to find the value of a fact's row `f`; fixed text of ours. */
  joins: readonly Join[];
  /** The value's id as text; `unknown` where there is none. */
  key: string;
  /** The same for facts that know no order, such as leads. */
  person_key?: string;
  /** View and columns of the values' names; without it the id is its own name. */
  names: { view: string; id: string; name: string } | null;
}

/** Joins are named, so that two dimensions share one. */
export interface Join {
  name: "contact" | "order_place" | "contact_place" | "held_tag" | "utm" | "status";
  sql: string;
}

const contactJoin: Join = {
  name: "contact",
  sql: "left join analytics.contacts c on c.account_id = f.account_id and c.contact_id = f.contact_id",
};
const contactPlaceJoin: Join = {
  name: "contact_place",
  sql: "left join analytics.contact_places cp on cp.account_id = f.account_id and cp.contact_id = f.contact_id",
};
/** Only for facts that know their order. */
const orderPlaceJoin: Join = {
  name: "order_place",
  sql: "left join analytics.order_places op on op.account_id = f.account_id and op.order_id = f.order_id",
};
const heldTagJoin: Join = {
  name: "held_tag",
  sql: "left join analytics.contact_tags ht on ht.account_id = f.account_id and ht.contact_id = f.contact_id and ht.removed_at is null",
};

const utmJoin: Join = {
  name: "utm",
  sql: "left join analytics.contact_utm u on u.account_id = f.account_id and u.contact_id = f.contact_id",
};
/** Paying a subscription now, else where the last purchase stands in the account's window. */
const statusJoin: Join = {
  name: "status",
  sql: `left join (
    select distinct on (account_id, contact_id) account_id, contact_id, state
    from (
      select account_id, contact_id, 'subscriber' as state, 1 as rank from ${spans} paying
      where valid_from <= :now and (ends_at is null or ends_at > :now)
      union all
      select account_id, contact_id, state, 2 from analytics.activity
      where valid_from <= :now and (valid_to is null or valid_to > :now)
    ) known
    order by account_id, contact_id, rank
  ) cs on cs.account_id = f.account_id and cs.contact_id = f.contact_id`,
};

const utmValues = (column: string) =>
  `select distinct ${column} as id, ${column} as name from analytics.contact_utm where ${column} is not null`;

const placesSql = (column: string) =>
  `select distinct ${column} as id, ${column} as name from (
  select ${column} from analytics.contact_places union select ${column} from analytics.order_places
) places where ${column} is not null`;

export const dimensions = {
  product: {
    id: "product",
    label: "Product",
    description:
      "The order's money spread over its items pro rata; tax, shipping and fees are rows of their own.",
    synonyms: ["item", "sku", "offer"],
    of: "line",
    overlapping: false,
    values: `select product_id::text as id, name, keap_id::text as also from analytics.products
union all values ('tax', 'Tax', null), ('shipping', 'Shipping', null), ('fee', 'Fees', null)`,
    joins: [],
    key: "case when f.part in ('tax', 'shipping', 'fee') then f.part else coalesce(f.product_id::text, 'unknown') end",
    names: { view: "analytics.products", id: "product_id", name: "name" },
  },
  tag: {
    id: "tag",
    label: "Tag",
    description: "People who hold the tag now. Someone with two tags counts under both.",
    synonyms: ["label", "segment tag", "contact tag"],
    of: "tag",
    overlapping: true,
    values:
      "select tag_id::text as id, name, keap_id::text as also from analytics.tags where deleted_at is null",
    joins: [heldTagJoin],
    key: "coalesce(ht.tag_id::text, 'unknown')",
    names: { view: "analytics.tags", id: "tag_id", name: "name" },
  },
  plan: {
    id: "plan",
    label: "Plan",
    description: "The subscription's plan.",
    synonyms: ["subscription plan", "package", "tier", "plans"],
    of: "line",
    overlapping: false,
    values: "select plan_id::text as id, name, keap_id::text as also from analytics.plans",
    joins: [],
    key: "coalesce(f.plan_id::text, 'unknown')",
    names: { view: "analytics.plans", id: "plan_id", name: "name" },
  },
  owner: {
    id: "owner",
    label: "Owner",
    description: "The user who owns the contact now.",
    synonyms: ["rep", "sales rep", "salesperson", "account owner", "user", "team member"],
    of: "person",
    overlapping: false,
    values: "select user_id::text as id, name, keap_id::text as also from analytics.users",
    joins: [contactJoin],
    key: "coalesce(c.owner_id::text, 'unknown')",
    names: { view: "analytics.users", id: "user_id", name: "name" },
  },
  stage: {
    id: "stage",
    label: "Stage",
    description: "The stage of the deal.",
    synonyms: ["pipeline stage", "deal stage", "sales stage"],
    of: "status",
    overlapping: false,
    values: "select stage_id::text as id, name, keap_id::text as also from analytics.stages",
    joins: [],
    key: "coalesce(f.stage_id::text, 'unknown')",
    names: { view: "analytics.stages", id: "stage_id", name: "name" },
  },
  lead_source: {
    id: "lead_source",
    label: "Lead source",
    description: "The lead source first seen on the contact.",
    synonyms: ["source", "origin", "where leads come from", "acquisition source"],
    of: "person",
    overlapping: false,
    values: "select lead_source_id::text as id, name, keap_id::text as also from analytics.lead_sources",
    joins: [contactJoin],
    key: "coalesce(c.lead_source_id::text, 'unknown')",
    names: { view: "analytics.lead_sources", id: "lead_source_id", name: "name" },
  },
  customer_status: {
    id: "customer_status",
    label: "Customer status",
    description:
      "Now: subscriber (paying), active, lapsed, or lead (never bought). One per person, subscriber first.",
    synonyms: ["status", "customer type", "lifecycle", "lead or customer"],
    of: "person",
    overlapping: false,
    values:
      "select column1 as id, column2 as name, column3 as also from (values ('lead', 'lead', null::text), ('active', 'active', null), ('lapsed', 'lapsed', null), ('subscriber', 'subscriber', null)) known",
    joins: [statusJoin],
    key: "case when f.contact_id is null then 'unknown' else coalesce(cs.state, 'lead') end",
    names: null,
  },
  utm_source: {
    id: "utm_source",
    label: "UTM source",
    description: "utm_source of the contact's first touch.",
    synonyms: ["utm source", "traffic source", "referrer"],
    of: "person",
    overlapping: false,
    values: utmValues("utm_source"),
    joins: [utmJoin],
    key: "coalesce(u.utm_source, 'unknown')",
    names: null,
  },
  utm_campaign: {
    id: "utm_campaign",
    label: "UTM campaign",
    description: "utm_campaign of the contact's first touch.",
    synonyms: ["campaign", "utm campaign", "ad campaign", "marketing campaign"],
    of: "person",
    overlapping: false,
    values: utmValues("utm_campaign"),
    joins: [utmJoin],
    key: "coalesce(u.utm_campaign, 'unknown')",
    names: null,
  },
  country: {
    id: "country",
    label: "Country",
    description:
      "Country of the order's shipping address, else of the contact's billing address, else of any address.",
    synonyms: ["nation", "countries"],
    of: "order",
    overlapping: false,
    values: placesSql("country"),
    joins: [orderPlaceJoin, contactPlaceJoin],
    key: "coalesce(op.country, cp.country, 'unknown')",
    person_key: "coalesce(cp.country, 'unknown')",
    names: null,
  },
  region: {
    id: "region",
    label: "Region",
    description: "State or region of the same address as the country.",
    synonyms: ["state", "province", "county", "states"],
    of: "order",
    overlapping: false,
    values: placesSql("region"),
    joins: [orderPlaceJoin, contactPlaceJoin],
    key: "coalesce(case when op.country is null and op.region is null then cp.region else op.region end, 'unknown')",
    person_key: "coalesce(cp.region, 'unknown')",
    names: null,
  },
} satisfies Record<string, DimensionDefinition>;

export type DimensionId = keyof typeof dimensions;

/** Dimensions of whatever belongs to a person. */
export const personDimensions: DimensionId[] = [
  "tag",
  "lead_source",
  "owner",
  "customer_status",
  "utm_source",
  "utm_campaign",
  "country",
  "region",
];
