import { describe, expect, it } from "vitest";
import type { AnyChart } from "../charts/any-chart";
import { querySchema } from "../query/query";
import type { Goal } from "./goal";
import { withGoal } from "./goal-in-chart";

const goal = (change: Partial<Goal> = {}): Goal => ({
  id: "1",
  name: "November",
  metric: "revenue_collected",
  filters: undefined,
  target: 3_000_000,
  direction: "at_least",
  starts_on: "2026-11-01",
  ends_on: "2026-11-30",
  ...change,
});
const chart = (query: object, drawing: object = { kind: "number" }): AnyChart => ({
  version: 1,
  title: "Revenue",
  query: querySchema.parse({ metrics: ["revenue_collected"], ...query }),
  drawing: drawing as AnyChart["drawing"],
});
type Result = Parameters<typeof withGoal>[1];
const result = (from: string, to: string, complete: boolean, more: Partial<Result> = {}): Result => ({
  range: { from, to, complete, start: from, end: to, zone: "UTC", label: "" },
  rows: [],
  grain: null,
  ...more,
});
const line = (drawn: AnyChart) => drawn.drawing.goal;

describe("a goal in a chart", () => {
  const running = result("2026-11-01", "2026-11-23", false);

  it("is drawn where the chart shows the same number over the same days", () => {
    expect(line(withGoal(chart({}), running, [goal()]))).toBe(3_000_000);
    const over = result("2026-11-01", "2026-11-30", true);
    expect(line(withGoal(chart({}), over, [goal()]))).toBe(3_000_000);
  });

  it.each([
    ["another number", chart({ metrics: ["refunds"] }), running, goal()],
    ["two numbers", chart({ metrics: ["revenue_collected", "refunds"] }), running, goal()],
    ["parts", chart({ dimensions: ["product"] }), running, goal()],
    ["part of the people", chart({ filters: { has_tag: ["VIP"] } }), running, goal()],
    ["other days", chart({}), result("2026-11-02", "2026-11-23", false), goal()],
    ["part of its days, which are over", chart({}), result("2026-11-01", "2026-11-15", true), goal()],
    ["days after its last", chart({}), running, goal({ ends_on: "2026-11-15" })],
    ["what a goal of VIPs is not about", chart({}), running, goal({ filters: { has_tag: ["VIP"] } })],
  ])("is not drawn over %s", (_, spec, rows, set) => {
    expect(line(withGoal(spec, rows, [set]))).toBeUndefined();
  });

  it("leaves a line that somebody drew", () => {
    expect(line(withGoal(chart({}, { kind: "number", goal: 5 }), running, [goal()]))).toBe(5);
  });

  it("is the one of the running bucket over time", () => {
    const months = { dimensions: ["time"], grain: "month" };
    const rows = [{ time: "2026-10-01" }, { time: "2026-11-01" }];
    const byMonth = result("2026-10-01", "2026-11-23", false, { rows, grain: "month" });
    const goals = [goal({ ends_on: "2026-12-31", target: 9 }), goal()];
    expect(line(withGoal(chart(months, { kind: "bar" }), byMonth, goals))).toBe(3_000_000);
    expect(line(withGoal(chart(months, { kind: "bar" }), byMonth, goals.slice(0, 1)))).toBeUndefined();
  });
});
