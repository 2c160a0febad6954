import { expect, it } from "vitest";
import { converse, testContext } from "../../testing/offline";
import { indexVocabulary } from "./vocabulary";

/** The clock is Monday 23 November 2026. What a question about periods must ask of the metrics. */
const queries = (...turns: string[]) => {
  const reply = converse(turns);
  return reply.kind === "call"
    ? reply.calls.map(({ input }) => (input as { query?: unknown }).query ?? input)
    : reply.text;
};

it("compares a feast with itself a year before, whatever its date", () => {
  const both = [
    { range: { from: "2025-11-28", to: "2025-11-28" } },
    { range: { from: "2024-11-29", to: "2024-11-29" } },
  ];
  expect(queries("black friday last year orders vs the year before")).toMatchObject(both);
  expect(queries("revenue on black friday vs last year")).toMatchObject(both);
});

it("keeps every period of a row that is compared", () => {
  expect(queries("total sales 2024 vs 2025 vs 2026")).toMatchObject([
    { dimensions: ["time"], grain: "year", range: { from: "2024-01-01", to: "2026-12-31" } },
  ]);
  expect(queries("orders in july vs august vs september")).toMatchObject([
    { grain: "month", range: { from: "2026-07-01", to: "2026-09-30" } },
  ]);
  expect(queries("revenue 2022 vs 2024 vs 2026")).toContain("not these 3");
});

it("takes no denial for a part of a name", () => {
  const context = testContext({
    index: indexVocabulary({ names: [{ kind: "tag", value: "zz test - do not use" }] }),
  });
  const reply = converse(["products that didnt sell at all this year"], context);
  expect(JSON.stringify(reply)).not.toContain("do not use");
});

it("compares weekends with weekends", () => {
  expect(queries("revenue last weekend vs the weekend before")).toMatchObject([
    { range: { from: "2026-11-21", to: "2026-11-22" } },
    { range: { from: "2026-11-14", to: "2026-11-15" } },
  ]);
});

it("sets a period in a row with those it is compared with", () => {
  expect(queries("whats our churn this quarter compared to the last 4 quarters")).toMatchObject([
    { dimensions: ["time"], grain: "quarter", range: { last: 5, unit: "quarter", including_current: true } },
  ]);
});

it("reaches as far ahead as the month that was named", () => {
  expect(queries("what will we make in december")).toMatchObject([{ months: 2 }]);
  expect(queries("how much will we earn in february")).toMatchObject([{ months: 4 }]);
  expect(queries("what will revenue be by the end of the year")).toMatchObject([{ months: 2 }]);
  expect(queries("forecast orders for march 2028")).toContain("at most 12 months");
});

it("follows up with the year before and with growth", () => {
  expect(queries("new leads last month", "and this time last year?")).toMatchObject([
    { range: { preset: "previous_month" }, comparison: "previous_year" },
  ]);
  expect(queries("orders in october", "whats the growth %")).toMatchObject([
    { range: { from: "2026-10-01", to: "2026-10-31" }, comparison: "previous_period" },
  ]);
});

it("takes no English word for a slip of another", () => {
  expect(queries("show me champions that are slipping")).not.toContain("Shipping");
  expect(queries("revnue by mnth")).toMatchObject([{ metrics: ["revenue_collected"], grain: "month" }]);
});
