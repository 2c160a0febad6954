import { describe, expect, it } from "vitest";
import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";
import { sharesOf, sharesText } from "./shares";

const column = (id: string, kind: ResultColumn["kind"], unit: ResultColumn["unit"]) =>
  ({
    id,
    kind,
    unit,
    label: id,
    ...(kind === "metric" ? { metric: id, additive: true } : {}),
  }) as ResultColumn;
/** Cast: shares read columns, rows, totals and whether all rows are there, and nothing else of a result. */
const result = (rows: ResultRow[], totals: ResultRow[], more: Partial<QueryResult> = {}) =>
  ({
    columns: [column("product", "dimension", "text"), column("revenue_collected", "metric", "money")],
    rows,
    totals,
    query: { others: true },
    truncated: false,
    ...more,
  }) as unknown as QueryResult;

describe("shares of a total", () => {
  it("are of the total that was computed apart, each currency by itself", () => {
    const rows = [
      { product: "Kiln", revenue_collected: 2_500, currency: "USD" },
      { product: "Course", revenue_collected: 5_000, currency: "USD" },
      { product: "Course", revenue_collected: 300, currency: "EUR" },
    ];
    // The dollars that are not shown were cut by a limit: 10,000 in all.
    const totals = [
      { revenue_collected: 10_000, currency: "USD" },
      { revenue_collected: 300, currency: "EUR" },
    ];
    const shares = sharesOf(result(rows, totals));
    expect(shares.map((row) => row.revenue_collected)).toEqual([0.25, 0.5, 1]);
    expect(sharesText(result(rows, totals), shares.slice(0, 2))).toBe(
      "Share of the total (revenue_collected): Course **50.0%**, Kiln **25.0%**.",
    );
  });

  it("of groups within months are of the month", () => {
    const columns = [
      column("time", "time", "date"),
      column("product", "dimension", "text"),
      column("revenue_collected", "metric", "money"),
    ];
    const rows = [
      { time: "2026-01-01", product: "A", revenue_collected: 10 },
      { time: "2026-01-01", product: "B", revenue_collected: 30 },
      { time: "2026-02-01", product: "A", revenue_collected: 5 },
    ];
    const shares = sharesOf(result(rows, [{ revenue_collected: 45 }], { columns }));
    expect(shares.map((row) => row.revenue_collected)).toEqual([0.25, 0.75, 1]);
  });

  it("are of nothing where the total is zero or less, or where there are no parts", () => {
    const none = sharesOf(result([{ product: "A", revenue_collected: -5 }], [{ revenue_collected: -5 }]));
    expect(none[0]?.revenue_collected).toBeNull();
    expect(() =>
      sharesOf(
        result([], [], {
          columns: [column("product", "dimension", "text"), column("aov", "metric", "money")],
        }),
      ),
    ).toThrow(/no part/);
    expect(() => sharesOf(result([], [], { columns: [column("orders", "metric", "count")] }))).toThrow(
      /split/,
    );
    expect(() =>
      sharesOf(
        result([], [], { columns: [column("time", "time", "date"), column("mrr", "metric", "money")] }),
      ),
    ).toThrow(/no part/);
  });
});
