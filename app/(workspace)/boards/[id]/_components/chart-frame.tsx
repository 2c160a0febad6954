"use client";

import { ArrowLeft, ArrowRight, Columns2, Maximize2, Trash2 } from "lucide-react";
import { useTransition } from "react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import { FailedChart } from "../../../../_charts/chart";
import { ChartCard } from "../../../../_charts/chart-card";
import type { Drawn } from "../../../../_charts/drawn";
import { Button } from "../../../../_components/button";
import { MenuItem, MenuLabel, MenuSeparator } from "../../../../_components/menu";
import { Card } from "../../../../_components/surface";
import { useToast } from "../../../../_components/toast";
import { changeChart } from "../../actions";
import { tileWidth } from "./tile-width";

export type Outcome =
  | { ok: true; spec: AnyChart; result: Drawn }
  | { ok: false; message: string; waiting?: boolean };

export interface ChartFrameProps {
  id: string;
  board: string;
  title: string;
  width: number;
  outcome: Outcome;
  canEdit: boolean;
  first: boolean;
  last: boolean;
}

/** A chart on a board, with its place and width in the menu. */
export function ChartFrame({ id, board, title, width, outcome, canEdit, first, last }: ChartFrameProps) {
  const [pending, start] = useTransition();
  const notify = useToast();
  const change = (what: Parameters<typeof changeChart>[0]["change"]) =>
    start(async () => {
      const { ok, message } = await changeChart({ board, chart: id, change: what });
      if (!ok) notify(message, "error");
    });
  const menu = canEdit && (
    <>
      <MenuSeparator />
      <MenuLabel>On the board</MenuLabel>
      <MenuItem disabled={first} onSelect={() => change({ kind: "move", by: -1 })}>
        <ArrowLeft aria-hidden className="size-4" /> Move before
      </MenuItem>
      <MenuItem disabled={last} onSelect={() => change({ kind: "move", by: 1 })}>
        <ArrowRight aria-hidden className="size-4" /> Move after
      </MenuItem>
      {[4, 6, 12].map((columns) => (
        <MenuItem
          key={columns}
          disabled={columns === width}
          onSelect={() => change({ kind: "resize", width: columns })}
        >
          {columns === 12 ? (
            <Maximize2 aria-hidden className="size-4" />
          ) : (
            <Columns2 aria-hidden className="size-4" />
          )}
          {{ 4: "A third wide", 6: "Half wide", 12: "Full width" }[columns]}
        </MenuItem>
      ))}
      <MenuItem tone="danger" onSelect={() => change({ kind: "remove" })}>
        <Trash2 aria-hidden className="size-4" /> Remove from the board
      </MenuItem>
    </>
  );
  return (
    <li
      className={`col-span-12 min-w-0 ${tileWidth(width)} ${pending ? "opacity-60" : ""}`}
      aria-busy={pending}
    >
      {outcome.ok ? (
        <ChartCard
          spec={outcome.spec}
          result={outcome.result}
          height={260}
          menu={menu}
          canOpen={canEdit}
          className="h-full"
        />
      ) : (
        <Card className="h-full p-5">
          <h3 className="mb-3 text-[15px] font-semibold">{title}</h3>
          <FailedChart
            message={outcome.message}
            waiting={outcome.waiting ?? false}
            onRetry={
              canEdit && (
                <Button size="small" variant="danger" onClick={() => change({ kind: "remove" })}>
                  <Trash2 aria-hidden className="size-3.5" /> Remove it
                </Button>
              )
            }
          />
        </Card>
      )}
    </li>
  );
}
