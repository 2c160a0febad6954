import { type ShapeChart, shapeChartSchema } from "../charts/any-chart";
import { type ChartSpecInput, chartSpecSchema, type DrawingKind } from "../charts/chart-spec";
import type { QueryInput } from "../query/query";
import type { ShapeQueryInput } from "../shapes/shape";
import { type Board, boardSchema } from "./board";

type Chart = [title: string, kind: DrawingKind, query: QueryInput | ShapeQueryInput, width?: number];

const thisYear = { preset: "this_year" } as const;
const year = { last: 12, unit: "month", including_current: true } as const;
const month = { preset: "this_month" } as const;

const number = (title: string, metric: string, range: QueryInput["range"] = month): Chart => [
  title,
  "number",
  { metrics: [metric], range, comparison: "previous_period" },
  3,
];
const overTime = (
  title: string,
  metrics: string[],
  kind: DrawingKind = "line",
  range: QueryInput["range"] = year,
): Chart => [title, kind, { metrics, dimensions: ["time"], grain: "month", range }, 6];
const top = (
  title: string,
  metrics: string[],
  dimension: string,
  limit = 10,
  kind: DrawingKind = "bar",
): Chart => [title, kind, { metrics, dimensions: [dimension], range: thisYear, limit }, 6];

/** Lays charts out from left to right, row by row; numbers are low, drawings high. */
function board(id: string, name: string, description: string, charts: Chart[]): Board {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  const queries: Board["charts"] = [];
  const shapes: Board["shapes"] = [];
  for (const [title, kind, query, width = 6] of charts) {
    const h = kind === "number" ? 3 : kind === "cohort" ? 9 : 7;
    if (x + width > 12) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const layout = { x, y, w: width, h };
    x += width;
    rowHeight = Math.max(rowHeight, h);
    if ("shape" in query) {
      const spec: ShapeChart = shapeChartSchema.parse({ version: 1, title, shape: query, drawing: { kind } });
      shapes.push({ spec, layout });
    } else {
      const spec: ChartSpecInput = { version: 1, title, query, drawing: { kind } };
      queries.push({ spec: chartSpecSchema.parse(spec), layout });
    }
  }
  return boardSchema.parse({ id, name, description, charts: queries, shapes });
}

