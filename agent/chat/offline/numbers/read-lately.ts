import { isStock } from "@/analytics/metrics/stock";
import type { TimeReading } from "../read-time";
import type { Scanner } from "../scanner";

const buckets = { day: 14, week: 12, month: 12, quarter: 8, year: 3 };

/** `lately`, `these days`: the last 30 days, or a row of the buckets that were named. What it was taken for is said. */
export function readLately(
  scanner: Scanner,
  time: TimeReading,
  metrics: readonly string[],
  notes: string[],
): void {
  const said = scanner.take(
    /(?<![\p{L}])(?:lately|recently|these days|of late|nowadays|in recent (?:weeks|months|times))(?![\p{L}])/u,
  );
  if (!said) return;
  if (time.period) return;
  const word = said[0].trim();
  const unit = time.grain && time.grain !== "auto" ? time.grain : "day";
  const count = unit === "day" && time.grain !== "day" ? 30 : buckets[unit];
  if (metrics.length > 0 && metrics.every(isStock) && !time.grain) {
    notes.push(`"${word}": this is as of now.`);
    return;
  }
  time.period = {
    from: null,
    to: null,
    unit,
    rolling: { kind: "last", count, unit, including_current: unit !== "day" },
  };
  notes.push(`By "${word}" I took the last ${count} ${unit}s.`);
}
