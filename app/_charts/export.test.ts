import { describe, expect, it } from "vitest";
import { monthRows, revenueColumn, sampleResult, timeColumn } from "../testing/sample-result";
import { fileName, toCsv } from "./export";

describe("rows as CSV", () => {
  it("writes money in whole units", () => {
    const result = sampleResult({ rows: monthRows([123_456, 5]), columns: [timeColumn, revenueColumn] });
    expect(toCsv(result)).toBe("Month,Revenue collected\r\n2026-01-01,1234.56\r\n2026-02-01,0.05\r\n");
  });

  it("quotes commas and defuses formulas", () => {
    const rows = [
      { product: 'Kit, "large"', revenue_collected: 100 },
      { product: "=HYPERLINK(1)", revenue_collected: 200 },
    ];
    const columns = [
      { id: "product", label: "Product", kind: "dimension" as const, unit: "text" as const },
      revenueColumn,
    ];
    expect(toCsv(sampleResult({ rows, columns }))).toBe(
      'Product,Revenue collected\r\n"Kit, ""large""",1.00\r\n\'=HYPERLINK(1),2.00\r\n',
    );
  });

  it("says the currency where rows differ", () => {
    const rows = monthRows([100]).map((row) => ({ ...row, currency: "EUR" }));
    const columns = [timeColumn, { ...revenueColumn, currency: null }];
    expect(toCsv(sampleResult({ rows, columns, currency: null }))).toBe(
      "Month,Currency,Revenue collected\r\n2026-01-01,EUR,1.00\r\n",
    );
  });

  it("makes a file name of a title", () => {
    expect(fileName("Revenue by month (2026)", "csv")).toBe("revenue-by-month-2026.csv");
    expect(fileName("売上", "png")).toBe("chart.png");
  });
});
