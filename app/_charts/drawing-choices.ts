import type { AnyChart } from "@/analytics/charts/any-chart";
import type { Drawing, DrawingKind } from "@/analytics/charts/chart-spec";
import type { ShapeQuery } from "@/analytics/shapes/shape";
import { type Drawn, isShape } from "./drawn";

export const drawingLabels: Record<DrawingKind, string> = {
  number: "Number",
  line: "Line",
  area: "Area",
  bar: "Bars",
  stacked_bar: "Stacked bars",
  pie: "Shares",
  funnel: "Funnel",
  cohort: "Cohorts",
  scatter: "Scatter",
  bridge: "Bridge",
  table: "Table",
};

const shapeChoices: Record<ShapeQuery["shape"], DrawingKind[]> = {
  funnel: ["funnel", "table"],
  survival: ["line", "table"],
  rfm_moves: ["cohort", "table"],
  reconciliation: ["table"],
  attribution: ["table", "bar"],
  revenue_cohorts: ["cohort", "table"],
  retention_cohorts: ["cohort", "table"],
  mrr_bridge: ["bridge", "table"],
};

/** The drawings that tell the truth about a result: no shares of what does not add up, no line between names. */
export function drawingChoices(spec: AnyChart, result: Drawn): DrawingKind[] {
  if (isShape(spec)) return shapeChoices[spec.shape.shape];
  const dimensions = result.columns.filter(({ kind }) => kind === "dimension");
  const metrics = result.columns.filter(({ kind }) => kind === "metric");
  const time = result.columns.some(({ kind }) => kind === "time");
  const adds = metrics.every(
    ({ additive, unit }) => additive !== false && (unit === "money" || unit === "count"),
  );
  const oneUnit = new Set(metrics.map(({ unit }) => unit)).size === 1;
  const choices: DrawingKind[] = [];
  if (time && dimensions.length <= 1 && oneUnit) {
    const split = dimensions.length === 1 || (!result.currency && metrics.length > 1);
    choices.push(
      "line",
      ...(split && adds ? (["stacked_bar", "area"] as const) : (["bar", "area"] as const)),
    );
  }
  if (!time && dimensions.length === 1 && oneUnit) {
    choices.push("bar", ...(adds && metrics.length === 1 ? (["pie"] as const) : []));
  }
  if (!time && dimensions.length === 0) choices.push("number");
  if (!choices.includes(spec.drawing.kind) && spec.drawing.kind !== "table")
    choices.unshift(spec.drawing.kind);
  return [...choices, "table"];
}

/** The same chart drawn another way. */
export function withDrawing(spec: AnyChart, kind: DrawingKind): AnyChart {
  const drawing: Drawing = { ...spec.drawing, kind };
  return { ...spec, drawing };
}
