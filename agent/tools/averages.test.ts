import { describe, expect, it } from "vitest";
import type { QueryResult, ResultColumn, ResultRow } from "@/analytics/query/result";
import { sayDirection } from "../chat/offline/compose";
import { averagesOf, averagesText } from "./averages";

const column = (id: string, kind: ResultColumn["kind"], unit: ResultColumn["unit"], metric?: string) =>
  ({ id, kind, unit, label: id, ...(metric ? { metric } : {}) }) as ResultColumn;
const result = (rows: ResultRow[], more: Partial<QueryResult> = {}) =>
  ({
    columns: [column("time", "time", "date"), column("revenue", "metric", "money")],
    rows,
    totals: [],
    grain: "month",
    truncated: false,
    ...more,
  }) as unknown as QueryResult;

describe("the mean over periods", () => {
  const months: ResultRow[] = [
    { time: "2026-09-01", revenue: 10_000, currency: "USD" },
    { time: "2026-10-01", revenue: 20_001, currency: "USD" },
    { time: "2026-11-01", revenue: 5, currency: "USD", incomplete: true },
  ];

  it("leaves the running period out and rounds money to cents", () => {
    // (10,000 + 20,001) ÷ 2 = 15,000.5
    expect(averagesOf(result(months))).toEqual([{ currency: "USD", revenue: 15_001, periods: 2 }]);
    expect(averagesText(result(months), averagesOf(result(months)))).toBe(
      "revenue **$150.01** a month on average (average of 2 completed months).",
    );
  });

  it("takes no zero for what is n/a, and no sum of currencies", () => {
    const mixed = [
      { time: "2026-09-01", revenue: null, currency: "USD" },
      { time: "2026-10-01", revenue: 4_000, currency: "USD" },
      { time: "2026-10-01", revenue: 900, currency: "EUR" },
    ];
    expect(averagesOf(result(mixed))).toEqual([
      { currency: "USD", revenue: 4_000, periods: 2 },
      { currency: "EUR", revenue: 900, periods: 1 },
    ]);
  });

  it("says that an average needs periods, and all of them", () => {
    expect(() => averagesOf(result(months, { columns: [column("revenue", "metric", "money")] }))).toThrow(
      /dimension time/,
    );
    expect(() => averagesOf(result(months, { truncated: true }))).toThrow(/leave some out/);
  });
});

describe("yes or no to a change", () => {
  const changed = (metric: string, now: number, before: number) =>
    result([], {
      columns: [column(metric, "metric", "ratio", metric), column("before", "comparison", "ratio", metric)],
      totals: [{ [metric]: now, before }],
    });

  it("says whether it went the way that was asked", () => {
    expect(sayDirection(changed("email_open_rate", 0.3, 0.2), "up")).toBe("Yes, it went up.");
    expect(sayDirection(changed("email_open_rate", 0.1, 0.2), "up")).toBe("No, it went down.");
    expect(sayDirection(changed("email_open_rate", 0.2, 0.2), "up")).toBe("No, it stayed the same.");
    expect(sayDirection(changed("email_open_rate", 0.1, 0.2), "either")).toBe("It went down.");
  });

  it("knows that less churn is better", () => {
    expect(sayDirection(changed("customer_churn_rate", 0.03, 0.05), "better")).toBe("Yes, it went down.");
    expect(sayDirection(changed("customer_churn_rate", 0.07, 0.05), "worse")).toBe("Yes, it went up.");
    expect(sayDirection(changed("customer_churn_rate", 0.07, 0.05), "better")).toBe("No, it went up.");
  });
});
