import { describe, expect, it } from "vitest";
import { type CsvTable, csvText, fileName } from "./csv";
import type { ResultRow } from "./result";

const columns: CsvTable["columns"] = [
  { id: "product", label: "Product", unit: "text" },
  { id: "revenue_collected", label: "Revenue", unit: "money" },
  { id: "rate", label: "Change, before", unit: "ratio" },
];
const lines = (rows: ResultRow[], currency: string | null = "USD", of = columns) =>
  csvText({ columns: of, currency, rows }).split("\r\n");

describe("rows as CSV", () => {
  it("writes money in whole units", () => {
    const rows = [{ product: "Book", revenue_collected: -12_305, rate: 0.25 }];
    expect(lines(rows)).toEqual([
      '\uFEFFProduct,Revenue,"Change, before",Currency',
      "Book,-123.05,0.25,USD",
      "",
    ]);
  });

  it("says the currency of each row", () => {
    const rows = [
      { product: "Book", currency: "JPY", revenue_collected: 500, rate: null },
      { product: "Book", currency: "EUR", revenue_collected: 500, rate: null },
    ];
    expect(lines(rows, null).slice(1, 3)).toEqual(["Book,500,,JPY", "Book,5.00,,EUR"]);
  });

  it("adds no second column of currencies", () => {
    const of = [{ id: "currency", label: "Currency", unit: "text" as const }, ...columns];
    const rows = [{ currency: "EUR", product: "Pen", revenue_collected: 5, rate: 1 }];
    expect(lines(rows, null, of).slice(0, 2)).toEqual([
      '\uFEFFCurrency,Product,Revenue,"Change, before"',
      "EUR,Pen,0.05,1",
    ]);
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["-cmd", "'-cmd"],
    ["+1 555 0100", "'+1 555 0100"],
    ["  =HYPERLINK(1)", "'  =HYPERLINK(1)"],
    ["\u00A0+2", "'\u00A0+2"],
    ["\tx", `"'\tx"`],
    ["\rx", `"'\rx"`],
    ["\uFF1D1+1", "'\uFF1D1+1"],
    ['=cmd|" /C calc"!A0', `"'=cmd|"" /C calc""!A0"`],
  ])("disarms the formula in %j", (product, written) => {
    const text = csvText({
      columns: columns.slice(0, 1),
      currency: null,
      rows: [{ product }],
    });
    expect(text).toBe(`\uFEFFProduct\r\n${written}\r\n`);
  });

  it("leaves harmless text and numbers alone", () => {
    const rows = ["a - b", "Zoë", "-12.5", "x=1"].map((product) => ({ product }));
    const text = csvText({ columns: columns.slice(0, 1), currency: null, rows });
    expect(text).toBe("\uFEFFProduct\r\na - b\r\nZoë\r\n-12.5\r\nx=1\r\n");
  });

  it("quotes commas, quotes and line ends", () => {
    const rows = [{ product: 'Kit, "large"\nred' }];
    expect(csvText({ columns: columns.slice(0, 1), currency: null, rows })).toBe(
      '\uFEFFProduct\r\n"Kit, ""large""\nred"\r\n',
    );
  });

  it("makes a file name of a title", () => {
    expect(fileName("Revenue by month (2026)", "csv")).toBe("revenue-by-month-2026.csv");
    expect(fileName("売上", "png")).toBe("売上.png");
    expect(fileName("../..", "csv")).toBe("keapsake.csv");
  });
});
