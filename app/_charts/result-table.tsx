import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { cn } from "../_lib/cn";
import { formatChange, formatDay, formatValue } from "../_lib/format";
import type { Drawn } from "./drawn";

/** The rows as a table: the drawing kind "table", and the other way to read every drawn chart. */
export function ResultTable({
  result,
  caption,
  maxHeight,
  onCell,
}: {
  result: Drawn;
  caption: string;
  maxHeight?: number | undefined;
  /** Opens who is behind a cell; null where nothing can be listed. */
  onCell?: ((row: ResultRow, column: ResultColumn) => (() => void) | null) | undefined;
}) {
  const columns = visibleColumns(result);
  const showTotals = result.totals.length > 0 && result.rows.length > 1;
  return (
    // A scrolling region must be reachable by keyboard.
    <section
      className="overflow-auto rounded-lg border border-line"
      style={{ maxHeight }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: see above
      tabIndex={0}
      aria-label={caption}
    >
      <table className="w-full text-[13px]">
        <caption className="sr-only">{caption}</caption>
        <thead className="sticky top-0 bg-sunken text-muted dark:bg-raised">
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={cn(
                  "whitespace-nowrap px-3 py-2 font-medium",
                  isNumeric(column) ? "text-right" : "text-left",
                )}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {result.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a result have no other identity and never move
            <tr key={index} className="border-t border-line">
              {columns.map((column) => (
                <td
                  key={column.id}
                  className={cn(
                    "px-3 py-1.5",
                    isNumeric(column) ? "whitespace-nowrap text-right" : "max-w-72 truncate",
                  )}
                >
                  <Cell open={onCell?.(row, column) ?? null}>{formatCell(row, column, result)}</Cell>
                  {column.kind === "time" && row.incomplete === true && (
                    <span className="ml-1.5 text-xs text-muted">
                      {row.expected_only === true ? "to come" : "running"}
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        {showTotals && (
          <tfoot className="sticky bottom-0 bg-surface">
            {result.totals.map((row) => (
              <tr key={String(row.currency ?? "all")} className="border-t border-line-strong/50 font-medium">
                {columns.map((column, index) => (
                  <td
                    key={column.id}
                    className={cn("px-3 py-2", isNumeric(column) && "whitespace-nowrap text-right")}
                  >
                    {index === 0 && !isNumeric(column)
                      ? "Total"
                      : isNumeric(column)
                        ? formatCell(row, column, result)
                        : ""}
                  </td>
                ))}
              </tr>
            ))}
          </tfoot>
        )}
      </table>
    </section>
  );
}

function Cell({ open, children }: { open: (() => void) | null; children: string }) {
  if (!open) return children;
  return (
    <button type="button" onClick={open} className="rounded-sm underline-offset-2 hover:underline">
      {children}
    </button>
  );
}

/** The columns a person reads; the currency column joins them where rows differ in it. */
export function visibleColumns(result: Drawn): ResultColumn[] {
  const severalCurrencies =
    result.currency === null && result.rows.some(({ currency }) => typeof currency === "string");
  if (!severalCurrencies || result.columns.some(({ id }) => id === "currency")) return result.columns;
  const firstNumber = result.columns.findIndex(isNumeric);
  return result.columns.toSpliced(Math.max(0, firstNumber), 0, {
    id: "currency",
    label: "Currency",
    kind: "dimension",
    unit: "text",
  });
}

const isNumeric = ({ kind }: ResultColumn): boolean => kind !== "time" && kind !== "dimension";

/** One cell as a reader sees it. */
export function formatCell(row: ResultRow, column: ResultColumn, result: Drawn): string {
  if (column.kind === "time") return String(row.time_label ?? formatDay(String(row[column.id])));
  if (column.kind === "change")
    return formatChange(typeof row[column.id] === "number" ? Number(row[column.id]) : null);
  const currency =
    column.currency ?? result.currency ?? (typeof row.currency === "string" ? row.currency : null);
  return formatValue(row[column.id], { unit: column.unit, currency });
}
