"use client";

import type { ReactNode } from "react";
import type { ShapeChart } from "@/analytics/charts/any-chart";
import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { cn } from "../_lib/cn";
import { formatValue } from "../_lib/format";
import type { Drawn } from "./drawn";
import { seriesColor } from "./palette";

/** Opens who is behind a cell; left out for people who may not see it. */
export type OnCell = (row: ResultRow, column: ResultColumn) => void;

type Props = { chart: ShapeChart; result: Drawn; onCell?: OnCell | undefined };

/** The drawings of shapes that no axis suits: a funnel's steps, heat maps of cohorts and of moves. */
export function ShapeDrawing(props: Props): ReactNode {
  switch (props.chart.shape.shape) {
    case "funnel":
      return <Steps {...props} />;
    case "revenue_cohorts":
    case "retention_cohorts":
      return <CohortHeat {...props} />;
    case "rfm_moves":
      return <MovesHeat {...props} />;
    default:
      return null;
  }
}

const columnOf = (result: Drawn, id: string): ResultColumn =>
  result.columns.find((column) => column.id === id) ?? { id, label: id, kind: "metric", unit: "count" };

const currencyOf = (result: Drawn, row: ResultRow, column: ResultColumn) =>
  column.currency ?? result.currency ?? (typeof row.currency === "string" ? row.currency : null);

function CellValue({
  row,
  column,
  result,
  onCell,
  style = "full",
  className,
}: {
  row: ResultRow;
  column: ResultColumn;
  result: Drawn;
  onCell?: OnCell | undefined;
  style?: "short" | "full";
  className?: string;
}) {
  const text = formatValue(row[column.id], {
    unit: column.unit,
    currency: currencyOf(result, row, column),
    style,
  });
  if (!onCell || row[column.id] === null) return <span className={className}>{text}</span>;
  return (
    <button
      type="button"
      onClick={() => onCell(row, column)}
      className={cn("rounded-sm underline-offset-2 hover:underline", className)}
    >
      {text}
    </button>
  );
}

