import { rfmAt, rfmGroups, rfmKeptAt } from "./rfm";
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
  name:
    | "contact"
    | "order_place"
    | "contact_place"
    | "held_tag"
    | "tagged_then"
    | "utm"
    | "status"
    | "product"
    | "cohort"
    | "subscription_cohort"
    | "rfm"
    | "weekday"
    | "hour"
    | "order_traits"
    | "loss_reason"
    | "stop_reason";
  sql: string;
  /** The same from where customers stood when the day began (analytics.standings). */
  kept?: string;
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

/** `:at` is the moment the row of the fact happened. */
const taggedThenJoin: Join = {
  name: "tagged_then",
  sql: "left join analytics.contact_tags tt on tt.account_id = f.account_id and tt.contact_id = f.contact_id and tt.applied_at <= :at and (tt.removed_at is null or tt.removed_at > :at)",
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

const productJoin: Join = {
  name: "product",
  sql: "left join analytics.products pc on pc.account_id = f.account_id and pc.product_id = f.product_id",
};
const month = (column: string) =>
  `to_char(${column} at time zone (select a.time_zone from analytics.account a), 'YYYY-MM')`;
/** Months of the first purchase. */
const cohorts = `select account_id, contact_id, ${month("first_bought_at")} as cohort from analytics.first_purchases`;
const cohortJoin: Join = {
  name: "cohort",
  sql: `left join (${cohorts} where first_bought_at < :now) co on co.account_id = f.account_id and co.contact_id = f.contact_id`,
};
/** Months of the first paid subscription. */
const subscriptionCohortJoin: Join = {
  name: "subscription_cohort",
  sql: `left join (
    select account_id, contact_id, ${month("min(valid_from)")} as cohort from ${spans} paying where valid_from < :now group by 1, 2
  ) sc on sc.account_id = f.account_id and sc.contact_id = f.contact_id`,
};
const rfmOf = (scores: string) =>
  `left join ${scores} rfm on rfm.account_id = f.account_id and rfm.contact_id = f.contact_id`;
const rfmJoin: Join = {
  name: "rfm",
  sql: rfmOf(rfmAt("(select 1 as bucket, :now as at)")),
  kept: rfmOf(rfmKeptAt("(select 1 as bucket, :now as at)")),
};
/** `:at` is the moment the row of the fact happened, told in the account's zone. */
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const weekdayJoin: Join = {
  name: "weekday",
  sql: `cross join lateral (select (array[${weekdays.map((day) => `'${day}'`).join(", ")}])[extract(isodow from :at at time zone :zone)::int] as weekday) wd`,
};
const hourJoin: Join = {
  name: "hour",
  sql: "cross join lateral (select to_char(:at at time zone :zone, 'HH24:00') as hour) hr",
};
const orderTraitsJoin: Join = {
  name: "order_traits",
  // Once for all rows: the planner expects few orders and would work the first purchases out for each of them anew.
  sql: "left join (with traits as materialized (select * from analytics.order_traits) select * from traits) ot on ot.account_id = f.account_id and ot.order_id = f.order_id",
};
const lossReasonJoin: Join = {
  name: "loss_reason",
  sql: "left join analytics.deal_reasons dr on dr.account_id = f.account_id and dr.deal_id = f.deal_id",
};
/** Of the subscription whose end made somebody leave on that day. */
const stopReasonJoin: Join = {
  name: "stop_reason",
  sql: `left join (
    select distinct on (e.account_id, e.contact_id, e.day) e.account_id, e.contact_id, e.day, e.reason
    from (
      select s.account_id, s.contact_id, s.ends_at, nullif(btrim(y.reason_stopped), '') as reason,
        date_trunc('day', s.ends_at at time zone :zone) at time zone :zone as day
      from ${spans} s
      join analytics.subscriptions y on y.account_id = s.account_id and y.subscription_id = s.subscription_id
      where s.ends_at is not null
    ) e
    order by e.account_id, e.contact_id, e.day, e.ends_at desc, e.reason
  ) sr on sr.account_id = f.account_id and sr.contact_id = f.contact_id and sr.day = :at`,
};
const listed = (ids: readonly string[]) =>
  `select column1 as id, column1 as name, null::text as also from (values ${ids.map((id) => `('${id}')`).join(", ")}) listed`;

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
  tag_at_the_time: {
    id: "tag_at_the_time",
    label: "Tag at the time",
    description:
      "People who held the tag when it happened, from the times tags were put on and seen taken off. Someone with two tags counts under both.",
    synonyms: ["tagged at the time", "tag held at the time", "tag at the time of purchase"],
    of: "tag",
    overlapping: true,
    values:
      "select tag_id::text as id, name, keap_id::text as also from analytics.tags where deleted_at is null",
    joins: [taggedThenJoin],
    key: "coalesce(tt.tag_id::text, 'unknown')",
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
  category: {
    id: "category",
    label: "Product category",
    description: "The first category of the product; money is spread over items as by product.",
    synonyms: ["product category", "product group", "product line"],
    of: "line",
    overlapping: false,
    values:
      "select distinct category as id, category as name from analytics.products where category is not null",
    joins: [productJoin],
    key: "case when f.part in ('tax', 'shipping', 'fee') then f.part else coalesce(pc.category, 'unknown') end",
    names: null,
  },
  utm_medium: {
    id: "utm_medium",
    label: "UTM medium",
    description: "utm_medium of the contact's first touch.",
    synonyms: ["utm medium", "medium"],
    of: "person",
    overlapping: false,
    values: utmValues("utm_medium"),
    joins: [utmJoin],
    key: "coalesce(u.utm_medium, 'unknown')",
    names: null,
  },
  cohort: {
    id: "cohort",
    label: "Month of first purchase",
    description: "The month in which somebody first bought.",
    synonyms: ["first purchase month", "purchase cohort", "acquisition month"],
    of: "person",
    overlapping: false,
    values: `select distinct cohort as id, cohort as name from (${cohorts}) known`,
    joins: [cohortJoin],
    key: "coalesce(co.cohort, 'unknown')",
    names: null,
  },
  subscription_cohort: {
    id: "subscription_cohort",
    label: "Month of first subscription",
    description: "The month in which somebody first paid for a subscription.",
    synonyms: ["subscription cohort", "first subscription month", "subscriber cohort"],
    of: "person",
    overlapping: false,
    values: `select distinct cohort as id, cohort as name from (
  select ${month("min(valid_from)")} as cohort from analytics.subscription_spans group by contact_id
) known`,
    joins: [subscriptionCohortJoin],
    key: "coalesce(sc.cohort, 'unknown')",
    names: null,
  },
  rfm_group: {
    id: "rfm_group",
    label: "RFM group",
    description:
      "Champions, loyal, recent, needs attention, at risk or inactive, by recency, frequency and value of the last 24 months, now.",
    synonyms: ["rfm group", "rfm segment", "rfm"],
    of: "person",
    overlapping: false,
    values: listed(rfmGroups),
    joins: [rfmJoin],
    key: "coalesce(rfm.rfm_group, 'unknown')",
    names: null,
  },
  receivable_age: {
    id: "receivable_age",
    label: "Age of what is owed",
    description: "How long it has been due, as of now.",
    synonyms: ["ageing", "aging", "days overdue", "receivable age"],
    of: "status",
    overlapping: false,
    values: listed(["not due", "1 to 30 days", "31 to 60 days", "61 to 90 days", "over 90 days"]),
    joins: [],
    key: "f.receivable_age",
    names: null,
  },
  touch: {
    id: "touch",
    label: "Touch",
    description: "What brought the sale: UTM source, form, tag, mail, appointment or affiliate.",
    synonyms: ["touchpoint", "marketing touch", "attributed source"],
    of: "status",
    overlapping: false,
    values: "select distinct touch as id, touch as name from analytics.touches",
    joins: [],
    key: "coalesce(f.touch, 'unknown')",
    names: null,
  },
  touch_kind: {
    id: "touch_kind",
    label: "Kind of touch",
    description: "utm, form, tag, email, appointment or affiliate.",
    synonyms: ["channel", "touch type", "attribution channel"],
    of: "status",
    overlapping: false,
    values: listed(["utm", "form", "tag", "email", "appointment", "affiliate"]),
    joins: [],
    key: "coalesce(f.touch_kind, 'unknown')",
    names: null,
  },
  email_state: {
    id: "email_state",
    label: "State of the address",
    description: "Whether an address may be mailed, and if not why.",
    synonyms: ["email status", "opt-in status", "address state"],
    of: "status",
    overlapping: false,
    values: listed([
      "mailable",
      "soft_bounced",
      "unsubscribed",
      "complained",
      "hard_bounced",
      "locked",
      "not_opted_in",
    ]),
    joins: [],
    key: "f.email_state",
    names: null,
  },
  affiliate: {
    id: "affiliate",
    label: "Affiliate",
    description: "The referral partner who earned the commission.",
    synonyms: ["referral partner", "partner"],
    of: "status",
    overlapping: false,
    values: "select affiliate_id::text as id, name, keap_id::text as also from analytics.affiliates",
    joins: [],
    key: "coalesce(f.affiliate_id::text, 'unknown')",
    names: { view: "analytics.affiliates", id: "affiliate_id", name: "name" },
  },
  sale_affiliate: {
    id: "sale_affiliate",
    label: "Affiliate of the sale",
    description: "The referral partner to whom the order's sale belongs.",
    synonyms: ["sales affiliate", "sale partner"],
    of: "status",
    overlapping: false,
    values: "select affiliate_id::text as id, name, keap_id::text as also from analytics.affiliates",
    joins: [],
    key: "coalesce(f.sale_affiliate_id::text, 'unknown')",
    names: { view: "analytics.affiliates", id: "affiliate_id", name: "name" },
  },
  lead_affiliate: {
    id: "lead_affiliate",
    label: "Affiliate of the lead",
    description: "The referral partner to whom the order's lead belongs.",
    synonyms: ["lead partner"],
    of: "status",
    overlapping: false,
    values: "select affiliate_id::text as id, name, keap_id::text as also from analytics.affiliates",
    joins: [],
    key: "coalesce(f.lead_affiliate_id::text, 'unknown')",
    names: { view: "analytics.affiliates", id: "affiliate_id", name: "name" },
  },
  tag_category: {
    id: "tag_category",
    label: "Tag category",
    description: "The category a tag is filed under.",
    synonyms: ["tag group", "tag folder"],
    of: "status",
    overlapping: false,
    values: "select category_id::text as id, name, keap_id::text as also from analytics.tag_categories",
    joins: [],
    key: "coalesce(f.category_id::text, 'unknown')",
    names: { view: "analytics.tag_categories", id: "category_id", name: "name" },
  },
  weekday: {
    id: "weekday",
    label: "Weekday",
    description: "The day of the week on which it happened, in the account's time zone.",
    synonyms: ["weekday", "day of the week", "day of week", "weekdays", "days of the week"],
    of: "order",
    overlapping: false,
    values: listed(weekdays),
    joins: [weekdayJoin],
    key: "wd.weekday",
    names: null,
  },
  hour: {
    id: "hour",
    label: "Hour of the day",
    description: "The hour in which it happened, in the account's time zone.",
    synonyms: ["hour", "hour of the day", "hour of day", "time of day", "time of the day"],
    of: "order",
    overlapping: false,
    values: listed(Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, "0")}:00`)),
    joins: [hourJoin],
    key: "hr.hour",
    names: null,
  },
  purchase: {
    id: "purchase",
    label: "First or repeat purchase",
    description:
      "Whether it was the person's first purchase (all orders within a day of it), a later one, or the renewal of a subscription.",
    synonyms: ["first or repeat", "first or repeat purchase", "new or returning", "kind of purchase"],
    of: "order",
    overlapping: false,
    values: listed(["first", "repeat", "renewal"]),
    joins: [orderTraitsJoin],
    key: "coalesce(ot.purchase, 'unknown')",
    names: null,
  },
  promo_code: {
    id: "promo_code",
    label: "Promo code",
    description: "The promo code of the order; unknown where it has none.",
    synonyms: ["promo code", "coupon", "coupon code", "discount code", "voucher", "voucher code", "promo"],
    of: "order",
    overlapping: false,
    values:
      "select distinct promo_code as id, promo_code as name from analytics.order_traits where promo_code is not null",
    joins: [orderTraitsJoin],
    key: "coalesce(ot.promo_code, 'unknown')",
    names: null,
  },
  loss_reason: {
    id: "loss_reason",
    label: "Reason of loss",
    description: "The objection that was written down with the deal.",
    synonyms: ["loss reason", "lost reason", "objection", "reason lost"],
    of: "status",
    overlapping: false,
    values:
      "select distinct reason as id, reason as name from analytics.deal_reasons where reason is not null",
    joins: [lossReasonJoin],
    key: "coalesce(dr.reason, 'unknown')",
    names: null,
  },
  stop_reason: {
    id: "stop_reason",
    label: "Reason of leaving",
    description: "The reason that was written down with the subscription that ended.",
    synonyms: ["cancellation reason", "cancel reason", "reason for cancelling", "churn reason"],
    of: "status",
    overlapping: false,
    values:
      "select distinct btrim(reason_stopped) as id, btrim(reason_stopped) as name from analytics.subscriptions where btrim(reason_stopped) <> ''",
    joins: [stopReasonJoin],
    key: "coalesce(sr.reason, 'unknown')",
    names: null,
  },
  record_type: {
    id: "record_type",
    label: "Kind of record",
    description: "Which of the copied tables: contacts, orders, tags and so on.",
    synonyms: ["entity", "table", "record kind"],
    of: "status",
    overlapping: false,
    values: "select distinct record_type as id, record_type as name from analytics.verifications",
    joins: [],
    key: "f.record_type",
    names: null,
  },
} satisfies Record<string, DimensionDefinition>;

export type DimensionId = keyof typeof dimensions;

/** When it happened: of what happens at a moment. */
export const momentDimensions: DimensionId[] = ["weekday", "hour"];
/** What an order was, beside what stands in it. */
export const traitDimensions: DimensionId[] = ["purchase", "promo_code"];

/** Dimensions of whatever belongs to a person. */
export const personDimensions: DimensionId[] = [
  "tag",
  "lead_source",
  "owner",
  "customer_status",
  "utm_source",
  "utm_medium",
  "utm_campaign",
  "country",
  "region",
  "cohort",
  "rfm_group",
];
