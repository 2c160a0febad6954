"use client";

import { CircleAlert, Hourglass, SearchX } from "lucide-react";
import dynamic from "next/dynamic";
import { type ReactNode, useMemo, useState } from "react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { Button } from "../_components/button";
import { EmptyState, Skeleton } from "../_components/surface";
import { type Drawn, isShape } from "./drawn";
import { FunnelChart } from "./funnel-chart";
import { ChartLegend } from "./legend";
import { buildChartModel, type ChartModel, describeChart, isEmptyModel } from "./model";
import { NumberChart } from "./number-chart";
import { ResultTable } from "./result-table";
import { ShapeDrawing } from "./shape-drawing";

/** Recharts is most of the weight of a page with charts, so it loads with the first chart that needs it. */
const loading = () => <Skeleton className="h-full min-h-56 w-full" label="Loading the chart" />;
const CartesianChart = dynamic(() => import("./cartesian-chart").then((m) => m.CartesianChart), {
  ssr: false,
  loading,
});
const PieChart = dynamic(() => import("./pie-chart").then((m) => m.PieChart), { ssr: false, loading });

/** Bars of names shown at first; the rest come with a click, so that one long list does not fill a board. */
const barLimit = 12;

export interface ChartProps {
  spec: AnyChart;
  result: Drawn;
  /** Height of the drawing in px; a long list of bars may grow beyond it. */
  height?: number;
  /** Show the rows instead of the drawing. */
  asTable?: boolean;
  /** Opens who is behind a cell; gives null where nothing can be listed. Left out for people who may not see it. */
  onCell?: ((row: ResultRow, column: ResultColumn) => (() => void) | null) | undefined;
}

/** Draws a chart from its spec and rows. Fetches nothing; says so when there is nothing to draw. */
export function Chart({ spec, result, height = 280, asTable = false, onCell }: ChartProps) {
  const model = useMemo(() => modelOf(spec, result), [spec, result]);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [all, setAll] = useState(false);
  if (asTable || spec.drawing.kind === "table") {
    if (result.rows.length === 0 && result.totals.length === 0) return <EmptyChart result={result} />;
    return (
      <ResultTable result={result} caption={spec.title} maxHeight={Math.max(height, 320)} onCell={onCell} />
    );
  }
  if (isShape(spec) && ["funnel", "cohort"].includes(spec.drawing.kind)) {
    if (isEmptyShape(spec, result)) return <EmptyChart result={result} />;
    return (
      <ShapeDrawing
        chart={spec}
        result={result}
        {...(onCell ? { onCell: (row: ResultRow, column: ResultColumn) => onCell(row, column)?.() } : {})}
      />
    );
  }
  if (spec.drawing.kind === "number") return <NumberChart spec={spec} result={result} />;
  if (isEmptyModel(model)) return <EmptyChart result={result} />;

  const many = model.kind === "bar" && !model.overTime && model.points.length > barLimit + 2;
  const shown = many && !all ? { ...model, points: model.points.slice(0, barLimit) } : model;
  const toggle = (key: string) =>
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after.size === model.series.length ? new Set() : after;
    });
  return (
    <figure className="min-w-0">
      {spec.drawing.kind !== "pie" && spec.drawing.kind !== "funnel" && (
        <ChartLegend series={model.series} hidden={hidden} onToggle={toggle} />
      )}
      <div data-chart-drawing>{draw({ spec, result, model: shown, hidden, height })}</div>
      {many && (
        <Button variant="ghost" size="small" className="-ml-2.5" onClick={() => setAll(!all)}>
          {all ? `Show the first ${barLimit}` : `Show all ${model.points.length}`}
        </Button>
      )}
      <figcaption className="sr-only">{describeChart(spec.title, model)}</figcaption>
    </figure>
  );
}

/** A line over ages and bars of movements are drawn as any other; the model says which columns. */
function modelOf(spec: AnyChart, result: Drawn): ChartModel {
  if (!isShape(spec)) {
    if (spec.drawing.kind !== "bridge") return buildChartModel(spec, result);
    // What went hangs below the axis.
    return buildChartModel({ drawing: { ...spec.drawing, kind: "stacked_bar" } }, withLosses(result));
  }
  switch (spec.shape.shape) {
    case "survival": {
      const model = buildChartModel({ drawing: { kind: "line", x: "month", y: ["still_paying"] } }, result);
      return {
        ...model,
        points: model.points.map((point) => ({ ...point, label: `After ${point.label} months` })),
      };
    }
    case "mrr_bridge":
      return buildChartModel(
        {
          drawing: {
            kind: "stacked_bar",
            x: "time",
            y: ["new", "reactivation", "expansion", "contraction", "churn"],
          },
        },
        { ...result, grain: spec.shape.grain },
      );
    case "attribution":
      return buildChartModel(
        { drawing: { kind: "bar", x: "touch", y: spec.shape.models.slice(0, 3) } },
        { ...result, columns: result.columns.filter(({ id }) => id !== "currency") },
      );
    default:
      return buildChartModel(spec, result);
  }
}

const losses = ["mrr_contraction", "mrr_churn"];
const withLosses = (result: Drawn): Drawn => ({
  ...result,
  rows: result.rows.map((row) => ({
    ...row,
    ...Object.fromEntries(
      losses.flatMap((id) => (typeof row[id] === "number" ? [[id, -Number(row[id]) || 0]] : [])),
    ),
  })),
});

/** Nobody took the first step, or there is no row at all. */
const isEmptyShape = (spec: AnyChart, { rows }: Drawn) =>
  rows.length === 0 || (isShape(spec) && spec.shape.shape === "funnel" && rows[0]?.people === 0);

type Drawing = {
  spec: AnyChart;
  result: Drawn;
  model: ChartModel;
  hidden: ReadonlySet<string>;
  height: number;
};

function draw({ spec, result, model, hidden, height }: Drawing): ReactNode {
  switch (spec.drawing.kind) {
    case "line":
    case "area":
    case "bar":
    case "stacked_bar":
      return <CartesianChart model={model} hidden={hidden} height={height} />;
    case "pie":
      return <PieChart model={model} height={height} />;
    case "funnel":
      return <FunnelChart model={model} />;
    case "number":
      return <NumberChart spec={spec} result={result} />;
    case "bridge":
      return <CartesianChart model={model} hidden={hidden} height={height} />;
    case "cohort":
    case "scatter":
    case "table":
      return <ResultTable result={result} caption={spec.title} maxHeight={Math.max(height, 320)} />;
  }
}

/** Nothing in this range: says which range, since that is usually the reason. */
function EmptyChart({ result }: { result: Drawn }) {
  return (
    <EmptyState icon={SearchX} title="Nothing to show for this range" className="py-10">
      There are no rows for {result.range.label}. Ask for a longer range, or take a filter away.
    </EmptyState>
  );
}

/** Stands where a chart would be when its query failed. */
export function FailedChart({
  message,
  onRetry,
  waiting = false,
}: {
  message: string;
  onRetry?: ReactNode;
  /** Nothing is wrong: what it counts has not been copied yet. */
  waiting?: boolean;
}) {
  if (waiting)
    return (
      <EmptyState icon={Hourglass} title="Still being copied from Keap" className="py-10">
        {message}
      </EmptyState>
    );
  return (
    <EmptyState
      icon={CircleAlert}
      tone="error"
      title="This chart could not be computed"
      className="py-10"
      action={onRetry}
    >
      {message}
    </EmptyState>
  );
}
