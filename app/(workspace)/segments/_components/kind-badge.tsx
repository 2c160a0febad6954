import { RefreshCw, Snowflake } from "lucide-react";

/** Whether a segment follows its conditions or keeps the people of one day. */
export function KindBadge({ kind }: { kind: string }) {
  const frozen = kind === "static";
  const Icon = frozen ? Snowflake : RefreshCw;
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-full px-2 py-0.5 text-xs font-medium ${frozen ? "bg-info-soft text-info" : "bg-positive-soft text-positive"}`}
    >
      <Icon aria-hidden className="size-3" /> {frozen ? "Frozen" : "Live"}
    </span>
  );
}
