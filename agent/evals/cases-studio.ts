import { type EvalCase, numbers, refuse, shape, top } from "./case";

const lastYear = { last: 12, unit: "month" as const, including_current: true };
const now = { preset: "today" as const };
const source = (...is: string[]) => ({ dimension: "lead_source", is });
const plans = (...is: string[]) => ({ dimension: "plan", is });
const monthly = plans("Club Monthly", "Club Pro Monthly");
const annual = plans("Club Annual");

/**
 * Questions about a business with plans, categories, users and advertising, whose names the small business of the main
 * set does not have. They are graded by the plan alone; what each should be stands here by hand.
 */
export const studioCases: EvalCase[] = [
  {
    group: "studio: kind of a name",
    wordings: [
      "roi of the podcast last year",
      "podcast roi last year",
      "was the podcast worth it last year?",
    ],
    expected: numbers({
      metrics: ["lead_source_roi"],
      filters: source("Podcast “Clay Talk”"),
      range: { preset: "previous_year" },
    }),
  },
  {
    group: "studio: kind of a name",
    wordings: [
      "facebook leads last month",
      "how many leads from facebook last month",
      "new leads from facebook last month",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      filters: source("Facebook Ads"),
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "studio: kind of a name",
    wordings: [
      "leads with utm source facebook last month",
      "new leads last month from the utm source facebook",
    ],
    expected: numbers({
      metrics: ["new_leads"],
      filters: { dimension: "utm_source", is: ["facebook"] },
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "studio: kind of a name",
    wordings: ["what did google cost us per new customer this year", "cac of google this year"],
    expected: numbers({
      metrics: ["cac"],
      filters: source("Google Search"),
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: categories",
    wordings: [
      "kit revenue this year",
      "revenue from kits this year",
      "how much did we make from kits this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "category", is: ["Kits & tools"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: categories",
    wordings: [
      "kit sales vs course sales by month this year",
      "course sales versus kit sales per month this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time", "category"],
      grain: "month",
      filters: { dimension: "category", is: ["Courses", "Kits & tools"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: categories",
    wordings: ["revenue last month without workshops", "revenue last month but leave out workshops"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { not: { dimension: "product", is: ["Team workshop"] } },
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "studio: categories",
    wordings: ["sales of all the pottery club stuff by month this year, stacked"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time", "product"],
      grain: "month",
      filters: { dimension: "product", is: ["Pottery Club", "Pottery Club Pro"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: side by side",
    wordings: [
      "cac for facebook vs podcast",
      "facebook versus podcast: cac",
      "compare cac of facebook and podcast",
    ],
    expected: numbers({
      metrics: ["cac"],
      dimensions: ["lead_source"],
      filters: source("Facebook Ads", "Podcast “Clay Talk”"),
      range: lastYear,
    }),
  },
  {
    group: "studio: side by side",
    wordings: [
      "aov of people from facebook vs people from the podcast this year",
      "average order value this year, facebook people vs podcast people",
    ],
    expected: numbers({
      metrics: ["aov"],
      dimensions: ["lead_source"],
      filters: source("Facebook Ads", "Podcast “Clay Talk”"),
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: side by side",
    wordings: ["win rate of mara vs joel this year", "mara vs joel win rate this year"],
    expected: numbers({
      metrics: ["win_rate"],
      dimensions: ["owner"],
      filters: { dimension: "owner", is: ["Mara Quint", "Joel Adeyemi"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: side by side",
    wordings: ["mara vs joel, who closes more this year"],
    expected: numbers({
      metrics: ["deals_won"],
      dimensions: ["owner"],
      filters: { dimension: "owner", is: ["Mara Quint", "Joel Adeyemi"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: side by side",
    before: ["mara vs joel, who closes more this year"],
    wordings: ["in dollars", "and in money?"],
    expected: numbers({
      metrics: ["deals_won_value"],
      dimensions: ["owner"],
      filters: { dimension: "owner", is: ["Mara Quint", "Joel Adeyemi"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: side by side",
    wordings: [
      "churn last year of people with and without the onboarding tag",
      "churn rate last year: people who completed onboarding vs those who did not",
    ],
    expected: numbers(
      {
        metrics: ["customer_churn_rate"],
        filters: { has_tag: ["Onboarding completed"] },
        range: { preset: "previous_year" },
      },
      {
        metrics: ["customer_churn_rate"],
        filters: { not: { has_tag: ["Onboarding completed"] } },
        range: { preset: "previous_year" },
      },
    ),
  },
  {
    group: "studio: side by side",
    before: ["churn last year of people with and without the onboarding tag"],
    wordings: ["by quarter", "per quarter please"],
    expected: numbers(
      {
        metrics: ["customer_churn_rate"],
        dimensions: ["time"],
        grain: "quarter",
        filters: { has_tag: ["Onboarding completed"] },
        range: { preset: "previous_year" },
      },
      {
        metrics: ["customer_churn_rate"],
        dimensions: ["time"],
        grain: "quarter",
        filters: { not: { has_tag: ["Onboarding completed"] } },
        range: { preset: "previous_year" },
      },
    ),
  },
  {
    group: "studio: side by side",
    wordings: [
      "do people who completed onboarding stay longer",
      "do members who completed onboarding stick around longer",
    ],
    expected: numbers(
      { metrics: ["stick_rate"], filters: { has_tag: ["Onboarding completed"] }, range: lastYear },
      { metrics: ["stick_rate"], filters: { not: { has_tag: ["Onboarding completed"] } }, range: lastYear },
    ),
  },
  {
    group: "studio: plans",
    wordings: [
      "mrr of monthly vs annual members",
      "monthly vs annual plans: mrr",
      "mrr from annual vs monthly plans",
    ],
    expected: numbers(
      { metrics: ["mrr"], filters: monthly, range: now },
      { metrics: ["mrr"], filters: annual, range: now },
    ),
  },
  {
    group: "studio: plans",
    wordings: ["how many annual members do we have", "number of annual members right now"],
    expected: numbers({ metrics: ["subscribers"], filters: annual, range: now }),
  },
  {
    group: "studio: plans",
    wordings: [
      "monthly vs annual - which one sticks better?",
      "which sticks better, annual or monthly members",
    ],
    expected: numbers(
      { metrics: ["renewal_rate"], filters: monthly, range: lastYear },
      { metrics: ["renewal_rate"], filters: annual, range: lastYear },
    ),
  },
  {
    group: "studio: plans",
    wordings: [
      "churn of monthly vs annual members",
      "ltv of a monthly member compared to annual",
      "monthly churn last 6 months, by plan",
    ],
    expected: refuse,
  },
  {
    group: "studio: several numbers",
    wordings: ["how much mrr did we lose to cancellations last quarter vs how much new came in"],
    expected: numbers({
      metrics: ["mrr_churn", "mrr_new"],
      range: { preset: "previous_quarter" },
    }),
  },
  {
    group: "studio: several numbers",
    wordings: [
      "how much and how many orders did we do last month",
      "last month: how much and how many orders",
    ],
    expected: numbers({ metrics: ["revenue_collected", "orders"], range: { preset: "previous_month" } }),
  },
  {
    group: "studio: everyday names",
    wordings: [
      "how much money is due to come in over the next month",
      "money coming in over the next 30 days",
      "what cash is expected to come in in the next 30 days",
    ],
    expected: numbers({ metrics: ["expected_cash"], range: now }),
  },
  {
    group: "studio: everyday names",
    wordings: [
      "how long do deals sit in negotiation this year",
      "how many days do deals spend in negotiation this year",
    ],
    expected: numbers({
      metrics: ["stage_time"],
      filters: { dimension: "stage", is: ["Negotiation"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["how many of the podcast leads became customers this year"],
    expected: numbers({
      metrics: ["lead_conversion_rate", "new_leads"],
      filters: source("Podcast “Clay Talk”"),
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["how long from lead to first purchase for google leads this year"],
    expected: numbers({
      metrics: ["time_to_first_purchase"],
      filters: source("Google Search"),
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["average deal size won by mara this year"],
    expected: numbers({
      metrics: ["deal_size"],
      filters: { dimension: "owner", is: ["Mara Quint"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["average deal size"],
    expected: numbers({
      metrics: ["deal_size"],
      range: { last: 12, unit: "month", including_current: true },
    }),
  },
  {
    group: "studio: follow-ups",
    before: ["pipeline by stage"],
    wordings: ["weighted", "and weighted?"],
    expected: numbers({ metrics: ["pipeline_weighted"], dimensions: ["stage"], range: now }),
  },
  {
    group: "studio: follow-ups",
    before: ["revenue by lead source this year"],
    wordings: ["without unknown", "hide unknown"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["lead_source"],
      filters: { not: source("unknown") },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: follow-ups",
    before: ["how many members on each plan"],
    wordings: ["same but a year ago", "and this time last year?"],
    expected: numbers({
      metrics: ["subscribers"],
      dimensions: ["plan"],
      range: now,
      comparison: "previous_year",
    }),
  },
  {
    group: "studio: follow-ups",
    before: ["how many members on each plan", "same but a year ago"],
    wordings: ["diff", "% change?", "and the difference?"],
    expected: numbers({
      metrics: ["subscribers"],
      dimensions: ["plan"],
      range: now,
      comparison: "previous_year",
    }),
  },
  {
    group: "studio: follow-ups",
    before: ["sales last month"],
    wordings: ["only us ones"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "country", is: ["USA"] },
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "studio: overview",
    wordings: ["how was last week", "how did last week go", "give me the numbers for last week"],
    expected: numbers({
      metrics: ["revenue_collected", "orders", "new_leads", "new_customers", "mrr", "customer_churn_rate"],
      range: { preset: "previous_week" },
      comparison: "previous_period",
    }),
  },
  {
    group: "studio: overview",
    wordings: ["are we doing ok", "hows business", "how are things going?", "show me the main numbers"],
    expected: numbers({
      metrics: ["revenue_collected", "orders", "new_leads", "new_customers", "mrr", "customer_churn_rate"],
      range: { last: 30, unit: "day", including_current: false },
      comparison: "previous_period",
    }),
  },
  {
    group: "studio: targets",
    wordings: ["sales so far this month vs target of 30k", "revenue this month against our goal of $30,000"],
    expected: numbers({ metrics: ["revenue_collected"], range: { preset: "this_month" } }),
  },
  {
    group: "studio: categories",
    before: ["sales for september", "top 5 products"],
    wordings: ["only courses", "just the courses"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["product"],
      filters: { dimension: "category", is: ["Courses"] },
      range: { from: "2026-09-01", to: "2026-09-30" },
      ...top("revenue_collected", 5),
    }),
  },
  {
    group: "studio: categories",
    wordings: [
      "revenue per month this year, courses vs kits vs coaching",
      "kits vs coaching vs courses: revenue by month this year",
    ],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time", "category"],
      grain: "month",
      filters: { dimension: "category", is: ["Courses", "Kits & tools", "Coaching"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: categories",
    before: ["revenue per month this year, courses vs kits vs coaching"],
    wordings: ["drop coaching", "leave out coaching"],
    expected: numbers({
      metrics: ["revenue_collected"],
      dimensions: ["time", "category"],
      grain: "month",
      filters: {
        and: [
          { dimension: "category", is: ["Courses", "Kits & tools", "Coaching"] },
          { not: { dimension: "category", is: ["Coaching"] } },
        ],
      },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: several numbers",
    wordings: [
      "number of refunds last month and how much",
      "how many refunds did we give last month and how much was it",
    ],
    expected: numbers({ metrics: ["refunds_given", "refunds"], range: { preset: "previous_month" } }),
  },
  {
    group: "studio: several numbers",
    wordings: ["open and click rate last month", "last month's open & click rates"],
    expected: numbers({
      metrics: ["email_open_rate", "email_click_rate"],
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "studio: best and worst",
    wordings: [
      "which 3 sources had the worst cost per lead this year",
      "3 worst lead sources by cost per lead this year",
    ],
    expected: numbers({
      metrics: ["cost_per_lead"],
      dimensions: ["lead_source"],
      range: { preset: "this_year" },
      ...top("cost_per_lead", 3),
    }),
  },
  {
    group: "studio: best and worst",
    wordings: ["best lead source by cac this year", "which lead source has the best cac this year"],
    expected: numbers({
      metrics: ["cac"],
      dimensions: ["lead_source"],
      range: { preset: "this_year" },
      order: { by: "cac", direction: "asc" },
      limit: 10,
      others: false,
    }),
  },
  {
    group: "studio: best and worst",
    wordings: [
      "best converting source this year, min 20 leads",
      "which source converts best this year with at least 20 leads",
    ],
    expected: numbers({
      metrics: ["lead_conversion_rate", "new_leads"],
      dimensions: ["lead_source"],
      range: { preset: "this_year" },
      ...top("lead_conversion_rate", 10),
    }),
  },
  {
    group: "studio: best and worst",
    wordings: ["best affiliates this year", "our top affiliates this year"],
    expected: numbers({
      metrics: ["affiliate_revenue"],
      dimensions: ["sale_affiliate"],
      range: { preset: "this_year" },
      ...top("affiliate_revenue", 10),
    }),
  },
  {
    group: "studio: everyday names",
    wordings: [
      "what % of members cancel each month on avg",
      "what share of our members cancels per month on average",
    ],
    expected: numbers({
      metrics: ["customer_churn_rate"],
      dimensions: ["time"],
      grain: "month",
      range: { last: 12, unit: "month", including_current: false },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["total spent by people who came from the podcast and are members today"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: {
        and: [source("Podcast “Clay Talk”"), { dimension: "customer_status", is: ["subscriber"] }],
      },
      range: { preset: "all_time" },
    }),
  },
  {
    group: "studio: everyday names",
    before: ["total spent by people who came from the podcast and are members today"],
    wordings: ["and the ones that arent members"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: {
        and: [source("Podcast “Clay Talk”"), { not: { dimension: "customer_status", is: ["subscriber"] } }],
      },
      range: { preset: "all_time" },
    }),
  },
  {
    group: "studio: everyday names",
    wordings: ["median days between 1st and 2nd purchase for people from the uk this year"],
    expected: numbers({
      metrics: ["second_purchase_gap"],
      filters: { dimension: "country", is: ["GBR"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: costs",
    wordings: ["cost vs revenue per channel this year", "which lead source cost the most this year"],
    expected: shape({ shape: "attribution", by: "touch", range: { preset: "this_year" } }),
  },
  {
    group: "studio: follow-ups",
    before: ["members lost last month"],
    wordings: ["names pls", "list them"],
    expected: numbers({ metrics: ["subscribers_lost"], range: { preset: "previous_month" } }),
  },
  {
    group: "studio: deals",
    wordings: [
      "deals mara won this year, with value",
      "deals won by mara this year and how much were they worth",
    ],
    expected: numbers({
      metrics: ["deals_won", "deals_won_value"],
      filters: { dimension: "owner", is: ["Mara Quint"] },
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: names in the plural",
    wordings: ["units of glaze kits sold last month", "how many glaze kits did we sell last month"],
    expected: numbers({
      metrics: ["units"],
      filters: { dimension: "product", is: ["Glaze Kit"] },
      range: { preset: "previous_month" },
    }),
  },
  {
    group: "studio: tags",
    wordings: ["what tags do we use most", "which tags do we use the most"],
    expected: numbers({
      metrics: ["contacts"],
      dimensions: ["tag"],
      range: now,
      ...top("contacts", 10),
    }),
  },
  {
    group: "studio: tags",
    wordings: ["did people who attended the webinar spend more than those who only registered"],
    expected: refuse,
  },
  {
    group: "studio: several numbers",
    wordings: ["gross vs net revenue vs refunds by quarter since 2025"],
    expected: numbers({
      metrics: ["revenue_collected", "revenue_net", "refunds"],
      dimensions: ["time"],
      grain: "quarter",
      range: { from: "2025-01-01", to: "2026-11-23" },
    }),
  },
  {
    group: "studio: follow-ups",
    before: ["how much did we refund last quarter"],
    wordings: ["whats that in percent of sales", "as a percentage"],
    expected: numbers({ metrics: ["refund_rate"], range: { preset: "previous_quarter" } }),
  },
  {
    group: "studio: follow-ups",
    before: ["failed payments this month"],
    wordings: ["whos affected"],
    expected: numbers({ metrics: ["failed_payments"], range: { preset: "this_month" } }),
  },
  {
    group: "studio: everyday names",
    wordings: ["whats an average customer worth to us", "what is the average customer worth"],
    expected: numbers({ metrics: ["clv_average"], range: now }),
  },
  {
    group: "studio: reasons",
    wordings: ["cancellation reasons this year"],
    expected: numbers({
      metrics: ["subscribers_lost"],
      dimensions: ["stop_reason"],
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: reasons",
    wordings: ["deals lost this year by reason"],
    expected: numbers({
      metrics: ["deals_lost"],
      dimensions: ["loss_reason"],
      range: { preset: "this_year" },
    }),
  },
  {
    group: "studio: categories",
    wordings: ["how much did courses bring in this year"],
    expected: numbers({
      metrics: ["revenue_collected"],
      filters: { dimension: "category", is: ["Courses"] },
      range: { preset: "this_year" },
    }),
  },
];
