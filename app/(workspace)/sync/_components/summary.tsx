"use client";

import { CircleAlert, CircleCheck, Info, TriangleAlert } from "lucide-react";
import { Card } from "../../../_components/surface";
import { cn } from "../../../_lib/cn";
import { formatAgo } from "../../../_lib/format";
import type { Overall } from "../status";

const summaryLooks = {
  positive: { icon: CircleCheck, style: "bg-positive-soft text-positive" },
  info: { icon: Info, style: "bg-info-soft text-info" },
  warning: { icon: TriangleAlert, style: "bg-warning-soft text-warning" },
  negative: { icon: CircleAlert, style: "bg-negative-soft text-negative" },
};

/** The state of the sync in one line. */
export function Summary({ overall, lastOk, now }: { overall: Overall; lastOk: string | null; now: number }) {
  const { icon: Icon, style } = summaryLooks[overall.tone];
  return (
    <Card className="flex items-start gap-3.5 p-4 sm:p-5">
      <span className={cn("grid size-9 shrink-0 place-items-center rounded-full", style)}>
        <Icon aria-hidden className="size-5" />
      </span>
      <div className="min-w-0 flex-1" role="status">
        <p className="font-medium">{overall.title}</p>
        <p className="mt-0.5 text-sm text-muted">{overall.detail}</p>
      </div>
      {lastOk && (
        <p className="hidden shrink-0 text-xs text-muted sm:block">Keap answered {formatAgo(lastOk, now)}</p>
      )}
    </Card>
  );
}
