import type { AnyChart } from "@/analytics/charts/any-chart";
import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";
import type { ChatMessage, ChatTools } from "./messages";

/** What drawing and explaining need of an answer, be it of metrics, a shape, a forecast or a cohort table. */
export type ShownResult = Pick<
  QueryResult,
  | "columns"
  | "rows"
  | "totals"
  | "range"
  | "comparison_range"
  | "grain"
  | "currency"
  | "as_of"
  | "sql"
  | "params"
  | "row_count"
  | "truncated"
  | "notes"
> & {
  definitions: (Pick<
    QueryResult["definitions"][number],
    "id" | "version" | "label" | "description" | "formula" | "edge_cases"
  > & { better?: QueryResult["definitions"][number]["better"] })[];
  drill?: QueryResult["drill"];
  copying?: string | undefined;
};

/** A chart that an answer produced; `id` is stable across the stream and a reload. */
export interface ShownChart {
  id: string;
  spec: AnyChart;
  result: ShownResult;
  /** False where the rows hold more than the question can be asked for again: a forecast is not pinned. */
  keeps: boolean;
}

type Part = ChatMessage["parts"][number];

/** The chart of a part, once its tool has answered; null for tools that answer with something else. */
export function shownBy(part: Part): ShownChart | null {
  switch (part.type) {
    case "tool-query_metric":
    case "tool-explain_change":
    case "tool-shape":
      if (part.state !== "output-available") return null;
      return {
        id: part.toolCallId,
        spec: part.output.chart,
        result: part.output.result as ShownResult,
        keeps: true,
      };
    case "tool-saved_questions":
      if (part.state !== "output-available" || !part.output.run) return null;
      return {
        id: part.toolCallId,
        spec: part.output.run.chart,
        result: part.output.run.result as ShownResult,
        keeps: true,
      };
    case "tool-cohort":
      return part.state === "output-available" ? cohortChart(part.toolCallId, part.output) : null;
    case "tool-forecast":
      return part.state === "output-available" ? forecastChart(part.toolCallId, part.output) : null;
    default:
      return null;
  }
}

/** The cohort tool's table as the shape it is, so that it is drawn, pinned and opened like any other. */
function cohortChart(id: string, output: ChatTools["cohort"]["output"]): ShownChart {
  const { kind, cohorts, definition, range, as_of, sql, copying } = output;
  const bought = kind === "purchase";
  const title = bought
    ? "Who buys again, by month of first purchase"
    : "Who still pays, by month of first subscription";
  const rows = cohorts.flatMap(({ time, time_label, size, cells }) =>
    cells.map((cell) => ({ time, time_label, size, ...cell })),
  );
  return {
    id,
    keeps: true,
    spec: {
      version: 1,
      title,
      shape: { shape: "retention_cohorts", kind, range: { from: range.from, to: range.to } },
      drawing: { kind: "cohort" },
    },
    result: {
      columns: [
        {
          id: "time",
          label: bought ? "First purchase" : "First paid subscription",
          kind: "time",
          unit: "date",
        },
        { id: "month", label: "Months later", kind: "dimension", unit: "number" },
        { id: "size", label: "People", kind: "metric", unit: "count" },
        { id: "people", label: bought ? "Bought" : "Still paid", kind: "metric", unit: "count" },
        { id: "rate", label: "Share", kind: "metric", unit: "ratio" },
      ],
      rows,
      totals: [],
      range,
      comparison_range: null,
      grain: null,
      currency: null,
      as_of,
      ...(copying ? { copying } : {}),
      sql,
      params: [],
      definitions: [
        {
          id: "retention_cohorts",
          version: 1,
          label: title,
          description: "",
          formula: definition,
          edge_cases: [],
        },
      ],
      row_count: rows.length,
      truncated: false,
      notes: [],
    },
  };
}

const monthName = (day: string): string =>
  new Intl.DateTimeFormat("en-US", { month: "short", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${day}T00:00:00Z`),
  );

/** The history with what is expected after it: the value and the ends of the range that holds four times out of five. */
function forecastChart(id: string, output: ChatTools["forecast"]["output"]): ShownChart {
  const { metric, points, result, chart, months_used, held_back } = output;
  const history = result as ShownResult;
  // From the first month with anything in it, as the forecast itself, and the one under way.
  const rows = history.rows.slice(-(months_used + 1));
  const known = new Map(rows.map((row) => [String(row.time), row]));
  const expected = points.map(({ month, ...point }): ResultRow => {
    const row = known.get(month);
    known.delete(month);
    // Running or still to come: drawn as what is not over yet.
    return {
      time: month,
      time_label: monthName(month),
      [metric.id]: null,
      ...row,
      ...point,
      incomplete: true,
      expected_only: row === undefined,
    };
  });
  const column = (name: string, label: string): ResultColumn => ({
    id: name,
    label,
    kind: "metric",
    unit: metric.unit,
    // A month without a forecast had none, which is not 0.
    additive: false,
    ...(output.currency ? { currency: output.currency } : {}),
  });
  return {
    id,
    keeps: false,
    spec: {
      ...chart,
      title: `${metric.label}: forecast`,
      drawing: { kind: "line", x: "time", y: [metric.id, "expected", "low", "high"] },
    },
    result: {
      ...history,
      columns: [
        ...history.columns,
        column("expected", "Expected"),
        column("low", "Low"),
        column("high", "High"),
      ],
      rows: [...known.values(), ...expected],
      totals: [],
      row_count: known.size + expected.length,
      notes: [
        ...history.notes,
        `Expected from ${months_used} completed months; four times out of five the value lies between low and high. The method was chosen on ${held_back} months held back.`,
      ],
    },
  };
}
