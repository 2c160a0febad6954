import { type EvalCase, numbers, refuse } from "./case";

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
    wordings: [
      "what % of podcast leads become customers, this year",
      "podcast leads this year - what percentage become customers",
    ],
    expected: numbers({
      metrics: ["lead_conversion_rate"],
      filters: source("Podcast “Clay Talk”"),
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
      metrics: ["deals_won_value", "deals_won"],
      filters: { dimension: "owner", is: ["Mara Quint"] },
      range: { preset: "this_year" },
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
];
