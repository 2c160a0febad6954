"use client";

import {
  Area,
  Bar,
  CartesianGrid,
  Cell,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { formatValue } from "../_lib/format";
import { valueTicks } from "./axis";
import type { ChartModel, Point, Series } from "./model";
import { seriesColor, seriesDash } from "./palette";
import { ChartTooltip } from "./tooltip";

type Props = { model: ChartModel; hidden: ReadonlySet<string>; height: number };

const axisText = { fontSize: 11.5, fill: "var(--muted)" };

/** Lines, areas and bars. Bars over names lie on their side, where long names have room. */
export function CartesianChart({ model, hidden, height }: Props) {
  const lying = model.kind === "bar" && !model.overTime;
  const shown = model.series.filter(({ key }) => !hidden.has(key));
  const ticks = valueTicks(model, hidden);
  const scale = { ticks, domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1], interval: 0 as const };
  const value = (raw: number) =>
    formatValue(raw, { unit: model.unit, currency: model.currency, style: "short" });
  return (
    <ResponsiveContainer width="100%" height={lying ? Math.max(height, lyingHeight(model, shown)) : height}>
      <ComposedChart
        data={model.points}
        // What went hangs below the axis, beside what came above it.
        stackOffset="sign"
        layout={lying ? "vertical" : "horizontal"}
        margin={{ top: 8, right: lying ? 44 : 12, bottom: 0, left: 0 }}
        barCategoryGap={lying ? "26%" : "22%"}
      >
        <CartesianGrid vertical={lying} horizontal={!lying} stroke="var(--line)" />
        {lying ? (
          <>
            <XAxis
              {...scale}
              type="number"
              tickFormatter={value}
              tick={axisText}
              tickLine={false}
              axisLine={false}
              height={22}
            />
            <YAxis
              type="category"
              dataKey={(point: Point) => point.tick}
              tick={axisText}
              tickFormatter={shorten}
              tickLine={false}
              axisLine={{ stroke: "var(--line)" }}
              width={nameWidth(model.points)}
              interval={0}
            />
          </>
        ) : (
          <>
            <XAxis
              dataKey={(point: Point) => point.tick}
              tick={axisText}
              tickLine={false}
              axisLine={{ stroke: "var(--line)" }}
              interval="preserveStart"
              minTickGap={18}
              tickMargin={6}
              height={28}
              allowDuplicatedCategory
            />
            <YAxis
              {...scale}
              tickFormatter={value}
              tick={axisText}
              tickLine={false}
              axisLine={false}
              width="auto"
            />
          </>
        )}
        <Tooltip
          isAnimationActive={false}
          cursor={
            model.kind === "line" || model.kind === "area"
              ? { stroke: "var(--line-strong)", strokeDasharray: "3 3" }
              : { fill: "var(--ink)", fillOpacity: 0.05 }
          }
          content={({ active, payload }) => {
            const point = payload[0]?.payload as Point | undefined;
            return active && point ? <ChartTooltip point={point} model={model} hidden={hidden} /> : null;
          }}
        />
        {model.goal !== null && (
          <ReferenceLine
            {...(lying ? { x: model.goal } : { y: model.goal })}
            stroke="var(--ink)"
            strokeDasharray="4 4"
            label={{ value: `Goal ${value(model.goal)}`, position: "insideTopRight", ...axisText }}
          />
        )}
        {shown.map((series) => drawSeries(series, model))}
      </ComposedChart>
    </ResponsiveContainer>
  );
}

function drawSeries(series: Series, model: ChartModel) {
  const color = seriesColor(series.color);
  const name = series.label;
  const read = (point: Point) => point.values[series.key] ?? null;
  const several = model.series.length > 1;
  if (series.earlier) {
    // Names have no order that a line could follow.
    if (model.kind === "bar" && !model.overTime)
      return (
        <Bar
          key={series.key}
          name={name}
          dataKey={read}
          fill={color}
          fillOpacity={0.35}
          radius={[0, 4, 4, 0]}
          maxBarSize={26}
          isAnimationActive={false}
        />
      );
    return (
      <Line
        key={series.key}
        name={name}
        dataKey={read}
        stroke={color}
        strokeOpacity={0.6}
        strokeWidth={1.5}
        strokeDasharray="4 4"
        dot={false}
        isAnimationActive={false}
      />
    );
  }
  if (model.kind === "line" || model.kind === "scatter") return drawLine(series, model, read);
  if (model.kind === "area") {
    return (
      <Area
        key={series.key}
        name={name}
        dataKey={read}
        stackId="all"
        stroke={color}
        strokeWidth={2}
        fill={color}
        fillOpacity={several ? 0.45 : 0.16}
        isAnimationActive={false}
      />
    );
  }
  const stacked = model.kind === "stacked_bar";
  const lying = model.kind === "bar" && !model.overTime;
  return (
    <Bar
      key={series.key}
      name={name}
      dataKey={read}
      stackId={stacked ? "all" : undefined}
      fill={color}
      radius={stacked ? 0 : lying ? [0, 4, 4, 0] : [4, 4, 0, 0]}
      maxBarSize={lying ? 26 : 56}
      isAnimationActive={false}
      stroke={stacked ? "var(--surface)" : undefined}
      strokeWidth={stacked ? 1 : 0}
      label={
        lying && !several
          ? {
              position: "right",
              formatter: (raw: unknown) =>
                formatValue(raw, { unit: series.unit, currency: series.currency, style: "short" }),
              ...axisText,
            }
          : undefined
      }
    >
      {model.points.map((point) => (
        <Cell key={point.label} fillOpacity={point.incomplete ? 0.45 : 1} />
      ))}
    </Bar>
  );
}

/** A line whose last, still running stretch is dotted: it will rise yet. */
function drawLine(series: Series, model: ChartModel, read: (point: Point) => number | null) {
  const color = seriesColor(series.color);
  const running = model.points.findIndex(({ incomplete }) => incomplete);
  const place = new Map(model.points.map((point, index) => [point, index]));
  const done = (point: Point) => (point.incomplete ? null : read(point));
  const tail = (point: Point) => ((place.get(point) ?? 0) >= running - 1 ? read(point) : null);
  const few = model.points.length <= 31 && model.series.length <= 3;
  const line = { stroke: color, strokeWidth: 2, isAnimationActive: false, type: "monotone" as const };
  const dot = few ? { r: 2.5, fill: color, strokeWidth: 0 } : false;
  const dash = model.series.length > 1 ? seriesDash(series.color) : undefined;
  const parts = [
    <Line
      key={series.key}
      name={series.label}
      dataKey={running < 0 ? read : done}
      strokeDasharray={dash}
      dot={dot}
      {...line}
    />,
  ];
  if (running >= 0) {
    parts.push(
      <Line
        key={`${series.key}|running`}
        name={series.label}
        dataKey={tail}
        strokeDasharray="2 4"
        strokeLinecap="round"
        dot={few ? { r: 3, fill: "var(--surface)", stroke: color, strokeWidth: 1.5 } : false}
        legendType="none"
        {...line}
      />,
    );
  }
  return parts;
}

const lyingHeight = ({ points }: ChartModel, shown: Series[]) =>
  points.length * (16 + 14 * Math.max(1, shown.length)) + 40;
const shorten = (name: string) => (name.length > 24 ? `${name.slice(0, 23)}…` : name);
const nameWidth = (points: Point[]) =>
  Math.min(170, 20 + 6.4 * Math.max(4, ...points.map(({ tick }) => Math.min(24, tick.length))));
