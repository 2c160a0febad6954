import { formatValue } from "../_lib/format";
import type { ChartModel } from "./model";
import { seriesColor } from "./palette";

/**
 * Steps from top to bottom: each bar as wide as its share of the first, with what got through from the step before.
 * Steps are the points along the axis or, for one row of several metrics, the metrics in their order.
 */
export function FunnelChart({ model }: { model: ChartModel }) {
  const steps = readSteps(model);
  const first = steps[0]?.value ?? 0;
  return (
    <ol className="space-y-1.5">
      {steps.map(({ label, value, unit, currency }, index) => {
        const before = steps[index - 1]?.value;
        return (
          <li key={label} className="text-[13px]">
            <div className="mb-1 flex items-baseline justify-between gap-3">
              <span className="truncate">{label}</span>
              <span className="tabular shrink-0">
                <span className="font-medium">{formatValue(value, { unit, currency })}</span>
                {before !== undefined && (
                  <span className="ml-2 text-muted">
                    {formatValue(before ? value / before : null, { unit: "ratio" })} of the step before
                  </span>
                )}
              </span>
            </div>
            <div className="h-7 rounded-md bg-sunken">
              <div
                className="h-full min-w-0.5 rounded-md"
                style={{
                  width: `${first ? Math.max(0, Math.min(100, (value / first) * 100)) : 0}%`,
                  background: seriesColor(0),
                  opacity: 1 - index * 0.09,
                }}
              />
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function readSteps({ points, series }: ChartModel) {
  const drawn = series.filter(({ earlier }) => !earlier);
  const only = points.length === 1 ? points[0] : undefined;
  if (only && drawn.length > 1) {
    return drawn.map(({ key, label, unit, currency }) => ({
      label,
      value: only.values[key] ?? 0,
      unit,
      currency,
    }));
  }
  const main = drawn[0];
  if (!main) return [];
  return points.map(({ label, values }) => ({
    label,
    value: values[main.key] ?? 0,
    unit: main.unit,
    currency: main.currency,
  }));
}
