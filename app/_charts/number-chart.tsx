import { ArrowDownRight, ArrowRight, ArrowUpRight } from "lucide-react";
import type { AnyChart } from "@/analytics/charts/any-chart";
import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { cn } from "../_lib/cn";
import { formatChange, formatMoney, formatValue } from "../_lib/format";
import type { Drawn } from "./drawn";

/** One number, large, with its change since the earlier range and how far the goal is. One block per currency. */
export function NumberChart({ spec, result }: { spec: Pick<AnyChart, "drawing">; result: Drawn }) {
  const rows = result.totals.length > 0 ? result.totals : result.rows.slice(0, 1);
  const columns = result.columns.filter(
    ({ id, kind }) => kind === "metric" && (!spec.drawing.y?.length || spec.drawing.y.includes(id)),
  );
  return (
    <div className="flex flex-wrap gap-x-10 gap-y-5 py-2">
      {rows.flatMap((row, index) =>
        columns.map((column) => (
          <Headline
            key={`${column.id}-${String(row.currency ?? index)}`}
            column={column}
            row={row}
            result={result}
            goal={spec.drawing.goal}
            named={columns.length > 1}
          />
        )),
      )}
    </div>
  );
}

function Headline(props: {
  column: ResultColumn;
  row: ResultRow;
  result: Drawn;
  goal: number | undefined;
  named: boolean;
}) {
  const { column, row, result, goal, named } = props;
  const currency =
    column.currency ?? result.currency ?? (typeof row.currency === "string" ? row.currency : null);
  const of = (kind: ResultColumn["kind"]) =>
    result.columns.find((other) => other.kind === kind && other.metric === column.id);
  const [change, before] = [of("change"), of("comparison")];
  const value = row[column.id];
  const better =
    result.definitions.find(({ id }) => id === (column.metric ?? column.id))?.better ?? "neutral";
  return (
    <div className="min-w-0">
      {named && <p className="text-[13px] text-muted">{column.label}</p>}
      <p className="text-4xl font-semibold tracking-tight tabular break-words">
        {formatValue(value, { unit: column.unit, currency })}
      </p>
      {change && (
        <p className="mt-2 flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px]">
          <Delta change={asNumber(row[change.id])} better={better} />
          <span className="text-muted">
            {before && `from ${formatValue(row[before.id], { unit: column.unit, currency })}`}
            {result.comparison_range && ` in ${result.comparison_range.label}`}
          </span>
        </p>
      )}
      {goal !== undefined && typeof value === "number" && goal !== 0 && (
        <p className="mt-2 text-[13px] text-muted">
          {formatValue(value / goal, { unit: "ratio" })} of the goal of{" "}
          {column.unit === "money" ? formatMoney(goal, currency) : formatValue(goal, { unit: column.unit })}
        </p>
      )}
    </div>
  );
}

/** A signed change; green or red only where the metric says which direction is good. */
export function Delta({ change, better }: { change: number | null; better: "up" | "down" | "neutral" }) {
  const direction = change === null ? 0 : Math.sign(change);
  const good = better === "neutral" || direction === 0 ? null : direction > 0 === (better === "up");
  const Icon = direction > 0 ? ArrowUpRight : direction < 0 ? ArrowDownRight : ArrowRight;
  return (
    <span
      className={cn(
        "tabular inline-flex items-center gap-0.5 rounded-md px-1.5 py-0.5 font-medium",
        good === null
          ? "bg-sunken text-muted dark:bg-raised"
          : good
            ? "bg-positive-soft text-positive"
            : "bg-negative-soft text-negative",
      )}
    >
      <Icon aria-hidden className="size-3.5" />
      {formatChange(change)}
    </span>
  );
}

const asNumber = (value: unknown): number | null => (typeof value === "number" ? value : null);
