import { clarify, type EvalCase, numbers, refuse, shape, tool } from "./case";

const thisYear = { preset: "this_year" } as const;
const sinceJanuary = { from: "2026-01-01", to: "2026-11-23" };
const leadToBuyer = ["lead", "purchase"];

/** Questions whose answer is a shape, in several wordings, with slips; and ones near them that must not become one. */
export const shapeCases: EvalCase[] = [
  {
    group: "funnels",
    wordings: [
      "funnel from tag Webinar March 2025 to tag VIP to bought this year",
      "show me the funnel from the tag Webinar March 2025 to the tag VIP to purchase this year",
      "funel from tag Webinar March 2025 to tag VIP to bougth this year",
      "funnel: Webinar March 2025 -> VIP -> purchase, this year",
      "this year, funnel from Webinar March 2025 to VIP and then bought",
    ],
    expected: shape({
      shape: "funnel",
      steps: ["tag:Webinar March 2025", "tag:VIP", "purchase"],
      range: thisYear,
    }),
  },
  {
    group: "funnels",
    wordings: [
      "how many people went from the tag Course Buyers to VIP",
      "how many people moved from the tag Course Buyers to the tag VIP",
      "how many people tagged Course Buyers then got the tag VIP",
    ],
    expected: shape({ shape: "funnel", steps: ["tag:Course Buyers", "tag:VIP"] }),
  },
  {
    group: "funnels",
    wordings: [
      "how many leads become customers and how long does it take",
      "how many leads become customers, and how long does it take?",
      "how many leds become customers and how long does it take",
      "funnel from lead to customer",
      "lead to customer funnel",
      "how long do leads take to become customers",
      "what share of leads turn into customers",
    ],
    expected: shape({ shape: "funnel", steps: leadToBuyer }),
  },
  {
    group: "funnels",
    wordings: [
      "how many leads became customers within 30 days this year",
      "funnel from lead to purchase this year within 30 days",
      "lead to customer funnel this year with a 30 day window",
    ],
    expected: shape({ shape: "funnel", steps: leadToBuyer, window_days: 30, range: thisYear }),
  },
  {
    group: "funnels",
    wordings: [
      "funnel from lead to tag VIP to bought the Starter Kit last year",
      "show a funnel of leads, then tag VIP, then bought Starter Kit last year",
    ],
    expected: shape({
      shape: "funnel",
      steps: ["lead", "tag:VIP", "product:Starter Kit"],
      range: { preset: "previous_year" },
    }),
  },
  {
    group: "funnels: not understood",
    wordings: [
      "funnel from tag VIP to tag Unicorns",
      "funnel from tag VIP",
      "funnel from lead to customer for blue people",
      "funnel from Mastery to VIP",
    ],
    expected: clarify,
  },
  {
    group: "funnels: beyond",
    wordings: [
      "funnel from lead to customer by lead source",
      "funnel from lead to customer in California",
      "funnel from tag VIP to never bought",
      "revenue of the funnel from lead to customer",
    ],
    expected: refuse,
  },
  {
    group: "funnels",
    wordings: [
      "funnel from lead to customer between march and may",
      "how many leads between march and may became customers",
    ],
    expected: shape({ shape: "funnel", steps: leadToBuyer, range: { from: "2026-03-01", to: "2026-05-31" } }),
  },
  {
    group: "funnels",
    wordings: [
      "conversion from tag Course Buyers to purchase last year",
      "conversion rate from the tag Course Buyers to bought last year",
    ],
    expected: shape({
      shape: "funnel",
      steps: ["tag:Course Buyers", "purchase"],
      range: { preset: "previous_year" },
    }),
  },
  {
    group: "funnels",
    wordings: [
      "show the sales funnel for this year",
      "how many leads from this year became customers",
      "of leads created this year how many became customers",
    ],
    expected: shape({ shape: "funnel", steps: leadToBuyer, range: thisYear }),
  },
  {
    group: "funnels: as people",
    wordings: ["how many leads from Facebook Ads become customers"],
    expected: tool("find_contacts", { lead_source: ["Facebook Ads"], where: { is: "customer" } }),
  },
  {
    group: "funnels: as people",
    wordings: ["how many leads became customers with the tag VIP"],
    expected: tool("find_contacts", { has_tag: ["VIP"], where: { is: "customer" } }),
  },
  {
    group: "funnels: beyond",
    wordings: ["what is the funnel from tag VIP to bought Starter Kit vs last year"],
    expected: refuse,
  },
  {
    group: "funnels: not understood",
    wordings: ["sales funnel by stage", "how many leads become subscribers", "funnel newsletter -> vip"],
    expected: clarify,
  },
  {
    group: "attribution",
    wordings: [
      "decay attribution and last touch this year",
      "attribution, time decay and last touch, this year",
    ],
    expected: shape({ shape: "attribution", by: "touch_kind", models: ["last", "decay"], range: thisYear }),
  },
  {
    group: "shapes: near by",
    wordings: ["lead conversion rate this year"],
    expected: numbers({ metrics: ["lead_conversion_rate"], range: thisYear }),
  },
  {
    group: "shapes: near by",
    wordings: ["attributed revenue by touch this year"],
    expected: numbers({ metrics: ["attributed_revenue"], dimensions: ["touch"], range: thisYear }),
  },
  {
    group: "shapes: near by",
    wordings: ["stick rate this year"],
    expected: numbers({ metrics: ["stick_rate"], range: thisYear }),
  },
  {
    group: "survival",
    wordings: [
      "how long do subscribers stay",
      "how long do our subscribers stay?",
      "how long do subscribrs stay",
      "how long do members stay with us",
      "how long does a subscription last",
      "subscription survival curve",
      "average subscriber lifetime",
    ],
    expected: shape({ shape: "survival" }),
  },
  {
    group: "survival",
    wordings: [
      "how many subscribers are still paying after 6 months, for 2025",
      "how long do subscribers of 2025 stay over 6 months",
    ],
    expected: shape({ shape: "survival", months: 6, range: { from: "2025-01-01", to: "2025-12-31" } }),
  },
  {
    group: "survival: beyond",
    wordings: [
      "how long do subscribers of Mastery Membership stay",
      "how long do subscribers in California stay",
    ],
    expected: refuse,
  },
  {
    group: "rfm",
    wordings: [
      "RFM: who moved from champions to at risk since January",
      "who moved from champions to at risk since january",
      "rfm who went from champions to at risk since January",
      "rfm: who movd from champions to at risk since January",
      "which champions became at risk since January",
    ],
    expected: shape({ shape: "rfm_moves", range: sinceJanuary }, { row: "champions", column: "at risk" }),
  },
  {
    group: "rfm",
    wordings: [
      "rfm moves this year",
      "moves between rfm groups this year",
      "how did rfm groups change this year",
    ],
    expected: shape({ shape: "rfm_moves", range: thisYear }),
  },
  {
    group: "rfm",
    wordings: ["how many loyal customers became inactive this year"],
    expected: shape({ shape: "rfm_moves", range: thisYear }, { row: "loyal", column: "inactive" }),
  },
  {
    group: "reconciliation",
    wordings: [
      "reconcile invoiced and collected this year",
      "reconcile invoiced with collected this year",
      "reconsile invoiced and collected this year",
      "reconciliation of invoiced and collected for this year",
      "explain the difference between invoiced and collected this year",
      "why is invoiced not the same as collected this year",
    ],
    expected: shape({ shape: "reconciliation", range: thisYear }),
  },
  {
    group: "attribution",
    wordings: [
      "attribution by first touch this year",
      "first touch attribution this year",
      "atribution by first touch this year",
      "revenue by first touch this year",
    ],
    expected: shape({ shape: "attribution", by: "touch_kind", models: ["first"], range: thisYear }),
  },
  {
    group: "attribution",
    wordings: [
      "attribution by first touch and linear with ROI this year",
      "attribution by first touch / linear with ROI this year",
      "attribution by source, first touch and linear, this year",
    ],
    expected: shape({ shape: "attribution", by: "touch", models: ["first", "linear"], range: thisYear }),
  },
  {
    group: "attribution",
    wordings: [
      "attribution by campaign last quarter",
      "which campaigns are revenue attributed to, last quarter",
    ],
    expected: shape({ shape: "attribution", by: "campaign", range: { preset: "previous_quarter" } }),
  },
  {
    group: "attribution: beyond",
    wordings: ["attribution by product this year", "first touch attribution for VIP this year"],
    expected: refuse,
  },
  {
    group: "revenue cohorts",
    wordings: [
      "revenue by cohort this year",
      "revenue by cohrt this year",
      "cohort revenue this year",
      "revenue cohorts by month of first purchase this year",
      "customer value by cohort this year",
    ],
    expected: shape({ shape: "revenue_cohorts", range: thisYear }),
  },
  {
    group: "mrr bridge",
    wordings: ["mrr bridge this year", "recurring revenue waterfall this year", "MRR brige this year"],
    expected: shape({ shape: "mrr_bridge", range: thisYear }),
  },
  {
    group: "shapes: follow-ups",
    before: ["how many leads become customers this year"],
    wordings: ["and last year?", "what about last year", "same for last year"],
    expected: shape({ shape: "funnel", steps: leadToBuyer, range: { preset: "previous_year" } }),
  },
  {
    group: "shapes: follow-ups",
    before: ["how many leads become customers this year"],
    wordings: ["within 30 days"],
    expected: shape({ shape: "funnel", steps: leadToBuyer, window_days: 30, range: thisYear }),
  },
  {
    group: "shapes: follow-ups",
    before: ["how long do subscribers stay"],
    wordings: ["pin it", "pin it to the board Weekly"],
    expected: tool("pin_chart", { shape: { shape: "survival" } }),
  },
  {
    group: "shapes: follow-ups",
    before: ["revenue by month this year", "how long do subscribers stay"],
    wordings: ["by product", "as a pie"],
    expected: refuse,
  },
];
