import { describe, expect, it } from "vitest";
import { monthRows, revenueColumn, sampleResult, sampleSpec, timeColumn } from "../testing/sample-result";
import { valueTicks } from "./axis";
import { buildChartModel } from "./model";

const ticksOf = (amounts: number[], kind: "line" | "bar" = "line") =>
  valueTicks(
    buildChartModel(
      sampleSpec({ kind, x: "time", y: ["revenue_collected"] }),
      sampleResult({ rows: monthRows(amounts) }),
    ),
    new Set(),
  );

describe("ticks of the value axis", () => {
  it("ends just past the highest value", () => {
    expect(ticksOf([2_530_000, 1_200_000])).toEqual([0, 1_000_000, 2_000_000, 3_000_000]);
    expect(ticksOf([3_637_298])).toEqual([0, 1_000_000, 2_000_000, 3_000_000, 4_000_000]);
  });

  it("reaches below zero for refunds", () => {
    expect(ticksOf([-150, 250])).toEqual([-200, -100, 0, 100, 200, 300]);
  });

  it("counts things in whole steps", () => {
    const count = { ...revenueColumn, unit: "count" as const };
    const model = buildChartModel(
      sampleSpec({ kind: "bar", x: "time", y: ["revenue_collected"] }),
      sampleResult({ rows: monthRows([1, 2]), columns: [timeColumn, count] }),
    );
    expect(valueTicks(model, new Set())).toEqual([0, 1, 2]);
  });

  it("adds up what is stacked and shown", () => {
    const rows = monthRows([600]).flatMap((row) => [
      { ...row, product: "A", product_id: "a" },
      { ...row, product: "B", product_id: "b", revenue_collected: 400 },
    ]);
    const product = { id: "product", label: "Product", kind: "dimension" as const, unit: "text" as const };
    const model = buildChartModel(
      sampleSpec({ kind: "stacked_bar", x: "time", y: ["revenue_collected"], series: "product" }),
      sampleResult({ rows, columns: [timeColumn, product, revenueColumn] }),
    );
    expect(valueTicks(model, new Set()).at(-1)).toBe(1_000);
    expect(valueTicks(model, new Set([model.series[0]?.key ?? ""])).at(-1)).toBe(400);
  });

  it("draws an axis for nothing but zeros", () => {
    expect(ticksOf([0, 0])[0]).toBe(0);
    expect(ticksOf([0, 0]).length).toBeGreaterThan(1);
  });
});