/** Steps from top to bottom, each bar as wide as its share of the first; what went on, how long it took, who stopped. */
function Steps({ result, onCell }: Props) {
  const most = Number(result.rows[0]?.people ?? 0);
  const shown = { result, onCell };
  return (
    <ol className="space-y-3 py-1">
      {result.rows.map((row, index) => (
        <li key={String(row.step_id)} className="text-[13px]">
          <div className="mb-1 flex flex-wrap items-baseline justify-between gap-x-4">
            <span className="min-w-0 break-words font-medium">{String(row.step)}</span>
            <span className="tabular flex flex-wrap items-baseline gap-x-3">
              <CellValue {...shown} row={row} column={columnOf(result, "people")} className="font-medium" />
              {index > 0 && (
                <span className="text-muted">
                  <CellValue {...shown} row={row} column={columnOf(result, "from_previous")} /> of the step
                  before
                </span>
              )}
            </span>
          </div>
          <div className="h-6 rounded-md bg-sunken">
            <div
              className="h-full min-w-0.5 rounded-md"
              style={{
                width: `${most ? Math.min(100, (Number(row.people) / most) * 100) : 0}%`,
                background: seriesColor(0),
                opacity: 1 - index * 0.09,
              }}
            />
          </div>
          <div className="mt-1 flex flex-wrap gap-x-4 text-xs text-muted">
            {index > 0 && row.median_days !== null && (
              <span>
                <CellValue {...shown} row={row} column={columnOf(result, "median_days")} /> in the median
              </span>
            )}
            {typeof row.lost === "number" && (
              <span>
                <CellValue {...shown} row={row} column={columnOf(result, "lost")} /> went no further
              </span>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

const heat = (share: number) => ({
  background: `color-mix(in oklab, var(--color-accent) ${Math.round(6 + Math.max(0, Math.min(1, share)) * 44)}%, transparent)`,
});

/** A row per month people joined, a column per month since; months that are not over are grey. */
function CohortHeat({ chart, result, onCell }: Props) {
  const money = chart.shape.shape === "revenue_cohorts";
  const [value, opens, size] = money ? ["per_person", "revenue", "people"] : ["rate", "people", "size"];
  const column = columnOf(result, value);
  const rows = groupBy(result.rows, (row) => `${row.time} ${row.currency ?? ""}`);
  const months = Math.max(0, ...result.rows.map((row) => Number(row.month)));
  const most = Math.max(...result.rows.map((row) => Number(row[value] ?? 0)), 0);
  const currencies = new Set(result.rows.map(({ currency }) => currency));
  return (
    <HeatTable caption={chart.title}>
      <thead className="sticky top-0 bg-sunken text-muted dark:bg-raised">
        <tr>
          <Head left>{columnOf(result, "time").label}</Head>
          <Head>People</Head>
          {range(months + 1).map((month) => (
            <Head key={month}>{month === 0 ? "Month 0" : month}</Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([key, cells]) => {
          const [first] = cells as [ResultRow];
          return (
            <tr key={key} className="border-t border-line">
              <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                {String(first.time_label)}
                {currencies.size > 1 && <span className="ml-1.5 text-muted">{String(first.currency)}</span>}
              </th>
              <td className="px-2 py-1.5 text-right text-muted">
                <CellValue row={first} column={columnOf(result, size)} result={result} onCell={onCell} />
              </td>
              {range(months + 1).map((month) => {
                const row = cells.find((each) => each.month === month);
                const open = row && onCell ? () => onCell(row, columnOf(result, opens)) : undefined;
                return (
                  <td
                    key={month}
                    className={cn("px-2 py-1.5 text-right", row?.immature === true && "text-muted italic")}
                    style={
                      row && row.immature !== true && most > 0 ? heat(Number(row[value]) / most) : undefined
                    }
                    title={row?.immature === true ? "This month is not over" : undefined}
                  >
                    {row && (
                      <CellValue
                        row={row}
                        column={column}
                        result={result}
                        style="short"
                        {...(open ? { onCell: open } : {})}
                      />
                    )}
                  </td>
                );
              })}
            </tr>
          );
        })}
      </tbody>
    </HeatTable>
  );
}

/** Where people were (rows) and are (columns); who stayed lies on the diagonal. */
function MovesHeat({ chart, result, onCell }: Props) {
  const columns = result.columns.filter(({ kind }) => kind === "metric");
  return (
    <HeatTable caption={chart.title}>
      <thead className="sticky top-0 bg-sunken text-muted dark:bg-raised">
        <tr>
          <Head left>{result.columns[0]?.label ?? ""}</Head>
          {columns.map(({ id, label }) => (
            <Head key={id}>{label}</Head>
          ))}
        </tr>
      </thead>
      <tbody>
        {result.rows.map((row) => (
          <tr key={String(row.was)} className="border-t border-line">
            <th
              scope="row"
              className="px-3 py-1.5 text-left font-normal whitespace-nowrap first-letter:uppercase"
            >
              {String(row.was)}
            </th>
            {columns.map((column) => {
              const whole = Number(row.people);
              const stayed = column.id === row.was;
              return (
                <td
                  key={column.id}
                  className={cn(
                    "px-2 py-1.5 text-right",
                    column.id === "people" && "font-medium",
                    row[column.id] === 0 && "text-muted",
                    stayed && "outline-1 -outline-offset-2 outline-line-strong/50",
                  )}
                  style={
                    column.id !== "people" && whole > 0 && Number(row[column.id]) > 0
                      ? heat(Number(row[column.id]) / whole)
                      : undefined
                  }
                >
                  <CellValue
                    row={row}
                    column={column}
                    result={result}
                    {...(onCell && row[column.id] !== 0 ? { onCell } : {})}
                  />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </HeatTable>
  );
}

function HeatTable({ caption, children }: { caption: string; children: ReactNode }) {
  return (
    // A scrolling region must be reachable by keyboard.
    <section
      className="max-h-[34rem] overflow-auto rounded-lg border border-line"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      aria-label={caption}
    >
      <table className="tabular w-full text-xs">
        <caption className="sr-only">{caption}</caption>
        {children}
      </table>
    </section>
  );
}

function Head({ children, left = false }: { children: ReactNode; left?: boolean }) {
  return (
    <th
      scope="col"
      className={cn("px-2 py-2 font-medium whitespace-nowrap", left ? "px-3 text-left" : "text-right")}
    >
      {children}
    </th>
  );
}

const range = (length: number) => Array.from({ length }, (_, index) => index);

function groupBy(rows: readonly ResultRow[], keyOf: (row: ResultRow) => string): [string, ResultRow[]][] {
  const groups = new Map<string, ResultRow[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return [...groups];
}
