import { describe, expect, it } from "vitest";
import type { ResultColumn } from "@/analytics/query/result";
import { monthRows, revenueColumn, sampleResult, sampleSpec, timeColumn } from "../testing/sample-result";
import { drawingChoices } from "./drawing-choices";
import { buildChartModel, describeChart, isEmptyModel } from "./model";

const productColumn: ResultColumn = { id: "product", label: "Product", kind: "dimension", unit: "text" };
const line = sampleSpec({ kind: "line", x: "time", y: ["revenue_collected"] });

describe("points and series of a chart", () => {
  it("takes one series over time", () => {
    const model = buildChartModel(line, sampleResult());
    expect(model.points.map(({ tick }) => tick)).toEqual(["Jan ’26", "Feb", "Mar", "Apr"]);
    expect(model.series).toHaveLength(1);
    expect(model.points.map(({ values }) => Object.values(values)[0])).toEqual([
      12_500, 34_050, 0, 9_876_543,
    ]);
    expect(model).toMatchObject({ unit: "money", currency: "USD", overTime: true });
  });

  it("makes a series of each product", () => {
    const [january, february] = monthRows([1_000, 2_000]);
    const rows = [
      { ...january, product: "Kit", product_id: "1" },
      { ...february, product: "Kit", product_id: "1" },
      { ...february, product: "Book", product_id: "2", revenue_collected: 300 },
    ];
    const result = sampleResult({ rows, columns: [timeColumn, productColumn, revenueColumn] });
    const spec = sampleSpec({ kind: "stacked_bar", x: "time", y: ["revenue_collected"], series: "product" });
    const model = buildChartModel(spec, result);
    expect(model.series.map(({ label }) => label)).toEqual(["Kit", "Book"]);
    // Nothing sold in January is 0, since parts of money add up.
    expect(model.points.map(({ values }) => model.series.map(({ key }) => values[key]))).toEqual([
      [1_000, 0],
      [2_000, 300],
    ]);
  });

  it("never joins two currencies", () => {
    const rows = monthRows([100]).flatMap((row) => [
      { ...row, currency: "USD" },
      { ...row, currency: "EUR", revenue_collected: 900 },
    ]);
    const result = sampleResult({
      rows,
      currency: null,
      columns: [timeColumn, { ...revenueColumn, currency: null }],
    });
    const model = buildChartModel(line, result);
    expect(model.series.map(({ currency }) => currency)).toEqual(["USD", "EUR"]);
    expect(model.series.map(({ key }) => model.points[0]?.values[key])).toEqual([100, 900]);
  });

  it("draws the earlier range in the same colour", () => {
    const earlier: ResultColumn = {
      ...revenueColumn,
      id: "revenue_collected__previous",
      label: "Last year",
      kind: "comparison",
    };
    const rows = monthRows([500]).map((row) => ({ ...row, revenue_collected__previous: 400 }));
    const model = buildChartModel(
      line,
      sampleResult({ rows, columns: [timeColumn, revenueColumn, earlier] }),
    );
    expect(model.series.map(({ earlier: before, color }) => [before, color])).toEqual([
      [false, 0],
      [true, 0],
    ]);
  });

  it("keeps an unknown ratio unknown", () => {
    const ratio: ResultColumn = { ...revenueColumn, id: "rate", unit: "ratio", additive: false };
    const rows = monthRows([1]).map((row) => ({ ...row, rate: null }));
    const model = buildChartModel(
      sampleSpec({ kind: "line", x: "time", y: ["rate"] }),
      sampleResult({ rows, columns: [timeColumn, ratio] }),
    );
    expect(isEmptyModel(model)).toBe(true);
  });

  it("describes itself in one sentence", () => {
    expect(describeChart("Revenue by month", buildChartModel(line, sampleResult()))).toBe(
      "Revenue by month. line chart of 4 points, from January 2026 to April 2026.",
    );
  });
});

describe("drawings that tell the truth", () => {
  it("offers no shares of overlapping groups", () => {
    const spec = sampleSpec({ kind: "bar", x: "product", y: ["revenue_collected"] });
    const columns = [productColumn, { ...revenueColumn, additive: false }];
    expect(drawingChoices(spec, sampleResult({ columns }))).toEqual(["bar", "table"]);
    expect(drawingChoices(spec, sampleResult({ columns: [productColumn, revenueColumn] }))).toEqual([
      "bar",
      "pie",
      "table",
    ]);
  });

  it("offers lines and bars over time", () => {
    expect(drawingChoices(line, sampleResult())).toEqual(["line", "bar", "area", "table"]);
  });
});
