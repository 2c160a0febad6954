import { cn } from "../../../_lib/cn";

const fills = {
  positive: "bg-positive",
  negative: "bg-negative",
  warning: "bg-warning",
  neutral: "bg-line-strong",
} as const;

/** How much of the target there is, with a mark where an even pace would be by now. */
export function ProgressBar({
  label,
  share,
  elapsed,
  tone,
}: {
  label: string;
  share: number;
  /** Share of the time gone by; null where no pace is expected. */
  elapsed: number | null;
  tone: keyof typeof fills;
}) {
  const percent = (part: number) => `${Math.min(100, Math.max(0, part * 100))}%`;
  return (
    <div
      role="img"
      aria-label={label}
      className="relative mt-2.5 h-2 max-w-xl rounded-full bg-sunken dark:bg-raised"
    >
      <div className={cn("h-full rounded-full", fills[tone])} style={{ width: percent(share) }} />
      {elapsed !== null && elapsed > 0 && elapsed < 1 && (
        <div
          title="An even pace would be here"
          className="absolute -top-1 h-4 w-0.5 rounded-full bg-ink"
          style={{ left: percent(elapsed) }}
        />
      )}
    </div>
  );
}
