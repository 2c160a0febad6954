import { clarify, type EvalCase, numbers, range, tool } from "./case";

const revenue = { metrics: ["revenue_collected"] };
const q3 = range("2026-07-01", "2026-09-30");

/** Days a follow-up takes from the answer before it: what it is compared with, and what keeps its period. */
export const dayCases: EvalCase[] = [
  {
    group: "days: compared with",
    before: ["revenue last quarter"],
    wordings: ["compare with Q2", "vs q2", "against the second quarter"],
    expected: numbers({ ...revenue, range: { preset: "previous_quarter" }, comparison: "previous_period" }),
  },
  {
    group: "days: compared with",
    before: ["revenue in Q3"],
    wordings: ["compare with Q2"],
    expected: numbers({ ...revenue, range: q3, comparison: "previous_period" }),
  },
  {
    group: "days: compared with",
    before: ["revenue this year"],
    wordings: ["compare to 2024"],
    expected: numbers(
      { ...revenue, range: { preset: "this_year" } },
      { ...revenue, range: range("2024-01-01", "2024-12-31") },
    ),
  },
  {
    group: "days: compared with",
    before: ["revenue in october"],
    wordings: ["vs last october", "compared with october last year"],
    expected: numbers({
      ...revenue,
      range: range("2026-10-01", "2026-10-31"),
      comparison: "previous_year",
    }),
  },
  {
    group: "days: so long ago",
    before: ["mrr"],
    wordings: ["how was it one year ago", "what was it 1 year ago"],
    expected: numbers({ metrics: ["mrr"], range: range("2025-11-23", "2025-11-23") }),
  },
  {
    group: "days: so long ago",
    wordings: ["what was our mrr 3 months ago", "mrr three months ago"],
    expected: numbers({ metrics: ["mrr"], range: range("2026-08-23", "2026-08-23") }),
  },
  {
    group: "days: kept",
    before: ["orders in Q3"],
    wordings: ["how many new customers did we get", "new customers", "what about new customers"],
    expected: numbers({ metrics: ["new_customers"], range: q3 }),
  },
  {
    group: "days: kept",
    before: ["mrr this month"],
    wordings: ["new mrr and churned mrr"],
    expected: numbers({ metrics: ["mrr_new", "mrr_churn"], range: { preset: "this_month" } }),
  },
  {
    group: "days: not kept",
    before: ["orders in Q3"],
    wordings: ["how many customers do we have in total", "how many customers do we have"],
    expected: numbers({ metrics: ["customers"], range: { preset: "today" } }),
  },
  {
    group: "days: the same a year before",
    before: ["revenue last month"],
    wordings: ["same month a year earlier", "and the same month last year?"],
    expected: numbers({ ...revenue, range: { preset: "previous_month" }, comparison: "previous_year" }),
  },
  {
    group: "days: left and joined",
    before: ["how many members do we have right now"],
    wordings: ["how many left this month", "how many cancelled this month", "and lost this month"],
    expected: numbers({ metrics: ["subscribers_lost"], range: { preset: "this_month" } }),
  },
  {
    group: "forecast: gone on",
    before: ["forecast revenue for december"],
    wordings: ["how sure are you", "how reliable is that?", "is that realistic", "why so low"],
    expected: tool("forecast", { metric: "revenue_collected", months: 2 }),
  },
  {
    group: "forecast: gone on",
    before: ["forecast revenue for the next 3 months"],
    wordings: ["and orders", "same for orders", "what about orders?"],
    expected: tool("forecast", { metric: "orders", months: 3 }),
  },
  {
    group: "forecast: gone on",
    before: ["forecast revenue for the next 3 months"],
    wordings: ["for 6 months", "make it six months"],
    expected: tool("forecast", { metric: "revenue_collected", months: 6 }),
  },
  {
    group: "forecast: beside what was",
    before: ["forecast revenue for december"],
    wordings: ["compared with last december", "last december was how much?", "and december last year"],
    expected: numbers({ ...revenue, range: range("2025-12-01", "2025-12-31") }),
  },
  {
    group: "days: of the change that was explained",
    before: ["why was october lower than september"],
    wordings: ["which product dropped the most", "which product fell the most"],
    expected: numbers({
      ...revenue,
      dimensions: ["product"],
      range: range("2026-10-01", "2026-10-31"),
      comparison: "previous_period",
      order: { by: "revenue_collected", direction: "desc" },
    }),
  },
  {
    group: "days: what stands at a moment has no since",
    before: ["which lead source brings in the most paying customers"],
    wordings: ["and since summer?", "since june"],
    expected: clarify,
  },
];