/** Boards a new account starts with, most asked for first. */
export const readyBoards: readonly Board[] = [
  board("overview", "Overview", "How the business does this month, and over the year.", [
    number("Revenue this month", "revenue_collected"),
    number("Orders this month", "orders"),
    number("New leads this month", "new_leads"),
    number("Average order this month", "aov"),
    overTime("Revenue and refunds", ["revenue_collected", "refunds"]),
    overTime("Orders", ["orders"], "bar"),
    overTime("New leads", ["new_leads"], "bar"),
    overTime("Monthly recurring revenue", ["mrr"], "area"),
    top("Revenue by product this year", ["revenue_collected"], "product"),
    top("Leads by source this year", ["new_leads"], "lead_source"),
    top("Revenue by country this year", ["revenue_collected"], "country"),
    overTime("New customers", ["new_customers"], "bar"),
  ]),
  board("revenue", "Revenue", "Money in, money back, money owed, and what it was for.", [
    number("Net revenue this month", "revenue_net"),
    number("Refund rate this month", "refund_rate"),
    number("Receivable", "receivable"),
    number("Overdue", "receivable_overdue"),
    [
      "Revenue against the year before",
      "line",
      {
        metrics: ["revenue_collected"],
        dimensions: ["time"],
        grain: "month",
        range: thisYear,
        comparison: "previous_year",
      },
      6,
    ],
    overTime("Invoiced and collected", ["sales_invoiced", "revenue_collected"]),
    [
      "Revenue by product",
      "stacked_bar",
      {
        metrics: ["revenue_collected"],
        dimensions: ["time", "product"],
        grain: "month",
        range: year,
        limit: 6,
      },
      6,
    ],
    top("Units by product this year", ["units"], "product"),
    overTime("Failed and recovered payments", ["failed_payments", "recovered_payments"]),
    top("Revenue by lead source this year", ["revenue_collected"], "lead_source"),
    top("Revenue by tag this year", ["revenue_collected"], "tag"),
    overTime("Average order value", ["aov"]),
    [
      "Receivable by age",
      "bar",
      { metrics: ["receivable"], dimensions: ["receivable_age"], range: month },
      6,
    ],
    ["From invoiced to collected this year", "table", { shape: "reconciliation", range: thisYear }, 6],
  ]),
  board("subscriptions", "Subscriptions", "Recurring revenue, who comes and who leaves.", [
    number("MRR", "mrr"),
    number("Active subscriptions", "active_subscriptions"),
    number("Churn this month", "customer_churn_rate"),
    number("Revenue at risk", "revenue_at_risk"),
    overTime("MRR", ["mrr"], "area"),
    ["How MRR moved", "bridge", { shape: "mrr_bridge", grain: "month", range: year }, 6],
    overTime("Retention", ["grr", "nrr"]),
    overTime("Customer and revenue churn", ["customer_churn_rate", "revenue_churn_rate"]),
    top("MRR by product", ["mrr"], "product"),
    overTime("Revenue per subscriber", ["arpa"]),
    overTime("Scheduled churn", ["scheduled_churn"], "bar"),
    overTime("Subscribers", ["subscribers"]),
    overTime("Stick rate of who paid a year ago", ["stick_rate"]),
    [
      "How long subscribers stay",
      "line",
      { shape: "survival", range: { last: 24, unit: "month", including_current: true }, months: 12 },
      6,
    ],
    [
      "Who still pays, by month of first subscription",
      "cohort",
      { shape: "retention_cohorts", kind: "subscription", range: year },
      12,
    ],
  ]),
  board("leads", "Leads and attribution", "Where people come from, what they cost, what becomes of them.", [
    number("New leads this month", "new_leads"),
    number("New customers this month", "new_customers"),
    number("Value per lead", "lead_value", thisYear),
    number("Cost per lead", "cost_per_lead", thisYear),
    [
      "Leads by source",
      "stacked_bar",
      { metrics: ["new_leads"], dimensions: ["time", "lead_source"], grain: "month", range: year, limit: 6 },
      6,
    ],
    [
      "From lead to first purchase",
      "funnel",
      { shape: "funnel", steps: [{ lead: true }, { purchase: true }], range: year },
      6,
    ],
    overTime("Conversion within 90 days", ["lead_conversion_rate"]),
    top("Conversion by source", ["lead_conversion_rate"], "lead_source"),
    top("Value per lead by source", ["lead_value"], "lead_source"),
    top("Acquisition cost by source", ["cac"], "lead_source"),
    top("Tags applied this year", ["tags_applied"], "tag"),
    top("Bought within 90 days of a tag", ["tag_funnel"], "tag"),
    top("Conversion within 90 days by tag", ["lead_conversion_rate"], "tag"),
    // Where fewer than half have bought there is no median: a table says n/a where bars would be missing.
    top(
      "Median days to the first purchase by source",
      ["time_to_first_purchase"],
      "lead_source",
      10,
      "table",
    ),
    top("Return on lead source cost", ["lead_source_roi"], "lead_source"),
    overTime("Contacts", ["contacts"], "area"),
    [
      "Net revenue by touch, with its return",
      "table",
      { shape: "attribution", by: "touch", models: ["first", "last", "linear"], range: thisYear },
      12,
    ],
    top("Leads by country this year", ["new_leads"], "country"),
  ]),
  board("email", "E-mail", "What was sent, opened and clicked.", [
    number("Sent this month", "emails_sent"),
    number("Open rate this month", "email_open_rate"),
    number("Click rate this month", "email_click_rate"),
    overTime("Messages sent", ["emails_sent"], "bar"),
    overTime("Open and click rate", ["email_open_rate", "email_click_rate"]),
    top("Open rate by tag this year", ["email_open_rate"], "tag"),
    top("Click rate by lead source this year", ["email_click_rate"], "lead_source"),
    overTime("Revenue per e-mail", ["revenue_per_email"]),
    overTime("Share of the list that can be mailed", ["list_health"]),
    overTime("Unsubscribes", ["unsubscribes"], "bar"),
    ["Addresses by state", "bar", { metrics: ["list_health"], dimensions: ["email_state"], range: month }, 6],
  ]),
  board("retention", "Retention", "Who buys again, and who has not for too long.", [
    number("Active customers", "active_customers"),
    number("Lapsed customers", "lapsed_customers"),
    number("Repeat purchase rate", "repeat_purchase_rate"),
    number("Average lifetime value", "clv_average"),
    overTime("Active and lapsed customers", ["active_customers", "lapsed_customers"]),
    overTime("Customer retention", ["retention_rate"]),
    overTime("Reactivated customers", ["reactivated_customers"], "bar"),
    overTime("Repeat purchase rate", ["repeat_purchase_rate"]),
    overTime("Days between purchases", ["purchase_gap_median"]),
    overTime("Average lifetime value", ["clv_average"]),
    number("Predicted value, next 365 days", "clv_predicted"),
    number("Churn risk", "churn_risk"),
    number("Reactivation rate", "reactivation_rate"),
    number("Lifetime value, total", "clv"),
    ["Customers by RFM group", "bar", { metrics: ["rfm"], dimensions: ["rfm_group"], range: month }, 6],
    ["Lifetime value by RFM group", "bar", { metrics: ["clv"], dimensions: ["rfm_group"], range: month }, 6],
    [
      "Who buys again, by month of first purchase",
      "cohort",
      { shape: "retention_cohorts", kind: "purchase", range: year },
      12,
    ],
    [
      "Revenue per person, by month of first purchase",
      "cohort",
      { shape: "revenue_cohorts", range: year },
      12,
    ],
    ["Moves between RFM groups this year", "cohort", { shape: "rfm_moves", range: thisYear }, 12],
  ]),
  board("deals", "Deals and team", "The pipeline, what was won, and what people did.", [
    number("Open pipeline", "pipeline_value"),
    number("Weighted pipeline", "pipeline_weighted"),
    number("Won this month", "deals_won_value"),
    number("Win rate this year", "win_rate", thisYear),
    top("Pipeline by stage", ["pipeline_value"], "stage", 12),
    top("Won by owner this year", ["deals_won_value"], "owner"),
    overTime("Deals won", ["deals_won"], "bar"),
    top("Median days by stage", ["stage_time"], "stage", 12),
    top("Stage conversion", ["stage_conversion"], "stage", 12),
    top("Forecast by owner (weighted)", ["pipeline_weighted"], "owner"),
    top("Appointments by user this year", ["appointments"], "owner"),
    top("Notes by user this year", ["notes"], "owner"),
    top("Tasks completed by user this year", ["tasks_completed"], "owner"),
  ]),
  board("affiliates", "Affiliates", "What partners brought, and what they are owed.", [
    number("Commissions this year", "affiliate_commissions", thisYear),
    number("Affiliate revenue this year", "affiliate_revenue", thisYear),
    top("Commissions by affiliate this year", ["affiliate_commissions"], "affiliate"),
    top("Revenue by affiliate of the sale this year", ["affiliate_revenue"], "sale_affiliate"),
    top("Revenue by affiliate of the lead this year", ["affiliate_revenue"], "lead_affiliate"),
  ]),
  board("sync", "Sync health", "How fast changes travel, and whether both sides match.", [
    number("Sync lag in seconds this month", "sync_lag"),
    number("Unexplained mismatches", "unexplained_mismatches"),
    [
      "Sync lag by day",
      "line",
      {
        metrics: ["sync_lag"],
        dimensions: ["time"],
        grain: "day",
        range: { last: 30, unit: "day", including_current: true },
      },
      6,
    ],
    top("Sync lag by kind of record", ["sync_lag"], "record_type"),
    top("Mismatches by kind of record", ["unexplained_mismatches"], "record_type"),
  ]),
  board("hygiene", "Data hygiene", "What to clean up in the CRM.", [
    number("Contacts", "contacts"),
    number("Without e-mail", "contacts_without_email"),
    number("Duplicates", "duplicate_contacts"),
    top("Contacts without e-mail by source", ["contacts_without_email"], "lead_source"),
    top("Contacts by owner", ["contacts"], "owner"),
    number("Unused tags", "unused_tags"),
    top("Unused tags by category", ["unused_tags"], "tag_category"),
  ]),
];

/** The ready board with this id, or undefined. */
export const getReadyBoard = (id: string): Board | undefined => readyBoards.find((each) => each.id === id);
