"use client";

import { cn } from "../_lib/cn";
import type { Series } from "./model";
import { seriesColor } from "./palette";

/** Names the series; a click hides or shows one. Not drawn for a single series, which the title names. */
export function ChartLegend({
  series,
  hidden,
  onToggle,
}: {
  series: Series[];
  hidden: ReadonlySet<string>;
  onToggle: (key: string) => void;
}) {
  if (series.length < 2) return null;
  return (
    <ul className="mb-2 flex flex-wrap gap-x-1 gap-y-0.5" aria-label="Series">
      {series.map(({ key, label, color, earlier }) => (
        <li key={key}>
          <button
            type="button"
            aria-pressed={!hidden.has(key)}
            onClick={() => onToggle(key)}
            className={cn(
              "flex max-w-52 items-center gap-1.5 rounded-md px-1.5 py-1 text-xs text-muted hover:bg-sunken hover:text-ink",
              hidden.has(key) && "line-through opacity-60",
            )}
          >
            <span
              aria-hidden
              className={cn(
                "h-2 w-3 shrink-0 rounded-[3px]",
                earlier && "h-0 border-t-2 border-dashed bg-transparent!",
              )}
              style={{ background: seriesColor(color), borderColor: seriesColor(color) }}
            />
            <span className="truncate">{label}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
