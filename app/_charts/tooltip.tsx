import { formatValue } from "../_lib/format";
import type { ChartModel, Point } from "./model";
import { seriesColor } from "./palette";

/** What stands at one place of the axis: every series in full numbers, and their sum where they are stacked. */
export function ChartTooltip({
  point,
  model,
  hidden,
}: {
  point: Point;
  model: ChartModel;
  hidden: ReadonlySet<string>;
}) {
  const shown = model.series.filter(({ key }) => !hidden.has(key));
  const stacked = (model.kind === "stacked_bar" || model.kind === "area") && shown.length > 1;
  const ordered = stacked || shown.length < 3 ? shown : [...shown].sort(byValue(point));
  const sameCurrency = new Set(shown.map(({ currency }) => currency)).size === 1;
  const total = shown.reduce((sum, { key }) => sum + (point.values[key] ?? 0), 0);
  return (
    <div className="max-w-72 rounded-lg border border-line bg-raised px-3 py-2 text-xs shadow-pop">
      <p className="mb-1.5 font-medium">
        {point.label}
        {point.incomplete && <span className="ml-1.5 font-normal text-muted">still running</span>}
      </p>
      <table className="w-full">
        <tbody>
          {(stacked ? [...ordered].reverse() : ordered)
            .slice(0, 10)
            .map(({ key, label, unit, currency, color, earlier }) => (
              <tr key={key}>
                <td className="py-0.5 pr-4">
                  <span className="flex items-center gap-1.5">
                    <span
                      aria-hidden
                      className="size-2 shrink-0 rounded-[3px]"
                      style={{ background: seriesColor(color), opacity: earlier ? 0.5 : 1 }}
                    />
                    <span className="line-clamp-1 text-muted">{label}</span>
                  </span>
                </td>
                <td className="py-0.5 text-right font-medium">
                  {formatValue(point.values[key], { unit, currency })}
                </td>
              </tr>
            ))}
          {stacked && sameCurrency && (
            <tr className="border-t border-line">
              <td className="pt-1 pr-4 text-muted">Together</td>
              <td className="pt-1 text-right font-semibold">
                {formatValue(total, { unit: model.unit, currency: model.currency })}
              </td>
            </tr>
          )}
        </tbody>
      </table>
      {ordered.length > 10 && <p className="mt-1 text-muted">and {ordered.length - 10} more</p>}
    </div>
  );
}

const byValue = (point: Point) => (a: { key: string }, b: { key: string }) =>
  (point.values[b.key] ?? Number.NEGATIVE_INFINITY) - (point.values[a.key] ?? Number.NEGATIVE_INFINITY);
