import { describe, expect, it } from "vitest";
import { questions } from "../../evals/cases";
import { converse, testContext } from "../../testing/offline";
import { type Audited, unaccounted } from "./audit";
import { unaudited } from "./audit-words";
import { indexVocabulary } from "./vocabulary";

const context = testContext();

/** Every question of the evaluation set that is answered by a tool, with its plan. */
const planned = questions.flatMap(({ turns }) => {
  const reply = converse(turns);
  const question = turns.at(-1) ?? "";
  if (reply.kind !== "call" || reply.calls.every(({ tool }) => unaudited.has(tool))) return [];
  return [{ question, reply, text: JSON.stringify(reply.calls.map(({ input }) => input)) }];
});

describe("a condition that the plan does not hold", () => {
  // Each with what in a plan would rightly stand for it.
  it.each<[string, RegExp]>([
    [" but not in texas", /US-TX/],
    [" in 2023", /2023|"months":/],
    [" over $750", /750/],
    [" vs april", /-04-|2025-0[345]|-01-01.*-06-30|-03-01.*-05-31/],
    [" for people tagged Newsletter", /ewsletter/],
    [" without Newsletter", /ewsletter/],
    [" in the last 37 weeks", /37|"months"/],
    [" by owner", /owner/],
    [" who unsubscribed", /unsub/],
    [" per employee", /employee/],
    [" and profit", /profit/],
    [" for gmail addresses", /gmail|address/],
    [" in march 2024", /2024|-03-|"months"/],
  ])("%s is never passed over", (condition, stands) => {
    const passed = planned
      .filter(({ text }) => !stands.test(text))
      .filter(({ question, reply }) => unaccounted(question + condition, reply, context).length === 0)
      .map(({ question }) => question);
    expect(planned.length).toBeGreaterThan(500);
    expect(passed).toEqual([]);
  });
});

const plan = (metrics: string[], rest: Record<string, unknown> = {}): Audited => ({
  calls: [
    {
      tool: "query_metric",
      input: { query: { metrics, dimensions: [], range: { preset: "this_year" }, ...rest } },
    },
  ],
  meanings: [],
});

it.each<[string, Audited, string[]]>([
  // The middle one of three years.
  [
    "revenue 2024 vs 2025 vs 2026",
    {
      calls: ["2024", "2026"].map((year) => ({
        tool: "query_metric",
        input: {
          query: { metrics: ["revenue_collected"], range: { from: `${year}-01-01`, to: `${year}-12-31` } },
        },
      })),
      meanings: [],
    },
    ["2025"],
  ],
  // A denial that was taken for a part of a name.
  ["products that didnt sell this year", plan(["revenue_collected"], { dimensions: ["product"] }), ["not"]],
  ["revenue of the last 4 quarters", plan(["revenue_collected"]), ["4"]],
  ["revenue per week on average this year", plan(["revenue_collected"], { grain: "week" }), ["average"]],
  ["revenue in april", plan(["revenue_collected"]), ["april"]],
  // One number for all of them, a rate where money was asked for, and a sum of the two that were to be compared.
  ["how much did each spend this year", plan(["revenue_collected"]), ["each"]],
  ["refunds this year as a percentage of sales", plan(["refunds", "revenue_collected"]), ["percentage"]],
  ["refund rate this year in percent", plan(["refund_rate"]), []],
  ["how much does a new subscriber gain us this year", plan(["subscribers_gained"]), ["much"]],
  [
    "the weakest revenue this year",
    plan(["revenue_collected"], { order: { by: "revenue_collected", direction: "asc" } }),
    ["weakest"],
  ],
  [
    "who asked about a refund in the notes but never got one",
    { calls: [{ tool: "search_knowledge", input: { query: "refund but never got one" } }], meanings: [] },
    ["but"],
  ],
  ["list people who got refunds this year", plan(["refunds"]), ["list"]],
  ["how much money from repeat purchases", plan(["repeat_purchase_rate"]), ["money"]],
  [
    "where are more deals won this year, Texas or Canada",
    plan(["deals_won"], {
      filters: {
        or: [
          { dimension: "country", is: ["Canada"] },
          { dimension: "region", is: ["US-TX", "Canada"] },
        ],
      },
    }),
    ["or"],
  ],
  ["how much did each product make this year", plan(["revenue_collected"], { dimensions: ["product"] }), []],
  ["how much money came in this year", plan(["revenue_collected"]), []],
  ["revenue from first time buyers this year", plan(["revenue_collected"]), ["first"]],
  // The same words where the plan holds them.
  [
    "revenue of the last 4 quarters",
    plan(["revenue_collected"], { range: { last: 5, unit: "quarter" } }),
    [],
  ],
  ["revenue in april", plan(["revenue_collected"], { range: { from: "2026-04-01", to: "2026-04-30" } }), []],
  ["revenue 2026 vs 2025", plan(["revenue_collected"], { comparison: "previous_year" }), []],
  [
    "revenue not in texas",
    plan(["revenue_collected"], { filters: { not: { dimension: "region", is: ["US-TX"] } } }),
    [],
  ],
  // Said with the answer, a word is accounted for openly.
  [
    "takings from wooshes this year",
    { ...plan(["revenue_collected"]), meanings: ['I took "wooshes" to mean the product "Starter Kit".'] },
    [],
  ],
])("%s", (question, reply, left) => {
  expect(unaccounted(question, reply, context)).toEqual(left);
});

it("asks instead of answering past a word", () => {
  const reply = converse(["revenue by month this year per employee"]);
  expect(reply).toMatchObject({ kind: "say" });
});

describe("what a question as a whole asks for", () => {
  const courses = indexVocabulary({ names: [{ kind: "category", value: "Courses" }] });
  const asked = (question: string, reply: Audited) =>
    unaccounted(question, reply, { ...context, index: courses });

  it("is people where it begins with who", () => {
    expect(
      asked(
        "who of them bought in the last 90 days",
        plan(["customers"], { range: { last: 90, unit: "day" } }),
      ),
    ).toEqual(["who"]);
    expect(
      asked("who won the most deals this year", plan(["deals_won"], { dimensions: ["owner"], limit: 1 })),
    ).toEqual([]);
  });

  it("is a name where the word for a split is one here", () => {
    const byProduct = plan(["revenue_collected"], { dimensions: ["product"] });
    expect(asked("only courses", byProduct)).toEqual(["courses"]);
    expect(asked("which courses sell best", plan(["units"], { dimensions: ["product"], limit: 10 }))).toEqual(
      [],
    );
    const filtered = plan(["revenue_collected"], { filters: { dimension: "category", is: ["Courses"] } });
    expect(asked("only courses", filtered)).toEqual([]);
  });

  it("is something less where it is to be dropped", () => {
    const coaching = plan(["revenue_collected"], { comparison: "previous_period" });
    expect(asked("drop texas", coaching)).toContain("drop");
    expect(asked("drop the comparison", plan(["revenue_collected"]))).toEqual([]);
  });
});

it("takes a bare condition after a list for some of it, never for everybody", () => {
  expect(converse(["top 20 customers by spend", "with a phone number"])).toMatchObject({ kind: "say" });
  const within = converse(["people tagged VIP", "in texas"]);
  expect(JSON.stringify(within.kind === "call" && within.calls)).toMatch(/VIP.*US-TX/);
});
