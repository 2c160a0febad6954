import type { ChartSpec, Drawing } from "@/analytics/charts/chart-spec";
import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";

/** A complete result for tests of screens; every field can be replaced. */
export function sampleResult(overrides: Partial<QueryResult> = {}): QueryResult {
  const rows = overrides.rows ?? monthRows([125_00, 340_50, 0, 98_765_43]);
  return {
    query: {
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      range: { preset: "this_year" },
      others: true,
    },
    columns: [timeColumn, revenueColumn],
    rows,
    totals: [],
    range: {
      from: "2026-01-01",
      to: "2026-04-30",
      start: "2026-01-01T05:00:00Z",
      end: "2026-05-01T04:00:00Z",
      zone: "America/New_York",
      label: "Jan 1 – Apr 30, 2026",
      complete: true,
    },
    comparison_range: null,
    grain: "month",
    currency: "USD",
    as_of: "2026-05-01T12:00:00Z",
    sql: "select date_trunc('month', paid_at) as time,\n  sum(amount_minor) as revenue_collected\nfrom analytics.payments\nwhere paid_at >= $1\ngroup by 1",
    params: ["2026-01-01T05:00:00Z"],
    definitions: [
      {
        id: "revenue_collected",
        version: 1,
        section: "revenue",
        label: "Revenue collected",
        unit: "money",
        description: "Money that came in, by the day it was paid.",
        formula: "Σ payments by payment time",
        synonyms: [],
        dimensions: ["product"],
        grains: ["month"],
        edge_cases: ["Pending payments never count."],
        source: "METRICS 1",
        better: "up",
        filters: ["product"],
        drill: "payments",
        settings: [],
      },
    ],
    row_count: rows.length,
    truncated: false,
    notes: [],
    drill: { revenue_collected: "payments" },
    ...overrides,
  };
}

export const timeColumn: ResultColumn = { id: "time", label: "Month", kind: "time", unit: "date" };

export const revenueColumn: ResultColumn = {
  id: "revenue_collected",
  label: "Revenue collected",
  kind: "metric",
  unit: "money",
  currency: "USD",
  metric: "revenue_collected",
  additive: true,
};

const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** One row a month from January 2026, with these amounts in cents. */
export function monthRows(amounts: number[]): ResultRow[] {
  return amounts.map((amount, index) => ({
    time: `2026-${String(index + 1).padStart(2, "0")}-01`,
    time_label: `${months[index]} 2026`,
    incomplete: false,
    revenue_collected: amount,
  }));
}

/** A chart of the sample's query drawn one way. */
export function sampleSpec(drawing: Drawing, title = "Revenue by month"): ChartSpec {
  return {
    version: 1,
    title,
    query: {
      metrics: ["revenue_collected"],
      dimensions: ["time"],
      range: { preset: "this_year" },
      others: true,
    },
    drawing,
  };
}
