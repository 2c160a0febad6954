import { describe, expect, it } from "vitest";
import { csvLines } from "./csv";
import type { QueryResult } from "./result";

const result = (rows: QueryResult["rows"], currency: string | null): QueryResult =>
  ({
    columns: [
      { id: "product", label: "Product", kind: "dimension", unit: "text" },
      { id: "revenue_collected", label: "Revenue", kind: "metric", unit: "money", currency },
      { id: "rate", label: "Change, before", kind: "change", unit: "ratio" },
    ],
    rows,
    currency,
  }) as unknown as QueryResult;

describe("results as CSV", () => {
  it("writes money in whole units", () => {
    const rows = [{ product: "Book", currency: "USD", revenue_collected: -12_305, rate: 0.25 }];
    expect([...csvLines(result(rows, "USD"))]).toEqual([
      'Product,Revenue,"Change, before",Currency\r\n',
      "Book,-123.05,0.25,USD\r\n",
    ]);
  });

  it("knows currencies without cents", () => {
    const rows = [{ product: "Book", currency: "JPY", revenue_collected: 500, rate: null }];
    expect([...csvLines(result(rows, "JPY"))][1]).toBe("Book,500,,JPY\r\n");
  });

  it("disarms formulas and quotes", () => {
    const rows = ["=1+1", "@SUM(A1)", "-cmd", 'a "b", c'].map((product) => ({
      product,
      currency: "USD",
      revenue_collected: 0,
      rate: null,
    }));
    expect([...csvLines(result(rows, "USD"))].slice(1).map((line) => line.split(",0.00")[0])).toEqual([
      `"'=1+1"`,
      `"'@SUM(A1)"`,
      `"'-cmd"`,
      '"a ""b"", c"',
    ]);
  });
});
