import { describe, expect, it } from "vitest";
import { type QueryInput, querySchema } from "../query/query";
import { chartSpecSchema, suggestDrawing } from "./chart-spec";

const kindOf = (query: QueryInput) => suggestDrawing(querySchema.parse(query)).kind;

describe("charts as data", () => {
  it("suggests a drawing that suits the query", () => {
    expect(kindOf({ metrics: ["orders"] })).toBe("number");
    expect(kindOf({ metrics: ["orders"], dimensions: ["time"] })).toBe("line");
    expect(kindOf({ metrics: ["orders"], grain: "month" })).toBe("line");
    expect(kindOf({ metrics: ["revenue_collected"], dimensions: ["product"] })).toBe("bar");
    expect(kindOf({ metrics: ["revenue_collected"], dimensions: ["time", "product"] })).toBe("stacked_bar");
    expect(kindOf({ metrics: ["aov"], dimensions: ["time", "country"] })).toBe("line");
    expect(kindOf({ metrics: ["revenue_collected"], dimensions: ["time", "tag"] })).toBe("line");
    expect(kindOf({ metrics: ["revenue_collected", "orders"], dimensions: ["time"] })).toBe("table");
    expect(kindOf({ metrics: ["orders"], dimensions: ["country", "product"] })).toBe("table");
  });

  it("refuses a chart with unknown fields", () => {
    const spec = { version: 1, title: "Orders", query: { metrics: ["orders"] }, drawing: { kind: "number" } };
    expect(chartSpecSchema.parse(spec).query.dimensions).toEqual([]);
    expect(chartSpecSchema.safeParse({ ...spec, drawing: { kind: "hologram" } }).success).toBe(false);
    expect(chartSpecSchema.safeParse({ ...spec, rows: [] }).success).toBe(false);
  });
});
