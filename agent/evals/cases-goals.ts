import { type EvalCase, tool } from "./case";

const december = { from: "2026-12-01", to: "2026-12-31" };
const november = { from: "2026-11-01", to: "2026-11-30" };

/** Goals, on 23 November 2026: a month that is named is the running one or the next of that name. */
export const goalCases: EvalCase[] = [
  {
    group: "goals: set",
    wordings: [
      "set a goal of 50k for december",
      "our revenue target for next month is $50,000",
      "set goal: 50000 revenue for december 2026",
    ],
    expected: tool("set_goal", { metric: "revenue_collected", target: 50_000, ...december }),
  },
  {
    group: "goals: set",
    wordings: ["set a goal of 200 new leads this month", "add a target of 200 new leads for november"],
    expected: tool("set_goal", { metric: "new_leads", target: 200, ...november }),
  },
  {
    group: "goals: set",
    wordings: ["set a goal to keep refunds under 500 this month"],
    expected: tool("set_goal", { metric: "refunds", target: 500, direction: "at_most", ...november }),
  },
  {
    group: "goals: set",
    wordings: ["set a goal of 3% refund rate for this quarter"],
    expected: tool("set_goal", { metric: "refund_rate", target: 3, from: "2026-10-01", to: "2026-12-31" }),
  },
  {
    group: "goals: set",
    wordings: ["set a goal", "change the december goal to 60k", "set a goal of 50 glitches for december"],
    expected: { kind: "clarify" },
  },
  {
    group: "goals: follow",
    wordings: ["how are we doing vs goal", "are we on track?", "show goals", "goal progress"],
    expected: tool("list_goals", {}),
  },
  {
    group: "goals: follow",
    wordings: ["are we on track to hit our revenue goal", "revenue vs target"],
    expected: tool("list_goals", { metric: "revenue_collected" }),
  },
  {
    group: "goals: follow",
    wordings: ["did we hit the goal last month"],
    expected: tool("list_goals", { ended: true, from: "2026-10-01", to: "2026-10-31" }),
  },
];
