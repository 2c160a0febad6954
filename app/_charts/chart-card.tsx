"use client";

import {
  Bookmark,
  ChartNoAxesCombined,
  Download,
  Ellipsis,
  FunctionSquare,
  Image as ImageIcon,
  Pin,
  Table2,
} from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { DrawingKind } from "@/analytics/charts/chart-spec";
import { csvText, fileName } from "@/analytics/query/csv";
import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { Button } from "../_components/button";
import { Dialog } from "../_components/dialog";
import { Menu, MenuItem, MenuLabel, MenuSeparator } from "../_components/menu";
import { Card } from "../_components/surface";
import { useToast } from "../_components/toast";
import { cn } from "../_lib/cn";
import { formatInstant } from "../_lib/format";
import { BehindDialog, type Opened } from "./behind-dialog";
import { Chart } from "./chart";
import { drawingChoices, drawingLabels, withDrawing } from "./drawing-choices";
import { type Drawn, openable } from "./drawn";
import { download, downloadAll, toPng } from "./export";
import { Provenance } from "./provenance";
import { formatCell } from "./result-table";

export interface ChartCardProps {
  spec: AnyChart;
  result: Drawn;
  height?: number;
  /** Offers "Pin"; receives the chart as it is drawn now. */
  onPin?: (spec: AnyChart) => void;
  /** Offers "Save"; receives the same. */
  onSave?: (spec: AnyChart) => void;
  /** Whether this person may see who is behind a number. */
  canOpen?: boolean;
  /** More lines for the menu, such as "Remove from the board". */
  menu?: ReactNode;
  className?: string;
}

/** A chart with its title, range, other ways to draw it, export, and how it was computed. */
export function ChartCard({
  spec: given,
  result,
  height,
  onPin,
  onSave,
  canOpen = false,
  menu,
  className,
}: ChartCardProps) {
  const [kind, setKind] = useState<DrawingKind>(given.drawing.kind);
  const [asTable, setAsTable] = useState(false);
  const [explaining, setExplaining] = useState(false);
  const [opened, setOpened] = useState<Opened | null>(null);
  const frame = useRef<HTMLDivElement>(null);
  const notify = useToast();
  const spec = withDrawing(given, kind);

  function open(row: ResultRow, column: ResultColumn) {
    const cell = openable(given, result, row, column);
    if (!cell) return null;
    const where = result.columns
      .filter(({ kind, id }) => (kind === "time" || kind === "dimension") && id !== "month")
      .map((each) => formatCell(row, each, result));
    const month = typeof row.month === "number" && row.time ? [`${row.month} months later`] : [];
    return () => setOpened({ cell, title: [...where, ...month, column.label].join(" · ") });
  }

  async function exportPng() {
    const picture = frame.current && (await toPng(frame.current, spec.title));
    if (picture) download(fileName(spec.title, "png"), picture);
    else notify("This view is not a picture. Switch to a chart, or export it as CSV.", "error");
  }

  /** What is shown, as it is shown; where only its beginning is, the whole of it now. */
  async function exportCsv() {
    if (!result.truncated)
      return download(fileName(spec.title, "csv"), new Blob([csvText(result)], { type: "text/csv" }));
    notify("The file is being written…");
    await downloadAll({ kind: "chart", chart: given }).catch((error: Error) =>
      notify(error.message, "error"),
    );
  }

  return (
    <Card className={cn("flex min-w-0 flex-col", className)}>
      <div className="flex items-start justify-between gap-3 px-4 pt-3.5 sm:px-5">
        <div className="min-w-0">
          <h3 className="text-[15px] font-semibold tracking-tight text-balance">{spec.title}</h3>
          <p className="mt-0.5 text-xs text-muted">
            {result.range.label}
            {/* A single number says beside its change what it is compared with. */}
            {result.comparison_range &&
              kind !== "number" &&
              ` · compared with ${result.comparison_range.label}`}
            {result.as_of
              ? ` · as of ${formatInstant(result.as_of, result.range.zone)}`
              : " · Keap is still being copied"}
          </p>
        </div>
        <div className="-mr-1.5 flex shrink-0 items-center gap-0.5">
          {onSave && (
            <Button
              variant="ghost"
              size="icon"
              aria-label="Save the question"
              title="Save the question"
              onClick={() => onSave(spec)}
            >
              <Bookmark aria-hidden className="size-4" />
            </Button>
          )}
          {onPin && (
            <Button size="small" onClick={() => onPin(spec)}>
              <Pin aria-hidden className="size-3.5" /> Pin
            </Button>
          )}
          {kind !== "table" && (
            <Button
              variant="ghost"
              size="icon"
              aria-pressed={asTable}
              aria-label="Show as table"
              title="Show as table"
              onClick={() => setAsTable(!asTable)}
              className={cn(asTable && "bg-accent-soft text-accent")}
            >
              <Table2 aria-hidden className="size-4" />
            </Button>
          )}
          <Menu
            trigger={
              <Button variant="ghost" size="icon" aria-label={`More for ${spec.title}`}>
                <Ellipsis aria-hidden className="size-4" />
              </Button>
            }
          >
            <MenuLabel>Draw as</MenuLabel>
            {drawingChoices(given, result).map((choice) => (
              <MenuItem
                key={choice}
                onSelect={() => {
                  setKind(choice);
                  setAsTable(false);
                }}
              >
                <ChartNoAxesCombined
                  aria-hidden
                  className={cn("size-4", choice === kind ? "text-accent" : "invisible")}
                />
                {drawingLabels[choice]}
              </MenuItem>
            ))}
            <MenuSeparator />
            <MenuItem onSelect={() => void exportCsv()}>
              <Download aria-hidden className="size-4" /> Download CSV
            </MenuItem>
            <MenuItem onSelect={() => void exportPng()}>
              <ImageIcon aria-hidden className="size-4" /> Download PNG
            </MenuItem>
            {menu}
          </Menu>
        </div>
      </div>
      {result.copying && (
        <p
          role="status"
          className="mx-4 mt-3 rounded-lg bg-warning-soft px-3 py-2 text-[13px] text-warning sm:mx-5"
        >
          {result.copying}
        </p>
      )}
      <div ref={frame} className="min-w-0 flex-1 px-4 pt-3 pb-2 sm:px-5">
        <Chart
          spec={spec}
          result={result}
          asTable={asTable}
          {...(height ? { height } : {})}
          {...(canOpen ? { onCell: open } : {})}
        />
      </div>
      <div className="px-4 pb-3 sm:px-5">
        {/* Long ones are cut here and stand in full under "How was this computed?". */}
        {result.notes.length > 0 && (
          <p
            className="mb-1 line-clamp-2 text-xs text-pretty text-muted"
            title={result.notes.filter((note) => note !== result.copying).join(" ")}
          >
            {result.notes.filter((note) => note !== result.copying).join(" ")}
          </p>
        )}
        <Button
          variant="ghost"
          size="small"
          className="-ml-2.5 h-7 text-xs"
          onClick={() => setExplaining(true)}
        >
          <FunctionSquare aria-hidden className="size-3.5" /> How was this computed?
        </Button>
      </div>
      {opened && (
        <BehindDialog
          chart={given}
          opened={opened}
          zone={result.range.zone}
          onClose={() => setOpened(null)}
        />
      )}
      <Dialog
        open={explaining}
        onClose={() => setExplaining(false)}
        title="How this was computed"
        description={spec.title}
        className="w-[min(44rem,calc(100vw-2rem))]"
      >
        <Provenance result={result} />
      </Dialog>
    </Card>
  );
}
