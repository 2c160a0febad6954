import { DateTime } from "luxon";
import type { AnyChart } from "../charts/any-chart";
import type { QueryResult } from "../query/result";
import type { Goal } from "./goal";

/**
 * The chart with the line of the goal that is set for just what it shows: the same one metric under the same
 * conditions, over the days of the range (one number) or of the bucket that is running (bars and lines over time). A
 * line drawn by hand stays.
 */
export function withGoal<Chart extends AnyChart>(
  chart: Chart,
  result: Pick<QueryResult, "rows" | "grain"> & { range: QueryResult["range"] | null },
  goals: readonly Goal[],
): Chart {
  if (!("query" in chart) || chart.drawing.goal !== undefined) return chart;
  const { metrics, dimensions, filters } = chart.query;
  const [metric, another] = metrics;
  if (another || dimensions.some((id) => id !== "time")) return chart;
  const fits = goals.filter(
    (goal) => goal.metric === metric && JSON.stringify(goal.filters) === JSON.stringify(filters),
  );
  const goal = dimensions.length === 0 ? ofRange(fits, result) : ofBucket(fits, result);
  return goal ? { ...chart, drawing: { ...chart.drawing, goal: goal.target } } : chart;
}

/** A range that still runs ends today, and its goal later. */
const ofRange = (goals: readonly Goal[], { range }: { range: QueryResult["range"] | null }) =>
  goals.find(
    ({ starts_on, ends_on }) =>
      range?.from === starts_on && (range.complete ? range.to === ends_on : range.to <= ends_on),
  );

function ofBucket(
  goals: readonly Goal[],
  { rows, grain }: Pick<QueryResult, "rows" | "grain">,
): Goal | undefined {
  const first = rows.at(-1)?.time;
  if (!grain || typeof first !== "string") return undefined;
  const size = grain === "quarter" ? { months: 3 } : { [`${grain}s`]: 1 };
  const last = DateTime.fromISO(first, { zone: "utc" }).plus(size).minus({ days: 1 }).toISODate();
  return goals.find(({ starts_on, ends_on }) => starts_on === first && ends_on === last);
}
