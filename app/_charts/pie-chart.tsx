"use client";

import { Cell, Pie, PieChart as RechartsPie, ResponsiveContainer, Tooltip } from "recharts";
import { formatValue } from "../_lib/format";
import type { ChartModel, Point } from "./model";
import { seriesColor } from "./palette";
import { ChartTooltip } from "./tooltip";

const maxSlices = 7;

/** Shares of a whole; the smallest parts are gathered so that no slice is a hair. Names and shares stand beside it. */
export function PieChart({ model, height }: { model: ChartModel; height: number }) {
  const series = model.series[0];
  if (!series) return null;
  const slices = gatherSlices(model.points, series.key);
  const total = slices.reduce((sum, { value }) => sum + value, 0);
  return (
    <div className="@container">
      <div className="flex flex-col items-center gap-4 @md:flex-row">
        <div className="w-full max-w-60 shrink-0 @md:w-1/2">
          <ResponsiveContainer width="100%" height={Math.min(height, 240)}>
            <RechartsPie>
              <Tooltip
                isAnimationActive={false}
                content={({ active, payload }) => {
                  const slice = payload[0]?.payload as { point: Point } | undefined;
                  return active && slice ? (
                    <ChartTooltip point={slice.point} model={model} hidden={new Set()} />
                  ) : null;
                }}
              />
              <Pie
                data={slices}
                dataKey="value"
                nameKey="label"
                innerRadius="58%"
                outerRadius="96%"
                paddingAngle={1}
                stroke="var(--surface)"
                strokeWidth={2}
                isAnimationActive={false}
              >
                {slices.map(({ label }, index) => (
                  <Cell key={label} fill={seriesColor(index)} />
                ))}
              </Pie>
            </RechartsPie>
          </ResponsiveContainer>
        </div>
        <ul className="w-full min-w-0 flex-1 space-y-1.5 text-[13px]">
          {slices.map(({ label, value }, index) => (
            <li key={label} className="flex items-center gap-2">
              <span
                aria-hidden
                className="size-2.5 shrink-0 rounded-[3px]"
                style={{ background: seriesColor(index) }}
              />
              <span className="min-w-0 flex-1 truncate text-muted">{label}</span>
              <span className="tabular font-medium">
                {formatValue(value, { unit: series.unit, currency: series.currency, style: "short" })}
              </span>
              <span className="tabular w-12 text-right text-muted">
                {formatValue(total ? value / total : null, { unit: "ratio" })}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}

interface Slice {
  label: string;
  value: number;
  point: Point;
}

/** The largest slices, and the rest as one. Negative values have no share of a whole and are left to the table. */
function gatherSlices(points: Point[], key: string): Slice[] {
  const all = points
    .map((point) => ({ label: point.label, value: point.values[key] ?? 0, point }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
  if (all.length <= maxSlices) return all;
  const rest = all.slice(maxSlices - 1);
  const value = rest.reduce((sum, slice) => sum + slice.value, 0);
  const label = `${rest.length} smaller ones`;
  return [
    ...all.slice(0, maxSlices - 1),
    { label, value, point: { label, tick: label, incomplete: false, values: { [key]: value } } },
  ];
}
