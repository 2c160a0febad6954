import { describe, expect, it } from "vitest";
import type { QueryResult, ResultRow } from "@/analytics/query/result";
import { answer } from "./answer";
import { wholeTitle } from "./numbers/share-of";
import { gapSaid } from "./numbers/turned/shown";
import type { Reply } from "./plan";

type Planned = Extract<Reply, { kind: "call" }>;
/** Cast: what was understood has some forty fields, of which putting an answer together reads the intent alone. */
const reply = (titles: string[], meanings: string[] = []) =>
  ({
    kind: "call",
    calls: titles.map((title) => ({ tool: "query_metric", input: { title } })),
    meanings,
    understanding: { intent: "metric" },
  }) as unknown as Planned;

/** Cast: a whole result has twice as many fields (SQL, drill, definitions' text) that prose is not made of. */
const result = (
  metric: { unit: "money" | "count" | "ratio"; id?: string },
  days: { from: string; to: string; label: string },
  rows: ResultRow[],
  more: { dimension?: string; filters?: unknown; totals?: ResultRow[] } = {},
) => {
  const { id = "revenue_collected", unit } = metric;
  return {
    tool: "query_metric",
    output: {
      result: {
        columns: [
          ...(more.dimension
            ? [{ id: more.dimension, kind: "dimension", unit: "text", label: more.dimension }]
            : []),
          {
            id,
            kind: "metric",
            metric: id,
            unit,
            label: "Number",
            currency: unit === "money" ? "USD" : undefined,
          },
        ],
        rows,
        totals: more.totals ?? (more.dimension ? [] : rows),
        query: {
          metrics: [id],
          dimensions: more.dimension ? [more.dimension] : [],
          ...(more.filters ? { filters: more.filters } : {}),
        },
        range: { ...days, complete: true },
        comparison_range: null,
        currency: unit === "money" ? "USD" : null,
        definitions: [],
        notes: [],
      } as unknown as QueryResult,
    },
  };
};
const may = { from: "2026-05-01", to: "2026-05-31", label: "May 2026" };
const march = { from: "2026-03-01", to: "2026-03-31", label: "Mar 2026" };

describe("what is said of two numbers", () => {
  it("is how the later differs from the earlier, whichever was asked first", () => {
    const [later, earlier] = [
      result({ unit: "money" }, may, [{ revenue_collected: 125_000 }]),
      result({ unit: "money" }, march, [{ revenue_collected: 100_000 }]),
    ];
    // 1,250.00 − 1,000.00 = 250.00, a quarter of 1,000.00.
    const said = "May 2026 is **$250.00** (25.0%) above Mar 2026.";
    expect(answer(reply(["a", "b"]), [later, earlier]).text).toContain(said);
    expect(answer(reply(["a", "b"]), [earlier, later]).text).toContain(said);
  });

  it("is points, not percent, for a share; and nothing for what differs in more than the days", () => {
    const rate = (value: number, days: typeof may) =>
      result({ unit: "ratio", id: "refund_rate" }, days, [{ refund_rate: value }]);
    expect(answer(reply(["a", "b"]), [rate(0.03, may), rate(0.05, march)]).text).toContain(
      "May 2026 is **2.0 points** below Mar 2026.",
    );
    const narrowed = result({ unit: "money" }, march, [{ revenue_collected: 5 }], {
      filters: { has_tag: ["VIP"] },
    });
    const plain = result({ unit: "money" }, may, [{ revenue_collected: 10 }]);
    expect(answer(reply(["a", "b"]), [plain, narrowed]).text).not.toMatch(/above|below/);
  });

  it("is the part, where the second is what the first is of", () => {
    const part = result({ unit: "money" }, may, [{ revenue_collected: 30_000 }], {
      filters: { has_tag: ["VIP"] },
    });
    const whole = result({ unit: "money" }, may, [{ revenue_collected: 120_000 }]);
    expect(answer(reply(["a", wholeTitle]), [part, whole]).text).toContain("That is **25.0%** of it.");
    const none = result({ unit: "money" }, may, [{ revenue_collected: 0 }]);
    expect(answer(reply(["a", wholeTitle]), [part, none]).text).not.toContain("of it");
  });

  it("is how far the first of a list is ahead of the second", () => {
    const rows = [
      { owner: "Ann", owner_id: "1", deals_won: 9 },
      { owner: "Ben", owner_id: "2", deals_won: 6 },
    ];
    const ranked = result({ unit: "count", id: "deals_won" }, may, rows, { dimension: "owner" });
    const asked = reply(["a"], [`${gapSaid} ("by how much") is between the first two rows.`]);
    expect(answer(asked, [ranked]).text).toContain("Ann is **3** (50.0%) ahead of Ben.");
    expect(answer(reply(["a"]), [ranked]).text).not.toContain("ahead");
  });
});
