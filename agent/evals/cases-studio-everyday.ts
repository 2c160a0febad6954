import { type EvalCase, numbers, range, top } from "./case";

/**
 * Everyday words that need names of categories, plans, users, stages and advertising to mean anything: asked of the
 * business of `studioContext`.
 */
const thisYear = { preset: "this_year" as const };
const lastMonth = { preset: "previous_month" as const };
const year = { last: 12, unit: "month" as const, including_current: true };
const now = { preset: "today" as const };
const category = (...is: string[]) => ({ dimension: "category", is });
const owners = { dimension: "owner", is: ["Mara Quint", "Joel Adeyemi"] };

export const studioEverydayCases: EvalCase[] = [
  {
    group: "studio: everyday categories",
    wordings: [
      "which course sold the most this year",
      "what was our most popular course this year",
      "top courses this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: category("Courses"),
      range: thisYear,
      ...top("revenue_collected", 10),
    }),
  },
  {
    group: "studio: everyday categories",
    wordings: ["top 3 courses by units this year", "the 3 best courses this year by units"],
    expected: numbers({
      metrics: ["units"],
      dimensions: ["product"],
      filters: category("Courses"),
      range: thisYear,
      ...top("units", 3),
    }),
  },
  {
    group: "studio: everyday categories",
    wordings: ["how do kits compare to courses this year", "kits vs courses revenue this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["category"],
      filters: category("Kits & tools", "Courses"),
      range: thisYear,
    }),
  },
  {
    group: "studio: everyday categories",
    before: ["revenue last month", "top 5 products"],
    wordings: ["only courses", "just the courses"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: category("Courses"),
      range: lastMonth,
      ...top("revenue_collected", 5),
    }),
  },
  {
    group: "studio: everyday categories",
    wordings: ["revenue this year apart from coaching", "sales of everything but coaching this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { not: category("Coaching") },
      range: thisYear,
    }),
  },
  {
    group: "studio: everyday shares",
    wordings: [
      "what share of revenue comes from courses this year",
      "what percentage of sales this year is courses",
    ],
    expected: numbers(
      { metrics: ["revenue_collected"], filters: category("Courses"), range: thisYear },
      { metrics: ["revenue_collected"], range: thisYear },
    ),
  },
  {
    group: "studio: everyday owners",
    wordings: ["who won more deals this year, mara or joel", "mara vs joel deals won this year"],
    expected: numbers({ metrics: ["deals_won"], dimensions: ["owner"], filters: owners, range: thisYear }),
  },
  {
    group: "studio: everyday owners",
    before: ["mara vs joel deals won this year"],
    wordings: ["and lost", "and the lost ones?"],
    expected: numbers({ metrics: ["deals_lost"], dimensions: ["owner"], filters: owners, range: thisYear }),
  },
  {
    group: "studio: everyday owners",
    before: ["average deal size this year"],
    wordings: ["mara vs joel"],
    expected: numbers({ metrics: ["deal_size"], dimensions: ["owner"], filters: owners, range: thisYear }),
  },
  {
    group: "studio: everyday owners",
    wordings: ["how many deals did mara close last month", "how many deals did mara win last month"],
    expected: numbers({
      metrics: ["deals_won"],
      filters: { dimension: "owner", is: ["Mara Quint"] },
      range: lastMonth,
    }),
  },
  {
    group: "studio: everyday stages",
    wordings: ["how much is in negotiation", "what is in negotiation worth"],
    expected: numbers({
      metrics: ["pipeline_value"],
      filters: { dimension: "stage", is: ["Negotiation"] },
      range: now,
    }),
  },
  {
    group: "studio: everyday stages",
    wordings: ["how long do deals sit in negotiation", "how long are deals in negotiation"],
    expected: numbers({
      metrics: ["stage_time"],
      filters: { dimension: "stage", is: ["Negotiation"] },
      range: year,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["hows the kiln doing this year", "how is the kiln doing this year"],
    expected: numbers({
      metrics: ["revenue_collected", "orders"],
      filters: { dimension: "product", is: ["Home Kiln"] },
      range: thisYear,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: [
      "whats google costing us per lead this year",
      "what are we paying per lead on google this year",
    ],
    expected: numbers({
      metrics: ["cost_per_lead"],
      filters: { dimension: "lead_source", is: ["Google Search"] },
      range: thisYear,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["how long does it take fb leads to buy", "how long do facebook leads take to buy"],
    expected: numbers({
      metrics: ["time_to_first_purchase"],
      filters: { dimension: "lead_source", is: ["Facebook Ads"] },
      range: year,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: [
      "utm campaigns that brought in the most money this year",
      "best performing campaign this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["utm_campaign"],
      range: thisYear,
      ...top("revenue_collected", 10),
    }),
  },
  {
    group: "studio: everyday names",
    wordings: [
      "new subscribers to the newsletter per month this year",
      "newsletter sign-ups per month this year",
    ],
    expected: numbers({
      metrics: ["tags_applied"],
      dimensions: ["time"],
      grain: "month",
      filters: { dimension: "tag", is: ["Newsletter"] },
      range: thisYear,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["how many people signed up for the team workshop this year"],
    expected: numbers({
      metrics: ["buyers"],
      filters: { dimension: "product", is: ["Team workshop"] },
      range: thisYear,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["which month had the most sign ups for the pottery club this year"],
    expected: numbers({
      metrics: ["subscribers_gained"],
      dimensions: ["time"],
      grain: "month",
      filters: { bought_product: ["Pottery Club"] },
      range: thisYear,
      order: { by: "subscribers_gained", direction: "desc" },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["what did mara close last month"],
    expected: numbers({
      metrics: ["deals_won", "deals_won_value"],
      filters: { dimension: "owner", is: ["Mara Quint"] },
      range: lastMonth,
    }),
  },
  {
    group: "studio: everyday categories",
    wordings: [
      "which of our courses makes the least money this year",
      "which of the courses made the least this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: {
        and: [category("Courses"), { not: { dimension: "product", is: ["tax", "shipping", "fee"] } }],
      },
      range: thisYear,
      order: { by: "revenue_collected", direction: "asc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["which plan is most popular"],
    expected: numbers({
      metrics: ["active_subscriptions"],
      dimensions: ["plan"],
      range: now,
      ...top("active_subscriptions", 10),
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["revenue per lead for facebook, google and instagram by quarter in 2025"],
    expected: numbers({
      metrics: ["lead_value"],
      dimensions: ["time", "lead_source"],
      grain: "quarter",
      filters: { dimension: "lead_source", is: ["Facebook Ads", "Google Search", "Instagram"] },
      range: range("2025-01-01", "2025-12-31"),
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["which source is better this year, facebook or google"],
    expected: numbers({
      metrics: ["lead_conversion_rate", "lead_value"],
      dimensions: ["lead_source"],
      filters: { dimension: "lead_source", is: ["Facebook Ads", "Google Search"] },
      range: thisYear,
    }),
  },
];
