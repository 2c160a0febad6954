import type { AnyChart } from "@/analytics/charts/any-chart";
import type { DrawingKind } from "@/analytics/charts/chart-spec";
import type { Grain } from "@/analytics/query/query";
import type { ResultColumn, ResultRow } from "@/analytics/query/result";
import { formatBucket } from "../_lib/format";
import type { Drawn } from "./drawn";

/** One line, colour of bars, or slice family. */
export interface Series {
  /** Property of a point that holds this series' value. */
  key: string;
  label: string;
  unit: ResultColumn["unit"];
  currency: string | null;
  /** 0-based place in the palette. */
  color: number;
  /** The same series in the earlier range: drawn thin and dashed in the same colour. */
  earlier: boolean;
}

/** One place along the axis. Values sit under the series' keys; `label` is the full name, `tick` the short one. */
export interface Point {
  label: string;
  tick: string;
  incomplete: boolean;
  values: Record<string, number | null>;
}

/** What every drawing needs, whichever library draws it. */
export interface ChartModel {
  kind: DrawingKind;
  points: Point[];
  series: Series[];
  overTime: boolean;
  grain: Grain | null;
  /** Unit of the value axis: that of the first series. */
  unit: ResultColumn["unit"];
  currency: string | null;
  goal: number | null;
}

const paletteSize = 8;

/** Turns a result into points and series, splitting by the drawing's series and by currency where there are several. */
export function buildChartModel(spec: Pick<AnyChart, "drawing">, result: Drawn): ChartModel {
  const { drawing } = spec;
  const metrics = pickMetrics(spec, result);
  const x =
    drawing.x ?? result.columns.find(({ kind }) => kind === "time" || kind === "dimension")?.id ?? null;
  const overTime = x === "time";
  const split = drawing.series ?? otherDimension(result, x);
  const points = new Map<string, Point>();
  const series = new Map<string, Series>();
  const colors = new Map<string, number>();

  for (const row of result.rows) {
    const point = findPoint(points, row, x, result.grain);
    for (const column of metrics) {
      const one = describeSeries({ row, column, split, metrics, result, colors });
      if (!series.has(one.key)) series.set(one.key, one);
      const value = row[column.id];
      point.values[one.key] = typeof value === "number" ? value : null;
    }
  }
  const list = [...series.values()];
  fillGaps([...points.values()], list, metrics);
  const main = list.find(({ earlier }) => !earlier) ?? list[0];
  return {
    kind: drawing.kind,
    points: [...points.values()],
    series: list,
    overTime,
    grain: result.grain,
    unit: main?.unit ?? "count",
    currency: main?.currency ?? result.currency,
    goal: drawing.goal ?? null,
  };
}

/** The metric columns to draw, each followed by its earlier range where the drawing has room for it. */
function pickMetrics({ drawing }: Pick<AnyChart, "drawing">, result: Drawn): ResultColumn[] {
  const wanted = result.columns.filter(
    ({ id, kind }) => kind === "metric" && (!drawing.y?.length || drawing.y.includes(id)),
  );
  if (drawing.series || !["line", "area", "bar"].includes(drawing.kind)) return wanted;
  const earlier = result.columns.filter(
    ({ kind, metric }) => kind === "comparison" && wanted.some(({ id }) => id === metric),
  );
  return [...wanted, ...earlier];
}

function otherDimension(result: Drawn, x: string | null): string | null {
  const rest = result.columns.filter(({ id, kind }) => kind === "dimension" && id !== x);
  return rest.length === 1 ? (rest[0]?.id ?? null) : null;
}

function findPoint(points: Map<string, Point>, row: ResultRow, x: string | null, grain: Grain | null): Point {
  const id = String((x && (row[`${x}_id`] ?? row[x])) ?? "all");
  const known = points.get(id);
  if (known) return known;
  const label = x === "time" ? String(row.time_label ?? row.time) : String((x && row[x]) ?? "All");
  const yearChanges = points.size === 0 || /^\d{4}-01-01/.test(id);
  const point: Point = {
    label,
    tick: x === "time" ? formatBucket(String(row.time), grain, yearChanges) : label,
    incomplete: row.incomplete === true,
    values: {},
  };
  points.set(id, point);
  return point;
}

function describeSeries(input: {
  row: ResultRow;
  column: ResultColumn;
  split: string | null;
  metrics: ResultColumn[];
  result: Drawn;
  colors: Map<string, number>;
}): Series {
  const { row, column, split, metrics, result, colors } = input;
  const currency =
    column.unit === "money" ? (column.currency ?? result.currency ?? asText(row.currency)) : null;
  const severalCurrencies = column.unit === "money" && !result.currency && currency !== null;
  const earlier = column.kind === "comparison";
  const owner = earlier ? (column.metric ?? column.id) : column.id;
  const group = split ? String(row[`${split}_id`] ?? row[split] ?? "unknown") : "";
  const identity = [owner, group, severalCurrencies ? currency : ""].join("|");
  if (!colors.has(identity)) colors.set(identity, colors.size % paletteSize);
  const severalMetrics = metrics.filter(({ kind }) => kind === "metric").length > 1;
  const words = [
    severalMetrics || !split || earlier ? column.label : null,
    split ? String(row[split] ?? "Unknown") : null,
    severalCurrencies ? currency : null,
  ];
  return {
    key: earlier ? `${identity}|earlier` : identity,
    label: words.filter(Boolean).join(" · "),
    unit: column.unit,
    currency,
    color: colors.get(identity) ?? 0,
    earlier,
  };
}

/** A group without a row in a bucket had nothing there: 0 where parts add up, unknown where they do not. */
function fillGaps(points: Point[], series: Series[], metrics: ResultColumn[]): void {
  const addable = metrics.every(
    ({ unit, additive }) => additive !== false && (unit === "money" || unit === "count"),
  );
  for (const point of points) {
    for (const { key, earlier } of series) point.values[key] ??= addable && !earlier ? 0 : null;
  }
}

const asText = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** True when there is nothing to draw: no rows, or no value in any of them. */
export function isEmptyModel({ points, series }: ChartModel): boolean {
  return !points.some(({ values }) =>
    series.some(({ key }) => values[key] !== null && values[key] !== undefined),
  );
}

/** One sentence for screen readers and as the picture's name. */
export function describeChart(title: string, model: ChartModel): string {
  const first = model.points[0]?.label;
  const last = model.points.at(-1)?.label;
  const span = model.overTime && first !== last ? `, from ${first} to ${last}` : "";
  const names = model.series.filter(({ earlier }) => !earlier).map(({ label }) => label);
  const what = names.length > 1 ? `, ${names.length} series: ${names.slice(0, 8).join(", ")}` : "";
  return `${title}. ${model.kind.replace("_", " ")} chart of ${model.points.length} points${span}${what}.`;
}
